"""The fields of a query: their names in both languages, their values, what was perhaps meant."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from itertools import islice
from typing import NamedTuple

from textmine.search.query.faults import QueryError, Sentence, shortened, together
from textmine.text.fold import fold_key

FIELDS: Mapping[str, tuple[str, ...]] = {
    "code": ("code", "کد"),
    "coded": ("coded", "کدگذاری"),
    "language": ("language", "lang", "زبان"),
    "kind": ("kind", "type", "نوع", "گونه"),
    "year": ("year", "سال"),
    "document": ("document", "doc", "سند"),
    "party": ("party", "parties", "طرف", "طرفین"),
    "country": ("country", "کشور"),
    "article": ("article", "number", "ماده", "بند", "شماره"),
    "title": ("title", "عنوان"),
    "clause": ("clause", "id", "شناسه"),
}
"""The fields and the names that people may give them, an English one first.

``coded`` tells whether a clause was coded, and what one coder decided on it. ``article`` is the
number printed before a clause (5, 5.2), ``clause`` its identifier.
"""

EXAMPLES: Mapping[str, str] = {
    "code": "code:cultural",
    "coded": "coded:none",
    "language": "language:fa",
    "kind": "kind:agreement",
    "year": "year:1993..2005",
    "document": "document:3",
    "party": "party:Kashan",
    "country": "country:KG",
    "article": "article:5",
    "title": 'title:"sister city"',
    "clause": "clause:3f2a9c0b1d.5e7f0a1b",
}
"""How each field is written, for messages."""

# What people also call a field, where the letters alone do not lead to its name.
_ALSO = {
    "topic": "code", "theme": "code", "category": "code", "موضوع": "code", "مضمون": "code",
    "مقوله": "code", "date": "year", "تاریخ": "year", "file": "document", "پرونده": "document",
    "city": "party", "شهر": "party", "place": "country", "name": "title", "نام": "title",
    "section": "article", "اصل": "article", "تبصره": "article",
}  # fmt: skip

_ALIASES = {fold_key(alias): name for name, aliases in FIELDS.items() for alias in aliases}
_MEANT = {fold_key(also): name for also, name in _ALSO.items()} | _ALIASES
_LONGEST_NAME = 30  # what is longer is no name of a field with a slip in it
_ALIKE = 0.66  # share of letters in common from which a name is likely a field's with a slip in it
_ALIKE_VALUES = 0.7  # the same among values, of which there are more
_MOST_MEANT = 3
_MOST_KNOWN = 40  # values that a message lists


def field_named(name: str) -> str | None:
    """The field that ``name`` names, in either language, any letters and capitals.

    >>> field_named("Year"), field_named("كشور"), field_named("سالها")
    ('year', 'country', None)
    """
    return _ALIASES.get(fold_key(name)) if len(name) <= _LONGEST_NAME else None


def unknown_field(name: str, value: str, at: int) -> QueryError:
    """The error for a field that there is not, with the one that was perhaps meant."""
    meant = None
    if len(name) <= _LONGEST_NAME:
        nearest = max(_MEANT, key=lambda known: _likeness(fold_key(name), known))
        if _likeness(fold_key(name), nearest) >= _ALIKE:
            meant = Sentence("Did you mean %(meant)s?", meant=_own_name(_MEANT[nearest], name))
    return QueryError(
        together(
            Sentence(
                'There is no field "%(name)s" (character %(at)s).', name=shortened(name), at=at
            ),
            meant,
            Sentence(
                'Fields are %(known)s. To search for the words, write them in quotes: "%(words)s".',
                known=", ".join(_own_name(each, name) for each in FIELDS),
                words=shortened(f"{name}: {value}"),
            ),
        ),
        at,
    )


def _own_name(field: str, like: str) -> str:
    """The name of a field in the script that ``like`` is written in."""
    names = FIELDS[field]
    if like.isascii():
        return names[0]
    return next(name for name in names if not name.isascii())


def unknown_value(
    name: str, value: str, at: int, known: Mapping[str, tuple[str, ...]]
) -> QueryError:
    """The error for a value that a field has not, with those that were perhaps meant.

    ``known`` holds the values, and the names of each; they are listed in the script of what was
    typed.

    >>> print(unknown_value("code", "culturel", 1, {"cultural": ("cultural", "فرهنگی")}))
    There is no code "culturel" (character 1). Did you mean cultural? Known are: cultural.
    """
    suggestion = None
    if _are_several(value, known):
        several = f"{_own_name(name, value)}:({' | '.join(value.split())})"
        suggestion = Sentence("For any of them write %(several)s.", several=several)
    elif meant := _perhaps(value, known):
        suggestion = Sentence("Did you mean %(meant)s?", meant=" or ".join(meant))
    own = (_in_script(identifier, names, value) for identifier, names in known.items())
    listed = ", ".join(islice(own, _MOST_KNOWN))
    more = len(known) - _MOST_KNOWN
    return QueryError(
        together(
            Sentence(
                'There is no %(field)s "%(value)s" (character %(at)s).',
                field=name,
                value=shortened(value),
                at=at,
            ),
            suggestion,
            Sentence("Known are: %(known)s and %(n)s more.", known=listed, n=more)
            if more > 0
            else Sentence("Known are: %(known)s.", known=listed),
        ),
        at,
    )


def _in_script(identifier: str, names: Iterable[str], like: str) -> str:
    """A value as it is called in the script that ``like`` is written in."""
    if like.isascii():
        return identifier
    return next((name for name in names if not name.isascii()), identifier)


def _are_several(value: str, known: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether each word of a value is a value by itself."""
    names = {fold_key(name) for identifier in known for name in (identifier, *known[identifier])}
    pieces = value.split()
    return 1 < len(pieces) <= len(known) and all(fold_key(piece) in names for piece in pieces)


