"""Whether the words of a page are words: what a lexicon knows, what no Persian word can be.

A text layer may be whole and in order and still say nothing, because the font names its letters
wrongly. Words that no lexicon has, and letters side by side that no word has, give it away.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from textmine.records import Page, Verdict
from textmine.text.halfspaces import Counts, fold_word, shipped_restorer
from textmine.text.letters import ARABIC_LETTERS, ARABIC_MARKS, HALF_SPACE

# Persian prose, measured (share of known words; of impossible ones):
#   280 pages of PDFs and manuscripts in good order      0.85 to 1.00   0 to 0.004
#   four papers whose half-spaces are lost, in parts     0.87 to 0.98   0 to 0.006
#   a paper whose words were turned at their ی, parts    0.47 to 0.91   0 to 0.033
#   all letters exchanged one for another, five times    0.15 to 0.32   0.07 to 0.39
#   six letters exchanged, five times                    0.53 to 0.69   0.00 to 0.14
MIN_KNOWN = 0.75
"""Share of known words below which a Persian page is doubted."""
MAX_IMPOSSIBLE = 0.04
"""Share of words with impossible letters above which a Persian page is doubted."""
MIN_WORDS = 40
"""Persian words in lines of prose that a page must have to be judged."""

_PROSE = 5  # words of a line of prose; tables and glossaries hold names and abbreviations

_WORD = re.compile(f"[{ARABIC_LETTERS}{ARABIC_MARKS}{HALF_SPACE}]{{2,}}")
# Arabic, Urdu and Kurdish are not held against a Persian lexicon: one word in eleven of Persian
# prose is one of these, and none is usual in the others.
_PERSIAN = frozenset(("از", "به", "در", "که", "این", "را", "است", "با", "برای", "آن", "شده", "می"))
_PERSIAN_SHARE = 0.05
# Function words of Arabic, which may be the language of a page that has no Persian ones.
_ARABIC = frozenset(
    ("في", "من", "على", "إلى", "الى", "أن", "عن", "هذا", "هذه", "التي", "الذي", "ما")
)
_ARABIC_SHARE = 0.03
# After each letter those that never follow it in any of the 255,000 words of the lexicon.
_NEVER_AFTER = {
    "ء": "ءثجچحخدذزژصضطظعغفقکگ", "آ": "ضظع", "ب": "ء", "پ": "ءآثحصضظع", "ت": "ء",
    "ث": "ءپچذزژشصضظگ", "ج": "ءآچژ", "چ": "ءآثحصضظع", "ح": "ءآخژغ", "خ": "ءآحژغ",
    "ذ": "ثچزژصضظ", "ز": "ثژصض", "ژ": "ءثحذصضظع", "س": "ءثژصضظ", "ش": "ءژض",
    "ص": "ءپثچذزژسضظ", "ض": "ءپثژسص", "ط": "ذژصضظ", "ظ": "ءثجچحخدذرزژسصضقگ", "ع": "ءآپحژغ",
    "غ": "ءآحعغ", "ف": "ء", "ق": "ءآ", "ک": "ء", "گ": "ءآثحصضطظغق", "ل": "ء", "م": "ء", "ن": "ء",
    "ه": "ءحغ",
}  # fmt: skip
_IMPOSSIBLE = frozenset(left + right for left, rest in _NEVER_AFTER.items() for right in rest)


@dataclass(frozen=True, slots=True)
class Words:
    """Persian words of a text: how many, how many are known, how many no word can look like."""

    count: int
    known: int
    impossible: int

    @property
    def reason(self) -> str:
        """The doubt as a sentence with its figures; empty when there is none."""
        if self.count < MIN_WORDS:
            return ""
        said = []
        if self.known < MIN_KNOWN * self.count:
            said.append(f"{self.count - self.known} of {self.count} words are in no lexicon")
        if self.impossible > MAX_IMPOSSIBLE * self.count:
            said.append(f"{self.impossible} hold letters that never meet")
        if not said:
            return ""
        return f"The letters may be named wrongly or out of order: {' and '.join(said)}."


def words_of(text: str) -> Words:
    """Count the Persian words in the prose of ``text``; none where the language is Arabic.

    >>> words_of("طرف‌ها برای گسترش روابط فرهنگی در شهر تهران کوشش می‌کنند ژحپثغ")
    Words(count=11, known=10, impossible=1)
    >>> words_of("يجب على الطرفين أن يتعاونا في هذا المجال")
    Words(count=0, known=0, impossible=0)
    """
    lines = [_WORD.findall(line) for line in text.splitlines()]
    written = [word for line in lines if len(line) >= _PROSE for word in line]
    persian = sum(word in _PERSIAN for word in written)
    arabic = sum(word in _ARABIC for word in written)
    # Pages without function words of either are judged: garbled letters make none.
    foreign = persian < _PERSIAN_SHARE * len(written) and arabic > _ARABIC_SHARE * len(written)
    if not written or foreign:
        return Words(0, 0, 0)
    counts = shipped_restorer().counts
    known = impossible = 0
    for word in written:
        folded = fold_word(word.strip(HALF_SPACE))
        if _is_known(folded, counts):
            known += 1
        elif any(left + right in _IMPOSSIBLE for left, right in pairwise(folded)):
            impossible += 1
    return Words(len(written), known, impossible)


def _is_known(folded: str, counts: Counts) -> bool:
    """Whether a lexicon has the word: whole, joined, or as pieces that stand at half-spaces."""
    joined = folded.replace(HALF_SPACE, "")
    if any(word in counts.words or word in counts.kinds for word in (folded, joined)):
        return True
    pieces = folded.split(HALF_SPACE)
    lexicons = (counts.words, counts.kinds, counts.before, counts.after)
    return len(pieces) > 1 and all(
        any(piece in lexicon for lexicon in lexicons) for piece in pieces
    )


def weighed(page: Page) -> Page:
    """``page`` with the figures on its words, and ``suspect`` when too many are none.

    A verdict that is worse than ``repaired`` keeps its reason; figures are added to those there
    are: ``words_known_share`` and ``words_impossible_share``.
    """
    words = words_of(page.text)
    if words.count < MIN_WORDS:
        return page
    figures = {
        **page.verdict.figures,
        "words_known_share": round(words.known / words.count, 3),
        "words_impossible_share": round(words.impossible / words.count, 3),
    }
    verdict = replace(page.verdict, figures=figures)
    if words.reason and verdict.state in ("good", "repaired"):
        verdict = Verdict("suspect", words.reason, figures)
    return replace(page, verdict=verdict)
