"""Accounts, logins, roles: who gets in, what each may do, and who did what."""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from web_routes import addresses

from textmine import codebook as codebooks
from textmine.care.taking_back import acts, take_back, trail
from textmine.codings import CodedClause, take_in
from textmine.errors import InputError, UsageError
from textmine.reports.marks import in_digits
from textmine.store.corpus import Corpus
from textmine.store.trail import acting
from textmine.web import Settings, create_app
from textmine.web import app as app_module
from textmine.web.accounts import Account, Accounts, checked_name, new_password
from textmine.web.entering.sessions import (
    BY_ADDRESS,
    BY_NAME,
    BY_NAME_AND_ADDRESS,
    IDLE,
    LASTS,
    WITHIN,
    Attempts,
    Sessions,
)

WORDS = "four words in a row"
OTHER = "other words than those"


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    made = Accounts(tmp_path / "settings" / "accounts.json")
    for name, role in (("leila", "coder"), ("Omid", "admin"), ("رضا", "reader")):
        made.add(name, role, WORDS)  # type: ignore[arg-type]
    return made


@pytest.fixture
def asking(corpus: Path, accounts: Accounts) -> Iterator[TestClient]:
    """Someone who is not logged in."""
    app = create_app(Settings(place=corpus, accounts=accounts.file))
    with TestClient(app, base_url="http://localhost", follow_redirects=False) as client:
        yield client


def log_in(client: TestClient, name: str, password: str = WORDS) -> int:
    sent = {"name": name, "password": password, "back": "/account"}
    return client.post("/login", data=sent).status_code


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


# -- the file --------------------------------------------------------------------------------------


