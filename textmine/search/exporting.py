"""All hits of a query as a table: each clause whole, with where it comes from and who coded it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from textmine import __version__, codebook
from textmine.clauses.letters import printed_numbers
from textmine.records import Document
from textmine.search.engine.codes import applied, counted_on
from textmine.search.engine.countries import countries_of
from textmine.search.found import Hit
from textmine.standing import PERSON, Standing, counted_codebook
from textmine.store.catalogue import now
from textmine.store.corpus import Corpus
from textmine.store.sheets import Column, Written, write_table

COLUMNS = (
    Column("id", "شناسهٔ بند", 22),
    Column("document", "سند", 10),
    Column("title", "عنوان", 40),
    Column("file", "پرونده", 30),
    Column("sha256", "چکیدهٔ پرونده (SHA-256)", 20),
    Column("document_kind", "نوع سند"),
    Column("date", "تاریخ میلادی"),
    Column("date_persian", "تاریخ خورشیدی"),
    Column("year", "سال میلادی", 10),
    Column("year_persian", "سال خورشیدی", 10),
    Column("countries", "کشورها"),
    Column("parties", "طرف‌ها", 30),
    Column("page", "صفحه", 8),
    Column("start", "آغاز", 10),
    Column("end", "پایان", 10),
    Column("language", "زبان", 8),
    Column("kind", "نوع بند"),
    Column("number", "شماره", 10),
    Column("printed_number", "شماره در سند", 12),
    Column("heading", "سرعنوان", 30),
    Column("text", "متن", 80),
    Column("codes", "کدها", 30),
    Column("coders", "کدگذاران", 24),
    Column("codebook", "کتاب کد", 24),
    Column("score", "امتیاز"),
    Column("highlights", "واژه‌های یافته"),
    Column("by", "یافته از راه", 10),
    Column("extractor", "استخراج‌گر", 20),
    Column("segmenter", "بخش‌کننده", 20),
    Column("normaliser", "نرمال‌ساز", 20),
)
"""What is written of each hit.

``start`` and ``end`` count characters of the document text, ``highlights`` of the clause's own.
``number`` is what a query asks for (``article:5.b``), ``printed_number`` has the letters of a
Persian document. ``coders`` are those whose codings count on the clause; none when nobody has read
it. ``score`` is empty where hits were not ranked.
"""

_AT_ONCE = 500  # hits whose codings are looked up together
_DOCUMENTS = 2000  # documents kept at hand


def export_hits(
    corpus: Corpus,
    hits: Iterable[Hit],
    path: Path,
    query: str,
    *,
    language: str = "en",
    coder: str | None = None,
    on_step: Callable[[str], object] = lambda name: None,
) -> Written:
    """Write hits, as they come, to a file: .csv, .xlsx or .jsonl by its name.

    ``query`` is what they were found by; it is told in the file with the version of textmine and
    the time (not in CSV, which has no place for it). ``language`` is that of the heads. With
    ``coder`` the codes are that one's alone. ``on_step`` is called for each hit. InputError when
    the file cannot be written.
    """
    about = (
        (Column("query", "پرسش"), query),
        (Column("textmine", "نسخهٔ textmine"), __version__),
        (Column("exported_at", "زمان برون‌بری"), now()),
    )
    return write_table(path, COLUMNS, _rows(corpus, hits, coder, on_step), about, language=language)


def _rows(
    corpus: Corpus, hits: Iterable[Hit], coder: str | None, on_step: Callable[[str], object]
) -> Iterator[dict[str, Any]]:
    catalogue = corpus.catalogue
    book = counted_codebook(catalogue, codebook.load(corpus.codebook_file).reference)

    @lru_cache(maxsize=_DOCUMENTS)
    def known(number: int) -> dict[str, Any]:
        (document,) = catalogue.documents(number=number)
        return _of_document(document)

    @lru_cache(maxsize=_DOCUMENTS)
    def printed(number: int) -> dict[str, str]:
        return printed_numbers(catalogue, number)

    waiting = iter(hits)
    while batch := list(islice(waiting, _AT_ONCE)):
        coded = _coded(corpus, book, batch, coder)
        for hit in batch:
            codes, coders = coded[hit.clause]
            yield {
                **known(hit.document),
                "id": hit.clause,
                "document": hit.document,
                "title": hit.title,
                "page": hit.page,
                "start": hit.start,
                "end": hit.end,
                "language": hit.language,
                "kind": hit.kind,
                "number": hit.number,
                "printed_number": printed(hit.document).get(hit.clause, hit.number),
                "heading": hit.heading,
                "text": hit.text,
                "codes": codes,
                "coders": coders,
                "codebook": book if coders else None,
                "score": round(hit.score, 6) or None,
                "highlights": [list(span) for span in hit.highlights],
                "by": list(hit.by),
            }
            on_step("")


def _of_document(document: Document) -> dict[str, Any]:
    """What every clause of a document has from it."""
    return {
        "file": document.path,
        "sha256": document.sha256,
        "document_kind": document.value("kind") or None,
        "date": document.value("date") or None,
        "date_persian": document.value("date_persian") or None,
        "year": _year(document, "year_gregorian"),
        "year_persian": _year(document, "year_persian"),
        "countries": list(countries_of(document.values("country"), document.values("party"))),
        "parties": list(document.values("party")),
        "extractor": document.extractor,
        "segmenter": document.segmenter,
        "normaliser": document.normaliser,
    }


def _year(document: Document, name: str) -> int | None:
    value = document.value(name)
    return int(value) if value.isdecimal() else None


def _coded(
    corpus: Corpus, book: str, hits: Sequence[Hit], coder: str | None
) -> dict[str, tuple[list[str], list[str]]]:
    """By clause the codes that stand, and the coders whose word that is."""
    documents = {hit.document for hit in hits}
    clauses = [hit.clause for hit in hits]
    counted = counted_on(corpus.catalogue, documents, book, clauses=clauses, coder=coder)
    found = {}
    for hit in hits:
        own = counted.decisions.get(hit.clause, {})
        reader = _reader(counted.standing, hit.document)
        coders = sorted({each.coder for each in own.values()}) or reader
        found[hit.clause] = list(applied(own)), coders
    return found


def _reader(counting: Standing, document: int) -> list[str]:
    """The machine that read the clauses of which nobody said anything."""
    coders = counting.coders.get(document, ())
    return [coders[-1]] if coders and not coders[-1].startswith(PERSON) else []
