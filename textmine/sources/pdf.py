"""PDF files to pages.

pdfplumber opens the file; a thin device on its pages hears every glyph that pdfminer draws, with
font, glyph number, origin, advance and ``/ActualText``, which :mod:`textmine.pages` needs and
pdfplumber's own characters do not keep.
"""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import pdfplumber
from pdfminer.pdfdevice import PDFTextDevice
from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
from pdfminer.pdffont import PDFType3Font, PDFUnicodeNotDefined
from pdfminer.pdfpage import PDFPage
from pdfminer.pdftypes import resolve1
from pdfminer.psparser import PSLiteral
from pdfminer.utils import apply_matrix_pt, decode_text, mult_matrix

from textmine.errors import ReadError
from textmine.pages import HALF_SPACE, Composer, Glyph, Sheet
from textmine.records import Extraction
from textmine.sources.pdf_content import FastInterpreter

if TYPE_CHECKING:
    from pdfminer.pdffont import PDFFont
    from pdfminer.pdfinterp import PDFGraphicState, PDFTextState
    from pdfminer.utils import Matrix

EXTRACTOR = f"pdf 1 (pdfplumber {pdfplumber.__version__})"

_BOLD = re.compile(r"bold|black|heavy|demi|titr", re.IGNORECASE)
_DATE = re.compile(r"D:(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?")
# Text aslant by more than this (rise over run, about 11 degrees) is a stamp or part of a drawing.
_SLANT = 0.2
# A drawing has more strokes than any table; they are of no use then.
_MOST_RULES = 4000
# More than any page holds; files made to exhaust a reader have more.
_MOST_GLYPHS = 300_000
_MOST_FORMS = 20_000
_HIDDEN_MODES = (3, 7)  # text rendering modes that leave no ink

# pdfminer speaks of every odd object; what matters comes back as a verdict or a reason.
logging.getLogger("pdfminer").setLevel(logging.ERROR)


def read_pdf(path: Path) -> Extraction:
    """Read the text of a PDF file, Persian or English, in logical order.

    Boxes, sizes and edges are in points (1/72 inch) from the top left corner of the visible page.
    A page that cannot be read is listed in ``missing`` while the others are read; a scanned page is
    read with the verdict ``none``.

    Raises ``ReadError`` with the reason ``encrypted`` (a password is needed), ``empty`` (no
    bytes or no pages), ``damaged`` (no page can be read), ``unreadable`` (the file cannot be
    opened) or ``too-large`` (memory ran out).

    >>> read_pdf(Path("missing.pdf"))
    Traceback (most recent call last):
        ...
    textmine.errors.ReadError: missing.pdf cannot be opened: No such file or directory. [unreadable]
    """
    try:
        stream = path.open("rb")
    except OSError as error:
        raise ReadError("unreadable", f"{path.name} cannot be opened: {error.strerror}.") from error
    with stream:
        try:
            if not stream.read(1):
                raise ReadError("empty", "There are no bytes in it.")
            stream.seek(0)
            return _read(stream)
        except ReadError as error:
            raise ReadError(error.reason, f"{path.name} cannot be read. {error.detail}") from error


def _read(stream: IO[bytes]) -> Extraction:
    missing: dict[int, str] = {}
    warnings: list[str] = []
    reasons: list[str] = []
    with _named("opening the file"):
        pdf = pdfplumber.open(stream)  # type: ignore[arg-type]
    composer = Composer()
    device = _GlyphDevice(pdf.rsrcmgr)
    count = 0
    pages = PDFPage.create_pages(pdf.doc)
    while True:
        try:
            with _named("finding the pages"):
                page = next(pages, None)
        except ReadError as error:
            if not count:
                raise
            warnings.append(f"Pages after page {count} may be missing: {error.detail}")
            break
        if page is None:
            break
        count += 1
        try:
            with _named(f"reading page {count}"):
                composer.add(device.sheet(page, count))
        except ReadError as error:
            missing[count] = error.detail
            reasons.append(error.reason)
    if not count:
        raise ReadError("empty", "It has no pages.")
    if len(missing) == count:
        raise ReadError(reasons[0], f"None of its pages ({count}) can be read. {missing[1]}")
    with _named("putting the pages together"):
        return Extraction(
            composer.pages(),
            EXTRACTOR,
            missing,
            tuple(warnings),
            _property(pdf.metadata, "Title") or None,
            _date(_property(pdf.metadata, "CreationDate")),
        )


