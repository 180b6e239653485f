"""Which digits a font draws, where the file names others.

Many Persian fonts draw Persian digits at the places of 0 to 9, and files made with them say 0 to
9 where a reader sees ۰ to ۹. Others have one glyph for ۱ and for the Arabic ١, and the file says
the wrong one. The outlines tell: a Latin 8 has three closed curves, a Persian one has one.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Mapping
from unicodedata import normalize

LATIN, PERSIAN, ARABIC = "0123456789", "۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩"
_PERSIAN_LETTERS = frozenset("پچژگ")
# How many closed curves a digit is drawn with: those that tell Persian from Latin ones, and what
# a digit of either hand may have; fonts drawn in another way tell nothing.
_PERSIAN_CURVES = {"0": 1, "5": 2, "6": 1, "8": 1}
_EITHER = {"0": 2, "1": 1, "2": 1, "3": 1, "4": 1, "7": 1, "9": 2}
_STANDARD_NAMES = 258  # glyph names that TrueType fonts share by number
_MOST_PARTS = 8  # of a digit; damaged fonts have more
_SURE = frozenset("05")  # an 8 or a 6 of crossing strokes has one curve in some Latin fonts as well
# The most used Persian typefaces, a series of one maker that draws Persian digits for 0 to 9.
_SERIES = re.compile(
    r"(?:[A-Z]{6}\+)?B[ -]?(?:nazanin|zar|mitra|lotus|titr|ya[gq]h?ut|koodak|traffic|homa|nasim|"
    r"compset|badr|davat|elham|esfehan|ferdosi|jadid|kamran|roya|sina|yekan|zibaouts?|tabassom)"
    r"(?=[^a-z]|bold|italic|outline|$)",
    re.IGNORECASE,
)


def drawn_digits(
    name: str, named: Mapping[int, str], curves: Callable[[int], int | None]
) -> dict[int, int]:
    """A table for ``str.translate`` from the digits a font's file names to those it draws.

    ``named`` is what the file says that each glyph means; ``curves`` gives the number of closed
    curves of a glyph, None where it is not known. Where nothing is sure, the table is empty.

    >>> persian = {ord("0"): 1, ord("4"): 1, ord("5"): 2, ord("8"): 1}
    >>> table = drawn_digits("AnyFont", {code: chr(code) for code in persian}, persian.get)
    >>> "1404".translate(table)
    '۱۴۰۴'
    >>> drawn_digits("AnyFont", {code: chr(code) for code in persian}, lambda glyph: None)
    {}
    """
    glyphs = {text: glyph for glyph, text in named.items() if len(text) == 1}
    letters = set(normalize("NFKC", "".join(named.values())))
    persian = bool(letters & _PERSIAN_LETTERS)
    table: dict[int, int] = {}
    # 4, 5 and 6 alone look different in the two hands; a font that has both kinds keeps both.
    both = any(
        one in glyphs and other in glyphs for one, other in zip(ARABIC, PERSIAN, strict=True)
    )
    shared = glyphs.keys() & set(ARABIC) and not both and not glyphs.keys() & set("٤٥٦")
    if shared and (persian or glyphs.keys() & set("۴۵۶")):
        table = str.maketrans(ARABIC, PERSIAN)
    latin = {digit: glyphs[digit] for digit in LATIN if digit in glyphs}
    # A file that names digits of both hands knows which of them were typed.
    if not latin or glyphs.keys() & set(PERSIAN + ARABIC):
        return table
    other = _drawn_otherwise(latin, curves)
    if other or (other is None and _SERIES.match(name)):
        table |= str.maketrans(LATIN, PERSIAN if persian or "ة" not in letters else ARABIC)
    return table


def _drawn_otherwise(latin: Mapping[str, int], curves: Callable[[int], int | None]) -> bool | None:
    """Whether glyphs named 0 to 9 have the outlines of Persian or Arabic digits; None: unsure."""
    found: set[str] = set()
    for digit, glyph in latin.items():
        count = curves(glyph)
        if count is None:
            return None
        if count == _PERSIAN_CURVES.get(digit):
            found.add(digit)
        elif count != _EITHER.get(digit):
            return False
    return True if len(found) > 1 and found & _SURE else None


class Outlines:
    """The outlines of a TrueType font program, to be counted, and the names of its glyphs.

    A damaged program tells nothing: its counts are None, and its names empty.
    """

    def __init__(self, program: bytes) -> None:
        self._program = program
        self._tables: dict[bytes, int] = {}
        self._long = False
        self._names: list[bytes] | None = None
        try:
            (count,) = struct.unpack_from(">H", program, 4)
            for at in range(12, 12 + 16 * count, 16):
                tag, _, offset, _ = struct.unpack_from(">4sLLL", program, at)
                self._tables[tag] = offset
            if b"head" in self._tables:
                self._long = self._number(">h", self._tables[b"head"] + 50) != 0
        except struct.error:
            self._tables = {}

    def curves(self, glyph: int, depth: int = 4) -> int | None:
        """How many closed curves a glyph has, those of its parts included."""
        if not {b"loca", b"glyf"} <= self._tables.keys() or depth == 0:
            return None
        try:
            start, end = self._place(glyph)
            if start == end:
                return 0
            count = self._number(">h", start)
            return count if count >= 0 else self._parts(start + 10, depth)
        except struct.error:
            return None

    def name(self, glyph: int) -> str:
        """What the program itself calls a glyph, as full fonts do and cut ones seldom do."""
        if self._names is None:
            self._names = self._read_names() if b"post" in self._tables else []
        name = self._names[glyph] if glyph < len(self._names) else b""
        return name.decode("ascii", "replace")

    def _read_names(self) -> list[bytes]:
        at = self._tables[b"post"]
        try:
            if self._number(">L", at) != 0x20000:
                return []
            count = self._number(">H", at + 32)
            numbers = struct.unpack_from(f">{count}H", self._program, at + 34)
            at += 34 + 2 * count
            given: list[bytes] = []
            for _ in range(max(numbers, default=0) - _STANDARD_NAMES + 1):
                length = self._number(">B", at)
                given.append(self._program[at + 1 : at + 1 + length])
                at += 1 + length
        except struct.error:
            return []
        if at > len(self._program):
            return []
        # The standard names are those of Latin glyphs, which every program names in the file.
        standard = [b"space" if number == 3 else b"" for number in range(_STANDARD_NAMES)]
        names = standard + given
        return [names[number] for number in numbers]

    def _place(self, glyph: int) -> tuple[int, int]:
        loca, glyf = self._tables[b"loca"], self._tables[b"glyf"]
        if self._long:
            start, end = struct.unpack_from(">LL", self._program, loca + 4 * glyph)
        else:
            start, end = (2 * x for x in struct.unpack_from(">HH", self._program, loca + 2 * glyph))
        return glyf + start, glyf + end

    def _parts(self, at: int, depth: int) -> int | None:
        total = 0
        for _ in range(_MOST_PARTS):
            flags, glyph = struct.unpack_from(">HH", self._program, at)
            count = self.curves(glyph, depth - 1)
            if count is None:
                return None
            total += count
            if not flags & 0x20:  # no more parts
                return total
            at += 8 if flags & 0x1 else 6
            at += 2 if flags & 0x8 else 4 if flags & 0x40 else 8 if flags & 0x80 else 0
        return None

    def _number(self, form: str, at: int) -> int:
        return int(struct.unpack_from(form, self._program, at)[0])
