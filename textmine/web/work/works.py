"""Long work on the corpus: begun from a page, done in a process of its own, whoever looks on.

Each piece of work has a folder in the corpus: ``work/NUMBER`` with ``work.json`` (what it is and
how it stands), ``lines.jsonl`` (what became of each input) and ``inbox`` (files that were sent).
One is done at a time, in the order they were begun. What a killed server leaves the next takes up.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import threading
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Literal, get_args

from fastapi import Request

from textmine.errors import InputError
from textmine.store.catalogue import now
from textmine.store.lock import holding
from textmine.store.whole import write_whole
from textmine.web.work.computing import Computations, Computed
from textmine.web.work.processes import Ended, Line, Process, Step

if TYPE_CHECKING:
    from textmine.web.desk import Desk

State = Literal["receiving", "waiting", "running", "done", "failed", "stopped"]
Kind = Literal["add", "code", "train", "promote", "rollback", "index", "encode"]

LARGE = 5_000
"""Clauses from which on figures over all of them are computed in a process of their own."""

_LOG = logging.getLogger("textmine.web")

UNDER_WAY = ("receiving", "waiting", "running")

_KEPT = 200  # pieces of work that are remembered
_LOOK_SECONDS = 20.0
_LATE_SECONDS = 600  # a browser that has sent nothing for so long is gone


@dataclass(frozen=True, slots=True)
class Work:
    """One piece of work. ``at`` and ``ended`` are ISO 8601, UTC; ``who`` as codings name people.

    ``what`` is the key of the step it is at, ``done`` of ``of`` how far that is (0: unknown),
    ``name`` what it is just at. ``fault`` says why it failed.
    """

    id: int
    kind: Kind
    who: str
    at: str
    state: State
    values: dict[str, Any] = field(default_factory=dict)
    what: str = ""
    done: int = 0
    of: int = 0
    name: str = ""
    outcome: dict[str, Any] = field(default_factory=dict)
    fault: str = ""
    ended: str = ""

    @property
    def is_under_way(self) -> bool:
        """Whether something is still to come."""
        return self.state in UNDER_WAY


class Works:
    """All work on one corpus. Safe to use from several threads."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.folder = desk.corpus.folder / "work"
        self._computations = Computations(desk.place)
        self._changing = threading.RLock()
        self._known: dict[int, Work] = {}
        self._seen: dict[int, tuple[object, Work | None]] = {}  # on the disk, and as of when
        self._waiting: SimpleQueue[int | None] = SimpleQueue()
        self._process: Process | None = None
        self._running = 0
        self._stopped: set[int] = set()
        self._arriving = 0
        self._closing = False
        self._thread: threading.Thread | None = None
        if not desk.corpus.read_only:
            self._take_up()
            self._thread = threading.Thread(target=self._go, name="work", daemon=True)
            self._thread.start()

    # -- what pages ask ------------------------------------------------------------------------

    @property
    def reads_only(self) -> bool:
        """Whether nothing in the corpus can be changed from here."""
        return self._thread is None

    def find(self, number: int) -> Work | None:
        """The piece of work of that number; None when there is none."""
        with self._changing:
            return self._known.get(number) or self._on_disk(number)

    def all(self) -> list[Work]:
        """Every piece of work that is remembered, the newest first."""
        return [work for number in self._numbers() if (work := self.find(number))]

    def under_way(self) -> list[Work]:
        """What is not ended yet."""
        return [work for work in self.all() if work.is_under_way]

    def lines(self, number: int) -> list[dict[str, Any]]:
        """What became of each input so far; of one that was begun twice what came of it last."""
        try:
            text = (self.folder / str(number) / "lines.jsonl").read_text(encoding="utf-8")
        except FileNotFoundError:
            return []
        found: dict[str, dict[str, Any]] = {}
        for line in text.split("\n"):
            with suppress(ValueError):  # a last line that a killed server wrote half of
                said = json.loads(line)
                if said["path"] not in found or said["state"] != "duplicate":
                    found[said["path"]] = said
        return list(found.values())

    def inbox(self, number: int) -> Path:
        """Where the files lie that were sent for a piece of work."""
        return self.folder / str(number) / "inbox"

    def computed(self, function: str, *, mark: Hashable = None, **values: Any) -> Computed:
        """Figures that take long: see :class:`Computed`. ``function`` is ``module:name``.

        It is called in a process of its own with the corpus, a ``Tell`` and ``values``. Without
        ``mark`` the figures belong to the corpus as it is now, until anything in it changes.
        """
        if mark is None:
            mark = self._desk.corpus.catalogue.last_change()
        return self._computations.computed(function, mark, values)

    def is_large(self) -> bool:
        """Whether figures over all clauses take too long for one page."""
        catalogue = self._desk.corpus.catalogue
        return self._desk.remember("number of clauses", catalogue.clause_count) > LARGE

    # -- what people do ------------------------------------------------------------------------

    def start(self, kind: Kind, *, who: str = "", values: Mapping[str, Any] | None = None) -> Work:
        """Begin a piece of work; it waits for what was begun before it. InputError if it cannot."""
        work = self._new(kind, who, "waiting", dict(values or {}))
        self._waiting.put(work.id)
        return work

    def receive(self, *, who: str = "") -> Work:
        """A piece of work that files are sent for; ``begin`` says that all have come."""
        work = self._new("add", who, "receiving", {})
        self.inbox(work.id).mkdir()
        return work

    @contextmanager
    def arriving(self) -> Iterator[None]:
        """While something is being sent: nobody is taken to have gone away meanwhile."""
        with self._changing:
            self._arriving += 1
        try:
            yield
        finally:
            with self._changing:
                self._arriving -= 1

    def arrived(self, number: int) -> None:
        """Another file has come; work does not begin without a word for a while from now."""
        with suppress(FileNotFoundError):  # it has been begun, and is done
            os.utime(self.inbox(number))

    def forget(self, number: int) -> None:
        """Remove a piece of work for which files were not received, with those that were."""
        with self._changing:
            shutil.rmtree(self.folder / str(number), ignore_errors=True)
            self._known.pop(number, None)
            self._seen.pop(number, None)

    def begin(self, number: int) -> Work:
        """Add the files that were sent. InputError unless some were, and it has not begun."""
        with self._changing:
            work = self.find(number)
            if work is None or work.state != "receiving":
                raise InputError(f"Work {number} takes no more files; send them anew.")
            if not any(self.inbox(number).iterdir()):
                self.forget(number)
                raise InputError("No file was sent. Choose at least one.")
            work = self._put(replace(work, state="waiting"))
        self._waiting.put(number)
        return work

    def stop(self, number: int) -> None:
        """End a piece of work; what it has stored stays."""
        with self._changing:
            work = self.find(number)
            if work is None or not work.is_under_way:
                return
            self._stopped.add(number)
            if number == self._running and self._process is not None:
                self._process.stop()
            elif self._running != number:
                self._put(replace(work, state="stopped", ended=now()))

    def again(self, number: int) -> Work:
        """Begin anew what failed or was stopped. InputError when it did not."""
        with self._changing:
            work = self.find(number)
            if work is None or work.state not in ("failed", "stopped"):
                raise InputError(f"Work {number} did not fail; there is nothing to begin anew.")
            self._stopped.discard(number)
            work = self._put(replace(work, state="waiting", fault="", ended="", outcome={}))
        self._waiting.put(number)
        return work

    def close(self) -> None:
        """End what is under way; the next server takes it up."""
        self._closing = True
        self._computations.close()
        with self._changing:
            if self._process is not None:
                self._process.stop()
        self._waiting.put(None)
        if self._thread is not None:
            self._thread.join()

    # -- records -------------------------------------------------------------------------------

    def _numbers(self) -> list[int]:
        if not self.folder.is_dir():
            return []
        found = (each.name for each in self.folder.iterdir())
        return sorted((int(name) for name in found if name.isdecimal()), reverse=True)

    def _on_disk(self, number: int) -> Work | None:
        """What the disk says of a piece of work. Each page asks, so it is read when it changed."""
        folder = self.folder / str(number)
        try:
            about = (folder / "work.json").stat()
        except OSError:
            return None
        mark = (about.st_mtime_ns, about.st_size, about.st_ino)
        if number not in self._seen or self._seen[number][0] != mark:
            self._seen[number] = mark, _read(folder)
        return self._seen[number][1]

    def _new(self, kind: Kind, who: str, state: State, values: dict[str, Any]) -> Work:
        if self._thread is None:
            raise InputError("This corpus may only be read here; nothing can be changed in it.")
        with self._changing:
            self.folder.mkdir(exist_ok=True)
            number = max(self._numbers(), default=0) + 1
            while True:  # another server may take the same number
                try:
                    (self.folder / str(number)).mkdir()
                    break
                except FileExistsError:
                    number += 1
            return self._put(Work(number, kind, who, now(), state, values))

    def _put(self, work: Work) -> Work:
        """Remember how a piece of work stands, here and on the disk."""
        text = json.dumps(asdict(work), ensure_ascii=False, default=str)
        write_whole(self.folder / str(work.id) / "work.json", [text.encode("utf-8")])
        if work.is_under_way:
            self._known[work.id] = work
        else:
            self._known.pop(work.id, None)
        return work

    def _take_up(self) -> None:
        """Go on with what an earlier server has left, and forget what is long ended."""
        numbers = self._numbers()
        for number in reversed(numbers):
            work = _read(self.folder / str(number))
            if work is not None and work.is_under_way:
                self._waiting.put(number)
        for number in numbers[_KEPT:]:
            work = _read(self.folder / str(number))
            if work is None or not work.is_under_way:
                shutil.rmtree(self.folder / str(number), ignore_errors=True)

    # -- the thread that does one after the other ----------------------------------------------

    def _go(self) -> None:
        while not self._closing:
            try:
                number = self._waiting.get(timeout=_LOOK_SECONDS)
            except Empty:
                try:
                    self._begin_late()
                except Exception:
                    _LOG.exception("work that files were sent for could not be begun")
                continue
            if number is not None and not self._closing:
                self._do(number)

    def _begin_late(self) -> None:
        """Begin with files whose sender has gone away without a word."""
        if self._arriving:
            return
        for work in self.under_way():
            last = datetime.fromtimestamp(_touched(self.inbox(work.id)), UTC)
            waited = (datetime.now(UTC) - last).total_seconds()
            if work.state == "receiving" and waited > _LATE_SECONDS:
                with suppress(InputError):  # nothing was sent at all
                    self.begin(work.id)

    def _do(self, number: int) -> None:
        """Do a piece of work; whatever goes wrong with it, those after it are done."""
        try:
            self._try(number)
        except Exception as error:
            _LOG.exception("work %s", number)
            if not self._closing:  # else the next server takes it up
                self._fail(number, f"{type(error).__name__}: {error}")

    def _fail(self, number: int, fault: str) -> None:
        """Say that a piece of work failed: to those who ask at least, if the disk takes nothing."""
        with self._changing:
            work = self.find(number)
            if work is None or not work.is_under_way:
                return
            state: State = "stopped" if number in self._stopped else "failed"
            fault = "" if state == "stopped" else fault
            work = replace(work, state=state, fault=fault, ended=now(), name="")
            self._known[number] = work
            try:
                self._put(work)
            except OSError:
                _LOG.exception("how work %s ended could not be kept", number)

    def _try(self, number: int) -> None:
        folder = self.folder / str(number)
        if not folder.is_dir():
            return
        with holding(folder / "lock", wait=False) as mine:
            work = _read(folder)  # another server may have done it meanwhile
            if mine and work is not None and work.is_under_way:
                self._known[number] = work
                self._run(work, folder)

    def _run(self, work: Work, folder: Path) -> None:
        values = dict(work.values)
        if work.kind == "add":
            values["inbox"] = str(self.inbox(work.id).absolute())
        process: Process | None = None
        try:
            with self._changing:
                if work.id in self._stopped or self._closing:
                    return
                self._running = work.id
                process = self._process = Process(
                    self._desk.place, f"textmine.web.work.doing:{work.kind}", values, work.who
                )
                work = self._put(replace(work, state="running", what="starting", done=0, of=0))
            with (folder / "lines.jsonl").open("a", encoding="utf-8") as lines:
                for message in process.messages():
                    work = self._heard(work, message, lines)
        finally:
            if process is not None:
                process.kill()
            with self._changing:
                self._process, self._running = None, 0

    def _heard(self, work: Work, message: Step | Line | Ended, lines: Any) -> Work:
        """Take in what a process says."""
        if isinstance(message, Line):
            lines.write(json.dumps(dict(message.values), ensure_ascii=False) + "\n")
            lines.flush()
            return work
        if isinstance(message, Step):
            return self._moved(work, message)
        if self._closing and message.fault:
            return work  # it was ended with the server: the next one takes it up
        outcome = message.value if isinstance(message.value, dict) else {}
        state: State = "failed" if message.fault else "done"
        with self._changing:
            if work.id in self._stopped and message.fault:
                state = "stopped"
            if state == "done":
                shutil.rmtree(self.inbox(work.id), ignore_errors=True)
            fault = message.fault if state == "failed" else ""
            return self._put(
                replace(work, state=state, outcome=outcome, fault=fault, ended=now(), name="")
            )

    def _moved(self, work: Work, step: Step) -> Work:
        moved = replace(work, what=step.what, done=step.done, of=step.of, name=step.name)
        with self._changing:
            if step.what != work.what:  # what other servers show of it may be a little late
                return self._put(moved)
            self._known[work.id] = moved
        return moved


def works(request: Request) -> Works:
    """The long work of this server."""
    found: Works = request.app.state.works
    return found


def _touched(folder: Path) -> float:
    """When something was last put into a folder; 0 when it is not there."""
    try:
        return folder.stat().st_mtime
    except OSError:
        return 0.0


_FIELDS = frozenset(each.name for each in fields(Work))


def _read(folder: Path) -> Work | None:
    """What the disk says of a piece of work; None when it says nothing that can be used."""
    try:
        said = json.loads((folder / "work.json").read_text(encoding="utf-8"))
        work = Work(**{name: said[name] for name in _FIELDS})
        number = int(folder.name)
    except (OSError, ValueError, TypeError, KeyError):
        return None
    if work.id != number or work.kind not in get_args(Kind) or work.state not in get_args(State):
        return None
    return work


def names_in(folder: Path) -> Iterator[str]:
    """The names of the files that were sent, as they lie below a folder."""
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not file.name.startswith("."):
            yield file.relative_to(folder).as_posix()
