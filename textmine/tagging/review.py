"""Active learning: which clauses a person should code next, so that the model learns most.

Taken in turn for each language and code, those whose probability lies nearest to the code's
threshold, and none that reads like one already taken. A fifth is drawn without looking at the model
at all: clauses chosen for their doubt say nothing about how good the model is.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import numpy as np
from scipy.special import logit
from sklearn.preprocessing import normalize

from textmine.codings import UNREAD, CodedClause, document_names
from textmine.codings.progress import decided_clauses
from textmine.errors import InputError
from textmine.records import Clause, Codebook
from textmine.store.catalogue import StoredClause
from textmine.store.corpus import Corpus
from textmine.tagging.classifier import Booleans, ThemeClassifier
from textmine.tagging.coders import MachineCoder
from textmine.tagging.features import Features, Floats, Matrix, Reading
from textmine.tagging.model import ThemeModel

AT_RANDOM = 0.2
"""The share that is drawn without looking at the model."""

ALIKE = 0.7
"""Clauses with a cosine above this (of all features) count as alike."""

_AT_ONCE = 256  # clauses read between two steps of progress


@dataclass(frozen=True, slots=True)
class Choice:
    """A clause worth coding: its place among the candidates, and what it was chosen for.

    ``code`` is the code that the model is unsure of; empty for one drawn at random.
    """

    place: int
    code: str


def choose(
    readings: Sequence[Reading],
    number: int,
    codebook: Codebook,
    classifier: ThemeClassifier | None,
) -> list[Choice]:
    """At most ``number`` of the clauses, the most instructive first.

    Without a classifier, as for a codebook that no one has coded by yet, the clauses are spread
    over the codes whose keywords stand in them. Nothing is random but in name: the same clauses in
    any order give the same choice. Clauses without a letter are never chosen.
    """
    by_lot = [
        (hashlib.sha256(one.compared.encode("utf-8")).digest(), place)
        for place, one in enumerate(readings)
        if any(map(str.isalpha, one.compared))
    ]
    if not by_lot or number < 1:
        return []
    places = [place for _, place in sorted(by_lot)]
    drawn = iter([Choice(place, "") for place in places])
    turns = deque(_rankings(readings, codebook, classifier, places))
    found: list[Choice] = []
    taken = _Taken(_rows(readings, codebook, classifier))
    while len(found) < number:
        choice = None
        if (len(found) + 1) % round(1 / AT_RANDOM):
            while turns and choice is None:
                choice = taken.first(turns[0])
                if choice is None:
                    turns.popleft()
                else:
                    turns.rotate(-1)
        choice = choice or taken.first(drawn)
        if choice is None:
            break
        found.append(choice)
    return found


class _Taken:
    """Clauses taken so far; one that reads like any of them is refused."""

    def __init__(self, rows: Matrix) -> None:
        self._rows = rows
        self._nearest = np.zeros(rows.shape[0])

    def first(self, choices: Iterable[Choice]) -> Choice | None:
        """Takes the first of the choices that is not refused; None when all are."""
        one = next((one for one in choices if self._nearest[one.place] <= ALIKE), None)
        if one is not None:
            likeness = (self._rows @ self._rows[one.place].T).toarray().ravel()
            self._nearest = np.maximum(self._nearest, likeness)
            self._nearest[one.place] = 1.0
        return one


def _rows(
    readings: Sequence[Reading], codebook: Codebook, classifier: ThemeClassifier | None
) -> Matrix:
    features = Features.learn(readings, codebook) if classifier is None else classifier.features_
    return normalize(features.rows(readings))


def _rankings(
    readings: Sequence[Reading],
    codebook: Codebook,
    classifier: ThemeClassifier | None,
    by_lot: Sequence[int],
) -> Iterator[Iterator[Choice]]:
    """For each code and language its clauses, the most doubtful first; lots decide ties."""
    codes = [code.id for code in codebook.codes]
    if classifier is None:
        distance = np.array(
            [[not any(hit.code == code for hit in one.hits) for code in codes] for one in readings],
            dtype=np.float64,
        )
    else:
        probability = np.clip(classifier.predict_proba(readings), 1e-6, 1 - 1e-6)
        bounds = [head.threshold if head.learned else 0.5 for head in classifier.heads_]
        distance = np.abs(logit(probability) - logit(np.clip(bounds, 1e-6, 1 - 1e-6))).round(6)
    for column, code in enumerate(codes):
        for language in sorted({one.language for one in readings}):
            places = [place for place in by_lot if readings[place].language == language]
            places.sort(key=lambda place: distance[place, column])
            yield map(Choice, places, repeat(code))


@dataclass(frozen=True, slots=True)
class Proposal:
    """A clause of a corpus that a person should code next.

    ``code`` is what the model is unsure of, empty for a clause drawn at random; ``suggested`` are
    the codes that the model, or without one the dictionary, would apply.
    """

    document: str
    clause: Clause
    code: str
    suggested: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The proposal as a program wants it."""
        return {
            "document": self.document,
            "clause": self.clause.id,
            "language": self.clause.language,
            "page": self.clause.page,
            "text": self.clause.text,
            "unsure_of": self.code,
            "suggested": list(self.suggested),
        }

    def sheet_row(self, coder: str, codebook: Codebook, *, suggest: bool) -> CodedClause:
        """A row to fill in: ``?`` for the codes, or those suggested."""
        codes = self.suggested if suggest else (UNREAD,)
        return CodedClause(
            self.document,
            self.clause.id,
            self.clause.language,
            self.clause.text,
            codes,
            coder,
            codebook.reference,
        )


