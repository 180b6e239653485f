"""What a report is made of: whose codings, and each clause with what that coder decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from textmine import codebook as codebooks
from textmine.analysis.overview import CoderSummary, coder_summaries
from textmine.errors import UsageError
from textmine.records import Code, Codebook, Coding, Document, Span
from textmine.store import tables as t
from textmine.store.catalogue import Catalogue, StoredClause
from textmine.store.corpus import Corpus

PREFERENCE = ("person", "model", "dictionary")
"""Whose codings a report shows when nobody is named: people before machines."""


@dataclass(frozen=True, slots=True)
class CodedClause:
    """A clause, its place in the report (from 1), and the codes applied, in codebook order.

    ``read`` is False when the coder has not come to it, which differs from reading it and
    applying none.
    """

    place: int
    document: int
    stored: StoredClause
    codings: tuple[Coding, ...]
    read: bool

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes applied."""
        return tuple(coding.code for coding in self.codings)

    @property
    def evidence(self) -> list[tuple[Span, str]]:
        """The words that carried the decisions, each with its code."""
        return [(span, coding.code) for coding in self.codings for span in coding.evidence]


@dataclass(frozen=True, slots=True)
class Material:
    """All that a report draws on. ``coder`` is None when nobody has coded."""

    documents: tuple[Document, ...]
    clauses: tuple[CodedClause, ...]
    coder: CoderSummary | None
    others: tuple[CoderSummary, ...]
    codebook: Codebook
    codes: tuple[Code, ...]


def gather(corpus: Corpus, coder: str | None) -> Material:
    """Read the corpus for one coder: the one named, else the preferred one.

    UsageError when the one named has coded nothing; the message lists those who have.
    """
    catalogue = corpus.catalogue
    book = codebooks.load(corpus.codebook_file)
    coders = coder_summaries(catalogue)
    chosen = _choose(coders, coder, book.reference)
    codings: tuple[Coding, ...] = ()
    if chosen is not None:
        book = _codebook(catalogue, chosen.codebook, book)
        codings = catalogue.codings(coder=chosen.coder, codebook=chosen.codebook)
    decided: dict[str, dict[str, Coding]] = {}
    for coding in codings:  # in the order they were made: the last decision counts
        decided.setdefault(coding.clause, {})[coding.code] = coding
    used = {coding.code for coding in codings if coding.applied}
    known = {code.id for code in book.codes}
    strays = tuple(Code(each, {"en": each, "fa": each}, "") for each in sorted(used - known))
    codes = (*book.codes, *strays)
    covered = catalogue.coverage(chosen.coder, chosen.codebook) if chosen else frozenset()
    clauses = []
    for place, stored in enumerate(catalogue.clauses(), 1):
        own = decided.get(stored.clause.id, {})
        applied = tuple(own[c.id] for c in codes if c.id in own and own[c.id].applied)
        read = bool(own) or stored.document in covered
        clauses.append(CodedClause(place, stored.document, stored, applied, read))
    return Material(
        documents=catalogue.documents(),
        clauses=tuple(clauses),
        coder=chosen,
        others=tuple(each for each in coders if each != chosen),
        codebook=book,
        codes=codes,
    )


def _choose(coders: Sequence[CoderSummary], named: str | None, current: str) -> CoderSummary | None:
    if named is not None:
        own = [each for each in coders if each.coder == named]
        if not own:
            known = ", ".join(sorted({each.coder for each in coders}))
            said = f"It holds codings of: {known}." if known else "Nobody has coded in it yet."
            raise UsageError(f'The corpus holds no codings of "{named}". {said}')
        coders = own

    def rank(each: CoderSummary) -> tuple[int, bool, int, str, str]:
        kind = each.coder.split(":", 1)[0]
        order = PREFERENCE.index(kind) if kind in PREFERENCE else len(PREFERENCE)
        return order, each.codebook != current, -each.clauses, each.coder, each.codebook

    return min(coders, key=rank, default=None)


def _codebook(catalogue: Catalogue, reference: str, current: Codebook) -> Codebook:
    """The codebook that the codings follow, as the catalogue keeps it."""
    if reference == current.reference:
        return current
    query = sa.select(t.codebook.c.source).where(t.codebook.c.reference == reference)
    with catalogue.reading() as connection:
        source: str = connection.execute(query).scalar_one()
    return codebooks.parse(source, reference)
