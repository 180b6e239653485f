"""What every page must be, seen in a browser: axe, narrow screens, keyboard, print, word order."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from web_desk import Served
from web_routes import addresses

PAGES = (
    "/",
    "/help",
    "/nowhere",
    "/documents",
    "/documents?state=failed",
    "/documents/1",
    "/documents/1/languages",
    "/documents/1/print",
    "/clauses/{clause}/coding",
    "/clauses/{clause}/history",
    "/code",
    "/code/progress",
    "/codebook",
    "/codebook/cultural",
    "/search",
    "/search?q=شهر",
    "/search?q=yaer:1993",
    "/search/similar?clause={clause}",
    "/concordance?q=شهر",
    "/searches",
    "/add",
    "/work",
    "/models",
    "/models/themes",
    "/quality",
    "/quality/reliability",
    "/quality/disagreements",
    "/results",
    "/results/codes",
    "/results/tables",
    "/results/trends",
    "/results/together",
    "/results/ties",
    "/results/ties/map",
    "/results/topics",
    "/name",
    "/accounts",
    "/audit",
    "/api",
)
"""Pages of every part; ``{clause}`` is a clause that people have coded."""

ENTRANCE = ("/login", "/account")
"""Pages that only a workbench with accounts has."""

PARTS = {"/quality/pairs", "/results/clauses", "/results/ties/one", "/search/suggest"}
"""Parts of pages, and what leads to another page."""

WIDE, NARROW = {"width": 1280, "height": 860}, {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def desk(lived_in: Path, clause: str) -> Iterator[str]:
    """The address of a workbench that all tests here only look at."""
    from textmine.web import Settings

    server = Served(Settings(place=lived_in))
    yield server.address
    server.stop()


@pytest.fixture(scope="module")
def clause(lived_in: Path) -> str:
    from textmine.store.corpus import Corpus

    with Corpus.open(lived_in) as corpus:
        return next(iter(corpus.catalogue.clauses())).clause.id


@pytest.fixture(scope="module")
def axe() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def dressed(page: Page, tongue: str, theme: str, address: str) -> list[str]:
    """Choose language and theme for the pages to come; what goes wrong on them is collected."""
    cookies = {"language": tongue, "theme": theme}
    page.context.add_cookies(
        [{"name": name, "value": value, "url": address} for name, value in cookies.items()]
    )
    wrong: list[str] = []
    page.on("console", lambda said: said.type == "error" and wrong.append(said.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda asked: asked.url.startswith(address) or wrong.append(asked.url))
    return wrong


def broken_rules(page: Page, axe: str) -> list[str]:
    """What axe finds on the page as it stands."""
    page.evaluate(axe)
    found: dict[str, Any] = page.evaluate("axe.run({resultTypes: ['violations']})")
    return [
        f"{rule['id']}: {node['target']} {node['html'][:120]}"
        for rule in found["violations"]
        for node in rule["nodes"][:3]
    ]


@pytest.mark.parametrize(("tongue", "theme"), [("fa", "light"), ("en", "dark")])
def test_axe_finds_nothing_on_any_page(
    desk: str, page: Page, clause: str, axe: str, tongue: str, theme: str
) -> None:
    wrong = dressed(page, tongue, theme, desk)
    page.emulate_media(reduced_motion="reduce")
    page.set_default_navigation_timeout(90_000)  # the first search by meaning loads an encoder
    faults: dict[str, list[str]] = {}
    for path in PAGES:
        page.set_viewport_size(WIDE)
        page.goto(desk + path.format(clause=clause))
        page.wait_for_function(COMPUTED, timeout=60_000)
        faults[path] = broken_rules(page, axe)
        if tongue == "en":
            continue  # what follows does not hang on the theme, and Persian is the harder one
        page.set_viewport_size(NARROW)
        across = page.evaluate(ACROSS)
        faults[path] += [f"wider than a narrow screen: {across}"] if across else []
        faults[path] += [f"Latin digits in Persian: {text}" for text in page.evaluate(LATIN)]
    found = {path: each for path, each in faults.items() if each}
    assert found == {}, json.dumps(found, ensure_ascii=False, indent=1)
    assert [each for each in wrong if "404" not in each and "400" not in each] == []


def test_axe_finds_what_is_spoilt(desk: str, page: Page, axe: str) -> None:
    page.goto(f"{desk}/name")
    page.evaluate("document.documentElement.removeAttribute('lang')")
    page.evaluate("document.querySelector('main h1').style.color = '#bbb'")
    page.evaluate("document.querySelector('main button').textContent = ''")
    found = {each.split(":")[0] for each in broken_rules(page, axe)}
    assert found == {"html-has-lang", "color-contrast", "button-name"}


def test_axe_finds_nothing_at_the_entrance(
    lived_in: Path, page: Page, axe: str, tmp_path: Path, tongue: str
) -> None:
    from textmine.web import Settings
    from textmine.web.accounts import Accounts

    accounts = Accounts(tmp_path / "accounts.json")
    accounts.add("Leila", "admin", "seven wild tulips")
    twin = lived_in.with_name("twin")
    server = Served(Settings(place=twin, accounts=accounts.file))
    faults = {}
    try:
        page.goto(f"{server.address}/documents")
        faults["/login"] = broken_rules(page, axe)
        page.locator("input[name=name]").fill("Leila")
        page.locator("input[name=password]").fill("seven wild tulips")
        page.keyboard.press("Enter")
        page.wait_for_url("**/documents")
        for path in ("/account", "/accounts", "/audit"):
            page.goto(server.address + path)
            faults[path] = broken_rules(page, axe)
    finally:
        server.stop()
    assert {path: each for path, each in faults.items() if each} == {}


COMPUTED = """() => !document.querySelector(
  'main [hx-trigger^="load delay"], main [hx-trigger^="every"], .chart[hx-get]:not(:has(svg))'
)"""
"""Whether what is computed apart from the request has come."""

ACROSS = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return "";
  const past = [...document.querySelectorAll("main *, header *")].filter((each) => {
    const box = each.getBoundingClientRect();
    return (box.right > wide + 1 || box.left < -1) && !each.closest(".scroll, .chart, .hidden");
  });
  return past.slice(0, 3).map((each) => each.outerHTML.slice(0, 100)).join(" | ") || "something";
}"""
"""What makes the page scroll sideways."""

