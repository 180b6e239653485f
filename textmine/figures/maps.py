"""Maps of ties, one for all of them or one for each period."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from textmine.errors import InputError
from textmine.figures.drawing import (
    GROUND,
    INK,
    LABEL,
    SMALL,
    Figure,
    Outline,
    Sheet,
)
from textmine.figures.ties import (
    KIND_STYLES,
    by_pair,
    in_groups,
    kind_legend,
    name_of,
    tie_mark,
)
from textmine.figures.words import say, shortened
from textmine.figures.writing import Tongue, number, width_of, written
from textmine.records import Place, Tie
from textmine.schemes import Scheme

_WIDTH, _GAP = 760, 16
_FEWEST_DEGREES = 14.0
"""No closer view than this: the outlines are drawn for the whole world."""
_BEND = 0.12
"""How far a line bows to the north, as a share of its length: lines one over another part."""
_CROWDED = 5
"""From so many names without room on, a second map shows the crowded part closer."""
_CLOSER = 1.2
"""A second map that is hardly larger would show the same crowd again."""
_CELL = 24
"""Pixels across a cell of the grid in which taken places are looked up."""
_ALONG = (0.15, 0.3, 0.45, 0.6, 0.75, 0.9)
"""Where on the line from a place to its name no other name or place may lie."""


class _Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: _Box) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def holds(self, x: float, y: float) -> bool:
        return self.left < x < self.right and self.top < y < self.bottom


class _Taken:
    """Boxes of a panel that names and places have taken, found by where they lie."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], list[_Box]] = {}

    def add(self, box: _Box) -> None:
        for cell in self._of(box):
            self._cells.setdefault(cell, []).append(box)

    def meets(self, box: _Box) -> bool:
        return any(
            box.meets(other) for cell in self._of(box) for other in self._cells.get(cell, ())
        )

    def holds(self, x: float, y: float, start: tuple[float, float]) -> bool:
        """Whether a box that does not hold the start of a line lies over a point of it."""
        cell = int(x // _CELL), int(y // _CELL)
        return any(
            other.holds(x, y) and not other.holds(*start) for other in self._cells.get(cell, ())
        )

    @staticmethod
    def _of(box: _Box) -> list[tuple[int, int]]:
        left, top, right, bottom = (int(side // _CELL) for side in box)
        return [(x, y) for x in range(left, right + 1) for y in range(top, bottom + 1)]


def tie_map(
    ties: Iterable[Tie], language: Tongue, *, title: str, periods: Scheme | None = None
) -> Figure:
    """Ties as lines from city to partner; with a scheme of periods, one map for each period.

    Memberships of networks and ties with an end whose place is not known are counted in the
    caption, and so are the names that find no room. Raises InputError where no tie can be drawn.

    >>> from textmine.records import Place, Tie
    >>> tehran = Place("own:1", "city", "IR", {"en": "Tehran", "fa": "تهران"}, 35.7, 51.4)
    >>> seoul = Place("own:2", "city", "KR", {"en": "Seoul", "fa": "سئول"}, 37.6, 127.0)
    >>> tie = Tie(tehran, seoul, "sister-city", None, "", "signed", ())
    >>> tie_map([tie], "fa", title="پیوندها").marks[0].says
    'تهران – سئول: خواهرخواندگی (بی‌تاریخ)'
    """
    given = tuple(ties)
    placed = [tie for tie in given if _ends_placed(tie)]
    if not placed:
        raise InputError(
            "None of the ties has two ends whose place is known, so there is no map to draw."
            if given
            else "There are no ties, so there is no map to draw."
        )
    sheet = Sheet(title, language, _WIDTH)
    sheet.legend(kind_legend(placed, language))
    panels = in_groups(placed, periods, language) if periods else [("", placed)]
    across = 1 if len(panels) == 1 else 2
    width = (_WIDTH - _GAP * (across - 1)) / across
    view = _View.of([place for tie in placed for place in (tie.city, tie.partner)], width)
    dropped: dict[str, Place] = {}
    for start in range(0, len(panels), across):
        if periods:
            sheet.top += 16
        for place, (name, group) in enumerate(panels[start : start + across]):
            x = place * (width + _GAP)
            if periods:
                count = number(len(group), language)
                sheet.text(x, sheet.top - 8, f"{written(name, language)} ({count})", size=LABEL)
            left = sheet.along(x + width) if language == "fa" else x
            dropped |= _panel(sheet, group, view, left, sheet.top)
        sheet.top += view.height + 8
    closer = _View.of(list(dropped.values()), width) if dropped else view
    if not periods and len(dropped) >= _CROWDED and closer.scale >= _CLOSER * view.scale:
        sheet.top += 16
        sheet.text(0, sheet.top - 8, say("closer", language))
        still = _panel(sheet, placed, closer, 0.0, sheet.top, again=True)
        dropped = {each: place for each, place in still.items() if each in dropped}
        sheet.top += closer.height + 8
    sheet.caption += _caption(given, placed, dropped, language)
    return sheet.finished()


class _View(NamedTuple):
    """What part of the world a panel shows, and how large (pixels)."""

    scale: float
    middle: float
    corner: tuple[float, float]
    width: float
    height: float

    @classmethod
    def of(cls, places: Sequence[Place], width: float) -> _View:
        degrees = [(_degrees(place)) for place in places]
        middle = _middle_of([longitude for _, longitude in degrees])
        points = [_projected(*each, middle) for each in degrees]
        xs, ys = [x for x, _ in points], [y for _, y in points]
        least = math.radians(_FEWEST_DEGREES)
        across = max(max(xs) - min(xs), least) * 1.24
        down = max(max(ys) - min(ys), least * 0.6) * 1.3
        height = width * min(max(down / across, 0.42), 0.8)
        scale = min(width / across, height / down)
        corner = (
            (max(xs) + min(xs)) / 2 * scale - width / 2,
            (max(ys) + min(ys)) / 2 * scale - height / 2,
        )
        return cls(scale, middle, corner, width, height)

    def at(self, place: Place, left: float, top: float) -> tuple[float, float]:
        """Pixels of a place in the panel whose corner is given."""
        x, y = _projected(*_degrees(place), self.middle)
        return left + x * self.scale - self.corner[0], top + y * self.scale - self.corner[1]


def _panel(
    sheet: Sheet,
    ties: Sequence[Tie],
    view: _View,
    left: float,
    top: float,
    *,
    again: bool = False,
) -> dict[str, Place]:
    """Draws one map; gives back the places whose names found no room, by their ids.

    A map that shows its ties ``again`` notes no marks. Names of home cities lie over other places
    where they must.
    """
    frame = _Box(left, top, left + view.width, top + view.height)
    sheet.rect(_start(sheet, frame), top, view.width, view.height, GROUND, layer=0, edge="none")
    shift = (left - view.corner[0], top - view.corner[1])
    sheet.land(Outline(view.scale, shift, (*frame,), view.middle))
    corners = ((0, 1), (2, 1), (2, 3), (0, 3), (0, 1))
    border = [(sheet.along(frame[x]), frame[y]) for x, y in corners]
    sheet.line(border, "#BBBBBB", layer=2)
    for behind in by_pair(ties):
        tie = behind[0]
        style = KIND_STYLES[tie.kind]
        says = "" if again else tie_mark(sheet, behind)
        path = _bow(view.at(tie.city, left, top), view.at(tie.partner, left, top))
        for part in _inside(path, frame):
            sheet.line(
                [(sheet.along(x), y) for x, y in part],
                style.colour,
                thick=1.4,
                dash=style.dash,
                says=says,
                opacity=0.85,
            )
    homes = {tie.city.id for tie in ties}
    count: dict[str, int] = {}
    places: dict[str, Place] = {}
    for tie in ties:
        for place in (tie.city, tie.partner):
            places[place.id] = place
            count[place.id] = count.get(place.id, 0) + 1
    order = sorted(
        (place for place in places.values() if frame.holds(*view.at(place, left, top))),
        key=lambda place: (place.id not in homes, -count[place.id], -place.population, place.id),
    )
    taken, foremost = _Taken(), _Taken()
    for place in reversed(order):
        x, y = view.at(place, left, top)
        home = place.id in homes
        radius = _radius(count[place.id])
        sheet.point(
            sheet.along(x), y, 3.14 * radius**2, INK if home else "#B3261E",
            shape="square" if home else "circle",
            says=f"{name_of(place, sheet.language)}: {number(count[place.id], sheet.language)}",
        )  # fmt: skip
        spot = _Box(x - radius, y - radius, x + radius, y + radius)
        taken.add(spot)
        if home:
            foremost.add(spot)
    dropped: dict[str, Place] = {}
    for place in order:
        name = name_of(place, sheet.language)
        at = view.at(place, left, top)
        radius = _radius(count[place.id])
        box = _named(sheet, name, at, radius, frame, taken)
        if box is None and place.id in homes:
            box = _named(sheet, name, at, radius, frame, foremost)
        if box is None:
            dropped[place.id] = place
        else:
            taken.add(box)
            foremost.add(box)
    return dropped


def _named(
    sheet: Sheet,
    name: str,
    at: tuple[float, float],
    radius: float,
    frame: _Box,
    taken: _Taken,
) -> _Box | None:
    """Sets a name beside its point, or a little away with a line to it.

    Gives back the room it takes; None where there is none.
    """
    length, x, y = width_of(name, SMALL) + 2, *at
    for away in (radius + 2, radius + 13, radius + 24, radius + 38):
        slant = away * 0.75
        for dx, dy, side in (
            (away, 0, 0.0), (-away, 0, 1.0), (0, -away - 5, 0.5), (0, away + 5, 0.5),
            (slant, -slant, 0.0), (slant, slant, 0.0), (-slant, -slant, 1.0), (-slant, slant, 1.0),
        ):  # fmt: skip
            left = x + dx - side * length
            box = _Box(left, y + dy - 7, left + length, y + dy + 7)
            inside = frame.left + 1 < box.left and box.right < frame.right - 1
            inside = inside and frame.top + 1 < box.top and box.bottom < frame.bottom - 1
            if not inside or taken.meets(box):
                continue
            if away > radius + 2 and any(
                taken.holds(x + dx * part, y + dy * part, at) for part in _ALONG
            ):
                continue
            if away > radius + 2:
                sheet.line(
                    [(sheet.along(x), y), (sheet.along(x + dx), y + dy)], INK, thick=0.6, layer=4
                )
            start = _start(sheet, box)
            sheet.rect(start, box.top + 1, length, 12, "#FFFFFF", layer=5, opacity=0.6, edge="none")
            sheet.text(sheet.along(left + length / 2), y + dy, name, size=SMALL, align="middle")
            return box
    return None


def _radius(ties: int) -> float:
    """The size of a place, so that areas grow with its ties."""
    return min(2.4 + 0.8 * math.sqrt(ties), 6.5)


def _start(sheet: Sheet, box: _Box) -> float:
    """Where a box of the map begins in the direction of the language."""
    return sheet.along(box.right if sheet.language == "fa" else box.left)


def _caption(
    given: Sequence[Tie], placed: Sequence[Tie], dropped: dict[str, Place], language: Tongue
) -> list[str]:
    sentences = [say("sizes", language)]
    if dropped:
        count = Counter(end.id for tie in placed for end in (tie.city, tie.partner))
        order = sorted(dropped, key=lambda each: (-count[each], name_of(dropped[each], language)))
        shown = shortened([name_of(dropped[each], language) for each in order], language)
        sentences.append(say("names-left-out", language, names=shown))
    members = [tie for tie in given if tie.partner.kind == "network"]
    if members:
        sentences.append(say("networks-off-map", language, count=number(len(members), language)))
    lost = [tie for tie in given if tie.partner.kind != "network" and not _ends_placed(tie)]
    if lost:
        ends = {name_of(end, language) for tie in lost for end in (tie.city, tie.partner)
                if not _is_placed(end)}  # fmt: skip
        sentences.append(
            say(
                "no-coordinates",
                language,
                count=number(len(lost), language),
                names=shortened(sorted(ends), language),
            )
        )
    return [*sentences, say("outlines", language)]


def _ends_placed(tie: Tie) -> bool:
    return _is_placed(tie.city) and _is_placed(tie.partner)


def _is_placed(place: Place) -> bool:
    return place.kind != "network" and place.latitude is not None and place.longitude is not None


def _degrees(place: Place) -> tuple[float, float]:
    assert place.latitude is not None  # noqa: S101  only placed ones come here
    assert place.longitude is not None  # noqa: S101
    return place.latitude, place.longitude


def _middle_of(longitudes: Sequence[float]) -> float:
    """The middle of the shortest arc that holds all longitudes.

    >>> _middle_of([170, -170]), _middle_of([51, 127, -118])
    (180.0, 146.5)
    """
    ordered = sorted(longitude % 360 for longitude in longitudes)
    after = [*ordered[1:], ordered[0] + 360]
    gaps = [two - one for one, two in zip(ordered, after, strict=True)]
    first = (gaps.index(max(gaps)) + 1) % len(ordered)
    middle = (ordered[first] + (360 - max(gaps)) / 2) % 360
    return middle - 360 if middle > 180 else middle


def _projected(latitude: float, longitude: float, middle: float) -> tuple[float, float]:
    """Natural Earth projection, as Vega's ``naturalEarth1`` computes it, for a scale of 1."""
    turned = math.radians((longitude - middle + 180) % 360 - 180)
    up = math.radians(latitude)
    two = up * up
    four = two * two
    x = turned * (
        0.8707 - 0.131979 * two + four * (-0.013791 + four * (0.003971 * two - 0.001529 * four))
    )
    y = up * (1.007226 + two * (0.015085 + four * (-0.044475 + 0.028874 * two - 0.005916 * four)))
    return x, -y


def _bow(one: tuple[float, float], two: tuple[float, float]) -> list[tuple[float, float]]:
    """A line that bows to the north."""
    (x0, y0), (x2, y2) = one, two
    length = math.hypot(x2 - x0, y2 - y0)
    x1, y1 = (x0 + x2) / 2, (y0 + y2) / 2
    if length:
        side = -1 if x2 >= x0 else 1
        x1 += side * -(y2 - y0) * _BEND
        y1 += side * (x2 - x0) * _BEND
    steps = max(10, math.ceil(length / 16))
    return [
        (
            (1 - t) ** 2 * x0 + 2 * (1 - t) * t * x1 + t * t * x2,
            (1 - t) ** 2 * y0 + 2 * (1 - t) * t * y1 + t * t * y2,
        )
        for t in (step / steps for step in range(steps + 1))
    ]


def _inside(path: Sequence[tuple[float, float]], frame: _Box) -> list[list[tuple[float, float]]]:
    """The parts of a line that lie inside a frame, up to its edge."""
    parts: list[list[tuple[float, float]]] = []
    for one, two in pairwise(path):
        inside = frame.holds(*one), frame.holds(*two)
        if inside == (True, True):
            if not parts:
                parts.append([one])
            parts[-1].append(two)
        elif inside == (True, False):
            if not parts:
                parts.append([one])
            parts[-1].append(_edge(one, two, frame))
        elif inside == (False, True):
            parts.append([_edge(two, one, frame), two])
    return parts


def _edge(
    inner: tuple[float, float], outer: tuple[float, float], frame: _Box
) -> tuple[float, float]:
    """Where a line leaves a frame, to within a fraction of a pixel."""
    for _ in range(8):
        middle = (inner[0] + outer[0]) / 2, (inner[1] + outer[1]) / 2
        inner, outer = (middle, outer) if frame.holds(*middle) else (inner, middle)
    return inner
