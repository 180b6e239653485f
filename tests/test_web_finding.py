"""Finding clauses in the browser: queries, facets, contexts, saved searches, files."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Page, expect

from textmine.search import Index
from textmine.store.corpus import Corpus
from textmine.text.digits import latin_digits

CLAUSE = re.compile(r'<article class="clause"[^>]* id="clause-([^"]+)"')
PERSIAN = {"accept-language": "fa"}


def total(html: str) -> int:
    found = re.search(r'id="total"[^>]*><strong>\s*([\d,]+)', html)
    assert found
    return int(found[1].replace(",", ""))


def expected(corpus: Path, query: str) -> int:
    with Corpus.open(corpus) as own:
        return Index.of(own).counted(query)


# -- searching -------------------------------------------------------------------------------------


def test_hits_stand_with_marks_and_codes_and_their_number(client: TestClient, corpus: Path) -> None:
    html = client.get("/search?q=museum").text
    assert total(html) == len(CLAUSE.findall(html)) == expected(corpus, "museum") > 0
    assert '<mark class="hit' in html
    assert 'data-code="' in html


def test_pages_hold_all_hits_once(client: TestClient, corpus: Path) -> None:
    first = client.get("/search?q=language:en&sort=document").text
    seen = CLAUSE.findall(first)
    pages = -(-total(first) // 20)
    assert pages > 1
    for number in range(2, pages + 1):
        seen += CLAUSE.findall(
            client.get(f"/search?q=language:en&sort=document&page={number}").text
        )
    assert len(seen) == len(set(seen)) == expected(corpus, "language:en")


@pytest.mark.parametrize("tongue", ["en", "fa"])
@pytest.mark.parametrize("query", ["city OR شهر", "شهر", "How long is it valid?"])
def test_each_facet_leads_to_as_many_clauses_as_it_says(
    client: TestClient, tongue: str, query: str
) -> None:
    html = client.get("/search", params={"q": query}, headers={"accept-language": tongue}).text
    found = re.findall(r'<li><a href="(/search[^"]+)">.*?</a> <span class="count">([^<]+)', html)
    assert len(found) > 5
    for link, count in found:
        narrowed = client.get(unescape(link), headers={"accept-language": "en"}).text
        assert total(narrowed) == int(count.replace("٬", "").replace(",", "")), unescape(link)


def test_a_condition_can_be_taken_away_again(client: TestClient) -> None:
    html = client.get("/search?q=language:en+(tourism+OR+museum)").text
    link = re.search(r'<ul class="chosen".*?href="([^"]+)"', html, re.DOTALL)
    assert link
    assert unescape(link[1]) == "/search?q=tourism+OR+museum"


@pytest.mark.parametrize(
    ("query", "marked", "english", "persian"),
    [
        ("city kuntry:UZ", "kuntry", "There is no field", "فیلدی به نام"),
        ('"city', "&#34;", "is not closed", "بسته نشده است"),
        ("code:culturel", "culturel", "Did you mean", "آیا منظورتان"),
        ("شهر سال:1372..2005", "1372", "of two calendars", "دو تقویم"),
        ("@nothing", "", "No search is saved as", "ذخیره نشده است"),
        ("document:x", "x", "Write it as in", "سند:۳..۵"),
    ],
)
def test_faults_are_shown_in_place_and_in_the_language_of_the_reader(
    client: TestClient, query: str, marked: str, english: str, persian: str
) -> None:
    answer = client.get("/search", params={"q": query})
    assert answer.status_code == 400
    assert english in answer.text
    if marked:
        assert f'<mark class="wrong">{marked}</mark>' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert persian in client.get("/search", params={"q": query}, headers=PERSIAN).text


def test_a_repaired_query_is_offered(client: TestClient) -> None:
    html = client.get("/search", params={"q": 'code:"culturel" museum'}).text
    assert quote('code:"cultural" museum') in html
    html = client.get("/search", params={"q": "cultre"}).text
    assert "nowhere in the corpus" in html
    assert re.search(r'href="/search\?q=[cC]ulture"', html)


@pytest.mark.parametrize(
    ("query", "repaired"),
    [
        ("سال: ۱۳۵۲ شهر", "سال:۱۳۵۲ شهر"),
        ("year: 1974", "year:1974"),
        ("شهر نوع:تفاهم نامه کرمان", "شهر نوع:«تفاهم نامه» کرمان"),
        ("کد:عدم مداخله", "کد:«عدم مداخله»"),
        ("کد:«عدم»", "کد:«عدم مداخله»"),
        ("code:culturel museum", "code:cultural museum"),
    ],
)
def test_what_was_meant_is_one_press_away(client: TestClient, query: str, repaired: str) -> None:
    answer = client.get("/search", params={"q": query}, headers=PERSIAN)
    assert answer.status_code == 400
    links = re.findall(r'<a class="button" href="(/search\?q=[^"]+)"', answer.text)
    assert f"/search?q={quote(repaired, safe='/')}" in [unescape(link) for link in links]
    assert client.get("/search", params={"q": repaired}).status_code == 200


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("سال:۱۳۰۱", "سال:۱۳۰۱"),
        ("country:IQ", "کشور:IQ"),
        ("شهر کد:دینی سال:۱۳۵۲..۱۳۵۳", "کد:دینی (۱)"),
        ("نوع:رمان", "یادداشت تفاهم"),
    ],
)
def test_what_is_advised_is_in_the_words_of_the_reader(
    client: TestClient, query: str, told: str
) -> None:
    html = client.get("/search", params={"q": query}, headers=PERSIAN).text
    said = re.search(r'<div class="(?:empty|fault)".*?</div>', html, re.DOTALL)
    assert said
    assert told in re.sub("<[^>]+>", "", said[0])


def test_a_query_with_markup_is_text(client: TestClient) -> None:
    html = client.get("/search", params={"q": "<script>alert(1)</script> a:<b>"}).text
    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html


def test_a_question_is_said_to_be_one(client: TestClient) -> None:
    assert "read as a question" in client.get("/search?q=How+long+is+it+valid?").text


def test_without_encoder_words_are_searched_and_it_is_said(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from textmine import encoding

    monkeypatch.setattr(encoding, "missing", lambda name: "There is no encoder here.")
    html = client.get("/search?q=museum&mode=meaning").text
    assert "There is no encoder here." in html
    assert CLAUSE.findall(html)
    similar = client.get(f"/search/similar?clause={CLAUSE.findall(html)[0]}").text
    assert "alike by words" in similar
    assert client.get("/search/similar?clause=0000000000.0").status_code == 404


class Letters:
    """An encoder for tests: texts are alike that have the same letters."""

    id = "letters:1"
    dimensions = 64

    def vectors(self, texts: Sequence[str]) -> Iterator[tuple[range, Any]]:
        import numpy as np

        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for letter in text:
                row[ord(letter) % self.dimensions] += 1
        yield range(len(texts)), rows


@pytest.fixture
def encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    from textmine import encoding
    from textmine.encoding.encoders import TextEncoder

    monkeypatch.setattr(encoding, "missing", lambda name: "")
    monkeypatch.setattr(encoding, "encoder", lambda name, cache=None: TextEncoder(Letters(), cache))


TEXT = re.compile(r'<p class="text" lang="(\w+)"')


@pytest.mark.usefixtures("encoder")
@pytest.mark.parametrize("field", ["language:fa", "زبان:فارسی", "-language:en"])
def test_conditions_hold_for_what_is_found_by_meaning(
    client: TestClient, corpus: Path, field: str
) -> None:
    free = client.get("/search", params={"q": "museum", "mode": "meaning"}).text
    assert set(TEXT.findall(free)) == {"fa", "en"}
    html = client.get("/search", params={"q": f"museum {field}", "mode": "meaning"}).text
    assert set(TEXT.findall(html)) == {"fa"}
    assert f"of {expected(corpus, field):,}" in html


@pytest.mark.usefixtures("encoder")
def test_facets_narrow_what_is_found_by_meaning(client: TestClient, corpus: Path) -> None:
    html = client.get("/search", params={"q": "museum", "mode": "meaning"}).text
    found = dict(
        re.findall(r'<li><a href="(/search[^"]+)">.*?</a> <span class="count">([^<]+)', html)
    )
    links = [unescape(link) for link in found if "q=language%3Afa" in link]
    assert len(links) == 1
    assert "mode=meaning" in links[0]
    assert int(found[links[0].replace("&", "&amp;")]) == expected(corpus, "language:fa")
    assert set(TEXT.findall(client.get(links[0]).text)) == {"fa"}


@pytest.mark.usefixtures("encoder")
def test_clauses_like_one_keep_to_the_conditions_of_the_search(client: TestClient) -> None:
    html = client.get("/search", params={"q": "museum language:en document:1.."}).text
    link = re.search(r'href="(/search/similar[^"]+)"', html)
    assert link
    similar = client.get(unescape(link[1])).text
    assert 'value="language:en document:1.."' in similar
    assert set(TEXT.findall(similar.split('id="like"')[1])) == {"en"}
    wrong = client.get(unescape(link[1]) + "+kuntry:UZ")
    assert wrong.status_code == 400
    assert '<mark class="wrong">kuntry</mark>' in wrong.text
    assert 'href="/search?q=' in wrong.text


# -- help while typing -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "tongue", "offered"),
    [
        ("lang", "en", "language:"),
        ("سا", "fa", "سال:"),
        ("code:cul", "en", "cultural"),
        ("کد:فر", "fa", "فرهنگی"),
        ("non int", "en", "code:non-interference"),
        ("عدم مد", "fa", "کد:«عدم مداخله»"),
        ("language:", "en", "fa"),
        ("coded:", "en", "none"),
        ("museu", "en", "museums"),
        ("cultre", "en", "ulture"),
    ],
)
def test_what_could_be_typed_is_offered(
    client: TestClient, query: str, tongue: str, offered: str
) -> None:
    html = client.get(
        "/search/suggest", params={"q": query}, headers={"accept-language": tongue}
    ).text
    texts = [unescape(each) for each in re.findall(r'data-text="([^"]+)"', html)]
    assert any(each.endswith(offered) for each in texts), texts


def test_what_is_offered_is_told_in_persian(client: TestClient) -> None:
    html = client.get("/search/suggest", headers=PERSIAN).text
    assert "سال، مانند سال:۱۳۷۲..۱۳۸۴" in html


def test_nothing_is_offered_inside_a_phrase(client: TestClient) -> None:
    assert "option" not in client.get("/search/suggest", params={"q": '"city cou'}).text


# -- words in context ------------------------------------------------------------------------------


def test_places_of_each_language_stand_in_its_own_direction(client: TestClient) -> None:
    html = client.get("/concordance", params={"q": "city OR شهر"}).text
    assert '<table class="contexts" lang="fa" dir="rtl">' in html
    assert '<table class="contexts" lang="en" dir="ltr">' in html


def test_places_are_sorted_and_counted_as_the_command_does(
    client: TestClient, corpus: Path
) -> None:
    from textmine.search.concordance import concordance

    html = client.get("/concordance?q=city&sort=after").text
    with Corpus.open(corpus) as own:
        found = concordance(Index.of(own), own.catalogue, "city", sort="after")
    assert f"{found.total} places in {found.clauses} clauses" in html
    shown = re.findall(r'<td class="match"><a href="/clauses/([^"]+)">', html)
    assert shown == [place.clause for place in found.places[:50]]


def test_many_places_are_sorted_after_the_page_is_there(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:

    from textmine.web.finding import concordance

    monkeypatch.setattr(concordance, "_COUNTED", 1)
    html = client.get("/concordance?q=city&sort=after").text
    asked = re.search(r'hx-get="([^"]+)"[^>]*hx-target="#lines"', html)
    assert asked
    assert 'class="match"' not in html
    part = client.get(unescape(asked[1]), headers={"hx-request": "true"}).text
    assert 'class="match"' in part
    assert "<html" not in part


def test_a_query_of_fields_alone_has_no_places(client: TestClient) -> None:
    answer = client.get("/concordance?q=language:fa", headers=PERSIAN)
    assert answer.status_code == 400
    assert "واژه‌ها در جای خود" in answer.text


# -- files -----------------------------------------------------------------------------------------


def test_files_hold_every_hit_with_its_provenance(client: TestClient, corpus: Path) -> None:
    answer = client.get("/search/export?q=language:en&as=csv")
    assert answer.headers["content-disposition"].startswith("attachment")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == expected(corpus, "language:en") > 20
    assert {"id", "sha256", "start", "codes", "coders"} <= set(rows[0])
    lines = client.get("/concordance/export?q=city&as=jsonl").text.splitlines()
    assert json.loads(lines[0])["match"].lower() in ("city", "cities")
    sheet = client.get("/search/export?q=city&as=xlsx", headers=PERSIAN).content
    assert sheet.startswith(b"PK")
    assert client.get("/search/export?q=kuntry:x&as=csv").status_code == 400
    assert client.get("/search/export?q=city&as=exe").status_code == 422


# -- saved searches --------------------------------------------------------------------------------


def test_a_search_is_saved_used_forgotten_and_saved_again(client: TestClient) -> None:
    form = {"name": "گردشگری", "q": "tourism OR گردشگری", "sort": "date"}
    answer = client.post("/searches", data=form, follow_redirects=False)
    assert answer.status_code == 303
    assert "گردشگری" in client.get(answer.headers["location"]).text
    counted = client.get("/searches", headers={"hx-request": "true"}).text
    numbers = re.findall(r'<td class="number"[^>]*>(\d+)</td>', counted)
    assert len(numbers) == 2
    assert numbers[0] == numbers[1] != "0"
    html = client.get("/search?q=@گردشگری").text
    assert total(html) == int(numbers[0])
    assert '<option value="date" selected>' in html
    gone = client.post("/searches/forget", data={"name": "گردشگری"})
    assert "tourism OR گردشگری" in gone.text
    assert client.get("/search?q=@گردشگری").status_code == 400
    again = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', gone.text))
    client.post("/searches", data={name: unescape(value) for name, value in again.items()})
    assert client.get("/search?q=@گردشگری").status_code == 200


def test_a_search_that_cannot_be_understood_is_not_saved(client: TestClient) -> None:
    assert client.post("/searches", data={"name": "x", "q": "(a"}).status_code == 400
    assert client.post("/searches", data={"name": "", "q": "a"}).status_code == 400


# -- in a browser ----------------------------------------------------------------------------------


def test_someone_finds_the_clauses_on_non_interference(
    served: str, page: Page, tongue: str
) -> None:
    page.goto(f"{served}/search")
    page.keyboard.press("/")
    box = page.get_by_role("combobox").first
    expect(box).to_be_focused()
    box.press_sequentially({"fa": "عدم مد", "en": "non-int"}[tongue])
    expect(page.get_by_role("option").first).to_be_visible()
    box.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") == "offer-1"
    box.press("Enter")
    expect(page.get_by_role("listbox")).to_be_hidden()
    whole = {"fa": "کد:«عدم مداخله» ", "en": "code:non-interference "}[tongue]
    assert box.input_value() == whole
    box.press("Enter")
    expect(page.locator("article.clause").first).to_be_visible()
    texts = page.locator("article.clause .text")
    directions = set(
        texts.evaluate_all("each => each.map((one) => getComputedStyle(one).direction)")
    )
    assert directions == {"ltr", "rtl"}
    page.locator(".facet a", has_text={"fa": "انگلیسی", "en": "English"}[tongue]).click()
    page.wait_for_url("**/search?q=*")
    languages = page.locator("article.clause .text").evaluate_all("all => all.map((e) => e.lang)")
    assert set(languages) == {"en"}


def test_before_a_persian_match_is_at_its_right(served: str, page: Page, tongue: str) -> None:
    page.goto(f"{served}/concordance?q={quote('شهر OR city')}")
    for language, sign in (("fa", 1), ("en", -1)):
        row = page.locator(f"table.contexts[lang={language}] tbody tr").first
        before, match = (row.locator(name).bounding_box() for name in (".before", ".match"))
        assert before
        assert match
        assert (before["x"] - match["x"]) * sign > 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(
    ("query", "tongue", "code"),
    [
        ("عدم مداخله در امور داخلی", "fa", 'کد:"عدم مداخله"'),
        ("non-interference in internal affairs", "fa", 'کد:"عدم مداخله"'),
        ("گردشگری", "en", "code:tourism"),
        ("museum language:en", "en", "code:cultural language:en"),
        ("contacts between peoples", "en", "code:cultural"),
    ],
)
def test_codes_about_the_words_of_a_query_are_offered(
    client: TestClient, query: str, tongue: str, code: str
) -> None:
    html = client.get("/search", params={"q": query}, headers={"accept-language": tongue}).text
    line = re.search(r'<p class="about-codes">.*?</p>', html, re.DOTALL)
    assert line
    links = {
        unescape(link): told for link, told in re.findall(r'href="([^"]+)">(.*?)</a>', line[0])
    }
    link = f"/search?{urlencode({'q': code})}"
    assert link in links
    clauses = total(client.get(link, headers={"accept-language": "en"}).text)
    assert f"({clauses} " in latin_digits(links[link])


@pytest.mark.parametrize("query", ["city", "شهر", "-museum city", "code:cultural museum", "the"])
def test_no_code_is_offered_for_words_that_are_about_none(client: TestClient, query: str) -> None:
    assert "about-codes" not in client.get("/search", params={"q": query}).text


def test_who_codes_blind_is_offered_no_codes(client: TestClient) -> None:
    client.cookies.set("blind", "1")
    html = client.get("/search?q=museum").text
    assert CLAUSE.findall(html)
    assert "about-codes" not in html


@pytest.mark.parametrize("path", ["/search", "/concordance"])
def test_a_long_query_is_cut_in_the_title_alone(client: TestClient, path: str) -> None:
    query = "city " * 100
    html = client.get(path, params={"q": query}).text
    title = re.search("<title>(.*?)</title>", html)
    assert title
    assert len(title[1]) < 110
    assert f'value="{query.strip()}' in html


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"name": "m", "q": "city"}, "از پیش نام جست‌وجوی دیگری است"),
        ({"name": "m" * 900, "q": "city"}, "نام یک جست‌وجو نمی‌شود"),
    ],
)
def test_faults_of_long_searches_are_told_without_a_command(
    client: TestClient, form: dict[str, str], told: str
) -> None:
    client.post("/searches", data={"name": "m", "q": "museum " * 200})
    html = client.post("/searches", data=form, headers=PERSIAN).text
    assert told in html
    assert "<h1>جست‌وجو ذخیره نشد</h1>" in html
    gone = client.get("/search", params={"q": "@" + "x" * 900}).text
    assert "No search is saved as" in gone
    for each in (html, gone):
        assert "--" not in re.sub("<[^>]+>|<!--.*?-->", "", each)


def test_a_query_that_is_too_long_is_not_cut(served: str, page: Page) -> None:
    page.goto(f"{served}/search")
    box = page.get_by_role("combobox").first
    box.fill("city " * 2100)
    assert len(box.input_value()) == 10_500
    box.press("Enter")
    assert "10,000 characters" in box.evaluate("box => box.validationMessage")
    assert page.url == f"{served}/search"
    box.fill("city museum")
    box.press("Enter")
    page.wait_for_url("**/search?q=city+museum*")


def test_page_numbers_may_be_persian_and_too_large(client: TestClient) -> None:
    assert client.get("/search?q=city&page=۲").status_code == 200
    assert client.get("/search?q=city&page=x").status_code == 200
    assert client.get("/concordance?q=city&page=۱").status_code == 200
