"""One tie for each pair of places, with all its witnesses and what they tell differently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from textmine.places import Gazetteer
from textmine.records import Fault, Place, Span, Tie, TieDate, TieKind, TieStatus, Witness
from textmine.ties.found import Found

_FORMS = ("agreement", "table", "list", "sentence")
"""The surest first: the document itself, a table made with care, a list, running text."""
_MOON = timedelta(days=2)
"""Days by which the tabular Islamic calendar may be off."""

KIND_NAMES: Mapping[TieKind, tuple[str, str]] = {
    "sister-city": ("sister city", "خواهرخواندگی"),
    "memorandum": ("memorandum", "یادداشت تفاهم"),
    "friendship": ("friendship", "دوستی"),
    "protocol": ("protocol", "پروتکل"),
    "cooperation": ("cooperation", "همکاری"),
    "membership": ("membership", "عضویت"),
    "other": ("other", "دیگر"),
}
STATUS_NAMES: Mapping[TieStatus, tuple[str, str]] = {
    "signed": ("signed", "امضاشده"),
    "draft": ("draft", "پیش‌نویس"),
    "unofficial": ("unofficial", "غیررسمی"),
    "inactive": ("inactive", "غیرفعال"),
    "unknown": ("unknown", "نامعلوم"),
}


@dataclass(frozen=True, slots=True)
class _Seen:
    """A witness, with the names that it writes for both places, in the order of the tie."""

    witness: Witness
    city: str
    partner: str


def merged(
    found: Iterable[Found], gazetteer: Gazetteer, names: Mapping[int, str] | None = None
) -> tuple[Tie, ...]:
    """One tie for each pair of places, in the order of the English names.

    The city that documents name as the one whose ties they list goes first; else the order of the
    surest witness stands. ``names`` are those of the documents by number, for what disagrees.

    >>> from datetime import date
    >>> from textmine.places import gazetteer
    >>> tehran, = gazetteer().named("تهران")
    >>> bishkek = gazetteer().named("بیشکک")[0]
    >>> def told(document: int, year: int) -> Found:
    ...     made = TieDate("gregorian", year, None, None, date(year, 1, 1), date(year, 12, 31))
    ...     witness = Witness(document, 1, (), "table", "بیشکک", "sister-city", date=made)
    ...     return Found(tehran, bishkek, witness, "تهران")
    >>> tie, = merged([told(1, 1993), told(2, 1994)], gazetteer(), {1: "a.txt", 2: "b.txt"})
    >>> tie.disagreements[0].message["en"]
    'Tehran - Bishkek: dated 1993 in “a.txt”, 1994 in “b.txt”'
    """
    pairs: dict[frozenset[str], list[Found]] = {}
    for each in found:
        pairs.setdefault(frozenset((each.city.id, each.partner.id)), []).append(each)
    ties = [_tie(group, gazetteer, names or {}) for group in pairs.values()]
    return tuple(
        sorted(ties, key=lambda tie: (tie.city.name["en"], tie.city.id, tie.partner.name["en"]))
    )


def _surest(each: Found) -> tuple[int, float, int, int, int]:
    witness = each.witness
    date = witness.date
    parts = 0 if date is None else 1 + (date.month is not None) + (date.day is not None)
    return _FORMS.index(witness.form), -witness.confidence, -parts, witness.document, witness.page


def _tie(group: Sequence[Found], gazetteer: Gazetteer, names: Mapping[int, str]) -> Tie:
    ordered = sorted(_once(group), key=_surest)
    city, partner = _in_order(ordered)
    seen = [_turned(each, city) for each in ordered]
    witnesses = tuple(each.witness for each in seen)
    telling = next((each for each in witnesses if each.kind != "other"), witnesses[0])
    status: TieStatus = next(
        (each.status for each in witnesses if each.status != "unknown"), "unknown"
    )
    title = f"{city.name['en']} - {partner.name['en']}"
    title_fa = (
        f"{city.name.get('fa', city.name['en'])} - {partner.name.get('fa', partner.name['en'])}"
    )
    reporter = _Reporter(title, title_fa, names)
    return Tie(
        city=city,
        partner=partner,
        kind=telling.kind,
        date=next((each.date for each in witnesses if each.date), None),
        instrument=next((each.instrument for each in witnesses if each.instrument), ""),
        status=status,
        witnesses=witnesses,
        disagreements=(
            *reporter.dates(witnesses),
            *reporter.kinds(witnesses),
            *reporter.states(witnesses),
            *reporter.written(seen, city, partner, gazetteer),
        ),
    )


def _once(group: Sequence[Found]) -> list[Found]:
    """Without what one place of a document tells twice; the surer telling stays."""
    kept: dict[tuple[int, tuple[Span, ...]], Found] = {}
    for each in sorted(group, key=_surest):
        kept.setdefault((each.witness.document, each.witness.spans), each)
    return list(kept.values())


def _in_order(ordered: Sequence[Found]) -> tuple[Place, Place]:
    """The two places; networks and states come second, the city spoken of first."""
    first = ordered[0]
    places = {first.city.id: first.city, first.partner.id: first.partner}
    leading = Counter(each.city.id for each in ordered if each.led)
    best = max(
        places,
        key=lambda key: (places[key].kind == "city", leading[key], key == first.city.id),
    )
    (other,) = (key for key in places if key != best)
    return places[best], places[other]


def _turned(each: Found, city: Place) -> _Seen:
    """A witness as seen from ``city``: its partner's name is that of the other place."""
    if each.city.id == city.id:
        return _Seen(each.witness, each.city_written, each.witness.written)
    witness = replace(each.witness, written=each.city_written or each.city.name["en"])
    return _Seen(witness, each.witness.written, each.city_written)


