"""The dictionary coder: a code applies where one of its keywords stands.

A keyword stands for its inflected forms in both languages and for every way of writing its gaps,
and never for a part of a longer word: ``هنر`` finds «هنرهای» and «هنری», not «هنرستان»;
``art`` finds "arts", not "article" or "part". What inflection does not reach (``هنرمند``,
``scientific``) is a keyword of its own in the codebook, or is reached by ``*``.

Of two keywords in the same place the longer counts: "social security" is no hit of "security".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from textmine.records import Codebook, CodeProbability, Prediction, Span
from textmine.text.fold import fold
from textmine.text.letters import HALF_SPACE
from textmine.text.offsets import View, joined

RULES = "1"
"""Raised when the same keywords come to find other words."""


# A keyword typed without the madda of آ, or with another hyphen, is still that keyword.
_SAME_LENGTH = str.maketrans("آ‐‑–", "ا---")
_DROPPED_AT_THE_END = "ءـ"  # اجراء is compared as اجرا


def view(text: str) -> View:
    """``text`` as keywords are compared with it, with the way back to the original.

    >>> view("آموزش حاكميّت").text
    'اموزش حاکمیت'
    """
    folded = fold(text)
    return folded.then(View.translated(folded.text.translate(_SAME_LENGTH), folded.text))


def original(seen: View, span: Span, text: str) -> Span:
    """The place in ``text`` of a span of its view, with what was dropped behind its last letter."""
    start, end = seen.original(*span)
    while end < len(text) and (
        text[end] in _DROPPED_AT_THE_END or unicodedata.combining(text[end])
    ):
        end += 1
    return Span(start, end)


# --- forms of a keyword ---------------------------------------------------------------------

_LETTER = r"[^\W_]"
_GAP = rf"[\s{HALF_SPACE}]*"
_PERSIAN = re.compile("[\u0600-\u06ff]")

# Persian endings. Each is written joined, after a half-space, or (the plural) after a space.
_POSSESSIVE = "(?:م|ت|ش|مان|تان|شان)"
_PLURAL = rf"{_GAP}ها(?:ی(?:ی|{_POSSESSIVE})?|ست)?"
# After ا and و a glide stands before the ending: دانشجویان، ویزای.
_AFTER_VOWEL = rf"{HALF_SPACE}?(?:ی(?:ی|ان|شان|مان|تان)?|ات)"
# After silent ه endings stand apart; joined, they would be another word (بندهای is not of بنده).
_AFTER_HE = rf"{HALF_SPACE}(?:ای|ی|ام|ات|اش|مان|تان|شان)"
_AFTER_CONSONANT = rf"{HALF_SPACE}?(?:ی|مان|تان|شان)|{HALF_SPACE}(?:ای|ام|ات|اش|تر|ترین)"
# Joined to three letters these would often be another word: ارزش is not of ارز.
# (مالیات is not of مالی either, hence no ات after ی.)
_AFTER_LONG = rf"{HALF_SPACE}?(?:(?:ان|(?<!ی)ات)(?:ی|شان)?|ش)"

# English: forms in -ed and -ing that are other words, by the word that they must not count for.
_OTHER_IN_ED_ING = frozenset({"state", "train", "interest", "term", "court", "post", "general"})

# Spellings of British and American English, by the end of the word; either finds both.
_SPELLINGS = (
    ("isation", "ization"),
    ("ise", "ize"),
    ("defence", "defense"),
    ("offence", "offense"),
    ("licence", "license"),
    ("labour", "labor"),
    ("neighbour", "neighbor"),
    ("centre", "center"),
    ("theatre", "theater"),
    ("programme", "program"),
)


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A keyword in one spelling: ``stem`` must stand in the gapless view before ``form`` is tried.

    Most keywords of a codebook never occur in a text, so ``form`` is compiled when first needed.
    """

    keyword: str
    stem: str
    form: str


def _patterns(keyword: str) -> list[_Pattern]:
    compared = view(keyword.strip()).text
    if not any(letter.isalnum() for letter in compared):
        return []  # nothing that could be found, such as a kashida
    if _PERSIAN.search(compared):
        return [_persian(keyword, compared)]
    return [_english(keyword, spelling) for spelling in _spellings(compared)]


def _persian(keyword: str, compared: str) -> _Pattern:
    stem = compared.rstrip("*")
    words = [re.escape(word) for word in re.split(rf"[\s{HALF_SPACE}\-]+", stem) if word]
    body = rf"[\s{HALF_SPACE}\-]*".join(words)
    last = words[-1]
    if compared.endswith("*"):
        ending = rf"(?:{HALF_SPACE}?{_LETTER})*"
    else:
        if last.endswith("ه"):
            body = f"(?:{body}|{body[:-1]}گان(?:ی|شان)?)"
            endings = [_PLURAL, _AFTER_HE]
        elif last.endswith(("ا", "و")):
            endings = [_PLURAL, _AFTER_VOWEL]
        else:
            endings = [_PLURAL, _AFTER_CONSONANT]
            if len(last) > 3:
                endings.append(_AFTER_LONG)
        ending = rf"(?:{'|'.join(endings)})?"
    # «و» is often typed onto the next word (وهنری); غیر turns a word into its opposite.
    joined_and = "و?" if len(stem) > 3 else ""
    before = rf"(?<!{_LETTER}){joined_and}(?<!غیر[\s{HALF_SPACE}])"
    after = rf"(?!{HALF_SPACE}?{_LETTER})"
    return _Pattern(
        keyword,
        _gapless(stem).removesuffix("ه"),
        rf"{before}(?P<hit>{body}{ending}){after}",
    )


def _spellings(word: str) -> list[str]:
    for one, other in _SPELLINGS:
        for here, there in ((one, other), (other, one)):
            if re.search(rf"{here}\b", word) and not word.endswith("*"):
                return [word, re.sub(rf"{here}\b", there, word)]
    return [word]


