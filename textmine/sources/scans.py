"""Pages whose text must be recognised: pictures of pages, outlines, garbled text layers.

They go to Tesseract when it is installed with its Persian data; otherwise the verdict of the page
and a warning of the document say what to install. Every other page stays as it was read.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic as now
from typing import TYPE_CHECKING, NamedTuple

from textmine.errors import ReadError
from textmine.pages import Composer, Glyph, Sheet
from textmine.pages.glyphs import MIRRORED, is_arabic
from textmine.pages.votes import word_list
from textmine.records import Box, Extraction, Line, Page, Strip, Verdict
from textmine.sources.steps import Begin, go_on
from textmine.sources.tesseract import INSTALL, Program, RecognitionError, installed, why_missing

if TYPE_CHECKING:
    from textmine.sources.pictures import FilePictures, Pages, Rule
    from textmine.sources.recognition import ReadLine
    from textmine.sources.tesseract import Grey, Word

VERSION = "scans 1"
"""Of the rules of this module: a document read by older ones is read again."""

PICTURE_EXTRACTOR = "picture 1"

AWAITING = "recognition wanted"
"""Ends the name of the extractor of a document whose scanned pages wait for the program."""

OnPage = Callable[[int, int], None]
"""Called before each page that is recognised: which one of how many."""

DOCUMENT_SECONDS = 3600.0
"""After so long the rest of a document's pages are left as they are, with a reason."""

_MOST_FAILURES = 3  # pages in a row on which the program failed before it is given up
_FEW_LETTERS = 300  # a stamp or an address on a scanned page
_PICTURE = 0.5  # share of the page that its pictures cover
_GARBLED = 0.02  # share of glyphs that the fonts do not name
_FEW_KNOWN = 0.6  # share of known words below which a doubtful layer is garbled
_WORDS_TO_JUDGE = 15
_MORE_KNOWN = 0.05  # by how much recognition must be better than a layer
_LOW = 60.0  # confidence
_GOOD_MEAN, _GOOD_LOW = 80.0, 0.15
_UPRIGHT = 60.0  # mean confidence that no page on its head or side reaches
_GAP = 0.06  # white between two words, in parts of the type size, at least
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|\u200c)*")
# One in three words of English running text is one of these.
_ENGLISH = frozenset(
    (
        *("the", "of", "and", "to", "in", "a", "is", "that", "for", "it", "as", "with", "be", "by"),
        *("this", "on", "are", "or", "at", "from", "shall", "have", "has", "not", "an", "which"),
        *("was", "were", "will", "their", "its", "between", "other", "all", "may", "any", "such"),
    )
)


def recognised(
    extraction: Extraction,
    path: Path,
    on_page: OnPage = lambda at, of: None,
    begin: Begin = go_on,
) -> Extraction:
    """The extraction of a PDF file with the text of its scanned and garbled pages recognised."""
    doubtful = [page for page in extraction.pages if _may_need(page)]
    if not doubtful:
        return extraction
    from textmine.sources.pictures import PagePictures

    try:
        with PagePictures(path) as pictures:
            return _recognised(extraction, doubtful, pictures, on_page, begin)
    except RecognitionError as error:
        warning = f"Its scanned pages could not be recognised: {error}."
        return replace(extraction, warnings=(*extraction.warnings, warning))


def _recognised(
    extraction: Extraction,
    doubtful: Sequence[Page],
    pictures: Pages,
    on_page: OnPage,
    begin: Begin,
) -> Extraction:
    wanted = [p for p in doubtful if p.text.strip() or _shows_something(pictures, p.number, begin)]
    if not wanted:
        return extraction
    program = installed()
    lacking = why_missing(program)
    if program is None or lacking:
        return _unrecognised(extraction, wanted, lacking)
    read = _Reading(program, pictures, on_page, begin)
    return _with(extraction, read.pages(wanted), read, wanted)


def read_picture(
    path: Path, on_page: OnPage = lambda at, of: None, begin: Begin = go_on
) -> Extraction:
    """Read a picture file (PNG, JPEG, TIFF of one or more pages) by recognising its text."""
    from textmine.sources.pictures import FilePictures

    try:
        return _read_pictures(FilePictures(path), on_page, begin)
    except OSError as error:  # what the picture library says of damaged files
        raise ReadError(
            "damaged", f"{path.name} cannot be read as a picture: {error}. Save it again as PNG."
        ) from error


