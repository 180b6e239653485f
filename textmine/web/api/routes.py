"""The JSON API: what programs may read and write, and the page that describes it."""

from __future__ import annotations

from itertools import islice
from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, HTTPException, Path, Query, Request, Response, UploadFile
from fastapi.responses import JSONResponse

from textmine import __version__
from textmine.analysis.counted import check_coder
from textmine.analysis.overview import coder_summaries
from textmine.codings import CodedClause, StaleError, decide, stood_of
from textmine.codings.own import Stood
from textmine.errors import InputError
from textmine.records import Span
from textmine.standing import PERSON
from textmine.store.catalogue import StoredClause
from textmine.web.accounts import checked_name
from textmine.web.api import records as r
from textmine.web.clause import shown_clauses
from textmine.web.desk import Desk
from textmine.web.entering.entrance import door
from textmine.web.pages import desk, page
from textmine.web.people import Admin, Coder, Reader, User
from textmine.web.reading.shelf import Wanted, shelf
from textmine.web.work.works import works

router = APIRouter(
    prefix="/api/v1",
    responses={
        400: {"model": r.Fault},
        401: {"model": r.Fault},
        403: {"model": r.Fault},
        422: {"model": r.Fault},
    },
)
pages_router = APIRouter(include_in_schema=False)

_NOT_THERE: dict[int | str, dict[str, Any]] = {404: {"model": r.Fault}}
_DEEPEST = 10_000
"""The last hit of a search that can be asked for; whoever wants all takes the export."""

_LARGEST = (1 << 31) - 1
"""Numbers of documents, works and codings are below; databases take no larger ones."""

Limit = Annotated[int, Query(ge=1, le=1000)]
Offset = Annotated[int, Query(ge=0, le=_LARGEST)]
Number = Annotated[int, Path(ge=1, le=_LARGEST)]


@router.get("/corpus", tags=["corpus"])
def corpus(request: Request, user: Reader) -> r.CorpusRecord:
    """The corpus that this server has open."""
    own = desk(request)
    return r.CorpusRecord(
        name=own.name,
        documents=shelf(own, Wanted()).all,
        codebook=own.codebook.reference,
        read_only=own.corpus.read_only,
        change=own.corpus.catalogue.last_change()[0],
        version=__version__,
    )


@router.get("/codebook", tags=["corpus"])
def codebook(request: Request, user: Reader) -> r.CodebookRecord:
    """The codebook that codings follow now."""
    book = desk(request).codebook
    return r.CodebookRecord(
        reference=book.reference,
        digest=book.digest,
        rules=book.rules,
        codes=[
            r.CodeRecord(
                id=code.id,
                name=dict(code.name),
                definition=dict(code.definition),
                include=code.include,
                exclude=code.exclude,
                keywords=dict(code.keywords),
                parent=code.parent,
            )
            for code in book.codes
        ],
    )


# -- documents and clauses -------------------------------------------------------------------------


@router.get("/documents", tags=["documents"])
def documents(
    request: Request,
    user: Reader,
    q: Annotated[str, Query(description="Words of the title, the file or the parties.")] = "",
    state: str = "",
    kind: str = "",
    language: str = "",
    year: str = "",
    sort: Literal["added", "title", "year", "clauses"] = "added",
    page: Annotated[int, Query(ge=1, le=_LARGEST)] = 1,
) -> r.DocumentList:
    """Documents, fifty a page."""
    found = shelf(desk(request), Wanted(q, state, kind, language, year, sort, page))
    names = list(r.DocumentLine.model_fields)
    return r.DocumentList(
        total=found.total,
        page=found.page,
        pages=found.pages,
        facets={name: dict(counts) for name, counts in found.facets.items()},
        documents=[
            r.DocumentLine(**{name: getattr(each, name) for name in names})
            for each in found.documents
        ],
    )


@router.post("/documents", tags=["documents"], status_code=202)
def add_documents(
    request: Request, user: Admin, files: Annotated[list[UploadFile], File()]
) -> r.WorkRecord:
    """Add documents; they are read after the answer. Ask for the work to see what became of each.

    With curl: `curl -F files=@a.pdf -F files=@b.docx ...`
    """
    from textmine.web.work.adding import receive_new

    here = works(request)
    work = receive_new(here, user.coder, files)
    return r.WorkRecord.of_work(here.begin(work.id))


@router.get("/documents/{number}", tags=["documents"], responses=_NOT_THERE)
def document(request: Request, user: Reader, number: Number) -> r.DocumentRecord:
    """Everything that is known about a document."""
    found = desk(request).corpus.catalogue.documents(number=number)
    if not found:
        raise HTTPException(404)
    return r.DocumentRecord.of(found[0])


