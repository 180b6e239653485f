"""PDF files to pages, on small files written here byte by byte."""

from __future__ import annotations

import zlib
from io import BytesIO
from pathlib import Path

import pdfplumber
import pytest
from pdfminer.cmapdb import CMapParser, FileUnicodeMap
from pdfminer.pdfinterp import PDFPageInterpreter
from pdfminer.pdfpage import PDFPage

from textmine.errors import ReadError
from textmine.sources.pdf import _Fonts, _GlyphDevice, read_pdf
from textmine.sources.pdf_content import FastInterpreter
from textmine.sources.pdf_tounicode import to_unicode as read_table

HELVETICA = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"
# Codes 33 and up stand for these; «1», «2» the final and medial yeh, «U» a letter nobody names.
LETTERS = " سلامشهریدتونگفبکچ‌"


def to_unicode(letters: str) -> bytes:
    rows = [f"<{33 + at:02x}> <{ord(char):04x}>" for at, char in enumerate(letters)]
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap "
        "1 begincodespacerange <00> <ff> endcodespacerange "
        f"{len(rows)} beginbfchar\n" + "\n".join(rows) + "\nendbfchar endcmap end end"
    ).encode("ascii")


def stream(data: bytes, more: str = "") -> bytes:
    return f"<</Length {len(data)}{more}>>\nstream\n".encode() + data + b"\nendstream"


def pdf(
    *contents: str | bytes,
    page: str = "",
    resources: str = "",
    extra: tuple[bytes, ...] = (),
    trailer: str = "",
) -> bytes:
    """A file with one page per content. Objects: 1 catalogue, 2 pages, 3 and 4 fonts, 5 ToUnicode,
    then ``extra`` from 6 on, then page and content of each page."""
    first = 6 + len(extra)
    kids = " ".join(f"{first + 2 * at} 0 R" for at in range(len(contents)))
    persian = (
        "<</Type/Font/Subtype/Type1/BaseFont/Persian/FirstChar 33/LastChar 60"
        f"/Widths[{' '.join(['500'] * 28)}]/ToUnicode 5 0 R>>"
    )
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(contents)}>>".encode(),
        HELVETICA.encode(),
        persian.encode(),
        stream(to_unicode(LETTERS)),
        *extra,
    ]
    for at, content in enumerate(contents):
        data = content if isinstance(content, bytes) else content.encode("latin-1")
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 600]/Contents {first + 2 * at + 1} 0 R"
            f"/Resources<</Font<</H 3 0 R/P 4 0 R>>{resources}>>{page}>>".encode()
        )
        objects.append(stream(data))
    out = b"%PDF-1.7\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    xref = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{xref}trailer\n"
    return out + (
        f"{head}<</Size {len(objects) + 1}/Root 1 0 R{trailer}>>\nstartxref\n{len(out)}\n%%EOF"
    ).encode("latin-1")


def visual(text: str) -> str:
    """Persian text as a hexadecimal string operand, in the order in which it is drawn."""
    return "<" + "".join(f"{33 + LETTERS.index(char):02x}" for char in reversed(text)) + ">"


@pytest.fixture
def read(tmp_path):
    def reader(data: bytes):
        path = tmp_path / "file.pdf"
        path.write_bytes(data)
        return read_pdf(path)

    return reader


def say(text: str, x: float = 50, y: float = 500, size: float = 12) -> str:
    return f"BT /H {size} Tf {x} {y} Td ({text}) Tj ET\n"


def test_a_latin_page_with_boxes_in_points_from_the_top_left(read):
    extraction = read(pdf(say("The Parties shall agree.") + say("Second line", y=480)))
    (page,) = extraction.pages
    assert page.text == "The Parties shall agree.\nSecond line"
    assert (page.number, page.width, page.height) == (1, 400, 600)
    assert page.verdict.state == "good"
    line = page.lines[0]
    assert line.size == 12
    assert line.box.x0 == 50
    assert line.box.top < 600 - 500 < line.box.bottom
    assert line.edges[0] == (50, pytest.approx(50 + 12 * 0.611, abs=0.01))
    assert extraction.extractor.startswith("pdf ")
    assert extraction.missing == {}


