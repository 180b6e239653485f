"""How likely Persian words are, and one behind the other, by the counts of the half-spaces.

All figures are natural logarithms of probabilities, so they add up.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from copy import copy
from functools import cache, lru_cache
from typing import NamedTuple

from textmine.text.halfspaces import Counts, fold_word, shipped_restorer
from textmine.text.letters import HALF_SPACE, NON_JOINING

# What a lexicon gives to words that were not counted, by their kind: frequent ones, forms of verbs,
# words of a known part of speech. The rest of the lexicon is rare, or no word at all.
_LISTED = {"f": 0.6, "v": 0.3, "n": 0.15, "a": 0.15}
_RARE = 0.05
_SHORTEST_RARE = 4  # letters: a lexicon has every two or three letters as something
_UNKNOWN, _UNKNOWN_LETTER = 2.0, 1.2  # what a word that nothing knows costs, and each letter of it
_DISCOUNT = 0.75  # taken from what was counted for what was not (Kneser and Ney)

# Endings behind a half-space, and the share of names that stand with them.
_ENDINGS = {
    "ها": 0.02, "های": 0.04, "هایی": 0.006, "هایش": 0.001, "هایشان": 0.001, "ای": 0.006,
    "ترین": 0.003, "تر": 0.003, "اند": 0.004, "ام": 0.001, "اش": 0.001, "ی": 0.002,
    "شان": 0.001, "یی": 0.001, "هاست": 0.001, "ان": 0.0005,
}  # fmt: skip
_ENDING_SIZES = {
    letter: sorted({len(each) for each in _ENDINGS if each[-1] == letter})
    for letter in {each[-1] for each in _ENDINGS}
}  # how long endings are, by their last letter
_UNSEEN = 0.5  # times that such a word is taken to have been counted at most, when it was not
_SHORTEST_HOST = 3  # letters before such an ending
_OF_VERBS = ("می", "نمی")
_GLUED = 4.0  # what a lost space costs
_LEAST_UNSEEN = 0.05
_DOCUMENT = 3  # a pair of words in the document itself counts as so many elsewhere
LONGEST = 50  # letters; no word has more


class Word(NamedTuple):
    """Letters as understood: how likely they are, where their half-space is, if any, the pieces
    at both ends, and whether they are ``known`` at all, and ``sure``: no rarity."""

    chance: float
    place: int | None
    first: str
    last: str
    known: bool = True
    sure: bool = True


class Likely:
    """A model of words, and of pairs of words, over counts of well-spelt text.

    >>> model = Likely(Counts({"در": 9, "ایران": 1}, pairs={("در", "ایران"): 1}))
    >>> word = model.word("ایران")
    >>> word.known, model.behind("در", word) > word.chance
    (True, True)
    """

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self._own: Counter[tuple[str, str]] = Counter()
        self._own_times: Counter[str] = Counter()
        self._own_gains: dict[tuple[str, str], float] = {}
        self._total = math.log(sum(counts.words.values()) or 1)
        times: Counter[str] = Counter()
        kinds: Counter[str] = Counter()
        for (left, _), count in counts.pairs.items():
            times[left] += count
            kinds[left] += 1
        # For each word that others stand behind: how often, and the share kept for the unseen.
        self._followed = {
            left: (total, max(_DISCOUNT * kinds[left] / total, _LEAST_UNSEEN))
            for left, total in times.items()
        }
        # What a piece gains behind each of them when it was never seen there.
        self._unseen = {left: math.log(share) for left, (_, share) in self._followed.items()}
        self._pairs = counts.pairs
        # For letters the places where a half-space is known to stand in them.
        self._places: dict[str, set[int]] = {}
        for letters, place in counts.splits:
            self._places.setdefault(letters, set()).add(place)
        for written in counts.kinds:
            place = written.find(HALF_SPACE)
            if 0 < place < len(written) - 1:
                self._places.setdefault(written.replace(HALF_SPACE, "", 1), set()).add(place)
        listed = (word for word, kind in counts.kinds.items() if kind in _LISTED)
        plain = {word for word in listed if HALF_SPACE not in word}
        self._sorted = sorted(plain.union(counts.words, (word for word, _ in counts.splits)))
        self.understood = lru_cache(200_000)(self._understood)
        self.knows = lru_cache(200_000)(self._knows)
        self.begins = lru_cache(100_000)(self._begins)
        self.word = lru_cache(100_000)(self._word)
        self._gain = lru_cache(200_000)(self._gain_of)

    def listening(self, pairs: Iterable[tuple[str, str]]) -> Likely:
        """This model with the pairs of words of a document, those that it has more than once.

        >>> model = Likely(Counts({"در": 9, "ری": 1}, pairs={("در", "تهران"): 1}))
        >>> heard = model.listening([("در", "ری")] * 3)
        >>> heard.behind("در", heard.word("ری")) > model.behind("در", model.word("ری"))
        True
        """
        heard = copy(self)
        heard._own = Counter()
        heard._own_times = Counter()
        heard._own_gains = {}
        for pair, times in Counter(pairs).items():
            if times > 1:
                heard._own[pair] = times - 1
                heard._own_times[pair[0]] += times - 1
        return heard

    def behind(self, before: str, word: Word) -> float:
        """How likely ``word`` is behind a word whose last piece is ``before`` ("" for none)."""
        if not before:
            return word.chance
        pair = before, word.first
        if before not in self._own_times:  # as in any document
            if pair not in self._pairs:
                return word.chance + self._unseen.get(before, 0.0)
            return word.chance + self._gain(*pair)
        gain = self._own_gains.get(pair)
        if gain is None:
            gain = self._own_gains[pair] = self._gain_of(*pair)
        return word.chance + gain

    def plainly(self, letters: str) -> bool:
        """Whether ``letters`` are a word of one piece that is no rarity."""
        folded = fold_word(letters)
        return folded in self._counts.words or self._counts.kinds.get(folded, "") in _LISTED

    def _word(self, written: str) -> Word:
        """``written``, letters with or without half-spaces, as understood."""
        return self.understood(bare(written))

    def _understood(self, letters: str) -> Word:
        """``letters``, as ``bare`` leaves them, as understood."""
        if len(letters) > LONGEST:
            return Word(self._unknown(letters), None, letters, letters, False, False)
        rare = math.log(_RARE) - self._total
        plain = self._plain(letters)
        best = None
        if plain is not None:
            best = Word(plain, None, letters, letters, sure=plain > rare)
        for place in self._places_in(letters):
            chance = self._parted(letters, place)
            if chance is not None and (best is None or chance > best.chance):
                sure = chance > rare or letters[place:] in _ENDINGS
                best = Word(chance, place, letters[:place], letters[place:], sure=sure)
        return best or self._glued(letters)

    def _knows(self, letters: str) -> bool:
        """Whether ``letters`` are a word: ``understood(letters).known``, told sooner."""
        return len(letters) <= LONGEST and (
            self._plain(letters) is not None
            or any(self._parted(letters, place) is not None for place in self._places_in(letters))
        )

    def _places_in(self, letters: str) -> list[int]:
        """The places, in order, where ``letters`` may have a half-space."""
        size = len(letters)
        known = self._places.get(letters, ())
        sizes = _ENDING_SIZES.get(letters[-1:], ())
        ends = [size - n for n in sizes if n < size and letters[-n:] in _ENDINGS]
        return sorted({*ends, *known}) if ends else sorted(known)

    def _glued(self, letters: str) -> Word:
        """Letters that nothing knows: two words whose space was lost, or none at all."""
        best = Word(self._unknown(letters), None, letters, letters, False, False)
        for place in range(2, len(letters) - 1):
            left, right = letters[:place], letters[place:]
            if left in self._counts.words and right in self._counts.words:
                chance = (self._plain(left) or 0.0) + (self._plain(right) or 0.0)
                chance += self._gain(left, right) - _GLUED
                if chance > best.chance:
                    best = Word(chance, None, left, right, False, False)
        return best

    def _begins(self, letters: str) -> bool:
        """Whether a word that is no rarity begins with ``letters``, as ``bare`` leaves them."""
        at = bisect_left(self._sorted, letters)
        return at < len(self._sorted) and self._sorted[at].startswith(letters)

    def _gain_of(self, before: str, piece: str) -> float:
        """By how much likelier ``piece`` is behind ``before`` than anywhere."""
        total, unseen = self._followed.get(before, (0, 1.0))
        own = self._own_times[before] * _DOCUMENT
        if not total and not own:
            return 0.0
        unseen = unseen * total / (total + own) + 0.5 * own / (total + own)
        plain = self._plain(piece)
        chance = self._unknown(piece) if plain is None else plain
        seen = max(self._counts.pairs.get((before, piece), 0) - _DISCOUNT, 0.0)
        seen += 0.5 * _DOCUMENT * self._own[before, piece]
        return math.log(seen / (total + own) + unseen * math.exp(chance)) - chance

    def _unknown(self, letters: str) -> float:
        return -(self._total + _UNKNOWN + _UNKNOWN_LETTER * len(letters))

    def _plain(self, letters: str) -> float | None:
        """How likely ``letters`` are as one piece; None when nothing knows them."""
        times: float = self._counts.words.get(letters, 0)
        if not times:
            kind = self._counts.kinds.get(letters)
            if kind is None or (len(letters) < _SHORTEST_RARE and kind != "f"):
                return None
            times = _LISTED.get(kind, _RARE)
        return math.log(times) - self._total

    def _parted(self, letters: str, place: int) -> float | None:
        """How likely ``letters`` are with a half-space at ``place``; None when they have none."""
        counts = self._counts
        times: float = counts.splits.get((letters, place), 0)
        if times:
            return math.log(times) - self._total
        left, right = letters[:place], letters[place:]
        kind = counts.kinds.get(left + HALF_SPACE + right)
        if left in _OF_VERBS:
            return math.log(_LISTED["v"]) - self._total if kind == "v" else None
        if right in _ENDINGS and place >= _SHORTEST_HOST and self.plainly(left):
            host = self._plain(left)
            if host is None:
                return None
            # A host that is often counted and never so has no such ending (این, بین).
            return min(host + math.log(_ENDINGS[right]), math.log(_UNSEEN) - self._total)
        if kind is None or left[-1] in NON_JOINING:
            return None
        return math.log(_LISTED.get(kind, _RARE)) - self._total


def bare(written: str) -> str:
    """``written`` in the letters that words are counted in, without half-spaces.

    >>> bare("می\u200cشودِ")
    'میشود'
    """
    return fold_word(written).replace(HALF_SPACE, "")


@cache
def shipped_likely() -> Likely:
    """The model over the counts that come with textmine; made once in a process."""
    return Likely(shipped_restorer().counts)
