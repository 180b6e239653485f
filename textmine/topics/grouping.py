"""Two ways to put clauses into topics: clusters of what they mean, factors of their words."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.decomposition import NMF
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from textmine.encoding import Encoder
from textmine.errors import InputError
from textmine.records import Codebook
from textmine.topics.found import LANGUAGES, TopicClause
from textmine.topics.measures import Integers
from textmine.topics.vectors import Floats, bridged, centred, code_points, middles
from textmine.topics.words import Matrix, Words

NAMES = {"fa": "Persian", "en": "English"}

_STARTS = 4  # times that clustering begins anew, of which the tightest result is kept
_MOST_BY_DEFAULT = 40


def default_count(clauses: int) -> int:
    """How many topics unless told: two fifths of the square root of the clauses, 2 to 40.

    So topics grow in number and in size alike. No figure knows the right number: look at some.

    >>> [default_count(clauses) for clauses in (10, 300, 805, 5000, 100_000)]
    [2, 7, 11, 28, 40]
    """
    return min(max(round(math.sqrt(clauses) * 0.4), 2), _MOST_BY_DEFAULT)


@dataclass(frozen=True, slots=True)
class Material:
    """Clauses with their languages, and for each language the places of its clauses and words."""

    clauses: Sequence[TopicClause]
    languages: NDArray[np.str_]
    words: Mapping[str, tuple[Integers, Words]]

    @classmethod
    def of(cls, clauses: Sequence[TopicClause]) -> Material:
        """The words of these clauses, which are in Persian or English."""
        languages = np.array([one.language for one in clauses], dtype=str)
        words = {}
        for language in LANGUAGES:
            own = [one for one in clauses if one.language == language]
            if own:
                texts = [one.normalised for one in own]
                documents = [one.document for one in own]
                words[language] = (
                    np.flatnonzero(languages == language),
                    Words.of(texts, documents, language),
                )
        return cls(clauses, languages, words)

    def sizes(self, topics: Integers, count: int) -> Integers:
        """How many clauses each topic (rows) has in each language (columns)."""
        columns = [
            np.bincount(topics[places], minlength=count) for places, _ in self.words.values()
        ]
        return np.array(columns, dtype=np.int64).T

    def places(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[int, int]]:
        """Where the clauses of pairs of ids stand; pairs of which one is not here are left out."""
        at = {clause.id: place for place, clause in enumerate(self.clauses)}
        return [(at[one], at[other]) for one, other in pairs if one in at and other in at]


@dataclass(frozen=True, slots=True)
class Grouping:
    """The topic of each clause from 0, how near it is to its middle, and how sure that is."""

    topics: Integers
    nearness: NDArray[Any]
    sureness: NDArray[Any]


@dataclass(frozen=True, slots=True)
class Clusters:
    """Clusters of bridged vectors (``points``); ``raw`` are those that are only centred.

    They begin at ``start``, one topic for each code of ``began_at``, or by chance where it is None.
    """

    material: Material
    raw: Floats
    points: Floats
    count: int
    start: Floats | None
    began_at: Sequence[str]

    @classmethod
    def of(
        cls,
        material: Material,
        vectors: Floats,
        encoder: Encoder,
        codebook: Codebook | None,
        count: int | None,
    ) -> Clusters:
        """So many clusters of an encoder's vectors, or one for each code; InputError if too few."""
        raw = centred(vectors, material.languages)
        different = len(np.unique(raw, axis=0))
        start = None
        began_at: Sequence[str] = ()
        if codebook is not None:
            start = code_points(codebook, encoder, middles(vectors, material.languages))
            began_at = [code.id for code in codebook.codes]
            count = len(began_at)
            if different < count:
                raise InputError(
                    f"There are {different} different clauses, too few to begin at {count} codes."
                )
        elif count is None:
            count = min(default_count(len(vectors)), max(different, 1))
        _enough(different, count)
        return cls(material, raw, bridged(raw, material.languages), count, start, began_at)

    @property
    def chance(self) -> bool:
        """Whether another seed may give other topics."""
        return self.start is None

    def apart(self, pairs: Sequence[tuple[int, int]]) -> Clusters:
        """The same with no clause drawn to its own translation."""
        banned: dict[int, list[int]] = {}
        for one, other in pairs:
            banned.setdefault(one, []).append(other)
            banned.setdefault(other, []).append(one)
        return replace(self, points=bridged(self.raw, self.material.languages, banned))

    def labels(self, places: Integers, seed: int) -> Integers:
        """The topics of some clauses, found from these alone."""
        return clustered(self.points[places], self.count, seed, self.start)

    def grouping(self) -> Grouping:
        """The topics of all clauses."""
        model = _clustered(self.points, self.count, 0, self.start)
        distances = np.sort(model.transform(self.points), axis=1)
        nearest = distances[:, 0]
        second = distances[:, 1] if self.count > 1 else np.full(len(distances), np.inf)
        return Grouping(
            np.asarray(model.labels_, dtype=np.int64),
            -nearest,
            1 - nearest / np.where(second > 0, second, 1),
        )

    def likeness(self, one: int, others: Sequence[int]) -> NDArray[Any]:
        """The cosines of a clause with some others."""
        found: NDArray[Any] = self.raw[list(others)] @ self.raw[one]
        return found


