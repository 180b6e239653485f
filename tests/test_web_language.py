"""The languages of the interface: nothing without its Persian, every text in its own direction."""

from __future__ import annotations

import re
import shutil
import sys
import time
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import lxml.html
import pytest
from fastapi.testclient import TestClient
from web_routes import addresses

from textmine.web.language import Interface, Tongue, interface
from textmine.web.said import said

SCRIPT = Path(__file__).resolve().parent.parent / "scripts" / "messages"


@pytest.fixture(scope="module")
def messages() -> ModuleType:
    """The script that knows what the workbench says."""
    loader = SourceFileLoader("messages_script", str(SCRIPT))
    spec = spec_from_loader(loader.name, loader)
    assert spec is not None
    module = sys.modules[loader.name] = module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_every_sentence_has_its_persian_and_none_is_left_over(messages: ModuleType) -> None:
    assert len(messages.messages()) > 100
    assert [str(fault) for fault in messages.faults()] == []


def test_what_the_workbench_raises_is_among_what_is_said(messages: ModuleType) -> None:
    raised = {str(each.id) for each in messages.raised_here()}
    assert "There is no account \x00." in raised
    assert "It was stopped." in raised
    assert messages.is_raised("There is no account %(name)s.")
    assert not messages.is_raised("There is no such sentence.")


@pytest.mark.parametrize(
    ("english", "persian", "faults"),
    [
        ("Save", "ذخیره", []),
        ("%(n)s clauses", "%(n)s بند", []),
        (("1 clause", "%(n)s clauses"), ("یک بند",), []),
        ("Codes of %(name)s", "کدها", ["has other values than its English"]),
        ("Codes", "کدهای %(name)s", ["has other values than its English"]),
        ("Codes", "كدها", ["has letters or digits that are not Persian"]),
        ("2 codes", "2 کد", ["has Latin digits"]),
        ("Save as XLSX 2", "ذخیره با نام XLSX ۲", []),
        ("a year such as 1993", 'سالی مانند "1993"', []),
        ("Yes, so", "بله, چنین", ["has Latin marks behind Persian words"]),
        ("the “code”", "«کد", ["does not close its quotation"]),
        ("It reads", "می خواند", ["has a space where a half-space belongs"]),
        ("documents", "سند ها", ["has a space where a half-space belongs"]),
        ("documents", "سندها", []),
    ],
)
def test_what_does_not_fit_is_found(
    messages: ModuleType, english: object, persian: object, faults: list[str]
) -> None:
    forms = persian if isinstance(persian, tuple) else (persian,)
    assert list(messages._unfit(english, forms)) == faults


@pytest.mark.parametrize(
    ("tongue", "sentence", "told"),
    [
        ("fa", "The page is empty.", '<bdi lang="fa" dir="rtl">صفحه خالی است.</bdi>'),
        ("en", "The page is empty.", '<bdi lang="en" dir="ltr">The page is empty.</bdi>'),
        ("fa", "Reading page 12", "خواندن صفحهٔ ۱۲"),
        # a reason's code is for programs
        ("fa", "x.pdf holds no text. [empty]", '<bdi lang="en" dir="ltr">x.pdf</bdi> متنی ندارد.'),
        # a value that is a sentence itself
        (
            "fa",
            "x.pdf cannot be read. It has no pages.",
            '<bdi lang="en" dir="ltr">x.pdf</bdi> خوانده نمی‌شود. '
            '<bdi lang="fa" dir="rtl">صفحه‌ای ندارد.</bdi>',
        ),
        # several sentences, one of which is not known
        (
            "fa",
            "Nobody knows. The page is empty.",
            '<bdi lang="en" dir="ltr">Nobody knows.</bdi> '
            '<bdi lang="fa" dir="rtl">صفحه خالی است.</bdi>',
        ),
        # in a browser nobody types a command
        ("en", "There is no model x; looked in /m. Train one with: textmine train, or use "
               "--model dictionary.",
         'There is no model <bdi lang="en" dir="ltr">x</bdi> (in <bdi lang="en" dir="ltr">/m</bdi>'
         "). Train one, or code by the dictionary."),
        # a sentence that is said in Persian already
        ("fa", "در این نشانی چیزی نیست.", '<bdi lang="fa" dir="rtl">در این نشانی چیزی نیست.</bdi>'),
        ("en", "100% sure <b>", '<bdi lang="en" dir="ltr">100% sure &lt;b&gt;</bdi>'),
    ],
)  # fmt: skip
def test_sentences_of_lower_layers(tongue: Tongue, sentence: str, told: str) -> None:
    assert said(interface(tongue), sentence) == told


