"""The theme model: one logistic regression for each code, with measured probabilities.

A model is trained on coded clauses and kept in a folder of two files that hold data and nothing
else: ``model.json`` (words, thresholds, how it was trained) and ``weights.f64`` (numbers, little
endian). Nothing in them can run, so a model from elsewhere can be opened without trusting it;
digests tell files that were damaged or edited. They do not prove who made them.
"""

from __future__ import annotations

import hashlib
import json
import math
import platform
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import scipy
import sklearn
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

import textmine
from textmine.codings import CodedClause
from textmine.errors import InputError, ModelError, OtherCodebookError
from textmine.records import Codebook, CodeProbability, Prediction, Span
from textmine.store.whole import write_whole
from textmine.tagging.features import WORD, Features, Floats, Reading, read
from textmine.tagging.keywords import DictionaryCoder, original, view
from textmine.text.offsets import joined

FORMAT = "textmine theme model 1"
RULES = "1"
"""Raised when the same numbers come to decide otherwise."""

MODEL_FILE = "model.json"
WEIGHTS_FILE = "weights.f64"

FOLDS = 5
# Below these a code is not learned: five positives in one document teach that document.
FEWEST_CLAUSES = 8
FEWEST_DOCUMENTS = 3
# From here a code has its own calibration and threshold; below it shares those of all codes,
# since a threshold chosen on a handful of clauses is chance.
ENOUGH_OF_ITS_OWN = 50

# A code of which no keyword stands in the clause applies from this probability on. Thresholds are
# chosen on text like the training documents; in papers of other authors words alone misled.
SURE = 0.5

_WORDS_SHOWN = 3
_BATCH = 256
_LARGEST_FILE = 64 * 1024 * 1024

