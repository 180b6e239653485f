"""The theme classifier: one logistic regression for each code, in the style of scikit-learn.

Scores become probabilities by Platt scaling, and codes apply from thresholds, both chosen on
scores of clauses whose documents the scoring regression had not seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression

from textmine.codebook import definitions
from textmine.encoding import Encoder, middles
from textmine.errors import InputError
from textmine.records import Codebook
from textmine.tagging.features import PARTS, WORD, Features, Floats, Reading, read
from textmine.tagging.keywords import DictionaryCoder

FOLDS = 5
# Below these a code is not learned: five positives in one document teach that document.
FEWEST_CLAUSES = 5
FEWEST_DOCUMENTS = 3
# From here a code has its own calibration and threshold; below it shares those of all codes,
# since a threshold chosen on a handful of clauses is chance.
ENOUGH_OF_ITS_OWN = 50

DOUBTED = 0.2
"""The least certain share of clauses, which the classifier would rather leave to people."""

# "balanced" weights keep a rare code from never being said; calibration follows anyway.
_STRENGTH = 1.0

Booleans = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Head:
    """What the classifier holds about one code.

    A learned code has the two numbers that turn its score into a probability, and the probability
    from which it applies. A code that could not be learned follows the dictionary: it applies
    where a keyword stands, and its probabilities are the shares of training clauses that carried
    it with a keyword and without one. ``reason`` then says why; it is empty for learned codes.
    """

    code: str
    clauses: int
    documents: int
    reason: str = ""
    intercept: float = 0.0
    slope: float = 0.0
    offset: float = 0.0
    threshold: float = 0.5
    with_keyword: float = 0.0
    without_keyword: float = 0.0

    @property
    def learned(self) -> bool:
        """Whether the code was learned from clauses."""
        return not self.reason


@dataclass(frozen=True, slots=True)
class Decision:
    """What the classifier says of clauses: one row a clause, one column a code.

    ``certainty`` is the probability that all decisions on a clause are right, if the codes were
    independent of each other; ``sure`` is false for clauses better left to people.
    """

    probability: Floats
    applied: Booleans
    certainty: Floats
    sure: Booleans


class ThemeClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc] # no types
    """Which codes of ``codebook`` apply to clauses; with an ``encoder`` also by their meaning.

    ``X`` is a sequence of clause texts, or of what ``read`` made of them; ``y`` has a row for each
    clause and a column for each code, true where the code applies. ``parts`` says what clauses are
    judged by; a meaning needs an encoder. Fitted attributes: ``classes_``
    (the codes' ids), ``features_``, ``heads_``, ``coefficients_`` (a row for each learned code)
    and ``doubt_`` (the certainty below which a clause is left to people).

    >>> from textmine.codebook import shipped
    >>> book = shipped()
    >>> texts = ["football and swimming", "banks and tariffs", "the parties"] * 8
    >>> columns = [code.id for code in book.codes]
    >>> y = [[column == code for column in columns] for code in ("social", "economic", "")] * 8
    >>> fitted = ThemeClassifier(book).fit(texts, y, groups=list(range(24)))
    >>> [columns[n] for n in fitted.predict(["sport"])[0].nonzero()[0]]
    ['social']
    """

    def __init__(
        self,
        codebook: Codebook,
        encoder: Encoder | None = None,
        parts: Sequence[str] = PARTS,
    ) -> None:
        self.codebook = codebook
        self.encoder = encoder
        self.parts = parts

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        tags.classifier_tags.multi_class = False
        tags.classifier_tags.multi_label = True
        tags.target_tags.single_output = False
        tags.target_tags.multi_output = True
        return tags

    def fit(
        self,
        X: Sequence[str] | Sequence[Reading],
        y: ArrayLike,
        groups: Sequence[Any] | None = None,
        sample_weight: Sequence[float] | None = None,
    ) -> ThemeClassifier:
        """Learn from clauses; ``groups`` names the document of each, which folds keep together.

        Without groups each clause counts as a document of its own. ``sample_weight`` says how much
        each clause counts, 1 if not given. Nothing is random. Raises InputError when ``y`` has not
        one row for each clause and one column for each code.
        """
        readings = self.read(X)
        truth = np.asarray(y, dtype=bool)
        shape = (len(readings), len(self.codebook.codes))
        if truth.shape != shape:
            raise InputError(f"y has the shape {truth.shape}; {shape} is needed.")
        if not readings:
            raise InputError("There are no clauses to learn from.")
        documents = [str(one) for one in (range(len(readings)) if groups is None else groups)]
        if len(documents) != len(readings):
            raise InputError(f"{len(documents)} groups for {len(readings)} clauses were given.")
        weights = np.ones(len(readings)) if sample_weight is None else np.asarray(sample_weight)
        if weights.shape != (len(readings),) or not (weights > 0).all():
            raise InputError("Each clause needs one weight above 0.")
        definitions = self._definitions()

        hits = self._hits(readings)
        reasons = [_why_not(column, documents) for column in truth.T]
        unseen = self._unseen_scores(readings, truth, reasons, documents, weights, definitions)
        for number, (scores, carried) in enumerate(zip(unseen.T, truth.T, strict=True)):
            if not reasons[number] and not carried[~np.isnan(scores)].any():
                reasons[number] = "its documents all fell into one part, so nothing could be tested"
        learned = [number for number, reason in enumerate(reasons) if not reason]

        features = self._features(readings, definitions)
        rows = features.rows(readings)
        fitted = [_fit(rows, truth[:, number], weights) for number in learned]
        heads = [
            self._head(number, reasons[number], hits, truth, documents)
            for number in range(len(reasons))
        ]
        calibrated = _calibrate(unseen[:, learned], truth[:, learned], weights)
        for number, numbers, (_, intercept) in zip(learned, calibrated, fitted, strict=True):
            slope, offset, threshold = numbers
            heads[number] = replace(
                heads[number],
                intercept=intercept,
                slope=slope,
                offset=offset,
                threshold=threshold,
            )
        coefficients = np.array([one for one, _ in fitted])
        self.assume(features, heads, coefficients.reshape(len(learned), features.count), 0.0)
        # Where no score could be had, that no code applies is what most clauses would get.
        known = np.nan_to_num(unseen[:, learned], nan=-10.0)
        certainties = _certainty(self._probabilities(readings, known, hits))
        self.doubt_ = round(float(np.quantile(certainties, DOUBTED)), 6)
        return self

    def assume(
        self, features: Features, heads: Sequence[Head], coefficients: Floats, doubt: float
    ) -> ThemeClassifier:
        """Take what another classifier of this codebook was fitted to, instead of fitting."""
        self.classes_ = np.array([head.code for head in heads])
        self.features_ = features
        self.heads_ = tuple(heads)
        self.coefficients_ = coefficients
        self.doubt_ = doubt
        return self

    def decision_function(self, X: Sequence[str] | Sequence[Reading]) -> Floats:
        """The scores of the learned codes, before they became probabilities."""
        return self._scores(self._fitted(X))

    def predict_proba(self, X: Sequence[str] | Sequence[Reading]) -> Floats:
        """The probability of each code (columns) for each clause (rows)."""
        readings = self._fitted(X)
        return self._probabilities(readings, self._scores(readings), self._hits(readings))

    def predict(self, X: Sequence[str] | Sequence[Reading]) -> Booleans:
        """Which code (columns) applies to which clause (rows)."""
        return self.decide(X).applied

    def decide(self, X: Sequence[str] | Sequence[Reading]) -> Decision:
        """Probabilities with six decimals, what they decide, and how certain that is."""
        readings = self._fitted(X)
        hits = self._hits(readings)
        found = self._probabilities(readings, self._scores(readings), hits).round(6)
        applied = np.zeros(found.shape, dtype=bool)
        for column, head in enumerate(self.heads_):
            if not head.learned:
                applied[:, column] = hits[:, column]
            else:
                applied[:, column] = found[:, column] >= head.threshold
        applied[_silent(readings)] = False
        certainty = _certainty(found).round(6)
        return Decision(found, applied, certainty, certainty >= self.doubt_)

    def read(self, given: Sequence[str] | Sequence[Reading]) -> list[Reading]:
        """What was read in the clauses; what was read already is taken as it is."""
        texts = [one for one in given if not isinstance(one, Reading)]
        wrong = next((one for one in texts if not isinstance(one, str)), None)
        if wrong is not None:
            raise InputError(f"A clause is {type(wrong).__name__}; text is needed.")
        dictionary: DictionaryCoder | None = getattr(self, "_dictionary", None)
        if dictionary is None or dictionary.codebook is not self.codebook:
            dictionary = self._dictionary = DictionaryCoder(self.codebook)
        read_now = iter(read(texts, dictionary, self.encoder) if texts else ())
        return [one if isinstance(one, Reading) else next(read_now) for one in given]

    def _fitted(self, given: Sequence[str] | Sequence[Reading]) -> list[Reading]:
        if not hasattr(self, "heads_"):
            raise NotFittedError("This ThemeClassifier is not fitted yet: call fit first.")
        return self.read(given)

    def _definitions(self) -> Mapping[str, Floats] | None:
        """The vectors of all codes' definitions, by language."""
        if self.encoder is None:
            return None
        return {
            language: np.asarray(self.encoder.encode(texts), dtype=np.float64)
            for language, texts in definitions(self.codebook).items()
        }

    def _features(
        self, readings: Sequence[Reading], definitions: Mapping[str, Floats] | None
    ) -> Features:
        lying = {} if self.encoder is None else middles(self.encoder.id)
        return Features.learn(readings, self.codebook, definitions, self.parts, lying)

    def _head(
        self,
        number: int,
        reason: str,
        hits: Booleans,
        truth: Booleans,
        documents: Sequence[str],
    ) -> Head:
        code, carried = self.codebook.codes[number].id, truth[:, number]
        having = {document for document, has in zip(documents, carried, strict=True) if has}
        head = Head(code, int(carried.sum()), len(having), reason)
        if head.learned:
            return head
        hit = hits[:, number]
        return replace(
            head, with_keyword=_share(carried[hit]), without_keyword=_share(carried[~hit])
        )

    def _hits(self, readings: Sequence[Reading]) -> Booleans:
        """Which code has a keyword (columns) in which clause (rows)."""
        columns = {code.id: column for column, code in enumerate(self.codebook.codes)}
        found = np.zeros((len(readings), len(columns)), dtype=bool)
        for row, reading in enumerate(readings):
            for hit in reading.hits:
                found[row, columns[hit.code]] = True
        return found

    def _scores(self, readings: Sequence[Reading]) -> Floats:
        intercepts = np.array([head.intercept for head in self.heads_ if head.learned])
        found: Floats = self.features_.scores(readings, self.coefficients_) + intercepts
        return found

    def _probabilities(self, readings: Sequence[Reading], scores: Floats, hits: Booleans) -> Floats:
        """One column for each code, from scores of the learned ones; 0 for a text without words."""
        found = np.zeros((len(readings), len(self.heads_)))
        columns = iter(scores.T)
        for column, head in enumerate(self.heads_):
            if head.learned:
                found[:, column] = _sigmoid(head.slope * next(columns) + head.offset)
            else:
                found[:, column] = np.where(
                    hits[:, column], head.with_keyword, head.without_keyword
                )
        found[_silent(readings)] = 0.0
        return found

    def _unseen_scores(
        self,
        readings: Sequence[Reading],
        truth: Booleans,
        reasons: Sequence[str],
        documents: Sequence[str],
        weights: Floats,
        definitions: Mapping[str, Floats] | None,
    ) -> Floats:
        """Scores of each clause from regressions that had not seen its document; else NaN."""
        scores = np.full(truth.shape, np.nan)
        learned = [number for number, reason in enumerate(reasons) if not reason]
        if not learned:
            return scores
        for part in document_folds(documents, FOLDS):
            rest = sorted(set(range(len(readings))).difference(part))
            known = [readings[place] for place in rest]
            features = self._features(known, definitions)
            seen = features.rows(known)
            unseen = features.rows([readings[place] for place in part])
            for number in learned:
                carried = truth[rest, number]
                if carried.any() and not carried.all():
                    coefficients, intercept = _fit(seen, carried, weights[rest])
                    scores[part, number] = unseen @ coefficients + intercept
        return scores


def document_folds(documents: Sequence[str], folds: int) -> list[list[int]]:
    """Places of clauses in at most ``folds`` parts of like size; no document stands in two.

    >>> document_folds(["a", "b", "a", "c"], 2)
    [[0, 2], [1, 3]]
    """
    sizes = Counter(documents)
    parts: list[list[str]] = [[] for _ in range(min(folds, len(sizes)))]
    filled = [0] * len(parts)
    for document in sorted(sizes, key=lambda one: (-sizes[one], one)):
        smallest = filled.index(min(filled))
        parts[smallest].append(document)
        filled[smallest] += sizes[document]
    part_of = {document: part for part, named in enumerate(parts) for document in named}
    return [
        [place for place, document in enumerate(documents) if part_of[document] == part]
        for part in range(len(parts))
    ]


def _why_not(carried: Booleans, documents: Sequence[str]) -> str:
    """Why a code cannot be learned; empty when it can."""
    having = {one for one, has in zip(documents, carried, strict=True) if has}
    lacking = {one for one, has in zip(documents, carried, strict=True) if not has}
    if len(set(documents)) < FEWEST_DOCUMENTS:
        return f"the coded clauses come from {len(set(documents))} document(s)"
    if carried.sum() < FEWEST_CLAUSES:
        return f"{carried.sum()} coded clauses carry it, {FEWEST_CLAUSES} are needed"
    if len(having) < FEWEST_DOCUMENTS:
        return f"the clauses that carry it come from {len(having)} document(s)"
    if len(lacking) < FEWEST_DOCUMENTS:
        return "nearly every clause carries it"
    return ""


def _fit(rows: Any, carried: Booleans, weights: Floats) -> tuple[Floats, float]:
    """Coefficients and intercept of one code, in scikit-learn."""
    regression = LogisticRegression(
        C=_STRENGTH, class_weight="balanced", solver="liblinear", max_iter=1000, random_state=0
    )
    regression.fit(rows, carried, sample_weight=weights)
    return regression.coef_[0], float(regression.intercept_[0])


def _calibrate(
    scores: Floats, truth: Booleans, weights: Floats
) -> list[tuple[float, float, float]]:
    """Slope, offset and threshold of each learned code."""
    if not scores.shape[1]:
        return []
    known = ~np.isnan(scores)
    every = np.repeat(weights[:, None], scores.shape[1], axis=1)
    shared = _calibration(scores[known], truth[known], every[known])
    found = []
    for column, one, carried in zip(known.T, scores.T, truth.T, strict=True):
        if carried[column].sum() < ENOUGH_OF_ITS_OWN:
            found.append(shared)
        else:
            found.append(_calibration(one[column], carried[column], weights[column]))
    return found


def _calibration(scores: Floats, carried: Booleans, weights: Floats) -> tuple[float, float, float]:
    """Platt scaling (the slope and offset that turn scores into probabilities), and a threshold."""
    regression = LogisticRegression(C=1e6, max_iter=1000)
    regression.fit(scores[:, None], carried, sample_weight=weights)
    slope = round(float(regression.coef_[0, 0]), 9)
    offset = round(float(regression.intercept_[0]), 9)
    return slope, offset, _best_threshold(_sigmoid(slope * scores + offset), carried, weights)


def _best_threshold(probabilities: Floats, carried: Booleans, weights: Floats) -> float:
    """The probability from which applying the code gives the best F1, six decimals."""
    order = np.argsort(-probabilities, kind="stable")
    ranked, own = probabilities[order], weights[order]
    right = np.cumsum(own * carried[order])
    f1 = 2 * right / (np.cumsum(own) + (weights * carried).sum())
    # Between two clauses of the same probability no threshold can pass.
    f1[:-1][ranked[:-1] == ranked[1:]] = -1.0
    best = int(np.argmax(f1))
    following = ranked[best + 1] if best + 1 < len(ranked) else 0.0
    return round(float((ranked[best] + following) / 2), 6)


def _share(carried: Booleans) -> float:
    """The share that carried the code, drawn to a half by one clause of each kind (Laplace)."""
    return round(float((carried.sum() + 1) / (len(carried) + 2)), 6)


def _certainty(probabilities: Floats) -> Floats:
    found: Floats = np.maximum(probabilities, 1.0 - probabilities).prod(axis=1)
    return found


def _silent(readings: Sequence[Reading]) -> Booleans:
    """Clauses without a word, of which nothing can be said."""
    return np.array([WORD.search(one.compared) is None for one in readings], dtype=bool)


def _sigmoid(values: Floats) -> Floats:
    found: Floats = np.asarray(scipy.special.expit(values), dtype=np.float64)
    return found
