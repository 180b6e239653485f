"""The words of clauses as the analyses count them: whole, with their half-spaces, and where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from textmine.records import Language
from textmine.store.catalogue import StoredClause
from textmine.text.fold import fold_key
from textmine.text.language import language_of
from textmine.text.letters import HALF_SPACE
from textmine.text.tokens import tokens

Key = Callable[[str, Language], str]
"""What a word is counted as in a language; "" for one that is not counted."""

NAMES: Mapping[Language, str] = {"fa": "Persian", "en": "English"}
"""The languages whose words are counted."""


class Word(NamedTuple):
    """A word of a clause: ``view.text[start:end]`` of its normalised view, and its key."""

    key: str
    start: int
    end: int


@lru_cache(maxsize=1 << 16)
def plain(word: str, language: Language) -> str:
    """The word in any spelling, in one form only; "" for a word of another language.

    >>> plain("می‌شود", "fa") == plain("ميشود", "fa"), plain("Museum", "fa"), plain("Museum", "en")
    (True, '', 'museum')
    """
    return fold_key(word) if language_of(word) == language else ""


def words(stored: StoredClause, key: Key = plain) -> Iterator[Word]:
    """The words of a clause that are in its own language; those without a key come too."""
    text, language = stored.normalised.text, stored.clause.language
    for start, end, kind in tokens(text):
        if kind == "word" and plain(text[start:end], language):
            yield Word(key(text[start:end], language), start, end)


def shown(key: str, forms: Counter[str]) -> str:
    """The form in which a word is shown: bare if it stands so somewhere, else as most often.

    A word that stands in small letters somewhere is no name, and is shown in small letters.

    >>> shown("شهر", Counter({"شهرها": 3, "شهر": 1})), shown("bank", Counter(Bank=3, banks=2))
    ('شهر', 'bank')
    """

    def rank(form: str) -> tuple[bool, bool, int, str]:
        as_written = form.lower().replace(HALF_SPACE, "")
        return as_written != key, fold_key(form) != key, -forms[form], form

    best = min(forms, key=rank)
    return best.lower() if any(form == form.lower() for form in forms) else best
