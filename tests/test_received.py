"""What a reading process sent is stored only when it is what an honest reading gives."""

from __future__ import annotations

from dataclasses import replace

import pytest

from textmine.received import check
from textmine.records import Clause, Extraction, Guess, Line, Page, Part, Span, Verdict
from textmine.text.offsets import Block, View

SHA = "ab" * 32
PAGE = Page(1, "A. text", (Line(0, 7),), Verdict("good"), 1.0, 1.0)
READ = Extraction((PAGE,), "plain 1")
CLAUSE = Clause(
    f"{SHA[:10]}.{'0' * 8}", 0, "article", None, None, "A. text", "en", 1, (Span(0, 7),)
)
PART = Part("gap", Span(0, 1))


def checked(read=READ, clause=CLAUSE, view=None, part=PART, guess=("T", 0.5, "why"), maker="s 1"):
    view = view or View.same("A. text")
    check(SHA, read, [(clause, view)], [part], {"title": Guess(*guess)}, [maker])


def test_what_an_honest_reading_gives_is_taken():
    checked()


def page(**changes):
    return {"read": replace(READ, pages=(replace(PAGE, **changes),))}


def clause(**changes):
    return {"clause": replace(CLAUSE, **changes)}


@pytest.mark.parametrize(
    "sent",
    [
        {"read": replace(READ, warnings=(5,))},
        {"read": replace(READ, extractor="x" * 81)},
        page(number=2**70),
        page(text=7),
        page(width=float("inf")),
        page(verdict=Verdict("odd")),
        page(verdict=Verdict("good", 7)),
        page(lines=(Line(0, 10**6),)),
        page(lines=(Line(0, 1, "odd"),)),
        page(lines=(Line(0, 1, raised=(Span(3, 99),)),)),
        clause(ordinal="x"),
        clause(ordinal=1.5),
        clause(ordinal=-1),
        clause(ordinal=7),
        clause(id="cdcdcdcdcd.00000000"),
        clause(id=f"{CLAUSE.id}\n"),
        clause(kind="odd"),
        clause(language="zz"),
        clause(heading={"a": 1}),
        clause(page=99),
        clause(spans=()),
        clause(spans=(Span(0, 10**9),)),
        clause(sentences=(Span(-3, 2),)),
        {"view": View("zz", 7, ())},
        {"view": View("zz", 7, (Block(0, 0, 99),))},
        {"part": Part("gap", Span(5, 99))},
        {"part": Part("odd", Span(0, 1))},
        {"guess": (5, 0.5, "why")},
        {"guess": ("T", 2.0, "why")},
        {"maker": 7},
    ],
)
def test_what_none_gives_is_refused(sent):
    with pytest.raises((ValueError, TypeError)):
        checked(**sent)
