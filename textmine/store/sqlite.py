"""A catalogue in an SQLite file.

The journal is a write-ahead log flushed at each commit, and writers take the lock when they begin,
so that an acknowledged change survives a killed process and two writers wait for each other
instead of failing.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakSet

import sqlalchemy as sa

from textmine.errors import CorpusError
from textmine.store import last, lock

_BUSY_MS = 30_000

_CAUSES = (
    ("locked", "Another process is writing to the corpus; wait for it and try again"),
    ("disk is full", "The disk is full; free some space and run the command again"),
    ("disk i/o", "The disk refuses to read or write the catalogue; check the disk and its space"),
    ("readonly", "The catalogue may not be written; check the rights on its file and folder"),
    ("malformed", "The catalogue is damaged; restore it from a backup"),
    ("not a database", "The file is no catalogue of textmine"),
    ("unable to open", "The catalogue cannot be opened; check the rights on its folder"),
)


class SqliteFile:
    """One SQLite file, opened for reading alone where it or its folder may not be written."""

    dialect = "sqlite"

    def __init__(self, path: Path, *, keep_log: bool = False) -> None:
        """``keep_log`` opens a file that has a log for reading alone.

        The log is then there afterwards, too.
        """
        self.path = path
        fixed = path.exists() and not _may_be_written(path)
        self.read_only = fixed or (keep_log and self._log.exists())
        # With no log beside it, SQLite is told that nobody writes, and makes no file of its own.
        alone = fixed and not self._log.exists()
        self._seen = self._state() if alone else None
        self._engine = _only_read(path, alone) if self.read_only else _read_and_written(path)
        sa.event.listen(self._engine, "connect", lambda *_: self._hold(), insert=True)

    def __str__(self) -> str:
        return str(self.path)

    def is_there(self) -> bool:
        """Whether there is a catalogue."""
        return self.path.is_file()

    def make(self) -> None:
        """Nothing: the file is made with its tables."""

    def close(self) -> None:
        """Give the file back."""
        self._engine.dispose()
        with _LOOKING:
            _OPEN.discard(self)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection that sees one consistent state."""
        with self._engine.connect() as connection:
            yield connection
        if self._seen is not None and self._seen != self._state():
            raise CorpusError(
                f"{self.path} may only be read here, and another process changed it meanwhile. "
                "Run the command again."
            )

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction that holds the writer's lock from its start."""
        engine = self._engine.execution_options(textmine_writes=True)
        with engine.connect() as connection:
            with connection.begin():
                yield connection
            self._note_last(connection)

    def _hold(self) -> None:
        """Note that this process has the file open, before SQLite locks anything in it."""
        with _LOOKING:
            if self not in _OPEN:
                self._file = _identity(self.path)
                _OPEN.add(self)

    @contextmanager
    def holding(self, name: str, wait: bool) -> Iterator[bool]:
        """The lock of that name, a file beside the catalogue."""
        file = self.path.with_name(f"{name}.lock")
        with contextlib.ExitStack() as stack:
            try:
                mine = stack.enter_context(lock.holding(file, wait=wait))
            except OSError as error:
                raise CorpusError(
                    f"{file} cannot be made: {error.strerror or error}. Check the space on the "
                    "disk and the rights on the folder."
                ) from error
            yield mine

    def sentence(self, error: sa.exc.DBAPIError) -> str:
        """What an error of the database means to a user; "" for a fault of this program."""
        said = str(error.orig).lower()
        means = next((sentence for sign, sentence in _CAUSES if sign in said), "")
        return f"{means} (SQLite says: {error.orig})." if means else ""

    def check(self) -> None:
        """CorpusError when it is no catalogue, or lacks changes that it once had."""
        if said := foreign(self.path):
            raise CorpusError(
                f"{self.path} {said}. See what else is wrong with: textmine verify. Put a backup "
                "back with: textmine restore"
            )
        self._hold()
        index = self._log.with_name(f"{self.path.resolve().name}-shm")
        if self.read_only and self._log.exists() and not index.exists():
            raise CorpusError(
                f"{self.path} has a log beside it ({self._log.name}) with its last changes, which "
                "can only be taken in where the folder may be written. Work on a copy of it."
            )
        known = last.read(self.path)
        if known is None:
            return
        # A connection that may not write: the last one that may would take in what is left of the
        # log when it is closed, and delete it.
        alone = self.read_only and not self._log.exists()
        with contextlib.closing(_connected(self.path, alone)) as connection:
            try:
                lost = lacks(connection, known)
            except sqlite3.DatabaseError:
                return  # it is damaged: whoever reads it is told how
        if not lost:
            return
        raise CorpusError(
            f"{self.path} lacks changes that it held before: {lost} is not in it. Its log "
            f"({self.path.name}-wal) was lost or cut, or an older file was put in its place. See "
            "what is wrong with: textmine verify. Put a backup back with: textmine restore"
        )

    def renumber(self, connection: sa.Connection, table: sa.Table) -> None:
        """Nothing: SQLite goes on behind the largest number by itself."""

    def _note_last(self, connection: sa.Connection) -> None:
        raw: Any = connection.connection.driver_connection
        try:
            last.write(self.path, last.Last(*raw.execute(_LAST).fetchone()))
        # What was written is committed. With an older line beside it, or none, only less is
        # noticed later.
        except OSError:
            return
        except sqlite3.Error:  # an older version was made of it, which has no events
            with contextlib.suppress(OSError):
                last.file_of(self.path).unlink(missing_ok=True)

    @property
    def _log(self) -> Path:
        file = self.path.resolve()  # SQLite puts it beside what a link leads to
        return file.with_name(f"{file.name}-wal")

    def _state(self) -> tuple[int, int, bool]:
        stat = self.path.stat()
        return stat.st_size, stat.st_mtime_ns, self._log.exists()


