"""What a query asks of words, so that the index and the highlights follow the same rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from textmine.records import Span
from textmine.search.query import Either, Every, Node, Text
from textmine.search.words import Key, Streams, streams
from textmine.text.normalise import normalise
from textmine.text.offsets import joined

TIERS = {"words": 1.0, "joined": 1.0, "stems": 1 / 64, "loose": 1 / 4096}
"""What a match in each stream weighs: exact spelling before stem before loose spelling."""


class Wanted(NamedTuple):
    """Keys that must follow each other in one stream; with ``prefix`` the last is a beginning."""

    stream: str
    keys: tuple[str, ...]
    prefix: bool = False


Leaf = tuple[Wanted, ...]
"""Ways in which one word or phrase can stand in a text; one of them is enough."""


def leaves(text: Text) -> tuple[Leaf, ...]:
    """The words and phrases of a piece of a query, all of which must occur.

    Plain words also match in their other forms. In quotes the spelling may differ, the form may
    not. Words that punctuation ties together (علمی-پژوهشی) are a phrase.

    >>> [way.keys for way in leaves(Text("cities", False, False, 1))[0]]
    [('cities',), ('cities',), ('city',), ('city',)]
    """
    # The beginning of a word says too little to tell where its half-spaces are.
    view = normalise(text.text, halfspaces=not text.prefix).text
    pieces = [view] if text.quoted else view.split()
    found = []
    for piece in pieces:
        leaf = _leaf(streams(piece), text)
        if leaf:
            found.append(leaf)
    return tuple(found)


def _leaf(keys: Streams, text: Text) -> Leaf:
    names = ("words", "joined") if text.quoted or text.prefix else tuple(TIERS)
    ways = {
        Wanted(name, tuple(key.key for key in getattr(keys, name)), text.prefix) for name in names
    }
    return tuple(sorted((way for way in ways if way.keys), key=lambda way: names.index(way.stream)))


def wanted(node: Node) -> tuple[Leaf, ...]:
    """The words and phrases of a whole query that its hits show: not those left out."""
    if isinstance(node, Text):
        return leaves(node)
    if isinstance(node, Every | Either):
        return tuple(leaf for item in node.items for leaf in wanted(item))
    return ()


def highlights(text: str, asked: Sequence[Leaf]) -> tuple[Span, ...]:
    """Where the words and phrases stand in a normalised text, in order, without overlap."""
    keys = streams(text)
    return joined(span for leaf in asked for way in leaf for span in _places(keys, way))


def _places(keys: Streams, way: Wanted) -> Iterator[Span]:
    stream: tuple[Key, ...] = getattr(keys, way.stream)
    length = len(way.keys)
    for at in range(len(stream) - length + 1):
        here = stream[at : at + length]
        if _stand(tuple(key.key for key in here), way):
            yield Span(here[0].start, here[-1].end)


def _stand(keys: tuple[str, ...], way: Wanted) -> bool:
    if way.prefix:
        return keys[:-1] == way.keys[:-1] and keys[-1].startswith(way.keys[-1])
    return keys == way.keys
