"""Word documents, and the PDF that LibreOffice makes of them."""

from __future__ import annotations

import io
import os
import re
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from lxml import etree

from .fonts import fontconfig, without_kashida
from .manuscript import CAPTION, Block, Manuscript, right_to_left
from .web import manuscript_family

# Latin words inside Persian text are runs of their own, as Word writes them.
_LATIN = re.compile(r"[A-Za-z](?:[!-~ ]*[A-Za-z0-9])?")

# Elements of w:pPr that must stand after w:bidi and after w:numPr.
_AFTER_BIDI = (
    "w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind", "w:contextualSpacing",
    "w:mirrorIndents", "w:suppressOverlap", "w:jc", "w:textDirection", "w:textAlignment",
    "w:textboxTightWrap", "w:outlineLvl", "w:divId", "w:cnfStyle", "w:rPr", "w:sectPr",
    "w:pPrChange",
)  # fmt: skip

_NOTES = """<w:footnotes {ns}>
<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>
<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p>
</w:footnote></w:footnotes>"""

_LETTERED = """<w:abstractNum {ns} w:abstractNumId="90"><w:multiLevelType w:val="singleLevel"/>
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="(%1)"/>
<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="1134" w:hanging="567"/></w:pPr></w:lvl>
</w:abstractNum>"""


def docx(manuscript: Manuscript, numbered: bool = False) -> bytes:
    """The document as a Word file with real footnotes.

    Documents with an even number use Word's heading styles, the others bold paragraphs. With
    ``numbered`` the letters of ``(a)`` lists are left to Word's own numbering.
    """
    return _Writer(manuscript, numbered).write()


