"""The operators of a PDF page's content, read fast.

pdfminer reads content streams token by token; that is more than half of the time a page takes. Here
one regular expression does it. Whatever it does not know for certain (inline pictures, odd numbers,
broken syntax) is left to pdfminer, whole stream by whole stream, so nothing is read differently.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from pdfminer.pdfinterp import PDFPageInterpreter
from pdfminer.pdftypes import PDFStream, stream_value
from pdfminer.psparser import KWD, LIT, PSKeyword, keyword_name

_MOST_BYTES = 8_000_000  # the tokens of more would fill the memory; pdfminer reads as it goes

_TOKEN = re.compile(
    rb"""
    (?:[\0\t\n\f\r ]|%[^\r\n]*)*+
    (?:
      (?P<real>[+-]?(?:\d+\.\d*|\.\d+)(?=[\0\t\n\f\r\ ()<>\[\]/%]|$))
    | (?P<whole>[+-]?\d+(?=[\0\t\n\f\r\ ()<>\[\]/%]|$))
    | (?P<word>[A-Za-z'"][A-Za-z0-9'"*]*(?=[\0\t\n\f\r\ ()<>\[\]/%]|$))
    | <(?P<hex>[0-9A-Fa-f\t\n\r\ ]*)>
    | \((?P<plain>[^()\\\r]*)\)
    | /(?P<name>[!"$&'*+,\-.0-9:;=?@A-Z\\^_`a-z|~]+)(?=[\0\t\n\f\r\ ()<>\[\]/%]|$)
    | (?P<mark><<|>>|\[|\])
    | (?P<end>$)
    )
    """,
    re.VERBOSE,
)
_BLANKS = b"\t\n\r "
_ESCAPES = {
    b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f",
    b"(": b"(", b")": b")", b"\\": b"\\",
}  # fmt: skip
_ESCAPED = re.compile(rb"\((?P<body>(?:[^()\\\r]|\\[nrtbf()\\]|\\[0-7]{3})*)\)")
_ESCAPE = re.compile(rb"\\([nrtbf()\\]|[0-7]{3})")
_WORDS: dict[bytes, Any] = {b"true": True, b"false": False}


class _Unsure(Exception):
    """This stream is for pdfminer."""


class FastInterpreter(PDFPageInterpreter):
    """pdfminer's interpreter with a faster way to its operators."""

    def execute(self, streams: Sequence[object]) -> None:
        """Run content streams; those that are not plain go to pdfminer."""
        try:
            content, numbers = self._content(streams)
            operands = list(_objects(content))
        except _Unsure:
            super().execute(streams)
            return
        self.stream_ids.clear()
        self.stream_ids.update(numbers)
        for operand in operands:
            if isinstance(operand, PSKeyword):
                self._operate(operand)
            else:
                self.argstack.append(operand)

    def _content(self, streams: Sequence[object]) -> tuple[bytes, set[int]]:
        """The bytes of all streams, and their object numbers, against which circles are checked."""
        parts: list[bytes] = []
        numbers: set[int] = set()
        for one in streams:
            stream: PDFStream = stream_value(one)
            if stream.objid is None or stream.objid in self.parent_stream_ids:
                raise _Unsure
            parts.append(stream.get_data())
            numbers.add(stream.objid)
        content = b"\n".join(parts)
        if len(content) > _MOST_BYTES:
            raise _Unsure
        return content, numbers

    def _operate(self, operator: PSKeyword) -> None:
        method = _METHODS.get(operator)
        if method is None:
            name = keyword_name(operator)
            for sign, word in (("*", "_a"), ('"', "_w"), ("'", "_q")):
                name = name.replace(sign, word)
            found = getattr(PDFPageInterpreter, f"do_{name}", None)
            count = found.__code__.co_argcount - 1 if found else 0
            method = _METHODS[operator] = (f"do_{name}" if found else "", count)
        name, count = method
        if not name:
            return
        if not count:
            getattr(self, name)()
            return
        operands = self.pop(count)
        if len(operands) == count:
            getattr(self, name)(*operands)


# Method and number of operands of every operator met so far.
_METHODS: dict[PSKeyword, tuple[str, int]] = {}


def _objects(content: bytes) -> Iterator[Any]:
    """Operands and operators of a content stream, as pdfminer's parser would give them."""
    open_marks: list[tuple[bytes, list[Any]]] = []
    at = 0
    match_at = _TOKEN.match
    while True:
        match = match_at(content, at)
        if match is None:
            body = _ESCAPED.match(content, content.find(b"(", at, at + 64))
            if body is None or content[at : body.start()].strip(b"\0\t\n\f\r "):
                raise _Unsure
            item: Any = _ESCAPE.sub(_unescaped, body["body"])
            at = body.end()
        else:
            at = match.end()
            kind = match.lastgroup
            said = match[kind or 0]
            if kind == "whole":
                item = int(said)
            elif kind == "real":
                item = float(said)
            elif kind == "word":
                item = _WORDS.get(said)
                if item is None:
                    if said in (b"BI", b"null") or open_marks:
                        raise _Unsure
                    item = KWD(said)
            elif kind == "hex":
                try:
                    item = bytes.fromhex(said.translate(None, _BLANKS).decode("ascii"))
                except ValueError as odd:
                    raise _Unsure from odd
            elif kind == "plain":
                item = said
            elif kind == "name":
                item = LIT(said.decode("ascii"))
            elif kind == "mark":
                if said in (b"[", b"<<"):
                    open_marks.append((said, []))
                    continue
                item = _closed(said, open_marks)
            else:
                if open_marks:
                    raise _Unsure
                return
        if open_marks:
            open_marks[-1][1].append(item)
        else:
            yield item


def _closed(mark: bytes, open_marks: list[tuple[bytes, list[Any]]]) -> Any:
    """The array or dictionary that a closing mark ends."""
    if not open_marks:
        raise _Unsure
    opener, items = open_marks.pop()
    if (opener, mark) == (b"[", b"]"):
        return items
    if (opener, mark) != (b"<<", b">>") or len(items) % 2:
        raise _Unsure
    keys = [getattr(key, "name", None) for key in items[::2]]
    if not all(isinstance(key, str) for key in keys):
        raise _Unsure
    return dict(zip(keys, items[1::2], strict=True))


def _unescaped(match: re.Match[bytes]) -> bytes:
    said = match[1]
    return _ESCAPES.get(said) or bytes([int(said, 8) & 0xFF])
