"""Where documents are read: on this machine, or on the machines of a Dask cluster.

Every engine does the same with each document: it gets the original, reads it in a process of its
own with limits, and gives JSON back. What comes out hangs on the original and on the versions of
what reads it, never on the machine, so a document that was read twice, because a machine went away,
is the same document. Nothing is stored here: that is left to the one process that asks.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from itertools import chain
from queue import Empty, SimpleQueue
from typing import Any, Protocol

from textmine import __version__, worker
from textmine.errors import EngineError, ReadError, TextmineError, UsageError
from textmine.store.codec import Json
from textmine.store.originals import Originals
from textmine.worker import Result, Task

OnPage = Callable[[str, int, int], None]
"""Hears of each scanned page before its text is recognised: file, which page, of how many."""


@dataclass(frozen=True, slots=True)
class Order:
    """One original to read. ``key`` is the caller's own; ``name`` is what people know it by."""

    key: int
    sha256: str
    suffix: str
    name: str

    def task(self, path: str) -> Task:
        """The task of reading it from a file of this machine."""
        return Task(self.key, path, self.sha256, self.name)


class Engine(Protocol):
    """Reads documents."""

    def read(
        self, orders: Iterable[Order], originals: Originals, on_page: OnPage
    ) -> Iterator[Sequence[Result]]:
        """Every order gives exactly one result; those that are ready together come together.

        Orders are taken as there is room for them, not all at once. Stopping ends what still runs.
        EngineError when the machines cannot be used or are lost.
        """


def engine_named(name: str) -> Engine:
    """The engine of a name: ``local``, ``local:4``, or the address of a Dask scheduler.

    >>> engine_named("local:4")
    Local(jobs=4)
    >>> engine_named("dask://10.0.0.1:8786")
    Dask(address='tcp://10.0.0.1:8786')
    >>> engine_named("spark://host")
    Traceback (most recent call last):
    textmine.errors.UsageError: No engine is named spark://host; say local:4 (documents at once on
    this machine) or dask://HOST:8786 (the address of a Dask scheduler).
    """
    if found := re.fullmatch(r"local(?::([1-9]\d{0,2}))?", name):
        return Local(int(found[1])) if found[1] else Local()
    scheme, _, host = name.partition("://")
    if host and scheme in ("dask", "tcp", "tls"):
        host = host.rstrip("/")
        port = "" if re.search(r":\d+$", host) else ":8786"
        return Dask(f"{'tcp' if scheme == 'dask' else scheme}://{host}{port}")
    raise UsageError(
        f"No engine is named {name}; say local:4 (documents at once on this machine) or "
        "dask://HOST:8786 (the address of a Dask scheduler)."
    )


# -- this machine ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Local:
    """Reads ``jobs`` documents at a time on this machine; as many as it has cores when not said."""

    jobs: int = os.cpu_count() or 1

    def read(
        self, orders: Iterable[Order], originals: Originals, on_page: OnPage
    ) -> Iterator[Sequence[Result]]:
        """See :class:`Engine`."""
        unread: list[Result] = []
        held: dict[int, ExitStack] = {}

        def tasks() -> Iterator[Task]:
            for order in orders:
                held[order.key] = ExitStack()
                try:
                    at_hand = originals.at_hand(order.sha256, order.suffix)
                    path = held[order.key].enter_context(at_hand)
                except ReadError as error:
                    del held[order.key]
                    unread.append(_failed(order.task(""), error.reason, error.detail))
                    continue
                yield order.task(str(path))

        try:
            for result in worker.run(tasks(), jobs=self.jobs, on_page=on_page):
                held.pop(result.task.key).close()
                yield [*_taken(unread), result]
            if unread:
                yield _taken(unread)
        finally:
            for at_hand in held.values():
                at_hand.close()


def _taken(results: list[Result]) -> list[Result]:
    taken = results[:]
    results.clear()
    return taken


def _failed(task: Task, reason: str, detail: str) -> Result:
    return Result(task, None, None, reason, detail)


# -- a Dask cluster --------------------------------------------------------------------------------

_CONNECT_SECONDS = 15
_FIRST_WORKER_SECONDS = 20
_WITHOUT_WORKERS_SECONDS = 300.0
_LOOK_SECONDS = 5.0
_AHEAD = 3  # orders in flight for each document that the workers read at once

_MOST_LOST = 3  # times that the result of one document may be lost on its way

_START = "Start them with: dask scheduler, and on each machine: dask worker ADDRESS"


