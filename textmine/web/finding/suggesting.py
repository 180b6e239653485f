"""Help while a query is typed: fields, their values, words of the corpus, saved searches."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from babel import Locale
from fastapi import APIRouter, Request, Response
from markupsafe import Markup

from textmine.metadata.table import KINDS, LANGUAGES
from textmine.search.query.fields import FIELDS
from textmine.store.searches import saved_searches, use
from textmine.text.fold import fold_key
from textmine.web.clause import counting_codebook
from textmine.web.coding.blind import is_blind
from textmine.web.desk import Desk
from textmine.web.finding.fields import example_of, field_name, typed_field
from textmine.web.finding.narrowing import as_typed, code_names, named
from textmine.web.language import Interface, own
from textmine.web.pages import desk, page, ui
from textmine.web.people import Reader

if TYPE_CHECKING:
    from textmine.search.completing import Typing

router = APIRouter(include_in_schema=False)

MOST = 8
_WORDS = 6
_SHORTEST = 2  # letters from which words are completed
_CODES = 3
_LONGEST_NAME = 4  # words of a code's name that may have been typed
_LAST = re.compile(r"[^\s()\"“”„«»|:@*~]+")


class Option(NamedTuple):
    """Something to put at a place of the query: ``text`` goes there, ``shown`` is seen.

    ``start`` is where, if not at the beginning of what is being typed.
    """

    text: str
    shown: Markup
    what: str
    start: int | None = None


@router.get("/search/suggest")
def suggest(request: Request, user: Reader, q: str = "", at: int = -1) -> Response:
    """What could be typed where the cursor stands; ``at`` counts code points."""
    from textmine.search.completing import typing_at

    words = ui(request)
    query = q[:2000]
    typing = typing_at(query, len(query) if at < 0 else at)
    blind = is_blind(request)
    options = list(_options(desk(request), words, query, typing, blind=blind))
    return page(
        request,
        "finding/suggestions.html",
        options=options[: MOST if typing.kind != "nothing" else 20],
        start=typing.start,
        end=typing.end,
        closed=typing.end < len(query) and query[typing.end] in ' )،,|"',
        hint=_hint(words, typing.field) if typing.kind == "value" else "",
    )


def _options(
    desk: Desk, words: Interface, query: str, typing: Typing, *, blind: bool
) -> Iterator[Option]:
    """What can be typed; who codes ``blind`` is offered no codes, which cannot be asked for."""
    if typing.kind == "value":
        if not (blind and typing.field in ("code", "coded")):
            yield from _values(desk, words, typing)
    elif typing.kind == "saved":
        yield from _saved(desk, typing.text)
    elif typing.kind == "word":
        if not blind:
            yield from _codes(desk, words, query[: typing.end])
        yield from _fields(words, typing.text)
        yield from _words(desk, words, typing.text)
    elif typing.kind == "nothing":
        yield from _fields(words, "")
        yield from _operators(words)
        yield from _saved(desk, "")


def _fields(words: Interface, typed: str) -> Iterator[Option]:
    """The fields whose names begin as typed; all by their name in the interface for nothing."""
    key = fold_key(typed)
    for field, names in FIELDS.items():
        known = names if key else (typed_field(words.tongue, field),)
        for name in known:
            if fold_key(name).startswith(key):
                what = words.gettext(
                    "%(field)s, as in %(example)s",
                    field=field_name(words, field),
                    example=example_of(words, field),
                )
                text = f"{name}:"
                yield Option(text, own(text), what)
                break


def _codes(desk: Desk, words: Interface, typed: str) -> Iterator[Option]:
    """The codes whose names begin like the last words typed: a code finds what words do not."""
    pieces = list(_LAST.finditer(typed))[-_LONGEST_NAME:]
    book = counting_codebook(desk)
    found: dict[str, int] = {}
    for piece in pieces:
        key = _plain(typed[piece.start() :])
        for code in book.codes:
            names = (code.id, *code.name.values())
            if len(key) >= _SHORTEST and any(_plain(name).startswith(key) for name in names):
                found.setdefault(code.id, piece.start())
    counts = _counts(desk).get("code", {}) if found else {}
    codes = code_names(words, book)
    for id_, start in list(found.items())[:_CODES]:
        field, value = as_typed(words, codes, "code", id_)
        shown = Markup("{}: {}").format(field_name(words, "code"), named(words, book, "code", id_))
        clauses = words.ngettext("%(n)s clause", "%(n)s clauses", counts.get(id_, 0))
        yield Option(f"{field}:{_bare(value)}", shown, clauses, start)


def _operators(words: Interface) -> Iterator[Option]:
    told = {
        ("OR", "یا"): words.gettext("one of the two"),
        ("NEAR/5", "نزدیک/۵"): words.gettext("at most five words apart"),
        ("-", "منهای"): words.gettext("without the word behind it"),
        ('"', "«"): words.gettext("a phrase, word by word"),
    }
    for signs, what in told.items():
        sign = signs[words.tongue == "fa"]
        yield Option(sign, own(sign), what)


def _saved(desk: Desk, typed: str) -> Iterator[Option]:
    key = fold_key(typed)
    for each in saved_searches(desk.corpus.catalogue).values():
        if fold_key(each.name).startswith(key) or (key and key in fold_key(each.name)):
            yield Option(use(each.name), own(use(each.name)), each.query)


def _words(desk: Desk, words: Interface, typed: str) -> Iterator[Option]:
    """Words of the corpus that begin as typed; where there are none, those one letter away."""
    from textmine.search.suggesting import near, written

    key = "".join(fold_key(typed).split())
    if len(key) < _SHORTEST or not key.isalnum():
        return
    index = desk.index()
    found = index.beginning(key, _WORDS)
    meant = () if found else near(key, index.frequency)
    other = [(written(each, index), index.frequency(each)) for each in meant]
    for word, clauses in found:
        yield Option(word, own(word), words.ngettext("%(n)s clause", "%(n)s clauses", clauses))
    for word, _ in other:
        yield Option(word, own(word), words.gettext("did you mean this?"))


def _values(desk: Desk, words: Interface, typing: Typing) -> Iterator[Option]:
    """The values of a field that begin as typed, the most frequent in the corpus first."""
    counts, book = _counts(desk).get(typing.field, {}), counting_codebook(desk)
    key = fold_key(typing.text)
    persian = not typing.name.isascii()
    found = []
    for value, names in _named_values(desk, typing.field, counts).items():
        if key and not any(_begins(name, key) for name in (value, *names)):
            continue
        text = next((name for name in names if not name.isascii()), value) if persian else value
        count = counts.get(value, 0)
        shown = named(words, book, typing.field, value)
        found.append((-count, Option(_bare(text), shown, _told(words, typing.field, value, count))))
    yield from (option for _, option in sorted(found, key=lambda each: each[0]))


def _counts(desk: Desk) -> Mapping[str, Mapping[str, int]]:
    return desk.remember("values of fields", lambda: desk.index().values())


def _named_values(desk: Desk, field: str, counts: Mapping[str, int]) -> Mapping[str, Iterable[str]]:
    """The values of a field with their names in both languages, as a query takes them."""
    from textmine.search.engine.decided import ANSWERS

    if field == "code":
        return {code.id: tuple(code.name.values()) for code in counting_codebook(desk).codes}
    if field == "language":
        return {str(value): names for value, names in LANGUAGES.items()}
    if field == "kind":
        return {str(value): names for value, names in KINDS.items()}
    if field == "coded":
        return ANSWERS
    if field == "country":
        names = [Locale(tongue).territories for tongue in ("en", "fa")]
        return {value: [each[value] for each in names if value in each] for value in counts}
    if field == "year":
        return {value: () for value in counts}
    return {}


def _begins(name: str, key: str) -> bool:
    folded = fold_key(name)
    return folded.startswith(key) or any(word.startswith(key) for word in folded.split())


def _plain(name: str) -> str:
    """A name without what parts its words, so that non interference is non-interference."""
    return "".join(filter(str.isalnum, fold_key(name)))


def _bare(value: str) -> str:
    """A value as a query takes it, in quotation marks where it has several words."""
    if value.replace("-", "").isalnum():
        return value
    return f"«{value}»" if not value.isascii() else f'"{value}"'


def _told(words: Interface, field: str, value: str, clauses: int) -> str:
    """What is said of a value: how many clauses have it, where that is known at once."""
    answers = {
        "yes": words.gettext("clauses with a code"),
        "none": words.gettext("clauses that were read, without a code"),
        "no": words.gettext("clauses that nobody has coded yet"),
    }
    if field == "coded":
        return answers[value]
    return words.ngettext("%(n)s clause", "%(n)s clauses", clauses)


def _hint(words: Interface, field: str) -> str:
    told = {
        "coded": words.gettext("or a coder, and a code: person:leila, “person:leila cultural”"),
        "year": words.gettext("a year or a range, in either calendar: 1993, 1372..1384, 2015.."),
        "document": words.gettext("the number of a document, or a range: 3, 3..5"),
        "party": words.gettext("words of a party's name; several in quotation marks"),
        "title": words.gettext("words of the title; several in quotation marks"),
        "article": words.gettext("the number printed before a clause: 5 or 5.2"),
        "clause": words.gettext("the identifier of a clause, as its address has it"),
        "country": words.gettext("a country of the parties: its name or its code of two letters"),
    }
    return told.get(field, "")


def examples(words: Interface) -> list[tuple[str, str]]:
    """What can be asked for, each with a query that shows it."""
    told = [
        (words.gettext("all of the words, in any form and spelling"), "city council", "شورای شهر"),
        (words.gettext("one of them"), "tourism OR trade", "گردشگری یا بازرگانی"),
        (words.gettext("one without the other"), "city -council", "شهر منهای شورا"),
        (words.gettext("a phrase, word by word"), '"city council"', "«شورای شهر»"),
        (words.gettext("any letters at the end"), "cultur*", "سیاست*"),
        (
            words.gettext("words near each other"),
            "students NEAR/5 exchange",
            "دانشجو نزدیک/۵ تبادل",
        ),
        (words.gettext("a code"), "code:non-interference", "کد:«عدم مداخله»"),
        (words.gettext("a language"), "museum language:en", "موزه زبان:فارسی"),
        (words.gettext("a kind of document"), "kind:memorandum", "نوع:تفاهم‌نامه"),
        (
            words.gettext("years of either calendar"),
            "students year:1993..2005",
            "دانشگاه سال:۱۳۷۲..۱۳۸۴",
        ),
        (words.gettext("a country of the parties"), "country:UZ", "کشور:ازبکستان"),
        (words.gettext("an article by its number"), "article:5", "ماده:۵"),
        (
            words.gettext("a question: some of the words are enough"),
            "How long is it valid?",
            "مدت اعتبار چند سال است؟",
        ),
    ]
    return [(what, query[words.tongue == "fa"]) for what, *query in told]