def pdf(manuscript: Manuscript) -> bytes:
    """The document as LibreOffice prints it from the Word file.

    Word files cannot say that pages and footnotes count in Persian digits, OpenDocument files can:
    Persian documents go that way round.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "document.docx").write_bytes(docx(manuscript))
        config = fontconfig(folder, without_kashida(folder))
        source = "document.docx"
        if manuscript.persian:
            _convert(folder, source, "odt", config)
            source = "document.odt"
            _count_in_persian(folder / source)
        _convert(folder, source, "pdf", config)
        return (folder / "document.pdf").read_bytes()


def _convert(folder: Path, source: str, form: str, config: Path) -> None:
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    subprocess.run(
        ["soffice", "--headless", profile, "--convert-to", form, "--outdir", folder, source],
        check=True,
        capture_output=True,
        timeout=300,
        cwd=folder,
        env=os.environ | {"FONTCONFIG_FILE": str(config), "HOME": str(folder), "TZ": "UTC"},
    )


def _count_in_persian(path: Path) -> None:
    with zipfile.ZipFile(path) as source:
        members = {name: source.read(name) for name in source.namelist()}
    styles = members["styles.xml"].decode()
    members["styles.xml"] = styles.replace(
        'style:num-format="1"', 'style:num-format="۱, ۲, ۳, ..."'
    ).encode()
    with zipfile.ZipFile(path, "w") as target:
        for name, content in members.items():
            target.writestr(name, content)


class _Writer:
    def __init__(self, manuscript: Manuscript, numbered: bool) -> None:
        self.manuscript = manuscript
        self.numbered = numbered
        self.styled = manuscript.number % 2 == 0
        self.family = manuscript_family(manuscript)
        self.size = 12.0 if self.family == "Noto Naskh Arabic" else 11.0
        self.document = Document()
        self.notes = parse_xml(_NOTES.format(ns=nsdecls("w")))
        self.list_number = 90

    def write(self) -> bytes:
        self._properties()
        self._styles()
        self._page()
        previous: Block | None = None
        for block in self.manuscript.blocks:
            if block.kind == "table":
                self._table(block)
            elif block.kind != "break":
                paragraph = self._block(block, previous)
                if previous is not None and previous.kind == "break":
                    paragraph.paragraph_format.page_break_before = True
            previous = block
        if self.manuscript.notes:
            self._attach_notes()
        target = io.BytesIO()
        self.document.save(target)
        return _with_fixed_times(target.getvalue(), datetime.fromisoformat(self.manuscript.date))

    def _properties(self) -> None:
        core = self.document.core_properties
        day = datetime.fromisoformat(self.manuscript.date)
        core.title, core.author, core.comments = self.manuscript.title, "", ""
        core.created = core.modified = day
        core.revision = 1

    def _styles(self) -> None:
        styles = self.document.styles
        normal = styles["Normal"]
        normal.paragraph_format.space_after = Pt(6)
        # The Noto fonts bring a good deal of room between lines of their own.
        normal.paragraph_format.line_spacing = 1.15 if self.family == "Vazirmatn" else 1.0
        self._font(normal.element.get_or_add_rPr(), self.size)
        for name, size in (("Title", 15), ("Heading 1", 13), ("Heading 2", 12)):
            style = styles[name]
            style.font.bold = True
            style.font.color.rgb = RGBColor(0, 0, 0)
            properties = style.element.get_or_add_rPr()
            # Letters of a joined script do not stand apart.
            for spacing in properties.findall(qn("w:spacing")):
                properties.remove(spacing)
            self._font(properties, size, bold=True)
            style.paragraph_format.keep_with_next = True
            borders = style.element.pPr.find(qn("w:pBdr"))
            if borders is not None:
                style.element.pPr.remove(borders)
        note = styles.add_style("footnote text", WD_STYLE_TYPE.PARAGRAPH)
        note.base_style = normal
        note.paragraph_format.space_after = Pt(0)
        note.paragraph_format.line_spacing = 1.0
        self._font(note.element.get_or_add_rPr(), size=9.5)
        call = styles.add_style("footnote reference", WD_STYLE_TYPE.CHARACTER)
        call.font.superscript = True

    def _font(self, properties: Any, size: float, bold: bool = False) -> None:
        """Set face and size for both scripts; python-docx knows the Latin one only."""
        latin = "Noto Serif" if self.family == "Noto Naskh Arabic" else self.family
        half_points = str(int(size * 2))
        fonts = OxmlElement("w:rFonts")
        for script in ("ascii", "hAnsi", "eastAsia"):
            fonts.set(qn(f"w:{script}"), latin)
        fonts.set(qn("w:cs"), self.family if self.family != "Noto Serif" else "Vazirmatn")
        for tag in ("w:rFonts", "w:sz", "w:szCs", "w:bCs", "w:lang"):
            for old in properties.findall(qn(tag)):
                properties.remove(old)
        elements = [fonts]
        if bold:
            elements.append(OxmlElement("w:bCs"))
        for tag in ("w:sz", "w:szCs"):
            element = OxmlElement(tag)
            element.set(qn("w:val"), half_points)
            elements.append(element)
        language = OxmlElement("w:lang")
        language.set(qn("w:val"), "en-GB")
        language.set(qn("w:bidi"), "fa-IR")
        elements.append(language)
        properties.insert(0, elements[0])
        bold_latin = properties.find(qn("w:b"))
        for element in elements[1:]:
            if element.tag == qn("w:bCs") and bold_latin is not None:
                bold_latin.addnext(element)
            else:
                properties.append(element)

    def _page(self) -> None:
        section = self.document.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.5)
        section.top_margin = section.bottom_margin = Cm(2.5)
        paper = self.manuscript.kind == "paper"
        if self.manuscript.persian:
            section._sectPr.find(qn("w:docGrid")).addprevious(OxmlElement("w:bidi"))
        if paper:
            section.different_first_page_header_footer = True
            self._running(section.header.paragraphs[0], self.manuscript.title)
            self._running(section.first_page_footer.paragraphs[0], None)
        self._running(section.footer.paragraphs[0], None)

    def _running(self, paragraph: Any, text: str | None) -> None:
        """A centred running head, or the page number where there is no text."""
        if self.manuscript.persian:
            _right_to_left(paragraph)
        _align(paragraph, "center")
        if text is not None:
            for piece, right in _pieces(text, self.manuscript.persian):
                _direct(paragraph.add_run(piece), right)
        else:
            run = paragraph.add_run()
            for kind in ("begin", None, "end"):
                if kind:
                    element = OxmlElement("w:fldChar")
                    element.set(qn("w:fldCharType"), kind)
                else:
                    element = OxmlElement("w:instrText")
                    element.text = " PAGE "
                run._r.append(element)
            _direct(run, self.manuscript.persian)
        self._resize(paragraph, 9.5)

    def _block(self, block: Block, previous: Block | None) -> Paragraph:
        name = {"title": "Title", "heading": f"Heading {block.level}", "article": "Heading 2"}
        heading = name.get(block.kind)
        paragraph = self.document.add_paragraph(style=heading if self.styled else None)
        right = self._direction(paragraph, block.text)
        text = block.text
        if block.kind == "item":
            if self.numbered and block.depth == 1:
                fresh = previous is None or previous.kind != "item" or previous.depth != 1
                self._number(paragraph, fresh)
            else:
                text = f"{block.number} {text}"
                # w:ind start is what Word calls left, on whichever side the text begins.
                paragraph.paragraph_format.left_indent = Cm(0.8 * block.depth)
        self._runs(paragraph, text, right, bold=heading is not None and not self.styled)
        if block.kind == "title":
            _align(paragraph, "center")
            paragraph.paragraph_format.space_after = Pt(14)
            if not self.styled:
                self._resize(paragraph, 15)
        elif heading:
            paragraph.paragraph_format.space_before = Pt(10)
            paragraph.paragraph_format.keep_with_next = True
        elif CAPTION.match(text):
            paragraph.paragraph_format.keep_with_next = True
        elif not ("\n" in text or "://" in text or (right and "[^" in text)):
            # LibreOffice tears the letters of a justified Persian line with a footnote apart.
            _align(paragraph, "both")
        return paragraph

    def _number(self, paragraph: Any, fresh: bool) -> None:
        """Give the paragraph Word's (a), (b), (c); a fresh list begins again at (a)."""
        numbering = self.document.part.numbering_part.element
        if numbering.find(f"{qn('w:abstractNum')}[@{qn('w:abstractNumId')}='90']") is None:
            numbering.insert(0, parse_xml(_LETTERED.format(ns=nsdecls("w"))))
        if fresh:
            self.list_number += 1
            numbering.append(
                parse_xml(
                    f'<w:num {nsdecls("w")} w:numId="{self.list_number}">'
                    '<w:abstractNumId w:val="90"/><w:lvlOverride w:ilvl="0">'
                    '<w:startOverride w:val="1"/></w:lvlOverride></w:num>'
                )
            )
        properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_ilvl().val = 0
        properties.get_or_add_numId().val = self.list_number

    def _table(self, block: Block) -> None:
        right = self.manuscript.persian or right_to_left(block.rows[0][0])
        table = self.document.add_table(rows=0, cols=len(block.rows[0]), style="Table Grid")
        if right:
            table._tbl.tblPr.append(OxmlElement("w:bidiVisual"))
            # Its place in w:tblPr is after the style.
            table._tbl.tblPr.insert(1, table._tbl.tblPr[-1])
        table.autofit = False
        widths = _widths(block.rows)
        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
        short = max(len(cell) for row in block.rows for cell in row) < 80
        for index, row in enumerate(block.rows):
            made = table.add_row()
            made._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
            cells = made.cells
            for cell, text, width in zip(cells, row, widths, strict=True):
                cell.width = width
                paragraph = cell.paragraphs[0]
                own = self._direction(paragraph, text)
                self._runs(paragraph, text, own, bold=index == 0)
                paragraph.paragraph_format.space_after = Pt(2)
                # A table of figures stays on one page.
                paragraph.paragraph_format.keep_with_next = short and row is not block.rows[-1]
                self._resize(paragraph, self.size - 1.5)
                if index == 0:
                    _align(paragraph, "center")
        self.document.add_paragraph()

    def _direction(self, paragraph: Any, text: str) -> bool:
        lettered = any(char.isalpha() for char in text)
        right = right_to_left(text) if lettered else self.manuscript.persian
        if right:
            _right_to_left(paragraph)
        return right

    def _runs(self, paragraph: Any, text: str, right: bool, bold: bool = False) -> None:
        for run in self.manuscript.runs(text):
            if run.note is not None:
                self._call(paragraph, run.note)
                continue
            for piece, piece_right in _pieces(run.text, right):
                # A line feed in the text becomes Word's line break.
                made = paragraph.add_run(piece)
                if bold or run.bold:
                    made.font.bold = True
                    made.font.cs_bold = True
                if run.italic:
                    made.font.italic = True
                    made.font.cs_italic = True
                _direct(made, piece_right)

    def _resize(self, paragraph: Any, size: float) -> None:
        for run in paragraph.runs:
            run.font.size = Pt(size)
            element = OxmlElement("w:szCs")
            element.set(qn("w:val"), str(int(size * 2)))
            run._r.rPr.find(qn("w:sz")).addnext(element)

    def _call(self, paragraph: Any, number: int) -> None:
        run = paragraph.add_run(style="footnote reference")
        reference = OxmlElement("w:footnoteReference")
        reference.set(qn("w:id"), str(number))
        run._r.append(reference)
        self._note(number)

    def _note(self, number: int) -> None:
        text = self.manuscript.notes[number - 1]
        right = right_to_left(text)
        holder = self.document.add_paragraph(style="footnote text")
        mark = holder.add_run(style="footnote reference")
        mark._r.append(OxmlElement("w:footnoteRef"))
        if right:
            _right_to_left(holder)
        holder.add_run(" ")
        self._runs(holder, text, right)
        footnote = OxmlElement("w:footnote")
        footnote.set(qn("w:id"), str(number))
        footnote.append(holder._p)
        self.notes.append(footnote)

    def _attach_notes(self) -> None:
        content = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
        part = Part(
            PackURI("/word/footnotes.xml"),
            content,
            etree.tostring(self.notes, xml_declaration=True, encoding="UTF-8", standalone=True),
            self.document.part.package,
        )
        self.document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)


