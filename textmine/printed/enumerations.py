"""Flattened tables whose cells are enumerations: rows under spans of years, networks with their
member cities, numbered partners with their countries.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from textmine.clauses.rows import Row
from textmine.places import Gazetteer
from textmine.places.spelling import name_key
from textmine.printed.entries import Name, Reader, Token, cell_of, is_kind_word, key_of, tokens_of
from textmine.records import PrintedTable, Span, TableCell
from textmine.text.digits import latin_digits

_EMPTY = TableCell()
_LONGEST_LINE = 120
"""Characters; lines of a flattened table are shorter."""
_JOINING_WORDS = frozenset(("و", "and", "&"))


def _caption(rows: Sequence[Row], captions: Sequence[int], first: int) -> TableCell:
    at = next((at for at in reversed(captions) if first - 16 <= at < first), None)
    return _EMPTY if at is None else TableCell(rows[at].text, (Span(rows[at].start, rows[at].end),))


def _table(
    caption: TableCell,
    page: int,
    heads: Iterable[str],
    cells: Iterable[tuple[TableCell, ...]],
    *repairs: str,
) -> PrintedTable:
    return PrintedTable(
        caption=caption,
        page=page,
        columns=tuple(map(TableCell, heads)),
        rows=tuple(cells),
        repairs=tuple(filter(None, repairs)),
    )


def _words(tokens: Iterable[Token]) -> list[Token]:
    return [token for token in tokens if token.kind == "word"]


def _mentions(tokens: Sequence[Token], reader: Reader) -> Iterator[tuple[int, int, Name | None]]:
    """The known names among ``tokens``, longest first, each with its place; other tokens alone."""
    at = 0
    while at < len(tokens):
        for size in (4, 3, 2, 1):
            part = tokens[at : at + size]
            if len(part) == size and all(token.kind == "word" for token in part):
                name = reader.name(part, whole=False)
                if name is not None:
                    yield at, at + size, name
                    at += size
                    break
        else:
            yield at, at + 1, None
            at += 1


# ---- rows under spans of years --------------------------------------------------------------

# Words that stand beside the years of a period.
_BESIDE_YEARS = """
    پیش قبل پس بعد از تا الی به کنون تاکنون اکنون امروز حال حاضر سال سالهای دوره
    before until till to from since after present now today pre post onwards date
