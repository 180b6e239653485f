"""How names of places are compared: one key for all ways of typing a name, one sound for all ways
of spelling it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from textmine.text.fold import fold_key
from textmine.text.letters import ARABIC_LETTERS, ARABIC_MARKS, KASHIDA, LATIN_LETTERS

APOSTROPHES = "'’‘ʻʼ`´"
_MARK = f"[{ARABIC_MARKS}{KASHIDA}\u0300-\u036f]"

ARABIC_WORD = f"(?:[{ARABIC_LETTERS}]{_MARK}*)+"
LATIN_WORD = f"(?:[{LATIN_LETTERS}]{_MARK}*)+(?:[{APOSTROPHES}](?:[{LATIN_LETTERS}]{_MARK}*)+)*"
_WORD = re.compile(f"{ARABIC_WORD}|{LATIN_WORD}")

# Letters that Unicode does not take apart into a plain letter and a mark.
_PLAIN = {
    ord(letter): plain
    for letter, plain in zip(
        "ıłøđðħŋœæþəɓɗ", ("i", "l", "o", "d", "d", "h", "n", "oe", "ae", "th", "a", "b", "d"),
        strict=True,
    )
}  # fmt: skip
# What Persian typing leaves out at will: the sign on the alef, the last hamza.
_LOOSE = {ord("آ"): "ا", ord("ء"): None} | {ord(sign): None for sign in APOSTROPHES}


@lru_cache(maxsize=1 << 16)
def word_key(word: str) -> str:
    """One word as it is compared: letters folded, Latin accents, آ and the last hamza gone.

    >>> word_key("صنعاء"), word_key("آنكارا"), word_key("Brasília"), word_key("Xi’an")
    ('صنعا', 'انکارا', 'brasilia', 'xian')
    """
    key = fold_key(word).translate(_LOOSE)
    if key.isascii():
        return key
    parts = unicodedata.normalize("NFKD", key.translate(_PLAIN))
    if not "a" <= parts[:1] <= "z":
        return key
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def name_key(name: str) -> str:
    """A whole name as it is compared, its words parted by one space, whatever parted them before.

    >>> name_key("St. Petersburg"), name_key("سنت‌پترزبورگ"), name_key("Novi-Sad")
    ('st petersburg', 'سنت پترزبورگ', 'novi sad')
    """
    return " ".join(word_key(word) for word in _WORD.findall(name))


# Sounds: letters of both scripts that stand for each other when a foreign name is written down.
# Vowels, and the letters that Persian uses for them, are spelt too freely to be compared.
_SOUNDS = {
    **dict.fromkeys("بb", "b"),
    **dict.fromkeys("پp", "p"),
    **dict.fromkeys("تطt", "t"),
    **dict.fromkeys("ثسصsc", "s"),
    **dict.fromkeys("جژj", "j"),
    **dict.fromkeys("چ", "č"),
    **dict.fromkeys("حهخh", "h"),
    **dict.fromkeys("دd", "d"),
    **dict.fromkeys("ذزضظz", "z"),
    **dict.fromkeys("رr", "r"),
    **dict.fromkeys("شşș", "š"),
    **dict.fromkeys("غقگکkgqx", "k"),
    **dict.fromkeys("فf", "f"),
    **dict.fromkeys("لl", "l"),
    **dict.fromkeys("مm", "m"),
    **dict.fromkeys("نn", "n"),
    **dict.fromkeys("وvw", "v"),
}
_DIGRAPHS = (("sh", "ش"), ("ch", "چ"), ("kh", "خ"), ("gh", "غ"), ("zh", "ژ"), ("ph", "f"),
             ("ck", "k"), ("ts", "s"), ("th", "t"))  # fmt: skip


def sound(key: str) -> str:
    """The consonants that are heard in a name (a key of ``name_key``), in letters of no script.

    >>> sound(name_key("قازان")) == sound(name_key("Kazan"))
    True
    """
    text = key.replace(" ", "")
    for pair, letter in _DIGRAPHS:
        text = text.replace(pair, letter)
    heard = [_SOUNDS[letter] for letter in text if letter in _SOUNDS]
    return "".join(letter for at, letter in enumerate(heard) if at == 0 or heard[at - 1] != letter)


def sound_alike(one: str, other: str) -> bool:
    """Whether two keys of ``name_key`` can be spellings of one name.

    >>> sound_alike("کیف", "kyiv"), sound_alike("پرتوریا", "tshwane")
    (True, False)
    """
    first, second = sound(one), sound(other)
    if first == second:
        return True
    # و is a consonant in one name and a vowel in the next; f and v stand for each other at ends.
    first, second = (heard.replace("f", "v") for heard in (first, second))
    if first.replace("v", "") == second.replace("v", "") != "":
        return True
    longer = max(len(first), len(second))
    return longer > 3 and distance(first, second) * 4 <= longer


def distance(one: str, other: str) -> int:
    """How many letters must be put in, taken out or changed to make ``other`` of ``one``."""
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, start=1):
        last, row[0] = row[0], at
        for place, its in enumerate(other, start=1):
            last, row[place] = (
                row[place],
                min(row[place] + 1, row[place - 1] + 1, last + (letter != its)),
            )
    return row[-1]
