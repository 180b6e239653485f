"""The command that opens the corpus in the browser."""

from __future__ import annotations

import socket
from typing import Annotated

import typer

from textmine.cli.app import app
from textmine.cli.shared import ASK, CorpusOption, corpus_named, say
from textmine.errors import UsageError


@app.command(rich_help_panel=ASK)
def serve(
    context: typer.Context,
    port: Annotated[
        int, typer.Option(min=0, max=65535, metavar="N", help="Its port; 0 takes a free one.")
    ] = 8765,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Where it listens: this computer alone.")
    ] = "127.0.0.1",
    corpus: CorpusOption = None,
) -> None:
    """Open the corpus in the browser: read, search, code, review, compare, in Persian and English.

    Prints the address to open. Ctrl-C ends it; nothing is lost: every decision is stored when it is
    made.

    Examples:

        textmine serve --corpus study
        textmine serve --port 9000
    """
    import uvicorn

    from textmine.web import Settings, create_app

    place = corpus_named(context, corpus, required=True)
    assert place is not None  # noqa: S101 - required
    listening = _listening(host, port)
    application = create_app(Settings(place=place))
    address = f"http://{host}:{listening.getsockname()[1]}/"

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                say(f"textmine is open at {address}  (Ctrl-C ends it)")

    config = uvicorn.Config(
        application, log_level="warning", server_header=False, date_header=True, lifespan="on"
    )
    Server(config).run([listening])


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise UsageError(
            f"{host}:{port} cannot be listened at: {error.strerror or error}. Choose another port: "
            "--port N"
        ) from error
    return listening
