"""The README tells the truth: its tour runs and says what it says."""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CHECK = doctest.OutputChecker().check_output
LOOSE = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def steps() -> list[tuple[str, str]]:
    """Commands of the console blocks, each with the output that the README shows."""
    found = []
    for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, shown = part.partition("\n")
            found.append((command, shown))
    return found


def test_the_tour_runs_as_it_is_shown(tmp_path):
    commands = tmp_path / "bin"
    commands.mkdir()
    (commands / "textmine").write_text(
        f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m textmine "$@"\n'
    )
    (commands / "textmine").chmod(0o755)
    for part in ("corpus/documents", "corpus/codings", "tests/data/pdf", "tests/data/reports"):
        shutil.copytree(ROOT / part, tmp_path / part)
    where = tmp_path
    environment = {**os.environ, "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}"}
    assert len(steps()) >= 8
    for command, shown in steps():
        if command.startswith("cd "):
            where = where / command[3:]
            continue
        result = subprocess.run(
            ["sh", "-c", command],
            cwd=where,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
        assert result.returncode == 0, f"{command}\n{result.stdout}"
        assert CHECK(shown, result.stdout, LOOSE), (
            f"$ {command}\n--- the README shows\n{shown}\n--- it says\n{result.stdout}"
        )


def test_the_python_examples_run():
    failed, tried = doctest.testfile(str(ROOT / "README.md"), module_relative=False, verbose=False)
    assert tried >= 3
    assert failed == 0


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_what_the_readme_links_to_is_there(link):
    assert (ROOT / link).exists()


def test_the_readme_lists_every_command():
    from textmine.cli import app

    commands = [each.name or each.callback.__name__ for each in app.registered_commands]
    for command in (*commands, *(group.name for group in app.registered_groups)):
        assert f"`{command}`" in README
