"""The steps of reading a document: said before each, so that one that breaks off can be left out.

Some files bring a reader to its end without an exception: it takes for ever, or its process is
gone. Who watches the process hears of each step before it begins, and can have the file read again
without the one that broke off.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from textmine.errors import ReadError

Step = Literal[
    "opening",  # the file, by the first reader of PDF files
    "finding",  # a page
    "page",  # reading one
    "composing",  # words and lines out of what all pages showed
    "second",  # a page by the second reader of PDF files; page 0: opening the file
    "recognising",  # a page from its picture
    "judging",  # words by their order and likeness
    "totals",  # of printed tables
    "deriving",  # clauses and what is guessed about the document
]

Begin = Callable[[Step, int], ReadError | None]
"""Called before a step, with the page (from 1; 0 for the whole): why to leave it out, or None."""


def go_on(step: Step, page: int) -> ReadError | None:
    """Leaves nothing out."""
    return None
