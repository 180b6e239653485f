"""Reading in the workbench: the list, a document beside its pictures, two languages."""

from __future__ import annotations

import io
import os
import re
import struct
import threading
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from markupsafe import Markup
from PIL import Image
from playwright.sync_api import Page, expect

from textmine import drawing
from textmine.drawing import draw_page
from textmine.errors import ReadError
from textmine.records import Clause, ClauseKind, Code, Language, Span
from textmine.records import Page as PageOfText
from textmine.reports.pages import linked_page
from textmine.store.corpus import Corpus
from textmine.web.clause import ShownClause, marked_text
from textmine.web.language import interface
from textmine.web.pictures import Pictures
from textmine.web.reading.places import CLAUSES_AT_ONCE, Outline, Row, Sheet, side_by_side
from textmine.worker import Limits

DOCUMENTS = Path(__file__).resolve().parent.parent / "corpus" / "documents"
AGREEMENT = DOCUMENTS / "bilingual" / "bi-01-kashan-fez.pdf"


def number_of(client: TestClient, name: str) -> str:
    found = re.search(
        rf'href="/documents/(\d+)">(?:(?!</li>).)*?{re.escape(name)}',
        client.get("/documents").text,
        re.DOTALL,
    )
    assert found
    return found[1]


def titles(html: str) -> int:
    return html.count('class="title"')


# ---- The list ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 6),
        ("?q=كرمان", 1),  # from an Arabic keyboard
        ("?q=kashan fez", 1),
        ("?q=nothing of the kind", 0),
        ("?state=failed", 1),
        ("?state=done&language=fa", 3),
        ("?language=fa&language=en", 3),
        ("?kind=memorandum", 2),
        ("?page=99", 6),
        ("?page=۱&sort=title", 6),
        ("?sort=nonsense", 6),
    ],
)
def test_the_list_is_narrowed(client: TestClient, query: str, found: int) -> None:
    answer = client.get(f"/documents{query}")
    assert answer.status_code == 200
    assert titles(answer.text) == found


def test_a_facet_counts_what_its_link_finds(client: TestClient) -> None:
    html = client.get("/documents").text
    links = re.findall(
        r'<a href="(/documents\?[^"]+)"><bdi>[^<]*</bdi> <span class="count">(\d+)', html
    )
    assert len(links) > 8
    for address, count in links:
        assert titles(client.get(address.replace("&amp;", "&")).text) == int(count)


def test_what_failed_comes_first_with_what_to_do(client: TestClient) -> None:
    for tongue, words in (
        ("en", "The end of the file is missing"),
        ("fa", "پایان پرونده افتاده است"),
    ):
        html = client.get("/documents", headers={"accept-language": tongue}).text
        assert html.index("torn.pdf") < html.index("bi-01-kashan-fez.pdf")
        assert words in html


def test_htmx_gets_the_list_alone(client: TestClient) -> None:
    part = client.get("/documents?q=kashan", headers={"hx-request": "true"}).text
    assert part.lstrip().startswith('<div id="documents"')
    whole = client.get("/documents", headers={"hx-request": "true", "hx-request-type": "full"}).text
    assert whole.startswith("<!doctype html>")


def test_what_cannot_be_read_is_removed_from_the_list(client: TestClient) -> None:
    number = number_of(client, "torn.pdf")
    html = client.get("/documents?state=failed").text
    assert f'action="/documents/{number}/remove"' in html
    assert html.count("/remove") == 1
    done = client.post(f"/documents/{number}/remove", data={"state": "failed"})
    assert done.url.query == f"state=failed&removed={number}".encode()
    assert "torn.pdf</bdi> was removed from the corpus" in done.text
    assert "<bdi>not readable</bdi>" in done.text  # as it was called before
    assert titles(client.get("/documents").text) == 5
    assert client.get(f"/documents/{number}").status_code == 404
    assert client.post(f"/documents/{number}/remove").status_code == 404
    assert "removed a document" in client.get("/audit").text
    assert f"/documents/{number}" not in client.get("/audit").text
    assert "was removed" not in client.get(f"/documents?removed={int(number) + 1}").text