@router.get("/documents/{number}/clauses", tags=["documents"], responses=_NOT_THERE)
def clauses(
    request: Request, user: Reader, number: Number, offset: Offset = 0, limit: Limit = 500
) -> r.ClauseList:
    """The clauses of a document in reading order."""
    catalogue = desk(request).corpus.catalogue
    if not catalogue.documents(number=number):
        raise HTTPException(404)
    found = list(islice(catalogue.clauses(document=number), offset, offset + limit + 1))
    return r.ClauseList(
        clauses=[r.ClauseRecord.of(each) for each in found[:limit]],
        next=offset + limit if len(found) > limit else None,
    )


@router.get("/clauses/{clause}", tags=["documents"], responses=_NOT_THERE)
def clause(request: Request, user: Reader, clause: str) -> r.CodedClauseRecord:
    """A clause with the codes that count on it."""
    own = desk(request)
    stored = _stored(own, clause)
    shown = shown_clauses(own, [stored])[0]
    return r.CodedClauseRecord(
        **r.ClauseRecord.of(stored).model_dump(),
        codes=[
            r.CodeOnClause(
                code=each.code.id,
                coder=each.coder,
                probability=each.probability,
                evidence=r.pairs(tuple(each.evidence)),
                memo=each.memo,
            )
            for each in shown.codes
        ],
    )


# -- searching -------------------------------------------------------------------------------------


@router.get("/search", tags=["search"])
def search(
    request: Request,
    user: Reader,
    q: Annotated[str, Query(description="A query, as on the search page.")],
    mode: Literal["words", "meaning"] = "words",
    sort: Literal["", "score", "date", "document"] = "",
    any_word: Annotated[bool, Query(description="Some of the words are enough.")] = False,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    offset: Annotated[int, Query(ge=0, le=_DEEPEST)] = 0,
) -> r.FoundRecord:
    """Clauses that a query finds, with how many there are by language, kind, code and year."""
    from textmine.search.asking import advised, asked, find
    from textmine.search.translations import with_counterparts
    from textmine.store.searches import saved_searches

    own = desk(request)
    wanted = asked(q, saved_searches(own.corpus.catalogue), sort, any_word, mode == "meaning")
    index = own.index()
    found = find(index, wanted, limit, offset, facets=True)
    advice = () if found.total else advised(index, wanted)
    hits = with_counterparts(own.corpus, found.hits)
    same = [name for name in r.HitRecord.model_fields if name not in ("id", "highlights")]
    return r.FoundRecord(
        total=found.total,
        facets={name: dict(counts) for name, counts in found.facets.items()},
        behind=found.behind,
        missing=str(found.missing),
        among=found.among,
        advice=[str(each) for each in advice],
        hits=[
            r.HitRecord(
                id=hit.clause,
                highlights=r.pairs(hit.highlights),
                **{name: getattr(hit, name) for name in same},
            )
            for hit in hits
        ],
    )


# -- codings ---------------------------------------------------------------------------------------


@router.get("/codings", tags=["codings"])
def codings(
    request: Request,
    user: Reader,
    after: Annotated[
        int, Query(ge=0, le=_LARGEST, description="The `next` of the answer before.")
    ] = 0,
    coder: str = "",
    codebook: str = "",
    limit: Limit = 1000,
) -> r.CodingList:
    """All codings that stand, in the order they were made, of people and machines."""
    own = desk(request)
    catalogue = own.corpus.catalogue
    if coder:
        known = own.remember("coders", lambda: coder_summaries(catalogue))
        check_coder(coder, {each.coder for each in known})
    found = catalogue.codings_after(after, limit, coder=coder, codebook=codebook)
    return r.CodingList(
        codings=[r.CodingRecord.of(coding) for _, coding in found],
        next=found[-1][0] if len(found) == limit else None,
    )


@router.get("/clauses/{clause}/codings", tags=["codings"], responses=_NOT_THERE)
def codings_of(request: Request, user: Reader, clause: str) -> list[r.CodingRecord]:
    """Every coding that stands on a clause, whoever made it."""
    own = desk(request)
    _stored(own, clause)
    return [r.CodingRecord.of(each) for each in own.corpus.catalogue.codings(clause=clause)]


@router.get("/clauses/{clause}/decision", tags=["codings"], responses=_NOT_THERE)
def decision(request: Request, user: Coder, clause: str, coder: str = "") -> r.DecisionRecord:
    """What you decided on a clause, and the token to decide anew."""
    own = desk(request)
    _stored(own, clause)
    return _decided(_stands(own, clause, _coder(request, user, coder)))


