"""Word documents as Persian writers type them, and the PDFs that LibreOffice makes of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .running import pieces, run, runs
from .texts import Document

if TYPE_CHECKING:
    from docx.text.paragraph import Paragraph


def libreoffice(document: Document, font: str, target: Path, folder: Path) -> None:
    """Write a Word file and print it with LibreOffice: justified, so with kashida."""
    _docx(document, font, folder / "document.docx")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    run(
        ["soffice", profile, "--headless", "--convert-to", "pdf", "document.docx"],
        folder,
        "Debian: libreoffice-writer",
    )
    (folder / "document.pdf").replace(target)


def _docx(document: Document, font: str, target: Path) -> None:
    from docx import Document as Word
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    word = Word()
    normal = word.styles["Normal"]
    normal.font.name, normal.font.size = "DejaVu Serif", Pt(10)
    properties = normal.element.get_or_add_rPr()
    properties.get_or_add_rFonts().set(qn("w:cs"), font)
    size = OxmlElement("w:szCs")
    size.set(qn("w:val"), "26")
    properties.append(size)
    section = word.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)

    def fill(
        paragraph: Paragraph,
        text: str,
        english: bool = False,
        bold: bool = False,
        at: str = "both",
    ) -> None:
        settings = paragraph._p.get_or_add_pPr()
        if not english:
            settings.append(OxmlElement("w:bidi"))
        side = OxmlElement("w:jc")
        side.set(qn("w:val"), at)
        settings.append(side)
        for mark, piece in pieces(text):
            for latin, stretch in [(True, piece)] if english else runs(piece):
                written = paragraph.add_run(stretch)
                written.bold, written.font.superscript = bold, mark
                if bold:
                    written._r.get_or_add_rPr().append(OxmlElement("w:bCs"))
                if not latin:
                    written._r.get_or_add_rPr().append(OxmlElement("w:rtl"))

    if document.head:
        fill(section.header.paragraphs[0], document.head, at="center")
    _page_number(section.footer.paragraphs[0])
    if document.facing:
        table = word.add_table(rows=0, cols=2)
        table._tbl.tblPr.append(OxmlElement("w:bidiVisual"))
        for _, (persian, english) in document.blocks:
            left, right = table.add_row().cells
            fill(left.paragraphs[0], persian)
            fill(right.paragraphs[0], english, english=True, at="left")
    else:
        for kind, text in document.blocks:
            if kind == "footnote":
                mark, _, note = str(text).partition(" ")
                text = f"{{{mark}}} {note}"
            elif kind == "break":
                word.add_page_break()
                continue
            paragraph = word.add_paragraph()
            heading = kind in ("h1", "h2")
            fill(paragraph, str(text), kind == "en", heading, "center" if kind == "h1" else "both")
            paragraph.paragraph_format.line_spacing = 1.4
    word.save(str(target))


def _page_number(paragraph: Paragraph) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for kind in ("begin", "", "end"):
        written = paragraph.add_run()._r
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = "PAGE"
        written.append(mark)
