"""Figures along time: ties by year, and values with their intervals."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from textmine.errors import InputError
from textmine.figures.drawing import (
    DASHES,
    GRID,
    PALE,
    PALETTE,
    SHAPES,
    SMALL,
    Figure,
    LegendEntry,
    Sheet,
    on,
)
from textmine.figures.tables import nice_ticks
from textmine.figures.ties import name_of
from textmine.figures.words import KINDS, listed, say
from textmine.figures.writing import (
    Tongue,
    labelled,
    number,
    percent,
    width_of,
    wrapped,
    written,
    year,
)
from textmine.records import Tie, TieDate
from textmine.schemes import Scheme

Calendar = Literal["persian", "gregorian"]

_WIDTH, _HEIGHT, _MARGIN = 760, 240, 44
_MOST_PARTS = 8
_LABEL_STEP = 34
"""Pixels from one year to the next so that they do not meet."""


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One value of a series: where it stands (a year or a named period) and how sure it is.

    ``interval`` is None where there was too little for one.
    """

    series: str
    at: str | int
    value: float
    interval: tuple[float, float] | None = None


def time_line(
    ties: Iterable[Tie],
    language: Tongue,
    *,
    title: str,
    periods: Scheme | None = None,
    by: Literal["kind", "city"] = "kind",
) -> Figure:
    """Ties by year as columns, by kind or by home city, over the named periods of a scheme.

    Years are those of the language's calendar when every tie lies within one of them, otherwise
    those of the calendar that most ties are dated in. Raises InputError where no tie has a date.

    >>> time_line([], "en", title="Ties")
    Traceback (most recent call last):
    textmine.errors.InputError: There are no ties, so there is no time line to draw.
    """
    given = tuple(ties)
    dated = [(tie, tie.date) for tie in given if tie.date is not None]
    if not dated:
        raise InputError(
            "None of the ties has a date, so there is no time line to draw."
            if given
            else "There are no ties, so there is no time line to draw."
        )
    calendar = _calendar([when for _, when in dated], language)
    parts = _parts([tie for tie, _ in dated], by, language)
    counted: dict[tuple[int, str], list[Tie]] = {}
    for tie, when in dated:
        counted.setdefault((_year_of(when, calendar), parts[_part(tie, by)][0]), []).append(tie)
    first, last = (pick(each for each, _ in counted) for pick in (min, max))

    sheet = Sheet(title, language, _WIDTH)
    sheet.legend([LegendEntry(name, colour) for name, colour in dict.fromkeys(parts.values())])
    slot = (_WIDTH - _MARGIN) / (last - first + 1)
    sheet.text(0, sheet.top + 4, say("ties", language), size=SMALL, colour=PALE)
    sheet.top += 18
    if periods is not None:
        _bands(sheet, periods, calendar, first, last, slot)
    top, bottom = sheet.top, sheet.top + _HEIGHT
    totals = Counter[int]()
    for (when_year, _), some in counted.items():
        totals[when_year] += len(some)
    unit = _axis(sheet, max(totals.values()), top, bottom, shares=False)
    wide = min(26.0, slot * 0.8)
    for each in range(first, last + 1):
        x, y = _MARGIN + (each - first + 0.5) * slot, bottom
        for name, colour in dict.fromkeys(parts.values()):
            behind = counted.get((each, name), [])
            if not behind:
                continue
            tall = len(behind) * unit
            shown = number(len(behind), language)
            says = sheet.mark(
                f"{year(each, language)} – {name}: {shown}",
                {"year": each, "calendar": calendar, by: name, "count": len(behind)},
                behind,
            )
            sheet.rect(x - wide / 2, y - tall, wide, tall, colour, says=says)
            if wide >= 12 and tall >= 14:
                centre = y - tall / 2
                sheet.text(x, centre, shown, size=SMALL, align="middle", colour=on(colour))
            y -= tall
    _years(sheet, first, last, slot, bottom)
    sheet.top = bottom + 22
    axis = say("persian-year" if calendar == "persian" else "gregorian-year", language)
    sheet.text(_MARGIN + (_WIDTH - _MARGIN) / 2, sheet.top + 6, axis, size=SMALL, align="middle")
    sheet.top += 18
    moved = sum(not _within_one(when, calendar) for _, when in dated)
    for key, count in (("undated", len(given) - len(dated)), ("most-of-year", moved)):
        if count:
            sheet.caption.append(say(key, language, count=number(count, language)))
    return sheet.finished()


