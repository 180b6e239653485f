"""Files that are there whole or not at all, whatever happens while they are written."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from textmine.errors import InputError


@contextmanager
def writing_whole(path: Path) -> Iterator[BinaryIO]:
    """A file to write to beside its place; flushed to the disk and renamed when all went well.

    When not, the file is as it was before. OSError when the disk refuses.
    """
    beside = path.with_name(f".{path.name}.part")
    try:
        with beside.open("w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):  # what went wrong first is what is told
            beside.unlink(missing_ok=True)
        raise


def write_whole(path: Path, parts: Iterable[bytes]) -> int:
    """Write a file beside its place, flush it to the disk and rename it; its size in bytes.

    When that fails the file is as it was before. OSError when the disk refuses.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_whole(Path(folder, "a"), [b"one", b"two"]), Path(folder, "a").read_bytes()
    (6, b'onetwo')
    """
    with writing_whole(path) as file:
        file.writelines(parts)
        return file.tell()


def save(path: Path, parts: Iterable[bytes]) -> int:
    """``write_whole`` for a place that a user named: InputError when the disk refuses."""
    try:
        return write_whole(path, parts)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}.") from error


def save_below(path: Path, parts: Iterable[bytes]) -> int:
    """``save``, with the folders above made where they are lacking."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}.") from error
    return save(path, parts)
