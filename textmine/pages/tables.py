"""Tables: with ruling lines, or known by many short pieces in a row."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from textmine.pages.glyphs import Glyph
from textmine.pages.rows import Interval, Row, joined, row_of, rows_of

Rectangle = tuple[float, float, float, float]

_MOST_CROSSINGS = 4000  # a drawing, not a table


def looks_like_table(rows: list[Row]) -> bool:
    """Whether rows consist of three or more short pieces with much white between them."""
    plain = [row for row in rows if row.cells is None]
    parted = [len(row.pieces) for row in plain if len(row.pieces) > 1]
    # Rows of one piece may be those of a cell that holds several.
    if len(parted) < max(3, 0.4 * len(plain)) or median(parted) < 3:
        return False
    width = max(row.x1 for row in plain) - min(row.x0 for row in plain)
    filled = sum(x1 - x0 for row in plain for x0, x1 in row.pieces)
    return filled < 0.62 * width * len(plain)


def columns_of(rows: list[Row]) -> list[Interval]:
    """The columns of a table without rules; a row of few that goes over a gutter closes none."""
    pieces = [row.pieces for row in rows if row.cells is None]
    least = 1 + len(pieces) // 10
    ends = sorted((x, step) for row in pieces for x0, x1 in row for x, step in ((x0, 1), (x1, -1)))
    out: list[Interval] = []
    depth, start = 0, 0.0
    for x, step in ends:
        if step > 0 and depth == least:
            start = x
        elif step < 0 and depth == least + 1 and x > start:
            out.append((start, x))
        depth += step
    return out


def cut_into_cells(rows: list[Row]) -> list[Row]:
    """Rows of a table without rules, cut at the gutters that all share (or each at its own)."""
    pieces = [row.pieces for row in rows if row.cells is None]
    columns = _paired(joined(sorted(piece for row in pieces for piece in row), 0.0), pieces)
    steady = columns_of(rows)
    if len(steady) <= len(columns):
        steady = []
    out: list[Row] = []
    for row in rows:
        if row.cells is not None:
            out.append(row)
            continue
        cuts = columns if len(columns) >= len(row.pieces) else row.pieces
        cells: list[list[Row]] = []
        for spans in _by_column(row.pieces, steady) if steady else [[cut] for cut in cuts]:
            inside = [
                glyph
                for glyph in row.glyphs
                if any(x0 - 0.5 <= (glyph.x0 + glyph.x1) / 2 <= x1 + 0.5 for x0, x1 in spans)
            ]
            has_ink = any(glyph.kind not in "SZ" for glyph in inside)
            cells.append([row_of(inside)] if has_ink else [])
        out.append(Row([], row.base, row.size, row.x0, row.x1, cells, [(row.x0, row.x1)]))
    return out


def _by_column(pieces: Sequence[Interval], columns: list[Interval]) -> list[list[Interval]]:
    """The pieces of a row by columns, each where most of it stands."""
    out: list[list[Interval]] = [[] for _ in columns]
    for x0, x1 in pieces:
        shared = [min(x1, right) - max(x0, left) for left, right in columns]
        out[shared.index(max(shared))].append((x0, x1))
    return out


def _paired(columns: list[Interval], rows: Sequence[Sequence[Interval]]) -> list[Interval]:
    """Columns with those joined of which no row fills both: a centred head beside its figures.

    The nearest are joined first.
    """
    filled = [
        {at for at, row in enumerate(rows) if any(x0 < right and left < x1 for x0, x1 in row)}
        for left, right in columns
    ]
    while True:
        gaps = [
            (columns[at + 1][0] - columns[at][1], at)
            for at in range(len(columns) - 1)
            if not filled[at] & filled[at + 1]
        ]
        if not gaps or len(columns) < 3:
            return columns
        _, at = min(gaps)
        columns = [*columns[:at], (columns[at][0], columns[at + 1][1]), *columns[at + 2 :]]
        filled = [*filled[:at], filled[at] | filled[at + 1], *filled[at + 2 :]]


def ruled_rows(
    glyphs: list[Glyph], rules: Sequence[Rectangle], rtl: bool
) -> tuple[list[Row], list[Glyph]]:
    """Rows of the tables that ruling lines draw, and the glyphs outside of them.

    Every row has as many cells as the table has columns. A cell over several columns stands in the
    first of them as they are read (``rtl``: the right one), the others are empty.
    """
    out: list[Row] = []
    for grid in _grids(rules):
        grid = _with_spanned(grid, rtl)
        inside, glyphs = _sorted_into(grid, glyphs)
        rows = [[rows_of(inside[cell]) for cell in line] for line in grid]
        if _is_layout(rows):
            glyphs = glyphs + [glyph for line in grid for cell in line for glyph in inside[cell]]
            continue
        for line, cells in zip(grid, rows, strict=True):
            inner = [row for cell in cells for row in cell]
            if inner:
                x0, x1 = min(cell[0] for cell in line), max(cell[2] for cell in line)
                top = min(row.base for row in inner)
                size = median(row.size for row in inner)
                out.append(Row([], top, size, x0, x1, cells, [(x0, x1)]))
    for ladder in _ladders(rules):
        rows_here, glyphs = _between(ladder, glyphs)
        out += rows_here
    return out, glyphs


def _ladders(rules: Sequence[Rectangle]) -> list[list[Rectangle]]:
    """Level rules of one width above each other, three at least: they may hold a table's rows."""
    level: list[Rectangle] = []
    for x0, top, x1, bottom in sorted(rules, key=lambda rule: (round(rule[1]), rule[0])):
        if bottom - top > 3 or x1 - x0 < 5:
            continue
        last = level[-1] if level else None
        if last is not None and abs(last[1] - top) < 1 and x0 - last[2] < 3:
            level[-1] = (last[0], last[1], max(last[2], x1), last[3])  # drawn cell by cell
        else:
            level.append((x0, top, x1, bottom))
    ladders: list[list[Rectangle]] = []
    for rule in level:
        for ladder in ladders:
            if abs(ladder[0][0] - rule[0]) < 3 and abs(ladder[0][2] - rule[2]) < 3:
                if rule[1] - ladder[-1][1] > 4:
                    ladder.append(rule)
                break
        else:
            ladders.append([rule])
    return [ladder for ladder in ladders if len(ladder) > 2]


