"""The queue of who codes: clauses that teach the model most, or that others have coded already.

A batch stays as it is, so that one can go back in it, until its coder asks for the next one or is
away for hours: then others may get its clauses. What a coder passed over does not come back to that
coder while the server runs. Two people who code at a time get different clauses to learn from; what
is coded to compare coders may be the same.
"""

from __future__ import annotations

import hashlib
import itertools
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from textmine.codings.progress import decided_clauses, progress
from textmine.records import Code
from textmine.web.clause import clauses_named
from textmine.web.coding.blind import is_blind
from textmine.web.pages import desk, is_part, page, seen_at
from textmine.web.people import Coder, Reader, User
from textmine.web.work.works import works

if TYPE_CHECKING:
    from textmine.store.corpus import Corpus
    from textmine.web.work.processes import Tell

router = APIRouter(include_in_schema=False)

Kind = Literal["learn", "double"]
Language = Literal["", "fa", "en"]

BATCH = 20
AMONG = 3000
"""So many clauses of a large corpus are looked at for one batch, drawn by lot."""

AMONG_BY_MEANING = 800
"""As many where the model needs vectors of them, which may have to be computed first."""

AWAY = 4 * 3600
"""Seconds after which someone who asked for nothing has no batch any more."""

_ENOUGH = 20  # decisions today after which training again is worth its while


@dataclass(frozen=True, slots=True)
class Proposed:
    """A clause to code; ``code`` is what the model is unsure of, empty for one drawn by lot."""

    clause: str
    code: str


@dataclass(frozen=True, slots=True)
class _Own:
    """Where one coder is: the number of the batch, its clauses, and those passed over before.

    ``batch`` is None until it was proposed; ``without`` are the clauses that are not to be in it.
    """

    number: int
    passed: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    batch: tuple[Proposed, ...] | None = None
    seen: float = 0.0  # seconds of the clock


_Key = tuple[str, Kind, Language]


@dataclass(slots=True)
class Queues:
    """The queues of all who code here, by coder, kind and language. Safe for several threads."""

    clock: Callable[[], float] = monotonic
    _own: dict[_Key, _Own] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, key: _Key) -> _Own:
        """Where a coder is; with a new batch when not seen before, or not for ``AWAY``."""
        with self._lock:
            own = self._own.get(key)
            if own is None or self._is_away(own):
                own = self._begun(key, own.passed if own else ())
            return self._put(key, replace(own, seen=self.clock()))

    def batch(self, key: _Key) -> tuple[Proposed, ...]:
        """What a coder was given last; nothing when that is none yet."""
        with self._lock:
            own = self._own.get(key)
            if own is None or own.batch is None:
                return ()
            return self._put(key, replace(own, seen=self.clock())).batch or ()

    def take(self, key: _Key, number: int, batch: Iterable[Proposed]) -> _Own:
        """Give what was proposed for the batch ``number``, without what others took meanwhile.

        When they took all of it, another batch is to be proposed. One that was given stays.
        """
        with self._lock:
            own = self._own[key]
            if own.number != number or own.batch:
                return own
            proposed, others = tuple(batch), self._others(key)
            left = tuple(each for each in proposed if each.clause not in others)
            if proposed and not left:
                return self._put(key, self._begun(key, own.passed))
            return self._put(key, replace(own, batch=left))

    def further(self, key: _Key) -> None:
        """Let the coder have another batch, without what was passed over."""
        with self._lock:
            own = self._own.get(key)
            had = (*own.passed, *(each.clause for each in own.batch or ())) if own else ()
            self._put(key, self._begun(key, tuple(dict.fromkeys(had))))

    def _put(self, key: _Key, own: _Own) -> _Own:
        self._own[key] = own
        return own

    def _begun(self, key: _Key, passed: tuple[str, ...]) -> _Own:
        without = tuple(dict.fromkeys((*passed, *self._others(key))))
        return _Own(next(self._numbers), passed, without, seen=self.clock())

    def _is_away(self, own: _Own) -> bool:
        return self.clock() - own.seen > AWAY

    def _others(self, key: _Key) -> dict[str, None]:
        """What others have in hand, which nobody else is to be given; to compare, all may."""
        coder, kind, _ = key
        return {
            each.clause: None
            for (other, of, _), own in self._own.items()
            if other != coder and of == kind == "learn" and not self._is_away(own)
            for each in own.batch or ()
        }


def proposals(
    corpus: Corpus, tell: Tell, *, who: str, language: str, without: Collection[str]
) -> list[Proposed]:
    """The next batch from active learning, computed in a process of its own.

    ``who`` it is for changes nothing in it: it keeps what is computed for one from the others.
    """
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
    """The queue of whoever asks, with the coding panel beside it; of those who may code."""
    if user.may("coder") and not user.coder:
        back = urlencode({"back": seen_at(request)})
        return RedirectResponse(f"/name?{back}", 303)
    found, step, fault = (
        _batch(request, user, of, language) if user.may("coder") else ((), None, "")
    )
    clauses = clauses_named(desk(request), [each.clause for each in found or ()])
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
    batch = _queues(request).batch((user.coder, of, language)) if user.may("coder") else ()
    done = decided_clauses(catalogue, book, user.coder) if batch else frozenset()
    return page(
        request,
        "coding/progress_part.html" if is_part(request) else "coding/progress.html",
        counts=counts,
        book=book,
        batch=len(batch),
        done=sum(each.clause in done for each in batch),
        train=counts.lately >= _ENOUGH and user.may("admin"),
        most=max(counts.by_code.values(), default=0),
        blind=is_blind(request),
    )


def _queues(request: Request) -> Queues:
    state = request.app.state
    if not hasattr(state, "queues"):
        state.queues = Queues()
    found: Queues = state.queues
    return found


def _batch(
    request: Request, user: User, of: Kind, language: Language
) -> tuple[tuple[Proposed, ...] | None, object, str]:
    """The batch, None while it is being made; how far that is; and why there will be none."""
    key: _Key = (user.coder, of, language)
    queues = _queues(request)
    own = queues.of(key)
    if of == "double":
        if not own.batch:  # others may have coded meanwhile
            found = _coded_by_others(request, user, language, own.without)
            own = queues.take(key, own.number, (Proposed(each, "") for each in found))
        return own.batch, None, ""
    if own.batch is None:
        made = works(request).computed(
            "textmine.web.coding.queue:proposals",
            mark=own.number,
            who=user.coder,
            language=language,
            without=own.without,
        )
        if not made.fresh:
            return None, made.step, made.fault
        own = queues.take(key, own.number, made.value)
    return own.batch, None, ""


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
