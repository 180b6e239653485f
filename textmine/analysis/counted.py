"""Clauses with the codes that count on them, without their texts: what tables are counted from.

A hundred thousand clauses take some seconds; with their texts they would take many times as long.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa

from textmine import codebook as codebooks
from textmine.analysis.overview import CoderSummary, coder_summaries
from textmine.errors import UsageError
from textmine.records import Code, Codebook, Document
from textmine.standing import Standing, standing
from textmine.store import tables as t
from textmine.store.catalogue import Catalogue
from textmine.store.corpus import Corpus

_NAMED = 20  # coders that are named to someone who asks for another


class CountedClause(NamedTuple):
    """A clause, where it stands, and the codes that count on it, in codebook order.

    ``read`` is False when no coder that counts has come to it, which differs from reading it and
    applying no code.
    """

    id: str
    document: int
    language: str
    codes: tuple[str, ...]
    read: bool


@dataclass(frozen=True, slots=True)
class Counted:
    """All that tables of codes are made of. ``coders`` are all who have coded.

    ``counting`` says whose codings are taken for which document; ``codes`` are those of the
    codebook that counts, and those that it lacks but codings have.
    """

    documents: tuple[Document, ...]
    clauses: tuple[CountedClause, ...]
    counting: Standing
    coders: tuple[CoderSummary, ...]
    codes: tuple[Code, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Everyone who coded, by name."""
        return tuple(dict.fromkeys(each.coder for each in self.coders))


class _Decision(NamedTuple):
    clause: str
    code: str
    coder: str
    applied: bool


def counted(corpus: Corpus, coder: str | None = None) -> Counted:
    """The clauses of a corpus with the codes of one coder, else with those that count.

    UsageError when that coder has coded nothing; the message lists those who have.
    """
    catalogue = corpus.catalogue
    book = codebooks.load(corpus.codebook_file)
    coders = coder_summaries(catalogue)
    if coder is not None:
        check_coder(coder, {each.coder for each in coders})
    counting = standing(catalogue, book.reference, coder=coder)
    book = codebook_named(catalogue, counting.codebook, book)
    c, k = t.clause.c, t.coding.c
    listed = sa.select(c.id, c.document, c.language).order_by(c.document, c.ordinal)
    decided = (
        sa.select(k.clause, k.code, k.coder, k.applied)
        .where((k.codebook == counting.codebook) & t.stands())
        .order_by(k.id)
    )
    if coder is not None:
        decided = decided.where(k.coder == coder)
    with catalogue.reading() as connection:
        rows = [(clause, document, language) for clause, document, language in
                connection.execute(listed)]  # fmt: skip
        document_of = {clause: document for clause, document, _ in rows}
        decisions = counting.counted(
            (document_of[row[0]], _Decision(*row))
            for row in connection.execute(decided)
            if row[0] in document_of
        )
    applied = {
        clause: [code for code, each in own.items() if each.applied]
        for clause, own in decisions.items()
    }
    known = {code.id for code in book.codes}
    used = {code for own in applied.values() for code in own}
    strays = tuple(Code(each, {"en": each, "fa": each}, {}) for each in sorted(used - known))
    codes = (*book.codes, *strays)
    place = {code.id: number for number, code in enumerate(codes)}
    whole = counting.whole
    return Counted(
        documents=catalogue.documents(),
        clauses=tuple(
            CountedClause(
                clause,
                document,
                language,
                tuple(sorted(applied.get(clause, ()), key=place.__getitem__)),
                clause in decisions or document in whole,
            )
            for clause, document, language in rows
        ),
        counting=counting,
        coders=coders,
        codes=codes,
    )


def check_coder(named: str, known: Set[str]) -> None:
    """UsageError when nobody of that name has coded."""
    if named not in known:
        names = sorted(known)
        some = ", ".join([*names[:_NAMED], *(["…"] if len(names) > _NAMED else [])])
        said = f"It holds codings of: {some}." if known else "Nobody has coded."
        raise UsageError(f'The corpus holds no codings of "{named}". {said}')


def codebook_named(catalogue: Catalogue, reference: str, current: Codebook) -> Codebook:
    """The codebook that codings follow, as the catalogue keeps it; ``current`` if it is that."""
    if reference == current.reference:
        return current
    query = sa.select(t.codebook.c.source).where(t.codebook.c.reference == reference)
    with catalogue.reading() as connection:
        source: str = connection.execute(query).scalar_one()
    return codebooks.parse(source, reference)
