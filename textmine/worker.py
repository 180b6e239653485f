"""One document in a process of its own, with limits on time and memory, and next to no rights.

Files come from anywhere: some hang a reader, some ask for gigabytes, some crash the interpreter,
some are made to take it over. So each is read in a fresh process that may be lost and that gave up
all rights but to read this one file (:mod:`textmine.confinement`). It sends back JSON: each step
before it begins, what it read, then what it made of it. A step at which a process was lost, such as
one page, is left out when the document is read again, so that it does not cost the others.

A server process loads the libraries once and forks for each document (on Windows, where there is no
fork, each document starts an interpreter).
"""

from __future__ import annotations

import contextlib
import json
import math
import multiprocessing
import os
import re
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, NamedTuple

from textmine.confinement import confine, die_with_parent
from textmine.errors import ReadError, TextmineError
from textmine.sources.steps import Begin, Step
from textmine.store.codec import (
    Json,
    clause_to_json,
    extraction_to_json,
    guess_to_json,
    part_to_json,
)

MESSAGE_BYTES = 64 << 20
"""The most that is taken in from a worker at once."""

MOST_VALUES = 5_000_000
"""The most numbers, texts, lists and objects that are taken in of one document: decoded they take
tens of bytes each, however few they take in JSON."""

_MOST_MESSAGES = 100_000  # a document of the most pages has half as many steps
_MOST_NUMBER = 1_000_000  # of pages and seconds
_LONGEST_DETAIL = 2_000
_REASON = re.compile("[a-z-]{1,40}")

_GRACE_SECONDS = 10.0  # for a worker to end after its last word
_FILES_OF_A_SERVER = 1024  # it has some ten open
_TRIES_OF_ONE_STEP = 3  # after so many lost processes a step is left out for the rest of the pages
_MOST_TRIES = 6

_STARTING = threading.Lock()  # the environment is the process's, and documents may be many
_SERVER_ENVIRONMENT = {
    # Files named like modules in the current folder must not be run.
    "PYTHONSAFEPATH": "1",
    # Workers may not write.
    "PYTHONDONTWRITEBYTECODE": "1",
    # Workers are many, and the thread pools of libraries take address space from their limit.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one document may take.

    Processor time: ``cpu_seconds`` for the document and ``page_cpu_seconds`` more with every page
    read or recognised; no page alone takes more than ``cpu_seconds``. ``memory_bytes`` counts on
    top of what a worker holds when it starts (about 200 MB).

    By the clock a step may take ``wall_seconds`` for each ``cpu_seconds`` that it has: that is for
    documents that wait for ever; on a busy machine the processor time is the fairer measure.
    ``most_seconds`` is the hard end of a document by either, however many its pages and tries.
    """

    cpu_seconds: int = 60
    page_cpu_seconds: int = 5
    wall_seconds: float = 600.0
    most_seconds: int = 7200
    memory_bytes: int = 640 << 20


@dataclass(frozen=True, slots=True)
class Task:
    """One original to read. ``key`` is the caller's own; ``path`` is a file on this machine."""

    key: int
    path: str
    sha256: str
    name: str


@dataclass(frozen=True, slots=True)
class Result:
    """What came back: ``extraction`` and ``derived`` as JSON, or a reason and a sentence.

    The JSON comes from a process that read a file from anywhere: its inner shape is not checked.
    """

    task: Task
    extraction: Json | None
    derived: Json | None
    reason: str = ""
    detail: str = ""


class _Left(NamedTuple):
    """Pages at which a step is left out (``last`` None: to the end; 0 to 0: no page), and why."""

    step: Step
    first: int
    last: int | None
    reason: str
    detail: str


class _Clock:
    """Kills a worker when its time is over, also one that hangs in the middle of a message."""

    def __init__(self, process: BaseProcess, seconds: float, end: float) -> None:
        self.late = False
        self._process = process
        self._end = end  # of all tries of the document
        self._timer: threading.Timer | None = None
        self.give(seconds)
        self._arm()

    def give(self, seconds: float) -> None:
        """The worker may take so long from now, and never beyond the end."""
        self._due = min(time.monotonic() + seconds, self._end)

    def stop(self) -> None:
        """Let the worker be."""
        self._due = math.inf
        if self._timer is not None:
            self._timer.cancel()

    def _arm(self) -> None:
        self._timer = threading.Timer(max(0.0, self._due - time.monotonic()), self._ring)
        self._timer.daemon = True
        self._timer.start()

    def _ring(self) -> None:
        if self._due == math.inf:
            return
        if self._due > time.monotonic():
            self._arm()
            return
        self.late = True
        _kill(self._process)


@dataclass(slots=True)
class _Running:
    task: Task
    process: BaseProcess
    pipe: Connection
    clock: _Clock
    end: float
    left: tuple[_Left, ...] = ()
    step: tuple[Step, int] | None = None
    seconds: float = 0.0  # of processor time that the step has
    messages: int = 0
    values: int = 0
    extraction: bytes | None = None  # as they came: decoded when the worker is through
    derived: bytes | None = None
    error: tuple[str, str] | None = None


def run(
    tasks: Iterable[Task],
    *,
    jobs: int,
    limits: Limits = Limits(),
    on_page: Callable[[str, int, int], None] = lambda name, at, of: None,
) -> Iterator[Result]:
    """Read documents, ``jobs`` at a time; results come as they are ready.

    Every task gives exactly one result, whatever its processes do. Workers that still run are ended
    when the caller stops. ``on_page`` hears of each scanned page before its text is recognised: the
    name of the task, which page, of how many.
    """
    context = server()
    waiting = iter(tasks)
    running: list[_Running] = []
    try:
        while True:
            while len(running) < jobs and (task := next(waiting, None)) is not None:
                end = time.monotonic() + limits.most_seconds
                running.append(_start(context, task, limits, end))
            if not running:
                return
            for each in _finished(running, limits, on_page):
                running.remove(each)
                result = _result(each, limits)
                if (left := _without(each, result)) is None:
                    yield result
                else:
                    running.append(_start(context, each.task, limits, each.end, left))
    finally:
        for each in running:
            each.clock.stop()
            _kill(each.process)
            each.process.join()
            each.pipe.close()


def server() -> multiprocessing.context.BaseContext:
    """Where workers start from: a process that has loaded the libraries, where there is fork."""
    if sys.platform == "win32":
        return multiprocessing.get_context("spawn")
    from multiprocessing import forkserver

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["textmine.warm"])
    with _STARTING:
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