def test_persian_drawn_from_left_to_right_is_read_in_logical_order(read):
    content = f"BT /P 10 Tf 50 500 Td {visual('شهر دوست')} Tj ET"
    assert read(pdf(content)).text == "شهر دوست"


def test_persian_drawn_letter_by_letter_from_the_right(read):
    content = "BT /P 10 Tf " + " ".join(
        f"1 0 0 1 {200 - 5 * at} 500 Tm {visual(char)} Tj" for at, char in enumerate("شهر")
    )
    assert read(pdf(content + " ET")).text == "شهر"


def test_a_space_whose_advance_is_taken_back_is_a_half_space(read):
    # ها, then the space glyph set back by its own width, then شهر
    content = f"BT /P 10 Tf 50 500 Td [{visual('ها')} {visual(' ')} 500 {visual('شهر')}] TJ ET"
    assert read(pdf(content)).text == "شهر\u200cها"


@pytest.mark.parametrize("named", [True, False])
def test_actual_text_inside_and_by_name(read, named):
    properties = "/Z" if named else "<</ActualText<FEFF200C>>>"
    content = (
        f"BT /P 10 Tf 50 500 Td {visual('ها')} Tj "
        f"/Span {properties} BDC [{visual(' ')} 500] TJ EMC {visual('شهر')} Tj ET"
    )
    data = pdf(content, resources="/Properties<</Z<</ActualText<FEFF200C>>>>>")
    assert read(data).text == "شهر\u200cها"


def test_a_half_space_in_marked_content_that_draws_nothing(read):
    # letter by letter from the right, as some programs do
    signs = [f"1 0 0 1 {200 - 5 * at} 500 Tm {visual(char)} Tj" for at, char in enumerate("کارها")]
    signs.insert(3, "/Span <</ActualText<FEFF200C>>> BDC EMC")
    assert read(pdf("BT /P 10 Tf " + " ".join(signs) + " ET")).text == "کار\u200cها"


def test_glyphs_that_the_font_does_not_name_are_counted(read):
    (page,) = read(pdf(f"BT /P 10 Tf 50 500 Td {visual('شهر')} Tj <7b7c> Tj ET")).pages
    assert page.verdict.figures["unmapped"] == 2
    assert page.verdict.state == "suspect"


def test_a_page_turned_by_the_reader_is_read_upright(read):
    turned = "BT /H 12 Tf 0 1 -1 0 100 100 Tm (turned page) Tj ET"
    (page,) = read(pdf(turned, page="/Rotate 90")).pages
    assert (page.text, page.width, page.height) == ("turned page", 600, 400)
    assert page.lines[0].edges is not None
    assert page.lines[0].box.x0 == 100


def test_only_the_visible_part_of_a_page_is_read(read):
    content = say("inside", 120, 300) + say("crop mark", 20, 20)
    (page,) = read(pdf(content, page="/CropBox[100 100 300 500]")).pages
    assert (page.text, page.width, page.height) == ("inside", 200, 400)
    assert page.lines[0].box.x0 == 20


def test_a_scan_has_the_verdict_none_and_says_so(read):
    image = stream(
        bytes(100), "/Type/XObject/Subtype/Image/Width 10/Height 10/BitsPerComponent 8"
        "/ColorSpace/DeviceGray",
    )  # fmt: skip
    data = pdf("q 400 0 0 600 0 0 cm /I Do Q", resources="/XObject<</I 6 0 R>>", extra=(image,))
    (page,) = read(data).pages
    assert (page.text, page.verdict.state) == ("", "none")
    assert "OCR" in page.verdict.reason


def test_an_invisible_layer_is_marked(read):
    (page,) = read(pdf("3 Tr " + say("recognised words"))).pages
    assert page.verdict.state == "suspect"


def test_ruled_tables_and_forms(read):
    form = stream(
        say("inside a form", y=100).encode(),
        "/Type/XObject/Subtype/Form/BBox[0 0 400 600]/Resources<</Font<</H 3 0 R>>>>",
    )
    rules = "".join(f"20 {y} m 300 {y} l S\n" for y in (400, 440, 480))
    rules += "".join(f"{x} 400 m {x} 480 l S\n" for x in (20, 160, 300))
    cells = (
        say("City", 30, 455) + say("Year", 170, 455) + say("Osh", 30, 415) + say("1372", 170, 415)
    )
    data = pdf(rules + cells + "/F Do", resources="/XObject<</F 6 0 R>>", extra=(form,))
    (page,) = read(data).pages
    assert page.text == "City\tYear\nOsh\t1372\ninside a form"
    assert [line.role for line in page.lines] == ["table", "table", "body"]


