"""The words of an upright picture: Persian first, then again in English what is no Persian.

The Persian data of Tesseract reads Persian words well, Latin ones not at all, and reading with
both languages at once turns short Persian words into Latin ones. So the page is read in Persian;
what that leaves doubtful is cut out, set line under line on a new picture, and read in English.
Some signs are missing from the Persian data altogether (the comma «،» among them): they are told
by their ink.
"""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from scipy import ndimage

from textmine.sources.digits import Piece, named
from textmine.sources.pictures import Rule, dark, reduced, rules_of, without
from textmine.sources.tesseract import ENGLISH, PERSIAN, Program, Word, words

if TYPE_CHECKING:
    from collections.abc import Callable

    from textmine.sources.tesseract import Grey

READING_DPI = 200
"""The Persian data was made on small letters: more resolution makes it slower and no better."""

PAGE_SECONDS = 120.0
"""What the recognition of one page may take."""

_DOUBTFUL = 60.0  # words read with less confidence may be in another script
_SURE_ENGLISH = 60.0
_BETTER = 10.0  # by how much English must be surer than Persian
_PAD = 10  # pixels of white around what is cut out
_MOST_LEFT_OVER = 60  # more left-over pieces are the pieces of a drawing
_LIKE_A_LINE = 4  # times as wide as high, what was left unread looks like a line of words
_SURE = 40.0  # what the layout left out is dropped below this: most of it is ornament
_LATIN = re.compile("[A-Za-z]")
_PERSIAN = re.compile("[\u0621-\u064a\u066e-\u06d3]")
_BARE = re.compile(r"[\W\d_a-zA-Z]+")  # holds no Persian letter


