"""What a process that reads files can still do on this machine: tried, never taken for granted.

A worker is started as for a document. It gives up its rights and then tries what a hostile file
might have it do; the process that asks looks at what came of it.
"""

from __future__ import annotations

import ctypes
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from textmine.sources.tesseract import installed
from textmine.worker import Limits, confined, server

SECONDS = 60.0
"""So long a trial may take; loading the libraries takes most of it."""

_MEMORY = 4 << 30  # more than a document may have


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of the attempts of one worker.

    ``layers`` are those that the system said it took (:mod:`textmine.confinement`). ``refused``
    says of each attempt whether it failed, as it should; ``works`` of each thing that reading
    needs whether it went well, as it should. ``fault`` is a sentence when there was no trial.
    """

    layers: tuple[str, ...] = ()
    refused: Mapping[str, bool] = field(default_factory=dict)
    works: Mapping[str, bool] = field(default_factory=dict)
    fault: str = ""


def tried() -> Trial:
    """Start a worker and have it try what it must not be able to do."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="textmine-trial-")))
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        if hasattr(socket, "AF_UNIX"):
            near = stack.enter_context(socket.socket(socket.AF_UNIX))
            near.bind(str(folder / "socket"))
            near.listen()
        (folder / "document").write_text("document", encoding="ascii")
        (folder / "secret").write_text("secret", encoding="ascii")
        ours, theirs = server().Pipe(duplex=False)
        stack.enter_context(ours)
        port = listener.getsockname()[1]
        context: Any = server()
        process = context.Process(target=_try, args=(theirs, str(folder), port), daemon=True)
        process.start()
        theirs.close()
        said = None
        with suppress(EOFError, ValueError):
            if ours.poll(SECONDS):
                said = json.loads(ours.recv_bytes(1 << 20))
        process.kill()
        process.join()
        if said is None:
            return Trial(fault="A reading process could not be started, or ended at once.")
        seen = sorted(path.name for path in folder.iterdir())
        left = sorted(["document", "secret", *(["socket"] if hasattr(socket, "AF_UNIX") else [])])
        said["refused"]["leave a trace in a folder"] = seen == left
        return Trial(tuple(said["layers"]), said["refused"], said["works"])


def _try(pipe: Connection, folder: str, port: int) -> None:
    """The body of a worker on trial."""
    document = Path(folder, "document")
    layers = confined(document, Limits(), pipe)
    refused = {name: _fails(act) for name, act in _attempts(Path(folder), port).items()}
    works = {"read the document": not _fails(document.read_text)}
    if installed() is not None:
        works["run Tesseract"] = True
    elif not _fails(lambda: _found("tesseract")):
        works["run Tesseract"] = False
    said = {"layers": layers, "refused": refused, "works": works}
    pipe.send_bytes(json.dumps(said).encode("ascii"))


def _attempts(folder: Path, port: int) -> dict[str, Callable[[], object]]:
    """What must fail, by what it would be."""
    attempts: dict[str, Callable[[], object]] = {
        "make a file": lambda: (folder / "made").write_bytes(b""),
        "write into a file": lambda: _append(folder / "document"),
        "remove a file": (folder / "secret").unlink,
        "rename a file": lambda: (folder / "document").rename(folder / "renamed"),
        "read another file": (folder / "secret").read_text,
        "list a folder": lambda: os.listdir(folder),
        "list the home folder": lambda: os.listdir(Path.home()),
        "connect by TCP": lambda: socket.create_connection(("127.0.0.1", port), 5).close(),
        "send by UDP": lambda: _send(port),
        "take in connections": lambda: socket.create_server(("127.0.0.1", 0)).close(),
        "have 4 GB of memory": lambda: bytearray(_MEMORY),
    }
    if hasattr(socket, "AF_UNIX"):
        attempts["connect to a program of this machine"] = lambda: _connect(folder / "socket")
    if sys.platform != "win32":
        attempts["end another process"] = lambda: os.kill(os.getppid(), 0)
        attempts["outlive its own end"] = _leave_the_group
        attempts["write on the terminal"] = _speak
        attempts["have a program make a file"] = lambda: _have_made(folder / "by-program")
    if sys.platform == "linux":
        attempts["look into another process"] = Path(
            "/proc", str(os.getppid()), "environ"
        ).read_text
        attempts["gain rights by a program"] = _may_gain_rights
        attempts["limit another process"] = _limit_the_parent
    return attempts


def _fails(act: Callable[[], object]) -> bool:
    try:
        act()
    except (OSError, MemoryError, subprocess.SubprocessError):
        return True
    return False


def _found(program: str) -> None:
    import shutil

    if shutil.which(program) is None:
        raise FileNotFoundError(program)


def _append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def _send(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.sendto(b"said", ("127.0.0.1", port))


def _connect(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as out:
        out.connect(str(path))


def _have_made(path: Path) -> None:
    subprocess.run(["/bin/sh", "-c", f": > '{path}'"], check=True, capture_output=True, input=b"")


def _may_gain_rights() -> None:
    asked = 39  # PR_GET_NO_NEW_PRIVS
    if ctypes.CDLL(None).prctl(asked, 0, 0, 0, 0) == 1:
        raise PermissionError


def _leave_the_group() -> None:
    """A child leaves the group by which all that a worker started is ended."""
    child = os.fork()
    if not child:
        try:
            os.setsid()
        except OSError:
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if status:
        raise PermissionError


def _speak() -> None:
    if all(os.path.samestat(os.fstat(number), os.stat(os.devnull)) for number in (0, 1, 2)):
        raise PermissionError


def _limit_the_parent() -> None:
    import resource

    resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE)
