"""Keywords, co-occurrence and reuse: words whole in both languages, every figure with its clauses.

Words, figures and clauses were made up and counted by hand.
"""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textmine.analysis.cooccurrence import Holding, Item, coded, together, worded
from textmine.analysis.grouping import UNKNOWN, by_attribute, by_country, by_scheme, days
from textmine.analysis.keyness import dispersion, keywords
from textmine.analysis.measures import log_likelihood
from textmine.analysis.reuse import FEWEST_RUNS, RUN, reuse
from textmine.analysis.wording import words
from textmine.records import Attribute, Clause, Document, Span
from textmine.schemes import parse_scheme
from textmine.store.catalogue import StoredClause
from textmine.text.normalise import normalise
from textmine.topics.words import word_key as content_key


def clause(name, text, document=1, language="en"):
    made = Clause(name, 0, "article", None, None, text, language, 1, (Span(0, len(text)),))
    return StoredClause(document, made, normalise(text, language))


# -- words ----------------------------------------------------------------------------------------


def test_words_are_whole_and_of_the_clauses_own_language():
    stored = clause("c", "همکاري‌هاي فرهنگي و UNESCO در ۱۴۰۰ می‌شود.", language="fa")
    text = stored.normalised.text
    found = [text[word.start : word.end] for word in words(stored)]
    assert found == ["همکاری‌های", "فرهنگی", "و", "در", "می‌شود"]


# -- keywords -------------------------------------------------------------------------------------


def english(prefix, documents):
    return [
        clause(f"{prefix}{number}.{place}", text, number)
        for number, texts in documents.items()
        for place, text in enumerate(texts)
    ]


MUSEUMS = english(
    "a",
    {
        1: ["museum opens museum", "river flows"],
        2: ["museum lends paintings", "ghost ghost ghost ghost ghost"],
    },
)
FACTORIES = english("b", {3: ["factory makes steel", "river"], 4: ["factory sells steel"]})


def test_keywords_have_the_textbook_figures_and_their_clauses():
    found = keywords(MUSEUMS, FACTORIES, fewest_times=1)
    museum = found.of("en")[0]
    assert (museum.word, museum.of) == ("museum", "target")
    assert found.sizes == {"en": (13, 7)}
    assert (museum.target.count, museum.reference.count) == (3, 0)
    assert museum.target.clauses == ("a1.0", "a2.0")
    assert museum.target.documents == 2
    assert museum.g2 == pytest.approx(log_likelihood(3, 13, 3, 20))
    assert museum.log_ratio == pytest.approx(1.692, abs=1e-3)  # 3/13 against 0.5/7
    assert museum.difference == pytest.approx(100 * (42 / 13 - 1))
    assert museum.target.per_thousand == pytest.approx(3000 / 13)
    # Documents of 5 and 8 words say it twice and once: (|5/13 - 2/3| + |8/13 - 1/3|) / 2 / (8/13).
    assert museum.target.dispersion == pytest.approx(11 / 24)


def test_a_word_of_one_document_does_not_win():
    found = keywords(MUSEUMS, FACTORIES, fewest_times=1)
    assert "ghost" not in [each.word for each in found.keywords]
    alone = keywords(MUSEUMS, FACTORIES, fewest_times=1, fewest_documents=1)
    ghost = next(each for each in alone.keywords if each.word == "ghost")
    assert alone.keywords[0] == ghost
    assert ghost.target.dispersion == pytest.approx(5 / 8)  # all of it in the larger of two


def test_words_that_both_use_alike_tell_nothing():
    found = keywords(MUSEUMS, FACTORIES, fewest_documents=1, fewest_times=1)
    river = next(each for each in found.keywords if each.word == "river")
    assert river.g2 < 0.5
    assert river.adjusted == 1


def test_words_are_judged_with_all_that_could_have_been_shown():
    ours = english("a", {1: ["museum", "spoon"], 2: ["museum", "bridge"], 3: ["museum fork"]})
    theirs = english("b", {4: ["spoon"], 5: ["bridge"], 6: ["fork"]})
    found = keywords(ours, theirs, fewest_documents=2, fewest_times=2)
    assert [each.word for each in found.keywords] == ["museum"]
    assert found.keywords[0].adjusted == pytest.approx(min(1, 4 * found.keywords[0].p))


