"""Commands that look at one file; they need no corpus."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from textmine.cli.app import app
from textmine.cli.shared import (
    READ,
    JsonOption,
    marked,
    print_json,
    print_line,
    read_file,
    say,
    text_of,
)

if TYPE_CHECKING:
    from textmine.records import Extraction, Segmentation


@app.command(rich_help_panel=READ)
def extract(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A document.")],
    overlay: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Draw each page with the lines found, as PNG (PDF only)."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show the text of one file, page by page, with a verdict on each page.

    Examples:

        textmine extract agreement.pdf
        textmine extract agreement.pdf --overlay pictures/
    """
    extraction = read_file(file)
    if overlay is not None:
        from textmine.sources.overlay import draw

        for picture in draw(file, extraction, overlay):
            say(f"Drew {picture}")
    if as_json:
        print_json(_extraction_json(extraction))
        return
    for page in extraction.pages:
        verdict = page.verdict
        doubt = f" · {verdict.state}: {verdict.reason}" if verdict.reason else ""
        say(f"— page {page.number}{doubt}")
        typer.echo(page.text)
    for number, why in sorted(extraction.missing.items()):
        say(f"— page {number} could not be read: {why}")
    for warning in extraction.warnings:
        say(f"note: {warning}")


@app.command(rich_help_panel=READ)
def normalise(
    file: Annotated[
        str, typer.Argument(metavar="[FILE]", help="Plain text in UTF-8; - reads standard input.")
    ] = "-",
    as_json: JsonOption = False,
) -> None:
    """Normalise plain text: Persian letters, digits, spaces, lost half-spaces.

    With --json also the map: for each character of the result, where it stood in the input.

    Examples:

        textmine normalise notes.txt
        echo 'كتاب هاي ما' | textmine normalise
    """
    from textmine.text.normalise import normalise as normalised

    view = normalised(text_of(file))
    if as_json:
        print_json({"text": view.text, "map": view.to_json_map()})
    else:
        sys.stdout.write(view.text)


@app.command(rich_help_panel=READ)
def clauses(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A document.")],
    as_json: JsonOption = False,
) -> None:
    """Cut one file into clauses: articles, notes, recitals; sentences of a paper.

    With --json one line for each clause: id, number, kind, heading, text, language, page, start
    and end (in the text of the document).

    Examples:

        textmine clauses treaty.docx
    """
    from textmine.clauses import segment
    from textmine.store.originals import sha256_of

    extraction = read_file(file)
    segmentation: Segmentation = segment(extraction, sha256_of(file))
    if as_json:
        for clause in segmentation.clauses:
            print_line(
                {
                    "id": clause.id,
                    "number": clause.number,
                    "kind": clause.kind,
                    "heading": clause.heading,
                    "text": clause.text,
                    "language": clause.language,
                    "page": clause.page,
                    "start": clause.start,
                    "end": clause.end,
                }
            )
        return
    for clause in segmentation.clauses:
        number = f" {clause.number}" if clause.number else ""
        typer.echo(f"{clause.kind}{number} · {clause.language} · page {clause.page}")
        typer.echo(f"    {marked(clause.text, ())}")
    say(f"{len(segmentation.clauses)} clauses")


def _extraction_json(extraction: Extraction) -> dict[str, Any]:
    return {
        "extractor": extraction.extractor,
        "pages": [
            {
                "number": page.number,
                "text": page.text,
                "verdict": {
                    "state": page.verdict.state,
                    "reason": page.verdict.reason,
                    "figures": dict(page.verdict.figures),
                },
                "lines": [
                    {
                        "text": page.text[line.start : line.end],
                        "role": line.role,
                        "box": None if line.box is None else [round(x, 2) for x in line.box],
                    }
                    for line in page.lines
                ],
            }
            for page in extraction.pages
        ],
        "missing": {str(number): why for number, why in extraction.missing.items()},
        "warnings": list(extraction.warnings),
    }
