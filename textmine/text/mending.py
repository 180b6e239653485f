"""Persian text that an extractor left out of order, put right as a view.

For text known to be out of order only (``disorder`` tells): lines are read again in the order of
their runs (``reordering``), brackets take the hand of their place, and what cannot be repaired is
counted. The original stays as it is: every character of the view leads back to its own.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from textmine.records import Span
from textmine.text.disorder import disorder
from textmine.text.letters import ARABIC_LETTERS, DIGITS, HALF_SPACE, NON_JOINING
from textmine.text.likely import Likely, shipped_likely
from textmine.text.offsets import Edit, View
from textmine.text.reordering import (
    AT_HALF_SPACES,
    AT_WORDS,
    Manner,
    Reading,
    as_it_is,
    readings,
    torn,
    turned_at_yeh,
)

RepairKind = Literal[
    "yeh",  # words whose runs changed places at their letters ی
    "half-space",  # words whose halves changed places
    "word",  # words cut elsewhere
    "line",  # runs of a line in reverse
    "bracket",  # a bracket or quotation mark of the wrong hand
    "note-mark",  # the number of a footnote inside a word
]

_LEAST_WITH_HALVES, _LEAST_WITHOUT = 4.0, 10.0
"""By how much (in logarithms) another order must be likelier than the one that stands."""
_MANY_YEH, _MOST_YEH_SHARE = 5, 0.02
"""From so many words turned at their ی on, and from such a share of words, all are looked at."""
_LONGEST_LINE = 250
"""Characters of a printed line; a longer one is a paragraph, whose runs are in many lines."""
MOST_LINES = 1000
"""Lines of one text that are searched, in a minute or two at worst; the rest stay as they are."""
_GAIN_OF_DOUBT = 6.0


@dataclass(frozen=True, slots=True)
class Repair:
    """One repair: where in the original, what was wrong, how sure, and both texts."""

    span: Span
    kind: RepairKind
    confidence: float
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Mended:
    """Text put right: a view of the original, what was repaired, and what could not be, counted.

    Keys of ``unrepaired``: ``lines`` and ``words`` (that still show signs of disorder), ``digits``
    (numbers of four digits that can be no year, where many cannot: a font's digits were misread,
    and nobody can tell which stood there), ``replacement`` (letters lost as U+FFFD), ``unread``
    (doubtful lines beyond ``MOST_LINES``). Line feeds and page breaks stay where they are.
    """

    view: View
    repairs: tuple[Repair, ...] = ()
    unrepaired: Mapping[str, int] = field(default_factory=dict)


_LINE = re.compile(r"[^\n\f]+")
_WORDS = re.compile(f"[{ARABIC_LETTERS}]+")
_PAIR = re.compile(f"(?=(?<![{ARABIC_LETTERS}])([{ARABIC_LETTERS}]+) ([{ARABIC_LETTERS}]+))")
_WORD = re.compile(f"[{ARABIC_LETTERS}{HALF_SPACE}]+")


@lru_cache(maxsize=64)  # the pages of a document are judged first and cut into clauses later
def mended(text: str) -> Mended:
    """``text``, known to be out of order, put right as far as it can be.

    >>> found = mended("شود نامه پس از امضای دو شهردار اجرا میاین تفاهم")
    >>> found.view.text
    'این تفاهم\u200cنامه پس از امضای دو شهردار اجرا می\u200cشود'
    >>> [(repair.kind, repair.after) for repair in found.repairs[1:]]
    [('half-space', 'تفاهم\u200cنامه'), ('half-space', 'می\u200cشود')]
    """
    bare, noted = _without_notes(text)
    lines = [Span(*match.span()) for match in _LINE.finditer(bare.text) if match[0].strip()]
    model = shipped_likely().listening(_pairs(bare.text))
    manner = manner_of(bare.text)
    found = []
    searched = 0
    for line in lines:
        written = bare.text[line.start : line.end]
        doubtful = len(written) <= _LONGEST_LINE and torn(written, manner)
        searched += doubtful
        search = doubtful and searched <= MOST_LINES
        found.append(_readings(written, manner, model) if search else [as_it_is(written)])
    stood = [next(each for each in options if each.in_order) for options in found]
    chosen = list(zip(_chain(found, model), stood, strict=True))
    view, repairs = _composed(bare.text, lines, chosen, model)
    view, turned = _with_hands(view)
    repairs = [replace(each, span=bare.original(*each.span)) for each in (*repairs, *turned)]
    left = _unrepaired(view.text)
    if searched > MOST_LINES:
        left["unread"] = searched - MOST_LINES
    return Mended(bare.then(view), (*noted, *repairs), left)


def manner_of(text: str) -> Manner:
    """How the lines of ``text`` were cut: at every ی, or at half-spaces alone.

    >>> manner_of("روابط یفرهنگ و تیریمد یشهر در یکشورها یاسیس و یاقتصاد").by_yeh
    True
    """
    words = _WORDS.findall(text)
    turned = sum(map(_turned_at_yeh, words))
    return AT_WORDS if turned >= max(_MANY_YEH, _MOST_YEH_SHARE * len(words)) else AT_HALF_SPACES


@lru_cache(50_000)
def _turned_at_yeh(word: str) -> bool:
    if len(word) < 3 or "ی" not in word:
        return False
    model = shipped_likely()
    return not model.word(word).known and model.word(turned_at_yeh(word)).sure


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """The pairs of words that stand side by side in the text, where both are words."""
    model = shipped_likely()
    for match in _PAIR.finditer(text):
        left, right = model.word(match[1]), model.word(match[2])
        if left.sure and right.sure:
            yield left.last, right.first


# ---- Choosing ---------------------------------------------------------------------------------


def _readings(line: str, manner: Manner, model: Likely) -> list[Reading]:
    """The orders of a line that are thinkable, the line as it is last."""
    found = readings(line, manner, model)
    if not manner.by_yeh and _runs_backwards(line, model):
        found += [each for each in readings(line, AT_WORDS, model) if not each.in_order]
    return sorted(found, key=lambda each: each.in_order)


def _runs_backwards(line: str, model: Likely) -> bool:
    """Whether the words of a line make more sense from the last to the first."""
    words = [model.word(letters) for letters in _WORDS.findall(line)]
    gain = sum(
        model.behind(right.last, left) - left.chance - model.behind(left.last, right) + right.chance
        for left, right in pairwise(words)
    )
    return gain > _LEAST_WITHOUT


def _cost(reading: Reading) -> float:
    """What must speak for another order before it is taken."""
    if reading.in_order:
        return 0.0
    return _LEAST_WITH_HALVES if reading.halves else _LEAST_WITHOUT


def _chain(found: Sequence[Sequence[Reading]], model: Likely) -> list[Reading]:
    """One reading for each line, so that lines also follow one another well."""
    trellis: list[list[tuple[float, int]]] = []
    for at, options in enumerate(found):
        column = []
        for option in options:
            own = option.score - _cost(option)
            if not at:
                column.append((own, 0))
                continue
            column.append(
                max(
                    (score + own + _border(before, option, model), back)
                    for back, ((score, _), before) in enumerate(
                        zip(trellis[-1], found[at - 1], strict=True)
                    )
                )
            )
        trellis.append(column)
    if not trellis:
        return []
    chosen: list[Reading] = []
    at = max(range(len(trellis[-1])), key=lambda each: trellis[-1][each][0])
    for column, options in zip(reversed(trellis), reversed(found), strict=True):
        chosen.append(options[at])
        at = column[at][1]
    return chosen[::-1]


def _border(upper: Reading, lower: Reading, model: Likely) -> float:
    """How well a line follows the one above, by its first word."""
    if not upper.closing or not lower.opening:
        return 0.0
    left, right = model.word(upper.closing), model.word(lower.opening)
    return model.behind(left.last, right) - right.chance


# ---- Composing --------------------------------------------------------------------------------

_Piece = tuple[str, int, int]  # a text, and the stretch of the original that it comes from
_LAST_WORD = re.compile(f"[{ARABIC_LETTERS}]+$")


def _composed(
    text: str, lines: Sequence[Span], found: Sequence[tuple[Reading, Reading]], model: Likely
) -> tuple[View, list[Repair]]:
    """The view that the chosen readings make; beside each of them stands the line as it is."""
    pieces: list[_Piece] = []
    repairs: list[Repair] = []
    done = 0
    for line, (reading, stood) in zip(lines, found, strict=True):
        between = (text[done : line.start], done, line.start)
        own = _line_pieces(text, line, reading, model)
        pieces += (between, *own)
        done = line.end
        if not reading.in_order:
            sure = _confidence(reading.score - stood.score - _cost(reading))
            before, after = text[line.start : line.end], "".join(written for written, *_ in own)
            repairs.append(Repair(line, "line", sure, before.strip(), after.strip()))
            repairs += _words_repaired(text, own, sure)
    pieces.append((text[done:], done, len(text)))
    return View.arranged(len(text), pieces), repairs


def _confidence(gain: float) -> float:
    """The likelihood of a repair, by how much likelier than needed it makes the line."""
    return round(1 / (1 + math.exp(-gain / _GAIN_OF_DOUBT)), 2)


def _line_pieces(text: str, line: Span, reading: Reading, model: Likely) -> list[_Piece]:
    """A line in its order: its runs, with the spaces and half-spaces between them."""
    raw = text[line.start : line.end]
    if reading.in_order:
        return [(raw, *line)]
    lead, tail = len(raw) - len(raw.lstrip()), len(raw.rstrip())
    runs = [raw[run.start : run.end] for run in reading.runs]
    parts: list[str] = []
    for run, part in zip(reading.runs, runs, strict=True):
        parts.append(f" {part}" if parts and run.spaced else part)
    pieces: list[_Piece] = [(raw[:lead], line.start, line.start + lead)]
    for at, (run, part) in enumerate(zip(reading.runs, runs, strict=True)):
        place = line.start + run.end
        if at and run.spaced:  # the space that stood at this border, if one did
            pieces.append((" ", place, place + raw[run.end : run.end + 1].isspace()))
        elif at and _is_half_space("".join(parts[:at]), "".join(parts[at:]), model):
            pieces.append((HALF_SPACE, place, place))
        pieces.append((part, line.start + run.start, line.start + run.end))
    pieces.append((raw[tail:], line.start + tail, line.end))
    return [piece for piece in pieces if piece[0]]


def _is_half_space(before: str, behind: str, model: Likely) -> bool:
    """Whether the word that goes on in ``behind`` has a half-space there that can be seen."""
    left, right = _LAST_WORD.search(before), _WORDS.match(behind)
    if not left or not right or left[0][-1] in NON_JOINING:
        return False
    return model.word(left[0] + right[0]).place == len(left[0])


def _words_repaired(text: str, pieces: Sequence[_Piece], sure: float) -> Iterator[Repair]:
    """The words of a line that were put together from pieces of several places."""
    written = "".join(part for part, *_ in pieces)
    origins = [place for part, start, end in pieces for place in _places(part, start, end)]
    for match in _WORD.finditer(written):
        places = [place for place in origins[slice(*match.span())] if place is not None]
        if places == list(range(places[0], places[0] + len(places))):
            continue
        span = Span(min(places), max(places) + 1)
        breaks = [at for at, (a, b) in enumerate(pairwise(places), start=1) if b != a + 1]
        letters = match[0].replace(HALF_SPACE, "")
        is_half = breaks == [shipped_likely().word(letters).place]
        at_yeh = any("ی" in letters[at - 1 : at + 1].replace("ي", "ی") for at in breaks)
        kind: RepairKind = "half-space" if is_half else "yeh" if at_yeh else "word"
        yield Repair(span, kind, sure, text[span.start : span.end], match[0])


def _places(part: str, start: int, end: int) -> list[int | None]:
    return list(range(start, end)) if len(part) == end - start else [None] * len(part)


_BRACKET = re.compile(r"[()\[\]{}«»]")
_MIRRORED = str.maketrans("()[]{}«»", ")(][}{»«")
_OPENING = frozenset("([{«")
_MANY_HANDS, _WRONG_HANDS = 3, 0.25


def _with_hands(view: View) -> tuple[View, list[Repair]]:
    """The view with brackets in the hand of their place, where many have the wrong one."""
    text = view.text
    wrong = []
    told = 0
    for match in _BRACKET.finditer(text):
        opens = _opens(text, match.start())
        if opens is not None:
            told += 1
            if opens != (match[0] in _OPENING):
                wrong.append(match.start())
    if len(wrong) < max(_MANY_HANDS, _WRONG_HANDS * told):
        return view, []
    signs = list(text)
    repairs = []
    for at in wrong:
        signs[at] = text[at].translate(_MIRRORED)
        repairs.append(Repair(view.original(at, at + 1), "bracket", 0.95, text[at], signs[at]))
    return view.respelled("".join(signs)), repairs


def _opens(text: str, at: int) -> bool | None:
    """Whether a bracket stands where one opens, by what is on both sides; None when not clear."""
    left, right = text[at - 1 : at] or " ", text[at + 1 : at + 2] or " "
    before, behind = left.isspace(), right.isspace()
    if before != behind:
        return before
    if right in ".،؛:؟!,;" and not before:
        return False
    return None


# The number of a footnote between the halves of a verb, or inside a word.
_NOTED = re.compile(
    rf"(?<![{ARABIC_LETTERS}])([{ARABIC_LETTERS}]+)( ?[{DIGITS}]{{1,2}})([{ARABIC_LETTERS}]+)"
)


def _without_notes(text: str) -> tuple[View, list[Repair]]:
    """The text without the marks of footnotes that stand inside words."""
    model = shipped_likely()
    edits = []
    repairs = []
    for match in _NOTED.finditer(text):
        whole = model.word(match[1] + match[3])
        halves = whole.place == len(match[1])
        if whole.sure and (halves or not model.word(match[3]).known):
            joint = HALF_SPACE if halves and match[1][-1] not in NON_JOINING else ""
            edits.append(Edit(match.start(2), match.end(2), joint))
            after = match[1] + joint + match[3]
            repairs.append(Repair(Span(*match.span()), "note-mark", 0.9, match[0], after))
    return View.edited(text, edits), repairs


# ---- What remains -----------------------------------------------------------------------------

_FOUR_DIGITS = re.compile(rf"(?<![{DIGITS}.,/-])[{DIGITS}]{{4}}(?![{DIGITS}.,/-])")
_YEARS = (range(1200, 1500), range(1800, 2040))
_MANY_YEARS, _MISREAD_YEARS = 5, 0.3


def _unrepaired(text: str) -> dict[str, int]:
    """What shows in repaired text that it is not right yet, counted."""
    left: dict[str, int] = {}
    years = [int(number) for number in _FOUR_DIGITS.findall(text)]
    wrong = sum(not any(year in span for span in _YEARS) for year in years)
    if len(years) >= _MANY_YEARS and wrong > _MISREAD_YEARS * len(years):
        left["digits"] = wrong
    if lost := text.count("\ufffd"):
        left["replacement"] = lost
    signs = disorder(text.splitlines())
    if signs.displaced + signs.turned:
        left["lines"], left["words"] = signs.displaced, signs.turned
    return left
