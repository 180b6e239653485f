"""The operators of a PDF page's content, read fast.

pdfminer reads content streams token by token and calls a method full of checks for each operator;
that is more than half of the time a page takes. Here one regular expression reads an operator with
its operands, colours and pens are passed over, and what moves or shows text goes straight to the
device. Whatever is not known for certain (inline pictures, odd numbers, broken syntax, too few
operands) is left to pdfminer, whole stream by whole stream, so nothing is read differently.
"""

from __future__ import annotations

import re
from binascii import unhexlify
from collections.abc import Callable, Sequence
from typing import Any

from pdfminer.pdfinterp import PDFPageInterpreter
from pdfminer.pdftypes import PDFStream, stream_value
from pdfminer.psparser import LIT, PSLiteral
from pdfminer.utils import MATRIX_IDENTITY, mult_matrix

_MOST_BYTES = 8_000_000  # the operations of more would fill the memory; pdfminer reads as it goes


def _pattern(parts: str) -> re.Pattern[bytes]:
    """A verbose pattern out of ``parts``, in which these names stand for patterns of their own."""
    for name, meaning in (
        ("BLANKS", r"[\t\n\f\r\ ]*+"),
        ("GAP", r"[\t\n\f\r\ ]++"),
        ("END", r"(?=[\0\t\n\f\r\ ()<>\[\]/%]|$)"),  # of a name, a number or an operator
        ("NUMBERS", r"[-+.0-9\t\n\f\r\ ]"),  # numbers with what parts them
        ("NAME", r"""[!"$&'*+,\-.0-9:;=?@A-Z\\^_`a-z|~]++"""),
        ("HEX", r"[0-9A-Fa-f\t\n\r\ ]*+"),
        ("STRING", r"(?:[^()\\\r]++|\\[nrtbf()\\]|\\[0-7]{3})*+"),  # brackets and line ends: not
    ):
        parts = parts.replace(name, meaning)
    return re.compile(parts.encode("ascii"), re.VERBOSE)


# An operator and its operands, where these are numbers, and the commonest others.
_OPERATION = _pattern(r"""
    BLANKS (?:
      (?P<numbers>NUMBERS*+) (?P<operator>[A-Za-z'"][A-Za-z0-9'"*]*+) END
    | < (?P<hex>HEX) > BLANKS Tj END
    | \( (?P<string>STRING) \) BLANKS Tj END
    | \[ (?P<array>(?:NUMBERS++ | <HEX> | \(STRING\))*+) \] BLANKS TJ END
    | / (?P<font>NAME) GAP (?P<size>[-+.0-9]++) GAP Tf END
    | / (?P<tag>NAME) BLANKS <<
        BLANKS / (?: MCID GAP (?P<mark>\d++) | ActualText BLANKS < (?P<actual>HEX) >)
        BLANKS >> BLANKS BDC END
    )
""")
# What an array that shows text holds.
_ITEM = _pattern(r"< (HEX) > | \( (STRING) \) | ([-+.0-9]++)")
# An operand, or a mark that opens or closes one.
_TOKEN = _pattern(r"""
    (?:[\0\t\n\f\r\ ] | %[^\r\n]*)*+ (?:
      (?P<real>[+-]?(?:\d+\.\d*|\.\d+)) END
    | (?P<whole>[+-]?\d+) END
    | (?P<truth>true|false) END
    | < (?P<hex>HEX) >
    | \( (?P<string>STRING) \)
    | / (?P<name>NAME) END
    | (?P<mark><<|>>|\[|\])
    )
""")
_BLANKS_AND_REMARKS = re.compile(rb"(?:[\0\t\n\f\r ]|%[^\r\n]*)*+")
_ESCAPE = re.compile(rb"\\([nrtbf()\\]|[0-7]{3})")
_ESCAPES = {
    b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f",
    b"(": b"(", b")": b")", b"\\": b"\\",
}  # fmt: skip


class _Unsure(Exception):
    """This stream is for pdfminer."""


