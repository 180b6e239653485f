"""PDF files to pages.

pdfplumber opens the file; a thin device on its pages hears every glyph that pdfminer draws, with
font, glyph number, origin, advance and ``/ActualText``, which :mod:`textmine.pages` needs and
pdfplumber's own characters do not keep.
"""

from __future__ import annotations

import logging
import math
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple
from unicodedata import category

import pdfplumber
from pdfminer.encodingdb import EncodingDB, name2unicode
from pdfminer.pdfdevice import PDFTextDevice
from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
from pdfminer.pdffont import PDFSimpleFont, PDFType3Font, PDFUnicodeNotDefined
from pdfminer.pdfinterp import PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.pdftypes import PDFStream, resolve1
from pdfminer.psparser import PSLiteral
from pdfminer.utils import apply_matrix_pt, decode_text, mult_matrix

from textmine.errors import ReadError
from textmine.pages import HALF_SPACE, Composer, Glyph, Sheet
from textmine.pages.symbols import symbol
from textmine.records import Extraction
from textmine.sources.drawn_digits import Outlines, drawn_digits
from textmine.sources.pdf_content import FastInterpreter
from textmine.sources.pdf_tounicode import to_unicode
from textmine.sources.steps import Begin, go_on

if TYPE_CHECKING:
    from pdfminer.pdffont import PDFFont
    from pdfminer.pdfinterp import PDFGraphicState, PDFTextState
    from pdfminer.utils import Matrix

EXTRACTOR = f"pdf 3 (pdfplumber {pdfplumber.__version__})"

_BOLD = re.compile(r"bold|black|heavy|demi|titr", re.IGNORECASE)
_DATE = re.compile(r"D:(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?")
# Text aslant by more than this (rise over run, about 11 degrees) is a stamp or part of a drawing.
_SLANT = 0.2
# A drawing has more strokes than any table; they are of no use then.
_MOST_RULES = 4000
# More than any page holds; files made to exhaust a reader have more.
_MOST_GLYPHS = 300_000
_MOST_FORMS = 20_000
_MOST_PAGES = 10_000
_TAIL_BYTES = 2048  # of the file, within which its end must be
_HIDDEN_MODES = (3, 7)  # text rendering modes that leave no ink

# pdfminer speaks of every odd object; what matters comes back as a verdict or a reason.
logging.getLogger("pdfminer").setLevel(logging.ERROR)


