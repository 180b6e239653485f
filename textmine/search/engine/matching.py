"""What a query asks of words: sequences of spellings, the same for the index and the highlights."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice, product
from typing import NamedTuple, Protocol

from textmine.records import Span
from textmine.search.query import Either, Every, Near, Node, Text
from textmine.search.words import Word, chunk_of, chunks, without_notes, words
from textmine.search.words.variants import ALIKE, apart, phrases, together
from textmine.text.function_words import is_function_word
from textmine.text.normalise import normalise
from textmine.text.offsets import joined

SPELLING, STEM, LOOSE, PART = range(4)
"""Tiers: how near a word of a text is to the word of a query, the nearest first."""

_PRODUCTS = 64  # ways to write a phrase of several words that are followed
_MOST_READ = 1 << 10  # pieces of queries whose leaves are remembered
_FORMS = 300  # forms of one word that are followed, those in most clauses first


class Way(NamedTuple):
    """Spellings that follow each other; with ``pattern`` a * in them stands for any letters."""

    tier: int
    keys: tuple[str, ...]
    pattern: bool = False


class Leaf(NamedTuple):
    """Ways in which one word or phrase can stand in a text; one of them is enough."""

    ways: tuple[Way, ...]


class Nearby(NamedTuple):
    """Words and phrases with at most ``distance`` other words among them, in any order."""

    items: tuple[Leaf, ...]
    distance: int


Asked = Leaf | Nearby


class Spellings(Protocol):
    """What is asked about spellings: a vocabulary, and the index that knows how many there are."""

    def clauses(self, key: str) -> int:
        """In how many clauses a spelling stands."""

    def stems(self, stem: str) -> list[str]:  # noqa: D102
        ...

    def loose(self, loose: str) -> list[str]:  # noqa: D102
        ...

    def compounds(self, part: str) -> list[str]:  # noqa: D102
        ...

    def compounds_beginning(self, start: str) -> list[str]:  # noqa: D102
        ...

    def spaced(self, key: str) -> list[tuple[str, ...]]:  # noqa: D102
        ...


class Expansion:
    """The leaves of a query's words, with all spellings that the index has for them."""

    def __init__(self, spellings: Spellings) -> None:
        self._known = spellings
        self.clauses = lru_cache(maxsize=1 << 14)(spellings.clauses)
        """In how many clauses a spelling stands."""
        self._read: dict[Text, tuple[Leaf, ...]] = {}

    def leaves(self, text: Text) -> tuple[Leaf, ...]:
        """The words and phrases of a piece of a query, all of which must occur.

        Plain words also match in their other forms. In quotes the spelling may differ, the form
        may not. Words that punctuation ties together (علمی-پژوهشی) are a phrase.
        """
        # No lru_cache of the method: it would hold this, and with it the open files of the index,
        # until the garbage collector looks for circles.
        found = self._read.get(text)
        if found is None:
            if len(self._read) >= _MOST_READ:
                self._read.clear()
            found = self._read[text] = self._leaves(text)
        return found

    def _leaves(self, text: Text) -> tuple[Leaf, ...]:
        if text.pattern:
            return _leaf(self._patterns(text.text))
        view = normalise(without_notes(text.text)).text
        if text.quoted:
            return _leaf(self._phrase(tuple(words(view))))
        pieces = [tuple(words(piece)) for piece in view.split()]
        pieces = [piece for piece in pieces if piece]
        found: list[list[Way]] = [
            list(self._word(piece[0]) if len(piece) == 1 else self._tied(piece)) for piece in pieces
        ]
        for at in range(len(pieces) - 1):
            # "خواهر خواندگی" also finds خواهرخواندگی, which then stands for both words.
            if len(pieces[at]) == len(pieces[at + 1]) == 1:
                both = list(self._joined((*pieces[at], *pieces[at + 1]), others=True))
                found[at] += both
                found[at + 1] += both
        return tuple(leaf for ways in found for leaf in _leaf(ways))

    def nearby(self, node: Near) -> Nearby | None:
        """The words near each other; None when fewer than one of them has letters."""
        items: list[Leaf] = []
        for item in node.items:
            leaves = self.leaves(item)
            if len(leaves) == 1:
                items += leaves
            elif leaves:  # plain words side by side: a phrase whose words may have other forms
                view = normalise(without_notes(item.text)).text
                items += _leaf(self._tied(tuple(words(view))))
        return Nearby(tuple(items), node.distance) if items else None

    def asked(self, node: Node) -> tuple[Asked, ...]:
        """The words and phrases of a whole query that its hits show: not those left out."""
        if isinstance(node, Text):
            return self.leaves(node)
        if isinstance(node, Near):
            nearby = self.nearby(node)
            return () if nearby is None else (nearby,)
        if isinstance(node, Every | Either):
            return tuple(each for item in node.items for each in self.asked(item))
        return ()

    def telling(self, node: Node) -> tuple[Asked, ...]:
        """As ``asked``, without the words of a question that only build its sentence."""
        asked = self.asked(node)
        telling = tuple(each for each in asked if not _only_builds(each))
        return telling or asked

    # -- one word --------------------------------------------------------------------------------

    def _word(self, word: Word) -> Iterator[Way]:
        for keys in self._spelled(word):
            yield Way(SPELLING, keys)
        yield from self._forms(word.stem, word.loose)
        for part in ALIKE.get(word.key, (word.key,)):
            for form in self._known.compounds(part):
                yield Way(PART, (form,))

    def _spelled(self, word: Word) -> Iterator[tuple[str, ...]]:
        yield (word.key,)
        if word.parts:
            yield word.parts
        yield from self._spaced(word.key)

    def _spaced(self, key: str) -> Iterator[tuple[str, ...]]:
        """The words that others write one word as: those of the index, and those of a rule."""
        yield from self._known.spaced(key)
        yield from apart(key)

    def _forms(self, stem: str, loose: str) -> Iterator[Way]:
        for tier, forms in ((STEM, self._known.stems(stem)), (LOOSE, self._known.loose(loose))):
            for form in self._most(forms):
                yield Way(tier, (form,))
                for keys in self._spaced(form):
                    yield Way(tier, keys)
        for keys in phrases(stem):
            yield Way(STEM, keys)

    def _most(self, forms: list[str]) -> list[str]:
        """Those forms that are in most clauses, when there are too many to follow."""
        if len(forms) <= _FORMS:
            return forms
        return sorted(forms, key=lambda form: (-self.clauses(form), form))[:_FORMS]

    # -- several words ---------------------------------------------------------------------------

    def _joined(self, pair: Sequence[Word], *, others: bool) -> Iterator[Way]:
        """Two words as one, where the index has that word; with ``others`` its forms too."""
        key = "".join(word.key for word in pair)
        found = tuple(words(key))
        if len(found) != 1 or found[0].key != key:  # "trade" and "تجارت" are never one word
            return
        if self.clauses(key):
            yield Way(SPELLING, (key,))
        if others:
            yield from self._forms(found[0].stem, found[0].loose)

    def _phrase(self, phrase: tuple[Word, ...]) -> list[Way]:
        if not phrase:
            return []
        return [Way(SPELLING, keys) for keys in self._written(phrase)]

    def _written(self, phrase: tuple[Word, ...]) -> list[tuple[str, ...]]:
        """The ways to write a phrase with other gaps, the fewest changes first."""
        ways: list[list[tuple[int, tuple[str, ...]]]] = [[(0, ())]]
        for end in range(1, len(phrase) + 1):
            word = phrase[end - 1]
            here = [
                (changes + (number > 0), (*before, *keys))
                for changes, before in ways[end - 1]
                for number, keys in enumerate(dict.fromkeys(self._spelled(word)))
            ]
            if end > 1:
                for way in self._joined(phrase[end - 2 : end], others=False):
                    here += [
                        (changes + 1, (*before, *way.keys)) for changes, before in ways[end - 2]
                    ]
            if end > 2:
                first, joint, last = (word.key for word in phrase[end - 3 : end])
                for key in together((first, joint, last)):
                    here += [(changes + 1, (*before, key)) for changes, before in ways[end - 3]]
            here.sort(key=lambda each: each[0])
            ways.append(here[:_PRODUCTS])
        return list(dict.fromkeys(keys for _, keys in ways[-1]))

    def _tied(self, phrase: tuple[Word, ...]) -> Iterator[Way]:
        """A phrase whose words may stand in other forms."""
        for keys in self._written(phrase):
            yield Way(SPELLING, keys)
        if len(phrase) == 2:
            yield from self._joined(phrase, others=True)
        each = max(2, int(_PRODUCTS ** (1 / len(phrase))))
        choices = []
        for word in phrase:
            tiers = dict.fromkeys(self._known.loose(word.loose), LOOSE)
            tiers |= dict.fromkeys(self._known.stems(word.stem), STEM) | {word.key: SPELLING}
            present = [(tier, form) for form, tier in tiers.items() if self.clauses(form)]
            present.sort(key=lambda each: (each[0], -self.clauses(each[1])))
            choices.append(present[:each])
        for chosen in islice(product(*choices), 4 * _PRODUCTS) if len(phrase) < 9 else ():
            yield Way(max(tier for tier, _ in chosen), tuple(form for _, form in chosen))

    # -- patterns --------------------------------------------------------------------------------

    def _patterns(self, text: str) -> list[Way]:
        # The beginning of a word says too little to tell where its half-spaces are.
        pieces = [
            [tuple(words(normalise(part, halfspaces=False).text)) for part in piece.split("*")]
            for piece in text.split()
        ]
        whole = _glued([[[word.key for word in part] for part in piece] for piece in pieces])
        spaced = _glued(
            [[[k for word in p for k in word.parts or (word.key,)] for p in x] for x in pieces]
        )
        if not any(letter.isalnum() for key in whole for letter in key):
            return []
        ways = [Way(SPELLING, whole, True)]
        if spaced != whole:
            ways.append(Way(SPELLING, spaced, True))
        if len(whole) == 1 and whole[0].find("*") == len(whole[0]) - 1:
            forms = self._known.compounds_beginning(whole[0][:-1])
            ways += [Way(PART, (form,)) for form in forms]
        return ways


