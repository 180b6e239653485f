"""Tables as spreadsheet programs read and write them: CSV, with nothing in it that would run.

A cell that begins with one of ``= + - @`` (full-width ones too), with a tab or a line end would be
taken for a formula. Such a text is written behind an apostrophe, which reading takes off again.
Numbers stay numbers, negative ones too.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from textmine.errors import InputError

_DELIMITERS = ",;\t"
_FORMULA = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_GUARDED = re.compile("'+[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")

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

    Raises UnicodeEncodeError where a cell holds half a character.

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
    """The cell, behind an apostrophe if a spreadsheet program would run it.

    >>> guarded("=1+1"), guarded("-"), guarded("1 - 1")
    ("'=1+1", "'-", '1 - 1')
    """
    return f"'{cell}" if _FORMULA.match(cell) else cell


def bare(cell: str) -> str:
    """The cell without the apostrophe that ``guarded`` put there.

    >>> bare("'=1+1"), bare("'tis")
    ('=1+1', "'tis")
    """
    return cell[1:] if _GUARDED.match(cell) else cell
