"""Why a query found nothing, and what to ask instead."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from textmine.search.query import Either, Every, FieldIs, Near, Node, Text, parse
from textmine.search.words import words
from textmine.text.normalise import normalise

_LETTERS = "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهیآئabcdefghijklmnopqrstuvwxyz"
_SHORTEST = 4  # letters of a word from which one other letter still means the same word
_MOST_MEANT = 3
_MOST_PIECES = 20


def advice(
    query: str, counted: Callable[[str], int], frequency: Callable[[str], int]
) -> tuple[str, ...]:
    """Sentences for people on a query that found nothing.

    ``counted`` gives the number of clauses that a query finds, ``frequency`` that of the clauses
    that hold a word in its exact folded spelling. Words that stand nowhere are named, with the
    words of the corpus that differ from them by one letter; if each piece of the query is found by
    itself, that is said with the numbers.
    """
    pieces = list(dict.fromkeys(_pieces(parse(query))))[:_MOST_PIECES]
    counts = {piece: counted(piece) for piece in pieces}
    lacking = [piece for piece, count in counts.items() if not count]
    if lacking:
        return tuple(_said(piece, frequency) for piece in lacking)
    if len(pieces) < 2:
        return ()
    listed = ", ".join(f"{piece} ({count})" for piece, count in counts.items())
    some = sum(not _is_field(piece) for piece in pieces) > 1
    more = " With --any some of the words are enough." if some else ""
    return (f"Each part is found by itself, but not all in one clause: {listed}.{more}",)


def near(word: str, frequency: Callable[[str], int]) -> tuple[str, ...]:
    """Words of the index one letter away from ``word`` (folded), the most frequent first.

    A letter too many, too few, another one, or two that changed places.

    >>> near("کاشن", {"کاشان": 7, "کاش": 2}.get)
    ('کاشان', 'کاش')
    """
    if len(word) < _SHORTEST:
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


def _pieces(node: Node) -> Iterator[str]:
    """The words, phrases and fields of a query that must or may hold, each a query by itself."""
    if isinstance(node, Text):
        if node.quoted or node.pattern:
            yield _typed(node)
            return
        view = normalise(node.text).text
        for word in words(view):
            yield _as_word(view[word.start : word.end])
    elif isinstance(node, FieldIs):
        yield _typed(node)
    elif isinstance(node, Near | Every | Either):
        for item in node.items:
            yield from _pieces(item)


def _typed(node: Text | FieldIs) -> str:
    """A phrase, a pattern or a field as it may be typed.

    >>> _typed(FieldIs("party", "City of Fez", 1)), _typed(Text("cultur*", False, True, 1))
    ('party:"City of Fez"', 'cultur*')
    """
    if isinstance(node, Text):
        return _quoted(node.text) if node.quoted else node.text
    value = node.value
    plain = not any(each.isspace() or each in '()"“”„«»|' for each in value)
    return f"{node.name}:{value if plain else _quoted(value)}"


def _quoted(text: str) -> str:
    return f"«{text}»" if '"' in text else f'"{text}"'


def _as_word(word: str) -> str:
    """A word as a query that asks for it, whatever else it may mean there."""
    node = parse(word)
    return word if isinstance(node, Text) and node.text == word else _quoted(word)


def _is_field(piece: str) -> bool:
    return isinstance(parse(piece), FieldIs)


def _said(piece: str, frequency: Callable[[str], int]) -> str:
    if _is_field(piece):
        return f"No clause has {piece}."
    asked = list(words(normalise(piece).text))
    meant = near(asked[0].key, frequency) if len(asked) == 1 else ()
    suggestion = f" Did you mean {' or '.join(meant)}?" if meant else ""
    return f"{piece} is nowhere in the corpus, in any spelling.{suggestion}"
