"""Figures that sentences state, held against what is counted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from textmine.records import Span
from textmine.reports.texts import Both
from textmine.studies.cells import Cell, Evidence, Finding, plain
from textmine.studies.reading import Reading
from textmine.studies.study import Claim
from textmine.text.digits import latin_digits, parse_number
from textmine.text.fold import fold_key
from textmine.text.letters import DIGITS
from textmine.text.turned import pieces

_REACH = 90  # characters on each side of a number in which its words are looked for
_UNITS = "یک دو سه چهار پنج شش هفت هشت نه"
_TEENS = "ده یازده دوازده سیزده چهارده پانزده شانزده هفده هجده نوزده"
_TENS = "بیست سی چهل پنجاه شصت هفتاد هشتاد نود"
_ENGLISH_UNITS = "one two three four five six seven eight nine"
_ENGLISH_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_ENGLISH_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"


def _any(words: str) -> str:
    return "|".join(sorted(words.split(), key=len, reverse=True))


_GAP = "[\u200c ]?"
_NUMBER = re.compile(
    rf"""
    (?<![\w.,/:٫٬-])[{DIGITS}]{{1,7}}(?![{DIGITS}٫٬/]|[.,:-][{DIGITS}])
  | (?<![^\W\d_])(?:
        (?:{_any(_TENS)})(?:{_GAP}و{_GAP}(?:{_any(_UNITS)}))?
      | {_any(_UNITS)}|{_any(_TEENS)}
    )(?![^\W\d_])
  | \b(?:
        (?:{_any(_ENGLISH_TENS)})(?:[-\ ](?:{_any(_ENGLISH_UNITS)}))?
      | {_any(_ENGLISH_UNITS)}|{_any(_ENGLISH_TEENS)}
    )\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_JOINED = re.compile(rf"^({_any(_TENS)}){_GAP}و{_GAP}")  # بیستوشش, with its half-spaces lost
