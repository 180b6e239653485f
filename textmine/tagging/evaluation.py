"""How well coded clauses can be predicted: on documents that the coder in question has not seen.

Documents are dealt into parts; each part is predicted by a model trained on the others, whose
calibration and thresholds were chosen inside those others. Clauses that read like a clause under
test are left out of its training, so that formulas which every agreement repeats do not count as
foresight. The dictionary and the most frequent code stand beside the model: what learning adds is
the difference.

``evaluate`` measures a model with its card. Larger questions (another language, other sources, few
examples) are asked of a ``Material``: clauses read once, of which any may train and any be tested.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.metrics import average_precision_score
from sklearn.mixture import GaussianMixture

from textmine.codebook import definitions
from textmine.codings import CodedClause
from textmine.encoding import Encoder, middles
from textmine.errors import InputError
from textmine.records import Codebook, Prediction
from textmine.tagging.classifier import (
    Booleans,
    Decision,
    ThemeClassifier,
    document_folds,
)
from textmine.tagging.features import PARTS, WORD, Floats, Meaning, Reading
from textmine.tagging.keywords import DictionaryCoder, view
from textmine.tagging.model import applied, check
from textmine.tagging.scores import (
    Bin,
    CodeScore,
    Covered,
    Curves,
    Evaluation,
    GroupScore,
    Interval,
    Learned,
    Score,
)

SAMPLES = 1000
"""Bootstrap samples of documents behind each interval."""

ALIKE = 0.8
"""Two clauses read alike when they share this part of all their distinct words (Jaccard)."""

DEALT = 5
"""Parts that documents are dealt into: each is predicted by a model that saw the others."""

ANSWERED = tuple(tenth / 10 for tenth in range(1, 11))
"""The shares of clauses, the surest first, for which it is told how well they were decided."""

_BINS = 10


def evaluate(
    coded: Sequence[CodedClause],
    codebook: Codebook,
    folds: int = DEALT,
    kinds: Mapping[str, str] | None = None,
    encoder: Encoder | None = None,
    shares: Sequence[float] = (),
    on_part: Callable[[], None] = lambda: None,
) -> Evaluation:
    """Measures the model, the dictionary and the most frequent code on ``coded``.

    ``kinds`` gives the kind of each document (agreement, paper, ...) for figures by kind. For each
    of ``shares`` (between 0 and 1) models are also measured that learned from so many of the
    documents: each takes about its share of the time that the whole takes. ``on_part`` hears of
    each model before it is trained: one for each part of the documents, for all and for each share.
    Deterministic: bootstrap samples are drawn with a fixed seed.
    Raises InputError for clauses that ``train`` refuses, and for less than two folds.
    """
    check(coded, codebook)
    if folds < 2:
        raise InputError(f"{folds} folds were asked for; at least 2 are needed to test on others.")
    material = Material.of(coded, codebook, encoder)
    truth = material.truth
    documents = {one.document for one in coded}
    notes: list[str] = []
    outcomes: dict[str, Decision] = {}
    left_out = 0
    curves = None
    made = min(folds, len(documents)) if len(documents) > 1 else 0
    if not made:
        notes.append(
            "All clauses come from one document: no model could be tested on another, so the "
            "dictionary stands alone."
        )
    else:
        if made < folds:
            notes.append(f"There are {made} documents, so {made} folds were made.")
        by_one = _heard(by_model(), on_part)
        tested = crossed(material, by_one, folds)
        outcomes["model"], left_out = tested.decision, tested.left_out
        curves = _curves(material, tested, by_one, folds, shares)
    everything = range(len(coded))
    outcomes["dictionary"] = by_dictionary(material, (), everything)
    if made:
        outcomes["most frequent"] = crossed(material, by_most_frequent, folds).decision
    for code, column in zip(codebook.codes, truth.T, strict=True):
        if not column.any():
            notes.append(f'No clause carries "{code.id}": nothing was measured for it.')
    scores = tuple(
        _score(coder, outcome, coded, codebook, kinds) for coder, outcome in outcomes.items()
    )
    return Evaluation(
        codebook.reference,
        len(coded),
        len(documents),
        made,
        left_out,
        scores,
        tuple(notes),
        curves,
    )


def _heard(coder: Coder, on_part: Callable[[], None]) -> Coder:
    """The coder, telling each time before it learns."""

    def decide(material: Material, learn: Sequence[int], test: Sequence[int]) -> Decision:
        on_part()
        return coder(material, learn, test)

    return decide


def _curves(
    material: Material, tested: Crossed, coder: Coder, folds: int, shares: Sequence[float]
) -> Curves:
    """The curves of models that learned from all they could, and from ``shares`` of it."""
    by_share = [crossed(material, coder, folds, choose=share(material, part, 0)) for part in shares]
    learned = (
        Learned(each.learned, scored(material, "model", each).macro_f1)
        for each in ([*by_share, tested] if shares else ())
    )
    decision = tested.decision
    return Curves(
        tuple(calibration(decision.probability, material.truth)),
        tuple(coverage(decision, material.truth, ANSWERED)),
        tuple(learned),
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
    return _score(coder, decision_of(predictions), coded, codebook, None)


def difference(
    one: Sequence[Prediction],
    other: Sequence[Prediction],
    coded: Sequence[CodedClause],
    codebook: Codebook,
) -> Interval:
    """Macro-F1 of ``one`` less that of ``other`` on the same clauses, over the same samples."""
    truth = applied(coded, codebook)
    documents = [each.document for each in coded]
    first, second = (_counts(decision_of(each), truth) for each in (one, other))
    return _difference(first, second, documents)


@dataclass(frozen=True, slots=True)
class Material:
    """Coded clauses with what was read in them, for any number of trainings and tests.

    ``alike`` gives for the place of a clause those of others that must not train where it is
    tested: clauses that read alike, and its counterparts in the other language.
    """

    coded: tuple[CodedClause, ...]
    codebook: Codebook
    encoder: Encoder | None
    readings: tuple[Reading, ...]
    truth: Booleans
    alike: Mapping[int, Sequence[int]]

    @classmethod
    def of(
        cls,
        coded: Sequence[CodedClause],
        codebook: Codebook,
        encoder: Encoder | None = None,
        counterparts: Iterable[tuple[str, str]] = (),
    ) -> Material:
        """Reads the clauses; ``counterparts`` are ids of clauses that translate each other.

        Counterparts of which one is not among the clauses are passed over. Raises InputError for
        clauses that ``train`` refuses.
        """
        check(coded, codebook)
        texts = [one.text for one in coded]
        readings = ThemeClassifier(codebook, encoder).read(texts)
        alike = _alike(texts)
        places = {one.clause: place for place, one in enumerate(coded)}
        for one, other in counterparts:
            if one in places and other in places:
                alike.setdefault(places[one], []).append(places[other])
                alike.setdefault(places[other], []).append(places[one])
        truth = applied(coded, codebook)
        return cls(tuple(coded), codebook, encoder, tuple(readings), truth, alike)

    def places(self, wanted: Callable[[CodedClause], bool]) -> list[int]:
        """The places of clauses for which ``wanted`` is true."""
        return [place for place, one in enumerate(self.coded) if wanted(one)]

    def documents(self, places: Iterable[int]) -> list[str]:
        """The document of each of these clauses."""
        return [self.coded[place].document for place in places]


Coder = Callable[[Material, Sequence[int], Sequence[int]], Decision]
"""Learns from the clauses at some places of a material and decides on those at others."""


def by_model(parts: Sequence[str] = PARTS) -> Coder:
    """The theme classifier, fitted to the clauses; ``parts`` is what it judges by.

    Meanings count where the material was read with an encoder.
    """

    def decide(material: Material, learn: Sequence[int], test: Sequence[int]) -> Decision:
        encoder = material.encoder if "meaning" in parts else None
        model = ThemeClassifier(material.codebook, encoder, parts).fit(
            [material.readings[place] for place in learn],
            material.truth[learn],
            groups=material.documents(learn),
            sample_weight=[material.coded[place].weight for place in learn],
        )
        return model.decide([material.readings[place] for place in test])

    return decide


def by_dictionary(material: Material, learn: Sequence[int], test: Sequence[int]) -> Decision:
    """The codebook's keywords, which learn nothing."""
    clauses = ((material.coded[place].clause, material.coded[place].text) for place in test)
    return decision_of(DictionaryCoder(material.codebook).predict(clauses))


