"""Places in running text: where they are named, and which of several is meant."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal, NamedTuple

from textmine.places.gazetteer import Gazetteer, Names, gazetteer
from textmine.places.spelling import ARABIC_WORD, LATIN_WORD, word_key
from textmine.records import Place, PlaceKind, Span
from textmine.text.letters import DIGITS, HALF_SPACE
from textmine.text.tokens import EMAIL_PATTERN, URL_PATTERN

NEAR = 100
"""Characters between a mention and a country that still count as "named nearby"."""

FAR_LARGER = 10
"""How many times larger than every other candidate a city must be to be meant by its name alone."""

_TOKEN = re.compile(
    f"(?P<skip>{URL_PATTERN}|{EMAIL_PATTERN})|(?P<arabic>{ARABIC_WORD})|(?P<latin>{LATIN_WORD})"
)
# What parts the words of one name: a space, a half-space or another unseen character, a hyphen, the
# stop of St., the end of a line.
_UNSEEN = f"{HALF_SPACE}\u200b\u200d-\u200f\u00ad\u2060\ufeff"
_ONLY_UNSEEN = re.compile(f"[{_UNSEEN}]+")
_WITHIN = re.compile(rf"[{_UNSEEN}]+|\.?[ \u00a0]{{1,2}}|[-‐‑–]|[ \u00a0]?\r?\n[ \u00a0]?|'")
_BEFORE_NAME = re.compile(f'[ «"“\u00a0\n{_UNSEEN}]*')  # "city of", "شهر «"
# What parts the members of a list of places.
_LISTING = re.compile(r"\s*(?:[،,؛;/–-]|\bو\b|\band\b|&|(?<=[)\]]))\s*(?:و\s|and\s)?")
# What stands between a city and its country: "Paris (France", "Paris, France", "France - Paris".
_BRACKET = re.compile(r"\s*(?:[()\[\]،,:/–-]\s*){1,2}")
_NUMBER = re.compile(rf"[ \u00a0]?[{DIGITS}]")
_EZAFE = ("ی", "ئ")

_CITY_WORDS = frozenset(
    {
        "شهر",
        "شهرهای",
        "کلانشهر",
        "کلانشهرهای",
        "پایتخت",
        "شهرداری",
        "شهردار",
        "بندر",
        "شورای",
        "خواهرشهر",
        "city",
        "town",
        "municipality",
        "mayor",
        "capital",
    }
)
_COUNTRY_WORDS = frozenset(
    {"کشور", "کشورهای", "جمهوری", "دولت", "republic", "country", "government"}
)
_SMALL_WORDS = frozenset({"of", "the", "in", "at"})


class Match(NamedTuple):
    """A name found at tokens ``first`` to ``last``."""

    first: int
    last: int
    key: str


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A name of a place as it stands in a text, and the places it can mean, the best known first.

    ``kind`` is what the words before it say of it ("city of", کشور), or None.
    """

    span: Span
    written: str
    candidates: tuple[Place, ...]
    kind: PlaceKind | None = None


Ground = Literal["given country", "named country", "only candidate", "capital", "largest by far"]
Doubt = Literal["several candidates", "none in the given countries"]


