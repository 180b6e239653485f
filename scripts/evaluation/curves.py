"""Charts as SVG text, readable in light and in dark: lines over a scale, dots with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

Point = tuple[float, float]

# Colours that are told apart by colour-blind readers too, and by shape besides; light and dark.
_STYLE = """
.paper{fill:#fff}.ink{fill:#1f2328}.soft{fill:#59636e}.grid{stroke:#d8dee4}.axis{stroke:#8c959f}
.s0{--c:#0969da}.s1{--c:#bc4c00}.s2{--c:#1a7f37}.s3{--c:#8250df}.s9{--c:#8c959f}
.line{fill:none;stroke:var(--c);stroke-width:2;stroke-linejoin:round}.mark{fill:var(--c)}
.band{fill:var(--c);opacity:.14}.whisker{stroke:var(--c);stroke-width:2}
.s9.line{stroke-dasharray:5 4}.ring{stroke:#fff;stroke-width:1.5}
@media(prefers-color-scheme:dark){.paper{fill:#0d1117}.ink{fill:#e6edf3}.soft{fill:#9198a1}
.grid{stroke:#2a313c}.axis{stroke:#656c76}.ring{stroke:#0d1117}
.s0{--c:#4493f8}.s1{--c:#f0883e}.s2{--c:#3fb950}.s3{--c:#ab7df8}.s9{--c:#7d8590}}
text{font-family:Vazirmatn,"Segoe UI",Tahoma,"Noto Sans","Noto Naskh Arabic",sans-serif;
font-size:13px}.title{font-size:15px;font-weight:600}
"""


@dataclass(frozen=True)
class Line:
    """A curve; ``low`` and ``high`` bound its band, where there is one. Style 9 is a reference."""

    name: str
    points: Sequence[Point]
    style: int
    band: Sequence[tuple[float, float]] = ()


@dataclass(frozen=True)
class Dot:
    """A figure in a row, with its interval."""

    value: float
    style: int
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Axis:
    """From where to where, what stands beside it, and how its marks read."""

    label: str
    marks: Sequence[tuple[float, str]]

    @property
    def low(self) -> float:
        """Where the axis begins."""
        return self.marks[0][0]

    @property
    def high(self) -> float:
        """Where it ends."""
        return self.marks[-1][0]

    def at(self, value: float) -> float:
        """How far along the axis a value lies, from 0 to 1."""
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))


def share_axis(label: str, low: float = 0.0) -> Axis:
    """An axis of shares as far as 1, marked at every tenth or fifth."""
    step = 10 if low >= 0.4 else 20
    return Axis(
        label, [(mark / 100, f"{mark / 100:.1f}") for mark in range(round(low * 100), 101, step)]
    )


def lines(title: str, across: Axis, up: Axis, curves: Sequence[Line]) -> str:
    """Curves over a scale. Their names stand above, in the order given."""
    left, top, width, height = 62, 74, 530, 290
    parts = _key(title, [(curve.name, curve.style) for curve in curves], left)
    for mark, said in up.marks:
        y = top + height * (1 - up.at(mark))
        parts.append(_stroke("grid", left, y, left + width, y))
        parts.append(_text("soft", left - 8, y + 4, said, "end"))
    for mark, said in across.marks:
        x = left + width * across.at(mark)
        parts.append(_stroke("axis", x, top + height, x, top + height + 5))
        parts.append(_text("soft", x, top + height + 20, said, "middle"))
    parts.append(_stroke("axis", left, top + height, left + width, top + height))
    parts.append(_text("soft", left + width / 2, top + height + 42, across.label, "middle"))
    middle = top + height / 2
    parts.append(
        f'<text class="soft" text-anchor="middle" transform="translate(16 {middle}) rotate(-90)">'
        f"{escape(up.label)}</text>"
    )

    def place(point: Point) -> Point:
        return left + width * across.at(point[0]), top + height * (1 - up.at(point[1]))

    for curve in curves:
        if curve.band:
            across_band = [x for x, _ in curve.points]
            lower = [place((x, low)) for x, (low, _) in zip(across_band, curve.band, strict=True)]
            upper = [place((x, high)) for x, (_, high) in zip(across_band, curve.band, strict=True)]
            edge = [*lower, *upper[::-1]]
            parts.append(f'<polygon class="band s{curve.style}" points="{_path(edge)}"/>')
    for curve in curves:
        path = [place(point) for point in curve.points]
        parts.append(f'<polyline class="line s{curve.style}" points="{_path(path)}"/>')
        if curve.style != 9 and len(path) <= 12:
            parts += [_mark(x, y, curve.style) for x, y in path]
    return _svg(title, left + width + 28, top + height + 56, parts)


def dots(
    title: str,
    across: Axis,
    rows: Sequence[tuple[str, Sequence[Dot]]],
    names: Sequence[tuple[str, int]],
) -> str:
    """One row for each label, with a dot for each figure; figures of a row stand below each other.

    ``names`` say what each style stands for.
    """
    left, top, width = 270, 74, 340
    parts = _key(title, names, 20)
    step = 13 * max(1, *(len(row) for _, row in rows)) + 12
    bottom = top + step * len(rows)
    for mark, said in across.marks:
        x = left + width * across.at(mark)
        parts.append(_stroke("grid", x, top - 6, x, bottom))
        parts.append(_text("soft", x, bottom + 18, said, "middle"))
    parts.append(_text("soft", left + width / 2, bottom + 40, across.label, "middle"))
    for number, (label, row) in enumerate(rows):
        middle = top + step * (number + 0.5) - 4
        parts.append(_text("ink", left - 16, middle + 4, label, "end"))
        for place, dot in enumerate(row):
            y = middle + 13 * (place - (len(row) - 1) / 2)
            x = left + width * across.at(dot.value)
            if dot.low is not None and dot.high is not None:
                low, high = (left + width * across.at(end) for end in (dot.low, dot.high))
                parts.append(_stroke(f"whisker s{dot.style}", low, y, high, y))
            parts.append(_mark(x, y, dot.style))
    return _svg(title, left + width + 28, bottom + 54, parts)


def _key(title: str, names: Sequence[tuple[str, int]], left: float) -> list[str]:
    parts = [_text("ink title", 20, 26, title)]
    x = float(left)
    for name, style in names:
        if style == 9:
            parts.append(f'<polyline class="line s9" points="{x},48 {x + 18},48"/>')
        else:
            parts.append(_mark(x + 9, 48, style))
        parts.append(_text("ink", x + 24, 52, name))
        x += 24 + 7.2 * len(name) + 26
    return parts


def _mark(x: float, y: float, style: int) -> str:
    """A circle, a diamond, a square or a triangle, so that colour alone tells nothing."""
    said = f'class="mark ring s{style}"'
    if style == 0:
        return f'<circle {said} cx="{x:.1f}" cy="{y:.1f}" r="5"/>'
    if style == 2:
        return f'<rect {said} x="{x - 4.5:.1f}" y="{y - 4.5:.1f}" width="9" height="9"/>'
    corners = [(x, y - 6), (x + 6, y), (x, y + 6), (x - 6, y)]
    if style == 3:
        corners = [(x, y - 6), (x + 6, y + 5), (x - 6, y + 5)]
    return f'<polygon {said} points="{_path(corners)}"/>'


def _path(points: Sequence[Point]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _stroke(kind: str, x: float, y: float, to_x: float, to_y: float) -> str:
    return f'<line class="{kind}" x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}"/>'


def _text(kind: str, x: float, y: float, said: str, anchor: str = "start") -> str:
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(said)}</text>'
    )


def _svg(title: str, width: float, height: float, parts: Sequence[str]) -> str:
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label="{escape(title)}">\n'
        f"<style>{_STYLE}</style>\n"
        f'<rect class="paper" width="100%" height="100%"/>\n{body}\n</svg>\n'
    )
