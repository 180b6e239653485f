"""Commands by which people code outside, and by which coders are compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from textmine.cli.app import app
from textmine.cli.shared import (
    CODE,
    CorpusOption,
    JsonOption,
    corpus_named,
    open_corpus,
    open_index,
    print_json,
    print_line,
    say,
)
from textmine.errors import InputError, UsageError

if TYPE_CHECKING:
    from textmine.codings import CodedClause
    from textmine.records import Codebook

CodersOption = Annotated[
    list[str] | None,
    typer.Option(
        "--coder", metavar="NAME", help="A coder, such as person:leila; repeat it for several."
    ),
]


@app.command("export", rich_help_panel=CODE)
def export_coded(
    context: typer.Context,
    coder: CodersOption = None,
    to: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="A table for a spreadsheet (.csv) or JSON Lines (.jsonl); the screen otherwise.",
        ),
    ] = None,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write coded clauses to a file: one clause a line, with its codes.

    Without --coder those that stand: people's before a model's, a model's before the dictionary's.
    A person opens the table in a spreadsheet program, changes the column codes (several with ;
    between them, empty for none), **deletes the rows that were not read**, and hands it to
    textmine import.

    Without --to, JSON Lines on standard output; --json with --to tells what was written.

    Examples:

        textmine export --to for-leila.csv
        textmine export --coder dictionary:agreement-themes@3 --to dictionary.jsonl
    """
    from textmine import codebook as codebooks
    from textmine.codings import coded_in, standing_in, write_coded

    if to is not None:
        _suffix(to, (".csv", ".jsonl"))
    with open_corpus(context, corpus) as opened:
        book = codebooks.load(opened.codebook_file)
        everyone = coded_in(opened.catalogue, book) if coder else []
        names = _named(coder, {one.coder for one in everyone})
        if coder:
            coded = [one for one in everyone if one.coder in names]
        else:
            coded = standing_in(opened.catalogue, book)
    found = Counter(one.coder for one in coded)
    for name in names:
        if name not in found:
            raise InputError(
                f"{name} has coded nothing by {book.reference}. Coders here: "
                f"{_listed({one.coder for one in everyone})}."
            )
    if not coded:
        raise InputError(
            f"Nothing is coded by {book.reference} yet. Code the clauses with: textmine code"
        )
    if to is None:
        for one in coded:
            print_line(one.to_json())
        return
    write_coded(to, coded)
    if as_json:
        print_json({"file": str(to), "clauses": len(coded), "coders": dict(found)})
    else:
        shares = ", ".join(f"{name} {count}" for name, count in found.items())
        say(f"Wrote {len(coded)} coded clauses to {to}: {shares}")