@router.post(
    "/clauses/{clause}/decision",
    tags=["codings"],
    responses=_NOT_THERE | {409: {"model": r.StaleFault}},
)
def decide_on(request: Request, user: Coder, clause: str, decision: r.Decision) -> r.DecisionRecord:
    """Decide on a clause. Earlier decisions stay on record; the same one again stores nothing."""
    own = desk(request)
    stored = _stored(own, clause)
    coder = _coder(request, user, decision.coder)
    book = own.put_codebook()
    wanted = CodedClause(
        document=str(stored.document),
        clause=clause,
        language=stored.clause.language,
        text="",
        codes=tuple(dict.fromkeys(decision.codes)),
        coder=coder,
        codebook=book.reference,
        memo=decision.memo,
        evidence={code: _within(stored, spans) for code, spans in decision.evidence.items()},
    )
    try:
        return _decided(decide(own.corpus.catalogue, wanted, book, stood=decision.stood, who=coder))
    except StaleError as error:
        told = r.StaleFault(error=str(error), stands=_decided(error.stands))
        return JSONResponse(told.model_dump(), 409)  # type: ignore[return-value]


# -- long work -------------------------------------------------------------------------------------


@router.get("/work", tags=["work"])
def all_work(request: Request, user: Reader) -> r.WorkList:
    """Long work that was begun: documents being added, models being trained."""
    return r.WorkList(work=[r.WorkRecord.of_work(each) for each in works(request).all()])


@router.get("/work/{number}", tags=["work"], responses=_NOT_THERE)
def one_work(request: Request, user: Reader, number: Number) -> r.WorkLines:
    """How far a piece of work is, and what became of each input."""
    here = works(request)
    found = here.find(number)
    if found is None:
        raise HTTPException(404)
    return r.WorkLines(
        **r.WorkRecord.of_work(found).model_dump(),
        lines=[each for each in here.lines(number)],
    )


# -- the page --------------------------------------------------------------------------------------


@pages_router.get("/api")
def describe(request: Request, user: Reader) -> Response:
    """What the API offers, from its own description."""
    described = request.app.openapi()
    return page(
        request,
        "api.html",
        operations=[
            {"method": method.upper(), "path": path, **operation}
            for path, methods in described["paths"].items()
            for method, operation in methods.items()
        ],
        schemas=described["components"]["schemas"],
        kind=kind_of,
        base=str(request.base_url).rstrip("/"),
    )


def kind_of(schema: dict[str, Any]) -> str:
    """The type of a value in a few words, from its JSON schema.

    >>> kind_of({"anyOf": [{"type": "string"}, {"type": "null"}]})
    'string or null'
    """
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return " or ".join(kind_of(each) for each in schema[several])
    if "enum" in schema:
        return " | ".join(f'"{each}"' for each in schema["enum"])
    if "prefixItems" in schema:
        return "[" + ", ".join(kind_of(each) for each in schema["prefixItems"]) + "]"
    if schema.get("type") == "array":
        return f"list of {kind_of(schema.get('items', {}))}"
    if schema.get("type") == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"object of {kind_of(schema['additionalProperties'])}"
    if schema.get("format") == "binary" or "contentMediaType" in schema:
        return "file"
    return str(schema.get("type", "anything"))


# -- what they share -------------------------------------------------------------------------------


def _stored(own: Desk, clause: str) -> StoredClause:
    found = next(own.corpus.catalogue.clauses(ids=[clause]), None)
    if found is None:
        raise HTTPException(404)
    return found


def _coder(request: Request, user: User, named: str) -> str:
    """Who decides: the account, or whoever is named where there are none."""
    if user.name and named.removeprefix(PERSON) not in ("", user.name):
        raise InputError(f"You are {user.name}; nobody decides in the name of another.")
    if door(request) is None and not user.name:
        return PERSON + checked_name(named.removeprefix(PERSON))
    return user.coder


def _stands(own: Desk, clause: str, coder: str) -> Stood:
    made = own.corpus.catalogue.codings(clause=clause, coder=coder)
    return stood_of(made, clause, coder, own.codebook)


def _decided(stands: Stood) -> r.DecisionRecord:
    return r.DecisionRecord(
        clause=stands.clause,
        coder=stands.coder,
        decided=stands.is_decided,
        codes=stands.codes,
        evidence={code: r.pairs(spans) for code, spans in stands.evidence.items()},
        memo=stands.memo,
        made_at=stands.made_at,
        token=stands.token,
    )


def _within(stored: StoredClause, spans: list[r.SpanRecord]) -> tuple[Span, ...]:
    for start, end in spans:
        if not 0 <= start < end <= len(stored.clause.text):
            raise InputError(f"{start} to {end} is no stretch of the clause's text.")
    return tuple(sorted({Span(start, end) for start, end in spans}))
