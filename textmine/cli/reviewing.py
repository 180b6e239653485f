"""The command that says what to code next, and takes decisions on the terminal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from textmine.cli.app import app
from textmine.cli.shared import (
    CODE,
    CorpusOption,
    JsonOption,
    ModelOption,
    counted,
    marked,
    open_corpus,
    open_index,
    print_json,
    progress,
    say,
)
from textmine.errors import UsageError

if TYPE_CHECKING:
    from textmine.records import Codebook
    from textmine.store.corpus import Corpus
    from textmine.tagging.coders import MachineCoder
    from textmine.tagging.review import Proposal

_HELP = """\
Numbers, with blanks between, apply codes; 0 says that no code applies.
  Enter  take the suggestion      s  skip      b  back to the clause before
  ?      what the codes mean      q  stop; everything decided so far is kept"""


@app.command(rich_help_panel=CODE)
def review(
    context: typer.Context,
    number: Annotated[
        int, typer.Option("--number", "-n", min=1, metavar="N", help="How many clauses.")
    ] = 20,
    coder: Annotated[
        str | None,
        typer.Option(metavar="person:NAME", help="Who will code; decisions carry this name."),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A sheet to fill in (.csv), or JSON Lines (.jsonl)."),
    ] = None,
    suggest: Annotated[
        bool, typer.Option("--suggest", help="Write the model's codes into the sheet.")
    ] = False,
    language: Annotated[
        str, typer.Option(metavar="fa|en", help="Only clauses in this language.")
    ] = "",
    model: ModelOption = None,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say which clauses a person should code next, so that the model learns most.

    They are those the model is least sure of, in turn for each code and language and none like
    another; every fifth is drawn at random, since doubtful clauses alone cannot tell how good a
    model is. Clauses that a person has coded are left out; with --coder those of that person, so
    that two people can code the same ones.

    With --coder alone the clauses are shown one by one and each decision is stored at once.
    With --to a sheet is written: put codes in the place of ? (nothing for no code) and bring it in
    with textmine import; rows that still have ? are passed over. Then train again: textmine train.

    Examples:

        textmine review --coder person:leila
        textmine review --number 60 --to for-leila.csv
        textmine review --language fa --json
    """
    from textmine.codings import person, write_coded
    from textmine.tagging.review import propose

    if language not in ("", "fa", "en"):
        raise UsageError(f"--language {language} is not known; fa or en.")
    if to is not None and to.suffix.lower() not in (".csv", ".jsonl"):
        raise UsageError(f"{to} must end in .csv or .jsonl.")
    if suggest and to is None:
        raise UsageError("--suggest writes codes into a sheet; name it with --to FILE.")
    name = person(coder) if coder else ""
    with open_corpus(context, corpus) as opened:
        chosen = _model(opened, model)
        book = chosen.codebook
        with progress("Reading", 0) as step:
            proposals = propose(
                opened, number, chosen, language=language, person=name, on_step=step
            )
        if to is not None and proposals:
            write_coded(to, [one.sheet_row(name, book, suggest=suggest) for one in proposals])
        if as_json:
            print_json([one.to_json() for one in proposals])
        elif not proposals:
            say("There is no clause left to code.")
        elif to is not None:
            who = "" if name else " --coder person:NAME"
            say(f"Wrote {counted(len(proposals), 'clause')} to {to}")
            say(f"When they are coded:  textmine import {to}{who}")
        elif name:
            _ask(opened, book, name, proposals)
        else:
            _list(proposals)


def _model(corpus: Corpus, name: str | None) -> MachineCoder:
    """The model whose doubts count; the dictionary where none fits the codebook."""
    from textmine.tagging.coders import coder, live_or_dictionary

    if name is not None:
        return coder(name, corpus.folder)
    found, note = live_or_dictionary(corpus.folder)
    if note:
        say(f"  note     {note}")
    return found


def _list(proposals: Sequence[Proposal]) -> None:
    for one in proposals:
        why = f"unsure of {one.code}" if one.code else "drawn at random"
        typer.echo(f"{one.document} · page {one.clause.page} · {one.clause.id} · {why}")
        typer.echo(f"    {marked(one.clause.text, ())}")
        typer.echo(f"    suggested: {', '.join(one.suggested) or 'no code'}")
    say(
        f"{counted(len(proposals), 'clause')}. Code here with --coder person:NAME, or in a sheet "
        "with --to FILE."
    )


def _ask(corpus: Corpus, book: Codebook, name: str, proposals: Sequence[Proposal]) -> None:
    """Show the clauses one by one and store each decision as it is made."""
    from dataclasses import replace

    from textmine.codings import take_in

    corpus.catalogue.put_codebook(
        book.reference, book.digest, corpus.codebook_file.read_text(encoding="utf-8")
    )
    typer.echo(_HELP)
    place = 0
    decided: dict[int, tuple[str, ...]] = {}
    while place < len(proposals):
        one = proposals[place]
        answer = _answer(one, book, f"{place + 1} of {len(proposals)}", decided.get(place))
        if answer == "q":
            break
        if answer in ("s", "b"):
            place = place + 1 if answer == "s" else max(0, place - 1)
            continue
        if answer == "?":
            typer.echo(_HELP)
            for number, code in enumerate(book.codes, start=1):
                said = code.definition.get(one.clause.language)
                typer.echo(f"  {number} {code.id}: {said or next(iter(code.definition.values()))}")
            continue
        try:
            codes = _codes(answer, book) if answer else decided.get(place, one.suggested)
        except ValueError:
            typer.echo(f"  Write numbers from 1 to {len(book.codes)}, or 0 alone, or s b q ?")
            continue
        row = replace(one.sheet_row(name, book, suggest=False), codes=codes)
        take_in(corpus.catalogue, [row], book)
        decided[place] = codes
        place += 1
    if decided:
        open_index(corpus)
        stored = counted(len(decided), "clause")
        say(f"The codes of {name} for {stored} are stored. To learn from them:  textmine train")
    else:
        say("Nothing was decided.")


def _answer(one: Proposal, book: Codebook, place: str, before: tuple[str, ...] | None) -> str:
    """Shows a clause and asks for its codes; "q" when there is nothing more to read."""
    typer.echo(f"\n{place} · {one.document} · page {one.clause.page}")
    typer.echo(f"    {marked(one.clause.text, ())}")
    typer.echo("  " + "  ".join(f"{n} {code.id}" for n, code in enumerate(book.codes, start=1)))
    codes = ", ".join(one.suggested if before is None else before) or "no code"
    what = f"  codes [{codes}{'' if before is None else ', decided'}]"
    try:
        answer: str = typer.prompt(what, default="", show_default=False)
    except typer.Abort:  # Ctrl-C, or the end of input
        typer.echo()
        return "q"
    return answer.strip().lower()


def _codes(answer: str, book: Codebook) -> tuple[str, ...]:
    """The codes of these numbers, in digits of any script; ValueError when they are none."""
    numbers = [int(word) for word in re.split(r"[\s,;،؛]+", answer) if word]
    if numbers == [0]:
        return ()
    if not numbers or not all(1 <= number <= len(book.codes) for number in numbers):
        raise ValueError(answer)
    return tuple(code.id for n, code in enumerate(book.codes, start=1) if n in numbers)
