"""A corpus is a folder that a researcher can copy, archive and send.

corpus.toml      says that this is a corpus, and how it is set up
codebook.yaml    the codebook that codings follow
catalogue.db     everything derived from the originals
originals/       the files as they came, by content hash
index/           the search index, derived from the catalogue
models/          models trained on this corpus
reports/         what `textmine report` wrote
work/            long work that was begun in the browser, and files that wait for it

The corpus of a team keeps its catalogue in a PostgreSQL database instead: corpus.toml names it, and
a folder without catalogue.db is left to each of its members. Who names the corpus by its address
alone gets such a folder made.
"""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path
from typing import Any

from textmine.errors import CorpusError
from textmine.resources import shipped
from textmine.store import lock
from textmine.store.address import Address
from textmine.store.catalogue import Catalogue
from textmine.store.originals import Originals
from textmine.store.sqlite import SqliteFile
from textmine.store.whole import write_whole

FORMAT = 1
_MARK = "corpus.toml"
_CODEBOOK = "codebook"
_ORIGINALS = "originals"
_IN_FORCE = ".codebook-in-force.yaml"
_MAKING = ".making"  # held by whoever makes a corpus there
_MADE = (
    *("codebook.yaml", "catalogue.db", "catalogue.db-wal", "catalogue.db-shm", "catalogue.last"),
    "catalogue.db-journal",  # for a moment, until the catalogue has its log
    *(".codebook.yaml.part", ".corpus.toml.part"),
)


class Corpus:
    """The folder of a corpus; ``catalogue`` and ``originals`` are open while it is in use."""

    def __init__(self, folder: Path, catalogue: Catalogue, originals: Originals) -> None:
        self.folder = folder
        self.catalogue = catalogue
        self.originals = originals

    @classmethod
    def create(
        cls,
        folder: Path,
        *,
        codebook: Path | None = None,
        catalogue: str | None = None,
        originals: str | None = None,
    ) -> Corpus:
        """Make an empty corpus; CorpusError when the folder holds something already.

        ``codebook`` is copied into the corpus; the shipped one when None. ``catalogue`` is the
        address of a PostgreSQL database for the catalogue, ``originals`` that of a place for the
        originals; both lie in the folder when None. A password in them is used and not kept.
        """
        address = None if catalogue is None else Address.of(catalogue)
        originals = None if originals is None else place_of_originals(originals)
        source = codebook or shipped("codebooks") / "agreement_themes.yaml"
        _check_empty(folder)
        made_here = not folder.exists()
        mine = False
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with lock.holding(folder / _MAKING, wait=False) as mine:
                if not mine:
                    raise CorpusError(f"Another process is just making a corpus at {folder}.")
                _check_empty(folder)  # another may have made one since
                _make(folder, source, address, originals)
        except OSError as error:
            raise CorpusError(f"The corpus cannot be made at {folder}: {error}.") from error
        finally:
            if mine:
                (folder / _MAKING).unlink(missing_ok=True)
                if made_here and not any(folder.iterdir()):
                    folder.rmdir()
        return cls.open(folder, address)

    @classmethod
    def open(cls, place: Path | Address, address: Address | None = None) -> Corpus:
        """An existing corpus; CorpusError with the way out when there is none or it is damaged.

        ``address`` is that of the catalogue where it is more than the folder says: with a password.
        """
        if isinstance(place, Address):
            return cls._open_from_afar(place)
        settings = _settings(place)
        if address is None and (named := settings.get("catalogue")):
            address = Address.of(str(named))
        catalogue = Catalogue.open(address or place / "catalogue.db")
        try:
            if address is not None:
                _take_codebook(place, catalogue)
            return cls(place, catalogue, _originals(place, settings.get(_ORIGINALS)))
        except BaseException:
            catalogue.close()
            raise

    @classmethod
    def _open_from_afar(cls, address: Address) -> Corpus:
        """The corpus at an address, with a folder of its own for what is derived from it."""
        with Catalogue.open(address) as catalogue:
            originals = catalogue.setting(_ORIGINALS)
        set_up = corpus_toml(address, originals)
        folder = address.working_folder
        mark = folder / _MARK
        if mark.exists() and (before := _settings(folder).get(_ORIGINALS)) != originals:
            raise CorpusError(
                f"The originals of {address} were at {before} and are said to be at {originals} "
                "now; files that are added would go there. If whoever keeps the corpus has moved "
                f"them, remove {mark} and run the command again."
            )
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if not mark.exists() or mark.read_text(encoding="utf-8") != set_up:
                write_whole(mark, [set_up.encode("utf-8")])
        except OSError as error:
            raise CorpusError(
                f"textmine keeps the search index of {address} in {folder}, which cannot be "
                f"written: {error.strerror or error}."
            ) from error
        return cls.open(folder, address)

    @staticmethod
    def is_local(folder: Path) -> bool:
        """Whether the catalogue of the corpus lies in its folder; CorpusError as ``open``."""
        return not _settings(folder).get("catalogue")

    @classmethod
    def as_it_is(cls, place: Path | Address) -> Corpus:
        """A corpus whose catalogue is opened without a look at it, to find out what is wrong.

        CorpusError when there is none. Nothing is brought up to date; that of a team is opened as
        ever.
        """
        if isinstance(place, Address) or not cls.is_local(place):
            return cls.open(place)
        file = SqliteFile(place / "catalogue.db", keep_log=True)
        return cls(place, Catalogue(file), _originals(place, _settings(place).get(_ORIGINALS)))

    @staticmethod
    def is_at(folder: Path) -> bool:
        """Whether a folder is a corpus."""
        return (folder / _MARK).exists()

    @property
    def codebook_file(self) -> Path:
        """The codebook that codings follow."""
        return self.folder / "codebook.yaml"

    @property
    def index(self) -> Path:
        """The folder of the search index."""
        return self.folder / "index"

    @property
    def models(self) -> Path:
        """The folder of models that were trained on this corpus."""
        return self.folder / "models"

    @property
    def reports(self) -> Path:
        """The folder of reports."""
        return self.folder / "reports"

    @property
    def shown(self) -> str:
        """What the corpus is called in what people read: its folder, or the address of a team's."""
        own = self.catalogue.dialect == "sqlite"
        return str(self.folder.resolve() if own else self.catalogue.place)

    @property
    def read_only(self) -> bool:
        """Whether it can only be asked: its folder or its catalogue may not be written."""
        return self.catalogue.read_only

    def __enter__(self) -> Corpus:
        return self

    def __exit__(self, *error: object) -> None:
        self.catalogue.close()


