"""Papers and other running text: headings, sentences, lists, footnotes, tables, bibliography."""

from __future__ import annotations

import re
from typing import NamedTuple

from textmine.clauses.drafts import Cut, Draft
from textmine.clauses.marks import VERB_LAST, Mark, bullet_end, is_open, item_marks
from textmine.clauses.page_furniture import furniture
from textmine.clauses.rows import Layout, Row
from textmine.records import PartKind
from textmine.text.language import language_of
from textmine.text.letters import KASHIDA
from textmine.text.sentences import is_lone_verb


def _letters(text: str) -> str:
    """The letters of ``text`` in alphabetical order: what survives when words change places."""
    return "".join(sorted(char for char in text.casefold() if char.isalpha() and char != KASHIDA))


# Headings that papers have, by their letters alone: extractors that lose the direction of
# writing turn «چارچوب تحقیق» into «قیتحق چارچوب».
_HEADINGS = {
    _letters(name)
    for name in (
        "چکیده", "چکیده مبسوط", "مقدمه", "درآمد", "بیان مسئله", "پیشینه پژوهش", "پیشینه تحقیق",
        "روش تحقیق", "روش پژوهش", "روش شناسی", "مبانی نظری", "چارچوب نظری", "چارچوب تحقیق",
        "چارچوب مفهومی", "یافته های تحقیق", "یافته های پژوهش", "یافته ها", "بحث",
        "بحث و نتیجه گیری",
        "نتیجه گیری", "نتیجه", "جمع بندی", "پیشنهادها", "سپاسگزاری", "قدردانی", "تشکر و قدردانی",
        "پی نوشت", "پی نوشت ها", "یادداشت ها", "abstract", "extended abstract", "introduction",
        "background", "literature review", "method", "methods", "methodology", "results",
        "findings",
        "discussion", "conclusion", "conclusions", "concluding remarks", "acknowledgements",
        "acknowledgments", "notes", "theoretical framework",
    )
}  # fmt: skip
_ABSTRACTS = {_letters(name) for name in ("چکیده", "abstract", "extended abstract", "چکیده مبسوط")}
_KEYWORDS = re.compile(
    r"[\s*#]*(?:واژ\S*\s*(?:های?\s*)?\s*کلیدی|کلید\s*واژ\S*(?:\s*ها)?|واژگان\s+کلیدی|key\s*-?words?"
    r"|index\s+terms)\s*(?P<colon>[:：\-–]?)[\s*]*",
    re.IGNORECASE,
)
_BIBLIOGRAPHY = {
    _letters(name)
    for name in (
        "منابع", "فهرست منابع", "منابع و مآخذ", "منابع و مأخذ", "منابع و ماخذ", "کتابنامه",
        "کتاب شناسی", "مراجع", "فهرست مراجع", "مآخذ", "منابع فارسی", "منابع لاتین",
        "منابع انگلیسی", "references", "bibliography", "works cited", "reference list",
        "list of references", "literature cited", "sources",
    )
}  # fmt: skip
_APPENDIX = re.compile(r"[\s#*]*(?:پیوست|ضمیمه|appendix|annex)(?!\w)", re.IGNORECASE)

