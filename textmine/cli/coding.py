"""Commands that code clauses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from textmine.cli.app import app
from textmine.cli.shared import (
    CODE,
    CorpusOption,
    JsonOption,
    ModelOption,
    code_clauses,
    corpus_folder,
    machine_coders,
    open_corpus,
    print_json,
    print_line,
    progress,
    say,
    text_of,
)
from textmine.errors import InputError

if TYPE_CHECKING:
    pass


@app.command(rich_help_panel=CODE)
def predict(
    context: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar="[FILE]", help="JSON Lines; - reads standard input.")
    ] = "-",
    model: ModelOption = None,
    corpus: CorpusOption = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="JSON Lines is the only form; accepted for uniformity.")
    ] = False,
) -> None:
    """Code clauses from outside: JSON Lines with "id" and "text" in, probabilities out.

    Every code of the codebook is listed for every clause. (For the clauses of a corpus: textmine
    code.)

    Examples:

        textmine clauses treaty.docx --json | textmine predict
        textmine predict clauses.jsonl --model dictionary
    """
    from textmine.tagging.coders import coder

    del as_json
    folder = corpus_folder(context, corpus, required=False)
    chosen = coder(model, folder)
    pairs = list(_clauses_from_lines(text_of(file), file))
    for prediction in chosen.predict(pairs):
        print_line(
            {
                "id": prediction.clause,
                "codes": [
                    {
                        "code": each.code,
                        "probability": round(each.probability, 6),
                        "applied": each.applied,
                    }
                    for each in prediction.codes
                ],
            }
        )


@app.command(rich_help_panel=CODE)
def code(
    context: typer.Context,
    model: ModelOption = None,
    again: Annotated[
        bool, typer.Option("--again", help="Also code documents that this coder has coded.")
    ] = False,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Code the clauses of the corpus, by dictionary and by model.

    `textmine add` does this for new documents; use it after the codebook or the model
    changed. Codings of people are never touched.

    Examples:

        textmine code
        textmine code --model dictionary --again
    """
    with open_corpus(context, corpus) as opened:
        done = code_clauses(opened, machine_coders(opened, model), again=again)
    if as_json:
        print_json({"coders": [{"coder": name, "clauses": count} for name, count in done]})
    else:
        for name, count in done:
            say(f"{name}: {count} clauses coded" if count else f"{name}: nothing new to code")


@app.command(rich_help_panel=CODE)
def train(
    context: typer.Context,
    codings: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[CODINGS.jsonl...]", help="Coded clauses; the shipped ones if none."
        ),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where to write it; the corpus's models otherwise."),
    ] = None,
    name: Annotated[str, typer.Option(metavar="NAME", help="The model's name.")] = "themes",
    codebook: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The codebook the codings follow.")
    ] = None,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train a model on coded clauses, measure it honestly, and write it with its card.

    Figures come from folds that keep each document together, with intervals over documents.

    Examples:

        textmine train
        textmine train my-codings.jsonl --name second --to models/second
    """
    from textmine.tagging.training import train_to

    folder = corpus_folder(context, corpus, required=False)
    place = to or ((folder / "models" / name) if folder else Path("models", name))
    with progress("Training", 0) as step:
        trained = train_to(place, name, codings or [], codebook, folder, on_step=step)
    if as_json:
        print_json(trained.to_json())
    else:
        typer.echo(trained.summary())
        say(f"Wrote the model and its card to {place}")


def _clauses_from_lines(text: str, file: str) -> Iterator[tuple[str, str]]:
    name = "standard input" if file == "-" else file
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(f"Line {number} of {name} is not JSON: {error.msg}.") from error
        if not isinstance(value, dict):
            raise InputError(f'Line {number} of {name} is not an object with "id" and "text".')
        for key in ("id", "text"):
            if not isinstance(value.get(key), str):
                raise InputError(
                    f'Line {number} of {name} has no string "{key}": each line needs "id" and '
                    '"text".'
                )
        yield value["id"], value["text"]
