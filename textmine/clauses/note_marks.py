"""The marks of footnotes kept out of the words that they cling to, in a view of the clause."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from textmine.pages.notes import notes
from textmine.records import PAGE_BREAK, Clause, Extraction, Page, Span
from textmine.text.offsets import Edit, View

# A raised number behind a word or a sentence, where no note was found; not m² or 1st.
_MARK = re.compile(r"(?<=[^\W\d_]{3}|..[.,;:!?»”،؛؟)])\d{1,3}(?![\w.,٫]\w)")


def note_marks(extraction: Extraction) -> tuple[Span, ...]:
    """Where the marks of notes stand in the text of a document, in order.

    >>> from textmine.records import Line
    >>> text = "The pact3 holds\\n3 Signed in 2019"
    >>> page = Page(1, text, (Line(0, 15), Line(16, 32, "footnote")))
    >>> note_marks(Extraction((page,), "example 1"))
    (Span(start=8, end=9),)
    """
    found: list[Span] = []
    offset = 0
    for page in extraction.pages:
        here = {Span(offset + start, offset + end) for start, end in _marks(page)}
        found += sorted(here)
        offset += len(page.text) + len(PAGE_BREAK)
    return tuple(found)


def _marks(page: Page) -> Iterator[Span]:
    for note in notes(page):
        if note.anchor is not None:
            yield note.anchor
    for line in page.lines:
        for start, end in line.raised if line.role != "footnote" else ():
            if (mark := _MARK.match(page.text, start)) and mark.end() == end:
                yield Span(start, end)


def without_marks(clause: Clause, marks: Sequence[Span]) -> View:
    """The text of a clause without the marks of notes in it.

    ``marks`` are those of the whole document, in order.

    >>> spans = (Span(40, 56),)
    >>> clause = Clause("c", 0, "sentence", None, None, "The pact3 holds.", "en", 1, spans)
    >>> view = without_marks(clause, [Span(48, 49), Span(70, 71)])
    >>> view.text, view.original(4, 14)
    ('The pact holds.', Span(start=4, end=15))
    """
    edits: list[Edit] = []
    offset = 0
    for start, end in clause.spans:
        at = bisect_left(marks, Span(start, start))
        while at < len(marks) and marks[at].end <= end:
            first, last = (offset + place - start for place in marks[at])
            edits.append(Edit(first, last, ""))
            at += 1
        offset += end - start + 1
    return View.edited(clause.text, edits) if edits else View.same(clause.text)
