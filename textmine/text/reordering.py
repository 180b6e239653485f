"""A line whose runs an extractor left in reverse, read in its own order again.

Right-to-left lines are drawn as runs: a half-space, a number, a bracket or a letter from another
font begins a new one. Extractors that put runs down from left to right leave the last one first:
«های خود ها در کنار … سیاستتحولات … دولت» is run 3, 2, 1 of «تحولات … دولت|ها در کنار … سیاست|های
خود», and یپلماسید is د|ی|پلماس|ی. Where the line was cut cannot be seen any more. So every way to
cut it is weighed by how likely the words are that the runs make when they are read backwards, each
cut at its price, and the best ways are found from right to left, run by run.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

from textmine.text.letters import (
    ARABIC_LETTERS,
    ARABIC_MARKS,
    DIGITS,
    HALF_SPACE,
    KASHIDA,
    NON_JOINING,
)
from textmine.text.likely import LONGEST, Likely, Word, bare, shipped_likely

_TOKEN = re.compile(
    rf"(?P<space>\s+)|(?P<word>{KASHIDA}*[{ARABIC_LETTERS}][{ARABIC_LETTERS}{ARABIC_MARKS}{KASHIDA}{HALF_SPACE}]*)"
    rf"|(?P<number>[{DIGITS}]+(?:[-./,٬٫–][{DIGITS}]+)*)"
    # Latin words with all that stands between them: web addresses, titles, names.
    r"|(?P<latin>[A-Za-z\u00c0-\u024f](?:[^\n\u0600-\u06ff«»()]*[A-Za-z0-9\u00c0-\u024f/])?)"
    r"|(?P<sign>.)"
)
_WORD = rf"{KASHIDA}*[{ARABIC_LETTERS}][{ARABIC_LETTERS}{ARABIC_MARKS}{KASHIDA}{HALF_SPACE}]*"
_FIRST_WORD, _LAST_WORD = re.compile(rf"\s*{_WORD}"), re.compile(rf"{_WORD}\s*$")
_YEAR = re.compile(r"1[2-4]\d\d|1[89]\d\d|20[0-3]\d|۱[۲-۴][۰-۹]{2}|۱[۸۹][۰-۹]{2}|۲۰[۰-۳][۰-۹]")
_CLOSING = frozenset(".،؛:؟!,;")
_VOLUME = frozenset("جص")  # the letters that stand before the number of a volume and of a page
# Words that a number stands behind, words that stand behind a number, and those that do both.
_NUMBERED = frozenset((
    "ماده", "اصل", "بند", "فصل", "تبصره", "شماره", "مورخ", "شکل", "نمودار", "صفحه", "قرن", "دهه",
    "جلد", "ص",
))  # fmt: skip
_COUNTED = frozenset((
    "درصد", "هزار", "میلیون", "میلیارد", "نفر", "کشور", "شهر", "مورد", "دلار", "ریال", "تومان",
    "تن", "کیلومتر", "متر", "ساعت", "دقیقه", "دی",
))  # fmt: skip
_BOTH = frozenset((
    "تا", "سال", "سالهای", "ماه", "روز", "جدول", "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد",
    "شهریور", "مهر", "آبان", "آذر", "بهمن", "اسفند",
))  # fmt: skip
# Pieces that a word is cut at where nothing else knows it.
_AFFIXES = frozenset(("ها", "های", "هایی", "هایشان", "می", "نمی", "المللی", "الملل", "ترین", "ای"))

# Parts of words that never stand alone.
_ALONE = _AFFIXES | {"اند", "ام", "اش", "هایش", "تر", "هاست"}

Cut = Literal["space", "wide", "sign", "gap", "stuck", "inside", "yeh"]
_CUT: dict[Cut, float] = {
    "wide": 0.0,  # two spaces: the first ends a run
    "sign": 1.2,  # behind a full stop, a comma...
    "gap": 1.0,  # between a word and a sign without a space
    "stuck": 0.2,  # before and behind a number that is stuck to the next word
    "inside": 1.5,
    "yeh": 0.2,
}
"""What it costs to cut a line in two, by what stands at the place."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How an extractor cut its lines: what it costs to put two runs side by side.

    ``by_yeh``: letters ی are runs of their own; ``spaces``: the cost of a cut between two words,
    ``words``: that of putting two words side by side, ``signs``: that beside a sign or a number.
    """

    by_yeh: bool
    spaces: float
    words: float
    signs: float


AT_HALF_SPACES = Manner(by_yeh=False, spaces=1.5, words=3.5, signs=1.5)
AT_WORDS = Manner(by_yeh=True, spaces=0.1, words=0.15, signs=0.4)

_HALVES = 0.5  # what it costs to make one word of two runs
_JOINED_OVER_SPACE, _PARTED_WITHOUT_SPACE, _BESIDE_SIGN = 1.0, 1.5, 0.3
_MADE_UP = 12.0  # what it costs when runs make a word that nothing knows
_MADE_UP_WORD = _MADE_UP + 8.0  # what such a word costs in all at least
_PENDING = 11.0  # what half a word is taken to cost until the rest is there
_STATES = 5
_SLACK = 7.0
_BEST_FIT = 5.2  # the most that two marks side by side are worth
_READINGS = 5


class _Atom(NamedTuple):
    """A part of a line that is never cut: where, what, of which token, and how it was cut off."""

    start: int
    end: int
    text: str
    token: int
    cut: Cut
    price: float
    spaced: bool


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    spaced: bool
    end: int  # the atom behind its last
    word: Word | None


class _State(NamedTuple):
    """Runs read so far: their score, the word before, letters whose word goes on, the last sign."""

    score: float
    before: str
    pending: str
    last: str
    start: int
    end: int
    spaced: bool
    rest: _State | None


_Heap = dict[tuple[str, str, str], tuple[float, _State]]
"""The best states that end at one place, each with its guess, by what the next run must know."""


class _Front(NamedTuple):
    """Where runs may end: the states behind them, each with what its last word costs if it is
    through and the last piece of that, and the best score. Then the letters of the last token of
    such runs, the word ahead of them and their guess: the same for all runs of three tokens."""

    states: list[tuple[_State, tuple[float, str]]]
    top: float
    tail: str
    ahead: str
    guess: float


class Run(NamedTuple):
    """``line[start:end]``, and whether a space stands before it in its right place."""

    start: int
    end: int
    spaced: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """One order of the runs of a line, and its score; ``opening`` and ``closing`` are the letters
    at its ends, empty where something else stands there, ``before`` the word before the last;
    ``halves`` are the places where two runs make one word, free a number from one, or
    a year from its page."""

    score: float
    runs: tuple[Run, ...]
    opening: str
    closing: str
    before: str
    halves: int

    @property
    def in_order(self) -> bool:
        """Whether the line stays as it is."""
        return len(self.runs) == 1


def readings(line: str, manner: Manner, model: Likely | None = None) -> list[Reading]:
    """The best ways to read ``line``, the best first; the line as it is is always among them.

    >>> line = "شود نامه پس از امضای دو شهردار اجرا میاین تفاهم"
    >>> [line[run.start : run.end] for run in readings(line, AT_HALF_SPACES)[0].runs]
    ['این تفاهم', 'نامه پس از امضای دو شهردار اجرا می', 'شود']
    """
    atoms, tokens = _atoms(line, manner)
    if not atoms:
        return [Reading(0.0, (Run(0, len(line), False),), "", "", "", 0)]
    return _Search(atoms, tokens, manner, model or shipped_likely()).readings()


def as_it_is(line: str) -> Reading:
    """The reading that leaves ``line`` in its order, for lines that have no other: unscored.

    >>> as_it_is("در این سال").closing
    'سال'
    """
    opening, closing = _FIRST_WORD.match(line), _LAST_WORD.search(line[-LONGEST:])
    return Reading(
        0.0,
        (Run(0, len(line), False),),
        opening[0].strip() if opening else "",
        closing[0].strip() if closing else "",
        "",
        0,
    )


def torn(line: str, manner: Manner) -> bool:
    """Whether anything in ``line`` shows that it may be out of order.

    >>> torn("شود. در این سال اعلام می", AT_HALF_SPACES), torn("در این سال", AT_HALF_SPACES)
    (True, False)
    """
    last, before, spaced = "", "", True
    for match in _TOKEN.finditer(line):
        kind, text = match.lastgroup or "", match[0]
        if kind == "space":
            spaced = True
            continue
        if kind == "word" and (text in _ALONE or _looks_torn(text, manner)):
            return True
        if not spaced and kind == "word" and last in _NUMBERS:
            return True
        if not spaced and kind == "word" and before in _CLOSING:
            return True
        if spaced and last and text in _CLOSING:
            return True
        mark = _mark(kind, text, last)
        if last == "number:" and mark == "year":
            return True
        last, before, spaced = mark, text, False
    return False


def _looks_torn(letters: str, manner: Manner) -> bool:
    """Whether a word is none, or may be one only by chance."""
    word = shipped_likely().word(letters)
    return (not word.sure or manner.by_yeh) and bool(cuts(letters, manner.by_yeh))


@lru_cache(100_000)
def cuts(letters: str, by_yeh: bool) -> tuple[tuple[int, Cut], ...]:
    """Where a word may have been put together from parts of two runs.

    >>> (5, "inside") in cuts("سیاستامروز", False), cuts("دولت", False)
    (True, ())
    """
    if HALF_SPACE in letters or len(letters) > LONGEST:
        return ()
    model = shipped_likely()
    word = model.word(letters)
    found: dict[int, Cut] = {}
    if by_yeh and ("ی" in letters or "ي" in letters):
        turned = model.word(turned_at_yeh(letters))
        if not word.known or turned.chance > word.chance + 2 or len(letters) < 3:
            at = 0
            for part in _PARTS.findall(letters)[:-1]:
                at += len(part)
                found[at] = "yeh"
    if not word.sure:
        for match in _KASHIDA.finditer(letters):  # of another font
            found |= dict.fromkeys((match.start(), match.end()), "yeh")
    if word.place is not None and letters[word.place - 1] not in NON_JOINING:
        found[word.place] = "inside"  # halves that met by chance: their own are elsewhere
    if len(letters) < 3 or (word.sure and not _by_chance(letters, word)):
        return tuple(sorted(found.items()))
    for place in range(1, len(letters)):
        left, right = letters[:place], letters[place:]
        if place not in found and (_is_piece(left) or _is_piece(right) or _meet(letters, place)):
            found[place] = "inside"
    return tuple(sorted(found.items()))


_KASHIDA = re.compile(f"(?<=.){KASHIDA}+(?=.)")
_PARTS = re.compile("[یي]|[^یي]+")


def turned_at_yeh(letters: str) -> str:
    """``letters`` with the parts before, behind and between their ی in reverse.

    >>> turned_at_yeh("تیریمد")
    'مدیریت'
    """
    return "".join(reversed(_PARTS.findall(letters)))


def _is_piece(letters: str) -> bool:
    return len(letters) > 1 and (letters in _AFFIXES or shipped_likely().plainly(letters))


def _by_chance(letters: str, word: Word) -> bool:
    """Whether a rare word may also be the beginning of a verb and a common word: میرا, میبه."""
    rest = letters.removeprefix("نمی" if letters.startswith("ن") else "می")
    return rest != letters and word.chance < shipped_likely().word(rest).chance


def _meet(letters: str, place: int) -> bool:
    """Whether an affix begins or ends at ``place`` in the middle of letters."""
    return any(
        letters.startswith(affix, place) or letters.endswith(affix, 0, place) for affix in _AFFIXES
    )


def _atoms(line: str, manner: Manner) -> tuple[list[_Atom], list[_Token]]:
    model = shipped_likely()
    atoms: list[_Atom] = []
    tokens: list[_Token] = []
    spaces = ""
    for match in _TOKEN.finditer(line):
        kind, text = match.lastgroup or "", match[0]
        if kind == "space":
            spaces = text
            continue
        spaced = bool(spaces)
        places = cuts(text, manner.by_yeh) if kind == "word" else ()
        word = model.word(text) if kind == "word" else None
        read = bare if word else str
        before = tokens[-1] if tokens else None
        cut: Cut = "space" if spaced else "gap"
        if len(spaces) > 1:
            cut = "wide"
        elif spaced and before and before.text in _CLOSING:
            cut = "sign"
        elif kind == "word" and not spaced and before and before.kind == "number":
            cut = "stuck"
            atoms[-1] = atoms[-1]._replace(cut="stuck", price=_CUT["stuck"])
        price = manner.spaces if cut == "space" else _CUT[cut]
        done = 0
        for place, next_cut in (*places, (len(text), cut)):
            start = match.start()
            part = read(text[done:place])
            atoms.append(_Atom(start + done, start + place, part, len(tokens), cut, price, spaced))
            done, cut, price, spaced = place, next_cut, _CUT.get(next_cut, 0.0), False
        tokens.append(_Token(kind, read(text), bool(spaces), len(atoms), word))
        spaces = ""
    return atoms, tokens


@lru_cache(50_000)
def _mark(kind: str, text: str, last: str) -> str:
    """What the next token must know of one: its kind, and for signs the sign."""
    if kind == "number":
        if _YEAR.fullmatch(text):
            return "year"
        return "number" if last and not last.startswith("numbered") else "first"
    if kind == "sign":
        if last in ("year", "number", "first") and text == ":":
            return "year:" if last == "year" else "number:"
        return "first." if last == "first" and text in ".-ـ" else text
    if text in _VOLUME:
        return "volume"
    if text in _BOTH:
        return "numbered counted"
    return "numbered" if text in _NUMBERED else "counted" if text in _COUNTED else kind


_NUMBERS = frozenset(("year", "number", "first"))
_BRACKETS = frozenset("()[]")
_WORD_MARKS = frozenset(("word", "volume", "numbered", "counted", "numbered counted"))


@lru_cache(10_000)
def _fit(last: str, mark: str, spaced: bool) -> float:
    """How well two tokens stand side by side, by their marks: 0 for nothing to say."""
    if not last:
        return -3.0 if mark in _CLOSING else 0.0
    if mark in ("first.", "year:"):
        return (2.5 if mark == "first." else 0.5) - 2.0 * spaced
    if mark in _CLOSING or mark == "number:":
        return -2.0 if spaced else 0.0
    if mark in _NUMBERS:
        if last.startswith("numbered"):
            return 2.5 if spaced else 0.0
        if last in ("year:", "number:"):
            return 4.5 * ((last == "year:") - (mark == "year")) + 0.7 * spaced
        if last == "volume":
            return -3.0 if mark == "year" else 1.0
        if last in _WORD_MARKS:
            return 0.0 if spaced else -1.5
        if last in _CLOSING:
            return (mark == "year") * (last == "،") - 3.0 * (not spaced)
        return 0.0
    if last in _NUMBERS and mark in _BRACKETS:
        return -0.7 * spaced
    if last in ("year:", "number:"):
        return -3.0  # the number of a page is missing
    if last in _CLOSING or last == "first.":
        return 0.0 if spaced else -3.0
    if last in _NUMBERS and mark in _WORD_MARKS:
        counted = 2.0 if mark.endswith("counted") else 0.0
        return counted if spaced else -4.0
    return 0.0


def _by_guess(found: tuple[float, _State]) -> tuple[float, int]:
    return found[0], found[1].end


class _Search:
    """The search for the best orders of one line, from its right end to its left."""

    def __init__(
        self, atoms: list[_Atom], tokens: list[_Token], manner: Manner, model: Likely
    ) -> None:
        self._model = model
        self._manner = manner
        self._atoms = atoms
        self._tokens = tokens
        # The cost of every token behind the one that stands before it now, added up.
        self._sums = [0.0]
        marks = [""]
        for at, token in enumerate(tokens):
            marks.append(_mark(token.kind, token.text, marks[-1]))
            cost = _fit(marks[at], marks[at + 1], token.spaced) if at else 0.0
            if token.word:
                before = tokens[at - 1].word if at else None
                cost += self._model.behind(before.last if before else "", token.word)
            self._sums.append(self._sums[-1] + cost)
        self._marks = marks[1:]
        self._written = {token.text for token in tokens}
        self._heads: dict[int, tuple[float, float]] = {}
        self._firsts = [0]
        for token in tokens[:-1]:
            self._firsts.append(token.end)

    def readings(self) -> list[Reading]:
        count = len(self._atoms)
        nothing = _State(0.0, "", "", "", 0, 0, False, None)
        heap: _Heap = {("", "", ""): (0.0, nothing)}
        fronts = {count: self._front(heap, count)}
        for start in range(count - 1, -1, -1):
            heap = {}
            best = -math.inf
            for end in range(start + 1, count + 1):  # the nearest first: most runs are short
                front = fronts[end]
                if front is not None:
                    best = self._extend(front, start, end, heap, best)
            fronts[start] = self._front(heap, start) if start else None
        return self._finished([state for _, state in heap.values()])

    def _front(self, heap: _Heap, end: int) -> _Front | None:
        """The best states of ``heap``; None where nothing can end."""
        ranked = sorted(heap.values(), reverse=True, key=_by_guess)
        if not ranked:
            return None
        least = ranked[0][0] - _SLACK
        states = [
            (state, self._done(state.before, state.pending) if state.pending else (0.0, ""))
            for guess, state in ranked[:_STATES]
            if guess > least
        ]
        return _Front(states, max([state.score for state, _ in states]), *self._tail(end))

    def _tail(self, end: int) -> tuple[str, str, float]:
        """The letters of the last token of a run that ends at ``end``, the word before them, and
        what they cost behind it."""
        last = self._atoms[end - 1].token
        tail = self._tokens[last]
        text = tail.text
        if tail.end > end:
            text = "".join([each.text for each in self._atoms[self._firsts[last] : end]])
        ahead = self._tokens[last - 1].word if last else None
        before = ahead.last if ahead else ""
        return text, before, self._guess(before, text) if tail.word else 0.0

    def _head(self, start: int) -> tuple[float, float]:
        """What the letters from ``start`` to the end of their token cost at least as a word, and
        what the next word costs behind them."""
        if start not in self._heads:
            atoms, model = self._atoms, self._model
            token, second = self._tokens[atoms[start].token], self._tokens[atoms[start].token + 1]
            ceiling, before = 0.0, ""
            if token.word:
                letters = "".join([each.text for each in atoms[start : token.end]])
                word = model.understood(letters)
                before = word.last
                ceiling = 0.0 if word.known or letters in self._written else -_MADE_UP_WORD
            follows = model.behind(before, second.word) if second.word else 0.0
            self._heads[start] = ceiling, follows
        return self._heads[start]

    def _extend(self, front: _Front, start: int, end: int, heap: _Heap, best: float) -> float:
        """Put the states of ``front`` with the run of some atoms behind them into ``heap``.

        Returns the guess of the best state there, so far ``best``. No word costs less than nothing:
        what is too dear before all its words are looked at is left.
        """
        atoms, tokens, model = self._atoms, self._tokens, self._model
        first, last = atoms[start].token, atoms[end - 1].token
        far = last - first >= 2
        cost = self._sums[last] - self._sums[first + 2] if far else 0.0
        if start:
            cost -= atoms[start].price
        dear = _SLACK if start else math.inf  # a whole line may yet gain by the lines beside it
        if last > first:
            dear += _BEST_FIT
        if far:
            dear -= front.guess
        if front.top + cost < best - dear:
            return best
        token, tail = tokens[first], tokens[last]
        is_word = token.word is not None
        head = "".join([each.text for each in atoms[start : min(token.end, end)]])
        second = tokens[first + 1] if far else tail
        ceiling, follows = self._head(start) if far else (0.0, 0.0)
        at_start = end == len(atoms)
        gap = not at_start and atoms[end].spaced
        for state, (price, through) in front.states:
            if state.score + cost < best - dear:
                continue
            for spaced in (True,) if at_start else (gap, not gap):
                score = state.score + cost
                before, pending, mark = state.before, state.pending, state.last
                goes_on = is_word and pending != "" and not spaced
                if not at_start:
                    joint = self._joint(pending, head, is_word, spaced, end)
                    if joint is None:
                        continue
                    score -= joint
                if goes_on:
                    pending += head
                    mark = "word"
                    if score < best - dear:
                        continue
                    unlikely = score - (_MADE_UP_WORD if last > first else _PENDING) < best - dear
                    if unlikely and not (model.knows(pending) or pending in self._written):
                        continue
                else:
                    head_mark = _mark(token.kind, head, mark)
                    score += _fit(mark, head_mark, spaced)
                    mark = head_mark
                    if pending:
                        score += price
                    if score + ceiling + follows < best - dear:
                        continue
                    before, pending = (
                        (through if pending else before, head) if is_word else ("", "")
                    )
                if last > first:
                    if pending:
                        own, before = self._done(before, pending)
                        score += own
                    if far:
                        second_mark = _mark(second.kind, second.text, mark)
                        score += _fit(mark, second_mark, second.spaced)
                        if goes_on and second.word:
                            score += model.behind(before, second.word)
                        elif second.word:
                            score += follows
                        before = front.ahead
                        mark = self._marks[last - 1] if last - first > 2 else second_mark
                    tail_mark = _mark(tail.kind, front.tail, mark)
                    score += _fit(mark, tail_mark, tail.spaced)
                    mark = tail_mark
                    before, pending = (before, front.tail) if tail.word else ("", "")
                guess = score
                if far:
                    guess += front.guess
                elif pending:
                    guess += self._guess(before, pending)
                if guess > best:
                    best = guess
                elif guess < best - (_SLACK if start else math.inf):
                    continue
                key = before, pending, mark
                held = heap.get(key)
                # Of two that are as good the one with the longer run.
                if held is None or held[0] < guess or (held[0] == guess and held[1].end < end):
                    found = _State(score, before, pending, mark, start, end, spaced, state)
                    heap[key] = (guess, found)
        return best

    def _joint(
        self, pending: str, head: str, is_word: bool, spaced: bool, end: int
    ) -> float | None:
        """What it costs to put a run behind another; None where it cannot be."""
        atom = self._atoms[end]
        if not (is_word and pending):
            if atom.cut == "stuck":
                return 0.0
            return self._manner.signs + (_BESIDE_SIGN if spaced != atom.spaced else 0.0)
        if spaced:
            if atom.cut == "stuck":
                return 0.0
            return self._manner.words + (0.0 if atom.spaced else _PARTED_WITHOUT_SPACE)
        if not atom.spaced:
            return _HALVES
        return _HALVES + _JOINED_OVER_SPACE if self._model.knows(pending + head) else None

    def _finished(self, states: list[_State]) -> list[Reading]:
        whole = self.whole()
        states = sorted(states, key=lambda each: -each.end)
        found = [self._reading(state) for state in states if len(self._runs(state)) > 1]
        found.sort(key=lambda each: -each.score)
        return sorted([*found[:_READINGS], whole], key=lambda each: -each.score)

    def whole(self) -> Reading:
        """The line as it is."""
        tokens = self._tokens
        run = Run(self._atoms[0].start, self._atoms[-1].end, False)
        first, last = tokens[0], tokens[-1]
        before = tokens[-2].word if len(tokens) > 1 else None
        return Reading(
            self._sums[-1] + _fit("", self._marks[0], False) + _end(self._marks),
            (run,),
            first.text if first.word else "",
            last.text if last.word else "",
            before.last if before else "",
            0,
        )

    def _done(self, before: str, pending: str) -> tuple[float, str]:
        """What a word costs that is through, and its last piece."""
        word = self._model.understood(pending)
        cost = self._model.behind(before, word)
        if not word.known and pending not in self._written:
            cost -= _MADE_UP
        return cost, word.last

    def _guess(self, before: str, pending: str) -> float:
        """What letters whose word may go on cost at least, as far as can be told."""
        word = self._model.understood(pending)
        cost = self._model.behind(before, word)
        if not word.known and cost < -_PENDING and self._model.begins(pending):
            return -_PENDING
        return cost

    def _runs(self, state: _State) -> list[_State]:
        runs = []
        at: _State | None = state
        while at is not None and at.rest is not None:
            runs.append(at)
            at = at.rest
        return runs[::-1]

    def _reading(self, state: _State) -> Reading:
        steps = self._runs(state)
        score = state.score
        if state.pending:
            score += self._done(state.before, state.pending)[0]
        head = self._first_word(steps)
        runs = tuple(
            Run(self._atoms[step.start].start, self._atoms[step.end - 1].end, step.spaced)
            for step in steps
        )
        halves = sum(
            self._atoms[left.start].cut == "stuck"
            or (
                not right.spaced
                and self._tokens[self._atoms[right.start].token].word is not None
                and self._tokens[self._atoms[left.end - 1].token].word is not None
            )
            for left, right in pairwise(steps)
        )
        halves += ("number:", "year") in pairwise(self._marks)  # a page before its year
        score += _end([state.last])
        return Reading(score, runs, head, state.pending, state.before, halves)

    def _first_word(self, steps: list[_State]) -> str:
        """The letters that the first runs make before the first space or sign."""
        letters = ""
        for step in steps:
            if letters and step.spaced:
                break
            for atom in self._atoms[step.start : step.end]:
                is_word = self._tokens[atom.token].word is not None
                if not is_word or (letters and atom.spaced):
                    return letters
                letters += atom.text
        return letters


def _end(marks: list[str]) -> float:
    """How well a line ends with its last token: the number of a heading stands at its start."""
    return -3.0 if marks[-1] in ("number", "year", "number:", "year:") else 0.0