# Lines about the paper, wherever they stand.
_METADATA = re.compile(
    r".*(?:[\w.\-]+@[\w\-]+\.\w+|\d{4}-\d{4}-\d{4}-\d{3}[\dXx]|\bdoi\b\s*:?\s*/?10\.|10\.\d{4,}/"
    r"|e?-?issn\b|نویسنده\s+مسئول|corresponding\s+author|creative\s+commons|©|copyright)"
    r"|[\s*]*(?:تاریخ\s+(?:دریافت|پذیرش|ارسال|انتشار|چاپ|بازنگری)|نوع\s+مقاله|درجه\s+مقاله|شاپا"
    r"|received|accepted|revised|published\s+online|article\s+(?:history|type))\b",
    re.IGNORECASE,
)
_AFFILIATION = re.compile(
    r".*(?:استاد|دانشیار|دانشجوی|دانش\s?اموخته|کارشناس|دانشگاه|دانشکده|پژوهشگر|پژوهشگاه|دکتری|دکتر\b"
    r"|university|faculty|department|professor|ph\.?d|student|institute|researcher|lecturer)",
    re.IGNORECASE,
)
_CAPTION = re.compile(
    r"[\s*#]*(?:جدول|نقشه|شکل|نمودار|تصویر|عکس|table|figure|fig\.|map|chart)\s*(?:شماره|no\.?)?\s*"
    r"[(\[]?\s*(?:\d{1,3}|[IVX]+)\s*[)\]]?\s*(?P<apart>[.:：\-–ـ,]*)",
    re.IGNORECASE,
)
# A table number may have swapped places with its colon: «: تعاملات شهرها1جدول شماره».
_CAPTION_TURNED = re.compile(r".{0,90}\d\s*(?:جدول|نقشه|نمودار|شکل)\s*شماره\s*$")
_SOURCE = re.compile(r"[\s*]*(?:منبع|ماخذ|source)\s*[:：]", re.IGNORECASE)
# A citation alone on its row: what it cites may have been anything in brackets otherwise.
_CITATION_ALONE = re.compile(
    r"\s*[(\[][^()]{0,150}(?:\d{3,4}|:\s*\d|https?:|www\.)[^()]{0,150}[)\]]\s*\.?\s*$"
)
_CITATION = re.compile(r"\s*[(\[][^()]{3,150}[)\]]\s*$")
_URL = re.compile(r"(?:https?[:;]|www\.)\S*", re.IGNORECASE)
_SUPERSCRIPT = re.compile(r"\s*(?:<sup>\s*\d+\s*</sup>|\^\d{1,3}|[⁰¹²³⁴-⁹]+|\[\^\w+\])")
_NOTE_NUMBER = re.compile(r"\s*\d{1,2}\s*[.\-–)]*\s*(?=\S)")
_AVAILABLE = re.compile(
    r"قابل\s+دسترس|دسترسی\s+(?:قابل|در)|available\s+at|retrieved\s+from", re.IGNORECASE
)
# A day as notes give it for the last visit to a page, and a number at either edge of a note.
_VISITED = re.compile(r"\d{4}/\d{1,2}/\d{1,2}|\d{1,2}/\d{1,2}/\d{4}")
# A note that ends so is complete.
_ADDRESS_LAST = re.compile(
    r"(?:(?:https?[:;]|www\.)\S*\s*(?:\([^()]*\))?|\(\s*\d[\d/]+\s*\))\s*$", re.IGNORECASE
)
_EDGE_NUMBER = re.compile(r"^\s*\d{1,2}(?!\d|\s?/)|(?<![\d/])(?<![:،]\s)\d{1,2}\s*$")
_EDGE_COLON = re.compile(r"^\s*[:：]|[:：]\s*$")
_NUMBER_LAST = re.compile(r"(?:[.]\s*\d{1,2}(?:\s?[-–.]\s?\d{1,2}){0,3}|\s\d(?:-\d)+)\s*$")
_INNER_STOP = re.compile(r"[^\W\d]{2}[.؟!]\s+[^\W\d]{2}")
_MARKDOWN_TABLE = re.compile(r"\s*\|.*\|\s*$")
_MARKDOWN_HEADING = re.compile(r"#{1,6}\s")
_BOLD = re.compile(r"\*\*[^*]+\*\*:?\s*$")

_ENDS_TABLE = ("bibliography", "footnote", "caption", "heading", "table")

MAX_FRONT = 14
"""Most rows of title, authors and affiliations before an abstract."""
MAX_TOP = 8
"""Most rows of the same in a text without an abstract."""
MAX_ITEM = 3
"""Sentences up to which a list item stays one clause."""
MAX_ITEM_ROWS = 40
"""Rows after which a list that did not go on is over."""
MAX_NOTE = 250
"""Characters of a footnote that says where its source can be found."""
MIN_TABLE = 6
"""Short lines in a row that are the remains of a table."""


class _Item(NamedTuple):
    """Where the text of a list item begins and ends in its first row, and its printed number."""

    start: int
    end: int
    label: str | None


