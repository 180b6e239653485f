"""What fuzzing found stays mended, and the fuzzer itself finds what it should."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOUND = ROOT / "tests" / "data" / "fuzz"
MODULES = {"query": "queries", "docx": "words", "pdf-page": "pdfs", "pdf": "pdfs", "text": "texts",
           "html": "files", "plain": "files", "codings": "files"}  # fmt: skip


@pytest.fixture(scope="module")
def target():
    """The target of a name."""
    sys.path.insert(0, str(ROOT / "scripts"))
    yield lambda name: import_module(f"fuzzing.{MODULES[name]}").TARGETS[name]
    sys.path.remove(str(ROOT / "scripts"))


def test_what_was_found_has_a_target():
    assert {folder.name for folder in FOUND.iterdir()} <= {*MODULES}


@pytest.mark.parametrize("name", MODULES)
def test_what_it_begins_with_is_sound(target, name):
    for seed in target(name).seeds():
        target(name).feed(seed)


FILES = sorted(file for file in FOUND.rglob("*") if file.is_file())


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.name}")
def test_what_was_found_is_mended(target, file):
    target(file.parent.name).feed(file.read_bytes())


def test_choices_are_the_first_when_the_bytes_are_at_an_end(target):
    target("docx")
    choices = import_module("fuzzing.choices").Choices(bytes([1, 7, 2, 65]))
    assert [choices.one_of("abc"), choices.number(5), choices.text(3)] == ["b", 1, "A"]
    assert (choices.one_of("abc"), choices.more) == ("a", False)


def fuzz(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "scripts" / "fuzz"), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_run_ends_and_tells_what_it_did(tmp_path):
    pytest.importorskip("atheris", reason="there is no atheris for this system")
    done = fuzz("codings", "--runs", "50", "--seed", "1", "--keep", str(tmp_path / "found"))
    assert done.returncode == 0, done.stdout + done.stderr
    head, line = done.stdout.splitlines()
    assert head.split() == ["target", "inputs", "a", "second", "reached", "faults"]
    assert line.split()[0] == "codings"
    assert int(line.split()[1]) >= 50
    assert list((tmp_path / "found").iterdir()) == []


def test_faults_are_kept_and_told(tmp_path):
    pytest.importorskip("atheris", reason="there is no atheris for this system")
    keep = tmp_path / "found"
    done = fuzz("faulty", "--runs", "2000", "--seed", "1", "--keep", str(keep))
    assert done.returncode == 1, done.stdout + done.stderr
    (file,) = keep.iterdir()
    assert b"!" in file.read_bytes()
    assert f"{file}: ZeroDivisionError: division by zero (faulty.py" in done.stdout


def test_what_is_no_target_is_told():
    done = fuzz("nothing")
    assert (done.returncode, "nothing is no target; there are query" in done.stderr) == (2, True)
