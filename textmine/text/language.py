"""Which language a text is in, told by its letters."""

from __future__ import annotations

import re

from textmine.records import Language
from textmine.text.letters import ARABIC_LETTERS, LATIN_LETTERS

_PERSIAN = re.compile(f"[{ARABIC_LETTERS}]+")
_ENGLISH = re.compile(f"[{LATIN_LETTERS}]+")


def language_of(text: str) -> Language:
    """The language that most letters of ``text`` belong to.

    Letters of Arabic script count as Persian and letters of Latin script as English: Arabic or
    Kurdish text is "fa" here, French text "en". A tie goes to Persian. Text with letters of
    neither script is "und".

    >>> language_of("ماده ۵ (Article 5)"), language_of("Article 5"), language_of("۵ - 5")
    ('en', 'en', 'und')
    >>> language_of("دیپلماسی شهری (city diplomacy) در ایران و قرقیزستان")
    'fa'
    """
    persian = sum(map(len, _PERSIAN.findall(text)))
    english = sum(map(len, _ENGLISH.findall(text)))
    if not persian and not english:
        return "und"
    return "fa" if persian >= english else "en"
