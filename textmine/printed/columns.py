"""Tables that an extractor left as runs of lines, one column after the other.

A run of cities and a run of countries are paired line by line: the own country of each city tells
which line of the other column is its own, so a country that is missing is seen where it is missing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from textmine.clauses.rows import Row
from textmine.printed.entries import (
    BULLETS,
    Entry,
    Name,
    Pair,
    Reader,
    is_number,
)
from textmine.records import Fault, Span, TableCell
from textmine.text.digits import latin_digits

Column = Literal["city", "country"]
_EMPTY = TableCell()

LONGEST_GAP = 16
"""Lines of other text (notes and addresses not counted) that may part two groups of a table."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line, or lines that make one cell together, and what it is.

    ``kind``: ``place`` (a name of a place, perhaps with a date), ``weak`` (a few words that may be
    an unknown place), ``number``, ``dash`` (the sign of an empty cell), ``sort`` (kind words
    alone), ``text``. ``at`` is the number of its first line.
    """

    at: int
    last: int
    kind: Literal["place", "weak", "number", "dash", "sort", "text"]
    cell: TableCell
    page: int
    entry: Entry | None = None
    bulleted: bool = False
    listed: bool = False
    gap: bool = False


@dataclass
class Block:
    """A run of entries, the run of countries beside it (empty when none) and what follows."""

    entries: list[Item]
    countries: list[Item]
    first: int
    last: int
    dates: list[Item] = field(default_factory=list)
    sorts: list[Item] = field(default_factory=list)


# ---- lines ----------------------------------------------------------------------------------


def items_of(
    rows: Sequence[Row], skipped: set[int], reader: Reader, captions: Collection[int] = ()
) -> list[Item]:
    """The lines as items; those of ``skipped`` (notes, addresses) are left out.

    ``captions`` are lines that are no entries, whatever they name.
    """
    seen = [at for at in range(len(rows)) if at not in skipped]
    entries: dict[int, Entry | None] = {}

    def entry(*numbers: int) -> Entry | None:
        if len(numbers) > 1:
            return reader.entry((rows[n].text, rows[n].start) for n in numbers)
        if numbers[0] not in entries:
            row = rows[numbers[0]]
            entries[numbers[0]] = (
                reader.entry([(row.text, row.start)])
                if numbers[0] not in captions and _is_short(row)
                else None
            )
        return entries[numbers[0]]

    items: list[Item] = []
    at = 0
    while at < len(seen):
        size, found = 1, entry(seen[at])
        for more in (1, 2):
            group = seen[at : at + more + 1]
            if found is None or len(group) <= more or not _near(rows, group):
                break
            joined = _joined(found, entry(group[-1]), entry(*group), size == more)
            if joined is not None:
                size, found = more + 1, joined
        items.append(_item(rows, seen[at : at + size], found, reader))
        at += size
    return items


def _is_short(row: Row) -> bool:
    """Whether a line can be an entry at all."""
    return len(row.text) <= 90 and len(row.text.split()) <= 12


def _near(rows: Sequence[Row], numbers: Sequence[int]) -> bool:
    return all(
        two - one <= 2 and rows[two].feeds <= 2 and rows[one].page == rows[two].page
        for one, two in pairwise(numbers)
    )


def _joined(one: Entry, rest: Entry | None, joined: Entry | None, directly: bool) -> Entry | None:
    """Two lines or three as one cell, when the last goes on with what the first began.

    ``directly``: nothing stands between the two that is no part of the first.
    """
    if rest is None or joined is None or joined.name is None or one.name is None:
        return None
    if rest.name is None and not rest.date.text:
        # Kind words alone, in brackets or closing a bracket: they belong to the name above.
        brackets = one.open or rest.bracketed
        return joined if directly and brackets and (not one.kind.text or one.open) else None
    if (
        directly
        and one.open
        and rest.open
        and not joined.open
        and not rest.known
        and not rest.bulleted
    ):
        return joined
    if one.marked or rest.bulleted or not joined.known:
        return None
    if not (one.known and rest.known):
        return joined
    same = joined.name.country
    return joined if same and same in (one.name.country, rest.name and rest.name.country) else None


def _item(rows: Sequence[Row], numbers: Sequence[int], entry: Entry | None, reader: Reader) -> Item:
    row = rows[numbers[0]]
    bare = row.text.strip(BULLETS + " \t")
    bulleted = bare != row.text.strip()
    kind: Literal["place", "weak", "number", "dash", "sort", "text"] = "text"
    if is_number(row.text):
        kind = "number"
    elif not bare.strip("-–—_*. "):
        kind = "dash"
    elif entry is not None and entry.name is None and entry.kind.text and not entry.date.text:
        kind = "sort"
    elif entry is not None and entry.name is not None:
        words = entry.name.cell.text.split()
        short = len(words) <= 4 and len(row.text) <= 45
        if entry.known or entry.pairs or (entry.marked and entry.bracketed and short):
            kind = "place"
        elif short and not re.search(r"[-–—.،,؛;:]", bare):
            kind = "weak"
    spans = tuple(
        Span(rows[n].start + lead, rows[n].start + lead + len(text))
        for n in numbers
        for text, lead in [_stripped(rows[n].text)]
    )
    return Item(
        at=numbers[0],
        last=numbers[-1],
        kind=kind,
        cell=TableCell(" ".join(reader.text[start:end] for start, end in spans), spans),
        page=row.page,
        entry=entry,
        bulleted=bulleted,
        listed=_is_listed(row.text),
        gap=row.blank,
    )


def _stripped(text: str) -> tuple[str, int]:
    bare = text.lstrip(BULLETS + " \t\u200e\u200f")
    return bare.rstrip(BULLETS + " \t\u200e\u200f"), len(text) - len(bare)


def _is_listed(text: str) -> bool:
    """Whether a dash or bullet opens the line, be it turned to the other end."""
    plain = text.strip()
    words = len(re.findall(r"\w+", plain))
    return words >= 2 and bool(
        re.match(rf"[-–—{BULLETS}]\s*\D", plain) or re.search(rf"\s[-–—{BULLETS}]$", plain)
    )


# ---- runs -----------------------------------------------------------------------------------


def runs(items: Sequence[Item]) -> Iterator[tuple[int, int]]:
    """Stretches of places, be it with an unknown one or two between them."""
    at = 0
    while at < len(items):
        if items[at].kind != "place":
            at += 1
            continue
        end = at + 1
        while end < len(items):
            ahead = next((n for n in range(end, min(end + 3, len(items)))
                          if items[n].kind != "weak"), None)  # fmt: skip
            if ahead is None or items[ahead].kind != "place" or items[ahead].at - items[end].at > 4:
                break
            end = ahead + 1
        yield at, end
        at = end


def _costs(item: Item) -> tuple[float, float]:
    """What it costs to take an item for a city, and for a country."""
    entry = item.entry
    if entry is None or entry.name is None or item.kind == "weak":
        return 1.0, 2.0
    if entry.marked:
        return 0.0, 4.0
    if entry.known:
        name = entry.name
        return (0.0 if name.countries else 4.0), (0.0 if name.country else 3.0)
    if entry.located:
        return 0.0, 4.0
    if any(pair.first.country or pair.second.country for pair in entry.pairs):
        return 1.0, 0.5
    return 0.0, 4.0


def columns_of(items: Sequence[Item]) -> list[tuple[Column, list[Item]]]:
    """A run cut into stretches of cities and of countries, at the least cost."""
    switch = 1.5
    best: list[tuple[float, float]] = []
    came: list[tuple[int, int]] = []
    for item in items:
        costs = _costs(item)
        if not best:
            best.append(costs)
            came.append((0, 1))
            continue
        last = best[-1]
        step: list[float] = []
        origin: list[int] = []
        for state in (0, 1):
            stay, change = last[state], last[1 - state] + switch
            step.append(min(stay, change) + costs[state])
            origin.append(state if stay <= change else 1 - state)
        best.append((step[0], step[1]))
        came.append((origin[0], origin[1]))
    state = 0 if best[-1][0] <= best[-1][1] else 1
    states = [state]
    for at in range(len(items) - 1, 0, -1):
        state = came[at][state]
        states.append(state)
    states.reverse()
    stretches: list[tuple[Column, list[Item]]] = []
    for item, state in zip(items, states, strict=True):
        column: Column = "country" if state else "city"
        if stretches and stretches[-1][0] == column:
            stretches[-1][1].append(item)
        else:
            stretches.append((column, [item]))
    return stretches


# ---- pairing --------------------------------------------------------------------------------

_RIGHT, _SECOND, _UNKNOWN, _WRONG, _GAP = 2.0, 1.6, 0.6, -1.5, -0.7


def aligned(
    names: Sequence[Name | None], countries: Sequence[str]
) -> tuple[float, list[tuple[int | None, int | None]]]:
    """The best pairing in order of cities and country codes, with its score."""

    def fit(name: Name | None, code: str) -> float:
        if name is None or not name.countries or not code:
            return _UNKNOWN
        if code not in name.countries:
            return _WRONG
        first = next(place.country for place in name.places if place.kind == "city")
        return _RIGHT if first == code else _SECOND

    width = len(countries) + 1
    table = [[_GAP * column for column in range(width)]]
    for at, name in enumerate(names, start=1):
        row = [_GAP * at]
        for column in range(1, width):
            row.append(
                max(
                    table[-1][column - 1] + fit(name, countries[column - 1]),
                    table[-1][column] + _GAP,
                    row[-1] + _GAP,
                )
            )
        table.append(row)
    pairs: list[tuple[int | None, int | None]] = []
    at, column = len(names), len(countries)
    while at or column:
        here = table[at][column]
        if at and column:
            step = table[at - 1][column - 1] + fit(names[at - 1], countries[column - 1])
            if abs(here - step) < 1e-9:
                at, column = at - 1, column - 1
                pairs.append((at, column))
                continue
        if at and abs(here - table[at - 1][column] - _GAP) < 1e-9:
            at -= 1
            pairs.append((at, None))
        else:
            column -= 1
            pairs.append((None, column))
    pairs.reverse()
    return table[-1][-1], pairs


def country_of(item: Item) -> Name | None:
    """The country that an item names, alone or beside a label."""
    entry = item.entry
    if entry is None or entry.name is None:
        return None
    if entry.known:
        return entry.name
    for pair in entry.pairs:
        for name in (pair.first, pair.second):
            if name.country:
                return name
    return entry.name


def code_of(item: Item) -> str:
    """The code of the country that an item names, or nothing."""
    name = country_of(item)
    return name.country if name else ""


# ---- blocks ---------------------------------------------------------------------------------


def blocks_of(items: Sequence[Item]) -> list[Block]:
    """Runs of cities with the runs of countries that follow them, in order."""
    stretches: list[tuple[Column, list[Item]]] = []
    for start, end in runs(items):
        stretches += columns_of(items[start:end])
    place = {item.at: number for number, item in enumerate(items)}
    blocks: list[Block] = []
    at = 0
    while at < len(stretches):
        column, mine = stretches[at]
        at += 1
        if column == "country":
            continue
        theirs: list[Item] = []
        if at < len(stretches) and stretches[at][0] == "country":
            between = place[stretches[at][1][0].at] - place[mine[-1].at] - 1
            if between <= 1:
                theirs = stretches[at][1]
                at += 1
                after: list[Item] = []
                if at < len(stretches):
                    next_at = place[stretches[at][1][0].at]
                    after = stretches[at][1] if next_at == place[theirs[-1].at] + 1 else []
                mine, theirs, taken = _best_borders(mine, theirs, after)
                del after[:taken]
                if at < len(stretches) and not stretches[at][1]:
                    at += 1
        last = place[(theirs or mine)[-1].at]
        block = Block(list(mine), list(theirs), place[mine[0].at], last)
        _take_more_columns(block, items)
        blocks.append(block)
    return blocks


def _is_both(item: Item) -> bool:
    """Whether an item names a city and a country alike, and nothing tells which (کویت)."""
    entry = item.entry
    if entry is None or entry.name is None or entry.marked:
        return False
    return bool(entry.name.country and entry.name.countries)


def _fitting(mine: Sequence[Item], theirs: Sequence[Item]) -> float:
    names = [item.entry.name if item.entry else None for item in mine]
    return aligned(names, [code_of(item) for item in theirs])[0]


def _best_borders(
    mine: list[Item], theirs: list[Item], after: Sequence[Item]
) -> tuple[list[Item], list[Item], int]:
    """The borders of cities and countries, moved over names that are both.

    ``after`` is the next run of cities; the number of its names that are countries of this one
    comes last.
    """
    row = [*mine, *theirs]
    low = high = len(mine)
    while low > 1 and _is_both(row[low - 1]):
        low -= 1
    while high < len(row) - 1 and _is_both(row[high]):
        high += 1
    most = next((at for at, item in enumerate(after) if not _is_both(item)), len(after))

    def quality(borders: tuple[int, int]) -> tuple[float, int]:
        cut, taken = borders
        fit = _fitting(row[:cut], [*row[cut:], *after[:taken]])
        return fit, -abs(cut - len(mine)) - taken

    cut, taken = max(
        ((cut, taken) for cut in range(low, high + 1) for taken in range(most + 1)), key=quality
    )
    return row[:cut], [*row[cut:], *after[:taken]], taken


def _take_more_columns(block: Block, items: Sequence[Item]) -> None:
    """Columns of years or of kinds of the same length, right behind."""
    size = len(block.countries or block.entries)
    while size > 1 or block.countries:
        following = list(items[block.last + 1 : block.last + 1 + size])
        after = items[block.last + 1 + size] if block.last + 1 + size < len(items) else None
        kinds = {item.kind for item in following}
        if len(following) < size or len(kinds) > 1 + ("dash" in kinds):
            return
        if "number" in kinds and not block.dates and (after is None or after.kind != "number"):
            years = [latin_digits(item.cell.text) for item in following if item.kind == "number"]
            if not all(len(year) == 4 for year in years):
                return
            block.dates = following
        elif "sort" in kinds and not block.sorts and (after is None or after.kind != "sort"):
            block.sorts = following
        else:
            return
        block.last += size


# ---- groups ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a group: the label of its group, the partner, the country listed for it."""

    label: TableCell
    item: Item
    partner: Name
    country: TableCell
    date: TableCell
    sort: TableCell


