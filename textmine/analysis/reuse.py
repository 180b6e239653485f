"""Clauses of one document that come again in another: who took whose article over.

Clauses are compared by runs of five words, folded, so that neither spelling nor punctuation nor a
changed name hides a copy. Runs that stand in many documents belong to nobody and do not count. All
pairs are found that share enough, not only likely ones: an index from runs to clauses is followed,
and what it finds is checked word by word.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from textmine.analysis.wording import NAMES, Word, words
from textmine.records import Language, Span
from textmine.store.catalogue import StoredClause

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Integers = NDArray[np.int64]
    Matrix = Any  # a sparse matrix of SciPy, which has no types

RUN = 5
"""Words in a run."""

FEWEST_RUNS = 4
"""Clauses that share fewer runs (four are eight words in a row) may say the same by chance."""

LEAST = 0.5
"""A pair needs this score."""

MOST_DOCUMENTS = 50
SOME_DOCUMENTS = 10
SHARE_OF_DOCUMENTS = 0.2
"""A run is boilerplate in more than a fifth of the documents, but not in ten, and surely in more
than fifty: that keeps the work in proportion to the number of clauses."""

_CLAUSES_OF_A_DOCUMENT = 10  # a run in so many clauses of each of its documents is boilerplate too
_ROWS = 2_000


class Passage(NamedTuple):
    """Where the words that two clauses share stand in each, in the clauses' original text."""

    first: tuple[Span, ...]
    second: tuple[Span, ...]


Direction = Literal["dated", "same-date", "undated"]
"""Whether the dates tell who was first; else the document that came into the corpus first leads."""


@dataclass(frozen=True, slots=True)
class Reused:
    """Two clauses of different documents that share words; the ``source`` is the earlier one.

    Of the source's runs ``of_source`` stand in the copy, of the copy's ``of_copy`` in the source (0
    to 1, boilerplate not counted). ``score`` is the larger of both: 1 when one holds all of the
    other. ``runs`` counts what they share. What ``direction`` does not call ``dated`` says nothing
    of who took from whom; nor does a date rule out a third text from which both were taken.
    """

    source: str
    source_document: int
    copy: str
    copy_document: int
    language: Language
    runs: int
    of_source: float
    of_copy: float
    direction: Direction
    passages: Passage

    @property
    def score(self) -> float:
        """The larger of both shares."""
        return max(self.of_source, self.of_copy)


@dataclass(frozen=True, slots=True)
class Reuse:
    """All pairs, those with the highest score first.

    ``compared`` clauses were long enough, ``short`` ones not; ``boilerplate`` clauses had too
    little of their own. ``most_documents`` is where boilerplate began.
    """

    pairs: tuple[Reused, ...]
    compared: int
    short: tuple[str, ...]
    boilerplate: tuple[str, ...]
    most_documents: int

    @property
    def matrix(self) -> Mapping[tuple[int, int], tuple[str, ...]]:
        """By (source document, copying document) the clauses of the latter that come again."""
        found: defaultdict[tuple[int, int], dict[str, None]] = defaultdict(dict)
        for each in self.pairs:
            found[each.source_document, each.copy_document][each.copy] = None
        return {key: tuple(sorted(found[key])) for key in sorted(found)}


@dataclass(frozen=True)
class _Text:
    """A clause and the run that begins at each of its words."""

    stored: StoredClause
    runs: Integers

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """The clause's words, found once though it may stand in many pairs."""
        return tuple(words(self.stored))

    def spans(self, common: frozenset[int]) -> tuple[Span, ...]:
        """The stretches of the clause's original text that are covered by common runs."""
        covered: list[list[int]] = []
        for at, run in enumerate(self.runs.tolist()):
            if run in common:
                if covered and at <= covered[-1][1] + 1:
                    covered[-1][1] = at + RUN - 1
                else:
                    covered.append([at, at + RUN - 1])
        view = self.stored.normalised
        stretches = ((self.words[a].start, self.words[b].end) for a, b in covered)
        return tuple(place for stretch in stretches for place in view.places(*stretch))


def reuse(
    clauses: Iterable[StoredClause],
    dates: Mapping[int, str],
    *,
    least: float = LEAST,
    fewest_runs: int = FEWEST_RUNS,
    most_documents: int | None = None,
) -> Reuse:
    """The clauses that come again in other documents, in each language by itself.

    ``dates`` are the documents' (``1993-05-12``, ``1993-05`` or ``1993``). A pair needs the score
    ``least`` and ``fewest_runs`` shared runs, of which none stands in more than ``most_documents``
    documents (else a number by how many there are). Time and memory grow with the clauses.
    """
    import numpy as np

    known: dict[str, int] = {}
    keys: list[Integers] = []
    long: list[StoredClause] = []
    short: list[str] = []
    for stored in clauses:
        if stored.clause.language in NAMES:
            own = [known.setdefault(word.key, len(known)) for word in words(stored)]
            if len(own) >= RUN + fewest_runs - 1:
                long.append(stored)
                keys.append(np.array(own, dtype=np.int64))
            else:
                short.append(stored.clause.id)
    documents = np.array([stored.document for stored in long], dtype=np.int64)
    most = most_documents
    if most is None:
        share = int(SHARE_OF_DOCUMENTS * len(set(documents.tolist())))
        most = min(MOST_DOCUMENTS, max(SOME_DOCUMENTS, share))
    if not long:
        return Reuse((), 0, tuple(short), (), most)
    runs = _runs(keys)
    texts = [_Text(stored, own) for stored, own in zip(long, runs, strict=True)]
    held, sizes = _held(runs, documents, most)
    pairs = [
        _pair(texts[one], texts[other], shared, (sizes[one], sizes[other]), dates)
        for one, other, shared in _candidates(held, sizes, documents, least, fewest_runs)
    ]
    return Reuse(
        tuple(sorted(pairs, key=lambda each: (-each.score, -each.runs, each.source, each.copy))),
        len(texts),
        tuple(short),
        tuple(
            text.stored.clause.id
            for text, size in zip(texts, sizes, strict=True)
            if size < fewest_runs
        ),
        most,
    )


