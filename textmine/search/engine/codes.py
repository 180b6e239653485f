"""The codes of clauses, as the index keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from textmine.standing import standing_of
from textmine.store import tables as t
from textmine.store.catalogue import Catalogue


class _Decision(NamedTuple):
    clause: str
    code: str
    coder: str
    applied: bool


def codes_of(
    catalogue: Catalogue, documents: Sequence[int], codebook: str
) -> dict[str, tuple[str, ...]]:
    """The codes that count on each coded clause of some documents, by the clause's id.

    ``codebook`` is the reference of the one whose codings count.
    """
    c = t.coding.c
    counting = standing_of(catalogue, documents, codebook)
    if not counting.coders:
        return {}
    decided = (
        sa.select(c.document, c.clause, c.code, c.coder, c.applied)
        .where((c.codebook == codebook) & c.document.in_(documents))
        .order_by(c.id)
    )
    with catalogue.reading() as connection:
        rows = connection.execute(decided).all()
    counted = counting.counted((row[0], _Decision(*row[1:])) for row in rows)
    applied = {
        clause: tuple(sorted(code for code, each in own.items() if each.applied))
        for clause, own in counted.items()
    }
    return {clause: codes for clause, codes in applied.items() if codes}