def test_a_page_that_breaks_is_missing_and_the_rest_is_read(read):
    data = pdf(say("first"), "/Span <</MCID>> BDC " + say("second"), say("third"))
    extraction = read(data)
    assert [page.number for page in extraction.pages] == [1, 3]
    assert list(extraction.missing) == [2]
    assert "page 2" in extraction.missing[2]


def test_properties_of_the_file(read):
    info = b"<</Title(Memorandum)/CreationDate(D:20190512093000Z)>>"
    extraction = read(pdf(say("text"), extra=(info,), trailer="/Info 6 0 R"))
    assert (extraction.title, extraction.created) == ("Memorandum", "2019-05-12T09:30:00")


ENCRYPTED = (
    "/Encrypt<</Filter/Standard/V 1/R 2/P -4"
    f"/O<{'00' * 32}>/U<{'00' * 32}>>>/ID[<{'00' * 16}><{'00' * 16}>]"
)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"%PDF-1.7\n", "truncated"),
        (pdf(say("text"))[:300], "truncated"),
        (pdf(say("text"))[:300] + b"%%EOF", "damaged"),
        (pdf(), "no-pages"),
        (pdf(say("text"), trailer=ENCRYPTED), "encrypted"),
        (pdf("<</Broken>>"), "damaged"),
    ],
)
def test_files_that_cannot_be_read_say_why(read, data, reason):
    with pytest.raises(ReadError) as error:
        read(data)
    assert error.value.reason == reason
    assert "file.pdf" in error.value.detail


def test_a_file_that_is_not_there():
    with pytest.raises(ReadError) as error:
        read_pdf(Path("nowhere") / "missing.pdf")
    assert error.value.reason == "unreadable"


def test_forms_that_draw_each_other_without_end_are_stopped(read):
    def form(number: int) -> bytes:
        return stream(
            b"/F Do " * 10,
            f"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F {number} 0 R>>>>",
        )

    data = pdf(
        "/F Do", resources="/XObject<</F 6 0 R>>", extra=tuple(form(7 + n) for n in range(9))
    )
    with pytest.raises(ReadError) as error:
        read(data)
    assert error.value.reason == "too-large"


