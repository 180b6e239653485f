"""Dates of ties: every calendar and precision, misprints named as such."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from textmine.records import Attribute, Span, TieDate
from textmine.text.dates import DateMention, find_dates
from textmine.text.digits import latin_digits
from textmine.ties.instruments import plain

_PERSIAN_MONTHS = (
    "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور",
    "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند",
)  # fmt: skip
_LATIN_MONTHS = (
    ("farvardin",), ("ordibehesht", "ordibehest"), ("khordad",), ("tir",), ("mordad", "amordad"),
    ("shahrivar",), ("mehr",), ("aban",), ("azar",), ("dey", "dei"), ("bahman",), ("esfand",),
)  # fmt: skip
_IN_LATIN = {
    latin: month
    for names, month in zip(_LATIN_MONTHS, _PERSIAN_MONTHS, strict=True)
    for latin in names
}
"""Persian months as English texts write them."""
_EARLIEST = {"gregorian": 1850, "persian": 1250}
"""Cities have made ties since the nineteenth century; an earlier year is a misprint."""
_SHORTEST_MISSPELT = 4  # a word of three letters is one letter off from too many others


@dataclass(frozen=True, slots=True)
class Dated:
    """A date at its place. ``date`` is None where digits make no possible year.

    ``mended`` tells that a misspelt month was taken for the one that it resembles.
    """

    span: Span
    date: TieDate | None
    mended: bool = False

    @property
    def undated(self) -> str:
        """Why there is no date; empty when there is one."""
        return "" if self.date else "unreadable-date"


_KNOWN, _PUBLISHED = 1.0, 0.8
"""Confidence in the year of a document, and of a paper, by which later dates are misprints."""


def latest_year(attributes: Sequence[Attribute]) -> int:
    """The last Gregorian year that a document can tell of: the one after its own, or today's.

    Its own year counts where a person gave it, or where a paper prints when it appeared.
    """
    today = datetime.now(UTC).year
    paper = any(each.name == "kind" and each.value == "paper" for each in attributes)
    least = _PUBLISHED if paper else _KNOWN
    years = [
        int(each.value[:4])
        for each in attributes
        if each.name in ("year_gregorian", "date")
        and each.confidence >= least
        and each.value[:4].isdigit()
    ]
    return min(today, max(years) + 1) if years else today


_FOUR_DIGITS = re.compile(r"(?<![\dA-Za-z./-])\d{4}(?![\dA-Za-z]|[./-]\d)")
_YEAR_MARK = re.compile(r"(?:سال|\byear|\bsince|\bin)\s*$", re.IGNORECASE)
_MONTH_AND_YEAR = re.compile(
    r"(?:(\d{1,2})\s+)?([آ-ی]{4,9}|[A-Z][a-z]{2,11})\s+(?:ماه\s+)?(?:سال\s+)?(\d{4})(?!\d)"
)
_SOLID = re.compile(r"^\W*(\d{4})\W*$")


def dates_in(text: str, latest: int, *, cell: bool = False) -> tuple[Dated, ...]:
    """The dates in ``text``, in order; also years in brackets and misspelt Persian months.

    ``latest`` is the last Gregorian year that can be meant. In a table's ``cell`` a number of four
    digits is a year without further words.

    >>> [str(each.date) for each in dates_in("بیشکک (۱۳۷۳) و میلان، ۱۳۹۴/۱۱/۲۶", 2018)]
    ['1373', '1394-11-26']
    >>> [each.undated for each in dates_in("شیان (9101)", 2018)]
    ['unreadable-date']
    >>> dates_in("بهمین ۱۳۸۰", 2018)[0].mended
    True
    """
    even = plain(latin_digits(text))
    found = [_checked(mention, latest) for mention in find_dates(text)]
    found += _years(text, even, found, latest, cell=cell)
    for match in _MONTH_AND_YEAR.finditer(even):
        latin = _IN_LATIN.get(match[2].lower(), "")
        month = latin or _resembling(match[2])
        year = Span(match.start(3), match.end(3))
        if month and match[2] not in _PERSIAN_MONTHS and not _exact(found, match):
            written = f"{match[1] or ''} {month} {match[3]}".strip()
            mention = next(iter(find_dates(written)), None)
            if mention is not None:
                found = [each for each in found if not _overlap(each.span, year)]
                dated = _checked(mention, latest)
                found.append(Dated(Span(match.start(), match.end()), dated.date, mended=not latin))
    return tuple(sorted(found, key=lambda each: each.span))


# "suspended in 2014", «در سال ۱۳۹۱ لغو شد»: the date of an end.
_ENDED = re.compile(
    r"(?:suspended|terminated|cancell?ed|revoked|lapsed|ended|expired|dissolved|broken\s+off|معلق|تعلیق|لغو"
    r"|فسخ|پایان)\W+(?:\w+\W+){0,2}$",
    re.IGNORECASE,
)
_ENDS = re.compile(r"\W*(?:معلق|تعلیق|لغو|فسخ|پایان|به\s+حالت\s+تعلیق)")


def without_ends(text: str, dates: Sequence[Dated]) -> tuple[Dated, ...]:
    """The dates except those at which something ended.

    >>> text = "signed in 2004, suspended in 2014"
    >>> [str(each.date) for each in without_ends(text, dates_in(text, 2020))]
    ['2004']
    """
    even = plain(text)
    return tuple(
        each
        for each in dates
        if not _ENDED.search(even[: each.span.start]) and not _ENDS.match(even[each.span.end :])
    )


def _exact(found: Sequence[Dated], match: re.Match[str]) -> bool:
    """Whether the year of a match belongs to a date with a month already."""
    year = Span(match.start(3), match.end(3))
    return any(
        _overlap(each.span, year) and each.date is not None and each.date.month is not None
        for each in found
    )


def _checked(mention: DateMention, latest: int) -> Dated:
    """A mention as a tie's date, unless the year lies out of reach."""
    early = mention.year < _EARLIEST.get(mention.calendar, 0)
    if early or mention.first.year > latest:
        return Dated(mention.span, None)
    date = TieDate(
        mention.calendar, mention.year, mention.month, mention.day, mention.first, mention.last
    )
    return Dated(mention.span, date)


