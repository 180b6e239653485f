"""What figures say in their own words, in both languages."""

from __future__ import annotations

from textmine.figures.writing import Tongue, number
from textmine.records import TieKind

_MOST_NAMES = 15
"""More names than these make a caption that nobody reads."""

KINDS: dict[TieKind, dict[Tongue, str]] = {
    "sister-city": {"en": "sister city", "fa": "خواهرخواندگی"},
    "memorandum": {"en": "memorandum", "fa": "یادداشت تفاهم"},
    "friendship": {"en": "friendship", "fa": "دوستی"},
    "protocol": {"en": "protocol", "fa": "پروتکل"},
    "cooperation": {"en": "cooperation", "fa": "همکاری"},
    "membership": {"en": "membership", "fa": "عضویت در شبکه"},
    "other": {"en": "other", "fa": "دیگر"},
}
"""The kinds of ties, in the order of colours and of legends."""

WORDS: dict[str, dict[Tongue, str]] = {
    "outlines": {
        "en": "Outlines of countries: Natural Earth (public domain), drawn as published; they say "
        "nothing on disputed borders.",
        "fa": "مرز کشورها از Natural Earth (دارایی همگانی) و همان‌گونه که منتشر شده است؛ دربارهٔ "
        "مرزهای مورد اختلاف چیزی نمی‌گوید.",
    },
    "names-left-out": {
        "en": "Names left out for want of room: {names}.",
        "fa": "نام‌هایی که جا نداشتند: {names}.",
    },
    "and-more": {"en": "{names} and {count} more", "fa": "{names} و {count} نام دیگر"},
    "closer": {
        "en": "The crowded part, drawn closer",
        "fa": "بخش پرتراکم، از نزدیک‌تر",
    },
    "no-coordinates": {
        "en": "Not on the map because the place of one end is not known: {count} ({names}).",
        "fa": "روی نقشه نیامده، زیرا جای یک سوی پیوند دانسته نیست: {count} ({names}).",
    },
    "networks-off-map": {
        "en": "Memberships of networks are not on the map: {count}.",
        "fa": "عضویت در شبکه‌ها روی نقشه نیامده است: {count}.",
    },
    "sizes": {
        "en": "Larger circles: more ties. Squares: home cities.",
        "fa": "دایرهٔ بزرگ‌تر: پیوند بیشتر. چهارگوش: شهر مبدأ.",
    },
    "node-sizes": {
        "en": "Number after a name: its ties, where more than one. Squares: networks.",
        "fa": "عدد پس از نام: شمار پیوندها، اگر بیش از یکی باشد. چهارگوش: شبکه.",
    },
    "undated": {
        "en": "Not shown because no date is known: {count}.",
        "fa": "نیامده، زیرا تاریخ آن‌ها دانسته نیست: {count}.",
    },
    "most-of-year": {
        "en": "Known only by a year of the other calendar, and counted in the year that holds most "
        "of it: {count}.",
        "fa": "تنها با سالی از گاه‌شماری دیگر شناخته شده و در سالی شمرده شده که بیشتر آن را در بر "
        "دارد: {count}.",
    },
    "numbered-periods": {"en": "Numbered periods: {names}.", "fa": "دوره‌های شماره‌دار: {names}."},
    "ungrouped": {"en": "Outside the periods, or undated", "fa": "بیرون از دوره‌ها یا بی‌تاریخ"},
    "persian-year": {"en": "Year (Persian calendar)", "fa": "سال (هجری خورشیدی)"},
    "gregorian-year": {"en": "Year", "fa": "سال (میلادی)"},
    "ties": {"en": "Number of ties", "fa": "شمار پیوندها"},
    "residual": {"en": "residual", "fa": "باقی‌مانده"},
    "fewer": {"en": "fewer than expected", "fa": "کمتر از انتظار"},
    "more": {"en": "more than expected", "fa": "بیشتر از انتظار"},
    "residual-note": {
        "en": "Large number: count. Small number: residual, which gives the colour.",
        "fa": "عدد بزرگ: شمار. عدد کوچک: باقی‌مانده، که رنگ خانه را می‌دهد.",
    },
    "interval": {"en": "interval", "fa": "بازه"},
    "intervals": {
        "en": "Upright lines: intervals as given.",
        "fa": "خط‌های ایستاده: بازه‌ها، همان‌گونه که داده شده‌اند.",
    },
    "undated-tie": {"en": "undated", "fa": "بی‌تاریخ"},
}


def say(key: str, language: Tongue, **values: str) -> str:
    """One text of ``WORDS`` with its values filled in.

    >>> say("undated", "en", count="3")
    'Not shown because no date is known: 3.'
    """
    return WORDS[key][language].format(**values)


def listed(names: list[str], language: Tongue) -> str:
    """Names with the comma of the language.

    >>> listed(["قم", "یزد"], "fa")
    'قم، یزد'
    """
    return ("، " if language == "fa" else ", ").join(names)


def shortened(names: list[str], language: Tongue) -> str:
    """The first names with the comma of the language, and how many more there are.

    >>> shortened([f"P{each}" for each in range(17)], "en")[-19:]
    'P13, P14 and 2 more'
    """
    shown = listed(names[:_MOST_NAMES], language)
    more = len(names) - _MOST_NAMES
    return (
        say("and-more", language, names=shown, count=number(more, language)) if more > 0 else shown
    )
