"""Saved searches: kept, run, forgotten, and kept again."""

from __future__ import annotations

from typing import Annotated, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from markupsafe import Markup

from textmine.errors import UsageError
from textmine.search.query.faults import QueryError
from textmine.store.catalogue import now
from textmine.store.searches import (
    SavedSearch,
    checked_name,
    expanded,
    forget_search,
    last_forgotten,
    save_search,
    saved_searches,
    use,
)
from textmine.web.coding.blind import asks_for_codes, is_blind, keep_query_blind
from textmine.web.finding.search import Wish, asked_of
from textmine.web.finding.spoken import fault_of, spoken
from textmine.web.pages import desk, is_part, page, ui
from textmine.web.people import Coder, Reader

router = APIRouter(include_in_schema=False)

_Text = Annotated[str, Form()]


class Counted(NamedTuple):
    """How many clauses a saved search finds now, or why it cannot be asked any more."""

    now: int | None
    fault: Markup


@router.get("/searches")
def searches(
    request: Request, user: Reader, forgotten: str = "", saved: str = "", counts: str = ""
) -> Response:
    """All saved searches. How many clauses they find now is counted once the page is there."""
    own = desk(request)
    known = saved_searches(own.corpus.catalogue)
    counted = _counted(request, known) if counts or is_part(request) else None
    return page(
        request,
        "finding/searches_table.html" if is_part(request) else "finding/searches.html",
        searches=list(known.values()),
        counted=counted,
        gone=last_forgotten(own.corpus.catalogue, forgotten) if forgotten else None,
        new=saved,
        use=use,
        link=lambda each: Wish(use(each.name)).link(),
    )


def _counted(request: Request, known: dict[str, SavedSearch]) -> dict[str, Counted]:
    from textmine.search.asking import found_now

    own, blind = desk(request), is_blind(request)

    def counts() -> dict[str, tuple[int | None, UsageError | None]]:
        index = own.index()
        return {each.name: found_now(index, each, known) for each in known.values()}

    mark = (own.corpus.catalogue.last_change(), tuple(each.same for each in known.values()))
    told = {}
    for name, (count, fault) in own.remember("saved searches", counts, mark=mark).items():
        sentence = fault.sentence if isinstance(fault, QueryError) else str(fault or "")
        if blind and asks_for_codes(expanded(use(name), known)):
            told[name] = Counted(None, Markup(""))
            continue
        told[name] = Counted(count, spoken(ui(request), sentence) if sentence else Markup(""))
    return told


@router.post("/searches")
def save(
    request: Request,
    user: Coder,
    name: _Text = "",
    q: _Text = "",
    sort: _Text = "",
    mode: _Text = "",
    any: _Text = "",
) -> Response:
    """Keep a search under a name."""
    from textmine.search.asking import find

    own = desk(request)
    wish = Wish(q.strip(), sort, mode, any == "1")
    try:
        own_name = checked_name(name)
        asked = asked_of(own, wish)
        keep_query_blind(request, asked.query)
        hits = find(own.index(), asked, 1, facets=False).total
        made = SavedSearch(
            own_name, wish.q, asked.sort, asked.any_word, asked.semantic, hits, now()
        )
        save_search(own.corpus.catalogue, made)
    except UsageError as error:
        fault = fault_of(request, error, wish.q)
        heading = ui(request).gettext("The search was not saved")
        return page(request, "finding/fault.html", status=400, fault=fault, heading=heading)
    return RedirectResponse(f"/searches?{urlencode({'saved': own_name})}", 303)


@router.post("/searches/forget")
def forget(request: Request, user: Coder, name: _Text = "") -> Response:
    """Take a saved search away; the page that follows can put it back."""
    gone = forget_search(desk(request).corpus.catalogue, name)
    return RedirectResponse(f"/searches?{urlencode({'forgotten': gone.name})}", 303)
