"""The query language: words, "phrases", prefix*, -left out, OR, (groups) and field:value.

The parser knows no index. It gives a tree or raises QueryError, never anything else.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import NamedTuple

from textmine.errors import UsageError

FIELDS = {
    "code": ("code", "کد"),
    "language": ("language", "زبان"),
    "kind": ("kind", "نوع"),
    "year": ("year", "سال"),
    "document": ("document", "سند"),
    "party": ("party", "طرف"),
}
"""The fields and the names that people may give them."""

MAX_CHARACTERS = 10_000
MAX_DEPTH = 50

_ALIASES = {alias: name for name, aliases in FIELDS.items() for alias in aliases}
_QUOTES = {'"': '"“”„', "“": '”"', "„": '”“"', "”": '”"', "«": "»"}
_OPERATORS = {"OR": "or", "|": "or", "AND": "and", "NOT": "not"}
# Letters of Arabic keyboards in the names of fields: كد for کد.
_KEYBOARD = str.maketrans("كيى", "کیی")


class QueryError(UsageError):
    """A query cannot be understood; the message names the place and the way out."""


@dataclass(frozen=True, slots=True)
class Text:
    """Words as they were typed; ``at`` is the number of their first character, from 1."""

    text: str
    quoted: bool
    prefix: bool
    at: int


@dataclass(frozen=True, slots=True)
class FieldIs:
    """``name:value``; ``name`` is one of FIELDS."""

    name: str
    value: str
    at: int


@dataclass(frozen=True, slots=True)
class Every:
    """Each of ``items`` must hold."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One of ``items`` must hold."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """``item`` must not hold."""

    item: Node


Node = Text | FieldIs | Every | Either | Not


def parse(query: str) -> Node:
    """The tree of a query; QueryError with the place of the fault when there is one.

    >>> parse('شهر -"sister city"')
    Every(items=(Text(text='شهر', quoted=False, prefix=False, at=1),
               Not(item=Text(text='sister city', quoted=True, prefix=False, at=6))))
    >>> parse("سال:1372..1384")
    FieldIs(name='year', value='1372..1384', at=1)
    """
    if len(query) > MAX_CHARACTERS:
        raise QueryError(
            f"The query has {len(query)} characters; {MAX_CHARACTERS} are possible. Shorten it."
        )
    lexemes = _Lexer(query).lexemes()
    if not lexemes:
        raise QueryError(
            "The query is empty. Give words, or a field such as language:fa, to search for."
        )
    return _Parser(lexemes).whole()


class Years(NamedTuple):
    """A range of years, both ends included; ``persian`` when they are Solar Hijri years."""

    first: int
    last: int
    persian: bool


EARLIEST, LATEST = 1, 2999
_FIRST_GREGORIAN = 1600  # no Solar Hijri year of a document comes near, no treaty here is older


def years(value: str, at: int) -> Years:
    """The years of ``1993``, ``1372..1384``, ``1993..`` or ``..1384``, in any digits.

    >>> years("۱۳۷۲..۱۳۸۴", 1)
    Years(first=1372, last=1384, persian=True)
    """
    first, last = numbers(value, at, "year", "year:1993 or year:1372..1384")
    given = [number for number in (first, last) if number is not None]
    if any(not EARLIEST <= number <= LATEST for number in given):
        raise QueryError(f"The year at character {at} is not between {EARLIEST} and {LATEST}.")
    calendars = {number < _FIRST_GREGORIAN for number in given}
    if len(calendars) > 1:
        raise QueryError(
            f"The years at character {at} are of two calendars (below {_FIRST_GREGORIAN} is Solar "
            "Hijri). Write both in one calendar, such as year:1993..2005 or year:1372..1384."
        )
    persian = calendars.pop()
    earliest = EARLIEST if persian else _FIRST_GREGORIAN
    latest = _FIRST_GREGORIAN - 1 if persian else LATEST
    return Years(earliest if first is None else first, latest if last is None else last, persian)


