"""What people did to a corpus, and taking the last of it back.

Nothing is removed from the record: codings that were taken back stay where they are and stand no
more, and the trail says who took them back and when.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from textmine.errors import InputError
from textmine.standing import by_people
from textmine.store import tables as t
from textmine.store.catalogue import Catalogue
from textmine.store.seals import sealed
from textmine.store.trail import note, system_user

_ACTS = ("decisions", "search-saved", "search-forgotten")
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the audit trail. ``at`` is ISO 8601 in UTC; ``detail`` depends on ``what``."""

    id: int
    at: str
    who: str
    what: str
    document: int | None
    clause: str | None
    detail: Mapping[str, Any]

    @property
    def said(self) -> str:
        """What was done, in a few words."""
        return _said(self.what, self.detail)

    def to_json(self) -> dict[str, Any]:
        """The event as a JSON object."""
        return {
            "id": self.id,
            "at": self.at,
            "who": self.who,
            "what": self.what,
            "document": self.document,
            "clause": self.clause,
            "said": self.said,
            "detail": dict(self.detail),
        }


def events(
    catalogue: Catalogue,
    *,
    document: int | None = None,
    clause: str | None = None,
    limit: int | None = None,
) -> list[Event]:
    """The last ``limit`` events, oldest first: all, or those about a document or a clause.

    Decisions on several documents are found by the codings that they added.
    """
    e, c = t.event.c, t.coding.c
    query = sa.select(*(e[name] for name in Event.__slots__)).order_by(e.id.desc())
    with catalogue.reading() as connection:
        if document is not None or clause is not None:
            own = c.clause == clause if clause is not None else c.document == document
            named = e.clause == clause if clause is not None else e.document == document
            numbers = sorted(connection.scalars(sa.select(c.id).where(own & by_people())))
            found = [
                Event(*row)
                for row in connection.execute(query.where(named | (e.what == "decisions")))
            ]
            kept = [each for each in found if _is_about(each, document, clause, numbers)]
            return kept[:limit][::-1]
        return [Event(*row) for row in connection.execute(query.limit(limit))][::-1]


def trail(
    catalogue: Catalogue,
    *,
    limit: int,
    before: int | None = None,
    who: str = "",
    what: Collection[str] = (),
) -> list[Event]:
    """At most ``limit`` events, newest first: earlier than the one numbered ``before``.

    By ``who`` alone when given, of the kinds ``what`` alone when any is given.
    """
    e = t.event.c
    query = sa.select(*(e[name] for name in Event.__slots__)).order_by(e.id.desc()).limit(limit)
    if before is not None:
        query = query.where(e.id < before)
    if who:
        query = query.where(e.who == who)
    if what:
        query = query.where(e.what.in_(what))
    with catalogue.reading() as connection:
        return [Event(*row) for row in connection.execute(query)]


def _is_about(event: Event, document: int | None, clause: str | None, numbers: list[int]) -> bool:
    if clause is not None and event.clause == clause:
        return True
    if clause is None and event.document == document:
        return True
    if event.what != "decisions":
        return False
    next_one = bisect_left(numbers, event.detail["first"])
    return next_one < len(numbers) and numbers[next_one] <= event.detail["last"]


def acts(catalogue: Catalogue, who: str = "", limit: int | None = None) -> list[Event]:
    """What can be taken back, the last first: of all people, or of ``who``."""
    e = t.event.c
    query = sa.select(*(e[name] for name in Event.__slots__)).where(e.what.in_((*_ACTS, "undo")))
    undone: set[int] = set()
    found: list[Event] = []
    with catalogue.reading() as connection:
        rows = connection.execution_options(yield_per=_AT_ONCE).execute(query.order_by(e.id.desc()))
        for row in rows:
            event = Event(*row)
            if event.what == "undo":
                undone.add(event.detail["event"])
            elif event.id not in undone and who in ("", event.who):
                found.append(event)
                if len(found) == limit:
                    break
    return found


def last_decision(catalogue: Catalogue, who: str) -> Event | None:
    """The last decision that ``who`` made on one clause and that was not taken back; None if none.

    What was imported from a file is no such decision: it is taken back by its event
    (:func:`acts`).
    """
    e = t.event.c
    own = (e.what == "decisions") & (e.who == who) & e.clause.is_not(None)
    query = sa.select(*(e[name] for name in Event.__slots__)).where(own | (e.what == "undo"))
    undone: set[int] = set()
    with catalogue.reading() as connection:
        rows = connection.execution_options(yield_per=_AT_ONCE).execute(query.order_by(e.id.desc()))
        for row in rows:
            event = Event(*row)
            if event.what == "undo":
                undone.add(event.detail["event"])
            elif event.id not in undone and "file" not in event.detail:
                return event
    return None