def by_most_frequent(material: Material, learn: Sequence[int], test: Sequence[int]) -> Decision:
    """The most frequent code for every clause; as probabilities the shares of all codes."""
    shares = material.truth[learn].mean(axis=0)
    probability = np.tile(shares, (len(test), 1))
    decided = np.zeros(probability.shape, dtype=bool)
    decided[:, int(np.argmax(shares))] = True
    return _decision(probability, decided)


def by_definitions(material: Material, learn: Sequence[int], test: Sequence[int]) -> Decision:
    """Likeness of meaning to the codes' definitions, without a single coded clause (zero-shot).

    The clauses to learn from give their middle by language and the spread of their likenesses,
    never their codes. Two bell curves are fitted to these likenesses, all codes together: those of
    clauses that lie near a code, and the rest. The probability of a code is that of the nearer
    curve, and a code applies from one half on. InputError without an encoder.
    """
    if material.encoder is None:
        raise InputError("Likeness to definitions needs an encoder; read the clauses with one.")
    encoder = material.encoder
    vectors = {
        language: np.asarray(encoder.encode(texts), dtype=np.float64)
        for language, texts in definitions(material.codebook).items()
    }
    known = [material.readings[place] for place in learn]
    meaning = Meaning.learn(known, vectors, middles(encoder.id))
    seen = (meaning.of(known) @ meaning.codes.T).reshape(-1, 1)
    unseen = meaning.of([material.readings[place] for place in test]) @ meaning.codes.T
    if len(np.unique(seen)) < 2:  # no spread, so nothing lies nearer than the rest
        return _decision(np.zeros(unseen.shape), np.zeros(unseen.shape, dtype=bool))
    # Begun at the middle of all and at the nearest twentieth, so that nothing is random.
    curves = GaussianMixture(
        2, means_init=np.quantile(seen, [0.5, 0.95])[:, None], random_state=0
    ).fit(seen)
    nearer = int(np.argmax(curves.means_))
    probability = curves.predict_proba(unseen.reshape(-1, 1))[:, nearer].reshape(unseen.shape)
    # Below the rest's middle a wide curve of the near ones would rise again.
    probability[unseen < float(curves.means_.min())] = 0.0
    return _decision(probability, probability >= 0.5)


