"""Collocations: the figures computed by hand, and every collocate followed to its clauses."""

from __future__ import annotations

import csv
import json
import math
import re
import sys

import pytest
from report_corpus import document
from typer.testing import CliRunner

from textmine.analysis.collocations import Sizes, collocations, log_dice
from textmine.analysis.measures import log_likelihood, p_of_log_likelihood
from textmine.cli.app import app
from textmine.cli.contexts import _query_near, _telling_key
from textmine.records import Clause, Span
from textmine.search import Index, QueryError
from textmine.search.query import parse
from textmine.store.catalogue import Source, StoredClause, now
from textmine.store.corpus import Corpus
from textmine.text.language import language_of
from textmine.text.letters import HALF_SPACE
from textmine.text.normalise import normalise
from textmine.text.offsets import View


def clause(number: int, document: int, text: str, view: View | None = None) -> StoredClause:
    whole = Span(0, len(text))
    return StoredClause(
        document,
        Clause(f"c{number}", number, "sentence", None, None, text, language_of(text), 1, (whole,)),
        view or normalise(text),
    )


def corpus_of(*texts: tuple[int, str]) -> list[StoredClause]:
    return [clause(number, document, text) for number, (document, text) in enumerate(texts, 1)]


def spans_of(clauses: list[StoredClause], match: str) -> dict[str, list[Span]]:
    found = {}
    for stored in clauses:
        text = stored.clause.text
        starts = [at for at in range(len(text)) if text.startswith(match, at)]
        if starts:
            found[stored.clause.id] = [Span(at, at + len(match)) for at in starts]
    return found


def found_near(clauses: list[StoredClause], match: str, **options):
    options = {"fewest_times": 1, "fewest_documents": 1, **options}
    return collocations(clauses, spans_of(clauses, match), **options)


FOXES = corpus_of(
    (1, "red fox sleeps"),
    (1, "red fox eats"),
    (2, "red fox"),
    (2, "red house blue house"),
    (3, "blue sky blue sea"),
)


def test_the_figures_are_those_computed_by_hand():
    # Words that are no match: 2 + 2 + 1 + 4 + 4 = 13, of which 5 stand near a fox.
    # red: 4 times in the corpus, 3 times near, so 5 * 4 / 13 by chance. The table: 3 2 / 1 7.
    found = found_near(FOXES, "fox", fewest_times=3)
    assert found.sizes == {"en": Sizes(matches=3, documents=2, near=5, words=13)}
    (red,) = found.collocates
    assert (red.word, red.times, red.before, red.after, red.in_corpus) == ("red", 3, 3, 0, 4)
    assert red.expected == pytest.approx(20 / 13)
    assert red.mi == pytest.approx(math.log2(3 / (20 / 13)))
    assert red.t == pytest.approx((3 - 20 / 13) / math.sqrt(3))
    assert red.logdice == pytest.approx(14 + math.log2(2 * 3 / (3 + 4)))
    by_chance = [(3, 20 / 13), (2, 45 / 13), (1, 32 / 13), (7, 72 / 13)]
    assert red.g2 == pytest.approx(2 * sum(n * math.log(n / e) for n, e in by_chance))
    assert red.p == pytest.approx(0.0697, abs=1e-4)
    # Judged together with blue, which stands 3 times in the corpus, never near, and is surer of it.
    blue = p_of_log_likelihood(log_likelihood(0, 5, 3, 13))
    assert red.adjusted == pytest.approx(2 * blue)
    assert red.documents == 2
    # The windows hold 4 words of document 1 and 1 of document 2, red stands 2 times and once:
    # (|4/5 - 2/3| + |1/5 - 1/3|) / 2 / (1 - 1/5)
    assert red.spread == pytest.approx(1 / 6)
    assert red.clauses == ("c1", "c2", "c3")


def test_log_dice_is_highest_where_two_words_never_part():
    always = found_near(corpus_of((1, "sister city"), (2, "sister city"), (2, "a b")), "sister")
    assert [(each.word, each.logdice) for each in always.collocates] == [("city", 14.0)]
    assert log_dice(1, 8, 8) == 11.0


def words_near(found) -> dict[str, int]:
    return {each.word: each.times for each in found.collocates}


WINDOWS = [
    ({"window": 1}, {"two": 1, "four": 1}),
    ({"window": 2}, {"one": 1, "two": 1, "four": 1, "five": 1}),
    ({"window": 2, "side": "before"}, {"one": 1, "two": 1}),
    ({"window": 1, "side": "after"}, {"four": 1}),
]


@pytest.mark.parametrize(("options", "expected"), WINDOWS)
def test_a_window_is_so_many_words_on_the_side_asked_for(options, expected):
    clauses = corpus_of((1, "zero one two, FOX four. five six"), (1, "nine " * 20))
    assert words_near(found_near(clauses, "FOX", **options)) == expected


