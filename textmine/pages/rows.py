"""Glyphs to rows, and the spaces and half-spaces in them. Everything here is visual order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from textmine.pages.glyphs import HALF_SPACE, KASHIDA, UNKNOWN, Glyph

Interval = tuple[float, float]
Shape = tuple[int, int]

# All in parts of the type size, found on text of eight PDF producers.
_SAME_BASE = 0.12  # glyphs whose baselines differ by less stand in one row
_WORD_GAP = 0.14  # white wider than this is a space even where none was written
_NO_GAP = 0.04  # a written space between Arabic letters that takes less is a half-space
_PEN_REST = 0.12  # a half-space moves the pen by less than this
_PIECE_GAP = 0.55  # white wider than this parts two pieces of a row
_LIFT = 0.9  # letters joined to those of a row stand above it or below by less than this
_TOUCHING = 0.07  # glyphs nearer than this may be joined by a stroke


@dataclass(slots=True)
class Row:
    """Glyphs on one baseline from left to right, or (with ``cells``) one row of a table."""

    glyphs: list[Glyph]
    base: float
    size: float
    x0: float
    x1: float
    cells: list[list[Row]] | None = None
    pieces: list[Interval] = field(default_factory=list)


def row_of(glyphs: list[Glyph]) -> Row:
    """A row out of glyphs of which at least one leaves ink."""
    # A space is drawn where its origin is; before a letter at the same place it comes first.
    glyphs.sort(key=lambda glyph: glyph.x0 - (0.3 if glyph.kind in "SZ" else 0.0))
    for at in range(2, len(glyphs)):
        # A letter kerned across the space drawn before it stays on its side.
        if glyphs[at].kind not in "SZ":
            continue
        first, second, space = glyphs[at - 2 : at + 1]
        drawn_between = {first.order, second.order} == {space.order - 1, space.order + 1}
        if drawn_between and abs(space.x0 - first.x1) < 0.1 * space.size:
            glyphs[at - 1], glyphs[at] = space, second
    ink = [glyph for glyph in glyphs if glyph.kind not in "SZ"]
    size = median(glyph.size for glyph in ink)
    pieces = joined(((glyph.x0, glyph.x1) for glyph in ink), _PIECE_GAP * size)
    base = median(glyph.base for glyph in ink)
    return Row(glyphs, base, size, pieces[0][0], pieces[-1][1], None, pieces)


def joined(intervals: Iterable[Interval], tolerance: float) -> list[Interval]:
    """Intervals sorted by their start, joined where the white between them is small."""
    out: list[Interval] = []
    for x0, x1 in intervals:
        if out and x0 - out[-1][1] <= tolerance:
            out[-1] = (out[-1][0], max(out[-1][1], x1))
        else:
            out.append((x0, x1))
    return out


def rows_of(glyphs: Iterable[Glyph]) -> list[Row]:
    """Rows from top to bottom. Raised and lowered glyphs stay with the row they hang on."""
    by_base: list[list[Glyph]] = []
    ordered = sorted(glyphs, key=lambda glyph: glyph.base)
    marks = [glyph for glyph in ordered if glyph.kind == "M"]
    ordered = [glyph for glyph in ordered if glyph.kind != "M"]
    sizes = [glyph.size for glyph in ordered if glyph.kind not in "SZ"]
    if not sizes:
        return []
    tolerance = max(1.2, _SAME_BASE * median(sizes))
    for glyph in ordered:
        if by_base and glyph.base - by_base[-1][0].base <= tolerance:
            by_base[-1].append(glyph)
        else:
            by_base.append([glyph])
    rows = [row_of(group) for group in by_base if any(g.kind not in "SZ" for g in group)]
    rows = _neighbours_joined(_raised_joined(_lifted_joined(rows)))
    for row in rows:
        largest = max(glyph.size for glyph in row.glyphs)
        for glyph in row.glyphs:
            if glyph.size < 0.75 * largest and glyph.base < row.base - 0.12 * largest:
                glyph.raised = True
    _give_marks(marks, rows)
    return rows


def _give_marks(marks: list[Glyph], rows: list[Row]) -> None:
    """Fonts lift combining marks off the baseline; they belong where their neighbours are."""
    if not marks:
        return
    home = {glyph.order: row for row in rows for glyph in row.glyphs}
    for mark in marks:
        near = [home[at] for at in (mark.order + 1, mark.order - 1) if at in home]
        row = min(near or rows, key=lambda row: abs(row.base - mark.base))
        row.glyphs.append(mark)


def _lifted_joined(rows: list[Row]) -> list[Row]:
    """Nastaliq lifts letters off the baseline; what is joined to the letters of a row is in it."""
    if all([lower.base - upper.base >= _LIFT * lower.size for upper, lower in pairwise(rows)]):
        return rows
    drawn = sorted((glyph for row in rows for glyph in row.glyphs), key=lambda one: one.order)
    home = {id(glyph): at for at, row in enumerate(rows) for glyph in row.glyphs}
    place = {id(glyph): at for at, glyph in enumerate(drawn)}
    into = list(range(len(rows)))
    for at, row in enumerate(rows):
        if any(glyph.kind not in "RZ" for glyph in row.glyphs):
            continue
        for near in (at + 1, at + 2, at + 3, at - 1, at - 2):
            if not 0 <= near < len(rows) or len(rows[near].glyphs) <= len(row.glyphs):
                continue
            host = rows[near]
            if abs(host.base - row.base) > _LIFT * host.size or host.size != row.size:
                continue
            if all(_hangs_on(place[id(one)], near, drawn, home) for one in row.glyphs):
                into[at] = near
                break
    groups: dict[int, list[Glyph]] = {}
    for at, row in enumerate(rows):
        to = at
        for _ in rows:
            to = into[to]
        groups.setdefault(to, []).extend(row.glyphs)
    out: list[Row] = []
    for at, glyphs in sorted(groups.items()):
        base, size = rows[at].base, rows[at].size
        if len(glyphs) > len(rows[at].glyphs):
            rows[at] = row_of(glyphs)
            rows[at].base, rows[at].size = base, size
        out.append(rows[at])
    return out


def _hangs_on(start: int, host: int, drawn: list[Glyph], home: dict[int, int]) -> bool:
    """Whether letters drawn one after another, each touching the next, lead to a row."""
    for way in (1, -1):
        for at in range(start, start + 8 * way, way):
            if not 0 <= at + way < len(drawn):
                break
            here, following = drawn[at], drawn[at + way]
            apart = max(following.x0 - here.x1, here.x0 - following.x1)
            if following.kind not in "RZ" or apart > _TOUCHING * here.size:
                break
            if home[id(following)] == host:
                return True
    return False


def _raised_joined(rows: list[Row]) -> list[Row]:
    """Small rows just above or below a larger one and touching it are its super- and subscripts."""
    gone: set[int] = set()
    for at, row in enumerate(rows):
        if len(row.glyphs) > 12:
            continue
        for near in (at + 1, at + 2, at - 1):
            if not 0 <= near < len(rows) or near in gone:
                continue
            host = rows[near]
            rise = (host.base - row.base) / host.size
            if host.size > 1.15 * row.size and (0.1 < rise < 0.62 or -0.35 < rise < -0.08):
                reach = 0.45 * host.size
                if all(_touches(piece, host.pieces, reach) for piece in row.pieces):
                    for glyph in row.glyphs:
                        glyph.raised = rise > 0
                    base, size = host.base, host.size
                    rows[near] = row_of(host.glyphs + row.glyphs)
                    rows[near].base, rows[near].size = base, size
                    gone.add(at)
                    break
    return [row for at, row in enumerate(rows) if at not in gone]


def _neighbours_joined(rows: list[Row]) -> list[Row]:
    """Pieces of one printed line whose baselines differ a little (another font, a centred cell)."""
    out: list[Row] = []
    for row in rows:
        above = out[-1] if out else None
        if (
            above is not None
            and row.base - above.base < 0.42 * max(row.size, above.size)
            and _fits_beside(row, above)
        ):
            larger = max(above, row, key=lambda one: len(one.glyphs))
            base = larger.base
            out[-1] = row_of(above.glyphs + row.glyphs)
            out[-1].base = base
        else:
            out.append(row)
    return out


def _fits_beside(row: Row, other: Row) -> bool:
    """Whether two rows would not cover each other; a letter or two may overlap, as in logos."""
    few, many = sorted((row, other), key=lambda one: len(one.glyphs))
    if len(few.glyphs) > 2:
        return not any(_touches(piece, many.pieces, -0.5) for piece in few.pieces)
    letters = [(glyph.x0, glyph.x1) for glyph in many.glyphs]
    reach = -0.3 * max(row.size, other.size)
    return not any(_touches((glyph.x0, glyph.x1), letters, reach) for glyph in few.glyphs)


def _touches(piece: Interval, others: Sequence[Interval], reach: float) -> bool:
    return any(piece[0] < x1 + reach and x0 < piece[1] + reach for x0, x1 in others)


# Spaces and half-spaces


def spaced(row: Row, repairs: Counter[str], strokes: set[Shape]) -> list[Glyph]:
    """The clusters of a row from left to right, with the spaces and half-spaces that geometry says.

    ``strokes`` gains the shapes that turn out to be stretching strokes.

    Whether a written space is a space is decided by the white that it makes: programs print a
    half-space with the space glyph and take its advance back.
    """
    marks = [glyph for glyph in row.glyphs if glyph.kind == "M"]
    glyphs = _without_strokes([g for g in row.glyphs if g.kind != "M"], row.size, strokes)
    repairs["kashida"] += len(row.glyphs) - len(marks) - len(glyphs)
    _name_unmapped(glyphs, row.size)
    # Marks that advance fill a gap that is no space.
    fillers = [mark for mark in marks if mark.x1 - mark.x0 > 0.05 * row.size]
    word_gap = _word_gap([glyph for glyph, _ in glyphs], row.size)
    out: list[Glyph] = []
    edge = 0.0
    written: list[Glyph] = []
    for glyph, stroke_end in glyphs:
        if glyph.kind in "SZ":
            written.append(glyph)
            continue
        if out:
            for mark in fillers:
                if edge - 0.3 * row.size < mark.x0 < glyph.x0 > mark.x1 - 0.3 * row.size:
                    edge = max(edge, mark.x1)
            gap = glyph.x0 - edge
            between = None
            if written or gap > word_gap * row.size:
                between = _between(out[-1], written, glyph, gap, row, repairs)
            if between is not None:
                between.x0, between.x1 = min(edge, glyph.x0), max(edge, glyph.x0)
                if between.kind == "Z":
                    between.x1 = between.x0
                out.append(between)
        written = []
        out.append(glyph)
        # A wide tail must not hide the word gap that follows a narrow letter standing in it.
        edge = max(glyph.x1, stroke_end, edge - 0.3 * row.size if len(out) > 1 else glyph.x1)
    for mark in marks:
        _attach(mark, out)
    return out


def _between(
    left: Glyph,
    written: list[Glyph],
    right: Glyph,
    gap: float,
    row: Row,
    repairs: Counter[str],
) -> Glyph | None:
    """The space or half-space between two glyphs that stand apart, if there is one."""
    size = row.size
    if not written:
        repairs["gap_spaces"] += 1
        return Glyph(" ", 0, 0, row.base, size, kind="S")
    first = written[0]
    stated = all(glyph.kind == "Z" for glyph in written)
    pair = left.kind + right.kind
    if "R" in pair and "S" not in pair and pair.strip("RLN") == "":
        narrow = gap < (0.2 if stated else _NO_GAP) * size
        # Drawn over the tail of a letter, a space still moves the pen.
        narrow = narrow and (stated or right.x0 - first.x0 < _PEN_REST * size)
        if narrow and (stated or pair == "RR"):
            if not stated:
                repairs["half_spaces_by_place"] += 1
            return Glyph(HALF_SPACE, 0, 0, first.base, size, kind="Z")
    if stated and gap < 0.2 * size:
        return None
    return Glyph(" ", 0, 0, first.base, size, first.font, first.code, kind="S")


def _word_gap(glyphs: list[Glyph], size: float) -> float:
    """How much white, in parts of the type size, makes a space on this row."""
    gaps: list[float] = []
    spaces = 0
    for left, right in pairwise(glyphs):
        if right.kind == "S":
            spaces += 1
        if left.kind in "RLN" and right.kind in "RLN":  # not the dots of a table of contents
            gaps.append((right.x0 - left.x1) / size)
    if not gaps:
        return _WORD_GAP
    # Letter-spaced type has white after every letter.
    tracking = max(0.0, median(gaps)) if len(gaps) > 3 else 0.0
    if spaces * 12 >= len(gaps):
        return _WORD_GAP + tracking
    wide = [gap for gap in gaps if 0.05 + tracking < gap < 0.8]
    if len(wide) < 3:
        return _WORD_GAP + tracking
    # A producer without space glyphs may set words closer than usual: follow the row's own gaps.
    return max(0.055, min(_WORD_GAP, 0.6 * median(wide))) + tracking


def _without_strokes(
    glyphs: list[Glyph], size: float, strokes: set[Shape]
) -> list[tuple[Glyph, float]]:
    """Glyphs, each with the end of the stretching stroke (kashida) that followed it.

    Fonts often do not say what their stretching stroke means.
    """
    if all([glyph.mapped and glyph.text != KASHIDA for glyph in glyphs]):
        return [(glyph, glyph.x1) for glyph in glyphs]  # most rows: nothing to look for
    out: list[tuple[Glyph, float]] = []
    at = 0
    while at < len(glyphs):
        glyph = glyphs[at]
        if glyph.text == KASHIDA:
            if out:
                out[-1] = (out[-1][0], max(out[-1][1], glyph.x1))
            at += 1
            continue
        end = at
        while end < len(glyphs) and not glyphs[end].mapped and glyphs[end].kind not in "SZ":
            end += 1
        if end == at:
            out.append((glyph, glyph.x1))
            at += 1
            continue
        run = glyphs[at:end]
        left = out[-1][0] if out else None
        right = glyphs[end] if end < len(glyphs) else None
        at = end
        if left and right and left.kind == right.kind == "R" and _is_stroke(left, run, right, size):
            strokes.update(one.shape for one in run)
            out[-1] = (left, max(out[-1][1], run[-1].x1))
        else:
            out.extend((one, one.x1) for one in run)
    return out


def _is_stroke(left: Glyph, run: list[Glyph], right: Glyph, size: float) -> bool:
    """Whether a run is one glyph again and again, each over the last, from letter to letter.

    A lone one may be a letter: the words of the document decide.
    """
    first, second, *_ = (*run, right)
    return (
        len(run) > 1
        and len({glyph.shape for glyph in run}) == 1
        and second.x0 < first.x1 - 0.02 * size
        and first.x0 - left.x1 < _TOUCHING * size
        and right.x0 - run[-1].x1 < _TOUCHING * size
    )


def _name_unmapped(glyphs: list[tuple[Glyph, float]], size: float) -> None:
    """An unmapped glyph that touches Arabic letters is taken for one; elsewhere text is trusted."""
    line = [glyph for glyph, _ in glyphs]
    if all([glyph.mapped for glyph in line]):
        return
    for way in (1, -1):
        before: Glyph | None = None
        for glyph in line[::way]:
            if not glyph.mapped and glyph.kind not in "SZR" and before and before.kind == "R":
                gap = max(glyph.x0 - before.x1, before.x0 - glyph.x1)
                if gap < 0.1 * size:
                    glyph.kind = "R"
            before = glyph
    for glyph in line:
        if not glyph.mapped and glyph.kind not in "SZR" and glyph.text != UNKNOWN:
            glyph.mapped = True


def _attach(mark: Glyph, line: list[Glyph]) -> None:
    """Give a combining mark to its letter.

    An Arabic mark is drawn next to its letter in time, and whichever way the program draws, the
    letter is the right one of the two neighbours. Elsewhere the nearest letter has it.
    """
    letters = [glyph for glyph in line if glyph.kind in "RL"]
    beside = [
        glyph
        for glyph in letters
        if glyph.kind == "R"
        and abs(glyph.order - mark.order) == 1
        and abs(glyph.x0 - mark.x0) < 2 * mark.size
    ]
    if beside:
        left, right = min(beside, key=lambda g: g.x0), max(beside, key=lambda g: g.x0)
        # Drawn from the right, a letter taken apart may come after its mark.
        start = left.x0 - 0.1 * mark.size
        onward = left.order > right.order and start < mark.x0 < min(left.x1, right.x0)
        (left if onward else right).text += mark.text
    elif letters:
        middle = (mark.x0 + mark.x1) / 2
        min(letters, key=lambda g: max(g.x0 - middle, middle - g.x1, 0.0)).text += mark.text
    else:
        mark.kind = "O"
        line.append(mark)
