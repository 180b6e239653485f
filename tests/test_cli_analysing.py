"""The commands of analysis: what they show, what they write, and what they say when they cannot."""

from __future__ import annotations

import csv
import json
import math

import pytest
from report_corpus import coded_corpus, document, uncoded_corpus
from typer.testing import CliRunner

from textmine.analysis import keyness, trends
from textmine.analysis.keyness import Keyness, Keyword, Side
from textmine.analysis.trends import Marked, share_ratio, trend
from textmine.cli import analysing
from textmine.cli.app import app
from textmine.errors import InputError, SchemeError, UsageError
from textmine.store.catalogue import Source, now
from textmine.store.corpus import Corpus

SHARED = "The Parties shall exchange exhibitions of old handicrafts every second year in spring."


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Coded documents, and two more that have an article in common."""
    folder = tmp_path_factory.mktemp("analysing") / "c"
    with coded_corpus(folder) as opened:
        for number, day in ((11, "2003-01-02"), (12, "1999")):
            field = "date" if "-" in day else "year_gregorian"
            derived = document(number, [("en", SHARED)], {field: day, "title": f"Pact {number}"})
            path = f"/home/x/{number}.pdf"
            opened.catalogue.put(derived, Source(path, derived.sha256, "done", "", now()))
    return folder


def run(corpus, *arguments):
    result = CliRunner().invoke(app, ["--corpus", str(corpus), "analyse", *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result


def answer(corpus, *arguments):
    return json.loads(run(corpus, *arguments, "--json").stdout)


COMMANDS = {
    "crosstab": (),
    "trend": ("cultural",),
    "keywords": ("language:fa",),
    "cooccurrence": (),
    "reuse": (),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_help_teaches_by_example(command):
    shown = CliRunner().invoke(app, ["analyse", command, "--help"]).stdout
    assert f"textmine analyse {command}" in shown
    assert "--json" in shown


@pytest.mark.parametrize(("command", "arguments"), COMMANDS.items())
def test_every_command_shows_and_is_json(corpus, command, arguments):
    assert run(corpus, command, *arguments).stdout.strip()
    assert answer(corpus, command, *arguments)


def test_a_cross_table_counts_and_keeps_its_clauses(corpus):
    found = answer(corpus, "crosstab")
    cells = {(each["row"], each["column"]): each for each in found["cells"]}
    cell = cells["Persian", "cultural"]
    assert cell["count"] == len(cell["clauses"]) == len(set(cell["clauses"]))
    assert found["totals"]["rows"] == {"Persian": 9, "English": 10}
    assert cells["English", "not read"]["residual"] is None
    assert found["test"]["reason"] == "few-documents"
    assert "too few documents" in run(corpus, "crosstab").stdout


def test_rows_can_be_years_kinds_and_groups_of_a_scheme(corpus):
    assert answer(corpus, "crosstab", "--rows", "year")["rows"] == [
        "1993",
        "1999",
        "2003",
        "2016",
        "unknown",
    ]
    assert "treaty" in answer(corpus, "crosstab", "--rows", "kind")["rows"]
    found = answer(corpus, "crosstab", "--scheme", "iran-governments", "--columns", "language")
    assert found["rows"] == ["Hashemi Rafsanjani", "Khatami", "Rouhani", "unknown"]
    assert found["columns"] == ["Persian", "English"]
    assert found["without_row"] == {"no-date": 3}


def test_a_trend_by_year(corpus):
    found = answer(corpus, "trend", "فرهنگی")
    assert found["code"] == "cultural"
    shares = {each["period"]: each for each in found["periods"]}
    assert (shares["1993"]["clauses"], shares["1993"]["carrying"]) == (4, 2)
    assert len(shares["1993"]["carrying_clauses"]) == 2
    assert shares["1993"]["interval"] == "none: few-documents"
    assert found["test"] == {"reason": "few-documents"}
    shown = run(corpus, "trend", "cultural", "--split", "2000").stdout
    assert "not computable, there are too few documents" in shown


def test_periods_without_clauses_keep_their_place(corpus, monkeypatch):
    found = answer(corpus, "trend", "cultural", "--scheme", "iran-governments")["periods"]
    clauses = {each["period"]: each["clauses"] for each in found}
    assert list(clauses) == ["Hashemi Rafsanjani", "Khatami", "Ahmadinejad", "Rouhani"]
    assert clauses["Ahmadinejad"] == 0
    shown = run(corpus, "trend", "cultural", "--scheme", "iran-governments").stdout
    (line,) = (line for line in shown.splitlines() if line.startswith("Ahmadinejad"))
    assert line.split()[1:] == ["0", "0", "–", "–", "0", "0"]
    scores = []

    def keeping(*arguments, **options):
        scores.append(trend(*arguments, **options).scores)
        return trend(*arguments, **options)

    monkeypatch.setattr(trends, "trend", keeping)
    run(corpus, "trend", "cultural", "--scheme", "iran-governments")
    assert scores[0]["rouhani"] - scores[0]["khatami"] == pytest.approx(16, abs=0.1)  # years


def test_a_ratio_without_a_number_is_said_and_is_json(corpus, monkeypatch):
    made = [Marked(f"c{n}", n, "old" if n < 9 else "new", n >= 9) for n in range(18)]
    for swapped in (False, True):
        groups = ["new", "old"] if swapped else ["old", "new"]
        ratio = share_ratio(made, groups[:1], groups[1:])
        monkeypatch.setattr(trends, "share_ratio", lambda *_, ratio=ratio: ratio)
        split = answer(corpus, "trend", "cultural", "--split", "2000")["split"]
        assert (split["value"], split["interval"]) == (ratio.value, {"reason": "side-alike"})
        said = run(corpus, "trend", "cultural", "--split", "2000").stdout
        assert ("0.00 times as often (no interval" if swapped else "no ratio to a") in said


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
def test_no_figure_is_one_that_json_lacks(value):
    assert analysing._rounded((value, 0.25)) == [None, 0.25]


def test_only_words_that_hold_among_all_words_are_shown(corpus, monkeypatch):
    side = Side(9, 1.0, 3, 0.2, ("c",))
    less = Side(1, 0.1, 1, 1.0, ("d",))
    words = [
        Keyword(name, "en", "target", side, less, 9.0, 0.003, judged, 3.0, 800.0)
        for name, judged in (("surely", 0.03), ("perhaps", 0.3))
    ]
    found = Keyness(tuple(words), {"en": (90, 90)}, {}, ())
    monkeypatch.setattr(keyness, "keywords", lambda *_, **__: found)
    shown = run(corpus, "keywords", "language:en").stdout
    assert "surely" in shown
    assert "perhaps" not in shown
    assert len(answer(corpus, "keywords", "language:en")["keywords"]) == 2


def test_numbers_are_written_as_numbers_and_text_never_runs(tmp_path):
    row = {"npmi": -0.25, "gap": -3, "word": "=1+1", "spans": [[1, 2]], "none": None, "id": "-5"}
    analysing._write(tmp_path / "x.csv", [row])
    with (tmp_path / "x.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file))[1] == ["-0.25", "-3", "'=1+1", "1-2", "", "'-5"]


def test_keywords_of_two_queries(corpus):
    found = answer(corpus, "keywords", "code:cultural", "code:economic", "--documents", "1")
    assert found["shared"]
    assert found["clauses"][0] > 0
    shown = run(corpus, "keywords", "language:fa", "language:en").stdout
    assert "Persian: not compared, the second part has no words in it." in shown


def test_codes_that_stand_together(corpus):
    (pair,) = answer(corpus, "cooccurrence")["pairs"]
    assert (pair["first"], pair["second"]) == ("cultural", "economic")
    assert pair["count"] == len(pair["clauses"]) > 0
    found = answer(corpus, "cooccurrence", "--of", "words")["pairs"]
    assert all(each["count"] >= 3 for each in found)


def test_a_reused_article_is_shown_with_its_source(corpus):
    (pair,) = answer(corpus, "reuse")["pairs"]
    assert (pair["source_title"], pair["copy_title"]) == ("Pact 12", "Pact 11")
    assert (pair["direction"], pair["score"]) == ("dated", 1.0)
    assert pair["source_words"] == SHARED.rstrip(".")
    assert "Pact 12 → Pact 11" in run(corpus, "reuse").stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_tables_are_written_and_read_again(corpus, tmp_path, command):
    arguments = (command, *COMMANDS[command])
    if command == "keywords":
        arguments = ("keywords", "document:1", "--documents", "1")
    sheet, lines = tmp_path / "x.csv", tmp_path / "x.jsonl"
    run(corpus, *arguments, "--to", str(sheet))
    run(corpus, *arguments, "--to", str(lines))
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    again = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()]
    assert len(rows) == len(again)
    assert not rows or list(rows[0]) == list(again[0])


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        (["trend", "nonsense"], UsageError, "Known are: cultural"),
        (["trend", "cultural", "--scheme", "continents"], UsageError, "needs a scheme of periods"),
        (["crosstab", "--rows", "colour"], UsageError, "column of documents.csv"),
        (["crosstab", "--scheme", "nothing"], SchemeError, "iran-governments"),
        (["crosstab", "--coder", "person:x"], UsageError, "person:x"),
        (["reuse", "--to", "x.pdf"], UsageError, ".csv or .jsonl"),
        (["keywords", "zebra"], InputError, "No clause matches"),
    ],
)
def test_mistakes_are_told_with_what_to_do(corpus, arguments, error, said):
    with pytest.raises(error, match=said):
        run(corpus, *arguments)


def test_a_corpus_without_clauses_or_codings_says_what_to_do(tmp_path):
    with uncoded_corpus(tmp_path / "c"):
        pass
    with pytest.raises(InputError, match="textmine code"):
        run(tmp_path / "c", "crosstab")
    with Corpus.create(tmp_path / "empty"):
        pass
    for command, arguments in COMMANDS.items():
        with pytest.raises(InputError, match="textmine add"):
            run(tmp_path / "empty", command, *arguments)


@pytest.mark.parametrize("arguments", [["crosstab", "--rows", "language"], ["trend", "cultural"]])
def test_figures_are_drawn_in_both_languages(corpus, tmp_path, arguments):
    for language, word in (("en", "ultural"), ("fa", "فرهنگی")):
        picture = tmp_path / f"{language}.svg"
        run(corpus, *arguments, "--figure", str(picture), "--language", language)
        assert word in picture.read_text(encoding="utf-8")
    picture = tmp_path / "x.png"
    run(corpus, *arguments, "--figure", str(picture))
    assert picture.read_bytes()[1:4] == b"PNG"


def test_a_figure_of_periods_has_the_names_of_the_table(corpus, tmp_path):
    picture = tmp_path / "x.SVG"
    arguments = ["trend", "cultural", "--scheme", "iran-governments", "--figure", str(picture)]
    run(corpus, *arguments)
    drawn = picture.read_text(encoding="utf-8")
    assert "Rouhani" in drawn
    assert ">rouhani<" not in drawn
    run(corpus, *arguments, "--language", "fa")
    assert "روحانی" in picture.read_text(encoding="utf-8")


def test_a_figure_needs_a_name_that_says_its_format(corpus, tmp_path):
    arguments = ["crosstab", "--figure", str(tmp_path / "x.jpg")]
    result = CliRunner().invoke(app, ["--corpus", str(corpus), "analyse", *arguments])
    assert "end the name in .svg or .png" in str(result.exception)