def test_a_window_ends_with_its_clause():
    clauses = corpus_of((1, "one"), (1, "fox"), (1, "two"), (1, "nine nine"))
    found = found_near(clauses, "fox")
    assert found.sizes["en"].near == 0
    assert found.collocates == ()


def test_a_word_between_two_matches_counts_once_and_on_both_sides():
    clauses = corpus_of((1, "fox den fox"), (1, "nine " * 9))
    (den,) = found_near(clauses, "fox").collocates
    assert (den.times, den.before, den.after) == (1, 1, 1)
    assert den.logdice == log_dice(1, 2, 1)


def test_a_phrase_is_one_match_and_no_collocate_of_itself():
    clauses = corpus_of((1, "the old sister city thrives"), (1, "city of nine nine nine nine nine"))
    found = found_near(clauses, "sister city")
    assert found.sizes["en"].matches == 1
    assert words_near(found) == {"the": 1, "old": 1, "thrives": 1}


def test_matches_within_each_other_are_read_as_they_stand():
    clauses = corpus_of((1, "one two three four five six"), (2, "seven eight"))
    whole, part = Span(4, 18), Span(8, 13)  # "two three four", and "three" within it
    found = collocations(
        clauses, {"c1": [whole, part]}, window=1, fewest_times=1, fewest_documents=1
    )
    assert words_near(found) == {"one": 1, "five": 1}
    assert found.sizes["en"].matches == 2


def test_a_clause_of_twice_the_length_takes_twice_the_work():
    def calls(times: int) -> int:
        clauses = corpus_of((1, "alpha beta gamma " * times), (2, "delta beta"))
        spans = spans_of(clauses, "alpha")
        seen = [0]

        def count(frame, event, argument):
            seen[0] += 1

        before = sys.getprofile()
        sys.setprofile(count)
        try:
            found = collocations(clauses, spans, fewest_times=1, fewest_documents=1)
        finally:
            sys.setprofile(before)
        assert found.sizes["en"].matches == times
        return seen[0]

    calls(1)  # fills the caches
    assert calls(400) < 2.5 * calls(200)


def test_numbers_and_foreign_words_take_their_places_in_a_window():
    clauses = corpus_of((1, "شهر ۱۳۷۲ UNESCO همکاری دوستی"), (1, "نه " * 20))
    assert words_near(found_near(clauses, "شهر", window=3)) == {"همکاری": 1}


def test_persian_is_read_from_the_right():
    clauses = corpus_of((1, "پیش شهر پس"), (1, "نه " * 9))
    assert words_near(found_near(clauses, "شهر", side="before")) == {"پیش": 1}
    assert words_near(found_near(clauses, "شهر", side="after")) == {"پس": 1}


def test_each_language_is_measured_by_its_own_words():
    clauses = corpus_of((1, "red fox"), (2, "روباه سرخ fox"), (3, "nine nine"), (3, "نه نه نه"))
    found = found_near(clauses, "fox")
    assert {name: sizes.words for name, sizes in found.sizes.items()} == {"en": 3, "fa": 5}
    assert [(each.language, each.word) for each in found.of("fa")] == [
        ("fa", "روباه"),
        ("fa", "سرخ"),
    ]


def test_a_word_stands_in_enough_documents_or_in_all_that_have_a_match():
    clauses = [*FOXES, clause(6, 3, "a fox naps, a fox naps, a fox naps")]
    assert "naps" not in words_near(found_near(clauses, "fox", fewest_documents=2))
    assert "red" in words_near(found_near(clauses, "fox", fewest_documents=2))
    alone = [clause(1, 1, "a fox naps, a fox naps"), clause(2, 2, "nine " * 9)]
    assert "naps" in words_near(found_near(alone, "fox", fewest_documents=2))


def test_what_chance_puts_there_is_no_collocate():
    clauses = corpus_of((1, "nine fox"), (2, "nine nine nine"))
    assert found_near(clauses, "fox").collocates == ()


def test_the_order_is_that_of_the_measure():
    clauses = corpus_of(*[(1, "often fox")] * 8, (1, "often " * 8), (1, "rare fox"), (1, "n " * 40))
    for order in ("logdice", "g2", "t", "mi", "times"):
        found = found_near(clauses, "fox", order=order)
        figures = [getattr(each, order) for each in found.collocates]
        assert figures == sorted(figures, reverse=True)
    assert found_near(clauses, "fox", order="times").collocates[0].word == "often"
    assert found_near(clauses, "fox", order="mi").collocates[0].word == "rare"


def test_words_are_found_where_the_view_reads_them():
    # As extracted "b a" stands turned round; it is read "a b", and a stands before b.
    view = View.arranged(3, [("a", 2, 3), (" ", 1, 2), ("b", 0, 1)])
    clauses = [clause(1, 1, "b a", view), clause(2, 2, "n " * 9)]
    (near,) = found_near(clauses, "b", side="before").collocates
    assert near.word == "a"
    assert found_near(clauses, "b", side="after").collocates == ()


