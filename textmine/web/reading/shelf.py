"""The documents of a corpus as a list: found by title, narrowed by facets, sorted, in pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, get_args
from urllib.parse import urlencode

from textmine.analysis.overview import STATES, UNKNOWN, year_of
from textmine.records import Document, DocumentKind, DocumentState
from textmine.text.fold import fold_key
from textmine.web.desk import Desk

AT_ONCE = 50
"""So many documents are listed on one page."""

FACETS = ("state", "kind", "language", "year")
SORTS = ("added", "title", "year", "clauses")

_LANGUAGE = re.compile("[a-z]+")  # of "fa+en"
_FEW = 500  # documents that are asked for by their numbers
_ATTENTION = ("failed", "suspect", "partial")


@dataclass(frozen=True, slots=True)
class Listed:
    """A document as the list shows it. ``year`` is Gregorian, empty when unknown.

    ``solar`` is the year of the Persian calendar, where it is known.
    """

    id: int
    title: str
    path: str
    state: DocumentState
    reason: str
    detail: str
    kind: str
    languages: tuple[str, ...]
    year: str
    solar: tuple[str, ...]
    parties: tuple[str, ...]
    pages: int
    clauses: int

    @property
    def file(self) -> str:
        """The name of its file."""
        return self.path.rsplit("/", 1)[-1]

    def says(self, terms: Iterable[str]) -> bool:
        """Whether its title, its parties or its path hold all of some folded words."""
        words = _folded(" ".join((self.title, self.path, *self.parties)))
        return all(term in words for term in terms)

    def values(self, facet: str) -> tuple[str, ...]:
        """Its values of a facet."""
        if facet == "language":
            return self.languages or ("und",)
        return (str(getattr(self, facet)) or UNKNOWN,)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the list is asked for. A facet that is empty does not narrow it."""

    q: str = ""
    state: str = ""
    kind: str = ""
    language: str = ""
    year: str = ""
    sort: str = SORTS[0]
    page: int = 1

    def address(self, **changes: object) -> str:
        """The address of the same list with some things otherwise; from its first page on.

        >>> Wanted(q="a", page=3).address(kind="law")
        '/documents?q=a&kind=law'
        """
        values: dict[str, Any] = {
            name: getattr(self, name) for name in ("q", *FACETS, "sort")
        } | changes
        left = {name: value for name, value in values.items() if value}
        if left.get("sort") == SORTS[0]:
            del left["sort"]
        if left.get("page") == 1:
            del left["page"]
        return f"/documents?{urlencode(left)}" if left else "/documents"

    @property
    def narrowed(self) -> bool:
        """Whether anything is left out."""
        return any(getattr(self, name) for name in ("q", *FACETS))


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is shown of the list: ``total`` documents fit, ``documents`` are those of this page.

    ``facets`` count what each choice would leave, the other choices standing.
    """

    total: int
    all: int
    documents: tuple[Listed, ...]
    facets: Mapping[str, Mapping[str, int]]
    page: int
    pages: int


def shelf(desk: Desk, wanted: Wanted) -> Shelf:
    """The documents that are asked for."""
    everything = _listed(desk)
    terms = fold_key(wanted.q).split()
    found = [each for each in everything if not terms or each.says(terms)]

    def fits(document: Listed, left_out: str = "") -> bool:
        return all(
            not (value := getattr(wanted, facet)) or value in document.values(facet)
            for facet in FACETS
            if facet != left_out
        )

    facets = {
        facet: _in_order(
            facet,
            Counter(value for each in found if fits(each, facet) for value in each.values(facet)),
        )
        for facet in FACETS
    }
    kept = sorted(filter(fits, found), key=_order(wanted.sort))
    pages = max(1, -(-len(kept) // AT_ONCE))
    page = max(1, min(wanted.page, pages))
    return Shelf(
        len(kept),
        len(everything),
        tuple(kept[(page - 1) * AT_ONCE : page * AT_ONCE]),
        facets,
        page,
        pages,
    )


def _listed(desk: Desk) -> list[Listed]:
    """All documents; only those that have changed since the last time are looked at."""
    catalogue = desk.corpus.catalogue
    known: dict[int, tuple[str, Listed]] = desk.remember("listed documents", dict, mark="")
    seals = catalogue.document_seals()
    changed = [number for number, seal in seals.items() if known.get(number, (None,))[0] != seal]
    if changed:
        sizes = catalogue.sizes()
        few = len(changed) <= _FEW
        for each in catalogue.documents(numbers=changed if few else None):
            known[each.id] = (seals.get(each.id, ""), _one(each, *sizes.get(each.id, (0, 0))))
    # One that was taken out in between is in the first answer only.
    return [known[number][1] for number in seals if number in known]


def _one(document: Document, pages: int, clauses: int) -> Listed:
    parties = document.values("party")
    return Listed(
        document.id,
        document.title,
        document.path,
        document.state,
        document.reason,
        document.detail,
        document.value("kind", UNKNOWN),
        tuple(dict.fromkeys(_LANGUAGE.findall(" ".join(document.values("language"))))),
        year_of(document),
        document.values("year_persian")[:1],
        parties,
        pages,
        clauses,
    )


@lru_cache(maxsize=20_000)
def _folded(text: str) -> str:
    return fold_key(text)


def _in_order(facet: str, counts: Mapping[str, int]) -> dict[str, int]:
    """The values of a facet: states and kinds in their own order, years from the last one back."""
    own: Sequence[str] = ()
    if facet == "state":
        own = STATES
    elif facet == "kind":
        own = get_args(DocumentKind)
    elif facet == "year":
        own = sorted(filter(str.isdigit, counts), reverse=True)
    rest = sorted((each for each in counts if each not in own), key=lambda each: -counts[each])
    return {value: counts[value] for value in (*own, *rest) if value in counts}


def _order(sort: str) -> Callable[[Listed], Any]:
    if sort == "title":
        return lambda each: (_folded(each.title), each.id)
    if sort == "year":
        return lambda each: (not each.year, each.year, each.id)
    if sort == "clauses":
        return lambda each: (-each.clauses, each.id)
    return lambda each: (each.state not in _ATTENTION, each.id)
