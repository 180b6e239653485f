"""The words of a clause and of a query, in the forms under which they find each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from textmine.search.words import english
from textmine.search.words.endings import loose, stem
from textmine.text.fold import fold
from textmine.text.function_words import is_function_word
from textmine.text.letters import ARABIC_LETTERS, DIGITS, HALF_SPACE
from textmine.text.tokens import tokens

_UNSEARCHED = ("punctuation", "symbol")
# Words that folding keeps but for capitals, between signs that are no part of them. A half-space is
# read where it can be seen, and parts no ezafe from its ه.
_KEPT = "آابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
_PLAIN = re.compile(
    rf"[«(\[]*+([{_KEPT}]{{2,}}(?:(?<![آادذرزژو]){HALF_SPACE}(?!(?<=ه.)ی(?:\W|$))[{_KEPT}]+)*+"
    r"|[A-Za-z]{2,})[،؛:,.)»\]؟!]*+"
)
_THOUSANDS = re.compile("(?<=[0-9])[,٬](?=[0-9]{3}(?![0-9]))")
# Letters with full stops between them are one word, U.N. as UN.
_INITIALS = re.compile(r"[A-Za-z](?:\.[A-Za-z])+(?!\.?\w)\.?")
_HYPHENS = frozenset("-\u2010\u2011")
# Small digits: below the line they belong to the word (CO₂), above it they mark a note.
_SMALL_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789" + 10 * " ")
_LONGEST_NOTE = 2
_new = tuple.__new__  # half the time of Word(...)
_STUCK = re.compile(f"([^\\W\\d_]{{4,}})([0-9]{{1,{_LONGEST_NOTE}}})")
_NOTE = re.compile(
    rf"(?<![^\W\d_])(?P<word>[{ARABIC_LETTERS}{HALF_SPACE}]{{2,}})"
    rf"(?P<number>[{DIGITS}]{{1,{_LONGEST_NOTE}}})(?![\w.٫/])"
)
# What bears numbers: the number behind one of these is no mark of a note. Their stems.
_NUMBERED_TEXT = """
    ماده بند تبصره فصل بخش جز جزء شماره جدول شکل نمودار صفحه ص پیوست ضمیمه الحاقیه قطعنامه سال
    مرحله گروه منطقه پاراگراف قسمت جلد نوبت کلاس ردیف سطر پرونده ساعت مورخ روز ماه نسخه طبقه واحد
    درجه قرن دوره article annex section chapter paragraph table figure page part protocol phase
    level grade type group zone item clause appendix step class version volume line stage schedule
    number target goal chart box tier unit form note
