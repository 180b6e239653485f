"""How well coded clauses can be predicted: on documents that the coder in question has not seen.

Documents are dealt into parts; each part is predicted by a model trained on the others, whose
calibration and thresholds were chosen inside those others. Clauses that read like a clause under
test are left out of its training, so that formulas which every agreement repeats do not count as
foresight. The dictionary and the most frequent code stand beside the model: what learning adds is
the difference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.metrics import average_precision_score

from textmine.codings import CodedClause
from textmine.encoding import Encoder
from textmine.errors import InputError
from textmine.records import Codebook, Prediction
from textmine.tagging.classifier import Booleans, ThemeClassifier, document_folds
from textmine.tagging.features import WORD, Floats
from textmine.tagging.keywords import DictionaryCoder, view
from textmine.tagging.model import applied, check

SAMPLES = 1000
"""Bootstrap samples of documents behind each interval."""

ALIKE = 0.8
"""Two clauses read alike when they share this part of all their distinct words (Jaccard)."""

_BINS = 10


class Interval(NamedTuple):
    """A figure, and where 95 of 100 samples of documents put it."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class CodeScore:
    """How one code was predicted. ``support`` counts clauses that carry it.

    ``precision`` is None where the coder never applied the code, ``recall``, ``f1`` and
    ``average_precision`` (of the ranking by probability) where no clause carries it: there is
    nothing to divide by. ``f1`` is 0 where it carries but never hits.
    """

    code: str
    support: int
    precision: float | None
    recall: float | None
    f1: float | None
    average_precision: float | None


@dataclass(frozen=True, slots=True)
class GroupScore:
    """How one language or one kind of document was predicted."""

    clauses: int
    macro_f1: float
    micro_f1: float


