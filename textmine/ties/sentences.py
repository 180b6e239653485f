"""Ties that running text tells: "Isfahan with Barcelona", «پیمان خواهرخواندگی تهران و بیشکک»."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

from textmine.places import Gazetteer, find_places
from textmine.records import Clause, Span
from textmine.text.turned import unturned
from textmine.ties import instruments
from textmine.ties.dated import Dated, dates_in, without_ends
from textmine.ties.found import Findings
from textmine.ties.instruments import plain
from textmine.ties.noting import Source, note_tie, note_unresolved
from textmine.ties.partners import Partner, joint, partners_in, runs_of

_SURE, _GUESSED, _HEARSAY, _STATES = 0.85, 0.6, 0.4, 0.3
_LONGEST = 1500
"""Characters of a sentence; a longer one is a paragraph whose stops were lost."""


_REACH = 120
"""Characters between a city and its partners."""


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two partners that a sentence joins; ``led`` when the first is the one spoken of."""

    city: Partner
    partner: Partner
    led: bool
    confidence: float = _SURE


def ties_in_sentences(
    clauses: Sequence[Clause], taken: Sequence[Span], gazetteer: Gazetteer, source: Source
) -> Findings:
    """The ties told in the sentences of ``clauses``, except in the spans ``taken`` by tables."""
    found = Findings()
    sentences = list(_sentences(clauses))
    for number, (clause, span) in enumerate(sentences):
        text = _in_order(clause.text[span.start : span.end])
        if not instruments.names_tie(text) and not instruments.MEMBERSHIP.search(plain(text)):
            continue
        if len(text) > _LONGEST or _inside(located(clause, span), taken):
            continue
        following = sentences[number + 1] if number + 1 < len(sentences) else None
        behind = _in_order(following[0].text[slice(*following[1])]) if following else ""
        _read(text, behind, clause, span, gazetteer, source, found)
    return found


def _sentences(clauses: Sequence[Clause]) -> Iterator[tuple[Clause, Span]]:
    for clause in clauses:
        for span in clause.sentences or (Span(0, len(clause.text)),):
            yield clause, span


def _in_order(text: str) -> str:
    """A sentence whose lines an extractor may have turned round at their numbers, to be read."""
    return "\n".join(
        " ".join(reversed(line.split())) if _BACKWARDS.search(line) else unturned(line)
        for line in text.split("\n")
    )


# «9393 سال در» for «در سال 9393»: all words of the line come in reverse.
_BACKWARDS = re.compile(
    r"(?<!از\s)(?<!بیش\s)(?<!حدود\s)(?<!طی\s)(?<!مدت\s)(?<!\d)[\d۰-۹]{4}\s+سال\s+(?:\S*ماه\S*\s+)?در(?!\S)"
)


def located(clause: Clause, wanted: Span) -> tuple[Span, ...]:
    """Where a stretch of a clause's text stands in the document text."""
    found = []
    offset = 0
    for start, end in clause.spans:
        low, high = max(wanted.start - offset, 0), min(wanted.end - offset, end - start)
        if low < high:
            found.append(Span(start + low, start + high))
        offset += end - start + 1
    return tuple(found)


def _inside(spans: Sequence[Span], taken: Sequence[Span]) -> bool:
    """Whether most of the spans is covered by others."""
    total = sum(span.end - span.start for span in spans)
    covered = sum(
        max(0, min(span.end, other.end) - max(span.start, other.start))
        for span in spans
        for other in taken
    )
    return covered * 2 > total


# "(Pluijm, 2007: 9)", «(سیمبر، ۱۳۸۷: ۱۴۳)»: whose year is none of a tie.
_CITATION = re.compile(
    r"\([^()\d]{2,60}[،,]\s*[\d۰-۹]{4}\s*[a-zالف]?(?:\s*[:،,]\s*[^()]{0,25})?\)|\((?:www|https?)[^()]*\)"
)


