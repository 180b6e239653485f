"""Commands that care for a corpus: prove it sound, keep copies, put them back, take back."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from textmine.cli.app import app
from textmine.cli.shared import (
    CARE,
    CorpusOption,
    JsonOption,
    counted,
    open_corpus,
    open_index,
    print_json,
    progress,
    say,
    steps_shown,
    table,
)
from textmine.errors import InputError, UsageError
from textmine.text.unseen import plain

if TYPE_CHECKING:
    from textmine.store.catalogue import Catalogue

_CLAUSE = re.compile(r"[0-9a-f]{10}\.[0-9a-f]{8}.*")  # how the id of a clause looks


@app.command(rich_help_panel=CARE)
def verify(
    context: typer.Context,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Prove that the corpus is what was written to it, and say how to mend what is not.

    It reads everything: the catalogue row by row against its seals, the originals against their
    hashes, the audit trail, the codebook, the models, the search index. Nothing is changed. The
    exit code is 0 when all is sound and 1 when there are problems; notes tell of what does no harm.

    Examples:

        textmine verify
        textmine verify --json
    """
    from textmine.care.verifying import verify as verified
    from textmine.store.corpus import locate

    with progress("Checking", 0) as step:
        seen: list[tuple[str, int]] = [("", 0)]

        def on_stage(what: str, done: int, of: int) -> None:
            before = seen[-1][1] if seen[-1][0] == what else 0
            if seen[-1][0] != what:
                seen.append((what, 0))
            step(what, of, advance=done - before)
            seen[-1] = (what, done)

        found = verified(locate(corpus or context.obj), on_stage)
    if as_json:
        print_json(found.to_json())
    else:
        for problem in found.problems:
            typer.echo(f"! {problem.where}: {plain(problem.what)}")
            typer.echo(f"    {plain(problem.mend)}")
        for note in found.notes:
            say(f"  note     {plain(note)}")
        looked = ", ".join(f"{what} {number}" for what, number in found.checked.items() if number)
        say(f"Looked at: {looked or 'the files'}.")
        number = counted(len(found.problems), "problem")
        say("The corpus is sound." if found.sound else f"There is something wrong: {number}.")
    if not found.sound:
        raise typer.Exit(1)


