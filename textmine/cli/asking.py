"""Commands that search."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from textmine.cli.app import app
from textmine.cli.shared import (
    ASK,
    WAITED_FOR,
    Asking,
    CorpusOption,
    JsonOption,
    check_table_file,
    counted,
    marked,
    open_corpus,
    open_index,
    pointing,
    print_json,
    progress,
    say,
    say_behind,
    table,
)
from textmine.text.unseen import isolated, plain

if TYPE_CHECKING:
    from textmine.search import Found, Hit, Index
    from textmine.search.asking import Asked
    from textmine.store.corpus import Corpus
    from textmine.store.searches import SavedSearch
    from textmine.store.sheets import Written

Sort = Literal["score", "date", "document"]

LimitOption = Annotated[int, typer.Option(min=1, metavar="N", help="How many hits to show.")]
QueryArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="QUERY",
        help="Words, phrases and fields. Put -- before a query that begins with a minus.",
    ),
]


@app.command(cls=Asking, rich_help_panel=ASK)
def search(
    context: typer.Context,
    query: QueryArgument,
    limit: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="How many hits: 20 are shown, all are written."),
    ] = None,
    offset: Annotated[
        int, typer.Option(min=0, metavar="N", help="Pass over the first N hits.")
    ] = 0,
    sort: Annotated[
        Sort | None,
        typer.Option(help="The best first; or by date, by document.", show_default=False),
    ] = None,
    any_word: Annotated[
        bool,
        typer.Option("--any", help="Some of the words are enough, as in a question; best first."),
    ] = False,
    semantic: Annotated[
        bool, typer.Option("--semantic", help="Also clauses that mean it, in both languages.")
    ] = False,
    to: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write the hits, whole and with their provenance (.xlsx, .csv, .jsonl).",
        ),
    ] = None,
    language: Annotated[
        Literal["en", "fa"], typer.Option(help="Of the heads of columns in the file.")
    ] = "en",
    save: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Save the search; search @NAME asks it again."),
    ] = None,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find clauses by words and fields, in any spelling of Persian.

    Words must all occur. "quotes" make a phrase, OR joins, -word leaves out, word* is a prefix,
    "a b"~5 asks for words near each other, @NAME is a saved search. With ? or ؟ at its end it is a
    question: some of the words are enough.

    Fields: `code:cultural` `language:fa` `kind:agreement` `year:1993..2005` `year:1372..1384`
    `document:3` `country:KG` `party:Kashan` `title:friendship` `article:5`

    With --to every hit is a row: the whole clause, where it stands in which file, its codes and
    who gave them, and the versions of what read it.

    Examples:

        textmine search 'همکاری فرهنگی'
        textmine search 'code:non-interference language:en' --sort date
        textmine search 'museum OR موزه' --to museums.xlsx
        textmine search 'مدت اعتبار تفاهم‌نامه چند سال است؟'
        textmine search 'گردشگری سال:1390..1400' --save tourism
        textmine search '@tourism language:fa'
    """
    from textmine.search.asking import advised, asked, find
    from textmine.search.translations import with_counterparts
    from textmine.store.searches import checked_name, saved_searches, use

    check_table_file(to)
    name = None if save is None else checked_name(save)
    with open_corpus(context, corpus) as opened:
        known = saved_searches(opened.catalogue)
        whole = asked(" ".join(query), known, sort or "", any_word, semantic)
        index = open_index(opened, most=WAITED_FOR)
        with pointing(whole.query):
            if to is None:
                found = find(index, whole, limit or _SHOWN, offset, facets=True)
                found = replace(found, hits=with_counterparts(opened, found.hits))
            else:
                found, written = _written(opened, index, whole, to, limit, offset, language)
        if name is not None:
            _save(opened, name, whole, found.total)
        advice = () if found.total else advised(index, whole)
    if as_json:
        value = found.to_json()
        if to is not None:
            value = {"file": str(to), "clauses": written.rows, "notes": list(written.notes)}
        print_json(value | ({} if found.total else {"advice": list(advice)}))
    elif to is None:
        _show(found, offset)
        if whole.question and not (whole.any_word or whole.semantic):
            say("  note     read as a question: some of the words are enough")
    _tell(found, () if as_json else advice)
    if to is not None:
        best = "the best " if whole.semantic else ""
        say(f"Wrote {best}{counted(written.rows, 'clause')} to {to}")
        for note in written.notes:
            say(f"  note     {note}")
    if name is not None:
        say(f"Saved: textmine search {shlex.quote(use(name))}")


