"""What leaves textmine hurts nobody: no formula runs, no line is turned, no name is a path.

And nothing that comes in is unpickled.
"""

from __future__ import annotations

import ast
import csv
import io
import json
import pickle
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree, html
from test_search import put
from test_sheets import NAMES, read_xlsx
from typer.testing import CliRunner

import textmine
from textmine import spreadsheet
from textmine.cli import app
from textmine.codebook import load
from textmine.codings import CodedClause, read_coded, write_coded
from textmine.errors import ModelError
from textmine.records import Coding
from textmine.reports.texts import Both
from textmine.store.corpus import Corpus
from textmine.store.sheets import write_table
from textmine.studies import writing
from textmine.studies.cells import Cell, Column, StudyTable
from textmine.tagging.model import ThemeModel
from textmine.text.unseen import UNSEEN, for_terminal, in_json, isolated, spelled, unspelled

# -- cells -----------------------------------------------------------------------------------------

PASSED = " \u00a0\u2003'\u200b\u200e\u200f\u2060\ufeff\u061c"
SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20"
_PIECES = [*SIGNS, *PASSED, *"\t\r\n;,\"'\\{}ua1", "\\u{", "202e}", "5c}", "ب", "😀", "\u202e",
           "\u2066", "\0", "\x1b", "\x85", "\ud800", "\uffff"]  # fmt: skip
ODD = st.lists(st.one_of(st.sampled_from(_PIECES), st.characters()), max_size=12).map("".join)


def runs(cell: str) -> bool:
    """Whether a spreadsheet program might take a cell for a formula: a number is none."""
    passed = cell.lstrip(PASSED.replace("'", "\t\r\n"))
    return passed[:1] != "" and passed[0] in SIGNS and not _is_number(cell)


def _is_number(cell: str) -> bool:
    return re.fullmatch(r"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?", cell) is not None


@settings(max_examples=120)
@given(ODD)
@example("'=1")
@example("'\n'=1")
@example("\\u{5c}\\u{202e}")
@example("a;;=1;\n;'@")
def test_what_is_put_into_a_cell_comes_out_of_it(text):
    written = spreadsheet.guarded(text)
    assert spreadsheet.bare(written) == text
    assert not UNSEEN.search(written)
    assert not runs(written)
    for cell in re.split("[;\t\r\n]", written):
        assert not runs(cell) or _is_number(cell)
    assert unspelled(spelled(text)) == text


@settings(max_examples=100)
@given(st.lists(st.lists(ODD, min_size=2, max_size=2), min_size=1, max_size=3))
def test_no_cell_of_a_csv_runs_whatever_parts_its_cells(table):
    data = b"".join(spreadsheet.lines([["head", "other"], *table]))
    text = data.decode("utf-8-sig")
    again = list(csv.reader(io.StringIO(text, newline="")))[1:]
    assert [[spreadsheet.bare(cell) for cell in row] for row in again] == table
    for delimiter in ",;\t":  # a program may be set to another one
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            assert not any(runs(cell) for cell in row)


@pytest.mark.parametrize(
    "text", ["1-2", "a - b", "ماده ۱ - طرفین", "x=1", "it's", "a; b", "«-»", "5", "\\u{41}", "\\n"]
)
def test_what_is_harmless_stays_as_it_is(text):
    assert spreadsheet.guarded(text) == text == spreadsheet.bare(text)


@settings(max_examples=100)
@given(st.dictionaries(st.text(max_size=4), st.one_of(ODD, st.lists(ODD, max_size=2)), max_size=3))
def test_json_means_the_same_and_turns_no_line(value):
    written = in_json(json.dumps(value, ensure_ascii=False))
    assert json.loads(written) == value
    assert not UNSEEN.search(written)
    written.encode("utf-8")


def test_a_name_of_a_file_does_not_steer_the_terminal():
    said = for_terminal(f"could not read \x1b]0;x\x07\x9b2J\u202egpj.exe\r{isolated('متن')}\n")
    assert said == f"could not read \ufffd]0;x\ufffd\ufffd2J\ufffdgpj.exe\ufffd{isolated('متن')}\n"


