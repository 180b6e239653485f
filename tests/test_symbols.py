"""Symbol fonts, bullets that no font names, and digits as they are drawn."""

from __future__ import annotations

import struct
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmine.clauses.marks import bullet_end
from textmine.pages import Glyph
from textmine.pages.symbols import name_bullets, symbol
from textmine.pages.votes import Reading
from textmine.sources.docx import read_docx
from textmine.sources.drawn_digits import Outlines, drawn_digits
from textmine.sources.pdf import read_pdf

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@pytest.mark.parametrize(
    ("font", "text", "shown"),
    [
        # private characters, as Word writes them
        ("Wingdings", "\uf0a7", "▪"),
        ("ABCDEE+Wingdings-Regular", "\uf0d8", "➢"),
        ("Wingdings,Bold", "\uf0fc", "✓"),
        ("Wingdings", "\uf076", "❖"),
        ("Wingdings", "\uf071", "❑"),
        ("Wingdings", "\uf0e0", "→"),
        ("Wingdings", "\uf09f", "•"),
        ("Wingdings", "\uf046", "☞"),
        ("Wingdings", "\uf0fe", "☑"),
        ("Wingdings2", "\uf050", "✓"),
        ("Wingdings 2", "\uf052", "☑"),
        ("Wingdings3", "\uf075", "▶"),
        ("Webdings", "\uf061", "✔"),
        ("SymbolMT", "\uf0b7", "•"),
        ("Symbol", "\uf061", "α"),
        ("Symbol", "\uf057", "Ω"),
        ("Symbol", "\uf0a3", "≤"),
        ("Symbol", "\uf0de", "⇒"),
        ("Symbol", "\uf0e6", "⎛"),
        ("Symbol", "\uf0fe", "⎭"),
        ("BAAAAA+OpenSymbol", "\uf0a7", "▪"),
        # plain bytes
        ("Wingdings", "§", "▪"),
        ("Wingdings", "Ø", "➢"),
        ("Wingdings", "ü", "✓"),
        ("Wingdings", "v", "❖"),
        ("Symbol", "·", "•"),
        ("Symbol", "a", "α"),
        ("ZapfDingbats", "l", "●"),
        ("ZapfDingbats", "n", "■"),
        ("ZapfDingbats", "4", "✔"),
        ("ITCZapfDingbats-Medium", "\u00e4", "➤"),
        ("AdvMathSymb", "¼", "="),
        # pieces of large brackets, whatever the font
        ("CMEX10", "\uf8eb", "⎛"),
        ("LinLibertine", "\ue049", "Th"),
        # what was said stays
        ("Wingdings", "❖", "❖"),
        ("Wingdings", "•", "•"),
        ("Wingdings", " ", " "),
        ("Symbol", "µ", "µ"),
        ("Symbol", "×", "×"),
        ("Symbol", "1", "1"),
        ("Symbol", "(", "("),
        ("CMSY10", "A", "A"),
        ("CMMI10", "ε", "ε"),
        ("Arial", "\uf0b7", "\uf0b7"),
        ("Arial", "§", "§"),
        ("BNazanin", "\uf061", "\uf061"),
        ("SymbolSans", "a", "a"),
        ("Wingdings", "\uf024", "\uf024"),  # nothing that documents use
        ("OpenSymbol", "\uf06c", "\uf06c"),  # ● in Wingdings, λ in Symbol
        ("LinLibertine", "\ue0ff", "\ue0ff"),
        ("Wingdings", "ab", "ab"),
    ],
)
def test_what_the_file_says_of_a_sign(font: str, text: str, shown: str) -> None:
    assert symbol(font, -1, text) == shown


