"""Dates in Persian and English text, in three calendars, with the Gregorian days they cover."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from textmine.records import Span
from textmine.text.digits import latin_digits, parse_number
from textmine.text.letters import ARABIC_LETTERS, HALF_SPACE
from textmine.text.normalise import protected

Calendar = Literal["persian", "gregorian", "islamic"]
Precision = Literal["day", "month", "year"]


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date as a text names it: ``text[span.start:span.end]``.

    ``first`` and ``last`` are the Gregorian days that it covers. For the Islamic calendar they
    cover the whole year by reckoning, since days follow the sighting of the moon: they may be
    two days off at each end.
    """

    span: Span
    calendar: Calendar
    year: int
    month: int | None
    day: int | None
    precision: Precision
    first: date
    last: date


_PERSIAN_MONTHS = (
    "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور",
    "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند",
)  # fmt: skip
_GREGORIAN_MONTHS = (
    ("January", "Jan", "ژانویه"),
    ("February", "Feb", "فوریه"),
    ("March", "Mar", "مارس"),
    ("April", "Apr", "آوریل", "آپریل"),
    ("May", "مه", "می"),
    ("June", "Jun", "ژوئن", "جون"),
    ("July", "Jul", "ژوئیه", "جولای"),
    ("August", "Aug", "اوت", "آگوست"),
    ("September", "Sept", "Sep", "سپتامبر"),
    ("October", "Oct", "اکتبر"),
    ("November", "Nov", "نوامبر"),
    ("December", "Dec", "دسامبر"),
)
_ISLAMIC_MONTHS = (
    ("محرم", "محرم الحرام"),
    ("صفر", "صفرالمظفر"),
    ("ربیع الاول", "ربیع‌الاول"),
    ("ربیع الثانی", "ربیع الاخر", "ربیع الآخر"),
    ("جمادی الاول", "جمادی الاولی"),
    ("جمادی الثانی", "جمادی الثانیه", "جمادی الاخر", "جمادی الآخر"),
    ("رجب", "رجب المرجب"),
    ("شعبان", "شعبان المعظم"),
    ("رمضان", "رمضان المبارک"),
    ("شوال", "شوال المکرم"),
    ("ذیقعده", "ذی القعده", "ذی قعده", "ذیقعدة"),
    ("ذیحجه", "ذی الحجه", "ذی حجه", "ذیحجة"),
)

# Years that a number without further words may stand for.
_YEARS: dict[Calendar, range] = {
    "persian": range(1200, 1500),
    "gregorian": range(1500, 2100),
    "islamic": range(1, 1500),
}
# What follows a year and names its calendar.
_ERAS: tuple[tuple[Calendar, str], ...] = (
    ("islamic", r"(?:هجری )?قمری|ه‍?ـ?\.? ?ق\.?(?!\.? ?م)|A\.?H\.?(?![A-Za-z])"),
    ("persian", r"(?:هجری )?(?:شمسی|خورشیدی)|ه‍?ـ?\.? ?ش\.?|S\.?H\.?(?![A-Za-z])"),
    ("gregorian", r"میلادی|م\.?(?![ء-ی])|A\.?D\.?(?![A-Za-z])|C\.?E\.?(?![A-Za-z])"),
)


