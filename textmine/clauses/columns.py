"""Two languages side by side: each of the two columns is a text of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from textmine.clauses.articles import plan_articles
from textmine.clauses.rows import Layout, Row
from textmine.records import Language
from textmine.text.language import language_of

MIN_ROWS = 3
"""Rows with a Persian and an English cell from which a table is taken for a text in two columns."""

_LEAST_SHARE = 0.2  # of the letters, for each of the languages of a text in two columns


def columns(layout: Layout) -> tuple[Layout, ...]:
    """The document as one stream of rows, or as two when it is printed in two columns.

    A row of cells with a tab between them is in two columns when one cell is Persian and another
    English. Columns that were read one after the other, page by page, are known by the articles:
    either language has them, and on a later page the first language goes on. Rows between such
    rows go to the column of their own language.
    """
    both = [row for row in layout.rows if _languages(row) >= {"fa", "en"}]
    wide = sum(row.end - row.start for row in both)
    text = sum(row.end - row.start for row in layout.rows)
    in_table = len(both) >= MIN_ROWS and wide >= 0.4 * text
    if not in_table and not _may_alternate(layout.rows):
        return (layout,)
    streams: dict[Language, list[Row]] = {"fa": [], "en": []}
    for language, row in _by_language(layout.rows):
        streams[language].append(row)
    found = tuple(Layout(tuple(rows), ()) for rows in streams.values())
    return found if in_table or all(plan_articles(stream) for stream in found) else (layout,)


def _may_alternate(rows: Sequence[Row]) -> bool:
    """Whether both languages have their share, and the first goes on after the second."""
    letters = {"fa": 0, "en": 0, "und": 0}
    for row in rows:
        letters[language_of(row.text)] += row.end - row.start
    if min(letters["fa"], letters["en"]) < _LEAST_SHARE * sum(letters.values()):
        return False
    order = [language for language, _ in _by_language(rows)]
    return sum(one != other for one, other in pairwise(order)) > 1


def _by_language(rows: Sequence[Row]) -> Iterator[tuple[Language, Row]]:
    """The rows, cells of bilingual rows apart, each with the language of its column.

    A line without letters goes with the one before; so does a lone line of the other language in
    the middle of a sentence, such as a name.
    """
    pieces = [
        piece
        for row in rows
        for piece in (_cells(row) if _languages(row) >= {"fa", "en"} else [row])
    ]
    spoken = [language_of(piece.text) for piece in pieces]
    last: Language = next((language for language in spoken if language != "und"), "fa")
    for at, (piece, language) in enumerate(zip(pieces, spoken, strict=True)):
        after = next((each for each in spoken[at + 1 :] if each != "und"), last)
        quoted = at and after == last != language and not pieces[at - 1].closed and not piece.blank
        if language == "und" or quoted:
            language = last
        yield language, piece
        last = language


def _cells(row: Row) -> Iterator[Row]:
    for cell in re.finditer(r"[^\t]+", row.text):
        if cell[0].strip():
            piece = row.until(cell.end()).after(cell.start())
            yield replace(piece, role="body", blank=True)


def _languages(row: Row) -> set[Language]:
    if "\t" not in row.text:
        return set()
    return {language_of(cell) for cell in row.text.split("\t")} - {"und"}
