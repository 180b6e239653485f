"""Half-spaces that an extractor or a keyboard lost, put back.

Two logistic regressions look at the letters around a gap and at counts from well-spelt text: one
asks of every place inside a word whether a half-space stood there (میشود), the other of every
space between two words whether it was a half-space (می شود). Weights and counts come from
``models/halfspaces``; ``scripts/train_halfspaces`` learns them. Only gaps change, never a letter.
"""

from __future__ import annotations

import gzip
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from textmine.errors import ModelError
from textmine.resources import shipped
from textmine.text.letters import ARABIC_MARKS, HALF_SPACE, KASHIDA, NON_JOINING
from textmine.text.offsets import Edit, View
from textmine.text.spellings import SPELLINGS

_LETTERS = "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيٱپچژکگھۀہیە"
_MARKS = f"{ARABIC_MARKS}{KASHIDA}"
_FOLD = str.maketrans("يىكةۀأإٱؤئھہە", "ییکههاااویههه")
_MARK = re.compile(f"[{_MARKS}]")
_WORD = f"[{_LETTERS}][{_LETTERS}{_MARKS}]*"
_STRETCH = re.compile(f"{_WORD}(?:[ {HALF_SPACE}]{_WORD})*")
_PIECE = re.compile(_WORD)
_FORMAT = 1

THRESHOLD = 0.65
"""A half-space is put where its probability is above this."""

_LIMIT = math.log(THRESHOLD / (1 - THRESHOLD))

# Plural and comparative endings that other words may end in by chance: a name before one of them
# after a letter that does not join (بندهای) is read without a half-space when the counts say so.
_ENDINGS = (
    "هایشان", "هایتان", "هایمان", "هایش", "هایت", "هایم", "هایی", "های", "ها", "ترین", "تری", "تر",
)  # fmt: skip


def fold_word(word: str) -> str:
    """``word`` in the letters that the counts are kept in, without marks.

    >>> fold_word("مسؤول‌هایِ")
    'مسوول‌های'
    """
    return _MARK.sub("", word).translate(_FOLD)


def seen(word: str) -> str:
    """``word`` without the half-spaces that cannot be seen, those after letters that do not join.

    >>> seen("کار‌ها") == "کارها", seen("می‌رود") == "می‌رود"
    (True, True)
    """
    pieces = word.split(HALF_SPACE)
    joined = pieces[0]
    for piece in pieces[1:]:
        joined += piece if joined[-1:] in NON_JOINING else HALF_SPACE + piece
    return joined


@dataclass(frozen=True, slots=True)
class Counts:
    """What well-spelt text tells about words, in folded letters.

    ``words``: how often a word without half-space occurs; ``splits``: how often these letters have
    a half-space at this place; ``pairs``: how often two words stand side by side with a space;
    ``before`` and ``after``: with how many different words a piece stands before, and after, a
    half-space; ``kinds``: the kind of word that a lexicon gives.
    """

    words: Mapping[str, int] = field(default_factory=dict)
    splits: Mapping[tuple[str, int], int] = field(default_factory=dict)
    pairs: Mapping[tuple[str, str], int] = field(default_factory=dict)
    before: Mapping[str, int] = field(default_factory=dict)
    after: Mapping[str, int] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)


def _size(count: int) -> int:
    """A count on a scale of 0 to 6 that grows with its logarithm."""
    return min(6, 1 + int(math.log2(count) / 1.7)) if count > 0 else 0


def _odds(yes: int, no: int) -> str:
    """How the counts speak, from -5 to 5, or "?" when they say nothing."""
    yes, no = max(yes, 0), max(no, 0)
    if not yes and not no:
        return "?"
    return str(max(-5, min(5, round(math.log((yes + 0.3) / (no + 0.3)) / 0.9))))


