"""Coding in the browser: the panel of a clause, decisions, undo, history, the codebook.

Every action stores what was decided at once, on top of what stood: nothing is overwritten. A
decision carries the token of what its coder saw; made on anything else it is refused, and what
stands now is shown beside what was wanted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from textmine.care.taking_back import decisions_on, events, last_decision, take_back
from textmine.codings import CodedClause, StaleError, decide
from textmine.codings.examples import examples
from textmine.codings.words import place_of
from textmine.errors import InputError
from textmine.records import Codebook, Span
from textmine.standing import PERSON
from textmine.web.coding.blind import BLIND, is_blind
from textmine.web.coding.panel import (
    NoClauseError,
    Panel,
    codes_of_machine,
    panel_of,
    stored_clause,
)
from textmine.web.desk import Desk
from textmine.web.pages import desk, is_part, page, ui
from textmine.web.people import Coder, Reader, User
from textmine.web.safety import local

router = APIRouter(include_in_schema=False)

_YEAR = 365 * 24 * 3600
_EVIDENCE = re.compile(r"(.{1,80}):(\d{1,7})-(\d{1,7})", re.DOTALL)
_HIT = re.compile(r"(\d{1,7})-(\d{1,7})")
_MOST_WORDS = 200
_LONGEST_MEMO = 10_000

Hits = Annotated[Sequence[str], Query()]


@router.get("/clauses/{clause}/coding")
def show_panel(request: Request, clause: str, user: Reader, hit: Hits = ()) -> Response:
    """The panel of a clause; without JavaScript a page with the clause beside it.

    ``hit`` says which words a search has marked in it, ``START-END``: its text comes with them.
    """
    return _panel(request, _found(request, clause, user), hits=hit)


@router.post("/clauses/{clause}/coding")
def take_decision(
    request: Request,
    clause: str,
    user: Coder,
    stood: Annotated[str, Form()],
    coder: Annotated[str, Form()] = "",
    code: Annotated[Sequence[str], Form()] = (),
    evidence: Annotated[Sequence[str], Form()] = (),
    memo: Annotated[str, Form()] = "",
    accept: Annotated[str, Form()] = "",
    reject: Annotated[str, Form()] = "",
    nothing: Annotated[str, Form()] = "",
    unmark: Annotated[str, Form()] = "",
    words: Annotated[str, Form()] = "",
    words_for: Annotated[str, Form()] = "",
    back: Annotated[str, Form()] = "",
    corpus: Annotated[str, Form()] = "",
    hit: Annotated[Sequence[str], Form()] = (),
) -> Response:
    """Store a decision: every code that applies, words marked for them, a memo.

    ``accept`` and ``reject`` name a suggestion (``*``: all of them), ``nothing`` says that no code
    applies, ``unmark`` takes marked words away; they are buttons of the same form. ``corpus`` is
    the identity of the corpus that was decided on: a browser may send what it kept for another.
    ``hit`` is as for :func:`show_panel`.
    """
    own, words_of = desk(request), ui(request)
    if coder != user.coder or not coder:
        before = coder.removeprefix(PERSON) or "?"
        raise InputError(
            words_of.gettext(
                "This was decided as %(before)s, and you are %(now)s now. Nothing was stored.",
                before=before,
                now=user.name or "?",
            )
        )
    if corpus not in ("", own.corpus.catalogue.identity()):
        raise InputError(
            words_of.gettext("This was decided in another corpus. Nothing was stored here.")
        )
    codes = set(code)
    if accept:
        codes |= set(codes_of_machine(own, clause)) if accept == "*" else {accept}
    codes.discard(reject)
    if nothing:
        codes = set()
    marked = _marked(each for each in evidence if each != unmark)
    if words.strip() and words_for:
        codes.add(words_for)
        marked.setdefault(words_for, []).append(_place(own, clause, words))
    one = _decision(own, clause, user, sorted(codes), marked, memo)
    catalogue, book = own.corpus.catalogue, own.put_codebook()
    try:
        stands = decide(catalogue, one, book, stood=stood, who=user.coder)
    except StaleError:
        seen = _seen(request, clause, user)
        return _panel(request, seen, wanted=one, hits=hit, status=409)
    said = words_of.gettext("Saved.")
    if stands.memo and not one.memo:
        said = words_of.gettext(
            "A memo can be changed but not emptied; take your last decision back instead."
        )
    return _after(request, clause, user, back, said, hits=hit)


@router.post("/code/undo")
def undo(
    request: Request,
    user: Coder,
    act: Annotated[int, Form()],
    back: Annotated[str, Form()] = "",
) -> Response:
    """Take one's own last decision back: what stood before stands again."""
    catalogue = desk(request).corpus.catalogue
    last = last_decision(catalogue, user.coder) if user.coder else None
    if last is None or last.id != act or last.clause is None:
        raise InputError("That is not your last decision any more; nothing was taken back.")
    take_back(catalogue, last, who=user.coder)
    panel = _seen(request, last.clause, user)
    said = ui(request).gettext(
        "Your last decision was taken back: %(clause)s of “%(document)s”.",
        clause=panel.clause.label(ui(request)),
        document=f"\u2068{panel.clause.title}\u2069",
    )
    return _after(request, last.clause, user, back, said, link=f"/clauses/{last.clause}")


@router.post("/code/blind")
def choose_blind(
    user: Coder, blind: Annotated[str, Form()] = "", back: Annotated[str, Form()] = "/code"
) -> Response:
    """Hide what others and machines decided, or show it again."""
    response = RedirectResponse(local(back), 303)
    response.set_cookie(
        BLIND, "1" if blind == "1" else "0", max_age=_YEAR, httponly=True, samesite="lax"
    )
    return response


