"""Finding clauses: the search page, its facets and hits, and files of all hits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response

from textmine.errors import UsageError
from textmine.search.query.faults import QueryError, Sentence
from textmine.store.searches import alone, expanded, saved_searches, use
from textmine.text.language import language_of
from textmine.web.clause import ShownClause, clauses_named
from textmine.web.coding.blind import asks_for_codes, blind_coder, is_blind, keep_query_blind
from textmine.web.desk import Desk
from textmine.web.finding.codes import CodeAbout, codes_about
from textmine.web.finding.narrowing import Chosen, Facet, chosen_in, facets_of
from textmine.web.finding.spoken import Fault, fault_of, meant_in, spoken
from textmine.web.finding.suggesting import examples
from textmine.web.language import integer
from textmine.web.pages import attached, desk, page, ui
from textmine.web.people import Reader

if TYPE_CHECKING:
    from textmine.search import Found, Hit
    from textmine.search.asking import Asked

router = APIRouter(include_in_schema=False)

AT_ONCE = 20
"""Hits on a page."""

PAGES = 50
"""The pages that can be turned to: who reads so many narrows the search, or takes the file."""

_FIRST = "page", 1
SORTS = ("score", "date", "document")


@dataclass(frozen=True, slots=True)
class Wish:
    """What the address of a search says; ``mode`` is ``words`` or ``meaning``."""

    q: str = ""
    sort: str = ""
    mode: str = ""
    any_word: bool = False
    page: int = 1

    def link(self, path: str = "/search", **other: object) -> str:
        """The address of this search, or of one that differs in some of its parts.

        >>> Wish("city", sort="date", page=3).link(page=1)
        '/search?q=city&sort=date'
        """
        parts: dict[str, object] = {
            "q": self.q,
            "sort": self.sort if self.sort != "score" else "",
            "mode": self.mode if self.mode != "words" else "",
            "any": "1" if self.any_word else "",
            "page": self.page,
        } | other
        parts = {name: value for name, value in parts.items() if value and (name, value) != _FIRST}
        return f"{path}?{urlencode(parts)}" if parts else path


def wish_of(
    q: str = "",
    sort: str = "",
    mode: str = "",
    any: Annotated[str, Query()] = "",
    page: str = "1",
) -> Wish:
    """What the address of a search says."""
    return Wish(q.strip(), sort, mode, any == "1", min(max(1, integer(page) or 1), PAGES))


Wished = Annotated[Wish, Depends(wish_of)]


class Shown(NamedTuple):
    """A hit as the page shows it."""

    clause: ShownClause
    hit: Hit

    @property
    def by_meaning(self) -> bool:
        """Whether its meaning alone found it."""
        return self.hit.by == ("meaning",)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a search gave: ``wish`` with the options that hold, and what the page shows of it."""

    wish: Wish
    found: Found
    hits: Sequence[Shown]
    facets: Sequence[Facet]
    chosen: Sequence[Chosen]
    advice: Sequence[tuple[str, tuple[str, ...]]]
    question: bool
    codes: Sequence[CodeAbout]

    @property
    def pages(self) -> int:
        """How many pages can be turned to."""
        return min(PAGES, -(-self.found.total // AT_ONCE))

    @property
    def first(self) -> int:
        """The number of the first hit on the page."""
        return (self.wish.page - 1) * AT_ONCE + 1

    @property
    def languages(self) -> int:
        """In how many languages the hits on the page are."""
        return len({each.hit.language for each in self.hits})


@router.get("/search")
def search(request: Request, user: Reader, wish: Wished) -> Response:
    """The search page: what is asked, and what was found."""
    from textmine.search.narrowing import only_conditions

    saved = saved_searches(desk(request).corpus.catalogue)
    answer, fault = None, None
    if wish.q:
        try:
            answer = _answered(request, wish)
        except UsageError as error:
            fault = fault_of(request, error, wish.q)
    return page(
        request,
        "finding/search.html",
        wish=answer.wish if answer else wish,
        answer=answer,
        fault=fault,
        saved=list(saved.values()),
        saved_link=lambda each: Wish(use(each.name)).link(),
        spoken=lambda sentence: spoken(ui(request), sentence),
        turn=lambda number: answer.wish.link(page=number) if answer else "",
        closed=is_blind(request) and fault is not None and asks_for_codes(wish.q),
        asked_in=language_of(wish.q),
        within=only_conditions(wish.q),
        at_once=AT_ONCE,
        examples=examples(ui(request)),
        status=400 if fault else 200,
    )


def _answered(request: Request, wish: Wish) -> Answer:
    from textmine.search.asking import advised, find
    from textmine.search.translations import with_counterparts

    own = desk(request)
    asked = asked_of(own, wish)
    keep_query_blind(request, asked.query)
    whole = Wish(
        wish.q,
        asked.sort if asked.sort != "score" else "",
        "meaning" if asked.semantic else "",
        asked.any_word,
        min(wish.page, PAGES),
    )
    index = own.index()
    found = find(index, asked, AT_ONCE, (whole.page - 1) * AT_ONCE, facets=True)
    advice = () if found.total else advised(index, asked)
    hits = with_counterparts(own.corpus, found.hits)
    facets = facets_of(request, own, whole, found, question=asked.question)
    return Answer(
        whole,
        found,
        shown_hits(own, hits, blind=blind_coder(request)),
        [each for each in facets if not (each.field == "code" and is_blind(request))],
        chosen_in(request, own, whole),
        [(each, _repaired(wish.q, each)) for each in advice],
        asked.question and not asked.semantic,
        codes_about(request, index, asked.query),
    )


def _repaired(query: str, sentence: Sentence) -> tuple[str, ...]:
    """The query with the words in it that were perhaps meant, one for each of them."""
    meant = meant_in(sentence)
    piece = next((each.values["piece"] for each in sentence.parts if "piece" in each.values), "")
    if not meant or not piece or query.count(piece) != 1:
        return ()
    return tuple(query.replace(piece, each) for each in meant)


def asked_of(own: Desk, wish: Wish) -> Asked:
    """What is asked, saved searches in their places; UsageError for one that there is not."""
    from textmine.search.asking import asked

    known = saved_searches(own.corpus.catalogue)
    saved = alone(wish.q, known)
    semantic = wish.mode == "meaning" or (saved is not None and saved.semantic)
    sort = wish.sort if wish.sort in SORTS and not semantic else ""
    return asked(wish.q, known, sort, wish.any_word, semantic)


def shown_hits(own: Desk, hits: Sequence[Hit], *, blind: str | None = None) -> list[Shown]:
    """Hits with the codes that count on them, in their order; ``blind`` as in ``shown_clauses``."""
    by_id = {hit.clause: hit for hit in hits}
    shown = clauses_named(
        own,
        list(by_id),
        titles={hit.document: hit.title for hit in hits},
        counterparts={hit.clause: hit.counterpart for hit in hits},
        blind=blind,
    )
    return [Shown(each, by_id[each.id]) for each in shown]


# -- clauses like a clause -------------------------------------------------------------------------


@router.get("/search/similar")
def similar_clauses(
    request: Request,
    user: Reader,
    clause: str,
    language: Literal["", "fa", "en"] = "",
    within: str = "",
) -> Response:
    """The clauses most like one clause: in every language or in one, of those a query finds."""
    from textmine.search.meaning import similar

    own = desk(request)
    if next(own.corpus.catalogue.clauses(ids=[clause]), None) is None:
        raise HTTPException(404)
    among = within.strip()
    try:
        among = expanded(among, saved_searches(own.corpus.catalogue)) if among else ""
        keep_query_blind(request, among)
        found = similar(own.index(), clause, limit=AT_ONCE, language=language or None, within=among)
    except UsageError as error:
        return refused(request, fault_of(request, error, among))
    other = [found.counterpart] if found.counterpart else []
    this, *rest = shown_hits(own, [found.clause, *other, *found.hits], blind=blind_coder(request))
    return page(
        request,
        "finding/similar.html",
        this=this,
        translation=rest[0] if other else None,
        hits=rest[len(other) :],
        language=language,
        within=within.strip(),
        by=found.by,
        missing=spoken(ui(request), found.missing) if found.missing else "",
    )


# -- files -----------------------------------------------------------------------------------------


@router.get("/search/export")
def export(
    request: Request,
    user: Reader,
    wish: Wished,
    suffix: Annotated[Literal["csv", "xlsx", "jsonl"], Query(alias="as")] = "xlsx",
) -> Response:
    """All hits as a table: whole clauses, with their codes and where they come from."""
    from textmine.search.asking import find_all
    from textmine.search.exporting import export_hits

    own = desk(request)
    try:
        asked = asked_of(own, wish)
        keep_query_blind(request, asked.query)
        _, hits = find_all(own.index(), asked)
        tongue, blind = ui(request).tongue, blind_coder(request)
        return attached(
            f"clauses.{suffix}",
            lambda file: export_hits(own.corpus, hits, file, wish.q, language=tongue, coder=blind),
        )
    except QueryError as error:
        return refused(request, fault_of(request, error, wish.q))


def refused(request: Request, fault: Fault) -> Response:
    """The page for a query that cannot be understood, where no page of its own shows it."""
    heading = ui(request).gettext("The query cannot be understood")
    return page(request, "finding/fault.html", status=400, fault=fault, heading=heading)
