"""The database under a catalogue: opening, bringing up to date, reading and writing it.

The journal is a write-ahead log flushed at each commit, and writers take the lock when they begin,
so that an acknowledged change survives a killed process and two writers wait for each other
instead of failing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa

from textmine.errors import CorpusError

REVISION = "0002"
"""The migration that this version of the code reads and writes."""

_BUSY_MS = 30_000


class Database:
    """An open database with the tables of :mod:`textmine.store.tables`."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    @classmethod
    def create(cls, path: Path) -> Self:
        """A new, empty catalogue; CorpusError when one is there already."""
        if path.exists():
            raise CorpusError(f"{path} is a catalogue already; choose another folder.")
        catalogue = cls(_engine(path))
        catalogue._migrate()
        return catalogue

    @classmethod
    def open(cls, path: Path) -> Self:
        """An existing catalogue, brought up to this version; CorpusError when it cannot be used."""
        if not path.is_file():
            raise CorpusError(f"There is no catalogue at {path}; make one with: textmine init DIR")
        catalogue = cls(_engine(path))
        revision = catalogue._revision()
        if revision != REVISION:
            if revision is not None and revision > REVISION:
                raise CorpusError(
                    f"{path} was written by a newer textmine (catalogue {revision}, this one reads "
                    f"up to {REVISION}); upgrade textmine."
                )
            catalogue._migrate()
        return catalogue

    def close(self) -> None:
        """Give the database back."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _revision(self) -> str | None:
        with self.reading() as connection:
            if not sa.inspect(connection).has_table("alembic_version"):
                return None
            return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()

    def _migrate(self) -> None:
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", "textmine.store:migrations")
        config.set_main_option("path_separator", "os")
        with self.writing() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection that sees one consistent state."""
        with _clear_errors(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction that holds the writer's lock from its start; it is stored whole or not."""
        engine = self._engine.execution_options(textmine_writes=True)
        with _clear_errors(), engine.begin() as connection:
            yield connection


def _engine(path: Path) -> sa.Engine:
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


_CAUSES = (
    ("locked", "Another process is writing to the corpus; wait for it and try again"),
    ("disk is full", "The disk is full; free some space and run the command again"),
    ("disk i/o", "The disk refuses to read or write the catalogue; check the disk and its space"),
    ("readonly", "The catalogue may not be written; check the rights on its file and folder"),
    ("malformed", "The catalogue is damaged; restore it from a backup"),
    ("not a database", "The file is no catalogue of textmine"),
    ("unable to open", "The catalogue cannot be opened; check the rights on its folder"),
)


@contextmanager
def _clear_errors() -> Iterator[None]:
    try:
        yield
    except sa.exc.DatabaseError as error:
        said = str(error.orig).lower()
        for sign, sentence in _CAUSES:
            if sign in said:
                raise CorpusError(f"{sentence} (SQLite says: {error.orig}).") from error
        raise
