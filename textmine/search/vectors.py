"""The vectors of all clauses of a corpus in one matrix, kept up with the catalogue.

A folder of the search index for each encoder: ``rows-N``, a row of 8-bit numbers for each clause,
which readers map into memory, and ``state.db``, which says whose rows they are. Rows are appended
and flushed before the transaction that names them, so that after a crash there are at most rows too
many, which the next writer writes over. All of it can be made again: the vectors themselves are in
the corpus's cache (``encoding.VECTORS``), and what is not there the encoder makes.

A document is in the matrix with all of its clauses or not at all. Search is exact: the product of
all rows with one vector, a few thousand rows at a time so that they stay in the processor's cache.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from textmine.encoding import VECTORS, Encoder, middles, question_middles
from textmine.encoding.cache import VectorCache
from textmine.encoding.prepared import has_words, prepared
from textmine.errors import CorpusError
from textmine.search.engine.folder import is_damage, may_be_written, only_read
from textmine.store import tables as t
from textmine.store.catalogue import StoredClause
from textmine.store.corpus import Corpus
from textmine.store.lock import holding

Floats = NDArray[np.float32]
OnStep = Callable[[int, int], None]
"""Told how many clauses of how many have their vector."""

MOST_AT_ONCE = 300
"""So many clauses are encoded by a search that finds them without a vector: some ten seconds."""

_SCHEMA = "1"
_LANGUAGES = ("fa", "en", "und")
_SCALE = 400  # a centred vector of length 1 has no number above 0.3; 127 / 400 is 0.3175
_LOOKED_UP = 20_000  # clauses that a search looks up in the cache: a second or two
_BATCH = 1000  # clauses between two commits
_CHUNK = 1024  # rows at a time; measured: 256 and 4,096 take half as long again
_GARBAGE = 10_000  # rows that no clause has any more, with which the file is written anew
_BUSY_SECONDS = 30.0
_FEWEST_WORDS = 3
_FEWEST = 5  # clauses of a language whose likenesses have a mean and a spread of their own


class _DamagedError(Exception):
    """The files do not hold what they should; they are made anew."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like each clause is to one vector: places, and figures that languages share.

    A figure is the number of standard deviations above the mean of the clauses of its language, so
    that a translation is not less like than a neighbour in the same language.
    """

    places: NDArray[np.int64]
    figures: Floats

    def best(self, limit: int) -> list[tuple[int, float]]:
        """The ``limit`` most like places with their figures, best first."""
        if limit < len(self.places):
            chosen = np.argpartition(-self.figures, limit - 1)[:limit]
        else:
            chosen = np.arange(len(self.places))
        chosen = chosen[np.lexsort((self.places[chosen], -self.figures[chosen]))]
        return [(int(self.places[row]), float(self.figures[row])) for row in chosen]


class Vectors:
    """The matrix as it was when it was opened. Any number may read; one at a time writes.

    ``lacking`` is the number of clauses that have no row because they were never encoded.
    """

    def __init__(self, read: _Read) -> None:
        self._rows = read.rows
        self._places = read.places
        self._languages = read.languages
        self._middles = read.middles
        self._questions = read.questions
        self.lacking = read.lacking

    def __len__(self) -> int:
        """How many clauses have a row."""
        return int((self._places >= 0).sum())

    @classmethod
    def of(cls, corpus: Corpus, encoder: Encoder) -> Vectors:
        """The matrix of ``corpus``, brought up to date as far as a search can wait.

        What the cache has is taken in, and up to ``MOST_AT_ONCE`` clauses are encoded; more stay
        ``lacking``. CorpusError when the folder cannot be written, ModelError when the encoder
        fails.
        """
        return _opened(corpus, encoder, MOST_AT_ONCE, None)

    @classmethod
    def all_of(cls, corpus: Corpus, encoder: Encoder, on_step: OnStep) -> Vectors:
        """The matrix with every clause; what is lacking is encoded, however long that takes."""
        return _opened(corpus, encoder, None, on_step)

    def centred(self, vector: Floats, language: str) -> Floats:
        """A vector of the encoder without the middle of its language, of length 1."""
        return _unit(vector - self._middle(language))

    def query(self, vector: Floats, language: str, is_question: bool) -> Floats:
        """The vector of a query as ``centred`` ones are compared with it.

        Questions lie together too: their own middle is taken away where it is known.
        """
        middle = self._questions.get(language) if is_question else None
        if middle is None:
            return self.centred(vector, language)
        return _unit(vector - middle)

    def other_languages(self, places: Sequence[int], language: str) -> frozenset[int]:
        """Those of the places whose clauses are in another language."""
        own = self._languages == _LANGUAGES.index(language)
        others = np.isin(self._places, np.array(places, dtype=np.int64)) & ~own
        return frozenset(map(int, self._places[others]))

    def row(self, place: int) -> Floats | None:
        """The centred vector of a clause; None when it has none, or has hardly a word."""
        found = np.flatnonzero(self._places == place)
        if not len(found) or not self._rows[found[0]].any():
            return None
        return _unit(self._rows[found[0]].astype(np.float32))

    def __contains__(self, place: int) -> bool:
        """Whether the clause at a place has a row."""
        return bool((self._places == place).any())

    def between(self, some: Sequence[int], others: Sequence[int]) -> Floats:
        """The likeness of each of ``some`` places with each of the ``others``: 1 for the same.

        KeyError when one has no row.
        """
        at = {int(place): row for row, place in enumerate(self._places)}
        first, second = (
            _unit(self._rows[[at[place] for place in places]].astype(np.float32))
            for places in (some, others)
        )
        found: Floats = first @ second.T
        return found

    def likeness(
        self,
        vector: Floats,
        allowed: frozenset[int] | None = None,
        without: Sequence[int] = (),
    ) -> Likeness:
        """How like the clauses are to a centred vector: all, or those at ``allowed`` places.

        Those at the places ``without`` are left out, and do not count in the figures.
        """
        products = _products(self._rows, vector)
        figures = np.empty_like(products)
        real = (self._places >= 0) & ~np.isin(self._places, np.array(without, dtype=np.int64))
        for number in range(len(_LANGUAGES)):
            own = real & (self._languages == number)
            among = own if own.sum() >= _FEWEST else real
            if own.any():
                spread = float(products[among].std(dtype=np.float64)) or 1.0
                mean = float(products[among].mean(dtype=np.float64))
                figures[own] = (products[own] - mean) / spread
        if allowed is not None:
            wanted = np.fromiter(allowed, dtype=np.int64, count=len(allowed))
            real &= np.isin(self._places, wanted)
        return Likeness(self._places[real], figures[real])

    def _middle(self, language: str) -> Floats:
        found: Floats = self._middles[_LANGUAGES.index(language)]
        return found


# -- reading ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _State:
    """``change`` is the last change that was followed; ``rows`` are those of the file in use."""

    change: int
    mark: str
    file: str
    rows: int


@dataclass(frozen=True, slots=True)
class _Read:
    rows: NDArray[np.int8]
    places: NDArray[np.int64]  # -1 for a row that no clause has
    languages: NDArray[np.int8]
    middles: Floats
    questions: dict[str, Floats]
    lacking: int


def _opened(corpus: Corpus, encoder: Encoder, most: int | None, on_step: OnStep | None) -> Vectors:
    folder = corpus.index / f"meaning-{hashlib.sha256(encoder.id.encode()).hexdigest()[:8]}"
    if not may_be_written(corpus.index):
        there = (folder / "state.db").exists()
        return Vectors(_read(corpus, encoder, folder) if there else _nothing(encoder))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with holding(folder / "lock", wait=most is None) as mine:
            if mine:
                try:
                    _Writing(corpus, encoder, folder).catch_up(most, on_step)
                except (_DamagedError, sqlite3.DatabaseError) as error:
                    if isinstance(error, sqlite3.Error) and not is_damage(error):
                        raise
                    _clear(folder)
                    _Writing(corpus, encoder, folder).catch_up(most, on_step)
        return Vectors(_read(corpus, encoder, folder))
    except (OSError, sqlite3.Error, _DamagedError) as error:
        raise CorpusError(
            f"The vectors at {folder} cannot be kept ({error}). Check the space on the disk and "
            "the rights on the folder."
        ) from error


def _read(corpus: Corpus, encoder: Encoder, folder: Path) -> _Read:
    with _connected(folder) as database, _transaction(database, "DEFERRED"):
        state = _state(database)
        if state is None:  # another process is making the first
            return _nothing(encoder)
        blocks = database.execute(
            "SELECT document, start, ordinals, languages FROM block WHERE start >= 0"
        ).fetchall()
        lacking = database.execute("SELECT sum(clauses) FROM block WHERE start < 0").fetchone()[0]
        rows = _mapped(folder / state.file, state.rows, encoder.dimensions)
    changed = {document for _, document in corpus.catalogue.changes(state.change)}
    places = np.full(state.rows, -1, dtype=np.int64)
    languages = np.zeros(state.rows, dtype=np.int8)
    for document, start, ordinals, own in blocks:
        if document not in changed:
            numbers = np.frombuffer(ordinals, dtype="<i4").astype(np.int64)
            places[start : start + len(numbers)] = document << 32 | numbers
            languages[start : start + len(numbers)] = np.frombuffer(own, dtype=np.int8)
    return _Read(rows, places, languages, _middles(encoder), _questions(encoder), lacking or 0)


def _nothing(encoder: Encoder) -> _Read:
    return _Read(
        np.zeros((0, encoder.dimensions), dtype=np.int8),
        np.zeros(0, dtype=np.int64),
        np.zeros(0, dtype=np.int8),
        _middles(encoder),
        _questions(encoder),
        0,
    )


def _mapped(file: Path, rows: int, dimensions: int) -> NDArray[np.int8]:
    if not rows:
        return np.zeros((0, dimensions), dtype=np.int8)
    if not file.is_file() or file.stat().st_size < rows * dimensions:
        raise _DamagedError(f"{file} is too short")
    return np.memmap(file, dtype=np.int8, mode="r", shape=(rows, dimensions))


def _products(rows: NDArray[np.int8], vector: Floats) -> Floats:
    """The product of each row with the vector, in parts of the length of a row of length 1."""
    products = np.empty(len(rows), dtype=np.float32)
    chunk = np.empty((_CHUNK, rows.shape[1]), dtype=np.float32)
    for start in range(0, len(rows), _CHUNK):
        some = rows[start : start + _CHUNK]
        wide = chunk[: len(some)]
        np.copyto(wide, some)
        np.dot(wide, vector, out=products[start : start + len(some)])
    products /= _SCALE
    return products


def _middles(encoder: Encoder) -> Floats:
    """The middle of each language; zeros for an encoder whose languages were not measured."""
    known = middles(encoder.id)
    found = np.zeros((len(_LANGUAGES), encoder.dimensions), dtype=np.float32)
    if known:
        found[:] = np.mean([known[name] for name in sorted(known)], axis=0)
        for number, name in enumerate(_LANGUAGES):
            if name in known:
                found[number] = known[name]
    return found


def _questions(encoder: Encoder) -> dict[str, Floats]:
    known = question_middles(encoder.id)
    return {name: np.array(middle, dtype=np.float32) for name, middle in known.items()}


def _unit(rows: Floats) -> Floats:
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    found: Floats = (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return found


# -- writing ---------------------------------------------------------------------------------------


class _Writing:
    """What the holder of the lock does."""

    def __init__(self, corpus: Corpus, encoder: Encoder, folder: Path) -> None:
        self._corpus = corpus
        self._encoder = encoder
        self._folder = folder
        self._cache = corpus.folder / VECTORS
        self._middles = _middles(encoder)

    def catch_up(self, most: int | None, on_step: OnStep | None) -> None:
        _prepare(self._folder)
        with _connected(self._folder) as database:
            self._follow(database)
            self._fill(database, most, on_step)
            self._compact(database)

    def _follow(self, database: sqlite3.Connection) -> None:
        """Note which documents changed; those whose clauses are the same keep their rows."""
        state = _state(database)
        if state is not None:
            _mapped(self._folder / state.file, state.rows, self._encoder.dimensions)
        catalogue = self._corpus.catalogue
        last, mark = catalogue.last_change()
        if state is not None and (state.change, state.mark) == (last, mark):
            return
        foreign = state is None or (
            state.change > last or state.mark != catalogue.mark_of(state.change)
        )
        if foreign or state is None:
            state = _State(0, "", _next_name(self._folder), 0)
            changed = None
        else:
            after = self._corpus.catalogue.changes(state.change)
            changed = sorted({document for _, document in after})
        with _transaction(database):
            if changed is None:
                database.execute("DELETE FROM block")
            for document, digest, clauses in self._digests(changed):
                if clauses == 0:
                    database.execute("DELETE FROM block WHERE document = ?", (document,))
                    continue
                database.execute(
                    "INSERT INTO block VALUES (?, ?, ?, -1, x'', x'') ON CONFLICT (document) "
                    "DO UPDATE SET digest = excluded.digest, clauses = excluded.clauses, "
                    "start = -1, ordinals = x'', languages = x'' "
                    "WHERE digest != excluded.digest",
                    (document, digest, clauses),
                )
            _put_state(database, _State(last, mark, state.file, state.rows))

    def _digests(self, documents: Sequence[int] | None) -> Iterator[tuple[int, bytes, int]]:
        """Each document with a digest of its clauses, whose ids follow from their text."""
        c = t.clause.c
        query = sa.select(c.document, c.id, c.language).order_by(c.document, c.ordinal)
        gone = set(documents or ())
        with self._corpus.catalogue.reading() as connection:
            rows: list[tuple[int, str, str]] = []
            if documents is None:
                rows += map(tuple, connection.execute(query))
            else:
                for start in range(0, len(documents), 500):
                    some = documents[start : start + 500]
                    rows += map(tuple, connection.execute(query.where(c.document.in_(some))))
        whole = hashlib.sha256()
        count = 0
        for number, row in enumerate(rows):
            document, clause, language = row
            whole.update(f"{clause} {language}\n".encode())
            count += 1
            if number + 1 == len(rows) or rows[number + 1][0] != document:
                gone.discard(document)
                yield document, whole.digest(), count
                whole, count = hashlib.sha256(), 0
        for document in sorted(gone):
            yield document, b"", 0

    def _fill(self, database: sqlite3.Connection, most: int | None, on_step: OnStep | None) -> None:
        """Take in the rows of documents that have none."""
        todo = database.execute(
            "SELECT document, clauses FROM block WHERE start < 0 ORDER BY document"
        ).fetchall()
        if not todo:
            return
        lacking = sum(clauses for _, clauses in todo)
        total = database.execute("SELECT sum(clauses) FROM block").fetchone()[0]
        if most is not None:
            if lacking > _LOOKED_UP or not (known := self._encodable(todo, most)):
                return
            todo = [(document, clauses) for document, clauses in todo if document in known]
        done = total - lacking
        for documents in _batches(todo):
            clauses = [each for number in documents for each in self._clauses(number)]
            before = done

            def step(ready: int, before: int = before) -> None:
                if on_step is not None:
                    on_step(before + ready, total)

            vectors = self._encoder.encode([each.reading.text for each in clauses], step)
            self._append(database, clauses, vectors)
            done += len(clauses)

    def _encodable(self, todo: Sequence[tuple[int, int]], most: int) -> frozenset[int]:
        """Those documents that the cache has wholly; all, when at most ``most`` texts lack."""
        lacking: dict[int, set[str]] = {}
        with VectorCache(self._cache, self._encoder.id, self._encoder.dimensions) as cache:
            for documents in _batches(todo):
                texts = {
                    number: {
                        text
                        for each in self._clauses(number)
                        if has_words(text := prepared(each.reading.text))
                    }
                    for number in documents
                }
                asked = sorted(set().union(*texts.values()))
                kept = {asked[place] for place in cache.get(asked)[0]}
                found = {number: own - kept for number, own in texts.items()}
                lacking |= found
                # Where nothing of a thousand clauses was kept, little of the rest will be.
                if all(found.values()) and sum(map(len, lacking.values())) > most:
                    return frozenset(number for number, own in lacking.items() if not own)
        if len(set().union(*lacking.values())) <= most:
            return frozenset(lacking)
        return frozenset(number for number, own in lacking.items() if not own)

    def _clauses(self, document: int) -> list[StoredClause]:
        return list(self._corpus.catalogue.clauses(document=document))

    def _append(
        self, database: sqlite3.Connection, clauses: Sequence[StoredClause], vectors: Floats
    ) -> None:
        state = _state(database)
        assert state is not None  # noqa: S101 - followed before
        numbers = np.array([_language(each) for each in clauses], dtype=np.int8)
        kept = _unit(vectors - self._middles[numbers])
        # A word or two by themselves mean too little: they would be like all that is short.
        short = [len(prepared(each.reading.text).split()) < _FEWEST_WORDS for each in clauses]
        kept[short] = 0
        data = np.clip(np.rint(kept * _SCALE), -127, 127).astype(np.int8)
        file = self._folder / state.file
        with file.open("r+b" if file.exists() else "w+b") as opened:
            opened.seek(state.rows * self._encoder.dimensions)
            opened.write(data.tobytes())
            opened.flush()
            os.fsync(opened.fileno())
        with _transaction(database):
            start = state.rows
            for document in dict.fromkeys(each.document for each in clauses):
                own = [row for row, each in enumerate(clauses) if each.document == document]
                ordinals = np.array([clauses[row].clause.ordinal for row in own], dtype="<i4")
                # Another change may have come between: the digest then says so the next time.
                database.execute(
                    "UPDATE block SET start = ?, clauses = ?, ordinals = ?, languages = ? "
                    "WHERE document = ?",
                    (start, len(own), ordinals.tobytes(), numbers[own].tobytes(), document),
                )
                start += len(own)
            _put_state(database, _State(state.change, state.mark, state.file, start))

    def _compact(self, database: sqlite3.Connection) -> None:
        """Write the rows in use into a new file when most of the old one is garbage."""
        state = _state(database)
        assert state is not None  # noqa: S101 - followed before
        blocks = database.execute(
            "SELECT document, start, clauses FROM block WHERE start >= 0 ORDER BY document"
        ).fetchall()
        used = sum(clauses for *_, clauses in blocks)
        if state.rows - used <= max(used, _GARBAGE):
            return
        dimensions = self._encoder.dimensions
        rows = _mapped(self._folder / state.file, state.rows, dimensions)
        name = _next_name(self._folder)
        with (self._folder / name).open("w+b") as opened:
            for _, start, clauses in blocks:
                opened.write(rows[start : start + clauses].tobytes())
            opened.flush()
            os.fsync(opened.fileno())
        with _transaction(database):
            at = 0
            for document, _, clauses in blocks:
                database.execute("UPDATE block SET start = ? WHERE document = ?", (at, document))
                at += clauses
            _put_state(database, _State(state.change, state.mark, name, at))
        for old in self._folder.glob("rows-*"):
            if old.name not in (name, state.file):  # a reader may just be opening the last one
                _remove(old)


def _language(stored: StoredClause) -> int:
    return _LANGUAGES.index(stored.clause.language)


def _batches(todo: Iterable[tuple[int, int]]) -> Iterator[list[int]]:
    """Documents, some at a time: about ``_BATCH`` clauses."""
    some: list[int] = []
    count = 0
    for document, clauses in todo:
        some.append(document)
        count += clauses
        if count >= _BATCH:
            yield some
            some, count = [], 0
    if some:
        yield some


# -- the state -------------------------------------------------------------------------------------


@contextmanager
def _connected(folder: Path) -> Iterator[sqlite3.Connection]:
    file = folder / "state.db"
    if may_be_written(folder):
        connection = sqlite3.connect(
            file, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
    else:
        connection = only_read(file)
    with closing(connection):
        connection.execute("PRAGMA synchronous = FULL")
        yield connection


def _prepare(folder: Path) -> None:
    """Make the tables; the holder of the lock alone does, so that nobody waits for the log."""
    with _connected(folder) as database:
        database.execute("PRAGMA journal_mode = WAL")
        with _transaction(database):
            database.execute(
                "CREATE TABLE IF NOT EXISTS block (document INTEGER PRIMARY KEY, digest BLOB, "
                "clauses INTEGER, start INTEGER, ordinals BLOB, languages BLOB)"
            )
            database.execute(
                "CREATE TABLE IF NOT EXISTS state (schema TEXT, change INTEGER, mark TEXT, "
                "file TEXT, rows INTEGER)"
            )


@contextmanager
def _transaction(database: sqlite3.Connection, kind: str = "IMMEDIATE") -> Iterator[None]:
    database.execute(f"BEGIN {kind}")
    try:
        yield
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise


def _state(database: sqlite3.Connection) -> _State | None:
    if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'state'").fetchone():
        return None
    row = database.execute("SELECT schema, change, mark, file, rows FROM state").fetchone()
    if row is None:
        return None
    if row[0] != _SCHEMA:
        raise _DamagedError("it is of another version")
    return _State(*row[1:])


def _put_state(database: sqlite3.Connection, state: _State) -> None:
    database.execute("DELETE FROM state")
    database.execute(
        "INSERT INTO state VALUES (?, ?, ?, ?, ?)",
        (_SCHEMA, state.change, state.mark, state.file, state.rows),
    )


def _next_name(folder: Path) -> str:
    """The name of a new file of rows: never one that a reader may have open."""
    numbers = [int(file.name.removeprefix("rows-")) for file in folder.glob("rows-*")]
    return f"rows-{max(numbers, default=0) + 1}"


def _clear(folder: Path) -> None:
    """Take away what is damaged, but for the lock that is held."""
    for file in folder.iterdir():
        if file.name != "lock":
            _remove(file)


def _remove(file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
    except PermissionError:  # a reader has it open where that forbids it; the next time then
        return