class _Area(NamedTuple):
    """A part of a picture in pixels."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(slots=True)
class ReadLine:
    """Words on one printed line from left to right; lengths in pixels.

    ``base`` is the height of its baseline, ``ascent`` how far its letters rise above that, ``size``
    the size of its type.
    """

    words: list[Word] = field(default_factory=list)
    base: float = 0.0
    ascent: float = 0.0
    size: float = 0.0


def read_lines(
    program: Program,
    picture: Grey,
    dpi: int,
    known: Callable[[str], bool],
    *,
    seconds: float = PAGE_SECONDS,
) -> tuple[list[ReadLine], list[Rule], int]:
    """The lines of an upright picture, the rules drawn on it, and how many lines were not read.

    ``known`` tells whether a word is a Persian one. Lengths count in pixels of ``picture``.
    RecognitionError when the program fails or is too slow.
    """
    start = time.monotonic()
    ink = dark(picture)
    rules = rules_of(ink, dpi)
    picture = without(picture, rules, dpi)
    factor = min(1.0, READING_DPI / dpi)
    small = reduced(picture, factor) if factor < 0.95 else picture
    factor = small.shape[1] / picture.shape[1]
    found = words(program, small, PERSIAN, round(dpi * factor), seconds=seconds)
    lines = _lines([_scaled(word, 1 / factor) for word in found])
    ink = dark(picture)

    def left() -> float:
        return max(1.0, seconds - (time.monotonic() - start))

    more: list[ReadLine] = []
    for _ in range(2):  # in other company what was skipped once is read
        more += _read_left_over(program, picture, ink, dpi, [*lines, *more], left())
    _read_in_english(program, picture, dpi, [*lines, *more], known, left())
    lines += [line for line in more if _mean_confidence(line.words) >= _SURE]
    for line in lines:
        line.base, line.ascent = _measured(line, ink)
    for line, size in zip(lines, type_sizes(lines), strict=True):
        line.size = size
        line.words = _with_signs(line, ink, picture)
        line.words = _with_numbers(line, ink, picture)
    unread = sum(_is_like_a_line(box) for box in _left_over(ink, lines))
    return lines, rules, unread


def _is_like_a_line(box: _Area) -> bool:
    return box.right - box.left > _LIKE_A_LINE * (box.bottom - box.top)


def confidence(lines: Sequence[ReadLine]) -> float:
    """How sure the words are on average (0 to 100), each weighed by its length."""
    weighed = [(word.confidence, len(word.text)) for line in lines for word in line.words]
    total = sum(length for _, length in weighed)
    return sum(sure * length for sure, length in weighed) / total if total else 0.0


def _scaled(word: Word, factor: float) -> Word:
    return word._replace(
        x0=word.x0 * factor,
        top=word.top * factor,
        x1=word.x1 * factor,
        bottom=word.bottom * factor,
    )


def _lines(found: Sequence[Word]) -> list[ReadLine]:
    """Words by line, each line from left to right; the rules of tables taken for signs are left."""
    by_line: dict[tuple[int, ...], ReadLine] = defaultdict(ReadLine)
    for word in found:
        if word.text.strip("|_—ـ") and word.x1 > word.x0:
            by_line[word.line].words.append(word)
    for line in by_line.values():
        _sort(line.words)
    return list(by_line.values())


def _sort(read: list[Word]) -> None:
    """Bring the words of a line into their order from left to right.

    Boxes of Persian words are at times wrong; where two cover each other the program's order holds.
    """
    middles: dict[int, float] = {}
    before: Word | None = None
    for word in read:
        middle = word.x0 + word.x1
        if before is not None and not _LATIN.search(before.text + word.text):
            shared = min(word.x1, before.x1) - max(word.x0, before.x0)
            if shared > 0.5 * min(word.x1 - word.x0, before.x1 - before.x0):
                middle = min(middle, middles[id(before)] - 0.01)
        middles[id(word)] = middle
        before = word
    read.sort(key=lambda word: middles[id(word)])


# What is cut out and read again


def _read_cuts(
    program: Program,
    picture: Grey,
    boxes: Sequence[_Area],
    language: str,
    dpi: int,
    seconds: float,
) -> list[list[Word]]:
    """The words of parts of a picture, each of one line, set line under line on a new one."""
    cuts = [picture[box.top : box.bottom, box.left : box.right] for box in boxes]
    height = sum(len(cut) for cut in cuts) + _PAD * (len(cuts) + 1)
    width = max(cut.shape[1] for cut in cuts) + 2 * _PAD
    sheet = np.full((height, width), 255, dtype=np.uint8)
    tops: list[int] = []
    top = _PAD
    for cut in cuts:
        sheet[top : top + len(cut), _PAD : _PAD + cut.shape[1]] = cut
        tops.append(top)
        top += len(cut) + _PAD
    found = words(program, sheet, language, dpi, seconds=seconds, layout=6)
    out: list[list[Word]] = []
    for at, (box, top) in enumerate(zip(boxes, tops, strict=True)):
        inside = [
            word._replace(
                x0=word.x0 - _PAD + box.left,
                x1=word.x1 - _PAD + box.left,
                top=word.top - top + box.top,
                bottom=word.bottom - top + box.top,
                line=(-1, at),
            )
            for word in found
            if top <= (word.top + word.bottom) / 2 < top + box.bottom - box.top
        ]
        out.append(sorted(inside, key=lambda word: word.x0 + word.x1))
    return out


def _read_left_over(
    program: Program,
    picture: Grey,
    ink: np.ndarray,
    dpi: int,
    lines: Sequence[ReadLine],
    seconds: float,
) -> list[ReadLine]:
    """Lines that the program's layout left out: short last lines and cells, most often."""
    boxes = _left_over(ink, lines)
    if not boxes:
        return []
    found = _read_cuts(program, picture, boxes, PERSIAN, dpi, seconds)
    return [line for each in found for line in _lines(each)]


