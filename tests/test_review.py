"""What to code next: the choice, the sheet, and decisions on the terminal."""

from __future__ import annotations

import csv
import io
import json
import random
import shutil
import sys
from collections import Counter
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from coded_corpus import clauses_of, code_all, codes_of, decided_by, make
from test_classifier import BOOK, ENGLISH, GROUPS, TRUTH, Understanding
from test_cli_coders import run

from textmine.errors import InputError
from textmine.store.corpus import Corpus
from textmine.tagging.classifier import ThemeClassifier
from textmine.tagging.coders import codebook_of, coder
from textmine.tagging.review import choose, curve, propose

PERSON = "person:sara"
CODES = ("cultural", "economic")


@pytest.fixture(scope="module")
def uncoded(tmp_path_factory) -> Path:
    """A corpus that nobody has coded, by a codebook that no model fits."""
    return make(tmp_path_factory.mktemp("review"), 9)


@pytest.fixture
def own(uncoded, tmp_path) -> Path:
    """A copy of it, to do with as one likes."""
    return Path(shutil.copytree(uncoded, tmp_path / "own"))


@pytest.fixture(scope="module")
def classifier() -> ThemeClassifier:
    return ThemeClassifier(BOOK).fit(ENGLISH, TRUTH, GROUPS)


@pytest.fixture(scope="module")
def texts(uncoded) -> list[str]:
    return [one.text for one in clauses_of(uncoded)]


def chosen(texts: list[str], number: int, by: ThemeClassifier | None) -> list[tuple[str, str]]:
    """The texts that are chosen, each with the code that it is chosen for."""
    readings = (by or ThemeClassifier(BOOK)).read(texts)
    return [(texts[one.place], one.code) for one in choose(readings, number, BOOK, by)]


# -- the choice ------------------------------------------------------------------------------------


@pytest.mark.parametrize("with_model", [True, False])
def test_the_choice_is_the_same_for_any_order(texts, classifier, with_model):
    by = classifier if with_model else None
    first = chosen(texts, 20, by)
    assert len(first) == 20
    assert chosen(texts, 20, by) == first
    for seed in range(3):
        others = list(texts)
        random.Random(seed).shuffle(others)  # noqa: S311 - an order, no secret
        assert chosen(others, 20, by) == first
    assert chosen(texts, 7, by) == first[:7]


@pytest.mark.parametrize("with_model", [True, False])
def test_codes_and_languages_take_turns_and_a_fifth_is_drawn(texts, classifier, with_model):
    found = chosen(texts, 20, classifier if with_model else None)
    assert [place for place, (_, code) in enumerate(found, start=1) if not code] == [5, 10, 15, 20]
    persian = [(code, text > "\u0600") for text, code in found if code]
    assert Counter(persian) == {(code, of): 4 for code in CODES for of in (True, False)}


def test_each_turn_brings_a_clause_though_many_read_alike(classifier):
    formulas = [f"They will lend songs of {number}." for number in range(50)]
    others = ["A bank opens.", "Loans for trade.", "Tariffs and weather.", "Rain falls."]
    found = chosen([*formulas, *others], 5, classifier)
    assert len(found) == 5
    assert sum(text in formulas for text, _ in found) == 1


def test_doubt_decides_what_is_asked_first(classifier):
    texts = ["They will lend songs.", "They will watch the rain.", "Open the songs trade weather."]
    readings = classifier.read(texts)
    doubt = np.abs(classifier.predict_proba(readings) - 0.5).min(axis=1)
    first = choose(readings, 1, BOOK, classifier)[0]
    assert first.place == int(doubt.argmin()) == 2


def test_without_a_model_clauses_with_keywords_of_each_code_come_first():
    texts = ["Rain falls.", "A museum opens.", "Days pass by.", "A bank closes.", "باران بارید"]
    assert chosen(texts, 2, None) == [("A museum opens.", "cultural"), ("باران بارید", "cultural")]
    assert ("A bank closes.", "economic") in chosen(texts, 4, None)


@pytest.mark.parametrize("with_model", [True, False])
def test_neither_repetitions_nor_clauses_without_words_are_chosen(classifier, with_model):
    texts = ["The parties shall lend songs to each other."] * 5
    texts += ["The Parties shall lend songs to each other;", "۱۲", "* * *", "", "Loans for banks."]
    found = [text for text, _ in chosen(texts, 10, classifier if with_model else None)]
    assert len(found) == 2
    assert "Loans for banks." in found


def test_clauses_of_which_no_word_is_known_are_chosen_once(classifier):
    assert len(chosen(["Qwxz vbnm.", "Qwxz vbnm.", "Qwxz vbnm."], 3, classifier)) == 1


@pytest.mark.parametrize("number", [0, -1, 3])
def test_of_nothing_nothing_is_chosen(classifier, number):
    assert choose([], number, BOOK, classifier) == []
    assert chosen(["Rain falls."], min(number, 0), classifier) == []


# -- from the corpus -------------------------------------------------------------------------------


