"""Codes about what someone searches for: they find what the words of a query do not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from fastapi import Request
from markupsafe import Markup

from textmine.records import Code, Codebook
from textmine.text.function_words import is_function_word
from textmine.text.language import language_of
from textmine.text.normalise import normalise
from textmine.web.clause import counting_codebook
from textmine.web.coding.blind import is_blind
from textmine.web.finding.narrowing import as_typed, code_names, named
from textmine.web.pages import desk, ui

if TYPE_CHECKING:
    from textmine.search import Index
    from textmine.tagging.keywords import DictionaryCoder

MOST = 3
_FEWEST = 2
"""Words that must all stand in a definition: one alone stands in many that are about others."""


class CodeAbout(NamedTuple):
    """A code about what was searched for, how many clauses bear it, and the query that finds them.

    The conditions of the search hold for these clauses, too.
    """

    name: Markup
    clauses: int
    query: str


def codes_about(request: Request, index: Index, query: str) -> list[CodeAbout]:
    """The codes about the words of ``query`` (without saved searches), the nearest first.

    None where nobody may ask for codes, or the query does.
    """
    from textmine.search.narrowing import conditions, narrowed, only_conditions
    from textmine.search.query import QueryError, parse, words_of

    if is_blind(request) or any(each.field == "code" for each in conditions(query)):
        return []
    own, words = desk(request), ui(request)
    book, within = counting_codebook(own), only_conditions(query)
    coder = own.remember("words of codes", lambda: _by_name_and_keyword(book), mark=book.digest)
    names = code_names(words, book)
    found = []
    for id_ in _about(coder, " ".join(words_of(parse(query))), book)[:MOST]:
        narrower = narrowed(within, *as_typed(words, names, "code", id_))
        try:
            clauses = index.counted(narrower)
        except QueryError:  # a code of an earlier codebook that nobody used
            continue
        if clauses:
            found.append(CodeAbout(named(words, book, "code", id_), clauses, narrower))
    return found


def _by_name_and_keyword(book: Codebook) -> DictionaryCoder:
    """Finds the codes of a codebook in a text by their keywords, and by their names as well."""
    from textmine.tagging.keywords import DictionaryCoder

    return DictionaryCoder(replace(book, codes=tuple(map(_with_its_names, book.codes))))


def _with_its_names(code: Code) -> Code:
    names = {"id": (code.id,)} | {tongue: (name,) for tongue, name in code.name.items()}
    return replace(code, keywords={**code.keywords, **{f"name-{k}": v for k, v in names.items()}})


def _about(coder: DictionaryCoder, asked: str, book: Codebook) -> list[str]:
    """The codes whose words say most of what is asked, then those whose definition says all."""
    letters: Counter[str] = Counter()
    for hit in coder.hits(asked):
        letters[hit.code] += hit.span.end - hit.span.start
    sought = set(_stems(asked))
    defined = [
        code.id
        for code in book.codes
        if len(sought) >= _FEWEST
        and any(sought <= set(_stems(text)) for text in code.definition.values())
    ]
    return list(dict.fromkeys([*(code for code, _ in letters.most_common()), *defined]))


def _stems(text: str) -> Iterator[str]:
    """The words of a text in the form that their inflected forms share, but for function words."""
    from textmine.search.words import words

    language = language_of(text)
    for word in words(normalise(text).text):
        if not is_function_word(word.key, language):
            yield word.stem
