"""Coded clauses: what people and machines decided, in files and in the corpus.

A file is JSON Lines or, with the suffix ``.csv``, a table for a spreadsheet program. One clause a
line, every code that one coder applied to it; an empty list means that the coder read the clause
and applied none::

    {"document": "agreements/a.pdf", "clause": "c1", "language": "en", "text": "...",
     "codes": ["cultural"], "coder": "person:rater-a", "codebook": "agreement-themes@3"}

A table has the same names as headings, and ``;`` between codes. Where the codes are ``?`` nobody
has read the clause yet.
"""

from textmine.codings.coded import UNREAD, CodedClause, Fault, is_agreed, person, unit
from textmine.codings.corpus import (
    Taken,
    coded_in,
    document_names,
    standing_in,
    take_in,
    with_text,
)
from textmine.codings.deciding import DECIDED, Decided, decided
from textmine.codings.files import read_coded, write_coded
from textmine.codings.own import StaleError, Stood, decide, stood_of
from textmine.standing import AGREED, PERSON

__all__ = [
    "AGREED",
    "DECIDED",
    "PERSON",
    "UNREAD",
    "CodedClause",
    "Decided",
    "Fault",
    "StaleError",
    "Stood",
    "Taken",
    "coded_in",
    "decide",
    "decided",
    "document_names",
    "is_agreed",
    "person",
    "read_coded",
    "standing_in",
    "stood_of",
    "take_in",
    "unit",
    "with_text",
    "write_coded",
]
