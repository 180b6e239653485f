"""Sheets of glyphs to pages: text in logical order, lines with boxes, an honest verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from unicodedata import combining

from textmine.pages.columns import blocks_of
from textmine.pages.glyphs import PERSIAN_DIGITS, UNKNOWN, Glyph, Sheet, settle
from textmine.pages.order import logical, reads_right_to_left
from textmine.pages.roles import Draft, Edge, Layout, assign
from textmine.pages.rows import Row, Shape, rows_of, spaced
from textmine.pages.tables import ruled_rows
from textmine.pages.verdicts import verdict_on
from textmine.pages.votes import Reading, vote
from textmine.records import Box, Line, Page

# Pages that vote together: enough to know a document's shapes, few enough to hold in memory.
_BATCH = 64
# From the baseline, in parts of the type size, to the top and the bottom of a line's box.
_ASCENT, _DESCENT = 0.85, 0.25
# No space of ours goes before or after these; one that the file wrote stays.
_CLINGS_LEFT = frozenset("،؛.,:;!؟?»)]")
_CLINGS_RIGHT = frozenset("«([")


@dataclass(slots=True)
class _Plan:
    """A line to be: its cells, each of one or more rows in logical order."""

    cells: list[list[Reading]]
    turn: int
    table: bool


@dataclass(slots=True)
class _Work:
    """One page on its way."""

    sheet: Sheet
    glyphs: int
    plans: list[_Plan] = field(default_factory=list)
    repairs: Counter[str] = field(default_factory=Counter)
    drafts: list[Draft] = field(default_factory=list)
    unmapped: int = 0


class Composer:
    """Takes the sheets of one document in order and gives its pages.

    Sheets wait until enough are there to vote on what glyphs mean; roles such as running heads are
    given when all pages are known. The glyphs of a sheet are changed and let go.

    >>> composer = Composer()
    >>> word = [Glyph(text, 10 * at, 10 * at + 10, 50, 20) for at, text in enumerate("مالس")]
    >>> composer.add(Sheet(1, 200, 100, word))
    >>> composer.pages()[0].text
    'سلام'
    """

    def __init__(self) -> None:
        self._strokes: set[Shape] = set()
        self._waiting: list[_Work] = []
        self._done: list[_Work] = []

    def add(self, sheet: Sheet) -> None:
        """Take the next page. What fails inside fails for this page alone."""
        work = _Work(sheet, len(sheet.glyphs))
        _plan(work, self._strokes)
        sheet.glyphs = []
        self._waiting.append(work)
        if len(self._waiting) == 2 * _BATCH:
            self._settle(_BATCH)

    def pages(self) -> tuple[Page, ...]:
        """All pages, in the order in which their sheets came."""
        self._settle(len(self._waiting))
        assign([Layout(w.sheet.height, w.drafts, _short_rules(w.sheet)) for w in self._done])
        return tuple(_page(work) for work in self._done)

    def _settle(self, count: int) -> None:
        works = self._waiting[:count]
        del self._waiting[:count]
        readings = [row for w in works for plan in w.plans for cell in plan.cells for row in cell]
        vote(readings, self._strokes)
        for work in works:
            work.drafts = [draft for plan in work.plans if (draft := _draft(plan, work))]
            work.plans = []
        self._done += works


def _short_rules(sheet: Sheet) -> list[Box]:
    """Horizontal strokes that may part footnotes from the text."""
    level = [Box(*rule) for rule in sheet.rules if rule[2] - rule[0] > 20 > rule[3] - rule[1]]
    return level if len(level) < 40 else []


# From glyphs to rows in logical order


def _plan(work: _Work, strokes: set[Shape]) -> None:
    sheet = work.sheet
    glyphs = settle(sheet.glyphs, work.repairs)
    arabic = sum(glyph.kind == "R" for glyph in glyphs)
    latin = sum(glyph.kind == "L" for glyph in glyphs)
    rtl = arabic > 0 and arabic >= 0.6 * latin
    turns = Counter(glyph.turn for glyph in glyphs)
    for turn, _ in turns.most_common():
        these = [glyph for glyph in glyphs if glyph.turn == turn]
        tables: list[Row] = []
        if turn == 0:
            tables, these = ruled_rows(these, sheet.rules)
        rows = sorted(rows_of(these) + tables, key=lambda row: row.base)
        for block in blocks_of(rows, rtl):
            _read(block, rtl, turn, work, strokes)


def _read(block: list[Row], page_rtl: bool, turn: int, work: _Work, strokes: set[Shape]) -> None:
    """Bring the rows of a block into logical order."""
    reader = _Reader(block, page_rtl, work.repairs, strokes)
    for row in block:
        if row.cells is None:
            work.plans.append(_Plan([[reader.read(row)]], turn, table=False))
            continue
        cells = [
            _Reader(cell, page_rtl, work.repairs, strokes).read_all(cell) for cell in row.cells
        ]
        if page_rtl:
            cells.reverse()
        work.plans.append(_Plan(cells, turn, table=True))


class _Reader:
    """Reads the rows of one column, remembering what the row before was."""

    def __init__(
        self,
        rows: Iterable[Row],
        page_rtl: bool,
        repairs: Counter[str],
        strokes: set[Shape],
    ) -> None:
        plain = [row for row in rows if row.cells is None]
        self._repairs = repairs
        self._strokes = strokes
        self._left = min((row.x0 for row in plain), default=0.0)
        self._right = max((row.x1 for row in plain), default=0.0)
        arabic = sum(glyph.kind == "R" for row in plain for glyph in row.glyphs)
        latin = sum(glyph.kind == "L" for row in plain for glyph in row.glyphs)
        letters = arabic + latin > 0
        self._rtl = arabic > 0 and arabic >= 0.6 * latin if letters else page_rtl
        self._latin_before = False
        self._last: tuple[bool, Row] | None = None

    def read_all(self, rows: Iterable[Row]) -> list[Reading]:
        return [self.read(row) for row in rows]

    def read(self, row: Row) -> Reading:
        line = spaced(row, self._repairs, self._strokes)
        rtl = reads_right_to_left(line, self._rtl, self._left, self._right)
        if self._last is not None and not any(glyph.kind in "RL" for glyph in line):
            before_rtl, before = self._last
            near = row.x0 - before.x0 < 2 * row.size and row.base - before.base < 2.6 * row.size
            rtl = rtl and (before_rtl or not near)
        self._last = rtl, row
        clusters = logical(line, rtl, self._latin_before)
        strong = [glyph.kind for glyph in clusters if glyph.kind in "RL"]
        if strong:
            self._latin_before = strong[-1] == "L"
        return Reading(clusters, self._repairs)


# From rows to lines


def _draft(plan: _Plan, work: _Work) -> Draft | None:
    text: list[str] = []
    edges: list[Edge] = []
    ink: list[Glyph] = []
    for at, cell in enumerate(plan.cells):
        if at:
            _add_gap(text, edges, "\t")
        started = False
        for reading in cell:
            kept = _kept(reading.line)
            if not kept:
                continue
            if started:
                _add_gap(text, edges, " ")
            started = True
            for glyph in kept:
                text.append(glyph.text)
                edges.extend(_edges(glyph))
                if glyph.kind not in "SZ":
                    ink.append(glyph)
    if not ink:
        return None
    work.unmapped += sum(not glyph.mapped or glyph.text == UNKNOWN for glyph in ink)
    size = _main_size(ink)
    box = Box(
        min(glyph.x0 for glyph in ink),
        min(glyph.base for glyph in ink) - _ASCENT * size,
        max(glyph.x1 for glyph in ink),
        max(glyph.base for glyph in ink) + _DESCENT * size,
    )
    return Draft(
        "".join(text),
        tuple(edges) if plan.turn == 0 else None,
        _turned_back(box, plan.turn, work.sheet),
        size,
        bold=all(glyph.bold for glyph in ink if glyph.kind in "RL"),
        marker_raised=ink[0].raised,
        role="table" if plan.table else "body",
    )


def _main_size(ink: list[Glyph]) -> float:
    """The size that most of a line is set in; markers do not count beside letters."""
    sizes = Counter(round(glyph.size, 2) for glyph in ink if not glyph.raised)
    sizes = sizes or Counter(round(glyph.size, 2) for glyph in ink)
    return sizes.most_common(1)[0][0]


def _add_gap(text: list[str], edges: list[Edge], sign: str) -> None:
    at = edges[-1] if edges else (0.0, 0.0)
    text.append(sign)
    edges.append((at[0], at[0]))


def _kept(line: list[Glyph]) -> list[Glyph]:
    """Clusters without spaces at the ends, doubled ones, and half-spaces beside a space."""
    out: list[Glyph] = []
    for glyph in line:
        last = out[-1] if out else None
        if last is not None and _after_marker(out, glyph):
            out.append(Glyph(" ", glyph.x0, glyph.x0, glyph.base, glyph.size, kind="S"))
            last = out[-1]
        if glyph.kind == "S":
            if last is None or last.kind == "S":
                continue
            if last.kind == "Z":
                out.pop()
            if glyph.code < 0 and out and out[-1].text in _CLINGS_RIGHT:
                continue
        elif glyph.kind == "Z":
            if last is None or last.kind in "SZ":
                continue
        elif glyph.text in _CLINGS_LEFT and last and last.kind == "S" and last.code < 0:
            out.pop()
        out.append(glyph)
    while out and out[-1].kind in "SZ":
        out.pop()
    return out


def _after_marker(begun: list[Glyph], glyph: Glyph) -> bool:
    """Whether a note's text begins here, hard upon its marker."""
    if glyph.kind not in "RL" or glyph.raised or len(begun) > 3:
        return False
    raised = all(one.raised for one in begun)
    foreign = glyph.kind == "L" and all(one.text in PERSIAN_DIGITS for one in begun)
    return raised or foreign


