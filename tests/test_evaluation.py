"""What trains and what is tested; decisions that are worked out by hand; the page made of them."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from lxml import etree

from textmine import codebook as codebooks
from textmine.codings import CodedClause, write_coded
from textmine.errors import InputError
from textmine.tagging.classifier import Decision, document_folds
from textmine.tagging.evaluation import (
    Material,
    by_definitions,
    by_dictionary,
    by_model,
    by_most_frequent,
    calibration,
    coverage,
    crossed,
    few,
    gain,
    scored,
    share,
)
from textmine.tagging.scores import Bin, Covered

SCRIPTS = Path(__file__).resolve().parents[1] / "scripts"

BOOK = codebooks.parse(
    """
id: themes
version: 1
codes:
  - id: cultural
    name: {en: Cultural, fa: فرهنگی}
    definition: {en: music and museums, fa: موسیقی و موزه}
    keywords: {en: [museum], fa: [موزه]}
  - id: economic
    name: {en: Economic, fa: اقتصادی}
    definition: {en: trade and banks, fa: تجارت و بانک}
    keywords: {en: [bank], fa: [بانک]}
"""
)
SAID = {
    "cultural": [("museum", "موزه"), ("music", "موسیقی"), ("songs", "ترانه"), ("dance", "رقص")],
    "economic": [("bank", "بانک"), ("trade", "تجارت"), ("tariffs", "تعرفه"), ("loans", "وام")],
    "": [("rain", "باران"), ("weather", "هوا"), ("snow", "برف"), ("wind", "باد")],
}
MEANT = {
    word: place for place, words in enumerate(SAID.values()) for pair in words for word in pair
} | {"museums": 0, "banks": 1}


class Understanding:
    """An encoder for tests that knows the words of ``SAID``, and the language of a text."""

    id = "understanding:1"
    dimensions = 6

    def encode(self, texts: Sequence[str], on_step=lambda done: None) -> np.ndarray:
        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in re.findall(r"\w+", text.lower()):
                if word in MEANT:
                    row[MEANT[word]] += 1
                row[5] += 0.1 * (hashlib.sha256(word.encode()).digest()[0] % 2)
            row[3 if re.search("[\u0600-\u06ff]", text) else 4] += 3
            row /= np.linalg.norm(row)
        return rows


def clauses() -> list[CodedClause]:
    """12 documents in each language and one in both; every clause names its document's place."""
    found = []
    for document in range(12):
        for language in (0, 1):
            for code, words in SAID.items():
                for number, pair in enumerate(words):
                    of = f"d{document}" if document == 0 else f"{'ef'[language]}{document}"
                    verb = ("they want", "می خواهند")[language]
                    text = f"{verb} {pair[language]} {chr(97 + document) * 3}"
                    found.append(
                        CodedClause(
                            of,
                            f"{of}.{language}{code}{number}",
                            ("en", "fa")[language],
                            text,
                            (code,) if code else (),
                            "agreed",
                            "themes@1",
                        )
                    )
    return found


@pytest.fixture(scope="module")
def material() -> Material:
    return Material.of(clauses(), BOOK, Understanding())


class Watching:
    """A coder that notes what it is given and says nothing."""

    def __init__(self) -> None:
        self.seen: list[tuple[set[int], set[int]]] = []

    def __call__(self, material: Material, learn: Sequence[int], test: Sequence[int]) -> Decision:
        self.seen.append((set(learn), set(test)))
        return by_most_frequent(material, learn, test)


def test_no_training_has_a_document_under_test_and_every_clause_is_tested_once(material):
    watching = Watching()
    tested = crossed(material, watching, folds=4)
    assert tested.places == list(range(len(material.coded)))
    assert sorted(place for _, part in watching.seen for place in part) == tested.places
    for learn, part in watching.seen:
        assert not set(material.documents(learn)) & set(material.documents(part))
    assert tested.learned == np.mean([len(learn) for learn, _ in watching.seen])


