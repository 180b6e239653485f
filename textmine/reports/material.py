"""What a report is made of: whose codings, and each clause with what that coder decided."""

from __future__ import annotations

from dataclasses import dataclass

from textmine import codebook as codebooks
from textmine.analysis.counted import check_coder, codebook_named
from textmine.analysis.overview import CoderSummary, coder_summaries
from textmine.records import Code, Codebook, Coding, Document, Span
from textmine.standing import Standing, standing
from textmine.store.catalogue import StoredClause
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
    def language(self) -> str:
        """The language of the clause."""
        return self.stored.clause.language

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
        check_coder(coder, {each.coder for each in summaries})
    counting = standing(catalogue, book.reference, coder=coder)
    book = codebook_named(catalogue, counting.codebook, book)
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
