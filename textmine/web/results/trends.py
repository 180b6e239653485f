"""Trends: whether a code comes more often over the years, or over the periods of a scheme."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, HTTPException, Request, Response

from textmine.analysis.dimensions import CODE, YEAR
from textmine.analysis.trends import Lacking
from textmine.errors import UsageError
from textmine.reports.texts import Both
from textmine.schemes import load_scheme
from textmine.store.sheets import Column
from textmine.web.language import Interface
from textmine.web.pages import is_part, page, ui
from textmine.web.people import Reader
from textmine.web.results import typed
from textmine.web.results.counting import SCHEME, periods_and_regions
from textmine.web.results.figuring import (
    SURE,
    Field,
    Picture,
    asked,
    behind,
    both,
    chance,
    file_name,
    lacking,
    left_out,
    picture,
    settled,
)
from textmine.web.results.labels import Label
from textmine.web.results.records import CodeTrend, Seen
from textmine.web.results.sheets import Suffix, Told, sheet
from textmine.web.work.computing import Computed

if TYPE_CHECKING:
    from textmine.figures import Figure

router = APIRouter(include_in_schema=False)

_LAST_PERSIAN_YEAR = 1499
_BETWEEN = 621
"""A Persian year begins in March of the Gregorian year that is larger by so many."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which trend is asked for; ``split`` is a year to compare before and from, as it was typed."""

    code: str
    by: str
    split: str
    coder: str

    def of(self, request: Request) -> Computed:
        """The trend; raises UsageError where ``split`` is no year."""
        values = {"code": self.code, "by": self.by, "coder": self.coder}
        return asked(request, "trend_of", split=self.year(ui(request)), **values)

    def year(self, words: Interface) -> int:
        """The year to compare before and from, as a Gregorian one; 0 for none."""
        year = typed.year(words, self.split) or 0
        return year + _BETWEEN if 0 < year <= _LAST_PERSIAN_YEAR else year

    @property
    def called(self) -> str:
        """What files of it are called."""
        by = self.by.removeprefix(SCHEME)
        return file_name("trend", f"{self.code}-by-{by}", self.coder.partition(":")[2])

    @property
    def query(self) -> str:
        """The same as the query of an address."""
        return urlencode(asdict(self))


def _wanted(
    request: Request, code: Field = "", by: Field = YEAR, split: Field = "", coder: Field = ""
) -> Wanted:
    if not code:
        seen: Seen | None = asked(request, "seen").value
        code = seen.codes[0][0].id if seen is not None and seen.codes else ""
    return Wanted(code, by, split.strip(), coder)


Asked = Annotated[Wanted, Depends(_wanted)]


@router.get("/results/trends")
def trends(request: Request, user: Reader, wanted: Asked) -> Response:
    """How often a code comes, period by period, with intervals and the test of a trend."""
    words = ui(request)
    known = asked(request, "seen")
    seen: Seen | None = known.value
    found, fault = known, ""
    if wanted.code:
        try:
            found = wanted.of(request)
        except UsageError as error:
            found, fault = Computed(), str(error)
    trend: CodeTrend | None = found.value if wanted.code else None
    return page(
        request,
        "results/trends.html",
        part=is_part(request),
        status=400 if fault else 200,
        fault=fault,
        found=found,
        trend=trend,
        lines=[] if trend is None else _lines(trend, wanted.by),
        notes=[] if trend is None else _notes(words, trend, wanted),
        drawable=trend is not None and any(each.share is not None for each in trend.periods),
        codes=[] if seen is None else [label for label, _ in seen.codes],
        coders=() if seen is None else seen.about.known,
        schemes=_schemes(words),
        wanted=wanted,
    )


@router.get("/results/trends/figure.{suffix}")
def trends_figure(request: Request, user: Reader, suffix: Picture, wanted: Asked) -> Response:
    """The same as a picture."""
    trend: CodeTrend = settled(wanted.of(request))
    if not any(each.share is not None for each in trend.periods):
        raise HTTPException(404)
    return picture(request, _figure(ui(request), trend), suffix, wanted.called)


@router.get("/results/trends/table.{suffix}")
def trends_table(request: Request, user: Reader, suffix: Suffix, wanted: Asked) -> Response:
    """The same as a table."""
    words = ui(request)
    trend: CodeTrend = settled(wanted.of(request))
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
    return sheet(
        request, Told(wanted.called, _title(words, trend), trend.about), suffix, columns, rows
    )


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


def _notes(words: Interface, trend: CodeTrend, wanted: Wanted) -> list[str]:
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
                year=words.number(str(typed.year(words, wanted.split))),
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


def _title(words: Interface, trend: CodeTrend) -> str:
    """What the figures of a trend are of."""
    code = both(words, trend.code.name)
    return words.gettext("How often “%(code)s” comes over time", code=code)


def _figure(words: Interface, trend: CodeTrend) -> Figure:
    from textmine.figures import TrendPoint, trend_lines

    name = both(words, trend.code.name)
    points = [
        TrendPoint(
            name,
            int(each.label.id) if each.label.id.isdecimal() else both(words, each.label.name),
            each.share,
            each.interval,
        )
        for each in trend.periods
        if each.share is not None
    ]
    return trend_lines(points, words.tongue, title=_title(words, trend), shares=True)