def _left_over(ink: np.ndarray, lines: Sequence[ReadLine]) -> list[_Area]:
    """Where ink of the size of a line stands outside of all words."""
    heights = [word.bottom - word.top for line in lines for word in line.words]
    if not heights:
        return []
    tall = median(heights)
    free = ink.copy()
    for line in lines:
        top = max(0, round(min(word.top for word in line.words) - 0.15 * tall))
        bottom = round(max(word.bottom for word in line.words) + 0.15 * tall)
        for word in line.words:
            left, right = round(word.x0 - 0.6 * tall), round(word.x1 + 0.6 * tall)
            free[top:bottom, max(0, left) : right] = False
    step = max(1, round(tall / 8))
    rows, columns = (length // step * step for length in free.shape)
    coarse = free[:rows, :columns].reshape(rows // step, step, columns // step, step).any((1, 3))
    joined = ndimage.binary_closing(np.pad(coarse, 12), np.ones((3, 9), dtype=bool))[12:-12, 12:-12]
    labels, _ = ndimage.label(joined, np.ones((3, 3)))
    out: list[_Area] = []
    for place in ndimage.find_objects(labels):
        down, across = (slice(part.start * step, part.stop * step) for part in place)
        high, wide = down.stop - down.start, across.stop - across.start
        if not (0.4 * tall < high < 2.5 * tall and wide > 0.15 * tall):
            continue
        if free[down, across].mean() > 0.7:
            continue  # a blot or a bullet
        pad = round(0.25 * tall)
        out.append(
            _Area(
                max(0, across.start - pad),
                max(0, down.start - pad),
                across.stop + pad,
                down.stop + pad,
            )
        )
    return out if len(out) <= _MOST_LEFT_OVER else []


# What is no Persian


def _read_in_english(
    program: Program,
    picture: Grey,
    dpi: int,
    lines: Sequence[ReadLine],
    known: Callable[[str], bool],
    seconds: float,
) -> None:
    """Read again in English the runs of words that the Persian data was in doubt about."""
    runs = [(line, run) for line in lines for run in _doubtful_runs(line.words, known)]
    if not runs:
        return
    boxes = [_area(line, run) for line, run in runs]
    found = _read_cuts(program, picture, boxes, ENGLISH, dpi, seconds)
    for (line, run), read in zip(runs, found, strict=True):
        if _is_english(read, run):
            start = line.words.index(run[0])
            line.words[start : start + len(run)] = read


def _doubtful_runs(line: Sequence[Word], known: Callable[[str], bool]) -> Iterator[Sequence[Word]]:
    """Neighbouring words without a sure Persian one, of which one at least is in real doubt.

    Numbers alone decide nothing: they go with the words between which they stand.
    """
    kinds = [_kind(word, known) for word in line]
    for at in range(1, len(line) - 1):
        # A scrap of an English word can look like a short Persian one.
        if kinds[at - 1] == kinds[at + 1] == "doubtful" and len(line[at].text) <= 2:
            kinds[at] = "doubtful" if line[at].confidence < 90 else kinds[at]
    english = "persian" not in kinds
    start = 0
    for at in range(len(line) + 1):
        if at < len(line) and kinds[at] != "persian":
            continue
        first, last = start, at
        start = at + 1
        while not english and first < last and kinds[first] == "number":
            first += 1
        while not english and first < last and kinds[last - 1] == "number":
            last -= 1
        if "doubtful" in kinds[first:last]:
            yield line[first:last]


def _kind(word: Word, known: Callable[[str], bool]) -> Literal["persian", "number", "doubtful"]:
    """Whether a word can be left as the Persian data read it."""
    text = word.text
    if _LATIN.search(text):
        return "doubtful"
    if not _PERSIAN.search(text):
        digits = {char <= "9" for char in text if char.isdigit()}
        return "number" if digits == {False} else "doubtful"
    if word.confidence >= 80:
        return "persian"
    letters = _BARE.sub("", text.replace("\u200c", ""))
    sure = word.confidence >= 25 and len(letters) > 1 and known(letters)
    return "persian" if sure else "doubtful"


def _area(line: ReadLine, run: Sequence[Word]) -> _Area:
    """Where a run stands, at the height of its whole line."""
    return _Area(
        max(0, round(run[0].x0) - 4),
        max(0, round(min(word.top for word in line.words)) - 4),
        round(run[-1].x1) + 4,
        round(max(word.bottom for word in line.words)) + 4,
    )


def _is_english(read: Sequence[Word], run: Sequence[Word]) -> bool:
    """Whether the English reading of a run is to be believed rather than the Persian one."""
    text = "".join(word.text for word in read)
    latin = len(_LATIN.findall(text))
    signs = len(text) - latin - sum(char.isdigit() for char in text)
    if not latin or signs > 0.4 * len(text):
        return False
    sure, before = (_mean_confidence(each) for each in (read, run))
    least = _SURE_ENGLISH if latin > 3 else 85.0
    return sure >= least and sure >= before + _BETTER


def _mean_confidence(read: Sequence[Word]) -> float:
    total = sum(len(word.text) for word in read)
    return sum(word.confidence * len(word.text) for word in read) / max(1, total)


# What the ink says


def _measured(line: ReadLine, ink: np.ndarray) -> tuple[float, float]:
    """Baseline and ascent of a line: ink falls off most below the baseline."""
    top = max(0, round(min(word.top for word in line.words)))
    bottom = min(len(ink), round(max(word.bottom for word in line.words)) + 1)
    height = bottom - top
    rows = np.zeros(height + 1)
    for word in line.words:
        rows[:height] += ink[top:bottom, round(word.x0) : round(word.x1)].sum(axis=1)
    step = max(1, height // 12)
    falls = [rows[at] - rows[min(height, at + step)] for at in range(height // 3, height)]
    base = top + height // 3 + int(np.argmax(falls)) + 1 if falls else bottom
    rises = sorted(base - word.top for word in line.words)
    # One stray sign above the line must not make its type large.
    return float(base), float(rises[-2] if len(rises) > 3 else rises[-1])


_SIZE = 1.35  # size of type in parts of the ascent


def type_sizes(lines: Sequence[ReadLine]) -> list[float]:
    """The type size of each line in pixels; what differs little from most lines is the same.

    Lines without tall letters look smaller than they are.
    """
    rises = [line.ascent for line in lines for _ in line.words]
    if not rises:
        return []
    usual = median(rises)
    out = []
    for line in lines:
        few = len(line.words) < 3
        part = line.ascent / usual
        same = (0.5 if few else 0.82) < part < (1.3 if few else 1.2)
        out.append((usual if same else line.ascent) * _SIZE)
    return out


# Signs at the ends of Persian words, in parts of the ascent. Measured on six fonts, 150 to 300 dpi,
# straight and straightened: the ink of a full stop spreads as far across as along (1.0 to 1.15),
# that of a comma farther along (1.5 to 2.5); letters are wider or taller than both.
_SIGN_WIDEST, _SIGN_HIGHEST, _SIGN_TOP = 0.31, 0.55, 0.5
_SIGN_LOWEST = -0.25
_COMMA_LONGER = 1.32
_COMMA_FILLED = 0.4  # share of its box; a closing quotation mark fills less
# Read for one another, or for the comma «،», which the Persian data does not have.
_MISTAKEN = frozenset(".,»؛:ء'‘’\"“”!*-")
_FOR_COMMA = frozenset(",»ء'‘’")
_MISSED = 80.0  # a word that lost its sign is not surer than this
_SMALLEST = 19.0  # pixels of type size below which the ink of a sign tells nothing


def _with_signs(line: ReadLine, ink: np.ndarray, picture: Grey) -> list[Word]:
    """The words of a line with the stops and commas behind Persian words that the ink shows."""
    if line.size < _SMALLEST:
        return line.words
    out = []
    for at, word in enumerate(line.words):
        before = line.words[at - 1].x1 if at else 0.0
        sign = _sign(line, word, before, ink, picture) if _may_carry(word) else ""
        out.append(word._replace(text=_ended(word, sign)))
    return out


def _ended(word: Word, sign: str) -> str:
    """The text of a word with the sign that its ink shows at the end."""
    text = word.text
    if not sign:
        return text
    if text[-1] in _MISTAKEN and len(text) > 1:
        # What it takes for these is no full stop, which it would have named.
        comma = sign == "." and text[-1] in _FOR_COMMA
        return text[:-1] + ("،" if comma else sign)
    missed = word.confidence < _MISSED and (text[-1].isalnum() or text[-1] in ")]»")
    return text + sign if missed else text


def _may_carry(word: Word) -> bool:
    digits = any("۰" <= char <= "۹" for char in word.text)
    return bool(_PERSIAN.search(word.text)) or (digits and word.text[-1] not in "/-")


def _sign(line: ReadLine, word: Word, before: float, ink: np.ndarray, picture: Grey) -> str:
    """The sign at the left end of a word, told by its ink; empty where there is none."""
    unit = line.size / _SIZE
    left = max(word.x0 - 0.25 * unit, (before + word.x0) / 2)
    top = max(0, round(line.base - 1.3 * unit))
    place = (
        slice(top, round(line.base + 0.6 * unit)),
        slice(max(0, round(left)), round(word.x1) + 1),
    )
    part, shades = ink[place], picture[place]
    if not part.size:
        return ""
    labels, _ = ndimage.label(part, np.ones((3, 3)))
    shapes: list[_Shape] = []
    for number, (down, across) in enumerate(ndimage.find_objects(labels), 1):
        filled = int((labels[down, across] == number).sum())
        if filled > 0.005 * unit**2:  # specks are dirt
            base = (line.base - top - down.stop) / unit
            wide, high = (across.stop - across.start) / unit, (down.stop - down.start) / unit
            box = (down.stop - down.start) * (across.stop - across.start)
            longer = _longer(shades, down, across) if wide < _SIGN_WIDEST else 0.0
            shapes.append(_Shape(across.start / unit, wide, high, base, filled / box, longer))
    if len(shapes) < 2:
        return ""
    first = min(shapes, key=lambda shape: shape.left)
    pile = [s for s in shapes if s.left < first.left + first.wide and s.wide < _SIGN_WIDEST]
    pile.sort(key=lambda shape: shape.base)
    if first.wide > _SIGN_WIDEST or len(pile) > 2 or first not in pile:
        return ""
    lower, upper = pile[0], pile[-1]
    if len(pile) == 1:
        if lower.high > _SIGN_HIGHEST or not _SIGN_LOWEST < lower.base < 0.05:
            return ""
        if lower.base + lower.high > _SIGN_TOP:
            return ""
        if lower.longer < _COMMA_LONGER:
            return "." if lower.high < 0.3 and lower.wide < 1.6 * lower.high else ""
        return "،" if lower.filled > _COMMA_FILLED else ""
    dot = lower.longer < _COMMA_LONGER and lower.high < 0.3 and lower.base < 0.05
    if not dot or not 0.0 < upper.base < 0.5 or upper.base < lower.base + lower.high:
        return ""
    if upper.longer > _COMMA_LONGER:
        return "؛" if upper.high < _SIGN_HIGHEST else ""
    return ":" if upper.high < 1.4 * lower.high else ""


class _Shape(NamedTuple):
    """A connected piece of ink in parts of the ascent; ``base`` is its foot above the baseline.

    ``longer`` is how much farther its ink spreads along its upright axis than across.
    """

    left: float
    wide: float
    high: float
    base: float
    filled: float
    longer: float


def _longer(picture: Grey, down: slice, across: slice) -> float:
    """How much farther a piece of ink spreads in its longer direction; 0 when that lies level."""
    part = picture[
        max(0, down.start - 1) : down.stop + 1, max(0, across.start - 1) : across.stop + 1
    ]
    weights = 255.0 - part
    weights[weights < 40] = 0.0
    rows, columns = np.indices(weights.shape)
    spread = np.cov(np.stack((rows.ravel(), columns.ravel())), aweights=weights.ravel() + 1e-9)
    short, long = np.linalg.eigvalsh(spread)
    ratio = float(np.sqrt(long / max(short, 1e-9)))
    return ratio if spread[0, 0] >= spread[1, 1] or ratio < _COMMA_LONGER else 0.0


# Numbers: how sure each piece of ink, and how sure they all together must be.
_SURE_PIECE, _SURE_NUMBER, _SURE_ALONE = 0.5, 0.75, 0.93
_TRUSTED = 88.0  # confidence of the program in a number of as many digits
_LINE_ABOVE = 0.75  # ink that stands higher than this belongs to another line
_DIGIT_GAP = 0.3  # in parts of the ascent
_NUMBER = re.compile(r"\d(?:.*\d)?")
_PERCENT = re.compile(r"^[./%]{1,2}")
_BETWEEN_DIGITS = frozenset("/.٫-")


def _with_numbers(line: ReadLine, ink: np.ndarray, picture: Grey) -> list[Word]:
    """The words of a line with their Persian numbers as the ink of each digit says."""
    if line.size < _SMALLEST:
        return line.words
    _join_numbers(line, ink, picture)
    out = []
    for at, word in enumerate(line.words):
        if _is_number(word):
            left = line.words[at - 1].x1 if at else 0.0
            right = line.words[at + 1].x0 if at + 1 < len(line.words) else float(ink.shape[1])
            reach = 3 * line.size
            span = max(left, word.x0 - reach), min(right, word.x1 + reach)
            text = _number(word, _pieces(line, span, word, ink, picture))
            word = word._replace(text=text)
        out.append(word)
    return out


def _join_numbers(line: ReadLine, ink: np.ndarray, picture: Grey) -> None:
    """Make one word of numbers between which the ink leaves no gap of a word."""
    at = 0
    while at + 1 < len(line.words):
        left, right = line.words[at : at + 2]
        if _is_number(left) and _is_number(right) and right.x0 - left.x1 < line.size:
            whole = left._replace(
                text=left.text + right.text,
                confidence=min(left.confidence, right.confidence),
                x1=max(left.x1, right.x1),
            )
            pieces = _pieces(line, (left.x0, whole.x1), whole, ink, picture)
            near = all(b.start - a.end < _DIGIT_GAP for a, b in pairwise(pieces))
            if near and len(pieces) > 1 and all(each.piece.high < 1.2 for each in pieces):
                line.words[at : at + 2] = [whole]
                continue
        at += 1


def _is_number(word: Word) -> bool:
    """Whether a word may be a Persian number; of those set in Latin digits English has judged."""
    text = word.text
    if _PERSIAN.search(text) or _LATIN.search(text):
        return False
    return (
        any(char.isdigit() and char > "9" for char in text) or re.fullmatch(r"\d", text) is not None
    )


def _pieces(
    line: ReadLine, span: tuple[float, float], word: Word, ink: np.ndarray, picture: Grey
) -> list[_Found]:
    """The pieces of ink of a word from left to right, and those beside it without a word's gap.

    ``span`` is as far as the words next to it leave room; boxes of numbers are often too narrow.
    """
    unit = line.size / _SIZE
    top, left = max(0, round(line.base - 1.4 * unit)), max(0, round(span[0]))
    place = slice(top, round(line.base + 0.5 * unit)), slice(left, round(span[1]) + 1)
    part = ink[place]
    if not part.size:
        return []
    labels, _ = ndimage.label(part, np.ones((3, 3)))
    out = []
    for number, (down, across) in enumerate(ndimage.find_objects(labels), 1):
        inside = labels[down, across] == number
        foot = (line.base - top - down.stop) / unit
        if inside.sum() > 0.005 * unit**2 and foot < _LINE_ABOVE:
            alone = np.where(inside, picture[place][down, across], 255).astype(np.uint8)
            high = (down.stop - down.start) / unit
            piece = Piece(alone, high, foot)
            out.append(_Found(across.start / unit, across.stop / unit, piece))
    out.sort(key=lambda found: found.start + found.end)
    start, end = (word.x0 - left) / unit, (word.x1 - left) / unit
    inside = [at for at, found in enumerate(out) if start <= (found.start + found.end) / 2 <= end]
    if not inside:
        return []
    first, last = inside[0], inside[-1]
    while first and out[first].start - out[first - 1].end < _DIGIT_GAP:
        first -= 1
    while last + 1 < len(out) and out[last + 1].start - out[last].end < _DIGIT_GAP:
        last += 1
    return out[first : last + 1]


class _Found(NamedTuple):
    """A piece of ink and where it begins and ends, in parts of the ascent."""

    start: float
    end: float
    piece: Piece


def _number(word: Word, pieces: list[_Found]) -> str:
    """The text of a word with the number that its pieces show, where they show one surely."""
    percent = _percent(pieces)
    piled = {
        at
        for at, (start, end, _) in enumerate(pieces)
        for near in (at - 1, at + 1)
        if 0 <= near < len(pieces)
        and min(end, pieces[near].end) - max(start, pieces[near].start) > 0.5 * (end - start)
    }
    rest = [found.piece for at, found in enumerate(pieces) if at not in percent | piled]
    if not rest:
        return "٪" if percent and len(word.text) < 3 else word.text
    said = [_zero_or_stop(sign, each) for sign, each in zip(named(rest), rest, strict=True)]
    digits = [at for at, (sign, _) in enumerate(said) if sign.isdigit()]
    before = _NUMBER.search(word.text)
    if digits and said[digits[0]][0] == "۰" and not (before and before[0][0] in "۰0"):
        del digits[0]  # what stands low on the left is punctuation
    if not digits or before is None:
        return word.text
    inside = said[digits[0] : digits[-1] + 1]
    sure = [share for _, share in inside]
    good = all(sign.isdigit() or sign in _BETWEEN_DIGITS for sign, _ in inside)
    number = "".join(sign for sign, _ in inside)
    parts = [sum(not sign.isdigit() for sign in each) for each in (number, before[0])]
    shorter = not percent and len(number) < len(before[0])  # it takes «٪» for digits
    if shorter or (parts[1] and not parts[0]):
        return word.text  # a digit or a separator that the program saw is missing
    as_long = len(number) == len(before[0]) and word.confidence > _TRUSTED
    least = _SURE_ALONE if as_long or word.text.isascii() else _SURE_NUMBER
    if not good or min(sure) < _SURE_PIECE or sum(sure) < least * len(sure):
        return word.text
    after = word.text[before.end() :]
    if percent:
        after = "٪" + _PERCENT.sub("", after)
    return word.text[: before.start()] + number + after


def _zero_or_stop(said: tuple[str, float], piece: Piece) -> tuple[str, float]:
    """A small piece by its place: the Persian zero hovers, stop and separator stand on the line."""
    rows, columns = piece.picture.shape
    if piece.high > 0.5 or columns > 1.6 * rows or rows > 1.6 * columns:
        return said
    round_one = max(rows, columns) < 1.3 * min(rows, columns)
    ring = piece.high > 0.32 and round_one and piece.base > -0.05  # as some fonts draw it
    hovers = piece.base > 0.07 or ring
    return ("۰" if hovers else ".", max(said[1], _SURE_NUMBER))


def _percent(pieces: list[_Found]) -> set[int]:
    """Which pieces are a percent sign: a stroke, a dot high on its left, one low on its right."""
    for at in range(1, len(pieces) - 1):
        upper, stroke, lower = (found.piece for found in pieces[at - 1 : at + 2])
        small = upper.high < 0.5 * stroke.high and lower.high < 0.5 * stroke.high
        near = pieces[at + 1].end - pieces[at - 1].start < 1.1
        if small and near and stroke.high > 0.5 and upper.base > lower.base + 0.25:
            return {at - 1, at, at + 1}
    return set()


def tokens(text: str) -> list[str]:
    """A word cut into what stands together: letters, digits, single signs.

    >>> tokens("می‌شود،"), tokens("۶۱-۷۲)."), tokens("2008:")
    (['می\u200cشود', '،'], ['۶۱', '-', '۷۲', ')', '.'], ['2008', ':'])
    """
    return re.findall(r"(?:[^\W\d_]|[\u200c\u064b-\u0655\u0670])+|\d+|.", text)
