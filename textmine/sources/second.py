"""A second opinion on PDF files: pdfium counts what pdfminer lost and reads what it cannot.

pdfminer loses text silently in some damaged files, and gives up on others that browsers show.
pdfium is what browsers show them with; it knows nothing of the order of Persian words, so its
characters take the same way through :mod:`textmine.pages` and are always marked as doubtful.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdfium2
from pypdfium2 import raw

from textmine.errors import ReadError
from textmine.pages import Composer, Glyph, Sheet
from textmine.records import Extraction, Page, Verdict

# Of 310 pages of good files two have less than 0.9 of pdfium's letters: 16 of 20, and 133 of 149.
_LEAST_SHARE = 0.85
_LETTERS_TO_JUDGE = 20
_MOST_CHARACTERS = 300_000  # of one page; as many as the first reader takes


def checked(path: Path, extraction: Extraction) -> Extraction:
    """``extraction`` of the PDF at ``path`` with what a second reader says about it.

    Each page gets the figures ``letters`` and ``second_letters`` (letters and digits, ours and
    pdfium's). A page with clearly fewer is ``suspect``; one with less than half, or that could not
    be read at all, is read by pdfium, as ``suspect``. Where pdfium counts other pages, a warning
    says so. Files that pdfium cannot open come back as they are.
    """
    try:
        document = pypdfium2.PdfDocument(path)
    except (pypdfium2.PdfiumError, OSError):
        return extraction
    with closing(document):
        count = len(document)
        read = len(extraction.pages) + len(extraction.missing)
        if count != read:
            warning = (
                f"A second reader counts {count} pages where {read} were found; "
                "look into the file whether pages are missing."
            )
            return replace(extraction, warnings=(*extraction.warnings, warning))
        pages = [_compared(page, document) for page in extraction.pages]
        missing = dict(extraction.missing)
        for number, why in extraction.missing.items():
            page = _rescued(document, number, why)
            if page is not None:
                pages.append(page)
                del missing[number]
    pages.sort(key=lambda page: page.number)
    return replace(extraction, pages=tuple(pages), missing=missing)


def rescued(path: Path, error: ReadError, extractor: str) -> Extraction:
    """The PDF at ``path``, which the first reader refused with ``error``, as pdfium reads it.

    Raises ``error`` when pdfium finds no text either. ``extractor`` names the first reader.
    """
    try:
        document = pypdfium2.PdfDocument(path)
    except (pypdfium2.PdfiumError, OSError):
        raise error from None
    with closing(document):
        numbers = range(1, len(document) + 1)
        pages = [page for at in numbers if (page := _rescued(document, at, error.detail))]
    if not pages:
        raise error
    found = {page.number for page in pages}
    missing = {at: "No text was found on it." for at in numbers if at not in found}
    return Extraction(tuple(pages), extractor, missing)


def _compared(page: Page, document: pypdfium2.PdfDocument) -> Page:
    found = _letters(document, page.number)
    if found is None:
        return page
    here = sum(map(str.isalnum, page.text))
    figures = {**page.verdict.figures, "letters": here, "second_letters": found}
    verdict = replace(page.verdict, figures=figures)
    if found >= _LETTERS_TO_JUDGE and here < _LEAST_SHARE * found:
        if here < 0.5 * found:
            why = f"It found {here} of {found} letters and digits"
            return _rescued(document, page.number, why) or replace(page, verdict=verdict)
        reason = (
            f"A second reader finds {found} letters and digits where {here} were read: "
            "text may be missing."
        )
        verdict = Verdict("suspect", f"{page.verdict.reason} {reason}".strip(), figures)
    return replace(page, verdict=verdict)


def _letters(document: pypdfium2.PdfDocument, number: int) -> int | None:
    """How many letters and digits pdfium finds on a page; None where it cannot read the page."""
    try:
        with closing(document[number - 1]) as page, closing(page.get_textpage()) as text:
            if text.count_chars() > _MOST_CHARACTERS:
                return None
            said: str = text.get_text_range()
            return sum(map(str.isalnum, said))
    except pypdfium2.PdfiumError:
        return None


def _rescued(document: pypdfium2.PdfDocument, number: int, why: str) -> Page | None:
    """The page as pdfium reads it; None where there is nothing to be read."""
    try:
        with closing(document[number - 1]) as page, closing(page.get_textpage()) as text:
            if not 0 < text.count_chars() <= _MOST_CHARACTERS:
                return None
            left, _, _, top = page.get_cropbox()
            width, height = page.get_size()
            sheet = Sheet(number, width, height, list(_glyphs(text, left, top)))
    except pypdfium2.PdfiumError:
        return None
    composer = Composer()
    composer.add(sheet)
    (read,) = composer.pages()
    if not read.text.strip():
        return None
    reason = (
        f"The first reader failed ({why.rstrip('.')}); a second one (pdfium) read the page. "
        "Compare it with the picture of the page: spaces, half-spaces and order are not certain."
    )
    return replace(read, verdict=Verdict("suspect", reason, read.verdict.figures))


def _glyphs(text: Any, left: float, top: float) -> Iterator[Glyph]:
    """The characters that pdfium finds, where they stand; those it made up itself left out."""
    box = raw.FS_RECTF()
    x, y = ctypes.c_double(), ctypes.c_double()
    for at in range(text.count_chars()):
        char = raw.FPDFText_GetUnicode(text, at)
        if not char or raw.FPDFText_IsGenerated(text, at) == 1:
            continue
        raw.FPDFText_GetLooseCharBox(text, at, box)
        raw.FPDFText_GetCharOrigin(text, at, x, y)
        size = raw.FPDFText_GetFontSize(text, at)
        # A font size of 1 is often scaled by the text matrix: the box tells how large it is drawn.
        drawn = max(size if size > 2 else 0.0, 0.75 * abs(box.top - box.bottom))
        if drawn <= 0 or box.right < box.left:
            continue
        yield Glyph(chr(char), box.left - left, box.right - left, top - y.value, drawn, order=at)
