"""Printed totals that their columns or rows do not make, in words for people."""

from __future__ import annotations

from textmine.printed.checks import checked
from textmine.printed.rowwise import row_tables
from textmine.records import Extraction

_LONGEST_NAME = 60  # of a caption


def wrong_totals(extraction: Extraction) -> tuple[str, ...]:
    """One sentence for each printed total that does not come out, with table, page and figures.

    Only tables whose rows stand in lines are looked at: what was rebuilt from loose lines is judged
    by :func:`textmine.printed.printed_tables`, which needs to know places.

    >>> from textmine.records import Line, Page
    >>> text = "Table 1. Trade\\nYear\\tTons\\n2019\\t12\\n2020\\t15\\nTotal\\t28"
    >>> wrong_totals(Extraction((Page(1, text, (Line(0, len(text)),)),), "example 1"))
    ('Table 1. Trade (page 1). Column "Tons": the printed total is 28; its 2 values add up to 27
    (difference 1).',)
    """
    found = []
    for read in row_tables(extraction):
        table = checked(read.table)
        name = table.caption.text or "A table"
        if len(name) > _LONGEST_NAME:
            name = name[:_LONGEST_NAME].rsplit(" ", 1)[0] + "…"
        found += [
            f"{name} (page {table.page}). {fault.message['en']}"
            for fault in table.faults
            if fault.code == "total-differs"
        ]
    return tuple(found)
