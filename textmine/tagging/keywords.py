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
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from textmine.records import Codebook, CodeProbability, Prediction, Span
from textmine.text.fold import fold
from textmine.text.letters import HALF_SPACE
from textmine.text.offsets import View, joined

RULES = "2"
"""Raised when the same keywords come to find other words."""


# A keyword typed without the madda of آ, or with another hyphen, is still that keyword.
_SAME_LENGTH = dict(zip("آ‐‑–", "ا---", strict=True))
_RESPELLED = re.compile(f"[{''.join(_SAME_LENGTH)}]")
_DROPPED_AT_THE_END = "ءـ"  # اجراء is compared as اجرا


def view(text: str) -> View:
    """``text`` as keywords are compared with it, with the way back to the original.

    >>> view("آموزش حاكميّت").text
    'اموزش حاکمیت'
    """
    folded = fold(text)
    return folded.respelled(_RESPELLED.sub(lambda match: _SAME_LENGTH[match[0]], folded.text))


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
    """A keyword in one spelling: whatever ``form`` matches begins with one of ``beginnings``.

    Most keywords of a codebook never occur in a text, so ``form`` is compiled when first needed.
    """

    keyword: str
    beginnings: tuple[str, ...]
    form: str


def _patterns(keyword: str) -> list[_Pattern]:
    compared = view(keyword.strip()).text
    if not any(letter.isalnum() for letter in compared):
        return []  # nothing that could be found, such as a kashida
    if _PERSIAN.search(compared):
        return [_persian(keyword, compared)]
    return [pattern for spelling in _spellings(compared) for pattern in _english(keyword, spelling)]


def _persian(keyword: str, compared: str) -> _Pattern:
    stem = compared.rstrip("*")
    plain = [word for word in re.split(rf"[\s{HALF_SPACE}\-]+", stem) if word]
    beginning = plain[0].removesuffix("ه")  # for which گان may stand
    words = [re.escape(word) for word in plain]
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
    joined_and = ("و", "") if len(stem) > 3 else ("",)
    before = rf"(?<!{_LETTER})(?:{'|'.join(joined_and)})(?<!غیر[\s{HALF_SPACE}])"
    after = rf"(?!{HALF_SPACE}?{_LETTER})"
    return _Pattern(
        keyword,
        tuple(f"{each}{beginning}" for each in joined_and),
        rf"{before}(?P<hit>{body}{ending}){after}",
    )


def _spellings(word: str) -> list[str]:
    for one, other in _SPELLINGS:
        for here, there in ((one, other), (other, one)):
            if re.search(rf"{here}\b", word) and not word.endswith("*"):
                return [word, re.sub(rf"{here}\b", there, word)]
    return [word]


def _english(keyword: str, compared: str) -> list[_Pattern]:
    stem = compared.rstrip("*")
    parts = [part for part in re.split(r"(\s+|-)", stem) if part]
    *first, last = parts
    body = "".join(
        r"[\s\-]*" if part == "-" else r"[\s\-]+" if part.isspace() else re.escape(part)
        for part in first
    )
    ending = rf"{re.escape(last)}{_LETTER}*" if compared.endswith("*") else _inflected(last)
    # Inflection changes no more of a word than these endings.
    beginning = re.split(r"[\s\-]", stem)[0] if first else re.sub("(?:sis|[ey])$", "", last)
    form = rf"(?<!{_LETTER})(?P<hit>{body}(?:{ending}))(?!{_LETTER})"
    return [_Pattern(keyword, (beginning,), form)]


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


# --- the coder ------------------------------------------------------------------------------


class Hit(NamedTuple):
    """A keyword found: the code that it stands for, and where it is in the original text."""

    code: str
    keyword: str
    span: Span


class _Listed(NamedTuple):
    """A keyword of a code, or a phrase in which its keywords do not count, in codebook order."""

    rank: int
    code: str
    counts: bool
    pattern: _Pattern