_MORE = re.compile(r"(?<!\w)(?:بیش ?از|more than|over)\s*$", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?؟؛;](?=\s|$)|\f")
_NEVER = re.compile(r"(?!)")
# What makes a number something else than a count: a year, a share, a part of a longer one.
_YEARS = (range(1200, 1500), range(1800, 2101))
_BEFORE_PART = re.compile(r"[-–—/]\s*$|(?:صد|هزار|hundred)(?:\s*(?:و|and))?\s*$", re.IGNORECASE)
_BEHIND_PART = re.compile(
    r"\s*(?:[%٪]|درصد|per ?cent|[-–—/]\s*[\d۰-۹]|هزار|صد|میلی|hundred|thousand|million)"
    r"|(?:م|ام|مین|امین|st|nd|rd|th)(?!\w)|\s?و\s?\w+م(?:ین)?(?!\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Stated:
    """One place where a sentence states a figure; ``text`` is its line."""

    value: int
    text: str
    evidence: Evidence
    more_than: bool


@dataclass(frozen=True, slots=True)
class Checked:
    """A claim, what is counted, and every place that states a figure for it."""

    claim: Claim
    counted: Cell
    stated: tuple[Stated, ...]

    def agrees(self, stated: Stated) -> bool:
        """Whether a stated figure is the counted one ("more than 30" needs 31)."""
        value = int(self.counted.value or 0)
        return value > stated.value if stated.more_than else value == stated.value

    def to_json(self) -> dict[str, Any]:
        """The claim as a JSON object."""
        return {
            "claim": self.claim.id,
            "counted": self.counted.value,
            "stated": [
                {
                    "value": each.value,
                    "more_than": each.more_than,
                    "text": each.text,
                    "agrees": self.agrees(each),
                    **each.evidence.to_json(),
                }
                for each in self.stated
            ],
        }


def check(
    claim: Claim, counted: int, evidence: Sequence[Evidence], readings: Sequence[Reading]
) -> Checked:
    """Look for sentences that state the figure of a claim."""
    stated = tuple(each for reading in readings for each in _stated(claim, reading))
    return Checked(claim, plain(counted, evidence), stated)


def findings_of(checked: Checked) -> list[Finding]:
    """One finding for each figure that is not the counted one."""
    claim, found = checked.claim, []
    for each in checked.stated:
        if checked.agrees(each):
            continue
        more = Both("more than ", "بیش از ") if each.more_than else Both("", "")
        found.append(
            Finding(
                "claim-differs",
                Both(
                    f"{claim.title.en}: the text says {more.en}{each.value}, "
                    f"{checked.counted.value} are counted (“{each.text}”).",
                    f"{claim.title.fa}: متن {more.fa}{plain(each.value).shown.fa} می‌گوید، "
                    f"{checked.counted.shown.fa} شمرده شد («{each.text}»).",
                ),
                (each.evidence, *checked.counted.evidence),
            )
        )
    return found


def _stated(claim: Claim, reading: Reading) -> Iterator[Stated]:
    text = reading.extraction.text
    references = [part.span for part in reading.segmentation.parts if part.kind == "bibliography"]
    ordered, origin = _ordered(text) if reading.disordered else (text, range(len(text)))
    for number in _NUMBER.finditer(ordered):
        value = parse_number(_JOINED.sub(r"\1 و ", latin_digits(number[0])))
        if value is None:
            continue
        span = Span(origin[number.start()], origin[number.end() - 1] + 1)
        if any(part.start <= span.start < part.end for part in references):
            continue
        before = ordered[max(0, number.start() - _REACH) : number.start()]
        after = ordered[number.end() : number.end() + _REACH]
        if _is_no_count(value, number[0], before, after):
            continue
        ends = _NEVER if reading.disordered else _SENTENCE_END  # torn lines carry stops along
        before, after = _last_piece(before, ends), _first_piece(after, ends)
        if not _speaks(claim, before, after):
            continue
        more = bool(_MORE.search(fold_key(before)))
        yield Stated(value, _line(text, span), reading.evidence([span]), more)


def _ordered(text: str) -> tuple[str, list[int]]:
    """The text with turned lines in their own order, and each character's place in ``text``."""
    parts: list[str] = []
    origin: list[int] = []
    start = 0
    for line in text.splitlines(keepends=True):
        found = pieces(line.rstrip("\n"))
        if len(found) == 1:
            parts.append(line)
            origin += range(start, start + len(line))
        else:
            for span in found:
                parts.append(line[span.start : span.end] + " ")
                origin += [*range(start + span.start, start + span.end), start + span.end - 1]
            parts.append("\n")
            origin.append(start + len(line) - 1)
        start += len(line)
    return "".join(parts), origin


def _line(text: str, span: Span) -> str:
    start = max(text.rfind("\n", 0, span.start) + 1, span.start - _REACH)
    end = text.find("\n", span.end)
    end = min(len(text) if end < 0 else end, span.end + _REACH)
    return " ".join(text[start:end].split())


def _is_no_count(value: int, written: str, before: str, after: str) -> bool:
    """Whether a number is a year, a share, an ordinal, or a part of a longer number or range."""
    year = len(written) == 4 and any(value in years for years in _YEARS)
    return year or bool(_BEFORE_PART.search(before) or _BEHIND_PART.match(after))


def _last_piece(text: str, ends: re.Pattern[str]) -> str:
    """What stands in the same sentence behind the number before."""
    stops = [each.end() for each in (*_NUMBER.finditer(text), *ends.finditer(text))]
    return text[max(stops, default=0) :]


def _first_piece(text: str, ends: re.Pattern[str]) -> str:
    """What stands in the same sentence before the next number."""
    stops = [each.start() for each in (_NUMBER.search(text), ends.search(text)) if each]
    return text[: min(stops, default=len(text))]


def _speaks(claim: Claim, before: str, after: str) -> bool:
    """Whether one of the phrases of a claim stands around a number."""
    folded = fold_key(before), fold_key(after)
    return any(
        all(
            not phrase or _phrase(phrase).search(text)
            for phrase, text in zip(said, folded, strict=True)
        )
        for said in claim.says
    )


@lru_cache
def _phrase(phrase: str) -> re.Pattern[str]:
    """A phrase with any gaps between its words; it begins where a word does."""
    words = [r"\s*".join(map(re.escape, fold_key(word))) for word in phrase.split()]
    return re.compile(r"(?<![^\W\d_])" + r"\s*".join(words))
