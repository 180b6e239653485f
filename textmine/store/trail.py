"""The audit trail: who did what to the corpus, and when.

An event is written in the transaction of what it tells, so that there is neither a deed without
its event nor an event without its deed. Each carries a digest over itself and the event before:
one that was changed, or taken out of the middle, breaks the chain. The database refuses to change
or to delete events.
"""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from textmine.store import tables as t
from textmine.store.seals import chained

SAID = ("at", "who", "what", "document", "clause", "detail")
"""The columns that the digest of an event covers."""


def note(
    connection: sa.Connection,
    what: str,
    *,
    who: str = "",
    document: int | None = None,
    clause: str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> int:
    """Write an event into the transaction of ``connection``; its number.

    ``who`` is ``person:NAME``; the user of the system where nobody is named.
    """
    e = t.event.c
    values = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "who": who or f"user:{system_user()}",
        "what": what,
        "document": document,
        "clause": clause,
        "detail": dict(detail or {}),
    }
    before = connection.scalar(sa.select(e.digest).order_by(e.id.desc()).limit(1)) or ""
    written = t.event.insert().values(**values, digest=chained(before, values)).returning(e.id)
    return int(connection.execute(written).scalar_one())


def system_user() -> str:
    """The name under which someone is logged in; a number or ? where the system has none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # what it raises where no name is known
        import os

        return str(os.getuid()) if hasattr(os, "getuid") else "?"
