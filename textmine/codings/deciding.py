"""One decision a clause, where several coders have decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from textmine.codings.coded import CodedClause, Fault, is_agreed, unit
from textmine.errors import InputError
from textmine.standing import AGREED, KINDS

DECIDED = "decided"
"""The coder of decisions that several coders made by majority."""


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision a clause; ``left_out`` are clauses that coders leave open, and why."""

    coded: tuple[CodedClause, ...]
    left_out: tuple[Fault, ...]


def decided(coded: Sequence[CodedClause]) -> Decided:
    """One decision a clause where several coders have decided.

    What people settled together (the coder ``person:agreed`` or ``agreed``) stands. Otherwise
    people count before models, models before dictionaries, and the codes are those that more than
    half of them applied. Where exactly half applied some code the clause is left out. The coder of
    a decision by several is ``decided``. Raises InputError when the coders of a clause followed
    different codebooks.

    >>> one = CodedClause("a", "c", "en", "", ("trade",), "person:a", "t@1")
    >>> other = replace(one, codes=(), coder="person:b")
    >>> decided([one, other]).left_out[0].said
    '1 of 2 coders applied trade. Settle it together, as the coder person:agreed.'
    >>> decided([one, other, replace(one, coder="person:c")]).coded[0].codes
    ('trade',)
    """
    by_clause: dict[tuple[str, str], dict[str, CodedClause]] = {}
    for one in coded:
        by_clause.setdefault(unit(one), {})[one.coder] = one
    clear: list[CodedClause] = []
    left_out: list[Fault] = []
    for own in by_clause.values():
        voters = _voters(list(own.values()))
        first = voters[0]
        if len({one.codebook for one in voters}) > 1:
            books = ", ".join(sorted({one.codebook for one in voters}))
            raise InputError(
                f'Clause "{first.clause}" of {first.document} was coded by several codebooks '
                f"({books}). Choose those of one."
            )
        votes = {
            code: sum(code in one.codes for one in voters) for each in voters for code in each.codes
        }
        tied = [code for code, count in votes.items() if 2 * count == len(voters)]
        if tied:
            said = (
                f"{len(voters) // 2} of {len(voters)} coders applied {', '.join(tied)}. Settle it "
                f"together, as the coder {AGREED}."
            )
            left_out.append(
                Fault(first.document, first.clause, ", ".join(o.coder for o in voters), said)
            )
        elif len(voters) == 1:
            clear.append(first)
        else:
            codes = tuple(code for code, count in votes.items() if 2 * count > len(voters))
            clear.append(replace(first, codes=codes, coder=DECIDED, memo="", evidence={}))
    return Decided(tuple(clear), tuple(left_out))


def _voters(own: Sequence[CodedClause]) -> Sequence[CodedClause]:
    """Whose decisions count on one clause."""
    settled = [one for one in own if is_agreed(one.coder)]
    kinds = {one.coder.split(":", 1)[0] for one in own}
    first = next((kind for kind in KINDS if kind in kinds), None)
    return settled[:1] or [one for one in own if first in (None, one.coder.split(":", 1)[0])]
