"""Cross tables of clauses by anything and code, and an honest test of independence.

A clause carries several codes and lies in a document with others like it, so the counts of a cross
table are no independent observations, which Pearson's chi-square test takes them for. The p-value
to report is therefore the permutation one: whole documents exchange their row labels. The naive
one is computed too, to be shown beside it under its name.

Which cells make the difference is told in the same way: a residual says how many standard errors
the codings of a cell lie from what independence would give, and its p-value comes from exchanging
documents. One code in one row against all else can be counted in documents throughout.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from textmine.analysis.measures import LEVEL, Control, Interval, adjusted

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Counts = NDArray[np.float64]
    Block = dict[int, Counts]  # the counts by column of each row that one document stands in

PERMUTATIONS = 9_999
SEED = 20_231
FEWEST_ARRANGEMENTS = 20
"""With fewer ways to assign the labels no p-value could fall to 0.05."""

SPARSE_CELL = 5.0
SPARSE_SHARE = 0.2
"""Cochran's rule: expected counts under 5 in more than a fifth of the cells are too many."""

_CHUNK = 500


class Observation(NamedTuple):
    """One code (or its absence) on one clause, in the row of the table where it belongs."""

    row: str
    column: str
    clause: str
    document: int


@dataclass(frozen=True, slots=True)
class Cell:
    """How many clauses, and which, in the order they came."""

    clauses: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """The number of clauses."""
        return len(self.clauses)


@dataclass(frozen=True, slots=True)
class Crosstab:
    """Counts of clauses by row and column; every figure keeps its clauses.

    Totals count clauses, not codings: a clause with two codes stands in two cells of its row and
    once in its total.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: Mapping[tuple[str, str], Cell]
    row_totals: Mapping[str, Cell]
    column_totals: Mapping[str, Cell]
    total: Cell
    observations: tuple[Observation, ...]

    def cell(self, row: str, column: str) -> Cell:
        """The clauses of one row and column; an empty cell when there are none."""
        return self.cells.get((row, column), _EMPTY)

    def share(self, row: str, column: str) -> float:
        """The share of the row's clauses that stand in the column (0 for an empty row)."""
        of = self.row_totals[row].count
        return self.cell(row, column).count / of if of else 0.0


_EMPTY = Cell()


@dataclass(frozen=True, slots=True)
class Independence:
    """What the tests of independence say of a table without its empty rows and columns.

    ``p`` comes from ``permutations`` shuffles of row labels among whole documents (fixed seed) and
    is the one to report; ``documents`` took part, in ``arrangements`` possible ways, and ``mixed``
    of them stand in several rows and exchanged these within themselves. ``chi2``, ``df`` and
    ``naive_p`` are Pearson's, which takes every coding for an independent observation; ``sparse``
    says that its expected counts are too small, and ``simulated_p`` then replaces its distribution
    (still naive). ``cramers_v`` is corrected for bias (Bergsma 2013), 0 to 1; ``n`` counts codings.
    """

    p: float
    permutations: int
    seed: int
    arrangements: float
    documents: int
    mixed: int
    chi2: float
    df: int
    naive_p: float
    simulated_p: float | None
    cramers_v: float
    n: int
    expected_below_5: float

    @property
    def sparse(self) -> bool:
        """Whether too many expected counts are small for the chi-square distribution."""
        return self.expected_below_5 > SPARSE_SHARE


@dataclass(frozen=True, slots=True)
class Untested:
    """Why there is no test: ``one-row``, ``one-column``, ``row-per-document`` (rows are the
    documents themselves: nothing to exchange) or ``few-documents`` (too few ways to exchange).
    """

    reason: Literal["one-row", "one-column", "row-per-document", "few-documents"]


def crosstab(
    observations: Iterable[Observation],
    *,
    rows: Sequence[str] = (),
    columns: Sequence[str] = (),
) -> Crosstab:
    """The cross table of observations; the same clause counts once in a cell.

    ``rows`` and ``columns`` fix an order and may name empty ones; labels that they do not name
    follow in the order they occur.

    >>> table = crosstab([
    ...     Observation("fa", "cultural", "c1", 1),
    ...     Observation("fa", "economic", "c1", 1),
    ...     Observation("en", "cultural", "c2", 2),
    ... ])
    >>> table.cell("fa", "cultural").clauses, table.row_totals["fa"].count, table.total.count
    (('c1',), 1, 2)
    """
    seen = tuple(dict.fromkeys(observations))
    row_order = tuple(dict.fromkeys([*rows, *(each.row for each in seen)]))
    column_order = tuple(dict.fromkeys([*columns, *(each.column for each in seen)]))
    cells: dict[tuple[str, str], dict[str, None]] = {}
    by_row: dict[str, dict[str, None]] = {row: {} for row in row_order}
    by_column: dict[str, dict[str, None]] = {column: {} for column in column_order}
    for each in seen:
        cells.setdefault((each.row, each.column), {})[each.clause] = None
        by_row[each.row][each.clause] = None
        by_column[each.column][each.clause] = None
    return Crosstab(
        rows=row_order,
        columns=column_order,
        cells={key: Cell(tuple(clauses)) for key, clauses in cells.items()},
        row_totals={row: Cell(tuple(clauses)) for row, clauses in by_row.items()},
        column_totals={column: Cell(tuple(clauses)) for column, clauses in by_column.items()},
        total=Cell(tuple(dict.fromkeys(each.clause for each in seen))),
        observations=seen,
    )


