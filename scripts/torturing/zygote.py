"""A process that has loaded textmine and forks for each command, which saves a second each.

It reads a line of JSON for each command (see ``commands.Command``) and answers with the number of
the new process, or, asked for the end of one, with how that ended. The new process leaves its
group, takes its folder, files, limits and environment, and does what ``python -m textmine`` does.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

_LOADED = (
    "textmine.cli",
    "textmine.ingest",
    "textmine.store.corpus",
    "textmine.codings",
    "textmine.search",
    "textmine.search.engine.upkeep",
    "textmine.search.exporting",
    "textmine.search.meaning",
    "textmine.tagging.training",
    "textmine.tagging.review",
    "textmine.tagging.run",
    "textmine.analysis.overview",
    "textmine.care.backing_up",
    "textmine.care.taking_back",
    "textmine.care.verifying",
    "textmine.reports.html",
    "alembic.command",
    "alembic.config",
    "xlsxwriter",
    "rich.progress",
    "rich.table",
)


def main() -> None:
    """Answer until nobody asks any more."""
    for name in _LOADED:
        importlib.import_module(name)
    print("ready", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        if "end" in asked:
            _, status = os.waitpid(asked["end"], 0)
            print(os.waitstatus_to_exitcode(status), flush=True)
            continue
        number = os.fork()
        if number == 0:
            _become(asked)
            return
        print(number, flush=True)


def _become(asked: dict[str, Any]) -> None:
    os.setsid()
    os.chdir(asked["folder"])
    os.environ.update(asked["environment"])
    tempfile.tempdir = None
    for place, (file, flags) in enumerate(
        (
            (asked["in"], os.O_RDONLY),
            (asked["out"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
            (asked["err"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
        )
    ):
        opened = os.open(file, flags, 0o666)
        os.dup2(opened, place)
        os.close(opened)
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False, buffering=1)
    while asked["watched"] and not _is_watched():
        time.sleep(0.002)
    if asked["largest"] is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (asked["largest"],) * 2)
    sys.argv = ["textmine", *asked["words"]]
    import textmine.__main__ as entry

    sys.modules["__main__"] = entry  # as its own children are told
    entry.main()


def _is_watched() -> bool:
    said = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    return "TracerPid:\t0\n" not in said


if __name__ == "__main__":
    main()
