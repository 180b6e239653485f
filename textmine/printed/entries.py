"""One line of a flattened table as an entry: names of places, a date, kind words, note digits.

Extractors turn pieces of such lines round: brackets point the wrong way, note digits stick to
words, the words of a name change places. Several readings of a line are tried; the one that the
gazetteer understands is taken. Nothing is put right: every name keeps the spans of its words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from textmine.places import Gazetteer
from textmine.places.spelling import word_key
from textmine.records import Place, Span, TableCell
from textmine.text.fold import fold_key
from textmine.text.letters import ARABIC_LETTERS, ARABIC_MARKS, DIGITS, HALF_SPACE, LATIN_LETTERS

_EMPTY = TableCell()

BULLETS = "•●▪■◦‣·∙○□➢❖❑◆►\ufffd\uf0b7\uf0a7\uf0d8"
"""Marks that begin a line of a list, and the sign that stands where an extractor lost one."""

_APOSTROPHE = "'’‘ʻʼ`"
_WORD = (
    f"[{ARABIC_LETTERS}][{ARABIC_LETTERS}{ARABIC_MARKS}{HALF_SPACE}\u0640\u200d]*"
    f"|[{_APOSTROPHE}]?[{LATIN_LETTERS}]"
    f"(?:[{LATIN_LETTERS}\u0300-\u036f{_APOSTROPHE}]|-(?=[{LATIN_LETTERS}{_APOSTROPHE}]))*"
)
_TOKEN = re.compile(
    rf"(?P<date>[{DIGITS}]{{1,4}}([/.-])[{DIGITS}]{{1,2}}\2[{DIGITS}]{{1,4}})"
    rf"|(?P<number>[{DIGITS}]+)|(?P<word>{_WORD})|(?P<open>[(\[])|(?P<close>[)\]])"
    rf"|(?P<bullet>[{BULLETS}])|(?P<dash>[-–—_*]+)|(?P<stop>[،,؛;.|…])|(?P<space>\s+)|(?P<other>.)"
)
_NUMBER = re.compile(rf"[{BULLETS}\s]*\d+[{BULLETS}\s]*")
_INVISIBLE = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")

# Words that name the document between two cities, or say how it stands.
_KINDS = """
    تفاهم نامه تفاهمنامه همکاری خواهرخوانده خواهرخواندگی خواهر خوانده خواندگی خواهرشهری دوستی
    پروتکل یادداشت توافق توافقنامه موافقتنامه قرارداد پیمان پیماننامه بیانیه اعلامیه سند
    غیررسمی نارسمی رسمی پیشنویس امضا غیرفعال فعال
    memorandum mou understanding letter intent loi agreement cooperation collaboration friendship
    sister sisterhood twin twinning twinned twinship protocol partnership accord treaty pact
    declaration unofficial informal official draft inactive signed
"""
KIND_WORDS = frozenset(_KINDS.split())
# Words that belong to a kind only beside one of those.
_LINKING = "of and in on the city cities town towns و در مشترک غیر پیش نویس شده joint"
_LINKS = frozenset(_LINKING.split())


class Token(NamedTuple):
    """A word, number or sign of a line; offsets count in the document text."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def span(self) -> Span:
        """Where it stands."""
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Name:
    """A name as its words were put in order, and the places that it can mean (the best first)."""

    cell: TableCell
    places: tuple[Place, ...] = ()

    @property
    def start(self) -> int:
        """Where its first word in the text stands."""
        return min(span.start for span in self.cell.spans)

    @property
    def countries(self) -> frozenset[str]:
        """The countries that have a city of this name."""
        return frozenset(place.country for place in self.places if place.kind == "city")

    @property
    def country(self) -> str:
        """The country that it names, or nothing."""
        return next((place.country for place in self.places if place.kind == "country"), "")


@dataclass(frozen=True, slots=True)
class Pair:
    """A reading of a line as two names side by side, in the order of the text."""

    first: Name
    second: Name


