"""The sheet that figures are drawn on, and the finished figure as SVG and PNG.

Every figure is laid out once, from the side where its language begins: *along* counts pixels from
the left edge in an English figure and from the right edge in a Persian one, so bars grow, years
run, legends and axes stand as a reader of that language expects. Maps alone keep east at the right.

Marks are described in Vega-Lite, and vl-convert draws them, offline. In SVG, texts stay texts,
which can be searched, read aloud and edited: browsers shape them with the font that the file
carries inside, programs that ignore fonts inside files (Inkscape, LibreOffice) with one of the
named ones or their own, and Persian letters join all the same. PNG is drawn from the same SVG with
the shipped font.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from textmine.figures.writing import Tongue, bare, labelled, steered, width_of, wrapped, written
from textmine.records import Tie

if TYPE_CHECKING:
    Rows = list[list[Mapping[str, Any]]]

Shape = Literal["circle", "square", "diamond", "triangle-up", "cross"]
Align = Literal["start", "middle", "end"]

PALETTE = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#CC79A7",
    "#56B4E9",
    "#D55E00",
    "#F0E442",
    "#555555",
    "#332288",
    "#999933",
    "#882255",
    "#DDDDDD",
)
"""Okabe and Ito's colours, then four of Paul Tol's: told apart by colour-blind readers, and in an
order in which neighbours differ in lightness, so that they also differ in grey print."""
DASHES: tuple[tuple[int, ...], ...] = ((), (7, 3), (2, 2), (7, 2, 2, 2), (12, 3), (9, 2), (4, 4))
"""Lines differ in their strokes too: colour alone does not survive a copying machine."""
SHAPES: tuple[Shape, ...] = ("circle", "square", "triangle-up", "diamond", "cross")
INK, PALE, GRID, GROUND = "#222222", "#666666", "#DDDDDD", "#F4F4F4"

TITLE, LABEL, SMALL = 16, 11, 10
"""Font sizes in pixels."""

_HERE = Path(__file__).resolve().parent
_FONT = "Vazirmatn"
_FONTS = "Vazirmatn, Tahoma, 'Noto Naskh Arabic', Arial, sans-serif"
_NUMBER = r"-?\d+(?:\.\d+)?(?:e-?\d+)?"
_STEP = re.compile(rf"([MLZ])(?:({_NUMBER}),({_NUMBER}))?")
_STRAIGHT = re.compile(rf"(?:[ML]{_NUMBER},{_NUMBER}|Z)*")
_DECIMALS = re.compile(r"\d+\.\d{2,}")
_SVG = "{http://www.w3.org/2000/svg}"
_LINK = "{http://www.w3.org/1999/xlink}href"
"""The older way to point at a part of the file: every program that reads SVG knows it."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What one drawn mark stands for: a sentence, its values, and the ties behind it."""

    says: str
    values: Mapping[str, str | float]
    ties: tuple[Tie, ...] = ()


class _Item(NamedTuple):
    """One shape in pixels of the sheet; ``style`` is what a whole layer has in common."""

    layer: int
    kind: Literal["rect", "line", "point", "text", "land"]
    style: tuple[tuple[str, Any], ...]
    rows: tuple[Mapping[str, Any], ...]


class Outline(NamedTuple):
    """The projection of one map panel: scale, shift and frame in pixels, middle in degrees."""

    scale: float
    shift: tuple[float, float]
    frame: tuple[float, float, float, float]
    middle: float

    @property
    def form(self) -> tuple[float, ...]:
        """What panels that show the same part of the world, each in its place, have in common."""
        left, top, right, bottom = self.frame
        x, y = self.shift
        sizes = (self.scale, self.middle, right - left, bottom - top, x - left, y - top)
        return tuple(round(size, 4) for size in sizes)


