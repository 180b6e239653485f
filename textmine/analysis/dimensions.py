"""What the rows and columns of a table of clauses can be: codes, languages, years, groups..."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as having
from typing import Literal, Protocol

from textmine.analysis.grouping import UNKNOWN, Grouping, by_attribute, by_country, by_scheme
from textmine.errors import UsageError
from textmine.records import Code, Document
from textmine.schemes import load_scheme

CODE, LANGUAGE, DOCUMENT, COUNTRY, YEAR, DECADE = (
    "code", "language", "document", "country", "year", "decade"
)  # fmt: skip

NO_CODE, UNREAD = "-no-code", "-unread"
"""Columns beside the codes; no code of a codebook begins with a hyphen."""


class Placed(Protocol):
    """A clause: the document that it is in, its language, its codes, whether it was read."""

    @property
    def document(self) -> int: ...  # noqa: D102
    @property
    def language(self) -> str: ...  # noqa: D102
    @property
    def codes(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def read(self) -> bool: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Dimension:
    """What rows or columns are: their order and names, and which ones a clause stands in.

    ``names`` are English; ``persian`` has those that differ. ``left_out`` counts documents that
    have none, by reason. ``grouping`` says which documents belong to each; None for what belongs
    to clauses.
    """

    field: str
    order: tuple[str, ...]
    names: Mapping[str, str]
    persian: Mapping[str, str] = having(default_factory=dict)
    grouping: Grouping | None = None

    @property
    def left_out(self) -> Mapping[str, int]:
        """How many documents have no row, by reason."""
        return {} if self.grouping is None else self.grouping.left_out()

    def name(self, label: str, language: Literal["en", "fa"]) -> str:
        """How a row or column is called."""
        name = self.names.get(label, label)
        return self.persian.get(label, name) if language == "fa" else name

    def of(self, clause: Placed) -> Sequence[str]:
        """The rows (or columns) in which a clause stands."""
        if self.field == LANGUAGE:
            return (clause.language,)
        if self.field == CODE:
            return clause.codes or (NO_CODE if clause.read else UNREAD,)
        assert self.grouping is not None  # noqa: S101 - all other fields are of documents
        return self.grouping.of.get(clause.document, (UNKNOWN,))

    def used(self, clauses: Iterable[Placed]) -> list[str]:
        """Those in which some clause stands, in order."""
        used = {label for each in clauses for label in self.of(each)}
        return [label for label in self.order if label in used]


def dimension(
    name: str,
    documents: Sequence[Document],
    codes: Collection[Code],
    *,
    scheme: str | None = None,
    home: str = "",
) -> Dimension:
    """The rows or columns of that name, or those of a scheme of countries or periods.

    ``name`` is code, language, year, decade, country, document, or a field that documents have.
    ``home`` is the code of a country not to count. UsageError when no document has such a field.

    >>> dimension("language", [], []).name("fa", "fa")
    'فارسی'
    """
    if scheme is not None:
        return _of_scheme(scheme, documents, home)
    if name == CODE:
        return Dimension(
            name,
            (*(code.id for code in codes), NO_CODE, UNREAD),
            {code.id: code.id for code in codes} | {NO_CODE: "no code", UNREAD: "not read"},
            {code.id: code.name.get("fa", code.id) for code in codes}
            | {NO_CODE: "بی‌کد", UNREAD: "خوانده‌نشده"},
        )
    if name == LANGUAGE:
        names = {"fa": "Persian", "en": "English", "und": "no language"}
        persian = {"fa": "فارسی", "en": "انگلیسی", "und": "بی‌زبان"}
        return Dimension(name, tuple(names), names, persian)
    if name == DOCUMENT:
        of = {each.id: (str(each.id),) for each in documents}
        rows = tuple(row for (row,) in of.values())
        titles = {str(each.id): f"{each.id} {each.title}" for each in documents}
        return Dimension(name, rows, titles, grouping=Grouping(rows, titles, of, {}))
    if name == COUNTRY:
        grouping = by_country(documents, home=home)
    elif name == DECADE:
        grouping = _decades(by_attribute(documents, YEAR))
    else:
        grouping = by_attribute(documents, name)
        if not grouping.of:
            fields = sorted({own.name for each in documents for own in each.attributes})
            raise UsageError(
                f'No document has a field "{name}". There are: language, year, country, document, '
                f"code, {', '.join(fields)}. A column of documents.csv becomes a field."
            )
    return _grouped(name, grouping, {})


def _of_scheme(scheme: str, documents: Sequence[Document], home: str) -> Dimension:
    loaded = load_scheme(scheme)
    if loaded.kind == "topics":
        raise UsageError(f"{scheme} groups topics; name a scheme of countries or periods.")
    persian = {group.id: group.name["fa"] for group in loaded.groups}
    return _grouped("scheme", by_scheme(documents, loaded, home=home), persian)


def _grouped(name: str, grouping: Grouping, persian: Mapping[str, str]) -> Dimension:
    return Dimension(
        name,
        (*grouping.rows, UNKNOWN),
        {**grouping.names, UNKNOWN: UNKNOWN},
        {**persian, UNKNOWN: "نامعلوم"},
        grouping,
    )


def _decades(years: Grouping) -> Grouping:
    """Years in tens, each called by its first one."""
    decade = {year: f"{year[:-1]}0" for year in years.rows}
    rows = tuple(dict.fromkeys(decade[year] for year in years.rows))
    of = {number: (decade[year],) for number, (year,) in years.of.items()}
    return Grouping(rows, {row: f"{row}s" for row in rows}, of, years.reasons)
