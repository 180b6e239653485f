"""The nouns of textmine as frozen records. Nothing here reads, writes or computes.

Offsets are Unicode code points, counted from 0, end exclusive. The *document text* is the text of
all pages joined by ``PAGE_BREAK``; every span of a clause counts in the document text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

PAGE_BREAK = "\f"

Language = Literal["fa", "en", "und"]
"""ISO 639-1 code of a text's main language; ``und`` (undetermined) when it has no letters."""

DocumentKind = Literal["paper", "agreement", "memorandum", "treaty", "law", "other"]

DocumentState = Literal["done", "partial", "suspect", "failed", "duplicate"]

VerdictState = Literal["good", "repaired", "suspect", "none"]

LineRole = Literal[
    "body",
    "heading",
    "item",  # a list item that the source itself marks as one (DOCX, HTML, Markdown)
    "table",  # one table row; cells in logical order, separated by a tab
    "footnote",
    "running-head",
    "page-number",
    "caption",
]

ClauseKind = Literal[
    "article",  # an article, section or principle without numbered parts of its own
    "paragraph",  # a numbered or lettered part of an article (بند، الف، (a), 3.2)
    "note",  # تبصره, or a note to an article
    "preamble",  # the opening statement that names the parties
    "recital",  # one "whereas" / «با توجه به» of a preamble
    "signature",  # the closing formula: done at, in two originals, signatures
    "sentence",  # a sentence of a paper or of text without numbering
    "item",  # a list item of a paper or of text without numbering
]

PartKind = Literal[
    "title",
    "heading",
    "running-head",
    "page-number",
    "footnote",
    "bibliography",
    "table",
    "caption",
    "metadata",  # authors, affiliations, dates of receipt, keywords
    "number",  # the printed number of a clause or list item ("ماده ۳ -", "(a)")
    "gap",  # white space and page breaks between parts
]


class Span(NamedTuple):
    """A half-open range of code points."""

    start: int
    end: int


class Box(NamedTuple):
    """A rectangle on a page, in PDF points from the top left corner."""

    x0: float
    top: float
    x1: float
    bottom: float


class Strip(NamedTuple):
    """One printed row within a line: where it begins in the page's text, its top and bottom.

    For text that stands upright on its side, top and bottom are its left and right on the page.
    """

    start: int
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page: ``page.text[start:end]``, where it stands, and what it is.

    ``edges`` holds the left and right edge (points) of every code point of the line, where the
    source has them; a character without a glyph of its own has an empty width.
    ``level`` is the depth of a heading or list item, 1 being outermost, 0 when not known.
    ``turn`` is how far the line is turned clockwise, in degrees; at 90 and 270 ``edges`` holds the
    top and bottom edge of every code point. ``strips`` parts a line that is printed on several
    rows, as table rows with wrapped cells are. ``raised`` are stretches of the page's text set
    small above the baseline: marks of notes, exponents.
    """

    start: int
    end: int
    role: LineRole = "body"
    box: Box | None = None
    size: float | None = None
    edges: tuple[tuple[float, float], ...] | None = None
    level: int = 0
    turn: int = 0
    strips: tuple[Strip, ...] = ()
    raised: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """How far the text of a page can be trusted, why, and the figures behind it."""

    state: VerdictState
    reason: str = ""
    figures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """A page as extracted. ``lines`` are in reading order and do not overlap."""

    number: int
    text: str
    lines: tuple[Line, ...]
    verdict: Verdict = Verdict("good")
    width: float | None = None
    height: float | None = None


@dataclass(frozen=True, slots=True)
class Extraction:
    """What a reader got out of one file.

    ``extractor`` names the reader and its version; ``missing`` lists pages (from 1) that could not
    be read, each with its reason; ``warnings`` are sentences for people; ``title`` and ``created``
    come from the file's own properties, unchecked.
    """

    pages: tuple[Page, ...]
    extractor: str
    missing: Mapping[int, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    title: str | None = None
    created: str | None = None

    @property
    def text(self) -> str:
        """The document text.

        >>> one = Page(1, "a b", (Line(0, 3),))
        >>> Extraction((one, one), "example 1").text
        'a b\\x0ca b'
        """
        return PAGE_BREAK.join(page.text for page in self.pages)


@dataclass(frozen=True, slots=True)
class Guess:
    """A value found rather than given, how sure textmine is of it (0 to 1), and on what ground."""

    value: str
    confidence: float
    ground: str


@dataclass(frozen=True, slots=True)
class Attribute:
    """One thing known about a document: a field, its value, how sure, and where it came from.

    A field with several values (``party``) has several attributes, in order. What a person gave
    in a table has confidence 1.
    """

    name: str
    value: str
    confidence: float
    ground: str


@dataclass(frozen=True, slots=True)
class Document:
    """One source file in a corpus: what it is, what became of it, and what is known about it.

    ``reason`` is a stable code (``timeout``, ``scanned``...), empty when there is nothing to say;
    ``detail`` is the sentence for people. ``path`` is where it was first added from.
    """

    id: int
    sha256: str
    path: str
    suffix: str
    size: int
    state: DocumentState
    reason: str
    detail: str
    warnings: tuple[str, ...]
    missing: Mapping[int, str]
    extractor: str
    segmenter: str
    normaliser: str
    added_at: str
    attributes: tuple[Attribute, ...] = ()

    def values(self, name: str) -> tuple[str, ...]:
        """All values of one field, in order; empty when nothing is known."""
        return tuple(each.value for each in self.attributes if each.name == name)

    def value(self, name: str, default: str = "") -> str:
        """The first value of one field."""
        return next(iter(self.values(name)), default)

    @property
    def title(self) -> str:
        """The title, or the file's name when no title is known."""
        return self.value("title") or self.path.rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True)
