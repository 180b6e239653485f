"""Asks the engines in turn and keeps the times; asks one while another process changes it."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import fmean, median
from typing import Any

from search_bench.engines import Engine
from search_bench.questions import Asked, Question

ROUNDS = 3
REOPENED_EVERY = 10

Figures = dict[str, Any]


@dataclass
class Times:
    """Milliseconds: of each question the median of its rounds, and the longest of all."""

    each: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    longest: float = 0.0
    hits: list[int] = field(default_factory=list)

    def figures(self) -> Figures:
        """Half and 95 of 100 questions took no longer; ``max`` is the longest single one.

        ``processor`` is what half the questions took of this process's processor time, which other
        programs on the machine hardly change; a server's is not in it.
        """
        return {
            "p50": quantile(self.each, 0.5),
            "p95": quantile(self.each, 0.95),
            "max": self.longest,
            "processor": quantile(self.processor, 0.5),
            "hits": fmean(self.hits),
        }


def quantile(values: Sequence[float], share: float) -> float:
    """The least value that this share of the values does not exceed; 0 of none."""
    ordered = sorted(values)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)] if ordered else 0.0


def ask_in_turn(asked: Asked, engines: Sequence[Engine]) -> Figures:
    """Every question to every engine, each question beginning with another one.

    Each is asked once before, uncounted: the files are in memory, as after a first question.
    """
    times = {engine.name: Times() for engine in engines}
    for number, question in enumerate(asked.questions):
        first = number % len(engines)
        for engine in [*engines[first:], *engines[:first]]:
            spent, worked = [], []
            for turn in range(ROUNDS + 1):
                begun, busy = time.perf_counter(), time.process_time()
                answer = engine.ask(question, facets=asked.facets, sort=asked.sort)
                if turn:
                    spent.append((time.perf_counter() - begun) * 1000)
                    worked.append((time.process_time() - busy) * 1000)
            own = times[engine.name]
            own.each.append(median(spent))
            own.processor.append(median(worked))
            own.longest = max(own.longest, *spent)
            own.hits.append(answer.total)
    return {name: own.figures() for name, own in times.items()}


def ask_during(engine: Engine, questions: Sequence[Question], work: Work) -> Figures:
    """Ask one question after the other while another process works, opening anew at times."""
    asked: list[float] = []
    opened: list[float] = []
    errors: list[str] = []
    while work.running():
        number = len(asked) + len(errors)
        begun = time.perf_counter()
        try:
            if number % REOPENED_EVERY == 0:
                engine.close()
                engine.open()
                opened.append((time.perf_counter() - begun) * 1000)
                begun = time.perf_counter()
            engine.ask(questions[number % len(questions)], facets=False, sort="score")
            asked.append((time.perf_counter() - begun) * 1000)
        except Exception as error:  # whatever it is, a reader was stopped
            errors.append(f"{type(error).__name__}: {error}"[:200])
    return {
        "asked": len(asked),
        "p50": quantile(asked, 0.5),
        "p95": quantile(asked, 0.95),
        "max": max(asked, default=0.0),
        "opened p50": quantile(opened, 0.5),
        "opened max": max(opened, default=0.0),
        "errors": len(errors),
        "said": sorted(set(errors))[:3],
    }


class Work:
    """Another process, which begins each piece of work when told and says when it is done."""

    def __init__(self, command: Sequence[str]) -> None:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, encoding="utf-8")
        self._listening: threading.Thread | None = None
        self.said: Figures = {}
        self._hear()  # ready

    def begin(self) -> None:
        """Let it begin its next piece."""
        assert self._process.stdin is not None  # it was asked for
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        self._listening = threading.Thread(target=self._hear, daemon=True)
        self._listening.start()

    def running(self) -> bool:
        """Whether it is still at it; afterwards ``said`` holds what it measured."""
        return self._listening is not None and self._listening.is_alive()

    def _hear(self) -> None:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"The process that changes the corpus ended: {self._process.wait()}")
        self.said = json.loads(line)

    def close(self) -> None:
        """Wait for its end."""
        self._process.communicate()


def work_when_told(pieces: Sequence[Callable[[], object]]) -> None:
    """The other side of ``Work``: does each piece when told, and says how long it took."""
    print("{}", flush=True)
    for piece in pieces:
        input()
        begun = time.monotonic()
        piece()
        print(json.dumps({"seconds": time.monotonic() - begun}), flush=True)
