"""The command that writes the report of a corpus."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from textmine.cli.app import app
from textmine.cli.shared import ASK, CorpusOption, JsonOption, open_corpus, print_json, say


@app.command(rich_help_panel=ASK)
def report(
    context: typer.Context,
    to: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where to write it; reports/report.html otherwise."),
    ] = None,
    coder: Annotated[
        str | None, typer.Option(metavar="CODER", help="Whose codings; those that stand otherwise.")
    ] = None,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the report of the corpus: one HTML file, offline, Persian and English.

    Tables by document, language, kind and year with a test of independence; every number opens its
    clauses, every clause its page; a methods paragraph says how it was made.

    Examples:

        textmine report --to sister-cities.html
    """
    from textmine.reports.html import write_report

    with open_corpus(context, corpus) as opened:
        place = to or opened.reports / "report.html"
        written = write_report(opened, place, coder=coder)
    if as_json:
        print_json(written.to_json())
    else:
        if written.note:
            say(written.note)
        typer.echo(str(place.resolve()))
