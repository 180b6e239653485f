"""Ties that running text tells: "Isfahan with Barcelona", «پیمان خواهرخواندگی تهران و بیشکک»."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

from textmine.places import Gazetteer, find_places
from textmine.records import Clause, Span, TieKind
from textmine.text.turned import unturned
from textmine.ties import instruments
from textmine.ties.dated import Dated, dates_in, without_ends
from textmine.ties.found import Covered, Findings
from textmine.ties.instruments import plain
from textmine.ties.noting import Source, note_tie, note_unresolved
from textmine.ties.partners import WITH_NEXT, Partner, joint, partners_in, runs_of

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
    clauses: Sequence[Clause], taken: Covered, gazetteer: Gazetteer, source: Source
) -> Findings:
    """The ties told in the sentences of ``clauses``, except in what is ``taken`` by tables."""
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


def _inside(spans: Sequence[Span], taken: Covered) -> bool:
    """Whether most of the spans is taken."""
    total = sum(span.end - span.start for span in spans)
    return sum(taken.characters(span) for span in spans) * 2 > total


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
    runs = _with_subjects(plain(bare), runs_of(bare, partners))
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
    if not any(_ASIDE.match(bare, pair.city.end) for pair in pairs):
        words, bare = _ASIDE.sub(" ", words), _ASIDE.sub(lambda each: " " * len(each[0]), bare)
    kind = instruments.kind_of(words) or instruments.kind_of(bare) or "other"
    said: dict[Span, TieKind] = {}  # the kind told last of ties of a city
    near = [place.country for each in partners for place in each.candidates if each.is_country]
    for number, (pair, dated) in enumerate(zip(pairs, dates, strict=True)):
        its = _own_words(bare, pairs, number)
        if _ASIDE.match(bare, pair.city.end):
            dated = None
        if kind_there := instruments.kind_of(its):
            said[pair.city.span] = kind_there
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
            or said.get(pair.city.span)
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
    if len(pairs) == 1:
        return ""
    if sum(each.city.span == pair.city.span for each in pairs) == 1:
        return text[_end_before(pairs, pair.city) : pair.partner.end]
    words = text[_end_before(pairs, pair.partner) : pair.partner.end]
    return words if instruments.kind_of(words) else ""


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
    r"|\bare|\binclude|\bincluding|\bis|\bnamely|\bamong\s+(?:them|which)|\bsuch\s+as|\bas)\s*:?\s*(?:the\s+|شهرهای\s+|شهر\s+)*"
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
    r"|(?:agreement|memorandum|treaty|protocol|relationship|ties|pact|mou|partnership)(?:\s+(?:of|by|in|that|which))?)"
    r"\s*(?:ی\s+|ٔ\s*)?(?:(?:شهرهای|شهر|دو\s?شهر|the\s+)?(?:cities|municipalities)?\s*(?:of\s+)?)?[«\"“(]?\s*$",
    re.IGNORECASE,
)


def _with_subjects(text: str, runs: Sequence[list[Partner]]) -> list[list[Partner]]:
    """The runs, cut before a new subject: "A with B and C with D" is no list of B and C."""
    parted: list[list[Partner]] = []
    for number, run in enumerate(runs):
        follows = text[run[-1].end : runs[number + 1][0].span.start] if runs[number + 1 :] else ""
        new = len(run) > 1 and _INTRODUCED.search(text[: run[0].span.start])
        parted += [run[:-1], run[-1:]] if new and WITH_NEXT.fullmatch(follows) else [run]
    return parted


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
    home: Sequence[Partner] = ()
    closed: set[int] = set()  # pairs that stand for themselves: "the pact of A and B, and"
    for run, following in pairwise(runs):
        gap = even[run[-1].end : following[0].span.start]
        if _NEW_CLAUSE.search(gap) and _is_pair(even, run):
            closed.add(run[0].span.start)
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
        if joint(between) == "with" and (head or tail):
            chained = (
                left[0].span.start in closed | partnered
                or _NEW_CLAUSE.search(between)
                or _INTRODUCED.search(before)
            )
            if not chained:
                home = left
            elif not _CHAIN.fullmatch(between) and (_SUBORDINATE.search(between) or not told):
                continue
            if min(len(home), len(right)) == 1:
                for a, b in product(*((home, right) if len(home) == 1 else (right, home))):
                    yield from new(_Pair(a, b, led=True))
        elif (between.strip() == "to" and head and _LINKS.search(before) and len(left) == 1) or (
            _COLON.search(between) and head and len(left) == 1 and _home(before, between)
        ):
            for b in right:
                yield from new(_Pair(left[0], b, led=True))
        elif instruments.SISTERS.search(between) and _OF.search(between) and len(right) == 1:
            if left[0].span.start in partnered:  # "A has ties with B and is a sister city of C"
                for a in home[:1] if _CHAIN_OF.match(between) else ():
                    yield from new(_Pair(a, right[0], led=True))
            elif len(left) == 1 and not _ONE_OF.search(between):
                yield from new(_Pair(left[0], right[0], led=False))
            else:
                for b in left:
                    yield from new(_Pair(right[0], b, led=True))
        elif _IS_SISTER_OF.search(between) and len(left) == 1:
            for b in right:
                yield from new(_Pair(left[0], b, led=True))
    for run in runs:
        if not (loose | partnered) & {each.span.start for each in run} and (
            _is_pair(even, run) or _are_pair(even, run)
        ):
            yield from new(_Pair(run[0], run[1], led=False))


def _is_pair(text: str, run: Sequence[Partner]) -> bool:
    """Whether two places belong together by what stands before them: "the pact of A and B"."""
    if not _two(text, run):
        return False
    before = text[: run[0].span.start]
    after = _NEW_CLAUSE.split(text[run[1].end :], maxsplit=1)[0]
    return bool(_BETWEEN.search(before) or _HEAD.search(before)) and instruments.names_tie(
        before[-150:] + after[:80]
    )


def _are_pair(text: str, run: Sequence[Partner]) -> bool:
    """Whether two places belong together by what follows: "A and B are sister cities"."""
    after = text[run[-1].end :]
    return (
        _two(text, run)
        and not (
            _BETWEEN.search(text[: run[0].span.start]) or _HEAD.search(text[: run[0].span.start])
        )
        and _PREDICATE.match(after) is not None
        and instruments.names_tie(after[:150])
    )


def _two(text: str, run: Sequence[Partner]) -> bool:
    """Whether a run is two places joined by "and"."""
    if len(run) != 2 or run[0].is_country or run[0].is_network:
        return False
    gap = text[run[0].end : run[1].span.start]
    return re.search(r"(?:^|[\s)،,»\"”])(?:و|and|&)(?=\s)", gap) is not None


# A new clause, whose subject is not the place before it: ", and an agreement was signed with".
_NEW_CLAUSE = re.compile(r"(?:[;؛]|,\s(?:and|but|while|where)\s)(?!.*\b(?:it|also)\b)", re.DOTALL)
_INTRODUCED = re.compile(
    r"(?<!\w)(?:با|with)\s+(?:(?:the\s+)?city\s+of\s+|شهر\s+)?$", re.IGNORECASE
)
# "with B in 1995, and in 2003 with C": nothing new but the partner.
_CHAIN = re.compile(
    r"(?:[\W\d]|(?<!\w)(?:and|also|then|later|finally|that|one|another|dates?|from|in|on|since|with"
    r"|January|February|March|April|May|June|July|August|September|October|November|December"
    r"|و|نیز|همچنین|سپس|در|از|سال|سالهای|با|شهر)(?!\w))*",
    re.IGNORECASE,
)
_SUBORDINATE = re.compile(r"(?<!\w)(?:who|whose|which|where|when|while|که)(?!\w)", re.IGNORECASE)
_CHAIN_OF = re.compile(
    r"[\W\d]*(?:and|و)\s+(?:it\s+)?(?:is|was|has\s+been|became)\s", re.IGNORECASE
)
# "with Kyoto, the sister city of Florence, in 2014": neither kind nor date are those of the other.
_ASIDE = re.compile(
    r",\s+(?:the|a|an|one\s+of\s+the)\s+(?:\w+\s+)?(?:sister|twin)[\s-]\w+\s+of\s+[^,.;()]+,",
    re.IGNORECASE,
)
_IS_SISTER_OF = re.compile(
    r"\b(?:is|was|became|become|been)\s+(?:a\s+|the\s+)?(?:sister|twin|partner)[\s-](?:city|town)"
    r"\s+(?:of|to)\s*$|^\s*(?:نیز\s+)?خواهر\s?(?:شهر|خوانده)\s*(?:ی\s+)?(?:شهرهای\s+)?$",
    re.IGNORECASE,
)


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
    """The date of each pair: the one at its name, else the only one that can be meant."""
    own = [pair.partner.dated or pair.city.dated for pair in pairs]
    last = max((pair.partner for pair in pairs), key=lambda each: each.span)
    first = min((pair.partner for pair in pairs), key=lambda each: each.span)
    taken = [each.dated for each in partners if each.dated]
    dates = [
        each
        for each in without_ends(text, dates_in(text, latest))
        if not any(_meet(each.span, other.span) for other in taken)
    ]
    # "with A, B and C in 2004": one date behind the last of a list is that of all.
    if (
        len([each for each in own if each]) == 1
        and len({pair.city.span for pair in pairs}) == 1
        and last.dated is not None
        and last.dated.span.start > last.span.start
        and not re.search(r"[()\[]", text[first.span.end : last.dated.span.start])
        and not _only(dates, first.end, last.span.start)
    ):
        return [last.dated] * len(pairs)
    if not any(own):
        if len(dates) == len(pairs) and _RESPECTIVELY.search(plain(text)):
            return list(dates)
        if dates and (len(dates) == 1 or _one_moment(dates)):
            return [dates[0] if _reaches(text, dates[0], pair, pairs) else None for pair in pairs]
    ahead, behind = zip(*(_beside(text, dates, pair, partners) for pair in pairs), strict=True)
    # "In 1994 A with B, in 1996 C with D"
    if len(pairs) > 1 and all(ahead):
        return [mine or other for mine, other in zip(own, ahead, strict=True)]
    return [
        mine or other or further for mine, other, further in zip(own, behind, ahead, strict=True)
    ]


def _meet(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _reaches(text: str, dated: Dated, pair: _Pair, pairs: Sequence[_Pair]) -> bool:
    """Whether the only date of a sentence can be that of a pair."""
    behind = pair.partner.end <= dated.span.start
    if behind and any(each.partner.span.start > dated.span.start for each in pairs):
        return False
    return not (behind and re.search("[;؛]", text[pair.partner.end : dated.span.start]))


def _beside(
    text: str, dates: Sequence[Dated], pair: _Pair, partners: Sequence[Partner]
) -> tuple[Dated | None, Dated | None]:
    """The only date between a pair and the place before it, and between it and the next one."""
    start, end = pair.city.span.start, pair.partner.end
    if any(start < each.span.start < pair.partner.span.start for each in partners):
        start = pair.partner.span.start  # a further partner of the same city
    before = max((each.end for each in partners if each.end <= start), default=0)
    after = min((each.span.start for each in partners if each.span.start >= end), default=len(text))
    stop = re.search("[;؛]", text[end:after])
    return _only(dates, before, end), _only(dates, end, end + stop.start() if stop else after)


def _only(dates: Sequence[Dated], start: int, end: int) -> Dated | None:
    """The date between two points, if one moment alone is named there."""
    inside = [each for each in dates if start <= each.span.start < end]
    return inside[0] if len(inside) == 1 or (inside and _one_moment(inside)) else None


def _end_before(pairs: Sequence[_Pair], place: Partner) -> int:
    """Where the last pair before a place ends."""
    ends = (each.partner.end for each in pairs if each.partner.end <= place.span.start)
    return max(ends, default=0)


def _one_moment(dates: Sequence[Dated]) -> bool:
    """Whether dates name one day or year in two calendars: 1993 (1372)."""
    known = [each.date for each in dates if each.date]
    return len(known) == len(dates) and all(
        a.calendar != b.calendar and a.first <= b.last and b.first <= a.last
        for a, b in pairwise(known)
    )
