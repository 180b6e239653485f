"""Measures that several analyses share: intervals, many p-values at once, and association."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple

LEVEL = 0.95
"""How sure the intervals are."""

Control = Literal["holm", "bh"]
"""How many p-values are judged together: ``holm`` keeps the chance of even one false finding (Holm
1979), ``bh`` the share of false ones among the findings (Benjamini and Hochberg 1995)."""

SMOOTHING = 0.5
"""What stands for a count of zero where a ratio would be infinite (Hardie 2014)."""


class Interval(NamedTuple):
    """The values that the data agree with, at the level ``LEVEL``."""

    low: float
    high: float


def wilson(count: float, n: int) -> Interval:
    """Wilson's interval of a share, ``count`` of ``n`` independent trials.

    The count may be a fraction: a share of trials that are themselves shares. Raises ValueError
    where there are no trials.

    >>> ["%.4f" % end for end in wilson(81, 263)]  # Newcombe 1998, table I
    ['0.2553', '0.3662']
    """
    if not 0 <= count <= n or not n:
        raise ValueError(f"{count} of {n} is no share.")
    z = 1.959963984540054
    share, wide = count / n, z * z / n
    middle = (share + wide / 2) / (1 + wide)
    half = z / (1 + wide) * math.sqrt(share * (1 - share) / n + wide / (4 * n))
    return Interval(
        0.0 if count == 0 else max(0.0, middle - half),
        1.0 if count == n else min(1.0, middle + half),
    )


def adjusted(values: Sequence[float], control: Control = "holm") -> tuple[float, ...]:
    """P-values adjusted for being looked at together, in the order they came.

    >>> [round(p, 4) for p in adjusted([0.01, 0.04, 0.03, 0.005])]
    [0.03, 0.06, 0.06, 0.02]
    >>> [round(p, 4) for p in adjusted([0.01, 0.04, 0.03, 0.005], "bh")]
    [0.02, 0.04, 0.04, 0.02]
    """
    n = len(values)
    order = sorted(range(n), key=lambda place: values[place])
    found = [0.0] * n
    if control == "holm":
        last = 0.0
        for rank, place in enumerate(order):
            last = found[place] = max(last, min(1.0, (n - rank) * values[place]))
    else:
        last = 1.0
        for rank, place in reversed(list(enumerate(order, 1))):
            last = found[place] = min(last, values[place] * n / rank)
    return tuple(found)


def log_likelihood(both: float, first: float, second: float, n: float) -> float:
    """Dunning's G² of a table of two by two, of one degree of freedom.

    ``both`` cases of ``n`` have both properties, ``first`` and ``second`` have each.

    >>> round(log_likelihood(110, 2552, 221, 31777), 2)  # Dunning 1993, "the swiss"
    270.72
    """
    cells = (
        (both, first * second),
        (first - both, first * (n - second)),
        (second - both, (n - first) * second),
        (n - first - second + both, (n - first) * (n - second)),
    )
    return max(0.0, 2 * sum(seen * math.log(seen * n / by) for seen, by in cells if seen > 0))


def p_of_log_likelihood(value: float) -> float:
    """The p-value of a G² of one degree of freedom.

    >>> round(p_of_log_likelihood(3.841459), 4)
    0.05
    """
    return math.erfc(math.sqrt(value / 2))


def smoothed(count: int, of: int, other: int, of_other: int) -> tuple[float, float]:
    """Two rates; where one is 0, ``SMOOTHING`` stands for its count. Two of 0 stay so.

    Where even that would be more than the other rate, the other rate stands for it: a half must not
    turn the difference round.

    >>> smoothed(4, 1000, 0, 1000), smoothed(0, 900, 3, 9000)
    ((0.004, 0.0005), (0.0003333333333333333, 0.0003333333333333333))
    """
    first, second = count / of, other / of_other
    return first or min(SMOOTHING / of, second), second or min(SMOOTHING / of_other, first)


def log_ratio(count: int, of: int, other: int, of_other: int) -> float:
    """How often one rate doubles to make the other (Hardie 2014); 1 is twice as often.

    >>> log_ratio(40, 1000, 10, 1000), log_ratio(4, 1000, 0, 1000)
    (2.0, 3.0)
    """
    first, second = smoothed(count, of, other, of_other)
    return 0.0 if first == second else math.log2(first / second)  # both may be 0


def npmi(both: int, first: int, second: int, n: int) -> float:
    """Normalised pointwise mutual information (Bouma 2009): -1 never together, 0 by chance,
    1 always.

    >>> npmi(5, 5, 5, 100), npmi(0, 5, 5, 100), npmi(25, 50, 50, 100)
    (1.0, -1.0, 0.0)
    """
    if not both:
        return -1.0
    if both == n:  # both stand everywhere, which says nothing
        return 0.0
    return math.log(both * n / (first * second)) / math.log(n / both) + 0.0
