"""Rows to columns: where the gutters of a page are, and in which order its blocks are read."""

from __future__ import annotations

from itertools import pairwise
from statistics import median

from textmine.pages.rows import Row, row_of
from textmine.pages.tables import cut_into_cells, looks_like_table

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
    if looks_like_table(rows[start:end]):
        while end - start > 2 and _stands_apart(rows[start:end]):
            end -= 1
    inside = rows[start:end]
    out = blocks_of(rows[:start], rtl, depth + 1)
    if looks_like_table(inside):
        out.append(cut_into_cells(inside))
    else:
        left = [part for row in inside if (part := _side(row, x, left=True))]
        right = [part for row in inside if (part := _side(row, x, left=False))]
        if _only_numbers(left) or _only_numbers(right):
            out.append(inside)  # numbers at the ends of lines, as in a table of contents
        else:
            for column in (right, left) if rtl else (left, right):
                out += blocks_of(column, rtl, depth + 1)
    return out + blocks_of(rows[end:], rtl, depth + 1)


def _stands_apart(rows: list[Row]) -> bool:
    """Whether the last row is no part of the table: a page number far below, a larger heading."""
    *_, above, last = rows
    if last.size > 1.15 * median(row.size for row in rows[:-1]):
        return True
    pitch = median(lower.base - upper.base for upper, lower in pairwise(rows[:-1]))
    return len(last.pieces) == 1 and last.base - above.base > 3 * max(pitch, last.size)


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
