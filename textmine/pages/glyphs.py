"""Glyphs as a page draws them, and what their characters are in the eyes of the reading order.

A :class:`Glyph` is one drawn shape. Its ``text`` is what the font says; :func:`settle` lets
``/ActualText`` correct it, undoes presentation forms (remembering the shape they told), removes
doubles and stretching strokes, and gives each glyph its kind.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise
from typing import Literal

HALF_SPACE = "\u200c"
UNKNOWN = "\ufffd"
KASHIDA = "\u0640"

Kind = Literal["R", "L", "N", "M", "S", "Z", "O"]
"""Right-to-left letter, left-to-right letter, number, mark, space, half-space, other."""

Form = Literal["initial", "medial", "final", "isolated"]

# Letters that join on both sides change shape before a half-space; the others never do.
BOTH_JOIN = frozenset("بپتثجچحخسشصضطظعغفقکگلمنهیئيكىھہ")
RIGHT_JOIN = frozenset("ادذرزژوآأإؤةۀٱە")
PERSIAN_DIGITS = frozenset("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩")
# Between digits these belong to the number (Arabic decimal and thousands separators).
_NUMBER_MARKS = frozenset("٫٬")
MIRRORED = dict(zip("()[]{}«»<>‹›", ")(][}{»«><›‹", strict=True))
# A font numbers its glyphs with the alphabet when this many follow each other as letters do.
_ORDERLY = 5
# What Ghostscript makes of the signs of Persian numbers.
_MARKS_MISNAMED = dict(zip("nop", "٪٫٬", strict=True))
# Invisible signs of a text that runs in logical order: meaningless among drawn glyphs.
_DIRECTION_SIGNS = frozenset(
    "\u200b\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
)
_HIGH = re.compile("[\u2e80-\ud7ff]")  # what letters with their bytes mixed up look like


@dataclass(slots=True)
class Glyph:
    """One drawn glyph; lengths in points, ``base`` counts from the top of the page.

    ``x0`` and ``x1`` are the left and right end of its advance. ``font`` and ``code`` together say
    which shape it is (code -1: none was drawn). ``mapped`` is whether the font itself says what
    the glyph means. ``actual`` is the ``/ActualText`` of the marked content numbered ``span``;
    ``order`` counts glyphs as drawn. ``turn`` is the direction of writing in degrees clockwise;
    the lengths of a turned glyph are those of the page turned back.

    The rest is found out: ``kind``, the joining ``form`` that a presentation form told, whether it
    is ``raised`` (a note marker), whether ``text`` is ``logical`` (from ``/ActualText``, so that
    brackets have their hand), and whether it is read right to left (``mirrored``).
    """

    text: str
    x0: float
    x1: float
    base: float
    size: float
    font: int = 0
    code: int = -1
    mapped: bool = True
    actual: str | None = None
    span: int = 0
    order: int = 0
    turn: int = 0
    bold: bool = False
    kind: Kind = "O"
    form: Form | None = None
    raised: bool = False
    logical: bool = False
    mirrored: bool = False

    @property
    def shape(self) -> tuple[int, int]:
        """Which drawn shape this is, the same for the same glyph of the same font."""
        return self.font, self.code


@dataclass(slots=True)
class Sheet:
    """What was drawn on one page: glyphs in drawing order, ruling lines, pictures.

    ``rules`` are (x0, top, x1, bottom) of straight horizontal or vertical strokes;
    ``picture_area`` is in square points; ``curves`` counts curved paths; ``hidden`` counts glyphs
    of an invisible text layer and ``skewed`` those written aslant, which are left out.
    """

    number: int
    width: float
    height: float
    glyphs: list[Glyph]
    rules: list[tuple[float, float, float, float]] = field(default_factory=list)
    picture_area: float = 0.0
    curves: int = 0
    hidden: int = 0
    skewed: int = 0


def is_arabic(char: str) -> bool:
    """Whether a character is a letter of the Arabic script.

    >>> is_arabic("پ"), is_arabic("۵"), is_arabic("،")
    (True, False, False)
    """
    return unicodedata.bidirectional(char) in ("AL", "R")


def kind_of(text: str) -> Kind:
    """The kind of a cluster, told by its first character.

    >>> [kind_of(text) for text in ("لا", "a", "۵", " ", "(")]
    ['R', 'L', 'N', 'S', 'O']
    """
    char = text[:1]
    if char == HALF_SPACE:
        return "Z"
    if not char or char.isspace():
        return "S"
    if char in PERSIAN_DIGITS or char in _NUMBER_MARKS or "0" <= char <= "9":
        return "N"
    direction = unicodedata.bidirectional(char)
    if direction in ("AL", "R"):
        return "R"
    if direction == "L":
        return "L"
    return "M" if direction == "NSM" else "O"


@lru_cache(maxsize=8192)
def unfolded(text: str) -> tuple[str, Form | None, Kind]:
    """The characters behind a font's entry, the joining form it told, and the kind.

    Presentation forms and Latin ligatures become letters; the shape they stood for is kept, for
    it shows where a half-space must have been. Direction signs vanish, and stretching strokes
    beside letters; a stroke alone stays until its place is known.

    >>> unfolded("ﻼ"), unfolded("ﬁ"), unfolded("ـ")
    (('لا', 'final', 'R'), ('fi', None, 'L'), ('ـ', None, 'R'))
    """
    form: Form | None = None
    letters: list[str] = []
    for char in text:
        if "\ufb00" <= char <= "\ufdff" or "\ufe70" <= char <= "\ufefc":
            if is_arabic(char):
                form = _form_of(char)
            letters.append(unicodedata.normalize("NFKC", char).replace(KASHIDA, "").strip())
        elif char not in _DIRECTION_SIGNS and char != KASHIDA:
            named = unicodedata.category(char) not in ("Cc", "Cs", "Cn")
            letters.append(" " if char.isspace() else char if named else UNKNOWN)
    clean = "".join(letters)
    if not clean and KASHIDA in text:
        return KASHIDA, None, "R"
    if not clean:
        return "", form, "O"
    return clean, form, kind_of(clean)


def _form_of(char: str) -> Form | None:
    tag = unicodedata.decomposition(char).partition(" ")[0]
    for form in ("initial", "medial", "final", "isolated"):
        if tag == f"<{form}>":
            return form
    return None


def settle(glyphs: list[Glyph], repairs: Counter[str]) -> list[Glyph]:
    """Glyphs with their characters and kinds settled, still in drawing order.

    ``repairs`` counts what the file did not say outright.
    """
    out: list[Glyph] = []
    # Bold type is sometimes the same glyph drawn twice, a hair apart.
    drawn: set[tuple[int, int, int, int]] = set()
    for glyph in _with_actual_text(glyphs):
        if glyph.kind == "Z":
            out.append(glyph)
            continue
        said = glyph.text
        glyph.text, form, glyph.kind = unfolded(said)
        glyph.form = form or glyph.form
        if not glyph.text:
            if said and glyph.mapped:
                continue
            glyph.text, glyph.mapped = UNKNOWN, False
        elif not said[0].isspace() and _says_nothing(glyph.text):
            glyph.mapped = False
        if glyph.kind not in "SZ":
            place = (glyph.font, glyph.code, round(glyph.x0 * 4), round(glyph.base * 4))
            if glyph.code >= 0 and place in drawn:
                continue
            drawn.add(place)
        out.append(glyph)
        if len(glyph.text) > 1 and HALF_SPACE in glyph.text:
            out += _half_spaces_beside(glyph)
    _split_low_bytes(out, repairs)
    _place_break_marks(out)
    ink = [glyph for glyph in out if glyph.kind != "Z"]
    gone = {
        id(mark)
        for mark, letter in pairwise(ink)
        if mark.x1 - mark.x0 < 0.5 and _repeats(mark, letter)
    }
    return [glyph for glyph in out if id(glyph) not in gone]


def _place_break_marks(glyphs: list[Glyph]) -> None:
    """Put a space that takes no room, in a row drawn from the right, where the pen stood.

    That is its right edge: the letter drawn next begins there too.
    """
    for before, space, after in zip(glyphs, glyphs[1:], glyphs[2:], strict=False):
        if space.kind == "S" and space.x0 < before.x0:
            beside = abs(before.x0 - space.x1) < 0.03 * space.size
            middle = (space.x0 + space.x1) / 2
            if beside and middle < after.x1 < space.x1 + 0.5 * space.size:
                space.x0 = space.x1


def _repeats(mark: Glyph, following: Glyph) -> bool:
    """Whether a glyph only repeats what the letter drawn after it is named with.

    Some programs name a combining mark together with its letter; where the letter has its own
    name, the mark keeps nothing but itself. Of a letter drawn in two strokes they name both.
    """
    narrow = mark.x1 - mark.x0 < 0.02 * mark.size
    if not (narrow and mark.kind == "R" and mark.text):
        return False
    if len(mark.text) == 1:
        return (
            following.text == mark.text
            and following.x0 - 0.3 * following.size < mark.x0 < following.x1 + 0.3 * following.size
        )
    letter, marks = mark.text[0], mark.text[1:]
    if following.text[:1] != letter or any(map(is_arabic, marks)):
        return False
    mark.text, mark.kind = marks, kind_of(marks)
    return following.text == letter + marks


def _half_spaces_beside(glyph: Glyph) -> list[Glyph]:
    """The half-spaces that a font names together with a letter, taken off it."""
    bare = glyph.text.strip(HALF_SPACE)
    if not bare:
        return []
    before, after = glyph.text.startswith(HALF_SPACE), glyph.text.endswith(HALF_SPACE)
    glyph.text, glyph.kind = bare, kind_of(bare)
    ends = (glyph.x1, glyph.x0) if glyph.kind == "R" else (glyph.x0, glyph.x1)
    return [
        replace(glyph, text=HALF_SPACE, kind="Z", code=-1, x0=x, x1=x)
        for x, there in zip(ends, (before, after), strict=True)
        if there
    ]


@lru_cache(maxsize=8192)
def _says_nothing(text: str) -> bool:
    """Whether a font's entry names no real character: replacement or private use."""
    return text[0] == UNKNOWN or unicodedata.category(text[0]) == "Co"