def test_a_document_is_removed_unless_people_have_coded_it(client: TestClient) -> None:
    number = number_of(client, "fa-01-kerman-cordoba.pdf")
    page = client.get(f"/documents/{number}").text
    assert f'action="/documents/{number}/remove"' in page
    clause = re.search(r'id="clause-([^"]+)"', page)
    assert clause
    decision = f"/api/v1/clauses/{clause[1]}/decision"
    stood = client.get(f"{decision}?coder=leila").json()["token"]
    decided = {"codes": ["cultural"], "coder": "leila", "stood": stood}
    assert client.post(decision, json=decided).is_success
    page = client.get(f"/documents/{number}").text
    assert "/remove" not in page
    assert "what people decided is never removed" in page
    refused = client.post(f"/documents/{number}/remove")
    assert refused.status_code == 400
    assert "what people decided is never removed" in refused.text
    assert client.get(f"/documents/{number}").status_code == 200


# ---- A document -------------------------------------------------------------------------------


def test_a_page_has_its_clauses_their_codes_and_their_boxes(client: TestClient) -> None:
    html = client.get(f"/documents/{number_of(client, 'bi-01')}?page=2").text
    clauses = set(re.findall(r'<article class="clause"[^>]* data-clause="([^"]+)"', html))
    boxes = set(re.findall(r'class="box" data-of="([^"]+)"', html))
    assert clauses
    assert boxes == clauses
    assert 'class="code machine"' in html
    assert '<mark class="evidence"' in html


@pytest.mark.parametrize("name", ["en-02", "fa-08"])
def test_a_document_without_pictures_shows_its_text(client: TestClient, name: str) -> None:
    html = client.get(f"/documents/{number_of(client, name)}").text
    clauses = set(re.findall(r'data-clause="([^"]+)"', html))
    pieces = set(re.findall(r'class="piece" href="[^"]+" data-of="([^"]+)"', html))
    assert pieces == clauses
    assert ".png" not in html


def test_a_document_that_cannot_be_read_says_why(client: TestClient) -> None:
    html = client.get(f"/documents/{number_of(client, 'torn.pdf')}").text
    assert "The end of the file is missing" in html
    assert 'id="sheet"' not in html


def test_a_clause_leads_to_its_page(client: TestClient, corpus: Path) -> None:
    with Corpus.open(corpus) as opened:
        stored = next(each for each in opened.catalogue.clauses() if each.clause.page == 3)
    answer = client.get(f"/clauses/{stored.clause.id}", follow_redirects=False)
    assert answer.status_code == 303
    where = answer.headers["location"]
    assert where.endswith(f"#clause-{stored.clause.id}")
    html = client.get(where).text
    assert re.search(rf'data-clause="{re.escape(stored.clause.id)}"[^>]*aria-current="true"', html)
    assert 'value="3"' in html
    assert client.get("/clauses/0000000000.00000000").status_code == 404


@pytest.mark.parametrize(
    "address",
    ["/documents/999", "/documents/99999999999999999999", "/documents/1/pages/99.png",
     "/documents/1/pages/x.png", "/documents/999/original", "/documents/999/languages"],
)  # fmt: skip
def test_what_there_is_not_is_not_found(client: TestClient, address: str) -> None:
    assert client.get(address).status_code == 404


def test_counterparts_stand_side_by_side(client: TestClient) -> None:
    html = client.get(f"/documents/{number_of(client, 'bi-01')}/languages").text
    pairs = re.findall(
        r'<div class="pair">\s*<div class="fa">(.*?)</div>\s*<div class="en">(.*?)</div>\s*</div>',
        html,
        re.DOTALL,
    )
    names = [
        tuple(re.findall(r'class="name"[^>]*><bdi>([^<]+)</bdi>', side))
        for pair in pairs
        for side in pair
    ]
    both = list(zip(names[::2], names[1::2], strict=True))
    assert (("Article \u20681\u2069",), ("Article \u20681\u2069",)) in both
    assert sum(one == other for one, other in both) > 15


def test_the_whole_document_can_be_printed(client: TestClient) -> None:
    number = number_of(client, "bi-01")
    html = client.get(f"/documents/{number}/print").text
    assert html.count('<article class="clause"') == 46


def test_an_original_is_given_to_be_kept_only(client: TestClient) -> None:
    answer = client.get(f"/documents/{number_of(client, 'bi-01')}/original")
    assert answer.content == AGREEMENT.read_bytes()
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_an_original_that_is_gone_is_told(client: TestClient, corpus: Path) -> None:
    number = number_of(client, "fa-08")
    for file in (corpus / "originals").rglob("*.txt"):
        file.unlink()
    answer = client.get(f"/documents/{number}/original")
    assert answer.status_code == 400
    assert "/original" not in client.get(f"/documents/{number}").text


# ---- Pictures ---------------------------------------------------------------------------------


