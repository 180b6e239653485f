"""Files that are there whole or not at all, whatever happens while they are written."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from textmine.errors import InputError


@contextmanager
def writing_whole(path: Path, *, private: bool = False) -> Iterator[BinaryIO]:
    """A file to write to beside its place; flushed to the disk and renamed when all went well.

    When not, the file is as it was before. Who writes the same file at the same time waits, so that
    the last one counts; what a killed process left beside the place is taken by the next one. (On
    Windows the later one fails.) ``private`` lets nobody else read it, from its first byte. OSError
    when the disk refuses.
    """
    beside = path.with_name(f".{path.name}.part")
    with _alone(beside, 0o600 if private else 0o666) as file:
        try:
            if private and hasattr(os, "fchmod"):  # one that was left behind may be open to all
                os.fchmod(file.fileno(), 0o600)
            file.truncate(0)
            yield file
            file.flush()
            os.fsync(file.fileno())
            if sys.platform == "win32":  # an open file cannot be renamed there
                file.close()
            beside.replace(path)
        except BaseException:
            with contextlib.suppress(OSError):  # what went wrong first is what is told
                beside.unlink(missing_ok=True)
            raise
    flush_folder(path.parent)


def write_whole(path: Path, parts: Iterable[bytes], *, private: bool = False) -> int:
    """Write a file beside its place, flush it to the disk and rename it; its size in bytes.

    When that fails the file is as it was before. ``private`` lets nobody else read it. OSError when
    the disk refuses.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_whole(Path(folder, "a"), [b"one", b"two"]), Path(folder, "a").read_bytes()
    (6, b'onetwo')
    """
    with writing_whole(path, private=private) as file:
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


def flush_folder(folder: Path) -> None:
    """Flush to the disk which files a folder has, so that a renamed one outlives a power failure.

    OSError when the disk fails; where a folder cannot be flushed nothing is done.
    """
    if os.name == "nt":  # Windows has no handle for a folder
        return
    try:
        handle = os.open(folder, os.O_RDONLY)
    except PermissionError:  # a folder that takes files and shows none
        return
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _UNKNOWN_THERE:
            raise
    finally:
        os.close(handle)


# What a system of files says that cannot lock a file, or flush a folder: some on networks.
_UNKNOWN_THERE = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.ENOLCK}


@contextmanager
def _alone(path: Path, mode: int) -> Iterator[BinaryIO]:
    """The file, open for reading and writing, by nobody else who asks for it here."""
    while True:
        number = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), mode)
        with os.fdopen(number, "r+b") as file:
            _wait_for(number)
            # Whoever was waited for has renamed the file that was opened, or taken it away.
            if _is_at(path, number):
                yield file
                return


def _is_at(path: Path, number: int) -> bool:
    try:
        return os.path.samestat(os.fstat(number), path.stat())
    except FileNotFoundError:
        return False


if sys.platform == "win32":

    def _wait_for(number: int) -> None:
        del number

else:
    import fcntl

    def _wait_for(number: int) -> None:
        """Lock an open file; closing it gives it back."""
        try:
            fcntl.flock(number, fcntl.LOCK_EX)
        except OSError as error:
            if error.errno not in _UNKNOWN_THERE:
                raise
