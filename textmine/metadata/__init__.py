"""What is known about a document: what a person wrote in a table, and what textmine guesses.

``table`` reads ``documents.csv``, ``guess`` finds values in the document itself, and ``merge``
joins the two: the table is believed, and a guess fills in only what the table leaves open.
"""

from __future__ import annotations

from textmine.metadata.guess import guess
from textmine.metadata.table import (
    TABLE_NAME,
    Record,
    attributes_of,
    merge,
    missing_files,
    read_table,
)

__all__ = [
    "TABLE_NAME",
    "Record",
    "attributes_of",
    "guess",
    "merge",
    "missing_files",
    "read_table",
]