@app.command("import", rich_help_panel=CODE)
def import_coded(
    context: typer.Context,
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE", help="Tables (.csv) or JSON Lines.")
    ],
    coder: Annotated[
        str | None,
        typer.Option(metavar="person:NAME", help="Who decided, whatever the files say."),
    ] = None,
    skip_faulty: Annotated[
        bool, typer.Option("--skip-faulty", help="Take in the rest when some clauses are faulty.")
    ] = False,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take the codings of people into the corpus, from files.

    A table needs the columns document, clause, codes, coder and codebook, as textmine export writes
    them; language, text and memo may be missing. A clause with no codes counts as read and not
    coded. Nothing is ever overwritten: a new decision stands before the earlier one, which stays on
    record, and importing a file twice adds nothing. When anything is wrong, every fault is listed
    and nothing is stored.

    Examples:

        textmine import from-leila.csv --coder person:leila
        textmine import leila.csv omid.csv --skip-faulty
    """
    from textmine import codebook as codebooks
    from textmine.codings import person, read_coded, take_in

    name = person(coder) if coder else ""
    coded = [one for file in files for one in read_coded(file, coder=name, bare=True)]
    with open_corpus(context, corpus) as opened:
        book = codebooks.load(opened.codebook_file)
        opened.catalogue.put_codebook(
            book.reference, book.digest, opened.codebook_file.read_text(encoding="utf-8")
        )
        taken = take_in(
            opened.catalogue, coded, book, skip_faulty=skip_faulty, file=", ".join(map(str, files))
        )
        open_index(opened)
    if as_json:
        print_json(taken.to_json())
    else:
        for fault in taken.faults:
            say(f"  refused  {fault.clause} of {fault.document} ({fault.coder}): {fault.said}")
        say(
            f"{len(coded)} coded clauses: {taken.new} new, {taken.changed} changed, "
            f"{taken.unchanged} unchanged, {taken.refused} refused"
        )
        if not taken.decisions:
            say("Nothing changed: the corpus holds these decisions already.")
    if taken.refused:
        raise typer.Exit(1)


@app.command(rich_help_panel=CODE)
def reliability(
    context: typer.Context,
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FILE]", help="Coded clauses (.csv, .jsonl); the corpus's own if none."
        ),
    ] = None,
    coder: CodersOption = None,
    to: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.csv",
            help="Write the figures as a table; with --disagreements the clauses to settle.",
        ),
    ] = None,
    disagreements: Annotated[
        bool, typer.Option("--disagreements", help="List each clause on which coders differ.")
    ] = False,
    codebook: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The codebook the codings follow.")
    ] = None,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure how far coders, people or machines, decide alike on each code.

    For all together and for each pair: clauses read by both (n), the share decided the same,
    Cohen's kappa and Krippendorff's alpha with a 95 % interval over documents. Krippendorff advises
    to rely on alpha from 0.80, to conclude tentatively from 0.67, and not below. Where nothing
    overlaps or nothing varies, it says so.

    --disagreements --to settle.csv writes a sheet in which the coders settle together where they
    differ; imported, it stands as person:agreed.

    Examples:

        textmine reliability --coder person:leila --coder person:omid
        textmine reliability first.jsonl second.jsonl --disagreements
    """
    from textmine import codebook as codebooks
    from textmine.codings import coded_in, read_coded, with_text, write_coded
    from textmine.reliability import reliability as compare
    from textmine.store.corpus import Corpus

    if to is not None:
        _suffix(to, (".csv", ".jsonl") if disagreements else (".csv",))
    place = corpus_named(context, corpus, required=not files)
    book: Codebook
    coded: Sequence[CodedClause]
    if place is None:
        book = codebooks.load(codebook) if codebook else codebooks.shipped()
        coded = [one for file in files or () for one in read_coded(file)]
    else:
        with Corpus.open(place) as opened:
            book = codebooks.load(codebook or opened.codebook_file)
            if files:
                read = [one for file in files for one in read_coded(file, bare=True)]
                coded = with_text(opened.catalogue, read)
            else:
                coded = coded_in(opened.catalogue, book)
    found = compare(coded, book, _named(coder, {one.coder for one in coded}))
    if to is not None and disagreements:
        write_coded(to, found.to_settle())
    elif to is not None:
        found.to_csv(to)
    if as_json:
        print_json(found.to_json())
        return
    for line in found.summary():
        typer.echo(line)
    if disagreements and to is None:
        for line in found.told():
            typer.echo(line)
    elif found.disagreements and not disagreements:
        say("--disagreements lists them.")
    if to is not None:
        say(f"Wrote {to}")


def _named(coders: Sequence[str] | None, known: Collection[str]) -> list[str]:
    """Coders as they are known; a bare name is a person's."""
    return [
        name if ":" in name or name in known else f"person:{name}"
        for name in dict.fromkeys(coders or ())
    ]


def _listed(names: Collection[str]) -> str:
    return ", ".join(sorted(names)) or "nobody"


def _suffix(path: Path, allowed: Sequence[str]) -> None:
    if path.suffix.lower() not in allowed:
        raise UsageError(f"{path} must end in {' or '.join(allowed)}.")
