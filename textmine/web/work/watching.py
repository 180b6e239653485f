"""Pages of long work: what is under way, how far it is, what became of it."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from textmine.web.pages import desk, is_part, page, ui
from textmine.web.people import Admin, Reader
from textmine.web.work.computing import Computed
from textmine.web.work.works import Work, names_in, works

router = APIRouter(include_in_schema=False)

_SHOWN = 200  # files of one piece of work on its page
_SAME = re.compile(r"(?<=^same content as )(?:.*/)?([^/]+)$")  # where else it lay is not for all
_ATTENTION = ("failed", "suspect", "partial")


def waiting(request: Request, found: Computed) -> HTMLResponse:
    """That figures are being computed: a bar that asks the same address again, or the fault."""
    return page(request, "work/waiting.html", part=is_part(request), found=found)


@router.get("/work")
def list_work(request: Request, user: Reader) -> Response:
    """What is under way, and what was done."""
    from textmine import encoding

    everything = works(request).all()
    return page(
        request,
        "work/list.html",
        under_way=[each for each in everything if each.is_under_way],
        ended=[each for each in everything if not each.is_under_way],
        encodes=not encoding.missing(encoding.DEFAULT),
    )


@router.post("/work")
def begin_work(
    request: Request, user: Admin, kind: Annotated[Literal["code", "index", "encode"], Form()]
) -> Response:
    """Begin a piece of work that asks for nothing else."""
    return RedirectResponse(f"/work/{works(request).start(kind, who=user.coder).id}", 303)


@router.get("/work/{number}")
def show_work(request: Request, user: Reader, number: int) -> Response:
    """One piece of work: how far it is, what became of each file."""
    work = _found(request, number)
    lines = works(request).lines(number)
    lines.sort(key=lambda line: line["state"] not in _ATTENTION)
    shown = lines[:_SHOWN]
    answer = page(
        request,
        "work/one.html",
        part=is_part(request),
        work=work,
        arrived=sum(1 for _ in names_in(works(request).inbox(number)))
        if work.state == "receiving"
        else 0,
        states=_states(request, work),
        lines=_with_documents(request, shown),
        more=len(lines) - len(shown),
    )
    return _said(request, answer, work)


@router.get("/work/{number}/bar")
def show_bar(request: Request, user: Reader, number: int) -> Response:
    """A few lines on one piece of work, for other pages."""
    work = _found(request, number)
    return _said(
        request, page(request, "work/bar_part.html", work=work, states=_states(request, work)), work
    )


@router.post("/work/{number}/stop")
def stop_work(request: Request, user: Admin, number: int) -> Response:
    """End it; what it has stored stays."""
    _found(request, number)
    works(request).stop(number)
    return RedirectResponse(f"/work/{number}", 303)


@router.post("/work/{number}/again")
def begin_again(request: Request, user: Admin, number: int) -> Response:
    """Go on with what failed or was stopped."""
    _found(request, number)
    works(request).again(number)
    return RedirectResponse(f"/work/{number}", 303)


def _found(request: Request, number: int) -> Work:
    work = works(request).find(number)
    if work is None:
        raise HTTPException(404)
    return work


def _said(request: Request, answer: Response, work: Work) -> Response:
    """Say to those who wait that the work has ended."""
    if is_part(request) and not work.is_under_way:
        words = ui(request)
        sentence = {
            "done": words.gettext("The work is finished."),
            "stopped": words.gettext("The work was stopped."),
        }.get(work.state, words.gettext("The work failed."))
        answer.headers["hx-trigger"] = json.dumps({"said": {"sentence": sentence}})
    return answer


def _states(request: Request, work: Work) -> Counter[str]:
    """How many files ended in each state, once all have."""
    return (
        Counter()
        if work.is_under_way
        else Counter(x["state"] for x in works(request).lines(work.id))
    )


def _with_documents(request: Request, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Files with the number of the document that each became."""
    catalogue = desk(request).corpus.catalogue
    numbers = catalogue.numbers_of({line["sha256"] for line in lines if line["sha256"]})
    found = []
    for line in lines:
        code, colon, sentence = line["reason"].partition(": ")
        if not colon or " " in code:  # a sentence alone
            code, sentence = "", _SAME.sub(r"\1", line["reason"])
        found.append(
            {**line, "document": numbers.get(line["sha256"]), "code": code, "why": sentence}
        )
    return found
