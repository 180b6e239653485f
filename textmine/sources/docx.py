"""Word documents (.docx, .docm, .dotx): what a reader of the printed document sees, as pages.

The XML is read directly. That opens files whose pictures or links are broken, reads tracked
insertions and text boxes, and touches no part of the package that carries no text, so neither a
picture of a gigabyte nor an outside link costs anything.

The page text holds each paragraph as typed, and besides what Word prints without anyone having
typed it: the number or bullet of a list item with a space behind it, and superscript figures for
notes, in the text and before the note. List numbers are in the digits that the file names, which
Word may show in Persian shape. Breaks inside a paragraph are line feeds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from textmine.errors import ReadError
from textmine.pages.symbols import symbol
from textmine.records import Extraction, Line, LineRole, Page, Verdict
from textmine.sources.docx_lists import Numbering, Styles
from textmine.sources.docx_package import (
    Package,
    W,
    child_of,
    font_of,
    is_on,
    local_name,
    number_of,
    value_of,
)

VERSION = "3"

_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_R_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_DCTERMS_CREATED = "{http://purl.org/dc/terms/}created"
_DC_TITLE = "{http://purl.org/dc/elements/1.1/}title"

_PRIVATE = re.compile("[\ue000-\uf8ff]")
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")

# Children of a paragraph or run that only wrap what is shown; the second line is mathematics.
_WRAPPER_NAMES = """
    ins moveTo hyperlink smartTag sdt sdtContent customXml fldSimple dir bdo r ruby rubyBase
    oMathPara oMath e num den sup sub deg fName lim m mr d f rad nary func sSup sSub sSubSup
    acc bar box borderBox eqArr groupChr limLow limUpp phant sPre
