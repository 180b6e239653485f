"""Commands that count, compare and test."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from textmine.cli.app import app
from textmine.cli.shared import (
    ASK,
    WAITED_FOR,
    CorpusOption,
    JsonOption,
    check_table_file,
    counted,
    open_corpus,
    open_index,
    print_json,
    say,
    table,
)
from textmine.errors import InputError, UsageError

if TYPE_CHECKING:
    from textmine.analysis.crosstabs import Crosstab, Independence, Residual, Untested
    from textmine.analysis.dimensions import Dimension
    from textmine.analysis.keyness import Keyness, Keyword
    from textmine.analysis.measures import Interval
    from textmine.analysis.reuse import Reuse
    from textmine.analysis.trends import Lacking, Ratio, Trend
    from textmine.figures import Figure
    from textmine.records import Document
    from textmine.reports.material import Material
    from textmine.search import Index
    from textmine.store.catalogue import StoredClause
    from textmine.store.corpus import Corpus

analyse = typer.Typer(
    help="Count, compare and test: cross tables, trends, keywords, co-occurrence, reuse.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(analyse, name="analyse", rich_help_panel=ASK)

ToOption = Annotated[
    Path | None,
    typer.Option(
        "--to", metavar="FILE", help="Write every figure with its clauses (.xlsx, .csv, .jsonl)."
    ),
]
CoderOption = Annotated[
    str | None, typer.Option(metavar="CODER", help="Whose codings; those that stand otherwise.")
]
SchemeOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="Rows are groups of a scheme: iran-governments, regions, mine.yaml."
    ),
]
HomeOption = Annotated[
    str, typer.Option(metavar="CODE", help="A country that is party to all; not counted (IR).")
]
FigureOption = Annotated[
    Path | None,
    typer.Option("--figure", metavar="FILE", help="Draw it, too: a name in .svg or .png."),
]
LanguageOption = Annotated[
    Literal["en", "fa"], typer.Option("--language", help="Of the words in the figure.")
]
ShowOption = Annotated[
    int, typer.Option("--limit", min=1, metavar="N", help="How many lines to show.")
]

_SURE = 0.05
_CODE = "code"
_SHOWN_TEXT = 90  # characters of a clause on one line

_LACKING = {
    "nothing": "there is nothing to count",
    "few-documents": "there are too few documents",
    "one-period": "there is only one year or period",
    "all-alike": "all are alike, so nothing can rise or fall",
    "overlap": "the two groups have a period in common",
    "side-alike": "the documents of one side are all alike",
    "one-row": "there is only one row",
    "one-column": "there is only one column",
    "row-per-document": "every row is one document, so documents have nothing to exchange",
    "no-words-in-target": "the first part has no words in it",
    "no-words-in-reference": "the second part has no words in it",
}


# -- cross tables ---------------------------------------------------------------------------------


@analyse.command("crosstab")
def cross_table(
    context: typer.Context,
    rows: Annotated[
        str,
        typer.Option(
            metavar="FIELD",
            help="language, year, kind, document, country, party, code, or a field of yours.",
        ),
    ] = "language",
    columns: Annotated[str, typer.Option(metavar="FIELD", help="The same; code by default.")] = (
        _CODE
    ),
    scheme: SchemeOption = None,
    home: HomeOption = "",
    control: Annotated[
        Literal["holm", "bh"],
        typer.Option(help="How the p-values of cells are judged together."),
    ] = "holm",
    to: ToOption = None,
    figure: FigureOption = None,
    language: LanguageOption = "en",
    coder: CoderOption = None,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Count clauses by rows and columns, and say which cells differ from chance.

    A clause with several codes counts in several columns. Tests exchange whole documents, because
    clauses of one document are alike. ▲ and ▼ mark cells above and below chance (p under 0.05,
    all cells judged together).

    Examples:

        textmine analyse crosstab --rows language
        textmine analyse crosstab --scheme iran-governments --to governments.csv
        textmine analyse crosstab --scheme regions --home IR --columns kind
        textmine analyse crosstab --rows language --figure codes.svg --language fa
    """
    from textmine.analysis.crosstabs import Observation, Untested, crosstab, independence, residuals
    from textmine.analysis.dimensions import UNREAD, dimension
    from textmine.analysis.grouping import UNKNOWN

    check_table_file(to)
    _check_picture(figure)
    with open_corpus(context, corpus) as opened:
        material = _material(opened, coder, needs_codes=_CODE in (rows, columns))
        known = material.documents, material.codes
        down = dimension(rows, *known, scheme=scheme, home=home)
        across = dimension(columns, *known, home=home)
    made = crosstab(
        (
            Observation(row, column, each.stored.clause.id, each.document)
            for each in material.clauses
            for row in down.of(each)
            for column in across.of(each)
        ),
        rows=down.used(material.clauses),
        columns=across.used(material.clauses),
    )
    without = (UNKNOWN, UNREAD)
    tested = independence(made, without=without)
    cells = residuals(made, without=without, control=control)
    told: Mapping[tuple[str, str], Residual] = {} if isinstance(cells, Untested) else cells
    listed = [
        {
            "row": down.names.get(row, row),
            "column": across.names.get(column, column),
            "count": made.cell(row, column).count,
            "share": _rounded(made.share(row, column)),
            **_residual(told.get((row, column))),
            "clauses": list(made.cell(row, column).clauses),
        }
        for row in made.rows
        for column in made.columns
    ]
    _write(to, listed)
    if figure is not None:
        _draw_table(figure, language, made, down, across, told)
    if as_json:
        print_json(
            {
                "rows": [down.names.get(row, row) for row in made.rows],
                "columns": [across.names.get(column, column) for column in made.columns],
                "totals": {
                    "rows": {down.names.get(k, k): v.count for k, v in made.row_totals.items()},
                    "columns": {
                        across.names.get(k, k): v.count for k, v in made.column_totals.items()
                    },
                    "all": made.total.count,
                },
                "cells": listed,
                "control": control,
                "test": _test_json(tested),
                "without_row": down.left_out,
            }
        )
        return
    _show_table(made, down, across, told)
    typer.echo(_test_said(tested))
    _say_left_out(down.left_out)
    _say_written(to, len(listed), "cell")


