"""Footnotes tied to the marks that call them, page by page, in the offsets of the original text.

What a footnote is, the roles of the lines say. Which mark calls it is told by what stands raised
on the page, by brackets, by signs, and last by a number that clings to a word.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from textmine.records import Line, Page, Span
from textmine.text.digits import latin_digits

_SIGNS = "*†‡§"
_RAISED_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
# "1 Nye", "(۲) نک.", "[3]", "*", "4- "; behind the mark comes a letter, a quotation or a bracket.
_BEGIN = re.compile(
    rf"(?P<open>[\[(]?)(?P<mark>\d{{1,3}}|[⁰¹²³⁴-⁹]{{1,3}}|[{_SIGNS}]{{1,3}})"
    r"(?P<close>[\])]?)(?P<sign>[.)\-–—:]*)\s*(?=\S)"
)
_NUMBERS = re.compile(rf"\d{{1,3}}|[{_SIGNS}]{{1,3}}")
_BRACKETED = re.compile(rf"\[(\d{{1,3}}|[{_SIGNS}]{{1,3}})\]")
_SMALL = re.compile(r"[⁰¹²³⁴-⁹]{1,3}")
_SIGN = re.compile(rf"(?<=[^\s{re.escape(_SIGNS)}])[{_SIGNS}]{{1,3}}")
_ROUND = re.compile(r"(?<=[^\W\d_.،,؛:»\")])\u200c?\((\d{1,3})\)")
_CLINGING = re.compile(
    r"(?<=[^\W\d_])\u200c?(\d{1,2})(?![\w/:٫٬%٪])(?![.,\-–]\d)|(?<=[.،؛»)])(\d{1,2})(?=\s|$)"
)

_CALLS = ("body", "heading", "item", "table", "caption")


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote: its mark as written, where the text calls it, and where its own words stand.

    ``mark`` is empty for the rest of a note that began on the page before. ``anchor`` is the mark
    in the text of the same page, None where none was found. ``spans`` are the words of the note
    without its mark: one stretch, or several when something else is read in between.
    """

    mark: str
    anchor: Span | None
    spans: tuple[Span, ...]

    def text(self, page: Page) -> str:
        """The words of the note, its lines joined by a space."""
        return " ".join(page.text[start:end].replace("\n", " ") for start, end in self.spans)


def notes(page: Page) -> tuple[Note, ...]:
    """The footnotes of one page in the order of their texts.

    >>> text = "Cities matter2 [3]\\n2 Nye 2008\\n3 See there"
    >>> lines = (Line(0, 18), Line(19, 29, "footnote"), Line(30, 41, "footnote"))
    >>> page = Page(1, text, lines)
    >>> [(note.mark, page.text[slice(*note.anchor)], note.text(page)) for note in notes(page)]
    [('2', '2', 'Nye 2008'), ('3', '[3]', 'See there')]
    """
    found = _texts(page)
    anchors = _anchors(page, [mark for mark, _ in found])
    return tuple(
        Note(mark, anchor, spans) for (mark, spans), anchor in zip(found, anchors, strict=True)
    )


def _key(mark: str) -> str:
    """What a mark is compared by.

    >>> _key("۱۲"), _key("[³]")
    ('12', '3')
    """
    return latin_digits(mark).translate(_RAISED_DIGITS).strip("[]()")


# The notes


def _texts(page: Page) -> list[tuple[str, tuple[Span, ...]]]:
    """Marks and words of the notes at the foot of a page."""
    found: list[tuple[str, list[Span]]] = []
    called = {key for key, _ in _raised(page)}
    for line in page.lines:
        if line.role != "footnote":
            continue
        begin = _begin(page.text, line, found[-1][0] if found else "", called)
        if begin is not None:
            found.append((begin["mark"], [Span(begin.end(), line.end)]))
        elif not found:
            found.append(("", [Span(line.start, line.end)]))
        elif page.text[found[-1][1][-1].end : line.start] == "\n":
            found[-1][1][-1] = Span(found[-1][1][-1].start, line.end)
        else:
            found[-1][1].append(Span(line.start, line.end))
    return [(mark, tuple(spans)) for mark, spans in found]


def _begin(text: str, line: Line, before: str, called: Collection[str]) -> re.Match[str] | None:
    """The mark that begins a note on this line; a number must go on with the count.

    Where one is left out, the mark must be among those that are ``called`` in the text.
    """
    begin = _BEGIN.match(text, line.start, line.end)
    if begin is None or not text[begin.end() : line.end].strip():
        return None
    mark = _key(begin["mark"])
    raised = any(span.start <= begin.start("mark") < span.end for span in line.raised)
    if raised or not mark.isdigit() or not _key(before).isdigit():
        clear = raised or not mark.isdigit() or begin["sign"] or begin["close"]
        return begin if clear or text[begin.end("mark")].isspace() or not before else None
    ahead = int(mark) - int(_key(before))
    return begin if ahead == 1 or (ahead > 1 and mark in called) else None


# The marks in the text


def _anchors(page: Page, marks: list[str]) -> list[Span | None]:
    """For each note the place that calls it; the surest kind of mark first."""
    anchors: list[Span | None] = [None] * len(marks)
    taken: set[Span] = set()
    for kind in (_raised, _written):
        calls = list(kind(page))
        for at, mark in enumerate(marks):
            if anchors[at] is not None or not mark:
                continue
            fits = [span for key, span in calls if key == _key(mark) and span not in taken]
            after = max((span.end for span in anchors[:at] if span is not None), default=0)
            before = min((s.start for s in anchors[at + 1 :] if s is not None), default=None)
            fits = [
                s for s in fits if s.start >= after and (before is None or s.end <= before)
            ] or (fits if kind is _raised else [])
            if fits:
                anchors[at] = fits[0]
                taken.add(fits[0])
    return anchors


def _raised(page: Page) -> Iterator[tuple[str, Span]]:
    """Numbers and signs that stand raised, be they several in one: «۱،۲»."""
    for line in page.lines:
        if line.role not in _CALLS:
            continue
        for start, end in line.raised:
            for found in _NUMBERS.finditer(page.text, start, end):
                yield _key(found[0]), Span(*found.span())


def _written(page: Page) -> Iterator[tuple[str, Span]]:
    """Marks that the characters alone show, in this order: brackets, signs, clinging numbers."""
    lines = [line for line in page.lines if line.role in _CALLS]
    for pattern in (_BRACKETED, _SMALL, _SIGN, _ROUND, _CLINGING):
        for line in lines:
            for found in pattern.finditer(page.text, line.start, line.end):
                number = next((at for at in range(1, pattern.groups + 1) if found[at]), 0)
                inner = Span(*found.span(number))
                whole = Span(*found.span()) if pattern in (_BRACKETED, _ROUND) else inner
                yield _key(page.text[inner.start : inner.end]), whole