def test_proposals_are_for_clauses_that_no_person_has_coded(own):
    run(own, "code", "--model", "dictionary")
    with Corpus.open(own / "corpus") as corpus:
        dictionary = coder("dictionary", own / "corpus")
        everything = propose(corpus, 1000, dictionary)
        assert 60 < len(everything) <= 72
        some = propose(corpus, 5, dictionary)
    answers(own, "0\n" * 5, "-n", 5, "--coder", PERSON)
    with Corpus.open(own / "corpus") as corpus:
        left = propose(corpus, 1000, dictionary)
        theirs = propose(corpus, 5, dictionary, person="person:omid")
        own_left = propose(corpus, 1000, dictionary, person=PERSON)
        persian = propose(corpus, 1000, dictionary, language="fa")
    coded = {one.clause.id for one in some}
    assert not coded.intersection(one.clause.id for one in left)
    assert not coded.intersection(one.clause.id for one in own_left)
    assert [one.clause.id for one in theirs] == [one.clause.id for one in some]
    assert {one.clause.language for one in persian} == {"fa"}


def test_proposals_are_shown_and_told_to_programs(own):
    shown = run(own, "review", "-n", 5)
    assert "the dictionary alone" in shown.stderr
    assert shown.stderr.splitlines()[-1].startswith("5 clauses. Code here with --coder")
    said = json.loads(run(own, "review", "-n", 5, "--json").stdout)
    assert [one["unsure_of"] for one in said] == [*CODES[:1] * 2, *CODES[1:] * 2, ""]
    assert shown.stdout.count("drawn at random") == 1
    for one in said:
        assert set(one) == {
            *("document", "clause", "language", "page", "text", "unsure_of", "suggested"),
        }
        assert f"{one['document']} · page {one['page']} · {one['clause']}" in shown.stdout
    assert "1 clause. " in run(own, "review", "-n", 1).stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--language", "ar"), "fa or en"),
        (("--to", "x.xlsx"), "must end in .csv or .jsonl"),
        (("--suggest",), "name it with --to FILE"),
    ],
)
def test_what_does_not_fit_together_is_said(uncoded, arguments, said):
    assert said in run(uncoded, "review", *arguments, code=2).stderr


def test_a_machine_cannot_review(uncoded):
    assert "is no person" in run(uncoded, "review", "--coder", "model:x", code=1).stderr


# -- on a sheet ------------------------------------------------------------------------------------


def test_a_sheet_is_filled_in_and_imported_but_for_rows_not_read(own, tmp_path):
    sheet = tmp_path / "sheet.csv"
    done = run(own, "review", "-n", 10, "--to", sheet)
    assert f"textmine import {sheet} --coder person:NAME" in done.stderr
    with sheet.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert {row["codes"] for row in rows} == {"?"}
    assert {row["coder"] for row in rows} == {""}
    for row in rows[:6]:
        row["codes"] = "; ".join(codes_of(row["text"]))
    with sheet.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, rows[0], delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    assert "coder is empty" in run(own, "import", sheet, code=1).stderr
    taken = json.loads(run(own, "import", sheet, "--coder", "sara", "--json").stdout)
    assert (taken["new"], taken["refused"]) == (6, 0)
    expected = {row["clause"]: codes_of(row["text"]) for row in rows[:6]}
    assert decided_by(own, PERSON) == expected
    left = json.loads(run(own, "review", "-n", 10, "--json").stdout)
    assert not set(expected).intersection(one["clause"] for one in left)


def test_a_sheet_can_bear_a_name_and_suggestions(own, tmp_path):
    sheet = tmp_path / "sheet.jsonl"
    arguments = ("review", "-n", 6, "--to", sheet, "--coder", "sara", "--suggest")
    said = json.loads(run(own, *arguments, "--json").stdout)
    lines = [json.loads(line) for line in sheet.read_text(encoding="utf-8").splitlines()]
    assert [line["clause"] for line in lines] == [one["clause"] for one in said]
    assert [line["codes"] for line in lines] == [one["suggested"] for one in said]
    assert {line["coder"] for line in lines} == {PERSON}
    run(own, "import", sheet)
    assert len(decided_by(own, PERSON)) == 6


def test_when_all_is_coded_it_is_said_and_no_sheet_is_written(own, tmp_path):
    code_all(own)
    for more in ((), ("--to", tmp_path / "sheet.csv"), ("--coder", "leila")):
        done = run(own, "review", *more)
        assert (done.stdout, done.stderr.splitlines()[-1]) == (
            "",
            "There is no clause left to code.",
        )
    assert not (tmp_path / "sheet.csv").exists()
    assert json.loads(run(own, "review", "--json").stdout) == []


# -- on the terminal -------------------------------------------------------------------------------


def answers(folder: Path, typed: str, *arguments: object):
    """`textmine review` with what a person types."""
    with mock.patch.object(sys, "stdin", io.StringIO(typed)):
        return run(folder, "review", *arguments)


def in_order(folder: Path, number: int = 5) -> list[dict]:
    return json.loads(run(folder, "review", "-n", number, "--coder", "sara", "--json").stdout)


