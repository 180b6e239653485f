"""A small corpus in two languages, served; a browser to look at it with.

``small`` is made once a run and never changed; ``corpus`` is a copy of it for one test. A plugin of
``conftest.py``, loaded for every test: what is heavy is imported by who asks for it.
"""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from textmine.web import Settings

DOCUMENTS = Path(__file__).resolve().parent.parent / "corpus" / "documents"
TAKEN = (
    "bilingual/bi-01-kashan-fez.pdf",
    "en/en-02-zanjan-graz.docx",
    "en/en-03-bandar-abbas-mombasa.txt",
    "fa/fa-01-kerman-cordoba.pdf",
    "fa/fa-08-shahrekord-resolution.txt",
)
MOU = "MoU میان شهرداری کرمان و شهرداری Córdoba بر پایهٔ عدم مداخله در امور داخلی (2018) است."
DONE: tuple[tuple[str, dict[str, object]], ...] = (
    ("trained", {"model": "themes-1", "clauses": 300, "documents": 5}),
    ("promoted", {"model": "themes-1", "why": "you said so.", "said": "بهتر است"}),
    ("rolled-back", {"model": "themes", "why": "you said so."}),
    ("logged-in", {"address": "127.0.0.1"}),
    ("role-changed", {"name": "omid", "role": "admin"}),
)
"""Events of the audit trail."""

CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of five documents and one that cannot be read, coded by keywords."""
    from textmine import ingest
    from textmine.store.corpus import Corpus
    from textmine.tagging.run import code_corpus, coders_for

    folder = tmp_path_factory.mktemp("web")
    inbox = folder / "inbox"
    for name in TAKEN:
        (inbox / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(DOCUMENTS / name, inbox / name)
    shutil.copy(DOCUMENTS / "documents.csv", inbox / "documents.csv")
    (inbox / "torn.pdf").write_bytes(b"%PDF-1.7\nnothing follows")
    with Corpus.create(folder / "corpus") as corpus:
        ingest.add(corpus, ingest.find([inbox])[0], jobs=2)
        coders, _ = coders_for(corpus, "dictionary")
        code_corpus(corpus, coders)
    return folder / "corpus"


@pytest.fixture(scope="session")
def lived_in(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The corpus after two people have worked with it, and with a sentence that begins in Latin."""
    from textmine import codebook as codebooks
    from textmine import ingest
    from textmine.codings import CodedClause, take_in
    from textmine.store.catalogue import now
    from textmine.store.corpus import Corpus
    from textmine.store.searches import SavedSearch, save_search
    from textmine.tagging.run import code_corpus, coders_for

    folder = tmp_path_factory.mktemp("looks")
    shutil.copytree(small, folder / "corpus")
    (folder / "mou.txt").write_text(f"یادداشت تفاهم کرمان و قرطبه\n\nماده ۱\n{MOU}\n", "utf-8")
    with Corpus.open(folder / "corpus") as corpus:
        ingest.add(corpus, ingest.find([folder / "mou.txt"])[0], jobs=1)
        coders, _ = coders_for(corpus, "dictionary")
        code_corpus(corpus, coders)
        book = codebooks.load(corpus.codebook_file)
        text = corpus.codebook_file.read_text(encoding="utf-8")
        corpus.catalogue.put_codebook(book.reference, book.digest, text)
        for who, codes in (("leila", ("cultural",)), ("omid", ("cultural", "economic"))):
            rows = [
                CodedClause(
                    str(each.document),
                    each.clause.id,
                    each.clause.language,
                    each.clause.text,
                    codes if place % 2 else codes[:1],
                    who,
                    book.reference,
                )
                for place, each in enumerate(list(corpus.catalogue.clauses())[:8])
            ]
            take_in(corpus.catalogue, rows, book)
        saved = SavedSearch("شهر", "شهر", "date", False, False, 3, now())
        save_search(corpus.catalogue, saved)
        for what, detail in DONE:
            corpus.catalogue.note(what, who="person:leila", detail=detail)
    # A process must not open one catalogue twice: closing a file gives up all its locks on it.
    shutil.copytree(folder / "corpus", folder / "twin")
    return folder / "corpus"


@pytest.fixture
def corpus(small: Path, tmp_path: Path) -> Path:
    """A copy of the small corpus, for a test that changes it."""
    return Path(shutil.copytree(small, tmp_path / "corpus"))


@pytest.fixture
def client(corpus: Path) -> Iterator[TestClient]:
    """Asks the pages of ``corpus`` in English, without a browser."""
    from fastapi.testclient import TestClient

    from textmine.web import Settings, create_app

    settings = Settings(place=corpus)
    with TestClient(
        create_app(settings), base_url="http://localhost", headers={"accept-language": "en"}
    ) as asking:
        yield asking


class Served:
    """A workbench that runs beside the test; ``address`` is where."""

    def __init__(self, settings: Settings) -> None:
        import uvicorn

        from textmine.web import create_app

        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        config = uvicorn.Config(create_app(settings), log_level="error", lifespan="on")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([listening],))
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive(), "the server did not start"
            time.sleep(0.01)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()


@pytest.fixture
def served(corpus: Path) -> Iterator[str]:
    """The address of a workbench on ``corpus``."""
    from textmine.web import Settings

    server = Served(Settings(place=corpus))
    yield server.address
    server.stop()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Chromium as the system installs it; nothing is downloaded."""
    found = next((place for place in CHROMIUM if Path(place).exists()), None)
    if found is None:
        pytest.skip("There is no Chromium on this machine: pages are not tried in a browser.")
    rights = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": found, "args": rights}


@pytest.fixture(params=["fa", "en"])
def tongue(request: pytest.FixtureRequest) -> str:
    """Each language of the interface in turn."""
    return str(request.param)


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any], request: Any) -> dict[str, Any]:
    """The browser speaks the language that the test asks for, English if it asks for none."""
    language = request.getfixturevalue("tongue") if "tongue" in request.fixturenames else "en"
    return {**browser_context_args, "locale": {"fa": "fa-IR", "en": "en-GB"}[language]}
