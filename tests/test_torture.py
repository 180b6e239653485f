"""Nothing is lost when commands are killed, have no room, or run at the same time."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from textmine.errors import InputError
from textmine.store import whole
from textmine.store.whole import save, write_whole, writing_whole
from textmine.tagging.coders import model_folders
from textmine.tagging.live import history, promote, roll_back

SCRIPT = Path(__file__).resolve().parent.parent / "scripts" / "torture"


# -- files that are whole or not there -------------------------------------------------------------


def test_what_a_killed_writer_left_is_taken_by_the_next(tmp_path):
    (tmp_path / ".a.part").write_bytes(b"much more than what comes now")
    write_whole(tmp_path / "a", [b"new"])
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {"a": b"new"}


@pytest.mark.skipif(sys.platform == "win32", reason="there the later one fails")
def test_writers_of_one_file_wait_for_each_other(tmp_path):
    begun, second_waits = threading.Event(), threading.Event()
    place = tmp_path / "a"

    def first():
        with writing_whole(place) as file:
            begun.set()
            assert second_waits.wait(10)
            file.write(b"first" * 1000)

    def second():
        begun.wait(10)
        second_waits.set()
        write_whole(place, [b"second"])

    with ThreadPoolExecutor() as both:
        for each in [both.submit(first), both.submit(second)]:
            each.result()
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {"a": b"second"}


@pytest.mark.skipif(sys.platform == "win32", reason="there the later one fails")
def test_of_many_writers_one_is_whole(tmp_path):
    contents = [bytes([65 + number]) * 50_000 for number in range(8)]
    with ThreadPoolExecutor(8) as many:
        list(many.map(lambda content: write_whole(tmp_path / "a", [content]), contents * 5))
    assert (tmp_path / "a").read_bytes() in contents
    assert [file.name for file in tmp_path.iterdir()] == ["a"]


def test_what_fails_leaves_the_file_as_it_was(tmp_path):
    (tmp_path / "a").write_bytes(b"old")

    def broken():
        yield b"new"
        raise OSError(28, "No space left on device")

    with pytest.raises(InputError, match="a cannot be written: No space left on device"):
        save(tmp_path / "a", broken())
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {"a": b"old"}


def test_a_folder_is_flushed_after_a_file_in_it_was_renamed(tmp_path, monkeypatch):
    flushed = []
    monkeypatch.setattr(
        whole, "flush_folder", lambda folder: flushed.append((folder, (tmp_path / "a").exists()))
    )
    write_whole(tmp_path / "a", [b"new"])
    assert flushed == [(tmp_path, True)]


# -- models ----------------------------------------------------------------------------------------


def test_no_promotion_is_lost_when_several_come_at_once(tmp_path):
    models = tmp_path / "models"
    names = [f"themes-{number}" for number in range(12)]
    with ThreadPoolExecutor(6) as many:
        list(many.map(lambda name: promote(models, name, "you said so."), names))
    assert sorted(step.name for step in history(models)) == sorted(names)
    before, last = history(models)[-2:]
    assert roll_back(models, names).name == before.name != last.name


def test_a_model_that_is_not_finished_is_none(tmp_path):
    for name in (".making", "themes-1"):
        (tmp_path / "models" / name).mkdir(parents=True)
        (tmp_path / "models" / name / "model.json").write_text("{}", encoding="utf-8")
    found = [folder.name for folder in model_folders(tmp_path)]
    assert "themes-1" in found
    assert ".making" not in found


# -- what is printed -------------------------------------------------------------------------------


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="it takes a device that is always full")
@pytest.mark.parametrize("words", [["models"], ["models", "--json"], ["study", "list"]])
def test_no_room_for_what_is_printed_is_told_in_a_sentence(words):
    with open("/dev/full", "w", encoding="utf-8") as full:
        result = subprocess.run(
            [sys.executable, "-m", "textmine", *words],
            stdout=full,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            check=False,
            timeout=120,
        )
    assert result.returncode == 3
    assert result.stderr.startswith("textmine: ")
    assert len(result.stderr.splitlines()) == 1


# -- the script ------------------------------------------------------------------------------------


def tortured(*arguments: str) -> list[dict[str, object]]:
    result = subprocess.run(
        [sys.executable, str(SCRIPT), "--json", *arguments],
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    rows: list[dict[str, object]] = json.loads(result.stdout)
    return rows


@pytest.mark.skipif(sys.platform != "linux", reason="the script reads /proc")
def test_nothing_is_lost(tmp_path):
    faults = ("kill:save-search", "disk:file-size")
    named = [word for fault in faults for word in ("--only", fault)]
    rows = tortured(*named, "--rounds", "2", "--command", "save-search", "--work", str(tmp_path))
    assert [row["fault"] for row in rows] == list(faults)
    assert all(row["rounds"] == row["survived"] > 0 for row in rows)


@pytest.mark.skipif(sys.platform != "linux", reason="the script reads /proc")
def test_a_fault_that_is_not_known_is_named():
    result = subprocess.run(
        [sys.executable, str(SCRIPT), "--only", "flood"],
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    assert result.returncode == 2
    assert "no fault is called flood; --list names them" in result.stderr