def _draw_table(
    to: Path,
    language: Literal["en", "fa"],
    made: Crosstab,
    down: Dimension,
    across: Dimension,
    cells: Mapping[tuple[str, str], Residual],
) -> None:
    """A heat map of a cross table: by residuals where they could be computed, else by counts."""
    from textmine.figures import Table, heat_map

    counts = tuple(
        tuple(float(made.cell(row, column).count) for column in made.columns) for row in made.rows
    )
    residuals = [
        [
            cells[row, column].value if (row, column) in cells else math.nan
            for column in made.columns
        ]
        for row in made.rows
    ]
    drawn = Table(
        tuple(down.name(row, language) for row in made.rows),
        tuple(across.name(column, language) for column in made.columns),
        counts,
    )
    title = {"en": "Clauses", "fa": "شمار بندها"}[language]
    _save(heat_map(drawn, language, title=title, residuals=residuals if cells else None), to)


def _residual(found: Residual | None) -> dict[str, Any]:
    names = ("expected", "value", "p", "adjusted", "naive_p")
    return {
        "residual" if name == "value" else name: _rounded(getattr(found, name, None))
        for name in names
    }


def _show_table(
    made: Crosstab,
    down: Dimension,
    across: Dimension,
    cells: Mapping[tuple[str, str], Residual],
) -> None:
    def shown(row: str, column: str) -> str:
        count = made.cell(row, column).count
        found = cells.get((row, column))
        sure = found is not None and found.adjusted is not None and found.adjusted < _SURE
        mark = "" if not sure or found is None else " ▲" if found.value > 0 else " ▼"
        return (f"{count} {made.share(row, column):.0%}" if count else "–") + mark

    grid: list[list[Any]] = [
        ["", "total", *(across.names.get(column, column) for column in made.columns)]
    ]
    for row in made.rows:
        cells_of_row = (shown(row, column) for column in made.columns)
        grid.append([down.names.get(row, row), made.row_totals[row].count, *cells_of_row])
    totals = (made.column_totals[column].count for column in made.columns)
    grid.append(["total", made.total.count, *totals])
    if len(made.columns) > len(made.rows):  # a terminal has more room below than to the side
        grid = [list(line) for line in zip(*grid, strict=True)]
    table(grid[0], grid[1:])


def _test_json(tested: Independence | Untested) -> dict[str, Any]:
    return {name: _rounded(value) for name, value in asdict(tested).items()}


