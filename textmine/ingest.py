"""Files and folders in, documents in a named state out.

``add`` finds the files, keeps each original by its hash, reads it in a worker, joins what the
table ``documents.csv`` says with what textmine guesses, and stores the whole document at once.
"""

from __future__ import annotations

import os
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import sqlalchemy as sa

from textmine import __version__, received
from textmine.clauses import SEGMENTER
from textmine.engines import Engine, Local, OnPage, Order
from textmine.errors import CorpusError, EngineError, InputError
from textmine.metadata import (
    TABLE_NAME,
    Record,
    attributes_of,
    merge,
    missing_files,
    read_table,
)
from textmine.records import Document, DocumentState, Extraction, Guess
from textmine.sources import SUFFIXES, current_extractor
from textmine.store.catalogue import Derived, Source, now
from textmine.store.codec import (
    clause_from_json,
    extraction_from_json,
    part_from_json,
    view_from_json,
)
from textmine.store.corpus import Corpus
from textmine.store.originals import digest_and_size, suffix_of
from textmine.text.normalise import normaliser
from textmine.text.unseen import path_shown
from textmine.worker import Result

UNREADABLE = frozenset({".doc", ".rtf", ".odt", ".epub", ".djvu", ".pages", ".docm"})
"""Suffixes of documents that a folder may hold and that cannot be read: each is a failed input."""

RETRIED = frozenset(
    {
        "interrupted",
        "timeout",
        "memory",
        "crash",
        "too-large",
        "unreachable",
        "original-missing",
        "original-damaged",
    }
)
"""Reasons that may be gone next time; the others lie in the file itself."""

UNCHANGED = "already in the corpus, unchanged"
PUT_BACK = "already in the corpus; its original was missing or damaged and was put back"

_FAILED_BY = f"textmine {__version__}"  # what could not be read is tried again by the next version

_BEGUN = "Its reading was begun and not finished; add it again."

# What decoding and storing raise for a result that is none: a reading process that a hostile file
# took over may send anything.
_NO_DOCUMENT = (
    sa.exc.StatementError,
    ArithmeticError,
    AttributeError,
    CorpusError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)

