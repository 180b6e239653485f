"""What reading the shipped PDFs must reach, file by file and in the mean. Floors only go up.

The rules of the score are in pdf_scoring.py, which is tested here too; what the files are and how
they were made is told in data/pdf/README.md. When reading gets better, raise the floors.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pdf_scoring import (
    Score,
    Truth,
    distance,
    f1,
    flat,
    likeness,
    longest_rising,
    read_truth,
    score,
)

from textmine.sources import read

FOLDER = Path(__file__).parent / "data" / "pdf"
FILES = sorted(FOLDER.glob("*.pdf"))


class Floor(NamedTuple):
    """Error rates may not be above, the other shares not below."""

    characters: float = 0.0
    words: float = 0.0
    half_spaces: float = 1.0
    digits: float = 1.0
    numbers: float = 1.0
    order: float = 1.0


# Only go up: a smaller error rate, a greater share. What stands nowhere else is perfect.
FLOORS = {
    "chromium_vazirmatn_threecol": Floor(characters=0.003, words=0.013),
    "gs-libreoffice_amiri_agreement": Floor(characters=0.001, words=0.013),
    "lualatex_amiri_lists": Floor(characters=0.007, words=0.012),
    "typst_notonaskh_short": Floor(characters=0.078, words=0.055, order=0.97),
    "weasyprint_notonaskh_lists": Floor(half_spaces=0.8),
    "xelatex_amiri_article": Floor(characters=0.002, words=0.015),
    "mean": Floor(characters=0.007, words=0.008, half_spaces=0.985, order=0.998),
}


@cache
def scored(name: str) -> Score:
    pdf = FOLDER / f"{name}.pdf"
    text = "\n".join(page.text for page in read(pdf).pages)
    return score(read_truth(pdf), text)


def below(found: Score, floor: Floor) -> list[str]:
    """What falls short of the floor."""
    short = [
        f"{field} error rate {value:.4f}, at most {most}"
        for field, value, most in (
            ("character", found.characters, floor.characters),
            ("word", found.words, floor.words),
        )
        if value > most
    ]
    return short + [
        f"{field} {value:.4f}, at least {least}"
        for field, value, least in (
            ("half-spaces", found.half_spaces, floor.half_spaces),
            ("digits", found.digits, floor.digits),
            ("numbers", found.numbers, floor.numbers),
            ("order", found.order, floor.order),
        )
        if value is not None and value < least
    ]


@pytest.mark.parametrize("name", [pdf.stem for pdf in FILES])
def test_each_file_reaches_its_floor(name):
    assert below(scored(name), FLOORS.get(name, Floor())) == []


def test_the_mean_reaches_its_floor():
    scores = [scored(pdf.stem) for pdf in FILES]
    means = (
        fmean(value for value in column if value is not None)
        for column in zip(*(one[:6] for one in scores), strict=True)
    )
    assert below(Score(*means, furniture=0), FLOORS["mean"]) == []


def test_every_floor_is_of_a_file_and_every_file_has_its_truth():
    assert FLOORS.keys() <= {"mean", *(pdf.stem for pdf in FILES)}
    assert {file.stem.removesuffix(".gt") for file in FOLDER.glob("*.json")} == {
        pdf.stem for pdf in FILES
    }
    assert sum(pdf.stat().st_size for pdf in FILES) < 700_000


# The rules of the score.


def truth(*blocks: str, **known) -> Truth:
    orders = known.pop("orders", (blocks,))
    known = {"kind": "article", "head": "", "page_numbers": False, "pages": 2} | known
    return Truth(orders=orders, persian=True, **known)


@pytest.mark.parametrize(
    ("first", "second", "edits"),
    [
        ("", "", 0),
        ("", "کتاب", 4),
        ("کتاب", "", 4),
        ("کتاب", "کتاب", 0),
        ("kitten", "sitting", 3),
        ("flaw", "lawn", 2),
        (["دو", "شهر"], ["شهر", "دو"], 2),
        (["the", "a", "city"], ["a", "city"], 1),
    ],
)
def test_distance_counts_edits(first, second, edits):
    assert distance(first, second) == edits


@given(st.text("ابپ ", max_size=12), st.text("ابپ ", max_size=12))
def test_distance_is_that_of_the_plain_table(first, second):
    row = list(range(len(second) + 1))
    for at, letter in enumerate(first, 1):
        above, row[0] = row[0], at
        for to, other in enumerate(second, 1):
            above, row[to] = row[to], min(above + (letter != other), row[to] + 1, row[to - 1] + 1)
    assert distance(first, second) == row[-1]


@pytest.mark.parametrize(
    ("first", "second", "share"),
    [("abcd", "abcd", 1.0), ("", "", 1.0), ("", "a", 0.0), ("abcd", "acbd", 0.75), ("ab", "cd", 0)],
)
def test_likeness_is_the_share_of_the_common_subsequence(first, second, share):
    assert likeness(first, second) == share


@pytest.mark.parametrize(
    ("row", "length"), [([], 0), ([3], 1), ([1, 2, 3], 3), ([3, 1, 2], 2), ([2, 2, 1], 1)]
)
def test_longest_rising(row, length):
    assert longest_rising(row) == length


def test_f1_counts_what_both_have():
    assert f1(["۱", "۲", "۲"], ["۲", "۲", "۳"]) == pytest.approx(2 / 3)
    assert f1(["a"], []) == 0.0


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("كتابي", "کتابی"),
        ("ﻛﺘﺎﺏ", "کتاب"),
        ("کـــتاب", "کتاب"),
        ("۱۳۹۸ ١٣٩٨", "1398 1398"),
        ("می\u200cشود", "میشود"),
        ("ملّت", "ملت"),
        ("دو\n  شهر\u200f ", "دو شهر"),
    ],
)
def test_flat_folds_what_typesetting_leaves_open(written, same):
    assert flat(written) == flat(same)


def test_flat_keeps_vowels_and_the_hamza_of_ezafe():
    assert flat("بُعد") != flat("بعد")
    assert flat("نامهٔ") != flat("نامه")


def test_a_right_text_has_no_errors():
    text = "ماده ۱. طرف\u200cها ۱۲٫۵٪ از بودجه را تا ۶۱-۷۲ روز می\u200cپردازند و گزارش می\u200cدهند"
    assert score(truth(text), text) == (0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0)


def test_a_text_without_half_spaces_loses_them_alone():
    text = "طرف\u200cها هر سال گزارش می\u200cدهند و نامه می\u200cنویسند به یکدیگر"
    found = score(truth(text), text.replace("\u200c", ""))
    assert (found.characters, found.words, found.half_spaces) == (0.0, 0.0, 0.0)


def test_a_number_turned_at_its_separator_is_lost_as_a_number_only():
    found = score(truth("صفحه ۶۱-۷۲ و سهم ۱۲٫۵ درصد است"), "صفحه ۷۲-۶۱ و سهم ۱۲٫۵ درصد است")
    assert (found.digits, found.numbers) == (1.0, 0.5)


def test_running_heads_and_page_numbers_are_set_aside():
    known = truth("متن یک صفحه بیش نیست", head="نامهٔ شهر، شمارهٔ ۳", page_numbers=True)
    found = score(known, "نامهٔ شهر، شماره ۳\nمتن یک صفحه بیش نیست\n۲")
    assert (found.characters, found.furniture) == (0.0, 2)
    assert score(known, "متن یک صفحه بیش نیست\n۳").furniture == 0  # the document has two pages


def test_the_nearest_of_the_orders_counts():
    known = truth(orders=(("الف ب پ", "a b c"), ("a b c", "الف ب پ")))
    assert score(known, "a b c\nالف ب پ").characters == 0.0


def test_words_out_of_order_lower_the_order():
    words = "یکم دوم سوم چهارم پنجم ششم هفتم هشتم"
    turned = " ".join(reversed(words.split()))
    assert score(truth(words), turned).order == pytest.approx(1 / 8)


def test_read_truth_gives_the_orders_of_facing_columns_and_footnotes(tmp_path):
    blocks = [
        {"kind": "fa", "text": "الف"},
        {"kind": "en", "text": "a"},
        {"kind": "fa", "text": "ب"},
        {"kind": "en", "text": "b"},
    ]
    known = {"doc": "bilingual", "dir": "bi", "header": None, "page_numbers": False, "npages": 1}
    (tmp_path / "x.gt.json").write_text(json.dumps({**known, "blocks": blocks}), encoding="utf-8")
    orders = read_truth(tmp_path / "x.pdf").orders
    assert ("الف", "ب", "a", "b") in orders
    assert ("الف", "a", "ب", "b") in orders
    notes = [
        {"kind": "p", "text": "یک"},
        {"kind": "footnote", "text": "۱ note"},
        {"kind": "p", "text": "دو"},
    ]
    known = {**known, "dir": "rtl", "blocks": notes}
    (tmp_path / "y.gt.json").write_text(json.dumps(known), encoding="utf-8")
    assert read_truth(tmp_path / "y.pdf").orders == (
        ("یک", "۱ note", "دو"),
        ("یک", "دو", "۱ note"),
    )


# The benchmark, which scores by these rules.


@pytest.fixture(scope="module")
def measure_pdf():
    path = Path(__file__).parents[1] / "scripts" / "measure_pdf"
    loader = SourceFileLoader("measure_pdf", str(path))
    module = module_from_spec(spec_from_loader("measure_pdf", loader))
    loader.exec_module(module)
    return module


def test_a_tool_that_fails_counts_as_an_empty_text_and_is_named(measure_pdf):
    def fails(pdf: Path) -> str:
        raise ValueError("no text")

    perfect = measure_pdf.Tool(
        "pdfplumber", lambda pdf: "\n".join(read_truth(pdf).orders[0]), (), ""
    )
    failing = measure_pdf.Tool("broken", fails, (), "")
    figures = measure_pdf.over_files(FILES[:2], [perfect, failing], {"other": "pip install it"}, 1)
    assert figures["tools"]["pdfplumber"]["characters"] == 0.0
    assert figures["tools"]["broken"]["characters"] == 1.0
    assert figures["failed"][0] == f"broken on {FILES[0].stem}: ValueError: no text"
    text = measure_pdf.table(figures)
    assert "Not installed: other (pip install it)." in text
    assert "| pdfplumber | 2 | 0.000 |" in text


def test_a_table_goes_between_its_marks_and_the_rest_stays(measure_pdf, tmp_path):
    page = tmp_path / "pdf.md"
    page.write_text("before\n<!-- measured: a -->\nold\n<!-- end -->\nafter <!-- end -->\n")
    measure_pdf.keep(tmp_path, "a", {"x": 1}, "new")
    assert page.read_text() == (
        "before\n<!-- measured: a -->\n\nnew\n\n<!-- end -->\nafter <!-- end -->\n"
    )
    assert json.loads((tmp_path / "pdf.json").read_text()) == {"a": {"x": 1}}
    with pytest.raises(SystemExit, match="has no <!-- measured: b -->"):
        measure_pdf.keep(tmp_path, "b", {}, "new")
