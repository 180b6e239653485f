"""A worker that a file took over. It starts in a process that has not loaded the tests."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

from textmine import worker


def work(pipe, task, limits, left=()):
    """Leave a child behind that is to outlive this process, and speak on the terminal."""
    worker.confined(Path(task.path), limits, pipe)
    os.write(1, b"steered")
    os.write(2, b"steered")
    child = os.fork()
    if not child:
        pipe.close()
        time.sleep(600)
    other = os.fork()
    if not other:
        try:
            os.setsid()
        except OSError:
            os._exit(1)
        os._exit(0)
    _, refused = os.waitpid(other, 0)
    said = {"left the group": not refused, "has open": opened()}
    pipe.send_bytes(json.dumps({"extraction": {"children": [child]}}).encode())
    pipe.send_bytes(json.dumps({"derived": said}).encode())
    pipe.close()
    os._exit(0)


def opened() -> int:
    """How many files are open but the three of the terminal, which are nothing here."""
    found = 0
    for number in range(3, 1024):
        try:
            os.fstat(number)
        except OSError:
            continue
        found += 1
    return found
