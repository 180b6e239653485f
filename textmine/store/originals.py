"""Originals by content hash: a file is kept once, whole, under the SHA-256 of its bytes."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from textmine.errors import InputError

_CHUNK = 1 << 20


def sha256_of(path: Path) -> str:
    """Hexadecimal SHA-256 of the bytes of a file; OSError when it cannot be read."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


class Originals:
    """The folder of originals of one corpus."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str, suffix: str) -> Path:
        """Where the original of that hash lies, or would lie."""
        return self.folder / sha256[:2] / f"{sha256}{suffix}"

    def keep(self, source: Path, sha256: str, suffix: str) -> Path:
        """Copy a file into the store, unless it is there already; return its place.

        The copy is written beside its place, flushed to the disk and renamed, so that a crash
        leaves a whole original or none. InputError when the file changes while it is copied;
        OSError when the disk refuses.
        """
        place = self.path(sha256, suffix)
        if place.exists():
            return place
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=place.parent, prefix=".arriving-")
        copied = hashlib.sha256()
        try:
            with os.fdopen(handle, "wb") as target, source.open("rb") as stream:
                while chunk := stream.read(_CHUNK):
                    copied.update(chunk)
                    target.write(chunk)
                target.flush()
                os.fsync(target.fileno())
            Path(name).chmod(0o666 & ~_umask())  # made for its owner alone; a corpus is shared
            if copied.hexdigest() != sha256:
                raise InputError(f"{source} changed while it was being copied; add it again.")
            Path(name).replace(place)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        _flush_folder(place.parent)
        return place


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _flush_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows has no handle for a folder
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
