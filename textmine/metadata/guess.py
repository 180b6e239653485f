"""What a document says of itself: language, kind, title, date, parties, each with its ground.

Every rule states how sure it is. The figures are rough shares of right answers on the documents
that the rules were tried on; they rank guesses and warn readers, and are no probabilities.
What no rule finds is left out: nothing is made up.
"""

from __future__ import annotations

import datetime
import re
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from textmine.metadata.days import GREGORIAN_YEARS, PERSIAN_YEARS, day_of
from textmine.records import DocumentKind, Extraction, Guess, LineRole
from textmine.text.disorder import begins_displaced, turned_words
from textmine.text.letters import ARABIC_LETTERS, LATIN_LETTERS

_OUTSIDE: frozenset[LineRole] = frozenset(("running-head", "page-number", "footnote"))


def guess(extraction: Extraction, path: Path) -> dict[str, Guess]:
    """Guess what can be guessed from the text; a field without a guess is unknown.

    Fields: ``language`` (``fa``, ``en`` or ``fa+en``), ``kind``, ``title``, ``date`` (ISO 8601),
    ``date_persian`` (year/month/day), ``year_gregorian``, ``year_persian`` and ``parties``
    (semicolons between them). The date is the document's own: of signature or adoption, for papers
    of publication or acceptance, and never a year that the text merely mentions. ``path`` is only
    named in grounds.

    >>> from textmine.records import Line, Page
    >>> text = "Sister City Agreement between Qom and Fez"
    >>> found = guess(Extraction((Page(1, text, (Line(0, len(text)),)),), "x"), Path("a.txt"))
    >>> {name: each.value for name, each in found.items()}
    {'language': 'en', 'kind': 'agreement', 'title': 'Sister City Agreement between Qom and Fez',
    'parties': 'Qom; Fez'}
    """
    text = _Text(extraction)
    found: dict[str, Guess] = {}
    language = _language(text)
    if language is not None:
        found["language"] = language
    title = _title(text, extraction)
    kind = _kind(text, title)
    if kind is not None:
        found["kind"] = kind
    if title is not None:
        found["title"] = title
    found |= _dates(text, kind.value if kind else "")
    parties = _parties(text, title, kind.value if kind else "")
    if parties is not None:
        found["parties"] = parties
    return found


# ---- The text as the rules see it -----------------------------------------------------------

