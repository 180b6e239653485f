"""What a report is made of: whose codings, and each clause with what that coder decided."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

import sqlalchemy as sa

from textmine import codebook as codebooks
from textmine.analysis.overview import CoderSummary, coder_summaries
from textmine.errors import UsageError
from textmine.records import Code, Codebook, Coding, Document, Span
from textmine.standing import Standing, standing
from textmine.store import tables as t
from textmine.store.catalogue import Catalogue, StoredClause
from textmine.store.corpus import Corpus


@dataclass(frozen=True, slots=True)
class CodedClause:
    """A clause, its place in the report (from 1), and the codes applied, in codebook order.

    ``read`` is False when no coder that counts has come to it, which differs from reading it and
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
    """All that a report draws on.

    ``coders`` are those whose codings are shown; there are none when nobody has coded. Of the
    people and machines in ``others`` nothing is shown. ``counting`` says whose codings are taken
    for which document.
    """

    documents: tuple[Document, ...]
    clauses: tuple[CodedClause, ...]
    counting: Standing
    coders: tuple[CoderSummary, ...]
    others: tuple[CoderSummary, ...]
    codebook: Codebook
    codes: tuple[Code, ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of coders whose codings are shown: ``person``, ``model``, ``dictionary``."""
        return tuple(dict.fromkeys(each.coder.split(":", 1)[0] for each in self.coders))


def gather(corpus: Corpus, coder: str | None) -> Material:
    """Read the corpus for one coder: the one named, else those whose codings count.

    UsageError when the one named has coded nothing; the message lists those who have.
    """
    catalogue = corpus.catalogue
    book = codebooks.load(corpus.codebook_file)
    summaries = coder_summaries(catalogue)
    if coder is not None:
        _check(coder, {each.coder for each in summaries})
    counting = standing(catalogue, book.reference, coder=coder)
    book = _codebook(catalogue, counting.codebook, book)
    stored_clauses = tuple(catalogue.clauses())
    document_of = {stored.clause.id: stored.document for stored in stored_clauses}
    decided = counting.counted(
        (document_of[coding.clause], coding)
        for coding in catalogue.codings(coder=coder, codebook=counting.codebook)
        if coding.clause in document_of
    )
    used = {each.code for own in decided.values() for each in own.values() if each.applied}
    known = {code.id for code in book.codes}
    strays = tuple(Code(each, {"en": each, "fa": each}, {}) for each in sorted(used - known))
    codes = (*book.codes, *strays)
    clauses = []
    whole = counting.whole
    for place, stored in enumerate(stored_clauses, 1):
        own = decided.get(stored.clause.id, {})
        applied = tuple(own[c.id] for c in codes if c.id in own and own[c.id].applied)
        read = bool(own) or stored.document in whole
        clauses.append(CodedClause(place, stored.document, stored, applied, read))
    coders = tuple(
        each
        for name in counting.names
        for each in summaries
        if (each.coder, each.codebook) == (name, counting.codebook)
    )
    return Material(
        documents=catalogue.documents(),
        clauses=tuple(clauses),
        counting=counting,
        coders=coders,
        others=tuple(each for each in summaries if each not in coders),
        codebook=book,
        codes=codes,
    )


def _check(named: str, known: Set[str]) -> None:
    if named not in known:
        said = f"It holds codings of: {', '.join(sorted(known))}." if known else "Nobody has coded."
        raise UsageError(f'The corpus holds no codings of "{named}". {said}')


def _codebook(catalogue: Catalogue, reference: str, current: Codebook) -> Codebook:
    """The codebook that the codings follow, as the catalogue keeps it."""
    if reference == current.reference:
        return current
    query = sa.select(t.codebook.c.source).where(t.codebook.c.reference == reference)
    with catalogue.reading() as connection:
        source: str = connection.execute(query).scalar_one()
    return codebooks.parse(source, reference)
