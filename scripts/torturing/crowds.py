"""Several processes at one corpus."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import mean, median, quantiles

from coded_corpus import document

from textmine.store.corpus import Corpus
from textmine.tagging.live import history
from torturing import looking
from torturing.commands import ROOT, Command, textmine
from torturing.counting import Row
from torturing.scenes import SCENES, begun, coded, empty, nothing, template, twice_trained

_AT = ("--corpus", "corpus")
_BETWEEN = 1.0  # seconds between two questions of one reader, on average
_QUESTIONS = 300
_WARM = 0.4  # of the time, in which readers fill their memory, and first follow a change
_STEEP = 10.0  # per cent that a reader's memory may grow in the rest: it remembers words


def names() -> list[str]:
    """The faults of this kind."""
    return list(_CROWDS)


def run(
    work: Path, wanted: Sequence[str], *, minutes: float, readers: int, corpus: Path | None
) -> Iterator[Row]:
    """Let each crowd in once."""
    for name in wanted:
        row = Row(name)
        if name == "crowd:readers":
            _read_and_write(row, work, minutes, readers, corpus)
        else:
            _CROWDS[name](row, work, minutes)
        yield row


def _at_once(stage: Path, commands: Sequence[Sequence[str]]) -> list[tuple[str, int, str]]:
    """Run commands at the same time: what each was, its code, what it said of errors."""
    running = [(" ".join(words), Command(stage, words)) for words in commands]
    found = []
    for said, command in running:
        ended = command.ended()
        command.clear()
        found.append((said, ended.code, ended.err))
    return found


def _wrong(ended: Sequence[tuple[str, int, str]], allowed: Sequence[int] = (0,)) -> list[str]:
    return [
        f"{said} ended with {code}: {err[-300:].strip()!r}"
        for said, code, err in ended
        if code not in allowed or "Traceback" in err
    ]


def _stage(made: Callable[[Path], None], work: Path) -> Path:
    stage = work / "stage"
    before = template(made, work)
    shutil.rmtree(stage, ignore_errors=True)
    shutil.copytree(before, stage)
    return stage


# -- the crowds ------------------------------------------------------------------------------------


def _adds(row: Row, work: Path, minutes: float) -> None:
    """Three that add folders which share files; the end is that of one after the other."""
    scenes = [
        f"inbox/{number:02}.{'html' if number % 4 == 1 else 'txt'}" for number in range(1, 13)
    ]
    shares = (scenes[:8], scenes[4:], scenes[2:10])
    wanted = None
    for at_once in (False, True, True, True):
        stage = _stage(empty, work)
        commands = [["add", *_AT, "--jobs", "1", *files] for files in shares]
        if not at_once:
            for words in commands:
                textmine(stage, words)
            wanted = _unnumbered(stage)
            continue
        assert wanted is not None
        problems = _wrong(_at_once(stage, commands)) + looking.sound(stage / "corpus", work)
        got = _unnumbered(stage)
        problems += [f"{name} differ from those of one after the other"
                     for name in wanted if got[name] != wanted[name]]  # fmt: skip
        row.count(problems, "three adds")


def _unnumbered(stage: Path) -> dict[str, list[object]]:
    """What was taken in, whatever came first."""
    with Corpus.open(stage / "corpus") as corpus:
        documents = corpus.catalogue.documents()
        return {
            "documents": sorted((each.sha256, each.state) for each in documents),
            "sources": sorted((each.path, each.sha256) for each in corpus.catalogue.sources()),
            "clauses": sorted(each.clause.id for each in corpus.catalogue.clauses()),
        }


def _inits(row: Row, work: Path, minutes: float) -> None:
    """Four that make the same corpus: one does, the others say that it is there."""
    for _ in range(3):
        stage = work / "stage"
        shutil.rmtree(stage, ignore_errors=True)
        nothing(stage)
        ended = _at_once(stage, [SCENES["init"].words] * 4)
        problems = _wrong(ended, (0, 3)) + looking.sound(stage / "corpus", work)
        if sum(code == 0 for _, code, _ in ended) != 1:
            problems.append(f"{sum(code == 0 for _, code, _ in ended)} of 4 made it")
        if left := {name for name in os.listdir(stage) if name.startswith(".")}:
            problems.append(f"left over: {left}")
        row.count(problems, "four inits")


def _promotes(row: Row, work: Path, minutes: float) -> None:
    """Six that make models live: each is on record."""
    for _ in range(2):
        stage = _stage(twice_trained, work)
        before = len(history(stage / "corpus" / "models"))
        commands = [["models", "promote", f"themes-{1 + n % 2}", *_AT] for n in range(6)]
        problems = _wrong(_at_once(stage, commands))
        steps = len(history(stage / "corpus" / "models")) - before
        if steps != 6:
            problems.append(f"{steps} of 6 promotions are on record")
        row.count(problems + looking.sound(stage / "corpus", work), "six promotes")


def _same_file(row: Row, work: Path, minutes: float) -> None:
    """Six that write the same files: these are as one would write them."""
    stage = _stage(twice_trained, work)
    commands = [
        ["export", *_AT, "--to", "out/coded.csv"],
        ["search", *_AT, "bank", "--to", "out/hits.xlsx"],
        ["report", *_AT, "--to", "out/report.html"],
    ]
    for words in commands:
        textmine(stage, words)
    wanted = looking.written(stage / "out")
    for _ in range(2):
        shutil.rmtree(stage / "out")
        (stage / "out").mkdir()
        problems = _wrong(_at_once(stage, commands * 2))
        if (got := looking.written(stage / "out")) != wanted:
            differ = [n for n in wanted | got if got.get(n) != wanted.get(n)]
            problems.append(f"they are not as one writes them: {', '.join(differ)}")
        row.count(problems, "six exports")


def _work_together(row: Row, work: Path, minutes: float) -> None:
    """People who import, add, code, train, search and report for some time: nobody is refused."""
    stage = _stage(coded, work)
    before = looking.tables(stage / "corpus")
    end = time.monotonic() + minutes * 60
    people = ("omid", "sara", "nika")
    ways: list[Callable[[int], list[str]]] = [
        *(
            lambda n, who=who: ["import", *_AT, "leila.csv", "--coder", f"person:{who}{n}"]
            for who in people
        ),
        lambda n: ["code", *_AT, "--again"],
        lambda n: ["train", *_AT, "--encoder", "none"],
        lambda n: ["search", *_AT, "bank OR museum"],
        lambda n: ["report", *_AT, "--to", f"out/report{n % 2}.html"],
        lambda n: ["add", *_AT, f"inbox/{n % 12 + 1:02}.{'html' if n % 4 == 0 else 'txt'}"],
    ]
    running = [(way, 0, Command(stage, way(0))) for way in ways]
    problems: list[str] = []
    done: dict[str, int] = {}
    imported = promoted = 0
    while running:
        way, number, command = running.pop(0)
        words = way(number)
        ended = command.ended()
        command.clear()
        problems += _wrong([(" ".join(words), ended.code, ended.err)])
        done[words[0]] = done.get(words[0], 0) + 1
        imported += words[0] == "import" and ended.code == 0
        promoted += words[0] == "train" and "is the live model now" in ended.err
        if time.monotonic() < end:
            running.append((way, number + 1, Command(stage, way(number + 1))))
    after = looking.tables(stage / "corpus")
    problems += looking.kept(before, after) + looking.sound(stage / "corpus", work)
    people_now = {row for row in after["coding"] if "'person:" in row}
    each = sum("'person:leila'" in row for row in before["coding"])
    if sum(after["coding"][row] for row in people_now) != each * (imported + 1):
        problems.append(f"{imported} imports of {each} decisions are not all there")
    if len(history(stage / "corpus" / "models")) != promoted:
        problems.append(f"{promoted} promotions, {len(history(stage / 'corpus' / 'models'))} known")
    row.count(problems, f"{minutes:g} minutes")
    row.figures = ", ".join(f"{count} {name}" for name, count in sorted(done.items()))


# -- readers and a writer --------------------------------------------------------------------------


def _read_and_write(
    row: Row, work: Path, minutes: float, readers: int, corpus: Path | None
) -> None:
    stage = work / "stage"
    if corpus is None:
        stage = _stage(begun, work)
    else:
        shutil.rmtree(stage, ignore_errors=True)
        stage.mkdir()
        subprocess.run(["cp", "-r", "--reflink=auto", str(corpus), str(stage / "corpus")],
                       check=True)  # fmt: skip
    questions = stage / "questions.txt"
    questions.write_text("\n".join(_questions(stage / "corpus")), encoding="utf-8")
    textmine(stage, ["index", *_AT], allowed=(0, 1))
    seconds = minutes * 60
    reading = [
        subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("reader.py")), "corpus",
             questions.name, str(seconds), str(_BETWEEN), str(number)],
            cwd=stage,
            env=dict(os.environ) | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        for number in range(readers)
    ]  # fmt: skip
    said: list[list[str]] = []
    problems: list[str] = []
    written = 0
    try:
        from threading import Thread

        threads = [Thread(target=lambda p=p: said.append((p.communicate()[0] or "").splitlines()))
                   for p in reading]  # fmt: skip
        for thread in threads:
            thread.start()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            folder = stage / "arriving"
            folder.mkdir(exist_ok=True)
            for number in range(5):
                text = document(1000 + 5 * written + number)
                (folder / f"{5 * written + number}.txt").write_text(text, encoding="utf-8")
            files = [f"arriving/{5 * written + number}.txt" for number in range(5)]
            problems += _wrong(_at_once(stage, [["add", *_AT, "--jobs", "1", *files]]))
            written += 1
        for thread in threads:
            thread.join()
    finally:
        for process in reading:
            process.kill()
            process.wait()
    answers, steep = _measured(said, problems)
    problems += looking.sound(stage / "corpus", work) if corpus is None else []
    if steep > _STEEP:
        problems.append(f"the memory of a reader grows by {steep:.1f} %")
    row.count(problems, f"{readers} readers, {minutes:g} minutes")
    if len(answers) > 1:
        row.figures = (
            f"{len(answers)} answers, {5 * written} documents added: median {median(answers):.0f} "
            f"ms, 95 % under {quantiles(answers, n=20)[-1]:.0f} ms, memory {steep:+.1f} %"
        )


def _questions(corpus: Path) -> list[str]:
    """Words, pairs, phrases and beginnings of words out of the corpus itself."""
    dice = random.Random(5)
    with Corpus.open(corpus) as opened:
        numbers = [each.id for each in opened.catalogue.documents() if each.state != "failed"]
        texts = [
            stored.clause.text
            for number in dice.sample(numbers, min(40, len(numbers)))
            for stored in list(opened.catalogue.clauses(document=number))[:20]
        ]
    asked = []
    while len(asked) < _QUESTIONS:
        words = [word for word in dice.choice(texts).split() if word.isalpha() and len(word) > 3]
        if len(words) < 3:
            continue
        at = dice.randrange(len(words) - 1)
        one, other = words[at], words[at + 1]
        asked.append(dice.choice([one, f"{one} {other}", f'"{one} {other}"', f"{one[:4]}*"]))
    return asked


def _measured(said: Sequence[Sequence[str]], problems: list[str]) -> tuple[list[float], float]:
    """Milliseconds of all answers, and by how many per cent the memory of the middle one grows."""
    answers: list[float] = []
    slopes: list[float] = []
    for lines in said:
        own = []
        for line in lines:
            parts = line.split()
            try:
                own.append((float(parts[0]), float(parts[1]), int(parts[2])))
            except (ValueError, IndexError):
                problems.append(line[:300])
        answers += [took for _, took, _ in own]
        if len(own) >= 10:
            first, last = own[0][0], own[-1][0]
            warm = [(at, held) for at, _, held in own if at > first + _WARM * (last - first)]
            slopes.append(_growth(warm))
    return answers, median(slopes) if slopes else 0.0


def _growth(points: Sequence[tuple[float, int]]) -> float:
    """By how many per cent a straight line through the points rises from the first to the last."""
    times = [at for at, _ in points]
    middle, level = mean(times), mean(held for _, held in points)
    spread = sum((at - middle) ** 2 for at in times)
    if not spread:
        return 0.0
    slope = sum((at - middle) * (held - level) for at, held in points) / spread
    return 100 * slope * (times[-1] - times[0]) / level


_CROWDS: dict[str, Callable[[Row, Path, float], None]] = {
    "crowd:adds": _adds,
    "crowd:inits": _inits,
    "crowd:promotes": _promotes,
    "crowd:same-file": _same_file,
    "crowd:work": _work_together,
    "crowd:readers": lambda row, work, minutes: None,
}