_LAST = """
SELECT coalesce((SELECT id FROM change ORDER BY id DESC LIMIT 1), 0),
       coalesce((SELECT mark FROM change ORDER BY id DESC LIMIT 1), ''),
       coalesce((SELECT id FROM event ORDER BY id DESC LIMIT 1), 0),
       coalesce((SELECT digest FROM event ORDER BY id DESC LIMIT 1), '')
"""
_OPEN: WeakSet[SqliteFile] = WeakSet()
_LOOKING = threading.Lock()
"""Held to look at a file that is not among those that this process has open. A process that closes
a file loses all locks it has on it, by POSIX; SQLite knows that of the files it opens itself."""

_MAGIC = b"SQLite format 3\x00"
_IN_WAL = b"\x02\x02"  # how a file says that it has a write-ahead log


def lacks(connection: sqlite3.Connection, known: last.Last) -> str:
    """Which change or event of those that are ``known`` is not there; "" when both are."""
    for table, number, sign, found in (
        ("change", known.change, "mark", known.mark),
        ("event", known.event, "digest", known.digest),
    ):
        query = f"SELECT coalesce({sign}, '') FROM {table} WHERE id = ?"
        try:
            there = connection.execute(query, (number,)).fetchone()
        except sqlite3.OperationalError:  # a table of before there were marks, or events
            there = None
        if number and there != (found,):
            return f"{table} {number}"
    return ""


def foreign(path: Path) -> str:
    """Why a file is none of a catalogue, to go on with its name; "" when it may be one.

    It is looked at before SQLite opens it to write, which would make a database of an empty file,
    and give a log to one of another program. One that this process has open was looked at before.
    """
    with _LOOKING:
        if _identity(path) in {each._file for each in _OPEN}:
            return ""
        with path.open("rb") as stream:
            head = stream.read(20)
    if not head:
        return "is empty"
    if not head.startswith(_MAGIC):
        return "is no catalogue of textmine: it is no database of SQLite"
    if head[18:] == _IN_WAL:
        return ""
    with contextlib.closing(_connected(path, alone=False)) as connection:
        query = "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'"
        try:
            there = connection.execute(query).fetchone()
        except sqlite3.Error:  # it is damaged: whoever opens it is told how
            return ""
    return "" if there else "is no catalogue of textmine: it has other tables"


def _identity(path: Path) -> tuple[int, int]:
    """Device and inode: what a file is, whatever it is called."""
    stat = path.stat()
    return stat.st_dev, stat.st_ino


def _may_be_written(path: Path) -> bool:
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def _read_and_written(path: Path) -> sa.Engine:
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(path)))

    @sa.event.listens_for(engine, "connect")
    def _settings(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver must not begin transactions by itself
        for pragma in (
            f"busy_timeout={_BUSY_MS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get("textmine_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _only_read(path: Path, alone: bool) -> sa.Engine:
    engine = sa.create_engine(
        "sqlite://", creator=lambda: _connected(path, alone), poolclass=sa.QueuePool
    )

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def _connected(path: Path, alone: bool) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if alone else ''}"
    return sqlite3.connect(
        uri, uri=True, isolation_level=None, check_same_thread=False, timeout=_BUSY_MS / 1000
    )
