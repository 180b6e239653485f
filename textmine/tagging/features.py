"""What a clause looks like to the theme model: numbers that stand for what was read in it.

Keyword hits carry the codebook's knowledge and mean the same in both languages. Words and pieces of
words carry what only coded clauses can teach. With an encoder a clause also has a meaning: a
vector, and its likeness to the definition of each code; these reach words that no training clause
had, and the other language.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from textmine.encoding import Encoder
from textmine.records import Codebook
from textmine.tagging.keywords import DictionaryCoder, Hit, view
from textmine.text.language import language_of
from textmine.text.letters import HALF_SPACE
from textmine.text.offsets import View

WORD = re.compile(r"(?u)\b\w\w+\b")
_DIGIT = re.compile(r"\d")

# Weights of the groups of features against each other, hits of a code being 1. Chosen by folds of
# the gold set, with an eye on how trade agreements came out; F1 moves by a point or two when they
# are halved or doubled. Beside a meaning, words weigh a little less: they would repeat it.
_KEYWORDS = 0.5
_WORDS = 1.0
_WORDS_BESIDE_MEANING = 0.8
_MEANING = 1.5
_LIKENESS = 3.0

# Enough for some thousand clauses, and the weights of 12 codes stay below a megabyte.
_MOST_WORDS = 3000
_MOST_PIECES = 5000
_SHORTEST_PIECE, _LONGEST_PIECE = 3, 5

# A language with fewer training clauses is centred by how far it lies from the other.
_ENOUGH_TO_CENTRE = 50

# Words that explain nothing: those in more than one of this many training clauses, and the
# function words of both languages (the Persian ones as keywords are compared, so with ا for آ).
_COMMON = 10.0
_PERSIAN_FUNCTION_WORDS = """
از است ان انان اند ای ایشان این اینکه با باشد باید بر برای بنابراین بود به بین پس تا تر چنین خود
خواهد در را درباره دو دیگر شد شده شود کرد کردن کند کنند که گردد می نمی نیز نیست ها های هر هم همه
همین هیچ یا یک یکدیگر
"""
_FUNCTION_WORDS = ENGLISH_STOP_WORDS.union(_PERSIAN_FUNCTION_WORDS.split())

_REMEMBERED = 65_536  # words whose columns are kept, so that a corpus of any size needs no more

PARTS = ("keywords", "words", "meaning")
"""What a clause can be judged by; evaluations leave out some to see what each is worth."""

Matrix = Any  # a sparse matrix of SciPy, which has no types
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Reading:
    """A clause as the model reads it.

    ``compared`` has the length of ``seen``, the view of the text, so places in it lead back.
    ``meaning`` is the encoder's vector, or empty without an encoder.
    """

    seen: View
    compared: str
    hits: tuple[Hit, ...]
    language: str
    meaning: NDArray[np.float32]


def read(
    texts: Sequence[str], dictionary: DictionaryCoder, encoder: Encoder | None = None
) -> list[Reading]:
    """Reads clauses; with an encoder also their meanings."""
    meanings: Iterable[NDArray[np.float32]]
    if encoder is None:
        meanings = [np.zeros(0, dtype=np.float32)] * len(texts)
    else:
        meanings = encoder.encode(texts)
    found = []
    for text, meaning in zip(texts, meanings, strict=True):
        seen = view(text)
        compared = _DIGIT.sub("0", seen.text.replace(HALF_SPACE, " "))
        hits = dictionary.hits_in(seen, text)
        found.append(Reading(seen, compared, hits, language_of(text), meaning))
    return found


@dataclass(frozen=True, slots=True)
class Meaning:
    """What turns an encoder's vectors into features: the middle of each language, and the codes.

    Vectors of one language lie together whatever they mean; with its ``middles`` taken away, a
    clause lies near clauses of the same meaning in either language. ``codes`` holds one row for
    each code, the direction of its definitions.
    """

    middles: Mapping[str, Floats]
    codes: Floats

    @classmethod
    def learn(
        cls,
        readings: Sequence[Reading],
        definitions: Mapping[str, Floats],
        lying: Mapping[str, Sequence[float]],
    ) -> Meaning:
        """From training clauses, and the vectors of all codes' definitions by language.

        A language with few training clauses gets the middle of the others, moved by as much as the
        languages lie apart: ``lying`` says where, or without it the definitions do.
        """
        by_language: dict[str, list[NDArray[np.float32]]] = {name: [] for name in definitions}
        for reading in readings:
            if reading.language in by_language:
                by_language[reading.language].append(reading.meaning)
        known = {
            name: np.mean(vectors, axis=0, dtype=np.float64)
            for name, vectors in by_language.items()
            if len(vectors) >= _ENOUGH_TO_CENTRE
        } or {"und": np.mean([one.meaning for one in readings], axis=0, dtype=np.float64)}
        near = {
            name: np.asarray(lying[name]) if lying else rows.mean(axis=0)
            for name, rows in definitions.items()
        }
        everywhere = np.mean(list(near.values()), axis=0)
        neutral = np.mean(
            [middle - near.get(name, everywhere) for name, middle in known.items()], axis=0
        )
        middles = {name: known.get(name, neutral + near[name]) for name in definitions}
        middles["und"] = neutral + everywhere
        codes = np.sum([_unit(rows - middles[name]) for name, rows in definitions.items()], axis=0)
        return cls(middles, _unit(codes))

    def of(self, readings: Sequence[Reading]) -> Floats:
        """Centred vectors of length 1, one row for each reading; zeros where nothing was read."""
        vectors = np.array([reading.meaning for reading in readings], dtype=np.float64)
        middles = np.array([self.middles[reading.language] for reading in readings])
        found = _unit(vectors - middles)
        found[~vectors.any(axis=1)] = 0.0
        return found


def _unit(rows: Floats) -> Floats:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    found: Floats = rows / np.where(lengths > 0, lengths, 1.0)
    return found


class Features:
    """Turns readings into rows of numbers; learns its words from the readings of training clauses.

    Columns: a number for each code, one for each keyword, then words and word pairs, then pieces
    of words (3 to 5 letters), both as TF-IDF; with a meaning then its vector and the likeness to
    each code. TF-IDF has the numbers of scikit-learn's vectorizers (sublinear, smoothed, L2).
    """

    def __init__(
        self,
        codebook: Codebook,
        words: Sequence[str],
        pieces: Sequence[str],
        rarity: tuple[Floats, Floats],
        meaning: Meaning | None = None,
        parts: Sequence[str] = PARTS,
    ) -> None:
        self.words = tuple(words)
        self.pieces = tuple(pieces)
        self.rarity = rarity
        self.meaning = meaning
        codes = [code.id for code in codebook.codes]
        listed = (
            (code.id, word)
            for code in codebook.codes
            for one in code.keywords.values()
            for word in one
        )
        keywords = list(dict.fromkeys(listed))
        first = len(codes) + len(keywords)
        self._codes = {code: column for column, code in enumerate(codes)}
        self._keywords = {pair: column for column, pair in enumerate(keywords, len(codes))}
        self._words = {word: column for column, word in enumerate(words, first)}
        self._pieces = {one: column for column, one in enumerate(pieces, first + len(words))}
        self._rarity = np.concatenate([np.ones(first), *rarity])
        of_words = _WORDS if meaning is None else _WORDS_BESIDE_MEANING
        self._weights = np.array([1.0, _KEYWORDS, of_words, of_words])
        self._weights *= [part in parts for part in ("keywords", "keywords", "words", "words")]
        common = rarity[0] < 1.0 + math.log(_COMMON)
        self._common = _FUNCTION_WORDS.union(
            word for word, often in zip(words, common, strict=True) if often
        )
        self._remembered: dict[str, tuple[int, ...]] = {}

    @classmethod
    def learn(
        cls,
        readings: Sequence[Reading],
        codebook: Codebook,
        definitions: Mapping[str, Floats] | None = None,
        parts: Sequence[str] = PARTS,
        lying: Mapping[str, Sequence[float]] | None = None,
    ) -> Features:
        """The features of training clauses: words and pieces that occur in at least two.

        ``definitions`` are the encoder's vectors of all codes' definitions by language; without
        them the features have no meaning. ``lying`` says where the languages lie in its space.
        Columns of what is not among ``parts`` hold zeros.
        """
        texts = [reading.compared for reading in readings]
        words, rare_words = _frequent([list(_words_in(text)) for text in texts], _MOST_WORDS)
        pieces, rare_pieces = _frequent([_pieces_in(text) for text in texts], _MOST_PIECES)
        meaning = None
        if definitions is not None and "meaning" in parts:
            meaning = Meaning.learn(readings, definitions, lying or {})
        return cls(codebook, words, pieces, (rare_words, rare_pieces), meaning, parts)

    @property
    def counted(self) -> int:
        """How many columns count something: all but those of the meaning."""
        return len(self._rarity)

    @property
    def count(self) -> int:
        """How many columns a row has."""
        if self.meaning is None:
            return self.counted
        return self.counted + sum(self.meaning.codes.shape)

    def rows(self, readings: Sequence[Reading]) -> Matrix:
        """One row for each reading."""
        counted = self._counted(readings)
        if self.meaning is None or not readings:
            return counted
        return sparse.hstack([counted, sparse.csr_matrix(self._meant(readings))], format="csr")

    def scores(self, readings: Sequence[Reading], coefficients: Floats) -> Floats:
        """``rows(readings) @ coefficients.T``, without making the rows whole."""
        found: Floats = self._counted(readings) @ coefficients[:, : self.counted].T
        if self.meaning is not None and readings:
            found += self._meant(readings) @ coefficients[:, self.counted :].T
        return found

    def _meant(self, readings: Sequence[Reading]) -> Floats:
        assert self.meaning is not None  # noqa: S101 - the callers asked
        vectors = self.meaning.of(readings)
        return np.hstack([vectors * _MEANING, vectors @ self.meaning.codes.T * _LIKENESS])

    def _counted(self, readings: Sequence[Reading]) -> Matrix:
        columns: list[int] = []
        values: list[float] = []
        sizes: list[int] = []  # of each group of each row
        for reading in readings:
            codes = Counter(hit.code for hit in reading.hits)
            keywords = {(hit.code, hit.keyword) for hit in reading.hits}
            words = Counter(
                self._words[word] for word in _words_in(reading.compared) if word in self._words
            )
            pieces: Counter[int] = Counter()
            for word in reading.compared.split():
                pieces.update(self._columns_of_pieces(word))
            columns += [self._codes[code] for code in codes]
            columns += [self._keywords[pair] for pair in keywords]
            columns += words
            columns += pieces
            values += [math.sqrt(count) for count in codes.values()]
            values += [1.0] * len(keywords)
            values += [1.0 + math.log(count) for count in words.values()]
            values += [1.0 + math.log(count) for count in pieces.values()]
            sizes += [len(codes), len(keywords), len(words), len(pieces)]
        places = np.array(columns, dtype=np.int64)
        data = np.array(values) * self._rarity[places]
        groups = np.repeat(np.arange(len(sizes)), sizes)
        lengths = np.sqrt(np.bincount(groups, data * data, minlength=len(sizes)))
        data *= self._weights[groups % len(self._weights)] / lengths[groups]
        ends = np.concatenate([[0], np.cumsum(np.reshape(sizes, (-1, 4)).sum(axis=1))])
        return sparse.csr_matrix((data, places, ends), shape=(len(readings), self.counted))

    def _columns_of_pieces(self, word: str) -> tuple[int, ...]:
        """The columns of a word's pieces, each as often as the piece occurs in it."""
        found = self._remembered.get(word)
        if found is None:
            if len(self._remembered) >= _REMEMBERED:
                self._remembered.clear()
            columns = (self._pieces.get(piece) for piece in _pieces_of(word))
            found = tuple(column for column in columns if column is not None)
            self._remembered[word] = found
        return found

    def word_weights(self, words: Sequence[str], coefficients: Floats) -> Floats:
        """What each word by itself adds to the score of each code (words by codes).

        Figures of one clause can be compared with each other. Function words, and words
        that stand in every tenth training clause, weigh nothing: they carry no subject.
        """
        columns: list[int] = []
        values: list[float] = []
        ends = [0]
        for word in words:
            if word not in self._common:
                pieces = Counter(self._columns_of_pieces(word))
                columns += pieces
                values += [1.0 + math.log(count) for count in pieces.values()]
                whole = self._words.get(word)
                if whole is not None:
                    columns.append(whole)
                    values.append(1.0)
            ends.append(len(columns))
        data = np.array(values) * self._rarity[columns] * self._weights[-1]
        rows = sparse.csr_matrix((data, columns, ends), shape=(len(words), self.counted))
        weights: Floats = rows @ coefficients[:, : self.counted].T
        return weights


