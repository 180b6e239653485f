"""What stands around the lines of a flattened table: captions, footnotes, heads of pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from textmine.clauses.rows import Row
from textmine.printed.entries import is_number
from textmine.records import PrintedTable, Span, TableCell

LONGEST_LINE = 120
"""Characters; the lines of a flattened table are shorter."""

_REACH = 16  # lines of heads that may stand between a caption and the first row
_ADDRESS = re.compile(r"https?[:;]|www\s?\.|://|\w\.(?:com|org|net|ir)/", re.IGNORECASE)
_NOTE_LINE = re.compile(r"\d{1,2}[\s.]{0,3}[^\W\d].*")
_TURNED_NOTE_LINE = re.compile(r".*[^\W\d]\s?\d{1,2}")
_CAPTION = re.compile(
    r"(?:جدول|نمودار)\s*(?:شماره)?\s*[\[(]?\s*\d|\d+\s*\.?\s*جدول|\bTable\s+\d", re.I
)


def note_lines(rows: Sequence[Row]) -> set[int]:
    """The lines of footnotes and addresses that stand between the lines of a table."""
    addresses = {at for at, row in enumerate(rows) if _ADDRESS.search(row.text)}
    marks = set(addresses)
    for at, row in enumerate(rows):
        if addresses.isdisjoint((at + 1, at + 2)) or len(row.text.split()) < 4:
            continue
        if _NOTE_LINE.fullmatch(row.text) or (
            at + 1 in addresses and _TURNED_NOTE_LINE.fullmatch(row.text)
        ):
            marks.add(at)
    out = marks | {at for at in range(len(rows)) if _is_furniture(rows, at)}
    ordered = sorted(marks)
    for one, two in pairwise(ordered):
        if two - one <= 3 and rows[one].page == rows[two].page:
            out.update(range(one, two))
    return out


def _is_furniture(rows: Sequence[Row], at: int) -> bool:
    """Whether a line is a running head, a footnote or the number of a page."""
    row = rows[at]
    at_turn = row.turn or at + 1 == len(rows) or rows[at + 1].turn
    one_page = rows[0].page == rows[-1].page
    beside = [rows[n].text for n in (at - 1, at + 1) if 0 <= n < len(rows)]
    page_number = (
        at_turn and not one_page and row.text.isdecimal() and not any(map(is_number, beside))
    )
    return page_number or row.role in ("running-head", "page-number", "footnote")


def is_caption(text: str) -> bool:
    """Whether a line holds the caption of a numbered table, be it turned round.

    >>> is_caption("تعاملات دو جانبه شهرهای ایران :1جدول شماره"), is_caption("Table 2 shows that.")
    (True, False)
    """
    plain = text.strip()
    return bool(_CAPTION.search(plain)) and len(plain) <= 160 and not plain.endswith((".", "؛"))


def caption_above(rows: Sequence[Row], captions: Sequence[int], first: int) -> TableCell:
    """The caption above line ``first``; empty when none is near. ``captions`` are its lines."""
    at = next((at for at in reversed(captions) if first - _REACH <= at < first), None)
    return TableCell() if at is None else cell_of_row(rows[at])


def cell_of_row(row: Row) -> TableCell:
    """A whole line as a cell."""
    return TableCell(row.text, (Span(row.start, row.end),))


def made_table(
    caption: TableCell,
    page: int,
    heads: Iterable[str],
    rows: Iterable[tuple[TableCell, ...]],
    *repairs: str,
) -> PrintedTable:
    """A table with heads that stand nowhere in the text; empty ``repairs`` are left out."""
    return PrintedTable(
        caption=caption,
        page=page,
        columns=tuple(map(TableCell, heads)),
        rows=tuple(rows),
        repairs=tuple(filter(None, repairs)),
    )
