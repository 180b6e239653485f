"""Persian numbers in pictures, read sign by sign from the ink.

Persian digits never join, so each is a piece of ink of its own; the Persian data of Tesseract drops
them or takes one for another more often than letters. A small table of weights (one linear step
over the shape of a piece) names them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from textmine.resources import shipped

if TYPE_CHECKING:
    from textmine.sources.tesseract import Grey

SIGNS = (*"۰۱۲۳۴۵۶۷۸۹", "/", ".", "٫", "-", "(", ")", "")
"""What a piece can be; the last stands for everything else."""

_SIDE, _CELLS, _WAYS = 22, 4, 8
_WEIGHTS = ("digits", "weights.json")


class Piece(NamedTuple):
    """A connected piece of ink: its picture, and where it stands above the baseline.

    ``high`` is its height, ``base`` how far its foot stands above the baseline, both in parts of
    the ascent of the line.
    """

    picture: Grey
    high: float
    base: float


def features(piece: Piece) -> np.ndarray:
    """The shape of a piece as numbers: which way its edges run in each of 16 cells, size, place."""
    from PIL import Image

    dark = Image.fromarray(255 - piece.picture)
    square = np.asarray(dark.resize((_SIDE, _SIDE), Image.Resampling.BILINEAR), dtype=np.float64)
    down, across = np.gradient(np.pad(square / 255, 1))
    strength = np.hypot(down, across)
    way = np.arctan2(down, across) % (2 * np.pi) / (2 * np.pi) * _WAYS
    low = np.floor(way).astype(np.int64) % _WAYS
    part = way - np.floor(way)
    cells = np.arange(_SIDE + 2) * _CELLS // (_SIDE + 2)
    cell = cells[:, None] * _CELLS + cells[None, :]
    counts = np.zeros(_CELLS * _CELLS * _WAYS)
    np.add.at(counts, cell * _WAYS + low, strength * (1 - part))
    np.add.at(counts, cell * _WAYS + (low + 1) % _WAYS, strength * part)
    counts /= np.sqrt(np.square(counts).sum()) + 1e-6
    rows, columns = piece.picture.shape
    wide = piece.high * columns / rows
    place = (piece.high, wide, piece.base, piece.base + piece.high, min(3.0, columns / rows))
    return np.concatenate([6 * counts, np.asarray(place), np.square(place)])


def named(pieces: Sequence[Piece]) -> list[tuple[str, float]]:
    """Which sign each piece is, and the probability of that."""
    weights, bias = _model()
    scores = np.stack([features(piece) for piece in pieces]) @ weights + bias
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    best = shares.argmax(axis=1)
    return [(SIGNS[at], float(share[at])) for at, share in zip(best, shares, strict=True)]


@cache
def _model() -> tuple[np.ndarray, np.ndarray]:
    said = json.loads(shipped("models").joinpath(*_WEIGHTS).read_text(encoding="utf-8"))
    return np.asarray(said["weights"], dtype=np.float64), np.asarray(said["bias"])
