"""The audit trail: who did what to the corpus, and when.

An event is written in the transaction of what it tells, so that there is neither a deed without
its event nor an event without its deed. Each carries a digest over itself and the event before:
one that was changed, or taken out of the middle, breaks the chain. The database refuses to change
or to delete events.
"""

from __future__ import annotations

import getpass
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from textmine.store import tables as t
from textmine.store.seals import chained

SAID = ("at", "who", "what", "document", "clause", "detail")
"""The columns that the digest of an event covers."""

_ACTING: ContextVar[str] = ContextVar("acting", default="")


@contextmanager
def acting(who: str) -> Iterator[None]:
    """Whatever is noted inside was done by ``who``: a server works for one person at a time.

    An event that names another (such as what people settled together) says in ``by`` who did it.
    An empty ``who`` changes nothing.
    """
    token = _ACTING.set(who or _ACTING.get())
    try:
        yield
    finally:
        _ACTING.reset(token)


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

    ``who`` is ``person:NAME``; who is acting, or the user of the system, where nobody is named.
    """
    e = t.event.c
    own = dict(detail or {})
    actor = _ACTING.get()
    if actor and ("by" in own or who not in ("", actor)):
        own["by"] = actor
    values = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "who": who or actor or f"user:{system_user()}",
        "what": what,
        "document": document,
        "clause": clause,
        "detail": own,
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