def _start(
    context: Any, task: Task, limits: Limits, end: float, left: tuple[_Left, ...] = ()
) -> _Running:
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(theirs, task, limits, left), daemon=True)
    process.start()
    theirs.close()
    clock = _Clock(process, limits.wall_seconds, end)
    return _Running(task, process, ours, clock, end, left)


def _finished(
    running: list[_Running], limits: Limits, on_page: Callable[[str, int, int], None]
) -> list[_Running]:
    """Wait until a worker says something; take in what was said; return those that are through."""
    through = []
    for pipe in wait([each.pipe for each in running]):
        each = next(each for each in running if each.pipe is pipe)
        try:
            page = _take_in(each, each.pipe.recv_bytes(MESSAGE_BYTES), limits)
        except EOFError:
            through.append(each)
        except OSError:
            each.error = _TOO_LARGE
            through.append(each)
        except _NONSENSE:
            each.error = _NO_RESULT
            through.append(each)
        else:
            if each.error == _TOO_LARGE:
                through.append(each)
            if page:
                on_page(each.task.name, *page)
    return through


_TOO_LARGE = ("too-large", "The text of this document is too large to take in.")
_EXTRACTION, _DERIVED = b'{"extraction": ', b'{"derived": '
_NO_RESULT = ("crash", "The reading process sent something that is no result.")
_NONSENSE = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


def _take_in(each: _Running, message: bytes, limits: Limits) -> tuple[int, int] | None:
    """Take in a message; the page of how many that is about to be recognised, if it tells of one.

    An error of ``_NONSENSE`` for what no honest worker sends: one that a file took over may send
    anything.
    """
    each.messages += 1
    if each.messages > _MOST_MESSAGES:
        raise ValueError(each.messages)
    if message.startswith(_EXTRACTION) and each.extraction is each.derived is None:
        each.extraction = message
    elif message.startswith(_DERIVED) and each.extraction is not None and each.derived is None:
        each.derived = message
    else:
        if len(message) > 16 * _LONGEST_DETAIL:
            raise ValueError(len(message))
        ((kind, (first, *others)),) = json.loads(message).items()
        if kind == "step":
            page, seconds = others
            if first not in _DOING or not _is_number(seconds):
                raise ValueError(message)
            each.step, each.seconds = (first, _whole(page)), float(seconds)
            share = each.seconds / max(1, limits.cpu_seconds)
            each.clock.give(limits.wall_seconds * max(1.0, share))
        elif kind == "page":
            (of,) = others
            return _whole(first), _whole(of)
        elif kind == "error":
            (detail,) = others
            if not _REASON.fullmatch(first):
                raise ValueError(first)
            each.error = (first, str(detail)[:_LONGEST_DETAIL])
        else:
            raise ValueError(kind)
        return None
    each.values += sum(map(message.count, (b",", b"[", b"{")))
    if each.values > MOST_VALUES:
        each.error = _TOO_LARGE
    return None


