"""Word documents: trees of the elements that Word writes, in places where it writes none."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from fuzzing.choices import Choices
from fuzzing.sound import check_extraction, fault_behind
from fuzzing.targets import Target, folder
from textmine.errors import ReadError
from textmine.sources.docx import read_docx

_FOLDER = folder()
_MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_DEEPEST = 40

BLOCKS = """
    p tbl tr tc sdt sdtContent customXml ins del moveTo moveFrom smartTag altChunk sectPr
    AlternateContent Choice Fallback txbxContent footnote endnote bookmarkStart hdr ftr
"""
INLINES = """
    r t tab br cr sym noBreakHyphen softHyphen lastRenderedPageBreak delText instrText fldChar
    hyperlink fldSimple footnoteReference endnoteReference commentReference drawing pict object
    ruby rubyBase rt oMath f num den sSup e sup dir bdo ptab
"""
PROPERTIES = """
    pPr rPr tcPr trPr numPr numId ilvl pStyle outlineLvl pageBreakBefore vanish rFonts gridSpan
    vMerge type headerReference footerReference style name basedOn abstractNum abstractNumId num
    lvl lvlText numFmt start lvlOverride startOverride styleLink numStyleLink lvlRestart isLgl
"""
ELEMENTS = (*BLOCKS.split(), *INLINES.split(), *PROPERTIES.split())
_NAMES = "val id type char font ascii ilvl numId styleId abstractNumId customMarkFollows"
VALUES = (
    *("0", "1", "2", "9", "-1", "99999999999", "true", "off", "page", "nextPage", "decimal"),
    *("bullet", "upperRoman", "lowerLetter", "arabicAlpha", "persianLetter", "none", "%1.", "%9"),
    *("%1.%2)", "Heading1", "Title", "heading 1", "caption", "F0A7", "D800", "110000", "zz", ""),
    *("Symbol", "Wingdings", "normal", "separator", "۳", "²", "١٢"),
)
TEXTS = ("ماده ۱", "a", " ", "\n", "\u200c", "\uf0b7", "الف", "Article 2", "\u2067", "۱۲/۳", "x\ty")
_PARTS = ("word/document.xml", "word/styles.xml", "word/numbering.xml", "word/footnotes.xml",
          "word/header1.xml")  # fmt: skip
_ROOTS = ("document", "styles", "numbering", "footnotes", "hdr")
_KINDS = ("officeDocument", "styles", "numbering", "footnotes", "header")

# What a usual document has: the lists and styles that the numbers and names above can mean.
_STYLES = (
    '<w:style w:styleId="Heading1"><w:name w:val="heading 1"/></w:style>'
    '<w:style w:styleId="Title"><w:name w:val="Title"/><w:basedOn w:val="Heading1"/></w:style>'
)
_NUMBERING = (
    '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt '
    'w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl><w:lvl w:ilvl="1"><w:numFmt '
    'w:val="lowerRoman"/><w:lvlText w:val="%1.%2"/></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
)
_NOTES = '<w:footnote w:id="1"><w:p><w:r><w:t>note</w:t></w:r></w:p></w:footnote>'
_USUAL = ("", _STYLES, _NUMBERING, _NOTES, "<w:p><w:r><w:t>head</w:t></w:r></w:p>")


def tree(take: Choices, depth: int = 0) -> str:
    """Elements one beside and inside another, until there is nothing left to choose."""
    made = []
    for _ in range(take.number(7) + 1):
        if not take.more:
            break
        name = take.one_of(ELEMENTS)
        attributes = "".join(
            f" w:{take.one_of(_NAMES.split())}={quoteattr(take.one_of(VALUES))}"
            for _ in range(take.number(2))
        )
        if attributes.count("=") > 1:
            attributes = _each_once(attributes)
        inside = tree(take, depth + 1) if depth < _DEEPEST and take.number(3) else ""
        if name in ("t", "delText", "instrText"):
            inside += escape(take.one_of(TEXTS))
        made.append(f"<w:{name}{attributes}>{inside}</w:{name}>")
    return "".join(made)


def _each_once(attributes: str) -> str:
    first, second = attributes.split(" w:")[1:]
    return attributes if first.split("=")[0] != second.split("=")[0] else f" w:{first}"


def package(path: Path, parts: tuple[str, ...]) -> None:
    """A Word document of these parts."""
    related = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}'
        "</Relationships>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        one = f'<Relationship Id="1" Type="{_OFFICE}/officeDocument" Target="{_PARTS[0]}"/>'
        archive.writestr("_rels/.rels", related.format(one))
        others = (
            f'<Relationship Id="{at}" Type="{_OFFICE}/{kind}" Target="/{name}"/>'
            for at, (kind, name) in enumerate(zip(_KINDS, _PARTS, strict=True))
            if at
        )
        archive.writestr("word/_rels/document.xml.rels", related.format("".join(others)))
        for name, root, content in zip(_PARTS, _ROOTS, parts, strict=True):
            inside = f"<w:body>{content}</w:body>" if root == "document" else content
            archive.writestr(
                name, f'<w:{root} xmlns:w="{_MAIN}" xmlns:r="{_OFFICE}">{inside}</w:{root}>'
            )


def docx_seeds() -> list[bytes]:
    """Choices that make one of every element, alone and inside a paragraph of a body."""
    paragraph, run = ELEMENTS.index("p"), ELEMENTS.index("r")
    alone = [bytes([0, 0, at, 1, at % 11, at % 30, 0]) for at in range(len(ELEMENTS))]
    inside = [
        bytes([0, 0, paragraph, 0, 1, 1, run, 0, 1, 3, at, 0, 0, ELEMENTS.index("t"), 0, 0, 0])
        for at in range(len(ELEMENTS))
    ]
    return [*alone, *inside, b"not a tree: an archive cut off"]


def read_docx_of(data: bytes) -> None:
    """The text of a document whose elements the bytes choose."""
    take = Choices(data)
    other = take.number(5)  # which part the bytes make beside the body
    parts = [tree(take), *_USUAL[1:]]
    if 0 < other < len(parts):
        parts[other] = tree(take)
    path = _FOLDER / "a.docx"
    package(path, tuple(parts))
    try:
        extraction = read_docx(path)
    except ReadError as error:
        if (fault := fault_behind(error)) is not None:
            raise fault from error
        return
    check_extraction(extraction)


TARGETS = {"docx": Target(read_docx_of, docx_seeds)}
