"""Digits of three systems, and numbers written in digits, words or Roman numerals."""

from __future__ import annotations

import re
import unicodedata

from textmine.text.letters import ARABIC_MARKS, HALF_SPACE

_LATIN = "0123456789"
_PERSIAN = "۰۱۲۳۴۵۶۷۸۹"
_ARABIC_INDIC = "٠١٢٣٤٥٦٧٨٩"

_TO_LATIN = str.maketrans(_PERSIAN + _ARABIC_INDIC, _LATIN * 2)
_TO_PERSIAN = str.maketrans(_LATIN + _ARABIC_INDIC, _PERSIAN * 2)

# Spellings of one letter that number words come in.
_LETTERS = str.maketrans("يىكأإ", "ییکاا")

_PERSIAN_WORDS = {
    "صفر": 0, "یک": 1, "دو": 2, "سه": 3, "چهار": 4, "پنج": 5, "شش": 6, "شیش": 6, "هفت": 7,
    "هشت": 8, "نه": 9, "ده": 10, "یازده": 11, "دوازده": 12, "سیزده": 13, "چهارده": 14,
    "پانزده": 15, "پانزه": 15, "شانزده": 16, "هفده": 17, "هیفده": 17, "هجده": 18, "هیجده": 18,
    "هژده": 18, "نوزده": 19, "بیست": 20, "سی": 30, "چهل": 40, "پنجاه": 50, "شصت": 60,
    "هفتاد": 70, "هشتاد": 80, "نود": 90, "صد": 100, "یکصد": 100, "دویست": 200, "سیصد": 300,
    "چهارصد": 400, "پانصد": 500, "ششصد": 600, "هفتصد": 700, "هشتصد": 800, "نهصد": 900,
    "هزار": 1000, "یکهزار": 1000, "میلیون": 10**6, "میلیارد": 10**9,
}  # fmt: skip
# Ordinals that are not the cardinal with "م".
_PERSIAN_ORDINALS = {
    "اول": 1, "اولین": 1, "نخست": 1, "نخستین": 1, "دوم": 2, "دومین": 2, "دویم": 2,
    "سوم": 3, "سومین": 3, "سیوم": 3,
}  # fmt: skip
_PERSIAN_ORDINAL_ENDINGS = ("امین", "مین", "ام", "م")

_ENGLISH_WORDS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13,
    "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18,
    "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50,
    "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100, "thousand": 1000,
    "million": 10**6, "billion": 10**9,
}  # fmt: skip
# Ordinals that are not the cardinal with "th".
_ENGLISH_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fifth": 5, "eighth": 8, "ninth": 9, "twelfth": 12,
    "twentieth": 20, "thirtieth": 30, "fortieth": 40, "fiftieth": 50, "sixtieth": 60,
    "seventieth": 70, "eightieth": 80, "ninetieth": 90,
}  # fmt: skip

_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_ROMAN = re.compile("M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_SMALL_ROMAN = re.compile("[ivx]+")

_DIGITS = re.compile(r"(\d+|\d{1,3}(?:[,٬]\d{3})+) ?(st|nd|rd|th|م|مین|ام|امین)?", re.ASCII)
_MARKS = re.compile(f"[{ARABIC_MARKS}]")
_PARTS = re.compile(f"[\\s{HALF_SPACE}-]+")


def latin_digits(text: str) -> str:
    """``text`` with Persian and Arabic-Indic digits as Latin ones; the length stays.

    >>> latin_digits("ماده ۱۲ و ٣")
    'ماده 12 و 3'
    """
    return text.translate(_TO_LATIN)


def persian_digits(text: str) -> str:
    """``text`` with Latin and Arabic-Indic digits as Persian ones; the length stays.

    >>> persian_digits("ماده 12")
    'ماده ۱۲'
    """
    return text.translate(_TO_PERSIAN)


def parse_number(text: str) -> int | None:
    """The whole number that ``text`` as a whole writes, or None when it writes none.

    Understood are digits of three systems (``۱۲``, ``1,200``, ``21st``, ``۲۱ام``), cardinals and
    ordinals in Persian and English words, and Roman numerals: capitals up to 3999, small letters
    only of i, v and x, because (c) and (d) are letters of a list. Decimals, signs, ranges and
    numbers with other words around them are no number here.

    >>> [parse_number(word) for word in ("۱۲", "بیست و یکم", "نخست", "twenty-first", "XIV")]
    [12, 21, 1, 21, 14]
    >>> parse_number("3.2") is None and parse_number("ماده ۳") is None
    True
    """
    plain = unicodedata.normalize("NFKC", latin_digits(text)).strip()
    digits = _DIGITS.fullmatch(plain.replace(HALF_SPACE, " "))
    if digits:
        return int(re.sub("[,٬]", "", digits[1]))
    if plain and (plain.isupper() or _SMALL_ROMAN.fullmatch(plain)):
        roman = _roman(plain.upper())
        if roman is not None:
            return roman
    parts = [part for part in _PARTS.split(_MARKS.sub("", plain.casefold())) if part]
    values = _english(parts) or _persian([part.translate(_LETTERS) for part in parts])
    return _sum(values) if values else None


def _roman(text: str) -> int | None:
    if not _ROMAN.fullmatch(text):
        return None
    values = [_ROMAN_VALUES[letter] for letter in text]
    following = [*values[1:], 0]
    return sum(
        -value if value < after else value for value, after in zip(values, following, strict=True)
    )


def _english(parts: list[str]) -> list[int]:
    """Values of English number words; empty when one is none. Only the last may be an ordinal."""
    values: list[int] = []
    for place, part in enumerate(parts):
        last = place == len(parts) - 1
        if part == "and" and values and not last:
            continue
        value = _ENGLISH_WORDS.get(part)
        if value is None and last:
            value = _ENGLISH_ORDINALS.get(part, _ENGLISH_WORDS.get(part.removesuffix("th")))
        if value is None:
            return []
        values.append(value)
    return values


def _persian(parts: list[str]) -> list[int]:
    """Values of Persian number words; empty when one is none. Only the last may be an ordinal."""
    if len(parts) > 1 and parts[-1] in ("ام", "امین", "م", "مین"):
        parts = [*parts[:-2], parts[-2] + parts[-1]]
    values: list[int] = []
    for place, part in enumerate(parts):
        last = place == len(parts) - 1
        if part == "و" and values and not last:
            continue
        value = _persian_word(part, last)
        if value is None and part.startswith("و") and values:
            value = _persian_word(part[1:], last)
        if value is None:
            return []
        values.append(value)
    return values


def _persian_word(word: str, last: bool) -> int | None:
    if word in _PERSIAN_WORDS:
        return _PERSIAN_WORDS[word]
    if not last:
        return None
    if word in _PERSIAN_ORDINALS:
        return _PERSIAN_ORDINALS[word]
    for ending in _PERSIAN_ORDINAL_ENDINGS:
        cardinal = word.removesuffix(ending)
        if cardinal != word and cardinal in _PERSIAN_WORDS:
            return _PERSIAN_WORDS[cardinal]
    return None


def _sum(values: list[int]) -> int | None:
    """The number that number words in this order make; None when the order makes none."""
    total = group = 0
    room, ceiling = 1000, 10**12  # what may be added next must be smaller than these
    for value in values:
        if value >= 1000:
            if value >= ceiling:
                return None
            total += (group or 1) * value
            group, room, ceiling = 0, 1000, value
        elif value == 100 and 1 <= group < 10:
            group, room = group * 100, 100
        elif value < room:
            group += value
            room = 100 if value >= 100 else 10 if value >= 20 else 1
        else:
            return None
    return total + group
