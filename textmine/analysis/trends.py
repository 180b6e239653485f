"""How often a code comes over the years: shares of clauses, and their trend.

Clauses of one document are alike, so intervals of shares and tests of trend treat documents as
the unit: they are drawn again, or exchange their years, as wholes. Where there is too little for a
figure its reason stands in its place.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from textmine.analysis.crosstabs import FEWEST_ARRANGEMENTS, PERMUTATIONS, SEED
from textmine.analysis.measures import LEVEL, Interval, wilson

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

RESAMPLES = 4_999
FEWEST_DOCUMENTS = 5
"""With fewer documents drawing them again says nothing of how they differ."""

_CHUNK = 500
_SAME = 1e-12  # what rounding makes of no difference


class Marked(NamedTuple):
    """One clause of a dated document, in its year or period, and whether it carries the code."""

    clause: str
    document: int
    period: str
    carries: bool


Method = Literal["wilson", "bootstrap", "wilson-documents"]
"""How an interval was made: Wilson's where no document has two clauses; else documents drawn again;
or, where all of these are alike, Wilson's with documents for trials."""

Lack = Literal[
    "nothing",  # nothing to count
    "few-documents",  # too few for an interval, or too few ways to exchange them for a test
    "one-period",  # nothing to compare with
    "all-alike",  # every clause carries the code, or none: there is no trend to be found
    "overlap",  # the two groups of periods have one in common
    "side-alike",  # documents of one group do not differ, so nothing tells how far they might
]


@dataclass(frozen=True, slots=True)
class Lacking:
    """Why there is no figure."""

    reason: Lack


@dataclass(frozen=True, slots=True)
class Share:
    """One year or period: ``carrying`` of ``clauses`` (ids, in the order they came) have the code.

    ``interval`` is that of the share by ``method``, or why there is none. Of ``documents``
    documents ``carrying_documents`` have the code on some clause.
    """

    period: str
    clauses: tuple[str, ...]
    carrying: tuple[str, ...]
    documents: int
    carrying_documents: int
    interval: Interval | Lacking
    method: Method | None

    @property
    def share(self) -> float | None:
        """The share of clauses that carry the code; None without clauses."""
        return len(self.carrying) / len(self.clauses) if self.clauses else None


@dataclass(frozen=True, slots=True)
class TrendTest:
    """Whether shares rise or fall with the periods' scores.

    ``z`` is Cochran and Armitage's, above 0 for a rise, counted in clauses; its ``p``, two-sided,
    comes from exchanging the years of whole documents, ``permutations`` times from a fixed seed:
    this is the one to report. ``documents_z`` and ``documents_p`` ask the same of documents that
    have the code on some clause, by the normal distribution.
    """

    z: float
    p: float
    documents_z: float | None
    documents_p: float | None
    documents: int
    permutations: int
    seed: int


@dataclass(frozen=True, slots=True)
class Trend:
    """Shares by period, in order, and the test of a trend over them."""

    shares: tuple[Share, ...]
    scores: Mapping[str, float]
    test: TrendTest | Lacking


@dataclass(frozen=True, slots=True)
class Ratio:
    """How much oftener a code comes later than earlier, with its interval and p-value.

    ``earlier`` and ``later`` are the two shares; ``value`` is the later over the earlier one, None
    where that is 0. ``interval`` is that of the value, or why there is none.
    """

    value: float | None
    interval: Interval | Lacking
    p: float
    earlier: float
    later: float


def trend(
    clauses: Iterable[Marked],
    *,
    periods: Sequence[str] = (),
    scores: Mapping[str, float] | None = None,
    permutations: int = PERMUTATIONS,
) -> Trend:
    """Shares of clauses that carry a code, by year or period, and whether they rise or fall.

    ``periods`` fixes their order and may name empty ones; without it labels are sorted. A test of
    trend needs distances: ``scores``, else the years themselves, else places in the order.

    >>> made = [Marked(f"c{n}", n, str(1990 + n), n >= 10) for n in range(20)]
    >>> found = trend(made, permutations=999)
    >>> found.shares[0].share, found.shares[-1].share, found.test.p < 0.01
    (0.0, 1.0, True)
    """
    seen = tuple(dict.fromkeys(clauses))
    order = tuple(dict.fromkeys([*periods, *sorted({each.period for each in seen})]))
    if scores is None:
        by_year = all(label.isdecimal() for label in order)
        scores = {label: float(label if by_year else n) for n, label in enumerate(order)}
    by_period: dict[str, list[Marked]] = {label: [] for label in order}
    for each in seen:
        by_period[each.period].append(each)
    return Trend(
        tuple(_share(label, own) for label, own in by_period.items()),
        scores,
        _tested(seen, scores, permutations),
    )


