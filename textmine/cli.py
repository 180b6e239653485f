"""The command line. Each command is thin: it reads its arguments, calls the package, and shows.

Results go to standard output, talk and progress to standard error. Nothing heavy is imported until
a command needs it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from textmine import __version__
from textmine.errors import InputError, StoppedError, TextmineError
from textmine.records import DocumentState

if TYPE_CHECKING:
    from textmine.ingest import Outcome, Summary
    from textmine.records import Extraction, Segmentation
    from textmine.store.corpus import Corpus
    from textmine.tagging.coders import MachineCoder

app = typer.Typer(
    name="textmine",
    help=(
        "Content analysis of Persian and English agreements and papers: "
        "every number can be followed to the page it came from."
    ),
    epilog=(
        "A first session:  textmine init study  →  cd study  →  textmine add ~/agreements  →  "
        "textmine search 'همکاری فرهنگی'  →  textmine report"
    ),
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)

_BUILD = "1. Build a corpus"
_READ = "2. Look at one file (no corpus needed)"
_CODE = "3. Code clauses"
_ASK = "4. Search and report"

CorpusOption = Annotated[
    str | None,
    typer.Option(
        "--corpus",
        metavar="DIR",
        help="The corpus; else the variable TEXTMINE_CORPUS, else the current folder.",
        show_default=False,
    ),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print JSON for programs on standard output.")
]


@app.callback()
def _main(
    context: typer.Context,
    corpus: CorpusOption = None,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and stop.", is_eager=True)
    ] = False,
) -> None:
    if version:
        typer.echo(f"textmine {__version__}")
        raise typer.Exit
    context.obj = corpus
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


# -- 1. Build a corpus ----------------------------------------------------------------------------


@app.command(rich_help_panel=_BUILD)
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
    codebook: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="A codebook of your own (YAML); the shipped themes otherwise."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make an empty corpus.

    The folder will hold the catalogue, the originals, the codebook, the search index and the
    reports: copy or archive it as one thing.

    Examples:

        textmine init sister-cities
    """
    from textmine.codebook import load
    from textmine.store.corpus import Corpus

    if codebook is not None:
        load(codebook)
    with Corpus.create(folder, codebook=codebook) as corpus:
        path = str(corpus.folder)
    if as_json:
        _print_json({"corpus": path})
    else:
        _say(f"Made an empty corpus in {path}")
        _say(f"Next:  textmine --corpus {path} add FILES-OR-FOLDERS")


