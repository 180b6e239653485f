"""What is a question, and which clause answers it best: near misses, and the order of clauses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmine.search.questions import BEST, Sought, asks, is_question, reranked


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("مدت اعتبار چند سال است؟", True),
        ("چه کسی امضا کرد ؟ ", True),
        ("Who signed it?", True),
        ("Who signed it?!", True),
        ("language:fa چه کسی امضا کرد؟", True),
        ('Who signed the "memorandum of understanding"?', True),
        ("چه کسی «تفاهم‌نامه» را امضا کرد؟", True),
        ('"Who signed it?"', False),
        ("«چه کسی امضا کرد؟»", False),
        ('culture "why?"', False),
        ("Who? Nobody", False),
        ("مدت اعتبار", False),
        ("who signed it", False),
        ("", False),
    ],
)
def test_a_question_mark_outside_quotes_at_the_end_makes_a_question(query, expected):
    assert is_question(query) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("مدت اعتبار چند سال است؟", True),
        ("چه كسي امضا كرد", True),
        ("Who signed it", True),
        ("valid until when?", True),
        ("همکاری فرهنگی", False),
        ("the whole agreement", False),
        ("چندجانبه", False),
    ],
)
def test_what_asks_is_told_from_what_states(text, expected):
    assert asks(text) is expected


RIVER, SOURCE, CUP, HALF = (
    Sought(2.0, {("river",): 1.0, ("rivers",): 0.6}),
    Sought(2.0, {("source",): 1.0}),
    Sought(1.0, {("cup",): 1.0}),
    Sought(2.0, {("non", "interference"): 1.0, ("noninterference",): 1.0}),
)


def order(question, scores: dict[int, float], texts: dict[int, str]) -> list[int]:
    entries = sorted(scores.items(), key=lambda entry: -entry[1])
    ranked = reranked(question, entries, lambda places: _split(texts, places))
    return [place for place, _ in ranked]


def _split(texts, places):
    return {place: texts[place].split() for place in places if place in texts}


@pytest.mark.parametrize(
    ("question", "scores", "texts", "expected"),
    [
        pytest.param(
            [RIVER, SOURCE],
            {10: 5.0, 20: 4.5},
            {10: "river river river", 20: "the source of a river"},
            [20, 10],
            id="two words before one word often",
        ),
        pytest.param(
            [RIVER, CUP],
            {10: 5.0, 20: 4.9},
            {10: "a cup", 20: "a river"},
            [20, 10],
            id="the rarer word",
        ),
        pytest.param(
            [RIVER],
            {10: 5.0, 20: 4.9},
            {10: "the rivers", 20: "the river"},
            [20, 10],
            id="its own form before another",
        ),
        pytest.param(
            [RIVER, SOURCE],
            {10: 5.0, 21: 4.9},
            {10: "a source", 20: "of this river", 21: "its source"},
            [21, 10],
            id="the subject stands in the clause before, which is not among the best",
        ),
        pytest.param(
            [RIVER, SOURCE],
            {10: 5.0, 22: 4.9},
            {10: "a source", 20: "of this river", 21: "it is long", 22: "its source"},
            [22, 10],
            id="or in the one before that",
        ),
        pytest.param(
            [RIVER, SOURCE],
            {10: 5.0, 23: 4.9},
            {10: "a source", 20: "of this river", 23: "its source"},
            [10, 23],
            id="but no further back",
        ),
        pytest.param(
            [RIVER, SOURCE],
            {10: 5.0, 20: 4.9},
            {10: "a source", 20: "its source", 21: "of this river"},
            [10, 20],
            id="nor behind it",
        ),
        pytest.param(
            [HALF, CUP],
            {10: 5.0, 20: 4.5, 30: 4.4},
            {10: "interference non", 20: "of noninterference", 30: "of non interference"},
            [20, 30, 10],
            id="words written apart, in their order",
        ),
        pytest.param([RIVER], {10: 5.0, 20: 4.0}, {}, [10, 20], id="clauses that are gone"),
        pytest.param([], {10: 5.0, 20: 4.0}, {20: "river"}, [10, 20], id="no word"),
    ],
)
def test_the_clause_that_answers_comes_first(question, scores, texts, expected):
    assert order(question, scores, texts) == expected


WORDS = st.lists(st.sampled_from(["river", "source", "cup", "non", "interference"]), max_size=6)
SCORES = st.dictionaries(st.integers(1, 3 * BEST), st.floats(0.1, 90), max_size=2 * BEST)


@given(SCORES, st.dictionaries(st.integers(1, 3 * BEST), WORDS, max_size=20))
def test_nothing_is_lost_and_no_score_becomes_less(scores, texts):
    entries = sorted(scores.items(), key=lambda entry: (-entry[1], entry[0]))
    asked = [RIVER, SOURCE, CUP, HALF]
    ranked = reranked(asked, entries, lambda places: {p: texts[p] for p in places if p in texts})
    assert sorted(place for place, _ in ranked) == sorted(scores)
    assert all(score >= scores[place] for place, score in ranked)
    assert [score for _, score in ranked] == sorted((s for _, s in ranked), reverse=True)
    assert ranked[BEST:] == entries[BEST:]
