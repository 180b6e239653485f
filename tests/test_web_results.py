"""The results in the browser: every number opens exactly the clauses that it counts."""

from __future__ import annotations

import csv
import io
import re
import time
import zipfile
from collections import Counter
from dataclasses import replace
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
from textmine.web.language import interface
from textmine.web.results.ties import Wanted

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
    "/quality",
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
        ("tables/cells.csv?rows=kind", b"\xef\xbb\xbfkind of document,code,clauses,share within"),
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
    assert answer.headers["content-disposition"].startswith('attachment; filename="')


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("codes/table.csv", "codes.csv"),
        (f"codes/table.csv?coder={KEYWORDS}", "codes-agreement-themes-4.csv"),
        ("codes/figure.svg", "codes-by-language.svg"),
        ("tables/table.csv?rows=kind", "code-by-kind.csv"),
        ("tables/table.csv?rows=scheme:regions&home=IR", "code-by-regions-without-IR.csv"),
        ("tables/cells.csv?rows=kind", "code-by-kind-cells.csv"),
        ("tables/figure.svg?rows=kind&columns=language", "language-by-kind.svg"),
        ("trends/table.csv?code=cultural", "trend-cultural-by-year.csv"),
        ("together/table.csv", "codes-together.csv"),
    ],
)
def test_files_are_called_by_what_they_hold(client: TestClient, name: str, called: str) -> None:
    answer = client.get(f"/results/{name}")
    assert answer.headers["content-disposition"] == f'attachment; filename="{called}"'


def test_a_figure_of_some_ties_names_them() -> None:
    asked = Wanted(country="turkey", since="۱۳۸۰", kind="sister-city")
    words = interface("en")
    assert asked.title(words, "Ties on the map") == (
        "Ties on the map: Türkiye, sister city, from 1380"
    )
    assert asked.title(interface("fa"), "Ties on the map").endswith(
        ": ترکیه، خواهرخواندگی، از سال ۱۳۸۰"
    )
    assert asked.called("ties-map") == "ties-map-turkey-sister-city-۱۳۸۰"
    assert Wanted().title(words, "Ties on the map") == "Ties on the map"


def test_the_file_of_codes_ends_with_the_totals(client: TestClient) -> None:
    head, *rows, totals = csv_rows(client, "/results/codes/table.csv")
    assert totals[:2] == ["", "All clauses"]
    assert int(totals[2]) == sum(map(int, totals[4:])) >= max(int(row[2]) for row in rows)
    assert head[4:] == ["Persian", "English"]


def csv_rows(client: TestClient, address: str) -> list[list[str]]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_the_list_of_cells_has_every_number_of_the_page(client: TestClient) -> None:
    shown = [number for number, query in numbers(client, "/results/tables?rows=kind")]
    head, *rows = csv_rows(client, "/results/tables/cells.csv?rows=kind")
    cells = Counter(int(number) for row in rows if (number := row[head.index("clauses")]) != "0")
    assert cells
    assert cells <= Counter(shown)  # which has the totals, too


def test_the_file_of_a_cross_table_is_the_table_with_totals_and_shares(client: TestClient) -> None:
    shown = Counter(number for number, _ in numbers(client, "/results/tables?rows=kind"))
    head, *rows, totals = csv_rows(client, "/results/tables/table.csv?rows=kind")
    # There are more codes than kinds: they run down, in the file as on the page.
    assert head[:2] == ["code / kind of document", "All clauses"]
    width = (len(head) - 2) // 2
    counts = [[int(each) for each in row[1 : 2 + width]] for row in (*rows, totals)]
    assert Counter(each for row in counts for each in row if each) == shown
    assert [head[2 + width + n] for n in range(width)] == [
        f"{head[2 + n]}, share of the column" for n in range(width)
    ]
    of = counts[-1][1:]
    for row, (_, *cells) in zip(rows, counts[:-1], strict=True):
        shares = [round(each / whole, 4) for each, whole in zip(cells, of, strict=True)]
        assert [float(each) for each in row[2 + width :]] == shares


def test_a_table_of_more_rows_than_columns_has_shares_of_rows(client: TestClient) -> None:
    address = "/results/tables/table.csv?rows=code&columns=language"
    head, *rows = csv_rows(client, address)
    assert head == [
        "code / language of the clause", "All clauses", "Persian", "English",
        "Persian, share of the row", "English, share of the row",
    ]  # fmt: skip
    for _, of, *cells in rows:
        assert [round(int(each) / int(of), 4) for each in cells[:2]] == [
            float(each) for each in cells[2:]
        ]


