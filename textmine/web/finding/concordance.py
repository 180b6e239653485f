"""Words in their context: every place where they occur, sorted as one likes, and files of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from textmine.errors import UsageError
from textmine.records import Language
from textmine.reports import marks
from textmine.search.query.faults import QueryError
from textmine.store.searches import expanded, saved_searches
from textmine.web.coding.blind import keep_query_blind
from textmine.web.desk import Desk
from textmine.web.finding.search import refused
from textmine.web.finding.spoken import fault_of, spoken
from textmine.web.finding.suggesting import examples
from textmine.web.language import integer
from textmine.web.pages import attached, desk, is_part, page, ui
from textmine.web.people import Reader

if TYPE_CHECKING:
    from markupsafe import Markup

    from textmine.search.concordance import Concordance, Place

router = APIRouter(include_in_schema=False)

AT_ONCE = 50
"""Places on a page."""

PAGES = 20
WIDTH = 60
"""Columns on either side of a match; narrower screens show less of them."""

_COUNTED = 1000  # clauses whose places are counted while someone waits
_KEPT = AT_ONCE * PAGES

Sort = Literal["document", "before", "after", "match", "date"]


PageNumber = Annotated[str, Query(alias="page")]


class Line(NamedTuple):
    """A place as the page shows it."""

    place: Place
    before: Markup
    match: Markup
    after: Markup


@dataclass(frozen=True, slots=True)
class Listed:
    """The places of one language on a page."""

    language: Language
    lines: list[Line]


@router.get("/concordance")
def concordance(
    request: Request,
    user: Reader,
    q: str = "",
    sort: Sort = "document",
    page_number: PageNumber = "1",
) -> Response:
    """The places where words occur, some at a time."""
    query = q.strip()
    own = desk(request)
    number = min(max(1, integer(page_number) or 1), PAGES)
    found, fault, waiting = None, None, False
    advice: tuple[str, ...] = ()
    if query:
        try:
            found, waiting = _found(request, own, query, sort)
            if found is not None and not found.places:
                from textmine.search.suggesting import advice as advised

                advice = advised(_expanded(own, query), own.index())
        except UsageError as error:
            fault = fault_of(request, error, _in_full(own, query))
    shown = list(found.places[(number - 1) * AT_ONCE : number * AT_ONCE]) if found else []
    kept = len(found.places) if found else 0
    return page(
        request,
        "finding/lines.html" if is_part(request) else "finding/concordance.html",
        q=query,
        sort=sort,
        number_of_page=number,
        pages=-(-kept // AT_ONCE),
        found=found,
        kept=kept,
        waiting=waiting,
        tables=[_listed(shown, language) for language in ("fa", "en", "und")],
        fault=fault,
        advice=[spoken(ui(request), sentence) for sentence in advice],
        link=lambda path="/concordance", **other: _link(path, query, sort, **other),
        examples=examples(ui(request)),
        status=400 if fault else 200,
    )


def _found(request: Request, own: Desk, query: str, sort: Sort) -> tuple[Concordance | None, bool]:
    """The first places, and whether they are still being read.

    A page that was asked for by a person says so at once and asks again by itself (htmx), which
    waits for them; it is told by ``wait``.
    """
    from textmine.search.concordance import concordance as find

    whole = _expanded(own, query)
    keep_query_blind(request, whole)
    wait = request.query_params.get("wait") == "1"
    index = own.index()
    matching = index.counted(whole)

    def read() -> Concordance:
        catalogue = own.corpus.catalogue
        return find(index, catalogue, whole, sort=sort, limit=_KEPT, counted=_COUNTED)

    key = ("concordance", whole, sort)
    if matching <= _COUNTED or sort in ("document", "date") or wait or own.knows(key):
        return own.remember(key, read), False
    return None, True


def _expanded(own: Desk, query: str) -> str:
    return expanded(query, saved_searches(own.corpus.catalogue))


def _in_full(own: Desk, query: str) -> str:
    try:
        return _expanded(own, query)
    except UsageError:
        return query


def _listed(places: list[Place], language: Language) -> Listed:
    lines = []
    for place in places:
        if place.language == language:
            before, match, after = place.context(WIDTH)
            lines.append(Line(place, marks.shown(before), marks.shown(match), marks.shown(after)))
    return Listed(language, lines)


def _link(path: str, query: str, sort: str, **other: object) -> str:
    parts = {"q": query, "sort": "" if sort == "document" else sort} | other
    return f"{path}?{urlencode({name: value for name, value in parts.items() if value})}"


@router.get("/concordance/export")
def export(
    request: Request,
    user: Reader,
    q: str = "",
    sort: Sort = "document",
    suffix: Annotated[Literal["csv", "xlsx", "jsonl"], Query(alias="as")] = "xlsx",
) -> Response:
    """All places as a table, each with its whole clause around it."""
    from textmine import __version__
    from textmine.search.concordance import COLUMNS, all_places
    from textmine.store.sheets import write_table

    own = desk(request)
    query = q.strip()
    try:
        whole = _expanded(own, query)
        keep_query_blind(request, whole)
        places = all_places(own.index(), own.corpus.catalogue, whole, sort=sort)
        about = [("query", query), ("sort", sort), ("textmine", __version__)]
        rows = (place.row() for place in places)
        tongue = ui(request).tongue
        return attached(
            f"places.{suffix}",
            lambda file: write_table(file, COLUMNS, rows, about, language=tongue),
        )
    except QueryError as error:
        return refused(request, fault_of(request, error, _in_full(own, query)))