# -- files that commands write ---------------------------------------------------------------------

LINK = '=HYPERLINK("http://example.org";"open") cities'
TURNED = "annex \u202egpj.exe\u202c of the cities\x1b[2J"
SCRIPT = "</script></title><img src=x onerror=alert(1)>]]> cities & {{7*7}}"
TEXTS = (LINK, TURNED, SCRIPT, "+1;=1+1\n@SUM(A1) cities", "a'); DROP TABLE x;-- cities")
TITLE = "=cmd|' /C calc'!A0 \u202e</title><img src=x onerror=alert(2)>"
SHA = "e" * 64


@pytest.fixture(scope="module")
def hostile(tmp_path_factory) -> Iterator[Path]:
    """A corpus in which all that documents say is meant to hurt; coded by a person."""
    folder = tmp_path_factory.mktemp("hostile") / "corpus"
    with Corpus.create(folder) as corpus:
        put(corpus, "e", TEXTS, title=TITLE, party=("=1+1", "\u202e../../x"), city="@city")
        book = load(corpus.codebook_file)
        corpus.catalogue.put_codebook(
            book.reference, book.digest, corpus.codebook_file.read_text("utf-8")
        )
        clauses = [stored.clause.id for stored in corpus.catalogue.clauses()]
        corpus.catalogue.add_codings(
            1,
            [
                Coding(
                    clause=clause,
                    code=book.codes[0].id,
                    coder="person:=a",
                    codebook=book.reference,
                    applied=True,
                    made_at="2026-01-01T00:00:00+00:00",
                )
                for clause in clauses
            ],
        )
    yield folder
    shutil.rmtree(folder)


def command(folder: Path, *words: str) -> str:
    done = CliRunner().invoke(app, ["--corpus", str(folder), *words])
    assert done.exit_code == 0, done.output
    return done.stdout


def check_csv(data: bytes) -> list[list[str]]:
    text = data.decode("utf-8-sig")
    assert not UNSEEN.search(text)
    for delimiter in ",;\t":
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            assert not [cell for cell in row if runs(cell)]
    return list(csv.reader(io.StringIO(text, newline="")))


def check_xlsx(path: Path) -> list[str]:
    found = []
    for rows, tree in read_xlsx(path):
        assert tree.find(".//s:f", NAMES) is None
        assert tree.find(".//s:hyperlink", NAMES) is None
        assert {kind for row in rows for kind, _ in row} <= {"inlineStr", "s", "n"}
        found += [text for row in rows for _, text in row]
    with zipfile.ZipFile(path) as book:
        if "xl/sharedStrings.xml" in book.namelist():
            shared = etree.fromstring(book.read("xl/sharedStrings.xml"))
            found += ["".join(each.itertext()) for each in shared.iterfind("s:si", NAMES)]
    assert not UNSEEN.search("".join(found))
    return found


def check_html(text: str) -> None:
    page = html.fromstring(text)
    assert not page.xpath("//*[@onerror]")
    assert not page.xpath("//img[@src='x']")
    assert "49" not in re.findall(r"\{\{|49", text.split("<body", 1)[-1])
    assert not UNSEEN.search(text)


TABLES = [("search", "cities"), ("concordance", "cities"), ("collocations", "cities")]


@pytest.mark.parametrize("words", TABLES, ids=lambda words: words[0])
def test_tables_of_hostile_texts_hurt_nobody(hostile, tmp_path, words):
    for suffix in ("csv", "xlsx", "jsonl"):
        command(hostile, *words, "--to", str(tmp_path / f"t.{suffix}"))
    rows = check_csv((tmp_path / "t.csv").read_bytes())
    assert check_xlsx(tmp_path / "t.xlsx")
    said = (tmp_path / "t.jsonl").read_text("utf-8")
    assert not UNSEEN.search(said)
    objects = [json.loads(line) for line in said.splitlines()]
    assert len(objects) == len(rows) - 1
    if words[0] == "search":  # nothing is lost: neither in JSON nor, once it is read back, in CSV
        place = rows[0].index("text")
        assert {each["text"] for each in objects} == set(TEXTS)
        assert {spreadsheet.bare(row[place]) for row in rows[1:]} == set(TEXTS)


