"""How often something comes over the years: shares of clauses, counts of ties, and their trend.

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
from textmine.analysis.measures import LEVEL, Interval, poisson, wilson

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

RESAMPLES = 4_999
FEWEST_DOCUMENTS = 5
"""With fewer documents drawing them again says nothing of how they differ."""

_CHUNK = 500


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
    "no-years",  # a period without years cannot be compared by rate
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
    """How much oftener something comes later than earlier, with its interval and p-value.

    ``earlier`` and ``later`` are the two shares, or the two rates a year.
    """

    value: float
    interval: Interval
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

    The interval comes from drawing documents again in each, p from exchanging them between both.
    There half a clause is added to each count, so that no ratio is infinite, and to the value
    itself when the earlier share is 0.

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
    totals = [each.sum(axis=0) for each in counts]
    if not sum(total[0] for total in totals):
        return Lacking("all-alike")
    generator = np.random.default_rng(SEED)
    drawn = _ratio(*(_drawn(each, generator) for each in counts))
    observed = float(_ratio(totals[0], totals[1]))
    together = np.concatenate(counts)
    inside = np.zeros(len(together))
    inside[: len(counts[0])] = 1
    far = 0
    for first in range(0, permutations, _CHUNK):
        size = min(_CHUNK, permutations - first)
        chosen = generator.permuted(np.tile(inside, (size, 1)), axis=1)
        ratios = _ratio(chosen @ together, (1 - chosen) @ together)
        far += int((np.abs(np.log(ratios)) >= abs(math.log(observed)) - 1e-9).sum())
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail])
    before, after = (float(total[0] / total[1]) for total in totals)
    return Ratio(
        after / before if before else observed,
        Interval(float(low), float(high)),
        (far + 1) / (permutations + 1),
        before,
        after,
    )


def _ratio(earlier: Floats, later: Floats) -> Floats:
    """Shares later over shares earlier; the last axis holds those that carry and all."""
    found: Floats = ((later[..., 0] + 0.5) / (later[..., 1] + 1)) / (
        (earlier[..., 0] + 0.5) / (earlier[..., 1] + 1)
    )
    return found


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
        if high - low < 1e-12:  # all documents are alike: how many they are is what is known
            share = len(carrying) / len(clauses)
            interval, method = wilson(round(share * documents), documents), "wilson-documents"
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


# -- counts by year ------------------------------------------------------------------------------


class Happened(NamedTuple):
    """Something that happened once, in a year: a tie by its name, a document by its title."""

    name: str
    year: int


@dataclass(frozen=True, slots=True)
class YearCount:
    """What happened in a year (names in the order they came), with the exact Poisson interval."""

    year: int
    names: tuple[str, ...]
    interval: Interval

    @property
    def count(self) -> int:
        """How many happened."""
        return len(self.names)


@dataclass(frozen=True, slots=True)
class KendallTest:
    """Mann and Kendall's test of counts by year: ``tau`` (tau-b) is -1 to 1, above 0 for a rise.

    ``p``, two-sided, comes from putting the years into random orders. It takes things of different
    years to be independent, which waves of agreements are not.
    """

    tau: float
    p: float
    years: int
    permutations: int
    seed: int


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of every year from the first to the last, those without any too."""

    years: tuple[YearCount, ...]
    test: KendallTest | Lacking


def counts_by_year(
    happened: Iterable[Happened],
    *,
    first: int | None = None,
    last: int | None = None,
    permutations: int = PERMUTATIONS,
) -> Counts:
    """How much happened in each year from ``first`` to ``last`` (else those of the data).

    Years in which nothing happened count; what happened in other years is left out.

    >>> found = counts_by_year([Happened("a", 2001), Happened("b", 2003), Happened("c", 2003)])
    >>> [(each.year, each.count) for each in found.years], found.test
    ([(2001, 1), (2002, 0), (2003, 2)], Lacking(reason='few-documents'))
    """
    import numpy as np

    seen = tuple(dict.fromkeys(happened))
    known = [each.year for each in seen]
    if not seen and (first is None or last is None):
        return Counts((), Lacking("nothing"))
    begin = min(known) if first is None else first
    end = max(known) if last is None else last
    by_year: dict[int, list[str]] = {year: [] for year in range(begin, end + 1)}
    for each in seen:
        if each.year in by_year:
            by_year[each.year].append(each.name)
    years = tuple(
        YearCount(year, tuple(names), poisson(len(names))) for year, names in by_year.items()
    )
    counts = [float(each.count) for each in years]
    if len(years) < 2:
        return Counts(years, Lacking("one-period"))
    if len(set(counts)) == 1:
        return Counts(years, Lacking("all-alike"))
    if _arrangements(counts) < FEWEST_ARRANGEMENTS:
        return Counts(years, Lacking("few-documents"))
    series = np.array(counts)
    observed = float(_rises(series[None, :])[0])
    generator = np.random.default_rng(SEED)
    far = 0
    for done in range(0, permutations, _CHUNK):
        size = min(_CHUNK, permutations - done)
        shuffled = generator.permuted(np.tile(series, (size, 1)), axis=1)
        far += int((np.abs(_rises(shuffled)) >= abs(observed)).sum())
    pairs = len(counts) * (len(counts) - 1) / 2
    apart = pairs - sum(n * (n - 1) / 2 for n in map(counts.count, set(counts)))
    return Counts(
        years,
        KendallTest(
            observed / math.sqrt(pairs * apart),
            (far + 1) / (permutations + 1),
            len(years),
            permutations,
            SEED,
        ),
    )


def _rises(series: Floats) -> Floats:
    """Mann and Kendall's S of each row: pairs of years that rise less those that fall."""
    import numpy as np

    found: Floats = np.zeros(len(series))
    for gap in range(1, series.shape[1]):
        found += np.sign(series[:, gap:] - series[:, :-gap]).sum(axis=1)
    return found


def rate_ratio(
    earlier: int, years_earlier: float, later: int, years_later: float
) -> Ratio | Lacking:
    """How many times the rate a year of ``later`` counts that of ``earlier`` is.

    Interval and p are exact, for counts of independent things (Przyborowski and Wilenski 1940). No
    count earlier makes the ratio infinite.

    >>> found = rate_ratio(4, 10, 12, 10)
    >>> found.value, round(found.p, 4), ["%.2f" % end for end in found.interval]
    (3.0, 0.0768, ['0.91', '12.76'])
    """
    from scipy.stats import binomtest

    if years_earlier <= 0 or years_later <= 0:
        return Lacking("no-years")
    if not earlier + later:
        return Lacking("nothing")
    usual = years_later / (years_earlier + years_later)
    test = binomtest(later, earlier + later, usual)
    ends = test.proportion_ci(LEVEL, method="exact")
    exposure = years_earlier / years_later

    def ratio(share: float) -> float:
        return share / (1 - share) * exposure if share < 1 else math.inf

    return Ratio(
        ratio(later / (earlier + later)),
        Interval(ratio(float(ends.low)), ratio(float(ends.high))),
        float(test.pvalue),
        earlier / years_earlier,
        later / years_later,
    )
