"""Ties that printed tables list: what each column holds is told by its cells and its head."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from textmine.places import Gazetteer
from textmine.records import Extraction, Place, PrintedTable, Span, TableCell, TieKind, TieStatus
from textmine.ties import instruments
from textmine.ties.dated import Dated, dates_in
from textmine.ties.found import Findings
from textmine.ties.instruments import plain
from textmine.ties.noting import Source, note_tie, note_unresolved, with_usual_kind
from textmine.ties.partners import Partner, cities_in, joint, partners_in

_FULL, _FROM_ABOVE, _FROM_TITLE = 0.95, 0.9, 0.75
"""Confidence in a row whose home city is named in the table, in the text above, in the title."""
_MOST = 0.5  # share of the filled cells of a column that decides what the column holds
_ABOVE = 600  # characters before a table in which its subject may stand
_HEADING = 3  # words of a line above a table that is its heading


def _pattern(source: str) -> re.Pattern[str]:
    return re.compile(source.replace("~", r"[\s-]*"), re.IGNORECASE)


# What a caption or a head says when a table is about ties of cities.
_SUBJECT = _pattern(
    r"پیوند~(?:های~)?(?:شهری|دوستی)|(?:روابط|تعاملات|مناسبات|همکاری~(?:های)?)\s+(?:\w+\s+){0,2}(?:شهری|شهرها"
    r"|شهرهای|شهرداری)|شهر~(?:های)?\s+(?:طرف|همکار|عضو)|طرف\s+(?:ایرانی|خارجی)|سند~(?:های)?\s+(?:پیوند|همکاری"
    r"|شهر)|تفاهم~نامه|یادداشت~تفاهم|اعضا|عضویت|شبکه~(?:های)?\s+(?:شهر|بین)"
    r"|\bcity[\s-]+(?:to[\s-]+city\s+)?(?:ties?|links?|relations\w*|partners\w*|agreements?)\b"
    r"|\b(?:ties|links|relations|agreements|partnerships|memoranda)\s+(?:of|between)\s+(?:\w+\s+){0,2}(?:cit(?:y|ies)"
    r"|municipalit)|\bmember\s+cities\b|\bmemberships?\b|\bcity\s+networks?\b|\bnetworks\s+of\s+cities\b|\bpartner\b"
)
_HOME_HEAD = _pattern(
    r"شهر~(?:های)?\s+(?:ایران\w*|مبدا|داخلی)|طرف\s+(?:ایرانی|اول|نخست)|نام\s+شهر"
    r"|\b(?:iranian|home|first)\s+(?:city|side|party)|\bcity\s*(?:a|1)\b"
)
_PARTNER_HEAD = _pattern(
    r"خواهر|طرف\s+(?:خارجی|دوم|مقابل|دیگر|قرقیز\w*)|شهر~(?:های)?\s+(?:طرف|خارجی|همکار|مقصد|دوست)|شریک"
    r"|\bsister|\btwin|\bpartner|\bforeign|\bcounterpart|\bsecond\s+(?:city|party)|\bcity\s*(?:b|2)\b"
    r"|\bfriend"
)
_COUNTRY_HEAD = _pattern(
    r"کشور|دولت~های?\s+متبوع|دولت\s+متبوع|\bcountr(?:y|ies)\b|\bnation|\bstate\b"
)
_DATE_HEAD = _pattern(
    r"تاریخ|زمان|سال(?!\w)|\bdates?\b|\byears?\b|\bsigned\b|\bsince\b|\bestablished\b"
)
_KIND_HEAD = _pattern(
    r"نوع|سند|توافق|قرارداد|عنوان|نام\s+(?:سند|توافق)|\btype\b|\bkind\b|\binstrument\b|\bdocument\b"
    r"|\bagreement\b|\bform\b|\bnature\b"
)
_STATUS_HEAD = _pattern(
    r"وضعیت|وضع(?!\w)|حالت|\bstatus\b|\bstate\s+of\b|\bremarks?\b|توضیح|ملاحظات|\bnotes?\b"
)
_NUMBER_HEAD = _pattern(r"ردیف|شماره|\bno\.?\b|^#|\bnumber\b|\brow\b")
_NETWORK_HEAD = _pattern(
    r"شبکه|سازمان|عضویت|مجمع|اتحادیه|\bnetworks?\b|\borgani[sz]ation|\bmemberships?\b"
)
_MEMBERS_HEAD = _pattern(r"اعضا|شهر~های~?\s*(?:\w+\s+)?عضو|عضو\b|\bmembers?\b|\bcities\b|شهرها")
# Heads under which places stand that are no partners.
_OTHER_HEAD = _pattern(
    r"رویداد|پایتخت|محدوده|مقر|دبیرخانه|جمعیت|\bevents?\b|\bpopulation\b|\bseat\b|\bhead~?quarters?\b"
    r"|\bauthors?\b|منبع|\bsources?\b|میزبان|\bhost|محل(?!ی)|مکان|\bplace\b|\bvenue\b"
)
# Subjects of tables in which partners are those of a trade.
_TRADE = _pattern(r"\btrade\b|\bexports?\b|\bimports?\b|تجارت|تجاری|بازرگانی|صادرات|واردات")
_EVENTS = _pattern(r"\bconferences?\b|\bcongress|\bmeetings?\b|همایش|کنفرانس|نشست(?!گ)")


@dataclass(slots=True)
class _Columns:
    """Which column holds what; -1 where none does."""

    home: int = -1
    partner: int = -1
    country: int = -1
    network: int = -1
    pair: int = -1
    dates: list[int] = field(default_factory=list)
    kinds: list[int] = field(default_factory=list)
    status: list[int] = field(default_factory=list)


def ties_in_tables(
    tables: Sequence[PrintedTable],
    extraction: Extraction,
    titled: Sequence[Place],
    gazetteer: Gazetteer,
    source: Source,
) -> Findings:
    """The ties that ``tables`` list; ``titled`` are the cities that the document's title names."""
    found = Findings()
    text = extraction.text
    for table in tables:
        above = _above(table, text)
        heads = _heads(table, text)
        columns = _columns(table, gazetteer, source)
        if not _about_ties(table, heads, above, columns):
            continue
        if columns.pair >= 0:
            _pairs(table, columns, heads, gazetteer, source, found)
            continue
        if columns.partner >= 0:
            _partners(table, columns, heads, above, titled, gazetteer, source, found)
        if columns.network >= 0:
            _members(table, columns, above, titled, gazetteer, source, found)
    return found


