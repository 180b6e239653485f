"""A catalogue in a schema of a PostgreSQL database.

Writers hold one advisory lock of the corpus for their transaction, as SQLite's hold its file: so
changes become visible in the order of their numbers. Readers see one state from their first query
to their last and wait for nobody.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from textmine.errors import CorpusError
from textmine.store.address import Address

OLDEST = 13
"""The oldest version of the server that will do."""

_WAIT_SECONDS = 30  # for another writer
_CONNECT_SECONDS = 15

_BY_STATE = {
    "28000": "{place} does not let you in; check the user, and pg_hba.conf of the server",
    "28P01": "{place} refuses the password. Give it in PGPASSWORD or in ~/.pgpass",
    "3D000": "There is no such database: {place}. Make it on the server with: createdb {database}",
    "25006": "{place} may only be read here",
    "40P01": "Others were writing to {place} in each other's way; run the command again",
    "42501": "{place} does not allow this to you; ask whoever runs it for the right",
    "53100": "The disk of {place} is full; free some space there and run the command again",
    "53300": "{place} has as many connections as it allows; try again later",
    "55P03": "Another process is writing to the corpus; wait for it and try again",
    "57014": "{place} stopped the query because it took too long",
    "57P01": "{place} was stopped. What was acknowledged is stored; run the command again",
    "57P03": "{place} is just starting or stopping; try again in a minute",
    "58030": "The disk of {place} refuses to read or write",
}
# What the server says when it lets nobody in, for which the library gives no state.
_BY_WORDS = (
    ("password authentication failed", "28P01"),
    ("no password supplied", "28P01"),
    ("no pg_hba.conf entry", "28000"),
    ("authentication failed", "28000"),
    ("too many clients", "53300"),
    ("connection slots", "53300"),
    ("the database system is", "57P03"),
)


class PostgresqlSchema:
    """One schema of one database."""

    dialect = "postgresql"

    def __init__(self, address: Address) -> None:
        self.address = address
        self.read_only = False
        self._engine = _engine(address)
        self._held: dict[str, sa.Connection] = {}
        self._reads = self._engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )

    def __str__(self) -> str:
        return str(self.address)

    def is_there(self) -> bool:
        """Whether there is a catalogue; CorpusError when the server is not fit for one."""
        with self.reading() as connection:
            version, encoding, standby = connection.execute(_SERVER).one()
            if version < OLDEST * 10_000:
                raise CorpusError(
                    f"{self} is PostgreSQL {version // 10_000}; textmine needs {OLDEST} or newer."
                )
            if encoding != "UTF8":
                raise CorpusError(
                    f"{self} keeps text as {encoding}, which has not all letters. Make a database "
                    f"for it with: createdb --encoding=UTF8 --template=template0 NAME"
                )
            named = {"schema": self.address.schema}
            there = connection.execute(_CATALOGUE, named).one_or_none()
            if there is None:
                return False
            may_look, may_write = there
            if not may_look:
                raise CorpusError(_BY_STATE["42501"].format(place=self) + ".")
            self.read_only = standby or not may_write
            return True

    def make(self) -> None:
        """Make the schema where it is lacking."""
        with self.writing() as connection:
            there = connection.scalar(
                sa.text("SELECT 1 FROM pg_namespace WHERE nspname = :schema"),
                {"schema": self.address.schema},
            )
            if there is None:
                connection.execute(sa.schema.CreateSchema(self.address.schema))

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection that sees one consistent state."""
        with self._reads.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction that holds the writer's lock from its start.

        CorpusError when a lock that is held meanwhile was lost.
        """
        self._check_held()
        with self._engine.begin() as connection:
            connection.execute(_LOCK_HERE, {"key": self._key("writing")})
            yield connection

    @contextmanager
    def holding(self, name: str, wait: bool) -> Iterator[bool]:
        """The lock of that name; the server frees it with the connection."""
        key = {"key": self._key(name)}
        engine = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            # It is closed in the end and not used again, so the lock goes with it.
            connection.detach()
            connection.execute(sa.text("SET lock_timeout = 0"))
            if wait:
                connection.execute(_LOCK, key)
                mine = True
            else:
                mine = bool(connection.scalar(_TRY_LOCK, key))
            if mine:
                self._held[name] = connection
            try:
                yield mine
            finally:
                if mine:
                    del self._held[name]

    def _check_held(self) -> None:
        """CorpusError when a lock went with its connection: another may have it by now."""
        for name, connection in self._held.items():
            try:
                held = connection.scalar(_IS_HELD, {"key": self._key(name)})
            except sa.exc.DBAPIError:
                held = 0
            if not held:
                raise CorpusError(
                    f"The connection to {self} that kept others from {name} at the same time was "
                    "lost. What was acknowledged is stored; run the command again."
                )

    def sentence(self, error: sa.exc.DBAPIError) -> str:
        """What an error of the server means to a user; "" for a fault of this program."""
        said = self.address.without_secret(" ".join(str(error.orig).split()))
        state = getattr(error.orig, "sqlstate", None)
        if state is None and isinstance(error, sa.exc.OperationalError):
            state = next((state for words, state in _BY_WORDS if words in said), None)
            if state is None and "does not exist" in said:
                state = "28000" if "role" in said else "3D000"
            if state is None:
                means = (
                    f"The connection to {self} was lost. What was acknowledged is stored; run the "
                    "command again"
                    if error.connection_invalidated
                    else f"{self} cannot be reached; check the address and whether the server runs"
                )
                return f"{means} (it says: {said})."
        sentence = _BY_STATE.get(state or "")
        if sentence is None:
            return ""
        place = sentence.format(place=self, database=self.address.url.database)
        return f"{place} (PostgreSQL says: {said})."

    def check(self) -> None:
        """Nothing: a server that lost what it acknowledged does not start."""

    def renumber(self, connection: sa.Connection, table: sa.Table) -> None:
        """Let the numbers of a table go on behind the largest that it has."""
        number = table.c.id
        sequence = sa.func.pg_get_serial_sequence(table.name, number.name)
        largest = connection.scalar(sa.select(sa.func.max(number)))
        if largest is not None:
            connection.execute(sa.select(sa.func.setval(sequence, largest)))

    def _key(self, name: str) -> int:
        """The number of a lock: advisory locks have no names, and are those of one database."""
        named = f"textmine {self.address.schema} {name}".encode()
        return int.from_bytes(hashlib.sha256(named).digest()[:8], "big", signed=True)


_SERVER = sa.text(
    "SELECT current_setting('server_version_num')::int, current_setting('server_encoding'), "
    "pg_is_in_recovery()"
)
# What this user may do with the catalogue; no row where there is none.
_CATALOGUE = sa.text(
    "SELECT has_schema_privilege(n.oid, 'USAGE'), has_table_privilege(c.oid, 'INSERT') "
    "FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace "
    "WHERE n.nspname = :schema AND c.relname = 'alembic_version' AND c.relkind = 'r'"
)
_LOCK_HERE = sa.text("SELECT pg_advisory_xact_lock(:key)")
_LOCK = sa.text("SELECT pg_advisory_lock(:key)")
_TRY_LOCK = sa.text("SELECT pg_try_advisory_lock(:key)")
# The two halves of the key, as the server lists its locks.
_IS_HELD = sa.text(
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() "
    "AND granted AND objsubid = 1 AND (classid::bigint << 32) | objid::bigint = :key"
)


def _engine(address: Address) -> sa.Engine:
    given = address.url.query.get("options", "")
    settings = {
        "search_path": address.schema,
        "lock_timeout": f"{_WAIT_SECONDS}s",
        "client_encoding": "UTF8",
    }
    options = " ".join([str(given), *(f"-c {name}={value}" for name, value in settings.items())])
    waiting = address.url.query.get("connect_timeout", str(_CONNECT_SECONDS))
    url = address.url.set(drivername="postgresql+psycopg").difference_update_query(
        ["options", "connect_timeout"]
    )
    try:
        return sa.create_engine(
            url,
            pool_pre_ping=True,
            # A writer sees what the one before it stored, whatever the server is set to: the lock
            # is waited for inside the transaction.
            isolation_level="READ COMMITTED",
            connect_args={
                "options": options.strip(),
                "connect_timeout": int(str(waiting)),
                "application_name": "textmine",
                "keepalives_idle": 60,
            },
        )
    except ModuleNotFoundError as error:
        raise CorpusError(
            "A corpus on PostgreSQL needs the package psycopg: pip install 'textmine[postgresql]'"
        ) from error
