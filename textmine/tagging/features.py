"""What a clause looks like to the theme model: keyword hits, words and pieces of words as numbers.

Keyword hits carry the codebook's knowledge and mean the same in both languages; words and pieces
of words carry what only coded clauses can teach.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer
from sklearn.preprocessing import normalize

from textmine.records import Codebook
from textmine.tagging.keywords import DictionaryCoder, Hit, view
from textmine.text.letters import HALF_SPACE

WORD = re.compile(r"(?u)\b\w\w+\b")

# Weights of the groups of features against each other, hits of a code being 1. On treaty articles,
# on Persian news and on the sample corpus F1 hardly moves between 0.7 and 1.5 for words; ranking
# of codes is best from 1 upwards. Hits alone, and words alone, are worse on each of them.
_WEIGHT_OF_KEYWORDS = 0.5
_WEIGHT_OF_WORDS = 1.0

# Enough for some thousand clauses, and the weights of 12 codes stay below a megabyte.
_MOST_WORDS = 3000
_MOST_PIECES = 5000

# Words that explain nothing: those in more than one of this many training clauses, and the
# function words of both languages (the Persian ones as keywords are compared, so with ا for آ).
_COMMON = 10.0
_PERSIAN_FUNCTION_WORDS = """
از است ان اند ای این اینکه با باشد باید بر برای بود به بین تا تر خود خواهد در را شد شده شود کرد
کردن کند کنند که گردد می نمی نیز ها های هر هم همه همین یا یک یکدیگر
"""
_FUNCTION_WORDS = ENGLISH_STOP_WORDS.union(_PERSIAN_FUNCTION_WORDS.split())

Matrix = Any  # a sparse matrix of SciPy, which has no types
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Reading:
    """A clause as the model reads it: the text compared, and the keywords found in the original.

    ``compared`` has the length of the view of the text, so places in it lead back.
    """

    compared: str
    hits: tuple[Hit, ...]


def read(text: str, dictionary: DictionaryCoder) -> Reading:
    """Reads one clause."""
    plain = view(text).text.replace(HALF_SPACE, " ")
    return Reading(re.sub(r"\d", "0", plain), dictionary.hits(text))


class Features:
    """Turns readings into rows of numbers; learns its words from the readings of training clauses.

    Columns: a number for each code, one for each keyword, then words and word pairs, then pieces
    of words (3 to 5 letters).
    """

    def __init__(
        self,
        codebook: Codebook,
        words: Sequence[str],
        pieces: Sequence[str],
        rarity: tuple[Floats, Floats],
    ) -> None:
        self.words = tuple(words)
        self.pieces = tuple(pieces)
        self.rarity = rarity
        self._codes = {code.id: column for column, code in enumerate(codebook.codes)}
        listed = (
            (code.id, word)
            for code in codebook.codes
            for one in code.keywords.values()
            for word in one
        )
        self._keywords = {pair: column for column, pair in enumerate(dict.fromkeys(listed))}
        common = rarity[0] < 1.0 + math.log(_COMMON)
        self._common = _FUNCTION_WORDS.union(
            word for word, often in zip(words, common, strict=True) if often
        )
        self._vectorizers = [
            _vectorizer(analyzer, "l2", vocabulary, idf)
            for analyzer, vocabulary, idf in self._vocabularies()
        ]
        self._single = [
            _vectorizer(analyzer, None, vocabulary, idf)
            for analyzer, vocabulary, idf in self._vocabularies()
        ]

    @classmethod
    def learn(cls, readings: Sequence[Reading], codebook: Codebook) -> Features:
        """The features of training clauses: words and pieces that occur in at least two."""
        texts = [reading.compared for reading in readings]
        words, rare_words = _frequent("word", texts, _MOST_WORDS)
        pieces, rare_pieces = _frequent("char_wb", texts, _MOST_PIECES)
        return cls(codebook, words, pieces, (rare_words, rare_pieces))

    @property
    def count(self) -> int:
        """How many columns a row has."""
        return len(self._codes) + len(self._keywords) + len(self.words) + len(self.pieces)

    def rows(self, readings: Sequence[Reading]) -> Matrix:
        """One row for each reading."""
        codes = sparse.lil_matrix((len(readings), len(self._codes)))
        keywords = sparse.lil_matrix((len(readings), len(self._keywords)))
        for row, reading in enumerate(readings):
            for hit in reading.hits:
                codes[row, self._codes[hit.code]] += 1
                keywords[row, self._keywords[hit.code, hit.keyword]] = 1
        texts = [reading.compared for reading in readings]
        groups = [
            normalize(codes.tocsr().sqrt()),
            normalize(keywords.tocsr()) * _WEIGHT_OF_KEYWORDS,
            *(self._of_text(vectorizer, texts) for vectorizer in self._vectorizers),
        ]
        return sparse.hstack(groups, format="csr")

    def word_weights(self, words: Sequence[str], coefficients: Floats) -> Floats:
        """What each word by itself adds to the score of each code (words by codes).

        Figures of one clause can be compared with each other. Function words, and words
        that stand in every tenth training clause, weigh nothing: they carry no subject.
        """
        groups = [self._of_text(vectorizer, list(words)) for vectorizer in self._single]
        first = self.count - len(self.words) - len(self.pieces)
        weights: Floats = sparse.hstack(groups, format="csr") @ coefficients[:, first:].T
        weights[[word in self._common for word in words]] = 0.0
        return weights

    def _vocabularies(self) -> list[tuple[str, tuple[str, ...], Floats]]:
        return [("word", self.words, self.rarity[0]), ("char_wb", self.pieces, self.rarity[1])]

    @staticmethod
    def _of_text(vectorizer: Any, texts: list[str]) -> Matrix:
        if vectorizer is None:
            return sparse.csr_matrix((len(texts), 0))
        return vectorizer.transform(texts) * _WEIGHT_OF_WORDS


def _frequent(analyzer: str, texts: Sequence[str], most: int) -> tuple[list[str], Floats]:
    """At most ``most`` features that stand in two texts or more, the most frequent ones, sorted.

    With each its rarity, the inverse document frequency as scikit-learn computes it. (Its own
    choice depends, among equally frequent features, on the version of NumPy.)
    """
    analyze = _vectorizer(analyzer, "l2").build_analyzer()
    often: Counter[str] = Counter()
    texts_with: Counter[str] = Counter()
    for text in texts:
        found = analyze(text)
        often.update(found)
        texts_with.update(set(found))
    repeated = (one for one, count in texts_with.items() if count > 1)
    frequent = sorted(sorted(repeated, key=lambda one: (-often[one], one))[:most])
    having = np.array([texts_with[one] for one in frequent], dtype=np.float64)
    return frequent, np.log((len(texts) + 1) / (having + 1)) + 1


def _vectorizer(
    analyzer: str,
    norm: str | None,
    vocabulary: Sequence[str] | None = None,
    idf: Floats | None = None,
) -> Any:
    """scikit-learn's vectorizer, new or with what it had learned; None for an empty vocabulary."""
    if vocabulary is not None and not vocabulary:
        return None
    vectorizer = TfidfVectorizer(
        analyzer=analyzer,
        ngram_range=(1, 2) if analyzer == "word" else (3, 5),
        token_pattern=WORD.pattern,
        lowercase=False,
        sublinear_tf=True,
        norm=norm,
        vocabulary=vocabulary,
    )
    if idf is not None:
        vectorizer.idf_ = idf
    return vectorizer
