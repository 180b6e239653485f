"""Mending a table whose rows are read: rows set over lines, groups side by side, merged labels."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from textmine.printed.values import ColumnType, cell_type, label_key, number_of, types_of
from textmine.records import Fault, PrintedTable, Span, TableCell
from textmine.text.digits import latin_digits, persian_digits

Cells = list[TableCell]

EMPTY = TableCell()

_TOTAL = re.compile(
    r"(?:سر)?(?:جمع|مجموع)(?:کل)?(?:ها)?(?:\(.*\))?|کل|جمعا|(?:grand|overall)?totals?(?:\(.*\))?|sum",
    re.IGNORECASE,
)
_TOTAL_OF = re.compile(r"(?:جمع|مجموع|sub-?totals?|totals?)(?![^\W\d_])", re.IGNORECASE)
_LETTERS = str.maketrans("يىك", "ییک")
_REMARKS = ("توضیحات", "ملاحظات", "یادداشت", "وضعیت", "remarks", "notes", "note", "comments")
_YEARS = re.compile(r"(1[2-4]\d\d|1[89]\d\d|20\d\d)\s*[-–—/تاto ]+\s*(1[2-4]\d\d|1[89]\d\d|20\d\d)")

LONGEST_LABEL = 60  # of a row or column of totals


@dataclass(slots=True)
class Draft:
    """A table on its way: heads and rows as lists, and what was mended.

    ``head_rows`` are the rows of heads as printed, where there are several.
    """

    caption: TableCell
    page: int
    columns: Cells
    rows: list[Cells]
    spans: list[Span]
    repairs: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    head_rows: list[Cells] = field(default_factory=list)

    def is_head(self, row: Cells) -> bool:
        """Whether a row says what a row of heads says, as where a page turn prints them again."""
        keys = [label_key(cell.text) for cell in row]
        heads = (
            [label_key(cell.text) for cell in head] for head in (self.columns, *self.head_rows)
        )
        return any(any(head) and head == keys for head in heads)


def is_total(text: str) -> bool:
    """Whether a label names a row or column of totals, of everything or of one thing.

    >>> [is_total(text) for text in ("جمع کل", "**Total:**", "Total exports", "جمعیت")]
    [True, True, True, False]
    """
    if len(text) > LONGEST_LABEL:
        return False
    plain = text.translate(_LETTERS).strip("*_:() ")
    return bool(_TOTAL.fullmatch(label_key(text))) or (
        len(plain.split()) <= 4 and bool(_TOTAL_OF.match(plain))
    )


def together(*cells: TableCell) -> TableCell:
    """The cells as one, their texts parted by a space."""
    filled = [cell for cell in cells if cell.text]
    return TableCell(
        " ".join(cell.text for cell in filled),
        tuple(span for cell in filled for span in cell.spans),
    )


def mended(draft: Draft) -> PrintedTable:
    """The finished table, with a word on everything that was mended."""
    _drop_repeated_heads(draft)
    _join_broken_rows(draft)
    _stack_groups(draft)
    total = _take_total(draft)
    _join_labels(draft)
    _fill_labels(draft)
    return PrintedTable(
        caption=draft.caption,
        page=draft.page,
        columns=tuple(draft.columns),
        rows=tuple(map(tuple, draft.rows)),
        total=tuple(total) if total is not None else None,
        repairs=tuple(draft.repairs),
        faults=tuple(draft.faults),
    )


def _drop_repeated_heads(draft: Draft) -> None:
    kept = [row for row in draft.rows if not draft.is_head(row)]
    if len(kept) < len(draft.rows):
        draft.repairs.append(f"heads printed again {len(draft.rows) - len(kept)} times left out")
        draft.rows = kept


def _join_broken_rows(draft: Draft) -> None:
    """Join rows that were set over several lines.

    A line with little in it that fits no row of its own belongs to the row above; a year or number
    whose column goes on below with a remark begins the row below.
    """
    types = types_of(draft.rows, len(draft.columns))
    key = next((at for at, kind in enumerate(types) if kind in ("ordinal", "year")), None)
    if key is None:
        key = _numbering(draft.rows, len(draft.columns))
    rows: list[Cells] = []
    waiting: dict[int, TableCell] = {}
    joined = 0
    for number, row in enumerate(draft.rows):
        row = [
            together(waiting.pop(at), cell) if at in waiting else cell
            for at, cell in enumerate(row)
        ]
        filled = [at for at, cell in enumerate(row) if cell.text]
        below = draft.rows[number + 1] if number + 1 < len(draft.rows) else None
        alone = filled[0] if len(filled) == 1 and len(row) > 2 else None
        if alone is not None and below is not None and below[alone].text:
            kind = types[alone]
            fits = cell_type(row[alone].text) == kind != "text"
            if fits and cell_type(below[alone].text) not in (kind, "empty"):
                waiting[alone] = row[alone]
                joined += 1
                continue
        if rows and _is_rest(row, filled, rows[-1], types, key):
            for at in filled:
                target = _target(row[at], at, rows[-1], types)
                rows[-1][target] = together(rows[-1][target], row[at])
            joined += 1
            continue
        rows.append(list(row))
    if joined:
        draft.repairs.append(f"{joined} lines of rows set over several lines were joined")
    draft.rows = rows


def _numbering(rows: Sequence[Cells], width: int) -> int | None:
    """The column that numbers the rows, if one does although some rows lack it."""
    for at in range(width):
        numbers = [number_of(row[at].text) for row in rows if row[at].text]
        if len(numbers) >= 2 and numbers == list(range(1, len(numbers) + 1)):
            return at
    return None


def _is_rest(
    row: Cells, filled: list[int], above: Cells, types: Sequence[ColumnType], key: int | None
) -> bool:
    """Whether a row is the rest of the row above."""
    if any(is_total(row[at].text) for at in filled) or len(row) < 3:
        return False
    if any(cell_type(row[at].text) != "text" for at in filled):
        return False
    if len(filled) == 1 and types[filled[0]] not in ("text", "empty"):
        return any(cell.text for cell in above)  # words in a column of figures
    if key is not None and not row[key].text:
        # Under a merged label a row without its year still has all its other words.
        merged = types[key] == "year" and not row[0].text
        if merged and len(filled) > 1 and filled == [
            at for at, kind in enumerate(types) if at and kind == "text"
        ]:  # fmt: skip
            return False
        return (
            2 * len(filled) <= len(row)
            and all(above[at].text for at in filled if at != key)
            and _hangs(row, filled, above, types)
        )
    return len(filled) == 1 and bool(re.match(r"[(\[a-z]", row[filled[0]].text))


def _hangs(row: Cells, filled: list[int], above: Cells, types: Sequence[ColumnType]) -> bool:
    """Whether every piece can go on with the words above it."""
    return all(types[at] == "text" and cell_type(above[at].text) == "text" for at in filled)


def _target(cell: TableCell, at: int, above: Cells, types: Sequence[ColumnType]) -> int:
    """The column of the row above that a piece goes on with.

    Words in a column of figures go to the nearest cell that has words already: pages read from
    the wrong side leave a lone piece in the first column.
    """
    if types[at] == "text" or (above[at].text and re.search(r"[^\W\d_]", above[at].text)):
        return at
    worded = [
        other
        for other, value in enumerate(above)
        if types[other] != "text" and re.search(r"[^\W\d_]", value.text)
    ]
    return min(worded, key=lambda other: abs(other - at), default=at)


def _stack_groups(draft: Draft) -> None:
    """Set groups of columns that are printed side by side one under another."""
    heads = [label_key(cell.text) for cell in draft.columns]
    width = len(heads)
    for size in range(2, width // 2 + 1):
        group = heads[:size]
        if width % size or heads != group * (width // size) or len(set(group)) < size:
            continue
        rows = [
            row[at : at + size]
            for at in range(0, width, size)
            for row in draft.rows
            if any(cell.text for cell in row[at : at + size])
        ]
        draft.columns, draft.rows = draft.columns[:size], rows
        draft.repairs.append(f"{width // size} groups of columns side by side were set in one")
        return


def _take_total(draft: Draft) -> Cells | None:
    """Take the printed row of totals out of the rows: the last that is labelled as one."""
    last = len(draft.rows) - 1
    for at in range(last, -1, -1):
        row = draft.rows[at]
        labels = [
            place
            for place, cell in enumerate(row)
            if _TOTAL.fullmatch(label_key(cell.text)) or (at == last and is_total(cell.text))
        ]
        others = [cell for place, cell in enumerate(row) if cell.text and place not in labels]
        leads = labels and not any(cell.text for cell in row[: labels[0]])
        if leads or (labels and all(cell_type(cell.text) != "text" for cell in others)):
            return _set_under(draft.rows.pop(at), draft, labels[0])
    return None


def _set_under(row: Cells, draft: Draft, label: int) -> Cells:
    """A row of totals with its figures under columns of figures, where cells were left out."""
    types = types_of(draft.rows, len(row))
    figures = [at for at, cell in enumerate(row) if at != label and cell.text]
    columns = [at for at, kind in enumerate(types) if kind in ("number", "percent")]
    if (
        len(figures) == len(columns)
        and figures != columns
        and all(cell_type(row[at].text) in ("number", "year", "percent") for at in figures)
    ):
        moved = [EMPTY] * len(row)
        moved[label if label not in columns else 0] = row[label]
        for source, target in zip(figures, columns, strict=True):
            moved[target] = row[source]
        draft.repairs.append("the figures of the row of totals were set under their columns")
        return moved
    return row


# ---- labels over several rows -----------------------------------------------------------------


def _label_columns(draft: Draft) -> list[int]:
    """Leading columns of words or years that leave rows blank: labels of groups of rows."""
    rows = _plain_rows(draft)
    types = types_of(rows, len(draft.columns))
    found: list[int] = []
    for at, kind in enumerate(types):
        blank = sum(not row[at].text for row in rows)
        head = label_key(draft.columns[at].text)
        if kind == "ordinal" or (kind == "year" and not blank):
            continue
        if not blank or kind not in ("text", "year") or head in map(label_key, _REMARKS):
            break
        rests = [row[at + 1 :] for row in rows if not row[at].text]
        rest = [bool(cell.text) for cells in rests for cell in cells]
        if all(any(cell.text for cell in cells) for cells in rests) and sum(rest) >= 0.6 * len(
            rest
        ):
            found.append(at)
        else:
            break
    return [at for at in found if at < len(types) - 1]


def _plain_rows(draft: Draft) -> list[Cells]:
    """The rows that are no totals of others."""
    return [
        row
        for row in draft.rows
        if not is_total(next((cell.text for cell in row if cell.text), ""))
    ]


def _join_labels(draft: Draft) -> None:
    """Join labels whose words stand in consecutive rows.

    Only where all labels that stand over blank rows end with brackets: then pieces go together up
    to a bracket that no bracket follows.
    """
    for at in _label_columns(draft):
        rows = _plain_rows(draft)
        cells = [row[at] for row in rows]
        over = [cell.text for cell, after in pairwise(cells) if cell.text and not after.text]
        if not over or not all(text.endswith((")", "]")) for text in over):
            continue
        start = 0
        while start < len(cells):
            end = start + 1
            while (
                cells[start].text
                and end < len(cells)
                and cells[end].text
                and (
                    not cells[end - 1].text.endswith((")", "]"))
                    or cells[end].text.startswith(("(", "["))
                )
            ):
                end += 1
            if end - start > 1:
                label = together(*cells[start:end])
                for row in rows[start:end]:
                    row[at] = label
                draft.repairs.append(
                    f"a label set over {end - start} rows of column {at + 1} was joined: "
                    f"{label.text}"
                )
            start = end


def _fill_labels(draft: Draft) -> None:
    """Repeat the label of a group of rows in each of them."""
    for at in _label_columns(draft):
        rows = _plain_rows(draft)
        cells = [row[at] for row in rows]
        filled = _centred(cells) if not cells[0].text else None
        blank = sum(not cell.text for cell in cells)
        if filled is None:
            filled, label = [], next(cell for cell in cells if cell.text)
            for cell in cells:
                label = cell if cell.text else label
                filled.append(label)
            if not cells[0].text:
                draft.faults.append(_hanging(draft, at, cells))
        moved = _by_years(draft, rows, at, filled)
        for row, cell in zip(rows, filled, strict=True):
            row[at] = cell
        draft.repairs.append(f"{blank} cells of column {at + 1} repeat the label of their group")
        if moved:
            places = ", ".join(str(number + 1) for number in moved)
            draft.repairs.append(
                f"rows {places} of column {at + 1} took the label whose years hold their date"
            )


def _centred(cells: Sequence[TableCell]) -> list[TableCell] | None:
    """Labels that stand in the middle of their groups, spread; None when the groups do not tile.

    A label set over several rows stands in each of them already.
    """
    out: list[TableCell] = []
    at = 0
    while at < len(cells):
        end = at + 1
        if cells[at].text:
            while end < len(cells) and cells[end] is cells[at]:
                end += 1
            over = at - len(out)
            if over < 0:
                return None
            out += [cells[at]] * (end - at + 2 * over)
        at = end
    return out if len(out) == len(cells) else None


def _by_years(draft: Draft, rows: Sequence[Cells], at: int, filled: list[TableCell]) -> list[int]:
    """Give blank rows the next label from the first whose date is in that label's years alone.

    A label need not stand in the first row of its group. A blank row whose year both labels hold
    is left to the one above and becomes a fault. Changes ``filled``; returns the rows changed.
    """
    moved: list[int] = []
    doubtful: list[int] = []
    start = 0
    for number in range(1, len(rows)):
        if not rows[number][at].text:
            continue
        own, other = _years(filled[start].text), _years(rows[number][at].text)
        between = [place for place in range(start + 1, number) if not rows[place][at].text]
        start = number
        if own is None or other is None:
            continue
        unsure: list[int] = []
        for place in between:
            year = _row_year(rows[place], at)
            if year is None or not other[0] <= year <= other[1]:
                continue
            if own[0] <= year <= own[1]:
                unsure.append(place)
                continue
            following = range(place, number)
            filled[place:number] = [rows[number][at]] * len(following)
            moved += following
            break
        doubtful += [place for place in unsure if place not in moved]
    if doubtful:
        draft.faults.append(_doubt(draft, rows, at, doubtful))
    return moved


def _hanging(draft: Draft, at: int, cells: Sequence[TableCell]) -> Fault:
    """Labels that stand neither at the head nor in the middle of their groups."""
    head = draft.columns[at].text or str(at + 1)
    return Fault(
        "label-doubtful",
        {
            "en": f'The labels of column "{head}" do not stand in the first rows of their groups; '
            "where a group ends was guessed.",
            "fa": f"برچسب‌های ستون «{head}» در نخستین ردیف گروه خود نیستند؛ مرز گروه‌ها حدس است.",
        },
        tuple(span for cell in cells for span in cell.spans),
    )


def _doubt(draft: Draft, rows: Sequence[Cells], at: int, doubtful: Sequence[int]) -> Fault:
    """Rows of a merged label that may as well belong to the next one."""
    places = ", ".join(str(number + 1) for number in doubtful)
    head = draft.columns[at].text or str(at + 1)
    return Fault(
        "label-doubtful",
        {
            "en": f'Rows {places}: the year is in the years of two labels of column "{head}"; the '
            "label above was taken, but the cells are blank.",
            "fa": f"ردیف‌های {persian_digits(places.replace(',', '،'))}: سال آن‌ها در سال‌های دو "
            f"برچسب ستون «{head}» است؛ خانه خالی است و برچسب بالایی گرفته شد.",
        },
        tuple(span for number in doubtful for cell in rows[number] for span in cell.spans),
    )


def _years(label: str) -> tuple[int, int] | None:
    found = _YEARS.search(latin_digits(label))
    return (min(years), max(years)) if found and (years := (int(found[1]), int(found[2]))) else None


def _row_year(row: Cells, label: int) -> int | None:
    """The one year that a row names outside its label."""
    years = {
        int(year)
        for place, cell in enumerate(row)
        if place != label and cell_type(cell.text) in ("year", "date")
        for year in re.findall(
            r"(?<!\d)(?:1[2-4]\d\d|1[89]\d\d|20\d\d)(?!\d)", latin_digits(cell.text)
        )
    }
    return years.pop() if len(years) == 1 else None