def find_dates(text: str) -> tuple[DateMention, ...]:
    """The dates with a year that ``text`` names, in order.

    Found are days (۱۳۹۷/۰۳/۰۲، ۲ خرداد ۱۳۹۷، 2 May 2018, May 2, 2018, 2018-05-02), months (خرداد
    ۱۳۹۷, May 2018) and years that the words around them mark as years (سال ۱۳۸۵، در ۱۹۹۱، (قوام،
    ۱۳۸۴: ۲۰۸), in 2018). A year of two digits counts only behind a Persian month: ۲ خرداد ۹۷ is of
    1397, خرداد ۰۲ماه of 1402. A number from 1200 to 1499 is a Persian year unless قمری, ه.ق or
    an Islamic month stands by. Of 3/2/2018 only the year is taken, since writers differ in what
    comes first; so is the month of a day that the month does not have. Decades, article numbers,
    pages, telephone numbers and addresses are no dates.

    >>> for mention in find_dates("در ۲ خرداد ۱۳۹۷ (23 May 2018) امضا شد"):
    ...     print(mention.calendar, mention.year, mention.precision, mention.first)
    persian 1397 day 2018-05-23
    gregorian 2018 day 2018-05-23
    """
    plain = latin_digits(text).translate(_PLAIN)
    guarded = protected(text)
    found: list[DateMention] = []
    for match in _DATE.finditer(plain):
        span = Span(match.start(), match.end())
        if any(span.start < guard.end and guard.start < span.end for guard in guarded):
            continue
        mention = _spelled(match) or _numeric(match) or _bare_year(match, plain, found)
        if mention:
            found.append(mention)
    return tuple(found)


def both_years(mention: DateMention) -> tuple[tuple[int, int], tuple[int, int]]:
    """The first and last Persian year, and the first and last Gregorian year, of a mention.

    >>> both_years(find_dates("سال ۱۳۸۵")[0])
    ((1385, 1385), (2006, 2007))
    """
    from jdatetime import date as persian_date

    first = persian_date.fromgregorian(date=mention.first).year
    last = persian_date.fromgregorian(date=mention.last).year
    return (first, last), (mention.first.year, mention.last.year)


# Same length throughout, so that offsets stay.
_PLAIN = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", HALF_SPACE: " ", "\u00a0": " "})


def _month_table() -> dict[str, tuple[Calendar, int]]:
    table: dict[str, tuple[Calendar, int]] = {}
    for number, name in enumerate(_PERSIAN_MONTHS, 1):
        table[name] = ("persian", number)
    for number, names in enumerate(_GREGORIAN_MONTHS, 1):
        for name in names:
            table[name] = table[name.upper()] = ("gregorian", number)
    for number, names in enumerate(_ISLAMIC_MONTHS, 1):
        for name in names:
            table[name.translate(_PLAIN)] = ("islamic", number)
    return table


_PERSIAN_DAYS = """
    یکم دوم سوم چهارم پنجم ششم هفتم هشتم نهم دهم یازدهم دوازدهم سیزدهم چهاردهم پانزدهم شانزدهم
    هفدهم هجدهم نوزدهم بیستم
"""
_ENGLISH_DAYS = """
    first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth
    fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth
"""


def _day_words() -> list[str]:
    """Ordinals up to the thirty-first in both languages."""
    persian, english = _PERSIAN_DAYS.split(), _ENGLISH_DAYS.split()
    compound = [f"بیست و {word}" for word in persian[:9]]
    compound += [f"twenty-{word}" for word in english[:9]]
    rest = ["اول", "نخست", "سی ام", "سی و یکم", "thirtieth", "thirty-first"]
    return persian + english + compound + rest


def _any_of(words: Iterable[str]) -> str:
    """A pattern for verbose expressions, the longest word first."""
    return "|".join(sorted(words, key=len, reverse=True)).replace(" ", r"\s")


