"""One coder's decision on one clause, made on what stood and refused on anything else.

Who decides has seen what stood; its token goes with the decision. Another window, or another
person who settles the same clause, may have decided meanwhile: then nothing is stored, and what
stands now is told. A decision that repeats what stands already is none: so what was sent twice
because an answer was lost is stored once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from textmine.codings.coded import CodedClause
from textmine.codings.corpus import Taken, take_in
from textmine.errors import InputError
from textmine.records import Codebook, Coding, Span
from textmine.store.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Stood:
    """What one coder decided on a clause, as it stands, and the token that tells it from others.

    ``decided`` are the codes that were decided on, ``codes`` those that were applied, in the order
    of the codebook; ``evidence`` the words marked for them. ``made_at`` is the last decision's.
    """

    clause: str
    coder: str
    token: str
    decided: frozenset[str] = frozenset()
    codes: tuple[str, ...] = ()
    evidence: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    memo: str = ""
    made_at: str = ""

    @property
    def is_decided(self) -> bool:
        """Whether the coder has read the clause: has decided on any code of it."""
        return bool(self.decided)


class StaleError(InputError):
    """Something else was decided meanwhile; ``stands`` is what stands now."""

    def __init__(self, stands: Stood) -> None:
        self.stands = stands
        super().__init__(
            "Something else was decided on this clause meanwhile. Look at what stands now, then "
            "decide again."
        )


def stood_of(codings: Iterable[Coding], clause: str, coder: str, codebook: Codebook) -> Stood:
    """What stands of a coder on a clause, from the codings that stand there in their order."""
    own = [
        each
        for each in codings
        if (each.clause, each.coder, each.codebook) == (clause, coder, codebook.reference)
    ]
    last = {each.code: each for each in own}
    codes = tuple(c.id for c in codebook.codes if c.id in last and last[c.id].applied)
    whose = [clause, coder, codebook.reference]
    said = [
        [each.code, each.applied, [list(span) for span in each.evidence], each.memo, each.made_at]
        for each in own
    ]
    return Stood(
        clause,
        coder,
        hashlib.blake2b(
            repr([whose, said]).encode("utf-8", "surrogatepass"), digest_size=8
        ).hexdigest(),
        frozenset(last),
        codes,
        {code: last[code].evidence for code in codes if last[code].evidence},
        next((each.memo for each in reversed(own) if each.memo), ""),
        max((each.made_at for each in own), default=""),
    )


def decide(
    catalogue: Catalogue, one: CodedClause, codebook: Codebook, *, stood: str, who: str = ""
) -> Stood:
    """Store a decision that was made when ``stood`` (a token) was what stood; what stands then.

    ``who`` decided, where that is another than the coder, as for what people settled together.
    A code without evidence keeps the words that it has; name it with none to take them away. Raises
    StaleError when something else stands by now, InputError as :func:`take_in` does.
    """
    with catalogue.together():
        before = stood_of(
            catalogue.codings(clause=one.clause, coder=one.coder), one.clause, one.coder, codebook
        )
        if before.token != stood and not _repeats(one, before):
            raise StaleError(before)
        taken: Taken = take_in(catalogue, [one], codebook, who=who)
    if not taken.decisions:
        return before
    return stood_of(
        catalogue.codings(clause=one.clause, coder=one.coder), one.clause, one.coder, codebook
    )


def _repeats(one: CodedClause, stands: Stood) -> bool:
    """Whether a decision asks for what stands already."""
    return (
        stands.is_decided
        and set(one.codes) == set(stands.codes)
        and one.memo in ("", stands.memo)
        and all(spans == stands.evidence.get(code, ()) for code, spans in one.evidence.items())
    )
