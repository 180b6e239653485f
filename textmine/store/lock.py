"""A lock that processes of one machine respect; the system frees it with the process."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def holding(file: Path, *, wait: bool) -> Iterator[bool]:
    """Hold the lock ``file``; yields False when another process has it and ``wait`` is False.

    OSError when the file cannot be made.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+b") as opened:
        if not _lock(opened.fileno(), wait):
            yield False
            return
        try:
            yield True
        finally:
            _unlock(opened.fileno())


if sys.platform == "win32":
    import msvcrt
    import time

    def _lock(number: int, wait: bool) -> bool:
        while True:
            try:
                msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
                return True
            except OSError:
                if not wait:
                    return False
                time.sleep(0.1)

    def _unlock(number: int) -> None:
        os.lseek(number, 0, os.SEEK_SET)
        msvcrt.locking(number, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(number: int, wait: bool) -> bool:
        try:
            fcntl.flock(number, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            return False
        return True

    def _unlock(number: int) -> None:
        fcntl.flock(number, fcntl.LOCK_UN)
