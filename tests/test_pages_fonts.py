"""What fonts call their glyphs: letters in two strokes, names of the font's own program."""

from __future__ import annotations

import struct

import pytest
from test_pages import drawn, glyph, page_of, shaped, texts
from test_pdf import pdf, stream

from textmine.pages import HALF_SPACE
from textmine.sources.drawn_digits import Outlines
from textmine.sources.pdf import read_pdf


def stroked(lines: list[str], bodies: dict[str, tuple[str, str]]):
    """Rows of Persian text of which some letters are a body with dots; both as (name, name)."""
    out = []
    for row, text in enumerate(lines):
        for one in shaped(text, 380, 100 + 20 * row):
            body, dots = bodies.get(one.text, (one.text, ""))
            form, one.text = one.code % 4, body
            one.code = 1000 + 4 * ord(body) + form
            if dots:
                named = len(dots) == 1
                code = ord(dots[0]) if named else 900 + int(dots[0])
                mark = glyph(dots if named else "", one.x0 + 2, 103 + 20 * row, width=0, code=code)
                mark.mapped = named
                out.append(mark)
            out.append(one)
    for order, one in enumerate(out):
        one.order = order
    return out


def test_dots_with_the_names_that_unicode_has_for_them_need_no_words():
    bodies = {
        "ج": ("ح", "\ufbb3"),
        "ش": ("س", "\ufbb6"),
        "پ": ("ٮ", "\ufbb9"),
        "ق": ("ڡ", "\ufbb4"),
    }
    assert page_of(stroked(["جشپق"], bodies)).text == "جشپق"


def test_a_stroke_named_like_the_letter_drawn_next_says_nothing_of_its_own():
    row = shaped("نشست", 200, 100)
    dots = [glyph(one.text, one.x0 + 2, 97, width=0, code=900 + at) for at, one in enumerate(row)]
    both = [each for pair in zip(dots, row, strict=True) for each in pair]
    assert page_of(both).text == "نشست"


def test_a_half_space_named_with_both_strokes_is_one():
    row = shaped("پیشبینی", 200, 100)
    row[3].text = HALF_SPACE + "ب"
    dots = glyph(HALF_SPACE + "ب", row[3].x0 + 2, 101, width=0, code=900)
    assert page_of([*row[:3], dots, *row[3:]]).text == "پیش\u200cبینی"


def test_a_body_named_after_its_first_letter_is_named_anew():
    # The font calls the body of seen «ش», for so it was drawn first.
    bodies = {"ش": ("ش", "3 dots"), "س": ("ش", "")}
    lines = ["شهر بود و ساخت", "سال بعد رسید", "شاید دست کار راست", "مدرسه شود"]
    assert texts(page_of(stroked(lines, bodies))) == lines


def test_a_dotless_i_with_its_dot_is_an_i():
    row = [
        glyph("J", 50, 100),
        glyph("ı", 55, 100),
        glyph("", 57, 92, width=0, code=7, mapped=False),
        glyph("m", 60, 100),
    ]
    for order, one in enumerate(row):
        one.order = order
    assert page_of(row).text == "Jim"


def test_a_gaf_joined_to_its_alef_gets_its_bar():
    bodies = {"گ": ("ک", "4 bar")}
    glyphs = stroked(["دانشگاه بزرگ گرفت", "بزرگان دیگر"], bodies)
    assert texts(page_of(glyphs)) == ["دانشگاه بزرگ گرفت", "بزرگان دیگر"]


@pytest.mark.parametrize(("said", "meant"), [("ک\ua927ر", "کار"), ("ک\ua944ه", "کله")])
def test_a_ligature_that_begins_with_kaf_is_taken_apart(said, meant):
    row = [glyph(said[:2], 60, 100, code=1), glyph(said[2], 55, 100, code=2)]
    assert page_of(row).text == meant


def test_korean_beside_arabic_letters_stays():
    row = drawn("한글", 50, 100) + drawn("رهش", 70, 100)
    assert "한글" in page_of(row).text


