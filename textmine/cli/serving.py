"""The command that opens the corpus in the browser."""

from __future__ import annotations

import contextlib
import gc
import ipaddress
import socket
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from textmine.cli.app import app
from textmine.cli.shared import ASK, CorpusOption, corpus_named, open_corpus, say
from textmine.errors import UsageError

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI

AccountsOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Where the accounts are kept; among your settings, for each corpus apart, otherwise.",
        show_default=False,
    ),
]

_HERE = ("127.0.0.1", "localhost", "[::1]")
_ENDS = 5
"""Seconds that requests under way are given when the server is told to end."""


@app.command(rich_help_panel=ASK)
def serve(
    context: typer.Context,
    port: Annotated[
        int, typer.Option(min=0, max=65535, metavar="N", help="Its port; 0 takes a free one.")
    ] = 8765,
    open_it: Annotated[
        bool, typer.Option("--open", help="Open the browser of this computer, too.")
    ] = False,
    host: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="Where it listens. Others reach it at an address of this computer, or 0.0.0.0 for "
            "all of them; that needs accounts.",
        ),
    ] = "127.0.0.1",
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="A name under which others know it; may be given several times."
        ),
    ] = None,
    proxy: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="Believe a proxy at this address who asks, and whether by TLS (X-Forwarded-For, "
            "X-Forwarded-Proto).",
        ),
    ] = "",
    accounts: AccountsOption = None,
    corpus: CorpusOption = None,
) -> None:
    """Open the corpus in the browser: read, search, code, review, compare, in Persian and English.

    Prints the address to open. Ctrl-C ends it; nothing is lost: every decision is stored when it is
    made.

    On this computer alone nobody needs an account. Where others reach it, it asks everybody to log
    in: make accounts first, with textmine accounts add. Where there are any, they are asked for
    here, too.

    Examples:

        textmine serve --corpus study --open
        textmine serve --port 9000
        textmine serve --host 0.0.0.0 --allow-host study.example.org
    """
    family, address = _resolved(host, port)
    listening = _listening(family, address, host, port)
    gc.disable()  # what is loaded now stays: looking for rubbish takes a tenth of the time
    try:
        place = corpus_named(context, corpus, required=True)
        assert place is not None  # noqa: S101 - required
        open_corpus(context, corpus).catalogue.close()  # says what is wrong before anything starts

        from textmine.web.accounts import Accounts, usual_file
        from textmine.web.app import Settings, create_app

        names = allow_host or []
        here = ipaddress.ip_address(address).is_loopback
        file = accounts or usual_file(place)
        known = Accounts(file).all()
        if not known and (accounts is not None or proxy or names or not here):
            raise UsageError(
                "Where others reach the workbench everybody logs in, and there is no account yet "
                f"in {file}. Make one: textmine accounts add NAME --role admin"
            )
        settings = Settings(
            place=place,
            hosts=(*_HERE, *(() if here else _names_of(host, address)), *names),
            accounts=file if known else None,
        )
        shown = f"http://{_shown(host, address)}:{listening.getsockname()[1]}/"
        server = _server(create_app(settings), proxy, shown, open_it)
        if not here and not proxy:
            say(
                "  note     without TLS passwords can be read on their way: put a proxy in front "
                "(docs/workbench.md)"
            )
        with contextlib.suppress(KeyboardInterrupt):  # how it was ended, said again by some
            server.run([listening])
        if server.started:
            say("\ntextmine is closed.")
    finally:
        gc.enable()
        listening.close()


def _server(application: FastAPI, proxy: str, shown: str, open_it: bool) -> uvicorn.Server:
    import uvicorn

    from textmine.web.warming import warm

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                gc.freeze()
                gc.enable()
                say(f"textmine is open at {shown}  (Ctrl-C ends it)")
                if open_it:
                    _open(shown)
                arguments = (application.state.desk, self.has_time)
                self.warming = threading.Thread(target=warm, args=arguments, daemon=True)
                self.warming.start()

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            self.warming.join(_ENDS)
            await super().shutdown(sockets)

        def has_time(self) -> bool:
            """Wait until no request waits; whether the server then goes on."""
            while self.server_state.tasks and not self.should_exit:
                time.sleep(0.02)
            return not self.should_exit

    return Server(
        uvicorn.Config(
            application,
            loop="asyncio",
            http="h11",
            ws="none",
            lifespan="on",
            log_level="warning",
            server_header=False,
            proxy_headers=bool(proxy),  # nobody is believed who they are unless told to
            forwarded_allow_ips=proxy,
            timeout_graceful_shutdown=_ENDS,
        )
    )


def _open(address: str) -> None:
    """Open the browser, which may take its time."""
    import threading
    import webbrowser

    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()


def _resolved(host: str, port: int) -> tuple[socket.AddressFamily, str]:
    try:
        family, _, _, _, found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError) as error:
        raise UsageError(f"{host} is no address of this computer.") from error
    return family, str(found[0])


def _listening(family: socket.AddressFamily, address: str, host: str, port: int) -> socket.socket:
    listening = socket.socket(family)
    if sys.platform != "win32":  # there it would let two servers share a port
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((address, port))
        listening.listen(128)  # who asks while it starts waits
    except OSError as error:
        listening.close()
        raise UsageError(
            f"{host}:{port} cannot be listened at: {error.strerror or error}. Choose another port, "
            "or a free one: --port 0"
        ) from error
    return listening


def _names_of(host: str, address: str) -> tuple[str, ...]:
    """Under which names it is asked for; addresses at which it is reached need none."""
    every = ipaddress.ip_address(address).is_unspecified
    return (socket.gethostname(),) if every else (host if ":" not in host else f"[{host}]",)


def _shown(host: str, address: str) -> str:
    if ipaddress.ip_address(address).is_unspecified:
        return socket.gethostname()
    return f"[{host}]" if ":" in host else host