_FOLD = str.maketrans("يىكۀ", "ییکه")
_MARKS = re.compile("[\u064b-\u0655\u0670\u0640\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def _folded(text: str) -> str:
    """Persian letters for Arabic ones, no marks; a form that patterns can rely on."""
    return _MARKS.sub("", text.translate(_FOLD))


def _pattern(source: str) -> re.Pattern[str]:
    """A pattern in which ``~`` is a half-space, a space or nothing."""
    return re.compile(source.replace("~", "[\u200c ]?"), re.IGNORECASE)


class _Row(NamedTuple):
    """One line of the document, folded, and where it stands."""

    text: str
    page: int
    role: LineRole
    size: float | None
    level: int
    original: str
    after_gap: bool  # whether something else than a line end stands before it


class _Text:
    """The lines that belong to the text proper, and the same as one string."""

    def __init__(self, extraction: Extraction) -> None:
        self.rows: list[_Row] = []
        self.heads: list[_Row] = []  # running heads: a paper's issue stands there
        self.opening: list[_Row] = []  # the first page's rows; its title may be a running head too
        for page in extraction.pages:
            end = 0
            made = bool(self.rows)
            for line in page.lines:
                original = page.text[line.start : line.end]
                row = _Row(
                    " ".join(_folded(_unmarked(original)).split()),
                    page.number,
                    line.role,
                    line.size,
                    line.level,
                    " ".join(_unmarked(original).split()),
                    # A line that goes on within a word follows at once.
                    page.text[end : line.start].count("\n") != 1 and not 0 < line.start == end,
                )
                end = line.end
                if line.role not in ("page-number", "footnote") and not made:
                    self.opening.append(row)
                if line.role not in _OUTSIDE:
                    self.rows.append(row)
                elif line.role == "running-head":
                    self.heads.append(row)
        self.whole = "\n".join(row.text for row in self.rows)
        self._starts: list[int] = []
        start = 0
        for row in self.rows:
            self._starts.append(start)
            start += len(row.text) + 1

    def row_at(self, offset: int) -> int:
        """Index of the row at an offset of ``whole``."""
        return max(bisect_right(self._starts, offset) - 1, 0)

    def page_at(self, offset: int) -> int:
        """Page number at an offset of ``whole``."""
        return self.rows[self.row_at(offset)].page


def _unmarked(text: str) -> str:
    """Without the marks of Markdown that extracted text of other tools carries."""
    return re.sub(r"^[ \t]*#+[ \t]+|\*\*|</?[a-z]{1,6}>", " ", text)


def _quoted(text: str, limit: int = 80) -> str:
    text = " ".join(text.split())
    return f'"{text[:limit].rstrip()}..."' if len(text) > limit else f'"{text}"'


# ---- Language -------------------------------------------------------------------------------

_PERSIAN = re.compile(f"[{ARABIC_LETTERS}]")
_LATIN = re.compile(f"[{LATIN_LETTERS}]")
_SECOND_LANGUAGE = 0.2  # an abstract in the other language stays below this share of letters
_FEW_LETTERS = 200


def _language(text: _Text) -> Guess | None:
    persian, latin = len(_PERSIAN.findall(text.whole)), len(_LATIN.findall(text.whole))
    letters = persian + latin
    if not letters:
        return None
    share = persian / letters
    value = "fa" if share >= 0.5 else "en"
    if _SECOND_LANGUAGE <= share <= 1 - _SECOND_LANGUAGE:
        value = "fa+en"
    near = min(abs(share - _SECOND_LANGUAGE), abs(share - 1 + _SECOND_LANGUAGE))
    confidence = 0.98 if near > 0.1 else 0.75
    if letters < _FEW_LETTERS:
        confidence = min(confidence, 0.8)
    return Guess(value, confidence, f"{share:.0%} of the letters are Persian, the others Latin")


# ---- Kind -----------------------------------------------------------------------------------

_KIND_WORDS: tuple[tuple[DocumentKind, re.Pattern[str]], ...] = (
    ("other", _pattern(r"بیانیه|گزارش|صورت~جلسه|\b(?:declaration|report|minutes|communiqu[eé])\b")),
    ("memorandum", _pattern(r"تفاهم~نامه|یادداشت~تفاهم|\bmemorandum|\bmou\b")),
    (
        "treaty",
        _pattern(
            r"عهد~نامه|معاهده|کنوانسیون|مقاوله~نامه|\btreaty\b|\bconvention\b|\bcovenant\b"
            r"|\bprotocol\b"
        ),
    ),
    ("law", _pattern(r"\bقانون|مصوبه|آیین~نامه|اساس~نامه|لایحه|\bact\b|\blaw\b|\bconstitution\b")),
    (
        "agreement",
        _pattern(r"موافقت~نامه|توافق~نامه|قرارداد|پیمان|\bagreement\b|\bcontract\b|\bpact\b"),
    ),
)
_STATES = _pattern(
    r"(?:میان|بین)~ ?(?:دولت|جمهوری|پادشاهی)"
    r"|\bbetween (?:the )?(?:government|islamic republic|republic|kingdom)"
)
_PAPER_SIGNS = {
    "an abstract": _pattern(
        r"^(?:چکیده|خلاصه مقاله|abstract|extended abstract)\b.{0,3}$|^abstract[.:]"
    ),
    "key words": _pattern(
        r"^(?:(?:واژگان|واژه~ ?های|کلمات) ?~?کلیدی|کلید~واژه~?(?:ها)?|key ?words)\b"
    ),
    "dates of receipt and acceptance": _pattern(r"تاریخ (?:دریافت|پذیرش)|\b(?:received|accepted):"),
    "references": _pattern(
        r"^(?:\d+[.\-] ?)?(?:فهرست )?(?:منابع|کتاب~نامه|references|bibliography)(?: و مآ?خذ)?"
        r"\W{0,3}$"
    ),
    "the authors' posts": _pattern(
        r"استادیار|دانشیار|دانشجوی دکتری|کارشناس ارشد|\b(?:assistant|associate) professor"
        r"|corresponding author"
    ),
    "sections of a study": _pattern(
        r"^(?:[\d.\-]+ ?)?(?:نتیجه~ ?گیری|پیشینه (?:تحقیق|پژوهش)|روش ?~?شناسی|روش (?:تحقیق|پژوهش)"
        r"|مبانی نظری|conclusions?|literature review|methods?|methodology)\W{0,3}$"
    ),
    "a journal's marks": _pattern(r"\bissn\b|\bdoi\b|فصل~نامه|working paper"),
}
_CITATION = re.compile(r"\([^()\d]{2,60}[،,:] ?\d{4}[^()]{0,20}\)")
_MANY_CITATIONS = 5
_OWN_NAME = _pattern(
    r"(?:این|\bthis|\bthe present) ?~?(یادداشت|تفاهم|موافقت~نامه|قرارداد|پیمان|عهدنامه|معاهده"
    r"|memorandum|mou\b|agreement|treaty|convention)"
)
_STATUTE = _pattern(r"^اصل [\d۰-۹]+|^اصل (?:اول|یکم|نخست)")


def _kind(text: _Text, title: Guess | None) -> Guess | None:
    signs = [
        sign
        for sign, pattern in _PAPER_SIGNS.items()
        if any(pattern.search(row.text) for row in text.rows)
        or (sign == "a journal's marks" and any(pattern.search(row.text) for row in text.heads))
    ]
    if len(_CITATION.findall(text.whole)) >= _MANY_CITATIONS:
        signs.append("citations")
    if len(signs) >= 2:
        confidence = min(0.7 + 0.08 * len(signs), 0.97)
        return Guess("paper", round(confidence, 2), f"it has {' and '.join(signs[:3])}")
    if title is not None:
        folded = _folded(title.value)
        hits = [
            (match.start(), kind, match[0])
            for kind, pattern in _KIND_WORDS
            if (match := pattern.search(folded))
        ]
        if hits:
            # The first word names the document; later ones are often what it is about.
            _, kind, word = min(hits)
            if kind == "agreement" and _STATES.search(folded):
                return Guess("treaty", 0.8, f'the title says "{word}" between states')
            return Guess(kind, 0.9 if len(hits) == 1 else 0.8, f'the title says "{word}"')
    own = _OWN_NAME.search(text.whole)
    if own is not None:
        named = (kind for kind, pattern in _KIND_WORDS if pattern.search(own[1]))
        page = text.page_at(own.start())
        # یادداشت and تفاهم are the short names of a memorandum and no kind word by themselves.
        own_kind: DocumentKind = next(named, "memorandum")
        return Guess(own_kind, 0.7, f'on page {page} it calls itself "{own[0]}"')
    if sum(bool(_STATUTE.search(row.text)) for row in text.rows) >= 3:
        return Guess("law", 0.75, "its clauses are numbered as principles (اصل) of a law")
    return None


# ---- Title ----------------------------------------------------------------------------------

_HEAD_ROWS = 25
_TITLE_LENGTH = range(8, 300)
_LONG_LINE = 200  # a first line of more characters is a paragraph
_INVOCATION = _pattern(r"^(?:بسمه~ ?تعالی|بسم~ ?الله.*|به نام خدا.*|in the name of god.*)\W*$")
# What stands above or instead of a title: numbers, dates, headings of sections, authors.
_NO_TITLE = _pattern(
    r"^(?:چکیده|خلاصه|مقدمه|abstract|introduction|keywords|واژگان کلیدی|کلید~واژه|متن فارسی"
    r"|شماره|تاریخ|no\.|number|date|page|صفحه|doi|issn|http|www|فصلنامه|دوفصلنامه|سال|دوره"
    r"|vol|article|ماده|section)\b"
)
_DISORDERED = 0.2  # confidence in a title whose words an extractor left out of order
_ENDS_SENTENCE = re.compile(r"[.؛;،,:]$")
_FILE_NAMES = _pattern(r"microsoft word|untitled|\.(?:docx?|pdf|indd|txt)$|^document\d*$|^[\W\d]+$")


def _title(text: _Text, extraction: Extraction) -> Guess | None:
    head = text.opening[:_HEAD_ROWS]
    found = _title_of(head, extraction)
    if found is not None and _out_of_order(found.value):
        ground = f"{found.ground}; its words are out of order"
        return Guess(found.value, min(found.confidence, _DISORDERED), ground)
    return found


def _out_of_order(title: str) -> bool:
    return begins_displaced(title) or turned_words(title) > 0


def _title_of(head: list[_Row], extraction: Extraction) -> Guess | None:
    shown = _title_by_size(head) or _title_by_heading(head) or _title_by_place(head)
    stored = " ".join((extraction.title or "").split())
    if len(stored) in _TITLE_LENGTH and not _FILE_NAMES.search(stored):
        if _squeezed(stored) in _squeezed("".join(row.text for row in head)):
            return Guess(stored, 0.95, "the file's properties and the first page agree")
        if shown is None or shown.confidence < 0.8:
            return Guess(stored, 0.7, "the file's properties name it")
    return shown


def _squeezed(text: str) -> str:
    return re.sub(r"\W", "", _folded(text)).casefold()


def _title_by_size(head: list[_Row]) -> Guess | None:
    """The largest letters of the first page, where the source knows sizes."""
    sizes = sorted(row.size for row in head if row.size is not None)
    if not sizes:
        return None
    ordinary = sizes[len(sizes) // 2]
    for size in sorted({size for size in sizes if size > ordinary + 1}, reverse=True):
        rows: list[_Row] = []
        for row in head:
            if row.size is not None and abs(row.size - size) < 0.6 and _may_be_title(row):
                rows.append(row)
            elif rows:
                break
        value = " ".join(row.original for row in rows)
        if rows and len(rows) <= 5 and len(value) in _TITLE_LENGTH:
            return Guess(value, 0.9, f"the largest letters of page {rows[0].page}")
    return None


def _title_by_heading(head: list[_Row]) -> Guess | None:
    """The first heading, and one beside it in the other language."""
    for position, first in enumerate(head[:4]):
        if first.role == "heading" and _may_be_title(first):
            value = first.original
            for row in head[position + 1 : position + 2]:
                if row.role == "heading" and row.level == first.level and _other_script(first, row):
                    value = f"{value} / {row.original}"
            return Guess(value, 0.9, f"the first heading, on page {first.page}")
    return None


def _title_by_place(head: list[_Row]) -> Guess | None:
    """The first line that is no invocation, with a second line that runs on."""
    rows = [row for row in head if row.role != "running-head" and not _INVOCATION.search(row.text)]
    if not rows or not _starts_title(rows[0]) or len(rows[0].text) > _LONG_LINE:
        return None
    run = 1
    while run < len(rows) and not rows[run].after_gap and _starts_title(rows[run]):
        run += 1
    if run > 2:  # a paragraph, not a title that runs over two lines
        run = 1
    value = " ".join(row.original for row in rows[:run])
    return Guess(value, 0.6, f"the first line, on page {rows[0].page}")


def _starts_title(row: _Row) -> bool:
    # A digit first is the number of a note on the author's name.
    return _may_be_title(row) and not _ENDS_SENTENCE.search(row.text) and not row.text[0].isdigit()


def _may_be_title(row: _Row) -> bool:
    letters = len(_PERSIAN.findall(row.text)) + len(_LATIN.findall(row.text))
    return (
        len(row.text) in _TITLE_LENGTH
        and letters > len(row.text) / 2
        and not _NO_TITLE.search(row.text)
        and not _INVOCATION.search(row.text)
    )


def _other_script(first: _Row, second: _Row) -> bool:
    return bool(_PERSIAN.search(first.text)) != bool(_PERSIAN.search(second.text))


# ---- Dates ----------------------------------------------------------------------------------

# What says that a text was signed or made.
_SIGNED = _pattern(
    r"\b(?:done|signed|concluded|executed)\b(?= (?:at|in|on|this|by|and)\b)"
    r"|به ?~?امضا~?ی? (?:طرفین |دو طرف )?رسید|امضا (?:شد|گردید|کردند|شده)"
    r"|(?:منعقد|تنظیم|نوشته|نگاشته|تهیه|مبادله) (?:شد|گردید)"
)
_COPIES = _pattern(
    r"نسخه|\b(?:copies|originals?|duplicate|counterparts?|triplicate|texts? (?:are|have|being))\b"
)
_BEFORE, _BEHIND = 350, 300  # characters from there within which its date stands
_CLOSING = 0.8  # a signature formula without copies must stand in this last part of the text
_SENTENCE_END = re.compile(r"[^\d.][.!?؟]\s|\d[.؟]\s(?=[^\W\d])")
_PAPER_DATES = (
    ("publication", 0.9, _pattern(r"تاریخ (?:انتشار|چاپ|نشر)|\bpublished\b")),
    ("acceptance", 0.85, _pattern(r"تاریخ پذیرش|پذیرش نهایی|\baccepted\b")),
    ("receipt", 0.6, _pattern(r"تاریخ دریافت|\breceived\b")),
)
_LABEL_REACH = 40
_ISSUE = _pattern(
    r"(?:سال|دوره|جلد) .{1,20}شماره.{0,40}|\bvol(?:ume|\.)? ?\d+.{0,60}"
    r"|(?:بهار|تابستان|پاییز|زمستان)(?: و (?:تابستان|پاییز|زمستان|بهار))?[،,]? (?:سال )?\d{4}"
    r"|(?<!\d)\d{4} (?:بهار|تابستان|پاییز|زمستان)"
)
# A whole line that names an issue, in the midst of a text: the running head of one page.
_ISSUE_WORDS = tuple(
    _pattern(words)
    for words in (
        r"(?<!\w)(?:فصلنامه|دوفصلنامه|مجله|نشریه|سال|دوره|جلد)(?!\w)|\dفصلنامه",
        r"(?<!\w)شماره(?!\w)",
        r"(?:بهار|تابستان|پاییز|زمستان)[،,]? (?:سال )?\d{4}(?!\d)"
        r"|(?<!\d)\d{4} (?:بهار|تابستان|پاییز|زمستان)",
    )
)
_NO_ISSUE = re.compile(r"[()\[\]«»\"“”.؛?؟!]|(?<!\w)صص?(?!\w)")  # a reference rather
_ISSUE_LENGTH = 16  # words
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
# Journals write the year of the article into its digital object identifier.
_DOI = re.compile(r"\b10\.\d{4,6}/[A-Za-z]+\.(\d{4})\.\d+")
_OFTEN = 3
_DATE_LABEL = _pattern(r"^(?:تاریخ|مورخ|date|dated|adopted|مصوب)\b")
_NEAR_HEAD, _NEAR_END = 12, 10
_SHORT_ROW = 120


class _Dated(NamedTuple):
    """A date found at a telling place, and how sure the place makes it."""

    first: datetime.date
    last: datetime.date
    confidence: float
    ground: str


def _dates(text: _Text, kind: str) -> dict[str, Guess]:
    ways = (_of_publication, _in_head) if kind == "paper" else (_of_signature, _in_head, _at_end)
    for way in ways:
        found = way(text)
        if found is not None:
            return _as_guesses(found)
    return {}


def _as_guesses(found: _Dated) -> dict[str, Guess]:
    first, last = day_of(found.first), day_of(found.last)
    sure, ground = found.confidence, found.ground
    guesses: dict[str, Guess] = {}
    if found.first == found.last:
        guesses["date"] = Guess(first.gregorian, sure, ground)
        guesses["date_persian"] = Guess(first.persian, sure, ground)
    # A whole year of one calendar lies in two of the other: the larger part decides.
    middle = day_of(found.first + (found.last - found.first) / 3)
    for name, begin, end, year in (
        ("year_gregorian", first.year_gregorian, last.year_gregorian, middle.year_gregorian),
        ("year_persian", first.year_persian, last.year_persian, middle.year_persian),
    ):
        if begin == end:
            guesses[name] = Guess(begin, sure, ground)
        else:
            doubt = f"{ground}; it lies in {begin} and {end}, for the larger part in {year}"
            guesses[name] = Guess(year, round(sure * 0.8, 2), doubt)
    return guesses


def _mentions(text: str) -> Iterator[_Mention]:
    """Dates of a text in both calendars that documents are dated by."""
    from textmine.text.dates import find_dates

    for found in find_dates(text):
        if found.calendar != "islamic":
            yield _Mention(
                text[found.span.start : found.span.end],
                found.span.start,
                found.calendar,
                found.first,
                found.last,
            )


class _Mention(NamedTuple):
    text: str
    start: int
    calendar: str
    first: datetime.date
    last: datetime.date

    @property
    def exact(self) -> bool:
        """Whether it is one day."""
        return self.first == self.last


def _of_signature(text: _Text) -> _Dated | None:
    best: _Dated | None = None
    for match in _SIGNED.finditer(text.whole):
        start = max(match.start() - _BEFORE, 0)
        window = text.whole[start : match.end() + _BEHIND].replace("\n", " ")
        copies = bool(_COPIES.search(window))
        if not copies and match.start() < _CLOSING * len(text.whole):
            continue
        at = match.start() - start
        exact = [
            mention
            for mention in _mentions(window)
            if mention.exact and not _SENTENCE_END.search(window, *sorted((at, mention.start)))
        ]
        if not exact:
            continue
        # English puts the date behind its verb, Persian before it.
        behind = [mention for mention in exact if mention.start > at] if match[0].isascii() else []
        nearest = min(behind or exact, key=lambda mention: abs(mention.start - at))
        page = text.page_at(match.start())
        found = _Dated(
            nearest.first,
            nearest.last,
            0.9 if copies else 0.75,
            f"the signature formula on page {page} says {_quoted(nearest.text)}",
        )
        others = {each.first for each in exact if each.calendar != nearest.calendar}
        if nearest.first in others:
            found = found._replace(
                confidence=found.confidence + 0.06, ground=f"{found.ground} in both calendars"
            )
        elif others:
            found = found._replace(
                confidence=0.6,
                ground=f"{found.ground}; the date of the other calendar beside it is another day",
            )
        if best is None or found.confidence > best.confidence:
            best = found
    return best


def _of_publication(text: _Text) -> _Dated | None:
    rows = [*text.rows[:60], *text.heads]
    for what, confidence, label in _PAPER_DATES:
        for row in rows:
            match = label.search(row.text)
            if match is None:
                continue
            near = row.text[match.end() : match.end() + _LABEL_REACH]
            mention = next((each for each in _mentions(near) if each.exact), None)
            if mention is not None:
                return _Dated(
                    mention.first,
                    mention.last,
                    confidence,
                    f"the date of {what} on page {row.page} is {_quoted(mention.text)}",
                )
    for row in [*text.heads, *text.rows[:15], *_repeated(text.rows)]:
        match = _ISSUE.search(row.text)
        dated = _of_issue(match[0], row.page, 0.8) if match else None
        if dated is not None:
            return dated
    identifiers = {match[0]: int(match[1]) for row in rows for match in _DOI.finditer(row.text)}
    if len(identifiers) == 1:
        ((identifier, year),) = identifiers.items()
        if year in GREGORIAN_YEARS:
            first, last = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
            return _Dated(first, last, 0.7, f"its identifier {identifier} names the year")
    lines = [each for row in _body(text.rows) if (each := _issue_line(row)) is not None]
    return lines[0] if len({each.first for each in lines}) == 1 else None


def _body(rows: list[_Row]) -> list[_Row]:
    """The rows before the list of references, in which issues of other papers are named."""
    headings = [i for i, row in enumerate(rows) if _PAPER_SIGNS["references"].search(row.text)]
    return rows[: headings[-1]] if headings else rows


def _issue_line(row: _Row) -> _Dated | None:
    """The date of an issue that a line names and nothing else; its words may have lost order."""
    if len(row.text) > _SHORT_ROW or len(row.text.split()) > _ISSUE_LENGTH:
        return None
    if _NO_ISSUE.search(row.text) or not all(word.search(row.text) for word in _ISSUE_WORDS):
        return None
    return _of_issue(row.text, row.page, 0.65)


def _of_issue(text: str, page: int, confidence: float) -> _Dated | None:
    """The date in the words that name an issue; a bare year there is a Persian one."""
    bare = [year for year in _YEAR.findall(text) if int(year) in PERSIAN_YEARS]
    for words in (text, *(f"سال {year}" for year in bare)):
        for mention in _mentions(words):
            ground = f"the issue named on page {page} is of {_quoted(mention.text)}"
            return _Dated(mention.first, mention.last, confidence, ground)
    return None


def _repeated(rows: list[_Row]) -> list[_Row]:
    """Lines that come back with other numbers: running heads that were not told apart."""
    wordings: dict[str, list[_Row]] = {}
    for row in rows:
        if len(row.text) <= _SHORT_ROW:
            wordings.setdefault(re.sub(r"[\W\d_]+", " ", row.text), []).append(row)
    return [alike[0] for alike in wordings.values() if len(alike) >= _OFTEN]


def _in_head(text: _Text) -> _Dated | None:
    for row in text.rows[:_NEAR_HEAD]:
        sentence = _ENDS_SENTENCE.search(row.text) is not None
        if sentence or len(row.text) > _SHORT_ROW or row.role == "heading":
            continue
        label = bool(_DATE_LABEL.search(row.text))
        mentions = list(_mentions(row.text))
        if len({mention.first for mention in mentions if mention.calendar == "persian"}) > 1:
            continue  # from one date to another
        for mention in mentions:
            if mention.exact or (mention.last - mention.first).days < 32:
                ground = f"a line near the head of page {row.page} says {_quoted(row.text)}"
                return _Dated(mention.first, mention.last, 0.85 if label else 0.7, ground)
    return None


def _at_end(text: _Text) -> _Dated | None:
    for row in reversed(text.rows[-_NEAR_END:]):
        if len(row.text) > _SHORT_ROW or _ENDS_SENTENCE.search(row.text):
            continue
        for mention in _mentions(row.text):
            if mention.exact:
                ground = f"a line near the end, on page {row.page}, says {_quoted(row.text)}"
                return _Dated(mention.first, mention.last, 0.6, ground)
    return None


# ---- Parties --------------------------------------------------------------------------------

_BODY_FA = (
    "(?:شهرداری~های|شهرداری|شهرداران|شورای اسلامی شهر|شورای شهر|حاکمیت شهر|حاکم شهر"
    "|اداره اجرایی شهر|فرمانداری|شهرستان|شهر~های|شهر|استانداری|استان~های|استان|دولت~های|دولت"
    "|کشورهای)"
)
_NAME_FA = f"[{ARABIC_LETTERS}\u200c]+(?: [{ARABIC_LETTERS}\u200c]+){{0,4}}?"
_END_FA = (
    r"(?=\s*(?:$|[(،؛«»:.\n/–-])"
    r"| (?:و|در|درباره|برای|با|به|که|از|پیرامون|راجع|جمهوری|پادشاهی) )"
)
_BRACKET = r"(?:\s*\([^)]{0,80}\))?"
_PAIR_FA = _pattern(
    f"(?:(?:میان|بین) (?:{_BODY_FA} )*|(?:{_BODY_FA} )+)"
    f"({_NAME_FA}){_BRACKET} و (?:{_BODY_FA} )*({_NAME_FA}){_END_FA}"
)
_ONE_FA = _pattern(f"(?<![{ARABIC_LETTERS}])(?:{_BODY_FA} )+({_NAME_FA}){_END_FA}")

_BODY_EN = (
    r"(?i:(?:the )?(?:(?:islamic )?city council|municipal council|municipal board"
    r"|provincial municipality|municipality|city administration|administration|cities|city|mayor"
    r"|government) of (?:the )?(?:city of |municipality of )?)"
)
_WORD_EN = r"(?!(?i:and|the|on|for|in|concerning|regarding)\b)[A-Z\u00c0-\u00de][\w’'-]*"
_NAME_EN = rf"{_WORD_EN}(?:[ -](?:{_WORD_EN}|(?:of|de|del|la|el|al)(?= [A-Z])))*"
_PAIR_EN = re.compile(
    rf"(?:(?i:\bbetween (?:the )?)|{_BODY_EN})(?:{_BODY_EN})?({_NAME_EN}){_BRACKET},?"
    rf" (?i:and (?:the )?)(?:{_BODY_EN})?({_NAME_EN})"
)
_ONE_EN = re.compile(rf"\b{_BODY_EN}({_NAME_EN})")
_PREAMBLE = 1500
_SISTERS = _pattern(r"خواهر|twin|sister|friendship|دوستی|همکاری|cooperation")


def _parties(text: _Text, title: Guess | None, kind: str) -> Guess | None:
    if kind == "paper":
        return None
    orders = [(_PAIR_EN, _ONE_EN), (_PAIR_FA, _ONE_FA)]
    if title is not None:
        named = _folded(title.value)
        for pair, _ in orders:
            found = pair.search(named)
            if found is not None:
                return Guess(
                    "; ".join(_cased(name) for name in found.groups()),
                    0.85,
                    f"the title says {_quoted(found[0])}",
                )
    opening = text.whole[:_PREAMBLE]
    if kind in ("law", "other", "") and not _SISTERS.search(opening):
        return None
    for _, one in orders:
        names: list[str] = []
        for match in one.finditer(opening):
            name = _cased(match[1])
            if not any(name in known or known in name for known in names):
                names.append(name)
        if len(names) >= 2:
            page = text.page_at(0)
            ground = f"the opening on page {page} names {names[0]} and {names[1]}"
            return Guess("; ".join(names[:2]), 0.6, ground)
    return None


def _cased(name: str) -> str:
    """A name out of a title in capitals as names are written."""
    if not name.isupper():
        return name
    return re.sub(r"\b(Of|De|Del|La|El|Al)\b", lambda word: word[0].lower(), name.title())