def test_swapping_the_parts_swaps_the_words():
    one, other = (
        keywords(*pair, fewest_times=1) for pair in ((MUSEUMS, FACTORIES), (FACTORIES, MUSEUMS))
    )
    assert {(e.word, round(e.g2, 9), round(e.log_ratio, 9)) for e in one.keywords} == {
        (e.word, round(e.g2, 9), round(-e.log_ratio, 9)) for e in other.keywords
    }
    assert [e.word for e in one.of("en")] == [e.word for e in other.of("en", target=False)]


@settings(max_examples=15, deadline=None)
@given(st.permutations(MUSEUMS))
def test_the_order_of_clauses_does_not_move_keywords(order):
    plain, other = (keywords(each, FACTORIES, fewest_times=1) for each in (MUSEUMS, order))
    assert [(e.word, e.g2, e.adjusted) for e in plain.keywords] == [
        (e.word, e.g2, e.adjusted) for e in other.keywords
    ]


def test_persian_words_are_whole_folded_and_one_in_all_their_forms():
    ours = [
        clause("p1", "كتابخانه‌هاي شهر تعرفه‌های گمرکی را می‌گیرند", 1, "fa"),
        clause("p2", "کتابخانه و گمرک", 2, "fa"),
        clause("p3", "کتابخانه ها کتاب می‌دهند", 3, "fa"),
    ]
    theirs = [clause("q1", "کارخانه فولاد می‌سازد", 4, "fa"), clause("q2", "کارخانه", 5, "fa")]
    found = keywords(ours, theirs, key=content_key, fewest_times=2)
    library = found.of("fa")[0]
    assert library.word == "کتابخانه"
    assert library.target.clauses == ("p1", "p2", "p3")
    assert [each.word for each in found.of("fa", target=False)] == ["کارخانه"]
    assert not any("می" in each.word.split("\u200c") for each in found.keywords)


def test_languages_are_compared_each_by_itself():
    persian = [clause("f1", "کتابخانه کتاب دارد", 7, "fa")]
    found = keywords([*MUSEUMS, *persian], FACTORIES, fewest_times=1)
    assert found.lacking == {"fa": "no-words-in-reference"}
    assert found.sizes["fa"] == (3, 0)
    assert {each.language for each in found.keywords} == {"en"}
    assert keywords(FACTORIES, persian).lacking == {
        "fa": "no-words-in-target",
        "en": "no-words-in-reference",
    }
    assert keywords([clause("x", "one word", 1)], [clause("y", "two words", 2)]).lacking == {
        "en": "few-documents"
    }


def test_clauses_of_both_parts_count_in_neither():
    found = keywords([*MUSEUMS, FACTORIES[0]], FACTORIES, fewest_times=1)
    assert found.shared == ("b3.0",)
    assert found.sizes == {"en": (13, 4)}


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 50)), min_size=2, max_size=8))
def test_dispersion_lies_between_even_and_alone(documents):
    sizes = [size for _, size in documents]
    having = [(count, size) for count, size in documents if count]
    found = dispersion(having, sum(sizes), min(sizes))
    assert found is None if not having else 0 - 1e-9 <= found <= 1 + 1e-9


# -- co-occurrence --------------------------------------------------------------------------------

HELD = [
    ("c1", 1, ["culture", "trade"]),
    ("c2", 1, ["culture", "trade"]),
    ("c3", 2, ["culture"]),
    ("c4", 2, ["trade", "tourism"]),
    ("c5", 3, []),
    ("c6", 3, ["tourism"]),
]


def test_codes_that_stand_together_have_the_figures_of_the_hand():
    pair = next(
        each
        for each in together(coded(HELD))
        if each.first.name == "culture" and each.second.name == "trade"
    )
    assert (pair.n, pair.first_count, pair.second_count) == (6, 3, 3)
    assert pair.clauses == ("c1", "c2")
    assert pair.documents == 1
    assert pair.expected == 1.5
    assert pair.lift == pytest.approx(4 / 3)
    assert pair.jaccard == 0.5
    assert pair.phi == pytest.approx(1 / 3)  # (2·2 - 1·1) / 9
    assert pair.npmi == pytest.approx(0.2618595)  # log(4/3) / log 3
    assert pair.g2 == pytest.approx(log_likelihood(2, 3, 3, 6))


