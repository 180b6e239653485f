"""The application that ``textmine serve`` runs: what stands before the pages, and the pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from textmine import __version__
from textmine.errors import CorpusError, TextmineError
from textmine.web import helping, language
from textmine.web.accounts import Accounts, Role
from textmine.web.api import routes as api
from textmine.web.coding import deciding, queue
from textmine.web.coding.blind import BlindError, keep_blind
from textmine.web.desk import Desk
from textmine.web.entering import auditing, login
from textmine.web.entering.entrance import THEMES, Door, Entrance, keep, stranger
from textmine.web.finding import concordance, saved, search, suggesting
from textmine.web.models import learning
from textmine.web.pages import is_part, page
from textmine.web.people import NotAllowedError, role_named
from textmine.web.quality import comparing
from textmine.web.reading import documents
from textmine.web.results import codes, overview, tables, ties, topics, trends
from textmine.web.safety import HEADERS, BusyError, Guard
from textmine.web.safety import local as local  # as the pages know it
from textmine.web.said import said as told
from textmine.web.work import adding, watching
from textmine.web.work.works import Works

if TYPE_CHECKING:
    from textmine.store.address import Address

_HERE = Path(__file__).parent

_ROUTERS = (
    overview.router,
    documents.router,
    *(search.router, concordance.router, saved.router, suggesting.router),
    *(deciding.router, queue.router),
    comparing.router,
    *(codes.router, tables.router, trends.router, ties.router, topics.router),
    learning.router,
    *(adding.router, watching.router),
    *(login.router, auditing.router),
    helping.router,
    *(api.router, api.pages_router),
)

_UPLOADS: dict[str, Role] = {"/add": "admin", "/api/v1/documents": "admin"}
"""Where documents are sent, and the role that may do it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a server runs. ``hosts`` are the names that it answers for.

    ``accounts`` is the file of those who may use it; without one, whoever reaches it may do all.
    """

    place: Path | Address
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
    accounts: Path | None = None
    upload_bytes: int = 512 << 20


def create_app(settings: Settings) -> FastAPI:
    """The application for one corpus; it opens the corpus when it starts and gives it back."""

    @asynccontextmanager
    async def opened(app: FastAPI) -> AsyncIterator[None]:
        app.state.desk = Desk(settings.place)
        app.state.works = Works(app.state.desk)
        try:
            yield
        finally:
            app.state.works.close()
            app.state.desk.close()

    app = FastAPI(
        title="textmine",
        version=__version__,
        lifespan=opened,
        docs_url=None,  # they load scripts from elsewhere
        redoc_url=None,
        openapi_url="/api/openapi.json",
        dependencies=[Depends(keep_blind)],
    )
    app.state.settings = settings
    app.state.accounts = None
    if settings.accounts is not None:
        app.state.accounts = Door(Accounts(settings.accounts), settings.place)
    app.mount("/static", _Assets(directory=_HERE / "static"), name="static")
    app.mount("/fonts", _Assets(directory=_HERE.parent / "reports" / "assets"), name="fonts")
    for router in _ROUTERS:
        app.include_router(router)
    _add_answers(app)
    _add_choices(app)
    app.add_middleware(Entrance, uploads=_UPLOADS)
    app.add_middleware(
        Guard,
        hosts=settings.hosts,
        uploads=_UPLOADS,
        upload_bytes=settings.upload_bytes,
    )
    return app


class _Assets(StaticFiles):
    """Files that every page uses; a browser asks for them once a day."""

    def file_response(self, *args: Any, **options: Any) -> Response:
        """A file, or that it has not changed."""
        response = super().file_response(*args, **options)
        response.headers["cache-control"] = "max-age=86400"
        return response


def _add_choices(app: FastAPI) -> None:
    """The choices that a browser keeps: language and theme."""

    @app.get("/language/{tongue}", include_in_schema=False)
    def choose_language(request: Request, tongue: str, back: str = "/") -> Response:
        if tongue not in language.TONGUES:
            raise HTTPException(404)
        return keep(RedirectResponse(local(back), 303), "language", tongue)

    @app.get("/theme/{theme}", include_in_schema=False)
    def choose_theme(request: Request, theme: str, back: str = "/") -> Response:
        if theme not in THEMES:
            raise HTTPException(404)
        return keep(RedirectResponse(local(back), 303), "theme", theme)


def _add_answers(app: FastAPI) -> None:
    """What is answered when something goes wrong: to people a page, to programs JSON."""

    def said(request: Request, status: int, sentence: str) -> Response:
        if request.url.path.startswith("/api/"):
            return JSONResponse({"error": sentence}, status)
        template = "wrong_part.html" if is_part(request) else "wrong.html"
        return page(request, template, status=status, number_of=status, sentence=sentence)

    @app.exception_handler(TextmineError)
    def refused(request: Request, error: TextmineError) -> Response:
        return said(request, 400, str(error))

    @app.exception_handler(CorpusError)
    def unfit(request: Request, error: CorpusError) -> Response:
        if request.app.state.desk.corpus.read_only:
            return said(request, 403, str(error))
        # Mostly a catalogue that is busy: whoever sent this may send it again.
        answer = said(request, 503, str(error))
        answer.headers["retry-after"] = "5"
        return answer

    @app.exception_handler(NotAllowedError)
    def not_allowed(request: Request, error: NotAllowedError) -> Response:
        ui = request.state.ui
        return said(
            request,
            403,
            ui.gettext(
                "Only an account with the role “%(role)s” may do this.",
                role=role_named(ui, error.role),
            ),
        )

    @app.exception_handler(BlindError)
    def blind(request: Request, error: BlindError) -> Response:
        if request.url.path.startswith("/api/") or is_part(request):
            return said(request, 403, request.state.ui.gettext("Closed while you code blind."))
        return page(request, "coding/closed.html", status=403)

    @app.exception_handler(RequestValidationError)
    def misunderstood(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        field, why = ".".join(map(str, first["loc"][1:])), first["msg"]
        ui = request.state.ui
        if not request.url.path.startswith("/api/"):
            field, why = language.own(field), told(ui, why.replace(" or ", ", "))
        return said(
            request,
            422,
            ui.gettext("“%(field)s” cannot be used: %(why)s", field=field, why=why),
        )

    @app.exception_handler(Exception)
    def failed(request: Request, error: Exception) -> Response:
        # Nothing stands before this answer; what went wrong is told in the log of the server.
        stranger(request)
        sentence = request.state.ui.gettext("The workbench made a mistake. Its log says which.")
        answer = said(request, 500, sentence)
        answer.headers.update(HEADERS)
        return answer

    @app.exception_handler(BusyError)
    def busy(request: Request, error: BusyError) -> Response:
        sentence = request.state.ui.gettext(
            "The workbench has more to do than it can take. Try again in half a minute."
        )
        answer = said(request, error.status_code, sentence)
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(HTTPException)
    def other(request: Request, error: HTTPException) -> Response:
        ui = request.state.ui
        sentence = (
            ui.gettext("There is nothing at this address.")
            if error.status_code in (404, 405)
            else str(error.detail)
        )
        return said(request, error.status_code, sentence)
