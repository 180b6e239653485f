"""The words that made clauses consist of, how often each comes, and how each may be typed.

Persian: the words of the shipped coded clauses in the order of their frequency, then hazm's word
list, its frequent words first, with inflected forms of the first thousands. English: the words of
the coded clauses, then the names of the gazetteer with their endings, then words composed of
syllables. Frequencies follow Zipf and Mandelbrot, 1 / (rank + 2.7), and fall with the square of
the rank beyond rank 5,000, as they do in life: 150,000 words are 16,500 different ones; of the
Persian Wikipedia (PQuAD) they are 14,600.
"""

from __future__ import annotations

import csv
import gzip
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt

from textmine.resources import shipped

MANDELBROT = 2.7
STEEPER_FROM = 5_000
ENGLISH_WORDS = 60_000
INFLECTED = 20_000
"""So many Persian and English words at the head of the lists also come in inflected forms."""
NUMBERS = 2_030

_HALF = "\u200c"
# Endings with their share of the occurrences of a noun; spelt with the half-space.
_FA_ENDINGS = (("ها", 0.08), ("های", 0.12), ("هایی", 0.02), ("ی", 0.06), ("هایش", 0.005))
_EN_ENDINGS = (("s", 0.2), ("ed", 0.04), ("ing", 0.05))
_NOT_JOINING = "ادذرزژو"  # no half-space is written after them
_SYLLABLES_TEXT = (
    "ba be bi bo ca ce co da de di do fa fe fi ga ge go ha he hi ja ka ke la le li lo ma me mi mo "
    "na ne ni no pa pe po ra re ri ro sa se si so ta te ti to va ve vi wa we ya zo stra tri pre"
)
_SYLLABLES = _SYLLABLES_TEXT.split()
_FINALS = ("n", "r", "t", "l", "nd", "st", "ck", "m", "rt", "x")
# Letters of an Arabic keyboard, digits of Arabic and of Persian.
_ARABIC_KEYS = str.maketrans("یک", "يك")
_ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")

Shares = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Words:
    """All words: ``careful`` spellings, ``careless`` ones, and the cumulated shares of a language.

    Persian words come first, then English from ``english`` on, then numbers from ``numbers`` on.
    """

    careful: list[str]
    careless: list[str]
    english: int
    numbers: int
    persian_shares: Shares
    english_shares: Shares


def words(seed: int) -> Words:
    """The same words for the same seed and the same installed hazm."""
    draw = random.Random(seed)
    persian = _with_endings(_persian(draw), _FA_ENDINGS, _HALF)
    english = _with_endings(_english(draw), _EN_ENDINGS, "")
    numbers = [str(number) for number in range(1, NUMBERS + 1)]
    fa, en = list(persian), list(english)
    return Words(
        [*fa, *en, *(number.translate(_PERSIAN_DIGITS) for number in numbers)],
        [
            *(_careless(word, draw) for word in fa),
            *en,
            *(number.translate(draw.choice((_ARABIC_DIGITS, {}))) for number in numbers),
        ],
        len(fa),
        len(fa) + len(en),
        np.cumsum(np.array(list(persian.values()))),
        np.cumsum(np.array(list(english.values()))),
    )


def _careless(word: str, draw: random.Random) -> str:
    """As typed on an Arabic keyboard, or with its half-space lost in one of three ways."""
    if _HALF in word:
        word = word.replace(_HALF, draw.choice((" ", "", "\u200f")))
    return word.translate(_ARABIC_KEYS)


def _with_endings(
    stems: Iterable[str], endings: tuple[tuple[str, float], ...], tie: str
) -> dict[str, float]:
    """Words with their shares, which make 1; endings take theirs from the word's own."""
    share: dict[str, float] = defaultdict(float)
    for rank, word in enumerate(stems):
        whole = 1 / (rank + 1 + MANDELBROT)
        if rank > STEEPER_FROM:
            whole *= STEEPER_FROM / rank
        if 50 < rank < INFLECTED and word.isalpha() and len(word) > 2:
            seam = "" if word[-1] in _NOT_JOINING else tie
            for ending, part in endings:
                share[word + seam + ending] += whole * part
            whole *= 1 - sum(part for _, part in endings)
        share[word] += whole
    total = sum(share.values())
    return {word: one / total for word, one in share.items()}


def _persian(draw: random.Random) -> list[str]:
    rows = (line.split("\t") for line in _hazm_words().splitlines())
    listed = [(row[0], int(row[1]) if row[1:2] and row[1].isdecimal() else 0) for row in rows]
    draw.shuffle(listed)  # those without a frequency stand in no order
    listed.sort(key=lambda row: -row[1])
    return list(dict.fromkeys([*_coded("fa", r"[آ-ی\u200c]+"), *(word for word, _ in listed)]))


def _hazm_words() -> str:
    package = find_spec("hazm")  # importing it takes seconds
    if package is None or package.origin is None:
        raise ImportError("hazm is not installed; its word list gives the Persian words.")
    return (Path(package.origin).parent / "data" / "words.dat").read_text(encoding="utf-8")


def _english(draw: random.Random) -> list[str]:
    known = dict.fromkeys([*_coded("en", "[A-Za-z]+"), *_names()])
    composed = _composed(draw)
    while len(known) < ENGLISH_WORDS:
        known.setdefault(next(composed))
    return list(known)


def _coded(language: str, pattern: str) -> list[str]:
    """The words of the shipped coded clauses, the most frequent first."""
    counts: Counter[str] = Counter()
    file = shipped("codings") / "agreement_themes.jsonl"
    for line in file.read_text(encoding="utf-8").splitlines():
        clause = json.loads(line)
        if clause["language"] == language:
            found = (word.strip(_HALF) for word in re.findall(pattern, clause["text"].lower()))
            counts.update(filter(None, found))
    return [word for word, _ in sorted(counts.items(), key=lambda each: (-each[1], each[0]))]


def _names() -> Iterator[str]:
    """The English names of the gazetteer, word by word."""
    with gzip.open(shipped("gazetteer") / "places.tsv.gz", "rt", encoding="utf-8") as file:
        for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            for word in row[2].lower().split() if len(row) > 4 else ():
                if word.isascii() and word.isalpha():
                    yield word


def _composed(draw: random.Random) -> Iterator[str]:
    while True:
        yield "".join(draw.choices(_SYLLABLES, k=draw.choice((2, 3, 3)))) + draw.choice(_FINALS)
