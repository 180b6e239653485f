"""One document in a process of its own, with a limit on time and on memory.

Files come from anywhere: some hang a reader, some ask for gigabytes, some crash the interpreter.
So each is read in a fresh process that may be lost. It sends back JSON, first what it read, then
what it made of it, so that text survives when a later step fails.

A server process loads the libraries once and forks for each document (on Windows, where there is no
fork, each document starts an interpreter).
"""

from __future__ import annotations

import contextlib
import json
import math
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from textmine.errors import ReadError, TextmineError
from textmine.store.codec import (
    Json,
    clause_to_json,
    extraction_to_json,
    guess_to_json,
    part_to_json,
)

MESSAGE_BYTES = 256 << 20
"""The most that is taken in from a worker at once."""

_GRACE_SECONDS = 10.0  # for a worker to end after its last word


_SERVER_ENVIRONMENT = {
    # Files named like modules in the current folder must not be run.
    "PYTHONSAFEPATH": "1",
    # Workers are many, and the thread pools of libraries take address space from their limit.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one document may take.

    ``memory_bytes`` counts on top of what a worker holds when it starts (about 200 MB).
    ``wall_seconds`` is for documents that wait for ever; on a busy machine the processor time is
    the fairer measure. Both begin anew with every scanned page whose text is recognised.
    """

    cpu_seconds: int = 120
    wall_seconds: float = 600.0
    memory_bytes: int = 640 << 20


@dataclass(frozen=True, slots=True)
class Task:
    """One original to read. ``key`` is the caller's own; ``path`` lies in the corpus."""

    key: int
    path: str
    sha256: str
    name: str


@dataclass(frozen=True, slots=True)
class Result:
    """What came back: ``extraction`` and ``derived`` as JSON, or a reason and a sentence."""

    task: Task
    extraction: Json | None
    derived: Json | None
    reason: str = ""
    detail: str = ""


@dataclass(slots=True)
class _Running:
    task: Task
    process: BaseProcess
    pipe: Connection
    timer: threading.Timer
    extraction: Json | None = None
    derived: Json | None = None
    error: tuple[str, str] | None = None


def run(
    tasks: Iterable[Task],
    *,
    jobs: int,
    limits: Limits = Limits(),
    on_page: Callable[[str, int, int], None] = lambda name, at, of: None,
) -> Iterator[Result]:
    """Read documents, ``jobs`` at a time; results come as they are ready.

    Every task gives exactly one result, whatever its process does. Workers that still run are ended
    when the caller stops. ``on_page`` hears of each scanned page before its text is recognised: the
    name of the task, which page, of how many.
    """
    context = _context()
    waiting = iter(tasks)
    running: list[_Running] = []
    try:
        while True:
            while len(running) < jobs and (task := next(waiting, None)) is not None:
                running.append(_start(context, task, limits))
            if not running:
                return
            for each in _finished(running, limits, on_page):
                running.remove(each)
                yield _result(each, limits)
    finally:
        for each in running:
            each.timer.cancel()
            each.process.kill()
            each.process.join()
            each.pipe.close()


def _context() -> multiprocessing.context.BaseContext:
    if sys.platform == "win32":
        return multiprocessing.get_context("spawn")
    from multiprocessing import forkserver

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["textmine.warm"])
    before = dict(os.environ)
    os.environ |= _SERVER_ENVIRONMENT
    try:
        forkserver.ensure_running()
    finally:
        for name in _SERVER_ENVIRONMENT:
            if name in before:
                os.environ[name] = before[name]
            else:
                del os.environ[name]
    return context


def _start(context: Any, task: Task, limits: Limits) -> _Running:
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(theirs, task, limits), daemon=True)
    process.start()
    theirs.close()
    return _Running(task, process, ours, _clock(process, limits))


def _clock(process: BaseProcess, limits: Limits) -> threading.Timer:
    """A running clock that kills a process, which may also hang in the middle of a message."""
    timer = threading.Timer(limits.wall_seconds, process.kill)
    timer.daemon = True
    timer.start()
    return timer


def _finished(
    running: list[_Running], limits: Limits, on_page: Callable[[str, int, int], None]
) -> list[_Running]:
    """Wait until a worker says something; take in what was said; return those that are through."""
    through = []
    for pipe in wait([each.pipe for each in running]):
        each = next(each for each in running if each.pipe is pipe)
        try:
            message = json.loads(each.pipe.recv_bytes(MESSAGE_BYTES))
            if "extraction" in message:
                each.extraction = message["extraction"]
            elif "derived" in message:
                each.derived = message["derived"]
            elif "page" in message:
                at, of = (int(number) for number in message["page"])
                if each.timer.is_alive():
                    each.timer.cancel()
                    each.timer = _clock(each.process, limits)
                on_page(each.task.name, at, of)
            else:
                each.error = (str(message["error"][0]), str(message["error"][1]))
        except EOFError:
            through.append(each)
        except OSError:
            each.error = ("too-large", "The text of this document is too large to take in.")
            through.append(each)
        except (ValueError, TypeError, LookupError):
            each.error = ("crash", "The reading process sent something that is no result.")
            through.append(each)
    return through


