"""Tables whose rows stand in lines: tabs, pipes, columns of spaces, or rows that a reader marked.

Lines become blocks of rows, and blocks over a page turn one table; what a table needs then is done
in ``mending``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from textmine.printed.mending import EMPTY, Cells, Draft, is_total, mended, together
from textmine.printed.values import ColumnType, cell_type, label_key, number_of, types_of, year_of
from textmine.records import PAGE_BREAK, Extraction, LineRole, PrintedTable, Span, TableCell
from textmine.text.digits import latin_digits
from textmine.text.letters import HALF_SPACE

Separator = Literal["tab", "pipe", "spaces", "semicolon", "slash", "figures"]

_EDGES = (
    " \t\n\r\x0b\f\xa0\u2007\u202f\ufeff"
    + HALF_SPACE
    + "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
"""What may stand around the text of a cell: white space, half-spaces, direction marks."""
_CUTS: dict[Separator, re.Pattern[str]] = {
    "tab": re.compile(r"\t"),
    "pipe": re.compile(r"(?<!\\)[|│]"),
    "spaces": re.compile(r"[ \xa0]{2,}"),
    "semicolon": re.compile(r"[؛;]"),
    "slash": re.compile(r"(?<= )/(?= )"),
}
# Rows of figures parted by single spaces, perhaps with words before the first.
_FIGURE = r"(?:[-−+]?[$€£]?\d[\d.,،٬٫/]*[%٪]?(?:\s*\([^()]*\))?|[-–—…]|\.{3})"
_FIGURES = re.compile(
    rf"(?P<label>[^\W\d_][^\d.:؛;!?؟]*?\s+(?={_FIGURE}))?"
    rf"(?P<figures>{_FIGURE}(?(label)(?:\s+{_FIGURE})*|(?:\s+{_FIGURE})+))"
)
_FRAME = re.compile(r"[\s|:+=\-─│┌┐└┘├┤┬┴┼═]+")

_NUMBERED = r"(?:\(?\s*(?:\d+|[ivxIVX]+)(?:\s*[-.–]\s*\d+)*\s*\)?)"
CAPTION = re.compile(
    rf"[*_#\s]*(?P<continued>ادامه(?:ی|ٔ)?\s+)?"
    rf"(?:جدول(?:\s*(?:شماره|ش\.?|#))?|tables?(?:\s*(?:no\.?|number|#))?)\s*(?P<number>{_NUMBERED})",
    re.IGNORECASE,
)
_CONTINUED = re.compile(r"\bcontinued\b|\bcont\.|\(?\s*ادامه", re.IGNORECASE)
# A line that speaks of a table is no caption of it.
_WORDED_CAPTION = re.compile(
    r"[*_#\s]*(?:جدول\s*:?\s+(?!زیر|فوق|بالا|ذیل|حاضر|پیش|بعد|قبل)\S|table\s*:\s*\S)", re.IGNORECASE
)
_UNIT_LINE = re.compile(
    r"\(?\s*(?:(?:ارقام|ارزش|مبالغ|مقادیر|واحد|مأخذ ارقام|figures|values|amounts|units?|in)\b.*"
    r"|.*\b(?:میلیون|میلیارد|هزار|million|billion|thousand)\b.*)\)?\s*",
    re.IGNORECASE,
)
_SOURCE_LINE = re.compile(r"[(*_\s]*(?:منبع|منابع|مأخذ|ماخذ|sources?)\s*[:：]", re.IGNORECASE)
_NOTE_LINE = re.compile(
    r"\s*(?:\^|\*+|†|‡|\[\^?\w{1,3}\]|[⁰¹²³⁴-⁹]|<sup>|\(?\d{1,2}[).]\s|یادداشت|توضیح|notes?\b)",
    re.IGNORECASE,
)
_LEADERS = re.compile(r"(?:[.…]\s?){4}")  # dots that lead to a page number

LONGEST_CAPTION = 250
LONGEST_CELL = 80  # of the median cell without a caption; above, a "table" lays out running text
LONGEST_RUN = 200  # lines in which, when they make no table, none is looked for further down
LONGEST_PIECE = 30  # of a line that holds one piece of a row
FEWEST_FILLED = 0.5  # share of cells with text in a table without a caption
BETWEEN_HALVES = 8  # lines that may stand between the parts of a table over a page turn


@dataclass(frozen=True, slots=True)
class _Line:
    """A line as printed; offsets count in the document text, ``feeds`` are line feeds before."""

    start: int
    end: int
    page: int
    role: LineRole
    text: str
    feeds: int

    @property
    def plain(self) -> str:
        return latin_digits(self.text).strip()


@dataclass(slots=True)
class _Block:
    """Rows in consecutive lines."""

    first: int  # line numbers
    last: int
    rows: list[Cells]
    marked: bool  # the reader says that it is a table
    headed: bool  # the source says that the first row holds the heads (Markdown)

    @property
    def width(self) -> int:
        return max(map(len, self.rows))

    @property
    def span(self) -> Span:
        spans = [span for row in self.rows for cell in row for span in cell.spans]
        return Span(min(span.start for span in spans), max(span.end for span in spans))


@dataclass(frozen=True, slots=True)
class RowTable:
    """A table and the stretches of the document text that it was read from."""

    table: PrintedTable
    taken: tuple[Span, ...]


def row_tables(extraction: Extraction) -> tuple[RowTable, ...]:
    """The tables whose rows stand in lines, in order.

    >>> from textmine.records import Line, Page
    >>> text = "Table 1. Trade\\nYear\\tTons\\n2019\\t12\\n2020\\t15\\nTotal\\t27"
    >>> found, = row_tables(Extraction((Page(1, text, (Line(0, len(text)),)),), "example 1"))
    >>> [cell.text for cell in found.table.columns], [cell.text for cell in found.table.total]
    (['Year', 'Tons'], ['Total', '27'])
    """
    lines = list(_lines(extraction))
    markdown = extraction.extractor.startswith("markdown")
    blocks = list(_blocks(lines, markdown))
    captions = _captions(lines, blocks)
    drafts: list[Draft] = []
    before: _Block | None = None
    for block in blocks:
        caption = captions.get(block.first, EMPTY)
        if before is not None and drafts and _goes_on(lines, before, block, caption):
            joined = _continued(drafts[-1], block, lines[block.first].page, caption)
            if joined:
                before = block
                continue
        draft = _draft(block, lines, caption)
        if draft is not None:
            drafts.append(draft)
            before = block
        else:
            before = None
    return tuple(
        RowTable(mended(draft), tuple(draft.spans)) for draft in drafts if len(draft.rows) > 0
    )


# ---- lines and blocks -----------------------------------------------------------------------


def _lines(extraction: Extraction) -> Iterator[_Line]:
    offset = 0
    feeds = 0
    for page in extraction.pages:
        done = 0
        spans = [(line.start, line.end, line.role) for line in page.lines]
        for start, end, role in sorted(spans) or [(0, len(page.text), "body")]:
            start = max(start, done)
            feeds += page.text.count("\n", done, start)
            for piece in re.finditer(r"[^\n]+|\n", page.text[start:end]):
                if piece[0] == "\n":
                    feeds += 1
                elif not piece[0].isspace():
                    at = offset + start + piece.start()
                    yield _Line(at, at + len(piece[0]), page.number, role, piece[0], feeds)
                    feeds = 0
            done = max(done, end)
        feeds += page.text.count("\n", done) + 1
        offset += len(page.text) + len(PAGE_BREAK)


def _blocks(lines: Sequence[_Line], markdown: bool) -> Iterator[_Block]:
    at = 0
    while at < len(lines):
        after = at + 1
        for separator in _separators(lines[at], markdown):
            end = _run_end(lines, at, separator)
            block = _block(lines, at, end, separator, markdown)
            if block is not None:
                if separator == "figures":
                    _add_heads(block, lines)
                yield block
            if block is not None or lines[at].role == "table" or end - at > LONGEST_RUN:
                after = end
                break
        at = after


def _separators(line: _Line, markdown: bool) -> tuple[Separator, ...]:
    """How the cells of a line may be parted, likeliest first."""
    if line.role == "table":
        return ("pipe",) if markdown else ("tab",)
    if line.role not in ("body", "item"):
        return ()
    found: list[Separator] = []
    bare = line.text.strip()
    if "\t" in bare:
        found.append("tab")
    if "|" in bare or "│" in bare:
        found.append("pipe")
    if len(_CUTS["spaces"].findall(bare)) >= 1:
        found.append("spaces")
    if len(_CUTS["slash"].findall(bare)) >= 2:
        found.append("slash")
    if len(_CUTS["semicolon"].findall(bare)) >= 2:
        found.append("semicolon")
    if len(bare) <= LONGEST_CAPTION and _FIGURES.fullmatch(bare):
        found.append("figures")
    return tuple(found)


def _run_end(lines: Sequence[_Line], at: int, separator: Separator) -> int:
    """The number of the first line behind ``at`` that is no row of the same kind."""
    first = lines[at]
    end = at + 1
    while end < len(lines):
        line = lines[end]
        if first.role == "table" or line.role == "table":
            if first.role != line.role:
                break
        elif separator == "tab":
            if line.text.count("\t") < 2 and "\t" not in line.text.strip():
                break
            if line.feeds > 3:
                break  # more white than between rows
        elif separator == "figures":
            if line.feeds > 2 or separator not in _separators(line, False):
                break
        elif line.feeds > 1 or not (
            _CUTS[separator].search(line.text.strip())
            or (separator == "pipe" and _FRAME.fullmatch(line.text))
            or (separator == "spaces" and _is_lone_piece(lines, end))
        ):
            break
        if line.page != first.page and line.role != "table":
            break
        end += 1
    return end


def _is_lone_piece(lines: Sequence[_Line], at: int) -> bool:
    """Whether a line is one piece of a row that is set over several lines, by its place."""
    text = lines[at].text
    follows = at + 1 < len(lines) and lines[at + 1].feeds == 1
    padded = text != text.strip() and re.search(r"^[ \xa0]{2}|[ \xa0]{2}$", text) is not None
    return padded and follows and len(text.strip()) <= LONGEST_PIECE


def _block(
    lines: Sequence[_Line], first: int, end: int, separator: Separator, markdown: bool
) -> _Block | None:
    """The rows of those lines, or None when they make no table."""
    marked = lines[first].role == "table"
    rows: list[Cells] = []
    for line in lines[first:end]:
        if separator == "pipe" and _FRAME.fullmatch(line.text):
            continue
        rows.append(_cells(line, separator))
    if separator == "spaces":
        rows = _aligned(rows, [line.start for line in lines[first:end]])
    rows = [row for row in rows if any(cell.text for cell in row)]
    width = max(map(len, rows), default=0)
    if len(rows) < 2 or width < 2:
        return None
    captioned = _caption_above(lines, first) is not None
    texts = sorted((cell.text for row in rows for cell in row if cell.text), key=len)
    if not captioned and (
        len(texts[len(texts) // 2]) > LONGEST_CELL
        or len(texts) < FEWEST_FILLED * width * len(rows)
        or sum(map(str.isalnum, "".join(texts))) < 0.5 * len("".join(texts))
        or sum(bool(_LEADERS.search(text)) for text in texts) > 0.2 * len(rows)
    ):
        return None
    if not marked and not _is_table(rows, separator, captioned):
        return None
    for row in rows:
        row.extend([EMPTY] * (width - len(row)))
    return _Block(first, end - 1, rows, marked, marked and markdown)


def _is_table(rows: Sequence[Cells], separator: Separator, captioned: bool) -> bool:
    """Whether lines that no reader marked are rows: as many short cells in nearly every one."""
    counts = Counter(len(row) for row in rows)
    usual, often = counts.most_common(1)[0]
    lengths = sorted(len(cell.text) for row in rows for cell in row if cell.text)
    longest_usual = lengths[int(len(lengths) * 0.8)]
    if usual < 2 or longest_usual > (120 if captioned else 60):
        return False
    if separator in ("tab", "pipe"):
        if captioned:
            return often >= 0.5 * len(rows)
        marks = sum(_is_mark(row[0].text) for row in rows)
        if usual == 2 and marks >= 0.5 * len(rows):
            return False  # a numbered list
        return often >= 0.6 * len(rows) and len(rows) >= (2 if usual > 2 else 3)
    if not captioned and separator in ("semicolon", "slash"):
        return False
    if (
        not captioned
        and separator == "figures"
        and any(cell_type(cell.text) == "text" for row in rows for cell in row)
    ):
        return False
    needed = 2 if captioned else 4
    return often >= 0.8 * len(rows) and len(rows) >= needed and usual >= (2 if captioned else 3)


def _is_mark(text: str) -> bool:
    """Whether a cell is the number or bullet of a list item."""
    return bool(re.fullmatch(r"[(\[]?\w{1,4}[)\].\-–:]+|[-–—•*●▪]", text.strip()))


def _cells(line: _Line, separator: Separator) -> Cells:
    text, at = line.text, line.start
    if separator == "figures":
        return _figures(text, at)
    if separator == "pipe":
        lead = re.match(r"\s*[|│]", text) if line.role != "table" else None
        skip = lead.end() if lead else 0
        tail = re.search(r"(?<!\\)[|│]\s*$", text[skip:])
        text, at = text[skip : skip + tail.start() if tail else len(text)], at + skip
    elif separator != "tab":
        lead_width = len(text) - len(text.lstrip())
        text, at = text.strip(), at + lead_width
    pieces: Cells = []
    done = 0
    for cut in [*_CUTS[separator].finditer(text), None]:
        end = cut.start() if cut else len(text)
        pieces.append(cell_at(text[done:end], at + done))
        done = cut.end() if cut else end
    return pieces


def _figures(text: str, start: int) -> Cells:
    bare = text.strip()
    start += text.index(bare)
    plain = latin_digits(bare)
    found = _FIGURES.fullmatch(plain)
    at = found.start("figures") if found else 0
    label = [cell_at(bare[:at], start)] if at else []
    return label + [
        cell_at(bare[piece.start() : piece.end()], start + piece.start())
        for piece in re.finditer(_FIGURE, plain[at:].rjust(len(plain)))
    ]


def _add_heads(block: _Block, lines: Sequence[_Line]) -> None:
    """Cut the line of heads over rows of figures into as many heads as there are columns.

    Words are shared out evenly, the first alone over a column of years; groups of columns that
    repeat side by side repeat their words. The line stays text when that does not work out.
    """
    if block.first == 0:
        return
    line, width = lines[block.first - 1], block.width
    if line.role not in ("body", "item") or is_caption(line.text) or re.search(r"\d", line.plain):
        return
    pieces = [
        cell_at(word[0], line.start + word.start())
        for word in re.finditer(r"\([^()]*\)|\S+", line.text)
    ]
    if not width <= len(pieces) <= 5 * width or line.plain.endswith((".", ":", "؛")):
        return
    groups = next(
        count
        for count in range(width // 2, 0, -1)
        if width % count == 0
        and len(pieces) % count == 0
        and _repeats([piece.text for piece in pieces], count)
    )
    columns, words = width // groups, len(pieces) // groups
    if words == columns:
        sizes = [1] * columns
    elif (words - 1) % (columns - 1) == 0:
        sizes = [1, *[(words - 1) // (columns - 1)] * (columns - 1)]
    else:
        return
    heads: Cells = []
    at = 0
    for size in sizes * groups:
        part = pieces[at : at + size]
        start, end = part[0].spans[0].start, part[-1].spans[0].end
        heads.append(cell_at(line.text[start - line.start : end - line.start], start))
        at += size
    block.rows.insert(0, heads)
    block.first -= 1


def _repeats(words: Sequence[str], times: int) -> bool:
    size = len(words) // times
    return list(words) == list(words[:size]) * times


def cell_at(text: str, start: int) -> TableCell:
    """The cell that ``text`` at that offset holds, white space around it left out."""
    lead = len(text) - len(text.lstrip(_EDGES))
    bare = text.strip(_EDGES)
    return TableCell(bare, (Span(start + lead, start + lead + len(bare)),)) if bare else EMPTY


def _aligned(rows: list[Cells], origin: Sequence[int]) -> list[Cells]:
    """Rows parted by runs of spaces: a row with fewer pieces is set under the columns it covers.

    ``origin`` is where the lines begin; offsets from there stand for places on paper.
    """
    counts = Counter(map(len, rows))
    usual = counts.most_common(1)[0][0]
    if len(counts) == 1:
        return rows
    places = [[span for cell in row for span in cell.spans] for row in rows]
    columns: list[list[int]] = []
    pieces = sorted(
        (span.start - zero, span.end - zero)
        for spans, zero in zip(places, origin, strict=True)
        if len(spans) == usual
        for span in spans
    )
    for start, end in pieces:
        if columns and start < columns[-1][1]:
            columns[-1][1] = max(columns[-1][1], end)
        else:
            columns.append([start, end])
    if len(columns) != usual:
        return rows
    out: list[Cells] = []
    for row, zero in zip(rows, origin, strict=True):
        if len(row) >= usual:
            out.append(row)
            continue
        placed = [EMPTY] * usual
        for cell in row:
            middle = (cell.spans[0].start + cell.spans[0].end) / 2 - zero
            near = min(range(usual), key=lambda at: abs(sum(columns[at]) / 2 - middle))
            placed[near] = cell
        out.append(placed)
    return out


# ---- captions -------------------------------------------------------------------------------


def is_caption(text: str) -> bool:
    """Whether a line is the numbered caption of a table.

    >>> is_caption("جدول ۱. حجم مبادلات"), is_caption("Table 2: Ties"), is_caption("جدول زیر ...")
    (True, True, False)
    """
    plain = latin_digits(text).strip()
    return len(plain) <= LONGEST_CAPTION and bool(CAPTION.match(plain)) and not _is_prose(plain)


def _is_prose(plain: str) -> bool:
    """Whether a line that begins as a caption is a sentence about a table."""
    return bool(
        re.search(r"(?:است|می‌?\s?دهد|می‌?\s?باشد|shows|presents|lists|gives|summari[sz]es)\b", plain)
        and plain.rstrip("*_ ").endswith((".", "؛", ":"))
    ) or bool(re.match(CAPTION.pattern + r"\s*(?:shows|presents|lists|gives|نشان)\b", plain, re.I))


def _caption_above(lines: Sequence[_Line], first: int) -> TableCell | None:
    """The caption over the line of that number: numbered, or a reader's caption, or a heading.

    Up to three lines of other text may stand between.
    """
    units: list[TableCell] = []
    for at in range(first - 1, max(first - 4, -1), -1):
        line = lines[at]
        if line.role == "table" or ("\t" in line.text.strip() and not is_caption(line.text)):
            return None
        cell = cell_at(line.text, line.start)
        near = at == first - 1 - len(units)
        worded = _WORDED_CAPTION.match(line.plain) and len(line.text) < LONGEST_CAPTION
        if (
            is_caption(line.text)
            or (line.role == "caption" and near)
            or (worded and (line.role == "heading" or (near and not line.plain.endswith("."))))
        ):
            parts = [cell, *reversed(units)]
            return TableCell(
                " ".join(part.text for part in parts),
                tuple(span for part in parts for span in part.spans),
            )
        if near and len(line.text) < 80 and _UNIT_LINE.fullmatch(line.plain):
            units.append(cell)
    return None


def _captions(lines: Sequence[_Line], blocks: Sequence[_Block]) -> dict[int, TableCell]:
    """The caption of each block by the number of its first line; above, or else below."""
    found: dict[int, TableCell] = {}
    firsts = {block.first for block in blocks}
    for block in blocks:
        above = _caption_above(lines, block.first)
        if above is not None:
            found[block.first] = above
            continue
        below = block.last + 1
        follows = firsts.isdisjoint((below + 1, below + 2))
        if below < len(lines) and is_caption(lines[below].text) and follows:
            found[block.first] = cell_at(lines[below].text, lines[below].start)
    return found


# ---- one table in parts ---------------------------------------------------------------------


def _goes_on(lines: Sequence[_Line], before: _Block, block: _Block, caption: TableCell) -> bool:
    """Whether the lines between two blocks let the second go on with the first."""
    between = lines[before.last + 1 : block.first]
    if len(between) > BETWEEN_HALVES:
        return False
    turned = lines[block.first].page != lines[before.last].page
    white = turned or any(line.feeds > 2 for line in [*between, lines[block.first]])
    if not between and not white:
        return False
    furniture = 0
    for line in between:
        plain = line.plain
        if caption.text and any(Span(line.start, line.end) == span for span in caption.spans):
            continue
        if line.role in ("footnote", "page-number", "running-head") or _NOTE_LINE.match(plain):
            continue
        if re.fullmatch(r"[-–\s]*\d{1,4}[-–\s]*", plain) or is_caption(plain):
            continue
        if _SOURCE_LINE.match(plain) or not white:
            return False
        if len(plain) > 80 or plain.endswith((".", ":", "؛")):
            return False
        furniture += 1
    return furniture <= 3


def _continued(draft: Draft, block: _Block, page: int, caption: TableCell) -> bool:
    """Add a block to the table above if its columns are the same; False when they are not."""
    width = len(draft.columns)
    if caption.text and not _same_caption(draft.caption.text, caption.text):
        return False
    if block.width > width or (block.width < width and not block.marked):
        return False
    rows = [[*row, *[EMPTY] * (width - len(row))] for row in block.rows]
    heads = [label_key(cell.text) for cell in draft.columns]
    first = [label_key(cell.text) for cell in rows[0]]
    again = next((at for at, row in enumerate(rows) if not draft.is_head(row)), len(rows))
    mirrored = any(heads) and first == heads[::-1] != heads
    repeated = mirrored or again > 0
    if repeated:
        rows = rows[max(again, 1) :]
    elif not caption.text and _is_head(rows, False):
        return False
    if not repeated:
        straight = _likeness(draft.rows, rows)
        turned = _likeness(draft.rows, [row[::-1] for row in rows])
        mirrored = turned > straight
        if max(straight, turned) < 0.5:
            return False
    if mirrored:
        rows = [row[::-1] for row in rows]
        draft.repairs.append(f"rows that go on page {page} ran in the opposite direction")
    if repeated:
        draft.repairs.append(f"the heads are printed again on page {page}")
    draft.repairs.append(f"{len(rows)} rows behind a page turn or a note were joined to the table")
    draft.rows += rows
    draft.spans += [block.span]
    return True


def _same_caption(above: str, below: str) -> bool:
    """Whether the second caption says that the table of the first goes on."""
    if label_key(above) == label_key(below):
        return True
    one, two = (CAPTION.match(latin_digits(text).strip()) for text in (above, below))
    if one is None or two is None or label_key(one["number"]) != label_key(two["number"]):
        return False
    return bool(two["continued"] or _CONTINUED.search(below))


def _likeness(above: Sequence[Cells], below: Sequence[Cells]) -> float:
    """How well columns go on: share of columns of the same type, more when a series goes on."""
    width = len(above[0])
    types = list(zip(types_of(above, width), types_of(below, width), strict=True))
    known = [pair for pair in types if "empty" not in pair]
    if not known:
        return 0.0
    score = sum(_same(one, two) for one, two in known) / len(known)
    for at in range(width):
        last = [row[at].text for row in above if row[at].text][-1:]
        first = [row[at].text for row in below if row[at].text][:1]
        if last and first and cell_type(first[0]) in ("year", "number"):
            score += 0.5 * (number_of(first[0]) == _next(number_of(last[0]))) / width
    return score


def _same(one: ColumnType, two: ColumnType) -> bool:
    numbers = ("number", "ordinal", "percent")
    return one == two or (one in numbers and two in numbers)


def _next(value: object) -> int | None:
    return value + 1 if isinstance(value, int) else None


# ---- one table --------------------------------------------------------------------------------


def _is_head(rows: Sequence[Cells], marked: bool) -> bool:
    """Whether the first row holds the heads of the columns."""
    if len(rows) < 2:
        return False
    first = rows[0]
    types = types_of(rows[1:], len(first))
    own = [cell_type(cell.text) for cell in first]
    filled = [at for at, cell in enumerate(first) if cell.text]
    if len(filled) < 2 and len(first) > 1:
        return False
    years = [year_of(first[at].text) for at in filled if own[at] == "year"]
    if len(years) >= 2 and all(own[at] in ("year", "text", "percent") for at in filled):
        return any(own[at] == "year" and types[at] not in ("year", "empty") for at in filled)
    if any(own[at] in ("number", "percent", "date", "year") for at in filled):
        return False
    if any(is_total(first[at].text) for at in filled) and len(filled) < len(first) / 2:
        return False
    if any(kind in ("number", "percent", "date", "year", "ordinal") for kind in types):
        return True
    return marked or all(len(first[at].text) <= 40 for at in filled)


def _draft(block: _Block, lines: Sequence[_Line], caption: TableCell) -> Draft | None:
    rows = block.rows
    spans = [*caption.spans, block.span]
    draft = Draft(caption, lines[block.first].page, [EMPTY] * block.width, rows, spans)
    alone = rows[0][0].text and not any(cell.text for cell in rows[0][1:])
    if block.marked and not caption.text and alone and len(rows) > 2:
        draft.caption, draft.rows = rows[0][0], rows[1:]  # a title set over all columns
    if block.headed or _is_head(draft.rows, block.marked):
        draft.columns, draft.rows = draft.rows[0], draft.rows[1:]
        if draft.rows[1:] and _is_second_head(draft.columns, draft.rows):
            draft.head_rows = [draft.columns, draft.rows[0]]
            draft.columns = _joined_heads(draft.columns, draft.rows[0])
            draft.rows = draft.rows[1:]
    _turn_rows(draft)
    return draft if draft.rows else None


def _turn_rows(draft: Draft) -> None:
    """Turn the rows from some row on whose cells run in the opposite direction.

    They are known by the types of the columns above, such as years where figures should be.
    """
    rows = draft.rows
    types = types_of(rows[: max(3, len(rows) // 4)], len(draft.columns))
    leanings = []
    for row in rows:
        own = [cell_type(cell.text) for cell in row]
        straight = sum(_same(kind, types[at]) for at, kind in enumerate(own) if kind != "empty")
        turned = sum(_same(kind, types[-1 - at]) for at, kind in enumerate(own) if kind != "empty")
        leanings.append(turned - straight)
    start = next((at for at, leaning in enumerate(leanings) if leaning > 0), len(rows))
    behind = [leaning for leaning in leanings[start:] if leaning]
    against = sum(leaning > 0 for leaning in behind)
    if start < 3 or against < 2 or against < 0.7 * len(behind):
        return
    draft.rows = [*rows[:start], *(row[::-1] for row in rows[start:])]
    draft.repairs.append(f"{len(rows) - start} rows ran in the opposite direction")


def _is_second_head(heads: Cells, rows: Sequence[Cells]) -> bool:
    """Whether the first of ``rows`` is a second row of heads: under merged ones, or of units."""
    first = rows[0]
    types = types_of(rows[1:], len(first))
    filled = [at for at, cell in enumerate(first) if cell.text]
    if any(
        cell_type(first[at].text) != "text"
        and not (cell_type(first[at].text) == "year" and types[at] not in ("year", "empty"))
        for at in filled
    ):
        return False
    if any(not heads[at].text for at in filled):
        return True
    figures = [at for at in filled if types[at] in ("number", "percent", "year", "date")]
    return len(figures) >= 0.5 * len(filled) and bool(figures)


def _joined_heads(over: Cells, under: Cells) -> Cells:
    """Heads of two rows in one; a head over several columns is said of each of them."""
    heads: Cells = []
    reigning = EMPTY
    for top, low in zip(over, under, strict=True):
        if top.text:
            reigning = top
        heads.append(together(reigning if low.text else top, low))
    return heads