def _words_in(text: str) -> Iterator[str]:
    """Words of two letters or more, and pairs of neighbours among them."""
    words = WORD.findall(text)
    yield from words
    for one, other in pairwise(words):
        yield f"{one} {other}"


def _pieces_in(text: str) -> list[str]:
    return [piece for word in text.split() for piece in _pieces_of(word)]


def _pieces_of(word: str) -> Iterator[str]:
    """Runs of 3 to 5 letters of a word and the blanks around it; a shorter word once, whole."""
    padded = f" {word} "
    for size in range(_SHORTEST_PIECE, _LONGEST_PIECE + 1):
        for start in range(max(1, len(padded) - size + 1)):
            yield padded[start : start + size]
        if size >= len(padded):
            return


def _frequent(texts: Sequence[Sequence[str]], most: int) -> tuple[list[str], Floats]:
    """At most ``most`` features that stand in two texts or more, the most frequent ones, sorted.

    With each its rarity, the smoothed inverse document frequency as scikit-learn computes it.
    """
    often: Counter[str] = Counter()
    texts_with: Counter[str] = Counter()
    for found in texts:
        often.update(found)
        texts_with.update(set(found))
    repeated = (one for one, count in texts_with.items() if count > 1)
    frequent = sorted(sorted(repeated, key=lambda one: (-often[one], one))[:most])
    having = np.array([texts_with[one] for one in frequent], dtype=np.float64)
    return frequent, np.log((len(texts) + 1) / (having + 1)) + 1
