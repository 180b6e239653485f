"""Text out of order put right, with its way back to the original."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from textmine.clauses import segment
from textmine.clauses.in_order import views_in_order
from textmine.cli import app
from textmine.records import Extraction, Line, Page, Span
from textmine.store.catalogue import StoredClause
from textmine.text import mending
from textmine.text.disorder import is_out_of_order, judged
from textmine.text.halfspaces import Counts
from textmine.text.letters import HALF_SPACE
from textmine.text.likely import Likely, shipped_likely
from textmine.text.mending import manner_of, mended
from textmine.text.offsets import View
from textmine.text.reordering import AT_HALF_SPACES, AT_WORDS, cuts, readings, torn

# ---- Damage, made as extractors make it -------------------------------------------------------


def at_half_spaces(line: str) -> str:
    """The runs between half-spaces and numbers in reverse; the last one has the line's space."""
    runs = []
    for part in line.split(HALF_SPACE):
        runs += [run for run in re.split(r"([\d۰-۹]+)", part) if run]
    return "".join(reversed([*runs[:-1], f"{runs[-1]} "])).rstrip()


def at_yeh(line: str) -> str:
    """Every word in reverse at its ی and its half-spaces, and the words in reverse as well."""
    words = []
    for word in line.split(" "):
        parts = [part for half in word.split(HALF_SPACE) for part in re.findall("ی|[^ی]+", half)]
        words.append("".join(reversed(parts)))
    return " ".join(reversed(words))


LINES = [
    "این تفاهم‌نامه پس از امضای دو شهردار اجرا می‌شود",
    "نمایندگان دو شهر برنامه‌های سال آینده را در نشست خود بررسی می‌کنند",
    "دو شهر در زمینه‌های آموزش، بهداشت و گردشگری با یکدیگر همکاری می‌کنند",
    "در سال ۱۳۹۵ هیئتی از شهرداری به آن کشور سفر کرد",
    "این نظر در کتاب دیگری آمده است (قوام، 1384: 207)",
    "در جلد دوم این کتاب (ظریف، 1389: 43) تعریف دیگری آمده است",
]


@pytest.mark.parametrize("line", LINES)
def test_a_line_cut_at_its_half_spaces_is_put_right(line: str) -> None:
    torn_line = at_half_spaces(line)
    assert torn_line != line
    assert mended(torn_line).view.text.strip() == line


@pytest.mark.parametrize(
    ("left", "right"),
    [
        # ending first; verb first; a word cut at a letter; a number stuck to the next word
        ("های سال آینده را بررسی کردند نمایندگان دو شهر برنامه", "نمایندگان دو شهر برنامه‌های"),
        ("گیرد تصمیم شهرداری پس از بررسی انجام می", "بررسی انجام می‌گیرد"),
        ("هد که در این سال  دشهرداری اعلام کرد و نشان می", "نشان می‌دهد که در این سال"),
        (" شهردار به تهران آمد ۱۳۸۵در سال", "در سال ۱۳۸۵"),
    ],
)
def test_parts_of_lines_find_their_place(left: str, right: str) -> None:
    assert right in mended(left).view.text


def test_words_cut_at_their_yeh_are_put_right_in_their_order() -> None:
    wanted = [
        "مدیریت شهری در این کشور زیر نظر وزارت کشور است",
        "میان شهرهای دو کشور روابط فرهنگی نزدیکی برقرار است",
        "دولت برای توسعه اقتصادی و اجتماعی شهرها برنامه دارد",
        "این سیاست در زندگی مردم تأثیر زیادی دارد",
        "نیروی انسانی در این شهر بسیار است",
    ]
    text = "\n".join(map(at_yeh, wanted))
    assert manner_of(text) is AT_WORDS
    found = mended(text)
    for word in ("مدیریت", "شهری", "این", "فرهنگی", "اقتصادی", "سیاست", "زندگی", "انسانی"):
        assert word in found.view.text.split()
    assert {"line", "yeh"} <= {repair.kind for repair in found.repairs}
    assert found.view.text.splitlines()[0] == wanted[0]


def test_text_in_order_stays_as_it_is() -> None:
    text = "\n".join(LINES)
    assert mended(text).view == View.same(text)
    assert not mended(text).repairs
    assert manner_of(text) is AT_HALF_SPACES