def test_pages_of_hostile_texts_hurt_nobody(hostile, tmp_path):
    command(hostile, "concordance", "cities", "--to", str(tmp_path / "c.html"))
    command(hostile, "report", "--to", str(tmp_path / "r.html"))
    for name in ("c.html", "r.html"):
        check_html((tmp_path / name).read_text("utf-8"))


def test_what_is_printed_for_programs_turns_no_line(hostile):
    said = command(hostile, "search", "cities", "--json")
    assert not UNSEEN.search(said)
    assert TURNED in {hit["text"] for hit in json.loads(said)["hits"]}
    assert not UNSEEN.search(command(hostile, "export"))


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_what_is_exported_is_imported_as_it_was(hostile, tmp_path, suffix):
    file = tmp_path / f"coded.{suffix}"
    command(hostile, "export", "--to", str(file))
    assert not UNSEEN.search(file.read_text("utf-8-sig"))
    if suffix == "csv":
        check_csv(file.read_bytes())
    coded = read_coded(file)
    assert [one.text for one in coded] == list(TEXTS)
    assert {one.coder for one in coded} == {"person:=a"}
    other = tmp_path / "other"
    shutil.copytree(hostile, other)
    command(other, "import", str(file), "--coder", "person:b")
    again = tmp_path / "again.jsonl"
    command(other, "export", "--coder", "person:b", "--to", str(again))
    assert [(one.clause, one.text, one.codes) for one in read_coded(again)] == [
        (one.clause, one.text, one.codes) for one in coded
    ]


HALVES = re.compile("[\ud800-\udfff]")
CODED = st.builds(
    CodedClause,
    document=ODD.map(lambda text: f"d{text}"),
    clause=ODD.map(lambda text: f"c{text}"),
    language=st.just("en"),
    text=ODD,
    codes=st.just(("cultural",)),
    coder=st.just("person:a"),
    codebook=st.just("themes@1"),
    memo=ODD,
).filter(
    lambda one: not re.search("[\ud800-\udfff]", one.document + one.clause + one.text + one.memo)
)


@settings(max_examples=40)
@given(one=CODED)
def test_any_coding_survives_a_table(tmp_path_factory, one):
    folder = tmp_path_factory.mktemp("coded")
    for name in ("coded.csv", "coded.jsonl"):
        write_coded(folder / name, [one])
        assert read_coded(folder / name) == [one]
    check_csv((folder / "coded.csv").read_bytes())


def test_tables_of_studies_hurt_nobody(tmp_path):
    def cell(text: str) -> Cell:
        return Cell(text, Both(text, text))

    column = Column("a", Both("=head \u202e", "=head"))
    table = StudyTable(
        "history", Both("=t", "=t"), (column,), tuple((cell(text),) for text in TEXTS)
    )
    check_csv(writing._csv(table, "en"))
    writing._xlsx([table], tmp_path / "t.xlsx", "fa")
    assert check_xlsx(tmp_path / "t.xlsx")
    for text in (writing._markdown(table, "en"), writing._latex(table, "en")):
        assert not UNSEEN.search(text)
    assert not re.search(r"(?<!\\)<", writing._markdown(table, "en"))
    with pytest.raises(AssertionError):  # the checks above can fail
        check_csv(b"a\r\n=1\r\n")


@pytest.mark.parametrize(
    ("identifier", "name"), [("con", "con_"), ("lpt1", "lpt1_"), ("history", "history_"),
                             ("contents", "contents"), ("com", "com"), ("by-region", "by-region")]
)  # fmt: skip
def test_names_that_systems_keep_for_themselves_are_not_taken(identifier, name):
    assert writing._named(identifier) == name


