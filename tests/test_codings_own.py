"""One decision on one clause: made on what stood, with marked words; its undo; progress."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from coded_corpus import make

from textmine.care.taking_back import events, last_decision, take_back
from textmine.codebook import load
from textmine.codings import (
    CodedClause,
    StaleError,
    Stood,
    coded_in,
    decide,
    read_coded,
    stood_of,
    take_in,
    write_coded,
)
from textmine.codings.examples import examples
from textmine.codings.progress import decided_clauses, progress
from textmine.codings.words import place_of
from textmine.errors import InputError
from textmine.records import Codebook, Span
from textmine.store.corpus import Corpus
from textmine.tagging.keywords import DictionaryCoder
from textmine.tagging.review import propose


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("own"), 3) / "corpus"


@pytest.fixture
def corpus(made: Path, tmp_path: Path) -> Iterator[Corpus]:

    with Corpus.open(Path(shutil.copytree(made, tmp_path / "corpus"))) as opened:
        book = load(opened.codebook_file)
        opened.catalogue.put_codebook(
            book.reference, book.digest, opened.codebook_file.read_text(encoding="utf-8")
        )
        yield opened


@pytest.fixture
def book(corpus: Corpus) -> Codebook:
    return load(corpus.codebook_file)


@pytest.fixture
def one(corpus: Corpus, book: Codebook) -> CodedClause:
    """What leila decides on the first clause of the corpus."""
    clause = next(corpus.catalogue.clauses()).clause
    return CodedClause(
        "01.txt", clause.id, clause.language, "", ("cultural",), "person:leila", book.reference
    )


def stood(corpus: Corpus, one: CodedClause, book: Codebook) -> Stood:
    codings = corpus.catalogue.codings(clause=one.clause)
    return stood_of(codings, one.clause, one.coder, book)


def test_a_decision_is_taken_on_what_stood_and_on_nothing_else(
    corpus: Corpus, book: Codebook, one: CodedClause
) -> None:
    nothing = stood(corpus, one, book)
    assert not nothing.is_decided
    first = decide(corpus.catalogue, one, book, stood=nothing.token)
    assert (first.codes, first.is_decided) == (("cultural",), True)
    other = replace(one, codes=("economic",))
    with pytest.raises(StaleError) as refused:
        decide(corpus.catalogue, other, book, stood=nothing.token)
    assert refused.value.stands == first == stood(corpus, one, book)
    second = decide(corpus.catalogue, other, book, stood=first.token)
    assert second.codes == ("economic",)
    assert second.token not in (first.token, nothing.token)
    none = decide(corpus.catalogue, replace(one, codes=()), book, stood=second.token)
    assert (none.codes, none.is_decided) == ((), True)


def test_what_repeats_is_stored_once_whatever_was_seen(
    corpus: Corpus, book: Codebook, one: CodedClause
) -> None:
    token = stood(corpus, one, book).token
    marked = replace(one, evidence={"cultural": (Span(0, 3),)}, memo="once")
    first = decide(corpus.catalogue, marked, book, stood=token)
    rows = len(corpus.catalogue.codings())
    assert decide(corpus.catalogue, marked, book, stood=token) == first
    assert len(corpus.catalogue.codings()) == rows
    for differs in ({"memo": "twice"}, {"evidence": {"cultural": ()}}, {"codes": ()}):
        with pytest.raises(StaleError):
            decide(corpus.catalogue, replace(marked, **differs), book, stood=token)


def test_two_people_do_not_stand_in_each_others_way(
    corpus: Corpus, book: Codebook, one: CodedClause
) -> None:
    decide(corpus.catalogue, one, book, stood=stood(corpus, one, book).token)
    hers = replace(one, coder="person:maryam", codes=())
    assert not stood(corpus, hers, book).is_decided
    decide(corpus.catalogue, hers, book, stood=stood(corpus, hers, book).token)
    assert stood(corpus, one, book).codes == ("cultural",)


def test_a_token_is_of_one_clause_one_coder_and_one_codebook(book: Codebook) -> None:
    tokens = {
        stood_of((), clause, coder, under).token
        for clause in ("a", "b")
        for coder in ("person:leila", "person:maryam")
        for under in (book, replace(book, version=999))
    }
    assert len(tokens) == 8


def test_marked_words_stay_until_they_are_named_again(
    corpus: Corpus, book: Codebook, one: CodedClause
) -> None:
    def words() -> dict[str, tuple[Span, ...]]:
        [found] = coded_in(corpus.catalogue, book, [one.coder])
        return dict(found.evidence)

    take_in(corpus.catalogue, [replace(one, evidence={"cultural": (Span(0, 3),)})], book)
    assert words() == {"cultural": (Span(0, 3),)}
    taken = take_in(corpus.catalogue, [one], book)  # as a table says it, which has no words
    assert (taken.unchanged, words()) == (1, {"cultural": (Span(0, 3),)})
    take_in(corpus.catalogue, [replace(one, memo="why")], book)
    assert words() == {"cultural": (Span(0, 3),)}
    take_in(corpus.catalogue, [replace(one, evidence={"cultural": (Span(1, 2), Span(4, 5))})], book)
    assert words() == {"cultural": (Span(1, 2), Span(4, 5))}
    take_in(corpus.catalogue, [replace(one, codes=())], book)
    assert words() == {}
    take_in(corpus.catalogue, [one], book)  # applied anew, without words
    assert words() == {}
    with pytest.raises(InputError, match="outside"):
        take_in(corpus.catalogue, [replace(one, evidence={"cultural": (Span(0, 9999),)})], book)


def test_a_file_brings_marked_words_to_another_corpus(
    corpus: Corpus, book: Codebook, one: CodedClause, tmp_path: Path
) -> None:
    marked = replace(one, evidence={"cultural": (Span(2, 5),)})
    take_in(corpus.catalogue, [marked], book)
    written = coded_in(corpus.catalogue, book, [one.coder])
    write_coded(tmp_path / "coded.jsonl", written)
    assert read_coded(tmp_path / "coded.jsonl") == written
    write_coded(tmp_path / "coded.csv", written)
    assert read_coded(tmp_path / "coded.csv") == [replace(written[0], evidence={})]


@pytest.mark.parametrize(
    "evidence",
    ["x", [], {"cultural": "x"}, {"cultural": [[0]]}, {"cultural": [[3, 3]]},
     {"cultural": [[-1, 3]]}, {"cultural": [[True, 3]]}, {"economic": [[0, 1]]}],
)  # fmt: skip
def test_words_that_are_none_are_refused(
    one: CodedClause, evidence: object, tmp_path: Path
) -> None:
    line = {**one.to_json(), "evidence": evidence}
    (tmp_path / "coded.jsonl").write_text(json.dumps(line), encoding="utf-8")
    with pytest.raises(InputError, match="evidence"):
        read_coded(tmp_path / "coded.jsonl")


def test_the_last_decision_is_ones_own_and_no_import(
    corpus: Corpus, book: Codebook, one: CodedClause
) -> None:
    catalogue = corpus.catalogue
    assert last_decision(catalogue, "person:leila") is None
    decide(catalogue, one, book, stood=stood(corpus, one, book).token)
    hers = replace(one, coder="person:maryam")
    decide(catalogue, hers, book, stood=stood(corpus, hers, book).token)
    agreed = replace(one, coder="person:agreed", codes=("economic",))
    decide(catalogue, agreed, book, stood=stood(corpus, agreed, book).token, who="person:leila")
    take_in(catalogue, [replace(one, codes=())], book, file="coded.csv")
    act = last_decision(catalogue, "person:leila")
    assert act is not None
    assert act.detail["coders"] == ["person:agreed"]  # settled by leila, whatever was imported
    take_back(catalogue, act, who="person:leila")
    before = last_decision(catalogue, "person:leila")
    assert before is not None
    assert (before.id < act.id, before.detail["coders"]) == (True, ["person:leila"])
    assert [each.what for each in events(catalogue, clause=one.clause)].count("undo") == 1


def test_progress_and_examples(corpus: Corpus, book: Codebook, one: CodedClause) -> None:
    catalogue = corpus.catalogue
    ids = catalogue.clause_ids()
    hers = replace(one, clause=ids[1], coder="person:maryam", codes=("cultural", "economic"))
    take_in(catalogue, [one, hers], book)
    counts = progress(catalogue, book, "person:leila", "2000-01-01T00:00:00+00:00")
    assert (counts.clauses, counts.by_people, counts.by_coder, counts.lately) == (len(ids), 2, 1, 1)
    assert counts.by_code == {"cultural": 2, "economic": 1}
    assert progress(catalogue, book, "person:leila", "2999").lately == 0
    assert decided_clauses(catalogue, book) == {one.clause, ids[1]}
    assert decided_clauses(catalogue, book, "person:leila") == {one.clause}
    shown = examples(catalogue, book, "cultural", 1)
    assert [each.clause for each in shown] == [ids[1]]  # the last first; one of a language
    assert examples(catalogue, book, "economic", 5)[0].coder == "person:maryam"


def test_proposals_leave_out_and_draw_by_lot(corpus: Corpus, book: Codebook) -> None:
    dictionary = DictionaryCoder(book)
    everything = {each.clause.id for each in propose(corpus, 1000, dictionary)}
    ids = corpus.catalogue.clause_ids()
    some = {each.clause.id for each in propose(corpus, 1000, dictionary, without=ids[:5])}
    assert some
    assert not some & set(ids[:5])
    drawn = {each.clause.id for each in propose(corpus, 1000, dictionary, among=4)}
    assert 0 < len(drawn) <= 4 < len(everything)
    persian = propose(corpus, 1000, dictionary, language="fa", among=4)
    assert {each.clause.language for each in persian} == {"fa"}


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("The Parties shall  meet.", "parties shall meet", "Parties shall  meet"),
        ("دانشجويان دو كشور", "دانشجویان", "دانشجويان"),
        ("a b", "ab", None),
        ("a b", "", None),
        ("\u202ea b", "b", "b"),
    ],
)
def test_typed_words_are_found_as_they_stand(text: str, words: str, found: str | None) -> None:
    span = place_of(text, words)
    assert (span and text[span.start : span.end]) == found
