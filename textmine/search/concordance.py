"""Every place where words occur, in its context and in the order asked for (key word in context).

"Before" and "after" mean the order of reading: Persian is read from the right, so what comes before
a Persian match stands at its right.

Places pass by one at a time. Of a sorted concordance only those asked for are kept, and where all
are asked for they are sorted on the disk: memory stays the same for any number of places.
"""

from __future__ import annotations

import heapq
import json
import re
import tempfile
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import IO, Any, Literal, NamedTuple, Protocol

from textmine.records import Language, Span
from textmine.search.found import Hit
from textmine.search.query import Either, Every, FieldIs, Node, Not, QueryError, Sentence, parse
from textmine.search.words import words
from textmine.store.catalogue import Catalogue
from textmine.store.sheets import Column
from textmine.text.unseen import plain

Sort = Literal["document", "before", "after", "match", "date"]
"""The orders: of the documents, of the words before the match (nearest first), of those after it,
of the match itself, of the documents' dates."""

WIDTH = 40
"""So many columns of a terminal stand on either side of a match."""

_NEXT = 8  # words next to a match by which places are sorted
_CONTEXT = 160  # characters in which these are looked for
_DOCUMENTS = 500  # whose pages are kept at hand
_RUN = 20_000  # places that are sorted in memory at once

_OTHER_SPACES = re.compile(r"[^\S ]")
_FROM_LEFT, _FROM_RIGHT, _END = "\u2066", "\u2067", "\u2069"
# A letter of no width. Blanks between two of them belong to the Persian line, so that they fill it
# up at its own beginning and end, even where a terminal knows no isolates.
_RIGHT = "\u200f"

# The Persian alphabet; the lone hamza stands with the alef, as dictionaries have it.
_ALPHABET = "آاءبپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
_ORDER = {ord(letter): 0xE000 + place for place, letter in enumerate(_ALPHABET)}
_DIGITS = 12  # numbers are compared as numbers up to so many digits


class Context(NamedTuple):
    """What is shown of a place: the stretch before the match, the match, the stretch after it."""

    before: str
    match: str
    after: str


@dataclass(frozen=True, slots=True)
class Place:
    """One place where the words occur: ``text[start:end]`` of its whole clause.

    ``page`` is that of the match, and ``span`` is where the match stands in the document text.
    """

    text: str
    start: int
    end: int
    clause: str
    document: int
    title: str
    page: int
    language: Language
    span: Span

    def context(self, width: int | None = None) -> Context:
        """The match on one line with up to ``width`` columns on either side; the whole clause
        without a width.

        No word is cut, save one that is longer than half the width. A word after the match of which
        half fits stands in full.
        """
        line = _OTHER_SPACES.sub(" ", self.text)
        before, match, after = line[: self.start], line[self.start : self.end], line[self.end :]
        if width is not None:
            before, after = _last_columns(before, width), _first_columns(after, width)
        return Context(before, match, after)

    def to_json(self, width: int | None = None) -> dict[str, Any]:
        """The place as a JSON object; only ``left`` and ``right`` are cut to the width."""
        context = self.context(width)
        return {
            "left": context.before,
            "match": context.match,
            "right": context.after,
            "clause": self.clause,
            "document": self.document,
            "page": self.page,
            "title": self.title,
            "language": self.language,
            "start": self.span.start,
            "end": self.span.end,
            "text": self.text,
            "highlight": [self.start, self.end],
        }

    def row(self) -> dict[str, object]:
        """The place as a row of a table under ``COLUMNS``: the whole clause around the match."""
        before, match, after = (each.strip() for each in self.context())
        return {
            "before": before,
            "match": match,
            "after": after,
            "clause": self.clause,
            "document": self.document,
            "title": self.title,
            "page": self.page,
            "start": self.span.start,
            "end": self.span.end,
            "language": self.language,
        }


COLUMNS = (
    Column("before", "پیش از آن", 60),
    Column("match", "یافته", 20),
    Column("after", "پس از آن", 60),
    Column("clause", "بند", 20),
    Column("document", "سند", 10),
    Column("title", "عنوان", 40),
    Column("page", "صفحه", 8),
    Column("start", "آغاز", 10),
    Column("end", "پایان", 10),
    Column("language", "زبان", 10),
)
"""What a row of a table says of a place; ``start`` and ``end`` count in the document text."""


