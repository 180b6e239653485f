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
from unicodedata import normalize

import pypdfium2
from pypdfium2 import raw

from textmine.errors import ReadError
from textmine.pages import Composer, Glyph, Sheet
from textmine.records import Extraction, Page, Verdict
from textmine.sources.steps import Begin, go_on

# Of 310 pages of good files two have less than 0.9 of pdfium's letters: 16 of 20, and 133 of 149.
_LEAST_SHARE = 0.85
_LETTERS_TO_JUDGE = 20
# As many as the first reader takes: characters of one page, pages.
_MOST_CHARACTERS = 300_000
_MOST_PAGES = 10_000


def checked(path: Path, extraction: Extraction, begin: Begin = go_on) -> Extraction:
    """``extraction`` of the PDF at ``path`` with what a second reader says about it.

    Each page gets the figures ``letters`` and ``second_letters`` (letters and digits, ours and
    pdfium's). A page with clearly fewer is ``suspect``; one with less than half, or that could not
    be read at all, is read by pdfium, as ``suspect``. Where pdfium counts other pages it is not
    known which is which: then all are ``suspect``, and read by pdfium if it finds clearly more
    letters. Pages that pdfium cannot look at are ``suspect`` too. ``begin`` hears of each page.
    """
    try:
        document = _opened(path, begin)
    except ReadError as error:
        return _doubted(extraction, f"A second reader could not look at it: {error.detail}")
    with closing(document):
        count = len(document)
        read = len(extraction.pages) + len(extraction.missing)
        if count != read:
            return _of_other_length(extraction, document, begin)
        pages = [_compared(page, document, begin) for page in extraction.pages]
        missing = dict(extraction.missing)
        for number, why in extraction.missing.items():
            page = _rescued(document, number, why, begin)
            if isinstance(page, Page):
                pages.append(page)
                del missing[number]
    pages.sort(key=lambda page: page.number)
    return replace(extraction, pages=tuple(pages), missing=missing)


def rescued(path: Path, error: ReadError, extractor: str, begin: Begin = go_on) -> Extraction:
    """The PDF at ``path``, which the first reader refused with ``error``, as pdfium reads it.

    Pages on which it finds no text have the verdict ``none``. Raises ``error`` when pdfium finds
    no page either. ``extractor`` names the first reader.
    """
    try:
        document = _opened(path, begin)
    except ReadError:
        raise error from None
    why = error.detail.removeprefix(f"{path.name} cannot be read. ")
    with closing(document):
        extraction = _all_rescued(document, why, extractor, begin)
    if not extraction.pages:
        raise error
    return extraction


def _opened(path: Path, begin: Begin) -> pypdfium2.PdfDocument:
    """The file as pdfium opens it; ReadError where it does not."""
    if left := begin("second", 0):
        raise left
    try:
        return pypdfium2.PdfDocument(path)
    except (pypdfium2.PdfiumError, OSError) as error:
        raise ReadError("damaged", f"pdfium cannot open the file ({error}).") from error


def _all_rescued(
    document: pypdfium2.PdfDocument, why: str, extractor: str, begin: Begin
) -> Extraction:
    count = min(len(document), _MOST_PAGES)
    found = {at: _rescued(document, at, why, begin) for at in range(1, count + 1)}
    pages = tuple(page for page in found.values() if isinstance(page, Page))
    missing = {at: page for at, page in found.items() if isinstance(page, str)}
    if count < len(document):
        missing[count + 1] = f"Pages after page {_MOST_PAGES:,} are not read."
    return Extraction(pages, extractor, missing)


def _of_other_length(
    extraction: Extraction, document: pypdfium2.PdfDocument, begin: Begin
) -> Extraction:
    """The extraction of a file in which pdfium counts more or fewer pages."""
    read = len(extraction.pages) + len(extraction.missing)
    count = len(document)
    said = (
        f"A second reader counts {count} pages where {read} were found; "
        "look into the file whether pages are missing."
    )
    here = sum(len(_letters(page.text)) for page in extraction.pages)
    found: list[str] = []
    if count <= _MOST_PAGES:
        found = [_seen(document, at, begin) or "" for at in range(1, count + 1)]
    there = sum(map(len, found))
    if there >= _LETTERS_TO_JUDGE and here < _LEAST_SHARE * there:
        why = f"It found {read} of {count} pages, {here} of {there} letters and digits"
        ours = {_mixed(_letters(page.text)): page for page in extraction.pages}
        more = _all_rescued(document, why, extraction.extractor, begin)
        # A page that the first reader read well stays as it read it.
        same = {
            at: ours[mixed] for at, text in enumerate(found, 1) if (mixed := _mixed(text)) in ours
        }
        pages = tuple(
            replace(same[page.number], number=page.number) if page.number in same else page
            for page in more.pages
        )
        extraction = replace(extraction, pages=pages, missing=more.missing)
    return replace(_doubted(extraction, said), warnings=(*extraction.warnings, said))


