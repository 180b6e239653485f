"""Whether the files of a corpus are what the catalogue and their own digests say."""

from __future__ import annotations

import json
import sqlite3
import struct
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from textmine import codebook as codebooks
from textmine.care.findings import Findings
from textmine.care.removing import REMOVED
from textmine.care.rows import ADD, OnStep
from textmine.encoding import VECTORS
from textmine.encoding.cache import damaged
from textmine.errors import CodebookError, ModelError, ReadError
from textmine.search.engine import checking, folder, upkeep
from textmine.store import tables as t
from textmine.store.corpus import Corpus

REBUILD = "Make the index anew: textmine index --rebuild"

_TAIL = struct.Struct("<II")  # tantivy ends a file with a check sum, its length and a number
_NUMBER = 1337
_CHUNK = 1 << 20


def check_originals(corpus: Corpus, found: Findings, on_step: OnStep) -> None:
    """Every original against its hash; what lies there besides is noted."""
    d = t.document.c
    query = sa.select(d.sha256, d.suffix, d.path).order_by(d.id)
    e = t.event.c
    removed = sa.select(e.detail).where(e.what == REMOVED)
    with corpus.catalogue.reading() as connection:
        documents = connection.execute(query).all()
        taken_out = {detail["sha256"] for detail in connection.scalars(removed)}
    for place, (sha256, suffix, path) in enumerate(documents, 1):
        try:
            if corpus.originals.digest(sha256, suffix) != sha256:
                found.problem("originals", f"The original of {path} is damaged.", ADD)
        except ReadError as error:
            found.problem("originals", f"The original of {path}: {error}", ADD)
            if error.reason == "unreachable":
                return
        except OSError as error:
            found.problem("originals", f"The original of {path} cannot be read: {error}.", ADD)
        on_step(place, len(documents))
    found.checked["originals"] += len(documents)
    known = {sha256 for sha256, _, _ in documents}
    half, kept, other = 0, 0, 0
    for stored in corpus.originals.stored():
        half += stored.half_made
        sha256 = stored.name.rpartition("/")[2].partition(".")[0]
        if not stored.half_made and sha256 not in known:
            kept += sha256 in taken_out
            other += sha256 not in taken_out
    if half:
        found.notes.append(f"{half} originals were begun and not finished by a stopped command.")
    if kept:
        found.notes.append(
            f"{kept} originals are of documents that were removed; they are kept, and stay out of "
            "backups."
        )
    if other:
        found.notes.append(
            f"{other} files among the originals belong to no document, as when adding was stopped; "
            "adding goes on where it stopped when it is repeated."
        )


def check_codebook(corpus: Corpus, found: Findings) -> None:
    """The codebook file against the wording that codings were made by."""
    file = corpus.codebook_file
    try:
        own = codebooks.load(file)
        text = file.read_text(encoding="utf-8")
    except (CodebookError, OSError, UnicodeDecodeError) as error:
        found.problem("codebook", f"{file.name} cannot be read: {error}", _CODEBOOK)
        return
    b = t.codebook.c
    query = sa.select(b.digest, b.source).where(b.reference == own.reference)
    with corpus.catalogue.reading() as connection:
        known = connection.execute(query).one_or_none()
        last = connection.scalar(sa.select(b.reference).order_by(b.added_at.desc()).limit(1))
    if known is None and last is not None:
        found.notes.append(
            f"{file.name} is {own.reference}, by which nothing was coded yet; the last on record "
            f"is {last}. If you did not change it: {_CODEBOOK.partition('. ')[2]}"
        )
    elif known is not None and known.digest != own.digest:
        what = f"{file.name} is not the wording of {own.reference} that codings were made by."
        found.problem("codebook", what, _CODEBOOK)
    elif known is not None and known.source != text:
        found.notes.append(
            f"{file.name} is not written as when codings were made by it, but says the same."
        )


_CODEBOOK = (
    "If you changed it, raise its version by one. If not, put it back: textmine history --codebook "
    "prints the wording that is on record."
)


def check_models(corpus: Corpus, found: Findings) -> None:
    """The corpus's own models against their digests, and which of them is live."""
    from textmine.tagging.coders import model_folder
    from textmine.tagging.live import live_name

    try:
        live = live_name(corpus.models)
        if model_folder(live, corpus.folder) is None:
            mend = "Go back to the one before: textmine models rollback"
            found.problem("models", f"The live model {live} is missing.", mend)
    except ModelError as error:
        found.problem("models", str(error), "Put it back from a backup.")
    folders = [each for each in _folders(corpus.models) if not each.name.startswith(".")]
    if folders:
        from textmine.tagging.model import read_files  # loads scikit-learn
    for each in folders:
        try:
            read_files(each)
        except ModelError as error:
            found.problem("models", str(error), "Train it again: textmine train --name NAME")
    found.checked["models"] += len(folders)


def _folders(place: Path) -> list[Path]:
    return sorted(each for each in place.iterdir() if each.is_dir()) if place.is_dir() else []