def test_codes_that_never_meet_are_said_unless_few_are_asked_for():
    names = {(each.first.name, each.second.name): each for each in together(coded(HELD))}
    assert names["culture", "tourism"].count == 0
    assert names["culture", "tourism"].npmi == -1
    assert len(names) == 3
    assert [each.clauses for each in together(coded(HELD), fewest=2)] == [("c1", "c2")]
    assert together(coded(HELD), fewest=2, fewest_documents=2) == ()


def test_leaving_pairs_out_makes_no_p_smaller():
    # Ten words in forty clauses of ten documents; not all pairs meet three times.
    held = tuple(
        Holding(
            f"c{n}",
            n // 4,
            frozenset(Item("word", f"w{k}") for k in range(10) if (n + k) * (n + 2 * k) % 11 < 2),
        )
        for n in range(40)
    )
    kinds = ("word", "word")
    every = {(each.first, each.second): each for each in together(held, kinds=kinds)}
    kept = together(held, kinds=kinds, fewest=3, fewest_documents=2)
    assert 0 < len(kept) < len(every) == 45
    assert all(each == every[each.first, each.second] for each in kept)
    # A word too rare to meet any other so often was never to be kept, and costs the others nothing.
    rare = (*held[:-1], held[-1]._replace(items=held[-1].items | {Item("word", "rare")}))
    assert together(rare, kinds=kinds, fewest=3, fewest_documents=2) == kept
    assert len(together(rare, kinds=kinds)) == 55


def test_a_code_on_every_clause_says_nothing():
    every = coded([("c1", 1, "ab"), ("c2", 2, "a")])
    pair = together(every)[0]
    assert (pair.phi, pair.lift) == (None, 1.0)
    assert pair.g2 == pytest.approx(0, abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sets(st.sampled_from("abcd")), min_size=1, max_size=12),
    st.randoms(use_true_random=False),
)
def test_pairs_are_those_of_counting_and_do_not_care_for_order(sets, random):
    made = [(f"c{n}", n % 3, sorted(each)) for n, each in enumerate(sets)]
    shuffled = random.sample(made, len(made))
    first, second = (
        {(each.first, each.second): each for each in together(coded(one))}
        for one in (made, shuffled)
    )
    assert first.keys() == second.keys()
    held = sorted({code for each in sets for code in each})
    assert len(first) == len(held) * (len(held) - 1) // 2
    for a, b in itertools.combinations(held, 2):
        pair = first[Item("code", a), Item("code", b)]
        assert pair.count == sum({a, b} <= each for each in sets)
        other = second[Item("code", a), Item("code", b)]
        assert set(pair.clauses) == set(other.clauses)
        assert pair.g2 == pytest.approx(other.g2)
        assert -1 <= pair.npmi <= 1
        assert 0 <= pair.jaccard <= 1


def test_words_meet_codes_in_the_clauses_of_one_language():
    made = [
        clause("e1", "museum and gallery", 1),
        clause("e2", "Museums, galleries", 2),
        clause("e3", "steel museum", 2),
        clause("f1", "موزه و نگارخانه", 1, "fa"),
    ]
    codes = {"e1": ["cultural"], "e2": ["cultural"], "f1": ["cultural"]}
    held = worded(made, "en", codes=codes, key=content_key)
    assert [each.clause for each in held] == ["e1", "e2", "e3"]
    pairs = together(held, kinds=("code", "word"), fewest=1)
    assert [(each.first.name, each.second.name, each.clauses) for each in pairs] == [
        ("cultural", "gallery", ("e1", "e2")),
        ("cultural", "museum", ("e1", "e2")),
    ]
    assert pairs[0].n == 3
    both = together(held, kinds=("word", "word"), fewest=1)
    assert [(each.first.name, each.second.name) for each in both] == [("gallery", "museum")]


def test_only_the_most_frequent_words_are_paired():
    made = [clause(f"c{n}", "alpha beta" + " gamma" * (n < 2), n) for n in range(4)]
    held = worded(made, "en", most=2)
    assert {item.name for each in held for item in each.items} == {"alpha", "beta"}


# -- reuse ----------------------------------------------------------------------------------------

ARTICLE = (
    "The Parties shall exchange exhibitions of handicrafts and organise weeks of film in Kashan "
    "every second year at their own expense."
)
COPY = (
    "the Parties shall exchange exhibitions, of handicrafts and organise weeks of film in Multan "
    "every second year at their own expense"
)
OTHER = "Neither side takes any part in what the municipal council of the other side decides."