@contextmanager
def _named(doing: str) -> Iterator[None]:
    """Turn whatever a library raises on a broken file into a ReadError that names what broke."""
    try:
        yield
    except ReadError:
        raise
    except MemoryError as error:
        raise ReadError("too-large", f"Memory ran out while {doing}.") from error
    except Exception as error:
        # pdfplumber wraps the cause as its only argument.
        cause = error.args[0] if error.args and isinstance(error.args[0], Exception) else error
        if isinstance(cause, PDFPasswordIncorrect):
            raise ReadError(
                "encrypted", "It asks for a password; save a copy without one."
            ) from error
        if isinstance(cause, PDFEncryptionError):
            raise ReadError("encrypted", f"Its encryption is not known: {cause}.") from error
        said = " ".join(str(cause).split())[:200]
        name = type(cause).__name__
        what = f"{name}: {said}" if said else name
        raise ReadError("damaged", f"It is damaged: {doing} failed ({what}).") from error


def _property(metadata: dict[str, Any], name: str) -> str:
    value = metadata.get(name)
    return value.replace("\0", "").strip() if isinstance(value, str) else ""


def _date(written: str) -> str | None:
    """A PDF date as ISO 8601, as exact as it was written.

    >>> _date("D:20190512093000+03'30'"), _date("D:2019"), _date("yesterday")
    ('2019-05-12T09:30:00', '2019', None)
    """
    match = _DATE.match(written)
    if match is None:
        return None
    parts = [part for part in match.groups() if part]
    day = "-".join(parts[:3])
    return f"{day}T{':'.join(parts[3:])}" if len(parts) == 6 else day


@dataclass(slots=True)
class _Font:
    """What the device remembers of a font; ``chars`` holds text, mapped, width by glyph."""

    number: int
    font: PDFFont
    bold: bool
    scale: float  # of Type 3 fonts: what one unit of font size comes to
    chars: dict[int, tuple[str, bool, float]] = field(default_factory=dict)


class _Pen(NamedTuple):
    """What the glyphs of one string share: the font, where the page begins, size and direction."""

    font: _Font
    a: float
    b: float
    left: float
    top: float
    unit: float  # points, before the matrix, that a width of 1 comes to
    size: float
    turn: int | None  # None: aslant


