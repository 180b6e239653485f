"""What the glyphs of a font mean by its ToUnicode table, read fast.

pdfminer reads these tables token by token: for a short file that takes longer than the text itself.
Two regular expressions do it here. A table that is not plain is left to pdfminer.
"""

from __future__ import annotations

import re
from binascii import unhexlify

_MOST_CODES = 0x10000  # of one range; files made to exhaust a reader have more

_SECTION = re.compile(rb"\bbeginbf(char|range)\b(.*?)\bendbf(char|range)\b", re.DOTALL)
# Sections of other kinds, and what takes in another table.
_ODD = re.compile(rb"usecmap|cidrange|cidchar|endcmap.*beginbf", re.DOTALL)
_HEX = rb"<[0-9A-Fa-f\s]*+>\s*+"
_PAIRS = re.compile(rb"\s*+(?:%(hex)s%(hex)s)*+" % {b"hex": _HEX})
_RANGES = re.compile(
    rb"\s*+(?:%(hex)s%(hex)s(?:%(hex)s|\[\s*+(?:%(hex)s)*+\]\s*+))*+" % {b"hex": _HEX}
)
_STRING = re.compile(rb"<([0-9A-Fa-f\s]*+)>")
_RANGE = re.compile(
    rb"<([0-9A-Fa-f\s]*+)>\s*+<([0-9A-Fa-f\s]*+)>\s*+(?:<([0-9A-Fa-f\s]*+)>|\[([^\]]*+)\])"
)


def to_unicode(table: bytes) -> dict[int, str] | None:
    """Texts by code of a ToUnicode table; None when it is for pdfminer to read.

    >>> to_unicode(b"1 beginbfchar <21> <0633> endbfchar")
    {33: 'س'}
    >>> to_unicode(b"1 beginbfrange <0003> <0004> <06F0> endbfrange")
    {3: '۰', 4: '۱'}
    >>> to_unicode(b"1 beginbfchar <21> /seen endbfchar") is None
    True
    """
    sections = _SECTION.findall(table)
    if _ODD.search(table) or len(sections) != table.count(b"beginbf"):
        return None
    out: dict[int, str] = {}
    try:
        for begun, body, ended in sections:
            if begun != ended:
                return None
            if begun == b"char":
                if not _PAIRS.fullmatch(body):
                    return None
                strings = [_bytes(said) for said in _STRING.findall(body)]
                for code, text in zip(strings[::2], strings[1::2], strict=True):
                    _name(out, int.from_bytes(code), text)
            elif not _RANGES.fullmatch(body) or not _name_ranges(out, body):
                return None
    except ValueError:  # an odd number of digits
        return None
    return out


def _name_ranges(out: dict[int, str], body: bytes) -> bool:
    """Add what ranges name; False for one that is too long or goes beyond its own bytes."""
    for first, last, begin, each in _RANGE.findall(body):
        codes = range(int.from_bytes(_bytes(first)), int.from_bytes(_bytes(last)) + 1)
        if len(_bytes(first)) != len(_bytes(last)) or len(codes) > _MOST_CODES:
            return False
        if each or not begin:
            texts = [_bytes(said) for said in _STRING.findall(each)]
        else:
            text = _bytes(begin)
            number = int.from_bytes(text)
            if number + len(codes) > 256 ** len(text):
                return False
            texts = [(number + at).to_bytes(len(text)) for at in range(len(codes))]
        for code, text in zip(codes, texts, strict=False):
            _name(out, code, text)
    return True


def _bytes(digits: bytes) -> bytes:
    return unhexlify(b"".join(digits.split()))


def _name(out: dict[int, str], code: int, text: bytes) -> None:
    said = text.decode("utf-16-be", "ignore")
    # Fonts that call one glyph a space and a hard space mean the space.
    if said != "\u00a0" or out.get(code) != " ":
        out[code] = said