@dataclass(frozen=True, slots=True)
class Resolved:
    """A mention, the place that it means, and why that one.

    ``given country``: the only one, or the largest by far, in the countries that the caller gave;
    ``named country``: the one whose country is named nearby; ``capital`` and ``largest by far``
    speak for themselves.
    """

    mention: PlaceMention
    place: Place
    ground: Ground


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A mention that can mean several places, none of them more than the rest."""

    mention: PlaceMention
    reason: Doubt
    candidates: tuple[Place, ...]


class _Token(NamedTuple):
    start: int
    end: int
    word: str
    key: str


def find_places(text: str, known: Gazetteer) -> tuple[PlaceMention, ...]:
    """The places named in ``text``, in order, the longest name first where names overlap.

    Names that are common words too (دوشنبه, Nice) count only where the text around speaks for a
    place: a word such as شهر before them, their country or other places beside them, or nothing
    else in their line or cell. Small cities outside Iran are left to ``Gazetteer.named``.

    >>> text = "روز دوشنبه شهرداران تهران و سن‌پترزبورگ دیدار کردند."
    >>> [mention.written for mention in find_places(text, gazetteer())]
    ['تهران', 'سن‌پترزبورگ']
    """
    names = known.running_names
    tokens = [
        _token(match.start(), match[0], names)
        for match in _TOKEN.finditer(text)
        if match.lastgroup != "skip"
    ]
    matches = list(_matches(text, tokens, names))
    sure = [_sure(match, text, tokens, names) for match in matches]
    kept = [
        match
        for at, match in enumerate(matches)
        if sure[at] or _supported(at, matches, sure, text, tokens, known)
    ]
    return tuple(_mention(match, text, tokens, known) for match in kept)


def _token(start: int, word: str, names: Names) -> _Token:
    """A word with its key, without the 's of an owner unless a name is written so."""
    key = word_key(word)
    if word.endswith(("'s", "’s")) and key not in names.lengths:
        word = word[:-2]
        key = word_key(word)
    return _Token(start, start + len(word), word, key)


def _matches(text: str, tokens: Sequence[_Token], names: Names) -> Iterator[Match]:
    """Every longest name, in order; phrases that are no places are passed over."""
    at = 0
    while at < len(tokens):
        lengths = names.lengths.get(tokens[at].key)
        found = None
        if lengths is not None:
            found = next(
                (
                    match
                    for length in lengths
                    if (match := _match(at, length, text, tokens, names)) is not None
                ),
                None,
            )
        if found is None:
            at += 1
            continue
        if names.rows[found.key]:
            yield found
        at = found.last + 1


def _match(
    first: int, length: int, text: str, tokens: Sequence[_Token], names: Names
) -> Match | None:
    last = first + length - 1
    if last >= len(tokens):
        return None
    key = tokens[first].key if length == 1 else " ".join(t.key for t in tokens[first : last + 1])
    if key not in names.rows or not _whole_word(first, last, text, tokens):
        return None
    for at in range(first, last):
        if not _WITHIN.fullmatch(text, tokens[at].end, tokens[at + 1].start):
            return None
    if tokens[first].key[0] <= "z" and not _capitalised(first, last, key, tokens, names):
        return None
    return Match(first, last, key)


def _whole_word(first: int, last: int, text: str, tokens: Sequence[_Token]) -> bool:
    """Whether no half-space ties the name to another word: ایران‌شناسی is not Iran."""
    if first and _ONLY_UNSEEN.fullmatch(text, tokens[first - 1].end, tokens[first].start):
        return False
    return not (
        last + 1 < len(tokens)
        and tokens[last + 1].key not in _EZAFE
        and _ONLY_UNSEEN.fullmatch(text, tokens[last].end, tokens[last + 1].start)
    )


def _capitalised(first: int, last: int, key: str, tokens: Sequence[_Token], names: Names) -> bool:
    words = [token.word for token in tokens[first : last + 1]]
    if key in names.capitals:
        return all(word.isupper() for word in words)
    if len(key) < 4 and words[0].isupper():
        return False  # an abbreviation of something else
    return words[0][0].isupper() and not words[-1].islower()


def _sure(match: Match, text: str, tokens: Sequence[_Token], names: Names) -> bool:
    """Whether the name needs no support from the text around."""
    if match.key not in names.sure:
        return False
    first, last = tokens[match.first], tokens[match.last]
    if match.first == match.last and first.key <= "z":
        # An author in a list of references: "London, J.", "J. London".
        after, before = text[last.end : last.end + 5], text[max(first.start - 3, 0) : first.start]
        if re.match(r",? [A-Z]\.", after) or re.search(r"\b[A-Z]\. ?$", before):
            return False
    return True


