"""What a corpus holds, whether it is sound, and what was left lying about."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from textmine.errors import TextmineError
from textmine.store.corpus import Corpus
from textmine.store.originals import sha256_of
from textmine.tagging.coders import MODEL_FILE, listed
from textmine.tagging.live import live_name
from torturing.commands import Command, done

Tables = dict[str, Counter[str]]

# Rows that say when and in how many steps something came about, not what it is.
_HISTORY = {"change", "event", "alembic_version"}
_TIMES = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(\+00:00|Z)?")


def tables(corpus: Path) -> Tables:
    """The rows of the catalogue, without times and what hangs on them."""
    found: Tables = {}
    with closing(sqlite3.connect(corpus / "catalogue.db")) as database:
        names = [
            name
            for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if name not in _HISTORY and not name.startswith("sqlite_")
        ]
        for name in names:
            rows = database.execute(f'SELECT * FROM "{name}"')
            columns = [
                (place, column[0])
                for place, column in enumerate(rows.description)
                if not (
                    column[0].endswith("_at")
                    or column[0] in ("seal", "mark", "event")
                    or (name in ("coding", "withdrawn") and column[0] in ("id", "coding"))
                )
            ]
            found[name] = Counter(
                repr({column: row[place] for place, column in columns}) for row in rows
            )
    return found


def differences(found: Tables, wanted: Tables) -> list[str]:
    """How the rows differ from those that there should be, in a few words a table."""
    said = []
    for name in sorted(found.keys() | wanted.keys()):
        have, want = found.get(name, Counter()), wanted.get(name, Counter())
        if have != want:
            lacking, more = want - have, have - want
            example = next(iter([*lacking, *more]))[:160]
            said.append(f"{name}: {lacking.total()} rows lack, {more.total()} too many, {example}")
    return said


def kept(before: Tables, after: Tables) -> list[str]:
    """Which decisions of people, originals and searches are there no more."""
    said = []
    for name in ("coding", "codebook", "search", "withdrawn"):
        gone = before.get(name, Counter()) - after.get(name, Counter())
        if name == "coding":
            gone = Counter({row: number for row, number in gone.items() if "'person:" in row})
        if gone:
            said.append(f"{name}: {gone.total()} rows are gone")
    for name, key in (("document", "sha256"), ("source", "path")):
        keys = [_values(each.get(name, Counter()), key) for each in (before, after)]
        if gone_keys := keys[0] - keys[1]:
            said.append(f"{name}: {len(gone_keys)} are gone")
    return said


def _values(rows: Counter[str], key: str) -> set[str]:
    return {found[1] for row in rows if (found := re.search(rf"'{key}': '([^']*)'", row))}


def sound(corpus: Path, work: Path) -> list[str]:
    """What is wrong with a corpus, found on a copy: so that looking mends nothing."""
    with tempfile.TemporaryDirectory(dir=work) as folder:
        copy = Path(folder, "corpus")
        shutil.copytree(corpus, copy)
        return list(_faults(copy))


def _faults(corpus: Path) -> Iterator[str]:
    with closing(sqlite3.connect(corpus / "catalogue.db")) as database:
        for (said,) in database.execute("PRAGMA integrity_check"):
            if said != "ok":
                yield f"integrity_check: {said}"
        for row in database.execute("PRAGMA foreign_key_check"):
            yield f"foreign_key_check: {row}"
    try:
        with Corpus.open(corpus) as opened:
            for document in opened.catalogue.documents():
                original = opened.originals.path(document.sha256, document.suffix)
                if not original.is_file() or sha256_of(original) != document.sha256:
                    yield f"document {document.id} has no sound original"
                pages = opened.catalogue.pages(document.id)
                if document.state != "failed" and not pages:
                    yield f"document {document.id} is {document.state} and has no pages"
        for model in listed(corpus):
            if model.fault:
                yield f"the model {model.name} is half there: {model.fault}"
        name = live_name(corpus / "models")
        if name not in {model.name for model in listed(corpus)}:
            yield f"the live model {name} is not there"
    except TextmineError as error:
        yield f"{type(error).__name__}: {error}"
    yield from _verified(corpus)


def _verified(corpus: Path) -> Iterator[str]:
    """What ``textmine verify`` finds, where there is such a command."""
    ended = done(Command(corpus.parent, ["verify", "--corpus", str(corpus), "--json"]))
    try:
        problems = json.loads(ended.out)["problems"]
    except (ValueError, LookupError):
        yield f"verify ended with {ended.code}: {ended.err[-200:]!r}"
        return
    for problem in problems:
        yield f"verify: {json.dumps(problem, ensure_ascii=False)[:300]}"


def unrestorable(backup: Path, work: Path) -> list[str]:
    """Why a backup cannot be put back, or gives a corpus that is not sound."""
    with tempfile.TemporaryDirectory(dir=work) as folder:
        ended = done(Command(Path(folder), ["restore", str(backup.absolute()), "back"]))
        return ended.faults((0,)) or list(_faults(Path(folder, "back")))


# -- files -----------------------------------------------------------------------------------------


def names(folder: Path) -> set[str]:
    """The files of a folder that last: no locks, logs of databases, or inside of the index."""
    return {
        _named(path.relative_to(folder))
        for path in folder.rglob("*")
        if not path.is_dir() and not path.name.endswith(("-wal", "-shm", ".lock", "catalogue.last"))
    }


def _named(path: Path) -> str:
    parts = path.parts
    if "index" in parts:  # what one folder of it is called, and how it is parted, is its own affair
        inside = parts[: parts.index("index") + 2]
        return "/".join(re.sub(r"-[0-9a-f]+$", "-N", part) for part in inside)
    if "models" in parts:
        return re.sub(r"-[0-9]+/", "-N/", path.as_posix())
    return path.as_posix()


def folders_of_index(corpus: Path) -> int:
    """How many folders of data the index has; more than one is waste."""
    return len(list((corpus / "index").glob("data-*")))


def written(folder: Path) -> dict[str, bytes]:
    """The files in a folder without the times that they tell; workbooks by their parts."""
    found: dict[str, bytes] = {}
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                found |= {f"{name}/{part}": _timeless(book.read(part)) for part in book.namelist()}
        else:
            found[name] = _timeless(path.read_bytes())
    return found


def _timeless(content: bytes) -> bytes:
    return _TIMES.sub("", content.decode("utf-8", "surrogateescape")).encode(
        "utf-8", "surrogateescape"
    )


def live_model(corpus: Path) -> dict[str, bytes]:
    """What the live model has learned; a command that is run twice gives it another name."""
    name = live_name(corpus / "models")
    folder = corpus / "models" / name
    return {
        file.name: file.read_bytes().replace(name.encode(), b"")
        for file in sorted(folder.glob("*"))
        if file.name != MODEL_FILE  # its digest is over its name, too
    }