@dataclass(frozen=True, slots=True)
class Concordance:
    """``total`` places were found, in ``clauses`` clauses; ``places`` are the first of them.

    Where not all clauses were read ``total`` is None, ``clauses`` are those that hold the
    ``places``, and ``matching`` is how many the query finds.
    """

    total: int | None
    clauses: int
    places: tuple[Place, ...]
    matching: int = 0


class Searched(Protocol):
    """What is asked of an index: all clauses that match, one by one, and how many they are."""

    def counted(self, query: str) -> int:
        """How many clauses match a query."""

    def every(self, query: str, *, sort: Literal["document", "date"] = ...) -> Iterator[Hit]:
        """All hits of a query in the order of the documents or of their dates."""


def concordance(
    index: Searched,
    catalogue: Catalogue,
    query: str,
    *,
    sort: Sort = "document",
    limit: int | None = None,
    counted: int | None = None,
    on_step: Callable[[str], object] | None = None,
) -> Concordance:
    """The first ``limit`` places, or all, where the words of ``query`` occur; all are counted.

    With ``counted`` they are not where more clauses than that match: to count places every clause
    must be read. In the orders of documents and dates reading then ends with the first places.

    ``on_step`` is called with the title of a document for every clause that was read. QueryError
    when the query cannot be understood or has no word.
    """
    counting = _Counting(index, query, sort, on_step)
    if limit is None:
        places = tuple(counting.places(catalogue))
    elif counting.streams and counted is not None and (matching := index.counted(query)) > counted:
        places = tuple(islice(counting.places(catalogue), limit))
        if len(places) == limit:
            return Concordance(None, counting.clauses, places, matching)
    else:
        places = tuple(_resolved(counting.first(limit), catalogue))
    return Concordance(counting.total, counting.clauses, places)


def all_places(
    index: Searched,
    catalogue: Catalogue,
    query: str,
    *,
    sort: Sort = "document",
    on_step: Callable[[str], object] | None = None,
) -> Iterator[Place]:
    """All places in order, one at a time, for as many as there may be; as ``concordance``."""
    yield from _Counting(index, query, sort, on_step).places(catalogue)


# -- finding and sorting ---------------------------------------------------------------------------


class _Raw(NamedTuple):
    """A place as it is found, under the key by which it is sorted."""

    key: str
    text: str
    start: int
    end: int
    clause: str
    document: int
    title: str
    page: int
    language: Language
    spans: Sequence[Sequence[int]]  # of the clause in the document text


class _Counting:
    """The places of a query, counted as they pass."""

    def __init__(
        self, index: Searched, query: str, sort: Sort, on_step: Callable[[str], object] | None
    ) -> None:
        if not _asks_for_words(parse(query)):
            raise QueryError(
                Sentence(
                    "Words are shown where they stand, and the query has none. Add a word; clauses "
                    "by their fields alone are found by: textmine search"
                )
            )
        self.total = 0
        self.clauses = 0
        self._index, self._query, self._sort = index, query, sort
        self._on_step = on_step

    def first(self, limit: int) -> list[_Raw]:
        found = self._found()
        if self.streams:
            kept = list(islice(found, limit))
            for _ in found:  # only to be counted
                pass
            return kept
        return heapq.nsmallest(limit, found, key=_key)

    def places(self, catalogue: Catalogue) -> Iterator[Place]:
        found = self._found()
        yield from _resolved(found if self.streams else _sorted(found), catalogue)

    @property
    def streams(self) -> bool:
        """Whether the places come in their order."""
        return self._sort in ("document", "date")

    def _found(self) -> Iterator[_Raw]:
        order: Literal["document", "date"] = "date" if self._sort == "date" else "document"
        for hit in self._index.every(self._query, sort=order):
            if self._on_step is not None:
                self._on_step(hit.title)
            stretches = _stretches(hit)
            self.clauses += bool(stretches)
            self.total += len(stretches)
            for start, end in stretches:
                key = _sort_key(hit, start, end, self._sort)
                yield _Raw(
                    key,
                    hit.text,
                    start,
                    end,
                    hit.clause,
                    hit.document,
                    hit.title,
                    hit.page,
                    hit.language,
                    hit.spans,
                )


