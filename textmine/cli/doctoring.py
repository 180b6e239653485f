"""The command that looks at the machine."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from textmine.cli.app import app
from textmine.cli.shared import CARE, JsonOption, print_json, table
from textmine.text.unseen import for_terminal


@app.command(rich_help_panel=CARE)
def doctor(
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="Where the corpus lies or is to lie.")
    ] = Path(),
    as_json: JsonOption = False,
) -> None:
    """Look at this machine: versions, programs, room, and how the reading of files is confined.

    What a process that reads a file can still do is tried in such a process, not taken for
    granted. Ends with 3 when something is missing without which textmine cannot work.

    Examples:

        textmine doctor
        textmine doctor --json
    """
    from textmine.care.doctor import examined

    checks = examined(folder)
    faults = [check for check in checks if check.finding == "fault"]
    if as_json:
        print_json({"fit": not faults, "checks": [asdict(check) for check in checks]})
    else:
        mark = {"good": "", "note": "note", "fault": "FAULT"}
        table(
            ["", "what", "found"],
            [[mark[check.finding], check.name, check.value] for check in checks],
        )
        for check in checks:
            if check.advice:
                typer.echo(for_terminal(f"! {check.name}: {check.advice}"))
    if faults:
        raise typer.Exit(3)
