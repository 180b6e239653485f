"""The search index of a corpus: made from the catalogue, kept up with it, asked."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import TypeVar

import sqlalchemy as sa
import tantivy

from textmine import codebook
from textmine.errors import CorpusError
from textmine.metadata.table import KINDS, LANGUAGES
from textmine.records import Document, Span
from textmine.search import folder
from textmine.search.codes import Codes, State, state
from textmine.search.folder import Position
from textmine.search.found import Found, Hit, Place
from textmine.search.matching import TIERS, Leaf, Wanted, highlights, leaves, wanted
from textmine.search.query import (
    Every,
    FieldIs,
    Node,
    Not,
    QueryError,
    Text,
    numbers,
    parse,
    years,
)
from textmine.search.words import STREAMS, keys
from textmine.store import tables as t
from textmine.store.catalogue import StoredClause
from textmine.store.corpus import Corpus
from textmine.text.normalise import normalise

SCHEMA = "1"
"""Raised when the fields, the folding or the endings change: an older index is made anew."""

_HEAP = 64 << 20
_BATCH = 500  # documents for which their metadata is fetched one by one rather than all at once
_AT_ONCE = 100  # clauses that are fetched to be shown
_ANALYSER = "keys"
_BETWEEN_PARTIES = "|"
_MANY = 10_000
# tantivy refuses patterns of more than 1,000 states, and follows only 50 endings without one.
_LONGEST_PATTERN = 100

_Q = tantivy.Query


class Index:
    """The index of one corpus. Any number may read; one at a time writes.

    ``behind`` is the number of changes that it lacks because another process was writing when it
    was opened.
    """

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._place = corpus.index
        self._schema = _schema()
        self.behind = 0
        self._coded: tuple[State, Codes] | None = None

    @classmethod
    def of(cls, corpus: Corpus) -> Index:
        """The index of ``corpus``, made if there is none, and brought up to date.

        An index that is damaged, of another schema or of another corpus is made anew from the
        catalogue. CorpusError when the folder cannot be written.
        """
        index = cls(corpus)
        with _clear_errors(corpus):
            index._catch_up()
        return index

    def rebuild(self) -> None:
        """Make the index anew from the catalogue."""
        with _clear_errors(self._corpus), folder.writing(self._place, wait=True):
            self._rebuild()
        self.behind = 0

    # -- keeping up ----------------------------------------------------------------------------

    def _catch_up(self) -> None:
        last, clauses = self._catalogue_state()
        position = self._open()
        if position is not None and position.change == last and self._holds(clauses):
            return
        # With no index to read from there is nothing to do but wait for the one who writes it.
        usable = position is not None and position.change != last
        with folder.writing(self._place, wait=not usable) as mine:
            if not mine:
                assert position is not None  # noqa: S101 - usable
                self.behind = max(0, last - position.change)
                return
            position = self._open()  # another may have written since
            last, clauses = self._catalogue_state()
            try:
                while position is not None and position.change < last:
                    position = self._follow(position)
                    last, clauses = self._catalogue_state()
            except ValueError:  # some damage shows only in writing
                position = None
            if position is None or not self._holds(clauses):
                self._rebuild()

    def _catalogue_state(self) -> tuple[int, int]:
        """The last change and the number of clauses, of one moment."""
        with self._corpus.catalogue.reading() as connection:
            last = connection.scalar(sa.select(sa.func.max(t.change.c.id))) or 0
            clauses = connection.scalar(sa.select(sa.func.count()).select_from(t.clause)) or 0
        return last, clauses

    def _holds(self, clauses: int) -> bool:
        return bool(self._index.searcher().num_docs == clauses)

    def _changed_sha256(self, change: int) -> str:
        """The checksum of the document that a change changed; "" when there is no such change."""
        query = (
            sa.select(t.document.c.sha256)
            .join(t.change, t.change.c.document == t.document.c.id)
            .where(t.change.c.id == change)
        )
        with self._corpus.catalogue.reading() as connection:
            return connection.scalar(query) or ""

    def _open(self) -> Position | None:
        """Open the index that the position names; None when it has to be made anew."""
        position = folder.read_position(self._place)
        while position is not None:
            wrong = position.schema != SCHEMA or (
                position.sha256 != self._changed_sha256(position.change)
            )
            if wrong:
                return None
            try:
                self._use(position.folder)
            except ValueError:
                # Damaged, or replaced between reading its name and opening it.
                again = folder.read_position(self._place)
                if again is None or again.folder == position.folder:
                    return None
                position = again
                continue
            return position
        return None

    def _use(self, name: str) -> None:
        index = tantivy.Index.open(str(self._place / name))
        index.register_tokenizer(_ANALYSER, _analyser())
        index.config_reader("manual")
        index.reload()
        self._index = index

    def _follow(self, position: Position) -> Position:
        """Bring in what changed after ``position``; doing it twice is doing it once."""
        changes = self._corpus.catalogue.changes(position.change)
        changed = list(dict.fromkeys(document for _, document in changes))
        writer = self._index.writer(_HEAP, 1)
        for number in changed:
            writer.delete_documents_by_term("document", number)
        for document in self._documents(changed):
            for stored in self._corpus.catalogue.clauses(document=document.id):
                writer.add_document(_entry(stored, document))
        return self._commit(writer, position.folder, changes[-1][0])

    def _rebuild(self) -> None:
        last, _ = self._catalogue_state()
        name = folder.new_folder(self._place)
        tantivy.Index(self._schema, path=str(self._place / name))
        self._use(name)
        writer = self._index.writer(_HEAP, 1)
        documents = {document.id: document for document in self._corpus.catalogue.documents()}
        for stored in self._corpus.catalogue.clauses():
            if stored.document in documents:  # else it came in just now: the next change tells
                writer.add_document(_entry(stored, documents[stored.document]))
        self._commit(writer, name, last)
        folder.clear(self._place, keep=name)

    def _commit(self, writer: tantivy.IndexWriter, name: str, last: int) -> Position:
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        position = Position(SCHEMA, name, last, self._changed_sha256(last))
        folder.write_position(self._place, position)
        return position

    def _documents(self, wanted_documents: list[int]) -> Iterator[Document]:
        catalogue = self._corpus.catalogue
        if len(wanted_documents) > _BATCH:
            chosen = set(wanted_documents)
            yield from (each for each in catalogue.documents() if each.id in chosen)
            return
        for number in wanted_documents:
            yield from catalogue.documents(number=number)

    # -- asking --------------------------------------------------------------------------------

    def search(self, query: str, *, limit: int = 20, offset: int = 0) -> Found:
        """The clauses that match ``query``, best first: ``limit`` of them behind ``offset``.

        Clauses of one score stand in the order of the documents. QueryError when the query cannot
        be understood.
        """
        node = parse(query)
        codes = self._codes()
        asked = self._compile(node, codes)
        ranked = self._ranked_surely(asked)
        facets = self._facets(asked, ranked, codes())
        shown = ranked[offset : offset + limit]
        return Found(len(ranked), facets, tuple(self._hits(shown, wanted(node))), self.behind)

    def concordance(self, query: str, *, limit: int = 50, width: int = 40) -> list[Place]:
        """The first ``limit`` places, in the order of the documents, where the words occur.

        Each has up to ``width`` characters of its clause on either side. Words of the query that
        stand side by side are one place.
        """
        node = parse(query)
        asked = self._compile(node, self._codes())
        words = wanted(node)
        if not words:
            raise QueryError(
                "A concordance shows words in their context, and the query has none. Add a word."
            )
        in_order = sorted(self._ranked_surely(asked), key=lambda entry: entry[1])
        places: list[Place] = []
        for hit in self._hits(in_order, words):
            places += _places(hit, width)
            if len(places) >= limit:
                break
        return places[:limit]

    def _codes(self) -> _Codes:
        """The codes as they are now; looked up once for a query, and only when it needs them."""
        return cache(self._codes_now)

    def _codes_now(self) -> Codes:
        """The codes, read again only when the codings or the codebook have changed."""
        book = self._corpus.codebook_file
        written = book.stat().st_mtime_ns if book.is_file() else None  # None: loading says why
        now = (*state(self._corpus.catalogue), written)
        if self._coded is None or self._coded[0] != now:
            reference = codebook.load(book).reference
            self._coded = now, Codes.read(self._corpus.catalogue, reference)
        return self._coded[1]

    def _ranked_surely(self, asked: tantivy.Query) -> list[_Entry]:
        try:
            return self._ranked(asked)
        except ValueError:  # some damage shows only here; the index is derived, so make it anew
            self.rebuild()
        try:
            return self._ranked(asked)
        except ValueError as error:
            raise QueryError(
                f"The index cannot answer this query ({error}). Make it simpler."
            ) from error

    def _ranked(self, asked: tantivy.Query) -> list[_Entry]:
        """All hits as (minus score, place, address), best first."""
        searcher = self._index.searcher()
        if not searcher.num_docs:
            return []
        hits = searcher.search(asked, limit=searcher.num_docs).hits
        places = searcher.fast_field_values("place", [address for _, address in hits])
        entries = [
            (-float(score), int(place or 0), address)
            for (score, address), place in zip(hits, places, strict=True)
        ]
        return sorted(entries, key=lambda entry: entry[:2])

    def _facets(
        self, asked: tantivy.Query, ranked: list[_Entry], codes: Codes
    ) -> dict[str, dict[str, int]]:
        counts: dict[str, Counter[str]] = {}
        searcher = self._index.searcher()
        for name in ("language", "kind", "year"):
            terms = {name: {"terms": {"field": name, "size": _MANY}}}
            buckets = searcher.aggregate(asked, terms)[name]["buckets"] if ranked else []
            counts[name] = Counter({_shown(each["key"]): each["doc_count"] for each in buckets})
        counts["document"] = Counter(str(place >> 32) for _, place, _ in ranked)
        counts["code"] = Counter()
        if codes.of:
            by_key = {_key(clause): applied for clause, applied in codes.of.items()}
            found = searcher.fast_field_values("key", [address for *_, address in ranked])
            for key in found:
                counts["code"].update(by_key.get(int(key or 0), ()))
        order = ("language", "kind", "code", "year", "document")
        return {name: dict(_by_count(counts[name])) for name in order}

    def _hits(self, entries: list[_Entry], words: tuple[Leaf, ...]) -> Iterator[Hit]:
        for start in range(0, len(entries), _AT_ONCE):
            yield from self._some_hits(entries[start : start + _AT_ONCE], words)

    def _some_hits(self, entries: list[_Entry], words: tuple[Leaf, ...]) -> Iterator[Hit]:
        searcher = self._index.searcher()
        ids = [str(searcher.doc(address).get_first("clause")) for *_, address in entries]
        catalogue = self._corpus.catalogue
        clauses = {stored.clause.id: stored for stored in catalogue.clauses(ids=ids)}
        titles = self._titles({stored.document for stored in clauses.values()})
        for (score, *_), clause_id in zip(entries, ids, strict=True):
            stored = clauses.get(clause_id)
            if stored is None:  # taken out since: the index is behind
                continue
            yield Hit(
                clause=clause_id,
                document=stored.document,
                title=titles[stored.document],
                page=stored.clause.page,
                text=stored.clause.text,
                score=-score,
                highlights=_original_highlights(stored, words),
            )

    def _titles(self, documents: set[int]) -> dict[int, str]:
        a = t.attribute.c
        query = sa.select(a.document, a.value).where(
            (a.name == "title") & a.document.in_(documents) & (a.value != "")
        )
        with self._corpus.catalogue.reading() as connection:
            # Of several titles the first counts: it is the last to be written here.
            rows = connection.execute(query.order_by(a.position.desc())).all()
        titles = {document: title for document, title in rows}
        for number in documents - titles.keys():
            for document in self._corpus.catalogue.documents(number=number):
                titles[number] = document.title
        return titles

    # -- from the tree to tantivy --------------------------------------------------------------

    def _compile(self, node: Node, codes: _Codes) -> tantivy.Query:
        compiled = self._node(node, codes)
        if compiled is None:
            raise QueryError(
                "The query has no letters or digits to search for. Add a word or a field such as "
                "language:fa."
            )
        return compiled

    def _node(self, node: Node, codes: _Codes) -> tantivy.Query | None:
        """The query for a node; None for punctuation, which asks for nothing."""
        if isinstance(node, Text):
            return _all(self._leaf(leaf) for leaf in leaves(node))
        if isinstance(node, FieldIs):
            return _Q.const_score_query(self._field(node, codes), 0.0)
        if isinstance(node, Not):
            item = self._node(node.item, codes)
            return None if item is None else _without(item)
        compiled = [self._node(item, codes) for item in node.items]
        known = [each for each in compiled if each is not None]
        if isinstance(node, Every):
            return _all(known)
        return _any(known)

    def _leaf(self, leaf: Leaf) -> tantivy.Query:
        ways = [_Q.boost_query(self._way(way), TIERS[way.stream]) for way in leaf]
        return ways[0] if len(ways) == 1 else _Q.disjunction_max_query(ways)

    def _way(self, way: Wanted) -> tantivy.Query:
        *before, last = way.keys
        if way.prefix and len(last) <= _LONGEST_PATTERN:
            patterns: list[str | tuple[int, str]] = [re.escape(key) for key in before]
            pattern = re.escape(last) + ".*"
            if not before:
                return _Q.regex_query(self._schema, way.stream, pattern)
            return _Q.regex_phrase_query(self._schema, way.stream, [*patterns, pattern])
        if way.prefix:
            return _Q.phrase_prefix_query(self._schema, way.stream, list(way.keys))
        if before:
            return _Q.phrase_query(self._schema, way.stream, list(way.keys))
        return _Q.term_query(self._schema, way.stream, last)

    def _field(self, node: FieldIs, codes: _Codes) -> tantivy.Query:
        return _FIELDS[node.name](self, node, codes)

    def _code(self, node: FieldIs, codes: _Codes) -> tantivy.Query:
        book = codebook.load(self._corpus.codebook_file)
        names = {code.id: (code.id, *code.name.values()) for code in book.codes}
        names.update({code: (code,) for code in sorted(codes().known) if code not in names})
        code = _one_of(node, names)
        having = [_key(clause) for clause, applied in codes().of.items() if code in applied]
        return _Q.term_set_query(self._schema, "key", having) if having else _Q.empty_query()

    def _language(self, node: FieldIs, _: _Codes) -> tantivy.Query:
        return _Q.term_query(self._schema, "language", _one_of(node, LANGUAGES))

    def _kind(self, node: FieldIs, _: _Codes) -> tantivy.Query:
        return _Q.term_query(self._schema, "kind", _one_of(node, KINDS))

    def _year(self, node: FieldIs, _: _Codes) -> tantivy.Query:
        first, last, persian = years(node.value, node.at)
        return self._range("year_persian" if persian else "year", first, last)

    def _document(self, node: FieldIs, _: _Codes) -> tantivy.Query:
        first, last = numbers(node.value, node.at, "document", "document:3 or document:3..5")
        return self._range("document", first, last)

    def _range(self, name: str, first: int | None, last: int | None) -> tantivy.Query:
        kind = tantivy.FieldType.Integer
        return _Q.range_query(self._schema, name, kind, lower_bound=first, upper_bound=last)

    def _party(self, node: FieldIs, _: _Codes) -> tantivy.Query:
        words = _folded(node.value)
        if not words:
            raise QueryError(
                f'"{node.value}" at character {node.at} names no party. Write its name, as in '
                "party:Kashan."
            )
        return self._way(Wanted("party", words))


@contextmanager
def _clear_errors(corpus: Corpus) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:  # tantivy raises ValueError for whatever goes wrong
        raise CorpusError(
            f"The search index at {corpus.index} cannot be written ({error}). Check the space on "
            "the disk and the rights on the folder."
        ) from error


_Codes = Callable[[], Codes]
_Entry = tuple[float, int, tantivy.DocAddress]

_Name = TypeVar("_Name", bound=str)

_FIELDS: dict[str, Callable[[Index, FieldIs, _Codes], tantivy.Query]] = {
    "code": Index._code,
    "language": Index._language,
    "kind": Index._kind,
    "year": Index._year,
    "document": Index._document,
    "party": Index._party,
}


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("clause", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("key", indexed=True, fast=True)
    builder.add_unsigned_field("place", fast=True)
    for name in ("document", "year", "year_persian"):
        builder.add_integer_field(name, indexed=True, fast=True)
    for name in ("language", "kind"):
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    for name in (*STREAMS, "party"):
        builder.add_text_field(name, tokenizer_name=_ANALYSER, index_option="position")
    return builder.build()


def _analyser() -> tantivy.TextAnalyzer:
    return tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()


def _key(clause: str) -> int:
    """A number for a clause: tantivy keeps numbers in columns, and finds sets of them fast."""
    return int.from_bytes(hashlib.sha256(clause.encode()).digest()[:8], "big")


def _entry(stored: StoredClause, document: Document) -> tantivy.Document:
    """What the index keeps of a clause."""
    entry = tantivy.Document()
    clause = stored.clause
    entry.add_text("clause", clause.id)
    entry.add_unsigned("key", _key(clause.id))
    entry.add_unsigned("place", stored.document << 32 | clause.ordinal)
    entry.add_integer("document", stored.document)
    entry.add_text("language", clause.language)
    if kind := document.value("kind"):
        entry.add_text("kind", kind)
    for name, attribute in (("year", "year_gregorian"), ("year_persian", "year_persian")):
        if (year := document.value(attribute)).isdecimal():
            entry.add_integer(name, int(year))
    for name, stream in zip(STREAMS, keys(stored.normalised.text), strict=True):
        entry.add_text(name, " ".join(stream))
    parties = (" ".join(_folded(party)) for party in document.values("party"))
    entry.add_text("party", f" {_BETWEEN_PARTIES} ".join(parties))
    return entry


@lru_cache(maxsize=1 << 12)
def _folded(value: str) -> tuple[str, ...]:
    """The words of a value of metadata."""
    words, *_ = keys(normalise(value).text)
    return tuple(words)


def _original_highlights(stored: StoredClause, words: tuple[Leaf, ...]) -> tuple[Span, ...]:
    """Where the words stand in the clause's own text."""
    view = stored.normalised
    found = highlights(view.text, words)
    return tuple(sorted(place for span in found for place in view.places(*span)))