def doubted_end(extraction: Extraction) -> Extraction:
    """The extraction of a file whose end is missing, told in a warning and on its last page."""
    said = "The end of the file is missing: pages and text may be missing."
    *pages, last = extraction.pages
    return replace(
        extraction,
        pages=(*pages, _suspect(last, said)),
        warnings=(*extraction.warnings, said),
    )


def _doubted(extraction: Extraction, reason: str) -> Extraction:
    """The extraction with every page that shows any text marked as doubtful."""
    pages = tuple(_suspect(page, reason) for page in extraction.pages)
    return replace(extraction, pages=pages)


def _suspect(page: Page, reason: str) -> Page:
    if page.verdict.state == "none":
        return page
    said = f"{page.verdict.reason} {reason}".strip()
    return replace(page, verdict=Verdict("suspect", said, page.verdict.figures))


def _compared(page: Page, document: pypdfium2.PdfDocument, begin: Begin) -> Page:
    seen = _seen(document, page.number, begin)
    if seen is None:
        return _suspect(page, "A second reader could not look at the page.")
    here, found = len(_letters(page.text)), len(seen)
    figures = {**page.verdict.figures, "letters": here, "second_letters": found}
    page = replace(page, verdict=replace(page.verdict, figures=figures))
    if found < _LETTERS_TO_JUDGE or here >= _LEAST_SHARE * found:
        return page
    if here < 0.5 * found:
        why = f"It found {here} of {found} letters and digits"
        more = _rescued(document, page.number, why, begin)
        if isinstance(more, Page) and more.text.strip():
            return more
    reason = (
        f"A second reader finds {found} letters and digits where {here} were read: "
        "text may be missing."
    )
    return _suspect(page, reason)


def _letters(text: str) -> str:
    """The letters and digits of a text."""
    return "".join(filter(str.isalnum, text))


def _mixed(letters: str) -> str:
    """Letters in an order that does not depend on how they were read."""
    return "".join(sorted(normalize("NFKC", letters)))


def _seen(document: pypdfium2.PdfDocument, number: int, begin: Begin) -> str | None:
    """The letters and digits that pdfium finds on a page; None where it cannot read the page."""
    if begin("second", number):
        return None
    try:
        with closing(document[number - 1]) as page, closing(page.get_textpage()) as text:
            count = int(text.count_chars())
            # Of more than any page holds only the number counts.
            return "0" * count if count > _MOST_CHARACTERS else _letters(text.get_text_range())
    except pypdfium2.PdfiumError:
        return None


def _rescued(document: pypdfium2.PdfDocument, number: int, why: str, begin: Begin) -> Page | str:
    """The page as pdfium reads it, without text where it finds none; or why it cannot read it."""
    if left := begin("second", number):
        return left.detail
    try:
        with closing(document[number - 1]) as page, closing(page.get_textpage()) as text:
            count = int(text.count_chars())
            if count > _MOST_CHARACTERS:
                return f"{why.rstrip('.')}; a second reader finds {count:,} characters on it."
            left_edge, _, _, top = page.get_cropbox()
            width, height = page.get_size()
            sheet = Sheet(number, width, height, list(_glyphs(text, left_edge, top)))
    except pypdfium2.PdfiumError:
        return why
    composer = Composer()
    composer.add(sheet)
    (read,) = composer.pages()
    reason = f"The first reader failed ({why.rstrip('.')}); a second one (pdfium) "
    if not read.text.strip():
        return replace(read, verdict=Verdict("none", f"{reason}finds no text on the page."))
    reason += (
        "read the page. Compare it with the picture of the page: spaces, half-spaces and order are "
        "not certain."
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