"""
_WRAPPERS = frozenset(_WRAPPER_NAMES.split())
# Block content that wraps blocks.
_BLOCK_WRAPPERS = ("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag")
_DELETED = ("del", "moveFrom")

# Elements that hold typed text: of the document itself, of formulas, of drawings.
_TYPED = frozenset(
    f"{{http://schemas.openxmlformats.org/{name}/2006/{what}}}t"
    for name, what in (
        ("wordprocessingml", "main"),
        ("officeDocument", "math"),
        ("drawingml", "main"),
    )
)
_QUOTED = 3  # passages left out of which a warning gives the first words
_QUOTED_LETTERS = 40

LAYOUT_CELL = 300
"""A cell of several paragraphs with more characters than this makes its row a layout row."""

_PAGE_MARK = "\f"  # stands for a page break between paragraphs and pages are cut from the blocks


def read_docx(path: Path) -> Extraction:
    """Read a Word document.

    Numbers of lists are worked out from the numbering definitions as Word does. Headings are
    paragraphs of heading styles or with an outline level. A table row is one line, its cells
    separated by tabs (a cell over several columns is followed by empty ones); a row with a cell
    of several paragraphs and more than ``LAYOUT_CELL`` characters, and a table of one cell, are
    read as paragraphs, cell after cell, because there the table is only page layout. A footnote
    follows the paragraph or row that cites it, endnotes come last. Text boxes follow the
    paragraph they hang on. Headers begin the first page and footers end the last, each once, with
    the role ``running-head``. Tracked insertions are read; tracked deletions, hidden text and
    comments are left out with a warning that gives their first words.

    What was read is counted against what the file stores: where letters are missing, every page is
    ``suspect``.

    Pages are cut at page breaks, at section breaks that begin a page, at ``page break before``
    and where Word noted its own breaks at the last save; without any of these there is one page.

    Errors: ``ReadError`` with ``damaged``, ``encrypted``, ``empty`` (no text at all) or
    ``too-large`` (limits in ``docx_package``).
    """
    with Package(path) as package:
        return _Reader(package).extraction()


# ---- The walk -------------------------------------------------------------------------------


class _Block(NamedTuple):
    """One paragraph or table row; ``text`` may hold line feeds, never a form feed."""

    text: str
    role: LineRole = "body"
    level: int = 0


@dataclass
class _Paragraph:
    """A paragraph while it is read: text so far, and what hangs on it."""

    text: list[str] = field(default_factory=list)
    notes: list[_Block] = field(default_factory=list)
    boxes: list[etree._Element] = field(default_factory=list)


@dataclass
class _LeftOut:
    """What was seen and not read, for the warnings."""

    deletions: int = 0
    deleted: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    comments: int = 0
    embedded: int = 0
    symbols: set[str] = field(default_factory=set)


class _Reader:
    """Reads one document; the state is the counting of lists and notes."""

    def __init__(self, package: Package) -> None:
        self._package = package
        main = package.main_part()
        document = package.xml(main)
        body = child_of(document, "body")
        if document is None or body is None:
            raise ReadError("damaged", f"{package.name} has no body, so there is nothing to read.")
        self._body = body
        self._keeps_space = document.get(_XML_SPACE) == "preserve"
        self._targets = package.relationships(main)
        styles = self._related("styles")
        self._styles = Styles(styles)
        self._numbering = Numbering(self._related("numbering"), styles)
        self._note_parts = {
            "footnote": _by_id(self._related("footnotes"), "footnote"),
            "endnote": _by_id(self._related("endnotes"), "endnote"),
        }
        self._note_counts = {"footnote": 0, "endnote": 0}
        self._endnotes: list[_Block] = []
        self._left_out = _LeftOut()
        self._broken = True  # a page has just begun, so Word's own note of that adds nothing
        self._carried: list[str] = []  # text of paragraphs whose end was deleted
        self._made = 0  # letters that nobody typed: marks of lists

    def extraction(self) -> Extraction:
        """The document as pages."""
        heads = self._running("header")
        blocks = list(self._blocks(self._body))
        blocks += self._flushed()
        feet = self._running("footer")
        pages = _pages([*heads, *blocks, *self._endnotes, *feet])
        if not any(page.text.strip() for page in pages):
            raise ReadError(
                "empty",
                f"{self._package.name} holds no text; if it holds pictures of pages, save them as "
                "PDF and have their text recognised.",
            )
        stored = self._stored_letters()
        here = sum(map(_letters, (block.text for block in (*blocks, *self._endnotes)))) - self._made
        if here < stored:
            reason = f"The file stores {stored} letters and {here} were read: text is missing."
            pages = tuple(replace(page, verdict=Verdict("suspect", reason)) for page in pages)
        title, created = self._properties()
        return Extraction(
            pages=pages,
            extractor=f"docx {VERSION}",
            warnings=tuple(self._warnings()),
            title=title,
            created=created,
        )

    def _stored_letters(self) -> int:
        """How many letters the body and the notes cited in it store, counted by walking it all."""
        texts: list[str] = []
        cited = set(_shown_text(self._body, texts))
        for kind, number in cited:
            note = self._note_parts[kind].get(number)
            if note is not None:
                _shown_text(note, texts)
        return sum(map(_letters, texts))

    def _related(self, kind: str) -> etree._Element | None:
        for each, target in self._targets.values():
            if each == kind:
                return self._package.xml(target)
        return None

    def _properties(self) -> tuple[str | None, str | None]:
        for kind, target in self._package.relationships("").values():
            core = self._package.xml(target) if kind == "core-properties" else None
            if core is not None:
                return core.findtext(_DC_TITLE) or None, core.findtext(_DCTERMS_CREATED) or None
        return None, None

    def _warnings(self) -> Iterator[str]:
        name, left_out = self._package.name, self._left_out
        if left_out.deletions:
            yield (
                f"{name} has tracked changes: insertions were read, "
                f"{_counted(left_out.deletions, 'deleted passage')} left out"
                f"{_first_words(left_out.deleted)}. "
                "Accept or reject the changes in Word to be sure."
            )
        if left_out.hidden:
            hidden = _counted(len(left_out.hidden), "hidden passage")
            yield f"{name}: {hidden} left out{_first_words(left_out.hidden)}."
        if left_out.comments:
            yield f"{name}: {_counted(left_out.comments, 'comment')} left out."
        if left_out.embedded:
            yield f"{name}: {_counted(left_out.embedded, 'embedded document')} left out."
        if left_out.symbols:
            signs = ", ".join(sorted(left_out.symbols))
            yield f"{name}: symbols without a Unicode equivalent stand as they are stored: {signs}."
        if self._numbering.unknown_forms:
            forms = ", ".join(sorted(self._numbering.unknown_forms))
            yield f"{name}: list numbers of the form {forms} were written in digits."

    def _running(self, kind: str) -> list[_Block]:
        """Headers or footers, each wording once, in the order of the document's sections."""
        seen: dict[str, None] = {}
        for reference in self._body.iter(f"{W}{kind}Reference"):
            _, target = self._targets.get(reference.get(_R_ID) or "", ("", ""))
            root = self._package.xml(target)
            for block in self._blocks(root) if root is not None else ():
                if block.text.strip() and block.text != _PAGE_MARK:
                    seen.setdefault(" ".join(block.text.split("\n")))
        self._broken = True
        return [
            _Block(
                text, "page-number" if re.fullmatch(r"[\W\d]*\d[\W\d]*", text) else "running-head"
            )
            for text in seen
        ]

    def _blocks(self, container: etree._Element) -> Iterator[_Block]:
        for element in container:
            name = local_name(element)
            if name == "p":
                yield from self._paragraph(element)
            elif name == "tbl":
                yield from self._table(element)
            elif name in _BLOCK_WRAPPERS:
                yield from self._blocks(element)
            elif name in _DELETED:
                self._delete(element)
            elif name == "altChunk":
                self._left_out.embedded += 1
            elif name == "AlternateContent":
                yield from self._blocks(_choice(element))

    def _delete(self, element: etree._Element) -> None:
        """Leave out what was deleted; a deletion without text still tells of tracked changes."""
        self._left_out.deletions += 1
        if text := _typed_in(element):
            self._left_out.deleted.append(text)

    def _flushed(self) -> list[_Block]:
        """What is left when the document's last paragraph mark was deleted."""
        carried, self._carried = "".join(self._carried), []
        return [_Block(carried)] if carried else []

    def _paragraph(self, element: etree._Element) -> Iterator[_Block]:
        properties = child_of(element, "pPr")
        if is_on(properties, "pageBreakBefore") and not self._broken:
            yield self._page_break()
        paragraph = _Paragraph()
        self._inline(element, paragraph)
        text = "".join(self._carried) + "".join(paragraph.text)
        self._carried = []
        if child_of(properties, "rPr", "del") is not None:
            # The end of this paragraph was deleted: it runs on into the next one.
            self._carried.append(text)
            self._left_out.deletions += 1
        else:
            role, level, mark = self._kind(properties, bool(text.strip()))
            self._made += _letters(mark) if text.strip() else 0
            yield from self._cut(f"{mark}{text}" if text.strip() else text, role, level)
        yield from paragraph.notes
        for box in paragraph.boxes:
            yield from self._blocks(box)
        section = child_of(properties, "sectPr")
        if section is not None and (value_of(section, "type") or "nextPage").endswith("Page"):
            yield self._page_break()

    def _cut(self, text: str, role: LineRole, level: int) -> Iterator[_Block]:
        for index, piece in enumerate(text.split(_PAGE_MARK)):
            if index:
                yield self._page_break()
            if piece.strip():
                self._broken = False
            yield _Block(piece, role, level)

    def _page_break(self) -> _Block:
        self._broken = True
        return _Block(_PAGE_MARK)

    def _kind(self, properties: etree._Element | None, counts: bool) -> tuple[LineRole, int, str]:
        """Role, level and list mark of a paragraph; counting lists goes on if it ``counts``."""
        outline = number_of(properties, "outlineLvl")
        number = value_of(properties, "numPr", "numId")
        depth = number_of(properties, "numPr", "ilvl")
        role: LineRole = "body"
        for style, definition in self._styles.chain(properties):
            name = (value_of(definition, "name") or "").lower()
            if outline is None:
                outline = number_of(definition, "pPr", "outlineLvl")
            if outline is None and (heading := re.fullmatch(r"heading (\d)", name)):
                outline = int(heading[1]) - 1
            if outline is None and name == "title":
                outline = 0
            if name == "caption":
                role = "caption"
            own = value_of(definition, "pPr", "numPr", "numId")
            if number is None and own is not None:
                number = own
                depth = number_of(definition, "pPr", "numPr", "ilvl")
                _, depth = self._numbering.style_levels.get(f"{own}/{style}", ("", depth))
        mark = None
        if number is not None and number != "0" and counts:
            mark = self._numbering.mark(number, depth or 0)
        if outline is not None and 0 <= outline < 9:
            return "heading", outline + 1, mark or ""
        if mark is not None:
            return "item", (depth or 0) + 1, mark
        return role, 0, ""

    # -- inside a paragraph

    def _inline(self, element: etree._Element, paragraph: _Paragraph) -> None:
        for child in element:
            name = local_name(child)
            if name == "t":
                self._typed(child, paragraph)
            elif name == "r" and is_on(child, "rPr", "vanish"):
                if text := _typed_in(child):
                    self._left_out.hidden.append(text)
            elif name in _WRAPPERS:
                self._inline(child, paragraph)
            elif name in _DELETED:
                self._delete(child)
            elif name == "AlternateContent":
                self._inline(_choice(child), paragraph)
            elif name in ("drawing", "pict", "object"):
                paragraph.boxes += _boxes(child)
            else:
                paragraph.text.append(self._sign(child, name, paragraph))

    def _typed(self, element: etree._Element, paragraph: _Paragraph) -> None:
        text = element.text or ""
        if element.tag == W + "t":
            text = re.sub(r"[\t\n\r\f\v]", " ", text)
            if not self._keeps_space and element.get(_XML_SPACE) != "preserve":
                text = text.strip(" ")
        if text.strip():
            self._broken = False
        if _PRIVATE.search(text):
            font = font_of(element.getparent())
            text = _PRIVATE.sub(lambda match: self._shown(font, match[0]), text)
        paragraph.text.append(text)

    def _sign(self, element: etree._Element, name: str, paragraph: _Paragraph) -> str:
        """What one of the elements that stand for a character shows."""
        if name in ("tab", "ptab"):
            return "\t"
        if name == "br":
            if element.get(W + "type") != "page":
                return "\n"
            self._broken = True
            return _PAGE_MARK
        if name == "cr":
            return "\n"
        if name == "lastRenderedPageBreak":
            # Word notes its breaks also behind those that someone set.
            mark = "" if self._broken else _PAGE_MARK
            self._broken = True
            return mark
        if name == "noBreakHyphen":
            return "\u2011"
        if name == "softHyphen":
            return "\u00ad"
        if name == "sym":
            return self._symbol(element)
        if name in ("footnoteReference", "endnoteReference"):
            return self._note(element, name.removesuffix("Reference"), paragraph)
        if name == "commentReference":
            self._left_out.comments += 1
        return ""

    def _symbol(self, element: etree._Element) -> str:
        said = element.get(W + "char") or ""
        code = int(said, 16) if re.fullmatch("[0-9A-Fa-f]{1,8}", said) else 0
        if not code or code > 0x10FFFF or 0xD800 <= code < 0xE000:
            return "\ufffd"
        return self._shown(element.get(W + "font") or "", chr(code))

    def _shown(self, font: str, sign: str) -> str:
        """What a character of a symbol font shows; told in a warning where no table has it."""
        shown = symbol(font, -1, sign)
        if "\ue000" <= shown <= "\uf8ff":
            self._left_out.symbols.add(f"{font.lower()} {ord(shown) & 0xFF:02X}")
        return shown

    def _note(self, element: etree._Element, kind: str, paragraph: _Paragraph) -> str:
        note = self._note_parts[kind].get(element.get(W + "id") or "")
        if note is None:
            return ""
        mark = ""
        if not _is_on_attribute(element, "customMarkFollows"):
            self._note_counts[kind] += 1
            mark = str(self._note_counts[kind]).translate(_SUPERSCRIPT)
        was_broken, carried = self._broken, self._carried
        self._broken, self._carried = True, []
        texts = [block.text.strip() for block in self._blocks(note) if block.text != _PAGE_MARK]
        self._broken, self._carried = was_broken, carried
        text = "\n".join(text for text in texts if text)
        block = _Block(f"{mark} {text}" if mark else text, "footnote")
        (paragraph.notes if kind == "footnote" else self._endnotes).append(block)
        return mark

    # -- tables

    def _table(self, table: etree._Element) -> Iterator[_Block]:
        rows = list(_rows(table))
        single = len(rows) == 1 and len(list(_cells(rows[0]))) == 1
        for row in rows:
            if child_of(row, "trPr", "del") is not None:
                self._delete(row)
                continue
            yield from self._row(row, single)

    def _row(self, row: etree._Element, single: bool) -> Iterator[_Block]:
        cells: list[list[_Block]] = []
        columns: list[int] = []
        broken = False
        for cell in _cells(row):
            read = list(self._blocks(cell))
            first = next((block for block in read if block.text.strip(" \t\n")), None)
            broken = broken or (first is not None and first.text == _PAGE_MARK)
            cells.append([block for block in read if block.text.strip()])
            columns.append(max(number_of(cell, "tcPr", "gridSpan") or 1, 1))
        if broken:
            yield _Block(_PAGE_MARK)
        layout = single or any(
            len(cell) > 1 and sum(len(block.text) for block in cell) > LAYOUT_CELL for cell in cells
        )
        if layout:
            for blocks in cells:
                yield from blocks
            return
        texts: list[str] = []
        after: list[_Block] = []
        for blocks, width in zip(cells, columns, strict=True):
            own = [block for block in blocks if block.role not in ("table", "footnote")]
            after += [block for block in blocks if block.role in ("table", "footnote")]
            texts.append(" ".join(re.sub(r"\s*[\n\t]\s*", " ", block.text) for block in own))
            texts += [""] * (min(width, 64) - 1)
        text = "\t".join(texts).rstrip("\t")
        if text.strip():
            yield _Block(text, "table")
        yield from after


