"""The command line. Each command is thin: it reads its arguments, calls the package, and shows.

Nothing heavy is imported until a command needs it. The modules below register their commands, in
the order in which the help lists them.
"""

from __future__ import annotations

import errno
import os
import sys

# isort: off
from textmine.cli import building, indexing, looking, coding, reviewing, coders, models
from textmine.cli import asking, similar, contexts, reporting, topics, analysing, ties, studying
from textmine.cli import caring
from textmine.cli import doctoring, serving, accounts

# isort: on
from textmine.cli.app import app
from textmine.cli.shared import say
from textmine.errors import CorpusError, TextmineError

__all__ = [
    "accounts",
    "analysing",
    "app",
    "asking",
    "building",
    "caring",
    "coders",
    "coding",
    "contexts",
    "doctoring",
    "indexing",
    "looking",
    "main",
    "models",
    "reporting",
    "reviewing",
    "serving",
    "similar",
    "studying",
    "ties",
    "topics",
]


_NO_ROOM = {
    number
    for name in ("ENOSPC", "EDQUOT", "EFBIG", "EIO", "EROFS")
    if (number := getattr(errno, name, 0))  # not every system has each
}


def main() -> None:
    """Run a command; errors become one sentence and an exit code.

    0 done, 1 some inputs failed, 2 wrong usage, 3 the corpus or the environment is not fit,
    130 stopped from the keyboard.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        app(prog_name="textmine")
    except TextmineError as error:
        say(f"textmine: {error}")
        sys.exit(error.exit_code)
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        what = error.filename or "The output"
        say(f"textmine: {what} cannot be written: {error.strerror}. Look at the space on the disk.")
        # What could not be printed is not tried again at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.exit(CorpusError.exit_code)
