"""Makes a corpus of any size from a seed: documents, clauses, codings, straight into a catalogue.

Clauses have about 40 words. 60 % of the documents are Persian, 30 % English, 10 % Persian with
English words inside. A quarter of the words stand in phrases that recur. Every eighth clause is
typed carelessly: letters of an Arabic keyboard, Arabic or Latin digits, half-spaces lost. What a
document would have beside its clauses (pages, the original file) is left out: no search reads it.

The normalised view of a clause is its careful spelling, as if the normaliser made no mistake: to
run it over a million clauses would take hours.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from search_bench.words import NUMBERS, words
from textmine import codebook
from textmine.records import Attribute, Clause, ClauseKind, Language, Span
from textmine.store import tables as t
from textmine.store.catalogue import StoredClause
from textmine.store.codec import clause_to_json
from textmine.store.corpus import Corpus
from textmine.text.offsets import View

MEAN_WORDS = 40
CLAUSES_A_DOCUMENT = 40
CODES_A_CLAUSE = 1.8
_DRAWN_CODES = 1.95  # some are drawn twice
CODES = 24
CARELESS = 1 / 8
REFERENCE = "bench@1"
CODER = "dictionary:bench"

_IN_PHRASES = 0.25
_PHRASES = 30_000
_IN_NUMBERS = 0.02
_ENGLISH_IN_MIXED = 0.25
_COMMA_EVERY = 9
_DOCUMENTS_AT_ONCE = 250
_KINDS = ("agreement", "memorandum", "treaty", "law", "paper", "other")
_KIND_SHARES = (0.3, 0.25, 0.15, 0.1, 0.15, 0.05)
_CLAUSE_KINDS: tuple[ClauseKind, ...] = ("article", "paragraph", "sentence", "note", "recital")
_COUNTRIES_TEXT = (
    "IR KG UZ TJ KZ TM AF TR IQ SY LB RU CN IN PK AZ AM GE OM QA KW AE SA EG TN DZ MA DE FR IT ES "
    "AT CH BE NL SE NO FI DK PL HU RO BG GR RS HR UA BY JP KR MY ID TH VN BR AR MX CU VE ZA"
)
_COUNTRIES = _COUNTRIES_TEXT.split()
_YEARS = (1950, 2024)
_BETWEEN_CALENDARS = 621

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class MadeDocument:
    """A document that was made: what is known about it, its clauses and their codes."""

    number: int
    sha256: str
    attributes: tuple[Attribute, ...]
    clauses: tuple[StoredClause, ...]
    codes: tuple[tuple[str, ...], ...]


class Maker:
    """Makes documents, the same for the same seed; asked again it makes those that follow."""

    def __init__(self, seed: int) -> None:
        self._draw = np.random.default_rng(seed)
        self._words = words(seed)
        self._codes = [code.id for code in codebook.parse(codebook_text()).codes]
        self._shares = 1 / (np.arange(CODES) + 2.0)
        self._shares /= self._shares.sum()
        self._country_shares = 1 / (np.arange(len(_COUNTRIES)) + 3.0)
        self._country_shares /= self._country_shares.sum()
        self._phrases = [
            (self._plain(_PHRASES, length, False), self._plain(_PHRASES, length, True))
            for length in (2, 3, 4, 5)
        ]

    def documents(self, clauses: int, first: int) -> Iterator[MadeDocument]:
        """Documents numbered from ``first`` on that have ``clauses`` clauses between them."""
        number = first
        while clauses > 0:
            size = int(self._draw.lognormal(np.log(CLAUSES_A_DOCUMENT) - 0.32, 0.8)) + 1
            size = min(size, clauses)
            yield self._document(number, size)
            number += 1
            clauses -= size

    def _document(self, number: int, size: int) -> MadeDocument:
        draw = self._draw
        share = draw.random()
        language = "fa" if share < 0.6 else "en" if share < 0.9 else "mixed"
        sha256 = hashlib.sha256(f"made document {number}".encode()).hexdigest()
        lengths = np.clip(draw.gamma(4, MEAN_WORDS / 4, size).astype(int), 4, 250)
        ids = self._running(int(lengths.sum()), language)
        careless = draw.random(size) < CARELESS
        commas = draw.random(len(ids)) < 1 / _COMMA_EVERY
        clauses = []
        start = at = 0
        for ordinal in range(size):
            end = start + int(lengths[ordinal])
            tokens = self._tokens(ids[start:end], commas[start:end], bool(careless[ordinal]))
            clauses.append(self._clause(number, sha256, ordinal, tokens, language, at))
            at += len(clauses[-1].clause.text) + 1
            start = end
        return MadeDocument(
            number,
            sha256,
            self._attributes(number, language, clauses[0].clause.text),
            tuple(clauses),
            tuple(self._codes_of(size)),
        )

    # -- words ---------------------------------------------------------------------------------

    def _plain(self, rows: int, columns: int, english: bool) -> Numbers:
        """Words drawn one by one."""
        known = self._words
        shares = known.english_shares if english else known.persian_shares
        found = np.searchsorted(shares, self._draw.random((rows, columns)))
        first = known.english if english else 0
        return first + np.minimum(found, len(shares) - 1)

    def _running(self, length: int, language: str) -> Numbers:
        """The words of a whole document, with phrases and numbers among them."""
        draw = self._draw
        ids: Numbers = self._plain(1, length, language == "en")[0]
        for pools in self._phrases:
            pool = pools[language == "en"]
            width = pool.shape[1]
            count = int(length * _IN_PHRASES / len(self._phrases) / width)
            if not count or length <= width:
                continue
            # The square makes a few phrases frequent and most of them rare.
            chosen = pool[(draw.random(count) ** 3 * len(pool)).astype(int)]
            places = draw.integers(0, length - width, count)
            for column in range(width):
                ids[places + column] = chosen[:, column]
        if language == "mixed":
            foreign = draw.random(length) < _ENGLISH_IN_MIXED
            ids[foreign] = self._plain(1, int(foreign.sum()), True)[0]
        numbers = draw.random(length) < _IN_NUMBERS
        ids[numbers] = self._words.numbers + draw.integers(0, NUMBERS, int(numbers.sum()))
        return ids

    def _tokens(
        self, ids: Numbers, commas: npt.NDArray[np.bool_], careless: bool
    ) -> list[tuple[str, str]]:
        """The words of one clause as typed and as normalised."""
        known = self._words
        numbers = known.numbers
        if careless:
            tokens = [
                (known.careless[id], known.careful[id] if id < numbers else known.careless[id])
                for id in ids.tolist()
            ]
        else:
            tokens = [(word, word) for word in map(known.careful.__getitem__, ids.tolist())]
        for place in np.flatnonzero(commas[:-1]).tolist():
            word, normal = tokens[place]
            comma = "," if ids[place] >= known.english else "،"
            tokens[place] = word + comma, normal + comma
        word, normal = tokens[-1]
        tokens[-1] = word + ".", normal + "."
        return tokens

    # -- records -------------------------------------------------------------------------------

    def _clause(
        self,
        number: int,
        sha256: str,
        ordinal: int,
        tokens: Sequence[tuple[str, str]],
        language: str,
        at: int,
    ) -> StoredClause:
        text = " ".join(word for word, _ in tokens)
        own: Language = "en" if language == "en" else "fa"
        clause = Clause(
            id=f"{sha256[:10]}.{hashlib.sha256(text.encode()).hexdigest()[:8]}.{ordinal}",
            ordinal=ordinal,
            kind=_CLAUSE_KINDS[ordinal % len(_CLAUSE_KINDS)],
            number=str(ordinal + 1),
            heading=None,
            text=text,
            language=own,
            page=1 + ordinal // 8,
            spans=(Span(at, at + len(text)),),
            sentences=(Span(0, len(text)),),
        )
        return StoredClause(number, clause, _view(text, tokens))

    def _attributes(self, number: int, language: str, first: str) -> tuple[Attribute, ...]:
        draw = self._draw
        year = int(draw.integers(*_YEARS))
        one, other = draw.choice(_COUNTRIES, 2, replace=False, p=self._country_shares)
        values = [
            ("title", " ".join(first.split()[:6])),
            ("kind", str(draw.choice(_KINDS, p=_KIND_SHARES))),
            *(("language", each) for each in (("fa", "en") if language == "mixed" else [language])),
            ("year_gregorian", str(year)),
            ("year_persian", str(year - _BETWEEN_CALENDARS)),
            # Parties that name no place: textmine would take their countries from them.
            ("party", f"Partner {draw.integers(2_000)}"),
            ("party", f"Partner {draw.integers(2_000)}"),
            ("country", str(one)),
            ("country", str(other)),
        ]
        return tuple(Attribute(name, value, 1.0, "made") for name, value in values)

    def _codes_of(self, size: int) -> Iterator[tuple[str, ...]]:
        """The codes of each clause: none to six of them, frequent and rare ones."""
        wanted = np.minimum(self._draw.poisson(_DRAWN_CODES, size), 6)
        drawn = self._draw.choice(CODES, int(wanted.sum()), p=self._shares).tolist()
        for count in wanted.tolist():
            yield tuple(sorted({self._codes[drawn.pop()] for _ in range(count)}))


def _view(text: str, tokens: Sequence[tuple[str, str]]) -> View:
    if all(word is normal or word == normal for word, normal in tokens):
        return View.same(text)
    pieces = []
    at = 0
    for word, normal in tokens:
        pieces += [(normal, at, at + len(word)), (" ", at + len(word), at + len(word) + 1)]
        at += len(word) + 1
    return View.arranged(len(text), pieces[:-1])


# -- into the catalogue ------------------------------------------------------------------------


def codebook_text() -> str:
    """A codebook of 24 codes: the corpus's own."""
    codes = "".join(
        f"  - {{id: theme-{number:02}, name: {{en: Theme {number}, fa: موضوع {number}}},"
        f" definition: {{en: Made theme number {number}.}},"
        f" keywords: {{en: [theme {number}]}}}}\n"
        for number in range(1, CODES + 1)
    )
    return f"id: bench\nversion: 1\nunit: clause\nmulti_label: true\ncodes:\n{codes}"


