"""A corpus in one file, to be kept elsewhere, and the way back.

A backup is a tar file: ``catalogue.db``, the originals by their hashes, the codebook, the models
and whatever else the folder holds that cannot be made again, and at its end ``manifest.json`` with
the size and SHA-256 of each. The catalogue in it is an SQLite file whatever it was kept in, so that
a corpus can be put back into a folder or a PostgreSQL database.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

import sqlalchemy as sa

from textmine import __version__
from textmine.care.copying import copy_rows
from textmine.encoding import VECTORS
from textmine.errors import CorpusError, InputError, ReadError
from textmine.store import tables as t
from textmine.store.address import Address
from textmine.store.catalogue import Catalogue, now
from textmine.store.corpus import Corpus, corpus_toml
from textmine.store.originals import Originals, original_name
from textmine.store.postgresql import PostgresqlSchema
from textmine.store.whole import write_whole, writing_whole

FORMAT = "textmine backup 1"
MANIFEST = "manifest.json"

_CATALOGUE = "catalogue.db"
_ORIGINALS = "originals"
_CHUNK = 1 << 20
_LARGEST_MANIFEST = 1 << 30
# What of a corpus's folder can be made again, or is kept in another way.
_LEFT_OUT = frozenset({"index", "reports", _ORIGINALS, "corpus.toml", "catalogue.last"})
_PART = re.compile(r"[^/\\\x00-\x1f:]+")

OnStep = Callable[[int, int], None]
"""Told how many files of how many are done."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds; ``lacking`` says which originals were missing or damaged."""

    file: str
    bytes: int
    files: int
    documents: int
    lacking: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The figures as a JSON object."""
        return asdict(self)


# -- keeping ---------------------------------------------------------------------------------------


def back_up(corpus: Corpus, to: Path, on_step: OnStep = lambda done, of: None) -> Backup:
    """Write a backup of a corpus, whole or not at all; others may use and change it meanwhile.

    It holds the catalogue as it is in one moment, and all originals of that moment. InputError when
    the file is there already or cannot be written; CorpusError when the originals cannot be
    reached.
    """
    if to.exists():
        raise InputError(f"{to} is there already; a backup replaces nothing. Choose another name.")
    try:
        with tempfile.TemporaryDirectory(prefix=f".{to.name}.", dir=to.parent) as folder:
            snapshot = Path(folder, _CATALOGUE)
            _snapshot(corpus.catalogue, snapshot)
            with writing_whole(to) as file:
                return _written(corpus, snapshot, file, to, on_step)
    except OSError as error:
        raise InputError(f"{to} cannot be written: {error.strerror or error}.") from error


def _snapshot(catalogue: Catalogue, to: Path) -> None:
    """The catalogue of one moment as an SQLite file."""
    if catalogue.dialect != "sqlite":
        with Catalogue.create(to) as made:
            copy_rows(catalogue, made)
        return
    with catalogue.reading() as connection, closing(sqlite3.connect(to)) as target:
        raw: Any = connection.connection.driver_connection
        try:
            raw.backup(target)
        except sqlite3.Error as error:
            raise OSError(f"the copy of the catalogue failed, {error}") from error


def _written(corpus: Corpus, snapshot: Path, file: BinaryIO, to: Path, on_step: OnStep) -> Backup:
    documents = _documents(snapshot)
    others = list(_others(corpus.folder))
    total = len(documents) + len(others) + 1
    files: dict[str, list[Any]] = {}
    lacking: list[str] = []
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
        files[_CATALOGUE] = _add(tar, _CATALOGUE, snapshot)
        for name in others:
            files[name] = _add(tar, name, corpus.folder / name)
            on_step(len(files), total)
        for number, (sha256, suffix, path) in enumerate(documents, 1):
            name = f"{_ORIGINALS}/{original_name(sha256, suffix)}"
            try:
                with corpus.originals.at_hand(sha256, suffix) as original:
                    files[name] = _add(tar, name, original)
            except ReadError as error:
                if error.reason == "unreachable":
                    raise CorpusError(f"{error} No backup was made.") from error
                lacking.append(f"The original of {path}: {error}")
            else:
                if files[name][1] != sha256:
                    lacking.append(f"The original of {path} is damaged, and was kept as it is.")
            on_step(len(others) + 1 + number, total)
        manifest = {
            "format": FORMAT,
            "made_at": now(),
            "textmine": __version__,
            "documents": len(documents),
            "lacking": lacking,
            "files": files,
        }
        data = json.dumps(manifest, ensure_ascii=False, indent=1).encode("utf-8")
        _add_stream(tar, MANIFEST, io.BytesIO(data), len(data))
    return Backup(str(to), file.tell(), len(files), len(documents), tuple(lacking))


def _documents(snapshot: Path) -> list[tuple[str, str, str]]:
    with closing(sqlite3.connect(snapshot)) as connection:
        query = "SELECT sha256, suffix, path FROM document ORDER BY id"
        return connection.execute(query).fetchall()


def _others(folder: Path) -> Iterator[str]:
    """The files of a corpus beside its catalogue and originals that cannot be made again."""
    for where, folders, names in os.walk(folder):
        top = Path(where) == folder
        folders[:] = sorted(
            name for name in folders if name[0] != "." and not (top and name in _LEFT_OUT)
        )
        for name in sorted(names):
            derived = top and (name in _LEFT_OUT or name.startswith((_CATALOGUE, VECTORS)))
            file = Path(where, name)
            if name[0] == "." or name == "lock" or name.endswith(".lock") or derived:
                continue
            if file.is_file() and not file.is_symlink():
                yield file.relative_to(folder).as_posix()


class _Hashed(io.RawIOBase):
    """A stream that knows the hash of what was read from it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.sha256 = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self.sha256.update(data)
        return data