@dataclass(frozen=True, slots=True)
class Side:
    """Which of two names on a line is the label of the group, and the country of the labels.

    Without a country labels are cities of anywhere, each on the first line of its group.
    """

    second: bool
    country: str


def _choices(blocks: Sequence[Block]) -> list[Side]:
    """The ways to read lines with two names, the likeliest first."""
    votes: Counter[Side] = Counter()
    for block in blocks:
        for item in block.entries:
            entry = item.entry
            if entry is None or entry.known:
                continue
            for second in (True, False):
                codes = {
                    code
                    for pair in entry.pairs
                    for code in (pair.second if second else pair.first).countries
                }
                votes.update(Side(second, code) for code in codes)
    return [*(side for side, _ in votes.most_common(8)), Side(True, ""), Side(False, "")]


def _split(entry: Entry, side: Side | None, first: bool) -> tuple[Name | None, Name | None]:
    """The label and the partner of an entry; no label when it has one name only.

    ``first``: it stands on the first line of its group.
    """
    if entry.located:
        return entry.label, entry.located.first
    if side is not None and not entry.known and (side.country or first):
        options: list[Pair] = [
            pair
            for pair in entry.pairs
            for label in [pair.second if side.second else pair.first]
            if (side.country in label.countries if side.country else label.countries)
        ]
        if options:
            best = max(options, key=lambda pair: bool(pair.first.places and pair.second.places))
            return (best.second, best.first) if side.second else (best.first, best.second)
    return None, entry.name


