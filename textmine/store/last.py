"""A line beside a catalogue in a file that names the last change and the last event it holds.

A log that is lost or cut takes acknowledged changes with it, and SQLite opens what is left without
a word. The line is written after each commit, in place and not flushed: it is never ahead of the
catalogue, and where it is behind it only tells less.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

_LINE = re.compile(
    r"(?P<change>\d{20}) (?P<mark>[0-9a-f ]{16}) (?P<event>\d{20}) (?P<digest>[0-9a-f ]{32})\n"
)


class Last(NamedTuple):
    """The last change with its mark, and the last event of the audit trail with its digest.

    0 and "" where there is none yet.
    """

    change: int
    mark: str
    event: int
    digest: str


def file_of(catalogue: Path) -> Path:
    """The file beside a catalogue: ``catalogue.last`` beside ``catalogue.db``."""
    return catalogue.with_suffix(".last")


def read(catalogue: Path) -> Last | None:
    """What the line says; None when no file says so."""
    try:
        line = file_of(catalogue).read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return None
    match = _LINE.fullmatch(line)
    if match is None:
        return None
    change, mark, event, digest = match.groups()
    return Last(int(change), mark.strip(), int(event), digest.strip())


def write(catalogue: Path, known: Last) -> None:
    """Put the line there; OSError when that cannot be.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write(Path(folder, "catalogue.db"), Last(7, "00ff00ff00ff00ff", 0, ""))
    ...     read(Path(folder, "catalogue.db"))
    Last(change=7, mark='00ff00ff00ff00ff', event=0, digest='')
    """
    line = f"{known.change:020d} {known.mark:<16} {known.event:020d} {known.digest:<32}\n"
    handle = os.open(file_of(catalogue), os.O_WRONLY | os.O_CREAT, 0o666)
    try:
        os.write(handle, line.encode("ascii"))
    finally:
        os.close(handle)
