"""What is being typed at a place of a query: a word, the value of a field, a saved search."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from textmine.search.query.fields import field_named

_BEFORE = r"(?:^|(?<=[\s(|\-\u2212]))"
_QUOTED = r'["“”„«](?P<quoted>[^"“”«»]*)'
_VALUE = re.compile(
    rf"{_BEFORE}(?P<field>[^\W\d_]+):(?:[^\s()\"“”«»|]*[,،])?(?:{_QUOTED}|(?P<bare>[^\s()\"“”«»|,،]*))$"
)
_LISTED = re.compile(
    rf"{_BEFORE}(?P<field>[^\W\d_]+):\((?:[^()]*[|,،\s])?(?:{_QUOTED}|(?P<bare>[^\s()\"“”«»|,،]*))$"
)
_SAVED = re.compile(rf'{_BEFORE}@(?:["“«](?P<quoted>[^"”»]*)|(?P<bare>[^\s()"“”„«»|]*))$')
_WORD = re.compile(rf"{_BEFORE}(?P<bare>[^\s()\"“”„«»|:@*~]+)$")
_REST = re.compile(r"[^\s()\"“”„«»|:,،]*")
_REST_QUOTED = re.compile(r'[^"“”«»:]*["”»]')
_MARKS = re.compile('["“”„«»]')


class Typing(NamedTuple):
    """What is being typed: ``text`` is what there is of it, ``query[start:end]`` what it replaces.

    ``value`` of a ``field`` (which is called as it was typed in ``name``), ``saved`` search,
    ``word``, or ``nothing`` yet; ``inside`` of quotation marks, where there is nothing to help.
    """

    kind: Literal["value", "saved", "word", "nothing", "inside"]
    text: str
    start: int
    end: int
    field: str = ""
    name: str = ""


def typing_at(query: str, at: int) -> Typing:
    """What is being typed where the cursor stands, behind ``at`` characters.

    >>> typing_at("city code:cul", 13)
    Typing(kind='value', text='cul', start=10, end=13, field='code', name='code')
    >>> typing_at("city cou", 8).text, typing_at("city ", 5).kind, typing_at('"city co', 8).kind
    ('cou', 'nothing', 'inside')
    """
    at = min(max(0, at), len(query))
    before = query[:at]
    for pattern in (_VALUE, _LISTED):
        found = pattern.search(before)
        field = field_named(found["field"]) if found else None
        if found and field:
            return _typing("value", found, query, at, field, found["field"])
    if found := _SAVED.search(before):
        return _typing("saved", found, query, at)
    if len(_MARKS.findall(before)) % 2:
        return Typing("inside", "", at, at)
    if found := _WORD.search(before):
        return _typing("word", found, query, at)
    if not before or before[-1] in " (|":
        return Typing("nothing", "", at, at)
    return Typing("inside", "", at, at)


def _typing(
    kind: Literal["value", "saved", "word"],
    found: re.Match[str],
    query: str,
    at: int,
    field: str = "",
    name: str = "",
) -> Typing:
    quoted = found["quoted"] if "quoted" in found.re.groupindex else None
    text = found["bare"] if quoted is None else quoted
    start = at - len(text) - (quoted is not None)
    if kind == "saved":
        start = found.start()
    rest = (_REST if quoted is None else _REST_QUOTED).match(query, at)
    return Typing(kind, text, start, rest.end() if rest else at, field, name)
