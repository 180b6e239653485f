"""The database under a catalogue: opening, bringing up to date, reading and writing it.

It is an SQLite file in the folder of the corpus, or a schema of a PostgreSQL database. Here is what
they have in common; each has its module.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol, Self

import sqlalchemy as sa

from textmine.errors import CorpusError
from textmine.store import tables as t
from textmine.store.address import Address
from textmine.store.postgresql import PostgresqlSchema
from textmine.store.sqlite import SqliteFile
from textmine.store.types import unescaped

REVISION = "0003"
"""The migration that this version of the code reads and writes."""


class Place(Protocol):
    """Where a catalogue is kept; as text it is the place as it may be shown."""

    dialect: str
    read_only: bool

    def is_there(self) -> bool:
        """Whether there is a catalogue."""

    def make(self) -> None:
        """Make what holds the tables."""

    def check(self) -> None:
        """CorpusError when the catalogue lacks what it held before."""

    def close(self) -> None:
        """Give it back."""

    def reading(self) -> AbstractContextManager[sa.Connection]:
        """A connection that sees one consistent state."""

    def writing(self) -> AbstractContextManager[sa.Connection]:
        """A transaction that no other writer runs beside."""

    def holding(self, name: str, wait: bool) -> AbstractContextManager[bool]:
        """A lock by name."""

    def sentence(self, error: sa.exc.DBAPIError) -> str:
        """What an error means to a user; "" for a fault of this program."""

    def renumber(self, connection: sa.Connection, table: sa.Table) -> None:
        """Let the numbers of a table go on behind the largest."""


class Database:
    """An open database with the tables of :mod:`textmine.store.tables`."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._thread = threading.local()

    @classmethod
    def create(cls, place: Path | Address) -> Self:
        """A new, empty catalogue; CorpusError when one is there already, or none can be made.

        One on a server that nobody has used yet is taken, as one is that was stopped in its making.
        """
        catalogue = cls(_at(place))
        try:
            with catalogue._clear_errors():
                there = catalogue.place.is_there()
                if not there:
                    catalogue.place.make()
            if not there:
                catalogue._migrate()
            elif isinstance(place, Path) or catalogue._is_used():
                raise CorpusError(
                    f"{place} is a catalogue already; open it with --corpus, or choose another "
                    "place."
                )
            else:
                catalogue._begin()
        except BaseException:
            catalogue.close()
            raise
        return catalogue

    @classmethod
    def open(cls, place: Path | Address) -> Self:
        """An existing catalogue, brought up to this version; CorpusError when it cannot be used."""
        catalogue = cls(_at(place))
        try:
            catalogue._begin()
        except BaseException:
            catalogue.close()
            raise
        return catalogue

    def _begin(self) -> None:
        with self._clear_errors():
            if not self.place.is_there():
                raise CorpusError(
                    f"There is no catalogue at {self.place}; make one with: textmine init DIR"
                )
            self.place.check()
        revision = self._revision()
        if revision == REVISION:
            return
        if revision is None:
            raise CorpusError(
                f"{self.place} is no catalogue of textmine, or was not finished. Put a backup back "
                "with: textmine restore"
            )
        if revision > REVISION:
            raise CorpusError(
                f"{self.place} was written by a newer textmine (catalogue {revision}, this one "
                f"reads up to {REVISION}); upgrade textmine."
            )
        if self.read_only:
            raise CorpusError(
                f"{self.place} was written by an older textmine and may only be read here. Open it "
                "once where it may be written, or open a copy."
            )
        self._migrate()

    def close(self) -> None:
        """Give the database back."""
        self.place.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    @property
    def read_only(self) -> bool:
        """Whether nothing can be written here, as on a medium that only allows reading."""
        return self.place.read_only

    @property
    def dialect(self) -> str:
        """What it is: ``sqlite`` or ``postgresql``."""
        return self.place.dialect

    def _is_used(self) -> bool:
        with self.reading() as connection:
            used = (sa.select(sa.literal(1)).select_from(table) for table in (t.document, t.search))
            return any(connection.scalar(query.limit(1)) for query in used)

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
        with self._clear_errors(), self.place.reading() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction that holds the writer's lock from its start; it is stored whole or not.

        CorpusError when the corpus may only be read.
        """
        self._check_writable()
        outer: sa.Connection | None = getattr(self._thread, "together", None)
        with self._clear_errors():
            if outer is not None:
                with outer.begin_nested():
                    yield outer
            else:
                with self.place.writing() as connection:
                    yield connection

    @contextmanager
    def together(self) -> Iterator[None]:
        """What this thread writes inside is stored in one transaction, whole or not.

        Each ``writing()`` inside is whole or not by itself; readers see none of it before.
        """
        with self.writing() as connection:
            if getattr(self._thread, "together", None) is not None:
                yield
                return
            self._thread.together = connection
            try:
                yield
            finally:
                self._thread.together = None

    @contextmanager
    def holding(self, name: str, *, wait: bool) -> Iterator[bool]:
        """Hold the lock of that name for what one process at a time may do to the corpus.

        Gives False when another has it and ``wait`` is False. It is free again when the process
        ends, however that comes.
        """
        self._check_writable()
        with self._clear_errors(), self.place.holding(name, wait) as mine:
            yield mine

    def renumber(self, connection: sa.Connection) -> None:
        """Let new rows go on behind the largest number, after rows with numbers were put in."""
        for table in t.metadata.sorted_tables:
            if "id" in table.c and isinstance(table.c.id.type, sa.Integer):
                self.place.renumber(connection, table)

    def _check_writable(self) -> None:
        if self.read_only:
            raise CorpusError(
                f"{self.place} may only be read here. Work on a copy of it, or get the right to "
                "write."
            )

    @contextmanager
    def _clear_errors(self) -> Iterator[None]:
        try:
            yield
        except sa.exc.DBAPIError as error:
            sentence = self.place.sentence(error)
            if not sentence:
                raise
            raise CorpusError(sentence) from error


def driver_rows(
    connection: sa.Connection, query: str, values: Sequence[Any]
) -> list[tuple[Any, ...]]:
    """The rows of a query in plain SQL, as the driver gives them; ``?`` stands for a value.

    For the few queries that take longer to be put together than to run. There is no ``?`` or ``%``
    in ``query`` but for values, and JSON is asked for as text.
    """
    if connection.dialect.name != "postgresql":
        return list(map(tuple, connection.exec_driver_sql(query, tuple(values)).cursor.fetchall()))
    found = connection.exec_driver_sql(query.replace("?", "%s"), tuple(values)).cursor.fetchall()
    return [
        tuple(unescaped(value) if isinstance(value, str) else value for value in row)
        for row in found
    ]


def _at(place: Path | Address) -> Place:
    return PostgresqlSchema(place) if isinstance(place, Address) else SqliteFile(place)