"""
_NUMBERED = frozenset(_NUMBERED_TEXT.split())


class Word(NamedTuple):
    """A word of a text under the keys by which it is found; ``text[start:end]`` is the word.

    ``key`` is its exact spelling, folded, in one piece whatever its half-spaces; ``parts`` the
    pieces between its half-spaces, none for a word in one piece.
    """

    start: int
    end: int
    key: str
    parts: tuple[str, ...]

    @property
    def stem(self) -> str:
        """The form that its inflected forms share. To find it takes as long as all the rest."""
        return stem(self.parts or (self.key,))

    @property
    def loose(self) -> str:
        """The stem as a hurried typist writes it."""
        return loose(self.parts or (self.key,))


class Compound(NamedTuple):
    """Words tied by hyphens, which others write as one: ``key`` joined, ``keys`` one by one."""

    key: str
    keys: tuple[str, ...]

    @property
    def stem(self) -> str:
        """The form that its inflected forms share."""
        return stem((self.key,))


class Chunk(NamedTuple):
    """What stands between two spaces; places count from its beginning."""

    words: tuple[Word, ...]
    compounds: tuple[Compound, ...]


def words(text: str) -> Iterator[Word]:
    """The words of a normalised text in order; punctuation and marks of notes have none.

    >>> [(word.key, word.stem, word.parts) for word in words("تفاهم‌نامه‌های شهرها")]
    [('تفاهمنامههای', 'تفاهمنامه', ('تفاهم', 'نامه', 'های')), ('شهرها', 'شهر', ())]
    """
    found = []
    at = 0
    for chunk in text.split():
        at = text.index(chunk, at)
        for word in chunk_of(chunk).words:
            place = (at + word[0], at + word[1])
            found.append(_new(Word, place + word[2:]))
        at += len(chunk)
    return iter(found)


def chunks(text: str) -> Iterator[Chunk]:
    """The stretches between spaces: each is analysed once in a process, so this is fast."""
    return map(chunk_of, text.split())


def without_notes(text: str) -> str:
    """A query as typed without marks of notes stuck to its words; numbers of articles stay.

    Normalised text parts them from the word, so this comes before.

    >>> without_notes("قدرت نرم۱ ماده۵ سال۱۳۷۲")
    'قدرت نرم ماده۵ سال۱۳۷۲'
    """

    def kept(match: re.Match[str]) -> str:
        return match["word"] if _notes(fold(match["word"]).text) else match[0]

    return _NOTE.sub(kept, text)


@lru_cache(maxsize=1 << 17)
def chunk_of(chunk: str) -> Chunk:
    """What one stretch between spaces holds."""
    plain = _PLAIN.fullmatch(chunk)  # as most are: a tenth of the time of the rest
    if plain is not None:
        start, end = plain.span(1)
        parts = tuple(plain[1].split(HALF_SPACE))
        if len(parts) == 1:
            return _new(Chunk, ((_new(Word, (start, end, plain[1].lower(), ())),), ()))
        return _new(Chunk, ((_new(Word, (start, end, _joined(parts), parts)),), ()))
    chunk = chunk.translate(_SMALL_DIGITS)
    found: list[Word] = []
    tied: list[Word] = []
    compounds: list[Compound] = []

    def untie() -> None:
        if len(tied) > 1:
            keys = tuple(word.key for word in tied)
            compounds.append(Compound("".join(keys), keys))
        tied.clear()

    read = 0
    for start, end, kind in tokens(chunk):
        if start < read:
            continue
        initials = _INITIALS.match(chunk, start) if end - start == 1 and kind == "word" else None
        if initials is not None:
            read = end = initials.end()
        if kind in _UNSEARCHED:
            if not (chunk[start:end] in _HYPHENS and tied and tied[-1].end == start):
                untie()
            continue
        if (
            kind == "number"
            and found
            and found[-1].end == start
            and _is_note(chunk, start, end, found)
        ):
            continue
        for word in _spelled(chunk[start:end], start, kind):
            if tied and tied[-1].end == word.start:  # no hyphen between them
                untie()
            found.append(word)
            # COVID-19 is tied as co-operation is; a date is not.
            if kind == "word" or (tied and tied[0].key.isascii()):
                tied.append(word)
            else:
                untie()
    untie()
    return Chunk(tuple(found), tuple(compounds))


def _initials(text: str) -> str:
    """Initials as one word, with stops where it would be another without them: U.S., us."""
    letters = text.lower().rstrip(".")
    joined = letters.replace(".", "")
    return letters if is_function_word(joined, "en") else joined


def _spelled(text: str, start: int, kind: str) -> Iterator[Word]:
    """A token as a word: none, or two where a number is stuck to a Latin word (article5)."""
    if kind == "word" and "." in text:
        yield Word(start, start + len(text), _initials(text), ())
        return
    stuck = _STUCK.fullmatch(text) if kind == "word" else None
    if stuck and english.is_word(fold(stuck[1]).text):
        yield from _one(stuck[1], start)
        if not _notes(fold(stuck[1]).text):
            yield from _one(stuck[2], start + len(stuck[1]))
    else:
        yield from _one(text, start)


def _one(text: str, start: int) -> Iterator[Word]:
    keys = _keys(text)
    if keys is not None:
        yield Word(start, start + len(text), *keys)


def _is_note(chunk: str, start: int, end: int, found: list[Word]) -> bool:
    """Whether the number at the end of a Persian word is the mark of a note."""
    return end - start <= _LONGEST_NOTE and chunk[start:end].isdecimal() and _notes(found[-1].key)


def _notes(word: str) -> bool:
    """Whether a number stuck to ``word`` is the mark of a note, not the number of such a thing."""
    return len(word) > 1 and word[-1].isalpha() and stem((word,)) not in _NUMBERED


@lru_cache(maxsize=1 << 16)
def _keys(word: str) -> tuple[str, tuple[str, ...]] | None:
    """The key and the parts of one word; None when nothing of it has a key."""
    parts = tuple(_number(part) for part in fold(word).text.replace(HALF_SPACE, " ").split())
    if not parts:
        return None
    return _joined(parts), parts if len(parts) > 1 else ()


def _number(key: str) -> str:
    """A number with the stop as its decimal sign and nothing between the thousands."""
    if not key[0].isdecimal():
        return key
    return _THOUSANDS.sub("", key).replace("٫", ".")


def _joined(parts: tuple[str, ...]) -> str:
    """The word in one piece; with its half-space where without it it is another word.

    بنده‌ای ("a servant") without half-space would be بندهای ("clauses").
    """
    joined = "".join(parts)
    if len(parts) > 1 and parts[-1] == "ای" and joined.endswith("های"):
        return HALF_SPACE.join(parts)
    return joined
