"""Where things stand: boxes on the ink they name, tables, roles, two languages side by side."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from fpdf import FPDF

from textmine.clauses import segment
from textmine.clauses.counterparts import counterparts
from textmine.errors import InputError
from textmine.pages import Composer, Glyph, Sheet
from textmine.pages.boxes import boxes_of, words_of
from textmine.pages.roles import Draft, Layout, assign
from textmine.printed import printed_tables
from textmine.printed.totals import wrong_totals
from textmine.records import Box, Extraction, Line, Page, Strip
from textmine.sources import read
from textmine.sources.overlay import draw

REPORTS = Path(__file__).parent / "data" / "reports"
SCALE = 2


def ink_of(file: Path, number: int) -> np.ndarray:
    document = pypdfium2.PdfDocument(file)
    picture = document[number - 1].render(scale=SCALE).to_pil().convert("L")
    document.close()
    return np.asarray(picture) < 140


def inside(shape: tuple[int, ...], boxes, grow: float = 0.7) -> np.ndarray:
    """Pixels in boxes that are ``grow`` points wider on all sides."""
    mask = np.zeros(shape, dtype=bool)
    for box in boxes:
        x0, top, x1, bottom = (
            round(value * SCALE)
            for value in (box.x0 - grow, box.top - grow, box.x1 + grow, box.bottom + grow)
        )
        mask[max(0, top) : bottom + 1, max(0, x0) : x1 + 1] = True
    return mask


# Boxes


@pytest.mark.parametrize("name", ["opportunities-fa", "iran-kyrgyzstan-relations-fa", "trade-en"])
def test_boxes_of_words_hold_all_ink_of_a_page_and_each_holds_some(name):
    file = REPORTS / f"{name}.pdf"
    page = read(file).pages[0]
    ink = ink_of(file, 1)
    if any(line.role == "table" for line in page.lines):  # rules are ink of no word
        rows = [line.box for line in page.lines if line.role == "table"]
        ink[round(rows[0].top * SCALE) - 9 : round(rows[-1].bottom * SCALE) + 9] = False
    boxes = [box for line in page.lines for word in words_of(page, line)
             for box in boxes_of(page, *word)]  # fmt: skip
    assert (ink & ~inside(ink.shape, boxes)).sum() < 0.002 * ink.sum()
    for line in page.lines:
        for word in words_of(page, line) if line.role != "table" else ():
            assert ink[inside(ink.shape, boxes_of(page, *word))].any(), page.text[slice(*word)]


def test_boxes_of_characters_are_those_of_another_engine():
    file = REPORTS / "trade-en.pdf"
    page = read(file).pages[0]
    document = pypdfium2.PdfDocument(file)
    sheet = document[0].get_textpage()
    theirs = "".join(sheet.get_text_range(n, 1)[:1] or " " for n in range(sheet.count_chars()))
    chosen = random.Random(8)  # noqa: S311
    seen = 0
    for line in page.lines:
        for start, end in words_of(page, line):
            word = page.text[start:end]
            unique = theirs.count(word) == page.text.count(word) == 1
            if not unique or re.search("f[fil]", word):  # a ligature is one shape
                continue
            first = chosen.randrange(start, end)
            last = chosen.randrange(first, end) + 1
            (box,) = boxes_of(page, first, last)
            at = theirs.index(word) + first - start
            glyphs = [sheet.get_charbox(n) for n in range(at, at + last - first)]
            assert box.x0 - 0.6 <= min(x0 for x0, *_ in glyphs)
            assert max(x1 for _, _, x1, _ in glyphs) <= box.x1 + 0.6
            assert box.x1 - box.x0 <= max(x1 for _, _, x1, _ in glyphs) - glyphs[0][0] + 2.5
            assert box.top <= page.height - max(top for *_, top in glyphs) + 0.5
            assert page.height - min(bottom for _, bottom, *_ in glyphs) <= box.bottom + 0.5
            seen += 1
    sheet.close()
    document.close()
    assert seen > 60


def test_a_stretch_over_lines_has_a_box_in_each_and_white_space_has_none():
    edges = tuple((10.0 + at, 11.0 + at) for at in range(3))
    lines = (
        Line(0, 3, "body", Box(10, 10, 13, 20), 10, edges),
        Line(4, 7, "body", Box(10, 30, 13, 40), 10, edges),
        Line(8, 11, "body", Box(10, 50, 13, 60), 10),
        Line(12, 15),
    )
    page = Page(1, "abc\nd f\nghi\njkl", lines)
    assert boxes_of(page, 2, 7) == (Box(12, 10, 13, 20), Box(10, 30, 13, 40))
    assert boxes_of(page, 5, 6) == boxes_of(page, 12, 15) == boxes_of(page, 4, 4) == ()
    assert boxes_of(page, 9, 10) == (Box(10, 50, 13, 60),)  # no edges: the line's own
    with pytest.raises(ValueError, match="no stretch"):
        boxes_of(page, 3, 16)


def test_a_word_whose_bracket_is_drawn_apart_has_two_boxes():
    # «(Nye 2008) »: the first bracket of the logical order stands at the right.
    edges = ((40.0, 45.0), *((at * 5.0, at * 5.0 + 5) for at in range(8)))
    page = Page(1, "(Nye 2008", (Line(0, 9, "body", Box(0, 0, 45, 10), 10, edges),))
    assert boxes_of(page, 0, 4) == (Box(0, 0, 15, 10), Box(40, 0, 45, 10))


def test_wrapped_cells_and_turned_lines_have_boxes_of_their_rows():
    edges = tuple((float(at), at + 1.0) for at in (0, 1, 50, 50, 51))
    strips = (Strip(0, 10.0, 20.0), Strip(3, 30.0, 40.0))
    upright = Page(
        1, "ab\tcd", (Line(0, 5, "table", Box(0, 10, 52, 40), 10, edges, strips=strips),)
    )
    assert boxes_of(upright, 0, 5) == (Box(0, 10, 2, 20), Box(50, 30, 52, 40))
    turned = Page(1, "ab", (Line(0, 2, "body", Box(5, 0, 15, 2), 10, ((0, 1), (1, 2)), turn=90),))
    assert boxes_of(turned, 1, 2) == (Box(5, 1, 15, 2),)


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_turned_text_leads_back_to_its_ink(tmp_path, angle):
    pdf = FPDF()
    pdf.set_font("helvetica", size=12)
    pdf.add_page()
    pdf.text(20, 20, "Upright words to begin with and to go on with for a while")
    with pdf.rotation(angle, 100, 150):
        pdf.text(80, 150, "Turned words")
    file = tmp_path / "turned.pdf"
    pdf.output(file)
    page = read(file).pages[0]
    line = next(line for line in page.lines if "Turned" in page.text[line.start : line.end])
    ink = ink_of(file, 1)
    first, second = (boxes_of(page, *word) for word in words_of(page, line))
    whole = ink & inside(ink.shape, [line.box], 2)
    parts = [ink & inside(ink.shape, boxes, 0.4) for boxes in (first, second)]
    assert line.turn == 360 - angle if angle != 180 else line.turn == 180
    assert all(part.any() for part in parts)
    assert not (parts[0] & parts[1]).any()
    assert (whole & ~(parts[0] | parts[1])).sum() < 0.02 * whole.sum()


def test_pictures_show_lines_words_and_a_legend(tmp_path):
    from PIL import Image

    file = REPORTS / "opportunities-fa.pdf"
    heard = []
    extraction = read(file)
    written = draw(file, replace(extraction, pages=extraction.pages[:1]), tmp_path, heard.append)
    assert [path.name for path in written] == heard == ["opportunities-fa-001.png"]
    picture = Image.open(written[0]).convert("RGB")
    plain = pypdfium2.PdfDocument(file)[0].render(scale=2).to_pil()
    assert picture.width == plain.width
    assert picture.height > plain.height
    colours = {colour for _, colour in picture.getcolors(1 << 24)}
    assert {(0x1F, 0x77, 0xB4), (0x2C, 0xA0, 0x2C), (0xD6, 0x27, 0x28)} <= colours
    with pytest.raises(InputError, match="no boxes"):
        draw(REPORTS / "trade-en.txt", read(REPORTS / "trade-en.txt"), tmp_path)


# Tables


def ruled(pdf: FPDF, rows, widths, border=1) -> None:
    """Rows of cells; a cell with a number spans as many columns."""
    for row in rows:
        at = 0
        for cell in row:
            text, span = cell if isinstance(cell, tuple) else (cell, 1)
            pdf.cell(sum(widths[at : at + span]), 8, text, border=border)
            at += span
        pdf.ln()


def made(tmp_path: Path, *parts) -> Extraction:
    pdf = FPDF()
    pdf.set_font("helvetica", size=11)
    pdf.add_page()
    for part in parts:
        part(pdf)
    file = tmp_path / "made.pdf"
    pdf.output(file)
    return read(file)


def text(*lines):
    return lambda pdf: [pdf.multi_cell(0, 7, line, new_x="LMARGIN", new_y="NEXT") for line in lines]


HEADS = [["Year", ("Exports", 2), "Imports"], ["", "Goods", "Services", ""]]
WIDTHS = [30, 40, 40, 40]


def figures(first: int, last: int):
    return [
        [str(year), str(year * 7 % 311), str(year * 3 % 97), "12"] for year in range(first, last)
    ]


def test_cells_over_columns_keep_the_columns_in_line(tmp_path):
    rows = [
        *HEADS,
        *figures(2000, 2004),
        [("Total", 1), "9", "9", "9"],
        [("All of it together", 3), "27"],
    ]
    page = made(tmp_path, lambda pdf: ruled(pdf, rows, WIDTHS)).pages[0]
    found = [page.text[line.start : line.end] for line in page.lines]
    assert found[0] == "Year\tExports\t\tImports"
    assert found[-1] == "All of it together\t\t\t27"
    assert {line.count("\t") for line in found} == {3}


def test_two_rows_of_heads_that_a_page_turn_repeats_are_heads_once(tmp_path):
    sums = [sum(int(row[at]) for row in figures(1990, 2020)) for at in (1, 2, 3)]
    total = ["Total", str(sums[0]), str(sums[1] + 10), str(sums[2])]

    def turn(pdf):
        ruled(pdf, [*HEADS, *figures(1990, 2005)], WIDTHS)
        pdf.add_page()
        ruled(pdf, [*HEADS, *figures(2005, 2020), total], WIDTHS)

    extraction = made(tmp_path, text("Table 1. Trade of two countries"), turn)
    (table,) = printed_tables(extraction)
    assert [cell.text for cell in table.columns] == [
        "Year", "Exports Goods", "Exports Services", "Imports",
    ]  # fmt: skip
    assert [row[0].text for row in table.rows] == [str(year) for year in range(1990, 2020)]
    (said,) = wrong_totals(extraction)
    assert said.startswith(
        'Table 1. Trade of two countries (page 1). Column "Exports Services": the'
    )
    assert f"printed total is {sums[1] + 10}; its 30 values add up to {sums[1]}" in said


def test_a_row_that_a_page_turn_leaves_alone_is_a_row(tmp_path):
    def turn(pdf):
        ruled(pdf, [["City", "Partner", "Year"]], [50, 50, 50])
        pdf.add_page()
        ruled(pdf, [["Tehran", "Bishkek", "1993"], ["Shiraz", "Dushanbe", "2001"]], [50, 50, 50])

    extraction = made(tmp_path, text("Some words before the table that make up a line."), turn)
    assert extraction.pages[0].lines[-1].role == "table"
    (table,) = printed_tables(extraction)
    assert [cell.text for cell in table.columns] == ["City", "Partner", "Year"]
    assert len(table.rows) == 2


def test_caption_and_text_around_columns_without_rules_are_no_rows(tmp_path):
    rows = [["Country", "Ties", "Share"], ["Turkey", "12", "48"], ["China", "8", "32"],
            ["Tajikistan", "5", "20"], ["Total", "26", "100"]]  # fmt: skip
    extraction = made(
        tmp_path,
        text("Table 3. Ties by country", ""),
        lambda pdf: ruled(pdf, rows, [60, 60, 40], border=0),
        text("", "It ends here."),
    )
    page = extraction.pages[0]
    assert [line.role for line in page.lines] == ["caption", *["table"] * 5, "body"]
    assert wrong_totals(extraction) == (
        'Table 3. Ties by country (page 1). Column "Ties": the printed total is 26; its 3 values '
        "add up to 25 (difference 1).",
    )


def test_a_centred_head_and_its_figures_are_one_column(tmp_path):
    def columns(pdf):
        heads = ["Country", "Ties signed", "Share"]
        for row in (heads, ["Turkey", "12", "48"], ["China", "8", "32"], ["Tajikistan", "5", "20"]):
            for cell, align in zip(row, "LCC" if row[0] == "Country" else "LRR", strict=True):
                pdf.cell(55, 8, cell, align=align)
            pdf.ln()

    page = made(tmp_path, columns).pages[0]
    assert page.text.split("\n")[:2] == ["Country\tTies signed\tShare", "Turkey\t12\t48"]


def leveled(pdf, rows, widths, ruled_after):
    """Rows without uprights: level rules above, below and after the rows of those numbers."""
    for at, row in enumerate(rows):
        border = "T" * (at == 0) + "B" * (at in ruled_after)
        ruled(pdf, [row], widths, border=border or 0)
    pdf.cell(sum(widths), 1, "", border="B", new_x="LMARGIN", new_y="NEXT")


def test_tables_with_level_rules_alone_keep_their_rows(tmp_path):
    rows = [["Country", "Ties"], ["Turkey", "12"], ["China", "8"], ["Tajikistan", "5"]]
    extraction = made(
        tmp_path,
        text(*["Words of a paragraph that fills the whole of the line above the table."] * 3),
        lambda pdf: leveled(pdf, rows, [90, 60], {0}),
        text(*["Words of a paragraph that fills the whole of the line below the table."] * 3),
    )
    page = extraction.pages[0]
    found = [page.text[x.start : x.end] for x in page.lines if x.role == "table"]
    assert found == ["\t".join(row) for row in rows]


def test_a_wrapped_label_is_one_cell_where_level_rules_make_the_table(tmp_path):
    def table(pdf):
        leveled(pdf, [["City", "Ties", "Year"]], [60, 40, 40], {0})
        for label, *more in (["Tehran and the cities\nthat lie around it", "12", "1993"],
                             ["Shiraz", "8", "2001"], ["Isfahan", "5", "1998"]):  # fmt: skip
            top = pdf.get_y() + 4
            for at, piece in enumerate(label.split("\n")):
                pdf.text(pdf.l_margin + 1, top + 5 * at, piece)
            for at, piece in enumerate(more):
                pdf.text(pdf.l_margin + 61 + 40 * at, top, piece)
            pdf.set_y(top + 5 * label.count("\n") + 5)
        pdf.cell(140, 1, "", border="B")

    page = made(tmp_path, table).pages[0]
    assert page.text.split("\n") == [
        "City\tTies\tYear",
        "Tehran and the cities that lie around it\t12\t1993",
        "Shiraz\t8\t2001",
        "Isfahan\t5\t1998",
    ]


def test_text_in_two_columns_between_level_rules_is_no_table(tmp_path):
    def columns(pdf):
        for at in range(12):
            border = "T" if at in (0, 4) else 0
            pdf.cell(90, 7, f"left column of the running text, its line {at:02}", border=border)
            pdf.cell(90, 7, f"right column of the running text, line {at:02}", border=border)
            pdf.ln()
        pdf.cell(180, 1, "", border="T")

    page = made(tmp_path, columns).pages[0]
    assert {line.role for line in page.lines} == {"body"}
    assert page.text.index("left column of the running text, its line 11") < page.text.index(
        "right"
    )


def test_a_page_in_a_frame_with_uprights_is_no_row_of_cells(tmp_path):
    def framed(pdf):
        for column in range(3):
            for at in range(20):
                pdf.text(12 + 60 * column, 30 + 7 * at, f"line {at:02} of column {column}")
            pdf.rect(10 + 60 * column, 20, 60, 160)

    page = made(tmp_path, framed).pages[0]
    assert not any(line.role == "table" for line in page.lines)
    assert page.text.index("line 19 of column 0") < page.text.index("line 00 of column 1")


# Marks in the order of reading


def reading(*pieces: tuple[str, float, dict]) -> str:
    """The text of one row under a Persian one; pieces are drawn in the order they are given."""
    glyphs = [
        Glyph(char, 300 - 5 * at, 305 - 5 * at, 40, 10, order=at, code=ord(char))
        for at, char in enumerate("سالنوبرایدوستی")
    ]
    for text, x, more in pieces:
        for at, char in enumerate(text):
            one = Glyph(char, x + 5 * at, x + 5 * at + 5, 60, 10, order=len(glyphs), **more)
            one.code = ord(char)
            glyphs.append(one)
    composer = Composer()
    composer.add(Sheet(1, 400, 400, glyphs))
    return composer.pages()[0].text.split("\n")[1]


def test_a_mark_hard_upon_a_number_is_read_after_it():
    row = ("لاس", 250, {}), ("1372", 200, {}), ("5", 220, {"raised": True})
    assert reading(*row) == "سال 13725"


@pytest.mark.parametrize(("mark_first", "expected"), [(True, "2Soft"), (False, "Soft2")])
def test_a_mark_that_was_drawn_before_the_words_on_its_left_is_read_first(mark_first, expected):
    word, mark = ("Soft", 230, {}), ("2", 250, {})
    assert reading(*((mark, word) if mark_first else (word, mark))) == expected


# Roles


def draft(text: str, top: float, x0: float = 50, size: float = 10, **more) -> Draft:
    return Draft(text, None, Box(x0, top, x0 + 5 * len(text), top + size), size, **more)


def body(first: float, count: int, x0: float = 50) -> list[Draft]:
    return [draft(f"words of the text number {at}", first + 14 * at, x0) for at in range(count)]


def roles(*pages: Layout) -> list[list[tuple[str, str]]]:
    assign(pages)
    return [
        [(line.role, line.text) for line in page.drafts if line.role != "body"] for page in pages
    ]


def test_what_frames_the_text_stands_at_the_ends_of_its_page():
    """Right column with footnote, page number, left column: as blocks were read."""
    right, left = body(100, 20, 300), body(100, 20, 50)
    notes = [draft("1 A note", 600, 300, 8, marker_raised=True), draft("goes on", 610, 300, 8)]
    page = Layout(700, [*right, *notes, draft("12", 680, 200), *left, draft("Journal", 30, 200, 8)])
    assign([page])
    assert [line.text for line in page.drafts] == [
        "Journal", *[line.text for line in (*right, *left)], "1 A note", "goes on", "12",
    ]  # fmt: skip


def test_lines_a_little_larger_are_headings_when_they_stand_out():
    heading, run = draft("Article 1 - Aim", 170, size=11), draft("no heading.", 230, size=11)
    large = [draft("a whole paragraph in larger type", 300 + 14 * at, size=11) for at in range(4)]
    page = Layout(
        700, [*body(100, 4), heading, *body(184, 3), run, *body(250, 3), *large, *body(400, 9)]
    )
    assert roles(page) == [[("heading", "Article 1 - Aim")]]


def test_a_line_of_the_other_script_is_no_heading_for_being_set_larger():
    persian = [
        draft("شهرها در روابط میان کشورها نقش تازه‌ای یافته‌اند", 100 + 14 * at) for at in range(9)
    ]
    latin = draft("International Affairs", 240, size=11)
    assert roles(Layout(700, [*persian, latin, draft("و در تهران", 254)])) == [[]]


def test_heads_of_a_single_page_are_known_by_a_rule_or_by_size():
    ruled_off = Layout(700, [draft("Journal of Cities", 40), *body(60, 20)], [Box(45, 53, 300, 54)])
    underlined = Layout(700, [draft("A Title", 40), *body(60, 20)], [Box(50, 51, 85, 52)])
    foot = Layout(700, [*body(100, 20), draft("journal.example", 660, size=8)])
    assert roles(ruled_off) == [[("running-head", "Journal of Cities")]]
    assert roles(underlined) == [[]]
    assert roles(foot) == [[("running-head", "journal.example")]]


def test_notes_that_say_the_same_on_every_page_are_no_running_heads():
    def page(first: int) -> Layout:
        notes = [
            draft(f"{first} Ibid.", 640, size=8),
            draft(f"{first + 1} Smith, p. {first}", 650, size=8),
        ]
        return Layout(700, [*body(100, 20), *notes], [Box(50, 634, 100, 634.5)])

    found = roles(page(1), page(3), page(5))
    assert [[role for role, _ in each] for each in found] == [["footnote"] * 2] * 3
    numbered = [
        Layout(700, [*body(100, 20), draft(f"{at} Review of Cities", 660, size=8)])
        for at in (7, 8, 9)
    ]
    assert [[role for role, _ in each] for each in roles(*numbered)] == [["running-head"]] * 3


def test_heads_that_change_are_known_by_the_number_of_their_page():
    """In bold, of several pieces, the number at either end; a paragraph's number is none."""
    heads = ["14 Cities of the world", "Why they cooperate 15", "16 A third one", "1.2 Ties 17"]
    pages = [
        Layout(700, [draft(head, 40 + at % 2, bold=True), *body(110, 12 - 3 * at)])
        for at, head in enumerate(heads)
    ]
    pages.append(Layout(700, [draft("18", 40), draft("In pieces", 41, 200), *body(110, 4)]))
    pages.append(Layout(700, [draft("4 Cities sign", 40, bold=True), *body(110, 9)]))
    assert roles(*pages) == [
        *[[("running-head", head)] for head in heads],
        [("page-number", "18"), ("running-head", "In pieces")],
        [("heading", "4 Cities sign")],
    ]


