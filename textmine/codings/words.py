"""Words of a clause that someone typed instead of selecting them."""

from __future__ import annotations

from textmine.records import Span
from textmine.text.fold import fold
from textmine.text.offsets import Edit, View


def place_of(text: str, words: str) -> Span | None:
    """Where words first stand in a text, in any spelling and with any space; None where not.

    >>> place_of("The Parties shall  exchange students.", "exchange Students")
    Span(start=19, end=36)
    >>> place_of("تبادل دانشجو", "دانشجوي") is None, place_of("a", " ")
    (True, None)
    """
    seen = _spaced(text)
    wanted = _spaced(words).text.strip()
    start = seen.text.find(wanted) if wanted else -1
    return seen.original(start, start + len(wanted)) if start >= 0 else None


def _spaced(text: str) -> View:
    """The text folded, with any white space as one space."""
    folded = fold(text)
    edits = []
    start = None
    for place, sign in enumerate(f"{folded.text}."):
        if sign.isspace():
            start = place if start is None else start
        elif start is not None:
            edits.append(Edit(start, place, " "))
            start = None
    return folded.then(View.edited(folded.text, edits))
