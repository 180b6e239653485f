"""Finds the topics of clauses: by what they mean, in both languages together, or by their words.

By meaning, topics are clusters of sentence vectors in which the languages have been brought
together (:mod:`textmine.topics.vectors`); they may begin at the descriptions of a codebook's codes.
By words, topics are non-negative factors of word weights, in each language by itself: words of one
language say nothing about those of the other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from textmine.encoding import Encoder
from textmine.records import Codebook
from textmine.topics import measures
from textmine.topics.found import (
    LANGUAGES,
    Assignment,
    Figures,
    Pairs,
    Topic,
    TopicClause,
    Topics,
)
from textmine.topics.grouping import (
    NAMES,
    Clusters,
    Factors,
    Grouping,
    Material,
    speaking,
    with_words,
)
from textmine.topics.measures import Integers

NO_LANGUAGE = "neither Persian nor English"
NO_WORDS = "no words to go by"

_FEW = 50  # a language with fewer clauses is told of in a note
_READ_FIRST = 3
_LOOKED_AT = 100  # candidates for a clause to read first
_SHORT = 6  # clauses of fewer words say too little to stand for others
_SAME = 0.8  # likeness from which two clauses say the same

_COHERENCE = (
    "Coherence (c_npmi) ranks topic models badly on clauses, which are short: frequent words raise "
    "it, whatever the topics. Go by stability, and by the clauses themselves."
)
_ONE_LANGUAGE_EACH = (
    "Found by words: each topic is of one language, and none is matched with one of the other. "
    "Topics over both languages together need an encoder: pip install 'textmine[embeddings]'"
)


def find(
    clauses: Sequence[TopicClause],
    encoder: Encoder | None = None,
    *,
    codebook: Codebook | None = None,
    count: int | None = None,
    pairs: Sequence[tuple[str, str]] = (),
    on_step: Callable[[int], None] = lambda done: None,
) -> Topics:
    """The topics of these clauses: by meaning with an encoder, else by words.

    With a ``codebook`` clusters begin at the descriptions of its codes: as many topics as codes,
    and no chance in it. By words, ``count`` topics in each language. ``pairs`` are ids of clauses
    that are translations of each other, to measure by. The same clauses give the same topics.
    InputError when they are too few for so many. ``on_step`` is told how many have been encoded.
    """
    grouper: Clusters | Factors
    if encoder is None:
        kept = with_words(clauses)
        material = Material.of(kept)
        grouper = Factors.of(material, count)
    else:
        kept, vectors = speaking(clauses, encoder, on_step)
        material = Material.of(kept)
        grouper = Clusters.of(material, vectors, encoder, codebook, count)
    grouping = grouper.grouping()
    spoken = sum(one.language in LANGUAGES for one in clauses)
    left_out = {NO_LANGUAGE: len(clauses) - spoken, NO_WORDS: spoken - len(kept)}
    told = {
        language: words.telling(grouping.topics[places], grouper.count)
        for language, (places, words) in material.words.items()
    }
    number, topics = _topics(material, grouper, grouping, told)
    first = _read_first(material, grouper, grouping)
    return Topics(
        method="words" if encoder is None else "meaning",
        encoder="" if encoder is None else encoder.id,
        topics=topics,
        assignments=tuple(
            Assignment(clause, number[int(topic)], float(sure), place in first)
            for place, (clause, topic, sure) in enumerate(
                zip(kept, grouping.topics, grouping.sureness, strict=True)
            )
        ),
        figures=_figures(material, grouper, grouping, told, pairs),
        left_out={reason: missing for reason, missing in left_out.items() if missing},
        notes=tuple(_notes(material, grouper, by_default=count is None and codebook is None)),
    )


Told = dict[str, list[list[int]]]
"""The columns of the words that tell each topic, by language."""


def _topics(
    material: Material, grouper: Clusters | Factors, grouping: Grouping, told: Told
) -> tuple[dict[int, int], tuple[Topic, ...]]:
    """Topics that have clauses, the largest first, and the number that each got."""
    sizes = material.sizes(grouping.topics, grouper.count)
    alone = measures.one_language(sizes)
    order = sorted(np.flatnonzero(sizes.any(axis=1)).tolist(), key=lambda one: -sizes[one].sum())
    number = {topic: place for place, topic in enumerate(order, start=1)}
    found = []
    for topic in order:
        own = zip(material.words, sizes[topic], strict=True)
        words = {
            language: tuple(words.written[column] for column in told[language][topic])
            for language, (_, words) in material.words.items()
        }
        found.append(
            Topic(
                number=number[topic],
                words=words,
                sizes={language: int(size) for language, size in own},
                sureness=float(grouping.sureness[grouping.topics == topic].mean()),
                one_language=alone[topic],
                began_at=grouper.began_at[topic] if grouper.began_at else "",
            )
        )
    return number, tuple(found)


def _read_first(
    material: Material, grouper: Clusters | Factors, grouping: Grouping
) -> frozenset[int]:
    """For each topic and language the clauses nearest to its middle, none like another."""
    found: list[int] = []
    short = np.array([len(one.text.split()) < _SHORT for one in material.clauses])
    for topic in range(grouper.count):
        for language in material.words:
            own = np.flatnonzero((grouping.topics == topic) & (material.languages == language))
            near = own[np.lexsort((-grouping.nearness[own], short[own]))]
            chosen: list[int] = []
            for place in near[:_LOOKED_AT].tolist():
                if not chosen or (grouper.likeness(place, chosen) < _SAME).all():
                    chosen.append(place)
                if len(chosen) == _READ_FIRST:
                    break
            found += chosen
    return frozenset(found)


def _figures(
    material: Material,
    grouper: Clusters | Factors,
    grouping: Grouping,
    told: Told,
    pairs: Sequence[tuple[str, str]],
) -> Figures:
    everything = len(material.clauses)
    sizes = material.sizes(grouping.topics, grouper.count)
    return Figures(
        over_seeds=measures.over_seeds(grouper.labels, everything) if grouper.chance else None,
        over_samples=measures.over_samples(grouper.labels, everything, grouper.count),
        coherence={
            language: measures.coherence(words, told[language])
            for language, (_, words) in material.words.items()
        },
        diversity={language: measures.diversity(each) for language, each in told.items()},
        language_told=measures.language_told(sizes),
        pairs=_pairs(material, grouper, grouping.topics, pairs) if pairs else None,
    )


def _pairs(
    material: Material,
    grouper: Clusters | Factors,
    topics: Integers,
    pairs: Sequence[tuple[str, str]],
) -> Pairs:
    known = material.places(pairs)
    unknown = len(pairs) - len(known)
    if not known:
        return Pairs(0, unknown, None, None, None)
    unaided = None
    if isinstance(grouper, Clusters):
        again = grouper.apart(known).labels(np.arange(len(topics)), 0)
        unaided = measures.together(again, known)
    return Pairs(
        count=len(known),
        unknown=unknown,
        together=measures.together(topics, known),
        unaided=unaided,
        by_chance=measures.by_chance(topics, known),
    )


def _notes(material: Material, grouper: Clusters | Factors, *, by_default: bool) -> list[str]:
    found = []
    if by_default:
        found.append(
            f"{grouper.count} topics for {len(material.clauses)} clauses is a rule of thumb; try "
            "other numbers with --topics N, and keep the one whose clauses read best."
        )
    if isinstance(grouper, Factors):
        found.append(_ONE_LANGUAGE_EACH)
    elif len(material.words) > 1:
        found += [
            f"{NAMES[language]} has only {len(places)} clauses: how they join the topics of the "
            "other language is rough."
            for language, (places, _) in material.words.items()
            if len(places) < _FEW
        ]
    return [*found, _COHERENCE]
