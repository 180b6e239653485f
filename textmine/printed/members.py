"""Flattened tables of networks, each with its reach and an enumeration of member cities."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from textmine.clauses.rows import Row
from textmine.places import Gazetteer
from textmine.places.spelling import name_key
from textmine.printed.around import LONGEST_LINE, caption_above, made_table
from textmine.printed.entries import (
    Name,
    Reader,
    Token,
    cell_of,
    key_of,
    tokens_of,
    words_of,
)
from textmine.records import PrintedTable, Span, TableCell

_EMPTY = TableCell()

_JOINING_WORDS = frozenset(("و", "and", "&"))
# How far a network reaches; the second half of منطقه‌ای may have come before the first.
_REACH = """
    جهانی منطقهای ایمنطقه منطقهیی ملی بینالمللی المللیبین قارهای ایقاره
    global regional international national worldwide continental
"""
_SCOPES = frozenset(_REACH.split())
# Words that begin the name of a network and may stand alone on the line above the rest.
_BEGINNINGS = """
    شبکه سازمان اتحادیه انجمن مجمع network organization league
"""
_NETWORK_WORDS = frozenset(_BEGINNINGS.split())
_LIKE = 0.86
"""Share of letters in common that makes the words of some lines the name of a network."""


@dataclass
class _Membership:
    """A row: ``beside`` are words on the other side of the scope word than the cities.

    ``forward``: the cities stand behind the scope word.
    """

    first: int
    last: int
    scope: TableCell
    cities: list[tuple[str, tuple[Span, ...]]]
    torn: bool = False
    beside: list[Token] = field(default_factory=list)
    forward: bool = False
    name: TableCell = _EMPTY
    known: bool = False


def member_tables(
    rows: Sequence[Row],
    notes: set[int],
    captions: Sequence[int],
    reader: Reader,
    gazetteer: Gazetteer,
) -> list[PrintedTable]:
    """Tables of networks: two rows or more, each with a scope word beside its member cities."""
    networks = gazetteer.network_names
    found: list[_Membership] = []
    at = 0
    while at < len(rows):
        row = _membership(rows, at, notes, reader) if at not in notes else None
        if row is None:
            at += 1
            continue
        floor = found[-1].last + 1 if found else 0
        row.name, row.known = _network_of(rows, row, floor, notes, networks, reader)
        if row.cities or row.known:
            found.append(row)
        at = row.last + 1
    tables: list[PrintedTable] = []
    chain: list[_Membership] = []
    for row in [*found, None]:
        near = row and chain and row.first - chain[-1].last <= 45 and not any(
            chain[-1].last < at <= row.first for at in captions
        )  # fmt: skip
        if row and near:
            chain.append(row)
            continue
        tables += _member_table(rows, captions, chain)
        chain = [row] if row else []
    return tables


def _member_table(
    rows: Sequence[Row], captions: Sequence[int], chain: Sequence[_Membership]
) -> list[PrintedTable]:
    if sum(bool(row.cities) for row in chain) < 2 or not any(len(row.cities) > 1 for row in chain):
        return []
    torn = sum(row.torn for row in chain)
    return [
        made_table(
            caption_above(rows, captions, chain[0].first),
            rows[chain[0].first].page,
            ("network", "scope", "members"),
            [
                (
                    row.name,
                    row.scope,
                    TableCell(
                        " ".join(city for city, _ in row.cities),
                        tuple(span for _, spans in row.cities for span in spans),
                    ),
                )
                for row in chain
            ],
            "The cities beside a word for the reach of a network were taken for its members, the "
            "lines above for its name.",
            f"Names of cities torn apart in {torn} rows were put together." if torn else "",
        )
    ]


def _membership(
    rows: Sequence[Row], at: int, notes: set[int], reader: Reader
) -> _Membership | None:
    """The row of a table of networks that begins with a scope word on line ``at``."""
    if len(rows[at].text) > LONGEST_LINE:
        return None
    line = tokens_of(rows[at].text, rows[at].start)
    for place, token in enumerate(line):
        size = 1
        key = key_of(token.text) if token.kind == "word" else ""
        if key and place + 1 < len(line) and line[place + 1].kind == "word":
            pair = key + key_of(line[place + 1].text)
            if pair in _SCOPES:
                key, size = pair, 2
        if key not in _SCOPES:
            continue
        before, after = line[:place], line[place + size :]
        scope = cell_of(line[place : place + size], reader.text)
        # Cities stand next to the scope word: before it when the line is turned, else behind it.
        cities, torn = _cities(before, reader, from_end=True)
        side, other = before, after
        if not cities:
            cities, torn = _cities(after, reader, from_end=False)
            side, other = after, before
        alone = not words_of(line[:place]) and not words_of(after)
        if not cities and not alone:
            continue
        if cities and len(words_of(side)) > 6 + 2 * len(cities):
            continue
        last = at
        while cities and last + 1 < len(rows) and last + 1 not in notes:
            more = tokens_of(rows[last + 1].text, rows[last + 1].start)
            named, more_torn = _cities(more, reader, from_end=False, all_of_it=True)
            if not named:
                break
            cities += named
            torn = torn or more_torn
            last += 1
        beside = words_of(other) if cities else []
        return _Membership(at, last, scope, cities, torn, beside, side is after)
    return None


def _cities(
    tokens: Sequence[Token], reader: Reader, *, from_end: bool, all_of_it: bool = False
) -> tuple[list[tuple[str, tuple[Span, ...]]], bool]:
    """The cities that stand in a row at one end of ``tokens``; whether one had to be put together.

    With ``all_of_it`` nothing else may stand among them.
    """
    parts: list[tuple[Name | None, Sequence[Token]]] = []
    edges: set[int] = set()
    for start, end, name in reader.mentions(tokens):
        part = tokens[start:end]
        if part[0].kind in ("stop", "number", "dash", "open", "close"):
            edges.add(len(parts))
            continue
        if name is None and key_of(part[0].text) in _JOINING_WORDS:
            continue
        parts.append((name if name is not None and name.countries else None, part))
    count = len(parts)
    parts, torn = _mended(parts, reader)
    if from_end:
        parts.reverse()
    cities: list[tuple[str, tuple[Span, ...]]] = []
    for at, (name, _) in enumerate(parts):
        if name is None:
            edge = at if not from_end else count - at
            if all_of_it or (edge not in edges and not torn):
                return [], False
            break
        cities.append((name.cell.text, name.cell.spans))
    return cities[::-1] if from_end else cities, torn


def _mended(
    parts: list[tuple[Name | None, Sequence[Token]]], reader: Reader
) -> tuple[list[tuple[Name | None, Sequence[Token]]], bool]:
    """Parts in which a lost letter went to the next name (بریزاصفهان، ت) come apart again."""
    for one in range(len(parts)):
        for two in (one - 1, one + 1):
            if not 0 <= two < len(parts) or parts[one][0] or parts[two][0]:
                continue
            letters, stuck = parts[one][1][0], parts[two][1][0]
            if len(letters.text) > 3 or len(stuck.text) < 5:
                continue
            for cut in range(2, len(stuck.text) - 1):
                head = Token("word", stuck.text[:cut], stuck.start, stuck.start + cut)
                tail = Token("word", stuck.text[cut:], stuck.start + cut, stuck.end)
                for whole, torn in ((tail, head), (head, tail)):
                    for order in ([letters, torn], [torn, letters]):
                        first = reader.places([whole])
                        second = reader.named("".join(token.text for token in order))
                        if first and second:
                            low, high = sorted((one, two))
                            glued = TableCell(
                                "".join(token.text for token in order),
                                tuple(token.span for token in order),
                            )
                            mended = [
                                (Name(cell_of([whole], reader.text), first), [whole]),
                                (Name(glued, second), order),
                            ]
                            return [*parts[:low], *mended, *parts[high + 1 :]], True
    return parts, False


def _likeness(one: str, other: str) -> float:
    """Share of letters that two keys have in common, wherever they stand."""
    common = sum((Counter(one) & Counter(other)).values())
    return 2 * common / (len(one) + len(other))


def _network_of(
    rows: Sequence[Row],
    found: _Membership,
    floor: int,
    notes: set[int],
    networks: Sequence[str],
    reader: Reader,
) -> tuple[TableCell, bool]:
    """The name of the network, and whether the gazetteer has one of these words.

    It stands in the lines above, or on the line of the scope word.
    """
    above = _lines_above(rows, found.first, floor, notes)
    options = [above[-size:] for size in range(1, len(above) + 1)]
    if found.beside:
        options += [[found.beside], *([*option, found.beside] for option in list(options))]
    best: tuple[float, list[list[Token]], str] = (0.0, [], "")
    for lines in options:
        key = _key(token for line in lines for token in line)
        for network in networks:
            if abs(len(network) - len(key)) <= 0.3 * len(key):
                best = max(best, (_likeness(network, key), lines, network), key=lambda one: one[0])
    score, lines, network = best
    if score >= _LIKE:
        tokens = _in_order(lines, network)
        upper = above[-2] if len(lines) == 1 and lines == above[-1:] and len(above) > 1 else []
        begins = score < 1 or (upper and key_of(upper[0].text) in _NETWORK_WORDS)
        if upper and begins and sum(len(token.text) for token in upper) <= 20:
            # One line was enough to know it, but the name began on the short line above.
            tokens = [*upper, *tokens]
        return cell_of(tokens, reader.text), True
    if found.beside and found.forward:
        return cell_of(found.beside, reader.text), False
    short: list[list[Token]] = []
    for line in reversed(above[-3:]):
        if sum(len(token.text) + 1 for token in line) > 32:
            break
        short.insert(0, line)
    return cell_of([token for line in short for token in line], reader.text), False


def _lines_above(rows: Sequence[Row], first: int, floor: int, notes: set[int]) -> list[list[Token]]:
    """The words of up to five lines above that can be those of one cell."""
    lines: list[list[Token]] = []
    for at in range(first - 1, floor - 1, -1):
        row = rows[at]
        if at in notes:
            continue
        sentence = re.search(r"[.:؛](?!\w)|\.\w", row.text)
        if sentence or len(row.text) > 60 or row.page != rows[first].page or len(lines) == 5:
            break
        lines.insert(0, words_of(tokens_of(row.text, row.start)))
    return lines


def _key(tokens: Iterable[Token]) -> str:
    return name_key(" ".join(token.text for token in tokens)).replace(" ", "")


def _in_order(lines: Sequence[Sequence[Token]], name: str) -> list[Token]:
    """The words in the order of reading.

    That is their order in ``name`` (a key without spaces) when it has them all, else lines as they
    stand or turned, whichever is nearer to it.
    """
    pieces = [[piece for token in line for piece in _cut(token, name)] for line in lines]
    left = name
    places: dict[Token, int] = {}
    # Long words first, so that short ones cannot take their place.
    for token in sorted((token for line in pieces for token in line), key=lambda t: -len(t.text)):
        key = name_key(token.text)
        at = left.find(key)
        if at >= 0:
            places[token] = at
            left = left[:at] + " " * len(key) + left[at + len(key) :]
    strangers = [token for line in pieces for token in line if token not in places]
    if sum(len(token.text) for token in strangers) <= 3:
        return [*sorted(places, key=lambda token: places[token]), *strangers]
    orders = [
        [token for line in pieces for token in line],
        [token for line in pieces for token in reversed(line)],
    ]
    return max(orders, key=lambda order: SequenceMatcher(None, _key(order), name).ratio())


def _cut(token: Token, name: str) -> list[Token]:
    """A word, or its two parts when they stuck together and ``name`` has them elsewhere."""
    if name_key(token.text) in name:
        return [token]
    for cut in range(2, len(token.text) - 1):
        parts = name_key(token.text[:cut]), name_key(token.text[cut:])
        known = [part in name for part in parts]
        short = min(len(part) for part, is_known in zip(parts, known, strict=True) if not is_known
                    ) if not all(known) else 0  # fmt: skip
        if all(known) or (any(known) and short <= 3 and max(map(len, parts)) >= 5):
            middle = token.start + cut
            return [
                token._replace(text=token.text[:cut], end=middle),
                token._replace(text=token.text[cut:], start=middle),
            ]
    return [token]