def read_pdf(path: Path, begin: Begin = go_on) -> Extraction:
    """Read the text of a PDF file, Persian or English, in logical order.

    Boxes, sizes and edges are in points (1/72 inch) from the top left corner of the visible page.
    A page that cannot be read is listed in ``missing`` while the others are read; a scanned page is
    read with the verdict ``none``. ``begin`` hears of each step and may leave it out.

    Raises ``ReadError`` with the reason ``encrypted`` (a password is needed), ``empty`` (no
    bytes), ``no-pages``, ``truncated`` (the end of the file is missing), ``damaged`` (no page can
    be read), ``unreadable`` (the file cannot be opened) or ``too-large`` (memory ran out).

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
            return _read(stream, begin)
        except ReadError as error:
            reason = error.reason
            if reason in ("damaged", "no-pages") and is_cut(path):
                reason = "truncated"
            raise ReadError(reason, f"{path.name} cannot be read. {error.detail}") from error


def is_cut(path: Path) -> bool:
    """Whether the end of a PDF file is missing, where it says how to find its parts."""
    with path.open("rb") as file:
        file.seek(0, os.SEEK_END)
        end = file.tell()
        # Some programs fill up the last block of a disk.
        while end > 0:
            begin = max(0, end - _TAIL_BYTES)
            file.seek(begin)
            tail = file.read(end - begin).rstrip(b"\0\t\n\f\r ")
            if tail:
                return b"startxref" not in tail and b"%%EOF" not in tail
            end = begin
    return True


def _read(stream: IO[bytes], begin: Begin) -> Extraction:
    missing: dict[int, str] = {}
    warnings: list[str] = []
    reasons: list[str] = []
    if left := begin("opening", 0):
        raise left
    with _named("opening the file"):
        pdf = pdfplumber.open(stream)  # type: ignore[arg-type]
    made_by = " ".join(_property(pdf.metadata, name) for name in ("Creator", "Producer"))
    composer = Composer(made_by)
    # Ghostscript names letters as digits, which the composer undoes.
    device = _GlyphDevice(_Fonts(), names_digits="Ghostscript" not in made_by)
    count = 0
    pages = PDFPage.create_pages(pdf.doc)
    while True:
        try:
            if left := begin("finding", count + 1):
                raise left
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
            if count > _MOST_PAGES:
                raise ReadError("too-large", f"Pages after page {_MOST_PAGES:,} are not read.")
            if left := begin("page", count):
                raise left
            with _named(f"reading page {count}"):
                composer.add(device.sheet(page, count))
        except ReadError as error:
            missing[count] = error.detail
            reasons.append(error.reason)
            if count > _MOST_PAGES:
                break
    if not count:
        raise ReadError("no-pages", "It has no pages.")
    if len(missing) == count:
        raise ReadError(reasons[0], f"None of its pages ({count}) can be read. {missing[1]}")
    if left := begin("composing", 0):
        raise left
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
        if isinstance(cause, MemoryError):
            raise ReadError("too-large", f"Memory ran out while {doing}.") from error
        if isinstance(cause, RecursionError):
            raise ReadError("damaged", f"{doing.capitalize()} never ends: it is nested.") from error
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
    said: Mapping[str, Any] = field(default_factory=dict)  # by the file about the font
    digits: dict[int, int] = field(default_factory=dict)  # from those named to those drawn
    looked: bool = False  # for its program
    outlines: Outlines | None = None
    glyphs: bytes = b""  # two for each: the program's number of it
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


class _Fonts(PDFResourceManager):
    """Makes fonts, and keeps what the file says about each of them."""

    def __init__(self) -> None:
        super().__init__()
        self.said: dict[int, Mapping[str, Any]] = {}  # by id of the font

    def get_font(self, objid: object, spec: Mapping[str, Any]) -> PDFFont:
        """The font of a specification; of composite fonts, the inner one is kept."""
        if objid in self._cached_fonts or "DescendantFonts" in spec:
            return super().get_font(objid, spec)
        table = resolve1(spec.get("ToUnicode"))
        named = to_unicode(table.get_data()) if isinstance(table, PDFStream) else None
        if named is None:
            font = super().get_font(objid, spec)
        else:
            # pdfminer gets an empty table to read, which is filled here.
            font = super().get_font(objid, {**spec, "ToUnicode": PDFStream({}, b"")})
            vars(font)["unicode_map"].cid2unichr = named
        self.said[id(font)] = spec
        return font


class _GlyphDevice(PDFTextDevice):
    """Hears the drawing of pages and keeps glyphs, ruling lines and the area of pictures."""

    def __init__(self, rsrcmgr: _Fonts, names_digits: bool = True) -> None:
        super().__init__(rsrcmgr)
        self._said = rsrcmgr.said
        self._names_digits = names_digits
        self._fonts: dict[int, _Font] = {}

    def sheet(self, page: PDFPage, number: int) -> Sheet:
        """Everything drawn on one page."""
        self._sheet = Sheet(number, 0.0, 0.0, [])
        self._spans: list[tuple[int, str | None, int]] = []
        self._span_count = 0
        self._forms = 0
        self._hidden = False
        self._last_pen: tuple[tuple[Any, ...], _Pen] | None = None
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
        right, down = c * y, d * y
        spaced = False
        # Upright text within the height of the page, which nearly all is, is kept here; a call
        # of _draw for each glyph and what it finds out anew would double the time.
        sheet = self._sheet
        base = pen.top - (down + f)
        level = b == 0 and pen.turn == 0 and pen.size > 0 and -1 <= base <= sheet.height + 1
        chars, number, bold = pen.font.chars, pen.font.number, pen.font.bold
        left, unit, written, most = pen.left, pen.unit, pen.size, sheet.width + 1
        span, actual = self._spans[-1][:2] if self._spans else (0, None)
        keep = sheet.glyphs.append
        order = before = len(sheet.glyphs)
        for item in seq:
            if isinstance(item, bytes):
                for cid in font.decode(item):
                    if spaced:
                        x += char_space
                    if level:
                        char = chars.get(cid)
                        if char is None:
                            char = chars[cid] = _char(pen.font, cid)
                        text, mapped, width = char
                        advance = width * unit
                        x0 = a * x + right + e - left
                        if -1 <= x0 <= most:
                            x1 = x0 + a * advance
                            if order == _MOST_GLYPHS:
                                raise _too_many()
                            keep(
                                Glyph(
                                    text, x0 if x0 < x1 else x1, x1 if x0 < x1 else x0, base,
                                    written, number, cid, mapped, actual, span, order, 0, bold,
                                )
                            )  # fmt: skip
                            order += 1
                    else:
                        advance = self._draw(pen, a * x + right + e, b * x + down + f, cid)
                    x += advance
                    if cid == 32:
                        x += word_space
                    spaced = True
            elif isinstance(item, (int, float)):
                x -= item * 0.001 * size * scaling
                spaced = True
        if level and self._hidden:
            sheet.hidden += order - before
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
        a, b, c, d, _, _ = matrix
        held = (font, a, b, c, d, fontsize, scaling, rise)
        # Most strings are written with the pen of the string before.
        if self._last_pen is not None and self._last_pen[0] == held:
            return self._last_pen[1]
        known = self._fonts.get(id(font))
        if known is None:
            known = self._fonts[id(font)] = _font(font, len(self._fonts))
            known.said = self._said.get(id(font), {})
            if self._names_digits:
                known.digits = _digits(known)
        turn: int | None = None
        if abs(b) <= _SLANT * abs(a) or (a == b == 0):
            turn = 180 if a < 0 and d < 0 else 0
        elif abs(a) <= _SLANT * abs(b):
            turn = 270 if b > 0 else 90
        size = abs(fontsize) * math.hypot(c, d) * known.scale
        left, top = self._left - c * rise, self._top - d * rise
        pen = _Pen(known, a, b, left, top, fontsize * scaling, size, turn)
        self._last_pen = held, pen
        return pen

    def _draw(self, pen: _Pen, x: float, y: float, cid: int) -> float:
        """Keep one glyph with its origin at x, y of the device; returns its advance."""
        font = pen.font
        char = font.chars.get(cid)
        if char is None:
            char = font.chars[cid] = _char(font, cid)
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
            raise _too_many()
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


def _too_many() -> ReadError:
    return ReadError("too-large", f"The page has more than {_MOST_GLYPHS} glyphs.")


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


def _name(font: PDFFont) -> str:
    return str(getattr(font, "basefont", font.fontname))


def _digits(known: _Font) -> dict[int, int]:
    """From the digits that a font's table names to those that its glyphs draw."""
    named = getattr(getattr(known.font, "unicode_map", None), "cid2unichr", {})
    if not any(text.isdecimal() for text in named.values()):
        return {}

    def curves(cid: int) -> int | None:
        outlines = _outlines(known)
        return outlines.curves(_glyph(known, cid)) if outlines else None

    return drawn_digits(_name(known.font), named, curves)


