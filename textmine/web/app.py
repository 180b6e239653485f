"""The application that ``textmine serve`` runs: what stands before the pages, and the pages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from textmine import __version__
from textmine.errors import TextmineError
from textmine.web import comparing, language
from textmine.web.desk import Desk
from textmine.web.pages import is_part, page
from textmine.web.people import NotAllowedError, User
from textmine.web.safety import Guard

if TYPE_CHECKING:
    from textmine.store.address import Address

_HERE = Path(__file__).parent
_YEAR = 365 * 24 * 3600
THEMES = ("auto", "light", "dark")


@dataclass(frozen=True, slots=True)
class Settings:
    """How a server runs. ``hosts`` are the names that it answers for."""

    place: Path | Address
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
    accounts: Path | None = None
    upload_bytes: int = 512 << 20


def create_app(settings: Settings) -> FastAPI:
    """The application for one corpus; it opens the corpus when it starts and gives it back."""

    @asynccontextmanager
    async def opened(app: FastAPI) -> AsyncIterator[None]:
        app.state.desk = Desk(settings.place)
        try:
            yield
        finally:
            app.state.desk.close()

    app = FastAPI(
        title="textmine",
        version=__version__,
        lifespan=opened,
        docs_url=None,  # they load scripts from elsewhere
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    app.state.settings = settings
    app.state.accounts = None
    app.mount("/static", StaticFiles(directory=_HERE / "static"), name="static")
    app.mount("/fonts", StaticFiles(directory=_HERE.parent / "reports" / "assets"), name="fonts")
    app.include_router(comparing.router)
    _add_answers(app)
    _add_choices(app)
    app.middleware("http")(_known)
    app.add_middleware(
        Guard,
        hosts=settings.hosts,
        uploads=("/add", "/api/v1/documents"),
        upload_bytes=settings.upload_bytes,
    )
    return app


async def _known(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
    """Give a request its language and its user."""
    cookies, headers = request.cookies, request.headers
    tongue = language.preferred(cookies.get("language"), headers.get("accept-language", ""))
    request.state.ui = language.interface(tongue)
    request.state.user = User(cookies.get("coder", ""), "admin")
    response = await answer(request)
    if request.url.path.startswith(("/static/", "/fonts/")):
        response.headers["cache-control"] = "max-age=86400"
    return response


def _add_choices(app: FastAPI) -> None:
    """The choices that a browser keeps: language and theme."""

    @app.get("/language/{tongue}", include_in_schema=False)
    def choose_language(request: Request, tongue: str, back: str = "/") -> Response:
        if tongue not in language.TONGUES:
            raise HTTPException(404)
        return _kept("language", tongue, back)

    @app.get("/theme/{theme}", include_in_schema=False)
    def choose_theme(request: Request, theme: str, back: str = "/") -> Response:
        if theme not in THEMES:
            raise HTTPException(404)
        return _kept("theme", theme, back)


def _kept(name: str, value: str, back: str) -> Response:
    response = RedirectResponse(local(back), 303)
    response.set_cookie(name, value, max_age=_YEAR, httponly=True, samesite="lax")
    return response


def local(address: str) -> str:
    r"""An address to go back to, if it is one of this server; else the first page.

    >>> local("/search?q=a"), local("//evil.example/"), local("/\\evil.example")
    ('/search?q=a', '/', '/')
    """
    parts = urlsplit(address)
    fine = not parts.scheme and not parts.netloc and address.startswith("/")
    if not fine or "\\" in address or not address.isprintable():
        return "/"
    return quote(address, safe="/?&=%+:~,;@!*'()$-._#")


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

    @app.exception_handler(NotAllowedError)
    def not_allowed(request: Request, error: NotAllowedError) -> Response:
        ui = request.state.ui
        return said(
            request,
            403,
            ui.gettext("Only an account with the role “%(role)s” may do this.", role=error.role),
        )

    @app.exception_handler(RequestValidationError)
    def misunderstood(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"][1:]))
        ui = request.state.ui
        return said(
            request,
            422,
            ui.gettext("“%(field)s” cannot be used: %(why)s", field=field, why=first["msg"]),
        )

    @app.exception_handler(HTTPException)
    def other(request: Request, error: HTTPException) -> Response:
        ui = request.state.ui
        sentence = (
            ui.gettext("There is nothing at this address.")
            if error.status_code == 404
            else str(error.detail)
        )
        return said(request, error.status_code, sentence)