class Clause:
    """The unit of coding.

    ``text`` is original text: the spans of the document text joined by a line feed (a clause is
    in several spans when a page break or a footnote stands inside it). ``sentences`` count within
    ``text``. ``number`` is the full printed path in Latin digits and letters, such as ``5``,
    ``5.2``, ``5.note-1``, ``5.a``; ``heading`` is the nearest heading above.
    ``id`` depends on the document and on the words alone, so it survives re-segmentation.
    """

    id: str
    ordinal: int
    kind: ClauseKind
    number: str | None
    heading: str | None
    text: str
    language: Language
    page: int
    spans: tuple[Span, ...]
    sentences: tuple[Span, ...] = ()

    @property
    def start(self) -> int:
        """Where the clause begins in the document text."""
        return self.spans[0].start

    @property
    def end(self) -> int:
        """Where the clause ends in the document text."""
        return self.spans[-1].end


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the document text that is no clause, and why it is none."""

    kind: PartKind
    span: Span


@dataclass(frozen=True, slots=True)
class Segmentation:
    """A document cut up. The spans of ``clauses`` and of ``parts`` together tile the document text.

    ``segmenter`` names the rules and their version.
    """

    clauses: tuple[Clause, ...]
    parts: tuple[Part, ...]
    segmenter: str


@dataclass(frozen=True, slots=True)
class Code:
    """One code of a codebook, in both languages. Keywords are written as a person would.

    ``definition`` holds the definition in each language that says it, one at least. ``not_in``
    lists, by language, phrases in which a keyword of the code says nothing of its subject
    ("Islamic Republic" for a code on religion).
    """

    id: str
    name: Mapping[str, str]
    definition: Mapping[str, str]
    include: str = ""
    exclude: str = ""
    core: bool = False
    keywords: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parent: str | None = None
    not_in: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Codebook:
    """A versioned list of codes; ``reference`` is how codings name it.

    ``rules`` say how coders decide between codes; they hold for all of them.
    """

    id: str
    version: int
    codes: tuple[Code, ...]
    digest: str
    rules: tuple[str, ...] = ()

    @property
    def reference(self) -> str:
        """Identifier and version, as in ``agreement-themes@2``."""
        return f"{self.id}@{self.version}"

    def code(self, code_id: str) -> Code | None:
        """The code of that id, or None when the codebook has none."""
        return next((code for code in self.codes if code.id == code_id), None)


@dataclass(frozen=True, slots=True)
class Coding:
    """One coder's decision about one code on one clause. Codings are added, never changed.

    ``coder`` is ``person:NAME``, ``dictionary:CODEBOOK@N`` or ``model:NAME``. ``applied`` is the
    decision; ``probability`` belongs to models and is None elsewhere. ``evidence`` are spans of the
    clause text that carried the decision. ``made_at`` is ISO 8601 in UTC.
    """

    clause: str
    code: str
    coder: str
    codebook: str
    applied: bool
    made_at: str
    probability: float | None = None
    evidence: tuple[Span, ...] = ()
    memo: str = ""


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a dictionary or a model says about one clause, for every code of its codebook.

    ``certainty`` is the probability that a model gives to all its decisions on the clause being
    right; a dictionary measures none. ``sure`` is false for clauses better left to people.
    """

    clause: str
    codes: tuple[CodeProbability, ...]
    certainty: float | None = None
    sure: bool = True


