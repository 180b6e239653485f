"""HTML pages, and the print version of them that Chromium turns into PDF."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from html import escape
from pathlib import Path

from .fonts import fontconfig
from .manuscript import CAPTION, Block, Manuscript, right_to_left

SITE = {
    # The furniture of a municipal site, which is no part of the document.
    "fa": ("خانه", "شورا", "اسناد و تفاهم‌نامه‌ها", "تماس با ما", "همه حقوق محفوظ است."),
    "en": ("Home", "Council", "Agreements", "Contact", "All rights reserved."),
}
PAGE_STYLE = """
body { font-family: Vazirmatn, Tahoma, "Segoe UI", sans-serif; line-height: 1.9; margin: 0; }
nav, footer { background: #eef1f4; padding: .5em 1em; font-size: .9em; }
main { max-width: 46em; margin: 2em auto; padding: 0 1em; }
h1 { font-size: 1.4em; text-align: center; }
h2, h3 { font-size: 1.15em; }
table { border-collapse: collapse; width: 100%; }
td, th { border: 1px solid #999; padding: .3em .6em; vertical-align: top; }
.notes { border-top: 1px solid #999; font-size: .9em; }
"""
PRINT_STYLE = """
html { font-family: "%(family)s", "Noto Serif"; font-size: %(size)spt; line-height: %(leading)s; }
body { margin: 0; }
p { margin: 0 0 .55em; text-align: justify; orphans: 2; widows: 2; overflow-wrap: anywhere; }
h1 { font-size: 1.35em; text-align: center; line-height: 1.5; margin: 0 0 1em; }
h2, h3, p.article { font-size: 1.08em; font-weight: bold; margin: 1em 0 .4em; break-after: avoid; }
h2, h3 { text-align: %(heading)s; }
h3 { font-size: 1em; }
p.caption { break-after: avoid; text-align: center; }
p.depth1 { margin-inline-start: 1.6em; }
p.depth2 { margin-inline-start: 3.2em; }
p.signature { text-align: start; margin-top: 1.4em; break-inside: avoid; }
table { border-collapse: collapse; width: 100%%; margin: .6em 0 1em; font-size: .92em; }
tr { break-inside: avoid; }
td, th { border: .6pt solid #444; padding: .25em .5em; vertical-align: top; text-align: start; }
th { background: #eee; text-align: center; }
a { color: inherit; text-decoration: none; }
sup { font-size: .7em; line-height: 0; }
.notes { border-top: .6pt solid #444; margin-top: 1.5em; padding-top: .5em; font-size: .86em; }
.columns { columns: 2; column-gap: 9mm; }
.columns > :first-child { margin-top: 0; }
.columns table { break-inside: avoid; }
.break { break-before: page; }
@page {
  size: A4; margin: 25mm 23mm 24mm;
  @top-center { content: "%(head)s"; font-size: 8.5pt; font-family: "%(family)s", "Noto Serif";
    color: #333; }
  @bottom-center { content: %(foot)s; font-size: 9pt; font-family: "%(family)s", "Noto Serif"; }
}
@page :first { @top-center { content: ""; } }
"""


def page(manuscript: Manuscript) -> bytes:
    """A page of a municipal site with the document as its main part."""
    language = "fa" if manuscript.persian else "en"
    *links, rights = SITE[language]
    nav = " | ".join(f'<a href="#">{link}</a>' for link in links)
    return _document(
        manuscript,
        PAGE_STYLE,
        f"<nav>{nav}</nav>\n<main>\n<article>\n{_body(manuscript)}</article>\n</main>\n"
        f"<footer>{rights}</footer>\n",
    )


def pdf(manuscript: Manuscript, two_columns: bool = False) -> bytes:
    """The document as Chromium prints it, with notes at its end.

    With ``two_columns`` everything from the second heading on, which follows the abstract, stands
    in two columns.
    """
    counter = "counter(page, persian)" if manuscript.persian else "counter(page)"
    paper = manuscript.kind == "paper"
    style = PRINT_STYLE % {
        "family": manuscript_family(manuscript),
        "size": 10.5 if two_columns else 12,
        "leading": 1.75 if right_to_left(manuscript.body) else 1.45,
        "heading": "start" if paper or manuscript.number % 2 else "center",
        "head": re.sub(r'["\\]', "", manuscript.title) if paper else "",
        "foot": counter if paper else f'"– " {counter} " –"',
    }
    html = _document(manuscript, style, _body(manuscript, two_columns))
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "document.html"), Path(folder, "document.pdf")
        source.write_bytes(html)
        subprocess.run(
            [
                "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
                "--disable-background-networking", "--no-pdf-header-footer",
                f"--user-data-dir={folder}/profile", f"--print-to-pdf={target}", source.as_uri(),
            ],
            check=True,
            capture_output=True,
            timeout=120,
            env=os.environ | {"TZ": "UTC", "FONTCONFIG_FILE": str(fontconfig(Path(folder)))},
        )  # fmt: skip
        return target.read_bytes()


def manuscript_family(manuscript: Manuscript) -> str:
    """The font of a document: Persian and bilingual ones take turns, English has its serif."""
    if manuscript.language == "en":
        return "Noto Serif"
    return "Vazirmatn" if manuscript.number % 2 else "Noto Naskh Arabic"


def _document(manuscript: Manuscript, style: str, body: str) -> bytes:
    language = "fa" if manuscript.persian else "en"
    direction = "rtl" if manuscript.persian else "ltr"
    return (
        f'<!DOCTYPE html>\n<html lang="{language}" dir="{direction}">\n<head>\n'
        f'<meta charset="utf-8">\n<title>{escape(manuscript.title)}</title>\n'
        f"<style>{style}</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    ).encode()


def _body(manuscript: Manuscript, two_columns: bool = False) -> str:
    parts: list[str] = []
    breaks = False
    headings = 0
    for block in manuscript.blocks:
        if block.kind == "break":
            breaks = True
            continue
        headings += block.kind == "heading"
        if two_columns and headings == 2:
            parts.append('<div class="columns">\n')
            two_columns = False
        html = _block(manuscript, block)
        parts.append(f'<div class="break"></div>\n{html}' if breaks else html)
        breaks = False
    if manuscript.notes:
        parts.append('<section class="notes" role="doc-endnotes">\n')
        for number, note in enumerate(manuscript.notes, start=1):
            mark = f'<a href="#call{number}">{manuscript.digits(number)}</a>.'
            parts.append(f'<p id="note{number}">{mark} {_inline(manuscript, note)}</p>\n')
        parts.append("</section>\n")
    if '<div class="columns">\n' in parts:
        parts.append("</div>\n")
    return "".join(parts)


def _block(manuscript: Manuscript, block: Block) -> str:
    if block.kind == "table":
        return _table(manuscript, block)
    inner = _inline(manuscript, block.text)
    attributes = _direction(manuscript, block.text)
    match block.kind:
        case "title":
            return f"<h1{attributes}>{inner}</h1>\n"
        case "heading":
            return f"<h{block.level + 1}{attributes}>{inner}</h{block.level + 1}>\n"
        case "article" if manuscript.number % 2:
            return f"<h2{attributes}>{inner}</h2>\n"
        case "article":
            return f'<p class="article"{attributes}><strong>{inner}</strong></p>\n'
        case "item":
            return f'<p class="depth{block.depth}"{attributes}>{escape(block.number)} {inner}</p>\n'
    klass = ""
    if CAPTION.match(block.text):
        klass = ' class="caption"'
    elif "\n" in block.text:
        klass = ' class="signature"'
    return f"<p{klass}{attributes}>{inner}</p>\n"


def _table(manuscript: Manuscript, block: Block) -> str:
    right = manuscript.persian or right_to_left(block.rows[0][0])
    lines = [f'<table dir="{"rtl" if right else "ltr"}">\n']
    for index, row in enumerate(block.rows):
        tag = "td" if index else "th"
        cells = (
            f"<{tag}{_direction(manuscript, cell, right)}>{_inline(manuscript, cell)}</{tag}>"
            for cell in row
        )
        lines.append(f"<tr>{''.join(cells)}</tr>\n")
    return "".join([*lines, "</table>\n"])


def _direction(manuscript: Manuscript, text: str, right: bool | None = None) -> str:
    """The attribute that turns a block around, when it runs against what surrounds it."""
    if not any(char.isalpha() for char in text):
        return ""
    around = manuscript.persian if right is None else right
    own = right_to_left(text)
    if own == around:
        return ""
    return ' dir="rtl" lang="fa"' if own else ' dir="ltr" lang="en"'


def _inline(manuscript: Manuscript, text: str) -> str:
    parts: list[str] = []
    for run in manuscript.runs(text):
        if run.note is not None:
            number = manuscript.digits(run.note)
            parts.append(f'<sup id="call{run.note}"><a href="#note{run.note}">{number}</a></sup>')
            continue
        inner = escape(run.text, quote=False).replace("\n", "<br>\n")
        if run.bold:
            inner = f"<strong>{inner}</strong>"
        parts.append(f"<em>{inner}</em>" if run.italic else inner)
    return "".join(parts)
