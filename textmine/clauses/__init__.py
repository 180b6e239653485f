"""From pages to clauses, in Persian and in English.

An agreement, treaty or law is cut into articles, their numbered paragraphs, lettered items and
notes; a paper or any other running text into sentences and list items. What is neither (headings,
running heads, footnotes, bibliography) is kept apart by name, so that clauses and parts together
are the whole document text.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from textmine.clauses.articles import cut_articles, drop_short_chapeaux, plan_articles
from textmine.clauses.columns import columns
from textmine.clauses.drafts import Cut, Draft
from textmine.clauses.prose import MAX_ITEM, cut_prose
from textmine.clauses.rows import Layout, Row, read_rows
from textmine.records import Clause, ClauseKind, Extraction, Part, PartKind, Segmentation, Span
from textmine.text.language import language_of
from textmine.text.sentences import sentences

SEGMENTER = "textmine-clauses 3"
"""The rules that made a segmentation, and their version."""

# "(Nye, 2008: 95)" or «(رحمانی، ۱۳۹۴: ۱۴).» printed behind the full stop.
_CITATION = re.compile(
    r"\((?:[^()]{2,80}\d{4}[^()]{0,40}|[^()]{2,80}:\s*\d+[^()]{0,20}|<?(?:https?:|www\.)[^()\s]+)\)"
    r"\s?\.?(?=\s|$)"
)

_FOLD = str.maketrans("يىك", "ییک")
# Lines of one part that stand directly below each other are one part.
_JOINED: tuple[PartKind, ...] = ("title", "footnote", "table", "caption")


def segment(extraction: Extraction, document: str) -> Segmentation:
    """Cut the text of ``extraction`` into clauses and parts that tile it.

    ``document`` is the sha256 of the file in hexadecimal digits; the clauses' ids begin with it.
    Roles that the source gives to its lines are believed; for plain text the wording decides. Any
    text can be segmented: where nothing is recognised, each sentence is a clause.

    >>> from textmine.records import Line, Page
    >>> text = "Article 1 - Aim\\nThe Parties cooperate.\\nArticle 2\\n1. To meet.\\n2. To write."
    >>> starts = [0, *(i + 1 for i, char in enumerate(text) if char == "\\n"), len(text) + 1]
    >>> lines = tuple(Line(a, b - 1) for a, b in zip(starts, starts[1:]))
    >>> found = segment(Extraction((Page(1, text, lines),), "example 1"), "0" * 64)
    >>> [(clause.number, clause.kind, clause.heading, clause.text) for clause in found.clauses]
    [('1', 'article', 'Aim', 'The Parties cooperate.'),
     ('2.1', 'paragraph', None, 'To meet.'),
     ('2.2', 'paragraph', None, 'To write.')]
    """
    text = extraction.text
    layout = read_rows(extraction)
    drafts: list[Draft] = []
    parts = [
        # The label of a note in mark-up is a number, front matter is about the document.
        Part("metadata" if any(map(str.isalpha, text[start:end])) else "number", Span(start, end))
        for start, end in layout.hidden
    ]
    for stream in columns(layout):
        cut = _cut(stream)
        drafts += cut.drafts
        parts += cut.parts
    pages = {row.start: row.page for draft in drafts for row in draft.rows}
    made = sorted(
        (clause for draft in drafts for clause in _clauses(text, draft, pages)),
        key=lambda clause: clause.spans[0],
    )
    return Segmentation(
        clauses=tuple(_numbered(made, document)),
        parts=tuple(_tiled(text, made, parts)),
        segmenter=SEGMENTER,
    )


def _cut(layout: Layout) -> Cut:
    if not layout.rows:
        return Cut()
    plan = plan_articles(layout)
    return drop_short_chapeaux(cut_articles(layout, plan)) if plan else cut_prose(layout)


def _clauses(text: str, draft: Draft, pages: dict[int, int]) -> Iterator[Clause]:
    """The clauses of a draft, without id and ordinal."""
    spans = _joined(text, draft.rows)
    if not spans:
        return
    block = "\n".join(text[start:end] for start, end in spans)
    language = language_of(block)
    found = _whole(block, sentences(block.replace("\n", " "), language))
    kind: ClauseKind = draft.kind
    if not draft.by_sentence and not (kind == "item" and len(found) > MAX_ITEM):
        found_here = [(Span(0, len(block)), found)]
    else:
        kind = "sentence" if draft.by_sentence or kind == "item" else kind
        found_here = [(span, (Span(0, span.end - span.start),)) for span in found]
    starts = sorted(pages)
    for span, inner in found_here:
        own = tuple(_located(spans, span))
        words = block[span.start : span.end]
        yield Clause(
            id="",
            ordinal=-1,
            kind=kind,
            number=draft.number,
            heading=draft.heading,
            text=words,
            language=language_of(words),
            page=_page(own[0].start, starts, pages),
            spans=own,
            sentences=tuple(inner),
        )


def _page(offset: int, starts: list[int], pages: dict[int, int]) -> int:
    return pages[starts[bisect_right(starts, offset) - 1]]


def _joined(text: str, rows: Iterable[Row]) -> list[Span]:
    """The rows as spans; rows with at most one line feed between them are one span.

    A word broken at the end of a line goes on at once.
    """
    spans: list[Span] = []
    for row in rows:
        if row.start == row.end:
            continue
        if spans and text[spans[-1].end : row.start] in ("\n", ""):
            spans[-1] = Span(spans[-1].start, row.end)
        else:
            spans.append(Span(row.start, row.end))
    return spans


def _whole(block: str, found: tuple[Span, ...]) -> tuple[Span, ...]:
    """The sentences, with anything visible between two of them given to the former."""
    whole: list[Span] = []
    done = 0
    for start, end in found:
        if block[done:start].strip():
            if whole:
                whole[-1] = Span(whole[-1].start, done + len(block[done:start].rstrip()))
            else:
                start = len(block) - len(block.lstrip())
        whole.append(Span(start, end))
        done = end
    if block[done:].strip():
        end = len(block.rstrip())
        whole[-1:] = [Span(whole[-1].start if whole else 0, end)]
    return tuple(_citations_back(block, whole))


def _citations_back(block: str, found: list[Span]) -> Iterator[Span]:
    """The sentences, with a citation printed behind a full stop given to what it supports."""
    starts = [span.start for span in found]
    for i in range(1, len(found)):
        match = _CITATION.match(block, found[i].start, found[i].end)
        if match and block[found[i - 1].end - 1] != ":":
            starts[i] = match.end() if match.end() < found[i].end else -1
    done: Span | None = None
    for i, span in enumerate(found):
        if starts[i] == span.start:
            if done:
                yield done
            done = span
        elif done and starts[i] < 0:
            done = Span(done.start, span.end)
        elif done:
            rest = block[starts[i] : span.end]
            yield Span(done.start, starts[i])
            done = Span(starts[i] + len(rest) - len(rest.lstrip()), span.end)
    if done:
        yield done


def _located(spans: list[Span], wanted: Span) -> Iterator[Span]:
    """Where the stretch ``wanted`` of the joined spans stands in the document text."""
    offset = 0
    for start, end in spans:
        length = end - start
        low, high = max(wanted.start - offset, 0), min(wanted.end - offset, length)
        if low < high:
            yield Span(start + low, start + high)
        offset += length + 1


def _numbered(clauses: Iterable[Clause], document: str) -> Iterator[Clause]:
    """The clauses with ordinal and id. The id is made of the words alone."""
    seen: Counter[str] = Counter()
    for ordinal, clause in enumerate(clauses):
        folded = "".join(filter(str.isalnum, clause.text.translate(_FOLD)))
        own = f"{document[:10]}.{hashlib.sha256(folded.encode()).hexdigest()[:8]}"
        seen[own] += 1
        again = f".{seen[own]}" if seen[own] > 1 else ""
        yield replace(clause, ordinal=ordinal, id=own + again)


def _tiled(text: str, clauses: Iterable[Clause], parts: Iterable[Part]) -> Iterator[Part]:
    """The parts in order, with gaps wherever nothing else stands."""
    taken: list[tuple[Span, PartKind | None]] = [(part.span, part.kind) for part in parts]
    taken += [(span, None) for clause in clauses for span in clause.spans]
    taken.sort()
    open_part: Part | None = None
    done = 0
    for span, kind in taken:
        between = text[done : span.start]
        if open_part and kind == open_part.kind and kind in _JOINED and between == "\n":
            open_part = Part(kind, Span(open_part.span.start, span.end))
            done = span.end
            continue
        if open_part:
            yield open_part
        open_part = None
        if between:
            yield Part("gap", Span(done, span.start))
        if kind:
            open_part = Part(kind, span)
        done = span.end
    if open_part:
        yield open_part
    if done < len(text):
        yield Part("gap", Span(done, len(text)))
