"""The words that tell one part of a corpus from another, each with the clauses it stands in.

Dunning's G² orders the words, Hardie's log ratio says how large the difference is. Both count words
as if each were drawn alone; but words come in bursts, and a word that one document says fifty times
would win. So a word must stand in several documents, its dispersion is shown beside it, and its
p-value ranks words rather than proves anything.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from textmine.analysis.measures import (
    Control,
    adjusted,
    log_likelihood,
    log_ratio,
    p_of_log_likelihood,
    smoothed,
)
from textmine.analysis.wording import NAMES, Key, plain, shown, words
from textmine.records import Language
from textmine.store.catalogue import StoredClause

FEWEST_DOCUMENTS = 2
FEWEST_TIMES = 3


@dataclass(frozen=True, slots=True)
class Side:
    """One of two parts: how often a word stands there, in which clauses and documents.

    ``dispersion`` is Gries's normalised deviation of proportions over the part's documents: 0 for
    a word spread as evenly as the text, 1 for one that the smallest document keeps to itself; None
    where the word does not stand or there is one document only.
    """

    count: int
    per_thousand: float
    documents: int
    dispersion: float | None
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Keyword:
    """A word that one part (``of``) uses more than the other.

    ``log_ratio`` is how often its rate doubles from the reference to the target: below 0 the
    reference has more of it. ``difference`` is that of the rates in percent of the reference's
    (%DIFF). Both take a count of 0 for a half. ``adjusted`` judges together the p-values of all
    words of a language that stand often enough in both parts taken as one.
    """

    word: str
    language: Language
    of: Literal["target", "reference"]
    target: Side
    reference: Side
    g2: float
    p: float
    adjusted: float
    log_ratio: float
    difference: float


Lack = Literal["no-words-in-target", "no-words-in-reference", "few-documents"]


@dataclass(frozen=True, slots=True)
class Keyness:
    """The words that tell two parts apart, those that tell most first.

    ``sizes`` are the words of target and reference by language, ``lacking`` why a language could
    not be compared; ``shared`` clauses stand in both parts and were left out of both.
    """

    keywords: tuple[Keyword, ...]
    sizes: Mapping[Language, tuple[int, int]]
    lacking: Mapping[Language, Lack]
    shared: tuple[str, ...]

    def of(self, language: Language, *, target: bool = True) -> tuple[Keyword, ...]:
        """The words of one language that the target uses more, or the reference."""
        return tuple(
            each
            for each in self.keywords
            if each.language == language and (each.of == "target") == target
        )


@dataclass(slots=True)
class _Part:
    """The words of one part in one language."""

    size: int = 0
    by_document: Counter[int] = field(default_factory=Counter)
    counts: defaultdict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    clauses: defaultdict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    _smallest: int = 0

    @property
    def smallest(self) -> int:
        """The words of the smallest document; all of them where there is one document."""
        if not self._smallest:
            self._smallest = min(self.by_document.values(), default=0)
        return self._smallest

    def side(self, key: str) -> Side:
        counts = self.counts.get(key, Counter())
        count = counts.total()
        return Side(
            count,
            1000 * count / self.size,
            len(counts),
            dispersion(
                [(count, self.by_document[each]) for each, count in counts.items()],
                self.size,
                self.smallest,
            ),
            tuple(self.clauses.get(key, ())),
        )


def keywords(
    target: Iterable[StoredClause],
    reference: Iterable[StoredClause],
    *,
    key: Key = plain,
    control: Control = "holm",
    fewest_documents: int = FEWEST_DOCUMENTS,
    fewest_times: int = FEWEST_TIMES,
) -> Keyness:
    """The words that ``target`` uses more than ``reference``, and the other way round.

    ``key`` brings the forms of a word together and leaves out words that say nothing; these count
    for the size of a part. A word needs ``fewest_documents`` documents and ``fewest_times``
    occurrences on the side that uses it more.
    """
    sides = {each.clause.id: each for each in target}, {each.clause.id: each for each in reference}
    shared = sides[0].keys() & sides[1].keys()
    parts: tuple[dict[Language, _Part], ...] = ({}, {})
    forms: defaultdict[tuple[Language, str], Counter[str]] = defaultdict(Counter)
    for part, clauses in zip(parts, sides, strict=True):
        for stored in clauses.values():
            if stored.clause.id not in shared and stored.clause.language in NAMES:
                _count(part.setdefault(stored.clause.language, _Part()), stored, key, forms)
    found: list[Keyword] = []
    sizes: dict[Language, tuple[int, int]] = {}
    lacking: dict[Language, Lack] = {}
    for language in NAMES:
        ours, theirs = (part.get(language, _Part()) for part in parts)
        if not ours.size and not theirs.size:
            continue
        sizes[language] = ours.size, theirs.size
        if not ours.size:
            lacking[language] = "no-words-in-target"
        elif not theirs.size:
            lacking[language] = "no-words-in-reference"
        elif max(len(ours.by_document), len(theirs.by_document)) < fewest_documents:
            lacking[language] = "few-documents"
        else:
            found += _compared(
                language, ours, theirs, forms, control, fewest_documents, fewest_times
            )
    found.sort(key=lambda each: (-each.g2, each.language, each.word))
    return Keyness(tuple(found), sizes, lacking, tuple(sorted(shared)))


def _count(
    part: _Part,
    stored: StoredClause,
    key: Key,
    forms: defaultdict[tuple[Language, str], Counter[str]],
) -> None:
    text, language = stored.normalised.text, stored.clause.language
    for word in words(stored, key):
        part.size += 1
        part.by_document[stored.document] += 1
        if word.key:
            part.counts[word.key][stored.document] += 1
            part.clauses[word.key][stored.clause.id] = None
            forms[language, word.key][text[word.start : word.end]] += 1


def _compared(
    language: Language,
    ours: _Part,
    theirs: _Part,
    forms: Mapping[tuple[Language, str], Counter[str]],
    control: Control,
    fewest_documents: int,
    fewest_times: int,
) -> list[Keyword]:
    # Which words are tested must not depend on how they differ between the parts.
    tested = []
    for key in sorted(ours.counts.keys() | theirs.counts.keys()):
        counts = ours.counts.get(key, Counter()), theirs.counts.get(key, Counter())
        a, b = (each.total() for each in counts)
        if len(counts[0].keys() | counts[1].keys()) >= fewest_documents and a + b >= fewest_times:
            more = counts[0] if a * theirs.size > b * ours.size else counts[1]
            kept = len(more) >= fewest_documents and more.total() >= fewest_times
            tested.append((key, a, b, kept))
    scores = [log_likelihood(a, ours.size, a + b, ours.size + theirs.size) for _, a, b, _ in tested]
    chances = [p_of_log_likelihood(score) for score in scores]
    found = []
    for (key, a, b, kept), score, p, judged in zip(
        tested, scores, chances, adjusted(chances, control), strict=True
    ):
        if not kept:
            continue
        rate, usual = smoothed(a, ours.size, b, theirs.size)
        found.append(
            Keyword(
                word=shown(key, forms[language, key]),
                language=language,
                of="target" if a * theirs.size > b * ours.size else "reference",
                target=ours.side(key),
                reference=theirs.side(key),
                g2=score,
                p=p,
                adjusted=judged,
                log_ratio=log_ratio(a, ours.size, b, theirs.size),
                difference=100 * (rate / usual - 1),
            )
        )
    return found


def dispersion(having: Iterable[tuple[int, int]], size: int, smallest: int) -> float | None:
    """Gries's (2008) normalised deviation of proportions of a word over documents.

    ``having`` are the documents that have it: how often, and the document's words. ``size`` counts
    the words of all documents, ``smallest`` those of the smallest.

    >>> dispersion([(1, 10)] * 4, 40, 10), dispersion([(4, 10)], 40, 10), dispersion([], 40, 10)
    (0.0, 1.0, None)
    """
    found = list(having)
    count = sum(own for own, _ in found)
    if not count or smallest == size:
        return None
    apart = sum(abs(of / size - own / count) for own, of in found)
    apart += 1 - sum(of for _, of in found) / size  # documents without it
    return apart / 2 / (1 - smallest / size)
