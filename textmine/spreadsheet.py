"""Tables as spreadsheet programs read and write them: CSV, with nothing in it that would run.

A text that begins with one of ``= + - @`` (full-width ones too), with a tab or a line end would be
taken for a formula. So may what stands behind a semicolon, a tab or a line end inside a cell: a
program set to a language in which semicolons part cells begins a cell there. An apostrophe is put
before each. Characters that would reorder or hide what stands around them are spelled as numbers,
``\\u{202e}``. Reading takes both back. Numbers stay numbers, negative ones too.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from textmine.errors import InputError
from textmine.text.unseen import spelled, unspelled

_DELIMITERS = ",;\t"
# What a program passes over before it looks for a formula: spaces, apostrophes, what is not seen.
_PASSED = "(?:[^\\S\t\r\n]|['\u061c\u200b-\u200f\u2060\ufeff])*"
_RUNS = f"(?={_PASSED}[=+\\-@\uff1d\uff0b\uff0d\uff20])"
_BROKEN = f"(?={_PASSED}[\t\r\n])"
_FORMULA = re.compile(f"(?<![^;\t\r\n]){_RUNS}|\\A{_BROKEN}")
_GUARDED = re.compile(f"(?<![^;\t\r\n])'{_RUNS}|\\A'{_BROKEN}")

csv.field_size_limit(2**31 - 1)  # a cell may hold a whole document


def rows(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with their number in a spreadsheet; empty ones left out.

    The delimiter (comma, semicolon or tab) is the one that the first line has most of. Raises
    InputError, beginning with ``name``, where quotation marks do not close.

    >>> list(rows("a;b\\n\\n1;'=2", "x.csv"))
    [(1, ['a', 'b']), (3, ['1', "'=2"])]
    """
    first = text.lstrip("\n").partition("\n")[0]
    delimiter = max(_DELIMITERS, key=re.sub('"[^"]*"', "", first).count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, cells in enumerate(reader, start=1):
            if any(cell.strip() for cell in cells):
                yield number, cells
    except csv.Error as error:
        raise InputError(
            f"{name}, line {reader.line_num}: {error}. Close every quotation mark, and double "
            "those inside a cell."
        ) from error


def lines(table: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """A table as lines of CSV: commas, UTF-8 with the mark by which spreadsheets know Persian.

    >>> b"".join(lines([["a", "b"], [-1, "=1+1"]])).decode("utf-8-sig").splitlines()
    ['a,b', "-1,'=1+1"]
    """
    yield codecs.BOM_UTF8
    for row in table:
        line = io.StringIO(newline="")
        csv.writer(line).writerow(
            [str(cell) if isinstance(cell, int | float) else guarded(str(cell)) for cell in row]
        )
        yield line.getvalue().encode("utf-8")


def guarded(cell: str) -> str:
    """The text of a cell, with an apostrophe where a spreadsheet program would begin a formula.

    >>> guarded("=1+1"), guarded("-"), guarded("1 - 1"), guarded("a;=1")
    ("'=1+1", "'-", '1 - 1', "a;'=1")
    """
    return _FORMULA.sub("'", spelled(cell))


def bare(cell: str) -> str:
    """The text that ``guarded`` was given; a cell that it does not write stays as it is.

    >>> bare("'=1+1"), bare("'tis")
    ('=1+1', "'tis")
    """
    return unspelled(_GUARDED.sub("", cell))
