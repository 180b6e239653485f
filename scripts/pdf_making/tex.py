"""XeLaTeX with xepersian and LuaLaTeX with babel, as Persian theses and articles are set."""

from __future__ import annotations

import re
from pathlib import Path

from .running import pieces, run, runs
from .texts import Document

_SPECIAL = re.compile(r"([&%$#_])")
_URL = re.compile(r"(https?://\S+[A-Za-z0-9])")

_HEAD = r"""\documentclass[11pt,a4paper]{article}
\usepackage[margin=22mm]{geometry}
\pagestyle{plain}\linespread{1.3}
\usepackage{url}\urlstyle{same}\sloppy
"""
_XEPERSIAN = r"""\usepackage{xepersian}\settextfont{%s}\setlatintextfont{DejaVu Serif}
\begin{document}
"""
_BABEL = r"""\usepackage[bidi=basic]{babel}
\babelprovide[import,main]{persian}\babelprovide[import]{english}
\babelfont{rm}[Renderer=HarfBuzz]{%s}\babelfont[english]{rm}{DejaVu Serif}
\begin{document}
"""


def xelatex(document: Document, font: str, target: Path, folder: Path) -> None:
    """Set with XeLaTeX and the package xepersian; Latin goes into \\lr as its manual asks."""
    _set("xelatex", document, _XEPERSIAN % font, target, folder)


def lualatex(document: Document, font: str, target: Path, folder: Path) -> None:
    """Set with LuaLaTeX and babel, which finds the direction of each stretch itself."""
    _set("lualatex", document, _BABEL % font, target, folder)


def _set(engine: str, document: Document, start: str, target: Path, folder: Path) -> None:
    notes = dict(str(text).split(" ", 1) for kind, text in document.blocks if kind == "footnote")

    def inline(text: str) -> str:
        return "".join(
            rf"\footnote{{{inline(notes[piece])}}}" if mark else stretches(piece)
            for mark, piece in pieces(text)
        )

    def stretches(text: str) -> str:
        if engine == "lualatex":
            return _escaped(text)
        return "".join(
            rf"\lr{{{_escaped(part)}}}" if latin else _escaped(part) for latin, part in runs(text)
        )

    latin = "latin" if engine == "xelatex" else "otherlanguage"
    language = "" if engine == "xelatex" else "{english}"
    lines = [_HEAD, start]
    for kind, content in document.blocks:
        text = inline(str(content)) if kind != "footnote" else ""
        match kind:
            case "h1":
                lines.append(rf"\begin{{center}}\Large\bfseries {text}\end{{center}}")
            case "h2":
                lines.append(rf"\subsection*{{{text}}}")
            case "en":
                english = _URL.sub(r"\\url{\1}", _escaped(str(content)))
                lines.append(rf"\par\begin{{{latin}}}{language}{english}\par\end{{{latin}}}")
            case "break":
                lines.append(r"\newpage")
            case _:
                lines.append(text)
    (folder / "document.tex").write_text("\n\n".join([*lines, r"\end{document}"]), encoding="utf-8")
    for _ in range(2):
        run(
            [engine, "-interaction=batchmode", "document.tex"],
            folder,
            f"Debian: texlive-{engine.removesuffix('latex')}tex and texlive-lang-arabic",
        )
    (folder / "document.pdf").replace(target)


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
