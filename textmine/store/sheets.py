"""Tables as files: for spreadsheet programs (CSV, XLSX) and for programs (JSON Lines).

Rows are taken one by one and written as they come, so that a table may be larger than memory.
The file is whole or not there.
"""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO

from textmine import spreadsheet
from textmine.errors import InputError, UsageError
from textmine.store.whole import save, writing_whole
from textmine.text.unseen import in_json, plain

SUFFIXES = (".xlsx", ".csv", ".jsonl")
"""What the names of files end in that ``write_table`` writes."""

SHEET_ROWS = 1_048_576
"""Rows that a sheet of XLSX holds, its head among them."""

SHEET_COLUMNS = 16_384
"""Columns that a sheet of XLSX holds."""

CELL_CHARACTERS = 32_767
"""Characters that a cell of XLSX holds, as UTF-16 counts them."""

_CUT = " … (cut)"
_WIDTH = 14  # of a column of which nothing else is said, in characters
_WIDEST = 255  # which is all that the format can say
_EPOCH = datetime(2000, 1, 1)  # a table made twice is the same file


Row = Mapping[str, object]
"""A row: by the name of a column its cell."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name for programs, its heads, its width in a sheet in characters.

    The English head is the name where nothing else is said.
    """

    name: str
    persian: str = ""
    width: int = _WIDTH
    english: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as one of the sheets of a workbook; ``name`` is what stands on its tab."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Row]


@dataclass(frozen=True, slots=True)
class Written:
    """How many rows were written; ``notes`` say what the format could not hold as it was."""

    rows: int
    notes: tuple[str, ...] = ()


def check_suffix(path: Path) -> None:
    """UsageError for a file whose name says no format that a table can be written in."""
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError(f"{path} must end in {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}.")


def write_table(
    path: Path,
    columns: Sequence[Column | str],
    rows: Iterable[Row],
    about: Sequence[tuple[Column | str, object]] = (),
    *,
    language: str = "en",
) -> Written:
    """Write a table in the format that the name of the file says: .csv, .xlsx or .jsonl.

    Each row has a cell for each column at least. A cell is text, a number, a truth, None (empty),
    or a list of these, which a sheet joins by ``; `` (a list inside a list by ``-``) and JSON
    keeps. ``about`` says where the table comes from: fields of each object of JSON Lines, a second
    sheet in XLSX, nothing in CSV. With ``language`` ``fa`` the heads are Persian and the sheet
    runs from the right; the names in JSON stay. No cell is run as a formula.
    Characters that would reorder a line unseen become � in XLSX; CSV and JSON spell them as
    numbers, which lead back (see ``spreadsheet.bare``).

    Raises UsageError for another suffix, InputError when the file cannot be written.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "a.csv")
    ...     write_table(path, ["clause", "codes"], [{"clause": "=1", "codes": ["a", "b"]}])
    ...     path.read_text("utf-8-sig")
    Written(rows=1, notes=())
    "clause,codes\\n'=1,a; b\\n"
    """
    check_suffix(path)
    heads = [each if isinstance(each, Column) else Column(each) for each in columns]
    told = [(Column(name) if isinstance(name, str) else name, value) for name, value in about]
    write = {".csv": _csv, ".xlsx": _xlsx, ".jsonl": _jsonl}[path.suffix.lower()]
    try:
        with writing_whole(path) as file:
            return write(file, heads, rows, told, language, path)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}.") from error


def write_workbook(
    path: Path,
    sheets: Sequence[Sheet],
    about: Sequence[tuple[Column, object]] = (),
    *,
    language: str = "en",
) -> Written:
    """Write several tables as sheets of one workbook (.xlsx), ``about`` on a last one.

    Cells, heads and faults are as those of ``write_table``.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     one, other = (Sheet(name, [Column("a")], [{"a": 1}]) for name in ("One", "Other"))
    ...     write_workbook(Path(folder, "a.xlsx"), [one, other])
    Written(rows=2, notes=())
    """
    try:
        with writing_whole(path) as file:
            return _workbook(file, sheets, about, language, path)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}.") from error


