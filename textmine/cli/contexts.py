"""Commands that show words in their contexts: every place, and what stands beside them."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from textmine.cli.app import app
from textmine.cli.asking import QueryArgument
from textmine.cli.shared import (
    ASK,
    WAITED_FOR,
    Asking,
    CorpusOption,
    JsonOption,
    check_table_file,
    counted,
    open_corpus,
    open_index,
    pointing,
    print_json,
    print_line,
    progress,
    say,
    say_behind,
    table,
)
from textmine.errors import UsageError
from textmine.text.unseen import isolated

if TYPE_CHECKING:
    from textmine.analysis.collocations import Collocate, Collocations
    from textmine.records import Language, Span
    from textmine.search import Index
    from textmine.search.concordance import Concordance
    from textmine.store.corpus import Corpus

_PLACES = 50  # shown of a concordance
_COUNTED = 3000  # clauses whose places are counted: in about a second
_BESIDE = 24  # columns of a line that stand on neither side: page, brackets, a match
_NARROWEST, _WIDEST = 15, 60
_HTML = ".html"
_HTML_WIDTH = 50
_CLAUSES = 10  # of a collocate in JSON

_Sort = Literal["document", "before", "after", "match", "date"]
_SORTED = {"logdice": "logDice", "g2": "G²", "t": "t", "mi": "MI", "times": "frequency"}

_HEADS = [
    "word",
    "near",
    "by chance",
    "logDice",
    "G²",
    "p, all words",
    "t",
    "MI",
    "documents",
    "spread",
]
_SURE = 0.05

HeadsOption = Annotated[
    Literal["en", "fa"], typer.Option(help="Of the heads of columns in the file.")
]


# -- concordance -----------------------------------------------------------------------------------


@app.command(cls=Asking, rich_help_panel=ASK)
def concordance(
    context: typer.Context,
    query: QueryArgument,
    limit: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="How many places: 50 are shown, all are written."),
    ] = None,
    width: Annotated[
        int | None,
        typer.Option(
            min=10,
            max=200,
            metavar="N",
            help="Columns on either side; as the terminal allows.",
            show_default=False,
        ),
    ] = None,
    sort: Annotated[
        _Sort,
        typer.Option(help="before and after sort by the words next to the match, nearest first."),
    ] = "document",
    to: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write the places: .html to read and print; .xlsx, .csv or .jsonl with whole "
            "clauses.",
        ),
    ] = None,
    language: HeadsOption = "en",
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show every place where words occur, each in its context.

    Before and after mean the order of reading: in Persian what comes before a match stands at its
    right, what comes after it at its left. Sorting follows the alphabet, for Persian the Persian
    one. All places are counted, also those that are not shown; of those in more than 3,000 clauses
    only the clauses are, unless they are sorted by words.

    With --json one line for each place: left (what comes before), match, right (what comes after),
    clause, document, page, title, language, start and end in the document, the whole text of the
    clause, and where the match stands in it (highlight).

    Examples:

        textmine concordance 'امور داخلی' --width 30
        textmine concordance 'cultur*' --sort after
        textmine concordance 'خواهرخوانده' --sort before --to sisters.html
    """
    from textmine.search.concordance import WIDTH
    from textmine.search.concordance import concordance as find
    from textmine.search.suggesting import advice

    if to is not None and to.suffix.lower() != _HTML:
        _check_file(to)
    with open_corpus(context, corpus) as opened:
        asked = _expanded(opened, " ".join(query))
        index = open_index(opened, most=WAITED_FOR)
        with pointing(asked), _reading(index, asked) as step:
            if to is None:
                found = find(
                    index,
                    opened.catalogue,
                    asked,
                    sort=sort,
                    limit=limit or _PLACES,
                    counted=_COUNTED,
                    on_step=step,
                )
                advised = () if found.places else advice(asked, index)
            else:
                written, total, notes = _write_places(
                    opened, index, asked, sort, limit, width, to, language, step
                )
    say_behind(index.behind)
    if to is not None:
        rest = f" of {total:,}; --limit N writes more" if written < total else ""
        say(f"Wrote {counted(written, 'place')}{rest} to {to}")
        for note in notes:
            say(f"  note     {note}")
        if as_json:
            print_json({"file": str(to), "places": written, "total": total, "notes": list(notes)})
        return
    if as_json:
        for place in found.places:
            print_line(place.to_json(width or WIDTH))
    else:
        _show_places(found, width)
    shown = counted(len(found.places), "place")
    if found.total is None:
        say(
            f"The first {shown}, of the first {counted(found.clauses, 'clause')}; there are "
            f"{found.matching:,} clauses, and --limit N shows more."
        )
    elif len(found.places) < found.total:
        say(
            f"The first {shown}; there are {found.total:,} in {counted(found.clauses, 'clause')}, "
            "and --limit N shows more."
        )
    else:
        say(shown)
    if found.places:
        say("Before each place: document:page; --json has the ids of the clauses.")
    for sentence in advised:
        say(sentence)


