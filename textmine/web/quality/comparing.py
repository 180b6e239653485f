"""How good the codings are: who coded what, how far coders agree, and what they have to settle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from textmine.analysis.overview import coder_summaries
from textmine.care.taking_back import last_decision
from textmine.errors import InputError
from textmine.records import Code
from textmine.standing import AGREED, PERSON
from textmine.web.clause import clauses_named
from textmine.web.desk import Desk
from textmine.web.language import Interface, integer
from textmine.web.pages import desk, is_part, page, ui
from textmine.web.people import Coder, Reader
from textmine.web.results.figuring import attached
from textmine.web.safety import local

if TYPE_CHECKING:
    from textmine.codings import CodedClause
    from textmine.reliability import Comparison, Disagreement, Figure, Reliability

router = APIRouter(include_in_schema=False)

AT_ONCE = 20
"""Disagreements on one page."""

RELIABLE, TENTATIVE = 0.8, 0.667
"""Krippendorff's alpha from which conclusions are reliable, and from which they are tentative.

K. Krippendorff, "Content Analysis" (4th ed., 2018), section 12.3.3."""

FEW = 10
"""Clauses below which nothing is said of what alpha allows."""

Coders = Annotated[list[str], Query()]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two coders and how they compare on whole sets of codes."""

    coders: tuple[str, ...]
    sets: Comparison


@dataclass(frozen=True, slots=True)
class Read:
    """How many clauses at least one person has read, at least two, and of those how many differ."""

    once: int
    twice: int
    differing: int
    settled: int


def verdict(
    figure: Figure, units: int
) -> Literal["reliable", "tentative", "unreliable", "few", "unknown"]:
    """What a value of alpha allows; unknown when there is none, few when it is of few clauses."""
    if figure.value is None:
        return "unknown"
    if units < FEW:
        return "few"
    if figure.value >= RELIABLE:
        return "reliable"
    return "tentative" if figure.value >= TENTATIVE else "unreliable"


@router.get("/quality")
def quality(request: Request, user: Reader) -> Response:
    """The start page: who coded what, how far people and machines agree, what is to be settled."""
    of = desk(request)
    book = of.codebook
    summaries = of.remember("coders", lambda: coder_summaries(of.corpus.catalogue))
    current = [each for each in summaries if each.codebook == book.reference]
    people = [each.coder for each in current if each.coder.startswith(PERSON)]
    return page(
        request,
        "quality/start.html",
        summaries=summaries,
        codebook=book,
        people=people,
        machines=[each.coder for each in current if each.coder not in people],
    )


@router.get("/quality/pairs")
def pairs(request: Request, user: Reader) -> Response:
    """How far each two coders agree on the clauses that people read: a part of the start page."""
    of = desk(request)
    coded = _coded(of)
    names = sorted({one.coder for one in coded})
    people = [name for name in names if name.startswith(PERSON) and name != AGREED]
    machines = [name for name in names if not name.startswith(PERSON)]
    standard = [AGREED] if AGREED in names else []
    wanted = [(one, other) for i, one in enumerate(people) for other in people[i + 1 :]]
    against = [(person, machine) for person in (*standard, *people) for machine in machines]
    return page(
        request,
        "quality/pairs.html",
        whole=not is_part(request),
        among=[found for each in wanted if (found := _pair(of, each))],
        against=[found for each in against if (found := _pair(of, each))],
        read=of.remember("read", lambda: _read(coded)),
        verdict=verdict,
    )


