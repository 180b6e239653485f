"""What topics are found in and measured by: clauses of a corpus, and pairs of translations."""

from __future__ import annotations

from pathlib import Path

from textmine import spreadsheet
from textmine.errors import InputError
from textmine.store.catalogue import Catalogue
from textmine.topics.found import TopicClause

_PERSIAN, _ENGLISH = "clause_fa", "clause_en"


def clauses_of(catalogue: Catalogue, language: str | None = None) -> list[TopicClause]:
    """The clauses of a corpus in reading order, of all languages or of one."""
    titles = {document.id: document.title for document in catalogue.documents()}
    return [
        TopicClause(
            one.clause.id,
            one.document,
            titles[one.document],
            one.clause.page,
            one.clause.language,
            one.clause.text,
            one.normalised.text,
        )
        for one in catalogue.clauses()
        if language is None or one.clause.language == language
    ]


def read_pairs(file: Path) -> list[tuple[str, str]]:
    """Pairs of clauses that are translations: a table with the columns clause_fa and clause_en.

    InputError when it cannot be read, lacks a column or has an empty cell there.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{file} is not UTF-8 (byte {error.start}). Save it as UTF-8.") from error
    table = spreadsheet.rows(text, str(file))
    heads = [cell.strip().lower() for cell in next(table, (1, []))[1]]
    if _PERSIAN not in heads or _ENGLISH not in heads:
        raise InputError(
            f"{file} needs the columns {_PERSIAN} and {_ENGLISH}; it has: {', '.join(heads)}."
        )
    found = []
    for line, cells in table:
        row = dict(zip(heads, (spreadsheet.bare(cell).strip() for cell in cells), strict=False))
        if not row.get(_PERSIAN) or not row.get(_ENGLISH):
            raise InputError(f"{file}, line {line}: name a clause in {_PERSIAN} and {_ENGLISH}.")
        found.append((row[_PERSIAN], row[_ENGLISH]))
    return found
