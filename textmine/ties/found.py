"""What is read out of one document: ties with one witness each, and names nobody could place."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

from textmine.records import Place, Span, Witness


@dataclass(frozen=True, slots=True)
class Found:
    """A tie as one place of a document tells it.

    ``city_written`` is how that place writes the city. ``led`` says that the city is named as the
    one whose ties are told, so that it goes before its partner.
    """

    city: Place
    partner: Place
    witness: Witness
    city_written: str = ""
    led: bool = False


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A name that stands where a partner would, and belongs to no place for sure.

    ``reason`` is ``unknown`` (no gazetteer has it), ``ambiguous`` (several places bear it),
    ``no-home`` (whose partner it is, nothing says) or ``several-parties`` (an agreement of more
    than two).
    """

    document: int
    page: int
    spans: tuple[Span, ...]
    written: str
    reason: str


@dataclass(slots=True)
class Findings:
    """Ties and open names of one document, collected part by part."""

    ties: list[Found] = field(default_factory=list)
    unresolved: list[Unresolved] = field(default_factory=list)


class Covered:
    """Stretches of a text; tells how much of another stretch they cover.

    >>> covered = Covered([Span(10, 20), Span(15, 25)])
    >>> covered.characters(Span(0, 12)), covered.characters(Span(25, 30))
    (2, 0)
    """

    def __init__(self, spans: Iterable[Span]) -> None:
        self._spans: list[Span] = []
        for start, end in sorted(spans):
            if self._spans and start <= self._spans[-1].end:
                start, before = self._spans.pop()
                end = max(end, before)
            self._spans.append(Span(start, end))

    def characters(self, span: Span) -> int:
        """Characters of ``span`` that are covered."""
        first = max(bisect_right(self._spans, span) - 1, 0)
        total = 0
        for start, end in self._spans[first:]:
            if start >= span.end:
                break
            total += max(0, min(end, span.end) - max(start, span.start))
        return total