@pytest.mark.parametrize("tongue", ["en", "fa"])
def test_a_workbook_of_a_cross_table_has_counts_shares_and_cells(
    client: TestClient, tongue: str
) -> None:
    address = "/results/tables/table.xlsx?rows=kind&columns=language&home=Iraq"
    answer = client.get(address, headers={"accept-language": tongue})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        names = re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
        sheets = [book.read(f"xl/worksheets/sheet{place}.xml").decode() for place in range(1, 5)]
        words = book.read("xl/sharedStrings.xml").decode() if "xl/sharedStrings.xml" in (
            book.namelist()
        ) else "".join(sheets)  # fmt: skip
    known = {
        "en": ["Clauses", "Shares of rows", "All cells", "About"],
        "fa": ["بندها", "سهم‌های ردیف", "همهٔ خانه‌ها", "درباره"],
    }
    title = {
        "en": "Clauses by kind of document and language of the clause, without Iraq",
        "fa": "بندها به تفکیک نوع سند و زبان بند، بدون عراق",
    }
    assert names == known[tongue]
    assert all(('rightToLeft="1"' in each) == (tongue == "fa") for each in sheets)
    assert {"en": "Persian", "fa": "فارسی"}[tongue] in words  # a column, by its name
    assert "language:fa" in words  # the query behind a cell
    assert title[tongue] in words
    assert "p = " in words or "No test" in words or "آزمون" in words  # what the page says of it


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
        ("/results/trends?code=cultural&split=abc", 400),
        ("/results/trends/table.csv?code=cultural&split=abc", 400),
        ("/results/tables?home=Atlantis", 400),
        ("/results/tables/table.csv?home=Atlantis", 400),
        ("/results/ties?from=abc", 400),
        ("/results/ties?until=۱۳۹۵م", 400),
        ("/results/ties/map?country=Atlantis", 400),
        ("/results/trends?code=cultural&by=scheme:regions", 400),
        ("/results/tables/figure.gif", 422),
    ],
)
def test_what_cannot_be_counted_is_said(client: TestClient, address: str, status: int) -> None:
    assert client.get(address).status_code == status


def test_countries_are_called_by_their_names(client: TestClient) -> None:
    address = "/results/tables?rows=country&home="
    left_out = numbers(client, f"{address}IR")
    assert left_out != numbers(client, address)
    assert numbers(client, f"{address}iran") == numbers(client, f"{address}ایران") == left_out
    wrong = client.get(f"{address}Atlantis").text
    assert "No country called “Atlantis” is known." in wrong
    assert 'name="home" value="Atlantis"' in wrong  # the form stays, to be mended


def test_a_year_that_is_none_is_said_beside_the_form(client: TestClient) -> None:
    wrong = client.get("/results/ties?from=abc&city=Tehran").text
    assert "“abc” is no year." in wrong
    assert 'name="city" value="Tehran"' in wrong


def basis(client: TestClient, address: str) -> str:
    """The line of a page that says whose codings its numbers rest on."""
    found = re.search(r'<p class="basis">(.*?)</p>', client.get(address).text, re.S)
    assert found, address
    return " ".join(re.sub(r"<[^>]+>", "", unescape(found[1])).split())


def test_pages_say_whose_codings_their_numbers_rest_on(half_read: Path, client: TestClient) -> None:
    for address in ("/", "/results/codes", "/results/tables", "/results/trends?code=cultural"):
        said = basis(client, address)
        assert said.startswith("These numbers rest on: sara; where nobody has decided: keywords of")
        assert re.search(r"\(\d+ \w+ \d{4}, \d\d:\d\d\)", said), said  # when it coded last
        assert "hold the numbers still" not in said
    assert basis(client, f"/results/together?coder={SARA}") == "These numbers rest on: sara"
    # Numbers change when another model codes: a page says so as soon as there are two machines.
    with Corpus.open(half_read) as opened:
        first = next(each for each in opened.catalogue.codings() if each.coder == KEYWORDS)
        document = opened.catalogue.documents()[0].id
        opened.catalogue.add_codings(
            document, [replace(first, coder="model:m1", made_at="2026-02-01")]
        )
    said = basis(client, "/results/codes")
    assert "hold the numbers still" in said


def test_persian_pages_name_years_in_one_way(client: TestClient) -> None:
    for address in ("/", "/results/tables?rows=year", "/documents", "/search?q=شهر"):
        answer = client.get(address, headers={"accept-language": "fa"})
        assert "۱۳۹۴–۱۳۹۵ (۲۰۱۶ میلادی)" in answer.text, address
        text = re.sub(r'<p class="text.*?</p>', "", answer.text, flags=re.S)  # of documents
        assert not re.search(r"[۰-۹]{4}/[۰-۹]{4}|(?<!\()۲۰۱۶ م", text), address


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
    # On a phone a figure is wider than the page: it is seen from where it begins.
    page.set_viewport_size({"width": 390, "height": 800})
    frame, drawn = (
        page.locator(each).evaluate("each => each.getBoundingClientRect().toJSON()")
        for each in (".frame", ".chart svg")
    )
    assert drawn["width"] > frame["width"]
    begins = {"fa": frame["right"] - drawn["right"], "en": drawn["left"] - frame["left"]}
    assert 0 <= begins[tongue] < 20


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
