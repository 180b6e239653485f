"""Glyphs to pages: order, half-spaces, columns, tables, roles, verdicts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmine.pages import HALF_SPACE, Composer, Glyph, Sheet
from textmine.pages.glyphs import BOTH_JOIN, RIGHT_JOIN

SIZE = 10.0
WIDTH = 5.0  # of every glyph, half of the type size
FORMS = {(False, False): 0, (False, True): 1, (True, True): 2, (True, False): 3}


def glyph(text: str, x: float, base: float, **more) -> Glyph:
    size = more.pop("size", SIZE)
    width = more.pop("width", size / 2)
    more.setdefault("code", ord(text[0]) if text else 1)
    return Glyph(text, x, x + width, base, size, **more)


def drawn(visual: str, x: float, base: float, **more) -> list[Glyph]:
    """Glyphs of a row as the eye meets them, from left to right."""
    step = more.get("size", SIZE) / 2
    out = [glyph(char, x + at * step, base, **more) for at, char in enumerate(visual)]
    for order, one in enumerate(out):
        one.order = order
    return out


def shaped(text: str, right: float, base: float, **more) -> list[Glyph]:
    """Persian letters from the right edge leftwards, numbered by shape as fonts do.

    A half-space shows in the shapes alone, as some programs print it.
    """
    out: list[Glyph] = []
    x = right
    for at, char in enumerate(text):
        if char == HALF_SPACE:
            continue
        before = text[at - 1] if at else " "
        after = text[at + 1] if at + 1 < len(text) else " "
        joins = char in BOTH_JOIN | RIGHT_JOIN
        form = FORMS[
            joins and before in BOTH_JOIN,
            char in BOTH_JOIN and after in BOTH_JOIN | RIGHT_JOIN,
        ]
        x -= WIDTH
        out.append(glyph(char, x, base, code=1000 + 4 * ord(char) + form, **more))
    return out


def page_of(glyphs: list[Glyph], **more):
    composer = Composer()
    composer.add(Sheet(1, 400.0, 600.0, glyphs, **more))
    return composer.pages()[0]


def texts(page) -> list[str]:
    return [page.text[line.start : line.end] for line in page.lines]


@pytest.mark.parametrize(
    ("visual", "logical"),
    [
        ("مالس", "سلام"),
        ("ﻼﻋ", "علا"),  # a ligature is one cluster: its letters are not turned
        ("۱۲ هدام", "ماده ۱۲"),
        ("متن .۳-۲", "۳-۲. نتم"),  # a paragraph number at the beginning
        ("متن ۱۳۵۷-۱۳۴۲", "۱۳۴۲-۱۳۵۷ نتم"),  # years may begin a row in the middle of a sentence
        ("۱۳۹۸/۴۲۱ هرامش", "شماره ۱۳۹۸/۴۲۱"),
        ("دصرد ۱۲٫۵", "۱۲٫۵ درصد"),
        ("۱۳۹۷ ،۱۳۹۵ لاس", "سال ۱۳۹۵، ۱۳۹۷"),
        ("(Nye, 2008: 95) دروآ", "آورد (Nye, 2008: 95)"),
        ("«رهش» هژاو", "واژه «شهر»"),
        ("May 2019 12 خیرات", "تاریخ 12 May 2019"),
        ("MAXQDA 2020 رازفا مرن", "نرم افزار MAXQDA 2020"),
        ("The parties shall (Article 5) agree.", "The parties shall (Article 5) agree."),
        ("the word «رهش» means city, no. 5", "the word «شهر» means city, no. 5"),
        ("a (b) [c] 1-2", "a (b) [c] 1-2"),
        ("in {set} and {.5}", "in {set} and {.5}"),
        ("ﬁrst of-\u00adfice", "first of-\u00adfice"),
    ],
)
def test_one_row_comes_out_in_reading_order(visual, logical):
    assert page_of(drawn(visual, 50, 100)).text == logical


def test_a_written_space_without_advance_is_a_half_space_between_persian_letters_only():
    row = drawn("مه", 50, 100)  # «هم» in two glyphs
    row.insert(1, glyph(" ", row[1].x0, 100))
    assert page_of(row).text == f"ه{HALF_SPACE}م"
    latin = drawn("ab", 50, 100)
    latin.insert(1, glyph(" ", latin[1].x0, 100))
    assert page_of(latin).text == "a b"


def test_a_letter_kerned_across_the_space_before_it_keeps_its_side():
    row = drawn("رهشی م", 50, 100)
    yeh, space, meem = row[3:]
    meem.x0, meem.x1 = yeh.x1 - 0.6, yeh.x1 + WIDTH - 0.6
    space.x0, space.x1 = yeh.x1, yeh.x1 + 2
    assert page_of(row).text == f"م{HALF_SPACE}یشهر"


def test_a_half_space_with_advance_is_a_space():
    assert page_of(drawn("اه\u200cرهش", 50, 100)).text == "شهر ها"


def test_a_half_space_in_the_actual_text_is_kept_whatever_its_glyph():
    row = drawn("اه", 50, 100) + drawn("رهش", 60, 100)
    row.insert(2, glyph(" ", 60, 100, actual=HALF_SPACE, span=7))
    assert page_of(row).text == f"شهر{HALF_SPACE}ها"


def test_shapes_at_word_ends_give_half_spaces_away():
    lines = [
        "این همایش می\u200cکوشد نشان دهد که بازی همایش",
        "شهرها می\u200cتوانند و همایش بازی ملی کنند",
        "کسی نمی\u200cداند که بازی چیست همایش\u200cهای ما",
        "همایش ملی نشان داد که همایش شد",
    ]
    glyphs = [g for at, text in enumerate(lines) for g in shaped(text, 380, 100 + 20 * at)]
    page = page_of(glyphs)
    assert texts(page) == lines
    assert page.verdict.state == "repaired"
    assert page.verdict.figures["half_spaces_by_shape"] == 4


def test_presentation_forms_become_letters_and_tell_half_spaces():
    # final heh, then initial meem: the word was parted there
    assert page_of(drawn("\ufee2\ufe91\ufeea\ufe91", 50, 100)).text == "به\u200cبم"
    # medial heh joins on: nothing was parted
    assert page_of(drawn("\ufee2\ufe92\ufeec\ufe91", 50, 100)).text == "بهبم"


def test_stretching_strokes_vanish_with_and_without_a_name():
    named = drawn("مـالس", 50, 100)
    assert page_of(named).text == "سلام"
    row = shaped("سلام شد", 200, 100)
    at = row[1].x0  # between lam and alef
    for one in row[2:]:
        one.x0, one.x1 = one.x0 - 3.5, one.x1 - 3.5
    strokes = [glyph("%", at - shift, 100, width=2.0, code=37, mapped=False) for shift in (2, 3.5)]
    page = page_of(row + strokes)
    assert page.text == "سلام شد"
    assert page.verdict.figures["kashida"] == 2


def test_letters_without_a_name_are_found_by_their_words():
    words = "فرهنگی ملی بازی شهری کشوری سیاسی"
    glyphs = shaped(words, 380, 100)
    for one in glyphs:
        if one.text == "ی" and one.code % 4 == FORMS[True, False]:
            one.text, one.mapped = "", False
    page = page_of(glyphs)
    assert page.text == words
    assert page.verdict.state == "repaired"


def test_glyphs_that_nobody_can_name_make_a_page_suspect():
    glyphs = [glyph("", 50 + 6 * at, 100, code=500 + at, mapped=False) for at in range(5)]
    page = page_of(glyphs + drawn("abc", 200, 100))
    assert page.text == "\ufffd" * 5 + " abc"
    assert page.verdict.state == "suspect"
    assert page.verdict.figures["unmapped"] == 5


def test_brackets_named_by_their_logical_hand_are_left_so():
    # Some programs call the bracket that opens «(» although the eye sees «)»: the glyph says less
    # than its neighbours do.
    lines = [")رهش( ردو", ")هام( ردو", ")زاس( ردو"]
    glyphs = [g for at, row in enumerate(lines) for g in drawn(row, 50, 100 + 20 * at)]
    page = page_of(glyphs)
    assert texts(page) == ["ودر (شهر)", "ودر (ماه)", "ودر (ساز)"]
    assert page.verdict.figures["brackets_turned"] == 6


def test_a_mark_stays_on_its_letter_and_off_the_next():
    row = drawn("دعب", 50, 100)
    mark = glyph("\u064f", row[1].x0 + 1, 97, width=0.0)
    for order, one in enumerate([row[0], row[1], mark, row[2]]):
        one.order = order
    assert page_of([*row, mark]).text == "بُعد"


def test_spaces_come_from_gaps_where_none_is_written():
    left, right = drawn("cities", 50, 100), drawn("twin", 84, 100)
    assert page_of(left + right).text == "cities twin"
    tracked = [glyph(char, 50 + 9 * at, 100) for at, char in enumerate("TITLE")]
    assert page_of(tracked).text == "TITLE"


def test_a_raised_marker_stays_in_its_row_and_out_of_the_number_beside_it():
    row = drawn("۱۹۳۱ لاسرد", 50, 100)
    marker = glyph("۲", 47, 96, size=6.0)
    assert page_of([*row, marker]).text == "درسال ۱۹۳۱۲"
    assert len(page_of([*drawn("word", 50, 100), glyph("1", 70, 96, size=6.0)]).lines) == 1


COLUMN = [
    "alpha beta gamma delta",
    "epsilon zeta eta theta",
    "iota kappa lambda mu",
    "nu xi omicron",
]
SOTUN = ["رهش نآ", "راک نیا", "باتک نآ", "رابخا نیا"]


def test_latin_columns_are_read_from_the_left():
    glyphs = [g for at, row in enumerate(COLUMN) for g in drawn(row, 20, 100 + 14 * at)]
    glyphs += [g for at, row in enumerate(COLUMN) for g in drawn(row.upper(), 220, 100 + 14 * at)]
    assert texts(page_of(glyphs)) == COLUMN + [row.upper() for row in COLUMN]


def test_persian_columns_are_read_from_the_right():
    glyphs = [g for at, row in enumerate(SOTUN) for g in drawn(row, 50, 100 + 14 * at)]
    glyphs += [g for at, row in enumerate(SOTUN) for g in drawn(row[:3], 250, 100 + 14 * at)]
    assert texts(page_of(glyphs))[4:] == [row[::-1] for row in SOTUN]


def test_a_title_over_two_columns_comes_first():
    glyphs = drawn("a title as wide as the whole page with both its columns over all", 20, 80)
    for at, row in enumerate(COLUMN):
        glyphs += drawn(row, 20, 100 + 14 * at) + drawn(row, 220, 100 + 14 * at)
    assert texts(page_of(glyphs))[0].startswith("a title")


def grid(columns: list[float], rows: list[float]):
    across = [(columns[0], y, columns[-1], y) for y in rows]
    return across + [(x, rows[0], x, rows[-1]) for x in columns]


def test_a_ruled_table_gives_one_line_per_row_with_tabs():
    rules = grid([20, 120, 220, 320], [90, 120, 150])
    glyphs = drawn("City", 30, 110) + drawn("Year", 130, 110) + drawn("Field", 230, 110)
    glyphs += drawn("Osh", 30, 132) + drawn("old", 30, 144) + drawn("1372", 130, 140)
    page = page_of(glyphs, rules=rules)
    assert texts(page) == ["City\tYear\tField", "Osh old\t1372\t"]
    assert {line.role for line in page.lines} == {"table"}


def test_a_persian_table_is_read_from_the_right():
    rules = grid([20, 120, 220], [90, 120, 150])
    glyphs = drawn("لاس", 30, 110) + drawn("رهش", 130, 110)
    glyphs += drawn("۱۳۷۲", 30, 140) + drawn("شوا", 130, 140)
    assert texts(page_of(glyphs, rules=rules)) == ["شهر\tسال", "اوش\t۱۳۷۲"]


def test_a_number_that_a_cell_breaks_at_its_hyphen_is_whole():
    rules = grid([20, 120, 220], [90, 110, 150])
    glyphs = drawn("Book", 30, 105) + drawn("Number", 130, 105)
    glyphs += drawn("One", 30, 125) + drawn("978-600-", 130, 125) + drawn("119-3", 130, 137)
    assert texts(page_of(glyphs, rules=rules)) == ["Book\tNumber", "One\t978-600-119-3"]


def test_running_text_set_in_a_grid_is_no_table():
    rules = grid([10, 200, 390], [90, 160, 300])
    glyphs = [g for at, row in enumerate(COLUMN) for g in drawn(row, 20, 100 + 14 * at)]
    glyphs += [g for at, row in enumerate(COLUMN) for g in drawn(row, 220, 100 + 14 * at)]
    page = page_of(glyphs, rules=rules)
    assert {line.role for line in page.lines} == {"body"}
    assert texts(page) == COLUMN + COLUMN


def test_a_table_without_rules_is_known_by_its_short_pieces():
    rows = [("City", "Year", "Field"), ("Osh", "1372", "arts"), ("Yazd", "1380", "trade")]
    glyphs = [
        g
        for at, cells in enumerate(rows)
        for x, cell in zip((20, 150, 300), cells, strict=True)
        for g in drawn(cell, x, 100 + 16 * at)
    ]
    page = page_of(glyphs)
    assert texts(page) == ["\t".join(cells) for cells in rows]
    assert {line.role for line in page.lines} == {"table"}


BODY = [f"the parties to article {word} shall agree on" for word in ["one", "two", "six", "ten"]]


def document(count: int) -> tuple:
    composer = Composer()
    for number in range(1, count + 1):
        glyphs = drawn("Journal of Cities", 100, 30) + drawn(str(number), 200, 580)
        for at, row in enumerate(BODY):
            glyphs += drawn(f"{row} {number}", 50, 100 + 14 * at)
        glyphs += drawn("Findings", 50, 200, size=14.0)
        glyphs += drawn("and more of the text", 50, 220)
        glyphs += drawn("1 A note of small type", 50, 500, size=7.0)
        composer.add(Sheet(number, 400.0, 600.0, glyphs))
    return composer.pages()


def test_roles_are_told_by_repetition_place_and_size():
    for page in document(3):
        roles = {page.text[line.start : line.end]: line.role for line in page.lines}
        assert roles["Journal of Cities"] == "running-head"
        assert roles[str(page.number)] == "page-number"
        assert roles["Findings"] == "heading"
        assert roles["1 A note of small type"] == "footnote"
        assert roles["and more of the text"] == "body"
        assert roles[f"{BODY[0]} {page.number}"] == "body"


def test_a_number_in_the_text_is_no_page_number_and_a_caption_is_known():
    glyphs = [g for at, row in enumerate(BODY) for g in drawn(row, 50, 100 + 14 * at)]
    glyphs += drawn("17", 50, 300) + drawn("جدول ۱: شهرها"[::-1], 50, 320)
    page = page_of(glyphs)
    roles = {page.text[line.start : line.end]: line.role for line in page.lines}
    assert roles["17"] == "body"
    assert roles["جدول ۱: شهرها"] == "caption"


def test_long_documents_keep_their_pages_in_order():
    composer = Composer()
    for number in range(1, 151):
        composer.add(Sheet(number, 400.0, 600.0, drawn(f"page {number} here", 50, 300)))
    pages = composer.pages()
    assert [page.number for page in pages] == list(range(1, 151))
    assert [page.text for page in pages] == [f"page {number} here" for number in range(1, 151)]


def test_turned_text_follows_the_rest_and_its_box_is_where_it_stands():
    upright = [g for at, row in enumerate(BODY) for g in drawn(row, 50, 100 + 14 * at)]
    sideways = drawn("draft", 200, 30, turn=270)
    page = page_of(upright + sideways)
    assert texts(page)[-1] == "draft"
    box = page.lines[-1].box
    assert box.x0 < 30 < box.x1
    assert (box.top, box.bottom) == (600 - 225, 600 - 200)
    assert (page.lines[-1].turn, page.lines[-1].edges[0]) == (270, (395.0, 400.0))  # reads upwards


@pytest.mark.parametrize(
    ("more", "state", "words"),
    [
        ({"picture_area": 200_000.0}, "none", "OCR"),
        ({"curves": 900}, "none", "outlines"),
        ({"skewed": 12}, "none", "slanted"),
        ({}, "none", "empty"),
    ],
)
def test_a_page_without_text_says_why(more, state, words):
    page = page_of([], **more)
    assert (page.text, page.lines, page.verdict.state) == ("", (), state)
    assert words in page.verdict.reason


def test_an_invisible_text_layer_is_suspect():
    page = page_of(drawn("scanned words", 50, 100), hidden=13, picture_area=240_000.0)
    assert page.verdict.state == "suspect"
    assert "over a picture" in page.verdict.reason


def test_a_text_without_common_words_is_suspect():
    nonsense = ["خص ضغ ثق چژ خض صغ"[::-1]] * 20
    glyphs = [g for at, row in enumerate(nonsense) for g in drawn(row, 50, 30 + 14 * at)]
    assert page_of(glyphs).verdict.state == "suspect"


def test_a_glossary_has_no_common_words_and_is_not_suspect():
    terms = ["شهر دیدار city", "کتاب دولت book", "همکاری ماده act"] * 12
    glyphs = [g for at, row in enumerate(terms) for g in drawn(row, 50, 30 + 14 * at)]
    assert page_of(glyphs).verdict.state == "good"


def test_a_text_with_letters_repeated_is_suspect():
    glyphs = drawn("تلووود ملیووووس رهووووش هداووووم", 50, 100)
    page = page_of(glyphs)
    assert page.verdict.state == "suspect"
    assert "stroke" in page.verdict.reason


def test_what_is_no_character_never_reaches_the_text():
    glyphs = [glyph(bad, 50 + 5 * at, 100) for at, bad in enumerate("\0\x07\ud800\uffff")]
    page = page_of([*glyphs, glyph("\n", 70, 100), glyph("a\fb", 75, 100)])
    assert page.text == "\ufffd" * 4 + " a b"
    assert page.text.encode("utf-8")


def test_the_edges_of_a_ligature_are_shared_and_a_mark_has_none():
    page = page_of([glyph("\ufefb\u064e", 50, 100, width=8.0)])
    assert page.text == "لا\u064e"
    assert page.lines[0].edges == ((54, 58), (50, 54), (50, 50))


def test_glyphs_drawn_twice_count_once():
    glyphs = drawn("bold", 50, 100) + drawn("bold", 50.1, 100)
    assert page_of(glyphs).text == "bold"


WORDS = ("شهر", "کتاب", "دیدار", "۱۲", "Paris", "agreement", "دولت", "همکاری", "ماده", "و")


@given(st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6), min_size=1, max_size=6))
def test_lines_tile_the_text_and_every_code_point_has_edges(rows):
    glyphs = []
    for at, words in enumerate(rows):
        visual = " ".join(w if w[0].isascii() or w.isdigit() else w[::-1] for w in words[::-1])
        glyphs += drawn(visual, 20, 100 + 14 * at)
    page = page_of(glyphs)
    end = 0
    for at, line in enumerate(page.lines):
        assert page.text[end : line.start] == ("\n" if at else "")
        end = line.end
        assert len(line.edges) == line.end - line.start
        assert all(left <= right for left, right in line.edges)
        assert line.box.x0 <= line.box.x1
        assert line.box.top <= line.box.bottom
    assert sorted(page.text.replace("\t", " ").split()) == sorted(w for row in rows for w in row)


# Numbers set from right to left


def xetex_page(*rows: str, made_by: str = "XeTeX output 2022.01.01 xdvipdfmx (20211117)"):
    composer = Composer(made_by)
    glyphs = [g for at, row in enumerate(rows) for g in drawn(row, 50, 100 + 20 * at)]
    composer.add(Sheet(1, 400.0, 600.0, glyphs))
    return composer.pages()[0]


def test_numbers_parted_at_their_signs_are_read_from_the_right_where_the_document_says_so():
    rows = ("دنویپ ۱۰۰٬۲", "نویلیم ۵٫۱۲", "هرامش ۱۳۹۸/۴۲۱")
    page = xetex_page(*rows)
    assert texts(page) == ["۲٬۱۰۰ پیوند", "۱۲٫۵ میلیون", "۴۲۱/۱۳۹۸ شماره"]
    assert page.verdict.figures["numbers_turned"] == 3


def test_percent_signs_tell_how_numbers_are_set():
    parted = xetex_page("زا ٪۲۵", "نویلیم ۵٫۱۲ زا")
    assert texts(parted) == ["۲۵٪ از", "از ۱۲٫۵ میلیون"]
    whole = xetex_page("هب ۳۷٫۱٪ زا", "نویلیم ۵٫۱۲ زا")
    assert texts(whole) == ["از ۳۷٫۱٪ به", "از ۵٫۱۲ میلیون"]


@pytest.mark.parametrize(
    "rows",
    [
        ("دنویپ ۲٬۱۰۰ زا", "نویلیم ۵٫۱۲ زا"),  # thousands stand from left to right
        ("نویلیم ۵٫۱۲ زا",),  # nothing tells
        ("۱۴:۳۰ تعاس رد", "نویلیم ۵٫۱۲ زا"),
    ],
)
def test_numbers_set_from_left_to_right_stay(rows):
    assert "۵٫۱۲" in xetex_page(*rows).text


def test_other_programs_need_more_evidence_before_their_numbers_are_turned():
    assert "۱۰۰٬۲" in xetex_page("دنویپ ۱۰۰٬۲ زا", made_by="Word").text
    assert "۲٬۱۰۰" in xetex_page(*["دنویپ ۱۰۰٬۲ زا"] * 3, made_by="Word").text


def test_ranges_ascend():
    rows = ("ص ۷۲-۶۱ رد", "ص ۴۵-۴۳ رد")
    assert texts(xetex_page(*rows)) == ["در ۶۱-۷۲ ص", "در ۴۳-۴۵ ص"]
    rows = ("ص ۶۱-۷۲ رد", "ص ۴۳-۴۵ رد")
    assert texts(xetex_page(*rows)) == ["در ۶۱-۷۲ ص", "در ۴۳-۴۵ ص"]


def test_a_space_without_width_beside_a_sign_and_a_number_is_none():
    row = drawn("ص ۷۲-۶۱ رد", 50, 100)
    hyphen = next(g for g in row if g.text == "-")
    row.insert(row.index(hyphen), glyph(" ", hyphen.x0, 100))
    assert page_of(row).text == "در ۶۱-۷۲ ص"


def test_a_percent_sign_stays_with_a_number_that_no_persian_letter_goes_before():
    rules = grid([20, 120, 220], [90, 120, 150])
    glyphs = drawn("مهس", 30, 110) + drawn("رهش", 130, 110)
    glyphs += drawn("۳۴٫۰٪", 30, 140) + drawn("۱۵-۱۸", 130, 140)
    assert texts(page_of(glyphs, rules=rules)) == ["شهر\tسهم", "۱۵-۱۸\t۳۴٫۰٪"]
    assert page_of(drawn("هب ٪۲۵ زا", 50, 100)).text == "از ۲۵٪ به"


@pytest.mark.parametrize(
    ("made_by", "read"),
    [("", "در ۳-۲"), ("WeasyPrint 70.0", "در ۲-۳")],
)
def test_a_program_that_looks_at_single_lines_keeps_ranges_from_left_to_right(made_by, read):
    assert xetex_page("۳-۲ رد", made_by=made_by).text == "در ۲-۳"
    row = xetex_page("رد .۱۳۸-۱۱۲", made_by=made_by).text
    assert row.startswith("۱۳۸-۱۱۲" if made_by else "۱۱۲-۱۳۸")


def test_word_parts_numbers_even_where_a_paragraph_begins():
    assert xetex_page("متن .۳-۲", made_by="Microsoft Word 2013").text == "۲-۳. نتم"


# Words that a line break parts


def rows_page(*rows: str, size: float = 10.0):
    glyphs = [g for at, row in enumerate(rows) for g in drawn(row, 20, 100 + 14 * at, size=size)]
    return page_of(glyphs)


@pytest.mark.parametrize(
    ("rows", "read"),
    [
        (("for mutual bene-", "fit of both"), "for mutual benefit of both"),
        (("the organisa-", "tion and the organisation"), "the organisation and the organisation"),
        (
            ("so a lock-in of", "cities by lock-", "in rules"),
            "so a lock-in of\ncities by lock-in rules",
        ),
        (("of the sister-", "city movement"), "of the sister-city movement"),
        (("in the post-", "Soviet states"), "in the post-Soviet states"),
        (("from city-to-", "city links"), "from city-to-city links"),
        (("MEMORANDUM OF UNDER-", "STANDING"), "MEMORANDUM OF UNDERSTANDING"),
        (("a self-", "governing town"), "a self-governing town"),
        (("see pages 61-", "72 there"), "see pages 61-72 there"),
        (("https://doi.org/", "10.1177/0002 here"), "https://doi.org/10.1177/0002 here"),
        (("and/", "or others"), "and/or others"),
        (("in soft\u00ad", "ware"), "in software"),
        (("pre- and post-war", "times"), "pre- and post-war\ntimes"),
        (("the year 1995 -", "and more"), "the year 1995 -\nand more"),
        (("at https://a.b/c.", "The next"), "at https://a.b/c.\nThe next"),
        (("ـیلیلحت -یفیصوت"[1:], "شور"), "توصیفی- تحلیلی\nروش"),
    ],
)
def test_words_parted_at_the_end_of_a_line(rows, read):
    assert rows_page(*rows).text == read


def test_the_lines_of_a_joined_word_keep_their_own_boxes_and_edges():
    page = rows_page("for mutual bene-", "fit of both")
    first, second = page.lines
    assert texts(page) == ["for mutual bene", "fit of both"]
    assert first.end == second.start
    assert first.box.bottom < second.box.bottom
    assert [len(line.edges) for line in page.lines] == [15, 11]
    assert page.verdict.figures["hyphens_joined"] == 1


def test_a_persian_compound_goes_on_with_its_hyphen():
    page = page_of(drawn("-یفیصوت عون", 50, 100) + drawn("تسا یلیلحت", 50, 114))
    assert page.text == "نوع توصیفی-تحلیلی است"


# Letters in two strokes


def test_bodies_and_dots_drawn_apart_are_one_letter():
    bodies = {"ب": ("ٮ", 901), "ن": ("ٮ", 902), "ت": ("ٮ", 903), "ج": ("ح", 901), "خ": ("ح", 902),
              "ش": ("س", 904), "ز": ("ر", 902)}  # fmt: skip
    lines = ["شهر باید ساخت", "خبر تازه است", "جهان بزرگ باشد", "نام تو خوب است", "زبان جدید"]
    glyphs = []
    for row, text in enumerate(lines):
        for one in shaped(text, 380, 100 + 20 * row):
            body, dots = bodies.get(one.text, (one.text, 0))
            form, one.text = one.code % 4, body
            one.code = 1000 + 4 * ord(body) + form
            if dots:
                glyphs.append(
                    glyph("", one.x0 + 2, 101 + 20 * row, width=0, code=dots, mapped=False)
                )
            glyphs.append(one)
    for order, one in enumerate(glyphs):
        one.order = order
    page = page_of(glyphs)
    assert texts(page) == lines
    assert page.verdict.figures["letters_named"] > 10


def test_a_vowel_sign_without_a_name_makes_no_other_letter():
    row = shaped("کتاب", 200, 100)
    sign = glyph("", row[0].x0 + 2, 99, width=0, code=764, mapped=False)
    assert page_of([sign, *row]).text == "کتاب"


def test_a_half_space_named_with_its_letter_stands_beside_it():
    row = drawn("دوشیم", 50, 100)
    row[2].text = f"{HALF_SPACE}ش"
    assert page_of(row).text == f"می{HALF_SPACE}شود"


def test_a_mark_named_with_its_letter_does_not_repeat_it():
    row = drawn("دعب", 50, 100)
    row[2].actual, row[2].span = "بُ", 5
    row.insert(2, glyph("بُ", row[2].x0, 100, width=0, code=77))
    assert page_of(row).text == "بُعد"


def test_a_space_that_takes_no_room_in_a_row_drawn_from_the_right_is_a_half_space():
    row = drawn("اه رهش", 50, 100)[::-1]
    for order, one in enumerate(row):
        one.order = order
    for one in row[4:]:  # the space is where the pen stood, and the next letter begins there too
        one.x0, one.x1 = one.x0 + WIDTH, one.x1 + WIDTH
    assert page_of(row).text == f"شهر{HALF_SPACE}ها"


def test_a_space_under_the_tail_of_a_letter_is_still_a_space():
    row = drawn("رهش گنر", 50, 100)
    row[2].x1 = row[3].x1 - 0.1  # the tail reaches over the space
    assert page_of(row).text == "رنگ شهر"


def test_what_ghostscript_runs_together_is_taken_apart():
    fault = {"۱": "\u00f7", "۳": "\u00f9", "۹": "\u00ff", "۸": "\u00fe"}
    row = drawn("۱۳۹۸ هام رهش", 50, 100)
    for one in row:
        one.text = fault.get(one.text, one.text)
    composer = Composer("GPL Ghostscript 10.00.0")
    composer.add(Sheet(1, 400.0, 600.0, row))
    assert composer.pages()[0].text == "شهر ماه ۱۳۹۸"


def test_the_vowel_of_kurdish_is_heh_in_persian_and_parts_the_word():
    row = drawn("ای\u06d5یاپ", 50, 100)
    assert page_of(row).text == f"پایه{HALF_SPACE}یا"


# Columns and turned heads


def test_justified_columns_are_no_table():
    words = [(0, 25, 60, 80), (0, 40, 80), (0, 15, 50, 80), (0, 30, 62, 80), (0, 40, 80)]
    glyphs = []
    for at, row in enumerate(words):
        for left in (20, 150, 280):
            for x in row:
                glyphs += drawn("word", left + x, 100 + 14 * at)
    page = page_of(glyphs)
    assert len(page.lines) == 15
    assert {line.role for line in page.lines} == {"body"}


def test_turned_heads_stand_before_their_columns():
    glyphs = []
    for at, head in enumerate(("year", "city")):
        for order, char in enumerate(head):
            glyphs.append(glyph(char, 500 + 5 * order, 60 + 60 * at, turn=270))
    for at, cells in enumerate([("1372", "Osh"), ("1380", "Yazd"), ("1390", "Fes")]):
        glyphs += drawn(cells[0], 50, 140 + 16 * at) + drawn(cells[1], 110, 140 + 16 * at)
    page = page_of(glyphs)
    assert texts(page)[0] == "year\tcity"


def test_a_row_that_begins_with_persian_in_a_persian_column_is_persian():
    rows = ["راک نآ رد رهش", "https://www.example.org/page/one :هاگبو", "تسا نآ رد رهش"]
    glyphs = [g for at, row in enumerate(rows) for g in drawn(row, 20, 100 + 14 * at)]
    assert texts(page_of(glyphs))[1] == "وبگاه: https://www.example.org/page/one"