@router.get("/clauses/{clause}/history")
def history(request: Request, clause: str, user: Reader) -> Response:
    """Everything that was ever decided on a clause, and what was taken back."""
    own = desk(request)
    catalogue = own.corpus.catalogue
    seen, blind = _found(request, clause, user), is_blind(request)
    made = [
        each
        for each in decisions_on(catalogue, clause)
        if not (blind and each["coder"] != user.coder)
    ]
    undone = [
        each
        for each in events(catalogue, clause=clause)
        if each.what == "undo" and not (blind and each.who != user.coder)
    ]
    return page(
        request,
        "coding/history_part.html" if is_part(request) else "coding/history.html",
        it=seen.clause,
        acts=_acts(made),
        undone=undone,
        book=own.codebook,
    )


@router.get("/codebook")
def codebook(request: Request, user: Reader) -> Response:
    """The codebook: codes with their definitions, and the rules that hold for all of them."""
    return page(request, "coding/codebook.html", book=desk(request).codebook)


@router.get("/codebook/{code}")
def one_code(request: Request, code: str, user: Reader) -> Response:
    """One code with its definition and clauses that carry it."""
    own = desk(request)
    found = own.codebook.code(code)
    if found is None:
        raise HTTPException(404)
    book = own.codebook
    shown = (
        []
        if is_blind(request)
        else own.remember(
            ("examples", book.digest, code), lambda: examples(own.corpus.catalogue, book, code)
        )
    )
    template = "coding/code_part.html" if is_part(request) else "coding/code.html"
    return page(request, template, code=found, examples=shown, book=book, blind=is_blind(request))


# -- what the actions share --------------------------------------------------------------------


def _seen(request: Request, clause: str, user: User) -> Panel:
    coder = user.coder if user.may("coder") else ""
    return panel_of(desk(request), clause, coder, blind=is_blind(request))


def _found(request: Request, clause: str, user: User) -> Panel:
    """What a page shows of a clause; there is no page for a clause that there is not."""
    try:
        return _seen(request, clause, user)
    except NoClauseError as error:
        raise HTTPException(404) from error


def _panel(
    request: Request,
    panel: Panel,
    *,
    wanted: CodedClause | None = None,
    hits: Iterable[str] = (),
    status: int = 200,
) -> Response:
    template = "coding/panel_part.html" if is_part(request) else "coding/panel.html"
    shown = {} if wanted is None else {code.id: code for code in panel.book.codes}
    return page(
        request,
        template,
        status=status,
        panel=panel,
        it=panel.clause,
        wanted=wanted,
        wanted_codes=[shown[code] for code in wanted.codes if code in shown] if wanted else [],
        blind=is_blind(request),
        hits=[
            Span(int(found[1]), int(found[2])) for each in hits if (found := _HIT.fullmatch(each))
        ],
    )


def _after(
    request: Request,
    clause: str,
    user: User,
    back: str,
    said: str,
    *,
    link: str = "",
    hits: Iterable[str] = (),
) -> Response:
    """The panel as it is after an action, or the page to go back to.

    ``link`` is where one can look at what was ``said``.
    """
    if not is_part(request):
        return RedirectResponse(local(back) if back else f"/clauses/{clause}/coding", 303)
    response = _panel(request, _seen(request, clause, user), hits=hits)
    response.headers["hx-trigger"] = json.dumps({"said": {"sentence": said, "link": link}})
    return response


def _decision(
    own: Desk,
    clause: str,
    user: User,
    codes: Sequence[str],
    marked: dict[str, list[Span]],
    memo: str,
) -> CodedClause:
    """What the form says as a coded clause; what it cannot say is an InputError."""
    stored = stored_clause(own, clause)
    if len(memo) > _LONGEST_MEMO:
        raise InputError(f"A memo can have {_LONGEST_MEMO} letters; this one has {len(memo)}.")
    book = own.codebook
    return CodedClause(
        document=str(stored.document),
        clause=clause,
        language=stored.clause.language,
        text="",
        codes=_in_order(codes, book),
        coder=user.coder,
        codebook=book.reference,
        memo=memo.replace("\r\n", "\n").strip(),
        evidence={each: tuple(sorted(set(marked.get(each, ())))) for each in codes},
    )


def _in_order(codes: Sequence[str], book: Codebook) -> tuple[str, ...]:
    order = {code.id: place for place, code in enumerate(book.codes)}
    return tuple(sorted(codes, key=lambda each: (order.get(each, len(order)), each)))


def _marked(given: Iterable[str]) -> dict[str, list[Span]]:
    """The words marked for each code, from ``CODE:START-END``."""
    found: dict[str, list[Span]] = {}
    for number, each in enumerate(given):
        match = _EVIDENCE.fullmatch(each)
        if match is None or int(match[2]) >= int(match[3]) or number >= _MOST_WORDS:
            raise InputError("These words cannot be marked. Select them in the clause again.")
        found.setdefault(match[1], []).append(Span(int(match[2]), int(match[3])))
    return found


def _place(own: Desk, clause: str, words: str) -> Span:
    stored = next(own.corpus.catalogue.clauses(ids=[clause]), None)
    span = place_of(stored.clause.text, words) if stored is not None else None
    if span is None:
        raise InputError("These words do not stand in the clause. Write them as they stand there.")
    return span


def _acts(made: Sequence[dict[str, object]]) -> list[list[dict[str, object]]]:
    """Codings of one coder at one moment together, the last first."""
    acts: list[list[dict[str, object]]] = []
    for each in made:
        same = acts and all(
            acts[-1][-1][name] == each[name]
            for name in ("coder", "made_at", "codebook", "withdrawn")
        )
        if same:
            acts[-1].append(each)
        else:
            acts.append([each])
    return acts[::-1]
