"""The search index of a corpus, asked: hits in their order, with their text, counted by facets."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any, Literal, NamedTuple, TypeVar

import sqlalchemy as sa
import tantivy

from textmine.errors import CorpusError, UsageError
from textmine.records import Language, Span
from textmine.search.engine import upkeep
from textmine.search.engine.checking import problems
from textmine.search.engine.compiling import Compiler
from textmine.search.engine.matching import Asked, Expansion, Highlighter
from textmine.search.engine.schema import FACETS
from textmine.search.engine.upkeep import OnStep, Opened
from textmine.search.found import Found, Hit, document_of, ordinal_of, place_of, snippet_of
from textmine.search.query import FieldIs, Node, Not, Text, TooLongError, bounded, parse
from textmine.search.query.faults import QueryError, Sentence
from textmine.search.questions import BEST, Sought, reranked
from textmine.search.suggesting import written
from textmine.search.words import chunk_of
from textmine.store import tables as t
from textmine.store.codec import spans_from_json, view_from_json
from textmine.store.corpus import Corpus
from textmine.store.database import driver_rows

Sort = Literal["score", "date", "document"]
"""The orders of hits: the best first; the oldest first, undated ones last; that of the corpus."""

_FIELD = {"date": "dated", "document": "place"}
_AT_ONCE = 250  # clauses whose texts are read at once
_STREAMED = 20_000  # hits that are looked up at once where all are wanted
_TIED = 50, 20_000  # more hits than asked for, so that those of one score stand in order
# Values of a facet that are given, the most frequent; and those that each part of the index counts
# for that: all, so that no count is short of anything. tantivy lists at most 65,000.
_MOST, _COUNTED, _LISTED = 100, 1_000_000_000, 60_000

_NO_SIGNS = str.maketrans(dict.fromkeys(':"()*«»“”', " "))  # what means something in a query

_REFUSED = "An invalid argument was passed"  # tantivy, of a query; of damage it says other things

_Q = tantivy.Query

_Answer = TypeVar("_Answer")


class Index:
    """The index of one corpus, as it was when it was opened.

    Any number may read, threads of a process at once too; one writes.

    ``behind`` is the number of changes that it lacks because another process was writing when it
    was opened.
    """

    def __init__(self, corpus: Corpus, opened: Opened) -> None:
        self.corpus = corpus
        self._mending = threading.Lock()
        self._use(opened)

    @classmethod
    def of(cls, corpus: Corpus, on_step: OnStep | None = None, *, most: int | None = None) -> Index:
        """The index of ``corpus``, made if there is none, and brought up to date.

        An index that is damaged, of another schema or of another corpus is made anew from the
        catalogue. One that lacks more than ``most`` clauses is opened as it is. ``on_step`` is told
        how many documents of how many went in. CorpusError when the folder cannot be written.
        """
        return cls(corpus, upkeep.current(corpus, on_step, most))

    def rebuild(self, on_step: OnStep | None = None) -> None:
        """Make the index anew from the catalogue."""
        self._use(upkeep.rebuilt(self.corpus, on_step))

    def check(self, on_step: OnStep | None = None) -> tuple[str, ...]:
        """What of the index differs from the catalogue, in sentences; nothing when it is sound."""
        return problems(self.corpus, self._opened, on_step)

    @property
    def clauses(self) -> int:
        """How many clauses it has."""
        return int(self._searcher.num_docs)

    def _use(self, opened: Opened) -> None:
        self._opened = opened
        self._searcher = opened.searcher
        self._expansion = Expansion(_Spellings(opened))
        self._compiler = Compiler(self.corpus, opened, self._expansion)
        self.behind = upkeep.changes_after(self.corpus, opened.position)

    # -- asking --------------------------------------------------------------------------------

    def search(
        self,
        query: str,
        *,
        limit: int = 20,
        offset: int = 0,
        sort: Sort = "score",
        any_word: bool = False,
        facets: bool = True,
    ) -> Found:
        """The clauses that match ``query``: ``limit`` of them behind ``offset``.

        Clauses of one score, and all where no word is asked for, stand in the order of the
        documents. With ``any_word`` some of the words are enough, as in a question, which need be
        no query. QueryError when the query cannot be understood.
        """
        node = _read(query, any_word)
        order = _order(node, sort)

        def answer(asked: tantivy.Query) -> tuple[_Ranked, _Facets]:
            ranked = self._ranked(asked, limit + offset, order, sought=self._sought(node, any_word))
            return ranked, self._facets(asked) if facets else _Facets({}, {})

        (total, entries), (counted, values) = self._surely(answer, node, any_word)
        hits = self._hits(entries[offset:], self._marked(node, any_word))
        return Found(total, counted, tuple(hits), self.behind, values=values)

    def every(
        self, query: str, *, sort: Sort = "document", any_word: bool = False
    ) -> Iterator[Hit]:
        """All clauses that match ``query``, one by one: the memory does not grow with them.

        Only the order by score takes a few bytes for each hit.
        """
        node = _read(query, any_word)
        order = _order(node, sort)
        if order == "score":
            everything = max(1, self._searcher.num_docs)
            ranked = self._surely(
                lambda asked: self._ranked(
                    asked, everything, order, sought=self._sought(node, any_word)
                ),
                node,
                any_word,
            )
            pages = iter([ranked.entries])
        else:
            pages = self._surely(lambda asked: self._pages(asked, order), node, any_word)
        words = self._marked(node, any_word)
        for entries in pages:
            yield from self._hits(entries, words)

    def ranked(self, query: str, *, limit: int, any_word: bool = False) -> list[tuple[int, float]]:
        """The places of the best clauses and their scores, without their texts."""
        node = _read(query, any_word)
        order = _order(node, "score")
        return self._surely(
            lambda asked: self._ranked(asked, limit, order, sought=self._sought(node, any_word)),
            node,
            any_word,
        ).entries

    def counted(self, query: str) -> int:
        """How many clauses match ``query``."""
        return self._surely(lambda asked: _count(self._searcher.search(asked, 1)), parse(query))

    def values(self) -> Mapping[str, Mapping[str, int]]:
        """The most frequent values of each facet in the whole corpus, with their clauses."""
        return self._facets(_Q.all_query()).counts

    def beginning(self, start: str, limit: int) -> list[tuple[str, int]]:
        """The most frequent words that begin like ``start`` (folded), as a clause has them.

        Each with the number of clauses that have it in this spelling.
        """
        found = self._searcher.terms_with_prefix("text", start)[:limit]
        return [(written(key, self), int(clauses)) for key, clauses in found]

    def frequency(self, key: str) -> int:
        """How many clauses have a word in this exact folded spelling."""
        return self._expansion.clauses(key)

    def places(self, query: str) -> frozenset[int]:
        """The places of all clauses that match ``query``."""
        return self._surely(self._places, parse(query))

    def allowed(self, query: str) -> frozenset[int] | None:
        """The places of all clauses that the fields of ``query`` allow, whatever its words are.

        None when it has no fields.
        """
        node = parse(query)

        def places() -> frozenset[int] | None:
            asked = self._compiler.fields(node)
            return None if asked is None else self._places(asked)

        return self._answered(places)

    def among(self, query: str) -> Found:
        """How many clauses the fields of ``query`` allow, and their facets; no hits."""
        node = parse(query)

        def answer() -> tuple[int, _Facets]:
            asked = self._compiler.fields(node) or _Q.all_query()
            return _count(self._searcher.search(asked, 1)), self._facets(asked)

        total, (counted, values) = self._answered(answer)
        return Found(total, counted, (), self.behind, values=values)

    def shown(
        self,
        entries: Sequence[tuple[int, float]],
        query: str,
        *,
        by: tuple[str, ...] = ("words",),
        any_word: bool = False,
    ) -> tuple[Hit, ...]:
        """The clauses at these places with their scores, as hits of ``query``.

        Clauses that changed after the index was made are left out.
        """
        asked = self._marked(_read(query, any_word), any_word)
        return tuple(self._hits(entries, asked, by))

    def _marked(self, node: Node, any_word: bool) -> tuple[Asked, ...]:
        return self._expansion.telling(node) if any_word else self._expansion.asked(node)

    # -- looking up ----------------------------------------------------------------------------

    def _surely(
        self, ask: Callable[[tantivy.Query], _Answer], node: Node, any_word: bool = False
    ) -> _Answer:
        """What ``ask`` gives for a query."""
        return self._answered(lambda: ask(self._compiler.query(node, any_word=any_word)))

    def _answered(self, ask: Callable[[], _Answer]) -> _Answer:
        """What ``ask`` gives; the index is made anew where only here it shows that it is damaged.

        QueryError where the query is at fault: then the index is as it was.
        """
        opened = self._opened
        try:
            return ask()
        except ValueError as error:
            if (refusal := _refusal(error)) is not None:
                raise QueryError(refusal) from error
        with self._mending:
            if self._opened is opened:  # else another thread has made it anew
                self.rebuild()
        try:
            return ask()
        except ValueError as error:
            raise CorpusError(
                f"The search index at {self.corpus.index} cannot be read, though it was made anew "
                f"({error}). Check the disk."
            ) from error

    def _pages(self, asked: tantivy.Query, order: Sort) -> Iterator[list[tuple[int, float]]]:
        """All hits in an order, some at a time; the first are looked up at once."""
        pages = self._in_order(asked, order)
        return chain(list(islice(pages, 1)), pages)

    def _ranked(
        self, asked: tantivy.Query, limit: int, order: Sort, *, sought: Sequence[Sought] = ()
    ) -> _Ranked:
        """The first ``limit`` hits; those of a question read again by its words."""
        searcher = self._searcher
        if order != "score":
            found = searcher.search(
                asked, limit, order_by_field=_FIELD[order], order=tantivy.Order.Asc
            )
            places = searcher.fast_field_values("place", [address for _, address in found.hits])
            return _Ranked(_count(found), [(int(place or 0), 0.0) for place in places])
        wanted = max(limit, BEST) if sought else limit
        more, most = _TIED
        while True:
            found = searcher.search(asked, wanted + more)
            hits = found.hits
            if len(hits) < wanted + more or hits[-1][0] < hits[wanted - 1][0] or more >= most:
                break
            more *= 20
        places = searcher.fast_field_values("place", [address for _, address in hits])
        entries = [
            (int(place or 0), float(score)) for place, (score, _) in zip(places, hits, strict=True)
        ]
        entries.sort(key=_best_first)
        if sought:
            entries = reranked(sought, entries, self._keys)
        return _Ranked(_count(found), entries[:limit])

    def _sought(self, node: Node, any_word: bool) -> tuple[Sought, ...]:
        return self._compiler.sought(node) if any_word else ()

    def _keys(self, places: Iterable[int]) -> dict[int, list[str]]:
        """The folded words of the clauses at these places."""
        numbers = tuple(n for place in places for n in (document_of(place), ordinal_of(place)))
        values = ",".join(["(?,?)"] * (len(numbers) // 2))
        with self.corpus.catalogue.reading() as connection:
            found = driver_rows(
                connection, f"WITH wanted(document, ordinal) AS (VALUES {values}) {_READ}", numbers
            )
            return {
                place_of(document, ordinal): [
                    word.key for piece in text.split() for word in chunk_of(piece).words
                ]
                for document, ordinal, text in found
            }

    def _in_order(self, asked: tantivy.Query, order: Sort) -> Iterator[list[tuple[int, float]]]:
        """All hits in an order, some at a time: each time those behind the last."""
        field = _FIELD[order]
        schema = self._opened.index.schema
        behind: int | None = None
        while True:
            query = asked
            if behind is not None:
                rest = _Q.range_query(
                    schema, field, tantivy.FieldType.Unsigned, behind, include_lower=False
                )
                query = _Q.boolean_query([(tantivy.Occur.Must, asked), (tantivy.Occur.Must, rest)])
            hits = self._searcher.search(
                query, _STREAMED, False, order_by_field=field, order=tantivy.Order.Asc
            ).hits
            if not hits:
                return
            places = self._searcher.fast_field_values("place", [address for _, address in hits])
            yield [(int(place or 0), 0.0) for place in places]
            if len(hits) < _STREAMED:
                return
            behind = int(hits[-1][0])

    def _places(self, asked: tantivy.Query) -> frozenset[int]:
        return frozenset(
            place for entries in self._in_order(asked, "document") for place, _ in entries
        )

    def _facets(self, asked: tantivy.Query) -> _Facets:
        terms = {
            name: {"terms": {"field": name, "size": _MOST, "segment_size": _COUNTED}}
            for name in FACETS
        }
        found = self._searcher.aggregate(asked, terms)
        shown = {name: _by_count(found[name]["buckets"]) for name in FACETS}
        cut = [name for name in FACETS if found[name]["sum_other_doc_count"]]
        return _Facets(shown, {name: self._values(asked, name) for name in cut})

    def _values(self, asked: tantivy.Query, name: str) -> int:
        """How many values of a facet the hits have. tantivy lists so many of them at once."""
        if name != "document":
            return self._listed(asked, name)
        last = sa.select(sa.func.max(t.document.c.id))
        with self.corpus.catalogue.reading() as connection:
            documents = connection.scalar(last) or 0
        schema, unsigned = self._opened.index.schema, tantivy.FieldType.Unsigned
        values = 0
        for first in range(0, documents + 1, _LISTED):
            some = _Q.range_query(schema, name, unsigned, first, first + _LISTED - 1)
            both = _Q.boolean_query([(tantivy.Occur.Must, asked), (tantivy.Occur.Must, some)])
            values += self._listed(asked if documents < _LISTED else both, name)
        return values

    def _listed(self, asked: tantivy.Query, name: str) -> int:
        terms = {name: {"terms": {"field": name, "size": _LISTED}}}
        return len(self._searcher.aggregate(asked, terms)[name]["buckets"])

    # -- showing -------------------------------------------------------------------------------

    def _hits(
        self,
        entries: Iterable[tuple[int, float]],
        asked: Iterable[Asked],
        by: tuple[str, ...] = ("words",),
    ) -> Iterator[Hit]:
        marks = Highlighter(asked)
        rest = iter(entries)
        while some := list(islice(rest, _AT_ONCE)):
            rows = self._rows([place for place, _ in some])
            for place, score in some:
                if place in rows:
                    yield _hit(rows[place], score, marks, by)

    def _rows(self, places: Sequence[int]) -> dict[int, _Row]:
        """The clauses at these places, without those of documents that changed since."""
        numbers = tuple(n for place in places for n in (document_of(place), ordinal_of(place)))
        values = ",".join(["(?,?)"] * len(places))
        with self.corpus.catalogue.reading() as connection:
            # The driver's own SQL: to compile these statements takes longer than to run them.
            change = (self._opened.position.change,)
            changed = {row[0] for row in driver_rows(connection, _CHANGED, change)}
            found = driver_rows(
                connection, f"WITH wanted(document, ordinal) AS (VALUES {values}) {_ROWS}", numbers
            )
            rows = [_Row._make(row) for row in found]
        return {
            place_of(row.document, row.ordinal): row for row in rows if row.document not in changed
        }


_READ = """
    SELECT c.document, c.ordinal, c.normalised
    FROM wanted AS w CROSS JOIN clause AS c
    WHERE c.document = w.document AND c.ordinal = w.ordinal
