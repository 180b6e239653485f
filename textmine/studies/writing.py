"""A study's results as files: a page, tables for spreadsheets and manuscripts, figures."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from textmine import spreadsheet
from textmine.reports.sheet import write_page
from textmine.store.corpus import Corpus
from textmine.store.sheets import fitting
from textmine.store.whole import save_below
from textmine.studies.cells import Cell, StudyTable
from textmine.studies.drawing import drawn
from textmine.studies.page import page_html
from textmine.studies.running import Result
from textmine.text.unseen import in_json, plain

LANGUAGES = ("en", "fa")


@dataclass(frozen=True, slots=True)
class Files:
    """What was written: the page, and every file with it."""

    page: Path
    others: tuple[Path, ...]


def write(result: Result, corpus: Corpus, folder: Path) -> Files:
    """Write page, tables (CSV, XLSX, LaTeX, Markdown) and figures (SVG, PNG) to a folder.

    Each file is whole or not there. Raises InputError when the folder cannot be written.
    """
    written = []
    for language in LANGUAGES:
        for table in result.tables:
            for suffix, content in (
                ("csv", _csv(table, language)),
                ("md", _markdown(table, language).encode()),
                ("tex", _latex(table, language).encode()),
            ):
                path = folder / "tables" / f"{_named(table.id)}.{language}.{suffix}"
                save_below(path, [content])
                written.append(path)
        path = folder / "tables" / f"{_named(result.study.id)}.{language}.xlsx"
        _xlsx(result.tables, path, language)
        written.append(path)
    pictures = []
    for name, picture, files in drawn(result):
        for suffix, content in files:
            path = folder / "figures" / f"{_named(name)}.{suffix}"
            save_below(path, [content])
            written.append(path)
        pictures.append(picture)
    path = folder / "result.json"
    write_page(path, [in_json(json.dumps(result.to_json(), ensure_ascii=False, indent=1)), "\n"])
    written.append(path)
    page = folder / "index.html"
    write_page(page, page_html(result, corpus, pictures))
    return Files(page, tuple(written))


_TAKEN = re.compile(r"con|prn|aux|nul|(?:com|lpt)\d|history")


def _named(identifier: str) -> str:
    """What a file or a sheet of that id is called: not as Windows calls devices and Excel a sheet.

    An id has small Latin letters, digits and hyphens alone, so no other can be that name.
    """
    return f"{identifier}_" if _TAKEN.fullmatch(identifier) else identifier


def _text(cell: Cell, language: str) -> str:
    return cell.shown.en if language == "en" else cell.shown.fa


def _texts(table: StudyTable, language: str) -> Iterator[list[str]]:
    at = LANGUAGES.index(language)
    yield [column.head[at] for column in table.columns]
    for row in table.rows:
        yield [_text(cell, language) for cell in row]


def _number_or_text(cell: Cell, language: str) -> object:
    """A number for programs to read; what stands in Persian is text."""
    return cell.value if cell.is_number and language == "en" else _text(cell, language)


def _csv(table: StudyTable, language: str) -> bytes:
    """The table; the last column says where each row comes from: document:page:start-end."""
    at = LANGUAGES.index(language)
    lines: list[list[object]] = [[*(column.head[at] for column in table.columns), "source"]]
    for cells in table.rows:
        places = dict.fromkeys(place for cell in cells for place in cell.evidence)
        source = "; ".join(
            f"{each.document}:{each.page}:{each.spans[0].start}-{each.spans[-1].end}"
            for each in places
        )
        lines.append([*(_number_or_text(cell, language) for cell in cells), source])
    return b"".join(spreadsheet.lines(lines))


def _markdown(table: StudyTable, language: str) -> str:
    at = LANGUAGES.index(language)
    head, *rows = ([_marked(text) for text in row] for row in _texts(table, language))
    lines = [f"**{_marked(table.title[at])}**", ""]
    if head:
        lines += [_piped(head), _piped(["---"] * len(head)), *map(_piped, rows), ""]
    lines += [_marked(note[at]) for note in table.notes]
    return "\n".join(lines) + "\n"


_MARKS = re.compile(r"[\\`*_\[\]<>&|]")


def _marked(text: str) -> str:
    """Text of a document for Markdown: nothing in it is a mark, and nothing turns the line."""
    return _MARKS.sub(lambda match: f"\\{match[0]}", _one_line(text))


def _piped(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _one_line(text: str) -> str:
    """Text on one line, with a sign for what would turn it round unseen."""
    return " ".join(plain(text).split())


_TEX = str.maketrans(
    {
        "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
        "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    }
)  # fmt: skip


def _tex(text: str) -> str:
    return _one_line(text).translate(_TEX)


def _latex(table: StudyTable, language: str) -> str:
    """A table for XeLaTeX with booktabs; in Persian xepersian sets it from the right."""
    at = LANGUAGES.index(language)
    need = "booktabs" if language == "en" else "booktabs, and xepersian for the whole document"
    lines = [
        f"% Needs {need}.",
        r"\begin{table}",
        rf"\caption{{{_tex(table.title[at])}}}",
    ]
    if table.columns:
        # The empty group keeps a row that begins with [ or * from being read as an option.
        rows = ["{}" + " & ".join(map(_tex, row)) + r" \\" for row in _texts(table, language)]
        columns = "l" * len(table.columns) if language == "en" else "r" * len(table.columns)
        lines += [rf"\begin{{tabular}}{{{columns}}}", r"\toprule", rows[0], r"\midrule",
                  *rows[1:], r"\bottomrule", r"\end{tabular}"]  # fmt: skip
    lines += [rf"\par\small {_tex(note[at])}" for note in table.notes]
    return "\n".join([*lines, r"\end{table}"]) + "\n"


_SHEET_NAME = 31


def _xlsx(tables: Sequence[StudyTable], path: Path, language: str) -> None:
    """One sheet a table, from the right in Persian; text is never taken for a formula."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    at = LANGUAGES.index(language)
    book.set_properties({"created": datetime(2000, 1, 1)})
    for number, table in enumerate(tables, 1):
        name = _named(table.id)
        if len(name) > _SHEET_NAME:
            name = f"{name[: _SHEET_NAME - 4]} {number}"
        sheet = book.add_worksheet(name)
        if language == "fa":
            sheet.right_to_left()
        sheet.freeze_panes(1, 0)
        for column, each in enumerate(table.columns):
            sheet.write_string(0, column, fitting(plain(each.head[at])), bold)
            longest = max((len(_text(row[column], language)) for row in table.rows), default=0)
            sheet.set_column(column, column, min(max(longest, len(each.head[at]), 8) + 2, 60))
        for place, row in enumerate(table.rows, 1):
            for column, cell in enumerate(row):
                if cell.is_number:
                    sheet.write_number(place, column, cell.value, wrap)
                else:
                    text = fitting(plain(_text(cell, language)))
                    sheet.write_string(place, column, text, wrap)
        for below, note in enumerate(table.notes, len(table.rows) + 2):
            sheet.write_string(below, 0, fitting(plain(note[at])))
    book.close()
    save_below(path, [out.getvalue()])