def locate(named: str | None) -> Path | Address:
    """The corpus: the one named, else ``TEXTMINE_CORPUS``, else the current folder.

    CorpusError for an address that is none of a PostgreSQL database.
    """
    place = named or os.environ.get("TEXTMINE_CORPUS") or "."
    return Address.of(place) if Address.meant(place) else Path(place).expanduser()


def _check_empty(folder: Path) -> None:
    """CorpusError when a folder holds more than what a stopped ``create`` has left."""
    if (folder / _MARK).exists():
        raise CorpusError(f"{folder} is a corpus already; add documents with: textmine add")
    if not folder.exists():
        return
    there = {each.name for each in folder.iterdir()} if folder.is_dir() else {""}
    if there and (_MAKING not in there or not there <= {_MAKING, *_MADE}):
        raise CorpusError(f"{folder} is not an empty folder; choose a new name for the corpus.")


def _make(folder: Path, codebook: Path, address: Address | None, originals: str | None) -> None:
    """Put the parts into an empty folder; the mark goes last: until then it is no corpus."""
    _clear(folder)
    try:
        text = codebook.read_bytes()
        write_whole(folder / "codebook.yaml", [text])
        if address is None:
            Catalogue.create(folder / "catalogue.db").close()
        else:
            with Catalogue.create(address) as shared:
                place = originals or str(folder.absolute() / _ORIGINALS)
                if (known := shared.setting(_ORIGINALS)) not in (None, place):
                    raise CorpusError(
                        f"{address} is a corpus already, whose originals are at {known}. Open it "
                        "with --corpus, or choose another schema."
                    )
                with shared.together():  # a repeated command finds both, or none
                    if known is None:
                        shared.put_setting(_ORIGINALS, place)
                        shared.put_setting(_CODEBOOK, text.decode("utf-8"))
        write_whole(folder / _MARK, [corpus_toml(address, originals).encode("utf-8")])
    except BaseException:
        _clear(folder)
        raise


def _clear(folder: Path) -> None:
    for name in _MADE:
        (folder / name).unlink(missing_ok=True)


def place_of_originals(named: str) -> str:
    """A place for originals as it is kept: an address, or a folder from the top, made if need be.

    CorpusError when it cannot be used.
    """
    place = Originals(named if Address.meant(named) else Path(named).expanduser())
    if place.folder is not None:
        try:
            place.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CorpusError(
                f"{place.folder} cannot be made for the originals: {error.strerror or error}."
            ) from error
    return place.address


def corpus_toml(address: Address | None, originals: str | None) -> str:
    """The text of corpus.toml. JSON's quotation is TOML's, too."""
    lines = ["# A corpus of textmine. Keep this folder together.", f"format = {FORMAT}"]
    if address is not None:
        lines.append(f"catalogue = {json.dumps(str(address), ensure_ascii=False)}")
    if originals is not None:
        lines.append(f"originals = {json.dumps(originals, ensure_ascii=False)}")
    return "\n".join([*lines, ""])


def _settings(folder: Path) -> dict[str, Any]:
    mark = folder / _MARK
    try:
        settings = tomllib.loads(mark.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CorpusError(
            f"{folder} is no corpus. Make one with: textmine init DIR, "
            "or name one with --corpus DIR."
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CorpusError(f"{mark} cannot be read: {error}.") from error
    if settings.get("format") != FORMAT:
        raise CorpusError(
            f"{mark} says format = {settings.get('format')!r}; this textmine reads {FORMAT}."
        )
    return settings


def _originals(folder: Path, named: object) -> Originals:
    """The originals at an address, or in a folder that is named as seen from the corpus."""
    place = str(named or _ORIGINALS)
    return Originals(place if Address.meant(place) else folder / Path(place).expanduser())


def _take_codebook(folder: Path, catalogue: Catalogue) -> None:
    """Put the codebook that is in force for a team into the folder of one of its members.

    One that was edited there stays: it comes into force when clauses are coded by it.
    """
    text = catalogue.setting(_CODEBOOK)
    if text is None:
        return
    own, before = folder / "codebook.yaml", folder / _IN_FORCE
    try:
        known = before.read_bytes() if before.exists() else None
        here = own.read_bytes() if own.exists() else None
        in_force = text.encode("utf-8")
        if here != in_force and (here is None or here == known):
            write_whole(own, [in_force])
        if known != in_force:
            write_whole(before, [in_force])
    except OSError as error:
        raise CorpusError(
            f"The codebook of {catalogue.place} cannot be written to {folder}: "
            f"{error.strerror or error}."
        ) from error
