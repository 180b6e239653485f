"""The class of forms under which an inflected word is found, Persian and English."""

from __future__ import annotations

import re
import unicodedata

from textmine.search.words import english, persian
from textmine.text.letters import ARABIC_LETTERS

_ARABIC = re.compile(f"[{ARABIC_LETTERS}]")
# Latin letters with a sign that is no mark of its own.
_BARE = str.maketrans(
    {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th"}
)

# With ا these are other words: brick and reward, honour and eyebrow, array and presenting.
_PARTED_TEXT = "آجر آجل آمر آبرو آرایه آستان آستر آفت آمل آرم آز آلی آبا آخته"
_PARTED = frozenset(_PARTED_TEXT.split())


def stem(parts: tuple[str, ...]) -> str:
    """The name of the forms that a word is searched with; ``parts`` are its folded parts.

    The name is no key to look up: the English past "found" is named find, "founded" is itself.

    >>> stem(("تفاهم", "نامه", "های")), stem(("قراردادهایی",)), stem(("نمی", "شود"))
    ('تفاهمنامه', 'قرارداد', 'شدن')
    >>> stem(("cities",)), stem(("undertook",)), stem(("organisation",)), stem(("status",))
    ('city', 'undertake', 'organization', 'status')
    """
    if _ARABIC.search(parts[0]):
        return persian.lemma(parts)
    word = "".join(parts)
    return word if word[0].isdecimal() else english.lemma(word)


def loose(parts: tuple[str, ...]) -> str:
    """The stem as a hurried typist writes it: آ as ا, و for the hamza, no accents, no apostrophes.

    >>> loose(("امدند",)) == loose(("آمد",)), loose(("مسوول",)) == loose(("مسیولین",))
    (True, True)
    >>> loose(("şanlıurfa",)), loose(("qa'im's",))
    ('sanliurfa', 'qaim')
    """
    if _ARABIC.search(parts[0]):
        name = stem(parts)
        if parts[0][0] == "ا" and not persian.is_word(name):
            meant = persian.lemma(("آ" + parts[0][1:], *parts[1:]))
            name = meant if persian.is_word(meant) else name
        return name if name in _PARTED else name.replace("آ", "ا").replace("وو", "یو")
    word = "".join(parts)
    if word.isascii() and "'" not in word:
        return stem(parts)
    word = unicodedata.normalize("NFKD", word.translate(_BARE).removesuffix("'s"))
    return stem(("".join(letter for letter in word if letter.isalnum()),))
