"""Persian text whose words an extractor left out of order, told by signs that right text lacks.

Extractors that lose the direction of writing leave two kinds of damage. Where a half-space begins
a run of its own, the ending of a word stands at the head of the line instead of behind its word.
Where a letter comes from another font, the runs of a word change places (یپلماسید for دیپلماسی)
and a full stop clings to the word behind it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from textmine.records import Page, Verdict
from textmine.text.letters import ARABIC_MARKS, HALF_SPACE, KASHIDA

# Shares measured, in per cent:                lines that begin    words with a part or a
#                                              with an ending      stop at the wrong end
#   a paper with displaced endings                  24.3                 0.3
#   a paper with turned words                        0.2                12.7
#   three papers in good order                       0 to 1.1            0
#   16 Persian and bilingual manuscripts             0                   0
#   two treebanks, a draft law, 1,644 news texts,
#   translated news, wrapped at 80 characters        0 to 0.2            0 to 0.02
#   the same with half-spaces dropped                0 to 0.1            0 to 0.03
#   the same with half-spaces turned to spaces       1.0 to 2.0          0 to 0.02
# Lines that end with می besides: 10.8 in the first paper, at most 4 where half-spaces are spaces;
# together with the first column at most 18.5 on any of 1,859 such pages.
# Of those healthy texts in 3,600 pages of 30 lines none passes either limit. What comes nearest is
# a text whose half-spaces became spaces: a line may break before its ها.
MAX_DISPLACED = 0.10
"""Share of lines beginning with the ending of a word above which a page is out of order."""
MAX_CUT = 0.20
"""Share of lines that begin so or end with the beginning of a verb (می) above which it is, too."""
MAX_TURNED = 0.03
"""Share of Persian words with a part or a stop at the wrong end above which it is, too."""
MIN_SIGNS = 5
"""Signs below which nothing is said: a few lines prove nothing."""
MIN_WORDS = 5
"""Persian words that a line must have to be judged: cells of a table begin with anything."""

_LETTERS = "ءآأؤئابپتثجچحخدذرزژسشصضطظعغفقکگلمنهوی"
_WORD = re.compile(f"[{_LETTERS}{HALF_SPACE}]+")
_SPELLING = {ord(old): new for old, new in zip("يىكۀة", "ییکهه", strict=True)}
_DROPPED = re.compile(f"[{ARABIC_MARKS}{KASHIDA}]")
# Endings of nouns, and the second half of بین‌المللی. Verbs are no sign: in right text, too, many a
# line begins with کند or شود.
_ENDINGS = frozenset(("ها", "های", "هایی", "هایش", "هایشان", "المللی", "الملل", "ترین"))
# The ways in which right words begin with ی: یک، یاد، یورو، یهود، یزد، ییلاق، یعنی ...
_BEGIN_WITH_YEH = (
    "ک|ا|و|ه|ز|ی|ئ|م|خ|ق|گان|ل|عنی|عقوب|غما|سر|سنا|شم|نگ|تیم|ورت|ند|ده|حیی|دک|دالله|فون"
)
_CUT = (" می", " نمی")
_TURNED = re.compile(
    # A last ی that came to the front: یفرهنگ.
    f"ی(?!{_BEGIN_WITH_YEH})[{_LETTERS}]{{2,}}"
    # An ending before its own word (هایفرصت), but not هایشان, nor the names هایدگر and هایک.
    f"|(?:های|المللی)(?!شان|مان|تان|ند|ی|دگر|پر|ک|ل|ن|ز)[{_LETTERS}]{{2,}}"
    # The beginning of a verb behind its end: شودمی.
    f"|[{_LETTERS}]*(?:کن|شو|باش|ده|گیر|گرد|نمای|توان|یاب|رو|آی|دار)(?:د|ند|یم)ن?می"
)
_CLUNG = re.compile(f"(?<=\\s)[.،؛](?=[{_LETTERS}])")
# Arabic verbs begin with ی (يجوز، يتم); a third of the nouns of Arabic begin with ال.
_ARABIC_ARTICLE = re.compile(f"ال[{_LETTERS}]{{3,}}")
_MAX_ARABIC = 0.1


@dataclass(frozen=True, slots=True)
class Disorder:
    """Signs of lost order in some lines, and what they were counted among."""

    lines: int
    displaced: int
    words: int
    turned: int
    cut: int = 0

    @property
    def displaces(self) -> bool:
        """Whether too many lines begin with the ending of a word, or end with a beginning."""
        return self.displaced >= max(MIN_SIGNS, MAX_DISPLACED * self.lines) or (
            self.displaced + self.cut > max(MIN_SIGNS, MAX_CUT * self.lines)
        )

    @property
    def turns(self) -> bool:
        """Whether too many words have a part or a stop at the wrong end."""
        return self.turned >= max(MIN_SIGNS, MAX_TURNED * self.words)

    @property
    def reason(self) -> str:
        """The doubt as a sentence with its figures; empty when the order is sound."""
        said = []
        if self.displaces:
            cut = f", {self.cut} end with the beginning of one" if self.cut else ""
            said.append(
                f"{self.displaced} of {self.lines} lines begin with the ending of another word{cut}"
            )
        if self.turns:
            said.append(
                f"{self.turned} of {self.words} words have a part or a stop at the wrong end"
            )
        if not said:
            return ""
        return (
            f"The text is out of order: {' and '.join(said)}. Look for a better copy of the file."
        )


def disorder(lines: Iterable[str]) -> Disorder:
    """Count what shows that the words of Persian ``lines`` stand out of order.

    Only lines of ``MIN_WORDS`` Persian words are judged. Text in Arabic is not judged by its words.

    >>> disorder(["های شهر در سال گذشته بسیار کار", "روابط یفرهنگ و یشهر در جهان .است"])
    Disorder(lines=2, displaced=1, words=14, turned=3, cut=0)
    >>> disorder(["های شهر در سال گذشته بسیار کار"] * 5).reason
    'The text is out of order: 5 of 5 lines begin with the ending of another word. Look for a better
    copy of the file.'
    """
    judged = displaced = words = turned = cut = arabic = 0
    for line in lines:
        plain = _plain(line)
        found = _WORD.findall(plain)
        if len(found) < MIN_WORDS:
            continue
        judged += 1
        words += len(found)
        displaced += _first_word(plain) in _ENDINGS
        cut += plain.rstrip().endswith(_CUT)
        turned += _turned(found)
        turned += len(_CLUNG.findall(plain))
        arabic += sum(_ARABIC_ARTICLE.match(word) is not None for word in found)
    turned = 0 if arabic > _MAX_ARABIC * words else turned
    return Disorder(judged, displaced, words, turned, cut)


def judged(page: Page) -> Page:
    """``page`` with the verdict ``suspect`` when its text is out of order.

    A verdict that is worse than ``repaired`` stays. Figures are added to those that there are: what
    was counted, how many lines and words ``mending`` puts right for search and coding, and what
    shows of disorder even then (``lines_displaced_left``, ``words_turned_left``), with the numbers
    that no year can be where a font's digits were misread (``numbers_misread``).

    >>> from textmine.records import Line
    >>> line = "های شهر در سال گذشته بسیار کار"
    >>> starts = range(0, 5 * len(line), len(line))
    >>> lines = tuple(Line(start, start + len(line)) for start in starts)
    >>> figures = judged(Page(1, 5 * line, lines)).verdict.figures
    >>> figures["lines_judged"], figures["lines_displaced"]
    (5, 5)
    """
    if page.verdict.state not in ("good", "repaired"):
        return page
    found = disorder(page.text[line.start : line.end] for line in page.lines)
    if not found.reason:
        return page
    from textmine.text.mending import mended  # loads the counts of words when it is needed

    put_right = mended(page.text)
    kinds = Counter(repair.kind for repair in put_right.repairs)
    left = put_right.unrepaired
    figures = {
        "lines_judged": found.lines,
        "lines_displaced": found.displaced,
        "words_judged": found.words,
        "words_turned": found.turned,
        "lines_cut": found.cut,
        "lines_mended": kinds["line"],
        "words_mended": sum(kinds[kind] for kind in ("yeh", "half-space", "word")),
        "lines_displaced_left": left.get("lines", 0),
        "words_turned_left": left.get("words", 0),
    }
    reason = f"{found.reason} {_mended(figures)}"
    if misread := left.get("digits"):
        figures["numbers_misread"] = misread
        reason += (
            f" {misread} numbers of four digits can be no year: the digits were misread, which "
            "nothing in the text can put right."
        )
    if unread := left.get("unread"):
        figures["lines_unread"] = unread
        reason += f" {unread} more lines were left as they are: the page is too long."
    doubt = Verdict("suspect", reason, {**page.verdict.figures, **figures})
    return replace(page, verdict=doubt)


def _mended(figures: Mapping[str, float]) -> str:
    return (
        f"For search and coding {figures['lines_mended']} lines and {figures['words_mended']} "
        "words were put in order, as far as that can be told; quote and count from the page itself."
    )


def is_out_of_order(page: Page) -> bool:
    """Whether ``judged`` found the text of ``page`` out of order."""
    return page.verdict.state == "suspect" and "lines_displaced" in page.verdict.figures


def begins_displaced(line: str) -> bool:
    """Whether ``line`` begins with an ending that belongs to a word elsewhere.

    >>> begins_displaced("های خود ها در کنار"), begins_displaced("هایدگر و هستی")
    (True, False)
    """
    return _first_word(_plain(line)) in _ENDINGS


def turned_words(line: str) -> int:
    """How many words of ``line`` have a part at the wrong end.

    >>> turned_words("خواهر شهرها با رویکرد المللیبینهمکاری هایفرصت")
    2
    """
    return _turned(_WORD.findall(_plain(line)))


def _plain(line: str) -> str:
    return _DROPPED.sub("", line.translate(_SPELLING))


def _turned(words: Iterable[str]) -> int:
    return sum(_TURNED.fullmatch(word) is not None for word in words)


def _first_word(plain: str) -> str:
    """The word that the line begins with, or nothing where a sign or a digit stands first."""
    found = _WORD.match(plain.lstrip())
    return found[0].strip(HALF_SPACE) if found else ""