def _read(
    text: str,
    behind: str,
    clause: Clause,
    span: Span,
    gazetteer: Gazetteer,
    source: Source,
    found: Findings,
) -> None:
    bare = _CITATION.sub(
        lambda match: match[0] if find_places(match[0], gazetteer) else " " * len(match[0]), text
    )
    partners = partners_in(bare, gazetteer, source.latest)
    if len(partners) < 2:
        return
    runs = runs_of(bare, partners)
    pairs = list(_pairs(bare, partners, runs)) or list(_states(bare, runs))
    if not pairs:
        return
    where = located(clause, span)
    status = instruments.status_in(bare) or "signed"
    words = _claim(bare, pairs)
    if instruments.denied(words):
        for pair in pairs:
            note_unresolved(found, source, where, _written(pair), "denied")
        return
    if instruments.supposed(words) and status != "draft":
        for pair in pairs:
            note_unresolved(found, source, where, _written(pair), "supposed")
        return
    heard = instruments.hearsay(bare)
    taken_back = _TAKEN_BACK.match(plain(behind).lstrip()) is not None
    if taken_back and instruments.denied(behind) and not instruments.status_in(behind):
        for pair in pairs:
            note_unresolved(found, source, where, _written(pair), "denied")
        return
    if taken_back and (later := instruments.status_in(behind)) in ("draft", "inactive"):
        status = later
    dates = _dates(bare, partners, pairs, source.latest)
    kind = instruments.kind_of(words) or instruments.kind_of(bare) or "other"
    near = [place.country for each in partners for place in each.candidates if each.is_country]
    for number, (pair, dated) in enumerate(zip(pairs, dates, strict=True)):
        its = _own_words(bare, pairs, number)
        confidence = min(pair.confidence, _HEARSAY) if heard else pair.confidence
        note_tie(
            found,
            source,
            gazetteer,
            city=pair.city,
            partner=pair.partner,
            spans=where,
            form="sentence",
            kind=instruments.kind_of(pair.partner.remark)
            or instruments.kind_of(its)
            or ("other" if instruments.instrument_in(its) else kind),
            instrument=next(
                (
                    name
                    for each in (pair.partner.remark, its, words, bare)
                    if (name := instruments.instrument_in(each))
                ),
                "",
            ),
            dated=dated,
            status=instruments.status_in(pair.partner.remark) or status,
            confidence=confidence,
            led=pair.led,
            near=near,
        )


_TAKEN_BACK = re.compile(
    r"(?:این|اما|ولی|با این حال|البته|در حالی|حال آنکه|this|that|however|but|in fact|yet)\b",
    re.IGNORECASE,
)


def _written(pair: _Pair) -> str:
    return f"{pair.city.written} - {pair.partner.written}"


def _claim(text: str, pairs: Sequence[_Pair]) -> str:
    """The part of a sentence that tells of the pairs: to the nearest strong stop on both sides."""
    start = min(min(pair.city.span.start, pair.partner.span.start) for pair in pairs)
    end = max(max(pair.city.end, pair.partner.end) for pair in pairs)
    before = max((match.end() for match in _STOP.finditer(text, 0, start)), default=0)
    after = _STOP.search(text, end)
    part = text[before : after.start() if after else len(text)]
    return (
        part if instruments.names_tie(part) or instruments.MEMBERSHIP.search(plain(part)) else text
    )


def _own_words(text: str, pairs: Sequence[_Pair], number: int) -> str:
    """What a sentence of several pairs says of one of them: what stands before it, after another.

    Empty where one city has several partners, of which the sentence says the same.
    """
    pair = pairs[number]
    if sum(each.city.span == pair.city.span for each in pairs) > 1 or len(pairs) == 1:
        return ""
    return text[_end_before(pairs, pair) : pair.partner.end]


_STOP = re.compile(
    r"[;؛:]|(?<=[\w)])،?\s(?:که|زیرا|چون|تا\s(?=بتوان)|ولی|اما|در حالی که)\s"
    r"|,?\s(?:which|because|while|although|but|so\sthat|whereas)\s"
)


# ---- Which places a sentence joins -----------------------------------------------------------