def test_a_copied_article_is_found_with_its_source_and_its_words():
    found = reuse(
        [clause("new", COPY, 1), clause("x", OTHER, 1), clause("old", ARTICLE, 2)],
        {1: "2014-11-26", 2: "1993"},
    )
    (pair,) = found.pairs
    assert (pair.source, pair.copy, pair.direction) == ("old", "new", "dated")
    assert (pair.source_document, pair.copy_document) == (2, 1)
    # 21 words make 17 runs; five of them hold the city's name.
    assert pair.runs == 12
    assert pair.of_source == pair.of_copy == pair.score == pytest.approx(12 / 17)
    first, second = (
        [text[start:end] for start, end in spans]
        for text, spans in zip((ARTICLE, COPY), pair.passages, strict=True)
    )
    assert first == [
        "The Parties shall exchange exhibitions of handicrafts and organise weeks of film in",
        "every second year at their own expense",
    ]
    assert second[0].startswith("the Parties shall exchange exhibitions, of")
    assert found.matrix == {(2, 1): ("new",)}
    assert (found.compared, found.short) == (3, ())


def test_a_clause_in_many_pairs_is_read_for_its_words_only_twice(monkeypatch):
    text = "the parties shall hold a joint festival of puppet theatre every autumn in turn"
    read = Counter()

    def counting(stored):
        read[stored.clause.id] += 1
        return words(stored)

    monkeypatch.setattr("textmine.analysis.reuse.words", counting)
    found = reuse([clause(f"c{n}", text, n) for n in range(6)], {})
    assert len(found.pairs) == 15
    assert set(read.values()) == {2}  # to compare it, and to show where the shared words stand


def test_spelling_and_half_spaces_hide_no_copy_in_persian():
    ours = "طرفین نمایشگاه‌های صنایع دستی را می‌پذیرند و هزینهٔ آن‌ها را هر یک خود می‌پردازد"
    theirs = "طرفين نمايشگاههاي صنايع دستي را می پذیرند و هزینه‌ی آنها را هر يك خود مي‌پردازد"
    found = reuse(
        [clause("a", ours, 1, "fa"), clause("b", theirs, 2, "fa")], {1: "1999", 2: "2001"}
    )
    (pair,) = found.pairs
    assert (pair.score, pair.language, pair.source) == (1.0, "fa", "a")
    ((start, end),) = pair.passages.second
    assert theirs[start:end] == theirs


def test_a_short_clause_inside_a_long_one_is_a_copy():
    long = f"{ARTICLE} {OTHER} {' '.join(f'word{letter}' for letter in 'abcdefgh')}"
    (pair,) = reuse([clause("a", long, 1), clause("b", OTHER, 2)], {}).pairs
    assert pair.of_copy == pair.score == 1
    assert pair.of_source < 0.5


@pytest.mark.parametrize(
    ("dates", "direction", "source"),
    [
        ({1: "1999-05-01", 2: "1999-04-30"}, "dated", "b"),
        ({1: "1999-05-01", 2: "1999"}, "same-date", "a"),
        ({1: "1999-05", 2: "1999-05"}, "same-date", "a"),
        ({2: "1999"}, "undated", "a"),
        ({}, "undated", "a"),
    ],
)
def test_the_direction_is_only_said_where_the_dates_say_it(dates, direction, source):
    (pair,) = reuse([clause("b", COPY, 2), clause("a", ARTICLE, 1)], dates).pairs
    assert (pair.direction, pair.source) == (direction, source)


@pytest.mark.parametrize(
    "made",
    [
        [clause("a", ARTICLE, 1), clause("b", COPY, 1)],  # one document
        [clause("a", ARTICLE, 1), clause("b", OTHER, 2)],
        [clause("a", "in force at once upon signature", 1)] * 2,
        [clause("a", ARTICLE, 1), clause("b", " ".join(reversed(ARTICLE.split())), 2)],
        [],
    ],
)
def test_what_is_no_copy(made):
    assert reuse(made, {}).pairs == ()


def test_what_many_documents_say_belongs_to_nobody():
    formula = "done in two originals each in Persian and English both texts being equally valid"
    made = [clause(f"c{n}", formula, n) for n in range(12)]
    found = reuse(made, {})
    assert found.pairs == ()
    assert len(found.boilerplate) == 12
    assert found.most_documents == 10
    few = reuse(made[:10], {})
    assert len(few.pairs) == 45
    assert not few.boilerplate
    # Beside it an article that only two of them have is still seen.
    made += [clause("x", f"{formula} {ARTICLE}", 20), clause("y", f"{formula} {COPY}", 21)]
    assert [(each.source, each.copy) for each in reuse(made, {}).pairs] == [("x", "y")]