def inside_features(
    counts: Counts, word: str, place: int, held_out: bool | None = None
) -> list[str]:
    """What is to be said about a half-space in ``word`` at ``place``.

    In training ``held_out`` tells whether one stood there in the very text that was counted: that
    one time is taken out of the counts again, or the counts would know the answer.
    """
    left, right = word[:place], word[place:]
    whole = counts.words.get(word, 0) - (held_out is False)
    split = counts.splits.get((word, place), 0) - (held_out is True)
    kind = counts.kinds.get
    odds = _odds(split, whole)
    known = (whole > 0) + (word in counts.kinds)
    left_size, right_size = _size(counts.words.get(left, 0)), _size(counts.words.get(right, 0))
    left_kind, right_kind = kind(left, "-"), kind(right, "-")
    split_kind = kind(left + HALF_SPACE + right, "-")
    alone = held_out is True and split <= 0  # no other text joins these pieces
    opens = _size(counts.before.get(left, 0) - alone)
    closes = _size(counts.after.get(right, 0) - alone)
    apart = _size(counts.pairs.get((left, right), 0))
    features = [
        f"odds {odds}",
        f"odds {odds} {kind(word, '-')} {split_kind}",
        f"sizes {_size(whole)} {left_size} {right_size}",
        f"kinds {known} {left_kind} {right_kind} {split_kind}",
        f"pieces {opens} {closes} {known}",
        f"closing {closes} {left_size} {left_kind} {known}",
        f"opening {opens} {right_size} {right_kind} {known}",
        f"apart {apart} {known}",
        f"apart {min(apart, 2)} {left if len(left) < 4 else '-'}",
        f"lengths {min(len(left), 6)} {min(len(right), 6)}",
        f"1|1 {left[-1]} {right[0]}",
        f"2|2 {left[-2:]} {right[:2]}",
        f"1|3 {left[-1]} {right[:3]}",
        f"3|1 {left[-3:]} {right[0]}",
        f"3| {left[-3:]}",
        f"|3 {right[:3]}",
        f"|4 {right[:4]}",
    ]
    rival = _rival(word)
    if rival:
        host = word[: -len(rival)]
        size = _size(counts.words.get(host, 0))
        features += (
            f"rival {size} {kind(host, '-')} {place == len(host)}",
            f"rival {size} {left_size} {right[:5]}",
        )
    if len(right) <= 7:
        features += (
            f"right {right}",
            f"right {right} {known} {min(2, left_size)} {left_kind}",
            f"right {right} {left[-1]}",
        )
    if len(left) <= 6:
        features += (
            f"left {left}",
            f"left {left} {known} {min(2, right_size)} {right_kind}",
            f"left {left} {right[0]}",
        )
    return features


def _rival(word: str) -> str:
    """The ending that ``word`` has without any half-space being seen (بند + های), or ""."""
    for ending in _ENDINGS:
        host = word.removesuffix(ending)
        if host != word:
            return ending if len(host) > 1 and host[-1] in NON_JOINING else ""
    return ""


def gap_features(counts: Counts, left: str, right: str, held_out: bool | None = None) -> list[str]:
    """What is to be said about the space between ``left`` and ``right`` being a half-space.

    ``held_out`` is that of ``inside_features``.
    """
    joined = left + right
    spelled = seen(left + HALF_SPACE + right)
    spaced = counts.pairs.get((left, right), 0) - (held_out is False)
    split = counts.splits.get((joined, len(left)), 0) - (held_out is True)
    left_count = counts.words.get(left, 0) - (held_out is False)
    right_count = counts.words.get(right, 0) - (held_out is False)
    kind = counts.kinds.get
    odds = _odds(split, spaced)
    left_size, right_size = _size(left_count), _size(right_count)
    left_kind, right_kind = kind(left, "-"), kind(right, "-")
    alone = held_out is True and split <= 0  # no other text joins these pieces
    opens = _size(counts.before.get(left, 0) - alone)
    closes = _size(counts.after.get(right, 0) - alone)
    known = f"{left_count > 0:d}{right_count > 0:d}"
    return [
        f"odds {odds}",
        f"odds {odds} {kind(spelled, '-') if spelled != joined else '-'} {kind(joined, '-')}"
        f" {min(2, _size(counts.words.get(joined, 0)))}",
        f"known {known} {left_kind != '-':d}{right_kind != '-':d} {opens > 0:d}{closes > 0:d}",
        f"pieces {opens} {closes}",
        f"closing {closes} {left_size} {right_size}",
        f"opening {opens} {left_size} {right_size}",
        f"kinds {left_kind} {right_kind} {kind(spelled, '-') if spelled != joined else '-'}",
        f"right {right}",
        f"right {right} {left[-1]}",
        f"right {right} {left[-2:]}",
        f"right {right} {left_kind} {min(2, left_size)}",
        f"left {left}",
        f"left {left} {right[:2]}",
        f"left {left} {right[-2:]}",
        f"left {left} {right_kind} {min(2, right_size)}",
        f"3|3 {left[-3:]} {right[:3]}",
        f"2| {left[-2:]}",
        f"2|end {left[-2:]} {right[-2:]}",
        f"|end {right[-3:]} {opens}",
        f"lengths {min(len(left), 5)} {min(len(right), 6)} {left[-1] in NON_JOINING:d}",
    ]