_About = Sequence[tuple[Column, object]]


def _head(column: Column, language: str) -> str:
    return (language == "fa" and column.persian) or column.english or column.name


def _flat(value: object) -> str | int | float:
    """A cell of a sheet: a number or text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return value if math.isfinite(value) else ""
    if isinstance(value, list | tuple):
        return "; ".join(_joined(each) for each in value)
    return "" if value is None else str(value)


def _joined(value: object) -> str:
    return "-".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


# -- CSV and JSON Lines ----------------------------------------------------------------------------


def _csv(
    file: BinaryIO,
    columns: Sequence[Column],
    rows: Iterable[Row],
    about: _About,
    language: str,
    path: Path,
) -> Written:
    del about, path
    number = long = 0

    def cells() -> Iterator[list[str | int | float]]:
        nonlocal number, long
        if columns:
            yield [_head(column, language) for column in columns]
        for number, row in enumerate(rows, 1):  # noqa: B007 - counts them
            flat = [_flat(row[column.name]) for column in columns]
            long += sum(isinstance(cell, str) and fitting(cell) != cell for cell in flat)
            yield flat

    file.writelines(spreadsheet.lines(cells()))
    return Written(number, (_TOO_LONG.format(long),) if long else ())


_TOO_LONG = (
    f"{{}} cells hold more than {CELL_CHARACTERS:,} characters. Spreadsheet programs cut them, or "
    "put the rest into other cells, where it may run as a formula: write .xlsx for them."
)


def _jsonl(
    file: BinaryIO,
    columns: Sequence[Column],
    rows: Iterable[Row],
    about: _About,
    language: str,
    path: Path,
) -> Written:
    del language, path
    names = [column.name for column in columns]
    told = {column.name: value for column, value in about}
    number = 0
    for number, row in enumerate(rows, 1):  # noqa: B007 - counts them
        file.write(_line({**{name: row[name] for name in names}, **told}))
    return Written(number)


def _line(value: Mapping[str, Any]) -> bytes:
    return in_json(json.dumps(value, ensure_ascii=False)).encode() + b"\n"


def write_objects(path: Path, objects: Iterable[Mapping[str, Any]]) -> None:
    r"""Write objects as JSON Lines, whole or not at all; InputError where the disk refuses.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_objects(Path(folder, "a"), [{"a": "x\u202ey"}])
    ...     Path(folder, "a").read_text("utf-8")
    '{"a": "x\\u202ey"}\n'
    """
    save(path, map(_line, objects))


# -- XLSX ------------------------------------------------------------------------------------------

_SHEETS = {"en": ("Table", "About"), "fa": ("جدول", "درباره")}


def _xlsx(
    file: BinaryIO,
    columns: Sequence[Column],
    rows: Iterable[Row],
    about: _About,
    language: str,
    path: Path,
) -> Written:
    table = Sheet(_SHEETS[language][0], columns, rows)
    return _workbook(file, [table], about, language, path)


def _workbook(
    file: BinaryIO, sheets: Sequence[Sheet], about: _About, language: str, path: Path
) -> Written:
    """A workbook written row by row; rows beyond what a sheet holds go on in further sheets."""
    import xlsxwriter
    from xlsxwriter.exceptions import FileSizeError

    # What xlsxwriter puts aside goes where the file goes: a folder for temporary files may be
    # small, and is not cleared when the writing is stopped. Whoever writes this file holds it
    # alone, so what lies there is left of a writing that was killed.
    aside = path.with_name(f".{path.name}.aside")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    try:
        book = xlsxwriter.Workbook(
            file,
            {
                "constant_memory": True,
                "tmpdir": str(aside),
                "strings_to_formulas": False,
                "strings_to_urls": False,
            },
        )
        book.set_properties({"created": _EPOCH})
        writer = _Book(book, language)
        total = sum(writer.table(each) for each in sheets)
        written = Written(total, tuple(writer.notes()))
        if about:
            writer.about([*about, *((Column("note", "یادداشت"), note) for note in written.notes)])
        book.close()
    except FileSizeError as error:
        raise InputError(
            f"{path} would be larger than a workbook can be (4 GB). Write .csv or .jsonl."
        ) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return written


class _Book:
    """The sheets of one workbook, and what of the table did not fit into them."""

    def __init__(self, book: Any, language: str) -> None:
        self._book = book
        self._language = language
        self._bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        self._wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self._cut = self._further = 0

    def table(self, table: Sheet) -> int:
        """Write one table, and on further sheets what one does not hold; the number of rows."""
        columns, waiting = table.columns, iter(table.rows)
        if len(columns) > SHEET_COLUMNS:
            raise InputError(
                f"A sheet holds {SHEET_COLUMNS:,} columns; this table has {len(columns):,}. "
                "Write .csv, or let rows and columns change places."
            )
        total = sheets = 0
        first = next(waiting, None)
        while first is not None or not sheets:
            sheets += 1
            sheet = self._sheet(table.name if sheets == 1 else f"{table.name} {sheets}", columns)
            number = 0
            here = islice(waiting, SHEET_ROWS - 2)
            for number, row in enumerate(chain(() if first is None else (first,), here), 1):
                for place, column in enumerate(columns):
                    self._write(sheet, number, place, _flat(row[column.name]))
            total += number
            if number and columns:
                sheet.autofilter(0, 0, number, len(columns) - 1)
            first = next(waiting, None)
        self._further += sheets - 1
        return total

    def about(self, values: _About) -> None:
        sheet = self._book.add_worksheet(_SHEETS[self._language][1])
        self._turn(sheet)
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 1, 80)
        for number, (column, value) in enumerate(values):
            self._write(sheet, number, 0, _head(column, self._language))
            self._write(sheet, number, 1, _flat(value))

    def _sheet(self, name: str, columns: Sequence[Column]) -> Any:
        sheet = self._book.add_worksheet(name)
        self._turn(sheet)
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            head = fitting(plain(_head(column, self._language)))
            sheet.set_column(place, place, min(max(column.width, len(head) + 2), _WIDEST))
            sheet.write_string(0, place, head, self._bold)
        return sheet

    def _turn(self, sheet: Any) -> None:
        if self._language == "fa":
            sheet.right_to_left()

    def _write(self, sheet: Any, row: int, place: int, cell: str | int | float) -> None:
        if isinstance(cell, str):
            if cell:
                sheet.write_string(row, place, self._fitting(plain(cell)), self._wrap)
        else:
            sheet.write_number(row, place, cell, self._wrap)

    def _fitting(self, text: str) -> str:
        fits = fitting(text)
        self._cut += fits != text
        return fits

    def notes(self) -> Iterator[str]:
        """What sheets could not hold as it was."""
        if self._further:
            yield (
                f"A sheet holds {SHEET_ROWS - 1:,} rows below its head; the table goes on in "
                f"{self._further} more."
            )
        if self._cut:
            yield (
                f"{self._cut} cells were cut at {CELL_CHARACTERS:,} characters, all that one can "
                f'hold; they end in "{_CUT.strip()}". CSV and JSON Lines hold them whole.'
            )


def fitting(text: str) -> str:
    """The text, or as much of it as a cell of XLSX holds, with a sign that it was cut.

    >>> fitting("a"), len(fitting("a" * 40_000))
    ('a', 32767)
    """
    if len(text) * 2 <= CELL_CHARACTERS or _units(text) <= CELL_CHARACTERS:
        return text
    room = CELL_CHARACTERS - len(_CUT)
    text = text[:room]
    while _units(text) > room:
        text = text[: len(text) - max(1, (_units(text) - room) // 2)]
    return text + _CUT


def _units(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)
