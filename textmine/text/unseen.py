"""Characters that reorder or hide what stands around them, put where the eye sees them."""

from __future__ import annotations

import os
import re
from pathlib import Path

UNSEEN = re.compile(
    "[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]"
)
"""Characters that reorder what follows, steer a terminal, or that files of text cannot hold.

The marks U+200E, U+200F and U+061C are not among them: Persian texts have them for good reasons,
and they say only which way the signs beside them run.
"""

_SPELLED = re.compile(r"\\u\{(5c|[0-9a-f]{1,4})\}")
_STEERING = re.compile("[\u202a-\u202e\u2066\x00-\x08\x0b-\x1f\x7f-\x9f]")

_FIRST_STRONG, _FROM_THE_RIGHT, _END = "\u2068", "\u2067", "\u2069"
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")


def plain(text: str) -> str:
    """Text of a document where no mark can be set: what is unseen becomes �, sign for sign.

    >>> plain("a\u202eb")
    'a�b'
    """
    return UNSEEN.sub("\ufffd", text)


def spelled(text: str) -> str:
    r"""Text for a file that is read again: what is unseen stands there as its number.

    ``unspelled`` takes that back, whatever the text holds.

    >>> spelled("a\u202eb"), unspelled(spelled("a\u202eb")) == "a\u202eb"
    ('a\\u{202e}b', True)
    """
    text = _SPELLED.sub(_kept, text)
    return UNSEEN.sub(lambda match: f"\\u{{{ord(match[0]):x}}}", text)


def unspelled(text: str) -> str:
    """The text that ``spelled`` was given; numbers that it does not write stay as they are."""
    return _SPELLED.sub(_meant, text)


def _kept(match: re.Match[str]) -> str:
    """What a text itself says like a number of ours, so that it is not taken for one."""
    return match[0] if _meant(match) == match[0] else f"\\u{{5c}}{match[0][1:]}"


def _meant(match: re.Match[str]) -> str:
    sign = chr(int(match[1], 16))
    return sign if sign == "\\" or UNSEEN.match(sign) else match[0]


def path_shown(path: str | Path) -> str:
    r"""A path as text that can be stored and shown; bytes of it that are no UTF-8 are escaped.

    >>> path_shown(os.fsdecode(b"caf\xe9.txt"))
    'caf\\xe9.txt'
    """
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def in_json(written: str) -> str:
    r"""JSON in which what is unseen stands as its number: it means the same, and turns no line.

    >>> in_json('{"a": "x\u202ey"}')
    '{"a": "x\\u202ey"}'
    """
    return UNSEEN.sub(lambda match: f"\\u{ord(match[0]):04x}", written)


def for_terminal(text: str) -> str:
    """Talk in which nothing of a document or of a name of a file steers the terminal.

    What ``isolated`` adds stays.

    >>> for_terminal("a\x1b[2Jb") == "a\ufffd[2Jb", for_terminal(isolated("ب")) == isolated("ب")
    (True, True)
    """
    return _STEERING.sub("\ufffd", text)


def isolated(text: str, language: str = "") -> str:
    r"""Text for a line of a terminal: Persian keeps its order and leaves that around it alone.

    The first letter tells the direction of the whole, unless ``language`` is ``fa``.

    >>> isolated("Kashan"), isolated("کاشان") == "\u2068کاشان\u2069"
    ('Kashan', True)
    """
    if not _RIGHT_TO_LEFT.search(text):
        return text
    return f"{_FROM_THE_RIGHT if language == 'fa' else _FIRST_STRONG}{text}{_END}"
