"""What a whole document tells about its glyphs: lines in logical order vote on each shape.

A font may not say what a glyph means, or say it wrongly. The same glyph stands in many words, and
these together say what it is: a letter, a stretching stroke, the last letter before a half-space,
a bracket that opens or closes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from textmine.pages.glyphs import (
    BOTH_JOIN,
    HALF_SPACE,
    MIRRORED,
    RIGHT_JOIN,
    UNKNOWN,
    Glyph,
)

Line = list[Glyph]
Shape = tuple[int, int]


@dataclass(slots=True)
class Reading:
    """The clusters of one row in logical order; ``repairs`` counts for the page they are on."""

    line: Line
    repairs: Counter[str]


_LETTERS = "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهیآءئؤأ"
_JOINING = BOTH_JOIN | RIGHT_JOIN
_OWN_WORD = 1_000_000  # uses, on the scale of hazm's list
_KURDISH = frozenset("ێۆڕڵ")
_OPENERS = frozenset("([{«‹<")
_AFTER_CLOSER = frozenset(",:;!?،؛؟")
# One spelling for counting words; the text itself keeps its letters.
ONE_SPELLING = str.maketrans("يىك", "ییک", HALF_SPACE)


def vote(readings: list[Reading], strokes: set[Shape]) -> None:
    """Settle in place what the glyphs of these rows mean; ``strokes`` are known to mean nothing."""
    drop_strokes(readings, strokes)
    name_letters(readings)
    drop_false_letters(readings)
    part_by_shape(readings)
    turn_brackets(readings)


def _neighbours(line: Line) -> Iterator[tuple[Glyph | None, Glyph, Glyph | None]]:
    for at, glyph in enumerate(line):
        yield (
            line[at - 1] if at else None,
            glyph,
            line[at + 1] if at + 1 < len(line) else None,
        )


def _in_word(glyph: Glyph | None) -> bool:
    return glyph is not None and glyph.kind == "R"


def drop_strokes(readings: list[Reading], strokes: set[Shape]) -> None:
    """Remove unmapped glyphs that elsewhere proved to be stretching strokes."""
    if not strokes:
        return
    for reading in readings:
        kept = [g for g in reading.line if g.mapped or g.kind != "R" or g.shape not in strokes]
        reading.repairs["kashida"] += len(reading.line) - len(kept)
        reading.line = kept


# Letters that the font does not name


def name_letters(readings: list[Reading]) -> None:
    """Name unmapped glyphs: each stands for the letter that makes most of its words known words."""
    words = [word for reading in readings for word in _words_with_unknown(reading.line)]
    shapes = {glyph.shape for word in words for glyph in word if not glyph.mapped}
    if not shapes:
        return
    known = {**word_list(), **own_words(readings)}
    ends = {
        glyph.shape
        for reading in readings
        for _, glyph, after in _neighbours(reading.line)
        if not glyph.mapped and not _in_word(after)
    }
    solved: dict[Shape, str] = {}
    for _ in range(3):
        fresh = _round(words, shapes, ends, known, solved)
        if not fresh:
            break
        solved.update(fresh)
    for reading in readings:
        line, repairs = reading.line, reading.repairs
        for at in range(len(line) - 1, -1, -1):
            glyph = line[at]
            if glyph.mapped or glyph.shape not in solved:
                continue
            letter = solved[glyph.shape]
            glyph.mapped = True
            if letter == glyph.text:
                continue
            repairs["letters_named"] += bool(letter)
            repairs["kashida"] += not letter
            glyph.text, glyph.kind = letter, "R"
            if not letter:
                del line[at]


def _words_with_unknown(line: Line) -> Iterator[Line]:
    if all([glyph.mapped for glyph in line]):
        return  # as on most lines: this saves parting them into words
    word: Line = []
    for glyph in [*line, None]:
        if glyph is not None and glyph.kind in "RM":
            word.append(glyph)
            continue
        if 2 <= len(word) <= 14:
            unknown = [one for one in word if not one.mapped]
            if unknown and len(unknown) < len(word):
                yield word
        word = []


def _round(
    words: list[Line],
    shapes: set[Shape],
    ends: set[Shape],
    known: Mapping[str, int],
    solved: dict[Shape, str],
) -> dict[Shape, str]:
    """One round of voting over the words with exactly one shape still unknown."""
    weight: dict[Shape, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    support: dict[Shape, Counter[str]] = defaultdict(Counter)
    seen: set[tuple[Shape, str]] = set()
    said: dict[Shape, str] = {}
    for word in words:
        open_shapes = {g.shape for g in word if not g.mapped and g.shape not in solved}
        if len(open_shapes) != 1:
            continue
        shape = open_shapes.pop()
        spelt = "".join(g.text if g.mapped else solved.get(g.shape, "\0") for g in word).translate(
            ONE_SPELLING
        )
        if (shape, spelt) in seen:
            continue
        seen.add((shape, spelt))
        said[shape] = next(g.text for g in word if g.shape == shape)
        # No letter at all: a stretching stroke, or a sign that the font names after all.
        none = () if shape in ends and said[shape] == UNKNOWN else ("",)
        uses = {
            letter: known[candidate]
            for letter in (*none, *_LETTERS)
            if len(candidate := spelt.replace("\0", letter)) > 1 and candidate in known
        }
        # One word, one vote: shared among the letters as often as the words they make are used.
        for letter, count in uses.items():
            weight[shape][letter] += count / sum(uses.values()) * len(spelt) ** 1.5
            support[shape][letter] += 1
    fresh: dict[Shape, str] = {}
    for shape, votes in weight.items():
        (letter, first), *rest = sorted(votes.items(), key=lambda one: -one[1])[:2]
        second = rest[0][1] if rest else 0
        voters = sum(1 for one, _ in seen if one == shape)
        enough = support[shape][letter] >= min(3, voters)
        if first >= 3 and enough and first >= 1.3 * second:
            fresh[shape] = said[shape] if not letter and shape in ends else letter
    return {shape: letter for shape, letter in fresh.items() if shape in shapes}


def own_words(readings: list[Reading], doubted: frozenset[Shape] = frozenset()) -> dict[str, int]:
    """The words of the document that need no guess, each worth a frequent word of the language.

    Those with ``doubted`` shapes do.
    """
    out: dict[str, int] = {}
    for reading in readings:
        word = ""
        sure = True
        for glyph in [*reading.line, None]:
            if glyph is not None and glyph.kind in "RM":
                word += glyph.text
                sure = sure and glyph.mapped and glyph.shape not in doubted
                continue
            if sure and len(word) > 1:
                out[word.translate(ONE_SPELLING)] = _OWN_WORD
            word, sure = "", True
    return out


@lru_cache(maxsize=1)
def word_list() -> dict[str, int]:
    """Words that hazm ships and how often they are used: whole without their half-spaces, in parts.

    Read when first needed; empty when hazm's data cannot be found.
    """
    spec = find_spec("hazm")
    if spec is None or spec.origin is None:
        return {}
    path = Path(spec.origin).parent / "data" / "words.dat"
    if not path.is_file():
        return {}
    out = dict.fromkeys(("می", "نمی", "های", "ها", "هایی", "ای", "ام", "اند"), _OWN_WORD)
    entries = path.read_text(encoding="utf-8").replace("ي", "ی").replace("ك", "ک").splitlines()
    for entry in entries:
        word, _, more = entry.partition("\t")
        count = int(more.partition("\t")[0] or 0) + 1
        if HALF_SPACE in word:
            for part in word.split(HALF_SPACE):
                out.setdefault(part, 1)
            word = word.replace(HALF_SPACE, "")
        out[word] = count
    return out


# Letters that are none


def drop_false_letters(readings: list[Reading]) -> None:
    """Remove "letters" that are stretching strokes by another name.

    Some fonts call the stroke «و». A real و joins to the right only: it may end a word, and what
    follows it has the shape of a beginning. A glyph beside the real ones that never ends a word,
    and that only such shapes follow as also stand after letters that join, is the stroke.
    """
    # How often each shape stands, begins a word, stands at an edge of one, follows one that joins.
    # One look-up a glyph for all four: this runs over every letter of the document.
    figures: dict[Shape, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    followers: dict[Shape, list[Shape]] = defaultdict(list)
    codes: dict[tuple[int, str], set[int]] = defaultdict(set)
    for reading in readings:
        line = reading.line
        for before, glyph, after in zip([None, *line], line, [*line[1:], None], strict=False):
            if glyph.kind != "R" or glyph.code < 0:
                continue
            shape = glyph.font, glyph.code
            counts = figures[shape]
            counts[0] += 1
            if before is None or before.kind != "R":
                counts[1] += 1
                counts[2] += 1
            elif after is None or after.kind != "R":
                counts[2] += 1
            if before is not None and before.text[-1] in BOTH_JOIN:
                counts[3] += 1
            if glyph.text in RIGHT_JOIN:
                codes[glyph.font, glyph.text].add(glyph.code)
                if after is not None and after.kind == "R":
                    followers[shape].append((after.font, after.code))
    inside = {
        shape for shape, (_, begins, _, joined) in figures.items() if joined > 1 and not begins
    }
    false = {
        shape
        for shape, after in followers.items()
        if figures[shape][0] > 2
        and not figures[shape][2]
        and sum(one in inside for one in after) >= 0.9 * len(after)
    }
    if not false:
        return

    def is_stroke(glyph: Glyph) -> bool:
        others = codes[glyph.font, glyph.text] if glyph.text in RIGHT_JOIN else ()
        return glyph.shape in false and len(others) > 1

    for reading in readings:
        kept = [glyph for glyph in reading.line if not is_stroke(glyph)]
        reading.repairs["false_letters"] += len(reading.line) - len(kept)
        reading.line = kept


# Half-spaces that were not written


def part_by_shape(readings: list[Reading]) -> None:
    """Put a half-space between letters whose shapes do not join though the letters would.

    Which shapes end and begin words the document itself tells: a shape that stands at the ends of
    words is a final one, in the middle of a word a half-space follows it; a shape that otherwise
    begins words is an initial one, and a half-space goes before it.
    """
    if not _is_persian(readings):
        return
    _join_heh(readings)
    for _ in range(2):  # what the first round parts is evidence for the second
        shapes = _Shapes(readings)
        found = False
        for reading in readings:
            line = reading.line
            for at in range(len(line) - 1, 0, -1):
                left = line[at - 1]
                if left.kind == "R" and shapes.parted(left, line[at]):
                    sign = Glyph(HALF_SPACE, left.x0, left.x0, left.base, left.size, kind="Z")
                    line.insert(at, sign)
                    reading.repairs["half_spaces_by_shape"] += 1
                    found = True
        if not found:
            return


def _join_heh(readings: list[Reading]) -> None:
    """Call the heh at the end of a word heh, where the font names it as the vowel of Kurdish."""
    glyphs = [glyph for reading in readings for glyph in reading.line]
    vowels = [glyph for glyph in glyphs if glyph.text == "\u06d5"]
    if vowels and not any(glyph.text in _KURDISH for glyph in glyphs):
        for glyph in vowels:
            glyph.text, glyph.form = "ه", "isolated"


def _is_persian(readings: list[Reading]) -> bool:
    """Whether letters that only Persian has outweigh those that only Arabic has.

    Arabic has no half-spaces, and its fonts have ligatures that look as if they parted.
    """
    letters: Counter[str] = Counter()
    for reading in readings:
        letters.update([glyph.text for glyph in reading.line])
    return sum(letters[char] for char in "پچژگ") >= sum(letters[char] for char in "ةإ")


@dataclass(slots=True)
class _Uses:
    """How often a shape stands, ends a word, and begins one or follows a letter that parts."""

    total: int = 0
    ends: int = 0
    begins: int = 0
    width: float = 0.0  # in parts of the type size


class _Shapes:
    """The uses of each shape, and of the same letter with the same number in other fonts."""

    def __init__(self, readings: list[Reading]) -> None:
        self._uses: dict[Shape, _Uses] = defaultdict(_Uses)
        self._twins: dict[tuple[str, int], dict[int, _Uses]] = defaultdict(dict)
        # One look-up a letter, the sums afterwards: every letter of the document comes by twice.
        counts: dict[tuple[int, int, str], list[int]] = {}
        for reading in readings:
            line = reading.line
            for before, glyph, after in zip([None, *line], line, [*line[1:], None], strict=False):
                if glyph.kind != "R" or glyph.code < 0:
                    continue
                count = counts.get((glyph.font, glyph.code, glyph.text))
                if count is None:
                    count = counts[glyph.font, glyph.code, glyph.text] = [0, 0, 0]
                    if glyph.code > 255 and glyph.shape not in self._uses:
                        # One-byte fonts number their glyphs as they come: there it says nothing.
                        uses = self._uses[glyph.shape]
                        uses.width = (glyph.x1 - glyph.x0) / glyph.size
                        self._twins[glyph.text[-1], glyph.code][glyph.font] = uses
                count[0] += 1
                if after is None or after.kind in "SOZ":
                    count[1] += 1
                if before is None or before.kind in "SOZ" or before.text[-1] in RIGHT_JOIN:
                    count[2] += 1
        letters: dict[tuple[int, str], Counter[int]] = defaultdict(Counter)
        for (font, code, text), (total, ends, begins) in counts.items():
            letters[font, text][code] += total
            uses = self._uses[font, code]
            uses.total += total
            uses.ends += ends
            uses.begins += begins

        self._shaping = _shaping_fonts(letters)

    def parted(self, left: Glyph, right: Glyph) -> bool:
        """Whether two letters that could join stand in shapes that do not."""
        if left.kind != "R" or right.kind != "R":
            return False
        if left.text[-1] not in BOTH_JOIN or right.text[0] not in _JOINING:
            return False
        if left.form is not None:
            return left.form in ("final", "isolated") and right.form not in ("medial", "final")
        if right.form in ("medial", "final") or left.code < 0 or right.code < 0:
            return False
        if left.font not in self._shaping:
            return False
        total, ends, _ = self._of(left)
        following, _, begins = self._of(right)
        if following >= 4 and not begins:
            return False  # a shape that never begins a word is joined to what is before it
        if ends and ends >= 0.2 * total:
            return True
        return begins >= 3 and begins >= 0.6 * following and (20 * ends >= total or total < 4)

    def _of(self, glyph: Glyph) -> tuple[int, int, int]:
        """The figures of a glyph's shape, or where they are few, with its twins of like width.

        Bold and plain often number alike, but not always.
        """
        own = self._uses[glyph.shape]
        if own.total > 3 or glyph.code < 256:
            return own.total, own.ends, own.begins
        twins = [
            uses
            for uses in self._twins[glyph.text[-1], glyph.code].values()
            if abs(uses.width - own.width) <= 0.25 * own.width
        ]
        return (
            sum(uses.total for uses in twins),
            sum(uses.ends for uses in twins),
            sum(uses.begins for uses in twins),
        )


def _shaping_fonts(letters: dict[tuple[int, str], Counter[int]]) -> set[int]:
    """Fonts whose letters change their shape: only there do shapes tell anything.

    ``letters`` counts the glyph numbers of each letter of each font. A font of which too little
    is seen is judged by all of them.
    """
    seen: Counter[int] = Counter()
    changing: Counter[int] = Counter()
    for (font, letter), codes in letters.items():
        if letter in BOTH_JOIN and codes.total() >= 3:
            seen[font] += 1
            changing[font] += len(codes) > 1
    as_a_rule = changing.total() >= 0.3 * max(1, seen.total())
    fonts = {font for font, _ in letters}
    return {
        font
        for font in fonts
        if (changing[font] >= 0.3 * seen[font] if seen[font] >= 3 else as_a_rule)
    }


# Brackets


def turn_brackets(readings: list[Reading]) -> None:
    """Give every bracket its logical hand.

    Most fonts name the bracket that is drawn; some programs name the logical one of the glyph's
    first use. Each glyph's neighbours vote on which it is; where they are divided, the other
    bracket of the pair decides for both.
    """
    score: dict[tuple[Shape, str], int] = defaultdict(int)
    of_font: dict[tuple[int, str], int] = defaultdict(int)
    brackets: list[tuple[Glyph, Counter[str]]] = []
    for reading in readings:
        if MIRRORED.keys().isdisjoint([glyph.text for glyph in reading.line]):
            continue  # most lines hold no bracket
        for before, glyph, after in _neighbours(reading.line):
            if glyph.text not in MIRRORED or glyph.logical:
                continue
            brackets.append((glyph, reading.repairs))
            hand = _hand(before, after)
            if hand is None or glyph.text in "<>‹›":
                continue
            drawn = MIRRORED[glyph.text] if glyph.mirrored else glyph.text
            likely = 1 if (drawn in _OPENERS) == (hand == "opens") else -1
            score[glyph.shape, glyph.text] += likely
            of_font[glyph.font, glyph.text] += likely
    for glyph, repairs in brackets:
        votes = score[glyph.shape, glyph.text] or of_font[glyph.font, MIRRORED[glyph.text]]
        turned = glyph.mirrored
        if votes < 0:
            turned = not turned
            repairs["brackets_turned"] += 1
        if turned:
            glyph.text = MIRRORED[glyph.text]


def _hand(before: Glyph | None, after: Glyph | None) -> Literal["opens", "closes"] | None:
    """Which bracket sits between these neighbours in reading order, where they tell."""
    left = before.kind if before else "S"
    right = after.kind if after else "S"
    if left == "S" and right in "RLN":
        return "opens"
    if left in "RLN" and (right == "S" or (after is not None and after.text in _AFTER_CLOSER)):
        return "closes"
    return None