def _between(ladder: list[Rectangle], glyphs: list[Glyph]) -> tuple[list[Row], list[Glyph]]:
    """Rows of the tables between rules that have no uprights, and the glyphs outside of them."""
    x0, _, x1, _ = ladder[0]
    steps: list[list[Glyph]] = [[] for _ in ladder[1:]]
    tops = [rule[1] for rule in ladder]
    outside: list[Glyph] = []
    for glyph in glyphs:
        step = bisect_right(tops, glyph.base - 0.3 * glyph.size) - 1
        held = x0 - 3 < (glyph.x0 + glyph.x1) / 2 < x1 + 3 and 0 <= step < len(steps)
        (steps[step] if held else outside).append(glyph)
    rows = [rows_of(step) for step in steps]
    out: list[Row] = []
    at = 0
    while at < len(steps):
        end = at
        while end < len(steps) and _in_columns(rows[end], x1 - x0):
            end += 1
        if end - at > 1:
            out += wrapped(cut_into_cells([row for step in rows[at:end] for row in step]))
        else:
            end = at + 1
            outside += steps[at]
        at = end
    return out, outside


def _in_columns(rows: list[Row], width: float) -> bool:
    """Whether rows are set in columns of short pieces, not as one text or two side by side."""
    filled = sum(x1 - x0 for row in rows for x0, x1 in row.pieces)
    apart = sum(len(row.pieces) > 1 for row in rows)
    return apart > 0 and 2 * apart >= len(rows) - 2 and filled < 0.7 * width * len(rows)


def wrapped(rows: list[Row]) -> list[Row]:
    """Rows of cells, with those joined that are nearer to each other than rows are."""
    gaps = [lower.base - upper.base for upper, lower in pairwise(rows)]
    full = [
        gap
        for gap, (upper, lower) in zip(gaps, pairwise(rows), strict=True)
        if all(upper.cells or ()) and all(lower.cells or ())
    ]
    if not full:
        return rows
    out = rows[:1]
    for gap, row in zip(gaps, rows[1:], strict=True):
        last = out[-1]
        above, below = last.cells or [], row.cells or []
        near = gap < 0.85 * median(full) and len(above) == len(below) > 0
        if near and not all(below):
            cells = [[*upper, *lower] for upper, lower in zip(above, below, strict=True)]
            x0, x1 = min(last.x0, row.x0), max(last.x1, row.x1)
            out[-1] = Row([], last.base, last.size, x0, x1, cells, [(x0, x1)])
        else:
            out.append(row)
    return out