@dataclass(frozen=True, slots=True)
class Score:
    """How one coder predicted all clauses.

    ``macro_f1`` is the mean over codes that some clause carries. ``brier`` is the mean squared
    distance of probabilities from what was decided, ``calibration_error`` the mean distance of
    probability and share in ten bins (expected calibration error), both over all clauses and
    codes, 0 being best. ``first_right`` is the share of coded clauses whose most probable code
    was applied to them; ties count in proportion.
    """

    coder: str
    macro_f1: Interval
    micro_f1: Interval
    brier: float
    calibration_error: float
    first_right: float
    codes: tuple[CodeScore, ...]
    languages: Mapping[str, GroupScore]
    kinds: Mapping[str, GroupScore]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Coders side by side on the same clauses. ``notes`` say what could not be measured, and why.

    ``folds`` is 0 when nothing could be trained and tested apart; then ``scores`` hold the
    dictionary alone. ``left_out`` counts clauses kept out of a training because they read like one
    under test.
    """

    codebook: str
    clauses: int
    documents: int
    folds: int
    left_out: int
    scores: tuple[Score, ...]
    notes: tuple[str, ...]

    def score(self, coder: str) -> Score | None:
        """The score of ``model``, ``dictionary`` or ``most frequent``; None when not measured."""
        return next((score for score in self.scores if score.coder == coder), None)


def evaluate(
    coded: Sequence[CodedClause],
    codebook: Codebook,
    folds: int = 5,
    kinds: Mapping[str, str] | None = None,
    encoder: Encoder | None = None,
) -> Evaluation:
    """Measures the model, the dictionary and the most frequent code on ``coded``.

    ``kinds`` gives the kind of each document (agreement, paper, ...) for figures by kind.
    Deterministic: bootstrap samples are drawn with a fixed seed.
    Raises InputError for clauses that ``train`` refuses, and for less than two folds.
    """
    check(coded, codebook)
    if folds < 2:
        raise InputError(f"{folds} folds were asked for; at least 2 are needed to test on others.")
    truth = applied(coded, codebook)
    documents = [one.document for one in coded]
    clauses = [(one.clause, one.text) for one in coded]
    notes: list[str] = []
    outcomes: dict[str, _Outcome] = {}
    parts = document_folds(documents, folds)
    left_out = 0
    if len(parts) < 2:
        parts = []
        notes.append(
            "All clauses come from one document: no model could be tested on another, so the "
            "dictionary stands alone."
        )
    else:
        if len(parts) < folds:
            notes.append(f"There are {len(parts)} documents, so {len(parts)} folds were made.")
        outcomes["model"], left_out = _of_models(coded, codebook, parts, encoder)
    outcomes["dictionary"] = _outcome(DictionaryCoder(codebook).predict(clauses))
    if parts:
        outcomes["most frequent"] = _of_most_frequent(truth, parts)
    for code, column in zip(codebook.codes, truth.T, strict=True):
        if not column.any():
            notes.append(f'No clause carries "{code.id}": nothing was measured for it.')
    scores = tuple(
        _score(coder, outcome, coded, codebook, kinds) for coder, outcome in outcomes.items()
    )
    return Evaluation(
        codebook.reference,
        len(coded),
        len(set(documents)),
        len(parts),
        left_out,
        scores,
        tuple(notes),
    )


def measured(
    coder: str,
    predictions: Iterable[Prediction],
    coded: Sequence[CodedClause],
    codebook: Codebook,
) -> Score:
    """How well ``predictions``, one for each of ``coded`` in their order, meet what was coded.

    Only for coders that have not learned from these documents.
    """
    return _score(coder, _outcome(predictions), coded, codebook, None)


def difference(
    one: Sequence[Prediction],
    other: Sequence[Prediction],
    coded: Sequence[CodedClause],
    codebook: Codebook,
) -> Interval:
    """Macro-F1 of ``one`` less that of ``other`` on the same clauses, over the same samples."""
    truth = applied(coded, codebook)
    documents = [each.document for each in coded]
    (value, sampled), (less, less_sampled) = (
        _sampled(_counts(_outcome(each), truth), documents)[0] for each in (one, other)
    )
    low, high = np.percentile(sampled - less_sampled, (2.5, 97.5))
    return Interval(float(value - less), float(low), float(high))


class _Outcome(NamedTuple):
    """Probability and decision for each clause (rows) and code (columns)."""

    probability: Floats
    applied: Booleans


def _of_models(
    coded: Sequence[CodedClause],
    codebook: Codebook,
    parts: Sequence[Sequence[int]],
    encoder: Encoder | None,
) -> tuple[_Outcome, int]:
    truth = applied(coded, codebook)
    shape = truth.shape
    readings = ThemeClassifier(codebook, encoder).read([one.text for one in coded])
    found = _Outcome(np.zeros(shape), np.zeros(shape, dtype=bool))
    alike = _alike([one.text for one in coded])
    left_out: set[int] = set()
    for part in parts:
        rest = set(range(len(coded))).difference(part)
        twins = rest.intersection(twin for place in part for twin in alike.get(place, ()))
        left_out |= twins
        # A corpus of nothing but formulas must still be predicted from something.
        kept = sorted(rest - twins) or sorted(rest)
        model = ThemeClassifier(codebook, encoder).fit(
            [readings[place] for place in kept],
            truth[kept],
            groups=[coded[place].document for place in kept],
        )
        decided = model.decide([readings[place] for place in part])
        found.probability[part] = decided.probability
        found.applied[part] = decided.applied
    return found, len(left_out)


def _of_most_frequent(truth: Booleans, parts: Sequence[Sequence[int]]) -> _Outcome:
    """The most frequent code of the other documents for every clause, with its share there."""
    found = _Outcome(np.zeros(truth.shape), np.zeros(truth.shape, dtype=bool))
    for part in parts:
        shares = np.delete(truth, part, axis=0).mean(axis=0)
        found.probability[part] = shares
        found.applied[part, int(np.argmax(shares))] = True
    return found


def _outcome(predictions: Iterable[Prediction]) -> _Outcome:
    rows = [prediction.codes for prediction in predictions]
    return _Outcome(
        np.array([[code.probability for code in row] for row in rows], dtype=np.float64),
        np.array([[code.applied for code in row] for row in rows], dtype=bool),
    )


def _alike(texts: Sequence[str]) -> Mapping[int, list[int]]:
    """For each clause the places of others that read alike; clauses that have some only."""
    words = CountVectorizer(binary=True, lowercase=False, token_pattern=WORD.pattern)
    try:
        rows = words.fit_transform([view(text).text for text in texts])
    except ValueError:  # scikit-learn's way to say that there are no words at all
        return {}
    sizes = np.asarray(rows.sum(axis=1)).ravel()
    found: dict[int, list[int]] = {}
    for place in range(len(texts)):
        shared = (rows @ rows[place].T).toarray().ravel()
        either = sizes + sizes[place] - shared
        twins = np.flatnonzero((shared > 0) & (shared >= ALIKE * either))
        if len(twins) > 1:
            found[place] = [twin for twin in twins.tolist() if twin != place]
    return found


def _score(
    coder: str,
    outcome: _Outcome,
    coded: Sequence[CodedClause],
    codebook: Codebook,
    kinds: Mapping[str, str] | None,
) -> Score:
    truth = applied(coded, codebook)
    languages = [str(one.language) for one in coded]
    of_documents = [(kinds or {}).get(one.document, "not given") for one in coded] if kinds else []
    counts = _counts(outcome, truth)
    codes = []
    for column, (code, (hits, wrong, missed)) in enumerate(
        zip(codebook.codes, counts.sum(axis=0).tolist(), strict=True)
    ):
        support = hits + missed
        carried, probable = truth[:, column], outcome.probability[:, column]
        codes.append(
            CodeScore(
                code.id,
                support,
                hits / (hits + wrong) if hits + wrong else None,
                hits / support if support else None,
                2 * hits / (2 * hits + wrong + missed) if support else None,
                float(average_precision_score(carried, probable)) if support else None,
            )
        )
    macro, micro = (
        Interval(float(value), *(float(edge) for edge in np.percentile(sample, (2.5, 97.5))))
        for value, sample in _sampled(counts, [one.document for one in coded])
    )
    return Score(
        coder,
        macro,
        micro,
        float(np.mean((outcome.probability - truth) ** 2)),
        _calibration_error(outcome.probability, truth),
        _first_right(outcome.probability, truth),
        tuple(codes),
        _by_group(counts, languages),
        _by_group(counts, of_documents),
    )


def _counts(outcome: _Outcome, truth: Booleans) -> NDArray[np.int64]:
    """Hits, wrong and missed ones (last axis) of each clause and code."""
    return np.stack(
        [outcome.applied & truth, outcome.applied & ~truth, ~outcome.applied & truth], axis=-1
    ).astype(np.int64)


def _f1(counts: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Macro- and micro-F1 of counts of hits, wrong and missed (last axis), codes before them."""
    hits, wrong, missed = counts[..., 0], counts[..., 1], counts[..., 2]
    support = hits + missed
    with np.errstate(invalid="ignore"):
        each = np.where(support > 0, 2 * hits / (2 * hits + wrong + missed), np.nan)
        carried = (support > 0).sum(axis=-1)
        macro = np.nansum(each, axis=-1) / np.maximum(carried, 1)
        pooled = (2 * hits + wrong + missed).sum(axis=-1)
        micro = 2 * hits.sum(axis=-1) / np.maximum(pooled, 1)
    return macro, micro


