"""Commands that build a corpus."""

from __future__ import annotations

import shlex
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from textmine.cli.app import app
from textmine.cli.shared import (
    BUILD,
    CorpusOption,
    JsonOption,
    code_clauses,
    counted,
    machine_coders,
    open_corpus,
    open_index,
    print_json,
    progress,
    say,
    table,
)
from textmine.records import DocumentState
from textmine.text.unseen import for_terminal

if TYPE_CHECKING:
    from textmine.ingest import Outcome, Summary


@app.command(rich_help_panel=BUILD)
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
    codebook: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="A codebook of your own (YAML); the shipped themes otherwise."
        ),
    ] = None,
    catalogue: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="A PostgreSQL database for what a team shares: "
            "postgresql://USER@HOST/DATABASE, ?schema=NAME for one corpus of several.",
        ),
    ] = None,
    originals: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="Where the originals lie that all can reach: a folder, s3://..."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make an empty corpus.

    The folder will hold the catalogue, the originals, the codebook, the search index and the
    reports: copy or archive it as one thing. A team keeps the catalogue on a server instead; each
    member then names the corpus by its address: --corpus postgresql://...

    Examples:

        textmine init sister-cities
        textmine init sister-cities --catalogue postgresql://leila@server/agreements
    """
    from textmine.codebook import load
    from textmine.store.corpus import Corpus

    if codebook is not None:
        load(codebook)
    made = Corpus.create(folder, codebook=codebook, catalogue=catalogue, originals=originals)
    with made as corpus:
        path, shown = str(corpus.folder), corpus.shown
    if as_json:
        print_json({"corpus": path} | ({"catalogue": shown} if catalogue else {}))
    else:
        say(f"Made an empty corpus in {path}")
        if catalogue:
            say(f"Its catalogue is {shown}")
        say(f"Next:  textmine --corpus {shlex.quote(path)} add FILES-OR-FOLDERS")


@app.command(rich_help_panel=BUILD)
def add(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH", help="Files and folders.")],
    jobs: Annotated[
        int | None, typer.Option(min=1, max=64, metavar="N", help="Documents read at once.")
    ] = None,
    engine: Annotated[
        str | None,
        typer.Option(
            metavar="ENGINE",
            help="Where documents are read: local:N, or the Dask scheduler of many machines, "
            "dask://HOST:8786.",
            show_default=False,
        ),
    ] = None,
    code: Annotated[
        bool, typer.Option(help="Code the new clauses with the dictionary and the model.")
    ] = True,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take documents into the corpus: PDF, DOCX, HTML, Markdown, plain text, pictures of pages.

    Folders are searched to the bottom. A table documents.csv beside the files gives their titles,
    kinds, dates and parties; without one they are guessed, with a stated confidence. Adding a file
    again does nothing; a file that cannot be read is listed with the reason and stops nothing.
    Scanned pages are recognised when Tesseract is installed, at some seconds a page; add them again
    when you install it later. Pictures (PNG, JPEG, TIFF) are taken when they are named, not out of
    folders.

    What is stored stays when the command is stopped, or a machine is lost: run it again to go on.

    Examples:

        textmine add papers/ memorandum.docx
        textmine add archive/ --jobs 8 --json
        textmine add archive/ --engine dask://10.0.0.1:8786
    """
    from textmine import ingest
    from textmine.engines import Local, engine_named
    from textmine.errors import UsageError

    if engine is not None and jobs is not None:
        raise UsageError("Say --jobs N or --engine local:N, not both.")
    reading = engine_named(engine) if engine is not None else Local(jobs) if jobs else Local()

    with open_corpus(context, corpus) as opened:
        coders = machine_coders(opened, None) if code else []
        files, ignored = ingest.find(paths)
        with progress("Reading", len(files)) as step:

            def show(outcome: Outcome) -> None:
                step(Path(outcome.path).name)

            def page(path: str, at: int, of: int) -> None:
                step(f"{Path(path).name}: recognising {at} of {of}", advance=0)

            summary = ingest.add(opened, files, engine=reading, on_outcome=show, on_page=page)
        summary.ignored = ignored
        states = get_args(DocumentState)
        counts = {"inputs": len(summary.outcomes)} | {name: summary.count(name) for name in states}
        if as_json:
            print_json(
                {
                    **counts,
                    "documents": [asdict(outcome) for outcome in summary.outcomes],
                    "ignored": dict(summary.ignored),
                    "warnings": summary.warnings,
                }
            )
        else:
            _say_summary(summary, counts)
        if code:
            code_clauses(opened, coders)
        open_index(opened)
    if counts["failed"]:
        raise typer.Exit(1)


@app.command(rich_help_panel=BUILD)
def status(
    context: typer.Context,
    documents: Annotated[bool, typer.Option("--documents", help="List every document.")] = False,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what is in the corpus and what needs attention.

    Examples:

        textmine status
        textmine status --documents
    """
    from textmine.analysis.overview import overview

    with open_corpus(context, corpus) as opened:
        seen = overview(opened)
        rows = opened.catalogue.documents()
    if as_json:
        listed = [_document_json(row) for row in rows] if documents else None
        print_json(seen.to_json() | ({"document_list": listed} if documents else {}))
        return
    typer.echo(f"Corpus {opened.shown}")
    if opened.catalogue.dialect != "sqlite":
        typer.echo(f"Folder {opened.folder.resolve()}")
    table(
        ["what", "count"],
        [
            ["documents", len(rows)],
            *([f"  {state}", n] for state, n in seen.states.items()),
            ["pages", seen.pages],
            ["clauses", seen.clauses],
            *([f"  {language}", n] for language, n in seen.languages.items()),
            *([f"coded by {coder}", f"{n} documents"] for coder, n in seen.coders.items()),
        ],
    )
    if documents:
        table(
            ["document", "title", "kind", "language", "date", "state"],
            [
                [
                    row.id,
                    row.title,
                    row.value("kind", "?"),
                    "+".join(row.values("language")) or "?",
                    row.value("date") or row.value("year_gregorian") or "?",
                    row.state,
                ]
                for row in rows
            ],
        )
    for line in seen.attention:
        typer.echo(for_terminal(f"! {line}"))


def _say_summary(summary: Summary, counts: dict[str, int]) -> None:
    from textmine.ingest import UNCHANGED

    for outcome in summary.outcomes:
        if outcome.state in ("partial", "suspect", "failed"):
            say(f"  {outcome.state:8} {outcome.path}: {outcome.reason}")
        elif outcome.state == "duplicate" and outcome.reason != UNCHANGED:
            say(f"  note     {outcome.path}: {outcome.reason}")
    for warning in summary.warnings:
        say(f"  note     {warning}")
    if summary.ignored:
        left = ", ".join(f"{kind} ({n})" for kind, n in sorted(summary.ignored.items()))
        say(f"  note     left out what is no document: {left}")
    said = ", ".join(f"{n} {name}" for name, n in counts.items() if n and name != "inputs")
    say(f"{counted(counts['inputs'], 'file')}: {said or 'nothing to do'}")
    if counts["inputs"] and all(outcome.reason == UNCHANGED for outcome in summary.outcomes):
        say("Nothing changed: all of it is in the corpus already.")


def _document_json(document: Any) -> dict[str, Any]:
    return {
        "id": document.id,
        "path": document.path,
        "sha256": document.sha256,
        "state": document.state,
        "reason": document.reason,
        "detail": document.detail,
        "warnings": list(document.warnings),
        "attributes": [
            {"name": a.name, "value": a.value, "confidence": a.confidence, "ground": a.ground}
            for a in document.attributes
        ],
    }
