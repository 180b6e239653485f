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
import sys
import tarfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

import sqlalchemy as sa

from textmine import __version__
from textmine.care.copying import copy_rows
from textmine.encoding import VECTORS
from textmine.errors import CorpusError, InputError, ReadError
from textmine.store import lock
from textmine.store import tables as t
from textmine.store.address import Address
from textmine.store.catalogue import Catalogue, now
from textmine.store.corpus import Corpus, corpus_toml, place_of_originals
from textmine.store.originals import Originals, original_name
from textmine.store.postgresql import PostgresqlSchema
from textmine.store.whole import flush_folder, write_whole, writing_whole
from textmine.text.unseen import path_shown

FORMAT = "textmine backup 1"
MANIFEST = "manifest.json"

_CATALOGUE = "catalogue.db"
_ORIGINALS = "originals"
_MODELS = "models"
_CHUNK = 1 << 20
_LARGEST_MANIFEST = 1 << 30
# What of a corpus's folder can be made again, or is kept in another way.
_DERIVED = frozenset(
    {"index", "pictures", "work", _ORIGINALS, "corpus.toml", "catalogue.last", MANIFEST}
)
_DATABASES = re.compile(rf"({_CATALOGUE}|{VECTORS})(-wal|-shm|-journal)?".replace(".", r"\."))
# What processes leave beside what they write, and hold while they do.
_PASSING = re.compile(
    rf"\..+\.(part|aside)|\.making|\.codebook-in-force\.yaml|lock|(adding|{_MODELS}|{VECTORS})\.lock"
)
# What no part of a name can be: it would lead elsewhere.
_FORBIDDEN = re.compile(r"\x00" if sys.platform != "win32" else r'[\x00-\x1f<>:"|?*\\]')

OnStep = Callable[[int, int], None]
"""Told how much of how much is done."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds; ``lacking`` says what was missing, damaged or left out, and why."""

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
    aside = to.with_name(f".{to.name}.aside")
    try:
        with writing_whole(to) as file:
            if to.exists():
                raise InputError(
                    f"{to} is there already; a backup replaces nothing. Choose another name."
                )
            shutil.rmtree(aside, ignore_errors=True)  # of one that was killed
            try:
                aside.mkdir()
                _snapshot(corpus.catalogue, aside / _CATALOGUE)
                return _written(corpus, aside / _CATALOGUE, file, to, on_step)
            finally:
                shutil.rmtree(aside, ignore_errors=True)
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
    lacking: list[str] = []
    others = list(_others(corpus, lacking))
    total = len(documents) + len(others) + 1
    files: dict[str, list[Any]] = {}
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT, encoding="utf-8") as tar:
        files[_CATALOGUE] = _add(tar, _CATALOGUE, snapshot)
        for number, name in enumerate(others, 2):
            try:
                files[name] = _add(tar, name, corpus.folder / name)
            except _UnreadError as error:
                lacking.append(f"{path_shown(name)} was left out: {error}.")
            on_step(number, total)
        for number, (sha256, suffix, path) in enumerate(documents, 1):
            name = f"{_ORIGINALS}/{original_name(sha256, suffix)}"
            try:
                with corpus.originals.at_hand(sha256, suffix) as original:
                    files[name] = _add(tar, name, original)
            except _UnreadError as error:
                lacking.append(f"The original of {path} cannot be read: {error}.")
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
        # As ASCII: names of files need not be UTF-8.
        data = json.dumps(manifest, indent=1).encode("ascii")
        _add_stream(tar, MANIFEST, io.BytesIO(data), len(data))
    return Backup(str(to), file.tell(), len(files), len(documents), tuple(lacking))


def _documents(snapshot: Path) -> list[tuple[str, str, str]]:
    with closing(sqlite3.connect(snapshot)) as connection:
        query = "SELECT sha256, suffix, path FROM document ORDER BY id"
        return connection.execute(query).fetchall()


def _others(corpus: Corpus, lacking: list[str]) -> Iterator[str]:
    """The files of a corpus beside its catalogue and originals that cannot be made again.

    Links to files are followed, and links to folders of models; what is left out is told.
    """

    def unreadable(error: OSError) -> None:
        at = Path(os.fsdecode(error.filename)).relative_to(corpus.folder)
        lacking.append(f"{path_shown(at)} was left out: {error.strerror or error}.")

    seen = set()
    for where, folders, names in os.walk(corpus.folder, onerror=unreadable, followlinks=True):
        place = Path(where)
        at = place.relative_to(corpus.folder)
        if (real := place.resolve()) in seen or place.absolute() == corpus.originals.folder:
            folders.clear()  # a link that leads round, or what is kept by its hashes
            continue
        seen.add(real)
        for name in sorted(folders):
            passing = _PASSING.fullmatch(name) is not None or (not at.parts and name in _DERIVED)
            linked = (place / name).is_symlink() and (at / name).parts[0] != _MODELS
            if linked and not passing:
                lacking.append(
                    f"{path_shown(at / name)} was left out: it is a link to a folder elsewhere. "
                    "Keep that folder in another way."
                )
            if linked or passing:
                folders.remove(name)
        folders.sort()
        for name in sorted(names):
            derived = not at.parts and (name in _DERIVED or _DATABASES.fullmatch(name))
            if derived or _PASSING.fullmatch(name):
                continue
            if (place / name).is_file():
                yield (at / name).as_posix()
            else:
                lacking.append(f"{path_shown(at / name)} was left out: it is gone, or is no file.")