def _result(each: _Running, limits: Limits) -> Result:
    each.process.join(_GRACE_SECONDS)
    each.process.kill()
    each.process.join()
    late = not each.timer.is_alive()
    each.timer.cancel()
    each.pipe.close()
    error = each.error
    if error is None and each.derived is None:
        code = each.process.exitcode or 0
        if late:
            error = ("timeout", f"Reading took longer than {limits.wall_seconds:g} seconds.")
        elif code == -getattr(signal, "SIGXCPU", 0):
            error = (
                "timeout",
                f"Reading took more than {limits.cpu_seconds} seconds of processor time.",
            )
        elif code == -getattr(signal, "SIGKILL", 0):
            error = ("memory", "The reading process was killed, most likely for lack of memory.")
        else:
            error = ("crash", f"The reading process ended with code {code}.")
    reason, detail = error or ("", "")
    return Result(each.task, each.extraction, each.derived, reason, detail)


def _work(pipe: Connection, task: Task, limits: Limits) -> None:
    """The body of a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt ends
    _limit(limits)

    def send(kind: str, value: object) -> None:
        pipe.send_bytes(json.dumps({kind: value}, ensure_ascii=True).encode("ascii"))

    try:
        _derive(task, send, limits)
    except ReadError as error:
        # The reader saw the original under its hash; people know it by its name.
        detail = error.detail.replace(Path(task.path).name, Path(task.name).name)
        send("error", [error.reason, detail])
    except TextmineError as error:
        send("error", ["input", str(error)])
    except MemoryError:
        megabytes = limits.memory_bytes >> 20
        send("error", ["memory", f"Reading asked for more than {megabytes} MB of memory."])
    except RecursionError:
        send("error", ["damaged", "The file is nested too deeply to be read."])
    except Exception as error:
        # A fault of ours, or of a library, on one file: it must not stop the others, nor be hidden.
        send("error", ["crash", f"{type(error).__name__}: {error}"])
    finally:
        pipe.close()


def _limit(limits: Limits) -> None:
    if sys.platform == "win32":
        return
    import resource

    with contextlib.suppress(OSError, ValueError):  # not every system lets memory be limited
        held = _address_space()
        if held:
            resource.setrlimit(resource.RLIMIT_AS, (held + limits.memory_bytes,) * 2)
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _begin_anew(limits: Limits) -> None:
    """Let the processor time count from now."""
    if sys.platform == "win32":
        return
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    seconds = math.ceil(time.process_time()) + limits.cpu_seconds
    if most != resource.RLIM_INFINITY:
        seconds = min(seconds, most)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, most))


def _address_space() -> int:
    """Bytes of address space this process holds now; 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _derive(task: Task, send: Callable[[str, object], None], limits: Limits) -> None:
    from textmine.clauses import segment
    from textmine.clauses.in_order import views_in_order
    from textmine.clauses.note_marks import note_marks, without_marks
    from textmine.metadata import guess
    from textmine.printed.totals import wrong_totals
    from textmine.sources import read
    from textmine.text.normalise import normalise, normaliser

    def page(at: int, of: int) -> None:
        _begin_anew(limits)
        send("page", [at, of])

    extraction = read(Path(task.path), page)
    _begin_anew(limits)
    names = (Path(task.path).name, Path(task.name).name)
    warnings = tuple(warning.replace(*names) for warning in extraction.warnings)
    extraction = replace(extraction, warnings=(*warnings, *wrong_totals(extraction)))
    send("extraction", extraction_to_json(extraction))
    segmentation = segment(extraction, task.sha256)
    views = views_in_order(extraction, segmentation)
    marks = note_marks(extraction)
    clauses = []
    for clause in segmentation.clauses:
        bare = views.get(clause.id) or without_marks(clause, marks)
        view = bare.then(normalise(bare.text, clause.language))
        clauses.append([clause_to_json(clause), view.text, [list(block) for block in view.blocks]])
    guesses = guess(extraction, Path(task.name))
    send(
        "derived",
        {
            "clauses": clauses,
            "parts": [part_to_json(part) for part in segmentation.parts],
            "segmenter": segmentation.segmenter,
            "normaliser": normaliser(),
            "guesses": {name: guess_to_json(each) for name, each in guesses.items()},
        },
    )
