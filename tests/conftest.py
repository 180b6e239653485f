"""What several tests share: the sample corpus, read once, and the golden files."""

from __future__ import annotations

import json
import os
from pathlib import Path

import hypothesis
import pytest

# The same examples every time, so that a change is judged by what it changed. To look for new ones:
# HYPOTHESIS_PROFILE=explore scripts/test
hypothesis.settings.register_profile("repeat", derandomize=True, deadline=None)
hypothesis.settings.register_profile("explore", deadline=None, max_examples=1000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeat"))

REPOSITORY = Path(__file__).resolve().parent.parent
DOCUMENTS = REPOSITORY / "corpus" / "documents"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite-golden",
        action="store_true",
        help="write the golden files anew; the run fails so that nobody rewrites without looking",
    )


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