def _heads(table: PrintedTable, text: str) -> str:
    """The heads as printed: also where they stand in the text and could not be told apart."""
    cells = [span.start for row in table.rows for cell in row for span in cell.spans]
    start = max((span.end for span in table.caption.spans), default=0)
    printed = any(cell.spans for cell in table.columns)
    between = text[start : min(cells)] if cells and start and not printed else ""
    heads = " | ".join(cell.text for cell in table.columns)
    return f"{heads} | {between}" if len(between) <= _ABOVE else heads


def _about_ties(table: PrintedTable, heads: str, above: str, columns: _Columns) -> bool:
    """Whether caption or heads speak of ties; without a caption, the line above or many rows."""
    subject = plain(f"{table.caption.text} {heads}")
    if _TRADE.search(subject) and not instruments.SISTERS.search(subject):
        return False
    first = " ".join(cell.text for row in table.rows[:1] for cell in row)
    if _EVENTS.search(subject if table.caption.text else f"{subject} {plain(first)}"):
        return False
    if _tells(table.caption.text) or _tells(heads):
        return True
    if columns.pair >= 0 and _KIND_HEAD.search(plain(table.columns[columns.pair].text)):
        return True
    if columns.network >= 0 <= columns.home and _MEMBERS_HEAD.search(
        plain(table.columns[columns.home].text)
    ):
        return True
    deeds = [n for n in columns.kinds if _KIND_HEAD.search(plain(table.columns[n].text))]
    numbers = deeds if table.caption.text else range(len(table.columns))
    rows = [" ".join(row[number].text for number in numbers) for row in table.rows]
    if sum(instruments.names_tie(row) for row in rows) * 2 > len(rows):
        return True
    last = [line for line in above.splitlines() if line.strip()][-2:]
    return not table.caption.text and any(instruments.SISTERS.search(plain(line)) for line in last)


