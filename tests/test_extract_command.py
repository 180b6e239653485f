"""The command that shows what was found in one file, and where."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from textmine.cli import app
from textmine.errors import InputError, UsageError

REPORTS = Path(__file__).parent / "data" / "reports"
runner = CliRunner()


def extract(*arguments: object):
    return runner.invoke(app, ["extract", *map(str, arguments)])


@pytest.fixture(scope="module")
def shown() -> dict:
    return json.loads(extract(REPORTS / "trade-fa.pdf", "--json").stdout)


def test_lines_and_words_have_boxes_on_a_page_of_known_size(shown):
    (page,) = shown["pages"]
    assert (page["width"], page["height"]) == (595.28, 841.89)
    assert page["notes"] == []
    text = page["text"]
    for line in page["lines"]:
        assert line["text"] == text[line["start"] : line["end"]]
        assert [word["text"] for word in line["words"]] == line["text"].split()
        x0, top, x1, bottom = line["box"]
        for word in line["words"]:
            assert word["text"] == text[word["start"] : word["end"]]
            left, upper, right, lower = word["box"]
            assert x0 - 0.5 <= left < right <= x1 + 0.5
            assert top <= upper < lower <= bottom
            assert all(len(box) == 4 for box in word.get("boxes", []))


def test_words_of_a_persian_line_go_from_right_to_left(shown):
    line = next(line for line in shown["pages"][0]["lines"] if line["role"] == "body")
    rights = [word["box"][2] for word in line["words"]]
    assert len(rights) > 5
    assert rights == sorted(rights, reverse=True)


def test_a_printed_total_that_does_not_come_out_is_a_warning(shown):
    assert len(shown["warnings"]) == 2
    assert shown["warnings"][0].startswith("جدول ۱")
    assert "(page 1). Column" in shown["warnings"][0]
    assert (
        "the printed total is 289396488; its 30 values add up to 294516288" in shown["warnings"][0]
    )
    said = extract(REPORTS / "trade-fa.pdf").stderr
    assert f"note: {shown['warnings'][0]}" in said


def test_notes_of_a_page_come_with_the_place_that_calls_them(tmp_path):
    file = tmp_path / "paper.html"
    file.write_text(
        "<p>The pact[1] holds between the two cities and was signed in 2019.</p>"
        "<aside role=doc-footnote>[1] Signed in Tehran.</aside>",
        encoding="utf-8",
    )
    (page,) = json.loads(extract(file, "--json").stdout)["pages"]
    (note,) = page["notes"]
    assert page["text"][slice(*note["anchor"])] == "[1]"
    assert note["text"] == "Signed in Tehran."
    assert [page["text"][slice(*span)] for span in note["spans"]] == ["Signed in Tehran."]
    assert page["lines"][0]["box"] is page["lines"][0]["words"][0]["box"] is None


def test_pages_are_chosen_by_number(tmp_path):
    file = REPORTS / "opportunities-fa.pdf"
    numbers = [
        page["number"]
        for page in json.loads(extract(file, "--json", "--pages", "3,1").stdout)["pages"]
    ]
    assert numbers == [1, 3]
    result = extract(file, "--overlay", tmp_path, "--pages", "۲-۳")
    assert result.exit_code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "opportunities-fa-002.png", "opportunities-fa-003.png",
    ]  # fmt: skip
    assert "— page 1" not in result.stderr


@pytest.mark.parametrize("pages", ["", "x", "3-1", "1-", "2,,3"])
def test_what_is_no_list_of_pages_is_refused(pages):
    error = extract(REPORTS / "trade-fa.pdf", "--pages", pages).exception
    assert isinstance(error, UsageError)
    assert "write 3, 3-7 or 1,4-7" in str(error)


def test_a_page_that_is_not_there_is_said():
    error = extract(REPORTS / "trade-fa.pdf", "--pages", "7").exception
    assert isinstance(error, InputError)
    assert "has no page 7; it has 1" in str(error)
