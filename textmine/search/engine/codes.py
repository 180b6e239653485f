"""The codes of clauses, as the index keeps them and exports tell them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import NamedTuple

import sqlalchemy as sa

from textmine.standing import Standing, standing_of
from textmine.store import tables as t
from textmine.store.catalogue import Catalogue


class Decision(NamedTuple):
    """What a coder said of one code on one clause."""

    clause: str
    code: str
    coder: str
    applied: bool


class Counted(NamedTuple):
    """Whose codings count on some documents, and by clause and code the decision that does."""

    standing: Standing
    decisions: Mapping[str, Mapping[str, Decision]]


def counted_on(
    catalogue: Catalogue,
    documents: Collection[int],
    codebook: str,
    *,
    clauses: Collection[str] | None = None,
    coder: str | None = None,
) -> Counted:
    """The decisions that count on some documents, or on some of their clauses.

    ``codebook`` is the reference of the one whose codings count. With ``coder`` only that one's do.
    """
    c = t.coding.c
    standing = standing_of(catalogue, documents, codebook)
    if coder is not None:
        own = {number: (coder,) for number, of in standing.coders.items() if coder in of}
        standing = replace(standing, coders=own)
    if not standing.coders:
        return Counted(standing, {})
    some = c.document.in_(documents) if clauses is None else c.clause.in_(clauses)
    decided = (
        sa.select(c.document, c.clause, c.code, c.coder, c.applied)
        .where((c.codebook == codebook) & some & t.stands())
        .order_by(c.id)
    )
    with catalogue.reading() as connection:
        rows = connection.execute(decided).all()
    return Counted(standing, standing.counted((row[0], Decision(*row[1:])) for row in rows))


def applied(decisions: Mapping[str, Decision]) -> tuple[str, ...]:
    """The codes that were applied, in order."""
    return tuple(sorted(code for code, each in decisions.items() if each.applied))


def codes_of(
    catalogue: Catalogue, documents: Collection[int], codebook: str
) -> dict[str, tuple[str, ...]]:
    """The codes that count on each coded clause of some documents, by the clause's id."""
    counted = counted_on(catalogue, documents, codebook).decisions
    codes = {clause: applied(own) for clause, own in counted.items()}
    return {clause: own for clause, own in codes.items() if own}