Booleans = NDArray[np.bool_]
Weights = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Head:
    """What the model holds about one code.

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
class Training:
    """What a model was trained on, and with what.

    ``sources`` are the first parts of the clauses' ids: each begins the SHA-256 of its document.
    """

    clauses: int
    documents: int
    sources: tuple[str, ...]
    languages: Mapping[str, int]
    coders: tuple[str, ...]
    codebooks: tuple[str, ...]
    versions: Mapping[str, str]


class Reason(NamedTuple):
    """Words of a clause that speak for a code: a keyword, or a word that weighs much."""

    code: str
    span: Span
    kind: str
    weight: float


class ThemeModel:
    """Says for each clause how probable each code is, and which words carried it.

    Made by ``train`` or ``ThemeModel.load``.
    """

    def __init__(
        self,
        name: str,
        codebook: Codebook,
        features: Features,
        heads: Sequence[Head],
        coefficients: Floats,
        training: Training,
    ) -> None:
        self.name = name
        self.codebook = codebook
        self.features = features
        self.heads = tuple(heads)
        self.coefficients = coefficients  # one row for each learned code, in the order of heads
        self.training = training
        self._dictionary = DictionaryCoder(codebook)

    @property
    def coder(self) -> str:
        """How codings name the model."""
        return f"model:{self.name}"

    @property
    def version(self) -> str:
        """Tells apart codings that other numbers or other rules of deciding would give."""
        return f"{RULES}:{self._content()[0]['digest'][:12]}"

    def predict(self, clauses: Iterable[tuple[str, str]]) -> Iterator[Prediction]:
        """One prediction for each clause, given as its id and its text, in their order.

        Probabilities have six decimals. A text without words gets 0 for every code.
        """
        waiting = iter(clauses)
        while batch := list(islice(waiting, _BATCH)):
            readings = [read(text, self._dictionary) for _, text in batch]
            weights = self._word_weights(readings)
            probabilities = self._probabilities(readings)
            for (clause, text), reading, row in zip(batch, readings, probabilities, strict=True):
                yield Prediction(clause, tuple(self._codes(text, reading, row, weights)))

    def explain(self, text: str, code: str) -> tuple[Reason, ...]:
        """The words of ``text`` that speak for ``code``: its keywords, then the heaviest words.

        Raises InputError for a code that the codebook does not have.
        """
        if self.codebook.code(code) is None:
            raise InputError(f'The codebook {self.codebook.reference} has no code "{code}".')
        reading = read(text, self._dictionary)
        return tuple(self._reasons(text, reading, code, self._word_weights([reading])))

    def _codes(
        self, text: str, reading: Reading, row: Floats, weights: Weights
    ) -> Iterator[CodeProbability]:
        for head, number in zip(self.heads, row, strict=True):
            probability = round(float(number), 6)
            applied = any(hit.code == head.code for hit in reading.hits)
            if head.learned:
                applied = probability >= (head.threshold if applied else max(SURE, head.threshold))
            if applied:
                spans = [reason.span for reason in self._reasons(text, reading, head.code, weights)]
            else:
                spans = [hit.span for hit in reading.hits if hit.code == head.code]
            yield CodeProbability(head.code, probability, applied, joined(spans))

    def _probabilities(self, readings: Sequence[Reading]) -> Floats:
        """One row for each reading, one column for each code of the codebook."""
        found = np.zeros((len(readings), len(self.heads)))
        scores = iter(self.scores(readings).T)
        for column, head in enumerate(self.heads):
            if head.learned:
                found[:, column] = _sigmoid(head.slope * next(scores) + head.offset)
            else:
                hits = [any(hit.code == head.code for hit in one.hits) for one in readings]
                found[:, column] = np.where(hits, head.with_keyword, head.without_keyword)
        silent = [WORD.search(one.compared) is None for one in readings]
        found[silent] = 0.0
        return found

    def scores(self, readings: Sequence[Reading]) -> Floats:
        """The decision values of the learned codes, as scikit-learn computes them."""
        intercepts = np.array([head.intercept for head in self.heads if head.learned])
        found: Floats = self.features.rows(readings) @ self.coefficients.T + intercepts
        return found

    def _word_weights(self, readings: Sequence[Reading]) -> Weights:
        """What each word of the readings adds to each learned code."""
        words = sorted({word for one in readings for word in WORD.findall(one.compared)})
        learned = [head.code for head in self.heads if head.learned]
        if not words or not learned:
            return {}
        table = self.features.word_weights(words, self.coefficients)
        return {
            code: dict(zip(words, column, strict=True))
            for code, column in zip(learned, table.T.tolist(), strict=True)
        }

    def _reasons(
        self, text: str, reading: Reading, code: str, weights: Weights
    ) -> Iterator[Reason]:
        keywords = [hit.span for hit in reading.hits if hit.code == code]
        for span in keywords:
            yield Reason(code, span, "keyword", 1.0)
        of_code = weights.get(code, {})
        seen = view(text)
        words: dict[str, Span] = {}
        for match in WORD.finditer(reading.compared):
            if match[0] not in words and of_code.get(match[0], 0.0) > 0:
                span = original(seen, Span(*match.span()), text)
                if not any(span.start < hit.end and hit.start < span.end for hit in keywords):
                    words[match[0]] = span
        heaviest = sorted(words, key=lambda word: -of_code[word])[:_WORDS_SHOWN]
        for word in heaviest:
            if of_code[word] >= of_code[heaviest[0]] / 2:
                yield Reason(code, words[word], "word", round(of_code[word], 6))

    def _content(self) -> tuple[dict[str, Any], bytes]:
        """What the two files of the model hold."""
        weights = b"".join(
            np.asarray(part, dtype="<f8").tobytes()
            for part in (*self.features.rarity, self.coefficients)
        )
        content: dict[str, Any] = {
            "format": FORMAT,
            "name": self.name,
            "codebook": {"reference": self.codebook.reference, "digest": self.codebook.digest},
            "training": asdict(self.training),
            "codes": [asdict(head) for head in self.heads],
            "words": self.features.words,
            "pieces": self.features.pieces,
            "weights": hashlib.sha256(weights).hexdigest(),
        }
        content["digest"] = _digest(content)
        return content, weights

    def save(self, folder: Path) -> None:
        """Writes ``model.json`` and ``weights.f64`` into ``folder``, which is made if needed.

        The same model always gives the same bytes. Raises ModelError when they cannot be written.
        """
        content, weights = self._content()
        text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_whole(folder / WEIGHTS_FILE, [weights])
            write_whole(folder / MODEL_FILE, [text.encode("utf-8")])
        except OSError as error:
            raise ModelError(f"The model cannot be written to {folder}: {error}.") from error

    @classmethod
    def load(cls, folder: Path, codebook: Codebook) -> ThemeModel:
        """The model kept in ``folder``, for use with ``codebook``.

        Raises ModelError when files are missing, damaged, edited or foreign, or when the model
        was trained for another codebook or another version of it.
        """
        content = _read_content(folder / MODEL_FILE)
        found = content["codebook"]
        if found != {"reference": codebook.reference, "digest": codebook.digest}:
            said = found.get("reference") if isinstance(found, dict) else found
            other = "says other things" if said == codebook.reference else "is another"
            raise OtherCodebookError(
                f"The model in {folder} was trained for the codebook {said}; the codebook at hand "
                f"({codebook.reference}) {other}. Train again, or use the codebook that the model "
                "was trained for."
            )
        weights = _read_file(folder / WEIGHTS_FILE)
        if hashlib.sha256(weights).hexdigest() != content["weights"]:
            raise ModelError(
                f"{folder / WEIGHTS_FILE} is not the file that {MODEL_FILE} was written with: "
                "it was damaged or exchanged. Fetch the model again or train it again."
            )
        try:
            return _assembled(content, weights, codebook)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ModelError(
                f"The model in {folder} does not hold what a model of this format holds "
                f"({error}). Train it again."
            ) from error


def train(coded: Sequence[CodedClause], codebook: Codebook, name: str | None = None) -> ThemeModel:
    """A model of how the clauses of ``coded`` were coded; ``name`` defaults to the codebook's id.

    Calibration and thresholds come from scores on documents that the scoring model had not seen
    (five folds of whole documents). Nothing is random: the same clauses, in any order, give the
    same model.

    Raises InputError when there are no clauses, when a clause has a code that the codebook lacks,
    or when a clause stands twice.
    """
    check(coded, codebook)
    coded = sorted(coded, key=lambda one: (one.document, one.clause))
    dictionary = DictionaryCoder(codebook)
    readings = [read(one.text, dictionary) for one in coded]
    truth = applied(coded, codebook)
    documents = [one.document for one in coded]
    reasons = [_why_not(column, documents) for column in truth.T]
    unseen = _unseen_scores(readings, truth, reasons, documents, codebook)
    for number, (scores, carried) in enumerate(zip(unseen.T, truth.T, strict=True)):
        if not reasons[number] and not carried[~np.isnan(scores)].any():
            reasons[number] = "its documents all fell into one part, so nothing could be tested"
    learned = [number for number, reason in enumerate(reasons) if not reason]
    calibrated = _calibrate(unseen[:, learned], truth[:, learned])

    features = Features.learn(readings, codebook)
    rows = features.rows(readings)
    fitted = [_fit(rows, truth[:, number]) for number in learned]
    coefficients = np.array([one for one, _ in fitted]).reshape(len(learned), features.count)

    heads = []
    for number, code in enumerate(codebook.codes):
        carried = truth[:, number]
        head = Head(
            code.id,
            int(carried.sum()),
            len({document for document, has in zip(documents, carried, strict=True) if has}),
            reasons[number],
        )
        if head.learned:
            place = learned.index(number)
            slope, offset, threshold = calibrated[place]
            numbers = {"slope": slope, "offset": offset, "threshold": threshold}
            numbers["intercept"] = fitted[place][1]
        else:
            hit = np.array([any(one.code == code.id for one in each.hits) for each in readings])
            numbers = {
                "with_keyword": _share(carried[hit]),
                "without_keyword": _share(carried[~hit]),
            }
        heads.append(Head(**{**asdict(head), **numbers}))
    training = Training(
        len(coded),
        len(set(documents)),
        tuple(sorted({one.clause.partition(".")[0] for one in coded})),
        dict(sorted(Counter(one.language for one in coded).items())),
        tuple(sorted({one.coder for one in coded})),
        tuple(sorted({one.codebook for one in coded})),
        {
            "textmine": textmine.__version__,
            "python": platform.python_version(),
            "scikit-learn": sklearn.__version__,
            "numpy": np.__version__,
            "scipy": scipy.__version__,
        },
    )
    return ThemeModel(name or codebook.id, codebook, features, heads, coefficients, training)


def check(coded: Sequence[CodedClause], codebook: Codebook) -> None:
    """Raises InputError unless the clauses can be learned from with this codebook."""
    if not coded:
        raise InputError("There are no coded clauses. Code some, or import codings first.")
    known = {code.id for code in codebook.codes}
    seen = set()
    for one in coded:
        for code in one.codes:
            if code not in known:
                raise InputError(
                    f'Clause "{one.clause}" of {one.document} has the code "{code}", which '
                    f"{codebook.reference} does not have. Correct the coding or the codebook."
                )
        if (one.document, one.clause) in seen:
            raise InputError(
                f'Clause "{one.clause}" of {one.document} stands twice among the coded clauses. '
                "Give one decision for each clause: choose a coder, or settle the differences."
            )
        seen.add((one.document, one.clause))


def applied(coded: Sequence[CodedClause], codebook: Codebook) -> Booleans:
    """Which code was applied to which clause: one row a clause, one column a code."""
    return np.array(
        [[code.id in one.codes for code in codebook.codes] for one in coded], dtype=bool
    ).reshape(len(coded), len(codebook.codes))


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


def _fit(rows: Any, carried: Booleans) -> tuple[Floats, float]:
    """Coefficients and intercept of one code, in scikit-learn."""
    # With "balanced" weights a rare code is not simply never said; calibration follows anyway.
    regression = LogisticRegression(
        C=10.0, class_weight="balanced", solver="liblinear", max_iter=1000, random_state=0
    )
    regression.fit(rows, carried)
    return regression.coef_[0], float(regression.intercept_[0])


def _unseen_scores(
    readings: Sequence[Reading],
    truth: Booleans,
    reasons: Sequence[str],
    documents: Sequence[str],
    codebook: Codebook,
) -> Floats:
    """Scores of each clause from models that had not seen its document; NaN where none could be."""
    scores = np.full(truth.shape, np.nan)
    learned = [number for number, reason in enumerate(reasons) if not reason]
    if not learned:
        return scores
    for part in document_folds(documents, FOLDS):
        rest = sorted(set(range(len(readings))).difference(part))
        features = Features.learn([readings[place] for place in rest], codebook)
        seen = features.rows([readings[place] for place in rest])
        unseen = features.rows([readings[place] for place in part])
        for number in learned:
            carried = truth[rest, number]
            if carried.any() and not carried.all():
                coefficients, intercept = _fit(seen, carried)
                scores[part, number] = unseen @ coefficients + intercept
    return scores


def _calibrate(scores: Floats, truth: Booleans) -> list[tuple[float, float, float]]:
    """Slope, offset and threshold of each learned code."""
    if not scores.shape[1]:
        return []
    known = ~np.isnan(scores)
    slope, offset = _platt(scores[known], truth[known])
    shared = _best_threshold(_sigmoid(slope * scores[known] + offset), truth[known])
    found = []
    for column, one, carried in zip(known.T, scores.T, truth.T, strict=True):
        if carried[column].sum() < ENOUGH_OF_ITS_OWN:
            found.append((slope, offset, shared))
            continue
        own = _platt(one[column], carried[column])
        probabilities = _sigmoid(own[0] * one[column] + own[1])
        found.append((*own, _best_threshold(probabilities, carried[column])))
    return found


def _platt(scores: Floats, carried: Booleans) -> tuple[float, float]:
    """Platt scaling: the slope and offset that turn scores into probabilities."""
    regression = LogisticRegression(C=1e6, max_iter=1000)
    regression.fit(scores[:, None], carried)
    return round(float(regression.coef_[0, 0]), 9), round(float(regression.intercept_[0]), 9)


def _best_threshold(probabilities: Floats, carried: Booleans) -> float:
    """The probability from which applying the code gives the best F1, six decimals."""
    order = np.argsort(-probabilities, kind="stable")
    ranked, right = probabilities[order], np.cumsum(carried[order])
    f1 = 2 * right / (np.arange(1, len(ranked) + 1) + carried.sum())
    # Between two clauses of the same probability no threshold can pass.
    f1[:-1][ranked[:-1] == ranked[1:]] = -1.0
    best = int(np.argmax(f1))
    following = ranked[best + 1] if best + 1 < len(ranked) else 0.0
    return round(float((ranked[best] + following) / 2), 6)


def _share(carried: Booleans) -> float:
    """The share that carried the code, drawn to a half by one clause of each kind (Laplace)."""
    return round(float((carried.sum() + 1) / (len(carried) + 2)), 6)


def _sigmoid(values: Floats) -> Floats:
    found: Floats = np.asarray(scipy.special.expit(values), dtype=np.float64)
    return found


def _digest(content: Mapping[str, Any]) -> str:
    rest = {key: value for key, value in content.items() if key != "digest"}
    canonical = json.dumps(rest, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8")).hexdigest()


def _read_file(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise ModelError(f"{path} is larger than any model; it is not one.")
        return path.read_bytes()
    except OSError as error:
        raise ModelError(
            f"{path} cannot be read: {error.strerror}. A model is a folder with {MODEL_FILE} and "
            f"{WEIGHTS_FILE}."
        ) from error


def _read_content(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(_read_file(path))
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{path} is not JSON ({error}). It is no model of textmine.") from error
    if not isinstance(content, dict) or not str(content.get("format", "")).startswith("textmine"):
        raise ModelError(f"{path} is no model of textmine.")
    if content["format"] != FORMAT:
        raise ModelError(
            f'{path} has the format "{content["format"]}"; this version of textmine reads '
            f'"{FORMAT}". Train the model again.'
        )
    if _digest(content) != content.get("digest"):
        raise ModelError(
            f"{path} was changed after the model was saved. Fetch the model again or train it "
            "again; a model is not edited by hand."
        )
    missing = {"name", "codebook", "training", "codes", "words", "pieces", "weights"} - set(content)
    if missing:
        raise ModelError(f"{path} lacks {', '.join(sorted(missing))}. Train the model again.")
    return content


def _assembled(content: Mapping[str, Any], weights: bytes, codebook: Codebook) -> ThemeModel:
    heads = tuple(Head(**fields) for fields in content["codes"])
    if [head.code for head in heads] != [code.id for code in codebook.codes]:
        raise ValueError("the codes are not those of the codebook")
    words, pieces = content["words"], content["pieces"]
    if not all(isinstance(one, str) for one in chain(words, pieces)):
        raise ValueError("the words are not text")
    numbers = np.frombuffer(weights, dtype="<f8").astype(np.float64)
    rare_words, rare_pieces, rest = np.split(numbers, [len(words), len(words) + len(pieces)])
    features = Features(codebook, words, pieces, (rare_words, rare_pieces))
    coefficients = rest.reshape(sum(head.learned for head in heads), features.count)
    single = chain.from_iterable(
        (head.intercept, head.slope, head.offset, head.threshold) for head in heads
    )
    if not (np.isfinite(numbers).all() and all(map(math.isfinite, single))):
        raise ValueError("a number is not finite")
    fields = content["training"]
    lists = {name: tuple(fields[name]) for name in ("sources", "coders", "codebooks")}
    training = Training(**{**fields, **lists})
    return ThemeModel(str(content["name"]), codebook, features, heads, coefficients, training)