@pytest.mark.parametrize(
    ("font", "code", "shown"),
    [
        ("CMSY10", 0, "−"),
        ("CMSY8", 15, "•"),
        ("CMSY10", 0x21, "→"),
        ("CMSY10", 50, "∈"),
        ("CMSY10", 102, "{"),
        ("CMSY10", 106, "|"),
        ("CMSY10", 127, "♠"),
        ("CMBSY10", 161, "−"),  # moved out of the control characters
        ("CMSY10", 163, "×"),
        ("CMMI10", 11, "α"),
        ("CMMI12", 34, "ε"),
        ("CMMI7", 58, "."),
        ("CMMI7", 100, "d"),
        ("CMMI10", 174, "α"),
        ("LMMathItalic10-Regular", 25, "π"),
        ("CMEX10", 88, "∑"),
        ("CMEX10", 90, "∫"),
        ("CMEX10", 18, "("),
        ("CMEX10", 116, "√"),
        ("CMR10", 12, "fi"),
        ("ABCDEF+CMBX12", 11, "ff"),
        ("CMR10", 34, "”"),
        ("CMR10", 92, "“"),
        ("CMR10", 123, "–"),
        ("CMTI10", 97, "a"),
        ("SFRM1000", 101, "e"),
        ("LMRoman10-Regular", 61, "="),
        ("MSBM10", 82, "R"),
        ("MSAM10", 54, "⩽"),
        ("Symbol", 0x61, "α"),
        ("ZapfDingbats", 0x6C, "●"),
        ("Dingbats", 0xCA, "➊"),
        # nothing is known
        ("CMEX10", 122, ""),
        ("SFRM1000", 27, ""),
        ("CMTT10", 34, ""),
        ("Helvetica", 97, ""),
        ("CMSY10", -1, ""),
        ("dingbat", 98, ""),  # another font of TeX
        ("MyCMR10Font", 12, ""),
    ],
)
def test_numbers_in_the_encoding_of_a_font(font: str, code: int, shown: str) -> None:
    assert symbol(font, code, "") == shown


@given(
    st.sampled_from(["Wingdings", "SymbolMT", "CMSY10", "LinLibertine", "Arial", ""]),
    st.integers(-1, 300),
    st.text(max_size=2),
)
def test_a_text_is_never_lost_and_nothing_changes_twice(font: str, code: int, text: str) -> None:
    shown = symbol(font, code, text)
    assert bool(shown) or not text
    assert symbol(font, code, shown) == shown or not text


@pytest.mark.parametrize("sign", list("•▪➢✓❖❑■□◆➔✗☑"))
def test_clauses_know_the_bullets_of_these_fonts(sign: str) -> None:
    assert bullet_end(f"{sign} text") == 2


# ---- Bullets that no table names ------------------------------------------------------------


def row(text: str, font: int = 1, first: Glyph | None = None) -> Reading:
    """A row with ``first`` before its letters; spaces are gaps."""
    line = [first] if first else []
    for at, char in enumerate(text):
        kind = "S" if char == " " else "R"
        line.append(Glyph(char, 10.0 * at, 10.0 * at + 10, 50, 10, font, 65 + at, kind=kind))
    return Reading(line, Counter())


def nameless(text: str = "\ue001", font: int = 9) -> Glyph:
    return Glyph(text, 0, 10, 50, 10, font, 7, mapped=False)


def heads(readings: list[Reading]) -> list[str]:
    name_bullets(readings)
    return [reading.line[0].text for reading in readings]


def test_a_nameless_glyph_before_a_gap_is_a_bullet() -> None:
    readings = [row(" متن", first=nameless()), row("متن دیگر")]
    assert heads(readings) == ["•", "م"]
    assert readings[0].line[0].mapped
    assert [reading.repairs["bullets_named"] for reading in readings] == [1, 0]


def test_what_is_no_bullet_stays_as_it_is() -> None:
    assert heads([row("متن", first=nameless())]) == ["\ue001"]  # no gap
    assert heads([row("", first=nameless())]) == ["\ue001"]  # alone
    assert heads([row(" متن", first=nameless("�"))]) == ["�"]  # once, without any number
    assert heads([row(" متن", first=nameless("�")), row(" د", first=nameless("�"))]) == ["•"] * 2
    lettered = [row(" متن", first=nameless(font=1)), row("متن دیگر")]
    assert heads(lettered) == ["\ue001", "م"]  # a font of letters
    within = [row(" متن", first=nameless()), Reading([*row("متن").line, nameless()], Counter())]
    assert heads(within) == ["\ue001", "م"]  # as often within the text


# ---- Digits as drawn ------------------------------------------------------------------------

PERSIAN_CURVES = dict(zip("0123456789", (1, 1, 1, 1, 1, 2, 1, 1, 1, 2), strict=True))
LATIN_CURVES = dict(zip("0123456789", (2, 1, 1, 1, 2, 1, 2, 1, 3, 2), strict=True))


