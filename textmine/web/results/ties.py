"""Ties of cities: a table with its witnesses, a map, a network, a time line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response

from textmine.errors import InputError, UsageError
from textmine.records import Tie
from textmine.store.corpus import Corpus
from textmine.web.language import N_, Interface, integer
from textmine.web.pages import desk, is_part, page, ui
from textmine.web.people import Reader
from textmine.web.results import ties_shown, typed
from textmine.web.results.counting import Tell
from textmine.web.results.figuring import (
    Picture,
    country_name,
    documents_mark,
    file_name,
    picture,
    settled,
)
from textmine.web.results.sheets import Suffix, Told, sheet
from textmine.web.work.computing import Computed
from textmine.web.work.works import works

if TYPE_CHECKING:
    from textmine.figures import Figure
    from textmine.ties.reading import CorpusTies

router = APIRouter(include_in_schema=False)

AT_ONCE = 100
"""Ties on one page."""

READING = N_("Reading documents for ties")
"""What is told while ties are read."""

View = Literal["map", "network", "time"]
Word = Annotated[str, Query(max_length=200)]


def told(corpus: Corpus, tell: Tell) -> CorpusTies:
    """The ties that the documents tell; reads all of them."""
    from textmine.ties.reading import corpus_ties

    done = 0

    def on_step(name: str, of: int) -> None:
        nonlocal done
        tell(READING, done, of)
        done += 1

    return corpus_ties(corpus, on_step=on_step)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which ties are asked for, as it was typed; empty for all. Years are of either calendar."""

    city: str = ""
    country: str = ""
    kind: str = ""
    since: str = ""
    until: str = ""

    def of(self, words: Interface, ties: Iterable[Tie]) -> list[Tie]:
        """Those that are asked for; raises UsageError for what is no year, or no country."""
        from textmine.ties.telling import is_in, is_of

        country = typed.country(words, self.country)
        since, until = typed.year(words, self.since), typed.year(words, self.until)
        return [
            tie
            for tie in ties
            if is_of(tie, self.city or None)
            and (not country or country in (tie.partner.country, tie.city.country))
            and self.kind in ("", tie.kind)
            and is_in(tie.date, since, until)
        ]

    def title(self, words: Interface, whole: str) -> str:
        """What a table or a figure of them is called: ``whole``, and which of them it shows."""
        _ = words.gettext
        country = typed.country(words, self.country)
        since, until = typed.year(words, self.since), typed.year(words, self.until)
        parts = [
            self.city,
            country_name(words, country),
            ties_shown.kind_name(words, self.kind),
            _("from %(year)s", year=words.number(str(since))) if since else "",
            _("until %(year)s", year=words.number(str(until))) if until else "",
        ]
        some = _(", ").join(filter(None, parts))
        return _("%(title)s: %(some)s", title=_(whole), some=some) if some else _(whole)

    def called(self, name: str) -> str:
        """What a file of them is called."""
        return file_name(name, *(getattr(self, each) for each in _ASKED))

    @property
    def query(self) -> str:
        """The same as the query of an address."""
        named = {"from" if name == "since" else name: getattr(self, name) for name in _ASKED}
        return urlencode({name: value for name, value in named.items() if value})


_ASKED = ("city", "country", "kind", "since", "until")

_WHOLE = N_("Ties of cities")
_TITLES: dict[View, str] = {
    "map": N_("Ties on the map"),
    "network": N_("Ties as a network"),
    "time": N_("Ties over time"),
}


def _wanted(
    city: Word = "",
    country: Word = "",
    kind: Word = "",
    since: Annotated[str, Query(alias="from", max_length=20)] = "",
    until: Annotated[str, Query(max_length=20)] = "",
) -> Wanted:
    return Wanted(city.strip(), country.strip(), kind, since.strip(), until.strip())


Asked = Annotated[Wanted, Depends(_wanted)]