def test_a_picture_is_drawn_once_and_kept(client: TestClient, corpus: Path) -> None:
    number = number_of(client, "fa-01")
    answer = client.get(f"/documents/{number}/pages/1.png")
    assert answer.headers["content-type"] == "image/png"
    picture = Image.open(io.BytesIO(answer.content))
    assert picture.height == 1684  # A4 at 144 dpi
    low, _ = picture.convert("L").getextrema()
    assert isinstance(low, int)
    assert low < 64  # there is something on it
    [kept] = (corpus / "pictures").glob("*.png")
    assert kept.read_bytes() == answer.content
    kept.write_bytes(b"as kept")
    assert client.get(f"/documents/{number}/pages/1.png").content == b"as kept"


def test_whoever_waits_too_long_for_a_picture_is_told_so(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("textmine.web.pictures._WAITING", 0.01)
    desk = client.app.state.desk  # type: ignore[attr-defined]
    number = number_of(client, "fa-01")
    address = f"/documents/{number}/pages/1.png"
    for n in range(100):  # what users ask for makes nobody forget what is being drawn
        desk.remember(("asked", n), lambda: True)
    pictures = desk.pictures
    for _ in range(2):
        assert pictures._drawing.acquire(blocking=False)
    answer = client.get(address)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    [document] = desk.corpus.catalogue.documents(number=int(number))
    pictures._under_way[f"{document.sha256}-1-1.png"] = threading.Event()
    assert client.get(address).status_code == 503
    pictures._under_way.clear()
    for _ in range(2):
        pictures._drawing.release()
    assert client.get(address).status_code == 200


def test_the_oldest_pictures_go_first(corpus: Path) -> None:
    with Corpus.open(corpus) as opened:
        pictures = Pictures(opened, kept_bytes=250)
        for age, name in ((30, "a.png"), (10, "b.png"), (20, "c.png")):
            pictures._keep(name, b"x" * 100)
            os.utime(corpus / "pictures" / name, (age, age))
        pictures._keep("d.png", b"x" * 100)
    assert {each.name for each in (corpus / "pictures").iterdir()} == {"a.png", "d.png"}


def test_a_page_that_cannot_be_drawn_is_not_drawn_again(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def refuse(*_: object) -> None:
        tried.append(1)
        raise ReadError("damaged", "Page 1 cannot be drawn.")

    monkeypatch.setattr("textmine.web.pictures.draw_page", refuse)
    address = f"/documents/{number_of(client, 'fa-01')}/pages/2.png"
    assert [client.get(address).status_code for _ in range(3)] == [404, 404, 404]
    assert len(tried) == 1


def test_pictures_of_scans_and_of_pages_beyond_measure(tmp_path: Path) -> None:
    scan = tmp_path / "scan.png"
    Image.new("RGBA", (600, 800), (255, 0, 0, 128)).save(scan, dpi=(300, 300))
    drawn = draw_page(scan, "picture", 1)
    assert (drawn.width, drawn.height) == (288, 384)
    assert drawn.pixels[:3] == bytes((255, 127, 127))
    wide = tmp_path / "wide.pdf"
    Image.new("L", (20, 10), 255).save(wide, "PDF", resolution=0.1)  # 14,400 points wide
    drawn = draw_page(wide, "pdf", 1)
    assert drawn.width * drawn.height <= drawing.MOST_PIXELS


@pytest.mark.parametrize(
    ("name", "content", "number"),
    [
        ("torn.pdf", b"%PDF-1.7\nnothing follows", 1),
        ("beyond.pdf", AGREEMENT.read_bytes(), 7),
        ("before.pdf", AGREEMENT.read_bytes(), 0),
    ],
)
def test_what_cannot_be_drawn(tmp_path: Path, name: str, content: bytes, number: int) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(ReadError, match=f"Page {number} cannot be drawn") as error:
        draw_page(file, "pdf", number)
    assert error.value.reason == "damaged"


def test_a_process_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(AGREEMENT.read_bytes())
    with pytest.raises(ReadError) as error:
        draw_page(file, "pdf", 1, limits=Limits(wall_seconds=0.0))
    assert error.value.reason == "timeout"


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"1234567",
        struct.pack(">II", 2, 2) + b"x" * 11,
        struct.pack(">II", 2, 2) + b"x" * 13,
        struct.pack(">II", 1 << 31, 1 << 31),
        struct.pack(">II", 0, 0),
        struct.pack(">II", 0, 5),
        b"\x89PNG\r\n\x1a\n" + b"x" * 100,
    ],
)
def test_what_a_captured_process_sends_is_never_more_than_pixels(message: bytes) -> None:
    with pytest.raises(ReadError):
        drawing._taken_in(message, 1)


