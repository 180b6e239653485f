"""Words that are none give a wrongly named text layer away."""

from __future__ import annotations

import pytest

from textmine.records import Line, Page, Verdict
from textmine.text.credible import MIN_WORDS, weighed, words_of

PERSIAN = (
    "طرف‌ها برای گسترش روابط فرهنگی و اقتصادی میان دو شهر کوشش می‌کنند\n"
    "شهرداری‌ها هر سال برنامه‌های مشترک آموزشی و هنری برگزار خواهند کرد\n"
    "هزینه سفر هیئت‌ها بر عهده طرف فرستنده و پذیرایی با طرف میزبان است\n"
    "این یادداشت تفاهم از تاریخ امضا به مدت پنج سال معتبر خواهد بود\n"
)
ARABIC = "يلتزم الطرفان في هذا المجال من أجل تعزيز التعاون على أساس المساواة بين المدينتين\n" * 6
GOOD = Verdict("good")
# The letters of one font read with the table of another.
GARBLED = PERSIAN.translate(str.maketrans("ابتدرسنمهیوک", "ژحصگثضپظعخذچ"))


def page(text: str, verdict: Verdict = GOOD) -> Page:
    lines, start = [], 0
    for line in text.splitlines():
        lines.append(Line(start, start + len(line)))
        start += len(line) + 1
    return Page(1, text, tuple(lines), verdict)


@pytest.mark.parametrize(
    "text",
    [
        PERSIAN,
        PERSIAN.replace("\u200c", ""),
        PERSIAN.replace("\u200c", " "),
        PERSIAN.replace("ی", "ي").replace("ک", "ك"),
    ],
)
def test_right_text_is_known(text: str) -> None:
    words = words_of(text)
    assert words.count >= MIN_WORDS
    assert words.known >= 0.85 * words.count
    assert not words.impossible
    assert not words.reason


def test_garbled_letters_are_doubted_with_figures() -> None:
    read = weighed(page(GARBLED))
    assert read.verdict.state == "suspect"
    assert "are in no lexicon" in read.verdict.reason
    assert "letters that never meet" in read.verdict.reason
    assert read.verdict.figures["words_known_share"] < 0.5
    assert read.verdict.figures["words_impossible_share"] > 0.05


@pytest.mark.parametrize(
    "text",
    [
        ARABIC,
        "The parties shall promote friendly relations between the two cities.\n" * 9,
        GARBLED.replace(" ", "\n"),  # one word a line: a glossary, a table
        GARBLED[:60],  # too little to judge
    ],
)
def test_what_is_no_persian_prose_is_not_judged(text: str) -> None:
    assert weighed(page(text)) == page(text)


def test_a_worse_verdict_keeps_its_reason() -> None:
    read = weighed(page(GARBLED, Verdict("suspect", "Another doubt.", {"glyphs": 9})))
    assert read.verdict.reason == "Another doubt."
    assert read.verdict.figures["glyphs"] == 9
    assert "words_known_share" in read.verdict.figures