def test_a_value_cannot_bring_markup_into_a_known_sentence() -> None:
    told = said(interface("fa"), "<img src=x>.pdf holds no text.")
    assert "<img" not in told
    assert "متنی ندارد" in told


@pytest.mark.parametrize(
    ("value", "english", "persian"),
    [
        (1234, "1,234", "۱٬۲۳۴"),
        (0, "0", "۰"),
        ("12 %", "12 %", "۱۲ ٪"),
        (-3, "−3", "\u200e−۳"),
        ("2018-03-02", "2018-03-02", "۲۰۱۸-۰۳-۰۲"),
    ],
)
def test_figures(value: object, english: str, persian: str) -> None:
    assert (Interface("en").number(value), Interface("fa").number(value)) == (english, persian)


def test_help_is_a_page_and_a_part_in_the_language_of_the_reader(client: TestClient) -> None:
    whole = client.get("/help", headers={"accept-language": "fa"}).text
    part = client.get("/help", headers={"accept-language": "fa", "hx-request": "true"}).text
    assert '<html lang="fa" dir="rtl"' in whole
    assert "<html" not in part
    assert "شورای شهر" in part
    assert "۱" in part


def test_every_query_of_the_help_can_be_asked() -> None:
    from textmine.search.query import parse
    from textmine.web.helping import QUERIES

    for row in QUERIES:
        parse(row.en)
        parse(row.fa)


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("On page 3: The page is empty.", "در صفحهٔ ۳: "),
        ("On pages 1, 2 and 4 more: The page is empty.", "در صفحه‌های ۱، ۲ و ۴ صفحهٔ دیگر: "),
        ("12 clauses of 3 documents are kept apart, to compare models on, and never learned from.",
         "۱۲ بند از ۳ سند"),
        ("43 clauses have no vector yet and can be found by words alone. Make the vectors with: "
         "textmine index --meaning", "۴۳ بند"),
        ("A name has no colon, and is not “agreed”, which means all together.", "دونقطه"),
    ],
)  # fmt: skip
def test_what_is_counted_in_a_sentence(sentence: str, told: str) -> None:
    assert told in re.sub("<[^>]+>", "", said(interface("fa"), sentence))


