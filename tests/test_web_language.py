"""The languages of the interface: nothing without its Persian, every text in its own direction."""

from __future__ import annotations

import sys
import time
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest
from fastapi.testclient import TestClient

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


def test_what_someone_sends_is_not_searched_for_long() -> None:
    sent = ":+a;+" * 4000
    begun = time.process_time()
    assert sent[:100] in said(interface("fa"), f'The corpus holds no codings of "{sent}".')
    assert time.process_time() - begun < 1
