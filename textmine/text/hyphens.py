"""Words that the end of a line has parted with a hyphen: which are whole without it.

Hyphens that belong to a word (city-state, post-Soviet) stay. Which is which the document's own
words tell, and where they do not, its habits and the rules of English.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from textmine.text.offsets import Edit

LATIN = "A-Za-zÀ-ÖØ-öø-ɏ"
"""Body of a regular expression class: letters of words that are broken."""
HEAD = re.compile(rf"(?<![{LATIN}])(?:[{LATIN}]+[-‐])*([{LATIN}]+)([-‐\u00ad])$")
"""The word that a line ends in: its last part, and the hyphen."""
TAIL = re.compile(rf"([{LATIN}]+)(?:[-‐][{LATIN}]+)*")
"""The word that the next line begins with: its first part."""
_WORD = re.compile(rf"[{LATIN}]+(?:[-‐][{LATIN}]+)*")
_BREAK = re.compile(rf"(?<=[{LATIN}])[-‐]\n(?=[{LATIN}])")
_LONGEST = 60  # characters of a word with its hyphens


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


def words_in(texts: Iterable[str]) -> Counter[str]:
    """How often ``texts`` have each Latin word, in one spelling of hyphens and case.

    >>> words_in(["City-to-city", "a City"])["city"]
    1
    """
    words: Counter[str] = Counter()
    for text in texts:
        for word in _WORD.findall(text):
            words[word.lower().replace("‐", "-")] += 1
    return words


def surely_broken(first: str, last: str, words: Counter[str]) -> bool:
    """Whether the word is one of the document, or has an end that no word of its own has."""
    return words[first + last] > 0 or last in _ENDINGS


def is_put_there(
    first: str, last: str, words: Counter[str], sure: int, *, proper: bool = False
) -> bool:
    """Whether only the end of a line has put the hyphen between the parts of a word.

    ``words`` are those of the document, ``sure`` says how many in it are surely broken, ``proper``
    that the second part alone has a capital.

    >>> is_put_there("bene", "fit", Counter(), 0), is_put_there("sister", "city", Counter(), 0)
    (True, False)
    """
    whole, parted = words[first + last], words[f"{first}-{last}"]
    if whole != parted:
        return whole > parted
    if proper:
        return False  # post-Soviet
    if first + last in _CLOSED or last in _ENDINGS:
        return True
    if first in _FIRST_OF_COMPOUND or first in _INNER:
        return False
    known = [words[part] > 0 or part in _COMPOUNDING for part in (first, last)]
    if sure >= _SURE_HABIT:
        return not all(known)
    long = len(first) > 3 and len(last) > 4
    return not any(known) and (sure > 0 or not long)


def hyphen_edits(text: str) -> Iterator[Edit]:
    """The hyphens and line feeds of ``text`` that part a word, as edits that drop them.

    >>> list(hyphen_edits("the bene-\\nfit of a sister-\\ncity"))
    [Edit(start=8, end=10, replacement='')]
    """
    broken = []
    for match in _BREAK.finditer(text):
        head = HEAD.search(text[max(match.start() - _LONGEST, 0) : match.start() + 1])
        tail = TAIL.match(text, match.end(), match.end() + _LONGEST)
        if head and tail:
            proper = tail[1][0].isupper() and not head[1].isupper()
            broken.append((match.span(), head[1].lower(), tail[1].lower(), proper))
    if not broken:
        return
    words = words_in([text])
    for _, first, last, _ in broken:
        words[first] -= 1
        words[last] -= 1
    sure = sum(surely_broken(first, last, words) for _, first, last, _ in broken)
    for (start, end), first, last, proper in broken:
        if is_put_there(first, last, words, sure, proper=proper):
            yield Edit(start, end, "")