def trend_lines(
    points: Iterable[TrendPoint], language: Tongue, *, title: str, shares: bool = False
) -> Figure:
    """A line for each series with upright intervals; ``shares`` (0 to 1) are written in percent.

    Years stand at their distances, named periods side by side in the order they first come.
    Raises InputError where there are no points, or more series than can be told apart.

    >>> points = [TrendPoint("trade", 1384, 0.25, (0.1, 0.4)), TrendPoint("trade", 1388, 0.5)]
    >>> trend_lines(points, "en", title="Trade", shares=True).marks[0].says
    'trade, 1384: 25% (interval 10%–40%)'
    """
    given = list(points)
    if not given:
        raise InputError("There are no points, so there is no trend to draw.")
    series = list(dict.fromkeys(point.series for point in given))
    if len(series) > len(DASHES):
        raise InputError(f"{len(series)} lines cannot be told apart; draw at most {len(DASHES)}.")
    places, labels = _places([point.at for point in given], language)
    sheet = Sheet(title, language, _WIDTH)
    looks = {
        name: LegendEntry(name, PALETTE[place], "point", DASHES[place], SHAPES[place % len(SHAPES)])
        for place, name in enumerate(series)
    }
    if len(series) > 1:
        sheet.legend(list(looks.values()))
    top, bottom = sheet.top + 8, sheet.top + 8 + _HEIGHT
    most = max(max(point.value, *(point.interval or (0.0,))) for point in given)
    if not math.isfinite(most):
        raise InputError("A value or the end of an interval is no number; it cannot be drawn.")
    least = min(min(point.value, *(point.interval or (0.0,))) for point in given)
    if least < 0:
        raise InputError("A value or the end of an interval is negative; the axis begins at 0.")
    unit = _axis(sheet, most, top, bottom, shares=shares)
    for place, name in enumerate(series):
        look, shift = looks[name], (place - (len(series) - 1) / 2) * 5
        path: list[tuple[float, float]] = []
        for point in sorted(
            (point for point in given if point.series == name), key=lambda one: places[one.at]
        ):
            x, y = places[point.at] + shift, bottom - point.value * unit
            path.append((x, y))
            says, values = _point_says(point, language, shares)
            if point.interval is not None:
                low, high = (bottom - end * unit for end in point.interval)
                sheet.line([(x, low), (x, high)], look.colour, thick=1.2, opacity=0.7)
                for end in (low, high):
                    sheet.line([(x - 3, end), (x + 3, end)], look.colour, thick=1.2, opacity=0.7)
            sheet.point(x, y, 50, look.colour, shape=look.shape, says=sheet.mark(says, values))
        if len(path) > 1:
            sheet.line(path, look.colour, thick=2, dash=look.dash)
    depth = 0
    for x, lines in labels:
        depth = max(depth, len(lines))
        for line, text in enumerate(lines):
            y = bottom + 12 + 14 * line
            sheet.text(x, y, text, size=SMALL, align="middle")
    sheet.top = bottom + 14 * depth + 10
    if any(point.interval for point in given):
        sheet.caption.append(say("intervals", language))
    return sheet.finished()


def _calendar(days: Sequence[TieDate], language: Tongue) -> Calendar:
    own: Calendar = "persian" if language == "fa" else "gregorian"
    if all(_within_one(when, own) for when in days):
        return own
    persian = sum(when.calendar == "persian" for when in days)
    return "persian" if 2 * persian >= len(days) else "gregorian"


def _year(day: date, calendar: Calendar) -> int:
    if calendar == "gregorian":
        return day.year
    import jdatetime

    return int(jdatetime.date.fromgregorian(date=day).year)


def _within_one(when: TieDate, calendar: Calendar) -> bool:
    return _year(when.first, calendar) == _year(when.last, calendar)


def _year_of(when: TieDate, calendar: Calendar) -> int:
    """The year of a calendar that holds most of a date."""
    return _year(when.first + (when.last - when.first) / 2, calendar)


def _part(tie: Tie, by: Literal["kind", "city"]) -> str:
    return tie.kind if by == "kind" else tie.city.id


def _parts(
    ties: Sequence[Tie], by: Literal["kind", "city"], language: Tongue
) -> dict[str, tuple[str, str]]:
    """Name and colour of each part of the columns; cities beyond the colours become "other"."""
    if by == "kind":
        there = {tie.kind for tie in ties}
        return {
            kind: (names[language], PALETTE[place])
            for place, (kind, names) in enumerate(KINDS.items())
            if kind in there
        }
    counts = Counter(tie.city.id for tie in ties)
    names_by_id = {tie.city.id: name_of(tie.city, language) for tie in ties}
    order = sorted(counts, key=lambda city: (-counts[city], city))
    few = order if len(order) <= _MOST_PARTS else order[: _MOST_PARTS - 1]
    return {
        city: (names_by_id[city], PALETTE[few.index(city)])
        if city in few
        else (KINDS["other"][language], PALETTE[_MOST_PARTS - 1])
        for city in order
    }


