"""Flattened tables of numbered partners ("2. Baku, Azerbaijan") under the names of cities."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from textmine.clauses.rows import Row
from textmine.printed.around import LONGEST_LINE, caption_above, made_table
from textmine.printed.entries import (
    Name,
    Reader,
    Token,
    cell_of,
    is_kind_word,
    tokens_of,
    words_of,
)
from textmine.records import PrintedTable, Span, TableCell

_EMPTY = TableCell()


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


_ENUMERATOR = re.compile(r"(?<![\d/])\d{1,2}\s?\.(?!\d)|[.،]\s?\d{1,2}(?![\d/])")


def _is_numbered(row: Row, reader: Reader) -> bool:
    numbers = len(_ENUMERATOR.findall(row.text))
    if not numbers or len(row.text) > LONGEST_LINE:
        return False
    return _named(row, reader) >= (2 if numbers > 1 else 3)


def _named(row: Row, reader: Reader) -> int:
    tokens = tokens_of(row.text, row.start)
    words = len(words_of(tokens))
    mentions = [end - start for start, end, name in reader.mentions(tokens) if name is not None]
    return len(mentions) if 2 * sum(mentions) >= words else 0


def _is_rest(row: Row, reader: Reader) -> bool:
    """Whether a line goes on with the last of some numbered partners."""
    tokens = tokens_of(row.text, row.start)
    if len(words_of(tokens)) > 6 or any(token.kind == "other" for token in tokens):
        return False
    numbers = re.search(r"\(\s*\d{4}|\d{4}\s*\)", row.text) or _ENUMERATOR.search(row.text)
    return bool(numbers) and (_named(row, reader) >= 1 or len(words_of(tokens)) == 1)


def _city_above(rows: Sequence[Row], first: int, notes: set[int], reader: Reader) -> TableCell:
    """The city whose partners follow: alone on its line, or beside something in brackets."""
    at = first - 1
    if at < 0 or at in notes or len(rows[at].text) > 90:
        return _EMPTY
    tokens = tokens_of(rows[at].text, rows[at].start)
    signs = [n for n, token in enumerate(tokens) if token.kind in ("open", "close")]
    outside = [*tokens[: signs[0]], *tokens[signs[-1] + 1 :]] if len(signs) > 1 else tokens
    words = words_of(outside)
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

    for start, end, name in reader.mentions(tokens):
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
                if words and reader.name(words) and not reader.name([*words, *part]):
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
    caption = caption_above(rows, captions, first)
    made = [
        (group.city, partner.name.cell, partner.country, cell_of(partner.kind, reader.text),
         partner.date, _EMPTY)
        for group in groups
        for partner in group.partners
    ]  # fmt: skip
    turned = sum(group.turned for group in groups)
    tables = [
        made_table(
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
            made_table(caption, rows[first].page, ("city", "network"), items,
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
