"""How far people agree so far: what the overview says of it, and the pages of quality."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from textmine.standing import AGREED, PERSON

if TYPE_CHECKING:
    from textmine.codings import CodedClause
    from textmine.reliability import Figure

RELIABLE, TENTATIVE = 0.8, 0.667
"""Krippendorff's alpha from which conclusions are reliable, and from which they are tentative.

K. Krippendorff, "Content Analysis" (4th ed., 2018), section 12.3.3."""

FEW = 10
"""Clauses below which nothing is said of what alpha allows."""

Verdict = Literal["reliable", "tentative", "unreliable", "few", "unknown"]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many clauses at least one person has read, at least two, and of those how many differ.

    ``alpha`` is that of whole sets of codes, of all people together.
    """

    once: int
    twice: int
    differing: int
    settled: int
    alpha: Figure

    @property
    def allows(self) -> Verdict:
        """What the agreement of people allows."""
        return verdict(self.alpha, self.twice)


def verdict(figure: Figure, units: int) -> Verdict:
    """What a value of alpha allows; unknown when there is none, few when it is of few clauses."""
    if figure.value is None:
        return "unknown"
    if units < FEW:
        return "few"
    if figure.value >= RELIABLE:
        return "reliable"
    return "tentative" if figure.value >= TENTATIVE else "unreliable"


def agreement(coded: Sequence[CodedClause]) -> Agreement:
    """How far the people agree who coded these clauses."""
    import numpy as np

    from textmine.reliability import krippendorff_alpha, masi

    by_clause: dict[str, dict[str, frozenset[str]]] = {}
    settled = set()
    for one in coded:
        if one.coder == AGREED:
            settled.add(one.clause)
        elif one.coder.startswith(PERSON):
            by_clause.setdefault(one.clause, {})[one.coder] = frozenset(one.codes)
    twice = {clause: of for clause, of in by_clause.items() if len(of) > 1}
    differing = [clause for clause, of in twice.items() if len(set(of.values())) > 1]
    people = sorted({coder for of in twice.values() for coder in of})
    sets = list({codes for of in twice.values() for codes in of.values()})
    places = {codes: place for place, codes in enumerate(sets)}
    ratings = np.array(
        [[places[of[coder]] if coder in of else -1 for coder in people] for of in twice.values()],
        dtype=np.int64,
    ).reshape(len(twice), len(people))
    distances = np.array([[masi(one, other) for other in sets] for one in sets])
    return Agreement(
        len(by_clause),
        len(twice),
        len(differing),
        len(settled.intersection(differing)),
        krippendorff_alpha(ratings, distances),
    )