def _places(hit: Hit, width: int) -> Iterator[Place]:
    """The places of one clause; highlights with nothing but spaces between them are one."""
    joined: list[Span] = []
    for span in hit.highlights:
        if joined and not hit.text[joined[-1].end : span.start].strip():
            joined[-1] = Span(joined[-1].start, span.end)
        else:
            joined.append(span)
    line = "".join(" " if character.isspace() else character for character in hit.text)
    for start, end in joined:
        left, right = line[max(0, start - width) : start], line[end : end + width]
        yield Place(left, line[start:end], right, hit.clause, hit.document, hit.page)


def _all(queries: Iterable[tantivy.Query]) -> tantivy.Query | None:
    known = list(queries)
    if len(known) < 2:
        return known[0] if known else None
    return _Q.boolean_query([(tantivy.Occur.Must, query) for query in known])


def _any(queries: list[tantivy.Query]) -> tantivy.Query | None:
    if len(queries) < 2:
        return queries[0] if queries else None
    return _Q.boolean_query([(tantivy.Occur.Should, query) for query in queries])


def _without(query: tantivy.Query) -> tantivy.Query:
    everything = _Q.const_score_query(_Q.all_query(), 0.0)
    return _Q.boolean_query([(tantivy.Occur.Must, everything), (tantivy.Occur.MustNot, query)])


def _one_of(node: FieldIs, names: Mapping[_Name, tuple[str, ...]]) -> _Name:
    """The id that a value names, in either language and any spelling."""
    value = _compared(node.value)
    for identifier, spellings in names.items():
        if value in map(_compared, spellings):
            return identifier
    raise QueryError(
        f'There is no {node.name} "{node.value}" (character {node.at}). Known are: '
        f"{', '.join(names)}."
    )


def _compared(value: str) -> str:
    return "".join(_folded(value))


def _shown(key: object) -> str:
    return str(int(key)) if isinstance(key, float | int) else str(key)


def _by_count(counts: Counter[str]) -> list[tuple[str, int]]:
    """The most frequent first; of one frequency in the order of numbers or letters."""
    return sorted(
        counts.items(),
        key=lambda each: (-each[1], int(each[0]) if each[0].isdecimal() else 0, each[0]),
    )
