"""Pictures of PDF pages with the lines that were found: what a doubting reader looks at first."""

from __future__ import annotations

from pathlib import Path

from textmine.errors import InputError
from textmine.records import Extraction

_SCALE = 2.0  # pixels per point: 144 dots per inch
_COLOURS = {
    "body": "#1f77b4",
    "heading": "#d62728",
    "item": "#17becf",
    "table": "#2ca02c",
    "footnote": "#9467bd",
    "running-head": "#7f7f7f",
    "page-number": "#7f7f7f",
    "caption": "#ff7f0e",
}


def draw(file: Path, extraction: Extraction, folder: Path) -> list[Path]:
    """Write one PNG for each page, each line in a box numbered in reading order.

    Boxes are coloured by the role of the line. InputError for a file that is no PDF or a folder
    that cannot be written.
    """
    import pypdfium2
    from PIL import ImageDraw

    if not any(line.box for page in extraction.pages for line in page.lines):
        raise InputError(f"{file.name} has no boxes to draw; pictures are made of PDF pages only.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        document = pypdfium2.PdfDocument(file)
    except (OSError, pypdfium2.PdfiumError) as error:
        raise InputError(f"The pictures of {file.name} cannot be made: {error}.") from error
    written = []
    try:
        for page in extraction.pages:
            picture = document[page.number - 1].render(scale=_SCALE).to_pil().convert("RGB")
            pen = ImageDraw.Draw(picture)
            for order, line in enumerate(page.lines, 1):
                if line.box is None:
                    continue
                corners = [x * _SCALE for x in line.box]
                pen.rectangle(corners, outline=_COLOURS[line.role], width=2)
                pen.text((corners[2] + 3, corners[1]), str(order), fill=_COLOURS[line.role])
            place = folder / f"{file.stem}-{page.number:03}.png"
            picture.save(place)
            written.append(place)
    finally:
        document.close()
    return written
