"""Web pages (HTML, XHTML): what a reader of the page sees, as one page.

White space is collapsed as browsers do; every block is a line of its own, and so is what follows
a ``<br>``. The number of an ordered item is printed by the browser, so it stands in the text.
Direction and language attributes change nothing, since the source is in logical order.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from textmine.errors import ReadError
from textmine.records import Extraction, Line, LineRole, Page
from textmine.sources.ordinals import FORMATS
from textmine.sources.plain import decode, read_bytes

VERSION = "1"

LAYOUT_CELL = 300
"""A table with a cell of several blocks and more characters than this only lays out the page."""

_MAIN_SHARE = 0.5  # a <main> with less than this share of the text is not the text
_MAX_SPAN = 64  # columns or rows that one cell may claim


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Elements whose content is no text of the document: code, navigation, controls, what stands in
# for something else.
_SKIPPED = _names(
    "script style template noscript head nav iframe object embed svg canvas audio video map select "
    "button textarea input datalist dialog annotation annotation-xml frameset"
)
_SKIPPED_ROLES = _names("navigation search menu menubar dialog alert")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_BLOCKS = _names(
    "address article aside blockquote body caption center dd details dir div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu ol "
    "optgroup p pre section summary table tbody td tfoot th thead tr ul"
)
_LISTS = frozenset(("ol", "ul", "menu", "dir"))
_NOTE_ROLES = _names("doc-footnote doc-endnote doc-endnotes footnote endnote endnotes")
# How word processors and wikis name the anchors of notes.
_NOTE_ID = re.compile(r"_?(?:ftn|edn|fn|footnote|endnote|cite_note|sdfootnote|sdendnote)[-_:]?\d")
_COUNTERS = {
    "1": "decimal",
    "a": "lowerLetter",
    "A": "upperLetter",
    "i": "lowerRoman",
    "I": "upperRoman",
    "lower-alpha": "lowerLetter",
    "lower-latin": "lowerLetter",
    "upper-alpha": "upperLetter",
    "upper-latin": "upperLetter",
    "lower-roman": "lowerRoman",
    "upper-roman": "upperRoman",
    "decimal-leading-zero": "decimalZero",
    "persian": "persian",
    "arabic-indic": "arabic-indic",
    "none": "none",
}
_LIST_STYLE = re.compile(r"list-style(?:-type)?\s*:([^;]*)")
_STYLE_RULE = re.compile(r"([^{}]+)\{([^{}]*list-style[^{}]*)\}")
_SIMPLE_SELECTOR = re.compile(r"(ol|li)?(?:\.([\w-]+))?")
_CREATED = (
    "citation_publication_date",
    "dcterms.created",
    "dc.date.created",
    "dcterms.date",
    "dc.date",
    "article:published_time",
    "citation_date",
    "date",
)
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_CHARSET_WITHIN = 4096
_SPACE = re.compile(r"[ \t\n\r\f]+")


def read_html(path: Path) -> Extraction:
    """Read a web page as one page of lines.

    Scripts, styles, navigation, controls and hidden elements are left out. When the page marks
    its main part with ``<main>`` and that holds most of the text, only it is read, with a warning.
    Headings and list items carry their level; table rows are tab-separated lines, unless the
    table only lays out the page; notes (``role="doc-footnote"`` and the anchors that word
    processors write) have the role ``footnote``. Readings over characters (ruby) follow in
    brackets. Title and date come from the head.

    Errors: ``ReadError`` with ``empty``, ``damaged`` (nested too deeply), ``unsupported`` (binary
    data) or ``too-large``.

    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = Path(folder.name) / "a.html"
    >>> _ = path.write_text("<h2>ماده&nbsp;۱</h2><ol type=a><li>one<li>two</ol>", encoding="utf-8")
    >>> page, = read_html(path).pages
    >>> [(line.role, page.text[line.start : line.end]) for line in page.lines]
    [('heading', 'ماده\\xa0۱'), ('item', 'a. one'), ('item', 'b. two')]
    >>> folder.cleanup()
    """
    data = read_bytes(path)
    decoded = decode(data, path.name, _declared(data))
    root = _parsed(decoded.text, path.name)
    _apply_list_styles(root)
    warnings = list(decoded.warnings)
    blocks = _read(root)
    mains = [element for element in root.iter() if _is_main(element)]
    if len(mains) == 1:
        inner = _read(mains[0])
        outside = _length(blocks) - _length(inner)
        if outside and _length(inner) >= _MAIN_SHARE * _length(blocks):
            blocks = inner
            warnings.append(
                f"{path.name}: {outside:,} characters outside the page's main part were left out."
            )
    if not blocks:
        raise ReadError("empty", f"{path.name} shows no text.")
    title, created = _properties(root)
    return Extraction(
        pages=(_page(blocks),),
        extractor=f"html {VERSION}",
        warnings=tuple(warnings),
        title=title,
        created=created,
    )


class _Block(NamedTuple):
    text: str
    role: LineRole
    level: int


# ---- From bytes to a tree -------------------------------------------------------------------


def _declared(data: bytes) -> str | None:
    """The encoding that the page names; Western names are so often wrong that they say nothing."""
    match = _CHARSET.search(data[:_CHARSET_WITHIN])
    if match is None:
        return None
    name = match[1].decode("ascii")
    try:
        known = codecs.lookup(name).name
    except LookupError:
        return None
    return None if known in ("ascii", "iso8859-1", "cp1252") else name


def _parsed(text: str, name: str) -> etree._Element:
    data = text.replace("\0", "").encode()
    start = text[:_CHARSET_WITHIN]
    if start.lstrip().startswith("<?xml") or "http://www.w3.org/1999/xhtml" in start:
        # Parsed as HTML, XHTML's <script/> would swallow the rest of the page.
        declaration = re.compile(rb"\s*<\?xml[^>]*\?>")
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, encoding="utf-8"
        )
        try:
            return etree.fromstring(declaration.sub(b"", data, count=1), parser)
        except etree.XMLSyntaxError:
            pass  # most pages that call themselves XHTML are not; browsers read them as HTML
    html_parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, no_network=True)
    root = etree.fromstring(data, html_parser)
    if root is None:
        raise ReadError("empty", f"{name} shows no text.")
    if any("depth" in entry.message.lower() for entry in html_parser.error_log):
        raise ReadError(
            "damaged", f"{name} nests elements too deeply to be read. Save it as text or PDF."
        )
    return root


def _local(element: etree._Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def _is_main(element: etree._Element) -> bool:
    return _local(element) == "main" or (
        isinstance(element.tag, str) and element.get("role") == "main"
    )


def _is_skipped(element: etree._Element, name: str) -> bool:
    return (
        name in _SKIPPED
        or element.get("hidden") is not None
        or element.get("role") in _SKIPPED_ROLES
        or bool(_HIDDEN.search(element.get("style", "")))
    )


def _is_note(element: etree._Element, name: str) -> bool:
    kinds = {element.get("role"), element.get("epub:type")}
    kinds.add(element.get("{http://www.idpf.org/2007/ops}type"))
    if kinds & _NOTE_ROLES:
        return True
    return name in _BLOCKS and bool(_NOTE_ID.match(element.get("id", "")))


def _properties(root: etree._Element) -> tuple[str | None, str | None]:
    title = next((each for each in root.iter() if _local(each) == "title"), None)
    text = _SPACE.sub(" ", "".join(map(str, title.itertext()))).strip() if title is not None else ""
    named = {
        (meta.get("name") or meta.get("property") or "").lower(): meta.get("content", "").strip()
        for meta in root.iter()
        if _local(meta) == "meta"
    }
    created = next((named[name] for name in _CREATED if named.get(name)), None)
    return text or None, created


# ---- From the tree to lines -----------------------------------------------------------------


class _Context(NamedTuple):
    """What an element says about the blocks inside it."""

    role: LineRole = "body"
    level: int = 0
    lists: int = 0  # how many lists it stands in


class _Item(NamedTuple):
    """A list item whose first line has not been written yet."""

    level: int
    mark: str


def _read(root: etree._Element) -> list[_Block]:
    """The blocks under an element."""
    return _Walk(root).blocks


class _Walk:
    """Goes through the elements with a stack of its own, since broken pages nest thousands deep."""

    def __init__(self, root: etree._Element) -> None:
        self.blocks: list[_Block] = []
        self._rows: list[list[str]] = [[]]  # inline text of the block being read, by line
        self._item: _Item | None = None
        self._marks: dict[etree._Element, str] = {}
        self._stack: list[tuple[etree._Element, Iterator[etree._Element], _Context]] = []
        self._enter(root, _Context())
        while self._stack:
            element, children, context = self._stack[-1]
            child = next(children, None)
            if child is not None:
                if not self._enter(child, context):
                    self._add(child.tail)
                continue
            self._stack.pop()
            self._leave(element, context)
            if self._stack:
                self._add(element.tail)

    def _enter(self, element: etree._Element, context: _Context) -> bool:
        """Begin an element; False when nothing of it remains to be walked through."""
        name = _local(element)
        if not name:
            if isinstance(element, etree._Entity):
                self._add(unescape(element.text or ""))
            return False
        if _is_skipped(element, name):
            return False
        if name == "br":
            self._rows.append([])
            return False
        if name in _BLOCKS:
            self._flush(context)
        context = self._inside(element, name, context)
        if name == "pre":
            self._preformatted(element, context)
            return False
        if name == "table" and self._data_table(element, context):
            return False
        if name == "rt" and not _has_brackets(element):
            self._add("(")
        self._add(element.text)
        self._stack.append((element, iter(element), context))
        return True

    def _leave(self, element: etree._Element, context: _Context) -> None:
        name = _local(element)
        if name == "rt" and not _has_brackets(element):
            self._add(")")
        if name in _BLOCKS:
            self._flush(context)
        if name == "li":
            self._item = None

    def _inside(self, element: etree._Element, name: str, context: _Context) -> _Context:
        if context.role != "footnote" and _is_note(element, name):
            context = context._replace(role="footnote", level=0)
        if name in _LISTS:
            self._marks.update(_marks(element) if name == "ol" else {})
            return context._replace(lists=context.lists + 1)
        if name == "li":
            before = self._item.mark if self._item else ""  # an item that begins with a list
            mark = before + self._marks.pop(element, "")
            self._item = _Item(max(context.lists, 1), mark)
        elif context.role == "footnote":
            return context
        elif re.fullmatch("h[1-6]", name):
            return context._replace(role="heading", level=int(name[1]))
        elif name in ("caption", "figcaption"):
            return context._replace(role="caption", level=0)
        return context

    def _add(self, text: str | None) -> None:
        if text:
            self._rows[-1].append(text)

    def _flush(self, context: _Context) -> None:
        """End the block that was being read; each of its lines that shows something is written."""
        rows = [_SPACE.sub(" ", "".join(row)).strip(" ") for row in self._rows]
        self._rows = [[]]
        for row in rows:
            if row.strip():
                self._write(row, context)

    def _write(self, text: str, context: _Context) -> None:
        item, self._item = self._item, None
        if item is None:
            self.blocks.append(_Block(text, context.role, context.level))
        elif context.role == "body":
            self.blocks.append(_Block(item.mark + text, "item", item.level))
        else:
            self.blocks.append(_Block(item.mark + text, context.role, context.level))

    def _preformatted(self, element: etree._Element, context: _Context) -> None:
        text = "".join(str(each) for each in element.itertext())
        for line in re.split(r"[\n\f]", text):
            if line.strip():
                self._write(line.rstrip(), context)

    def _data_table(self, table: etree._Element, context: _Context) -> bool:
        """Write a table row by row; False when the table only lays out the page."""
        if table.get("role") in ("presentation", "none") or any(
            _local(each) == "table" for each in table.iterdescendants()
        ):
            return False
        rows = [
            [(cell, _read(cell)) for cell in _shown(row, ("td", "th"))]
            for row in _table_rows(table)
        ]
        cells = [blocks for row in rows for _, blocks in row]
        if len(cells) < 2 or any(
            len(blocks) > 1 and _length(blocks) > LAYOUT_CELL for blocks in cells
        ):
            return False
        for caption in _shown(table, ("caption",)):
            self.blocks += (block._replace(role="caption") for block in _read(caption))
        for text in _aligned(rows):
            self._write(text, context._replace(role="table", level=0))
        return True


def _shown(parent: etree._Element, names: tuple[str, ...]) -> list[etree._Element]:
    """The children of those names that are not hidden."""
    return [
        each for each in parent if (name := _local(each)) in names and not _is_skipped(each, name)
    ]


def _table_rows(table: etree._Element) -> Iterator[etree._Element]:
    for part in _shown(table, ("thead", "tbody", "tfoot", "tr")):
        if _local(part) == "tr":
            yield part
        else:
            yield from _shown(part, ("tr",))


def _aligned(rows: list[list[tuple[etree._Element, list[_Block]]]]) -> Iterator[str]:
    """Rows as tab-separated text; cells over several columns or rows leave empty cells."""
    hanging: dict[int, int] = {}  # rows that a cell from above still covers, by column
    for row in rows:
        texts: list[str] = []
        waiting = list(row)
        below: dict[int, int] = {}
        while waiting or any(column >= len(texts) for column in hanging):
            column = len(texts)
            if column in hanging:
                texts.append("")
                if hanging[column] > 1:
                    below[column] = hanging[column] - 1
                continue
            if not waiting:
                texts.append("")
                continue
            cell, blocks = waiting.pop(0)
            width, height = _span(cell, "colspan"), _span(cell, "rowspan")
            texts.append(" ".join(block.text for block in blocks))
            texts += [""] * (width - 1)
            if height > 1:
                below |= dict.fromkeys(range(column, column + width), height - 1)
        hanging = below
        text = "\t".join(texts).rstrip("\t")
        if text.strip():
            yield text


def _span(cell: etree._Element, name: str) -> int:
    value = cell.get(name, "1").strip()
    return min(max(int(value), 1), _MAX_SPAN) if re.fullmatch("[0-9]{1,9}", value) else 1


def _has_brackets(reading: etree._Element) -> bool:
    parent = reading.getparent()
    return parent is not None and any(_local(each) == "rp" for each in parent)


def _marks(ordered: etree._Element) -> dict[etree._Element, str]:
    """What the browser prints before each item of an ordered list."""
    items = [each for each in ordered if _local(each) == "li"]
    step = -1 if ordered.get("reversed") is not None else 1
    number = _integer(ordered.get("start"), len(items) if step < 0 else 1)
    form = _counter(ordered, "decimal")
    marks = {}
    for item in items:
        number = _integer(item.get("value"), number)
        own = _counter(item, form)
        marks[item] = "" if own == "none" else f"{FORMATS[own](number)}. "
        number += step
    return marks


def _integer(value: str | None, otherwise: int) -> int:
    found = re.fullmatch(r"\s*([+-]?[0-9]{1,9})\s*", value or "")
    return int(found[1]) if found else otherwise


def _counter(element: etree._Element, otherwise: str) -> str:
    style = _LIST_STYLE.search(element.get("style", ""))
    for word in style[1].lower().split() if style else ():
        if word in _COUNTERS:
            return _COUNTERS[word]
    return _COUNTERS.get(element.get("type", ""), otherwise)


def _apply_list_styles(root: etree._Element) -> None:
    """Write what simple rules of the page's style sheet say of lists into the lists' own style.

    Word processors switch the browser's numbers off so and write their own.
    """
    sheets = ["".join(map(str, each.itertext())) for each in root.iter() if _local(each) == "style"]
    rules = [
        (match[1] or "", match[2] or "", declarations)
        for selectors, declarations in _STYLE_RULE.findall("\n".join(sheets))
        for selector in selectors.split(",")
        if (match := _SIMPLE_SELECTOR.fullmatch(selector.strip())) and match[0]
    ]
    if not rules:
        return
    for element in root.iter():
        name = _local(element)
        if name not in ("ol", "li"):
            continue
        classes = (element.get("class") or "").split()
        for wanted, wanted_class, declarations in rules:
            if wanted in ("", name) and (not wanted_class or wanted_class in classes):
                element.set("style", f"{element.get('style', '')};{declarations}")


def _length(blocks: list[_Block]) -> int:
    return sum(len(block.text) for block in blocks)


def _page(blocks: list[_Block]) -> Page:
    lines = []
    start = 0
    for block in blocks:
        end = start + len(block.text)
        lines.append(Line(start, end, block.role, level=block.level))
        start = end + 1
    return Page(1, "\n".join(block.text for block in blocks), tuple(lines))