@dataclass(frozen=True, slots=True)
class Entry:
    """What one line (or several lines that belong together) of a column says.

    ``name`` is the line read as one name; ``pairs`` read it as two. ``located`` is a city with its
    country, in this order, when the line names both ("Weimar, Germany"); ``label`` is the name
    that stands before or behind these two. ``turned`` tells whether brackets or words had to be
    put in order.
    """

    start: int
    end: int
    name: Name | None
    pairs: tuple[Pair, ...] = ()
    located: Pair | None = None
    label: Name | None = None
    date: TableCell = _EMPTY
    kind: TableCell = _EMPTY
    note: TableCell = _EMPTY
    bulleted: bool = False
    bracketed: bool = False
    open: bool = False
    turned: bool = False

    @property
    def marked(self) -> bool:
        """Whether it has a date or kind words, as only the entries of a column have."""
        return bool(self.date.text or self.kind.text)

    @property
    def known(self) -> bool:
        """Whether the gazetteer knows a place of the whole name."""
        return self.name is not None and bool(self.name.places)


@lru_cache(maxsize=1 << 12)
def tokens_of(text: str, start: int) -> tuple[Token, ...]:
    """The words, numbers and signs of a line that begins at ``start``; white space left out.

    >>> [(token.kind, token.text) for token in tokens_of("1(1972بیشکک )", 0)]
    [('number', '1'), ('open', '('), ('number', '1972'), ('word', 'بیشکک'), ('close', ')')]
    """
    plain = _INVISIBLE.sub(lambda match: " " * len(match[0]), text)
    return tuple(
        Token(match.lastgroup or "date", match[0], start + match.start(), start + match.end())
        for match in _TOKEN.finditer(plain)
        if match.lastgroup != "space"
    )


def words_of(tokens: Iterable[Token]) -> list[Token]:
    """The words among ``tokens``."""
    return [token for token in tokens if token.kind == "word"]


def joined(cells: Iterable[TableCell]) -> TableCell:
    """Several cells as one, those without text left out."""
    full = [cell for cell in cells if cell.text]
    return TableCell(
        " ".join(cell.text for cell in full), tuple(span for cell in full for span in cell.spans)
    )


def cell_of(tokens: Sequence[Token], text: str) -> TableCell:
    """The cell of ``tokens`` in reading order; neighbours in the document text share a span."""
    spans: list[Span] = []
    for token in tokens:
        if spans and token.start >= spans[-1].end and not text[spans[-1].end : token.start].strip():
            between = text[spans[-1].end : token.start]
            if "\n" not in between and "\f" not in between:
                spans[-1] = Span(spans[-1].start, token.end)
                continue
        spans.append(token.span)
    return TableCell(" ".join(text[start:end] for start, end in spans), tuple(spans))


