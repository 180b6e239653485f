"""The first page: what is in the corpus, what needs attention, what to do next."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from textmine.care.taking_back import trail
from textmine.standing import AGREED, PERSON
from textmine.web.coding.blind import is_blind
from textmine.web.entering.auditing import KINDS, doer, said_of
from textmine.web.language import Interface
from textmine.web.pages import desk, is_part, page, ui
from textmine.web.people import Reader, User
from textmine.web.results.agreeing import FEW
from textmine.web.results.figuring import asked
from textmine.web.results.labels import decided_query
from textmine.web.results.records import Seen

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
    blind = is_blind(request)
    told = (*(() if blind else KINDS["coding"][1]), *KINDS["corpus"][1])
    return page(
        request,
        "overview.html",
        part=is_part(request),
        found=found,
        seen=seen,
        empty=empty,
        blind=blind,
        next=None if seen is None or blind else _next(words, seen, user),
        most=1 if seen is None else max([count for _, count in seen.codes[:_CODES]], default=1),
        codes=() if seen is None else seen.codes[:_CODES],
        decided_query=decided_query,
        events=[
            (event, said_of(words, event), doer(words, event.who))
            for event in trail(here.corpus.catalogue, limit=_EVENTS, what=told)
        ],
    )


def _next(words: Interface, seen: Seen, user: User) -> Next | None:
    """The first thing that is missing on the way from documents to results."""
    _ = words.gettext
    people = {each for each in seen.about.known if each.startswith(PERSON) and each != AGREED}
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
    return _after_comparing(words, seen)


def _after_comparing(words: Interface, seen: Seen) -> Next:
    """What the agreement of two people or more leaves to be done."""
    _, found = words.gettext, seen.agreement
    alpha = "" if found.alpha.value is None else words.probability(found.alpha.value)
    if found.twice < FEW:
        return Next(
            words.ngettext(
                "Only %(n)s clause was read by two people or more: too few to say how far the "
                "codings can be trusted. Have at least %(least)s read by two.",
                "Only %(n)s clauses were read by two people or more: too few to say how far the "
                "codings can be trusted. Have at least %(least)s read by two.",
                found.twice,
                least=FEW,
            ),
            _("Read and correct"),
            "/code",
        )
    if found.allows == "unreliable":
        return Next(
            _("People agree too little for conclusions: alpha is %(alpha)s on the %(n)s clauses "
              "that two or more have read. See which codes they read differently, and make clear "
              "what these mean.", alpha=alpha, n=found.twice),
            _("Agreement on each code"),
            "/quality/reliability",
        )  # fmt: skip
    if found.settled < found.differing:
        return Next(
            words.ngettext(
                "On %(n)s clause people differ and have not settled it.",
                "On %(n)s clauses people differ and have not settled them.",
                found.differing - found.settled,
            ),
            _("Settle disagreements"),
            "/quality/disagreements",
        )
    known = _(
        "Two people or more have read %(n)s of %(all)s clauses.",
        n=found.twice,
        all=seen.overview.clauses,
    )
    allows = {
        "reliable": _("They agree well (alpha %(alpha)s): look at the results.", alpha=alpha),
        "tentative": _(
            "Their agreement (alpha %(alpha)s) allows tentative conclusions: look at the results.",
            alpha=alpha,
        ),
    }.get(
        found.allows,
        _("They decided all alike, so how far they agree beyond chance cannot be computed."),
    )
    return Next(f"{known} {allows}", _("See results"), "/results")
