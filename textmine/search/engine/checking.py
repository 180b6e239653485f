"""Whether the index says what the catalogue says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import sqlalchemy as sa
import tantivy

from textmine.search.engine import upkeep
from textmine.search.engine.codes import codes_of
from textmine.search.engine.upkeep import OnStep, Opened
from textmine.search.found import document_of, ordinal_of, place_of
from textmine.search.words import words
from textmine.store import tables as t
from textmine.store.corpus import Corpus

_AT_ONCE = 100  # documents that are compared at once
_SHOWN = 20
_WORDS = 30  # of the clause that is looked for
_Q = tantivy.Query


def problems(corpus: Corpus, opened: Opened, on_step: OnStep | None = None) -> tuple[str, ...]:
    """What of the index differs from the catalogue, in sentences; nothing when it is sound.

    Of each document it compares which clauses there are and their codes, and looks for the words of
    one clause. Documents that changed meanwhile are passed over.
    """
    changed = upkeep.pending(corpus, opened.position)
    with corpus.catalogue.reading() as connection:
        numbers = list(connection.scalars(sa.select(t.document.c.id).order_by(t.document.c.id)))
    found: list[str] = []
    seen = 0
    for start in range(0, len(numbers), _AT_ONCE):
        some = [n for n in numbers[start : start + _AT_ONCE] if n not in changed]
        checked = _Documents(corpus, opened, some)
        for number in some:
            found += checked.problems(number)
            seen += checked.count(number)
        if on_step is not None:
            on_step(min(start + _AT_ONCE, len(numbers)), len(numbers))
        if len(found) > _SHOWN:
            return (*found[:_SHOWN], "There is more: the check stopped here.")
    more = opened.searcher.num_docs - seen
    if more > 0 and not changed:
        found.append(f"The index has {more} clauses more than the corpus.")
    return tuple(found)


class _Documents:
    """Some documents, as the catalogue has them, against the index."""

    def __init__(self, corpus: Corpus, opened: Opened, numbers: Sequence[int]) -> None:
        self._opened = opened
        self._schema = opened.index.schema
        self._vocabulary = opened.vocabulary
        c = t.clause.c
        query = sa.select(c.document, c.ordinal, c.id).where(c.document.in_(numbers))
        codes = codes_of(corpus.catalogue, numbers, opened.position.codebook)
        self._clauses: dict[int, dict[int, str]] = defaultdict(dict)
        self._codes: dict[int, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        self._corpus = corpus
        # A few questions for all of them: each takes a moment.
        here = _Q.range_query(
            self._schema,
            "document",
            tantivy.FieldType.Unsigned,
            min(numbers, default=0),
            max(numbers, default=0),
        )
        self._has: dict[int, list[int]] = defaultdict(list)
        for place in self._places(here):
            self._has[document_of(place)].append(ordinal_of(place))
        self._has_codes: dict[int, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        for code, _ in opened.searcher.terms_with_prefix("code", ""):
            for place in self._places(here, self._term("code", code)):
                self._has_codes[document_of(place)][code].add(ordinal_of(place))
        with corpus.catalogue.reading() as connection:
            for document, ordinal, clause in connection.execute(query):
                self._clauses[document][ordinal] = clause
                for code in codes.get(clause, ()):
                    self._codes[document][code].add(ordinal)

    def count(self, document: int) -> int:
        """How many clauses the index has of a document."""
        return len(self._has[document])

    def problems(self, document: int) -> Iterator[str]:
        """What is wrong with one document."""
        has, should = self._has[document], set(self._clauses[document])
        if sorted(should) != has:
            yield (
                f"Of document {document} the index has {len(has)} clauses, and the corpus "
                f"{len(should)}{'' if len(has) != len(should) else ' others'}."
            )
            return
        for code in sorted({*self._has_codes[document], *self._codes[document]}):
            if self._has_codes[document][code] != self._codes[document][code]:
                yield f"Of document {document} the index has other clauses with the code {code}."
        if should:
            yield from self._lost_words(document, sorted(should)[len(should) // 2])

    def _lost_words(self, document: int, ordinal: int) -> Iterator[str]:
        c = t.clause.c
        query = sa.select(c.normalised).where(c.id == self._clauses[document][ordinal])
        with self._corpus.catalogue.reading() as connection:
            text = connection.scalar(query) or ""
        here = list(words(text))[:_WORDS]
        keys = [word.key for word in here]
        if len(keys) > 1:
            asked = _Q.phrase_query(self._schema, "text", list(keys))
        else:
            asked = self._term("text", keys[0]) if keys else _Q.all_query()
        if not self._places(self._term("place", place_of(document, ordinal)), asked):
            yield f"The words of clause {ordinal} of document {document} are not in the index."
        for word in here:
            if word.key not in self._vocabulary.stems(word.stem):
                yield f'The vocabulary lacks "{word.key}" of document {document}.'

    def _places(self, *asked: tantivy.Query) -> list[int]:
        """The clauses of the index for which all holds that is asked, in order."""
        return self._opened.places(_Q.boolean_query([(tantivy.Occur.Must, each) for each in asked]))

    def _term(self, field: str, value: object) -> tantivy.Query:
        return _Q.term_query(self._schema, field, value)
