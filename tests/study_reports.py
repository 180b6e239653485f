"""A corpus of the study reports under tests/data/reports, and what must come out of them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from textmine import ingest
from textmine.clauses import segment
from textmine.places import gazetteer
from textmine.printed import printed_tables
from textmine.records import Document, Extraction, Line, Page
from textmine.store.corpus import Corpus
from textmine.studies.reading import Reading
from textmine.studies.running import Library, Result, run
from textmine.studies.study import load
from textmine.ties import ties_in

REPORTS = Path(__file__).parent / "data" / "reports"
EXPECTED = REPORTS / "expected"


def make(folder: Path, names: list[str]) -> Corpus:
    """A corpus of the reports with these file names, in that order."""
    corpus = Corpus.create(folder)
    ingest.add(corpus, [REPORTS / name for name in names], jobs=1)
    return corpus


def facts(name: str) -> list[dict[str, str]]:
    """The rows of a file of expected facts."""
    with (EXPECTED / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def counts(name: str) -> dict[str, Any]:
    """The expected counts of a report."""
    return json.loads((EXPECTED / "counts.json").read_text(encoding="utf-8"))[name]


def rows(result: Result, table: str) -> list[dict[str, Any]]:
    """The rows of a table of a result as plain values by column."""
    found = next(each for each in result.tables if each.id == table)
    return [
        {column.id: cell.value for column, cell in zip(found.columns, row, strict=True)}
        for row in found.rows
    ]


@dataclass
class Reader:
    """Runs studies on single reports of a corpus, each only once."""

    corpus: Corpus
    _done: dict[tuple[str, str], Result] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.library = Library(self.corpus)

    def number(self, name: str) -> int:
        """The number of the document of that file name."""
        return next(each.id for each in self.library.documents if each.path.endswith(name))

    def studied(self, study: str, name: str) -> Result:
        """What a study gives on the report of one file name."""
        if (study, name) not in self._done:
            result = run(load(study), self.library, documents=[self.number(name)])
            self._done[study, name] = result
        return self._done[study, name]


def reading_of(text: str) -> Reading:
    """A document of one page with this text, as a study reads it."""
    page = Page(1, text, tuple(_lines(text)))
    extraction = Extraction((page,), "test 1")
    cut = segment(extraction, "0" * 64)
    document = Document(
        1, "0" * 64, "a.txt", ".txt", len(text), "done", "", "", (), {}, "test 1", "", "", ""
    )
    places = gazetteer()
    tables = printed_tables(extraction, places)
    told = ties_in(extraction, cut, (), places, document=1, tables=tables)
    return Reading(document, extraction, cut, tables, told, (0,))


def _lines(text: str) -> Iterator[Line]:
    start = 0
    for line in text.split("\n"):
        if line.strip():
            yield Line(start, start + len(line))
        start += len(line) + 1
