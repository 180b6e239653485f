"""What is wrong with a query, and where."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from textmine.errors import UsageError
from textmine.records import Span
from textmine.text.letters import DIRECTION_MARKS, HALF_SPACE

_AROUND = 40  # characters of a query that are shown on either side of a fault
_STEERING = re.compile(f"[{DIRECTION_MARKS}]")
_UNSEEN = frozenset(("Cc", "Cs"))


class Sentence(str):
    """A sentence for people that still knows its values, so that it can be said in Persian, too.

    ``message`` is the sentence with ``%(name)s`` for each of ``values``; one that was made of
    several has these as ``parts``.

    >>> Sentence("No clause has %(what)s.", what="code:cultural")
    'No clause has code:cultural.'
    """

    __slots__ = ("message", "parts", "values")

    message: str
    values: dict[str, Any]
    parts: tuple[Sentence, ...]

    def __new__(cls, message: str, **values: object) -> Sentence:
        """The sentence with its values filled in."""
        made = super().__new__(cls, message % values if values else message)
        made.message, made.values, made.parts = message, values, ()
        return made


def together(*sentences: Sentence | None) -> Sentence:
    """Several sentences as one; None is passed over.

    >>> together(Sentence("One."), None, Sentence("Two."))
    'One. Two.'
    """
    parts = tuple(each for each in sentences if each is not None)
    made = Sentence(" ".join(parts))
    made.parts = parts
    return made


class QueryError(UsageError):
    """A query cannot be understood; ``sentence`` says what is wrong and the way out.

    ``at`` is the number of the character at fault, from 1; None when it is not one place.
    """

    def __init__(self, sentence: str, at: int | None = None) -> None:
        self.sentence = sentence if isinstance(sentence, Sentence) else Sentence(sentence)
        self.at = at
        super().__init__(sentence)


class TooLongError(QueryError):
    """A query asks for more than is looked for at once, whatever it is taken for."""


def pointed(query: str, error: QueryError) -> str:
    """``query`` on one line, with the word or the sign at fault in ⟦ ⟧.

    A mark below the line would miss its place where Persian runs from right to left. Of a long
    query only what stands around the place is shown; without a place nothing is marked.

    >>> print(pointed("two yaer:1993", QueryError("There is no such field.", 5)))
    two ⟦yaer⟧:1993
    """
    if error.at is None:
        return _cut(_shown(query), 2 * _AROUND)
    start, end = at_fault(query, error.at)
    before, after = _shown(query[:start]), _shown(query[end:])
    if len(before) > _AROUND:
        before = f"…{before[-_AROUND:]}"
    marked = _cut(_shown(query[start:end]), _AROUND)
    return f"{before}⟦{marked or '…'}⟧{_cut(after, _AROUND)}"


def at_fault(query: str, at: int) -> Span:
    """The word or the sign of a query that begins at character ``at``, counted from 1.

    >>> at_fault("two yaer:1993", 5)
    Span(start=4, end=8)
    """
    start = min(at - 1, len(query))
    end = start + 1
    in_word = query[start:end].isalnum()
    while end < len(query) and _continues(query[end], in_word=in_word):
        end += 1
    return Span(start, end)


def shortened(value: str) -> str:
    """A value as a message has it, on one line, no longer than people read."""
    return _cut(_shown(value), _AROUND)


def _continues(character: str, *, in_word: bool) -> bool:
    """Whether a character cannot be parted from the one before it."""
    if unicodedata.category(character).startswith("M"):
        return True
    return in_word and (character.isalnum() or character == HALF_SPACE)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[:length]}…"


def _shown(text: str) -> str:
    """``text`` without what breaks the line or turns it round."""
    return "".join(map(_shown_character, _STEERING.sub("", text)))


def _shown_character(character: str) -> str:
    if character.isspace():
        return " "
    return "\ufffd" if unicodedata.category(character) in _UNSEEN else character
