"""What pages of results are made of: counts, shares and tests as plain values.

Each row and each column has its name and the query that finds its clauses; see
:mod:`textmine.web.results.counting`, which counts them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textmine.records import Code
from textmine.reports.texts import Both
from textmine.standing import PERSON
from textmine.web.results.agreeing import Agreement
from textmine.web.results.labels import Label

if TYPE_CHECKING:
    from textmine.analysis.crosstabs import Independence, Residual, Untested
    from textmine.analysis.overview import Overview
    from textmine.analysis.trends import Lacking, Ratio, Trend


@dataclass(frozen=True, slots=True)
class Basis:
    """A coder whose codings count: in how many documents, and when the last was made."""

    coder: str
    documents: int
    last: str


@dataclass(frozen=True, slots=True)
class About:
    """Whose codings were counted, by which codebook, and what remains to be done.

    ``coders`` are those that count, people in front; ``known`` are all. ``codes`` are those of the
    codebook.
    """

    coders: tuple[Basis, ...]
    known: tuple[str, ...]
    codebook: str
    current: str
    clauses: int
    read: int
    codes: tuple[Code, ...]

    @property
    def people(self) -> tuple[Basis, ...]:
        """The people who count."""
        return tuple(each for each in self.coders if each.coder.startswith(PERSON))

    @property
    def machines(self) -> tuple[Basis, ...]:
        """The machines that count where no person has decided."""
        return tuple(each for each in self.coders if not each.coder.startswith(PERSON))

    @property
    def is_moving(self) -> bool:
        """Whether several machines have coded, so that counts change when another codes again."""
        return sum(not each.startswith(PERSON) for each in self.known) > 1

    @property
    def outdated(self) -> bool:
        """Whether all codings follow another codebook than the corpus's own."""
        return self.codebook != self.current


@dataclass(frozen=True, slots=True)
class Cross:
    """A cross table without its clauses. ``counts`` are by row, then by column."""

    about: About
    rows: tuple[Label, ...]
    columns: tuple[Label, ...]
    counts: tuple[tuple[int, ...], ...]
    row_totals: tuple[int, ...]
    column_totals: tuple[int, ...]
    total: int
    residuals: Mapping[tuple[str, str], Residual]
    test: Independence | Untested | None
    left_out: Mapping[str, int]

    @property
    def turned(self) -> bool:
        """Whether it is shown with its rows across: what there is more of runs down."""
        return len(self.columns) > len(self.rows)

    def share(self, row: int, column: int) -> float:
        """The share of a row's clauses that stand in a column."""
        of = self.row_totals[row]
        return self.counts[row][column] / of if of else 0.0

    def residual(self, row: int, column: int) -> Residual | None:
        """How far a cell lies from chance; None where that was not computed."""
        return self.residuals.get((self.rows[row].id, self.columns[column].id))


@dataclass(frozen=True, slots=True)
class Period:
    """One year or period of a trend; ``read`` are the clauses that were coded."""

    label: Label
    read: int
    carrying: int
    share: float | None
    interval: tuple[float, float] | None
    documents: int
    carrying_documents: int


@dataclass(frozen=True, slots=True)
class CodeTrend:
    """How often one code comes over the years or periods, and whether that rises or falls."""

    about: About
    code: Label
    read_query: str
    periods: tuple[Period, ...]
    trend: Trend
    ratio: Ratio | Lacking | None
    left_out: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two codes that stand on the same clauses ``count`` times, and how far that is from chance."""

    first: Label
    second: Label
    count: int
    documents: int
    expected: float
    lift: float
    jaccard: float
    npmi: float
    adjusted: float


@dataclass(frozen=True, slots=True)
class Pairs:
    """Codes that stand together; ``codes`` with the number of clauses of each."""

    about: About
    codes: tuple[tuple[Label, int], ...]
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """A document that needs attention: why, in a sentence, or which of its fields."""

    number: int
    title: str
    why: str = ""
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """The corpus at a glance. ``fields`` are those that its documents have.

    ``agreement`` tells how far people agree, ``coverage`` who coded by what codebook: documents,
    clauses with a decision, when last.
    ``troubled`` has for each state how many documents are in it, and some of them; ``doubtful``
    some of the ``doubtful_count`` of which something was guessed that is likely wrong.
    """

    about: About
    overview: Overview
    agreement: Agreement
    coverage: tuple[tuple[str, str, int, int, str], ...]
    troubled: tuple[tuple[str, int, tuple[Named, ...]], ...]
    doubtful: tuple[Named, ...]
    doubtful_count: int
    years: tuple[tuple[str, int, Both], ...]
    uncoded: int
    outdated: str
    fields: tuple[str, ...]
    codes: tuple[tuple[Label, int], ...]