def _supported(
    at: int,
    matches: Sequence[Match],
    sure: Sequence[bool],
    text: str,
    tokens: Sequence[_Token],
    known: Gazetteer,
) -> bool:
    """Whether the text around a doubtful name speaks for a place."""
    match = matches[at]
    start, end = tokens[match.first].start, tokens[match.last].end
    rows = [known.row(row) for row in known.running_names.rows[match.key]]
    countries = {f"country:{code}" for row in rows for code in row.countries.split(",")}
    kinds = {row.kind for row in rows}
    if _said_kind(match.first, text, tokens) in kinds:
        return True
    if match.key in known.running_names.known and _alone(start, end, text):
        return True
    dated = _NUMBER.match(text, end) is not None  # "Monday 23", "spring 1395"
    for other in (at - 1, at + 1):
        if not 0 <= other < len(matches) or not sure[other]:
            continue
        its = matches[other]
        gap = (
            text[tokens[its.last].end : start]
            if other < at
            else text[end : tokens[its.first].start]
        )
        beside = [known.row(row) for row in known.running_names.rows[its.key]]
        if _BRACKET.fullmatch(gap) and any(row.id in countries for row in beside):
            return True
        if not dated and _LISTING.fullmatch(gap) and any(row.kind in kinds for row in beside):
            return True
    return False


def _said_kind(first: int, text: str, tokens: Sequence[_Token]) -> PlaceKind | None:
    """What the word before the name says that it is."""
    at = first - 1
    while at >= 0 and tokens[at].key in _SMALL_WORDS and first - at < 3:
        at -= 1
    if at < 0 or not _BEFORE_NAME.fullmatch(text, tokens[at].end, tokens[at + 1].start):
        return None
    key = tokens[at].key
    return "city" if key in _CITY_WORDS else "country" if key in _COUNTRY_WORDS else None


def _alone(start: int, end: int, text: str) -> bool:
    """Whether nothing else stands in the line or the cell of a table."""
    before = re.search(r"(?:\A|[\n\t\f|])[^\w\n\t\f|]*\Z", text[max(start - 12, 0) : start])
    after = re.match(r"[^\w\n\t\f|]*(?:\Z|[\n\t\f|])", text[end : end + 12])
    return before is not None and after is not None


def _mention(match: Match, text: str, tokens: Sequence[_Token], known: Gazetteer) -> PlaceMention:
    span = Span(tokens[match.first].start, tokens[match.last].end)
    rows = known.order(known.running_names.rows[match.key])
    return PlaceMention(
        span,
        text[span.start : span.end],
        tuple(row.place() for row in rows),
        _said_kind(match.first, text, tokens),
    )


def resolve(
    mentions: Iterable[PlaceMention],
    known: Gazetteer | None = None,
    *,
    countries: Collection[str] = (),
    kind: PlaceKind | None = None,
) -> tuple[Resolved | Unresolved, ...]:
    """Which place each mention means, and on what ground; or that the text does not tell.

    ``countries`` (ISO 3166-1 alpha-2) are those that the caller knows the places to lie in, such as
    the country cell of a row; ``kind`` is what they are known to be. A country named right beside a
    mention decides next, then being the only candidate, a capital, or ten times as large as any
    other candidate; last a country named within 100 characters.

    >>> found = find_places("خواهرخواندگی تهران با طرابلس (لبنان)", gazetteer())
    >>> [(one.place.country, one.ground) for one in resolve(found)]
    [('IR', 'only candidate'), ('LB', 'named country'), ('LB', 'only candidate')]
    """
    known = known or gazetteer()
    found = tuple(mentions)
    named = [mention for mention in found if _is_country(mention)]
    return tuple(
        _resolved(mention, _beside(at, found), named, known, countries, kind)
        for at, mention in enumerate(found)
    )


