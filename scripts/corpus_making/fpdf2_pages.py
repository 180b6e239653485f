"""PDF by fpdf2, which leaves footnotes to its user: pages are measured before they are set."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, cast

from fpdf import FPDF, FPDF_VERSION
from fpdf.enums import Align, MethodReturnValue, TextDirection
from fpdf.line_break import TextLine

from . import fonts
from .manuscript import PERSIAN_DIGITS, Block, Manuscript, right_to_left
from .web import manuscript_family

MARGIN = 25.0  # millimetres, as all lengths here
BOTTOM = 22.0
NOTE_GAP = 4.0
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def pdf(manuscript: Manuscript) -> bytes:
    """The document with footnotes at the bottom of their page.

    A first setting counts the pages, since agreements print "page 2 of 4".
    """
    total = _Pages(manuscript, 0).set()
    pages = _Pages(manuscript, total)
    pages.set()
    return bytes(pages.output())


class _Pages(FPDF):
    def __init__(self, manuscript: Manuscript, total: int) -> None:
        super().__init__(format="A4", unit="mm")
        self.manuscript = manuscript
        self.total = total
        self.family = manuscript_family(manuscript)
        self.notes_of_page: dict[int, list[int]] = {}
        self.size = 12 if self.family != "Noto Serif" else 11
        self.leading = {"Vazirmatn": 7.2, "Noto Naskh Arabic": 7.8, "Noto Serif": 5.8}[self.family]
        for family in fonts.FONTS:
            for code, style in (("", "Regular"), ("B", "Bold")):
                self.add_font(family, code, fonts.path(family, style))
        self.add_font("Noto Serif", "I", fonts.path("Noto Serif", "Italic"))
        self.set_fallback_fonts(["Noto Serif"], exact_match=False)
        self.set_margins(MARGIN, MARGIN)
        self.set_title(manuscript.title)
        self.set_producer(f"py-pdf/fpdf{FPDF_VERSION}")
        self.set_lang("fa" if manuscript.persian else "en")
        day = datetime.fromisoformat(manuscript.date)
        self.set_creation_date(day.replace(hour=12, tzinfo=UTC))

    def set(self) -> int:
        """Set all blocks and return the number of pages."""
        self.add_page()
        for block in self.manuscript.blocks:
            if block.kind == "break":
                self.add_page()
            elif block.kind == "table":
                self._table(block)
            else:
                self._block(block)
        return self.page_no()

    def header(self) -> None:
        self.set_auto_page_break(True, BOTTOM)
        if self.manuscript.kind == "paper" and self.page_no() > 1:
            # A running head of a bilingual paper is in the language of the title's first half.
            head = self.manuscript.title.split(" / ")[0]
            with self._face("", 9, right_to_left(head)):
                self.set_y(13)
                self.cell(0, 5, head, align="C")
        self.set_y(MARGIN)

    def footer(self) -> None:
        self._print_notes()
        number = self.manuscript.digits(self.page_no())
        text = number
        if self.manuscript.kind != "paper":
            total = self.manuscript.digits(self.total)
            text = f"صفحه {number} از {total}"
            if not self.manuscript.persian:
                text = f"Page {number} of {total}"
        with self._face("", 9, self.manuscript.persian):
            self.set_y(-16)
            self.cell(0, 5, text, align="C")

    def _render_styled_text_line(self, text_line: TextLine, *args: Any, **options: Any) -> bool:
        """Begin the last line of a justified paragraph at the right, where the text does."""
        from_right = (self.text_shaping or {}).get("direction") == TextDirection.RTL
        if from_right and text_line.align == Align.L:
            text_line = text_line._replace(align=Align.R)
        return super()._render_styled_text_line(text_line, *args, **options)

    @contextmanager
    def _face(self, style: str, size: float, right: bool) -> Iterator[None]:
        """Choose font and direction, and put back afterwards what was chosen before."""
        before = (self.font_family, self.font_style, self.font_size_pt, self.text_shaping)
        self._choose(style, size, right)
        yield
        family, old_style, old_size, self.text_shaping = before
        if family:
            self.set_font(family, old_style, old_size)

    def _choose(self, style: str, size: float, right: bool) -> None:
        if right:
            self.set_text_shaping(True, direction="rtl", script="arab", language="fa")
        else:
            self.set_text_shaping(True, direction="ltr", script="latn", language="en")
        family = self.family
        if family == "Noto Naskh Arabic" and not right:
            family = "Noto Serif"
        self.set_font(family, style, size)

    def _block(self, block: Block) -> None:
        right = right_to_left(block.text)
        heading = block.kind in ("title", "heading", "article")
        size, leading = self.size, self.leading
        if block.kind == "title":
            size, leading = self.size + 4, self.leading + 2
        self._choose("B" if heading else "", size, right)
        text = block.text if block.kind != "item" else f"{block.number} {block.text}"
        align = "C" if block.kind == "title" else "J"
        if heading or "\n" in text:
            align = align if block.kind == "title" else "R" if right else "L"
        if heading and block.kind != "title":
            self.ln(2)
            if self.get_y() + 3.5 * leading > self._limit():
                self.add_page()
        self._flow(self._marked(text, right), leading, align, right, 7.0 * block.depth)
        self.ln(5 if block.kind == "title" else 2)

    def _flow(self, text: str, leading: float, align: str, right: bool, indent: float) -> None:
        """Set one paragraph, broken over pages where its lines and their footnotes fit."""
        width = self.epw - indent
        markdown = "**" in text or "__" in text
        measured = self.multi_cell(
            width,
            leading,
            text,
            align=align,
            markdown=markdown,
            dry_run=True,
            output=MethodReturnValue.LINES,
        )
        lines = cast("list[str]", measured)
        calls = [self._called(line) for line in lines]
        break_at = self._break(calls, leading)
        if break_at == 0:
            self.add_page()
        elif break_at:
            self.set_auto_page_break(True, self.h - self.get_y() - (break_at + 0.5) * leading)
        for index, numbers in enumerate(calls):
            page = self.page_no() + bool(break_at and index >= break_at)
            self.notes_of_page.setdefault(page, []).extend(numbers)
        self.set_x(MARGIN if right else MARGIN + indent)
        self.multi_cell(
            width, leading, text, align=align, markdown=markdown, new_x="LMARGIN", new_y="NEXT"
        )

    def _break(self, calls: list[list[int]], leading: float) -> int | None:
        """The line that must begin the next page, or None; ``calls`` are the notes of each line.

        A paragraph never leaves a single line on either side of a page break.
        """
        bottom = self.get_y()
        notes = list(self._notes_here())
        for index, numbers in enumerate(calls):
            bottom += leading
            notes += numbers
            if bottom + self._notes_height(notes) > self.h - BOTTOM:
                last = len(calls) - 1
                index = last - 1 if index == last else index
                return index if index > 1 else 0
        return None

    def _table(self, block: Block) -> None:
        right = self.manuscript.persian or right_to_left(block.rows[0][0])
        self._choose("", self.size - 1.5, right)
        rows = [row[::-1] if right else row for row in block.rows]
        longest = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        self.set_auto_page_break(True, self.h - self._limit())
        with self.table(
            col_widths=[max(8, min(length, 30)) for length in longest],
            line_height=self.leading * 0.85,
            text_align="RIGHT" if right else "LEFT",
            padding=1,
        ) as table:
            for row in rows:
                table.row([self._marked(cell, right) for cell in row])
        self.ln(4)

    def _limit(self) -> float:
        """Where body text must end on this page, above its footnotes."""
        return self.h - BOTTOM - self._notes_height(self._notes_here())

    def _marked(self, text: str, right: bool) -> str:
        """The text in fpdf2's markup, with the calls of footnotes printed."""
        parts: list[str] = []
        for run in self.manuscript.runs(text):
            if run.note is not None:
                parts.append(self._mark(run.note, right))
            elif run.bold:
                parts.append(f"**{run.text}**")
            else:
                parts.append(f"__{run.text}__" if run.italic and not right else run.text)
        return "".join(parts)

    def _mark(self, number: int, right: bool) -> str:
        if right:
            return f"[{str(number).translate(PERSIAN_DIGITS)}]"
        return str(number).translate(SUPERSCRIPTS)

    def _called(self, line: str) -> list[int]:
        numbers = range(1, len(self.manuscript.notes) + 1)
        right = right_to_left(line)
        return [number for number in numbers if self._mark(number, right) in line]

    def _notes_here(self) -> list[int]:
        return self.notes_of_page.get(self.page_no(), [])

    def _note_text(self, number: int) -> tuple[str, bool]:
        text = self.manuscript.plain(self.manuscript.notes[number - 1], str)
        right = right_to_left(text)
        return f"{self._mark(number, right)} {text}", right

    def _notes_height(self, numbers: list[int]) -> float:
        if not numbers:
            return 0.0
        height = NOTE_GAP
        for number in numbers:
            text, right = self._note_text(number)
            with self._face("", self.size - 2.5, right):
                measured = self.multi_cell(
                    0, self.leading * 0.75, text, dry_run=True, output=MethodReturnValue.HEIGHT
                )
                height += cast(float, measured)
        return height

    def _print_notes(self) -> None:
        numbers = self._notes_here()
        if not numbers:
            return
        top = self.h - BOTTOM - self._notes_height(numbers) + NOTE_GAP / 2
        right = right_to_left(self._note_text(numbers[0])[0])
        start = self.w - MARGIN - 45 if right else MARGIN
        self.line(start, top, start + 45, top)
        self.set_y(top + NOTE_GAP / 2)
        for number in numbers:
            text, right = self._note_text(number)
            with self._face("", self.size - 2.5, right):
                align = "R" if right else "L"
                self.multi_cell(
                    0, self.leading * 0.75, text, align=align, new_x="LMARGIN", new_y="NEXT"
                )
