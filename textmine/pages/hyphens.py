"""Words, ranges and addresses that a line break has parted, made whole again.

Where a line ends within a word, the next one goes on at once: no line feed stands between them, and
a hyphen that only the break has put there is left out of the text. Hyphens that belong to a word
(city-state, post-Soviet, ۶۱-۷۲) stay. Which is which the document's own words tell, and where they
do not, its habits and the rules of English.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from textmine.pages.roles import Draft

_LATIN = "A-Za-zÀ-ÖØ-öø-ɏ"
_HEAD = re.compile(rf"(?:[{_LATIN}]+[-‐])*([{_LATIN}]+)([-‐\u00ad])$")
_TAIL = re.compile(rf"([{_LATIN}]+)(?:[-‐][{_LATIN}]+)*")
_WORD = re.compile(rf"[{_LATIN}]+(?:[-‐][{_LATIN}]+)*")
# Signs after which a line of numbers or of Persian goes on without a space.
_RANGE_HEAD = re.compile(r"(?<![\d.,/٫٬])\d{1,4}[-–]$")
_RANGE_TAIL = re.compile(r"\d{1,4}(?![\d/])")
_PERSIAN_HEAD = re.compile(r"[\u0620-\u064a\u0671-\u06d3][-‐]$")
_PERSIAN_TAIL = re.compile(r"[\u0620-\u064a\u0671-\u06d3]{2}")
_SLASH_HEAD = re.compile(rf"[{_LATIN}\d]/$")
_ADDRESS_HEAD = re.compile(
    r"(?:https?:/|www\.|\bdoi\.org|\bdoi:)[!-~]*[/._=&?%#~+-]$|[\w.+-]+@(?:[\w-]+\.)*$"
)
_ADDRESS_TAIL = re.compile(r"[!-;=?-~]+")


def _words_of(row: str) -> frozenset[str]:
    return frozenset(row.split())


# After these nothing but a compound follows.
_FIRST_OF_COMPOUND = _words_of("self non ex cross well so quasi pseudo all half vice")
# Between these and a hyphen nothing is broken: city-to-city, state-of-the-art.
_INNER = _words_of("a and by de for in la of on or the to")
# Ends of English words as hyphenation leaves them, never words of their own.
_ENDINGS = _words_of(
    "able ably age al ally ance ances ant ary ate ated ates ating ation ations cal cally cant cial"
    " cially cian cient cies cy dent dents der ders ence ences ency ent er ers ful fully gence gion"
    " gional gions gle guage guages ible ic ical ically ics ies ify ing ings ion ions ious ish ism"
    " isms ist ists ities ity ive ize ized izing ized less ling logical logies logy ly ment mental"
    " mentation mented ments nal nally nals nance ness nic nical nomic nomics nomy ous pal pality"
    " ous ple rial ric rity ry sel sible sion sional sions sis sive sively ster ter ters tial"
    " tially tic tical tics ties tion tional tionally tions tive tively tives tor tors tory"
    " tual tually ture tures turing ty ular uted ution utions vince vities vity zation zations"
)
# Words that stand in compounds, and common ones that look like a compound of two.
_COMPOUNDING = _words_of(
    "action aid air arms art arts based based bench best big book border bottom break building"
    " business case centre center city class common community cost country cultural culture data"
    " day decision deep developing down driven east economic end energy environmental euro ever"
    " far fast first five follow food foreign four free friendly full funded global go government"
    " grass ground growing high home income industrial in ins key knowledge known land large last"
    " late law lead leading led level life like line local lock long low made make making market"
    " means medium mid methods middle military minded mixed month multi national near new non north"
    " off oil old on one only open oriented out over owned part party peace people per person place"
    " planning point policy political poor post power president private pro problem profit public"
    " quality rate re real related rich right role round rural scale second sector self set shared"
    " short side single sister site small social soft solving south specific stake start state"
    " states step style sub sun sustainable tail take taking ten term third three tier time to top"
    " town track trade twin two type under up urban value war water wave way well west whole wide"
    " win word work world year years young"
)
_CLOSED = _words_of(
    "become becoming before below beside between beyond feedback framework headline highlight"
    " however inside into landmark likewise network networks nowadays onto outcome outcomes outside"
    " overcome overview partnership partnerships policymakers stakeholder stakeholders themselves"
    " therefore throughout today together town township understand understanding understandings"
    " undertake undertaken underway upon upset website whenever whereas wherever within without"
    " workshop workshops worldwide"
)
_SURE_HABIT = 3  # so many words surely broken, and the program hyphenates as a rule


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
    words = _words(drafts for drafts, _ in pages)
    for one, _ in broken:
        words[one.first] -= 1
        words[one.last] -= 1
    sure = sum(_surely_broken(one, words) for one, _ in broken)
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
    head = _HEAD.search(draft.text)
    tail = _TAIL.match(below.text) if head else None
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
        return re.match(rf"[{_LATIN}\d]", below) is not None
    head = _ADDRESS_HEAD.search(text)
    tail = _ADDRESS_TAIL.match(below) if head else None
    if head is None or tail is None:
        return False
    if head[0][-1] in "._" and "@" not in head[0]:
        # A full stop may end the sentence: an address goes on with a sign or in small letters.
        return re.match(r"[a-z0-9]+[/.?=_-]\S", tail[0]) is not None
    return tail[0][0].isalnum() or tail[0][0] in "/?=&%#_"


def _words(pages: Iterator[Sequence[Draft]]) -> Counter[str]:
    """How often the document has each Latin word, in one spelling of hyphens and case."""
    words: Counter[str] = Counter()
    for drafts in pages:
        for draft in drafts:
            for word in _WORD.findall(draft.text):
                words[word.lower().replace("‐", "-")] += 1
    return words


def _surely_broken(one: _Broken, words: Counter[str]) -> bool:
    """Whether the word is one of the document, or has an end that no word of its own has."""
    return words[one.first + one.last] > 0 or one.last in _ENDINGS


def _is_put_there(one: _Broken, words: Counter[str], sure: int) -> bool:
    """Whether only the break has put the hyphen there; ``sure`` counts words surely broken."""
    if one.hyphen == "\u00ad":
        return True
    whole, parted = words[one.first + one.last], words[f"{one.first}-{one.last}"]
    if whole != parted:
        return whole > parted
    head = _HEAD.search(one.draft.text)
    capital = one.below.text[0].isupper()
    if head is not None and capital and not head[1].isupper():
        return False  # post-Soviet
    if one.first + one.last in _CLOSED:
        return True
    if one.last in _ENDINGS:
        return True
    if one.first in _FIRST_OF_COMPOUND or one.first in _INNER:
        return False
    known = [words[part] > 0 or part in _COMPOUNDING for part in (one.first, one.last)]
    if sure >= _SURE_HABIT:
        return not all(known)
    long = len(one.first) > 3 and len(one.last) > 4
    return not any(known) and (sure > 0 or not long)


def _cut_hyphen(draft: Draft) -> None:
    draft.text = draft.text[:-1]
    if draft.edges is not None:
        draft.edges = draft.edges[:-1]
