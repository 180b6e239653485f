"""Originals by content hash: a file is kept once, whole, under the SHA-256 of its bytes.

They lie in a folder of this machine, or anywhere that fsspec reaches: S3 and the like, SFTP, shared
disks. There several machines read them, so what comes back is checked against its hash.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol, TypeVar
from urllib.parse import urlsplit

from textmine.errors import CorpusError, InputError, ReadError
from textmine.store.whole import flush_folder, writing_whole

_CHUNK = 1 << 20
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")

# Stores of objects show one only when all of it has arrived; elsewhere a file is written beside its
# place and renamed.
_WHOLE_AT_ONCE = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "oss", "oci"})

# An address may come from others, and files are sent there: only places that keep files, and no
# addresses within addresses.
_KNOWN = frozenset({*_WHOLE_AT_ONCE, "file", "sftp", "ssh", "smb", "hdfs", "webhdfs"})

_PAUSES = (0.5, 2.0)  # seconds between attempts to reach what may only be busy

T = TypeVar("T")


def sha256_of(path: Path) -> str:
    """Hexadecimal SHA-256 of the bytes of a file; OSError when it cannot be read."""
    return digest_and_size(path)[0]


def digest_and_size(path: Path) -> tuple[str, int]:
    """SHA-256 and number of the bytes of a file, read once; OSError when it cannot be read."""
    with path.open("rb") as stream:
        return _digest(stream), stream.tell()


def suffix_of(path: Path) -> str:
    """The suffix that the original of a file is kept under: the file's own where it is a plain one.

    >>> suffix_of(Path("Treaty.PDF")), suffix_of(Path("notes.v 2")), suffix_of(Path("README"))
    ('.pdf', '', '')
    """
    suffix = path.suffix.lower()
    return suffix if _SUFFIX.fullmatch(suffix) else ""


def original_name(sha256: str, suffix: str) -> str:
    """Where an original lies below the address of the originals.

    >>> original_name("ab12", ".pdf")
    'ab/ab12.pdf'
    """
    return f"{sha256[:2]}/{sha256}{suffix}"


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that lies among the originals: its name below their address, its size in bytes."""

    name: str
    size: int

    @property
    def half_made(self) -> bool:
        """Whether it is still being written, or was when its writer was ended."""
        return self.name.rpartition("/")[2].startswith(".")


