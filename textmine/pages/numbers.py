"""Numbers whose parts a program has set from right to left.

Digits run from left to right in every script, and so do the parts of a number, 12.5 or 1/1398,
wherever the bidirectional algorithm has seen it whole. XeTeX sets word by word, and some of its
packages end a word at each sign: then 12.5 is drawn 5.12. One number rarely tells which it is; all
numbers of a document together do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from textmine.pages.glyphs import PERSIAN_DIGITS, Glyph
from textmine.pages.votes import Reading

_THOUSANDS = frozenset("٬,،")
_SIGNS = frozenset("٫٬.,،:/⁄")
_PERCENT = frozenset("٪%")
# A space of less than this, in parts of the type size, only marks where a line may be broken.
_NO_WIDTH = 0.02
# How much evidence it takes to read against the rule: XeTeX alone is known to part numbers.
_DOUBT, _DOUBT_OF_XETEX = 6.0, 1.0
_MOST_PERCENTS = 3.0  # however many there are, they may all be written the other way

Part = tuple[str, int, int]  # digits, and where they begin and end in the row


@dataclass(slots=True)
class Hand:
    """Which way the parts of a document's numbers run, as far as it has been read.

    ``numbers`` and ``percents`` are positive when the evidence is for parts that were set from
    right to left, ``ranges`` where the two ends of a range were set from left to right. Percent
    signs and ranges tell something in XeTeX's files only.
    """

    xetex: bool = False
    numbers: float = 0.0
    percents: float = 0.0
    ranges: float = 0.0

    def right_to_left(self) -> float:
        """How sure it is that parts stand from right to left; below 0, that they do not."""
        doubt = _DOUBT_OF_XETEX if self.xetex else _DOUBT
        return self.numbers + max(-_MOST_PERCENTS, min(_MOST_PERCENTS, self.percents)) - doubt


def turn_numbers(readings: list[Reading], hand: Hand) -> None:
    """Put the parts of numbers in the order in which they are read; ``hand`` learns from each."""
    found: list[tuple[Reading, list[Part]]] = []
    ranges: list[tuple[Reading, list[Part]]] = []
    for reading in readings:
        marks = _drop_break_marks(reading.line)
        if hand.xetex:
            hand.ranges -= marks
            for parts in _ranges(reading.line):
                ranges.append((reading, parts))
                hand.ranges += _ascent(parts)
        for parts in _numbers(reading.line):
            found.append((reading, parts))
            if len(parts) > 1:
                signs = {reading.line[end].text for _, _, end in parts[:-1]}
                hand.numbers += _leaning([digits for digits, _, _ in parts], signs)
            if hand.xetex:
                hand.percents += _percent_sign(reading.line, parts)
    if hand.right_to_left() > 0:
        for reading, parts in found:
            reading.repairs["numbers_turned"] += _turn(reading.line, parts)
    elif hand.xetex and hand.percents < 0:
        for reading, parts in found:
            _move_percent_sign(reading.line, parts)
    if hand.ranges > 1:
        for reading, parts in ranges:
            reading.repairs["numbers_turned"] += _turn(reading.line, parts)


def _turn(line: list[Glyph], parts: list[Part]) -> bool:
    start, end = parts[0][1], parts[-1][2]
    turned: list[Glyph] = []
    for _, begin, stop in reversed(parts):
        turned += line[begin:stop] + line[begin - 1 : begin] * (begin > start)
    line[start:end] = turned
    return len(parts) > 1


def _move_percent_sign(line: list[Glyph], parts: list[Part]) -> None:
    """A word of digits and a percent sign, set as a whole, runs from left to right."""
    start, end = parts[0][1], parts[-1][2]
    if start and line[start - 1].text in _PERCENT and line[start - 1].x0 > line[start].x0:
        line.insert(end - 1, line.pop(start - 1))
    elif end < len(line) and line[end].text in _PERCENT and line[end].x0 < line[start].x0:
        line.insert(start, line.pop(end))


def _drop_break_marks(line: list[Glyph]) -> int:
    """Remove spaces without width between a sign and a number: XeTeX may break lines there."""
    before = len(line)
    for at in range(len(line) - 2, 0, -1):
        space, left, right = line[at], line[at - 1], line[at + 1]
        if space.kind != "S" or space.code < 0 or space.x1 - space.x0 >= _NO_WIDTH * space.size:
            continue
        if (right.kind == "N" and (left.text in _SIGNS or left.text == "-")) or (
            left.kind == "N"
            and right.text == "."
            and at + 2 < len(line)
            and line[at + 2].kind == "N"
        ):
            del line[at]
    return before - len(line)


def _ranges(line: list[Glyph]) -> Iterator[list[Part]]:
    """Numbers joined by hyphens that have been read from the right."""
    if "-" not in [glyph.text for glyph in line]:
        return  # most lines have none
    at = 0
    while at < len(line):
        start, parts = at, []
        while True:
            end = at
            while end < len(line) and line[end].kind == "N" and line[end].text not in _SIGNS:
                end += 1
            if end == at:
                break
            parts.append(("".join(glyph.text for glyph in line[at:end]), at, end))
            at = end
            if end == len(line) or line[end].text != "-" or not line[end].mirrored:
                break
            at = end + 1
        if len(parts) > 1 and parts[-1][2] == at:
            yield parts
        at = max(at, start + 1)


def _ascent(parts: list[Part]) -> float:
    """How far a range, read from the right, speaks for being read from the left: pages ascend."""
    (first, *_), (last, *_) = parts[0], parts[-1]
    if len(parts) > 2 or min(len(first), len(last)) < 2 or first == last:
        return 0.0
    return 1.5 if int(first) > int(last) else -1.5


def _numbers(line: list[Glyph]) -> Iterator[list[Part]]:
    """Numbers drawn from left to right among words that are read from the right."""
    at = 0
    while at < len(line):
        if line[at].kind != "N" or line[at].text in _SIGNS:
            at += 1
            continue
        parts: list[Part] = []
        while True:
            end = at
            while end < len(line) and line[end].kind == "N" and line[end].text not in _SIGNS:
                end += 1
            parts.append(("".join(glyph.text for glyph in line[at:end]), at, end))
            at = end
            more = end + 1 < len(line) and line[end].text in _SIGNS and not line[end].mirrored
            following = line[end + 1] if more else None
            if following is None or following.kind != "N" or following.text in _SIGNS:
                break
            if following.x0 < line[end].x0 or following.raised != line[end - 1].raised:
                break
            at = end + 1
        if _among_persian(line, parts[0][1], parts[-1][2]):
            yield parts


def _among_persian(line: list[Glyph], start: int, end: int) -> bool:
    """Whether a number stands among what is read from the right, not in a Latin phrase."""
    beside = line[max(0, start - 1) : start] + line[end : end + 1]
    if beside:
        return all(glyph.mirrored for glyph in beside)
    return line[start].text in PERSIAN_DIGITS


def _leaning(parts: list[str], signs: set[str]) -> float:
    """How far a number, given as drawn from the left, speaks for being read from the right."""
    return _fitness(parts[::-1], signs) - _fitness(parts, signs)


def _fitness(parts: list[str], signs: set[str]) -> float:
    """How likely these parts in this order are a number, a date, a time or a year and a page."""
    first, last = parts[0], parts[-1]
    if signs <= _THOUSANDS:
        whole = len(first) <= 3 and int(first) > 0 and all(len(part) == 3 for part in parts[1:])
        return 3.0 if whole else 0.0
    if signs == {"٫"}:
        if len(parts) > 2 or (len(first) > 1 and int(first[0]) == 0):
            return 0.0
        # 0.81 is likelier than 81.0, and 12.5 somewhat likelier than 5.12.
        return 1.0 + 1.5 * (int(first) == 0 < int(last)) + 0.5 * (len(last) == 1)
    if signs == {":"} and len(parts) == 2:
        if _is_year(first) != _is_year(last):
            return 1.5 * _is_year(first)  # a year and a page
        return 1.5 * (len(first) < 3 and int(first) < 25 and len(last) == 2 and int(last) < 60)
    if signs == {"/"} and len(parts) == 3:
        # Persian dates begin with the year.
        return 1.5 * (_is_year(first) and int(parts[1]) < 13 and int(last) < 32)
    return 0.0


def _is_year(digits: str) -> bool:
    return len(digits) == 4 and (1200 <= int(digits) < 1500 or 1700 <= int(digits) < 2100)


def _percent_sign(line: list[Glyph], parts: list[Part]) -> float:
    """A percent sign left of its number was parted from it, one on its right was not."""
    start, end = parts[0][1], parts[-1][2]
    for sign in line[max(0, start - 1) : start] + line[end : end + 1]:
        if sign.text in _PERCENT:
            return 3.0 if sign.x0 < line[start].x0 else -3.0
    return 0.0
