"""Files and folders in, documents in a named state out.

``add`` finds the files, keeps each original by its hash, reads it in a worker, joins what the
table ``documents.csv`` says with what textmine guesses, and stores the whole document at once.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from textmine.errors import InputError
from textmine.metadata import TABLE_NAME, Record, merge, missing_files, read_table
from textmine.records import DocumentState, Extraction, Guess
from textmine.sources import SUFFIXES
from textmine.store.catalogue import Derived, Source, now
from textmine.store.codec import (
    clause_from_json,
    extraction_from_json,
    part_from_json,
    view_from_json,
)
from textmine.store.corpus import Corpus
from textmine.store.originals import sha256_of
from textmine.worker import Result, Task, run

UNREADABLE = frozenset({".doc", ".rtf", ".odt", ".epub", ".djvu", ".pages", ".docm"})
"""Suffixes of documents that a folder may hold and that cannot be read: each is a failed input."""

RETRIED = frozenset({"interrupted", "timeout", "memory", "crash", "too-large"})
"""Reasons of failure that may be gone next time; the others lie in the file itself."""

_BEGUN = "Its reading was begun and not finished; add it again."


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one input."""

    path: str
    sha256: str
    state: DocumentState
    reason: str


@dataclass(slots=True)
class Summary:
    """What became of all inputs. ``ignored`` counts files of folders that are no documents."""

    outcomes: list[Outcome] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)
    warnings: list[str] = field(default_factory=list)

    def count(self, state: DocumentState) -> int:
        """How many inputs ended in a state; the five counts add up to the number of inputs."""
        return sum(outcome.state == state for outcome in self.outcomes)


def find(paths: Sequence[Path]) -> tuple[list[Path], Counter[str]]:
    """The documents that files and folders (searched to the bottom) hold, in a fixed order.

    A file that is named is always taken. In folders, hidden files, the table of metadata and kinds
    of files that are no documents are left out; the latter are counted by suffix. InputError when
    a path does not exist.
    """
    found: dict[Path, None] = {}
    ignored: Counter[str] = Counter()
    for path in paths:
        if path.is_dir():
            for file in _walk(path):
                suffix = file.suffix.lower()
                if suffix in SUFFIXES or suffix in UNREADABLE:
                    found[file] = None
                elif file.name != TABLE_NAME:
                    ignored[suffix or file.name] += 1
        elif path.exists():
            found[path] = None
        else:
            raise InputError(f"{path} does not exist; check the spelling.")
    return list(found), ignored


def _walk(folder: Path) -> Iterator[Path]:
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith((".", "~$")):
                yield Path(where, name)


def add(
    corpus: Corpus,
    files: Iterable[Path],
    *,
    jobs: int,
    on_outcome: Callable[[Outcome], None] = lambda outcome: None,
) -> Summary:
    """Take files into a corpus, ``jobs`` at a time; every file gets exactly one outcome.

    A document is stored as soon as it is read, so an interrupted run goes on where it stopped when
    it is repeated.
    """
    summary = Summary()
    tables = _Tables(summary.warnings)
    arriving: dict[int, tuple[Path, str]] = {}
    first: dict[str, Path] = {}

    def settle(path: Path, sha256: str, state: DocumentState, reason: str) -> None:
        outcome = Outcome(str(path), sha256, state, reason)
        summary.outcomes.append(outcome)
        on_outcome(outcome)

    def repeated(path: Path, sha256: str, known: str) -> None:
        if str(path.resolve()) == known:
            settle(path, sha256, "duplicate", "already in the corpus, unchanged")
            return
        reason = f"same content as {known}"
        corpus.catalogue.put_source(_source(path, sha256, "duplicate", reason))
        settle(path, sha256, "duplicate", reason)

    def tasks() -> Iterator[Task]:
        for path in files:
            try:
                sha256 = sha256_of(path)
                if twin := first.get(sha256):
                    repeated(path, sha256, str(twin.resolve()))
                    continue
                known = corpus.catalogue.document_by_hash(sha256)
                if known is not None and known.state != "failed":
                    repeated(path, sha256, known.path)
                    continue
                if known is not None and known.reason not in RETRIED:
                    settle(path, sha256, "failed", f"{known.reason}: {known.detail}")
                    continue
                first[sha256] = path
                original = corpus.originals.keep(path, sha256, path.suffix.lower())
            except (OSError, InputError) as error:
                settle(path, "", "failed", f"unreadable: {error}")
                continue
            # Registered first: numbers follow the order of the inputs, whichever is read sooner,
            # and what a crash interrupts is on record.
            begun = Derived(
                sha256=sha256,
                suffix=path.suffix.lower(),
                size=original.stat().st_size,
                state="failed",
                reason="interrupted",
                detail=_BEGUN,
            )
            key = corpus.catalogue.put(
                begun, _source(path, sha256, "failed", f"interrupted: {_BEGUN}")
            )
            arriving[key] = (path, sha256)
            yield Task(key, str(original), sha256, str(path))

    for result in run(tasks(), jobs=jobs):
        path, sha256 = arriving[result.task.key]
        derived = _derived(result, path, tables.record(path))
        reason = f"{derived.reason}: {derived.detail}" if derived.reason else ""
        corpus.catalogue.put(derived, _source(path, sha256, derived.state, reason))
        settle(path, sha256, derived.state, reason)
    return summary


