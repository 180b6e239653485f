"""Signs that the words of a Persian page stand out of order, and healthy text beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

from textmine.records import Line, Page, Verdict
from textmine.sources import read
from textmine.text.disorder import (
    MAX_DISPLACED,
    MAX_TURNED,
    begins_displaced,
    disorder,
    judged,
    turned_words,
)

HEALTHY = "شهرداری هر سال برنامه تازه‌ای برای همکاری با شهرهای دیگر می‌نویسد."
DISPLACED = "های تازه برای همکاری با شهرهای دیگر جهان برنامه"
GOOD = Verdict("good")
TURNED = "یکی از هایبرنامه یشهر و یفرهنگ در سال گذشته .است"


def page(*rows: str, verdict: Verdict = GOOD) -> Page:
    """A page with one line for each row."""
    lines = []
    start = 0
    for row in rows:
        lines.append(Line(start, start + len(row)))
        start += len(row) + 1
    return Page(1, "\n".join(rows), tuple(lines), verdict)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("های مردم در خیابان", True),
        ("  المللی و دیگر نهادها", True),
        ("هايي که در شهر ماند", True),  # Arabic letters
        ("هـای مردم", True),  # stretched
        ("ها، که آمدند", True),
        ("هایدگر در این کتاب", False),
        ("هایتی و دیگر کشورها", False),
        ("هاله و های‌وهوی شهر", False),
        ("- های مردم", False),  # behind a dash or a number something else is meant
        ("کند و به راه خود ادامه دهد", False),  # a wrapped line may well begin with its verb
        ("می‌شود", False),
        ("", False),
    ],
)
def test_a_line_begins_with_the_ending_of_another_word(line: str, expected: bool) -> None:
    assert begins_displaced(line) is expected


@pytest.mark.parametrize("word", ["یشهر", "یفرهنگ", "يشهر", "هایبرنامه", "المللیبین", "شودمی"])
def test_a_turned_word(word: str) -> None:
    assert turned_words(f"این {word} است") == 1


@pytest.mark.parametrize(
    "word",
    ["یکی", "یافته‌های", "یادداشت", "یونسکو", "یهودیان", "یزد", "یعنی", "ییلاق", "یمن", "یخچال",
     "یقین", "یگانه", "یورو", "یلدا", "یسنا", "یتیم", "هایشان", "هایدگر", "هایپر", "می‌شود",
     "قدیمی", "آدمی", "مردمی", "یا"],
)  # fmt: skip
def test_a_right_word_that_looks_like_one(word: str) -> None:
    assert turned_words(f"این {word} است") == 0


def test_a_page_with_displaced_endings_is_suspect() -> None:
    found = judged(page(*[HEALTHY] * 20, *[DISPLACED] * 10)).verdict
    assert found.state == "suspect"
    assert "10 of 30 lines begin with the ending of another word" in found.reason
    assert found.figures["lines_displaced"] == 10


def test_a_page_with_turned_words_is_suspect() -> None:
    found = judged(page(*[HEALTHY] * 20, *[TURNED] * 4)).verdict
    assert found.state == "suspect"
    assert "16 of" in found.reason
    assert "at the wrong end" in found.reason
    assert found.figures["words_turned"] == 16


@pytest.mark.parametrize(
    "rows",
    [
        [HEALTHY] * 40,
        [*[HEALTHY] * 40, *[DISPLACED] * 4],  # below the share
        [HEALTHY, *[DISPLACED] * 4],  # too few to prove anything
        [HEALTHY, TURNED],
        ["های شهر", "المللی"] * 20,  # cells of a table
        [HEALTHY.replace("\u200c", " ")] * 40,
        ["يجوز لكل من الطرفين أن يعدل الاتفاق كما يجب"] * 10,  # Arabic
        ["The cities shall meet .NET or not, and so on, every year."] * 10,
        [],
    ],
)
def test_a_healthy_page_stays_as_it_is(rows: list[str]) -> None:
    before = page(*rows)
    assert judged(before) is before


def test_shares_are_told_at_the_limit() -> None:
    few = round(100 * MAX_DISPLACED)
    assert disorder([HEALTHY] * (100 - few) + [DISPLACED] * few).reason
    assert not disorder([HEALTHY] * (101 - few) + [DISPLACED] * (few - 1)).reason
    words = " ".join(["شهر"] * 94)
    assert disorder([f"{words} {'یشهر ' * 6}"]).turned == 6 > 100 * MAX_TURNED
    assert disorder([f"{words} {'یشهر ' * 6}"]).reason
    assert not disorder([f"{words} {words} {words} {'یشهر ' * 6}"]).reason


def test_figures_are_added_and_a_worse_verdict_stays() -> None:
    repaired = Verdict("repaired", "2 brackets were turned round.", {"brackets_turned": 2})
    found = judged(page(*[DISPLACED] * 10, verdict=repaired)).verdict
    assert (found.state, found.figures["brackets_turned"]) == ("suspect", 2)
    doubtful = page(*[DISPLACED] * 10, verdict=Verdict("suspect", "Glyphs are missing."))
    assert judged(doubtful) is doubtful


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html"])
def test_every_reader_gives_the_verdict(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    rows = [f"<p>{DISPLACED}</p>" if name.endswith("html") else DISPLACED] * 10
    file.write_text("\n\n".join(rows), encoding="utf-8")
    (only,) = read(file).pages
    assert only.verdict.state == "suspect"
    if name == "a.txt":
        file.write_text("\n".join([HEALTHY] * 10) + "\f" + "\n".join(rows), encoding="utf-8")
        assert [each.verdict.state for each in read(file).pages] == ["good", "suspect"]


def test_lines_that_end_with_the_beginning_of_a_verb_count_beside_displaced_endings() -> None:
    cut = "در این سال شهرداری برنامه تازه اجرا می"
    assert disorder([HEALTHY] * 24 + [cut] * 6).reason == ""
    found = disorder([HEALTHY] * 23 + [cut] * 4 + [DISPLACED] * 3)
    assert (found.displaced, found.cut) == (3, 4)
    assert "4 end with the beginning of one" in found.reason
