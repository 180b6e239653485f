"""From what stands where to what is read when: visual rows to logical order, by runs of clusters.

Drawn text has lost its logical order. The inverse of the bidirectional algorithm is not unique;
the rules here prefer what Persian and English documents do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from textmine.pages.glyphs import PERSIAN_DIGITS, Glyph

_OPENERS = "([{«"
_CLOSERS = ")]}»"
# Signs that hold a number together (12.5, 1,000, 3:15, 421/1398).
_IN_NUMBER = frozenset(".,:/٫٬،⁄")
# "12 May 2019" among Persian words is drawn "May 2019 12"; "May 12, 2019" has its comma.
_DATE = re.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November"
    r"|December)(?: \d{4})?$"
)
_PARAGRAPH = re.compile(r"(?:-\d{1,2})+ ?")
# These belong to the number that they touch, unless Arabic letters stand before it.
_UNITS = frozenset("٪%‰°")
# A Latin run keeps these when they stand against its right edge.
_TRAILING = frozenset(":,;.-–/")


def reads_right_to_left(line: Sequence[Glyph], region_rtl: bool, left: float, right: float) -> bool:
    """The base direction of one row; ``region_rtl``, ``left`` and ``right`` tell its column."""
    kinds = [glyph.kind for glyph in line]
    arabic, latin = kinds.count("R"), kinds.count("L")
    if arabic:
        strong = next(glyph.kind for glyph in reversed(line) if glyph.kind in "RL")
        return arabic >= 0.35 * latin or (region_rtl and strong == "R")
    if line and latin and line[-1].kind == "N" and _digits_to_the_edge(line, len(line) - 1):
        return True  # a number, then a Latin phrase: a footnote
    if not region_rtl or not line:
        return False
    first, last = line[0].text, line[-1].text
    if latin == 0 or first in ".,;،؛:)]»" or last in "([":
        return True
    if first == "(" and last == ")":
        return line[0].x0 - left > 2
    # A short row flush right in a right-to-left column.
    width = right - left
    return line[0].x0 - left > 0.12 * width and right - line[-1].x1 < 0.02 * width + 2


Before = Literal["arabic", "latin", "nothing"]
"""What letters stand before a row in its paragraph, as far as the program that set it looked."""


def logical(
    line: Sequence[Glyph], rtl: bool, before: Before = "arabic", *, paragraphs: bool = True
) -> list[Glyph]:
    """The clusters of a row in the order they are read.

    Clusters read right to left are marked ``mirrored``: a bracket among them faces the other way.
    ``before`` is what the row above ended in; ``paragraphs`` is whether the program keeps a number
    such as ۳-۲ at the beginning of a paragraph from left to right.
    """
    return _from_right(line, before, paragraphs) if rtl else _from_left(line)


def _from_right(line: Sequence[Glyph], above: Before, paragraphs: bool = True) -> list[Glyph]:
    out: list[Glyph] = []
    runs: list[tuple[int, int]] = []
    at = 0
    while at < len(line):
        if line[at].kind in "LN":
            end = _run_end(line, at, above, paragraphs)
            runs.append((_with_joiner(line, at, end), end))
            at = end
        else:
            at += 1
    at = len(line)
    for start, end in reversed(runs):
        out.extend(_turned(line[end:at]))
        out.extend(line[start:end])
        at = start
    out.extend(_turned(line[:at]))
    return out


def _turned(clusters: Sequence[Glyph]) -> list[Glyph]:
    for cluster in clusters:
        cluster.mirrored = True
    return list(clusters[::-1])


def _run_end(line: Sequence[Glyph], start: int, above: Before, paragraphs: bool) -> int:
    """Where the left-to-right run that begins at a letter or digit ends (exclusive)."""
    end = start + 1
    has_letter = line[start].kind == "L"
    while end < len(line):
        next_one = end
        while next_one < len(line) and line[next_one].kind in "OSZ":
            next_one += 1
        if next_one == len(line) or line[next_one].kind not in "LN":
            break
        before, after = line[end - 1], line[next_one]
        # A mark hard upon the right of a number was written after it.
        marked = next_one == end and after.raised and before.kind == after.kind == "N"
        if before.raised != after.raised and not marked:
            break
        if next_one == end and before.kind == "L" and _digits_to_the_edge(line, next_one):
            break
        letters = has_letter or after.kind == "L"
        if next_one > end:
            if letters and (_is_persian_digit(before) or _is_persian_digit(after)):
                break
            if not letters and not _holds(line, end, next_one, above, paragraphs):
                break
            if letters and _is_day(line, next_one) and _DATE.search(_text(line[start:end])):
                break
        has_letter = letters
        end = next_one + 1
    if has_letter:
        return _with_edge(line, start, end)
    if end < len(line) and line[end].text in _UNITS:
        alone = end + 1 == len(line) or not any(glyph.kind in "RL" for glyph in line)
        return end + 1 if alone else end
    return end


def _is_persian_digit(glyph: Glyph) -> bool:
    return glyph.kind == "N" and glyph.text[0] in PERSIAN_DIGITS


def _text(clusters: Sequence[Glyph]) -> str:
    return "".join(cluster.text for cluster in clusters)


def _is_day(line: Sequence[Glyph], start: int) -> bool:
    """Whether one or two digits stand here, without a comma after them."""
    return re.match(r"\d{1,2}(?![\d,])", _text(line[start : start + 3])) is not None


def _digits_to_the_edge(line: Sequence[Glyph], start: int) -> bool:
    """Whether only a number stands from here to the right edge that is read before what is left.

    So a Persian one, and any that was drawn before the words beside it: the mark of a footnote.
    """
    rest = line[start:]
    if all(_is_persian_digit(glyph) for glyph in rest):
        return True
    return all(glyph.kind == "N" and glyph.order < line[0].order for glyph in rest)


def _holds(line: Sequence[Glyph], end: int, next_one: int, above: Before, paragraphs: bool) -> bool:
    """Whether what stands between two numbers makes them one left-to-right expression."""
    between = _text(line[end:next_one])
    # Punctuation that leans on the number to its left was set from left to right.
    if between in _IN_NUMBER or between in (": ", ", ", "; "):
        return True
    if between == "-" and paragraphs and _numbers_a_paragraph(line, end):
        return True
    if between in ("-", "+") and (above == "nothing" or line[end - 1].text.isascii()):
        # European numbers keep a hyphen only after Latin letters, which stand further right.
        for glyph in line[next_one + 1 :]:
            if glyph.kind in "RL":
                return glyph.kind == "L"
        return above != "arabic"
    return False


def _numbers_a_paragraph(line: Sequence[Glyph], hyphen: int) -> bool:
    """Whether the hyphen stands in a number such as ۳-۲ at the very beginning of a row.

    No letter stands before it there, so that the bidirectional algorithm keeps it together; longer
    numbers are years, which a row may begin with in the middle of a sentence.
    """
    number = re.search(r"(?<!\d)\d{1,2}$", _text(line[max(0, hyphen - 3) : hyphen]))
    return number is not None and bool(_PARAGRAPH.fullmatch(_text(line[hyphen:])))


def _with_edge(line: Sequence[Glyph], start: int, end: int) -> int:
    """A Latin run keeps the bracket that closes it and the punctuation at its right edge."""
    run = _text(line[start:end])
    for opener, closer in ("()", "[]", "{}"):
        unclosed = run.count(opener) > run.count(closer)
        if unclosed and end < len(line) and line[end].text == closer:
            end += 1
    if end < len(line) and line[end].text in _TRAILING and _ends_after(line, end + 1):
        return end if line[end].raised else end + 1
    # «(Acuto &» before a line break: the sign waits for the next name.
    if end + 1 < len(line) and line[end].kind == "S" and line[end + 1].text == "&":
        return end + 2 if start == 0 and _ends_after(line, end + 2) else end
    return end


def _with_joiner(line: Sequence[Glyph], start: int, end: int) -> int:
    """«& Nye, 1977)» after a line break: the sign belongs to the names, as in \\section."""
    if start and line[start].kind == "L" and line[start - 1].text == "\\":
        return start - 1
    at = start - 2
    if end < len(line) or at < 0 or line[at].text != "&" or line[at + 1].kind != "S":
        return start
    return at if at == 0 or line[at - 1].text in _OPENERS + _CLOSERS else start


def _ends_after(line: Sequence[Glyph], at: int) -> bool:
    """Whether nothing, a space or a bracket stands at a place."""
    return at >= len(line) or line[at].kind == "S" or line[at].text in _OPENERS + _CLOSERS


def _from_left(line: Sequence[Glyph]) -> list[Glyph]:
    out: list[Glyph] = []
    at = 0
    while at < len(line):
        start = at
        if _is_persian_digit(line[at]):
            # A Persian number just left of Persian words was written after them.
            while at < len(line) and line[at].kind in "NSZO":
                at += 1
            if at == len(line) or line[at].kind != "R":
                out.append(line[start])
                at = start + 1
                continue
        if line[at].kind != "R":
            out.append(line[at])
            at += 1
            continue
        last = at
        while at < len(line) and line[at].kind != "L":
            if line[at].kind == "R":
                last = at
            at += 1
        at = last + 1
        out.extend(_from_right(line[start:at], "arabic"))
    return out
