"""Tables rebuilt from text that an extractor flattened into runs of lines.

Four layouts are known: columns of places one after the other (partners of cities, counts of
countries), rows under keys that are spans of years, rows of networks with an enumeration of their
member cities, and numbered partners in running lines. Each needs several lines that only a table
has; prose that names places stays prose.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from textmine.clauses.rows import Row, read_rows
from textmine.places import Gazetteer
from textmine.printed.around import caption_above, is_caption, note_lines
from textmine.printed.cells import cell_tables
from textmine.printed.columns import Block, Item, Line, blocks_of, chains, items_of, lines_of
from textmine.printed.counts import count_tables
from textmine.printed.entries import BULLETS, Reader, joined
from textmine.printed.members import member_tables
from textmine.printed.numbered import numbered_tables
from textmine.printed.periods import period_tables
from textmine.records import Extraction, Fault, PrintedTable, Span, TableCell

_EMPTY = TableCell()

PARTNER_COLUMNS = ("city", "partner", "country", "instrument", "date", "note")
"""Heads of a table of partners; a column that the source does not print has empty cells."""


def flattened_tables(
    extraction: Extraction, gazetteer: Gazetteer, taken: Sequence[Span] = ()
) -> tuple[PrintedTable, ...]:
    """The tables that stand in the text as runs of lines, in the order of the text.

    ``taken`` are stretches of the document text that other tables hold already. Heads are
    English words without a span, since printed heads cannot be told apart in such text. Names,
    years and numbers stay as written. ``faults`` name what does not agree: a city without a
    country in the column beside it (``country-missing``), a country without a city
    (``country-extra``), a total that is not the sum of its rows (``total-differs``).

    >>> from textmine.places import gazetteer
    >>> from textmine.records import Page
    >>> lines = "Table 1. Partners", "Shiraz Weimar (2009)", "Nicosia (1999)", "Dushanbe",
    >>> text = chr(10).join([*lines, "Germany", "Cyprus", "Tajikistan"])
    >>> [table] = flattened_tables(Extraction((Page(1, text, ()),), "example 1"), gazetteer())
    >>> [cell.text for cell in table.rows[1]]
    ['Shiraz', 'Nicosia', 'Cyprus', '', '1999', '']
    """
    text = extraction.text
    rows = [
        row
        for row in read_rows(extraction).rows
        if row.role != "table"
        and not any(row.start < span.end and span.start < row.end for span in taken)
    ]
    reader = Reader(text, gazetteer)
    notes = note_lines(rows)
    captions = [at for at, row in enumerate(rows) if at not in notes and is_caption(row.text)]
    in_cells = cell_tables(rows, notes, captions, reader)
    for _, lines in in_cells:
        notes.update(lines)
    captions = [at for at in captions if at not in notes]
    items = items_of(rows, notes, reader, set(captions))
    partners, used = _partner_tables(rows, items, captions, reader)
    found = [
        *(table for table, _ in in_cells),
        *partners,
        *count_tables(rows, [item for item in items if item.at not in used], captions),
        *period_tables(rows, notes, captions, reader),
        *member_tables(rows, notes, captions, reader, gazetteer),
        *numbered_tables(rows, notes, captions, reader),
    ]
    return tuple(sorted(found, key=_begin))


def _begin(table: PrintedTable) -> int:
    return min(span.start for row in table.rows for cell in row for span in cell.spans)


def _partner_tables(
    rows: Sequence[Row], items: Sequence[Item], captions: Sequence[int], reader: Reader
) -> tuple[list[PrintedTable], set[int]]:
    """The tables of partners, and the lines of their entries and countries."""
    tables: list[PrintedTable] = []
    used: set[int] = set()
    place = {item.at: number for number, item in enumerate(items)}
    borders = [place[at] for at in captions if at in place]
    for chain in chains(blocks_of(items), borders):
        beside = any(block.countries for block in chain)
        kept = [block for block in chain if _has_evidence(block, beside)]
        groups, faults = lines_of(kept) if kept else ([], [])
        lines = [line for group in groups for line in group]
        if not lines:
            continue
        caption = caption_above(rows, captions, lines[0].item.at)
        bare = not caption.text and not any(block.countries for block in kept)
        listed = bare and _is_list(rows, lines)
        if listed or not _is_table(kept, lines, faults, bool(caption.text)):
            continue
        tables.append(
            PrintedTable(
                caption=caption,
                page=lines[0].item.page,
                columns=tuple(TableCell(head) for head in PARTNER_COLUMNS),
                rows=tuple(
                    (line.label, line.partner.cell, line.country, line.sort, line.date,
                     line.item.entry.note if line.item.entry else _EMPTY)
                    for line in lines
                ),
                repairs=_repairs(kept, groups),
                faults=tuple(faults),
            )
        )  # fmt: skip
        tables += _memberships(items, kept, groups, caption, reader)
        used |= {item.at for block in kept for item in items[block.first : block.last + 1]}
    return tables, used


def _has_evidence(block: Block, beside: bool) -> bool:
    """Whether a block can be part of a table: countries beside it, or dates or kinds in it.

    ``beside``: other blocks of the table have countries.
    """
    if block.countries:
        return True
    entries = [item.entry for item in block.entries if item.entry]
    marked = sum(entry.marked or entry.located is not None for entry in entries)
    known = any(entry.known or entry.pairs for entry in entries)
    return marked > 0 and 2 * marked >= len(entries) and (known or not beside)


def _is_table(
    blocks: Sequence[Block], lines: Sequence[Line], faults: Sequence[Fault], captioned: bool
) -> bool:
    """Whether enough lines agree that these are columns, and not names in some other list."""
    beside = sum(len(block.countries) for block in blocks)
    agreeing = sum(bool(line.country.text and line.partner.countries) for line in lines) - sum(
        fault.code == "country-differs" for fault in faults
    )
    labelled = sum(bool(line.label.text) for line in lines)
    marked = sum(bool(line.date.text or line.sort.text or line.country.text) for line in lines)
    known = sum(bool(line.partner.places) for line in lines)
    if beside:
        return agreeing >= (2 if captioned else 3) and agreeing >= 0.5 * min(len(lines), beside)
    return marked >= 3 and 2 * known >= len(lines) and (captioned or 2 * labelled >= len(lines))


_ENUMERATED = re.compile(rf"\s*(?:[(\[]?\d{{1,2}}\s?[.)\]\-–](?!\d)|[-–—*{BULLETS}]\s)")


def _is_list(rows: Sequence[Row], lines: Sequence[Line]) -> bool:
    """Whether numbers or bullets open the lines of the entries."""
    opened = sum(bool(_ENUMERATED.match(rows[line.item.at].text)) for line in lines)
    return opened >= 0.8 * len(lines)


def _repairs(blocks: Sequence[Block], groups: Sequence[Sequence[Line]]) -> tuple[str, ...]:
    lines = [line for group in groups for line in group]
    said = ["Columns stood one after the other; lines were paired by the countries of the cities."]
    turned = sum(bool(line.item.entry and line.item.entry.turned) for line in lines)
    if turned:
        said.append(f"Pieces of {turned} lines were turned round and were put in order.")
    longer = sum(line.item.last > line.item.at for line in lines)
    if longer:
        said.append(f"{longer} entries went over several lines and were joined.")
    if any(not line.partner.places for line in lines):
        count = sum(not line.partner.places for line in lines)
        said.append(f"{count} names are in no gazetteer; their words stand as they were found.")
    later = [
        group[0].item.page
        for group, before in zip(groups[1:], groups, strict=False)
        if group and before and group[0].label == before[-1].label and group[0].label.text
    ]
    if later:
        said.append(f"{len(later)} runs without a label were taken to go on with the group above.")
    return tuple(said)


# ---- memberships ----------------------------------------------------------------------------


def _memberships(
    items: Sequence[Item],
    blocks: Sequence[Block],
    groups: Sequence[Sequence[Line]],
    caption: TableCell,
    reader: Reader,
) -> list[PrintedTable]:
    """The items with a dash that stand behind the partners of each group, as a table."""
    rows: list[tuple[TableCell, TableCell]] = []
    ends = [block.first for block in blocks[1:]]
    ends.append(min(blocks[-1].last + 12, len(items)))
    for block, group, end in zip(blocks, groups, ends, strict=True):
        label = group[-1].label if group else _EMPTY
        begun: list[Item] = []
        parts: list[list[Item]] = []
        following = items[block.last + 1 : end]
        carried = rows and rows[-1][0] == label and not _is_closed(rows[-1][1].text)
        if not any(item.listed for item in following):
            continue
        for item in following:
            if item.listed:
                begun = [item]
                parts.append(begun)
            elif begun and len(begun) < 4:
                begun.append(item)
            elif carried and not parts:
                old = rows.pop()
                rows.append((old[0], joined([old[1], item.cell])))
                carried = not _is_closed(item.cell.text)
        if parts and end == ends[-1]:
            del parts[-1][2:]
        rows += [(label, joined(_read(item, reader) for item in part)) for part in parts]
    if len(rows) < 2:
        return []
    return [
        PrintedTable(
            caption=caption,
            page=blocks[0].entries[0].page,
            columns=(TableCell("city"), TableCell("network")),
            rows=tuple(rows),
            repairs=("Items with a dash were put to the city whose partners stand above them.",),
        )
    ]


def _is_closed(text: str) -> bool:
    return text.rstrip("0123456789۰۱۲۳۴۵۶۷۸۹ -–—").endswith((".", "؛", ";"))


_RUN = re.compile(r"[A-Za-z][A-Za-z\s.'-]*[A-Za-z]|[0-9۰-۹]+|[^A-Za-z0-9۰-۹]+")


def _read(item: Item, reader: Reader) -> TableCell:
    """The words of an item in the order of reading, without its dash and note digits.

    In a line that ends with its dash, runs of letters of the two scripts stand the other way round.
    """
    spans: list[Span] = []
    for start, end in item.cell.spans:
        text = reader.text[start:end]
        bare = text.rstrip(" -–—")
        turned = bare != text.rstrip()
        pieces = []
        for match in _RUN.finditer(bare):
            words = match[0].strip(" -–—\t")
            if words and not words.isdigit():
                at = start + match.start() + match[0].index(words)
                pieces.append(Span(at, at + len(words)))
        spans += reversed(pieces) if turned else pieces
    return TableCell(" ".join(reader.text[start:end] for start, end in spans), tuple(spans))
