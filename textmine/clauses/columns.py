"""Two languages side by side: each column of a bilingual table is a text of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from textmine.clauses.rows import Layout, Row
from textmine.records import Language
from textmine.text.language import language_of

MIN_ROWS = 3
"""Rows with a Persian and an English cell from which a table is taken for a text in two columns."""


def columns(layout: Layout) -> tuple[Layout, ...]:
    """The document as one stream of rows, or as two when it is printed in two columns.

    A row of cells with a tab between them is in two columns when one cell is Persian and another
    English. Rows between such rows go to the column of their own language.
    """
    both = [row for row in layout.rows if _languages(row) >= {"fa", "en"}]
    wide = sum(row.end - row.start for row in both)
    text = sum(row.end - row.start for row in layout.rows)
    if len(both) < MIN_ROWS or wide < 0.4 * text:
        return (layout,)
    streams: dict[Language, list[Row]] = {"fa": [], "en": []}
    last: Language = language_of(both[0].text.split("\t")[0])
    for row in layout.rows:
        pieces = list(_cells(row)) if _languages(row) >= {"fa", "en"} else [row]
        for piece in pieces:
            language = language_of(piece.text)
            if language == "und":
                language = last
            streams[language].append(piece)
            last = language
    return tuple(Layout(tuple(rows), ()) for rows in streams.values())


def _cells(row: Row) -> Iterator[Row]:
    for cell in re.finditer(r"[^\t]+", row.text):
        if cell[0].strip():
            piece = row.until(cell.end()).after(cell.start())
            yield replace(piece, role="body", blank=True)


def _languages(row: Row) -> set[Language]:
    if "\t" not in row.text:
        return set()
    return {language_of(cell) for cell in row.text.split("\t")} - {"und"}
