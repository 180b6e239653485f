"""Commands that code clauses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

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
    open_index,
    print_json,
    print_line,
    say,
    text_of,
)
from textmine.errors import InputError

if TYPE_CHECKING:
    from textmine.records import CodeProbability
    from textmine.tagging.coders import MachineCoder


@app.command(rich_help_panel=CODE)
def predict(
    context: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar="[FILE]", help="JSON Lines; - reads standard input.")
    ] = "-",
    model: ModelOption = None,
    explain: Annotated[
        bool,
        typer.Option("--explain", help="Add the words that carried each code that applies."),
    ] = False,
    corpus: CorpusOption = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="JSON Lines is the only form; accepted for uniformity.")
    ] = False,
) -> None:
    """Code clauses from outside: JSON Lines with "id" and "text" in, probabilities out.

    Every code of the codebook is listed for every clause. "sure" is false where the model would
    rather leave the clause to a person; "certainty" is its probability that all its decisions on
    the clause are right. (For the clauses of a corpus: textmine code.)

    With --explain a code that applies has "reasons": keywords, words that weigh much, and words
    without which the clause would mean something else, each with its place in the text.

    Examples:

        textmine clauses treaty.docx --json | textmine predict
        textmine predict clauses.jsonl --model dictionary
        textmine predict clauses.jsonl --explain
    """
    from textmine.tagging.coders import coder, default_coder

    del as_json
    folder = corpus_folder(context, corpus)
    if model is None:
        chosen, note = default_coder(folder)
        if note:
            say(f"  note     {note}")
    else:
        chosen = coder(model, folder)
    pairs = list(_clauses_from_lines(text_of(file), file))
    for (_, text), prediction in zip(pairs, chosen.predict(pairs), strict=True):
        print_line(
            {
                "id": prediction.clause,
                "codes": [
                    {
                        "code": each.code,
                        "probability": round(each.probability, 6),
                        "applied": each.applied,
                        **(_reasons(chosen, text, each) if explain else {}),
                    }
                    for each in prediction.codes
                ],
                "certainty": prediction.certainty,
                "sure": prediction.sure,
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
        open_index(opened)
    if as_json:
        print_json({"coders": [{"coder": name, "clauses": count} for name, count in done]})
    else:
        for name, count in done:
            say(f"{name}: {count} clauses coded" if count else f"{name}: nothing new to code")


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


def _reasons(chosen: MachineCoder, text: str, code: CodeProbability) -> dict[str, Any]:
    found = chosen.explain(text, code.code) if code.applied else ()
    return {
        "reasons": [
            {
                "words": text[reason.span.start : reason.span.end],
                "start": reason.span.start,
                "end": reason.span.end,
                "kind": reason.kind,
                "weight": reason.weight,
            }
            for reason in found
        ]
    }