@pytest.mark.parametrize(
    ("path", "english", "persian"),
    [
        ("/search/export?q=a&as=exe", "csv&#39;, &#39;xlsx", "یکی از این‌ها را برگزینید"),
        ("/search/similar", "Field required", "این را باید پر کرد"),
    ],
)
def test_what_an_address_lacks_is_told_in_both_languages(
    client: TestClient, path: str, english: str, persian: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == 422
    assert english in answer.text
    answer = client.get(path, headers={"accept-language": "fa"})
    assert persian in answer.text
    assert "&lt;bdi" not in answer.text


def test_what_someone_sends_is_not_searched_for_long() -> None:
    sent = ":+a;+" * 4000
    begun = time.process_time()
    assert sent[:100] in said(interface("fa"), f'The corpus holds no codings of "{sent}".')
    assert time.process_time() - begun < 1


# -- every page in Persian -------------------------------------------------------------------------

CALLED_SO = frozenset(
    {"textmine", "API", "OpenAPI", "JSON", "Lines", "CSV", "XLSX", "PDF", "DOCX", "HTML", "SVG"}
    | {"PNG", "JPEG", "TIFF", "Tesseract", "NPMI", "documents", "csv"}
)
"""What is called the same in Persian."""

NAMES = frozenset(["corpus", "leila", "omid", "themes", "agreement"])
"""What people have called things in the corpus that is looked at."""

OF_OTHERS = frozenset(["bdi", "code", "kbd", "pre", "script", "style", "textarea"])
"""What holds the text of others: a document's, a program's, what someone typed."""

TOLD = frozenset(["fault", "warning", "note", "done"])
"""Where sentences of lower layers stand; one that has no Persian is in a ``bdi`` of its own."""


@pytest.fixture(scope="module")
def asking(
    lived_in: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[TestClient, dict[str, object]]]:
    """Someone who reads Persian, in a corpus that people have worked with, and what is in it."""
    from textmine.store.corpus import Corpus
    from textmine.web import Settings, create_app

    place = tmp_path_factory.mktemp("persian") / "corpus"
    shutil.copytree(lived_in.with_name("twin"), place)
    with Corpus.open(place) as corpus:
        clause = next(iter(corpus.catalogue.clauses())).clause.id
    app = create_app(Settings(place=place))
    headers = {"accept-language": "fa"}
    with TestClient(app, base_url="http://localhost", headers=headers) as client:
        client.cookies.set("coder", "leila")
        yield client, {"clause": clause, "code": "cultural", "name": "themes"}


def english(html: str) -> set[str]:
    """Words in Latin letters that the interface itself says."""
    found = set()
    for node in lxml.html.document_fromstring(html).iterfind(".//body//*"):
        around = [node, *node.iterancestors()][:-1]  # without the page, whose language is Persian
        classes = {name for each in around for name in each.get("class", "").split()}
        is_of_others = "ctl" in classes or any(
            each.tag in OF_OTHERS or each.get("lang") for each in around
        )
        said = [node.get(name) for name in ("aria-label", "placeholder", "alt")]
        said += [] if is_of_others else [node.text, *(each.tail for each in node)]
        found |= {word for each in said if each for word in re.findall(r"[A-Za-z]{2,}", each)}
        if node.tag == "bdi" and node.get("lang") == "en" and classes & TOLD:
            words = node.text_content().split()
            is_a_list = all(each.endswith(",") for each in words[:-1])
            is_of_library = words[:1] and words[0].endswith("Error:")
            if len(words) > 3 and not is_a_list and not is_of_library:
                found.add(" ".join(words))
    return found - CALLED_SO - NAMES


def test_no_page_speaks_english_in_persian(asking: tuple[TestClient, dict[str, object]]) -> None:
    client, values = asking
    paths = [
        each.filled(values)
        for each in addresses(client.app)  # type: ignore[arg-type]
        if each.method == "GET" and not re.search("^/api/v1|export|/page/", each.path)
    ]
    wrong = "?q=yaer:1&clause=1&as=exe&n=x&of=x&by=x&rows=x"
    said = {}
    for path in [*paths, *(path + wrong for path in paths), "/search?q=شهر&mode=meaning"]:
        answer = client.get(path)
        if answer.headers.get("content-type", "").startswith("text/html") and answer.text.strip():
            said[path] = english(answer.text)
    assert len(said) > 100
    assert {path: words for path, words in said.items() if words} == {}


@pytest.mark.parametrize(
    ("tongue", "translated", "own"),
    [
        ("fa", "مومباسا، کنیا (Mombasa, Kenya)", "کرمان، ایران"),
        ("en", "Kerman, Iran (کرمان، ایران)", "Mombasa, Kenya"),
    ],
)
def test_parties_that_are_places_are_named_in_the_language_of_the_reader(
    client: TestClient, tongue: str, translated: str, own: str
) -> None:
    html = client.get("/results/tables?rows=party", headers={"accept-language": tongue}).text
    heads = [
        re.sub("<[^>]+>", "", each).strip() for each in re.findall("<th .*?</th>", html, re.DOTALL)
    ]
    assert {translated, own} <= set(heads), "what the document says stands beside"
