"""Results: codes by frequency, codes that stand together, and where numbers lead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import RedirectResponse

from textmine.analysis.dimensions import CODE, LANGUAGE, NO_CODE, UNREAD
from textmine.errors import InputError, UsageError
from textmine.store.sheets import Column
from textmine.web.pages import is_part, page, ui
from textmine.web.people import Reader
from textmine.web.results.figuring import (
    Picture,
    asked,
    behind,
    both,
    chance,
    file_name,
    named,
    picture,
    searched,
    settled,
)
from textmine.web.results.labels import Label
from textmine.web.results.records import Cross, Pairs
from textmine.web.results.sheets import Suffix, Told, sheet

router = APIRouter(include_in_schema=False)

SHOWN_PAIRS = 40
"""Pairs of codes in the table under the square."""


@router.get("/results")
def start(request: Request, user: Reader) -> Response:
    """What can be asked of the corpus."""
    return page(request, "results/start.html")


@router.get("/results/codes")
def codes(request: Request, user: Reader, coder: str = "") -> Response:
    """How often each code stands, by language."""
    found = _by_language(request, coder)
    table: Cross | None = found.value
    return page(
        request,
        "results/codes.html",
        part=is_part(request),
        found=found,
        table=table,
        coder=coder,
        rows=[] if table is None else _frequencies(request, table),
    )


@router.get("/results/codes/figure.{suffix}")
def codes_figure(request: Request, user: Reader, suffix: Picture, coder: str = "") -> Response:
    """The same as a picture."""
    table = settled(_by_language(request, coder))
    figure = _codes_figure(request, table)
    if figure is None:
        raise HTTPException(404)
    return picture(request, figure, suffix, _called("codes-by-language", coder))


@router.get("/results/codes/table.{suffix}")
def codes_table(request: Request, user: Reader, suffix: Suffix, coder: str = "") -> Response:
    """The same as a table."""
    words = ui(request)
    table: Cross = settled(_by_language(request, coder))
    languages = [Column(each.name.en, each.name.fa) for each in table.columns]
    columns = [
        Column("code", "شناسهٔ کد", 24),
        Column("name", "نام کد", 28),
        Column("clauses", "بندها"),
        Column("share", "سهم"),
        *languages,
    ]
    lines = (
        (label.id.lstrip("-"), both(words, label.name), total, counts)
        for label, total, counts in zip(table.rows, table.row_totals, table.counts, strict=True)
    )
    rows = (
        {
            "code": code,
            "name": name,
            "clauses": total,
            "share": round(total / table.total, 4),
            **{head.name: count for head, count in zip(languages, counts, strict=True)},
        }
        for code, name, total, counts in (
            *lines,
            ("", words.gettext("All clauses"), table.total, table.column_totals),
        )
    )
    told = Told(_called("codes", coder), words.gettext("Clauses by code and language"), table.about)
    return sheet(request, told, suffix, columns, rows)


def _called(name: str, coder: str) -> str:
    """What files are called, with who coded where that was chosen."""
    return file_name(name, coder.partition(":")[2])


def _by_language(request: Request, coder: str) -> Any:
    return asked(request, "cross", rows=CODE, columns=LANGUAGE, coder=coder, test=False)


def _frequencies(request: Request, table: Cross) -> list[dict[str, Any]]:
    words = ui(request)
    order = sorted(
        range(len(table.rows)),
        key=lambda row: (table.rows[row].id in (NO_CODE, UNREAD), -table.row_totals[row]),
    )
    return [
        {
            "id": table.rows[row].id,
            "name": named(words, table.rows[row]),
            "total": table.row_totals[row],
            "share": table.row_totals[row] / table.total,
            "href": behind((table.rows[row], CODE)),
            "cells": [
                (count, behind((table.rows[row], CODE), (column, LANGUAGE)))
                for count, column in zip(table.counts[row], table.columns, strict=True)
            ],
        }
        for row in order
    ]


def _codes_figure(request: Request, table: Cross) -> Any:
    """Bars of the codes, parted by language; None where nothing is coded."""
    from textmine.figures import Table, stacked_bars

    words = ui(request)
    shown = [row for row in range(len(table.rows)) if table.rows[row].id != UNREAD]
    shown.sort(key=lambda row: (table.rows[row].id == NO_CODE, -table.row_totals[row]))
    if not any(table.row_totals[row] for row in shown):
        return None
    drawn = Table(
        tuple(both(words, table.rows[row].name) for row in shown),
        tuple(both(words, column.name) for column in table.columns),
        tuple(tuple(map(float, table.counts[row])) for row in shown),
    )
    return stacked_bars(drawn, words.tongue, title=words.gettext("Clauses by code and language"))


# -- codes that stand together ---------------------------------------------------------------------


@router.get("/results/together")
def together(request: Request, user: Reader, coder: str = "") -> Response:
    """Which codes stand on the same clauses, and how far that is from chance."""
    found = asked(request, "pairs_of", coder=coder)
    pairs: Pairs | None = found.value
    return page(
        request,
        "results/together.html",
        part=is_part(request),
        found=found,
        pairs=pairs,
        coder=coder,
        square=None if pairs is None else _square(pairs),
        met=[] if pairs is None else [each for each in pairs.pairs if each.count][:SHOWN_PAIRS],
        behind=behind,
        named=named,
        chance=chance,
    )


@router.get("/results/together/figure.{suffix}")
def together_figure(request: Request, user: Reader, suffix: Picture, coder: str = "") -> Response:
    """The same as a picture."""
    figure = _together_figure(request, settled(asked(request, "pairs_of", coder=coder)))
    if figure is None:
        raise HTTPException(404)
    return picture(request, figure, suffix, _called("codes-together", coder))


@router.get("/results/together/table.{suffix}")
def together_table(request: Request, user: Reader, suffix: Suffix, coder: str = "") -> Response:
    """All pairs as a table."""
    words = ui(request)
    pairs: Pairs = settled(asked(request, "pairs_of", coder=coder))
    names = ("count", "documents", "expected", "lift", "jaccard", "npmi", "adjusted")
    columns = [
        Column("first", "کد نخست", 24),
        Column("second", "کد دوم", 24),
        Column("count", "با هم"),
        Column("documents", "سندها"),
        Column("expected", "مورد انتظار"),
        Column("lift", "نسبت به تصادف"),
        Column("jaccard", "ژاکار"),
        Column("npmi", "NPMI"),
        Column("adjusted", "p"),
    ]
    rows = (
        {
            "first": both(words, each.first.name),
            "second": both(words, each.second.name),
            **{name: _rounded(getattr(each, name)) for name in names},
        }
        for each in pairs.pairs
    )
    title = words.gettext("Codes that stand together")
    told = Told(_called("codes-together", coder), title, pairs.about)
    return sheet(request, told, suffix, columns, rows)


def _rounded(value: float) -> float:
    return float(f"{value:.6g}")


def _counts(pairs: Pairs) -> Mapping[tuple[str, str], int]:
    met = {(each.first.id, each.second.id): each.count for each in pairs.pairs}
    met |= {(second, first): count for (first, second), count in met.items()}
    return met | {(label.id, label.id): count for label, count in pairs.codes}


def _square(pairs: Pairs) -> list[tuple[Label, list[tuple[Label, int, str]]]]:
    counts = _counts(pairs)
    labels = [label for label, _ in pairs.codes]
    return [
        (
            row,
            [
                (column, count, behind((row, CODE), (column, CODE)) if count else "")
                for column in labels
                for count in (counts.get((row.id, column.id), 0),)
            ],
        )
        for row in labels
    ]


def _together_figure(request: Request, pairs: Pairs) -> Any:
    from textmine.figures import Table, heat_map

    words = ui(request)
    counts = _counts(pairs)
    labels = [label for label, _ in pairs.codes]
    cells = tuple(
        tuple(
            0.0 if row.id == column.id else float(counts.get((row.id, column.id), 0))
            for column in labels
        )
        for row in labels
    )
    if not any(map(any, cells)):
        return None
    names = tuple(both(words, label.name) for label in labels)
    title = words.gettext("Clauses that carry both codes")
    return heat_map(Table(names, names, cells), words.tongue, title=title)


# -- where long questions lead ---------------------------------------------------------------------


@router.get("/results/clauses")
def clauses(
    request: Request,
    user: Reader,
    by: Annotated[list[str], Query()],
    row: Annotated[list[str], Query()],
    home: str = "",
    rest: Annotated[str, Query(alias="and")] = "",
) -> Response:
    """Send to the clauses of rows whose query is too long to stand in a table."""
    if len(by) != len(row):
        raise UsageError("Give a row for each field.")
    parts = []
    for field, label in zip(by, row, strict=True):
        found = asked(request, "queries", by=field, home=home)
        if found.value is None:
            return page(request, "results/on_the_way.html", part=is_part(request), found=found)
        query = found.value.get(label)
        if not query:
            raise InputError("These are too many documents for one question.")
        parts.append(query)
    return RedirectResponse(searched(" ".join([*parts, *([rest] if rest else [])])), 303)
