"""Words of two languages and text of documents as HTML that nothing in them can break.

A text of the interface is written twice, in an element of class ``e`` (English) and one of class
``f`` (Persian); the stylesheet shows one of them. Text of documents keeps its own language and
direction whatever the interface's are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise

from markupsafe import Markup, escape

from textmine.records import Document, Language, Span
from textmine.reports.texts import TEXTS, Both
from textmine.text.digits import latin_digits, persian_digits
from textmine.text.language import language_of
from textmine.text.unseen import UNSEEN

_NAMED = {
    "\u202a": "LRE",
    "\u202b": "RLE",
    "\u202c": "PDF",
    "\u202d": "LRO",
    "\u202e": "RLO",
    "\u2066": "LRI",
    "\u2067": "RLI",
    "\u2068": "FSI",
    "\u2069": "PDI",
}
PERSIAN_MONTHS = (
    "فروردین",
    "اردیبهشت",
    "خرداد",
    "تیر",
    "مرداد",
    "شهریور",
    "مهر",
    "آبان",
    "آذر",
    "دی",
    "بهمن",
    "اسفند",
)
PERSIAN_MONTHS_LATIN = (
    "Farvardin",
    "Ordibehesht",
    "Khordad",
    "Tir",
    "Mordad",
    "Shahrivar",
    "Mehr",
    "Aban",
    "Azar",
    "Dey",
    "Bahman",
    "Esfand",
)
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
MONTHS_PERSIAN = (
    "ژانویه",
    "فوریه",
    "مارس",
    "آوریل",
    "مه",
    "ژوئن",
    "ژوئیه",
    "اوت",
    "سپتامبر",
    "اکتبر",
    "نوامبر",
    "دسامبر",
)
_LATER_BEGINS = 621
"""A Gregorian year less so much is the Persian year that begins in it, in March."""

_DATE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")

_ATTRIBUTES: dict[Language, Markup] = {
    "fa": Markup("lang=fa dir=rtl"),
    "en": Markup("lang=en dir=ltr"),
    "und": Markup("dir=auto"),
}


def shown(text: str) -> Markup:
    """Text of a document as HTML; what would reorder it or cannot be shown becomes a visible mark.

    >>> shown("a<b")
    Markup('a&lt;b')
    >>> shown("x\u202ey")
    Markup('x<span class="ctl" title="U+202E">RLO</span>y')
    """
    parts = []
    done = 0
    for match in UNSEEN.finditer(text):
        sign = match[0]
        parts += [
            escape(text[done : match.start()]),
            Markup('<span class="ctl" title="U+{:04X}">{}</span>').format(
                ord(sign), _NAMED.get(sign, f"{ord(sign):02X}")
            ),
        ]
        done = match.end()
    return Markup("").join([*parts, escape(text[done:])])


def direction(language: Language) -> Markup:
    """The attributes that give an element the language and direction of its text."""
    return _ATTRIBUTES[language]


def own(text: str) -> Markup:
    """A short text of a document (a title, a name) inside anything, in its own direction."""
    return Markup("<bdi {}>{}</bdi>").format(direction(language_of(text)), shown(text))


def titled(text: str) -> Markup:
    """A title; one that stands in two languages with a slash between is set in both directions."""
    return Markup(" / ").join(own(part) for part in text.split(" / "))


def marked(text: str, evidence: Iterable[tuple[Span, str]], names: dict[str, Both]) -> Markup:
    """The text of a clause with the words that carried codes marked; marks may overlap.

    >>> marked("art and trade", [(Span(0, 3), "c")], {"c": Both("Cultural", "فرهنگی")})
    Markup('<mark title="Cultural · فرهنگی">art</mark> and trade')
    """
    spans = [(span, code) for span, code in evidence if 0 <= span.start < span.end <= len(text)]
    edges = sorted({0, len(text), *(edge for span, _ in spans for edge in span)})
    parts = []
    for start, end in pairwise(edges):
        codes = [code for span, code in spans if span.start <= start and end <= span.end]
        if codes:
            title = "; ".join(" · ".join(names[code]) for code in dict.fromkeys(codes))
            parts.append(Markup('<mark title="{}">{}</mark>').format(title, shown(text[start:end])))
        else:
            parts.append(shown(text[start:end]))
    return Markup("").join(parts)


def in_digits(value: object, language: str) -> str:
    """A figure as a language writes it: digits, decimal sign and percent sign.

    >>> in_digits(12, "fa"), in_digits("0.5", "fa"), in_digits("34%", "fa"), in_digits(1.5, "en")
    ('۱۲', '۰٫۵', '۳۴٪', '1.5')
    """
    text = str(value)
    if language == "en":
        return text
    return persian_digits(re.sub(r"(?<=\d)\.(?=\d)", "٫", text).replace("%", "٪").replace(",", "٬"))


def figure(value: object) -> Both:
    """A figure in both languages."""
    return Both(in_digits(value, "en"), in_digits(value, "fa"))


def spans(both: Both) -> Markup:
    """Both languages of a text as two elements; the stylesheet shows one."""
    if both.en == both.fa:
        return escape(both.en)
    return Markup("<span class=e lang=en>{}</span><span class=f lang=fa>{}</span>").format(*both)


def digits(both: Both) -> Markup:
    """Both spellings of a figure, as short as can be: reports hold thousands."""
    if both.en == both.fa:
        return escape(both.en)
    return Markup("<i class=e>{}</i><i class=f>{}</i>").format(*both)


def said(key: str, **values: object) -> Both:
    """A text of the interface in both languages, its values filled in.

    Values may be figures, texts in both languages, HTML, or plain text, which is escaped.

    >>> said("page-link", page=4)
    Both(en=Markup('page 4'), fa=Markup('صفحهٔ ۴'))
    """
    return Both(*(_filled(text, language, values) for text, language in _each(TEXTS[key])))


def say(key: str, **values: object) -> Markup:
    """``said`` as HTML."""
    return spans(said(key, **values))


def listed(items: Sequence[Both]) -> Both:
    """An enumeration."""
    return Both(
        Markup(", ").join(each.en for each in items), Markup("، ").join(each.fa for each in items)
    )


def _each(both: Both) -> tuple[tuple[str, str], tuple[str, str]]:
    return (both.en, "en"), (both.fa, "fa")


def _filled(text: str, language: str, values: dict[str, object]) -> Markup:
    chosen = {name: _in(value, language) for name, value in values.items()}
    return Markup(text).format(**chosen)


def _in(value: object, language: str) -> object:
    if isinstance(value, Both):
        return value.en if language == "en" else value.fa
    if isinstance(value, (int, float)):
        return in_digits(value, language)
    return value


def percent(share: float) -> Both:
    """A share (0 to 1) in whole percent.

    >>> percent(0.344).en, percent(0.001).fa
    ('34%', '<۱٪')
    """
    return figure("<1%" if 0 < share < 0.005 else f"{share:.0%}")


def p_value(p: float) -> Both:
    """A p-value with its sign and the digits that matter; never rounded to nothing.

    >>> p_value(0.04321).en, p_value(1e-9).en
    ('= 0.043', '< 0.001')
    """
    return figure("< 0.001" if p < 0.001 else f"= {p:.3f}" if p < 0.1 else f"= {p:.2f}")


def clause_number(number: str, printed: str = "") -> Both:
    """The path of a clause; notes are named in each language.

    ``printed`` is the same with the letters of a Persian document (:mod:`textmine.clauses.letters`)
    and stands in Persian.

    >>> clause_number("5.note-1").fa, clause_number("5.b", "5.ب").fa
    ('۵.تبصره ۱', '۵.ب')
    """
    persian = (printed or number).replace("note-", "تبصره ")
    return Both(number.replace("note-", "note "), persian_digits(persian))


def day(when: date) -> Both:
    """A day in both calendars.

    >>> day(date(1993, 5, 12))
    Both(en='12 May 1993 (22 Ordibehesht 1372)', fa='۲۲ اردیبهشت ۱۳۷۲ (۱۲ مه ۱۹۹۳)')
    """
    import jdatetime

    solar = jdatetime.date.fromgregorian(date=when)
    english = f"{when.day} {MONTHS[when.month - 1]} {when.year}"
    persian = f"{when.day} {MONTHS_PERSIAN[when.month - 1]} {when.year}"
    solar_english = f"{solar.day} {PERSIAN_MONTHS_LATIN[solar.month - 1]} {solar.year}"
    solar_persian = f"{solar.day} {PERSIAN_MONTHS[solar.month - 1]} {solar.year}"
    return Both(f"{english} ({solar_english})", persian_digits(f"{solar_persian} ({persian})"))


def date_of(document: Document) -> Both | None:
    """When a document was made, in both calendars where it can be told; None when unknown."""
    given = latin_digits(document.value("date"))
    whole = _DATE.fullmatch(given)
    if whole:
        try:
            return day(date(*map(int, whole.groups())))
        except ValueError:
            return figure(given)
    solar = latin_digits(document.value("date_persian"))
    whole = _DATE.fullmatch(solar)
    if whole and not given:
        import jdatetime

        try:
            return day(jdatetime.date(*map(int, whole.groups())).togregorian())
        except ValueError:
            return figure(solar)
    gregorian = given or document.value("year_gregorian")
    persian = solar or document.value("year_persian")
    return year_label(gregorian, [persian] if persian else []) if gregorian or persian else None


def year_label(gregorian: str, persian: Sequence[str]) -> Both:
    """A year in both calendars; a Gregorian year lies in two Persian ones.

    Where no Persian year is known, Persian names both.

    >>> year_label("2016", ["1395"])
    Both(en=Markup('2016 (1395 SH)'), fa=Markup('۱۳۹۵ (۲۰۱۶ میلادی)'))
    >>> year_label("2016", []).en, year_label("2016", []).fa
    (Markup('2016'), Markup('۱۳۹۴–۱۳۹۵ (۲۰۱۶ میلادی)'))
    """
    solar = Both("/".join(persian), persian_digits("–".join(persian)))
    if not gregorian:
        return Both(f"{solar.en} SH", solar.fa)
    if not persian:
        alone = said("year-one", gregorian=figure(gregorian))
        if not re.fullmatch(r"\d{4}", gregorian):
            return alone
        later = int(gregorian) - _LATER_BEGINS
        return Both(alone.en, year_label(gregorian, [str(later - 1), str(later)]).fa)
    return said("year-both", gregorian=figure(gregorian), persian=solar)
