"""Rows of one catalogue into another, of whatever kind both are."""

from __future__ import annotations

import sqlalchemy as sa

from textmine.store import tables as t
from textmine.store.catalogue import Catalogue
from textmine.store.migrations.guards import guard, unguard

_AT_ONCE = 500  # rows; a page of a document may have 100 KB


def copy_rows(source: Catalogue, target: Catalogue) -> None:
    """Put all rows of ``source``, as they are in one moment, into ``target``, which was just made.

    In one transaction: all of them are there afterwards, or none.
    """
    with source.reading() as reading, target.writing() as writing:
        unguard(writing)
        for table in reversed(t.metadata.sorted_tables):
            writing.execute(table.delete().where(_own(table)))
        for table in t.metadata.sorted_tables:
            query = sa.select(table).where(_own(table)).order_by(*table.primary_key)
            rows = reading.execution_options(yield_per=_AT_ONCE).execute(query).mappings()
            for some in rows.partitions(_AT_ONCE):
                writing.execute(table.insert(), [dict(row) for row in some])
        guard(writing)
        target.renumber(writing)


def _own(table: sa.Table) -> sa.ColumnElement[bool]:
    """What belongs to the corpus; the digest of SQLite's tables belongs to its file."""
    return t.setting.c.name != "schema" if table is t.setting else sa.true()