def _halves(block: Block, side: Side | None) -> list[tuple[Name | None, Name | None]]:
    """The labels and partners of the entries of a block."""
    first = block.entries[0]
    return [_split(item.entry, side, item is first) for item in block.entries if item.entry]


def _fit(blocks: Sequence[Block], side: Side | None) -> float:
    score = 0.0
    for block in blocks:
        halves = _halves(block, side)
        value, _ = aligned(
            [name for _, name in halves], [code_of(item) for item in block.countries]
        )
        score += value + 1.0 * sum(label is not None for label, _ in halves)
    return score


def best_side(blocks: Sequence[Block]) -> Side | None:
    """How lines with two names are read in all blocks of one table, or None without any."""
    choices = _choices(blocks)
    if not choices:
        return None
    best = max(choices, key=lambda side: _fit(blocks, side))
    return best if _fit(blocks, best) > _fit(blocks, None) else None


def homes_of(blocks: Sequence[Block], side: Side | None) -> frozenset[str]:
    """The countries of the labels that stand on lines of their own.

    It is one country, unless the first lines of all groups are more than the countries beside.
    """
    if side is not None and side.country:
        return frozenset((side.country,))
    votes: Counter[str] = Counter()
    above = 0
    for block in blocks:
        entry = block.entries[0].entry
        if len(block.entries) > 1 and entry and entry.known and not entry.marked:
            votes[_country_at_best(block.entries[0])] += 1
            above += bool(block.countries) and _is_one_more(block, side)
    del votes[""]
    if above == len(blocks) or side is not None:
        return frozenset(votes)
    return frozenset(country for country, _ in votes.most_common(1))


