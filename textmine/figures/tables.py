"""Figures of tables: stacked bars and heat maps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from textmine.errors import InputError
from textmine.figures.drawing import (
    GRID,
    LABEL,
    PALE,
    PALETTE,
    SMALL,
    Figure,
    LegendEntry,
    Sheet,
    on,
)
from textmine.figures.words import say
from textmine.figures.writing import Tongue, labelled, number, width_of, wrapped

_WIDTH = 720
_MOST = 1e15
"""Counts up to here are exact, and short enough to be written into a cell."""
_FEWER = ("#F7F7F7", "#D8DAEB", "#B2ABD2", "#8073AC", "#542788")
_MORE = ("#F7F7F7", "#FEE0B6", "#FDB863", "#E08214", "#B35806")
"""Brewer's purples and oranges: the diverging pair that colour-blind readers and printers keep."""
_COUNTS = ("#F7FBFF", "#DEEBF7", "#C6DBEF", "#9ECAE1", "#6BAED6", "#4292C6", "#2171B5", "#084594")


@dataclass(frozen=True, slots=True)
class Table:
    """Counts by row and column, named in the language of the figure.

    >>> Table(("Khatami",), ("culture", "trade"), ((4, 9),)).counts[0][1]
    9
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: tuple[tuple[float, ...], ...]

    def __post_init__(self) -> None:
        _same_shape(self, self.counts, "counts")
        if not all(0 <= count <= _MOST for row in self.counts for count in row):
            raise InputError(
                "A count of the table is negative, no number, or beyond a thousand million "
                "million; it cannot be drawn."
            )


def stacked_bars(table: Table, language: Tongue, *, title: str) -> Figure:
    """Bars, one per row, of parts, one per column, with their numbers and totals.

    Raises InputError for a table without counts and for more columns than colours can tell apart.

    >>> table = Table(("خاتمی", "روحانی"), ("فرهنگ", "بازرگانی"), ((4, 9), (12, 0)))
    >>> [mark.says for mark in stacked_bars(table, "fa", title="شمار بندها").marks]
    ['خاتمی – فرهنگ: ۴', 'خاتمی – بازرگانی: ۹', 'روحانی – فرهنگ: ۱۲']
    """
    _not_empty(table)
    if len(table.columns) > len(PALETTE):
        raise InputError(
            f"{len(table.columns)} columns are more than {len(PALETTE)} colours can tell apart; "
            "draw a heat map, or fewer columns."
        )
    sheet = Sheet(title, language, _WIDTH)
    sheet.legend([LegendEntry(name, PALETTE[place]) for place, name in enumerate(table.columns)])
    names = [wrapped(labelled(name, language), LABEL, 190) for name in table.rows]
    margin = max(width_of(line, LABEL) for lines in names for line in lines) + 12
    totals = [sum(row) for row in table.counts]
    longest = max(width_of(_figure(total, language), LABEL) for total in totals)
    room = _WIDTH - margin - max(44, longest + 12)
    ticks = nice_ticks(max(totals))
    unit = room / ticks[-1]
    top = sheet.top + 4
    heights = [max(30, 15 * len(lines) + 8) for lines in names]
    bottom = top + sum(heights)
    for tick in ticks:
        x = margin + tick * unit
        sheet.line([(x, top - 4), (x, bottom)], GRID, layer=1)
        sheet.text(x, bottom + 10, _figure(tick, language), size=SMALL, align="middle", colour=PALE)
    y = top
    for name, lines, counts, total, height in zip(
        table.rows, names, table.counts, totals, heights, strict=True
    ):
        middle = y + height / 2
        _block(sheet, margin - 8, middle, lines)
        x = margin
        for place, (column, count) in enumerate(zip(table.columns, counts, strict=True)):
            if not count:
                continue
            colour = PALETTE[place]
            shown = _figure(count, language)
            says = sheet.mark(
                f"{labelled(name, language)} – {labelled(column, language)}: {shown}",
                {"row": name, "column": column, "count": count},
            )
            sheet.rect(x, middle - 10, count * unit, 20, colour, says=says)
            if width_of(shown, SMALL) + 4 <= count * unit:
                centre = x + count * unit / 2
                sheet.text(centre, middle, shown, size=SMALL, align="middle", colour=on(colour))
            x += count * unit
        sheet.text(x + 6, middle, _figure(total, language))
        y += height
    sheet.top = bottom + 18
    return sheet.finished()


def heat_map(
    table: Table,
    language: Tongue,
    *,
    title: str,
    residuals: Sequence[Sequence[float]] | None = None,
) -> Figure:
    """Cells coloured by count, or by residual where residuals are given; numbers in the cells.

    ``residuals`` has the shape of the counts (standardised residuals of a cross table): orange is
    more than expected, purple fewer; NaN, where there is none, shows as a dash. Raises
    InputError for a table without counts.

    >>> table = Table(("Khatami",), ("culture", "trade"), ((4, 9),))
    >>> heat_map(table, "en", title="Clauses", residuals=[[-1.5, 1.5]]).marks[0].says
    'Khatami – culture: 4 (residual −1.5)'
    """
    _not_empty(table)
    if residuals is not None:
        _same_shape(table, residuals, "residuals")
    names = [wrapped(labelled(name, language), LABEL, 190) for name in table.rows]
    margin = max(width_of(line, LABEL) for lines in names for line in lines) + 12
    words = [word for name in table.columns for word in labelled(name, language).split()]
    words += [_figure(count, language) for row in table.counts for count in row]
    longest = max(width_of(word, LABEL) for word in words) + 6
    cell = max(44, longest, min(96, (_WIDTH - margin) / len(table.columns)))
    width = max(margin + cell * len(table.columns), 420)
    heads = [wrapped(labelled(name, language), SMALL, cell - 6) for name in table.columns]

    sheet = Sheet(title, language, width)
    top = sheet.top + 14 * max(map(len, heads)) + 8
    for place, lines in enumerate(heads):
        x = margin + cell * (place + 0.5)
        for line, text in enumerate(reversed(lines)):
            sheet.text(x, top - 10 - 14 * line, text, size=SMALL, align="middle")
    most = max(count for row in table.counts for count in row)
    known = [abs(each) for row in residuals or () for each in row if math.isfinite(each)]
    widest = max([2.0, *known])
    y = top
    for place, (name, lines) in enumerate(zip(table.rows, names, strict=True)):
        height = max(34 if residuals is not None else 28, 15 * len(lines) + 6)
        _block(sheet, margin - 8, y + height / 2, lines)
        for column, count in enumerate(table.counts[place]):
            says = f"{labelled(name, language)} – {labelled(table.columns[column], language)}: "
            says += _figure(count, language)
            values: dict[str, str | float] = {
                "row": name, "column": table.columns[column], "count": count
            }  # fmt: skip
            x = margin + cell * column
            if residuals is None:
                colour = _COUNTS[round(count / most * (len(_COUNTS) - 1))]
            else:
                residual = residuals[place][column]
                told = math.isfinite(residual)
                colour = _of_residual(residual, widest) if told else _MORE[0]
                shown = number(residual, language, 1) if told else "–"
                says += f" ({say('residual', language)} {shown})"
                if told:
                    values["residual"] = residual
            sheet.rect(x, y, cell, height, colour, says=sheet.mark(says, values))
            middle = y + height / 2 - (6 if residuals is not None else 0)
            ink = on(colour)
            sheet.text(x + cell / 2, middle, _figure(count, language), align="middle", colour=ink)
            if residuals is not None:
                centre = x + cell / 2
                sheet.text(centre, middle + 14, shown, size=9, align="middle", colour=ink)
        y += height
    sheet.top = y + 12
    if residuals is not None:
        _key(sheet, widest)
        sheet.caption.append(say("residual-note", language))
    return sheet.finished()


def _block(sheet: Sheet, x: float, middle: float, lines: list[str]) -> None:
    """Lines of a label one under another that end at ``x``, their middle at one height."""
    for place, line in enumerate(lines):
        y = middle + 15 * (place - (len(lines) - 1) / 2)
        sheet.text(x, y, line, align="end")


def nice_ticks(most: float) -> list[float]:
    """Whole steps of 1, 2 or 5 from 0 to just above the largest value; to 1 where all is 0.

    >>> nice_ticks(9), nice_ticks(130)
    ([0, 2, 4, 6, 8, 10], [0, 50, 100, 150])
    """
    if most <= 0:
        return [0, 1]
    power = max(math.floor(math.log10(most)) - 1, -3)
    step = next(
        step
        for step in (each * 10.0**at for at in (power, power + 1) for each in (1, 2, 5))
        if most <= step * 5
    )
    ticks = [0.0]
    while ticks[-1] < most:
        ticks.append(round(len(ticks) * step, 9))
    return [int(tick) if tick == int(tick) else tick for tick in ticks]


def _figure(value: float, language: Tongue) -> str:
    return number(value, language, 0 if value == int(value) else 1)


def _of_residual(residual: float, widest: float) -> str:
    shades = _MORE if residual > 0 else _FEWER
    return shades[round(abs(residual) / widest * (len(shades) - 1))]


def _key(sheet: Sheet, widest: float) -> None:
    """The scale of residuals, from fewer than expected to more."""
    language = sheet.language
    shades = [*reversed(_FEWER[1:]), *_MORE]
    fewer, more = say("fewer", language), say("more", language)
    x = width_of(fewer, SMALL) + 8
    y = sheet.top + 4
    sheet.text(0, y + 6, fewer, size=SMALL)
    for place, shade in enumerate(shades):
        sheet.rect(x + place * 26, y, 26, 12, shade, edge="#BBBBBB")
    for place, value in ((0, -widest), (len(shades) // 2, 0), (len(shades) - 1, widest)):
        shown = number(value, language, 1 if value else 0)
        sheet.text(x + place * 26 + 13, y + 21, shown, size=9, align="middle", colour=PALE)
    sheet.text(x + len(shades) * 26 + 8, y + 6, more, size=SMALL)
    sheet.top = y + 32


def _same_shape(table: Table, values: Sequence[Sequence[float]], what: str) -> None:
    if len(values) != len(table.rows) or any(len(row) != len(table.columns) for row in values):
        raise InputError(
            f"The {what} do not fit the table of {len(table.rows)} rows and "
            f"{len(table.columns)} columns; give one number per cell."
        )


def _not_empty(table: Table) -> None:
    if not any(count for row in table.counts for count in row):
        raise InputError("The table counts nothing, so there is nothing to draw.")
