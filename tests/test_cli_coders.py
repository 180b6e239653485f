"""People code outside and come back: export, import, reliability, as a user types them."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import sys
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import pytest
from test_cli import textmine

from textmine.cli import main


class Done(NamedTuple):
    stdout: str
    stderr: str


TREATY = """Agreement between the City of Kashan and the City of Fez

Article 1
The Parties shall promote cultural exchange, festivals and museums.

Article 2
Neither Party shall interfere in the internal affairs of the other.

Article 3
The Parties shall promote trade and tourism.
"""
PERSIAN = """موافقت‌نامهٔ خواهرخواندگی

ماده ۱
طرفین جشنواره‌های فرهنگی برگزار می‌کنند.

ماده ۲
طرفین در امور داخلی یکدیگر دخالت نمی‌کنند.
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A corpus of two documents that the dictionary has coded, and the sheet it exports."""
    folder = tmp_path_factory.mktemp("coders")
    (folder / "inbox").mkdir()
    (folder / "inbox" / "treaty.txt").write_text(TREATY, encoding="utf-8")
    (folder / "inbox" / "fa.txt").write_text(PERSIAN, encoding="utf-8")
    run(folder, "init", folder / "corpus", corpus=False)
    run(folder, "add", "--no-code", folder / "inbox")
    run(folder, "code", "--model", "dictionary")
    run(folder, "export", "--to", folder / "sheet.csv")
    return folder


def run(folder: Path, *arguments: object, code: int = 0, corpus: bool = True):
    """A command in this process, which saves its start."""
    place = ("--corpus", folder / "corpus") if corpus else ()
    out, err, ended = io.StringIO(), io.StringIO(), 0
    with (
        mock.patch.object(sys, "argv", ["textmine", *map(str, (*place, *arguments))]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as stopped:
            ended = int(stopped.code or 0)
    assert ended == code, err.getvalue()
    return Done(out.getvalue(), err.getvalue())


def answered(sheet: Path, to: Path, change: dict[int, str], rows: slice = slice(None)) -> Path:
    """The sheet as a coder hands it back: codes changed by row, text and language taken out."""
    with sheet.open(encoding="utf-8-sig", newline="") as lines:
        table = list(csv.DictReader(lines))
    for row, codes in change.items():
        table[row]["codes"] = codes
    with to.open("w", encoding="utf-8", newline="") as lines:
        names = ["document", "clause", "codes", "coder", "codebook"]
        writer = csv.DictWriter(lines, names, delimiter=";", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(table[rows])
    return to


def test_the_whole_loop_of_two_coders(made, tmp_path):
    folder = made
    with (folder / "sheet.csv").open(encoding="utf-8-sig", newline="") as lines:
        table = list(csv.DictReader(lines))
    assert {row["language"] for row in table} == {"fa", "en"}
    last = len(table) - 1
    first = answered(folder / "sheet.csv", tmp_path / "leila.csv", {})
    second = answered(
        folder / "sheet.csv", tmp_path / "omid.csv", {0: "security", last: "security"}
    )
    machine = run(folder, "import", first, code=1)
    assert "is no person. Say who decided: --coder person:NAME" in machine.stderr

    taken = json.loads(run(folder, "import", first, "--coder", "leila", "--json").stdout)
    assert (taken["new"], taken["refused"]) == (len(table), 0)
    again = run(folder, "import", first, "--coder", "person:leila")
    assert "Nothing changed" in again.stderr
    run(folder, "import", second, "--coder", "person:omid")

    found = run(folder, "reliability", "--coder", "leila", "--coder", "omid", "--json")
    figures = json.loads(found.stdout)
    assert figures["coders"] == ["person:leila", "person:omid"]
    security = next(each for each in figures["comparisons"] if each["code"] == "security")
    assert (security["units"], security["percent"]["value"]) == (
        len(table),
        pytest.approx(1 - 2 / len(table)),
    )
    assert len(figures["disagreements"]) == 2

    shown = run(folder, "reliability", "--disagreements").stdout
    assert "dictionary:agreement-themes@" in shown
    assert "person:omid: security" in shown

    settle = tmp_path / "settle.csv"
    pair = ("--coder", "leila", "--coder", "omid")
    run(folder, "reliability", *pair, "--disagreements", "--to", settle)
    settled = json.loads(run(folder, "import", settle, "--json").stdout)
    assert settled["new"] == 2
    agreed = run(folder, "export", "--coder", "agreed").stdout.splitlines()
    assert [json.loads(line)["coder"] for line in agreed] == ["person:agreed"] * 2

    run(folder, "reliability", *pair, "--to", tmp_path / "figures.csv")
    assert (tmp_path / "figures.csv").read_bytes().startswith(b"\xef\xbb\xbfcode,coders,units")


def test_files_are_compared_without_a_corpus(made, tmp_path):
    lines = []
    for coder, codes in (("a", ["cultural"]), ("b", [])):
        for number in range(3):
            said = codes if number == 0 else ["economic"]
            own = {"document": "d", "clause": f"c{number}", "language": "en", "text": "A text."}
            lines.append(own | {"codes": said, "coder": f"person:{coder}"})
    current = json.loads(run(made, "export").stdout.splitlines()[0])["codebook"]
    file = tmp_path / "both.jsonl"
    file.write_text("\n".join(json.dumps(line | {"codebook": current}) for line in lines))
    done = textmine("reliability", file, "--disagreements", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "person:a and person:b: 3 clauses of 1 document\n" in done.stdout
    assert "not computable: no variation" in done.stdout
    assert "    A text." in done.stdout
    alone = textmine("reliability", file, "--coder", "a", cwd=tmp_path)
    assert alone.returncode == 1
    assert "at least two" in alone.stderr


def test_faults_are_all_listed_and_the_rest_is_taken_when_asked(made, tmp_path):
    bad = answered(made / "sheet.csv", tmp_path / "bad.csv", {0: "Economy", 1: "zzz"})
    refused = run(made, "import", bad, "--coder", "sara", code=1)
    for said in ('"Economy"', '"zzz"', "nothing was stored"):
        assert said in refused.stderr
    assert run(made, "export", "--coder", "sara", code=1).stderr.startswith(
        "textmine: person:sara has coded nothing"
    )
    taken = run(made, "import", bad, "--coder", "sara", "--skip-faulty", "--json", code=1)
    said = json.loads(taken.stdout)
    assert said["refused"] == len(said["faults"]) == 2
    assert said["new"] > 0
    half = run(made, "export", "--coder", "sara", "--to", tmp_path / "sara.jsonl", "--json")
    assert json.loads(half.stdout)["coders"] == {"person:sara": said["new"]}


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("export", "--to", "x.xlsx"), 2, "must end in .csv or .jsonl"),
        (("reliability", "--to", "x.txt"), 2, "must end in .csv"),
        (("import", "nowhere.csv"), 1, "nowhere.csv cannot be opened"),
        (("import", "nowhere.csv", "--coder", "model:m"), 1, "is no person"),
        (("reliability", "--coder", "model:x"), 1, "model:x has decided nothing"),
    ],
)
def test_what_cannot_be_done_is_said(made, arguments, code, said):
    assert said in run(made, *arguments, code=code).stderr


def test_an_empty_corpus_says_what_comes_first(tmp_path):
    run(tmp_path, "init", tmp_path / "corpus", corpus=False)
    assert "textmine code" in run(tmp_path, "export", code=1).stderr
    assert "at least two" in run(tmp_path, "reliability", code=1).stderr


@pytest.mark.parametrize("command", ["export", "import", "reliability"])
def test_help_teaches_by_example(command):
    shown = textmine(command, "--help").stdout
    assert f"textmine {command}" in shown.split("Usage:")[1].split("\n", 1)[1]
    assert "--json" in shown
    assert f"│ {command} " in textmine("--help").stdout