def test_across_languages_a_bilingual_document_under_test_trains_in_neither(material):
    english = material.places(lambda one: one.language == "en")
    persian = material.places(lambda one: one.language == "fa")
    watching = Watching()
    tested = crossed(material, watching, 3, learn=persian, test=english)
    assert tested.places == english
    bilingual = set(material.places(lambda one: one.document == "d0"))
    for learn, part in watching.seen:
        assert learn <= set(persian)
        assert part <= set(english)
        assert not (part & bilingual and learn & bilingual)
    assert any(learn & bilingual for learn, _ in watching.seen)


def test_twins_and_translations_of_a_tested_clause_are_not_learned_from():
    coded = clauses()
    pairs = [("e3.0cultural0", "f4.1cultural0"), ("e3.0cultural0", "nowhere")]
    material = Material.of(coded, BOOK, counterparts=pairs)
    place = {one.clause: number for number, one in enumerate(coded)}
    one, other = place["e3.0cultural0"], place["f4.1cultural0"]
    assert other in material.alike[one]
    assert one in material.alike[other]
    watching = Watching()
    tested = crossed(material, watching, 1, learn=list(set(range(len(coded))) - {one}), test=[one])
    assert [other in learn for learn, _ in watching.seen] == [False]
    assert tested.left_out == 1


def test_nothing_to_test_or_to_learn_from_is_an_error(material):
    with pytest.raises(InputError, match="no clauses to test on"):
        crossed(material, by_most_frequent, test=[])
    with pytest.raises(InputError, match="belong to documents under test"):
        crossed(material, by_most_frequent, 1)


def test_coders_rank_as_they_must(material):
    english = material.places(lambda one: one.language == "en")
    persian = material.places(lambda one: one.language == "fa")

    def macro(coder) -> float:
        tested = crossed(material, coder, 3, learn=english, test=persian)
        return scored(material, "x", tested).macro_f1.value

    assert macro(by_most_frequent) < macro(by_dictionary) == pytest.approx(0.4)
    assert macro(by_model(("words",))) < 0.5
    # Words are other ones in Persian; what they mean is not.
    assert macro(by_model()) > 0.9
    assert macro(by_model(("meaning",))) > 0.9


def test_definitions_alone_tell_codes_without_any_label(material):
    found = crossed(material, by_definitions, 3)
    blind = Material(
        material.coded,
        BOOK,
        material.encoder,
        material.readings,
        np.zeros_like(material.truth),
        material.alike,
    )
    again = crossed(blind, by_definitions, 3)
    assert (found.decision.probability == again.decision.probability).all()
    score = scored(material, "zero-shot", found)
    assert score.macro_f1.value > 0.9
    assert score.mean_average_precision > 0.95


def test_definitions_need_an_encoder_and_clauses_that_differ():
    without = Material.of(clauses(), BOOK)
    with pytest.raises(InputError, match="needs an encoder"):
        crossed(without, by_definitions)
    same = [
        CodedClause(f"d{number}", f"c{number}", "en", "the same", (), "agreed", "themes@1")
        for number in range(60)
    ]
    alike = Material.of(same, BOOK, Understanding())
    assert not crossed(alike, by_definitions, 2).decision.applied.any()


def test_scores_of_a_part_are_those_of_its_clauses(material):
    tested = crossed(material, by_dictionary, 4)
    english = material.places(lambda one: one.language == "en")
    score = scored(material, "dictionary", tested, english)
    assert list(score.languages) == ["en"]
    assert sum(group.clauses for group in score.languages.values()) == len(english)
    cultural = score.codes[0]
    assert (cultural.support, cultural.precision, cultural.recall) == (48, 1.0, 0.25)
    with pytest.raises(InputError, match="None of these clauses"):
        scored(material, "dictionary", crossed(material, by_dictionary, 2, test=[0]), [5])
    with pytest.raises(InputError, match="None of these clauses"):
        scored(material, "dictionary", tested, [])