@dataclass(frozen=True, slots=True)
class Dask:
    """Reads documents on the workers of a Dask scheduler, as many at once as they have threads.

    A worker that goes away loses nothing: what it was reading is read by another. The scheduler and
    the workers need the same textmine, and the originals at an address that they reach.
    """

    address: str

    def read(
        self, orders: Iterable[Order], originals: Originals, on_page: OnPage
    ) -> Iterator[Sequence[Result]]:
        """See :class:`Engine`. ``on_page`` hears nothing: pages are recognised far away."""
        with _client(self.address) as client:
            _check_versions(client)
            waiting = iter(orders)
            if first := next(waiting, None):
                _check_originals(client, originals, first)
                yield from _Flow(client, originals.address, chain([first], waiting)).results()


class _Flow:
    """Keeps the workers busy: so many orders in flight, results taken as they come."""

    def __init__(self, client: Any, address: str, orders: Iterator[Order]) -> None:
        self.client = client
        self.address = address
        self.orders = orders
        self.versions = versions()
        self.running: dict[str, tuple[Any, Order]] = {}
        self.lost: Counter[int] = Counter()
        self.ready: SimpleQueue[Any] = SimpleQueue()
        self.room = 0
        self.looked = -_LOOK_SECONDS
        self.had_workers = time.monotonic()

    def results(self) -> Iterator[Sequence[Result]]:
        while True:
            self.look()
            while len(self.running) < self.room and (order := next(self.orders, None)):
                self.submit(order)
            if not self.running:
                return
            if done := self.done():
                found = [self.result(future) for future in done]
                if results := [each for each in found if each is not None]:
                    yield results

    def look(self) -> None:
        """See how many threads the workers have now: machines come and go."""
        now = time.monotonic()
        if now - self.looked < _LOOK_SECONDS:
            return
        self.looked = now
        try:
            threads = sum(self.client.nthreads().values())
        except (OSError, TimeoutError) as error:
            raise _lost() from error
        if threads:
            self.had_workers = now
            self.room = _AHEAD * threads
        elif now - self.had_workers > _WITHOUT_WORKERS_SECONDS:
            raise EngineError(
                f"All workers have left the scheduler at {_at(self.client)}. What was stored "
                "stays; start workers and run the same command again."
            )

    def submit(self, order: Order) -> None:
        said = _order_there(order, self.address, self.versions)
        digest = hashlib.sha256(said.encode()).hexdigest()
        key = f"textmine-{order.sha256}-{digest}-{self.lost[order.key]}"
        future = self.client.submit(read_there, said, key=key)
        self.running[future.key] = (future, order)
        future.add_done_callback(self.ready.put)

    def done(self) -> list[Any]:
        """The futures that are through; none when nothing was heard for a while."""
        try:
            found = [self.ready.get(timeout=_LOOK_SECONDS)]
        except Empty:
            return []
        while not self.ready.empty():
            found.append(self.ready.get())
        return found

    def result(self, future: Any) -> Result | None:
        """What a worker sent; None when it is asked for again."""
        _, order = self.running.pop(future.key)
        task = order.task("")
        if future.status not in ("finished", "error"):
            self.ask_again(order)
            return None
        try:
            packed = future.result()
        except _library().KilledWorker:
            return _failed(task, "crash", "Several workers were lost while they were reading it.")
        except Exception as error:  # of the cluster: what happens to a document is a result
            if future.status not in ("finished", "error"):
                self.ask_again(order)
                return None
            raise EngineError(
                f"The cluster cannot do what it is asked: {type(error).__name__}: {error}. The "
                f"scheduler needs textmine[cluster] {__version__} too."
            ) from error
        return _result_there(packed, task)

    def ask_again(self, order: Order) -> None:
        """Give an order out anew whose result was lost with its worker before it was fetched.

        EngineError when it is the scheduler that is gone, or this happens again and again.
        """
        self.lost[order.key] += 1
        if self.client.status != "running" or self.lost[order.key] > _MOST_LOST:
            raise _lost()
        self.submit(order)


def _order_there(order: Order, address: str, expected: Mapping[str, str]) -> str:
    """An order as a worker gets it, with the versions that it must have."""
    return json.dumps([order.sha256, order.suffix, order.name, address, dict(expected)])


def _result_there(packed: bytes, task: Task) -> Result:
    """The result that a worker sent; EngineError when it refused."""
    said = json.loads(zlib.decompress(packed))
    if "refused" in said:
        raise EngineError(said["refused"])
    return Result(task, said["extraction"], said["derived"], said["reason"], said["detail"])


def read_there(said: str) -> bytes:
    """The task of a worker: read the original of a hash, give compressed JSON back.

    It hangs on nothing but what it is told, writes nothing, and may run twice.
    """
    sha256, suffix, name, address, expected = json.loads(said)
    if differing := _differing(expected, versions()):
        return _packed({"refused": _refusal(platform.node(), differing)})
    order = Order(0, sha256, suffix, name)
    _may_have_children()
    try:
        with Originals(address).at_hand(sha256, suffix) as path:
            (result,) = worker.run([order.task(str(path))], jobs=1)
    except ReadError as error:
        result = _failed(order.task(""), error.reason, f"On {platform.node()}: {error.detail}")
    except OSError as error:  # its disk is full, it has no process left
        result = _failed(order.task(""), "unreachable", f"On {platform.node()}: {error}")
    try:
        return _sent(result)
    except RecursionError:
        return _sent(_failed(result.task, "crash", "What was read is nested too deeply."))