def _add(tar: tarfile.TarFile, name: str, file: Path) -> list[Any]:
    with file.open("rb") as stream:
        return _add_stream(tar, name, stream, os.fstat(stream.fileno()).st_size)


def _add_stream(tar: tarfile.TarFile, name: str, stream: BinaryIO, size: int) -> list[Any]:
    entry = tarfile.TarInfo(name)
    entry.size = size
    entry.mode = 0o644
    hashed = _Hashed(stream)
    tar.addfile(entry, hashed)
    return [size, hashed.sha256.hexdigest()]


# -- putting back ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, and of when; ``lacking`` as in the backup."""

    corpus: str
    made_at: str
    documents: int
    lacking: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The figures as a JSON object."""
        return asdict(self)


def restore(
    backup: Path,
    folder: Path,
    *,
    catalogue: str | None = None,
    originals: str | None = None,
    on_step: OnStep = lambda done, of: None,
) -> Restored:
    """Make the corpus of a backup in a new folder, whole or not at all.

    First the whole backup is read and held against its manifest. ``catalogue`` is the address of a
    PostgreSQL database for the catalogue, ``originals`` one of a place for the originals; in the
    folder both when None. InputError when the backup is not whole, CorpusError when the folder is
    not empty or cannot be written.
    """
    address = None if catalogue is None else Address.of(catalogue)
    place = None if originals is None else Originals(originals)
    manifest = checked(backup, on_step)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CorpusError(f"{folder} is not an empty folder; restoring replaces nothing.")
    whole = folder.absolute()
    size = sum(size for size, _ in manifest["files"].values())
    try:
        whole.parent.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(whole.parent).free
        if free < size:
            raise CorpusError(
                f"The backup holds {size >> 20} MB, and there are {free >> 20} MB free at "
                f"{whole.parent}. Free some space, or choose another place."
            )
        with _making(whole) as making:
            _unpacked(backup, manifest, making, place, on_step)
            if address is not None:
                _into_database(making, whole, address, originals)
            text = corpus_toml(address, originals)
            write_whole(making / "corpus.toml", [text.encode("utf-8")])
            with Corpus.open(making, address) as corpus:
                detail = {"made_at": manifest["made_at"], "textmine": manifest["textmine"]}
                corpus.catalogue.note("restored", detail=detail)
    except OSError as error:
        said = error.strerror or error
        raise CorpusError(f"The corpus cannot be put back to {folder}: {said}.") from error
    lacking = tuple(manifest["lacking"])
    return Restored(str(whole), manifest["made_at"], manifest["documents"], lacking)


@contextmanager
def _making(folder: Path) -> Iterator[Path]:
    """A folder beside the one that is wanted, which takes its place when all went well."""
    making = Path(tempfile.mkdtemp(prefix=f".{folder.name}.restoring-", dir=folder.parent))
    try:
        yield making
        making.chmod(0o755)
        if folder.exists():
            folder.rmdir()  # it is empty
        making.rename(folder)
    finally:
        shutil.rmtree(making, ignore_errors=True)


def checked(backup: Path, on_step: OnStep = lambda done, of: None) -> Mapping[str, Any]:
    """The manifest of a backup, every file of which was read and is whole; InputError if not."""
    found: dict[str, list[Any]] = {}
    manifest: Any = None
    try:
        with backup.open("rb") as stream, tarfile.open(fileobj=stream, mode="r:") as tar:
            for entry in tar:
                file = tar.extractfile(entry) if entry.isreg() else None
                if file is None or not _is_plain(entry.name) or entry.name in found:
                    raise InputError(f"{backup} holds {entry.name!r}, which no backup does.")
                if entry.name == MANIFEST:
                    manifest = json.loads(file.read(_LARGEST_MANIFEST))
                else:
                    found[entry.name] = [entry.size, _sha256(file)]
                on_step(len(found), 0)
    except (tarfile.TarError, EOFError, ValueError) as error:
        raise InputError(f"{backup} is no backup of textmine, or was cut: {error}.") from error
    except OSError as error:
        raise InputError(f"{backup} cannot be read: {error.strerror or error}.") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise InputError(f"{backup} is no backup of textmine, or its end was cut off.")
    if manifest["files"] != found:
        wrong = sorted(
            name
            for name in {*found, *manifest["files"]}
            if manifest["files"].get(name) != found.get(name)
        )
        raise InputError(f"{backup} is damaged: {', '.join(wrong[:5])}. Take another backup.")
    if _CATALOGUE not in found:
        raise InputError(f"{backup} holds no catalogue.")
    return manifest


def _is_plain(name: str) -> bool:
    """Whether a name leads to no other place than below the folder."""
    return all(_PART.fullmatch(part) and part not in (".", "..") for part in name.split("/"))


def _sha256(stream: Any) -> str:
    digest = hashlib.sha256()
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _unpacked(
    backup: Path,
    manifest: Mapping[str, Any],
    making: Path,
    originals: Originals | None,
    on_step: OnStep,
) -> None:
    """Write the files of a backup into a folder; originals to their place where one is named."""
    with backup.open("rb") as file, tarfile.open(fileobj=file, mode="r:") as tar:
        for number, entry in enumerate(tar, 1):
            stream = tar.extractfile(entry)
            if stream is None or entry.name == MANIFEST:
                continue
            place = making / entry.name
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("wb") as target:
                shutil.copyfileobj(stream, target, _CHUNK)
                target.flush()
                os.fsync(target.fileno())
            if originals is not None and entry.name.startswith(f"{_ORIGINALS}/"):
                originals.keep(place, place.name.partition(".")[0], place.suffix)
                place.unlink()
            on_step(number, len(manifest["files"]))


def _into_database(making: Path, folder: Path, address: Address, originals: str | None) -> None:
    """Take the catalogue out of the folder that is being made, into a database."""
    there = PostgresqlSchema(address)
    with closing(there):
        known = there.is_there()
    with (
        Catalogue.open(making / _CATALOGUE) as source,
        (Catalogue.open if known else Catalogue.create)(address) as target,
    ):
        with target.reading() as connection:
            if connection.scalar(sa.select(t.document.c.id).limit(1)) is not None:
                raise CorpusError(f"{address} holds a corpus already; restoring replaces nothing.")
        copy_rows(source, target)
        target.put_setting(_ORIGINALS, originals or str(folder / _ORIGINALS))
        if target.setting("codebook") is None:
            text = (making / "codebook.yaml").read_text(encoding="utf-8")
            target.put_setting("codebook", text)
    for name in (_CATALOGUE, "catalogue.last"):
        (making / name).unlink(missing_ok=True)
