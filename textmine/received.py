"""Whether what a reading process sent is a document: every field, before anything is stored.

A file may take over the process that reads it. What it then sends may be false, but only of its own
document, and of the types, ranges and words that the rest of textmine relies on.
"""

from __future__ import annotations

import math
import re
import types
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import is_dataclass
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from textmine.records import Clause, Extraction, Guess, Part, Span
from textmine.text.offsets import View

_MOST = (1 << 31) - 1  # what a column of numbers holds
_LONGEST_NAME = 80  # of what made it
_OWN = 10  # signs of the document's hash with which the ids of its clauses begin


def check(
    sha256: str,
    extraction: Extraction,
    clauses: Sequence[tuple[Clause, View]],
    parts: Sequence[Part],
    guesses: Mapping[str, Guess],
    makers: Iterable[str] = (),
) -> None:
    """ValueError when it is nothing that an honest reading of that document gives.

    ``makers`` name what cut and normalised it.
    """
    _demand(_fits(extraction, Extraction), "extraction")
    for page in extraction.pages:
        size = len(page.text)
        _demand(page.number > 0, "page")
        _demand(all(0 <= line.start <= line.end <= size for line in page.lines), "line")
        _demand(_within([span for line in page.lines for span in line.raised], size), "raised")
    whole = sum(len(page.text) + 1 for page in extraction.pages)
    numbers = {page.number for page in extraction.pages}
    own = re.compile(rf"{sha256[:_OWN]}\.[0-9a-f]{{8}}(\.[0-9]{{1,9}})?")
    for ordinal, (clause, view) in enumerate(clauses):
        _demand(_fits(clause, Clause) and clause.ordinal == ordinal, "clause")
        _demand(own.fullmatch(clause.id) is not None, "id")
        _demand(clause.page in numbers, "page of a clause")
        _demand(bool(clause.spans) and _within(clause.spans, whole), "spans")
        _demand(_within(clause.sentences, len(clause.text)), "sentences")
        _demand(_fits(view, View) and _is_view(view), "view")
    _demand(_fits(tuple(parts), tuple[Part, ...]), "parts")
    _demand(_within([part.span for part in parts], whole), "part")
    for name, guess in guesses.items():
        _demand(_fits(name, str) and _fits(guess, Guess) and 0 <= guess.confidence <= 1, "guess")
    for name in (extraction.extractor, *makers):
        _demand(_fits(name, str) and len(name) <= _LONGEST_NAME, "maker")


def _demand(holds: bool, what: str) -> None:
    if not holds:
        raise ValueError(what)


def _within(spans: Iterable[Span], size: int) -> bool:
    return all(0 <= start <= end <= size for start, end in spans)


def _is_view(view: View) -> bool:
    starts = [block.at for block in view.blocks]
    if not view.text or not starts:
        return not view.text
    stretches = [Span(block.start, block.end) for block in view.blocks]
    rises = starts[0] == 0 and starts == sorted(starts) and starts[-1] <= len(view.text)
    return rises and _within(stretches, view.original_length)


def _fits(value: Any, hint: Any) -> bool:
    """Whether a value is of the type that a record says, to the bottom; numbers are finite."""
    if hint is str:
        return isinstance(value, str)
    if hint is int:
        return type(value) is int and -_MOST <= value <= _MOST
    if hint is float:
        return type(value) in (int, float) and math.isfinite(value)
    if hint is type(None):
        return value is None
    kind, inner = get_origin(hint), get_args(hint)
    if kind is Literal:
        return type(value) is str and value in inner
    if kind in (Union, types.UnionType):
        return any(_fits(value, each) for each in inner)
    if kind is tuple and inner[-1] is ...:
        return type(value) is tuple and all(_fits(each, inner[0]) for each in value)
    if kind is Mapping:
        pairs = value.items() if isinstance(value, dict) else [(None, None)]
        return all(_fits(name, inner[0]) and _fits(each, inner[1]) for name, each in pairs)
    if not isinstance(value, hint):
        return False
    return all(_fits(getattr(value, name), each) for name, each in _fields(hint))


@cache
def _fields(record: type) -> tuple[tuple[str, Any], ...]:
    # The edges of glyphs are numbers by the way they are packed, and many.
    named = record.__dataclass_fields__ if is_dataclass(record) else record._fields  # type: ignore[attr-defined]
    hints = get_type_hints(record)
    return tuple((name, hints[name]) for name in named if name != "edges")