def _leaf(ways: Iterable[Way]) -> tuple[Leaf, ...]:
    """The ways, each under its nearest tier; no leaf when there is none."""
    nearest: dict[tuple[tuple[str, ...], bool], Way] = {}
    for way in sorted(ways, key=lambda way: way.tier):
        nearest.setdefault((way.keys, way.pattern), way)
    return (Leaf(tuple(nearest.values())),) if nearest else ()


def _only_builds(asked: Asked) -> bool:
    return isinstance(asked, Leaf) and all(map(is_function_key, asked.ways[0].keys))


def is_function_key(key: str) -> bool:
    """Whether a folded spelling is a function word of its script's language."""
    return is_function_word(key, "en" if key.isascii() else "fa")


def _glued(pieces: list[list[list[str]]]) -> tuple[str, ...]:
    """Pieces between spaces, each of parts between asterisks, as spellings with asterisks."""
    found: list[str] = []
    for piece in pieces:
        keys = [""]
        for number, part in enumerate(piece):
            if number:
                keys[-1] += "*"
            for at, key in enumerate(part):
                if at:
                    keys.append(key)
                else:
                    keys[-1] += key
        found += [re.sub(r"\*+", "*", key) for key in keys if key]
    return tuple(found)


# -- where they stand ----------------------------------------------------------------------------

