"""Words near each other, looked up in the texts where the index alone cannot tell.

The index knows exactly whether two different words stand near each other. Of three, of phrases, or
of a word that may be both of two, it only knows the clauses in which that may be so.
"""

from __future__ import annotations

from collections.abc import Sequence

from textmine.search.engine.matching import Highlighter, Nearby
from textmine.search.found import document_of, ordinal_of, place_of
from textmine.store.catalogue import Catalogue
from textmine.store.database import driver_rows

_AT_ONCE = 500  # clauses whose texts are read at once

_TEXTS = """
    SELECT c.document, c.ordinal, c.normalised FROM wanted AS w CROSS JOIN clause AS c
    WHERE c.document = w.document AND c.ordinal = w.ordinal
"""


def standing(catalogue: Catalogue, places: Sequence[int], nearby: Nearby) -> list[int]:
    """Those of the clauses at ``places`` in which the words stand as near as is asked."""
    marks = Highlighter([nearby])
    found = []
    for start in range(0, len(places), _AT_ONCE):
        some = places[start : start + _AT_ONCE]
        numbers = tuple(n for place in some for n in (document_of(place), ordinal_of(place)))
        values = ",".join(["(?,?)"] * len(some))
        with catalogue.reading() as connection:
            query = f"WITH wanted(document, ordinal) AS (VALUES {values}) {_TEXTS}"
            for document, ordinal, text in driver_rows(connection, query, numbers):
                if marks.has_window(text):
                    found.append(place_of(document, ordinal))
    return found