def digits(curves: dict[str, int] | None, named: str = "0123456789", font: str = "AnyFont") -> str:
    """What 0123456789٠١٢٣ are drawn as by a font with these curves and characters."""
    table = drawn_digits(
        font,
        {ord(char): char for char in named},
        lambda glyph: curves.get(chr(glyph)) if curves else None,
    )
    return "0123456789٠١٢٣".translate(table)


@pytest.mark.parametrize(
    ("curves", "named", "font", "expected"),
    [
        (PERSIAN_CURVES, "0123456789", "AnyFont", "۰۱۲۳۴۵۶۷۸۹٠١٢٣"),
        (PERSIAN_CURVES, "15689", "AnyFont", "۰۱۲۳۴۵۶۷۸۹٠١٢٣"),
        (PERSIAN_CURVES | {"0": 2}, "0123456789", "AnyFont", "۰۱۲۳۴۵۶۷۸۹٠١٢٣"),  # a ring
        (PERSIAN_CURVES, "0123456789ة", "AnyFont", "٠١٢٣٤٥٦٧٨٩٠١٢٣"),
        (PERSIAN_CURVES, "0123456789ةپ", "AnyFont", "۰۱۲۳۴۵۶۷۸۹٠١٢٣"),
        (None, "0123456789", "ABCDEF+BNazaninBold", "۰۱۲۳۴۵۶۷۸۹٠١٢٣"),
        (PERSIAN_CURVES, "123", "BTitrBold", "۰۱۲۳۴۵۶۷۸۹٠١٢٣"),
        # not sure, or sure of the other
        (LATIN_CURVES, "0123456789", "AnyFont", "0123456789٠١٢٣"),
        (LATIN_CURVES, "0123456789", "BNazanin", "0123456789٠١٢٣"),
        (LATIN_CURVES | {"8": 1, "4": 1}, "0123456789", "AnyFont", "0123456789٠١٢٣"),
        (PERSIAN_CURVES, "1234", "AnyFont", "0123456789٠١٢٣"),
        (PERSIAN_CURVES, "68", "AnyFont", "0123456789٠١٢٣"),
        (None, "0123456789", "AnyFont", "0123456789٠١٢٣"),
        (PERSIAN_CURVES, "0123456789۱", "AnyFont", "0123456789٠١٢٣"),  # both were typed
        (None, "0123456789", "Bazaar", "0123456789٠١٢٣"),
        (None, "0123456789", "BZarathustra", "0123456789٠١٢٣"),
        # one glyph for both hands
        (None, "٠١٢٣٧٨٩۴۵۶", "AnyFont", "0123456789۰۱۲۳"),
        (None, "١پ", "AnyFont", "0123456789۰۱۲۳"),
        (None, "٠١٢٣٤", "AnyFont", "0123456789٠١٢٣"),
        (None, "١پ٤", "AnyFont", "0123456789٠١٢٣"),
        (None, "١ب", "AnyFont", "0123456789٠١٢٣"),
        (None, "١۱۴پ", "AnyFont", "0123456789٠١٢٣"),  # the font keeps them apart
    ],
)
def test_which_digits_a_font_draws(
    curves: dict[str, int] | None, named: str, font: str, expected: str
) -> None:
    assert digits(curves, named, font) == expected


