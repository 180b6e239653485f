"""PDFs: whole files as bytes, and the content of one page between sound objects."""

from __future__ import annotations

from fuzzing.sound import check_extraction, fault_behind
from fuzzing.targets import Target, folder
from textmine.errors import ReadError
from textmine.sources.pdf import EXTRACTOR, read_pdf
from textmine.sources.second import checked, rescued

_FOLDER = folder()

PART = b"\n%%PART\n"
"""Between the page's content, the ToUnicode table and the widths of the seeds of ``page``."""

WORDS = (
    *(b"BT", b"ET", b"Tj", b"TJ", b"Tf", b"Td", b"TD", b"Tm", b"T*", b"Tc", b"Tw", b"Tz", b"TL"),
    *(b"Tr", b"Ts", b"'", b"cm", b"q", b"Q", b"Do", b"re", b"f", b"S", b"BDC", b"EMC", b"BI"),
    *(b"ID", b"EI", b"/F1", b"/F2", b"/F3", b"/X1", b"/Span", b"<0003>", b"(a)", b"<<", b">>"),
    *(b"/ActualText", b"/MCID", b"/FlateDecode", b"/ASCIIHexDecode", b"/LZWDecode", b"/Type0"),
    *(b"/Predictor", b"/Kids", b"/Parent", b"/Length", b"/W", b"/DW", b"/MediaBox", b"/Rotate"),
    *(b"/CropBox", b"/Encoding", b"/Differences", b"/ToUnicode", b"/XRef", b"/ObjStm", b"/Prev"),
    *(b"beginbfchar", b"endbfchar", b"beginbfrange", b"endbfrange", b"begincodespacerange"),
    *(b"endcodespacerange", b"begincmap", b"endcmap", b"usecmap", b"stream", b"endstream", b"obj"),
    *(b"endobj", b"xref", b"trailer", b"startxref", b"%%EOF", b"1 0 R", b"null", b"-1", b"1e9"),
)

_TABLE = (
    b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
    b"1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
    b"3 beginbfchar <0003> <0020> <0004> <06270644> <0007> <200C> endbfchar\n"
    b"2 beginbfrange <0005> <0006> <0645> <0010> <0012> [<06F1> <06F2> <0663>] endbfrange\n"
    b"endcmap end end"
)
_WIDTHS = b"[3 [250 500] 5 20 600]"
_CONTENT = (
    b"BT /F2 12 Tf 1 0 0 1 400 700 Tm <000400030005> Tj ET",
    b"BT /F1 11 Tf 72 700 Td (Article 1) Tj 0 -14 Td [(The ) -250 (Parties)] TJ T* (b) ' ET\n"
    b"72 600 m 300 600 l S 72 580 100 20 re f",
    b"/Span <</ActualText <FEFF0645200C0627>>> BDC BT /F2 12 Tf 300 500 Td <00050004> Tj ET EMC",
    b"q 0 1 -1 0 300 300 cm BT /F2 9 Tf 3 Tr <0010001100120003> Tj 0 Tr <0005> Tj ET Q /X1 Do",
    b"BT /F3 10 Tf 10 10 Td (ab) Tj ET BI /W 1 /H 1 /BPC 8 /CS /G ID a EI",
    b"BT /F1 10 Tf 50 Tz 2 Ts 1 Tc 4 Tw 14 TL 1 0 0 -1 72 400 Tm (turned over) Tj T* (x) Tj ET",
)