@app.command(rich_help_panel=_BUILD)
def add(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH", help="Files and folders.")],
    jobs: Annotated[
        int | None, typer.Option(min=1, max=64, metavar="N", help="Documents read at once.")
    ] = None,
    code: Annotated[
        bool, typer.Option(help="Code the new clauses with the dictionary and the model.")
    ] = True,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take documents into the corpus: PDF, DOCX, HTML, Markdown, plain text.

    Folders are searched to the bottom. A table documents.csv beside the files gives their titles,
    kinds, dates and parties; without one they are guessed, with a stated confidence. Adding a file
    again does nothing; a file that cannot be read is listed with the reason and stops nothing.

    Examples:

        textmine add papers/ memorandum.docx
        textmine add archive/ --jobs 8 --json
    """
    from textmine import ingest
    from textmine.search import Index

    with _open(context, corpus) as opened:
        coders = _coders(opened, None) if code else []
        files, ignored = ingest.find(paths)
        with _progress("Reading", len(files)) as step:

            def show(outcome: Outcome) -> None:
                step(Path(outcome.path).name)

            summary = ingest.add(opened, files, jobs=jobs or os.cpu_count() or 1, on_outcome=show)
        summary.ignored = ignored
        states = get_args(DocumentState)
        counts = {"inputs": len(summary.outcomes)} | {name: summary.count(name) for name in states}
        if as_json:
            _print_json(
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
            _code(opened, coders)
        Index.of(opened)
    if counts["failed"]:
        raise typer.Exit(1)


@app.command(rich_help_panel=_BUILD)
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

    with _open(context, corpus) as opened:
        seen = overview(opened)
        rows = opened.catalogue.documents()
    if as_json:
        listed = [_document_json(row) for row in rows] if documents else None
        _print_json(seen.to_json() | ({"document_list": listed} if documents else {}))
        return
    typer.echo(f"Corpus {opened.folder.resolve()}")
    _table(
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
        _table(
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
        typer.echo(f"! {line}")


# -- 2. Look at one file ---------------------------------------------------------------------------


@app.command(rich_help_panel=_READ)
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
    extraction = _read(file)
    if overlay is not None:
        from textmine.sources.overlay import draw

        for picture in draw(file, extraction, overlay):
            _say(f"Drew {picture}")
    if as_json:
        _print_json(_extraction_json(extraction))
        return
    for page in extraction.pages:
        verdict = page.verdict
        doubt = f" · {verdict.state}: {verdict.reason}" if verdict.reason else ""
        _say(f"— page {page.number}{doubt}")
        typer.echo(page.text)
    for number, why in sorted(extraction.missing.items()):
        _say(f"— page {number} could not be read: {why}")
    for warning in extraction.warnings:
        _say(f"note: {warning}")


@app.command(rich_help_panel=_READ)
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

    view = normalised(_text_of(file))
    if as_json:
        _print_json({"text": view.text, "map": view.to_json_map()})
    else:
        sys.stdout.write(view.text)


@app.command(rich_help_panel=_READ)
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

    extraction = _read(file)
    segmentation: Segmentation = segment(extraction, sha256_of(file))
    if as_json:
        for clause in segmentation.clauses:
            _print_line(
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
        typer.echo(f"    {_marked(clause.text, ())}")
    _say(f"{len(segmentation.clauses)} clauses")


# -- 3. Code clauses -------------------------------------------------------------------------------

ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model", metavar="NAME", help="A model's name or folder; 'dictionary' for keywords alone."
    ),
]


@app.command(rich_help_panel=_CODE)
def predict(
    context: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar="[FILE]", help="JSON Lines; - reads standard input.")
    ] = "-",
    model: ModelOption = None,
    corpus: CorpusOption = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="JSON Lines is the only form; accepted for uniformity.")
    ] = False,
) -> None:
    """Code clauses from outside: JSON Lines with "id" and "text" in, probabilities out.

    Every code of the codebook is listed for every clause. (For the clauses of a corpus: textmine
    code.)

    Examples:

        textmine clauses treaty.docx --json | textmine predict
        textmine predict clauses.jsonl --model dictionary
    """
    from textmine.tagging.coders import coder

    del as_json
    folder = _corpus_folder(context, corpus, required=False)
    chosen = coder(model, folder)
    pairs = list(_clauses_from_lines(_text_of(file), file))
    for prediction in chosen.predict(pairs):
        _print_line(
            {
                "id": prediction.clause,
                "codes": [
                    {
                        "code": each.code,
                        "probability": round(each.probability, 6),
                        "applied": each.applied,
                    }
                    for each in prediction.codes
                ],
            }
        )


@app.command(rich_help_panel=_CODE)
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
    with _open(context, corpus) as opened:
        done = _code(opened, _coders(opened, model), again=again)
    if as_json:
        _print_json({"coders": [{"coder": name, "clauses": count} for name, count in done]})
    else:
        for name, count in done:
            _say(f"{name}: {count} clauses coded" if count else f"{name}: nothing new to code")


@app.command(rich_help_panel=_CODE)
def train(
    context: typer.Context,
    codings: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[CODINGS.jsonl...]", help="Coded clauses; the shipped ones if none."
        ),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where to write it; the corpus's models otherwise."),
    ] = None,
    name: Annotated[str, typer.Option(metavar="NAME", help="The model's name.")] = "themes",
    codebook: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The codebook the codings follow.")
    ] = None,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train a model on coded clauses, measure it honestly, and write it with its card.

    Figures come from folds that keep each document together, with intervals over documents.

    Examples:

        textmine train
        textmine train my-codings.jsonl --name second --to models/second
    """
    from textmine.tagging.training import train_to

    folder = _corpus_folder(context, corpus, required=False)
    place = to or ((folder / "models" / name) if folder else Path("models", name))
    with _progress("Training", 0) as step:
        trained = train_to(place, name, codings or [], codebook, folder, on_step=step)
    if as_json:
        _print_json(trained.to_json())
    else:
        typer.echo(trained.summary())
        _say(f"Wrote the model and its card to {place}")


# -- 4. Search and report --------------------------------------------------------------------------

LimitOption = Annotated[int, typer.Option(min=1, metavar="N", help="How many hits to show.")]
QueryArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="QUERY",
        help="Words, phrases and fields. Put -- before a query that begins with a minus.",
    ),
]


