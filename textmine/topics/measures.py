"""How far topics can be trusted: do they come again, belong to subjects, hold both languages?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score

from textmine.topics.words import Words

Integers = NDArray[np.int64]
Labels = Callable[[Integers, int], Integers]
"""The topics of the clauses at these places, found with this seed."""

RUNS = 5
_DRAWN = 0.8
_MOST = 5000  # clauses that stability is measured on
# A topic lives in one language when the other has less than a fifth of the clauses in it that it
# would have by its share of the corpus; where fewer than five would be expected, nothing is said.
_MISSING = 0.2
_JUDGED = 5


def over_seeds(labels: Labels, count: int) -> float:
    """The mean adjusted Rand index between runs that differ in their seed; 1 is the same again.

    Of a large corpus, as of all stability here, over 5,000 random clauses.
    """
    places = _looked_at(count)
    return _agreement([(places, labels(places, seed)) for seed in range(RUNS)])


def over_samples(labels: Labels, count: int, topics: int) -> float | None:
    """The same between runs on random four fifths of the clauses, on clauses that both had.

    None where these are too few for so many topics.
    """
    places = _looked_at(count)
    drawn = round(_DRAWN * len(places))
    if drawn < 2 * topics:
        return None
    runs = []
    for seed in range(RUNS):
        some = np.sort(np.random.default_rng(seed).choice(places, drawn, replace=False))
        runs.append((some, labels(some, seed)))
    return _agreement(runs)


def _looked_at(count: int) -> Integers:
    """The places of all clauses, or of as many as there is time for."""
    if count <= _MOST:
        return np.arange(count)
    return np.sort(np.random.default_rng(0).choice(count, _MOST, replace=False))


def _agreement(runs: Sequence[tuple[Integers, Integers]]) -> float:
    found = []
    for (places, one), (others, other) in combinations(runs, 2):
        _, here, there = np.intersect1d(places, others, return_indices=True)
        found.append(adjusted_rand_score(one[here], other[there]))
    return float(np.mean(found))


def coherence(words: Words, told: Iterable[Sequence[int]]) -> float | None:
    """Mean normalised pointwise mutual information of the words of each topic (c_npmi).

    Counted over the clauses themselves: 1 for words that always stand together, 0 for chance, -1
    for words that never do. None when no topic has two words.
    """
    clauses = words.counts.shape[0]
    found = []
    for columns in told:
        if len(columns) < 2:
            continue
        some = words.counts[:, list(columns)]
        both = np.asarray((some.T @ some).todense()) / clauses
        alone = both.diagonal()
        for one, other in combinations(range(len(columns)), 2):
            joint = both[one, other]
            if joint == 0:
                found.append(-1.0)
            elif joint == 1:
                found.append(1.0)
            else:
                found.append(np.log(joint / (alone[one] * alone[other])) / -np.log(joint))
    return float(np.mean(found)) if found else None


def diversity(told: Iterable[Sequence[int]]) -> float | None:
    """The share of different words among the words of all topics; None when there are none."""
    flat = [column for columns in told for column in columns]
    return len(set(flat)) / len(flat) if flat else None


def one_language(sizes: NDArray[Any]) -> list[bool | None]:
    """Of each topic whether it lives in one language only; None where there is too little to say.

    ``sizes`` has a row for each topic and a column for each language.

    >>> one_language(np.array([[50, 2], [50, 60], [100, 138], [1, 1]]))
    [True, False, False, None]
    """
    expected = sizes.sum(axis=1, keepdims=True) * sizes.sum(axis=0) / max(sizes.sum(), 1)
    found: list[bool | None] = []
    for own, usual in zip(sizes, expected, strict=True):
        if len(own) < 2 or usual.min() < _JUDGED:
            found.append(None)
        else:
            found.append(bool((own < _MISSING * usual).any()))
    return found


def language_told(sizes: NDArray[Any]) -> float | None:
    """How far a clause's topic tells its language: 0 nothing, 1 all (Theil's U).

    None when there is one language. ``sizes`` as in ``one_language``.

    >>> language_told(np.array([[5, 0], [0, 5]])), language_told(np.array([[5, 5], [1, 1]]))
    (1.0, 0.0)
    """
    if sizes.shape[1] < 2:
        return None
    before = _entropy(sizes.sum(axis=0))
    weights = sizes.sum(axis=1) / sizes.sum()
    after = sum(weight * _entropy(row) for weight, row in zip(weights, sizes, strict=True))
    return float(1 - after / before)


def _entropy(counts: NDArray[Any]) -> float:
    shares = counts[counts > 0] / max(counts.sum(), 1)
    return float(-(shares * np.log(shares)).sum())


def together(topics: Integers, pairs: Sequence[tuple[int, int]]) -> float:
    """The share of pairs of clauses that have the same topic."""
    return float(np.mean([topics[one] == topics[other] for one, other in pairs]))


def by_chance(topics: Integers, pairs: Sequence[tuple[int, int]]) -> float:
    """The share that would fall together if the clauses of the pairs were paired at random.

    >>> by_chance(np.array([0, 0, 1, 1]), [(0, 1), (2, 3)])
    0.5
    """
    ones, others = (topics[list(side)] for side in zip(*pairs, strict=True))
    return float(np.mean(ones[:, None] == others[None, :]))
