"""Commands that search and report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from textmine.cli.app import app
from textmine.cli.shared import (
    ASK,
    CorpusOption,
    JsonOption,
    marked,
    open_corpus,
    print_json,
    print_line,
    say,
)

if TYPE_CHECKING:
    pass


LimitOption = Annotated[int, typer.Option(min=1, metavar="N", help="How many hits to show.")]
QueryArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="QUERY",
        help="Words, phrases and fields. Put -- before a query that begins with a minus.",
    ),
]


@app.command(rich_help_panel=ASK)
def search(
    context: typer.Context,
    query: QueryArgument,
    limit: LimitOption = 20,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find clauses by words and fields, in any spelling of Persian.

    Words must all occur. "quotes" make a phrase, OR joins, -word leaves out, word* is a prefix.

    Fields: `code:cultural` `language:fa` `kind:agreement` `year:1993..2005` `year:1372..1384`
    `document:3`

    Examples:

        textmine search 'همکاری فرهنگی'
        textmine search 'code:non-interference language:en'
    """
    from textmine.search import Index

    with open_corpus(context, corpus) as opened:
        found = Index.of(opened).search(" ".join(query), limit=limit)
    if as_json:
        print_json(found.to_json())
        return
    for hit in found.hits:
        typer.echo(f"{hit.title} · page {hit.page} · {hit.clause}")
        typer.echo(f"    {marked(hit.text, hit.highlights)}")
    typer.echo(f"{found.total} clauses found, {len(found.hits)} shown")
    for facet, counts in found.facets.items():
        shown = ", ".join(f"{name} {count}" for name, count in list(counts.items())[:8])
        if shown:
            typer.echo(f"  {facet}: {shown}")


@app.command(rich_help_panel=ASK)
def concordance(
    context: typer.Context,
    query: QueryArgument,
    limit: LimitOption = 50,
    width: Annotated[
        int, typer.Option(min=10, max=200, metavar="N", help="Characters on each side.")
    ] = 40,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show every place where words occur, each in its context.

    With --json one line for each place: left, match, right, clause, document, page.

    Examples:

        textmine concordance 'امور داخلی' --width 30
    """
    from textmine.search import Index

    with open_corpus(context, corpus) as opened:
        places = Index.of(opened).concordance(" ".join(query), limit=limit + 1, width=width)
    more = len(places) > limit
    places = places[:limit]
    for place in places:
        if as_json:
            print_line(place.to_json())
        else:
            typer.echo(place.shown(width))
    count = "1 place" if len(places) == 1 else f"{len(places)} places"
    say(f"The first {count}; --limit N shows more." if more else count)


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
