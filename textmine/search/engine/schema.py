"""The fields of the index, and what of a clause and its document goes into them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import tantivy

from textmine.records import Document
from textmine.search.found import place_of
from textmine.search.words import chunk_of, words
from textmine.text.fold import fold
from textmine.text.normalise import normalise

SCHEMA = "3"
"""Raised when the fields, the folding or the stems change: an older index is made anew."""

FACETS = ("language", "kind", "code", "year", "country", "document")
"""The fields by whose values hits are counted."""

_ANALYSER = "keys"
# Bits of the packed date: of the number of a clause in its document, of the document, of the day
# (which are below 16,384-16-32).
_ORDINALS, _DOCUMENTS, _DAY = 20, 21, 23
_UNDATED = (1 << _DAY) - 1


def schema() -> tantivy.Schema:
    """The fields of the index.

    ``text`` is the words in their exact spellings, with their positions. ``place`` is the document
    and the clause's ordinal in one number, ``dated`` day, document and ordinal: so both orders are
    total. Nothing is stored: what hits show comes from the catalogue. Titles and parties are with
    the vocabulary.
    """
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", tokenizer_name=_ANALYSER, index_option="position")
    builder.add_unsigned_field("document", indexed=True, fast=True)
    builder.add_unsigned_field("place", indexed=True, fast=True)
    for name in ("dated", "year", "year_persian"):
        builder.add_unsigned_field(name, fast=True)
    for name in ("language", "kind", "country", "code"):
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("article", tokenizer_name="raw", index_option="basic")
    return builder.build()


def register(index: tantivy.Index) -> None:
    """Tell an index how its words are cut: at spaces."""
    analyser = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer(_ANALYSER, analyser)


@dataclass(frozen=True, slots=True)
class Described:
    """What the index knows of a document, for each of its clauses."""

    number: int
    day: int
    numbers: tuple[tuple[str, int], ...]
    texts: tuple[tuple[str, str], ...]
    title: tuple[str, ...]
    parties: tuple[tuple[str, ...], ...]


def described(document: Document) -> Described:
    """What is known of ``document`` as the index keeps it.

    The countries are those of the attribute ``country`` and of the parties that the gazetteer
    knows.
    """
    numbers = []
    for name, attribute in (("year", "year_gregorian"), ("year_persian", "year_persian")):
        if (year := document.value(attribute)).isdecimal():
            numbers.append((name, int(year)))
    texts = []
    if kind := document.value("kind"):
        texts.append(("kind", kind))
    parties = document.values("party")
    texts += [("country", code) for code in _countries(document.values("country"), parties)]
    return Described(
        document.id,
        _day(document),
        tuple(numbers),
        tuple(texts),
        folded(document.title),
        tuple(map(folded, parties)),
    )


def entry(
    of: Described,
    ordinal: int,
    language: str,
    number: str | None,
    codes: Iterable[str],
    normalised: str,
) -> tantivy.Document:
    """What the index keeps of a clause; ``normalised`` is its text."""
    made = tantivy.Document()
    made.add_unsigned("place", place_of(of.number, ordinal))
    made.add_unsigned("dated", _dated(of, ordinal))
    made.add_unsigned("document", of.number)
    for name, value in of.numbers:
        made.add_unsigned(name, value)
    for name, words_of in of.texts:
        made.add_text(name, words_of)
    made.add_text("language", language)
    if number:
        made.add_text("article", numbered(number))
    for code in codes:
        made.add_text("code", code)
    made.add_text("text", " ".join(map(_keys, normalised.split())))
    return made


@lru_cache(maxsize=1 << 17)
def _keys(piece: str) -> str:
    """The keys of what stands between two spaces, with spaces between them."""
    return " ".join([word.key for word in chunk_of(piece).words])


@lru_cache(maxsize=1 << 12)
def folded(value: str) -> tuple[str, ...]:
    """The words of a value of metadata."""
    return tuple(word.key for word in words(normalise(value).text))


def numbered(number: str) -> str:
    """The number of a clause as it is compared: in any digits, in capitals or not.

    >>> numbered("۵-A") == numbered("5-a")
    True
    """
    return fold("".join(_latin(sign) for sign in number if not sign.isspace())).text


def _latin(sign: str) -> str:
    return str(unicodedata.decimal(sign)) if sign.isdecimal() else sign


def _dated(of: Described, ordinal: int) -> int:
    document = min(of.number, (1 << _DOCUMENTS) - 1)
    return (of.day << _DOCUMENTS | document) << _ORDINALS | min(ordinal, (1 << _ORDINALS) - 1)


def _day(document: Document) -> int:
    """The document's day as a number; a year alone comes before its days, none at all last."""
    date = document.value("date").replace("-", "")
    if len(date) == 8 and date.isdecimal():
        year, month, day = int(date[:4]), int(date[4:6]), int(date[6:])
        return (year << 4 | min(month, 15)) << 5 | min(day, 31)
    known = document.value("year_gregorian")
    return int(known) << 9 if known.isdecimal() and len(known) == 4 else _UNDATED


@lru_cache(maxsize=1 << 12)
def _countries(named: tuple[str, ...], parties: tuple[str, ...]) -> tuple[str, ...]:
    if not named and not parties:
        return ()
    from textmine.search.engine.countries import countries_of  # with the gazetteer

    return countries_of(named, parties)