def test_each_answer_is_stored_as_it_is_given(own):
    first, second, third, fourth, fifth = in_order(own)
    done = answers(own, "1 2\n0\n\ns\n۲\n", "-n", 5, "--coder", PERSON)
    assert "The codes of person:sara for 4 clauses are stored." in done.stderr
    assert decided_by(own, PERSON) == {
        first["clause"]: CODES,
        second["clause"]: (),
        third["clause"]: tuple(third["suggested"]),
        fifth["clause"]: ("economic",),
    }
    assert fourth["clause"] in [one["clause"] for one in in_order(own, 100)]


def test_going_back_decides_anew_and_keeps_the_earlier_decision_on_record(own):
    first, second, *_ = in_order(own)
    done = answers(own, "1\nb\n2\n1,2\nb\n\nq\n", "-n", 5, "--coder", PERSON)
    assert "[cultural, decided]" in done.stdout
    assert "[cultural, economic, decided]" in done.stdout
    assert "for 2 clauses are stored" in done.stderr
    assert decided_by(own, PERSON) == {first["clause"]: ("economic",), second["clause"]: CODES}
    with Corpus.open(own / "corpus") as corpus:
        record = [
            (one.code, one.applied)
            for one in corpus.catalogue.codings(coder=PERSON)
            if one.clause == first["clause"]
        ]
    assert record == [
        *(("cultural", True), ("economic", False)),
        *(("cultural", False), ("economic", True)),
    ]


@pytest.mark.parametrize(
    "nonsense", ["3", "-1", "0 1", "1 x", "yes", "1.5", "²", ",", "1 99999999999999999999999"]
)
def test_nonsense_is_asked_again_and_stores_nothing(own, nonsense):
    done = answers(own, f"{nonsense}\nq\n", "-n", 1, "--coder", PERSON)
    assert "Write numbers from 1 to 2, or 0 alone, or s b q ?" in done.stdout
    assert done.stdout.count("1 of 1") == 2
    assert "Nothing was decided." in done.stderr
    assert decided_by(own, PERSON) == {}


def test_a_question_mark_explains_the_codes_in_the_language_of_the_clause(own):
    done = answers(own, "?\nq\n", "-n", 1, "--coder", PERSON, "--language", "fa")
    assert "1 cultural: موسیقی و موزه" in done.stdout
    english = answers(own, "?\nQ\n", "-n", 1, "--coder", PERSON, "--language", "en")
    assert "2 economic: trade and banks" in english.stdout


@pytest.mark.parametrize("typed", ["1\n", "1\nq\n", "1\nb\nq\n"])
def test_what_was_decided_before_the_end_is_kept(own, typed):
    first, *_ = in_order(own)
    done = answers(own, typed, "-n", 5, "--coder", PERSON)
    assert "for 1 clause are stored" in done.stderr
    assert decided_by(own, PERSON) == {first["clause"]: ("cultural",)}


# -- what it is worth ------------------------------------------------------------------------------


@pytest.mark.parametrize("by_model", [True, False])
def test_the_curve_rises_with_what_is_coded(by_model):
    make_one = lambda: ThemeClassifier(BOOK, Understanding())  # noqa: E731
    distinct = [f"{text} {place}x{place % 7}y" for place, text in enumerate(ENGLISH)]
    readings = make_one().read(distinct)
    test = [place for place, group in enumerate(GROUPS) if group in ("0", "1", "2")]
    arguments = (readings, TRUTH, GROUPS, make_one, test)
    steps = curve(*arguments, batch=15, most=45, by_model=by_model)
    assert steps == curve(*arguments, batch=15, most=45, by_model=by_model)
    assert all(0 <= one.macro_f1 <= 1 for one in steps)
    assert [one.clauses for one in steps] == sorted({one.clauses for one in steps})
    assert steps[-1].clauses <= 45
    assert steps[-1].macro_f1 >= steps[0].macro_f1
    if not by_model:
        assert [one.clauses for one in steps] == [15, 30, 45]
        assert steps != curve(*arguments, batch=15, most=45, by_model=False, seed=1) or (
            steps[-1].macro_f1 == 1.0
        )


def test_a_curve_ends_where_the_clauses_do():
    texts = ["songs and dance", "a bank", "rain"]
    readings = ThemeClassifier(BOOK).read(texts)
    truth = np.array([[True, False], [False, True], [False, False]])
    steps = curve(readings, truth, ["a", "b", "c"], lambda: ThemeClassifier(BOOK), [1], batch=2)
    assert [one.clauses for one in steps] == [2]
    with pytest.raises(InputError, match="carries a code"):
        curve(readings, truth, ["a", "b", "c"], lambda: ThemeClassifier(BOOK), [2])
    everything_held = curve(readings, truth, ["a"] * 3, lambda: ThemeClassifier(BOOK), [0])
    assert everything_held == []


def test_the_codebook_of_these_tests_is_that_of_the_corpus(uncoded):
    assert codebook_of(uncoded / "corpus").digest == BOOK.digest