@dataclass(frozen=True)
class Figure:
    """A finished figure. ``marks`` hold what every bar, cell, line and point stands for.

    ``caption`` are the sentences under the figure, which say what it leaves out.
    """

    title: str
    language: Tongue
    caption: tuple[str, ...]
    marks: tuple[Mark, ...]
    width: float
    height: float
    items: tuple[_Item, ...] = field(repr=False)

    @property
    def alt(self) -> str:
        """A text for those who do not see the figure: title, marks, caption."""
        stop = "؛ " if self.language == "fa" else "; "
        marks = stop.join(mark.says for mark in self.marks)
        return " ".join(
            part for part in (f"{self.title}.", marks and f"{marks}.", *self.caption) if part
        )

    def svg(self, *, own_font: bool = True) -> str:
        """The figure as SVG, the same bytes every time.

        ``own_font`` puts the font inside (50 KB), which a page that has Vazirmatn already, and
        shows many figures, can do without.
        """
        return _finished(self._drawn, self, own_font)

    def png(self, scale: float = 2) -> bytes:
        """The figure as PNG, ``scale`` times its size in pixels."""
        import vl_convert

        _fonts_known()
        return bytes(vl_convert.svg_to_png(self._drawn, scale))

    @functools.cached_property
    def _drawn(self) -> str:
        return _drawn(self)