class Reason(NamedTuple):
    """Words of a clause that speak for a code.

    ``kind`` is ``keyword``, ``word`` (it weighs much) or ``meaning`` (without it the clause would
    be less like the code's clauses); ``weight`` compares reasons of one kind.
    """

    code: str
    span: Span
    kind: str
    weight: float


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
        in_order = [
            (code.id, counts, pattern)
            for code in codebook.codes
            for words, counts in ((code.keywords, True), (code.not_in, False))
            for pattern in _all_patterns(words)
        ]
        self._beginning = _any_of({each for *_, one in in_order for each in one.beginnings})
        self._listed: dict[str, list[_Listed]] = defaultdict(list)
        for rank, one in enumerate(in_order):
            listed = _Listed(rank, *one)
            for key in {self._beginning.findall(each)[0] for each in listed.pattern.beginnings}:
                self._listed[key].append(listed)

    @property
    def version(self) -> str:
        """Tells apart codings that another wording of the codebook or other rules would give."""
        return f"{RULES}:{self.codebook.digest[:12]}"

    @property
    def coder(self) -> str:
        """How codings name the dictionary."""
        return f"dictionary:{self.codebook.reference}"

    @property
    def sources(self) -> tuple[str, ...]:
        """A dictionary has learned from no clause."""
        return ()

    def hits(self, text: str) -> tuple[Hit, ...]:
        """Every keyword that counts in ``text``, in order of place, with spans of ``text``."""
        return self.hits_in(view(text), text)

    def hits_in(self, seen: View, text: str) -> tuple[Hit, ...]:
        """As ``hits``, for a caller that has the ``view`` of ``text`` already."""
        found: list[Hit] = []
        void: dict[str, list[Span]] = defaultdict(list)
        for listed, span in self._find(seen.text):
            if listed.counts:
                found.append(Hit(listed.code, listed.pattern.keyword, span))
            else:
                void[listed.code].append(span)
        if not found:
            return ()
        counting = (
            hit for hit in found if not any(_inside(hit.span, phrase) for phrase in void[hit.code])
        )
        return tuple(
            Hit(code, word, original(seen, span, text)) for code, word, span in _longest(counting)
        )

    def _find(self, text: str) -> Iterator[tuple[_Listed, Span]]:
        """What is listed and found in ``text``: in order of place, then of the codebook."""
        ends: dict[int, int] = {}
        for beginning in self._beginning.finditer(text):
            start = beginning.start()
            for listed in self._listed[beginning[1]]:
                rank, *_, pattern = listed
                # A form is not found again inside itself.
                if start < ends.get(rank, 0) or not text.startswith(pattern.beginnings, start):
                    continue
                match = _compiled(pattern.form).match(text, start)
                if match:
                    ends[rank] = match.end()
                    yield listed, Span(*match.span("hit"))

    def explain(self, text: str, code: str) -> tuple[Reason, ...]:
        """The keywords of ``code`` in ``text``."""
        return tuple(
            Reason(code, hit.span, "keyword", 1.0) for hit in self.hits(text) if hit.code == code
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


# How many letters of a keyword are looked for before its form is tried.
_FIRST = 6

_compiled = lru_cache(maxsize=8192)(re.compile)


def _any_of(beginnings: Set[str]) -> re.Pattern[str]:
    """Finds where one of ``beginnings`` may stand: no letter before, and its first letters behind.

    The group is the shortest of them that stands there.
    """
    return re.compile(f"(?<!{_LETTER})(?=({_shortest({each[:_FIRST] for each in beginnings})}))")


def _shortest(beginnings: Set[str]) -> str:
    """Letter by letter, since of hundreds of words side by side each would be tried."""
    if "" in beginnings:
        return ""
    branches = (
        re.escape(letter) + _shortest({each[1:] for each in these})
        for letter, these in groupby(sorted(beginnings), key=itemgetter(0))
    )
    return f"(?:{'|'.join(branches)})"


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