def share_ratio(
    clauses: Iterable[Marked],
    earlier: Iterable[str],
    later: Iterable[str],
    *,
    permutations: int = PERMUTATIONS,
) -> Ratio | Lacking:
    """The share of clauses with a code in ``later`` periods over that in ``earlier`` ones.

    The interval takes documents as the unit: it comes from how their own shares differ, so there
    is none where those of one group do not (as where none carries the code). p comes from
    exchanging documents between both groups, and asks how far apart the two shares then lie.

    >>> made = [Marked(f"c{n}", n, "old" if n < 20 else "new", n % 4 == 0 or n >= 30)
    ...         for n in range(40)]
    >>> found = share_ratio(made, ["old"], ["new"], permutations=999)
    >>> found.earlier, found.later, found.value, found.interval.low > 1
    (0.25, 0.65, 2.6, True)
    """
    import numpy as np

    groups = frozenset(earlier), frozenset(later)
    if groups[0] & groups[1]:
        return Lacking("overlap")
    seen = tuple(dict.fromkeys(clauses))
    counts = [_counts([each for each in seen if each.period in group]) for group in groups]
    if not all(len(each) for each in counts):
        return Lacking("nothing")
    if min(map(len, counts)) < FEWEST_DOCUMENTS:
        return Lacking("few-documents")
    together = np.concatenate(counts)
    carrying, size = together.sum(axis=0).tolist()
    if carrying in (0, size):
        return Lacking("all-alike")
    before, after = (_carried(each.sum(axis=0)) for each in counts)
    observed = abs(float(after - before))
    generator = np.random.default_rng(SEED)
    inside = np.zeros(len(together))
    inside[: len(counts[0])] = 1
    far = 0
    for first in range(0, permutations, _CHUNK):
        some = min(_CHUNK, permutations - first)
        chosen = generator.permuted(np.tile(inside, (some, 1)), axis=1)
        apart = _carried((1 - chosen) @ together) - _carried(chosen @ together)
        far += int((np.abs(apart) >= observed - 1e-9).sum())
    return Ratio(
        float(after / before) if before else None,
        _ratio_interval(counts[0], counts[1]),
        (far + 1) / (permutations + 1),
        float(before),
        float(after),
    )


def _carried(totals: Floats) -> Floats:
    """The share that carries; the last axis holds those that carry and all."""
    share: Floats = totals[..., 0] / totals[..., 1]
    return share


def _ratio_interval(earlier: Floats, later: Floats) -> Interval | Lacking:
    """The interval of the later share over the earlier one, symmetric about its logarithm.

    The variance of a share's logarithm is that of a ratio of document totals, linearised; the
    degrees of freedom are Welch's.
    """
    from scipy.stats import t

    variances = []
    for counts in (earlier, later):
        carrying, size = counts.sum(axis=0)
        apart = float(((counts[:, 0] - carrying / size * counts[:, 1]) ** 2).sum())
        if apart < _SAME:
            return Lacking("side-alike")
        variances.append(len(counts) / (len(counts) - 1) * apart / float(carrying) ** 2)
    freedom = sum(variances) ** 2 / sum(
        own**2 / (len(counts) - 1) for own, counts in zip(variances, (earlier, later), strict=True)
    )
    ratio = float(_carried(later.sum(axis=0)) / _carried(earlier.sum(axis=0)))
    half = float(t.ppf((1 + LEVEL) / 2, freedom)) * math.sqrt(sum(variances))
    return Interval(ratio * math.exp(-half), ratio * math.exp(half))


def _counts(clauses: Iterable[Marked]) -> Floats:
    """For each document how many of its clauses carry the code, and how many there are."""
    import numpy as np

    found: dict[int, list[int]] = {}
    for each in clauses:
        own = found.setdefault(each.document, [0, 0])
        own[0] += each.carries
        own[1] += 1
    # Sorted, so that the order in which clauses come does not move what is drawn.
    return np.array(sorted(found.values()), dtype=np.float64).reshape(-1, 2)


