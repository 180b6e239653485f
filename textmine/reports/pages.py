"""A page's text with its clauses: each stands in it once, is a link, and can be linked to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from markupsafe import Markup

from textmine.records import Language, Page
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
    clause: CodedClause


class _Row(NamedTuple):
    start: int
    end: int
    language: Language


def page_html(
    page: Page, start: int, clauses: Sequence[CodedClause], named: Counter[int]
) -> Markup:
    """The text of a page that begins at ``start`` of the document text.

    The first piece of a clause gets the anchor ``mN``; ``named`` counts the pieces of each.
    Rows of one language form a block of that direction, so that lines begin on their own side.
    """
    pieces = sorted(
        _Piece(max(span.start - start, 0), min(span.end - start, len(page.text)), clause)
        for clause in clauses
        for span in clause.stored.clause.spans
        if span.start < start + len(page.text) and span.end > start
    )
    blocks = []
    for language, rows in groupby(_rows(page.text, pieces), key=lambda row: row.language):
        block = list(rows)
        blocks.append(
            Markup("<div {}>{}</div>").format(
                direction(language),
                _block(page, block[0].start, block[-1].end, pieces, named),
            )
        )
    return Markup("").join(blocks)


def _rows(text: str, pieces: Sequence[_Piece]) -> list[_Row]:
    """The rows of a text, line feeds included, each with the language to set it in."""
    rows: list[_Row] = []
    start = 0
    language: Language = "und"
    for row in text.split("\n"):
        end = min(len(text), start + len(row) + 1)
        language = _language(text, start, end, pieces) or language
        rows.append(_Row(start, end, language))
        start = end
    # Rows without letters before the first with letters go with it.
    first: Language = next((row.language for row in rows if row.language != "und"), "und")
    return [row._replace(language=first) if row.language == "und" else row for row in rows]


def _language(text: str, start: int, end: int, pieces: Sequence[_Piece]) -> Language | None:
    inside = [
        (min(end, piece.end) - max(start, piece.start), piece.clause.stored.clause.language)
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
    page: Page, start: int, end: int, pieces: Sequence[_Piece], named: Counter[int]
) -> Markup:
    parts = []
    done = start
    for piece in pieces:
        first, last = max(piece.start, done), min(piece.end, end)
        if first >= last:
            continue
        parts.append(_outside(page, done, first))
        place = piece.clause.place
        anchor = Markup("") if place in named else Markup(" id=m{}").format(place)
        named[place] += 1
        parts.append(
            Markup("<a href=#c{0} class=m{0}{1}>{2}</a>").format(
                place, anchor, shown(page.text[first:last])
            )
        )
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
