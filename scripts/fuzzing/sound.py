"""What must hold of whatever textmine makes of any input."""

from __future__ import annotations

import json
import math
import traceback
from itertools import pairwise
from pathlib import Path

import textmine
from textmine.errors import ReadError
from textmine.records import Extraction, Page
from textmine.store.codec import extraction_from_json, extraction_to_json

_OURS = str(Path(textmine.__file__).parent)


def fault_behind(error: ReadError) -> Exception | None:
    """The fault of textmine's own that a refusal hides; None where the file is to blame.

    Readers turn every exception into a refusal, so that a batch goes on. One that arose in
    textmine itself, not in a library that it called, is a fault of textmine.
    """
    cause: BaseException = error
    while cause.__cause__ is not None:
        cause = cause.__cause__
    wrapped = cause.args[0] if cause.args else None
    if isinstance(wrapped, Exception):  # as pdfplumber does
        cause = wrapped
    if not isinstance(cause, Exception) or isinstance(cause, ReadError | MemoryError):
        return None
    if isinstance(cause, RecursionError | OSError):
        return None
    frames = traceback.extract_tb(cause.__traceback__)
    return cause if frames and frames[-1].filename.startswith(_OURS) else None


def check_extraction(extraction: Extraction) -> None:
    """AssertionError where an extraction is not what records.py promises."""
    numbers = [page.number for page in extraction.pages]
    assert numbers == sorted(set(numbers)), f"pages {numbers}"
    assert not set(numbers) & set(extraction.missing), "a page is both there and missing"
    assert all(number >= 1 for number in (*numbers, *extraction.missing))
    for page in extraction.pages:
        _check_page(page)
    said = json.loads(json.dumps(extraction_to_json(extraction)))
    stored = extraction_from_json(said)  # edges are kept to a tenth of a point
    assert stored.text == extraction.text, "what is stored is not what was read"
    assert extraction_to_json(stored) == said, "what is stored changes when it is stored again"
    "".join((extraction.text, extraction.title or "", *extraction.warnings)).encode("utf-8")


def _check_page(page: Page) -> None:
    for line in page.lines:
        assert 0 <= line.start <= line.end <= len(page.text), f"{line} of {len(page.text)}"
        assert line.box is None or all(map(math.isfinite, line.box)), f"box {line.box}"
        assert line.size is None or math.isfinite(line.size), f"size {line.size}"
        if line.edges is not None:
            assert len(line.edges) == line.end - line.start, "an edge for each character"
            assert all(math.isfinite(edge) for pair in line.edges for edge in pair)
    ends = sorted((line.start, line.end) for line in page.lines)
    assert all(before[1] <= after[0] for before, after in pairwise(ends)), "lines overlap"
    assert "\f" not in page.text, "a page holds the sign that parts pages"
