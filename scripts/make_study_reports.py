# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "fonttools==4.68.0",
#   "fpdf2==2.8.9",
#   "uharfbuzz==0.57.0",
# ]
# ///
"""Set the test reports of the studies as PDF. For maintainers; tests read the PDFs made.

    python scripts/make_study_reports.py            # write tests/data/reports/*.pdf
    python scripts/make_study_reports.py --check    # is every PDF the one its text gives?

Each ``tests/data/reports/NAME.md`` gives ``NAME.pdf``, the same bytes every time. Needs the
packages named above and the fonts in ``corpus/sources/fonts``.
"""

from __future__ import annotations

import argparse
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from corpus_making import fonts
from fpdf import FPDF, FPDF_VERSION
from fpdf.enums import MethodReturnValue

REPORTS = Path(__file__).resolve().parents[1] / "tests" / "data" / "reports"

MARGIN = 20.0  # millimetres, as all lengths here
BOTTOM = 20.0
PAD = 1.2

# A blank cell under one of these heads belongs to the cell above it; elsewhere it is empty.
MERGED = frozenset({"شهر ایرانی", "دولت", "Administration"})
# Reports whose merged cells hold their words at half height rather than at the top.
CENTRED = frozenset({"tehran-ties-fa"})

_MADE = datetime(2026, 1, 1, 12, tzinfo=UTC)
_RIGHT = re.compile("[\u0600-\u06ff]")
_RULE = re.compile(r"\|(?:\s*:?-+:?\s*\|)+")


class Block(NamedTuple):
    """A heading (``level`` 1 to 3), a paragraph, a list item, or a table (its ``rows``)."""

    kind: str
    text: str = ""
    level: int = 0
    rows: tuple[tuple[str, ...], ...] = ()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only look for what is out of date")
    check = parser.parse_args().check
    stale = 0
    for source in sorted(REPORTS.glob("*-??.md")):
        target = source.with_suffix(".pdf")
        made = pdf(source)
        if check and (not target.is_file() or target.read_bytes() != made):
            print(f"{target.name} is not what {source.name} gives.")
            stale += 1
        elif not check:
            target.write_bytes(made)
            print(f"made {target.name}", file=sys.stderr)
    return 1 if stale else 0


def blocks(text: str) -> list[Block]:
    """The blocks of a report: Markdown with one paragraph on a line."""
    found: list[Block] = []
    rows: list[tuple[str, ...]] = []
    for line in [*text.splitlines(), ""]:
        if line.startswith("|"):
            if not _RULE.fullmatch(line):
                rows.append(tuple(cell.strip() for cell in line.strip("|").split("|")))
            continue
        if rows:
            found.append(Block("table", rows=tuple(rows)))
            rows = []
        if heading := re.match(r"(#+) (.+)", line):
            found.append(Block("heading", heading[2], len(heading[1])))
        elif line.startswith("- "):
            found.append(Block("item", "• " + line[2:]))
        elif line.strip():
            found.append(Block("body", line))
    return found


def pdf(source: Path) -> bytes:
    """The report as PDF."""
    pages = _Pages(source)
    pages.add_page()
    for block in blocks(source.read_text(encoding="utf-8")):
        if block.kind == "table":
            pages.grid(block.rows)
        else:
            pages.words(block)
    return bytes(pages.output())


