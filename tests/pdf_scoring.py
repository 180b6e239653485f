"""How far a text lies from what a PDF says: the rules behind the floors and the benchmark.

Letters are compared after folding what Persian typesetting leaves open: presentation forms, the
Arabic and Persian shapes of yeh and kaf, three sets of digits, kashida, shadda, direction marks,
runs of white space. Half-spaces do not count as characters; they have a measure of their own.
Running heads and page numbers that stand on a line of their own are set aside first.
"""

from __future__ import annotations

import json
import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

HALF_SPACE = "\u200c"

_ALEF_MAKSURA, _SHADDA, _KASHIDA = "\u0649", "\u0651", "\u0640"
_SAME = {"ي": "ی", _ALEF_MAKSURA: "ی", "ك": "ک", "ە": "ه", "ۀ": "ه", "ة": "ه", "\u00a0": " "}
_NOTHING = (
    *(_KASHIDA, _SHADDA, "\u00ad", "\ufeff", "\u200d", "\u200e", "\u200f"),
    *(chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))),
)
_FOLDED = str.maketrans(
    {
        **_SAME,
        **dict.fromkeys(_NOTHING, ""),
        **{chr(0x6F0 + digit): str(digit) for digit in range(10)},
        **{chr(0x660 + digit): str(digit) for digit in range(10)},
    }
)
_SPACES = re.compile(r"\s+")
_WORD = re.compile(r"\w{2,}")
_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(r"\d+(?:[./٫٬,:\-–]\d+)+")
_SEPARATORS = str.maketrans({"٫": ".", "٬": ",", "–": "-"})
_FEWEST_WORDS = 6  # fewer words that stand once say nothing about their order
_HEAD_LIKENESS = 0.8
_HEAD_LENGTHS = (0.6, 1.4)  # of a line that may be the running head, in lengths of the head


class Truth(NamedTuple):
    """What a PDF says, as its source has it."""

    kind: str
    """Which document: agreement, article, table, two columns, ..."""
    orders: tuple[tuple[str, ...], ...]
    """The blocks of text in every order that a reader may put them in."""
    head: str
    """The running head; empty where there is none."""
    page_numbers: bool
    pages: int
    persian: bool


class Score(NamedTuple):
    """How far a text lies from the truth; errors 0 and the other shares 1 when nothing is wrong."""

    characters: float
    """Character error rate: edits for each character of the truth, at most 2."""
    words: float
    """Word error rate: edits for each word of the truth, at most 2."""
    half_spaces: float | None
    """F1 of half-spaces, each with two letters on both sides; none where the truth has none."""
    digits: float
    """F1 of runs of digits."""
    numbers: float | None
    """Share of 12.5, 61-72, 1398/5/12 and their like that are there; none without such numbers."""
    order: float
    """Share of the words that stand once in both texts which stand in the same order."""
    furniture: int
    """Lines that were running heads and page numbers."""


def read_truth(pdf: Path) -> Truth:
    """The truth beside a PDF, in ``NAME.gt.json``."""
    known = json.loads(pdf.with_suffix(".gt.json").read_text(encoding="utf-8"))
    blocks = [(str(block["kind"]), str(block["text"])) for block in known["blocks"]]
    return Truth(
        kind=known["doc"],
        orders=tuple(tuple(order) for order in _orders(blocks, facing=known["dir"] == "bi")),
        head=known["header"] or "",
        page_numbers=known["page_numbers"],
        pages=known["npages"],
        persian=known["dir"] != "ltr",
    )


def _orders(blocks: list[tuple[str, str]], facing: bool) -> Iterable[list[str]]:
    """Facing columns may be read one after the other or article by article; footnotes in place
    or at the end."""
    if facing:
        persian = [text for kind, text in blocks if kind == "fa"]
        english = [text for kind, text in blocks if kind == "en"]
        pairs = list(zip(persian, english, strict=False))
        yield persian + english
        yield english + persian
        yield [text for fa, en in pairs for text in (en, fa)]
        yield [text for fa, en in pairs for text in (fa, en)]
    else:
        yield [text for _, text in blocks]
    notes = [text for kind, text in blocks if kind == "footnote"]
    if notes:
        yield [text for kind, text in blocks if kind != "footnote"] + notes


def score(truth: Truth, text: str) -> Score:
    """Compare a text with the truth, in the order of the truth that it is nearest to."""
    body, furniture = _without_furniture(truth, text)
    found = flat(body)
    characters, wanted_raw = min(
        ((_rate(flat("\n".join(order)), found), "\n".join(order)) for order in truth.orders),
        key=lambda pair: pair[0],
    )
    wanted = flat(wanted_raw)
    numbers = _numbers(wanted)
    return Score(
        characters=min(characters, 2.0),
        words=min(_rate(wanted.split(), found.split()), 2.0),
        half_spaces=(
            f1(_around_half_spaces(wanted_raw), _around_half_spaces(body))
            if HALF_SPACE in wanted_raw
            else None
        ),
        digits=f1(_DIGITS.findall(wanted), _DIGITS.findall(found)),
        numbers=_recall(numbers, _numbers(found)) if numbers else None,
        order=_in_order(wanted, found),
        furniture=furniture,
    )


