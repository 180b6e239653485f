"""What is asked: words by how many clauses have them, pairs, phrases, prefixes, fields, facets.

And the answer that needs no index: a look at every clause. An engine whose totals differ from it
answers another question, and its times say nothing.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from textmine.search.words import Word

_OPERATORS = frozenset(("و", "یا", "منهای"))  # asked for in quotes only
SHORTEST_PART = 3
NEAR = 5
"""Two words are near each other when no more words stand between them."""


@dataclass(frozen=True)
class Fields:
    """What a clause must be besides; None for anything. ``years`` are Gregorian, both included."""

    language: str | None = None
    country: str | None = None
    code: str | None = None
    years: tuple[int, int] | None = None


@dataclass(frozen=True)
class Question:
    """One question. ``kind``: word, all, phrase, prefix or near, of ``keys`` (folded words)."""

    kind: str
    keys: tuple[str, ...]
    fields: Fields = field(default_factory=Fields)

    def typed(self, *, exact: bool) -> str:
        """In textmine's language; ``exact`` words in quotes, so that only their spelling counts."""
        if self.kind in {"word", "all"}:
            words = [f'"{key}"' if exact else key for key in self.keys]
        elif self.kind == "prefix":
            words = [self.keys[0] + "*"]
        elif self.kind == "near":
            one, other = (f'"{key}"' if exact else key for key in self.keys)
            words = [f"{one} NEAR/{NEAR} {other}"]
        else:
            words = [f'"{" ".join(self.keys)}"']
        f = self.fields
        words += [f"language:{f.language}"] if f.language else []
        words += [f"country:{f.country}"] if f.country else []
        words += [f"code:{f.code}"] if f.code else []
        words += [f"year:{f.years[0]}..{f.years[1]}"] if f.years else []
        return " ".join(words)


Sort = Literal["score", "date"]


@dataclass(frozen=True)
class Asked:
    """Questions of one kind: for the best or the oldest twenty, with facets or without."""

    name: str
    questions: tuple[Question, ...]
    facets: bool = False
    sort: Sort = "score"


class Row(NamedTuple):
    """A clause as every engine but textmine gets it: its folded words, and what it is."""

    place: int
    keys: str  # between spaces, with one at either end
    language: str
    kind: str
    year: int
    countries: tuple[str, ...]
    codes: tuple[str, ...]


def has(question: Question) -> Callable[[Row], bool]:
    """Whether a clause answers a question, by looking at it."""
    wanted = question.fields
    inside = _inside(question)

    def answers(row: Row) -> bool:
        return (
            (wanted.language is None or row.language == wanted.language)
            and (wanted.country is None or wanted.country in row.countries)
            and (wanted.code is None or wanted.code in row.codes)
            and (wanted.years is None or wanted.years[0] <= row.year <= wanted.years[1])
            and inside(row.keys)
        )

    return answers


def _inside(question: Question) -> Callable[[str], bool]:
    if question.kind == "prefix":
        start = f" {question.keys[0]}"
        return lambda text: start in text
    if question.kind == "phrase":
        phrase = f" {' '.join(question.keys)} "
        return lambda text: phrase in text
    padded = [f" {key} " for key in question.keys]

    def every(text: str) -> bool:
        return all(key in text for key in padded)

    if question.kind != "near":
        return every
    one, other = question.keys

    def near(text: str) -> bool:
        if not every(text):
            return False
        words = text.split()
        ones = [place for place, word in enumerate(words) if word == one]
        others = [place for place, word in enumerate(words) if word == other]
        return any(0 < abs(a - b) <= NEAR + 1 for a in ones for b in others)

    return near


class Forms:
    """The spellings that textmine counts as one word, found by going through all words.

    Those with the same stem or the same loose spelling, and compounds that have the word as a part,
    if it is no ending; what stands in two words for one is not among them.
    """

    def __init__(self, known: Iterable[Word]) -> None:
        self._words: dict[str, set[Word]] = defaultdict(set)
        self._having: dict[tuple[str, str], set[str]] = defaultdict(set)
        for word in known:
            self._words[word.key].add(word)
            for group in self._groups(word):
                self._having[group].add(word.key)
            for part in word.parts:
                if len(part) >= SHORTEST_PART:
                    self._having["part", part].add(word.key)

    def _groups(self, word: Word) -> Iterator[tuple[str, str]]:
        yield "stem", word.stem
        yield "loose", word.loose

    def of(self, key: str) -> frozenset[str]:
        """The spellings of the word that is spelt ``key``."""
        groups = {group for word in self._words[key] for group in self._groups(word)}
        groups.add(("part", key))
        return frozenset({key}.union(*(self._having.get(group, set()) for group in groups)))