def _is_number(value: object) -> bool:
    return type(value) in (int, float) and 0 <= value <= _MOST_NUMBER  # type: ignore[operator]


def _whole(value: Any) -> int:
    if type(value) is not int or not _is_number(value):
        raise ValueError(value)
    return value


def _decoded(message: bytes | None) -> Json | None:
    """What a message about the document says, if it came; ValueError when it is none."""
    if message is None:
        return None
    ((_, value),) = json.loads(message).items()
    if not isinstance(value, dict):
        raise ValueError(type(value))
    return value


def _result(each: _Running, limits: Limits) -> Result:
    if each.error is None:
        each.process.join(_GRACE_SECONDS)
    each.clock.stop()
    _kill(each.process)
    each.process.join()
    each.pipe.close()
    error, extraction, derived = each.error, None, None
    try:
        extraction, derived = _decoded(each.extraction), _decoded(each.derived)
    except _NONSENSE:
        error = _NO_RESULT
    except MemoryError:
        error = _TOO_LARGE
    if error is None and derived is None:
        error = _cause(each, limits)
    reason, detail = error or ("", "")
    return Result(each.task, extraction, derived, reason, detail)


_DOING: dict[Step, str] = {
    "opening": "Opening the file",
    "finding": "Finding page {}",
    "page": "Reading page {}",
    "composing": "Putting the pages together",
    "second": "Comparing page {} with a second reader",
    "recognising": "Recognising page {}",
    "judging": "Weighing the words",
    "totals": "Adding up the tables",
    "deriving": "Finding the clauses",
}


def _cause(each: _Running, limits: Limits) -> tuple[str, str]:
    """Why a worker ended without a result: a reason, and a sentence."""
    step, page = each.step or (None, 0)
    doing = _DOING[step].format(page) if step else "Reading"
    code = each.process.exitcode or 0
    if each.clock.late:
        return "timeout", f"{doing} took too long ({limits.wall_seconds:g} seconds or more)."
    if code == -getattr(signal, "SIGXCPU", 0):
        seconds = each.seconds or limits.cpu_seconds
        return "timeout", f"{doing} took more than {seconds:g} seconds of processor time."
    if code == -getattr(signal, "SIGKILL", 0):
        return "memory", f"{doing} was killed from outside, most likely for lack of memory."
    name = next((each.name for each in signal.Signals if each == -code), f"code {code}")
    return "crash", f"{doing} ended the reading process ({name})."


def _without(each: _Running, result: Result) -> tuple[_Left, ...] | None:
    """What to leave out when the document is read again; None when it is not to be.

    Only what a lost process was at can be left out: errors that a worker tells itself are results.
    """
    if each.error or each.extraction or each.step is None:
        return None
    step, page = each.step
    lost = len(each.left)
    if step == "deriving" or lost == _MOST_TRIES - 1 or each.end <= time.monotonic():
        return None
    if step == "composing":  # without the first reader: nothing else gives other glyphs
        step = "opening"
    last = page if lost + 1 < _TRIES_OF_ONE_STEP else None
    if any(_covers(left, step, page) for left in each.left):
        return None
    return (*each.left, _Left(step, page, last, result.reason, result.detail))


def _covers(left: _Left, step: Step, page: int) -> bool:
    return left.step == step and left.first <= page and (left.last is None or page <= left.last)


def _kill(process: BaseProcess) -> None:
    """End a worker and what it started, which may be there still when it has ended itself."""
    if process.pid is not None and hasattr(os, "killpg"):
        with contextlib.suppress(OSError):  # it may not have its own group yet, or no more
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()


def end_worker(process: BaseProcess) -> None:
    """End a worker, whatever it is at, with all that it started, and wait until it is gone."""
    _kill(process)
    process.join()


# ---- In the worker ----------------------------------------------------------------------------


def _work(pipe: Connection, task: Task, limits: Limits, left: Sequence[_Left] = ()) -> None:
    """The body of a worker."""
    confined(Path(task.path), limits, pipe)

    def send(kind: str, value: object) -> None:
        message = json.dumps({kind: value}, ensure_ascii=True).encode("ascii")
        try:
            pipe.send_bytes(message)
        except BrokenPipeError:  # whoever asked is gone, and nobody is left to be told
            os._exit(1)

    try:
        _derive(task, send, _Meter(limits, left, send).begin)
    except ReadError as error:
        # The reader saw the original under its hash; people know it by its name.
        detail = error.detail.replace(Path(task.path).name, Path(task.name).name)
        send("error", [error.reason, detail[:_LONGEST_DETAIL]])
    except TextmineError as error:
        send("error", ["input", str(error)[:_LONGEST_DETAIL]])
    except MemoryError:
        megabytes = limits.memory_bytes >> 20
        send("error", ["memory", f"Reading asked for more than {megabytes} MB of memory."])
    except RecursionError:
        send("error", ["damaged", "The file is nested too deeply to be read."])
    except Exception as error:
        # A fault of ours, or of a library, on one file: it must not stop the others, nor be hidden.
        send("error", ["crash", f"{type(error).__name__}: {error}"[:_LONGEST_DETAIL]])
    finally:
        pipe.close()


