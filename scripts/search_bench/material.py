"""The corpus as the other engines take it: folded words and columns, in one SQLite file.

The words are those that textmine indexes, so that every engine searches the same text; what is
shown is the normalised text.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from search_bench.corpus import MadeDocument
from search_bench.questions import Row
from textmine.search.words import Word, chunks

_TABLES = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE clause(
    place INTEGER PRIMARY KEY, document INTEGER, keys TEXT, language TEXT, kind TEXT, year INTEGER,
    title TEXT, text TEXT);
CREATE TABLE country(document INTEGER, country TEXT, PRIMARY KEY(document, country)) WITHOUT ROWID;
CREATE TABLE code(place INTEGER, code TEXT, PRIMARY KEY(place, code)) WITHOUT ROWID;
CREATE INDEX clause_document ON clause(document);
"""


class Material:
    """Writes the file while documents are made."""

    def __init__(self, file: Path) -> None:
        self.connection = sqlite3.connect(file)
        self.connection.executescript(_TABLES)

    def add(self, document: MadeDocument) -> None:
        """The rows of one document."""
        put(self.connection, document)
        if document.number % 500 == 0:
            self.connection.commit()

    def close(self) -> None:
        """Give the file back."""
        self.connection.commit()
        self.connection.close()


def put(connection: sqlite3.Connection, document: MadeDocument) -> None:
    """Insert the rows of one document."""
    clauses, codes, countries = rows_of(document)
    connection.executemany("INSERT INTO clause VALUES(?, ?, ?, ?, ?, ?, ?, ?)", clauses)
    connection.executemany("INSERT INTO code VALUES(?, ?)", codes)
    connection.executemany("INSERT INTO country VALUES(?, ?)", countries)


Value = int | str


def rows_of(
    document: MadeDocument,
) -> tuple[list[tuple[Value, ...]], list[tuple[int, str]], list[tuple[int, str]]]:
    """A document's rows of clauses, codes and countries."""
    known = {each.name: each.value for each in document.attributes}
    countries = {each.value for each in document.attributes if each.name == "country"}
    clauses: list[tuple[Value, ...]] = []
    codes: list[tuple[int, str]] = []
    for stored, own in zip(document.clauses, document.codes, strict=True):
        place = document.number << 32 | stored.clause.ordinal
        clauses.append(
            (
                place,
                document.number,
                keys(stored.normalised.text),
                stored.clause.language,
                known["kind"],
                int(known["year_gregorian"]),
                known["title"],
                stored.normalised.text,
            )
        )
        codes += [(place, code) for code in own]
    return clauses, codes, [(document.number, country) for country in sorted(countries)]


def keys(normalised: str) -> str:
    """The folded words of a clause between spaces."""
    return " ".join(key for chunk in normalised.split() for key in _keys(chunk))


@cache
def _keys(chunk: str) -> tuple[str, ...]:
    return tuple(word.key for own in chunks(chunk) for word in own.words)


class Read(NamedTuple):
    """The rows in memory, and how many clauses have each word."""

    rows: list[Row]
    frequency: Counter[str]


def read(file: Path) -> Read:
    """The whole file in memory: about a kilobyte a clause."""
    connection = sqlite3.connect(file)
    countries: dict[int, tuple[str, ...]] = {}
    query = "SELECT document, json_group_array(country) FROM country GROUP BY 1"
    for document, names in connection.execute(query):
        countries[document] = tuple(json.loads(names))
    codes = _grouped(connection.execute("SELECT place, code FROM code ORDER BY place"))
    rows: list[Row] = []
    frequency: Counter[str] = Counter()
    query = "SELECT place, document, keys, language, kind, year FROM clause ORDER BY place"
    for place, document, text, language, kind, year in connection.execute(query):
        own = codes.get(place, ())
        rows.append(Row(place, f" {text} ", language, kind, year, countries[document], own))
        frequency.update(set(text.split()))
    connection.close()
    return Read(rows, frequency)


def _grouped(pairs: Iterable[tuple[int, str]]) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for place, code in pairs:
        found[place] = (*found.get(place, ()), code)
    return found


def spellings(texts: Iterable[str]) -> Iterator[Word]:
    """Every word of normalised texts once for each way in which it is read."""
    seen: set[tuple[object, ...]] = set()
    for text in texts:
        for chunk in chunks(text):
            for word in chunk.words:
                reading = word[2:]
                if reading not in seen:
                    seen.add(reading)
                    yield word
