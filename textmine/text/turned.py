"""Lines and words that an extractor turned round, read in their own order again.

Right-to-left lines are stored by some extractors as their pieces stand on the page from the left:
what a number parted comes in reverse. The sign is a number stuck to the word that follows it and
apart from the word before («مورد  31بندی شود» for «بندی شود 31 مورد»). Some people write so, too
(«۲۰سال»): read only text so that is known to be out of order. In the same way a word is cut where
its letter ی comes from another font: تیریمد for مدیریت.

It stays beside ``mending``, which weighs a whole page, because it reads a line alone: with
``mending`` in its place studies lose a tie (``unturned``), a heading (``mended_words``) and the
figures of themes and claims (``pieces``) that they find in single sentences of the same papers.
"""

from __future__ import annotations

import re
from functools import lru_cache

from textmine.records import Span
from textmine.text.halfspaces import fold_word, shipped_restorer
from textmine.text.letters import ARABIC_LETTERS, DIGITS

_STUCK = re.compile(rf"(?<![{DIGITS}{ARABIC_LETTERS}])[{DIGITS}]{{1,4}}(?=[{ARABIC_LETTERS}])")


def pieces(line: str) -> tuple[Span, ...]:
    """The spans of ``line`` in the order in which they are to be read; one span when in order.

    >>> line = "مورد از  16مورد و سایر مناطق  23آسیای شرقی"
    >>> [line[span.start : span.end] for span in pieces(line)]
    ['آسیای شرقی', '23', 'مورد و سایر مناطق  ', '16', 'مورد از  ']
    """
    found = list(_STUCK.finditer(line))
    if not found:
        return (Span(0, len(line)),)
    spans = []
    done = 0
    for match in found:
        if match.start() > done:
            spans.append(Span(done, match.start()))
        spans.append(Span(*match.span()))
        done = match.end()
    if done < len(line):
        spans.append(Span(done, len(line)))
    return tuple(reversed(spans))


def unturned(line: str) -> str:
    """``line`` in the order in which it is to be read.

    >>> unturned("مورد از این مناسبات را به  31بندی شود، کشورهای پیرامون")
    'بندی شود، کشورهای پیرامون 31 مورد از این مناسبات را به  '
    >>> unturned("در ۳۱ مورد") == "در ۳۱ مورد"
    True
    """
    return " ".join(line[span.start : span.end] for span in pieces(line))


_WORD = re.compile(f"[{ARABIC_LETTERS}]{{3,}}")
_PARTS = re.compile("ی|[^ی]+")
_PREFIXES = ("های", "ها", "المللی", "الملل")  # endings that stand before their word


def mended_words(text: str) -> str:
    """``text`` with words that were turned at their ی, or behind their ending, put right.

    Only for text known to be out of order: a word is changed when no lexicon has it and one has
    what it becomes. The length stays, so that every place is still the same place.

    >>> mended_words("تیریمد یفرهنگ و هایظرفیت یشهر در ایران")
    'مدیریت فرهنگی و ظرفیتهای شهری در ایران'
    """
    return _WORD.sub(lambda match: _mended(match[0]), text)


@lru_cache(50_000)
def _mended(word: str) -> str:
    letters = word.replace("ي", "ی")
    if _known(letters):
        return word
    tries = ["".join(reversed(_PARTS.findall(letters)))]
    for ending in _PREFIXES:
        if letters.startswith(ending):
            rest = letters[len(ending) :]
            tries += [rest + ending] if _known(rest) else []
            turned = "".join(reversed(_PARTS.findall(rest)))
            tries += [turned + ending] if _known(turned) else []
            return tries[1] if len(tries) > 1 else word
    return tries[0] if _known(tries[0]) else word


def _known(word: str) -> bool:
    counts = shipped_restorer().counts
    folded = fold_word(word)
    return folded in counts.words or folded in counts.kinds
