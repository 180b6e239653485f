"""Tables of results as files: what stands on the page, and what it was counted from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeVar
from urllib.parse import unquote_plus

from fastapi import Request, Response

from textmine import __version__
from textmine.store.sheets import Column, Sheet, write_table, write_workbook
from textmine.web.language import N_, Interface
from textmine.web.pages import attached, desk, ui
from textmine.web.results.figuring import both

if TYPE_CHECKING:
    from textmine.web.results.records import About, Cross

Suffix = Literal["xlsx", "csv"]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Told:
    """What a table says of itself: what its file is called, what it is of, whose codings count."""

    name: str
    title: str
    about: About | None = None


def sheet(
    request: Request,
    told: Told,
    suffix: Suffix,
    columns: Sequence[Column | str],
    rows: Iterable[Mapping[str, object]],
) -> Response:
    """A table as a file, in the language of the interface; no cell is run as a formula."""
    said, tongue = _said(request, told), ui(request).tongue
    return attached(
        f"{told.name}.{suffix}",
        lambda file: write_table(file, columns, rows, said, language=tongue),
    )


def cross_sheet(
    request: Request,
    table: Cross,
    suffix: Suffix,
    told: Told,
    fields: tuple[str, str],
    notes: Sequence[str],
) -> Response:
    """A cross table as the page shows it, with its totals and shares.

    A workbook has counts, shares and the list of cells (see ``cells_sheet``) on a sheet each. CSV,
    which holds one table, has the shares beside the counts. ``fields`` says what its rows and its
    columns are, ``notes`` what is said of it.
    """
    words = ui(request)
    _ = words.gettext
    sides = table.rows, table.columns
    down, across = reversed(sides) if table.turned else sides
    heads = [both(words, each.name) for each in across]
    names = [*(both(words, each.name) for each in down), _("All clauses")]
    row = _headed("row", " / ".join(reversed(fields) if table.turned else fields), 30)
    counts = [_headed(f"n{place}", each) for place, each in enumerate([_("All clauses"), *heads])]
    share = (
        N_("%(column)s, share of the column")
        if table.turned
        else N_("%(column)s, share of the row")
    )
    shares = [
        _headed(f"share{place}", _(share, column=each) if suffix == "csv" else each)
        for place, each in enumerate([_("All clauses"), *heads])
    ]
    if suffix == "csv":
        return sheet(request, told, suffix, [row, *counts, *shares[1:]], _lines(table, names))
    sheets = [
        Sheet(_("Clauses"), [row, *counts], _lines(table, names)),
        Sheet(
            _("Shares of columns") if table.turned else _("Shares of rows"),
            [row, *shares],
            _lines(table, names),
        ),
        Sheet(_("All cells"), _cell_heads(words, fields), _cells(words, table)),
    ]
    said = [*_said(request, told), *((Column("note", "یادداشت"), each) for each in notes)]
    return attached(
        f"{told.name}.{suffix}",
        lambda file: write_workbook(file, sheets, said, language=words.tongue),
    )


def _headed(name: str, head: str, width: int = 14) -> Column:
    """A column under a head that is in the language of the interface already."""
    return Column(name, head, width, head)


def _lines(table: Cross, names: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Counts and shares, line by line as the page shows them; ``names`` are those of the lines.

    Beside and below the counts stand the totals; of the shares the totals are what they are of in
    one direction, and the shares of all clauses in the other.
    """
    counts = [[total, *own] for total, own in zip(table.row_totals, table.counts, strict=True)] + [
        [table.total, *table.column_totals]
    ]
    shares = [
        [total, *(round(count / total, 4) if total else None for count in own)]
        for total, *own in counts
    ]
    for name, told, parts in zip(names, _laid(table, counts), _laid(table, shares), strict=True):
        yield {
            "row": name,
            **{f"n{place}": count for place, count in enumerate(told)},
            **{f"share{place}": share for place, share in enumerate(parts)},
        }


def _laid(table: Cross, cells: Sequence[Sequence[T]]) -> list[Sequence[T]]:
    """Cells with their totals, which stand first in each line and in the last line, as shown."""
    if not table.turned:
        return list(cells)
    first, *others = zip(*cells, strict=True)
    return [(*line[-1:], *line[:-1]) for line in (*others, first)]


def cells_sheet(
    request: Request, table: Cross, suffix: Suffix, told: Told, fields: tuple[str, str]
) -> Response:
    """Every cell of a cross table in a line, with its residual and the query behind it."""
    words = ui(request)
    return sheet(request, told, suffix, _cell_heads(words, fields), _cells(words, table))


def _cell_heads(words: Interface, fields: tuple[str, str]) -> list[Column]:
    rows, columns = fields
    return [
        _headed("row", rows, 30),
        _headed("column", columns, 30),
        Column("clauses", "بندها"),
        _headed("share", words.gettext("share within the first column")),
        Column("expected", "مورد انتظار"),
        Column("residual", "باقی‌مانده"),
        Column("p", "p"),
        Column("p_all_cells", "p همهٔ خانه‌ها"),
        Column("query", "پرسش", 40),
    ]


def _cells(words: Interface, table: Cross) -> Iterator[dict[str, Any]]:
    for row, down in enumerate(table.rows):
        for column, across in enumerate(table.columns):
            told = table.residual(row, column)
            yield {
                "row": both(words, down.name),
                "column": both(words, across.name),
                "clauses": table.counts[row][column],
                "share": round(table.share(row, column), 4),
                "expected": None if told is None else round(told.expected, 3),
                "residual": None if told is None else round(told.value, 3),
                "p": None if told is None else told.p,
                "p_all_cells": None if told is None else told.adjusted,
                "query": f"{down.query} {across.query}" if down.query and across.query else "",
            }


def _said(request: Request, told: Told) -> list[tuple[Column, object]]:
    """Where a table comes from."""
    words, url = ui(request), request.url
    said: list[tuple[Column, object]] = [
        (Column("table", "جدول"), told.title),
        (Column("corpus", "پیکره"), desk(request).name),
        (Column("address", "نشانی"), unquote_plus(f"{url.path}?{url.query}".rstrip("?"))),
        (Column("textmine", "textmine"), __version__),
    ]
    if told.about is None:
        return said
    coders = [
        f"{each.coder} ({words.moment(each.last)})" if each.last else each.coder
        for each in told.about.coders
    ]
    codebook: tuple[Column, object] = (Column("codebook", "کدنامه"), told.about.codebook)
    return [*said, (Column("codings of", "کدگذاری"), coders), codebook]