def _tells(words: str) -> bool:
    words = plain(words)
    return instruments.SISTERS.search(words) is not None or _SUBJECT.search(words) is not None


def _spans(table: PrintedTable) -> Iterator[Span]:
    yield from table.caption.spans
    for row in (table.columns, *table.rows):
        for cell in row:
            yield from cell.spans


def _above(table: PrintedTable, text: str) -> str:
    """The text before a table, where its subject may stand."""
    start = min((span.start for span in _spans(table)), default=0)
    return text[max(0, start - _ABOVE) : start]


# ---- What the columns hold -------------------------------------------------------------------


def _columns(table: PrintedTable, gazetteer: Gazetteer, source: Source) -> _Columns:
    columns = _Columns()
    cities: list[int] = []
    networks: list[int] = []
    for number, head in enumerate(table.columns):
        cells = list({row[number].text for row in table.rows if row[number].text.strip()})
        what = _content(cells, head.text, gazetteer, source.latest)
        if what == "city":
            cities.append(number)
        elif what == "pair" and columns.pair < 0:
            columns.pair = number
        elif what == "country":
            columns.country = number if columns.country < 0 else columns.country
        elif what == "network":
            networks.append(number)
        elif what == "date":
            columns.dates.append(number)
        elif what == "kind":
            columns.kinds.append(number)
        elif what == "status":
            columns.status.append(number)
    columns.dates.sort(key=lambda number: _dating(table, number))
    columns.network = networks[0] if networks else -1
    named = [n for n in cities if _PARTNER_HEAD.search(plain(table.columns[n].text))]
    homes = [
        n for n in cities if n not in named and _HOME_HEAD.search(plain(table.columns[n].text))
    ]
    if len(cities) == 1:
        (only,) = cities
        if columns.network >= 0 and only not in named:
            columns.home = only
        else:
            columns.partner = only
    elif cities:
        columns.partner = next(
            iter(named), next((n for n in cities if n not in homes and n != cities[0]), cities[-1])
        )
        rest = [n for n in cities if n != columns.partner]
        columns.home = next((n for n in rest if n in homes), rest[0])
    return columns


def _content(cells: Sequence[str], head: str, gazetteer: Gazetteer, latest: int) -> str:
    """What a column holds, by its cells first and its head where they leave a choice."""
    head = plain(head)
    if not cells or _OTHER_HEAD.search(head):
        return ""
    dates = networks = cities = countries = kinds = states = numbers = pairs = 0
    for cell in cells:
        partners = partners_in(cell, gazetteer, latest, cell=True)
        pairs += _pair(cell, partners)
        if _networks(cell, gazetteer, latest):
            networks += 1
        elif any(not each.is_country and _fills(cell, partners) for each in partners):
            cities += 1
        countries += (
            bool(partners)
            and _fills(cell, partners)
            and any(place.kind == "country" for each in partners for place in each.candidates)
        )
        kinds += instruments.kind_of(cell) is not None
        states += instruments.status_in(cell) is not None
        numbers += re.fullmatch(r"[\d۰-۹٠-٩\s.)(-]{1,4}", cell) is not None
        dates += bool(dates_in(cell, latest, cell=True)) and not partners
    most = _MOST * len(cells)
    if pairs > most:
        return "pair"
    if networks > most or (networks and _NETWORK_HEAD.search(head)):
        return "network"
    if countries > most and (_COUNTRY_HEAD.search(head) or countries > cities):
        return "country"
    if cities > most or (cities * 3 > len(cells) and _PARTNER_HEAD.search(head)):
        return "city"
    if _NUMBER_HEAD.search(head) and numbers > most:
        return ""
    if dates > most and (_DATE_HEAD.search(head) or not _KIND_HEAD.search(head)):
        return "date"
    if kinds > most or (kinds and _KIND_HEAD.search(head)):
        return "kind"
    if states and (_STATUS_HEAD.search(head) or states > most):
        return "status"
    return ""