def create(folder: Path) -> Corpus:
    """An empty corpus with the codebook of the benchmark."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    file = folder.with_suffix(".yaml")
    file.write_text(codebook_text(), encoding="utf-8")
    corpus = Corpus.create(folder, codebook=file)
    file.unlink()
    book = codebook.load(corpus.codebook_file)
    corpus.catalogue.put_codebook(book.reference, book.digest, codebook_text())
    return corpus


def put(
    corpus: Corpus,
    documents: Iterable[MadeDocument],
    seen: Callable[[MadeDocument], None] = lambda _: None,
) -> int:
    """Store documents with their clauses and codes, many in a transaction; gives their number."""
    stored = 0
    batch: list[MadeDocument] = []
    for document in documents:
        seen(document)
        batch.append(document)
        stored += 1
        if len(batch) == _DOCUMENTS_AT_ONCE:
            _put(corpus, batch)
            batch.clear()
    _put(corpus, batch)
    return stored


def _put(corpus: Corpus, documents: Sequence[MadeDocument]) -> None:
    reference = codebook.load(corpus.codebook_file).reference
    tables: list[tuple[sa.Table, Iterable[dict[str, Any]]]] = [
        (t.document, map(_document_row, documents)),
        (t.attribute, (row for each in documents for row in _attribute_rows(each))),
        (t.clause, (_clause_row(each) for document in documents for each in document.clauses)),
        (t.coding, (row for each in documents for row in coding_rows(each, reference))),
        (t.coverage, (coverage_row(each, reference) for each in documents)),
        (t.change, ({"document": each.number} for each in documents)),
    ]
    with corpus.catalogue.writing() as connection:
        for table, rows in tables:
            values = list(rows)
            if values:
                connection.execute(table.insert(), values)


def _document_row(document: MadeDocument) -> dict[str, Any]:
    return {
        "id": document.number,
        "sha256": document.sha256,
        "path": f"made/{document.number}.md",
        "suffix": ".md",
        "size": sum(len(each.clause.text) for each in document.clauses),
        "state": "done",
        "reason": "",
        "detail": "",
        "warnings": [],
        "missing": {},
        "extractor": "made",
        "segmenter": "made",
        "normaliser": "made",
        "added_at": "2026-01-01T00:00:00+00:00",
    }


def _attribute_rows(document: MadeDocument) -> Iterator[dict[str, Any]]:
    for position, each in enumerate(document.attributes):
        yield {
            "document": document.number,
            "position": position,
            "name": each.name,
            "value": each.value,
            "confidence": each.confidence,
            "ground": each.ground,
        }


def _clause_row(stored: StoredClause) -> dict[str, Any]:
    clause = stored.clause
    return {
        **clause_to_json(clause),
        "document": stored.document,
        "start": clause.start,
        "end": clause.end,
        "normalised": stored.normalised.text,
        "offsets": [list(block) for block in stored.normalised.blocks],
    }


def coding_rows(document: MadeDocument, reference: str) -> Iterator[dict[str, Any]]:
    """The rows of a document's codings."""
    for stored, codes in zip(document.clauses, document.codes, strict=True):
        for code in codes:
            yield {
                "document": document.number,
                "clause": stored.clause.id,
                "code": code,
                "coder": CODER,
                "codebook": reference,
                "applied": True,
                "probability": None,
                "evidence": [],
                "memo": "",
                "made_at": "2026-01-01T00:00:00+00:00",
            }


