"""Imported once by the server process from which workers are forked: loads what every worker needs.

Loading hazm and spaCy takes seconds, a fork milliseconds.
"""

from __future__ import annotations

from multiprocessing import spawn

import textmine.clauses
import textmine.metadata
import textmine.printed.totals
import textmine.sources.docx
import textmine.sources.html
import textmine.sources.pdf
import textmine.sources.plain
import textmine.sources.second
import textmine.worker  # noqa: F401
from textmine.confinement import needed
from textmine.text.normalise import normalise
from textmine.text.sentences import sentences

# The first use of each loads tables and pipelines.
normalise("همکاری های شهری")
sentences("One sentence. Another one.", "en")
needed()


def _leave(main: str) -> None:
    """Stands for loading the caller's program anew, which workers do not need."""


# Each worker would load the program that asked for it, before it gave up its rights: that takes
# half a second a document, and runs what the program does outside its functions.
spawn._fixup_main_from_name = spawn._fixup_main_from_path = _leave  # type: ignore[attr-defined]