def _pair(cell: str, partners: Sequence[Partner]) -> bool:
    """Whether a cell names two places joined by a dash, and nothing else."""
    if len(partners) != 2 or not _fills(cell, partners):
        return False
    return joint(cell[partners[0].end : partners[1].span.start]) == "pair"


def _dating(table: PrintedTable, number: int) -> tuple[bool, bool, float]:
    """How well a column with dates suits as that of the ties': by its head, then its cells."""
    head = plain(table.columns[number].text)
    cells = [row[number].text for row in table.rows if row[number].text.strip()]
    spans_of_years = sum(len(_FOUR.findall(cell)) > 1 for cell in cells)
    wordy = sum(len(re.findall(r"[^\W\d_]+", cell)) > 3 for cell in cells)
    return not _DATE_HEAD.search(head), spans_of_years * 2 > len(cells), wordy / len(cells)


_FOUR = re.compile(r"[\d۰-۹٠-٩]{4}")


def _fills(cell: str, partners: Sequence[Partner]) -> bool:
    """Whether places make up most of what a cell says."""
    said = sum(len(cell[each.span.start : each.end].split()) for each in partners)
    return said * 2 >= len(re.findall(r"[^\W\d_]+", cell)) or len(partners) > 2


# ---- Rows ------------------------------------------------------------------------------------


def _home_of(
    table: PrintedTable, above: str, titled: Sequence[Place], gazetteer: Gazetteer, source: Source
) -> tuple[Place | None, str, float]:
    """The city whose ties a table without a column for it lists; its name there; how sure."""
    lines = [line for line in above.splitlines() if re.search(r"[^\W\d_]", line)]
    heads = " | ".join(cell.text for cell in table.columns)
    for words, sure in (
        (table.caption.text, _FULL),
        (heads, _FULL),
        *((line, _FROM_ABOVE) for line in reversed(lines[-4:]) if instruments.names_tie(line)),
        *((line, _FROM_ABOVE) for line in lines[-1:] if len(line.split()) <= _HEADING),
    ):
        cities = cities_in(words, gazetteer, source.latest)
        if len(cities) == 1:
            ((place, partner),) = cities
            return place, partner.written, sure
    if len(titled) == 1:
        return titled[0], "", _FROM_TITLE
    return None, "", 0.0


def _partners(
    table: PrintedTable,
    columns: _Columns,
    heads: str,
    above: str,
    titled: Sequence[Place],
    gazetteer: Gazetteer,
    source: Source,
    found: Findings,
) -> None:
    above_home, above_written, above_sure = (
        _home_of(table, above, titled, gazetteer, source) if columns.home < 0 else (None, "", _FULL)
    )
    subject = f"{table.caption.text} {heads}"
    usual = instruments.kind_of(table.columns[columns.partner].text) or (
        "sister-city" if instruments.SISTERS.search(plain(subject)) else "other"
    )
    if usual == "other" and not table.caption.text and instruments.SISTERS.search(plain(above)):
        usual = "sister-city"
    first = len(found.ties)
    for row in table.rows:
        cell = row[columns.partner]
        if not cell.text.strip():
            continue
        home: Partner | Place | None = above_home
        if columns.home >= 0:
            homes = [
                each
                for each in partners_in(row[columns.home].text, gazetteer, source.latest, cell=True)
                if not each.is_network
            ]
            home = homes[0] if homes else None
        if home is None:
            if columns.home < 0 or row[columns.home].text.strip():
                note_unresolved(
                    found,
                    source,
                    cell.spans,
                    row[columns.home].text if columns.home >= 0 else cell.text,
                    "unknown" if columns.home >= 0 else "no-home",
                )
            continue
        named = partners_in(cell.text, gazetteer, source.latest, cell=True)
        partners = [each for each in named if not each.is_network]
        codes = (
            _countries(row[columns.country].text, gazetteer, source) if columns.country >= 0 else []
        )
        partners = _not_states(partners, gazetteer, codes)
        if partners and all(each.is_country for each in partners):
            # "Nowhereville, Spain": a city that nobody knows makes no tie of its country.
            partners = [] if _name_alone(cell.text[: partners[0].span.start]) else partners
        if not partners:
            written = _name_alone(cell.text)
            if written:
                note_unresolved(found, source, cell.spans, written, "unknown")
            continue
        for partner in partners:
            own = _told(row, columns, partner, partners, source.latest)
            note_tie(
                found,
                source,
                gazetteer,
                city=home,
                partner=partner,
                spans=_row_spans(row, columns),
                form="table",
                kind=own.kind or usual,
                instrument=own.instrument,
                dated=own.dated,
                status=own.status,
                confidence=above_sure,
                led=True,
                city_written=above_written,
                near=codes if not partner.countries else (),
            )
        for written in _unknown(cell.text, named):
            note_unresolved(found, source, cell.spans, written, "unknown")
    found.ties[first:] = with_usual_kind(found.ties[first:])