def _read_pictures(file: FilePictures, on_page: OnPage, begin: Begin) -> Extraction:
    with file as pictures:
        sizes = [pictures.size(number) for number in range(1, len(pictures) + 1)]
        pages = tuple(
            Page(at, "", (), Verdict("none", "The page is empty.", {"picture_share": 1.0}), *size)
            for at, size in enumerate(sizes, 1)
        )
        return _recognised(Extraction(pages, PICTURE_EXTRACTOR), pages, pictures, on_page, begin)


def extractor_today(extractor: str, base: str) -> str:
    """What a document read by ``extractor`` would be read by now; ``base`` is the PDF reader.

    A document whose pages wait for recognition would be read differently once the program is
    there, and by nothing else.

    >>> extractor_today("pdf 1", "pdf 1"), extractor_today(f"pdf 0; {VERSION} (x)", "pdf 1")
    ('pdf 1', 'pdf 1; scans 1 (x)')
    """
    _, part, recogniser = extractor.partition("; ")
    if not part:
        return base
    if recogniser == AWAITING:
        return f"{base}; {VERSION}" if not why_missing(installed()) else f"{base}; {AWAITING}"
    return f"{base}; {VERSION}{recogniser[recogniser.find(' (') :] if ' (' in recogniser else ''}"


# Which pages


def _shows_something(pictures: Pages, number: int, begin: Begin) -> bool:
    if begin("recognising", number):  # reading it will say why not
        return True
    try:
        return not pictures.is_blank(number)
    except RecognitionError:  # reading it will say why
        return True


def _may_need(page: Page) -> bool:
    """Whether the text of a page has to come from its picture (blank pages are told later)."""
    figures = page.verdict.figures
    if page.verdict.state == "none":
        return True
    if len(page.text) < _FEW_LETTERS and figures.get("picture_share", 0) >= _PICTURE:
        return True
    if page.verdict.state != "suspect":
        return False
    few = known_share(page.text)
    garbled = figures.get("unmapped_share", 0) >= _GARBLED
    return garbled or (few is not None and few < _FEW_KNOWN)


def known_share(text: str) -> float | None:
    """Share of the words of a text that are known ones; None when there are too few words.

    Persian words are looked up in hazm's list; in English the share of the commonest words tells.

    >>> share = known_share("این متن فارسی است و کتاب ها را در آن شهر برای همه مردم می خوانند")
    >>> share is not None and share > 0.9
    True
    >>> known_share("The parties") is None
    True
    """
    found = _WORD.findall(text)
    if len(found) < _WORDS_TO_JUDGE:
        return None
    persian = [word for word in found if is_arabic(word[0])]
    latin = [word for word in found if not is_arabic(word[0])]
    common = sum(word.lower() in _ENGLISH for word in latin)
    right = sum(map(_known, persian)) + min(len(latin), 3 * common)
    return right / len(found)


def _known(word: str) -> bool:
    plain = word.replace("ي", "ی").replace("ك", "ک")
    words = word_list()
    return all(part in words for part in plain.split("\u200c") if part) or (
        plain.replace("\u200c", "") in words
    )


# What is said


def _unrecognised(extraction: Extraction, wanted: Sequence[Page], lacking: str) -> Extraction:
    """The extraction as it is, saying what to install."""
    advice = f"{lacking}: {INSTALL}."
    numbers = {page.number for page in wanted}
    pages = tuple(
        _advised(page, advice) if page.number in numbers else page for page in extraction.pages
    )
    count = f"{len(wanted)} page{'s' if len(wanted) > 1 else ''}"
    warning = f"{count} must be recognised from the picture (OCR). {advice}"
    return replace(
        extraction,
        pages=pages,
        extractor=f"{extraction.extractor}; {AWAITING}",
        warnings=(*extraction.warnings, warning),
    )


def _advised(page: Page, advice: str) -> Page:
    verdict = page.verdict
    said = f"{_why(page)} {advice}"
    return replace(page, verdict=replace(verdict, reason=said))


