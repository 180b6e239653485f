"""Ties that lists tell: a line that names a city and its partners in general, then the partners."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from textmine.places import Gazetteer
from textmine.records import PAGE_BREAK, Extraction, Line, Place, Span
from textmine.ties import instruments
from textmine.ties.dated import dates_in, without_ends
from textmine.ties.found import Findings
from textmine.ties.instruments import plain
from textmine.ties.noting import Source, note_tie, note_unresolved
from textmine.ties.partners import Partner, choose, partners_in

_SURE, _FROM_TITLE = 0.9, 0.7
_LONGEST_ITEM = 220
_LONGEST_LEAD = 300
_FEWEST = 2
_BULLET = re.compile(
    r"^\s*(?:[-–—•▪◦*·●○]|[\d۰-۹٠-٩]{1,2}\s*[.)\-–]|[.)]\s?[\d۰-۹٠-٩]{1,2}|[a-z][.)]|[الف-ی][.)-])\s*"
)
_SAID_FIRST = re.compile(
    r"^[\s\d۰-۹().–-]*(?:(?:the\s+)?cit(?:y|ies)\s+of\s+|شهر\s+|with\s+|با\s+)?$", re.IGNORECASE
)
_LEAD = re.compile(
    r"خواهر|شهرهای\s+(?:همکار|طرف)|پیوند|sister|twin|partner|friendship|memorand|تفاهم|دوستی",
    re.IGNORECASE,
)


def ties_in_lists(
    extraction: Extraction,
    taken: Sequence[Span],
    titled: Sequence[Place],
    gazetteer: Gazetteer,
    source: Source,
) -> tuple[Findings, tuple[Span, ...]]:
    """The ties that lists tell, and the lines that they fill.

    ``taken`` are spans of tables; ``titled`` the cities that the document's title names.
    """
    found = Findings()
    used: list[Span] = []
    lines = [
        (span, line)
        for span, line in _lines(extraction)
        if line.role not in ("running-head", "page-number", "footnote", "table")
        and not any(span.start < other.end and other.start < span.end for other in taken)
    ]
    text = extraction.text
    number = 0
    while number < len(lines):
        span, line = lines[number]
        number += 1
        lead = text[span.start : span.end].strip()
        if not _leads(lead, line):
            continue
        items = []
        for below, its in lines[number:]:
            item = text[below.start : below.end]
            marked = its.role == "item" or _BULLET.match(item) is not None
            if not marked or len(item) > _LONGEST_ITEM:
                break
            items.append(below)
        if len(items) < _FEWEST:
            continue
        told = _read(lead, items, text, titled, gazetteer, source)
        if len(told.ties) >= _FEWEST:
            number += len(items)
            used += [span, *items]
            found.ties += told.ties
            found.unresolved += told.unresolved
    return found, tuple(used)


def _lines(extraction: Extraction) -> Iterator[tuple[Span, Line]]:
    """The lines that hold anything, with their place in the document text."""
    at = 0
    for page in extraction.pages:
        for line in page.lines:
            if page.text[line.start : line.end].strip():
                yield Span(at + line.start, at + line.end), line
        at += len(page.text) + len(PAGE_BREAK)


def _leads(lead: str, line: Line) -> bool:
    """Whether a line promises a list of partners."""
    if len(lead) > _LONGEST_LEAD or not _LEAD.search(plain(lead)):
        return False
    last = re.split(r"[.؟?!]\s", lead)[-1]
    promising = line.role == "heading" or lead.endswith((":", "：")) or _SHORT.match(lead)
    return bool(promising) and instruments.names_tie(last)


_SHORT = re.compile(r"^[^.؛;]{5,70}$")


def _read(
    lead: str,
    items: Sequence[Span],
    text: str,
    titled: Sequence[Place],
    gazetteer: Gazetteer,
    source: Source,
) -> Findings:
    found = Findings()
    home, confidence = _home(lead, titled, gazetteer, source)
    if instruments.denied(lead) or (
        instruments.supposed(lead) and instruments.status_in(lead) != "draft"
    ):
        return found
    usual = instruments.kind_of(lead) or "other"
    status = instruments.status_in(lead) or "signed"
    for span in items:
        item = text[span.start : span.end]
        bullet = _BULLET.match(item)
        words = item[bullet.end() :] if bullet else item
        partners = [
            each
            for each in partners_in(words, gazetteer, source.latest, cell=True)
            if not each.is_network
        ]
        first = partners[0] if partners else None
        if first is None or not _SAID_FIRST.match(words[: first.span.start]):
            name = re.split(r"[،,(:؛;–-]", words)[0].strip()
            if home is not None and len(name) > 2 and len(name.split()) <= 4:
                note_unresolved(found, source, (span,), name, "unknown")
            continue
        if home is None:
            note_unresolved(found, source, (span,), first.written, "no-home")
            continue
        if first.is_country:
            continue
        rest = words[first.span.end :]
        dated = first.dated
        if dated is None:
            dates = without_ends(rest, dates_in(rest, source.latest))
            dated = dates[0] if len(dates) == 1 else None
        note_tie(
            found,
            source,
            gazetteer,
            city=home,
            partner=first,
            spans=(span,),
            form="list",
            kind=instruments.kind_of(rest) or usual,
            instrument=instruments.instrument_in(rest),
            dated=dated,
            status=instruments.status_in(rest) or status,
            confidence=confidence,
            led=True,
        )
    return found


def _home(
    lead: str, titled: Sequence[Place], gazetteer: Gazetteer, source: Source
) -> tuple[Partner | Place | None, float]:
    """The city whose partners a list names: in its lead, else in the title."""
    cities: dict[str, Partner] = {}
    for partner in partners_in(lead, gazetteer, source.latest):
        place, _ = choose(partner, gazetteer)
        if place is not None and place.kind == "city":
            cities.setdefault(place.id, partner)
    if len(cities) == 1:
        return next(iter(cities.values())), _SURE
    if not cities and len(titled) == 1:
        return titled[0], _FROM_TITLE
    return None, 0.0