def _with_actual_text(glyphs: list[Glyph]) -> Iterable[Glyph]:
    """Glyphs after ``/ActualText`` has had its say: half-spaces, single letters, unmapped words."""
    start = 0
    while start < len(glyphs):
        first = glyphs[start]
        if first.actual is None:
            yield first
            start += 1
            continue
        end = start + 1
        while end < len(glyphs) and glyphs[end].span == first.span:
            end += 1
        group = glyphs[start:end]
        start = end
        bare = "".join(char for char in first.actual if char not in _DIRECTION_SIGNS)
        if bare and not bare.strip(HALF_SPACE):
            first.text, first.kind = HALF_SPACE, "Z"
            if first.code < 0 and start < len(glyphs):
                _place_between(first, glyphs[start - 2], glyphs[start])
            first.x1 = first.x0
            yield first
        elif bare and (len(group) == 1 or len(bare) <= 2 or _unreadable(group)):
            # A mark drawn beside its letter is lifted; the letter stands for both.
            widest = max(group, key=lambda glyph: glyph.x1 - glyph.x0)
            widest.form = unfolded(widest.text)[1]
            widest.text, widest.mapped, widest.logical = bare, True, True
            widest.x0 = min(glyph.x0 for glyph in group)
            widest.x1 = max(glyph.x1 for glyph in group)
            # Marks look for the letter drawn next to them.
            onward = start < len(glyphs) and glyphs[start].x0 < widest.x0
            widest.order = group[-1 if onward else 0].order
            yield widest
        else:
            yield from group


