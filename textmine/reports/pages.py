"""A page's text with its clauses: each stands in it once, is a link, and can be linked to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from markupsafe import Markup

from textmine.records import Clause, Language, Page, Span
from textmine.reports.marks import direction, shown
from textmine.reports.material import CodedClause
from textmine.text.language import language_of

# Roles of lines that the eye should tell from body text when no clause takes them.
_ROLES = {
    "heading": "b",
    "running-head": "small",
    "page-number": "small",
    "footnote": "small",
    "caption": "small",
}


class _Piece(NamedTuple):
    start: int
    end: int
    clause: Clause


class _Row(NamedTuple):
    start: int
    end: int
    language: Language


def page_html(
    page: Page, start: int, clauses: Sequence[CodedClause], named: Counter[int]
) -> Markup:
    """The text of a page that begins at ``start`` of the document text.

    The first piece of a clause gets the anchor ``mN``; ``named`` counts the pieces of each.
    """
    places = {coded.stored.clause.id: coded.place for coded in clauses}

    def link(clause: Clause) -> Markup:
        place = places[clause.id]
        anchor = Markup("") if place in named else Markup(" id=m{}").format(place)
        named[place] += 1
        return Markup("<a href=#c{0} class=m{0}{1}>").format(place, anchor)

    return linked_page(page, start, [coded.stored.clause for coded in clauses], link)


def linked_page(
    page: Page,
    start: int,
    clauses: Iterable[Clause],
    link: Callable[[Clause], Markup],
    within: Span | None = None,
) -> Markup:
    """The text of a page that begins at ``start`` of the document text, each clause a link.

    ``link`` gives the opening tag for a piece of a clause. With ``within`` only that stretch of the
    page's text. Rows (or cells) of one language form a block of that direction, so that lines begin
    on their own side.
    """
    pieces = sorted(
        (
            _Piece(max(span.start - start, 0), min(span.end - start, len(page.text)), clause)
            for clause in clauses
            for span in clause.spans
            if span.start < start + len(page.text) and span.end > start
        ),
        key=lambda piece: piece[:2],
    )
    first, last = within or Span(0, len(page.text))
    blocks = []
    for language, rows in groupby(_rows(page.text, pieces), key=lambda row: row.language):
        block = list(rows)
        begin, end = max(block[0].start, first), min(block[-1].end, last)
        if begin < end or (begin == end and within is None):
            blocks.append(
                Markup("<div {}>{}</div>").format(
                    direction(language), _block(page, begin, end, pieces, link)
                )
            )
    return Markup("").join(blocks)


def _rows(text: str, pieces: Sequence[_Piece]) -> list[_Row]:
    """The rows of a text, line feeds included, each with the language to set it in.

    A row of a table is one; if its cells are in two languages each cell is, with its tab.
    """
    rows: list[_Row] = []
    start = 0
    language: Language = "und"
    for row in text.split("\n"):
        end = min(len(text), start + len(row) + 1)
        edges = [start, *(start + match.end() for match in re.finditer("\t", row)), end]
        cells = [(span, _language(text, *span, pieces)) for span in pairwise(edges)]
        if len({own for _, own in cells if own}) < 2:
            cells = [((start, end), _language(text, start, end, pieces))]
        for span, own in cells:
            language = own or language
            rows.append(_Row(*span, language))
        start = end
    # Rows without letters before the first with letters go with it.
    first: Language = next((row.language for row in rows if row.language != "und"), "und")
    return [row._replace(language=first) if row.language == "und" else row for row in rows]


def _language(text: str, start: int, end: int, pieces: Sequence[_Piece]) -> Language | None:
    inside = [
        (min(end, piece.end) - max(start, piece.start), piece.clause.language)
        for piece in pieces
        if piece.start < end and piece.end > start
    ]
    if inside:
        length, language = max(inside)
        if language != "und" and length * 2 >= end - start:
            return language
    own = language_of(text[start:end])
    return own if own != "und" else None


def _block(
    page: Page, start: int, end: int, pieces: Sequence[_Piece], link: Callable[[Clause], Markup]
) -> Markup:
    parts = []
    done = start
    for piece in pieces:
        first, last = max(piece.start, done), min(piece.end, end)
        if first >= last:
            continue
        parts.append(_outside(page, done, first))
        parts.append(link(piece.clause) + shown(page.text[first:last]) + Markup("</a>"))
        done = last
    parts.append(_outside(page, done, end))
    return Markup("").join(parts)


def _outside(page: Page, start: int, end: int) -> Markup:
    """Text that no clause takes, set by the role of its lines."""
    parts = []
    done = start
    for line in page.lines:
        first, last = max(line.start, done), min(line.end, end)
        if first >= last or line.role not in _ROLES:
            continue
        parts.append(shown(page.text[done:first]))
        parts.append(
            Markup("<{0}>{1}</{0}>").format(_ROLES[line.role], shown(page.text[first:last]))
        )
        done = last
    parts.append(shown(page.text[done:end]))
    return Markup("").join(parts)
