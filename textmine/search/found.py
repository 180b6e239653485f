"""What a search gives back."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from textmine.records import Span


@dataclass(frozen=True, slots=True)
class Hit:
    """A clause that was found. ``highlights`` are stretches of ``text``, the original words."""

    clause: str
    document: int
    title: str
    page: int
    text: str
    score: float
    highlights: tuple[Span, ...]

    def to_json(self) -> dict[str, Any]:
        """The hit as a JSON object."""
        return {
            "id": self.clause,
            "document": self.document,
            "title": self.title,
            "page": self.page,
            "text": self.text,
            "score": round(self.score, 6),
            "highlights": [list(span) for span in self.highlights],
        }


@dataclass(frozen=True, slots=True)
class Found:
    """``total`` clauses match; ``hits`` are those asked for, best first.

    ``facets`` count all matching clauses by ``language``, document ``kind``, ``code``, Gregorian
    ``year`` and ``document``, the most frequent value first. ``behind`` is how many changes of the
    corpus the index has not seen yet, because another process is just writing it; 0 otherwise.
    """

    total: int
    facets: Mapping[str, Mapping[str, int]]
    hits: tuple[Hit, ...]
    behind: int = 0

    def to_json(self) -> dict[str, Any]:
        """The answer as a JSON object."""
        return {
            "total": self.total,
            "facets": {name: dict(counts) for name, counts in self.facets.items()},
            "hits": [hit.to_json() for hit in self.hits],
        }


_FIRST_STRONG, _END = "\u2068", "\u2069"


@dataclass(frozen=True, slots=True)
class Place:
    """One place where the words occur, in its context: original text on one line."""

    left: str
    match: str
    right: str
    clause: str
    document: int
    page: int

    def to_json(self) -> dict[str, Any]:
        """The place as a JSON object."""
        return {
            "left": self.left,
            "match": self.match,
            "right": self.right,
            "clause": self.clause,
            "document": self.document,
            "page": self.page,
        }

    def shown(self, width: int) -> str:
        r"""One line for a terminal: document and page, what stands before, the match, what follows.

        The matches of several lines stand below each other when ``width`` is that of the search.
        Each piece is isolated, so that Persian keeps to its column; what comes before stands left
        in both languages.

        >>> line = Place("the ", "Parties", " agree", "x.1", 3, 2).shown(8)
        >>> line.replace("\u2068", "").replace("\u2069", "")
        '     3:2      the [Parties] agree'
        """
        padding = " " * max(0, width - columns(self.left))
        left, match, right = (
            _FIRST_STRONG + piece + _END for piece in (self.left, self.match, self.right)
        )
        return f"{f'{self.document}:{self.page}':>8}  {padding}{left}[{match}]{right}"


def columns(text: str) -> int:
    r"""How many columns of a terminal ``text`` takes: marks and half-spaces take none.

    >>> columns("می\u200cشود"), columns("مُدیر")
    (5, 4)
    """
    return sum(
        0
        if unicodedata.category(character) in {"Mn", "Me", "Cf"}
        else 2
        if unicodedata.east_asian_width(character) in "WF"
        else 1
        for character in text
    )
