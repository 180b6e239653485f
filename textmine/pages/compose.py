"""Sheets of glyphs to pages: text in logical order, lines with boxes, an honest verdict."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from unicodedata import combining

from textmine.pages.columns import blocks_of
from textmine.pages.dots import Dotted, name_dotted
from textmine.pages.glyphs import PERSIAN_DIGITS, UNKNOWN, Glyph, Sheet, part_bytes, settle
from textmine.pages.hyphens import join_broken
from textmine.pages.numbers import Hand, turn_numbers
from textmine.pages.order import Before, logical, reads_right_to_left
from textmine.pages.roles import Draft, Edge, Layout, assign
from textmine.pages.rows import Row, Shape, rows_of, spaced
from textmine.pages.symbols import name_bullets
from textmine.pages.tables import ruled_rows
from textmine.pages.verdicts import verdict_on
from textmine.pages.votes import Reading, vote
from textmine.records import Box, Line, Page, Span, Strip

# Pages that vote together: enough to know a document's shapes, few enough to hold in memory.
_BATCH = 64
# From the baseline, in parts of the type size, to the top and the bottom of a line's box.
_ASCENT, _DESCENT = 0.85, 0.25
_PERSIAN_ASCENT, _PERSIAN_DESCENT = 0.9, 0.35  # bowls and marks reach further than Latin letters
# No space of ours goes before or after these; one that the file wrote stays.
_CLINGS_LEFT = frozenset("،؛.,:;!؟?»)]")
_CLINGS_RIGHT = frozenset("«([")
_LONGEST_MARKER = 3  # signs of a note's number


@dataclass(slots=True)
class _Plan:
    """A line to be: its cells, each of one or more rows in logical order."""

    cells: list[list[Reading]]
    turn: int
    table: bool
    box: Box  # of the line, in the lengths of its glyphs


@dataclass(slots=True)
class _Work:
    """One page on its way."""

    sheet: Sheet
    glyphs: int
    by_line: bool = False
    by_word: bool = False
    plans: list[_Plan] = field(default_factory=list)
    repairs: Counter[str] = field(default_factory=Counter)
    drafts: list[Draft] = field(default_factory=list)
    unmapped: int = 0


class Composer:
    """Takes the sheets of one document in order and gives its pages.

    Sheets wait until enough are there to vote on what glyphs mean; roles such as running heads are
    given when all pages are known. The glyphs of a sheet are changed and let go. ``made_by`` names
    the programs that made the file, as the file gives them.

    >>> composer = Composer()
    >>> word = [Glyph(text, 10 * at, 10 * at + 10, 50, 20) for at, text in enumerate("مالس")]
    >>> composer.add(Sheet(1, 200, 100, word))
    >>> composer.pages()[0].text
    'سلام'
    """

    def __init__(self, made_by: str = "") -> None:
        self._strokes: set[Shape] = set()
        self._dotted = Dotted()
        self._distilled = "Ghostscript" in made_by
        # Most programs look at a paragraph to find directions, this one at each line alone.
        self._by_line = "WeasyPrint" in made_by
        # Word has its own rules: hyphens always part the numbers of a Persian paragraph.
        self._by_word = "Microsoft" in made_by and "Word" in made_by
        self._hand = Hand(xetex=re.search("xetex|xdvipdfmx", made_by, re.IGNORECASE) is not None)
        self._waiting: list[_Work] = []
        self._done: list[_Work] = []

    def add(self, sheet: Sheet) -> None:
        """Take the next page. What fails inside fails for this page alone."""
        work = _Work(sheet, len(sheet.glyphs), self._by_line, self._by_word)
        glyphs = settle(sheet.glyphs, work.repairs)
        if self._distilled:
            part_bytes(glyphs, work.repairs)
        _plan(work, self._dotted.join(glyphs), self._strokes)
        sheet.glyphs = []
        self._waiting.append(work)
        if len(self._waiting) == 2 * _BATCH:
            self._settle(_BATCH)

    def pages(self) -> tuple[Page, ...]:
        """All pages, in the order in which their sheets came."""
        self._settle(len(self._waiting))
        assign([Layout(w.sheet.height, w.drafts, _short_rules(w.sheet)) for w in self._done])
        join_broken([(work.drafts, work.repairs) for work in self._done])
        return tuple(_page(work) for work in self._done)

    def _settle(self, count: int) -> None:
        works = self._waiting[:count]
        del self._waiting[:count]
        readings = [row for w in works for plan in w.plans for cell in plan.cells for row in cell]
        name_dotted(readings, self._dotted)
        name_bullets(readings)
        vote(readings, self._strokes)
        turn_numbers(readings, self._hand)
        for work in works:
            work.drafts = [draft for plan in work.plans if (draft := _draft(plan, work))]
            work.plans = []
        self._done += works


def _short_rules(sheet: Sheet) -> list[Box]:
    """Horizontal strokes that may part footnotes from the text."""
    level = [Box(*rule) for rule in sheet.rules if rule[2] - rule[0] > 20 > rule[3] - rule[1]]
    return level if len(level) < 40 else []


# From glyphs to rows in logical order


def _plan(work: _Work, glyphs: list[Glyph], strokes: set[Shape]) -> None:
    sheet = work.sheet
    kinds = [glyph.kind for glyph in glyphs]  # counting in a list is faster than adding up
    arabic, latin = kinds.count("R"), kinds.count("L")
    rtl = arabic > 0 and arabic >= 0.6 * latin
    turns = Counter([glyph.turn for glyph in glyphs])
    for turn, _ in turns.most_common():
        these = [glyph for glyph in glyphs if glyph.turn == turn]
        tables: list[Row] = []
        if turn == 0:
            tables, these = ruled_rows(these, sheet.rules, rtl)
        rows = sorted(rows_of(these) + tables, key=lambda row: row.base)
        plans = [
            plan for block in blocks_of(rows, rtl) for plan in _read(block, rtl, work, strokes)
        ]
        for plan in plans:
            plan.turn = turn
        head = _heads(plans, rtl, sheet) if turn in (90, 270) else None
        if head is None:
            work.plans += plans
        else:
            place, heads = head
            below = [
                at
                for at, plan in enumerate(work.plans)
                if not plan.turn
                and plan.box.top > place.bottom - plan.box.bottom + plan.box.top
                and plan.box.x0 < place.x1
                and place.x0 < plan.box.x1
            ]
            work.plans.insert(below[0] if below else len(work.plans), heads)


def _heads(plans: list[_Plan], rtl: bool, sheet: Sheet) -> tuple[Box, _Plan] | None:
    """Turned lines that stand side by side as the heads of columns, as one row; and where it is."""
    if len(plans) < 2 or any(plan.table for plan in plans):
        return None
    boxed = [(_turned_back(plan.box, plan.turn, sheet), plan) for plan in plans]
    boxed.sort(key=lambda one: one[0].x0, reverse=rtl)
    boxes = [box for box, _ in boxed]
    band = Box(
        min(box.x0 for box in boxes),
        min(box.top for box in boxes),
        max(box.x1 for box in boxes),
        max(box.bottom for box in boxes),
    )
    tallest = max(box.bottom - box.top for box in boxes)
    if band.bottom - band.top > 1.3 * tallest or tallest > 0.3 * sheet.height:
        return None
    if any(min(a.x1, b.x1) > max(a.x0, b.x0) for a, b in pairwise(boxes)):
        return None
    inner = [plan.box for plan in plans]
    whole = Box(
        min(box.x0 for box in inner),
        min(box.top for box in inner),
        max(box.x1 for box in inner),
        max(box.bottom for box in inner),
    )
    return band, _Plan([plan.cells[0] for _, plan in boxed], plans[0].turn, True, whole)


def _read(block: list[Row], page_rtl: bool, work: _Work, strokes: set[Shape]) -> Iterator[_Plan]:
    """Bring the rows of a block into logical order."""
    reader = _Reader(block, page_rtl, work, strokes, "arabic")
    for row in block:
        box = Box(row.x0, row.base - row.size, row.x1, row.base)
        if row.cells is None:
            yield _Plan([[reader.read(row)]], 0, False, box)
            continue
        cells = [
            _Reader(cell, page_rtl, work, strokes, "nothing").read_all(cell) for cell in row.cells
        ]
        if page_rtl:
            cells.reverse()
        yield _Plan(cells, 0, True, box)


class _Reader:
    """Reads the rows of one column, remembering what the row before was."""

    def __init__(
        self,
        rows: Iterable[Row],
        page_rtl: bool,
        work: _Work,
        strokes: set[Shape],
        above: Before,
    ) -> None:
        plain = [row for row in rows if row.cells is None]
        self._repairs = work.repairs
        self._strokes = strokes
        self._left = min((row.x0 for row in plain), default=0.0)
        self._right = max((row.x1 for row in plain), default=0.0)
        kinds = [glyph.kind for row in plain for glyph in row.glyphs]
        arabic, latin = kinds.count("R"), kinds.count("L")
        letters = arabic + latin > 0
        self._rtl = arabic > 0 and arabic >= 0.6 * latin if letters else page_rtl
        self._above: Before = "nothing" if work.by_line else above
        self._by_line = work.by_line
        self._paragraphs = not work.by_word
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
        clusters = logical(line, rtl, self._above, paragraphs=self._paragraphs)
        strong = [glyph.kind for glyph in clusters if glyph.kind in "RL"]
        if strong and not self._by_line:
            self._above = "latin" if strong[-1] == "L" else "arabic"
        return Reading(clusters, self._repairs)


# From rows to lines


def _draft(plan: _Plan, work: _Work) -> Draft | None:
    text: list[str] = []
    edges: list[Edge] = []
    ink: list[Glyph] = []
    strips: list[Strip] = []
    raised: list[Span] = []
    length = 0
    for at, cell in enumerate(plan.cells):
        if at:
            _add_gap(text, edges, "\t")
            length += 1
        started = False
        for reading in cell:
            kept = _kept(reading.line)
            if not kept:
                continue
            if started and not _number_goes_on(text, kept):
                _add_gap(text, edges, " ")
                length += 1
            started = True
            drawn = [glyph for glyph in kept if glyph.kind not in "SZ"]
            strips.append(Strip(length, *_reach(drawn)))
            ink += drawn
            for glyph in kept:
                text.append(glyph.text)
                if len(glyph.text) == 1:  # as nearly always: this saves a call and a list
                    edges.append((round(glyph.x0, 2), round(glyph.x1, 2)))
                else:
                    edges.extend(_edges(glyph))
                begin, length = length, length + len(glyph.text)
                if glyph.raised and glyph.kind not in "SZ":
                    begin = raised.pop().start if raised and raised[-1].end == begin else begin
                    raised.append(Span(begin, length))
    if not ink:
        return None
    unknown = [g.text.count(UNKNOWN) for g in ink if not g.mapped or UNKNOWN in g.text]
    work.unmapped += sum(count or 1 for count in unknown)
    size = _main_size(ink)
    _, top, bottom = strips[0] if len(strips) == 1 else (0, *_reach(ink))
    box = Box(min(glyph.x0 for glyph in ink), top, max(glyph.x1 for glyph in ink), bottom)
    return Draft(
        "".join(text),
        _edges_back(edges, plan.turn, work.sheet),
        _turned_back(box, plan.turn, work.sheet),
        size,
        turn=plan.turn,
        strips=_strips_back(strips, plan.turn, work.sheet) if len(strips) > 1 else (),
        raised=tuple(raised),
        bold=all(glyph.bold for glyph in ink if glyph.kind in "RL"),
        marker_raised=ink[0].raised,
        role="table" if plan.table else "body",
    )


def _reach(ink: list[Glyph]) -> tuple[float, float]:
    """How far up and down the glyphs of a row or of several reach."""
    size = _main_size(ink)
    bases = [glyph.base for glyph in ink]
    up, down = _ASCENT, _DESCENT
    if any(glyph.kind == "R" for glyph in ink):
        up, down = _PERSIAN_ASCENT, _PERSIAN_DESCENT
    return min(bases) - up * size, max(bases) + down * size


def _main_size(ink: list[Glyph]) -> float:
    """The size that most of a line is set in; markers do not count beside letters."""
    # Counted before rounding, which is the slower of the two and has few sizes to do then.
    exact = Counter([glyph.size for glyph in ink if not glyph.raised])
    sizes: Counter[float] = Counter()
    for size, count in (exact or Counter([glyph.size for glyph in ink])).items():
        sizes[round(size, 2)] += count
    return sizes.most_common(1)[0][0]


def _number_goes_on(text: list[str], below: list[Glyph]) -> bool:
    """Whether a row of a cell ends within a number such as 978-600-119-3."""
    return text[-1] == "-" and text[-2:-1] != [] and text[-2].isdigit() and below[0].kind == "N"


def _add_gap(text: list[str], edges: list[Edge], sign: str) -> None:
    at = edges[-1] if edges else (0.0, 0.0)
    text.append(sign)
    edges.append((at[0], at[0]))


def _kept(line: list[Glyph]) -> list[Glyph]:
    """Clusters without spaces at the ends, doubled ones, and half-spaces beside a space."""
    out: list[Glyph] = []
    for glyph in line:
        last = out[-1] if out else None
        if last is not None and len(out) <= _LONGEST_MARKER and _after_marker(out, glyph):
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
    if glyph.kind not in "RL" or glyph.raised:
        return False
    raised = all(one.raised for one in begun)
    foreign = glyph.kind == "L" and all(one.text in PERSIAN_DIGITS for one in begun)
    return raised or foreign


def _edges(glyph: Glyph) -> list[Edge]:
    """Left and right edge of every code point of a cluster; half-spaces and marks have no width."""
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


def _edges_back(edges: list[Edge], turn: int, sheet: Sheet) -> tuple[Edge, ...]:
    """Edges of turned text where they stand on the page: at 90 and 270 degrees, top and bottom."""
    if turn in (0, 90):
        return tuple(edges)
    reach = sheet.width if turn == 180 else sheet.height
    return tuple((round(reach - end, 2), round(reach - begin, 2)) for begin, end in edges)


def _strips_back(strips: list[Strip], turn: int, sheet: Sheet) -> tuple[Strip, ...]:
    """Strips of turned text where they stand on the page: at 90 and 270 degrees, left and right."""
    if turn in (90, 180):
        reach = sheet.width if turn == 90 else sheet.height
        strips = [Strip(start, reach - bottom, reach - top) for start, top, bottom in strips]
    return tuple(strips)


def _page(work: _Work) -> Page:
    lines: list[Line] = []
    texts: list[str] = []
    end = 0
    for draft in work.drafts:
        if texts and not draft.joined:
            texts.append("\n")
            end += 1
        start, end = end, end + len(draft.text)
        box = Box(*(round(value, 2) for value in draft.box))
        size = round(draft.size, 2)
        lines.append(
            Line(
                start,
                end,
                draft.role,
                box,
                size,
                draft.edges,
                draft.level,
                draft.turn,
                tuple(Strip(start + at, round(a, 2), round(b, 2)) for at, a, b in draft.strips),
                tuple(Span(start + begin, start + stop) for begin, stop in draft.raised),
            )
        )
        texts.append(draft.text)
    sheet = work.sheet
    text = "".join(texts)
    verdict = verdict_on(sheet, text, work.glyphs, work.unmapped, work.repairs)
    return Page(
        sheet.number,
        text,
        tuple(lines),
        verdict,
        round(sheet.width, 2),
        round(sheet.height, 2),
    )