"""
_CHANGED = "SELECT DISTINCT document FROM change WHERE id > ?"
_ROWS = """
    SELECT c.document, c.ordinal, c.id, c.kind, c.number, c.heading, c.text, c.language, c.page,
        CAST(c.spans AS TEXT), c.normalised, CAST(c.offsets AS TEXT), d.path,
        (SELECT a.value FROM attribute AS a WHERE a.document = c.document AND a.name = 'title'
            AND a.value != '' ORDER BY a.position LIMIT 1)
    FROM wanted AS w CROSS JOIN clause AS c CROSS JOIN document AS d
    WHERE c.document = w.document AND c.ordinal = w.ordinal AND d.id = c.document
"""
# CROSS keeps SQLite from going through the whole table of clauses in search of a few.


def _read(query: str, any_word: bool) -> Node:
    """The tree of a query; of a question that is none ("at 5:30?"), its words."""
    try:
        return parse(query)
    except TooLongError:
        raise
    except QueryError:
        if not any_word:
            raise
    return bounded(Text(query.translate(_NO_SIGNS), quoted=False, pattern=False, at=1))


def _refusal(error: ValueError) -> Sentence | None:
    """What is wrong with a query that tantivy refuses; None when something else is wrong."""
    said = str(error)
    if not said.startswith(_REFUSED):
        return None
    if "max expansions" in said:
        return Sentence(
            "So many words begin or end like a word with an asterisk in this query that they "
            "cannot be looked for in a phrase or near others. Write more letters beside the "
            "asterisk, or ask for the words by themselves."
        )
    return Sentence("A word of this query is too long or has too many asterisks. Make it simpler.")


def _best_first(entry: tuple[int, float]) -> tuple[float, int]:
    place, score = entry
    return -score, place


def _count(found: tantivy.SearchResult) -> int:
    return int(found.count)  # type: ignore[attr-defined]  # its stubs lack it


class _Ranked(NamedTuple):
    total: int
    entries: list[tuple[int, float]]


class _Facets(NamedTuple):
    counts: dict[str, dict[str, int]]
    values: dict[str, int]


class _Row(NamedTuple):
    """The columns of a clause that a hit shows."""

    document: int
    ordinal: int
    id: str
    kind: str
    number: str | None
    heading: str | None
    text: str
    language: Language
    page: int
    spans: str
    normalised: str
    offsets: str
    path: str
    title: str | None


class _Spellings:
    """What the index and its vocabulary know about spellings."""

    def __init__(self, opened: Opened) -> None:
        vocabulary = opened.vocabulary
        self.stems = vocabulary.stems
        self.loose = vocabulary.loose
        self.compounds = vocabulary.compounds
        self.compounds_beginning = vocabulary.compounds_beginning
        self.spaced = vocabulary.spaced
        self._searcher = opened.searcher

    def clauses(self, key: str) -> int:
        """In how many clauses a spelling stands."""
        return int(self._searcher.doc_freq("text", key))


def _hit(row: _Row, score: float, marks: Highlighter, by: tuple[str, ...]) -> Hit:
    marked: tuple[Span, ...] = ()
    torn: tuple[tuple[Span, ...], ...] = ()
    if (found := marks.spans(row.normalised)) and row.text == row.normalised:
        marked = found  # as in most clauses; to read the map of places takes longer
    elif found:
        view = view_from_json(row.normalised, len(row.text), json.loads(row.offsets))
        places = [view.places(*span) for span in found]
        marked = tuple(sorted(place for pieces in places for place in pieces))
        torn = tuple(pieces for pieces in places if len(pieces) > 1)
    return Hit(
        clause=row.id,
        document=row.document,
        title=row.title or row.path.rsplit("/", 1)[-1],
        page=row.page,
        text=row.text,
        score=score,
        highlights=marked,
        kind=row.kind,
        number=row.number,
        heading=row.heading,
        language=row.language,
        spans=spans_from_json(json.loads(row.spans)),
        snippet=snippet_of(row.text, marked),
        by=by,
        torn=torn,
    )


def _order(node: Node, sort: Sort) -> Sort:
    """The order of a query: one that weighs nothing has no best hits."""
    if sort not in (*_FIELD, "score"):
        raise UsageError(f'Hits are sorted by score, date or document, not by "{sort}".')
    return sort if sort != "score" or _weighs(node) else "document"


def _weighs(node: Node) -> bool:
    if isinstance(node, Text):
        return not node.pattern
    if isinstance(node, FieldIs | Not):
        return False
    return any(map(_weighs, node.items))


def _by_count(buckets: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """The most frequent first; of one frequency in the order of numbers or letters."""
    counts = sorted((-each["doc_count"], each["key"]) for each in buckets)
    return {str(int(key)) if isinstance(key, float | int) else key: -count for count, key in counts}
