"""Imported once by the server process from which workers are forked: loads what every worker needs.

Loading hazm and spaCy takes seconds, a fork milliseconds.
"""

from __future__ import annotations

import textmine.clauses
import textmine.metadata
import textmine.printed.totals
import textmine.sources.docx
import textmine.sources.html
import textmine.sources.pdf
import textmine.sources.plain  # noqa: F401
from textmine.text.normalise import normalise
from textmine.text.sentences import sentences

# The first use of each loads tables and pipelines.
normalise("همکاری های شهری")
sentences("One sentence. Another one.", "en")
