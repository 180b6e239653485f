"""The numbers that word processors and browsers print in front of list items."""

from __future__ import annotations

from collections.abc import Callable

_LATIN = "abcdefghijklmnopqrstuvwxyz"
# The order of letters that legal Persian and Arabic count with (الف، ب، ج، د).
_ABJAD = "أبجدهوزحطيكلمنسعفصقرشتثخذضظغ"
# The order of the Arabic dictionary.
_ALPHA = "أبتثجحخدذرزسشصضطظعغفقكلمنهوي"
_HEBREW = "אבגדהוזחטיכלמנסעפצקרשת"
_RUSSIAN = "абвгдежзиклмнопрстуфхцчшщыэюя"
_ROMAN = (
    (1000, "m"),
    (900, "cm"),
    (500, "d"),
    (400, "cd"),
    (100, "c"),
    (90, "xc"),
    (50, "l"),
    (40, "xl"),
    (10, "x"),
    (9, "ix"),
    (5, "v"),
    (4, "iv"),
    (1, "i"),
)
_MAX_ROMAN = 3999
_MAX_LETTERS = 780  # Word's last letter number; beyond it, digits
_UNITS = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen
"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}


def digits(number: int, zero: str) -> str:
    """A number in the digits that follow ``zero``.

    >>> digits(1402, "۰")
    '۱۴۰۲'
    """
    return "".join(chr(ord(zero) + int(digit)) for digit in str(number))


def letters(number: int, alphabet: str = _LATIN) -> str:
    """The letter of a number; after the last letter Word doubles and trebles them.

    >>> letters(3), letters(28)
    ('c', 'bb')
    """
    if not 1 <= number <= _MAX_LETTERS:
        return str(number)
    times, place = divmod(number - 1, len(alphabet))
    return alphabet[place] * (times + 1)


def roman(number: int) -> str:
    """A number in small Roman letters.

    >>> roman(14), roman(1999)
    ('xiv', 'mcmxcix')
    """
    if not 1 <= number <= _MAX_ROMAN:
        return str(number)
    parts = []
    for value, sign in _ROMAN:
        times, number = divmod(number, value)
        parts.append(sign * times)
    return "".join(parts)


def ordinal(number: int) -> str:
    """A number as English counts: 1st, 2nd, 11th.

    >>> ordinal(1), ordinal(12), ordinal(22)
    ('1st', '12th', '22nd')
    """
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10)
    return f"{number}{ending or 'th'}"


def cardinal_words(number: int) -> str:
    """A number below 100 in English words.

    >>> cardinal_words(7), cardinal_words(42)
    ('Seven', 'Forty-two')
    """
    if not 0 <= number < 100:
        return str(number)
    if number < 20:
        return _UNITS.split()[number].capitalize()
    tens, units = divmod(number, 10)
    word = _TENS.split()[tens - 2]
    return (word + (f"-{_UNITS.split()[units]}" if units else "")).capitalize()


def ordinal_words(number: int) -> str:
    """An ordinal below 100 in English words.

    >>> ordinal_words(1), ordinal_words(20), ordinal_words(35)
    ('First', 'Twentieth', 'Thirty-fifth')
    """
    if not 0 < number < 100:
        return str(number)
    head, hyphen, last = cardinal_words(number).lower().rpartition("-")
    last = last[:-1] + "ieth" if last.endswith("y") else _ORDINALS.get(last, last + "th")
    return (head + hyphen + last).capitalize()


FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda number: f"{number:02d}",
    "lowerLetter": letters,
    "upperLetter": lambda number: letters(number).upper(),
    "lowerRoman": roman,
    "upperRoman": lambda number: roman(number).upper(),
    "arabicAbjad": lambda number: letters(number, _ABJAD),
    "arabicAlpha": lambda number: letters(number, _ALPHA),
    "hebrew2": lambda number: letters(number, _HEBREW),
    "russianLower": lambda number: letters(number, _RUSSIAN),
    "russianUpper": lambda number: letters(number, _RUSSIAN).upper(),
    "hindiNumbers": lambda number: digits(number, "०"),
    "numberInDash": lambda number: f"- {number} -",
    "ordinal": ordinal,
    "cardinalText": cardinal_words,
    "ordinalText": ordinal_words,
    "none": lambda number: "",
    # What only browsers know: CSS counter styles.
    "persian": lambda number: digits(number, "۰"),
    "arabic-indic": lambda number: digits(number, "٠"),
}
"""How a number is printed, by the names of WordprocessingML and, where it has none, of CSS."""