def _source(path: Path, sha256: str, state: DocumentState, reason: str) -> Source:
    return Source(str(path.resolve()), sha256, state, reason, now())


class _Tables:
    """The tables of metadata that lie beside the files; each is read once."""

    def __init__(self, warnings: list[str]) -> None:
        self._warnings = warnings
        self._read: dict[Path, dict[Path, Record]] = {}

    def record(self, path: Path) -> Record | None:
        """What the table in the file's folder, or the nearest one above it, says of a file."""
        path = path.resolve()
        for folder in path.parents:
            table = folder / TABLE_NAME
            if table not in self._read:
                self._read[table] = self._load(table)
            if record := self._read[table].get(path):
                return record
        return None

    def _load(self, table: Path) -> dict[Path, Record]:
        if not table.is_file():
            return {}
        try:
            rows = read_table(table)
        except InputError as error:
            self._warnings.append(f"{error} Its metadata is guessed instead.")
            return {}
        self._warnings.extend(missing_files(table, rows))
        return {(table.parent / name).resolve(): record for name, record in rows.items()}


def _derived(result: Result, path: Path, record: Record | None) -> Derived:
    """The document to store, in its state."""
    sha256, suffix = result.task.sha256, path.suffix.lower()
    size = Path(result.task.path).stat().st_size
    if result.extraction is None:
        return Derived(
            sha256=sha256,
            suffix=suffix,
            size=size,
            state="failed",
            reason=result.reason,
            detail=result.detail,
            attributes=merge(record, {}),
        )
    extraction = extraction_from_json(result.extraction)
    made = result.derived or {"clauses": (), "parts": (), "segmenter": "", "normaliser": ""}
    guesses = {name: Guess(*each) for name, each in made.get("guesses", {}).items()}
    state, reason, detail = _state(extraction, result, len(made["clauses"]))
    return Derived(
        sha256=sha256,
        suffix=suffix,
        size=size,
        state=state,
        reason=reason,
        detail=detail,
        warnings=extraction.warnings,
        missing=extraction.missing,
        extractor=extraction.extractor,
        segmenter=made["segmenter"],
        normaliser=made["normaliser"],
        pages=extraction.pages,
        clauses=tuple(
            (clause_from_json(clause), view_from_json(text, len(clause["text"]), blocks))
            for clause, text, blocks in made["clauses"]
        ),
        parts=tuple(part_from_json(part) for part in made["parts"]),
        attributes=merge(record, guesses),
    )


def _state(extraction: Extraction, result: Result, clauses: int) -> tuple[DocumentState, str, str]:
    """The state of a document that could be opened, a stable reason, and a sentence."""
    if result.reason:
        return "partial", result.reason, f"The text was read, its clauses were not: {result.detail}"
    pages = extraction.pages
    bare = [page.number for page in pages if page.verdict.state == "none"]
    if pages and len(bare) == len(pages):
        return "failed", "no-text", pages[0].verdict.reason
    missing = sorted([*extraction.missing, *bare])
    if missing:
        why = next(iter(extraction.missing.values()), "") or next(
            page.verdict.reason for page in pages if page.verdict.state == "none"
        )
        return "partial", "pages-missing", f"No text from {_pages(missing)}: {why}"
    doubtful = [page for page in pages if page.verdict.state == "suspect"]
    if doubtful:
        numbers = _pages([page.number for page in doubtful])
        return "suspect", "doubtful-text", f"On {numbers}: {doubtful[0].verdict.reason}"
    if not clauses:
        return "suspect", "no-clauses", "The document holds text, but no clause was found in it."
    return "done", "", ""


def _pages(numbers: Sequence[int]) -> str:
    """Page numbers for a sentence.

    >>> _pages([3]), _pages([1, 2, 9])
    ('page 3', 'pages 1, 2, 9')
    """
    shown = ", ".join(str(number) for number in numbers[:12])
    more = f" and {len(numbers) - 12} more" if len(numbers) > 12 else ""
    return f"page{'s' if len(numbers) > 1 else ''} {shown}{more}"