@router.get("/quality/reliability")
def reliability_of(request: Request, user: Reader, coder: Coders = []) -> Response:  # noqa: B006
    """How far coders agree on each code: percent, kappa, alpha with its interval."""
    of = desk(request)
    names = sorted({one.coder for one in _coded(of)})
    chosen = tuple(coder) or tuple(n for n in names if n.startswith(PERSON) and n != AGREED)
    found = fault = None
    try:
        found = _reliability(of, chosen)
    except InputError as error:
        fault = error
    blocks: dict[tuple[str, ...], list[Comparison]] = {}
    for each in found.comparisons if found else ():
        blocks.setdefault(each.coders, []).append(each)
    return page(
        request,
        "quality/reliability.html",
        names=names,
        chosen=chosen,
        found=found,
        fault=_why_not(ui(request), fault, chosen),
        blocks=blocks,
        code=_named(of),
        verdict=verdict,
    )


@router.get("/quality/reliability.{form}")
def reliability_file(
    request: Request,
    user: Reader,
    form: Literal["csv", "xlsx", "jsonl"],
    coder: Coders = [],  # noqa: B006
) -> Response:
    """The figures of reliability as a table to take away."""
    from textmine.store.sheets import write_table

    found = _reliability(desk(request), tuple(coder))
    columns = [
        "code",
        "coders",
        "units",
        "documents",
        "percent",
        "kappa",
        "alpha",
        "alpha_low",
        "alpha_high",
        "reason",
    ]
    rows = [
        {
            "code": each.code,
            "coders": list(each.coders),
            "units": each.units,
            "documents": each.documents,
            "percent": each.percent.value,
            "kappa": each.kappa.value,
            "alpha": each.alpha.value,
            "alpha_low": each.alpha.low,
            "alpha_high": each.alpha.high,
            "reason": "; ".join(
                dict.fromkeys(f.reason for f in (each.percent, each.kappa, each.alpha) if f.reason)
            ),
        }
        for each in found.comparisons
    ]
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"reliability.{form}"
        about = [("codebook", found.codebook)]
        write_table(file, columns, rows, about, language=ui(request).tongue)
        return attached(file.read_bytes(), form, "reliability")


