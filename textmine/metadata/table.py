"""The table ``documents.csv`` beside the files: what a person knows about each document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from textmine.errors import InputError
from textmine.metadata.days import GREGORIAN_YEARS, PERSIAN_YEARS, YEARS_BETWEEN, parse_day
from textmine.records import Attribute, DocumentKind, Guess, Language
from textmine.sources.plain import decode, read_bytes
from textmine.spreadsheet import rows as rows_of
from textmine.text.digits import latin_digits

TABLE_NAME = "documents.csv"
"""The name under which the table of metadata is looked for."""

# Headings, in the spellings that tables have; compared without case, half-spaces and hyphens.
_HEADINGS = {
    "path": "path, file, filename, file name, پرونده, نام پرونده, فایل, نام فایل, مسیر",
    "title": "title, عنوان",
    "kind": "kind, type, document type, نوع, نوع سند, گونه",
    "language": "language, languages, lang, زبان, زبانها, زبان ها",
    "year": "year, سال",
    "date": "date, تاریخ, تاریخ میلادی, date gregorian",
    "date_persian": "date persian, persian date, تاریخ شمسی, تاریخ خورشیدی, تاریخ هجری شمسی",
    "parties": "parties, party, طرف, طرفها, طرف ها, طرفین, طرفهای سند",
    "country": "country, countries, کشور, کشورها, کشور ها",
    "note": "note, notes, یادداشت, یادداشتها, توضیح, توضیحات, ملاحظات",
}
_COLUMN_OF = {
    spelling.strip(): column for column, row in _HEADINGS.items() for spelling in row.split(",")
}
KINDS: dict[DocumentKind, tuple[str, ...]] = {
    "paper": ("paper", "article", "مقاله"),
    "agreement": ("agreement", "contract", "موافقت نامه", "قرارداد", "پیمان", "توافق نامه"),
    "memorandum": (
        "memorandum",
        "mou",
        "memorandum of understanding",
        "تفاهم نامه",
        "یادداشت تفاهم",
    ),
    "treaty": ("treaty", "convention", "معاهده", "عهد نامه", "کنوانسیون", "پیمان نامه"),
    "law": ("law", "act", "قانون", "مصوبه"),
    "other": ("other", "سایر", "دیگر"),
}
"""What kinds of documents are called; words with a gap are also written joined."""

LANGUAGES: dict[Language, tuple[str, ...]] = {
    "fa": ("fa", "fas", "per", "persian", "farsi", "فارسی"),
    "en": ("en", "eng", "english", "انگلیسی"),
    "und": ("und", "نامعلوم"),
}
"""What languages are called."""

# What the column of languages takes: no document is given as being of no known language.
_DOCUMENT_LANGUAGES = {
    "fa": LANGUAGES["fa"],
    "en": LANGUAGES["en"],
    "fa+en": (
        "fa en",
        "en fa",
        "bilingual",
        "persian english",
        "english persian",
        "دو زبانه",
        "فارسی انگلیسی",
        "انگلیسی فارسی",
    ),
}
_BETWEEN_VALUES = re.compile(r"\s*[;؛|\n]\s*")
# Fields that say the same thing: a table that gives one of them silences the guesses of all.
_DATE_FIELDS = frozenset(("date", "date_persian", "year_gregorian", "year_persian"))
_DERIVED = 0.8  # a whole year of one calendar lies in two years of the other


@dataclass(frozen=True, slots=True)
class Record:
    """What one row of the table says about one file.

    ``path`` is the file's path relative to the table; ``row`` counts as a spreadsheet does, the
    headings being row 1. ``attributes`` have confidence 1 and the row as their ground, but for a
    year that was worked out from one of the other calendar.
    """

    path: str
    row: int
    attributes: tuple[Attribute, ...]


def read_table(path: Path) -> dict[str, Record]:
    """Read a table of metadata; the records by path relative to the table.

    The table is CSV in UTF-8 or Windows-1256, with comma, semicolon or tab between the cells. The
    columns ``path``, ``title``, ``kind``, ``language``, ``year``, ``date``, ``date_persian``,
    ``parties`` (several with a semicolon between them), ``country`` and ``note`` are known, under
    Persian headings too; any other column is kept as text under its own heading. Years and dates
    (year first) are of either calendar, told by their size; both calendars are filled in.

    Errors: ``InputError`` with one sentence for every fault: the table, the row, the value, what to
    write instead. ``ReadError`` when the file is no text.

    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = Path(folder.name) / "documents.csv"
    >>> _ = path.write_text("پرونده;سال;طرف‌ها\\na.pdf;۱۳۹۷;تهران؛ بیشکک\\n", encoding="utf-8")
    >>> [(each.name, each.value) for each in read_table(path)["a.pdf"].attributes]
    [('year_persian', '1397'), ('year_gregorian', '2018'), ('party', 'تهران'), ('party', 'بیشکک')]
    >>> folder.cleanup()
    """
    try:
        text = decode(read_bytes(path), path.name).text
    except OSError as error:
        raise InputError(f"{path} cannot be opened: {error.strerror or error}.") from error
    rows = rows_of(text, path.name)
    number, headings = next(rows, (1, []))
    columns = _columns(headings, path.name)
    faults: list[str] = []
    records: dict[str, Record] = {}
    for number, cells in rows:
        where = f"{path.name}, row {number}"
        if len(cells) > len(columns):
            faults.append(
                f"{where} has {len(cells)} cells for {len(columns)} columns; put cells that hold a "
                "delimiter in quotation marks."
            )
            continue
        given = {
            column: cell.strip()
            for column, cell in zip(columns, cells, strict=False)
            if cell.strip()
        }
        name = _normal_path(given.pop("path", ""))
        if not name:
            faults.append(f"{where} names no file; fill in the column path.")
        elif name in records:
            faults.append(
                f"{where} names {name}, as row {records[name].row} does; keep one of the two rows."
            )
        else:
            records[name] = Record(name, number, tuple(_attributes(given, where, faults)))
    if faults:
        raise InputError(" ".join(faults))
    return records


def missing_files(path: Path, records: Mapping[str, Record]) -> tuple[str, ...]:
    """One sentence for each row of a table whose file is not there.

    >>> missing_files(Path("documents.csv"), {"lost.pdf": Record("lost.pdf", 2, ())})
    ('documents.csv, row 2: there is no file lost.pdf beside the table; correct the path.',)
    """
    return tuple(
        f"{path.name}, row {record.row}: there is no file {record.path} beside the table; "
        "correct the path."
        for record in records.values()
        if not (path.parent / record.path).is_file()
    )


def attributes_of(guesses: Mapping[str, Guess]) -> tuple[Attribute, ...]:
    """Guesses as attributes; parties are one attribute ``party`` each.

    >>> [(a.name, a.value) for a in attributes_of({"parties": Guess("Qom; Fez", 0.7, "title")})]
    [('party', 'Qom'), ('party', 'Fez')]
    """
    found: list[Attribute] = []
    for name, guess in guesses.items():
        values = [guess.value]
        if name == "parties":
            name, values = "party", _values(guess.value)
        found += (Attribute(name, value, guess.confidence, guess.ground) for value in values)
    return tuple(found)


def merge(record: Record | None, attributes: Iterable[Attribute]) -> tuple[Attribute, ...]:
    """What is known of a document: the table's attributes, then others for what it leaves open.

    A date or year in the table silences all other dates and years. What an earlier state of a
    table said (confidence 1) gives way to the table.

    >>> guesses = attributes_of({"kind": Guess("law", 0.6, "t"), "parties": Guess("Qom", 0.7, "t")})
    >>> known = Attribute("kind", "treaty", 1.0, "documents.csv, row 2")
    >>> [(a.name, a.value, a.confidence) for a in merge(Record("a", 2, (known,)), guesses)]
    [('kind', 'treaty', 1.0), ('party', 'Qom', 0.7)]
    """
    if record is None:
        return tuple(attributes)
    settled = {attribute.name for attribute in record.attributes}
    if settled & _DATE_FIELDS:
        settled |= _DATE_FIELDS
    rest = (each for each in attributes if each.name not in settled and each.confidence < 1)
    return (*record.attributes, *rest)


def _columns(headings: list[str], name: str) -> list[str]:
    columns: list[str] = []
    for position, heading in enumerate(headings, start=1):
        column = _COLUMN_OF.get(_folded(heading), heading.strip() or f"column {position}")
        if column in columns:
            raise InputError(
                f"{name} has the column {column} twice ({heading.strip()}); keep one of them."
            )
        columns.append(column)
    if "path" not in columns:
        shown = ", ".join(columns) or "none"
        raise InputError(
            f"{name} has no column path (its columns: {shown}); add one with the files' names."
        )
    return columns


def _attributes(given: Mapping[str, str], where: str, faults: list[str]) -> Iterator[Attribute]:
    for column, value in given.items():
        if column == "kind":
            yield from _one_of(column, value, KINDS, where, faults)
        elif column == "language":
            yield from _one_of(column, value, _DOCUMENT_LANGUAGES, where, faults)
        elif column == "date":
            yield from _dated(given, where, faults)
        elif column == "date_persian":
            if "date" not in given:
                yield from _dated(given, where, faults)
        elif column == "year":
            if "date" not in given and "date_persian" not in given:
                yield from _year(value, where, faults)
        elif column in ("parties", "country"):
            field = "party" if column == "parties" else column
            yield from (Attribute(field, each, 1.0, where) for each in _values(value))
        else:
            yield Attribute(column, value, 1.0, where)


def _one_of(
    column: str,
    value: str,
    vocabulary: Mapping[DocumentKind, tuple[str, ...]] | Mapping[str, tuple[str, ...]],
    where: str,
    faults: list[str],
) -> Iterator[Attribute]:
    given = _gapless(value)
    for known, spellings in vocabulary.items():
        if given in map(_gapless, spellings):
            yield Attribute(column, known, 1.0, where)
            return
    faults.append(f'{where}: {column} "{value}" is not one of {", ".join(vocabulary)}.')


def _dated(given: Mapping[str, str], where: str, faults: list[str]) -> Iterator[Attribute]:
    """Both calendars' day and year; the columns with a date must mean the same day."""
    days = {}
    for column in ("date", "date_persian"):
        if column in given:
            days[column] = parse_day(latin_digits(given[column]))
            if days[column] is None:
                faults.append(
                    f'{where}: {column} "{given[column]}" is no day of a known calendar; write '
                    "year-month-day as in 2018-03-02 or 1396/12/11, or the year in a column year."
                )
    if None in days.values():
        return
    first, *others = days.values()
    if any(other != first for other in others):
        faults.append(
            f'{where}: date "{given["date"]}" and date_persian "{given["date_persian"]}" are '
            "different days; correct one of them."
        )
        return
    if first is None:
        return
    year = latin_digits(given.get("year", ""))
    if year and year not in (first.year_gregorian, first.year_persian):
        faults.append(
            f'{where}: year "{given["year"]}" is not the year of the date '
            f"({first.year_gregorian}, {first.year_persian}); correct one of them."
        )
        return
    yield Attribute("date", first.gregorian, 1.0, where)
    yield Attribute("date_persian", first.persian, 1.0, where)
    yield Attribute("year_gregorian", first.year_gregorian, 1.0, where)
    yield Attribute("year_persian", first.year_persian, 1.0, where)


