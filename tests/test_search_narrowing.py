"""Conditions added to queries and taken out again, and what is being typed at a place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmine.search.completing import typing_at
from textmine.search.narrowing import conditions, narrowed, without
from textmine.search.query import FieldIs, QueryError, parse
from textmine.search.query.faults import Sentence, together


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("city council", "language:fa city council"),
        ("a OR b", "language:fa (a OR b)"),
        ("شهر یا city", "language:fa (شهر یا city)"),
        ("(a OR b) c", "language:fa (a OR b) c"),
        ("how long?", "language:fa how long?"),
        ('-"a OR b"', 'language:fa -"a OR b"'),
        ("", "language:fa"),
    ],
)
def test_a_field_is_added_in_front(query: str, expected: str) -> None:
    assert narrowed(query, "language", "fa") == expected


def test_a_value_of_several_words_is_quoted_and_persian_names_are_kept() -> None:
    assert narrowed("شهر", "کد", "عدم مداخله") == 'کد:"عدم مداخله" شهر'


@pytest.mark.parametrize(
    ("query", "rests"),
    [
        ("city language:fa", ["city"]),
        ("language:fa (a OR b)", ["a OR b"]),
        ("x AND code:y AND z", ["x AND z"]),
        ("code:y و شهر", ["شهر"]),
        ("-code:x,y city year:1993..2005", ["city year:1993..2005", "-code:x,y city"]),
        ("a OR code:b", []),
        ("(a code:b)", []),
        ('"code:b" a', []),
        ("code:(a | b) c", []),
        ("code: a", []),
    ],
)
def test_a_condition_is_taken_out(query: str, rests: list[str]) -> None:
    assert [without(query, each) for each in conditions(query)] == rests


@given(st.text(alphabet='ab ()|-"«»:و', max_size=12))
def test_what_was_added_can_be_taken_out_again(query: str) -> None:
    try:
        tree = parse(query)
    except QueryError:
        return
    more = narrowed(query, "language", "fa")
    first = conditions(more)[0]
    assert (first.field, first.values) == ("language", ("fa",))
    assert _same(parse(without(more, first)), tree)


def _same(one: object, other: object) -> bool:
    """Whether two trees are one, wherever their parts stand."""
    import re

    def bare(node: object) -> str:
        return re.sub(r"at=\d+", "", repr(node))

    return bare(one) == bare(other)


@pytest.mark.parametrize(
    ("query", "at", "kind", "text", "stretch"),
    [
        ("cou", 3, "word", "cou", (0, 3)),
        ("council", 3, "word", "cou", (0, 7)),
        ("code:", 5, "value", "", (5, 5)),
        ("کد:فر", 5, "value", "فر", (3, 5)),
        ("a -lang:f", 9, "value", "f", (8, 9)),
        ("code:cultural,eco", 17, "value", "eco", (14, 17)),
        ('code:"non int" x', 13, "value", "non int", (5, 14)),
        ("code:(cultural | ec)", 19, "value", "ec", (17, 19)),
        ("@to", 3, "saved", "to", (0, 3)),
        ('x @"city tw', 11, "saved", "city tw", (2, 11)),
        ("شهر ", 4, "nothing", "", (4, 4)),
        ("http:x", 6, "inside", "", (6, 6)),
        ('"city co', 8, "inside", "", (8, 8)),
        ('"a b" c', 7, "word", "c", (6, 7)),
        ("x", 99, "word", "x", (0, 1)),
    ],
)
def test_what_is_being_typed(
    query: str, at: int, kind: str, text: str, stretch: tuple[int, int]
) -> None:
    found = typing_at(query, at)
    assert (found.kind, found.text, (found.start, found.end)) == (kind, text, stretch)


@given(st.text(alphabet='aکد:"«»()|, -@*', max_size=15), st.integers(-2, 20))
def test_what_is_replaced_lies_in_the_query_around_the_cursor(query: str, at: int) -> None:
    found = typing_at(query, at)
    place = min(max(0, at), len(query))
    assert 0 <= found.start <= place <= found.end <= len(query)


def test_sentences_keep_their_values_and_are_text() -> None:
    one = Sentence("%(n)s of %(what)s", n=2, what="100%(x)s")
    both = together(one, None, Sentence("Done at 5%."))
    assert both == "2 of 100%(x)s Done at 5%."
    assert both.parts[0].values == {"n": 2, "what": "100%(x)s"}
    with pytest.raises(QueryError) as raised:
        parse("culturel:x")
    assert raised.value.sentence == str(raised.value)
    assert isinstance(parse("year:1372"), FieldIs)
