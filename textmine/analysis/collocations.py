"""The words that stand near other words more often than chance puts them there.

Counted are words, each once: those of the corpus in the language of the clause, without the matches
themselves; those within the window of a match; those that are the collocate; and those that are
both. So the four make a table of two by two (Evert 2008). A window ends where its clause ends.

logDice   14 + log2(2·f(xy) / (f(x) + f(y))) of Rychlý (2008): 14 at most, a step of 1 is twice as
          strong; it does not depend on the size of the corpus, so it orders the words
G²        Dunning's (1993) log-likelihood: how sure it is that this is no chance; its p-value is
          adjusted for all words of the language being looked at together
t         (O - E) / √O of Church et al. (1991): prefers frequent words
MI        log2(O / E) of Church and Hanks (1990): prefers rare words
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Literal, NamedTuple

from textmine.analysis.keyness import dispersion
from textmine.analysis.measures import Control, adjusted, log_likelihood, p_of_log_likelihood
from textmine.analysis.wording import NAMES, Key, plain, shown, words
from textmine.records import Language, Span
from textmine.store.catalogue import StoredClause
from textmine.text.tokens import tokens

WINDOW = 5
FEWEST_TIMES = 3
FEWEST_DOCUMENTS = 2
MOST_CLAUSES = 100
"""So many clauses of a collocate are named."""

_NO_WORDS = ("punctuation", "symbol")

Side = Literal["both", "before", "after"]
Order = Literal["logdice", "g2", "t", "mi", "times"]


@dataclass(frozen=True, slots=True)
class Collocate:
    """A word and how it stands near the matches.

    ``times`` is how often it stands in a window, ``before`` and ``after`` on which side (a word
    between two matches stands on both); ``in_corpus`` how often in the corpus, ``expected`` how
    often chance would put it in the windows. ``documents`` counts those with the two together;
    ``spread`` is Gries's normalised deviation of proportions over the documents of the matches: 0
    where the word stands by them as evenly as their windows are long, 1 where it keeps to one
    document, None where they are all in one. ``p``, of G², takes words to be drawn one by one,
    which those of a document are not: it ranks. ``clauses`` are the first ``MOST_CLAUSES`` of
    ``clause_count``.
    """

    word: str
    language: Language
    times: int
    before: int
    after: int
    in_corpus: int
    expected: float
    logdice: float
    g2: float
    p: float
    adjusted: float
    t: float
    mi: float
    documents: int
    spread: float | None
    clause_count: int
    clauses: tuple[str, ...]


class Sizes(NamedTuple):
    """What the words of a language were found in.

    ``matches`` stand in ``documents`` documents, with ``near`` words in their windows, of ``words``
    words in the corpus that are no part of a match.
    """

    matches: int
    documents: int
    near: int
    words: int


@dataclass(frozen=True, slots=True)
class Collocations:
    """The collocates of a query, in the order asked for, and the sizes of each language."""

    collocates: tuple[Collocate, ...]
    sizes: Mapping[Language, Sizes]

    def of(self, language: Language) -> tuple[Collocate, ...]:
        """Those of one language."""
        return tuple(each for each in self.collocates if each.language == language)


@dataclass(slots=True)
class _Near:
    """A word in the windows."""

    documents: Counter[int] = field(default_factory=Counter)
    matches: int = 0
    before: int = 0
    after: int = 0
    clauses: list[str] = field(default_factory=list)
    clause_count: int = 0
    forms: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class _Counts:
    """The words of one language."""

    written: Counter[str] = field(default_factory=Counter)  # by form
    size: int = 0
    corpus: Counter[str] = field(default_factory=Counter)  # by key
    matches: int = 0
    windows: Counter[int] = field(default_factory=Counter)  # words in windows by document
    near: defaultdict[str, _Near] = field(default_factory=lambda: defaultdict(_Near))


def collocations(
    clauses: Iterable[StoredClause],
    matches: Mapping[str, Sequence[Span]],
    *,
    key: Key = plain,
    window: int = WINDOW,
    side: Side = "both",
    order: Order = "logdice",
    fewest_times: int = FEWEST_TIMES,
    fewest_documents: int = FEWEST_DOCUMENTS,
    control: Control = "holm",
) -> Collocations:
    """The words that stand within ``window`` words of ``matches`` more often than by chance.

    ``clauses`` are those of the whole corpus, ``matches`` by clause id stretches of its text.
    ``key`` brings the forms of a word together and leaves out words that say nothing; these count
    for the sizes and take their places in a window. A collocate stands ``fewest_times`` times near
    the matches, in ``fewest_documents`` documents or all those that have a match, if fewer. Tested
    are all words of the corpus that stand there ``fewest_times`` times.
    """
    counts: dict[Language, _Counts] = {}
    for stored in clauses:
        language = stored.clause.language
        if language in NAMES:
            own = counts.setdefault(language, _Counts())
            spans = matches.get(stored.clause.id)
            if spans:
                _count_near(own, stored, spans, key, window, side)
            else:
                own.written.update(word.key for word in words(stored, _as_written))
    collocates: list[Collocate] = []
    sizes: dict[Language, Sizes] = {}
    for language in NAMES:
        own = counts.get(language, _Counts())
        if own.matches:
            own.size = own.written.total()
            for form, count in own.written.items():  # each form is analysed once
                own.corpus[key(form, language)] += count
            del own.corpus[""]
            sizes[language] = Sizes(own.matches, len(own.windows), own.windows.total(), own.size)
            collocates += _compared(language, own, fewest_times, fewest_documents, control)
    collocates.sort(key=lambda each: (-getattr(each, order), -each.g2, each.language, each.word))
    return Collocations(tuple(collocates), sizes)


def _as_written(word: str, language: Language) -> str:
    return word


def _count_near(
    own: _Counts,
    stored: StoredClause,
    spans: Sequence[Span],
    key: Key,
    window: int,
    side: Side,
) -> None:
    text = stored.normalised.text
    places = _in_view(stored, spans)
    matched = _Stretches(places)
    # Numbers and foreign words take their places in a window, but are not counted.
    rest = [
        Span(token.start, token.end)
        for token in tokens(text)
        if token.kind not in _NO_WORDS and not matched.over(token.start, token.end)
    ]
    ends = [span.end for span in rest]
    keys = {word.start: word.key for word in words(stored, key)}
    counted = {at: keys[span.start] for at, span in enumerate(rest) if span.start in keys}
    own.written.update(text[slice(*rest[at])] for at in counted)
    own.matches += len(places)
    before: set[int] = set()
    after: set[int] = set()
    for start, _ in places:
        first = bisect_right(ends, start)
        ahead = range(max(0, first - window), first) if side != "after" else range(0)
        behind = range(first, first + window) if side != "before" else range(0)
        before.update(ahead)
        after.update(behind)
        for each in {counted.get(at, "") for at in (*ahead, *behind)} - {""}:
            own.near[each].matches += 1
    near = sorted((before | after) & counted.keys())
    own.windows[stored.document] += len(near)
    for at in near:
        if counted[at]:
            seen = own.near[counted[at]]
            seen.documents[stored.document] += 1
            seen.before += at in before
            seen.after += at in after
            seen.forms[text[slice(*rest[at])]] += 1
    for each in {counted[at] for at in near} - {""}:
        seen = own.near[each]
        seen.clause_count += 1
        if len(seen.clauses) < MOST_CLAUSES:
            seen.clauses.append(stored.clause.id)


def _in_view(stored: StoredClause, spans: Sequence[Span]) -> list[Span]:
    """Stretches of a clause's text as whole words of its normalised view.

    Where the view has its words in another order, a stretch may become several.
    """
    view = stored.normalised
    stretches = _Stretches(sorted(spans))
    found: set[Span] = set()
    runs: dict[int, Span] = {}  # by the number of their stretch; they go on at the next token
    for token in tokens(view.text):
        origins = view.places(token.start, token.end)
        inside = {number for origin in origins for number in stretches.over(*origin)}
        for number in runs.keys() - inside:
            found.add(runs.pop(number))
        for number in inside:
            start = runs[number].start if number in runs else token.start
            runs[number] = Span(start, token.end)
    return sorted(found.union(runs.values()))


class _Stretches:
    """Stretches in the order of their beginnings, and which of them lie over another one."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._spans = spans
        self._starts = [span.start for span in spans]
        self._ends = list(accumulate((span.end for span in spans), max))

    def over(self, start: int, end: int) -> list[int]:
        """The numbers of those that share a character with ``start`` to ``end``."""
        first, behind = bisect_right(self._ends, start), bisect_left(self._starts, end)
        return [at for at in range(first, behind) if self._spans[at].end > start]