def _check_file(to: Path) -> None:
    from textmine.store.sheets import SUFFIXES

    if to.suffix.lower() not in SUFFIXES:
        raise UsageError(f"{to} must end in .html, .xlsx, .csv or .jsonl.")


def _show_places(found: Concordance, width: int | None) -> None:
    from textmine.search.concordance import WIDTH, lines

    if width is None:
        width = WIDTH
        if sys.stdout.isatty():
            room = (shutil.get_terminal_size().columns - _BESIDE) // 2
            width = min(max(room, _NARROWEST), _WIDEST)
    for line in lines(found.places, width):
        typer.echo(line)


def _write_places(
    opened: Corpus,
    index: Index,
    query: str,
    sort: _Sort,
    limit: int | None,
    width: int | None,
    to: Path,
    language: str,
    step: Callable[[str], object],
) -> tuple[int, int, tuple[str, ...]]:
    """How many places were written, how many there are, and what is to be said of the file."""
    from textmine.search.concordance import COLUMNS, all_places
    from textmine.search.concordance import concordance as find

    if to.suffix.lower() == _HTML:
        from textmine.reports.concordance import MOST, Listed, write_concordance

        found = find(index, opened.catalogue, query, sort=sort, limit=limit or MOST, on_step=step)
        total = found.total or 0
        write_concordance(
            to, Listed(query, sort, total, found.clauses), found.places, width or _HTML_WIDTH
        )
        return len(found.places), total, ()

    from textmine import __version__
    from textmine.store.sheets import write_table

    places = all_places(index, opened.catalogue, query, sort=sort, on_step=step)
    rows = (place.row() for place in islice(places, limit))
    about = [("query", query), ("sort", sort), ("textmine", __version__)]
    done = write_table(to, COLUMNS, rows, about, language=language)
    return done.rows, done.rows, done.notes


def _expanded(opened: Corpus, typed: str) -> str:
    """The query, with saved searches for their names."""
    from textmine.store.searches import expanded, saved_searches

    return expanded(typed, saved_searches(opened.catalogue))


@contextmanager
def _reading(index: Index, query: str) -> Iterator[Any]:
    with progress("Reading", index.search(query, limit=1, facets=False).total) as step:
        yield step


# -- collocations ----------------------------------------------------------------------------------


