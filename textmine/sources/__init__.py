"""Files in, pages out: one reader per format, chosen by what the file holds.

The first bytes decide and the suffix only helps, because files are often named wrongly. Readers
are imported when they are needed.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Literal, NamedTuple

from textmine.errors import ReadError
from textmine.records import Extraction
from textmine.sources.steps import Begin, go_on
from textmine.text.credible import weighed
from textmine.text.disorder import judged

SUFFIXES = frozenset(
    {".pdf", ".docx", ".html", ".htm", ".xhtml", ".md", ".markdown", ".txt"},
)
"""Suffixes of the files that a scan of a folder takes."""

Format = Literal["pdf", "picture", "docx", "html", "markdown", "plain"]

OnPage = Callable[[int, int], None]
"""Called before each page that is recognised from its picture: which one, of how many."""

_SUFFIXES_OF: dict[Format, frozenset[str]] = {
    "pdf": frozenset({".pdf"}),
    "picture": frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff"}),
    "docx": frozenset({".docx", ".docm", ".dotx"}),
    "html": frozenset({".html", ".htm", ".xhtml"}),
    "markdown": frozenset({".md", ".markdown"}),
    "plain": frozenset({".txt", ".text", ""}),
}
_NAMES: dict[Format, str] = {
    "pdf": "a PDF",
    "picture": "a picture",
    "docx": "a Word document (DOCX)",
    "html": "a web page (HTML)",
    "markdown": "Markdown",
    "plain": "plain text",
}

_HEAD_BYTES = 4096
_PDF_WITHIN = 1024  # a PDF may begin behind this many bytes of something else
_SAVE_AS = "Open it in the program that made it and save it as DOCX or PDF."
_RECOGNISE = "Save it as PNG or TIFF, or several together as one PDF."
_UNPACK = "Unpack it and add the documents inside."

# What is not read: the bytes it begins with, what it is, what to do.
_FOREIGN = (
    (b"{\\rtf", "a rich text file (RTF)", _SAVE_AS),
    (b"GIF8", "a picture (GIF)", _RECOGNISE),
    (b"BM", "a picture (BMP)", _RECOGNISE),
    (b"AT&TFORM", "a scanned document (DjVu)", "Convert it to PDF."),
    (b"%!PS", "a PostScript file", "Convert it to PDF."),
    (b"MIME-Version:", "a web page in one file (MHTML) or a mail", _SAVE_AS),
    (b"From: <Saved by", "a web page in one file (MHTML)", _SAVE_AS),
    (b"\x1f\x8b", "a compressed file (gzip)", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "an archive (7z)", _UNPACK),
    (b"Rar!", "an archive (RAR)", _UNPACK),
    (b"BZh", "a compressed file (bzip2)", _UNPACK),
    (b"\xfd7zXZ\0", "a compressed file (xz)", _UNPACK),
    (b"SQLite format 3\0", "a database (SQLite)", "Export its documents as text."),
    (b"\x7fELF", "a program", "Choose a document."),
    (b"MZ", "a program", "Choose a document."),
)
# Pictures of pages, whose text is recognised.
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*")
# Two letters alone also begin texts ("BM", "MZ"): these count only beside a NUL byte.
_SHORTEST_SURE = 3

# Members that tell what a ZIP archive is, most telling first.
_ARCHIVES = (
    ("xl/workbook.xml", "a spreadsheet (XLSX)", "Save the sheets as text or PDF."),
    ("ppt/presentation.xml", "a presentation (PPTX)", "Save it as PDF."),
    ("META-INF/container.xml", "an electronic book (EPUB)", "Convert it to HTML or PDF."),
    ("content.xml", "an OpenDocument file (ODT, ODS or ODP)", _SAVE_AS),
    ("Index/Document.iwa", "a Pages document", _SAVE_AS),
)
_END_OF_ARCHIVE, _ARCHIVE_TAIL = b"PK\x05\x06", 1 << 17
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # a DOCX under a password is wrapped so
_BOMS = (
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"\xef\xbb\xbf", "utf-8"),
)
_HTML_START = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|title|meta)\b",
    re.IGNORECASE | re.DOTALL,
)
_XML_START = re.compile(r"\s*<\?xml\s")
_TAG = re.compile(r"<(?:[a-z][a-z0-9]*|!--)[\s/>-]", re.IGNORECASE)


_SURROGATE = re.compile("[\ud800-\udfff]")


class _Found(NamedTuple):
    format: Format
    warnings: tuple[str, ...] = ()


def read(path: Path, on_page: OnPage = lambda at, of: None, begin: Begin = go_on) -> Extraction:
    """Read one document file.

    A file whose suffix says one thing and whose bytes say another is read as what its bytes say,
    with a warning in the extraction. Between Markdown and plain text the suffix decides. A page of
    Persian whose words stand out of order gets the verdict ``suspect``. Scanned pages are
    recognised where Tesseract is installed, which takes seconds a page: ``on_page`` hears of each.
    ``begin`` hears of each step and may leave it out.

    Errors: ``ReadError``, always with a sentence that names the file and says what to do, and
    nothing else. Reasons: ``unreadable`` (not there, a folder, no permission), ``empty``,
    ``unsupported``, ``encrypted``, ``damaged``, ``truncated``, ``no-pages``, ``too-large``,
    ``zip-bomb``, ``xml-entities``; and whatever ``begin`` gave for a step without which nothing
    can be read.

    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = Path(folder.name) / "agreement.pdf"
    >>> _ = path.write_text("Article 1", encoding="utf-8")
    >>> read(path).warnings
    ('agreement.pdf is plain text in spite of its name; it was read as such.',)
    >>> folder.cleanup()
    """
    try:
        found = _recognised(path)
        extraction = _read_as(found.format, path, on_page, begin)
    except ReadError:
        raise
    except OSError as error:
        raise ReadError(
            "unreadable", f"{path.name} cannot be opened: {error.strerror or error}."
        ) from error
    except MemoryError as error:
        raise ReadError(
            "too-large", f"{path.name} needs more memory than there is. Split it into parts."
        ) from error
    except RecursionError as error:
        raise ReadError(
            "damaged", f"{path.name} nests its parts too deeply to be read. {_SAVE_AS}"
        ) from error
    except Exception as error:  # a library's own error: the file is at fault, the batch goes on
        raise ReadError(
            "damaged",
            f"{path.name} cannot be read: {type(error).__name__}: {error}. {_SAVE_AS}",
        ) from error
    extraction = replace(extraction, warnings=(*found.warnings, *extraction.warnings))
    return _weighed(_without_surrogates(extraction), begin)


def _weighed(extraction: Extraction, begin: Begin) -> Extraction:
    """The extraction with verdicts on what its words look like."""
    if left := begin("judging", 0):
        warning = f"Its words were not judged by their order and likeness: {left.detail}"
        return replace(extraction, warnings=(*extraction.warnings, warning))
    return replace(extraction, pages=tuple(weighed(judged(page)) for page in extraction.pages))


def current_extractor(extractor: str) -> str:
    """What a file that ``extractor`` read would be read by today; empty for an unknown reader.

    A file whose scanned pages wait for Tesseract would be read by another one once that is there.

    >>> current_extractor("plain 0")
    'plain 1'
    """
    form = extractor.partition(" ")[0]
    if form == "pdf":
        from textmine.sources.pdf import EXTRACTOR
        from textmine.sources.scans import extractor_today

        return extractor_today(extractor, EXTRACTOR)
    if form == "picture":
        from textmine.sources import scans

        return scans.extractor_today(extractor, scans.PICTURE_EXTRACTOR)
    if form not in ("docx", "html", "markdown", "plain"):
        return ""
    module = import_module(f"textmine.sources.{'plain' if form == 'markdown' else form}")
    return f"{form} {module.VERSION}"


def _without_surrogates(extraction: Extraction) -> Extraction:
    """The extraction with U+FFFD for each half of a UTF-16 pair, and a warning that says how many.

    Broken fonts map glyphs to such halves; they are no characters and cannot be stored. One stands
    for one, so offsets hold.
    """
    texts = [page.text for page in extraction.pages]
    count = sum(len(_SURROGATE.findall(text)) for text in (*texts, extraction.title or ""))
    if not count:
        return extraction
    return replace(
        extraction,
        pages=tuple(
            replace(page, text=_SURROGATE.sub("\ufffd", page.text)) for page in extraction.pages
        ),
        title=extraction.title and _SURROGATE.sub("\ufffd", extraction.title),
        warnings=(
            *extraction.warnings,
            f"{count} characters were halves of pairs that make no letter; they show as \ufffd.",
        ),
    )


def _read_as(form: Format, path: Path, on_page: OnPage, begin: Begin) -> Extraction:
    if form == "pdf":
        return _read_pdf(path, on_page, begin)
    if form == "picture":
        from textmine.sources.scans import read_picture

        return read_picture(path, on_page, begin)
    if form == "docx":
        from textmine.sources.docx import read_docx

        return read_docx(path)
    if form == "html":
        from textmine.sources.html import read_html

        return read_html(path)
    from textmine.sources.plain import read_markdown, read_plain

    return read_markdown(path) if form == "markdown" else read_plain(path)


def _read_pdf(path: Path, on_page: OnPage, begin: Begin) -> Extraction:
    from textmine.sources.pdf import EXTRACTOR, is_cut, read_pdf
    from textmine.sources.scans import recognised
    from textmine.sources.second import checked, doubted_end, rescued

    refused: ReadError | None = None
    try:
        extraction = checked(path, read_pdf(path, begin), begin)
    except ReadError as error:
        if error.reason == "unreadable" or not path.stat().st_size:
            raise
        refused = error
        extraction = rescued(path, error, EXTRACTOR, begin)
    extraction = recognised(extraction, path, on_page, begin)
    if refused and not any(page.text.strip() for page in extraction.pages):
        raise refused
    if is_cut(path):
        extraction = doubted_end(extraction)
    return extraction


def _recognised(path: Path) -> _Found:
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if not head:
        raise ReadError("empty", f"{path.name} is an empty file of 0 bytes.")
    form = _format(path, head)
    if path.suffix.lower() in _SUFFIXES_OF[form]:
        return _Found(form)
    return _Found(
        form, (f"{path.name} is {_NAMES[form]} in spite of its name; it was read as such.",)
    )


def _format(path: Path, head: bytes) -> Format:
    if b"%PDF-" in head[:_PDF_WITHIN]:
        return "pdf"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _in_archive(path)
    if head.startswith(_OLE):
        raise _in_ole(path)
    if head.startswith(_PICTURES):
        return "picture"
    for start, what, advice in _FOREIGN:
        if head.startswith(start) and (len(start) >= _SHORTEST_SURE or b"\0" in head):
            raise _unsupported(path, what, advice)
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        raise _unsupported(path, "a picture (WebP)", _RECOGNISE)
    return _text_format(path, head)


def _text_format(path: Path, head: bytes) -> Format:
    encoding = next((name for bom, name in _BOMS if head.startswith(bom)), "latin-1")
    start = head.decode(encoding, errors="replace").lstrip("\ufeff")
    suffix = path.suffix.lower()
    if _HTML_START.match(start):
        return "html"
    if _XML_START.match(start) and suffix not in _SUFFIXES_OF["html"]:
        raise _unsupported(path, "an XML file", _SAVE_AS)
    if suffix in _SUFFIXES_OF["html"] and _TAG.search(start):
        return "html"
    if suffix in _SUFFIXES_OF["markdown"]:
        return "markdown"
    return "plain"


def _in_archive(path: Path) -> Format:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        # The list of what an archive holds is its end.
        cut = _END_OF_ARCHIVE not in path.read_bytes()[-_ARCHIVE_TAIL:]
        raise ReadError(
            "truncated" if cut else "damaged",
            f"{path.name} begins like a Word document or another archive but is "
            f"{'cut off' if cut else f'damaged ({error})'}. Get or save it again.",
        ) from error
    for member, what, advice in _ARCHIVES:
        if member in names:
            raise _unsupported(path, what, advice)
    if "[Content_Types].xml" in names or path.suffix.lower() in _SUFFIXES_OF["docx"]:
        return "docx"
    raise _unsupported(path, "an archive (ZIP)", _UNPACK)


def _in_ole(path: Path) -> ReadError:
    """The error for the container of Office before 2007."""
    if _OLE_ENCRYPTED in path.read_bytes():
        return ReadError(
            "encrypted", f"{path.name} asks for a password. Save a copy without one in Word."
        )
    return _unsupported(path, "a document of Office before 2007 (such as DOC)", _SAVE_AS)


def _unsupported(path: Path, what: str, advice: str) -> ReadError:
    return ReadError("unsupported", f"{path.name} is {what}, which is not read. {advice}")
