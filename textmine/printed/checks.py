"""What in a printed table does not agree with itself, or with the text around it.

Every finding is a fault with the figures that show it; nothing is corrected.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from math import isclose, log, log10, sqrt
from statistics import median

from textmine.printed.mending import is_total
from textmine.printed.values import (
    CURRENCIES,
    MULTIPLIERS,
    NotANumber,
    column_types,
    decimals_of,
    label_key,
    number_of,
    year_of,
)
from textmine.records import Fault, PrintedTable, Span, TableCell
from textmine.text.digits import latin_digits, persian_digits
from textmine.text.letters import HALF_SPACE

Row = tuple[TableCell, ...]

# From which size of a typical value on a unit cannot be meant, by multiplier: a thousand billion
# of anything, or for billions a year's output of the whole world.
_TOO_LARGE = {10**3: 10**9, 10**6: 10**6, 10**9: 10**5, 10**12: 10**3}
_CHEAP = {"rial": 10**6, "toman": 10**5}  # what a dollar is worth in them, by order of magnitude

_SHORTEST_SERIES = 5
_NEAR_POWER = 0.25  # how far from 10, 100 or 1000 a factor may be
_LIKE_NEIGHBOURS = 3.0  # neighbours further apart than this do not tell what to expect
_SHORTEST_FIGURE = 5  # digits from which a figure in the text can be known again in a table

_UNIT_WORDS = {
    10**3: ("thousand", "هزار"),
    10**6: ("million", "میلیون"),
    10**9: ("billion", "میلیارد"),
    10**12: ("trillion", "تریلیون"),
}
_CURRENCY_NAMES = {
    "dollar": "دلار", "euro": "یورو", "rial": "ریال", "toman": "تومان", "pound": "پوند",
    "rouble": "روبل", "yuan": "یوان", "dirham": "درهم", "som": "سوم",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unit:
    """What figures are counted in: a multiplier (1 when none is said) and a currency or ``""``."""

    multiplier: int = 1
    currency: str = ""

    def name(self, language: str) -> str:
        """The unit in words of ``en`` or ``fa``, for messages."""
        word = _UNIT_WORDS.get(self.multiplier, ("", ""))[language == "fa"]
        currency = _CURRENCY_NAMES[self.currency] if self.currency else ""
        if language == "en":
            currency = f"{self.currency}s" if self.currency else ""
        said = " ".join(filter(None, (word, currency)))
        return said or ("واحد ساده" if language == "fa" else "plain units")


@dataclass(frozen=True, slots=True)
class StatedAmount:
    """A figure with a unit in running text; ``value`` is the figure before it is multiplied out."""

    span: Span
    value: int | float
    unit: Unit
    written: str


def checked(table: PrintedTable) -> PrintedTable:
    """The table with a fault for everything in it that does not agree.

    Codes: ``total-differs``, ``unit-implausible``, ``outlier-factor``, ``missing-years``,
    ``duplicate-row``. Faults that the table has already stay.

    >>> rows = tuple(tuple(map(TableCell, row)) for row in (("2019", "12"), ("2020", "15")))
    >>> heads, total = (TableCell("Year"), TableCell("Tons")), (TableCell("Sum"), TableCell("28"))
    >>> fault, = checked(PrintedTable(TableCell(), 1, heads, rows, total)).faults
    >>> fault.message["en"]
    'Column "Tons": the printed total is 28; its 2 values add up to 27 (difference 1).'
    """
    faults = [
        fault
        for check in (_totals, _row_totals, _units, _outliers, _missing_years, _duplicates)
        for fault in check(table)
    ]
    return replace(table, faults=(*table.faults, *faults))


_SUMMARY = re.compile(
    r"(?:میانگین|متوسط|میانه|سهم|درصد|averages?|means?|medians?|shares?|percent\w*)(?![^\W\d_])",
    re.IGNORECASE,
)

# ---- totals -----------------------------------------------------------------------------------


def _totals(table: PrintedTable) -> Iterator[Fault]:
    if table.total is None:
        return
    for at, kind in enumerate(column_types(table)):
        printed = number_of(table.total[at].text)
        if kind not in ("number", "percent") or isinstance(printed, NotANumber):
            continue
        cells = [row[at] for row in _own_rows(table)]
        values = [(cell, number_of(cell.text)) for cell in cells]
        read = [(cell, value) for cell, value in values if not isinstance(value, NotANumber)]
        unread = sum(
            isinstance(value, NotANumber) and value.reason != "no-value" for _, value in values
        )
        found = _sum([value for _, value in read])
        texts = [table.total[at].text, *(cell.text for cell, _ in read)]
        if len(read) < 2 or _agree(printed, found, texts, percent=kind == "percent"):
            continue
        name = _column_name(table, at)
        yield Fault(
            "total-differs",
            {
                "en": f"Column {_quoted(name)}: the printed total is {_figure(printed)}; its "
                f"{len(read)} values add up to {_figure(found)} (difference "
                f"{_figure(_difference(printed, found))})."
                + (f" {unread} cells could not be read as numbers." if unread else ""),
                "fa": f"ستون «{name}»: جمع چاپ‌شده {_figure_fa(printed)} است؛ جمع "
                f"{_figure_fa(len(read))} مقدار آن {_figure_fa(found)} می‌شود (اختلاف "
                f"{_figure_fa(_difference(printed, found))})."
                + (f" {_figure_fa(unread)} خانه عدد خوانا ندارد." if unread else ""),
            },
            (*table.total[at].spans, *_spans(cell for cell, _ in read)),
        )


def _row_totals(table: PrintedTable) -> Iterator[Fault]:
    """Totals in a column of their own; only where most rows agree is the column such a total."""
    kinds = column_types(table)
    sums = [at for at, cell in enumerate(table.columns) if is_total(cell.text)]
    if len(sums) != 1 or kinds[sums[0]] != "number":
        return
    parts = [at for at, kind in enumerate(kinds) if kind == "number" and at != sums[0]]
    if len(parts) < 2:
        return
    differing: list[Fault] = []
    agreeing = 0
    for row in (*_own_rows(table), *((table.total,) if table.total else ())):
        printed = number_of(row[sums[0]].text)
        values = [number_of(row[at].text) for at in parts]
        read = [value for value in values if not isinstance(value, NotANumber)]
        broken = any(isinstance(each, NotANumber) and each.reason != "no-value" for each in values)
        if isinstance(printed, NotANumber) or not read or broken:
            continue
        found = _sum(read)
        if _agree(printed, found, [row[at].text for at in (*parts, sums[0])], percent=False):
            agreeing += 1
            continue
        label = _label(row)
        differing.append(
            Fault(
                "total-differs",
                {
                    "en": f"Row {_quoted(label)}: the printed total is {_figure(printed)}; its "
                    f"{len(read)} values add up to {_figure(found)} (difference "
                    f"{_figure(_difference(printed, found))}).",
                    "fa": f"ردیف «{label}»: جمع چاپ‌شده {_figure_fa(printed)} است؛ جمع "
                    f"{_figure_fa(len(read))} مقدار آن {_figure_fa(found)} می‌شود (اختلاف "
                    f"{_figure_fa(_difference(printed, found))}).",
                },
                (*row[sums[0]].spans, *_spans(row[at] for at in parts)),
            )
        )
    if agreeing > len(differing):
        yield from differing


def _own_rows(table: PrintedTable) -> list[Row]:
    """The rows without those that sum up others: subtotals, averages, shares."""
    return [
        row
        for row in table.rows
        if not (is_total(label := _label(row)) or _SUMMARY.match(label.strip("*_ ")))
    ]


def _label(row: Row) -> str:
    return next((cell.text for cell in row if cell.text), "")


def _sum(values: Sequence[int | float]) -> int | float:
    total = sum(values)
    return total if isinstance(total, int) else round(total, 9)


def _difference(one: int | float, other: int | float) -> int | float:
    return _sum([max(one, other), -min(one, other)])


def _agree(
    printed: int | float, found: int | float, texts: Sequence[str], *, percent: bool
) -> bool:
    """Whether a total is right: whole numbers to the unit, rounded ones as far as they can be."""
    decimals = max(map(decimals_of, texts))
    if not decimals and not percent:
        return printed == found
    slack = 0.5 * len(texts) * 10.0**-decimals
    return abs(printed - found) <= slack or isclose(printed, found, rel_tol=1e-12)


# ---- units ------------------------------------------------------------------------------------


def unit_in(text: str) -> Unit | None:
    """The unit that a caption or a head names, or None when it names none.

    >>> unit_in("حجم مبادلات (میلیون دلار)"), unit_in("Name")
    (Unit(multiplier=1000000, currency='dollar'), None)
    """
    plain = _plain(text)
    multiplier = 1
    for word in re.findall(r"[^\W\d_]+", plain):
        multiplier *= MULTIPLIERS.get(word, 1)
    currency = next((CURRENCIES[found[0]] for found in _CURRENCY.finditer(plain)), "")
    return Unit(multiplier, currency) if multiplier > 1 or currency else None


def unit_of(table: PrintedTable, column: int) -> tuple[Unit, tuple[Span, ...]] | None:
    """The unit of a column, from its head or else from the caption, and where it is said.

    What the one leaves open is taken from the other. None when neither names a unit.
    """
    head, caption = unit_in(table.columns[column].text), unit_in(table.caption.text)
    if head is None:
        return (caption, table.caption.spans) if caption else None
    if caption is not None and head.multiplier == 1:
        both = (*table.columns[column].spans, *table.caption.spans)
        return Unit(caption.multiplier, head.currency), both
    currency = head.currency or (caption.currency if caption else "")
    return Unit(head.multiplier, currency), table.columns[column].spans


def _units(table: PrintedTable) -> Iterator[Fault]:
    found: dict[tuple[Unit, tuple[Span, ...]], list[tuple[int, float]]] = defaultdict(list)
    shown: dict[tuple[Unit, tuple[Span, ...]], list[TableCell]] = defaultdict(list)
    for at, kind in enumerate(column_types(table)):
        said = unit_of(table, at)
        if kind != "number" or said is None or said[0].multiplier not in _TOO_LARGE:
            continue
        values = [
            (row[at], abs(value))
            for row in _own_rows(table)
            if not isinstance(value := number_of(row[at].text), NotANumber)
            and not _has_multiplier(row[at].text)
        ]
        if not values:
            continue
        typical = median(value for _, value in values)
        limit = _TOO_LARGE[said[0].multiplier] * _CHEAP.get(said[0].currency, 1)
        if typical >= limit:
            found[said].append((at, typical))
            shown[said] += [max(values, key=lambda pair: pair[1])[0]]
    for said, columns in found.items():
        unit, spans = said
        names = [_column_name(table, at) for at, _ in columns]
        middles = [round(value) for _, value in columns]
        largest = max(middles)
        plain = Unit(1, unit.currency)
        said_en = ", ".join(
            f"{_quoted(name)} {_figure(value)}" for name, value in zip(names, middles, strict=True)
        )
        said_fa = " و ".join(
            f"«{name}» {_figure_fa(value)}" for name, value in zip(names, middles, strict=True)
        )
        yield Fault(
            "unit-implausible",
            {
                "en": f"The unit is said to be {unit.name('en')}, but the middle value is: "
                f"{said_en}. {_figure(largest)} in {unit.name('en')} would be "
                f"{_figure(largest * unit.multiplier)} {plain.name('en')}. The figures look like "
                f"{plain.name('en')} as they stand.",
                "fa": f"واحد «{unit.name('fa')}» نوشته شده، ولی مقدار میانه چنین است: {said_fa}. "
                f"{_figure_fa(largest)} به {unit.name('fa')} می‌شود "
                f"{_figure_fa(largest * unit.multiplier)} {plain.name('fa')}. رقم‌ها همین‌گونه که "
                f"هستند به {plain.name('fa')} می‌مانند.",
            },
            (*spans, *_spans(shown[said])),
        )


# ---- series -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Series:
    """Values of consecutive years: a column of a table by years, or a row under heads of years."""

    name: str
    points: tuple[tuple[int, TableCell], ...]


def _series(table: PrintedTable) -> list[_Series]:
    kinds = column_types(table)
    by_year = _year_column(table)
    if by_year is not None:
        rows = [(year_of(row[by_year].text), row) for row in _own_rows(table)]
        dated = [(year, row) for year, row in rows if not isinstance(year, NotANumber)]
        return [
            _Series(_column_name(table, at), tuple((year, row[at]) for year, row in dated))
            for at, kind in enumerate(kinds)
            if kind in ("number", "percent")
            and 2 * sum(bool(row[at].text) for _, row in dated) > len(dated)
        ]
    heads = [(at, year_of(cell.text)) for at, cell in enumerate(table.columns)]
    years = [(at, year) for at, year in heads if not isinstance(year, NotANumber)]
    if len(years) < _SHORTEST_SERIES or len({year for _, year in years}) < len(years):
        return []
    return [
        _Series(
            _label(row),
            tuple((year, row[at]) for at, year in years),
        )
        for row in _own_rows(table)
    ]


def _year_column(table: PrintedTable) -> int | None:
    """The column that gives each row a year of its own, if there is one."""
    for at, kind in enumerate(column_types(table)):
        years = [year_of(row[at].text) for row in _own_rows(table)]
        read = [year for year in years if not isinstance(year, NotANumber)]
        if kind == "year" and len(read) >= 3 and len(set(read)) == len(read) >= 0.8 * len(years):
            return at
    return None


def _outliers(table: PrintedTable) -> Iterator[Fault]:
    for series in _series(table):
        read = [
            (year, cell, float(value))
            for year, cell in sorted(series.points, key=lambda point: point[0])
            if not isinstance(value := number_of(cell.text), NotANumber) and value > 0
        ]
        values = [value for _, _, value in read]
        for at, factor, near in _spikes(values):
            year, cell, value = read[at]
            power = round(abs(log10(factor)))
            times = 10**power
            others = [read[place] for place in near]
            said = " and ".join(f"{_figure(one)} ({y})" for y, _, one in others)
            said_fa = " و ".join(
                f"{_figure_fa(one)} ({persian_digits(str(y))})" for y, _, one in others
            )
            more = "times" if factor > 1 else "of"
            share = _figure(times) if factor > 1 else f"1/{times}"
            yield Fault(
                "outlier-factor",
                {
                    "en": f"{_quoted(series.name)}, {year}: {_figure(value)} is about {share} "
                    f"{more} its neighbours {said} (factor {factor:.3g}). A digit may be "
                    f"{'too many' if factor > 1 else 'missing'}.",
                    "fa": f"«{series.name}»، {persian_digits(str(year))}: {_figure_fa(value)} حدود "
                    f"{_figure_fa(times) if factor > 1 else 'یک ' + _ordinal_fa(times)} "
                    f"{'برابر' if factor > 1 else ''} همسایه‌هایش {said_fa} است (نسبت "
                    f"{persian_digits(f'{factor:.3g}').replace('.', '٫')}). شاید یک رقم "
                    f"{'زیادی' if factor > 1 else 'افتاده'} باشد.".replace("  ", " "),
                },
                (*cell.spans, *_spans(one for _, one, _ in others)),
            )


def _ordinal_fa(times: int) -> str:
    return {10: "دهم", 100: "صدم", 1000: "هزارم"}[times]


def _spikes(values: Sequence[float]) -> Iterator[tuple[int, float, tuple[int, ...]]]:
    """Places, factors and neighbours of values a power of ten away from what is around them.

    A value inside the series is compared with the geometric mean of the two beside it, the last
    with that of the two before it (only upwards: a last year is often not over). The neighbours
    must be alike, and the series must not leap so all the time.
    """
    if len(values) < _SHORTEST_SERIES:
        return
    for at, value in enumerate(values):
        inside = 0 < at < len(values) - 1
        near = (at - 1, at + 1) if inside else (1, 2) if at == 0 else (at - 2, at - 1)
        one, other = values[near[0]], values[near[1]]
        expected = sqrt(one * other)
        factor = value / expected
        power = round(log10(factor))
        if not (0 < power <= 3 or (inside and -3 <= power < 0)):
            continue
        if abs(factor / 10.0**power - 1) > _NEAR_POWER:
            continue
        alike = _LIKE_NEIGHBOURS if inside else 1.5
        if max(one, other) > alike * min(one, other) or max(value, expected) < 100:
            continue
        rest = [*values[:at], *values[at + 1 :]]
        usual = median(abs(log(after / before)) for before, after in pairwise(rest))
        if abs(log(factor)) >= 3 * usual:
            yield at, factor, near


def _missing_years(table: PrintedTable) -> Iterator[Fault]:
    series = _series(table)
    points = series[0].points if series else ()
    printed = [year for year, _ in points]
    years = sorted(printed)
    if len(years) < 3 or printed not in (years, years[::-1]):
        return  # no series, or rows in another order
    steps = Counter(after - before for before, after in pairwise(years))
    step = steps.most_common(1)[0][0]
    absent: list[int] = []
    spans: list[Span] = []
    if step > 0 and steps[step] >= 0.5 * (len(years) - 1):
        expected = range(years[0], years[-1] + 1, step)
        absent = sorted(set(expected) - set(years))
    if absent and len(absent) > len(years):
        absent = []  # dates here and there, no series
    empty: dict[int, list[str]] = defaultdict(list)
    for each in series:
        for year, cell in each.points:
            value = number_of(cell.text)
            if isinstance(value, NotANumber) and value.reason == "no-value":
                empty[year].append(each.name)
                spans += cell.spans
    if len(empty) > 0.5 * len(years):
        empty, spans = {}, []
    if not absent and not empty:
        return
    parts_en, parts_fa = [], []
    if absent:
        parts_en.append(f"no row for {_list(absent)}" if _year_column(table) is not None else
                        f"no column for {_list(absent)}")  # fmt: skip
        parts_fa.append(f"برای {_list_fa(absent)} جایی ندارد")
    if empty:
        parts_en.append(f"no value for {_list(sorted(empty))}{_which(empty, series)}")
        parts_fa.append(f"برای {_list_fa(sorted(empty))} مقداری ننوشته است")
    yield Fault(
        "missing-years",
        {
            "en": f"The years run from {years[0]} to {years[-1]}, with {' and '.join(parts_en)}.",
            "fa": f"سال‌ها از {_year_fa(years[0])} تا {_year_fa(years[-1])} می‌روند، ولی جدول "
            f"{' و '.join(parts_fa)}.",
        },
        tuple(spans) or _spans((points[0][1], points[-1][1])),
    )


def _which(empty: dict[int, list[str]], series: Sequence[_Series]) -> str:
    """In which series the values are missing, when it is not in all of them."""
    names = {name for each in empty.values() for name in each}
    if all(len(each) == len(series) for each in empty.values()) or not all(names):
        return ""
    return f" in {', '.join(map(_quoted, sorted(names)))}"


def _list(years: Sequence[int]) -> str:
    return ", ".join(map(str, years))


def _list_fa(years: Sequence[int]) -> str:
    return persian_digits("، ".join(map(str, years)))


def _year_fa(year: int) -> str:
    return persian_digits(str(year))


# ---- rows printed twice -----------------------------------------------------------------------


def _duplicates(table: PrintedTable) -> Iterator[Fault]:
    kinds = column_types(table)
    seen: dict[tuple[str, ...], tuple[int, Row]] = {}
    for number, row in enumerate(table.rows, start=1):
        own = [cell for cell, kind in zip(row, kinds, strict=True) if kind != "ordinal"]
        key = tuple(label_key(latin_digits(cell.text)) for cell in own)
        if sum(map(bool, key)) < 2 or not any(re.search(r"[^\W\d_]|\d{3}", part) for part in key):
            continue
        if key not in seen:
            seen[key] = (number, row)
            continue
        first, other = seen[key]
        text = " | ".join(cell.text for cell in own if cell.text)
        yield Fault(
            "duplicate-row",
            {
                "en": f"Rows {first} and {number} say the same: {text}.",
                "fa": f"ردیف‌های {_figure_fa(first)} و {_figure_fa(number)} یکی‌اند: {text}.",
            },
            (*_spans(other), *_spans(row)),
        )


# ---- the text around a table ------------------------------------------------------------------


def _plain(text: str) -> str:
    """``text`` for looking up words, offset for offset: Latin digits, small letters, spaces."""
    plain = latin_digits(text).translate(str.maketrans("يىك", "ییک")).replace(HALF_SPACE, " ")
    small = plain.lower()
    if len(small) == len(plain):
        return small
    return "".join(low if len(low := letter.lower()) == 1 else letter for letter in plain)


def _words(names: Sequence[str]) -> str:
    parts = []
    for name in sorted(names, key=len, reverse=True):
        edge = r"(?![^\W\d_])" if name[-1].isalpha() else ""
        parts.append((r"(?<![^\W\d_])" if name[0].isalpha() else "") + re.escape(name) + edge)
    return "|".join(parts)


_CURRENCY = re.compile(_words([name for name in CURRENCIES if name not in ("سوم", "som")]))
_AMOUNT = re.compile(
    rf"(?P<before>(?:\b(?:us|u\.s\.)\s?)?[$€£])?\s?"
    r"(?<![\d/.,٫٬-])(?P<number>\d+(?:[,٬،]\d{3})*(?:[.٫/]\d+)?)(?![\d/])"
    rf"(?:\s*(?P<times>(?:{_words(list(MULTIPLIERS))})(?:\s+(?:{_words(list(MULTIPLIERS))}))?))?"
    rf"(?:\s*(?P<after>{_CURRENCY.pattern}))?"
)


@lru_cache(maxsize=4)  # the tables of a document ask for the same text
def stated_amounts(text: str) -> tuple[StatedAmount, ...]:
    """The figures with a multiplier or a currency in running text, in order.

    >>> for amount in stated_amounts("صادرات ۱۲۳۴۵۶ میلیون دلار و واردات ۹۹ هزار تن بود."):
    ...     print(amount.value, amount.unit.name("en"))
    123456 million dollars
    99 thousand
    """
    plain = _plain(text)
    found: list[StatedAmount] = []
    for match in _AMOUNT.finditer(plain):
        if not (match["before"] or match["times"] or match["after"]):
            continue
        value = number_of(text[match.start("number") : match.end("number")])
        if isinstance(value, NotANumber):
            continue
        multiplier = 1
        for word in (match["times"] or "").split():
            multiplier *= MULTIPLIERS[word]
        sign = (match["before"] or "").strip()[-1:]
        currency = CURRENCIES.get(match["after"] or sign, "")
        start = match.start("before") if sign else match.start("number")
        span = Span(start, match.end())
        found.append(StatedAmount(span, value, Unit(multiplier, currency), text[start : span.end]))
    return tuple(found)


def amounts_against(table: PrintedTable, text: str) -> tuple[Fault, ...]:
    """Figures of the table that the document text repeats in another unit: ``unit-conflict``.

    ``text`` is the whole document text, in which the spans of the table count. Compared are
    figures of five digits or more, and totals that the text says rounded to three or more.
    """
    cells: dict[int | float, list[tuple[int, TableCell]]] = defaultdict(list)
    kinds = column_types(table)
    for row in (*table.rows, *((table.total,) if table.total else ())):
        for at, cell in enumerate(row):
            value = number_of(cell.text)
            if kinds[at] != "number" or isinstance(value, NotANumber):
                continue
            if len(re.sub(r"\D", "", cell.text)) >= _SHORTEST_FIGURE:
                cells[value].append((at, cell))
    own = _spans((*table.columns, *(c for row in table.rows for c in row), *(table.total or ())))
    faults: list[Fault] = []
    for amount in stated_amounts(text):
        found = _rounded(table, amount)[:1]
        for at, cell in cells.get(amount.value, ()):
            said = unit_of(table, at)
            found = []
            if said is not None and not _same_unit(said[0], amount.unit):
                found = [_conflict(amount, cell, *said)]
                break
        inside = found and any(
            span.start < amount.span.end and amount.span.start < span.end for span in own
        )
        faults += [] if inside else found
    return tuple(faults)


def _same_unit(one: Unit, other: Unit) -> bool:
    currencies = {one.currency, other.currency} - {""}
    return one.multiplier == other.multiplier and len(currencies) < 2


def _rounded(table: PrintedTable, amount: StatedAmount) -> list[Fault]:
    """Totals that the text says rounded (1915 for 1915413089), thousands of times off."""
    digits = re.sub(r"\D", "", latin_digits(amount.written)).strip("0")
    found: list[Fault] = []
    for at, cell in enumerate(table.total or ()):
        printed, said = number_of(cell.text), unit_of(table, at)
        if isinstance(printed, NotANumber) or said is None or len(digits) < 3 or printed <= 0:
            continue
        factor = printed * said[0].multiplier / (amount.value * amount.unit.multiplier or 1)
        power = round(log10(factor)) if factor > 0 else 0
        off = abs(factor / 10.0**power - 1)
        if power and power % 3 == 0 and off <= 0.5 * 10.0 ** (1 - len(digits)):
            found.append(_conflict(amount, cell, *said))
    return found


def _conflict(amount: StatedAmount, cell: TableCell, unit: Unit, spans: Sequence[Span]) -> Fault:
    return Fault(
        "unit-conflict",
        {
            "en": f"The text says {_quoted(amount.written)} ({amount.unit.name('en')}); the table "
            f"has {cell.text} in {unit.name('en')}.",
            "fa": f"متن «{amount.written}» می‌گوید ({amount.unit.name('fa')})؛ جدول {cell.text} "
            f"را به {unit.name('fa')} دارد.",
        },
        (amount.span, *cell.spans, *spans),
    )


# ---- words of messages ------------------------------------------------------------------------


def _has_multiplier(text: str) -> bool:
    return any(word in MULTIPLIERS for word in re.findall(r"[^\W\d_]+", _plain(text)))


def _spans(cells: Iterable[TableCell]) -> tuple[Span, ...]:
    return tuple(span for cell in cells for span in cell.spans)


def _column_name(table: PrintedTable, at: int) -> str:
    return table.columns[at].text or str(at + 1)


def _quoted(text: str) -> str:
    return f'"{text}"'


def _figure(value: int | float) -> str:
    """A number for an English sentence; digits are not grouped, so that it can be searched."""
    whole = int(value) if float(value).is_integer() else value
    return str(whole) if isinstance(whole, int) else f"{whole:.10g}"


def _figure_fa(value: int | float) -> str:
    return persian_digits(_figure(value)).replace(".", "٫")
