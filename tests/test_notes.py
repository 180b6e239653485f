"""Footnotes: tied to their marks, out of the sentences, and their marks out of the words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmine.clauses import segment
from textmine.clauses.note_marks import note_marks, without_marks
from textmine.pages.notes import notes
from textmine.records import Extraction, Line, Page, Span


def page_of(*lines: str, number: int = 1) -> Page:
    """A page; a line that begins with «foot|» or another role is of that role, {} is raised."""
    texts, made, start = [], [], 0
    for written in lines:
        role, bar, text = written.partition("|")
        if not bar:
            role, text = "body", written
        raised = []
        while "{" in text:
            first, last = text.index("{"), text.index("}") - 1
            raised.append(Span(start + first, start + last))
            text = text.replace("{", "", 1).replace("}", "", 1)
        role = {"foot": "footnote", "head": "running-head", "page": "page-number"}.get(role, role)
        made.append(Line(start, start + len(text), role, raised=tuple(raised)))
        texts.append(text)
        start += len(text) + 1
    return Page(number, "\n".join(texts), tuple(made))


def tied(page: Page) -> list[tuple[str, int | None, str]]:
    """Mark, where it is called (None: nowhere), words of the note."""
    return [(note.mark, note.anchor and note.anchor.start, note.text(page)) for note in notes(page)]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            ("همکاری{۱} و قدرت نرم{۲} است.", "foot|۱ نک. رضایی، ص ۴۳", "foot|۲ Soft Power"),
            [("۱", 6, "نک. رضایی، ص ۴۳"), ("۲", 18, "Soft Power")],
        ),
        # Digits of another system, a note of two lines, a mark with a full stop.
        (
            ("همکاری{1} است.", "foot|۱. نخستین سطر", "foot|و سطر دوم"),
            [("۱", 6, "نخستین سطر و سطر دوم")],
        ),
        (
            ("One [1] and two (2) end.", "foot|[1] First", "foot|2 Second"),
            [("1", 4, "First"), ("2", None, "Second")],
        ),
        (("Nye*, Smith†", "foot|* Harvard", "foot|† Oxford"),
         [("*", 3, "Harvard"), ("†", 11, "Oxford")]),
        (("Cities¹ and states²", "foot|¹ Towns", "foot|² Powers"),
         [("¹", 6, "Towns"), ("²", 18, "Powers")]),
        (("In 2016 it rose.3", "foot|3 See the law of 2016"), [("3", 16, "See the law of 2016")]),
        # Two marks in one place.
        (("پیمان{۱،۲}", "foot|۱ یک", "foot|۲ دو"), [("۱", 5, "یک"), ("۲", 7, "دو")]),
        # A line that begins with a number goes on with the note.
        (
            ("A pact{4} of peace", "foot|4 Signed with", "foot|12 other cities"),
            [("4", 6, "Signed with 12 other cities")],
        ),
        # A number is left out, yet its successor is called.
        (("One{1} and three{3}", "foot|1 First", "foot|3 Third"),
         [("1", 3, "First"), ("3", 14, "Third")]),
        # The rest of a note from the page before has no mark.
        (("A pact{5} holds", "foot|and so it ended.", "foot|5 See above"),
         [("", None, "and so it ended."), ("5", 6, "See above")]),
        # Near misses: an exponent, a year, a figure with a unit are no marks.
        (("E = mc{2} in 1902", "foot|1 Einstein"), [("1", None, "Einstein")]),
        (("It cost 1.5% in 2021", "foot|5 Dollars"), [("5", None, "Dollars")]),
        (("A text without notes{1}",), []),
    ],
)  # fmt: skip
def test_notes_are_tied_to_the_marks_that_call_them(lines, expected):
    assert tied(page_of(*lines)) == expected


def test_the_same_mark_calls_once_and_notes_keep_their_order():
    page = page_of("first{1} or {1}", "foot|1 One", "foot|2 Two")
    assert tied(page) == [("1", 5, "One"), ("2", None, "Two")]


@given(
    st.lists(st.sampled_from(["foot|1 a", "foot|۲ ب", "x{1} y2", "foot|z", "word [3]"]), max_size=8)
)
def test_words_of_notes_stand_in_footnotes_and_anchors_elsewhere(lines):
    page = page_of(*lines)
    roles = {at: line.role for line in page.lines for at in range(line.start, line.end)}
    for note in notes(page):
        assert note.anchor is None or {roles[at] for at in range(*note.anchor)} == {"body"}
        for span in note.spans:
            assert {roles[at] for at in range(*span) if page.text[at] != "\n"} == {"footnote"}


def test_a_sentence_over_a_page_turn_stays_whole_above_the_footnotes():
    one = page_of(
        "این گزارش پیوند شهرهای دو کشور را در سه دوره بررسی می‌کند و راه‌هایی را",
        "برای بهتر شدن آن‌ها نشان می‌دهد. در دورهٔ نخست پیوندها اندک بود.",
        "شهرها در روابط میان کشورها نقش تازه‌ای{۱} یافته‌اند و شهرداری‌ها با",
        "foot|۱ نک. رضایی (۱۳۸۹)، ص ۴۳.",
        "page|۱",
    )
    two = page_of(
        "head|فصلنامهٔ شهر",
        "شهرهای دیگر پیمان می‌بندند. این پیمان‌ها گاه فرهنگی است.",
        "foot|۲ Soft Power",
        "page|۲",
        number=2,
    )
    found = segment(Extraction((one, two), "example 1"), "0" * 64)
    assert [clause.text.replace("\n", " ") for clause in found.clauses][2:] == [
        "شهرها در روابط میان کشورها نقش تازه‌ای۱ یافته‌اند و شهرداری‌ها با شهرهای دیگر پیمان می‌بندند.",
        "این پیمان‌ها گاه فرهنگی است.",
    ]
    assert [part.kind for part in found.parts if part.kind not in ("gap", "title")] == [
        "footnote", "page-number", "running-head", "footnote", "page-number",
    ]  # fmt: skip


def test_marks_leave_the_words_of_a_clause_and_its_offsets_stay():
    page = page_of(
        "The agreement{3} of 2019 grew by 5 m{2} and the 1{st} of May.", "foot|3 See below."
    )
    extraction = Extraction((page_of("Before."), page), "example 1")
    marks = note_marks(extraction)
    assert [extraction.text[slice(*mark)] for mark in marks] == ["3"]
    (clause,) = [c for c in segment(extraction, "0" * 64).clauses if "2019" in c.text]
    view = without_marks(clause, marks)
    assert view.text == "The agreement of 2019 grew by 5 m2 and the 1st of May."
    assert clause.text[slice(*view.original(14, 21))] == "of 2019"


@pytest.mark.parametrize(
    ("line", "marks"),
    [
        ("A partnership{12} of cities.", ["12"]),  # an endnote: no note on this page
        ("It ended.{4} Then", ["4"]),
        ("10 km{2} of land", []),
        ("the 21{st} century", []),
    ],
)
def test_raised_numbers_behind_words_are_marks_even_without_a_note(line, marks):
    page = page_of(line)
    found = note_marks(Extraction((page,), "example 1"))
    assert [page.text[slice(*mark)] for mark in found] == marks