def confined(path: Path, limits: Limits, pipe: Connection) -> tuple[str, ...]:
    """Make this process one that can read the file at ``path`` and do next to nothing else.

    Of what its parent has open it keeps ``pipe``. The layers of :mod:`textmine.confinement` that
    the system took.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt ends
    if hasattr(os, "setsid"):
        os.setsid()
    die_with_parent()
    _let_go(pipe)
    _limit(limits)
    return confine([path, *_of_recognition()])


def _let_go(pipe: Connection) -> None:
    """Close what was open but ``pipe``: the caller's terminal, the server's own pipes."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    if nothing > 2:
        os.close(nothing)
    if sys.platform != "win32":  # where a pipe is no such number
        os.closerange(3, pipe.fileno())
        os.closerange(pipe.fileno() + 1, _FILES_OF_A_SERVER)


def _of_recognition() -> Iterator[Path]:
    """What the program that recognises scans consists of, where it lies outside the system."""
    if data := os.environ.get("TESSDATA_PREFIX"):
        yield Path(data)
    if found := shutil.which("tesseract"):
        folder = Path(found).resolve().parent
        yield folder
        yield from (folder.parent / name for name in ("lib", "share"))


class _Meter:
    """Gives a document its processor time, step by step, and leaves out what is to be."""

    def __init__(
        self, limits: Limits, left: Sequence[_Left], send: Callable[[str, object], None]
    ) -> None:
        self._limits = limits
        self._left = left
        self._send = send
        self._budget = float(limits.cpu_seconds)

    def begin(self, step: Step, page: int) -> ReadError | None:
        """Tell of a step before it begins; why it is to be left out, if it is."""
        limits, used = self._limits, time.process_time()
        for left in self._left:
            if _covers(left, step, page):
                return ReadError(left.reason, left.detail)
        if step in ("page", "recognising"):
            if used >= self._budget:
                said = f"The document took more than {self._budget:g} seconds of processor time."
                return ReadError("timeout", said)
            self._budget += limits.page_cpu_seconds
        rest = self._budget - used
        if step in ("page", "second", "recognising"):
            seconds = min(max(rest, limits.page_cpu_seconds), limits.cpu_seconds)
        else:
            seconds = max(rest, limits.cpu_seconds)
        self._send("step", [step, page, round(seconds, 1)])
        _give_cpu(used + seconds)
        return None


def _limit(limits: Limits) -> None:
    """Set the limits that the kernel watches over."""
    if sys.platform == "win32":
        return
    import resource

    with contextlib.suppress(OSError, ValueError):  # not every system lets memory be limited
        held = _address_space()
        if held:
            resource.setrlimit(resource.RLIMIT_AS, (held + limits.memory_bytes,) * 2)
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    hard = limits.most_seconds if most == resource.RLIM_INFINITY else min(limits.most_seconds, most)
    resource.setrlimit(resource.RLIMIT_CPU, (min(limits.cpu_seconds, hard), hard))


def _give_cpu(until: float) -> None:
    """Let this process take processor time until it has taken so many seconds in all."""
    if sys.platform == "win32":
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    # A second before the hard end the signal tells what it was; after it the process is killed.
    resource.setrlimit(resource.RLIMIT_CPU, (max(1, min(math.ceil(until), hard - 1)), hard))


def _address_space() -> int:
    """Bytes of address space this process holds now; 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _derive(task: Task, send: Callable[[str, object], None], begin: Begin) -> None:
    from textmine.clauses import segment
    from textmine.clauses.in_order import views_in_order
    from textmine.clauses.note_marks import note_marks, without_marks
    from textmine.metadata import guess
    from textmine.printed.totals import wrong_totals
    from textmine.sources import read
    from textmine.text.normalise import normalise, normaliser

    extraction = read(Path(task.path), lambda at, of: send("page", [at, of]), begin)
    names = (Path(task.path).name, Path(task.name).name)
    warnings = [warning.replace(*names) for warning in extraction.warnings]
    if left := begin("totals", 0):
        warnings.append(f"The totals of its tables were not checked: {left.detail}")
    else:
        warnings += wrong_totals(extraction)
    extraction = replace(extraction, warnings=tuple(warnings))
    send("extraction", extraction_to_json(extraction))
    begin("deriving", 0)
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