class Sheet:
    """Where a figure is laid out. Starts with the title; ``top`` is the first free row (pixels)."""

    def __init__(self, title: str, language: Tongue, width: float) -> None:
        self.language: Tongue = language
        self.title = written(title, language)
        self.width = width
        self.caption: list[str] = []
        self.marks: list[Mark] = []
        self._items: list[_Item] = []
        self.top = 0.0
        for line in wrapped(self.title, TITLE, width):
            self.text(0, self.top + TITLE * 0.75, line, size=TITLE)
            self.top += TITLE * 1.5
        self.top += 4

    def mark(self, says: str, values: Mapping[str, str | float], ties: Iterable[Tie] = ()) -> str:
        """Note what the next mark stands for; gives back the sentence that the shape carries."""
        self.marks.append(Mark(says, dict(values), tuple(ties)))
        return says

    def along(self, x: float) -> float:
        """Pixels from the left edge as pixels from where the language begins, and back."""
        return self.width - x if self.language == "fa" else x

    def rect(
        self,
        x: float,
        y: float,
        length: float,
        height: float,
        colour: str,
        *,
        layer: int = 2,
        says: str = "",
        opacity: float = 1,
        edge: str = "white",
    ) -> None:
        """A rectangle from ``x`` along."""
        one, two = sorted((self.along(x), self.along(x + length)))
        row = {"x": _r(one), "x2": _r(two), "y": _r(y), "y2": _r(y + height), "says": says}
        style = (("colour", colour), ("opacity", opacity), ("edge", edge))
        self._items.append(_Item(layer, "rect", style, (row,)))

    def line(
        self,
        points: Sequence[tuple[float, float]],
        colour: str,
        *,
        layer: int = 3,
        thick: float = 1,
        dash: tuple[int, ...] = (),
        says: str = "",
        opacity: float = 1,
    ) -> None:
        """A line through points given as (along, y)."""
        rows = tuple(
            {"x": _r(self.along(x)), "y": _r(y), "says": says, "order": order}
            for order, (x, y) in enumerate(points)
        )
        style = (("colour", colour), ("thick", thick), ("dash", dash), ("opacity", opacity))
        self._items.append(_Item(layer, "line", style, rows))

    def point(
        self,
        x: float,
        y: float,
        area: float,
        colour: str,
        *,
        shape: Shape = "circle",
        layer: int = 4,
        says: str = "",
    ) -> None:
        """A filled sign of ``area`` square pixels with a white edge."""
        row = {"x": _r(self.along(x)), "y": _r(y), "area": _r(area), "says": says}
        self._items.append(_Item(layer, "point", (("colour", colour), ("shape", shape)), (row,)))

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = LABEL,
        align: Align = "start",
        colour: str = INK,
        layer: int = 6,
    ) -> None:
        """A line of text whose middle is at height ``y``; ``align`` says what lies at ``x``."""
        sides = ("right", "left") if self.language == "fa" else ("left", "right")
        side = {"start": sides[0], "end": sides[1], "middle": "center"}[align]
        row = {"x": _r(self.along(x)), "y": _r(y), "text": steered(text, self.language)}
        style = (("size", size), ("align", side), ("colour", colour))
        self._items.append(_Item(layer, "text", style, (row,)))

    def land(self, outline: Outline) -> None:
        """The countries, in the projection of a map panel, cut off at its frame."""
        self._items.append(_Item(1, "land", (("outline", outline),), ()))

    def legend(self, entries: Sequence[LegendEntry]) -> None:
        """Signs and their names in lines under the title."""
        x = 0.0
        self.top += 4
        for entry in entries:
            name = labelled(entry.name, self.language)
            sign = 20 if entry.form == "box" else 34
            length = sign + width_of(name, LABEL) + 18
            if x and x + length > self.width:
                x, self.top = 0.0, self.top + 18
            y = self.top + 6
            if entry.form == "box":
                self.rect(x, y - 6, 14, 12, entry.colour, edge="#888888")
            else:
                self.line([(x, y), (x + 28, y)], entry.colour, thick=2, dash=entry.dash)
            if entry.form == "point":
                self.point(x + 14, y, 50, entry.colour, shape=entry.shape)
            self.text(x + sign, y, name)
            x += length
        self.top += 24

    def finished(self) -> Figure:
        """The figure with its caption under it, everything drawn so far above."""
        y = self.top + 6
        caption = tuple(written(sentence, self.language) for sentence in self.caption)
        for sentence in caption:
            for line in wrapped(sentence, SMALL, self.width):
                self.text(0, y + 7, line, size=SMALL, colour=PALE)
                y += 15
        return Figure(
            title=self.title,
            language=self.language,
            caption=caption,
            marks=tuple(self.marks),
            width=self.width,
            height=math.ceil(y + 2),
            items=tuple(self._items),
        )


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One sign of a legend and its name."""

    name: str
    colour: str
    form: Literal["box", "line", "point"] = "box"
    dash: tuple[int, ...] = ()
    shape: Shape = "circle"


def on(colour: str) -> str:
    """Black or white, whichever can be read on the colour.

    >>> on("#0072B2"), on("#F0E442")
    ('#FFFFFF', '#222222')
    """
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return INK if 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 else "#FFFFFF"


def _r(value: float) -> float:
    """Rounded to a tenth of a pixel: the same bytes on every machine."""
    return round(float(value), 1) + 0.0


@functools.cache
def _fonts_known() -> None:
    import vl_convert

    vl_convert.register_font_directory(str(_HERE / "fonts"))


@functools.cache
def _outlines() -> dict[str, Any]:
    import json

    shapes: dict[str, Any] = json.loads((_HERE / "countries-110m.json").read_text("utf-8"))
    return shapes


def _drawn(figure: Figure) -> str:
    """The bare SVG, as vl-convert draws it, tidied."""
    import vl_convert

    _fonts_known()
    layers: dict[tuple[int, str, tuple[tuple[str, Any], ...]], Rows] = {}
    lands: dict[tuple[float, ...], list[Outline]] = {}
    for item in figure.items:
        if item.kind == "land":
            outline: Outline = dict(item.style)["outline"]
            lands.setdefault(outline.form, []).append(outline)
            if len(lands[outline.form]) > 1:
                continue
        layers.setdefault((item.layer, item.kind, item.style), []).append(list(item.rows))
    spec: dict[str, Any] = {
        "width": figure.width,
        "height": figure.height,
        "padding": 10,
        "autosize": {"type": "pad"},
        "background": "white",
        "config": {"font": _FONTS, "view": {"stroke": None}},
        "layer": [
            _LAYERS[kind](dict(style), groups)
            for (_, kind, style), groups in sorted(layers.items(), key=lambda each: each[0][0])
        ],
    }
    if lands:
        spec["datasets"] = {"countries": _outlines()}
    return _tidied(vl_convert.vegalite_to_svg(spec, allowed_base_urls=[]), list(lands.values()))


def _tidied(svg: str, lands: Sequence[Sequence[Outline]]) -> str:
    """The SVG without empty groups and repeated attributes.

    Every land is one path, and panels that show the same part of the world use one and the same.
    """
    from lxml import etree

    root: Any = etree.fromstring(svg.encode("utf-8"))
    root.set("font-family", _FONTS)
    for text in root.iter(f"{_SVG}text"):
        text.attrib.pop("font-family", "")
    for element in list(root.iter(f"{_SVG}path")):
        if element.get("class") in ("background", "foreground"):
            element.getparent().remove(element)
            continue
        if element.get("opacity") == "1":
            del element.attrib["opacity"]
        element.set("d", _tenths(element.get("d", "")))
    for group in root.xpath("//*[contains(@class, 'pathgroup')]"):
        lines = list(group.iter(f"{_SVG}path"))
        group[:] = lines
    drawn = root.xpath("//*[contains(@class, 'mark-shape')]")
    for place, (group, (first, *others)) in enumerate(zip(drawn, lands, strict=True), start=1):
        one = group[0]
        one.set("d", "".join(country.get("d") for country in group))
        one.set("id", f"land-{place}")
        one.attrib.pop("transform", "")
        group[:] = [one]
        for other in others:
            x, y = (_r(to - at) for to, at in zip(other.shift, first.shift, strict=True))
            use = etree.SubElement(group, f"{_SVG}use", transform=f"translate({x:g},{y:g})")
            use.set(_LINK, f"#land-{place}")
    return str(etree.tostring(root, encoding="unicode"))


def _tenths(path: str) -> str:
    """A path to a tenth of a pixel, from point to point where it has straight lines only.

    >>> _tenths("M10.04,20L10.51,20.25L10.54,20.24Z"), _tenths("M0,0h70.20000000000005v7Z")
    ('M10,20l0.5,0.2Z', 'M0,0h70.2v7Z')
    """
    if _STRAIGHT.fullmatch(path) is None:
        return _DECIMALS.sub(lambda found: f"{float(found[0]):.1f}", path)
    parts: list[str] = []
    x = y = 0
    for letter, one, two in _STEP.findall(path):
        if letter == "Z":
            parts.append("Z")
            continue
        to_x, to_y = round(float(one) * 10), round(float(two) * 10)
        if letter == "M":
            parts.append(f"M{to_x / 10:g},{to_y / 10:g}")
        elif (to_x, to_y) != (x, y):
            parts.append(f"l{(to_x - x) / 10:g},{(to_y - y) / 10:g}")
        x, y = to_x, to_y
    return "".join(parts)


def _field(name: str, kind: str = "quantitative") -> dict[str, Any]:
    """A field of the rows that is taken as it stands: pixels are pixels."""
    return {"field": name, "type": kind}


_CHANNELS: dict[str, dict[str, Any]] = {
    "x": {**_field("x"), "scale": None, "axis": None},
    "y": {**_field("y"), "scale": None, "axis": None},
    "x2": {"field": "x2"},
    "y2": {"field": "y2"},
    "size": {**_field("area"), "scale": None, "legend": None},
    "text": _field("text", "nominal"),
    "detail": _field("line", "nominal"),
    "order": _field("order"),
    "description": _field("says", "nominal"),
}


def _placed(
    rows: Iterable[Mapping[str, Any]], mark: Mapping[str, Any], *channels: str
) -> dict[str, Any]:
    """A layer of Vega-Lite: rows, their mark, and the channels named, x and y among them."""
    return {
        "data": {"values": [dict(row) for row in rows]},
        "mark": mark,
        "encoding": {name: _CHANNELS[name] for name in ("x", "y", *channels)},
    }


def _rects(style: Mapping[str, Any], groups: Rows) -> dict[str, Any]:
    mark = {
        "type": "rect", "fill": style["colour"], "stroke": style["edge"], "strokeWidth": 0.7,
        "opacity": style["opacity"],
    }  # fmt: skip
    return _placed(chain(*groups), mark, "x2", "y2", "description")


def _lines(style: Mapping[str, Any], groups: Rows) -> dict[str, Any]:
    mark = {
        "type": "line", "color": style["colour"], "strokeWidth": style["thick"],
        "opacity": style["opacity"],
    }  # fmt: skip
    if style["dash"]:
        mark["strokeDash"] = list(style["dash"])
    rows = [{**row, "line": place} for place, group in enumerate(groups) for row in group]
    return _placed(rows, mark, "detail", "order", "description")


def _points(style: Mapping[str, Any], groups: Rows) -> dict[str, Any]:
    mark = {
        "type": "point", "filled": True, "fill": style["colour"], "shape": style["shape"],
        "stroke": "white", "strokeWidth": 0.8, "opacity": 1,
    }  # fmt: skip
    return _placed(chain(*groups), mark, "size", "description")


def _texts(style: Mapping[str, Any], groups: Rows) -> dict[str, Any]:
    mark = {
        "type": "text", "align": style["align"], "baseline": "middle", "fontSize": style["size"],
        "color": style["colour"], "aria": False,
    }  # fmt: skip
    return _placed(chain(*groups), mark, "text")


def _lands(style: Mapping[str, Any], _: Rows) -> dict[str, Any]:
    outline: Outline = style["outline"]
    left, top, right, bottom = outline.frame
    return {
        "data": {"name": "countries", "format": {"feature": "countries", "type": "topojson"}},
        "mark": {
            "type": "geoshape", "fill": "#E4E1D9", "stroke": "#FFFFFF", "strokeWidth": 0.6,
            "aria": False, "clip": False,
        },
        "projection": {
            "type": "naturalEarth1",
            "scale": outline.scale,
            "translate": list(outline.shift),
            "rotate": [-outline.middle, 0, 0],
            "clipExtent": [[left, top], [right, bottom]],
        },
    }  # fmt: skip


_LAYERS = {"rect": _rects, "line": _lines, "point": _points, "text": _texts, "land": _lands}


def _finished(svg: str, figure: Figure, own_font: bool) -> str:
    """The SVG with its language, title, description and font; marks say what they stand for."""
    from lxml import etree

    key = hashlib.sha256(svg.encode("utf-8")).hexdigest()[:12]
    root = etree.fromstring(re.sub(r'(?<=[#"])land-(?=\d)', f"land-{key}-", svg).encode("utf-8"))
    for element in root.iter():
        element.attrib.pop("aria-roledescription", "")
        element.attrib.pop("role", "")
        element.attrib.pop("aria-hidden", "")
        says = element.attrib.pop("aria-label", "")
        if says:
            etree.SubElement(element, f"{_SVG}title").text = str(says)
    root.set("role", "img")
    root.set("lang", figure.language)
    root.set("aria-labelledby", f"title-{key} text-{key}")
    head = [("title", figure.title, f"title-{key}"), ("desc", figure.alt, f"text-{key}")]
    if own_font:
        font = base64.b64encode((_HERE / "fonts" / f"{_FONT}-Regular.woff2").read_bytes())
        source = f"url(data:font/woff2;base64,{font.decode()}) format('woff2')"
        head.append(("style", f"@font-face{{font-family:{_FONT};src:{source}}}", f"font-{key}"))
    for place, (tag, text, name) in enumerate(head):
        element = etree.Element(f"{_SVG}{tag}", id=name)
        element.text = bare(text)
        root.insert(place, element)
    return str(etree.tostring(root, encoding="unicode"))