def test_one_clause_repeated_in_two_documents_does_not_make_millions_of_pairs():
    made = [clause(f"c{n}", ARTICLE, n % 2) for n in range(300)]
    assert reuse(made, {}).pairs == ()


WORDS = st.lists(st.sampled_from("abc"), min_size=3, max_size=14)


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS, min_size=2, max_size=6), st.randoms(use_true_random=False))
def test_pairs_are_those_of_comparing_everything(texts, random):
    made = [
        clause(f"c{n}", " ".join(letter * 3 for letter in text), n % 4)
        for n, text in enumerate(texts)
    ]
    found = reuse(random.sample(made, len(made)), {}, least=0.4, most_documents=99)
    runs = [{tuple(text[at : at + RUN]) for at in range(len(text) - RUN + 1)} for text in texts]
    expected = set()
    for one, other in itertools.combinations(range(len(texts)), 2):
        long = min(len(texts[one]), len(texts[other])) >= RUN + FEWEST_RUNS - 1
        shared = len(runs[one] & runs[other])
        smaller = min(len(runs[one]), len(runs[other]))
        if one % 4 != other % 4 and long and shared >= max(FEWEST_RUNS, 0.4 * smaller):
            pair = sorted((one % 4, f"c{one}") for one in (one, other))
            expected.add((pair[0][1], pair[1][1], shared))
    assert {(each.source, each.copy, each.runs) for each in found.pairs} == expected


# -- rows of documents ----------------------------------------------------------------------------


def document(number, **attributes):
    known = tuple(
        Attribute(name, value, 1.0, "")
        for name, values in attributes.items()
        for value in ([values] if isinstance(values, str) else values)
    )
    return Document(number, "", "a.txt", ".txt", 0, "done", "", "", (), {}, "", "", "", "", known)


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"date": "2016-05-04"}, (date(2016, 5, 4), date(2016, 5, 4))),
        ({"date": "2016-02"}, (date(2016, 2, 1), date(2016, 2, 29))),
        ({"year_gregorian": "2016"}, (date(2016, 1, 1), date(2016, 12, 31))),
        ({}, None),
        ({"date": "2016-13"}, None),
        ({"date": "2016-02-30"}, None),
    ],
)
def test_the_days_that_a_date_can_mean(attributes, expected):
    assert days(document(1, **attributes)) == expected


HALVES = """
id: halves
version: 1
kind: periods
name: {en: Halves, fa: نیمه‌ها}
description: {en: Two., fa: دو.}
source: Made up.
groups:
  - {id: before, name: {en: Before, fa: پیش}, to: 2005-06-30}
  - {id: after, name: {en: After, fa: پس}, from: 2005-07-01, to: 2010-12-31}
"""


def test_documents_fall_into_periods_or_say_why_not():
    found = by_scheme(
        [
            document(1, date="2005-06-30"),
            document(2, year_gregorian="2005"),
            document(3),
            document(4, date="2011-01-01"),
        ],
        parse_scheme(HALVES),
    )
    assert found.rows == ("before", "after")
    assert found.of == {1: ("before",)}
    assert found.reasons == {2: "straddles", 3: "no-date", 4: "not-in-scheme"}
    assert found.left_out() == {"no-date": 1, "not-in-scheme": 1, "straddles": 1}


def test_countries_come_from_the_table_or_from_the_parties():
    made = [
        document(1, country=["Iran", "پاکستان"], party="Paris"),
        document(2, party=["Qom, Iran", "Multan, Pakistan"]),
        document(3, party="کرمان، ایران"),
        document(4, kind="law"),
    ]
    found = by_country(made)
    assert found.of == {1: ("IR", "PK"), 2: ("IR", "PK"), 3: ("IR",)}
    assert found.reasons == {4: UNKNOWN}
    assert found.names["PK"] == "Pakistan"
    assert by_country(made, home="IR").of == {1: ("PK",), 2: ("PK",)}


def test_the_year_of_a_document_is_a_field_too():
    found = by_attribute([document(1, date="2001-02-03"), document(2, kind="law")], "year")
    assert (found.rows, found.of, found.reasons) == (("2001",), {1: ("2001",)}, {2: UNKNOWN})
