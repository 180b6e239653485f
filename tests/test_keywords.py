"""How the dictionary looks for keywords; what each keyword finds is in test_tagging.py."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textmine import codebook as codebooks
from textmine.records import Code, Codebook, Span
from textmine.tagging.keywords import (
    DictionaryCoder,
    Hit,
    _all_patterns,
    _compiled,
    _inside,
    _longest,
    original,
    view,
)


def book(*keywords: str, not_in: tuple[str, ...] = ()) -> Codebook:
    code = Code("a", {}, "d", keywords={"fa": keywords}, not_in={"fa": not_in})
    return Codebook("test", 1, (code,), "digest")


def one_by_one(codebook: Codebook, text: str) -> tuple[Hit, ...]:
    """The hits as they are defined: every form of every keyword is looked for in all the text."""
    seen = view(text)

    def spans(words):
        for pattern in _all_patterns(words):
            for match in _compiled(pattern.form).finditer(seen.text):
                yield pattern.keyword, Span(*match.span("hit"))

    found = [
        Hit(code.id, keyword, span)
        for code in codebook.codes
        for keyword, span in spans(code.keywords)
        if not any(_inside(span, phrase) for _, phrase in spans(code.not_in))
    ]
    return tuple(
        Hit(code, word, original(seen, span, text)) for code, word, span in _longest(found)
    )


SHIPPED = codebooks.shipped()
CODER = DictionaryCoder(SHIPPED)
LISTED = sorted(
    {
        word.rstrip("*")
        for code in SHIPPED.codes
        for words in (*code.keywords.values(), *code.not_in.values())
        for word in words
    }
)
ENDINGS = ["", "", "ها", "\u200cهای", "ی", "ات", "ش", "گان", "s", "es", "ed", "ing", "ist", "ء", "ِ"]
GAPS = [" ", " ", "\n", "\u200c", "", "-", "_", ". ", " و", " غیر ", " غیر\u200c", " the "]

words_of_the_codebook = st.lists(
    st.tuples(st.sampled_from(GAPS), st.sampled_from(LISTED), st.sampled_from(ENDINGS)), max_size=8
).map(lambda words: "".join("".join(word) for word in words))


@settings(max_examples=40)  # the slow way is slow
@given(words_of_the_codebook)
def test_looking_by_first_letters_finds_what_looking_for_each_keyword_finds(text):
    assert CODER.hits(text) == one_by_one(SHIPPED, text)


# Keywords that share their first letters, begin or end in other signs, or hardly have letters.
ODD = [
    "ه", "و", "بنده", "بندها", "وام", "ام", "مالی", "مالیات", "غیر نظامی", "نظامی", "ب.ا", "(هنر",
    "هنر هنر", "a", "c++", "+1", "-art", "e.g.", "sky", "crisis", "state", "states of", "non-art*",
    "سه", "گان",
]  # fmt: skip


@given(
    st.lists(st.sampled_from(ODD), min_size=1, max_size=6),
    st.lists(st.sampled_from(ODD), max_size=2),
    st.lists(st.tuples(st.sampled_from(GAPS), st.sampled_from(ODD), st.sampled_from(ENDINGS))),
)
def test_odd_keywords_are_looked_for_like_others(keywords, not_in, words):
    codebook = book(*keywords, not_in=tuple(not_in))
    text = "".join("".join(word) for word in words)
    assert DictionaryCoder(codebook).hits(text) == one_by_one(codebook, text)


@pytest.mark.parametrize(
    ("keyword", "text", "spans"),
    [
        ("هنر هنر", "هنر هنر هنر", [(0, 7)]),  # no hit begins inside another of its keyword
        ("هنر هنر", "هنر هنر هنر هنر", [(0, 7), (8, 15)]),
        ("وام", "وام و وام‌ها", [(0, 3), (6, 12)]),
        ("نظامی", "ونظامی", [(1, 6)]),
        ("وام", "ووام", []),  # و is not joined to so short a word
        ("(الف)", "بند (الف)", [(4, 9)]),
        ("c++", "in c++ and c", [(3, 6)]),
        ("sky", "skies", [(0, 5)]),
        ("crisis", "crises", [(0, 6)]),
        ("art", "_art_", [(1, 4)]),
        ("art", "(art)", [(1, 4)]),
    ],
)
def test_where_a_keyword_is_found(keyword, text, spans):
    assert [tuple(hit.span) for hit in DictionaryCoder(book(keyword)).hits(text)] == spans


def test_of_keywords_of_one_length_in_one_place_the_first_of_the_codebook_counts():
    text = "organization"
    for keywords in (("organisation", "organization"), ("organization", "organisation")):
        [hit] = DictionaryCoder(book(*keywords)).hits(text)
        assert hit.keyword == keywords[0]


def test_a_text_read_already_is_not_read_again():
    text = "هنرِ ایران و ARTS"
    assert CODER.hits_in(view(text), text) == CODER.hits(text) != ()


@pytest.mark.parametrize("codebook", [book(), book("ـ", " "), Codebook("test", 1, (), "digest")])
def test_a_codebook_without_keywords_finds_nothing(codebook):
    assert DictionaryCoder(codebook).hits("هنر and art") == ()
