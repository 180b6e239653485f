"""Ways to find topics, measured side by side on the same clauses.

The known failure of topics over several languages is that they come twice, once in each language.
What others do is measured here beside what ``finding.find`` does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.decomposition import NMF, LatentDirichletAllocation

from textmine.encoding import Encoder
from textmine.records import Codebook
from textmine.topics import measures
from textmine.topics.found import TopicClause
from textmine.topics.grouping import Clusters, Material, clustered, default_count, speaking
from textmine.topics.measures import Integers, Labels
from textmine.topics.vectors import Floats
from textmine.topics.words import Matrix


@dataclass(frozen=True, slots=True)
class Compared:
    """How one way to find topics does.

    ``together`` is the share of ``pairs`` translations in one topic (None without pairs),
    ``judged`` the topics that are large enough to say whether they live in one language only. The
    rest as in ``found.Figures``.
    """

    way: str
    topics: int
    pairs: int
    together: float | None
    one_language: int
    judged: int
    language_told: float | None
    over_seeds: float | None
    coherence: Mapping[str, float | None]
    diversity: Mapping[str, float | None]


def compared(
    clauses: Sequence[TopicClause],
    encoder: Encoder,
    codebook: Codebook,
    pairs: Sequence[tuple[str, str]] = (),
    count: int | None = None,
) -> list[Compared]:
    """The same number of topics found in each way; clusters that begin at codes have one a code.

    Clusters are found with no clause drawn to its own translation, so that ``together`` speaks of
    clauses whose translation is not at hand.
    """
    kept, vectors = speaking(clauses, encoder)
    material = Material.of(kept)
    count = count or default_count(len(kept))
    known = material.places(pairs)
    return [
        _measured(material, way, labels, number, known, chance)
        for way, labels, number, chance in _ways(material, vectors, encoder, codebook, count, known)
    ]


def _ways(
    material: Material,
    vectors: Floats,
    encoder: Encoder,
    codebook: Codebook,
    count: int,
    known: Sequence[tuple[int, int]],
) -> Iterator[tuple[str, Labels, int, bool]]:
    counts = _side_by_side([words.counts for _, words in material.words.values()], material)
    weights = _side_by_side([words.tfidf() for _, words in material.words.values()], material)
    own = Clusters.of(material, vectors, encoder, None, count)
    begun = Clusters.of(material, vectors, encoder, codebook, None)

    def by_lda(places: Integers, seed: int) -> Integers:
        model = LatentDirichletAllocation(count, random_state=seed, learning_method="batch")
        return _heaviest(model.fit_transform(counts[places]))

    def by_nmf(places: Integers, seed: int) -> Integers:
        model = NMF(count, init="nndsvdar", random_state=seed, max_iter=400, tol=1e-3)
        return _heaviest(model.fit_transform(weights[places]))

    def as_they_come(places: Integers, seed: int) -> Integers:
        return clustered(vectors[places], count, seed)

    def centred_only(places: Integers, seed: int) -> Integers:
        return clustered(own.raw[places], count, seed)

    yield "LDA, words of both languages", by_lda, count, True
    yield "NMF, words of both languages", by_nmf, count, True
    yield "clusters of vectors as they come", as_they_come, count, True
    yield "clusters, languages centred", centred_only, count, True
    yield "clusters, centred and bridged", own.apart(known).labels, count, True
    yield "the same, begun at the codes", begun.apart(known).labels, begun.count, False


def _side_by_side(parts: Sequence[Matrix], material: Material) -> Matrix:
    """The rows of all clauses in their order; each language has columns of its own."""
    order = np.argsort(np.concatenate([places for places, _ in material.words.values()]))
    return sparse.block_diag(parts, format="csr")[order]


def _heaviest(weights: NDArray[Any]) -> Integers:
    return np.asarray(weights.argmax(axis=1), dtype=np.int64)


def _measured(
    material: Material,
    way: str,
    labels: Labels,
    count: int,
    known: Sequence[tuple[int, int]],
    chance: bool,
) -> Compared:
    everything = len(material.clauses)
    topics = labels(np.arange(everything), 0)
    sizes = material.sizes(topics, count)
    told = {
        language: (words, words.telling(topics[places], count))
        for language, (places, words) in material.words.items()
    }
    alone = measures.one_language(sizes)
    return Compared(
        way=way,
        topics=count,
        pairs=len(known),
        together=measures.together(topics, known) if known else None,
        one_language=sum(one is True for one in alone),
        judged=sum(one is not None for one in alone),
        language_told=measures.language_told(sizes),
        over_seeds=measures.over_seeds(labels, everything) if chance else None,
        coherence={language: measures.coherence(*both) for language, both in told.items()},
        diversity={language: measures.diversity(each) for language, (_, each) in told.items()},
    )
