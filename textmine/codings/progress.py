"""How far people have come with coding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from textmine.records import Codebook
from textmine.standing import AGREED, PERSON, by_people
from textmine.store import tables as t
from textmine.store.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts of clauses: in the corpus, decided on by people, by one coder, by that one lately.

    ``by_code`` says for each code to how many clauses people applied it.
    """

    clauses: int
    by_people: int
    by_coder: int
    lately: int
    by_code: Mapping[str, int]


def progress(catalogue: Catalogue, codebook: Codebook, coder: str, since: str) -> Progress:
    """How far people, and ``coder`` among them, have come by a codebook.

    ``since`` is ISO 8601 in UTC, as the times of codings are: what counts as lately.
    """
    c = t.coding.c
    decided = sa.select(sa.func.count(c.clause.distinct())).where(
        (c.codebook == codebook.reference)
        & by_people()
        & t.stands()
        & c.clause.in_(sa.select(t.clause.c.id))
    )
    own = decided.where(c.coder == coder)
    applied = (
        sa.select(c.code, sa.func.count(c.clause.distinct()))
        .where((c.codebook == codebook.reference) & by_people() & t.stands() & c.applied)
        .group_by(c.code)
    )
    with catalogue.reading() as connection:
        return Progress(
            connection.scalar(sa.select(sa.func.count()).select_from(t.clause)) or 0,
            connection.scalar(decided) or 0,
            connection.scalar(own) or 0,
            connection.scalar(own.where(c.made_at >= since)) or 0,
            {code: count for code, count in connection.execute(applied)},
        )


def decided_clauses(catalogue: Catalogue, codebook: Codebook, coder: str = "") -> frozenset[str]:
    """The ids of clauses that any person has decided on, or ``coder`` alone."""
    c = t.coding.c
    query = sa.select(c.clause).where((c.codebook == codebook.reference) & by_people() & t.stands())
    if coder:
        query = query.where(c.coder == coder)
    with catalogue.reading() as connection:
        return frozenset(connection.scalars(query.distinct()))


def people(catalogue: Catalogue) -> tuple[str, ...]:
    """The names of all who ever decided on a clause, by whatever codebook, in their order."""
    c = t.coding.c
    query = sa.select(c.coder).where(by_people() & (c.coder != AGREED)).distinct()
    with catalogue.reading() as connection:
        return tuple(sorted(each.removeprefix(PERSON) for each in connection.scalars(query)))
