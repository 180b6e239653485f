"""Vectors kept from one run to the next, in a SQLite file that may be deleted at any time."""

from __future__ import annotations

import hashlib
import sqlite3
import warnings
import zlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from textmine.store.lock import holding

Halves = NDArray[np.float16]
T = TypeVar("T")

_BUSY_SECONDS = 30.0
_AT_ONCE = 500  # keys in one question; SQLite takes 999 in its oldest builds
_CHECK_BYTES = 4
# Malformed, no database, or lengths that no memory holds.
_DAMAGED = (sqlite3.DatabaseError, MemoryError)


class VectorCache:
    """The kept vectors of one encoder. Use it as a context manager.

    Readers see what was committed and never wait for a writer. What is kept can be made again, so
    nothing here raises: a damaged file is set aside as ``NAME.damaged`` and a new one begun, a
    vector whose check sum is wrong counts as not kept, and where no file can be written there is a
    warning and no cache.
    """

    def __init__(self, file: Path, encoder: str, dimensions: int) -> None:
        self._file = file
        self._encoder = encoder
        self._dimensions = dimensions
        self._open: sqlite3.Connection | None = None
        self._usable = True

    def __enter__(self) -> VectorCache:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def get(self, texts: Sequence[str]) -> tuple[list[int], Halves]:
        """Which of the texts have a kept vector, by their place, and these vectors."""
        none: list[tuple[int, object]] = []
        rows = self._attempt(lambda connection: self._found(connection, texts), none)
        sound = [(place, data) for place, blob in rows if (data := self._sound(blob)) is not None]
        joined = b"".join(data for _, data in sound)
        vectors = np.frombuffer(joined, dtype="<f2").reshape(len(sound), self._dimensions)
        return [place for place, _ in sound], vectors.astype(np.float16)

    def put(self, texts: Sequence[str], vectors: Halves) -> None:
        """Keep the vectors of these texts, in one transaction."""
        rows = [
            (self._key(text), data + _check(data))
            for text, row in zip(texts, vectors.astype("<f2"), strict=True)
            for data in (row.tobytes(),)
        ]
        self._attempt(lambda connection: _store(connection, rows), None)

    def _key(self, text: str) -> bytes:
        return hashlib.sha256(f"{self._encoder}\0{text}".encode()).digest()

    def _sound(self, blob: object) -> bytes | None:
        """The numbers of a vector as they are kept; None when they are not what was put there."""
        if not isinstance(blob, bytes) or len(blob) != 2 * self._dimensions + _CHECK_BYTES:
            return None
        return blob[:-_CHECK_BYTES] if _is_whole(blob) else None

    def _found(
        self, connection: sqlite3.Connection, texts: Sequence[str]
    ) -> list[tuple[int, object]]:
        places = {self._key(text): place for place, text in enumerate(texts)}
        keys = sorted(places)  # neighbours in the index are read together
        found: list[tuple[int, object]] = []
        for start in range(0, len(keys), _AT_ONCE):
            some = keys[start : start + _AT_ONCE]
            marks = ",".join("?" * len(some))
            rows = connection.execute(
                f"SELECT key, vector FROM vectors WHERE key IN ({marks})",
                some,
            )
            found += [(places[key], blob) for key, blob in rows]
        return found

    # -- the file --------------------------------------------------------------------------------

    def _attempt(self, action: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        """What ``action`` gives; ``otherwise`` when there is no cache to be had."""
        if not self._usable:
            return otherwise
        try:
            try:
                return action(self._connection())
            except sqlite3.OperationalError:  # full, read-only, locked too long
                raise
            except _DAMAGED:
                self._set_aside()
                return action(self._connection())
        except (sqlite3.Error, OSError, MemoryError) as error:
            self._usable = False
            self._close()
            warnings.warn(
                f"Vectors are not kept in {self._file}: {error}.", RuntimeWarning, stacklevel=2
            )
            return otherwise

    def _connection(self) -> sqlite3.Connection:
        if self._open is None:
            # SQLite does not wait when two processes ask for the write-ahead log at the same time.
            with holding(self._lock(), wait=True):
                self._open = _connect(self._file)
                self._open.execute("PRAGMA journal_mode = WAL")
                self._open.execute("PRAGMA synchronous = NORMAL")
                self._open.execute(
                    "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB)"
                )
        return self._open

    def _lock(self) -> Path:
        return self._file.with_name(f"{self._file.name}.lock")

    def _set_aside(self) -> None:
        """Puts a damaged file out of the way, unless another process has done so."""
        self._close()
        with holding(self._lock(), wait=True):
            if _is_healthy(self._file):
                return
            for tail in ("-wal", "-shm"):  # they would be read into the new file
                self._file.with_name(self._file.name + tail).unlink(missing_ok=True)
            self._file.replace(self._file.with_name(f"{self._file.name}.damaged"))

    def _close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None


def damaged(file: Path) -> int:
    """How many vectors kept in a file are not what was put there.

    sqlite3.DatabaseError when the file itself is damaged.
    """
    # With no log there, SQLite is told that nobody writes: it then makes no file of its own.
    logged = file.with_name(f"{file.name}-wal").exists()
    uri = f"{file.absolute().as_uri()}?mode=ro{'' if logged else '&immutable=1'}"
    with closing(sqlite3.connect(uri, uri=True, timeout=_BUSY_SECONDS)) as connection:
        connection.text_factory = bytes
        [first] = connection.execute("PRAGMA integrity_check(1)").fetchone()
        if first != b"ok":
            raise sqlite3.DatabaseError(first.decode("utf-8", "replace"))
        rows = connection.execute("SELECT vector FROM vectors")
        return sum(not (isinstance(blob, bytes) and _is_whole(blob)) for (blob,) in rows)


def _is_whole(blob: bytes) -> bool:
    return blob[-_CHECK_BYTES:] == _check(blob[:-_CHECK_BYTES])


def _connect(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        file, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    connection.text_factory = bytes  # one wrong bit makes a text of a vector
    return connection


def _store(connection: sqlite3.Connection, rows: Iterable[tuple[bytes, bytes]]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _is_healthy(file: Path) -> bool:
    try:
        with closing(_connect(file)) as connection:
            return connection.execute("PRAGMA quick_check").fetchall() == [(b"ok",)]
    except _DAMAGED:
        return False


def _check(data: bytes) -> bytes:
    return zlib.crc32(data).to_bytes(_CHECK_BYTES, "little")