def outlines(*glyphs: bytes, long: bool = False) -> bytes:
    """A TrueType program of the three tables that outlines need."""
    places = [0]
    for glyph in glyphs:
        places.append(places[-1] + len(glyph))
    loca = struct.pack(f">{len(places)}L", *places)
    if not long:
        loca = struct.pack(f">{len(places)}H", *(at // 2 for at in places))
    head = bytes(50) + struct.pack(">hh", long, 0)
    parts = {b"head": head, b"loca": loca, b"glyf": b"".join(glyphs)}
    at, directory, data = 12 + 16 * len(parts), b"", b""
    for tag, part in parts.items():
        directory += struct.pack(">4sLLL", tag, 0, at + len(data), len(part))
        data += part
    return b"\0\1\0\0" + struct.pack(">H", len(parts)) + bytes(6) + directory + data


def plain(curves: int) -> bytes:
    return struct.pack(">h", curves) + bytes(8)


def made_of(*parts: int) -> bytes:
    flags = [0x20] * (len(parts) - 1) + [0]
    rows = [struct.pack(">HHbb", flag, part, 0, 0) for flag, part in zip(flags, parts, strict=True)]
    return struct.pack(">h", -1) + bytes(8) + b"".join(rows)


@pytest.mark.parametrize("long", [True, False])
def test_curves_are_counted_in_a_font_program(long: bool) -> None:
    program = outlines(plain(1), plain(3), b"", made_of(0, 1), made_of(3), made_of(5), long=long)
    counts = [Outlines(program).curves(glyph) for glyph in range(7)]
    assert counts == [1, 3, 0, 4, 4, None, None]  # made of itself; beyond the end


@given(st.binary(max_size=200))
def test_a_damaged_font_program_tells_nothing_and_breaks_nothing(noise: bytes) -> None:
    program = outlines(plain(1), made_of(0, 0))
    for damaged in (noise, program[:60] + noise, program[: len(program) - 3]):
        for glyph in (0, 1, 65535):
            count = Outlines(damaged).curves(glyph)
            assert count is None or count >= 0


# ---- Whole files ----------------------------------------------------------------------------


def pdf(fonts: dict[str, str], content: bytes, extra: tuple[bytes, ...] = ()) -> bytes:
    """A page drawn with fonts given by name and body; ``extra`` objects are 4, 5 and so on."""
    listed = "".join(f"/{name}<<{body}>>" for name, body in fonts.items())
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 600]/Contents {4 + len(extra)} 0 R"
        f"/Resources<</Font<<{listed}>>>>>>".encode(),
        *extra,
        stream(content),
    ]
    out, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n"
    end += f"<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(out)}\n%%EOF"
    return out + end.encode()


def stream(data: bytes) -> bytes:
    return f"<</Length {len(data)}>>\nstream\n".encode() + data + b"\nendstream"


def to_unicode(named: dict[int, str], width: int = 2) -> bytes:
    rows = "\n".join(f"<{code:0{width}x}> <{ord(char):04x}>" for code, char in named.items())
    return stream(
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap 1 begincodespacerange "
        f"<{'00' * (width // 2)}> <{'ff' * (width // 2)}> endcodespacerange "
        f"{len(named)} beginbfchar\n{rows}\nendbfchar endcmap end end".encode()
    )


SIMPLE = "/Type/Font/Subtype/Type1/FirstChar 0/LastChar 255/Widths[" + "600 " * 256 + "]"


def test_symbol_fonts_in_a_pdf(tmp_path: Path) -> None:
    path = tmp_path / "signs.pdf"
    fonts = {
        "T": f"{SIMPLE}/BaseFont/Helvetica",
        "W": f"{SIMPLE}/BaseFont/AAAAAA+Wingdings/ToUnicode 4 0 R",
        "S": f"{SIMPLE}/BaseFont/BBBBBB+CMSY10",
        "N": f"{SIMPLE}/BaseFont/CCCCCC+CMSY10/Encoding<</Differences[33/a]>>",
    }
    content = (
        b"BT /W 12 Tf 50 500 Td <76> Tj /T 12 Tf 20 0 Td (first) Tj ET "
        b"BT /W 12 Tf 50 480 Td <a7> Tj /T 12 Tf 20 0 Td (second) Tj ET "
        b"BT /T 12 Tf 50 460 Td (x ) Tj /S 12 Tf <00> Tj /T 12 Tf ( y ) Tj /S 12 Tf <21> Tj "
        b"/N 12 Tf <21> Tj ET"
    )
    path.write_bytes(pdf(fonts, content, (to_unicode({0x76: "\uf076", 0xA7: "§"}),)))
    (page,) = read_pdf(path).pages
    assert page.text.replace("→a", "→ a") == "❖ first\n▪ second\nx − y → a"
    assert "unmapped" not in page.verdict.figures


