"""A function of the package that runs in a process of its own, tells how far it is, gives a value.

The server stays quick while such a process computes, and whatever happens to it, the server lives.
It ends with its server: what it was at can be begun again.
"""

from __future__ import annotations

import _thread
import atexit
import contextlib
import multiprocessing
import os
import threading
import time
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any

from textmine.errors import TextmineError
from textmine.store.corpus import Corpus
from textmine.store.trail import acting

if TYPE_CHECKING:
    from pathlib import Path

    from textmine.store.address import Address

_OFTEN = 0.2  # seconds between two steps that are told
_GRACE = 10.0  # seconds in which a process that was told to stop gives back what it holds


@dataclass(frozen=True, slots=True)
class Step:
    """How far a process is: what it does, how much of how much (0: unknown), and on what."""

    what: str
    done: int = 0
    of: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """Something that became of one input, to be kept."""

    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended: with a value, or with a sentence that says why there is none."""

    value: Any = None
    fault: str = ""


class Tell:
    """What the function in the process says how far it is with."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._what = ""
        self._at = 0.0

    def __call__(self, what: str, done: int = 0, of: int = 0, name: str = "") -> None:
        """Tell of a step; steps that follow each other quickly are not all told."""
        now = time.monotonic()
        if what != self._what or now - self._at >= _OFTEN:
            self._what, self._at = what, now
            self._pipe.send(Step(what, done, of, name))

    def line(self, **values: Any) -> None:
        """Tell what became of one input."""
        self._pipe.send(Line(values))


class Process:
    """``function`` (``module:name``) called in another process with the corpus at ``place``.

    It gets the open corpus, a :class:`Tell`, and ``values`` by their names. What it changes is done
    by ``who``.
    """

    def __init__(
        self, place: Path | Address, function: str, values: Mapping[str, Any], who: str = ""
    ) -> None:
        self._pipe, theirs = multiprocessing.Pipe()
        context = multiprocessing.get_context("spawn")
        self._process = context.Process(
            target=_run, args=(theirs, place, function, dict(values), who), name=function
        )
        self._process.start()
        theirs.close()
        atexit.register(self._process.kill)  # or a server that is left in haste waits for it

    def messages(self) -> Iterator[Step | Line | Ended]:
        """What it says, as it says it; the last one is how it ended."""
        try:
            while True:
                try:
                    message = self._pipe.recv()
                except (EOFError, OSError):
                    self._process.join()
                    code = self._process.exitcode
                    yield Ended(fault=f"The process that did it ended without a word ({code}).")
                    return
                yield message
                if isinstance(message, Ended):
                    self._process.join(_GRACE)
                    return
        finally:
            self.kill()

    def stop(self) -> None:
        """Ask it to end; what it has stored stays."""
        with contextlib.suppress(OSError):  # it has ended
            self._pipe.send("stop")

    def kill(self) -> None:
        """End it, whatever it is at."""
        atexit.unregister(self._process.kill)
        if self._process.is_alive():
            self._process.kill()
        self._process.join()
        self._pipe.close()


# -- in the process --------------------------------------------------------------------------------


def _run(
    pipe: Connection, place: Path | Address, function: str, values: Mapping[str, Any], who: str
) -> None:
    if hasattr(os, "setpgid"):
        os.setpgid(0, 0)  # Ctrl-C in the terminal is for the server, which says what is to end
    module, _, name = function.partition(":")
    try:
        threading.Thread(target=_heed, args=(pipe,), daemon=True).start()
        with acting(who), Corpus.open(place) as corpus:
            ended = Ended(getattr(import_module(module), name)(corpus, Tell(pipe), **values))
    except TextmineError as error:
        ended = Ended(fault=str(error))
    except KeyboardInterrupt:
        ended = Ended(fault="It was stopped.")
    except Exception as error:
        traceback.print_exc()  # a fault of ours: whoever runs the server can report it
        ended = Ended(fault=f"{type(error).__name__}: {error}")
    with contextlib.suppress(OSError, KeyboardInterrupt):  # the server is gone, or does not ask
        pipe.send(ended)


def _heed(pipe: Connection) -> None:
    """End this process when it is told to, or when the server is gone."""
    parent = multiprocessing.parent_process()
    assert parent is not None  # noqa: S101 - who calls has started this process
    wait([pipe, parent.sentinel])
    _thread.interrupt_main()
    time.sleep(_GRACE)
    os._exit(1)
