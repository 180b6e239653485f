"""Plain text and Markdown: bytes of some encoding in, pages out.

The text of a page is the file's text as decoded. Only two things change: a byte order mark is
dropped, and the line ends ``\\r\\n`` and ``\\r`` become ``\\n``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from textmine.errors import ReadError
from textmine.records import PAGE_BREAK, Extraction, Line, LineRole, Page

if TYPE_CHECKING:
    from markdown_it.token import Token

VERSION = "1"
MAX_TEXT_BYTES = 64 * 2**20
"""Largest text, Markdown or HTML file that is read; a book of 1,000 pages has about 4 MiB."""

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)

# Encodings of one byte a letter. A tie goes to the earlier: French reads alike in the first two.
_ONE_BYTE = ("cp1252", "cp1256", "mac_arabic")
_ENCODING_NAMES = {
    "cp1256": "Windows-1256 (Arabic and Persian)",
    "cp1252": "Windows-1252 (Western European)",
    "mac_arabic": "MacArabic",
}

# Letters of Persian and Arabic prose by frequency (more than 5, 2.5 and 1 per cent of letters) and
# the weight of one: a wrong table of letters shows in the rare ones that it produces.
_LETTER_WEIGHTS = {
    letter: weight
    for letters, weight in (
        ("اینيرده", 1.0),
        ("موتبلشسکك", 0.8),
        ("زعفقجحخگپآـ", 0.4),
    )
    for letter in letters
}
_RARE_LETTER = 0.1

# What a Persian or Arabic word is made of; anything else beside such a letter is suspicious.
_ARABIC = re.compile(r"[\u0621-\u063a\u0640-\u0652\u067e\u0686\u0698\u06a9\u06af\u06cc]")

_MARKS = frozenset("‘’“”«»–—…·،؛؟°§\xa0\u200c\u200d\u200e\u200f")

_BROKEN_UTF8 = 0.05  # above this share of undecodable high bytes the file is no UTF-8 at all
_MIN_PLAUSIBLE = 0.3  # below this no table of letters explains the bytes
_SAMPLE = 200_000  # characters by which the table of letters is judged
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_MAX_CONTROL = 0.01  # share of control characters above which a file is binary


class Decoded(NamedTuple):
    """Text, the encoding that gave it, and what the reader should know about it."""

    text: str
    encoding: str
    warnings: tuple[str, ...] = ()


def read_plain(path: Path) -> Extraction:
    """Read a plain text file: a page per form feed, a line per line of text.

    The span of a line leaves out its line end; blank lines give no line. A form feed at the very
    end opens no further page.

    Errors: ``ReadError`` with ``empty``, ``unsupported`` (binary data) or ``too-large``.

    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = Path(folder.name) / "a.txt"
    >>> _ = path.write_text("ماده ۱\\n\\nمتن\\fصفحهٔ دو", encoding="utf-8")
    >>> [(page.text, len(page.lines)) for page in read_plain(path).pages]
    [('ماده ۱\\n\\nمتن', 2), ('صفحهٔ دو', 1)]
    >>> folder.cleanup()
    """
    decoded = decode(read_bytes(path), path.name)
    lines = (Line(start, end) for start, end in _line_spans(decoded.text))
    return Extraction(
        pages=_pages(decoded.text, lines),
        extractor=f"plain {VERSION}",
        warnings=decoded.warnings,
    )


def read_markdown(path: Path) -> Extraction:
    """Read a Markdown file; the page text is the source as written, with nothing dropped.

    Headings, list items, table rows and footnote definitions are told by the role of their line.
    The span of such a line begins behind the mark-up at the line's start: the ``#`` of a heading,
    the bullet of an item, the ``>`` of a quotation, the ``[^1]:`` of a note, the first ``|`` of a
    row. The number of an ordered item stays inside, because readers see it. Marks inside a line
    (emphasis, links) stay as they are. What is mark-up alone (front matter, rules, fences,
    delimiter rows) gives no line. The first line of a list item has the role ``item``, the lines
    that continue it ``body``. Front matter may name ``title`` and ``date``.

    Errors: as for :func:`read_plain`.

    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = Path(folder.name) / "a.md"
    >>> _ = path.write_text("# ماده ۱\\n- *بند*", encoding="utf-8")
    >>> page, = read_markdown(path).pages
    >>> [(line.role, line.level, page.text[line.start : line.end]) for line in page.lines]
    [('heading', 1, 'ماده ۱'), ('item', 1, '*بند*')]
    >>> folder.cleanup()
    """
    decoded = decode(read_bytes(path), path.name)
    front = _FRONT_MATTER.match(decoded.text)
    properties = dict(_PROPERTY.findall(front[0])) if front else {}
    lines = _markdown_lines(decoded.text, front.end() if front else 0)
    return Extraction(
        pages=_pages(decoded.text, lines),
        extractor=f"markdown {VERSION}",
        warnings=decoded.warnings,
        title=_unquoted(properties.get("title")),
        created=_unquoted(properties.get("date")),
    )


def read_bytes(path: Path) -> bytes:
    """The bytes of a text file, refused with ``too-large`` above ``MAX_TEXT_BYTES``."""
    size = path.stat().st_size
    if size > MAX_TEXT_BYTES:
        raise ReadError(
            "too-large",
            f"{path.name} has {size:,} bytes of text; at most {MAX_TEXT_BYTES:,} are read. "
            "Split it into documents.",
        )
    return path.read_bytes()


def decode(data: bytes, name: str, declared: str | None = None) -> Decoded:
    """Turn bytes into text and say so when the encoding had to be guessed.

    In this order: byte order mark, UTF-8 if the bytes are UTF-8, the encoding that the document
    declares, UTF-8 with a few damaged bytes (each becomes U+FFFD), and at last the one of
    Windows-1256, Windows-1252 and MacArabic that gives the most plausible words.

    Errors: ``ReadError`` with ``empty`` when no visible character is left, with ``unsupported``
    when the bytes are no text.

    >>> decode("ماده ۱".encode(), "a.txt")
    Decoded(text='ماده ۱', encoding='utf-8', warnings=())
    >>> decode("شهرداري تهران و شهرداري بيشكك".encode("cp1256"), "a.txt").encoding
    'cp1256'
    """
    decoded = _decode(data, name, declared)
    text = decoded.text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        raise ReadError(
            "unsupported",
            f"{name} holds NUL bytes, so it is binary data or UTF-16 without a byte order mark. "
            "Save it as text in UTF-8.",
        )
    if len(_CONTROL.findall(text)) > _MAX_CONTROL * len(text):
        raise _binary(name)
    if not text.strip():
        raise ReadError("empty", f"{name} holds no text.")
    return decoded._replace(text=text)


def _decode(data: bytes, name: str, declared: str | None) -> Decoded:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _with_replacements(data[len(bom) :], encoding, name)
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        pass  # not UTF-8 throughout: the ways below find out what it is
    if b"\0" in data:
        raise _binary(name)
    if declared is not None:
        try:
            return Decoded(data.decode(declared), declared)
        except (LookupError, UnicodeDecodeError):
            pass  # the declaration is wrong or unknown, so the bytes must tell
    repaired = _with_replacements(data, "utf-8", name)
    high = sum(byte >= 0x80 for byte in data)
    if repaired.text.count("\ufffd") <= _BROKEN_UTF8 * high:
        return repaired
    return _guessed(data, name)


def _with_replacements(data: bytes, encoding: str, name: str) -> Decoded:
    text = data.decode(encoding, errors="replace")
    broken = text.count("\ufffd") - data.decode(encoding, errors="ignore").count("\ufffd")
    if not broken:
        return Decoded(text, encoding)
    warning = (
        f"{name}: {broken} damaged place{'s' if broken > 1 else ''} in the {encoding.upper()} text "
        "stand as U+FFFD. Look for a better copy of the file."
    )
    return Decoded(text, encoding, (warning,))


def _guessed(data: bytes, name: str) -> Decoded:
    candidates: list[tuple[float, str, str]] = []
    for encoding in _ONE_BYTE:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue  # the table has no letter for one of the bytes, so it is not this one
        candidates.append((_plausibility(text[:_SAMPLE]), encoding, text))
    score, encoding, text = max(candidates, key=lambda candidate: candidate[0])
    if score < _MIN_PLAUSIBLE:
        raise _binary(name)
    warning = (
        f"{name} is not UTF-8; it was read as {_ENCODING_NAMES[encoding]}. "
        "If letters look wrong, save the file as UTF-8."
    )
    return Decoded(text, encoding, (warning,))


def _plausibility(text: str) -> float:
    """How much the characters beyond ASCII look like words, from below 0 to 1.

    A Persian or Arabic letter among its like counts by its frequency, a Latin letter with an
    accent in a Latin word 0.9; two scripts in one word and signs inside a word count against.
    """
    score = 0.0
    count = 0
    padded = f" {text} "
    for before, letter, after in zip(padded, padded[1:], padded[2:], strict=False):
        if letter < "\x80":
            continue
        count += 1
        neighbours = [near for near in (before, after) if near.isalpha()]
        if _ARABIC.match(letter):
            mixed = any(not _ARABIC.match(near) for near in neighbours)
            score += -1.0 if mixed else _LETTER_WEIGHTS.get(letter, _RARE_LETTER)
        elif letter.isalpha():
            plain = bool(neighbours) and all(near < "\x80" for near in neighbours)
            score += 0.9 if plain else -0.5
        elif letter in _MARKS:
            score += 0.9
        elif letter.isdigit():
            score += 0.5
        else:
            score += -1.0 if len(neighbours) == 2 else 0.3
    return score / count if count else 1.0


def _binary(name: str) -> ReadError:
    return ReadError(
        "unsupported",
        f"{name} holds binary data, not text. Save the document as DOCX, PDF or UTF-8 text.",
    )


def _line_spans(text: str, start: int = 0) -> Iterator[tuple[int, int]]:
    """Spans of the lines that hold something visible; a form feed ends a line as a newline does."""
    for match in re.compile(r"[^\n\f]+").finditer(text, start):
        if not match[0].isspace():
            yield match.span()


def _pages(text: str, lines: Iterable[Line]) -> tuple[Page, ...]:
    """Cut at form feeds; ``lines`` count in ``text`` and are told off to their pages."""
    pages = text.split(PAGE_BREAK)
    if len(pages) > 1 and not pages[-1].strip():
        pages.pop()
    waiting = iter(lines)
    line = next(waiting, None)
    made = []
    start = 0
    for number, page in enumerate(pages, start=1):
        own = []
        while line is not None and line.start < start + len(page):
            own.append(Line(line.start - start, line.end - start, line.role, level=line.level))
            line = next(waiting, None)
        made.append(Page(number, page, tuple(own)))
        start += len(page) + len(PAGE_BREAK)
    return tuple(made)


# ---- Markdown -------------------------------------------------------------------------------

_FRONT_MATTER = re.compile(r"---[ \t]*\n(?:.*\n)*?(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
_PROPERTY = re.compile(r"^(title|date)[ \t]*:[ \t]*(\S.*?)[ \t]*$", re.MULTILINE)
_QUOTE_MARKS = re.compile(r"(?:[ \t]{0,3}>[ \t]?)+")
_HEADING_MARKS = re.compile(r"[ \t]*#{1,6}[ \t]*")
_BULLET_MARKS = re.compile(r"[ \t]*[-*+](?:[ \t]+|$)")
_NOTE_MARK = re.compile(r"[ \t]{0,3}\[\^[^\]\s]+\]:[ \t]*")
_PIPE = re.compile(r"[ \t]*\|?[ \t]*")


class _Kind(NamedTuple):
    role: LineRole
    level: int = 0


def _unquoted(value: str | None) -> str | None:
    return value.strip("\"'") if value else None


def _markdown_lines(text: str, start: int) -> Iterator[Line]:
    from markdown_it import MarkdownIt

    # A form feed is a line end to us and white space to Markdown: give it a line of its own kind.
    body = text[start:].replace(PAGE_BREAK, "\n")
    kinds, silent = _kinds(MarkdownIt("commonmark").enable("table").parse(body))
    offset = start
    in_note = False
    for row, line in enumerate(body.split("\n")):
        end = offset + len(line)
        kind = kinds.get(row, _Kind("body"))
        note = _NOTE_MARK.match(line) if row not in silent else None
        if line.strip():
            # A note goes on until a line that is not indented and follows a blank line.
            in_note = note is not None or (in_note and _continues(body, offset - start))
        if line.strip() and row not in silent:
            if in_note:
                kind = _Kind("footnote")
            content = offset + _marks(line, kind, note)
            if content < end:
                yield Line(content, end, kind.role, level=kind.level)
        offset = end + 1


def _continues(body: str, at: int) -> bool:
    """Whether the line at that offset belongs to the block before it."""
    return body[at] in " \t" or not body.endswith("\n\n", 0, at)


def _marks(line: str, kind: _Kind, note: re.Match[str] | None) -> int:
    """How many characters of mark-up a line begins with."""
    if note:
        return note.end()
    at = quote.end() if (quote := _QUOTE_MARKS.match(line)) else 0
    if kind.role == "heading" and (heading := _HEADING_MARKS.match(line, at)):
        return heading.end()
    if kind.role == "item":
        while bullet := _BULLET_MARKS.match(line, at):  # "- - a" opens two lists at once
            at = bullet.end()
    if kind.role == "table" and (pipe := _PIPE.match(line, at)):
        at = pipe.end()
    indent = re.compile(r"[ \t]*").match(line, at)
    return indent.end() if indent else at


def _kinds(tokens: list[Token]) -> tuple[dict[int, _Kind], frozenset[int]]:
    """Role and level by line number, and the lines that are mark-up alone."""
    kinds: dict[int, _Kind] = {}
    silent: set[int] = set()
    depth = 0
    for token in tokens:
        if token.type in {"bullet_list_open", "ordered_list_open"}:
            depth += 1
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            depth -= 1
        if token.map is None:
            continue
        first, last = token.map
        if token.type == "heading_open":
            for row in range(first, last):
                kinds[row] = _Kind("heading", int(token.tag[1:]))
            if token.markup in {"=", "-"}:  # the underline of the other style of headings
                silent.add(last - 1)
        elif token.type == "list_item_open":
            kinds[first] = _Kind("item", depth)
        elif token.type == "tr_open":
            kinds[first] = _Kind("table")
        elif token.type == "thead_open":
            silent.add(last)  # the delimiter row
        elif token.type == "hr":
            silent.add(first)
        elif token.type == "fence":
            silent.update((first, last - 1))
    return kinds, frozenset(silent)
