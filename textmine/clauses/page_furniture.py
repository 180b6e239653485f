"""Rows that stand on the page but not in the text: running heads, page numbers, tables, rules."""

from __future__ import annotations

import re
from collections import Counter

from textmine.clauses.rows import Layout
from textmine.records import LineRole, PartKind

_BY_ROLE: dict[LineRole, PartKind] = {
    "running-head": "running-head",
    "page-number": "page-number",
    "footnote": "footnote",
    "table": "table",
    "caption": "caption",
}
_LONE_NUMBER = re.compile(r"\W*(?:\d{1,4}|[ivxl]{1,6})\W*$")
_SAYS_PAGE = re.compile(
    r"\s*(?:[-–—]\s*\d{1,4}\s*[-–—]|(?:صفحه|page|p\.)\s*\d{1,4}(?:\s*(?:از|of|/)\s*\d{1,4})?)\s*$",
    re.IGNORECASE,
)
# "95 / title of the paper" and "title of the paper / 96", as journals print it.
_WITH_NUMBER = re.compile(r"(?:\d{1,4}\s*/\s*\D{12,}|\d{1,4}\s*/.{12,}\d|.{12,}\s/\s*\d{1,4})$")
MIN_REPEATS = 3
"""Pages whose edge must carry a line, numbers aside, before it is a running head."""


def furniture(layout: Layout) -> dict[int, PartKind]:
    """Index and kind of each row that is no text of the document.

    Besides the roles that the source gives: lines at the edge of a page that return on other
    pages, lone numbers there, and what says itself that it is a page number. Rows without a letter
    or digit are gaps.
    """
    rows = layout.rows
    found: dict[int, PartKind] = {}
    edges = []
    for i, row in enumerate(rows):
        kind = _BY_ROLE.get(row.role)
        if kind:
            found[i] = kind
        elif not any(map(str.isalnum, row.text)):
            found[i] = "gap"
        elif row.role == "body" and _SAYS_PAGE.match(row.view):
            found[i] = "page-number"
        elif row.role == "body" and len(row.text) < 130 and _is_numbered_head(row.view):
            found[i] = "running-head"
        elif row.page > rows[0].page or rows[-1].page > row.page:
            first = row.turn or (i > 0 and rows[i - 1].turn)
            last = any(i + ahead >= len(rows) or rows[i + ahead].turn for ahead in (1, 2))
            if (first or last) and row.role == "body":
                edges.append(i)
    repeats = Counter(_shape(rows[i].view) for i in edges)
    for i in edges:
        if repeats[_shape(rows[i].view)] >= MIN_REPEATS and len(rows[i].text) < 130:
            lone = _LONE_NUMBER.match(rows[i].view)
            found[i] = "page-number" if lone else "running-head"
        elif _LONE_NUMBER.match(rows[i].view) and (
            rows[i].turn or i + 1 == len(rows) or rows[i + 1].turn
        ):
            found[i] = "page-number"
    return found


def _is_numbered_head(line: str) -> bool:
    return _WITH_NUMBER.match(line) is not None and not line.rstrip().endswith((".", "؛", ";", ":"))


def _shape(line: str) -> str:
    return re.sub(r"[\d\s]+", "", line)
