"""The commands as a user types them: results on standard output, talk on standard error."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from typing import NamedTuple
from unittest import mock

import pytest

from textmine.cli import main

TREATY = """Agreement between the City of Kashan and the City of Fez

Article 1
The Parties shall promote cultural exchange, festivals and museums.

Article 2
Neither Party shall interfere in the internal affairs of the other.
"""
COMMANDS = [
    "init",
    "add",
    "status",
    "extract",
    "normalise",
    "clauses",
    "predict",
    "code",
    "train",
    "search",
    "concordance",
    "collocations",
    "report",
    "ties",
]


class Done(NamedTuple):
    """What a command came to."""

    returncode: int
    stdout: str
    stderr: str


def textmine(*arguments, cwd=None, stdin="", **environment) -> Done:
    """A command in this process, which saves its start; in one of its own, see ``started``."""
    typed = io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8")
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    code = 0
    with (
        contextlib.chdir(cwd or "."),
        mock.patch.dict(os.environ, {"COLUMNS": "100", **environment}),
        mock.patch.object(sys, "argv", ["textmine", *map(str, arguments)]),
        mock.patch.object(sys, "stdin", typed),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        said = []
        for stream in (out, err):
            stream.flush()
            said.append(stream.buffer.getvalue().decode())
    return Done(code, *said)


def started(*arguments, cwd=None, stdin=None) -> Done:
    """A command in a process of its own, as the shell starts it."""
    ended = subprocess.run(
        [sys.executable, "-m", "textmine", *map(str, arguments)],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "COLUMNS": "100"},
        timeout=120,
        check=False,
    )
    return Done(ended.returncode, ended.stdout, ended.stderr)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A corpus with one treaty and one file that cannot be read."""
    folder = tmp_path_factory.mktemp("cli")
    (folder / "inbox").mkdir()
    (folder / "inbox" / "treaty.txt").write_text(TREATY, encoding="utf-8")
    (folder / "inbox" / "empty.txt").write_bytes(b"")
    assert started("init", folder / "corpus").returncode == 0
    added = started("--corpus", folder / "corpus", "add", folder / "inbox", "--json")
    return folder, added


def test_help_lists_the_work_in_order():
    shown = textmine("--help").stdout
    places = [shown.index(f"│ {command} ") for command in COMMANDS]
    assert places == sorted(places)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_teaches_by_example(command):
    shown = textmine(command, "--help").stdout
    assert f"textmine {command}" in shown.split("Usage:")[1].split("\n", 1)[1]
    assert "--json" in shown


def test_the_version_is_told():
    assert started("--version").stdout.startswith("textmine 0.")