LATIN = """() => {
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const at = walker.currentNode.parentElement;
    const own = at.closest("[lang], [dir]");
    const said = walker.currentNode.data.replace(/\\bF1\\b/g, "");  // the name of a measure
    if (!/[0-9]/.test(said) || own && own !== document.documentElement) continue;
    if (at.closest("code, kbd, pre, bdi, .code, svg, script, option, textarea")) continue;
    found.push(walker.currentNode.data.trim().slice(0, 60));
  }
  return found.slice(0, 5);
}"""
"""Figures of the interface that were not written in its digits; text of documents has its own."""


def test_every_page_is_among_those_looked_at(lived_in: Path) -> None:
    from textmine.web import Settings, create_app

    seen = {path.split("?")[0] for path in (*PAGES, *ENTRANCE)}
    wanted = {
        each.path
        for each in addresses(create_app(Settings(place=lived_in)))
        if each.method == "GET" and "{" not in each.path and "/export" not in each.path
    }
    assert {path for path in wanted - seen if not path.startswith("/api/")} == PARTS


class Attributes(HTMLParser):
    """Collects attributes that hold markup, which is shown as such."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [f"{tag} {name}={value}" for name, value in attrs if "<" in (value or name)]


def test_no_attribute_holds_markup(desk: str, clause: str, tongue: str) -> None:
    import httpx

    found = {}
    for path in (*PAGES, "/quality/pairs"):
        answer = httpx.get(
            desk + path.format(clause=clause), cookies={"language": tongue}, timeout=90
        )
        parser = Attributes()
        parser.feed(answer.text)
        found[path] = parser.found
    assert {path: each for path, each in found.items() if each} == {}


ORDER = """(text) => {
  const words = [];
  const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  const whole = document.createRange();
  while (walker.nextNode()) {
    for (const word of walker.currentNode.data.matchAll(/\\S+/g)) {
      whole.setStart(walker.currentNode, word.index);
      whole.setEnd(walker.currentNode, word.index + word[0].length);
      const box = whole.getClientRects()[0];
      words.push([Math.round(box.top), Math.round(box.right), word[0]]);
    }
  }
  return words.sort((a, b) => a[0] - b[0] || b[1] - a[1]).map((each) => each[2]).join(" ");
}"""
"""The pieces of a text between spaces and marks, line by line from right to left as they stand."""

UNMARKED = """(text) => {
  for (const mark of text.querySelectorAll("mark")) mark.replaceWith(...mark.childNodes);
  text.normalize();
}"""


def test_marks_do_not_change_the_order_of_words(desk: str, page: Page, tongue: str) -> None:
    page.set_viewport_size(WIDE)
    page.goto(f"{desk}/search?q=مداخله داخلی")
    text = page.locator(".clause .text", has_text="MoU").first
    assert text.locator("mark").count() >= 2
    marked = text.evaluate(ORDER)
    text.evaluate(UNMARKED)
    assert text.locator("mark").count() == 0
    plain = text.evaluate(ORDER)
    assert plain.replace(" ", "") == marked.replace(" ", "")
    # The sentence begins in Latin, and at the right all the same.
    assert plain.startswith("MoU میان شهرداری کرمان")
    assert text.get_attribute("dir") == "rtl"


def test_everything_can_be_reached_by_the_keyboard_and_is_seen_there(
    desk: str, page: Page, tongue: str
) -> None:
    page.set_viewport_size(WIDE)
    page.goto(f"{desk}/documents")
    wanted = page.evaluate(
        """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
          .filter((each) => each.checkVisibility({visibilityProperty: true}) && !each.disabled
            && each.type !== "hidden" && each.tabIndex >= 0).length"""
    )
    seen, unmarked = set(), []
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    for _ in range(wanted + 5):
        at = page.evaluate(
            """() => {
              const at = document.activeElement;
              if (at === document.body) return null;
              at.dataset.tabbed ||= String(document.querySelectorAll("[data-tabbed]").length + 1);
              const box = at.getBoundingClientRect();
              const shown = getComputedStyle(at).outlineStyle !== "none" && box.width > 0;
              return [at.dataset.tabbed, shown, at.outerHTML.slice(0, 80)];
            }"""
        )
        if at is None:
            break
        seen.add(at[0])
        if not at[1]:
            unmarked.append(at[2])
        page.keyboard.press("Tab")
    assert unmarked == []
    assert len(seen) >= wanted


def test_help_opens_in_its_place_and_gives_the_focus_back(desk: str, page: Page) -> None:
    page.goto(f"{desk}/documents")
    page.keyboard.press("?")
    dialog = page.locator("dialog#help")
    dialog.get_by_role("heading", name="Keys").wait_for()
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert page.url == f"{desk}/documents"
    # the Persian layout of a keyboard
    page.locator("body").dispatch_event("keydown", {"key": "؟", "code": "Slash", "bubbles": True})
    dialog.get_by_role("heading", name="Keys").wait_for()
    page.get_by_role("button", name="Close").click()
    assert not dialog.is_visible()


def test_printed_is_what_is_read(desk: str, page: Page) -> None:
    page.goto(f"{desk}/help")
    page.emulate_media(media="print")
    assert not page.locator("header.top").is_visible()
    assert page.get_by_role("heading", name="First steps").is_visible()


def test_a_printed_search_says_what_was_searched(desk: str, page: Page, tongue: str) -> None:
    page.set_viewport_size({"width": 680, "height": 900})  # paper
    page.goto(f"{desk}/search?q=شهر زبان:فارسی&page=2")
    page.emulate_media(media="print")
    assert "شهر زبان:فارسی" in page.locator("h1").inner_text()
    assert (page.locator("h1").bounding_box() or {})["height"] > 10
    assert page.locator(".turning .count").is_visible()
    for gone in (".coding-side", ".facets", "form.ask", ".ways-on a", ".turning a"):
        shown = page.locator(gone).evaluate_all("all => all.filter((e) => e.checkVisibility())")
        assert shown == [], gone
    page.goto(f"{desk}/concordance?q=شهر")
    page.emulate_media(media="print")
    assert (page.locator(".from .hidden").first.bounding_box() or {})["width"] > 10


def test_an_empty_box_reads_from_the_side_of_its_page(desk: str, page: Page, tongue: str) -> None:
    page.goto(f"{desk}/search")
    box = page.locator("#q")
    side = "e => getComputedStyle(e).direction"
    assert box.evaluate(side) == {"fa": "rtl", "en": "ltr"}[tongue]
    box.fill("city")
    assert box.evaluate(side) == "ltr"
    box.fill("شهر")
    assert box.evaluate(side) == "rtl"
