"""The field ``coded``: whether a clause was coded, and what one coder decided on it.

The index knows the codes that count. Which clauses were read without a code, and what those say
whose codings do not count, the catalogue tells.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import sqlalchemy as sa
import tantivy

from textmine import codebook as codebooks
from textmine.search.engine.schema import folded
from textmine.search.engine.upkeep import Opened
from textmine.search.found import place_of
from textmine.search.query import FieldIs
from textmine.search.query.fields import unknown_value
from textmine.standing import by_people, standing
from textmine.store import tables as t
from textmine.store.corpus import Corpus

ANSWERS = {
    "yes": ("yes", "بله"),
    "none": ("none", "بی‌کد"),
    "no": ("no", "نه"),
}
"""With a code; read, and none applied; not coded yet."""

_NONE = "none"
_Q = tantivy.Query


class _Read(NamedTuple):
    """What coders have read: whole documents, and clauses of others."""

    documents: tuple[int, ...]
    places: tuple[int, ...]


def coded_query(corpus: Corpus, opened: Opened, node: FieldIs) -> tantivy.Query:
    """The clauses with ``coded:yes``, ``none`` or ``no``, or what a coder decided.

    ``coded:"person:leila"`` are the clauses that she has read, ``coded:"person:leila cultural"``
    those that she gave the code, ``coded:"person:leila none"`` those that got none from her.
    QueryError for any other value.
    """
    answer = _compared(node.value)
    asked = next((name for name, own in ANSWERS.items() if answer in map(_compared, own)), "")
    if asked:
        has = _Q.regex_query(opened.index.schema, "code", ".+")
        if asked == "yes":
            return has
        read = _read_query(opened, _read(corpus, opened.position.codebook))
        return _but(read, has) if asked == _NONE else _but(_Q.all_query(), read)
    coder, code = _asked(corpus, node)
    book = standing(corpus.catalogue, opened.position.codebook, coder=coder).codebook
    if code not in ("", _NONE):
        return _places_query(opened, _given(corpus, coder, book, code))
    read = _read_query(opened, _read(corpus, book, coder))
    if not code:
        return read
    return _but(read, _places_query(opened, _given(corpus, coder, book)))


def _asked(corpus: Corpus, node: FieldIs) -> tuple[str, str]:
    """The coder and the code (empty, when any decision will do) that a value names."""
    catalogue = corpus.catalogue
    with catalogue.reading() as connection:
        coders: dict[str, tuple[str, ...]] = {
            coder: (coder, coder.split(":", 1)[-1])
            for table in (t.coverage, t.coding)
            for coder in connection.scalars(sa.select(table.c.coder).distinct())
        }
    if found := _named(node.value, coders):
        return found, ""
    before, _, last = node.value.rpartition(" ")
    if coder := _named(before, coders):
        with catalogue.reading() as connection:
            of_coder = sa.select(t.coding.c.code).where(t.coding.c.coder == coder).distinct()
            codes: dict[str, tuple[str, ...]] = {
                code: (code,) for code in connection.scalars(of_coder)
            }
        book = codebooks.load(corpus.codebook_file)
        codes |= {code.id: (code.id, *code.name.values()) for code in book.codes}
        codes[_NONE] = ANSWERS[_NONE]
        if code := _named(last, codes):
            return coder, code
        raise unknown_value("code", last, node.at, codes)
    raise unknown_value(node.name, node.value, node.at, {**ANSWERS, **coders})


def _named(value: str, known: dict[str, tuple[str, ...]]) -> str:
    """The one whose name is ``value``; "" when nothing is called that."""
    if value in known:
        return value
    asked = _compared(value)
    return next((each for each, own in known.items() if asked and asked in map(_compared, own)), "")


def _read(corpus: Corpus, codebook: str, coder: str | None = None) -> _Read:
    k, v = t.coding.c, t.coverage.c
    covered = sa.select(v.document).where(v.codebook == codebook).distinct()
    decided = _decisions(codebook).where(by_people())
    if coder is not None:
        covered = covered.where(v.coder == coder)
        decided = decided.where(k.coder == coder)
    with corpus.catalogue.reading() as connection:
        documents = tuple(connection.scalars(covered))
        whole = frozenset(documents)
        places = {
            place_of(row[0], row[1])
            for row in connection.execute(decided.distinct())
            if row[0] not in whole
        }
    return _Read(documents, tuple(places))


def _given(corpus: Corpus, coder: str, codebook: str, code: str = "") -> tuple[int, ...]:
    """The places of the clauses to which a coder gave a code, as decided last."""
    k = t.coding.c
    last = sa.select(sa.func.max(k.id)).where((k.coder == coder) & (k.codebook == codebook))
    last = last.where(t.stands()).group_by(k.clause, k.code)
    if code:
        last = last.where(k.code == code)
    applied = _decisions(codebook).where(k.id.in_(last) & k.applied)
    with corpus.catalogue.reading() as connection:
        return tuple({place_of(row[0], row[1]) for row in connection.execute(applied)})


def _decisions(codebook: str) -> sa.Select[Any]:
    """Where the clauses stand that were decided on."""
    c, k = t.clause.c, t.coding.c
    joined = t.coding.join(t.clause, k.clause == c.id)
    standing_ones = (k.codebook == codebook) & t.stands()
    return sa.select(c.document, c.ordinal).select_from(joined).where(standing_ones)


def _read_query(opened: Opened, read: _Read) -> tantivy.Query:
    whole = _set(opened, "document", read.documents)
    return _Q.boolean_query(
        [(tantivy.Occur.Should, whole), (tantivy.Occur.Should, _places_query(opened, read.places))]
    )


def _places_query(opened: Opened, places: Iterable[int]) -> tantivy.Query:
    return _set(opened, "place", tuple(places))


def _set(opened: Opened, field: str, values: tuple[int, ...]) -> tantivy.Query:
    if not values:
        return _Q.empty_query()
    return _Q.term_set_query(opened.index.schema, field, list(values))


def _but(query: tantivy.Query, without: tantivy.Query) -> tantivy.Query:
    return _Q.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.MustNot, without)])


def _compared(value: str) -> str:
    return "".join(folded(value))