def _years(text: str, even: str, found: Sequence[Dated], latest: int, *, cell: bool) -> list[Dated]:
    """Years that stand alone, in brackets, or behind a word for year."""
    made = []
    for match in _FOUR_DIGITS.finditer(even):
        span = Span(match.start(), match.end())
        if any(_overlap(span, each.span) for each in found):
            continue
        before, after = even[: match.start()].rstrip(), even[match.end() :].lstrip()
        bracketed = before[-1:] in ("(", ")", "[") or after[:1] in (")", "(", "]")
        named = _YEAR_MARK.search(even[: match.start()]) is not None
        lone = cell or _SOLID.match(even) is not None
        if not (bracketed or named or lone):
            continue
        mention = next(iter(find_dates(f"سال {match[0]}")), None)
        dated = _checked(mention, latest) if mention else Dated(span, None)
        made.append(Dated(span, dated.date))
    return made


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _resembling(word: str) -> str:
    """The Persian month that a word is, or from which it is one letter off."""
    if word in _PERSIAN_MONTHS:
        return word
    if len(word) < _SHORTEST_MISSPELT:
        return ""
    near = [
        month
        for month in _PERSIAN_MONTHS
        if len(month) >= _SHORTEST_MISSPELT and _one_off(word, month)
    ]
    return near[0] if len(near) == 1 else ""


def _one_off(one: str, other: str) -> bool:
    """Whether one letter added, left out or changed makes one word the other."""
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1:
        return False
    at = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    return short[at:] == long[at + 1 :] or short[at + 1 :] == long[at + 1 :]
