"""Typst, fpdf2 and Pango; re-distilling with Ghostscript; turning pages."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from .running import FONTS, MissingProgramError, pieces, plain, run
from .texts import Document, Table

_TYPST_SPECIAL = re.compile(r"""([\\#$*_`<>@\[\]~/\-=+"'])""")
_MILLIMETRES_OF_COLUMNS = 62  # so low that the text needs all of them


def typst(document: Document, font: str, target: Path, folder: Path) -> None:
    """Set with Typst."""
    try:
        import typst as compiler
    except ImportError as error:
        raise MissingProgramError("typst (pip install typst)") from error
    lines = [
        '#set page(paper: "a4", margin: 2.2cm, numbering: "1")',
        f'#set text(font: ("{font}", "DejaVu Serif"), size: 11pt, lang: "fa", dir: rtl)',
        "#set par(justify: true, leading: 0.9em)",
    ]
    for kind, content in document.blocks:
        text = _TYPST_SPECIAL.sub(r"\\\1", str(content))
        match kind:
            case "h1":
                lines.append(f'#align(center)[#text(size: 16pt, weight: "bold")[{text}]]')
                if document.columns > 1:
                    height, count = f"{_MILLIMETRES_OF_COLUMNS}mm", document.columns
                    lines.append(f"#block(height: {height})[#columns({count}, gutter: 9mm)[")
            case "h2":
                lines.append(f"#heading(level: 2)[{text}]")
            case _:
                lines.append(text)
    if document.columns > 1:
        lines.append("]]")
    source = folder / "document.typ"
    source.write_text("\n\n".join(lines), encoding="utf-8")
    compiler.compile(str(source), output=str(target), font_paths=[str(FONTS)])


def fpdf2(document: Document, font: str, target: Path, folder: Path) -> None:
    """Write with fpdf2, its text shaped by HarfBuzz; the first column goes last."""
    try:
        from fpdf import FPDF
    except ImportError as error:
        raise MissingProgramError("fpdf2 (pip install fpdf2 uharfbuzz)") from error
    pdf = FPDF()
    pdf.add_font("text", fname=FONTS / f"{font}-Regular.ttf")
    pdf.set_text_shaping(True, direction="rtl")
    pdf.add_page()
    for kind, content in document.blocks:
        pdf.set_font("text", size=16 if kind == "h1" else 11)
        if isinstance(content, Table):
            widths = content.widths[::-1]
            with pdf.table(col_widths=widths, text_align="R", first_row_as_headings=False) as table:
                for line in content.lines:
                    row = table.row()
                    merged = content.merged if line is content.total else 1
                    for place, cell in reversed(list(enumerate(line))):
                        row.cell(cell, colspan=merged if place == 0 else 1)
        else:
            side = "C" if kind == "h1" else "R"
            pdf.multi_cell(0, 8, plain(str(content)), align=side, new_x="LMARGIN", new_y="NEXT")
    pdf.output(str(target))


def pango(document: Document, font: str, target: Path, folder: Path) -> None:
    """Print with pango-view, that is with Pango and cairo as GNOME's programs do."""
    lines = [
        "".join(f"<sup>{piece}</sup>" if mark else piece for mark, piece in pieces(str(text)))
        for kind, text in document.blocks
        if kind != "break"
    ]
    (folder / "document.txt").write_text("\n".join(lines).replace("&", "&amp;"), encoding="utf-8")
    options = ("--markup", "--no-display", "--rtl", "--justify", "--wrap=word", "--width=480")
    look = ("--margin=40", f"--font={font} 13", "--language=fa")
    run(
        ["pango-view", *options, *look, "-o", str(target), "document.txt"],
        folder,
        "Debian: pango1.0-tools",
    )


def ghostscript(source: Path, target: Path, folder: Path) -> None:
    """Write a PDF anew with Ghostscript, which drops what programs add for copying."""
    options = ("-q", "-dNOPAUSE", "-dBATCH", "-sDEVICE=pdfwrite", f"-sOutputFile={target}")
    run(["gs", *options, str(source)], folder, "Debian: ghostscript")


def turned(source: Path, target: Path) -> None:
    """Draw each page lying on its side and have the viewer turn it back, as scanners do."""
    try:
        import pikepdf
    except ImportError as error:
        raise MissingProgramError("pikepdf (pip install pikepdf)") from error
    with pikepdf.open(source) as pdf:
        for page in pdf.pages:
            width, height = (float(side) for side in page.mediabox[2:])
            page.contents_add(f"q 0 1 -1 0 {height} 0 cm".encode(), prepend=True)
            page.contents_add(b"Q")
            page.mediabox = [0, 0, height, width]
            page.rotate(90, relative=False)
        pdf.save(target)


def words_by_page(pdf: Path) -> list[str]:
    """The text of each page as poppler finds it, to see on which page a row stands."""
    done = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, check=True)
    return done.stdout.decode("utf-8", errors="replace").split("\f")[:-1]
