"""A changed text that knows where each of its characters comes from.

The original text never changes. What is normalised, folded or respaced is a ``View``: the new text
and a map back to the code points it was made from.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from textmine.records import Span


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans in order, those that overlap made one.

    >>> joined([Span(4, 6), Span(0, 2), Span(1, 3)])
    (Span(start=0, end=3), Span(start=4, end=6))
    """
    apart: list[Span] = []
    for span in sorted(spans):
        if apart and span.start < apart[-1].end:
            apart[-1] = Span(apart[-1].start, max(apart[-1].end, span.end))
        else:
            apart.append(span)
    return tuple(apart)


class Edit(NamedTuple):
    """``text[start:end]`` becomes ``replacement``."""

    start: int
    end: int
    replacement: str


class Block(NamedTuple):
    """A stretch of the new text from ``at`` to the next block, made from ``original[start:end]``.

    When both are of one length they correspond code point by code point; otherwise every code
    point of the stretch comes from the whole of ``original[start:end]``.
    """

    at: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class View:
    """``text`` and where it comes from in an original of ``original_length`` code points.

    >>> view = View.edited("a  bc", [Edit(1, 3, " "), Edit(4, 5, "sss")])
    >>> view.text, view.original(0, 2), view.original(2, 6)
    ('a bsss', Span(start=0, end=3), Span(start=3, end=5))
    """

    text: str
    original_length: int
    blocks: tuple[Block, ...]

    @classmethod
    def same(cls, text: str) -> View:
        """The view that changes nothing."""
        return cls(text, len(text), (Block(0, 0, len(text)),) if text else ())

    @classmethod
    def translated(cls, text: str, original: str) -> View:
        """A view whose code points correspond one by one to those of ``original``.

        >>> View.translated("12", "۱۲").original(1, 2)
        Span(start=1, end=2)
        """
        if len(text) != len(original):
            raise ValueError(f"The texts differ in length: {len(text)} and {len(original)}.")
        return cls(text, len(text), (Block(0, 0, len(text)),) if text else ())

    @classmethod
    def arranged(cls, original_length: int, pieces: Iterable[tuple[str, int, int]]) -> View:
        """The view made of pieces, in any order: a text and the stretch that it comes from.

        A text of the stretch's length corresponds to it code point by code point.

        >>> view = View.arranged(4, [("cd", 2, 4), (" ", 2, 2), ("ab", 0, 2)])
        >>> view.text, view.original(0, 2), view.origins(1, 4)
        ('cd ab', Span(start=2, end=4), (Span(start=0, end=1), Span(start=3, end=4)))
        """
        parts: list[str] = []
        building = _Building()
        for text, start, end in pieces:
            if not 0 <= start <= end <= original_length:
                raise ValueError(f"{start} to {end} is outside a text of {original_length}.")
            parts.append(text)
            building.put(len(text), start, end)
        return cls("".join(parts), original_length, tuple(building.blocks))

    @classmethod
    def edited(cls, text: str, edits: Iterable[Edit]) -> View:
        """The view of ``text`` after ``edits``, which come in order and do not overlap."""
        parts: list[str] = []
        building = _Building()
        done = 0
        for start, end, replacement in edits:
            if not done <= start <= end <= len(text):
                raise ValueError(
                    f"An edit at {start} to {end} is out of order or outside the text."
                )
            parts += (text[done:start], replacement)
            building.put(start - done, done, start)
            building.scatter(len(replacement), start, end)
            done = end
        parts.append(text[done:])
        building.put(len(text) - done, done, len(text))
        return cls("".join(parts), len(text), tuple(building.blocks))

    def then(self, later: View) -> View:
        """``later``, a view of this view's text, as a view of this view's original.

        >>> first = View.edited("ﷲ x", [Edit(0, 1, "الله")])
        >>> both = first.then(View.edited(first.text, [Edit(4, 5, "")]))
        >>> both.text, both.original(0, 4), both.original(4, 5)
        ('اللهx', Span(start=0, end=1), Span(start=2, end=3))
        """
        if later.original_length != len(self.text):
            raise ValueError("The later view was made from another text.")
        building = _Building()
        mine = _with_ends(self)
        at = 0
        for block, end in _with_ends(later):
            length = end - block.at
            if length != block.end - block.start:
                building.scatter(length, *self._source(block.start, block.end))
                continue
            while at and mine[at][0].at > block.start:
                at -= 1
            place = block.start
            while place < block.end:
                source, source_end = mine[at]
                if source_end <= place:
                    at += 1
                    continue
                stop = min(source_end, block.end)
                if source_end - source.at == source.end - source.start:
                    begin = source.start + place - source.at
                    building.put(stop - place, begin, begin + stop - place)
                elif (place, stop) == (source.at, source_end):
                    building.put(stop - place, source.start, source.end)
                else:
                    building.scatter(stop - place, source.start, source.end)
                place = stop
        return View(later.text, self.original_length, tuple(building.blocks))

    def respelled(self, text: str) -> View:
        """This view with other code points in the same places, as ``then`` after ``translated``.

        >>> View.edited("a  b", [Edit(1, 3, " ")]).respelled("A B").original(2, 3)
        Span(start=3, end=4)
        """
        if len(text) != len(self.text):
            raise ValueError(f"The texts differ in length: {len(text)} and {len(self.text)}.")
        return View(text, self.original_length, self.blocks)

    def original(self, start: int, end: int) -> Span:
        """The stretch of the original that ``text[start:end]`` comes from.

        What was dropped inside the stretch is part of it, what was dropped at its edges is not. An
        inserted character comes from the empty stretch at its place.
        """
        if not 0 <= start <= end <= len(self.text):
            raise ValueError(f"{start} to {end} is no stretch of a text of {len(self.text)}.")
        if len(self.blocks) == 1:
            block = self.blocks[0]
            if block.end - block.start == len(self.text):  # as most texts are
                return Span(block.start + start, block.start + end)
        if start == end:
            place = self._of(start).start if start < len(self.text) else self._end()
            return Span(place, place)
        places = [place for _, *place in self.pieces(start, end)]
        return Span(min(low for low, _ in places), max(high for _, high in places))

    def origins(self, start: int, end: int) -> tuple[Span, ...]:
        """The stretches of the original that ``text[start:end]`` comes from, in their order there.

        What stands between them in the original is no part of it: neither what was dropped nor
        what the view puts elsewhere. What was inserted comes from nothing.

        >>> View.arranged(6, [("ef", 4, 6), ("ab", 0, 2)]).origins(1, 3)
        (Span(start=0, end=1), Span(start=5, end=6))
        """
        if not 0 <= start <= end <= len(self.text):
            raise ValueError(f"{start} to {end} is no stretch of a text of {len(self.text)}.")
        apart: list[Span] = []
        for low, high in sorted((low, high) for _, low, high in self.pieces(start, end)):
            if low == high:
                continue
            if apart and low <= apart[-1].end:
                apart[-1] = Span(apart[-1].start, max(apart[-1].end, high))
            else:
                apart.append(Span(low, high))
        return tuple(apart)

    def pieces(self, start: int, end: int) -> Iterator[tuple[str, int, int]]:
        """``text[start:end]`` as ``arranged`` takes it: texts, each with where it comes from.

        >>> list(View.arranged(4, [("cd", 2, 4), (" ", 2, 2), ("ab", 0, 2)]).pieces(1, 4))
        [('d', 3, 4), (' ', 2, 2), ('a', 0, 1)]
        """
        at = bisect_right(self.blocks, Block(start, self.original_length + 1, 0)) - 1
        while 0 <= at < len(self.blocks) and (block := self.blocks[at]).at < end:
            stop = self.blocks[at + 1].at if at + 1 < len(self.blocks) else len(self.text)
            low, high = max(start, block.at), min(end, stop)
            if stop - block.at == block.end - block.start:
                first = block.start + low - block.at
                yield self.text[low:high], first, first + high - low
            else:
                yield self.text[low:high], block.start, block.end
            at += 1

    @property
    def in_order(self) -> bool:
        """Whether the text has nothing in another order than its original.

        >>> View.same("ab").in_order, View.arranged(2, [("b", 1, 2), ("a", 0, 1)]).in_order
        (True, False)
        """
        return all(left.end <= right.start or left[1:] == right[1:]
                   for left, right in pairwise(self.blocks))  # fmt: skip

    def places(self, start: int, end: int) -> tuple[Span, ...]:
        """Where ``text[start:end]`` is to be shown in the original: ``original``, in pieces where
        the view has another order.

        >>> View.same("abc").places(0, 2)
        (Span(start=0, end=2),)
        """
        return (self.original(start, end),) if self.in_order else self.origins(start, end)

    def to_json_map(self) -> list[int]:
        """For each code point of ``text`` where its original begins, and the original's length.

        >>> View.edited("ab", [Edit(1, 1, "-")]).to_json_map()
        [0, 1, 1, 2]
        """
        starts: list[int] = []
        for block, end in _with_ends(self):
            length = end - block.at
            if length == block.end - block.start:
                starts += range(block.start, block.end)
            else:
                starts += [block.start] * length
        return [*starts, self.original_length]

    def _source(self, start: int, end: int) -> Span:
        """As ``original``, but what is inserted inside a block comes from the whole of it."""
        if start == end and 0 < start < len(self.text):
            left, right = self._of(start - 1), self._of(start)
            if left == right:
                return left
        return self.original(start, end)

    def _of(self, place: int) -> Span:
        at = bisect_right(self.blocks, Block(place, self.original_length + 1, 0)) - 1
        block = self.blocks[at]
        end = self.blocks[at + 1].at if at + 1 < len(self.blocks) else len(self.text)
        if end - block.at == block.end - block.start:
            start = block.start + place - block.at
            return Span(start, start + 1)
        return Span(block.start, block.end)

    def _end(self) -> int:
        return self.blocks[-1].end if self.blocks else 0


def _with_ends(view: View) -> list[tuple[Block, int]]:
    """The blocks of ``view``, each with the place in its text where it ends."""
    ends = [block.at for block in view.blocks[1:]] + [len(view.text)]
    return list(zip(view.blocks, ends, strict=True)) if view.blocks else []


class _Building:
    """Blocks in the making; stretches copied side by side become one."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.length = 0
        self.copying = False

    def put(self, length: int, start: int, end: int) -> None:
        """Add ``length`` code points made from ``original[start:end]``."""
        if not length:
            self.copying = self.copying and start == end
            return
        copied = length == end - start
        if copied and self.copying and self.blocks[-1].end == start:
            self.blocks[-1] = self.blocks[-1]._replace(end=end)
        else:
            self.blocks.append(Block(self.length, start, end))
        self.copying = copied
        self.length += length

    def scatter(self, length: int, start: int, end: int) -> None:
        """Add ``length`` code points that each come from the whole of ``original[start:end]``."""
        if length != end - start or length == 1:
            self.put(length, start, end)
            return
        for _ in range(length):
            self.copying = False
            self.put(1, start, end)
