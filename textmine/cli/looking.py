"""Commands that look at one file; they need no corpus."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
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
    progress,
    read_file,
    say,
    text_of,
)
from textmine.errors import InputError, UsageError
from textmine.text.digits import latin_digits
from textmine.text.unseen import for_terminal

if TYPE_CHECKING:
    from textmine.records import Box, Extraction, Line, Page, Segmentation


@app.command(rich_help_panel=READ)
def extract(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A document.")],
    overlay: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Draw each page with the lines found, as PNG (PDF only)."),
    ] = None,
    pages: Annotated[
        str | None,
        typer.Option(metavar="LIST", help="Only these pages, such as 3 or 1,4-7."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show the text of one file, page by page, with a verdict on each page.

    With --json also where everything stands: lines and words with boxes (points from the top left
    corner), the footnotes of each page with the marks that call them.

    Examples:

        textmine extract agreement.pdf
        textmine extract agreement.pdf --overlay pictures/ --pages 3-7
    """
    from textmine.printed.totals import wrong_totals

    asked = None if pages is None else _numbers(pages)
    extraction = read_file(file)
    warnings = (*extraction.warnings, *wrong_totals(extraction))
    if asked is not None:
        chosen = tuple(page for page in extraction.pages if page.number in asked)
        if not chosen:
            raise InputError(f"{file.name} has no page {pages}; it has {len(extraction.pages)}.")
        extraction = replace(extraction, pages=chosen)
    extraction = replace(extraction, warnings=warnings)
    if overlay is not None:
        from textmine.sources.overlay import draw

        with progress("Drawing", len(extraction.pages)) as step:
            pictures = draw(file, extraction, overlay, on_page=step)
        for picture in pictures:
            say(f"Drew {picture}")
    if as_json:
        print_json(_extraction_json(extraction))
        return
    for page in extraction.pages:
        verdict = page.verdict
        doubt = f" · {verdict.state}: {verdict.reason}" if verdict.reason else ""
        say(f"— page {page.number}{doubt}")
        typer.echo(for_terminal(page.text) if sys.stdout.isatty() else page.text)
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

    With --json also the map: for each character of the result, where it stood in the input; and
    restored: the half-spaces put back, where in the result, and how sure (from 0 to 1).

    Examples:

        textmine normalise notes.txt
        echo 'كتاب هاي ما' | textmine normalise
    """
    from textmine.text.normalise import normalise as normalised
    from textmine.text.normalise import restored_in

    text = text_of(file)
    view = normalised(text)
    if as_json:
        restored = [{"at": at, "confidence": sure} for at, sure in restored_in(text)]
        print_json({"text": view.text, "map": view.to_json_map(), "restored": restored})
    else:
        sys.stdout.write(view.text)


@app.command(rich_help_panel=READ)
def clauses(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A document.")],
    as_json: JsonOption = False,
) -> None:
    """Cut one file into clauses: articles, notes, recitals; sentences of a paper.

    With --json one line for each clause: id, number, kind, heading, text, language, page, start
    and end (in the text of the document), and in a bilingual document the id of its counterpart.

    Examples:

        textmine clauses treaty.docx
    """
    from textmine.clauses import segment
    from textmine.clauses.counterparts import counterparts
    from textmine.store.originals import sha256_of

    extraction = read_file(file)
    segmentation: Segmentation = segment(extraction, sha256_of(file))
    if as_json:
        pairs = counterparts(segmentation.clauses)
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
                | ({"counterpart": pairs[clause.id]} if clause.id in pairs else {})
            )
        return
    for clause in segmentation.clauses:
        number = f" {clause.number}" if clause.number else ""
        typer.echo(f"{clause.kind}{number} · {clause.language} · page {clause.page}")
        typer.echo(f"    {marked(clause.text, ())}")
    say(f"{len(segmentation.clauses)} clauses")


def _numbers(pages: str) -> set[int]:
    """The numbers that a list of pages names: ``1,4-7``."""
    found: set[int] = set()
    for part in pages.split(","):
        named = re.fullmatch(r"\s*(\d{1,6})(?:-(\d{1,6}))?\s*", latin_digits(part))
        first, last = (int(named[1]), int(named[2] or named[1])) if named else (1, 0)
        if first > last:
            raise UsageError(f"{pages!r} is no list of pages; write 3, 3-7 or 1,4-7.")
        found.update(range(first, last + 1))
    return found


def _extraction_json(extraction: Extraction) -> dict[str, Any]:
    from textmine.pages.notes import notes

    return {
        "extractor": extraction.extractor,
        "pages": [
            {
                "number": page.number,
                "width": page.width,
                "height": page.height,
                "text": page.text,
                "verdict": {
                    "state": page.verdict.state,
                    "reason": page.verdict.reason,
                    "figures": dict(page.verdict.figures),
                },
                "lines": [_line_json(page, line) for line in page.lines],
                **_mended_json(page),
                "notes": [
                    {
                        "mark": note.mark,
                        "anchor": None if note.anchor is None else list(note.anchor),
                        "spans": [list(span) for span in note.spans],
                        "text": note.text(page),
                    }
                    for note in notes(page)
                ],
            }
            for page in extraction.pages
        ],
        "missing": {str(number): why for number, why in extraction.missing.items()},
        "warnings": list(extraction.warnings),
    }


def _mended_json(page: Page) -> dict[str, Any]:
    """What was put in order for search and coding, on a page whose text is out of order."""
    from textmine.text.disorder import is_out_of_order

    if not is_out_of_order(page):
        return {}
    from textmine.text.mending import mended

    found = mended(page.text)
    repairs = [
        {
            "start": repair.span.start,
            "end": repair.span.end,
            "kind": repair.kind,
            "confidence": repair.confidence,
            "before": repair.before,
            "after": repair.after,
        }
        for repair in found.repairs
    ]
    left = dict(found.unrepaired)
    return {"mended": {"text": found.view.text, "repairs": repairs, "left": left}}


def _line_json(page: Page, line: Line) -> dict[str, Any]:
    from textmine.pages.boxes import boxes_of, hull, words_of

    words: list[dict[str, Any]] = []
    for start, end in words_of(page, line):
        boxes = boxes_of(page, start, end)
        word: dict[str, Any] = {"text": page.text[start:end], "start": start, "end": end}
        word["box"] = _box_json(hull(boxes)) if boxes else None
        if len(boxes) > 1:
            word["boxes"] = [_box_json(box) for box in boxes]
        words.append(word)
    return {
        "text": page.text[line.start : line.end],
        "start": line.start,
        "end": line.end,
        "role": line.role,
        "level": line.level,
        "size": line.size,
        "turn": line.turn,
        "box": None if line.box is None else _box_json(line.box),
        "words": words,
    }


def _box_json(box: Box) -> list[float]:
    return [round(value, 2) for value in box]
