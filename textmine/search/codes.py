"""Whose codings count when clauses are searched by code."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import sqlalchemy as sa

from textmine.store import tables as t
from textmine.store.catalogue import Catalogue

_MACHINES = ("model", "dictionary")


@dataclass(frozen=True, slots=True)
class Codes:
    """``of`` gives the codes of each coded clause; ``known`` are all codes that any coder used.

    What a person decided on a clause counts before any machine; where no person did, the model
    counts that read the document last, and where none read it, the dictionary.
    """

    of: dict[str, tuple[str, ...]]
    known: frozenset[str]

    @classmethod
    def read(cls, catalogue: Catalogue) -> Codes:
        """The codes as the catalogue has them now."""
        c, v = t.coding.c, t.coverage.c
        decided: dict[str, dict[tuple[str, str], bool]] = defaultdict(dict)
        applied: dict[str, set[str]] = defaultdict(set)
        with catalogue.reading() as connection:
            covered = connection.execute(
                sa.select(v.document, v.coder, v.codebook).order_by(v.made_at, v.coder)
            ).all()
            machines: dict[int, tuple[str, str]] = {}
            for kind in reversed(_MACHINES):  # what comes later counts: models, the last of them
                for document, coder, codebook in covered:
                    if coder.startswith(f"{kind}:"):
                        machines[document] = (coder, codebook)
            for machine in sorted(set(machines.values())):
                by_machine = (c.coder == machine[0]) & (c.codebook == machine[1]) & c.applied
                query = sa.select(c.document, c.clause, c.code).where(by_machine)
                for document, clause, code in connection.execute(query).all():
                    if machines.get(document) == machine:
                        applied[clause].add(code)
            by_person = sa.select(c.clause, c.coder, c.code, c.applied).where(
                c.coder.startswith("person:")
            )
            for clause, coder, code, applies in connection.execute(by_person.order_by(c.id)):
                decided[clause][coder, code] = applies  # a later decision replaces an earlier
            known = frozenset(connection.scalars(sa.select(c.code).distinct()))
        for clause, decisions in decided.items():
            applied[clause] = {code for (_, code), applies in decisions.items() if applies}
        return cls({clause: tuple(sorted(codes)) for clause, codes in applied.items()}, known)