class _UnreadError(Exception):
    """A file that was to be kept cannot be read to its end."""


class _Hashed(io.RawIOBase):
    """A stream that knows the hash of what was read from it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.sha256 = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        try:
            data = self._stream.read(size)
        except OSError as error:
            raise _UnreadError(error.strerror or str(error)) from error
        if len(data) < size:
            raise _UnreadError("it was cut while it was read")
        self.sha256.update(data)
        return data


def _add(tar: tarfile.TarFile, name: str, file: Path) -> list[Any]:
    """Put a file into the backup, or leave that as it was: _UnreadError."""
    try:
        stream = file.open("rb")
    except OSError as error:
        raise _UnreadError(error.strerror or str(error)) from error
    with stream:
        before = tar.offset
        try:
            return _add_stream(tar, name, stream, os.fstat(stream.fileno()).st_size)
        except _UnreadError:
            assert tar.fileobj is not None  # noqa: S101 - it is open
            tar.fileobj.seek(before)
            tar.fileobj.truncate()  # type: ignore[attr-defined]
            tar.offset = before
            raise


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

    Every file is held against the manifest as it is copied, and nothing is made of them unless all
    are whole. ``catalogue`` is the address of a PostgreSQL database for the catalogue,
    ``originals`` one of a place for the originals; in the folder both when None. InputError when
    the backup is not whole, CorpusError when the folder is not empty or cannot be written, or the
    database holds a corpus.
    """
    address = None if catalogue is None else Address.of(catalogue)
    place = None if originals is None else place_of_originals(originals)
    whole = folder.absolute()
    _check_empty(folder)
    try:
        size = backup.stat().st_size
    except OSError as error:
        raise InputError(f"{backup} cannot be read: {error.strerror or error}.") from error
    try:
        whole.parent.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(whole.parent).free
        if free < size:
            raise CorpusError(
                f"The backup holds {size >> 20} MB, and there are {free >> 20} MB free at "
                f"{whole.parent}. Free some space, or choose another place."
            )
        with _making(whole) as making:
            manifest = _unpacked(backup, making, on_step)
            detail = {"made_at": manifest["made_at"], "textmine": manifest["textmine"]}
            if place is not None:
                _keep_originals(making, manifest, Originals(place))
            text = corpus_toml(address, place)
            write_whole(making / "corpus.toml", [text.encode("utf-8")])
            if address is not None:
                kept = place or str(whole / _ORIGINALS)
                _into_database(making, whole, address, kept, detail)
            else:
                with Catalogue.open(making / _CATALOGUE) as own:
                    own.note("restored", detail=detail)
                _take_place(making, whole)
    except OSError as error:
        said = error.strerror or error
        raise CorpusError(f"The corpus cannot be put back to {folder}: {said}.") from error
    lacking = tuple(manifest["lacking"])
    return Restored(str(whole), manifest["made_at"], manifest["documents"], lacking)


