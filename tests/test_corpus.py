"""The sample corpus: every document is made from its manuscript, and the table names them all."""

import csv
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pdfplumber
import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = ROOT / "corpus" / "documents"
MANUSCRIPTS = ROOT / "corpus" / "manuscripts"
PATHS = sorted(path for path in DOCUMENTS.rglob("*") if path.is_file() and path.suffix != ".csv")
PDFS = [path for path in PATHS if path.suffix == ".pdf"]
GUESSED = 4  # documents that documents.csv leaves to guessing


def check(root: Path) -> subprocess.CompletedProcess[str]:
    script = root / "scripts" / "make_corpus.py"
    return subprocess.run(
        [sys.executable, script, "--check"], capture_output=True, text=True, encoding="utf-8"
    )


def rows() -> list[dict[str, str]]:
    with (DOCUMENTS / "documents.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def producer(path: Path) -> str:
    with pdfplumber.open(path) as pdf:
        return str(pdf.metadata["Producer"])


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "corpus", tmp_path / "corpus")
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    return tmp_path


def test_documents_are_those_made_from_the_manuscripts():
    done = check(ROOT)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


def test_check_names_a_document_that_was_changed(copy):
    with (copy / "corpus/documents/en/en-05-urmia-uppsala.html").open("ab") as file:
        file.write(b" ")
    done = check(copy)
    assert done.returncode == 1
    assert done.stdout == "The document en/en-05-urmia-uppsala.html is not the one that was made.\n"


def test_check_names_a_manuscript_that_was_changed_since(copy):
    path = copy / "corpus/manuscripts/en-05-urmia-uppsala.md"
    path.write_text(path.read_text(encoding="utf-8") + "\nOne line more.\n", encoding="utf-8")
    done = check(copy)
    assert done.returncode == 1
    assert "en-05-urmia-uppsala has changed since its document was made" in done.stdout


def test_there_are_twenty_four_documents_one_for_each_manuscript():
    assert len(PATHS) == 24
    assert sorted(path.stem for path in PATHS) == sorted(p.stem for p in MANUSCRIPTS.glob("*.md"))


@pytest.mark.parametrize("row", rows(), ids=lambda row: Path(row["path"]).stem)
def test_a_row_of_the_table_describes_a_document(row):
    path = DOCUMENTS / row["path"]
    folders = {"fa": "fa", "en": "en", "fa+en": "bilingual"}
    assert path in PATHS
    assert path.parent.name == folders[row["language"]]
    assert row["title"]
    assert row["kind"] in {"paper", "agreement", "memorandum", "treaty", "law", "other"}


def test_some_documents_are_left_to_guessing():
    paths = [row["path"] for row in rows()]
    assert len(set(paths)) == len(paths) == len(PATHS) - GUESSED


@pytest.mark.parametrize("path", PDFS, ids=lambda path: path.stem)
def test_a_pdf_is_one_and_says_who_produced_it(path):
    assert path.read_bytes().startswith(b"%PDF-")
    assert producer(path).startswith(("LibreOffice", "Skia/PDF", "py-pdf/fpdf2"))


def test_persian_pdfs_come_from_several_producers():
    names = {producer(path).split("/")[0] for path in PDFS if path.parent.name == "fa"}
    assert len(names) >= 2, names


def test_clerks_save_persian_text_with_a_mark_and_english_text_with_carriage_returns():
    persian = (DOCUMENTS / "fa/fa-08-shahrekord-resolution.txt").read_bytes()
    english = (DOCUMENTS / "en/en-03-bandar-abbas-mombasa.txt").read_bytes()
    assert persian.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in persian
    assert english.count(b"\r\n") == english.count(b"\n") > 0


def test_one_word_file_leaves_the_letters_of_its_lists_to_word():
    with zipfile.ZipFile(DOCUMENTS / "en/en-08-zanjan-council-report.docx") as file:
        body = file.read("word/document.xml").decode("utf-8")
    assert "<w:numPr>" in body
    assert "(a) Staff exchange" not in body
    assert "Staff exchange" in body


def test_a_word_file_has_its_footnote_in_the_part_for_footnotes():
    with zipfile.ZipFile(DOCUMENTS / "fa/fa-12-kyrgyz-cities-report.docx") as file:
        assert '<w:footnoteReference w:id="1"/>' in file.read("word/document.xml").decode("utf-8")
        assert "United Cities and Local Governments" in file.read("word/footnotes.xml").decode()