def clustered(points: Floats, count: int, seed: int, start: Floats | None = None) -> Integers:
    """The clusters of the points, as numbers from 0."""
    return np.asarray(_clustered(points, count, seed, start).labels_, dtype=np.int64)


def _clustered(points: Floats, count: int, seed: int, start: Floats | None) -> Any:
    """KMeans, to the bit the same again: its threads would add up in the order they finish."""
    model = KMeans(
        count,
        init="k-means++" if start is None else start,
        n_init=_STARTS if start is None else 1,
        random_state=seed,
    )
    with threadpool_limits(1):
        return model.fit(points)


@dataclass(frozen=True, slots=True)
class Factors:
    """Non-negative factors of the words of each language: ``rows`` are word weights by language."""

    material: Material
    rows: Mapping[str, Matrix]
    counts: Mapping[str, int]

    began_at: Sequence[str] = ()
    chance: bool = False  # factors begin at singular vectors

    @classmethod
    def of(cls, material: Material, count: int | None) -> Factors:
        """So many factors in each language; InputError when there are too few clauses or words."""
        rows = {language: words.tfidf() for language, (_, words) in material.words.items()}
        counts = {}
        for language, weights in rows.items():
            possible = min(weights.shape)
            counts[language] = count or min(default_count(weights.shape[0]), possible)
            _enough(possible, counts[language], f" in {NAMES[language]}")
        if not counts:
            _enough(0, 1)
        return cls(material, rows, counts)

    @property
    def count(self) -> int:
        """How many topics there are in all languages."""
        return sum(self.counts.values())

    def labels(self, places: Integers, seed: int) -> Integers:
        """The topics of some clauses, found from these alone."""
        return np.asarray(self._factored(places, seed).argmax(axis=1), dtype=np.int64)

    def grouping(self) -> Grouping:
        """The topics of all clauses."""
        weights = self._factored(np.arange(len(self.material.clauses)), 0)
        ordered = np.sort(weights, axis=1)
        heaviest = ordered[:, -1]
        second = ordered[:, -2] if self.count > 1 else np.zeros(len(ordered))
        return Grouping(
            np.asarray(weights.argmax(axis=1), dtype=np.int64),
            heaviest,
            1 - second / np.where(heaviest > 0, heaviest, 1),
        )

    def likeness(self, one: int, others: Sequence[int]) -> NDArray[Any]:
        """The cosines of a clause with some others of its language."""
        language = str(self.material.languages[one])
        places, _ = self.material.words[language]
        rows = self.rows[language]
        both = rows[np.searchsorted(places, others)] @ rows[np.searchsorted(places, one)].T
        return np.asarray(both.todense()).ravel()

    def _factored(self, places: Integers, seed: int) -> NDArray[Any]:
        """The weight of each factor in each clause; a factor weighs in its own language only."""
        weights = np.zeros((len(places), self.count))
        first = 0
        for language, (own, _) in self.material.words.items():
            _, here, rows = np.intersect1d(places, own, return_indices=True)
            if len(here):
                found = _factors(self.rows[language][rows], self.counts[language], seed)
                # So little that it only keeps a clause without weight in its own language.
                found[found.sum(axis=1) == 0, 0] = np.finfo(float).tiny
                weights[here, first : first + found.shape[1]] = found
            first += self.counts[language]
        return weights


def _factors(rows: Matrix, count: int, seed: int) -> NDArray[Any]:
    model = NMF(min(count, *rows.shape), init="nndsvda", random_state=seed, max_iter=400, tol=1e-3)
    with threadpool_limits(1):
        found: NDArray[Any] = model.fit_transform(rows)
    return found


def speaking(
    clauses: Sequence[TopicClause],
    encoder: Encoder,
    on_step: Callable[[int], None] = lambda done: None,
) -> tuple[list[TopicClause], Floats]:
    """The clauses in Persian or English that have words, and their vectors."""
    spoken = [clause for clause in clauses if clause.language in LANGUAGES]
    vectors = encoder.encode([one.text for one in spoken], on_step)
    told = vectors.any(axis=1)
    return [one for one, has in zip(spoken, told, strict=True) if has], vectors[told]


def with_words(clauses: Sequence[TopicClause]) -> list[TopicClause]:
    """The clauses in Persian or English that have a word which can tell topics apart."""
    spoken = [clause for clause in clauses if clause.language in LANGUAGES]
    has = np.zeros(len(spoken), dtype=bool)
    for places, words in Material.of(spoken).words.values():
        has[places] = words.counts.getnnz(axis=1) > 0
    return [one for one, told in zip(spoken, has, strict=True) if told]


def _enough(possible: int, count: int, language: str = "") -> None:
    if not possible:
        raise InputError(
            f"There are no clauses{language} to find topics in. Add documents with: textmine add"
        )
    if possible < count:
        raise InputError(
            f"There are {possible} different clauses{language}, too few for {count} topics. Ask "
            "for fewer with --topics N."
        )