@app.command(rich_help_panel=ASK)
def searches(
    context: typer.Context,
    forget: Annotated[
        str | None, typer.Option(metavar="NAME", help="Take a saved search away.")
    ] = None,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the saved searches, with how many clauses they found then and find now.

    Any query may use one: `@NAME`, or `@"NAME"` where the name has spaces.

    Examples:

        textmine searches
        textmine search '@tourism language:fa'
        textmine searches --forget tourism
    """
    from textmine.store.searches import forget_search, saved_searches, use

    with open_corpus(context, corpus) as opened:
        if forget is not None:
            gone = forget_search(opened.catalogue, forget)
            if as_json:
                print_json({"forgotten": gone.to_json()})
            else:
                say(f"Forgotten. To save it again: {_command(gone)}")
            return
        known = saved_searches(opened.catalogue)
        listed = []
        if known:
            index = open_index(opened, most=WAITED_FOR)
            listed = [{**each.to_json(), **_now(index, each, known)} for each in known.values()]
    if as_json:
        print_json({"searches": listed})
        return
    if not listed:
        say("No search is saved. Save one with: textmine search QUERY --save NAME")
        return
    table(
        ["name", "query", "saved", "found then", "now"],
        [
            [
                isolated(use(each["name"])),
                isolated(each["query"]) + "".join(f" {option}" for option in _options(each)),
                each["saved_at"][:10],
                "–" if each["semantic"] else each["hits"],
                "?" if each["fault"] else "–" if each["now"] is None else each["now"],
            ]
            for each in listed
        ],
    )
    for each in listed:
        if each["fault"]:
            say(f"  note     {use(each['name'])}: {each['fault']}")


# -- searching -------------------------------------------------------------------------------------

_SHOWN = 20
_FACET = 8  # values of a facet that are shown


def _written(
    corpus: Corpus,
    index: Index,
    asked: Asked,
    to: Path,
    limit: int | None,
    offset: int,
    language: str,
) -> tuple[Found, Written]:
    from textmine.search.asking import find_all
    from textmine.search.exporting import export_hits

    found, hits = find_all(index, asked, limit, offset)
    expected = max(0, found.total - offset)
    with progress("Writing", expected if limit is None else min(limit, expected)) as step:
        return found, export_hits(corpus, hits, to, asked.typed, language=language, on_step=step)


def _save(corpus: Corpus, name: str, asked: Asked, hits: int) -> None:
    from textmine.store.catalogue import now
    from textmine.store.searches import SavedSearch, save_search

    options = asked.sort, asked.any_word, asked.semantic
    save_search(corpus.catalogue, SavedSearch(name, asked.typed, *options, hits, now()))


# -- on the screen ---------------------------------------------------------------------------------


def _show(found: Found, offset: int) -> None:
    mixed = len({hit.language for hit in found.hits}) > 1
    for hit in found.hits:
        typer.echo(_place(hit, mixed))
        typer.echo(f"    {_snippet(hit)}")
    shown = f"{len(found.hits)} shown"
    if offset:
        shown = f"{offset + 1} to {offset + len(found.hits)} shown" if found.hits else "none shown"
    # Meaning has no end to count to: what is counted is what the fields of the query allow.
    how = f"ranked among {found.among}" if found.among else "found"
    typer.echo(f"{counted(found.total, 'clause')} {how}, {shown}")
    for facet, counts in found.facets.items():
        listed = [f"{plain(name)} ({count})" for name, count in counts.items()]
        left = found.values.get(facet, len(listed)) - _FACET
        more = f", {left} more" if left > 0 else ""
        if listed:
            typer.echo(f"  {facet}: {', '.join(listed[:_FACET])}{more}")


def _place(hit: Hit, mixed: bool) -> str:
    """Where a clause stands: title, page, id, its number and heading, and how it was found."""
    parts = [
        isolated(_line(hit.title)),
        f"page {hit.page}",
        hit.clause,
        _line(hit.number or ""),
        isolated(_line(hit.heading or "")),
        hit.language if mixed else "",
        "by meaning" if hit.by == ("meaning",) else "",
        f"translation {hit.counterpart}" if hit.counterpart else "",
    ]
    return " · ".join(filter(None, parts))


def _snippet(hit: Hit) -> str:
    start, end = hit.snippet
    inside = [
        (max(first, start) - start, min(last, end) - start)
        for first, last in hit.highlights
        if first < end and last > start
    ]
    text = marked(hit.text[start:end], inside)
    before, after = "… " if start else "", " …" if end < len(hit.text) else ""
    return isolated(f"{before}{text}{after}", hit.language)


def _line(text: str) -> str:
    return " ".join(plain(text).split())


def _tell(found: Found, advice: Iterable[str]) -> None:
    say_behind(found.behind)
    if found.missing:
        say(f"  note     {found.missing}")
    for sentence in advice:
        say(sentence)


# -- saved searches --------------------------------------------------------------------------------


def _now(index: Index, saved: SavedSearch, known: Mapping[str, SavedSearch]) -> dict[str, Any]:
    from textmine.search.asking import found_now

    now, fault = found_now(index, saved, known)
    return {"now": now, "fault": None if fault is None else str(fault)}


def _options(saved: Mapping[str, Any]) -> list[str]:
    return [
        *([] if saved["sort"] == "score" else ["--sort", saved["sort"]]),
        *(["--any"] if saved["any_word"] else []),
        *(["--semantic"] if saved["semantic"] else []),
    ]


def _command(saved: SavedSearch) -> str:
    parts = [
        "textmine",
        "search",
        *_options(saved.to_json()),
        "--save",
        saved.name,
        "--",
        saved.query,
    ]
    return shlex.join(parts)
