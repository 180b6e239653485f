"""Comparing coders in the workbench: how far they agree, where they differ, what they settle."""

from __future__ import annotations

import re
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


def test_a_disagreement_is_settled_once(coded_twice: Path, client: TestClient) -> None:
    clause = differing(coded_twice)[0]
    before = client.get("/quality/disagreements").text
    assert f"clause-{clause}" in before
    client.cookies.set("coder", "leila")
    form = {"seen": "", "codes": ["cultural"], "memo": "both meant it", "back": "/quality"}
    answer = client.post(f"/quality/disagreements/{clause}", data=form, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/quality")
    assert f"clause-{clause}" not in client.get("/quality/disagreements").text
    shown = client.get("/quality/disagreements", params={"settled": "true"}).text
    assert "both meant it" in shown
    # A second window that still shows it as open does not replace what was settled.
    again = client.post(f"/quality/disagreements/{clause}", data={**form, "codes": []})
    assert again.status_code == 400
    assert "meanwhile" in again.text
    seen = re.search(rf'{clause}" class="settle">.*?name="seen" value="([^"]*)"', shown, re.S)
    assert seen
    done = client.post(
        f"/quality/disagreements/{clause}", data={**form, "seen": seen[1], "codes": ["economic"]}
    )
    assert done.status_code == 200
    with Corpus.open(coded_twice) as opened:
        book = codebooks.load(opened.codebook_file)
        [stands] = coded_in(opened.catalogue, book, ["person:agreed"])
        everything = opened.catalogue.codings(coder="person:agreed", clause=clause)
    assert stands.codes == ("economic",)
    assert len(everything) > len(book.codes)  # the first decision stays on record
