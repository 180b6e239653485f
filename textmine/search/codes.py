"""The codes of clauses, for searching by code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa

from textmine.standing import standing
from textmine.store import tables as t
from textmine.store.catalogue import Catalogue


class _Decision(NamedTuple):
    clause: str
    code: str
    coder: str
    applied: bool


@dataclass(frozen=True, slots=True)
class Codes:
    """``of`` gives the codes of each coded clause; ``known`` are all codes that any coder used."""

    of: dict[str, tuple[str, ...]]
    known: frozenset[str]

    @classmethod
    def read(cls, catalogue: Catalogue, codebook: str) -> Codes:
        """The codes as the catalogue has them now; ``codebook`` is the corpus's (a reference)."""
        c = t.coding.c
        counting = standing(catalogue, codebook)
        decided = (
            sa.select(c.document, c.clause, c.code, c.coder, c.applied)
            .where((c.codebook == counting.codebook) & c.coder.in_(counting.names))
            .order_by(c.id)
        )
        with catalogue.reading() as connection:
            rows = connection.execute(decided).all()
            known = frozenset(connection.scalars(sa.select(c.code).distinct()))
        counted = counting.counted((row[0], _Decision(*row[1:])) for row in rows)
        applied = {
            clause: tuple(sorted(code for code, each in own.items() if each.applied))
            for clause, own in counted.items()
        }
        return cls({clause: codes for clause, codes in applied.items() if codes}, known)


State = tuple[object, ...]


def state(catalogue: Catalogue) -> State:
    """Equal as long as the codings are: a coding, a reading or a clause that came in changes it."""
    c, v = t.coding.c, t.coverage.c
    figures = (
        sa.select(sa.func.max(c.id)),
        sa.select(sa.func.count(c.id)),
        sa.select(sa.func.count(v.document)),
        sa.select(sa.func.max(v.made_at)),
        sa.select(sa.func.max(t.change.c.id)),
    )
    with catalogue.reading() as connection:
        return tuple(connection.execute(sa.select(*(f.scalar_subquery() for f in figures))).one())
