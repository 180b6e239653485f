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
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import pairwise, repeat
from pathlib import Path
from typing import Any, NamedTuple

from textmine.errors import ModelError
from textmine.resources import shipped
from textmine.text.letters import ARABIC_MARKS, HALF_SPACE, KASHIDA, NON_JOINING
from textmine.text.offsets import Edit, View
from textmine.text.spellings import COMPOUNDS, SPELLINGS

_LETTERS = "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيٱپچژکگھۀہیە"
_MARKS = f"{ARABIC_MARKS}{KASHIDA}"
_FOLD = str.maketrans("يىكةۀأإٱؤئھہە", "ییکههاااویههه")
_MARK = re.compile(f"[{_MARKS}]")
_WORD = f"[{_LETTERS}][{_LETTERS}{_MARKS}]*"
_STRETCH = re.compile(f"{_WORD}(?:[ {HALF_SPACE}]{_WORD})*")
_PIECE = re.compile(_WORD)
_LETTER = re.compile(f"[{_LETTERS}][{_MARKS}]*")
_HAZM_ROUNDS = 5  # its output is not always final
_FORMAT = 1

THRESHOLD = 0.70
"""A half-space is put where its probability is above this."""

_LIMIT = math.log(THRESHOLD / (1 - THRESHOLD))

# Plural and comparative endings that other words may end in by chance: a name before one of them
# after a letter that does not join (بندهای) is read without a half-space when the counts say so.
_ENDINGS = (
    "هایشان", "هایتان", "هایمان", "هایش", "هایت", "هایم", "هایی", "های", "ها", "ترین", "تری", "تر",
)  # fmt: skip

# Numbers open adjectives of measure: سه‌ماهه, پنج‌ساله, چندجانبه.
_NUMBERS = frozenset(
    ["یک", "دو", "سه", "چهار", "پنج", "شش", "هفت", "هشت", "نه", "ده", "چند", "نیم", "صد", "هزار",
     "بیست", "سی", "چهل", "پنجاه"]
)  # fmt: skip
_PRESENT = ("می", "نمی")  # before verbs only; می is also the month of May, and wine


class Restored(NamedTuple):
    """A half-space put back: the edit of the text, and how probable it is, from 0 to 1."""

    edit: Edit
    confidence: float


def fold_word(word: str) -> str:
    """``word`` in the letters that the counts are kept in, without marks.

    >>> fold_word("مسؤول‌هایِ")
    'مسوول‌های'
    """
    return _MARK.sub("", word).translate(_FOLD)


_folded = lru_cache(100_000)(fold_word)


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


@lru_cache(4096)
def _size(count: int) -> int:
    """A count on a scale of 0 to 6 that grows with its logarithm."""
    return min(6, 1 + int(math.log2(count) / 1.7)) if count > 0 else 0


@lru_cache(4096)
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
    unseen = spelled == joined
    spaced = counts.pairs.get((left, right), 0) - (held_out is False)
    split = counts.words.get(joined, 0) if unseen else counts.splits.get((joined, len(left)), 0)
    split -= held_out is True
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
    features = [
        f"odds {odds} {unseen:d}",
        f"odds {odds} {kind(spelled, '-')} {unseen:d}",
        f"known {known} {left_kind != '-':d}{right_kind != '-':d} {opens > 0:d}{closes > 0:d}",
        f"pieces {opens} {closes}",
        f"closing {closes} {left_size} {right_size}",
        f"opening {opens} {left_size} {right_size}",
        f"kinds {left_kind} {right_kind} {kind(spelled, '-')} {unseen:d}",
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
        f"lengths {min(len(left), 5)} {min(len(right), 6)} {unseen:d}",
        f"|3 {right[:3]}",
        f"3| {left[-3:]}",
    ]
    if left in _NUMBERS:
        features += (f"number {right}", f"number {right[-1]}", f"number {right[-3:]}")
    return features


@dataclass(frozen=True, slots=True)
class _Piece:
    """Letters without a half-space among them, folded, and where each stands in the text."""

    letters: str
    offsets: Sequence[int]

    @classmethod
    def read(cls, raw: str, offset: int) -> _Piece:
        letters = _folded(raw)
        if len(letters) == len(raw):
            return cls(letters, range(offset, offset + len(raw)))
        places = [place for place, sign in enumerate(raw, offset) if not _MARK.match(sign)]
        return cls(letters, tuple(places))

    def part(self, start: int, end: int) -> _Piece:
        return _Piece(self.letters[start:end], self.offsets[start:end])

    def and_then(self, other: _Piece) -> _Piece:
        return _Piece(self.letters + other.letters, (*self.offsets, *other.offsets))