def _pairs(
    table: PrintedTable,
    columns: _Columns,
    heads: str,
    gazetteer: Gazetteer,
    source: Source,
    found: Findings,
) -> None:
    """Rows that name both cities in one cell: "Kerman - Arequipa"."""
    usual = instruments.kind_of(table.caption.text) or instruments.kind_of(heads) or "other"
    for row in table.rows:
        cell = row[columns.pair]
        partners = partners_in(cell.text, gazetteer, source.latest, cell=True)
        if len(partners) != 2 or any(each.is_country or each.is_network for each in partners):
            continue
        own = _told(row, columns, partners[1], partners, source.latest)
        note_tie(
            found,
            source,
            gazetteer,
            city=partners[0],
            partner=partners[1],
            spans=tuple(sorted({*cell.spans, *_row_spans(row, columns)})),
            form="table",
            kind=own.kind or usual,
            instrument=own.instrument,
            dated=own.dated,
            status=own.status,
            confidence=_FULL,
            led=False,
        )


def _not_states(
    partners: Sequence[Partner], gazetteer: Gazetteer, codes: Sequence[str]
) -> list[Partner]:
    """Partners with the country that the row names for each; states only where nothing else is."""
    cities = [each for each in partners if not each.is_country]
    if not cities and codes:
        # The name of a state that its capital shares, in a column of cities: کویت، کویت.
        for each in partners:
            named = [
                place
                for code in codes
                for place in gazetteer.named(each.written, country=code, kind="city")
            ]
            if named:
                cities.append(replace(each, candidates=tuple(named)))
    chosen = cities or list(partners)
    if len(chosen) == len(codes) == 1 and not (chosen[0].countries or chosen[0].is_country):
        return [replace(chosen[0], countries=(codes[0],))]
    return chosen


def _countries(text: str, gazetteer: Gazetteer, source: Source) -> list[str]:
    return [
        place.country
        for each in partners_in(text, gazetteer, source.latest, cell=True)
        for place in each.candidates[:1]
        if place.kind == "country"
    ]


def _unknown(text: str, named: Sequence[Partner]) -> Iterator[str]:
    """The pieces of an enumeration that name no known place, ``named`` being those that do."""
    if len(named) < 2:
        return
    for before, after in pairwise([None, *named, None]):
        start = before.end if before else 0
        end = after.span.start if after else len(text)
        for piece in _PIECES.split(text[start:end]):
            name = _name_alone(piece)
            if name and instruments.kind_of(name) is None:
                yield name


_PIECES = re.compile(r"[،,;؛\n]|\d+\s*[.)]|[.(]\s*\d+|[()\[\]]|(?<=\s)و(?=\s)|(?<=\s)and(?=\s)")
_NOT_NAMES = re.compile(r"[^\w\s'’.-]|[\d۰-۹٠-٩]+")


def _networks(text: str, gazetteer: Gazetteer, latest: int) -> list[Partner]:
    """The networks that a cell names; the whole cell may be a name that prose cannot have."""
    partners = partners_in(_STUCK.sub("ها ", text), gazetteer, latest, cell=True)
    found = [each for each in partners if each.is_network]
    whole = tuple(gazetteer.named(text, kind="network")) if text.strip() and not found else ()
    return [Partner(Span(0, len(text)), len(text), text, whole)] if whole else found


