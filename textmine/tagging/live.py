"""Which model of a corpus is live, and which were before.

``models/live.jsonl`` has one line for each time that another model became live; the last one
holds. Nothing in it is ever rewritten, so every step can be taken back. Without it the model that
textmine ships is live. Whoever changes the folder holds its lock, so that no step is lost.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path

from textmine.errors import InputError, ModelError
from textmine.store.catalogue import now
from textmine.store.lock import holding
from textmine.store.whole import write_whole

LIVE_FILE = "live.jsonl"
SHIPPED = "themes"
"""The shipped model that codes where no other is live."""

_ROLLED_BACK = "rolled back"


@dataclass(frozen=True, slots=True)
class Promotion:
    """That a model became the live one, when (ISO 8601, UTC) and why.

    ``who`` decided so, and ``said`` why, where a person did; both are empty otherwise.
    """

    name: str
    at: str
    why: str
    who: str = ""
    said: str = ""


def history(models: Path) -> list[Promotion]:
    """Which model was live since when, the present one last; empty while the shipped one is."""
    path = models / LIVE_FILE
    if not path.is_file():
        return []
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
        return [_promotion(line) for line in lines if line.strip()]
    except (OSError, ValueError, TypeError) as error:
        raise ModelError(
            f"{path} cannot be read ({error}). It says which model is live; delete it to go back "
            "to the model that textmine ships, then promote another."
        ) from error


def _promotion(line: str) -> Promotion:
    step = Promotion(**json.loads(line))
    if not all(isinstance(value, str) for value in asdict(step).values()):
        raise ValueError(f"{line} is no promotion")
    return step


def live_name(models: Path) -> str:
    """The name of the live model."""
    steps = history(models)
    return steps[-1].name if steps else SHIPPED


@contextmanager
def changing(models: Path) -> Iterator[None]:
    """Hold the lock of the folder of models, a file beside it; others wait.

    ModelError when the disk refuses.
    """
    try:
        with holding(models.with_name(f"{models.name}.lock"), wait=True):
            yield
    except OSError as error:
        raise ModelError(f"{models} cannot be written: {error.strerror or error}.") from error


def promote(models: Path, name: str, why: str, *, who: str = "", said: str = "") -> Promotion:
    """Make the model of that name the live one; whoever calls has seen that it is there."""
    with changing(models):
        return noted(models, name, why, who=who, said=said)


def noted(models: Path, name: str, why: str, *, who: str = "", said: str = "") -> Promotion:
    """``promote`` for whoever is ``changing`` the models."""
    step = Promotion(name, now(), why, who, said)
    lines = [_line(each) for each in (*history(models), step)]
    try:
        models.mkdir(exist_ok=True)
        write_whole(models / LIVE_FILE, ["".join(f"{line}\n" for line in lines).encode("utf-8")])
    except OSError as error:
        raise ModelError(f"{models / LIVE_FILE} cannot be written: {error.strerror}.") from error
    return step


def _line(step: Promotion) -> str:
    """A line of the file; what is not known stands in none, so that older textmines read it."""
    said = {name: value for name, value in asdict(step).items() if value}
    return json.dumps(said, ensure_ascii=False)


def roll_back(models: Path, known: Collection[str], *, who: str = "", said: str = "") -> Promotion:
    """Make the model live again that was so before the present one.

    Rolling back twice goes two steps back; models that are not among those ``known`` are gone and
    passed over. InputError when there is nothing before.
    """
    with changing(models):
        stack = [SHIPPED]
        for step in history(models):
            if step.why == _ROLLED_BACK and step.name in stack[:-1]:
                while stack.pop() and stack[-1] != step.name:
                    pass
            elif step.name != stack[-1]:
                stack.append(step.name)
        before = next((name for name in reversed(stack[:-1]) if name in known), None)
        if before is None:
            raise InputError(f"The live model is {stack[-1]}, and none was live before it.")
        return noted(models, before, _ROLLED_BACK, who=who, said=said)


def next_name(models: Path, stem: str = SHIPPED) -> str:
    """A name that no model of the corpus has or had when live: ``themes-1``, ``themes-2``, ...

    >>> next_name(Path("no-such-folder"))
    'themes-1'
    """
    known = {folder.name for folder in models.glob(f"{stem}-*")}
    known.update(step.name for step in history(models))
    return next(name for number in count(1) if (name := f"{stem}-{number}") not in known)
