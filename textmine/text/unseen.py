"""Characters that reorder or hide what stands around them, put where the eye sees them."""

from __future__ import annotations

import re

UNSEEN = re.compile(
    "[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]"
)
"""Characters that reorder what follows, steer a terminal, or that files of text cannot hold."""

_FIRST_STRONG, _FROM_THE_RIGHT, _END = "\u2068", "\u2067", "\u2069"
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")


def plain(text: str) -> str:
    """Text of a document where no mark can be set: what is unseen becomes �, sign for sign.

    >>> plain("a\u202eb")
    'a�b'
    """
    return UNSEEN.sub("\ufffd", text)


def isolated(text: str, language: str = "") -> str:
    r"""Text for a line of a terminal: Persian keeps its order and leaves that around it alone.

    The first letter tells the direction of the whole, unless ``language`` is ``fa``.

    >>> isolated("Kashan"), isolated("کاشان") == "\u2068کاشان\u2069"
    ('Kashan', True)
    """
    if not _RIGHT_TO_LEFT.search(text):
        return text
    return f"{_FROM_THE_RIGHT if language == 'fa' else _FIRST_STRONG}{text}{_END}"
