"""HTML with print styles, and the PDFs that Chromium and WeasyPrint make of it."""

from __future__ import annotations

import html
from pathlib import Path

from .running import pieces, run
from .texts import Document, Table

_STYLE = """
@page {{ size: {size}; margin: 22mm 20mm; {head}
  @bottom-center {{ content: counter(page{digits}); font: 9pt "{font}"; }} }}
body {{ font: 12pt/1.8 "{font}"; margin: 0; text-align: justify; hyphens: auto; }}
p {{ margin: 0 0 5pt; }}
h1 {{ font-size: 16pt; text-align: center; }}
h2 {{ font-size: 13pt; margin: 8pt 0 3pt; }}
table {{ border-collapse: collapse; width: 100%; margin: 8pt 0; }}
td, th {{ border: 0.5pt solid #333; padding: 3pt 5pt; vertical-align: top; text-align: start; }}
tr {{ break-inside: avoid; }}
.tall tr {{ height: 44mm; }}
.sideways th span {{ writing-mode: vertical-rl; display: inline-block; }}
sup {{ font-size: 60%; line-height: 0; }}
.footnote {{ font-size: 9pt; }}
.en {{ text-align: left; direction: ltr; }}
.columns {{ column-count: {columns}; column-gap: 8mm; }}
.break {{ break-after: page; }}
"""


def chromium(document: Document, font: str, target: Path, folder: Path) -> None:
    """Print with Chromium."""
    (folder / "page.html").write_text(page(document, font), encoding="utf-8")
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer")
    places = (f"--user-data-dir={folder}/profile", f"--print-to-pdf={target}")
    address = (folder / "page.html").as_uri()
    run(["chromium", *options, *places, address], folder, "Debian: chromium")


def weasyprint(document: Document, font: str, target: Path, folder: Path) -> None:
    """Print with WeasyPrint."""
    (folder / "page.html").write_text(page(document, font), encoding="utf-8")
    run(["weasyprint", "page.html", str(target)], folder, "pip install weasyprint")


def page(document: Document, font: str) -> str:
    """The document as one HTML page."""
    head = f'@top-center {{ content: "{document.head}"; font: 9pt "{font}"; }}'
    style = _STYLE.format(
        size="A4 landscape" if document.landscape else "A4",
        head=head if document.head else "",
        digits=", persian" if document.persian else "",
        font=font,
        columns=document.columns,
    )
    language, direction = ("fa", "rtl") if document.persian else ("en", "ltr")
    body, ruled = [], False
    for kind, content in document.blocks:
        if kind == "footnote" and not ruled:
            ruled = True
            body.append("<hr>")
        body.append(_block(kind, content, sideways=document.landscape))
        if kind == "h1" and document.columns > 1:
            body.append("<div class=columns>")
    return (
        f"<!doctype html><html lang={language} dir={direction}><meta charset=utf-8>"
        f"<title>{document.kind}</title><style>{style}</style><body>{''.join(body)}</html>"
    )


def _block(kind: str, content: object, sideways: bool) -> str:
    if isinstance(content, Table):
        return _table(content, sideways)
    text = _inline(str(content))
    match kind:
        case "h1" | "h2":
            return f"<{kind}>{text}</{kind}>"
        case "break":
            return "<div class=break></div>"
        case "footnote":
            mark, _, note = text.partition(" ")
            return f"<p class=footnote><sup>{mark}</sup> {note}</p>"
        case "en":
            return f"<p class=en lang=en>{text}</p>"
    return f"<p>{text}</p>"


def _table(table: Table, sideways: bool) -> str:
    widths = "".join(f'<col style="width:{width}%">' for width in table.widths)
    head = "".join(f"<th><span>{cell}</span></th>" for cell in table.head)
    rows = "".join(
        f"<tr>{''.join(f'<td>{_inline(cell)}</td>' for cell in row)}</tr>" for row in table.rows
    )
    if table.total:
        first, *rest = (f"<b>{cell}</b>" for cell in table.total)
        cells = "".join(f"<td>{cell}</td>" for cell in rest)
        rows += f"<tr><td colspan={table.merged}>{first}</td>{cells}</tr>"
    kinds = f"{'tall ' if table.tall else ''}{'sideways' if sideways else ''}"
    return (
        f'<table class="{kinds}"><colgroup>{widths}</colgroup><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _inline(text: str) -> str:
    return "".join(
        f"<sup>{piece}</sup>" if mark else html.escape(piece, quote=False)
        for mark, piece in pieces(text)
    )
