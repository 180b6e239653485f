"""Rows to columns: where the gutters of a page are, and in which order its blocks are read."""

from __future__ import annotations

from itertools import pairwise
from statistics import median

from textmine.pages.rows import Row, joined, row_of
from textmine.pages.tables import columns_of, cut_into_cells, looks_like_table, wrapped

_MOST_ROWS = 1000  # more than any page of text has


def blocks_of(rows: list[Row], rtl: bool, depth: int = 0) -> list[list[Row]]:
    """Rows cut into blocks in reading order; ``rtl`` pages read their right column first.

    The widest run of rows that share a gutter is cut at the gutter; what stands above and below
    is cut in turn. Rows of many short pieces are a table without rules and stay together.
    """
    gutter = _best_gutter(rows) if 1 < len(rows) < _MOST_ROWS and depth < 5 else None
    if gutter is None:
        return [rows] if rows else []
    start, end, x = gutter
    if looks_like_table(rows[start:end]) and not _runs_on(rows[start:end]):
        while end - start > 2 and _stands_apart(rows[start:end], rtl):
            end -= 1
        while end - start > 2 and _stands_apart(rows[start:end][::-1], rtl):
            start += 1
    table = looks_like_table(rows[start:end]) and not _runs_on(rows[start:end])
    if table:
        start, end = _widened(rows, start, end)
    inside = rows[start:end]
    out = blocks_of(rows[:start], rtl, depth + 1)
    if table:
        out.append(wrapped(cut_into_cells(inside)))
    else:
        left = [part for row in inside if (part := _side(row, x, left=True))]
        right = [part for row in inside if (part := _side(row, x, left=False))]
        if _only_numbers(left) or _only_numbers(right):
            out.append(inside)  # numbers at the ends of lines, as in a table of contents
        else:
            for column in (right, left) if rtl else (left, right):
                out += blocks_of(column, rtl, depth + 1)
    return out + blocks_of(rows[end:], rtl, depth + 1)


def _runs_on(rows: list[Row]) -> bool:
    """Whether rows are running text in columns: nearly all lines fill theirs from edge to edge."""
    pieces = [row.pieces for row in rows if row.cells is None]
    columns = joined(sorted(piece for row in pieces for piece in row), 0.0)
    if not 1 < len(columns) < 5:
        return False
    size = median(row.size for row in rows)
    filled: list[float] = []
    for left, right in columns:
        if right - left < 10 * size:
            return False
        for row in pieces:
            inside = [(x0, x1) for x0, x1 in row if left <= x0 and x1 <= right]
            if inside:
                filled.append((inside[-1][1] - inside[0][0]) / (right - left))
    return sum(share > 0.97 for share in filled) >= 0.6 * len(filled)


def _widened(rows: list[Row], start: int, end: int) -> tuple[int, int]:
    """First row and row after the last of a table, with those beside it that fit its columns.

    A gutter that all rows share may be lost in one row with a long cell.
    """
    columns = columns_of(rows[start:end])
    widest = max((b.base - a.base for a, b in pairwise(rows[start:end])), default=0.0)

    def fits(at: int, near: int) -> bool:
        row = rows[at]
        if row.cells is not None or abs(row.base - rows[near].base) > 1.3 * widest:
            return False
        over = [
            [n for n, (left, right) in enumerate(columns) if x0 < right and left < x1]
            for x0, x1 in row.pieces
        ]
        return all(len(each) == 1 for each in over) and len({n for n, *_ in over}) == len(over)

    first, last = start, end
    while first > 0 and fits(first - 1, first):
        first -= 1
        if len(rows[first].pieces) > 1:
            start = first
    while last < len(rows) and fits(last, last - 1):
        last += 1
        if len(rows[last - 1].pieces) > 1:
            end = last
    return start, end


def _bridges(row: Row, rows: list[Row]) -> bool:
    """Whether a row of one piece goes over what parts the columns of all others."""
    columns = columns_of(rows)
    return len(columns) > 2 and sum(row.x0 < right and left < row.x1 for left, right in columns) > 1


