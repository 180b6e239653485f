"""A manuscript: YAML front matter and a body in a small part of Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import yaml

FORMATS = ("pdf", "docx", "html", "txt", "md")
PRODUCERS = ("fpdf2", "chromium", "libreoffice")
FOLDERS = {"fa": "fa", "en": "en", "fa+en": "bilingual"}
REQUIRED = ("id", "title", "kind", "language", "date", "date_persian", "parties", "format")

PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")

# A line that is only an article's number, perhaps with its name: it is set like a heading.
ARTICLE_LINE = re.compile(
    r"(?:(?:مادهٔ?|اصل|فصل|بخش|پیوست)|(?:article|section|chapter|part|annex))\s+[^\s.]+"
    r"(?:\s*[-–—:.]\s*[^.؛:\n]{0,80})?",
    re.IGNORECASE,
)

# The name of a table, which stays with it.
CAPTION = re.compile(r"(?:جدول|Table)\s+[0-9۰-۹]+\s*[.:\-–]")

# The printed number of a list item, kept exactly as written.
ITEM = re.compile(
    r"(?P<number>[-•*–]"  # bullet
    r"|\([a-zA-Z0-9۰-۹]{1,4}\)|\((?:الف|[آ-ی])\)"  # (a) (iv) (۳) (الف)
    r"|[a-zA-Z0-9۰-۹]{1,3}\)|(?:الف|[بپتثجچحخد])\s?[-–)]"  # a) 3) الف- ب)
    r"|[0-9۰-۹]{1,2}(?:[.\-/][0-9۰-۹]{1,2})+[.)]?(?:\s?[-–])?"  # 1.2 ۲-۱-
    r"|[0-9۰-۹]{1,2}(?:[.)]|\s?[-–])"  # 1. ۳-
    r")\s+(?P<text>\S.*)",
    re.DOTALL,
)

_ROMAN_ITEM = re.compile(r"\((?:i{1,3}|iv|vi{0,3}|ix|x)\)")

_INLINE = re.compile(r"\[\^(?P<note>[^\]]+)\]|\*\*(?P<bold>.+?)\*\*|\*(?P<italic>[^*\s][^*]*?)\*")
_NOTE = re.compile(r"\[\^(?P<id>[^\]]+)\]:\s*(?P<text>.+)")


@dataclass(frozen=True)
class Run:
    """A stretch of text in one face, or the call of a footnote (``note`` is its printed number)."""

    text: str = ""
    bold: bool = False
    italic: bool = False
    note: int | None = None


@dataclass(frozen=True)
class Block:
    """A block of the body. ``number`` belongs to items, ``rows`` to tables, ``level`` to headings.

    A ``heading`` is a ``##`` or ``###`` line; an ``article`` is a plain line with an article's
    number and nothing else.
    """

    kind: Literal["title", "heading", "article", "paragraph", "item", "table", "break"]
    text: str = ""
    level: int = 0
    number: str = ""
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def depth(self) -> int:
        """How far an item is set in: 0 for ``1.`` and ``۲-۱``, 1 for ``(a)``, 2 for ``(iv)``."""
        if self.kind != "item" or any(char.isdigit() for char in self.number):
            return 0
        return 2 if _ROMAN_ITEM.fullmatch(self.number) else 1


class ManuscriptError(ValueError):
    """A manuscript does not say what it must say."""


@dataclass(frozen=True)
class Manuscript:
    """One manuscript as read; ``blocks`` and ``notes`` follow from ``body``."""

    path: Path
    front: dict[str, Any]
    body: str

    @property
    def id(self) -> str:
        return str(self.front["id"])

    @property
    def title(self) -> str:
        return str(self.front["title"])

    @property
    def kind(self) -> str:
        return str(self.front["kind"])

    @property
    def language(self) -> str:
        return str(self.front["language"])

    @property
    def date(self) -> str:
        return str(self.front["date"])

    @property
    def format(self) -> str:
        return str(self.front["format"])

    @property
    def producer(self) -> str | None:
        return self.front.get("producer")

    @property
    def number(self) -> int:
        """The number in the id, which decides small matters of style."""
        return int(self.id.split("-")[1])

    @property
    def persian(self) -> bool:
        return self.language == "fa"

    @property
    def document(self) -> str:
        """Path of the document below ``corpus/documents``."""
        return f"{FOLDERS[self.language]}/{self.id}.{self.format}"

    def digits(self, number: int) -> str:
        """A number as this document prints it."""
        return str(number).translate(PERSIAN_DIGITS) if self.persian else str(number)

    @cached_property
    def _parsed(self) -> tuple[tuple[Block, ...], dict[str, str]]:
        notes: dict[str, str] = {}
        blocks = tuple(_blocks(self.body, notes))
        return blocks, notes

    @property
    def blocks(self) -> tuple[Block, ...]:
        return self._parsed[0]

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """Texts of the footnotes in the order in which they are called."""
        texts = self._parsed[1]
        return tuple(texts[name] for name in self._calls)

    @cached_property
    def _calls(self) -> tuple[str, ...]:
        texts = [cell for block in self.blocks for cell in _texts(block)]
        names = [m["note"] for text in texts for m in _INLINE.finditer(text) if m["note"]]
        return tuple(dict.fromkeys(names))

    def runs(self, text: str) -> tuple[Run, ...]:
        """The text cut at bold and italic stretches and at the calls of footnotes."""
        return tuple(self._runs(text))

    def _runs(self, text: str) -> Iterator[Run]:
        done = 0
        for match in _INLINE.finditer(text):
            if match.start() > done:
                yield Run(text[done : match.start()])
            done = match.end()
            if match["note"]:
                yield Run(note=self._calls.index(match["note"]) + 1)
            elif match["bold"]:
                yield Run(match["bold"], bold=True)
            else:
                yield Run(match["italic"], italic=True)
        if done < len(text):
            yield Run(text[done:])

    def plain(self, text: str, mark: Callable[[int], str]) -> str:
        """The text without marks of bold; ``mark`` writes the call of a footnote."""
        return "".join(run.text if run.note is None else mark(run.note) for run in self.runs(text))


def read(path: Path) -> Manuscript:
    """Read a manuscript and check its front matter.

    Raises:
        ManuscriptError: a field is missing or has a value that cannot be used.
    """
    source = path.read_text(encoding="utf-8").removeprefix("\ufeff")
    try:
        _, front, body = source.split("---\n", 2)
    except ValueError:
        raise ManuscriptError(
            f"{path.name} has no front matter between two lines of ---."
        ) from None
    fields = yaml.safe_load(front)
    faults = [f"{name} is missing" for name in REQUIRED if fields.get(name) in (None, "")]
    if fields.get("id") != path.stem:
        faults.append(f"id is {fields.get('id')!r}, the file is called {path.stem!r}")
    if fields.get("language") not in FOLDERS:
        faults.append(f"language is {fields.get('language')!r}, not one of {list(FOLDERS)}")
    if fields.get("format") not in FORMATS:
        faults.append(f"format is {fields.get('format')!r}, not one of {list(FORMATS)}")
    if fields.get("format") == "pdf" and fields.get("producer") not in PRODUCERS:
        faults.append(f"producer is {fields.get('producer')!r}, not one of {list(PRODUCERS)}")
    if faults:
        raise ManuscriptError(f"{path.name}: {'; '.join(faults)}.")
    manuscript = Manuscript(path, fields, body.strip("\n") + "\n")
    called, given = set(manuscript._calls), set(manuscript._parsed[1])
    if called != given:
        stray = sorted(called ^ given)
        raise ManuscriptError(f"{path.name}: footnotes called and not given, or reverse: {stray}.")
    return manuscript


def right_to_left(text: str) -> bool:
    """Whether a text reads from the right: it begins in Persian, or much of it is Persian."""
    letters = [char for char in text if char.isalpha()]
    arabic = sum("\u0600" <= char <= "\u06ff" for char in letters)
    begins = bool(letters) and "\u0600" <= letters[0] <= "\u06ff"
    return begins or arabic > len(letters) / 4


def _texts(block: Block) -> Iterator[str]:
    yield block.text
    for row in block.rows:
        yield from row


def _blocks(body: str, notes: dict[str, str]) -> Iterator[Block]:
    for chunk in re.split(r"\n\s*\n", body.strip("\n")):
        lines = [line.rstrip() for line in chunk.split("\n")]
        if lines[0].startswith("|"):
            yield Block("table", rows=tuple(_row(line) for line in lines if not _is_rule(line)))
            continue
        paragraph: list[str] = []
        for line in lines:
            block = _line(line, notes)
            if block is None:
                if not _NOTE.fullmatch(line):
                    paragraph.append(line)
                continue
            if paragraph:
                yield _paragraph(paragraph)
                paragraph = []
            yield block
        if paragraph:
            yield _paragraph(paragraph)


def _line(line: str, notes: dict[str, str]) -> Block | None:
    """The block that this line is by itself, or None when it belongs to a paragraph or a note."""
    if line.strip() == r"\pagebreak":
        return Block("break")
    if match := re.fullmatch(r"(#{1,3})\s+(.+)", line):
        level = len(match[1]) - 1
        return Block("heading" if level else "title", match[2], level)
    if match := _NOTE.fullmatch(line):
        notes[match["id"]] = match["text"]
        return None
    if match := ITEM.fullmatch(line):
        return Block("item", match["text"], number=match["number"])
    return None


def _paragraph(lines: list[str]) -> Block:
    text = "\n".join(lines)
    return Block("article" if ARTICLE_LINE.fullmatch(text) else "paragraph", text)


def _row(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.strip().strip("|").split("|"))


def _is_rule(line: str) -> bool:
    return not line.strip("|:- ")