def test_files_named_like_modules_are_not_run(tmp_path):
    (tmp_path / "paper.txt").write_text("One sentence here. Another one.", encoding="utf-8")
    for name in ("random", "click", "hazm"):
        (tmp_path / f"{name}.py").write_text("open('RAN', 'a')\n")
    (tmp_path / "run.py").write_text(
        "from textmine.cli import main\n\nif __name__ == '__main__':\n    main()\n"
    )
    (tmp_path / "elsewhere").mkdir()
    script = tmp_path / "elsewhere" / "run.py"
    (tmp_path / "run.py").rename(script)
    for arguments in (["init", "c"], ["--corpus", "c", "add", "paper.txt"]):
        done = subprocess.run(
            [sys.executable, str(script), *arguments],
            cwd=tmp_path,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert not (tmp_path / "RAN").exists()


def test_a_codebook_of_ones_own_is_coded_by_its_dictionary(made, tmp_path):
    folder, _ = made
    book = tmp_path / "book.yaml"
    book.write_text(
        "id: mine\nversion: 1\ncodes:\n  - id: law\n    name: {en: Law, fa: حقوق}\n"
        "    definition: Legal matters.\n    keywords: {en: [affairs], fa: [حقوق]}\n",
        encoding="utf-8",
    )
    corpus = tmp_path / "corpus"
    assert textmine("init", corpus, "--codebook", book).returncode == 0
    added = textmine("--corpus", corpus, "add", folder / "inbox" / "treaty.txt")
    assert added.returncode == 0, added.stderr
    assert "Coded by the dictionary alone" in added.stderr
    found = json.loads(textmine("--corpus", corpus, "search", "code:law", "--json").stdout)
    assert found["total"] == 1


def test_add_counts_add_up_and_failures_set_the_exit_code(made):
    _, added = made
    assert added.returncode == 1
    counts = json.loads(added.stdout)
    states = ("done", "partial", "suspect", "failed", "duplicate")
    assert counts["inputs"] == sum(counts[state] for state in states) == 2
    failed = next(d for d in counts["documents"] if d["state"] == "failed")
    assert set(failed) == {"path", "sha256", "state", "reason"}
    assert failed["reason"].startswith("empty: ")


def test_adding_again_says_that_nothing_changed(made):
    folder, _ = made
    again = textmine("--corpus", folder / "corpus", "add", folder / "inbox" / "treaty.txt")
    assert again.returncode == 0
    assert "Nothing changed" in again.stderr


@pytest.mark.parametrize("how", ["option first", "option last", "variable", "folder"])
def test_the_corpus_can_be_named_in_four_ways(made, how):
    folder, _ = made
    corpus = str(folder / "corpus")
    result = {
        "option first": lambda: textmine("--corpus", corpus, "status", "--json"),
        "option last": lambda: textmine("status", "--json", "--corpus", corpus),
        "variable": lambda: textmine("status", "--json", TEXTMINE_CORPUS=corpus),
        "folder": lambda: textmine("status", "--json", cwd=corpus),
    }[how]()
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["states"]["done"] == 1


def test_extract_gives_pages_and_lines(made):
    folder, _ = made
    result = textmine("extract", folder / "inbox" / "treaty.txt", "--json")
    (page,) = json.loads(result.stdout)["pages"]
    assert page["text"] == TREATY
    assert page["verdict"]["state"] == "good"
    assert page["lines"][1]["text"] == "Article 1"


def test_clauses_need_no_corpus_and_feed_predict(made):
    folder, _ = made
    lines = textmine("clauses", folder / "inbox" / "treaty.txt", "--json").stdout
    found = [json.loads(line) for line in lines.splitlines()]
    assert [clause["number"] for clause in found if clause["number"]] == ["1", "2"]
    keys = {"id", "number", "kind", "heading", "text", "language", "page", "start", "end"}
    assert all(set(clause) == keys for clause in found)
    predicted = textmine("predict", "--model", "dictionary", stdin=lines)
    assert predicted.returncode == 0, predicted.stderr
    rows = [json.loads(line) for line in predicted.stdout.splitlines()]
    assert [row["id"] for row in rows] == [clause["id"] for clause in found]
    applied = {each["code"] for row in rows for each in row["codes"] if each["applied"]}
    assert {"cultural", "non-interference"} <= applied
    assert all(len(row["codes"]) == 12 for row in rows)


def test_normalise_reads_a_pipe_and_gives_the_map():
    typed = "كتاب هاي ما"
    assert started("normalise", stdin=typed).stdout == "کتاب‌های ما"
    value = json.loads(textmine("normalise", "-", "--json", stdin=typed).stdout)
    assert value["text"] == "کتاب‌های ما"
    assert len(value["map"]) == len(value["text"]) + 1
    assert value["map"][-1] == len(typed)
    assert [each["at"] for each in value["restored"]] == [4]


def test_search_and_concordance(made):
    folder, _ = made
    found = textmine("search", "internal affairs", "--json", cwd=folder / "corpus")
    value = json.loads(found.stdout)
    assert value["total"] == 1
    (hit,) = value["hits"]
    assert {"id", "document", "page", "text", "score", "highlights"} <= set(hit)
    marked = {hit["text"][start:end] for start, end in hit["highlights"]}
    assert marked == {"internal", "affairs"}
    lines = textmine("concordance", "culture OR cultural", "--json", cwd=folder / "corpus").stdout
    assert json.loads(lines.splitlines()[0])["match"] == "cultural"


def test_a_concordance_that_is_cut_says_so(made):
    folder, _ = made
    cut = textmine("concordance", "cultural OR affairs", "--limit", "1", cwd=folder / "corpus")
    assert "The first 1 place;" in cut.stderr
    whole = textmine("concordance", "cultural OR affairs", cwd=folder / "corpus")
    assert "2 places" in whole.stderr
    assert len(whole.stdout.splitlines()) == 2


def test_report_writes_one_file(made):
    folder, _ = made
    place = folder / "out.html"
    result = textmine("report", "--to", place, cwd=folder / "corpus")
    assert result.returncode == 0, result.stderr
    assert place.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_a_mistake_is_told_to_the_shell_too(tmp_path):
    result = started("status", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (3, "")
    assert "textmine init" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["status"], 3, "textmine init"),
        (["search", "x"], 3, "textmine init"),
        (["--corpus", "mysql://h/d", "status"], 3, "is no database that textmine knows"),
        (["add"], 2, "Missing argument"),
        (["nonsense"], 2, "No such command"),
        (["extract", "absent.pdf"], 1, "absent.pdf"),
        (["clauses", "absent.pdf"], 1, "absent.pdf"),
        (["normalise", "absent.txt"], 1, "absent.txt"),
        (["predict", "--model", "absent"], 3, "absent"),
        (["init", "."], 3, "not an empty folder"),
    ],
)
def test_mistakes_get_a_sentence_and_an_exit_code(tmp_path, arguments, code, said):
    (tmp_path / "something").write_text("here")
    result = textmine(*arguments, cwd=tmp_path, stdin="")
    assert result.returncode == code, result.stderr
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("line", "said"),
    [("{", "Line 1 of standard input"), ("[]", '"id" and "text"'), ('{"id": "a"}', '"text"')],
)
def test_a_bad_line_for_predict_is_named(line, said):
    result = textmine("predict", "--model", "dictionary", stdin=line + "\n")
    assert result.returncode == 1
    assert said in result.stderr


def test_a_reader_that_goes_away_is_no_fault(made):
    folder, _ = made
    long = folder / "long.txt"
    long.write_text("A sentence of many. " * 20000, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, "-m", "textmine", "extract", str(long)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        process.stdout.read(10)
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()
        process.wait(60)


def test_help_does_not_load_the_heavy_libraries():
    shown = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "textmine", "--help"],
        capture_output=True,
        encoding="utf-8",
        check=True,
    ).stderr
    loaded = {line.rsplit("|", 1)[-1].strip() for line in shown.splitlines()}
    heavy = {"numpy", "spacy", "hazm", "sklearn", "pdfplumber", "sqlalchemy", "tantivy", "lxml"}
    assert loaded & heavy == set()
