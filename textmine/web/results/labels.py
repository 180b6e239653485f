"""Rows and columns as pages name them, and the query that finds the clauses of each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from textmine.analysis.counted import Counted
from textmine.analysis.dimensions import (
    CODE,
    COUNTRY,
    DECADE,
    DOCUMENT,
    LANGUAGE,
    NO_CODE,
    UNREAD,
    YEAR,
    Dimension,
)
from textmine.analysis.grouping import UNKNOWN
from textmine.metadata.table import KINDS
from textmine.records import Document
from textmine.reports import marks
from textmine.reports.texts import TEXTS, Both
from textmine.search.query import MAX_CHARACTERS, FieldIs, canonical
from textmine.standing import PERSON
from textmine.text.language import language_of

KIND, PARTY = "kind", "party"


@dataclass(frozen=True, slots=True)
class Label:
    """A row or a column: how it is called, and the query that finds its clauses.

    ``stored`` tells that its name comes from a document. ``query`` is empty where no query can be
    asked: it would be too long.
    """

    id: str
    name: Both
    query: str
    stored: bool = False


def labels_of(
    over: Dimension, rows: Iterable[str], material: Counted, coder: str
) -> tuple[Label, ...]:
    """Some rows or columns of a kind, as they are called and asked for."""
    if over.field == CODE:
        return tuple(code_label(row, material, coder) for row in rows)
    if over.field == LANGUAGE:
        return tuple(Label(row, marks.said(f"language.{row}"), _is(LANGUAGE, row)) for row in rows)
    titles = {str(each.id): each.title for each in material.documents}
    found = []
    for row in rows:
        name, stored = _name(over, row), False
        if over.field == DOCUMENT:
            name, stored = Both(titles[row], titles[row]), True
        elif name is None and over.field == PARTY:
            name, stored = _party(row), True
        elif name is None:
            name, stored = Both(over.name(row, "en"), over.name(row, "fa")), over.field != "scheme"
        found.append(Label(row, name, documents_query(over, row, material.documents), stored))
    return tuple(found)


def _name(over: Dimension, row: str) -> Both | None:
    """How a row is called, where textmine has words for it."""
    if row == UNKNOWN:
        key = {YEAR: "year.unknown", KIND: "kind.unknown"}.get(over.field, "")
        return marks.said(key) if key else Both(over.name(row, "en"), over.name(row, "fa"))
    if over.field == YEAR:
        return marks.year_label(row, [])
    if over.field == DECADE:
        return marks.said("decade", year=marks.figure(row))
    if over.field == COUNTRY:
        from textmine.places import gazetteer

        name = gazetteer().country(row).name
        return Both(name["en"], name.get("fa", name["en"]))
    return marks.said(f"kind.{row}") if over.field == KIND and f"kind.{row}" in TEXTS else None


def _party(row: str) -> Both:
    """A party as its document names it; a place also by its name in the other language, in front.

    >>> _party("Graz, Austria").fa, _party("the Mayor").fa
    ('گراتس، اتریش (Graz, Austria)', 'the Mayor')
    """
    from textmine.places import gazetteer

    in_persian = language_of(row) == "fa"
    tongue, comma = ("en", ", ") if in_persian else ("fa", "، ")
    city, _, of = row.replace("،", ",").partition(", ")
    countries = gazetteer().named(of, kind="country")[:1] if of else ()
    if of and not countries:
        return Both(row, row)
    places = gazetteer().named(city, country=countries[0].country if countries else "")
    names = {place.name.get(tongue, "") for place in places}
    if len(names) != 1 or "" in names:  # none is known, or it is not sure which is meant
        return Both(row, row)
    both = f"{comma.join((*names, *(each.name[tongue] for each in countries)))} ({row})"
    return Both(both, row) if in_persian else Both(row, both)


def code_label(code: str, material: Counted, coder: str) -> Label:
    """A code, or its lack, by the codings of ``coder`` or of those that count."""
    if code == NO_CODE:
        query = _is("coded", f"{coder} none" if coder else "none")
        return Label(code, marks.said("no-code"), query)
    if code == UNREAD:
        return Label(code, marks.said("unread"), f"-{read_query(coder)}" if coder else "coded:no")
    names = next((each.name for each in material.codes if each.id == code), {})
    name = Both(names.get("en", code), names.get("fa", code))
    return Label(code, name, _is("coded", f"{coder} {code}") if coder else _is(CODE, code))


def read_query(coder: str) -> str:
    """The query for the clauses that were read."""
    return _is("coded", coder) if coder else "-coded:no"


def decided_query(coder: str) -> str:
    """The query for the clauses with a decision: those a person read, or a machine gave a code.

    >>> decided_query("person:sara"), decided_query("model:m")
    ('coded:"person:sara"', 'coded:"model:m" -coded:"model:m none"')
    """
    read = read_query(coder)
    return read if coder.startswith(PERSON) else f"{read} -{_is('coded', f'{coder} none')}"


def _is(field: str, value: str) -> str:
    return canonical(FieldIs(field, value, 1))


def documents_query(over: Dimension, row: str, documents: Sequence[Document]) -> str:
    """The query for the clauses of the documents of a row: by what they share, else by number.

    "" when it would be longer than a query can be.
    """
    assert over.grouping is not None  # noqa: S101 - rows of clauses do not come here
    of = over.grouping.of
    own = {each.id for each in documents if row in of.get(each.id, (UNKNOWN,))}
    if over.field in (YEAR, DECADE) and row.isdecimal():
        last = row if over.field == YEAR else f"{row[:-1]}9"
        years = {each.id: each.value("year_gregorian") for each in documents}
        if own == {n for n, year in years.items() if year.isdecimal() and row <= year <= last}:
            return f"year:{row}" if row == last else f"year:{row}..{last}"
    if (
        over.field == KIND
        and row in KINDS
        and own == {each.id for each in documents if each.value(KIND) == row}
    ):
        return _is(KIND, row)
    known = [each.id for each in documents]
    shortest = min(
        (numbered(known, own), "-" + numbered(known, set(known) - own) if len(own) < len(known)
         else numbered(known, own)),
        key=len,
    )  # fmt: skip
    return shortest if len(shortest) < MAX_CHARACTERS * 0.9 else ""


def numbered(known: Sequence[int], own: Collection[int]) -> str:
    """A query for the clauses of some of the ``known`` documents, by their numbers.

    >>> numbered([1, 2, 3, 5, 6], {1, 2, 3, 6}), numbered([1, 2], set())
    ('document:1..3,6', 'document:0')
    """
    ranges: list[list[int]] = []
    before = None
    for number in sorted(known):
        if number in own:
            if before is not None and before in own:
                ranges[-1][1] = number
            else:
                ranges.append([number, number])
        before = number
    parts = [f"{a}..{b}" if a < b else str(a) for a, b in ranges]
    return f"document:{','.join(parts) or '0'}"
