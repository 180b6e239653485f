"""What people type into the forms of results: years, countries; and what else it was not."""

from __future__ import annotations

from contextlib import suppress

from textmine.errors import InputError, UsageError
from textmine.web.language import Interface, integer

_LONGEST = 60  # characters of what was typed that are said again


def year(words: Interface, text: str) -> int | None:
    """A year of either calendar, in digits of either script; None where nothing was typed.

    Raises UsageError, with a sentence in the language of the interface, for anything else.

    >>> from textmine.web.language import interface
    >>> year(interface("en"), "۱۳۹۵"), year(interface("en"), " ")
    (1395, None)
    """
    if not text.strip():
        return None
    found = integer(text)
    if not found:
        raise UsageError(
            words.gettext(
                "“%(typed)s” is no year. Write one in digits, such as 1395 or 2016.",
                typed=text.strip()[:_LONGEST],
            )
        )
    return found


def country(words: Interface, text: str) -> str:
    """The code of a country, which was typed as its code or by its name in either language.

    "" where nothing was typed. Raises UsageError, with a sentence in the language of the interface,
    where no country is called so.

    >>> from textmine.web.language import interface
    >>> country(interface("en"), "ایران"), country(interface("fa"), "germany")
    ('IR', 'DE')
    """
    from textmine.places import gazetteer

    name = text.strip()
    if not name:
        return ""
    known = gazetteer()
    with suppress(InputError):  # it is no code, then
        return known.country(name.upper()).country
    named = known.named(name, kind="country")
    if not named:
        raise UsageError(
            words.gettext(
                "No country called “%(typed)s” is known. Write its name in Persian or English, or "
                "its code of two letters, such as IR.",
                typed=name[:_LONGEST],
            )
        )
    return named[0].country
