"""Writing down what was read: places chosen, dates and reasons filled in."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from textmine.places import Gazetteer
from textmine.records import (
    PAGE_BREAK,
    Extraction,
    Place,
    Span,
    TieKind,
    TieStatus,
    Witness,
    WitnessForm,
)
from textmine.ties.dated import Dated
from textmine.ties.found import Findings, Found, Unresolved
from textmine.ties.partners import Partner, choose

_MENDED = 0.8
"""Factor on the confidence in a witness whose month was misspelt."""


@dataclass(frozen=True, slots=True)
class Source:
    """The document that is being read: its number, its pages, the last year that it can know."""

    document: int
    numbers: tuple[int, ...]
    starts: tuple[int, ...]
    latest: int

    @classmethod
    def of(cls, extraction: Extraction, document: int, latest: int) -> Source:
        """The source of an extraction."""
        starts, at = [], 0
        for page in extraction.pages:
            starts.append(at)
            at += len(page.text) + len(PAGE_BREAK)
        numbers = tuple(page.number for page in extraction.pages)
        return cls(document, numbers, tuple(starts), latest)

    def page_at(self, spans: Sequence[Span]) -> int:
        """The page on which the spans begin."""
        return self.numbers[bisect_right(self.starts, spans[0].start) - 1] if spans else 1


def note_unresolved(
    found: Findings, source: Source, spans: Sequence[Span], written: str, reason: str
) -> None:
    """Write down a name or a pair that became no tie, and why."""
    found.unresolved.append(
        Unresolved(
            source.document, source.page_at(spans), tuple(spans), " ".join(written.split()), reason
        )
    )


def note_tie(
    found: Findings,
    source: Source,
    gazetteer: Gazetteer,
    *,
    city: Partner | Place,
    partner: Partner,
    spans: Sequence[Span],
    form: WitnessForm,
    kind: TieKind,
    instrument: str,
    dated: Dated | None,
    status: TieStatus,
    confidence: float,
    led: bool,
    city_written: str = "",
    near: Sequence[str] = (),
) -> None:
    """Write down one tie, or the name that stands in its way.

    ``near`` are codes of countries named around the two.
    """
    if isinstance(city, Partner):
        city_written = city.written
        home, reason = _meant(city, gazetteer, near)
        if home is None:
            note_unresolved(found, source, spans, city.written, reason)
            return
    else:
        home = city
    other, reason = _meant(partner, gazetteer, near)
    if other is None:
        note_unresolved(found, source, spans, partner.written, reason)
        return
    if home.id == other.id:
        return
    if other.kind == "network":
        kind = "membership"
    found.ties.append(
        Found(
            home,
            other,
            Witness(
                document=source.document,
                page=source.page_at(spans),
                spans=tuple(spans),
                form=form,
                written=" ".join(partner.written.split()),
                kind=kind,
                instrument=instrument,
                date=dated.date if dated else None,
                undated="" if dated and dated.date else dated.undated if dated else "no-date",
                status=status,
                confidence=round(confidence * (_MENDED if dated and dated.mended else 1), 2),
            ),
            " ".join(city_written.split()),
            led,
        )
    )


def _meant(partner: Partner, gazetteer: Gazetteer, near: Sequence[str]) -> tuple[Place | None, str]:
    if partner.is_country:
        return partner.candidates[0], ""
    return choose(partner, gazetteer, near)


def with_usual_kind(ties: Sequence[Found]) -> list[Found]:
    """The ties of one list; where some are marked as memoranda, the rest are sister cities.

    Lists of partners name the kind of what is no sister city: "Baghdad (memorandum), Lahore".
    """
    plain = [each.witness.kind == "other" and not each.witness.instrument for each in ties]
    marked = sum(each.witness.kind == "memorandum" for each in ties)
    if not marked or marked + sum(plain) < len(ties) or marked > sum(plain):
        return list(ties)
    return [
        replace(each, witness=replace(each.witness, kind="sister-city")) if is_plain else each
        for each, is_plain in zip(ties, plain, strict=True)
    ]
