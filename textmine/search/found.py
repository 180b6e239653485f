"""What a search gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from textmine.records import Language, Span

_DOCUMENT_BITS = 32


def place_of(document: int, ordinal: int) -> int:
    """A clause's place: its document's number and its own in one.

    >>> place = place_of(3, 7)
    >>> document_of(place), ordinal_of(place)
    (3, 7)
    """
    return document << _DOCUMENT_BITS | ordinal


def document_of(place: int) -> int:
    """The number of the document of a place."""
    return place >> _DOCUMENT_BITS


def ordinal_of(place: int) -> int:
    """The clause's number within its document."""
    return place & (1 << _DOCUMENT_BITS) - 1


@dataclass(frozen=True, slots=True)
class Hit:
    """A clause that was found.

    ``highlights`` are stretches of ``text``, the original words; ``snippet`` is the stretch that
    shows most of them. ``spans`` are where the clause stands in the document text. ``by`` says
    what found it: its words, its meaning, or both; ``counterpart`` is the id of its translation.
    ``torn`` has the highlights of each match whose letters stand apart in ``text``, as in a torn
    page.
    """

    clause: str
    document: int
    title: str
    page: int
    text: str
    score: float
    highlights: tuple[Span, ...]
    kind: str
    number: str | None
    heading: str | None
    language: Language
    spans: tuple[Span, ...]
    snippet: Span
    by: tuple[str, ...] = ("words",)
    counterpart: str = ""
    torn: tuple[tuple[Span, ...], ...] = ()

    @property
    def start(self) -> int:
        """Where the clause begins in the document text."""
        return self.spans[0].start

    @property
    def end(self) -> int:
        """Where the clause ends in the document text."""
        return self.spans[-1].end

    def to_json(self) -> dict[str, Any]:
        """The hit as a JSON object."""
        value = {
            "id": self.clause,
            "document": self.document,
            "title": self.title,
            "page": self.page,
            "text": self.text,
            "score": round(self.score, 6),
            "highlights": [list(span) for span in self.highlights],
            "kind": self.kind,
            "number": self.number,
            "heading": self.heading,
            "language": self.language,
            "start": self.start,
            "end": self.end,
            "snippet": list(self.snippet),
            "by": list(self.by),
        }
        return value | ({"counterpart": self.counterpart} if self.counterpart else {})


@dataclass(frozen=True, slots=True)
class Found:
    """``total`` clauses match; ``hits`` are those asked for, in the order asked for.

    ``facets`` count all matching clauses by ``language``, document ``kind``, ``code``, Gregorian
    ``year``, ``country`` and ``document``: the 100 most frequent values, the first in front. Of a
    facet that has more, ``values`` tells how many they are. ``behind`` is how many
    changes of the corpus the index has not seen yet, because another process is just writing it; 0
    otherwise. ``missing`` says in a sentence what could not be done, such as searching by meaning.

    Likeness has no end: a search by meaning ranks the best of ``among`` clauses, all that its
    fields allow, and the facets count those. 0 for any other search.
    """

    total: int
    facets: Mapping[str, Mapping[str, int]]
    hits: tuple[Hit, ...]
    behind: int = 0
    missing: str = ""
    values: Mapping[str, int] = field(default_factory=dict)
    among: int = 0

    def to_json(self) -> dict[str, Any]:
        """The answer as a JSON object."""
        value = {
            "total": self.total,
            "facets": {name: dict(counts) for name, counts in self.facets.items()},
            "hits": [hit.to_json() for hit in self.hits],
        }
        for name in ("behind", "missing", "among"):
            if said := getattr(self, name):
                value[name] = said
        if self.values:
            value["values"] = dict(self.values)
        return value


_SNIPPET = 240  # characters


def snippet_of(text: str, highlights: tuple[Span, ...]) -> Span:
    """The stretch of a clause, from word to word, that shows most of its highlights.

    >>> text = "x " * 200 + "the two cities agree " + "y " * 200
    >>> start, end = snippet_of(text, (Span(404, 407), Span(408, 414)))
    >>> end - start <= 240, "two cities" in text[start:end]
    (True, True)
    """
    if len(text) <= _SNIPPET:
        return Span(0, len(text))
    best, first = 0, 0
    for number, span in enumerate(highlights):
        last = number
        while last < len(highlights) and highlights[last].end <= span.start + _SNIPPET:
            last += 1
        if last - number > best:
            best, first = last - number, number
    if not best:
        start = 0
    else:
        shown = highlights[first + best - 1].end - highlights[first].start
        start = max(0, highlights[first].start - max(0, _SNIPPET - shown) // 2)
    start = min(start, len(text) - _SNIPPET)
    end = start + _SNIPPET
    # From word to word, unless a word is as long as that.
    if start and (space := text.find(" ", start, start + _SNIPPET // 4)) >= 0:
        start = space + 1
    if end < len(text) and (space := text.rfind(" ", end - _SNIPPET // 4, end)) >= 0:
        end = space
    return Span(start, end)