@router.get("/quality/disagreements")
def disagreements(
    request: Request,
    user: Reader,
    coder: Coders = [],  # noqa: B006
    code: str = "",
    settled: bool = False,
    done: bool = False,
    page_number: Annotated[str, Query(alias="page")] = "1",
) -> Response:
    """Clauses on which coders differ, to be looked at and settled."""
    of = desk(request)
    coded = _coded(of)
    agreed = {one.clause: one for one in coded if one.coder == AGREED}
    names = sorted({one.coder for one in coded} - {AGREED})
    chosen = tuple(coder) or tuple(n for n in names if n.startswith(PERSON))
    found: Sequence[Disagreement] = ()
    fault = None
    try:
        found = _reliability(of, chosen, intervals=False).disagreements
    except InputError as error:
        fault = error
    counts: dict[str, int] = {}
    listed = [each for each in found if settled or each.clause not in agreed]
    for each in listed:
        for disputed in each.disputed:
            counts[disputed] = counts.get(disputed, 0) + 1
    listed = [each for each in listed if not code or code in each.disputed]
    pages = max(1, -(-len(listed) // AT_ONCE))
    number = min(max(1, integer(page_number) or 1), pages)
    here = listed[(number - 1) * AT_ONCE : number * AT_ONCE]
    return page(
        request,
        "quality/disagreements.html",
        names=names,
        chosen=chosen,
        fault=_why_not(ui(request), fault, chosen),
        total=len(listed),
        listed=here,
        clauses={each.id: each for each in clauses_named(of, [each.clause for each in here])},
        agreed=agreed,
        counts=counts,
        chosen_code=code,
        settled=settled,
        done=done,
        number_of=number,
        pages=pages,
        codebook=of.codebook,
        code=_named(of),
        stood=_tokens(of, [each.clause for each in here]),
        last=last_decision(of.corpus.catalogue, user.coder) if user.coder else None,
    )


@router.post("/quality/disagreements/{clause}")
def settle(
    request: Request,
    user: Coder,
    clause: str,
    back: Annotated[str, Form()] = "/quality/disagreements",
    stood: Annotated[str, Form()] = "",
    coder: Annotated[str, Form()] = "",
    codes: Annotated[list[str], Form()] = [],  # noqa: B006
    memo: Annotated[str, Form()] = "",
) -> Response:
    """Store what the coders settled on a clause together, as one more coder's decision.

    ``stood`` is the token of what the form showed as settled; on anything else it is refused.
    """
    from textmine.codings import StaleError, decide

    if not user.name:
        return RedirectResponse(f"/name?back={quote(local(back))}", 303)
    of = desk(request)
    words = ui(request)
    on_clause = [one for one in _coded(of) if one.clause == clause]
    if not on_clause:
        raise InputError(words.gettext("No person has decided on this clause."))
    if coder != user.coder:
        raise InputError(
            words.gettext(
                "The form was made for another name than yours is now. Nothing was stored: open "
                "the page again."
            )
        )
    book = of.put_codebook()
    decision = replace(
        on_clause[0],
        codes=tuple(codes),
        coder=AGREED,
        codebook=book.reference,
        memo=memo.strip(),
        evidence={},
    )
    try:
        decide(of.corpus.catalogue, decision, book, stood=stood, who=user.coder)
    except StaleError as error:
        raise InputError(
            words.gettext(
                "Someone settled this clause meanwhile. Look at what stands now, and settle it "
                "again if need be: nothing of yours was stored."
            )
        ) from error
    back = back.replace("&done=1", "").replace("?done=1", "")
    return RedirectResponse(local(f"{back}{'&' if '?' in back else '?'}done=1"), 303)


def _coded(of: Desk) -> list[CodedClause]:
    """What everyone said of the clauses that people have read."""
    from textmine.codings import coded_in

    book = of.codebook
    return of.remember(
        ("coded", book.reference),
        lambda: coded_in(of.corpus.catalogue, book, read_by_people=True),
    )


def _reliability(of: Desk, coders: tuple[str, ...], *, intervals: bool = True) -> Reliability:
    from textmine.reliability import reliability

    return of.remember(
        ("reliability", of.codebook.reference, coders, intervals),
        lambda: reliability(
            [one for one in _coded(of) if one.coder in coders],
            of.codebook,
            coders,
            intervals=intervals,
        ),
    )


def _pair(of: Desk, coders: tuple[str, str]) -> Pair | None:
    """Two coders on whole sets of codes; None when they have read no clause both."""
    from textmine.reliability import SETS

    try:
        found = _reliability(of, coders, intervals=False).of(SETS, *coders)
    except InputError:
        return None
    return Pair(coders, found) if found.units else None


def _read(coded: Sequence[CodedClause]) -> Read:
    by_clause: dict[str, list[CodedClause]] = {}
    agreed = set()
    for one in coded:
        if one.coder == AGREED:
            agreed.add(one.clause)
        elif one.coder.startswith(PERSON):
            by_clause.setdefault(one.clause, []).append(one)
    twice = [of for of in by_clause.values() if len(of) > 1]
    differing = [of for of in twice if len({frozenset(one.codes) for one in of}) > 1]
    settled = sum(of[0].clause in agreed for of in differing)
    return Read(len(by_clause), len(twice), len(differing), settled)


def _tokens(of: Desk, clauses: Sequence[str]) -> dict[str, str]:
    """By clause the token of what is settled on it, or of nothing."""
    from textmine.codings import stood_of

    book = of.codebook
    codings = of.corpus.catalogue.codings(coder=AGREED, clauses=list(clauses))
    return {clause: stood_of(codings, clause, AGREED, book).token for clause in clauses}


def _named(of: Desk) -> dict[str, Code]:
    return {code.id: code for code in of.codebook.codes}


def _why_not(words: Interface, fault: InputError | None, coders: Sequence[str]) -> str:
    if fault is None:
        return ""
    if len(coders) < 2:
        return words.gettext("Two coders are needed, at least, who have read the same clauses.")
    return str(fault)
