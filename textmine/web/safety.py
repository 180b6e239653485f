"""What stands before the pages: hosts, origins, sizes, and what a browser may do."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Awaitable, Callable, Collection, MutableMapping
from typing import Any
from urllib.parse import SplitResult, quote, urlsplit

from starlette.exceptions import HTTPException

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
    "img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""A page may load what this server gives, and run only the scripts that it gives as files."""

HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\[\]:/?#@\s]+)(:[0-9]*)?")

FORM_BYTES = 1 << 20
"""The most that a form may send; uploads of documents have a limit of their own."""


class Guard:
    """Refuses requests for other hosts, from other sites, and too large ones; sets the headers.

    A name that an attacker's server lets point to this computer is not among ``hosts`` (DNS
    rebinding). A form or a script of another site says so itself, in Sec-Fetch-Site or Origin.
    """

    def __init__(
        self, app: App, *, hosts: Collection[str], uploads: Collection[str], upload_bytes: int
    ) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)
        self._uploads = frozenset(uploads)
        self._upload_bytes = upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        host = headers.get("host", "")
        name = _name_of(host)
        if name not in self._hosts and not _is_where_it_was_reached(name, scope.get("server")):
            await _refuse(
                send,
                400,
                f"This server does not answer for the name {host[:80]!r}. If it should, start it "
                "with --allow-host NAME.",
            )
            return
        if scope["method"] not in SAFE and not is_own(headers, host):
            await _refuse(send, 403, "This request came from another site.")
            return
        most = self._upload_bytes if scope["path"] in self._uploads else FORM_BYTES
        length = headers.get("content-length", "")
        if length.isdigit() and int(length) > most:
            await _refuse(send, 413, _too_much(most))
            return
        taken = 0

        async def limited() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > most:  # a body that does not say its length
                raise TooMuchError(most)
            return message

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *(
                        (name.encode(), value.encode())
                        for name, value in HEADERS.items()
                        if name.encode() not in present
                    ),
                ]
                if b"cache-control" not in present:
                    message["headers"].append((b"cache-control", b"no-store"))
            await send(message)

        await self._app(scope, limited, with_headers)


class TooMuchError(HTTPException):
    """A request sends more than it may; answered as any other that cannot be taken."""

    def __init__(self, most: int) -> None:
        super().__init__(413, _too_much(most))


class BusyError(HTTPException):
    """More is asked for at once than can be done; ``seconds`` later there may be room."""

    def __init__(self, seconds: int) -> None:
        super().__init__(503, headers={"retry-after": str(seconds)})


def _too_much(most: int) -> str:
    return f"More than {most >> 20} MB cannot be sent at once."


def is_own(headers: MutableMapping[str, str], host: str) -> bool:
    """Whether a request that changes something comes from a page of this server.

    A program that is no browser sends neither header; it has no cookies of a browser's either.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is None or parts_of(origin).netloc.lower() == host.lower()


def parts_of(address: str) -> SplitResult:
    """The parts of an address; all empty when it is none.

    >>> parts_of("//a/b").netloc, parts_of("//[").netloc
    ('a', '')
    """
    try:
        return urlsplit(address)
    except ValueError:
        return SplitResult("", "", "", "", "")


def local(address: str) -> str:
    r"""An address to go back to, if it is one of this server; else the first page.

    >>> local("/search?q=a"), local("//evil.example/"), local("/\\evil.example"), local("//[")
    ('/search?q=a', '/', '/', '/')
    """
    parts = parts_of(address)
    fine = not parts.scheme and not parts.netloc and parts.path.startswith("/")
    if not fine or "\\" in address or not address.isprintable():
        return "/"
    return quote(address, safe="/?&=%+:~,;@!*'()$-._#")


def _name_of(host: str) -> str:
    """The name in a Host header, without its port; empty when it is malformed.

    >>> _name_of("localhost:8000"), _name_of("[::1]:8000"), _name_of("localhost:[")
    ('localhost', '[::1]', '')
    """
    match = _HOST.fullmatch(host)
    return match[1].lower() if match else ""


def _is_where_it_was_reached(name: str, server: object) -> bool:
    """Whether a name is the very address that was connected to: no name points there by a trick."""
    try:
        asked = ipaddress.ip_address(name.strip("[]"))
        reached = ipaddress.ip_address(server[0])  # type: ignore[index]
    except (ValueError, TypeError):
        return False
    mapped = getattr(reached, "ipv4_mapped", None)
    return asked in (reached, mapped)


async def _refuse(send: Send, status: int, sentence: str) -> None:
    body = sentence.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
        *((name.encode(), value.encode()) for name, value in HEADERS.items()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
