"""How good the codings are: who coded what, how far coders agree, and what they have to settle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import URL

from textmine.analysis.overview import coder_summaries
from textmine.care.taking_back import last_decision
from textmine.errors import InputError
from textmine.records import Code
from textmine.standing import AGREED, PERSON
from textmine.web.clause import clauses_named
from textmine.web.desk import Desk
from textmine.web.language import Interface, integer
from textmine.web.pages import attached, desk, is_part, page, ui
from textmine.web.people import Coder, Reader
from textmine.web.results.agreeing import agreement, verdict
from textmine.web.results.labels import decided_query
from textmine.web.safety import local

if TYPE_CHECKING:
    from textmine.codings import CodedClause
    from textmine.reliability import Comparison, Disagreement, Reliability

router = APIRouter(include_in_schema=False)

AT_ONCE = 20
"""Disagreements on one page."""

Coders = Annotated[list[str], Query()]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two coders and how they compare on whole sets of codes."""

    coders: tuple[str, ...]
    sets: Comparison


def given_by_half(of: Disagreement) -> frozenset[str]:
    """The codes that at least half of the coders gave a clause: what settling it begins with.

    Of two who differ neither is wrong before they have talked; and in counts a code that one of
    them gave stands, too.
    """
    often = Counter(code for codes in of.codes.values() for code in set(codes))
    return frozenset(code for code, count in often.items() if 2 * count >= len(of.codes))


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
        decided_query=decided_query,
        people=people,
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
        read=of.remember("read", lambda: agreement(coded)),
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
    compared = found.comparisons if found else ()
    blocks: dict[tuple[str, ...], list[Comparison]] = {}
    for each in compared:
        blocks.setdefault(each.coders, []).append(each)
    return page(
        request,
        "quality/reliability.html",
        names=names,
        chosen=chosen,
        found=found,
        fault=_why_not(ui(request), fault, chosen),
        blocks=blocks,
        has_intervals=any(each.alpha.low is not None for each in compared),
        no_interval=sorted(
            {each.alpha.reason for each in compared if each.alpha.value is not None} - {""}
        ),
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
    from textmine.store.sheets import Column, write_table

    tongue = ui(request).tongue
    found = _reliability(desk(request), tuple(coder))
    columns = [
        Column("code", "کد", 24),
        Column("coders", "کدگذاران", 30),
        Column("units", "بندها"),
        Column("documents", "سندها"),
        Column("percent", "تصمیم یکسان"),
        Column("kappa", "کاپا"),
        Column("alpha", "آلفا"),
        Column("alpha_low", "کران پایین آلفا"),
        Column("alpha_high", "کران بالای آلفا"),
        Column("reason", "چرا محاسبه نشد", 40),
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
    about = [(Column("codebook", "کدنامه"), found.codebook)]
    return attached(
        f"reliability.{form}",
        lambda file: write_table(file, columns, rows, about, language=tongue),
    )


@router.get("/quality/disagreements")
def disagreements(
    request: Request,
    user: Reader,
    coder: Coders = [],  # noqa: B006
    code: str = "",
    settled: bool = False,
    done: str = "",
    page_number: Annotated[str, Query(alias="page")] = "1",
) -> Response:
    """Clauses on which coders differ, to be looked at and settled.

    ``done`` is the clause that was settled just now.
    """
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
        done=next(iter(clauses_named(of, [done])), None) if done in agreed else None,
        counts=counts,
        chosen_code=code,
        settled=settled,
        number_of=number,
        pages=pages,
        codebook=of.codebook,
        code=_named(of),
        given_by_half=given_by_half,
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
    none: Annotated[bool, Form()] = False,
    memo: Annotated[str, Form()] = "",
) -> Response:
    """Store what the coders settled on a clause together, as one more coder's decision.

    ``none`` says that no code applies: without a code it must be said. ``stood`` is the token of
    what the form showed as settled; on anything else it is refused.
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
    if none == bool(codes):
        raise InputError(
            words.gettext(
                "“No code applies” is ticked beside a code. Nothing was stored: go back and choose "
                "one or the other."
            )
            if none
            else words.gettext(
                "Nothing was ticked, so nothing was stored. Go back and tick the codes that apply, "
                "or “No code applies”."
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
    return RedirectResponse(str(URL(local(back)).include_query_params(done=clause)), 303)


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
