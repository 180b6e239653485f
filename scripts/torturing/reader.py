"""Asks a corpus again and again, as a person would, and prints how long each answer took.

A process of its own: corpus, file of questions, seconds, seconds between two questions, seed. Each
line of what it prints: the moment, milliseconds, bytes of memory, hits; or what went wrong.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

from textmine.cli.shared import WAITED_FOR
from textmine.search import Index
from textmine.store.corpus import Corpus


def main() -> None:
    """Ask until the time is over."""
    corpus, questions, seconds, between, seed = sys.argv[1:]
    asked = Path(questions).read_text(encoding="utf-8").splitlines()
    dice = random.Random(seed)
    end = time.monotonic() + float(seconds)
    while time.monotonic() < end:
        question = dice.choice(asked)
        begun = time.perf_counter()
        try:
            with Corpus.open(Path(corpus)) as opened:
                hits = Index.of(opened, most=WAITED_FOR).search(question, limit=20).total
        except Exception as error:  # whatever it is: it is what the table counts
            print(f"error {question!r}: {type(error).__name__}: {error}", flush=True)
            return
        took = (time.perf_counter() - begun) * 1000
        print(f"{time.time():.3f} {took:.2f} {_memory()} {hits}", flush=True)
        time.sleep(dice.expovariate(1 / float(between)) if float(between) else 0)


def _memory() -> int:
    """Bytes of its own: pages of the index that the system maps come and go as it likes."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("RssAnon:")[2].split()[0]) * 1024


if __name__ == "__main__":
    main()
