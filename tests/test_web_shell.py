"""What every page of the workbench has: its frame, its language, and what it refuses."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Page


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
