"""Words, ranges and addresses that a line break has parted, made whole again.

Where a line ends within a word, the next one goes on at once: no line feed stands between them, and
a hyphen that only the break has put there is left out of the text. Hyphens that belong to a word
(city-state, post-Soviet, ۶۱-۷۲) stay. Which is which the document's own words tell, and where they
do not, its habits and the rules of English.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from textmine.pages.roles import Draft
from textmine.text.hyphens import HEAD, LATIN, TAIL, is_put_there, surely_broken, words_in

# Signs after which a line of numbers or of Persian goes on without a space.
_RANGE_HEAD = re.compile(r"(?<![\d.,/٫٬])\d{1,4}[-–]$")
_RANGE_TAIL = re.compile(r"\d{1,4}(?![\d/])")
_PERSIAN_HEAD = re.compile(r"[\u0620-\u064a\u0671-\u06d3][-‐]$")
_PERSIAN_TAIL = re.compile(r"[\u0620-\u064a\u0671-\u06d3]{2}")
_SLASH_HEAD = re.compile(rf"[{LATIN}\d]/$")
_ADDRESS_HEAD = re.compile(
    r"(?:https?:/|www\.|\bdoi\.org|\bdoi:)[!-~]*[/._=&?%#~+-]$|[\w.+-]+@(?:[\w-]+\.)*$"
)
_ADDRESS_TAIL = re.compile(r"[!-;=?-~]+")


@dataclass(slots=True)
class _Broken:
    """A line that ends in a hyphen after a Latin letter, and what its word may be."""

    draft: Draft
    below: Draft
    first: str
    last: str
    hyphen: str


def join_broken(pages: Sequence[tuple[Sequence[Draft], Counter[str]]]) -> None:
    """Join what lines part, in place; each page's counter learns how often."""
    broken: list[tuple[_Broken, Counter[str]]] = []
    for drafts, repairs in pages:
        for draft, below in pairwise(drafts):
            if not _one_text(draft, below):
                continue
            found = _broken_word(draft, below)
            if found is not None:
                broken.append((found, repairs))
            elif _goes_on(draft.text, below.text):
                below.joined = True
    if not broken:
        return
    words = words_in(draft.text for drafts, _ in pages for draft in drafts)
    for one, _ in broken:
        words[one.first] -= 1
        words[one.last] -= 1
    sure = sum(surely_broken(one.first, one.last, words) for one, _ in broken)
    for one, repairs in broken:
        one.below.joined = True
        if _is_put_there(one, words, sure):
            _cut_hyphen(one.draft)
            repairs["hyphens_joined"] += 1


def _one_text(draft: Draft, below: Draft) -> bool:
    """Whether a line may go on in the next: of one kind and size, and no row of a table."""
    return (
        draft.role == below.role
        and draft.role in ("body", "footnote", "heading", "caption", "item")
        and abs(draft.size - below.size) < 0.1 * draft.size
        and draft.turn == below.turn
    )


def _broken_word(draft: Draft, below: Draft) -> _Broken | None:
    head = HEAD.search(draft.text)
    tail = TAIL.match(below.text) if head else None
    if head is None or tail is None:
        return None
    return _Broken(draft, below, head[1].lower(), tail[1].lower(), head[2])


def _goes_on(text: str, below: str) -> bool:
    """Whether a range of numbers, a Persian compound or an address goes on in the next line."""
    if _RANGE_HEAD.search(text):
        return _RANGE_TAIL.match(below) is not None
    if _PERSIAN_HEAD.search(text):
        return _PERSIAN_TAIL.match(below) is not None
    if _SLASH_HEAD.search(text) and "/" not in below[:1]:
        return re.match(rf"[{LATIN}\d]", below) is not None
    head = _ADDRESS_HEAD.search(text)
    tail = _ADDRESS_TAIL.match(below) if head else None
    if head is None or tail is None:
        return False
    if head[0][-1] in "._" and "@" not in head[0]:
        # A full stop may end the sentence: an address goes on with a sign or in small letters.
        return re.match(r"[a-z0-9]+[/.?=_-]\S", tail[0]) is not None
    return tail[0][0].isalnum() or tail[0][0] in "/?=&%#_"


def _is_put_there(one: _Broken, words: Counter[str], sure: int) -> bool:
    """Whether only the break has put the hyphen there; ``sure`` counts words surely broken."""
    if one.hyphen == "\u00ad":
        return True
    head = HEAD.search(one.draft.text)
    proper = head is not None and one.below.text[0].isupper() and not head[1].isupper()
    return is_put_there(one.first, one.last, words, sure, proper=proper)


def _cut_hyphen(draft: Draft) -> None:
    draft.text = draft.text[:-1]
    if draft.edges is not None:
        draft.edges = draft.edges[:-1]