def independence(
    table: Crosstab, *, without: Collection[str] = (), permutations: int = PERMUTATIONS
) -> Independence | Untested:
    """Test whether rows and columns are independent; ``without`` names rows and columns
    to leave out.

    Documents whose clauses lie in one row exchange their rows with each other; documents with
    clauses in several rows (a bilingual one, by language) exchange them within themselves. Equal
    input gives equal p-values: the generator starts from a fixed seed.
    """
    import numpy as np

    taken = _taken(table, without)
    if isinstance(taken, Untested):
        return taken
    rows, columns, blocks, counts = taken
    labels = [tuple(block) for block in blocks]
    why = _not_exchangeable(labels, len(rows))
    if why is not None:
        return why
    arrangements = _arrangements(labels)
    expected = _expected(counts)
    chi2 = float(((counts - expected) ** 2 / expected).sum())
    df = (len(rows) - 1) * (len(columns) - 1)
    below = float(np.mean(expected < SPARSE_CELL))
    simulated = None
    if below > SPARSE_SHARE:
        simulated = _simulated_p(counts, chi2, permutations)
    from scipy.stats import chi2 as chi2_distribution

    return Independence(
        p=_permuted_p(blocks, len(rows), chi2, permutations),
        permutations=permutations,
        seed=SEED,
        arrangements=arrangements,
        documents=len(blocks),
        mixed=sum(len(block) > 1 for block in blocks),
        chi2=chi2,
        df=df,
        naive_p=float(chi2_distribution.sf(chi2, df)),
        simulated_p=simulated,
        cramers_v=_cramers_v(chi2, int(counts.sum()), len(rows), len(columns)),
        n=int(counts.sum()),
        expected_below_5=below,
    )


class _Taken(NamedTuple):
    """What of a table takes part in a test: its rows and columns with clauses."""

    rows: list[str]
    columns: list[str]
    blocks: list[Block]
    counts: Counts


def _taken(table: Crosstab, without: Collection[str]) -> _Taken | Untested:
    import numpy as np

    left_out = set(without)
    kept = [
        each
        for each in table.observations
        if each.row not in left_out and each.column not in left_out
    ]
    with_clauses = {each.row for each in kept}, {each.column for each in kept}
    rows = [row for row in table.rows if row in with_clauses[0]]
    columns = [column for column in table.columns if column in with_clauses[1]]
    if len(rows) < 2:
        return Untested("one-row")
    if len(columns) < 2:
        return Untested("one-column")
    blocks = _blocks(kept, rows, columns)
    counts = np.zeros((len(rows), len(columns)))
    for block in blocks:
        for row, vector in block.items():
            counts[row] += vector
    return _Taken(rows, columns, blocks, counts)


def _not_exchangeable(labels: Sequence[Sequence[int]], rows: int) -> Untested | None:
    """Why documents cannot exchange their rows; None when they can."""
    if len(labels) == rows and all(len(each) == 1 for each in labels):
        return Untested("row-per-document")
    return Untested("few-documents") if _arrangements(labels) < FEWEST_ARRANGEMENTS else None


def _blocks(
    observations: Iterable[Observation], rows: Sequence[str], columns: Sequence[str]
) -> list[Block]:
    """One block for each document."""
    import numpy as np

    row_at = {row: place for place, row in enumerate(rows)}
    column_at = {column: place for place, column in enumerate(columns)}
    blocks: dict[int, Block] = {}
    for each in observations:
        block = blocks.setdefault(each.document, {})
        vector = block.setdefault(row_at[each.row], np.zeros(len(columns)))
        vector[column_at[each.column]] += 1
    return list(blocks.values())


def _arrangements(labels: Sequence[Sequence[int]]) -> float:
    """In how many ways labels can be exchanged (a float: the number may be astronomical)."""
    alone = [each[0] for each in labels if len(each) == 1]
    log = math.lgamma(len(alone) + 1)
    log -= sum(math.lgamma(alone.count(label) + 1) for label in set(alone))
    log += sum(math.lgamma(len(each) + 1) for each in labels if len(each) > 1)
    return float(round(math.exp(log))) if log < 30 else math.exp(min(log, 700.0))


