"""Schemes and what can be asked of them. Nothing here reads a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal, NamedTuple

from textmine.errors import InputError, SchemeError
from textmine.schemes.countries import COUNTRIES
from textmine.text.fold import fold_key

SchemeKind = Literal["countries", "periods", "topics"]
SchemeCalendar = Literal["gregorian", "persian"]

Reason = Literal[
    "not-in-scheme",  # no group takes it
    "straddles",  # a date known too roughly: it reaches beyond one group
    "no-date",  # there is no date to go by
    "not-a-country",  # no code of ISO 3166-1
]

# A four-digit year below this is read as Solar Hijri, any other as Gregorian: 1392 and 2013 are
# never both meant, and a scheme must not put one where the other belongs.
FIRST_GREGORIAN_YEAR = 1500


class Days(NamedTuple):
    """A stretch of Gregorian days, both ends included.

    An open beginning is ``date.min``, an open end ``date.max``.
    """

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Group:
    """One group of a scheme; which fields are filled depends on the scheme's kind.

    ``begins`` and ``ends`` are the bounds of a period as its file writes them, empty when open.
    ``words`` are by language.
    """

    id: str
    name: Mapping[str, str]
    definition: Mapping[str, str] = field(default_factory=dict)
    countries: tuple[str, ...] = ()
    days: tuple[Days, ...] = ()
    begins: str = ""
    ends: str = ""
    codes: tuple[str, ...] = ()
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ungrouped:
    """What no group of a scheme can take, and why; ``between`` are the groups that it straddles."""

    reason: Reason
    between: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scheme:
    """Countries, days or topics under names. ``reference`` is how results name it.

    ``source`` is a sentence that says where the grouping comes from; ``as_of`` the day for which a
    list of members holds; ``codebook`` the id of the codebook whose codes are grouped.
    """

    id: str
    version: int
    kind: SchemeKind
    name: Mapping[str, str]
    description: Mapping[str, str]
    source: str
    groups: tuple[Group, ...]
    calendar: SchemeCalendar = "gregorian"
    as_of: date | None = None
    codebook: str = ""

    @property
    def reference(self) -> str:
        """Identifier and version, as in ``continents@1``."""
        return f"{self.id}@{self.version}"

    def group(self, group_id: str) -> Group:
        """The group of that id. Raises SchemeError when there is none."""
        for group in self.groups:
            if group.id == group_id:
                return group
        known = ", ".join(group.id for group in self.groups)
        raise SchemeError(f'The scheme "{self.id}" has no group "{group_id}". It has: {known}.')

    def of_country(self, code: str) -> Group | Ungrouped:
        """The group of a country, by its ISO 3166-1 alpha-2 code.

        Raises SchemeError when the scheme groups no countries.

        >>> from textmine.schemes import load_scheme
        >>> load_scheme("continents").of_country("TR").name["en"]
        'Asia'
        >>> load_scheme("continents").of_country("Turkey")
        Ungrouped(reason='not-a-country', between=())
        """
        self._must_group("countries")
        if code not in COUNTRIES:
            return Ungrouped("not-a-country")
        found = (group for group in self.groups if code in group.countries)
        return next(found, Ungrouped("not-in-scheme"))

    def of_days(self, first: date | None, last: date | None) -> Group | Ungrouped:
        """The group that holds every Gregorian day from ``first`` to ``last``, both included.

        A date known to the month or year has many days; where they reach beyond one group the
        answer is ``straddles``. Raises SchemeError when the scheme has no periods, InputError
        when ``last`` is before ``first``.

        >>> from textmine.schemes import load_scheme
        >>> governments = load_scheme("iran-governments")
        >>> governments.of_days(date(2013, 8, 3), date(2013, 8, 3)).name["en"]
        'Rouhani'
        >>> governments.of_days(date(2013, 8, 1), date(2013, 8, 31))
        Ungrouped(reason='straddles', between=('ahmadinejad', 'rouhani'))
        """
        self._must_group("periods")
        if first is None or last is None:
            return Ungrouped("no-date")
        if last < first:
            raise InputError(f"The days run backwards, from {first} to {last}. Swap them.")
        touched = []
        for group in self.groups:
            for days in group.days:
                if days.first <= first and last <= days.last:
                    return group
                if days.first <= last and first <= days.last:
                    touched.append(group.id)
        if not touched:
            return Ungrouped("not-in-scheme")
        return Ungrouped("straddles", tuple(dict.fromkeys(touched)))

    def of_year(self, year: int | None) -> Group | Ungrouped:
        """The group that holds a whole year; below 1500 it is Solar Hijri, else Gregorian.

        Raises SchemeError when the scheme has no periods, InputError when there is no such year.

        >>> from textmine.schemes import load_scheme
        >>> load_scheme("iran-discourses-2018").of_year(2013).id
        'justice-centred-principlism'
        >>> load_scheme("iran-governments").of_year(1392).between
        ('ahmadinejad', 'rouhani')
        """
        self._must_group("periods")
        if year is None:
            return Ungrouped("no-date")
        if not 1 <= year <= 9998:
            raise InputError(
                f"{year} is no year that can be grouped; give one such as 1392 or 2013."
            )
        calendar: SchemeCalendar = "gregorian" if year >= FIRST_GREGORIAN_YEAR else "persian"
        return self.of_days(*year_days(calendar, year))

    def of_code(self, code: str) -> Group | Ungrouped:
        """The group of a code of the scheme's codebook.

        Raises SchemeError when the scheme groups no topics.

        >>> from textmine.schemes import load_scheme
        >>> load_scheme("pluijm-dimensions").of_code("tourism").id
        'economy'
        """
        self._must_group("topics")
        found = (group for group in self.groups if code in group.codes)
        return next(found, Ungrouped("not-in-scheme"))

    def of_word(self, word: str) -> Group | Ungrouped:
        """The group of a word or phrase as a whole, in any spelling.

        Raises SchemeError when the scheme groups no topics.

        >>> from textmine.schemes import load_scheme
        >>> load_scheme("levels").of_word("بين المللي").id
        'international'
        """
        self._must_group("topics")
        key = word_key(word)
        for group in self.groups:
            if any(key == word_key(one) for words in group.words.values() for one in words):
                return group
        return Ungrouped("not-in-scheme")

    def _must_group(self, kind: SchemeKind) -> None:
        if self.kind != kind:
            raise SchemeError(
                f'The scheme "{self.id}" groups {self.kind}, not {kind}; take a scheme of {kind}.'
            )


def year_days(calendar: SchemeCalendar, year: int) -> Days:
    """The Gregorian days of a year.

    >>> year_days("persian", 1392)
    Days(first=datetime.date(2013, 3, 21), last=datetime.date(2014, 3, 20))
    """
    day_after = gregorian(calendar, year + 1, 1, 1)
    return Days(gregorian(calendar, year, 1, 1), day_after - timedelta(1))


def gregorian(calendar: SchemeCalendar, year: int, month: int, day: int) -> date:
    """A day in the Gregorian calendar. Raises ValueError when there is no such day.

    >>> gregorian("persian", 1392, 5, 12)
    datetime.date(2013, 8, 3)
    """
    if calendar == "gregorian":
        return date(year, month, day)
    from jdatetime import date as persian_date

    converted: date = persian_date(year, month, day).togregorian()
    return converted


def word_key(word: str) -> str:
    """What two spellings of one word or phrase have in common: letters, without any space.

    >>> word_key("بين المللي") == word_key("بین‌المللی")
    True
    """
    return "".join(fold_key(word).casefold().split())
