"""Commands that run declared analyses."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from textmine.cli.app import app
from textmine.cli.shared import (
    ASK,
    CorpusOption,
    JsonOption,
    counted,
    open_corpus,
    print_json,
    print_line,
    progress,
    say,
    table,
)
from textmine.errors import NoDocumentError, UsageError

study = typer.Typer(
    help="Studies: analyses declared in a file; every cell of their tables opens its source.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(study, name="study", rich_help_panel=ASK)


@study.command("list")
def list_studies(as_json: JsonOption = False) -> None:
    """List the studies that textmine ships.

    A study of your own is a YAML file: copy one with `textmine study show NAME > mine.yaml`,
    change it, and run it with `textmine study run mine.yaml`.
    """
    from textmine.studies.study import load, study_names

    studies = [load(name) for name in study_names()]
    if as_json:
        print_json(
            [
                {"id": each.id, "version": each.version, "title": each.title.en,
                 "title_fa": each.title.fa, "tables": [spec.id for spec in each.tables]}
                for each in studies
            ]
        )  # fmt: skip
        return
    table(["Study", "Title"], [[each.id, each.title.en] for each in studies])


@study.command("show")
def show_study(name: Annotated[str, typer.Argument(metavar="NAME")]) -> None:
    """Print the file of a study, to read or to start your own from."""
    from textmine.studies.study import load

    typer.echo(load(name).path.read_text(encoding="utf-8"), nl=False)


@study.command("run")
def run_study(
    context: typer.Context,
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME]...", help="Shipped studies, or .yaml files of your own."),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Every shipped study whose documents the corpus has.")
    ] = False,
    document: Annotated[
        list[int] | None,
        typer.Option(
            metavar="NUMBER", help="Run it on this document instead of those it names (repeatable)."
        ),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where to write; reports/studies in the corpus if none."),
    ] = None,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run studies: their tables, the printed tables beside them, and what does not agree.

    Each study gets a folder NAME with a page in Persian and English, the tables as CSV, XLSX,
    LaTeX and Markdown, the figures as SVG and PNG, and result.json. `textmine status` lists the
    documents with their numbers. With --json one document; of several studies, one line each.

    Examples:

        textmine study run tehran-sister-cities-2018
        textmine study run --all --to tables/
        textmine study run mine.yaml --document 3 --document 4
    """
    from textmine.studies.running import Library, run
    from textmine.studies.study import load, study_names
    from textmine.studies.writing import write

    if bool(names) == every:
        raise UsageError("Name a study, or give --all. textmine study list names them.")
    with open_corpus(context, corpus) as opened:
        studies = [load(name) for name in names or study_names()]
        library = Library(opened)
        done = 0
        for declared in studies:
            try:
                with progress(declared.id, 0) as step:
                    result = run(declared, library, documents=document or (), on_step=step)
            except NoDocumentError as error:
                if not every:
                    raise
                say(f"{declared.id}: left out. {error}")
                continue
            done += 1
            place = (to or opened.reports / "studies") / declared.id
            files = write(result, opened, place)
            if as_json:
                shown = result.to_json() | {"page": str(files.page)}
                (print_json if len(studies) == 1 else print_line)(shown)
                continue
            _show(result)
            say(f"{counted(len(files.others) + 1, 'file')} in {place}")
            typer.echo(str(files.page.resolve()))
    if not done:
        raise NoDocumentError("The corpus has no document of any shipped study.")


def _show(result: Any) -> None:
    """The counts and findings of a run, for a terminal."""
    from textmine.studies.page import UNRESOLVED

    typer.echo(f"\n{result.study.title.en} ({result.study.id})\n")
    for document in result.documents:
        typer.echo(f"  from {document.id}: {document.title}")
    for each in result.tables:
        typer.echo(f"{each.title.en}: {counted(len(each.rows), 'row')}")
        if each.columns and len(each.columns) <= 3 and len(each.rows) <= 20:
            table(
                [column.head.en for column in each.columns],
                [
                    [cell.shown.en for cell in row]
                    for row in each.rows
                    if len(row) < 2 or row[1].value != 0
                ],
            )
        for note in each.notes:
            typer.echo(f"  {note.en}")
    for held in result.comparisons:
        typer.echo(
            f"{held.table} against “{held.caption}” (page {held.page}): "
            f"{held.same} of {len(held.cells)} cells agree"
        )
    if result.findings:
        typer.echo(f"\nWhat does not agree ({len(result.findings)}):")
    for finding in result.findings:
        typer.echo(f"  {finding.code}: {finding.message.en}")
    for reason in sorted({each.reason for each in result.unresolved}):
        names = sorted({each.written for each in result.unresolved if each.reason == reason})
        typer.echo(f"\nBecame no tie ({UNRESOLVED[reason].en}): {', '.join(names)}")
