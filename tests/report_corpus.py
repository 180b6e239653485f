"""A small invented corpus for the tests of analysis and reports: coded, bilingual, with faults."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from textmine import codebook
from textmine.records import Attribute, Clause, Coding, Line, Page, Part, Span
from textmine.store.catalogue import Derived, Source, now
from textmine.store.corpus import Corpus
from textmine.text.offsets import View

BOOK = Path(__file__).parent / "data" / "report" / "codebook.yaml"
DICTIONARY = "dictionary:test@1"

HOSTILE = "<script>alert(1)</script> & \u202eevil\u202c " + "x" * 400
"""What a document may hold and a page must show as it is."""

TEXTS = [
    (
        {"kind": "treaty", "language": "fa", "date": "2016-05-04", "date_persian": "1395/02/15"},
        [
            ("fa", "دو طرف در زمینهٔ فرهنگ همکاری می‌کنند."),
            ("fa", "MoU دربارهٔ تجارت و فرهنگ است."),
            ("fa", "این سند در دو نسخه نوشته شد."),
            ("fa", "تجارت آزاد است."),
        ],
    ),
    (
        {"kind": "treaty", "language": "en", "date": "2016-11-30"},
        [
            ("en", "The Parties cooperate in culture."),
            ("en", "Trade is free; culture is shared."),
            ("en", "Done in two originals."),
        ],
    ),
    (
        {"kind": "law", "language": "fa+en", "year_gregorian": "1993", "year_persian": "1372"},
        [
            ("fa", "فرهنگ و تجارت."),
            ("en", "Culture and trade."),
            ("fa", "تجارت."),
            ("en", "Trade."),
        ],
    ),
    (
        {"kind": "memorandum", "language": "en"},
        [("en", HOSTILE), ("en", "Trade again.")],
    ),
    (
        {"language": "fa"},
        [("fa", "فرهنگ."), ("fa", "تجارت."), ("fa", "پایان."), ("en", "End.")],
    ),
]

KEYWORDS = {
    "cultural": ("culture", "Culture", "فرهنگ"),
    "economic": ("trade", "Trade", "تجارت"),
}


def document(
    number: int,
    clauses: list[tuple[str, str]],
    attributes: dict[str, str] | None = None,
    state: str = "done",
) -> Derived:
    """A document of one page whose clauses stand on lines of their own, below a heading."""
    sha256 = hashlib.sha256(str(number).encode()).hexdigest()
    text = "# Heading"
    lines = [Line(0, len(text), "heading")]
    made = []
    parts = [Part("heading", Span(0, len(text)))]
    for ordinal, (language, words) in enumerate(clauses):
        start = len(text) + 1
        text += "\n" + words
        lines.append(Line(start, len(text)))
        clause = Clause(
            id=f"{sha256[:10]}.{ordinal}",
            ordinal=ordinal,
            kind="article",
            number=f"{ordinal + 1}.note-1" if ordinal == 1 else str(ordinal + 1),
            heading="Heading",
            text=words,
            language=language,
            page=1,
            spans=(Span(start, len(text)),),
        )
        made.append((clause, View.same(words)))
    known = [
        Attribute(name, value, 0.4 if value == "law" else 1.0, "a <b>table</b>")
        for name, value in (attributes or {}).items()
    ]
    return Derived(
        sha256=sha256,
        suffix=".pdf",
        size=1,
        state=state,
        reason="doubtful-text" if state == "suspect" else "",
        detail="On page 1: many words are unknown." if state == "suspect" else "",
        extractor="reader 1",
        segmenter="rules 2",
        normaliser="folds 3",
        pages=(Page(1, text, tuple(lines)),),
        clauses=tuple(made),
        parts=tuple(parts),
        attributes=tuple(known),
    )


def uncoded_corpus(folder: Path) -> Corpus:
    """The documents without codings: four read, one doubtful, one failed, one duplicate."""
    corpus = Corpus.create(folder, codebook=BOOK)
    for number, (attributes, clauses) in enumerate(TEXTS, 1):
        state = "suspect" if number == 5 else "done"
        derived = document(number, clauses, attributes, state)
        path = f"/home/x/secret-folder/{number}.pdf"
        corpus.catalogue.put(derived, Source(path, derived.sha256, state, "", now()))
    sha256 = "f" * 64
    failed = Derived(sha256, ".pdf", 1, "failed", "encrypted", "The file asks for a password.")
    corpus.catalogue.put(failed, Source("/x/locked.pdf", sha256, "failed", "encrypted", now()))
    corpus.catalogue.note_source(Source("/x/again.pdf", "e" * 64, "duplicate", "", now()))
    book = codebook.load(corpus.codebook_file)
    corpus.catalogue.put_codebook(
        book.reference, book.digest, corpus.codebook_file.read_text(encoding="utf-8")
    )
    return corpus


def code(corpus: Corpus, coder: str = DICTIONARY, probability: float | None = None) -> None:
    """Code every clause by its words, each document covered."""
    for one in corpus.catalogue.documents():
        clauses = [stored.clause for stored in corpus.catalogue.clauses(document=one.id)]
        codings = [
            Coding(
                clause=clause.id,
                code=code_id,
                coder=coder,
                codebook="test@1",
                applied=True,
                made_at=now(),
                probability=probability,
                evidence=tuple(
                    Span(clause.text.index(word), clause.text.index(word) + len(word))
                    for word in words
                    if word in clause.text
                ),
            )
            for clause in clauses
            for code_id, words in KEYWORDS.items()
            if any(word in clause.text for word in words)
        ]
        if clauses:
            corpus.catalogue.replace_machine_codings(
                one.id, coder, "test@1", codings, read=[c.id for c in clauses], version="1"
            )


def coded_corpus(folder: Path) -> Corpus:
    """The documents, coded by the dictionary."""
    corpus = uncoded_corpus(folder)
    code(corpus)
    return corpus


def upgrade(corpus: Corpus) -> None:
    """The next version of the codebook, by which nothing has been coded yet."""
    text = corpus.codebook_file.read_text(encoding="utf-8").replace("version: 1", "version: 2")
    corpus.codebook_file.write_text(text, encoding="utf-8")
    book = codebook.load(corpus.codebook_file)
    corpus.catalogue.put_codebook(book.reference, book.digest, text)


def machine_reads(
    corpus: Corpus,
    number: int,
    codes: Mapping[str, Sequence[int]] = MappingProxyType({}),
    coder: str = "dictionary:test@2",
    reference: str = "test@2",
) -> None:
    """One document read by a machine: for each code the clauses, by place, that it applies to."""
    clauses = [stored.clause.id for stored in corpus.catalogue.clauses(document=number)]
    codings = [
        Coding(clauses[place], code_id, coder, reference, True, now())
        for code_id, places in codes.items()
        for place in places
    ]
    corpus.catalogue.replace_machine_codings(
        number, coder, reference, codings, read=clauses, version="1"
    )