class Restorer:
    """The two regressions with the counts that they look at."""

    def __init__(
        self, counts: Counts, inside: Mapping[str, float], gap: Mapping[str, float]
    ) -> None:
        self.counts = counts
        self.inside = inside
        self.gap = gap
        self._parted = {word for word, _ in counts.splits}
        self._places = lru_cache(100_000)(self._decide_places)
        self._gap_score = lru_cache(200_000)(self._score_gap)

    def forget(self) -> None:
        """Empty the memory of words and pairs already decided; only speed depends on it."""
        self._places.cache_clear()
        self._gap_score.cache_clear()

    def restored(self, text: str) -> Iterator[Restored]:
        """The half-spaces that ``text`` lacks, as edits of its gaps, in order.

        Half-spaces are only ever added and spaces only ever taken, until nothing is left to do:
        a second call finds nothing.
        """
        for stretch in _STRETCH.finditer(text):
            yield from sorted(self._stretch_edits(stretch[0], stretch.start()))

    def _stretch_edits(self, stretch: str, offset: int) -> Iterator[Restored]:
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
                ends = (0, *(place for place, _ in places), len(piece.letters))
                parts = [piece.part(start, end) for start, end in pairwise(ends)]
                for part, (_, score) in zip(parts[1:], places, strict=True):
                    edit = Edit(part.offsets[0], part.offsets[0], HALF_SPACE)
                    yield Restored(edit, _probability(score))
                pieces[at : at + 1] = parts
                spaced[at + 1 : at + 1] = [False] * (len(parts) - 1)
            elif (
                spaced[at] and (score := self._gap_score(pieces[at - 1].letters, piece.letters)) > 0
            ):
                space = piece.offsets[0] - 1
                confidence = _probability(score)
                if pieces[at - 1].letters[-1] in NON_JOINING:  # it could not be seen
                    yield Restored(Edit(space, space + 1, ""), confidence)
                    pieces[at - 1 : at + 1] = [pieces[at - 1].and_then(piece)]
                    del spaced[at]
                    at -= 1  # the longer piece may read otherwise
                else:
                    yield Restored(Edit(space, space + 1, HALF_SPACE), confidence)
                    spaced[at] = False
            else:
                at += 1

    def _decide_places(self, letters: str) -> tuple[tuple[int, float], ...]:
        """The places inside a word where half-spaces belong, with their scores, no two in a row."""
        if letters in SPELLINGS:
            return tuple((place, math.inf) for place in SPELLINGS[letters])
        if letters in self.counts.words and letters not in self._parted:
            return ()  # well-spelt text has it, and never with a half-space
        chance = self._place_of_chance(letters)
        scores = []
        for place in range(1, len(letters)):
            left, right = letters[:place], letters[place:]
            if left[-1] in NON_JOINING or place == chance or not self._thinkable(left, right):
                continue
            score = _score(self.inside, inside_features(self.counts, letters, place))
            if score > _LIMIT:
                scores.append((score, place))
        chosen: dict[int, float] = {}
        for score, place in sorted(scores, reverse=True):
            if place - 1 not in chosen and place + 1 not in chosen:
                chosen[place] = score
        return tuple(sorted(chosen.items()))

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

    def _score_gap(self, left: str, right: str) -> float:
        """How much speaks for the space between two pieces having been a half-space, if enough."""
        if (left, right) in COMPOUNDS:
            return math.inf
        if not self._thinkable(left, right) or self._plain_pair(left, right):
            return -math.inf
        if right == "است":  # some write شده‌است; two words by the Academy
            return -math.inf
        if left in _PRESENT and right in self.counts.words and not self._verb(left, right):
            return -math.inf
        if (
            (left, right) in self.counts.pairs
            and (left + right, len(left)) not in self.counts.splits
            and left + right not in self.counts.words
        ):
            return -math.inf  # well-spelt text has these two words, and never as one
        score = _score(self.gap, gap_features(self.counts, left, right))
        return score if score > (0 if self._one_word(left, right) else _LIMIT) else -math.inf

    def _one_word(self, left: str, right: str) -> bool:
        """Whether the lexicon has the pieces as one word, and most of the text too."""
        counts = self.counts
        split = counts.splits.get((left + right, len(left)), 0)
        return (
            left != "به"  # به صرفه: a saving, but به صرفه‌جویی
            and left + HALF_SPACE + right in counts.kinds
            and split > counts.pairs.get((left, right), 0)
        )

    def _verb(self, left: str, right: str) -> bool:
        """Whether می, or نمی, and ``right`` are known as a form of a verb."""
        return (
            (left + right, len(left)) in self.counts.splits
            or self.counts.kinds.get(left + HALF_SPACE + right) == "v"
        )  # fmt: skip

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