@pytest.mark.parametrize(
    "line",
    [
        "The Parties shall cooperate in the fields of culture and sport.",
        "",
        "   ",
        "۱۲",
        "ماده ۳ - همکاری فرهنگی",
        "www.example.ir/a?b=1",
        "های سال" * 60,  # too long for a printed line
    ],
)
def test_what_is_no_torn_line_stays(line: str) -> None:
    assert mended(line).view.text == line


def test_brackets_take_the_hand_of_their_place() -> None:
    text = "شهرداری )تهران( و شهرداری )شیراز( در این سال\nوزارت )کشور( و سازمان )ملل("
    found = mended(text)
    assert found.view.text.startswith("شهرداری (تهران) و شهرداری (شیراز)")
    assert [repair.kind for repair in found.repairs] == ["bracket"] * 8
    right = "شهرداری (تهران) و شهرداری )شیراز) در این سال"
    assert mended(right).view.text == right  # one alone proves nothing


def test_the_number_of_a_note_leaves_its_word() -> None:
    found = mended("این برنامه در سال آینده اجرا می4شود و شهر")
    assert "می‌شود" in found.view.text
    assert [repair.kind for repair in found.repairs] == ["note-mark"]
    assert mended("بند 4شهر").view.text == "بند 4شهر"


def test_digits_that_a_font_misread_are_counted_and_left() -> None:
    text = "در سال 9313 و 9111 و 9319 و 9101 و 1380 و 9930 بود"
    found = mended(text)
    assert found.unrepaired["digits"] == 5
    assert "9313" in found.view.text
    assert "digits" not in mended("در سال 1313 و 1911 و 1319 و 1901 و 1380 بود").unrepaired


def test_a_very_long_text_is_searched_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mending, "MOST_LINES", 1)
    text = "\n".join(map(at_half_spaces, LINES[:3]))
    found = mended.__wrapped__(text)
    assert found.unrepaired["unread"] == 2
    assert found.view.text.splitlines()[1:] == text.splitlines()[1:]


def test_a_repair_tells_what_was_where() -> None:
    line = at_half_spaces(LINES[0])
    first, *words = mended(line).repairs
    assert (first.kind, first.span, first.before) == ("line", Span(0, len(line)), line)
    assert first.after == LINES[0]
    assert 0.5 < first.confidence <= 1
    assert {word.after for word in words} == {"تفاهم‌نامه", "می‌شود"}


@given(st.lists(st.sampled_from([*" ".join(LINES).split(), "های", "می", "1384", ":", "(", "."])))
def test_every_letter_is_kept_and_leads_back(words: list[str]) -> None:
    text = " ".join(words)
    view = mended.__wrapped__(text).view
    letters = [letter for letter in view.text if letter not in " \u200c()"]
    assert sorted(letters) == sorted(letter for letter in text if letter not in " \u200c()")
    for at, letter in enumerate(view.text):
        start, end = view.original(at, at + 1)
        if end > start and letter not in "()":
            assert text[start:end] in (letter, " ")


@pytest.mark.parametrize(
    "text",
    [" " * 100_000, "بی" * 50_000, "ب" + "ـ" * 50_000 + "ب", "ب۱" * 50_000, "a" + " " * 99_999],
)
def test_hostile_lines_stay_as_they_are(text: str) -> None:
    assert mended(text).view == View.same(text)


def test_the_words_of_a_document_do_not_reach_the_next() -> None:
    model = shipped_likely()
    word = model.word("تهران")
    alone = model.behind("شهردار", word)
    heard = model.listening([("شهردار", "تهران")] * 9)
    assert heard.behind("شهردار", word) > alone == model.behind("شهردار", word)


@given(st.text("ابتدرسمنوهیآژکگ", min_size=1, max_size=9))
def test_what_is_known_is_told_alike(letters: str) -> None:
    model = shipped_likely()
    assert model.knows(letters) == model.understood(letters).known


# ---- The model and the search -----------------------------------------------------------------


def test_words_are_known_by_their_halves() -> None:
    model = shipped_likely()
    assert model.word("می‌شود") == model.word("میشود")
    assert model.word("میشود").place == 2
    assert model.word("شهرداریها").last == "ها"
    assert not model.word("تیریمد").known
    assert model.word("مدیریت").sure


def test_a_word_is_likelier_behind_what_it_was_seen_behind() -> None:
    model = Likely(Counts({"در": 9, "ری": 2}, pairs={("در", "ری"): 2}))
    word = model.word("ری")
    assert model.behind("در", word) > model.behind("", word) == word.chance
    assert model.behind("ری", word) == word.chance  # nothing was counted behind it