def _test_said(tested: Independence | Untested) -> str:
    from textmine.analysis.crosstabs import Untested

    if isinstance(tested, Untested):
        return f"No test: {_why(tested.reason)}."
    return (
        f"Rows and columns: p = {_p(tested.p)} from {tested.permutations:,} exchanges of "
        f"{tested.documents} documents; Cramér's V {tested.cramers_v:.2f}. (Pearson's chi-square "
        f"{tested.chi2:.1f}, {tested.df} df, would give p = {_p(tested.naive_p)}: it takes clauses "
        "of one document for independent.)"
    )


# -- trends ---------------------------------------------------------------------------------------


@analyse.command("trend")
def code_trend(
    context: typer.Context,
    code: Annotated[str, typer.Argument(metavar="CODE", help="A code, by its id or name.")],
    scheme: SchemeOption = None,
    split: Annotated[
        int | None,
        typer.Option(metavar="YEAR", help="Compare the years before it with those from it on."),
    ] = None,
    to: ToOption = None,
    figure: FigureOption = None,
    language: LanguageOption = "en",
    coder: CoderOption = None,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show how often a code comes over the years, or over the periods of a scheme.

    The share of clauses that carry it, with its interval; documents are the unit of intervals and
    of the test of a trend, because clauses of one document are alike. For the test periods are as
    far apart as the middles of their days.

    Examples:

        textmine analyse trend cultural
        textmine analyse trend cultural --scheme iran-governments --split 2013
    """
    from textmine.analysis.grouping import by_attribute, by_scheme, middles
    from textmine.analysis.overview import year_of
    from textmine.analysis.trends import Lacking, Marked, share_ratio, trend
    from textmine.schemes import load_scheme

    check_table_file(to)
    _check_picture(figure)
    with open_corpus(context, corpus) as opened:
        material = _material(opened, coder)
    chosen = _code_named(code, material)
    if scheme is None:
        grouping, scores = by_attribute(material.documents, "year"), None
    else:
        loaded = load_scheme(scheme)
        if loaded.kind != "periods":
            raise UsageError(f"{scheme} groups {loaded.kind}; a trend needs a scheme of periods.")
        grouping, scores = by_scheme(material.documents, loaded), middles(loaded)
    read = [each for each in material.clauses if each.read]
    marked = [
        Marked(each.stored.clause.id, each.document, row, chosen in each.codes)
        for each in read
        for row in grouping.of.get(each.document, ())
    ]
    used = {each.period for each in marked}
    places = [place for place, row in enumerate(grouping.rows) if row in used]
    rows = grouping.rows[min(places, default=0) : max(places, default=-1) + 1]
    found = trend(marked, periods=rows, scores=scores)
    ratio: Ratio | Lacking | None = None
    if split is not None:
        years = {each.id: year_of(each) for each in material.documents}
        halves = ("from", "before")
        ratio = share_ratio(
            (
                Marked(
                    each.stored.clause.id,
                    each.document,
                    halves[int(years[each.document]) < split],
                    chosen in each.codes,
                )
                for each in read
                if years[each.document].isdecimal()
            ),
            ["before"],
            ["from"],
        )
    listed = [
        {
            "period": grouping.names.get(each.period, each.period),
            "clauses": len(each.clauses),
            "carrying": len(each.carrying),
            "share": _rounded(each.share),
            "low": _end(each.interval, 0),
            "high": _end(each.interval, 1),
            "interval": each.method or f"none: {getattr(each.interval, 'reason', '')}",
            "documents": each.documents,
            "carrying_documents": each.carrying_documents,
            "carrying_clauses": list(each.carrying),
            "all_clauses": list(each.clauses),
        }
        for each in found.shares
    ]
    _write(to, listed)
    if figure is not None:
        names = grouping.names if language == "en" else _persian_names(scheme)
        _draw_trend(figure, language, found, names, chosen, material)
    if as_json:
        print_json(
            {
                "code": chosen,
                "periods": listed,
                "test": {k: _rounded(v) for k, v in asdict(found.test).items()},
                "split": None if ratio is None else {"year": split, **_json_of(ratio)},
                "without_date": grouping.left_out(),
            }
        )
        return
    table(
        ["", "clauses", "carry it", "share", "95 %", "documents", "of these carry it"],
        [
            [
                each["period"],
                each["clauses"],
                each["carrying"],
                "–" if each["share"] is None else f"{each['share']:.0%}",
                "–" if each["low"] is None else f"{each['low']:.0%} to {each['high']:.0%}",
                each["documents"],
                each["carrying_documents"],
            ]
            for each in listed
        ],
    )
    typer.echo(_trend_said(found))
    if isinstance(ratio, Lacking):
        typer.echo(f"Before and from {split}: not computable, {_why(ratio.reason)}.")
    elif ratio is not None:
        typer.echo(
            f"From {split} on {ratio.later:.1%}, before {ratio.earlier:.1%}: {_times(ratio)}, "
            f"p = {_p(ratio.p)}."
        )
    _say_left_out(grouping.left_out())
    _say_written(to, len(listed), "period")


def _draw_trend(
    to: Path,
    language: Literal["en", "fa"],
    found: Trend,
    periods: Mapping[str, str],
    code: str,
    material: Material,
) -> None:
    from textmine.analysis.trends import Lacking
    from textmine.figures import TrendPoint, trend_lines

    codes = {each.id: each.name.get(language, each.id) for each in material.codes}
    title = codes.get(code, code)
    points = [
        TrendPoint(
            title,
            int(each.period) if each.period.isdecimal() else periods.get(each.period, each.period),
            each.share,
            None if isinstance(each.interval, Lacking) else (each.interval.low, each.interval.high),
        )
        for each in found.shares
        if each.share is not None
    ]
    _save(trend_lines(points, language, title=title, shares=True), to)


def _trend_said(found: Trend) -> str:
    from textmine.analysis.trends import Lacking

    test = found.test
    if isinstance(test, Lacking):
        return f"No test of a trend: {_why(test.reason)}."
    way = "rises" if test.z > 0 else "falls"
    shown = f"The share {way} over time" if test.p < _SURE else "No trend can be shown"
    return (
        f"{shown} (Cochran-Armitage z {test.z:+.2f}): p = {_p(test.p)} from "
        f"{test.permutations:,} exchanges of the dates of {test.documents} documents."
    )


def _times(ratio: Ratio) -> str:
    from textmine.analysis.trends import Lacking

    if ratio.value is None:
        return "no ratio to a share of 0"
    said = f"{ratio.value:.2f} times as often"
    if isinstance(ratio.interval, Lacking):
        return f"{said} (no interval: {_why(ratio.interval.reason)})"
    return f"{said} (95 % {ratio.interval.low:.2f} to {ratio.interval.high:.2f})"


def _end(interval: Interval | Lacking, place: int) -> float | None:
    from textmine.analysis.trends import Lacking

    return None if isinstance(interval, Lacking) else round(interval[place], 4)


# -- keywords -------------------------------------------------------------------------------------


@analyse.command("keywords")
def find_keywords(
    context: typer.Context,
    target: Annotated[
        str, typer.Argument(metavar="QUERY", help="Clauses to tell of, as textmine search has it.")
    ],
    reference: Annotated[
        str,
        typer.Argument(metavar="[QUERY]", help="Clauses to compare with; else all the others."),
    ] = "",
    limit: ShowOption = 15,
    documents: Annotated[
        int,
        typer.Option(min=1, metavar="N", help="A word must stand in so many documents."),
    ] = 2,
    to: ToOption = None,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find the words that tell one part of the corpus from another, by language.

    Words are whole, with their half-spaces; their forms count as one word; function words and what
    every agreement says are left out. G² orders them; the log ratio says how large the difference
    is (1: twice as often). Shown are those with p under 0.05, all words of a language judged
    together. Spread is 0 for a word that all documents use alike, 1 for one that
    keeps to a single document.

    Examples:

        textmine analyse keywords 'kind:memorandum' 'kind:agreement'
        textmine analyse keywords 'code:cultural' --to cultural.csv
    """
    from textmine.analysis.keyness import keywords
    from textmine.search.found import place_of
    from textmine.topics.words import word_key

    check_table_file(to)
    with open_corpus(context, corpus) as opened:
        index = open_index(opened, most=WAITED_FOR)
        clauses = list(opened.catalogue.clauses())
        _check_any(clauses)
        ours = _found(index, target)
        theirs = _found(index, reference) if reference else None
    placed = [(place_of(each.document, each.clause.ordinal), each) for each in clauses]
    first = [each for place, each in placed if place in ours]
    second = [
        each for place, each in placed if (place not in ours if theirs is None else place in theirs)
    ]
    found = keywords(first, second, key=word_key, fewest_documents=documents)
    listed = [_keyword_row(each) for each in found.keywords]
    _write(to, listed)
    if as_json:
        print_json(
            {
                "clauses": [len(first), len(second)],
                "words": {language: list(sizes) for language, sizes in found.sizes.items()},
                "keywords": listed,
                "lacking": dict(found.lacking),
                "shared": list(found.shared),
            }
        )
        return
    _show_keywords(found, limit)
    if found.shared:
        say(f"  note     {counted(len(found.shared), 'clause')} in both parts left out of both.")
    _say_written(to, len(listed), "word")


def _found(index: Index, query: str) -> frozenset[int]:
    """The places of the clauses that match a query."""
    found = index.places(query)
    if not found:
        raise InputError(f"No clause matches {query!r}. Try it with: textmine search {query!r}")
    return found


def _keyword_row(each: Keyword) -> dict[str, Any]:
    return {
        "word": each.word,
        "language": each.language,
        "of": each.of,
        "g2": _rounded(each.g2),
        "p": _rounded(each.p),
        "adjusted": _rounded(each.adjusted),
        "log_ratio": _rounded(each.log_ratio),
        "difference_percent": _rounded(each.difference),
        **{
            f"{side}_{name}": _rounded(getattr(getattr(each, side), name))
            for side in ("target", "reference")
            for name in ("count", "per_thousand", "documents", "dispersion")
        },
        "target_clauses": list(each.target.clauses),
        "reference_clauses": list(each.reference.clauses),
    }


def _show_keywords(found: Keyness, limit: int) -> None:
    from textmine.analysis.wording import NAMES

    for language, name in NAMES.items():
        if language in found.lacking:
            typer.echo(f"{name}: not compared, {_why(found.lacking[language])}.")
        elif language in found.sizes:
            sizes = found.sizes[language]
            for side, what in ((True, "first"), (False, "second")):
                own = [each for each in found.of(language, target=side) if each.adjusted < _SURE]
                typer.echo(
                    f"{name}: words of the {what} part ({sizes[0]:,} against {sizes[1]:,} words)"
                )
                _show_words(own[:limit], side)
                if not own:
                    typer.echo(
                        "  none stands in enough documents and differs, all words judged together"
                    )


def _show_words(words: Sequence[Keyword], target: bool) -> None:
    if not words:
        return
    body = []
    for each in words:
        more, less = (each.target, each.reference) if target else (each.reference, each.target)
        spread = "–" if more.dispersion is None else f"{more.dispersion:.2f}"
        body.append(
            [
                each.word,
                f"{more.count} / {less.count}",
                f"{each.g2:.1f}",
                _p(each.adjusted),
                f"{each.log_ratio:+.1f}",
                more.documents,
                spread,
            ]
        )
    heads = ["word", "times", "G²", "p (all words)", "log ratio", "documents", "spread"]
    table(heads, body)


# -- co-occurrence --------------------------------------------------------------------------------


@analyse.command("cooccurrence")
def co_occurrence(
    context: typer.Context,
    of: Annotated[
        Literal["codes", "words", "words-codes"],
        typer.Option(help="Codes with codes, words with words, or words with codes."),
    ] = "codes",
    limit: ShowOption = 20,
    to: ToOption = None,
    coder: CoderOption = None,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what stands together in clauses, and how far that is from chance.

    Expected is what chance would give; lift how many times that is reached; NPMI 1 always
    together, 0 by chance, -1 never. Words are paired in each language by itself, the most
    frequent ones only. The p-value judges together all pairs that were tested: those of codes or
    words that are each frequent enough, whether or not they meet.

    Examples:

        textmine analyse cooccurrence
        textmine analyse cooccurrence --of words-codes --to words.csv
    """
    from textmine.analysis.cooccurrence import (
        FEWEST_CLAUSES,
        FEWEST_DOCUMENTS,
        coded,
        together,
        worded,
    )
    from textmine.analysis.wording import NAMES

    check_table_file(to)
    with open_corpus(context, corpus) as opened:
        material = _material(opened, coder, needs_codes=of != "words")
    if of == "codes":
        read = [each for each in material.clauses if each.read]
        found = list(
            together(coded((each.stored.clause.id, each.document, each.codes) for each in read))
        )
    else:
        from textmine.topics.words import word_key

        codes = {each.stored.clause.id: each.codes for each in material.clauses}
        stored = [each.stored for each in material.clauses if each.read or of == "words"]
        found = [
            pair
            for language in NAMES
            for pair in together(
                worded(
                    stored, language, codes=codes if of == "words-codes" else None, key=word_key
                ),
                kinds=("code", "word") if of == "words-codes" else ("word", "word"),
                fewest=FEWEST_CLAUSES,
                fewest_documents=FEWEST_DOCUMENTS,
            )
        ]
        found.sort(key=lambda each: (-each.g2, each.first, each.second))
    listed = [
        {
            "first": each.first.name,
            "second": each.second.name,
            "count": each.count,
            "first_count": each.first_count,
            "second_count": each.second_count,
            "of": each.n,
            "documents": each.documents,
            **{
                name: _rounded(getattr(each, name))
                for name in ("expected", "lift", "jaccard", "phi", "npmi", "g2", "p", "adjusted")
            },
            "clauses": list(each.clauses),
        }
        for each in found
    ]
    _write(to, listed)
    if as_json:
        print_json({"of": of, "pairs": listed})
        return
    if not found:
        typer.echo("No two stand together in enough clauses and documents.")
        return
    table(
        ["", "", "together", "expected", "lift", "Jaccard", "NPMI", "p (all tested)", "documents"],
        [
            [
                each.first.name,
                each.second.name,
                each.count,
                f"{each.expected:.1f}",
                f"{each.lift:.2f}",
                f"{each.jaccard:.2f}",
                f"{each.npmi:+.2f}",
                _p(each.adjusted),
                each.documents,
            ]
            for each in found[:limit]
        ],
    )
    say("p ranks pairs; it takes clauses of one document for independent, which they are not.")
    if len(found) > limit:
        say(f"The first {limit} of {len(found)} pairs; --limit N shows more, --to FILE writes all.")
    _say_written(to, len(listed), "pair")


# -- reuse ----------------------------------------------------------------------------------------


@analyse.command("reuse")
def find_reuse(
    context: typer.Context,
    least: Annotated[
        float,
        typer.Option(min=0.05, max=1.0, metavar="SHARE", help="A pair needs this score."),
    ] = 0.5,
    limit: ShowOption = 20,
    to: ToOption = None,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find clauses of one document that come again in another: who copied whose article.

    The score is the share of runs of five words that both have, 1 when one clause holds all of the
    other; what many documents say is not counted. The earlier document leads; dates do not rule
    out that both took it from a third.

    Examples:

        textmine analyse reuse
        textmine analyse reuse --least 0.3 --to reuse.csv
    """
    from textmine.analysis.overview import year_of
    from textmine.analysis.reuse import reuse

    check_table_file(to)
    with open_corpus(context, corpus) as opened:
        documents = {each.id: each for each in opened.catalogue.documents()}
        clauses = list(opened.catalogue.clauses())
    _check_any(clauses)
    found = reuse(
        clauses,
        {number: each.value("date") or year_of(each) for number, each in documents.items()},
        least=least,
    )
    listed = list(_reuse_rows(found, documents, {each.clause.id: each for each in clauses}))
    _write(to, listed)
    if as_json:
        print_json(
            {
                "pairs": listed,
                "documents": [
                    {"source": source, "copy": copy, "clauses": list(own)}
                    for (source, copy), own in found.matrix.items()
                ],
                "compared": found.compared,
                "short": len(found.short),
                "boilerplate": len(found.boilerplate),
                "boilerplate_beyond_documents": found.most_documents,
            }
        )
        return
    for each in listed[:limit]:
        arrow = "→" if each["direction"] == "dated" else "–"
        typer.echo(
            f"{each['score']:.2f}  {each['source_title']} {arrow} {each['copy_title']}"
            f"  ({each['source']} {arrow} {each['copy']})"
        )
        typer.echo(f"      {each['source_words'][:_SHOWN_TEXT]}")
    if found.matrix:
        table(
            ["from", "to", "clauses"],
            [
                [documents[source].title, documents[copy].title, len(own)]
                for (source, copy), own in sorted(
                    found.matrix.items(), key=lambda each: (-len(each[1]), each[0])
                )[:limit]
            ],
        )
    typer.echo(
        f"{counted(len(found.pairs), 'pair')} among {counted(found.compared, 'clause')}. Left out: "
        f"{len(found.short)} too short to compare, {len(found.boilerplate)} that say only what "
        f"more than {found.most_documents} documents say."
    )
    if len(listed) > limit:
        say(f"The first {limit} are shown; --limit N shows more, --to FILE writes all.")
    elif not listed:
        say(f"No clause comes again at {least:g} or more; --least 0.2 finds looser likeness.")
    _say_written(to, len(listed), "pair")


def _reuse_rows(
    found: Reuse, documents: Mapping[int, Document], clauses: Mapping[str, StoredClause]
) -> Iterator[dict[str, Any]]:
    for each in found.pairs:
        words = [
            " … ".join(" ".join(clauses[clause].clause.text[a:b].split()) for a, b in spans)
            for clause, spans in zip((each.source, each.copy), each.passages, strict=True)
        ]
        yield {
            "score": _rounded(each.score),
            "source": each.source,
            "source_document": each.source_document,
            "source_title": documents[each.source_document].title,
            "copy": each.copy,
            "copy_document": each.copy_document,
            "copy_title": documents[each.copy_document].title,
            "direction": each.direction,
            "language": each.language,
            "runs": each.runs,
            "of_source": _rounded(each.of_source),
            "of_copy": _rounded(each.of_copy),
            "source_words": words[0],
            "copy_words": words[1],
            "source_spans": [list(span) for span in each.passages.first],
            "copy_spans": [list(span) for span in each.passages.second],
        }


# -- what they share ------------------------------------------------------------------------------


def _persian_names(scheme: str | None) -> dict[str, str]:
    """The Persian names of the groups of a scheme."""
    from textmine.schemes import load_scheme

    groups = load_scheme(scheme).groups if scheme is not None else ()
    return {group.id: group.name["fa"] for group in groups}


def _material(opened: Corpus, coder: str | None, *, needs_codes: bool = True) -> Material:
    from textmine.reports.material import gather

    material = gather(opened, coder)
    _check_any(material.clauses)
    if needs_codes and not any(each.read for each in material.clauses):
        raise InputError("Nobody has coded the corpus. Code it with: textmine code")
    if material.counting.outdated and needs_codes:
        say(
            f"  note     Codings follow {material.counting.codebook}, an earlier codebook than the "
            "corpus's. Code again with: textmine code"
        )
    return material


def _check_any(clauses: Sequence[object]) -> None:
    if not clauses:
        raise InputError("The corpus has no clauses. Add documents with: textmine add FILES")


def _code_named(name: str, material: Material) -> str:
    from textmine.text.fold import fold_key

    asked = fold_key(name).replace(" ", "")
    for code in material.codes:
        spellings = (code.id, *code.name.values())
        if asked in (fold_key(each).replace(" ", "") for each in spellings):
            return code.id
    known = ", ".join(code.id for code in material.codes)
    raise UsageError(f'There is no code "{name}". Known are: {known}.')


def _check_picture(figure: Path | None) -> None:
    if figure is not None and figure.suffix.lower() not in (".svg", ".png"):
        raise UsageError(f"{figure} is no picture that can be drawn; end the name in .svg or .png.")


def _save(figure: Figure, to: Path) -> None:
    from textmine.store.whole import save

    save(to, [figure.svg().encode() if to.suffix.lower() == ".svg" else figure.png()])
    say(f"Drew {to}")


def _write(to: Path | None, rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows as a table or as JSON Lines, whole or not at all."""
    from textmine.store.sheets import write_table

    if to is not None:
        heads = list(rows[0]) if rows else []
        for note in write_table(to, heads, rows).notes:
            say(f"  note     {note}")


def _json_of(value: Any) -> dict[str, Any]:
    return {name: _rounded(each) for name, each in asdict(value).items()}


def _rounded(value: Any) -> Any:
    """Six figures of a number, which survive where a p-value is tiny; None for what JSON lacks."""
    if isinstance(value, float):
        return float(f"{value:.6g}") if math.isfinite(value) else None
    return [_rounded(each) for each in value] if isinstance(value, tuple) else value


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def _why(reason: str) -> str:
    return _LACKING.get(reason, reason)


def _say_left_out(reasons: Mapping[str, int]) -> None:
    for reason, count in reasons.items():
        say(f"  note     {counted(count, 'document')} without a row: {reason}.")


def _say_written(to: Path | None, number: int, what: str) -> None:
    if to is not None:
        say(f"Wrote {counted(number, what)} to {to}")