def take_back(catalogue: Catalogue, act: Event, *, who: str = "") -> None:
    """Take an act back, by adding to the record that it stands no more.

    Codings before it stand again. InputError when it was taken back meanwhile, or the saved search
    is another one by now.
    """
    with catalogue.writing() as connection:
        e = t.event.c
        for detail in connection.scalars(sa.select(e.detail).where(e.what == "undo")):
            if detail["event"] == act.id:
                raise InputError("That was taken back already.")
        if act.what == "decisions":
            _withdraw(connection, act, who)
        else:
            _put_search(connection, act, who)


def _withdraw(connection: sa.Connection, act: Event, who: str) -> None:
    c = t.coding.c
    first, last = act.detail["first"], act.detail["last"]
    query = sa.select(c.id, c.document).where(c.id.between(first, last)).order_by(c.id)
    people = query.where(by_people())
    rows = connection.execute(people).all()
    detail = {"event": act.id, "what": act.what, "decisions": len(rows), "by": system_user()}
    event = note(
        connection, "undo", who=who, document=act.document, clause=act.clause, detail=detail
    )
    connection.execute(t.withdrawn.insert(), [{"coding": n, "event": event} for n, _ in rows])
    documents = dict.fromkeys(document for _, document in rows)
    connection.execute(t.change.insert(), [{"document": number} for number in documents])


def _put_search(connection: sa.Connection, act: Event, who: str) -> None:
    """A search that was saved is forgotten again, one that was forgotten is saved again."""
    s = t.search.c
    there = connection.execute(
        sa.select(s.name, s.query).where(s.key == act.detail["key"])
    ).one_or_none()
    if act.what == "search-saved":
        if there is None or there.query != act.detail["query"]:
            raise InputError(f"@{act.detail['name']} is another search by now.")
        connection.execute(t.search.delete().where(s.key == act.detail["key"]))
    else:
        if there is not None:
            raise InputError(f"@{act.detail['name']} stands for another search by now.")
        values = sealed("search", act.detail)
        connection.execute(t.search.insert().values(values))
    detail = {"event": act.id, "what": act.what, "name": act.detail["name"], "by": system_user()}
    note(connection, "undo", who=who, detail=detail)


def decisions_on(catalogue: Catalogue, clause: str) -> Iterator[dict[str, Any]]:
    """Every coding that was ever made on a clause and is on record, in order, as JSON objects.

    ``withdrawn`` says whether it was taken back.
    """
    c, w = t.coding.c, t.withdrawn.c
    query = (
        sa.select(t.coding, w.event)
        .outerjoin(t.withdrawn, w.coding == c.id)
        .where(c.clause == clause)
        .order_by(c.id)
    )
    names = ("id", "code", "coder", "codebook", "applied", "probability", "memo", "made_at")
    with catalogue.reading() as connection:
        for row in connection.execute(query).mappings():
            yield {**{each: row[each] for each in names}, "withdrawn": row["event"] is not None}


def _said(what: str, detail: Mapping[str, Any]) -> str:
    said: dict[str, str] = {
        "trail-begun": "the audit trail begins",
        "codebook": "took the codebook {reference} into use",
        "metadata": "corrected what is known of a document",
        "removed": "removed document {file}",
        "setting": "set {name}",
        "search-saved": "saved the search @{name}: {query}",
        "search-forgotten": "forgot the search @{name}: {query}",
        "trained": "trained the model {model}",
        "promoted": "made the model {model} the live one",
        "rolled-back": "went back to the model {model}",
        "restored": "put back the backup of {made_at}",
    }
    if what == "decisions":
        on = f"{detail['clauses']} clause{'' if detail['clauses'] == 1 else 's'}"
        coded = f"coded {on} ({detail['decisions']} decisions) as {', '.join(detail['coders'])}"
        return f"imported {detail['file']}: {coded}" if "file" in detail else coded
    if what == "undo":
        return f"took back event {detail['event']} ({detail['what']})"
    if what in said:
        return said[what].format_map({"query": "", "model": "", "name": "", **detail})
    counts = [f"{value} {name}" for name, value in detail.items() if isinstance(value, int)]
    return ": ".join(filter(None, (what.replace("-", " "), ", ".join(counts))))
