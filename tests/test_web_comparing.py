"""Comparing coders in the workbench: how far they agree, where they differ, what they settle."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from textmine import codebook as codebooks
from textmine.codings import CodedClause, coded_in, take_in
from textmine.reliability import SETS, Disagreement, reliability
from textmine.store.corpus import Corpus
from textmine.web.language import interface
from textmine.web.quality.comparing import given_by_half
from textmine.web.results import agreeing, overview


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


def test_what_cannot_be_shown_is_not_offered(coded_twice: Path, client: TestClient) -> None:
    html = client.get("/quality/reliability").text
    rows = {
        match[1]: row
        for row in html[html.index("<tbody>") :].split("</tr>")
        if (match := re.search("/codebook#([a-z-]+)", row))
    }
    assert "where they differ" in rows["economic"]
    assert "where they differ" not in rows["cultural"]  # both gave it to every clause
    assert 'title="no variation: all decided the same on every clause"' in rows["cultural"]
    assert "its 95 % interval" not in html
    assert "no interval: all clauses are of one document" in html


def said_next(client: TestClient) -> str:
    """What the overview says is to be done next."""
    found = re.search(r'<div class="next[^"]*">(.*?)</div>', client.get("/").text, re.S)
    assert found
    return " ".join(re.sub("<[^>]+>", " ", found[1]).split())


def test_the_overview_says_what_agreement_leaves_to_do(
    coded_twice: Path, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert said_next(client).startswith("People agree too little for conclusions: alpha is")
    monkeypatch.setattr(agreeing, "TENTATIVE", -1.0)  # as if it were enough
    assert said_next(client).startswith("On 6 clauses people differ and have not settled them.")
    client.cookies.set("coder", "leila")
    for clause in differing(coded_twice):
        form = {"stood": token(client, clause), "coder": "person:leila", "codes": ["cultural"]}
        client.post(f"/quality/disagreements/{clause}", data=form)
    said = said_next(client)
    assert re.match(r"Two people or more have read 12 of \d+ clauses\. Their agreement", said)
    assert "tentative conclusions" in said
    monkeypatch.setattr(overview, "FEW", 13)
    assert said_next(client).startswith("Only 12 clauses were read by two people or more: too few")


def test_agreement_is_that_of_reliability(coded_twice: Path) -> None:
    with Corpus.open(coded_twice) as opened:
        book = codebooks.load(opened.codebook_file)
        coded = coded_in(opened.catalogue, book, read_by_people=True)
    people = ["person:leila", "person:omid"]
    found = agreeing.agreement(coded)
    assert (found.once, found.twice, found.differing, found.settled) == (12, 12, 6, 0)
    sets = reliability([one for one in coded if one.coder in people], book, people).of(SETS)
    assert found.alpha.value == pytest.approx(sets.alpha.value)
    nobody = agreeing.agreement([one for one in coded if one.coder not in people])
    assert (nobody.twice, nobody.alpha.value) == (0, None)


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
    assert (answer.status_code, answer.headers["location"]) == (303, f"/quality?done={clause}")
    assert f"clause-{clause}" not in client.get("/quality/disagreements").text
    # Another window that still shows it as open replaces neither the codes nor the memo.
    for change in ({"codes": [], "none": "true"}, {"memo": "mine"}):
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


def test_nothing_is_settled_by_ticking_nothing(coded_twice: Path, client: TestClient) -> None:
    clause = differing(coded_twice)[0]
    client.cookies.set("coder", "leila")
    address, list_ = f"/quality/disagreements/{clause}", "/quality/disagreements?page=1"
    form = {"stood": token(client, clause), "coder": "person:leila", "back": list_}
    refused = client.post(address, data=form)
    assert (refused.status_code, "nothing was stored" in refused.text) == (400, True)
    both = client.post(address, data={**form, "none": "true", "codes": ["cultural"]})
    assert (both.status_code, "Nothing was stored" in both.text) == (400, True)
    with Corpus.open(coded_twice) as opened:
        assert not list(opened.catalogue.codings(coder="person:agreed"))
    # What is stored is named, once it is.
    told = client.post(address, data={**form, "none": "true"}).text
    assert settled_in(coded_twice, clause) == ()
    assert re.search(r"Stored as settled:\s*<strong>no code</strong>", told)
    form["stood"] = token(client, clause)
    again = client.post(address, data={**form, "codes": ["tourism"], "back": f"{list_}&done=x"})
    assert re.search(r"Stored as settled:\s*<span [^>]+>Tourism", again.text)
    assert f'href="/clauses/{clause}"' in again.text


def test_settling_begins_with_what_half_of_them_gave(coded_twice: Path, client: TestClient) -> None:
    clause = differing(coded_twice)[0]  # Leila: cultural, economic; Omid: cultural
    html = client.get("/quality/disagreements").text
    form = html[html.index(f'{clause}" class="settle">') :].split("</form>")[0]
    ticked = re.findall(r'name="codes" value="([^"]+)" checked', form)
    assert ticked == ["cultural", "economic"]
    assert re.sub("<[^>]+>", "", form).count("in dispute, given by: leila") == 1
    assert "Nothing is stored until you press the button." in html
    with Corpus.open(coded_twice) as opened:
        assert not list(opened.catalogue.codings(coder="person:agreed"))


def test_what_fewer_than_half_gave_is_not_ticked() -> None:
    said = {"a": ("x", "y"), "b": ("x",), "c": ("x", "z"), "d": ("z",)}
    assert given_by_half(Disagreement("1", "1/1", "en", "text", said, {})) == {"x", "z"}


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
