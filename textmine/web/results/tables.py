"""Cross tables: clauses by anything, with the test and the cells that differ from chance."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, HTTPException, Request, Response

from textmine.analysis.dimensions import CODE, COUNTRY, DECADE, DOCUMENT, LANGUAGE, YEAR
from textmine.errors import UsageError
from textmine.web.language import Interface
from textmine.web.pages import is_part, page, ui
from textmine.web.people import Reader
from textmine.web.results import typed
from textmine.web.results.counting import SCHEME, periods_and_regions
from textmine.web.results.figuring import (
    SURE,
    Field,
    Picture,
    asked,
    behind,
    both,
    country_name,
    file_name,
    left_out,
    named,
    picture,
    settled,
    tested,
)
from textmine.web.results.labels import KIND
from textmine.web.results.records import Cross, Seen
from textmine.web.results.sheets import Suffix, Told, cells_sheet, cross_sheet
from textmine.web.work.computing import Computed

if TYPE_CHECKING:
    from textmine.figures import Figure

router = APIRouter(include_in_schema=False)

MOST_DOWN, MOST_ACROSS = 80, 40
"""Lines and columns of a table that a page shows; files have all."""

MOST_DRAWN = 60
"""Rows, and columns, of a table that is drawn."""


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


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which table is asked for; ``home`` is a country to leave out, as it was typed."""

    rows: str
    columns: str
    home: str
    coder: str

    def of(self, request: Request) -> Computed:
        """The table; raises UsageError where there is no such country."""
        home = typed.country(ui(request), self.home)
        values = {"rows": self.rows, "columns": self.columns, "home": home, "coder": self.coder}
        return asked(request, "cross", **values)

    @property
    def called(self) -> str:
        """What files of it are called."""
        columns, rows = (each.removeprefix(SCHEME) for each in (self.columns, self.rows))
        home = f"without-{self.home}" if self.home else ""
        return file_name(f"{columns}-by-{rows}", home, self.coder.partition(":")[2])

    @property
    def query(self) -> str:
        """The same as the query of an address."""
        return urlencode(asdict(self))


def _wanted(
    rows: Field = LANGUAGE, columns: Field = CODE, home: Field = "", coder: Field = ""
) -> Wanted:
    return Wanted(rows, columns, home.strip(), coder)


Asked = Annotated[Wanted, Depends(_wanted)]


@router.get("/results/tables")
def tables(request: Request, user: Reader, wanted: Asked) -> Response:
    """A cross table."""
    words = ui(request)
    found, fault = Computed(), ""
    try:
        found = wanted.of(request)
    except UsageError as error:
        fault = str(error)
    table: Cross | None = found.value
    return page(
        request,
        "results/tables.html",
        part=is_part(request),
        status=400 if fault else 200,
        fault=fault,
        found=found,
        table=table,
        grid=None if table is None else _grid(words, table, wanted),
        notes=[] if table is None else _notes(words, table, wanted),
        drawable=table is not None and _is_drawable(table),
        wanted=wanted,
        chosen=_chosen(words, wanted),
        choices=choices(request),
    )


@router.get("/results/tables/figure.{suffix}")
def tables_figure(request: Request, user: Reader, suffix: Picture, wanted: Asked) -> Response:
    """The same as a picture."""
    table = settled(wanted.of(request))
    if not _is_drawable(table):
        raise HTTPException(404)
    return picture(request, _figure(ui(request), table, wanted), suffix, wanted.called)


@router.get("/results/tables/table.{suffix}")
def tables_table(request: Request, user: Reader, suffix: Suffix, wanted: Asked) -> Response:
    """The same as a file, with totals and shares."""
    words = ui(request)
    table: Cross = settled(wanted.of(request))
    about = Told(wanted.called, _title(words, wanted), table.about)
    notes = _notes(words, table, wanted)
    return cross_sheet(request, table, suffix, about, _chosen(words, wanted), notes)


@router.get("/results/tables/cells.{suffix}")
def tables_cells(request: Request, user: Reader, suffix: Suffix, wanted: Asked) -> Response:
    """Every cell in a line, with the query behind it."""
    words = ui(request)
    table: Cross = settled(wanted.of(request))
    about = Told(f"{wanted.called}-cells", _title(words, wanted), table.about)
    return cells_sheet(request, table, suffix, about, _chosen(words, wanted))


def _notes(words: Interface, table: Cross, wanted: Wanted) -> list[str]:
    """What the test says, and what of the corpus the table lacks."""
    said = [] if table.test is None else tested(words, table.test)
    if table.turned:
        rows = field_name(words, wanted.rows)
        said.insert(0, words.gettext("“Rows” are the columns here: %(rows)s.", rows=rows))
    return [*said, *left_out(words, table.left_out)]


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


def _title(words: Interface, wanted: Wanted) -> str:
    """What a table is of."""
    rows, columns = _chosen(words, wanted)
    title = words.gettext("Clauses by %(rows)s and %(columns)s", rows=rows, columns=columns)
    if not wanted.home:
        return title
    home = country_name(words, typed.country(words, wanted.home))
    return words.gettext("%(title)s, without %(country)s", title=title, country=home)


# -- how it is shown -------------------------------------------------------------------------------


def _chosen(words: Interface, wanted: Wanted) -> tuple[str, str]:
    return field_name(words, wanted.rows), field_name(words, wanted.columns)


def _grid(words: Interface, table: Cross, wanted: Wanted) -> Grid:
    rows, columns = wanted.rows, wanted.columns
    home = typed.country(words, wanted.home)

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
    down, across = reversed(sides) if table.turned else sides
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
            (
                *head(down, line),
                [cell(*((at, line) if table.turned else (line, at))) for at in heads],
            )
            for line in lines
        ],
        total=table.total,
        turned=table.turned,
        hidden=(len(down[0]) - len(lines), len(across[0]) - len(heads)),
    )


def _is_drawable(table: Cross) -> bool:
    return max(len(table.rows), len(table.columns)) <= MOST_DRAWN and table.total > 0


def _figure(words: Interface, table: Cross, wanted: Wanted) -> Figure:
    """A heat map by residuals, or by counts where there are none."""
    from textmine.figures import Table, heat_map

    def laid(cells: list[list[float]]) -> list[list[float]]:
        return [list(line) for line in zip(*cells, strict=True)] if table.turned else cells

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
    down, across = reversed(names) if table.turned else names
    counts = laid([list(map(float, line)) for line in table.counts])
    drawn = Table(down, across, tuple(map(tuple, counts)))
    told = laid(residuals) if table.residuals else None
    return heat_map(drawn, words.tongue, title=_title(words, wanted), residuals=told)


def _short(name: str) -> str:
    return name if len(name) <= 60 else name[:59].rsplit(" ", 1)[0] + "…"