def coverage_row(document: MadeDocument, reference: str) -> dict[str, Any]:
    """The row that says who has coded a document."""
    return {
        "document": document.number,
        "coder": CODER,
        "codebook": reference,
        "version": "1",
        "clauses": len(document.clauses),
        "made_at": "2026-01-01T00:00:00+00:00",
    }


def recoded(corpus: Corpus, every: int, last: int) -> Iterator[MadeDocument]:
    """One document in ``every`` up to number ``last``, with the next code for each that it had."""
    c = t.coding.c
    for document in corpus.catalogue.documents():
        if document.id % every or document.id > last:
            continue
        with corpus.catalogue.reading() as connection:
            rows = connection.execute(sa.select(c.clause, c.code).where(c.document == document.id))
            had: dict[str, set[str]] = {}
            for clause, code in rows:
                had.setdefault(clause, set()).add(code)
        stored = tuple(corpus.catalogue.clauses(document=document.id))
        codes = tuple(
            tuple(sorted(map(_next_code, had.get(each.clause.id, ())))) for each in stored
        )
        yield MadeDocument(document.id, document.sha256, document.attributes, stored, codes)


def _next_code(code: str) -> str:
    number = int(code.removeprefix("theme-")) % CODES + 1
    return f"theme-{number:02}"