def _counted(number: int, noun: str) -> str:
    return f"1 {noun} was" if number == 1 else f"{number} {noun}s were"


def _first_words(passages: list[str]) -> str:
    """The beginning of what was left out, for a warning.

    >>> _first_words(["شهر تهران", " "]), _first_words([])
    (' («شهر تهران»)', '')
    """
    texts = [" ".join(text.split()) for text in passages if text.strip()]
    cut = [
        text if len(text) <= _QUOTED_LETTERS else f"{text[:_QUOTED_LETTERS].rpartition(' ')[0]}…"
        for text in texts[:_QUOTED]
    ]
    more = "…" if len(texts) > _QUOTED else ""
    return f" («{'», «'.join(cut)}»{more})" if cut else ""


def _typed_in(element: etree._Element) -> str:
    """All text typed in an element, deleted or not."""
    return "".join(each.text or "" for each in element.iter(*_TYPED, W + "delText"))


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))


def _shown_text(root: etree._Element, texts: list[str]) -> list[tuple[str, str]]:
    """Collect what an element stores and shows, and the notes that it cites (kind, id).

    This knows next to nothing of the format, so that it finds what the reader does not know.
    """
    cited: list[tuple[str, str]] = []
    waiting = [root]
    while waiting:
        element = waiting.pop()
        name = local_name(element)
        if name in (*_DELETED, "rt") or (name == "r" and is_on(element, "rPr", "vanish")):
            continue
        if name == "tr" and child_of(element, "trPr", "del") is not None:
            continue
        if element.tag in _TYPED:
            texts.append(element.text or "")
        elif name in ("footnoteReference", "endnoteReference"):
            cited.append((name.removesuffix("Reference"), element.get(W + "id") or ""))
        waiting += _choice(element) if name == "AlternateContent" else element
    return cited


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    for element in table:
        name = local_name(element)
        if name == "tr":
            yield element
        elif name in _BLOCK_WRAPPERS:
            yield from _rows(element)