def _why(page: Page) -> str:
    """Why a page has to be recognised, as a sentence."""
    if page.verdict.state != "none":
        return page.verdict.reason or "The page is a picture with a few words of text."
    if page.verdict.figures.get("picture_share", 0) > 0.05:
        return "The page is a picture without a text layer; its text must be recognised (OCR)."
    return "The page has no text, only drawings; its text must be recognised (OCR)."


def _with(
    extraction: Extraction,
    read: Mapping[int, Page],
    reading: _Reading,
    wanted: Sequence[Page],
) -> Extraction:
    """The extraction with recognised pages in their places, and what failed in its verdicts."""
    pages = []
    kept = []
    for page in extraction.pages:
        new = read.get(page.number)
        if new is None:
            why = reading.failed.get(page.number)
            pages.append(_advised(page, f"It could not be recognised: {why}.") if why else page)
        elif _better(new, page):
            pages.append(new)
        else:
            kept.append(page.number)
            pages.append(_kept(page, new))
    warnings = list(extraction.warnings)
    if reading.failed:
        some = f"{len(reading.failed)} of {len(wanted)}"
        why = next(iter(reading.failed.values()))
        warnings.append(f"{some} scanned pages could not be recognised: {why}.")
    return replace(
        extraction,
        pages=tuple(pages),
        extractor=f"{extraction.extractor}; {VERSION} ({reading.program.version})",
        warnings=tuple(warnings),
    )


def _better(new: Page, old: Page) -> bool:
    """Whether what was recognised is to stand instead of the text layer."""
    if not old.text.strip():
        return bool(new.text.strip())
    if len(old.text) < _FEW_LETTERS and len(new.text) > 2 * len(old.text):
        return True
    before, after = known_share(old.text), known_share(new.text)
    if before is None or after is None:
        return before is None and after is not None
    return after > before + _MORE_KNOWN


def _kept(page: Page, read: Page) -> Page:
    """A page that keeps its layer, with the figures that decided."""
    if not page.text.strip():
        said = f"{_why(page)} {read.verdict.figures.get('ocr_words', 0):g} words were found in it."
        return replace(page, verdict=Verdict("none", said, page.verdict.figures))
    shares = [share for each in (page, read) if (share := known_share(each.text)) is not None]
    figures = dict(page.verdict.figures)
    figures |= zip(("layer_known", "ocr_known"), (round(x, 3) for x in shares), strict=False)
    said = f"{_why(page)} Its recognition from the picture was no better, so the layer stands."
    return replace(page, verdict=replace(page.verdict, reason=said, figures=figures))


# Reading


class _Frame(NamedTuple):
    """How the upright picture of a page lies on it: turned by quarters, then askew (degrees)."""

    turn: int
    skew: float


class _Read(NamedTuple):
    """A picture that was read: how it lay, its size in pixels, lines, rules, lines not read."""

    turn: int
    skew: float
    width: int
    height: int
    lines: list[ReadLine]
    rules: list[Rule]
    unread: int