def _sent(result: Result) -> bytes:
    return _packed(
        {
            "extraction": result.extraction,
            "derived": result.derived,
            "reason": result.reason,
            "detail": result.detail,
        }
    )


def _packed(value: Json) -> bytes:
    return zlib.compress(json.dumps(value).encode("ascii"), 1)


def _may_have_children() -> None:
    """Let this process start others, which multiprocessing forbids the workers of Dask.

    They are daemons in its sense: it fears that their children would outlive them. A reading
    process has a limit on its time and ends when nobody listens.
    """
    import multiprocessing

    process = multiprocessing.current_process()
    if process.daemon:
        process.daemon = False


def versions() -> Mapping[str, str]:
    """What decides how a document is read: two machines that agree on it read the same."""
    from importlib.metadata import version

    from textmine.clauses import SEGMENTER
    from textmine.sources.tesseract import installed
    from textmine.text.normalise import normaliser

    program = installed()
    return {
        "textmine": __version__,
        "Python": ".".join(platform.python_version_tuple()[:2]),
        **{name: version(name) for name in ("hazm", "spacy", "pdfplumber", "pypdfium2", "dask")},
        "clauses": SEGMENTER,
        "normaliser": normaliser(),
        "Tesseract": program.version if program is not None else "none",
    }


def _differing(here: Mapping[str, str], there: Mapping[str, str]) -> str:
    """The first difference, as a phrase; "" when there is none.

    >>> _differing({"Python": "3.12"}, {"Python": "3.11"})
    'Python 3.11, here is 3.12'
    """
    for name, said in here.items():
        if there.get(name) != said:
            return f"{name} {there.get(name, 'none')}, here is {said}"
    return ""


def _refusal(machine: str, differing: str) -> str:
    return (
        f"The worker {machine} has {differing}: it would read documents differently. Install the "
        "same versions on all machines, then start scheduler and workers again."
    )


def _library() -> Any:
    try:
        return import_module("distributed")
    except ImportError as error:
        raise EngineError(
            "The engine dask:// needs the package distributed; install it with: "
            "pip install 'textmine[cluster]'"
        ) from error


@contextmanager
def _client(address: str) -> Iterator[Any]:
    import logging
    import warnings

    library = _library()

    # What it says of lost connections and other versions is said here, in sentences.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="distributed")
        try:
            client = library.Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
        except (OSError, TimeoutError, ValueError, RuntimeError, TypeError) as error:
            raise EngineError(
                f"No Dask scheduler can be talked to at {address}: {error}. {_START}"
            ) from error
    with client:
        yield client


def _check_versions(client: Any) -> None:
    """EngineError unless there are workers, all like this machine."""
    try:
        client.wait_for_workers(1, timeout=_FIRST_WORKER_SECONDS)
    except TimeoutError as error:
        raise EngineError(
            f"No worker has come to the scheduler at {_at(client)}. {_START}"
        ) from error
    here = versions()
    try:
        found: Mapping[str, Mapping[str, str]] = client.run(_versions_there)
    except (ImportError, AttributeError) as error:
        raise EngineError(
            f"A worker has no textmine, or another one ({error}); install textmine[cluster] "
            f"{__version__} on all machines."
        ) from error
    for address, there in found.items():
        if differing := _differing(here, there):
            raise EngineError(_refusal(address, differing))


def _versions_there() -> Mapping[str, str]:
    return versions()


def _check_originals(client: Any, originals: Originals, first: Order) -> None:
    """EngineError unless every worker sees an original that was just kept."""
    found: Mapping[str, str] = client.run(_trouble, originals.address, first.sha256, first.suffix)
    for address, trouble in found.items():
        if trouble:
            raise EngineError(
                f"The worker {address} does not see the originals. {trouble} Originals must lie "
                "where all machines reach them: textmine init --originals ADDRESS"
            )


def _trouble(address: str, sha256: str, suffix: str) -> str:
    try:
        with Originals(address).at_hand(sha256, suffix):
            return ""
    except TextmineError as error:
        return str(error)


def _at(client: Any) -> str:
    return str(client.scheduler.address) if client.scheduler is not None else "its address"


def _lost() -> EngineError:
    return EngineError(
        "The Dask scheduler was lost. What was stored stays; when it is back, run the same command "
        "again to go on."
    )
