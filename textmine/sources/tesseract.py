"""Tesseract, the program that recognises text in pictures: whether it is here, and what it reads.

It is called as a program, one thread, one picture at a time, and never reads a file: the picture
goes through a pipe.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    Grey = NDArray[np.uint8]
    """A picture: rows of brightness, 0 black to 255 white."""

PERSIAN, ENGLISH, ORIENTATION = "fas", "eng", "osd"

INSTALL = (
    "install Tesseract with its Persian data (Debian and Ubuntu: apt install tesseract-ocr "
    "tesseract-ocr-fas; macOS: brew install tesseract tesseract-lang; Windows: the installer of "
    "UB Mannheim, with Persian chosen) and add the document again"
)
"""What a user without the program is told."""

_WINDOWS_FOLDER = Path("C:/Program Files/Tesseract-OCR")
_ASKING_SECONDS = 30.0
# Signs of direction are not text: the output is in logical order.
_NO_TEXT = re.compile("[\u200b\u200d\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_WORD_LEVEL = "5"


class RecognitionError(Exception):
    """The program did not read a picture; the message is a sentence."""


class Program(NamedTuple):
    """The installed program: where it is, its version, the languages it has data for."""

    path: str
    version: str
    languages: frozenset[str]

    @property
    def reads_persian(self) -> bool:
        """Whether it has what Persian documents need."""
        return {PERSIAN, ENGLISH} <= self.languages

    @property
    def said(self) -> str:
        """Name, version and languages for a verdict."""
        return f"Tesseract {self.version} ({PERSIAN}, {ENGLISH})"


class Word(NamedTuple):
    """One word that was read: its text in logical order, how sure (0 to 100), its box in pixels.

    ``line`` tells which words stand on one line.
    """

    text: str
    confidence: float
    x0: float
    top: float
    x1: float
    bottom: float
    line: tuple[int, ...]


def installed() -> Program | None:
    """The program as this process finds it; None when it is not here or does not run."""
    return _asked(os.environ.get("PATH", ""), os.environ.get("TESSDATA_PREFIX", ""))


@lru_cache(maxsize=8)
def _asked(path: str, _data: str) -> Program | None:
    found = shutil.which("tesseract", path=path)
    if found is None and sys.platform == "win32":
        found = shutil.which("tesseract", path=str(_WINDOWS_FOLDER))
    if found is None:
        return None
    try:
        version = _said(found, "--version").split()
        languages = _said(found, "--list-langs").splitlines()[1:]
    except (OSError, subprocess.SubprocessError):
        return None
    number = next((word.lstrip("v") for word in version[1:2]), "of unknown version")
    return Program(found, number, frozenset(language.strip() for language in languages))


def _said(program: str, question: str) -> str:
    answer = _done([program, question], b"", _ASKING_SECONDS)
    answer.check_returncode()
    return (answer.stdout + answer.stderr).decode("utf-8", "replace")  # older versions say it there


def why_missing(program: Program | None) -> str:
    """What recognition lacks, as the beginning of a sentence; empty when it can be done.

    >>> why_missing(None)
    'The program Tesseract is not installed'
    >>> why_missing(Program("/usr/bin/tesseract", "5.3.0", frozenset({"eng"})))
    'Tesseract 5.3.0 is installed without the language data fas'
    """
    if program is None:
        return "The program Tesseract is not installed"
    lacking = sorted({PERSIAN, ENGLISH} - program.languages)
    if lacking:
        data = " and ".join(lacking)
        return f"Tesseract {program.version} is installed without the language data {data}"
    return ""


def words(
    program: Program, picture: Grey, language: str, dpi: int, *, seconds: float, layout: int = 3
) -> list[Word]:
    """The words of a picture in the program's order; ``layout`` is its page segmentation mode.

    RecognitionError when the program fails or takes longer than ``seconds``.
    """
    options = ["-l", language, "--psm", str(layout), "--dpi", str(dpi), "tsv"]
    return list(_parsed(_run(program, picture, options, seconds)))


def orientation(program: Program, picture: Grey, dpi: int, *, seconds: float) -> int | None:
    """By how many degrees clockwise (90, 180, 270) the writing is turned; None when it cannot tell.

    0 when it stands upright.
    """
    if ORIENTATION not in program.languages:
        return None
    try:
        said = _run(program, picture, ["--psm", "0", "--dpi", str(dpi)], seconds)
    except RecognitionError:  # it gives up where it sees too few letters
        return None
    found = re.search(r"^Orientation in degrees: (\d+)", said, re.MULTILINE)
    return int(found[1]) % 360 if found else None


def _run(program: Program, picture: Grey, options: Sequence[str], seconds: float) -> str:
    height, width = picture.shape
    data = b"P5 %d %d 255\n" % (width, height) + picture.tobytes()
    try:
        done = _done([program.path, "stdin", "stdout", *options], data, seconds)
    except subprocess.TimeoutExpired as error:
        raise RecognitionError(f"recognition took longer than {seconds:g} seconds") from error
    except OSError as error:
        raise RecognitionError(f"Tesseract cannot be run: {error.strerror or error}") from error
    if done.returncode:
        said = " ".join(done.stderr.decode("utf-8", "replace").split())[-200:]
        raise RecognitionError(f"Tesseract ended with code {done.returncode}: {said}")
    return done.stdout.decode("utf-8", "replace")


def _done(command: list[str], data: bytes, seconds: float) -> subprocess.CompletedProcess[bytes]:
    """What a program made of ``data``; TimeoutExpired or OSError when nothing came of it."""
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # More threads make it slower, and other documents are read beside this one.
        env={**os.environ, "OMP_THREAD_LIMIT": "1"},
    ) as process:
        try:
            said, fault = process.communicate(data, seconds)
        except BaseException:
            _end(process)
            raise
    return subprocess.CompletedProcess(command, process.returncode, said, fault)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a program. A confined process may signal its own group alone: itself and its programs."""
    try:
        process.kill()
    except PermissionError:
        before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.kill(0, signal.SIGTERM)
        signal.signal(signal.SIGTERM, before)


def _parsed(table: str) -> Iterator[Word]:
    """The words of the program's table; signs of direction and empty words are dropped."""
    for row in table.splitlines():
        cells = row.split("\t")
        if len(cells) != 12 or cells[0] != _WORD_LEVEL:
            continue
        text = _NO_TEXT.sub("", cells[11]).strip()
        if text:
            left, top, width, height = (float(cell) for cell in cells[6:10])
            line = tuple(int(cell) for cell in cells[1:5])
            yield Word(text, float(cells[10]), left, top, left + width, top + height, line)
