"""Pictures of PDF pages with what was found on them: what a doubting reader looks at first."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textmine.errors import InputError
from textmine.pages.boxes import boxes_of, hull, words_of
from textmine.pages.notes import notes
from textmine.records import Box, Extraction, Line, LineRole, Page

if TYPE_CHECKING:
    from PIL.Image import Image

_SCALE = 2.0  # pixels per point: 144 dots per inch
_COLOURS: dict[LineRole, str] = {
    "body": "#1f77b4",
    "heading": "#d62728",
    "item": "#17becf",
    "table": "#2ca02c",
    "footnote": "#9467bd",
    "running-head": "#7f7f7f",
    "page-number": "#7f7f7f",
    "caption": "#ff7f0e",
}
_NOTE = _COLOURS["footnote"]
_FAINT = 48  # of 255: how strong the shade of a word is
_LEGEND = 40  # pixels under the page


def draw(
    file: Path,
    extraction: Extraction,
    folder: Path,
    on_page: Callable[[str], object] = lambda name: None,
) -> list[Path]:
    """Write one PNG for each page of the extraction; ``on_page`` hears the name of each.

    Lines are framed in the colour of their role and numbered in reading order, words shaded, cells
    of tables framed; a line leads from each mark of a footnote to its note. InputError for a file
    that is no PDF or a folder that cannot be written.
    """
    import pypdfium2

    if not extraction.extractor.startswith("pdf "):
        raise InputError(f"{file.name} has no boxes to draw; pictures are made of PDF pages only.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        document = pypdfium2.PdfDocument(file)
    except (OSError, pypdfium2.PdfiumError) as error:
        raise InputError(f"The pictures of {file.name} cannot be made: {error}") from error
    written = []
    try:
        for page in extraction.pages:
            sheet = document[page.number - 1]
            picture = _drawn(sheet.render(scale=_SCALE).to_pil().convert("RGB"), page)
            sheet.close()
            place = folder / f"{file.stem}-{page.number:03}.png"
            picture.save(place)
            written.append(place)
            on_page(place.name)
    except OSError as error:
        raise InputError(f"The pictures of {file.name} cannot be written: {error}.") from error
    finally:
        document.close()
    return written


def _drawn(picture: Image, page: Page) -> Image:
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.load_default(size=14)
    canvas = Image.new("RGB", (picture.width, picture.height + _LEGEND), "white")
    canvas.paste(picture)
    shade = ImageDraw.Draw(canvas, "RGBA")
    for line in page.lines:
        for start, end in words_of(page, line):
            for box in boxes_of(page, start, end):
                shade.rectangle(_pixels(box), fill=_faint(_COLOURS[line.role]))
    pen = ImageDraw.Draw(canvas)
    for order, line in enumerate(page.lines, 1):
        if line.box is None:
            continue
        colour = _COLOURS[line.role]
        for cell in _cells(page, line):
            pen.rectangle(_pixels(cell), outline=colour)
        corners = _pixels(line.box)
        pen.rectangle(corners, outline=colour, width=2)
        pen.text((corners[2] + 3, corners[1]), str(order), fill=colour, font=font)
    _tie_notes(pen, page)
    _explain(pen, page, picture.height, font)
    return canvas


def _cells(page: Page, line: Line) -> Iterator[Box]:
    """The boxes of the cells of a table row."""
    if line.role != "table":
        return
    for cell in re.finditer(r"[^\t]+", page.text[line.start : line.end]):
        boxes = boxes_of(page, line.start + cell.start(), line.start + cell.end())
        if boxes:
            yield hull(boxes)


def _tie_notes(pen: Any, page: Page) -> None:
    for note in notes(page):
        texts = [box for span in note.spans for box in boxes_of(page, *span)]
        marks = boxes_of(page, *note.anchor) if note.anchor else ()
        for mark in marks[:1]:
            pen.rectangle(_pixels(mark), outline=_NOTE, width=2)
            if texts:
                left, top, right, _ = _pixels(texts[0])
                x0, _, x1, bottom = _pixels(mark)
                pen.line([(x0 + x1) / 2, bottom, (left + right) / 2, top], fill=_NOTE)


def _explain(pen: Any, page: Page, top: int, font: Any) -> None:
    """The legend: the colours of the roles on this page."""
    x = 12.0
    roles: dict[str, str] = {}
    for line in page.lines:
        roles.setdefault(_COLOURS[line.role], line.role)
    for colour, role in roles.items():
        name = "running head, page number" if colour == _COLOURS["page-number"] else role
        pen.rectangle([x, top + 12, x + 16, top + 28], outline=colour, width=2)
        pen.text((x + 22, top + 11), name, fill=colour, font=font)
        x += 44 + pen.textlength(name, font=font)


def _pixels(box: Box) -> list[float]:
    return [value * _SCALE for value in box]


def _faint(colour: str) -> tuple[int, int, int, int]:
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue, _FAINT
