"""What a module of targets says of each of them."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple


class Target(NamedTuple):
    """One way in: what takes the bytes, what to begin with, and how large they may be."""

    feed: Callable[[bytes], None]
    seeds: Callable[[], list[bytes]]
    words: Sequence[bytes] = ()
    """What to put into the bytes beside single signs."""
    longest: int = 4096


def folder() -> Path:
    """A folder that is taken away when the process ends."""
    made = Path(tempfile.mkdtemp(prefix="textmine-fuzz-"))
    atexit.register(shutil.rmtree, made, True)
    return made
