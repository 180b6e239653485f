import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textmine.errors import ModelError
from textmine.text.halfspaces import Counts, Restorer, fold_word, restore, seen
from textmine.text.letters import HALF_SPACE
from textmine.text.spellings import SPELLINGS


@pytest.mark.parametrize(
    "spelt",
    [  # a hyphen is a half-space
        "طرفین می-توانند تفاهم-نامه-های تازه امضا کنند",
        "همکاری-های منطقه-ای و بین-المللی",
        "این موضوع نمی-شود",
        "کتابخانه-های دانشگاه-ها",
        "سرمایه-گذاری در زمینه-های علمی",
        "به-عنوان نمونه و به-طور کلی",
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
    assert [tuple(edit) for edit in restorer.edits("ابببتت ابب تت")] == [
        (4, 4, HALF_SPACE),
        (10, 11, HALF_SPACE),
    ]


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
