"""Figures of ties and of tables as SVG and PNG, labelled in Persian or English, drawn offline."""

from __future__ import annotations

from textmine.figures.drawing import Figure, Mark
from textmine.figures.maps import tie_map
from textmine.figures.networks import tie_network
from textmine.figures.tables import Table, heat_map, stacked_bars
from textmine.figures.times import TrendPoint, time_line, trend_lines
from textmine.figures.writing import Tongue

__all__ = [
    "Figure",
    "Mark",
    "Table",
    "Tongue",
    "TrendPoint",
    "heat_map",
    "stacked_bars",
    "tie_map",
    "tie_network",
    "time_line",
    "trend_lines",
]
