"""Letters that a font draws in two strokes: a body that several letters share, and its dots.

Such fonts name the body, the dots, both or neither. A :class:`Dotted` puts the two together again
as one shape each; the words of the document tell which letter it is, and each letter found says
something of all others with the same dots or the same body.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from math import prod

from textmine.pages.glyphs import UNKNOWN, Glyph
from textmine.pages.votes import ONE_SPELLING, Reading, Shape, own_words, word_list

# For each body the letters that it becomes, by their dots: a for above, b for below.
_LETTERS = {
    "ٮ": {"1a": "ن", "2a": "ت", "3a": "ث", "1b": "ب", "2b": "ی", "3b": "پ", "hamza": "ئ"},
    "ح": {"": "ح", "1a": "خ", "1b": "ج", "3b": "چ"},
    "د": {"": "د", "1a": "ذ"},
    "ر": {"": "ر", "1a": "ز", "3a": "ژ"},
    "س": {"": "س", "3a": "ش"},
    "ص": {"": "ص", "1a": "ض"},
    "ط": {"": "ط", "1a": "ظ"},
    "ع": {"": "ع", "1a": "غ"},
    "ڡ": {"1a": "ف", "2a": "ق"},
    "ک": {"": "ک", "bar": "گ"},
    "ه": {"": "ه", "2a": "ة", "hamza": "هٔ"},
    "و": {"": "و", "hamza": "ؤ"},
    "ا": {"": "ا", "madda": "آ", "hamza": "أ", "tanwin": "اً"},
    "کا": {"": "کا", "bar": "گا"},
    "کل": {"": "کل", "bar": "گل"},
    "لا": {"": "لا", "madda": "لآ", "hamza": "لأ", "tanwin": "لاً"},
}
_BODY = {letter: body for body, letters in _LETTERS.items() for letter in letters.values()}
_DOTS = {letter: dots for letters in _LETTERS.values() for dots, letter in letters.items()}
# The signs that Unicode has for dots alone.
_DOT_SIGNS = dict(
    zip(
        "\ufbb2\ufbb3\ufbb4\ufbb5\ufbb6\ufbb7\ufbb8\ufbb9",
        ("1a", "1b", "2a", "2b", "3a", "3b", "3a", "3b"),
        strict=True,
    )
)
_DOTTED_LATIN = {"i": "i", "j": "j", "ı": "i", "ȷ": "j"}
# What fonts call the bodies besides.
_SAME_BODY = str.maketrans("ں\u066fى\u06baئيك", "ٮڡٮٮٮٮک")
_TANWIN = "\u064b"
_HAMZA = "\u0654"  # a mark, and on a body without dots part of a letter
_NARROW = 0.02  # dots advance by no more than this, in parts of the type size
_REACH = 0.2  # so far they may stand beside their body
_MOST_READINGS = 6000  # of one word
_TWIN_NAMES = 4  # as many glyphs alike make fonts twins
_LEAST, _LEAD = 2.0, 2.0  # votes that decide, and how many times those of the second they are


@dataclass(slots=True, frozen=True)
class _Parts:
    """A letter's two shapes, what the font calls its body, and which dots it says they are."""

    body: Shape
    dots: tuple[Shape, ...]
    body_text: str
    told: str


@dataclass(slots=True)
class Dotted:
    """The letters of a document that were drawn in two strokes."""

    parts: dict[Shape, _Parts] = field(default_factory=dict)
    _codes: dict[tuple[Shape, tuple[Shape, ...]], int] = field(default_factory=dict)

    def join(self, glyphs: list[Glyph]) -> list[Glyph]:
        """Glyphs in drawing order, each body with its dots made one glyph that has no name yet."""
        gone: set[int] = set()
        dots_of: dict[int, list[Glyph]] = defaultdict(list)
        for at, glyph in enumerate(glyphs):
            if not _may_be_dots(glyph):
                continue
            for near in (at + 1, at + 2, at - 1, at - 2):
                if 0 <= near < len(glyphs) and _may_carry(glyphs[near], glyph):
                    dots_of[near].append(glyph)
                    gone.add(at)
                    break
        if not gone:
            return glyphs
        for at, dots in dots_of.items():
            latin = _DOTTED_LATIN.get(glyphs[at].text)
            if latin:
                glyphs[at].text = latin
            else:
                self._name(glyphs[at], dots)
        out = [glyph for at, glyph in enumerate(glyphs) if at not in gone]
        for order, glyph in enumerate(out):  # marks look for the letters drawn next to them
            glyph.order = order
        return out

    def _name(self, body: Glyph, dots: list[Glyph]) -> None:
        shapes = tuple(glyph.shape for glyph in dots)
        known = body.mapped and body.text != UNKNOWN
        told = next((told for glyph in dots if (told := _told(glyph))), "")
        code = self._codes.setdefault((body.shape, shapes), len(self._codes) + 1)
        parts = _Parts(body.shape, shapes, body.text if known else "", told)
        body.code += code << 20
        body.kind, body.text, body.mapped = "R", UNKNOWN, False
        self.parts.setdefault(body.shape, parts)


