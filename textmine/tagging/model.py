"""The theme model: a fitted classifier as a coder, in a folder that can be sent and trusted.

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
from typing import Any

import numpy as np
import scipy
import sklearn

import textmine
from textmine import encoding
from textmine.codings import CodedClause
from textmine.encoding import Encoder
from textmine.errors import InputError, ModelError, OtherCodebookError
from textmine.records import Codebook, CodeProbability, Prediction, Span
from textmine.store.whole import write_whole
from textmine.tagging.classifier import Booleans, Head, ThemeClassifier
from textmine.tagging.coders import FORMAT, MODEL_FILE
from textmine.tagging.features import WORD, Features, Meaning, Reading
from textmine.tagging.keywords import Reason, original
from textmine.text.offsets import joined

RULES = "2"
"""Raised when the same numbers come to decide otherwise."""

WEIGHTS_FILE = "weights.f64"

_NEEDED = set(
    ["name", "codebook", "encoder", "training", "doubt", "codes", "words", "pieces", "weights"]
)

_WORDS_SHOWN = 3
_BATCH = 256
_REMEMBERED = 65_536  # words whose weights are kept, so that a corpus of any size needs no more
_LARGEST_FILE = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Training:
    """What a model was trained on, and with what.

    ``sources`` tell the documents (see ``CodedClause.source``).
    """

    clauses: int
    documents: int
    sources: tuple[str, ...]
    languages: Mapping[str, int]
    coders: tuple[str, ...]
    codebooks: tuple[str, ...]
    data: str
    versions: Mapping[str, str]


class ThemeModel:
    """Says for each clause how probable each code is, and which words carried it.

    Made by ``train`` or ``ThemeModel.load``. ``encoder_name`` is how ``textmine.encoding`` calls
    the encoder that the classifier was fitted with; empty without one.
    """

    def __init__(
        self, name: str, classifier: ThemeClassifier, training: Training, encoder_name: str = ""
    ) -> None:
        self.name = name
        self.classifier = classifier
        self.codebook: Codebook = classifier.codebook
        self.training = training
        self.encoder_name = encoder_name
        self._weights: dict[str, list[float]] = {}  # of each word for each learned code
        self._columns = {
            head.code: column
            for column, head in enumerate(head for head in self.heads if head.learned)
        }

    @property
    def heads(self) -> tuple[Head, ...]:
        """What the model holds about each code."""
        found: tuple[Head, ...] = self.classifier.heads_
        return found

    @property
    def coder(self) -> str:
        """How codings name the model."""
        return f"model:{self.name}"

    @property
    def version(self) -> str:
        """Tells apart codings that other numbers or other rules of deciding would give."""
        return f"{RULES}:{self._content()[0]['digest'][:12]}"

    @property
    def sources(self) -> tuple[str, ...]:
        """What the ids of clauses that it learned from begin with: one for each document."""
        return self.training.sources

    def predict(self, clauses: Iterable[tuple[str, str]]) -> Iterator[Prediction]:
        """One prediction for each clause, given as its id and its text, in their order.

        Probabilities have six decimals. A text without words gets 0 for every code.
        """
        waiting = iter(clauses)
        while batch := list(islice(waiting, _BATCH)):
            readings = self.classifier.read([text for _, text in batch])
            decided = self.classifier.decide(readings)
            told = decided.applied.any(axis=1).tolist()
            self._weigh(one for one, yes in zip(readings, told, strict=True) if yes)
            for (clause, text), reading, row, applied, certainty, sure in zip(
                batch,
                readings,
                decided.probability.tolist(),
                decided.applied.tolist(),
                decided.certainty.tolist(),
                decided.sure.tolist(),
                strict=True,
            ):
                codes = tuple(self._codes(text, reading, row, applied))
                yield Prediction(clause, codes, certainty, sure)

    def explain(self, text: str, code: str) -> tuple[Reason, ...]:
        """The words of ``text`` that speak for ``code``: keywords, heavy words, and by meaning.

        Raises InputError for a code that the codebook does not have.
        """
        if self.codebook.code(code) is None:
            raise InputError(f'The codebook {self.codebook.reference} has no code "{code}".')
        [reading] = self.classifier.read([text])
        self._weigh([reading])
        shown = self._shown(text, reading, [code])[code]
        return (*shown, *self._by_meaning(text, reading, code))

    def _codes(
        self, text: str, reading: Reading, row: Sequence[float], applied: Sequence[bool]
    ) -> Iterator[CodeProbability]:
        hits: dict[str, list[Span]] = {}
        for hit in reading.hits:
            hits.setdefault(hit.code, []).append(hit.span)
        codes = [head.code for head, yes in zip(self.heads, applied, strict=True) if yes]
        shown = self._shown(text, reading, codes) if codes else {}
        for head, probability, yes in zip(self.heads, row, applied, strict=True):
            reasons = shown[head.code] if yes else ()
            spans = [one.span for one in reasons] or hits.get(head.code, [])
            yield CodeProbability(head.code, probability, yes, joined(spans))

    def _shown(self, text: str, reading: Reading, codes: Sequence[str]) -> dict[str, list[Reason]]:
        """For each of the codes its keywords, then its heaviest words."""
        places: dict[str, list[Span]] = {}
        for match in WORD.finditer(reading.compared):
            places.setdefault(match[0], []).append(Span(*match.span()))
        found = {}
        for code in codes:
            hits = [hit.span for hit in reading.hits if hit.code == code]
            found[code] = [Reason(code, span, "keyword", 1.0) for span in hits]
            if code not in self._columns:
                continue
            column = self._columns[code]
            heavy = [word for word in places if self._weights[word][column] > 0]
            heavy.sort(key=lambda word: -self._weights[word][column])
            heaviest = 0.0
            shown = 0
            for word in heavy:
                weight = self._weights[word][column]
                if shown == _WORDS_SHOWN or weight < heaviest / 2:
                    break
                span = self._beside(places[word], reading, hits, text)
                if span is not None:
                    heaviest = heaviest or weight
                    shown += 1
                    found[code].append(Reason(code, span, "word", round(weight, 6)))
        return found

    @staticmethod
    def _beside(
        places: Sequence[Span], reading: Reading, hits: Sequence[Span], text: str
    ) -> Span | None:
        """The first of the places, in the original text, that no keyword covers."""
        for place in places:
            span = original(reading.seen, place, text)
            if not any(span.start < hit.end and hit.start < span.end for hit in hits):
                return span
        return None

    def _weigh(self, readings: Iterable[Reading]) -> None:
        """Sees to it that the weights of all words of these readings are known."""
        words = {word for reading in readings for word in WORD.findall(reading.compared)}
        new = sorted(words.difference(self._weights))
        if not new:
            return
        if len(self._weights) + len(new) > _REMEMBERED:
            self._weights.clear()
            new = sorted(words)
        table = self.classifier.features_.word_weights(new, self.classifier.coefficients_)
        self._weights.update(zip(new, table.tolist(), strict=True))

    def _by_meaning(self, text: str, reading: Reading, code: str) -> Iterator[Reason]:
        """Words without which the code's score would be lowest, by leaving each out in turn."""
        if self.classifier.encoder is None or code not in self._columns:
            return
        places = [Span(*match.span()) for match in WORD.finditer(reading.compared)]
        spans = [original(reading.seen, place, text) for place in places]
        without = [text[: span.start] + text[span.end :] for span in spans]
        column = self._columns[code]
        scores = self.classifier.decision_function([text, *without])[:, column]
        losses = (scores[0] - scores[1:]).tolist()
        heaviest = sorted(range(len(spans)), key=lambda place: -losses[place])[:_WORDS_SHOWN]
        for place in heaviest:
            if losses[place] > 0 and losses[place] >= losses[heaviest[0]] / 2:
                yield Reason(code, spans[place], "meaning", round(losses[place], 6))

    def _content(self) -> tuple[dict[str, Any], bytes]:
        """What the two files of the model hold."""
        features = self.classifier.features_
        meaning = features.meaning
        parts = [*features.rarity, self.classifier.coefficients_]
        if meaning is not None:
            parts += [*meaning.middles.values(), meaning.codes]
        weights = b"".join(np.asarray(part, dtype="<f8").tobytes() for part in parts)
        content: dict[str, Any] = {
            "format": FORMAT,
            "name": self.name,
            "codebook": {"reference": self.codebook.reference, "digest": self.codebook.digest},
            "encoder": {
                "name": self.encoder_name,
                "id": "" if self.classifier.encoder is None else self.classifier.encoder.id,
                "dimensions": 0 if meaning is None else meaning.codes.shape[1],
                "middles": [] if meaning is None else list(meaning.middles),
            },
            "training": asdict(self.training),
            "doubt": self.classifier.doubt_,
            "codes": [asdict(head) for head in self.heads],
            "words": features.words,
            "pieces": features.pieces,
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

    def is_in(self, folder: Path) -> bool:
        """Whether the model kept in a folder is this one, whatever it is called there."""
        try:
            there = _read_content(folder / MODEL_FILE)
        except ModelError:
            return False
        here = json.loads(json.dumps(self._content()[0]))
        named = {"name", "digest"}
        return all(there.get(key) == here.get(key) for key in (there.keys() | here.keys()) - named)

    @classmethod
    def load(cls, folder: Path, codebook: Codebook, cache: Path | None = None) -> ThemeModel:
        """The model kept in ``folder``, for use with ``codebook``.

        ``cache`` is where vectors of an encoder are kept from one run to the next. Raises
        ModelError when files are missing, damaged, edited or foreign, OtherCodebookError when the
        model was trained for another codebook or another version of it, EncoderMissingError when
        it needs an encoder that is not here.
        """
        content, weights = read_files(folder)
        found = content["codebook"]
        if found != {"reference": codebook.reference, "digest": codebook.digest}:
            said = found.get("reference") if isinstance(found, dict) else found
            other = "says other things" if said == codebook.reference else "is another"
            raise OtherCodebookError(
                f"The model in {folder} was trained for the codebook {said}; the codebook at hand "
                f"({codebook.reference}) {other}. Train again, or use the codebook that the model "
                "was trained for."
            )
        try:
            return _assembled(content, weights, codebook, cache)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ModelError(
                f"The model in {folder} does not hold what a model of this format holds "
                f"({error}). Train it again."
            ) from error


def read_files(folder: Path) -> tuple[dict[str, Any], bytes]:
    """What the two files of a model hold; ModelError when they are not as they were written."""
    content = _read_content(folder / MODEL_FILE)
    weights = _read_file(folder / WEIGHTS_FILE)
    if hashlib.sha256(weights).hexdigest() != content["weights"]:
        raise ModelError(
            f"{folder / WEIGHTS_FILE} is not the file that {MODEL_FILE} was written with: "
            "it was damaged or exchanged. Fetch the model again or train it again."
        )
    return content, weights


def train(
    coded: Sequence[CodedClause],
    codebook: Codebook,
    name: str | None = None,
    encoder_name: str = "",
    cache: Path | None = None,
) -> ThemeModel:
    """A model of how the clauses of ``coded`` were coded; ``name`` defaults to the codebook's id.

    Nothing is random: the same clauses, in any order, give the same model. Raises InputError when
    there are no clauses, when a clause has a code that the codebook lacks, or when a clause stands
    twice; EncoderMissingError when the encoder is not here.
    """
    check(coded, codebook)
    coded = sorted(coded, key=lambda one: (one.document, one.clause))
    encoder = encoding.encoder(encoder_name, cache) if encoder_name else None
    classifier = ThemeClassifier(codebook, encoder).fit(
        [one.text for one in coded],
        applied(coded, codebook),
        groups=[one.document for one in coded],
        sample_weight=[one.weight for one in coded],
    )
    return ThemeModel(name or codebook.id, classifier, training_of(coded), encoder_name)


def training_of(coded: Sequence[CodedClause]) -> Training:
    """What can be told about clauses that a model is trained on."""
    lines = sorted(f"{one.clause} {one.weight} {' '.join(sorted(one.codes))}" for one in coded)
    return Training(
        len(coded),
        len({one.document for one in coded}),
        tuple(sorted({one.source for one in coded})),
        dict(sorted(Counter(one.language for one in coded).items())),
        tuple(sorted({one.coder for one in coded})),
        tuple(sorted({one.codebook for one in coded})),
        hashlib.sha256("\n".join(lines).encode("utf-8")).hexdigest(),
        {
            "textmine": textmine.__version__,
            "python": platform.python_version(),
            "scikit-learn": sklearn.__version__,
            "numpy": np.__version__,
            "scipy": scipy.__version__,
        },
    )


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
    missing = _NEEDED - set(content)
    if missing:
        raise ModelError(f"{path} lacks {', '.join(sorted(missing))}. Train the model again.")
    return content


def _assembled(
    content: Mapping[str, Any], weights: bytes, codebook: Codebook, cache: Path | None
) -> ThemeModel:
    heads = tuple(Head(**fields) for fields in content["codes"])
    if [head.code for head in heads] != [code.id for code in codebook.codes]:
        raise ValueError("the codes are not those of the codebook")
    words, pieces = content["words"], content["pieces"]
    if not all(isinstance(one, str) for one in chain(words, pieces)):
        raise ValueError("the words are not text")
    said = content["encoder"]
    name, dimensions, languages = str(said["name"]), int(said["dimensions"]), said["middles"]
    numbers = np.frombuffer(weights, dtype="<f8").astype(np.float64)
    ends = [len(words), len(words) + len(pieces)]
    if name:
        ends.append(len(numbers) - dimensions * (len(languages) + len(heads)))
    rare_words, rare_pieces, coefficients, *meant = np.split(numbers, ends)
    meaning = None
    if name:
        table = meant[0].reshape(-1, dimensions)
        middles = dict(zip(languages, table[: len(languages)], strict=True))
        meaning = Meaning(middles, table[len(languages) :])
    single = chain.from_iterable(
        (head.intercept, head.slope, head.offset, head.threshold) for head in heads
    )
    doubt = float(content["doubt"])
    if not (np.isfinite(numbers).all() and all(map(math.isfinite, (doubt, *single)))):
        raise ValueError("a number is not finite")
    features = Features(codebook, words, pieces, (rare_words, rare_pieces), meaning)
    learned = sum(head.learned for head in heads)
    encoder = _encoder(name, said["id"], cache)
    classifier = ThemeClassifier(codebook, encoder).assume(
        features, heads, coefficients.reshape(learned, features.count), doubt
    )
    fields = content["training"]
    lists = {name: tuple(fields[name]) for name in ("sources", "coders", "codebooks")}
    return ThemeModel(str(content["name"]), classifier, Training(**{**fields, **lists}), name)


def _encoder(name: str, wanted: str, cache: Path | None) -> Encoder | None:
    """The encoder that a model was trained with; its vectors are those of no other."""
    if not name:
        return None
    found = encoding.encoder(name, cache)
    if found.id != wanted:
        raise ModelError(
            f"The model was trained with the encoder {wanted}; here is {found.id}. Install that "
            "one, or train the model again."
        )
    return found