def _widths(rows: tuple[tuple[str, ...], ...]) -> list[Cm]:
    """Widths of columns by what stands in them: 16 cm in all, and no word broken."""
    columns = list(zip(*rows, strict=True))
    wanted = [
        3
        + max(len(word) for cell in column for word in cell.split())
        + min(max(len(cell) for cell in column), 30) / 3
        for column in columns
    ]
    return [Cm(16 * share / sum(wanted)) for share in wanted]


def _pieces(text: str, right: bool) -> Iterator[tuple[str, bool]]:
    """The text cut into stretches that run one way; English text is one stretch."""
    if not right:
        yield text, False
        return
    done = 0
    for match in _LATIN.finditer(text):
        if match.start() > done:
            yield text[done : match.start()], True
        yield match[0], False
        done = match.end()
    if done < len(text):
        yield text[done:], True


def _direct(run: Any, right: bool) -> None:
    if right:
        run.font.rtl = True


def _right_to_left(paragraph: Any) -> None:
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(OxmlElement("w:bidi"), *_AFTER_BIDI)


def _align(paragraph: Any, value: str) -> None:
    properties = paragraph._p.get_or_add_pPr()
    alignment = properties.get_or_add_jc()
    alignment.set(qn("w:val"), value)


def _with_fixed_times(package: bytes, day: datetime) -> bytes:
    """The same package with one date on every member, so that equal content is equal bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(target, "w") as copy:
        for name in source.namelist():
            member = zipfile.ZipInfo(name, (max(day.year, 1980), day.month, day.day, 12, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            copy.writestr(member, source.read(name))
    return target.getvalue()
