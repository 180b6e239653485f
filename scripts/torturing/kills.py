"""Commands that are killed at any moment, and run again."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from torturing import looking
from torturing.commands import Command, can_watch, changes_in, counting, done, killing
from torturing.counting import Row
from torturing.scenes import SCENES, Scene, staged

_PREFIX = "kill:"


class Wanted(NamedTuple):
    """What a folder is like after an uninterrupted run."""

    tables: looking.Tables
    names: set[str]
    written: dict[str, bytes]
    live: dict[str, bytes]


@dataclass(frozen=True)
class Reference:
    """An uninterrupted run: what it leaves, how long it takes, by which calls it changes the disk.

    ``quiet`` is the part of its time before the first change, ``grown`` how many bytes it writes.
    """

    wanted: Wanted
    before: looking.Tables
    seconds: float
    changes: tuple[str, ...]
    quiet: float
    grown: int


def names() -> list[str]:
    """The faults of this kind."""
    return [f"{_PREFIX}{name}" for name in SCENES]


def run(work: Path, wanted: Sequence[str], rounds: int, seed: int) -> Iterator[Row]:
    """Kill each command in its turn, ``rounds`` times in all and each at least once."""
    scenes = [SCENES[name.removeprefix(_PREFIX)] for name in wanted]
    for place, scene in enumerate(scenes):
        own = max(1, (rounds + len(scenes) - 1 - place) // len(scenes))
        yield _killed(scene, work, own, seed)


def _killed(scene: Scene, work: Path, rounds: int, seed: int) -> Row:
    row = Row(f"{_PREFIX}{scene.name}")
    reference = measured(scene, work)
    dice = random.Random(f"{seed} {scene.name}")
    late = 0
    while row.rounds < rounds and late < 5 * rounds:
        everything = dice.random() < 0.5
        number = dice.randrange(max(1, len(reference.changes)))
        moment = reference.seconds * dice.uniform(reference.quiet, 1.0)
        by_change = bool(reference.changes) and (row.rounds + late) % 2 == 0
        stage = staged(scene, work)
        command = Command(
            stage,
            scene.words,
            answers=scene.answers,
            watch=_before(reference.changes, number) if by_change else (),
        )
        ended = command.ended(None if by_change else moment, everything=everything)
        if everything:
            command.clear()
        try:
            if not ended.was_killed:
                late += 1
                continue
            where = f"change {number + 1}" if by_change else f"{moment:.2f} s"
            row.count(
                survived(scene, stage, work, reference, ended.out),
                f"--seed {seed}, round {row.rounds + 1}, {where}{'' if everything else ', alone'}",
            )
        finally:
            command.clear()
    row.figures = f"{len(reference.changes)} changes in {reference.seconds:.1f} s"
    return row


def _before(changes: Sequence[str], number: int) -> list[str]:
    """Options that kill a command before that change; strace counts each call by itself."""
    call = changes[number]
    return killing(call, changes[: number + 1].count(call))


def measured(scene: Scene, work: Path) -> Reference:
    """Run a scene to its end, with nothing in its way."""
    stage = staged(scene, work)
    before = looking.tables(stage / scene.corpus) if _is_corpus(stage, scene) else {}
    changes: tuple[str, ...] = ()
    quiet = 0.2
    if can_watch():
        log = work / "changes.log"
        command = Command(stage, scene.words, answers=scene.answers, watch=counting(log))
        begun = command.wall_clock
        ended = command.ended()
        command.clear()
        made = changes_in(log)
        changes = tuple(call for _, call in made)
        quiet = (made[0][0] - begun) / ended.seconds if made else quiet
        stage = staged(scene, work)
    size = _size(stage)
    ended = done(Command(stage, scene.words, answers=scene.answers))
    if ended.code not in scene.ends:
        raise RuntimeError(f"{scene.name} ended with {ended.code}: {ended.err[-2000:]}")
    grown = _size(stage) - size
    return Reference(state(scene, stage), before, ended.seconds, changes, quiet, grown)


def state(scene: Scene, stage: Path) -> Wanted:
    """What a folder is like now."""
    return Wanted(
        looking.tables(stage / scene.corpus),
        looking.names(stage),
        looking.written(stage / "out"),
        looking.live_model(stage / scene.corpus),
    )


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _is_corpus(stage: Path, scene: Scene) -> bool:
    return (stage / scene.corpus / "corpus.toml").exists()


def survived(
    scene: Scene, stage: Path, work: Path, reference: Reference, told: str = ""
) -> list[str]:
    """What is wrong after a fault: at once, and when the command was run again."""
    found: list[str] = []
    corpus = stage / scene.corpus
    if _is_corpus(stage, scene):
        # The index is made of the catalogue: the same command must mend it, and may find it broken.
        found += [each for each in looking.sound(corpus, work) if '"where": "index' not in each]
        there = looking.tables(corpus)
        found += looking.kept(reference.before, there)
        found += _acknowledged(scene, told, there)
    found += half_written(stage, work, reference)
    ended = done(Command(stage, scene.words, answers=scene.answers))
    if faults := ended.faults(scene.may_end):
        return [*found, *(f"the same again {fault}" for fault in faults)]
    found += looking.sound(corpus, work)
    now = state(scene, stage)
    if scene.same:
        found += looking.differences(now.tables, reference.wanted.tables)
        found += _unlike(now.written, reference.wanted.written, "is not as in an unbroken run")
        found += _unlike(
            now.live, reference.wanted.live, "of the live model is not as it should be"
        )
    else:
        found += looking.kept(reference.before, now.tables)
    found += half_written(stage, work, reference)
    if more := now.names - reference.wanted.names:
        found.append(f"left over: {', '.join(sorted(more))}")
    if (folders := looking.folders_of_index(corpus)) > 1:
        found.append(f"left over: {folders} folders of index data")
    return found


def half_written(stage: Path, work: Path, reference: Reference) -> list[str]:
    """Files in ``out`` that are there and not what they should be; hidden ones do not count."""
    backups = [file for file in (stage / "out").glob("*.tar") if not file.name.startswith(".")]
    if torn := [fault for file in backups for fault in looking.unrestorable(file, work)]:
        return torn
    there = {
        name: content
        for name, content in _written_or_torn(stage / "out").items()
        if not any(part.startswith(".") for part in Path(name).parts)
    }
    return _unlike(there, reference.wanted.written, "is half written", only_these=True)


def _written_or_torn(folder: Path) -> dict[str, bytes]:
    try:
        return looking.written(folder)
    except Exception as error:  # a workbook that cannot be opened
        return {"a workbook": repr(error).encode()}


def _unlike(
    found: dict[str, bytes],
    wanted: dict[str, bytes],
    said: str,
    *,
    only_these: bool = False,
) -> list[str]:
    compared = found.keys() if only_these else found.keys() | wanted.keys()
    return [
        f"{name} {said}"
        for name in sorted(compared)
        if not name.endswith(".tar") and found.get(name) != wanted.get(name)
    ]


def _acknowledged(scene: Scene, told: str, there: looking.Tables) -> list[str]:
    """Decisions that a person was told to be stored, since the next was asked for, and are not."""
    if scene.name != "review":
        return []
    asked = len(re.findall(r"^\d+ of \d+ · ", told, re.MULTILINE))
    stored = {
        found[1]
        for row in there["coding"]
        if "person:sara" in row and (found := re.search(r"'clause': '([^']*)'", row))
    }
    codes = [
        sum(f"'{clause}'" in row and "person:sara" in row for row in there["coding"])
        for clause in stored
    ]
    faults = []
    if len(stored) < asked - 1:
        faults.append(f"{asked} clauses were asked, {len(stored)} decisions are stored")
    if len(set(codes)) > 1:
        faults.append("a decision is stored in part")
    return faults
