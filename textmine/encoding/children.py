"""Encoding in processes of their own, which may crash, hang or be killed.

Texts are dealt to the processes in batches, in order; whoever is free takes the next one.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import weakref
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, cast

import numpy as np
from numpy.typing import NDArray

from textmine.errors import ModelError

Floats = NDArray[np.float32]

_HEAD_BYTES = 1 << 16  # the most that is taken in as the head of an answer
_GRACE_SECONDS = 10.0  # for a process to end after its last word
_SAID_BYTES = 4096  # of the last words of a process


def processors() -> int:
    """How many processors this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class LostError(Exception):
    """A process ended, was too slow, or did not answer as agreed; says which."""


@dataclass(frozen=True, slots=True)
class Command:
    """How a process is started, what it must answer, and how many seconds an answer may take."""

    arguments: Sequence[str]
    environment: Mapping[str, str]
    dimensions: int
    seconds: float


class Children:
    """Some processes that run the same command. They start when they are first needed.

    They end with ``close``, with this object, or with the interpreter.
    """

    def __init__(self, command: Command, count: int) -> None:
        self._children = [_Child(command) for _ in range(count)]
        self._end = weakref.finalize(self, _close_all, self._children)

    def close(self) -> None:
        """Ends the processes; the next batch starts them again."""
        _close_all(self._children)

    def answers(
        self, batches: Sequence[Sequence[str]]
    ) -> Generator[tuple[int, Floats], None, None]:
        """The vectors of each batch with its number, as they are ready.

        A process that is lost is replaced once. ModelError with the reason when that does not help.
        The processes are ended when the caller stops before the end.
        """
        todo = iter(enumerate(batches))
        lock = threading.Lock()
        stop = threading.Event()
        ready: queue.SimpleQueue[tuple[int, Floats] | BaseException] = queue.SimpleQueue()

        def work(child: _Child) -> None:
            replaced = False
            try:
                while not stop.is_set():
                    with lock:
                        taken = next(todo, None)
                    if taken is None:
                        return
                    number, texts = taken
                    try:
                        vectors = child.ask(texts, stop)
                    except LostError:
                        if replaced:
                            raise
                        replaced = True
                        vectors = child.ask(texts, stop)
                    ready.put((number, vectors))
            except LostError as error:
                ready.put(ModelError(f"The encoder failed twice. {error}"))
            except BaseException as error:  # a fault of ours; raised where somebody sees it
                ready.put(error)

        workers = [
            threading.Thread(target=work, args=(child,), daemon=True)
            for child in self._children[: len(batches)]
        ]
        whole = False
        try:
            for worker in workers:
                worker.start()
            for _ in batches:
                result = ready.get()
                if isinstance(result, BaseException):
                    raise result
                yield result
            whole = True
        finally:
            stop.set()
            if not whole:
                for child in self._children:
                    child.kill()
            for worker in workers:
                if worker.ident is not None:
                    worker.join()
            if not whole:
                self.close()


def _close_all(children: Sequence[_Child]) -> None:
    for child in children:
        child.close()


@dataclass(frozen=True, slots=True)
class _Running:
    process: subprocess.Popen[bytes]
    requests: IO[bytes]
    answers: IO[bytes]
    talk: IO[bytes]  # a file: a pipe that nobody empties would make the process wait


class _Child:
    """One process, started by the first question. One thread at a time may ask."""

    def __init__(self, command: Command) -> None:
        self._command = command
        self._running: _Running | None = None
        self._starting = threading.Lock()

    def ask(self, texts: Sequence[str], stop: threading.Event) -> Floats:
        """The vectors of the texts; LostError when the process was lost and is ended now.

        Once ``stop`` is set no process is started.
        """
        request = json.dumps({"texts": list(texts)}, ensure_ascii=True).encode("ascii")
        try:
            with self._starting:  # so that ``kill`` finds what was started
                running = self._running
                if running is None and stop.is_set():
                    raise LostError("It was stopped.")
                new = running is None
                running = self._running = running or self._start()
            if new:
                self._exchange(running, b"", 0)  # it says that it is ready
            return self._exchange(running, struct.pack(">I", len(request)) + request, len(texts))
        except LostError:
            self.close()
            raise

    def kill(self) -> None:
        """Kills the process, from any thread; whoever waits for its answer gets LostError."""
        with self._starting:
            if self._running is not None:
                self._running.process.kill()

    def close(self) -> None:
        """Ends the process, if there is one; nothing is lost with it."""
        running, self._running = self._running, None
        if running is not None:
            running.process.kill()
            running.process.wait()
            for file in (running.requests, running.answers, running.talk):
                file.close()

    def _start(self) -> _Running:
        talk = tempfile.TemporaryFile()  # noqa: SIM115  # closed with the process
        try:
            process = subprocess.Popen(
                self._command.arguments,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=talk,
                env={**os.environ, **self._command.environment},
                bufsize=0,
            )
        except OSError as error:
            talk.close()
            raise LostError(f"Its process cannot be started: {error}.") from error
        requests, answers = cast(IO[bytes], process.stdin), cast(IO[bytes], process.stdout)
        return _Running(process, requests, answers, talk)

    def _exchange(self, running: _Running, request: bytes, rows: int) -> Floats:
        """Sends a request and takes in an answer, while a clock of its own watches."""
        late = threading.Event()

        def end() -> None:
            late.set()
            running.process.kill()

        clock = threading.Timer(self._command.seconds, end)
        clock.daemon = True
        clock.start()
        try:
            _write(running.requests, request)
            size = struct.unpack(">I", _read(running.answers, 4))[0]
            if size > _HEAD_BYTES:
                raise ValueError
            head = json.loads(_read(running.answers, size))
            if (head["rows"], head["dimensions"]) != (rows, self._command.dimensions):
                raise ValueError
            data = _read(running.answers, 4 * rows * self._command.dimensions)
        except (OSError, EOFError) as error:
            raise LostError(self._reason(running, late.is_set())) from error
        except (ValueError, TypeError, LookupError) as error:
            raise LostError("Its process answered with something that is no vector.") from error
        finally:
            clock.cancel()
        return (
            np.frombuffer(data, dtype="<f4")
            .reshape(rows, self._command.dimensions)
            .astype(np.float32)
        )

    def _reason(self, running: _Running, late: bool) -> str:
        if late:
            return f"Its process did not answer within {self._command.seconds:g} seconds."
        try:
            code = running.process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            return "Its process closed its output without ending."
        how = f"code {code}" if code >= 0 else f"signal {-code} ({signal.strsignal(-code)})"
        running.talk.seek(0)
        said = running.talk.read()[-_SAID_BYTES:].decode("utf-8", "replace").strip()
        return f"Its process ended with {how}" + (f": {said.splitlines()[-1]}" if said else ".")


def _write(pipe: IO[bytes], data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[pipe.write(rest) :]


def _read(pipe: IO[bytes], count: int) -> bytes:
    """Exactly ``count`` bytes; EOFError when there are no more."""
    parts = []
    while count:
        part = pipe.read(count)
        if not part:
            raise EOFError
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
