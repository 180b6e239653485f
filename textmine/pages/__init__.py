"""Glyphs of a page to text in logical order: rows, columns, tables, half-spaces, roles, verdicts.

The steps, each in its module: :mod:`~textmine.pages.glyphs` (what each glyph says),
:mod:`~textmine.pages.rows` (spaces, columns, tables by geometry), :mod:`~textmine.pages.order`
(visual to logical), :mod:`~textmine.pages.votes` (what the whole document tells about a glyph),
:mod:`~textmine.pages.roles` and :mod:`~textmine.pages.verdicts`.
"""

from __future__ import annotations

from textmine.pages.compose import Composer
from textmine.pages.glyphs import HALF_SPACE, Glyph, Sheet

__all__ = ["HALF_SPACE", "Composer", "Glyph", "Sheet"]
