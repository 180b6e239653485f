"""Readers of DOCX, HTML, Markdown and plain text, and how a file is told what it is."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmine import sources
from textmine.errors import ReadError
from textmine.records import Extraction, Line, Page
from textmine.sources import docx_package, read
from textmine.sources.docx import read_docx
from textmine.sources.html import read_html
from textmine.sources.ordinals import FORMATS
from textmine.sources.plain import decode, read_markdown, read_plain

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
NAMESPACES = (
    f'xmlns:w="{W}" xmlns:r="{R}" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
PARTS = {
    "numbering": "word/numbering.xml",
    "styles": "word/styles.xml",
    "footnotes": "word/footnotes.xml",
    "endnotes": "word/endnotes.xml",
    "header": "word/header1.xml",
    "footer": "word/footer1.xml",
}
ROOTS = {"header": "hdr", "footer": "ftr"}


def paragraph(text: str = "", properties: str = "", runs: str = "") -> str:
    typed = f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>' if text else ""
    return f"<w:p><w:pPr>{properties}</w:pPr>{typed}{runs}</w:p>"


def cell(*paragraphs: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{''.join(paragraphs)}</w:tc>"


def table(*rows: list[str]) -> str:
    return "<w:tbl>" + "".join(f"<w:tr>{''.join(row)}</w:tr>" for row in rows) + "</w:tbl>"


def listed(text: str, number: int = 1, depth: int = 0) -> str:
    return paragraph(
        text, f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>'
    )


def level(depth: int, form: str, text: str, more: str = "", start: int = 1) -> str:
    return (
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>'
        f'{more}<w:lvlText w:val="{text}"/></w:lvl>'
    )


def numbering(*levels: str, instances: str = "") -> str:
    return (
        f'<w:abstractNum w:abstractNumId="7">{"".join(levels)}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>' + instances
    )


def write_docx(path: Path, body: str, declaration: str = "", **parts: str) -> Path:
    relationships = "".join(
        f'<Relationship Id="{name}" Type="{R}/{name}" Target="/{PARTS[name]}"/>' for name in parts
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{PACKAGE}/relationships">'
            f'<Relationship Id="a" Type="{R}/officeDocument" Target="word/document.xml"/>'
            f'<Relationship Id="b" Type="{PACKAGE}/relationships/metadata/core-properties" '
            'Target="docProps/core.xml"/></Relationships>',
        )
        archive.writestr(
            "docProps/core.xml",
            '<c:coreProperties xmlns:c="x" xmlns:dc="http://purl.org/dc/elements/1.1/" '
            'xmlns:dcterms="http://purl.org/dc/terms/"><dc:title>عنوان</dc:title>'
            "<dcterms:created>2015-03-01T08:00:00Z</dcterms:created></c:coreProperties>",
        )
        archive.writestr(
            "word/_rels/document.xml.rels",
            f'<Relationships xmlns="{PACKAGE}/relationships">{relationships}'
            f'<Relationship Id="lost" Type="{R}/image" Target="NULL"/>'
            f'<Relationship Id="out" Type="{R}/image" Target="http://x/" TargetMode="External"/>'
            "</Relationships>",
        )
        archive.writestr(
            "word/document.xml",
            f"{declaration}<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>",
        )
        for name, content in parts.items():
            root = ROOTS.get(name, name)
            archive.writestr(PARTS[name], f"<w:{root} {NAMESPACES}>{content}</w:{root}>")
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "agreement.docx"


def lines(extraction: Extraction) -> list[str]:
    return [page.text[line.start : line.end] for page in extraction.pages for line in page.lines]


def roles(extraction: Extraction) -> list[tuple[str, int]]:
    return [(line.role, line.level) for page in extraction.pages for line in page.lines]


# ---- DOCX -----------------------------------------------------------------------------------


def test_paragraphs_keep_their_characters(file: Path) -> None:
    typed = "ماده‌ی ۱ـ كتاب ي «می‌رود» \u200f(الف)  دو فاصله"
    extraction = read_docx(write_docx(file, paragraph(typed) + paragraph() + paragraph("End.")))
    assert extraction.text == f"{typed}\n\nEnd."
    assert lines(extraction) == [typed, "End."]
    assert (extraction.title, extraction.created) == ("عنوان", "2015-03-01T08:00:00Z")
    assert extraction.warnings == ()


def test_signs_inside_a_run(file: Path) -> None:
    run = (
        '<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t xml:space="preserve"> c</w:t>'
        '<w:noBreakHyphen/><w:softHyphen/><w:sym w:font="Wingdings" w:char="F0FC"/>'
        '<w:sym w:font="Symbol" w:char="F061"/><w:cr/><w:t> trimmed </w:t>'
        "<w:instrText>PAGE</w:instrText></w:r>"
    )
    extraction = read_docx(write_docx(file, paragraph(runs=run)))
    assert extraction.text == "a\tb\n c\u2011\u00ad✓α\ntrimmed"


def test_an_unknown_symbol_is_kept_and_told(file: Path) -> None:
    run = '<w:r><w:sym w:font="Webdings" w:char="F041"/></w:r>'
    extraction = read_docx(write_docx(file, paragraph("x", runs=run)))
    assert extraction.text == "x\uf041"
    assert "webdings 41" in extraction.warnings[0]


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        ("decimal", "%1.", ["1. a", "2. b", "3. c"]),
        ("decimal", "ماده %1 -", ["ماده 1 - a", "ماده 2 - b", "ماده 3 - c"]),
        ("lowerLetter", "(%1)", ["(a) a", "(b) b", "(c) c"]),
        ("upperLetter", "%1", ["A a", "B b", "C c"]),
        ("lowerRoman", "%1)", ["i) a", "ii) b", "iii) c"]),
        ("upperRoman", "Article %1", ["Article I a", "Article II b", "Article III c"]),
        ("arabicAbjad", "%1-", ["أ- a", "ب- b", "ج- c"]),
        ("arabicAlpha", "%1-", ["أ- a", "ب- b", "ت- c"]),
        ("ordinalText", "%1", ["First a", "Second b", "Third c"]),
        ("bullet", "\uf0b7", ["• a", "• b", "• c"]),
        ("bullet", "–", ["– a", "– b", "– c"]),
        ("none", "", ["a", "b", "c"]),
    ],
)
def test_list_numbers_are_printed(file: Path, form: str, text: str, expected: list[str]) -> None:
    body = listed("a") + listed("b") + paragraph() + listed("c")
    extraction = read_docx(write_docx(file, body, numbering=numbering(level(0, form, text))))
    assert lines(extraction) == expected


def test_levels_count_as_in_word(file: Path) -> None:
    levels = numbering(
        level(0, "upperRoman", "%1."),
        level(1, "decimal", "%1.%2", "<w:isLgl/>"),
        level(2, "lowerLetter", "%3)", "<w:suff w:val='nothing'/>"),
    )
    body = "".join(
        listed(text, depth=depth)
        for text, depth in [("a", 0), ("b", 1), ("c", 2), ("d", 2), ("e", 1), ("f", 2), ("g", 0)]
    ) + listed("h", depth=2)
    extraction = read_docx(write_docx(file, body, numbering=levels))
    assert lines(extraction) == [
        "I. a", "1.1 b", "a)c", "b)d", "1.2 e", "a)f", "II. g", "a)h",
    ]  # fmt: skip
    assert roles(extraction)[:3] == [("item", 1), ("item", 2), ("item", 3)]


def test_a_list_goes_on_or_restarts_as_the_file_says(file: Path) -> None:
    instances = (
        '<w:num w:numId="2"><w:abstractNumId w:val="7"/></w:num>'
        '<w:num w:numId="3"><w:abstractNumId w:val="7"/>'
        '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>'
    )
    body = "".join(
        listed(text, number) for text, number in [("a", 1), ("b", 2), ("c", 3), ("d", 3)]
    )
    parts = numbering(level(0, "decimal", "%1."), instances=instances)
    extraction = read_docx(write_docx(file, body, numbering=parts))
    assert lines(extraction) == ["1. a", "2. b", "5. c", "6. d"]


def test_numbers_of_styles_and_their_removal(file: Path) -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="Art"><w:name w:val="Article"/><w:pPr>'
        '<w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="Sub"><w:basedOn w:val="Art"/></w:style>'
    )
    levels = numbering(level(0, "decimal", "%1.", '<w:pStyle w:val="Art"/>'))
    body = (
        paragraph("a", '<w:pStyle w:val="Art"/>')
        + paragraph("b", '<w:pStyle w:val="Art"/><w:numPr><w:numId w:val="0"/></w:numPr>')
        + paragraph("c", '<w:pStyle w:val="Sub"/>')
    )
    extraction = read_docx(write_docx(file, body, numbering=levels, styles=styles))
    assert lines(extraction) == ["1. a", "b", "2. c"]


def test_headings_by_style_parent_and_outline(file: Path) -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="H2"><w:name w:val="heading 2"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="Own"><w:basedOn w:val="H2"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="T"><w:name w:val="Title"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="C"><w:name w:val="caption"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="Loop"><w:basedOn w:val="Loop"/></w:style>'
    )
    body = (
        paragraph("t", '<w:pStyle w:val="T"/>')
        + paragraph("two", '<w:pStyle w:val="Own"/>')
        + paragraph("three", '<w:outlineLvl w:val="2"/>')
        + paragraph("body", '<w:outlineLvl w:val="9"/>')
        + paragraph("c", '<w:pStyle w:val="C"/>')
        + paragraph("loop", '<w:pStyle w:val="Loop"/>')
    )
    assert roles(read_docx(write_docx(file, body, styles=styles))) == [
        ("heading", 1), ("heading", 2), ("heading", 3), ("body", 0), ("caption", 0), ("body", 0),
    ]  # fmt: skip


def test_tables_are_rows_of_cells(file: Path) -> None:
    body = table(
        [cell(paragraph("سال")), cell(paragraph("ارزش"))],
        [cell(paragraph("۱۳۹۰"), paragraph("میلادی ۲۰۱۱")), cell(paragraph())],
        [cell(paragraph("جمع"), properties='<w:gridSpan w:val="2"/>'), cell(paragraph("5"))],
    )
    extraction = read_docx(write_docx(file, body))
    assert lines(extraction) == ["سال\tارزش", "۱۳۹۰ میلادی ۲۰۱۱", "جمع\t\t5"]
    assert {role for role, _ in roles(extraction)} == {"table"}


def test_a_table_that_lays_out_the_page_is_text(file: Path) -> None:
    long = "The Parties shall cooperate. " * 12
    body = table([cell(paragraph("ماده ۱")), cell(paragraph("Article 1"), paragraph(long))])
    frame = table([cell(paragraph("ماده ۲"), paragraph("متن"))])
    extraction = read_docx(write_docx(file, body + frame))
    assert lines(extraction) == ["ماده ۱", "Article 1", long, "ماده ۲", "متن"]
    assert {role for role, _ in roles(extraction)} == {"body"}


def test_a_nested_table_follows_its_row(file: Path) -> None:
    inner = table([cell(paragraph("x")), cell(paragraph("y"))])
    body = table([cell(paragraph("a"), inner, paragraph("b")), cell(paragraph("c"))])
    assert lines(read_docx(write_docx(file, body))) == ["a b\tc", "x\ty"]


def test_tracked_changes_and_hidden_text(file: Path) -> None:
    runs = (
        "<w:ins><w:r><w:t>new</w:t></w:r></w:ins><w:del><w:r><w:delText>old</w:delText></w:r></w:del>"
        "<w:moveFrom><w:r><w:t>gone</w:t></w:r></w:moveFrom>"
        "<w:moveTo><w:r><w:t>here</w:t></w:r></w:moveTo>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r>"
        '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>shown</w:t></w:r>'
    )
    extraction = read_docx(write_docx(file, paragraph(runs=runs)))
    assert extraction.text == "newhereshown"
    assert "2 deleted passages were left out" in extraction.warnings[0]
    assert "1 hidden passage was left out" in extraction.warnings[1]


def test_a_deleted_paragraph_mark_joins_paragraphs(file: Path) -> None:
    body = paragraph("one ", "<w:rPr><w:del/></w:rPr>") + paragraph("two")
    assert read_docx(write_docx(file, body)).text == "one two"


def test_deleted_rows_are_left_out(file: Path) -> None:
    row = f"<w:tr><w:trPr><w:del/></w:trPr>{cell(paragraph('x'))}</w:tr>"
    body = f"<w:tbl>{row}<w:tr>{cell(paragraph('a'))}{cell(paragraph('b'))}</w:tr></w:tbl>"
    assert lines(read_docx(write_docx(file, body))) == ["a\tb"]


def test_notes_follow_the_paragraph_that_cites_them(file: Path) -> None:
    cite = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    ends = '<w:r><w:endnoteReference w:id="3"/></w:r>'
    notes = (
        f'<w:footnote w:id="0" w:type="separator">{paragraph("---")}</w:footnote>'
        f'<w:footnote w:id="2">{paragraph(" پانویس")}</w:footnote>'
    )
    endnotes = f'<w:endnote w:id="3">{paragraph("last")}</w:endnote>'
    body = paragraph("متن", runs=cite) + paragraph("more", runs=ends)
    extraction = read_docx(write_docx(file, body, footnotes=notes, endnotes=endnotes))
    assert lines(extraction) == ["متن¹", "¹ پانویس", "more¹", "¹ last"]
    assert [role for role, _ in roles(extraction)] == ["body", "footnote", "body", "footnote"]


def test_headers_and_footers_stand_once_at_the_ends(file: Path) -> None:
    section = (
        '<w:sectPr><w:headerReference r:id="header"/><w:footerReference r:id="footer"/></w:sectPr>'
    )
    body = paragraph("one") + paragraph("two", "<w:pageBreakBefore/>") + section
    extraction = read_docx(
        write_docx(file, body, header=paragraph("فصلنامه"), footer=paragraph("– 3 –"))
    )
    assert lines(extraction) == ["فصلنامه", "one", "two", "– 3 –"]
    assert [role for role, _ in roles(extraction)] == [
        "running-head",
        "body",
        "body",
        "page-number",
    ]


@pytest.mark.parametrize(
    ("body", "pages"),
    [
        (paragraph("a") + paragraph("b"), ["a\nb"]),
        (paragraph("a", runs='<w:r><w:br w:type="page"/><w:t>b</w:t></w:r>'), ["a", "b"]),
        (paragraph("a", runs='<w:r><w:br w:type="column"/><w:t>b</w:t></w:r>'), ["a\nb"]),
        (paragraph("a") + paragraph("b", "<w:pageBreakBefore/>"), ["a", "b"]),
        (paragraph("a", runs="<w:r><w:lastRenderedPageBreak/><w:t>b</w:t></w:r>"), ["a", "b"]),
        (  # Word notes its break behind the one that was set: one break, not two
            paragraph("a", runs='<w:r><w:br w:type="page"/></w:r>')
            + paragraph(runs="<w:r><w:lastRenderedPageBreak/><w:t>b</w:t></w:r>"),
            ["a", "\nb"],
        ),
        (paragraph("a", "<w:sectPr/>") + paragraph("b"), ["a", "b"]),
        (paragraph("a", '<w:sectPr><w:type w:val="continuous"/></w:sectPr>') + paragraph("b"),
         ["a\nb"]),
        (paragraph("a", runs='<w:r><w:br w:type="page"/></w:r>'), ["a"]),
    ],
)  # fmt: skip
def test_pages(file: Path, body: str, pages: list[str]) -> None:
    assert [page.text for page in read_docx(write_docx(file, body)).pages] == pages


def test_text_boxes_controls_links_and_formulas(file: Path) -> None:
    box = f"<wps:txbx><w:txbxContent>{paragraph('box')}</w:txbxContent></wps:txbx>"
    old = f"<v:textbox><w:txbxContent>{paragraph('box')}</w:txbxContent></v:textbox>"
    runs = (
        "<w:hyperlink><w:r><w:t>link</w:t></w:r></w:hyperlink>"
        "<w:sdt><w:sdtContent><w:r><w:t>-control</w:t></w:r></w:sdtContent></w:sdt>"
        "<m:oMath><m:r><m:t>x</m:t></m:r></m:oMath>"
        f"<w:r><mc:AlternateContent><mc:Choice><w:drawing>{box}</w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict>{old}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    body = f"<w:sdt><w:sdtContent>{paragraph(runs=runs)}</w:sdtContent></w:sdt>{paragraph('end')}"
    assert lines(read_docx(write_docx(file, body))) == ["link-controlx", "box", "end"]


def test_the_strict_variant_is_read(file: Path) -> None:
    write_docx(file, paragraph("a"))
    with zipfile.ZipFile(file) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    contents["word/document.xml"] = contents["word/document.xml"].replace(
        W.encode(), b"http://purl.oclc.org/ooxml/wordprocessingml/main"
    )
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    assert read(file).text == "a"


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE w [<!ENTITY a "lol"><!ENTITY x "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    ],
)
def test_entities_are_refused(file: Path, declaration: str) -> None:
    write_docx(file, paragraph("&x;"), declaration)
    with pytest.raises(ReadError, match="entities") as caught:
        read(file)
    assert caught.value.reason == "xml-entities"


def test_bombs_are_refused(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_docx(file, paragraph("a") * 40_000)
    with pytest.raises(ReadError, match="exhaust memory") as caught:
        read(file)
    assert caught.value.reason == "zip-bomb"
    monkeypatch.setattr(docx_package, "MAX_MEMBERS", 3)
    with pytest.raises(ReadError, match="archive of 5 files"):
        read(write_docx(tmp_path / "many.docx", paragraph("a")))


def test_a_huge_picture_costs_nothing(file: Path) -> None:
    write_docx(file, paragraph("a"))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/image1.bmp", bytes(2**24))
    assert read(file).text == "a"


def test_deep_nesting_is_an_error_and_not_a_crash(file: Path) -> None:
    deep = "<w:tbl><w:tr><w:tc>" * 400 + paragraph("x") + "</w:tc></w:tr></w:tbl>" * 400
    with pytest.raises(ReadError):
        read(write_docx(file, deep))


def test_a_docx_without_text_is_empty(file: Path) -> None:
    with pytest.raises(ReadError) as caught:
        read(write_docx(file, paragraph()))
    assert caught.value.reason == "empty"


@given(st.data())
def test_no_damage_escapes_as_another_error(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    file = tmp_path_factory.mktemp("damaged") / "a.docx"
    good = bytearray(write_docx(file, paragraph("ماده ۱") * 3).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    file.write_bytes(good[: data.draw(st.integers(1, len(good)))])
    try:
        text = read(file).text
    except ReadError as error:
        text = error.detail
    assert text


def test_documents_of_a_word_library_are_read(file: Path) -> None:
    docx = pytest.importorskip("docx")
    document = docx.Document()
    document.add_heading("تفاهم‌نامه", level=1)
    document.add_paragraph("First", style="List Number")
    document.add_paragraph("Second", style="List Number")
    document.add_page_break()
    grid = document.add_table(rows=1, cols=2)
    grid.cell(0, 0).text, grid.cell(0, 1).text = "تهران", "بیشکک"
    document.save(str(file))
    extraction = read(file)
    assert lines(extraction) == ["تفاهم‌نامه", "1. First", "2. Second", "تهران\tبیشکک"]
    assert len(extraction.pages) == 2


# ---- HTML -----------------------------------------------------------------------------------


def html(tmp_path: Path, source: str | bytes, name: str = "page.html") -> Extraction:
    path = tmp_path / name
    path.write_bytes(source if isinstance(source, bytes) else source.encode())
    return read(path)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>a\n  b <b>c</b>\td</p><p>e", ["a b c d", "e"]),
        ("<p>می‌رود&nbsp;&zwnj;&amp;&#x6F1;", ["می‌رود\xa0\u200c&۱"]),
        ("<p>a<br>b<br/><br>c", ["a", "b", "c"]),
        ("<script>x()</script><style>p{}</style><nav>menu</nav><p>a<!-- no --> b", ["a b"]),
        ("<p hidden>no</p><p style='DISPLAY: none'>no</p><p>yes", ["yes"]),
        ("<ol start=3><li>a<li>b<li value=9>c</ol>", ["3. a", "4. b", "9. c"]),
        ("<ol reversed><li>a<li>b</ol>", ["2. a", "1. b"]),
        ("<ol type=I><li>a<ol type=a><li>b</ol><li>c</ol>", ["I. a", "a. b", "II. c"]),
        ("<ol style='list-style-type: persian'><li>الف<li>ب</ol>", ["۱. الف", "۲. ب"]),
        ("<ol><li><p>a</p><p>b</p></li><li></li><li>c</ol>", ["1. a", "b", "3. c"]),
        ("<ul><li>a</ul>", ["a"]),
        ("<style>p, li { list-style: none outside }</style><ol><li>1.1 a</ol>", ["1.1 a"]),
        ("<style>ol.x{list-style-type:lower-alpha}</style><ol class=x><li>a</ol><ol><li>b</ol>",
         ["a. a", "1. b"]),
        ("<p><ruby>漢<rt>kan</rt></ruby> <ruby>字<rp>[</rp><rt>ji</rt><rp>]</rp></ruby>",
         ["漢(kan) 字[ji]"]),
        ("<pre>a  b\n  c</pre>", ["a  b", "  c"]),
        ("<div>a<div>b</div>c</div>", ["a", "b", "c"]),
        ("<p>broken <b>tags <i>here</b></p></div></p> end", ["broken tags here", "end"]),
        ("<span dir=rtl lang=fa>ماده 1 (A)</span>", ["ماده 1 (A)"]),
    ],
)  # fmt: skip
def test_html_lines(tmp_path: Path, source: str, expected: list[str]) -> None:
    assert lines(html(tmp_path, f"<html><body>{source}")) == expected


def test_html_roles(tmp_path: Path) -> None:
    extraction = html(
        tmp_path,
        "<html><h2>a</h2><ul><li>b<ul><li>c</ul></ul><p>d</p>"
        "<table><caption>e</caption><tr><td>f<td>g</table>"
        "<aside role='doc-footnote'><p>1 note</p></aside><div id='ftn2'><p>2 word</p></div>",
    )
    assert list(zip(lines(extraction), roles(extraction), strict=True)) == [
        ("a", ("heading", 2)),
        ("b", ("item", 1)),
        ("c", ("item", 2)),
        ("d", ("body", 0)),
        ("e", ("caption", 0)),
        ("f\tg", ("table", 0)),
        ("1 note", ("footnote", 0)),
        ("2 word", ("footnote", 0)),
    ]


def test_html_tables_keep_their_columns(tmp_path: Path) -> None:
    extraction = html(
        tmp_path,
        "<html><table><tr><th colspan=2>a<th>b<tr><td rowspan=2>c<td>d<td>e<tr><td>f<td>g</table>",
    )
    assert lines(extraction) == ["a\t\tb", "c\td\te", "\tf\tg"]


def test_html_layout_tables_are_text(tmp_path: Path) -> None:
    long = "The Parties agree. " * 20
    extraction = html(tmp_path, f"<html><table><tr><td><h1>Title</h1><p>{long}</p><td>side</table>")
    assert roles(extraction) == [("heading", 1), ("body", 0), ("body", 0)]


def test_html_head_gives_title_and_date(tmp_path: Path) -> None:
    extraction = html(
        tmp_path,
        "<!DOCTYPE html><head><title> پیمان\n نامه </title>"
        "<meta name='citation_date' content='2018'></head><body><p>x",
    )
    assert (extraction.title, extraction.created, extraction.text) == ("پیمان نامه", "2018", "x")


def test_html_main_part(tmp_path: Path) -> None:
    extraction = html(tmp_path, "<html><body><p>ad</p><main><p>the text itself</main>")
    assert extraction.text == "the text itself"
    assert "2 characters outside" in extraction.warnings[0]
    small = html(tmp_path, "<html><body><p>the text itself</p><main>x</main>")
    assert small.text == "the text itself\nx"


@pytest.mark.parametrize(
    ("source", "encoding"),
    [
        ("<html><meta charset=windows-1256><p>شهرداري تهران", "cp1256"),
        ("<html><meta charset=iso-8859-1><p>شهرداري تهران و شهرداري مسكو", "cp1256"),
        ("<html><p>شهرداری تهران", "utf-8"),
        ("<html><p>شهرداری تهران", "utf-16"),
    ],
)
def test_html_encodings(tmp_path: Path, source: str, encoding: str) -> None:
    extraction = html(tmp_path, source.encode(encoding))
    assert extraction.text == source.rpartition(">")[2]


def test_xhtml_with_empty_elements(tmp_path: Path) -> None:
    source = (
        '<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict'
        '//EN" "x.dtd"><html xmlns="http://www.w3.org/1999/xhtml"><head><script src="a.js"/>'
        "<title/></head><body><div/><p>a&nbsp;b</p></body></html>"
    )
    assert html(tmp_path, source, "page.xhtml").text == "a\xa0b"


def test_html_nesting_is_followed_or_refused_but_never_cut(tmp_path: Path) -> None:
    assert html(tmp_path, "<html>" + "<div>" * 900 + "deep" + "</div>" * 900 + "end").text == (
        "deep\nend"
    )
    with pytest.raises(ReadError, match="too deeply"):
        html(tmp_path, "<html>" + "<div>" * 9000 + "deep")


@given(st.text(st.sampled_from("<>/ab =\"'&;#۱ا\n!-"), max_size=80))
def test_any_html_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, source: str) -> None:
    path = tmp_path_factory.mktemp("odd") / "a.html"
    path.write_bytes(b"<html><p>" + source.encode())
    try:
        extraction = read_html(path)
    except ReadError:
        return
    assert all(line.strip() for line in lines(extraction))


# ---- Plain text and Markdown ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("ماده\u200cها\r\nب\rج\n".encode(), "ماده\u200cها\nب\nج\n"),
        (b"\xef\xbb\xbf" + "الف".encode(), "الف"),
        ("الف\nب".encode("utf-16"), "الف\nب"),
        (b"\xfe\xff" + "الف".encode("utf-16-be"), "الف"),
        ("a\u2028b\x85c\x0bd".encode(), "a\u2028b\x85c\x0bd"),
    ],
)
def test_text_is_kept_as_decoded(data: bytes, text: str) -> None:
    assert decode(data, "a.txt") == (text, decode(data, "a.txt").encoding, ())


@pytest.mark.parametrize(
    ("text", "encoding", "told"),
    [
        ("موافقت نامه خواهرشهري ميان شهرداري تهران و شهرداري بيشكك", "cp1256", "Windows-1256"),
        ("موافقت نامه خواهرشهري ميان شهرداري تهران و شهرداري مسكو", "mac_arabic", "MacArabic"),
        ("Die Städte Zürich und Köln schließen einen Vertrag", "cp1252", "Windows-1252"),
        ("Les villes jumelées ont signé l’accord à Genève", "cp1252", "Windows-1252"),
    ],
)
def test_old_encodings_are_guessed_and_told(text: str, encoding: str, told: str) -> None:
    decoded = decode(text.encode(encoding), "a.txt")
    assert decoded.text == text
    assert told in decoded.warnings[0]


def test_one_broken_byte_does_not_spoil_utf8() -> None:
    decoded = decode("ماده یک. ".encode() * 20 + b"\xd8", "a.txt")
    assert decoded.text == "ماده یک. " * 20 + "\ufffd"
    assert "1 damaged place" in decoded.warnings[0]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \n\t\f ", "empty"),
        (b"abc\0def", "unsupported"),
        ("الف ب".encode("utf-16-le"), "unsupported"),
        (bytes(range(1, 32)) * 20, "unsupported"),
        (bytes(range(128, 256)) * 20, "unsupported"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(ReadError) as caught:
        decode(data, "a.txt")
    assert caught.value.reason == reason


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\f"), min_size=1)
)
def test_pages_hold_the_whole_text(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("plain") / "a.txt"
    path.write_text("x" + text, encoding="utf-8", newline="")
    extraction = read_plain(path)
    rest = ("x" + text).removeprefix(extraction.text)
    assert rest == "" or (rest[0] == "\f" and not rest.strip())
    for page in extraction.pages:
        visible = [line for line in page.text.split("\n") if line.strip()]
        assert [page.text[line.start : line.end] for line in page.lines] == visible


MARKDOWN = """---
title: "پیمان"
date: 1993-09-14
---