@app.command(rich_help_panel=_ASK)
def search(
    context: typer.Context,
    query: QueryArgument,
    limit: LimitOption = 20,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find clauses by words and fields, in any spelling of Persian.

    Words must all occur. "quotes" make a phrase, OR joins, -word leaves out, word* is a prefix.

    Fields: `code:cultural` `language:fa` `kind:agreement` `year:1993..2005` `year:1372..1384`
    `document:3`

    Examples:

        textmine search 'همکاری فرهنگی'
        textmine search 'code:non-interference language:en'
    """
    from textmine.search import Index

    with _open(context, corpus) as opened:
        found = Index.of(opened).search(" ".join(query), limit=limit)
    if as_json:
        _print_json(found.to_json())
        return
    for hit in found.hits:
        typer.echo(f"{hit.title} · page {hit.page} · {hit.clause}")
        typer.echo(f"    {_marked(hit.text, hit.highlights)}")
    typer.echo(f"{found.total} clauses found, {len(found.hits)} shown")
    for facet, counts in found.facets.items():
        shown = ", ".join(f"{name} {count}" for name, count in list(counts.items())[:8])
        if shown:
            typer.echo(f"  {facet}: {shown}")


@app.command(rich_help_panel=_ASK)
def concordance(
    context: typer.Context,
    query: QueryArgument,
    limit: LimitOption = 50,
    width: Annotated[
        int, typer.Option(min=10, max=200, metavar="N", help="Characters on each side.")
    ] = 40,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show every place where words occur, each in its context.

    With --json one line for each place: left, match, right, clause, document, page.

    Examples:

        textmine concordance 'امور داخلی' --width 30
    """
    from textmine.search import Index

    with _open(context, corpus) as opened:
        places = Index.of(opened).concordance(" ".join(query), limit=limit + 1, width=width)
    more = len(places) > limit
    places = places[:limit]
    for place in places:
        if as_json:
            _print_line(place.to_json())
        else:
            typer.echo(place.shown(width))
    count = "1 place" if len(places) == 1 else f"{len(places)} places"
    _say(f"The first {count}; --limit N shows more." if more else count)


@app.command(rich_help_panel=_ASK)
def report(
    context: typer.Context,
    to: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where to write it; reports/report.html otherwise."),
    ] = None,
    coder: Annotated[
        str | None, typer.Option(metavar="CODER", help="Whose codings; those that stand otherwise.")
    ] = None,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the report of the corpus: one HTML file, offline, Persian and English.

    Tables by document, language, kind and year with a test of independence; every number opens its
    clauses, every clause its page; a methods paragraph says how it was made.

    Examples:

        textmine report --to sister-cities.html
    """
    from textmine.reports.html import write_report

    with _open(context, corpus) as opened:
        place = to or opened.reports / "report.html"
        written = write_report(opened, place, coder=coder)
    if as_json:
        _print_json(written.to_json())
    else:
        if written.note:
            _say(written.note)
        typer.echo(str(place.resolve()))


# -- what the commands share -----------------------------------------------------------------------


def _corpus_folder(context: typer.Context, named: str | None, *, required: bool) -> Path | None:
    from textmine.store.corpus import locate

    folder = locate(named or context.obj)
    if required or named or context.obj or os.environ.get("TEXTMINE_CORPUS"):
        return folder
    return folder if (folder / "corpus.toml").is_file() else None


def _open(context: typer.Context, named: str | None) -> Corpus:
    from textmine.store.corpus import Corpus

    folder = _corpus_folder(context, named, required=True)
    assert folder is not None  # noqa: S101 - required
    return Corpus.open(folder)


def _say_summary(summary: Summary, counts: dict[str, int]) -> None:
    from textmine.ingest import UNCHANGED

    for outcome in summary.outcomes:
        if outcome.state in ("partial", "suspect", "failed"):
            _say(f"  {outcome.state:8} {outcome.path}: {outcome.reason}")
        elif outcome.state == "duplicate" and outcome.reason != UNCHANGED:
            _say(f"  note     {outcome.path}: {outcome.reason}")
    for warning in summary.warnings:
        _say(f"  note     {warning}")
    if summary.ignored:
        left = ", ".join(f"{kind} ({n})" for kind, n in sorted(summary.ignored.items()))
        _say(f"  note     left out what is no document: {left}")
    said = ", ".join(f"{n} {name}" for name, n in counts.items() if n and name != "inputs")
    _say(f"{counts['inputs']} files: {said or 'nothing to do'}")
    if counts["inputs"] and all(outcome.reason == UNCHANGED for outcome in summary.outcomes):
        _say("Nothing changed: all of it is in the corpus already.")


def _coders(corpus: Corpus, model: str | None) -> list[MachineCoder]:
    from textmine.tagging.run import coders_for

    coders, note = coders_for(corpus, model)
    if note:
        _say(f"  note     {note}")
    return coders


def _code(
    corpus: Corpus, coders: list[MachineCoder], *, again: bool = False
) -> list[tuple[str, int]]:
    from textmine.tagging.run import code_corpus

    with _progress("Coding", 0) as step:
        return code_corpus(corpus, coders, again=again, on_step=step)


def _read(file: Path) -> Extraction:
    from textmine.sources import read

    if not file.is_file():
        raise InputError(f"{file} is no file; check the spelling.")
    return read(file)


def _text_of(file: str) -> str:
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


def _document_json(document: Any) -> dict[str, Any]:
    return {
        "id": document.id,
        "path": document.path,
        "sha256": document.sha256,
        "state": document.state,
        "reason": document.reason,
        "detail": document.detail,
        "attributes": [
            {"name": a.name, "value": a.value, "confidence": a.confidence, "ground": a.ground}
            for a in document.attributes
        ],
    }


def _say(text: str) -> None:
    typer.echo(text, err=True)


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _print_line(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False))


def _marked(text: str, highlights: Iterable[tuple[int, int]]) -> str:
    """The text on one line; the highlighted words bold on a terminal, in brackets elsewhere."""
    before, after = ("\x1b[1m", "\x1b[0m") if sys.stdout.isatty() else ("[", "]")
    parts = []
    done = 0
    for start, end in highlights:
        parts += [text[done:start], before, text[start:end], after]
        done = end
    parts.append(text[done:])
    return " ".join("".join(parts).split())


def _table(heads: list[str], rows: list[list[Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(*heads, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    console = Console()
    with console.capture() as shown:
        console.print(table)
    for line in shown.get().splitlines():
        typer.echo(line.rstrip())


@contextmanager
def _progress(what: str, total: int) -> Iterator[Any]:
    """A bar on a terminal, silence elsewhere; gives the function that moves it one step.

    The function takes the name of the step, and optionally a new total.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("[dim]{task.fields[name]}"),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as progress:
        task = progress.add_task(what, total=total or None, name="")

        def step(name: str, total: int | None = None) -> None:
            if total is not None:
                progress.update(task, total=total)
            progress.update(task, advance=1, name=name[:40])

        try:
            yield step
        except KeyboardInterrupt:
            raise StoppedError from None


def main() -> None:
    """Run a command; errors become one sentence and an exit code.

    0 done, 1 some inputs failed, 2 wrong usage, 3 the corpus or the environment is not fit,
    130 stopped from the keyboard.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        app(prog_name="textmine")
    except TextmineError as error:
        _say(f"textmine: {error}")
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
