"""What the commands share: options, opening a corpus, talking and showing.

Results go to standard output, talk and progress to standard error.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from textmine.errors import InputError, StoppedError, UsageError
from textmine.text.unseen import for_terminal, in_json, isolated, plain

if TYPE_CHECKING:
    from textmine.records import Extraction
    from textmine.search import Index
    from textmine.store.address import Address
    from textmine.store.corpus import Corpus
    from textmine.tagging.coders import MachineCoder

BUILD = "1. Build a corpus"
READ = "2. Look at one file (no corpus needed)"
CODE = "3. Code clauses"
ASK = "4. Search and report"
CARE = "5. Care for the corpus"

CorpusOption = Annotated[
    str | None,
    typer.Option(
        "--corpus",
        metavar="CORPUS",
        help="The corpus: a folder, or postgresql://USER@HOST/DATABASE; else the variable "
        "TEXTMINE_CORPUS, else the current folder.",
        show_default=False,
    ),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print JSON for programs on standard output.")
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model", metavar="NAME", help="A model's name or folder; 'dictionary' for keywords alone."
    ),
]


def corpus_named(
    context: typer.Context, named: str | None, *, required: bool
) -> Path | Address | None:
    """The corpus meant, by its folder or its address; None when none is named, here or needed."""
    from textmine.store.corpus import Corpus, locate

    place = locate(named or context.obj)
    if required or named or context.obj or os.environ.get("TEXTMINE_CORPUS"):
        return place
    return place if isinstance(place, Path) and Corpus.is_at(place) else None


def corpus_folder(context: typer.Context, named: str | None) -> Path | None:
    """The folder of the corpus meant, for what needs no catalogue; None when none is named or here.

    That of a corpus named by its address is made and brought up to date first.
    """
    from textmine.store.corpus import Corpus

    place = corpus_named(context, named, required=False)
    if place is None or isinstance(place, Path):
        return place
    with Corpus.open(place) as corpus:
        return corpus.folder


def open_corpus(context: typer.Context, named: str | None) -> Corpus:
    """The corpus meant by ``--corpus``, by the variable or by the current folder."""
    from textmine.store.corpus import Corpus

    place = corpus_named(context, named, required=True)
    assert place is not None  # noqa: S101 - required
    opened = Corpus.open(place)
    if opened.read_only:
        say(f"  note     {opened.shown} may only be read here: nothing is stored")
    return opened


class Asking(TyperCommand):
    """A command that takes a query, which may begin with a minus."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Says what to do where a query would be taken for an option."""
        for before, each in pairwise(["", *args]):
            if each == "--":
                break
            is_known = before.startswith("--") or each in ctx.help_option_names
            if len(each) > 1 and each[0] == "-" != each[1] and not is_known:
                raise UsageError(f"Put -- before a query that begins with a minus: -- {each}")
        return super().parse_args(ctx, args)


WAITED_FOR = 5_000
"""So many clauses a command that only asks brings into the index itself: some three seconds."""


def open_index(corpus: Corpus, *, most: int | None = None) -> Index:
    """The search index, up to date; making it takes time and shows a bar.

    A command that only asks does not do the work of one that is just taking documents in: it
    gives ``most``, and finds what was there before.
    """
    from textmine.search import Index

    with steps_shown("Indexing") as on_step:
        return Index.of(corpus, on_step, most=most)


@contextmanager
def steps_shown(what: str) -> Iterator[Callable[[int, int], None]]:
    """Gives a function to call with how much is done of how much; a bar shows it from then on."""
    with ExitStack() as stack:
        step: Any = None
        before = 0

        def on_step(done: int, of: int) -> None:
            nonlocal step, before
            step = step or stack.enter_context(progress(what, of))
            step("", of, advance=done - before)
            before = done

        yield on_step


@contextmanager
def pointing(query: str) -> Iterator[None]:
    """Show the query with its fault marked when it cannot be understood."""
    from textmine.search import QueryError
    from textmine.search.query.faults import pointed

    try:
        yield
    except QueryError as error:
        if error.at is not None:
            say(f"  {isolated(pointed(query, error))}")
        raise


