"""What every page of the workbench has: its frame, its language, and what it refuses."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from markupsafe import escape
from playwright.sync_api import Page

from textmine import web
from textmine.web import Settings, create_app, warming
from textmine.web.desk import Desk
from textmine.web.warming import warm


def test_other_names_of_this_computer_are_not_answered(client: TestClient) -> None:
    answer = client.get("/", headers={"host": "evil.example"})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
    ],
)
def test_other_sites_cannot_change_anything(client: TestClient, headers: dict[str, str]) -> None:
    assert client.post("/nothing", headers=headers).status_code == 403


def test_a_form_of_this_server_passes(client: TestClient) -> None:
    answer = client.post("/nothing", headers={"origin": "http://localhost"})
    assert answer.status_code == 404


def test_what_is_sent_has_a_limit(client: TestClient) -> None:
    assert client.post("/nothing", content=b"x" * (2 << 20)).status_code == 413


def test_a_wrong_address_is_said_in_the_language_of_the_reader(client: TestClient) -> None:
    answer = client.get("/nowhere", headers={"accept-language": "fa"})
    assert answer.status_code == 404
    assert 'lang="fa" dir="rtl"' in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_the_frame_in_a_browser(served: str, page: Page, tongue: str) -> None:
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text))
    page.on("request", lambda asked: asked.url.startswith(served) or wrong.append(asked.url))
    page.goto(f"{served}/nowhere")
    assert page.locator("html").get_attribute("dir") == {"fa": "rtl", "en": "ltr"}[tongue]
    assert page.evaluate("document.fonts.ready.then(() => document.fonts.check('1em Vazirmatn'))")
    assert [each for each in wrong if "404" not in each] == []


def test_a_body_that_does_not_say_its_length_has_a_limit(client: TestClient) -> None:
    def parts() -> Iterator[bytes]:
        for _ in range(40):
            yield b"name=" + b"x" * (1 << 16)

    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert client.post("/name", content=parts(), headers=headers).status_code == 413


def test_a_mistake_of_the_program_is_a_page_too(corpus: Path) -> None:
    app = create_app(Settings(place=corpus))

    @app.get("/mistake")
    def mistake() -> None:
        raise RuntimeError("a secret of the program")

    with TestClient(app, "http://localhost", raise_server_exceptions=False) as client:
        answer = client.get("/mistake", headers={"accept-language": "fa"})
    assert answer.status_code == 500
    assert 'dir="rtl"' in answer.text
    assert "secret" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("cookie", ["theme=zz", "language=zz", "coder=%00%zz", "coder=a%3Ab"])
def test_cookies_that_make_no_sense_do_no_harm(client: TestClient, cookie: str) -> None:
    assert client.get("/name", headers={"cookie": cookie}).status_code == 200


@pytest.mark.parametrize("name", ["لیلا", "O'Neill <b>", "سید\u200cعلی"])
def test_who_codes_is_kept_in_the_browser(client: TestClient, name: str) -> None:
    answer = client.post("/name", data={"name": name, "back": "/help"})
    assert answer.history[0].headers["location"] == "/help"
    assert str(escape(name)) in answer.text


@pytest.mark.parametrize("back", ["//evil.example", "/\\evil.example", "https:evil", "x\r\na: b"])
def test_nobody_is_sent_elsewhere(client: TestClient, back: str) -> None:
    for path in ("/language/fa", "/theme/dark"):
        answer = client.get(path, params={"back": back}, follow_redirects=False)
        assert answer.headers["location"] == "/"
    answer = client.post("/name", data={"name": "a", "back": back}, follow_redirects=False)
    assert answer.headers["location"] == "/"


def test_the_address_that_was_reached_is_answered_for(corpus: Path) -> None:
    with TestClient(create_app(Settings(place=corpus)), "http://192.0.2.7") as client:
        assert client.get("/help").status_code == 200
        assert client.get("/help", headers={"host": "192.0.2.8"}).status_code == 400


def test_searches_run_side_by_side(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from textmine.search import Index

    together = threading.Barrier(3, timeout=60)
    search = Index.search

    def waiting(*asked: Any, **options: Any) -> Any:
        together.wait()
        return search(*asked, **options)

    monkeypatch.setattr(Index, "search", waiting)
    with ThreadPoolExecutor() as threads:
        queries = ("council", "شهر", "language:en")
        answers = threads.map(lambda query: client.get("/search", params={"q": query}), queries)
    assert [answer.status_code for answer in answers] == [200, 200, 200]


@pytest.mark.parametrize("query", ["city " * 400, "(city " * 400])  # the second is no query
def test_a_question_has_no_more_words_than_are_looked_for(client: TestClient, query: str) -> None:
    asked = {"q": query, "any": "1"}
    answer = client.get("/search", params=asked, headers={"accept-language": "fa"})
    assert answer.status_code == 400
    assert "۳۰۰ واژه ممکن نیست" in answer.text


def test_what_first_requests_ask_for_is_made_before(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    desk: Desk = client.app.state.desk  # type: ignore[attr-defined]
    warm(desk, lambda: True)  # there is no index yet, and none is made
    assert not desk.corpus.index.exists()
    asked = [*"ab"]
    monkeypatch.setattr(warming, "shelf", lambda *_: asked.pop())
    client.get("/search?q=city")
    warm(desk, lambda: bool(asked))
    assert asked == ["a"]
    warm(desk, lambda: bool(asked))
    assert caplog.messages == []
    warm(desk, lambda: True)
    assert caplog.messages == ["not made beforehand"]


def test_what_a_corpus_that_may_only_be_read_refuses_is_refused_for_good(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may = os.access

    def reads(path: Any, mode: int, **more: Any) -> bool:
        return not (mode & os.W_OK and str(path).startswith(str(corpus))) and may(path, mode)

    monkeypatch.setattr(os, "access", reads)
    with TestClient(create_app(Settings(place=corpus)), "http://localhost") as client:
        assert client.get("/documents").status_code == 200
        answer = client.post("/searches", data={"name": "x", "q": "title:Kashan"})
    assert answer.status_code == 403
    assert "may only be read" in answer.text
    assert "retry-after" not in answer.headers


# -- the command -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--host", "0.0.0.0"], "everybody logs in"),
        (["--allow-host", "study.example.org"], "everybody logs in"),
        (["--proxy", "127.0.0.1"], "everybody logs in"),
        (["--host", "192.0.2.7"], "cannot be listened at"),
        (["--host", "no such name"], "no address of this computer"),
        (["--corpus", "nowhere"], "is no corpus"),
    ],
)
def test_what_the_server_does_not_start_with(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], said: str
) -> None:
    from typer.testing import CliRunner

    from textmine.cli import app

    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("APPDATA", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    named = [] if "--corpus" in options else ["--corpus", str(small)]
    result = CliRunner().invoke(app, ["serve", "--port", "0", *named, *options])
    assert result.exit_code != 0
    assert said in str(result.exception)


def test_a_port_that_is_taken_is_said(small: Path) -> None:
    from typer.testing import CliRunner

    from textmine.cli import app

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = CliRunner().invoke(app, ["serve", "--corpus", str(small), "--port", port])
    assert "--port 0" in str(result.exception)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of another kind")
def test_the_server_says_where_it_is_and_ends_in_peace(small: Path, tmp_path: Path) -> None:
    env = os.environ | {"XDG_CONFIG_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "textmine", "serve", "--corpus", str(small), "--port", "0"]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=env)
    try:
        assert server.stderr is not None
        said = server.stderr.readline()
        address = said.split(" at ")[1].split()[0]
        assert httpx.get(f"{address}help", timeout=60).status_code == 200
        server.send_signal(signal.SIGINT)
        _, rest = server.communicate(timeout=60)
    finally:
        server.kill()
    assert server.returncode == 0
    assert "closed" in rest
    assert "Traceback" not in rest


def test_what_takes_long_to_load_waits_until_it_is_asked_for() -> None:
    heavy = {
        *("numpy", "scipy", "sklearn", "spacy", "hazm", "tantivy", "lxml", "pypdfium2"),
        *("pdfplumber", "vl_convert", "xlsxwriter", "argon2", "alembic", "docx"),
        *("textmine.ties", "textmine.clauses", "textmine.pages", "textmine.search.index"),
    }
    program = "import sys, textmine.web.app; print(*sys.modules, sep='\\n')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert heavy & set(done.stdout.split()) == set()


def test_what_others_wrote_is_what_its_list_says() -> None:
    folder = Path(web.__file__).parent / "static"
    told = (folder / "SOURCES.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"`([^`]+[.]js)`.*`([0-9a-f]{64})`", told))
    found = {each.name: sha256(each.read_bytes()).hexdigest() for each in folder.glob("*.min.js")}
    assert found == listed
