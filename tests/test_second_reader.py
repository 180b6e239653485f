"""What one reader of PDF files loses or refuses, another finds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from test_pdf import pdf, visual

from textmine.errors import ReadError
from textmine.records import Line, Page
from textmine.sources import read
from textmine.sources.pdf import read_pdf
from textmine.sources.second import checked

ENGLISH = "BT /H 12 Tf 50 500 Td (The parties shall cooperate in culture) Tj ET"
PERSIAN = f"BT /P 12 Tf 50 500 Td {visual('شهر تهران')} Tj ET"


def unmeasured(data: bytes) -> bytes:
    """The file with a last content stream that does not say how long it is."""
    head, mark, tail = data.rpartition(b"<</Length ")
    number, end, rest = tail.partition(b">>")
    return head + b"<<" + b" " * (len(mark) - 2 + len(number)) + end + rest


def unboxed(data: bytes) -> bytes:
    """The file with pages that are no number of points wide."""
    return data.replace(b"/MediaBox[0 0 400 600]", b"/MediaBox[0 0 nan 600]")


def saved(folder: Path, data: bytes) -> Path:
    path = folder / "agreement.pdf"
    path.write_bytes(data)
    return path


def test_both_readers_agree_on_a_sound_page(tmp_path: Path) -> None:
    (page,) = read(saved(tmp_path, pdf(ENGLISH))).pages
    assert page.verdict.state == "good"
    assert page.verdict.figures["letters"] == page.verdict.figures["second_letters"] == 33


def test_text_that_the_first_reader_loses_is_read_by_the_second(tmp_path: Path) -> None:
    path = saved(tmp_path, unmeasured(pdf(ENGLISH, ENGLISH)))
    assert read_pdf(path).pages[1].text == ""
    first, second = read(path).pages
    assert first.verdict.state == "good"
    assert second.text == "The parties shall cooperate in culture"
    assert second.verdict.state == "suspect"
    assert "0 of 33 letters" in second.verdict.reason
    assert second.lines[0].box is not None
    assert abs(second.lines[0].box.x0 - 50) < 2


def test_a_page_with_some_text_missing_keeps_what_was_read(tmp_path: Path) -> None:
    (page,) = _checked_with_loss(saved(tmp_path, pdf(ENGLISH)))
    assert page.text == "The parties shall cooperate in culture"[:-8]
    assert page.verdict.state == "suspect"
    assert "A second reader finds 33 letters and digits where 26 were read" in page.verdict.reason


def _checked_with_loss(path: Path) -> tuple[Page, ...]:
    """What the second reader says when the first one lost the last word."""
    extraction = read_pdf(path)
    (page,) = extraction.pages
    text = page.text[:-8]
    lost = replace(page, text=text, lines=(Line(0, len(text)),))
    return checked(path, replace(extraction, pages=(lost,))).pages


@pytest.mark.parametrize(
    ("content", "text"),
    [(ENGLISH, "The parties shall cooperate in culture"), (PERSIAN, "شهر تهران")],
)
def test_a_file_that_the_first_reader_refuses_is_read_by_the_second(
    tmp_path: Path, content: str, text: str
) -> None:
    path = saved(tmp_path, unboxed(pdf(content)))
    with pytest.raises(ReadError, match="damaged"):
        read_pdf(path)
    (page,) = read(path).pages
    assert page.text == text
    assert page.verdict.state == "suspect"
    assert "The first reader failed" in page.verdict.reason


def test_what_neither_can_read_keeps_the_first_reason(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="agreement") as caught:
        read(saved(tmp_path, pdf(ENGLISH)[:200]))
    assert caught.value.reason == "truncated"


def test_other_numbers_of_pages_are_told(tmp_path: Path) -> None:
    # The tree of pages names one page twice; only the second reader shows it twice.
    data = pdf(ENGLISH).replace(b"/Kids[6 0 R]/Count 1", b"/Kids[6 0 R 6 0 R]/Count 2")
    extraction = read(saved(tmp_path, data))
    first, second = extraction.pages
    assert first.text == second.text == "The parties shall cooperate in culture"
    assert (first.number, second.number) == (1, 2)
    assert first.lines[0].edges is not None  # as the first reader read it
    assert {page.verdict.state for page in extraction.pages} == {"suspect"}
    assert any("counts 2 pages where 1 were found" in warning for warning in extraction.warnings)