_BETWEEN = re.compile(r"(?:میان|بین|between)\s+(?:[^\d،,.؛;()]{0,40}\s)?[«\"“(]?$", re.IGNORECASE)
_GENERAL = re.compile(
    r"(?:شهرهای|استان\s?های|cities\s+(?:of|in)|towns\s+(?:of|in))\s*$", re.IGNORECASE
)
_COLON = re.compile(
    r"[:：]\s*(?:\d+\s*[.)]\s*)?$|(?:عبارتند?\s+از|عبارت\s?اند\s+از|شامل|مانند|همچون|از\s?جمله|یعنی"
    r"|\bare|\binclude|\bincluding|\bis|\bnamely|\bsuch\s+as|\bas)\s*:?\s*(?:the\s+|شهرهای\s+|شهر\s+)*"
    r"[«\"“(\[]?(?:\d+\s*[.)]\s*)?$",
    re.IGNORECASE,
)
_OF = re.compile(
    r"(?:\bof|\bto|خواهر[\s-]*(?:خواند(?:ه|گان|ه\s?های?)|شهر(?:های?)?)(?:\s?ی)?(?:\s(?:کلان\s?)?شهر)?)\s*(?:the\s+cit(?:y|ies)\s+of\s+)?$",
    re.IGNORECASE,
)
_ONE_OF = re.compile(
    r"یکی\s+از|نخستین|اولین|دیگر|\bone\s+of|\bamong\b|\b(?:first|oldest|latest|only)\b",
    re.IGNORECASE,
)
_LINKS = re.compile(r"\b(?:links?|linked|joins?|ties|tied|connects?|binds?)\s*$", re.IGNORECASE)
_PREDICATE = re.compile(
    r"^[\s)،,»\"”]*(?:(?:also|both|each|هر\s?دو|دو\s?شهر|نیز|یکدیگر|با\s+یکدیگر|with\s+each\s+other|در|از|سال"
    r"|in|since|\d+|[۰-۹]+|[()،,])\s*)*(?:پیمان|قرارداد|یادداشت|تفاهم|توافق|موافقت|رابطه|روابط|پیوند"
    r"|سند|معاهده|بیانیه|خواهر|are|were|have|had|became|become|signed|concluded|established|entered|made"
    r"|declared|agreed|twinned|sealed|formed|tied|joined)",
    re.IGNORECASE,
)
_HEAD = re.compile(
    r"(?:خواهر[\s-]*(?:خواند(?:ه|گی)|شهری?)|(?:تفاهم|توافق|موافقت)[\s]*(?:نامه)?|پیمان|قرارداد|معاهده|پروتکل"
    r"|همکاری|دوستی|پیوند|رابطه|روابط|سند|twinning\s+of|(?:sister|twin)[\s-](?:cit(?:y|ies)|towns?)"
    r"|(?:agreement|memorandum|treaty|protocol|relationship|ties|pact|mou|partnership)(?:\s+(?:of|by|in))?)"
    r"\s*(?:ی\s+|ٔ\s*)?(?:(?:شهرهای|شهر|دو\s?شهر|the\s+)?(?:cities|municipalities)?\s*(?:of\s+)?)?[«\"“(]?\s*$",
    re.IGNORECASE,
)


def _pairs(
    text: str, partners: Sequence[Partner], runs: Sequence[Sequence[Partner]]
) -> Iterator[_Pair]:
    even = plain(text)
    done: set[tuple[int, int]] = set()
    partnered: set[int] = set()

    def new(pair: _Pair) -> Iterator[_Pair]:
        key = (pair.city.span.start, pair.partner.span.start)
        ends = (pair.city, pair.partner)
        if key not in done and not any(each.is_country for each in ends):
            done.update((key, key[::-1]))
            partnered.add(pair.partner.span.start)
            yield pair

    hyphened = [
        (a, b) for a, b in pairwise(partners) if joint(text[a.end : b.span.start]) == "pair"
    ]
    for a, b in hyphened:
        yield from new(_Pair(a, b, led=False))
    loose = {each.span.start for pair in hyphened for each in pair}
    for left, right in pairwise(runs):
        between = even[left[-1].end : right[0].span.start]
        before = even[: left[0].span.start]
        if loose & {left[-1].span.start, right[0].span.start}:
            continue
        if right[0].is_network:
            members = instruments.MEMBERSHIP.search(between + even[right[-1].end :][:60])
            if members and not left[0].is_country and not left[0].is_network:
                for a, b in product(left, right):
                    yield from new(_Pair(a, b, led=True))
            continue
        if left[0].is_network:
            if instruments.MEMBERSHIP.search(before[-40:] + between) and _COLON.search(between):
                for a, b in product(right, left):
                    yield from new(_Pair(a, b, led=True))
            continue
        told = instruments.names_tie(between)
        if len(between) > _REACH:
            continue
        head = told or instruments.names_tie(before[-120:])
        tail = instruments.names_tie(even[right[-1].end :][:120])
        if joint(between) == "with" and (head or tail) and min(len(left), len(right)) == 1:
            led = len(left) == 1
            for a, b in product(*((left, right) if led else (right, left))):
                yield from new(_Pair(a, b, led=True))
        elif (between.strip() == "to" and head and _LINKS.search(before) and len(left) == 1) or (
            _COLON.search(between) and head and len(left) == 1 and _home(before, between)
        ):
            for b in right:
                yield from new(_Pair(left[0], b, led=True))
        elif instruments.SISTERS.search(between) and _OF.search(between) and len(right) == 1:
            if len(left) == 1 and not _ONE_OF.search(between):
                yield from new(_Pair(left[0], right[0], led=False))
                continue
            for b in left:
                yield from new(_Pair(right[0], b, led=True))
    for run in runs:
        if len(run) != 2 or run[0].is_country or run[0].is_network:
            continue
        if (loose | partnered) & {each.span.start for each in run}:
            continue
        before, after = even[: run[0].span.start], even[run[1].end :]
        gap = even[run[0].end : run[1].span.start]
        if not re.search(r"(?:^|[\s)،,»\"”])(?:و|and|&)(?=\s)", gap):
            continue
        if _BETWEEN.search(before) or _HEAD.search(before):
            near = before[-150:] + after[:80]
            if instruments.names_tie(near):
                yield from new(_Pair(run[0], run[1], led=False))
        elif _PREDICATE.match(after) and instruments.names_tie(after[:150]):
            yield from new(_Pair(run[0], run[1], led=False))


