"""What every engine does here, and textmine itself.

For a question each gives the same: the total, the best twenty clauses with title and text and the
asked words marked in it, and, when asked, counts of all hits.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from search_bench import corpus as making
from search_bench.corpus import MadeDocument
from search_bench.questions import Question, Sort
from textmine.records import Coding
from textmine.search import Index
from textmine.search.words import words
from textmine.store.catalogue import now
from textmine.store.corpus import Corpus

LIMIT = 20
FACETS = ("language", "kind", "year", "country", "document", "code")


class Answer(NamedTuple):
    """``total`` clauses; ``marks`` in those shown; ``facets`` are empty when not asked for."""

    total: int
    shown: int
    marks: int
    facets: dict[str, dict[str, int]]


class Engine(Protocol):
    """One engine over one corpus."""

    name: str

    def build(self) -> None:
        """Make the index from what is stored."""

    def open(self) -> None:
        """Be ready to be asked."""

    def ask(self, question: Question, *, facets: bool, sort: Sort) -> Answer:
        """Answer one question."""

    def parts(self) -> dict[str, int]:
        """The bytes of the index, part by part."""

    def add(self, documents: Sequence[MadeDocument]) -> None:
        """Take more documents in, so that they are found."""

    def recode(self, documents: Sequence[MadeDocument]) -> None:
        """Replace the codes of documents, so that they are found by the new ones."""

    def close(self) -> None:
        """Give everything back."""


def marks(text: str, question: Question) -> int:
    """Marks the asked words as textmine does, for engines that only find the clause."""
    if question.kind == "prefix":
        return sum(word.key.startswith(question.keys[0]) for word in words(text))
    return sum(word.key in question.keys for word in words(text))


def own_memory() -> int:
    """The peak of this process in bytes; what its parent held before is not counted."""
    status = Path("/proc/self/status").read_text(encoding="ascii")  # Linux
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024  # type: ignore[index]


class Textmine:
    """What a user gets from ``textmine search``; ``exact`` asks for spellings only."""

    def __init__(self, folder: Path, *, exact: bool) -> None:
        self.name = "textmine, exact" if exact else "textmine"
        self._folder = folder
        self._exact = exact

    def build(self) -> None:
        """Make the index anew from the catalogue."""
        with Corpus.open(self._folder) as corpus:
            shutil.rmtree(corpus.index, ignore_errors=True)
            Index.of(corpus)

    def open(self) -> None:
        """Open corpus and index; the index is brought up to date."""
        self._corpus = Corpus.open(self._folder)
        self.again()

    def again(self) -> None:
        """Open the index once more, as the next command does."""
        self._index = Index.of(self._corpus)

    def ask(self, question: Question, *, facets: bool, sort: Sort) -> Answer:
        """Search; titles, texts, highlights and all other parts of a hit come along."""
        typed = question.typed(exact=self._exact)
        found = self._index.search(typed, limit=LIMIT, sort=sort, facets=facets)
        return Answer(
            found.total,
            len(found.hits),
            sum(len(hit.highlights) for hit in found.hits),
            {name: dict(counts) for name, counts in found.facets.items()} if facets else {},
        )

    def parts(self) -> dict[str, int]:
        """Files of the index by what they hold."""
        sizes = dict.fromkeys(("text", "vocabulary", "columns", "other"), 0)
        for file in self._folder.joinpath("index").rglob("*"):
            if file.is_file():
                sizes[_part(file)] += file.stat().st_size
        return sizes

    def add(self, documents: Sequence[MadeDocument]) -> None:
        """Store the documents and bring the index up to date, as ``textmine add`` does."""
        making.put(self._corpus, documents)
        self.again()

    def recode(self, documents: Sequence[MadeDocument]) -> None:
        """Code the documents anew, one by one as ``textmine code`` does; then the index."""
        for document in documents:
            codings = [
                Coding(stored.clause.id, code, making.CODER, making.REFERENCE, True, now())
                for stored, own in zip(document.clauses, document.codes, strict=True)
                for code in own
            ]
            self._corpus.catalogue.replace_machine_codings(
                document.number,
                making.CODER,
                making.REFERENCE,
                codings,
                read=[each.clause.id for each in document.clauses],
                version="2",
            )
        self.again()

    def close(self) -> None:
        """Close the corpus."""
        self._corpus.catalogue.close()


def _part(file: Path) -> str:
    if file.suffix in {".idx", ".pos", ".term", ".fieldnorm"}:
        return "text"
    if file.suffix == ".fast":
        return "columns"
    return "vocabulary" if "vocabulary" in file.name else "other"