def machine_coders(corpus: Corpus, model: str | None) -> list[MachineCoder]:
    """The coders of that name, or the default ones; says why the model is not among them."""
    from textmine.tagging.run import coders_for

    coders, note = coders_for(corpus, model)
    if note:
        say(f"  note     {note}")
    return coders


def code_clauses(
    corpus: Corpus, coders: list[MachineCoder], *, again: bool = False
) -> list[tuple[str, int]]:
    """Codes what is not coded yet; each coder with the number of clauses it coded."""
    from textmine.tagging.run import code_corpus

    with progress("Coding", 0) as step:
        return code_corpus(corpus, coders, again=again, on_step=step)


def check_table_file(to: Path | None) -> None:
    """UsageError for a file to write a table to whose name does not say the format."""
    from textmine.store.sheets import check_suffix

    if to is not None:
        check_suffix(to)


def text_of(file: str) -> str:
    """The text of a file or of standard input, which must be UTF-8."""
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror or error}.") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        name = "Standard input" if file == "-" else file
        raise InputError(
            f"{name} is not UTF-8: byte {error.start} is {data[error.start]:#04x}. "
            "Save it as UTF-8 first."
        ) from error


def say(text: str) -> None:
    """Talk, on standard error."""
    typer.echo(for_terminal(text), err=True)


def say_behind(changes: int) -> None:
    """Say how many changes of the corpus the index lacks, if any."""
    if changes:
        say(
            f"  note     {counted(changes, 'change')} of the corpus are not in the index yet. "
            "Another process may be writing it; else bring it up to date with: textmine index"
        )


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    typer.echo(in_json(json.dumps(value, ensure_ascii=False, indent=2)))


def print_line(value: Any) -> None:
    """One line of JSON Lines on standard output."""
    typer.echo(in_json(json.dumps(value, ensure_ascii=False)))


def counted(number: int, what: str) -> str:
    """A number of things: ``1 clause``, ``2 clauses``."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def marked(text: str, highlights: Iterable[tuple[int, int]]) -> str:
    """The text on one line; the highlighted words bold on a terminal, in brackets elsewhere."""
    before, after = ("\x1b[1m", "\x1b[0m") if sys.stdout.isatty() else ("[", "]")
    text = plain(text)
    parts = []
    done = 0
    for start, end in highlights:
        parts += [text[done:start], before, text[start:end], after]
        done = end
    parts.append(text[done:])
    return " ".join("".join(parts).split())


def table(heads: list[str], rows: list[list[Any]]) -> None:
    """A table on standard output."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*heads, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(for_terminal(str(cell))) for cell in row))
    console = Console()
    with console.capture() as shown:
        console.print(table)
    for line in shown.get().splitlines():
        typer.echo(line.rstrip())


@contextmanager
def progress(what: str, total: int) -> Iterator[Any]:
    """A bar on a terminal, silence elsewhere; gives the function that moves it one step.

    The function takes the name of the step, and optionally a new total or another advance.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[name]}", style="dim", markup=False),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as progress:
        task = progress.add_task(what, total=total or None, name="")

        def step(name: str, total: int | None = None, advance: int = 1) -> None:
            if total is not None:
                progress.update(task, total=total)
            progress.update(task, advance=advance, name=for_terminal(name[-40:]))

        try:
            yield step
        except KeyboardInterrupt:
            raise StoppedError from None


def read_file(file: Path) -> Extraction:
    """The pages of one file."""
    from textmine.sources import read

    if file.is_dir():
        raise InputError(f"{file} is a folder; name one file (textmine add takes folders).")
    if not file.is_file():
        raise InputError(f"{file} is no file; check the spelling.")
    with progress("Reading", 0) as step:
        return read(file, lambda at, of: step(f"recognising {at} of {of}", of, advance=int(at > 1)))