def _may_be_dots(glyph: Glyph) -> bool:
    if glyph.x1 - glyph.x0 > _NARROW * glyph.size or glyph.code < 0:
        return False
    return not glyph.mapped or _told(glyph) != ""


def _told(glyph: Glyph) -> str:
    """The kind of dots that the font's name for them tells, or nothing."""
    if not glyph.mapped:
        return ""
    if glyph.text in _DOT_SIGNS:
        return _DOT_SIGNS[glyph.text]
    return "hamza" if glyph.text == _HAMZA else _DOTS.get(glyph.text, "")


def _may_carry(body: Glyph, dots: Glyph) -> bool:
    """Whether dots stand over or under a glyph of the same font that is a letter or has no name."""
    if body.mapped:
        fits = body.text.translate(_SAME_BODY) in _LETTERS or body.text in _BODY
        fits = fits and (dots.text != _HAMZA or body.text == "ٮ")
        fits = fits or (body.text in _DOTTED_LATIN and not dots.mapped)
    else:
        fits = body.kind not in "SZ"
    return (
        fits
        and body.font == dots.font
        and body.x1 - body.x0 > _NARROW * body.size
        and body.x0 - _REACH * body.size < dots.x0 < body.x1 + _REACH * body.size
        and abs(body.base - dots.base) < body.size
    )


@dataclass(slots=True)
class _Guess:
    """What each kind of dots and each body may be, as far as it is known."""

    dots: dict[tuple[Shape, ...], set[str]] = field(default_factory=dict)
    bodies: dict[Shape, set[str]] = field(default_factory=dict)

    def letters(self, parts: _Parts) -> list[str]:
        """The letters that two shapes may make together."""
        return [
            letter
            for body in self.bodies[parts.body]
            for dots, letter in _LETTERS[body].items()
            if dots in self.dots[parts.dots] and (dots or not parts.dots or _stays(parts, body))
        ]


def _stays(parts: _Parts, body: str) -> bool:
    """Whether what stands over a body may be a vowel sign, which leaves the letter what it is."""
    return parts.body_text != "" and body not in ("ه", "ا", "لا")


def name_dotted(readings: list[Reading], dotted: Dotted) -> None:
    """Name the letters that were drawn in two strokes, as far as the words tell."""
    if not dotted.parts:
        return
    _add_bare_bodies(readings, dotted)
    first = _unite_twins(readings, dotted)
    words = {key: word for word in _words(readings, dotted) if (key := _key(word)) is not None}
    bodies = frozenset(
        parts.body for parts in dotted.parts.values() if parts.dots and _DOTS.get(parts.body_text)
    )
    known = {**word_list(), **own_words(readings, bodies)}
    guess = _first_guess(dotted)
    votes: dict[Shape, Counter[str]] = {}
    for _ in range(8):
        votes = _votes(words.values(), dotted, guess, known)
        if not _narrowed(votes, dotted, guess):
            break
    named = _named(votes, dotted, guess)
    proven = _undot(readings, dotted, named, first)
    for shape, each in dotted.parts.items():
        if named.get(shape, each.body_text) != each.body_text:
            proven |= {each.body, each.dots}
    for reading in readings:
        for glyph in reading.line:
            parts = dotted.parts.get(glyph.shape) if not glyph.mapped else None
            # A mark that nobody can name leaves the letter that the font does name.
            letter = parts and (named.get(glyph.shape) or parts.body_text)
            if parts and _DOTS.get(parts.body_text) and proven.isdisjoint((parts.body, parts.dots)):
                # The letter has its dots: nobody knows what these are.
                letter = parts.body_text + UNKNOWN * len(parts.dots)
            if letter:
                glyph.text = glyph.text.replace(UNKNOWN, letter, 1)
                glyph.mapped, glyph.kind = True, "R"
                reading.repairs["letters_named"] += 1