class Originals:
    """The originals of one corpus: in a folder, or at an address such as ``s3://bucket/prefix``.

    An address goes to fsspec, which takes passwords and other settings from the environment and its
    own files. CorpusError when the address cannot be used.

    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> file = Path(folder.name) / "a.txt"
    >>> _ = file.write_text("Article 1", encoding="utf-8")
    >>> originals = Originals(f"file://{folder.name}/originals")
    >>> originals.keep(file, sha256_of(file), ".txt")
    True
    >>> with originals.at_hand(sha256_of(file), ".txt") as path:
    ...     path.read_text(encoding="utf-8")
    'Article 1'
    >>> folder.cleanup()
    """

    def __init__(self, address: Path | str) -> None:
        self.address = str(address)
        self.folder: Path | None = None
        self._place: _Place
        if "://" in self.address:
            self._place = _Remote(self.address)
        else:
            self.folder = Path(address).absolute()
            self.address = str(self.folder)
            self._place = _Folder(self.folder)

    def path(self, sha256: str, suffix: str) -> Path:
        """Where the original lies, or would lie, in the folder; CorpusError when there is none."""
        if self.folder is None:
            raise CorpusError(f"The originals are at {self.address}, in no folder of this machine.")
        return self.folder / original_name(sha256, suffix)

    def keep(self, source: Path, sha256: str, suffix: str, *, thoroughly: bool = False) -> bool:
        """Copy a file into the store, unless it is there already; whether it had to be copied.

        A crash leaves a whole original or none. What is there and differs, because something cut or
        spoiled it, is replaced: in a folder its hash is looked at, elsewhere its size, and its hash
        only when ``thoroughly`` is said, because it has to be fetched for that.
        InputError when the file changes while it is copied; OSError when the disk refuses;
        ReadError ``unreachable`` when the address does not answer.
        """
        name = original_name(sha256, suffix)
        if self._place.size(name) == source.stat().st_size:
            looked = thoroughly or self.folder is not None
            if not looked or self.digest(sha256, suffix) == sha256:
                return False
        self._place.put(source, name, sha256)
        return True

    def size(self, sha256: str, suffix: str) -> int | None:
        """How many bytes are stored; None when the original is missing."""
        return self._place.size(original_name(sha256, suffix))

    def digest(self, sha256: str, suffix: str) -> str:
        """The SHA-256 of what is stored now; ReadError ``original-missing`` when nothing is."""
        with self._opened(sha256, suffix) as stream:
            return _digest(stream)

    def fetch(self, sha256: str, suffix: str, to: Path) -> None:
        """Copy an original out, whole or not at all, and check it against its hash.

        ReadError with the reason ``original-missing``, ``original-damaged`` or ``unreachable``.
        """
        with self._opened(sha256, suffix) as stream, writing_whole(to) as target:
            if _copied(stream, target) != sha256:
                raise ReadError(
                    "original-damaged",
                    f"The original {original_name(sha256, suffix)} at {self.address} no longer "
                    "matches its hash; add the file again.",
                )

    @contextmanager
    def at_hand(self, sha256: str, suffix: str) -> Iterator[Path]:
        """An original as a file of this machine, to be read and left alone.

        In a folder it is the original itself; from elsewhere a copy, checked against its hash and
        removed at the end. ReadError as :meth:`fetch`.
        """
        if self.folder is not None:
            path = self.path(sha256, suffix)
            if not path.is_file():
                raise self._missing(sha256, suffix)
            yield path
            return
        with tempfile.TemporaryDirectory(prefix="textmine-original-") as folder:
            path = Path(folder, f"{sha256}{suffix}")
            self.fetch(sha256, suffix, path)
            yield path

    def stored(self) -> Iterator[Stored]:
        """Every file that lies there, those half made among them, in no order."""
        return self._place.stored()

    @contextmanager
    def _opened(self, sha256: str, suffix: str) -> Iterator[BinaryIO]:
        try:
            with self._place.opened(original_name(sha256, suffix)) as stream:
                yield stream
        except FileNotFoundError:
            raise self._missing(sha256, suffix) from None

    def _missing(self, sha256: str, suffix: str) -> ReadError:
        return ReadError(
            "original-missing",
            f"There is no original {original_name(sha256, suffix)} at {self.address}; "
            "add the file again.",
        )


class _Place(Protocol):
    """Where files can lie under names such as ``ab/ab12.pdf``."""

    def put(self, source: Path, name: str, sha256: str) -> None:
        """Store a file of that hash, whole or not at all."""

    def size(self, name: str) -> int | None:
        """Bytes stored under a name; None when nothing is."""

    def opened(self, name: str) -> Any:
        """What is stored, as a context manager over a stream; FileNotFoundError."""

    def stored(self) -> Iterator[Stored]:
        """Everything that lies there."""