@router.get("/results/ties")
def ties(
    request: Request,
    user: Reader,
    asked: Asked,
    page_number: Annotated[str, Query(alias="page", max_length=10)] = "",
) -> Response:
    """The ties that documents tell, the surest witness first."""
    words, shown = ui(request), _shown(request, asked, _WHOLE)
    some = shown.pop("some")
    pages = max(1, -(-len(some) // AT_ONCE))
    at = min(max(1, integer(page_number) or 1), pages)
    known: CorpusTies | None = shown["known"]
    return page(
        request,
        "results/ties.html",
        **shown,
        lines=[ties_shown.line(words, tie) for tie in some[(at - 1) * AT_ONCE : at * AT_ONCE]],
        at=at,
        pages=pages,
        open_names=[] if known is None else ties_shown.open_names(words, known),
    )


def _shown(request: Request, asked: Wanted, whole: str) -> dict[str, Any]:
    """What all pages of ties show: those that are asked for, and what can be asked for.

    ``whole`` is what the page is called when all are asked for.
    """
    words, found = ui(request), _found(request)
    known: CorpusTies | None = found.value
    every = () if known is None else known.ties
    some: list[Tie] = []
    country = fault = ""
    title = words.gettext(whole)
    try:
        title = asked.title(words, whole)
        country = typed.country(words, asked.country)
        some = asked.of(words, every)
    except UsageError as error:
        fault = str(error)
    return {
        "part": is_part(request),
        "status": 400 if fault else 200,
        "fault": fault,
        "title": title,
        "found": found,
        "known": known,
        "asked": asked,
        "some": some,
        "total": len(some),
        "country": country,
        "kinds": ties_shown.kinds(words, every),
        "countries": ties_shown.countries(words, every, country),
        "cities": ties_shown.cities(every),
    }


@router.get("/results/ties/table.{suffix}")
def ties_table(
    request: Request,
    user: Reader,
    suffix: Suffix,
    asked: Asked,
) -> Response:
    """The same as a table, in the columns of ``textmine ties``."""
    from textmine.ties.telling import COLUMNS, tie_json, tie_row

    known: CorpusTies = settled(_found(request))
    some = asked.of(ui(request), known.ties)
    rows = (tie_row(tie_json(tie, known)) for tie in some)
    told = Told(asked.called("ties"), asked.title(ui(request), _WHOLE))
    return sheet(request, told, suffix, COLUMNS, rows)


@router.get("/results/ties/{view}/figure.{suffix}")
def ties_figure(
    request: Request,
    user: Reader,
    view: View,
    suffix: Picture,
    asked: Asked,
) -> Response:
    """A map, a network or a time line of the ties that are asked for."""
    known: CorpusTies = settled(_found(request))
    some = asked.of(ui(request), known.ties)
    figure = _figure(ui(request), view, some, asked)
    return picture(request, figure, suffix, asked.called(f"ties-{view}"))


@router.get("/results/ties/one")
def tie(request: Request, user: Reader, city: Word, partner: Word, kind: Word = "") -> Response:
    """One pair of cities: every place that tells of it, with its words."""
    found = _found(request)
    known: CorpusTies | None = found.value
    some = [
        each
        for each in (() if known is None else known.ties)
        if (each.city.id, each.partner.id) == (city, partner) and kind in ("", each.kind)
    ]
    if known is not None and not some:
        raise HTTPException(404)
    return page(
        request,
        "results/tie.html",
        part=is_part(request),
        found=found,
        known=known,
        ties=[
            {
                "line": ties_shown.line(ui(request), each),
                "faults": [fault.message[ui(request).tongue] for fault in each.disagreements],
                "witnesses": [ties_shown.told_by(request, witness) for witness in each.witnesses],
            }
            for each in some
        ],
    )


@router.get("/results/ties/{view}")
def ties_view(request: Request, user: Reader, view: View, asked: Asked) -> Response:
    """The page of a map, a network or a time line."""
    shown = _shown(request, asked, _TITLES[view])
    pairs = ties_shown.pairs(ui(request), shown.pop("some"))
    return page(request, "results/ties_view.html", **shown, view=view, pairs=pairs)


def _found(request: Request) -> Computed:
    """The ties of the corpus: read again when documents or the places of users change."""
    from textmine.ties.reading import ADDITIONS

    additions = desk(request).corpus.folder / ADDITIONS
    named = additions.stat().st_mtime_ns if additions.is_file() else 0
    mark = (*documents_mark(request), named)
    return works(request).computed("textmine.web.results.ties:told", mark=mark)


def _figure(words: Interface, view: View, ties: list[Tie], asked: Wanted) -> Figure:
    from textmine import figures

    if not ties:
        raise InputError("There are no ties, so there is nothing to draw.")
    title = asked.title(words, _TITLES[view])
    if view == "map":
        return figures.tie_map(ties, words.tongue, title=title)
    if view == "network":
        return figures.tie_network(ties, words.tongue, title=title)
    return figures.time_line(ties, words.tongue, title=title)
