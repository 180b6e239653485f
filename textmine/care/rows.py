"""Whether the catalogue holds what was written to it: every row against its seal."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from textmine.care.findings import Findings
from textmine.care.removing import REMOVED
from textmine.standing import PERSON, by_people
from textmine.store import tables as t
from textmine.store.seals import ROWS, body_of, chained, head_of, row_seal, schema_of
from textmine.store.trail import SAID

OnStep = Callable[[int, int], None]
"""Told how many documents of how many were looked at."""

RESTORE = "Put a backup back: textmine restore BACKUP DIR"
ADD_AGAIN = "Read it again from its original: textmine add FILE"
CODE_AGAIN = "Let the machines code again: textmine code --again"

ADD = "Add the file again: textmine add FILE"
_MENDS = {
    "source": ADD,
    "coverage": CODE_AGAIN,
    "search": "Forget it and save it again: textmine searches --forget NAME",
}
_AT_ONCE = 1000

# What comes out of rows that were damaged: texts that are no JSON, values of another type, pages of
# the file that cannot be read.
UNREADABLE = (ValueError, TypeError, AttributeError, KeyError, sa.exc.DBAPIError)


@contextmanager
def raw_texts(connection: sa.Connection) -> Iterator[None]:
    """Let SQLite give texts that are no UTF-8 any more, instead of stopping at them."""
    if connection.dialect.name != "sqlite":
        yield
        return
    raw: Any = connection.connection.driver_connection
    before = raw.text_factory
    raw.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        raw.text_factory = before


def check_file(connection: sa.Connection, found: Findings, *, sealed: bool) -> None:
    """What SQLite itself can tell of its file, and whether its tables are those that were made.

    The last only where it is ``sealed``, of this version.
    """
    for (said,) in connection.exec_driver_sql("PRAGMA integrity_check"):
        if said != "ok":
            found.problem("catalogue", f"SQLite says: {said}", RESTORE)
    for table, _, other, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        found.problem("catalogue", f"A row of {table} belongs to no {other}.", RESTORE)
    if not sealed:
        return
    kept = connection.execute(sa.select(t.setting.c.value).where(t.setting.c.name == "schema"))
    if schema_of(connection) not in list(kept.scalars()):
        found.problem("catalogue", "Its tables or triggers are not those that were made.", RESTORE)


def check_documents(connection: sa.Connection, found: Findings, on_step: OnStep) -> None:
    """Each document with its pages, clauses and parts against its two digests."""
    d = t.document.c
    documents = connection.execute(sa.select(d.id, d.path, d.body, d.seal).order_by(d.id)).all()
    for place, (number, path, body, seal) in enumerate(documents, 1):
        try:
            wrong = []
            with connection.begin_nested():  # PostgreSQL reads on only behind a savepoint
                if body_of(connection, number) != body:
                    wrong.append("its text")
                if head_of(connection, number, body) != seal:
                    wrong.append("what is known about it")
        except UNREADABLE:
            wrong = ["a row that cannot be read"]
        if wrong:
            what = f"Of document {number} ({path}) {' and '.join(wrong)} is not as it was stored."
            found.problem("catalogue", what, ADD_AGAIN)
        on_step(place, len(documents))
    s = t.source.c
    for path in connection.scalars(sa.select(d.path).where(d.sha256.not_in(sa.select(s.sha256)))):
        found.problem("catalogue", f"It lacks the row that tells where {path} came from.", ADD)
    found.checked["documents"] += len(documents)
    for name in ("clause", "page"):
        count = connection.scalar(sa.select(sa.func.count()).select_from(t.metadata.tables[name]))
        found.checked[f"{name}s"] += count or 0


def check_rows(connection: sa.Connection, found: Findings) -> None:
    """Each row that has a seal of its own against it."""
    for name in ROWS:
        for row in _rows(connection, name):
            try:
                sound = row_seal(name, row) == row["seal"]
            except UNREADABLE:
                sound = False
            if not sound:
                what = f"{_called(name, row)} is not as it was stored."
                found.problem("catalogue", what, _mend(name, row))
            found.checked[f"rows of {name}"] += 1
    _check_coverage(connection, found)
    c = t.change.c
    removed = sa.select(t.event.c.document).where(t.event.c.what == REMOVED)
    known = sa.union(sa.select(t.document.c.id), removed)
    odd = c.document.not_in(known) | (sa.func.length(c.mark) != 16)
    for number in connection.scalars(sa.select(c.id).where(odd)):
        found.problem("catalogue", f"Change {number} names no document, or has no mark.", RESTORE)


def _check_coverage(connection: sa.Connection, found: Findings) -> None:
    """Whether all codings are there that each machine stored with a document."""
    c, v = t.coding.c, t.coverage.c
    same = (c.document == v.document) & (c.coder == v.coder) & (c.codebook == v.codebook)
    there = sa.select(sa.func.count()).where(same).correlate(t.coverage).scalar_subquery()
    query = sa.select(v.document, v.coder, v.codings, there).where(v.codings != there)
    for document, coder, stored, number in connection.execute(query):
        what = f"{coder} stored {stored} codings on document {document}; {number} are there."
        found.problem("catalogue", what, CODE_AGAIN)


def _rows(connection: sa.Connection, name: str) -> Iterator[Mapping[str, Any]]:
    """All rows of a table; texts of JSON are read one by one, so that one that is none costs one.

    What cannot be read stays a text.
    """
    table = t.metadata.tables[name]
    raw = connection.dialect.name == "sqlite"
    named = dict.fromkeys([each.name for each in table.primary_key] + [*ROWS[name], "seal"])
    odd = {
        each: table.c[each].type
        for each in named
        if raw and isinstance(table.c[each].type, (sa.JSON, sa.Boolean))
    }
    columns = [
        sa.type_coerce(table.c[each], sa.types.NullType()).label(each)
        if each in odd
        else table.c[each]
        for each in named
    ]
    query = sa.select(*columns).execution_options(yield_per=_AT_ONCE)
    for row in connection.execute(query).mappings():
        yield {**row, **{each: _read(row[each], kind) for each, kind in odd.items()}}


def _read(value: Any, kind: sa.types.TypeEngine[Any]) -> Any:
    if isinstance(kind, sa.Boolean):
        return bool(value) if value in (0, 1) else value
    try:
        return json.loads(value)
    except (ValueError, TypeError):
        return value


def _called(name: str, row: Mapping[str, Any]) -> str:
    """What a row is, for a sentence."""
    if name == "coding":
        what = f"{row['code']} by {row['coder']} on {row['clause']}"
        return f"Coding {row['id']} ({what})"
    key = ", ".join(str(row[each.name]) for each in t.metadata.tables[name].primary_key)
    return f"The row {key} of {name}"


def _mend(name: str, row: Mapping[str, Any]) -> str:
    if name == "coding":
        return RESTORE if str(row["coder"]).startswith(PERSON) else CODE_AGAIN
    return _MENDS.get(name, RESTORE)


def check_trail(connection: sa.Connection, found: Findings) -> None:
    """The chain of events, and what they say of the codings of people."""
    e = t.event.c
    before = ""
    spans: list[tuple[int, int, int, int]] = []  # first, last, how many, of which event
    undone: dict[int, int] = {}  # by which event, which
    query = sa.select(t.event).order_by(e.id).execution_options(yield_per=_AT_ONCE)
    try:
        for row in connection.execute(query).mappings():
            if chained(before, {name: row[name] for name in SAID}) != row["digest"]:
                what = f"Event {row['id']} is not as it was written, or one before it is gone."
                found.problem("audit trail", what, RESTORE)
            before = row["digest"]
            detail = row["detail"]
            if row["what"] == "decisions":
                spans.append((detail["first"], detail["last"], detail["decisions"], row["id"]))
            elif row["what"] == "trail-begun":
                spans.append((0, detail["last"], detail["people"], row["id"]))
            elif row["what"] == "undo":
                undone[row["id"]] = detail["event"]
            found.checked["events"] += 1
    except UNREADABLE as error:
        found.problem("audit trail", f"It cannot be read on ({type(error).__name__}).", RESTORE)
        return
    if not spans:
        found.problem("audit trail", "Its beginning is gone.", RESTORE)
        return
    _check_decisions(connection, sorted(spans), found)
    _check_withdrawn(connection, spans, undone, found)


def _check_withdrawn(
    connection: sa.Connection,
    spans: list[tuple[int, int, int, int]],
    undone: Mapping[int, int],
    found: Findings,
) -> None:
    """Whether exactly those codings are taken back that the events of taking back tell of."""
    added = {event: span for *span, event in spans}
    told = {event: added[act] for event, act in undone.items() if act in added}
    counts: Counter[int] = Counter()
    w = t.withdrawn.c
    query = sa.select(w.coding, w.event).execution_options(yield_per=_AT_ONCE)
    for coding, event in connection.execute(query):
        first, last, _ = told.get(event, (1, 0, 0))
        if not first <= coding <= last:
            what = f"That coding {coding} was taken back is on no trail."
            found.problem("audit trail", what, RESTORE)
        else:
            counts[event] += 1
    for event, (_, _, expected) in told.items():
        if counts[event] != expected:
            what = f"Event {event} took back {expected} codings; {counts[event]} are."
            found.problem("audit trail", what, RESTORE)


def _check_decisions(
    connection: sa.Connection, spans: list[tuple[int, int, int, int]], found: Findings
) -> None:
    c = t.coding.c
    query = sa.select(c.id).where(by_people()).execution_options(yield_per=_AT_ONCE)
    starts = [first for first, *_ in spans]
    counts: Counter[int] = Counter()
    for number in connection.scalars(query):
        place = bisect_right(starts, number) - 1
        if place < 0 or number > spans[place][1]:
            found.problem("audit trail", f"No event tells of coding {number}.", RESTORE)
        counts[place] += 1
    for place, (_, _, expected, event) in enumerate(spans):
        if counts[place] != expected:
            what = f"Event {event} added {expected} codings of people; {counts[place]} are there."
            found.problem("audit trail", what, RESTORE)
