"""Running the programs that make PDFs, and the marks inside the texts."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from pathlib import Path

FONTS = Path(__file__).resolve().parents[2] / "corpus" / "sources" / "fonts"

_MARK = re.compile(r"\{(.*?)\}")
_LATIN = re.compile(r"(?:[0-9]+ )?[A-Za-z][^\u0600-\u06ff«»،؛]*[A-Za-z0-9]|[A-Za-z]")


class MissingProgramError(Exception):
    """A program or package that makes the PDF is not installed."""


def plain(text: str) -> str:
    """The text with its marks written out: what a reader must find."""
    return _MARK.sub(r"\1", text)


def pieces(text: str) -> list[tuple[bool, str]]:
    """The text and the marks in it, in turn; True for a mark."""
    return [(at % 2 == 1, piece) for at, piece in enumerate(_MARK.split(text)) if piece]


def runs(text: str) -> list[tuple[bool, str]]:
    """Stretches of Latin (True) and the text between them, as a typist switches the keyboard."""
    found: list[tuple[bool, str]] = []
    at = 0
    for match in _LATIN.finditer(text):
        start, end = match.span()
        inside = text[start:end]
        if inside.count("(") > inside.count(")") and text[end : end + 1] == ")":
            end += 1
        elif inside.count(")") > inside.count("("):
            end = start + inside.rindex(")")
        if start > at:
            found.append((False, text[at:start]))
        found.append((True, text[start:end]))
        at = end
    if at < len(text):
        found.append((False, text[at:]))
    return found


def run(command: list[str], folder: Path, hint: str) -> None:
    """Run a program in a folder; it sees the fonts of the sample corpus and the installed ones."""
    config = folder / "fonts.conf"
    config.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>'
        f'<include ignore_missing="yes">/etc/fonts/fonts.conf</include><dir>{FONTS}</dir>'
        f"<cachedir>{tempfile.gettempdir()}/textmine-fonts</cachedir></fontconfig>\n",
        encoding="utf-8",
    )
    environment = {**os.environ, "FONTCONFIG_FILE": str(config), "SOURCE_DATE_EPOCH": "1700000000"}
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, timeout=240, check=False
        )
    except FileNotFoundError as error:
        raise MissingProgramError(f"{command[0]} ({hint})") from error
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr.decode(errors='replace')[-400:]}")