def propose(
    corpus: Corpus,
    number: int,
    coder: MachineCoder,
    *,
    language: str = "",
    person: str = "",
    among: int | None = None,
    without: Collection[str] = (),
    on_step: Callable[[str, int], None] = lambda name, total: None,
) -> list[Proposal]:
    """The clauses of the corpus that should be coded next, the most instructive first.

    ``coder`` is the model whose doubts count, or the dictionary where there is no model. Clauses
    that any person has coded are left out, or with ``person`` those that this one has; so are those
    ``without``. Of a large corpus no more clauses than ``among`` are looked at, drawn by lot.
    """
    book = coder.codebook
    done = decided_clauses(corpus.catalogue, book, person)
    stored = list(_candidates(corpus, done | set(without), language, among))
    classifier = coder.classifier if isinstance(coder, ThemeModel) else None
    reading = classifier or ThemeClassifier(book)
    readings: list[Reading] = []
    for start in range(0, len(stored), _AT_ONCE):
        readings += reading.read([one.reading.text for one in stored[start : start + _AT_ONCE]])
        on_step("reading", -(-len(stored) // _AT_ONCE))
    names = document_names(corpus.catalogue)
    chosen = choose(readings, number, book, classifier)
    clauses = [stored[one.place] for one in chosen]
    predictions = coder.predict((one.clause.id, one.reading.text) for one in clauses)
    return [
        Proposal(
            names[one.document],
            one.clause,
            choice.code,
            tuple(code.code for code in prediction.codes if code.applied),
        )
        for one, choice, prediction in zip(clauses, chosen, predictions, strict=True)
    ]


def _candidates(
    corpus: Corpus, passed: Collection[str], language: str, among: int | None
) -> Iterator[StoredClause]:
    """Clauses that may be chosen, in reading order; those drawn by lot change as coding goes on."""
    catalogue = corpus.catalogue
    ids = [each for each in catalogue.clause_ids(language) if each not in passed]
    if among is not None and among < len(ids):
        lots = {each: hashlib.sha256(f"{len(passed)} {each}".encode()).digest() for each in ids}
        drawn = frozenset(sorted(ids, key=lots.__getitem__)[:among])
        ids = [each for each in ids if each in drawn]
    for start in range(0, len(ids), _AT_ONCE):
        yield from catalogue.clauses(ids=ids[start : start + _AT_ONCE])


@dataclass(frozen=True, slots=True)
class Step:
    """How good a model is after so many coded clauses: macro-F1 on documents left out."""

    clauses: int
    macro_f1: float


def curve(
    readings: Sequence[Reading],
    truth: Booleans,
    documents: Sequence[str],
    make: Callable[[], ThemeClassifier],
    test: Sequence[int],
    *,
    batch: int = 50,
    most: int = 600,
    by_model: bool = True,
    seed: int = 0,
) -> list[Step]:
    """What coding by ``choose`` would have brought, batch by batch, on clauses coded already.

    ``test`` are the places of clauses to measure on; clauses of their documents are never learned
    from. With ``by_model`` false clauses are drawn at random instead, by ``seed``. InputError when
    none of the clauses to measure on carries a code.
    """
    if not truth[list(test)].any():
        raise InputError("None of the clauses to measure on carries a code.")
    held = {documents[place] for place in test}
    pool = [place for place in range(len(readings)) if documents[place] not in held]
    lots = np.random.default_rng(seed).permutation(len(pool)).tolist()
    pool = [pool[lot] for lot in lots]
    known: list[int] = []
    classifier: ThemeClassifier | None = None
    steps = []
    tested = [readings[place] for place in test]
    while len(known) < min(most, len(pool)):
        learned = set(known)
        rest = [place for place in pool if place not in learned]
        if by_model:
            candidates = [readings[place] for place in rest]
            codebook = make().codebook
            chosen = choose(candidates, batch, codebook, classifier)
            new = [rest[one.place] for one in chosen]
        else:
            new = rest[:batch]
        if not new:
            break
        known += new
        classifier = make().fit(
            [readings[place] for place in known], truth[known], [documents[p] for p in known]
        )
        found = classifier.predict(tested)
        steps.append(Step(len(known), _macro_f1(truth[list(test)], found)))
    return steps


def _macro_f1(truth: Booleans, found: Booleans) -> float:
    carried = truth.any(axis=0)
    truth, found = truth[:, carried], found[:, carried]
    figures: Floats = 2 * (truth & found).sum(axis=0) / (truth.sum(axis=0) + found.sum(axis=0))
    return float(np.mean(figures))
