"""What stands together in clauses: codes with codes, words with words, words with codes."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from textmine.analysis.measures import (
    Control,
    adjusted,
    log_likelihood,
    npmi,
    p_of_log_likelihood,
)
from textmine.analysis.wording import Key, plain, shown, words
from textmine.records import Language
from textmine.store.catalogue import StoredClause

MOST_WORDS = 300
"""So many words, those of most clauses first, are paired; all of them would make millions."""

FEWEST_CLAUSES = 3
FEWEST_DOCUMENTS = 2


class Item(NamedTuple):
    """What a clause can hold: a code, or a word in the form in which it is shown."""

    kind: Literal["code", "word"]
    name: str


class Holding(NamedTuple):
    """A clause and what it holds."""

    clause: str
    document: int
    items: frozenset[Item]


@dataclass(frozen=True, slots=True)
class Together:
    """Two things and how often they stand in one clause.

    Of ``n`` clauses ``first_count`` hold the first and ``second_count`` the second; ``clauses``
    hold both, in ``documents`` documents. ``expected`` is what chance gives, ``lift`` how many
    times that is reached. ``jaccard`` is 0 to 1, ``phi`` and ``npmi`` -1 to 1; ``phi`` is None for
    a thing that every clause holds. ``p``, of G², takes clauses to be independent, which those of
    one document are not: it ranks. ``adjusted`` judges together all pairs that ``together`` tested.
    """

    first: Item
    second: Item
    n: int
    first_count: int
    second_count: int
    clauses: tuple[str, ...]
    documents: int
    expected: float
    lift: float
    jaccard: float
    phi: float | None
    npmi: float
    g2: float
    p: float
    adjusted: float

    @property
    def count(self) -> int:
        """How many clauses hold both."""
        return len(self.clauses)


def coded(clauses: Iterable[tuple[str, int, Collection[str]]]) -> tuple[Holding, ...]:
    """Clauses, each with its id, document and codes, as what holds these codes.

    >>> coded([("c1", 1, ["cultural"])])[0].items
    frozenset({Item(kind='code', name='cultural')})
    """
    return tuple(
        Holding(clause, document, frozenset(Item("code", code) for code in codes))
        for clause, document, codes in clauses
    )


def worded(
    clauses: Iterable[StoredClause],
    language: Language,
    *,
    codes: Mapping[str, Collection[str]] | None = None,
    key: Key = plain,
    most: int = MOST_WORDS,
    fewest_documents: int = FEWEST_DOCUMENTS,
) -> tuple[Holding, ...]:
    """Clauses of one language with their words, and with their codes by clause id.

    Words are those that ``key`` keeps, of at least ``fewest_documents`` documents, and of these the
    ``most`` that most clauses have. One language at a time: over both, words of one language would
    seem to belong together because they never stand in the other's clauses.
    """
    own = [each for each in clauses if each.clause.language == language]
    forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
    where: defaultdict[str, set[int]] = defaultdict(set)
    often: Counter[str] = Counter()
    held: list[set[str]] = []
    for stored in own:
        found = set()
        for word in words(stored, key):
            if word.key:
                found.add(word.key)
                forms[word.key][stored.normalised.text[word.start : word.end]] += 1
                where[word.key].add(stored.document)
        often.update(found)
        held.append(found)
    several = sorted(each for each in often if len(where[each]) >= fewest_documents)
    kept = sorted(several, key=lambda each: (-often[each], each))[:most]
    items = {each: Item("word", shown(each, forms[each])) for each in kept}
    return tuple(
        Holding(
            stored.clause.id,
            stored.document,
            frozenset(items[each] for each in found if each in items)
            | {Item("code", code) for code in (codes or {}).get(stored.clause.id, ())},
        )
        for stored, found in zip(own, held, strict=True)
    )


def together(
    holding: Iterable[Holding],
    *,
    kinds: tuple[Literal["code", "word"], Literal["code", "word"]] = ("code", "code"),
    fewest: int = 0,
    fewest_documents: int = 0,
    control: Control = "holm",
) -> tuple[Together, ...]:
    """The pairs of things of two ``kinds``, those that are farthest from chance first.

    Every clause counts once. Pairs in fewer than ``fewest`` clauses or ``fewest_documents``
    documents are left out; with 0 those that never meet are there too, which may say as much.
    Tested are all pairs of things that each stand in so many by themselves: which ones these are
    does not depend on how often they meet, so leaving pairs out afterwards makes no p smaller.

    >>> both = coded([("c1", 1, "ab"), ("c2", 1, "ab"), ("c3", 2, "a"), ("c4", 3, "")])
    >>> pair = together(both)[0]
    >>> pair.clauses, pair.documents, pair.expected, round(pair.lift, 2), round(pair.jaccard, 2)
    (('c1', 'c2'), 1, 1.5, 1.33, 0.67)
    """
    seen = {each.clause: each for each in holding}
    clauses = list(seen.values())
    having: defaultdict[Item, list[int]] = defaultdict(list)
    for place, each in enumerate(clauses):
        for item in each.items:
            having[item].append(place)

    def enough(places: Sequence[int]) -> bool:
        documents = {clauses[place].document for place in places}
        return len(places) >= fewest and len(documents) >= fewest_documents

    having = defaultdict(list, {item: own for item, own in having.items() if enough(own)})
    pairs = list(_pairs(having, kinds))
    n = len(clauses)
    scores = [log_likelihood(len(both), len(having[a]), len(having[b]), n) for a, b, both in pairs]
    chances = [p_of_log_likelihood(score) for score in scores]
    found = [
        _together(
            first,
            second,
            (n, len(having[first]), len(having[second])),
            tuple(clauses[place].clause for place in both),
            len({clauses[place].document for place in both}),
            (score, p, judged),
        )
        for (first, second, both), score, p, judged in zip(
            pairs, scores, chances, adjusted(chances, control), strict=True
        )
        if enough(both)
    ]
    return tuple(sorted(found, key=lambda each: (-each.g2, each.first, each.second)))


def _pairs(
    having: Mapping[Item, Sequence[int]], kinds: tuple[str, str]
) -> Iterator[tuple[Item, Item, list[int]]]:
    """All pairs of two kinds, a code before a word, with the clauses of both."""
    wanted = tuple(sorted(kinds))
    items = sorted(item for item in having if item.kind in kinds)
    sets = [frozenset(having[item]) for item in items]
    for place, first in enumerate(items):
        for other in range(place + 1, len(items)):
            if (first.kind, items[other].kind) == wanted:
                yield first, items[other], sorted(sets[place] & sets[other])


def _together(
    first: Item,
    second: Item,
    sizes: tuple[int, int, int],
    clauses: tuple[str, ...],
    documents: int,
    score: tuple[float, float, float],
) -> Together:
    n, a, b = sizes
    both = len(clauses)
    spread = math.sqrt(a * b * (n - a) * (n - b))
    return Together(
        first=first,
        second=second,
        n=n,
        first_count=a,
        second_count=b,
        clauses=clauses,
        documents=documents,
        expected=a * b / n,
        lift=both * n / (a * b),
        jaccard=both / (a + b - both),
        phi=(both * n - a * b) / spread if spread else None,
        npmi=npmi(both, a, b, n),
        g2=score[0],
        p=score[1],
        adjusted=score[2],
    )