class Crossed(NamedTuple):
    """What a coder decided on clauses of documents that it had not learned from.

    ``places`` are those of the clauses in the material; ``left_out`` counts clauses that were kept
    out of a training because a clause under test reads like them or translates them, ``learned``
    the clauses of an average training.
    """

    places: list[int]
    decision: Decision
    left_out: int
    learned: float


def crossed(
    material: Material,
    coder: Coder,
    folds: int = 5,
    learn: Sequence[int] | None = None,
    test: Sequence[int] | None = None,
    choose: Callable[[list[int]], list[int]] = lambda places: places,
) -> Crossed:
    """Decisions on the clauses at ``test``, each by a coder that had not seen its document.

    It learns from the clauses at ``learn`` that belong to other documents and are not alike; of
    these ``choose`` may take fewer. Without ``learn`` or ``test`` all clauses are meant. Raises
    InputError when there is nothing to test, or nothing to learn from.
    """
    tested = list(range(len(material.coded)) if test is None else test)
    able = set(range(len(material.coded)) if learn is None else learn)
    if not tested:
        raise InputError("There are no clauses to test on.")
    shape = (len(tested), len(material.codebook.codes))
    found = _decision(np.zeros(shape), np.zeros(shape, dtype=bool))
    left_out: set[int] = set()
    sizes = []
    for rows in document_folds(material.documents(tested), folds):
        part = [tested[row] for row in rows]
        held = set(material.documents(part))
        rest = {place for place in able if material.coded[place].document not in held}
        twins = rest.intersection(twin for place in part for twin in material.alike.get(place, ()))
        left_out |= twins
        # A corpus of nothing but formulas must still be predicted from something.
        known = choose(sorted(rest - twins) or sorted(rest))
        if not known:
            raise InputError("All clauses to learn from belong to documents under test.")
        sizes.append(len(known))
        decided = coder(material, known, part)
        found.probability[rows] = decided.probability
        found.applied[rows] = decided.applied
        found.certainty[rows] = decided.certainty
        found.sure[rows] = decided.sure
    return Crossed(tested, found, len(left_out), float(np.mean(sizes)))


def scored(
    material: Material, name: str, tested: Crossed, only: Iterable[int] | None = None
) -> Score:
    """How well what was decided meets what was coded; of the places in ``only``, or of all.

    InputError when none of the places was tested.
    """
    wanted = set(tested.places if only is None else only)
    rows = [row for row, place in enumerate(tested.places) if place in wanted]
    if not rows:
        raise InputError("None of these clauses was tested.")
    decision = tested.decision
    some = Decision(
        decision.probability[rows],
        decision.applied[rows],
        decision.certainty[rows],
        decision.sure[rows],
    )
    coded = [material.coded[tested.places[row]] for row in rows]
    return _score(name, some, coded, material.codebook, None)


def gain(material: Material, one: Crossed, other: Crossed) -> Interval:
    """Macro-F1 of ``one`` less that of ``other`` on the same clauses, over the same samples."""
    if one.places != other.places:
        raise InputError("The two were tested on different clauses.")
    truth, documents = material.truth[one.places], material.documents(one.places)
    return _difference(_counts(one.decision, truth), _counts(other.decision, truth), documents)