"""
_PERIOD_WORDS = frozenset(_BESIDE_YEARS.split())


@dataclass
class _Period:
    first: int
    last: int
    cell: TableCell
    year: int
    rest: list[Token] = field(default_factory=list)


def period_tables(
    rows: Sequence[Row], notes: set[int], captions: Sequence[int], reader: Reader
) -> list[PrintedTable]:
    """Rows under spans of years, each with a number and countries: three rows or more."""
    keys = list(_periods(rows, notes, reader))
    tables: list[PrintedTable] = []
    chain: list[_Period] = []
    for key in [*keys, None]:
        if key is not None and chain and (
            key.first - chain[-1].last <= 16 and key.year >= chain[-1].year
        ):  # fmt: skip
            chain.append(key)
            continue
        if len(chain) >= 3:
            tables += _period_table(rows, notes, captions, chain, reader)
        chain = [key] if key is not None else []
    return tables


def _periods(rows: Sequence[Row], notes: set[int], reader: Reader) -> Iterator[_Period]:
    at = 0
    while at < len(rows):
        found = None
        if at not in notes:
            one = _period(rows, [at], reader)
            two = at + 1 < len(rows) and at + 1 not in notes and _period(rows, [at, at + 1], reader)
            found = two or one
        if found:
            yield found
        at = found.last + 1 if found else at + 1


def _period(rows: Sequence[Row], numbers: list[int], reader: Reader) -> _Period | None:
    tokens = [token for n in numbers for token in tokens_of(rows[n].text, rows[n].start)]
    count = 0
    for token in tokens:
        year = token.kind == "number" and len(token.text) == 4
        word = token.kind == "word" and key_of(token.text) in _PERIOD_WORDS
        if not (year or word or token.kind == "dash"):
            break
        count += 1
    key, rest = tokens[:count], tokens[count:]
    years = [int(latin_digits(token.text)) for token in key if token.kind == "number"]
    bound = len(years) == 2 or (len(years) == 1 and any(token.kind == "word" for token in key))
    if not bound or (rest and (len(numbers) > 1 or len(years) != 2)):
        return None
    return _Period(numbers[0], numbers[-1], cell_of(key, reader.text), years[0], rest)


def _period_table(
    rows: Sequence[Row],
    notes: set[int],
    captions: Sequence[int],
    keys: Sequence[_Period],
    reader: Reader,
) -> list[PrintedTable]:
    bodies = []
    for key, following in zip(keys, [*keys[1:], None], strict=True):
        end = following.first if following else min(key.last + 12, len(rows))
        numbers = [n for n in range(key.last + 1, end) if n not in notes]
        lines = [tokens_of(rows[n].text, rows[n].start) for n in numbers]
        if key.rest:
            numbers, lines = [key.last, *numbers], [key.rest, *lines]
        bodies.append(_body(rows, numbers, lines, reader))
    good = [body for body in bodies if body is not None]
    if len(good) < 3 or 3 * len(good) < 2 * len(bodies):
        return []
    counts = {len(body.lines) for body in good}
    if len(counts) == 1 and not any(body.parted for body in good):
        for same in good:
            same.labels = same.lines
    width = Counter(len(body.labels) for body in good).most_common(1)[0][0]
    made = []
    for key, body in zip(keys, bodies, strict=True):
        if body is None:
            made.append((key.cell, *[_EMPTY] * width, _EMPTY, _EMPTY))
            continue
        labels = body.labels
        if len(labels) != width:
            labels = [_joined(labels), *[_EMPTY] * (width - 1)] if width else []
        made.append((key.cell, *labels, body.number, body.states))
    return [
        _table(
            _caption(rows, captions, keys[0].first),
            rows[keys[0].first].page,
            ("period", *["group"] * width, "number", "countries"),
            made,
            "Lines between two spans of years were taken for one row; its number parts the labels "
            "from the countries.",
        )
    ]


@dataclass
class _Body:
    """``lines`` are the labels line by line; ``parted``: blank lines stand between cells."""

    labels: list[TableCell]
    number: TableCell
    states: TableCell
    lines: list[TableCell]
    parted: bool


def _joined(cells: Sequence[TableCell]) -> TableCell:
    full = [cell for cell in cells if cell.text]
    return TableCell(
        " ".join(cell.text for cell in full), tuple(span for cell in full for span in cell.spans)
    )


def _has_country(tokens: Sequence[Token], reader: Reader) -> bool:
    return any(name is not None and name.country for _, _, name in _mentions(tokens, reader))


def _body(
    rows: Sequence[Row], numbers: Sequence[int], lines: Sequence[list[Token]], reader: Reader
) -> _Body | None:
    """The cells of one row: labels, a number and countries."""
    for at, line in enumerate(lines):
        counts = [token for token in line if token.kind == "number" and len(token.text) < 4]
        if len(counts) != 1:
            continue
        cut = line.index(counts[0])
        before, after = line[:cut], line[cut + 1 :]
        states, rest = (before, after) if _has_country(before, reader) else (after, before)
        if not _has_country(states, reader) and at + 1 < len(lines) and not rest:
            rest, states = states, []
        following: list[list[Token]] = []
        for n, more in zip(numbers[at + 1 :], lines[at + 1 :], strict=True):
            ended = (following[-1] if following else states)[-1:]
            if (ended and ended[0].text == ".") or rows[n].blank:
                break
            following.append(more)
        everything = [*states, *(token for more in following for token in more)]
        if not _has_country(everything, reader):
            continue
        labels = _labels(rows, numbers[:at], lines[:at], reader)
        own = _label_cells(rest, reader)
        if own and own[0].text and at and lines[at - 1] and rows[numbers[at]].feeds <= 1 and labels:
            labels[-1] = _joined([labels[-1], own[0]])
            own = own[1:]
        lone = [cell for more in lines[:at] for cell in _label_cells(more, reader)]
        return _Body(
            [*labels, *own],
            cell_of(counts, reader.text),
            cell_of(everything, reader.text),
            [*lone, *_label_cells(rest, reader)],
            any(rows[n].feeds > 1 for n in numbers[: at + 1]),
        )
    return None


def _labels(
    rows: Sequence[Row], numbers: Sequence[int], lines: Sequence[list[Token]], reader: Reader
) -> list[TableCell]:
    """The cells before the number; a blank line or the dash of an empty cell parts them."""
    cells: list[TableCell] = []
    for n, line in zip(numbers, lines, strict=True):
        mine = _label_cells(line, reader)
        if cells and mine and rows[n].feeds <= 1 and mine[0].text:
            cells[-1] = _joined([cells[-1], mine[0]])
            mine = mine[1:]
        cells += mine
    return cells


def _label_cells(line: Sequence[Token], reader: Reader) -> list[TableCell]:
    """One line before the number: its words, and an empty cell for a dash (first if turned)."""
    words = [token for token in line if token.kind not in ("dash", "stop", "bullet")]
    dashed = any(token.kind == "dash" and len(token.text) > 1 for token in line)
    return ([_EMPTY] if dashed else []) + ([cell_of(words, reader.text)] if words else [])


# ---- networks and their members -------------------------------------------------------------

# How far a network reaches; the second half of منطقه‌ای may have come before the first.
_REACH = """
    جهانی منطقهای ایمنطقه منطقهیی ملی بینالمللی المللیبین قارهای ایقاره
    global regional international national worldwide continental
