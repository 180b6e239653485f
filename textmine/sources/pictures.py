"""Pages as pictures: rendering, straightening, and what the ink says.

A picture is an array of brightness, 0 black to 255 white, row by row from the top.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from textmine.sources.tesseract import RecognitionError

if TYPE_CHECKING:
    from pathlib import Path

    import pypdfium2

    from textmine.sources.tesseract import Grey

FULL_DPI = 300
"""Resolution at which pages are rendered, unless their own pictures have less."""

_LEAST_DPI = 150
_LEAST_SAID = 100  # dpi: what a picture file says below this is no measure of the page
_A4 = 8.27  # inches
_MOST_PIXELS = 20_000_000  # an A4 page at 300 dpi has 8.7 million
_LOOK_DPI = 36
_INKLESS = 0.0005  # share of dark pixels below which a page is blank
_SKEW_DPI = 90
_MOST_SKEW = 10.0  # degrees
_LEAST_SKEW = 0.15
_MOST_INK = 60_000  # points that the search for the skew looks at
_SHARPER = 1.03  # an angle must make the rows this much sharper than none


class Straight(NamedTuple):
    """A picture turned so that its lines are level, and by how many degrees clockwise they fell."""

    picture: Grey
    skew: float


class Pages(Protocol):
    """Pages that can be looked at; numbers count from 1."""

    def size(self, number: int) -> tuple[float, float]:
        """Width and height of a page as it is shown, in points."""

    def is_blank(self, number: int) -> bool:
        """Whether a page shows next to nothing."""

    def read(self, number: int) -> tuple[Grey, int]:
        """A page at the resolution that recognition wants, and that resolution (dpi)."""


class FilePictures:
    """A picture file (PNG, JPEG, TIFF) as pages: one, or as many as a TIFF holds."""

    def __init__(self, path: Path) -> None:
        from PIL import Image

        self._file = Image.open(path)

    def __enter__(self) -> FilePictures:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __len__(self) -> int:
        return int(getattr(self._file, "n_frames", 1))

    def size(self, number: int) -> tuple[float, float]:
        """Width and height of a page as it is shown, in points."""
        picture, dpi = self.read(number)
        height, width = picture.shape
        return round(width * 72 / dpi, 2), round(height * 72 / dpi, 2)

    def is_blank(self, number: int) -> bool:
        """Whether a page shows next to nothing."""
        picture, dpi = self.read(number)
        small = reduced(picture, min(1.0, _LOOK_DPI / dpi))
        return bool(np.mean(small < 128) < _INKLESS)

    def read(self, number: int) -> tuple[Grey, int]:
        """A page at the resolution that recognition wants, and that resolution (dpi)."""
        from PIL import Image, ImageOps

        self._file.seek(number - 1)
        said = self._file.info.get("dpi", (0, 0))[0]
        shown = ImageOps.exif_transpose(self._file)
        if "A" in shown.getbands() or "transparency" in shown.info:
            shown = shown.convert("RGBA")
            white = Image.new("RGBA", shown.size, "white")
            shown = Image.alpha_composite(white, shown)
        picture = np.asarray(shown.convert("L"), dtype=np.uint8)
        # Cameras and screens write 72 or 96 whatever they saw; the page is then taken for an A4.
        dpi = round(float(said)) if float(said) >= _LEAST_SAID else round(min(shown.size) / _A4)
        dpi = max(dpi, 1)
        if dpi > FULL_DPI:
            return reduced(picture, FULL_DPI / dpi), FULL_DPI
        return picture, dpi


class PagePictures:
    """The pages of one PDF file as pictures; to be closed after use.

    RecognitionError where pdfium cannot draw what is asked for.
    """

    def __init__(self, path: Path) -> None:
        import pypdfium2

        try:
            self._document = pypdfium2.PdfDocument(path)
        except pypdfium2.PdfiumError as error:
            raise RecognitionError(f"the file cannot be made into pictures ({error})") from error

    def __enter__(self) -> PagePictures:
        return self

    def __exit__(self, *_: object) -> None:
        self._document.close()

    def size(self, number: int) -> tuple[float, float]:
        """Width and height of a page (from 1) as it is shown, in points."""
        width, height = self._document.get_page_size(number - 1)
        return float(width), float(height)

    def is_blank(self, number: int) -> bool:
        """Whether a page shows next to nothing."""
        picture, _ = self._rendered(number, _LOOK_DPI)
        return bool(np.mean(picture < 128) < _INKLESS)

    def read(self, number: int) -> tuple[Grey, int]:
        """A page at the resolution that recognition wants, and that resolution (dpi)."""
        return self._rendered(number, None)

    def _rendered(self, number: int, dpi: int | None) -> tuple[Grey, int]:
        import pypdfium2

        try:
            return self._drawn(number, dpi)
        except pypdfium2.PdfiumError as error:
            raise RecognitionError(f"the page cannot be made into a picture ({error})") from error

    def _drawn(self, number: int, dpi: int | None) -> tuple[Grey, int]:
        page = self._document[number - 1]
        try:
            dpi = dpi or min(FULL_DPI, max(_LEAST_DPI, _own_dpi(page)))
            width, height = page.get_size()
            most = (_MOST_PIXELS / max(1.0, width * height)) ** 0.5 * 72
            dpi = max(1, min(dpi, int(most)))
            bitmap = page.render(scale=dpi / 72, grayscale=True)
            try:
                picture = np.array(bitmap.to_numpy(), dtype=np.uint8)
            finally:
                bitmap.close()
        finally:
            page.close()
        return picture[..., 0] if picture.ndim == 3 else picture, dpi


def _own_dpi(page: pypdfium2.PdfPage) -> int:
    """The resolution of the picture that covers most of a page; ``FULL_DPI`` without one."""
    from pypdfium2 import raw

    width, height = page.get_size()
    best = 0.0
    dpi = FULL_DPI
    for picture in page.get_objects(filter=(raw.FPDF_PAGEOBJ_IMAGE,), max_depth=3):
        x0, bottom, x1, top = picture.get_bounds()
        covered = (x1 - x0) * (top - bottom)
        if covered > max(best, 0.3 * width * height):
            across, down = sorted(picture.get_px_size())
            short, long = sorted((x1 - x0, top - bottom))
            best = covered
            dpi = round(72 * max(across / max(short, 1.0), down / max(long, 1.0)))
    return dpi


def reduced(picture: Grey, factor: float) -> Grey:
    """A picture made smaller; ``factor`` is its new width in parts of the old one."""
    from PIL import Image

    height, width = picture.shape
    size = max(1, round(width * factor)), max(1, round(height * factor))
    small = Image.fromarray(picture).resize(size, Image.Resampling.BOX)
    return np.asarray(small, dtype=np.uint8)


def turned(picture: Grey, degrees: float) -> Grey:
    """A picture turned counter-clockwise about its middle, white where it had nothing."""
    from PIL import Image

    whole = Image.fromarray(picture)
    again = whole.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    return np.asarray(again, dtype=np.uint8)


def straightened(picture: Grey, dpi: int) -> Straight:
    """A picture with its lines level, when they fall or rise by up to 10 degrees."""
    skew = _skew(reduced(picture, min(1.0, _SKEW_DPI / dpi)))
    if abs(skew) < _LEAST_SKEW:
        return Straight(picture, 0.0)
    return Straight(turned(picture, skew), skew)


def _skew(picture: Grey) -> float:
    """By how many degrees clockwise the lines fall: the angle at which rows of ink are sharpest."""
    ys, xs = np.nonzero(dark(picture))
    if len(xs) < 200:
        return 0.0
    if len(xs) > _MOST_INK:
        chosen = np.random.default_rng(0).choice(len(xs), _MOST_INK, replace=False)
        ys, xs = ys[chosen], xs[chosen]
    level = _sharpness(xs, ys, 0.0)
    coarse = np.arange(-_MOST_SKEW, _MOST_SKEW + 0.01, 0.5)
    near = max(coarse, key=lambda angle: _sharpness(xs, ys, float(angle)))
    fine = np.arange(near - 0.45, near + 0.46, 0.05)
    best = max(fine, key=lambda angle: _sharpness(xs, ys, float(angle)))
    return float(best) if _sharpness(xs, ys, float(best)) > _SHARPER * level else 0.0


def _sharpness(xs: np.ndarray, ys: np.ndarray, degrees: float) -> float:
    """How unevenly ink falls on rows that fall by so many degrees."""
    angle = np.deg2rad(degrees)
    rows = ys * np.cos(angle) - xs * np.sin(angle)
    counts = np.bincount((rows - rows.min()).astype(np.int64)).astype(np.float64)
    return float(np.square(counts).sum())


def stands_on_its_side(picture: Grey, dpi: int) -> bool:
    """Whether ink falls on columns more unevenly than on rows, as when lines run up or down."""
    ys, xs = np.nonzero(dark(reduced(picture, min(1.0, _SKEW_DPI / dpi))))
    if len(xs) < 200:
        return False
    return _evenness(xs) > 1.5 * _evenness(ys)


def _evenness(at: np.ndarray) -> float:
    """How much counts change from one row to the next, in parts of their mean."""
    counts = np.bincount(at - at.min()).astype(np.float64)
    return float(np.abs(np.diff(counts)).mean() / counts.mean())


def dark(picture: Grey) -> np.ndarray:
    """Which pixels are ink: darker than the brightness that parts the picture best (Otsu)."""
    counts = np.bincount(picture.ravel(), minlength=256).astype(np.float64)
    below = np.cumsum(counts)
    total = below[-1]
    weighed = np.cumsum(counts * np.arange(256))
    with np.errstate(divide="ignore", invalid="ignore"):
        between = (weighed[-1] * below / total - weighed) ** 2 / (below * (total - below))
    limit = int(np.nanargmax(np.where(np.isfinite(between), between, -1.0)))
    return picture <= min(limit, 200)


# Ruling lines

Rule = tuple[float, float, float, float]
"""A straight stroke along the page: left, top, right, bottom in pixels."""

_RULE_INCHES = 0.55  # longer strokes than this are no letters
_RULE_THICK = 1 / 30  # inches; what is thicker is a picture


def rules_of(ink: np.ndarray, dpi: int) -> list[Rule]:
    """The ruling lines of an upright picture, level ones first."""
    level = [(x0, y, x1, y) for x0, y, x1 in _strokes(ink, dpi)]
    upright = [(x, y0, x, y1) for y0, x, y1 in _strokes(ink.T, dpi)]
    return level + upright


def _strokes(ink: np.ndarray, dpi: int) -> list[tuple[float, float, float]]:
    """Level strokes of some length and little thickness: left, height, right."""
    long = _opened(ink, round(_RULE_INCHES * dpi))
    # Only rows that hold some are looked at further: text has none.
    at = np.flatnonzero(long.any(axis=1))
    if not len(at) or len(at) > 0.5 * len(ink):
        return []
    thick = max(4, round(_RULE_THICK * dpi))
    out: list[tuple[float, float, float]] = []
    for band in np.split(at, np.flatnonzero(np.diff(at) > 1) + 1):
        if len(band) > thick:
            continue
        columns = np.flatnonzero(long[band].any(axis=0))
        for stretch in np.split(columns, np.flatnonzero(np.diff(columns) > 6) + 1):
            out.append((float(stretch[0]), float(band.mean()), float(stretch[-1])))
    return out


def _opened(ink: np.ndarray, length: int) -> np.ndarray:
    """Ink that stands in a level run of at least ``length`` pixels."""
    height, width = ink.shape
    if width <= length:
        return np.zeros_like(ink)
    sums = np.zeros((height, width + 1), dtype=np.int32)
    np.cumsum(ink, axis=1, out=sums[:, 1:])
    starts = sums[:, length:] - sums[:, :-length] >= length
    reach = np.zeros((height, width + 1), dtype=np.int32)
    reach[:, : starts.shape[1]] += starts
    reach[:, length:] -= starts[:, : width + 1 - length]
    return np.cumsum(reach, axis=1)[:, :width] > 0


def without(picture: Grey, rules: list[Rule], dpi: int) -> Grey:
    """The picture with its ruling lines made white; they lead recognition astray."""
    if not rules:
        return picture
    clean = picture.copy()
    half = max(2, round(_RULE_THICK * dpi / 2))
    for x0, top, x1, bottom in rules:
        upper, left = max(0, int(top) - half), max(0, int(x0) - half)
        clean[upper : int(bottom) + half + 1, left : int(x1) + half + 1] = 255
    return clean