class FastInterpreter(PDFPageInterpreter):
    """pdfminer's interpreter with a faster way to its operators."""

    def execute(self, streams: Sequence[object]) -> None:
        """Run content streams; those that are not plain go to pdfminer."""
        try:
            content, numbers = self._content(streams)
            operations = _operations(content)
        except _Unsure:
            super().execute(streams)
            return
        self.stream_ids.clear()
        self.stream_ids.update(numbers)
        for method, operands in operations:
            method(self, *operands)

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

    # pdfminer's own methods check that numbers are numbers and copy colours: time saved here.

    def _begin_text(self) -> None:
        state = self.textstate
        state.matrix = MATRIX_IDENTITY
        state.linematrix = (0, 0)

    def _set_matrix(self, *matrix: Any) -> None:
        state = self.textstate
        state.matrix = matrix
        state.linematrix = (0, 0)

    def _move(self, x: float, y: float) -> None:
        state = self.textstate
        a, b, c, d, e, f = state.matrix
        state.matrix = (a, b, c, d, x * a + y * c + e, x * b + y * d + f)
        state.linematrix = (0, 0)

    def _set_font(self, name: PSLiteral, size: float) -> None:
        font = self.fontmap.get(name.name)
        if font is None:
            self.do_Tf(name, size)
            return
        self.textstate.font = font
        self.textstate.fontsize = size

    def _show(self, items: Any) -> None:
        if self.textstate.font is not None:
            self.device.render_string(self.textstate, items, None, None)  # type: ignore[arg-type]

    def _show_one(self, string: bytes) -> None:
        self._show((string,))

    def _concatenate(self, *matrix: Any) -> None:
        self.ctm = mult_matrix(matrix, self.ctm)
        self.device.set_ctm(self.ctm)

    def _save(self) -> None:
        self.gstack.append((self.ctm, self.textstate.copy(), self.graphicstate))

    def _to(self, x: float, y: float) -> None:
        self.curpath.append(("m", x, y))

    def _line(self, x: float, y: float) -> None:
        self.curpath.append(("l", x, y))

    def _curve(self, *points: Any) -> None:
        self.curpath.append(("c", *points))


_Operation = tuple[Callable[..., None], Sequence[Any]]
_Kinds = tuple[type | tuple[type, ...], ...]
_N = (float, int)
# What moves or shows text, or draws: the method and the kinds of operands.
_METHODS: dict[bytes, tuple[Callable[..., None], _Kinds]] = {
    b"BT": (FastInterpreter._begin_text, ()),
    b"Tf": (FastInterpreter._set_font, (PSLiteral, _N)),
    b"Tm": (FastInterpreter._set_matrix, (_N,) * 6),
    b"Td": (FastInterpreter._move, (_N,) * 2),
    b"TD": (FastInterpreter.do_TD, (_N,) * 2),
    b"T*": (FastInterpreter.do_T_a, ()),
    b"Tc": (FastInterpreter.do_Tc, (_N,)),
    b"Tw": (FastInterpreter.do_Tw, (_N,)),
    b"Tz": (FastInterpreter.do_Tz, (_N,)),
    b"TL": (FastInterpreter.do_TL, (_N,)),
    b"Tr": (FastInterpreter.do_Tr, (_N,)),
    b"Ts": (FastInterpreter.do_Ts, (_N,)),
    b"TJ": (FastInterpreter._show, (list,)),
    b"Tj": (FastInterpreter._show_one, (bytes,)),
    b"'": (FastInterpreter.do__q, (bytes,)),
    b'"': (FastInterpreter.do__w, (_N, _N, bytes)),
    b"BMC": (FastInterpreter.do_BMC, (PSLiteral,)),
    b"BDC": (FastInterpreter.do_BDC, (PSLiteral, (PSLiteral, dict))),
    b"EMC": (FastInterpreter.do_EMC, ()),
    b"q": (FastInterpreter._save, ()),
    b"Q": (FastInterpreter.do_Q, ()),
    b"cm": (FastInterpreter._concatenate, (_N,) * 6),
    b"Do": (FastInterpreter.do_Do, (PSLiteral,)),
    b"m": (FastInterpreter._to, (_N,) * 2),
    b"l": (FastInterpreter._line, (_N,) * 2),
    b"c": (FastInterpreter._curve, (_N,) * 6),
    b"v": (FastInterpreter.do_v, (_N,) * 4),
    b"y": (FastInterpreter.do_y, (_N,) * 4),
    b"re": (FastInterpreter.do_re, (_N,) * 4),
    b"h": (FastInterpreter.do_h, ()),
    b"n": (FastInterpreter.do_n, ()),
    b"S": (FastInterpreter.do_S, ()),
    b"s": (FastInterpreter.do_s, ()),
    b"f": (FastInterpreter.do_f, ()),
    b"f*": (FastInterpreter.do_f_a, ()),
    b"B": (FastInterpreter.do_B, ()),
    b"B*": (FastInterpreter.do_B_a, ()),
    b"b": (FastInterpreter.do_b, ()),
    b"b*": (FastInterpreter.do_b_a, ()),
}
# Colours, pens, clipping: text and lines stand where they stand without them.
_PASSED_OVER = frozenset(
    b"ET CS cs SC sc SCN scn G g RG rg K k w J j M d ri i gs W W* sh BX EX MP DP F".split()
)
_SHOW, _SHOW_ONE = _METHODS[b"TJ"][0], _METHODS[b"Tj"][0]
_SET_FONT, _BEGIN_TAG = _METHODS[b"Tf"][0], _METHODS[b"BDC"][0]


