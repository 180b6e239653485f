"""The help page: first steps, keys, the language of queries, what signs mean."""

from __future__ import annotations

from typing import NamedTuple

from fastapi import APIRouter, Request, Response

from textmine.web.language import N_
from textmine.web.pages import is_part, page
from textmine.web.people import Reader

router = APIRouter(include_in_schema=False)


class Key(NamedTuple):
    """Keys of which each does the same, or which belong together; what they do."""

    keys: tuple[str, ...]
    does: str


class Asked(NamedTuple):
    """What a query asks for, and how that is written in English and in Persian."""

    asks: str
    en: str
    fa: str


KEYS: tuple[tuple[str, tuple[Key, ...]], ...] = (
    (
        N_("Everywhere"),
        (
            Key(("?",), N_("this help")),
            Key(("/",), N_("to the search box")),
            Key(("Tab", "Shift+Tab"), N_("to the next or previous link, button or field")),
            Key(("Esc",), N_("close what was opened")),
        ),
    ),
    (
        N_("In a list of clauses, and while coding"),
        (
            Key(("j", "k"), N_("next, previous clause")),
            Key(("1", "…", "9"), N_("apply or remove a code by its number; of 12, type 1, then 2")),
            Key(("0",), N_("no code fits")),
            Key(("f",), N_("find a code by its name, where there are many")),
            Key(("Enter",), N_("accept what is suggested, and go on")),
            Key(("m",), N_("write a memo")),
            Key(("u",), N_("undo your last decision")),
        ),
    ),
)
"""Keys work by their place as well, so that the Persian layout of a keyboard need not be left."""

QUERIES: tuple[Asked, ...] = (
    Asked(N_("all of the words, in any form"), "city council", "شورای شهر"),
    Asked(N_("one of them"), "tourism OR trade", "گردشگری یا بازرگانی"),
    Asked(N_("one without the other"), "city -council", "شهر منهای شورا"),
    Asked(N_("a phrase, word by word"), '"city council"', "«شورای شهر»"),
    Asked(N_("the beginning of a word"), "cultur*", "سیاست*"),
    Asked(N_("words near each other"), "students NEAR/5 exchange", "دانشجو نزدیک/۵ تبادل"),
    Asked(N_("clauses with a code"), "code:non-interference", "کد:«عدم مداخله»"),
    Asked(N_("one language only"), "council language:en", "شورا زبان:فارسی"),
    Asked(N_("a kind of document"), "kind:memorandum", "نوع:تفاهم‌نامه"),
    Asked(N_("years, of either calendar"), "year:1993..2005", "سال:۱۳۷۲..۱۳۸۴"),
    Asked(N_("a country or a party"), "country:UZ party:Kerman", "کشور:ازبکستان طرف:کرمان"),
    Asked(N_("one document"), "document:3", "سند:۳"),
    Asked(
        N_("a question: some of the words are enough"), "who pays for travel?", "هزینهٔ سفر با کیست؟"
    ),
)


@router.get("/help")
def show_help(request: Request, user: Reader) -> Response:
    """The help page, or what it says alone, for the dialog that ``?`` opens."""
    return page(
        request,
        "help.html",
        frame="part.html" if is_part(request) else "base.html",
        keys=KEYS,
        queries=QUERIES,
    )
