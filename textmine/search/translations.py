"""The translation of a clause within a bilingual document, found when it is shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textmine.clauses.counterparts import counterparts
from textmine.records import Clause, Span
from textmine.search.found import Hit, place_of
from textmine.store.catalogue import StoredClause
from textmine.store.corpus import Corpus
from textmine.store.database import driver_rows

if TYPE_CHECKING:  # NumPy
    from textmine.search.vectors import Vectors

_AT_ONCE = 500  # documents in one question
_ALIKE = 0.3  # translations lie higher: one in a hundred of those measured lies below 0.39


def with_counterparts(corpus: Corpus, hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """The same hits, each with the id of its translation in the same document, where it has one.

    Clauses are paired by their kind and number; only the documents of the hits are looked at.
    """
    pairs: dict[str, str] = {}
    for clauses in _clauses(corpus, {hit.document for hit in hits}).values():
        pairs |= counterparts(clauses)
    return tuple(replace(hit, counterpart=pairs.get(hit.clause, "")) for hit in hits)


def translation_of(
    corpus: Corpus, stored: StoredClause, vectors: Vectors | None = None
) -> int | None:
    """The place of the clause's translation in its document; None when it has none.

    What kind and number do not pair, ``vectors`` pair when each is most like the other.
    """
    clauses = _clauses(corpus, {stored.document}).get(stored.document, [])
    places = {each.id: place_of(stored.document, each.ordinal) for each in clauses}
    pairs = counterparts(clauses)
    if vectors is not None:
        pairs = paired_by_meaning(clauses, places, pairs, vectors)
    other = pairs.get(stored.clause.id)
    return None if other is None else places[other]


def paired_by_meaning(
    clauses: Sequence[Clause],
    places: Mapping[str, int],
    pairs: Mapping[str, str],
    vectors: Vectors,
) -> dict[str, str]:
    """``pairs``, and those clauses without a pair that are each most like the other."""
    rest = [each for each in clauses if each.id not in pairs and places[each.id] in vectors]
    persian = [each.id for each in rest if each.language == "fa"]
    english = [each.id for each in rest if each.language == "en"]
    if not persian or not english:
        return dict(pairs)
    likeness = vectors.between([places[one] for one in persian], [places[one] for one in english])
    nearest = likeness.argmax(axis=1)
    found = dict(pairs)
    nearest_back = likeness.argmax(axis=0)
    for row, one in enumerate(persian):
        column = int(nearest[row])
        if nearest_back[column] == row and likeness[row, column] >= _ALIKE:
            found |= {one: english[column], english[column]: one}
    return found


def _clauses(corpus: Corpus, documents: Iterable[int]) -> dict[int, list[Clause]]:
    """What pairing looks at, of the clauses of these documents; none where one language lacks."""
    numbers = sorted(documents)
    rows: dict[int, list[list[Any]]] = defaultdict(list)
    with corpus.catalogue.reading() as connection:
        for start in range(0, len(numbers), _AT_ONCE):
            some = numbers[start : start + _AT_ONCE]
            wanted = ", ".join(["?"] * len(some))
            # The driver's own rows: each page of hits asks for those of whole documents.
            query = f"{_PAIRED} WHERE document IN ({wanted}) ORDER BY document, ordinal"
            for document, *values in driver_rows(connection, query, some):
                rows[document].append(values)
    found: dict[int, list[Clause]] = {}
    for document, own in rows.items():
        if {"fa", "en"} <= {language for *_, language in own}:
            found[document] = [
                Clause(clause, ordinal, kind, number, None, "", language, 1, (Span(0, 1),))
                for clause, ordinal, kind, number, language in own
            ]
    return found


_PAIRED = "SELECT document, id, ordinal, kind, number, language FROM clause"