def _is_one_more(block: Block, side: Side | None) -> bool:
    """Whether the countries fit the entries better without the first of these."""
    codes = [code_of(item) for item in block.countries]
    names = [partner for _, partner in _halves(block, side)]
    return aligned(names[1:], codes)[0] > aligned(names, codes)[0]


def lines_of(blocks: Sequence[Block]) -> tuple[list[list[Line]], list[Fault]]:
    """The entries of each block with label and country, and what the columns do not agree on."""
    side = best_side(blocks)
    homes = homes_of(blocks, side)
    label = _EMPTY
    out: list[list[Line]] = []
    faults: list[Fault] = []
    for block in blocks:
        alone = _labels_alone(block, side, homes)
        entries: list[tuple[TableCell, Item, Name]] = []
        for item in block.entries:
            if item.entry is None or item.entry.name is None:
                continue
            if item.at in alone:
                label = item.entry.name.cell
                continue
            mark, partner = _split(item.entry, side, item is block.entries[0])
            if mark is not None:
                label = mark.cell
            if partner is not None:
                entries.append((label, item, partner))
        lines, wrong = _paired(block, _trimmed(block, entries))
        out.append(lines)
        faults += wrong
    return out, faults


def _labels_alone(block: Block, side: Side | None, homes: frozenset[str]) -> set[int]:
    """Lines that hold nothing but the label of a group."""

    def can_be(item: Item) -> bool:
        entry = item.entry
        return bool(
            entry and entry.known and not entry.marked and entry.name
            and homes & entry.name.countries
        )  # fmt: skip

    if block.countries:
        first = block.entries[0]
        if not can_be(first) or len(block.entries) < 2:
            return set()
        return {first.at} if _is_one_more(block, side) else set()
    abroad = not any(
        _country_at_best(item) in homes
        for item in block.entries
        if item.entry is not None and item.entry.marked
    )
    at_home = {
        item.at for item in block.entries if can_be(item) and _country_at_best(item) in homes
    }
    return at_home if abroad and len(at_home) < len(block.entries) else set()


