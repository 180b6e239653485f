"""Where on its page a stretch of text is drawn.

A line knows the edges of each of its code points; rows within a line (the wrapped cells of a
table) know their height. Together they give the box of any character.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from textmine.records import Box, Line, Page, Span, Strip

_WORD = re.compile(r"\S+")


def boxes_of(page: Page, start: int, end: int) -> tuple[Box, ...]:
    """The boxes of ``page.text[start:end]``, line by line, in points from the top left corner.

    A printed line gives one box, or several where something else is drawn between two parts of the
    stretch, as in «(Nye, 2008)» among Persian words, whose first bracket stands at the far right.
    White space and half-spaces have no ink and add nothing. A line whose source knows no edges
    gives its own box; one without a box gives none, as every line of DOCX, HTML and plain text.
    ValueError for a stretch outside of the page's text.

    >>> edges = ((10.0, 16.0), (16.0, 21.0), (21.0, 24.0), (24.0, 30.0))
    >>> line = Line(0, 4, "body", Box(10.0, 50.0, 30.0, 61.0), 10.0, edges)
    >>> boxes_of(Page(1, "ab c", (line,)), 1, 4)
    (Box(x0=16.0, top=50.0, x1=30.0, bottom=61.0),)
    """
    if not 0 <= start <= end <= len(page.text):
        raise ValueError(f"{start} to {end} is no stretch of a page of {len(page.text)}.")
    found: list[Box] = []
    for line in page.lines:
        low, high = max(start, line.start), min(end, line.end)
        if low < high and line.box is not None:
            found += _boxes(page.text, line, line.box, low, high)
    return tuple(found)


def hull(boxes: Sequence[Box]) -> Box:
    """The smallest box around one box or several.

    >>> hull([Box(1, 2, 3, 4), Box(2, 1, 5, 3)])
    Box(x0=1, top=1, x1=5, bottom=4)
    """
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return Box(min(lefts), min(tops), max(rights), max(bottoms))


def words_of(page: Page, line: Line) -> tuple[Span, ...]:
    """The words of one line, in the page's text: what white space parts.

    >>> page = Page(1, "a bc\\tد", (Line(0, 6),))
    >>> [page.text[start:end] for start, end in words_of(page, page.lines[0])]
    ['a', 'bc', 'د']
    """
    return tuple(Span(*word.span()) for word in _WORD.finditer(page.text, line.start, line.end))


def _boxes(text: str, line: Line, box: Box, start: int, end: int) -> Iterator[Box]:
    """The boxes of a stretch of one line."""
    if line.edges is None:
        if text[start:end].strip():
            yield box
        return
    upright = line.turn in (0, 180)
    whole = Strip(line.start, *((box.top, box.bottom) if upright else (box.x0, box.x1)))
    strips = line.strips or (whole,)
    for strip, stop in zip(strips, [*(each.start for each in strips[1:]), line.end], strict=True):
        inside = range(max(start, strip.start), min(end, stop))
        if not inside:
            continue
        drawn = [
            (*line.edges[at - line.start], at in inside)
            for at in range(strip.start, stop)
            if not text[at].isspace()
        ]
        for first, last in _together(edge for edge in drawn if edge[0] < edge[1]):
            if upright:
                yield Box(first, strip.top, last, strip.bottom)
            else:
                yield Box(strip.top, first, strip.bottom, last)


def _together(drawn: Iterable[tuple[float, float, bool]]) -> Iterator[tuple[float, float]]:
    """The stretches of a printed row in which nothing but what is asked for (True) is drawn."""
    for asked, group in groupby(sorted(drawn), key=itemgetter(2)):
        if asked:
            edges = list(group)
            yield edges[0][0], max(edge[1] for edge in edges)
