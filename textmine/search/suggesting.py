"""Why a query found nothing, and what to ask instead."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from textmine.search.found import Found
from textmine.search.query import (
    MAX_CHARACTERS,
    Either,
    Every,
    FieldIs,
    Near,
    Node,
    QueryError,
    Sentence,
    Text,
    as_word,
    canonical,
    parse,
    together,
)
from textmine.search.words import words
from textmine.text.fold import fold_key
from textmine.text.normalise import normalise

_LETTERS = "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهیآئabcdefghijklmnopqrstuvwxyz"
# Letters of a word in which one other letter still means the same word.
_SHORTEST, _LONGEST = 4, 40
_MOST_MEANT = 3
_MOST_PIECES = 20


class Known(Protocol):
    """What is asked of an index."""

    def counted(self, query: str) -> int:
        """How many clauses a query finds."""

    def frequency(self, key: str) -> int:
        """How many clauses have a word in this exact folded spelling."""

    def search(self, query: str, *, limit: int = ..., facets: bool = ...) -> Found:
        """The best clauses for a query."""


def advice(query: str, index: Known, *, any_word: bool = False) -> tuple[Sentence, ...]:
    """Sentences for people on a query that found nothing; ``any_word`` if some words sufficed.

    Words that stand nowhere are named, with the words of the corpus that differ from them by one
    letter; if each piece of the query is found by itself, that is said with the numbers. Nothing is
    said of a question that is no query.
    """
    try:
        pieces = {canonical(node): node for node in _pieces(parse(query))}
    except QueryError:
        if not any_word:
            raise
        return ()
    asked = [piece for piece in pieces if len(piece) <= MAX_CHARACTERS][:_MOST_PIECES]
    counts = {piece: index.counted(piece) for piece in asked}
    lacking = [piece for piece, count in counts.items() if not count]
    if lacking:
        return tuple(_said(piece, pieces[piece], index) for piece in lacking)
    if len(counts) < 2:
        return ()
    listed = ", ".join(f"{piece} ({count})" for piece, count in counts.items())
    some = sum(isinstance(pieces[piece], Text) for piece in counts) > 1
    found = Sentence(
        "Each part is found by itself, but not all in one clause: %(listed)s.", listed=listed
    )
    enough = Sentence("With --any some of the words are enough.")
    return (together(found, enough if some and not any_word else None),)


def near(word: str, frequency: Callable[[str], int]) -> tuple[str, ...]:
    """Words of the index one letter away from ``word`` (folded), the most frequent first.

    A letter too many, too few, another one, or two that changed places. None for words that are
    longer than words are.

    >>> near("کاشن", {"کاشان": 7, "کاش": 2}.get)
    ('کاشان', 'کاش')
    """
    if not _SHORTEST <= len(word) <= _LONGEST:
        return ()
    found = {each: frequency(each) or 0 for each in set(_one_letter_away(word))}
    best = sorted((each for each in found if found[each]), key=lambda each: (-found[each], each))
    return tuple(best[:_MOST_MEANT])


def _one_letter_away(word: str) -> Iterator[str]:
    for at in range(len(word) + 1):
        before, after = word[:at], word[at:]
        for letter in _LETTERS:
            yield f"{before}{letter}{after}"
            if after and letter != after[0]:
                yield f"{before}{letter}{after[1:]}"
        if after:
            yield before + after[1:]
        if len(after) > 1:
            yield f"{before}{after[1]}{after[0]}{after[2:]}"


def _pieces(node: Node) -> Iterator[Text | FieldIs]:
    """The words, phrases and fields of a query that must or may hold, each by itself."""
    if isinstance(node, Text) and node.quoted:
        yield node
    elif isinstance(node, Text) and node.pattern:
        yield as_word(node.text)
    elif isinstance(node, Text):
        view = normalise(node.text).text
        for word in words(view):
            yield as_word(view[word.start : word.end])
    elif isinstance(node, FieldIs):
        yield node
    elif isinstance(node, Near | Every | Either):
        for item in node.items:
            yield from _pieces(item)


def _said(piece: str, node: Text | FieldIs, index: Known) -> Sentence:
    if isinstance(node, FieldIs):
        return Sentence("No clause has %(piece)s.", piece=piece)
    asked = list(words(normalise(node.text).text))
    meant = near(asked[0].key, index.frequency) if len(asked) == 1 else ()
    nowhere = Sentence("%(piece)s is nowhere in the corpus, in any spelling.", piece=piece)
    if not meant:
        return nowhere
    listed = " or ".join(written(key, index) for key in meant)
    return together(nowhere, Sentence("Did you mean %(meant)s?", meant=listed))


def written(key: str, index: Known) -> str:
    """A folded word as a clause has it, with its half-spaces."""
    hits = index.search(canonical(Text(key, True, False, 1)), limit=1, facets=False).hits
    for hit in hits:
        for start, end in hit.highlights:
            if fold_key(hit.text[start:end]) == key:
                return hit.text[start:end]
    return key
