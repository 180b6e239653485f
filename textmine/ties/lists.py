"""Ties that lists tell: a line that names a city and its partners in general, then the partners."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

from textmine.places import Gazetteer
from textmine.records import PAGE_BREAK, Extraction, Line, Place, Span
from textmine.text.letters import BULLETS
from textmine.ties import instruments
from textmine.ties.dated import dates_in, without_ends
from textmine.ties.found import Covered, Findings
from textmine.ties.instruments import plain
from textmine.ties.noting import Source, note_tie, note_unresolved, with_usual_kind
from textmine.ties.partners import Partner, cities_in, partners_in

_SURE, _FROM_TITLE = 0.9, 0.7
_LONGEST_ITEM = 220
_LONGEST_LEAD = 300
_FEWEST = 2
_BULLET = re.compile(
    rf"^\s*(?:[-–—*{BULLETS}]|[\d۰-۹٠-٩]{{1,2}}\s*[.)\-–]|[.)]\s?[\d۰-۹٠-٩]{{1,2}}|[a-z][.)]"
    r"|[الف-ی][.)-])\s*"
)
_SAID_FIRST = re.compile(
    r"^[\s\d۰-۹().–-]*(?:(?:the\s+)?cit(?:y|ies)\s+of\s+|شهر\s+|with\s+|با\s+)?$", re.IGNORECASE
)
# "Partners of Tehran", «شریک‌های تبریز»: no word of sisterhood, and a list of cities below.
_PARTNERS = re.compile(
    r"\bpartners\b|شهرهای\s+(?:همکار|طرف|شریک|دوست)|شریک\s?های|پیوندهای?\s+شهری", re.IGNORECASE
)
_BODIES = re.compile(
    r"universit|chamber|club|company|museum|trad(?:e|ing)\b|conference|forum\b|meeting|همایش|نشست|دانشگاه|اتاق|باشگاه|شرکت|موزه|تجاری|بازرگانی",
    re.IGNORECASE,
)


def ties_in_lists(
    extraction: Extraction,
    taken: Covered,
    titled: Sequence[Place],
    gazetteer: Gazetteer,
    source: Source,
) -> tuple[Findings, tuple[Span, ...]]:
    """The ties that lists tell, and the lines that they fill.

    ``taken`` are tables; ``titled`` the cities that the document's title names.
    """
    found = Findings()
    used: list[Span] = []
    lines = [
        (span, line)
        for span, line in _lines(extraction)
        if line.role not in ("running-head", "page-number", "footnote", "table")
        and not taken.characters(span)
    ]
    text = extraction.text
    number = 0
    above = lead = ""
    while number < len(lines):
        span, line = lines[number]
        number += 1
        above, lead = lead, text[span.start : span.end].strip()
        if not _leads(lead, line):
            continue
        items = [
            below
            for below, _ in takewhile(
                lambda each: _marked(text[each[0].start : each[0].end], each[1]), lines[number:]
            )
        ]
        if len(items) < _FEWEST:
            continue
        told = _read(lead, above, items, text, titled, gazetteer, source)
        if len(told.ties) >= _FEWEST:
            number += len(items)
            used += [span, *items]
            found.ties += with_usual_kind(told.ties)
            found.unresolved += told.unresolved
    return found, tuple(used)


def _marked(item: str, line: Line) -> bool:
    """Whether a line is an item of a list."""
    return len(item) <= _LONGEST_ITEM and (line.role == "item" or _BULLET.match(item) is not None)


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
    words = plain(lead)
    ends = lead.endswith((":", "："))
    if len(lead) > _LONGEST_LEAD or _BODIES.search(words) or (_marked(lead, line) and not ends):
        return False
    last = re.split(r"[.؟?!]\s", words)[-1]
    promising = line.role == "heading" or ends or _SHORT.match(lead) is not None
    return promising and (instruments.names_tie(last) or _PARTNERS.search(last) is not None)


_SHORT = re.compile(r"^[^.؛;]{5,70}$")


def _read(
    lead: str,
    above: str,
    items: Sequence[Span],
    text: str,
    titled: Sequence[Place],
    gazetteer: Gazetteer,
    source: Source,
) -> Findings:
    found = Findings()
    home, confidence = _home(lead, above, titled, gazetteer, source)
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
        if _BODIES.search(plain(words)):
            continue
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
            dates = without_ends(rest, dates_in(rest, source.latest, cell=True))
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
    lead: str, above: str, titled: Sequence[Place], gazetteer: Gazetteer, source: Source
) -> tuple[Partner | Place | None, float]:
    """The city whose partners a list names: in its lead, the heading above it, the title."""
    for words in (lead, above if _SHORT.match(above) else ""):
        cities = cities_in(words, gazetteer, source.latest)
        if cities:
            return (cities[0][1] if len(cities) == 1 else None), _SURE
    return (titled[0], _FROM_TITLE) if len(titled) == 1 else (None, 0.0)
