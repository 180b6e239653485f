"""The JSON API: what it gives, what it takes, and what it says of itself."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from textmine.care.taking_back import trail
from textmine.store.corpus import Corpus


def get(client: TestClient, path: str, status: int = 200) -> Any:
    answer = client.get(f"/api/v1{path}")
    assert answer.status_code == status, answer.text
    return answer.json()


def test_the_corpus_and_its_documents(client: TestClient) -> None:
    corpus = get(client, "/corpus")
    listed = get(client, "/documents")
    assert corpus["documents"] == listed["total"] == len(listed["documents"]) == 6
    assert listed["facets"]["state"]["failed"] == 1
    failed = get(client, "/documents?state=failed")["documents"]
    assert [each["file"] for each in failed] == ["torn.pdf"]
    one = get(client, f"/documents/{failed[0]['id']}")
    assert (one["state"], one["reason"] != "") == ("failed", True)
    assert get(client, "/codebook")["reference"] == corpus["codebook"]


def test_clauses_come_whole_and_in_parts(client: TestClient) -> None:
    found = get(client, "/documents?language=fa")["documents"][0]
    whole = get(client, f"/documents/{found['id']}/clauses")
    assert whole["next"] is None
    assert len(whole["clauses"]) == found["clauses"]
    parts: list[Any] = []
    offset: int | None = 0
    while offset is not None:
        part = get(client, f"/documents/{found['id']}/clauses?offset={offset}&limit=3")
        parts += part["clauses"]
        offset = part["next"]
    assert parts == whole["clauses"]


def test_searching(client: TestClient) -> None:
    found = get(client, "/search?q=همکاری&limit=3")
    assert found["total"] > 3
    assert len(found["hits"]) == 3
    for hit in found["hits"]:
        words = [hit["text"][start:end] for start, end in hit["highlights"]]
        assert any("همکاری" in word for word in words)
        clause = get(client, f"/clauses/{hit['id']}")
        assert (clause["text"], clause["document"]) == (hit["text"], hit["document"])


@pytest.mark.parametrize("query", ["q=(", "q=@nothing", "q=a&mode=meaning&sort=date"])
def test_a_query_that_cannot_be_understood(client: TestClient, query: str) -> None:
    assert get(client, f"/search?{query}", 400)["error"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/documents/99", 404),
        ("/documents/99/clauses", 404),
        ("/documents/x", 422),
        ("/clauses/none", 404),
        ("/clauses/none/codings", 404),
        ("/work/99", 404),
        ("/search?q=a&limit=100000", 422),
        ("/documents?page=0", 422),
        *(
            (path.replace("N", str(1 << 63)), 422)
            for path in (
                *("/documents/N", "/documents/N/clauses", "/documents?page=N", "/work/N"),
                *("/documents/1/clauses?offset=N", "/codings?after=N", "/codings?limit=N"),
                *("/search?q=a&offset=N", "/documents/-1"),
            )
        ),
    ],
)
def test_what_there_is_not(client: TestClient, path: str, status: int) -> None:
    assert set(get(client, path, status)) == {"error"}


def test_codings_are_read_one_after_the_other(client: TestClient, corpus: Path) -> None:
    found: list[Any] = []
    after: int | None = 0
    while after is not None:
        part = get(client, f"/codings?after={after}&limit=7")
        found += part["codings"]
        after = part["next"]
    with Corpus.open(corpus) as opened:
        stored = opened.catalogue.codings()
    assert [(each["clause"], each["code"], each["coder"]) for each in found] == [
        (each.clause, each.code, each.coder) for each in stored
    ]


def test_a_coder_who_has_coded_nothing_is_named(client: TestClient) -> None:
    said = get(client, "/codings?coder=person:nobody", 400)["error"]
    assert 'no codings of "person:nobody"' in said
    assert "dictionary:" in said


def test_a_decision_and_one_that_comes_too_late(client: TestClient, corpus: Path) -> None:
    hit = get(client, "/search?q=culture&limit=1")["hits"][0]
    address = f"/api/v1/clauses/{hit['id']}/decision"
    code = get(client, "/codebook")["codes"][0]["id"]
    start, end = hit["highlights"][0]
    before = client.get(address, params={"coder": "leila"}).json()
    assert (before["decided"], before["coder"]) == (False, "person:leila")
    sent = {
        "codes": [code],
        "evidence": {code: [[start, end]]},
        "memo": "by a program",
        "stood": before["token"],
        "coder": "person:leila",
    }
    after = client.post(address, json=sent)
    assert after.status_code == 200, after.text
    assert after.json()["codes"] == [code]
    assert after.json()["evidence"] == {code: [[start, end]]}
    again = client.post(address, json=sent)
    assert again.json() == after.json(), "sent twice, stored once"
    late = client.post(address, json=sent | {"codes": []})
    assert late.status_code == 409
    assert late.json()["stands"]["codes"] == [code]
    with Corpus.open(corpus) as opened:
        told = trail(opened.catalogue, limit=5, what=["decisions"])
    assert [each.who for each in told] == ["person:leila"]
    counts = get(client, f"/clauses/{hit['id']}")["codes"]
    assert [(each["code"], each["coder"]) for each in counts] == [(code, "person:leila")]


def test_a_decision_follows_the_codebook_as_it_is_now(client: TestClient, corpus: Path) -> None:
    clause = get(client, "/search?q=culture&limit=1")["hits"][0]["id"]
    address = f"/api/v1/clauses/{clause}/decision"
    token = client.get(address, params={"coder": "leila"}).json()["token"]
    file = corpus / "codebook.yaml"
    text = file.read_text(encoding="utf-8")
    for faulty in ("", "id: [", text.replace("version:", "edition:")):
        file.write_text(faulty, encoding="utf-8")
        sent = {"codes": ["cultural"], "stood": token, "coder": "leila"}
        assert client.post(address, json=sent).status_code == 400
    file.write_bytes(b"\xff")
    assert client.post(address, json=sent).status_code == 400
    file.write_text(text, encoding="utf-8")
    assert client.post(address, json=sent).status_code == 200


def test_what_codings_follow_is_kept_as_it_was_read(client: TestClient, corpus: Path) -> None:
    desk = client.app.state.desk  # type: ignore[attr-defined]
    before = desk.codebook
    file = corpus / "codebook.yaml"
    about, text = file.stat(), file.read_text(encoding="utf-8")
    other = text.replace(f"version: {before.version}", f"version: {before.version + 1}", 1)
    file.write_text(other, encoding="utf-8")
    os.utime(file, ns=(about.st_atime_ns, about.st_mtime_ns))  # as fast as clocks do not tell
    clause = get(client, "/search?q=culture&limit=1")["hits"][0]["id"]
    address = f"/api/v1/clauses/{clause}/decision"
    token = client.get(address, params={"coder": "leila"}).json()["token"]
    sent = {"codes": ["cultural"], "stood": token, "coder": "leila"}
    assert client.post(address, json=sent).status_code == 409, "decided by the one before"
    kept = desk.corpus.catalogue.codebook_source(f"{before.id}@{before.version + 1}")
    assert kept == other


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"codes": ["no-such-code"]}, 400),
        ({"evidence": {"cultural": [[0, 10_000_000]]}}, 400),
        ({"evidence": {"cultural": [[5, 5]]}}, 400),
        ({"coder": ""}, 400),
        ({"coder": "model:x"}, 400),
        ({"codes": "cultural"}, 422),
        ({"unknown": 1}, 422),
        ({"memo": "x" * 20_000}, 422),
    ],
)
def test_decisions_that_cannot_be(client: TestClient, change: dict[str, Any], status: int) -> None:
    hit = get(client, "/search?q=culture&limit=1")["hits"][0]
    address = f"/api/v1/clauses/{hit['id']}/decision"
    token = client.get(address, params={"coder": "leila"}).json()["token"]
    sent = {"codes": ["cultural"], "stood": token, "coder": "leila"} | change
    answer = client.post(address, json=sent)
    assert (answer.status_code, set(answer.json())) == (status, {"error"})
    assert [
        each for each in get(client, f"/clauses/{hit['id']}/codings") if "person" in each["coder"]
    ] == []


def test_every_answer_is_described(client: TestClient) -> None:
    described = client.get("/api/openapi.json").json()
    assert described["openapi"].startswith("3.")
    assert len(described["paths"]) > 10
    for path, methods in described["paths"].items():
        assert path.startswith("/api/v1/")
        for operation in methods.values():
            assert operation["description"]
            good = [status for status in operation["responses"] if status < "300"]
            content = operation["responses"][good[0]]["content"]["application/json"]
            assert content["schema"] != {}
    shown = client.get("/api").text
    assert all(path in shown for path in described["paths"])
    assert "<script src=" in shown
    assert "//" not in shown.split("<script src=")[1].split(">")[0]