def test_the_gain_is_the_difference_of_the_scores(material):
    keywords, frequent = (crossed(material, one, 3) for one in (by_dictionary, by_most_frequent))
    found = gain(material, keywords, frequent)
    values = [scored(material, "x", one).macro_f1.value for one in (keywords, frequent)]
    assert found.value == pytest.approx(values[0] - values[1])
    assert found.low <= found.value <= found.high
    part = crossed(material, by_dictionary, 3, test=[0, 1])
    with pytest.raises(InputError, match="different clauses"):
        gain(material, keywords, part)


@pytest.mark.parametrize("each", [1, 5, 20])
def test_few_examples_are_few_of_every_code_and_of_none(material, each):
    places = list(range(len(material.coded)))
    chosen = few(material, each, seed=0)(places)
    counts = [*material.truth[chosen].sum(axis=0), (~material.truth[chosen].any(axis=1)).sum()]
    assert counts == [each] * 3  # no clause of this material has two codes
    assert chosen == sorted(set(chosen)) == few(material, each, seed=0)(places)
    assert chosen != few(material, each, seed=1)(places)


def test_a_clause_with_two_codes_counts_for_both_and_scarcity_is_no_error():
    codes = [("cultural", "economic")] * 3 + [("economic",)] * 9
    coded = [
        CodedClause(f"d{number}", f"c{number}", "en", "x", of, "agreed", "themes@1")
        for number, of in enumerate(codes)
    ]
    material = Material.of(coded, BOOK)
    chosen = few(material, 5, seed=0)(list(range(12)))
    assert material.truth[chosen].sum(axis=0).tolist() == [3, 5]


def test_a_share_is_of_whole_documents(material):
    places = list(range(len(material.coded)))
    documents = set(material.documents(places))
    chosen = share(material, 0.25, seed=0)(places)
    kept = set(material.documents(chosen))
    assert len(kept) == round(0.25 * len(documents))
    assert chosen == material.places(lambda one: one.document in kept)
    assert share(material, 1.0, seed=3)(places) == places
    assert len(set(material.documents(share(material, 0.0, seed=3)(places)))) == 1


def decision(rows: Sequence[Sequence[float]]) -> Decision:
    probability = np.array(rows)
    certainty = np.maximum(probability, 1 - probability).prod(axis=1)
    return Decision(probability, probability >= 0.5, certainty, certainty >= 0.5)


def test_the_surest_are_answered_first():
    found = decision([[0.9, 0.1], [0.6, 0.4], [0.99, 0.01], [0.8, 0.2]])
    truth = np.array([[True, False], [False, True], [True, False], [True, True]])
    assert list(coverage(found, truth, [1.0, 0.5, 0.25, 0.0])) == [
        Covered(1.0, 4, 0.5, pytest.approx(6 / 9)),
        Covered(0.5, 2, 1.0, 1.0),
        Covered(0.25, 1, 1.0, 1.0),
        Covered(0.0, 1, 1.0, 1.0),
    ]


def test_probabilities_are_gathered_by_tenths_and_one_belongs_to_the_last():
    probability = np.array([[0.0, 0.05], [1.0, 0.95]])
    truth = np.array([[False, True], [True, False]])
    assert calibration(probability, truth) == [
        Bin(2, pytest.approx(0.025), 0.5),
        Bin(2, pytest.approx(0.975), 0.5),
    ]


def test_folds_of_the_material_are_those_of_documents(material):
    parts = document_folds(material.documents(range(len(material.coded))), 4)
    watching = Watching()
    crossed(material, watching, 4)
    assert [part for _, part in watching.seen] == [set(part) for part in parts]


# --- the script ---------------------------------------------------------------------------------


@pytest.fixture
def evaluation(monkeypatch):
    """The script's own modules."""
    monkeypatch.syspath_prepend(str(SCRIPTS))
    from evaluation import curves, experiments, external, page

    return {"curves": curves, "experiments": experiments, "external": external, "page": page}


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPTS / "evaluate"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=120)


def test_the_help_teaches(tmp_path):
    shown = run("--help")
    assert shown.returncode == 0
    for said in ("--quick", "--external FOLDER", "--page", "not seen"):
        assert said in shown.stdout