def _place_between(sign: Glyph, before: Glyph, after: Glyph) -> None:
    """Put a half-space that draws nothing on the side where the writing goes on."""
    sign.x0 = before.x0 if after.x0 < before.x0 else before.x1
    dots = before.x1 - before.x0 < 0.02 * before.size
    if dots and after.x0 < before.x0 and before.x0 - after.x1 < before.size:
        sign.x0 = after.x1


def _unreadable(group: list[Glyph]) -> bool:
    one_line = all(abs(glyph.base - group[0].base) < 0.5 * group[0].size for glyph in group)
    return one_line and any(not glyph.mapped for glyph in group)


def part_bytes(glyphs: list[Glyph], repairs: Counter[str]) -> None:
    """Undo a fault of Ghostscript: the two bytes of U+0630 run together into one, 0x36.

    It writes (high | low) for the first character of a row of glyphs and counts on from there, so
    a letter is up to 6 lower than it says. Among the letters of a font, whose numbers go up with
    the alphabet, each has its place; digits come as U+00F6 to U+00FF.
    """
    tables: dict[int, dict[int, str]] = defaultdict(dict)
    for glyph in glyphs:
        if len(glyph.text) == 1 and glyph.code >= 0:
            tables[glyph.font][glyph.code] = glyph.text
    meant: dict[tuple[int, int], str] = {}
    digit_fonts: set[int] = set()
    for font, table in tables.items():
        letters = sorted(code for code, char in table.items() if "\u0600" <= char <= "\u06ff")
        doubted = [code for code, char in table.items() if char < "\u0100" and not char.isspace()]
        digits = {code for code in doubted if table[code] >= "\u00f6"}
        persian = letters or any(is_arabic(char) for char in table.values())
        if persian and len(digits) > 1 and any(table[code] == "\u00f7" for code in digits):
            meant |= {(font, code): chr(ord(table[code]) + 0x5FA) for code in digits}
            digit_fonts.add(font)
        steps = [ord(table[b]) - ord(table[a]) == b - a for a, b in pairwise(letters)]
        for code in doubted if sum(steps) >= _ORDERLY else ():
            if letters[0] < code and (font, code) not in meant:
                char = _in_its_place(code, ord(table[code]), letters, table)
                if char:
                    meant[font, code] = char
    if not meant:
        return
    for glyph in glyphs:
        char = meant.get(glyph.shape, "")
        if char and glyph.actual is None:
            glyph.text, glyph.kind = char, kind_of(char)
            repairs["low_bytes"] += 1
    for before, sign, after in zip(glyphs, glyphs[1:], glyphs[2:], strict=False):
        misnamed = sign.font in digit_fonts and sign.text in _MARKS_MISNAMED
        ends = after.kind == "N" or (sign.text == "n" and after.kind != "L")
        if misnamed and ends and before.kind == "N":
            sign.text = _MARKS_MISNAMED[sign.text]
            sign.kind = kind_of(sign.text)


