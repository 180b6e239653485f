import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmine.text.fold import _IRREGULAR, _PLAIN, fold, fold_key
from textmine.text.letters import HALF_SPACE, LATIN_LETTERS
from textmine.text.normalise import normalise
from textmine.text.persian import character_edits


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("دیپلماسی", "ديپلماسي"),
        ("علی", "على"),
        ("همکاری", "همكاری"),
        ("معاهده", "معاهدة"),
        ("خانه", "خانۀ"),
        ("خانه", "خانهٔ"),
        ("خانه", "خانه‌ی"),
        ("تأسیس", "تاسیس"),
        ("مؤثر", "موثر"),
        ("رئیس", "رییس"),
        ("مسئول", "مسؤول"),
        ("شئون", "شؤون"),
        ("مسئله", "مسأله"),
        ("هیئت", "هیأت"),
        ("هیئت‌های", "هیات‌های"),
        ("اعضاء", "اعضا"),
        ("مُعاهِده", "معاهده"),
        ("ســلام", "سلام"),
        ("ﺍﻃﻼﻋﺎﺕ", "اطلاعات"),
        ("۱۲٣", "123"),
        ("UNESCO", "unesco"),
        ("ﬁle’s", "FILE'S"),
        ("می\u200fشود", "می‌شود"),
    ],
)
def test_spellings_that_are_one(one: str, other: str) -> None:
    assert fold(one).text == fold(other).text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("آجر", "اجر"),
        ("قرائت", "قراات"),
        ("ارز", "عرض"),
        ("سفر", "صفر"),
        ("خانه‌یکی", "خانهکی"),
        ("شهروند", "شهرداری"),
        ("۱۳۹۹", "۱۳۹۸"),
    ],
)
def test_words_that_are_two(one: str, other: str) -> None:
    assert fold_key(one) != fold_key(other)


def test_a_key_has_no_half_spaces() -> None:
    assert fold("می‌شود").text == "می‌شود"
    assert fold_key("می‌شود") == "میشود"


def test_spaced_and_joined_meet_behind_the_normalised_view() -> None:
    keys = {fold_key(normalise(text).text) for text in ("می شود", "میشود", "می‌شود", "مي شود")}
    assert keys == {"میشود"}


@given(st.text(alphabet="آابيیكکة ۀهٔءأؤئلتوها\u200c\u200f\u0640\u064e۱٢3AßİﻻéZ.", max_size=30))
def test_folding_again_changes_nothing_and_places_lead_back(text: str) -> None:
    view = fold(text)
    assert fold(view.text).text == view.text
    for at in range(len(view.text)):
        span = view.original(at, at + 1)
        assert fold_key(text[span.start : span.end]) or view.text[at] == "\u200c"


EVERY_CHARACTER = "".join(map(chr, range(0xD800))) + "".join(map(chr, range(0xE000, 0x10000)))
PLAIN = re.findall(f"[{_PLAIN}]", EVERY_CHARACTER)


def test_what_is_not_asked_about_needs_no_edit() -> None:
    beside = [f"{before}{HALF_SPACE}{after}" for before in ["", *PLAIN] for after in ["", *PLAIN]]
    for text in ["".join(PLAIN), *beside]:
        assert _IRREGULAR.search(text) or not list(character_edits(text)), text
    assert not _IRREGULAR.search("می‌شود، «کتاب‌ها» ۱۲ (Article 5)")
    assert _IRREGULAR.search("می‌ شود")
    assert _IRREGULAR.search("دار‌ها")
    assert _IRREGULAR.search("می‌‌شود")


def test_every_latin_letter_becomes_small() -> None:
    for letter in re.findall(f"[{LATIN_LETTERS}]", EVERY_CHARACTER):
        small = letter.casefold().replace("\u0307", "")
        assert fold(f"x{letter}x").text == f"x{small}x"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("هیئت‌هایی", "هیات‌هایی"),
        ("مسئله‌ها", "مساله‌ها"),
        ("مسئلهک", "مسیلهک"),
        ("قرآئت", "قرآیت"),
        ("شؤون", "شیون"),
        ("رؤیا", "رویا"),
        ("خانه‌ی ما", "خانه ما"),
        ("خانهٔ‌ی ما", "خانه ما"),
        ("خانه‌ئ", "خانه"),
        ("خانه‌یکی", "خانه‌یکی"),
        ("خانه‌ی‌ما", "خانه‌ی‌ما"),
        ("اجزاءء", "اجزا"),
        ("جزء", "جزء"),
        ("Straße ﬁ İ", "strasse fi i"),
    ],
)
def test_what_becomes_of_a_word(text: str, folded: str) -> None:
    assert fold(text).text == folded