def fold(text: str) -> str:
    """The text with letters, digits and marks folded that typesetting leaves open."""
    return unicodedata.normalize("NFKC", text).translate(_FOLDED)


def flat(text: str) -> str:
    """The folded text without half-spaces, in one line."""
    return _SPACES.sub(" ", fold(text).replace(HALF_SPACE, "")).strip()


def distance(first: Sequence[Hashable], second: Sequence[Hashable]) -> int:
    """Levenshtein's distance: insertions, deletions and replacements that turn one into the other.

    A column of the table of distances is kept as the bits of two whole numbers (where the value
    grows by one, where it falls by one), so that a page takes milliseconds.
    """
    if not first or not second:
        return max(len(first), len(second))
    places: dict[Hashable, int] = {}
    for place, item in enumerate(first):
        places[item] = places.get(item, 0) | 1 << place
    every, last = (1 << len(first)) - 1, 1 << len(first) - 1
    grows, falls, total = every, 0, len(first)
    for item in second:
        same = places.get(item, 0)
        carried = (((same & grows) + grows) ^ grows) | same | falls
        up = falls | ~(carried | grows) & every
        down = grows & carried
        if up & last:
            total += 1
        elif down & last:
            total -= 1
        up = up << 1 | 1
        down <<= 1
        vertical = same | falls
        grows = (down | ~(vertical | up)) & every
        falls = up & vertical & every
    return total


def likeness(first: str, second: str) -> float:
    """Twice the longest common subsequence over the length of both, from 0 to 1."""
    if not first or not second:
        return float(first == second)
    places: dict[str, int] = {}
    for place, item in enumerate(first):
        places[item] = places.get(item, 0) | 1 << place
    every = rest = (1 << len(first)) - 1
    for item in second:
        both = rest & places.get(item, 0)
        rest = (rest + both | rest - both) & every
    return 2 * (len(first) - rest.bit_count()) / (len(first) + len(second))


def f1(wanted: Iterable[str], found: Iterable[str]) -> float:
    """F1 of two bags; 0 when they have nothing in common."""
    there, here = Counter(wanted), Counter(found)
    both = (there & here).total()
    return 2 * both / (there.total() + here.total()) if both else 0.0


def longest_rising(places: Iterable[int]) -> int:
    """The length of the longest rising subsequence."""
    ends: list[int] = []
    for place in places:
        at = bisect_left(ends, place)
        ends[at : at + 1] = [place]
    return len(ends)


def _rate(wanted: Sequence[Hashable], found: Sequence[Hashable]) -> float:
    return distance(wanted, found) / max(1, len(wanted))


def _recall(wanted: list[str], found: list[str]) -> float:
    return (Counter(wanted) & Counter(found)).total() / len(wanted)


def _numbers(text: str) -> list[str]:
    return [number.translate(_SEPARATORS) for number in _NUMBER.findall(text)]


def _around_half_spaces(text: str) -> list[str]:
    """Two letters on both sides of each half-space."""
    text = _SPACES.sub(" ", fold(text))
    text = re.sub(f" *{HALF_SPACE}[ {HALF_SPACE}]*", HALF_SPACE, text)
    return [
        "|".join(
            side.replace(HALF_SPACE, "")
            for side in (text[max(0, at - 2) : at], text[at + 1 : at + 3])
        )
        for at, letter in enumerate(text)
        if letter == HALF_SPACE
    ]


def _in_order(wanted: str, found: str) -> float:
    there, here = _WORD.findall(wanted), _WORD.findall(found)
    once_there, once_here = Counter(there), Counter(here)
    places = {word: place for place, word in enumerate(here) if once_here[word] == 1}
    row = [places[word] for word in there if once_there[word] == 1 and word in places]
    return longest_rising(row) / len(row) if len(row) >= _FEWEST_WORDS else 0.0


def _without_furniture(truth: Truth, text: str) -> tuple[str, int]:
    """The text without running heads and page numbers, and how many lines those were."""
    head = flat(truth.head)
    kept = [line for line in text.split("\n") if not _is_furniture(truth, head, flat(line))]
    return "\n".join(kept), text.count("\n") + 1 - len(kept)


def _is_furniture(truth: Truth, head: str, line: str) -> bool:
    shortest, longest = (share * len(head) for share in _HEAD_LENGTHS)
    if head and shortest <= len(line) < longest and likeness(line, head) > _HEAD_LIKENESS:
        return True
    return (
        truth.page_numbers
        and truth.kind != "table"  # whose cells are numbers too
        and re.fullmatch(r"\d{1,2}", line) is not None
        and int(line) <= truth.pages
    )
