"""The card of a model for the page: the little Markdown that cards are written in, as HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from markupsafe import Markup, escape

from textmine.reports.marks import shown

_INLINE = re.compile(r"`([^`]+)`|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*")
_RULE = re.compile(r"[|\s:-]+")
_TAGS = ("code", "strong", "em")


def html(text: str, *, level: int = 3) -> Markup:
    """Headings (the first of them ``level``), paragraphs, lists, tables and code; nothing else.

    What a card holds may come from anywhere, so all of it is escaped.

    >>> html("# Card\\n\\n- a `b` <i>")
    Markup('<h3>Card</h3>\\n<ul><li>a <code>b</code> &lt;i&gt;</li></ul>')
    """
    blocks = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    return Markup("\n").join(_block(block.strip("\n"), level) for block in blocks)


def _block(block: str, level: int) -> Markup:
    lines = block.split("\n")
    if heading := re.fullmatch(r"(#{1,4}) +(.+)", block):
        number = min(6, level + len(heading[1]) - 1)
        return Markup("<h{0}>{1}</h{0}>").format(number, _inline(heading[2]))
    if all(line.startswith("- ") for line in lines):
        items = (Markup("<li>{}</li>").format(_inline(line[2:])) for line in lines)
        return Markup("<ul>{}</ul>").format(Markup("").join(items))
    if all(line.startswith("|") for line in lines):
        return _table(lines)
    return Markup("<p>{}</p>").format(_inline(" ".join(lines)))


def _table(lines: Iterable[str]) -> Markup:
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in lines
        if not _RULE.fullmatch(line)
    ]
    head = Markup("").join(Markup("<th>{}</th>").format(_inline(cell)) for cell in rows[0])
    body = (
        Markup("<tr>{}</tr>").format(
            Markup("").join(Markup("<td>{}</td>").format(_inline(cell)) for cell in row)
        )
        for row in rows[1:]
    )
    return Markup(
        '<div class="scroll"><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>'
    ).format(head, Markup("").join(body))


def _inline(text: str) -> Markup:
    return Markup("").join(_pieces(text))


def _pieces(text: str) -> Iterator[Markup]:
    at = 0
    for match in _INLINE.finditer(text):
        yield escape(shown(text[at : match.start()]))
        tag = _TAGS[(match.lastindex or 1) - 1]
        yield Markup("<{0}>{1}</{0}>").format(tag, shown(match[match.lastindex or 1]))
        at = match.end()
    yield escape(shown(text[at:]))
