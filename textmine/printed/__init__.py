"""Tables that documents print, read as tables, with what does not agree in them.

Rows stand in lines (tabs, pipes, columns of spaces, tables of DOCX, HTML, Markdown and PDF), or
a reader has left each cell on a line of its own. Nothing here changes the text: cells say where
they stand in it, and contradictions are reported, not mended.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textmine.printed.checks import amounts_against, checked
from textmine.printed.rowwise import row_tables
from textmine.printed.values import NotANumber, column_types, number_of, year_of
from textmine.records import Extraction, PrintedTable, Span

if TYPE_CHECKING:
    from textmine.places import Gazetteer

__all__ = [
    "NotANumber",
    "amounts_against",
    "checked",
    "column_types",
    "number_of",
    "printed_tables",
    "year_of",
]


def printed_tables(
    extraction: Extraction, gazetteer: Gazetteer | None = None
) -> tuple[PrintedTable, ...]:
    """The tables of a document in order, each with its faults.

    ``gazetteer`` names the places by which tables that were flattened to runs of lines are known
    again; the shipped one when none is given.

    >>> from textmine.records import Line, Page
    >>> text = "Table 1. Trade\\nYear\\tTons\\n2019\\t12\\n2020\\t15\\nTotal\\t28"
    >>> table, = printed_tables(Extraction((Page(1, text, (Line(0, len(text)),)),), "example 1"))
    >>> [fault.code for fault in table.faults]
    ['total-differs']
    """
    # Not loaded before a document is read: the gazetteer is large.
    from textmine.places import gazetteer as shipped
    from textmine.printed.flattened import flattened_tables

    in_rows = row_tables(extraction)
    taken = [span for found in in_rows for span in found.taken]
    rebuilt = flattened_tables(extraction, gazetteer or shipped(), taken)
    tables = sorted((*(found.table for found in in_rows), *rebuilt), key=_start)
    text = extraction.text
    return tuple(
        replace(table, faults=(*table.faults, *amounts_against(table, text)))
        for table in map(checked, tables)
    )


def _start(table: PrintedTable) -> int:
    """Where a table begins in the document text."""
    cells = (table.caption, *table.columns, *(cell for row in table.rows for cell in row))
    spans: list[Span] = [span for cell in cells for span in cell.spans]
    return min(span.start for span in spans)
