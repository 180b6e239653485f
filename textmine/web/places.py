"""Where clauses stand: on which page, in which boxes, beside which clause of the other language.

A document is shown a page at a time. A page with very many clauses, as a long text without pages
is, is shown in parts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import Markup

from textmine.clauses.counterparts import counterparts
from textmine.pages.boxes import boxes_of
from textmine.records import Box, Clause, Document, Page, Span
from textmine.reports.pages import linked_page
from textmine.web.desk import Desk

CLAUSES_AT_ONCE = 60
"""So many clauses are shown together at most."""

ROWS_AT_ONCE = 40
"""So many rows of two languages side by side are shown together at most."""


class Sheet(NamedTuple):
    """A page, and which part of it; both count from 1."""

    page: int
    part: int = 1


@dataclass(frozen=True, slots=True)
class Outline:
    """What a document is made of: its pages, and its clauses without their words.

    ``starts`` has where each page begins in the document text, as far as its pages are kept;
    ``numbers`` are all its pages, those that could not be read among them.
    """

    numbers: tuple[int, ...]
    starts: Mapping[int, int]
    clauses: tuple[Clause, ...]
    pairs: Mapping[str, str]

    @property
    def bilingual(self) -> bool:
        """Whether clauses of one language have counterparts in the other."""
        return bool(self.pairs)

    def on_page(self, number: int) -> list[Clause]:
        """The clauses that begin on a page or reach into it."""
        if number not in self.starts:
            return [clause for clause in self.clauses if clause.page == number]
        start = self.starts[number]
        end = min((each for each in self.starts.values() if each > start), default=None)
        return [
            clause
            for clause in self.clauses
            if clause.end > start and (end is None or clause.start < end)
        ]

    def parts(self, number: int) -> int:
        """In how many parts a page is shown."""
        return max(1, -(-len(self.on_page(number)) // CLAUSES_AT_ONCE))

    def sheet(self, number: int, part: int) -> Sheet:
        """The page asked for, or the one nearest to it; and the part of it, or the last one."""
        if not self.numbers:
            return Sheet(1)
        page = min(self.numbers, key=lambda each: (abs(each - number), each))
        return Sheet(page, max(1, min(part, self.parts(page))))

    def sheet_of(self, clause: str) -> Sheet | None:
        """Where a clause is shown; None when the document has none of that id."""
        found = next((each for each in self.clauses if each.id == clause), None)
        if found is None:
            return None
        ids = [each.id for each in self.on_page(found.page)]
        at = ids.index(clause) if clause in ids else 0
        return Sheet(found.page, at // CLAUSES_AT_ONCE + 1)

    def clauses_of(self, sheet: Sheet) -> list[Clause]:
        """The clauses that are shown together."""
        first = (sheet.part - 1) * CLAUSES_AT_ONCE
        return self.on_page(sheet.page)[first : first + CLAUSES_AT_ONCE]

    def before(self, sheet: Sheet) -> Sheet | None:
        """What is shown before a page or part of one; None at the beginning."""
        if sheet.part > 1:
            return Sheet(sheet.page, sheet.part - 1)
        page = max((each for each in self.numbers if each < sheet.page), default=None)
        return None if page is None else Sheet(page, self.parts(page))

    def after(self, sheet: Sheet) -> Sheet | None:
        """What is shown after a page or part of one; None at the end."""
        if sheet.part < self.parts(sheet.page):
            return Sheet(sheet.page, sheet.part + 1)
        page = min((each for each in self.numbers if each > sheet.page), default=None)
        return None if page is None else Sheet(page)


def outline_of(desk: Desk, document: Document) -> Outline:
    """The outline of a document, made once until the corpus changes."""

    def made() -> Outline:
        catalogue = desk.corpus.catalogue
        starts = catalogue.page_starts(document.id)
        clauses = catalogue.outline(document.id)
        numbers = {*starts, *document.missing, *(clause.page for clause in clauses)}
        return Outline(tuple(sorted(numbers)), starts, clauses, counterparts(clauses))

    return desk.remember(("outline", document.id), made)


class Boxed(NamedTuple):
    """A clause and where it is drawn on a page, row by row."""

    id: str
    boxes: tuple[Box, ...]


_AROUND = 1.5  # points left free between the letters and the edge of a box


def boxes_on(page: Page, start: int, clauses: Sequence[Clause]) -> list[Boxed]:
    """The boxes of clauses on a page that begins at ``start`` of the document text.

    Clauses that have none on it are left out.
    """
    found = []
    for clause in clauses:
        boxes = tuple(
            Box(
                round(box.x0 - _AROUND, 1),
                round(box.top - _AROUND, 1),
                round(box.x1 + _AROUND, 1),
                round(box.bottom + _AROUND, 1),
            )
            for span in _on(page, start, clause)
            for box in boxes_of(page, *span)
        )
        if boxes:
            found.append(Boxed(clause.id, boxes))
    return found


def _on(page: Page, start: int, clause: Clause) -> list[Span]:
    """The stretches of a clause in the text of a page."""
    ends = start + len(page.text)
    return [
        Span(max(span.start, start) - start, min(span.end, ends) - start)
        for span in clause.spans
        if span.start < ends and span.end > start
    ]


def text_of(
    page: Page, start: int, clauses: Sequence[Clause], *, first: bool = True, last: bool = True
) -> Markup:
    """The text of a page as it was read, each clause a link to where it is shown.

    Only from the first clause on unless it is the ``first`` part, and only up to the last one
    unless it is the ``last``.
    """
    inside = [span for clause in clauses for span in _on(page, start, clause)]
    begin = 0 if first or not inside else min(span.start for span in inside)
    end = len(page.text) if last or not inside else max(span.end for span in inside)

    def link(clause: Clause) -> Markup:
        return Markup('<a class="piece" href="#clause-{0}" data-of="{0}">').format(clause.id)

    return linked_page(page, start, clauses, link, Span(begin, end))


class Row(NamedTuple):
    """A clause and its counterpart, by their ids; one that has none stands alone."""

    persian: str
    english: str


def side_by_side(clauses: Sequence[Clause], pairs: Mapping[str, str]) -> list[Row]:
    """The clauses of a document with two languages in rows, counterparts in the same row.

    Persian ones keep their order; an English one without a counterpart follows the one before it,
    at the beginning it goes first. Clauses without a language stand in the column of the one that
    they follow.

    >>> def clause(id, language):
    ...     return Clause(id, 0, "article", None, None, "", language, 1, (Span(0, 1),))
    >>> both = [clause("a", "fa"), clause("b", "fa"), clause("x", "en"), clause("y", "en")]
    >>> side_by_side(both, {"a": "x", "x": "a"})
    [Row(persian='a', english='x'), Row(persian='', english='y'), Row(persian='b', english='')]
    """
    column = "fa"
    persian: list[str] = []
    behind: dict[str, list[str]] = {"": []}  # English ones without a counterpart, by what precedes
    english = ""
    for clause in clauses:
        column = column if clause.language == "und" else clause.language
        if column == "fa":
            persian.append(clause.id)
        elif clause.id in pairs:
            english = clause.id
        else:
            behind.setdefault(english, []).append(clause.id)
    rows = [Row("", each) for each in behind[""]]
    for each in persian:
        other = pairs.get(each, "")
        rows.append(Row(each, other))
        rows += [Row("", one) for one in (behind.get(other, []) if other else [])]
    return rows