class Reader:
    """Reads lines of one document text with one gazetteer, each name looked up once."""

    def __init__(self, text: str, gazetteer: Gazetteer) -> None:
        self.text = text
        self._gazetteer = gazetteer
        self._seen: dict[str, tuple[Place, ...]] = {}

    def named(self, name: str) -> tuple[Place, ...]:
        """Cities and countries of that whole name."""
        if name not in self._seen:
            self._seen[name] = tuple(
                place for place in self._gazetteer.named(name) if place.kind != "network"
            )
        return self._seen[name]

    def places(self, tokens: Sequence[Token]) -> tuple[Place, ...]:
        """Cities and countries that these words name in this order."""
        texts = [token.text for token in tokens]
        known = self._gazetteer.knows("".join(map(word_key, texts)))
        return self.named(" ".join(texts)) if known else ()

    def name(self, tokens: Sequence[Token], *, whole: bool = True) -> Name | None:
        """The words as one known name: as they stand, or with the parts changed round.

        With ``whole`` they are all the words of a cell, and may have stuck together as well.
        """
        for order in _rotations(tokens):
            if found := self.places(order):
                return Name(cell_of(order, self.text), found)
        return self._glued(tokens) if whole else None

    def _glued(self, tokens: Sequence[Token]) -> Name | None:
        """A known name whose parts changed places and stuck together (هرزگوینبوسنی و)."""
        if len(tokens) < 2 or sum(len(token.text) for token in tokens) < 8:
            return None
        for at, token in enumerate(tokens):
            for cut in range(2, len(token.text) - 1):
                head = Token("word", token.text[:cut], token.start, token.start + cut)
                tail = Token("word", token.text[cut:], token.start + cut, token.end)
                order = [tail, *tokens[at + 1 :], *tokens[:at], head]
                if found := self.places(order):
                    return Name(cell_of(order, self.text), found)
        return None

    def mentions(self, tokens: Sequence[Token]) -> Iterator[tuple[int, int, Name | None]]:
        """The known names among ``tokens``, longest first, with their places; the rest alone."""
        at = 0
        while at < len(tokens):
            for size in (4, 3, 2, 1):
                part = tokens[at : at + size]
                if len(part) == size and all(token.kind == "word" for token in part):
                    name = self.name(part, whole=False)
                    if name is not None:
                        yield at, at + size, name
                        at += size
                        break
            else:
                yield at, at + 1, None
                at += 1

    def entry(self, lines: Iterable[tuple[str, int]]) -> Entry | None:
        """The entry that the lines (text and offset) make together, or None when they make none."""
        rows = [tokens_of(text, start) for text, start in lines]
        tokens = [token for row in rows for token in row]
        if not tokens or len(tokens) > 24 or any(token.kind == "other" for token in tokens):
            return None
        kinds = _kind_tokens(tokens)
        words = [token for token in tokens if token.kind == "word" and token not in kinds]
        numbers = [token for token in tokens if token.kind in ("number", "date")]
        dates = [token for token in numbers if token.kind == "date" or len(token.text) == 4]
        notes = [token for token in numbers if token not in dates]
        if len(words) > 7 or len(dates) > 1 or any(len(token.text) > 3 for token in notes):
            return None
        if not words and not kinds:
            return None
        pieces = _pieces(tokens, words)
        name, moved = self._whole(words, pieces)
        pairs = () if name and name.places else tuple(self._pairs(words, pieces))
        located, label = _located(pairs), None
        if located is None and name and not name.places:
            label, located = self._labelled(words)
        return Entry(
            start=tokens[0].start,
            end=max(token.end for token in tokens),
            name=name,
            pairs=pairs,
            located=located,
            label=label,
            date=cell_of(dates, self.text),
            kind=cell_of(_in_reading_order(rows, kinds, words), self.text),
            note=cell_of(notes, self.text),
            bulleted=any(token.kind == "bullet" for token in tokens),
            bracketed=any(token.kind in ("open", "close") for token in tokens),
            open=_is_open(tokens),
            turned=moved or _is_mirrored(tokens),
        )

    def _whole(self, words: list[Token], pieces: list[list[Token]]) -> tuple[Name | None, bool]:
        if not words:
            return None, False
        if known := self.name(words):
            return known, known.cell.spans != cell_of(words, self.text).spans
        # A piece behind a mirrored bracket was the first of the line.
        order = words if len(pieces) == 1 else [*pieces[-1], *(t for p in pieces[:-1] for t in p)]
        return Name(cell_of(order, self.text)), len(pieces) > 1

    def _pairs(self, words: list[Token], pieces: list[list[Token]]) -> Iterable[Pair]:
        """The words as two names: both known, or one known and a sign between the two."""
        ends = set()
        count = 0
        for piece in pieces:
            count += len(piece)
            ends.add(count)
        for cut in range(1, len(words)):
            first, second = (self.name(part, whole=False) for part in (words[:cut], words[cut:]))
            if cut in ends and (first is None) != (second is None):
                first = first or Name(cell_of(words[:cut], self.text))
                second = second or Name(cell_of(words[cut:], self.text))
            if first is not None and second is not None:
                yield Pair(first, second)

    def _labelled(self, words: list[Token]) -> tuple[Name | None, Pair | None]:
        """The words as three names: a label and, before or behind it, a city and its country."""
        for one in range(1, len(words) - 1):
            first = self.name(words[:one], whole=False)
            for two in range(one + 1, len(words)) if first else ():
                middle = self.name(words[one:two], whole=False)
                last = self.name(words[two:], whole=False) if middle else None
                if first is None or middle is None or last is None:
                    continue
                for label, country in ((first, last), (last, first)):
                    pair = _located([Pair(middle, country)])
                    if pair and pair.first is middle and label.countries:
                        return label, pair
        return None, None


