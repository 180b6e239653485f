"""Whose codings count: one rule for search, report and status.

On each clause the decisions of people count before any machine's: what they settled together
(the coder ``person:agreed``) before what each decided. Where no person has read the clause, a
model's count before the dictionary's, and of several models that one's which read the document
last. Only codings by the
corpus's own codebook count; where it has none at all, those by the codebook that was used last do,
and ``Standing.outdated`` tells, so that whoever shows counts can say so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeVar

import sqlalchemy as sa

from textmine.store import tables as t
from textmine.store.catalogue import Catalogue

KINDS = ("person", "model", "dictionary")
"""Kinds of coders, those that count first in front."""

PERSON = "person:"
"""What the name of a person begins with among coders."""

AGREED = f"{PERSON}agreed"
"""The coder of decisions that people settled together; not an independent one."""


def by_people() -> sa.ColumnElement[bool]:
    """That a coding is a person's, whether it stands or was taken back."""
    # A range, which the index on coders answers; ";" is the sign after ":".
    return (t.coding.c.coder >= PERSON) & (t.coding.c.coder < PERSON[:-1] + ";")


class Decision(Protocol):
    """What a coder said of one code on one clause."""

    @property
    def clause(self) -> str: ...  # noqa: D102
    @property
    def code(self) -> str: ...  # noqa: D102
    @property
    def coder(self) -> str: ...  # noqa: D102
    @property
    def applied(self) -> bool: ...  # noqa: D102


Decided = TypeVar("Decided", bound=Decision)


@dataclass(frozen=True, slots=True)
class Standing:
    """Whose codings count, by document; documents that nobody has coded are not named.

    Of each document those people who have decided on a clause of it, and the machine that stands
    for the clauses that they have not.

    ``codebook`` is the reference of the one that counts, ``current`` of the corpus's own; they
    differ only when nothing was coded by the corpus's own.
    """

    codebook: str
    current: str
    coders: Mapping[int, tuple[str, ...]]

    @property
    def whole(self) -> frozenset[int]:
        """Documents of which a machine read every clause; what people read, each clause tells."""
        return frozenset(n for n, of in self.coders.items() if not of[-1].startswith(PERSON))

    @property
    def names(self) -> tuple[str, ...]:
        """All coders that count somewhere: people, then models, then dictionaries."""
        return tuple(sorted({each for of in self.coders.values() for each in of}, key=_rank))

    @property
    def outdated(self) -> bool:
        """Whether all that counts was coded by another codebook than the corpus's own.

        >>> Standing("themes@1", "themes@2", {}).outdated
        True
        """
        return self.codebook != self.current

    def counted(self, decisions: Iterable[tuple[int, Decided]]) -> dict[str, dict[str, Decided]]:
        """By clause and code the decision that counts.

        Decisions come in the order they were made, each with its document: a coder's later one
        replaces the earlier. Where people differ, one who applied the code is enough.
        """
        last: dict[str, dict[tuple[str, str], Decided]] = {}
        for document, each in decisions:
            if each.coder in self.coders.get(document, ()):
                last.setdefault(each.clause, {})[each.code, each.coder] = each
        found: dict[str, dict[str, Decided]] = {}
        for clause, own in last.items():
            counts = frozenset(counting({coder for _, coder in own}))
            by_code = found.setdefault(clause, {})
            for (code, coder), each in own.items():
                if coder not in counts:
                    continue
                if code not in by_code or (each.applied and not by_code[code].applied):
                    by_code[code] = each
        return found


def counting(coders: Collection[str]) -> tuple[str, ...]:
    """Who of the coders that read one clause counts on it.

    >>> counting({"model:m", "person:b", "person:a"})
    ('person:a', 'person:b')
    >>> counting({"person:a", "person:agreed"})
    ('person:agreed',)
    """
    if AGREED in coders:
        return (AGREED,)
    people = sorted(each for each in coders if each.startswith(PERSON))
    return tuple(people or sorted(coders, key=_rank)[:1])


