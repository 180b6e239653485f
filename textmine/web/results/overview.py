"""The first page: what is in the corpus, what needs attention, what to do next."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from textmine.care.taking_back import trail
from textmine.standing import AGREED, PERSON
from textmine.web.entering.auditing import KINDS, doer, said
from textmine.web.language import Interface
from textmine.web.pages import desk, is_part, page, ui
from textmine.web.people import Reader, User
from textmine.web.results.counting import Seen
from textmine.web.results.figuring import asked

router = APIRouter(include_in_schema=False)

_EVENTS = 8
_CODES = 12


@dataclass(frozen=True, slots=True)
class Next:
    """What to do next: a sentence, a word for the button, and where it leads.

    ``post`` is the kind of work that the button begins; empty where it only leads somewhere.
    """

    why: str
    what: str
    href: str
    post: str = ""


@router.get("/")
def overview(request: Request, user: Reader) -> Response:
    """The corpus at a glance."""
    words, here = ui(request), desk(request)
    empty = not here.corpus.catalogue.document_count()
    found = asked(request, "seen")
    seen: Seen | None = found.value
    told = (*KINDS["coding"][1], *KINDS["corpus"][1])
    return page(
        request,
        "overview.html",
        part=is_part(request),
        found=found,
        seen=seen,
        empty=empty,
        next=None if seen is None else _next(words, seen, user),
        most=1 if seen is None else max([count for _, count in seen.codes[:_CODES]], default=1),
        codes=() if seen is None else seen.codes[:_CODES],
        events=[
            (event, said(words, event), doer(words, event.who))
            for event in trail(here.corpus.catalogue, limit=_EVENTS, what=told)
        ],
    )


def _next(words: Interface, seen: Seen, user: User) -> Next | None:
    """The first thing that is missing on the way from documents to results."""
    _ = words.gettext
    people = {each for each in seen.coders if each.startswith(PERSON) and each != AGREED}
    if not seen.overview.documents:
        return Next(
            _("The corpus is empty. Begin with agreements, papers or other documents."),
            _("Add documents"),
            "/add",
        )
    if not seen.overview.clauses:
        return Next(
            _("No clause was found in the documents. See which ones could not be read."),
            _("Look at the documents"),
            "/documents",
        )
    if (seen.uncoded or seen.outdated) and user.may("admin"):
        return Next(
            _("Not every clause is coded by the codebook as it is now."),
            _("Have them coded"),
            "/work",
            "code",
        )
    if not people:
        return Next(
            _("All codings are those of machines. Read some clauses and correct them: only then "
              "is it known how far the codings can be trusted."),
            _("Read and correct"),
            "/code",
        )  # fmt: skip
    if len(people) == 1:
        return Next(
            _("One person has coded so far. Have a second one read some of the same clauses, and "
              "compare."),
            _("Compare coders"),
            "/quality",
        )  # fmt: skip
    return Next(
        _("The corpus is coded and compared. Look at the results."), _("See results"), "/results"
    )