def _asks_for_words(node: Node) -> bool:
    if isinstance(node, FieldIs | Not):
        return False
    return not isinstance(node, Every | Either) or any(map(_asks_for_words, node.items))


def _stretches(hit: Hit) -> list[Span]:
    """The places of one clause; highlights with nothing but spaces between them are one.

    A torn word has one place, that of its longest piece.
    """
    lesser = {
        piece
        for pieces in hit.torn
        for piece in pieces
        if piece != max(pieces, key=lambda each: each.end - each.start)
    }
    found: list[Span] = []
    for span in hit.highlights:
        if span in lesser:
            continue
        if found and not hit.text[found[-1].end : span.start].strip():
            found[-1] = Span(found[-1].start, span.end)
        else:
            found.append(span)
    return found


def _key(raw: _Raw) -> str:
    return raw.key


def _sorted(found: Iterator[_Raw]) -> Iterator[_Raw]:
    """The places by their keys, those of one key as they came, sorted in runs on the disk."""
    run = sorted(islice(found, _RUN), key=_key)
    if len(run) < _RUN:
        yield from run
        return
    with ExitStack() as stack:
        files: list[IO[str]] = []
        while run:
            file = stack.enter_context(tempfile.TemporaryFile("w+", encoding="ascii"))
            file.writelines(json.dumps(raw) + "\n" for raw in run)
            file.seek(0)
            files.append(file)
            run = sorted(islice(found, _RUN), key=_key)
        # Of equal keys merging takes those of the earlier run first.
        yield from heapq.merge(*map(_read, files), key=_key)


def _read(file: IO[str]) -> Iterator[_Raw]:
    for line in file:
        yield _Raw(*json.loads(line))


def _sort_key(hit: Hit, start: int, end: int, sort: Sort) -> str:
    if sort == "before":
        near = hit.text[max(0, start - _CONTEXT) : start].split()[-_NEXT:]
        key = collation(" ".join(near), backwards=True)
    elif sort == "after":
        key = collation(" ".join(hit.text[end : end + _CONTEXT].split()[:_NEXT]))
    elif sort == "match":
        key = collation(hit.text[start:end])
    else:
        return ""
    return f"{hit.language}\t{key}"


def collation(text: str, *, backwards: bool = False) -> str:
    """A key by which texts stand in the order of a dictionary, word by word.

    Persian letters follow the Persian alphabet, whatever keyboard wrote them; half-spaces,
    capitals, accents and punctuation do not count; numbers come before words. ``backwards``
    compares the last word first.

    >>> " ".join(sorted("یک گل پا ژرف زر کار قند ﺁب بار".split(), key=collation))
    'ﺁب بار پا زر ژرف قند کار گل یک'
    >>> sorted(["Zoo 10", "éclair", "zoo 9", "Fez"], key=collation)
    ['éclair', 'Fez', 'zoo 9', 'Zoo 10']
    """
    keys = [_word_collation(word.key) for word in words(text)]
    return " ".join(reversed(keys) if backwards else keys)


@lru_cache(maxsize=1 << 16)
def _word_collation(word: str) -> str:
    if word.isdecimal():
        return word.zfill(_DIGITS)
    if word.isascii():
        return word
    # آ must have been replaced before letters are taken apart, or it would be ا.
    apart = unicodedata.normalize("NFD", word.translate(_ORDER))
    return "".join(each for each in apart if unicodedata.category(each) not in ("Mn", "Cf"))


# -- where a place stands in its document ----------------------------------------------------------


def _resolved(found: Iterable[_Raw], catalogue: Catalogue) -> Iterator[Place]:
    """Places with their page and their stretch of the document text."""
    pages = _Pages(catalogue)
    for raw in found:
        span = _in_document(raw.spans, raw.start, raw.end)
        yield Place(
            raw.text,
            raw.start,
            raw.end,
            raw.clause,
            raw.document,
            raw.title,
            pages.page_of(raw.document, span.start) or raw.page,
            raw.language,
            span,
        )


