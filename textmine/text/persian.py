"""How Persian is written: letters and marks brought to one form, spaces around punctuation.

Each step takes a text and gives the edits that it asks for; ``normalise`` puts them together.
hazm decides what the letters of other alphabets of Arabic script become in Persian. Its spacing
rules are not used: they break web addresses, decimals and Latin words apart, differ between hazm
0.10 and 0.12, and change their own output when called again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from textmine.text.language import language_of
from textmine.text.letters import (
    ARABIC_LETTERS,
    ARABIC_MARKS,
    HALF_SPACE,
    KASHIDA,
    LATIN_LETTERS,
    NON_JOINING,
)
from textmine.text.offsets import Edit

PERSIAN_LETTERS = "ءآأؤإئابپتثجچحخدذرزژسشصضطظعغفقکگلمنهوی"
"""The letters that normalised Persian is written with."""

# Frequent letters of other keyboards; hazm is asked about the rest.
_FOLDED = {
    "ي": "ی",
    "ى": "ی",
    "ك": "ک",
    "ة": "ه",  # hazm leaves it
    "ۀ": "هٔ",  # the ezafe stays, in two characters as the Persian standard has it
    "ۂ": "هٔ",
    "ہ": "ه",
    "ھ": "ه",
    "ە": "ه",
    "ٱ": "ا",
}
_HAMZA = "\u0654"
# A letter and a mark that are one letter in Persian.
_COMPOSED = {
    "ا\u0653": "آ",
    "ا\u0654": "أ",
    "ا\u0655": "إ",
    "و\u0654": "ؤ",
    "ی\u0654": "ئ",
    "ه\u0654": "هٔ",
}
# What writers, old programs and old keyboards put in for a half-space between two Arabic letters:
# ZWNJ itself, zero width space, right-to-left mark alone, Word's "optional hyphen" and its
# look-alike (Persian divides no words), and the joiner, which does nothing between two letters.
_HALF_SPACE_SIGNS = f"{HALF_SPACE}\u200b\u200d\u200f\u00ac\u00ad"
_ZERO_WIDTH_JOINER = "\u200d"
# Never seen: bidirectional controls, joiners, soft hyphen, byte order mark, control characters
# (but tab, line feed, page break, and carriage return, which the spaces take care of).
_UNSEEN = (
    f"{HALF_SPACE}\u200b\u200d\u200e\u200f\u061c\u202a-\u202e\u2060-\u2069\u206a-\u206f\ufeff\u00ad"
    "\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f"
)
_PRESENTATION = "\ufb50-\ufdff\ufe80-\ufefc"

_CHARACTERS = re.compile(
    rf"(?P<cluster>[{ARABIC_LETTERS}][{ARABIC_MARKS}{KASHIDA}{_UNSEEN}\u00ac]+)"
    rf"|(?P<letter>(?![{PERSIAN_LETTERS}])[{ARABIC_LETTERS}{_PRESENTATION}])"
    rf"|(?P<digit>[\u0660-\u0669])"
    rf"|(?P<unseen>[{ARABIC_MARKS}{KASHIDA}{_UNSEEN}]+)"
)
_WORD_CHARACTER = re.compile(f"[{ARABIC_LETTERS}{LATIN_LETTERS}0-9\u06f0-\u06f9]")
_ARABIC_LETTER = re.compile(f"[{ARABIC_LETTERS}]")


def character_edits(text: str) -> Iterator[Edit]:
    """What brings each character of ``text`` to its Persian form.

    Presentation forms are taken apart, letters of other keyboards and Arabic-Indic digits become
    Persian, vowel marks, kashida and unseen characters go; the hamza of the ezafe (نامهٔ) stays. A
    half-space stays where it can be seen, single, whatever sign stood for it.
    """
    for match in _CHARACTERS.finditer(text):
        old = match[0]
        after = text[match.end() : match.end() + 1]
        if match["cluster"]:
            new = _cluster(old)
            if new[-1] not in NON_JOINING and _parts(old[1:], after):
                new += HALF_SPACE
            elif new[-1] == "ه" and _ZERO_WIDTH_JOINER in old and not _ARABIC_LETTER.match(after):
                new += _ZERO_WIDTH_JOINER  # ه‍.ش
        elif match["letter"]:
            new = _letter(old)
        elif match["digit"]:
            new = chr(ord(old) - 0x0660 + 0x06F0)
        else:
            before = text[max(match.start() - 1, 0) : match.start()]
            joint = HALF_SPACE in old and _WORD_CHARACTER.match(before)
            new = HALF_SPACE if joint and _ARABIC_LETTER.match(after) else ""
        kept = 1 if new[:1] == old[0] else 0
        if new != old:
            yield Edit(match.start() + kept, match.end(), new[kept:])


def _parts(signs: str, after: str) -> bool:
    """Whether the signs behind an Arabic letter part it from the character ``after`` them."""
    if not after or not _WORD_CHARACTER.match(after):
        return False
    if HALF_SPACE in signs:
        return True
    if KASHIDA in signs:  # joiners hold the strokes of a letter that is drawn out
        signs = signs.replace(_ZERO_WIDTH_JOINER, "")
    return bool(_ARABIC_LETTER.match(after)) and any(sign in _HALF_SPACE_SIGNS for sign in signs)


@cache
def _cluster(text: str) -> str:
    """A letter with its marks in Persian form, without what is unseen."""
    letters = _letter(text[0])
    marks = sorted(mark for mark in text[1:] if mark in "\u0653\u0654\u0655")
    for mark in marks[:1]:
        letters = letters[:-1] + _COMPOSED.get(letters[-1] + mark, letters[-1])
    return letters


@cache
def _letter(letter: str) -> str:
    """What one character of Arabic script becomes in Persian."""
    if letter in PERSIAN_LETTERS:
        return letter
    if letter in _FOLDED:
        return _FOLDED[letter]
    plain = unicodedata.normalize("NFKC", letter)
    if plain != letter:
        bare = re.sub(f"[{ARABIC_MARKS}{KASHIDA}]", "", plain).strip()
        return "".join(_letter(part) for part in bare)
    if unicodedata.category(letter)[0] != "L":
        return letter
    folded: str = _hazm().normalize(letter)
    return folded if folded in PERSIAN_LETTERS else letter


@cache
def _hazm():  # type: ignore[no-untyped-def]  # hazm has no types  # noqa: ANN202
    """hazm's normaliser with its table of letters and nothing else."""
    from hazm import Normalizer  # seconds to import

    return Normalizer(
        correct_spacing=False,
        remove_diacritics=False,
        remove_specials_chars=False,
        decrease_repeated_chars=False,
        persian_style=False,
        persian_numbers=False,
        unicodes_replacement=False,
        seperate_mi=False,
    )