def _runs(keys: Sequence[Integers]) -> list[Integers]:
    """For each text the numbers of its runs; equal runs, and they alone, have one number."""
    import numpy as np

    def joined(first: Integers, second: Integers) -> Integers:
        pairs = first * (int(np.max(second)) + 1) + second
        found: Integers = np.unique(pairs, return_inverse=True)[1]
        return found

    flat = np.concatenate(keys)
    twos = joined(flat[:-1], flat[1:])
    fours = joined(twos[:-2], twos[2:])
    fives = joined(fours[:-1], flat[4:])
    starts = np.cumsum([0, *map(len, keys)])
    return [
        fives[start : start + len(own) - RUN + 1]
        for start, own in zip(starts.tolist(), keys, strict=False)
    ]


def _held(
    runs: Sequence[Integers], documents: Integers, most: int
) -> tuple[Matrix, tuple[int, ...]]:
    """Which text holds which run that several documents have, and how many runs are its own,
    without boilerplate."""
    import numpy as np
    from scipy import sparse

    owner = np.repeat(np.arange(len(runs)), [len(own) for own in runs])
    run = np.concatenate(runs)
    width = int(np.max(run)) + 1
    owner, run = np.divmod(np.unique(owner * width + run), width)  # once in a text
    by_document = np.unique(documents[owner] * width + run) % width
    in_documents = np.bincount(by_document, minlength=width)
    in_clauses = np.bincount(run, minlength=width)
    own = (in_documents <= most) & (in_clauses <= _CLAUSES_OF_A_DOCUMENT * most)
    sizes = np.bincount(owner[own[run]], minlength=len(runs))
    several = own & (in_documents > 1)
    kept = several[run]
    held = sparse.csr_matrix(
        (np.ones(int(kept.sum()), dtype=np.int32), (owner[kept], run[kept])),
        shape=(len(runs), width),
    )
    return held, tuple(sizes.tolist())


def _candidates(
    held: Matrix,
    sizes: Sequence[int],
    documents: Integers,
    least: float,
    fewest: int,
) -> Iterator[tuple[int, int, int]]:
    """Pairs of texts that share enough, with the number of runs they share."""
    import numpy as np

    size = np.array(sizes)
    across = held.T.tocsr()
    for first in range(0, held.shape[0], _ROWS):
        shared = (held[first : first + _ROWS] @ across).tocoo()
        one, other, count = shared.row + first, shared.col, shared.data
        enough = (
            (one < other)
            & (documents[one] != documents[other])
            & (count >= fewest)
            & (count >= least * np.minimum(size[one], size[other]))
        )
        found = (each[enough].tolist() for each in (one, other, count))
        yield from zip(*found, strict=True)


def _pair(
    one: _Text, other: _Text, shared: int, sizes: tuple[int, int], dates: Mapping[int, str]
) -> Reused:
    first, second = one.stored, other.stored
    direction, swapped = _direction(
        (dates.get(first.document, ""), first.document),
        (dates.get(second.document, ""), second.document),
    )
    if swapped:
        one, other, sizes = other, one, (sizes[1], sizes[0])
        first, second = second, first
    common = frozenset(one.runs.tolist()) & frozenset(other.runs.tolist())
    return Reused(
        source=first.clause.id,
        source_document=first.document,
        copy=second.clause.id,
        copy_document=second.document,
        language=first.clause.language,
        runs=shared,
        of_source=shared / sizes[0],
        of_copy=shared / sizes[1],
        direction=direction,
        passages=Passage(one.spans(common), other.spans(common)),
    )


def _direction(one: tuple[str, int], other: tuple[str, int]) -> tuple[Direction, bool]:
    """What dates tell of two documents, and whether the second one leads.

    >>> _direction(("1993-05-12", 1), ("1992", 2)), _direction(("1993-05", 1), ("1993", 2))
    (('dated', True), ('same-date', False))
    """
    known = min(len(one[0]), len(other[0]))
    first, second = one[0][:known], other[0][:known]
    if not known:
        return "undated", one[1] > other[1]
    if first == second:
        return "same-date", one[1] > other[1]
    return "dated", first > second
