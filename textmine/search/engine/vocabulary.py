"""Which spellings of the index belong together, and what documents are called.

The index holds one exact spelling a word. The vocabulary, an SQLite file beside it, says which
other spellings share its stem or its loose spelling, which hold it as a part, and which are
written as several words elsewhere. It only grows: a row too many finds nothing in the index, a row
too few would hide clauses, so it is stored before the index is committed.

Titles and parties are here once for each document; in the index they would stand with every clause.
"""

from __future__ import annotations

import sqlite3
import threading
import weakref
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from textmine.errors import CorpusError
from textmine.search.engine.folder import is_damage, may_be_written, only_read
from textmine.search.words import Chunk, Word, words

FILE = "words.db"

STEM, LOOSE, PART, SPACED = 1, 2, 3, 4
"""What a row (key, relation, form) says: ``form`` has the stem ``key``; is a stem of that loose
spelling; is a compound of which ``key`` is a part; is ``key`` in several words."""

_BETWEEN = "|"  # between two parties: no word has it
_SHORTEST_PART = 3  # shorter pieces of words are prefixes and endings, or say nothing
_AT_ONCE = 50_000
_REMEMBERED = 1_000_000
_MANY = 500  # compounds that the beginning of a part stands in


class Vocabulary:
    """Reads the vocabulary in an index folder; any number may while one writes.

    ValueError when the file is missing or damaged; CorpusError when it is locked.
    """

    def __init__(self, folder: Path) -> None:
        file = folder / FILE
        self._asking = threading.Lock()
        if not file.is_file():
            raise ValueError(f"{file} is missing.")
        try:
            self._rows = _connect(file) if may_be_written(folder) else only_read(file)
            self._rows.execute("SELECT 1 FROM form LIMIT 1").fetchall()
        except sqlite3.DatabaseError as error:
            if is_damage(error):
                raise ValueError(f"{file} is damaged: {error}.") from error
            raise CorpusError(f"{file} cannot be read: {error}. Try again.") from error
        # A connection refers to itself by its cache: left alone it would keep the file open until
        # the garbage collector looks for circles.
        weakref.finalize(self, self._rows.close)

    def close(self) -> None:
        """Give the file back."""
        self._rows.close()

    def stems(self, stem: str) -> list[str]:
        """The spellings whose stem is ``stem``."""
        found = self._forms(stem, STEM)
        return [stem, *found] if _is_own_stem(stem) else found

    def loose(self, loose: str) -> list[str]:
        """The spellings whose loose spelling is ``loose``."""
        stems = [loose, *self._forms(loose, LOOSE)]
        return [form for stem in dict.fromkeys(stems) for form in self.stems(stem)]

    def compounds(self, part: str) -> list[str]:
        """The spellings of which ``part`` is a part that means something by itself."""
        return self._forms(part, PART)

    def compounds_beginning(self, start: str) -> list[str]:
        """The spellings that have a part which begins with ``start``."""
        query = "SELECT form FROM form WHERE key >= ? AND key < ? AND relation = ? LIMIT ?"
        rows = self._asked(query, (start, start + "\U0010ffff", PART, _MANY))
        return list(dict.fromkeys(form for (form,) in rows))

    def spaced(self, key: str) -> list[tuple[str, ...]]:
        """The words that others write ``key`` as."""
        return [tuple(form.split(" ")) for form in self._forms(key, SPACED)]

    def documents(self, name: str, words: Sequence[str]) -> list[int]:
        """The documents that have these words side by side in their title, or in one party."""
        query = f"SELECT document FROM described WHERE instr({name}, ?) ORDER BY document"
        assert name in ("title", "party")  # noqa: S101 - fields of a query, not what people type
        return [number for (number,) in self._asked(query, (_apart(words),))]

    def _forms(self, key: str, relation: int) -> list[str]:
        query = "SELECT form FROM form WHERE key = ? AND relation = ?"
        return [form for (form,) in self._asked(query, (key, relation))]

    def _asked(self, query: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        """The rows of a query; a connection serves one thread at a time."""
        with self._asking:
            return self._rows.execute(query, values).fetchall()


class Writing:
    """Adds what chunks of text say; nothing is there for readers before ``store``."""

    def __init__(self, folder: Path) -> None:
        self._rows = _connect(folder / FILE)
        self._rows.execute("BEGIN IMMEDIATE")
        self._rows.execute(
            "CREATE TABLE IF NOT EXISTS form (key TEXT, relation INTEGER, form TEXT, "
            "PRIMARY KEY (key, relation, form)) WITHOUT ROWID"
        )
        self._rows.execute(
            "CREATE TABLE IF NOT EXISTS described "
            "(document INTEGER PRIMARY KEY, read BLOB, title TEXT, party TEXT)"
        )
        self._new: list[tuple[str, int, str]] = []
        self._seen: set[int] = set()  # hashes: a million words would fill the memory

    def add(self, chunks: Iterable[Chunk]) -> None:
        """Take in what the words of these chunks say."""
        for chunk in chunks:
            for word in chunk.words:
                seen = hash(word[2:])
                if seen not in self._seen:
                    self._seen.add(seen)
                    self._new += _rows_of(word)
            for compound in chunk.compounds:
                seen = hash(compound)
                if seen not in self._seen:
                    self._seen.add(seen)
                    self._new.append((compound.key, SPACED, " ".join(compound.keys)))
                    self._new += _stem_rows(compound.key, compound.stem, plain=True)
        if len(self._new) > _AT_ONCE:
            self._flush()

    def knows(self, document: int, read: bytes) -> bool:
        """Whether the words of a document whose text has this checksum have been added before."""
        query = "SELECT 1 FROM described WHERE document = ? AND read = ?"
        return bool(self._rows.execute(query, (document, read)).fetchall())

    def describe(
        self, document: int, read: bytes, title: Sequence[str], party: Sequence[Sequence[str]]
    ) -> None:
        """Take in the checksum of a document's text, its title in words, and each party's words."""
        parties = _BETWEEN.join(map(_apart, party))
        self._rows.execute(
            "INSERT OR REPLACE INTO described VALUES (?, ?, ?, ?)",
            (document, read, _apart(title), parties),
        )

    def store(self) -> None:
        """Store what was added, so that a power failure does not take it."""
        self._flush()
        self._rows.execute("COMMIT")
        self._rows.close()

    def drop(self) -> None:
        """Forget what was added."""
        self._rows.close()

    def _flush(self) -> None:
        self._rows.executemany("INSERT OR IGNORE INTO form VALUES (?, ?, ?)", sorted(self._new))
        self._new.clear()
        if len(self._seen) > _REMEMBERED:
            self._seen.clear()


def _apart(words: Sequence[str]) -> str:
    return f" {' '.join(words)} "


def _connect(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False, timeout=30)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-65536"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _rows_of(word: Word) -> Iterator[tuple[str, int, str]]:
    stem, loose = word.stem, word.loose
    yield from _stem_rows(word.key, stem, plain=not word.parts)
    if loose != stem:
        yield loose, LOOSE, stem
    meaning = _meaning(word.parts, stem)
    if len(meaning) > 1:  # else it is one word with its endings
        yield word.key, SPACED, " ".join(word.parts)
        for part in meaning:
            if len(part) >= _SHORTEST_PART:
                yield part, PART, word.key


def _stem_rows(key: str, stem: str, *, plain: bool) -> Iterator[tuple[str, int, str]]:
    # Most words are their own stem; that needs no row where the spelling alone tells it.
    if stem != key or not (plain or _is_own_stem(key)):
        yield stem, STEM, key


def _is_own_stem(stem: str) -> bool:
    found = tuple(words(stem))
    return len(found) == 1 and found[0].key == stem == found[0].stem


def _meaning(parts: tuple[str, ...], stem: str) -> list[str]:
    """The parts that are words themselves, which the stem is made of: not the endings behind."""
    before = ""
    found = []
    for part in parts:
        if not stem.startswith(before) or stem == before:
            break
        found.append(part)
        before += part
    return found
