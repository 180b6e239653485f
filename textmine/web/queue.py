"""The queue of who codes: clauses that teach the model most, or that others have coded already.

A batch stays as it is until the next one is asked for, so that one can go back in it. Clauses that
were passed over do not come back while the server runs, and two people who code at a time get
different ones.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from textmine.codings.progress import decided_clauses, progress
from textmine.records import Code
from textmine.store.catalogue import now
from textmine.web.clause import ShownClause, shown_clauses
from textmine.web.pages import desk, is_part, page
from textmine.web.panel import is_blind
from textmine.web.people import Coder, Reader, User
from textmine.web.work import works

if TYPE_CHECKING:
    from textmine.store.corpus import Corpus
    from textmine.web.processes import Tell

router = APIRouter(include_in_schema=False)

Kind = Literal["learn", "double"]
Language = Literal["", "fa", "en"]

BATCH = 20
AMONG = 3000
"""So many clauses of a large corpus are looked at for one batch, drawn by lot."""

AMONG_BY_MEANING = 800
"""As many where the model needs vectors of them, which may have to be computed first."""

_ENOUGH = 20  # decisions today after which training again is worth its while


@dataclass(frozen=True, slots=True)
class Proposed:
    """A clause to code; ``code`` is what the model is unsure of, empty for one drawn by lot."""

    clause: str
    code: str


@dataclass(slots=True)
class _Own:
    """Where one coder is: the number of the batch, its clauses, and those passed over before."""

    number: str
    without: tuple[str, ...] = ()
    batch: tuple[str, ...] = ()


@dataclass(slots=True)
class Queues:
    """The queues of all who code here, by coder, kind and language. Safe for several threads."""

    own: dict[tuple[str, str, str], _Own] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, key: tuple[str, str, str]) -> _Own:
        """Where a coder is; at the beginning when not seen before."""
        with self.lock:
            return self.own.setdefault(key, _Own(now(), self._others(key)))

    def take(self, key: tuple[str, str, str], batch: Sequence[str]) -> None:
        """Note what a coder was given."""
        self.of(key).batch = tuple(batch)

    def further(self, key: tuple[str, str, str]) -> None:
        """Let the coder have another batch, without what was passed over."""
        with self.lock:
            before = self.own.get(key, _Own(""))
            passed = dict.fromkeys((*before.without, *before.batch, *self._others(key)))
            self.own[key] = _Own(f"{now()} {len(passed)}", tuple(passed))

    def _others(self, key: tuple[str, str, str]) -> tuple[str, ...]:
        coder, kind, _ = key
        return tuple(
            clause
            for (other, of, _), own in self.own.items()
            if other != coder and of == kind == "learn"
            for clause in own.batch
        )


def proposals(
    corpus: Corpus, tell: Tell, *, language: str, without: Collection[str]
) -> list[Proposed]:
    """The next batch from active learning, computed in a process of its own."""
    from textmine.tagging.coders import live_or_dictionary
    from textmine.tagging.review import propose

    coder, _ = live_or_dictionary(corpus.folder)
    read = 0

    def step(name: str, total: int) -> None:
        nonlocal read
        read += 1
        tell("reading", read, total)

    among = AMONG_BY_MEANING if getattr(coder, "encoder_name", "") else AMONG
    found = propose(
        corpus, BATCH, coder, language=language, among=among, without=without, on_step=step
    )
    return [Proposed(one.clause.id, one.code) for one in found]


@router.get("/code")
def show_queue(
    request: Request, user: Reader, of: Kind = "learn", language: Language = ""
) -> Response:
    """The queue of whoever asks, with the coding panel beside it."""
    if user.may("coder") and not user.coder:
        back = urlencode({"back": "/code"})
        return RedirectResponse(f"/name?{back}", 303)
    found, step, fault = _batch(request, user, of, language)
    clauses = _shown(request, [each.clause for each in found or ()])
    book = desk(request).codebook
    reasons: dict[str, Code | None] = {each.clause: book.code(each.code) for each in found or ()}
    own = decided_clauses(desk(request).corpus.catalogue, book, user.coder) if found else ()
    return page(
        request,
        "coding/queue_part.html" if is_part(request) else "coding/queue.html",
        clauses=clauses,
        reasons=reasons,
        decided={one.id for one in clauses if one.id in own},
        waits=found is None,
        step=step,
        fault=fault,
        of=of,
        language=language,
        blind=is_blind(request),
    )


@router.post("/code/next")
def next_batch(
    request: Request,
    user: Coder,
    of: Annotated[Kind, Form()] = "learn",
    language: Annotated[Language, Form()] = "",
) -> Response:
    """Give the next clauses; those that were not decided are passed over."""
    _queues(request).further((user.coder, of, language))
    chosen = {"of": of, "language": language}
    return RedirectResponse(f"/code?{urlencode(chosen)}", 303)


@router.get("/code/progress")
def show_progress(
    request: Request, user: Reader, of: Kind = "learn", language: Language = ""
) -> Response:
    """How far the coder and all people are: today, in the batch, in the corpus, for each code."""
    own = desk(request)
    midnight = datetime.combine(datetime.now().astimezone(), time.min).astimezone(UTC)
    since = midnight.isoformat(timespec="seconds")
    catalogue, book = own.corpus.catalogue, own.codebook
    counts = own.remember(
        ("progress", book.reference, user.coder, since),
        lambda: progress(catalogue, book, user.coder, since),
    )
    batch = _queues(request).of((user.coder, of, language)).batch
    done = decided_clauses(catalogue, book, user.coder) if batch else frozenset()
    return page(
        request,
        "coding/progress_part.html" if is_part(request) else "coding/progress.html",
        counts=counts,
        book=book,
        batch=len(batch),
        done=sum(each in done for each in batch),
        train=counts.lately >= _ENOUGH and user.may("admin"),
        most=max(counts.by_code.values(), default=0),
    )


def _queues(request: Request) -> Queues:
    state = request.app.state
    if not hasattr(state, "queues"):
        state.queues = Queues()
    found: Queues = state.queues
    return found


def _batch(
    request: Request, user: User, of: Kind, language: Language
) -> tuple[list[Proposed] | None, object, str]:
    """The batch, None while it is being made; how far that is; and why there will be none."""
    key = (user.coder, of, language)
    queues = _queues(request)
    own = queues.of(key)
    if of == "double":
        if not own.batch:
            queues.take(key, _coded_by_others(request, user, language, own.without))
        return [Proposed(each, "") for each in queues.of(key).batch], None, ""
    found = works(request).computed(
        "textmine.web.queue:proposals", mark=own.number, language=language, without=own.without
    )
    if not found.fresh:
        return None, found.step, found.fault
    queues.take(key, [each.clause for each in found.value])
    return found.value, None, ""


def _coded_by_others(
    request: Request, user: User, language: Language, without: Collection[str]
) -> list[str]:
    """Clauses that others have coded and the coder has not, drawn by lot."""
    own = desk(request)
    catalogue, book = own.corpus.catalogue, own.codebook
    passed = decided_clauses(catalogue, book, user.coder) | set(without)
    others = decided_clauses(catalogue, book) - passed
    lots = sorted(others, key=lambda each: hashlib.sha256(each.encode()).digest())
    found: list[str] = []
    for start in range(0, len(lots), BATCH):
        some = lots[start : start + BATCH]
        present = {
            each.clause.id
            for each in catalogue.clauses(ids=some)
            if language in ("", each.clause.language)
        }
        found += [each for each in some if each in present]
        if len(found) >= BATCH:
            break
    return found[:BATCH]


def _shown(request: Request, ids: Sequence[str]) -> list[ShownClause]:
    """Clauses by their ids, in that order; those that are gone are left out."""
    catalogue = desk(request).corpus.catalogue
    stored = {each.clause.id: each for each in catalogue.clauses(ids=ids)} if ids else {}
    ordered = [stored[each] for each in ids if each in stored]
    numbers = sorted({each.document for each in ordered})
    titles = {each.id: each.title for each in catalogue.documents(numbers=numbers)}
    return shown_clauses(desk(request), ordered, titles=titles)