def _grids(rules: Sequence[Rectangle]) -> list[list[list[Rectangle]]]:
    """Tables of at least two rows and two columns, each as rows of cells from left to right."""
    # pdfplumber's own steps from edges to tables, fed with rules that need no second parse.
    from pdfplumber.table import (
        cells_to_tables,
        edges_to_intersections,
        intersections_to_cells,
        merge_edges,
    )

    edges = [
        {
            "orientation": "h" if x1 - x0 > bottom - top else "v",
            **dict(zip(("x0", "top", "x1", "bottom"), (x0, top, x1, bottom), strict=True)),
            "width": x1 - x0,
            "height": bottom - top,
        }
        for x0, top, x1, bottom in rules
    ]
    upright = sum(edge["orientation"] == "v" for edge in edges)
    if upright < 3 or len(edges) - upright < 2 or len(edges) > _MOST_CROSSINGS:
        return []
    merged = merge_edges(edges, 3, 3, 3, 3)
    crossings = edges_to_intersections(merged, 3, 3)
    if len(crossings) > _MOST_CROSSINGS:
        return []
    grids: list[list[list[Rectangle]]] = []
    for cells in cells_to_tables(intersections_to_cells(crossings)):
        lines: dict[float, list[Rectangle]] = {}
        for cell in sorted(cells, key=lambda cell: (cell[1], cell[0])):
            lines.setdefault(cell[1], []).append(cell)
        widest = max(len(line) for line in lines.values())
        # A table that a page turn cut may have one row alone on a page.
        if widest > 1 and len(lines) * widest > 2:
            grids.append(_with_covered(list(lines.values())))
    return grids


def _with_spanned(grid: list[list[Rectangle]], rtl: bool) -> list[list[Rectangle]]:
    """The rows of a grid with an empty cell for each further column that a cell spans."""
    starts = sorted(cell[0] for line in grid for cell in line)
    columns = [
        x for x, before in zip(starts, [starts[0] - 9, *starts], strict=False) if x - before > 2
    ]
    out = []
    for line in grid:
        cells: list[Rectangle] = []
        for cell in line:
            x0, top, x1, _ = cell
            spanned = sum(x0 + 1 < x < x1 - 1 for x in columns)
            empty = [(x1, top, x1, top)] * spanned
            cells += [*empty, cell] if rtl else [cell, *empty]
        out.append(cells)
    return out


def _with_covered(grid: list[list[Rectangle]]) -> list[list[Rectangle]]:
    """The rows of a grid with an empty cell wherever one from above reaches down into a row.

    So the columns of a table with merged cells stay in line.
    """
    covering: list[Rectangle] = []
    out = []
    for line in grid:
        top = line[0][1]
        covering = [cell for cell in covering if cell[3] > top + 1]
        covered = [(cell[0], top, cell[2], top) for cell in covering]
        out.append(sorted([*line, *covered]))
        covering += line
    return out


def _sorted_into(
    grid: list[list[Rectangle]], glyphs: list[Glyph]
) -> tuple[dict[Rectangle, list[Glyph]], list[Glyph]]:
    inside: dict[Rectangle, list[Glyph]] = {cell: [] for line in grid for cell in line}
    cells = list(inside)
    outside: list[Glyph] = []
    last = cells[0]
    for glyph in glyphs:
        x = (glyph.x0 + glyph.x1) / 2
        y = glyph.base - 0.3 * glyph.size
        if not (last[0] <= x <= last[2] and last[1] <= y <= last[3]):
            found = next(
                (c for c in cells if c[0] - 0.5 <= x <= c[2] + 0.5 and c[1] <= y <= c[3] + 0.5),
                None,
            )
            if found is None:
                outside.append(glyph)
                continue
            last = found
        inside[last].append(glyph)
    return inside, outside


def _is_layout(rows: list[list[list[Row]]]) -> bool:
    """Whether a grid only sets running text side by side or in a frame.

    Bilingual agreements are often set in two columns of long cells.
    """
    depths = [len(cell) for line in rows for cell in line if cell]
    if not depths:
        return True
    if max(depths) >= 6 and (len(rows) == 1 or max(depths) > 0.6 * sum(depths)):
        return True
    return max(len(line) for line in rows) < 3 and median(depths) >= 4