_MONTHS = _month_table()
_MONTH = _any_of(_MONTHS)
_DAY = rf"\d{{1,2}}(?:st|nd|rd|th)?|{_any_of(_day_words())}"
_ERA = "|".join(f"(?P<{calendar}>{pattern})" for calendar, pattern in _ERAS).replace(" ", "[ ]")
_DATE = re.compile(
    rf"""
    (?:(?<![\w.٫/:-])(?<!\d,)|(?<=\d\d\d\d-)(?<!\d\d\d\d\d-))
    (?:
        # 2 May 2018, the second day of May, 2018, ۲ خرداد ماه سال ۱۳۹۷, خرداد ۱۳۹۷
        (?:(?P<day>{_DAY})\s+(?:(?:day\s+)?of\s+)?)?
        (?P<month>{_MONTH})(?P<mah>\s?ماه)?\b\.?
        (?:\s+(?P<day_after>\d{{1,2}})(?:st|nd|rd|th)?,)?  # May 2, 2018
        (?:,|(?(day)،|(?!)))?\s+(?:سال\s+)?
        (?P<year>\d{{4}}|\d\d)(?!\d|[./:-]\d)
      | (?P<a>\d{{1,4}})(?P<sign>[/.-])(?P<b>\d{{1,2}})(?P=sign)(?P<c>\d{{1,4}})(?!\d|[./:-]\d)
      | (?P<bare>\d{{4}})(?![\d٪%]|[./٫,]\d|-\d{{1,3}}(?!\d))
    )
    (?:\s?(?:{_ERA}))?
    """,
    re.VERBOSE,
)


def _spelled(match: re.Match[str]) -> DateMention | None:
    """A date whose month is named."""
    if not match["month"]:
        return None
    calendar, month = _MONTHS[match["month"]]
    year = int(match["year"])
    written_day = match["day_after"] or match["day"]
    if len(match["year"]) == 2:
        day_like = not (written_day or match["mah"] or year > 31)
        if calendar != "persian" or day_like:
            return None
        year += 1300 if year > 20 else 1400
    if year not in _YEARS[calendar]:
        return None
    day = parse_number(written_day) if written_day else None
    return _mention(match, calendar, year, month, day)


def _numeric(match: re.Match[str]) -> DateMention | None:
    """A date in digits: year, month, day or day, month, year."""
    if not match["sign"]:
        return None
    first, month, last = match["a"], int(match["b"]), match["c"]
    if len(first) == 4 and len(last) <= 2:
        year, day = int(first), int(last)
    elif len(last) == 4 and len(first) <= 2:
        year, day = int(last), int(first)
    else:
        return None
    calendar = _era(match) or _calendar_of(year)
    if calendar is None:
        return None
    if len(last) == 4 and calendar == "gregorian" and match["sign"] == "/":
        if day <= 12 and month <= 12 and day != month:
            return _mention(match, calendar, year, None, None)
        if day <= 12 < month:
            day, month = month, day
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    return _mention(match, calendar, year, month, day)


# Words that make the number behind them a year.
_BEFORE_YEAR = re.compile(
    rf"(?<![{ARABIC_LETTERS}A-Za-z])"
    r"(?:سال ?(?:های|ها)?(?: مالی| تحصیلی)?|در|از|تا|مورخ|تاریخ|اوایل|اواسط|اواخر|بهار|تابستان"
    r"|پاییز|زمستان|مصوب|in|since|from|until|till|by|before|after|during|between|years?|early|late"
    r"|mid|of)\s+$",
    re.IGNORECASE,
)
# A year with a mark of its calendar follows: ۱۳۹۵ تا ۱۴۰۵ شمسی.
_BEFORE_MARKED_YEAR = re.compile(rf"\s*(?:[-–]|تا|الی|to)\s*\d{{4}}\s?(?:{_ERA})", re.VERBOSE)
# Things that are counted: the number before them is none of a year.
_COUNTED = re.compile(
    r"\s?(?:نفر|مورد|کشور|شهر|درصد|کیلو|متر|هکتار|ریال|تومان|دلار|یورو|میلیون|میلیارد|هزار|صفحه"
    r"|نسخه|تن|واحد|سال(?!\w)|روز|ماه|ساعت|people|persons|cases|cities|countries|percent|per cent"
    r"|km|kilomet|met(?:er|re)s|dollars|euros|million|pages|years|days|tons)"
)
_DECADE = re.compile(r"(?:دههٔ?(?: ی)?|decade of)\s+$")
_CHAIN = re.compile(r"\s*(?:[-–—،,و]|تا|الی|to|and)\s*(?:سال\s+)?")
_PAGES = re.compile(r"(?<!\w)(?:صص?|pp?|ش|شماره|[Nn]o|[Vv]ol|ماده|[Aa]rticle)\.?\s*$")