def test_a_table_without_rules_keeps_its_wrapped_cells_in_their_rows():
    columns = (320, 200, 100, 40)
    cells = [
        (100, ["ردیف", "شرح هزینه", "مبلغ", "سهم"]),
        (128, ["", "برگزاری هفته فرهنگی در چند", "", ""]),
        (140, ["۱", "", "۴۲۵۰", "۳۴"]),
        (152, ["", "شهر", "", ""]),
        (176, ["۲", "بلیت", "۳۱۲۵", "۲۵"]),
        (200, ["۳", "چاپ کتاب", "۱۸۷۵", "۱۵"]),
        (224, ["۴", "ترجمه", "۲۰۰۰", "۱۶"]),
    ]
    glyphs = drawn(
        "رگید مامت و یناپ طخ و تسا طوبرم لودج هب هلمج نیا هک دیآ یم هکنیا زا شیپ", 20, 76
    )
    for base, row in cells:
        for x, text in zip(columns, row, strict=True):
            glyphs += drawn(text if text[:1].isdecimal() else text[::-1], x - 2.5 * len(text), base)
    lines = texts(page_of(glyphs))[1:]
    assert lines[0].split("\t") == ["ردیف", "شرح هزینه", "مبلغ", "سهم"]
    assert lines[1].split("\t") == ["۱", "برگزاری هفته فرهنگی در چند شهر", "۴۲۵۰", "۳۴"]
    assert [line[0] for line in lines[2:]] == ["۲", "۳", "۴"]


def test_letters_that_nastaliq_lifts_stay_in_their_words():
    row = [*shaped("زمان نشست", 380, 100), *shaped("پنجشنبه", 300, 120)]
    for order, one in enumerate(row):
        one.order = 2 * order  # marks that became part of a letter leave their numbers
        lift = {"ن": 7, "ش": 6, "پ": 8, "ج": 5}
        one.base -= lift.get(one.text, 0) if order not in (3, 4, 15) else 0
    assert texts(page_of(row)) == ["زمان نشست", "پنجشنبه"]


# The font's own program


def program(names: list[bytes], glyphs: tuple[bytes, ...] = ()) -> bytes:
    given = b"".join(bytes([len(name)]) + name for name in names)
    numbers = struct.pack(f">{len(names)}H", *range(258, 258 + len(names)))
    starts = [sum(map(len, glyphs[:at])) for at in range(len(glyphs) + 1)]
    tables = {
        b"head": bytes(50) + struct.pack(">h", 1),
        b"loca": struct.pack(f">{len(starts)}L", *starts),
        b"glyf": b"".join(glyphs),
        b"post": struct.pack(">L", 0x20000) + bytes(28) + struct.pack(">H", len(names)) + numbers,
    }
    tables[b"post"] += given
    at, directory = 12 + 16 * len(tables), b""
    for tag, table in tables.items():
        directory += struct.pack(">4sLLL", tag, 0, at, len(table))
        at += len(table)
    head = b"\0\1\0\0" + struct.pack(">H", len(tables)) + bytes(6)
    return head + directory + b"".join(tables.values())


def test_what_the_file_does_not_name_the_program_of_its_font_does(tmp_path):
    drawn_once = struct.pack(">h", 1) + bytes(8)
    names = [b".notdef", b"uni0628.init", b"uni0627.fina", b"glyph3", b"glyph4"]
    whole = program(names, (drawn_once, drawn_once, drawn_once, b"", drawn_once))
    font = (
        b"<</Type/Font/Subtype/Type0/BaseFont/P/Encoding/Identity-H/DescendantFonts[7 0 R]"
        b"/ToUnicode 10 0 R>>",
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/P/CIDToGIDMap/Identity/DW 500"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
        b"/FontDescriptor 8 0 R>>",
        b"<</Type/FontDescriptor/FontName/P/Flags 4/FontBBox[0 0 1000 1000]/FontFile2 9 0 R>>",
        stream(whole),
        stream(b"1 beginbfchar <0005> <0631> endbfchar"),
    )
    content = "BT /F 10 Tf 50 500 Td <000500030002000100030004> Tj ET"
    path = tmp_path / "file.pdf"
    path.write_bytes(pdf(content, extra=font).replace(b"/P 4 0 R>>", b"/F 6 0 R>>"))
    (page,) = read_pdf(path).pages
    assert page.text == "\ufffd با ر"
    assert page.verdict.figures["unmapped"] == 1


def test_a_font_program_names_its_glyphs():
    whole = program([b".notdef", b"uni0628.init", b"space"])
    assert [Outlines(whole).name(at) for at in range(4)] == [".notdef", "uni0628.init", "space", ""]


@pytest.mark.parametrize("length", [20, 70, 140, 200])
def test_a_font_program_that_ends_too_soon_names_nothing(length):
    whole = program([b".notdef", b"uni0628.init"])
    assert Outlines(whole[: min(length, len(whole) - 1)]).name(1) == ""
