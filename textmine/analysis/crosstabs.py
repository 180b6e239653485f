"""Cross tables of clauses by anything and code, and an honest test of independence.

A clause carries several codes and lies in a document with others like it, so the counts of a cross
table are no independent observations, which Pearson's chi-square test takes them for. The p-value
to report is therefore the permutation one: whole documents exchange their row labels. The naive
one is computed too, to be shown beside it under its name.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

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
    labels = [tuple(block) for block in blocks]
    if len(blocks) == len(rows) and all(len(each) == 1 for each in labels):
        return Untested("row-per-document")
    arrangements = _arrangements(labels)
    if arrangements < FEWEST_ARRANGEMENTS:
        return Untested("few-documents")

    counts = np.zeros((len(rows), len(columns)))
    for block in blocks:
        for row, vector in block.items():
            counts[row] += vector
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0) / counts.sum()
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
    import numpy as np

    generator = np.random.default_rng(SEED)
    labels = np.array([next(iter(block)) for block in blocks if len(block) == 1], dtype=np.int16)
    vectors = np.array([next(iter(block.values())) for block in blocks if len(block) == 1])
    mixed = [block for block in blocks if len(block) > 1]
    column_totals = sum(vector for block in blocks for vector in block.values())
    n = np.sum(column_totals)
    at_least = 0
    for first in range(0, permutations, _CHUNK):
        size = min(_CHUNK, permutations - first)
        tables = np.zeros((size, rows, np.size(column_totals)))
        if len(labels):
            shuffled = generator.permuted(np.tile(labels, (size, 1)), axis=1)
            for row in range(rows):
                tables[:, row] += (shuffled == row).astype(float) @ vectors
        for block in mixed:
            own = generator.permuted(np.tile(np.array(list(block)), (size, 1)), axis=1)
            for place, vector in enumerate(block.values()):
                tables[np.arange(size), own[:, place]] += vector
        expected = tables.sum(axis=2, keepdims=True) * column_totals / n
        distances = ((tables - expected) ** 2 / expected).sum(axis=(1, 2))
        at_least += _at_least(distances, observed)
    return (at_least + 1) / (permutations + 1)