def _resolved(
    mention: PlaceMention,
    beside: Sequence[str],
    named: Sequence[PlaceMention],
    known: Gazetteer,
    countries: Collection[str],
    kind: PlaceKind | None,
) -> Resolved | Unresolved:
    wanted = kind or mention.kind
    candidates = [one for one in mention.candidates if one.kind == wanted] or list(
        mention.candidates
    )
    if countries:
        inside = _inside(candidates, countries, known)
        if not inside:
            return Unresolved(mention, "none in the given countries", tuple(candidates))
        chosen = _best(inside, known)
        if chosen is None:
            return Unresolved(mention, "several candidates", tuple(inside))
        return Resolved(mention, chosen[0], "given country")
    best = _best(candidates, known)
    for country in (*beside, *(() if best else _near(mention, named))):
        inside = _inside(candidates, (country,), known)
        chosen = _best(inside, known) if inside else None
        if chosen is not None and chosen[0].kind != "country":
            return Resolved(mention, chosen[0], "named country")
    if best is None:
        return Unresolved(mention, "several candidates", tuple(candidates))
    return Resolved(mention, *best)


def _is_country(mention: PlaceMention) -> bool:
    return mention.candidates[0].kind == "country" and mention.kind != "city"


def _beside(at: int, found: Sequence[PlaceMention]) -> list[str]:
    """The country named right behind a mention, and the one right before it unless that stands
    behind another place: in "Paris, France, London" it says nothing of London.
    """
    mention = found[at]
    beside = []
    if at + 1 < len(found) and _is_country(found[at + 1]) and _gap(mention, found[at + 1]) <= 3:
        beside.append(found[at + 1].candidates[0].country)
    if at and _is_country(found[at - 1]) and _gap(found[at - 1], mention) <= 3:
        free = at < 2 or _is_country(found[at - 2]) or _gap(found[at - 2], found[at - 1]) > 3
        if free:
            beside.append(found[at - 1].candidates[0].country)
    return beside


def _near(mention: PlaceMention, named: Sequence[PlaceMention]) -> list[str]:
    """The countries named nearby, the nearest first."""
    first = bisect_left(named, mention.span.start - NEAR, key=lambda one: one.span.end)
    near = []
    for other in islice(named, first, None):
        if other.span.start > mention.span.end + NEAR:
            break
        if other is not mention:
            gap = max(_gap(other, mention), _gap(mention, other))
            near.append((gap, other.candidates[0].country))
    return [country for _, country in sorted(near)]


def _inside(
    candidates: Iterable[Place], countries: Collection[str], known: Gazetteer
) -> list[Place]:
    """The candidates in one of the countries; a place that several claim takes the one named."""
    return [
        known.claimed(one, country)
        for one in candidates
        for country in known.countries(one)
        if country in countries
    ]


def _best(candidates: Sequence[Place], known: Gazetteer) -> tuple[Place, Ground] | None:
    """The one that its name alone means, and why."""
    if len({one.id for one in candidates}) == 1:
        return candidates[0], "only candidate"
    if candidates[0].kind == "country":
        return candidates[0], "largest by far"
    first = max(candidates, key=lambda one: one.population)
    next_size = max(one.population for one in candidates if one.id != first.id)
    if known.is_capital(first):
        return first, "capital"
    if first.population >= FAR_LARGER * max(next_size, 1):
        return first, "largest by far"
    return None


def _gap(one: PlaceMention, next_one: PlaceMention) -> int:
    return next_one.span.start - one.span.end


def same_name(place: Place, written_a: str, written_b: str, known: Gazetteer | None = None) -> bool:
    """Whether two written names of ``place`` are one name: see ``Gazetteer.same_name``.

    >>> same_name(gazetteer().named("Kyiv")[0], "Kyiv", "Kiev")
    True
    """
    return (known or gazetteer()).same_name(place, written_a, written_b)