def any_form(question: Question, forms: Forms) -> Callable[[Row], bool]:
    """Whether a clause has each word in one of its forms; fields as in ``has``."""
    others = has(replace(question, kind="all", keys=()))
    patterns = [
        re.compile(f" (?:{'|'.join(map(re.escape, forms.of(key)))}) ") for key in question.keys
    ]

    def answers(row: Row) -> bool:
        return all(each.search(row.keys) for each in patterns) and others(row)

    return answers


# -- choosing ----------------------------------------------------------------------------------

BANDS = {
    "function words": (0.25, 1.0),
    "frequent words": (0.02, 0.25),
    "medium words": (0.001, 0.005),
    "rare words": (0.00002, 0.0001),
}
"""Shares of the clauses that have a word of each band."""


def choose(rows: Sequence[Row], frequency: Counter[str], seed: int, each: int) -> tuple[Asked, ...]:
    """Sets of at most ``each`` questions, the same for the same corpus and seed."""
    draw = random.Random(seed)
    total = len(rows)
    band: dict[str, list[str]] = defaultdict(list)
    for key in sorted(frequency.keys() - _OPERATORS):
        share = frequency[key] / total
        for name, (low, high) in BANDS.items():
            if low <= share < high and key.isalpha() and len(key) > (name != "function words"):
                band[name].append(key)

    def words(name: str, count: int) -> tuple[Question, ...]:
        chosen = draw.sample(band[name], min(count, len(band[name])))
        return tuple(Question("word", (key,)) for key in chosen)

    frequent = words("frequent words", each)
    function = words("function words", each // 3)
    everywhere = {key for key in frequency if frequency[key] > total * 0.25} | _OPERATORS
    sets = [
        Asked("function words", function),
        Asked("frequent words", frequent),
        Asked("medium words", words("medium words", each)),
        Asked("rare words", words("rare words", each)),
        Asked("two words", tuple(_pairs(rows, frequency, draw, each, "all", everywhere))),
        Asked("phrase", tuple(_phrases(rows, draw, each))),
        Asked("prefix of four letters", tuple(_prefixes(band, draw, each * 2 // 3))),
        Asked(f"two words within {NEAR}", tuple(_pairs(rows, frequency, draw, each, "near"))),
        Asked("a word and fields", tuple(_fields(frequent, rows, draw))),
        Asked("frequent words, facets", frequent, facets=True),
        Asked("function words, facets", function, facets=True),
        Asked("frequent words, oldest first", frequent, sort="date"),
    ]
    return tuple(one for one in sets if one.questions)


def _pairs(
    rows: Sequence[Row],
    frequency: Counter[str],
    draw: random.Random,
    each: int,
    kind: str,
    never: Set[str] = _OPERATORS,
) -> Iterator[Question]:
    """Two words that stand in one clause, the rarer in one clause of 500 or more."""
    found: set[tuple[str, ...]] = set()
    for _ in range(200 * each):
        if len(found) == each:
            break
        words = draw.choice(rows).keys.split()
        at = draw.randrange(len(words))
        pair = words[at], draw.choice(words[at + 1 : at + 4] or words[:1])
        often = all(frequency[key] > len(rows) / 500 and key.isalpha() for key in pair)
        if often and pair[0] != pair[1] and never.isdisjoint(pair):
            found.add(pair)
    yield from (Question(kind, pair) for pair in sorted(found))


def _phrases(rows: Sequence[Row], draw: random.Random, each: int) -> Iterator[Question]:
    """Two to four words that follow each other in several clauses of a sample."""
    counts: Counter[tuple[str, ...]] = Counter()
    for row in draw.sample(rows, min(len(rows), 20_000)):
        words = row.keys.split()
        for length in (2, 3, 4):
            counts.update({tuple(words[at : at + length]) for at in range(len(words) - length)})
    again = sorted(phrase for phrase, count in counts.items() if count > 1)
    by_length = [[one for one in again if len(one) == length] for length in (2, 3, 4)]
    for phrases in by_length:
        for phrase in draw.sample(phrases, min(each // 3, len(phrases))):
            yield Question("phrase", phrase)


def _prefixes(band: dict[str, list[str]], draw: random.Random, each: int) -> Iterator[Question]:
    known = sorted({key[:4] for key in band["medium words"] if len(key) > 5})
    yield from (Question("prefix", (key,)) for key in draw.sample(known, min(each, len(known))))


def _fields(
    questions: Sequence[Question], rows: Sequence[Row], draw: random.Random
) -> Iterator[Question]:
    """Each word with fields of a clause that has it: country and years, code, language and code."""
    for number, question in enumerate(questions):
        row = next(
            row
            for row in draw.sample(rows, len(rows))
            if row.codes and f" {question.keys[0]} " in row.keys
        )
        of_row = (
            Fields(country=row.countries[0], years=(row.year - 5, row.year + 5)),
            Fields(code=row.codes[0]),
            Fields(language=row.language, code=row.codes[-1], years=(row.year - 10, row.year)),
        )
        yield replace(question, fields=of_row[number % len(of_row)])
