"""Commands of textmine in processes of their own, and how they are stopped."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 300.0  # seconds that any command may take

# What changes a disk, as the main thread of a command asks for it.
CHANGES = (
    "write,pwrite64,pwritev,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,mkdir,"
    "mkdirat,rmdir,ftruncate,fallocate,link,linkat,copy_file_range,sendfile"
)


@dataclass(frozen=True)
class Ended:
    """How a command ended: a code below zero is a signal."""

    code: int
    out: str
    err: str
    seconds: float

    @property
    def was_killed(self) -> bool:
        """Whether it was stopped before it was through."""
        return self.code == -signal.SIGKILL

    def faults(self, allowed: Sequence[int]) -> list[str]:
        """What no command may do: end with another code, or show its inside."""
        found = []
        if self.code not in allowed:
            found.append(f"ended with {self.code}: {self.err[-300:].strip()!r}")
        if "Traceback" in self.err:
            found.append(f"showed a traceback: {self.err[-300:].strip()!r}")
        return found


class _Zygote:
    """The process that forks for each command."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("zygote.py"))],
            env=dict(os.environ) | {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        assert self._process.stdout is not None
        if self._process.stdout.readline() != "ready\n":
            raise RuntimeError("textmine cannot be loaded.")

    def close(self) -> None:
        """Let it end."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def ask(self, what: dict[str, Any]) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@cache
def _zygote() -> _Zygote:
    zygote = _Zygote()
    atexit.register(zygote.close)
    return zygote


class Command:
    """A command that runs in ``folder``; its group of processes is ended by ``clear``."""

    def __init__(
        self,
        folder: Path,
        arguments: Sequence[str],
        *,
        answers: str = "",
        watch: Sequence[str] = (),
        largest: int | None = None,
        temporary: Path | None = None,
        out: Path | None = None,
    ) -> None:
        """``watch`` are options of strace, ``largest`` the bytes that a file may have."""
        self._told = Path(tempfile.mkdtemp(prefix="textmine-told-"))
        (self._told / "in").write_text(answers, encoding="utf-8")
        environment = {"COLUMNS": "200", "PYTHONDONTWRITEBYTECODE": "1"}
        if temporary is not None:
            environment["TMPDIR"] = str(temporary)
        self._out = self._told / "out" if out is None else out
        self.wall_clock = time.time()
        self._begun = time.monotonic()
        self._watcher: subprocess.Popen[bytes] | None = None
        self._code: int | None = None
        self.number = _zygote().ask(
            {
                "folder": str(folder.absolute()),
                "words": list(arguments),
                "environment": environment,
                "in": str(self._told / "in"),
                "out": str(self._out),
                "err": str(self._told / "err"),
                "largest": largest,
                "watched": bool(watch),
            }
        )
        if watch:
            self._watcher = subprocess.Popen(
                ["strace", "-qq", *watch, "-p", str(self.number)],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )

    def kill(self, *, everything: bool) -> None:
        """Stop it so that it cannot say a word; its children too, when ``everything``."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if everything:
                os.killpg(self.number, signal.SIGKILL)
            elif self._code is None:
                os.kill(self.number, signal.SIGKILL)

    def ended(self, after: float | None = None, *, everything: bool = True) -> Ended:
        """Wait for its end; with ``after`` it is killed so many seconds after it began."""
        limit = LONGEST if after is None else max(0.0, after - (time.monotonic() - self._begun))
        late = ""
        if self._code is None:
            watching = os.pidfd_open(self.number)
            try:
                if not select.select([watching], [], [], limit)[0]:
                    late = "" if after is not None else f"It took longer than {LONGEST:g} seconds."
                    self.kill(everything=everything or after is None)
            finally:
                os.close(watching)
            self._code = _zygote().ask({"end": self.number})
            if self._watcher is not None:
                self._watcher.wait()
        seconds = time.monotonic() - self._begun
        said = [
            (self._told / name).read_text(encoding="utf-8", errors="replace")
            if (self._told / name).exists()
            else ""
            for name in ("out", "err")
        ]
        return Ended(self._code, said[0], said[1] + late, seconds)

    def clear(self) -> None:
        """End what is left of its group, and forget what it said."""
        self.kill(everything=True)
        if self._code is None:
            self._code = _zygote().ask({"end": self.number})
        if self._watcher is not None:
            self._watcher.wait()
        shutil.rmtree(self._told, ignore_errors=True)


def done(command: Command) -> Ended:
    """Let a command run to its end, whatever that is."""
    try:
        return command.ended()
    finally:
        command.clear()


def textmine(folder: Path, arguments: Sequence[str], *, allowed: Sequence[int] = (0,)) -> Ended:
    """Run a command to its end; RuntimeError when it fails, since no fault was made."""
    ended = done(Command(folder, arguments))
    if ended.code not in allowed:
        raise RuntimeError(f"textmine {' '.join(arguments)} failed: {ended.err}")
    return ended


@cache
def can_watch() -> bool:
    """Whether strace is here and may be used."""
    if shutil.which("strace") is None:
        return False
    return not subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True).returncode


def counting(log: Path) -> list[str]:
    """Options with which each change of the disk is written down."""
    return ["-ttt", "-o", str(log), "-e", f"trace={CHANGES}", "-e", "signal=none"]


def changes_in(log: Path) -> list[tuple[float, str]]:
    """Each change that was written down: when it was made, and by which call of the system."""
    with log.open(encoding="utf-8", errors="replace") as lines:
        parted = [line.split(maxsplit=1) for line in lines if "(" in line]
    return [(float(moment), call.partition("(")[0]) for moment, call in parted]


def killing(call: str, number: int) -> list[str]:
    """Options that kill a command before it makes this call of the system for so many a time."""
    return [
        *("-o", "/dev/null", "-e", f"trace={call}"),
        *("-e", f"inject={call}:signal=KILL:when={number}"),
    ]


def failing_flushes(number: int) -> list[str]:
    """Options that let every flush to the disk fail from that number on."""
    return [
        *("-f", "-o", "/dev/null", "-e", "trace=fsync,fdatasync"),
        *("-e", f"inject=fsync,fdatasync:error=EIO:when={number}+"),
    ]