def _country_at_best(item: Item) -> str:
    """The country of the best known city of an entry's name."""
    name = item.entry.name if item.entry else None
    places = name.places if name else ()
    return next((place.country for place in places if place.kind == "city"), "")


def _trimmed(
    block: Block, entries: list[tuple[TableCell, Item, Name]]
) -> list[tuple[TableCell, Item, Name]]:
    """The entries without unknown names at either end that no country stands beside (heads)."""
    if not block.countries:
        return entries
    codes = [code_of(item) for item in block.countries]
    _, pairs = aligned([name for _, _, name in entries], codes)
    beside = [at for at, column in pairs if at is not None and column is not None]
    known = [at for at, entry in enumerate(entries) if entry[2].places]
    kept = beside + known
    return entries[min(kept) : max(kept) + 1] if kept else entries


def _paired(
    block: Block, entries: Sequence[tuple[TableCell, Item, Name]]
) -> tuple[list[Line], list[Fault]]:
    lines: list[Line] = []
    faults: list[Fault] = []
    codes = [code_of(item) for item in block.countries]
    _, pairs = aligned([name for _, _, name in entries], codes)
    listed = Span(block.countries[0].cell.spans[0].start, block.countries[-1].cell.spans[-1].end) \
        if block.countries else None  # fmt: skip
    for at, column in pairs:
        if at is None:
            if column is not None:
                faults.append(_extra(block.countries[column], entries))
            continue
        label, item, name = entries[at]
        entry = item.entry
        country = _EMPTY
        if column is not None:
            found = country_of(block.countries[column])
            country = found.cell if found else block.countries[column].cell
            if name.countries and codes[column] and codes[column] not in name.countries:
                faults.append(_differs(name, country))
        elif entry is not None and entry.located:
            country = entry.located.second.cell
        elif listed is not None:
            faults.append(_missing(name, block, listed))
        own = column if block.countries else at
        lines.append(
            Line(
                label,
                item,
                name,
                country,
                _beside(block.dates, own) or (entry.date if entry else _EMPTY),
                _beside(block.sorts, own) or (entry.kind if entry else _EMPTY),
            )
        )
    return lines, faults