def _compared(
    language: Language, own: _Counts, fewest_times: int, fewest_documents: int, control: Control
) -> list[Collocate]:
    # Which words are tested must not depend on how often they stand near the matches.
    tested = sorted(each for each, count in own.corpus.items() if count >= fewest_times)
    near = own.windows.total()
    times = [own.near[each].documents.total() if each in own.near else 0 for each in tested]
    scores = [
        log_likelihood(both, near, own.corpus[each], own.size)
        for each, both in zip(tested, times, strict=True)
    ]
    chances = [p_of_log_likelihood(score) for score in scores]
    judged = adjusted(chances, control)
    fewest_documents = min(fewest_documents, len(own.windows))
    smallest = min((count for count in own.windows.values() if count), default=0)
    found = []
    for each, both, score, p, sure in zip(tested, times, scores, chances, judged, strict=True):
        expected = near * own.corpus[each] / own.size
        seen = own.near.get(each)
        if seen is None or both < fewest_times or both <= expected:
            continue
        if len(seen.documents) < fewest_documents:
            continue
        found.append(
            Collocate(
                word=shown(each, seen.forms),
                language=language,
                times=both,
                before=seen.before,
                after=seen.after,
                in_corpus=own.corpus[each],
                expected=expected,
                logdice=log_dice(min(both, seen.matches), own.matches, own.corpus[each]),
                g2=score,
                p=p,
                adjusted=sure,
                t=(both - expected) / math.sqrt(both),
                mi=math.log2(both / expected),
                documents=len(seen.documents),
                spread=dispersion(
                    [(count, own.windows[at]) for at, count in seen.documents.items()],
                    near,
                    smallest,
                ),
                clause_count=seen.clause_count,
                clauses=tuple(seen.clauses),
            )
        )
    return found


def log_dice(both: int, first: int, second: int) -> float:
    """Rychlý's logDice of two things that stand together ``both`` times, and ``first`` and
    ``second`` times each; 14 when always.

    >>> log_dice(5, 5, 5), log_dice(1, 16, 16)
    (14.0, 10.0)
    """
    return 14 + math.log2(2 * both / (first + second))
