"""The benchmark of the search runs, and its engines find what a look at every clause finds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / "scripts" / "bench_search"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="it reads /proc")


def test_a_small_corpus_is_made_and_asked(tmp_path):
    small = ["300", "--quick", "--each", "3", "--only", "SQLite", "--work", str(tmp_path)]
    result = subprocess.run(
        [sys.executable, str(SCRIPT), *small],
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    # It ends with 1 when a total differs from what the clauses themselves say.
    assert result.returncode == 0, result.stdout + result.stderr
    rows = [line for line in result.stdout.splitlines() if line.startswith("|")]
    for asked in ("frequent words", "phrase", "prefix of four letters", "a word and fields"):
        assert any(line.startswith(f"| {asked} |") for line in rows)
    assert any("index, bytes a clause" in line for line in rows)