def test_the_file_holds_no_password_and_nobody_else_reads_it(accounts: Accounts) -> None:
    secret = accounts.add_token("leila", "a script")
    text = accounts.file.read_text(encoding="utf-8")
    assert WORDS not in text
    assert secret not in text
    assert text.count("$argon2id$") == 3
    assert stat.S_IMODE(accounts.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(accounts.file.parent.stat().st_mode) == 0o700


def test_what_another_process_changes_counts_at_once(accounts: Accounts) -> None:
    other = Accounts(accounts.file)
    assert other.find("LEILA") is not None
    accounts.remove("leila")
    assert other.find("leila") is None
    assert [each.name for each in other.all()] == ["Omid", "رضا"]


def test_a_damaged_file_lets_nobody_in(accounts: Accounts) -> None:
    accounts.file.write_text('{"format": "something else"}', encoding="utf-8")
    with pytest.raises(InputError, match="no file of accounts"):
        accounts.checked("leila", WORDS)


@pytest.mark.parametrize("name", ["", "  ", "a:b", "agreed", "x" * 61, "a\u202eb", "12", "a\x00b"])
def test_names_that_cannot_be(name: str) -> None:
    with pytest.raises(InputError):
        checked_name(name)


@pytest.mark.parametrize("name", ["لیلا", "سید\u200cعلی", "Nguyễn Văn A", "o'neill"])
def test_names_that_can_be(name: str) -> None:
    assert checked_name(name) == name


@pytest.mark.parametrize("password", ["short", "a" * 20, "Bahar Bahar", "x" * 300])
def test_passwords_that_cannot_be(tmp_path: Path, password: str) -> None:
    with pytest.raises(InputError):
        Accounts(tmp_path / "a.json").add("bahar  bahar", "reader", password)
    assert not (tmp_path / "a.json").exists()


def test_a_name_is_taken_in_whatever_case(accounts: Accounts) -> None:
    with pytest.raises(UsageError, match="already"):
        accounts.add("LEILA", "reader", WORDS)


def test_new_passwords_differ_and_can_be_used(accounts: Accounts) -> None:
    made = {new_password() for _ in range(50)}
    assert len(made) == 50
    accounts.set_password("leila", made.pop())


# -- how long, how often ---------------------------------------------------------------------------


def test_logins_end_when_idle_and_in_any_case(accounts: Accounts) -> None:
    clock = Clock()
    sessions = Sessions(clock)
    leila = accounts.find("leila")
    assert leila is not None
    token = sessions.begin(leila)
    clock.now += IDLE
    assert sessions.account(token, accounts) == leila
    clock.now += IDLE + 1
    assert sessions.account(token, accounts) is None
    token = sessions.begin(leila)
    for _ in range(int(LASTS / IDLE)):
        clock.now += IDLE
        assert sessions.account(token, accounts) is not None
    clock.now += IDLE
    assert sessions.account(token, accounts) is None


def test_guesses_are_slowed_and_nobody_is_kept_out(accounts: Accounts) -> None:
    clock = Clock()
    attempts = Attempts(clock)
    leila = accounts.find("leila")
    assert leila is not None
    for _ in range(BY_NAME_AND_ADDRESS):
        assert attempts.begin(leila, "leila", "192.0.2.1") == 0
    assert attempts.begin(leila, "Leila", "192.0.2.1") == WITHIN
    assert attempts.begin(leila, "leila", "192.0.2.2") == 0, "elsewhere"
    clock.now += WITHIN
    assert attempts.begin(leila, "leila", "192.0.2.1") == 0, "not for ever"


def test_one_address_cannot_try_many_names() -> None:
    attempts = Attempts(Clock())
    waits = [attempts.begin(None, f"name{n}", f"2001:db8::{n:x}") for n in range(BY_ADDRESS + 1)]
    assert [wait > 0 for wait in waits] == [False] * BY_ADDRESS + [True]


def test_many_addresses_cannot_try_one_name_nor_keep_its_owner_out(accounts: Accounts) -> None:
    attempts = Attempts(Clock())
    leila = accounts.find("leila")
    assert leila is not None
    attempts.begin(leila, "leila", "192.0.2.1")
    attempts.succeeded(leila, "leila", "192.0.2.1")
    waits = [attempts.begin(leila, "leila", f"198.51.100.{n}") for n in range(BY_NAME + 1)]
    assert [wait > 0 for wait in waits] == [False] * BY_NAME + [True]
    assert attempts.begin(leila, "leila", "192.0.2.1") == 0


# -- logging in ------------------------------------------------------------------------------------


def test_login_and_logout(asking: TestClient, corpus: Path) -> None:
    first = asking.get("/audit?kind=people")
    assert (first.status_code, first.headers["location"]) == (
        303,
        "/login?back=%2Faudit%3Fkind%3Dpeople",
    )
    door = asking.get(first.headers["location"])
    assert corpus.name not in door.text, "the name of the corpus is for those inside"
    assert 'value="/audit?kind=people"' in door.text
    assert log_in(asking, "leila", "wrong words, all of them") == 403
    assert log_in(asking, "nobody of that name") == 403
    assert log_in(asking, "leila") == 303
    cookie = asking.cookies.jar.__iter__().__next__()
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "lax"
    assert asking.get("/account").status_code == 200
    assert asking.post("/logout").status_code == 303
    assert asking.get("/account").status_code == 303
    with Corpus.open(corpus) as opened:
        told = [(each.what, each.who) for each in trail(opened.catalogue, limit=4)]
        text = json.dumps([each.to_json() for each in trail(opened.catalogue, limit=9)])
    assert told == [
        ("logged-out", "person:leila"),
        ("logged-in", "person:leila"),
        ("login-refused", "nobody"),
        ("login-refused", "nobody"),
    ]
    assert "nobody of that name" not in text, "it might have been a password"


def test_the_old_cookie_is_worth_nothing_after_logging_out(asking: TestClient) -> None:
    log_in(asking, "leila")
    cookies = dict(asking.cookies)
    asking.post("/logout")
    asking.cookies.update(cookies)
    assert asking.get("/account").status_code == 303


def test_going_back_leads_nowhere_else(asking: TestClient) -> None:
    sent = {"name": "leila", "password": WORDS, "back": "https://evil.example/"}
    assert asking.post("/login", data=sent).headers["location"] == "/"


def test_guessing_ends_with_a_wait(asking: TestClient) -> None:
    wrong = [log_in(asking, "leila", f"wrong words {n}") for n in range(BY_NAME_AND_ADDRESS + 1)]
    assert wrong == [403] * BY_NAME_AND_ADDRESS + [429]
    assert log_in(asking, "leila") == 429, "not even with the right one, from here, for a while"
    assert log_in(asking, "Omid") == 303


def test_another_password_ends_every_login_and_key(asking: TestClient, accounts: Accounts) -> None:
    key = {"authorization": f"Bearer {accounts.add_token('leila', 'script')}"}
    log_in(asking, "leila")
    here = dict(asking.cookies)
    assert asking.get("/api/v1/codebook", headers=key).status_code == 200
    sent = {"old": WORDS, "new": OTHER, "again": OTHER}
    assert asking.post("/account/password", data=sent | {"old": "no"}).status_code == 400
    assert asking.post("/account/password", data=sent | {"again": "no"}).status_code == 400
    assert asking.post("/account/password", data=sent).status_code == 303
    assert asking.get("/account").status_code == 200, "here one stays"
    asking.cookies.clear()
    assert asking.get("/api/v1/codebook", headers=key).status_code == 401
    asking.cookies.update(here)
    assert asking.get("/account").status_code == 303
    assert log_in(asking, "leila") == 403
    assert log_in(asking, "leila", OTHER) == 303


def test_admins_look_after_accounts(asking: TestClient, accounts: Accounts) -> None:
    log_in(asking, "Omid")
    made = asking.post("/accounts", data={"name": "<b>مینا</b>", "role": "coder"})
    password = made.text.split('<div class="done"')[1].split("<code>")[1].split("</code>")[0]
    assert "<b>" not in made.text
    assert accounts.checked("<b>مینا</b>", password) is not None
    assert asking.post("/accounts/role", data={"name": "leila", "role": "admin"}).status_code == 303
    assert asking.post("/accounts/remove", data={"name": "رضا"}).status_code == 303
    assert asking.post("/accounts/remove", data={"name": "Omid"}).status_code == 400
    assert asking.post("/accounts/role", data={"name": "Omid", "role": "reader"}).status_code == 400
    reset = asking.post("/accounts/password", data={"name": "leila"})
    assert WORDS not in reset.text
    left = {each.name: each.role for each in accounts.all()}
    assert left == {"<b>مینا</b>": "coder", "leila": "admin", "Omid": "admin"}
    asking.cookies.clear()
    assert log_in(asking, "leila") == 403


@pytest.mark.parametrize("name", ["Omid", " OMID ", "omid"])
def test_the_own_account_stays_what_it_is(
    asking: TestClient, accounts: Accounts, name: str
) -> None:
    accounts.add("second", "admin", WORDS)
    log_in(asking, "Omid")
    assert asking.post("/accounts/remove", data={"name": name}).status_code == 400
    assert asking.post("/accounts/role", data={"name": name, "role": "reader"}).status_code == 400
    assert asking.post("/accounts/remove", data={"name": "nobody"}).status_code == 400
    found = accounts.find("Omid")
    assert found is not None
    assert found.role == "admin"


def test_one_administrator_is_left(accounts: Accounts) -> None:
    with pytest.raises(UsageError, match="last administrator"):
        accounts.set_role("omid", "coder")
    with pytest.raises(UsageError, match="last administrator"):
        accounts.remove("OMID")
    accounts.set_role("omid", "admin")
    accounts.set_role("leila", "admin")
    accounts.remove("omid")
    assert [each.name for each in accounts.all() if each.role == "admin"] == ["leila"]


def test_a_key_that_is_none_is_not_taken_away(asking: TestClient, corpus: Path) -> None:
    log_in(asking, "leila")
    made = asking.post("/account/tokens", data={"label": "script"}).text
    [key] = re.findall(r'name="token" value="(\w+)"', made)
    for token in ("none", key, key):
        asking.post("/account/tokens/remove", data={"token": token})
    with Corpus.open(corpus) as opened:
        assert len(trail(opened.catalogue, limit=9, what=["token-removed"])) == 1


def test_a_class_behind_one_address_logs_in() -> None:
    attempts = Attempts(Clock())
    for n in range(2 * BY_ADDRESS):
        known = Account(f"pupil{n}", "reader", "", "", "")
        assert attempts.begin(known, known.name, "192.0.2.1") == 0
        attempts.succeeded(known, known.name, "192.0.2.1")
    waits = [attempts.begin(None, f"name{n}", "192.0.2.1") for n in range(BY_ADDRESS + 1)]
    assert [wait > 0 for wait in waits] == [False] * BY_ADDRESS + [True]


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/login?back=//[", {}, 200),
        ("GET", "/language/fa?back=//[", {}, 303),
        ("GET", "//[", {}, 303),
        ("GET", "/search", {"hx-request": "true", "hx-current-url": "http://["}, 401),
        ("POST", "/login", {"origin": "http://["}, 403),
        ("GET", "/login", {"host": "localhost:["}, 400),
        ("GET", "/login", {"host": "[::1]]:80"}, 400),
    ],
)
def test_malformed_addresses_are_no_mistake(
    asking: TestClient, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    answer = asking.request(method, f"http://localhost{path}", headers=headers)
    assert answer.status_code == status
    assert answer.headers.get("location", "/") in ("/", "/login")
    assert answer.headers.get("hx-redirect", "/login") in ("/login", "/login?back=%2Fsearch")


def test_a_mistake_before_anybody_came_in_is_a_page(corpus: Path, accounts: Accounts) -> None:
    app = create_app(Settings(place=corpus, accounts=accounts.file))
    with TestClient(app, "http://localhost", raise_server_exceptions=False) as client:
        log_in(client, "leila")
        accounts.file.write_text("{", encoding="utf-8")
        answer = client.get("/", headers={"accept-language": "fa"})
    assert answer.status_code == 500
    assert 'dir="rtl"' in answer.text
    assert corpus.name not in answer.text


@pytest.mark.parametrize("address", ["/add?series=1", "/api/v1/documents"])
def test_what_others_may_not_send_is_not_read(
    asking: TestClient, accounts: Accounts, address: str
) -> None:
    taken = 0

    def body() -> Iterator[bytes]:
        nonlocal taken
        yield b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'
        for _ in range(8):
            taken += 1
            yield b"x" * (1 << 16)
        yield b"\r\n--x--\r\n"

    headers = {"content-type": "multipart/form-data; boundary=x"}
    for name, status, read in (("رضا", 403, 0), ("leila", 403, 0), ("Omid", 200, 8)):
        asking.cookies.clear()
        log_in(asking, name)
        taken = 0
        answer = asking.post(address, content=body(), headers=headers)
        assert answer.status_code in (status, 202 if status == 200 else status)
        assert answer.headers.get("connection") == ("close" if status == 403 else None)
        assert taken == read


def test_only_who_may_do_it_sends_documents(asking: TestClient) -> None:
    uploads = {
        each.path: each.roles[0]
        for each in addresses(asking.app)  # type: ignore[arg-type]
        if each.method == "POST" and each.path in app_module._UPLOADS
    }
    assert uploads == app_module._UPLOADS


def test_a_role_counts_at_once(asking: TestClient, accounts: Accounts) -> None:
    accounts.add("second", "admin", WORDS)
    log_in(asking, "Omid")
    assert asking.get("/audit").status_code == 200
    accounts.set_role("Omid", "reader")
    assert asking.get("/audit").status_code == 403
    accounts.remove("Omid")
    assert asking.get("/audit").status_code == 303


def test_htmx_is_sent_to_the_door(asking: TestClient) -> None:
    headers = {"hx-request": "true", "hx-current-url": "http://localhost/search?q=a"}
    answer = asking.get("/search", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["hx-redirect"] == "/login?back=%2Fsearch%3Fq%3Da"


def test_behind_a_proxy_with_tls_cookies_are_for_tls_alone(
    corpus: Path, accounts: Accounts
) -> None:
    app = create_app(Settings(place=corpus, accounts=accounts.file))
    with TestClient(app, base_url="https://localhost", follow_redirects=False) as client:
        answer = client.post("/login", data={"name": "leila", "password": WORDS})
    assert "__Host-textmine-" in answer.headers["set-cookie"]
    assert "; Secure" in answer.headers["set-cookie"]


# -- who codes, where there are no accounts --------------------------------------------------------


def test_a_name_is_asked_for_and_kept_until_it_is_forgotten(client: TestClient) -> None:
    for name in ("", "  "):
        answer = client.post("/name", data={"name": name, "back": "/search?q=a"})
        assert answer.status_code == 400
        assert "Write your name first." in answer.text
        assert 'value="/search?q=a"' in answer.text, "the way back is not lost"
    answer = client.post(
        "/name", data={"name": "علي", "back": "/search?q=a&page=2#x"}, follow_redirects=False
    )
    assert answer.headers["location"] == "/search?q=a&page=2#x"
    assert "علی" in client.get("/name").text, "whatever keyboard it was typed on"
    client.post("/name", data={"name": "علي", "forget": "1"})
    assert "علی" not in client.get("/name").text


def test_who_has_coded_here_is_chosen_from_a_list(client: TestClient, corpus: Path) -> None:
    assert "Who has coded here before" not in client.get("/name").text
    with Corpus.open(corpus) as opened:
        book = codebooks.load(opened.codebook_file)
        clause = next(iter(opened.catalogue.clauses()))
        own = clause.clause
        rows = [
            CodedClause(
                str(clause.document), own.id, own.language, own.text, (), who, book.reference
            )
            for who in ("Leila Karimi", "person:agreed")
        ]
        take_in(opened.catalogue, rows, book)
    html = client.get("/name?back=/code").text
    assert re.findall(r'<button name="name" value="([^"]+)"', html) == ["Leila Karimi"]
    for typed in ("Leila Karimi", "leila karimi", "Leila  Karimi", "LeilaKarimi"):
        client.post("/name", data={"name": typed, "back": "/code"})
        assert 'value="Leila Karimi" aria-pressed="true"' in client.get("/name").text
    client.post("/name", data={"name": "Leila"})
    assert "aria-pressed" not in client.get("/name").text


def test_the_way_back_from_a_part_is_the_page_around_it(client: TestClient, corpus: Path) -> None:
    with Corpus.open(corpus) as opened:
        clause = next(iter(opened.catalogue.clauses())).clause.id
    part = client.get(
        f"/clauses/{clause}/coding",
        headers={"hx-request": "true", "referer": "http://localhost/search?q=museum&page=2"},
    ).text
    assert f'href="/name?back=/search%3Fq%3Dmuseum%26page%3D2%23clause-{clause}"' in part
    answer = client.get("/code?of=double&language=fa", follow_redirects=False)
    assert answer.headers["location"] == "/name?back=%2Fcode%3Fof%3Ddouble%26language%3Dfa"


# -- the trail -------------------------------------------------------------------------------------


def test_the_trail_tells_who_did_what_in_both_languages(client: TestClient, corpus: Path) -> None:
    done = (
        ("trained", {"model": "themes-1", "clauses": 300}, "trained a model", "آموزش داد"),
        ("promoted", {"model": "m", "why": "you said so."}, "the live one", "به خواست شما"),
        ("rolled-back", {"model": "m"}, "went back to", "به مدل پیشین بازگشت"),
        ("added", {"done": 2, "failed": 1}, "read in full", "خوانده‌نشده"),
        ("search-saved", {"name": "s", "sort": "date"}, "oldest first", "جست‌وجویی را ذخیره کرد"),
        ("role-changed", {"role": "admin"}, "administrator", "مدیر"),
        ("metadata", {"before": [["title", "a"], ["kind", "b"]], "after": [["title", "c"],
         ["kind", "b"]]}, "title: ", "عنوان: "),
    )  # fmt: skip
    with Corpus.open(corpus) as opened:
        for what, detail, _, _ in done:
            opened.catalogue.note(what, who="person:leila", detail=detail)
    pages = {
        tongue: re.findall(
            "<tr>.*?</tr>",
            client.get("/audit", headers={"accept-language": tongue}).text,
            re.DOTALL,
        )[1:]
        for tongue in ("en", "fa")
    }
    for number, (_, _, english, persian) in enumerate(reversed(done)):
        for row, told in ((pages["en"][number], english), (pages["fa"][number], persian)):
            plain = re.sub("<[^>]+>", "", row)
            assert told in plain
            assert "leila" in plain
            assert "{" not in plain


def test_events_are_told_as_sentences(client: TestClient, corpus: Path) -> None:
    with Corpus.open(corpus) as opened:
        book = codebooks.load(opened.codebook_file)
        clauses = list(opened.catalogue.clauses())[:3]

        def coded(who: str, number: int) -> CodedClause:
            own = clauses[number].clause
            document = str(clauses[number].document)
            return CodedClause(document, own.id, own.language, own.text, (), who, book.reference)

        take_in(opened.catalogue, [coded("leila", 0), coded("leila", 1)], book)
        take_in(opened.catalogue, [coded("leila", 2)], book)
        take_in(opened.catalogue, [coded("person:agreed", 2)], book, who="person:leila")
        take_back(opened.catalogue, acts(opened.catalogue, limit=1)[0], who="person:leila")
    number = str(clauses[0].document)
    for tongue, told in (
        (
            "en",
            ["took a decision on a clause back", "settled a clause, on which coders differed",
             "coded a clause", f"coded 2 clauses (document {number})"],
        ),
        (
            "fa",
            ["تصمیمی دربارهٔ یک بند را پس گرفت", "اختلاف کدگذاران بر سر یک بند را حل کرد",
             "یک بند را کدگذاری کرد", f"۲ بند را کدگذاری کرد (سند {in_digits(number, 'fa')})"],
        ),
    ):  # fmt: skip
        client.headers["accept-language"] = tongue
        lines = re.findall('<li><span class="soft">.*?</li>', client.get("/").text)[:4]
        plain = [re.sub("<[^>]+>", "", line).split("leila: ")[1] for line in lines]
        assert plain == told
        assert f'href="/clauses/{clauses[2].clause.id}"' in lines[0]
    trail_page = re.sub("<[^>]+>", "", client.get("/audit").text)
    assert "اختلاف کدگذاران را حل کرد" in trail_page
    assert "۲ بند را کدگذاری کرد" in trail_page


# -- every address ---------------------------------------------------------------------------------

FREE = {
    *(("GET", "/login"), ("POST", "/login")),
    *(("GET", "/language/{tongue}"), ("GET", "/theme/{theme}")),
}
"""What needs no account."""

OWN = {
    *(("POST", "/logout"), ("POST", "/name"), ("POST", "/account/password")),
    *(("POST", "/account/tokens"), ("POST", "/account/tokens/remove")),
}
"""What readers may change: what is theirs."""


def test_every_address_asks_for_one_role(asking: TestClient) -> None:
    found = addresses(asking.app)  # type: ignore[arg-type]
    assert len(found) > 50
    wrong = [each for each in found if len(each.roles) != 1 and each[:2] not in FREE]
    assert wrong == []


def test_what_changes_anything_is_not_for_readers(asking: TestClient) -> None:
    wrong = [
        each
        for each in addresses(asking.app)  # type: ignore[arg-type]
        if each.method != "GET" and each.roles == ("reader",) and each[:2] not in OWN
    ]
    assert wrong == []


def test_every_address_is_refused_to_who_may_not(asking: TestClient) -> None:
    wrong = []
    order = ["", "reader", "coder", "admin"]
    for name, role in (("", ""), ("رضا", "reader"), ("leila", "coder")):
        asking.cookies.clear()
        if name:
            assert log_in(asking, name) == 303
        for each in addresses(asking.app):  # type: ignore[arg-type]
            if order.index(each.roles[0] if each.roles else "") <= order.index(role):
                continue
            answer = asking.request(each.method, each.filled())
            if name:
                fine = answer.status_code == 403
            elif each.path.startswith("/api/"):
                fine = answer.status_code == 401
            else:
                fine = answer.status_code == 303 and "/login" in answer.headers["location"]
            if not fine:
                wrong.append((role, each, answer.status_code))
    assert wrong == []


def test_nobody_sees_what_the_api_offers(asking: TestClient) -> None:
    assert asking.get("/api/openapi.json").status_code == 401
    assert asking.get("/nowhere").status_code == 303, "not even what there is not"
    assert asking.get("/static/workbench.css").status_code == 200


def test_what_is_done_carries_the_account(corpus: Path) -> None:
    with Corpus.open(corpus) as opened:
        with acting("person:Omid"):
            opened.catalogue.note("promoted", detail={"model": "m"})
            opened.catalogue.note("decisions", who="person:agreed", detail={"by": "root"})
        opened.catalogue.note("promoted", detail={"model": "m"})
        by_system, settled, promoted = trail(opened.catalogue, limit=3)
    assert promoted.who == "person:Omid"
    assert (settled.who, settled.detail["by"]) == ("person:agreed", "person:Omid")
    assert by_system.who.startswith("user:")


def test_a_request_acts_for_its_account(asking: TestClient, corpus: Path) -> None:
    log_in(asking, "Omid")
    asking.post("/searches", data={"name": "museums", "q": "museum"})
    with Corpus.open(corpus) as opened:
        saved = trail(opened.catalogue, limit=1, what=["search-saved"])
    assert [each.who for each in saved] == ["person:Omid"]


def test_an_account_has_a_stamp_of_its_own(accounts: Accounts) -> None:
    before = accounts.find("leila")
    accounts.remove("leila")
    after = accounts.add("leila", "coder", WORDS)
    assert isinstance(before, Account)
    assert before.stamp != after.stamp


def test_the_file_is_not_made_open(accounts: Accounts) -> None:
    os.chmod(accounts.file, 0o644)
    accounts.set_role("leila", "reader")
    assert stat.S_IMODE(accounts.file.stat().st_mode) == 0o600