def _cramers_v(chi2: float, n: int, rows: int, columns: int) -> float:
    """Cramér's V with the correction of Bergsma (2013).

    >>> round(_cramers_v(0.5, 200, 2, 3), 3)
    0.0
    """
    if n < 2:
        return 0.0
    phi2 = max(0.0, chi2 / n - (rows - 1) * (columns - 1) / (n - 1))
    smaller = min(size - (size - 1) ** 2 / (n - 1) for size in (rows, columns)) - 1
    return min(1.0, math.sqrt(phi2 / smaller)) if smaller > 0 else 0.0


def _simulated_p(counts: Counts, observed: float, permutations: int) -> float:
    """The p-value of single codings shuffled alone: random tables of the same margins."""
    import numpy as np
    from scipy.stats import random_table

    rows, columns = counts.sum(axis=1), counts.sum(axis=0)
    made = random_table(rows.astype(int), columns.astype(int))
    tables = made.rvs(size=permutations, random_state=np.random.default_rng(SEED))
    expected = np.outer(rows, columns) / counts.sum()
    distances = ((tables - expected) ** 2 / expected).sum(axis=(1, 2))
    return (_at_least(distances, observed) + 1) / (permutations + 1)


def _at_least(distances: Counts, observed: float) -> int:
    """How many are as large as the observed one; equal ones may differ from it by rounding."""
    return int((distances >= observed * (1 - 1e-9)).sum())


def _permuted_p(blocks: Sequence[Block], rows: int, observed: float, permutations: int) -> float:
    """The share of shuffled tables at least as far from independence, the observed one counted."""
    at_least = 0
    for tables in _shuffled(blocks, rows, permutations):
        expected = _expected(tables)
        distances = ((tables - expected) ** 2 / expected).sum(axis=(1, 2))
        at_least += _at_least(distances, observed)
    return (at_least + 1) / (permutations + 1)


def _expected(tables: Counts) -> Counts:
    """What independence gives each cell of a table, or of each of several."""
    n = tables.sum(axis=(-2, -1), keepdims=True)
    expected: Counts = tables.sum(axis=-1, keepdims=True) * tables.sum(axis=-2, keepdims=True) / n
    return expected


def _shuffled(blocks: Sequence[Block], rows: int, permutations: int) -> Iterator[Counts]:
    """Tables in which whole documents have exchanged their rows, some hundred at a time."""
    import numpy as np

    generator = np.random.default_rng(SEED)
    labels = np.array([next(iter(block)) for block in blocks if len(block) == 1], dtype=np.int16)
    vectors = np.array([next(iter(block.values())) for block in blocks if len(block) == 1])
    mixed = [block for block in blocks if len(block) > 1]
    columns = len(next(iter(blocks[0].values())))
    for first in range(0, permutations, _CHUNK):
        size = min(_CHUNK, permutations - first)
        tables = np.zeros((size, rows, columns))
        if len(labels):
            shuffled = generator.permuted(np.tile(labels, (size, 1)), axis=1)
            for row in range(rows):
                tables[:, row] += (shuffled == row).astype(float) @ vectors
        for block in mixed:
            own = generator.permuted(np.tile(np.array(list(block)), (size, 1)), axis=1)
            for place, vector in enumerate(block.values()):
                tables[np.arange(size), own[:, place]] += vector
        yield tables


# -- which cells ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Residual:
    """How far one cell lies from independence.

    ``observed`` and ``expected`` count codings: of a clause with three codes each counts.
    ``value`` is Haberman's adjusted residual, in standard errors: above 0 the code has a greater
    share of the row's codings than of all. ``p`` comes from exchanging documents, and ``adjusted``
    judges all cells together; both are None where documents cannot be exchanged, for the reason
    that ``independence`` gives. ``naive_p`` takes every coding for an independent observation.
    """

    observed: int
    expected: float
    value: float
    p: float | None
    adjusted: float | None
    naive_p: float