# ---- Places -----------------------------------------------------------------------------------


def clause(
    id: str, start: int, end: int, page: int = 1, language: Language = "fa",
    kind: ClauseKind = "article",
) -> Clause:  # fmt: skip
    return Clause(id, 0, kind, None, None, "", language, page, (Span(start, end),))


def test_a_clause_is_shown_on_every_page_that_it_reaches() -> None:
    clauses = (clause("a", 0, 50), clause("b", 50, 130), clause("c", 130, 199, 2))
    outline = Outline.of({1: 0, 2: 100, 3: 200}, clauses)
    assert [each.id for each in outline.on_page(1)] == ["a", "b"]
    assert [each.id for each in outline.on_page(2)] == ["b", "c"]
    assert outline.on_page(3) == []
    assert outline.sheet_of("b") == Sheet(1)
    assert outline.sheet_of("x") is None


def test_a_page_with_many_clauses_is_shown_in_parts() -> None:
    many = tuple(clause(f"c{n}", 10 * n, 10 * n + 10) for n in range(2 * CLAUSES_AT_ONCE + 1))
    outline = Outline.of({1: 0, 4: 5000}, many)
    walked = [outline.sheet(0, 0)]
    while (after := outline.after(walked[-1])) is not None:
        assert outline.before(after) == walked[-1]
        walked.append(after)
    assert walked == [Sheet(1, 1), Sheet(1, 2), Sheet(1, 3), Sheet(4, 1)]
    shown = [each.id for sheet in walked for each in outline.clauses_of(sheet)]
    assert shown == [each.id for each in many]
    assert outline.sheet_of("c60") == Sheet(1, 2)
    assert outline.sheet(3, 9) == Sheet(4, 1)


def test_a_document_of_which_no_pages_are_kept_goes_by_its_clauses() -> None:
    outline = Outline.of({}, (clause("a", 0, 9), clause("b", 9, 20, 2)), [3])
    assert [each.id for each in outline.on_page(2)] == ["b"]
    assert outline.numbers == (1, 2, 3)


def test_clauses_without_counterparts_stand_where_they_belong() -> None:
    fa = [clause(each, 0, 1) for each in "abcd"]
    en = [clause(each, 0, 1, language="en") for each in "vwxyz"]
    pairs = {"b": "x", "x": "b", "d": "w", "w": "d"}  # the other way round in English
    rows = side_by_side([*fa, *en], pairs)
    assert rows == [
        Row(("a",), ("v",)),
        Row(("b",), ("x",)),
        Row(("c",), ("y", "z")),
        Row(("d",), ("w",)),
    ]
    told = sorted(each for row in rows for side in row for each in side)
    assert told == sorted("abcdvwxyz")


# ---- The text of a page -----------------------------------------------------------------------


def test_cells_of_two_languages_run_each_in_its_own_direction() -> None:
    text = "پیمان دو شهر\nماده ۱. دوستی\tArticle 1. Friendship\nماده ۲. صلح\tماده ۳. کار"
    html = linked_page(PageOfText(1, text, ()), 0, (), lambda clause: Markup("<a>"))
    blocks = re.findall(r"<div ([^>]*)>(.*?)</div>", html, re.DOTALL)
    assert blocks == [
        ("lang=fa dir=rtl", "پیمان دو شهر\nماده ۱. دوستی\t"),
        ("lang=en dir=ltr", "Article 1. Friendship\n"),
        ("lang=fa dir=rtl", "ماده ۲. صلح\tماده ۳. کار"),
    ]
    assert "".join(words for _, words in blocks) == text  # nothing is lost


# ---- Marks ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "number", "en", "fa"),
    [
        ("article", "5", "Article [5]", "ماده [۵]"),
        ("paragraph", "2.a", "Paragraph [2.a]", "بند [۲.a]"),
        ("note", "3.note", "Note to Article [3]", "تبصرهٔ مادهٔ [۳]"),
        ("note", "5.note-1", "Note [1] to Article [5]", "تبصرهٔ [۱] مادهٔ [۵]"),
        ("note", "4", "Note [4]", "تبصره [۴]"),
        ("paragraph", "5.note-1.a", "Paragraph [5.note 1.a]", "بند [۵.تبصره ۱.a]"),
        ("preamble", None, "Preamble", "مقدمه"),
    ],
)
def test_a_clause_is_called_by_its_kind_and_its_isolated_number(
    kind: ClauseKind, number: str | None, en: str, fa: str
) -> None:
    one = ShownClause("a", 1, 0, kind, number, None, "fa", 1, "", (), read=True)
    for tongue, said in (("en", en), ("fa", fa)):
        label = one.label(interface(tongue))
        assert label.replace("\u2068", "[").replace("\u2069", "]") == said


