"""Figures of a model as curves: where each point lies in a drawing of the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textmine.tagging.scores import Bin, Covered, Learned

WIDTH, HEIGHT = 350, 240
LEFT, TOP = 46, 12
RIGHT, BOTTOM = WIDTH - 22, HEIGHT - 44
"""The field of a drawing; its axes and their figures stand around it."""


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a drawing; ``low`` and ``high`` are where its interval begins and ends."""

    x: float
    y: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of an axis: where, and the figure that stands there."""

    at: float
    value: float


@dataclass(frozen=True, slots=True)
class Curve:
    """A drawing of one line in a field; ``ideal`` is where the line would best lie."""

    points: tuple[Point, ...]
    across: tuple[Tick, ...]
    ideal: bool = False

    width, height = WIDTH, HEIGHT
    left, right, top, bottom = LEFT, RIGHT, TOP, BOTTOM

    @property
    def upward(self) -> tuple[Tick, ...]:
        """The marks of the axis that goes up: from 0 to 1."""
        return tuple(Tick(_upward(fifth / 5), fifth / 5) for fifth in range(6))

    @property
    def line(self) -> str:
        """The points as SVG wants them."""
        return " ".join(f"{point.x},{point.y}" for point in self.points)


def of_calibration(bins: Sequence[Bin]) -> Curve:
    """The share that was right against the probability that was told; best on the diagonal."""
    points = tuple(Point(_across(each.probability), _upward(each.share)) for each in bins)
    return Curve(points, _shares(), ideal=True)


def of_coverage(covered: Sequence[Covered]) -> Curve:
    """The share of clauses wholly right against the share that is answered, the surest first."""
    points = tuple(Point(_across(each.answered), _upward(each.wholly_right)) for each in covered)
    return Curve(points, _shares())


def of_learning(learned: Sequence[Learned]) -> Curve:
    """Macro-F1 against the number of clauses that were learned from, with intervals."""
    most = _round_up(max(each.clauses for each in learned))
    points = tuple(
        Point(
            _across(each.clauses / most),
            _upward(each.macro_f1.value),
            _upward(each.macro_f1.low),
            _upward(each.macro_f1.high),
        )
        for each in learned
    )
    return Curve(points, tuple(_scaled(most)))


def _across(share: float) -> float:
    return round(LEFT + share * (RIGHT - LEFT), 1)


def _upward(share: float) -> float:
    return round(BOTTOM - share * (BOTTOM - TOP), 1)


def _shares() -> tuple[Tick, ...]:
    return tuple(Tick(_across(fifth / 5), fifth / 5) for fifth in range(6))


def _scaled(most: float) -> Iterable[Tick]:
    return (Tick(_across(fourth / 4), most * fourth / 4) for fourth in range(5))


def _round_up(value: float) -> float:
    """The next number that four marks divide well.

    >>> _round_up(161), _round_up(2705), _round_up(3)
    (200.0, 4000.0, 4.0)
    """
    scale = 1.0
    while value > 40 * scale:
        scale *= 10
    return next(scale * step for step in (4, 8, 12, 20, 40) if value <= scale * step)
