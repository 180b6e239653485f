"""Cross tables: clauses by anything, with the test and the cells that differ from chance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request, Response

from textmine.analysis.dimensions import CODE, COUNTRY, DECADE, DOCUMENT, LANGUAGE, YEAR
from textmine.store.sheets import Column
from textmine.web.language import Interface
from textmine.web.pages import is_part, page, ui
from textmine.web.people import Reader
from textmine.web.results.counting import Cross, Seen, periods_and_regions
from textmine.web.results.figuring import (
    SURE,
    Picture,
    Sheet,
    asked,
    behind,
    both,
    left_out,
    named,
    picture,
    settled,
    sheet,
    tested,
)
from textmine.web.results.labels import KIND
from textmine.web.work.computing import Computed

if TYPE_CHECKING:
    from textmine.figures import Figure

router = APIRouter(include_in_schema=False)

MOST_DOWN, MOST_ACROSS = 80, 40
"""Lines and columns of a table that a page shows; files have all."""

MOST_DRAWN = 60
"""Rows, and columns, of a table that is drawn."""

Field = Annotated[str, Query(max_length=200)]


@dataclass(frozen=True, slots=True)
class Cell:
    """A number of clauses, where it leads, its share, and its mark (▲, ▼ or none)."""

    count: int
    href: str
    share: float
    mark: str
    residual: float | None
    shade: int


@dataclass(frozen=True, slots=True)
class Grid:
    """A cross table as a page shows it: codes, of which there are many, run down if they can.

    ``turned`` tells that the rows of the table are columns here. ``hidden`` are lines and columns
    that are left to the files.
    """

    heads: list[tuple[str, int, str]]
    lines: list[tuple[str, int, str, list[Cell]]]
    total: int
    turned: bool
    hidden: tuple[int, int]


@router.get("/results/tables")
def tables(
    request: Request,
    user: Reader,
    rows: Field = LANGUAGE,
    columns: Field = CODE,
    home: Field = "",
    coder: Field = "",
) -> Response:
    """A cross table."""
    found = _asked(request, rows, columns, home, coder)
    table: Cross | None = found.value
    words = ui(request)
    return page(
        request,
        "results/tables.html",
        part=is_part(request),
        found=found,
        table=table,
        grid=None if table is None else _grid(words, table, rows, columns, home),
        notes=[] if table is None or table.test is None else tested(words, table.test),
        left_out=[] if table is None else left_out(words, table.left_out),
        drawable=table is not None and _is_drawable(table),
        asked={"rows": rows, "columns": columns, "home": home, "coder": coder},
        chosen=(field_name(words, rows), field_name(words, columns)),
        choices=choices(request),
        coder=coder,
    )


@router.get("/results/tables/figure.{suffix}")
def tables_figure(
    request: Request,
    user: Reader,
    suffix: Picture,
    rows: Field = LANGUAGE,
    columns: Field = CODE,
    home: Field = "",
    coder: Field = "",
) -> Response:
    """The same as a picture."""
    table = settled(_asked(request, rows, columns, home, coder))
    if not _is_drawable(table):
        raise HTTPException(404)
    figure = _figure(ui(request), table, rows, columns)
    return picture(request, figure, suffix, "table")


@router.get("/results/tables/table.{suffix}")
def tables_table(
    request: Request,
    user: Reader,
    suffix: Sheet,
    rows: Field = LANGUAGE,
    columns: Field = CODE,
    home: Field = "",
    coder: Field = "",
) -> Response:
    """Every cell with its share, its residual and the query behind it."""
    words = ui(request)
    table: Cross = settled(_asked(request, rows, columns, home, coder))
    heads = [
        Column("row", "ردیف", 30),
        Column("column", "ستون", 30),
        Column("clauses", "بندها"),
        Column("share_of_row", "سهم از ردیف"),
        Column("expected", "مورد انتظار"),
        Column("residual", "باقی‌مانده"),
        Column("p", "p"),
        Column("p_all_cells", "p همهٔ خانه‌ها"),
        Column("query", "پرسش", 40),
    ]

    def cells() -> Any:
        for row, down in enumerate(table.rows):
            for column, across in enumerate(table.columns):
                told = table.residual(row, column)
                yield {
                    "row": both(words, down.name),
                    "column": both(words, across.name),
                    "clauses": table.counts[row][column],
                    "share_of_row": round(table.share(row, column), 4),
                    "expected": None if told is None else round(told.expected, 3),
                    "residual": None if told is None else round(told.value, 3),
                    "p": None if told is None else told.p,
                    "p_all_cells": None if told is None else told.adjusted,
                    "query": f"{down.query} {across.query}" if down.query and across.query else "",
                }

    return sheet(request, "table", suffix, heads, cells(), table.about)


def _asked(request: Request, rows: str, columns: str, home: str, coder: str) -> Computed:
    return asked(request, "cross", rows=rows, columns=columns, home=home.upper(), coder=coder)


# -- what can be chosen ----------------------------------------------------------------------------


def choices(request: Request) -> dict[str, list[tuple[str, str]]]:
    """What rows and columns can be: fields of documents and schemes, with their names."""
    words = ui(request)
    found: Seen | None = asked(request, "seen").value
    fields = [CODE, LANGUAGE, KIND, YEAR, DECADE, COUNTRY, DOCUMENT]
    fields += [] if found is None else [each for each in found.fields if each not in fields]
    return {
        "fields": [(each, field_name(words, each)) for each in fields],
        "schemes": [(each, words.of(name)) for each, name in periods_and_regions()],
    }


def field_name(words: Interface, field: str) -> str:
    """What rows or columns are called as a whole."""
    schemes = dict(periods_and_regions())
    if field in schemes:
        return words.of(schemes[field])
    _ = words.gettext
    known = {
        CODE: _("code"),
        LANGUAGE: _("language of the clause"),
        KIND: _("kind of document"),
        YEAR: _("year of the document"),
        DECADE: _("decade"),
        COUNTRY: _("country of the parties"),
        DOCUMENT: _("document"),
        "party": _("party"),
        "year_persian": _("year, Persian calendar"),
    }
    return known.get(field, field)


# -- how it is shown -------------------------------------------------------------------------------


def _grid(words: Interface, table: Cross, rows: str, columns: str, home: str) -> Grid:
    turned = len(table.columns) > len(table.rows) or len(table.columns) > MOST_ACROSS

    def cell(row: int, column: int) -> Cell:
        count, share = table.counts[row][column], table.share(row, column)
        parts = ((table.rows[row], rows), (table.columns[column], columns))
        told = table.residual(row, column)
        sure = told is not None and told.adjusted is not None and told.adjusted < SURE
        mark = "" if told is None or not sure else "▲" if told.value > 0 else "▼"
        href = behind(*parts, home=home) if count else ""
        value = None if told is None else told.value
        return Cell(count, href, share, mark, value, min(9, round(share * 12)))

    sides = (
        [(table.rows, rows, table.row_totals), (table.columns, columns, table.column_totals)]
    )  # fmt: skip
    down, across = reversed(sides) if turned else sides
    lines = range(min(len(down[0]), MOST_DOWN))
    heads = range(min(len(across[0]), MOST_ACROSS))

    def head(side: Any, place: int) -> tuple[str, int, str]:
        labels, by, totals = side
        label = labels[place]
        href = behind((label, by), home=home) if totals[place] else ""
        return named(words, label), totals[place], href

    return Grid(
        heads=[head(across, place) for place in heads],
        lines=[
            (*head(down, line), [cell(*((at, line) if turned else (line, at))) for at in heads])
            for line in lines
        ],
        total=table.total,
        turned=turned,
        hidden=(len(down[0]) - len(lines), len(across[0]) - len(heads)),
    )


def _is_drawable(table: Cross) -> bool:
    return max(len(table.rows), len(table.columns)) <= MOST_DRAWN and table.total > 0


def _figure(words: Interface, table: Cross, rows: str, columns: str) -> Figure:
    """A heat map by residuals, or by counts where there are none."""
    from textmine.figures import Table, heat_map

    turned = len(table.columns) > len(table.rows)

    def laid(cells: list[list[float]]) -> list[list[float]]:
        return [list(line) for line in zip(*cells, strict=True)] if turned else cells

    residuals = [
        [
            math.nan if told is None else told.value
            for column in range(len(table.columns))
            for told in (table.residual(row, column),)
        ]
        for row in range(len(table.rows))
    ]
    names = [
        tuple(_short(both(words, label.name)) for label in side)
        for side in (table.rows, table.columns)
    ]
    down, across = reversed(names) if turned else names
    counts = laid([list(map(float, line)) for line in table.counts])
    title = words.gettext(
        "Clauses by %(rows)s and %(columns)s",
        rows=field_name(words, rows),
        columns=field_name(words, columns),
    )
    drawn = Table(down, across, tuple(map(tuple, counts)))
    told = laid(residuals) if table.residuals else None
    return heat_map(drawn, words.tongue, title=title, residuals=told)


def _short(name: str) -> str:
    return name if len(name) <= 60 else name[:59].rsplit(" ", 1)[0] + "…"