def test_what_is_missing_is_one_sentence(tmp_path):
    failed = run("--page", "--output", tmp_path)
    assert failed.returncode == 1
    assert len(failed.stderr.splitlines()) == 1
    assert "evaluation.json" in failed.stderr
    failed = run("--external", tmp_path, "--output", tmp_path)
    assert failed.returncode == 1
    assert "holds neither trade_agreements nor news_fa" in failed.stderr


@pytest.fixture
def small(evaluation, monkeypatch):
    """A study of nine documents, two of them of the gold set, with as little work as can be."""
    experiments = evaluation["experiments"]
    monkeypatch.setattr(experiments, "FOLDS", 2)
    monkeypatch.setattr(experiments, "EXAMPLES", (5, 10))
    monkeypatch.setattr(experiments, "SHARES", (0.5,))
    monkeypatch.setattr(experiments, "SEEDS", (0, 1))
    monkeypatch.setattr(experiments.encoding, "encoder", lambda name, cache=None: Understanding())
    coded = [
        replace(one, document=f"gold/{one.document}") if one.document in ("e2", "f2") else one
        for one in clauses()[: 5 * 24]
    ]
    kinds = {one.document: "treaty" if "1" in one.document else "law" for one in coded}
    material = Material.of(coded, BOOK, Understanding())
    return experiments.Study(material, kinds, {}, lambda said: None)


def test_the_page_is_made_of_the_figures(small, evaluation, tmp_path):
    experiments, external = evaluation["experiments"], evaluation["external"]
    figures = {
        "about": experiments.about(small, "understanding:1") | {"pairs": 0},
        "side_by_side": experiments.side_by_side(small),
        "by_code": experiments.by_code(small),
        "coders": experiments.coders(small, [tmp_path / "first.jsonl"]),
    }
    quick = evaluation["page"].page(figures)
    assert "## 2." in quick
    assert "## 3." not in quick
    assert set(evaluation["page"].curves(figures)) == {"side-by-side", "codes"}
    stories = [("t1", "music", "cultural", f"songs and dance {number}") for number in range(12)] + [
        ("t2", "money", "economic", f"trade and loans {number}") for number in range(12)
    ]
    source = external._source("trade agreements", "en", iter(stories))
    figures |= {
        "certainty": experiments.certainty(small),
        "across": experiments.across(small),
        "few_examples": experiments.few_examples(small),
        "cost": experiments.cost(small, "understanding", tmp_path / "v.db"),
        "external": [external.measure(source, small.material, lambda said: None)],
    }
    figures = json.loads(json.dumps(figures, allow_nan=False))
    text = evaluation["page"].page(figures)
    full = next(
        row
        for row in figures["side_by_side"]["rows"]
        if (row["coder"], row["language"]) == ("full model", "fa")
    )
    assert (full["clauses"], full["documents"]) == (60, 5)
    assert "**Persian, 60 clauses of 5 documents**" in text
    assert f"| full model | {full['macro_f1']['value']:.2f} [" in text
    assert "is not computable: first.jsonl are not there" in text
    assert "| full model | sample documents | 96 | gold set | both | 24 | 2 |" in text
    assert "| law | dictionary | 96 | 7 |" in text
    assert "**Trade agreements** (English): 24 texts of 2 documents, of 24." in text
    assert "songs" not in text
    assert "nan" not in text
    by_seeds = figures["few_examples"]["examples"]
    assert {row["each"] for row in by_seeds} == {5, 10}
    drawn = evaluation["page"].curves(figures)
    assert len(drawn) == 6
    for name, chart in drawn.items():
        assert f"(evaluation/{name}.svg)" in text
        assert etree.fromstring(chart.encode()).tag.endswith("svg")
    assert "فرهنگی" in drawn["codes"]