def _cells(row: etree._Element) -> Iterator[etree._Element]:
    for element in row:
        name = local_name(element)
        if name == "tc":
            yield element
        elif name in _BLOCK_WRAPPERS:
            yield from _cells(element)


def _is_on_attribute(element: etree._Element, name: str) -> bool:
    return element.get(W + name, "0") not in ("0", "false", "off")


def _by_id(root: etree._Element | None, name: str) -> dict[str, etree._Element]:
    """Notes by id, without those that only draw the separator line."""
    if root is None:
        return {}
    return {
        str(note.get(W + "id")): note
        for note in root.iter(W + name)
        if note.get(W + "type", "normal") == "normal"
    }


def _choice(element: etree._Element) -> etree._Element:
    """The first alternative: the others show the same to older programs."""
    return next(
        (child for child in element if local_name(child) in ("Choice", "Fallback")), element
    )


def _boxes(element: etree._Element) -> list[etree._Element]:
    """Contents of the text boxes in a drawing, each once, outermost only."""
    found: list[etree._Element] = []
    for child in element:
        name = local_name(child)
        if name == "txbxContent":
            found.append(child)
        elif name == "AlternateContent":
            found += _boxes(_choice(child))
        else:
            found += _boxes(child)
    return found


# ---- Pages ----------------------------------------------------------------------------------


def _pages(blocks: list[_Block]) -> tuple[Page, ...]:
    """Blocks, each on lines of its own, cut where a block is a page break."""
    chunks: list[list[_Block]] = [[]]
    for block in blocks:
        if block.text == _PAGE_MARK:
            chunks.append([])
        else:
            chunks[-1].append(block)
    if len(chunks) > 1 and not any(block.text.strip() for block in chunks[-1]):
        chunks.pop()
    return tuple(_page(number, chunk) for number, chunk in enumerate(chunks, start=1))


def _page(number: int, blocks: list[_Block]) -> Page:
    text = "\n".join(block.text for block in blocks)
    lines: list[Line] = []
    start = 0
    for block in blocks:
        for index, piece in enumerate(block.text.split("\n")):
            end = start + len(piece)
            if piece.strip():
                role = "body" if index and block.role == "item" else block.role
                lines.append(Line(start, end, role, level=block.level if role != "body" else 0))
            start = end + 1
    return Page(number, text, tuple(lines))