def _operations(content: bytes) -> list[_Operation]:
    """What a content stream does that means anything to a device that hears text and lines."""
    out: list[_Operation] = []
    operands: list[Any] = []
    at, end = 0, len(content)
    operation_at = _OPERATION.match
    while at < end:
        match = operation_at(content, at)
        kind = match.lastgroup if match else None
        if match is None or (operands and kind != "operator"):
            begin = _BLANKS_AND_REMARKS.match(content, at).end()  # type: ignore[union-attr]
            if begin > at:
                at = begin
            else:
                operand, at = _operand(content, at)
                operands.append(operand)
            continue
        at = match.end()
        if kind == "operator":
            numbers, operator = match.group(1, 2)
            if operator not in _PASSED_OVER:
                if operator not in _METHODS:
                    raise _Unsure
                method, kinds = _METHODS[operator]
                mixed = bool(operands)
                operands += _numbers(numbers)
                if len(operands) != len(kinds):
                    raise _Unsure
                # Operands that stood before the operator alone are numbers; others may be odd.
                if (mixed or not numbers) and not all(map(isinstance, operands, kinds)):
                    raise _Unsure
                out.append((method, operands))
            operands = []
        elif kind == "array":
            out.append((_SHOW, (_items(match["array"]),)))
        elif kind == "hex":
            out.append((_SHOW_ONE, (_from_hex(match["hex"]),)))
        elif kind == "string":
            out.append((_SHOW_ONE, (_unescaped(match["string"]),)))
        elif kind == "size":
            out.append((_SET_FONT, (_literal(match["font"]), *_numbers(match["size"]))))
        elif kind == "mark":
            out.append((_BEGIN_TAG, (_literal(match["tag"]), {"MCID": int(match["mark"])})))
        else:
            actual = {"ActualText": _from_hex(match["actual"])}
            out.append((_BEGIN_TAG, (_literal(match["tag"]), actual)))
    if operands:
        raise _Unsure
    return out


def _operand(content: bytes, at: int) -> tuple[Any, int]:
    """The operand at a place, as pdfminer's parser would give it, and where it ends."""
    open_marks: list[tuple[bytes, list[Any]]] = []
    while True:
        match = _TOKEN.match(content, at)
        if match is None:
            raise _Unsure
        at = match.end()
        kind = match.lastgroup or ""
        said = match[kind]
        item: Any
        if kind == "whole":
            item = int(said)
        elif kind == "real":
            item = float(said)
        elif kind == "truth":
            item = said == b"true"
        elif kind == "hex":
            item = _from_hex(said)
        elif kind == "string":
            item = _unescaped(said)
        elif kind == "name":
            item = _literal(said)
        elif said in (b"[", b"<<"):
            open_marks.append((said, []))
            continue
        else:
            item = _closed(said, open_marks)
        if not open_marks:
            return item, at
        open_marks[-1][1].append(item)


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


def _numbers(said: bytes) -> list[float]:
    try:
        return [*map(float, said.split())]
    except ValueError as odd:
        raise _Unsure from odd


def _items(array: bytes) -> list[Any]:
    """Strings and numbers of an array that shows text."""
    try:
        return [
            float(number) if number else _from_hex(digits) if digits else _unescaped(string)
            for digits, string, number in _ITEM.findall(array)
        ]
    except ValueError as odd:
        raise _Unsure from odd


def _from_hex(digits: bytes) -> bytes:
    try:
        return unhexlify(digits.translate(None, b"\t\n\r "))
    except ValueError as odd:
        raise _Unsure from odd


def _literal(name: bytes) -> PSLiteral:
    return LIT(name.decode("ascii"))


def _unescaped(string: bytes) -> bytes:
    return _ESCAPE.sub(_escape, string) if b"\\" in string else string


def _escape(match: re.Match[bytes]) -> bytes:
    said = match[1]
    return _ESCAPES.get(said) or bytes([int(said, 8) & 0xFF])