_Run = tuple[int, int]  # words of a text from the first to before the last


class Highlighter:
    """Finds where the words and phrases of a query stand in a text."""

    def __init__(self, asked: Iterable[Asked]) -> None:
        self._words: set[str] = set()
        self._sequences: dict[str, list[tuple[str, ...]]] = {}
        self._patterns: list[list[Callable[[str], bool]]] = []
        self._nearby: list[tuple[list[Highlighter], int]] = []
        for each in asked:
            if isinstance(each, Nearby):
                self._nearby.append(([Highlighter([item]) for item in each.items], each.distance))
                continue
            for way in each.ways:
                if way.pattern:
                    self._patterns.append([matcher(key) for key in way.keys])
                elif len(way.keys) == 1:
                    self._words.add(way.keys[0])
                else:
                    self._sequences.setdefault(way.keys[0], []).append(way.keys)

    def spans(self, text: str) -> tuple[Span, ...]:
        """The stretches of a normalised text, in order, without overlap."""
        if not (self._words or self._sequences or self._patterns or self._nearby):
            return ()
        # Few words are shown, so only for those is it found out where they stand: a third of the
        # time of `words(text)`.
        pieces = text.split()
        stood = [(at, word) for at, piece in enumerate(pieces) for word in chunk_of(piece).words]
        runs = self._runs([word[2] for _, word in stood])
        if not runs:
            return ()
        starts = _starts(text, pieces)
        return joined(
            Span(
                starts[stood[first][0]] + stood[first][1].start,
                starts[stood[last - 1][0]] + stood[last - 1][1].end,
            )
            for first, last in runs
        )

    def has_window(self, text: str) -> bool:
        """Whether words that are asked for near each other are so near in a normalised text."""
        keys = [word[2] for chunk in chunks(text) for word in chunk[0]]
        return any(
            _has_window([item._runs(keys) for item in items], distance)
            for items, distance in self._nearby
        )

    def _runs(self, keys: list[str]) -> set[_Run]:
        wanted, sequences = self._words, self._sequences
        found = {(at, at + 1) for at, key in enumerate(keys) if key in wanted}
        for at in [at for at, key in enumerate(keys) if key in sequences]:
            for sequence in sequences[keys[at]]:
                if tuple(keys[at : at + len(sequence)]) == sequence:
                    found.add((at, at + len(sequence)))
        for first, *rest in self._patterns:
            for at in [at for at, key in enumerate(keys) if first(key)]:
                after = keys[at + 1 : at + 1 + len(rest)]
                if len(after) == len(rest) and all(
                    test(key) for test, key in zip(rest, after, strict=True)
                ):
                    found.add((at, at + 1 + len(rest)))
        for items, distance in self._nearby:
            found |= _in_windows([item._runs(keys) for item in items], distance)
        return found


