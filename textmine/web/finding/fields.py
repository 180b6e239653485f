"""The fields of queries as the interface calls them and as people type them."""

from __future__ import annotations

from collections.abc import Mapping

from textmine.search.query.fields import EXAMPLES, FIELDS
from textmine.web.language import Interface, Tongue

EXAMPLES_FA: Mapping[str, str] = {
    "code": "فرهنگی",
    "coded": "بی‌کد",
    "language": "انگلیسی",
    "kind": "موافقت‌نامه",
    "year": "۱۳۷۲..۱۳۸۴",
    "document": "۳",
    "party": "کرمان",
    "country": "ازبکستان",
    "article": "۵",
    "title": "خواهرخواندگی",
    "clause": "3f2a9c0b1d.5e7f0a1b",
}
"""The examples of fields as people write them in Persian."""


def field_name(words: Interface, field: str) -> str:
    """What a field is called on the page."""
    names = {
        "code": words.gettext("Code"),
        "coded": words.gettext("Coding"),
        "language": words.gettext("Language"),
        "kind": words.gettext("Kind of document"),
        "country": words.gettext("Country"),
        "year": words.gettext("Year"),
        "document": words.gettext("Document"),
        "party": words.gettext("Party"),
        "article": words.gettext("Number of the clause"),
        "title": words.gettext("Title"),
        "clause": words.gettext("Identifier of the clause"),
    }
    return names[field]


def typed_field(tongue: Tongue, field: str) -> str:
    """A field as people who use the interface in this language type it.

    >>> typed_field("fa", "year"), typed_field("en", "year")
    ('سال', 'year')
    """
    names = FIELDS[field]
    return names[0] if tongue == "en" else next(name for name in names if not name.isascii())


def example_of(words: Interface, field: str) -> str:
    """A field with a value, as people who use the interface in this language type it.

    >>> from textmine.web.language import interface
    >>> example_of(interface("fa"), "year")
    'سال:۱۳۷۲..۱۳۸۴'
    """
    if words.tongue == "en":
        return EXAMPLES[field]
    return f"{typed_field('fa', field)}:{EXAMPLES_FA[field]}"