def test_heads_from_documents_are_text(tmp_path):
    head = "=1+1\u202e" + "x" * 40_000
    write_table(tmp_path / "t.xlsx", [head], [{head: 1}])
    assert [len(text) for text in check_xlsx(tmp_path / "t.xlsx")] == [32_767, 1]
    write_table(tmp_path / "t.csv", [head], [{head: 1}])
    check_csv((tmp_path / "t.csv").read_bytes())


# -- what is never read ----------------------------------------------------------------------------

PACKAGE = Path(textmine.__file__).parent
FORBIDDEN = {"pickle", "cPickle", "_pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib"}
"""Modules that run what they read."""
CALLS = {"eval", "exec", "compile", "__import__"}
LOADERS = {("yaml", "load"), ("yaml", "unsafe_load"), ("yaml", "full_load"), ("np", "load"),
           ("numpy", "load"), ("torch", "load"), ("pd", "read_pickle")}  # fmt: skip


_SUSPECT = re.compile(
    rf"(?<!\w)(?:{'|'.join(sorted(FORBIDDEN))}|\w+_load|load|read_pickle)(?!\w)"
    rf"|(?<![.\w])(?:{'|'.join(sorted(CALLS))})\("
)


def offences(source: str) -> list[str]:
    """What in a module reads code as data."""
    found: list[str] = []
    if not _SUSPECT.search(source):  # parsing takes long
        return found
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [each.name.split(".")[0] for each in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [(node.module or "").split(".")[0]]
        else:
            names = []
        found += [name for name in names if name in FORBIDDEN]
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Name) and called.id in CALLS:
                found.append(called.id)
            if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
                pair = (called.value.id, called.attr)
                safe = any(
                    each.arg == "allow_pickle"
                    and isinstance(each.value, ast.Constant)
                    and each.value.value is False
                    for each in node.keywords
                )
                if pair in LOADERS and not safe:
                    found.append(".".join(pair))
    return found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import pickle", ["pickle"]),
        ("from joblib import load", ["joblib"]),
        ("import numpy as np\nnp.load('a')", ["np.load"]),
        ("np.load('a', allow_pickle=False)", []),
        ("yaml.load(x)", ["yaml.load"]),
        ("re.compile('a')", []),
        ("eval('1')", ["eval"]),
    ],
)
def test_what_would_be_an_offence(source, found):
    assert offences(source) == found


def test_no_module_of_the_package_reads_pickles():
    modules = sorted(PACKAGE.rglob("*.py"))
    assert len(modules) > 100
    found = {str(path): offences(path.read_text("utf-8")) for path in modules}
    assert {path: what for path, what in found.items() if what} == {}


def test_the_data_of_the_package_is_no_pickle():
    roots = [PACKAGE, *(PACKAGE.parent / name for name in ("models", "corpus"))]
    files = [file for root in roots if root.is_dir() for file in root.rglob("*") if file.is_file()]
    named = [
        file for file in files if re.search(r"\.(pkl|pickle|joblib|npy|npz|pt|bin)$", file.name)
    ]
    assert named == []
    for file in files:
        if file.suffix not in (".pyc", ".f64") and file.stat().st_size:
            with file.open("rb") as opened:
                assert opened.read(2) not in [bytes([0x80, each]) for each in range(2, 6)], file


class Bomb:
    """Would make a file when it is unpickled."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.touch, (self.place,)


@pytest.mark.parametrize("protocol", [0, 2, 5])
def test_a_pickle_in_the_place_of_a_model_is_refused(tmp_path, protocol):
    mark = tmp_path / "mark"
    bomb = pickle.dumps(Bomb(mark), protocol=protocol)
    book = load(PACKAGE.parent / "corpus" / "codebooks" / "agreement_themes.yaml")
    shipped = next((PACKAGE.parent / "models").rglob("model.json")).parent
    for damaged in ("model.json", "weights.f64"):
        folder = tmp_path / damaged
        shutil.copytree(shipped, folder)
        (folder / damaged).write_bytes(bomb)
        with pytest.raises(ModelError):
            ThemeModel.load(folder, book)
    assert not mark.exists()
    pickle.loads(bomb)  # noqa: S301 - our own, to see that it would have gone off
    assert mark.exists()
