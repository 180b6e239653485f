"""Flattened tables of figures with one cell on each line, row by row or column by column.

They are known by their caption, by heads in words, and by figures that return at one place of
every row; a table in which a cell is left out falls out of step and stays text.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from textmine.clauses.rows import Row
from textmine.printed.around import cell_of_row
from textmine.printed.entries import Reader
from textmine.printed.mending import Cells, Draft, is_total, mended
from textmine.printed.values import cell_type, label_key
from textmine.records import PrintedTable, TableCell

_LONGEST_CELL = 60
_MOST_COLUMNS = 8
_FEWEST_ROWS = 3


def cell_tables(
    rows: Sequence[Row], notes: set[int], captions: Sequence[int], reader: Reader
) -> list[tuple[PrintedTable, range]]:
    """Tables with a caption and the lines that each was read from, caption included.

    Columns of numbers by country are left to ``counts``.
    """
    found = []
    for caption, following in pairwise([*captions, len(rows)]):
        cells: Cells = []
        lines: list[int] = []
        for at in range(caption + 1, following):
            if at in notes:
                continue
            if len(rows[at].text) > _LONGEST_CELL:
                break
            if rows[at].role == "body" and not (not cells and rows[at].text.startswith("(")):
                cells.append(cell_of_row(rows[at]))
                lines.append(at)
        read = [_by_rows(cells, width) for width in range(2, _MOST_COLUMNS + 1)]
        heads, body, taken = max([*read, _by_columns(cells, reader)], key=lambda one: one[2])
        if taken:
            draft = Draft(
                cell_of_row(rows[caption]),
                rows[lines[0]].page,
                heads,
                body,
                [],
                ["Each cell stood on a line of its own; lines were put in rows by their figures."],
            )
            found.append((mended(draft), range(caption, lines[taken - 1] + 1)))
    return found


_Reading = tuple[Cells, list[Cells], int]
"""Heads, rows and the number of cells that they hold; 0 when the cells make no table."""


def _by_rows(cells: Sequence[TableCell], width: int) -> _Reading:
    heads, at = list(cells[:width]), width
    first = 2 * width if len(cells) > width and is_total(cells[width].text) else width
    kinds = [_kind(cell) for cell in cells[first : first + width]]
    body: list[Cells] = []
    if not _are_heads(heads) or len(kinds) < width or set(kinds) == {"text"}:
        return [], [], 0
    while at + width <= len(cells):
        row = list(cells[at : at + width])
        total = is_total(row[0].text)
        again = [label_key(cell.text) for cell in row] == [label_key(cell.text) for cell in heads]
        own = list(map(_kind, row))
        if not again and not all(
            kind in (usual, "empty") or (total and (column == 0 or usual == "text"))
            for column, (kind, usual) in enumerate(zip(own, kinds, strict=True))
        ):
            break
        body.append(row)
        at += width
        if total and at > first:
            break
    # Figures right behind show that the cells fell out of step.
    cut = any(_kind(cell) != "text" for cell in cells[at : at + 2])
    return ([], [], 0) if cut or len(body) < _FEWEST_ROWS else (heads, body, at)


def _by_columns(cells: Sequence[TableCell], reader: Reader) -> _Reading:
    """One column of years or words, then columns of figures as long."""
    kinds = list(map(_kind, cells))
    first = next((at for at, kind in enumerate(kinds) if kind != "text"), len(kinds))
    if kinds[first : first + 1] == ["year"]:
        width, start = first, first
        end = next((at for at in range(first, len(kinds)) if kinds[at] != "year"), len(kinds))
        end += end < len(cells) and is_total(cells[end].text)
    else:
        end = first
        run = next((at for at in range(first, len(kinds)) if kinds[at] == "text"), len(kinds))
        if set(kinds[run:]) - {"text"}:
            return [], [], 0  # several runs of figures: groups
        width = next(
            (size for size in range(2, _MOST_COLUMNS + 1)
             if (first - size) * (size - 1) == run - first), 0
        )  # fmt: skip
        start = width
    size, last = end - start, start + (end - start) * width
    heads = list(cells[:width])
    figures = {"number", "percent", "empty", "year"}
    if (
        not 2 <= width <= _MOST_COLUMNS
        or size < _FEWEST_ROWS
        or last > len(cells)
        or not _are_heads(heads)
        or 2 * sum(bool(reader.named(cell.text)) for cell in cells[start:end]) > size
        or not set(kinds[end:last]) <= figures
        or "text" not in kinds[last : last + 1] + ["text"] * (last == len(cells))
    ):
        return [], [], 0
    body = [[cells[start + row + size * at] for at in range(width)] for row in range(size)]
    return heads, body, last


def _are_heads(cells: Sequence[TableCell]) -> bool:
    return all(_kind(cell) == "text" for cell in cells)


def _kind(cell: TableCell) -> str:
    kind = cell_type(cell.text)
    return "number" if kind == "percent" else kind