@dataclass(frozen=True, slots=True)
class _Piece:
    """Letters without a half-space among them, folded, and where each stands in the text."""

    letters: str
    offsets: tuple[int, ...]

    @classmethod
    def read(cls, raw: str, offset: int) -> _Piece:
        letters = fold_word(raw)
        if len(letters) == len(raw):
            return cls(letters, tuple(range(offset, offset + len(raw))))
        places = [place for place, sign in enumerate(raw, offset) if not _MARK.match(sign)]
        return cls(letters, tuple(places))

    def part(self, start: int, end: int) -> _Piece:
        return _Piece(self.letters[start:end], self.offsets[start:end])

    def and_then(self, other: _Piece) -> _Piece:
        return _Piece(self.letters + other.letters, self.offsets + other.offsets)


class Restorer:
    """The two regressions with the counts that they look at."""

    def __init__(
        self, counts: Counts, inside: Mapping[str, float], gap: Mapping[str, float]
    ) -> None:
        self.counts = counts
        self.inside = inside
        self.gap = gap
        self._places = lru_cache(100_000)(self._decide_places)
        self._is_half_space = lru_cache(200_000)(self._decide_gap)

    def edits(self, text: str) -> Iterator[Edit]:
        """The half-spaces that ``text`` lacks, as edits of its gaps, in order.

        Half-spaces are only ever added and spaces only ever taken, until nothing is left to do:
        a second call finds nothing.
        """
        for stretch in _STRETCH.finditer(text):
            yield from sorted(self._stretch_edits(stretch[0], stretch.start()))

    def _stretch_edits(self, stretch: str, offset: int) -> Iterator[Edit]:
        pieces: list[_Piece] = []
        spaced: list[bool] = []  # whether a space stands before each piece
        for match in _PIECE.finditer(stretch):
            pieces.append(_Piece.read(match[0], offset + match.start()))
            spaced.append(stretch[match.start() - 1] == " " if match.start() else False)
        at = 0
        while at < len(pieces):
            piece = pieces[at]
            places = self._places(piece.letters)
            if places:
                parts = [
                    piece.part(start, end)
                    for start, end in pairwise((0, *places, len(piece.letters)))
                ]
                for part in parts[1:]:
                    yield Edit(part.offsets[0], part.offsets[0], HALF_SPACE)
                pieces[at : at + 1] = parts
                spaced[at + 1 : at + 1] = [False] * (len(parts) - 1)
            elif spaced[at] and self._is_half_space(pieces[at - 1].letters, piece.letters):
                space = piece.offsets[0] - 1
                if pieces[at - 1].letters[-1] in NON_JOINING:  # it could not be seen
                    yield Edit(space, space + 1, "")
                    pieces[at - 1 : at + 1] = [pieces[at - 1].and_then(piece)]
                    del spaced[at]
                    at -= 1  # the longer piece may read otherwise
                else:
                    yield Edit(space, space + 1, HALF_SPACE)
                    spaced[at] = False
            else:
                at += 1

    def _decide_places(self, letters: str) -> tuple[int, ...]:
        """The places inside a word where half-spaces belong, the surest first, no two in a row."""
        if letters in SPELLINGS:
            return SPELLINGS[letters]
        chance = self._place_of_chance(letters)
        scores = []
        for place in range(1, len(letters)):
            left, right = letters[:place], letters[place:]
            if left[-1] in NON_JOINING or place == chance or not self._thinkable(left, right):
                continue
            score = _score(self.inside, inside_features(self.counts, letters, place))
            if score > _LIMIT:
                scores.append((score, place))
        chosen: list[int] = []
        for _, place in sorted(scores, reverse=True):
            if place - 1 not in chosen and place + 1 not in chosen:
                chosen.append(place)
        return tuple(sorted(chosen))

    def _place_of_chance(self, letters: str) -> int | None:
        """Where the name of a thing and its plural ending look like a longer name with ای.

        تعهدهای is read as تعهد + های, not as تعهده + ای, unless the counts know the longer name.
        """
        ending = next((ending for ending in ("هایی", "های", "ها") if letters.endswith(ending)), "")
        host = letters.removesuffix(ending)
        words = self.counts.words
        if not ending or len(host) < 2 or host[-1] not in NON_JOINING:
            return None
        if self.counts.kinds.get(host) == "v":  # a verb has no plural: شده‌ای
            return None
        return len(host) + 1 if words.get(host, 0) > words.get(host + "ه", 0) else None

    def _decide_gap(self, left: str, right: str) -> bool:
        """Whether the space between two pieces was a half-space."""
        if not self._thinkable(left, right) or self._plain_pair(left, right):
            return False
        return _score(self.gap, gap_features(self.counts, left, right)) > _LIMIT

    def _thinkable(self, left: str, right: str) -> bool:
        """Whether anything that was counted lets these pieces stand around a half-space.

        Most places fail here, before their features are made.
        """
        counts = self.counts
        return (
            left in counts.before
            or right in counts.after
            or (
                (left in counts.words or left in counts.kinds)
                and (right in counts.words or right in counts.kinds)
            )
        )

    def _plain_pair(self, left: str, right: str) -> bool:
        """Whether two words are known as such and nothing speaks for a half-space."""
        counts = self.counts
        return (
            left in counts.words
            and right in counts.words
            and left not in counts.before
            and right not in counts.after
            and left + right not in counts.words
            and left + right not in counts.kinds
        )

    def to_json(self) -> dict[str, Any]:
        """The restorer as the file has it; words of one count share a line."""
        counts = self.counts
        return {
            "format": _FORMAT,
            "words": _grouped(counts.words),
            "splits": _grouped({f"{word}|{at}": n for (word, at), n in counts.splits.items()}),
            "pairs": _grouped({f"{left}|{right}": n for (left, right), n in counts.pairs.items()}),
            "before": _grouped(counts.before),
            "after": _grouped(counts.after),
            "kinds": _grouped(counts.kinds),
            "inside": self.inside,
            "gap": self.gap,
        }

    @classmethod
    def read(cls, path: Path) -> Restorer:
        """The restorer that ``to_json`` gave, from a gzip file."""
        try:
            with gzip.open(path, "rt", encoding="utf-8") as file:
                data = json.load(file)
        except (OSError, EOFError, ValueError) as error:
            raise ModelError(
                f"The half-space weights {path} cannot be read ({error}). Reinstall textmine, or "
                "train them with scripts/train_halfspaces."
            ) from error
        if data.get("format") != _FORMAT:
            raise ModelError(
                f"The half-space weights {path} are of format {data.get('format')}, not {_FORMAT}."
                " Train them again with scripts/train_halfspaces."
            )
        splits = ((key.rpartition("|"), n) for key, n in _counted(data["splits"]))
        pairs = ((key.partition("|"), n) for key, n in _counted(data["pairs"]))
        counts = Counts(
            words=dict(_counted(data["words"])),
            splits={(word, int(at)): n for (word, _, at), n in splits},
            pairs={(left, right): n for (left, _, right), n in pairs},
            before=dict(_counted(data["before"])),
            after=dict(_counted(data["after"])),
            kinds={word: kind for kind, line in data["kinds"].items() for word in line.split()},
        )
        return cls(counts, data["inside"], data["gap"])


@cache
def shipped_restorer() -> Restorer:
    """The restorer that comes with textmine; loaded once in a process."""
    return Restorer.read(shipped("models") / "halfspaces" / "weights.json.gz")


def restore_edits(text: str) -> Iterator[Edit]:
    """The edits of ``restore``."""
    return shipped_restorer().edits(text)


def restore(text: str) -> View:
    """``text`` with the half-spaces that were lost; only gaps between Persian letters change.

    >>> restore("کشورها میتوانند تفاهم نامه های تازه امضا کنند").text
    'کشورها می‌توانند تفاهم‌نامه‌های تازه امضا کنند'
    """
    return View.edited(text, restore_edits(text))


def _score(weights: Mapping[str, float], features: Iterable[str]) -> float:
    return weights[""] + sum(weights.get(feature, 0.0) for feature in features)


def _grouped(values: Mapping[str, object]) -> dict[str, str]:
    """Keys of one value joined by spaces, under that value."""
    groups: dict[str, list[str]] = {}
    for key, value in sorted(values.items()):
        groups.setdefault(str(value), []).append(key)
    return {value: " ".join(keys) for value, keys in sorted(groups.items())}


def _counted(groups: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    return ((key, int(value)) for value, line in groups.items() for key in line.split())
