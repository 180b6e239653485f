"""Tables of numbers by country that were flattened into runs of equal length.

A group is a run of k names, runs of k words beside them, k numbers, and perhaps one number more:
the sum that the group prints. A sum is checked against the numbers above it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from textmine.clauses.rows import Row
from textmine.printed.around import caption_above
from textmine.printed.columns import Item, code_of, columns_of, country_of, runs
from textmine.printed.mending import is_total
from textmine.records import Fault, PrintedTable, TableCell
from textmine.text.digits import latin_digits

_EMPTY = TableCell()

# Words of heads; a line with two of them is a head and no label.
_HEAD_WORDS = re.compile(
    r"منطقه|کشور|تعداد|شمار|جمع|شهر|ردیف|وابستگی|پیوند|سهم|درصد|region|countr|number|total|sum"
    r"|cit(?:y|ies)|group|partner|ties\b|share|percent|count\b",
    re.I,
)


@dataclass
class _Group:
    """Names with what stands beside each; ``total`` is the number under several such runs.

    ``said``: a word before it says that it is the total.
    """

    first: int
    last: int
    names: list[TableCell]
    places: list[bool]
    cities: bool
    words: list[list[TableCell]]
    numbers: list[TableCell]
    label: TableCell = _EMPTY
    total: TableCell = _EMPTY
    said: bool = False
    continued: bool = field(default=False)


def count_tables(
    rows: Sequence[Row], items: Sequence[Item], captions: Sequence[int]
) -> list[PrintedTable]:
    """Every table of that kind: three rows or more, in one group at least two of them."""
    groups: list[_Group] = []
    heads = set(captions)
    done = 0
    for start, end in runs(items):
        if start < done:
            continue
        _, stretch = columns_of(items[start:end])[-1]
        group = _group(items, end - len(stretch), end, heads, done)
        if group is not None:
            groups.append(group)
            done = group.last + 1
    tables = []
    chain: list[_Group] = []
    for group in groups:
        apart = chain and (
            group.first - chain[-1].last > 12
            or any(items[chain[-1].last].at < at < items[group.first].at for at in captions)
            or len(group.words) != len(chain[-1].words)
        )
        if apart:
            tables += _table(rows, items, chain, captions)
            chain = []
        chain.append(group)
    return tables + _table(rows, items, chain, captions)


def _group(
    items: Sequence[Item], start: int, end: int, heads: set[int], done: int
) -> _Group | None:
    """The group whose names are ``items[start:end]``, or None when no such runs follow."""
    size = end - start
    at = end
    while at < len(items) and items[at].kind != "number" and at - end <= 4 * size + 4:
        at += 1
    numbers: list[Item] = []
    while at < len(items) and items[at].kind == "number" and len(numbers) <= size:
        if numbers and items[at].at in heads:
            break
        numbers.append(items[at])
        at += 1
    if len(numbers) > size and at < len(items) and items[at].kind == "number":
        return None  # a column of more names than these
    between = items[end : at - len(numbers)]
    under = items[at : at + 2]
    said = [item.kind == "number" for item in under] == [False, True] and is_total(
        under[0].cell.text
    )
    if said and len(numbers) == size:
        numbers.append(under[1])
        at += 2
    if len(numbers) not in (size, size + 1) or any(len(item.cell.text) > 60 for item in between):
        return None
    if all(len(item.cell.text) == 4 for item in numbers):
        return None
    words = _word_columns(between, size)
    if words is None or (size == 1 and not words):
        return None
    label, first = _label(items, start, heads, done)
    names = [country_of(item) for item in items[start:end]]
    beside = _beside(items[start])
    label = beside if beside.text else label
    return _Group(
        first=first,
        last=at - 1,
        names=[name.cell if name else item.cell for name, item in
               zip(names, items[start:end], strict=True)],
        places=[_is_place(item) for item in items[start:end]],
        cities=all(not code_of(item) for item in items[start:end]),
        words=words,
        numbers=[item.cell for item in numbers[:size]],
        label=label,
        total=numbers[size].cell if len(numbers) > size else _EMPTY,
        said=said,
        continued=not label.text,
    )  # fmt: skip


def _is_place(item: Item) -> bool:
    return bool(code_of(item)) or (item.entry is not None and item.entry.known)


def _beside(item: Item) -> TableCell:
    """The label that stands on the line of the first name."""
    entry = item.entry
    if entry is None or entry.known:
        return _EMPTY
    for pair in entry.pairs:
        if pair.first.country:
            return pair.second.cell
        if pair.second.country:
            return pair.first.cell
    return _EMPTY


def _word_columns(items: Sequence[Item], size: int) -> list[list[TableCell]] | None:
    """Cells between names and numbers as columns of ``size``, or None when they make none."""
    cells: list[TableCell] = []
    bulleted = any(item.bulleted for item in items)
    for item in items:
        if bulleted and not item.bulleted and item.kind != "dash" and cells:
            last = cells.pop()
            cells.append(
                TableCell(f"{last.text} {item.cell.text}", (*last.spans, *item.cell.spans))
            )
        else:
            cells.append(_EMPTY if item.kind == "dash" else item.cell)
    if len(cells) % size:
        return None
    return [cells[at : at + size] for at in range(0, len(cells), size)]


def _label(items: Sequence[Item], start: int, heads: set[int], done: int) -> tuple[TableCell, int]:
    """The lines above a run that name its group, and where they begin."""
    at = start
    while at > done and start - at < 4:
        above = items[at - 1]
        text = above.cell.text
        if (
            above.kind in ("number", "dash")
            or above.at in heads
            or above.bulleted
            or len(text) > 40
            or text.endswith((".", ":", "؛"))
            or len(_HEAD_WORDS.findall(text)) >= min(2, len(text.split()))
        ):
            break
        at -= 1
    cells = [item.cell for item in items[at:start]]
    return TableCell(
        " ".join(cell.text for cell in cells), tuple(span for cell in cells for span in cell.spans)
    ), at


def _table(
    rows: Sequence[Row], items: Sequence[Item], groups: Sequence[_Group], captions: Sequence[int]
) -> list[PrintedTable]:
    names = sum(len(group.names) for group in groups)
    known = sum(sum(group.places) for group in groups)
    longest = max((len(group.names) for group in groups), default=0)
    if names < 3 or longest < 2 or 3 * known < 2 * names:
        return []
    first = items[groups[0].first].at
    caption = caption_above(rows, captions, first + 1)
    made: list[tuple[TableCell, ...]] = []
    faults: list[Fault] = []
    for label, parts in _with_totals(groups):
        total = parts[-1].total if _has_sum(parts) else _EMPTY
        if total.text and (fault := _checked(label, parts, total)):
            faults.append(fault)
        for part in parts:
            columns = [part.names, *part.words, part.numbers]
            made += [(label, *cells, total) for cells in zip(*columns, strict=True)]
    words = len(groups[0].words)
    name = "city" if all(group.cities for group in groups) else "country"
    heads = ("region", name, *(["group"] * words), "number", "sum")
    return [
        PrintedTable(
            caption=caption,
            page=items[groups[0].first].page,
            columns=tuple(map(TableCell, heads)),
            rows=tuple(made),
            repairs=_repairs(groups),
            faults=tuple(faults),
        )
    ]


def _with_totals(groups: Sequence[_Group]) -> list[tuple[TableCell, list[_Group]]]:
    """Groups put together: a run without a label goes on with the one above."""
    out: list[tuple[TableCell, list[_Group]]] = []
    for group in groups:
        if group.continued and out and not _has_sum(out[-1][1]):
            out[-1][1].append(group)
        else:
            out.append((group.label, [group]))
    return out


def _checked(label: TableCell, parts: Sequence[_Group], total: TableCell) -> Fault | None:
    values = [_value(cell) for part in parts for cell in part.numbers]
    printed = _value(total)
    if sum(values) == printed:
        return None
    name = label.text or parts[0].names[0].text
    return Fault(
        "total-differs",
        {
            "en": f"{name}: the printed sum is {printed}, but the rows add up to {sum(values)}.",
            "fa": f"{name}: جمع چاپ‌شده {printed} است، اما جمع سطرها {sum(values)} می‌شود.",
        },
        (*total.spans, *(span for part in parts for cell in part.numbers for span in cell.spans)),
    )


def _has_sum(parts: Sequence[_Group]) -> bool:
    """Whether a sum stands below, and not the number of a page: a word says so, or its size."""
    last = parts[-1]
    found = sum(_value(cell) for part in parts for cell in part.numbers)
    return bool(last.total.text) and (last.said or 0.5 * found <= _value(last.total) <= 2 * found)


def _value(cell: TableCell) -> int:
    return int(re.sub(r"\D", "", latin_digits(cell.text)) or 0)


def _repairs(groups: Sequence[_Group]) -> tuple[str, ...]:
    said = ["Columns stood one after the other; lines of one place in each were put in one row."]
    later = sum(group.continued for group in groups[1:])
    if later:
        said.append(f"{later} runs without a label were taken to go on with the group above.")
    return tuple(said)
