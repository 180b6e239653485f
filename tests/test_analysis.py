"""The overview and the cross tables: counts, and what the tests of independence may claim."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_corpus import BOOK, DICTIONARY, coded_corpus, document, machine_reads, upgrade

from textmine.analysis.crosstabs import (
    Independence,
    Observation,
    Untested,
    crosstab,
    independence,
)
from textmine.analysis.overview import coder_summaries, overview
from textmine.records import Attribute, Coding
from textmine.store.catalogue import Source, now
from textmine.store.corpus import Corpus


def observations(counts, per_document=1):
    """A table of counts as observations, ``per_document`` of one row to a document."""
    made = []
    number = 0
    for row, by_column in counts.items():
        in_row = 0
        for column, count in by_column.items():
            for _ in range(count):
                if in_row % per_document == 0:
                    number += 1
                in_row += 1
                made.append(Observation(row, column, f"c{len(made)}", number))
    return made


# -- the cross table ------------------------------------------------------------------------------


def test_every_figure_keeps_its_clauses():
    table = crosstab(
        [
            Observation("fa", "cultural", "c1", 1),
            Observation("fa", "economic", "c1", 1),
            Observation("fa", "economic", "c1", 1),  # the same clause again
            Observation("en", "economic", "c2", 2),
        ],
        columns=("economic", "cultural", "religious"),
    )
    assert table.columns == ("economic", "cultural", "religious")
    assert table.cell("fa", "economic").clauses == ("c1",)
    assert table.cell("en", "cultural").count == 0
    assert table.row_totals["fa"].clauses == ("c1",)
    assert table.column_totals["economic"].clauses == ("c1", "c2")
    assert table.column_totals["religious"].count == 0
    assert table.total.clauses == ("c1", "c2")
    assert table.share("fa", "economic") == 1.0


@given(
    st.lists(
        st.builds(
            Observation,
            st.sampled_from("ab"),
            st.sampled_from("xyz"),
            st.sampled_from("1234567"),
            st.integers(1, 3),
        )
    )
)
def test_totals_are_the_union_of_their_cells(made):
    table = crosstab(made)
    for row in table.rows:
        united = {c for column in table.columns for c in table.cell(row, column).clauses}
        assert united == set(table.row_totals[row].clauses)
    for column in table.columns:
        united = {c for row in table.rows for c in table.cell(row, column).clauses}
        assert united == set(table.column_totals[column].clauses)
    assert {each.clause for each in made} == set(table.total.clauses)


# -- the tests of independence --------------------------------------------------------------------


def test_naive_figures_are_those_of_the_textbook():
    # Agresti (2007), Introduction to Categorical Data Analysis, p. 39: chi-square 30.1 on 2 df.
    counts = {
        "female": {"democrat": 762, "independent": 327, "republican": 468},
        "male": {"democrat": 484, "independent": 239, "republican": 477},
    }
    result = independence(crosstab(observations(counts, 10)), permutations=99)
    assert isinstance(result, Independence)
    assert result.chi2 == pytest.approx(30.07, abs=0.01)
    assert result.df == 2
    assert result.naive_p == pytest.approx(2.954e-07, rel=1e-3)
    assert result.n == 2757
    assert not result.sparse
    assert result.simulated_p is None
    # sqrt((chi2/n - 2/2756) / (2 - 1/2756 - 1))
    assert result.cramers_v == pytest.approx(0.1009, abs=1e-4)


def clustered():
    """Twelve documents, each with one code throughout, whatever its kind: nothing to be found.

    Sixty clauses look like strong evidence when each counts for itself.
    """
    codes = {
        "law": ["economic"] * 4 + ["cultural"] * 2,
        "treaty": ["economic"] * 2 + ["cultural"] * 4,
    }
    return crosstab(
        Observation(kind, code, f"{kind}{n}.{clause}", n + 10 * (kind == "law"))
        for kind, of in codes.items()
        for n, code in enumerate(of)
        for clause in range(5)
    )


def test_whole_documents_are_permuted_not_clauses():
    result = independence(clustered())
    assert isinstance(result, Independence)
    assert result.naive_p < 0.02
    # By hand: 4 of 6 against 2 of 6 documents; hypergeometric, at least as far from 3:3.
    assert result.p == pytest.approx(1 - 400 / 924, abs=0.02)
    assert (result.documents, result.arrangements) == (12, 924)


def test_the_p_value_does_not_change_from_run_to_run():
    assert independence(clustered()) == independence(clustered())


def test_a_real_difference_between_documents_is_found():
    counts = {"law": {"economic": 50, "cultural": 2}, "treaty": {"economic": 2, "cultural": 50}}
    result = independence(crosstab(observations(counts, 4)))
    assert isinstance(result, Independence)
    assert result.p < 0.01
    assert result.cramers_v > 0.8


def test_bilingual_documents_exchange_their_languages_within_themselves():
    # Eight documents, in each of which Persian clauses take one code and English ones the other.
    made = [
        Observation(language, code, f"{number}{language}{clause}", number)
        for number in range(8)
        for language, code in (("fa", "cultural"), ("en", "economic"))
        for clause in range(3)
    ]
    result = independence(crosstab(made))
    assert isinstance(result, Independence)
    assert (result.arrangements, result.documents, result.mixed) == (2**8, 8, 8)
    # Only the observed assignment and its mirror are that far from independence.
    assert result.p == pytest.approx(2 / 256, abs=0.004)


def test_small_expected_counts_are_said_and_simulated():
    counts = {"a": {"x": 3, "y": 1, "z": 0}, "b": {"x": 1, "y": 3, "z": 4}}
    result = independence(crosstab(observations(counts)))
    assert isinstance(result, Independence)
    assert result.sparse
    assert result.expected_below_5 == 1.0
    # Every document has one clause, so both ways of shuffling are the same one.
    assert result.simulated_p == pytest.approx(result.p, abs=0.02)


@pytest.mark.parametrize(
    ("counts", "per_document", "reason"),
    [
        ({}, 1, "one-row"),
        ({"a": {"x": 5, "y": 5}}, 1, "one-row"),
        ({"a": {"x": 5}, "b": {"x": 9}}, 1, "one-column"),
        ({"a": {"x": 5, "y": 1}, "b": {"x": 1, "y": 5}}, 6, "row-per-document"),
        ({"a": {"x": 5, "y": 1}, "b": {"x": 1, "y": 5}}, 3, "few-documents"),
    ],
)
def test_no_test_where_none_can_be(counts, per_document, reason):
    assert independence(crosstab(observations(counts, per_document))) == Untested(reason)


def test_rows_and_columns_that_are_left_out_do_not_count():
    counts = {"a": {"x": 9, "y": 3, "-": 4}, "b": {"x": 3, "y": 9}, "unknown": {"x": 40}}
    kept = {"a": {"x": 9, "y": 3}, "b": {"x": 3, "y": 9}}
    with_all = independence(crosstab(observations(counts)), without=("unknown", "-"))
    assert with_all == independence(crosstab(observations(kept)))


def test_many_rows_are_told_apart_in_one_pass():
    """Counted, not timed: each observation's row is looked at a fixed number of times."""
    looked = 0

    class Row(str):
        __hash__ = str.__hash__

        def __eq__(self, other: object) -> bool:
            nonlocal looked
            looked += 1
            return str.__eq__(self, other)

    def work(size: int) -> int:
        nonlocal looked
        rows = [str(number) for number in range(size)]
        table = crosstab(
            Observation(Row(row), "xy"[number % 2], f"c{number}", number)
            for number, row in enumerate(rows)
        )
        looked = 0
        independence(table, permutations=1)
        return looked

    assert work(400) <= 2 * work(200) + 400


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(12)))
def test_the_order_of_observations_does_not_move_the_naive_test(order):
    made = list(clustered().observations)[:12]
    first, second = (
        independence(crosstab(each), permutations=19)
        for each in (made, [made[place] for place in order])
    )
    assert isinstance(first, type(second))
    if isinstance(first, Independence):
        assert first.chi2 == pytest.approx(second.chi2)


