"""The results in the browser: every number opens exactly the clauses that it counts."""

from __future__ import annotations

import csv
import io
import re
import time
from collections import Counter
from functools import partial
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Page, expect

from textmine.analysis import crosstabs
from textmine.records import Coding
from textmine.search import Index
from textmine.store.corpus import Corpus
from textmine.web import Settings, create_app

LINK = re.compile(r'<a class="n" href="([^"]+)"[^>]*>([\d,]+)</a>')
KEYWORDS = "dictionary:agreement-themes@4"
SARA = "person:sara"


def numbers(client: TestClient, address: str) -> list[tuple[int, str]]:
    """Each number of a page that leads to clauses, with the query behind it."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    found = []
    for href, shown in LINK.findall(answer.text):
        leads = unescape(href)
        if leads.startswith("/results/clauses"):
            leads = client.get(leads, follow_redirects=False).headers["location"]
        parts = urlsplit(leads)
        if parts.path == "/search":
            found.append((int(shown.replace(",", "")), parse_qs(parts.query)["q"][0]))
    return found


@pytest.fixture
def half_read(corpus: Path) -> Path:
    """A corpus of which a person has read some clauses, and a document that nobody has coded."""
    with Corpus.open(corpus) as opened:
        catalogue = opened.catalogue
        first, *_, last = (each.id for each in catalogue.documents() if each.state == "done")
        clauses = list(catalogue.clauses(document=first))[:6]
        book = catalogue.codings()[0].codebook
        catalogue.add_codings(
            first,
            [
                Coding(each.clause.id, code, SARA, book, place % 3 > 0, f"2026-01-0{place + 1}")
                for place, each in enumerate(clauses)
                for code in ("cultural", "tourism")[: 1 + place % 2]
            ],
        )
        with catalogue.writing() as connection:
            connection.exec_driver_sql(f"DELETE FROM coding WHERE document = {last}")
            connection.exec_driver_sql(f"DELETE FROM coverage WHERE document = {last}")
            connection.exec_driver_sql(f"INSERT INTO change (document, mark) VALUES ({last}, 'x')")
    return corpus


PAGES = [
    "/",
    "/results/codes",
    f"/results/codes?coder={KEYWORDS}",
    f"/results/codes?coder={SARA}",
    "/results/together",
    f"/results/together?coder={SARA}",
    "/results/trends?code=cultural",
    "/results/trends?code=cultural&by=scheme:iran-governments&split=1380",
    f"/results/trends?code=cultural&coder={SARA}",
    *(
        f"/results/tables?rows={rows}"
        for rows in (
            "language",
            "kind",
            "year",
            "decade",
            "country&home=IR",
            "document",
            "party",
            "year_persian",
            "scheme:iran-governments",
            "scheme:regions&home=IR",
            "scheme:regions&columns=scheme:iran-governments",
            f"kind&coder={KEYWORDS}",
            f"language&coder={SARA}",
        )
    ),
]


def test_every_number_opens_as_many_clauses(
    half_read: Path, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("independence", "residuals"):  # which no number of clauses hangs on
        test = getattr(crosstabs, name)
        monkeypatch.setattr(crosstabs, name, partial(test, permutations=99))
    with Corpus.open(half_read) as opened:
        index = Index.of(opened)
        for address in PAGES:
            shown = numbers(client, address)
            assert len(shown) > 1, address
            wrong = [
                (number, query, counted)
                for number, query in shown
                if (counted := index.counted(query)) != number
            ]
            assert wrong == [], address


def test_the_page_behind_a_number_shows_that_number(client: TestClient) -> None:
    number, query = max(numbers(client, "/results/codes"))
    answer = client.get("/search", params={"q": query})
    assert re.search(rf"\b{number}\b", answer.text)


def test_long_questions_are_put_together_when_they_are_asked(
    half_read: Path, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "/results/tables?rows=scheme:regions&home=IR"
    short = numbers(client, address)
    monkeypatch.setattr("textmine.web.results.figuring._DIRECT", 10)
    assert numbers(client, address) != []
    assert sorted(number for number, _ in numbers(client, address)) == sorted(
        number for number, _ in short
    )
    with Corpus.open(half_read) as opened:
        index = Index.of(opened)
        for number, query in numbers(client, address):
            assert index.counted(query) == number, query


def test_a_column_of_a_code_book_field_is_no_group_of_documents(client: TestClient) -> None:
    answer = client.get("/results/clauses", params={"by": "code", "row": "cultural"})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("codes/table.csv", b"\xef\xbb\xbfcode,"),
        ("tables/table.xlsx?rows=kind", b"PK"),
        ("tables/figure.png?rows=kind", b"\x89PNG"),
        ("trends/table.csv?code=cultural", b"\xef\xbb\xbfperiod,"),
        ("trends/figure.svg?code=cultural", b"<svg"),
        ("together/table.csv", b"\xef\xbb\xbffirst,"),
    ],
)
def test_tables_and_figures_are_taken_away_as_files(
    client: TestClient, name: str, begins: bytes
) -> None:
    answer = client.get(f"/results/{name}")
    assert answer.content.startswith(begins)
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")


def test_the_file_of_a_table_has_every_number_of_the_page(client: TestClient) -> None:
    shown = [number for number, query in numbers(client, "/results/tables?rows=kind")]
    answer = client.get("/results/tables/table.csv?rows=kind")
    rows = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    cells = Counter(int(row["clauses"]) for row in rows if row["clauses"] != "0")
    assert cells
    assert cells <= Counter(shown)  # which has the totals, too


def test_a_figure_within_a_page_brings_no_style_of_its_own(client: TestClient) -> None:
    answer = client.get("/results/codes/figure.svg", headers={"hx-request": "true"})
    assert "<svg" in answer.text
    assert "<style" not in answer.text
    assert "style=" not in answer.text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/results/tables?rows=nothing", 400),
        ("/results/tables?rows=scheme:nothing", 400),
        ("/results/codes?coder=person:nobody", 400),
        ("/results/trends?code=nothing", 400),
        ("/results/trends?code=cultural&by=scheme:regions", 400),
        ("/results/tables/figure.gif", 422),
    ],
)
def test_what_cannot_be_counted_is_said(client: TestClient, address: str, status: int) -> None:
    assert client.get(address).status_code == status


def test_persian_pages_name_years_by_the_persian_calendar(client: TestClient) -> None:
    answer = client.get("/results/tables?rows=year", headers={"accept-language": "fa"})
    assert "۱۳۹۵ (۲۰۱۶ میلادی)" in answer.text


def test_an_empty_corpus_says_what_to_do_first(tmp_path: Path) -> None:
    Corpus.create(tmp_path / "new").catalogue.close()
    settings = Settings(place=tmp_path / "new")
    with TestClient(create_app(settings), base_url="http://localhost") as asking:
        assert 'href="/add"' in asking.get("/").text
        assert asking.get("/results/codes").status_code == 400


def test_ties_and_their_witnesses_in_a_browser(served: str, page: Page, tongue: str) -> None:
    """From the table of ties to what tells of one; the map is there when it was drawn."""
    page.goto(f"{served}/results/ties")
    link = page.locator("tbody a.n").first
    expect(link).to_be_visible(timeout=60_000)  # a process reads them
    link.click()
    expect(page.locator("article.clause .text").first).to_be_visible()
    page.goto(f"{served}/results/ties/map")
    chart = page.locator(".chart svg")
    expect(chart).to_be_visible(timeout=30_000)
    assert page.locator(".chart").evaluate("each => getComputedStyle(each).direction") == "ltr"
    assert chart.get_attribute("lang") == tongue


def test_topics_are_found_when_they_are_asked_for(client: TestClient) -> None:
    assert "<tbody>" not in client.get("/results/topics").text
    address = "/results/topics?find=1&method=words&count=3"
    deadline = time.monotonic() + 120
    while "<tbody>" not in (shown := client.get(address).text):
        assert time.monotonic() < deadline, shown
        time.sleep(0.2)
    number, href = next(
        (int(count), unescape(href))
        for href, count in LINK.findall(shown)
        if href.startswith("/results/topics/1")
    )
    clauses = client.get(href).text
    assert clauses.count('<article class="clause"') == min(20, number)
    assert 'class="code ' in clauses
    client.cookies.set("blind", "1")
    assert 'class="code ' not in client.get(href).text