def _beside(column: Sequence[Item], at: int | None) -> TableCell | None:
    """The cell of a further column on line ``at``; None where there is no such column or line."""
    if at is None or at >= len(column):
        return None
    return _EMPTY if column[at].kind == "dash" else column[at].cell


def _missing(name: Name, block: Block, listed: Span) -> Fault:
    there = [item.cell.text for item in block.countries]
    city = name.cell.text
    return Fault(
        "country-missing",
        {
            "en": f"The column of countries has none for {city}; it lists {', '.join(there)}.",
            "fa": f"ستون کشورها برای {city} کشوری ندارد؛ در آن آمده است: {'، '.join(there)}.",
        },
        (*name.cell.spans, listed),
    )


def _extra(item: Item, entries: Sequence[tuple[TableCell, Item, Name]]) -> Fault:
    cities = [name.cell.text for _, _, name in entries]
    return Fault(
        "country-extra",
        {
            "en": f"The column of countries lists {item.cell.text}, but none of the cities beside "
            f"it lies there: {', '.join(cities)}.",
            "fa": f"در ستون کشورها {item.cell.text} آمده است، اما هیچ‌یک از شهرهای کنار آن در این "
            f"کشور نیست: {'، '.join(cities)}.",
        },
        item.cell.spans,
    )


def _differs(name: Name, country: TableCell) -> Fault:
    return Fault(
        "country-differs",
        {
            "en": f"{name.cell.text} stands beside {country.text}, where no city of that name is "
            "known.",
            "fa": f"{name.cell.text} کنار {country.text} آمده است، اما در این کشور شهری به این نام "
            "شناخته نیست.",
        },
        (*name.cell.spans, *country.spans),
    )


def chains(blocks: Sequence[Block], borders: Sequence[int]) -> list[list[Block]]:
    """Blocks that follow each other without a caption or much other text between them."""
    out: list[list[Block]] = []
    for block in blocks:
        last = out[-1][-1] if out else None
        apart = last is None or block.first - last.last - 1 > LONGEST_GAP or any(
            last.last < border <= block.first for border in borders
        )  # fmt: skip
        if apart:
            out.append([block])
        else:
            out[-1].append(block)
    return out
