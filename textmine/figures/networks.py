"""Ties as a graph: home cities in the middle, their partners beside them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textmine.errors import InputError
from textmine.figures.drawing import INK, SMALL, Align, Figure, Shape, Sheet
from textmine.figures.ties import KIND_STYLES, by_pair, kind_legend, name_of, tie_mark
from textmine.figures.words import say
from textmine.figures.writing import Tongue, number, width_of
from textmine.records import Place, Tie

_WIDTH = 720
_STEP = 17
"""Pixels from one partner to the next: every name has a line of its own, none is left out."""
_MOST_IN_COLUMN = 36
_SWEEPS = 6


def tie_network(ties: Iterable[Tie], language: Tongue, *, title: str) -> Figure:
    """Home cities and their partners (cities, or networks they are members of) with a line each.

    Both stand in columns, ordered so that few lines cross; many partners take both sides of the
    home cities. Raises InputError where there are no ties.

    >>> tie_network([], "en", title="Ties")
    Traceback (most recent call last):
    textmine.errors.InputError: There are no ties, so there is no network to draw.
    """
    given = tuple(ties)
    if not given:
        raise InputError("There are no ties, so there is no network to draw.")
    homes = _count(tie.city for tie in given)
    partners = _count(tie.partner for tie in given)
    near: dict[str, list[str]] = {}
    for tie in given:
        near.setdefault(f"home {tie.city.id}", []).append(tie.partner.id)
        near.setdefault(tie.partner.id, []).append(f"home {tie.city.id}")
    home_order, order = _ordered([f"home {each}" for each in homes], list(partners), near)
    both_sides = len(order) > _MOST_IN_COLUMN
    columns = [order[0::2], order[1::2]] if both_sides else [order]

    sheet = Sheet(title, language, _WIDTH)
    sheet.legend(kind_legend(given, language))
    top = sheet.top + 14
    rows = max(len(columns[0]), 2 * len(home_order))
    height = rows * _STEP
    middle = _WIDTH * (0.5 if both_sides else 0.3)
    sides = (_WIDTH * 0.78, _WIDTH * 0.22) if both_sides else (_WIDTH * 0.68,)
    at: dict[str, tuple[float, float]] = {}
    for x, column in zip(sides, columns, strict=True):
        step = height / len(column)
        at |= {node: (x, top + step * (place + 0.5)) for place, node in enumerate(column)}
    step = height / len(home_order)
    at |= {node: (middle, top + step * (place + 0.5)) for place, node in enumerate(home_order)}

    for behind in by_pair(given):
        style = KIND_STYLES[behind[0].kind]
        one, two = at[f"home {behind[0].city.id}"], at[behind[0].partner.id]
        says = tie_mark(sheet, behind)
        sheet.line(
            _curve(one, two), style.colour, thick=1.3, dash=style.dash, says=says, opacity=0.8
        )
    for node, (x, y) in at.items():
        home = node.startswith("home ")
        place, count = homes[node[5:]] if home else partners[node]
        name = name_of(place, language)
        if count > 1:
            name = f"{name} ({number(count, language)})"
        shape: Shape = "square" if place.kind == "network" else "circle"
        sheet.point(x, y, 90 if home else 36, INK if home else "#B3261E", shape=shape, says=name)
        if home and both_sides:
            _boxed(sheet, x, y - 14, name, "middle")
        elif home:
            _boxed(sheet, x - 10, y, name, "end")
        elif x > middle:
            sheet.text(x + 8, y, name, size=SMALL)
        else:
            sheet.text(x - 8, y, name, size=SMALL, align="end")
    sheet.top = top + height + 4
    sheet.caption.append(say("node-sizes", language))
    return sheet.finished()


def _count(places: Iterable[Place]) -> dict[str, tuple[Place, int]]:
    """Places by id with the number of times each comes, the most frequent first."""
    found: dict[str, tuple[Place, int]] = {}
    for place in places:
        found[place.id] = (place, found.get(place.id, (place, 0))[1] + 1)
    return dict(sorted(found.items(), key=lambda each: (-each[1][1], each[0])))


def _ordered(
    homes: Sequence[str], partners: Sequence[str], near: dict[str, list[str]]
) -> tuple[list[str], list[str]]:
    """Both columns with each node near the middle of its neighbours, so that few lines cross."""
    one, two = list(homes), list(partners)
    for _ in range(_SWEEPS):
        two = _by_middle(two, one, near)
        one = _by_middle(one, two, near)
    return one, _by_middle(two, one, near)


def _by_middle(nodes: list[str], others: list[str], near: dict[str, list[str]]) -> list[str]:
    place = {node: (rank + 0.5) / len(others) for rank, node in enumerate(others)}
    return sorted(nodes, key=lambda node: sum(place[each] for each in near[node]) / len(near[node]))


def _curve(one: tuple[float, float], two: tuple[float, float]) -> list[tuple[float, float]]:
    """A line that leaves and arrives level."""
    (x0, y0), (x1, y1) = one, two
    return [
        (x0 + (x1 - x0) * t, y0 + (y1 - y0) * t * t * (3 - 2 * t))
        for t in (step / 14 for step in range(15))
    ]


def _boxed(sheet: Sheet, x: float, y: float, name: str, align: Align) -> None:
    """A name on a pale box, to be read where lines pass under it."""
    length = width_of(name, 12) + 6
    left = x - {"start": 0.0, "middle": 0.5, "end": 1.0}[align] * length
    sheet.rect(left, y - 8, length, 16, "#FFFFFF", layer=5, opacity=0.8, edge="none")
    sheet.text(x, y, name, size=12, align=align)
