"""Seals: digests by which every row of the catalogue is known to be as it was written.

SQLite's own check sees no flipped bit in a text or a number. So each row of a small table carries a
seal over its values, and each document carries two digests: ``body`` over its pages, clauses and
parts as they were stored, ``seal`` over its own row and what is known about it. They are written in
the transaction that writes the rows. A seal tells damage and edits by hand; it does not prove who
made them, since nothing in it is secret.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from textmine.store import tables as t

ROWS: Mapping[str, tuple[str, ...]] = {
    "source": ("path", "sha256", "state", "reason", "seen_at"),
    "coverage": ("document", "coder", "codebook", "version", "clauses", "codings", "made_at"),
    "codebook": ("reference", "digest", "source", "added_at"),
    "coding": (
        *("document", "clause", "code", "coder", "codebook"),
        *("applied", "probability", "evidence", "memo", "made_at"),
    ),
    "search": ("key", "name", "query", "sort", "any_word", "semantic", "hits", "saved_at"),
    "setting": ("name", "value"),
}
"""What the seal of a row says, for each table whose rows are sealed one by one."""

# Named one by one: a column that a later version adds is none of what these digests say.
_HEAD = (
    *("id", "sha256", "path", "suffix", "size", "state", "reason", "detail"),
    *("warnings", "missing", "extractor", "segmenter", "normaliser", "added_at"),
)
_KNOWN = ("name", "position", "value", "confidence", "ground")
_BODY: Mapping[str, tuple[str, ...]] = {
    "page": ("number", "start", "text", "sha256", "lines", "width", "height", "verdict"),
    "clause": (
        *("ordinal", "id", "kind", "number", "heading", "text", "language", "page"),
        *("start", "end", "spans", "sentences", "normalised", "offsets"),
    ),
    "part": ("start", "end", "kind"),
}

_encode = json.JSONEncoder(
    separators=(",", ":"), sort_keys=True, default=lambda value: value.hex()
).encode


def row_seal(table: str, values: Mapping[str, Any]) -> str:
    """The seal of one row, 16 hexadecimal digits.

    >>> row_seal("setting", {"name": "a", "value": "b"})
    '93d3ec532f13f156'
    """
    return seal_of(table, [values[name] for name in ROWS[table]])


def seal_of(table: str, values: Sequence[Any]) -> str:
    """The seal over values of a row of a table, in an order that never changes."""
    return _digest(8, [table, *values])


def sealed(table: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a row with its seal, ready to be inserted."""
    return {**values, "seal": row_seal(table, values)}


def chained(before: str, values: Mapping[str, Any]) -> str:
    """The digest of an event that follows the one whose digest is ``before``."""
    return _digest(16, [before, values])


def body_of(
    connection: sa.Connection, document: int, columns_of: Mapping[str, Sequence[str]] = _BODY
) -> str:
    """The digest over the pages, clauses and parts of a document, 32 hexadecimal digits.

    The first column of each table is the order of its rows.
    """
    whole = hashlib.blake2b(digest_size=16)
    for name, columns in columns_of.items():
        c = t.metadata.tables[name].c
        query = sa.select(*(c[each] for each in columns)).where(c.document == document)
        for row in connection.execute(query.order_by(c[columns[0]])):
            whole.update(f"{_encode([name, *row])}\n".encode("ascii"))
    return whole.hexdigest()


def head_of(
    connection: sa.Connection,
    document: int,
    body: str,
    head_columns: Sequence[str] = _HEAD,
    known_columns: Sequence[str] = _KNOWN,
) -> str:
    """The digest over the row of a document whose body has that digest, and its attributes."""
    d, a = t.document.c, t.attribute.c
    head = connection.execute(
        sa.select(*(d[each] for each in head_columns)).where(d.id == document)
    )
    known = sa.select(*(a[each] for each in known_columns)).where(a.document == document)
    rows = [list(row) for row in connection.execute(known.order_by(a.position, a.name))]
    return _digest(16, [*head.one(), body, rows])


def is_as_sealed(connection: sa.Connection, document: int) -> bool:
    """Whether a document is what its two digests say.

    ValueError, TypeError, AttributeError or an error of the database where it cannot be read.
    """
    d = t.document.c
    query = sa.select(d.body, d.seal).where(d.id == document)
    body, seal = connection.execute(query).one()
    return bool(
        body_of(connection, document) == body and head_of(connection, document, body) == seal
    )


def schema_of(connection: sa.Connection) -> str:
    """The digest of the tables, indexes and triggers of an SQLite file, as SQLite keeps them."""
    rows = connection.exec_driver_sql(
        "SELECT type, name, tbl_name, sql FROM sqlite_master "
        "WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name"
    )
    return _digest(16, [list(row) for row in rows])


def seal_document(connection: sa.Connection, document: int, *, body: bool = True) -> None:
    """Seal a document anew, in the transaction that changes it.

    Without ``body`` its pages, clauses and parts are those that are sealed already.
    """
    d = t.document.c
    if body:
        digest = body_of(connection, document)
    else:
        digest = connection.execute(sa.select(d.body).where(d.id == document)).scalar_one()
    values = {"body": digest, "seal": head_of(connection, document, digest)}
    connection.execute(t.document.update().where(d.id == document).values(values))


def _digest(size: int, value: list[Any]) -> str:
    return hashlib.blake2b(_encode(value).encode("ascii"), digest_size=size).hexdigest()
