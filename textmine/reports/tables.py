"""Tables of the report: every number is a link to the list of clauses behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from textmine.analysis.crosstabs import Crosstab, Independence, Observation, Untested, independence
from textmine.analysis.dimensions import NO_CODE, UNREAD
from textmine.reports.marks import digits, figure, p_value, percent, said, spans
from textmine.reports.texts import Both

MOST_LISTED = 100_000
"""With more entries than this in all lists together the file grows too large for a browser."""

CUT_TO = 200
"""So many clauses stay in each list when lists are cut."""


@dataclass(slots=True)
class Lists:
    """The lists of clauses that numbers link to; equal lists are kept once.

    ``labels`` holds how each clause (by its place in the report) is called in a list. When they
    hold more than ``MOST_LISTED`` clauses together, each shows its first ``CUT_TO`` and says so.
    """

    labels: Mapping[str, Markup]
    places: Mapping[str, int]
    _anchors: dict[tuple[str, ...], str] = field(default_factory=dict)
    _captions: dict[str, dict[Markup, None]] = field(default_factory=dict)
    _origins: dict[str, str] = field(default_factory=dict)

    def anchor(self, clauses: Sequence[str], caption: Markup, origin: str) -> str:
        """The anchor of the list of these clauses; ``origin`` is the table it closes to."""
        key = tuple(sorted(clauses, key=self.places.__getitem__))
        anchor = self._anchors.setdefault(key, f"l{len(self._anchors) + 1}")
        self._captions.setdefault(anchor, {})[caption] = None
        self._origins.setdefault(anchor, origin)
        return anchor

    def link(self, clauses: Sequence[str], caption: Markup, origin: str) -> Markup:
        """The number of these clauses as a link; an empty list is a dash without one."""
        if not clauses:
            return Markup('<span class="zero">–</span>')
        anchor = self.anchor(clauses, caption, origin)
        return Markup('<a class="n" href="#{}">{}</a>').format(anchor, digits(figure(len(clauses))))

    @property
    def cut(self) -> int:
        """How many lists do not show all their clauses."""
        if sum(map(len, self._anchors)) <= MOST_LISTED:
            return 0
        return sum(len(clauses) > CUT_TO for clauses in self._anchors)

    def html(self) -> Iterator[Markup]:
        """All lists, each a section of its own."""
        close = spans(said("close"))
        most = CUT_TO if self.cut else MOST_LISTED
        for key, anchor in self._anchors.items():
            first, *others = self._captions[anchor]
            also = Markup("").join(Markup("<p class=also>{}</p>").format(each) for each in others)
            items = Markup("").join(
                Markup("<li><a href=#c{}>{}</a>").format(self.places[each], self.labels[each])
                for each in key[:most]
            )
            count = said("clauses-behind", n=len(key))
            if len(key) > most:
                count = said("clauses-cut", n=len(key), shown=most)
            yield Markup(
                '<section class="list" id="{}" tabindex="-1"><a class="close" href="#{}">{}</a>'
                "<h3>{}</h3>{}<p>{}</p><ol>{}</ol></section>\n"
            ).format(anchor, self._origins[anchor], close, first, also, spans(count), items)

    def __len__(self) -> int:
        return len(self._anchors)


@dataclass(frozen=True, slots=True)
class Label:
    """How a row or a column is called; ``html`` is what the table shows."""

    html: Markup

    @classmethod
    def of(cls, both: Both) -> Label:
        """A label of the interface."""
        return cls(spans(both))


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table as HTML: its label, its cells (HTML and shade 0 to 9)."""

    label: Markup
    cells: tuple[tuple[Markup, int], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table ready to be set, with what must be said below it."""

    id: str
    title: Markup
    corner: Markup
    heads: tuple[Markup, ...]
    rows: tuple[Row, ...]
    notes: tuple[Markup, ...]


def cross_table(
    name: str,
    title: Both,
    corner: Both,
    table: Crosstab,
    rows: Mapping[str, Label],
    columns: Mapping[str, Label],
    lists: Lists,
    *,
    notes: Iterable[Markup] = (),
) -> Table:
    """A cross table with totals on both sides; ``rows`` and ``columns`` name its labels."""
    total = spans(said("total"))

    def caption(*labels: Markup) -> Markup:
        return Markup(" × ").join(labels)

    body = []
    for row in table.rows:
        own = rows[row].html
        all_of = table.row_totals[row].clauses
        cells = [(lists.link(all_of, own, name), 0)]
        for column in table.columns:
            share = table.share(row, column)
            link = lists.link(
                table.cell(row, column).clauses, caption(columns[column].html, own), name
            )
            if share:
                link += Markup(" <small>{}</small>").format(digits(percent(share)))
            cells.append((link, min(9, round(share * 12))))
        body.append(Row(own, tuple(cells)))
    last = [(lists.link(table.total.clauses, total, name), 0)]
    last += [
        (lists.link(table.column_totals[column].clauses, columns[column].html, name), 0)
        for column in table.columns
    ]
    return Table(
        id=name,
        title=spans(title),
        corner=spans(corner),
        heads=(total, *(columns[column].html for column in table.columns)),
        rows=(*body, Row(total, tuple(last))),
        notes=(spans(said("note-totals")), *notes),
    )


def square(
    name: str,
    title: Both,
    corner: Both,
    together: Mapping[tuple[str, str], Sequence[str]],
    labels: Mapping[str, Label],
    lists: Lists,
) -> Table:
    """Codes by codes: which clauses carry both."""
    most = max((len(c) for (a, b), c in together.items() if a != b), default=0) or 1
    body = []
    for row in labels:
        cells = []
        for column in labels:
            clauses = together.get((row, column), ())
            if row == column:
                caption, shade = labels[row].html, 0
            else:
                first, second = (row, column) if (row, column) <= (column, row) else (column, row)
                caption = Markup(" + ").join((labels[first].html, labels[second].html))
                shade = round(len(clauses) / most * 9)
            cells.append((lists.link(clauses, caption, name), shade))
        body.append(Row(labels[row].html, tuple(cells)))
    return Table(
        id=name,
        title=spans(title),
        corner=spans(corner),
        heads=tuple(label.html for label in labels.values()),
        rows=tuple(body),
        notes=(spans(said("note-co-occurrence")),),
    )


def test_notes(table: Crosstab, unknown: str) -> tuple[Markup, ...]:
    """What the test of independence says of a table, or why there is none."""
    result = independence(table, without=(unknown, UNREAD))
    return tuple(spans(each) for each in test_sentences(result))


def test_sentences(result: Independence | Untested) -> list[Both]:
    """What a test of independence says, or why there is none."""
    if isinstance(result, Untested):
        return [said(f"untested.{result.reason}")]
    sentences = [
        said(
            "test-p",
            p=p_value(result.p),
            permutations=figure(f"{result.permutations:,}"),
            documents=result.documents,
            seed=result.seed,
            v=figure(f"{result.cramers_v:.2f}"),
            n=result.n,
        ),
        said(
            "test-naive",
            chi2=figure(f"{result.chi2:.1f}"),
            df=result.df,
            p=p_value(result.naive_p),
        ),
    ]
    if result.mixed:
        sentences.insert(1, said("test-mixed", n=result.mixed))
    if result.simulated_p is not None:
        sentences.append(
            said(
                "test-sparse",
                share=percent(result.expected_below_5),
                p=p_value(result.simulated_p),
            )
        )
    return [*sentences, said("test-left-out")]


def observations(
    clauses: Iterable[tuple[str, str, int, Sequence[str], bool]],
) -> list[Observation]:
    """One observation for each code of each clause, or for its lack of one.

    Each clause comes as (row label, clause id, document, codes, whether the coder read it).
    """
    return [
        Observation(row, column, clause, document)
        for row, clause, document, codes, read in clauses
        for column in (codes or (NO_CODE if read else UNREAD,))
    ]
