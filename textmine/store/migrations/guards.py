"""Triggers that keep what people decided: such rows are added, never changed and never deleted.

They guard against a mistake in this program or in another one, not against somebody who may drop
triggers. A migration that has to change guarded rows calls ``unguard`` before and ``guard`` after.
"""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

# For each table the condition under which a row is guarded; {row} is OLD or NEW. A person's name
# begins with "person:", and ";" is the sign after ":".
_GUARDED = {
    "coding": "{row}.coder >= 'person:' AND {row}.coder < 'person;'",
    "event": "1 = 1",
    "withdrawn": "1 = 1",
}
_WHY = {
    "coding": "codings of people are added, never changed or deleted",
    "event": "events of the audit trail are added, never changed or deleted",
    "withdrawn": "what was taken back is on record and stays so",
}


def guard(connection: sa.Connection, tables: Iterable[str] = tuple(_GUARDED)) -> None:
    """Make the database refuse to change or delete guarded rows, of all tables or of those."""
    for table in tables:
        for deed in ("UPDATE", "DELETE"):
            for statement in _statements(connection.dialect.name, table, deed, _GUARDED[table]):
                connection.exec_driver_sql(statement)


def unguard(connection: sa.Connection) -> None:
    """Take the triggers away again."""
    for table in _GUARDED:
        for deed in ("UPDATE", "DELETE"):
            name = _name(table, deed)
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {name}() CASCADE")
            else:
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")


def _name(table: str, deed: str) -> str:
    return f"{table}_refuses_{deed.lower()}"


def _statements(dialect: str, table: str, deed: str, when: str) -> list[str]:
    name = _name(table, deed)
    condition = when.format(row="OLD")
    if deed == "UPDATE":  # nor may a machine's coding become a person's
        condition = f"({condition}) OR ({when.format(row='NEW')})"
    begin = f"CREATE TRIGGER {name} BEFORE {deed} ON {table} FOR EACH ROW WHEN ({condition})"
    if dialect == "postgresql":
        return [
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{_WHY[table]}'; END $$",
            f"{begin} EXECUTE FUNCTION {name}()",
        ]
    return [f"{begin} BEGIN SELECT RAISE(ABORT, '{_WHY[table]}'); END"]