def built(objects: dict[int, bytes]) -> bytes:
    """A PDF of these objects, with their places in it right; 1 is the catalogue."""
    parts, places = [b"%PDF-1.7\n"], {}
    length = len(parts[0])
    for number, body in objects.items():
        places[number] = length
        parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, body))
        length += len(parts[-1])
    most = max(objects) + 1
    lines = [b"%010d 00000 n \n" % places[each] if each in places else b"0000000000 65535 f \n"
             for each in range(most)]  # fmt: skip
    parts.append(b"xref\n0 %d\n%s" % (most, b"".join(lines)))
    parts.append(b"trailer <</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (most, length))
    return b"".join(parts)


def stream(body: bytes, more: bytes = b"") -> bytes:
    """A stream object."""
    return b"<</Length %d %s>>\nstream\n%s\nendstream" % (len(body), more, body)


def around(content: bytes, table: bytes = _TABLE, widths: bytes = _WIDTHS) -> bytes:
    """A PDF of one page with this content, and a font with this ToUnicode table and widths."""
    return built({
        1: b"<</Type /Catalog /Pages 2 0 R>>",
        2: b"<</Type /Pages /Kids [3 0 R] /Count 1>>",
        3: b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources "
           b"<</Font <</F1 5 0 R /F2 6 0 R /F3 10 0 R>> /XObject <</X1 12 0 R>>>>>>",
        4: stream(content),
        5: b"<</Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding <</Type /Encoding "
           b"/BaseEncoding /WinAnsiEncoding /Differences [65 /alef-ar /uni0628]>>>>",
        6: b"<</Type /Font /Subtype /Type0 /BaseFont /ABCDEF+Nazli /Encoding /Identity-H "
           b"/DescendantFonts [7 0 R] /ToUnicode 9 0 R>>",
        7: b"<</Type /Font /Subtype /CIDFontType2 /BaseFont /ABCDEF+Nazli /CIDSystemInfo "
           b"<</Registry (Adobe) /Ordering (Identity) /Supplement 0>> /FontDescriptor 8 0 R "
           b"/DW 500 /W %s>>" % widths,
        8: b"<</Type /FontDescriptor /FontName /ABCDEF+Nazli /Flags 4 /Ascent 800 /Descent -200 "
           b"/FontBBox [0 -200 1000 800]>>",
        9: stream(table),
        10: b"<</Type /Font /Subtype /Type3 /FontBBox [0 0 750 750] /FontMatrix [.001 0 0 .001 0 "
            b"0] /CharProcs <</a 11 0 R>> /Encoding <</Differences [97 /a /a]>> /FirstChar 97 "
            b"/LastChar 98 /Widths [1000 500]>>",
        11: stream(b"1000 0 0 0 750 750 d1 0 0 750 750 re f"),
        12: stream(b"BT /F1 9 Tf (form) Tj ET", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] "
                   b"/Resources <</Font <</F1 5 0 R>>>>"),
    })  # fmt: skip


def page_seeds() -> list[bytes]:
    """Contents of pages, some with another table or other widths."""
    return [
        *_CONTENT,
        PART.join((_CONTENT[0], _TABLE, _WIDTHS)),
        PART.join((_CONTENT[2], b"1 beginbfrange <00> <20> <0627> endbfrange", b"[0 9 1]")),
    ]


def file_seeds() -> list[bytes]:
    """Whole files, small and not compressed, so that a changed byte is a changed object."""
    return [around(content) for content in _CONTENT] + [around(b"", b"", b"[]")]


def read_page(data: bytes) -> None:
    """The text of a page whose content, table of letters and widths are the bytes."""
    content, table, widths = [*data.split(PART), _TABLE, _WIDTHS][:3] if PART in data else (
        data, _TABLE, _WIDTHS)  # fmt: skip
    read_file(around(content, table, widths))


def read_file(data: bytes) -> None:
    """The text of a file, as both readers of PDF see it, without the recognition of pictures."""
    path = _FOLDER / "a.pdf"
    path.write_bytes(data)
    try:
        extraction = checked(path, read_pdf(path))
    except ReadError as error:
        if (fault := fault_behind(error)) is not None:
            raise fault from error
        if error.reason not in ("damaged", "empty", "encrypted") or not data:
            return
        try:
            extraction = rescued(path, error, EXTRACTOR)
        except ReadError:
            return
    check_extraction(extraction)


TARGETS = {
    "pdf": Target(read_file, file_seeds, WORDS, 16_384),
    "pdf-page": Target(read_page, page_seeds, WORDS),
}