def few(material: Material, each: int, seed: int) -> Callable[[list[int]], list[int]]:
    """A choice of training clauses in which every code has ``each`` examples, if there are so many.

    Clauses are drawn at random, the rarest codes first, and as many without any code; a clause
    counts for all codes that it carries, so frequent codes can have more.
    """

    def choose(places: list[int]) -> list[int]:
        shuffled = np.random.default_rng(seed).permutation(places)
        truth = material.truth[shuffled]
        taken = np.zeros(len(shuffled), dtype=bool)
        for code in np.argsort(truth.sum(axis=0), kind="stable"):
            lacking = max(0, each - int(truth[taken, code].sum()))
            taken[np.flatnonzero(truth[:, code] & ~taken)[:lacking]] = True
        taken[np.flatnonzero(~truth.any(axis=1))[:each]] = True
        return sorted(shuffled[taken].tolist())

    return choose


def share(material: Material, part: float, seed: int) -> Callable[[list[int]], list[int]]:
    """A choice of training clauses: those of a random ``part`` (0 to 1) of the documents."""

    def choose(places: list[int]) -> list[int]:
        documents = sorted(set(material.documents(places)))
        size = max(1, round(part * len(documents)))
        drawn = np.random.default_rng(seed).permutation(len(documents))[:size]
        kept = {documents[number] for number in drawn}
        return [place for place in places if material.coded[place].document in kept]

    return choose


def calibration(probability: Floats, truth: Booleans) -> list[Bin]:
    """Probability against what was coded, in ten bins of equal width; empty bins are left out.

    >>> calibration(np.array([[0.1, 0.8], [0.1, 0.9]]), np.array([[False, True], [False, False]]))
    [Bin(decisions=2, probability=0.1, share=0.0), Bin(decisions=1, probability=0.8, share=1.0),
     Bin(decisions=1, probability=0.9, share=0.0)]
    """
    bins = np.minimum((probability * _BINS).astype(int), _BINS - 1)
    return [
        Bin(
            int(inside.sum()),
            float(probability[inside].mean()),
            float(truth[inside].mean()),
        )
        for number in range(_BINS)
        if (inside := bins == number).any()
    ]


def coverage(decision: Decision, truth: Booleans, shares: Iterable[float]) -> Iterator[Covered]:
    """Answering only the surest clauses: for each share (0 to 1), how many are wholly right."""
    order = np.argsort(-decision.certainty, kind="stable")
    right = (decision.applied == truth).all(axis=1)
    counts = _counts(decision, truth)
    for answered in shares:
        chosen = order[: max(1, round(answered * len(order)))]
        micro = float(_f1(counts[chosen].sum(axis=0))[1])
        yield Covered(answered, len(chosen), float(right[chosen].mean()), micro)


def decision_of(predictions: Iterable[Prediction]) -> Decision:
    """Predictions as one decision on all their clauses."""
    given = list(predictions)
    return Decision(
        np.array([[code.probability for code in one.codes] for one in given], dtype=np.float64),
        np.array([[code.applied for code in one.codes] for one in given], dtype=bool),
        np.array([one.certainty for one in given], dtype=np.float64),
        np.array([one.sure for one in given], dtype=bool),
    )


def _decision(probability: Floats, decided: Booleans) -> Decision:
    """A decision of a coder that is sure of everything."""
    certainty = np.maximum(probability, 1.0 - probability).prod(axis=1)
    return Decision(probability, decided, certainty, np.ones(len(certainty), dtype=bool))


def _alike(texts: Sequence[str]) -> dict[int, list[int]]:
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
    outcome: Decision,
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


def _counts(outcome: Decision, truth: Booleans) -> NDArray[np.int64]:
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


def _difference(
    one: NDArray[np.int64], other: NDArray[np.int64], documents: Sequence[str]
) -> Interval:
    """Macro-F1 of the counts ``one`` less that of ``other``, over the same samples."""
    (value, sampled), (less, less_sampled) = (_sampled(each, documents)[0] for each in (one, other))
    low, high = np.percentile(sampled - less_sampled, (2.5, 97.5))
    return Interval(float(value - less), float(low), float(high))


def _by_group(counts: NDArray[np.int64], groups: Sequence[str]) -> dict[str, GroupScore]:
    sizes = Counter(groups)
    found = {}
    for group in sorted(sizes):
        macro, micro = _f1(counts[[one == group for one in groups]].sum(axis=0))
        found[group] = GroupScore(sizes[group], float(macro), float(micro))
    return found


def _calibration_error(probability: Floats, truth: Booleans) -> float:
    bins = calibration(probability, truth)
    error = sum(one.decisions * abs(one.probability - one.share) for one in bins)
    return float(error / probability.size)


def _first_right(probability: Floats, truth: Booleans) -> float:
    coded = truth.any(axis=1)
    if not coded.any():
        return 0.0
    first = probability[coded] == probability[coded].max(axis=1, keepdims=True)
    return float(np.mean((first & truth[coded]).sum(axis=1) / first.sum(axis=1)))
