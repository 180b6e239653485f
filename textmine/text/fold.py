"""Spellings that a searcher does not tell apart brought to one form, with the way back."""

from __future__ import annotations

import re
from collections.abc import Iterator

from textmine.text import persian
from textmine.text.letters import ARABIC_LETTERS, HALF_SPACE, LATIN_LETTERS
from textmine.text.offsets import Edit, View

_LETTER = f"[{ARABIC_LETTERS}]"
_SAME_LENGTH = str.maketrans("أإؤئ۰۱۲۳۴۵۶۷۸۹’", "ااوی0123456789'")
# Spellings of one word that differ in the carrier of the hamza: هیئت، هیأت، هیات; مسئله، مسأله;
# مسؤول، مسئول; and the ezafe behind ه, written ۀ، هٔ، ه‌ی or not at all.
_HAMZA = re.compile(
    rf"(?P<to_alef>(?<![اآ])ئ(?=(?:ت|له)(?:ی|{HALF_SPACE}?ها(?:ی|یی)?)?(?!{_LETTER})))"
    rf"|(?P<to_yeh>ؤ(?=و))"
    rf"|(?P<drop>(?<=ه)\u0654?{HALF_SPACE}[یئ](?![{ARABIC_LETTERS}{HALF_SPACE}])|(?<=ه)\u0654|(?<=[اأإ])ء+)"
)
_OTHER_CASE = re.compile(f"(?![a-z])[{LATIN_LETTERS}]")


def fold(text: str) -> View:
    """``text`` for search and comparison; folding again changes nothing.

    Letters of Arabic keyboards, presentation forms, forms of hamza and of the ezafe, vowel marks,
    kashida and unseen characters, digits, and capitals are folded. Kept apart are آ and ا, which
    part words (آجر، اجر), spaces, and half-spaces where they can be seen. Lost half-spaces do not
    come back: fold the normalised view when joined and spaced spellings shall meet.

    >>> fold("كتابِ ۱۲: تأسیسِ «UNESCO» و هيأت").text
    'کتاب 12: تاسیس «unesco» و هیات'
    >>> fold("هیئت").text == fold("هیأت").text == fold("هيات").text
    True
    """
    view = View.edited(text, persian.character_edits(text))
    view = view.then(View.edited(view.text, _word_edits(view.text)))
    return view.then(View.translated(view.text.translate(_SAME_LENGTH), view.text))


def fold_key(text: str) -> str:
    """``text`` folded and without half-spaces, so that می‌شود and میشود are one key.

    >>> fold_key("مي‌شود") == fold_key("میشود")
    True
    """
    return fold(text).text.replace(HALF_SPACE, "")


def _word_edits(text: str) -> Iterator[Edit]:
    edits = [
        Edit(
            match.start(),
            match.end(),
            {"to_alef": "ا", "to_yeh": "ی"}.get(str(match.lastgroup), ""),
        )
        for match in _HAMZA.finditer(text)
    ]
    edits += [
        Edit(match.start(), match.end(), _small(match[0])) for match in _OTHER_CASE.finditer(text)
    ]
    return iter(sorted(edits))


def _small(letter: str) -> str:
    """A Latin letter as a small one; the dot that İ would bring along goes."""
    return letter.casefold().replace("\u0307", "")