def test_a_note_that_goes_on_below_a_rule_needs_no_mark():
    rest = [draft("and so the note ended.", 640, size=8), draft("2 Another", 650, size=8)]
    page = Layout(700, [*body(100, 20), *rest], [Box(50, 634, 100, 634.5)])
    assert [role for role, _ in roles(page)[0]] == ["footnote", "footnote"]


# Two languages side by side


FIELDS = {
    "fa": ["فرهنگ", "هنر", "ورزش", "آموزش", "بهداشت", "گردشگری", "ترافیک", "پسماند"],
    "en": ["culture", "arts", "sports", "education", "health", "tourism", "traffic", "waste"],
}
ARTICLES = {
    "fa": [
        "ماده {0} - {1}",
        "طرف‌ها در زمینهٔ {1} با یکدیگر همکاری می‌کنند و برای رسیدن به آن",
        "هر سال برنامهٔ {1} می‌نویسند.",
    ],
    "en": [
        "Article {0} - On {1}",
        "The Parties shall cooperate in the field of {1} and shall write",
        "every year a plan of {1}.",
    ],
}


def column(language: str, first: int, last: int) -> list[str]:
    return [
        line.format(n, FIELDS[language][n - 1])
        for n in range(first, last + 1)
        for line in ARTICLES[language]
    ]