def test_items_of_a_persian_list_have_the_letters_that_the_document_prints(
    client: TestClient, corpus: Path
) -> None:
    with Corpus.open(corpus) as opened:
        lettered = [
            each for each in opened.catalogue.clauses() if each.clause.number == "1.note-1.c"
        ]
    [item] = [each for each in lettered if each.clause.language == "fa"]  # «ج) …»
    address = f"/documents/{item.document}?clause={item.clause.id}"
    called = "تبصرهٔ \u2068۱.ج\u2069 مادهٔ \u2068۱\u2069"
    assert called in client.get(address, headers={"accept-language": "fa"}).text
    assert "Note \u20681.c\u2069 to Article \u20681\u2069" in client.get(address).text
    for query in ("ماده:«۱.note-1.ج»", "article:1.note-1.c"):
        found = client.get("/search", params={"q": query}, headers={"accept-language": "fa"}).text
        assert f'data-clause="{item.clause.id}"' in found
        assert called in found
    file = client.get("/search/export", params={"q": f"clause:{item.clause.id}", "as": "csv"}).text
    assert "1.note-1.c,1.note-1.ج," in file


def test_marks_overlap_and_keep_every_character() -> None:
    code = Code("peace", {"en": "Peace & quiet", "fa": "صلح"}, {})
    text = "peace <b>\u202e and\r\n trade"
    html = marked_text(text, [Span(0, 5), Span(90, 95)], [(Span(2, 9), code)], interface("en"))
    assert 'class="hit" data-start="0">pe<' in html
    assert (
        '<mark class="hit evidence" data-start="2" data-codes="peace" '
        'title="Peace &amp; quiet">ace</mark>' in html
    )
    assert '<mark class="evidence" data-start="5"' in html
    bare = re.sub(r"<span class=\"ctl\"[^>]*>RLO</span>", "\u202e", str(html))
    bare = re.sub(r"<[^>]+>", "", bare).replace("&lt;", "<").replace("&gt;", ">")
    assert bare.replace("&#13;", "\r") == text


# ---- In a browser -----------------------------------------------------------------------------


def test_reading_beside_the_picture(served: str, page: Page, tongue: str) -> None:
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(f"{served}/documents")
    page.get_by_role("searchbox").press_sequentially("kashan")
    expect(page.locator(".documents > li")).to_have_count(1)
    page.locator(".documents .title a").click()
    picture = page.locator(".picture img")
    picture.evaluate("picture => picture.decode()")
    second = page.locator(".spread .clause").nth(1)
    name = second.get_attribute("data-clause")
    box = page.locator(f'.box[data-of="{name}"]')
    second.locator(".text").hover()
    expect(box).to_have_class(re.compile("lit"))
    # A box lies where the words are, whatever the direction of the page.
    shape, sheet = box.locator("rect").first.bounding_box(), picture.bounding_box()
    assert shape
    assert sheet
    assert sheet["x"] < shape["x"] < shape["x"] + shape["width"] < sheet["x"] + sheet["width"]
    third = page.locator(".spread .clause").nth(2)
    page.locator(f'.box[data-of="{third.get_attribute("data-clause")}"] rect').first.click()
    expect(third).to_have_attribute("aria-current", "true")
    expect(third).to_be_focused()
    # The next page comes without a new page, and going back brings the first one again.
    page.locator('#sheet nav a[rel="next"]').click()
    expect(page.locator("#page")).to_have_value({"fa": "۲", "en": "2"}[tongue])
    assert page.url.endswith("?page=2")
    page.go_back()
    expect(page.locator("#page")).to_have_value({"fa": "۱", "en": "1"}[tongue])
    expect(page.locator("header.top")).to_have_count(1)
    assert wrong == []


def test_a_page_that_cannot_be_drawn_offers_its_text(
    served: str, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise ReadError("damaged", "Page 1 cannot be drawn.")

    monkeypatch.setattr("textmine.web.pictures.draw_page", refuse)
    page.goto(f"{served}/documents?q=kerman")
    page.locator(".documents .title a").first.click()
    page.get_by_role("link", name="Show its text instead").click()
    expect(page.locator(".pagetext .piece").first).to_be_visible()
