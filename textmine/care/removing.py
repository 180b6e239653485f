"""Taking documents out of a corpus: those that could not be read, or were added by mistake.

What people decided is never removed, so a document that a person has coded stays. The trail says
which file was taken out, by whom and when. Its original stays where originals are kept: a file that
somebody gave away is not lost by a mistake here, and a backup that is just made finds it.
"""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from textmine.errors import InputError, NoDocumentError
from textmine.records import Document
from textmine.standing import by_people
from textmine.store import tables as t
from textmine.store.catalogue import Catalogue
from textmine.store.trail import note

REMOVED = "removed"
"""What the trail calls it."""


def removable(catalogue: Catalogue, numbers: Collection[int]) -> list[Document]:
    """The documents of these numbers, which may all be taken out.

    NoDocumentError when the corpus lacks one of them; InputError when a person has decided on one,
    also where that was taken back.
    """
    found = catalogue.documents(numbers=sorted(set(numbers)))
    known = {each.id for each in found}
    for number in numbers:
        if number not in known:
            raise NoDocumentError(f"The corpus has no document {number}.")
    c = t.coding.c
    with catalogue.reading() as connection:
        for number in known:
            decided = sa.select(c.id).where((c.document == number) & by_people()).limit(1)
            if connection.scalar(decided) is not None:
                raise InputError(
                    f"People have coded document {number}, and what people decided is never "
                    "removed: the document stays."
                )
    return list(found)


def remove(catalogue: Catalogue, numbers: Collection[int]) -> list[Document]:
    """Take documents out, all of them or none; what they were.

    Their pages and clauses go, and what machines coded. The way back is to add the file again: it
    gets a new number, and its clauses the ids that they had.

    Raises what :func:`removable` does, and InputError when documents are just being added.
    """
    with catalogue.holding("adding", wait=False) as mine:
        if not mine:
            raise InputError("Documents are just being added. Remove one when that is done.")
        with catalogue.writing() as connection:
            found = removable(catalogue, numbers)
            for each in found:
                _take_out(connection, each)
    return found


def _take_out(connection: sa.Connection, document: Document) -> None:
    number = document.id
    clauses = sa.select(sa.func.count()).where(t.clause.c.document == number)
    detail = {
        "name": document.title,
        "file": document.path,
        "clauses": connection.scalar(clauses),
        "sha256": document.sha256,
    }
    for table in (t.attribute, t.page, t.clause, t.part, t.coverage, t.coding):
        connection.execute(table.delete().where(table.c.document == number))
    connection.execute(t.source.delete().where(t.source.c.sha256 == document.sha256))
    connection.execute(t.document.delete().where(t.document.c.id == number))
    connection.execute(t.change.insert().values(document=number))
    note(connection, REMOVED, document=number, detail=detail)