def _stands_apart(rows: list[Row], rtl: bool) -> bool:
    """Whether the last row is no part of the table, or with the rows turned over the first.

    So a page number far below, a larger heading, a caption, or text where lines begin.
    """
    *rest, near, last = rows
    if last.size > 1.15 * median(row.size for row in rows[:-1]):
        return True
    pitch = median(abs(one.base - other.base) for one, other in pairwise(rows[:-1]))
    gap = abs(last.base - near.base)
    if len(last.pieces) > 1 or last.cells is not None:
        return False
    if _bridges(last, rows[:-1]):
        return True
    start = max(row.x1 for row in rows) - last.x1 if rtl else last.x0 - min(r.x0 for r in rows)
    wide = 1.15 if rest and start < last.size else 3
    return gap > wide * max(pitch, last.size)


def _only_numbers(rows: list[Row]) -> bool:
    kinds = {glyph.kind for row in rows for glyph in row.glyphs}
    return "N" in kinds and not kinds & {"R", "L"} and all(row.cells is None for row in rows)


def _best_gutter(rows: list[Row]) -> tuple[int, int, float] | None:
    """First row, row after the last, and x of the gutter that most rows share."""
    size = median(row.size for row in rows)
    least = max(8.5, 0.8 * size)
    left = min(row.x0 for row in rows)
    right = max(row.x1 for row in rows)
    margin = 0.12 * (right - left)
    candidates: set[float] = set()
    step = max(2.0, 0.25 * size)
    for row in rows:
        ends = [row.x0 - least / 2, row.x1 + least / 2]
        for (_, x1), (x0, _) in pairwise(row.pieces):
            ends.append((x0 + x1) / 2)
        candidates.update(
            round(x / step) * step for x in ends if left + margin < x < right - margin
        )
    best: tuple[tuple[int, int, float], tuple[int, int, float]] | None = None
    for x in sorted(candidates):
        start = 0
        while start < len(rows):
            end, score, middle = _gutter_run(rows, start, x, left, right, least, size)
            if score is not None and (best is None or score > best[0]):
                best = score, (start, end, middle)
            start = max(end, start + 1)
    return best[1] if best else None


def _gutter_run(
    rows: list[Row], start: int, x: float, left: float, right: float, least: float, size: float
) -> tuple[int, tuple[int, int, float] | None, float]:
    """How far down a gutter at x reaches from a row, its worth (None: no gutter), its middle."""
    low, high = left, right
    on_left: list[float] = []
    on_right: list[float] = []
    both = 0
    end = start
    while end < len(rows):
        row = rows[end]
        if any(x0 < x - 0.5 and x1 > x + 0.5 for x0, x1 in row.pieces):
            break
        west = [x1 for _, x1 in row.pieces if x1 <= x + 0.5]
        east = [x0 for x0, x1 in row.pieces if x1 > x + 0.5]
        new_low = max(low, west[-1]) if west else low
        new_high = min(high, east[0]) if east else high
        if new_high - new_low < least:
            break
        low, high = new_low, new_high
        if west:
            on_left.append(row.base)
        if east:
            on_right.append(row.base)
        both += bool(west and east)
        end += 1
    few = min(len(on_left), len(on_right))
    middle = (low + high) / 2
    if few < 2 or (few < 4 and (both < 2 or high - low < 2 * size)):
        return end, None, middle
    overlap = min(on_left[-1], on_right[-1]) - max(on_left[0], on_right[0])
    shorter = min(on_left[-1] - on_left[0], on_right[-1] - on_right[0])
    if overlap < 0.5 * shorter:
        return end, None, middle
    return end, (few, end - start, high - low), middle


def _side(row: Row, x: float, *, left: bool) -> Row | None:
    """The part of a row on one side of a gutter."""
    if row.cells is not None:
        return row if ((row.x0 + row.x1) / 2 < x) == left else None
    glyphs = [glyph for glyph in row.glyphs if ((glyph.x0 + glyph.x1) / 2 < x) == left]
    return row_of(glyphs) if any(glyph.kind not in "SZ" for glyph in glyphs) else None