# -- which words count, and how they are followed --------------------------------------------------


def test_forms_are_one_word_and_function_words_none():
    assert _telling_key("cities", "en") == _telling_key("City", "en")
    assert _telling_key("شهرها", "fa") == _telling_key(f"شهر{HALF_SPACE}های", "fa")
    blank = [
        ("the", "en"),
        ("Of", "en"),
        ("از", "fa"),
        (f"می{HALF_SPACE}شود", "fa"),
        ("city", "fa"),
    ]
    assert [_telling_key(*each) for each in blank] == [""] * len(blank)


FOLLOWED = [
    ("شهر", "خواهر", "شهر NEAR/4 خواهر"),
    ('"internal affairs"', "interfere", '"internal affairs" NEAR/4 interfere'),
    ("cultur*", "year", "cultur* NEAR/4 year"),
    ("شهر language:fa", "خواهر", "شهر NEAR/4 خواهر AND language:fa"),
    ("city OR town", "sister", "(city OR town) sister"),
    ("sister city", "tie", "sister city AND tie"),
    ('"sister city" (town OR port)', "و", '("sister city" (town OR port)) "و"'),
    ("شهر", "یا", 'شهر NEAR/4 "یا"'),
    ("city OR town", "منهای", '(city OR town) "منهای"'),
]


@pytest.mark.parametrize(("query", "word", "followed"), FOLLOWED)
def test_the_query_that_follows_a_word(query, word, followed):
    assert parse(_query_near(query, word, 5)) == parse(followed)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("collocations") / "c"
    with Corpus.create(folder) as opened:
        for number in range(1, 5):
            texts = [
                ("fa", "دو خواهرشهر در جشنواره‌های نوروز همکاری می‌کنند و جشنوارهٔ نوروز می‌گیرند."),
                ("fa", f"بند {number} دربارهٔ آب، راه، بوستان و دبستان‌های کهن این دیار است."),
                ("en", "The sister cities hold a festival in spring, and the festivals are open."),
                ("en", f"Paragraph {number} tells of water, roads, gardens and schools of old."),
            ]
            derived = document(number, texts, {"title": f"Pact {number}"})
            source = Source(f"/x/{number}.pdf", derived.sha256, "done", "", now())
            opened.catalogue.put(derived, source)
    return folder


def run(corpus, *arguments):
    result = CliRunner().invoke(app, ["--corpus", str(corpus), *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result


@pytest.mark.parametrize("query", ["festival", "نوروز", '"sister cities"'])
def test_every_collocate_can_be_followed_to_its_clauses(corpus, query):
    value = json.loads(run(corpus, "collocations", query, "--json").stdout)
    assert value["collocates"]
    for each in value["collocates"]:
        assert each["clause_count"] == len(each["clauses"]) == 4
        hits = json.loads(run(corpus, "search", each["query"], "--json").stdout)["hits"]
        assert set(each["clauses"]) <= {hit["id"] for hit in hits}


def test_the_table_says_what_was_counted(corpus):
    shown = run(corpus, "collocations", "festival", "--side", "after").stdout
    assert "English: 8 places in 4 documents" in shown
    assert "the clauses of the first: textmine search 'festival NEAR/4 " in shown
    assert not re.search("^(the|and|are) ", shown.replace("\u2068", ""), re.MULTILINE)
    with_all = run(corpus, "collocations", "festival", "--all-words", "--json").stdout
    assert "the" in [each["word"] for each in json.loads(with_all)["collocates"]]


def test_all_words_are_written_with_their_clauses(corpus, tmp_path):
    to = tmp_path / "near.csv"
    said = run(corpus, "collocations", "نوروز", "--to", str(to)).stderr
    with to.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert f"Wrote {len(rows)} words to" in said
    assert {"word", "times", "logdice", "g2", "adjusted", "query", "clauses"} <= rows[0].keys()
    assert len(rows[0]["clauses"].split("; ")) == 4


def test_what_the_index_lacks_is_said(corpus, monkeypatch):
    real = Index.of

    def behind(*arguments, **named):
        index = real(*arguments, **named)
        index.behind = 2
        return index

    monkeypatch.setattr(Index, "of", behind)
    for command in ("collocations", "concordance"):
        said = run(corpus, command, "festival").stderr
        assert "2 changes of the corpus are not in the index yet" in said


def test_a_query_without_words_has_no_neighbours(corpus):
    with pytest.raises(QueryError, match="has none"):
        run(corpus, "collocations", "language:fa")
    assert "do not occur" in run(corpus, "collocations", "crosswordless").stderr


def test_help_teaches_by_example(corpus):
    shown = run(corpus, "collocations", "--help").stdout
    assert "textmine collocations 'خواهرخوانده'" in shown
    assert "logDice" in shown