def pages_of(*texts: list[str]) -> Extraction:
    pages = []
    for number, rows in enumerate(texts, 1):
        starts = [sum(len(row) + 1 for row in rows[:at]) for at in range(len(rows))]
        lines = tuple(Line(at, at + len(row)) for at, row in zip(starts, rows, strict=True))
        pages.append(Page(number, "\n".join(rows), lines))
    return Extraction(tuple(pages), "example 1")


def numbers(extraction: Extraction) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"fa": [], "en": []}
    for clause in segment(extraction, "0" * 64).clauses:
        found[clause.language].append(clause.number)
    return found


def test_columns_read_page_by_page_are_two_whole_texts():
    """Each page gives its Persian, then its English column; articles run over the page turn."""
    persian, english = column("fa", 1, 6), column("en", 1, 6)
    extraction = pages_of([*persian[:8], *english[:10]], [*persian[8:], *english[10:]])
    assert numbers(extraction) == {"fa": list("123456"), "en": list("123456")}
    clauses = segment(extraction, "0" * 64).clauses
    assert [c.text.replace("\n", " ") for c in clauses if c.language == "en"] == [
        " ".join(ARTICLES["en"][1:]).format(0, field) for field in FIELDS["en"][:6]
    ]
    pairs = counterparts(clauses)
    by_id = {clause.id: clause for clause in clauses}
    assert len(pairs) == len(clauses) == 12
    for one, other in pairs.items():
        assert by_id[one].number == by_id[other].number
        assert by_id[one].language != by_id[other].language


