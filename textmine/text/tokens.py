"""Words, numbers and punctuation of Persian, English and mixed text, with their places."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal, NamedTuple, cast

from textmine.text.letters import (
    ARABIC_LETTERS,
    ARABIC_MARKS,
    DIGITS,
    DIRECTION_MARKS,
    HALF_SPACE,
    KASHIDA,
    LATIN_LETTERS,
)

TokenKind = Literal["url", "email", "number", "word", "punctuation", "symbol"]


class Token(NamedTuple):
    """A stretch of text, ``text[start:end]``, and what it is."""

    start: int
    end: int
    kind: TokenKind


# Punctuation at the end of an address belongs to the sentence around it.
_INSIDE_ADDRESS = r"[^\s<>\"«»“”„،؛؟]"
_END_OF_ADDRESS = r"[^\s<>\"«»“”„،؛؟',;.:!?()\[\]{}]"
URL_PATTERN = (
    rf"(?:(?:https?|ftp)://|www\.){_INSIDE_ADDRESS}*{_END_OF_ADDRESS}/?"
    rf"|(?:doi:\s?)?\b10\.[0-9]{{4,9}}/{_INSIDE_ADDRESS}*{_END_OF_ADDRESS}"
)
# The lengths are those that the mail standard allows; they also bound the work on hostile text.
EMAIL_PATTERN = (
    r"[A-Za-z0-9_](?:[A-Za-z0-9_.+-]{0,62}[A-Za-z0-9_+-])?"
    r"@[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}\.){1,8}[A-Za-z]{2,24}"
)

_MARK = f"[{ARABIC_MARKS}{KASHIDA}\u0300-\u036f]"
_UNSEEN = f"{HALF_SPACE}\u200b\u200d\u00ad\u2060\ufeff{DIRECTION_MARKS}"
_ARABIC = f"(?:[{ARABIC_LETTERS}]{_MARK}*)+"
_LATIN = f"(?:[{LATIN_LETTERS}0-9]{_MARK}*)+"
_OTHER = rf"(?:[^\W\d_]{_MARK}*)+"

_TOKEN = re.compile(
    rf"""
    (?P<url>{URL_PATTERN})
  | (?P<email>{EMAIL_PATTERN})
  | (?P<number>[{DIGITS}]++(?:[.,٫٬][{DIGITS}]++)*+(?![{LATIN_LETTERS}]))
  | (?P<word>
        {_ARABIC}(?:[{_UNSEEN}]+{_ARABIC})*
      | {_LATIN}(?:['’\u00ad]+{_LATIN})*
      | {_OTHER}
    )
  | (?P<punctuation>[.!?؟…]+|[^\s{_UNSEEN}])
    """,
    re.VERBOSE,
)


def tokens(text: str) -> tuple[Token, ...]:
    """The tokens of ``text`` in order; together they hold all that can be seen.

    A word with half-spaces is one token, and so are a decimal, a web or mail address and a DOI.
    A hyphen, a slash and the stop of an abbreviation are tokens of their own, so that the parts
    of ``2018-05-02`` and ``علمی-پژوهشی`` can be found.

    >>> line = "ماده ۳.۲: می‌تواند"
    >>> [line[token.start : token.end] for token in tokens(line)]
    ['ماده', '۳.۲', ':', 'می‌تواند']
    """
    found = []
    for match in _TOKEN.finditer(text):
        kind = cast(TokenKind, match.lastgroup)
        if kind == "punctuation" and unicodedata.category(match[0][0])[0] != "P":
            kind = "symbol"
        found.append(Token(match.start(), match.end(), kind))
    return tuple(found)