def check_index(corpus: Corpus, found: Findings, on_step: OnStep) -> None:
    """The files of the search index against their check sums, and the index with the catalogue."""
    position = folder.read_position(corpus.index)
    if position is None:
        if (corpus.index / folder.POSITION).exists():
            found.problem("index", "It cannot be said which of its folders holds.", REBUILD)
        elif any(corpus.index.glob("data-*")):
            found.notes.append("The index is not finished; the next command that uses it makes it.")
        return
    place = corpus.index / position.folder
    wrong = list(_wrong_files(place)) if place.is_dir() else [f"{position.folder} is missing"]
    for each in wrong:
        found.problem("index", f"{each}.", REBUILD)
    if wrong:
        return
    try:
        opened = upkeep.as_it_is(corpus)
    except (ValueError, OSError, sqlite3.Error):  # tantivy raises ValueError for what goes wrong
        opened = None
    if opened is None:
        found.problem("index", "It is damaged, or follows another catalogue.", REBUILD)
        return
    behind = upkeep.changes_after(corpus, opened.position)
    if behind:
        found.notes.append(
            f"The index is {behind} changes behind the catalogue; the next command that uses it "
            "brings it up to date, or now: textmine index"
        )
    elif opened.searcher.num_docs != opened.position.clauses:
        found.problem("index", "It holds another number of clauses than it should.", REBUILD)
    for said in checking.problems(corpus, opened, on_step):
        found.problem("index", said, REBUILD)
    found.checked["clauses in the index"] += opened.searcher.num_docs


def _wrong_files(place: Path) -> Iterator[str]:
    """Which files of an index folder are missing or damaged."""
    try:
        names = json.loads((place / ".managed.json").read_text(encoding="utf-8"))
        segments = json.loads((place / "meta.json").read_text(encoding="utf-8"))["segments"]
        alive = {str(each["segment_id"]).replace("-", "") for each in segments}
    except (OSError, ValueError, TypeError, KeyError) as error:
        yield f"Its list of files cannot be read ({error})"
        return
    versions = set()
    for name in sorted(names):
        if name.partition(".")[0] not in alive:
            continue
        try:
            version = _version(place / name)
        except FileNotFoundError:
            yield f"{name} is missing"
        except (OSError, ValueError, KeyError, TypeError) as error:
            yield f"{name} is damaged ({error})"
        else:
            versions.add(version)
    if len(versions) > 1:
        yield "Its files say that they are of several versions"
    if said := _wrong_words(place / "words.db"):
        yield f"words.db is damaged ({said})"


def _version(file: Path) -> str:
    """What wrote a file of the index; ValueError when its check sum is wrong."""
    with file.open("rb") as stream:
        size = stream.seek(-_TAIL.size, 2)
        length, number = _TAIL.unpack(stream.read())
        if number != _NUMBER or length > size:
            raise ValueError("it has no end")
        stream.seek(size - length)
        says: dict[str, Any] = json.loads(stream.read(length))
        stream.seek(0)
        sum_, left = 0, size - length
        while left and (chunk := stream.read(min(_CHUNK, left))):
            sum_ = zlib.crc32(chunk, sum_)
            left -= len(chunk)
        if left or sum_ != says.pop("crc"):
            raise ValueError("its check sum is another")
        return json.dumps(says, sort_keys=True)


def _wrong_words(file: Path) -> str:
    """What is wrong with the vocabulary, as far as it can be seen; "" when nothing."""
    try:
        with closing(folder.only_read(file)) as connection:
            connection.text_factory = bytes
            [first] = connection.execute("PRAGMA integrity_check(1)").fetchone()
            if first != b"ok":
                return str(first, "utf-8", "replace")
            for row in connection.execute("SELECT key, form FROM form"):
                for text in row:
                    str(text, "utf-8")
            query = "SELECT count(*) FROM form WHERE relation NOT IN (1, 2, 3, 4)"
            [odd] = connection.execute(query).fetchone()
    except (sqlite3.Error, UnicodeDecodeError, TypeError) as error:
        return str(error)
    return f"{odd} rows say nothing" if odd else ""


def check_encodings(corpus: Corpus, found: Findings) -> None:
    """The vectors that are kept from one run to the next."""
    file = corpus.folder / VECTORS
    if not file.exists():
        return
    mend = f"It can be made again: delete {file.name}"
    try:
        number = damaged(file)
    except sqlite3.Error as error:
        found.problem("encodings", f"{file.name} is damaged ({error}).", mend)
        return
    if number:
        found.problem("encodings", f"{number} vectors of {file.name} are damaged.", mend)


def check_left(corpus: Corpus, found: Findings) -> None:
    """What a stopped command left behind."""
    for file in sorted(corpus.folder.glob(".*.part")) + sorted(corpus.folder.glob("*/.*.part")):
        name = file.relative_to(corpus.folder)
        found.notes.append(f"{name} was begun and not finished by a stopped command.")