def _outlines(known: _Font) -> Outlines | None:
    """The font's program, where it is TrueType and its glyphs are numbered through."""
    if not known.looked:
        known.looked = True
        program = resolve1(known.font.descriptor.get("FontFile2"))
        if known.font.is_multibyte() and isinstance(program, PDFStream):
            known.outlines = Outlines(program.get_data())
            numbers = resolve1(known.said.get("CIDToGIDMap"))
            known.glyphs = numbers.get_data() if isinstance(numbers, PDFStream) else b""
    return known.outlines


def _glyph(known: _Font, cid: int) -> int:
    """The number that the font's program gives a glyph of the file."""
    return int.from_bytes(known.glyphs[2 * cid : 2 * cid + 2]) if known.glyphs else cid


def _by_program(known: _Font, cid: int) -> str:
    """What the font's own program tells of a glyph that the file does not name.

    A glyph without outlines is a space; full fonts have names such as ``uni0628.init``.
    """
    outlines = _outlines(known)
    if outlines is None:
        return ""
    glyph = _glyph(known, cid)
    if outlines.curves(glyph) == 0:
        return " " if glyph else ""
    try:
        text = name2unicode(outlines.name(glyph))
    except KeyError:
        return ""
    return "" if any(category(char) in ("Co", "Cn", "Cs", "Cc") for char in text) else text


def _char(known: _Font, cid: int) -> tuple[str, bool, float]:
    """Text, whether the font's own table gave it, and width of one unit of font size."""
    font = known.font
    mapped = True
    try:
        text = font.to_unichr(cid)
    except PDFUnicodeNotDefined:
        text, mapped = "", False
    table = getattr(getattr(font, "unicode_map", None), "cid2unichr", None)
    guessed = not text
    if table is not None and cid not in table:
        mapped = False  # the text comes from a general encoding, which subset fonts ignore
    if isinstance(font, PDFSimpleFont) and (table is None or not mapped):
        guessed = guessed or any(each.get(cid) == text for each in EncodingDB.encodings.values())
    code = cid if isinstance(font, PDFSimpleFont) else -1
    shown = symbol(_name(font), code, "" if guessed else text)
    told = "" if mapped or shown else _by_program(known, cid)
    if told or (guessed and shown):
        text, mapped = told or shown, True
    elif not guessed:
        text = shown.translate(known.digits)
    return text, mapped, font.char_width(cid)
