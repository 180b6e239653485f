"""A line beside a catalogue in a file that names the last change it is known to hold.

A log that is lost or cut takes acknowledged changes with it, and SQLite opens what is left without
a word. The line is written after each commit, in place and not flushed: it is never ahead of the
catalogue, and where it is behind it only tells less.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

_LINE = re.compile(r"(?P<number>\d{20}) (?P<mark>[0-9a-f ]{16})\n")


def file_of(catalogue: Path) -> Path:
    """The file beside a catalogue: ``catalogue.last`` beside ``catalogue.db``."""
    return catalogue.with_suffix(".last")


def read(catalogue: Path) -> tuple[int, str] | None:
    """The number and the mark of the last change; None when no file says so."""
    try:
        line = file_of(catalogue).read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return None
    match = _LINE.fullmatch(line)
    return (int(match["number"]), match["mark"].strip()) if match else None


def write(catalogue: Path, number: int, mark: str) -> None:
    """Put the line of a change there; OSError when that cannot be.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write(Path(folder, "catalogue.db"), 7, "00ff00ff00ff00ff")
    ...     read(Path(folder, "catalogue.db"))
    (7, '00ff00ff00ff00ff')
    """
    handle = os.open(file_of(catalogue), os.O_WRONLY | os.O_CREAT, 0o666)
    try:
        os.write(handle, f"{number:020d} {mark:<16}\n".encode("ascii"))
    finally:
        os.close(handle)