@pytest.mark.parametrize("numbers", ["/CIDToGIDMap/Identity", "/CIDToGIDMap 6 0 R"])
@pytest.mark.parametrize(("curves", "text"), [(PERSIAN_CURVES, "۱۴۰۵"), (LATIN_CURVES, "1405")])
def test_digits_in_a_pdf_are_those_drawn(
    tmp_path: Path, curves: dict[str, int], text: str, numbers: str
) -> None:
    path = tmp_path / "digits.pdf"
    shift = 3 if "6 0 R" in numbers else 0  # where the file renumbers the glyphs
    program = outlines(*[plain(9)] * (1 + shift), *(plain(curves[digit]) for digit in "0123456789"))
    mapping = b"".join(struct.pack(">H", cid + shift if cid else 0) for cid in range(11))
    named = {1 + int(digit): digit for digit in "0123456789"}
    inner = (
        "<</Type/Font/Subtype/CIDFontType2/BaseFont/AAAAAA+Any/DW 600"
        "/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
        f"{numbers}/FontDescriptor<</Type/FontDescriptor/FontName/AAAAAA+Any/FontFile2 5 0 R>>>>"
    )
    outer = (
        "/Type/Font/Subtype/Type0/BaseFont/AAAAAA+Any/Encoding/Identity-H"
        f"/ToUnicode 4 0 R/DescendantFonts[{inner}]"
    )
    content = b"BT /D 12 Tf 50 500 Td <0002000500010006> Tj ET"
    extra = (to_unicode(named, 4), stream(program), stream(mapping))
    path.write_bytes(pdf({"D": outer}, content, extra))
    assert read_pdf(path).text == text


def docx(path: Path, body: str, numbering: str) -> Path:
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}"><Relationship Id="a" '
            f'Type="{R}/officeDocument" Target="word/document.xml"/></Relationships>',
        )
        archive.writestr(
            "word/_rels/document.xml.rels",
            f'<Relationships xmlns="{package}"><Relationship Id="n" '
            f'Type="{R}/numbering" Target="numbering.xml"/></Relationships>',
        )
        archive.writestr(
            "word/document.xml", f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
        )
        archive.writestr(
            "word/numbering.xml", f'<w:numbering xmlns:w="{W}">{numbering}</w:numbering>'
        )
    return path


def run(inner: str, font: str = "") -> str:
    fonts = f'<w:rPr><w:rFonts w:ascii="{font}" w:hAnsi="{font}"/></w:rPr>' if font else ""
    return f"<w:p><w:r>{fonts}{inner}</w:r><w:r><w:t>x</w:t></w:r></w:p>"


@pytest.mark.parametrize(
    ("paragraph", "text"),
    [
        (run('<w:sym w:font="Wingdings" w:char="F0A7"/>'), "▪x"),
        (run('<w:sym w:font="Wingdings" w:char="00A7"/>'), "▪x"),
        (run('<w:sym w:font="Wingdings 2" w:char="F052"/>'), "☑x"),
        (run('<w:sym w:font="Symbol" w:char="2022"/>'), "•x"),
        (run('<w:sym w:font="Symbol" w:char="normal"/>'), "\ufffdx"),  # found by fuzzing
        (run('<w:sym w:font="Symbol" w:char="-F061"/>'), "\ufffdx"),
        (run("<w:t>\uf0d8</w:t>", "Wingdings"), "➢x"),
        (run("<w:t>v</w:t>", "Wingdings"), "vx"),  # typed as a letter
        (run("<w:t>\uf0d8</w:t>", "Arial"), "\uf0d8x"),
        (run("<w:t>\uf0d8</w:t>"), "\uf0d8x"),
    ],
)
def test_symbol_fonts_in_a_docx(tmp_path: Path, paragraph: str, text: str) -> None:
    extraction = read_docx(docx(tmp_path / "file.docx", paragraph, ""))
    assert extraction.text == text
    assert len(extraction.warnings) == ("\uf0d8" in text)


@pytest.mark.parametrize(
    ("font", "sign", "mark"),
    [
        ("Wingdings", "\uf0a7", "▪"),
        ("Wingdings", "§", "▪"),
        ("Wingdings", "\uf0fc", "✓"),
        ("Symbol", "\uf0b7", "•"),
        ("Symbol", "·", "•"),
        ("Courier New", "o", "o"),
        ("Unknown Pictures", "\uf0fc", "•"),
        ("Wingdings", "\uf024", "•"),
    ],
)
def test_bullets_of_lists_in_a_docx(tmp_path: Path, font: str, sign: str, mark: str) -> None:
    numbering = (
        '<w:abstractNum w:abstractNumId="7"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/>'
        f'<w:lvlText w:val="{sign}"/><w:rPr><w:rFonts w:ascii="{font}"/></w:rPr></w:lvl>'
        '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>'
    )
    body = (
        '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>'
        "<w:r><w:t>item</w:t></w:r></w:p>"
    )
    assert read_docx(docx(tmp_path / "file.docx", body, numbering)).text == f"{mark} item"