"""
_SCOPES = frozenset(_REACH.split())
_LIKE = 0.86
"""Share of letters in common that makes the words of some lines the name of a network."""


@dataclass
class _Membership:
    first: int
    last: int
    scope: TableCell
    cities: list[tuple[str, tuple[Span, ...]]]
    torn: bool = False
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
    networks = _network_names(gazetteer)
    found: list[_Membership] = []
    at = 0
    while at < len(rows):
        row = _membership(rows, at, notes, reader) if at not in notes else None
        if row is None:
            at += 1
            continue
        floor = found[-1].last + 1 if found else 0
        row.name, row.known = _network_above(rows, row.first, floor, notes, networks, reader)
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
    while chain and not chain[-1].cities:
        chain = chain[:-1] if not chain[-1].known else chain
        if chain and not chain[-1].cities:
            break
    if sum(bool(row.cities) for row in chain) < 2 or not any(len(row.cities) > 1 for row in chain):
        return []
    torn = sum(row.torn for row in chain)
    return [
        _table(
            _caption(rows, captions, chain[0].first),
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
    if len(rows[at].text) > _LONGEST_LINE:
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
        side = before
        if not cities:
            cities, torn = _cities(after, reader, from_end=False)
            side = after
        alone = not _words(line[:place]) and not _words(after)
        if not cities and not alone:
            continue
        if cities and len(_words(side)) > 6 + 2 * len(cities):
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
        return _Membership(at, last, scope, cities, torn)
    return None


def _cities(
    tokens: Sequence[Token], reader: Reader, *, from_end: bool, all_of_it: bool = False
) -> tuple[list[tuple[str, tuple[Span, ...]]], bool]:
    """The cities that stand in a row at one end of ``tokens``; whether one had to be put together.

    With ``all_of_it`` nothing else may stand among them.
    """
    parts: list[tuple[Name | None, Sequence[Token]]] = []
    edges: set[int] = set()
    for start, end, name in _mentions(tokens, reader):
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


def _network_names(gazetteer: Gazetteer) -> list[str]:
    """All names of networks as keys without spaces."""
    names = gazetteer.running_names
    return sorted(
        {
            key.replace(" ", "")
            for key, numbers in names.rows.items()
            if len(key) >= 6 and any(gazetteer.row(at).kind == "network" for at in numbers)
        }
    )


def _likeness(one: str, other: str) -> float:
    """Share of letters that two keys have in common, wherever they stand."""
    common = sum((Counter(one) & Counter(other)).values())
    return 2 * common / (len(one) + len(other))


def _network_above(
    rows: Sequence[Row],
    first: int,
    floor: int,
    notes: set[int],
    networks: Sequence[str],
    reader: Reader,
) -> tuple[TableCell, bool]:
    """The name in the lines above, and whether the gazetteer has a network of these words."""
    lines: list[list[Token]] = []
    at = first - 1
    while at >= floor and len(lines) < 5:
        row = rows[at]
        if at not in notes:
            sentence = re.search(r"[.:؛](?!\w)|\.\w", row.text)
            if sentence or len(row.text) > 60 or row.page != rows[first].page:
                break
            lines.insert(0, _words(tokens_of(row.text, row.start)))
        at -= 1
    best: tuple[float, list[Token], str] = (0.0, [], "")
    for size in range(1, len(lines) + 1):
        tokens = [token for line in lines[-size:] for token in line]
        key = name_key(" ".join(token.text for token in tokens)).replace(" ", "")
        for network in networks:
            if abs(len(network) - len(key)) <= 0.3 * len(key):
                best = max(best, (_likeness(network, key), tokens, network), key=lambda one: one[0])
    score, tokens, network = best
    if score >= _LIKE:
        return cell_of(_in_order(tokens, network), reader.text), True
    short: list[list[Token]] = []
    for line in reversed(lines[-3:]):
        if sum(len(token.text) + 1 for token in line) > 32:
            break
        short.insert(0, line)
    return cell_of([token for line in short for token in line], reader.text), False


def _in_order(tokens: Sequence[Token], name: str) -> list[Token]:
    """The words as they follow each other in ``name`` (a key without spaces); strangers last."""
    pieces: list[Token] = []
    for token in tokens:
        key = name_key(token.text)
        cuts = [cut for cut in range(2, len(token.text) - 1)
                if key not in name and name_key(token.text[:cut]) in name
                and name_key(token.text[cut:]) in name]  # fmt: skip
        if cuts:
            middle = token.start + cuts[0]
            pieces.append(replace(token, text=token.text[: cuts[0]], end=middle))
            pieces.append(replace(token, text=token.text[cuts[0] :], start=middle))
        else:
            pieces.append(token)
    left = name

    def place(token: Token) -> int:
        nonlocal left
        key = name_key(token.text)
        at = left.find(key)
        if at < 0:
            return len(name)
        left = left[:at] + " " * len(key) + left[at + len(key) :]
        return at

    # Long words first, so that short ones cannot take their place.
    places = {token: place(token) for token in sorted(pieces, key=lambda token: -len(token.text))}
    return sorted(pieces, key=lambda token: (places[token], token.start))


# ---- numbered partners ----------------------------------------------------------------------


@dataclass
class _Partner:
    name: Name
    country: TableCell = _EMPTY
    code: str = ""
    date: TableCell = _EMPTY
    kind: list[Token] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        return bool(self.code) and self.code in self.name.countries


@dataclass(frozen=True)
class _Numbered:
    """The lines of numbered partners of one city; ``turned`` when they run the other way."""

    first: int
    end: int
    city: TableCell
    partners: list[_Partner]
    turned: bool


def numbered_tables(
    rows: Sequence[Row], notes: set[int], captions: Sequence[int], reader: Reader
) -> list[PrintedTable]:
    """Tables of numbered partners ("2. Baku, Azerbaijan") under the names of their cities."""
    tables: list[PrintedTable] = []
    groups: list[_Numbered] = []
    at = 0
    while at < len(rows):
        end = at
        while end < len(rows) and end not in notes and _is_numbered(rows[end], reader):
            end += 1
        if end == at:
            at += 1
            continue
        while end < len(rows) and end not in notes and _is_rest(rows[end], reader):
            end += 1
        partners, turned = _partners(rows[at:end], reader)
        agreeing = sum(partner.agrees for partner in partners)
        head = _city_above(rows, at, notes, reader)
        if head.text and agreeing >= 2 and 2 * agreeing >= len(partners):
            groups.append(_Numbered(at, end, head, partners, turned))
        at = end
    chain: list[_Numbered] = []
    for group in [*groups, None]:
        if group and chain and group.first - chain[-1].end <= 16:
            chain.append(group)
            continue
        if chain and sum(len(numbered.partners) for numbered in chain) >= 4:
            tables += _numbered_table(rows, captions, chain, reader)
        chain = [group] if group else []
    return tables


_ENUMERATOR = re.compile(r"(?<![\d/])\d{1,2}\s?\.(?!\d)|\.\s?\d{1,2}(?![\d/])")


def _is_numbered(row: Row, reader: Reader) -> bool:
    plain = latin_digits(row.text)
    return (
        len(plain) <= _LONGEST_LINE and bool(_ENUMERATOR.search(plain)) and _named(row, reader) >= 3
    )


def _named(row: Row, reader: Reader) -> int:
    tokens = tokens_of(row.text, row.start)
    words = len(_words(tokens))
    mentions = [end - start for start, end, name in _mentions(tokens, reader) if name is not None]
    return len(mentions) if 2 * sum(mentions) >= words else 0


def _is_rest(row: Row, reader: Reader) -> bool:
    """Whether a line goes on with the last of some numbered partners."""
    plain = latin_digits(row.text)
    tokens = tokens_of(row.text, row.start)
    if len(_words(tokens)) > 6 or any(token.kind == "other" for token in tokens):
        return False
    numbers = re.search(r"\(\s*\d{4}|\d{4}\s*\)", plain) or _ENUMERATOR.search(plain)
    return bool(numbers) and (_named(row, reader) >= 1 or len(_words(tokens)) == 1)


def _city_above(rows: Sequence[Row], first: int, notes: set[int], reader: Reader) -> TableCell:
    """The city whose partners follow: alone on its line, or beside something in brackets."""
    at = first - 1
    if at < 0 or at in notes or len(rows[at].text) > 90:
        return _EMPTY
    tokens = tokens_of(rows[at].text, rows[at].start)
    signs = [n for n, token in enumerate(tokens) if token.kind in ("open", "close")]
    outside = [*tokens[: signs[0]], *tokens[signs[-1] + 1 :]] if len(signs) > 1 else tokens
    words = _words(outside)
    if not words or len(words) > 4 or any(token.kind == "other" for token in outside):
        return _EMPTY
    name = reader.name(words)
    return name.cell if name is not None and name.countries else _EMPTY


def _partners(rows: Sequence[Row], reader: Reader) -> tuple[list[_Partner], bool]:
    """The partners of some lines, and whether the lines are turned: the way that makes sense."""
    lines = [tokens_of(row.text, row.start) for row in rows]
    forward = _in_stream([token for line in lines for token in line], reader)
    back = _in_stream([token for line in lines for token in reversed(line)], reader)
    better = sum(one.agrees for one in back) - sum(one.agrees for one in forward)
    turned = better > 0 or (better == 0 and any(row.text.startswith(".") for row in rows))
    return (back if turned else forward), turned


def _in_stream(tokens: Sequence[Token], reader: Reader) -> list[_Partner]:
    partners: list[_Partner] = []
    words: list[Token] = []
    spare: Name | None = None  # a country that came before its city
    split = False  # whether a country came between the words of one name

    def close() -> None:
        nonlocal spare
        if not words:
            return
        last = partners[-1] if partners else None
        name = reader.name(words)
        if split and last and not last.name.places and name is None:
            last.name = _appended(last.name, words, reader)
        else:
            partners.append(_Partner(name or Name(cell_of(words, reader.text))))
            if spare is not None and spare.country in partners[-1].name.countries:
                partners[-1].country, partners[-1].code = spare.cell, spare.country
        spare = None
        words.clear()

    for start, end, name in _mentions(tokens, reader):
        part = tokens[start:end]
        token = part[0]
        if name is not None and name.country and (words or not name.countries):
            last = partners[-1] if partners else None
            if words:
                close()
                last = partners[-1]
            if last is not None and not last.code:
                last.country, last.code = name.cell, name.country
                split = True
                continue
            spare = name
        elif name is not None:
            last = partners[-1] if partners else None
            alone = not words and name.country and last and not last.code
            if alone and last and name.country in last.name.countries:
                last.country, last.code = name.cell, name.country
            else:
                if words and reader.name(words) is not None:
                    close()
                words.extend(part)
        elif token.kind == "word":
            if is_kind_word(token.text):
                close()
                if partners:
                    partners[-1].kind.append(token)
            else:
                words.append(token)
        elif token.kind == "number" and len(token.text) == 4:
            close()
            if partners and not partners[-1].date.text:
                partners[-1].date = cell_of([token], reader.text)
        elif token.kind == "number" and words and reader.name(words) is not None:
            close()
        if name is None and token.kind != "word":
            if words and split:
                close()
            split = False
    close()
    return partners


def _appended(name: Name, words: Sequence[Token], reader: Reader) -> Name:
    """A name whose words stood on both sides of its country."""
    tokens = [Token("word", reader.text[start:end], start, end) for start, end in name.cell.spans]
    both = [*tokens, *words]
    return reader.name(both) or Name(cell_of(both, reader.text))


def _numbered_table(
    rows: Sequence[Row],
    captions: Sequence[int],
    groups: Sequence[_Numbered],
    reader: Reader,
) -> list[PrintedTable]:
    first = groups[0].first
    caption = _caption(rows, captions, first)
    made = [
        (group.city, partner.name.cell, partner.country, cell_of(partner.kind, reader.text),
         partner.date, _EMPTY)
        for group in groups
        for partner in group.partners
    ]  # fmt: skip
    turned = sum(group.turned for group in groups)
    tables = [
        _table(
            caption,
            rows[first].page,
            ("city", "partner", "country", "instrument", "date", "note"),
            made,
            "Numbered partners were taken out of running lines, each with the country beside it.",
            f"The lines of {turned} groups ran the other way." if turned else "",
        )
    ]
    items: list[tuple[TableCell, TableCell]] = []
    starts = [group.first - 1 for group in groups[1:]]
    for group, stop in zip(groups, [*starts, groups[-1].end + 4], strict=True):
        end = group.end
        while end < min(stop, len(rows)) and len(rows[end].text) <= 50:
            end += 1
        items += [
            (group.city, cell)
            for cell in _semicolon_items(rows[group.end : end], group.turned, reader)
        ]
    if len(items) > 1:
        tables.append(
            _table(caption, rows[first].page, ("city", "network"), items,
                   "Words behind the partners of a city were cut at their semicolons.")
        )  # fmt: skip
    return tables


def _semicolon_items(rows: Sequence[Row], turned: bool, reader: Reader) -> Iterator[TableCell]:
    spans: list[Span] = []
    for row in rows:
        pieces = re.finditer(r"[^؛;]+|[؛;]", row.text)
        for piece in reversed(list(pieces)) if turned else pieces:
            bare = piece[0].strip()
            if bare in ("؛", ";"):
                if spans:
                    yield TableCell(" ".join(reader.text[a:b] for a, b in spans), tuple(spans))
                spans = []
            elif bare:
                at = row.start + piece.start() + piece[0].index(bare)
                spans.append(Span(at, at + len(bare)))
    if spans:
        yield TableCell(" ".join(reader.text[a:b] for a, b in spans), tuple(spans))