@pytest.mark.parametrize(
    "content",
    [
        "BT /H 12 Tf 50 500 Td (plain) Tj ET",
        "BT/H 12 Tf 50 500 Td[(ke)-120.5(rn)+3(ed).5(x)]TJ ET",
        r"BT /H 12 Tf 50 500 Td (a\(b\)\\c\101\n) Tj ET",
        "BT /H 12 Tf 50 500 Td (nested (brackets) here) Tj ET",
        r"BT /H 12 Tf 50 500 Td (short octal \1x, line \
continued) Tj ET",
        "BT /H 12 Tf 50 500 Td <48 65 6C6c6F 2\n0 21> Tj ET",
        "BT /H 12 Tf 50 500 Td <48> Tj <4> Tj ET",
        "/odd@name+1 gs BT /H 12 Tf 50 500 Td (named) Tj ET",
        "BT % a comment ) (\n/H 12 Tf 50 500 Td (after a comment) Tj ET",
        "BT /H 12 Tf --5 500 Td (odd number) Tj ET",
        "BT /H 12 Tf 50. .5 Td (bare points) Tj T* (next) ' 1 2 (third) \" ET",
        "q BI /W 2 /H 2 /BPC 8 /CS /G ID abcd EI Q BT /H 12 Tf 9 9 Td (picture) Tj ET",
        "/Span <</ActualText (X) /MCID 0>> BDC BT /H 12 Tf 9 9 Td (tag) Tj ET EMC",
        "BT /H 12 Tf 50 500 Td (unknown) Tj nonsense null true ET",
        "BT /H#20 12 Tf 50 500 Td /H 12 Tf (escaped name) Tj ET",
        "BT /H 12 Tf 50 500 Td [(open array) 3 Tj ET",
        "BT /H 12 Tf 50 500 Td (unclosed string Tj ET",
        "] >> BT /H 12 Tf 50 500 Td (stray marks) Tj ET",
        "1 0 0 rg /H 12 Tf 0 1 -1 0 9 9 cm BT 9 9 Td (colour, turned) Tj ET",
        "BT /H 12 Tf 50 Td (too few operands) Tj 9 50 500 Td (too many) Tj ET",
        "BT /H 12 Tf (a) 5 Td 1.2.3 4 Td (no number) Tj ET",
        "BT /Z 12 Tf 50 500 Td (no such font) Tj ET",
        "q BT /H 12 Tf 9 9 Td 3 Ts 2 Tc 5 Tw 80 Tz (spaced out) Tj ET Q (no font) Tj",
        "/Span<</ActualText<FEFF0041>>>BDC BT /H 12 Tf 9 9 Td[<48>-20<49>]TJ ET EMC",
        "/P << /MCID 3 >> BDC BT /H 12 Tf 12 TL 9 90 Td (one) Tj T* (two) Tj 0 -9 TD <48> Tj EMC",
        "BT /H 12 Tf 9 9 Td [5 (a) true /n [(b)] (c)] TJ ET",
    ],
)
def test_the_fast_way_reads_what_pdfminer_reads(tmp_path, content, monkeypatch):
    path = tmp_path / "file.pdf"
    path.write_bytes(pdf(content))

    def glyphs(interpreter):
        monkeypatch.setattr("textmine.sources.pdf.FastInterpreter", interpreter)
        with pdfplumber.open(path) as opened:
            device = _GlyphDevice(_Fonts())
            (page,) = PDFPage.create_pages(opened.doc)
            drawn = device.sheet(page, 1).glyphs
        return [(g.text, round(g.x0, 3), round(g.base, 3), g.actual) for g in drawn]

    assert glyphs(FastInterpreter) == glyphs(PDFPageInterpreter)


def test_compressed_content_in_parts(read):
    parts = [zlib.compress(b"BT /H 12 Tf 50 500 Td (one ) Tj"), zlib.compress(b"(string) Tj ET")]
    extra = tuple(stream(part, "/Filter/FlateDecode") for part in parts)
    data = pdf("", extra=extra).replace(b"/Contents 9 0 R", b"/Contents[6 0 R 7 0 R]")
    assert read(data).text == "one string"


@pytest.mark.parametrize(
    ("table", "meant"),
    [
        ("2 beginbfchar <21> <0633> <22><06440627> endbfchar", {0x21: "س", 0x22: "لا"}),
        ("1 beginbfchar <2\n1> <D835 DC00> endbfchar", {0x21: "\U0001d400"}),
        ("1 beginbfrange <0003> <0005> <06F0> endbfrange", {3: "۰", 4: "۱", 5: "۲"}),
        ("1 beginbfrange <03> <04> [<0061> <0062>] endbfrange", {3: "a", 4: "b"}),
        ("1 beginbfchar <20> <0020> <20> <00A0> endbfchar", {0x20: " "}),
        ("1 beginbfchar <21> <> endbfchar", {0x21: ""}),
        ("no table", {}),
        # left to pdfminer
        ("1 beginbfchar <21> /seen endbfchar", None),
        ("1 beginbfchar <2> <0633> endbfchar", None),
        ("1 beginbfchar <21> endbfchar", None),
        ("1 beginbfrange <00> <01> <FFFF> endbfrange", None),
        ("1 beginbfrange <0000> <FFFFFF> <0000> endbfrange", None),
        ("/Other usecmap 1 beginbfchar <21> <0633> endbfchar", None),
        ("1 beginbfchar <21> <0633> endbfrange", None),
        ("endcmap 1 beginbfchar <21> <0633> endbfchar", None),
    ],
)
def test_to_unicode_tables(table, meant):
    assert read_table(table.encode()) == meant
    if meant is not None:
        known = FileUnicodeMap()
        CMapParser(known, BytesIO(table.encode())).run()
        assert known.cid2unichr == meant