def test_cuts_are_looked_for_where_a_word_is_none() -> None:
    assert not cuts("دولت", by_yeh=False)
    assert (5, "inside") in cuts("سیاستتحولات", by_yeh=False)
    assert cuts("تیریمد", by_yeh=True)[:2] == ((1, "yeh"), (2, "yeh"))
    assert not cuts(f"کتاب{HALF_SPACE}ها", by_yeh=True)


def test_only_lines_with_a_sign_are_searched() -> None:
    assert not torn("نمایندگان دو شهر در این نشست", AT_HALF_SPACES)
    assert torn("های دو شهر در این نشست", AT_HALF_SPACES)
    assert torn("در سال ۱۳۸۵شهردار آمد", AT_HALF_SPACES)
    assert torn("شهر .است", AT_HALF_SPACES)


def test_the_line_as_it_is_is_always_among_the_readings() -> None:
    for line in (LINES[0], at_half_spaces(LINES[0]), "", "-"):
        assert sum(each.in_order for each in readings(line, AT_HALF_SPACES)) == 1


# ---- Pages and clauses ------------------------------------------------------------------------


def _page(lines: list[str]) -> Page:
    text = "\n".join(lines)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    own = tuple(Line(at, at + len(line)) for at, line in zip(starts, lines, strict=False))
    return judged(Page(1, text, own))


TORN = [
    "های خود را به شهرداری تهران فرستادند و نامهنمایندگان دو شهر",
    "های سال آینده در نشست امروز بررسی شد و برنامه شهر طرح",
    "ها از این پس زیر نظر شهرداری است و نگهداری پارک",
    "های تازه در این شهر ساخته شد و کتابخانه",
    "های دو کشور در زمینه آموزش گسترش یافت و همکاری",
    "ها به دو زبان فارسی و انگلیسی نوشته شد و نامه",
]


def test_the_verdict_says_what_was_mended() -> None:
    page = _page(TORN)
    assert is_out_of_order(page)
    figures = page.verdict.figures
    assert page.verdict.state == "suspect"
    assert figures["lines_mended"] >= 4 > figures["lines_displaced_left"]
    assert f"{figures['lines_mended']} lines" in page.verdict.reason
    assert not is_out_of_order(_page(LINES))


def test_clauses_on_a_page_out_of_order_are_read_in_order() -> None:
    extraction = Extraction((_page(TORN), _page(LINES)), "example 1")
    cut = segment(extraction, "0" * 64)
    views = views_in_order(extraction, cut)
    texts = " ".join(view.text for view in views.values())
    assert "طرح‌های سال آینده" in texts
    assert "کتابخانه‌های تازه" in texts
    for clause in cut.clauses:
        if clause.id in views:
            assert views[clause.id].original_length == len(clause.text)
        else:
            assert clause.start > len(extraction.pages[0].text)


def test_nothing_is_made_of_pages_in_order() -> None:
    extraction = Extraction((_page(LINES),), "example 1")
    assert not views_in_order(extraction, segment(extraction, "0" * 64))


def test_coders_read_a_torn_clause_in_order() -> None:
    extraction = Extraction((_page(TORN),), "example 1")
    cut = segment(extraction, "0" * 64)
    views = views_in_order(extraction, cut)
    own = StoredClause(1, cut.clauses[0], views[cut.clauses[0].id])
    assert own.reading is own.normalised
    whole = StoredClause(1, cut.clauses[0], View.same(cut.clauses[0].text))
    assert whole.reading.text == cut.clauses[0].text


def test_extract_tells_the_repairs(tmp_path: Path) -> None:
    (tmp_path / "torn.txt").write_text("\n".join(TORN), encoding="utf-8")
    shown = CliRunner().invoke(app, ["extract", str(tmp_path / "torn.txt"), "--json"])
    (page,) = json.loads(shown.stdout)["pages"]
    assert "طرح‌های سال آینده" in page["mended"]["text"]
    first = page["mended"]["repairs"][0]
    assert (first["kind"], page["text"][first["start"] : first["end"]]) == ("line", first["before"])
    (tmp_path / "right.txt").write_text("\n".join(LINES), encoding="utf-8")
    shown = CliRunner().invoke(app, ["extract", str(tmp_path / "right.txt"), "--json"])
    assert "mended" not in json.loads(shown.stdout)["pages"][0]
