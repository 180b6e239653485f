"""What the cells of a printed table say: numbers, years, dates or words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from textmine.records import PrintedTable, TableCell
from textmine.text.dates import find_dates
from textmine.text.digits import latin_digits
from textmine.text.fold import fold_key
from textmine.text.letters import DIRECTION_MARKS, HALF_SPACE

Reason = Literal[
    "no-value",  # nothing, or one of the marks for nothing: a dash, dots, "n/a"
    "words",  # no number in it, or a number among words
    "date",
    "range",  # 12-15
    "several",  # more numbers than one
    "separators",  # digits whose separators make no number
]

ColumnType = Literal["number", "percent", "year", "date", "ordinal", "text", "empty"]


@dataclass(frozen=True, slots=True)
class NotANumber:
    """Why a cell holds no number."""

    reason: Reason


LONGEST_FIGURE = 120  # characters of a cell that may be a number, a year or a date

# Written where there is no value; compared after folding.
_NO_VALUE = re.compile(
    r"[-‐-―−_ـ.…·*\s]*|n\.?\s?[/.]?\s?a\.?|nil|none|no data|ندارد|نامشخص|نامعلوم|بدون داده"
    r"|بدون آمار",
    re.IGNORECASE,
)

# Words that multiply the number before (or, in English heads, after the currency sign).
MULTIPLIERS = {
    "هزار": 10**3, "میلیون": 10**6, "ملیون": 10**6, "میلیارد": 10**9, "ملیارد": 10**9,
    "بیلیون": 10**9, "تریلیون": 10**12,
    "thousand": 10**3, "thousands": 10**3, "million": 10**6, "millions": 10**6, "mn": 10**6,
    "mln": 10**6, "billion": 10**9, "billions": 10**9, "bn": 10**9, "bln": 10**9,
    "trillion": 10**12, "trillions": 10**12,
}  # fmt: skip
# What is counted; a number may stand beside it without becoming words.
CURRENCIES = {
    "دلار": "dollar", "dollar": "dollar", "dollars": "dollar", "usd": "dollar", "us$": "dollar",
    "$": "dollar", "یورو": "euro", "euro": "euro", "euros": "euro", "eur": "euro", "€": "euro",
    "ریال": "rial", "rial": "rial", "rials": "rial", "irr": "rial", "﷼": "rial",
    "تومان": "toman", "toman": "toman", "tomans": "toman", "پوند": "pound", "£": "pound",
    "روبل": "rouble", "rouble": "rouble", "roubles": "rouble", "یوان": "yuan", "yuan": "yuan",
    "درهم": "dirham", "dirham": "dirham", "dirhams": "dirham", "سوم": "som", "som": "som",
}  # fmt: skip
# Only a number with one of these words is about a currency of that country.
_OF_COUNTRY = ("آمریکا", "امریکا", "us", "u.s.", "american")


def _any_of(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_MARKS = re.compile(f"[{DIRECTION_MARKS}\ufeff]")
_MARKUP = re.compile(r"^[*_`~]+(?=\S)|(?<=\S)[*_`~]+$")
# A note's mark behind a number: 12*, 12†, 12^3, 12[3], 12³, 12<sup>3</sup>.
_NOTE = re.compile(
    r"(?<=\d)\s*(?:[*†‡§]+|\^\d+|\^\{\d+\}|\[\^?\w{1,3}\]|[⁰¹²³⁴-⁹]+|<sup>.*?</sup>)$"
)
_REMARK = re.compile(r"(?<=\d)(?:\s*[(\[][^()\[\]]*[)\]])+$")
_WORD = rf"(?:{_any_of(CURRENCIES)}|{_any_of(_OF_COUNTRY)})"
_MULTIPLIER = rf"(?:{_any_of(MULTIPLIERS)})"
_BEFORE = re.compile(rf"^(?:{_WORD}\s*)+(?=[-−(\d.])", re.IGNORECASE)
_AFTER = re.compile(
    rf"(?<=[\d)٫.])\s*(?P<times>{_MULTIPLIER}(?:\s+{_MULTIPLIER})?)?\s*(?:{_WORD}\s*)*$",
    re.IGNORECASE,
)
_PERCENT = re.compile(r"^[%٪]\s*|\s*(?:[%٪]|درصد|per ?cent)$", re.IGNORECASE)
_DIGITS = r"\d+(?:[.,،٬٫'’ ]\d+)*"
_NUMBER = re.compile(rf"(?:{_DIGITS}|[.٫]\d+)")
_DATE = re.compile(r"\d{1,4}\s*[/.\-]\s*\d{1,2}\s*[/.\-]\s*\d{1,4}")
_YEAR_HEAD = re.compile(r"سال|تاریخ|زمان|year|date", re.IGNORECASE)
_YEAR = re.compile(r"1[2-4]\d\d|1[89]\d\d|20\d\d")
# A year, a year of two halves (1395-96), with "year" or an era beside it or a remark behind it.
_YEAR_CELL = re.compile(
    r"(?:سال|year|fy)?\s*(1[2-4]\d\d|1[89]\d\d|20\d\d)(?:\s*[-–/]\s*(?:\d\d|1[2-4]\d\d|20\d\d))?"
    r"\s*(?:\*+|[([].*|[شمق]\.?|م\.|ه\.?\s?ش\.?)?",
    re.IGNORECASE,
)


@lru_cache(maxsize=2**15)
def number_of(text: str) -> int | float | NotANumber:
    """The number that a cell writes, or why it writes none.

    Digits are of three systems. Thousands stand apart by ``,`` ``،`` ``٬`` ``'`` or a space (also
    ``.`` when there are two), decimals by ``٫`` ``.`` ``/`` (behind Persian digits), or by a
    comma that cannot part thousands. A currency, a percent sign, a note's mark and a remark in
    brackets may stand beside it; per cent keep their figure (``12٪`` is 12), ``2.5 میلیون`` is
    multiplied out. Brackets around a number, and a minus before or behind it, make it negative;
    a bare year in brackets is a year. Whole numbers are ``int``.

    >>> [number_of(cell) for cell in ("۱۲٬۳۴۵", "۲/۵ میلیون", "(1,250)", "۷٫۵٪", "$3 200*")]
    [12345, 2500000, -1250, 7.5, 3200]
    >>> [number_of(cell).reason for cell in ("-", "۱۳۷۳/۳/۲", "12-15", "بیشکک")]
    ['no-value', 'date', 'range', 'words']
    """
    if len(text) > LONGEST_FIGURE:
        return NotANumber("words")
    plain = _plain(text)
    if _NO_VALUE.fullmatch(plain):
        return NotANumber("no-value")
    if not re.search(r"\d", plain):
        return NotANumber("words")
    if _DATE.fullmatch(plain):
        return NotANumber("date")
    persian_slash = re.fullmatch(r"[-−]?(\d+)/(\d+)([٪%]|\s.*)?", plain)
    if persian_slash and re.search("[۰-۹٠-٩]", text):
        if _YEAR.fullmatch(persian_slash[1]) and 1 <= int(persian_slash[2]) <= 12:
            return NotANumber("date")
        plain = plain.replace("/", "٫")
    body, multiplier = _without_unit(plain)
    negative = False
    bracketed = re.fullmatch(r"[([]\s*(.*?)\s*[)\]]", body)
    if bracketed:
        body = bracketed[1]
        negative = not _YEAR.fullmatch(body)
    if signed := re.fullmatch(r"[-−–+]\s*(.+)|(.+)[-−]", body):
        negative = negative or not body.startswith("+")
        body = signed[1] or signed[2]
    value = _value(body)
    if isinstance(value, NotANumber):
        return value
    if multiplier > 1:
        value = round(value * multiplier, 6)
    if negative:
        value = -value
    return int(value) if isinstance(value, float) and value.is_integer() else value


@lru_cache(maxsize=2**15)
def year_of(text: str) -> int | NotANumber:
    """The year that a cell names, the first of a year in two halves, or why it names none.

    >>> [year_of(cell) for cell in ("۱۴۰۴ (۷ ماه نخست)", "2015-16", "سال ۱۳۹۵")]
    [1404, 2015, 1395]
    >>> year_of("1,404").reason
    'words'
    """
    if len(text) > LONGEST_FIGURE:
        return NotANumber("words")
    plain = _plain(text)
    if _NO_VALUE.fullmatch(plain):
        return NotANumber("no-value")
    found = _YEAR_CELL.fullmatch(plain)
    return int(found[1]) if found else NotANumber("words")


def decimals_of(text: str) -> int:
    """How many decimals the number of a cell is written with.

    >>> decimals_of("۱۲٫۵۰"), decimals_of("1,200")
    (2, 0)
    """
    plain = re.sub(r"(?<=\d)/(?=\d)", "٫", _plain(text))
    found = re.search(r"[.٫](\d+)(?!.*\d)", plain)
    return len(found[1]) if found and not re.search(r"\.\d+\.", plain) else 0


def column_types(table: PrintedTable) -> tuple[ColumnType, ...]:
    """What most cells of each column are; ``ordinal`` is a column that numbers the rows 1, 2, 3.

    >>> rows = tuple(tuple(map(TableCell, row)) for row in (("1", "1401", "5"), ("2", "1402", "7")))
    >>> column_types(PrintedTable(TableCell(), 1, (TableCell(),) * 3, rows))
    ('ordinal', 'year', 'number')
    """
    types = types_of(table.rows, len(table.columns))
    years = [at for at, kind in enumerate(types) if kind == "year"]
    headed = [at for at in years if _YEAR_HEAD.search(table.columns[at].text)]
    if len(years) < 2 or not headed:
        return types
    # Counts between 1200 and 2100 look like years beside a column that says that it has them.
    return tuple(
        "number" if at in years and at not in headed and not _ascends(table, at) else kind
        for at, kind in enumerate(types)
    )


def _ascends(table: PrintedTable, column: int) -> bool:
    found = [year_of(row[column].text) for row in table.rows]
    years = [year for year in found if isinstance(year, int)]
    return years in (sorted(years), sorted(years, reverse=True))


def types_of(rows: Sequence[Sequence[TableCell]], width: int) -> tuple[ColumnType, ...]:
    """As :func:`column_types`, for rows that make no table yet."""
    return tuple(
        _type_of([row[at].text for row in rows if at < len(row) and row[at].text])
        for at in range(width)
    )


@lru_cache(maxsize=2**15)
def cell_type(text: str) -> ColumnType:
    """What one cell is; a cell without a value is ``empty``.

    >>> [cell_type(text) for text in ("۱۳۷۳/۳/۲", "۱۳۷۳", "۱۲٪", "بهمن ۱۳۸۰", "-", "کویت")]
    ['date', 'year', 'percent', 'date', 'empty', 'text']
    """
    if len(text) > LONGEST_FIGURE:
        return "text"
    plain = _plain(text)
    value = number_of(text)
    if isinstance(value, NotANumber) and value.reason == "no-value":
        return "empty"
    if not isinstance(year_of(text), NotANumber):
        return "year"
    if isinstance(value, NotANumber):
        if value.reason == "date":
            return "date"
        dates = find_dates(text) if value.reason != "words" or re.search(r"\d", plain) else ()
        covered = sum(mention.span.end - mention.span.start for mention in dates)
        return "date" if covered >= 0.6 * len(plain) else "text"
    return "percent" if _PERCENT.search(plain) else "number"


def _type_of(cells: list[str]) -> ColumnType:
    if not cells:
        return "empty"
    numbers = [number_of(text) for text in cells]
    if numbers[:3] in ([1, 2, 3], [1, 2]) and numbers == list(range(1, len(numbers) + 1)):
        return "ordinal"
    counts = Counter(cell_type(text) for text in cells)
    counts.pop("empty", None)
    if not counts:
        return "empty"
    kind, most = counts.most_common(1)[0]
    if kind in ("number", "year") and counts["number"] and counts["year"] <= 2 * counts["number"]:
        # A count such as 1,950 looks like a year; a column of years holds nothing else.
        kind, most = "number", counts["number"] + counts["year"]
    return kind if most >= 0.6 * sum(counts.values()) else "text"


def _plain(text: str) -> str:
    """``text`` with Latin digits, plain spaces and letters, without mark-up and note marks."""
    plain = _MARKS.sub("", latin_digits(text)).translate(_SPACES).strip()
    plain = _MARKUP.sub("", plain).translate(_LETTERS).strip()
    return _NOTE.sub("", plain)


_SPACES = dict.fromkeys(map(ord, f"\xa0\u2007\u2009\u202f\t\n{HALF_SPACE}"), " ")
_LETTERS = str.maketrans("يىك", "ییک")


def _without_unit(plain: str) -> tuple[str, int]:
    """The number without percent sign, currency, remark and multiplier, and the multiplier."""
    body = _PERCENT.sub("", _REMARK.sub("", plain))
    body = _BEFORE.sub("", body)
    found = _AFTER.search(body)
    multiplier = 1
    if found:
        for word in (found["times"] or "").split():
            multiplier *= MULTIPLIERS[word.casefold()]
        body = body[: found.start()]
    return _PERCENT.sub("", body).strip(), multiplier


def _value(body: str) -> int | float | NotANumber:
    """The number that digits and separators write."""
    if re.fullmatch(rf"{_DIGITS}\s*(?:[-–—−]|تا|to)\s*{_DIGITS}", body):
        return NotANumber("range")
    if not _NUMBER.fullmatch(body):
        several = len(_NUMBER.findall(body)) > 1 and not re.search(r"[^\W\d_]", body)
        return NotANumber("several" if several else "words")
    whole, _, decimals = body.partition("٫")
    if decimals and not decimals.isdigit():
        return NotANumber("separators")
    if not decimals:
        dots, commas = whole.count("."), whole.count(",")
        if dots == 1 and re.fullmatch(r"[^.]*\.\d+", whole):
            whole, _, decimals = whole.partition(".")
        elif commas == 1 and re.fullmatch(r"\d+,(?:\d\d?|\d{4,})", whole):
            whole, _, decimals = whole.partition(",")
    groups = re.split(r"[.,،٬'’ ]", whole)
    if len(groups) > 1 and not (
        re.fullmatch(r"\d{1,3}", groups[0]) and all(len(group) == 3 for group in groups[1:])
    ):
        return NotANumber("several" if re.search(r"[،,] | ", whole) else "separators")
    digits = "".join(groups)
    return float(f"{digits or 0}.{decimals}") if decimals else int(digits)


@lru_cache(maxsize=2**15)
def label_key(text: str) -> str:
    """A label as it is compared: folded, without mark-up, brackets and punctuation at its ends.

    >>> label_key("**جمع كل:**")
    'جمعکل'
    """
    return re.sub(r"[\s:.*_`]+", "", fold_key(text))
