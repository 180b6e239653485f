import pytest

from textmine.text.digits import latin_digits, parse_number, persian_digits
from textmine.text.language import language_of


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("۱۲", 12),
        ("١٢", 12),
        ("1,200", 1200),
        ("۱٬۲۰۰", 1200),
        ("21st", 21),
        ("۲۱ام", 21),
        ("۲۱‌ام", 21),
        ("یک", 1),
        ("اول", 1),
        ("نخست", 1),
        ("يكم", 1),
        ("سوم", 3),
        ("یازدهم", 11),
        ("چهارمین", 4),
        ("بیست و یکم", 21),
        ("بیست‌ویکم", 21),
        ("سی‌ام", 30),
        ("سی ام", 30),
        ("یکصد و بیست و سوم", 123),
        ("صدم", 100),
        ("هزار و سیصد و نود و هفت", 1397),
        ("سه میلیون و دویست هزار و پنج", 3_200_005),
        ("صفر", 0),
        ("one", 1),
        ("First", 1),
        ("twenty-first", 21),
        ("one hundred and fifth", 105),
        ("two thousand and eighteen", 2018),
        ("ninth", 9),
        ("zero", 0),
        ("XIV", 14),
        ("MCMXCVIII", 1998),
        ("iv", 4),
        ("Ⅳ", 4),
    ],
)
def test_number_is_read(text: str, number: int) -> None:
    assert parse_number(text) == number


@pytest.mark.parametrize(
    "text",
    ["", "و", "3.2", "-5", "ماده ۳", "یک دو", "صد هزار هزار", "c", "mix", "IIII", "CIVIL", "1,20",
     "ده و", "the first", "دومینو", "12-14"],
)  # fmt: skip
def test_what_is_no_number_is_none(text: str) -> None:
    assert parse_number(text) is None


def test_every_number_word_is_read_back() -> None:
    units = ["", "یک", "دو", "سه", "چهار", "پنج", "شش", "هفت", "هشت", "نه"]
    tens = {20: "بیست", 30: "سی", 40: "چهل", 50: "پنجاه", 60: "شصت", 70: "هفتاد", 90: "نود"}
    for ten, word in tens.items():
        for unit, name in enumerate(units):
            assert parse_number(f"{word} و {name}" if name else word) == ten + unit


def test_digits_of_three_systems_keep_their_places() -> None:
    assert latin_digits("۰۱۲٣٤٥678") == "012345678"
    assert persian_digits("۰۱۲٣٤٥678") == "۰۱۲۳۴۵۶۷۸"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("دیپلماسی شهری (city diplomacy) در ایران", "fa"),
        ("Article 5 (ماده ۵) of the Agreement", "en"),
        ("ﺍﻃﻼﻋﺎﺕ", "fa"),
        ("العربية", "fa"),  # Arabic script counts as Persian
        ("ab اب", "fa"),  # a tie
        ("12 - ۱۲ !", "und"),
        ("Москва", "und"),
        ("", "und"),
    ],
)
def test_language_is_that_of_most_letters(text: str, language: str) -> None:
    assert language_of(text) == language
