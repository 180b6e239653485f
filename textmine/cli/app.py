"""The application that the commands register with."""

from __future__ import annotations

from typing import Annotated

import typer

from textmine import __version__
from textmine.cli.shared import CorpusOption

app = typer.Typer(
    name="textmine",
    help=(
        "Content analysis of Persian and English agreements and papers: "
        "every number can be followed to the page it came from."
    ),
    epilog=(
        "A first session:  textmine init study  →  cd study  →  textmine add ~/agreements  →  "
        "textmine search 'همکاری فرهنگی'  →  textmine report"
    ),
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def _main(
    context: typer.Context,
    corpus: CorpusOption = None,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and stop.", is_eager=True)
    ] = False,
) -> None:
    if version:
        typer.echo(f"textmine {__version__}")
        raise typer.Exit
    context.obj = corpus
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
