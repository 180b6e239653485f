"""Bytes read as choices, so that a change of one byte is another choice of the same kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Choices:
    """What a maker of odd documents asks; when the bytes are at an end every answer is the first.

    >>> take = Choices(bytes([1, 7, 2]))
    >>> take.one_of("abc"), take.number(5), take.one_of("abc"), take.one_of("abc"), take.more
    ('b', 1, 'c', 'a', False)
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def more(self) -> bool:
        """Whether there are bytes left."""
        return self._at < len(self._data)

    def number(self, most: int) -> int:
        """A number from 0 to ``most``, which is below 256."""
        if not self.more:
            return 0
        self._at += 1
        return self._data[self._at - 1] % (most + 1)

    def one_of(self, things: Sequence[T]) -> T:
        """One of up to 256 things."""
        return things[self.number(len(things) - 1)]

    def text(self, most: int) -> str:
        """Up to ``most`` bytes of the rest as text."""
        length = self.number(most)
        taken = self._data[self._at : self._at + length]
        self._at += len(taken)
        return taken.decode("utf-8", errors="replace")
