"""Coding in the browser: decisions, marked words, undo, two windows, a lost connection."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect
from web_routes import addresses

from textmine.codebook import load
from textmine.codings import coded_in
from textmine.errors import CorpusError
from textmine.records import Coding, Span
from textmine.store.corpus import Corpus
from textmine.tagging.live import promote
from textmine.web import Settings, create_app
from textmine.web.accounts import Accounts
from textmine.web.coding.queue import AWAY, Proposed, Queues
from textmine.web.work.computing import Computed

PART = {"hx-request": "true"}


@pytest.fixture
def coding(client: TestClient) -> TestClient:
    """A client that codes as leila."""
    client.cookies.set("coder", "leila")
    return client


def clause_of(corpus: Path, words: str) -> str:
    with Corpus.open(corpus) as opened:
        return next(
            each.clause.id for each in opened.catalogue.clauses() if words in each.clause.text
        )


def by_people(corpus: Path) -> list[Coding]:
    with Corpus.open(corpus) as opened:
        return [each for each in opened.catalogue.codings() if each.coder.startswith("person:")]


def field(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, f"no field {name}"
    return found[1]


def decide(client: TestClient, clause: str, **fields: Any) -> Any:
    """A decision on what stands now."""
    html = client.get(f"/clauses/{clause}/coding", headers=PART).text
    fields = {"stood": field(html, "stood"), "coder": "person:leila"} | fields
    return client.post(f"/clauses/{clause}/coding", data=fields, headers=PART)


@pytest.fixture
def clause(corpus: Path) -> str:
    return clause_of(corpus, "Mombasa")


def test_a_decision_is_added_with_who_and_when(
    coding: TestClient, corpus: Path, clause: str
) -> None:
    answer = decide(coding, clause, code=["economic", "cultural"], memo="Both.")
    assert answer.status_code == 200
    assert json.loads(answer.headers["hx-trigger"]) == {"said": {"sentence": "Saved.", "link": ""}}
    decide(coding, clause, code=["economic"])
    made = by_people(corpus)
    assert {each.coder for each in made} == {"person:leila"}
    assert {each.clause for each in made} == {clause}
    applied = [each.code for each in made if each.applied]
    assert applied == ["cultural", "economic"]  # the first decision is still on record
    assert [(each.code, each.applied) for each in made][-1] == ("cultural", False)
    assert all(each.made_at for each in made)


def test_what_was_decided_on_an_old_state_is_refused_with_what_stands(
    coding: TestClient, corpus: Path, clause: str
) -> None:
    old = field(coding.get(f"/clauses/{clause}/coding", headers=PART).text, "stood")
    decide(coding, clause, code="economic")
    stored = len(by_people(corpus))
    answer = decide(coding, clause, stood=old, code="religious", memo="mine")
    assert answer.status_code == 409
    assert "What stands now" in answer.text
    assert "mine" in answer.text
    assert len(by_people(corpus)) == stored
    again = decide(coding, clause, code="religious")  # on what stands now it is taken
    assert again.status_code == 200


def test_a_decision_that_is_sent_twice_is_one(
    coding: TestClient, corpus: Path, clause: str
) -> None:
    old = field(coding.get(f"/clauses/{clause}/coding", headers=PART).text, "stood")
    fields = {"stood": old, "code": ["economic"], "evidence": "economic:0-4", "memo": "once"}
    assert decide(coding, clause, **fields).status_code == 200
    stored = len(by_people(corpus))
    assert decide(coding, clause, **fields).status_code == 200
    assert len(by_people(corpus)) == stored


REFUSED = [
    {"coder": "person:other", "code": "economic"},
    {"coder": "", "code": "economic"},
    {"coder": "model:themes", "code": "economic"},
    {"code": "no-such-code"},
    {"code": "economic", "evidence": "economic:5-2"},
    {"code": "economic", "evidence": "economic:0-999999"},
    {"code": "economic", "evidence": "economic"},
    {"words": "words that are not there", "words_for": "economic"},
    {"code": "economic", "memo": "m" * 10_001},
]


def test_what_cannot_be_stored_is_refused(coding: TestClient, corpus: Path, clause: str) -> None:
    for fields in REFUSED:
        assert decide(coding, clause, **fields).status_code == 400, fields
    assert by_people(corpus) == []


def test_words_are_marked_by_place_and_by_typing_and_taken_away(
    coding: TestClient, corpus: Path, clause: str
) -> None:
    with Corpus.open(corpus) as opened:
        text = next(opened.catalogue.clauses(ids=[clause])).clause.text
    decide(coding, clause, code=["economic"], evidence=["economic:0-4"])
    typed = text[6:16]
    answer = decide(
        coding,
        clause,
        code=["economic"],
        evidence=["economic:0-4"],
        words=f" {typed.upper()} ",
        words_for="cultural",
    )
    assert 'value="economic:0-4"' in answer.text
    with Corpus.open(corpus) as opened:
        book = load(opened.codebook_file)
        [one] = coded_in(opened.catalogue, book, ["person:leila"])
    marked = one.evidence["cultural"][0]
    assert text[marked.start : marked.end] == typed.strip()
    assert one.evidence["economic"] == (Span(0, 4),)
    decide(coding, clause, code=["economic"], evidence=["economic:0-4"], unmark="economic:0-4")
    with Corpus.open(corpus) as opened:
        [one] = coded_in(opened.catalogue, book, ["person:leila"])
    assert (one.codes, dict(one.evidence)) == (("economic",), {})


def test_what_was_just_marked_stands_in_the_text_that_comes_back(
    coding: TestClient, corpus: Path, clause: str
) -> None:
    with Corpus.open(corpus) as opened:
        text = next(opened.catalogue.clauses(ids=[clause])).clause.text
    at = text.index("Mombasa")
    place = f"{at}-{at + len('Mombasa')}"
    answer = decide(coding, clause, code="economic", evidence=f"economic:{place}", hit=place)
    mark = re.compile(r'<mark class="hit evidence" data-start="\d+" data-codes="economic"[^>]*>')
    assert mark.search(answer.text)
    address = f"/clauses/{clause}/coding?hit={place}&hit=9-2&hit=x"
    assert mark.search(coding.get(address, headers=PART).text)
    coding.cookies.set("coder", "maryam")  # who marks the same code after her sees both
    both = decide(coding, clause, coder="person:maryam", code="economic", evidence="economic:0-4")
    assert 'class="evidence" data-start="0" data-codes="economic"' in both.text
    coding.cookies.set("coder", "leila")
    coding.post("/code/blind", data={"blind": "1"})  # who codes blind sees the own marks, too
    assert 'class="evidence" data-start="0"' not in coding.get(address, headers=PART).text
    assert mark.search(coding.get(address, headers=PART).text)


def test_suggestions_are_accepted_and_rejected_without_javascript(
    coding: TestClient, corpus: Path
) -> None:
    with Corpus.open(corpus) as opened:
        suggested = next(each for each in opened.catalogue.codings() if each.applied)
    clause, code = suggested.clause, suggested.code
    shown = coding.get(f"/clauses/{clause}/coding")
    assert f'name="accept" value="{code}"' in shown.text
    fields = {"stood": field(shown.text, "stood"), "coder": "person:leila"}
    answer = coding.post(f"/clauses/{clause}/coding", data={**fields, "accept": "*"})
    assert "accepted" in answer.text  # after the redirect
    fields["stood"] = field(answer.text, "stood")
    answer = coding.post(f"/clauses/{clause}/coding", data={**fields, "reject": code})
    assert "rejected" in answer.text


def test_undo_takes_back_the_last_decision_and_only_once(
    coding: TestClient, corpus: Path, clause: str
) -> None:
    decide(coding, clause, code="economic")
    answer = decide(coding, clause, code=["economic", "tourism"])
    act = field(answer.text, "act")
    back = coding.post("/code/undo", data={"act": act}, headers=PART)
    assert back.status_code == 200
    assert f'data-clause="{clause}"' in back.text
    said = json.loads(back.headers["hx-trigger"])["said"]
    assert said["link"] == f"/clauses/{clause}"
    assert re.search(r"taken back: Preamble of “.*Mombasa\u2069”\.$", said["sentence"])
    applied = {each.code for each in by_people(corpus) if each.applied}
    assert applied == {"economic"}
    assert coding.post("/code/undo", data={"act": act}, headers=PART).status_code == 400
    assert "taken back" in coding.get(f"/clauses/{clause}/history", headers=PART).text
    coding.cookies.set("coder", "maryam")  # what others did is not theirs to take back
    first = field(back.text, "act")
    assert coding.post("/code/undo", data={"act": first}, headers=PART).status_code == 400


def test_undo_says_which_clause_it_is_about_where_another_is_shown(
    coding: TestClient, corpus: Path, clause: str
) -> None:
    decide(coding, clause, code="economic")
    asks = re.compile(rf'data-coding="undo" data-of="{clause}" data-ask="[^"]*Mombasa[^"]*"')
    assert not asks.search(coding.get(f"/clauses/{clause}/coding").text)
    with Corpus.open(corpus) as opened:
        other = next(each for each in opened.catalogue.clause_ids() if each != clause)
    assert asks.search(coding.get(f"/clauses/{other}/coding").text)


def test_every_page_says_that_codes_are_hidden_and_none_that_nothing_is_coded(
    coding: TestClient, corpus: Path, clause: str
) -> None:
    with Corpus.open(corpus) as opened:
        [stored] = opened.catalogue.clauses(ids=[clause])
    pages = (f"/documents/{stored.document}", "/search?q=Mombasa", "/code?of=double", "/")
    banner = "what others and models decided is hidden."
    assert [each for each in pages if banner in coding.get(each).text] == []
    coding.post("/code/blind", data={"blind": "1"})
    shown = {each: coding.get(each).text for each in pages}
    assert [each for each in pages if banner not in shown[each]] == []
    assert all("Codes are hidden" in shown[each] for each in pages[:2])
    assert not any("Not coded yet" in html for html in shown.values())
    seen = coding.get(f"/clauses/{clause}/coding", headers=PART).text
    assert ("Codes are hidden" in seen, banner in seen) == (True, False)


def test_codes_below_a_clause_read_as_the_interface_does(coding: TestClient, corpus: Path) -> None:
    with Corpus.open(corpus) as opened:
        coded = {each.clause for each in opened.catalogue.codings() if each.applied}
        clause = next(
            each.clause.id
            for each in opened.catalogue.clauses()
            if each.clause.language == "fa" and each.clause.id in coded
        )
    html = coding.get(f"/clauses/{clause}/coding").text
    assert '<li><span dir="ltr" class="code ' in html


def test_who_codes_blind_sees_neither_others_nor_the_machine(
    coding: TestClient, corpus: Path
) -> None:
    with Corpus.open(corpus) as opened:
        clause = next(each.clause for each in opened.catalogue.codings() if each.applied)
    decide(coding, clause, code="religious", memo="of leila")
    coding.cookies.set("coder", "maryam")
    addresses = [f"/clauses/{clause}/coding", f"/clauses/{clause}/history"]
    assert all("of leila" in coding.get(each).text for each in addresses)
    coding.post("/code/blind", data={"blind": "1"})
    for address in addresses:
        seen = coding.get(address).text
        assert "of leila" not in seen
        assert "Suggested by" not in seen
        assert 'class="code machine"' not in seen

    decide(coding, clause, coder="person:maryam", code="economic")
    act = field(coding.get(f"/clauses/{clause}/coding").text, "act")
    coding.post("/code/undo", data={"act": act})
    history = f"/clauses/{clause}/history"
    undone = "maryam</bdi> took a decision back"
    assert undone in coding.get(history).text
    coding.cookies.set("coder", "leila")
    assert undone not in coding.get(history).text
    assert "took a decision back" not in coding.get(history).text
    coding.post("/code/blind", data={"blind": "0"})
    assert undone in coding.get(history).text


ASKED = (
    "/search?q=Mombasa",
    "/search?q=Mombasa+code:religious",
    "/search?q=city+(coded:no+OR+-code:religious)",
    "/search?q=@believers",
    "/search?q=religious",
    "/search/export?q=Mombasa&as=csv",
    "/search/export?q=code:religious&as=csv",
    "/search/suggest?q=code:",
    "/search/suggest?q=relig",
    "/search/similar?clause={clause}&within=code:religious",
    "/concordance?q=Mombasa+code:religious",
    "/concordance/export?q=Mombasa+code:religious&as=csv",
    "/searches?counts=1",
    "/results/clauses?by=code&row=religious",
    "/documents/{number}?clause={clause}",
    "/api/v1/search?q=code:religious",
    "/api/v1/codings?coder=person:maryam",
)
TOLD = ("/code", "/code/progress", "/models", "/name", "/api/v1/corpus")
"""What is next to be read, how many clauses people have decided on, who has coded here, that
something has changed."""


def seen(client: TestClient, clause: str, number: int) -> dict[str, tuple[int, str]]:
    """All that can be asked for, and what is answered."""
    filled = {"clause": clause, "number": number, "code": "religious", "suffix": "csv"}
    filled |= {"form": "csv", "view": "map", "name": "1"}
    found = [each.filled(filled) for each in addresses(client.app) if each.method == "GET"]  # type: ignore[arg-type]
    asked = [each.format(clause=clause, number=number) for each in ASKED]
    answers = {}
    for address in (*found, *asked):
        if address in TOLD or address.startswith(("/language", "/theme")):
            continue
        for headers in ({}, PART) if address.startswith(("/clauses", "/codebook")) else ({},):
            answer = client.get(address, headers=headers, follow_redirects=False)
            answers[f"{address} {headers}"] = (answer.status_code, answer.text)
    return answers


def test_who_codes_blind_finds_nothing_of_others_at_any_address(
    coding: TestClient, corpus: Path, clause: str
) -> None:
    coding.post("/searches", data={"name": "believers", "q": "code:religious"})
    decide(coding, clause, code="economic", memo="of leila")
    with Corpus.open(corpus) as opened:
        [document] = [each.document for each in opened.catalogue.clauses(ids=[clause])]
    coding.post("/code/blind", data={"blind": "1"})
    before = seen(coding, clause, document)
    coding.cookies.set("coder", "maryam")
    decide(coding, clause, coder="person:maryam", code="religious", memo="of maryam")
    coding.cookies.set("coder", "leila")
    after = seen(coding, clause, document)
    assert [each for each in before if after[each] != before[each]] == []
    open_ones = [text for status, text in after.values() if status == 200]
    assert len(open_ones) > 40
    for text in open_ones:
        assert 'class="code machine" data-code' not in text
        assert "Suggested by" not in text
        assert "dictionary:" not in text
    assert sum("of leila" in text for text in open_ones) > 1  # own ones are seen
    assert after["/quality {}"][0] == 403
    assert "coders differ" not in coding.get("/models").text
    coding.post("/code/blind", data={"blind": "0"})
    assert "maryam" in coding.get("/quality").text
    assert "coders differ" in coding.get("/models").text


def test_a_search_counts_no_codes_for_who_codes_blind(coding: TestClient) -> None:
    facet = 'id="facet-code"'
    assert facet in coding.get("/search?q=university").text
    coding.post("/code/blind", data={"blind": "1"})
    seen = coding.get("/search?q=university").text
    assert 'id="facet-language"' in seen
    assert facet not in seen


def test_what_was_decided_on_another_corpus_is_not_stored_here(
    coding: TestClient, corpus: Path, clause: str
) -> None:
    answer = decide(coding, clause, code="economic", corpus="of another")
    assert answer.status_code == 400
    assert "another corpus" in answer.text
    assert by_people(corpus) == []
    own = field(coding.get(f"/clauses/{clause}/coding", headers=PART).text, "corpus")
    assert decide(coding, clause, code="economic", corpus=own).status_code == 200
    assert field(coding.get(f"/clauses/{clause}/coding").text, "corpus") == own  # it stays


def test_a_busy_catalogue_asks_to_send_again(
    coding: TestClient, clause: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object, **__: object) -> None:
        raise CorpusError("The catalogue is busy.")

    monkeypatch.setattr("textmine.web.coding.deciding.decide", busy)
    answer = decide(coding, clause, code="economic")
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert "The catalogue is busy." in answer.text


def test_a_memo_runs_in_the_direction_of_its_language(coding: TestClient, clause: str) -> None:
    address = f"/clauses/{clause}/coding"
    memo = re.compile(r'<textarea id="coding-memo" name="memo" ([^>]*?) maxlength')
    found = []
    for said in ("", "UNESCO را ببینید و متن را هم", "See یونسکو in the text"):
        decide(coding, clause, code="economic", memo=said)
        shown = memo.search(coding.get(address).text)
        assert shown
        found.append(shown[1])
    assert found == ['dir="auto"', 'lang="fa" dir="rtl"', 'lang="en" dir="ltr"']


def test_there_is_no_page_of_a_clause_that_is_not_there(coding: TestClient) -> None:
    for address in ("/clauses/NONE/coding", "/clauses/NONE/history"):
        assert coding.get(address).status_code == 404
        assert coding.get(address, headers=PART).status_code == 404
    sent = {"stood": "x", "coder": "person:leila", "code": "economic"}
    answer = coding.post("/clauses/NONE/coding", data=sent, headers=PART)
    assert "cut anew" in answer.text  # who kept a decision is told what became of its clause


def test_the_codebook_with_definitions_and_examples(coding: TestClient, clause: str) -> None:
    decide(coding, clause, code="economic")
    assert "Rules that hold for all codes" in coding.get("/codebook").text
    shown = coding.get("/codebook/economic").text
    assert f"/clauses/{clause}" in shown
    assert coding.get("/codebook/none").status_code == 404


def test_someone_without_a_name_is_asked_for_it(client: TestClient, clause: str) -> None:
    answer = client.get("/code", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/name?back=%2Fcode")
    assert "Say who codes" in client.get(f"/clauses/{clause}/coding").text


def test_what_others_coded_is_offered_for_comparing(
    coding: TestClient, corpus: Path, clause: str
) -> None:
    decide(coding, clause, code="economic")
    assert f"clause-{clause}" not in coding.get("/code?of=double").text
    coding.cookies.set("coder", "maryam")
    assert f"clause-{clause}" in coding.get("/code?of=double").text
    progress = coding.get("/code/progress?of=double").text
    assert "Here: 0 of 1" in progress


def proposed(*clauses: str) -> list[Proposed]:
    return [Proposed(each, "") for each in clauses]


def given(own: Any) -> list[str]:
    return [each.clause for each in own.batch or ()]


LEILA, MARYAM = ("person:leila", "learn", ""), ("person:maryam", "learn", "")


def test_two_coders_have_different_batches() -> None:
    queues = Queues()
    hers, other = queues.of(LEILA), queues.of(MARYAM)
    assert hers.number != other.number
    queues.take(LEILA, hers.number, proposed("a", "b"))
    assert given(queues.take(MARYAM, other.number, proposed("b", "c"))) == ["c"]
    again = queues.take(MARYAM, other.number, proposed("d"))
    assert given(again) == ["c"]  # what one was given stays
    queues.further(MARYAM)
    further = queues.of(MARYAM)
    assert (further.batch, set(further.without)) == (None, {"a", "b", "c"})
    assert given(queues.take(MARYAM, other.number, proposed("e"))) == []  # of the batch before
    anew = queues.take(MARYAM, further.number, proposed("a", "b"))  # leila has all of it
    assert (anew.batch, anew.number != further.number) == (None, True)
    assert given(queues.take(MARYAM, anew.number, ())) == []
    assert queues.of(MARYAM).batch == ()  # nothing is left: it is not asked for again
    queues.further(LEILA)
    queues.further(MARYAM)
    assert set(queues.of(MARYAM).without) == {"c"}  # what leila passed over is free


def test_a_batch_of_someone_who_is_away_is_free_for_others() -> None:
    now = 0.0
    queues = Queues(clock=lambda: now)
    queues.take(LEILA, queues.of(LEILA).number, proposed("a"))
    now = AWAY - 1.0
    assert [each.clause for each in queues.batch(LEILA)] == ["a"]  # seen
    now += AWAY
    assert queues.of(MARYAM).without == ("a",)
    now += 2
    queues.further(MARYAM)
    assert queues.of(MARYAM).without == ()
    assert queues.of(LEILA).batch is None


class Slow:
    """Proposes the first clauses; of each thing asked for, one state is ready at the next look."""

    def __init__(self, clauses: list[str]) -> None:
        self.clauses = clauses
        self.made: dict[object, object] = {}

    def computed(self, function: str, *, mark: object, **values: Any) -> Computed:
        key = (function, tuple(sorted(values.items())))
        fresh = self.made.get(key) == mark
        self.made[key] = mark
        left = [each for each in self.clauses if each not in values["without"]]
        return Computed(proposed(*left[:3]), fresh)


def test_two_coders_at_a_time_get_what_they_asked_for(
    coding: TestClient, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Corpus.open(corpus) as opened:
        slow = Slow(list(opened.catalogue.clause_ids()))
    monkeypatch.setattr("textmine.web.coding.queue.works", lambda _: slow)

    def look(name: str) -> list[str]:
        coding.cookies.set("coder", name)
        html = coding.get("/code", headers=PART).text
        return re.findall(r'<article class="clause"[^>]* id="clause-([^"]*)"', html)

    names = ("leila", "maryam")
    for _ in range(4):  # in turn, as two pages that wait
        batches = {name: look(name) for name in names}
    assert [len(batches[name]) for name in names] == [3, 3]
    assert not set(batches["leila"]) & set(batches["maryam"])
    slow.made.clear()  # as when others asked for much meanwhile: they keep what they have
    assert {name: look(name) for name in names} == batches
    assert slow.made == {}


def test_a_reader_is_given_nothing_to_code(corpus: Path, tmp_path: Path) -> None:
    accounts = Accounts(tmp_path / "accounts.json")
    accounts.add("reza", "reader", "four words in a row")
    app = create_app(Settings(place=corpus, accounts=accounts.file))
    english = {"accept-language": "en"}
    with TestClient(app, base_url="http://localhost", headers=english) as reader:
        reader.post("/login", data={"name": "reza", "password": "four words in a row"})
        for of in ("learn", "double"):
            html = reader.get(f"/code?of={of}").text
            assert "You can read, not code." in html
            assert "aria-busy" not in html
        assert reader.get("/code/progress").status_code == 200


def select_words(page: Page, clause: str, words: str) -> None:
    """Select words in a clause as someone does who draws the mouse over them."""
    page.evaluate(
        """([id, words]) => {
            const text = document.querySelector(`#clause-${CSS.escape(id)} .text`);
            const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
            for (let node; (node = walker.nextNode());) {
                const at = node.data.indexOf(words);
                if (at < 0) continue;
                const range = document.createRange();
                range.setStart(node, at);
                range.setEnd(node, at + words.length);
                getSelection().removeAllRanges();
                getSelection().addRange(range);
                text.dispatchEvent(new MouseEvent("mouseup", { bubbles: true }));
                return;
            }
            throw new Error("these words do not stand there");
        }""",
        [clause, words],
    )


KEPT = "Object.keys(localStorage).filter((key) => key.startsWith('textmine.coding.waiting'))"


def waiting(page: Page) -> int:
    return int(
        page.evaluate(KEPT + ".flatMap((key) => JSON.parse(localStorage.getItem(key))).length")
    )


def saved(page: Page) -> None:
    """Wait until the server has confirmed every decision."""
    for _ in range(200):
        if not waiting(page):
            return
        page.wait_for_timeout(50)
    raise AssertionError("decisions still wait")


def test_coding_by_keys_with_a_lost_connection_and_a_second_window(
    served: str, corpus: Path, page: Page, context: BrowserContext, browser: Browser, tongue: str
) -> None:
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    context.add_cookies([{"name": "coder", "value": "leila", "url": served}])
    clause = clause_of(corpus, "Mombasa")
    address = f"{served}/clauses/{clause}/coding"
    page.goto(address)
    panel = page.locator("#coding")

    def applied() -> dict[str, tuple[Span, ...]]:
        last = {each.code: each for each in by_people(corpus)}
        return {code: each.evidence for code, each in last.items() if each.applied}

    # One digit, and two: there are more than nine codes.
    page.keyboard.press("2")
    page.keyboard.press("1")
    page.keyboard.press("1")
    expect(panel.locator(".code-row.applied")).to_have_count(2)
    saved(page)
    book = load(corpus / "codebook.yaml")
    assert set(applied()) == {book.codes[1].id, book.codes[10].id}

    # Words of the clause for a code; what is selected is counted in code points.
    select_words(page, clause, "Mombasa")
    expect(page.locator("#coding-selected")).to_be_visible()
    page.keyboard.press("3")
    expect(panel.locator(".marked")).to_have_count(1)
    saved(page)
    with Corpus.open(corpus) as opened:
        text = next(opened.catalogue.clauses(ids=[clause])).clause.text
    [span] = applied()[book.codes[2].id]
    assert text[span.start : span.end] == "Mombasa"

    # Elsewhere the clause is open, too; here one decides without a connection.
    elsewhere = browser.new_context(locale="en-GB")
    elsewhere.add_cookies([{"name": "coder", "value": "leila", "url": served}])
    other = elsewhere.new_page()
    other.goto(address)
    context.set_offline(True)
    page.keyboard.press("5")
    expect(page.locator("#unsaved p")).to_have_count(1)
    assert waiting(page) == 1
    before = applied()
    context.set_offline(False)
    expect(page.locator("#unsaved")).to_be_hidden()
    saved(page)
    assert set(applied()) == {*before, book.codes[4].id}
    other.keyboard.press("6")  # it has not seen the fifth
    stale = other.locator("#coding-stale")
    expect(stale).to_be_visible()
    assert book.codes[5].id not in applied()
    stale.locator("button").click()
    expect(stale).to_be_hidden()
    expect(other.locator("#unsaved")).to_be_hidden()
    assert book.codes[5].id in applied()

    # Undo, by a Persian keyboard as well: the key is where u is.
    saved(other)
    sixth = other.locator("#coding-code-6")
    expect(sixth).to_be_checked()
    other.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', "
        "{ key: 'ع', code: 'KeyU', bubbles: true }))"
    )
    expect(sixth).not_to_be_checked()
    assert book.codes[5].id not in applied()
    elsewhere.close()
    assert wrong == []


def test_only_whoever_decided_sends_what_was_kept_and_only_to_its_corpus(
    served: str, corpus: Path, page: Page, context: BrowserContext
) -> None:
    clause = clause_of(corpus, "Mombasa")
    address = f"{served}/clauses/{clause}/coding"
    page.goto(address)  # nobody has said a name
    own = page.locator("#unsaved").get_attribute("data-corpus")
    body = f"stood={field(page.content(), 'stood')}&coder=person%3Aleila&code=economic"
    kept = {"id": "1", "clause": clause, "url": f"/clauses/{clause}/coding", "body": body}
    kept |= {"coder": "person:leila", "state": "waiting"}

    def keep(name: str, item: dict[str, str]) -> None:
        page.evaluate(
            "([name, item]) => localStorage.setItem(name, JSON.stringify([item]))", [name, item]
        )

    keep(f"textmine.coding.waiting.{own}", kept)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.reload()
    expect(page.locator("#unsaved p")).to_contain_text("leila")
    context.add_cookies([{"name": "coder", "value": "leila", "url": served}])
    page.evaluate("localStorage.clear()")
    keep("textmine.coding.waiting", kept)
    keep("textmine.coding.waiting.another", kept)
    keep(f"textmine.coding.waiting.{own}", kept | {"state": "refused", "why": "Busy."})
    page.reload()
    line = page.locator("#unsaved p")
    expect(line).to_contain_text("Busy.")
    assert "POST" not in sent
    token = page.locator("[name=stood]").first.input_value()
    keep(
        f"textmine.coding.waiting.{own}",
        kept | {"state": "refused", "body": re.sub("stood=[^&]*", f"stood={token}", body)},
    )
    line.get_by_role("button", name="Send again now").click()
    expect(page.locator(".code-row.applied")).to_have_count(1)
    expect(line).to_be_hidden()
    assert (sent.count("POST"), waiting(page)) == (1, 2)
    assert {each.code for each in by_people(corpus) if each.applied} == {"economic"}


def test_the_queue_by_keys(served: str, corpus: Path, page: Page, context: BrowserContext) -> None:
    context.add_cookies([{"name": "coder", "value": "leila", "url": served}])
    promote(corpus / "models", "themes-fast", "needs no encoder")
    page.goto(f"{served}/code")
    clauses = page.locator("[data-clauses] .clause")
    expect(clauses.first).to_be_visible(timeout=60_000)
    expect(clauses.first).to_have_attribute("aria-current", "true")
    first, second = (clauses.nth(n).get_attribute("data-clause") for n in (0, 1))
    expect(page.locator(f"#coding[data-clause='{first}']")).to_be_visible()
    page.keyboard.press("0")
    expect(page.locator(f"#clause-{first}".replace(".", "\\."))).to_have_attribute("data-done", "")
    expect(clauses.first.locator(".codes")).to_contain_text("No code")
    page.keyboard.press("j")
    expect(page.locator(f"#coding[data-clause='{second}']")).to_be_visible()
    page.keyboard.press("k")
    expect(page.locator(f"#coding[data-clause='{first}']")).to_be_visible()
    expect(page.locator("#progress")).to_contain_text("Here: 1 of")
    assert {each.clause for each in by_people(corpus)} == {first}
    page.locator(".queue-next button").click()
    expect(clauses.first).to_be_visible(timeout=60_000)
    assert first not in [clauses.nth(n).get_attribute("data-clause") for n in range(3)]


def as_leila(context: BrowserContext, address: str) -> None:
    context.add_cookies([{"name": "coder", "value": "leila", "url": address}])


def applied_by_leila(corpus: Path) -> dict[str, set[str]]:
    last = {(each.clause, each.code): each for each in by_people(corpus)}
    found: dict[str, set[str]] = {}
    for each in last.values():
        if each.applied:
            found.setdefault(each.clause, set()).add(each.code)
    return found


def test_keys_wait_for_the_panel_of_their_clause(
    served: str, corpus: Path, page: Page, context: BrowserContext
) -> None:
    as_leila(context, served)
    book = load(corpus / "codebook.yaml")

    page.goto(f"{served}/search?q=city")
    slow = {"offline": False, "latency": 400, "downloadThroughput": -1, "uploadThroughput": -1}
    session = context.new_cdp_session(page)
    session.send("Network.emulateNetworkConditions", slow)
    clauses = page.locator("[data-clauses] .clause")
    ids = [clauses.nth(n).get_attribute("data-clause") for n in range(3)]
    for key in "j2j3j4":  # faster than panels come
        page.keyboard.press(key)
    expect(page.locator(f"#coding[data-clause='{ids[2]}'] .code-row.applied")).to_have_count(1)
    saved(page)
    found = applied_by_leila(corpus)
    assert found == {id_: {book.codes[n].id} for n, id_ in enumerate(ids, start=1) if id_}

    # The connection is lost on the way to a clause: what is pressed for it is not another's.
    session.detach()
    context.set_offline(True)
    page.keyboard.press("k")
    page.keyboard.press("5")
    expect(page.locator("#said")).to_contain_text("were not taken")
    context.set_offline(False)
    expect(page.locator(f"#coding[data-clause='{ids[1]}']")).to_be_visible(timeout=8000)
    page.keyboard.press("5")
    saved(page)
    assert applied_by_leila(corpus) == {**found, ids[1]: {*found[str(ids[1])], book.codes[4].id}}


def test_words_of_a_hit_are_marked_at_once_and_a_memo_is_said_to_be_kept(
    served: str, corpus: Path, page: Page, context: BrowserContext
) -> None:
    as_leila(context, served)
    clause = clause_of(corpus, "Mombasa")
    page.goto(f"{served}/search?q=Mombasa")
    text = page.locator(f"[id='clause-{clause}'] > .text")
    text.click()
    expect(page.locator(f"#coding[data-clause='{clause}']")).to_be_visible()
    select_words(page, clause, "Mombasa")
    expect(page.locator("#coding-selected")).to_be_visible()
    page.keyboard.press("2")
    expect(text.locator("mark.hit.evidence")).to_have_text("Mombasa")
    saved(page)
    page.keyboard.press("m")
    page.keyboard.type("See the annex.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#said")).to_contain_text("The memo is kept.")
    page.keyboard.press("Escape")
    page.keyboard.press("u")
    expect(page.locator("#coding-memo")).to_have_value("")
    expect(text.locator("mark.hit.evidence")).to_have_text("Mombasa")
    page.keyboard.press("u")
    expect(page.locator("#coding .marked")).to_have_count(0)
    expect(text.locator("mark.hit").first).to_be_visible()


def test_the_panel_is_a_sheet_on_a_telephone(
    served: str, corpus: Path, page: Page, context: BrowserContext, tongue: str
) -> None:
    as_leila(context, served)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{served}/search?q=city")
    bar, panel = page.locator("#coding-toggle"), page.locator("#coding")
    expect(bar).to_have_attribute("aria-expanded", "false")
    expect(panel).to_be_hidden()
    first = page.locator("[data-clauses] .clause").first
    first.locator(".text").click()
    name = first.locator(".name").inner_text()
    expect(page.locator("#coding-named")).to_have_text(name)
    bar.click()
    expect(panel).to_be_focused()
    page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("axe.run({resultTypes: ['violations']})")
    assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []
    assert page.evaluate("document.getElementById('coding').getBoundingClientRect().top") > 300
    page.keyboard.press("Tab")
    assert page.evaluate("document.getElementById('coding').contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(bar).to_be_focused()
    page.keyboard.press("2")  # what is decided by a key is seen
    expect(panel.locator(".code-row.applied")).to_have_count(1)
    expect(panel).to_be_visible()
    saved(page)
    bar.click()
    expect(panel).to_be_hidden()
    expect(first.locator(".codes .person")).to_have_count(1)


def test_one_of_many_codes_is_found_by_its_name(
    served: str, corpus: Path, page: Page, context: BrowserContext, tongue: str
) -> None:
    file = corpus / "codebook.yaml"
    codes = "".join(
        f"  - id: many-{n}\n    name: {{en: Subject {n}, fa: موضوع شمارهٔ {n}}}\n"
        f"    definition: {{en: It is about {n}.}}\n"
        for n in range(60)
    )
    file.write_text(f"id: many\nversion: 1\ncodes:\n{codes}", encoding="utf-8")
    as_leila(context, served)
    clause = clause_of(corpus, "Mombasa")
    page.goto(f"{served}/clauses/{clause}/coding")
    page.keyboard.press("f")
    find = page.locator("#coding-find")
    expect(find).to_be_focused()
    page.keyboard.type({"fa": "شماره 47", "en": "subject 47"}[tongue])
    expect(page.locator(".code-row:visible")).to_have_count(1)
    expect(page.locator("#coding-digit")).to_contain_text("47")
    page.keyboard.press("Enter")
    saved(page)
    assert applied_by_leila(corpus) == {clause: {"many-47"}}
    expect(find).to_be_focused()
    page.keyboard.type("none of them")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator(".code-row:visible")).to_have_count(60)
    page.keyboard.press("6")
    page.keyboard.press("0")
    saved(page)
    assert applied_by_leila(corpus) == {clause: {"many-47", "many-59"}}


def test_the_panel_of_a_clause_goes_with_its_page(
    served: str, corpus: Path, page: Page, context: BrowserContext
) -> None:
    as_leila(context, served)
    with Corpus.open(corpus) as opened:
        [number] = [each.id for each in opened.catalogue.documents() if "kashan" in each.path]
    page.goto(f"{served}/documents/{number}")
    page.keyboard.press("j")
    expect(page.locator("#coding[data-clause]")).to_be_visible()
    page.keyboard.press("n")
    expect(page.locator("#coding[data-clause]")).to_have_count(0)
    page.keyboard.press("2")
    assert waiting(page) == 0
    assert by_people(corpus) == []


def test_a_reload_comes_back_to_the_clause_and_codes_none_out_of_sight(
    served: str, corpus: Path, page: Page, context: BrowserContext
) -> None:
    as_leila(context, served)
    page.goto(f"{served}/search?q=city")
    clauses = page.locator("[data-clauses] .clause")
    expect(clauses.nth(9)).to_be_attached()
    for _ in range(9):
        page.keyboard.press("j")
    chosen = clauses.nth(8).get_attribute("data-clause")
    page.wait_for_url(f"**#clause-{chosen}")
    page.reload()
    expect(page.locator(f"#coding[data-clause='{chosen}']")).to_be_visible()
    expect(clauses.nth(8)).to_be_in_viewport()

    page.evaluate("scrollTo(0, 0)")
    expect(clauses.nth(8)).not_to_be_in_viewport()
    page.keyboard.press("2")
    expect(page.locator("#said")).to_contain_text("out of sight")
    expect(clauses.nth(8)).to_be_in_viewport()
    assert (waiting(page), by_people(corpus)) == (0, [])
    page.keyboard.press("2")
    expect(page.locator(".code-row.applied")).to_have_count(1)
    expect(page.locator("#said")).to_be_empty()
    saved(page)
    assert set(applied_by_leila(corpus)) == {chosen}


def test_undo_asks_before_it_reaches_into_another_page(
    served: str, corpus: Path, page: Page, context: BrowserContext, tongue: str
) -> None:
    as_leila(context, served)
    clause = clause_of(corpus, "Mombasa")
    page.goto(f"{served}/clauses/{clause}/coding")
    page.keyboard.press("2")
    expect(page.locator(".code-row.applied")).to_have_count(1)
    saved(page)
    with Corpus.open(corpus) as opened:
        other = next(each for each in opened.catalogue.clause_ids() if each != clause)
    page.goto(f"{served}/clauses/{other}/coding")
    page.keyboard.press("u")
    said = page.locator("#said")
    expect(said).to_contain_text("Mombasa")
    expect(said.locator("a")).to_have_attribute("href", f"/clauses/{clause}")
    assert set(applied_by_leila(corpus)) == {clause}
    page.keyboard.press("u")
    expect(page.locator("#coding form[data-coding='undo'] button")).to_be_disabled()
    expect(said).to_contain_text("Mombasa")
    assert applied_by_leila(corpus) == {}


def test_a_memo_and_the_history_are_shown_without_the_clause_leaving(
    served: str, corpus: Path, page: Page, context: BrowserContext
) -> None:
    as_leila(context, served)
    page.set_viewport_size({"width": 1280, "height": 620})
    with Corpus.open(corpus) as opened:
        [stored] = opened.catalogue.clauses(ids=[clause_of(corpus, "Mombasa")])
    page.goto(f"{served}/documents/{stored.document}")
    page.keyboard.press("j")
    expect(page.locator("#coding[data-clause]")).to_be_visible()
    page.keyboard.press("2")
    expect(page.locator(".code-row.applied")).to_have_count(1)
    saved(page)
    top = page.evaluate("scrollY")
    page.keyboard.press("m")
    page.keyboard.type("See the annex.")
    draft, memo = page.locator("#coding-draft"), page.locator("#coding-memo")
    expect(draft).to_be_visible()
    expect(memo).to_be_in_viewport(ratio=1)
    assert page.evaluate("scrollY") == top
    page.keyboard.press("Control+Enter")
    expect(draft).to_be_hidden()
    page.keyboard.press("Escape")
    page.locator("#coding").get_by_role("link", name="History").click()
    history = page.locator("#coding-history > .history")
    expect(history).to_be_focused()
    expect(history.locator("li").first).to_be_in_viewport()
    assert page.evaluate("scrollY") == top


def test_a_telephone_has_no_keys(
    served: str, corpus: Path, browser: Browser, playwright: Playwright
) -> None:
    held = browser.new_context(**playwright.devices["Pixel 5"], locale="en-GB")
    as_leila(held, served)
    page = held.new_page()
    page.goto(f"{served}/clauses/{clause_of(corpus, 'Mombasa')}/coding")
    page.locator("#coding-toggle").click()
    expect(page.locator(".code-row").first).to_be_visible()
    expect(page.locator("#coding kbd:visible")).to_have_count(0)
    held.close()