_PLURAL = re.compile(
    r"خواهر[\s-]*(?:خواند(?:ه|گان)|شهر)|شهرهای\s+خواهر|sister|twin|partner|تفاهم|پیمان|قرارداد|توافق"
    r"|memorand|agreement",
    re.IGNORECASE,
)


def _home(before: str, between: str) -> bool:
    """Whether a list of sister cities belongs to the city named before it."""
    return _PLURAL.search(before[-60:]) is not None or _PLURAL.search(between) is not None


_ONE_DEED = re.compile(
    r"\bagreement\b|\brelationship\b|\bpact\b|\btreaty\b|\bmemorandum\b|پیمان|رابطه|توافق|قرارداد|تفاهم"
    r"|معاهده|امضا",
    re.IGNORECASE,
)


def _states(text: str, runs: Sequence[Sequence[Partner]]) -> Iterator[_Pair]:
    """Two states of which a sentence says that they made sister cities, without naming any."""
    even = plain(text)
    if any(not each.is_country for run in runs for each in run) or len(runs) != 1:
        return
    (run,) = runs
    if len(run) != 2 or not instruments.SISTERS.search(even):
        return
    if _GENERAL.search(even[: run[0].span.start]):
        return
    after = even[run[1].end :]
    told = _PREDICATE.match(after) and instruments.SISTERS.search(after[:120])
    if told and _ONE_DEED.search(after[:150]):
        yield _Pair(run[0], run[1], led=False, confidence=_STATES)


# ---- When ------------------------------------------------------------------------------------

_RESPECTIVELY = re.compile(r"به\s+ترتیب|respectively", re.IGNORECASE)


def _dates(
    text: str, partners: Sequence[Partner], pairs: Sequence[_Pair], latest: int
) -> list[Dated | None]:
    """The date of each pair: the one behind its name, else the only one of the sentence."""
    own = [pair.partner.dated or pair.city.dated for pair in pairs]
    if any(own):
        last = max((pair.partner for pair in pairs), key=lambda each: each.span)
        first = min((pair.partner for pair in pairs), key=lambda each: each.span)
        # "with A, B and C in 2004": one date behind the last of a list is that of all.
        if (
            len([each for each in own if each]) == 1
            and len({pair.city.span for pair in pairs}) == 1
            and last.dated is not None
            and not re.search(r"[()\[]", text[first.span.end : last.dated.span.start])
        ):
            return [last.dated] * len(pairs)
        return own
    dates = [
        each
        for each in without_ends(text, dates_in(text, latest))
        if not _of_other(each, partners, pairs)
    ]
    if len(dates) == len(pairs) and _RESPECTIVELY.search(plain(text)):
        return list(dates)
    readings = {(each.date.first, each.date.last) for each in dates if each.date}
    if len(dates) == 1 or (len(readings) > 1 and _one_moment(dates)):
        return [dates[0]] * len(pairs)
    return [_date_before(pairs, number, dates) for number in range(len(pairs))]


def _date_before(pairs: Sequence[_Pair], number: int, dates: Sequence[Dated]) -> Dated | None:
    """The only date between the pair before and this one: "in 1994 A with B, in 1996 C with D"."""
    pair = pairs[number]
    if len(pairs) == 1 or sum(each.city.span == pair.city.span for each in pairs) > 1:
        return None
    start = _end_before(pairs, pair)
    between = [each for each in dates if start <= each.span.start < pair.city.span.start]
    return between[0] if len(between) == 1 else None


def _end_before(pairs: Sequence[_Pair], pair: _Pair) -> int:
    """Where the last pair before ``pair`` ends."""
    ends = (each.partner.end for each in pairs if each.partner.end <= pair.city.span.start)
    return max(ends, default=0)


def _of_other(dated: Dated, partners: Sequence[Partner], pairs: Sequence[_Pair]) -> bool:
    """Whether a date belongs to a place that is in none of the pairs."""
    inside = {each.span for pair in pairs for each in (pair.city, pair.partner)}
    return any(
        each.dated == dated and each.span not in inside and not each.is_country for each in partners
    )


def _one_moment(dates: Sequence[Dated]) -> bool:
    """Whether dates name one day or year in two calendars: 1993 (1372)."""
    known = [each.date for each in dates if each.date]
    return len(known) == len(dates) and all(
        a.calendar != b.calendar and a.first <= b.last and b.first <= a.last
        for a, b in pairwise(known)
    )