@app.command(cls=Asking, rich_help_panel=ASK)
def collocations(
    context: typer.Context,
    query: QueryArgument,
    limit: Annotated[
        int, typer.Option(min=1, metavar="N", help="How many words of a language to show.")
    ] = 20,
    window: Annotated[
        int, typer.Option(min=1, max=50, metavar="N", help="So many words on a side are near.")
    ] = 5,
    side: Annotated[
        Literal["both", "before", "after"], typer.Option(help="On which side, as one reads.")
    ] = "both",
    sort: Annotated[
        Literal["logdice", "g2", "t", "mi", "times"], typer.Option(help="By which measure.")
    ] = "logdice",
    documents: Annotated[
        int, typer.Option(min=1, metavar="N", help="A word must stand near in so many documents.")
    ] = 2,
    all_words: Annotated[
        bool, typer.Option("--all-words", help="Also words like the, of, از, را.")
    ] = False,
    to: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Write all words with their clauses (.xlsx, .csv or .jsonl)."
        ),
    ] = None,
    language: HeadsOption = "en",
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find the words that stand near other words more often than by chance.

    The forms of a word count as one. logDice says how strong the tie is (14 at most, one more is
    twice as strong); G² and its p, all words judged together, how sure it is that this is no
    chance; t prefers frequent words, MI rare ones. "By chance" is how often the word would stand
    there by its number in all clauses of the language. Spread is 0 for a word that stands there in
    all documents alike, 1 for one that keeps to a single document. Shown are words whose p is under
    0.05 when taken alone; --json and --to have all, each with the query that finds its clauses.

    Examples:

        textmine collocations 'خواهرخوانده'
        textmine collocations '"internal affairs"' --side before --window 3
        textmine collocations 'فرهنگ language:fa' --sort g2 --to culture.xlsx
    """
    from textmine.analysis.collocations import collocations as find

    check_table_file(to)
    with open_corpus(context, corpus) as opened:
        asked = _expanded(opened, " ".join(query))
        index = open_index(opened, most=WAITED_FOR)
        with pointing(asked):
            matches = _matches(index, opened, asked)
        with progress("Counting words", opened.catalogue.clause_count()) as step:
            found = find(
                _stepping(opened.catalogue.clauses(), step),
                matches,
                key=_any_key if all_words else _telling_key,
                window=window,
                side=side,
                order=sort,
                fewest_documents=documents,
            )
    say_behind(index.behind)
    if to is not None:
        _write_collocates(found, asked, window, to, language)
    if as_json:
        print_json(
            {
                "query": asked,
                "window": window,
                "side": side,
                "sizes": {name: sizes._asdict() for name, sizes in found.sizes.items()},
                "collocates": [
                    _row(each, asked, window)
                    | {"clauses": list(each.clauses[:_CLAUSES]), "clause_count": each.clause_count}
                    for each in found.collocates
                ],
            }
        )
    else:
        _show_collocates(found, asked, window, sort, limit)


def _matches(index: Index, opened: Corpus, query: str) -> dict[str, list[Span]]:
    """Where the words occur in each clause."""
    from textmine.records import Span
    from textmine.search.concordance import all_places

    found: dict[str, list[Span]] = {}
    with _reading(index, query) as step:
        for place in all_places(index, opened.catalogue, query, on_step=step):
            found.setdefault(place.clause, []).append(Span(place.start, place.end))
    return found


def _stepping(clauses: Iterator[Any], step: Callable[[str], object]) -> Iterator[Any]:
    for each in clauses:
        step("")
        yield each


@lru_cache(maxsize=1 << 16)
def _any_key(word: str, language: Language) -> str:
    """The form that the forms of a word share, as search has it."""
    from textmine.search.words import words
    from textmine.text.language import language_of

    if language_of(word) != language:
        return ""
    return next((found.stem for found in words(word)), "")


@lru_cache(maxsize=1 << 16)
def _telling_key(word: str, language: Language) -> str:
    from textmine.text.function_words import is_function_word

    return "" if is_function_word(word, language) else _any_key(word, language)


def _query_near(query: str, word: str, window: int) -> str:
    """The query that finds the clauses in which a word stands near the match.

    NEAR tells the words between, one less than a window has. Where the query has more than one word
    or phrase, the clauses that have both.
    """
    from textmine.search.query import Every, FieldIs, Near, Text, as_word, canonical, parse

    node = parse(query)
    items = node.items if isinstance(node, Every) else (node,)
    asked = [each for each in items if not isinstance(each, FieldIs)]
    beside = as_word(word)
    only = asked[0]
    if len(asked) == 1 and isinstance(only, Text) and (only.quoted or " " not in only.text):
        near = Near((only, beside), max(1, window - 1), 1)
        rest = tuple(each for each in items if isinstance(each, FieldIs))
        return canonical(Every((near, *rest)) if rest else near)
    return canonical(Every((node, beside)))


def _row(each: Collocate, query: str, window: int) -> dict[str, Any]:
    figures = asdict(each)
    for name, value in figures.items():
        if isinstance(value, float):
            figures[name] = float(f"{value:.6g}")
    clauses = figures.pop("clauses")
    return {
        **figures,
        "query": _query_near(query, each.word, window),
        "clauses": list(clauses),
    }


def _write_collocates(
    found: Collocations, query: str, window: int, to: Path, language: str
) -> None:
    from textmine import __version__
    from textmine.store.sheets import Column, write_table

    columns = (
        Column("word", "واژه", 18),
        Column("language", "زبان", 8),
        Column("times", "در کنار", 8),
        Column("before", "پیش از آن", 8),
        Column("after", "پس از آن", 8),
        Column("expected", "انتظار", 10),
        Column("in_corpus", "در پیکره", 10),
        Column("logdice", "logDice", 10),
        Column("g2", "G²", 10),
        Column("p", "p", 10),
        Column("adjusted", "p اصلاح‌شده", 10),
        Column("t", "t", 8),
        Column("mi", "MI", 8),
        Column("documents", "اسناد", 8),
        Column("spread", "پراکندگی", 10),
        Column("clause_count", "شمار بندها", 10),
        Column("query", "پرسش", 30),
        Column("clauses", "بندها", 40),
    )
    about = [("asked", query), ("window", window), ("textmine", __version__)]
    rows = (_row(each, query, window) for each in found.collocates)
    done = write_table(to, columns, rows, about, language=language)
    say(f"Wrote {counted(done.rows, 'word')} to {to}")
    for note in done.notes:
        say(f"  note     {note}")


def _show_collocates(found: Collocations, query: str, window: int, sort: str, limit: int) -> None:
    from textmine.analysis.wording import NAMES

    if not found.sizes:
        say("The words do not occur.")
        return
    for language, sizes in found.sizes.items():
        typer.echo(
            f"{NAMES[language]}: {counted(sizes.matches, 'place')} in "
            f"{counted(sizes.documents, 'document')}, {sizes.near:,} words near them of "
            f"{sizes.words:,}, by {_SORTED[sort]}"
        )
        own = [each for each in found.of(language) if each.p < _SURE]
        if not own:
            typer.echo("  no word stands near them in enough documents and more than by chance")
            continue
        table(_HEADS, [_cells(each) for each in own[:limit]])
        first = _query_near(query, own[0].word, window)
        typer.echo(f"  the clauses of the first: textmine search {isolated(shlex.quote(first))}")
        if len(own) > limit:
            say(f"{len(own) - limit:,} more; --limit N shows them.")


def _cells(each: Collocate) -> list[object]:
    return [
        isolated(each.word),
        each.times,
        f"{each.expected:.1f}",
        f"{each.logdice:.1f}",
        f"{each.g2:.1f}",
        "< 0.001" if each.adjusted < 0.001 else f"{each.adjusted:.3f}",
        f"{each.t:.1f}",
        f"{each.mi:.1f}",
        each.documents,
        "–" if each.spread is None else f"{each.spread:.2f}",
    ]