def _in_document(spans: Sequence[Sequence[int]], start: int, end: int) -> Span:
    """A stretch of a clause's text in the document text: its spans are joined by a line feed."""
    at, first, last = 0, spans[0][0], spans[-1][1]
    for begin, stop in spans:
        behind = at + stop - begin
        if at <= start < behind:
            first = begin + start - at
        if at < end <= behind:
            last = begin + end - at
        at = behind + 1
    return Span(first, last)


class _Pages:
    """The pages of documents; those of the last documents are remembered."""

    def __init__(self, catalogue: Catalogue) -> None:
        @lru_cache(maxsize=_DOCUMENTS)
        def pages(document: int) -> list[tuple[int, int]]:
            starts = catalogue.page_starts(document)
            return sorted((start, number) for number, start in starts.items())

        self._pages = pages

    def page_of(self, document: int, place: int) -> int:
        """The page on which a character of the document text stands; 0 when there is none."""
        pages = self._pages(document)
        at = bisect_right(pages, place, key=lambda page: page[0])
        return pages[at - 1][1] if at else 0


# -- showing ---------------------------------------------------------------------------------------


def lines(places: Sequence[Place], width: int = WIDTH) -> list[str]:
    r"""The places as lines of a terminal, each match in brackets below the others.

    Each line begins with the document and the page. English runs from the left: what comes before,
    the match, what follows. Persian runs from the right edge of the listing: what comes before at
    the right, then the match, then what follows at the left. Nothing in a text can break a line or
    turn another part of it round.

    >>> place = Place("the Parties agree", 4, 11, "x.1", 3, "Pact", 2, "en", Span(4, 11))
    >>> lines([place], 8)
    ['     3:2      the [Parties] agree']
    """
    contexts = [Context(*map(plain, place.context(width))) for place in places]
    room = max((columns(context.match + context.after) for context in contexts), default=0)
    shown = []
    for place, context in zip(places, contexts, strict=True):
        label = f"{place.document}:{place.page}"
        indent = " " * (width - columns(context.before))
        if place.language == "fa":
            rest = " " * (room - columns(context.match + context.after))
            before, match, after = (_isolated(each, _FROM_RIGHT) for each in context)
            line = f"{_FROM_RIGHT}{_RIGHT}{indent}{before}[{match}]{after}{rest}{_RIGHT}{_END}"
        else:
            before, match, after = (_isolated(each, _FROM_LEFT) for each in context)
            line = f"{indent}{before}[{match}]{after}"
        shown.append(f"{label:>8}  {line}")
    return shown


def _isolated(text: str, direction: str) -> str:
    """The text in its own direction, where it has letters of the other."""
    from_right = any(unicodedata.bidirectional(each) in ("R", "AL", "AN") for each in text)
    return f"{direction}{text}{_END}" if from_right else text


def columns(text: str) -> int:
    r"""How many columns of a terminal ``text`` takes: marks and half-spaces take none.

    >>> columns("می\u200cشود"), columns("مُدیر")
    (5, 4)
    """
    return sum(map(_columns, text))


@lru_cache(maxsize=1 << 12)
def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _last_columns(text: str, width: int) -> str:
    """The end of a text that fits, from the beginning of a word."""
    at, left = len(text), width
    while at and (left := left - _columns(text[at - 1])) >= 0:
        at -= 1
    while at < len(text) and not _columns(text[at]):  # a mark without its letter
        at += 1
    if at and not text[at - 1].isspace():
        word = text[at:].split(" ", 1)
        if len(word) == 2 and columns(word[0]) <= width // 2:
            at += len(word[0])
    return text[at:].lstrip()


def _first_columns(text: str, width: int) -> str:
    """The beginning of a text that fits; of the last word more than half counts as fitting."""
    at, left = 0, width
    while at < len(text) and (left := left - _columns(text[at])) >= 0:
        at += 1
    if at < len(text) and not text[at].isspace():
        begun = text[:at].rpartition(" ")[2]
        rest = text[at:].partition(" ")[0]
        if columns(begun) + columns(rest) <= width // 2:
            at += len(rest) if columns(begun) >= columns(rest) else -len(begun)
    return text[:at].rstrip()
