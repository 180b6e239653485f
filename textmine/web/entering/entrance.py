"""Who comes in: the language, theme and user of each request; with accounts, nobody unknown."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from fastapi import Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from textmine.errors import InputError
from textmine.store import trail
from textmine.web import language
from textmine.web.accounts import Account, Accounts, Role, checked_name
from textmine.web.entering.sessions import LASTS, Attempts, Sessions
from textmine.web.pages import is_part, seen_at
from textmine.web.people import User
from textmine.web.safety import SAFE, App, Message, Receive, Scope, Send, local
from textmine.web.work.works import works

if TYPE_CHECKING:
    from textmine.store.address import Address

THEMES = ("auto", "light", "dark")

_OPEN = ("/static/", "/fonts/", "/language/", "/theme/")
"""What of a server with accounts anybody may see, beside the page to log in."""

_YEAR = 365 * 24 * 3600


class Door:
    """The accounts of a server, who is logged in, and how often somebody has tried."""

    def __init__(self, accounts: Accounts, place: Path | Address) -> None:
        self.accounts = accounts
        self.sessions = Sessions()
        self.attempts = Attempts()
        # Cookies do not tell the ports of one computer apart: each corpus has a name of its own.
        full = place.resolve() if isinstance(place, Path) else place
        self._cookie = f"textmine-{hashlib.sha256(str(full).encode()).hexdigest()[:8]}"

    def account(self, request: Request) -> Account | None:
        """Who asks, by the token of a program or by the cookie of a browser."""
        kind, _, secret = request.headers.get("authorization", "").partition(" ")
        if kind:
            is_token = kind.lower() == "bearer" and request.url.path.startswith("/api/")
            return self.accounts.by_token(secret.strip()) if is_token else None
        return self.sessions.account(self.token(request), self.accounts)

    def token(self, request: Request) -> str:
        """What the browser shows; empty when it shows nothing."""
        return request.cookies.get(self._name(request), "")

    def let_in(self, request: Request, response: Response, account: Account) -> None:
        """Log an account in, and out with what the browser was logged in as before."""
        self.sessions.end(self.token(request))
        response.set_cookie(
            self._name(request),
            self.sessions.begin(account),
            max_age=LASTS,
            httponly=True,
            samesite="lax",
            secure=_is_secure(request),
        )

    def let_out(self, request: Request, response: Response) -> None:
        """Log out."""
        self.sessions.end(self.token(request))
        response.delete_cookie(
            self._name(request), httponly=True, samesite="lax", secure=_is_secure(request)
        )

    def _name(self, request: Request) -> str:
        # With the prefix no other server of the same domain can set it.
        return f"__Host-{self._cookie}" if _is_secure(request) else self._cookie


class Entrance:
    """Gives each request its language, theme and user, and turns away who is not logged in.

    ``uploads`` says for each address that takes large files which role may send them: of others
    not a byte is read, as pages are asked only when all has come.
    """

    def __init__(self, app: App, *, uploads: Mapping[str, Role]) -> None:
        self._app = app
        self._uploads = uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, with who asks; or send its sender to the page to log in."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        cookies = request.cookies
        tongue = language.preferred(
            cookies.get("language"), request.headers.get("accept-language", "")
        )
        theme = cookies.get("theme", "")
        request.state.ui = language.interface(tongue)
        request.state.theme = theme if theme in THEMES else THEMES[0]
        request.state.user = user = _user(request)
        if user.role is None and not _is_open(request.url.path):
            await _to_the_door(request)(scope, receive, send)
            return
        role = self._uploads.get(request.url.path)
        with trail.acting(user.coder):
            if role is None or request.method in SAFE:
                await self._app(scope, receive, send)
            elif user.may(role):
                with works(request).arriving():
                    await self._app(scope, receive, send)
            else:
                await self._app(scope, _nothing, _closing(send))


def stranger(request: Request) -> None:
    """Make up who asks where something went wrong before that was known."""
    state = request.state
    if not hasattr(state, "user"):
        state.ui = getattr(state, "ui", language.interface("en"))
        state.theme = getattr(state, "theme", THEMES[0])
        state.user = User("", None)


async def _nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


def _closing(send: Send) -> Send:
    """Answers, and ends the connection: what else is sent is not read."""

    async def closing(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], (b"connection", b"close")]
        await send(message)

    return closing


def door(request: Request) -> Door | None:
    """The accounts of the server; None where everybody on this computer may do everything."""
    found: Door | None = request.app.state.accounts
    return found


def keep(response: Response, name: str, value: str) -> Response:
    """A choice that the browser keeps for a year; text of any script."""
    response.set_cookie(name, quote(value, safe=""), max_age=_YEAR, httponly=True, samesite="lax")
    return response


def _user(request: Request) -> User:
    entrance = door(request)
    if entrance is None:
        return User(_own_name(request), "admin")
    account = entrance.account(request)
    return User("", None) if account is None else User(account.name, account.role)


def _own_name(request: Request) -> str:
    """The name that someone on this computer has given; empty when none, or none that can be."""
    try:
        return checked_name(unquote(request.cookies.get("coder", "")))
    except InputError:
        return ""


def _is_open(path: str) -> bool:
    return path == "/login" or path.startswith(_OPEN)


def _to_the_door(request: Request) -> Response:
    sentence = request.state.ui.gettext("Log in first.")
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": sentence}, 401, {"www-authenticate": "Bearer"})
    back = seen_at(request)
    if is_part(request):
        return Response(sentence, 401, {"hx-redirect": _login(back)}, "text/plain")
    return RedirectResponse(_login(back if request.method == "GET" else "/"), 303)


def _login(back: str) -> str:
    back = local(back)
    return "/login" if back == "/" else f"/login?back={quote(back, safe='')}"


def _is_secure(request: Request) -> bool:
    return request.url.scheme == "https"
