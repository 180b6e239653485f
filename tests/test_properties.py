"""Promises that hold of any input, over the parts that hand offsets to one another.

Each part has properties of its own beside its other tests (``tests/test_text_*.py``,
``test_query.py``, ``test_clauses.py``, ``test_sources.py``). Here stand those that cross parts, on
texts of any letters, and those that start from a meaning rather than from its spelling.
"""

from __future__ import annotations

import sys
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import jdatetime
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from test_query import placeless

from textmine.records import Box, Extraction, Line, Page, Span, Strip, Verdict
from textmine.search.query import (
    Either,
    Every,
    FieldIs,
    Near,
    Node,
    Not,
    QueryError,
    Text,
    canonical,
    parse,
)
from textmine.search.words import words
from textmine.store.codec import extraction_from_json, extraction_to_json, pack_lines, unpack_lines
from textmine.text.dates import both_years, find_dates
from textmine.text.digits import persian_digits
from textmine.text.fold import fold, fold_key
from textmine.text.normalise import normalise
from textmine.text.offsets import Edit, View

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from fuzzing.texts import derive

# -- texts of any letters --------------------------------------------------------------------------

_WORDS = (
    "ماده", "۱", "تبصره", "Article", "5.", "الف)", "(a)", "همکاری", "می", "شود", "ها", "کتاب‌های",
    "۱۳۷۲/۲/۱۲", "2 May 1993", "نیویورک", "ﷲ", "ﻻ", "e\u0301", "ß", "İ", "😀", "\u202e", "\u200f",
    "\u200c", "\u0640", "ي", "ك", "ة", "\ufeff", "\0", "\n", "\f", "\r", ":", "-", ".", ";", "؛",
)  # fmt: skip
TEXTS = st.lists(st.one_of(st.sampled_from(_WORDS), st.text(max_size=4)), max_size=25).map(
    lambda parts: " ".join(parts).encode("utf-8", "replace").decode()
)


@settings(max_examples=30)
@given(TEXTS, st.integers(0, 255))
@example("ماده ۱\f\n\f- تبصره", 3)
def test_clauses_tile_any_text_and_their_views_lead_back(text, roles):
    derive(bytes([roles]) + text.encode())


@settings(max_examples=100)
@given(TEXTS)
def test_words_of_a_normalised_text_lead_back_to_its_original(text):
    view = normalise(text)
    found = list(words(view.text))
    for word in found:
        place = view.original(word.start, word.end)
        assert 0 <= place.start <= place.end <= len(text)
    starts = [view.original(word.start, word.end).start for word in found]
    assert starts == sorted(starts)


@settings(max_examples=150)
@given(st.text())
@example("İ\u0307ß\u1e9eﬁ")
@example("\u0649\u0654\u200c\u06c0")
def test_folding_any_text_twice_is_folding_it_once(text):
    view = fold(text)
    assert fold(view.text).text == view.text
    assert fold_key(fold_key(text)) == fold_key(text)
    starts = view.to_json_map()
    assert len(starts) == len(view.text) + 1
    assert starts == sorted(starts)
    assert starts[-1] == len(text)


@given(st.data())
def test_three_views_lead_back_as_two_do(data):
    """``then`` joins from either side alike."""
    text = data.draw(st.text("abcdef", max_size=10))

    def cut(length: int) -> list[Edit]:
        places = sorted(data.draw(st.sets(st.integers(0, length), max_size=4)))
        return [
            Edit(start, end, data.draw(st.sampled_from(["", "x", "yz"])))
            for start, end in pairwise(places)
        ][::2]

    first = View.edited(text, cut(len(text)))
    second = View.edited(first.text, cut(len(first.text)))
    third = View.edited(second.text, cut(len(second.text)))
    left, right = first.then(second).then(third), first.then(second.then(third))
    assert left.text == right.text == third.text
    for at in range(len(third.text)):
        one, other = left.original(at, at + 1), right.original(at, at + 1)
        assert one.start <= other.end
        assert other.start <= one.end


# -- what is stored --------------------------------------------------------------------------------

_TENTHS = st.integers(-20_000, 20_000).map(lambda tenths: tenths / 10)


@st.composite
def lines(draw: st.DrawFn) -> Line:
    length = draw(st.integers(0, 4))
    start = draw(st.integers(0, 9))
    edges = draw(st.none() | st.just(tuple((0.0, draw(_TENTHS)) for _ in range(length))))
    return Line(
        start,
        start + length,
        draw(st.sampled_from(["body", "table", "footnote"])),
        draw(st.none() | st.builds(Box, _TENTHS, _TENTHS, _TENTHS, _TENTHS)),
        draw(st.none() | _TENTHS),
        edges,
        draw(st.integers(0, 9)),
        draw(st.sampled_from([0, 90, 180, 270])),
        draw(st.just(()) | st.just((Strip(start, 1.5, 2.5),))),
        draw(st.just(()) | st.just((Span(start, start + length),))),
    )


@settings(max_examples=40)
@given(st.lists(lines(), max_size=4), st.text(max_size=20), st.text(max_size=5))
def test_pages_are_stored_and_fetched_as_they_were(drawn, text, reason):
    verdict = Verdict("suspect", reason, {"glyphs": 3.0})
    page = Page(1, text, tuple(drawn), verdict, 595.0, 842.0)
    extraction = Extraction((page,), "example 1", {2: reason}, (reason,), text or None, None)
    assert extraction_from_json(extraction_to_json(extraction)) == extraction
    assert unpack_lines(pack_lines(page.lines)) == page.lines


