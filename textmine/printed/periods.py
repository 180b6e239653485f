"""Flattened tables whose rows stand under spans of years, each with a number and countries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from textmine.clauses.rows import Row
from textmine.printed.around import LONGEST_LINE, caption_above, made_table
from textmine.printed.entries import (
    Reader,
    Token,
    cell_of,
    joined,
    key_of,
    tokens_of,
)
from textmine.records import PrintedTable, TableCell
from textmine.text.digits import latin_digits

_EMPTY = TableCell()

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
        if at not in notes and len(rows[at].text) <= LONGEST_LINE:
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
        lines: list[Sequence[Token]] = [tokens_of(rows[n].text, rows[n].start) for n in numbers]
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
            labels = [joined(labels), *[_EMPTY] * (width - 1)] if width else []
        made.append((key.cell, *labels, body.number, body.states))
    return [
        made_table(
            caption_above(rows, captions, keys[0].first),
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


def _has_country(tokens: Sequence[Token], reader: Reader) -> bool:
    return any(name is not None and name.country for _, _, name in reader.mentions(tokens))


def _body(
    rows: Sequence[Row], numbers: Sequence[int], lines: Sequence[Sequence[Token]], reader: Reader
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
        following: list[Sequence[Token]] = []
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
            labels[-1] = joined([labels[-1], own[0]])
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
    rows: Sequence[Row], numbers: Sequence[int], lines: Sequence[Sequence[Token]], reader: Reader
) -> list[TableCell]:
    """The cells before the number; a blank line or the dash of an empty cell parts them."""
    cells: list[TableCell] = []
    for n, line in zip(numbers, lines, strict=True):
        mine = _label_cells(line, reader)
        if cells and mine and rows[n].feeds <= 1 and mine[0].text:
            cells[-1] = joined([cells[-1], mine[0]])
            mine = mine[1:]
        cells += mine
    return cells


def _label_cells(line: Sequence[Token], reader: Reader) -> list[TableCell]:
    """One line before the number: its words, and an empty cell for a dash (first if turned)."""
    words = [token for token in line if token.kind not in ("dash", "stop", "bullet")]
    dashed = any(token.kind == "dash" and len(token.text) > 1 for token in line)
    return ([_EMPTY] if dashed else []) + ([cell_of(words, reader.text)] if words else [])
