"""Facets of a search: values that narrow it, and the conditions that it has already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from babel import Locale
from fastapi import Request
from markupsafe import Markup, escape

from textmine.metadata.table import KINDS
from textmine.records import Codebook
from textmine.reports import marks
from textmine.text.fold import fold_key
from textmine.web.clause import counting_codebook
from textmine.web.desk import Desk
from textmine.web.finding.fields import field_name, typed_field
from textmine.web.language import Interface, own, titled
from textmine.web.pages import ui

if TYPE_CHECKING:
    from textmine.search import Found
    from textmine.web.finding.search import Wish

ORDER = ("code", "language", "kind", "country", "year", "document")
"""The facets as they stand on the page."""

_SHOWN, _TITLES = 8, 4
_MOST, _DOCUMENTS = 40, 12  # values that are listed; documents have titles to be looked up


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a facet: how it is called, how many clauses have it, where its link leads."""

    name: Markup
    count: int
    link: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """Values of one field among what was found, the most frequent first; ``more`` are not here."""

    field: str
    name: str
    values: Sequence[Value]
    more: int

    @property
    def shown(self) -> int:
        """So many values are seen at once; titles take more room than names."""
        return _TITLES if self.field == "document" else _SHOWN


class Chosen(NamedTuple):
    """A condition of the query, and the address of the search without it."""

    field: str
    value: Markup
    negated: bool
    link: str


def facets_of(
    request: Request, desk: Desk, wish: Wish, found: Found, *, question: bool
) -> list[Facet]:
    """The facets of what was found, each value with the address of the narrowed search."""
    from textmine.search.narrowing import conditions, narrowed

    words, book = ui(request), counting_codebook(desk)
    codes = code_names(words, book)
    chosen = {
        (each.field, fold_key(value))
        for each in conditions(wish.q)
        if not each.negated
        for value in each.values
    }
    facets = []
    for field in ORDER:
        counts = found.facets.get(field, {})
        counts = dict(islice(counts.items(), _DOCUMENTS if field == "document" else _MOST))
        names = names_of(words, desk, book, field, list(counts))
        values = []
        for value, count in counts.items():
            written = as_typed(words, codes, field, value)
            is_chosen = bool(chosen) and any(
                (field, fold_key(each)) in chosen for each in (value, written[1])
            )
            link = wish.link(
                q=narrowed(wish.q, *written), any="1" if question or wish.any_word else "", page=""
            )
            if value in names:
                values.append(Value(names[value], count, link, is_chosen))
        if values:
            more = found.values.get(field, len(found.facets[field])) - len(values)
            facets.append(Facet(field, field_name(words, field), values, more))
    return facets


def chosen_in(request: Request, desk: Desk, wish: Wish) -> list[Chosen]:
    """The conditions of the query, each with the address of the search without it."""
    from textmine.search.narrowing import conditions, without

    words, book = ui(request), counting_codebook(desk)
    return [
        Chosen(
            field_name(words, each.field),
            Markup(words.gettext(" or ")).join(
                named(words, book, each.field, value) for value in each.values
            ),
            each.negated,
            wish.link(q=without(wish.q, each), page=""),
        )
        for each in conditions(wish.q)
    ]


def as_typed(words: Interface, codes: Mapping[str, str], field: str, value: str) -> tuple[str, str]:
    """A field and its value as people who use the interface in this language type them.

    ``codes`` are the names of codes by id.
    """
    name = typed_field(words.tongue, field)
    if words.tongue == "en":
        return name, value
    if field in ("language", "kind"):
        return name, words.term(f"{field}.{value}")
    if field in ("year", "document"):
        return name, marks.in_digits(value, "fa")
    if field == "code":
        return name, codes.get(value, value)
    return name, value


def code_names(words: Interface, book: Codebook) -> Mapping[str, str]:
    """The codes of a codebook by id, with their names where no two have the same."""
    names = {code.id: words.name(dict(code.name), code.id) for code in book.codes}
    folded = {id_: fold_key(name) for id_, name in names.items()}
    bearers = Counter(folded.values())
    return {id_: name if bearers[folded[id_]] == 1 else id_ for id_, name in names.items()}


def named(words: Interface, book: Codebook, field: str, value: str) -> Markup:
    """A value of a field as a page calls it, whatever way it was typed."""
    if field == "code":
        code = book.code(value)
        return own(words.name(dict(code.name), value)) if code else own(value)
    if field == "language" and value in ("fa", "en", "und"):
        return escape(words.term(f"language.{value}"))
    if field == "kind" and value in KINDS:
        return escape(words.term(f"kind.{value}"))
    if field in ("year", "document", "article"):
        return Markup("<bdi>{}</bdi>").format(
            marks.in_digits(value.replace("..", "–"), words.tongue)
        )
    if field == "country" and len(value) == 2:
        return escape(Locale(words.tongue).territories.get(value.upper(), value))
    return own(value)


def names_of(
    words: Interface, desk: Desk, book: Codebook, field: str, values: Sequence[str]
) -> dict[str, Markup]:
    """What values of a facet are called; documents by their titles."""
    if field == "document":
        documents = desk.corpus.catalogue.documents(numbers=[int(value) for value in values])
        return {
            str(each.id): titled(each.value("title") or each.path.rsplit("/", 1)[-1])
            for each in documents
        }
    if field == "year":
        return {value: escape(year_of(words, value)) for value in values}
    return {value: named(words, book, field, value) for value in values}


def year_of(words: Interface, value: str) -> str:
    """A Gregorian year as the interface names it, in Persian with the two years it lies in.

    >>> from textmine.web.language import interface
    >>> str(year_of(interface("fa"), "1993"))
    '۱۳۷۱–۱۳۷۲ (۱۹۹۳ میلادی)'
    """
    return words.of(marks.year_label(value, []))