# The plural ending of the word before, which an extractor stuck to the name.
_STUCK = re.compile(r"(?<!\S)ها(?=\w{4})")


def _name_alone(text: str, *, words: int = 4) -> str:
    """What of a cell may be a name that no gazetteer has; empty when nothing is."""
    name = " ".join(_NOT_NAMES.sub(" ", text).split()).strip(". -")
    if len(name) < 3 or len(name.split()) > words or instruments.status_in(name) is not None:
        return ""
    return name if re.search(r"[^\W\d_]{3}", name) else ""


@dataclass(frozen=True, slots=True)
class _Told:
    """What a row says of a tie beside its partner."""

    kind: TieKind | None
    instrument: str
    dated: Dated | None
    status: TieStatus


def _told(
    row: Sequence[TableCell],
    columns: _Columns,
    partner: Partner,
    partners: Sequence[Partner],
    latest: int,
) -> _Told:
    words = " ".join(row[number].text for number in columns.kinds)
    remark = partner.remark
    if len(partners) == 1:
        rest = row[columns.partner].text
        remark = f"{rest[: partner.span.start]} {rest[partner.span.end :]}"
    instrument = instruments.instrument_in(words) or instruments.instrument_in(remark)
    if words and not instrument and instruments.kind_of(words):
        instrument = " ".join(words.split())
    dated = partner.dated
    if dated is None:
        for number in columns.dates:
            dated = next(iter(dates_in(row[number].text, latest, cell=True)), dated)
            if dated is not None:
                break
    if dated is None and len(partners) == 1:
        dated = next(iter(dates_in(row[columns.partner].text, latest)), None)
    said = (remark, words, *(row[number].text for number in columns.status))
    status: TieStatus = next(
        (state for each in said if (state := instruments.status_in(each)) is not None), "signed"
    )
    kind = instruments.kind_of(remark) or instruments.kind_of(words)
    return _Told(kind, instrument, dated, status)


def _row_spans(row: Sequence[TableCell], columns: _Columns) -> tuple[Span, ...]:
    """Where a row stands, its merged cells left out."""
    numbers = [columns.partner, columns.country, *columns.dates, *columns.kinds, *columns.status]
    spans = {span for number in numbers if number >= 0 for span in row[number].spans}
    return tuple(sorted(spans))


def _members(
    table: PrintedTable,
    columns: _Columns,
    above: str,
    titled: Sequence[Place],
    gazetteer: Gazetteer,
    source: Source,
    found: Findings,
) -> None:
    """Memberships: a network and its cities in a row, or a city and its networks."""
    column = columns.home if columns.home >= 0 else columns.partner
    above_home: Place | None = None
    above_written = ""
    sure = _FULL
    if column < 0:
        above_home, above_written, sure = _home_of(table, above, titled, gazetteer, source)
    seen: set[tuple[str, tuple[Span, ...]]] = set()
    for row in table.rows:
        cell = row[columns.network]
        networks = _networks(cell.text, gazetteer, source.latest)
        homes: list[Partner | Place] = [above_home] if above_home else []
        if column >= 0:
            named = partners_in(row[column].text, gazetteer, source.latest, cell=True)
            homes = [each for each in named if not each.is_network and not each.is_country]
            for written in _unknown(row[column].text, named) if networks else ():
                note_unresolved(found, source, row[column].spans, written, "unknown")
        listed = columns.partner >= 0 or len(homes) > 1
        if not networks and homes and listed and (name := _name_alone(cell.text, words=8)):
            note_unresolved(found, source, cell.spans, name, "unknown")
        for home in homes:
            for network in networks:
                written = home.written if isinstance(home, Partner) else above_written
                key = (f"{written} {network.candidates[0].id}", cell.spans)
                if key in seen:
                    continue  # a merged cell comes back in every row that it covers
                seen.add(key)
                note_tie(
                    found,
                    source,
                    gazetteer,
                    city=home,
                    partner=network,
                    spans=(*row[column].spans, *cell.spans) if column >= 0 else cell.spans,
                    form="table",
                    kind="membership",
                    instrument="",
                    dated=network.dated,
                    status="signed",
                    confidence=sure,
                    led=True,
                    city_written=above_written,
                )