def _in_its_place(code: int, value: int, letters: list[int], table: dict[int, str]) -> str:
    """The Arabic character that a glyph number has by its neighbours, if its name allows it."""
    at = bisect_left(letters, code)
    for near in letters[max(0, at - 1) : at + 1]:
        char = ord(table[near]) + code - near
        if abs(code - near) <= 64 and char >> 8 == 6 and 0 <= value - (char & 255) <= 6:
            return chr(char) if chr(char).isalnum() or chr(char) in "٪٫٬" else ""
    return ""


def _split_low_bytes(glyphs: list[Glyph], repairs: Counter[str]) -> None:
    """Undo a distiller's fault: two letters of a ligature written with their bytes mixed up.

    U+4427 stands for U+0644 U+0627 (lam-alef, the low bytes), U+6600 for «f» (bytes swapped).
    Only where the page holds Arabic letters.
    """
    # One search of the page's text: most pages hold no such character.
    if not _HIGH.search("".join([glyph.text for glyph in glyphs])):
        return
    if not any(glyph.kind == "R" for glyph in glyphs):
        return
    for glyph in glyphs:
        if not _HIGH.search(glyph.text):
            continue
        letters = ""
        for char in glyph.text:
            if char >= "\u2e80" and chr(ord(char) >> 8).isalpha() and not ord(char) & 255:
                letters += chr(ord(char) >> 8)
                continue
            high, low = (chr(0x600 + byte) for byte in divmod(ord(char), 256))
            both = is_arabic(high) and is_arabic(low) and ord(char) >= 0x2E80
            both = both and (char < "\ua000" or letters.endswith(high))  # it may be Korean
            letters += (low if letters.endswith(high) else high + low) if both else char
        if letters != glyph.text:
            glyph.text, glyph.kind = letters, kind_of(letters)
            repairs["low_bytes"] += 1