def _bands(
    sheet: Sheet, periods: Scheme, calendar: Calendar, first: int, last: int, slot: float
) -> None:
    """The periods as pale bands over the whole height, named above.

    A band too narrow for its name gets a number, which the caption explains.
    """
    edges = _new_year(first, calendar), _new_year(last + 1, calendar)
    bands: list[tuple[float, float, str]] = []
    for names, days in ((one.name, days) for one in periods.groups for days in one.days):
        begin, end = (
            _MARGIN + (_fraction(min(max(day, edges[0]), edges[1]), calendar) - first) * slot
            for day in days
        )
        if end - begin > 0.5:
            bands.append((begin, end, written(names[sheet.language], sheet.language)))
    top = sheet.top
    rows: list[float] = [0.0]
    short: list[str] = []
    for begin, end, name in sorted(bands):
        text = name
        if width_of(name, SMALL) > end - begin - 4:
            text = number(len(short) + 1, sheet.language)
            short.append(f"{text} {name}")
        half, middle = width_of(text, SMALL) / 2 + 2, (begin + end) / 2
        row = next((one for one, edge in enumerate(rows) if edge <= middle - half), len(rows))
        rows[row : row + 1] = [middle + half]
        sheet.text(middle, top + 9 + 14 * row, text, size=SMALL, align="middle")
    sheet.top += 14 * len(rows) + 8
    for place, (begin, end, _) in enumerate(sorted(bands)):
        shade = "#E6EAF0" if place % 2 else "#F8F4EA"
        sheet.rect(begin, top, end - begin, sheet.top - top + _HEIGHT, shade, layer=0, edge="none")
    if short:
        shown = listed(short, sheet.language)
        sheet.caption.append(say("numbered-periods", sheet.language, names=shown))


def _fraction(day: date, calendar: Calendar) -> float:
    """A day as a year with its part, so that a band begins within a year's column.

    >>> round(_fraction(date(2005, 7, 2), "gregorian"), 1)
    2005.5
    """
    this = _year(day, calendar)
    start = _new_year(this, calendar)
    return this + (day - start).days / (_new_year(this + 1, calendar) - start).days


def _new_year(this: int, calendar: Calendar) -> date:
    if calendar == "gregorian":
        return date(this, 1, 1)
    import jdatetime

    found: date = jdatetime.date(this, 1, 1).togregorian()
    return found


def _axis(sheet: Sheet, most: float, top: float, bottom: float, *, shares: bool) -> float:
    """The upright axis with its level lines; gives back pixels per unit."""
    ticks = nice_ticks(most)
    if not shares and most == int(most):
        ticks = [tick for tick in ticks if tick == int(tick)]
    unit = (bottom - top - 12) / ticks[-1]
    for tick in ticks:
        y = bottom - tick * unit
        sheet.line([(_MARGIN, y), (_WIDTH, y)], GRID if tick else PALE, layer=1, thick=0.8)
        places = 0 if tick == int(tick) else len(f"{tick:g}".split(".")[1])
        shown = percent(tick, sheet.language) if shares else number(tick, sheet.language, places)
        sheet.text(_MARGIN - 6, y, shown, size=SMALL, align="end", colour=PALE)
    return unit


def _years(sheet: Sheet, first: int, last: int, slot: float, bottom: float) -> None:
    """Years under the columns, every one, or every second, fifth or tenth where they would meet."""
    every = next(step for step in (1, 2, 5, 10, 20, 50, 100, 1000) if step * slot >= 32)
    for each in range(first, last + 1):
        if each % every == 0:
            x = _MARGIN + (each - first + 0.5) * slot
            sheet.text(x, bottom + 11, year(each, sheet.language), size=SMALL, align="middle")
            sheet.line([(x, bottom), (x, bottom + 4)], PALE, layer=1)


def _places(
    ats: Sequence[str | int], language: Tongue
) -> tuple[dict[str | int, float], list[tuple[float, list[str]]]]:
    """Where years or periods stand along, and their labels in lines."""
    room = _WIDTH - _MARGIN - 40
    years = [at for at in ats if isinstance(at, int)]
    if len(years) == len(ats):
        first, span = min(years), max(max(years) - min(years), 1)
        numbers = {at: _MARGIN + 20 + (at - first) / span * room for at in sorted(set(years))}
        shown = _apart(list(numbers.items()))
        return dict(numbers.items()), [(x, [year(at, language)]) for at, x in shown]
    names = list(dict.fromkeys(ats))
    step = (_WIDTH - _MARGIN) / len(names)
    places = {name: _MARGIN + step * (place + 0.5) for place, name in enumerate(names)}
    return places, [
        (x, wrapped(written(str(name), language), SMALL, step - 8)) for name, x in places.items()
    ]


def _apart(years: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
    """Years with their places whose labels do not meet: first, last and as many as find room.

    >>> [at for at, _ in _apart([(1380, 0), (1381, 20), (1382, 40), (1383, 60), (1384, 90)])]
    [1380, 1382, 1384]
    """
    *others, last = years
    shown: list[tuple[int, float]] = []
    for one in others:
        first = not shown
        if first or (one[1] - shown[-1][1] >= _LABEL_STEP and last[1] - one[1] >= _LABEL_STEP):
            shown.append(one)
    return [*shown, last]


def _point_says(
    point: TrendPoint, language: Tongue, shares: bool
) -> tuple[str, dict[str, str | float]]:
    def shown(value: float) -> str:
        return percent(value, language) if shares else number(value, language, 2)

    says = f"{labelled(point.series, language)}, {written(str(point.at), language)}: "
    values: dict[str, str | float] = {
        "series": point.series, "at": point.at, "value": point.value
    }  # fmt: skip
    says += shown(point.value)
    if point.interval is not None:
        low, high = point.interval
        values |= {"low": low, "high": high}
        says += f" ({say('interval', language)} {shown(low)}–{shown(high)})"
    return says, values