def _perhaps(value: str, known: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The values nearest to one that there is not, as they may be typed."""
    asked = fold_key(value)[:_LONGEST_NAME]
    if not asked:
        return []
    found: dict[str, float] = {}
    for identifier, names in known.items():
        name, likeness = _nearest(asked, (identifier, *names))
        if likeness >= _ALIKE_VALUES:
            found[name] = max(likeness, found.get(name, 0))
    best = sorted(found, key=lambda name: -found[name])[:_MOST_MEANT]
    return [_quoted(name) for name in best]


def _quoted(name: str) -> str:
    """A name as a query takes it, in the quotation marks of its script where it has spaces."""
    if _is_one_word(name):
        return name
    return f'"{name}"' if name.isascii() else f"«{name}»"


def _nearest(asked: str, names: Iterable[str]) -> tuple[str, float]:
    scored = [(name, _likeness(asked, fold_key(name))) for name in names]
    return max(scored, key=lambda each: each[1])


def _likeness(one: str, other: str) -> float:
    """From 0 to 1; a word of a name counts as the name with a slip in it."""
    if len(one) > 2 and one in other.split():
        return _ALIKE_VALUES
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _is_one_word(name: str) -> bool:
    return not any(character.isspace() for character in name)


class Years(NamedTuple):
    """A range of years, both ends included; ``persian`` when they are Solar Hijri years."""

    first: int
    last: int
    persian: bool


EARLIEST, LATEST = 1, 2999
_FIRST_GREGORIAN = 1600  # no Solar Hijri year of a document comes near, no treaty here is older
_TO = re.compile(r"\s*(?:\.{2,}|…|\bto\b|تا)\s*|(?<=\d)\s*[-\u2010-\u2015\u2212]\s*(?=\d)")


def years(value: str, at: int) -> Years:
    """The years of ``1993``, ``1372..1384``, ``1993..`` or ``..1384``, in any digits.

    >>> years("۱۳۷۲..۱۳۸۴", 1)
    Years(first=1372, last=1384, persian=True)
    """
    first, last = numbers(value, at, "year", "year:1993 or year:1372..1384")
    given = [number for number in (first, last) if number is not None]
    if any(not EARLIEST <= number <= LATEST for number in given):
        raise QueryError(
            Sentence(
                "The year at character %(at)s is not between %(first)s and %(last)s. Write it as "
                "in year:1993 or year:1372.",
                at=at,
                first=str(EARLIEST),
                last=str(LATEST),
            ),
            at,
        )
    calendars = {number < _FIRST_GREGORIAN for number in given}
    if len(calendars) > 1:
        raise QueryError(
            Sentence(
                "The years at character %(at)s are of two calendars (below %(first)s is Solar "
                "Hijri). Write both in one calendar, such as year:1993..2005 or year:1372..1384.",
                at=at,
                first=str(_FIRST_GREGORIAN),
            ),
            at,
        )
    persian = calendars.pop()
    earliest = EARLIEST if persian else _FIRST_GREGORIAN
    latest = _FIRST_GREGORIAN - 1 if persian else LATEST
    return Years(earliest if first is None else first, latest if last is None else last, persian)


def numbers(value: str, at: int, name: str, example: str) -> tuple[int | None, int | None]:
    """The two ends of a number or of a range of numbers; None for an end that is open.

    >>> numbers("3..", 1, "document", "document:3")
    (3, None)
    >>> numbers("۳ تا ۵", 1, "document", "document:3")
    (3, 5)
    """
    ends = [end.strip() for end in _TO.split(value)]
    known = [_number(end) for end in ends]
    wrong = any(number is None and end for number, end in zip(known, ends, strict=True))
    if wrong or len(ends) > 2 or not any(ends):
        raise QueryError(
            Sentence(
                '"%(value)s" at character %(at)s is no %(field)s. Write it as in %(example)s.',
                value=shortened(value),
                at=at,
                field=name,
                example=example,
            ),
            at,
        )
    first, last = known[0], known[-1]
    if first is not None and last is not None and first > last:
        raise QueryError(
            Sentence(
                "The range at character %(at)s runs backwards: %(first)s comes after %(last)s. "
                "Swap them.",
                at=at,
                first=str(first),
                last=str(last),
            ),
            at,
        )
    return first, last


def _number(text: str) -> int | None:
    """A number in Latin, Persian or Arabic-Indic digits, at most nine of them."""
    values = [unicodedata.decimal(character, -1) for character in text]
    if not 1 <= len(values) <= 9 or -1 in values:
        return None
    return int("".join(map(str, values)))
