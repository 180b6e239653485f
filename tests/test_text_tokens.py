from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmine.text.tokens import tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("می‌تواند برود.", ["می‌تواند", "برود", "."]),
        ("مَدرسهٔ ما", ["مَدرسهٔ", "ما"]),
        ("ماده ۳.۲، ۲۵۰٬۰۰۰ و 1.5", ["ماده", "۳.۲", "،", "۲۵۰٬۰۰۰", "و", "1.5"]),
        ("ab.ghasemi@umz.ac.ir،", ["ab.ghasemi@umz.ac.ir", "،"]),
        ("(www.shiraz.ir/a/file647.pdf).", ["(", "www.shiraz.ir/a/file647.pdf", ")", "."]),
        ("doi 10.22080/jpir.2026.30080.1459", ["doi", "10.22080/jpir.2026.30080.1459"]),
        ("https://a.b/c?d=1. Then", ["https://a.b/c?d=1", ".", "Then"]),
        ("don't the Parties’ COVID-19", ["don't", "the", "Parties", "’", "COVID", "-", "19"]),
        ("libgit2 21st PDFها", ["libgit2", "21st", "PDF", "ها"]),
        ("۱۳۹۷/۰۳/۰۲ 2018-05-02", ["۱۳۹۷", "/", "۰۳", "/", "۰۲", "2018", "-", "05", "-", "02"]),
        ("علمی-پژوهشی", ["علمی", "-", "پژوهشی"]),
        ("چرا؟! ...", ["چرا", "؟!", "..."]),
        ("‌لبه‌ \u200f", ["لبه"]),
    ],
)
def test_tokens_of(text: str, expected: list[str]) -> None:
    assert [text[token.start : token.end] for token in tokens(text)] == expected


def test_kinds_are_told_apart() -> None:
    kinds = [token.kind for token in tokens("ماده ۵، + a@b.ir www.x.ir %")]
    assert kinds == ["word", "number", "punctuation", "symbol", "email", "url", "punctuation"]


@given(st.text(alphabet="آبی\u200c\u0654 aZ9۵.,@:/-\n(؟", max_size=60))
def test_tokens_hold_everything_that_is_seen_once_and_in_order(text: str) -> None:
    found = tokens(text)
    assert all(one.end <= other.start for one, other in pairwise(found))
    covered = {place for token in found for place in range(token.start, token.end)}
    rest = {sign for place, sign in enumerate(text) if place not in covered}
    assert rest <= set(" \n\u200c")


def test_hostile_text_takes_no_more_than_its_length() -> None:
    # Each of these made an unbounded address pattern walk the text once per letter.
    for part in ("a.", "a@", "10.1234/", "www.", "a-", "1,"):
        assert tokens(part * 20_000)
