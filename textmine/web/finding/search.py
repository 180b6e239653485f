"""Finding clauses: the search page, its facets and hits, and files of all hits."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from textmine.errors import UsageError
from textmine.records import Code
from textmine.search.query.faults import QueryError, Sentence
from textmine.store.searches import saved_searches, use
from textmine.text.fold import fold_key
from textmine.text.language import language_of
from textmine.web.clause import ShownClause, shown_clauses
from textmine.web.coding.panel import is_blind
from textmine.web.desk import Desk
from textmine.web.finding.narrowing import Chosen, Facet, chosen_in, facets_of
from textmine.web.finding.spoken import Fault, fault_of, meant_in, spoken
from textmine.web.finding.suggesting import examples
from textmine.web.language import integer
from textmine.web.pages import desk, page, ui
from textmine.web.people import Reader

if TYPE_CHECKING:
    from textmine.search import Found, Hit, Index
    from textmine.search.asking import Asked

router = APIRouter(include_in_schema=False)

AT_ONCE = 20
"""Hits on a page."""

PAGES = 50
"""The pages that can be turned to: who reads so many narrows the search, or takes the file."""

_FIRST = "page", 1
SORTS = ("score", "date", "document")
SUFFIXES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/jsonl; charset=utf-8",
}


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


class NamedCode(NamedTuple):
    """A code that is called what was searched for, and how many clauses bear it."""

    code: Code
    clauses: int
    link: str


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
    code: NamedCode | None

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
        blind=is_blind(request),
        asked_in=language_of(wish.q),
        at_once=AT_ONCE,
        examples=examples(ui(request)),
        status=400 if fault else 200,
    )


def _answered(request: Request, wish: Wish) -> Answer:
    from textmine.search.asking import advised, find
    from textmine.search.translations import with_counterparts

    own = desk(request)
    asked = asked_of(own, wish)
    whole = Wish(
        wish.q,
        asked.sort if asked.sort != "score" else "",
        "meaning" if asked.semantic else "",
        asked.any_word,
        min(wish.page, PAGES),
    )
    with own.index() as index:
        found = find(index, asked, AT_ONCE, (whole.page - 1) * AT_ONCE, facets=True)
        advice = () if found.total else advised(index, asked)
        code = None if is_blind(request) else _code_called(own, wish.q, index)
    hits = with_counterparts(own.corpus, found.hits)
    facets = facets_of(request, own, whole, found, question=asked.question)
    return Answer(
        whole,
        found,
        shown_hits(own, hits),
        [each for each in facets if not (each.field == "code" and is_blind(request))],
        chosen_in(request, own, whole),
        [(each, _repaired(wish.q, each)) for each in advice],
        asked.question and not asked.semantic,
        code,
    )


def _code_called(own: Desk, words: str, index: Index) -> NamedCode | None:
    """The code whose name in either language is what someone searches for: its clauses are more
    than those in which the words of its name stand.
    """
    sought = fold_key(words)
    for code in own.codebook.codes:
        if sought in {fold_key(name) for name in (code.id, *code.name.values())}:
            query = f'code:"{code.id}"'
            return NamedCode(code, index.counted(query), Wish(query).link())
    return None


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

    sort = wish.sort if wish.sort in SORTS else ""
    semantic = wish.mode == "meaning"
    if semantic:
        sort = ""
    return asked(wish.q, saved_searches(own.corpus.catalogue), sort, wish.any_word, semantic)


def shown_hits(own: Desk, hits: Sequence[Hit]) -> list[Shown]:
    """Hits with the codes that count on them, in their order."""
    stored = own.corpus.catalogue.clauses(ids=[hit.clause for hit in hits])
    shown = shown_clauses(
        own,
        list(stored),
        titles={hit.document: hit.title for hit in hits},
        counterparts={hit.clause: hit.counterpart for hit in hits},
    )
    known = {each.id: each for each in shown}
    return [Shown(known[hit.clause], hit) for hit in hits if hit.clause in known]


# -- clauses like a clause -------------------------------------------------------------------------


@router.get("/search/similar")
def similar_clauses(
    request: Request, user: Reader, clause: str, language: Literal["", "fa", "en"] = ""
) -> Response:
    """The clauses most like one clause, in every language or in one."""
    from textmine.search.meaning import similar

    own = desk(request)
    if next(own.corpus.catalogue.clauses(ids=[clause]), None) is None:
        raise HTTPException(404)
    with own.index() as index:
        found = similar(index, clause, limit=AT_ONCE, language=language or None)
    other = [found.counterpart] if found.counterpart else []
    this, *rest = shown_hits(own, [found.clause, *other, *found.hits])
    return page(
        request,
        "finding/similar.html",
        this=this,
        translation=rest[0] if other else None,
        hits=rest[len(other) :],
        language=language,
        blind=is_blind(request),
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
        index = index_of_its_own(own)
        _, hits = find_all(index, asked)
        folder = tempfile.TemporaryDirectory(prefix="textmine-")
        file = Path(folder.name, f"clauses.{suffix}")
        export_hits(own.corpus, hits, file, wish.q, language=ui(request).tongue)
    except QueryError as error:
        return refused(request, fault_of(request, error, wish.q))
    return file_answer(file, folder)


def index_of_its_own(own: Desk) -> Index:
    """An index for a work that takes long, so that nobody waits for it."""
    from textmine.search import Index

    with own.index():
        pass  # up to date now; so the second opens as it is
    return Index.of(own.corpus, most=0)


def file_answer(file: Path, folder: tempfile.TemporaryDirectory[str]) -> Response:
    """A file to take away; it and its folder are gone once it is sent."""
    kind = SUFFIXES[file.suffix[1:]]
    return FileResponse(
        file, media_type=kind, filename=file.name, background=BackgroundTask(folder.cleanup)
    )


def refused(request: Request, fault: Fault) -> Response:
    """The page for a query that cannot be understood, where no page of its own shows it."""
    return page(request, "finding/fault.html", status=400, fault=fault)
