"""Keeping the index up with the catalogue.

The change log says which documents changed after the one that the position names. All clauses of
those are taken out and put in anew, with the codes that count on them now.

What a crash leaves is always followed up, whatever it stops. The catalogue writes a change in the
transaction of what changed. The index is written in this order: the vocabulary is stored, the
clauses are committed, the position is replaced. Stopped before the commit, the clauses are as they
were, and rows too many in the vocabulary find nothing. Stopped before the position, the clauses are
newer than it says: the same changes are followed once more, which takes out and puts in the same.
A new index is made in a folder of its own, which no position names until it is whole. One process
writes at a time, under a lock that the system frees; readers need no lock, and see the index as it
was committed last.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import sqlalchemy as sa
import tantivy

from textmine import codebook
from textmine.errors import CodebookError, CorpusError
from textmine.search.engine import folder
from textmine.search.engine.codes import codes_of
from textmine.search.engine.folder import Position
from textmine.search.engine.schema import SCHEMA, described, entry, register, schema
from textmine.search.engine.vocabulary import Vocabulary, Writing
from textmine.search.words import chunk_of
from textmine.standing import counted_codebook
from textmine.store import tables as t
from textmine.store.corpus import Corpus
from textmine.store.database import driver_rows

OnStep = Callable[[int, int], None]
"""Told how many documents of how many are in the index."""

_HEAP = 64 << 20
_BATCH = 20  # documents that are read at once
_DELETED = 1_000  # documents that are taken out at once
_MOST = 2 / 3  # a larger part of the clauses is not followed: making the index anew is shorter
_GARBAGE = 1.0  # entries taken out, for each one that is left, with which the index is made anew
_SMALL = 10_000  # entries of an index that is never worth making anew


@dataclass(frozen=True, slots=True)
class Opened:
    """An index that is open for reading, as it was at ``position``."""

    index: tantivy.Index
    searcher: tantivy.Searcher
    vocabulary: Vocabulary
    position: Position
    view: TemporaryDirectory[str] | None = None  # where it is read from; gone with the index

    def places(self, asked: tantivy.Query) -> list[int]:
        """The places of all clauses that a query finds, in order."""
        total = int(self.searcher.search(asked, 1).count)  # type: ignore[attr-defined]
        hits = self.searcher.search(
            asked, max(1, total), False, order_by_field="place", order=tantivy.Order.Asc
        ).hits
        return [int(place) for place, _ in hits]


def current(corpus: Corpus, on_step: OnStep | None = None, most: int | None = None) -> Opened:
    """The index of ``corpus``, made if there is none, and brought up to date.

    Where another process is writing it, its folder may only be read, or more than ``most`` clauses
    would have to go in, the index as it is. An index that is damaged, of another
    schema or of another corpus is made anew. CorpusError when the folder cannot be written.
    """
    with clear_errors(corpus):
        return _current(corpus, on_step, most)


def rebuilt(corpus: Corpus, on_step: OnStep | None = None) -> Opened:
    """The index, made anew from the catalogue."""
    with clear_errors(corpus), folder.writing(corpus.index, wait=True):
        return _rebuild(corpus, on_step)


def pending(corpus: Corpus, position: Position) -> frozenset[int]:
    """The documents that changed after ``position``."""
    c = t.change.c
    with corpus.catalogue.reading() as connection:
        query = sa.select(c.document).distinct().where(c.id > position.change)
        return frozenset(connection.scalars(query))


def changes_after(corpus: Corpus, position: Position) -> int:
    """How many changes came after ``position``."""
    query = sa.select(sa.func.count()).where(t.change.c.id > position.change)
    with corpus.catalogue.reading() as connection:
        return connection.scalar(query) or 0


@contextmanager
def clear_errors(corpus: Corpus) -> Iterator[None]:
    """What goes wrong with the files of the index, as a CorpusError."""
    try:
        yield
    except (OSError, ValueError) as error:  # tantivy raises ValueError for whatever goes wrong
        raise CorpusError(
            f"The search index at {corpus.index} cannot be written ({error}). Check the space on "
            "the disk and the rights on the folder."
        ) from error


def _current(corpus: Corpus, on_step: OnStep | None, most: int | None) -> Opened:
    opened = _open(corpus)
    if opened is not None and _is_current(corpus, opened):
        return opened
    if not folder.may_be_written(corpus.index):
        return _as_it_is(corpus, opened)
    if opened is not None and most is not None and _is_whole(opened):
        changed = sorted(pending(corpus, opened.position))
        if _touched(corpus, changed) > most:
            return opened
    # With no index to read from there is nothing to do but wait for the one who writes it.
    usable = opened is not None and (_is_behind(corpus, opened) or _is_whole(opened))
    with folder.writing(corpus.index, wait=not usable) as mine:
        if not mine:
            assert opened is not None  # noqa: S101 - else it was waited for
            return opened
        opened = _open(corpus)  # another may have written since
        try:
            while opened is not None and not _is_current(corpus, opened):
                opened = _follow(corpus, opened, on_step)
        except ValueError:  # some damage shows only in writing
            opened = None
        return opened if opened is not None else _rebuild(corpus, on_step)


def _as_it_is(corpus: Corpus, opened: Opened | None) -> Opened:
    """The index where none can be made or kept up."""
    if opened is None:
        raise CorpusError(
            f"There is no search index at {corpus.index} that is of any use, and none can be made "
            "there: the folder may only be read. Run textmine index where it may be written, or "
            "search a copy of the corpus."
        )
    return opened


def _is_current(corpus: Corpus, opened: Opened) -> bool:
    return (
        not _is_behind(corpus, opened)
        and _is_whole(opened)
        and opened.position.book == _book(corpus)
    )


def _is_whole(opened: Opened) -> bool:
    return bool(opened.searcher.num_docs == opened.position.clauses)


def _is_behind(corpus: Corpus, opened: Opened) -> bool:
    return (opened.position.change, opened.position.mark) != corpus.catalogue.last_change()


def _book(corpus: Corpus) -> str:
    """The checksum of the codebook file: reading the codebook itself takes far longer.

    "" when there is no file that can be read.
    """
    try:
        return hashlib.sha256(corpus.codebook_file.read_bytes()).hexdigest()
    except OSError:
        return ""


def _codebook(corpus: Corpus, known: str) -> str:
    """The reference of the codebook that counts.

    Where its file cannot be read that is the one ``known`` before: words are searched for all the
    same, and whoever asks for a code that is not in the index is told what is wrong with the file.
    """
    try:
        own = _reference(corpus.codebook_file, _book(corpus))
    except CodebookError:
        own = known
    return counted_codebook(corpus.catalogue, own)


@lru_cache(maxsize=8)
def _reference(file: Path, checksum: str) -> str:
    """What a codebook is called; ``checksum`` says when it is another.

    To read it takes longer than to bring in a few documents.
    """
    return codebook.load(file).reference


def as_it_is(corpus: Corpus) -> Opened | None:
    """The index as it lies there, not brought up to date; None when it has to be made anew."""
    return _open(corpus)


# -- reading ---------------------------------------------------------------------------------------


def _open(corpus: Corpus) -> Opened | None:
    """The index that the position names; None when it has to be made anew."""
    position = folder.read_position(corpus.index)
    while position is not None:
        if position.schema != SCHEMA:
            return None
        if position.mark != corpus.catalogue.mark_of(position.change):
            return None
        try:
            return _use(corpus, position)
        except ValueError:
            # Damaged, or replaced between reading its name and opening it.
            again = folder.read_position(corpus.index)
            if again is None or again.folder == position.folder:
                return None
            position = again
    return None


def _use(corpus: Corpus, position: Position) -> Opened:
    place = corpus.index / position.folder
    vocabulary = Vocabulary(place)
    fixed = not folder.may_be_written(corpus.index)
    view = folder.seen_from_elsewhere(place) if fixed else None
    index = tantivy.Index.open(str(place if view is None else view.name))
    register(index)
    index.config_reader("manual")
    index.reload()
    return Opened(index, index.searcher(), vocabulary, position, view)


# -- writing ---------------------------------------------------------------------------------------


def _follow(corpus: Corpus, opened: Opened, on_step: OnStep | None) -> Opened | None:
    """Bring in what changed; doing it twice is doing it once. None when it must be made anew."""
    position = opened.position
    book = _book(corpus)
    if position.codebook != _codebook(corpus, position.codebook):
        return None
    last, mark = corpus.catalogue.last_change()
    changed = sorted(pending(corpus, position))
    if position.change > last or _too_much(corpus, opened, changed):
        return None
    if not changed:
        if not _is_whole(opened):
            return None
        known = replace(position, book=book)
        folder.write_position(corpus.index, known)
        return replace(opened, position=known)
    place = corpus.index / position.folder
    vocabulary = Writing(place)
    writer = opened.index.writer(_HEAP, 1)
    try:
        # By a query: as a term, tantivy takes every number for a signed one and finds nothing.
        fields = opened.index.schema
        for some in _batches(changed, _DELETED):
            gone = tantivy.Query.term_set_query(fields, "document", list(some))
            writer.delete_documents_by_query(gone)
        _put(corpus, changed, position.codebook, writer, vocabulary, on_step)
        vocabulary.store()
    except BaseException:
        vocabulary.drop()
        raise
    sound = _is_whole(opened)
    known = replace(position, change=last, mark=mark, book=book)
    made = _commit(corpus, opened, writer, known)
    if not sound and made.position.clauses != corpus.catalogue.clause_count():
        return None
    return made


def _too_much(corpus: Corpus, opened: Opened, changed: Sequence[int]) -> bool:
    """Whether the changes are so many, or left so much behind, that a new index is better."""
    alive = opened.searcher.num_docs
    if alive < _SMALL:
        return False
    return (
        _touched(corpus, changed) > _MOST * alive
        or _garbage(corpus, opened.position) > _GARBAGE * alive
    )


def _touched(corpus: Corpus, documents: Sequence[int]) -> int:
    """How many clauses these documents have."""
    c = t.clause.c
    touched = 0
    with corpus.catalogue.reading() as connection:
        for some in _batches(documents, 500):
            counting = sa.select(sa.func.count()).where(c.document.in_(some))
            touched += connection.scalar(counting) or 0
    return touched


def _garbage(corpus: Corpus, position: Position) -> int:
    """Entries that were taken out and still take room."""
    meta = json.loads((corpus.index / position.folder / "meta.json").read_text(encoding="utf-8"))
    return sum((each["deletes"] or {}).get("num_deleted_docs", 0) for each in meta["segments"])


def _rebuild(corpus: Corpus, on_step: OnStep | None) -> Opened:
    last, mark = corpus.catalogue.last_change()
    before = folder.read_position(corpus.index)
    book = _book(corpus)
    reference = _codebook(corpus, "" if before is None else before.codebook)
    with corpus.catalogue.reading() as connection:
        documents = list(connection.scalars(sa.select(t.document.c.id).order_by(t.document.c.id)))
    name = folder.new_folder(corpus.index)
    place = corpus.index / name
    tantivy.Index(schema(), path=str(place))
    vocabulary = Writing(place)
    vocabulary_stored = False
    try:
        index = tantivy.Index.open(str(place))
        register(index)
        writer = index.writer(_HEAP, 1)
        _put(corpus, documents, reference, writer, vocabulary, on_step)
        vocabulary.store()
        vocabulary_stored = True
    finally:
        if not vocabulary_stored:
            vocabulary.drop()
    position = Position(SCHEMA, name, last, mark, 0, book, reference)
    return _commit(corpus, _use(corpus, position), writer, position)


def _commit(
    corpus: Corpus, opened: Opened, writer: tantivy.IndexWriter, position: Position
) -> Opened:
    writer.commit()
    writer.wait_merging_threads()
    opened.index.reload()
    searcher = opened.index.searcher()
    known = replace(position, clauses=searcher.num_docs)
    folder.write_position(corpus.index, known)
    folder.clear(corpus.index, keep=known.folder)  # also what a killed process left
    _give_memory_back()
    return replace(opened, searcher=searcher, position=known)


def _give_memory_back() -> None:
    """Hand to the system what the writer has freed.

    Its threads, new ones each time, allocate in arenas of their own, and glibc keeps what is freed
    in them: a server that follows every change would grow to twice its size.
    """
    if sys.platform == "linux":
        with suppress(AttributeError):  # another C library
            ctypes.CDLL(None).malloc_trim(0)


def _put(
    corpus: Corpus,
    documents: Sequence[int],
    reference: str,
    writer: tantivy.IndexWriter,
    vocabulary: Writing,
    on_step: OnStep | None,
) -> None:
    """Put the clauses of ``documents`` in."""
    done = 0
    for some in _batches(documents, _BATCH):
        codes = codes_of(corpus.catalogue, some, reference)
        clauses = _clauses_of(corpus, some)
        for document in corpus.catalogue.documents(numbers=some):
            of, own = described(document), clauses[document.id]
            read = hashlib.sha256("\0".join(each.normalised for each in own).encode()).digest()[:8]
            # To find the stems of words takes longest: not where only codes have changed.
            known = vocabulary.knows(document.id, read)
            if not known:
                pieces = {piece for each in own for piece in each.normalised.split()}
                vocabulary.add(map(chunk_of, pieces))
            for each in own:
                applied = codes.get(each.id, ())
                made = entry(of, each.ordinal, each.language, each.number, applied, each.normalised)
                writer.add_document(made)
            vocabulary.describe(document.id, read, of.title, of.parties)
        done += len(some)
        if on_step is not None:
            on_step(done, len(documents))


class _Clause(NamedTuple):
    """What the index takes of a clause."""

    document: int
    ordinal: int
    id: str
    language: str
    number: str | None
    normalised: str


def _clauses_of(corpus: Corpus, documents: Sequence[int]) -> dict[int, list[_Clause]]:
    columns, wanted = ", ".join(_Clause._fields), ", ".join(["?"] * len(documents))
    # The driver's own rows take half the time.
    query = f"SELECT {columns} FROM clause WHERE document IN ({wanted}) ORDER BY document, ordinal"
    found: dict[int, list[_Clause]] = defaultdict(list)
    with corpus.catalogue.reading() as connection:
        for row in driver_rows(connection, query, documents):
            found[row[0]].append(_Clause._make(row))
    return found


def _batches(numbers: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), size):
        yield numbers[start : start + size]
