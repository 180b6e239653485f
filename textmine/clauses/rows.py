"""The lines of a document as rows that the rules can look at."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from textmine.records import PAGE_BREAK, Extraction, LineRole, Page, Span
from textmine.text.digits import latin_digits
from textmine.text.letters import DIRECTION_MARKS, HALF_SPACE

# One spelling per letter, and a plain space for everything invisible; every entry is one for one.
_VIEW = {ord(old): new for old, new in zip("يىكۀةأإٱ", "ییکههااا", strict=True)}
_VIEW |= {ord(sign): " " for sign in f"{HALF_SPACE}\u200d\ufeff\xa0\t\u0654"}
_VIEW |= {
    code: " " for pair in re.findall("(.)(?:-(.))?", DIRECTION_MARKS) for code in
    range(ord(pair[0]), ord(pair[1] or pair[0]) + 1)
}  # fmt: skip
for _code in (*range(0xFB50, 0xFE00), *range(0xFE70, 0xFF00)):
    _plain = unicodedata.normalize("NFKC", chr(_code))
    if len(_plain) == 1 and _plain != chr(_code):
        _VIEW[_code] = _plain.translate(_VIEW)

TERMINAL = ".!?؟؛;:…۔"
_CLOSERS = "»”’\"')]}›* \u200c\u200e\u200f"
_LAST_CITATION = re.compile(r"\s*\([^()]{3,150}\)\s*$")
_NUMBER_TAG = re.compile(r"(?:<sup>\s*\d+\s*</sup>|\^\d+|[⁰¹²³⁴-⁹]+|\[\d+\]|(?<=\.)\s*\d{1,2})$")


def view(text: str) -> str:
    """``text`` for pattern matching: same length, Latin digits, one spelling per letter.

    >>> view("مادۀ ۳\u200cـ")
    'ماده 3 ـ'
    """
    return latin_digits(text).translate(_VIEW)


@dataclass(frozen=True, slots=True)
class Row:
    """One line without the white space around it; offsets count in the document text.

    ``blank``: more space than usual stands before it; ``turn``: it is the first row of its page;
    ``feeds``: line feeds between it and the row before.
    """

    start: int
    end: int
    page: int
    role: LineRole
    level: int
    text: str
    view: str
    blank: bool = False
    turn: bool = False
    feeds: int = 0

    @property
    def closed(self) -> bool:
        """Whether a sentence, or a member of a list, ends with this row."""
        line = _stripped(self.view.rstrip("-–—"))
        return line.endswith(tuple(TERMINAL)) or self.view.startswith((".", "؟"))

    @property
    def full(self) -> bool:
        """Whether a full stop or a question mark ends the row, be it before a citation."""
        line = _LAST_CITATION.sub("", self.view)
        return any(_stripped(text).endswith((".", "!", "?", "؟", "…", "۔"))
                   for text in (self.view, line))  # fmt: skip

    def after(self, offset: int) -> Row:
        """The rest of this row from ``offset`` of its text on, white space left out."""
        offset = min(offset, len(self.text))
        rest = self.text[offset:]
        start = self.start + offset + len(rest) - len(rest.lstrip())
        shift = start - self.start
        return replace(self, start=start, text=self.text[shift:], view=self.view[shift:])

    def until(self, offset: int) -> Row:
        """This row up to ``offset`` of its text, white space left out."""
        text = self.text[:offset].rstrip()
        return replace(self, end=self.start + len(text), text=text, view=self.view[: len(text)])


def _stripped(line: str) -> str:
    """``line`` without closing quotes, brackets and note numbers at its end."""
    line = line.rstrip(_CLOSERS)
    while match := _NUMBER_TAG.search(line):
        line = line[: match.start()].rstrip(_CLOSERS)
    return line


@dataclass(frozen=True)
class Layout:
    """The rows of a document and how they are set.

    ``hidden`` are stretches that the source keeps out of its lines.
    """

    rows: tuple[Row, ...]
    hidden: tuple[Span, ...]

    @cached_property
    def width(self) -> int:
        """Usual length of a full line, or 0 when lines are not broken at the width of a page."""
        lengths = sorted(len(row.text) for row in self._running if len(row.text) > 20)
        if len(lengths) < 5:
            return 0
        usual = lengths[int(len(lengths) * 0.85)]
        near = sum(0.75 * usual <= length <= 1.2 * usual for length in lengths)
        return usual if 25 <= usual <= 160 and near >= 0.4 * len(lengths) else 0

    @cached_property
    def spaced(self) -> bool:
        """Whether blank lines separate even the lines of one paragraph, as some extractors do."""
        running = self._running
        return self.width > 0 and sum(row.feeds > 1 for row in running) > 0.7 * len(running)

    @cached_property
    def _running(self) -> list[Row]:
        return [row for row in self.rows if row.role in ("body", "item")]

    def is_short(self, row: Row, share: float = 0.85) -> bool:
        """Whether ``row`` ends well before the usual width."""
        return len(row.text) < share * self.width


def read_rows(extraction: Extraction) -> Layout:
    """Every line with something visible on it, and the stretches that no line covers.

    A page without lines is cut at its line feeds. Text that the source keeps out of its lines
    (mark-up, front matter) comes back as ``hidden`` where it has letters or digits.
    """
    rows: list[Row] = []
    hidden: list[Span] = []
    offset = 0
    for page in extraction.pages:
        first = True
        done = 0
        for start, end, role, level in _spans(page):
            between = page.text[done:start]
            if any(map(str.isalnum, between)):
                hidden.append(_trimmed(page.text, done, start, offset))
            text = page.text[start:end]
            feeds = between.count("\n") + between.count("\r")
            rows.append(
                Row(
                    start=offset + start,
                    end=offset + end,
                    page=page.number,
                    role=role,
                    level=level,
                    text=text,
                    view=view(text),
                    blank=not first and feeds > 1,
                    turn=first,
                    feeds=feeds,
                )
            )
            done, first = end, False
        if any(map(str.isalnum, page.text[done:])):
            hidden.append(_trimmed(page.text, done, len(page.text), offset))
        offset += len(page.text) + len(PAGE_BREAK)
    layout = Layout(tuple(rows), tuple(hidden))
    if not layout.spaced:
        return layout
    usual = sorted(row.feeds for row in rows if row.feeds > 1)[len(rows) // 2 - len(rows) // 8]
    return Layout(tuple(replace(row, blank=row.feeds > usual) for row in rows), tuple(hidden))


def _trimmed(text: str, start: int, end: int, offset: int) -> Span:
    """The stretch from its first to its last letter or digit, counted in the document text."""
    words = [at for at in range(start, end) if text[at].isalnum()]
    return Span(offset + words[0], offset + words[-1] + 1)


def _spans(page: Page) -> Iterator[tuple[int, int, LineRole, int]]:
    """Start, end, role and level of each visible row, in order and without overlap."""
    done = 0
    found = sorted((line.start, line.end, line.role, line.level) for line in page.lines)
    for start, end, role, level in found or [(0, len(page.text), "body", 0)]:
        for piece in re.finditer(r"[^\n\r\f]+", page.text[max(start, done, 0) : max(end, 0)]):
            bare = piece[0].strip()
            if bare:
                at = max(start, done, 0) + piece.start()
                at += len(piece[0]) - len(piece[0].lstrip())
                yield at, at + len(bare), role, level
        done = max(done, end)