@dataclass(frozen=True, slots=True)
class _Reporter:
    """Says what the witnesses of one tie tell differently."""

    title: str
    title_fa: str
    names: Mapping[int, str]

    def dates(self, witnesses: Sequence[Witness]) -> list[Fault]:
        """Dates that have no day in common with that of a surer witness, each once."""
        dated = [(each.date, each) for each in witnesses if each.date]
        if not dated:
            return []
        faults: dict[str, tuple[tuple[TieDate, Witness], TieDate, list[Witness]]] = {}
        for number, (date, each) in enumerate(dated):
            surer = next((one for one in dated[:number] if not _agree(one[0], date)), None)
            if surer is not None:
                key = f"{date.calendar} {date}"
                faults.setdefault(key, (surer, date, []))[2].append(each)
        return [
            self._fault(
                "date",
                ("dated", "تاریخ"),
                (_shown(chosen, date), [first]),
                (_shown(date, chosen), those),
            )
            for (chosen, first), date, those in faults.values()
        ]

    def kinds(self, witnesses: Sequence[Witness]) -> list[Fault]:
        """Kinds other than the tie's, each once."""
        telling = [each for each in witnesses if each.kind != "other"]
        return self._values(
            "kind", ("of kind", "نوع"), [(KIND_NAMES[each.kind], each) for each in telling]
        )

    def states(self, witnesses: Sequence[Witness]) -> list[Fault]:
        """States other than the tie's, each once."""
        telling = [each for each in witnesses if each.status != "unknown"]
        return self._values(
            "status", ("", "وضعیت"), [(STATUS_NAMES[each.status], each) for each in telling]
        )

    def written(
        self, seen: Sequence[_Seen], city: Place, partner: Place, gazetteer: Gazetteer
    ) -> list[Fault]:
        """Other names of the same place; spellings of one name do not count."""
        faults: list[Fault] = []
        for place, written in (
            (city, [(each.city, each.witness) for each in seen]),
            (partner, [(each.partner, each.witness) for each in seen]),
        ):
            named = [(name, each) for name, each in written if name]
            known: list[str] = []
            for name, each in named:
                if not known:
                    known.append(name)
                elif not any(gazetteer.same_name(place, name, other) for other in known):
                    first = named[0]
                    faults.append(
                        self._fault(
                            "name",
                            ("named", "نام"),
                            ((first[0], first[0]), [first[1]]),
                            ((name, name), [each]),
                        )
                    )
                    known.append(name)
        return faults

    def _values(
        self,
        code: str,
        words: tuple[str, str],
        told: Sequence[tuple[tuple[str, str], Witness]],
    ) -> list[Fault]:
        if not told:
            return []
        (value, first), *rest = told
        others: dict[tuple[str, str], list[Witness]] = {}
        for other, each in rest:
            if other != value:
                others.setdefault(other, []).append(each)
        return [
            self._fault(code, words, (value, [first]), (other, those))
            for other, those in others.items()
        ]

    def _fault(
        self,
        code: str,
        words: tuple[str, str],
        first: tuple[tuple[str, str], Sequence[Witness]],
        other: tuple[tuple[str, str], Sequence[Witness]],
    ) -> Fault:
        (one_en, one_fa), ones = first
        (two_en, two_fa), twos = other
        lead = f"{words[0]} " if words[0] else ""
        return Fault(
            code,
            {
                "en": f"{self.title}: {lead}{one_en} in {self._documents(ones, '“', '”', ', ')}, "
                f"{two_en} in {self._documents(twos, '“', '”', ', ')}",
                "fa": f"{self.title_fa}: {words[1]} در {self._documents(ones, '«', '»', '، ')} "
                f"{one_fa} است و در {self._documents(twos, '«', '»', '، ')} {two_fa}",
            },
            tuple(span for each in twos for span in each.spans),
        )

    def _documents(self, witnesses: Sequence[Witness], opens: str, closes: str, comma: str) -> str:
        """The documents, in quotation marks: a title may be of another direction."""
        numbers = dict.fromkeys(each.document for each in witnesses)
        names = (self.names.get(number, f"#{number}") for number in numbers)
        return comma.join(f"{opens}{name}{closes}" for name in names)


def _agree(one: TieDate, other: TieDate) -> bool:
    """Whether two dates have a day in common, the one taken into the calendar of the other."""
    slack = _MOON if "islamic" in (one.calendar, other.calendar) else timedelta(0)
    return one.first <= other.last + slack and other.first <= one.last + slack


_PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


def _shown(date: TieDate, beside: TieDate) -> tuple[str, str]:
    """A date as written; with the Gregorian days when the other is of another calendar."""
    text = str(date)
    if date.calendar != "gregorian" and beside.calendar != date.calendar:
        days = f"{date.first}" if date.first == date.last else f"{date.first} to {date.last}"
        days_fa = days.replace(" to ", " تا ")
        return f"{text} ({days})", f"{text} ({days_fa})".translate(_PERSIAN_DIGITS)
    return text, text.translate(_PERSIAN_DIGITS)