def test_rows_of_a_table_in_two_languages_over_pages():
    rows = [f"{' '.join(column('fa', n, n))}\t{' '.join(column('en', n, n))}" for n in range(1, 7)]
    assert numbers(pages_of(rows[:3], rows[3:])) == {"fa": list("123456"), "en": list("123456")}


def test_a_name_in_the_other_script_stays_in_its_sentence():
    persian = column("fa", 1, 6)
    persian[1:1] = ["این یادداشت تفاهم که از این پس", "Memorandum of Understanding"]
    extraction = pages_of(persian, column("en", 1, 6), column("fa", 7, 8), column("en", 7, 8))
    first = next(c for c in segment(extraction, "0" * 64).clauses if c.language == "fa")
    assert "از این پس\nMemorandum of Understanding\nطرف‌ها" in first.text


def test_a_text_with_an_abstract_in_the_other_language_is_one_text():
    english = ["Abstract", "Cities cooperate with cities of other countries."]
    persian = ["چکیده", "شهرها با شهرهای کشورهای دیگر همکاری می‌کنند."]
    paper = [*english, *persian, "Keywords: city, diplomacy"]
    found = segment(pages_of(paper), "0" * 64)
    assert counterparts(found.clauses) == {}


def test_a_title_broken_before_a_word_of_recitals_is_one_title():
    found = segment(pages_of(["MEMORANDUM OF", "UNDERSTANDING", *column("en", 1, 3)]), "0" * 64)
    assert [clause.number for clause in found.clauses] == ["1", "2", "3"]
    assert found.parts[0].kind == "title"


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("Article 1 - Entry into force. This", None),
        ("Article 1 - Entry into force", "Entry into force"),
        ("ماده ۱ - هدف. طرف‌ها در مدیریت", None),
        ("ماده ۱ - محیط زیست", "محیط زیست"),
    ],
)
def test_text_that_begins_on_the_line_of_a_heading_is_text(line, heading):
    english = line.startswith("A")
    rest = ["Memorandum enters into force on the day of its signature and remains valid for years."]
    rest = rest if english else ["پسماند و آب با یکدیگر همکاری می‌کنند و گزارش می‌دهند و می‌نویسند."]
    more = column("en" if english else "fa", 2, 4)
    first = segment(pages_of([line, *rest, *more]), "0" * 64).clauses[0]
    assert first.heading == heading