def _english(keyword: str, compared: str) -> _Pattern:
    stem = compared.rstrip("*")
    parts = [part for part in re.split(r"(\s+|-)", stem) if part]
    *first, last = parts
    body = "".join(
        r"[\s\-]*" if part == "-" else r"[\s\-]+" if part.isspace() else re.escape(part)
        for part in first
    )
    ending = rf"{re.escape(last)}{_LETTER}*" if compared.endswith("*") else _inflected(last)
    return _Pattern(
        keyword,
        _gapless(stem)[:-2] if len(last) > 3 else stem,
        rf"(?<!{_LETTER})(?P<hit>{body}(?:{ending}))(?!{_LETTER})",
    )


def _inflected(word: str) -> str:
    """An expression for an English word, its plural and, where safe, its forms in -ed and -ing."""
    stem, last = re.escape(word[:-1]), word[-1]
    whole = re.escape(word)
    verb = len(word) > 3 and word not in _OTHER_IN_ED_ING
    if re.search("[^aeiou]y$", word):
        return f"{stem}(?:y(?:ing)?|ies{'|ied' if verb else ''})"
    if word.endswith("sis"):
        return f"{re.escape(word[:-2])}[ei]s"
    if last == "e":
        return f"{whole}[sd]?|{stem}ing" if verb else f"{whole}s?"
    plural = "es" if re.search("(?:[sxz]|ch|sh)$", word) else "s"
    # A consonant after a single vowel may be doubled: travel, travelled.
    double = f"{last}?" if re.search("[^aeiou][aeiou][lmnptgbd]$", word) else ""
    return f"{whole}(?:{plural}|{double}(?:ed|ing))?" if verb else f"{whole}(?:{plural})?"


def _gapless(text: str) -> str:
    return re.sub(rf"[\s{HALF_SPACE}\-]+", "", text)


# --- the coder ------------------------------------------------------------------------------


class Hit(NamedTuple):
    """A keyword found: the code that it stands for, and where it is in the original text."""

    code: str
    keyword: str
    span: Span


class DictionaryCoder:
    """Codes clauses by the keywords of a codebook.

    >>> from textmine.codebook import shipped
    >>> coder = DictionaryCoder(shipped())
    >>> [(hit.code, hit.keyword) for hit in coder.hits("موزه‌ها و جشنواره‌های دو شهر")]
    [('cultural', 'موزه'), ('cultural', 'جشنواره')]
    >>> coder.hits("Article 3: the parties")
    ()
    """

    def __init__(self, codebook: Codebook) -> None:
        self.codebook = codebook
        self._keywords = {code.id: _all_patterns(code.keywords) for code in codebook.codes}
        self._not_in = {code.id: _all_patterns(code.not_in) for code in codebook.codes}

    @property
    def version(self) -> str:
        """Tells apart codings that another wording of the codebook or other rules would give."""
        return f"{RULES}:{self.codebook.digest[:12]}"

    @property
    def coder(self) -> str:
        """How codings name the dictionary."""
        return f"dictionary:{self.codebook.reference}"

    def hits(self, text: str) -> tuple[Hit, ...]:
        """Every keyword that counts in ``text``, in order of place, with spans of ``text``."""
        seen = view(text)
        gapless = _gapless(seen.text)
        found: list[Hit] = []
        for code in self.codebook.codes:
            of_code = _find(self._keywords[code.id], seen.text, gapless)
            if of_code:
                void = [span for _, span in _find(self._not_in[code.id], seen.text, gapless)]
                found.extend(
                    Hit(code.id, keyword, span)
                    for keyword, span in of_code
                    if not any(_inside(span, phrase) for phrase in void)
                )
        return tuple(
            Hit(code, word, original(seen, span, text)) for code, word, span in _longest(found)
        )

    def predict(self, clauses: Iterable[tuple[str, str]]) -> Iterator[Prediction]:
        """One prediction for each clause, given as its id and its text.

        A dictionary measures no probability: it is 1.0 where a keyword stands and 0.0 elsewhere,
        and says no more than ``applied``. How often such a hit is right, ``evaluate`` tells.
        """
        for clause, text in clauses:
            spans: dict[str, list[Span]] = {code.id: [] for code in self.codebook.codes}
            for hit in self.hits(text):
                spans[hit.code].append(hit.span)
            yield Prediction(
                clause,
                tuple(
                    CodeProbability(code, 1.0 if found else 0.0, bool(found), joined(found))
                    for code, found in spans.items()
                ),
            )


def _all_patterns(words: Mapping[str, Sequence[str]]) -> tuple[_Pattern, ...]:
    return tuple(
        pattern for listed in words.values() for word in listed for pattern in _patterns(word)
    )


_compiled = lru_cache(maxsize=8192)(re.compile)


def _find(patterns: Sequence[_Pattern], text: str, gapless: str) -> list[tuple[str, Span]]:
    return [
        (pattern.keyword, Span(*match.span("hit")))
        for pattern in patterns
        if pattern.stem in gapless
        for match in _compiled(pattern.form).finditer(text)
    ]


def _longest(hits: Iterable[Hit]) -> Iterator[Hit]:
    """Hits in order of place, one for each code and place, none inside a longer one."""
    around = Span(0, 0)
    codes: set[str] = set()
    for hit in sorted(hits, key=lambda hit: (hit.span.start, -hit.span.end, -len(hit.keyword))):
        if hit.span.end > around.end:
            around, codes = hit.span, set()
        if hit.span == around and hit.code not in codes:
            codes.add(hit.code)
            yield hit


def _inside(span: Span, other: Span) -> bool:
    return other.start <= span.start and span.end <= other.end