class _Read(NamedTuple):
    """That a coder has come to a document, and when last."""

    document: int
    coder: str
    codebook: str
    made_at: str


def standing(catalogue: Catalogue, current: str, *, coder: str | None = None) -> Standing:
    """Whose codings count in a corpus whose codebook is ``current`` (a reference: ``themes@2``).

    With ``coder`` only that one's count. Codings of clauses that are gone do not count.
    """
    reads = [each for each in _reads(catalogue) if coder is None or each.coder == coder]
    codebook = current
    if reads and all(each.codebook != current for each in reads):
        codebook = max(reads, key=lambda each: (each.made_at, each.codebook)).codebook
    return _standing(reads, codebook, current)


def standing_of(catalogue: Catalogue, documents: Collection[int], codebook: str) -> Standing:
    """Whose codings count in some documents, by the codebook that counts in their corpus.

    It asks about these documents alone; ``counted_codebook`` gives the codebook.
    """
    return _standing(_reads(catalogue, documents), codebook, codebook)


def counted_codebook(catalogue: Catalogue, current: str) -> str:
    """The reference of the codebook by which codings count in a corpus whose own is ``current``.

    As in :func:`standing`, but without looking at every coding.
    """
    c, v = t.coding.c, t.coverage.c
    covered = sa.select(sa.literal(1)).where(v.codebook == current).limit(1)
    by_people = _of_people() & c.clause.in_(sa.select(t.clause.c.id))
    decided = sa.select(sa.literal(1)).where((c.codebook == current) & by_people).limit(1)
    last = [
        sa.select(v.codebook, sa.func.max(v.made_at)).group_by(v.codebook),
        sa.select(c.codebook, sa.func.max(c.made_at)).where(by_people).group_by(c.codebook),
    ]
    with catalogue.reading() as connection:
        if any(connection.scalar(query) for query in (covered, decided)):
            return current
        used = [(made_at, book) for query in last for book, made_at in connection.execute(query)]
    return max(used)[1] if used else current


def _standing(reads: Iterable[_Read], codebook: str, current: str) -> Standing:
    by_document: dict[int, list[_Read]] = {}
    for each in reads:
        if each.codebook == codebook:
            by_document.setdefault(each.document, []).append(each)
    return Standing(codebook, current, {number: _first(of) for number, of in by_document.items()})


def _reads(catalogue: Catalogue, documents: Collection[int] | None = None) -> list[_Read]:
    """Machines have read what the catalogue says they cover; people what they have decided on."""
    c, v = t.coding.c, t.coverage.c
    covered = sa.select(v.document, v.coder, v.codebook, v.made_at)
    decided = (
        sa.select(c.document, c.coder, c.codebook, sa.func.max(c.made_at))
        .where(_of_people() & c.clause.in_(sa.select(t.clause.c.id)))
        .group_by(c.document, c.coder, c.codebook)
    )
    if documents is not None:
        covered = covered.where(v.document.in_(documents))
        decided = decided.where(c.document.in_(documents))
    with catalogue.reading() as connection:
        rows = [*connection.execute(covered), *connection.execute(decided)]
    return [_Read(*row) for row in rows]


def _of_people() -> sa.ColumnElement[bool]:
    return by_people() & t.stands()


def _first(reads: Collection[_Read]) -> tuple[str, ...]:
    """Who counts of those who read one document: all people, then one machine."""
    people = sorted({each.coder for each in reads if each.coder.startswith(PERSON)})
    machines = [each for each in reads if not each.coder.startswith(PERSON)]
    if not machines:
        return tuple(people)
    kind = min((each.coder for each in machines), key=_rank).split(":", 1)[0]
    own = [each for each in machines if _kind(each.coder) == kind]
    return (*people, max(own, key=lambda each: (each.made_at, each.coder)).coder)


def _kind(coder: str) -> str:
    return coder.split(":", 1)[0]


def _rank(coder: str) -> tuple[int, str]:
    kind = _kind(coder)
    return KINDS.index(kind) if kind in KINDS else len(KINDS), coder