class _Pages(FPDF):
    def __init__(self, source: Path) -> None:
        super().__init__(format="A4", unit="mm")
        self.right = source.stem.endswith("-fa")
        self.centred = source.stem in CENTRED
        self.family = "Vazirmatn" if self.right else "Noto Serif"
        self.leading = 6.6 if self.right else 5.2
        for code, style in (("", "Regular"), ("B", "Bold")):
            self.add_font(self.family, code, fonts.path(self.family, style))
        self.set_margins(MARGIN, MARGIN)
        self.set_auto_page_break(True, BOTTOM)
        self.set_producer(f"py-pdf/fpdf{FPDF_VERSION}")
        self.set_creation_date(_MADE)
        self.set_lang("fa" if self.right else "en")
        self.c_margin = PAD

    def footer(self) -> None:
        self.face("", 9, self.right)
        self.set_y(-14)
        number = str(self.page_no())
        self.cell(0, 5, _persian(number) if self.right else number, align="C")

    def face(self, style: str, size: float, right: bool) -> None:
        if right:
            self.set_text_shaping(True, direction="rtl", script="arab", language="fa")
        else:
            self.set_text_shaping(True, direction="ltr", script="latn", language="en")
        self.set_font(self.family, style, size)

    def words(self, block: Block) -> None:
        size = {1: 15.0, 2: 13.0, 3: 12.0}.get(block.level, 10.5)
        self.face("B" if block.level else "", size, self.right)
        if block.level:
            self.ln(2)
            if self.get_y() > self.h - BOTTOM - (45 if block.level == 2 else 30):
                self.add_page()
        indent = 5.0 if block.kind == "item" else 0.0
        self.set_x(MARGIN if self.right else MARGIN + indent)
        self.multi_cell(
            self.epw - indent,
            self.leading * size / 10.5,
            block.text,
            align="C" if block.level == 1 else "R" if self.right else "L",
            new_x="LMARGIN",
            new_y="NEXT",
        )
        self.ln(0.5 if block.kind == "item" else 1.8)

    def grid(self, rows: tuple[tuple[str, ...], ...]) -> None:
        """Set a table with ruled cells; its head stands again on every page."""
        head, *body = rows
        self.face("B", 9.5, self.right)  # the wider face, so that nothing is cut
        widths = self._widths(rows)
        heights = [self._height(row, widths) for row in body]
        top = self._height(head, widths)
        if self.get_y() + top + sum(heights[:2]) > self.h - BOTTOM:
            self.add_page()
        first = 0
        while first < len(body):
            if first:
                self.add_page()
            room = self.h - BOTTOM - self.get_y() - top
            last = first
            while last < len(body) and sum(heights[first : last + 1]) <= room:
                last += 1
            self._part(head, body[first:last], widths, [top, *heights[first:last]])
            first = last
        self.ln(4)

    def _part(
        self,
        head: tuple[str, ...],
        body: list[tuple[str, ...]],
        widths: list[float],
        heights: list[float],
    ) -> None:
        """What of a table stands on one page."""
        y0 = self.get_y()
        edges = [y0 + sum(heights[:count]) for count in range(len(heights) + 1)]
        for index, row in enumerate([head, *body]):
            x = self.w - MARGIN if self.right else MARGIN
            for title, text, width in zip(head, row, widths, strict=True):
                x -= width if self.right else 0
                until = index + 1
                if title in MERGED and index:
                    if not text and index > 1:
                        x += 0 if self.right else width
                        continue  # inside the cell above
                    column = head.index(title)
                    while until <= len(body) and not body[until - 1][column]:
                        until += 1
                    self._cell(text, x, width, edges[index], edges[until], self.centred)
                else:
                    self._cell(text, x, width, edges[index], edges[until], False, bold=not index)
                x += 0 if self.right else width
        self.set_xy(MARGIN, edges[-1])

    def _cell(
        self,
        text: str,
        x: float,
        width: float,
        top: float,
        bottom: float,
        centred: bool,
        bold: bool = False,
    ) -> None:
        self.rect(x, top, width, bottom - top)
        if not text:
            return
        right = bool(_RIGHT.search(text)) or (self.right and not re.search("[A-Za-z]", text))
        self.face("B" if bold else "", 9.5, right)
        line = self.leading * 0.85
        set_height = self._lines(text, width) * line
        y = top + ((bottom - top - set_height) / 2 if centred else PAD / 2)
        self.set_xy(x, y)
        self.set_auto_page_break(False)
        self.multi_cell(width, line, text, align="R" if self.right else "L")
        self.set_auto_page_break(True, BOTTOM)

    def _widths(self, rows: tuple[tuple[str, ...], ...]) -> list[float]:
        """Widths of the columns in the order of reading: by their longest cells, up to a limit."""
        longest = [
            min(max(self.get_string_width(row[column]) for row in rows) + 4 * PAD, 75.0)
            for column in range(len(rows[0]))
        ]
        scale = min(self.epw / sum(longest), 1.5)
        return [width * scale for width in longest]

    def _lines(self, text: str, width: float) -> int:
        found = self.multi_cell(
            width, self.leading, text, dry_run=True, output=MethodReturnValue.LINES
        )
        return max(1, len(found))  # type: ignore[arg-type]

    def _height(self, row: tuple[str, ...], widths: list[float]) -> float:
        self.face("B", 9.5, self.right)
        most = max(self._lines(text, width) for text, width in zip(row, widths, strict=True))
        return most * self.leading * 0.85 + PAD


def _persian(number: str) -> str:
    return number.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))


if __name__ == "__main__":
    sys.exit(main())
