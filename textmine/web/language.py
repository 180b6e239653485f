"""The language of the interface: its words, digits and days; and the direction of every text."""

from __future__ import annotations

import io
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Literal

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from markupsafe import Markup, escape

from textmine.records import Language
from textmine.reports import marks
from textmine.reports.texts import TEXTS, Both
from textmine.standing import AGREED
from textmine.text.digits import latin_digits
from textmine.text.language import language_of

Tongue = Literal["en", "fa"]

TONGUES: dict[Tongue, str] = {"fa": "فارسی", "en": "English"}
"""The languages of the interface, each by its own name."""

_DIRECTION = {"fa": "rtl", "en": "ltr", "und": "ltr"}


class Interface:
    """One language of the interface. Templates have all of its methods as functions."""

    def __init__(self, tongue: Tongue) -> None:
        self.tongue = tongue
        self.direction = "rtl" if Locale(tongue).character_order == "right-to-left" else "ltr"
        self._messages = _messages(tongue)

    # -- words ---------------------------------------------------------------------------------

    def gettext(self, message: str, **values: object) -> str:
        """A sentence of the interface; ``%(name)s`` in it stand for values.

        Values are written in the digits of the language when they are numbers.
        """
        return self._filled(self._messages.ugettext(message), values)

    def ngettext(self, one: str, many: str, n: int, **values: object) -> str:
        """A sentence that counts; ``%(n)s`` is the number."""
        return self._filled(self._messages.ungettext(one, many, n), {"n": n, **values})

    def _filled(self, text: str, values: dict[str, object]) -> str:
        if not values:
            return text
        shown = {
            name: self.number(value) if isinstance(value, (int, float)) else value
            for name, value in values.items()
        }
        if any(hasattr(value, "__html__") for value in shown.values()):
            return Markup(text) % shown
        return text % shown

    def term(self, key: str, **values: object) -> str:
        """A word that reports use too (``state.done``, ``clause.article``...)."""
        return self.of(marks.said(key, **values)) if key in TEXTS else key.split(".")[-1]

    def of(self, both: Both) -> str:
        """The text of the two that is in this language."""
        return both.fa if self.tongue == "fa" else both.en

    def name(self, names: dict[str, str], otherwise: str = "") -> str:
        """A name that is given in both languages, such as that of a code."""
        return names.get(self.tongue) or next(iter(names.values()), otherwise)

    def coder(self, coder: str) -> Markup:
        """Who coded, as people say it: a person by name, a machine by what it is and its name.

        >>> Interface("en").coder("person:leila")
        Markup('<bdi lang="en" dir="ltr">leila</bdi>')
        """
        kind, _, called = coder.partition(":")
        if coder == AGREED:
            return escape(self.gettext("settled together"))
        if kind == "model":
            return Markup(escape(self.gettext("model %(name)s", name=own(called))))
        if kind == "dictionary":
            return Markup(escape(self.gettext("keywords of %(name)s", name=own(called))))
        return own(called or coder)

    # -- figures and days ----------------------------------------------------------------------

    def number(self, value: object) -> str:
        """A figure in the digits of the language, thousands apart.

        >>> Interface("fa").number(12345), Interface("en").number(12345)
        ('۱۲٬۳۴۵', '12,345')
        """
        return self._digits(f"{value:,}" if isinstance(value, (int, float)) else str(value))

    def _digits(self, text: str) -> str:
        """A figure in the digits of the language; its minus stays before it (left) in Persian."""
        if text.startswith("-"):
            text = text.replace("-", "\u200e\u2212" if self.tongue == "fa" else "\u2212", 1)
        return marks.in_digits(text, self.tongue)

    def percent(self, share: float) -> str:
        """A share (0 to 1) in whole percent."""
        return self.of(marks.percent(share))

    def probability(self, value: float) -> str:
        """A probability with two decimals.

        >>> Interface("fa").probability(0.5)
        '۰٫۵۰'
        """
        return self._digits(f"{value:.2f}")

    def day(self, when: date | datetime | str) -> str:
        """A day in both calendars, that of the language first; ISO text is taken, too."""
        if isinstance(when, str):
            when = datetime.fromisoformat(when)
        if isinstance(when, datetime):
            when = when.astimezone().date() if when.tzinfo else when.date()
        return self.of(marks.day(when))

    def moment(self, when: datetime | str) -> str:
        """A day and a time of day, on this computer's clock."""
        if isinstance(when, str):
            when = datetime.fromisoformat(when)
        local = when.astimezone()
        clock = marks.in_digits(f"{local:%H:%M}", self.tongue)
        solar = self.day(local).split(" (")[0]
        return f"{solar}، {clock}" if self.tongue == "fa" else f"{solar}, {clock}"


@cache
def interface(tongue: Tongue) -> Interface:
    """The interface in a language, made once."""
    return Interface(tongue)


def preferred(cookie: str | None, accepted: str) -> Tongue:
    """The language that was chosen, else the first of a browser's that there is, else English.

    >>> preferred(None, "de,fa-IR;q=0.8,en;q=0.5"), preferred("en", "fa"), preferred(None, "")
    ('fa', 'en', 'en')
    """
    if cookie in TONGUES:
        return cookie
    for each in accepted.split(","):
        tongue = each.split(";")[0].strip().lower()[:2]
        if tongue in TONGUES:
            return tongue
    return "en"


def N_(message: str) -> str:
    """A sentence of the interface that stands in a table and is said later, by ``gettext``.

    It does nothing but mark the sentence for whoever collects them (``scripts/messages``).
    """
    return message


def attributes(language: Language) -> Markup:
    """The language and direction of a stored text as attributes, told by its own language.

    A text without letters (a number, a date) runs from left to right.

    >>> attributes("fa")
    Markup('lang="fa" dir="rtl"')
    """
    lang = Markup("") if language == "und" else Markup('lang="{}" ').format(language)
    return Markup('{}dir="{}"').format(lang, _DIRECTION[language])


def own(text: str) -> Markup:
    """A short stored text (a title, a name) inside any other, isolated, in its own direction.

    >>> own("MoU")
    Markup('<bdi lang="en" dir="ltr">MoU</bdi>')
    """
    return Markup("<bdi {}>{}</bdi>").format(attributes(language_of(text)), marks.shown(text))


def titled(text: str) -> Markup:
    """A title; one that stands in two languages with a slash between is set in both directions."""
    return Markup(" / ").join(own(part) for part in text.split(" / "))


def integer(text: str) -> int | None:
    """A number that someone typed, in digits of either script; None when it is none.

    >>> integer("۱۲"), integer("12"), integer("x")
    (12, 12, None)
    """
    plain = latin_digits(text.strip())
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 10 else None


def _messages(tongue: Tongue) -> Translations:
    """The messages of a language. English is what the program itself says, but for a few.

    Each part of the interface has a file of its own (``messages/fa/NAME.po``).
    """
    found = Translations()
    folder = files("textmine.web") / "messages" / tongue
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if file.name.endswith(".po"):
            compiled = io.BytesIO()
            write_mo(compiled, read_po(io.BytesIO(file.read_bytes()), locale=tongue))
            compiled.seek(0)
            found.merge(Translations(compiled))
    return found
