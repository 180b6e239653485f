"""Disks that are full, files that may not grow, flushes that fail, while commands write."""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from torturing import kills
from torturing.commands import Command, Ended, can_watch, done, failing_flushes
from torturing.counting import Row
from torturing.scenes import SCENES, Scene, staged, template

_ROOMY = 512 << 20
_PAGE = 4096
_SAID = re.compile(r"space|disk|full|written|kept|made", re.IGNORECASE)


def names() -> list[str]:
    """The faults of this kind."""
    return list(_FAULTS)


def run(
    work: Path, wanted: Sequence[str], rounds: int, seed: int, *, only: Sequence[str] = ()
) -> Iterator[Row]:
    """Let each fault meet every writing command, ``rounds`` times in all and each at least once.

    ``only`` names some of the commands.
    """
    for name in wanted:
        fault, reason = _FAULTS[name]
        if why := reason():
            yield Row(name, skipped=why)
            continue
        row = Row(name)
        scenes = [SCENES[each] for each in only] or list(SCENES.values())
        for place, scene in enumerate(scenes):
            dice = random.Random(f"{seed} {name} {scene.name}")
            reference = kills.measured(scene, work)
            for number in range(max(1, (rounds + len(scenes) - 1 - place) // len(scenes))):
                problems = fault(scene, work, reference, dice, number)
                row.count(problems, f"--seed {seed}, {scene.name}, round {number + 1}")
        yield row


def _complained(ended: Ended, scene: Scene, *, fits: bool = False) -> list[str]:
    """What is wrong with how a command ended that had no room: it must say so in a sentence."""
    if ended.code == 0 or (fits and ended.code in scene.ends):
        return []
    found = ended.faults((1, 3))
    if not _SAID.search(ended.err):
        found.append(f"does not say what is wrong: {ended.err[-300:].strip()!r}")
    return found


# -- a disk that is full ---------------------------------------------------------------------------


@contextmanager
def _small_disk(place: Path) -> Iterator[Callable[[int], None]]:
    """A disk in memory at ``place``; gives a function that leaves so many bytes of it free."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    how = ["mount", "-t", "tmpfs", "-o", f"size={_ROOMY}", "tmpfs", str(place)]
    subprocess.run(how, check=True, capture_output=True)

    def leave(free: int) -> None:
        size = _used(place) + max(_PAGE, free // _PAGE * _PAGE)
        again = ["mount", "-o", f"remount,size={size}", str(place)]
        subprocess.run(again, check=True, capture_output=True)

    try:
        yield leave
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True, capture_output=True)


def _used(place: Path) -> int:
    disk = os.statvfs(place)
    return (disk.f_blocks - disk.f_bfree) * disk.f_frsize


def _full(
    scene: Scene, work: Path, reference: kills.Reference, dice: random.Random, number: int
) -> list[str]:
    made = template(scene.made, work)
    stage = work / "stage"
    with _small_disk(stage) as leave:
        shutil.copytree(made, stage, dirs_exist_ok=True)
        begun = _used(stage)
        grown = max(reference.grown, 16 * _PAGE)
        leave(int(grown * dice.choice((0.05, 0.5, 0.9)) * dice.uniform(0.5, 1.0)))
        ended = done(Command(stage, scene.words, answers=scene.answers))
        found = _complained(ended, scene, fits=True)
        leave(_ROOMY - begun)
        return found + kills.survived(scene, stage, work, reference)


def _no_mounting() -> str:
    how = ["mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    if subprocess.run(how, capture_output=True).returncode:
        return "no disk can be mounted here"
    subprocess.run(["umount", "/mnt"], capture_output=True)
    return ""


# -- files that may not grow -----------------------------------------------------------------------


def _no_larger(
    scene: Scene, work: Path, reference: kills.Reference, dice: random.Random, number: int
) -> list[str]:
    stage = staged(scene, work)
    largest = int(dice.choice((1 << 11, 1 << 13, 1 << 15, 1 << 17)) * dice.uniform(1, 2))
    ended = done(Command(stage, scene.words, answers=scene.answers, largest=largest))
    return _complained(ended, scene, fits=True) + kills.survived(scene, stage, work, reference)


def _unflushed(
    scene: Scene, work: Path, reference: kills.Reference, dice: random.Random, number: int
) -> list[str]:
    stage = staged(scene, work)
    watch = failing_flushes(dice.choice((1, 2, 3, 5, 8)))
    ended = done(Command(stage, scene.words, answers=scene.answers, watch=watch))
    return _complained(ended, scene, fits=True) + kills.survived(scene, stage, work, reference)


def _no_strace() -> str:
    return "" if can_watch() else "strace is not here or may not be used"


# -- no room for temporary files, none for what is printed -----------------------------------------


def _no_temporary(
    scene: Scene, work: Path, reference: kills.Reference, dice: random.Random, number: int
) -> list[str]:
    stage = staged(scene, work)
    with _small_disk(work / "temporary") as leave:
        (work / "temporary" / "filler").write_bytes(b"x")
        leave(0)
        with (work / "temporary" / "filler").open("ab", buffering=0) as filler:
            try:
                while filler.write(b"x" * _PAGE):
                    pass
            except OSError:
                pass
        ended = done(
            Command(stage, scene.words, answers=scene.answers, temporary=work / "temporary")
        )
    return _complained(ended, scene, fits=True) + kills.survived(scene, stage, work, reference)


def _nowhere_to_print(
    scene: Scene, work: Path, reference: kills.Reference, dice: random.Random, number: int
) -> list[str]:
    stage = staged(scene, work)
    words = [*scene.words, *(["--json"] if number % 2 else [])]
    ended = done(Command(stage, words, answers=scene.answers, out=Path("/dev/full")))
    return _complained(ended, scene, fits=True) + kills.survived(scene, stage, work, reference)


def _always() -> str:
    return ""


_Fault = Callable[[Scene, Path, "kills.Reference", random.Random, int], list[str]]

_FAULTS: dict[str, tuple[_Fault, Callable[[], str]]] = {
    "disk:full": (_full, _no_mounting),
    "disk:file-size": (_no_larger, _always),
    "disk:flush": (_unflushed, _no_strace),
    "disk:temporary": (_no_temporary, _no_mounting),
    "disk:output": (_nowhere_to_print, _always),
}

MOUNTING = ("disk:full", "disk:temporary")
"""Faults that take the right to mount a disk."""
