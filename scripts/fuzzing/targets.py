"""What a module of targets says of each of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple


class Target(NamedTuple):
    """One way in: what takes the bytes, what to begin with, and how large they may be."""

    feed: Callable[[bytes], None]
    seeds: Callable[[], list[bytes]]
    words: Sequence[bytes] = ()
    """What to put into the bytes beside single signs."""
    longest: int = 4096