def _starts(text: str, pieces: list[str]) -> list[int]:
    """Where the pieces between the spaces of a text begin."""
    starts = []
    at = 0
    for piece in pieces:
        at = text.index(piece, at)
        starts.append(at)
        at += len(piece)
    return starts


def _has_window(items: Sequence[Iterable[_Run]], distance: int) -> bool:
    """Whether there is a window at all: half the work of finding those that are in one."""
    if not all(items):
        return False
    runs = sorted((*run, number) for number, own in enumerate(items) for run in own)
    whole = (1 << len(items)) - 1
    return any(whole in chains for chains in _chains(runs, distance).values())


def _in_windows(items: Sequence[Iterable[_Run]], distance: int) -> set[_Run]:
    """The runs in windows: one run of each item, none over another, few enough words among them.

    A run is in one where the best chain of other items before it and the best behind it leave few
    enough words between them. One pass finds these chains, so the time grows with the runs alone.
    """
    if not all(items):
        return set()
    runs = [(*run, number) for number, own in enumerate(items) for run in own]
    before = _chains(sorted(runs), distance)
    mirrored = [(-last, -first, number) for first, last, number in runs]
    behind = _chains(sorted(mirrored), distance)
    found = set()
    whole = (1 << len(items)) - 1
    for first, last, number in runs:
        after = behind[-last, -first, number]
        for chain, between in before[first, last, number].items():
            rest = after.get(whole ^ chain | 1 << number)
            if rest is not None and between + rest <= distance:
                found.add((first, last))
                break
    return found


def _chains(
    runs: Sequence[tuple[int, int, int]], distance: int
) -> dict[tuple[int, int, int], dict[int, int]]:
    """For each run (first, last, item) the chains that end in it, at most one run of each item.

    A chain is the set of its items, as bits, with the fewest words that stand between its runs.
    """
    found: dict[tuple[int, int, int], dict[int, int]] = {}
    least: dict[int, int] = {}  # the words between the runs of a chain, less where it ends
    ended = 0
    by_end = sorted(runs, key=lambda run: run[1])
    for run in runs:
        first, _, item = run
        while ended < len(by_end) and by_end[ended][1] <= first:
            end = by_end[ended][1]
            for chain, between in found[by_end[ended]].items():
                least[chain] = min(least.get(chain, between - end), between - end)
            ended += 1
        own = {1 << item: 0}
        for chain, between in least.items():
            if not chain >> item & 1 and between + first <= distance:
                own[chain | 1 << item] = between + first
        found[run] = own
    return found


@lru_cache(maxsize=1 << 10)
def matcher(key: str) -> Callable[[str], bool]:
    """Whether a spelling is one that a pattern stands for."""
    if "*" not in key:
        return key.__eq__
    if key.index("*") == len(key) - 1:
        start = key[:-1]
        return lambda other: other.startswith(start)
    found = re.compile(".*".join(map(re.escape, key.split("*"))), re.DOTALL)
    return lambda other: found.fullmatch(other) is not None
