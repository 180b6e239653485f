"""A corpus is a folder that a researcher can copy, archive and send.

corpus.toml      says that this is a corpus, and how it is set up
codebook.yaml    the codebook that codings follow
catalogue.db     everything derived from the originals
originals/       the files as they came, by content hash
index/           the search index, derived from the catalogue
models/          models trained on this corpus
reports/         what `textmine report` wrote
"""

from __future__ import annotations

import os
import shutil
import tomllib
from pathlib import Path

from textmine.errors import CorpusError
from textmine.resources import shipped
from textmine.store.catalogue import Catalogue
from textmine.store.originals import Originals

FORMAT = 1
_MARK = "corpus.toml"


class Corpus:
    """The folder of a corpus; ``catalogue`` and ``originals`` are open while it is in use."""

    def __init__(self, folder: Path, catalogue: Catalogue) -> None:
        self.folder = folder
        self.catalogue = catalogue
        self.originals = Originals(folder / "originals")

    @classmethod
    def create(cls, folder: Path, *, codebook: Path | None = None) -> Corpus:
        """Make an empty corpus; CorpusError when the folder holds something already.

        ``codebook`` is copied into the corpus; the shipped one when None.
        """
        if (folder / _MARK).exists():
            raise CorpusError(f"{folder} is a corpus already; add documents with: textmine add")
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise CorpusError(f"{folder} is not an empty folder; choose a new name for the corpus.")
        making = folder.absolute().with_name(f".{folder.absolute().name}.making")
        try:
            shutil.rmtree(making, ignore_errors=True)
            making.mkdir(parents=True)
            source = codebook or shipped("codebooks") / "agreement_themes.yaml"
            shutil.copyfile(source, making / "codebook.yaml")
            Catalogue.create(making / "catalogue.db").close()
            (making / _MARK).write_text(
                f"# A corpus of textmine. Keep this folder together.\nformat = {FORMAT}\n",
                encoding="utf-8",
            )
            folder.mkdir(exist_ok=True)
            # The mark goes last: until it is there, the folder is no corpus.
            for made in sorted(making.iterdir(), key=lambda each: each.name == _MARK):
                made.rename(folder / made.name)
        except OSError as error:
            raise CorpusError(f"The corpus cannot be made at {folder}: {error}.") from error
        finally:
            shutil.rmtree(making, ignore_errors=True)
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path) -> Corpus:
        """An existing corpus; CorpusError with the way out when there is none or it is damaged."""
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
        return cls(folder, Catalogue.open(folder / "catalogue.db"))

    @staticmethod
    def is_at(folder: Path) -> bool:
        """Whether a folder is a corpus."""
        return (folder / _MARK).exists()

    @property
    def codebook_file(self) -> Path:
        """The codebook that codings follow."""
        return self.folder / "codebook.yaml"

    @property
    def lock(self) -> Path:
        """The file that whoever takes documents in locks."""
        return self.folder / "adding.lock"

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

    def __enter__(self) -> Corpus:
        return self

    def __exit__(self, *error: object) -> None:
        self.catalogue.close()


def locate(named: str | None) -> Path:
    """The corpus folder: the one named, else ``TEXTMINE_CORPUS``, else the current folder.

    CorpusError for the address of a database server, which this version does not use yet.
    """
    place = named or os.environ.get("TEXTMINE_CORPUS") or "."
    if "://" in place:
        raise CorpusError(
            f"{place} is an address; this version keeps a corpus in a folder. "
            "Name a folder: --corpus DIR"
        )
    return Path(place).expanduser()
