"""Views of clauses whose page an extractor left out of order, as the page is to be read.

Clauses are cut from pages as they stand, so that each is a stretch of the original. What is
searched and coded of a clause on a page out of order is its part of the page put right.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from textmine.records import PAGE_BREAK, Extraction, Page, Segmentation
from textmine.text.disorder import is_out_of_order
from textmine.text.mending import mended
from textmine.text.offsets import View

_WORD = re.compile(r"\S+")


def views_in_order(extraction: Extraction, segmentation: Segmentation) -> Mapping[str, View]:
    """For each clause that has words on a page out of order, by its id: its text put right.

    A word put together from pieces of two clauses goes to the one that has most of its letters;
    those of the other clause count there as inserted.

    >>> from textmine.records import Clause, Line, Span, Verdict
    >>> torn = Verdict("suspect", figures={"lines_displaced": 9})
    >>> text = "شود نامه پس از امضای دو شهردار اجرا میاین تفاهم"
    >>> page = Page(1, text, (Line(0, len(text)),), torn)
    >>> clause = Clause("c", 0, "sentence", None, None, text, "fa", 1, (Span(0, len(text)),))
    >>> cut = Segmentation((clause,), (), "example 1")
    >>> views_in_order(Extraction((page,), "example 1"), cut)["c"].text
    'این تفاهم\\u200cنامه پس از امضای دو شهردار اجرا می\\u200cشود'
    """
    if not any(is_out_of_order(page) for page in extraction.pages):
        return {}
    owners, places = _owned(extraction, segmentation)
    found: dict[int, list[tuple[str, int, int]]] = {}
    touched: set[int] = set()
    offset = 0
    for page in extraction.pages:
        here = owners[offset : offset + len(page.text)]
        if is_out_of_order(page):
            touched.update(here)
        for owner, text, origins in _words(page, here, offset):
            pieces = found.setdefault(owner, [])
            last = pieces[-1][2] if pieces else 0
            if pieces:
                pieces.append((" ", last, last))
            for letter, origin in zip(text, origins, strict=True):
                if origin is not None and owners[origin] == owner:
                    last = places[origin] + 1
                    pieces.append((letter, last - 1, last))
                else:
                    pieces.append((letter, last, last))
        offset += len(page.text) + len(PAGE_BREAK)
    clauses = segmentation.clauses
    return {
        clauses[owner].id: View.arranged(len(clauses[owner].text), found.get(owner, []))
        for owner in sorted(touched - {-1})
    }


def _owned(extraction: Extraction, segmentation: Segmentation) -> tuple[list[int], list[int]]:
    """For each character of the document text its clause (-1 for none) and its place in that."""
    length = len(extraction.text)
    owners, places = [-1] * length, [0] * length
    for number, clause in enumerate(segmentation.clauses):
        at = 0
        for start, end in clause.spans:
            owners[start:end] = [number] * (end - start)
            places[start:end] = range(at, at + end - start)
            at += end - start + 1
    return owners, places


def _words(
    page: Page, owners: list[int], offset: int
) -> Iterator[tuple[int, str, list[int | None]]]:
    """The words of a page in order, each with the clause that has it and where it comes from."""
    view = mended(page.text).view if is_out_of_order(page) else View.same(page.text)
    origins: list[int | None] = []
    for text, start, end in view.pieces(0, len(view.text)):
        copied = len(text) == end - start
        origins += range(start, end) if copied else [None] * len(text)
    for match in _WORD.finditer(view.text):
        own = origins[slice(*match.span())]
        votes = Counter(owners[place] for place in own if place is not None)
        del votes[-1]
        if votes:
            owner = max(votes, key=lambda each: votes[each])
            yield owner, match[0], [None if place is None else place + offset for place in own]
