"""The query language: words, "phrases", wild*cards, operators, NEAR, (groups) and field:value.

The parser knows no index. It gives a tree or raises QueryError, never anything else. The language
is described in docs/query.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from textmine.search.query.faults import (
    QueryError,
    Sentence,
    TooLongError,
    pointed,
    shortened,
    together,
)
from textmine.search.query.fields import EXAMPLES, FIELDS, Years, numbers, unknown_value, years
from textmine.search.query.lexing import QUOTES, Lexeme, lexemes, star_in_field

__all__ = [
    "FIELDS",
    "MAX_CHARACTERS",
    "MAX_DEPTH",
    "MAX_ITEMS",
    "MAX_WORDS",
    "Either",
    "Every",
    "FieldIs",
    "Near",
    "Node",
    "Not",
    "QueryError",
    "Sentence",
    "Text",
    "TooLongError",
    "Years",
    "as_word",
    "bounded",
    "canonical",
    "numbers",
    "parse",
    "pointed",
    "together",
    "unknown_value",
    "words_of",
    "years",
]

MAX_CHARACTERS = 10_000
MAX_WORDS = 300
"""Words to search for; each is looked for in all its forms."""

MAX_DEPTH = 50
MAX_ITEMS = 5
"""Words that can be tied by nearness: every order of them is looked at."""


@dataclass(frozen=True, slots=True)
class Text:
    """Words as they were typed; ``at`` is the number of their first character, from 1.

    Plain words side by side are one text, so that words written with a space where a half-space
    belongs can be read. With ``pattern`` each * of ``text`` stands for any letters of its word, or
    none; a quoted text may have it too.
    """

    text: str
    quoted: bool
    pattern: bool
    at: int


@dataclass(frozen=True, slots=True)
class Near:
    """Words and phrases with at most ``distance`` other words among them, in any order."""

    items: tuple[Text, ...]
    distance: int
    at: int


@dataclass(frozen=True, slots=True)
class FieldIs:
    """``name:value``; ``name`` is one of FIELDS, ``at`` is where the value begins."""

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


Node = Text | Near | FieldIs | Every | Either | Not


def parse(query: str) -> Node:
    """The tree of a query; QueryError with the place of the fault when there is one.

    >>> parse('شهر -"sister city"')
    Every(items=(Text(text='شهر', quoted=False, pattern=False, at=1),
               Not(item=Text(text='sister city', quoted=True, pattern=False, at=6))))
    >>> parse("سال:1372..1384")
    FieldIs(name='year', value='1372..1384', at=5)
    """
    if len(query) > MAX_CHARACTERS:
        raise TooLongError(
            Sentence(
                "The query has %(n)s characters; %(most)s are possible. Shorten it.",
                n=len(query),
                most=MAX_CHARACTERS,
            )
        )
    found = lexemes(query)
    if not found:
        raise QueryError(
            Sentence(
                "The query is empty. Give words, or a field such as language:fa, to search for."
            )
        )
    return bounded(_Parser(found).whole())


def bounded(node: Node) -> Node:
    """The same tree; TooLongError when it has more words than are looked for at once."""
    count = _words_in(node)
    if count > MAX_WORDS:
        raise TooLongError(
            Sentence(
                "The query has %(n)s words; %(most)s are possible. Shorten it.",
                n=count,
                most=MAX_WORDS,
            )
        )
    return node


def _words_in(node: Node) -> int:
    if isinstance(node, Text):
        return len(node.text.split())
    if isinstance(node, Not):
        return _words_in(node.item)
    return 0 if isinstance(node, FieldIs) else sum(map(_words_in, node.items))


class _Parser:
    """Recursive descent; the depth is bounded, so that no query exhausts the stack."""

    def __init__(self, found: list[Lexeme]) -> None:
        self.lexemes = found
        self.at = 0
        self.depth = 0
        self.field = ""  # the one whose values the parentheses hold

    def whole(self) -> Node:
        node = self._either()
        if self.at < len(self.lexemes):
            number = self.lexemes[self.at].at
            raise QueryError(
                Sentence(
                    "The parenthesis at character %(at)s closes nothing. Leave it out, or write "
                    "it in quotes.",
                    at=number,
                ),
                number,
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
        return items[0] if len(items) == 1 else Every(tuple(items))

    def _one(self) -> Node:
        negated = False
        while self._peek() == "not":
            negated = not negated
            self.at += 1
        node = self._near()
        return Not(node) if negated else node

    def _near(self) -> Node:
        place = self.at
        node = self._atom()
        if self._peek() != "near":
            return node
        operator = self.lexemes[self.at]
        items = [self._beside(node, place, operator)]
        while self._peek() == "near":
            following = self.lexemes[self.at]
            self._check_chain(operator, following, len(items))
            self.at += 1
            place = self.at
            if self._peek() in {"", "or", "and", "near", ")"}:
                raise QueryError(
                    Sentence(
                        "At character %(at)s %(sign)s has no word behind it. It stands between "
                        "two words, as in city NEAR/5 council.",
                        at=following.at,
                        sign=following.text,
                    ),
                    following.at,
                )
            if self._peek() == "not":
                raise self._not_beside(self.lexemes[place], following, Sentence("a minus"))
            items.append(self._beside(self._atom(), place, following))
        return Near(tuple(items), operator.distance, items[0].at)

    def _beside(self, node: Node, place: int, operator: Lexeme) -> Text:
        """A word or phrase beside NEAR, and nothing else."""
        first = self.lexemes[place]
        if isinstance(node, Text) and first.kind == "text":
            return node
        if first.kind in ("field", "list"):
            what = Sentence("a field")
        elif first.kind == "within":
            what = Sentence("a phrase with ~")
        else:
            what = Sentence("a value of a field") if self.field else Sentence("a group")
        raise self._not_beside(first, operator, what)

    def _not_beside(self, lexeme: Lexeme, operator: Lexeme, what: Sentence) -> QueryError:
        return QueryError(
            Sentence(
                "At character %(at)s %(what)s stands beside %(sign)s, which takes words and "
                'phrases only, as in "sister city" NEAR/5 council. Put AND between them instead.',
                at=lexeme.at,
                what=what,
                sign=operator.text,
            ),
            lexeme.at,
        )

    def _check_chain(self, first: Lexeme, following: Lexeme, items: int) -> None:
        if following.distance != first.distance:
            raise QueryError(
                Sentence(
                    "At character %(at)s the distance is %(distance)s, before it %(before)s. Words "
                    "near each other have one distance: write the same, or two pairs with AND "
                    "between them.",
                    at=following.at,
                    distance=following.distance,
                    before=first.distance,
                ),
                following.at,
            )
        if items == MAX_ITEMS:
            raise _too_many(following.at)

    def _atom(self) -> Node:
        if self.at == len(self.lexemes):
            last = self.lexemes[-1]
            raise QueryError(
                Sentence(
                    "After character %(at)s something is missing to search for. Add a word, or "
                    "leave the last sign out.",
                    at=last.at,
                ),
                last.at,
            )
        lexeme = self.lexemes[self.at]
        self.at += 1
        if lexeme.kind in {"(", "list"}:
            return self._group(lexeme)
        if lexeme.kind in _SIGNS:
            raise QueryError(
                Sentence(
                    "At character %(at)s a word is missing before %(sign)s. Add one, or write the "
                    "sign in quotes.",
                    at=lexeme.at,
                    sign=_SIGNS[lexeme.kind],
                ),
                lexeme.at,
            )
        if self.field:
            return self._value(lexeme)
        if lexeme.kind == "field":
            each = tuple(_field_is(lexeme.text, value, at) for value, at in lexeme.values)
            return each[0] if len(each) == 1 else Either(each)
        if lexeme.kind == "within":
            if len(lexeme.values) > MAX_ITEMS:
                raise _too_many(lexeme.values[MAX_ITEMS][1])
            items = tuple(Text(word, False, "*" in word, at) for word, at in lexeme.values)
            return Near(items, lexeme.distance, lexeme.at)
        return Text(lexeme.text, lexeme.quoted, lexeme.pattern, lexeme.at)

    def _value(self, lexeme: Lexeme) -> Node:
        """A value among those that a field has in parentheses."""
        if lexeme.kind != "text":
            raise QueryError(
                Sentence(
                    "At character %(at)s there is no value of the field %(field)s, in whose "
                    "parentheses it stands. Write values there, as in code:(cultural | economic).",
                    at=lexeme.at,
                    field=self.field,
                ),
                lexeme.at,
            )
        if lexeme.pattern:
            raise star_in_field(self.field, lexeme.at)
        if not lexeme.text.strip():
            raise QueryError(
                Sentence(
                    "The value at character %(at)s is empty. Write one, or leave the quotation "
                    "marks out.",
                    at=lexeme.at,
                ),
                lexeme.at,
            )
        return _field_is(self.field, lexeme.text.strip(), lexeme.at)

    def _group(self, opening: Lexeme) -> Node:
        if opening.kind == "list" and self.field:
            raise QueryError(
                Sentence(
                    "At character %(at)s a field stands in the parentheses of the field "
                    "%(field)s. Close them before it.",
                    at=opening.at,
                    field=self.field,
                ),
                opening.at,
            )
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise QueryError(
                Sentence(
                    "At character %(at)s there are more than %(most)s parentheses inside each "
                    "other. Take some away.",
                    at=opening.at,
                    most=MAX_DEPTH,
                ),
                opening.at,
            )
        number = opening.values[0][1] if opening.kind == "list" else opening.at
        outside, self.field = self.field, self.field or opening.text
        node = self._either()
        self.field = outside
        if self._peek() != ")":
            raise QueryError(
                Sentence(
                    "The parenthesis at character %(at)s is not closed. Close it, or leave it out.",
                    at=number,
                ),
                number,
            )
        self.at += 1
        self.depth -= 1
        return node


_SIGNS: dict[str, str] = {
    "or": "OR",
    "and": "AND",
    "not": Sentence("the minus"),
    "near": "NEAR",
    ")": Sentence("the closing parenthesis"),
}


def _field_is(name: str, value: str, at: int) -> FieldIs:
    if name == "clause" and not _IDENTIFIER.match(value):
        raise QueryError(
            Sentence(
                '"%(value)s" at character %(at)s is no identifier of a clause. Write one as a hit '
                "has it, such as %(example)s; a printed number is asked as article:5.",
                value=shortened(value),
                at=at,
                example=EXAMPLES["clause"],
            ),
            at,
        )
    if name == "article" and ".." in value:
        raise QueryError(
            Sentence(
                '"%(value)s" at character %(at)s is a range, which the field article does not '
                "take. Write each number, as in article:3,4,5.",
                value=shortened(value),
                at=at,
            ),
            at,
        )
    return FieldIs(name, value, at)


def _too_many(at: int) -> QueryError:
    return QueryError(
        Sentence(
            "At character %(at)s the words near each other are more than %(most)s. Take some away.",
            at=at,
            most=MAX_ITEMS,
        ),
        at,
    )


_IDENTIFIER = re.compile(r"[0-9a-f]{10}\.[0-9a-f]+")


# -- from the tree to a query --------------------------------------------------------------------


def canonical(node: Node) -> str:
    """A query that ``parse`` reads as the tree ``node``, which came from it.

    >>> canonical(parse("شهر و «sister city» سال:۱۳۷۲,۱۳۷۴"))
    'شهر "sister city" (year:۱۳۷۲ OR year:۱۳۷۴)'
    """
    if isinstance(node, Text):
        return _in_quotes(node.text) if node.quoted else node.text
    if isinstance(node, FieldIs):
        return f"{node.name}:{node.value if _is_bare(node.value) else _in_quotes(node.value)}"
    if isinstance(node, Near):
        return _near(node)
    if isinstance(node, Not):
        simple = isinstance(node.item, FieldIs) or (
            isinstance(node.item, Text) and (node.item.quoted or " " not in node.item.text)
        )
        return f"-{canonical(node.item)}" if simple else f"-({canonical(node.item)})"
    if isinstance(node, Either):
        parts = (_nested(item, Either) for item in node.items)
        return " OR ".join(parts)
    written = _nested(node.items[0], Every, Either)
    for before, after in pairwise(node.items):
        written += " AND " if _would_run_together(before, after) else " "
        written += _nested(after, Every, Either)
    return written


def words_of(node: Node) -> Iterator[str]:
    """The words that a query asks for, as they were typed; none of fields and of what is left out.

    >>> list(words_of(parse('city "smart grid" -council language:en')))
    ['city', 'smart grid']
    """
    if isinstance(node, Text):
        yield node.text.replace("*", "")
    elif not isinstance(node, FieldIs | Not):
        for item in node.items:
            yield from words_of(item)


def as_word(word: str) -> Text:
    """The text that asks for one word, in quotes where it would be read as something else.

    >>> [canonical(as_word(word)) for word in ("city", "OR", "منهای")]
    ['city', '"OR"', '"منهای"']
    """
    bare = Text(word, False, "*" in word, 1)
    return bare if _stands_alone(bare) else Text(word, True, bare.pattern, 1)


def _nested(node: Node, *weaker: type[Node]) -> str:
    return f"({canonical(node)})" if isinstance(node, weaker) else canonical(node)


def _would_run_together(before: Node, after: Node) -> bool:
    """Whether AND must part two conditions lest they be read as one."""
    if isinstance(before, Near) or isinstance(after, Near):
        return True
    if not isinstance(after, Text) or after.quoted:
        return False
    if isinstance(before, Not) or (isinstance(before, Text) and not before.quoted):
        return True
    return not after.text[0].isalnum()


def _near(node: Near) -> str:
    words = [canonical(item) for item in node.items]
    written = f" NEAR/{node.distance} ".join(words)
    if any(item.quoted for item in node.items) or _stand_apart(node.items, written):
        return written
    return f"{_in_quotes(' '.join(words))}~{node.distance}"


def _stand_apart(items: Sequence[Text], written: str) -> bool:
    """Whether words with NEAR between them are read as these words: a ' in two of them quotes."""
    try:
        found = lexemes(written)
    except QueryError:
        return False
    words = [(each.kind, each.text, each.quoted) for each in found[::2]]
    return words == [("text", item.text, False) for item in items]


def _stands_alone(item: Text) -> bool:
    """Whether the words of an item are read as these words outside of quotation marks."""
    try:
        found = lexemes(item.text)
    except QueryError:
        return False
    return [(each.kind, each.text, each.quoted) for each in found] == [("text", item.text, False)]


def _is_bare(value: str) -> bool:
    """Whether the value of a field needs no quotation marks."""
    return value.replace("-", "").replace(".", "").isalnum()


def _in_quotes(text: str) -> str:
    """``text`` in the first quotation marks that none of its characters closes."""
    for opening, closing in QUOTES.items():
        if not any(mark in text for mark in closing):
            return f"{opening}{text}{closing[0]}"
    return f"'{text}'"
