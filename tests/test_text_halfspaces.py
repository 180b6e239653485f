import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textmine.errors import ModelError
from textmine.text import halfspaces
from textmine.text.halfspaces import (
    THRESHOLD,
    Counts,
    HazmRestorer,
    Restorer,
    fold_word,
    restore,
    restored,
    seen,
)
from textmine.text.letters import HALF_SPACE
from textmine.text.normalise import normaliser
from textmine.text.offsets import View
from textmine.text.spellings import COMPOUNDS, SPELLINGS


@pytest.mark.parametrize(
    "spelt",
    [  # a hyphen is a half-space
        "طرفین می-توانند تفاهم-نامه-های تازه امضا کنند",
        "همکاری-های منطقه-ای و بین-المللی",
        "این موضوع نمی-شود",
        "کتابخانه-های دانشگاه-ها",
        "سرمایه-گذاری در زمینه-های علمی",
        "به-عنوان نمونه و به-طور کلی",
        "روابط دوجانبه-ی دو کشور",
        "پیش-نویس موافقت-نامه لازم-الاجرا شد",
        "کلان-شهرها و شهرداری-ها",
        "مهم-ترین ظرفیت-های شهر",
        "گفته-اند که رفته-اند",
        "تعامل-ها و اقدام-های تازه",
        "حمل-ونقل و گفت-وگو",
    ],
)
def test_lost_half_spaces_come_back(spelt: str) -> None:
    right = spelt.replace("-", HALF_SPACE)
    assert restore(spelt.replace("-", "")).text == right
    assert restore(right).text == right


@pytest.mark.parametrize(
    ("spaced", "spelt"),
    [
        ("می تواند", "می-تواند"),
        ("نمی شود", "نمی-شود"),
        ("شهر ها", "شهرها"),  # the half-space could not be seen
        ("کتاب های تازه", "کتاب-های تازه"),
        ("بزرگ ترین شهر", "بزرگ-ترین شهر"),
        ("هیئت مدیره", "هیئت-مدیره"),
        ("راه حل های تازه", "راه-حل-های تازه"),
        ("نشست سه جانبه و پنج ساله", "نشست سه-جانبه و پنج-ساله"),
        ("مدیر عامل و کار گروه", "مدیرعامل و کارگروه"),  # could not be seen either
        ("غیر دولتی و دو جانبه", "غیردولتی و دوجانبه"),
        ("خواهر خواندگی دو شهر", "خواهرخواندگی دو شهر"),
    ],
)
def test_spaces_that_were_half_spaces(spaced: str, spelt: str) -> None:
    assert restore(spaced).text == spelt.replace("-", HALF_SPACE)


@pytest.mark.parametrize(
    "text",
    [
        "بندهای این موافقت",  # not بنده‌ای
        "تعهدهای طرفین",
        "میز و میان و میدان و میوه",
        "تنها ایران و تهران و استان",
        "همکاری و همراه و هماهنگ",
        "خواهرخواندگی شهرها",
        "ماه می سال ۲۰۱۸",
        "بها و رها و آنها",
        "Article 5 (a) می",
        "برجام و بیشکک",
        "ماه می سال بعد",  # not می‌سال
        "آنها و اینها",
        "بهسازی شهری",
        "شیر از بازار خرید",  # not شیراز
        "ما در شهر بودیم",  # not مادر
        "باز شدن در",
        "به جنبش پیوسته است",
        "میگوی چالشتر",
        "سه شهر و پنج کشور",
        "به عنوان نمونه",  # right with a space and with a half-space
        "",
    ],
)
def test_right_text_stays(text: str) -> None:
    assert restore(text).text == text


def test_marks_and_places_stay() -> None:
    text = "كتابهايِ ما"
    view = restore(text)
    assert view.text == "كتاب‌هايِ ما"
    assert view.to_json_map() == [0, 1, 2, 3, 4, 4, 5, 6, 7, 8, 9, 10, 11]


WORDS = st.sampled_from(
    ["می", "نمی", "شود", "ها", "های", "کتاب", "شهر", "بند", "بنده", "ای", "تر", "ترین", "نامه",
     "تفاهم", "به", "طور", "هر", "حال", "خانه", "ام", "اند", "گفته", "ۀ", "ِ", "\u200c", " ", " ",
     *list(SPELLINGS)[:12]]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=14).map("".join))