def _year(value: str, where: str, faults: list[str]) -> Iterator[Attribute]:
    digits = latin_digits(value)
    year = int(digits) if re.fullmatch("[0-9]{4}", digits) else 0
    if year in PERSIAN_YEARS:
        names, other = ("year_persian", "year_gregorian"), year + YEARS_BETWEEN
    elif year in GREGORIAN_YEARS:
        names, other = ("year_gregorian", "year_persian"), year - YEARS_BETWEEN
    else:
        faults.append(
            f'{where}: year "{value}" is neither Solar Hijri (1200 to 1499) nor Gregorian (1800 to '
            "2099); write four digits."
        )
        return
    yield Attribute(names[0], digits, 1.0, where)
    ground = f"{where}: the larger part of {digits} lies in {other}"
    yield Attribute(names[1], str(other), _DERIVED, ground)


def _values(text: str) -> list[str]:
    return [value for value in _BETWEEN_VALUES.split(text.strip()) if value]


def _normal_path(text: str) -> str:
    return str(PurePosixPath(text.strip().replace("\\", "/"))) if text.strip() else ""


def _folded(text: str) -> str:
    """Spelling without case, marks, half-spaces and joining signs."""
    text = text.casefold().translate(str.maketrans("يكىۀ", "یکیه")).replace("\u200c", " ")
    text = re.sub(r"[\u064b-\u0655\u0640\u200e\u200f\ufeff]", "", text)
    return " ".join(re.sub(r"[\s_+/&,،-]+|\band\b|\bو\b", " ", text).split())


def _gapless(text: str) -> str:
    """Spelling in which it does not matter how the parts of a word are set apart."""
    return _folded(text).replace(" ", "")