# -- days ------------------------------------------------------------------------------------------

_MONTHS = ("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی",
           "بهمن", "اسفند")  # fmt: skip
DAYS = st.integers(0, 365 * 180).map(lambda days: date(1871, 3, 21) + timedelta(days))


@settings(max_examples=80)
@given(DAYS, st.booleans())
@example(date(2021, 3, 20), True)  # the last day of a leap year
def test_every_persian_day_is_read_back_in_every_spelling(day, persian):
    own = jdatetime.date.fromgregorian(date=day)
    digits = persian_digits if persian else str
    for written in (
        f"در {own.day} {_MONTHS[own.month - 1]} {own.year} امضا شد",
        f"در {own.day} {_MONTHS[own.month - 1]}‌ماه سال {own.year}",
        f"در {own.year}/{own.month:02}/{own.day:02} بود",
    ):
        (mention,) = find_dates(digits(written))
        assert (mention.calendar, mention.first, mention.last) == ("persian", day, day)
        assert both_years(mention) == ((own.year, own.year), (day.year, day.year))


@given(DAYS)
def test_a_day_in_two_calendars_is_one_day(day):
    own = jdatetime.date.fromgregorian(date=day)
    text = f"{own.day} {_MONTHS[own.month - 1]} {own.year} ({day.day} {day:%B} {day.year})"
    assert {mention.first for mention in find_dates(text)} == {day}


# -- queries, from what is meant -------------------------------------------------------------------

_WORD = st.sampled_from(["city", "شهر", "می‌شود", "cult*", "*نامه", "OR", "و", "«", "x:", "it's",
                         "year:", "نزدیک/۵", "~5", "-", "a|b", "(", '"']) | st.text(
    "abشم'\"*-|:()~۵ ", min_size=1, max_size=6
)  # fmt: skip
_PHRASE = st.lists(_WORD, min_size=1, max_size=3).map(" ".join)
_VALUES = st.sampled_from([
    ("code", "cultural"), ("code", "عدم مداخله"), ("language", "fa"), ("year", "1993..2005"),
    ("country", "IR"), ("article", "5.2"), ("title", "sister city"), ("party", "O'Neill \"x\""),
])  # fmt: skip


def _typed(text: str) -> Node | None:
    """What a person means who types this in quotation marks; None where no marks fit."""
    for opening, closing in (('"', '"'), ("«", "»"), ("‹", "›")):
        if opening not in text and closing not in text and text.strip():
            try:
                node = parse(f"{opening}{text}{closing}")
            except QueryError:
                return None
            return node if isinstance(node, Text) else None
    return None


LEAVES: st.SearchStrategy[Node] = st.one_of(
    _PHRASE.map(_typed).filter(lambda node: node is not None),
    _VALUES.map(lambda pair: FieldIs(*pair, 0)),
    st.sampled_from(["city", "شهر", "می‌شود", "خواهرخوانده"]).map(
        lambda w: Text(w, False, False, 0)
    ),
    st.lists(st.sampled_from(["city", "شهر", "council"]), min_size=2, max_size=4).map(
        lambda each: Near(tuple(Text(word, False, False, 0) for word in each), 5, 0)
    ),
)


def _grown(parts: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(parts, min_size=2, max_size=4).map(tuple)
    return st.one_of(several.map(Every), several.map(Either), parts.map(Not))


@settings(max_examples=80)
@given(st.recursive(LEAVES, _grown, max_leaves=8))
def test_what_is_meant_is_written_and_read_as_one(meant):
    written = canonical(meant)
    read = parse(written)
    assert canonical(read) == written
    assert _flat(placeless(read)) == _flat(placeless(meant))


def _flat(node: Node) -> object:
    """A tree in which groups of one kind are one, and no and no is yes, as conditions mean it."""
    if isinstance(node, Not):
        inner = _flat(node.item)
        return inner[1] if isinstance(inner, tuple) and inner[0] == "not" else ("not", inner)
    if isinstance(node, Every | Either):
        kind = type(node).__name__
        parts: list[object] = []
        for each in map(_flat, node.items):
            same = isinstance(each, tuple) and each[0] == kind
            parts += each[1] if same else [each]  # type: ignore[index]
        return (kind, _joined(parts) if kind == "Every" else parts)
    return node


def _joined(parts: list[object]) -> list[object]:
    """Plain words side by side are one text."""
    made: list[object] = []
    for part in parts:
        before = made[-1] if made else None
        plain = [isinstance(each, Text) and not each.quoted for each in (before, part)]
        if all(plain):
            made[-1] = Text(f"{before.text} {part.text}", False, False, 0)  # type: ignore[union-attr]
        else:
            made.append(part)
    return made


@pytest.mark.parametrize(
    "query",
    ["«'~ر ش'~ر»~3", "\"a' b'\"~2", "\"'a OR' b\"~2"],
)
def test_words_that_quote_one_another_stay_words(query):
    node = parse(query)
    assert placeless(parse(canonical(node))) == placeless(node)
