"""Bar charts as SVG text: no script, no picture library; they print, and each bar is a link.

Labels are set in both languages, the stylesheet shows one. The container must be ``dir="ltr"`` and
``svg text`` have ``unicode-bidi: plaintext``: otherwise browsers draw Persian labels over the bars.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from textmine.reports.marks import figure, spans
from textmine.reports.texts import Both

_BAR, _STEP = 16, 24
_COLUMN, _HEIGHT = 34, 120
_LABELS, _BARS, _NUMBERS = 190, 380, 50


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it stands for, how many, and the anchor of what is behind it."""

    label: Both
    count: int
    anchor: str


def bar_chart(title: Both, bars: Sequence[Bar]) -> Markup:
    """Horizontal bars in the order given, for labels that are words."""
    most = max((bar.count for bar in bars), default=0) or 1
    parts = []
    for place, bar in enumerate(bars):
        y = place * _STEP + 4
        width = round(bar.count / most * _BARS, 1)
        parts += [
            _text(bar.label, _LABELS - 8, y + 12, "end"),
            Markup('<rect x="{}" y="{}" width="{}" height="{}" rx="2"/>').format(
                _LABELS, y, width, _BAR
            ),
            _text(figure(bar.count), _LABELS + width + 6, y + 12, "start"),
        ]
        parts = _linked(parts, 3, bar)
    return _svg(title, _LABELS + _BARS + _NUMBERS, len(bars) * _STEP + 8, parts)


def column_chart(title: Both, bars: Sequence[Bar]) -> Markup:
    """Upright bars in the order given, for labels that are short, such as years."""
    most = max((bar.count for bar in bars), default=0) or 1
    parts = []
    for place, bar in enumerate(bars):
        middle = place * _COLUMN + _COLUMN // 2
        height = round(bar.count / most * _HEIGHT, 1)
        top = 18 + _HEIGHT - height
        parts += [
            _text(figure(bar.count), middle, top - 5, "middle"),
            Markup('<rect x="{}" y="{}" width="{}" height="{}" rx="2"/>').format(
                middle - 11, top, 22, height
            ),
            _text(bar.label, middle, _HEIGHT + 34, "middle"),
        ]
        parts = _linked(parts, 3, bar)
    return _svg(title, max(len(bars) * _COLUMN, 60), _HEIGHT + 42, parts)


def _linked(parts: list[Markup], last: int, bar: Bar) -> list[Markup]:
    """The last parts made into one link."""
    link = Markup('<a href="#{}">{}</a>').format(bar.anchor, Markup("").join(parts[-last:]))
    return [*parts[:-last], link]


def _text(both: Both, x: float, y: float, anchor: str) -> Markup:
    element = Markup('<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>')
    return element.format("e", x, y, anchor, both.en) + element.format("f", x, y, anchor, both.fa)


def _svg(title: Both, width: float, height: float, parts: Sequence[Markup]) -> Markup:
    return Markup(
        '<figure><figcaption>{0}</figcaption><div class="chart" dir="ltr">'
        '<svg viewBox="0 0 {1} {2}" width="{1}" height="{2}" role="group" aria-label="{3} · {4}">'
        "{5}</svg></div></figure>"
    ).format(spans(title), width, height, title.en, title.fa, Markup("").join(parts))
