"""Records as plain JSON values and back: for the catalogue, and for the pipe from a worker.

A worker reads files that nobody vouches for, so what it sends is parsed as JSON into known shapes;
nothing is ever unpickled.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from textmine.records import (
    Box,
    Clause,
    Extraction,
    Guess,
    Line,
    Page,
    Part,
    Span,
    Strip,
    Verdict,
)
from textmine.text.offsets import Block, View

Json = Mapping[str, Any]


def line_to_json(line: Line) -> list[Any]:
    """A line as ``[start, end, role, level, box, size, edges]``, edges flat, in 0.1 points.

    ``turn, strips, raised`` follow where a line has any of them.
    """
    edges = None
    if line.edges is not None:
        edges = [round(x * 10) for pair in line.edges for x in pair]
    box = None if line.box is None else [round(x, 2) for x in line.box]
    value: list[Any] = [line.start, line.end, line.role, line.level, box, line.size, edges]
    if line.turn or line.strips or line.raised:
        value += [line.turn, [list(x) for x in line.strips], [list(x) for x in line.raised]]
    return value


def line_from_json(value: Sequence[Any]) -> Line:
    """The line that :func:`line_to_json` wrote.

    >>> line = Line(0, 2, "heading", Box(1.0, 2.0, 3.0, 4.0), 12.0, ((1.0, 2.0), (2.0, 3.0)), 1)
    >>> line_from_json(line_to_json(line)) == line
    True
    >>> cells = Line(0, 3, "table", strips=(Strip(0, 1.0, 9.5),), raised=(Span(2, 3),))
    >>> line_from_json(line_to_json(cells)) == cells
    True
    """
    start, end, role, level, box, size, edges, *more = value
    turn, strips, raised = more or (0, (), ())
    return Line(
        int(start),
        int(end),
        role,
        None if box is None else Box(*box),
        size,
        None
        if edges is None
        else tuple((a / 10, b / 10) for a, b in zip(edges[::2], edges[1::2], strict=True)),
        int(level),
        int(turn),
        tuple(Strip(*strip) for strip in strips),
        spans_from_json(raised),
    )


def page_to_json(page: Page) -> Json:
    """A page as a JSON object."""
    return {
        "number": page.number,
        "text": page.text,
        "lines": [line_to_json(line) for line in page.lines],
        "verdict": [page.verdict.state, page.verdict.reason, dict(page.verdict.figures)],
        "width": page.width,
        "height": page.height,
    }


def page_from_json(value: Json) -> Page:
    """The page that :func:`page_to_json` wrote."""
    return Page(
        value["number"],
        value["text"],
        tuple(line_from_json(line) for line in value["lines"]),
        Verdict(*value["verdict"]),
        value["width"],
        value["height"],
    )


def extraction_to_json(extraction: Extraction) -> Json:
    """An extraction as a JSON object."""
    return {
        "pages": [page_to_json(page) for page in extraction.pages],
        "extractor": extraction.extractor,
        "missing": {str(number): reason for number, reason in extraction.missing.items()},
        "warnings": list(extraction.warnings),
        "title": extraction.title,
        "created": extraction.created,
    }


def extraction_from_json(value: Json) -> Extraction:
    """The extraction that :func:`extraction_to_json` wrote.

    >>> one = Extraction((Page(1, "a", (Line(0, 1),)),), "example 1", {2: "damaged"})
    >>> extraction_from_json(extraction_to_json(one)) == one
    True
    """
    return Extraction(
        tuple(page_from_json(page) for page in value["pages"]),
        value["extractor"],
        {int(number): reason for number, reason in value["missing"].items()},
        tuple(value["warnings"]),
        value["title"],
        value["created"],
    )


def clause_to_json(clause: Clause) -> Json:
    """A clause as a JSON object."""
    return {
        "id": clause.id,
        "ordinal": clause.ordinal,
        "kind": clause.kind,
        "number": clause.number,
        "heading": clause.heading,
        "text": clause.text,
        "language": clause.language,
        "page": clause.page,
        "spans": [list(span) for span in clause.spans],
        "sentences": [list(span) for span in clause.sentences],
    }


def clause_from_json(value: Json) -> Clause:
    """The clause that :func:`clause_to_json` wrote.

    >>> one = Clause("d.c", 0, "article", "1", None, "text", "en", 1, (Span(0, 4),), (Span(0, 4),))
    >>> clause_from_json(clause_to_json(one)) == one
    True
    """
    return Clause(
        id=value["id"],
        ordinal=value["ordinal"],
        kind=value["kind"],
        number=value["number"],
        heading=value["heading"],
        text=value["text"],
        language=value["language"],
        page=value["page"],
        spans=spans_from_json(value["spans"]),
        sentences=spans_from_json(value["sentences"]),
    )


def part_to_json(part: Part) -> list[Any]:
    """A part as ``[kind, start, end]``."""
    return [part.kind, part.span.start, part.span.end]


def part_from_json(value: Sequence[Any]) -> Part:
    """The part that :func:`part_to_json` wrote."""
    kind, start, end = value
    return Part(kind, Span(start, end))


def guess_to_json(guess: Guess) -> list[Any]:
    """A guess as ``[value, confidence, ground]``."""
    return [guess.value, guess.confidence, guess.ground]


def spans_from_json(value: Sequence[Sequence[int]]) -> tuple[Span, ...]:
    """Spans from ``[[start, end], ...]``."""
    return tuple(Span(start, end) for start, end in value)


def view_from_json(text: str, original_length: int, blocks: Sequence[Sequence[int]]) -> View:
    """The view whose ``blocks`` were written as lists.

    >>> from textmine.text.offsets import Edit
    >>> view = View.edited("a  b", [Edit(1, 3, " ")])
    >>> view_from_json(view.text, 4, [list(block) for block in view.blocks]) == view
    True
    """
    return View(text, original_length, tuple(Block(*block) for block in blocks))


def pack_lines(lines: Sequence[Line]) -> bytes:
    """Lines as compressed JSON: boxes and edges are bulky, and are read a page at a time."""
    text = json.dumps([line_to_json(line) for line in lines], separators=(",", ":"))
    return zlib.compress(text.encode("ascii"))


def unpack_lines(data: bytes) -> tuple[Line, ...]:
    """The lines that :func:`pack_lines` packed."""
    return tuple(line_from_json(line) for line in json.loads(zlib.decompress(data)))