class HazmRestorer:
    """What hazm knows of half-spaces, for an installation without weights.

    It finds about half of what the weights find, and knows no words by themselves.
    """

    counts = Counts()

    def restored(self, text: str) -> Iterator[Restored]:
        """As ``Restorer.restored``; hazm does not say how sure it is, so that it is the least."""
        for stretch in _STRETCH.finditer(text):
            for edit in _hazm_edits(stretch[0]):
                start, end = edit.start + stretch.start(), edit.end + stretch.start()
                yield Restored(Edit(start, end, edit.replacement), THRESHOLD)


@lru_cache(20_000)
def _hazm_edits(stretch: str) -> tuple[Edit, ...]:
    """The gaps of ``stretch`` that hazm makes half-spaces, once it has no more to say."""
    text = stretch
    for _ in range(_HAZM_ROUNDS):
        edits = _gap_edits(text, _hazm().correct_spacing(text))
        if not edits:
            return _gap_edits(stretch, text)
        text = View.edited(text, edits).text
    return ()


def _gap_edits(text: str, spaced: str) -> tuple[Edit, ...]:
    """The gaps of ``text`` that are half-spaces, or were and could not be seen, in ``spaced``."""
    letters, others = list(_LETTER.finditer(text)), list(_LETTER.finditer(spaced))
    if [match[0] for match in letters] != [match[0] for match in others]:
        return ()
    edits = []
    for before, after, left, right in zip(letters, letters[1:], others, others[1:], strict=False):
        gap = spaced[left.end() : right.start()]
        unseen = before[0][0] in NON_JOINING
        new = "" if unseen and gap in ("", HALF_SPACE) else gap
        old = text[before.end() : after.start()]
        if new != old and old != HALF_SPACE and new == ("" if unseen else HALF_SPACE):
            edits.append(Edit(before.end(), after.start(), new))
    return tuple(edits)


@cache
def _hazm():  # type: ignore[no-untyped-def]  # hazm has no types  # noqa: ANN202
    from hazm import Normalizer  # seconds to import

    return Normalizer()


def weights_file() -> Path:
    """Where the weights lie, if they were installed."""
    return shipped("models") / "halfspaces" / "weights.json.gz"


@cache
def shipped_restorer() -> Restorer | HazmRestorer:
    """The restorer that comes with textmine, or hazm's rules; loaded once in a process."""
    file = weights_file()
    if file.exists():
        return Restorer.read(file)
    warnings.warn(
        f"There are no half-space weights at {file}: half-spaces are restored by hazm's rules, "
        "which find about half of those that were deleted. Reinstall textmine to have them.",
        stacklevel=2,
    )
    return HazmRestorer()


def restore_edits(text: str) -> Iterator[Edit]:
    """The edits of ``restore``."""
    return (found.edit for found in shipped_restorer().restored(text))


def restored(text: str) -> tuple[Restored, ...]:
    """What ``restore`` changes in ``text``, each with its confidence from ``THRESHOLD`` to 1.

    Spellings that a table holds have confidence 1.

    >>> [(found.edit.start, found.confidence > 0.9) for found in restored("میشود گفت")]
    [(2, True)]
    """
    return tuple(shipped_restorer().restored(text))


def restore(text: str) -> View:
    """``text`` with the half-spaces that were lost; only gaps between Persian letters change.

    >>> restore("کشورها میتوانند تفاهم نامه های تازه امضا کنند").text
    'کشورها می‌توانند تفاهم‌نامه‌های تازه امضا کنند'
    """
    return View.edited(text, restore_edits(text))


def _score(weights: Mapping[str, float], features: Iterable[str]) -> float:
    return weights[""] + sum(map(weights.get, features, repeat(0.0)))


def _probability(score: float) -> float:
    return round(1 / (1 + math.exp(-score)), 4)


def _grouped(values: Mapping[str, object]) -> dict[str, str]:
    """Keys of one value joined by spaces, under that value."""
    groups: dict[str, list[str]] = {}
    for key, value in sorted(values.items()):
        groups.setdefault(str(value), []).append(key)
    return {value: " ".join(keys) for value, keys in sorted(groups.items())}


def _counted(groups: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    return ((key, int(value)) for value, line in groups.items() for key in line.split())
