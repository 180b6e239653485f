"""Coded clauses that show what a code means."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from textmine.records import Codebook, Language
from textmine.standing import by_people
from textmine.store import tables as t
from textmine.store.catalogue import Catalogue

_LONGEST = 400  # code points of an example; longer clauses show less for the room they take
_LOOKED_AT = 400  # codings that examples are chosen from


@dataclass(frozen=True, slots=True)
class Example:
    """A clause with a code, by whom it was applied, and how sure a model was."""

    clause: str
    language: Language
    text: str
    coder: str
    probability: float | None


def examples(catalogue: Catalogue, codebook: Codebook, code: str, most: int = 3) -> list[Example]:
    """At most so many clauses of each language that carry a code.

    Those that people coded come first, the last decisions before earlier ones, then those that a
    model is surest of; keywords alone show nothing. Long clauses are passed over.
    """
    c, own = t.coding.c, t.clause.c
    applied = (c.codebook == codebook.reference) & (c.code == code) & c.applied & t.stands()
    query = (
        sa.select(c.clause, own.language, own.text, c.coder, c.probability)
        .join(t.clause, own.id == c.clause)
        .where(applied & (sa.func.length(own.text) <= _LONGEST))
        .limit(_LOOKED_AT)
    )
    found: list[Example] = []
    with catalogue.reading() as connection:
        for of, order in (
            (by_people(), c.id.desc()),
            ((c.coder >= "model:") & (c.coder < "model;"), c.probability.desc()),
        ):
            for row in connection.execute(query.where(of).order_by(order)):
                one = Example(*row)
                alike = [each for each in found if each.language == one.language]
                if len(alike) < most and one.text not in {each.text for each in alike}:
                    found.append(one)
    return found