def _add_bare_bodies(readings: Iterable[Reading], dotted: Dotted) -> None:
    """A body without a name that also stands without dots is a letter too."""
    bodies = {parts.body for parts in dotted.parts.values() if not parts.body_text}
    for reading in readings:
        for glyph in reading.line:
            if not glyph.mapped and glyph.shape in bodies:
                dotted.parts.setdefault(glyph.shape, _Parts(glyph.shape, (), "", ""))


def _unite_twins(readings: Iterable[Reading], dotted: Dotted) -> dict[int, int]:
    """Take fonts that call the same glyph numbers the same for one: bold and plain often do.

    The first of such fonts is given for each.
    """
    names: dict[int, dict[int, str]] = defaultdict(dict)
    for reading in readings:
        for glyph in reading.line:
            if glyph.mapped and glyph.kind == "R":
                names[glyph.font][glyph.code] = glyph.text
    fonts = list(dict.fromkeys(font for font, _ in dotted.parts))
    first: dict[int, int] = {}
    for font in fonts:
        for other in fonts:
            both = names[font].keys() & names[other].keys()
            same = sum(names[font][code] == names[other][code] for code in both)
            if other == font or (same >= _TWIN_NAMES and same >= 0.9 * len(both)):
                first[font] = first.get(other, other)
                break
    for shape, parts in dotted.parts.items():
        body = (first[shape[0]], parts.body[1])
        dots = tuple((first[shape[0]], code) for _, code in parts.dots)
        dotted.parts[shape] = _Parts(body, dots, parts.body_text, parts.told)
    return first


def _undot(
    readings: Iterable[Reading],
    dotted: Dotted,
    named: Mapping[Shape, str],
    first: Mapping[int, int],
) -> set[Shape | tuple[Shape, ...]]:
    """Name the bodies that stand without dots, where the font names them as if they had some.

    Such a name is that of the letter for which the body was drawn first. The words decide; the
    bodies are given for which they did.
    """
    plain: dict[tuple[Shape, str], str] = {}
    for shape, parts in dotted.parts.items():
        letter = named.get(shape, "")
        bare = _LETTERS[_BODY[letter]].get("") if letter and parts.dots else None
        if bare and _DOTS.get(parts.body_text) and _DOTS[letter]:
            plain[parts.body, parts.body_text] = bare
    if not plain:
        return set()
    known = word_list()

    def key(glyph: Glyph) -> tuple[Shape, str]:
        return (first.get(glyph.font, glyph.font), glyph.code), glyph.text[:1]

    gain: Counter[tuple[Shape, str]] = Counter()
    found: dict[tuple[Shape, str], list[Glyph]] = defaultdict(list)
    for reading in readings:
        word: list[Glyph] = []
        for glyph in [*reading.line, None]:
            if glyph is not None and glyph.kind in "RM":
                word.append(glyph)
                continue
            keys = {key(one) for one in word if one.mapped} & plain.keys()
            if keys:
                said = "".join(one.text for one in word).translate(ONE_SPELLING)
                meant = "".join(
                    plain.get(key(one), "") + one.text[1:] if key(one) in keys else one.text
                    for one in word
                ).translate(ONE_SPELLING)
                for one in keys:
                    gain[one] += (meant in known) - (said in known)
                    found[one] += [each for each in word if each.mapped and key(each) == one]
            word = []
    for one, glyphs in found.items():
        for glyph in glyphs if gain[one] > 0 else ():
            glyph.text = plain[one] + glyph.text[1:]
    return {shape for shape, name in found if gain[shape, name] > 0}


def _words(readings: Iterable[Reading], dotted: Dotted) -> Iterator[list[Glyph]]:
    for reading in readings:
        word: list[Glyph] = []
        for glyph in [*reading.line, None]:
            if glyph is not None and (glyph.kind in "RM" or glyph.shape in dotted.parts):
                word.append(glyph)
                continue
            if len(word) > 1 and any(one.shape in dotted.parts for one in word):
                yield word
            word = []