def _sampled(
    counts: NDArray[np.int64], documents: Sequence[str]
) -> tuple[tuple[float, Floats], tuple[float, Floats]]:
    """Macro- and micro-F1, each with its values over resampled documents."""
    names, places = np.unique(np.array(documents), return_inverse=True)
    by_document = np.zeros((len(names), *counts.shape[1:]), dtype=np.int64)
    np.add.at(by_document, places, counts)
    # Two documents cannot tell how documents vary, but the interval then shows it by its width.
    drawn = np.random.default_rng(0).multinomial(
        len(names), np.full(len(names), 1 / len(names)), size=SAMPLES
    )
    macros, micros = _f1(np.einsum("sd,dck->sck", drawn, by_document))
    macro, micro = _f1(counts.sum(axis=0))
    return (float(macro), macros), (float(micro), micros)


def _by_group(counts: NDArray[np.int64], groups: Sequence[str]) -> dict[str, GroupScore]:
    sizes = Counter(groups)
    found = {}
    for group in sorted(sizes):
        macro, micro = _f1(counts[[one == group for one in groups]].sum(axis=0))
        found[group] = GroupScore(sizes[group], float(macro), float(micro))
    return found


def _calibration_error(probability: Floats, truth: Booleans) -> float:
    bins = np.minimum((probability * _BINS).astype(int), _BINS - 1)
    error = 0.0
    for number in range(_BINS):
        inside = bins == number
        if inside.any():
            error += inside.sum() * abs(probability[inside].mean() - truth[inside].mean())
    return float(error / probability.size)


def _first_right(probability: Floats, truth: Booleans) -> float:
    coded = truth.any(axis=1)
    if not coded.any():
        return 0.0
    first = probability[coded] == probability[coded].max(axis=1, keepdims=True)
    return float(np.mean((first & truth[coded]).sum(axis=1) / first.sum(axis=1)))
