"""What several tests share: the sample corpus, read once, and the golden files."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

# The same examples every time, so that a change is judged by what it changed. To look for new ones:
# HYPOTHESIS_PROFILE=explore scripts/test
hypothesis.settings.register_profile("repeat", derandomize=True, deadline=None)
hypothesis.settings.register_profile("explore", deadline=None, max_examples=1000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeat"))

pytest_plugins = ["web_desk"]

SERVER: pytest.StashKey[Any] = pytest.StashKey()
REPOSITORY = Path(__file__).resolve().parent.parent
DOCUMENTS = REPOSITORY / "corpus" / "documents"
# The files that take longest come first, so that several processes end together. Only the order
# hangs on this list: a file that is missing from it is run like any other.
LONGEST = (
    "test_readme",
    "test_full_model",
    "test_studies",
    "test_torture",
    "test_training",
    "test_sample",
    "test_engines",
    "test_encoding",
    "test_cli",
    "test_care",
    "test_cli_coders",
    "test_ingest",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite-golden",
        action="store_true",
        help="write the golden files anew; the run fails so that nobody rewrites without looking",
    )
    parser.addoption(
        "--catalogue",
        metavar="URL",
        help="make every catalogue on that PostgreSQL server, see scripts/postgresql_for_tests",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "sqlite(why): is about SQLite's file; left out where --catalogue names a server"
    )
    url = config.getoption("--catalogue")
    if url and not hasattr(config, "workerinput") and config.getoption("numprocesses", None):
        return  # the workers do it
    if url:
        from on_postgresql import Server

        config.stash[SERVER] = Server(url)
        config.stash[SERVER].install()


def pytest_unconfigure(config: pytest.Config) -> None:
    server = config.stash.get(SERVER, None)
    if server is not None:
        server.drop()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=_turn)
    if not config.getoption("--catalogue"):
        return
    about_files = [item for item in items if item.get_closest_marker("sqlite")]
    for item in about_files:
        assert item.get_closest_marker("sqlite").args, f"{item.nodeid} does not say why"
    config.hook.pytest_deselected(items=about_files)
    items[:] = [item for item in items if item not in set(about_files)]


def _turn(item: pytest.Item) -> int:
    """Small for what comes first; what takes long at the end would let other processes wait."""
    return LONGEST.index(item.path.stem) if item.path.stem in LONGEST else len(LONGEST)


@pytest.fixture(scope="session")
def own_server() -> Iterator[str]:
    script = REPOSITORY / "scripts" / "postgresql_for_tests"
    began = subprocess.run([script, "start"], capture_output=True, text=True)
    if began.returncode == 3:
        pytest.skip(began.stderr.strip())
    assert began.returncode == 0, began.stderr
    url = began.stdout.strip()
    try:
        yield url
    finally:
        subprocess.run([script, "stop", url], check=True)


@pytest.fixture
def server(request) -> str:
    """The address of a PostgreSQL server to test on; the test is skipped where there is none."""
    return request.config.getoption("--catalogue") or request.getfixturevalue("own_server")


@pytest.fixture(scope="session")
def sample(tmp_path_factory) -> Path:
    """The folder of a corpus that holds the sample documents, coded. Read only."""
    from textmine import ingest
    from textmine.store.corpus import Corpus
    from textmine.tagging.coders import DICTIONARY, FAST_MODEL, coder
    from textmine.tagging.run import code_corpus, coders_for

    folder = tmp_path_factory.mktemp("sample") / "corpus"
    with Corpus.create(folder) as corpus:
        files, _ = ingest.find([DOCUMENTS])
        ingest.add(corpus, files, jobs=2)
        coders_for(corpus, DICTIONARY)  # which stores the codebook
        code_corpus(corpus, [coder(name, None) for name in (DICTIONARY, FAST_MODEL)])
    return folder


@pytest.fixture
def golden(request):
    """Compares a value with a file under tests/golden, shown as JSON."""
    rewrite = request.config.getoption("--rewrite-golden")

    def check(name: str, value: object) -> None:
        file = Path(__file__).parent / "golden" / f"{name}.json"
        text = json.dumps(value, ensure_ascii=False, indent=1) + "\n"
        before = file.read_text(encoding="utf-8") if file.exists() else None
        if rewrite and text != before:
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
            pytest.fail(f"{file.name} was rewritten: read `git diff`, then run without the option.")
        assert before is not None, f"{file.name} is missing; make it with --rewrite-golden."
        assert json.loads(text) == json.loads(before)

    return check
