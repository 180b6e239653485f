"""Pictures of pages, drawn in a process of its own that may be lost (see :mod:`textmine.worker`).

What draws a file from anywhere can be taken over by it. So nothing that comes back is ever decoded:
it is the bare brightness of red, green and blue of so many pixels, whatever the file has made of
them, and only as many as were asked for.
"""

from __future__ import annotations

import math
import struct
import threading
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from textmine.errors import ReadError
from textmine.worker import Limits, confined, end_worker, server

if TYPE_CHECKING:
    from PIL.Image import Image

Form = Literal["pdf", "picture"]

DPI = 144
"""Pixels per inch: twice the points."""

MOST_PIXELS = 6_000_000
"""Larger pages are drawn as large as this allows; an A4 page has 2 million."""

LIMITS = Limits(cpu_seconds=20, wall_seconds=60.0, memory_bytes=512 << 20)
"""What drawing one page may take."""

_HEAD = struct.Struct(">II")
_SAID = struct.pack(">II", 0, 0)  # in the place of a size: there is no picture


@dataclass(frozen=True, slots=True)
class Drawn:
    """A page as pixels: three bytes each, red, green and blue, row by row from the top left."""

    width: int
    height: int
    pixels: bytes


def draw_page(path: Path, form: Form, number: int, *, limits: Limits = LIMITS) -> Drawn:
    """Draw one page (from 1) of a PDF or of a file of pictures in a confined process.

    ReadError with the reason ``timeout``, ``crash`` or ``damaged`` where that fails.
    """
    context = server()
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(  # type: ignore[attr-defined]
        target=_work, args=(theirs, path, form, number, limits), daemon=True
    )
    process.start()
    theirs.close()
    late = threading.Event()

    def end() -> None:
        late.set()
        end_worker(process)

    clock = threading.Timer(limits.wall_seconds, end)
    clock.start()
    try:
        message = ours.recv_bytes(_HEAD.size + 3 * MOST_PIXELS)
    except (EOFError, OSError):  # it ended without a word, was ended, or sent too much
        reason, why = ("timeout", " in time") if late.is_set() else ("crash", "")
        raise ReadError(reason, f"Page {number} could not be drawn{why}.") from None
    finally:
        clock.cancel()
        end_worker(process)
        ours.close()
    return _taken_in(message, number)


def _taken_in(message: bytes, number: int) -> Drawn:
    """The picture that a process sent; ReadError where it is none."""
    if message.startswith(_SAID):
        raise ReadError("damaged", f"Page {number} cannot be drawn.")
    if len(message) < _HEAD.size:
        raise ReadError("crash", f"Page {number} could not be drawn.")
    width, height = _HEAD.unpack_from(message)
    if not width or len(message) != _HEAD.size + 3 * width * height:
        raise ReadError("crash", f"Page {number} could not be drawn.")
    return Drawn(width, height, message[_HEAD.size :])


# ---- In the worker ----------------------------------------------------------------------------


def _work(pipe: Connection, path: Path, form: Form, number: int, limits: Limits) -> None:
    """The body of the process."""
    confined(path, limits, pipe)
    try:
        picture = (_of_pdf if form == "pdf" else _of_pictures)(path, number)
        pipe.send_bytes(_HEAD.pack(*picture.size) + picture.tobytes())
    except Exception:
        # Whatever a library says of such a file: there is no picture, and that is all to tell.
        pipe.send_bytes(_SAID)
    finally:
        pipe.close()


def _of_pdf(path: Path, number: int) -> Image:
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    page = document[number - 1]
    width, height = page.get_size()
    picture: Image = page.render(scale=_scale(width, height)).to_pil().convert("RGB")
    return picture


def _of_pictures(path: Path, number: int) -> Image:
    from PIL import Image, ImageOps

    from textmine.sources.pictures import FilePictures

    with FilePictures(path) as pictures:
        width, height = pictures.size(number)
    scale = _scale(width, height)
    with Image.open(path) as file:
        file.seek(number - 1)
        shown = ImageOps.exif_transpose(file).convert("RGBA")
    white = Image.new("RGBA", shown.size, "white")
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return Image.alpha_composite(white, shown).convert("RGB").resize(size)


def _scale(width: float, height: float) -> float:
    """Pixels per point of a page that is so large in points."""
    return min(DPI / 72, math.sqrt(0.99 * MOST_PIXELS / max(1.0, width * height)))
