"""The tie that a document makes: an agreement or a memorandum between two cities."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from textmine.places import Gazetteer
from textmine.records import Attribute, Clause, Extraction, Part, Segmentation, Span, TieDate
from textmine.ties import instruments
from textmine.ties.dated import Dated
from textmine.ties.found import Findings
from textmine.ties.instruments import plain
from textmine.ties.noting import Source, note_tie, note_unresolved
from textmine.ties.partners import Partner, choose, partners_in

_SURE, _BY_TITLE, _BY_OPENING = 0.98, 0.9, 0.7
_KINDS = ("agreement", "memorandum")
_OTHER_KINDS = ("", "other", "treaty", "law")
# Documents about ties, which make none.
_ABOUT = re.compile(
    r"گزارش|مصوبه|صورت[\s\u200c]?جلسه|مقاله|بررسی|اساس[\s\u200c]?نامه|قانون|\breport\b|\bresolution\b|\bminutes\b"
    r"|\bstudy\b|\breading\b|\bact\b(?!\s+of)|\bnews\b|\blist\b|فهرست|\bsurvey\b",
    re.IGNORECASE,
)
# Parties that are no cities, though they lie in some.
_OTHERS = re.compile(
    r"دانشگاه|اتاق|خانهٔ?\s|انجمن|شرکت|باشگاه|موزه|کتابخانه|بیمارستان|سازمان[\s\u200c]?های\s+مردم|\buniversit"
    r"|\bchambers?\b|\bassociations?\b|\bcompan(?:y|ies)\b|\bclubs?\b|\bmuseums?\b|\blibrar|\bhospital"
    r"|\bngos?\b|\binstitut|\bports?\s+authorit",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[.:؛;!?؟]\s*$")
# A heading that begins with the name of a document.
_NAMED_FIRST = re.compile(
    r"\W*(?:(?:joint|draft|the)\s+|متن\s+|پیش[\s-]?نویس\s+)*(?:sister|twin|friendship|co-?operation"
    r"|declaration|memorand|agreement|protocol|charter|treaty|pact|letter"
    r"|act\s+of|communiqu|بیانیه|اعلامیه|پیمان|قرارداد|یادداشت"
    r"|تفاهم|توافق|موافقت|معاهده|پروتکل|منشور|عهد|مقاوله)",
    re.IGNORECASE,
)
_DOCUMENT = re.compile(
    r"declaration|memorand|agreement|protocol|charter|treaty|pact\b|\bact\s+of\b|communiqu|accord\b|بیانیه|اعلامیه|پیمان|قرارداد"
    r"|یادداشت|تفاهم|توافق|موافقت|معاهده|پروتکل|منشور|عهد\s?نامه|مقاوله",
    re.IGNORECASE,
)
_OPENING = 1500  # characters in which an agreement names its parties


def tie_of_agreement(
    extraction: Extraction,
    segmentation: Segmentation,
    attributes: Sequence[Attribute],
    gazetteer: Gazetteer,
    source: Source,
) -> Findings:
    """The tie that the document itself makes; nothing when it is no agreement between cities."""
    found = Findings()
    values: dict[str, list[str]] = {}
    for each in attributes:
        values.setdefault(each.name, []).append(each.value)
    kind = next(iter(values.get("kind", ())), "")
    title = next(iter(values.get("title", ())), "")
    heading = title or _first_heading(extraction, segmentation.parts)
    if not title and _SENTENCE.search(heading):
        return found
    if not instruments.names_tie(heading) or _ABOUT.search(heading) or _OTHERS.search(heading):
        return found
    begins = _NAMED_FIRST.match(plain(heading)) is not None
    named_so = kind in _KINDS
    if not named_so and not (
        kind in _OTHER_KINDS
        and _DOCUMENT.search(plain(heading))
        and (begins or (kind != "law" and _opens_agreement(segmentation.clauses)))
    ):
        return found
    spans = _place_of(heading, extraction.text)
    named = values.get("party", [])
    parties = [each for value in named for each in _cities(value, gazetteer, source)[:1]]
    confidence = _SURE
    if any(_is_state(value, gazetteer, source) for value in named):
        return found  # a treaty of states
    if len(parties) < 2:
        parties = _cities(heading, gazetteer, source)
        confidence = _BY_TITLE
    if len(parties) < 2 and named_so:
        opening = extraction.text[:_OPENING]
        parties = [
            each
            for each in partners_in(opening, gazetteer, source.latest)
            if not each.is_country and not each.is_network
        ]
        parties = _different(parties, gazetteer)[:2]
        confidence = _BY_OPENING
    parties = _different(parties, gazetteer)
    if len(parties) > 2:
        written = "; ".join(each.written for each in parties)
        note_unresolved(found, source, spans, written, "several-parties")
        return found
    if len(parties) < 2:
        for value in named if named_so else ():
            partners = partners_in(value, gazetteer, source.latest, cell=True)
            if not partners:
                note_unresolved(found, source, spans, value, "unknown")
        return found
    note_tie(
        found,
        source,
        gazetteer,
        city=parties[0],
        partner=parties[1],
        spans=spans,
        form="agreement",
        kind=instruments.kind_of(heading) or "other",
        instrument=instruments.instrument_in(heading),
        dated=_date(values),
        status="draft" if instruments.status_in(heading) == "draft" else "signed",
        confidence=confidence,
        led=False,
        near=_countries(extraction.text[:_OPENING], gazetteer, source),
    )
    return found


def _countries(opening: str, gazetteer: Gazetteer, source: Source) -> list[str]:
    """Codes of the countries that an agreement names where it names its parties."""
    return [
        place.country
        for each in partners_in(opening, gazetteer, source.latest)
        for place in each.candidates
        if each.is_country
    ] + [code for each in partners_in(opening, gazetteer, source.latest) for code in each.countries]


def _cities(words: str, gazetteer: Gazetteer, source: Source) -> list[Partner]:
    return [
        each
        for each in partners_in(words, gazetteer, source.latest, cell=True)
        if not each.is_country and not each.is_network
    ]


def _is_state(value: str, gazetteer: Gazetteer, source: Source) -> bool:
    """Whether a party is a state, its whole name and nothing else."""
    partners = partners_in(value, gazetteer, source.latest)
    return bool(partners) and partners[0].is_country


def _different(parties: Sequence[Partner], gazetteer: Gazetteer) -> list[Partner]:
    """One partner for each place: bilingual titles name both twice."""
    kept: dict[str, Partner] = {}
    for each in parties:
        place, _ = choose(each, gazetteer)
        key = place.id if place else each.written
        if key not in kept or (each.countries and not kept[key].countries):
            kept[key] = each
    return list(kept.values())


# How agreements begin: they name their parties and their will, in the first clauses.
_WILL = re.compile(
    r"طرفین|دو\s+طرف|توافق\s+(?:کردند|نمودند)|متعهد|\bparties\b|\bhave\s+(?:agreed|decided)\b|\bagree\b"
    r"|\bdeclare\b|اعلام\s+می|\bshall\b",
    re.IGNORECASE,
)


def _opens_agreement(clauses: Sequence[Clause]) -> bool:
    """Whether a document of no telling kind reads as one that two parties made."""
    if any(clause.kind in ("preamble", "recital", "signature") for clause in clauses):
        return True
    return sum(_WILL.search(clause.text) is not None for clause in clauses) * 4 > len(clauses)


def _first_heading(extraction: Extraction, parts: Sequence[Part]) -> str:
    text = extraction.text
    for part in parts:
        if part.kind in ("title", "heading") and part.span.start < _OPENING:
            return text[part.span.start : part.span.end]
    return next((line.strip() for line in text.splitlines() if line.strip()), "")[:300]


def _place_of(heading: str, text: str) -> tuple[Span, ...]:
    """Where the heading stands in the text; the first line when it was found elsewhere."""
    words = [re.escape(word) for word in heading.split(" / ")[0].split()]
    match = re.search(r"\W{1,4}".join(words), text, re.IGNORECASE) if words else None
    if match is None:
        match = re.search(r"\S.*\S", text)
    return (Span(match.start(), match.end()),) if match else ()


def _date(values: dict[str, list[str]]) -> Dated | None:
    """The date of the document, in the calendar of its language where both are known."""
    persian_first = next(iter(values.get("language", ("",)))).startswith("fa")
    names = ("date_persian", "date", "year_persian", "year_gregorian")
    order = names if persian_first else ("date", "date_persian", "year_gregorian", "year_persian")
    for name in order:
        for value in values.get(name, ()):
            made = _dated(value, persian="persian" in name)
            if made is not None:
                return Dated(Span(0, 0), made)
    return None


def _dated(value: str, *, persian: bool) -> TieDate | None:
    from textmine.text.dates import find_dates

    parts = [int(part) for part in re.split(r"[/-]", value) if part.isdigit()]
    if not parts:
        return None
    calendar = "شمسی" if persian else "میلادی"
    written = "/".join(f"{part:02}" for part in parts) if len(parts) == 3 else str(parts[0])
    if len(parts) == 3 and not persian:
        try:
            day = date(*parts)
        except ValueError:
            return None
        return TieDate("gregorian", day.year, day.month, day.day, day, day)
    mention = next(iter(find_dates(f"سال {written} {calendar}")), None)
    if mention is None:
        return None
    return TieDate(
        mention.calendar, mention.year, mention.month, mention.day, mention.first, mention.last
    )
