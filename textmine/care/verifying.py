"""Proving that a corpus is what was written to it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from textmine.care import files, journal, rows
from textmine.care.findings import Findings
from textmine.errors import CorpusError, TextmineError
from textmine.store import last
from textmine.store.address import Address
from textmine.store.corpus import Corpus
from textmine.store.database import REVISION
from textmine.store.sqlite import foreign, lacks

OnStage = Callable[[str, int, int], None]
"""Told what is looked at, and how much of how much of it is done."""


def verify(place: Path | Address, on_stage: OnStage = lambda what, done, of: None) -> Findings:
    """Everything that a corpus holds against its seals, hashes and check sums.

    Nothing of the corpus is changed, and others may use it meanwhile. CorpusError when there is
    none, or it is of a newer version than this.
    """
    found = Findings()
    known = None
    if isinstance(place, Path) and Corpus.is_at(place):
        if not _looks_whole(place, found):
            return found
        known = last.read(place / "catalogue.db")
        if known is None and last.file_of(place / "catalogue.db").exists():
            found.problem("catalogue", "catalogue.last is damaged.", "Delete it.")
        elif known is None and Corpus.is_local(place):
            found.notes.append(
                "catalogue.last is missing, which names the last change: whether the last changes "
                "were lost cannot be said. The next command that stores something makes it anew."
            )
    try:
        corpus = Corpus.as_it_is(place)
    except CorpusError as error:
        if isinstance(place, Path) and not Corpus.is_at(place):
            raise
        found.problem("corpus.toml", str(error), rows.RESTORE)
        return found
    with corpus:
        with _told(found, "catalogue", rows.RESTORE):
            _check_catalogue(corpus, known, found, on_stage)
        with _told(found, "originals", rows.ADD):
            files.check_originals(corpus, found, partial(on_stage, "Originals"))
        with _told(found, "index", files.REBUILD):
            files.check_index(corpus, found, partial(on_stage, "Index"))
        for check in (files.check_codebook, files.check_models, files.check_encodings):
            with _told(found, "catalogue", rows.RESTORE):
                check(corpus, found)
        files.check_left(corpus, found)
    found.close()
    return found


@contextmanager
def _told(found: Findings, where: str, mend: str) -> Iterator[None]:
    """What stops a check is itself something that is wrong."""
    try:
        yield
    except (CorpusError, sa.exc.DBAPIError) as error:  # whatever it was that asked the catalogue
        said = error.orig if isinstance(error, sa.exc.DBAPIError) else error  # not its query
        found.problem("catalogue", f"It cannot be read: {said}", rows.RESTORE)
    except (TextmineError, OSError, sqlite3.Error, *rows.UNREADABLE) as error:
        found.problem(where, f"It cannot be read: {error}", mend)


def _looks_whole(folder: Path, found: Findings) -> bool:
    """Whether the catalogue's file can be opened without losing what tells that it is damaged."""
    file = folder / "catalogue.db"
    if not file.exists():
        if Corpus.is_local(folder):
            found.problem("catalogue", f"{file.name} is missing.", rows.RESTORE)
            return False
        return True
    if said := journal.lost(file):
        mend = (
            f"{rows.RESTORE}. To go on with what is left, delete {file.name}-wal, {file.name}-shm "
            f"and {last.file_of(file).name}"
        )
        found.problem("catalogue", f"{file.name}-wal: {said}", mend)
        return False
    if said := foreign(file):
        found.problem("catalogue", f"{file.name} {said}.", rows.RESTORE)
        return False
    return True


def _check_catalogue(
    corpus: Corpus, known: last.Last | None, found: Findings, on_stage: OnStage
) -> None:
    with corpus.catalogue.reading() as connection, rows.raw_texts(connection):
        revision = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
        if revision is not None and str(revision) > REVISION and str(revision).isdecimal():
            raise CorpusError(
                f"It was written by a newer textmine (catalogue {revision}, this one reads up to "
                f"{REVISION}); upgrade textmine."
            )
        sealed = revision == REVISION
        if corpus.catalogue.dialect == "sqlite":
            rows.check_file(connection, found, sealed=sealed)
        if not sealed:
            found.notes.append(
                "The catalogue is of an older textmine, whose rows have no seals. Any command that "
                "uses the corpus brings it up to date, as textmine status; verify it then."
            )
            return
        raw: Any = connection.connection.driver_connection
        if known is not None and (lost := lacks(raw, known)):
            what = f"{lost.capitalize()}, which was made, is not in it: it lost the last changes."
            found.problem("catalogue", what, rows.RESTORE)
        for check in (
            partial(rows.check_documents, on_step=partial(on_stage, "Documents")),
            rows.check_rows,
            rows.check_trail,
        ):
            with _told(found, "catalogue", rows.RESTORE), connection.begin_nested():
                check(connection, found)
