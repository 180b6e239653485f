"""Trends: whether a code comes more often over the years, or over the periods of a scheme."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request, Response

from textmine.analysis.dimensions import CODE, YEAR
from textmine.analysis.trends import Lacking
from textmine.reports.texts import Both
from textmine.schemes import load_scheme
from textmine.store.sheets import Column
from textmine.web.language import Interface, integer
from textmine.web.pages import is_part, page, ui
from textmine.web.people import Reader
from textmine.web.results.counting import SCHEME, CodeTrend, Seen, periods_and_regions
from textmine.web.results.figuring import (
    SURE,
    Picture,
    Sheet,
    asked,
    behind,
    both,
    chance,
    lacking,
    left_out,
    picture,
    settled,
    sheet,
)
from textmine.web.results.labels import Label
from textmine.web.work.computing import Computed

if TYPE_CHECKING:
    from textmine.figures import Figure

router = APIRouter(include_in_schema=False)

_LAST_PERSIAN_YEAR = 1499
_BETWEEN = 621
"""A Persian year begins in March of the Gregorian year that is larger by so many."""

Field = Annotated[str, Query(max_length=200)]


@router.get("/results/trends")
def trends(
    request: Request,
    user: Reader,
    code: Field = "",
    by: Field = YEAR,
    split: Field = "",
    coder: Field = "",
) -> Response:
    """How often a code comes, period by period, with intervals and the test of a trend."""
    words = ui(request)
    seen: Seen | None = asked(request, "seen").value
    codes = [] if seen is None else [label for label, _ in seen.codes]
    code = code or (codes[0].id if codes else "")
    year = _year(split)
    found = _asked(request, code, by, year, coder) if code else asked(request, "seen")
    trend: CodeTrend | None = found.value if code else None
    return page(
        request,
        "results/trends.html",
        part=is_part(request),
        found=found,
        trend=trend,
        lines=[] if trend is None else _lines(trend, by),
        notes=[] if trend is None else _notes(words, trend, split),
        drawable=trend is not None and any(each.share is not None for each in trend.periods),
        codes=codes,
        coders=() if seen is None else seen.coders,
        schemes=_schemes(words),
        asked={"code": code, "by": by, "split": split, "coder": coder},
        coder=coder,
    )


@router.get("/results/trends/figure.{suffix}")
def trends_figure(
    request: Request,
    user: Reader,
    suffix: Picture,
    code: Field,
    by: Field = YEAR,
    split: Field = "",
    coder: Field = "",
) -> Response:
    """The same as a picture."""
    trend: CodeTrend = settled(_asked(request, code, by, _year(split), coder))
    if not any(each.share is not None for each in trend.periods):
        raise HTTPException(404)
    return picture(request, _figure(ui(request), trend), suffix, "trend")


@router.get("/results/trends/table.{suffix}")
def trends_table(
    request: Request,
    user: Reader,
    suffix: Sheet,
    code: Field,
    by: Field = YEAR,
    split: Field = "",
    coder: Field = "",
) -> Response:
    """The same as a table."""
    words = ui(request)
    trend: CodeTrend = settled(_asked(request, code, by, _year(split), coder))
    columns = [
        Column("period", "دوره", 30),
        Column("clauses", "بندها"),
        Column("carrying", "بندهای دارای کد"),
        Column("share", "سهم"),
        Column("low", "کران پایین"),
        Column("high", "کران بالا"),
        Column("documents", "سندها"),
        Column("carrying_documents", "سندهای دارای کد"),
    ]
    rows = (
        {
            "period": both(words, each.label.name),
            "clauses": each.read,
            "carrying": each.carrying,
            "share": each.share,
            "low": None if each.interval is None else each.interval[0],
            "high": None if each.interval is None else each.interval[1],
            "documents": each.documents,
            "carrying_documents": each.carrying_documents,
        }
        for each in trend.periods
    )
    return sheet(request, f"trend-{trend.code.id}", suffix, columns, rows, trend.about)


def _asked(request: Request, code: str, by: str, split: int, coder: str) -> Computed:
    return asked(request, "trend_of", code=code, by=by, split=split, coder=coder)


def _year(text: str) -> int:
    """A year that someone typed, of either calendar, as a Gregorian one; 0 for none."""
    year = integer(text) or 0
    return year + _BETWEEN if 0 < year <= _LAST_PERSIAN_YEAR else year


def _schemes(words: Interface) -> list[tuple[str, str]]:
    return [
        (name, words.of(shown))
        for name, shown in periods_and_regions()
        if load_scheme(name.removeprefix(SCHEME)).kind == "periods"
    ]


def _lines(trend: CodeTrend, by: str) -> list[dict[str, Any]]:
    read = Label("-read", Both("", ""), trend.read_query)
    only = [(read, "")] if trend.read_query else []
    return [
        {
            "it": each,
            "read": behind((each.label, by), *only),
            "carrying": behind((each.label, by), (trend.code, CODE)),
        }
        for each in trend.periods
    ]


def _notes(words: Interface, trend: CodeTrend, split: str) -> list[str]:
    _ = words.gettext
    test = trend.trend.test
    found = []
    if isinstance(test, Lacking):
        found.append(_("No test of a trend: %(why)s.", why=lacking(words, test)))
    else:
        shown = (
            _("No trend can be shown")
            if test.p >= SURE
            else _("The share rises over time")
            if test.z > 0
            else _("The share falls over time")
        )
        found.append(
            _(
                "%(shown)s: p %(p)s from %(n)s exchanges of the dates of %(documents)s documents "
                "(Cochran-Armitage).",
                shown=shown,
                p=chance(words, test.p),
                n=test.permutations,
                documents=test.documents,
            )
        )
    ratio = trend.ratio
    if isinstance(ratio, Lacking):
        why = lacking(words, ratio)
        found.append(_("Before and from that year: not computable, %(why)s.", why=why))
    elif ratio is not None:
        found.append(
            _(
                "From %(year)s on %(later)s, before it %(earlier)s, p %(p)s.",
                year=words.number(str(integer(split))),
                later=words.percent(ratio.later),
                earlier=words.percent(ratio.earlier),
                p=chance(words, ratio.p),
            )
        )
        if ratio.value is not None and not isinstance(ratio.interval, Lacking):
            found.append(
                _(
                    "That is %(times)s times as often (95-percent interval %(low)s to %(high)s).",
                    times=words.probability(ratio.value),
                    low=words.probability(ratio.interval.low),
                    high=words.probability(ratio.interval.high),
                )
            )
    return [*found, *left_out(words, trend.left_out)]


def _figure(words: Interface, trend: CodeTrend) -> Figure:
    from textmine.figures import TrendPoint, trend_lines

    title = both(words, trend.code.name)
    points = [
        TrendPoint(
            title,
            int(each.label.id) if each.label.id.isdecimal() else both(words, each.label.name),
            each.share,
            each.interval,
        )
        for each in trend.periods
        if each.share is not None
    ]
    return trend_lines(points, words.tongue, title=title, shares=True)