def _drawn(counts: Floats, generator: np.random.Generator) -> Floats:
    """Totals of documents drawn again with replacement, ``RESAMPLES`` times."""
    import numpy as np

    n = len(counts)
    times = generator.multinomial(n, np.full(n, 1 / n), size=RESAMPLES)
    totals: Floats = times @ counts
    return totals


def _share(period: str, clauses: Sequence[Marked]) -> Share:
    import numpy as np

    carrying = tuple(each.clause for each in clauses if each.carries)
    counts = _counts(clauses)
    documents = len(counts)
    interval: Interval | Lacking
    method: Method | None
    if not clauses:
        interval, method = Lacking("nothing"), None
    elif documents == len(clauses):
        interval, method = wilson(len(carrying), len(clauses)), "wilson"
    elif documents < FEWEST_DOCUMENTS:
        interval, method = Lacking("few-documents"), None
    else:
        totals = _drawn(counts, np.random.default_rng(SEED))
        tail = (1 - LEVEL) / 2
        low, high = np.quantile(totals[:, 0] / totals[:, 1], [tail, 1 - tail]).tolist()
        interval, method = Interval(low, high), "bootstrap"
        if high - low < _SAME:  # all documents are alike: how many they are is what is known
            share = len(carrying) / len(clauses)
            interval, method = wilson(share * documents, documents), "wilson-documents"
    return Share(
        period,
        tuple(each.clause for each in clauses),
        carrying,
        documents,
        int((counts[:, 0] > 0).sum()),
        interval,
        method,
    )


def _tested(
    clauses: Sequence[Marked], scores: Mapping[str, float], permutations: int
) -> TrendTest | Lacking:
    import numpy as np

    if not clauses:
        return Lacking("nothing")
    periods = sorted({each.period for each in clauses})
    if len({scores[label] for label in periods}) < 2:
        return Lacking("one-period")
    carrying = sum(each.carries for each in clauses)
    if carrying in (0, len(clauses)):
        return Lacking("all-alike")
    # A document whose clauses are of several periods would be several units here: such have one.
    units = [
        (scores[label], *row)
        for label in periods
        for row in _counts(each for each in clauses if each.period == label).tolist()
    ]
    table = np.array(units)
    score, counts = table[:, 0], table[:, 1:]
    if _arrangements(score.tolist()) < FEWEST_ARRANGEMENTS or len(units) < FEWEST_DOCUMENTS:
        return Lacking("few-documents")
    observed = float(_armitage(score[None, :], counts)[0])
    generator = np.random.default_rng(SEED)
    far = 0
    for first in range(0, permutations, _CHUNK):
        size = min(_CHUNK, permutations - first)
        shuffled = generator.permuted(np.tile(score, (size, 1)), axis=1)
        far += int((np.abs(_armitage(shuffled, counts)) >= abs(observed) - 1e-9).sum())
    has = (counts[:, 0] > 0).astype(float)
    documents_z = None
    if 0 < has.sum() < len(has):
        documents_z = float(
            _armitage(score[None, :], np.stack([has, np.ones(len(has))], axis=1))[0]
        )
    return TrendTest(
        z=observed,
        p=(far + 1) / (permutations + 1),
        documents_z=documents_z,
        documents_p=None if documents_z is None else math.erfc(abs(documents_z) / math.sqrt(2)),
        documents=len(units),
        permutations=permutations,
        seed=SEED,
    )


def _armitage(scores: Floats, counts: Floats) -> Floats:
    """Cochran and Armitage's z for each row of scores; 0 where all weight lies on one score."""
    import numpy as np

    carrying, size = counts[:, 0], counts[:, 1]
    n = size.sum()
    share = carrying.sum() / n
    middle = (scores @ size / n)[:, None]
    apart = scores - middle
    spread = (apart**2) @ size
    with np.errstate(invalid="ignore", divide="ignore"):
        z: Floats = np.where(
            spread > 1e-12 * n, (apart @ carrying) / np.sqrt(share * (1 - share) * spread), 0.0
        )
    return z


def _arrangements(values: Sequence[float]) -> float:
    """In how many different orders values can stand, at most some millions."""
    log = math.lgamma(len(values) + 1)
    log -= sum(math.lgamma(values.count(value) + 1) for value in set(values))
    return round(math.exp(min(log, 15.0)))