def _located(pairs: Iterable[Pair]) -> Pair | None:
    """City and country, in this order, of the first pair that is both."""
    for pair in pairs:
        for city, country in ((pair.first, pair.second), (pair.second, pair.first)):
            if country.country and country.country in city.countries:
                return Pair(city, country)
    return None


def _rotations(tokens: Sequence[Token]) -> Iterable[Sequence[Token]]:
    for cut in range(len(tokens)):
        yield [*tokens[cut:], *tokens[:cut]]


@lru_cache(maxsize=1 << 12)
def key_of(word: str) -> str:
    """One word folded, as word lists are asked for it."""
    return fold_key(word)


def is_kind_word(word: str) -> bool:
    """Whether a word names a kind of document or its standing by itself.

    >>> is_kind_word("تفاهم‌نامه"), is_kind_word("MoU"), is_kind_word("Weimar")
    (True, True, False)
    """
    return key_of(word) in KIND_WORDS


def _kind_tokens(tokens: Sequence[Token]) -> list[Token]:
    """The words that name a kind, and the small words between them."""
    found = [token.kind == "word" and is_kind_word(token.text) for token in tokens]
    changed = any(found)
    while changed:
        changed = False
        for at, token in enumerate(tokens):
            beside = (at > 0 and found[at - 1]) or (at + 1 < len(tokens) and found[at + 1])
            if not found[at] and beside and key_of(token.text) in _LINKS:
                found[at] = changed = True
    return [token for token, is_kind in zip(tokens, found, strict=True) if is_kind]


def _pieces(tokens: Sequence[Token], words: list[Token]) -> list[list[Token]]:
    """The words of the name, cut where signs or other words stand between."""
    pieces: list[list[Token]] = [[]]
    for token in tokens:
        if token in words:
            pieces[-1].append(token)
        elif pieces[-1] and token.kind != "dash":
            pieces.append([])
    return [piece for piece in pieces if piece]


def _in_reading_order(
    rows: Sequence[Sequence[Token]], kinds: list[Token], words: list[Token]
) -> list[Token]:
    """Kind words in the order of reading: in a turned line what stands behind the name is first."""
    order: list[Token] = []
    for row in rows:
        mine = [token for token in row if token in kinds]
        name = [token.start for token in row if token in words]
        cut = name[0] if name else _middle(row)
        before = [token for token in mine if cut is not None and token.start < cut]
        order += [token for token in mine if token not in before] + before
    return order


def _middle(row: Sequence[Token]) -> int | None:
    """Where a mirrored pair of brackets parts the line: "نامه همکاری( )تفاهم"."""
    for one, two in pairwise(row):
        if one.kind == "open" and two.kind == "close":
            return one.start
    return None


def _is_open(tokens: Sequence[Token]) -> bool:
    """Whether a bracket stands alone, so that the line goes on."""
    signs = [token.kind for token in tokens if token.kind in ("open", "close")]
    return signs.count("open") != signs.count("close")


def _is_mirrored(tokens: Sequence[Token]) -> bool:
    """Whether the brackets point the wrong way, or digits stand before the words."""
    signs = [token for token in tokens if token.kind in ("open", "close", "number", "word")]
    kinds = [token.kind for token in signs]
    return "word" in kinds and (
        kinds[0] in ("open", "number") or ("close" in kinds and kinds[-1] != "close")
    )


def is_number(text: str) -> bool:
    """Whether a line holds a number and nothing but bullets beside it.

    >>> is_number("• ۱۲"), is_number("12 cities")
    (True, False)
    """
    return _NUMBER.fullmatch(text) is not None
