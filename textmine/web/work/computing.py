"""Figures for pages that take long: computed once for each state of the corpus, in a process."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textmine.web.safety import BusyError
from textmine.web.work.processes import Ended, Process, Step

if TYPE_CHECKING:
    from pathlib import Path

    from textmine.store.address import Address

_LOG = logging.getLogger("textmine.web")

_REMEMBERED = 32
_MOST_WAITING = 20
_SECONDS = 30  # after which one may ask again when too much waits


@dataclass(frozen=True, slots=True)
class Computed:
    """What is there of some figures.

    ``value`` is the newest there is, None as long as there is none; ``fresh`` tells whether it
    belongs to the corpus as it is now. ``step`` is how far the process is, None when none is under
    way. ``fault`` says why the last one failed.
    """

    value: Any = None
    fresh: bool = False
    step: Step | None = None
    fault: str = ""


@dataclass(slots=True)
class _Wanted:
    """One kind of figures: what is known, and what is under way."""

    function: str
    values: dict[str, Any]
    mark: object = None  # of the state that was asked for last
    made: object = None  # of the state that ``value`` belongs to
    value: Any = None
    step: Step | None = None
    failed: object = None  # of the state for which it failed
    fault: str = ""


class Computations:
    """Computes what pages ask for, one thing after the other. Safe to use from several threads."""

    def __init__(self, place: Path | Address) -> None:
        self._place = place
        self._changed = threading.Condition()
        self._wanted: OrderedDict[Hashable, _Wanted] = OrderedDict()
        self._line: list[_Wanted] = []
        self._process: Process | None = None
        self._thread: threading.Thread | None = None
        self._closing = False

    def computed(self, function: str, mark: object, values: dict[str, Any]) -> Computed:
        """What there is of ``function`` (``module:name``) with these values; begun if need be.

        ``mark`` tells states of the corpus apart: for another one it is computed again. BusyError
        when too much waits to be computed already.
        """
        key = (function, tuple(sorted(values.items())))
        with self._changed:
            wanted = self._wanted.get(key) or _Wanted(function, values)
            wanted.mark = mark
            fresh = wanted.made is not None and wanted.made == mark
            failed = wanted.failed is not None and wanted.failed == mark
            if not fresh and not failed and wanted.step is None and not self._closing:
                if len(self._line) >= _MOST_WAITING:
                    raise BusyError(_SECONDS)
                wanted.step, wanted.fault = Step("computing"), ""
                self._line.append(wanted)
                self._wanted[key] = wanted
                self._forget()
                self._begin()
            if key in self._wanted:
                self._wanted.move_to_end(key)
            return Computed(wanted.value, fresh, wanted.step, wanted.fault if failed else "")

    def close(self) -> None:
        """End what is under way."""
        with self._changed:
            self._closing = True
            self._line.clear()
            if self._process is not None:
                self._process.stop()
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _forget(self) -> None:
        """Let go of what was asked for longest ago."""
        for key in [key for key, each in self._wanted.items() if each.step is None]:
            if len(self._wanted) <= _REMEMBERED:
                return
            del self._wanted[key]

    def _begin(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="computations", daemon=True)
            self._thread.start()
        self._changed.notify_all()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._line or self._closing)
                if self._closing:
                    return
                wanted = self._line.pop(0)
                mark = wanted.mark
            try:
                self._compute(wanted, mark)
            except Exception as error:  # whatever went wrong, others wait
                _LOG.exception("%s could not be computed", wanted.function)
                with self._changed:
                    self._take(wanted, mark, Ended(fault=f"{type(error).__name__}: {error}"))

    def _compute(self, wanted: _Wanted, mark: object) -> None:
        process: Process | None = None
        try:
            with self._changed:
                if self._closing:
                    return
                process = Process(self._place, wanted.function, wanted.values)
                self._process = process
            for message in process.messages():
                with self._changed:
                    self._take(wanted, mark, message)
        finally:
            if process is not None:
                process.kill()
            with self._changed:
                self._process = None

    def _take(self, wanted: _Wanted, mark: object, message: object) -> None:
        if isinstance(message, Step):
            wanted.step = message
        elif isinstance(message, Ended):
            wanted.step, wanted.fault = None, message.fault
            if message.fault:
                wanted.failed = mark
            else:
                wanted.made, wanted.value = mark, message.value
