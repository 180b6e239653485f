"""The index on disk: one folder of tantivy's at a time, and how far it has followed the corpus.

``position.json`` names the folder and the last change that is in it. It is replaced whole, after
the folder was written, so that a reader sees the old index or the new one and nothing between.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tempfile
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path

from textmine.store.lock import holding
from textmine.store.whole import write_whole

POSITION = "position.json"
_LOCK = "lock"


@dataclass(frozen=True, slots=True)
class Position:
    """``change`` is the last change in ``folder``; ``mark`` is its mark in the catalogue.

    The mark tells an index that was copied from another corpus, or a catalogue that was put back
    from a backup. ``schema`` is the version of the index's fields and keys, ``clauses``
    how many it has. ``book`` is the checksum of the codebook file, ``codebook`` the reference of
    the codebook whose codings it has.
    """

    schema: str
    folder: str
    change: int
    mark: str
    clauses: int
    book: str
    codebook: str


def read_position(index: Path) -> Position | None:
    """The position of the index in the folder ``index``; None when there is none to be read."""
    try:
        value = json.loads((index / POSITION).read_text(encoding="utf-8"))
        position = Position(**value)
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    numbers = {"change", "clauses"}
    if any(type(kept) is not (int if name in numbers else str) for name, kept in value.items()):
        return None
    if Path(position.folder).name != position.folder:
        return None
    return position


def write_position(index: Path, position: Position) -> None:
    """Replace the position, whole or not at all."""
    write_whole(index / POSITION, [json.dumps(asdict(position)).encode("utf-8")])


def new_folder(index: Path) -> str:
    """Make an empty folder beside the present one; gives its name."""
    numbers = [int(name.name[5:]) for name in index.glob("data-*") if name.name[5:].isdecimal()]
    name = f"data-{max(numbers, default=0) + 1}"
    (index / name).mkdir()
    return name


def clear(index: Path, keep: str) -> None:
    """Remove the folders that the position does not name any more."""
    for folder in index.glob("data-*"):
        if folder.name != keep:
            # A reader may still hold files open where that forbids removal; the next time then.
            shutil.rmtree(folder, ignore_errors=True)


def may_be_written(index: Path) -> bool:
    """Whether the index can be kept up at all; a medium may allow only reading."""
    return os.access(index if index.exists() else index.parent, os.W_OK)


def only_read(file: Path) -> sqlite3.Connection:
    """A file in a folder that may not be written: SQLite makes no log there, and needs none."""
    logged = file.with_name(f"{file.name}-wal").exists()
    how = "mode=ro" if logged else "mode=ro&immutable=1"
    uri = f"{file.absolute().as_uri()}?{how}"
    return sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=30)


def seen_from_elsewhere(data: Path) -> tempfile.TemporaryDirectory[str]:
    """A temporary folder in which the files of ``data`` can be read.

    tantivy makes a file to lock wherever it opens an index, also where it may not write.
    """
    view = tempfile.TemporaryDirectory(prefix="textmine-index-")
    for file in data.iterdir():
        if file.suffix != ".lock":
            try:
                Path(view.name, file.name).symlink_to(file.absolute())
            except OSError:  # a system that allows links to few
                shutil.copy(file, view.name)
    return view


def is_damage(error: sqlite3.Error) -> bool:
    """Whether a file of SQLite's is damaged, and not only locked, or its disk full.

    >>> is_damage(sqlite3.DatabaseError("database disk image is malformed"))
    True
    >>> is_damage(sqlite3.OperationalError("database is locked"))
    False
    """
    return not isinstance(error, sqlite3.OperationalError) or "no such" in str(error)


def writing(index: Path, *, wait: bool) -> AbstractContextManager[bool]:
    """Hold the writer's lock; gives False when another process has it and ``wait`` is False."""
    return holding(index / _LOCK, wait=wait)
