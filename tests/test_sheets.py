"""Tables as files: what is read again is what was written, and nothing in them runs."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from textmine import spreadsheet
from textmine.errors import InputError, UsageError
from textmine.store import sheets
from textmine.store.sheets import Column, Sheet, Written, fitting, write_table, write_workbook
from textmine.text.unseen import UNSEEN

NAMES = {"s": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def read_xlsx(path):
    """Each sheet of a workbook: its rows of (type, text), and its XML."""
    with zipfile.ZipFile(path) as book:
        parts = sorted(name for name in book.namelist() if name.startswith("xl/worksheets/sheet"))
        trees = [etree.fromstring(book.read(name)) for name in parts]
    found = []
    for tree in trees:
        rows = []
        for row in tree.iterfind(".//s:row", NAMES):
            cells = row.iterfind("s:c", NAMES)
            rows.append([(cell.get("t", "n"), "".join(cell.itertext())) for cell in cells])
        found.append((rows, tree))
    return found


def texts(rows):
    return [[text for _, text in row] for row in rows]


def read_csv(path):
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


COLUMNS = [Column("id", "شناسه"), Column("n", "شمار"), "list"]
ROWS = [
    {"id": "ماده ۱", "n": -1.5, "list": ["a b", "c"]},
    {"id": "=1+1", "n": 3, "list": [[0, 4], [7, 9]]},
    {"id": None, "n": True, "list": []},
]


@pytest.mark.parametrize(
    ("language", "heads"), [("en", ["id", "n", "list"]), ("fa", ["شناسه", "شمار", "list"])]
)
def test_the_three_formats_hold_the_same(tmp_path, language, heads):
    about = [(Column("query", "پرسش"), "x"), ("version", 1)]
    for suffix in ("csv", "xlsx", "jsonl"):
        path = tmp_path / f"t.{suffix}"
        assert write_table(path, COLUMNS, iter(ROWS), about, language=language) == Written(3)
    assert read_csv(tmp_path / "t.csv") == [
        heads,
        ["ماده ۱", "-1.5", "a b; c"],
        ["'=1+1", "3", "0-4; 7-9"],
        ["", "yes", ""],
    ]
    (table, tree), (told, _) = read_xlsx(tmp_path / "t.xlsx")
    assert table[0] == [("inlineStr", head) for head in heads]
    assert table[1:] == [
        [("inlineStr", "ماده ۱"), ("n", "-1.5"), ("inlineStr", "a b; c")],
        [("inlineStr", "=1+1"), ("n", "3"), ("inlineStr", "0-4; 7-9")],
        [("inlineStr", "yes")],
    ]
    assert tree.find(".//s:f", NAMES) is None
    right_to_left = tree.find(".//s:sheetView", NAMES).get("rightToLeft")
    assert right_to_left == ("1" if language == "fa" else None)
    assert texts(told) == [["query" if language == "en" else "پرسش", "x"], ["version", "1"]]
    lines = [json.loads(line) for line in (tmp_path / "t.jsonl").read_text("utf-8").splitlines()]
    assert lines == [{**row, "query": "x", "version": 1} for row in ROWS]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_cell_runs(tmp_path, sign):
    row = {"a": f"{sign}cmd|' /C calc'!A0", "b": [f"{sign}1"]}
    write_table(tmp_path / "t.csv", ["a", "b"], [row])
    _, cells = read_csv(tmp_path / "t.csv")
    assert [cell[0] for cell in cells] == ["'", "'"]
    assert [spreadsheet.bare(cell) for cell in cells] == [row["a"], row["b"][0]]
    write_table(tmp_path / "t.xlsx", ["a", "b"], [row])
    ((rows, tree),) = read_xlsx(tmp_path / "t.xlsx")
    assert {kind for kind, _ in rows[1]} == {"inlineStr"}
    assert tree.find(".//s:f", NAMES) is None


def test_what_turns_a_line_round_is_seen_in_sheets_and_kept_in_json(tmp_path):
    row = {"a": "x\u202egpj.exe\u202c\x1b[2J", "b": "half \ud800"}
    for suffix in ("csv", "xlsx", "jsonl"):
        write_table(tmp_path / f"t.{suffix}", ["a", "b"], [row])
    cells = read_csv(tmp_path / "t.csv")[1]
    assert cells == [r"x\u{202e}gpj.exe\u{202c}\u{1b}[2J", r"half \u{d800}"]
    assert [spreadsheet.bare(cell) for cell in cells] == [*row.values()]
    seen = ["x\ufffdgpj.exe\ufffd\ufffd[2J", "half \ufffd"]
    ((rows, _),) = read_xlsx(tmp_path / "t.xlsx")
    assert texts(rows)[1] == seen
    said = (tmp_path / "t.jsonl").read_text("utf-8")
    assert json.loads(said) == row
    assert UNSEEN.findall(said) == []


def test_a_cell_that_is_too_long_is_cut_and_said(tmp_path):
    long = "ب" * 40_000
    rows = [{"a": long}, {"a": "short"}]
    written = write_table(tmp_path / "t.xlsx", ["a"], rows, [("query", "x")])
    (note,) = written.notes
    assert note.startswith("1 cells were cut at 32,767 characters")
    (table, _), (told, _) = read_xlsx(tmp_path / "t.xlsx")
    assert len(texts(table)[1][0]) == sheets.CELL_CHARACTERS
    assert texts(table)[1][0].endswith("… (cut)")
    assert texts(told)[-1] == ["note", note]
    (said,) = write_table(tmp_path / "t.csv", ["a"], rows).notes
    assert said.startswith("1 cells hold more than 32,767 characters.")
    assert read_csv(tmp_path / "t.csv")[1] == [long]


@given(st.text(alphabet="aب😀", max_size=40), st.integers(20_000, 40_000))
def test_what_fits_counts_as_spreadsheet_programs_count(tail, length):
    cut = fitting("😀" * (length // 2) + tail + "a" * 9000)
    assert len(cut.encode("utf-16-le")) // 2 <= sheets.CELL_CHARACTERS


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr(sheets, "SHEET_ROWS", 5)
    for number in (0, 1, 4, 5, 8, 9):
        rows = ({"a": each} for each in range(number))
        written = write_table(tmp_path / "t.xlsx", ["a"], rows)
        found = read_xlsx(tmp_path / "t.xlsx")
        assert written.rows == number
        assert bool(written.notes) == (number > 4)
        assert all(texts(rows)[0] == ["a"] and len(rows) <= 5 for rows, _ in found)
        cells = [text for rows, _ in found for (text,) in texts(rows)[1:]]
        assert cells == [str(each) for each in range(number)]


def test_tables_are_sheets_of_one_workbook(tmp_path, monkeypatch):
    path = tmp_path / "t.xlsx"
    heads = [Column("a", "الف", english="A head"), Column("b", "ب")]
    tables = [Sheet(name, heads, [{"a": name, "b": 1}]) for name in ("One", "Other")]
    assert write_workbook(path, tables, [(Column("of"), "x")]).rows == 2
    one, other, about = read_xlsx(path)
    assert texts(one[0])[0] == ["A head", "b"]
    assert (texts(other[0])[1], texts(about[0])) == (["Other", "1"], [["of", "x"]])
    write_workbook(path, tables, language="fa")
    for rows, tree in read_xlsx(path):
        assert texts(rows)[0] == ["الف", "ب"]
        assert tree.find(".//s:sheetView", NAMES).get("rightToLeft") == "1"
    monkeypatch.setattr(sheets, "SHEET_COLUMNS", 1)
    with pytest.raises(InputError, match="A sheet holds 1 columns; this table has 2"):
        write_workbook(path, tables)


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "jsonl"])
def test_a_file_is_whole_or_as_it_was(tmp_path, suffix):
    path = tmp_path / f"t.{suffix}"
    write_table(path, ["a"], [{"a": 1}])
    before = path.read_bytes()

    def broken():
        yield {"a": 2}
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_table(path, ["a"], broken())
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    with pytest.raises(InputError, match="cannot be written: No such file"):
        write_table(tmp_path / "absent" / path.name, ["a"], [])


def test_other_formats_are_refused(tmp_path):
    with pytest.raises(UsageError, match=r"must end in .xlsx, .csv or .jsonl"):
        write_table(tmp_path / "t.ods", ["a"], [])


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "jsonl"])
def test_memory_does_not_grow_with_the_rows(tmp_path, suffix):
    def peak(number):
        rows = ({"a": f"clause {each} " + "متن " * 1000} for each in range(number))
        tracemalloc.start()
        try:
            write_table(tmp_path / f"t.{suffix}", ["a"], rows)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)  # what is loaded once
    assert peak(1200) < peak(400) + 200_000  # 800 rows are 6 MB


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.lists(st.text(max_size=20), min_size=1, max_size=4))
def test_json_lines_keep_any_text(tmp_path, values):
    rows = [{"a": value} for value in values]
    write_table(tmp_path / "t.jsonl", ["a"], rows)
    lines = (tmp_path / "t.jsonl").read_bytes().split(b"\n")[:-1]
    assert [json.loads(line) for line in lines] == rows
