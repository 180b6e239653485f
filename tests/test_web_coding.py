"""Coding in the browser: decisions, marked words, undo, two windows, a lost connection."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, BrowserContext, Page, expect

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
    assert json.loads(answer.headers["hx-trigger"]) == {"said": {"sentence": "Saved."}}
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
    applied = {each.code for each in by_people(corpus) if each.applied}
    assert applied == {"economic"}
    assert coding.post("/code/undo", data={"act": act}, headers=PART).status_code == 400
    assert "taken back" in coding.get(f"/clauses/{clause}/history", headers=PART).text
    coding.cookies.set("coder", "maryam")  # what others did is not theirs to take back
    first = field(back.text, "act")
    assert coding.post("/code/undo", data={"act": first}, headers=PART).status_code == 400


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