_TOGETHER = 16  # files that are copied side by side and registered in one transaction
_COPYING = 8  # threads: storing waits for disks and networks


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

    A file that is named is always taken. In folders, hidden files, the table of metadata, other
    corpora and kinds of files that are no documents are left out; the last are counted by suffix,
    links to folders and out of the folder as ``link``. A folder that cannot be read is given back
    itself: it fails when it is added. InputError when a path does not exist.
    """
    found: dict[Path, None] = {}
    ignored: Counter[str] = Counter()
    for path in paths:
        if path.is_dir():
            for file in _walk(path, ignored):
                suffix = file.suffix.lower()
                if suffix in SUFFIXES or suffix in UNREADABLE or file.is_dir():
                    found[file] = None
                elif file.name != TABLE_NAME:
                    ignored[suffix or file.name] += 1
        elif path.exists():
            found[path] = None
        else:
            raise InputError(f"{path} does not exist; check the spelling.")
    return list(found), ignored


def _walk(top: Path, ignored: Counter[str]) -> Iterator[Path]:
    unreadable: list[Path] = []
    walk = os.walk(top, onerror=lambda error: unreadable.append(Path(os.fsdecode(error.filename))))
    for where, folders, files in walk:
        if Corpus.is_at(Path(where)):
            folders.clear()
            continue
        ignored["link"] += sum(Path(where, name).is_symlink() for name in folders)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if name.startswith((".", "~$")):
                continue
            if _leads_out(file := Path(where, name), top):
                ignored["link"] += 1  # whoever sent the folder would choose what is taken
            else:
                yield file
    ignored += Counter()  # drops what was counted 0 times
    yield from unreadable


def _leads_out(file: Path, top: Path) -> bool:
    return file.is_symlink() and not file.resolve().is_relative_to(top.resolve())


def add(
    corpus: Corpus,
    files: Sequence[Path],
    *,
    jobs: int = os.cpu_count() or 1,
    engine: Engine | None = None,
    on_outcome: Callable[[Outcome], None] = lambda outcome: None,
    on_page: OnPage = lambda name, at, of: None,
    root: Path | None = None,
) -> Summary:
    """Take files into a corpus; every file gets exactly one outcome.

    They are read on this machine, ``jobs`` at a time, or by another ``engine``. What the corpus has
    already is read again only when a reader, the segmenter or the normaliser have changed since,
    when it failed for want of time or memory, when its scanned pages waited for a program that is
    there now, or when what is stored of it was damaged; a corrected table of metadata is taken over
    without reading, and an original that got lost or spoiled is put back. A document is stored as
    soon as it is read, so an interrupted run goes on where it stopped when it is repeated. One
    process at a time adds to a corpus; others wait. ``on_page`` hears of each scanned page before
    its text is recognised: the file, which page, of how many. Files below ``root`` are known by
    their paths from there, since they came from elsewhere. EngineError when the machines of an
    engine are lost.
    """
    with corpus.catalogue.holding("adding", wait=True):
        return _Adding(corpus, files, on_outcome, root).run(engine or Local(jobs), on_page)


@dataclass(frozen=True, slots=True)
class _Arriving:
    """A file on its way into the corpus, and the document of that content, if there is one."""

    path: Path
    sha256: str
    size: int
    known: Document | None

    @property
    def suffix(self) -> str:
        return suffix_of(self.path) if self.known is None else self.known.suffix


class _Adding:
    """One run of :func:`add`."""

    def __init__(
        self,
        corpus: Corpus,
        files: Sequence[Path],
        on_outcome: Callable[[Outcome], None],
        root: Path | None,
    ) -> None:
        self.root = root
        self.corpus = corpus
        self.files = files
        self.summary = Summary()
        self.tables = _Tables(files, self.summary.warnings)
        self.arriving: dict[int, _Arriving] = {}
        self.first: dict[str, Path] = {}
        self.stored: Counter[str] = Counter()
        self.on_outcome = on_outcome

    def run(self, engine: Engine, on_page: OnPage) -> Summary:
        try:
            for results in engine.read(self.orders(), self.corpus.originals, on_page):
                self.store(results)
        except (EngineError, KeyboardInterrupt):
            self.note()
            raise
        self.note()
        return self.summary

    def called(self, path: Path) -> str:
        """A file as those know it who add it."""
        return path_shown(path if self.root is None else path.relative_to(self.root))

    def place(self, path: Path) -> str:
        """A file as the corpus remembers it: from the top, or from where it was sent from."""
        return self.called(path if self.root is not None else path.absolute())

    def note(self) -> None:
        """Write what was stored into the audit trail."""
        if self.stored:
            self.corpus.catalogue.note("added", detail=dict(self.stored))

    def store(self, results: Sequence[Result]) -> None:
        """Store what became ready together in one transaction, then say so."""
        stored = []
        with self.corpus.catalogue.together():
            for result in results:
                file = self.arriving.pop(result.task.key)
                stored.append((file, self.put(file, result)))
        for file, derived in stored:
            self.stored[derived.state] += 1
            self.summary.warnings += [f"{self.called(file.path)}: {x}" for x in derived.warnings]
            self.settle(file.path, file.sha256, derived.state, _reason(derived))

    def put(self, file: _Arriving, result: Result) -> Derived:
        """Store a document, or that what its reading gave is nothing that can be stored."""
        record = self.tables.record(file.path)
        try:
            derived = _derived(file, result, record)
            if _is_worse(derived, file.known):
                return self.leave(file, derived)
            self._put(file, derived)
        except _NO_DOCUMENT as error:
            if _is_of_the_database(error):
                raise
            said = f"What the reading process sent is no document ({type(error).__name__})."
            derived = _failed(file, "crash", said, record)
            if _is_worse(derived, file.known):
                return self.leave(file, derived)
            self._put(file, derived)
        return derived

    def leave(self, file: _Arriving, derived: Derived) -> Derived:
        """Leave what is stored of a document as it is, and note what came of reading it again."""
        said = f"{derived.detail} What is stored of it stays as it was."
        derived = replace(derived, state="failed", detail=said)
        source = _source(self.place(file.path), file.sha256, "failed", _reason(derived))
        self.corpus.catalogue.put_source(source)
        return derived

    def _put(self, file: _Arriving, derived: Derived) -> int:
        source = _source(self.place(file.path), file.sha256, derived.state, _reason(derived))
        return self.corpus.catalogue.put(derived, source)

    def settle(self, path: Path, sha256: str, state: DocumentState, reason: str) -> None:
        outcome = Outcome(self.called(path), sha256, state, reason)
        self.summary.outcomes.append(outcome)
        self.on_outcome(outcome)

    def orders(self) -> Iterator[Order]:
        """What has to be read; everything else is settled on the way."""
        with ThreadPoolExecutor(_COPYING) as pool:
            for at in range(0, len(self.files), _TOGETHER):
                found = list(self.found(self.files[at : at + _TOGETHER]))
                firsts = {file.sha256: file for file in reversed(found)}
                kept = dict(zip(firsts, pool.map(self.keep, firsts.values()), strict=True))
                wanted = [file for file in found if self.is_wanted(file, firsts, kept)]
                with self.corpus.catalogue.together():
                    keys = [self.begin(file) for file in wanted]
                for key, file in zip(keys, wanted, strict=True):
                    self.arriving[key] = file
                    yield Order(key, file.sha256, file.suffix, self.called(file.path))

    def found(self, paths: Sequence[Path]) -> Iterator[_Arriving]:
        """Files that can be read, with what the corpus has of them."""
        for path in paths:
            try:
                sha256, size = digest_and_size(path)
            except OSError as error:
                self.settle(path, "", "failed", f"unreadable: {error}")
            else:
                known = self.corpus.catalogue.document_by_hash(sha256)
                yield _Arriving(path, sha256, size, known)

    def keep(self, file: _Arriving) -> bool | Exception:
        """Keep the original; whether it had to be copied, or what prevented it."""
        try:
            # Who adds some files again may mend them; long lists are not fetched for that.
            thoroughly = file.known is not None and len(self.files) <= _TOGETHER
            return self.corpus.originals.keep(
                file.path, file.sha256, file.suffix, thoroughly=thoroughly
            )
        except (OSError, InputError) as error:
            return error

    def is_wanted(
        self,
        file: _Arriving,
        firsts: dict[str, _Arriving],
        kept: dict[str, bool | Exception],
    ) -> bool:
        """Whether a file has to be read; settles those that need not be, or cannot."""
        if twin := self.first.get(file.sha256):
            self.repeated(file.path, file.sha256, self.place(twin))
            return False
        copied = kept[file.sha256] if firsts[file.sha256] is file else self.keep(file)
        if isinstance(copied, Exception):
            self.settle(file.path, "", "failed", f"unreadable: {copied}")
            return False
        if file.known is not None:
            self.corpus.catalogue.mend_source(_as_known(self.place(file.path), file.known))
        if file.known is not None and not self.is_to_be_read(file.known):
            self.known(file.path, file.known, put_back=copied)
            return False
        self.first[file.sha256] = file.path
        return True

    def is_to_be_read(self, document: Document) -> bool:
        """Whether reading it again gives something else than is stored, or mends what is."""
        return _to_be_read(document) or not self.corpus.catalogue.is_as_sealed(document.id)

    def begin(self, file: _Arriving) -> int:
        """Register a document before it is read; its number.

        So numbers follow the order of the inputs, whichever is read sooner, and what a crash
        interrupts is on record.
        """
        if file.known is not None:
            return file.known.id
        return self._put(file, _failed(file, "interrupted", _BEGUN, None, by=""))

    def known(self, path: Path, document: Document, *, put_back: bool) -> None:
        """Settle a file whose content the corpus has; ``put_back``: its original was lost."""
        if document.state == "failed":
            reason = f"{document.reason}: {document.detail}"
            self.settle(path, document.sha256, "failed", reason)
            return
        if record := self.tables.record(path):
            attributes = merge(record, document.attributes)
            if attributes != document.attributes:
                self.corpus.catalogue.put_attributes(document.id, attributes)
                reason = f"already in the corpus; {TABLE_NAME} now says other things about it"
                self.settle(path, document.sha256, "duplicate", reason)
                return
        if put_back:
            self.settle(path, document.sha256, "duplicate", PUT_BACK)
        else:
            self.repeated(path, document.sha256, document.path)

    def repeated(self, path: Path, sha256: str, known: str) -> None:
        """Settle a file whose content came from elsewhere, or from itself, before."""
        if self.place(path) == known:
            self.settle(path, sha256, "duplicate", UNCHANGED)
            return
        reason = _same_as(known)
        self.corpus.catalogue.note_source(_source(self.place(path), sha256, "duplicate", reason))
        self.settle(path, sha256, "duplicate", reason)


def _to_be_read(document: Document) -> bool:
    """Whether reading again may give something else than is stored."""
    if document.reason in RETRIED:
        return True
    if document.state == "failed" and document.reason != "no-text":
        return document.extractor != _FAILED_BY
    return (
        document.segmenter != SEGMENTER
        or document.normaliser != normaliser()
        or document.extractor != current_extractor(document.extractor)
    )


def _source(path: str, sha256: str, state: DocumentState, reason: str) -> Source:
    return Source(path, sha256, state, reason, now())


def _as_known(path: str, document: Document) -> Source:
    """What became of a path whose content the corpus has."""
    if path == document.path:
        reason = f"{document.reason}: {document.detail}" if document.reason else ""
        return _source(path, document.sha256, document.state, reason)
    return _source(path, document.sha256, "duplicate", _same_as(document.path))


def _same_as(path: str) -> str:
    return f"same content as {path}"


class _Tables:
    """The tables of metadata beside the files, up to the folder that holds them all."""

    def __init__(self, files: Sequence[Path], warnings: list[str]) -> None:
        self._warnings = warnings
        self._read: dict[Path, dict[str, Record]] = {}
        folders = [file.absolute().parent for file in files]
        self._top = Path(os.path.commonpath(folders)) if folders else Path()

    def record(self, path: Path) -> Record | None:
        """What the nearest table says of a file."""
        path = path.absolute()
        for folder in path.parents:
            if folder not in self._read:
                self._read[folder] = self._load(folder / TABLE_NAME)
            # Names come decomposed from some systems and composed from tables.
            if record := self._read[folder].get(_composed(path.relative_to(folder))):
                return record
            if folder == self._top:
                break
        return None

    def _load(self, table: Path) -> dict[str, Record]:
        if not table.is_file():
            return {}
        try:
            rows = read_table(table)
        except InputError as error:
            self._warnings.append(f"{error} Its metadata is guessed instead.")
            return {}
        self._warnings.extend(missing_files(table, rows))
        return {_composed(Path(name)): record for name, record in rows.items()}


def _composed(path: Path) -> str:
    return unicodedata.normalize("NFC", path.as_posix())


def _failed(
    file: _Arriving, reason: str, detail: str, record: Record | None, *, by: str = _FAILED_BY
) -> Derived:
    return Derived(
        sha256=file.sha256,
        suffix=file.suffix,
        size=file.size,
        state="failed",
        reason=reason,
        detail=detail,
        extractor=by,
        attributes=merge(record, ()),
    )


def _is_worse(derived: Derived, known: Document | None) -> bool:
    """Whether a document that was read again gave less than is stored, for want of time or such."""
    if known is None or known.state == "failed" or derived.reason not in RETRIED:
        return False
    return derived.state == "failed" or known.reason not in RETRIED


def _is_of_the_database(error: Exception) -> bool:
    """Whether storing failed for a reason that lies in no document."""
    cause = error if isinstance(error, sa.exc.StatementError) else error.__cause__
    if isinstance(cause, sa.exc.OperationalError):
        # Class 54 of PostgreSQL: a value that is larger than any row or index bears.
        return not str(getattr(cause.orig, "sqlstate", "")).startswith("54")
    return isinstance(error, CorpusError) and not isinstance(
        cause, sa.exc.DataError | sa.exc.IntegrityError
    )


def _reason(derived: Derived) -> str:
    return f"{derived.reason}: {derived.detail}" if derived.reason else ""


def _derived(file: _Arriving, result: Result, record: Record | None) -> Derived:
    """The document to store, in its state."""
    if result.extraction is None:
        return _failed(file, result.reason, result.detail, record)
    extraction = extraction_from_json(result.extraction)
    made = result.derived or {"clauses": (), "parts": (), "segmenter": "", "normaliser": ""}
    guesses = {name: Guess(*each) for name, each in made.get("guesses", {}).items()}
    clauses = tuple(
        (clause_from_json(clause), view_from_json(text, len(clause["text"]), blocks))
        for clause, text, blocks in made["clauses"]
    )
    parts = tuple(part_from_json(part) for part in made["parts"])
    makers = (made["segmenter"], made["normaliser"])
    received.check(file.sha256, extraction, clauses, parts, guesses, makers)
    state, reason, detail = _state(extraction, result, len(made["clauses"]))
    return Derived(
        sha256=file.sha256,
        suffix=file.suffix,
        size=file.size,
        state=state,
        reason=reason,
        detail=detail,
        warnings=extraction.warnings,
        missing=extraction.missing,
        extractor=extraction.extractor,
        segmenter=made["segmenter"],
        normaliser=made["normaliser"],
        pages=extraction.pages,
        clauses=clauses,
        parts=parts,
        attributes=merge(record, attributes_of(guesses)),
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