_QUOTED = re.compile(r"[\"“„]([^\"“„”«»`\n]*)[\"”]")


def quote_edits(text: str) -> Iterator[Edit]:
    """Guillemets for the quotation marks around Persian words on one line."""
    for match in _QUOTED.finditer(text):
        if language_of(match[1]) == "fa":
            yield Edit(match.start(), match.start() + 1, "«")
            yield Edit(match.end() - 1, match.end(), "»")


_LETTER = f"[{PERSIAN_LETTERS}{_HAMZA}]"
_PERSIAN_SIDE = f"[{PERSIAN_LETTERS}{_HAMZA}\u200d۰-۹»)\\]}}…!؟،؛.]"
_SUPERFLUOUS = re.compile(
    rf"(?<={_PERSIAN_SIDE})\ +(?=[،؛:!؟»)\]}}]|\.(?![.A-Za-z0-9]))"
    rf"|(?<=[«(\[{{])\ +(?=[{PERSIAN_LETTERS}۰-۹«(])"
)
_ELLIPSIS = re.compile(rf"(?<={_PERSIAN_SIDE})(?<![.…])(\ ?)\.\.\.(?!\.)")
# Endings that lean on a bracket or a quotation mark: «ماده»ها، طرف(ها)، کشور(ها)ی.
_LEANING = "(?:هایی|های|ها|ای|ی|اند|ام|ات|اش|ست|ان|تر|ترین|م|ند)"
_MISSING = re.compile(
    rf"(?<=[،؛!؟])(?={_LETTER})"
    rf"|(?<={_LETTER}{_LETTER}[.:])(?={_LETTER}{_LETTER})"
    rf"|(?<=[»)\]}}])(?={_LETTER})(?!{_LEANING}(?!{_LETTER}))"
    rf"|(?<={_LETTER})(?=[«(\[{{])(?!\({_LEANING}\))"
    rf"|(?<={_LETTER}{_LETTER})(?=[۰-۹])"
    rf"|(?<=[۰-۹])(?={_LETTER}{_LETTER})(?!(?:ام|امین|مین)(?!{_LETTER}))"
)


def superfluous_space_edits(text: str) -> Iterator[Edit]:
    """Spaces before closing punctuation and behind opening brackets go, beside Persian only."""
    for match in _SUPERFLUOUS.finditer(text):
        yield Edit(match.start(), match.end(), "")


def ellipsis_edits(text: str) -> Iterator[Edit]:
    """Three stops behind Persian become one character."""
    for match in _ELLIPSIS.finditer(text):
        yield Edit(match.end(1), match.end(), "…")


def missing_space_edits(text: str) -> Iterator[Edit]:
    """Spaces behind closing punctuation, before opening brackets, between letters and digits."""
    for match in _MISSING.finditer(text):
        yield Edit(match.start(), match.start(), " ")