def _key(word: list[Glyph]) -> tuple[object, ...] | None:
    if any(not one.mapped and one.code < 1 << 20 and one.kind != "R" for one in word):
        return None
    return tuple(one.text if one.mapped else one.shape for one in word)


def _first_guess(dotted: Dotted) -> _Guess:
    guess = _Guess()
    told: dict[tuple[Shape, ...], Counter[str]] = defaultdict(Counter)
    every = set(_DOTS.values())  # with none: what stands over a letter may be a vowel sign
    for parts in dotted.parts.values():
        guess.dots[parts.dots] = every if parts.dots else {""}
        if parts.told:
            told[parts.dots][parts.told] += 1
        name = parts.body_text.translate(_SAME_BODY)
        body = name if name in _LETTERS else _BODY.get(name)
        if body or parts.body not in guess.bodies:
            guess.bodies[parts.body] = {body} if body else set(_LETTERS)
    for dots, counted in told.items():
        guess.dots[dots] = {counted.most_common(1)[0][0]}
    return guess


def _votes(
    words: Iterable[list[Glyph]], dotted: Dotted, guess: _Guess, known: Mapping[str, int]
) -> dict[Shape, Counter[str]]:
    """How many words speak for each letter of each shape."""
    votes: dict[Shape, Counter[str]] = defaultdict(Counter)
    for word in words:
        shapes = list(dict.fromkeys(one.shape for one in word if one.shape in dotted.parts))
        options = [guess.letters(dotted.parts[shape]) for shape in shapes]
        if not 0 < prod(map(len, options)) <= _MOST_READINGS:
            continue
        uses: list[tuple[tuple[str, ...], int]] = []
        for letters in product(*options):
            meant = dict(zip(shapes, letters, strict=True))
            spelt = "".join(meant.get(one.shape, one.text) for one in word)
            # No list of words has the hamza of the ezafe, and few have tanwin.
            spelt = spelt.removesuffix(_HAMZA).removesuffix(_TANWIN).translate(ONE_SPELLING)
            count = known.get(spelt, 0)
            if count:
                uses.append((letters, count))
        total = sum(count for _, count in uses)
        for letters, count in uses:
            for shape, letter in zip(shapes, letters, strict=True):
                votes[shape][letter] += count / total * min(len(word), 6) / 3  # type: ignore[assignment]
    return votes


def _narrowed(votes: Mapping[Shape, Counter[str]], dotted: Dotted, guess: _Guess) -> bool:
    """Settle the kinds of dots and the bodies for which one answer leads; whether any was."""
    dots: dict[tuple[Shape, ...], Counter[str]] = defaultdict(Counter)
    bodies: dict[Shape, Counter[str]] = defaultdict(Counter)
    for shape, letters in votes.items():
        parts = dotted.parts[shape]
        for letter, count in letters.items():
            dots[parts.dots][_DOTS[letter]] += count
            bodies[parts.body][_BODY[letter]] += count
    found = False
    for shapes, kinds in dots.items():
        if len(guess.dots[shapes]) > 1 and (first := _leader(kinds)):
            guess.dots[shapes] = {first}
            found = True
    for body, names in bodies.items():
        if len(guess.bodies[body]) > 1 and (first := _leader(names)):
            guess.bodies[body] = {first}
            found = True
    return found


def _leader(votes: Counter[str]) -> str | None:
    (first, most), *rest = votes.most_common(2)
    return first if most >= _LEAST and (not rest or most >= _LEAD * rest[0][1]) else None


def _named(votes: Mapping[Shape, Counter[str]], dotted: Dotted, guess: _Guess) -> dict[Shape, str]:
    named: dict[Shape, str] = {}
    for shape, parts in dotted.parts.items():
        letters = guess.letters(parts)
        if len(letters) == 1 and len(guess.dots[parts.dots]) == 1:
            named[shape] = letters[0]
        elif shape in votes:
            (first, most), *rest = votes[shape].most_common(2)
            if not rest or most >= _LEAD * rest[0][1]:
                named[shape] = first
    return named