def numbers(value: str, at: int, name: str, example: str) -> tuple[int | None, int | None]:
    """The two ends of a number or of a range of numbers; None for an end that is open.

    >>> numbers("3..", 1, "document", "document:3")
    (3, None)
    """
    ends = [end.strip() for end in value.replace("…", "..").split("..")]
    known = [_number(end) for end in ends]
    wrong = any(number is None and end for number, end in zip(known, ends, strict=True))
    if wrong or len(ends) > 2 or not any(ends):
        raise QueryError(f'"{value}" at character {at} is no {name}. Write it as in {example}.')
    first, last = known[0], known[-1]
    if first is not None and last is not None and first > last:
        raise QueryError(
            f"The range at character {at} runs backwards: {first} comes after {last}. Swap them."
        )
    return first, last


def _number(text: str) -> int | None:
    """A number in Latin, Persian or Arabic-Indic digits, at most nine of them."""
    values = [unicodedata.decimal(character, -1) for character in text]
    if not 1 <= len(values) <= 9 or -1 in values:
        return None
    return int("".join(map(str, values)))


class _Lexeme(NamedTuple):
    kind: str  # text, field, or, and, not, (, )
    at: int
    text: str = ""
    quoted: bool = False
    prefix: bool = False
    name: str = ""


class _Lexer:
    """Cuts a query up. Marks that only steer the display are passed over beside signs."""

    def __init__(self, query: str) -> None:
        kept = [
            (" " if character.isspace() else character, number)
            for number, character in enumerate(query, 1)
            if not _is_unseen(query, number - 1)
        ]
        self.text = "".join(character for character, _ in kept)
        self.numbers = [number for _, number in kept] + [len(query) + 1]
        self.at = 0

    def lexemes(self) -> list[_Lexeme]:
        found = []
        while self.at < len(self.text):
            if self.text[self.at] in " »":
                self.at += 1
            else:
                found.append(self._next())
        return found

    def _next(self) -> _Lexeme:
        character, number = self.text[self.at], self.numbers[self.at]
        if character in "()":
            self.at += 1
            return _Lexeme(character, number)
        if character in _QUOTES:
            return _Lexeme("text", number, self._quoted(), quoted=True)
        if character in "-\u2212" and self._behind() not in " )":
            self.at += 1
            return _Lexeme("not", number)
        word = self._word()
        if word in _OPERATORS:
            return _Lexeme(_OPERATORS[word], number)
        name, colon, value = word.partition(":")
        field = _ALIASES.get(name.lower().translate(_KEYBOARD))
        if colon and field:
            return self._field(field, value, number)
        if colon and value and name.isalpha() and not value.startswith("//"):
            known = ", ".join(FIELDS)
            raise QueryError(
                f'There is no field "{name}" (character {number}); fields are {known}. To search '
                f'for the words, write them in quotes: "{name}: {value}".'
            )
        bare = word.rstrip("*")
        if bare == word:
            return _Lexeme("text", number, word)
        if not any(letter.isalnum() for letter in bare):
            raise QueryError(
                f"The * at character {number} stands for the end of a word; write letters before "
                "it, as in cultur*."
            )
        return _Lexeme("text", number, bare, prefix=True)

    def _behind(self) -> str:
        return self.text[self.at + 1 : self.at + 2] or " "

    def _quoted(self) -> str:
        start = self.at
        closing = _QUOTES[self.text[start]]
        for place in range(start + 1, len(self.text)):
            if self.text[place] in closing:
                self.at = place + 1
                return self.text[start + 1 : place]
        raise QueryError(
            f"The quotation mark at character {self.numbers[start]} is not closed. Close it, or "
            "leave it out."
        )

    def _word(self) -> str:
        start = self.at
        while self.at < len(self.text) and self.text[self.at] not in ' ()"“”„«»|':
            self.at += 1
        if self.at == start:  # | stands alone wherever it stands
            self.at += 1
        return self.text[start : self.at]

    def _field(self, name: str, value: str, number: int) -> _Lexeme:
        if not value and self.at < len(self.text) and self.text[self.at] in _QUOTES:
            value = self._quoted()
        if not value.strip():
            raise QueryError(
                f"The field {name} at character {number} has no value. Write the value right "
                f"behind the colon, as in {_EXAMPLES[name]}."
            )
        return _Lexeme("field", number, value.strip(), name=name)


