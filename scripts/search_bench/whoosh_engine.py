"""Whoosh-Reloaded, a search engine in Python alone; for 100,000 clauses, more take it hours."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from search_bench.corpus import MadeDocument
from search_bench.engines import LIMIT, Answer, marks
from search_bench.material import rows_of
from search_bench.questions import NEAR, Question, Sort


class Whoosh:
    """Asked as its manual shows: an index in a folder, BM25F, facets by ``groupedby``."""

    name = "Whoosh-Reloaded"

    def __init__(self, file: Path, folder: Path) -> None:
        self._file = file
        self._folder = folder

    def build(self) -> None:
        """Index what the material file holds."""
        from whoosh import analysis, fields, index

        words = analysis.SpaceSeparatedTokenizer()
        schema = fields.Schema(
            document=fields.ID(sortable=True),
            keys=fields.TEXT(analyzer=words, phrase=True),
            language=fields.ID(sortable=True),
            kind=fields.ID(sortable=True),
            year=fields.NUMERIC(sortable=True),
            country=fields.KEYWORD,
            code=fields.KEYWORD,
            title=fields.STORED,
            text=fields.STORED,
        )
        self._folder.mkdir(exist_ok=True)
        writer = index.create_in(self._folder, schema).writer(limitmb=256)
        with sqlite3.connect(self._file) as source:
            countries: dict[int, list[str]] = {}
            for document, country in source.execute("SELECT document, country FROM country"):
                countries.setdefault(document, []).append(country)
            codes: dict[int, list[str]] = {}
            for place, code in source.execute("SELECT place, code FROM code"):
                codes.setdefault(place, []).append(code)
            for row in source.execute("SELECT * FROM clause"):
                writer.add_document(**_entry(row, codes.get(row[0], []), countries.get(row[1], [])))
        writer.commit()

    def open(self) -> None:
        """Open the index."""
        from whoosh import index

        self._index = index.open_dir(self._folder)
        self._searcher = self._index.searcher()

    def ask(self, question: Question, *, facets: bool, sort: Sort) -> Answer:
        """The total, the best with their texts, and all facets in one pass."""
        from whoosh import sorting

        grouped = None
        if facets:
            grouped = sorting.Facets()
            for name in ("language", "kind", "year", "document"):
                grouped.add_field(name, maptype=sorting.Count)
            for name in ("country", "code"):
                grouped.add_field(name, allow_overlap=True, maptype=sorting.Count)
        found = self._searcher.search(
            _query(question),
            limit=LIMIT,
            groupedby=grouped,
            sortedby=sorting.FieldFacet("year") if sort == "date" else None,
        )
        texts = [hit["text"] for hit in found]
        counts = {}
        if facets:
            counts = {name: dict(found.groups(name)) for name in found.facet_names()}
        marked = sum(marks(text, question) for text in texts)
        return Answer(len(found), len(texts), marked, counts)

    def parts(self) -> dict[str, int]:
        """Its files, which also hold the texts."""
        return {"all": sum(file.stat().st_size for file in self._folder.rglob("*"))}

    def add(self, documents: Sequence[MadeDocument]) -> None:
        """Add the clauses in one commit."""
        writer = self._index.writer()
        for document in documents:
            clauses, codes, countries = rows_of(document)
            for row in clauses:
                own = [code for place, code in codes if place == row[0]]
                writer.add_document(**_entry(row, own, [country for _, country in countries]))
        writer.commit()

    def recode(self, documents: Sequence[MadeDocument]) -> None:
        """Delete the documents and add them again: codes are part of an entry."""
        writer = self._index.writer()
        for document in documents:
            writer.delete_by_term("document", str(document.number))
        writer.commit(merge=False)
        self.add(documents)

    def close(self) -> None:
        """Close the index."""
        self._searcher.close()
        self._index.close()


def _entry(row: Sequence[Any], codes: Sequence[str], countries: Sequence[str]) -> dict[str, Any]:
    _, document, keys, language, kind, year, title, text = row
    return {
        "document": str(document),
        "keys": keys,
        "language": language,
        "kind": kind,
        "year": year,
        "country": " ".join(countries),
        "code": " ".join(codes),
        "title": title,
        "text": text,
    }


def _query(question: Question) -> Any:
    from whoosh import query
    from whoosh.query import spans

    terms = [query.Term("keys", key) for key in question.keys]
    if question.kind == "phrase":
        words: Any = query.Phrase("keys", list(question.keys))
    elif question.kind == "prefix":
        words = query.Prefix("keys", question.keys[0])
    elif question.kind == "near":
        words = spans.SpanNear2(terms, slop=NEAR + 1, ordered=False)
    else:
        words = query.And(terms) if len(terms) > 1 else terms[0]
    f = question.fields
    fields = [words]
    fields += [query.Term("language", f.language)] if f.language else []
    fields += [query.Term("country", f.country)] if f.country else []
    fields += [query.Term("code", f.code)] if f.code else []
    fields += [query.NumericRange("year", *f.years)] if f.years else []
    return query.And(fields) if len(fields) > 1 else words
