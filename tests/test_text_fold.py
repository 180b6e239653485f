import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmine.text.fold import fold, fold_key
from textmine.text.normalise import normalise


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
