"""The words of a clause and of a query, in the forms under which they find each other.

Four streams of keys, each with its places in the text:

words   each half of a half-space word by itself (تفاهم, نامه): finds spaced spellings
joined  each word in one piece (تفاهمنامه): finds spellings without the half-space
stems   each word without its endings
loose   stems in which آ is ا, and ئ, ؤ and أ are one: what a hurried typist writes
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from textmine.search.endings import stem
from textmine.text.fold import fold
from textmine.text.letters import HALF_SPACE
from textmine.text.tokens import tokens

STREAMS = ("words", "joined", "stems", "loose")

# Letters that carry a hamza inside a word: writers differ (مسئله, مسأله; شئون, شؤون).
_HAMZA = re.compile("(?<=.)[أؤئ]")
_PART = re.compile(rf"[^\s{HALF_SPACE}]+")
_UNSEARCHED = ("punctuation", "symbol")
_THOUSANDS = re.compile("(?<=[0-9])[,٬](?=[0-9]{3}(?![0-9]))")


class Key(NamedTuple):
    """One key of a stream, and the stretch of the text that it comes from."""

    key: str
    start: int
    end: int


class Streams(NamedTuple):
    """The keys of a text in its four streams, in the order of the text."""

    words: tuple[Key, ...]
    joined: tuple[Key, ...]
    stems: tuple[Key, ...]
    loose: tuple[Key, ...]


def streams(text: str) -> Streams:
    """The keys of a normalised text; punctuation has none.

    >>> found = streams("تفاهم‌نامه‌های شهرها")
    >>> [key for key, *_ in found.words]
    ['تفاهم', 'نامه', 'های', 'شهرها']
    >>> [key for key, *_ in found.joined], [key for key, *_ in found.stems]
    (['تفاهمنامههای', 'شهرها'], ['تفاهمنامه', 'شهر'])
    """
    words, joined, stems, loose = [], [], [], []
    for start, end, forms in _words(text):
        words += [Key(part.key, start + part.start, start + part.end) for part in forms.parts]
        joined.append(Key(forms.joined, start, end))
        stems.append(Key(forms.stem, start, end))
        loose.append(Key(forms.loose, start, end))
    return Streams(tuple(words), tuple(joined), tuple(stems), tuple(loose))


def keys(text: str) -> tuple[list[str], list[str], list[str], list[str]]:
    """The keys of ``streams`` without their places: several times faster.

    >>> keys("تفاهم‌نامه")
    (['تفاهم', 'نامه'], ['تفاهمنامه'], ['تفاهمنامه'], ['تفاهمنامه'])
    """
    all_forms = [forms for *_, forms in _words(text)]
    return (
        [part.key for forms in all_forms for part in forms.parts],
        [forms.joined for forms in all_forms],
        [forms.stem for forms in all_forms],
        [forms.loose for forms in all_forms],
    )


def _words(text: str) -> Iterator[tuple[int, int, _Forms]]:
    for start, end, kind in tokens(text):
        if kind not in _UNSEARCHED:
            forms = _forms(text[start:end])
            if forms is not None:
                yield start, end, forms


class _Forms(NamedTuple):
    parts: tuple[Key, ...]
    joined: str
    stem: str
    loose: str


@lru_cache(maxsize=1 << 16)
def _forms(word: str) -> _Forms | None:
    """The keys of one word; None when nothing of it can be searched for."""
    view = fold(word)
    parts = tuple(
        Key(_number(match[0]), *view.original(*match.span())) for match in _PART.finditer(view.text)
    )
    if not parts:
        return None
    folded = tuple(part.key for part in parts)
    hurried = folded
    if _HAMZA.search(word):
        hurried = tuple(filter(None, map(_hurried, word.split(HALF_SPACE))))
    return _Forms(parts, _joined(folded), stem(folded), stem(hurried).replace("آ", "ا"))


def _number(key: str) -> str:
    """A number with the stop as its decimal sign and nothing between the thousands."""
    if not key[0].isdecimal():
        return key
    return _THOUSANDS.sub("", key).replace("٫", ".")


def _hurried(piece: str) -> str:
    """The key of a piece of a word in which every hamza inside is the same letter."""
    return "ئ".join("".join(fold(each).text.split()) for each in _HAMZA.split(piece))


def _joined(parts: tuple[str, ...]) -> str:
    """The word in one piece; with its half-space where without it it is another word.

    بنده‌ای ("a servant") without half-space would be بندهای ("clauses").
    """
    joined = "".join(parts)
    if len(parts) > 1 and parts[-1] == "ای" and joined.endswith("های"):
        return HALF_SPACE.join(parts)
    return joined
