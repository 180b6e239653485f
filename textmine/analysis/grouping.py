"""Which row of a table a document belongs to: by what is known of it, or by a scheme."""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from textmine.analysis.overview import year_of
from textmine.places import Gazetteer, Resolved, find_places, gazetteer, resolve
from textmine.records import Document
from textmine.schemes import Scheme, Ungrouped

UNKNOWN = "unknown"
"""The row of a document of which nothing is known, the last one of a table."""


_DAYS_OF_A_YEAR = 365.2425  # in the Gregorian calendar, on average


@dataclass(frozen=True, slots=True)
class Grouping:
    """The rows of documents. ``rows`` are in order, each named in ``names`` (in English).

    ``of`` has the rows of every document that has any; ``reasons`` says of the others why
    (``unknown``, or as a scheme says: ``no-date``, ``straddles``, ``not-in-scheme``).
    """

    rows: tuple[str, ...]
    names: Mapping[str, str]
    of: Mapping[int, tuple[str, ...]]
    reasons: Mapping[int, str]

    def left_out(self) -> dict[str, int]:
        """How many documents have no row, by reason."""
        return dict(sorted(Counter(self.reasons.values()).items()))


def by_attribute(documents: Iterable[Document], name: str) -> Grouping:
    """Documents by the values of one field, the year of either calendar's date among them.

    >>> from textmine.records import Attribute
    >>> one = Document(1, "", "a", "", 0, "done", "", "", (), {}, "", "", "", "",
    ...                (Attribute("kind", "law", 1, ""),))
    >>> by_attribute([one], "kind").of, by_attribute([one], "party").left_out()
    ({1: ('law',)}, {'unknown': 1})
    """
    of = {}
    for document in documents:
        year = year_of(document) if name == "year" else ""
        of[document.id] = (year,) if year else tuple(dict.fromkeys(document.values(name)))
    rows = sorted({row for own in of.values() for row in own})
    return Grouping(
        tuple(rows),
        {row: row for row in rows},
        {number: own for number, own in of.items() if own},
        {number: UNKNOWN for number, own in of.items() if not own},
    )


def by_country(documents: Iterable[Document], *, home: str = "") -> Grouping:
    """Documents by the countries that they name (``country``), else by those of their parties.

    ``home`` is the code of a country not to count, as the one that has a hand in all of them. A
    party that could lie in several countries is left out.
    """
    known = gazetteer()
    of = {each.id: _countries(each, known, home) for each in documents}
    rows = sorted({row for own in of.values() for row in own})
    return Grouping(
        tuple(rows),
        {row: known.country(row).name["en"] for row in rows},
        {number: own for number, own in of.items() if own},
        {number: UNKNOWN for number, own in of.items() if not own},
    )


def by_scheme(documents: Sequence[Document], scheme: Scheme, *, home: str = "") -> Grouping:
    """Documents by the groups of a scheme: of periods by their dates, of countries by theirs."""
    if scheme.kind == "periods":
        of, reasons = _by_days(documents, scheme)
    else:
        of, reasons = _by_countries(documents, scheme, home)
    return Grouping(
        tuple(group.id for group in scheme.groups),
        {group.id: group.name["en"] for group in scheme.groups},
        of,
        reasons,
    )


def middles(scheme: Scheme) -> dict[str, float]:
    """The middle of each period in years, so that a trend knows how far apart periods lie.

    An open period stands at the end that it has; one that is open on both sides is the only one.

    >>> from textmine.schemes import load_scheme
    >>> found = middles(load_scheme("iran-governments"))
    >>> round(found["rouhani"] - found["khatami"], 1), round(found["before-revolution"], 1)
    (16.0, 1979.1)
    """
    found = {}
    for group in scheme.groups:
        ends = {day for days in group.days for day in days} - {date.min, date.max} or {date.min}
        middle = (min(ends).toordinal() + max(ends).toordinal()) / 2
        found[group.id] = 1 + middle / _DAYS_OF_A_YEAR
    return found


_Rows = tuple[dict[int, tuple[str, ...]], dict[int, str]]


def _by_days(documents: Iterable[Document], scheme: Scheme) -> _Rows:
    of: dict[int, tuple[str, ...]] = {}
    reasons = {}
    for document in documents:
        group = scheme.of_days(*(days(document) or (None, None)))
        if isinstance(group, Ungrouped):
            reasons[document.id] = str(group.reason)
        else:
            of[document.id] = (group.id,)
    return of, reasons


def _by_countries(documents: Iterable[Document], scheme: Scheme, home: str) -> _Rows:
    countries = by_country(documents, home=home)
    of, reasons = {}, dict(countries.reasons)
    for number, codes in countries.of.items():
        groups = [scheme.of_country(code) for code in codes]
        found = tuple(dict.fromkeys(each.id for each in groups if not isinstance(each, Ungrouped)))
        if found:
            of[number] = found
        else:
            reasons[number] = next(
                str(each.reason) for each in groups if isinstance(each, Ungrouped)
            )
    return of, reasons


def days(document: Document) -> tuple[date, date] | None:
    """The first and the last day that a document's date can mean; None without a date.

    >>> from textmine.records import Attribute
    >>> days(Document(1, "", "a", "", 0, "done", "", "", (), {}, "", "", "", "",
    ...               (Attribute("date", "1993-02", 1, ""),)))
    (datetime.date(1993, 2, 1), datetime.date(1993, 2, 28))
    """
    written = document.value("date") or year_of(document)
    parts = [int(part) for part in written.split("-") if part.isdecimal()]
    try:
        if len(parts) == 3:
            day = date(*parts)
            return day, day
        if len(parts) == 2:
            year, month = parts
            return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
        return (date(parts[0], 1, 1), date(parts[0], 12, 31)) if parts else None
    except ValueError:  # a table may hold what is no day; IllegalMonthError is one too
        return None


def _countries(document: Document, known: Gazetteer, home: str) -> tuple[str, ...]:
    given = document.values("country")
    look: Callable[[str, Gazetteer], Iterator[str]] = _named if given else _located
    found = (code for text in given or document.values("party") for code in look(text, known))
    return tuple(dict.fromkeys(code for code in found if code != home))


def _named(text: str, known: Gazetteer) -> Iterator[str]:
    for place in known.named(text, kind="country")[:1]:
        yield place.country


def _located(party: str, known: Gazetteer) -> Iterator[str]:
    found = [
        each.place.country
        for each in resolve(find_places(party, known), known)
        if isinstance(each, Resolved) and each.place.country
    ]
    # A name that running text does not give away, or a small city, may still be the only one.
    yield from found or _only({place.country for place in known.named(party)} - {""})


def _only(countries: set[str]) -> set[str]:
    return countries if len(countries) == 1 else set()