# -- the overview ---------------------------------------------------------------------------------


def test_overview_counts_and_is_json(tmp_path):
    with coded_corpus(tmp_path / "c") as corpus:
        seen = overview(corpus)
    assert list(seen.states) == ["done", "partial", "suspect", "failed", "duplicate"]
    assert seen.states == {"done": 4, "partial": 0, "suspect": 1, "failed": 1, "duplicate": 1}
    assert (seen.documents, seen.pages) == (6, 5)
    assert seen.clauses == sum(seen.languages.values()) == 17
    assert seen.languages == {"fa": 9, "en": 8}
    assert seen.kinds["treaty"] == 2
    assert seen.years == {"1993": 1, "2016": 2}
    assert seen.coders == {"dictionary:test@1": 5}
    assert json.loads(json.dumps(seen.to_json(), ensure_ascii=False))["clauses"] == 17


def test_overview_says_what_needs_attention(tmp_path):
    with coded_corpus(tmp_path / "c") as corpus:
        extra = document(9, [("en", "Left uncoded.")])
        corpus.catalogue.put(extra, Source("/x/late.pdf", extra.sha256, "done", "", now()))
        lines = overview(corpus).attention
    assert any("locked.pdf" in line and "password" in line for line in lines)
    assert any(line.startswith("suspect") for line in lines)
    assert any("late.pdf" in line and "textmine code" in line for line in lines)
    assert any("kind = law (40%)" in line and "documents.csv" in line for line in lines)


def test_overview_says_when_the_codebook_has_moved_on(tmp_path):
    with coded_corpus(tmp_path / "c") as corpus:
        assert not any("codebook" in line for line in overview(corpus).attention)
        upgrade(corpus)
        lines = overview(corpus).attention
        assert any("test@1" in line and "test@2 now" in line for line in lines)
        assert not any("Not coded yet" in line for line in lines)
        machine_reads(corpus, 1)
        lines = overview(corpus).attention
    assert not any("codebook" in line for line in lines)
    assert any("Not coded yet: 2.pdf, 3.pdf" in line for line in lines)


def test_overview_of_an_empty_corpus_says_what_to_do(tmp_path):
    with Corpus.create(tmp_path / "c", codebook=BOOK) as corpus:
        seen = overview(corpus)
    assert seen.documents == seen.clauses == 0
    assert "textmine add" in seen.attention[0]


def test_codings_of_clauses_that_are_gone_do_not_count(tmp_path):
    with coded_corpus(tmp_path / "c") as corpus:
        stray = Coding("gone", "cultural", "person:a", "test@1", True, now())
        corpus.catalogue.add_codings(1, [stray])
        assert [each.coder for each in coder_summaries(corpus.catalogue)] == [DICTIONARY]


def test_the_year_comes_from_the_date_when_no_year_is_given(tmp_path):
    with Corpus.create(tmp_path / "c", codebook=BOOK) as corpus:
        dated = replace(
            document(1, [("en", "One.")]),
            attributes=(Attribute("date", "2001-02-03", 1.0, "table"),),
        )
        corpus.catalogue.put(dated, Source("/x/a.pdf", dated.sha256, "done", "", now()))
        assert overview(corpus).years == {"2001": 1}
