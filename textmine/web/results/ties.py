"""Ties of cities: a table with its witnesses, a map, a network, a time line."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response

from textmine.errors import InputError
from textmine.records import Tie, TieKind, TieStatus, Witness
from textmine.store.corpus import Corpus
from textmine.web.language import N_, Interface, integer
from textmine.web.pages import desk, is_part, page, ui
from textmine.web.people import Reader
from textmine.web.results.counting import Tell
from textmine.web.results.figuring import Picture, Sheet, documents_mark, picture, settled, sheet
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

_NEAR = 240  # characters of a page on each side of what a witness says
_OPEN_NAMES = 60  # names without a place that a page lists

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
    """Which ties are asked for; empty for all. Years are of either calendar."""

    city: str = ""
    country: str = ""
    kind: str = ""
    since: str = ""
    until: str = ""

    def of(self, ties: CorpusTies) -> list[Tie]:
        """Those that are asked for."""
        from textmine.ties.telling import is_in, is_of

        country = self.country.upper()
        return [
            tie
            for tie in ties.ties
            if is_of(tie, self.city or None)
            and (not country or country in (tie.partner.country, tie.city.country))
            and self.kind in ("", tie.kind)
            and is_in(tie.date, integer(self.since), integer(self.until))
        ]

    @property
    def query(self) -> str:
        """The same as the query of an address."""
        named = {"from" if name == "since" else name: getattr(self, name) for name in _ASKED}
        return urlencode({name: value for name, value in named.items() if value})


_ASKED = ("city", "country", "kind", "since", "until")


def wanted(
    city: Word = "",
    country: Word = "",
    kind: Word = "",
    since: Annotated[str, Query(alias="from", max_length=20)] = "",
    until: Annotated[str, Query(max_length=20)] = "",
) -> Wanted:
    """What the address asks for."""
    return Wanted(city.strip(), country.strip(), kind, since.strip(), until.strip())


Asked = Annotated[Wanted, Depends(wanted)]


@router.get("/results/ties")
def ties(
    request: Request,
    user: Reader,
    asked: Asked,
    page_number: Annotated[str, Query(alias="page", max_length=10)] = "",
) -> Response:
    """The ties that documents tell, the surest witness first."""
    found = _found(request)
    known: CorpusTies | None = found.value
    some = [] if known is None else asked.of(known)
    at = max(1, integer(page_number) or 1)
    return page(
        request,
        "results/ties.html",
        part=is_part(request),
        found=found,
        known=known,
        asked=asked,
        total=len(some),
        lines=[_line(ui(request), tie) for tie in some[(at - 1) * AT_ONCE : at * AT_ONCE]],
        at=at,
        pages=max(1, -(-len(some) // AT_ONCE)),
        kinds=_kinds(ui(request), () if known is None else known.ties),
        countries=_countries(ui(request), () if known is None else known.ties),
        cities=_cities(() if known is None else known.ties),
        open_names=[] if known is None else _open_names(ui(request), known),
    )


@router.get("/results/ties/table.{suffix}")
def ties_table(
    request: Request,
    user: Reader,
    suffix: Sheet,
    asked: Asked,
) -> Response:
    """The same as a table, in the columns of ``textmine ties``."""
    from textmine.ties.telling import COLUMNS, tie_json, tie_row

    known: CorpusTies = settled(_found(request))
    some = asked.of(known)
    rows = (tie_row(tie_json(tie, known)) for tie in some)
    return sheet(request, "ties", suffix, COLUMNS, rows)


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
    some = asked.of(known)
    return picture(request, _figure(ui(request), view, some), suffix, f"ties-{view}")


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
                "line": _line(ui(request), each),
                "faults": [fault.message[ui(request).tongue] for fault in each.disagreements],
                "witnesses": [_told_by(request, witness) for witness in each.witnesses],
            }
            for each in some
        ],
    )


@router.get("/results/ties/{view}")
def ties_view(
    request: Request,
    user: Reader,
    view: View,
    asked: Asked,
) -> Response:
    """The page of a map, a network or a time line."""
    found = _found(request)
    known: CorpusTies | None = found.value
    some = [] if known is None else asked.of(known)
    return page(
        request,
        "results/ties_view.html",
        part=is_part(request),
        found=found,
        known=known,
        asked=asked,
        view=view,
        total=len(some),
        pairs=_pairs(ui(request), some),
        kinds=_kinds(ui(request), () if known is None else known.ties),
        countries=_countries(ui(request), () if known is None else known.ties),
        cities=_cities(() if known is None else known.ties),
    )


def _found(request: Request) -> Computed:
    """The ties of the corpus: read again when documents or the places of users change."""
    from textmine.ties.reading import ADDITIONS

    additions = desk(request).corpus.folder / ADDITIONS
    named = additions.stat().st_mtime_ns if additions.is_file() else 0
    mark = (*documents_mark(request), named)
    return works(request).computed("textmine.web.results.ties:told", mark=mark)


# -- how ties are shown ----------------------------------------------------------------------------


def _line(words: Interface, tie: Tie) -> dict[str, Any]:
    first = tie.witnesses[0]
    return {
        "tie": tie,
        "city": words.name(dict(tie.city.name)),
        "partner": words.name(dict(tie.partner.name)),
        "country": _country(words, tie.partner.country),
        "kind": _kind(words, tie.kind),
        "status": _status(words, tie.status),
        "date": "" if tie.date is None else words.number(str(tie.date)),
        "calendar": "" if tie.date is None else tie.date.calendar,
        "unreadable": any(each.undated == "unreadable-date" for each in tie.witnesses),
        "href": _address(tie),
        "document": first.document,
        "page": first.page,
    }


def _address(tie: Tie) -> str:
    values = {"city": tie.city.id, "partner": tie.partner.id, "kind": tie.kind}
    return f"/results/ties/one?{urlencode(values)}"


def _kind(words: Interface, kind: TieKind) -> str:
    from textmine.ties.merging import KIND_NAMES

    return KIND_NAMES[kind][words.tongue == "fa"]


def _status(words: Interface, status: TieStatus) -> str:
    from textmine.ties.merging import STATUS_NAMES

    return STATUS_NAMES[status][words.tongue == "fa"]


def _country(words: Interface, code: str) -> str:
    if not code:
        return ""
    from textmine.places import gazetteer

    return words.name(dict(gazetteer().country(code).name), code)


def _kinds(words: Interface, ties: Any) -> list[tuple[str, str, int]]:
    count = Counter(tie.kind for tie in ties)
    return [(kind, _kind(words, kind), n) for kind, n in count.most_common()]


def _countries(words: Interface, ties: Any) -> list[tuple[str, str, int]]:
    count = Counter(
        code for tie in ties for code in {tie.partner.country, tie.city.country} if code
    )
    return [(code, _country(words, code), n) for code, n in count.most_common()]


def _cities(ties: Any) -> list[str]:
    """Names of cities that can be asked for, in both languages."""
    return sorted({name for tie in ties for name in tie.city.name.values()})


def _pairs(words: Interface, ties: list[Tie]) -> list[dict[str, Any]]:
    """The same in words, for those who do not see the picture: city by city."""
    cities: dict[str, list[Tie]] = {}
    for each in ties:
        cities.setdefault(each.city.id, []).append(each)
    return [
        {
            "city": words.name(dict(own[0].city.name)),
            "partners": [
                (words.name(dict(each.partner.name)), _kind(words, each.kind), _address(each))
                for each in own
            ],
        }
        for own in sorted(cities.values(), key=len, reverse=True)
    ]  # fmt: skip


def _open_names(words: Interface, known: CorpusTies) -> list[dict[str, Any]]:
    """Names that became no tie, and why."""
    _ = words.gettext
    reasons = {
        "unknown": _("no place of that name is known"),
        "ambiguous": _("several places bear the name"),
        "no-home": _("whose partner it is, nothing says"),
        "several-parties": _("an agreement of more than two"),
        "denied": _("the sentence denies it"),
        "supposed": _("the sentence only proposes it"),
    }
    groups: dict[tuple[str, str], Any] = {}
    for each in known.unresolved:
        groups.setdefault((each.written, each.reason), each)
    return [
        {"written": written, "why": reasons.get(reason, reason), "document": each.document,
         "page": each.page}
        for (written, reason), each in list(groups.items())[:_OPEN_NAMES]
    ]  # fmt: skip


def _told_by(request: Request, witness: Witness) -> dict[str, Any]:
    """One witness with its words: those of its clause, else those around it on its page."""
    words, corpus = ui(request), desk(request).corpus
    document = corpus.catalogue.documents(numbers=[witness.document])[0]
    clause = corpus.catalogue.clause_at(witness.document, witness.spans[0].start) if (
        witness.spans
    ) else None  # fmt: skip
    found = {
        "it": witness,
        "title": document.title,
        "kind": _kind(words, witness.kind),
        "status": _status(words, witness.status),
        "date": "" if witness.date is None else words.number(str(witness.date)),
        "clause": clause,
        "before": "",
        "words": "",
        "after": "",
        "language": "und",
    }
    if clause is None and witness.spans:
        starts = corpus.catalogue.page_starts(witness.document)
        text = next(
            (page.text for page in corpus.catalogue.pages(witness.document)
             if page.number == witness.page),
            "",
        )  # fmt: skip
        start = witness.spans[0].start - starts.get(witness.page, 0)
        end = witness.spans[-1].end - starts.get(witness.page, 0)
        if 0 <= start < end <= len(text):
            from textmine.text.language import language_of

            found |= {
                "before": text[max(0, start - _NEAR) : start],
                "words": text[start:end],
                "after": text[end : end + _NEAR],
                "language": language_of(text[start:end]),
            }
    return found


def _figure(words: Interface, view: View, ties: list[Tie]) -> Figure:
    from textmine import figures

    if not ties:
        raise InputError("There are no ties, so there is nothing to draw.")
    title = title_of(words, view)
    if view == "map":
        return figures.tie_map(ties, words.tongue, title=title)
    if view == "network":
        return figures.tie_network(ties, words.tongue, title=title)
    return figures.time_line(ties, words.tongue, title=title)


def title_of(words: Interface, view: View) -> str:
    """What a figure of ties is called."""
    _ = words.gettext
    return {
        "map": _("Ties on the map"),
        "network": _("Ties as a network"),
        "time": _("Ties over time"),
    }[view]
