"""Text of figures: digits, direction, width, and lines broken to fit."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from textmine.text.digits import persian_digits
from textmine.text.language import language_of
from textmine.text.letters import ARABIC_LETTERS, DIRECTION_MARKS, LATIN_LETTERS, NON_JOINING

Tongue = Literal["fa", "en"]
"""The language of a figure."""

_RIGHT_TO_LEFT, _LEFT_TO_RIGHT, _END = "\u202b", "\u202a", "\u202c"
"""Embeddings, not isolates: what turns SVG into pictures obeys both, older readers only these."""

_NUMBER = re.compile(rf"(?<![{LATIN_LETTERS}\d])[-−]?\d+(?:[.,]\d+)*%?(?![{LATIN_LETTERS}\d])")
_STEERED = re.compile(rf"[^{ARABIC_LETTERS}\d\s\u200c٪٫٬]")
_NOT_ONE_NUMBER = re.compile(rf"[{ARABIC_LETTERS}{LATIN_LETTERS}]|\d\D+\d")
_DECIMAL_SIGNS = re.compile(r"(?<=\d)[٫٬](?=\d)")
_MARKS = re.compile(f"[{DIRECTION_MARKS}]")
_UNSEEN = re.compile(
    f"[{DIRECTION_MARKS}\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]"
)
"""What would reorder a label, or what SVG cannot hold."""

_WIDTHS = {
    0.24: " !',./:;I[]fijltrأآا|()",
    0.34: 'بپتثنئلرزژيی"-',
    0.44: "ؤوءد*ذ?^_",
    0.50: "فقکگهةآvxyzkcs",
    0.60: "ABCEFKLPRSTVXYZط",
    0.68: "DGHNOQUجچحخظ#&",
    0.86: "MWmw%@سشصض—",
}
"""Widths in ems of what stands in words of Vazirmatn, measured by shaping; all else is 0.56."""
_WIDTH_OF = {letter: width for width, letters in _WIDTHS.items() for letter in letters}
_TAIL = 0.13
"""How much wider (ems) a Persian letter is at the end of a word."""


def number(value: float, language: Tongue, places: int = 0) -> str:
    """A figure as the language writes it, with a true minus sign and groups of three digits.

    >>> number(1234, "en"), number(1234, "fa"), number(-0.25, "fa", 1), number(2.0, "en", 1)
    ('1,234', '۱٬۲۳۴', '−۰٫۲', '2.0')
    """
    text = f"{value:,.{places}f}"
    if not text.strip("-0.,"):
        text = text.lstrip("-")
    return _in_language(text.replace("-", "−"), language)


def percent(share: float, language: Tongue) -> str:
    """A share (0 to 1) in whole percent.

    >>> percent(0.344, "en"), percent(0.344, "fa")
    ('34%', '۳۴٪')
    """
    return _in_language(f"{share:.0%}", language)


def year(value: int, language: Tongue) -> str:
    """A year, whose digits are never grouped.

    >>> year(1396, "fa")
    '۱۳۹۶'
    """
    return _in_language(str(value), language)


def written(text: str, language: Tongue) -> str:
    """A label from outside with the digits of the language; names such as G20 keep theirs.

    What cannot be seen and would reorder or break the text is left out.

    >>> written("1384-1392 (34.5%)", "fa"), written("G20", "fa")
    ('۱۳۸۴-۱۳۹۲ (۳۴٫۵٪)', 'G20')
    """
    text = _UNSEEN.sub("", text)
    if language == "en":
        return text
    return _NUMBER.sub(lambda match: _in_language(match[0], "fa"), text)


def labelled(text: str, language: Tongue) -> str:
    """A label as ``written``, or a dash where there is nothing to see.

    >>> labelled("Tehran", "en"), labelled(" ", "en")
    ('Tehran', '–')
    """
    label = written(text, language)
    seen = any(letter.isprintable() and not letter.isspace() for letter in label)
    return label if seen else "–"


def steered(text: str, language: Tongue) -> str:
    """A text set so that a picture shows it in the right order, whatever its surroundings.

    A text of SVG runs from left to right unless told otherwise; not every program reads the
    attribute that tells, all obey the characters that do. Words of one script need none.

    >>> steered("تهران", "fa"), steered("−۲٫۵", "fa"), steered("۱۳۸۴–۱۳۹۲", "fa") == "۱۳۸۴–۱۳۹۲"
    ('تهران', '−۲٫۵', False)
    """
    if language == "en":
        needed = language_of(text) == "fa" and bool(_STEERED.search(text))
        return f"{_RIGHT_TO_LEFT}{text}{_END}" if needed else text
    if not _NOT_ONE_NUMBER.search(_DECIMAL_SIGNS.sub("", text)):
        return text
    if not _STEERED.search(text) or not re.search(rf"[{ARABIC_LETTERS}\d]", text):
        return text
    inner = re.sub(r"−[\d٫٬]+", lambda match: f"{_LEFT_TO_RIGHT}{match[0]}{_END}", text)
    return f"{_RIGHT_TO_LEFT}{inner}{_END}"


def bare(text: str) -> str:
    """The text without what steers it.

    >>> bare(steered("شبکهٔ CityNet (۲)", "fa"))
    'شبکهٔ CityNet (۲)'
    """
    return _MARKS.sub("", text)


def width_of(text: str, size: float) -> float:
    """About how wide a text is (pixels), within a tenth for names: to make room, not to measure.

    >>> 35 < width_of("Tehran", 12) < 42, width_of("", 12)
    (True, 0.0)
    """
    ems = 0.0
    for place, letter in enumerate(text):
        kind = unicodedata.category(letter)
        if kind in ("Mn", "Cf"):
            continue
        plain = unicodedata.normalize("NFD", letter)[0] if letter not in _WIDTH_OF else letter
        ems += _WIDTH_OF.get(letter, _WIDTH_OF.get(plain, 0.56))
        ends = place + 1 == len(text) or not text[place + 1].isalpha()
        if ends and "\u0620" <= letter <= "\u06d3" and letter not in NON_JOINING:
            ems += _TAIL
    return round(ems * size, 2)


def wrapped(text: str, size: float, room: float) -> list[str]:
    """The text in lines of ``room`` pixels, broken at spaces; a longer word keeps its line.

    >>> wrapped("science and research", 10, 70)
    ['science and', 'research']
    """
    lines: list[str] = []
    for word in text.split():
        if lines and width_of(f"{lines[-1]} {word}", size) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _in_language(text: str, language: Tongue) -> str:
    if language == "en":
        return text
    return persian_digits(re.sub(r"(?<=\d)\.(?=\d)", "٫", text).replace("%", "٪").replace(",", "٬"))
