"""The write-ahead log of an SQLite file, looked at before SQLite opens it.

SQLite takes the log up to the first frame that is not sound and opens the rest without a word, so
what was lost has to be seen before. The log is a header and frames, each a page with a check sum
that goes on from the frame before; a frame that ends a transaction says so. Beside it lies an index
(``-shm``) that names the last frame that was committed and how many have been carried over into the
file. When the last process closes the file properly both are gone.
"""

from __future__ import annotations

import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

_HEADER = struct.Struct(">8I")
_FRAME = struct.Struct(">6I")
_MAGIC = (0x377F0682, 0x377F0683)  # check sums over little-endian words, over big-endian ones
_ATTEMPTS = 5  # looks at a log that others are writing meanwhile
_SECONDS = 0.1  # from one look to the next

Salt = tuple[int, int]
Words = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class _Log:
    """What of a log is sound: ``committed`` frames up to the end of the last transaction.

    ``whole`` counts the sound frames; ``beyond`` the ends of transactions that stand behind the
    first frame that is not, where SQLite never looks.
    """

    salt: Salt
    committed: int
    whole: int
    beyond: int


@dataclass(frozen=True, slots=True)
class _Index:
    """What ``-shm`` says: the last frame, those carried over, and of which log."""

    salt: Salt
    last: int
    carried: int


def lost(database: Path) -> str:
    """What of the log of an SQLite file is missing or damaged, in a sentence; "" when nothing.

    A process that is just writing leaves the log half for a moment: what is said was seen twice,
    with a while between. OSError when a file cannot be read.
    """
    database = database.resolve()  # SQLite puts the log beside what a link leads to
    said = _lost(database)
    for _ in range(_ATTEMPTS):
        before = said
        if not before:
            return ""
        time.sleep(_SECONDS)
        said = _lost(database)
        if said == before:
            return said
    return ""  # others write it: it is in use, and well


def _lost(database: Path) -> str:
    """The same, as one look shows it."""
    for _ in range(_ATTEMPTS):
        index = _index(database.with_name(f"{database.name}-shm"))
        log = _log(database.with_name(f"{database.name}-wal"))
        if index == _index(database.with_name(f"{database.name}-shm")):
            break
    else:
        return ""  # others write it faster than it can be read: it is in use, and well
    if log is not None and log.beyond:
        return (
            f"Frame {log.whole + 1} of the log is damaged; {log.beyond} transactions behind it "
            "are lost."
        )
    if index is None or index.last <= index.carried:
        return ""
    if log is None:
        return f"The log is missing; {index.last - index.carried} pages that it held are lost."
    if log.salt == index.salt and log.committed < index.last:
        return f"The log was cut: it has {log.committed} of {index.last} committed pages."
    return ""


def _log(file: Path) -> _Log | None:
    """The log; None when there is none, or nothing was written to it yet."""
    try:
        with file.open("rb") as stream:
            head = stream.read(_HEADER.size)
            if len(head) < _HEADER.size:
                return None
            magic, _, page_size, _, *salt, first, second = _HEADER.unpack(head)
            # A header that is not sound is one that was never used.
            sums = (first, second)
            if magic not in _MAGIC or _Sums(24).after(head[:24], magic, (0, 0)) != sums:
                return _Log((0, 0), 0, 0, _ends(stream, page_size))
            return _frames(stream, magic, page_size, (salt[0], salt[1]), sums)
    except FileNotFoundError:
        return None


def _frames(
    stream: BinaryIO, magic: int, page_size: int, salt: Salt, sums: tuple[int, int]
) -> _Log:
    check = _Sums(8 + page_size)
    whole = committed = beyond = 0
    sound = True
    for head, page in _read(stream, page_size):
        _, ends, *rest = _FRAME.unpack(head)
        if (rest[0], rest[1]) != salt:  # of an older log, which this one is written over
            sound = False
            continue
        if sound:
            sums = check.after(head[:8] + page, magic, sums)
            sound = sums == (rest[2], rest[3])
        if sound:
            whole += 1
            committed = whole if ends else committed
        elif ends:
            beyond += 1
    return _Log(salt, committed, whole, beyond)


def _read(stream: BinaryIO, page_size: int) -> Iterator[tuple[bytes, bytes]]:
    while True:
        head, page = stream.read(_FRAME.size), stream.read(page_size)
        if len(page) < page_size:
            return
        yield head, page


def _ends(stream: BinaryIO, page_size: int) -> int:
    """The transactions in a log whose header is damaged; 0 where it is none of a log."""
    if page_size not in {1 << power for power in range(9, 17)}:
        page_size = 4096
    salts: list[tuple[Salt, int]] = []
    for head, _ in _read(stream, page_size):
        _, ends, *rest = _FRAME.unpack(head)
        salts.append(((rest[0], rest[1]), ends))
    return sum(bool(ends) for salt, ends in salts if salt == salts[0][0])


class _Sums:
    """The check sum of a log over so many bytes at a time.

    For each pair of words (a, b) the two sums (s, t) become (s + t + a, s + 2 t + a + b) modulo
    2 to the 32. All pairs at once: each counts by as many such steps as come after it, and the
    numbers of those are Fibonacci's.
    """

    def __init__(self, size: int) -> None:
        self._pairs = size // 8
        fibonacci = [0, 1]
        for _ in range(2 * self._pairs + 2):
            fibonacci.append((fibonacci[-1] + fibonacci[-2]) & 0xFFFFFFFF)
        self._numbers: Words = np.array(fibonacci, dtype=np.uint32)

    def after(self, data: bytes, magic: int, sums: tuple[int, int]) -> tuple[int, int]:
        """The sums behind ``data``, which has the size said, when they were ``sums`` before."""
        order = "<u4" if magic == _MAGIC[0] else ">u4"
        words = np.frombuffer(data, dtype=order).astype(np.uint32)
        a, b = words[0::2], words[1::2]
        n, f = self._pairs, self._numbers
        left = 2 * np.arange(n - 1, -1, -1)  # twice the steps that come after each pair
        # One step is the matrix (1 1; 1 2), whose n-th power is (f(2n-1) f(2n); f(2n) f(2n+1)).
        s = (f[left + 1] * a + f[left] * b).sum(dtype=np.uint32)
        t = (f[left + 2] * a + f[left + 1] * b).sum(dtype=np.uint32)
        low, high = (np.uint32(each) for each in sums)
        with np.errstate(over="ignore"):
            s = s + f[2 * n - 1] * low + f[2 * n] * high
            t = t + f[2 * n] * low + f[2 * n + 1] * high
        return int(s), int(t)


def _index(file: Path) -> _Index | None:
    """What ``-shm`` says; None when there is none, or it is not sound."""
    try:
        with file.open("rb") as stream:
            data = stream.read(136)
    except FileNotFoundError:
        return None
    if len(data) < 136 or data[:48] != data[48:96] or not data[12]:
        return None
    # Numbers are in the order of the machine, salts as in the log.
    (last,) = struct.unpack_from("=I", data, 16)
    (carried,) = struct.unpack_from("=I", data, 96)
    salt = struct.unpack_from(">2I", data, 32)
    return _Index((salt[0], salt[1]), last, carried)
