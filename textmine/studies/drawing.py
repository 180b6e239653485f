"""The figures that a study declares."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import NamedTuple

from markupsafe import Markup

from textmine import figures
from textmine.errors import InputError
from textmine.reports.texts import Both
from textmine.schemes import load_scheme
from textmine.studies.running import Result
from textmine.studies.study import FigureSpec

_SVG = "data:image/svg+xml;base64"
_LANGUAGES: tuple[figures.Tongue, ...] = ("en", "fa")


class Drawn(NamedTuple):
    """One figure: its name, how the page shows it, and its files by ending."""

    name: str
    shown: Markup
    files: tuple[tuple[str, bytes], ...]


def drawn(result: Result) -> Iterator[Drawn]:
    """Every declared figure that has something to show, in both languages."""
    for spec in result.study.figures:
        try:
            made = {language: _figure(spec, result, language) for language in _LANGUAGES}
        except InputError as error:  # the other figures, and the page, are made all the same
            yield Drawn(spec.id, Markup("<p class=note>{}: {}</p>").format(spec.id, error), ())
            continue
        pictures, files = [], []
        for language, figure in made.items():
            if figure is None:
                continue
            svg = figure.svg()
            files += [(f"{language}.svg", svg.encode()), (f"{language}.png", figure.png())]
            data = base64.b64encode(svg.encode()).decode("ascii")
            pictures.append(
                Markup('<img class="{}" lang="{}" alt="{}" src="{},{}">').format(
                    "e" if language == "en" else "f", language, figure.alt, _SVG, data
                )
            )
        if files:
            yield Drawn(spec.id, Markup("").join(pictures), tuple(files))


def _figure(spec: FigureSpec, result: Result, language: figures.Tongue) -> figures.Figure | None:
    """One figure in one language; None when there is nothing to draw."""
    at = _LANGUAGES.index(language)
    title = next((table.title for table in result.tables if table.id == spec.table), Both("", ""))
    if spec.draw in ("bars", "heat"):
        counts = _counts(spec, result, at)
        if counts is None:
            return None
        draw = figures.stacked_bars if spec.draw == "bars" else figures.heat_map
        return draw(counts, language, title=title[at])
    ties = result.listed.get(spec.table, ())
    periods = load_scheme(spec.periods) if spec.periods else None
    if spec.draw == "timeline":
        dated = [tie for tie in ties if tie.date is not None]
        if not dated:
            return None
        return figures.time_line(ties, language, title=title[at], periods=periods)
    if not ties:
        return None
    if spec.draw == "network":
        return figures.tie_network(ties, language, title=title[at])
    return figures.tie_map(ties, language, title=title[at], periods=periods)


def _counts(spec: FigureSpec, result: Result, at: int) -> figures.Table | None:
    """The numbers of a table of counts, without rows, columns and totals that are empty."""
    table = next((table for table in result.tables if table.id == spec.table), None)
    if table is None:
        return None
    columns = [
        place
        for place, column in enumerate(table.columns)
        if place and column.id != "total" and any(row[place].value for row in table.rows)
        and all(isinstance(row[place].value, int) for row in table.rows)
    ]  # fmt: skip
    rows = [
        row
        for row in table.rows
        if row[0].value != "total" and any(row[place].value for place in columns)
    ]
    if not rows:
        return None
    return figures.Table(
        tuple(row[0].shown[at] for row in rows),
        tuple(table.columns[place].head[at] for place in columns),
        tuple(tuple(float(row[place].value or 0) for place in columns) for row in rows),
    )