def _check_empty(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise CorpusError(f"{folder} is a file; name a new folder.")
    if folder.exists() and any(folder.iterdir()):
        raise CorpusError(f"{folder} is not an empty folder; restoring replaces nothing.")


@contextmanager
def _making(folder: Path) -> Iterator[Path]:
    """A folder beside the one that is wanted; what is left there in the end is removed.

    So is what one that was killed has left there.
    """
    making = folder.with_name(f".{folder.name}.restoring")
    held = making.with_name(f"{making.name}.lock")
    with lock.holding(held, wait=False) as mine:
        if not mine:
            raise CorpusError(f"Another process is just putting a corpus back to {folder}.")
        try:
            shutil.rmtree(making, ignore_errors=True)
            making.mkdir()
            yield making
        finally:
            shutil.rmtree(making, ignore_errors=True)
            with suppress(OSError):  # Windows keeps what is open
                held.unlink()


def _take_place(making: Path, folder: Path) -> None:
    _check_empty(folder)
    if folder.exists():
        folder.rmdir()
    for where, _, _ in os.walk(making):
        flush_folder(Path(where))
    making.rename(folder)
    flush_folder(folder.parent)


def _unpacked(backup: Path, making: Path, on_step: OnStep) -> Mapping[str, Any]:
    """Write the files of a backup into a folder; its manifest. InputError unless all are whole."""
    found: dict[str, list[Any]] = {}
    manifest: Any = None
    try:
        with (
            backup.open("rb") as stream,
            tarfile.open(fileobj=stream, mode="r:", encoding="utf-8") as tar,
        ):
            size = os.fstat(stream.fileno()).st_size
            for entry in tar:
                is_file = entry.isreg() and not entry.issparse()
                file = tar.extractfile(entry) if is_file else None
                if file is None or not _is_plain(entry.name) or entry.name in found:
                    raise InputError(
                        f"{backup} holds {entry.name!r}, which no backup does that can be put "
                        "back here."
                    )
                if entry.name == MANIFEST:
                    manifest = json.loads(file.read(_LARGEST_MANIFEST))
                else:
                    found[entry.name] = _put(file, making / entry.name)
                on_step(stream.tell() >> 20, size >> 20)
    except (tarfile.TarError, EOFError, ValueError, RecursionError) as error:
        raise InputError(f"{backup} is no backup of textmine, or was cut: {error}.") from error
    if not _is_manifest(manifest):
        raise InputError(f"{backup} is no backup of textmine, or its end was cut off.")
    files = manifest["files"]
    if files != found:
        names = sorted({*found, *files})
        wrong = [path_shown(name) for name in names if files.get(name) != found.get(name)]
        raise InputError(f"{backup} is damaged: {', '.join(wrong[:5])}. Take another backup.")
    if _CATALOGUE not in found:
        raise InputError(f"{backup} holds no catalogue.")
    return manifest  # type: ignore[no-any-return]


def _is_manifest(value: Any) -> bool:
    """Whether it says what a manifest says; a stranger may have written it."""
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        return False
    kinds = {"made_at": str, "textmine": str, "documents": int, "lacking": list, "files": dict}
    return all(isinstance(value.get(name), kind) for name, kind in kinds.items()) and all(
        isinstance(each, str) for each in value["lacking"]
    )


def _is_plain(name: str) -> bool:
    """Whether a name leads to no other place than below the folder."""
    return all(
        part not in ("", ".", "..") and not _FORBIDDEN.search(part) for part in name.split("/")
    )


def _put(stream: Any, to: Path) -> list[Any]:
    """Write a file and flush it; its size and SHA-256."""
    digest = hashlib.sha256()
    to.parent.mkdir(parents=True, exist_ok=True)
    with to.open("xb") as target:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
        return [target.tell(), digest.hexdigest()]


def _keep_originals(making: Path, manifest: Mapping[str, Any], originals: Originals) -> None:
    """Take the originals out of the folder that is being made, to their place.

    One that was damaged when the backup was made is none; the manifest tells of it.
    """
    for name, (_, sha256) in manifest["files"].items():
        file = making / name
        if name.startswith(f"{_ORIGINALS}/") and file.name.partition(".")[0] == sha256:
            originals.keep(file, sha256, file.suffix)
    shutil.rmtree(making / _ORIGINALS, ignore_errors=True)


def _into_database(
    making: Path, folder: Path, address: Address, originals: str, detail: Mapping[str, Any]
) -> None:
    """Take the catalogue out of the folder that is being made, into a database.

    The folder takes its place just before the rows are committed: when one of the two fails, there
    is neither.
    """
    there = PostgresqlSchema(address)
    with closing(there):
        known = there.is_there()
    with (Catalogue.open if known else Catalogue.create)(address) as target:
        try:
            with target.together():
                with target.writing() as connection:
                    if not _is_new(connection):
                        raise CorpusError(
                            f"{address} holds a corpus already; restoring replaces nothing."
                        )
                with Catalogue.open(making / _CATALOGUE) as source:
                    copy_rows(source, target)
                    codebook = source.setting("codebook")
                if codebook is None:
                    codebook = (making / "codebook.yaml").read_text(encoding="utf-8")
                    target.put_setting("codebook", codebook)
                target.put_setting(_ORIGINALS, originals)
                target.note("restored", detail=detail)
                for name in (_CATALOGUE, "catalogue.last"):
                    (making / name).unlink(missing_ok=True)
                _take_place(making, folder)
        except BaseException:
            if not making.exists():
                folder.rename(making)
            raise


def _is_new(connection: sa.Connection) -> bool:
    """Whether a catalogue holds only what is there when it was made."""
    own = {t.setting: t.setting.c.name != "schema", t.event: t.event.c.what != "trail-begun"}
    queries = (
        sa.select(sa.literal(1)).select_from(table).where(own.get(table, sa.true())).limit(1)
        for table in t.metadata.sorted_tables
    )
    return all(connection.scalar(query) is None for query in queries)