def _bare_year(match: re.Match[str], plain: str, found: list[DateMention]) -> DateMention | None:
    """A number of four digits that the words around it mark as a year."""
    if not match["bare"]:
        return None
    year = int(match["bare"])
    era = _era(match)
    calendar = era or _calendar_of(year)
    if calendar is None or year not in _YEARS[calendar]:
        return None
    before = plain[max(0, match.start() - 120) : match.start()]
    after = plain[match.end() : match.end() + 40]
    if _DECADE.search(before) or after[:1] == "s" or _PAGES.search(before):
        return None
    if _COUNTED.match(after):
        return None
    chained = bool(found) and _CHAIN.fullmatch(plain, found[-1].span.end, match.start()) is not None
    if (
        era
        or chained
        or _BEFORE_YEAR.search(before)
        or _BEFORE_MARKED_YEAR.match(after)
        or _is_citation(before, after)
    ):
        return _mention(match, calendar, year, None, None)
    return None


def _is_citation(before: str, after: str) -> bool:
    """Whether a year stands as in (قوام، ۱۳۸۴: ۲۰۸), (Handley, 2006), نشر نی، ۱۳۸۵."""
    inside = before.rfind("(") > before.rfind(")")
    if inside and re.match(r"[a-zالفب]{0,3}\s*[:،,]\s*(?:ص|pp?\.?)?\s*\d", after):
        return True
    leaning = re.search(r"(?:[(]|[^\W\d][.»\")]?[،,])\s*$", before) is not None
    return (
        leaning and re.match(r"[a-z]?\s*(?:[).:؛;]|(?:[-–]|تا|to)\s*\d{4}\s*\))", after) is not None
    )


def _era(match: re.Match[str]) -> Calendar | None:
    return next((calendar for calendar, _ in _ERAS if match[calendar]), None)


def _calendar_of(year: int) -> Calendar | None:
    calendars: tuple[Calendar, ...] = ("persian", "gregorian")
    return next((calendar for calendar in calendars if year in _YEARS[calendar]), None)


def _mention(
    match: re.Match[str], calendar: Calendar, year: int, month: int | None, day: int | None
) -> DateMention:
    """The mention, its day left out when the month has no such day."""
    days = _days(calendar, year, month, day)
    if days is None:
        day = None
        days = _days(calendar, year, month, None)
    assert days is not None  # noqa: S101  # months are 1 to 12 and years in range by now
    precision: Precision = "day" if day else "month" if month else "year"
    return DateMention(
        Span(match.start(), match.end()), calendar, year, month, day, precision, *days
    )


def _days(
    calendar: Calendar, year: int, month: int | None, day: int | None
) -> tuple[date, date] | None:
    """The first and last Gregorian day, or None when the month has no such day."""
    if calendar == "islamic":
        return _islamic_new_year(year), _islamic_new_year(year + 1) - timedelta(1)
    if day is not None and month is not None:
        try:
            exact = _gregorian(calendar, year, month, day)
        except ValueError:
            return None
        return exact, exact
    first = _gregorian(calendar, year, month or 1, 1)
    if month is None or month == 12:
        return first, _gregorian(calendar, year + 1, 1, 1) - timedelta(1)
    return first, _gregorian(calendar, year, month + 1, 1) - timedelta(1)


def _gregorian(calendar: Calendar, year: int, month: int, day: int) -> date:
    if calendar == "gregorian":
        return date(year, month, day)
    from jdatetime import date as persian_date

    converted: date = persian_date(year, month, day).togregorian()
    return converted


def _islamic_new_year(year: int) -> date:
    """1 Muharram by the tabular calendar: 11 leap years of 355 days in 30, from 19 July 622."""
    return date(622, 7, 19) + timedelta(354 * (year - 1) + (11 * year + 3) // 30)
