"""The command that lists the ties of cities."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from textmine.cli.app import app
from textmine.cli.shared import (
    ASK,
    CorpusOption,
    JsonOption,
    check_table_file,
    counted,
    open_corpus,
    print_line,
    progress,
    say,
    table,
)
from textmine.errors import InputError, UsageError

if TYPE_CHECKING:
    from textmine.records import Place, Tie
    from textmine.ties import CorpusTies, Unresolved

_SHOWN = 12  # names without a place that the screen shows

_REASONS = {
    "unknown": "no place of that name is known",
    "ambiguous": "several places bear the name",
    "no-home": "whose partner it is, nothing says",
    "several-parties": "an agreement of more than two",
    "denied": "the sentence denies it",
    "supposed": "the sentence only proposes it",
}


@app.command("ties", rich_help_panel=ASK)
def list_ties(
    context: typer.Context,
    city: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Ties of this city or network, in either language."),
    ] = None,
    country: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="Ties with partners in this country, such as KG."),
    ] = None,
    kind: Annotated[
        Literal[
            "sister-city",
            "memorandum",
            "friendship",
            "protocol",
            "cooperation",
            "membership",
            "other",
        ]
        | None,
        typer.Option(help="Ties of this kind.", show_default=False),
    ] = None,
    since: Annotated[
        int | None,
        typer.Option("--from", metavar="YEAR", help="Made in this year or later, 1373 or 1994."),
    ] = None,
    until: Annotated[
        int | None, typer.Option("--until", metavar="YEAR", help="Made in this year or earlier.")
    ] = None,
    language: Annotated[
        Literal["en", "fa"], typer.Option(help="Language of the names on the screen.")
    ] = "en",
    to: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write them to a file instead (.xlsx, .csv, .jsonl)."),
    ] = None,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the ties of cities that the documents tell: with whom, by what, since when.

    Ties are read from tables, lists and sentences, and from agreements themselves. One line is one
    pair, with all places that tell of it as witnesses, the surest first; what they tell differently
    is listed, never smoothed over. Names that belong to no known place come at the end: add them in
    gazetteer.yaml in the folder of the corpus, and the next call knows them.

    With --json one line for each tie: city, country, partner, partner_country, kind, date,
    calendar, document, page, witnesses and more.

    Examples:

        textmine ties --city Tehran

        textmine ties --city اصفهان --kind sister-city --language fa

        textmine ties --country KG --from 1372 --json

        textmine ties --to ties.csv
    """
    from textmine.schemes.countries import COUNTRIES
    from textmine.ties import corpus_ties
    from textmine.ties.telling import is_in, is_of, tie_json

    check_table_file(to)
    if country is not None:
        country = country.upper()
        if country not in COUNTRIES:
            raise UsageError(f"{country} is no country code of ISO 3166-1; write two letters: KG.")
    if since is not None and until is not None and (since > until):
        raise UsageError(f"From {since} until {until} there is no year; swap them.")
    with open_corpus(context, corpus) as opened:
        with progress("Reading", 0) as step:
            told = corpus_ties(opened, on_step=step)
        if city is not None and not any(is_of(tie, city) for tie in told.ties):
            cities = sorted({tie.city.name["en"] for tie in told.ties})
            listed = (
                f"Cities with ties are: {', '.join(cities[:20])}." if cities else "It has none."
            )
            raise InputError(f'The corpus has no tie of "{city}". {listed}')
        ties = [
            tie
            for tie in told.ties
            if is_of(tie, city)
            and (country is None or country in (tie.partner.country, tie.city.country))
            and kind in (None, tie.kind)
            and is_in(tie.date, since, until)
        ]
    if to is not None:
        _write(to, ties, told)
        say(f"{counted(len(ties), 'tie')} written to {to}")
    elif as_json:
        for tie in ties:
            print_line(tie_json(tie, told))
    else:
        _show(ties, told, language)
    _say_unresolved(told)


# ---- As data ---------------------------------------------------------------------------------


def _write(to: Path, ties: Sequence[Tie], told: CorpusTies) -> None:
    """A file with one line for each tie."""
    from textmine.store.sheets import write_objects, write_table
    from textmine.ties.telling import COLUMNS, tie_json, tie_row

    objects = [tie_json(tie, told) for tie in ties]
    if to.suffix.lower() == ".jsonl":
        write_objects(to, objects)
        return
    for note in write_table(to, COLUMNS, map(tie_row, objects)).notes:
        say(f"  note     {note}")


# ---- On the screen ---------------------------------------------------------------------------

_HEADS = {
    "en": ["City", "Partner", "Kind", "Date", "Status", "Source"],
    "fa": ["شهر", "شریک", "نوع", "تاریخ", "وضعیت", "سند:صفحه"],
}


def _show(ties: Sequence[Tie], told: CorpusTies, language: Literal["en", "fa"]) -> None:
    from textmine.ties.merging import KIND_NAMES, STATUS_NAMES

    at = 0 if language == "en" else 1
    rows: list[list[Any]] = []
    for tie in ties:
        first, code = tie.witnesses[0], tie.partner.country
        undated = "?" if any(each.undated == "unreadable-date" for each in tie.witnesses) else ""
        rows.append(
            [
                _name(tie.city, language),
                f"{_name(tie.partner, language)}{f' ({code})' if code else ''}",
                KIND_NAMES[tie.kind][at],
                f"{tie.date}" if tie.date else undated,
                STATUS_NAMES[tie.status][at],
                f"{first.document}:{first.page}",
            ]
        )
    if rows:
        table(_HEADS[language], rows)
    typer.echo(counted(len(ties), "tie"))
    for number in sorted({tie.witnesses[0].document for tie in ties}):
        typer.echo(f"  {number}: {told.titles.get(number, '')}")
    faults = [fault for tie in ties for fault in tie.disagreements]
    if faults:
        typer.echo(f"\n{counted(len(faults), 'disagreement')} between witnesses:")
        for fault in faults:
            typer.echo(f"  {fault.code:7} {fault.message[language]}")


def _name(place: Place, language: str) -> str:
    return place.name.get(language) or place.name["en"]


def _say_unresolved(told: CorpusTies) -> None:
    """What became no tie, and how to help."""
    groups: dict[tuple[str, str], list[Unresolved]] = {}
    for each in told.unresolved:
        groups.setdefault((each.written, each.reason), []).append(each)
    if not groups:
        return
    say(f"\nBecame no tie ({len(groups)}):")
    for (written, reason), those in list(groups.items())[:_SHOWN]:
        places = ", ".join(f"document {each.document} page {each.page}" for each in those[:2])
        say(f"  {written}: {_REASONS[reason]} ({places})")
    if len(groups) > _SHOWN:
        say(f"  ... and {len(groups) - _SHOWN} more")
    if any(reason in ("unknown", "ambiguous") for _, reason in groups):
        say(_HOW_TO_ADD)


_HOW_TO_ADD = """Add a place in gazetteer.yaml in the folder of the corpus, for example:
  places:
    - {id: own:new-town, name: {en: New Town, fa: شهر نو}, country: IR}"""
