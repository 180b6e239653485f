"""Reading: the list of documents, and a document with its clauses beside the pictures of its pages.

Originals never reach the browser but as pictures of their pages, or as a file to keep.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, HTTPException, Query, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse

from textmine.care.removing import REMOVED, removable, remove
from textmine.care.taking_back import trail
from textmine.errors import InputError, ReadError
from textmine.records import Clause, Document, Page
from textmine.reports.marks import year_label
from textmine.store.catalogue import StoredClause
from textmine.text.unseen import plain
from textmine.web.clause import counting_codebook, shown_clauses
from textmine.web.coding.blind import blind_coder
from textmine.web.desk import Desk
from textmine.web.language import integer, own
from textmine.web.pages import desk, is_part, page
from textmine.web.people import Admin, Reader
from textmine.web.pictures import form_of
from textmine.web.reading import places
from textmine.web.reading.places import Outline, Sheet, outline_of
from textmine.web.reading.shelf import FACETS, SORTS, Wanted, shelf

router = APIRouter(include_in_schema=False)

_PRINTED = 3000
"""So many clauses are put on one page for printing."""

_CHUNK = 1 << 18
_FACET = Annotated[str, Query(max_length=40)]


# ---- The list ---------------------------------------------------------------------------------


@router.get("/documents")
def list_documents(
    request: Request,
    user: Reader,
    q: Annotated[str, Query(max_length=200)] = "",
    state: _FACET = "",
    kind: _FACET = "",
    language: _FACET = "",
    year: _FACET = "",
    sort: _FACET = "",
    page_number: Annotated[str, Query(alias="page", max_length=20)] = "",
    removed: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """The documents of the corpus, narrowed by what is asked for.

    ``removed`` is the number of the one that was just taken out.
    """
    wanted = Wanted(
        q,
        state,
        kind,
        language,
        year,
        sort if sort in SORTS else SORTS[0],
        integer(page_number) or 1,
    )
    desk(request).pictures.prepare()
    return page(
        request,
        "reading/list.html" if is_part(request) else "reading/documents.html",
        shelf=shelf(desk(request), wanted),
        wanted=wanted,
        facets=FACETS,
        sorts=SORTS,
        year_label=year_label,
        removed=_title_of_removed(desk(request), integer(removed)),
    )


# ---- A document -------------------------------------------------------------------------------


@router.get("/documents/{number:int}")
def read_document(
    request: Request,
    user: Reader,
    number: int,
    page_number: Annotated[str, Query(alias="page", max_length=20)] = "",
    part: Annotated[str, Query(max_length=20)] = "",
    clause: Annotated[str, Query(max_length=60)] = "",
    side: _FACET = "",
) -> Response:
    """One page of a document: its clauses, and beside them its picture or its text."""
    here = desk(request)
    document = _document(here, number)
    outline = outline_of(here, document)
    sheet = outline.sheet_of(clause) if clause else None
    if sheet is None:
        sheet = outline.sheet(integer(page_number) or 1, integer(part) or 1)
    view = _sheet(
        here, document, outline, sheet, as_text=side == "text", blind=blind_coder(request)
    )
    values: dict[str, Any] = {
        "document": document,
        "outline": outline,
        "sheet": view,
        "current": clause,
    }
    if is_part(request):
        return page(request, "reading/sheet.html", **values)
    stays = _why_it_stays(here, number) if user.may("admin") else ""
    return page(request, "reading/document.html", stays=stays, **values, **_about(here, document))


@router.get("/documents/{number:int}/languages")
def read_side_by_side(
    request: Request,
    user: Reader,
    number: int,
    part: Annotated[str, Query(max_length=20)] = "",
    clause: Annotated[str, Query(max_length=60)] = "",
) -> Response:
    """A document in two languages: each clause beside its counterpart."""
    here = desk(request)
    document = _document(here, number)
    outline = outline_of(here, document)
    rows = places.side_by_side(outline.clauses, outline.pairs)
    parts = max(1, -(-len(rows) // places.ROWS_AT_ONCE))
    at = integer(part) or 1
    if clause:
        found = next((i for i, (fa, en) in enumerate(rows) if clause in (*fa, *en)), 0)
        at = found // places.ROWS_AT_ONCE + 1
    at = max(1, min(at, parts))
    shown_rows = rows[(at - 1) * places.ROWS_AT_ONCE : at * places.ROWS_AT_ONCE]
    stored = here.corpus.catalogue.clauses(
        ids=[each for row in shown_rows for column in row for each in column]
    )
    shown = shown_clauses(here, list(stored), blind=blind_coder(request))
    clauses = {each.id: each for each in shown}
    return page(
        request,
        "reading/languages.html",
        document=document,
        outline=outline,
        rows=[[[clauses[each] for each in column] for column in row] for row in shown_rows],
        at=at,
        parts=parts,
        current=clause,
        **_about(here, document),
    )


@router.get("/documents/{number:int}/print")
def print_document(request: Request, user: Reader, number: int) -> Response:
    """All clauses of a document with their codings, to be printed."""
    here = desk(request)
    document = _document(here, number)
    stored = list(here.corpus.catalogue.clauses(document=number))
    return page(
        request,
        "reading/print.html",
        document=document,
        outline=outline_of(here, document),
        clauses=shown_clauses(here, stored[:_PRINTED], blind=blind_coder(request)),
        total=len(stored),
        codebook=own(counting_codebook(here).reference),
        **_about(here, document),
    )


@router.get("/clauses/{clause}")
def find_clause(request: Request, user: Reader, clause: str) -> Response:
    """The place of a clause in its document."""
    stored = next(desk(request).corpus.catalogue.clauses(ids=[clause]), None)
    if stored is None:
        raise HTTPException(404)
    name = quote(clause)
    return RedirectResponse(f"/documents/{stored.document}?clause={name}#clause-{name}", 303)


# ---- Removing ---------------------------------------------------------------------------------


@router.post("/documents/{number:int}/remove")
def remove_document(
    request: Request, user: Admin, number: int, state: Annotated[str, Form(max_length=40)] = ""
) -> Response:
    """Take a document out of the corpus; the list that follows says so."""
    here = desk(request)
    remove(here.corpus.catalogue, [_document(here, number).id])
    return RedirectResponse(Wanted(state=state).address(removed=number), 303)


def _why_it_stays(here: Desk, number: int) -> str:
    """Why a document cannot be taken out; empty when it can."""
    try:
        removable(here.corpus.catalogue, [number])
    except InputError as error:
        return str(error)
    return ""


def _title_of_removed(here: Desk, number: int | None) -> str:
    """What the document was called that was taken out last, if it is that one; else empty."""
    last = trail(here.corpus.catalogue, limit=1, what=[REMOVED]) if number is not None else []
    return last[0].detail["name"] if last and last[0].document == number else ""


# ---- Originals --------------------------------------------------------------------------------


@router.get("/documents/{number:int}/pages/{name}.png")
def picture(request: Request, user: Reader, number: int, name: str) -> Response:
    """The picture of a page; 404 with a word why where there is none."""
    here = desk(request)
    document = _document(here, number)
    at = integer(name)
    if at is None or at not in outline_of(here, document).numbers:
        raise HTTPException(404)
    try:
        png = here.pictures.png(document, at)
    except ReadError as error:
        return Response(str(error), 404, media_type="text/plain")
    headers = {"cache-control": "private, max-age=86400"}
    return Response(png, media_type="image/png", headers=headers)


@router.get("/documents/{number:int}/original")
def original(request: Request, user: Reader, number: int) -> Response:
    """The file as it was added, to be kept: a browser never shows it."""
    here = desk(request)
    document = _document(here, number)
    file = Path(document.path.replace("\\", "/")).name
    name = f"document-{document.id}{document.suffix if document.suffix.isascii() else ''}"
    open_file = ExitStack()
    path = open_file.enter_context(here.corpus.originals.at_hand(document.sha256, document.suffix))

    def chunks() -> Iterator[bytes]:
        with open_file, path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                yield chunk

    return StreamingResponse(
        chunks(),
        media_type="application/octet-stream",
        headers={
            "content-disposition": f"attachment; filename=\"{name}\"; filename*=UTF-8''"
            + quote(file.encode("utf-8", "replace"), safe=""),
            "content-security-policy": "sandbox; default-src 'none'",
        },
    )


# ---- What is shown ----------------------------------------------------------------------------


def _document(here: Desk, number: int) -> Document:
    found = here.corpus.catalogue.documents(number=number) if number < 1 << 31 else ()
    if not found:
        raise HTTPException(404)
    return found[0]


def _about(here: Desk, document: Document) -> dict[str, Any]:
    """What the head of a document says of it."""
    paths = here.corpus.catalogue.paths_of(document.sha256)
    return {
        "called": plain(document.title),
        "also": [path for path in paths if path != document.path],
        "has_original": here.corpus.originals.size(document.sha256, document.suffix) is not None,
    }


def _sheet(
    here: Desk,
    document: Document,
    outline: Outline,
    sheet: Sheet,
    *,
    as_text: bool,
    blind: str | None,
) -> dict[str, Any]:
    """All that one page, or one part of it, shows."""
    catalogue = here.corpus.catalogue
    wanted = [clause.id for clause in outline.clauses_of(sheet)]
    stored: list[StoredClause] = list(catalogue.clauses(ids=wanted)) if wanted else []
    clauses: list[Clause] = [each.clause for each in stored]
    found = catalogue.pages(document.id, number=sheet.page)
    read: Page | None = found[0] if found else None
    start = outline.starts.get(sheet.page, 0)
    parts = outline.parts(sheet.page)
    drawable = form_of(document) is not None
    pictured = drawable and not as_text
    after = outline.after(sheet)
    shown = shown_clauses(here, stored, counterparts=outline.pairs, blind=blind)
    of = {each.id: each for each in shown}
    boxes = places.boxes_on(read, start, clauses) if read and pictured else []
    if pictured:
        here.pictures.prepare()
    return {
        "at": sheet,
        "parts": parts,
        "before": outline.before(sheet),
        "after": after,
        "clauses": shown,
        "page": read,
        "drawable": drawable,
        "pictured": pictured,
        "next_picture": after.page if pictured and after and after.page != sheet.page else None,
        "boxes": [(of[each.id], each.boxes) for each in boxes],
        "text": None
        if read is None or pictured
        else places.text_of(read, start, clauses, first=sheet.part == 1, last=sheet.part == parts),
        "missing": document.missing.get(sheet.page, ""),
    }
