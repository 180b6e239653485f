"""Sentence vectors of two languages made comparable, so that topics are about subjects.

All vectors of one language share a direction that outweighs what is said: taken as they come,
clusters are "Persian" and "English". So the middle of each language is taken away. What then still
parts the languages (the same subject written of in another manner) is bridged: each clause is drawn
towards the clauses of the other language that are nearest to it, the more the nearer they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from textmine.codebook import definitions
from textmine.encoding import Encoder
from textmine.records import Codebook

Floats = NDArray[np.float32]
Languages = NDArray[np.str_]

# Chosen on three collections (clauses of agreements with their codes, clauses with some
# translations among them, news with all of them): 3 to 5 neighbours and pulls of 1 to 2.5 came out
# alike when no clause was drawn to its own translation. Weighing by likeness is what lets a
# subject that one language alone speaks of keep a topic of its own.
_NEIGHBOURS = 5
_PULL = 1.5

_AT_ONCE = 1024  # clauses compared with all of the other language at a time


_NOTHING: Mapping[int, Sequence[int]] = {}


def unit(rows: Floats) -> Floats:
    """The rows with length 1; rows of zeros stay."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    found: Floats = (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return found


def middles(vectors: Floats, languages: Languages) -> dict[str, Floats]:
    """The mean vector of each language."""
    return {
        str(language): vectors[languages == language].mean(axis=0, dtype=np.float64).astype("f4")
        for language in np.unique(languages)
    }


def centred(vectors: Floats, languages: Languages) -> Floats:
    """Vectors of length 1 without the middle of their language."""
    found = vectors.copy()
    for language, middle in middles(vectors, languages).items():
        found[languages == language] -= middle
    return unit(found)


def bridged(
    points: Floats, languages: Languages, apart: Mapping[int, Sequence[int]] = _NOTHING
) -> Floats:
    """Centred vectors, each drawn towards its nearest neighbours in the other language.

    ``apart`` names places that are never neighbours, such as translations of each other when it is
    asked what becomes of clauses without one.
    """
    found = points.copy()
    for language in np.unique(languages):
        own = np.flatnonzero(languages == language)
        others = np.flatnonzero(languages != language)
        if not len(others):
            continue
        columns = {int(place): column for column, place in enumerate(others)}
        near = min(_NEIGHBOURS, len(others))
        for start in range(0, len(own), _AT_ONCE):
            places = own[start : start + _AT_ONCE]
            likeness = points[places] @ points[others].T
            for row, place in enumerate(places):
                likeness[row, [columns[other] for other in apart.get(int(place), ())]] = -1
            best = np.argpartition(-likeness, near - 1, axis=1)[:, :near]
            weights = np.take_along_axis(likeness, best, axis=1).clip(min=0)
            pull = np.einsum("ij,ijk->ik", weights, points[others[best]])
            found[places] += _PULL / _NEIGHBOURS * pull
    return unit(found)


def code_points(codebook: Codebook, encoder: Encoder, middle_of: Mapping[str, Floats]) -> Floats:
    """Where the description of each code lies among centred vectors, over the languages there."""
    found = np.zeros((len(codebook.codes), encoder.dimensions), dtype=np.float32)
    for language, middle in middle_of.items():
        found += unit(encoder.encode(definitions(codebook)[language]) - middle)
    return unit(found)
