"""The corpus on the desk: opened once, asked by many requests at a time."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from textmine import codebook as codebooks
from textmine.declared import text_of
from textmine.errors import CodebookError
from textmine.records import Codebook
from textmine.store.corpus import Corpus
from textmine.web.pictures import Pictures

if TYPE_CHECKING:
    from textmine.search import Index
    from textmine.store.address import Address

_Value = TypeVar("_Value")

_REMEMBERED = 64
_WAITED_FOR = 5_000
"""So many clauses are brought into the index by whoever searches; more are a work of their own."""


class Desk:
    """One corpus, open for as long as the server runs. Safe to use from several threads."""

    def __init__(self, place: Path | Address) -> None:
        self.place = place
        self.corpus = Corpus.open(place)
        self.pictures = Pictures(self.corpus)
        self._opening = threading.Lock()
        self._index: Index | None = None
        self._indexed = (-1, "")
        self._remembering = threading.Lock()
        self._remembered: OrderedDict[Hashable, tuple[object, Any]] = OrderedDict()

    def close(self) -> None:
        """Give the corpus back."""
        self.corpus.catalogue.close()

    @property
    def name(self) -> str:
        """What the corpus is called on the pages: the name of its folder."""
        return self.corpus.folder.resolve().name

    @property
    def codebook(self) -> Codebook:
        """The codebook that codings follow now; read again when its file changed."""
        file = self.corpus.codebook_file
        about = file.stat()
        mark = (about.st_mtime_ns, about.st_size)
        return self.remember("codebook", lambda: codebooks.load(file), mark=mark)

    def put_codebook(self) -> Codebook:
        """The codebook as its file is now, its wording kept in the catalogue before it is used."""
        file = self.corpus.codebook_file
        source = text_of(file, "The codebook", CodebookError)
        book = codebooks.parse(source, str(file))
        self.corpus.catalogue.put_codebook(book.reference, book.digest, source)
        return book

    def remember(self, key: Hashable, make: Callable[[], _Value], *, mark: object = None) -> _Value:
        """What ``make`` gives, made once until the corpus (or ``mark``, when given) changes.

        Two requests may make the same at the same time; nothing waits for anything.
        """
        mark = self.corpus.catalogue.last_change() if mark is None else mark
        with self._remembering:
            known = self._remembered.get(key)
            if known is not None and known[0] == mark:
                self._remembered.move_to_end(key)
                found: _Value = known[1]
                return found
        made = make()
        with self._remembering:
            self._remembered[key] = (mark, made)
            self._remembered.move_to_end(key)
            while len(self._remembered) > _REMEMBERED:
                self._remembered.popitem(last=False)
        return made

    def knows(self, key: Hashable) -> bool:
        """Whether ``remember`` has a value for the corpus as it is now."""
        mark = self.corpus.catalogue.last_change()
        with self._remembering:
            known = self._remembered.get(key)
            return known is not None and known[0] == mark

    def index(self) -> Index:
        """The search index, up to date with the corpus; any number of requests use it at once."""
        from textmine.search import Index

        with self._opening:
            change = self.corpus.catalogue.last_change()
            if self._index is None or self._indexed != change or self._index.behind:
                self._index = Index.of(self.corpus, most=_WAITED_FOR)
                self._indexed = change
            return self._index