class _GlyphDevice(PDFTextDevice):
    """Hears the drawing of pages and keeps glyphs, ruling lines and the area of pictures."""

    def __init__(self, rsrcmgr: Any) -> None:
        super().__init__(rsrcmgr)
        self._fonts: dict[int, _Font] = {}

    def sheet(self, page: PDFPage, number: int) -> Sheet:
        """Everything drawn on one page."""
        self._sheet = Sheet(number, 0.0, 0.0, [])
        self._spans: list[tuple[int, str | None, int]] = []
        self._span_count = 0
        self._forms = 0
        self._hidden = False
        FastInterpreter(self.rsrcmgr, self).process_page(page)
        return self._sheet

    def begin_page(self, page: PDFPage, ctm: Matrix) -> None:
        """Find the visible part of the page."""
        whole = _corners(page.mediabox, ctm)
        crop = _corners(page.cropbox, ctm)
        box = [max(whole[0], crop[0]), max(whole[1], crop[1])]
        box += [min(whole[2], crop[2]), min(whole[3], crop[3])]
        if box[2] - box[0] < 1 or box[3] - box[1] < 1:
            box = list(whole)
        self._left, self._top = box[0], box[3]
        self._sheet.width, self._sheet.height = box[2] - box[0], box[3] - box[1]
        resources = resolve1(page.resources)
        named = resolve1(resources.get("Properties")) if isinstance(resources, dict) else None
        self._properties = named if isinstance(named, dict) else {}

    # Marked content

    def begin_tag(self, tag: PSLiteral, props: Any = None) -> None:
        """Remember the ``/ActualText`` of marked content; an inner one without keeps the outer."""
        if isinstance(props, PSLiteral):
            props = resolve1(self._properties.get(props.name))
        actual = resolve1(props.get("ActualText")) if isinstance(props, dict) else None
        self._span_count += 1
        drawn = len(self._sheet.glyphs)
        if isinstance(actual, bytes):
            self._spans.append((self._span_count, decode_text(actual), drawn))
        else:
            outer = self._spans[-1] if self._spans else (0, None, drawn)
            self._spans.append((*outer[:2], -1))

    def end_tag(self) -> None:
        """Leave marked content; files that end more than they began are borne.

        A half-space in marked content that draws nothing stands after the last glyph.
        """
        if not self._spans:
            return
        span, actual, drawn = self._spans.pop()
        glyphs = self._sheet.glyphs
        if actual and drawn == len(glyphs) > 0 and HALF_SPACE in actual:
            self._keep(replace(glyphs[-1], text="", code=-1, actual=actual, span=span))

    # What is drawn

    def begin_figure(self, name: str, bbox: Any, matrix: Matrix) -> None:
        """Count forms, which can draw each other without end."""
        self._forms += 1
        if self._forms > _MOST_FORMS:
            raise ReadError("too-large", f"The page draws more than {_MOST_FORMS} forms.")

    def render_string(
        self, textstate: PDFTextState, seq: Any, ncs: Any, graphicstate: PDFGraphicState
    ) -> None:
        """Keep the glyphs of one operator. Text without a font is not drawn."""
        font = textstate.font
        if font is None or self.ctm is None:
            return
        self._hidden = textstate.render in _HIDDEN_MODES
        if font.is_vertical():
            super().render_string(textstate, seq, ncs, graphicstate)
            return
        size, scaling = textstate.fontsize, textstate.scaling * 0.01
        matrix = mult_matrix(textstate.matrix, self.ctm)
        pen = self._pen(matrix, font, size, scaling, textstate.rise)
        a, b, c, d, e, f = matrix
        char_space = textstate.charspace * scaling
        word_space = 0.0 if font.is_multibyte() else textstate.wordspace * scaling
        x, y = textstate.linematrix
        spaced = False
        for item in seq:
            if isinstance(item, (int, float)):
                x -= item * 0.001 * size * scaling
                spaced = True
            elif isinstance(item, bytes):
                for cid in font.decode(item):
                    if spaced:
                        x += char_space
                    x += self._draw(pen, a * x + c * y + e, b * x + d * y + f, cid)
                    if cid == 32:
                        x += word_space
                    spaced = True
        textstate.linematrix = (x, y)

    def render_char(
        self,
        matrix: Matrix,
        font: PDFFont,
        fontsize: float,
        scaling: float,
        rise: float,
        cid: int,
        ncs: Any,
        graphicstate: PDFGraphicState,
    ) -> float:
        """Keep one glyph of vertical writing; returns its advance."""
        pen = self._pen(matrix, font, fontsize, scaling, rise)
        return self._draw(pen, matrix[4], matrix[5], cid)

    def _pen(
        self, matrix: Matrix, font: PDFFont, fontsize: float, scaling: float, rise: float
    ) -> _Pen:
        known = self._fonts.get(id(font))
        if known is None:
            known = self._fonts[id(font)] = _font(font, len(self._fonts))
        a, b, c, d, _, _ = matrix
        turn: int | None = None
        if abs(b) <= _SLANT * abs(a) or (a == b == 0):
            turn = 180 if a < 0 and d < 0 else 0
        elif abs(a) <= _SLANT * abs(b):
            turn = 270 if b > 0 else 90
        size = abs(fontsize) * math.hypot(c, d) * known.scale
        left, top = self._left - c * rise, self._top - d * rise
        return _Pen(known, a, b, left, top, fontsize * scaling, size, turn)

    def _draw(self, pen: _Pen, x: float, y: float, cid: int) -> float:
        """Keep one glyph with its origin at x, y of the device; returns its advance."""
        font = pen.font
        char = font.chars.get(cid)
        if char is None:
            char = font.chars[cid] = _char(font.font, cid)
        text, mapped, width = char
        advance = width * pen.unit
        sheet = self._sheet
        if pen.turn is None:
            sheet.skewed += 1
            return advance
        x, y = x - pen.left, pen.top - y
        if pen.size <= 0 or not (-1 <= x <= sheet.width + 1 and -1 <= y <= sheet.height + 1):
            return advance
        sheet.hidden += self._hidden
        x1, y1 = x + pen.a * advance, y - pen.b * advance
        if pen.turn == 0:
            start, end, base = x, x1, y
        elif pen.turn == 180:
            start, end, base = sheet.width - x, sheet.width - x1, sheet.height - y
        elif pen.turn == 90:
            start, end, base = y, y1, sheet.width - x
        else:
            start, end, base = sheet.height - y, sheet.height - y1, x
        if end < start:
            start, end = end, start
        span, actual = self._spans[-1][:2] if self._spans else (0, None)
        self._keep(
            Glyph(
                text, start, end, base, pen.size, font.number, cid, mapped,
                actual, span, len(sheet.glyphs), pen.turn, font.bold,
            )
        )  # fmt: skip
        return advance

    def _keep(self, glyph: Glyph) -> None:
        if len(self._sheet.glyphs) == _MOST_GLYPHS:
            raise ReadError("too-large", f"The page has more than {_MOST_GLYPHS} glyphs.")
        self._sheet.glyphs.append(glyph)

    def render_image(self, name: str, stream: Any) -> None:
        """Add the area of a picture."""
        a, b, c, d, _, _ = self.ctm or (0, 0, 0, 0, 0, 0)
        self._sheet.picture_area += abs(a * d - b * c)

    def paint_path(
        self, graphicstate: PDFGraphicState, stroke: bool, fill: bool, evenodd: bool, path: Any
    ) -> None:
        """Keep straight strokes along the page, which may rule a table; count curves."""
        sheet = self._sheet
        if any(segment[0] in "cvy" for segment in path):
            sheet.curves += 1
            return
        if len(sheet.rules) > _MOST_RULES or self.ctm is None:
            return
        first: tuple[float, float] | None = None
        last: tuple[float, float] | None = None
        for segment in path:
            if segment[0] == "h":
                point = first
            else:
                x, y = apply_matrix_pt(self.ctm, (segment[1], segment[2]))
                point = x - self._left, self._top - y
            if segment[0] == "m":
                first = point
            elif last is not None and point is not None:
                self._rule(last, point)
            last = point

    def _rule(self, one: tuple[float, float], other: tuple[float, float]) -> None:
        x0, x1 = sorted((one[0], other[0]))
        top, bottom = sorted((one[1], other[1]))
        if (x1 - x0 < 1 and bottom - top > 4) or (bottom - top < 1 and x1 - x0 > 4):
            self._sheet.rules.append((x0, top, x1, bottom))


def _corners(box: Any, ctm: Matrix) -> tuple[float, float, float, float]:
    x0, y0 = apply_matrix_pt(ctm, (box[0], box[1]))
    x1, y1 = apply_matrix_pt(ctm, (box[2], box[3]))
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _font(font: PDFFont, number: int) -> _Font:
    scale = 1.0
    if isinstance(font, PDFType3Font):
        # A Type 3 font sets its own unit; its box tells how large the letters are.
        scale = abs(font.get_height()) or 1.0
    return _Font(number, font, bool(_BOLD.search(str(font.fontname))), scale)


def _char(font: PDFFont, cid: int) -> tuple[str, bool, float]:
    """Text, whether the font's own table gave it, and width of one unit of font size."""
    mapped = True
    try:
        text = font.to_unichr(cid)
    except PDFUnicodeNotDefined:
        text, mapped = "", False
    table = getattr(getattr(font, "unicode_map", None), "cid2unichr", None)
    if table is not None and cid not in table:
        mapped = False  # the text comes from a general encoding, which subset fonts ignore
    return text, mapped, font.char_width(cid)