# ماده ۱

متن با **تأکید**[^1]
در دو سطر

Setext
------

1. first
   goes on
   - inner

> quoted

| a | b |
|---|---|
| c | d |
| e | f |
g | h

```
# code
```

[^1]: note
    more

after
"""


def test_markdown_roles_and_spans(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(MARKDOWN, encoding="utf-8")
    extraction = read_markdown(path)
    assert extraction.text == MARKDOWN
    assert (extraction.title, extraction.created) == ("پیمان", "1993-09-14")
    assert list(zip(lines(extraction), roles(extraction), strict=True)) == [
        ("ماده ۱", ("heading", 1)),
        ("متن با **تأکید**[^1]", ("body", 0)),
        ("در دو سطر", ("body", 0)),
        ("Setext", ("heading", 2)),
        ("1. first", ("item", 1)),
        ("goes on", ("body", 0)),
        ("inner", ("item", 2)),
        ("quoted", ("body", 0)),
        ("a | b |", ("table", 0)),
        ("c | d |", ("table", 0)),
        ("e | f |", ("table", 0)),
        ("g | h", ("table", 0)),
        ("# code", ("body", 0)),
        ("note", ("footnote", 0)),
        ("more", ("footnote", 0)),
        ("after", ("body", 0)),
    ]


@given(st.text(st.sampled_from("#->*|1.`[]^: \n\fآb"), min_size=1, max_size=60))
def test_any_markdown_keeps_its_text(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("markdown") / "a.md"
    path.write_text("x\n" + text, encoding="utf-8", newline="")
    extraction = read_markdown(path)
    assert ("x\n" + text).startswith(extraction.text)
    for page in extraction.pages:
        ends = [0, *(line.end for line in page.lines)]
        assert all(end <= line.start for end, line in zip(ends, page.lines, strict=False))
        assert all(page.text[line.start : line.end].strip() for line in page.lines)
        assert all("\n" not in page.text[line.start : line.end] for line in page.lines)


# ---- Which file is what ---------------------------------------------------------------------


def archive_of(*members: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for member in members:
            archive.writestr(member, "x")
    return data.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "reason", "sentence"),
    [
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "unsupported", "DOC"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
         "encrypted", "password"),
        ("a.txt", b"{\\rtf1\\ansi hello}", "unsupported", "RTF"),
        ("a.pdf", b"\x89PNG\r\n\x1a\n" + bytes(30), "damaged", "picture"),
        ("a.pdf", b"\xff\xd8\xff\xe0" + bytes(30), "damaged", "picture"),
        ("a.docx", archive_of("mimetype", "content.xml"), "unsupported", "ODT"),
        ("a.docx", archive_of("[Content_Types].xml", "xl/workbook.xml"), "unsupported", "XLSX"),
        ("a.zip", archive_of("a.txt"), "unsupported", "ZIP"),
        ("a.docx", archive_of("a.txt"), "damaged", "document part"),
        ("a.docx", b"PK\x03\x04garbage", "truncated", "cut off"),
        ("a.txt", b"", "empty", "empty file"),
        ("a.txt", b"\x7fELF" + bytes(30), "unsupported", "program"),
        ("a.txt", b"<?xml version='1.0'?><svg/>", "unsupported", "XML"),
        ("a.txt", b"abc\0\0\0", "unsupported", "NUL"),
    ],
)  # fmt: skip
def test_what_is_not_read_says_so(
    tmp_path: Path, name: str, data: bytes, reason: str, sentence: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(ReadError, match=sentence) as caught:
        read(path)
    assert caught.value.reason == reason
    assert name in caught.value.detail


@pytest.mark.parametrize(
    ("name", "data", "extractor", "warned"),
    [
        ("a.txt", b"MZ and BM are letters", "plain", False),
        ("a.md", b"# x", "markdown", False),
        ("a.MD", b"# x", "markdown", False),
        ("a.html", b"<p>no html tag</p>", "html", False),
        ("a.html", b"just text, 1 < 2", "plain", True),
        ("a.pdf", b"<!DOCTYPE html><p>x", "html", True),
        ("a.txt", b"\xef\xbb\xbf <!-- x --> <HTML><p>x", "html", True),
        ("a.docx", "ماده ۱".encode(), "plain", True),
        ("a.md", b"<html> as a word in a text</html>", "html", True),
        ("a.csv", b"a,b", "plain", True),
    ],
)
def test_content_decides_before_the_suffix(
    tmp_path: Path, name: str, data: bytes, extractor: str, warned: bool
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    extraction = read(path)
    assert extraction.extractor.startswith(extractor)
    assert any("in spite of its name" in warning for warning in extraction.warnings) == warned


def test_a_docx_named_otherwise_is_read(tmp_path: Path) -> None:
    path = write_docx(tmp_path / "a.pdf", paragraph("x"))
    assert read(path).text == "x"
    assert read(path).warnings == (
        "a.pdf is a Word document (DOCX) in spite of its name; it was read as such.",
    )


@pytest.mark.parametrize("name", ["missing.txt", "."])
def test_what_cannot_be_opened(tmp_path: Path, name: str) -> None:
    with pytest.raises(ReadError) as caught:
        read(tmp_path / name)
    assert caught.value.reason == "unreadable"


@pytest.mark.parametrize(
    ("form", "number", "printed"),
    [
        ("lowerLetter", 27, "aa"),
        ("lowerRoman", 1990, "mcmxc"),
        ("lowerRoman", 0, "0"),
        ("arabicAbjad", 4, "د"),
        ("decimalZero", 7, "07"),
        ("cardinalText", 21, "Twenty-one"),
        ("ordinalText", 12, "Twelfth"),
        ("ordinal", 113, "113th"),
        ("persian", 14, "۱۴"),
    ],
)
def test_number_forms(form: str, number: int, printed: str) -> None:
    assert FORMATS[form](number) == printed


def test_halves_of_pairs_are_marked_and_counted():
    page = Page(1, "a\ud800b\udfff", (Line(0, 4),))
    mended = sources._without_surrogates(Extraction((page,), "x", title="\udc00"))
    assert mended.pages[0].text == "a\ufffdb\ufffd"
    assert mended.title == "\ufffd"
    assert mended.warnings[0].startswith("3 characters")
    assert sources._without_surrogates(mended) is mended