def residuals(
    table: Crosstab,
    *,
    without: Collection[str] = (),
    control: Control = "holm",
    permutations: int = PERMUTATIONS,
) -> Mapping[tuple[str, str], Residual] | Untested:
    """The residual of each cell by (row, column), without empty rows and columns.

    As in ``independence``, ``without`` names rows and columns to leave out. With few cells the
    smallest p-value is ``1 / (permutations + 1)`` times their number.

    >>> made = [Observation(row, code, f"{row}{n}", n + 100 * (row == "law"))
    ...         for row, code, n in [*(("law", "trade", n) for n in range(9)),
    ...                              *(("treaty", "culture", n) for n in range(9)),
    ...                              ("law", "culture", 9), ("treaty", "trade", 9)]]
    >>> cell = residuals(crosstab(made), permutations=999)["law", "trade"]
    >>> cell.observed, cell.expected, round(cell.value, 2), cell.adjusted < 0.05
    (9, 5.0, 3.58, True)
    """
    import numpy as np

    taken = _taken(table, without)
    if isinstance(taken, Untested):
        return taken
    rows, columns, blocks, counts = taken
    observed = _residuals(counts)
    p: Sequence[float | None] = [None] * counts.size
    together = p
    if _not_exchangeable([tuple(block) for block in blocks], len(rows)) is None:
        at_least = np.zeros(counts.shape)
        for tables in _shuffled(blocks, len(rows), permutations):
            far = np.abs(_residuals(tables)) >= np.abs(observed) - 1e-9
            at_least += far.sum(axis=0)
        chances = ((at_least + 1) / (permutations + 1)).ravel().tolist()
        p, together = chances, adjusted(chances, control)
    found = zip(
        ((row, column) for row in rows for column in columns),
        counts.ravel().tolist(),
        _expected(counts).ravel().tolist(),
        observed.ravel().tolist(),
        p,
        together,
        strict=True,
    )
    return {
        key: Residual(int(count), usual, value, own, judged, math.erfc(abs(value) / math.sqrt(2)))
        for key, count, usual, value, own, judged in found
    }


def _residuals(tables: Counts) -> Counts:
    """Haberman's adjusted residuals of a table, or of each of several."""
    import numpy as np

    expected = _expected(tables)
    n = tables.sum(axis=(-2, -1), keepdims=True)
    rest = (1 - tables.sum(axis=-1, keepdims=True) / n) * (
        1 - tables.sum(axis=-2, keepdims=True) / n
    )
    found: Counts = (tables - expected) / np.sqrt(expected * rest)
    return found


@dataclass(frozen=True, slots=True)
class Odds:
    """One code in one row against all other rows, as a table of two by two.

    ``counts`` are: in the row with the code, in it without, elsewhere with, elsewhere without.
    ``ratio`` is the conditional odds ratio with its exact interval (0 and infinity are possible),
    ``p`` Fisher's exact test, two-sided; a ratio that nothing is known of is None. ``unit`` is
    what was counted. For clauses the interval and p are naive: clauses of one document are alike.
    ``mixed`` documents stand in the row and elsewhere too and were left out.
    """

    unit: Literal["documents", "clauses"]
    counts: tuple[int, int, int, int]
    ratio: float | None
    interval: Interval | None
    p: float
    mixed: int


def odds(
    table: Crosstab,
    row: str,
    column: str,
    *,
    unit: Literal["documents", "clauses"] = "documents",
    without: Collection[str] = (),
) -> Odds:
    """How much oftener documents (or clauses) of a row have a code than those of other rows.

    A document has a code when a clause of it has. ``without`` names rows and columns to leave out.

    >>> made = [Observation("law" if n < 5 else "treaty", "a" if n in (0, 1, 2, 3, 5) else "b",
    ...                     f"c{n}", n) for n in range(10)]
    >>> found = odds(crosstab(made), "law", "a")
    >>> found.counts, round(found.ratio, 1), round(found.p, 3)
    ((4, 1, 1, 4), 10.9, 0.206)
    """
    inside: dict[object, bool] = {}
    elsewhere: dict[object, bool] = {}
    for each in table.observations:
        if each.row in without or each.column in without:
            continue
        of = inside if each.row == row else elsewhere
        key = each.document if unit == "documents" else each.clause
        of[key] = of.get(key, False) or each.column == column
    mixed = inside.keys() & elsewhere.keys()
    with_code, with_code_elsewhere = (
        sum(has for key, has in of.items() if key not in mixed) for of in (inside, elsewhere)
    )
    counts = (
        with_code,
        len(inside) - len(mixed) - with_code,
        with_code_elsewhere,
        len(elsewhere) - len(mixed) - with_code_elsewhere,
    )
    return Odds(unit, counts, *_fisher(counts), len(mixed))


def _fisher(
    counts: tuple[int, int, int, int],
) -> tuple[float | None, Interval | None, float]:
    """The odds ratio, its interval and the p-value of a table of two by two."""
    from scipy.stats import fisher_exact
    from scipy.stats.contingency import odds_ratio

    a, b, c, d = counts
    if not (a + b and c + d and a + c and b + d):
        return None, None, 1.0
    found = odds_ratio([[a, b], [c, d]])
    low, high = found.confidence_interval(LEVEL)
    p = float(fisher_exact([[a, b], [c, d]])[1])
    return float(found.statistic), Interval(float(low), float(high)), p