@dataclass(frozen=True, slots=True)
class CodeProbability:
    """Probability of one code, whether it was applied, and the words that carried it."""

    code: str
    probability: float
    applied: bool
    evidence: tuple[Span, ...] = ()


PlaceKind = Literal["city", "country", "network"]


@dataclass(frozen=True, slots=True)
class Place:
    """A city, a country or a network of cities that a gazetteer knows.

    ``id`` is stable: ``geonames:112931`` for a city, ``country:KG``, ``network:metropolis``,
    ``own:NAME`` for what a user added. ``country`` is ISO 3166-1 alpha-2 (empty for a network),
    ``name`` the usual name in each language (``en`` always). Degrees are WGS 84.
    """

    id: str
    kind: PlaceKind
    country: str
    name: Mapping[str, str] = field(hash=False)
    latitude: float | None = None
    longitude: float | None = None
    population: int = 0


@dataclass(frozen=True, slots=True)
class TableCell:
    """One cell of a printed table: its text as written, and where that stands.

    A cell set over several lines has several spans; its text joins them by one space. A merged
    cell repeats its text and spans in every row that it covers. An empty cell has neither.
    """

    text: str = ""
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in a source that does not agree with itself, with the places that show it.

    ``code`` is stable (``total-differs``, ``country-missing``...), ``message`` a sentence in each
    language (``en`` and ``fa``).
    """

    code: str
    message: Mapping[str, str] = field(hash=False)
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """A table that a document prints, in logical order, as far as it could be made out.

    ``columns`` are the heads (empty text where none is printed); every row has as many cells.
    ``total`` is the printed row of totals, or None. ``repairs`` say in English what had to be
    mended to read it ("rows on page 14 ran from left to right"); ``faults`` what does not agree.
    ``page`` is where it begins.
    """

    caption: TableCell
    page: int
    columns: tuple[TableCell, ...]
    rows: tuple[tuple[TableCell, ...], ...]
    total: tuple[TableCell, ...] | None = None
    repairs: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()


TieKind = Literal[
    "sister-city",
    "memorandum",  # of understanding or cooperation, without sisterhood
    "friendship",
    "protocol",
    "cooperation",  # an agreement on cooperation under another name
    "membership",  # of a city in a network
    "other",
]

TieStatus = Literal["signed", "draft", "unofficial", "inactive", "unknown"]

WitnessForm = Literal["table", "list", "sentence", "agreement"]


@dataclass(frozen=True, slots=True)
class TieDate:
    """When a tie was made, as written: in its own calendar and to its own precision.

    ``first`` and ``last`` are the Gregorian days that it covers.
    """

    calendar: Literal["persian", "gregorian", "islamic"]
    year: int
    month: int | None
    day: int | None
    first: date
    last: date

    def __str__(self) -> str:
        """Year, month and day as far as known.

        >>> str(TieDate("persian", 1380, 11, None, date(2002, 1, 21), date(2002, 2, 19)))
        '1380-11'
        """
        rest = "".join(f"-{part:02}" for part in (self.month, self.day) if part is not None)
        return f"{self.year}{rest}"


@dataclass(frozen=True, slots=True)
class Witness:
    """One place of one document that tells of a tie, and what it says of it.

    ``document`` is the number of the document in the corpus (0 without a corpus); ``spans`` count
    in its text. ``written`` is the partner's name, ``instrument`` the document's name, both as
    written (empty when none). ``date`` is None with the reason in ``undated`` (``no-date``,
    ``unreadable-date``: its digits make no possible year). ``confidence`` is 0 to 1.
    """

    document: int
    page: int
    spans: tuple[Span, ...]
    form: WitnessForm
    written: str
    kind: TieKind
    instrument: str = ""
    date: TieDate | None = None
    undated: str = ""
    status: TieStatus = "signed"
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Tie:
    """A relation between a city and its partner, with all its witnesses, the surest first.

    ``kind``, ``date``, ``instrument`` and ``status`` are those of the surest witness that says
    them; ``disagreements`` name what the others say differently (``date``, ``kind``, ``name``,
    ``status``), each as a fault.
    """

    city: Place
    partner: Place
    kind: TieKind
    date: TieDate | None
    instrument: str
    status: TieStatus
    witnesses: tuple[Witness, ...]
    disagreements: tuple[Fault, ...] = ()
