"""Documents, names and memos that would do something: they are text, on every page."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import Page
from web_desk import Served
from web_routes import addresses

IMAGE = """"'><img src=x onerror="pwned=1"><svg onload="pwned=1">"""
SCRIPT = "</textarea></title></script><script>pwned=1</script>"
FORMAT = "%(name)s %s {0} {{ 7*7 }} ${7*7}"
TURNED = "\u202eexe.fdp\u202c \u2066x\u2069 \u0007"
ALL = f"museum {IMAGE} {SCRIPT} {FORMAT} {TURNED}"
FILE = "<img src=x onerror=pwned=1> %s {{ 7*7 }} \u202efdp.txt"
PERSON = "<img src=x onerror=pwned=1>"

_FOUND = """() => {
  const turning = /[\\u202a-\\u202e]/;
  const texts = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  const turned = new Set();
  while (texts.nextNode()) {
    const at = texts.currentNode;
    if (turning.test(at.data) && at.parentElement.tagName !== "TEXTAREA")
      turned.add(`${at.parentElement.parentElement.outerHTML.slice(0, 60)}`);
  }
  const does = "[onerror], [onload], img[src='x'], script:not([src])";
  return {
    pwned: typeof pwned !== "undefined",
    does: document.querySelectorAll(does).length,
    turned: [...turned],
  };
}"""
"""What a page does that it should not; characters that turn lines round may only be typed."""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, object]]:
    """A corpus in which every text that comes from outside is an attack; and what it has."""
    from textmine import codebook as codebooks
    from textmine import ingest
    from textmine.codings import CodedClause, take_in
    from textmine.records import Attribute
    from textmine.store.corpus import Corpus
    from textmine.tagging.run import code_corpus, coders_for

    folder = tmp_path_factory.mktemp("hostile")
    inbox = folder / "inbox"
    inbox.mkdir()
    lines = (f"Article {n}\n\nThe parties open a museum {n}. {ALL}\n" for n in range(1, 6))
    (inbox / FILE).write_text("\n".join(lines), encoding="utf-8")
    (inbox / "torn.pdf").write_bytes(b"%PDF-1.7\nnothing follows")
    book = folder / "codebook.yaml"
    named = f"{{en: {_yaml(IMAGE)}, fa: {_yaml('موزه ' + IMAGE)}}}"
    said = f"{{en: {_yaml(ALL)}, fa: {_yaml(ALL)}}}"
    book.write_text(
        "id: hostile\nversion: 1\nunit: clause\nmulti_label: true\n"
        f"rules: [{_yaml(ALL)}]\n"
        "codes:\n"
        f"  - id: museums\n    name: {named}\n    definition: {said}\n    include: {_yaml(ALL)}\n"
        f"    exclude: {_yaml(ALL)}\n    keywords: {{en: [museum], fa: [موزه]}}\n"
        f"  - id: other\n    name: {named}\n    definition: {said}\n"
        "    keywords: {en: [school], fa: [مدرسه]}\n",
        encoding="utf-8",
    )
    with Corpus.create(folder / "corpus", codebook=book) as corpus:
        ingest.add(corpus, ingest.find([inbox])[0], jobs=1)
        catalogue = corpus.catalogue
        number = next(each.id for each in catalogue.documents() if each.state != "failed")
        known = (("title", ALL), ("kind", "agreement"), ("party", ALL), ("year_gregorian", "1999"))
        catalogue.put_attributes(number, [Attribute(*each, 1.0, ALL) for each in known])
        code_corpus(corpus, coders_for(corpus, "dictionary")[0])
        codebook = codebooks.load(corpus.codebook_file)
        source = corpus.codebook_file.read_text(encoding="utf-8")
        catalogue.put_codebook(codebook.reference, codebook.digest, source)
        stored = [each.clause for each in catalogue.clauses(document=number)]
        for coder, codes in ((PERSON, ("museums",)), ("omid", ("other",))):
            coded = [
                CodedClause("", one.id, one.language, "", codes, coder, codebook.reference, ALL)
                for one in stored
            ]
            take_in(catalogue, coded, codebook)
        catalogue.note("promoted", who=f"person:{PERSON}", detail={"model": ALL, "why": ALL})
    values = {"number": number, "document": number, "clause": stored[0].id, "code": "museums"}
    return folder / "corpus", {**values, "page": 1, "name": quote(ALL, safe="")}


def _yaml(text: str) -> str:
    import json

    return json.dumps(text)


def test_nothing_of_a_document_does_anything(
    hostile: tuple[Path, dict[str, object]], page: Page
) -> None:
    from textmine.web import Settings, create_app

    place, values = hostile
    settings = Settings(place=place)
    paths = [each for each in addresses(create_app(settings)) if each.method == "GET"]
    asked = [each.filled(values) for each in paths if not each.path.startswith("/api/v1/")]
    text = quote(ALL, safe="")
    asked += [f"{path}?{name}={text}" for path, name in QUERIES]
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(said.text) if "Policy" in said.text else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("dialog", lambda dialog: wrong.append(dialog.message))
    page.on("request", lambda sent: sent.url.startswith(server.address) or wrong.append(sent.url))
    server = Served(settings)
    seen = 0
    try:
        name = quote(PERSON, safe="")
        page.context.add_cookies([{"name": "coder", "value": name, "url": server.address}])
        for path in asked:
            answer = httpx.get(server.address + path, cookies={"coder": name}, timeout=60)
            if answer.status_code >= 500:
                wrong.append(f"{path}: {answer.status_code}")
            if "text/html" not in answer.headers.get("content-type", ""):
                continue
            if "pwned" not in answer.text:
                continue
            page.goto(server.address + path)
            found = page.evaluate(_FOUND)
            seen += 1
            if found != {"pwned": False, "does": 0, "turned": []}:
                wrong.append(f"{path}: {found}")
    finally:
        server.stop()
    assert wrong == []
    assert seen > 20


QUERIES = (
    *(("/search", "q"), ("/concordance", "q"), ("/documents", "q"), ("/documents", "kind")),
    *(("/login", "back"), ("/name", "back"), ("/audit", "who"), ("/audit", "kind")),
    *(("/language/xx", "back"), ("/nowhere", "q")),
)
"""Pages that are asked with a text, which they show."""
