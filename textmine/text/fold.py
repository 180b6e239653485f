"""Spellings that a searcher does not tell apart brought to one form, with the way back."""

from __future__ import annotations

import re
from functools import cache

from textmine.text import persian
from textmine.text.letters import ARABIC_LETTERS, HALF_SPACE, LATIN_LETTERS, NON_JOINING
from textmine.text.offsets import Edit, View
from textmine.text.persian import PERSIAN_LETTERS

# What persian.character_edits has nothing to say about, so that most texts need not be asked: plain
# letters, digits and signs of Persian and English, and a half-space between two letters it parts.
_PLAIN = f"{PERSIAN_LETTERS}\u06f0-\u06f9\t\n -~،؛؟«»"
_JOINING = "".join(letter for letter in PERSIAN_LETTERS if letter not in NON_JOINING)
_IRREGULAR = re.compile(rf"[^{_PLAIN}](?:(?<![{_JOINING}]{HALF_SPACE})|(?![{PERSIAN_LETTERS}]))")
# Spellings of one word that differ in the carrier of the hamza: هیئت, هیأت, هیات; مسئله, مسأله;
# مسؤول, مسئول; and the ezafe behind ه, written ۀ, هٔ, ه‌ی or not at all. (Each is first looked for
# by its sign, since a search for single characters is the fastest there is.)
_LETTER = f"[{ARABIC_LETTERS}]"
_BEHIND_EZAFE = f"(?![{ARABIC_LETTERS}{HALF_SPACE}])"
_HAMZA = re.compile(
    rf"[ءؤئ\u0654{HALF_SPACE}](?:"
    rf"(?<=ئ)(?<![اآ]ئ)(?=(?:ت|له)(?:ی|{HALF_SPACE}?ها(?:ی|یی)?)?(?!{_LETTER}))"
    rf"|(?<=ؤ)(?=و)"
    rf"|(?<=ه\u0654)(?:{HALF_SPACE}[یئ]{_BEHIND_EZAFE})?"
    rf"|(?<=ه{HALF_SPACE})[یئ]{_BEHIND_EZAFE}"
    rf"|(?<=[اأإ]ء)ء*)"
)
_CARRIERS = {"ئ": "ا", "ؤ": "ی"}  # everything else that _HAMZA finds is dropped
# Latin letters that folding makes two or three (ß, ﬁ), and those that it keeps one.
_LONGER = re.compile("[ßŉǰẖ-ẚẞ\ufb00-\ufb06]")
_SAME_LENGTH = dict(zip("أإؤئ۰۱۲۳۴۵۶۷۸۹’", "ااوی0123456789'", strict=True))
_RESPELLED = re.compile(f"[{''.join(_SAME_LENGTH)}{LATIN_LETTERS.replace('a-z', '')}]")


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
    asked = persian.character_edits(text) if _IRREGULAR.search(text) else ()
    view = View.edited(text, asked)
    edits = _word_edits(view.text)
    if edits:
        view = view.then(View.edited(view.text, edits))
    return view.respelled(_RESPELLED.sub(_of_same_length, view.text))


def fold_key(text: str) -> str:
    """``text`` folded and without half-spaces, so that می‌شود and میشود are one key.

    >>> fold_key("مي‌شود") == fold_key("میشود")
    True
    """
    return fold(text).text.replace(HALF_SPACE, "")


def _word_edits(text: str) -> list[Edit]:
    edits = [
        Edit(match.start(), match.end(), _CARRIERS.get(match[0], ""))
        for match in _HAMZA.finditer(text)
    ]
    edits += [
        Edit(match.start(), match.end(), match[0].casefold()) for match in _LONGER.finditer(text)
    ]
    return sorted(edits)


def _of_same_length(match: re.Match[str]) -> str:
    letter = match[0]
    return _SAME_LENGTH.get(letter) or _small(letter)


@cache
def _small(letter: str) -> str:
    """A Latin letter as a small one; the dot that İ would bring along goes."""
    return letter.casefold().replace("\u0307", "")
