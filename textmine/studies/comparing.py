"""A study's counts held against the tables that the documents print themselves."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from textmine.places import Gazetteer, find_places
from textmine.printed.values import column_types, number_of
from textmine.records import Place, PrintedTable, TableCell, Tie
from textmine.reports.texts import Both
from textmine.schemes import Scheme, load_scheme
from textmine.schemes.scheme import FIRST_GREGORIAN_YEAR
from textmine.studies.cells import Cell, Evidence, Finding, Value, plain
from textmine.studies.counting import Counted, Key, evidence_of
from textmine.studies.reading import Reading
from textmine.studies.study import FIELDS
from textmine.text.digits import latin_digits
from textmine.text.fold import fold_key

State = Literal["same", "differs", "only-printed", "only-counted"]

_LEAST_KEYS = 2  # a printed table that names fewer of the keys is about something else
_YEAR = re.compile(r"\d{4}")
_BEHIND = re.compile(r"\s*[:(]?\s*(\d{1,3})\b(?![.,:/]\d|\s*[%٪])")
_DATE_HEAD = re.compile(r"تاریخ|سال|زمان|date|year|signed", re.IGNORECASE)
# Heads of the column that says how many.
_COUNT_HEAD = re.compile(
    "شمار(?!ه)|تعداد|جمع|فراوانی|number|count|ties|total|sum|frequency", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Held:
    """One key of a count, as counted and as printed."""

    key: Key
    column: str
    counted: Cell
    printed: Cell
    state: State


@dataclass(frozen=True, slots=True)
class Comparison:
    """A count held against one printed table, cell by cell."""

    table: str
    document: int
    page: int
    caption: str
    cells: tuple[Held, ...]

    @property
    def same(self) -> int:
        """How many cells agree."""
        return sum(cell.state == "same" for cell in self.cells)

    def to_json(self) -> dict[str, Any]:
        """The comparison as a JSON object."""
        return {
            "table": self.table,
            "document": self.document,
            "page": self.page,
            "caption": self.caption,
            "same": self.same,
            "cells": [
                {
                    "key": each.key.value,
                    "column": each.column,
                    "counted": each.counted.value,
                    "printed": each.printed.value,
                    "state": each.state,
                    "evidence": [place.to_json() for place in each.printed.evidence],
                }
                for each in self.cells
            ],
        }


def held_against(
    name: str, by: str, counts: Counted, readings: Iterable[Reading], gazetteer: Gazetteer
) -> list[Comparison]:
    """The counts by ``by`` beside every printed table that has a row for most of the keys."""
    matcher = _matcher(by, counts.keys[0], gazetteer)
    found = []
    for reading in readings:
        for printed in reading.tables:
            comparison = _compared(name, by, counts, reading, printed, matcher, gazetteer)
            if comparison is not None:
                found.append(comparison)
    return found


Matcher = Callable[[str], Sequence[Key]]


def _matcher(by: str, keys: Sequence[Key], gazetteer: Gazetteer) -> Matcher:
    """Finds the key that a printed cell is about."""
    named = [(text, key) for key in keys for text in (key.name.en, key.name.fa, key.value)]
    by_name = {fold_key(text): key for text, key in named if text}
    by_bare = {fold_key(_bare(text)): key for text, key in named if _bare(text)}

    def by_text(text: str) -> Sequence[Key]:
        key = by_name.get(fold_key(text)) or by_bare.get(fold_key(_bare(text)))
        return (key,) if key else ()

    if by in ("country", "network", "city", "partner"):
        values = {key.value: key for key in keys}

        def by_place(text: str) -> Sequence[Key]:
            kinds = {"country": "country", "network": "network"}.get(by, "city")
            for place in gazetteer.named(_bare(text)):
                if place.kind == kinds:
                    value = place.country if by == "country" else place.name["en"]
                    return (values.get(value) or Key(value, _both(place), len(values)),)
            return ()

        return by_place
    if by in FIELDS:
        return by_text
    scheme = load_scheme(by)
    if scheme.kind != "periods":
        return by_text
    spans = _years_of(scheme)

    def by_years(text: str) -> Sequence[Key]:
        named = by_text(text)
        if named:
            return named
        years = [_gregorian(int(year)) for year in _YEAR.findall(latin_digits(text))]
        if not 1 <= len(years) <= 2:
            return ()
        return [key for key in keys if _fits(spans[key.value], years)]

    return by_years


def _gregorian(year: int) -> int:
    """The Gregorian year in which a Solar Hijri one begins; other years as they are."""
    return year + 621 if year < FIRST_GREGORIAN_YEAR else year


def _both(place: Place) -> Both:
    return Both(place.name["en"], place.name.get("fa", place.name["en"]))


def _bare(text: str) -> str:
    """A cell without note marks, bullets and brackets at its ends."""
    return re.sub(r"^[\W\d_]+|[\W\d_]+$", "", text)


def _years_of(scheme: Scheme) -> Mapping[str, tuple[int | None, int | None]]:
    """The first and last Gregorian year of each period."""
    return {
        group.id: (
            None if group.days[0].first == date.min else group.days[0].first.year,
            None if group.days[-1].last == date.max else group.days[-1].last.year,
        )
        for group in scheme.groups
    }


def _fits(span: tuple[int | None, int | None], years: Sequence[int]) -> bool:
    """Whether printed years name a period; a printed end may be the year in which the next begins.

    >>> _fits((1989, 1996), [1989, 1997]), _fits((None, 1978), [1979]), _fits((2014, None), [2013])
    (True, True, True)
    """
    first, last = span
    if len(years) == 2:
        return (first is not None and last is not None
                and abs(years[0] - first) <= 1 and 0 <= years[1] - last <= 1
                and years[0] <= first)  # fmt: skip
    (year,) = years
    if first is None:
        return last is not None and 0 <= year - last <= 1
    return last is None and 0 <= first - year <= 1


def _compared(
    name: str,
    by: str,
    counts: Counted,
    reading: Reading,
    printed: PrintedTable,
    matcher: Matcher,
    gazetteer: Gazetteer,
) -> Comparison | None:
    """The counts beside one printed table; None when it is about something else."""
    rows = _keyed_rows(printed, matcher)
    known = {key.value for key in counts.keys[0] if counts.ties.get((key.value,))}
    least = max(_LEAST_KEYS, len(known) / 3)
    numbers, lists = {}, {}
    if len(known & rows.keys()) >= least:
        numbers = _numbers(printed, rows)
        lists = _lists(printed, rows, by, gazetteer) if by != "country" else {}
    elif by == "country":
        numbers = _numbers_in_lists(printed, gazetteer)
        if len(known & numbers.keys()) < least:
            return None
    if not numbers and not lists:
        return None
    keys = {key.value: key for key in counts.keys[0]}
    strange = [(value, rows[value][0] if value in rows else _key_of(value, gazetteer))
               for value in {**rows, **numbers} if value not in keys]  # fmt: skip
    keys |= dict(strange)
    cells: list[Held] = []
    for value, key in keys.items():
        ties = counts.ties.get((value,), ())
        ours = plain(len(ties), evidence_of(ties))
        if numbers and (ties or value in numbers):
            cell = numbers.get(value)
            theirs = plain(cell[0], _places(reading, cell[1])) if cell else _NOTHING
            cells.append(Held(key, "count", ours, theirs, _state(ours.value, theirs.value)))
        if lists and value in lists:
            cells += _listed(key, by, ties, lists[value], reading)
    return Comparison(
        name,
        reading.document.id,
        printed.page,
        printed.caption.text,
        tuple(cells),
    )


def _key_of(country: str, gazetteer: Gazetteer) -> Key:
    return Key(country, _both(gazetteer.country(country)), 0)


def _numbers_in_lists(
    printed: PrintedTable, gazetteer: Gazetteer
) -> dict[str, tuple[int, list[TableCell]]]:
    """Countries with a number behind each, as in "Pakistan (3), Turkey 3"; years are no numbers."""
    found: dict[str, tuple[int, list[TableCell]]] = {}
    for row in printed.rows:
        for cell in row:
            named = []
            for mention in find_places(cell.text, gazetteer):
                place = next((p for p in mention.candidates if p.kind == "country"), None)
                if place is not None:
                    behind = _BEHIND.match(latin_digits(cell.text), mention.span.end)
                    named.append((place.country, behind))
            numbered = [(country, int(behind[1])) for country, behind in named if behind]
            if 2 * len(numbered) > len(named):
                for country, number in numbered:
                    found.setdefault(country, (number, [cell]))
    return found


_NOTHING = Cell(None, Both("–", "–"), reason="not-printed")


def _state(counted: Value, printed: Value) -> State:
    if printed is None:
        return "only-counted"
    if counted == printed:
        return "same"
    return "only-printed" if not counted else "differs"


Rows = dict[str, tuple[Key, list[tuple[TableCell, ...]]]]


def _keyed_rows(printed: PrintedTable, matcher: Matcher) -> Rows:
    """The rows of a printed table by key, by the column whose cells are keys most often."""
    best: Rows = {}
    for column in range(len(printed.columns)):
        rows: Rows = {}
        for row in printed.rows:
            for key in matcher(row[column].text):
                rows.setdefault(key.value, (key, []))[1].append(row)
        if len(rows) > len(best):
            best = rows
    return best


def _numbers(printed: PrintedTable, rows: Rows) -> dict[str, tuple[int, list[TableCell]]]:
    """The printed number of each key, from the column whose head says so or the last of numbers.

    Columns of years, of percentages and of running numbers are none. A merged number stands once
    for its group; different numbers of one group are added.
    """
    types = column_types(printed)
    found: list[tuple[bool, int, dict[str, tuple[int, list[TableCell]]]]] = []
    for column, head in enumerate(printed.columns):
        # A font may turn the digits of years into other numbers, so their type is not enough.
        if types[column] != "number" or _DATE_HEAD.search(head.text):
            continue
        numbers: dict[str, tuple[int, list[TableCell]]] = {}
        for value, (_, own) in rows.items():
            cells = list(dict.fromkeys(row[column] for row in own if row[column].text))
            figures = [number_of(cell.text) for cell in cells]
            if cells and all(isinstance(figure, int) for figure in figures):
                numbers[value] = (sum(f for f in figures if isinstance(f, int)), cells)
        if 2 * len(numbers) >= len(rows):
            told = bool(_COUNT_HEAD.search(head.text))
            # Of several that say so the first: the sum of a group stands behind its parts.
            found.append((told, -column if told else column, numbers))
    return max(found, key=lambda each: each[:2])[2] if found else {}


def _lists(
    printed: PrintedTable, rows: Rows, by: str, gazetteer: Gazetteer
) -> dict[str, list[tuple[Place, TableCell]]]:
    """The places that the table enumerates for each key: countries, or the cities of a network."""
    kind = "city" if by == "network" else "country"
    best: dict[str, list[tuple[Place, TableCell]]] = {}
    for column in range(len(printed.columns)):
        found: dict[str, list[tuple[Place, TableCell]]] = {}
        several = False
        for value, (_, own) in rows.items():
            for row in own:
                cell = row[column]
                places = [
                    next((p for p in mention.candidates if p.kind == kind), None)
                    for mention in find_places(cell.text, gazetteer)
                ]
                named = [(place, cell) for place in places if place is not None]
                several |= len(named) > 1
                if named:
                    found.setdefault(value, []).extend(named)
        if several and sum(map(len, found.values())) > sum(map(len, best.values())):
            best = found
    return best


def _listed(
    key: Key, by: str, ties: Sequence[Tie], named: Sequence[tuple[Place, TableCell]],
    reading: Reading,
) -> list[Held]:  # fmt: skip
    """Each place that is printed or counted for a key."""
    ours: dict[str, list[Tie]] = {}
    for tie in ties:
        value = tie.city.name["en"] if by == "network" else tie.partner.country
        ours.setdefault(value, []).append(tie)
    theirs: dict[str, tuple[Place, list[TableCell]]] = {}
    for place, cell in named:
        value = place.name["en"] if by == "network" else place.country
        theirs.setdefault(value, (place, []))[1].append(cell)
    cells = []
    for value in dict.fromkeys([*ours, *theirs]):
        own = ours.get(value, [])
        counted = plain(value if own else None, evidence_of(own))
        place_cells = theirs.get(value)
        printed = (
            Cell(value, _both(place_cells[0]), _places(reading, place_cells[1]))
            if place_cells
            else _NOTHING
        )
        state: State = "same" if own and place_cells else (
            "only-counted" if own else "only-printed")  # fmt: skip
        cells.append(Held(key, "city" if by == "network" else "country", counted, printed, state))
    return cells


def _places(reading: Reading, cells: Iterable[TableCell]) -> tuple[Evidence, ...]:
    return tuple(reading.evidence(cell.spans) for cell in cells if cell.spans)


def findings_of(comparison: Comparison, gazetteer: Gazetteer) -> list[Finding]:
    """One finding for each cell that does not agree."""
    found = []
    caption = comparison.caption or f"page {comparison.page}"
    for cell in comparison.cells:
        if cell.state == "same":
            continue
        key = cell.key.name
        evidence = (*cell.printed.evidence, *cell.counted.evidence)
        if cell.column == "count":
            if cell.printed.value is None:
                message = Both(
                    f"“{caption}” has no row for {key.en}; {cell.counted.value} are counted.",
                    f"«{caption}» سطری برای {key.fa} ندارد؛ {cell.counted.shown.fa} شمرده شد.",
                )
            else:
                message = Both(
                    f"“{caption}” prints {cell.printed.value} for {key.en}; "
                    f"{cell.counted.value} are counted.",
                    f"«{caption}» برای {key.fa} عدد {cell.printed.shown.fa} را چاپ کرده است؛ "
                    f"{cell.counted.shown.fa} شمرده شد.",
                )
            found.append(Finding("count-differs", message, evidence))
            continue
        value = str(cell.printed.value or cell.counted.value)
        name = _place_name(value, cell, gazetteer)
        if cell.state == "only-printed":
            message = Both(
                f"“{caption}” names {name.en} under {key.en}, where no tie with it is counted.",
                f"«{caption}» زیر {key.fa} از {name.fa} نام می‌برد، اما پیوندی با آن شمرده نشد.",
            )
        else:
            message = Both(
                f"“{caption}” does not name {name.en} under {key.en}, where "
                "a tie with it is counted.",
                f"«{caption}» زیر {key.fa} از {name.fa} نام نمی‌برد، اما پیوندی با آن شمرده شد.",
            )
        found.append(Finding(f"{cell.column}-{cell.state}", message, evidence))
    return found


def _place_name(value: str, cell: Held, gazetteer: Gazetteer) -> Both:
    if cell.column == "country":
        return _both(gazetteer.country(value))
    place = next((p for p in gazetteer.named(value) if p.kind == "city"), None)
    return _both(place) if place else Both(value, value)