@app.command(rich_help_panel=CARE)
def backup(
    context: typer.Context,
    to: Annotated[Path, typer.Argument(metavar="FILE", help="A new file, such as study.tar.")],
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the whole corpus into one file, while others go on working.

    The file holds the catalogue of one moment with all codings and the audit trail, the originals,
    the codebook, the corpus's models and reports and whatever else lies in its folder, with the
    hash of each; the search index and kept encodings are made again. It is written whole or not at
    all. Keep it on another disk, and try textmine restore before you need it.

    Examples:

        textmine backup /mnt/archive/study-2026-11-21.tar
    """
    from textmine.care.backing_up import back_up

    with open_corpus(context, corpus) as opened, steps_shown("Backing up") as on_step:
        made = back_up(opened, to, on_step)
    if as_json:
        print_json(made.to_json())
    else:
        for each in made.lacking:
            say(f"  lacking  {plain(each)}")
        holds = f"{counted(made.documents, 'document')}, {made.bytes / 1e6:.1f} MB"
        say(f"Wrote {to}: {holds}.")
        if made.lacking:
            say("How to mend lost originals, says: textmine verify")
    if made.lacking:
        raise typer.Exit(1)


@app.command(rich_help_panel=CARE)
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What textmine backup wrote.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
    catalogue: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Put the catalogue into this PostgreSQL database."),
    ] = None,
    originals: Annotated[
        str | None, typer.Option(metavar="URL", help="Put the originals to this address.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make the corpus of a backup again, in a new folder.

    Every file is checked; a damaged or cut backup is refused. Nothing is overwritten, and the
    folder is there whole or not at all. With --catalogue a corpus moves from its folder to a
    team's database; without it, from a database to a folder.

    Examples:

        textmine restore study-2026-11-21.tar study
        textmine restore study.tar study --catalogue postgresql://leila@host/agreements
    """
    from textmine.care.backing_up import restore as put_back

    with steps_shown("Restoring") as on_step:
        made = put_back(file, folder, catalogue=catalogue, originals=originals, on_step=on_step)
    if as_json:
        print_json(made.to_json())
        return
    for each in made.lacking:
        say(f"  lacking  {plain(each)}")
    say(f"Put {counted(made.documents, 'document')} back into {made.corpus}, as of {made.made_at}.")
    say(f"Prove it with:  textmine --corpus {shlex.quote(str(folder))} verify")


@app.command(rich_help_panel=CARE)
def undo(
    context: typer.Context,
    coder: Annotated[
        str | None, typer.Option(metavar="person:NAME", help="What this person decided last.")
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="List what can be taken back.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take back what people did last: codings, an import, a saved or forgotten search.

    It says what it takes back and asks first. Nothing is removed from the record: codings stay in
    the catalogue, stand no more, and the audit trail says who took them back; what stood before
    stands again. Used again, it takes back the act before that.

    Examples:

        textmine undo --list
        textmine undo --coder person:leila
    """
    from textmine.care.taking_back import acts, take_back
    from textmine.codings import person

    who = person(coder) if coder else ""
    with open_corpus(context, corpus) as opened:
        found = acts(opened.catalogue, who, 20 if listed else 1)
        if listed:
            if as_json:
                print_json([each.to_json() for each in found])
            else:
                table(
                    ["event", "when", "who", "what"],
                    [[each.id, each.at, each.who, plain(each.said)] for each in found],
                )
            return
        if not found:
            raise InputError("There is nothing to take back.")
        [act] = found
        say(f"{act.at}, {act.who}: {plain(act.said)}")
        _ask("Take it back?", "take it back", yes)
        take_back(opened.catalogue, act, who=who)
        open_index(opened)
    if as_json:
        print_json({"taken_back": act.to_json()})
    else:
        say("Taken back. It stays on record: textmine history")


@app.command(rich_help_panel=CARE)
def remove(
    context: typer.Context,
    numbers: Annotated[
        list[int],
        typer.Argument(
            min=1, max=(1 << 31) - 1, metavar="NUMBER", help="See: textmine status --documents"
        ),
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take documents out of the corpus: those that cannot be read, or were added by mistake.

    It says which they are and asks first; all of them go or none. Their pages and clauses go, and
    what machines coded. A document that a person has coded stays. The files stay among the
    corpus's originals, but not in its backups; to have a document back, add its file again.

    Examples:

        textmine remove 28 29
    """
    from textmine.care.removing import removable
    from textmine.care.removing import remove as taken_out

    with open_corpus(context, corpus) as opened:
        for each in removable(opened.catalogue, numbers):
            say(f"  {each.id}  {each.state}  {plain(each.title)}  ({plain(each.path)})")
        _ask("Remove them from the corpus?", "remove them", yes)
        gone = taken_out(opened.catalogue, numbers)
        open_index(opened)
    if as_json:
        print_json({"removed": [{"number": each.id, "path": each.path} for each in gone]})
    else:
        say(f"Removed {counted(len(gone), 'document')}. It is on record: textmine history")


def _ask(question: str, deed: str, yes: bool) -> None:
    """Go on only when somebody says so, here or by --yes."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(f"Nobody is there to be asked; say --yes to {deed}.")
    if not typer.confirm(question, err=True):
        raise typer.Exit(0)


@app.command(rich_help_panel=CARE)
def history(
    context: typer.Context,
    of: Annotated[
        str | None,
        typer.Argument(
            metavar="[CLAUSE or DOCUMENT]",
            help="The id of a clause, or a document: its number or file.",
        ),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="So many of the last.")] = 30,
    codebook: Annotated[
        bool, typer.Option("--codebook", help="Print the codebook that is on record.")
    ] = False,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the audit trail: who did what to the corpus, a document or a clause, and when.

    Of a clause it shows every decision of people and machines that is on record, also what was
    replaced or taken back.

    Examples:

        textmine history
        textmine history 937cf5106c.c7ee1b0f
        textmine history treaty.pdf --json
    """
    from textmine.care.taking_back import decisions_on, events

    with open_corpus(context, corpus) as opened:
        catalogue = opened.catalogue
        if codebook:
            text = catalogue.setting("codebook")
            if text is None:
                raise InputError("No codebook is on record yet; nothing was coded.")
            typer.echo(text, nl=False)
            return
        number, clause = _meant(catalogue, of)
        found = events(catalogue, document=number, clause=clause, limit=limit)
        decided = list(decisions_on(catalogue, clause)) if clause is not None else []
        if of is not None and not found and not decided:
            known = number is not None and catalogue.documents(number=number)
            if not known and (clause is None or not any(catalogue.clauses(ids=[clause]))):
                raise InputError(f"The corpus has no clause and no document {of}.")
    if as_json:
        print_json({"events": [each.to_json() for each in found], "decisions": decided})
        return
    table(
        ["event", "when", "who", "what"],
        [[each.id, each.at, each.who, plain(each.said)] for each in found],
    )
    if decided:
        rows = [
            [
                each["made_at"],
                each["coder"],
                f"{'' if each['applied'] else 'not '}{each['code']}",
                "taken back" if each["withdrawn"] else "",
                plain(each["memo"]),
            ]
            for each in decided
        ]
        table(["decided", "by", "code", "", "memo"], rows)


def _meant(catalogue: Catalogue, of: str | None) -> tuple[int | None, str | None]:
    """The number of the document or the clause that is meant; a name is a document's."""
    if of is None:
        return None, None
    if of.isdecimal():
        return int(of), None
    if _CLAUSE.fullmatch(of):
        return None, of
    for document in catalogue.documents():
        if of in (document.path, Path(document.path).name):
            return document.id, None
    return None, of
