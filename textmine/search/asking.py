"""What is asked of a corpus: a query as people type it, with its options, and its hits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import NamedTuple, cast

from textmine.errors import UsageError
from textmine.search.found import Found, Hit
from textmine.search.index import Index, Sort
from textmine.search.query.faults import Sentence
from textmine.search.questions import is_question
from textmine.search.suggesting import advice
from textmine.store.searches import SavedSearch, alone, expanded, use

RANKED = 1000
"""Hits by meaning, which have no end, that are given where all are asked for."""


class Asked(NamedTuple):
    """A query as typed, the same with saved searches in their places, and its options.

    A ``question`` has a question mark at its end: some of its words are enough, as ``any_word``.
    """

    typed: str
    query: str
    sort: Sort
    any_word: bool
    semantic: bool
    question: bool


def asked(
    typed: str,
    known: Mapping[str, SavedSearch],
    sort: str = "",
    any_word: bool = False,
    semantic: bool = False,
) -> Asked:
    """What is asked: a saved search by itself brings its options with it.

    UsageError for a saved search that there is not, and for a search by meaning in another order
    than that of its scores.

    >>> asked("how long?", {}).question
    True
    """
    saved = alone(typed, known)
    if saved is not None:
        sort = sort or saved.sort
        any_word, semantic = any_word or saved.any_word, semantic or saved.semantic
    if semantic and sort not in ("", "score"):
        raise UsageError(f"A search by meaning gives the best first; drop --sort {sort}.")
    query = expanded(typed, known)
    order = cast("Sort", sort or "score")
    return Asked(typed, query, order, any_word, semantic, is_question(query))


def find(index: Index, asked: Asked, limit: int, offset: int = 0, *, facets: bool) -> Found:
    """The hits from ``offset`` on, at most ``limit``. QueryError when it cannot be understood."""
    if asked.semantic:
        from textmine.search.meaning import semantic

        return semantic(index, asked.query, limit=limit, offset=offset, facets=facets)
    return index.search(
        asked.query,
        limit=limit,
        offset=offset,
        sort=asked.sort,
        any_word=asked.any_word or asked.question,
        facets=facets,
    )


def find_all(
    index: Index, asked: Asked, limit: int | None = None, offset: int = 0
) -> tuple[Found, Iterable[Hit]]:
    """How many there are, and the hits as they come; by meaning the best alone."""
    if asked.semantic:
        found = find(index, asked, limit or RANKED, offset, facets=False)
        return found, found.hits
    found = find(index, asked, 1, facets=False)
    every = index.every(asked.query, sort=asked.sort, any_word=asked.any_word or asked.question)
    return found, islice(every, offset, None if limit is None else offset + limit)


def advised(index: Index, asked: Asked) -> tuple[Sentence, ...]:
    """What to ask instead of a query that found nothing."""
    return advice(asked.query, index, any_word=asked.any_word or asked.question or asked.semantic)


def found_now(
    index: Index, saved: SavedSearch, known: Mapping[str, SavedSearch]
) -> tuple[int | None, UsageError | None]:
    """How many clauses a saved search finds now, or why it cannot be asked any more.

    A search by meaning has no number of clauses that it finds.
    """
    if saved.semantic:
        return None, None
    try:
        return find(index, asked(use(saved.name), known), 1, facets=False).total, None
    except UsageError as error:
        return None, error