def test_coders_are_compared_as_they_are_and_as_if_one_were_a_model(small, evaluation, tmp_path):
    coded = list(small.material.coded)
    files = [tmp_path / "first.jsonl", tmp_path / "second.jsonl"]
    write_coded(files[0], [replace(one, coder="language-model:first") for one in coded])
    changed = [replace(one, codes=()) if "cultural0" in one.clause else one for one in coded]
    write_coded(files[1], [replace(one, coder="language-model:second") for one in changed])
    found = evaluation["experiments"].coders(small, files)
    rows = {(row["language"], row["code"]): row for row in found["rows"]}
    assert rows["all", "cultural"]["units"] == 120
    assert rows["all", "cultural"]["percent"] == pytest.approx(110 / 120)
    assert rows["fa", "economic"]["alpha"] == 1.0
    everything = found["scores"][0]
    # Cultural: 30 hits and 10 the second did not say; economic: all right.
    assert everything["macro_f1"] == pytest.approx((60 / 70 + 1) / 2)
    assert everything["same_codes"] == pytest.approx(110 / 120)


def test_sources_are_the_folders_of_the_gold_set_and_the_sample(evaluation):
    names = ("en/a.pdf", "gold/en/b.md", "gold/hard/fa/c.md", "gold/plain/fa/d.md", "e.txt")
    coded = [CodedClause(name, name, "en", "", (), "agreed", "themes@1") for name in names]
    assert evaluation["experiments"]._sources(Material.of(coded, BOOK)) == {
        "sample documents": [0, 4],
        "gold set": [1],
        "gold set, hard": [2],
        "gold set, plain": [3],
    }


def test_kinds_come_from_the_tables_and_what_is_missing_is_said(evaluation, tmp_path):
    table = tmp_path / "documents.csv"
    table.write_text("path,kind\nen/a.pdf,treaty\nen/b.md,paper\n", encoding="utf-8")
    coded = [
        CodedClause(name, name, "en", "", (), "agreed", "themes@1")
        for name in ("en/a.pdf", "gold/en/b.md", "en/c.pdf")
    ]
    found = evaluation["experiments"].kinds_of(coded, [table])
    assert found == {"en/a.pdf": "treaty", "gold/en/b.md": "paper", "en/c.pdf": "not given"}


@pytest.mark.parametrize(
    ("story", "left"),
    [
        ("به گزارش گروه اقتصادی باشگاه خبرنگاران جوان، بازار آرام بود.", "بازار آرام بود."),
        ("بازار آرام بود به گزارش مردم.", "بازار آرام بود به گزارش مردم."),
        ("او به خبرنگار حوزه سینما گروه فرهنگی خبرگزاری مهر گفت", "او به  گفت"),
        ("گروه صنعتی کار می‌کند.", "گروه صنعتی کار می‌کند."),
    ],
)
def test_by_lines_that_name_the_section_are_cut(evaluation, story, left):
    assert evaluation["external"].without_by_line(story) == left


def test_of_each_label_a_sample_is_drawn_and_the_rest_is_counted(evaluation):
    source = evaluation["external"]._source
    given = [("t1", "a", "economic", f"text {number}") for number in range(300)]
    given += [("t2", "b", "social", "other"), ("t3", "b", "too short", "")]
    found = source("treaties", "en", iter(given))
    assert len(found.texts) == 101
    assert found.passed == {"too short": 1, "not drawn into the sample": 200}
    assert {one.codes for one in found.texts} == {("economic",), ("social",)}
    again = source("treaties", "en", iter(given))
    assert [one.text for one in again.texts] == [one.text for one in found.texts]


def test_points_lie_where_their_figures_say(evaluation):
    curves = evaluation["curves"]
    axis = curves.share_axis("share", 0.5)
    assert [axis.at(value) for value in (0.25, 0.5, 0.75, 1.0)] == [0, 0, 0.5, 1]
    chart = curves.lines(
        "A < B", axis, curves.share_axis("up"), [curves.Line("a", [(0.5, 0.0), (1.0, 1.0)], 0)]
    )
    points = re.search(r'class="line s0" points="([^"]+)"', chart)
    assert points[1] == "62.0,364.0 592.0,74.0"
    assert "A &lt; B" in chart
