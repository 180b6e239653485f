"""What is derived of a text: clauses, normalised and folded views, dates."""

from __future__ import annotations

from itertools import pairwise

from fuzzing.choices import Choices
from fuzzing.targets import Target
from textmine.clauses import segment
from textmine.records import PAGE_BREAK, Extraction, Line, LineRole, Page
from textmine.text.dates import find_dates
from textmine.text.fold import fold
from textmine.text.normalise import normalise
from textmine.text.offsets import View

AGREEMENT = """تفاهم‌نامهٔ همکاری
ماده ۱ - طرفین همکاری فرهنگی را گسترش می‌دهند.
تبصره: این همکاری در ۱۲ اردیبهشت ۱۳۷۲ (2 May 1993) آغاز شد.
الف) نمایشگاه
Article 2. The Parties shall encourage exchanges (see 3.2).
1. Trade; 2. Tourism.
Done at Tehran in two originals."""

_ROLES: tuple[LineRole, ...] = ("body", "heading", "item", "table", "footnote", "running-head",
                                "page-number", "caption")  # fmt: skip
_WORDS = ("ماده ", "Article ", "تبصره", "بند ", "الف) ", "(a) ", "۱۳۷۲", "1993", "\u200c", "\f")
SHA = "0123456789abcdef" * 4  # of a document that is not there


def text_seeds() -> list[bytes]:
    """An agreement, and its lines, each as a text of its own behind a byte that chooses roles."""
    lines = AGREEMENT.split("\n")
    return [b"\0" + each.encode() for each in (AGREEMENT, *lines, "\f".join(lines))]


def derive(data: bytes) -> None:
    """Clauses, normalised views and dates of pages whose text is the bytes.

    The first byte chooses what each line is taken for.
    """
    take = Choices(data[:1] * 40)
    pages = []
    for number, text in enumerate(data[1:].decode("utf-8", "replace").split(PAGE_BREAK), start=1):
        lines, at = [], 0
        for line in text.split("\n"):
            lines.append(Line(at, at + len(line), take.one_of(_ROLES)))
            at += len(line) + 1
        pages.append(Page(number, text, tuple(lines)))
    extraction = Extraction(tuple(pages), "example 1")
    whole = extraction.text
    found = segment(extraction, SHA)
    spans = sorted(
        [span for clause in found.clauses for span in clause.spans]
        + [part.span for part in found.parts]
    )
    assert "".join(whole[start:end] for start, end in spans) == whole, "clauses do not tile"
    assert all(before.end == after.start for before, after in pairwise(spans))
    for clause in found.clauses:
        assert clause.text == "\n".join(whole[start:end] for start, end in clause.spans)
        view = normalise(clause.text, clause.language)
        _leads_back(view, clause.text)
        assert normalise(view.text, clause.language).text == view.text, "normalised once more"
        folded = fold(view.text)
        _leads_back(folded, view.text)
        assert fold(folded.text).text == folded.text, "folded once more"
        _leads_back(view.then(folded), clause.text)
    ends = [0]
    for mention in find_dates(whole):
        assert ends[-1] <= mention.span.start < mention.span.end <= len(whole)
        assert mention.first <= mention.last
        ends.append(mention.span.end)


def _leads_back(view: View, original: str) -> None:
    starts = view.to_json_map()
    assert len(starts) == len(view.text) + 1
    assert starts == sorted(starts)
    assert starts[-1] == view.original_length == len(original)


TARGETS = {"text": Target(derive, text_seeds, [word.encode() for word in _WORDS], 1500)}