def cut_prose(layout: Layout, heading: str | None = None) -> Cut:
    """Cut running text into sentences, list items and parts."""
    reader = _Reader(layout, heading)
    reader.read()
    return reader.cut


class _Reader:
    """Names every row first, looking around as needed, then joins rows of text to blocks."""

    def __init__(self, layout: Layout, heading: str | None) -> None:
        self.layout = layout
        self.rows = layout.rows
        self.cut = Cut()
        self.heading = heading
        self.named: dict[int, PartKind] = dict(furniture(layout))
        self.items: dict[int, _Item] = {}
        text = " ".join(row.text for row in self.rows)
        self.language = language_of(text)

    def read(self) -> None:
        self._name_bibliography()
        self._name_tables()
        self._name_lines()
        self._name_footnotes()
        if self.layout.width:
            self._name_broken_tables()
        self._name_fronts()
        self._name_headings()
        self._name_items()
        self._join()

    # ---- looking around

    def _next(self, i: int, step: int = 1) -> int | None:
        """The nearest row that is text, or a heading, before or after row ``i``."""
        i += step
        while 0 <= i < len(self.rows):
            if self.named.get(i, "heading") == "heading":
                return i
            i += step
        return None

    def _page_edge(self, i: int) -> bool:
        """Whether a page begins with row ``i``.

        Where blank lines part all rows of a text, rows without one between them were on two pages.
        """
        row = self.rows[i]
        return row.turn or (self.layout.spaced and row.feeds == 1)

    def _known(self, i: int, names: set[str]) -> bool:
        text = re.sub(r"^[\s#*]*(?:[\dIVX]+[\s.\-–)]*)*", "", self.rows[i].view)
        return len(text) < 60 and _letters(text) in names

    # ---- naming

    def _name_bibliography(self) -> None:
        rows = self.rows
        inside = False
        for i, row in enumerate(rows):
            if self.named.get(i) in ("running-head", "page-number", "gap"):
                continue
            if self._known(i, _BIBLIOGRAPHY) and (row.role == "heading" or len(row.text) < 40):
                rest = rows[i + 1 :]
                # A heading early in the paper is about sources, or a line of contents.
                if inside or sum(len(other.text) for other in rest) <= 0.6 * sum(
                    len(other.text) for other in rows
                ):
                    inside = True
                    self.named[i] = "heading"
                    continue
            elif inside and (
                (_APPENDIX.match(row.view) and len(row.text) < 80 and not row.closed)
                or self._known(i, _ABSTRACTS)
            ):
                inside = False
            if inside:
                self.named[i] = "bibliography"

    def _name_tables(self) -> None:
        for i, row in enumerate(self.rows):
            if i in self.named:
                continue
            cells = [cell for cell in row.text.split("\t") if cell.strip()]
            if (row.text.count("\t") > 1 and len(cells) > 1) or _MARKDOWN_TABLE.match(row.text):
                self.named[i] = "table"
        for i, row in enumerate(self.rows):
            # A cell that the extractor put on a line of its own between the rows of a table.
            if i not in self.named and len(row.text) < 30 and (
                self.named.get(i - 1) == "table" == self.named.get(i + 1)
                or (self.named.get(i - 1) == "table" and _CITATION.match(row.text))
            ):  # fmt: skip
                self.named[i] = "table"

    def _name_broken_tables(self) -> None:
        """Cells of a table, each on its own line: many short lines without an end in between."""
        rows = self.rows
        i = 0
        while i < len(rows):
            j = i
            last_short = i
            long_ones = 0
            while j < len(rows) and long_ones < 3 and self.named.get(j) not in _ENDS_TABLE:
                row = rows[j]
                if j in self.named:
                    j += 1
                    continue
                if self.layout.is_short(row, 0.68):
                    long_ones = 0
                    last_short = j
                else:
                    long_ones += 1
                j += 1
            run = [k for k in range(i, min(last_short + 1, len(rows))) if k not in self.named]
            if self.layout.is_short(rows[i], 0.68) and self._is_broken_table(run):
                for k in run:
                    self.named[k] = "table"
            i = max(last_short + 1, i + 1)

    def _is_broken_table(self, run: list[int]) -> bool:
        rows = self.rows
        if len(run) < MIN_TABLE or any(rows[k].role in ("heading", "item") for k in run):
            return False
        short = sum(self.layout.is_short(rows[k], 0.68) for k in run)
        marked = sum(
            bool(bullet_end(rows[k].view) or rows[k].view.rstrip().endswith("•")) for k in run
        )
        links = sum(bool(_URL.search(rows[k].text)) for k in run)
        ended = sum(rows[k].full for k in run)
        return (
            short >= 0.8 * len(run)
            and marked < 0.3 * len(run)
            and ended < 0.35 * len(run)
            and links < 0.4 * len(run)
        )

    def _name_lines(self) -> None:
        """Captions, sources, metadata and keywords: lines that say themselves what they are."""
        rows = self.rows
        for i, row in enumerate(rows):
            if self.named.get(i, "table") != "table" or row.role in ("item",):
                continue
            caption = _CAPTION.match(row.view)
            keywords = _KEYWORDS.match(row.view)
            known: PartKind | None = None
            if (
                (
                    caption
                    and len(row.text) < 200
                    and not row.full
                    and (caption["apart"] or len(row.text.split()) <= 15)
                )
                or _CAPTION_TURNED.match(row.view)
                or (_SOURCE.match(row.view) and len(row.text) < 160)
                or (
                    _CITATION.match(row.text)
                    and i > 0
                    and self.named.get(i - 1) in ("caption", "table")
                )
            ):
                known = "caption"
            elif i in self.named:
                continue
            elif keywords and row.role != "heading" and not _MARKDOWN_HEADING.match(row.text):
                rest = row.view[keywords.end() :]
                known = "metadata" if rest.strip() else "heading"
                if not rest.strip():
                    self._name_keywords(i)
            elif keywords and len(row.text) < 40:
                known = "heading"
                self._name_keywords(i)
            elif row.role == "body" and len(row.text) < 250 and _METADATA.match(row.view):
                known = "metadata"
            if known:
                self.named[i] = known

    def _name_keywords(self, i: int) -> None:
        for j in range(i + 1, min(i + 4, len(self.rows))):
            row = self.rows[j]
            if j in self.named or row.role == "heading" or self._known(j, _HEADINGS):
                break
            if row.blank and j > i + 1:
                break
            self.named[j] = "metadata"
            if not self.layout.width or self.layout.is_short(row):
                break

    def _name_footnotes(self) -> None:
        rows = self.rows
        inside = False
        for i, row in enumerate(rows):
            if i in self.named and self.named[i] != "table":
                inside = inside and self.named[i] in ("gap", "footnote")
                continue
            lone = i > 0 and re.fullmatch(r"\d{1,2}", rows[i - 1].view) is not None
            if self._page_edge(i) and not _URL.match(row.text) and not lone:
                inside = False
            if self._is_footnote(i) or (inside and self._goes_on(i)):
                self.named[i] = "footnote"
                inside = True
            else:
                inside = False

    def _is_footnote(self, i: int) -> bool:
        row = self.rows[i]
        if row.role not in ("body", "item") and not _SUPERSCRIPT.match(row.view):
            return False
        url = _URL.search(row.text)
        if url and len(url[0]) > 0.6 * len(row.text):
            return not (_CITATION.match(row.text) or row.text.startswith("<"))
        if _SUPERSCRIPT.match(row.view):
            return True
        if self._tells_where(i, url is not None):
            return True
        if i in self.named:  # a cell of a table stays one, unless it says where to find something
            return bool(url and _AVAILABLE.search(row.view))
        number = _NOTE_NUMBER.match(row.view)
        if number and self.language == "fa" and self._is_foreign(row.after(number.end()), i):
            return True
        lone = re.fullmatch(r"\d{1,2}", row.text.strip())
        return bool(
            lone
            and self.language == "fa"
            and i + 1 < len(self.rows)
            and (not self.rows[i + 1].blank or _URL.match(self.rows[i + 1].text))
            and language_of(self.rows[i + 1].text) == "en"
        )

    def _tells_where(self, i: int, url: bool) -> bool:
        """Whether row ``i`` says where its source can be found, with the address here or below.

        The words may stand in reverse order, so that colon and number are at either edge.
        """
        row = self.rows[i]
        available = _AVAILABLE.search(row.view)
        below = self.rows[i + 1].text if i + 1 < len(self.rows) else ""
        address = _URL.match(below.lstrip())
        colon = _EDGE_COLON.search(row.view) is not None
        numbered = _EDGE_NUMBER.search(row.view) is not None
        if not available:
            return bool(address and colon and numbered and self.layout.width)
        if row.full and not url:
            return False
        number = _NOTE_NUMBER.match(row.view)
        if available.start() == (number.end() if number else 0):
            dated = _VISITED.search(row.view) and ":" in row.view
            return bool((url or address or dated) and len(row.text) < MAX_NOTE)
        if not self.layout.width:
            return bool(number and (url or (address and colon)) and len(row.text) < MAX_NOTE)
        return not row.full and (url or colon or numbered or bool(address))

    def _is_foreign(self, rest: Row, i: int) -> bool:
        """Whether Latin text stands in Persian surroundings, as the notes of a Persian paper do."""
        if language_of(rest.text) != "en" or len(rest.text) > 140:
            return False
        if re.search("[آ-ی]", rest.view) and not _URL.search(rest.text):
            return False
        for step in (-1, 1):
            j = i + step
            while 0 <= j < len(self.rows) and (
                self.named.get(j) is not None or len(self.rows[j].text) < 45
            ):
                j += step
            if 0 <= j < len(self.rows):
                return language_of(self.rows[j].text) != "en"
        return False

    def _goes_on(self, i: int) -> bool:
        """Whether a row below a footnote on the same page belongs to it."""
        row = self.rows[i]
        before = self.rows[i - 1]
        if not self.layout.width or i in self.named:
            return False
        if _URL.search(row.text) or not (before.full or _ADDRESS_LAST.search(before.view)):
            return True
        if self.language == "fa" and not re.search("[آ-ی]", row.view):
            return True
        return bool(re.search(r"\s\d{1,2}\s*$", row.view))

    def _name_fronts(self) -> None:
        """Title, authors and affiliations: at the top, and before each abstract."""
        rows = self.rows
        abstracts = [i for i in range(len(rows)) if self._known(i, _ABSTRACTS)]
        done = -1
        for abstract in abstracts:
            first = abstract
            while first - 1 > done and abstract - first < MAX_FRONT and self._is_front(first - 1):
                first -= 1
            self._name_front(first, abstract)
            done = abstract
        if not abstracts or min(abstracts) > 30:
            top = self._next(-1)
            if top is not None:
                end = top
                while end < len(rows) and end - top < MAX_TOP and self._is_top(end):
                    end += 1
                if end < len(rows):
                    self._name_front(top, end)

    def _is_front(self, i: int) -> bool:
        row = self.rows[i]
        if self.named.get(i) in ("metadata", "gap", "running-head", "page-number"):
            return not _KEYWORDS.match(row.view)
        if i in self.named or self._known(i, _HEADINGS):
            return False
        return not row.full or (len(row.text) < 250 and bool(_AFFILIATION.match(row.view)))

    def _is_top(self, i: int) -> bool:
        row = self.rows[i]
        if self.named.get(i) in ("metadata", "gap", "running-head", "page-number"):
            return True
        if i in self.named or row.role == "item" or row.closed or self._known(i, _HEADINGS):
            return False
        if item_marks(row.view) or bullet_end(row.view):
            return False
        if self.layout.width:
            ahead = self.rows[i + 1 : i + 2]
            return self.layout.is_short(row, 0.8) and not any(
                following.view[:1].islower() for following in ahead
            )
        return len(row.text) <= 200 and (
            row.role == "heading" or i == 0 or bool(_AFFILIATION.match(row.view))
        )

    def _name_front(self, first: int, end: int) -> None:
        titles = 0
        for i in range(first, end):
            row = self.rows[i]
            if i in self.named:
                continue
            note = _SUPERSCRIPT.match(row.view[-12:].lstrip("ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی "))
            author = _AFFILIATION.match(row.view) or note or (titles and len(row.text.split()) <= 5)
            heading = row.role == "heading" or _MARKDOWN_HEADING.match(row.text)
            if heading or (not author and titles < 3) or (titles == 0 and not note):
                self.named[i] = "title"
                titles += 1
            else:
                self.named[i] = "metadata"

    # ---- headings and lists

    def _name_headings(self) -> None:
        for i in range(len(self.rows)):
            if i not in self.named and self._is_heading(i):
                self.named[i] = "heading"

    def _is_heading(self, i: int) -> bool:
        row = self.rows[i]
        text = row.view.strip()
        if row.role == "heading" or _MARKDOWN_HEADING.match(row.text):
            return True
        if row.role == "item" or len(text) > 130 or bullet_end(row.view):
            return False
        if self._known(i, _HEADINGS):
            return True
        before, after = self._next(i, -1), self._next(i)
        if before is not None and is_open(self.rows[before].view):
            return False
        free = before is None or self.rows[before].closed or self.named.get(before) == "heading"
        if _BOLD.match(row.text) and len(text.split()) <= 15:
            return True
        follows = after is not None and not self._is_continuation(i, after)
        if not follows or text.endswith((",", "،", "؛", ";")) or _CITATION.match(row.text):
            return False
        if not _NUMBER_LAST.search(text) and (row.full or _INNER_STOP.search(text)):
            return False
        words = text.split()
        colon = text.endswith((":", "："))
        number = next((mark for mark in item_marks(row.view) if mark.kind == "number"), None)
        if number and number.form == "apart" and self._is_numbered_heading(i, number):
            return not colon and free
        if self.layout.width:
            last = _NUMBER_LAST.search(text)
            if last and len(words) <= 15 and self.layout.is_short(row, 0.8):
                return (free or row.blank) and not VERB_LAST.search(text[: last.start()])
            if not self.layout.is_short(row, 0.6):
                return False
            free = free or row.blank
            return free and len(words) <= 10 and not colon and not VERB_LAST.search(text) and (
                before is None or row.blank or self._ends_paragraph(before)
            ) and not number and any(map(str.isalpha, text)) and not self.layout.is_short(
                self.rows[after or i], 0.5
            )  # fmt: skip
        if colon:
            return len(words) <= 3 and after is not None and self._starts_item(after)
        return (
            (free or before is None or row.blank)
            and len(words) <= 12
            and len(text) <= 90
            and not number
            and not VERB_LAST.search(text)
            and any(map(str.isalpha, text))
            and after is not None
            and (len(self.rows[after].text) > len(text) or self.named.get(after) == "heading")
            and not (language_of(text) == "en" and text[:1].islower())
            and free
        )

    def _is_continuation(self, i: int, after: int) -> bool:
        """Whether row ``after`` must go on with row ``i``: it begins with a small letter."""
        return self.rows[after].view[:1].islower() and self.rows[i].view[-1:].islower()

    def _is_numbered_heading(self, i: int, number: Mark) -> bool:
        """Whether the next number at the same depth is far off: a list has it in the next row."""
        row = self.rows[i]
        if len(row.text.split()) > 18 or row.closed or self._runs_to_a_stop(i):
            return False
        if len(number.value) > 1:
            return True
        for step in (-1, 1):
            j = self._next(i, step)
            if j is None or self.named.get(j) == "heading":
                continue
            for mark in item_marks(self.rows[j].view):
                if mark.kind == "number" and mark.value == (number.value[0] + step,):
                    return False
        return True

    def _runs_to_a_stop(self, i: int) -> bool:
        """Whether row ``i`` fills the line and the rows below it go on to a full stop."""
        while self.layout.width and not self.layout.is_short(self.rows[i], 0.9):
            after = self._next(i)
            if after is None or self.rows[after].blank or self.rows[after].role != "body":
                return False
            if self.rows[after].full:
                return True
            i = after
        return False

    def _ends_paragraph(self, i: int) -> bool:
        row = self.rows[i]
        return row.closed or self.named.get(i) == "heading"

    def _starts_item(self, i: int) -> bool:
        row = self.rows[i]
        return row.role == "item" or bool(bullet_end(row.view)) or bool(item_marks(row.view))

    def _name_items(self) -> None:
        """Bullets, and numbers that are counted on from row to row."""
        last: dict[tuple[str, str], tuple[int, int]] = {}
        firsts: dict[tuple[str, str], tuple[int, Mark]] = {}
        for i, row in enumerate(self.rows):
            if i in self.named:
                continue
            bullet = bullet_end(row.view)
            if row.view.endswith("•"):  # where the direction of writing was lost
                self.items[i] = _Item(0, len(row.text) - 1, None)
                continue
            if row.role == "item" or (bullet and self._may_begin_item(i, bullet)):
                self.items[i] = _bulleted(row, bullet)
                continue
            for mark in item_marks(row.view):
                if mark.kind == "note" or mark.form == "bare" or not self._may_begin_item(i, 0):
                    continue
                key = (mark.kind, mark.style)
                value = mark.value[-1]
                if len(mark.value) == 1 and value == 1:
                    firsts[key] = (i, mark)
                    last[key] = (1, i)
                    break
                if key in last and value == last[key][0] + 1 and i - last[key][1] < MAX_ITEM_ROWS:
                    first = firsts.pop(key, None)
                    if first:
                        self.items[first[0]] = _numbered(self.rows[first[0]], first[1])
                    self.items[i] = _numbered(row, mark)
                    last[key] = (value, i)
                    break

    def _may_begin_item(self, i: int, bullet: int) -> bool:
        before = self._next(i, -1)
        return (
            before is None
            or not self.layout.width
            or before in self.items
            or self.named.get(before) == "heading"
            or self.rows[before].closed
            or (bullet > 0 and self.rows[i].view.lstrip()[0] not in "-–—*")
        )

    # ---- joining

    def _join(self) -> None:
        block: Draft | None = None
        last = -1
        for i, row in enumerate(self.rows):
            kind = self.named.get(i)
            if kind:
                self.cut.part(kind, row)
                if kind in ("heading", "title", "bibliography"):
                    block = None
                if kind == "heading":
                    self.heading = _plain_heading(row)
                continue
            if i in self.items:
                start, end, label = self.items[i]
                self.cut.part("number", row.until(start))
                block = self.cut.draft("item", [row.until(end).after(start)], label, self.heading)
            elif block is not None and _CITATION_ALONE.match(row.view):
                block.rows.append(row)
                continue  # what follows is joined or not by the row before the citation
            elif block is None or self._breaks(last, i, block):
                block = self.cut.draft("sentence", [row], heading=self.heading, by_sentence=True)
            else:
                block.rows.append(row)
            last = i

    def _breaks(self, last: int, i: int, block: Draft) -> bool:
        """Whether a new block begins with row ``i``, when the last one ended with row ``last``."""
        before, row = self.rows[last], self.rows[i]
        if is_lone_verb(row.text):
            return False
        if before.view.endswith((":", "：")) and (
            not self.layout.width or self.layout.is_short(before)
        ):
            return True
        if not before.full:
            return block.kind == "item" and before.closed and not row.view[:1].islower()
        if block.kind == "item" or not self.layout.width:
            return True
        return self.layout.is_short(before) or (row.blank)


def _bulleted(row: Row, bullet: int) -> _Item:
    """An item behind a bullet; a number may follow the bullet."""
    inner = row.after(bullet)
    mark = next((mark for mark in item_marks(inner.view) if mark.form == "apart"), None)
    if mark is None or mark.kind == "note":
        return _Item(bullet, len(row.text), None)
    return _Item(inner.start - row.start + mark.end, len(row.text), mark.label)


def _numbered(row: Row, mark: Mark) -> _Item:
    return _Item(mark.end, len(row.text), mark.label)


def _plain_heading(row: Row) -> str:
    return re.sub(r"^[#*\s]+|[*#\s]+$", "", row.text)
