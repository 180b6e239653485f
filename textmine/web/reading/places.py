"""Where clauses stand: on which page, in which boxes, beside which clause of the other language.

A document is shown a page at a time. A page with very many clauses, as a long text without pages
is, is shown in parts.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import Markup

from textmine.records import Box, Clause, Document, Language, Page, Span
from textmine.reports.pages import linked_page
from textmine.web.desk import Desk
from textmine.web.language import attributes

CLAUSES_AT_ONCE = 60
"""So many clauses are shown together at most."""

ROWS_AT_ONCE = 40
"""So many rows of two languages side by side are shown together at most."""


_TOGETHER = 10  # clauses without a counterpart in one of these rows


class Sheet(NamedTuple):
    """A page, and which part of it; both count from 1."""

    page: int
    part: int = 1


@dataclass(frozen=True, slots=True)
class Outline:
    """What a document is made of: its pages, and its clauses without their words.

    ``numbers`` are all its pages, those that could not be read among them; ``starts`` has where
    each page begins in the document text, as far as its pages are kept. ``of_pages`` are the
    clauses that begin on a page or reach into it.
    """

    numbers: tuple[int, ...]
    starts: Mapping[int, int]
    clauses: tuple[Clause, ...]
    of_pages: Mapping[int, Sequence[Clause]]
    pairs: Mapping[str, str]

    @classmethod
    def of(
        cls, starts: Mapping[int, int], clauses: tuple[Clause, ...], missing: Iterable[int] = ()
    ) -> Outline:
        """Put clauses on their pages; where no pages are kept, on the one that each begins on."""
        from textmine.clauses.counterparts import counterparts

        numbers = {*starts, *missing, *(clause.page for clause in clauses)}
        of_pages: dict[int, list[Clause]] = {number: [] for number in numbers}
        inside = sorted((start, number) for number, start in starts.items())
        begins = [start for start, _ in inside]
        for clause in clauses:
            first = max(0, bisect_right(begins, clause.start) - 1)
            last = max(first + 1, bisect_left(begins, clause.end))
            pages = [number for _, number in inside[first:last]]
            for number in pages if clause.page in starts else [clause.page]:
                of_pages[number].append(clause)
        return cls(tuple(sorted(numbers)), starts, clauses, of_pages, counterparts(clauses))

    @property
    def bilingual(self) -> bool:
        """Whether clauses of one language have counterparts in the other."""
        return bool(self.pairs)

    def on_page(self, number: int) -> Sequence[Clause]:
        """The clauses that begin on a page or reach into it."""
        return self.of_pages.get(number, ())

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

    def clauses_of(self, sheet: Sheet) -> Sequence[Clause]:
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
    """The outline of a document, made once until it is read anew."""
    catalogue = desk.corpus.catalogue

    def made() -> Outline:
        starts = catalogue.page_starts(document.id)
        return Outline.of(starts, catalogue.outline(document.id), document.missing)

    mark = catalogue.document_seals(document.id)
    return desk.remember(("outline", document.id), made, mark=mark)


class Boxed(NamedTuple):
    """A clause and where it is drawn on a page, row by row."""

    id: str
    boxes: tuple[Box, ...]


_AROUND = 1.5  # points left free between the letters and the edge of a box


def boxes_on(page: Page, start: int, clauses: Sequence[Clause]) -> list[Boxed]:
    """The boxes of clauses on a page that begins at ``start`` of the document text.

    Clauses that have none on it are left out.
    """
    from textmine.pages.boxes import boxes_of

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
        piece = Markup('<a class="piece" href="#clause-{0}" data-of="{0}" {1}>')
        return piece.format(clause.id, attributes(clause.language))

    return linked_page(page, start, clauses, link, Span(begin, end))


class Row(NamedTuple):
    """What stands side by side, by the ids of clauses: counterparts, or what lies between them."""

    persian: tuple[str, ...]
    english: tuple[str, ...]


def side_by_side(clauses: Sequence[Clause], pairs: Mapping[str, str]) -> list[Row]:
    """The clauses of a document with two languages in rows, counterparts in the same row.

    What has no counterpart follows the clause before it, opposite to what follows that one's
    counterpart: clause by clause where both sides have the same kinds in the same order, such as
    the recitals of a preamble, and together otherwise. Clauses without a language go with the one
    before.

    >>> def clause(id, language):
    ...     return Clause(id, 0, "recital", None, None, "", language, 1, (Span(0, 1),))
    >>> both = [clause(*each.split()) for each in ("a fa", "b fa", "x en", "y en", "z en")]
    >>> for row in side_by_side(both, {"a": "x", "x": "a"}):
    ...     print(*row)
    ('a',) ('x',)
    ('b',) ('y', 'z')
    """
    persian = _runs(_in_column(clauses, "fa"), pairs)
    english = _runs(_in_column(clauses, "en"), pairs)
    rows = []
    for anchor, run in persian.items():
        other = pairs.get(anchor, "")
        if anchor:
            rows.append(Row((anchor,), (other,)))
        rows += _between(run, english.get(other, []))
    return rows


def _in_column(clauses: Sequence[Clause], language: Language) -> list[Clause]:
    """The clauses of a language; the first ones without a language are in the Persian column."""
    column: Language = "fa"
    found = []
    for clause in clauses:
        column = column if clause.language == "und" else clause.language
        if column == language:
            found.append(clause)
    return found


def _runs(clauses: Sequence[Clause], pairs: Mapping[str, str]) -> dict[str, list[Clause]]:
    """By each clause with a counterpart what follows it without one; by "" what comes first."""
    runs: dict[str, list[Clause]] = {"": []}
    last = ""
    for clause in clauses:
        if clause.id in pairs:
            last = clause.id
            runs[last] = []
        else:
            runs[last].append(clause)
    return runs


def _between(persian: Sequence[Clause], english: Sequence[Clause]) -> list[Row]:
    if [each.kind for each in persian] == [each.kind for each in english]:
        return [Row((one.id,), (two.id,)) for one, two in zip(persian, english, strict=True)]
    return [
        Row(*(tuple(each.id for each in side[at : at + _TOGETHER]) for side in (persian, english)))
        for at in range(0, max(len(persian), len(english)), _TOGETHER)
    ]
