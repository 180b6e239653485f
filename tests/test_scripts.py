"""The scripts fail with one clear sentence when something is missing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SETUP = Path(__file__).resolve().parent.parent / "scripts" / "setup"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the scripts are for a POSIX shell")


def setup(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a copy of scripts/setup that has no package beside it to install."""
    scripts = folder / "scripts"
    scripts.mkdir()
    (scripts / "setup").write_bytes(SETUP.read_bytes())
    (folder / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
    )
    (folder / "textmine").mkdir()
    (folder / "textmine" / "__init__.py").write_text("")
    own = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    return subprocess.run(
        ["bash", str(scripts / "setup")],
        capture_output=True,
        encoding="utf-8",
        env={**own, **environment},
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize(
    ("wanted", "said"),
    [("3.9", "no Python 3.9 was found"), ("/bin/false", "is no Python 3.11, 3.12 or 3.13")],
)
def test_a_missing_python_is_named(tmp_path, wanted, said):
    result = setup(tmp_path, TEXTMINE_PYTHON=wanted)
    assert result.returncode == 3
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_an_index_that_cannot_be_reached_is_named(tmp_path):
    result = setup(
        tmp_path,
        TEXTMINE_PYTHON=sys.executable,
        PIP_INDEX_URL="http://127.0.0.1:9/simple",
        PIP_CONFIG_FILE=os.devnull,
        PIP_RETRIES="0",
    )
    assert result.returncode == 3
    assert "the package index cannot be reached" in result.stderr
