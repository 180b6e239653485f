"""The command that takes care of the search index."""

from __future__ import annotations

from typing import Annotated

import typer

from textmine.cli.app import app
from textmine.cli.shared import (
    BUILD,
    CorpusOption,
    JsonOption,
    counted,
    open_corpus,
    open_index,
    print_json,
    say,
    steps_shown,
)


@app.command("index", rich_help_panel=BUILD)
def index_corpus(
    context: typer.Context,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Make the index anew from the catalogue.")
    ] = False,
    meaning: Annotated[
        bool,
        typer.Option("--meaning", help="Also prepare the search by meaning: 30 clauses a second."),
    ] = False,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring the search index up to date and compare it with the catalogue.

    Every command that changes the corpus brings it up to date by itself, and searching does so if
    one was stopped. The index can be made anew at any time: it holds nothing that the catalogue
    does not. When it differs from the catalogue that is said, and the exit code is 1.

    Examples:

        textmine index
        textmine index --rebuild
    """
    from textmine.search import Index
    from textmine.search.engine.upkeep import rebuilt
    from textmine.search.meaning import encode

    with open_corpus(context, corpus) as opened:
        if rebuild:
            with steps_shown("Indexing") as on_step:
                index = Index(opened, rebuilt(opened, on_step))
        else:
            index = open_index(opened)
        with steps_shown("Checking") as on_step:
            problems = index.check(on_step)
        clauses = index.clauses
        encoded = None
        if meaning:
            with steps_shown("Encoding") as on_step:
                encoded = encode(opened, on_step)
    if as_json:
        value = {"clauses": clauses, "behind": index.behind, "rebuilt": rebuild}
        value |= {} if encoded is None else {"encoded": encoded}
        print_json(value | {"problems": list(problems)})
    else:
        for problem in problems:
            say(f"  problem  {problem}")
        if index.behind:
            say(f"  note     Another process is writing; {index.behind} changes are not in it yet.")
        made = "The index was made anew" if rebuild else "The index is up to date"
        found = "and differs" if problems else "and agrees"
        say(f"{made}: {counted(clauses, 'clause')}, {found} with the catalogue.")
        if encoded is not None:
            say(f"Search by meaning: {counted(encoded, 'clause')} prepared.")
        if problems:
            say("Make it anew with: textmine index --rebuild")
    if problems:
        raise typer.Exit(1)