class _Reading:
    """Recognises pages of one document; ``failed`` says of the others why not."""

    def __init__(self, program: Program, pictures: Pages, on_page: OnPage, begin: Begin) -> None:
        self._begin = begin
        self.program = program
        self.failed: dict[int, str] = {}
        self._pictures = pictures
        self._on_page = on_page
        self._frames: dict[int, _Frame] = {}
        self._figures: dict[int, dict[str, float]] = {}

    def pages(self, wanted: Sequence[Page]) -> dict[int, Page]:
        """The pages that could be recognised, by number."""
        composer = Composer()
        start = now()
        in_a_row = 0
        why = ""
        for at, page in enumerate(wanted, 1):
            if now() - start > DOCUMENT_SECONDS:
                why = f"the document took more than {DOCUMENT_SECONDS / 60:g} minutes"
            left = self._begin("recognising", page.number)
            if why or left:
                self.failed[page.number] = why or (left.detail.rstrip(".") if left else "")
                continue
            self._on_page(at, len(wanted))
            try:
                composer.add(self._sheet(page))
                in_a_row = 0
            except RecognitionError as error:
                self.failed[page.number] = str(error)
                in_a_row += 1
                if in_a_row == _MOST_FAILURES:
                    why = f"{error} on {in_a_row} pages running, so the rest was left"
        layers = {page.number: page for page in wanted}
        return {page.number: self._done(page, layers[page.number]) for page in composer.pages()}

    def _sheet(self, page: Page) -> Sheet:
        """What was read on one page, as if it had been drawn there."""
        from textmine.sources.recognition import confidence

        picture, dpi = self._pictures.read(page.number)
        read = self._read(picture, dpi)
        width, height = page.width or 0.0, page.height or 0.0
        if not width or not height:
            width, height = self._pictures.size(page.number)
        across, down = (height, width) if read.turn in (90, 270) else (width, height)
        # The middle of the picture is the middle of the page, however askew.
        unit = 72 / dpi
        x, y = across / 2 - read.width / 2 * unit, down / 2 - read.height / 2 * unit
        glyphs: list[Glyph] = []
        for line in read.lines:
            place = _Place(x, y + line.base * unit, unit, line.size * unit, read.turn)
            glyphs.extend(_glyphs(line.words, place, len(glyphs)))
        rules = [
            (x + x0 * unit, y + top * unit, x + x1 * unit, y + bottom * unit)
            for x0, top, x1, bottom in read.rules
        ]
        found = [word for line in read.lines for word in line.words]
        figures: dict[str, float] = {
            "ocr_confidence": round(confidence(read.lines), 1),
            "ocr_words": len(found),
            "ocr_low_words": sum(word.confidence < _LOW for word in found),
            "dpi": dpi,
        }
        if read.unread:
            figures["ocr_unread_lines"] = read.unread
        if read.skew:
            figures["skew_degrees"] = round(read.skew, 2)
        if read.turn:
            figures["turned_degrees"] = read.turn
        self._frames[page.number] = _Frame(read.turn, read.skew)
        self._figures[page.number] = figures
        return Sheet(page.number, width, height, glyphs, [] if read.turn else rules)

    def _read(self, picture: Grey, dpi: int) -> _Read:
        """The picture read the way up in which its words are surest."""
        import numpy as np

        from textmine.sources.pictures import straightened
        from textmine.sources.recognition import confidence, read_lines

        best: tuple[float, _Read] | None = None
        for turn in self._turns(picture, dpi):
            upright = np.ascontiguousarray(np.rot90(picture, turn // 90))
            straight = straightened(upright, dpi)
            lines, rules, unread = read_lines(self.program, straight.picture, dpi, _known)
            height, width = straight.picture.shape
            sure = confidence(lines)
            if best is None or sure > best[0]:
                best = sure, _Read(turn, straight.skew, width, height, lines, rules, unread)
            if sure >= _UPRIGHT:
                break
        if best is None:
            raise RecognitionError("no way up was found in which the page could be read")
        return best[1]

    def _turns(self, picture: Grey, dpi: int) -> Iterator[int]:
        """Ways in which the page may lie, most likely first."""
        from textmine.sources.pictures import reduced, stands_on_its_side
        from textmine.sources.recognition import PAGE_SECONDS, READING_DPI
        from textmine.sources.tesseract import orientation

        sideways = stands_on_its_side(picture, dpi)
        if not sideways:
            yield 0
        small = reduced(picture, min(1.0, READING_DPI / dpi))
        seen = orientation(self.program, small, min(dpi, READING_DPI), seconds=PAGE_SECONDS)
        if seen is not None and (sideways or seen):
            yield seen
        if seen is None:
            yield from (90, 270) if sideways else (180,)

    def _done(self, page: Page, layer: Page) -> Page:
        figures = self._figures[page.number]
        frame = self._frames[page.number]
        lines = tuple(_turned_back(line, page, frame) for line in page.lines)
        low = figures["ocr_low_words"] / max(1.0, figures["ocr_words"])
        sure = figures["ocr_confidence"]
        unread = figures.get("ocr_unread_lines", 0)
        good = sure >= _GOOD_MEAN and low <= _GOOD_LOW and not unread
        said = (
            f"{_why_recognised(layer)} Recognised by {self.program.said}: "
            f"{figures['ocr_words']:g} words with a mean confidence of {sure:g} of 100"
        )
        said += "." if good else f", {figures['ocr_low_words']:g} of them below {_LOW:g}."
        if unread:
            said += f" Places that look like lines of words and were not read: {unread:g}."
        share = known_share(page.text)
        if share is not None:
            figures["ocr_known"] = round(share, 3)
        kept = {k: v for k, v in layer.verdict.figures.items() if k not in figures}
        verdict = Verdict("repaired" if good else "suspect", said, {**kept, **figures})
        return replace(page, lines=lines, verdict=verdict)


def _why_recognised(layer: Page) -> str:
    if layer.verdict.state == "none":
        return "The page has no text layer."
    return (
        "The text layer is garbled."
        if len(layer.text) >= _FEW_LETTERS
        else "The page is a picture with little text."
    )


class _Place(NamedTuple):
    """Where a line goes: left edge and baseline, points in a pixel, size of type, turn."""

    x: float
    base: float
    unit: float
    size: float
    turn: int


def _glyphs(words: Sequence[Word], place: _Place, order: int) -> Iterator[Glyph]:
    """The words of a line from left to right as glyphs, a space between each two."""
    from textmine.sources.recognition import tokens

    least = _GAP * place.size
    before: float | None = None
    for word in words:
        x0 = place.x + word.x0 * place.unit
        x1 = place.x + word.x1 * place.unit
        if before is not None:
            x0 = max(x0, before + least)
            yield Glyph(" ", before, x0, place.base, place.size, order=order, turn=place.turn)
            order += 1
        x1 = max(x1, x0 + 0.1 * place.size)
        parts = _from_left(tokens(word.text))
        step = (x1 - x0) / max(1, sum(map(len, parts)))
        at = x0
        for part in parts:
            end = at + step * len(part)
            yield Glyph(part, at, end, place.base, place.size, order=order, turn=place.turn)
            order += 1
            at = end
        before = x1


def _from_left(parts: Sequence[str]) -> list[str]:
    """The parts of one word as they are drawn from left to right.

    >>> _from_left(["(", "رضایی", "،"]), _from_left(["۷۲", "-", "۶۱", ")", "."])
    (['،', 'رضایی', ')'], ['.', '(', '۷۲', '-', '۶۱'])
    >>> _from_left(["(", "Nye", ","])
    ['(', 'Nye', ',']
    """
    if not any(is_arabic(part[0]) or "۰" <= part[0] <= "۹" for part in parts):
        return list(parts)
    out: list[str] = []
    run: list[str] = []
    for at, part in enumerate(parts):
        digits = part[0].isdigit()
        inside = 0 < at < len(parts) - 1 and parts[at - 1][0].isdigit()
        between = inside and parts[at + 1][0].isdigit() and not is_arabic(part[0])
        if digits or between:
            run.append(part)
            continue
        out += reversed(run)
        run = []
        out.append(MIRRORED.get(part, part))
    out += reversed(run)
    return out[::-1]


def _turned_back(line: Line, page: Page, frame: _Frame) -> Line:
    """A line of a page that lay askew, where it stands on the page."""
    if not frame.skew or line.box is None or page.width is None or page.height is None:
        return line
    angle = math.radians(frame.skew)
    cos, sin = math.cos(angle), math.sin(angle)
    mid_x, mid_y = page.width / 2, page.height / 2

    def back(x: float, y: float) -> tuple[float, float]:
        right, down = x - mid_x, y - mid_y
        return mid_x + right * cos - down * sin, mid_y + right * sin + down * cos

    x0, top, x1, bottom = line.box
    corners = [back(x, y) for x in (x0, x1) for y in (top, bottom)]
    box = Box(
        *(round(f(c[at] for c in corners), 2) for f, at in ((min, 0), (min, 1), (max, 0), (max, 1)))
    )
    upright = frame.turn in (0, 180)
    edges, strips = line.edges, line.strips
    if edges is not None:
        ends = [edges[strip.start - line.start][1] for strip in strips]
        strips = tuple(
            Strip(
                strip.start,
                *(
                    round(back(end, at)[1] if upright else back(at, end)[0], 2)
                    for at in (strip.top, strip.bottom)
                ),
            )
            for strip, end in zip(strips, ends, strict=True)
        )
        middle = (top + bottom) / 2 if upright else (x0 + x1) / 2

        def moved(edge: float) -> float:
            return round(back(edge, middle)[0] if upright else back(middle, edge)[1], 2)

        edges = tuple((moved(left), moved(right)) for left, right in edges)
    return replace(line, box=box, edges=edges, strips=strips)