class _Folder:
    """A folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, source: Path, name: str, sha256: str) -> None:
        place = self._folder / name
        if not place.parent.is_dir():
            if not self._folder.parent.is_dir():  # as where another machine has its originals
                raise InputError(
                    f"The originals are to lie in {self._folder}, and there is no such place on "
                    "this machine; add files where it is."
                )
            place.parent.mkdir(parents=True, exist_ok=True)
            flush_folder(self._folder)
        with source.open("rb") as stream, writing_whole(place) as target:
            if _copied(stream, target) != sha256:
                raise _changed(source)

    def size(self, name: str) -> int | None:
        try:
            return (self._folder / name).stat().st_size
        except FileNotFoundError:
            return None

    def opened(self, name: str) -> BinaryIO:
        return (self._folder / name).open("rb")

    def stored(self) -> Iterator[Stored]:
        for where, _, names in os.walk(self._folder):
            for name in names:
                file = Path(where, name)
                yield Stored(file.relative_to(self._folder).as_posix(), file.stat().st_size)


class _Remote:
    """An address that fsspec reaches."""

    def __init__(self, address: str) -> None:
        try:
            import fsspec
        except ImportError as error:
            raise CorpusError(
                f"{_bare(address)} needs the package fsspec; install it with: "
                "pip install 'textmine[cluster]'"
            ) from error
        scheme = address.partition("://")[0]
        if scheme not in _KNOWN or "::" in address:
            raise CorpusError(
                f"{_bare(address)} is no address for originals; it begins with one of "
                f"{', '.join(sorted(_KNOWN))} and ://"
            )
        if urlsplit(address).password is not None:
            raise CorpusError(
                f"{_bare(address)} was given with a password, which does not belong into an "
                "address that is kept; leave it to the settings of the store (docs/scale.md)."
            )
        try:
            # Listings are not kept: another machine may have stored the file a moment ago.
            self._system, self._root = fsspec.core.url_to_fs(address, use_listings_cache=False)
        except (ImportError, ValueError, OSError) as error:
            raise CorpusError(f"{address} cannot be used for originals: {error}.") from error
        self._address = address
        self._whole_at_once = scheme in _WHOLE_AT_ONCE

    def put(self, source: Path, name: str, sha256: str) -> None:
        with tempfile.TemporaryDirectory(prefix="textmine-original-") as folder:
            whole = Path(folder, Path(name).name)
            with source.open("rb") as stream, whole.open("wb") as target:
                if _copied(stream, target) != sha256:
                    raise _changed(source)
            self._attempt(lambda: self._upload(whole, name))

    def _upload(self, whole: Path, name: str) -> None:
        place = f"{self._root}/{name}"
        if self._whole_at_once:
            self._system.put_file(str(whole), place)
        else:
            folder, _, last = place.rpartition("/")
            half = f"{folder}/.{os.urandom(6).hex()}-{last}"
            self._system.makedirs(folder, exist_ok=True)
            self._system.put_file(str(whole), half)
            self._system.mv(half, place)
        if self._system.info(place)["size"] != whole.stat().st_size:
            raise OSError(f"{name} arrived with another size")

    def size(self, name: str) -> int | None:
        try:
            return int(self._attempt(lambda: self._system.info(f"{self._root}/{name}"))["size"])
        except FileNotFoundError:
            return None

    @contextmanager
    def opened(self, name: str) -> Iterator[BinaryIO]:
        with tempfile.TemporaryDirectory(prefix="textmine-original-") as folder:
            copy = Path(folder, "copy")
            self._attempt(lambda: self._system.get_file(f"{self._root}/{name}", str(copy)))
            with copy.open("rb") as stream:
                yield stream

    def stored(self) -> Iterator[Stored]:
        found = self._attempt(lambda: self._system.find(self._root, detail=True))
        for path, info in found.items():
            yield Stored(path[len(self._root) :].lstrip("/"), int(info["size"]))

    def _attempt(self, action: Callable[[], T]) -> T:
        for pause in (*_PAUSES, None):
            try:
                return action()
            except FileNotFoundError:
                raise
            except Exception as error:  # each store has errors of its own
                if pause is None:
                    raise ReadError(
                        "unreachable",
                        f"The originals at {self._address} cannot be reached: "
                        f"{type(error).__name__}: {error}.",
                    ) from error
                time.sleep(pause)
        raise AssertionError


def _copied(stream: BinaryIO, target: BinaryIO) -> str:
    """Copy a stream and give the SHA-256 of what was copied."""
    digest = hashlib.sha256()
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
        target.write(chunk)
    return digest.hexdigest()


def _digest(stream: BinaryIO) -> str:
    digest = hashlib.sha256()
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _changed(source: Path) -> InputError:
    return InputError(f"{source} changed while it was being copied; add it again.")


def _bare(address: str) -> str:
    """An address without name and password.

    >>> _bare("sftp://me:secret@host/x")
    'sftp://host/x'
    """
    scheme, _, rest = address.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"