def test_only_gaps_change_and_only_once(text: str) -> None:
    view = restore(text)
    assert restore(view.text).text == view.text
    gaps = str.maketrans("", "", f" {HALF_SPACE}")
    assert view.text.translate(gaps) == text.translate(gaps)


def test_known_spellings_are_final() -> None:
    for letters in SPELLINGS:
        assert restore(restore(letters).text).text == restore(letters).text


def test_a_hand_made_model_does_what_its_weights_say() -> None:
    counts = Counts(words={"ابب": 3, "تت": 3}, after={"تت": 2})
    inside = {"": -2.0, "right تت": 5.0}
    gap = {"": -1.0, "right تت": 4.0}
    restorer = Restorer(counts, inside, gap)
    found = list(restorer.restored("ابببتت ابب تت"))
    assert [tuple(edit) for edit, _ in found] == [(4, 4, HALF_SPACE), (10, 11, HALF_SPACE)]
    assert [confidence for _, confidence in found] == [0.9526, 0.9526]  # of 3, on the logit scale
    restorer.forget()
    assert list(restorer.restored("ابببتت ابب تت")) == found


def test_what_is_written_can_be_read(tmp_path: Path) -> None:
    counts = Counts(
        words={"اب": 3, "بت": 3},
        splits={("اببت", 2): 1},
        pairs={("اب", "بت"): 2},
        before={"اب": 1},
        after={"بت": 1},
        kinds={"اب": "n", "بت": "v"},
    )
    restorer = Restorer(counts, {"": -1.0, "right بت": 2.5}, {"": -2.0})
    file = tmp_path / "weights.json.gz"
    file.write_bytes(gzip.compress(json.dumps(restorer.to_json()).encode()))
    again = Restorer.read(file)
    assert again.counts == counts
    assert (again.inside, again.gap) == (restorer.inside, restorer.gap)


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"no gzip", "cannot be read"), (gzip.compress(b"{", mtime=0), "cannot be read"),
     (gzip.compress(b'{"format": 0}', mtime=0), "of format 0")],
)  # fmt: skip
def test_foreign_weights_are_refused(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "weights.json.gz"
    file.write_bytes(content)
    with pytest.raises(ModelError, match=message):
        Restorer.read(file)


def test_words_are_folded_and_unseen_half_spaces_left_out() -> None:
    assert fold_word("مسؤولِ") == "مسوول"
    assert seen(f"کار{HALF_SPACE}ها{HALF_SPACE}یی") == "کارهایی"


def test_what_is_restored_has_a_confidence() -> None:
    found = restored("میشود و به طور بیماریهای راه حل")
    assert [edit.replacement for edit, _ in found] == [HALF_SPACE] * 3
    assert all(THRESHOLD < confidence <= 1 for _, confidence in found)
    assert found[-1].confidence == 1  # a spelling of the table


def test_compounds_are_joined_for_good() -> None:
    for left, right in COMPOUNDS:
        once = restore(f"{left} {right}").text
        assert " " not in once
        assert restore(once).text == once


HAZM_KNOWS = st.sampled_from(
    ["می", "نمی", "شود", "ها", "های", "کتاب", "شهر", "گفته", "اند", "تر", " ", " ", HALF_SPACE, "a"]
)


@settings(max_examples=30, deadline=None)
@given(st.lists(HAZM_KNOWS, max_size=10).map("".join))
def test_without_weights_hazm_restores_and_only_once(text: str) -> None:
    restorer = HazmRestorer()

    def mended(text: str) -> str:
        return View.edited(text, (found.edit for found in restorer.restored(text))).text

    once = mended(text)
    assert mended(once) == once
    gaps = str.maketrans("", "", f" {HALF_SPACE}")
    assert once.translate(gaps) == text.translate(gaps)


def test_absent_weights_are_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(halfspaces, "weights_file", lambda: tmp_path / "none.json.gz")
    halfspaces.shipped_restorer.cache_clear()
    normaliser.cache_clear()
    try:
        with pytest.warns(UserWarning, match="no half-space weights"):
            view = restore("می شود: کتاب های تازه، شهر ها")
        assert view.text == "می-شود: کتاب-های تازه، شهرها".replace("-", HALF_SPACE)
        assert "hazm" in normaliser()
    finally:
        halfspaces.shipped_restorer.cache_clear()
        normaliser.cache_clear()
