"""Tables: with ruling lines, or known by many short pieces in a row."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from textmine.pages.glyphs import Glyph
from textmine.pages.rows import Row, joined, row_of, rows_of

Rectangle = tuple[float, float, float, float]

_MOST_CROSSINGS = 4000  # a drawing, not a table


def looks_like_table(rows: list[Row]) -> bool:
    """Whether rows consist of three or more short pieces with much white between them."""
    plain = [row for row in rows if row.cells is None]
    if len(plain) < 3 or median(len(row.pieces) for row in plain) < 3:
        return False
    width = max(row.x1 for row in plain) - min(row.x0 for row in plain)
    filled = sum(x1 - x0 for row in plain for x0, x1 in row.pieces)
    return filled < 0.62 * width * len(plain)


def cut_into_cells(rows: list[Row]) -> list[Row]:
    """Rows of a table without rules, cut at the gutters that all share (or each at its own)."""
    every = sorted(piece for row in rows if row.cells is None for piece in row.pieces)
    columns = joined(every, 0.0)
    out: list[Row] = []
    for row in rows:
        if row.cells is not None:
            out.append(row)
            continue
        cuts = columns if len(columns) >= len(row.pieces) else row.pieces
        cells: list[list[Row]] = []
        for x0, x1 in cuts:
            inside = [g for g in row.glyphs if x0 - 0.5 <= (g.x0 + g.x1) / 2 <= x1 + 0.5]
            has_ink = any(glyph.kind not in "SZ" for glyph in inside)
            cells.append([row_of(inside)] if has_ink else [])
        out.append(Row([], row.base, row.size, row.x0, row.x1, cells, [(row.x0, row.x1)]))
    return out


def ruled_rows(glyphs: list[Glyph], rules: Sequence[Rectangle]) -> tuple[list[Row], list[Glyph]]:
    """Rows of the tables that ruling lines draw, and the glyphs outside of them."""
    out: list[Row] = []
    for grid in _grids(rules):
        inside, glyphs = _sorted_into(grid, glyphs)
        rows = [[rows_of(inside[cell]) for cell in line] for line in grid]
        if _is_layout(rows):
            glyphs = glyphs + [glyph for line in grid for cell in line for glyph in inside[cell]]
            continue
        for line, cells in zip(grid, rows, strict=True):
            inner = [row for cell in cells for row in cell]
            if inner:
                x0, x1 = line[0][0], max(cell[2] for cell in line)
                top = min(row.base for row in inner)
                size = median(row.size for row in inner)
                out.append(Row([], top, size, x0, x1, cells, [(x0, x1)]))
    return out, glyphs


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
    if upright < 3 or len(edges) - upright < 3 or len(edges) > _MOST_CROSSINGS:
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
        if len(lines) > 1 and max(len(line) for line in lines.values()) > 1:
            grids.append(_with_covered(list(lines.values())))
    return grids


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
    if max(depths) >= 6 and max(depths) > 0.6 * sum(depths):
        return True
    return max(len(line) for line in rows) < 3 and median(depths) >= 4
