"""Queries, asked of the index of a small corpus."""

from __future__ import annotations

from functools import cache

from fuzzing.targets import Target, folder
from fuzzing.texts import AGREEMENT, SHA
from textmine.clauses import segment
from textmine.records import Attribute, Extraction, Line, Page
from textmine.search import Index, QueryError
from textmine.search.query import canonical, parse, pointed
from textmine.store.catalogue import Derived, Source, now
from textmine.store.corpus import Corpus
from textmine.text.normalise import normalise

_WORDS = (
    *(" OR ", " AND ", "NOT ", " NEAR/5 ", "NEAR", "~5", "«", "»", "(", ")", "*", "-", "|", ".."),
    *("year:", "code:", "سال:", "کد:", "language:fa", "kind:", "article:", "clause:", "date:"),
    *("document:", "country:", "party:", "title:", " یا ", " و ", " منهای ", "نزدیک/۵", "۱۳۷۲"),
    *("\u200c", "همکاری", "فرهنگی", "parties", "\u200f", "هٔ", "ة", "ـ"),
)


def query_seeds() -> list[bytes]:
    """Queries of every kind."""
    lines = """
        شهر "sister city"
        همکاری NEAR/5 فرهنگی
        «می شود شهر»~۳
        -کد:(الف یا ب) year:1993..2005
        cult* OR *نامه (a | b) -'c d'
        language:fa kind:article article:3,4 document:1
        party:Tehran country:IR date:1372
    """
    return [line.strip().encode() for line in lines.strip().split("\n")]


def ask(data: bytes) -> None:
    """A query is read, or its fault told; what was read is written back, and answered."""
    query = data.decode("utf-8", "surrogateescape")
    try:
        node = parse(query)
    except QueryError as error:
        assert error.at is None or 1 <= error.at <= len(query)  # noqa: PT017
        assert "\n" not in pointed(query, error)  # noqa: PT017
        return
    written = canonical(node)
    again = parse(written)
    assert canonical(again) == written, "what is written back is another query"
    try:
        found = _index().search(query, limit=10)
    except QueryError:
        return
    assert found.total >= len(found.hits)
    for hit in found.hits:
        for start, end in hit.highlights:
            assert 0 <= start < end <= len(hit.text)
    assert _index().search(written, limit=10).total == found.total, "written back, it finds others"


@cache
def _index() -> Index:
    """The index of a small corpus."""
    page = Page(1, AGREEMENT, (Line(0, len(AGREEMENT)),))
    clauses = segment(Extraction((page,), "example 1"), SHA).clauses
    corpus = Corpus.create(folder() / "corpus")
    corpus.catalogue.put(
        Derived(
            SHA, ".txt", len(AGREEMENT), "done", "", "",
            clauses=tuple((each, normalise(each.text, each.language)) for each in clauses),
            attributes=(Attribute("party", "Tehran", 1.0, "table"),),
        ),
        Source("agreement.txt", SHA, "done", "", now()),
    )  # fmt: skip
    return Index.of(corpus)


TARGETS = {"query": Target(ask, query_seeds, [word.encode() for word in _WORDS], 300)}