def _edges(glyph: Glyph) -> list[Edge]:
    """Left and right edge of every code point of a cluster; half-spaces and marks have no width."""
    if len(glyph.text) == 1:
        return [(round(glyph.x0, 2), round(glyph.x1, 2))]
    widths = [0 if combining(char) else 1 for char in glyph.text]
    step = (glyph.x1 - glyph.x0) / max(1, sum(widths))
    out: list[Edge] = []
    if glyph.kind == "R":
        at = glyph.x1
        for width in widths:
            out.append((round(at - width * step, 2), round(at, 2)))
            at -= width * step
    else:
        at = glyph.x0
        for width in widths:
            out.append((round(at, 2), round(at + width * step, 2)))
            at += width * step
    return out


def _turned_back(box: Box, turn: int, sheet: Sheet) -> Box:
    """A box of turned text where it stands on the page."""
    x0, top, x1, bottom = box
    if turn == 90:
        return Box(sheet.width - bottom, x0, sheet.width - top, x1)
    if turn == 180:
        return Box(sheet.width - x1, sheet.height - bottom, sheet.width - x0, sheet.height - top)
    if turn == 270:
        return Box(top, sheet.height - x1, bottom, sheet.height - x0)
    return box


def _page(work: _Work) -> Page:
    lines: list[Line] = []
    texts: list[str] = []
    start = 0
    for draft in work.drafts:
        end = start + len(draft.text)
        box = Box(*(round(value, 2) for value in draft.box))
        size = round(draft.size, 2)
        lines.append(Line(start, end, draft.role, box, size, draft.edges, draft.level))
        texts.append(draft.text)
        start = end + 1
    sheet = work.sheet
    text = "\n".join(texts)
    verdict = verdict_on(sheet, text, work.glyphs, work.unmapped, work.repairs)
    return Page(
        sheet.number,
        text,
        tuple(lines),
        verdict,
        round(sheet.width, 2),
        round(sheet.height, 2),
    )
