"""Places as a text names them one after another: "Weimar (Germany, 2009), Pécs and Dushanbe".

Each comes with what directly follows it: its country, a date, a remark in brackets. Tables, lists
and sentences are all read through here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from textmine.places import Gazetteer, PlaceMention, find_places
from textmine.records import Place, Span
from textmine.text.letters import ARABIC_LETTERS
from textmine.ties.dated import Dated, dates_in, without_ends
from textmine.ties.instruments import plain


@dataclass(frozen=True, slots=True)
class Partner:
    """A place that a text names, and what stands right behind the name.

    ``span`` is the name, ``end`` where what is said of it ends. ``countries`` are the codes of the
    countries named with it; ``remark`` holds the words in brackets. ``quoted`` tells a name that
    stands where a city would and that the gazetteer does not have: it has no candidates.
    """

    span: Span
    end: int
    written: str
    candidates: tuple[Place, ...]
    countries: tuple[str, ...] = ()
    dated: Dated | None = None
    remark: str = ""

    @property
    def is_country(self) -> bool:
        """Whether it can be nothing but a country."""
        return bool(self.candidates) and all(each.kind == "country" for each in self.candidates)

    @property
    def may_be_country(self) -> bool:
        """Whether it can be a country, as Kuwait, which is a city too."""
        return any(each.kind == "country" for each in self.candidates)

    @property
    def is_network(self) -> bool:
        """Whether it is a network of cities."""
        return bool(self.candidates) and self.candidates[0].kind == "network"


def choose(
    partner: Partner, gazetteer: Gazetteer, countries: Sequence[str] = ()
) -> tuple[Place | None, str]:
    """The place that is meant, or None with the reason: ``unknown`` or ``ambiguous``.

    The country named with it decides; then ``countries``, those named around it; then fame: a
    capital, or a city five times as large as the next of that name.
    """
    named = partner.countries
    if named:
        for code in named:
            for place in gazetteer.named(partner.written, country=code):
                if place.kind != "country":
                    return place, ""
            for place in partner.candidates:
                if place.kind != "country" and code in gazetteer.countries(place):
                    return replace(place, country=code), ""
        return None, "unknown"
    places = [place for place in partner.candidates if place.kind != "country"]
    if not places:
        return None, "unknown"
    near = [place for place in places if set(gazetteer.countries(place)) & set(countries)]
    if len(near) == 1 and len(places) > 1:
        return near[0], ""
    first, *others = places
    if (
        not others
        or first.kind == "network"
        or gazetteer.is_capital(first)
        or first.population >= 5 * others[0].population
    ):
        return first, ""
    return None, "ambiguous"


def cities_in(words: str, gazetteer: Gazetteer, latest: int) -> list[tuple[Place, Partner]]:
    """The different cities that ``words`` name, each with the place that is meant."""
    cities: dict[str, tuple[Place, Partner]] = {}
    for partner in partners_in(words, gazetteer, latest):
        place, _ = choose(partner, gazetteer)
        if place is not None and place.kind == "city":
            cities.setdefault(place.id, (place, partner))
    return list(cities.values())


# A name may fill what stands between two of these.
_BETWEEN_NAMES = re.compile(
    r"[,،;؛()\[\]\n:.\t•–—/«»\"“”\d۰-۹٠-٩*|]|(?<=\s)-|-(?=\s)"
    r"|(?<!\S)(?:و|نیز|همچنین|شهر|شهرهای|شهرداری|کلان\s?شهر|بندر|در|از|است|هستند|and|the|cit(?:y|ies)"
    r"|towns?|municipality|of|since|in|is|are|has|have)(?!\S)"
    r"|(?<!\S)(?P<cue>با|بین|میان|with|between|to)(?!\S)",
    re.IGNORECASE,
)
_CITY_OF = re.compile(
    r"(?:شهر|شهرداری|کلان\s?شهر|بندر|city\s+of|town\s+of|municipality\s+of)\s*$", re.IGNORECASE
)
_MOST_WORDS = 4
_WORD = re.compile(r"\S+")
_WORDY = re.compile(rf"[{ARABIC_LETTERS}A-Za-z]{{2}}")


@lru_cache(maxsize=4096)  # the cells of a table are read several times
def partners_in(
    text: str, gazetteer: Gazetteer, latest: int, *, cell: bool = False
) -> tuple[Partner, ...]:
    """The places that ``text`` names, in order, each with what stands right behind it.

    ``latest`` is the last year that a date can mean. In a table's ``cell`` and in a list every
    piece between separators may be a name; in running text only those next to a known place.
    """
    mentions = [
        Partner(each.span, each.span.end, text[slice(*each.span)], _with_capital(each, gazetteer))
        for each in find_places(_parted(text), gazetteer)
    ]
    mentions = sorted(
        mentions + _pieces(text, mentions, gazetteer, cell=cell), key=lambda each: each.span
    )
    dates = without_ends(text, dates_in(text, latest, cell=cell))
    found: list[Partner] = []
    for mention in mentions:
        if found and _qualifies(text[found[-1].end : mention.span.start], found[-1], mention):
            codes = tuple(each.country for each in mention.candidates if each.kind == "country")
            end = mention.span.end
            found[-1] = replace(found[-1], countries=codes[:1], end=end)
            continue
        found.append(mention)
    ends = [*(each.span.start for each in found[1:]), len(text)][: len(found)]
    return tuple(
        _with_tail(text, each, end, dates, gazetteer) for each, end in zip(found, ends, strict=True)
    )


def _parted(text: str) -> str:
    """``text`` of the same length, in which "Tehran-Osh" is two names and "Yazd's" one."""
    return re.sub(r"(?<=[^\W\d_])['’]s\b", "  ", text.replace("-", "–"))


def _with_capital(mention: PlaceMention, gazetteer: Gazetteer) -> tuple[Place, ...]:
    """What a mention can mean; a country also the city in it that bears its name: Kuwait."""
    found = mention.candidates
    if mention.kind == "country" or any(place.kind != "country" for place in found):
        return found
    (country, *_) = found
    return (*found, *gazetteer.named(mention.written, country=country.country, kind="city"))


def _pieces(
    text: str, mentions: Sequence[Partner], gazetteer: Gazetteer, *, cell: bool
) -> list[Partner]:
    """Names that only the whole gazetteer has, where the text around speaks for a city."""
    even = plain(text)
    found: list[Partner] = []

    def added(span: Span, country: str = "") -> bool:
        name = text[span.start : span.end]
        if any(_overlap(span, each.span) for each in (*mentions, *found)):
            return False
        if not _WORDY.search(name) or not _like_a_name(name) or name in _WORDS:
            return False
        candidates = _cities(name, gazetteer, country)
        if candidates:
            found.append(Partner(span, span.end, name, candidates))
        return bool(candidates)

    for mention in mentions:
        if mention.is_country and (stop := _OPENS.search(even, 0, mention.span.start)):
            words = [word.start() for word in _WORD.finditer(even[: stop.start()])][-_MOST_WORDS:]
            code = mention.candidates[0].country
            if not any(added(Span(start, stop.start()), code) for start in words) and (
                unknown := _BEFORE_BRACKET.search(even, 0, mention.span.start)
            ):
                span = Span(*unknown.span("name"))
                if not any(_overlap(span, each.span) for each in (*mentions, *found)):
                    found.append(Partner(span, span.end, text[slice(*span)], ()))
    for quoted in _QUOTED.finditer(even):
        span = Span(*quoted.span("name"))
        if not added(span) and not any(_overlap(span, each.span) for each in (*mentions, *found)):
            found.append(Partner(span, span.end, text[slice(*span)], ()))
    for span, cue in _gaps_for_names(even):
        if cue and span.end - span.start < _SHORTEST and not cell:
            continue
        words = [word.end() for word in _WORD.finditer(even, span.start, span.end)][:_MOST_WORDS]
        if cell or cue or _beside_place(even, span, (*mentions, *found)):
            if words and words[-1] == span.end:
                added(span)
        elif _CITY_OF.search(even[: span.start]):
            any(added(Span(span.start, end)) for end in reversed(words))
    return found


_SHORTEST = 4
"""Letters of a name in running text that no list and no country backs: آن is a town too."""
# A name that no gazetteer has, where only the name of a city stands.
_QUOTED = re.compile(
    r"(?:شهر(?:\s\w+)?|\bcity(?:\s+of)?)\s*[«\"“](?P<name>[^«»\"“”]{2,30})[»\"”]", re.IGNORECASE
)
_BEFORE_BRACKET = re.compile(
    r"(?:(?<!\S)(?:شهر|و|با|city\s+of|and|with)|[,،;؛:.)\d])[\s«\"“]+(?:شهر\s+)?"
    r"(?P<name>(?!شهر\s)[^\W\d_]{3,}(?:[ -][^\W\d_]+)?)"
    r"[»\"”]?\s*[(\[)]\s*(?:(?:the|کشور)\s+)?$",
    re.IGNORECASE,
)
_WORDS = frozenset((
    "دو", "سه", "ده", "آن", "این", "هر", "یک", "هم", "همه",
    "University", "March", "April", "May", "June", "August", "October",
))  # fmt: skip
"""Words of every text that are the names of towns too."""
_OPENS = re.compile(r"\s*[(\[)،,]\s*(?:(?:the|کشور)\s+)?$")


def _cities(name: str, gazetteer: Gazetteer, country: str = "") -> tuple[Place, ...]:
    return gazetteer.named(" ".join(name.split()), country=country, kind="city")


def _gaps_for_names(text: str) -> Iterator[tuple[Span, bool]]:
    """What stands between separators, and whether a word before it calls for a name."""
    start, cue = 0, False
    for match in (*_BETWEEN_NAMES.finditer(text), None):
        end = match.start() if match else len(text)
        piece = text[start:end]
        if piece.strip():
            first = start + len(piece) - len(piece.lstrip())
            yield Span(first, first + len(piece.strip())), cue
        if match:
            start, cue = match.end(), bool(match["cue"])


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _like_a_name(name: str) -> bool:
    """Whether every word of a Latin name begins with a capital; Persian shows none."""
    return all(word[:1].isupper() or not word[:1].isascii() for word in name.split())


_LIST_GAP = re.compile(
    r"^[\s()\[\]،,;؛.:\d۰-۹-]*(?:(?:و|and|with|با|شهر|the|city|of)[\s،,]*)*$", re.IGNORECASE
)


def _beside_place(text: str, span: Span, known: Sequence[Partner]) -> bool:
    """Whether a piece stands in one list with a known city."""
    for place in known:
        if place.is_country:
            continue
        start, end = sorted((place.span, span))
        if start.end <= end.start and _LIST_GAP.match(text[start.end : end.start]):
            return True
    return False


_TO_COUNTRY = re.compile(
    r"^\s*(?:[(\[،,)]\s*|[-–]\s+|\s)(?:(?:در\s+)?(?:کشور|پایتخت|مرکز|the\s+capital\s+of|capital\s+of|in)\s+)?"
    r"(?:کشور\s+|the\s+)?$",
    re.IGNORECASE,
)


def _qualifies(gap: str, city: Partner, mention: Partner) -> bool:
    """Whether a mention says in which country the city before it lies."""
    codes = [each.country for each in mention.candidates if each.kind == "country"]
    if not codes or city.countries or city.is_country or not _TO_COUNTRY.match(plain(gap)):
        return False
    claims = {place.country for place in city.candidates}
    if mention.is_country and re.match(r"\s*[(\[)]", gap):
        return True
    return codes[0] in claims and (
        mention.is_country or city.written != mention.written or "(" in gap
    )


_LEAD_TO_DATE = re.compile(
    r"^[\s()\[\]،,:;\-–]*(?:(?:در|به|از|مورخ|مورخه|تاریخ|سال|امضا|امضای|شده|میلادی|in|since|on|from|dated"
    r"|signed|twinned|established|the|year|of)[\s،,:()]*)*$",
    re.IGNORECASE,
)
# "in 1988 with Istanbul": the date is that of the place behind it.
WITH_NEXT = re.compile(r"\s*(?:with|با)\s+(?:(?:the\s+)?city\s+of\s+|شهر\s+)?", re.IGNORECASE)
_REMARK = re.compile(r"\s*[(\[)]\s*([^()\[\]]{2,60}?)\s*[)\](]")


def _with_tail(
    text: str, partner: Partner, limit: int, dates: Sequence[Dated], gazetteer: Gazetteer
) -> Partner:
    """The partner with the date and the remarks that follow its name and country directly."""
    end = partner.end
    if text[end : end + 1] in (")", "(", "]") and "(" in text[partner.span.end : end + 1]:
        end += 1
    remark: list[str] = []
    dated: Dated | None = None
    if partner.end != partner.span.end:
        inner = text[partner.span.end : partner.end]
        remark += [inner] if _WORDY.search(inner) else []
    while True:
        following = next((each for each in dates if end <= each.span.start < limit), None)
        if (
            dated is None
            and following
            and _LEAD_TO_DATE.match(plain(text[end : following.span.start]))
            and not WITH_NEXT.match(plain(text[following.span.end : limit]))
        ):
            dated, end = following, following.span.end
            close = re.match(r"\s*[)\]]", text[end:limit])
            end += close.end() if close else 0
            continue
        match = _REMARK.match(text, end)
        if match and match.end() <= limit:
            remark.append(match[1])
            inner_date = next(
                (each for each in dates if end <= each.span.start < match.end()), None
            )
            dated = dated or inner_date
            end = match.end()
            continue
        break
    if dated is None:
        dated = next(
            (
                each
                for each in dates
                if WITH_NEXT.fullmatch(plain(text[each.span.end : partner.span.start]))
            ),
            None,
        )
    return replace(partner, end=end, dated=dated, remark=" ".join(remark))


def runs_of(text: str, partners: Sequence[Partner]) -> list[list[Partner]]:
    """The partners cut into lists: those with nothing but commas and "and" between them.

    >>> from textmine.places import gazetteer
    >>> text = "Isfahan with Florence, Yerevan and Lahore"
    >>> [len(run) for run in runs_of(text, partners_in(text, gazetteer(), 2020))]
    [1, 3]
    """
    runs = [[each] for each in partners[:1]]
    for before, after in pairwise(partners):
        alike = before.is_network == after.is_network and (
            before.is_country == after.is_country
            or (before.is_country and after.may_be_country)
            or (before.may_be_country and after.is_country)
        )
        if alike and joint(text[before.end : after.span.start]) == "list":
            runs[-1].append(after)
        else:
            runs.append([after])
    return runs


_JOIN = re.compile(
    r"^[\s()\[\]،,;؛/•*«»\"“”.^\d۰-۹]*(?:(?:و|and|&|نیز|همچنین|شهر(?:\s\w+ی)?|شهرهای|شهرداری|کلان|بندر|the|cities|city"
    r"|municipality|municipalities|towns?|of|as|well|also|in|با|with"
    r"|\w+(?:an|ish|ese|ch|ek)(?=\s(?:city|town|capital)))[\s()،,;؛«»\"“”]+)*[\s()،,;؛«»\"“”]*$",
    re.IGNORECASE,
)
# "with the Hungarian town of", and not "with a concert in".
_WITH = re.compile(
    r"(?:^|[\s)،,])(?:با|with)\s+(?:(?!(?:in|at|on|for|about|در|برای)\s)[^\s.؛;]+\s+){0,4}[«\"“(]?$",
    re.IGNORECASE,
)
_ALSO_WITH = re.compile(
    r"^[\s)،,;؛]*(?:و|and|همچنین)[\s،,]+(?:[^.؛;]{0,12}\s)?(?:با|with)\s", re.IGNORECASE
)
_HYPHEN = re.compile(r"^\s*[-–—]\s*$")


def joint(gap: str) -> str:
    """How the text between two places joins them: ``list``, ``pair``, ``with`` or nothing."""
    gap = plain(gap)
    if _HYPHEN.match(gap):
        return "pair"
    if _JOIN.match(gap):
        only_with = _WITH.search(gap) and not _ALSO_WITH.match(gap)
        return "with" if only_with else "list"
    return "with" if _WITH.search(gap) else ""