_EXAMPLES = {
    "code": "code:cultural",
    "language": "language:fa",
    "kind": "kind:agreement",
    "year": "year:1372..1384",
    "document": "document:3",
    "party": 'party:"Kashan"',
}
_STEERING = frozenset(
    "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
)


def _is_unseen(query: str, place: int) -> bool:
    """Whether a character carries nothing: halves of pairs, controls, steering marks beside signs.

    A right-to-left mark between two letters may stand for a half-space, so it stays.
    """
    character = query[place]
    if character in _STEERING:
        around = query[max(place - 1, 0) : place], query[place + 1 : place + 2]
        return not all(neighbour.isalpha() for neighbour in around)
    return unicodedata.category(character) in {"Cs", "Cc"} and not character.isspace()


class _Parser:
    """Recursive descent; the depth is bounded, so that no query exhausts the stack."""

    def __init__(self, lexemes: list[_Lexeme]) -> None:
        self.lexemes = lexemes
        self.at = 0
        self.depth = 0

    def whole(self) -> Node:
        node = self._either()
        if self.at < len(self.lexemes):
            number = self.lexemes[self.at].at
            raise QueryError(
                f"The parenthesis at character {number} closes nothing. Leave it out, or write it "
                "in quotes."
            )
        return node

    def _peek(self) -> str:
        return self.lexemes[self.at].kind if self.at < len(self.lexemes) else ""

    def _either(self) -> Node:
        items = [self._every()]
        while self._peek() == "or":
            self.at += 1
            items.append(self._every())
        return items[0] if len(items) == 1 else Either(tuple(items))

    def _every(self) -> Node:
        items = [self._one()]
        while self._peek() not in {"", "or", ")"}:
            if self._peek() == "and":
                self.at += 1
            items.append(self._one())
        items = _runs(items)
        return items[0] if len(items) == 1 else Every(tuple(items))

    def _one(self) -> Node:
        negated = False
        while self._peek() == "not":
            negated = not negated
            self.at += 1
        node = self._atom()
        return Not(node) if negated else node

    def _atom(self) -> Node:
        if self.at == len(self.lexemes):
            last = self.lexemes[-1]
            raise QueryError(
                f"After character {last.at} something is missing to search for. Add a word, or "
                "leave the last sign out."
            )
        lexeme = self.lexemes[self.at]
        self.at += 1
        if lexeme.kind == "text":
            return Text(lexeme.text, lexeme.quoted, lexeme.prefix, lexeme.at)
        if lexeme.kind == "field":
            return FieldIs(lexeme.name, lexeme.text, lexeme.at)
        if lexeme.kind == "(":
            return self._group(lexeme)
        raise QueryError(
            f"At character {lexeme.at} a word is missing before {_SIGNS[lexeme.kind]}. Add one, or "
            "write the sign in quotes."
        )

    def _group(self, opening: _Lexeme) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise QueryError(
                f"At character {opening.at} there are more than {MAX_DEPTH} parentheses inside "
                "each other. Take some away."
            )
        node = self._either()
        if self._peek() != ")":
            raise QueryError(
                f"The parenthesis at character {opening.at} is not closed. Close it, or leave it "
                "out."
            )
        self.at += 1
        self.depth -= 1
        return node


_SIGNS = {"or": "OR", "and": "AND", "not": "the minus", ")": "the closing parenthesis"}


def _runs(items: list[Node]) -> list[Node]:
    """Plain words side by side become one run, so that "می شود" is read as the word it is."""
    merged: list[Node] = []
    for item in items:
        before = merged[-1] if merged else None
        if _is_plain(item) and _is_plain(before):
            assert isinstance(item, Text) and isinstance(before, Text)  # noqa: S101, PT018
            merged[-1] = Text(f"{before.text} {item.text}", False, False, before.at)
        else:
            merged.append(item)
    return merged


def _is_plain(node: Node | None) -> bool:
    return isinstance(node, Text) and not node.quoted and not node.prefix
