"""Comparing coders in the workbench: how far they agree, where they differ, what they settle."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from textmine import codebook as codebooks
from textmine.codings import CodedClause, coded_in, take_in
from textmine.reliability import reliability
from textmine.store.corpus import Corpus
from textmine.web.language import interface


@pytest.fixture
def coded_twice(corpus: Path) -> Path:
    """The corpus, some clauses of which Leila and Omid have coded, not always alike."""
    with Corpus.open(corpus) as opened:
        book = codebooks.load(opened.codebook_file)
        text = opened.codebook_file.read_text(encoding="utf-8")
        opened.catalogue.put_codebook(book.reference, book.digest, text)
        clauses = list(opened.catalogue.clauses())[:12]
        for coder, codes in {"leila": ("cultural", "economic"), "omid": ("cultural", "")}.items():
            rows = [
                CodedClause(
                    str(each.document),
                    each.clause.id,
                    each.clause.language,
                    each.clause.text,
                    tuple(filter(None, codes[: 1 + place % 2])),
                    coder,
                    book.reference,
                )
                for place, each in enumerate(clauses)
            ]
            take_in(opened.catalogue, rows, book)
    return corpus


def differing(folder: Path) -> list[str]:
    with Corpus.open(folder) as opened:
        book = codebooks.load(opened.codebook_file)
        coded = coded_in(opened.catalogue, book, ["person:leila", "person:omid"])
    return [each.clause for each in reliability(coded, book).disagreements]


def test_only_what_people_read_is_read(coded_twice: Path) -> None:
    with Corpus.open(coded_twice) as opened:
        book = codebooks.load(opened.codebook_file)
        whole = coded_in(opened.catalogue, book)
        some = coded_in(opened.catalogue, book, read_by_people=True)
    people = {one.clause for one in whole if one.coder.startswith("person:")}
    assert some == [one for one in whole if one.clause in people]
    assert len(some) == 12 * 3  # two people and the dictionary


def test_the_start_says_who_coded_and_the_part_how_alike(
    coded_twice: Path, client: TestClient
) -> None:
    start = client.get("/quality").text
    assert ">leila<" in start
    assert 'hx-get="/quality/pairs"' in start
    pairs = client.get("/quality/pairs", headers={"hx-request": "true"}).text
    assert "<html" not in pairs
    assert "People have read 12 clauses; 12 of them were read by two or more; on 6 they differ" in (
        " ".join(pairs.split())
    )
    assert "coder=person%3Aleila&amp;coder=person%3Aomid" in pairs
    assert "<html" in client.get("/quality/pairs").text


def test_without_people_the_page_says_what_to_do(client: TestClient) -> None:
    assert "No person has coded yet" in client.get("/quality").text
    assert "Two coders are needed" in client.get("/quality/reliability").text
    assert "Two coders are needed" in client.get("/quality/disagreements").text


def test_the_figures_are_those_of_reliability(coded_twice: Path, client: TestClient) -> None:
    coders = ["person:leila", "person:omid"]
    with Corpus.open(coded_twice) as opened:
        book = codebooks.load(opened.codebook_file)
        found = reliability(coded_in(opened.catalogue, book, coders), book)
    html = client.get("/quality/reliability", params={"coder": coders}).text
    economic = html[html.index("#economic") :].split("</tr>")[0]
    assert interface("en").probability(found.of("economic").alpha.value) in economic
    table = client.get("/quality/reliability.csv", params={"coder": coders})
    assert "attachment" in table.headers["content-disposition"]
    row = next(line for line in table.text.splitlines() if line.startswith("economic,"))
    assert row.split(",")[2] == str(found.of("economic").units)


def token(client: TestClient, clause: str) -> str:
    """What the form of a clause carries for what stands."""
    html = client.get("/quality/disagreements", params={"settled": "true"}).text
    found = re.search(rf'{clause}" class="settle">.*?name="stood" value="([^"]*)"', html, re.S)
    assert found
    return found[1]


def test_a_disagreement_is_settled_once(coded_twice: Path, client: TestClient) -> None:
    clause = differing(coded_twice)[0]
    assert f"clause-{clause}" in client.get("/quality/disagreements").text
    client.cookies.set("coder", "leila")
    address = f"/quality/disagreements/{clause}"
    form = {
        "stood": token(client, clause),
        "coder": "person:leila",
        "codes": ["cultural"],
        "memo": "both meant it",
        "back": "/quality",
    }
    assert client.post(address, data={**form, "codes": ["no-such-code"]}).status_code == 400
    other = client.post(address, data={**form, "coder": "person:omid"})
    assert (other.status_code, "another name" in other.text) == (400, True)
    answer = client.post(address, data=form, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/quality?done=1")
    assert f"clause-{clause}" not in client.get("/quality/disagreements").text
    # Another window that still shows it as open replaces neither the codes nor the memo.
    for change in ({"codes": []}, {"memo": "mine"}):
        again = client.post(address, data={**form, **change})
        assert (again.status_code, "meanwhile" in again.text) == (400, True)
    assert client.post(address, data=form).status_code == 200  # the same, sent twice
    done = client.post(
        address, data={**form, "stood": token(client, clause), "codes": ["economic"]}
    )
    assert done.status_code == 200
    assert settled_in(coded_twice, clause) == ("economic",)
    # Who settled it can take that back: what was settled before stands again.
    html = client.get("/quality/disagreements").text
    act = re.search(r'name="act" value="(\d+)"', html)
    assert act
    client.post("/code/undo", data={"act": act[1], "back": "/quality"})
    assert settled_in(coded_twice, clause) == ("cultural",)


def settled_in(folder: Path, clause: str) -> tuple[str, ...]:
    with Corpus.open(folder) as opened:
        book = codebooks.load(opened.codebook_file)
        [stands] = [
            one
            for one in coded_in(opened.catalogue, book, ["person:agreed"])
            if one.clause == clause
        ]
    return stands.codes


def test_of_two_who_settle_at_once_one_is_told(coded_twice: Path, client: TestClient) -> None:
    clause = differing(coded_twice)[0]
    client.cookies.set("coder", "leila")
    form = {"stood": token(client, clause), "coder": "person:leila"}
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(
                lambda code: (
                    client.post(
                        f"/quality/disagreements/{clause}",
                        data={**form, "codes": [code]},
                        follow_redirects=False,
                    ).status_code
                ),
                ("cultural", "economic", "political", "tourism"),
            )
        )
    assert sorted(answers) == [303, 400, 400, 400]


def test_numbers_of_clauses_open_them(coded_twice: Path, client: TestClient) -> None:
    link = re.search(r'href="(/search\?q=coded[^"]*leila[^"]*)">12<', client.get("/quality").text)
    assert link
    assert ">12 clauses<" in client.get(link[1]).text
    pairs = client.get("/quality/pairs").text
    link = re.search(r'href="(/search\?q=coded[^"]*leila[^"]*omid[^"]*)">12<', pairs)
    assert link
    assert ">12 clauses<" in client.get(link[1]).text


def test_a_page_number_may_be_typed_in_persian(coded_twice: Path, client: TestClient) -> None:
    assert client.get("/quality/disagreements?page=۲").status_code == 200
    assert "clause-" in client.get(f"/quality/disagreements?page={10**20}").text
