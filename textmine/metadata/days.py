"""Days and years of the two calendars, as written in a table."""

from __future__ import annotations

import datetime
import re
from typing import NamedTuple

PERSIAN_YEARS = range(1200, 1500)
GREGORIAN_YEARS = range(1800, 2100)
YEARS_BETWEEN = 621
"""A Solar Hijri year begins in March of the Gregorian year that is larger by this number."""

_DAY = re.compile(r"(\d{4})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{1,2})", re.ASCII)


class Day(NamedTuple):
    """One day in both calendars: ISO 8601, and year/month/day of the Solar Hijri calendar."""

    gregorian: str
    persian: str

    @property
    def year_gregorian(self) -> str:
        """The Gregorian year in Latin digits."""
        return self.gregorian[:4]

    @property
    def year_persian(self) -> str:
        """The Solar Hijri year in Latin digits."""
        return self.persian[:4]


def day_of(date: datetime.date) -> Day:
    """A Gregorian day in both calendars.

    >>> day_of(datetime.date(2018, 3, 2))
    Day(gregorian='2018-03-02', persian='1396/12/11')
    """
    import jdatetime

    persian = jdatetime.date.fromgregorian(date=date)
    return Day(date.isoformat(), f"{persian.year:04}/{persian.month:02}/{persian.day:02}")


def parse_day(text: str) -> Day | None:
    """A day written year, month, day in Latin digits; None when there is no such day.

    Years from 1200 to 1499 are Solar Hijri, from 1800 to 2099 Gregorian.

    >>> parse_day("1396/12/11")
    Day(gregorian='2018-03-02', persian='1396/12/11')
    >>> parse_day("2018-02-30") is None
    True
    """
    match = _DAY.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day = (int(part) for part in match.groups())
    try:
        if year in PERSIAN_YEARS:
            import jdatetime

            return day_of(jdatetime.date(year, month, day).togregorian())
        if year in GREGORIAN_YEARS:
            return day_of(datetime.date(year, month, day))
    except ValueError:
        return None
    return None
