"""Whose codings count is one rule: search, report and overview never differ."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_corpus import TEXTS, document, machine_reads, uncoded_corpus, upgrade

from textmine.analysis.overview import overview
from textmine.records import Coding
from textmine.reports.material import gather
from textmine.search import Index
from textmine.standing import Standing, standing
from textmine.store.catalogue import Source, now
from textmine.store.corpus import Corpus

CODERS = ("person:a", "person:b", "model:m", "model:n", "dictionary:test@2")
CODES = ("cultural", "economic", "religious")
WHEN = "2024-01-01T00:00:00+00:00"


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("standing") / "c"
    with uncoded_corpus(folder) as corpus:
        upgrade(corpus)
    return folder


@pytest.fixture
def corpus(template, tmp_path):
    shutil.copytree(template, tmp_path / "c")
    with Corpus.open(tmp_path / "c") as own:
        yield own


def person(corpus: Corpus, number: int, *codes: str, name: str = "a", book: str = "test@2") -> None:
    """A person applies codes to the first clause of a document."""
    clause = next(iter(corpus.catalogue.clauses(document=number))).clause.id
    corpus.catalogue.add_codings(
        number, [Coding(clause, code, f"person:{name}", book, True, WHEN) for code in codes]
    )


def coders(corpus: Corpus, coder: str | None = None) -> dict[int, tuple[str, ...]]:
    return dict(standing(corpus.catalogue, "test@2", coder=coder).coders)


def test_in_each_document_people_then_the_model_then_the_dictionary(corpus):
    assert coders(corpus) == {}
    for number in (1, 2, 3):
        machine_reads(corpus, number)
    for number in (1, 2):
        machine_reads(corpus, number, coder="model:m")
    person(corpus, 1, "cultural")
    person(corpus, 1, "economic", name="b")
    assert coders(corpus) == {
        1: ("person:a", "person:b", "model:m"),
        2: ("model:m",),
        3: ("dictionary:test@2",),
    }
    assert standing(corpus.catalogue, "test@2").names == (
        "person:a",
        "person:b",
        "model:m",
        "dictionary:test@2",
    )
    assert standing(corpus.catalogue, "test@2").whole == {1, 2, 3}
    assert coders(corpus, "model:m") == {1: ("model:m",), 2: ("model:m",)}


def test_codings_by_another_codebook_count_only_when_there_are_no_others(corpus):
    machine_reads(corpus, 1, coder="model:m", reference="test@1")
    person(corpus, 2, "cultural", book="test@1")
    found = standing(corpus.catalogue, "test@2")
    assert (found.codebook, found.outdated) == ("test@1", True)
    assert found.coders == {1: ("model:m",), 2: ("person:a",)}
    machine_reads(corpus, 3)
    found = standing(corpus.catalogue, "test@2")
    assert (found.codebook, found.outdated) == ("test@2", False)
    assert found.coders == {3: ("dictionary:test@2",)}


def test_of_a_named_coder_the_present_codebook_counts_if_it_used_it(corpus):
    machine_reads(corpus, 1, coder="model:m", reference="test@1")
    machine_reads(corpus, 2)
    assert standing(corpus.catalogue, "test@2", coder="model:m").codebook == "test@1"
    machine_reads(corpus, 2, coder="model:m")
    assert coders(corpus, "model:m") == {2: ("model:m",)}


def test_codings_of_clauses_that_are_gone_do_not_count(corpus):
    machine_reads(corpus, 1)
    corpus.catalogue.add_codings(1, [Coding("gone", "cultural", "person:a", "test@2", True, WHEN)])
    assert coders(corpus) == {1: ("dictionary:test@2",)}


def test_a_document_that_was_read_anew_waits_for_its_machine_coder(corpus):
    machine_reads(corpus, 1, {"cultural": [0]})
    attributes, clauses = TEXTS[0]
    again = document(1, clauses, attributes)
    corpus.catalogue.put(again, Source("/home/x/1.pdf", again.sha256, "done", "", now()))
    assert coders(corpus) == {}


def test_the_last_decision_counts_and_one_of_several_people_is_enough():
    rule = Standing("b@1", "b@1", {1: ("person:a", "person:b")})
    yes = Coding("c1", "cultural", "person:a", "b@1", True, "")
    no = replace(yes, applied=False)
    other = replace(no, coder="person:b")
    assert rule.counted([(1, yes), (1, no)]) == {"c1": {"cultural": no}}
    assert rule.counted([(1, yes), (1, other)]) == {"c1": {"cultural": yes}}
    assert rule.counted([(1, other), (1, yes)]) == {"c1": {"cultural": yes}}
    assert rule.counted([(2, yes), (1, replace(yes, coder="model:m"))]) == {}


DECISIONS = st.lists(
    st.tuples(
        st.sampled_from(CODERS),
        st.integers(1, 5),
        st.sampled_from(CODES),
        st.integers(0, 1),
        st.booleans(),
        st.sampled_from(["test@1", "test@2", "test@2"]),
    ),
    max_size=10,
)


@settings(max_examples=15, deadline=None)
@given(decisions=DECISIONS)
def test_search_and_report_count_the_same_clauses(template, tmp_path_factory, decisions):
    folder = tmp_path_factory.mktemp("same") / "c"
    shutil.copytree(template, folder)
    with Corpus.open(folder) as corpus:
        index = Index.of(corpus)
        index.search("x")
        for coder, number, code, place, applied, book in decisions:
            if coder.startswith("person:"):
                clause = list(corpus.catalogue.clauses(document=number))[place].clause.id
                one = Coding(clause, code, coder, book, applied, WHEN)
                corpus.catalogue.add_codings(number, [one])
            else:
                codes = {code: [place]} if applied else {}
                machine_reads(corpus, number, codes, coder, book)
        material = gather(corpus, None)
        index = Index.of(corpus)  # brought up to date
        for code in CODES:
            expected = {
                clause.stored.clause.id for clause in material.clauses if code in clause.codes
            }
            found = index.search(f"code:{code}", limit=50)
            assert {hit.clause for hit in found.hits} == expected
            assert index.search("-zzz").facets["code"].get(code, 0) == len(expected)
        uncoded = material.counting.coders.keys() ^ {1, 2, 3, 4, 5}
        said = [line for line in overview(corpus).attention if "Not coded yet" in line]
        assert bool(said) == bool(uncoded)
