"""A study's results as files: a page, tables for spreadsheets and manuscripts, figures."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from textmine import spreadsheet
from textmine.errors import InputError
from textmine.reports.sheet import write_page
from textmine.store.corpus import Corpus
from textmine.store.whole import write_whole
from textmine.studies.cells import Cell, StudyTable
from textmine.studies.drawing import drawn
from textmine.studies.page import page_html
from textmine.studies.running import Result

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
                path = folder / "tables" / f"{table.id}.{language}.{suffix}"
                _write_bytes(path, content)
                written.append(path)
        path = folder / "tables" / f"{result.study.id}.{language}.xlsx"
        _xlsx(result.tables, path, language)
        written.append(path)
    pictures = []
    for name, picture, files in drawn(result):
        for suffix, content in files:
            path = folder / "figures" / f"{name}.{suffix}"
            _write_bytes(path, content)
            written.append(path)
        pictures.append(picture)
    path = folder / "result.json"
    write_page(path, [json.dumps(result.to_json(), ensure_ascii=False, indent=1), "\n"])
    written.append(path)
    page = folder / "index.html"
    write_page(page, page_html(result, corpus, pictures))
    return Files(page, tuple(written))


def _write_bytes(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, [content])
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}.") from error


def _text(cell: Cell, language: str) -> str:
    return cell.shown.en if language == "en" else cell.shown.fa


def _texts(table: StudyTable, language: str) -> Iterator[list[str]]:
    at = LANGUAGES.index(language)
    yield [column.head[at] for column in table.columns]
    for row in table.rows:
        yield [_text(cell, language) for cell in row]


def _csv(table: StudyTable, language: str) -> bytes:
    """The table; the last column says where each row comes from: document:page:start-end."""
    head, *rows = _texts(table, language)
    lines = [[*head, "source"]]
    for row, cells in zip(rows, table.rows, strict=True):
        places = dict.fromkeys(place for cell in cells for place in cell.evidence)
        lines.append(
            [
                *row,
                "; ".join(
                    f"{each.document}:{each.page}:{each.spans[0].start}-{each.spans[-1].end}"
                    for each in places
                ),
            ]
        )
    return b"".join(spreadsheet.lines(lines))


def _markdown(table: StudyTable, language: str) -> str:
    head, *rows = ([_one_line(text).replace("|", r"\|") for text in row]
                   for row in _texts(table, language)) if table.columns else ([],)  # fmt: skip
    lines = [f"**{table.title[LANGUAGES.index(language)]}**", ""]
    if head:
        lines += [_piped(head), _piped(["---"] * len(head)), *map(_piped, rows), ""]
    lines += [note[LANGUAGES.index(language)] for note in table.notes]
    return "\n".join(lines) + "\n"


def _piped(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _one_line(text: str) -> str:
    return " ".join(text.split())


_TEX = str.maketrans(
    {
        "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
        "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    }
)  # fmt: skip


def _latex(table: StudyTable, language: str) -> str:
    """A table for XeLaTeX with booktabs; in Persian xepersian sets it from the right."""
    at = LANGUAGES.index(language)
    need = "booktabs" if language == "en" else "booktabs, and xepersian for the whole document"
    lines = [
        f"% Needs {need}.",
        r"\begin{table}",
        rf"\caption{{{table.title[at].translate(_TEX)}}}",
    ]
    if table.columns:
        rows = [" & ".join(_one_line(text).translate(_TEX) for text in row) + r" \\"
                for row in _texts(table, language)]  # fmt: skip
        columns = "l" * len(table.columns) if language == "en" else "r" * len(table.columns)
        lines += [rf"\begin{{tabular}}{{{columns}}}", r"\toprule", rows[0], r"\midrule",
                  *rows[1:], r"\bottomrule", r"\end{tabular}"]  # fmt: skip
    lines += [rf"\par\small {note[at].translate(_TEX)}" for note in table.notes]
    return "\n".join([*lines, r"\end{table}"]) + "\n"


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
    for table in tables:
        sheet = book.add_worksheet(table.id[:31])
        if language == "fa":
            sheet.right_to_left()
        sheet.freeze_panes(1, 0)
        for column, each in enumerate(table.columns):
            sheet.write_string(0, column, each.head[at], bold)
            longest = max((len(_text(row[column], language)) for row in table.rows), default=0)
            sheet.set_column(column, column, min(max(longest, len(each.head[at]), 8) + 2, 60))
        for place, row in enumerate(table.rows, 1):
            for column, cell in enumerate(row):
                if isinstance(cell.value, (int, float)) and not isinstance(cell.value, bool):
                    sheet.write_number(place, column, cell.value, wrap)
                else:
                    sheet.write_string(place, column, _text(cell, language), wrap)
        for below, note in enumerate(table.notes, len(table.rows) + 2):
            sheet.write_string(below, 0, note[at])
    book.close()
    _write_bytes(path, out.getvalue())
