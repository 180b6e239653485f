"""Clauses of a bilingual document that say the same in the other language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from textmine.records import Clause, ClauseKind

_ONCE: tuple[ClauseKind, ...] = ("preamble", "signature")  # paired without a number


def counterparts(clauses: Iterable[Clause]) -> dict[str, str]:
    """The id of each clause that has a counterpart, with the id of that: both ways.

    A Persian and an English clause of the same kind and printed number are counterparts when
    either language has as many of them; what has no number is not paired, but for a preamble or a
    closing formula.

    >>> from textmine.records import Span
    >>> def clause(id, number, language):
    ...     return Clause(id, 0, "article", number, None, "", language, 1, (Span(0, 1),))
    >>> counterparts([clause("a", "1", "fa"), clause("b", "2", "fa"), clause("c", "1", "en")])
    {'a': 'c', 'c': 'a'}
    """
    found: dict[tuple[ClauseKind, str], dict[str, list[str]]] = defaultdict(
        lambda: {"fa": [], "en": [], "und": []}
    )
    for clause in clauses:
        if clause.number or clause.kind in _ONCE:
            found[clause.kind, clause.number or ""][clause.language].append(clause.id)
    pairs: dict[str, str] = {}
    for ids in found.values():
        if len(ids["fa"]) == len(ids["en"]):
            for one, other in zip(ids["fa"], ids["en"], strict=True):
                pairs |= {one: other, other: one}
    return pairs
