"""What the lines of a document are: running heads, page numbers, headings, footnotes, captions.

Told by repetition, place and size over all pages; a line that nothing marks is body text.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from textmine.records import Box, LineRole, Span, Strip

Edge = tuple[float, float]

_TOP, _BOTTOM = 0.14, 0.88  # running heads stand outside of these parts of the page's height
_SMALL, _LARGE = 0.88, 1.15  # of the size of body text: footnotes are smaller, headings larger
_LARGER = 1.05  # of the size of body text: a heading if it stands out among lines around it
_DEEPEST = 6  # level of headings
_DIGITS = re.compile(r"[\s\d|/\-–—.]+")
_PAGE_NUMBER = re.compile(
    r"(?:(?:page|p\.|صفحه|صفحهٔ|ص)\s*)?[\s\-–—|/.(\[]*\d{1,4}[\s\-–—|/.)\]]*"
    r"(?:(?:of|از|/)\s*\d{1,4})?",
    re.IGNORECASE,
)
_LEADING = re.compile(r"^\d{1,4}(?!\.?\d)")
_TRAILING = re.compile(r"(?<![\d.])\d{1,4}$")
_NOTE = re.compile(r"[\[(]?(?:\d{1,3}|[*†‡])[\])]?[\s.\-)–]*\w")
_CAPTION = re.compile(
    r"(?:table|figure|fig\.|chart|map|جدول|شکل|نمودار|نقشه|تصویر)\s*[(]?\d{1,3}[)]?"
    r"(?:[-–.]\d{1,3})?\s*[:.\-–—]",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Draft:
    """A line before its role is known. ``bold`` is whether all of its letters are.

    ``strips`` and ``raised`` count in its own text. ``joined`` is whether the line before it ended
    within a word that it goes on with.
    """

    text: str
    edges: tuple[Edge, ...] | None
    box: Box
    size: float
    bold: bool = False
    marker_raised: bool = False
    role: LineRole = "body"
    level: int = 0
    turn: int = 0
    strips: tuple[Strip, ...] = ()
    raised: tuple[Span, ...] = ()
    joined: bool = False


@dataclass(slots=True)
class Layout:
    """A page's drafts in reading order, with its height and the heights of its short rules."""

    height: float
    drafts: list[Draft]
    rules: Sequence[Box] = ()


def assign(pages: Sequence[Layout]) -> None:
    """Give roles to the lines of a document, in place, and bring what frames the text to its ends.

    Heads come first on their page, then the text, then footnotes, then what stands below: so the
    text goes on from column to column.
    """
    _roles(pages)
    for page in pages:
        page.drafts.sort(key=lambda draft: _turn_of(draft, page.height))


def _turn_of(draft: Draft, height: float) -> int:
    if draft.role in ("running-head", "page-number"):
        return 0 if draft.box.bottom < height / 2 else 3
    return 2 if draft.role == "footnote" else 1


def _roles(pages: Sequence[Layout]) -> None:
    _furniture(pages)
    sizes: Counter[float] = Counter()
    for page in pages:
        for draft in page.drafts:
            if draft.role == "body":
                sizes[round(draft.size, 1)] += len(draft.text)
    if not sizes:
        return
    body = _weighted_median(sizes)
    for page in pages:
        _footnotes(page, body)
        for draft in page.drafts:
            if draft.role == "body" and _CAPTION.match(draft.text):
                draft.role = "caption"
    _headings(pages, body)


def _weighted_median(sizes: Counter[float]) -> float:
    half = sizes.total() / 2
    seen = 0
    for size in sorted(sizes):
        seen += sizes[size]
        if seen >= half:
            return size
    return max(sizes)


def _furniture(pages: Sequence[Layout]) -> None:
    """Running heads and page numbers: what stands at the edges of many pages."""
    edges: list[list[tuple[Draft, tuple[str, bool]]]] = []
    count: Counter[tuple[str, bool]] = Counter()
    counted: dict[tuple[str, bool], set[int]] = defaultdict(set)
    for page in pages:
        lines = sorted(
            (d for d in page.drafts if d.role == "body"), key=lambda draft: draft.box.bottom
        )
        near = lines[:3] + [line for line in lines[3:] if line in lines[-3:]]
        usual = median(line.size for line in lines) if lines else 0.0
        keyed = [
            (line, (_DIGITS.sub("", line.text), line.box.bottom < page.height / 2))
            for line in near
            if not _TOP * page.height < line.box.bottom < _BOTTOM * page.height
            and line.size <= _LARGE * usual  # a title that later pages repeat as running head
        ]
        edges.append(keyed)
        count.update({key for _, key in keyed if key[0]})
        for line, key in keyed:
            number = _LEADING.match(line.text)
            if number and not key[1]:
                counted[key].add(int(number[0]) - len(edges))
        for line in lines[:1] + lines[-1:]:
            outside = line.box.bottom < 0.1 * page.height or line.box.bottom > 0.88 * page.height
            small = line.size <= _LARGE * usual
            if outside and small and _PAGE_NUMBER.fullmatch(line.text.strip()):
                line.role = "page-number"
    for page, keyed in zip(pages, edges, strict=True):
        for line, key in keyed:
            often = len(pages) > 1 and key[0] and count[key] >= max(2, 0.3 * len(pages))
            # Numbers that do not count the pages count notes that say the same («همان»).
            if often and line.role == "body" and len(counted[key]) < 2:
                line.role = "running-head"
        _lone_head(page)
    _by_number(pages)
    _by_place(pages)


def _by_number(pages: Sequence[Layout]) -> None:
    """Running heads with the number of their page at either end, counted on many pages."""
    count: Counter[int] = Counter()
    found: list[tuple[Layout, Draft, int]] = []
    for at, page in enumerate(pages):
        lines = [draft for draft in page.drafts if draft.role in ("body", "page-number")]
        lines.sort(key=lambda draft: draft.box.bottom)
        if len(lines) < 2:
            continue
        usual = median(line.size for line in lines)
        for way in (1, -1):
            edge = lines[::way]
            rows = [line for line in edge if abs(line.box.bottom - edge[0].box.bottom) < usual / 3]
            near = next((line for line in edge if line not in rows), edge[0])
            apart = abs(near.box.bottom - edge[0].box.bottom) > 1.5 * usual
            outside = not _TOP * page.height < edge[0].box.bottom < _BOTTOM * page.height
            if not (apart and outside):
                continue
            for line in rows:
                numbers = {*_LEADING.findall(line.text)[:1], *_TRAILING.findall(line.text)}
                for offset in {int(number) - at for number in numbers}:
                    if line.size <= _LARGE * usual and len(line.text) < 130:
                        found.append((page, line, offset))
                        count[offset] += 1
    usual_offset, often = count.most_common(1)[0] if count else (0, 0)
    if often < max(3, 0.2 * len(pages)):
        return
    for page, line, offset in found:
        if offset == usual_offset:
            for draft in page.drafts:  # of a head in pieces, all of them
                if draft.role == "body" and abs(draft.box.bottom - line.box.bottom) < line.size / 3:
                    alone = _PAGE_NUMBER.fullmatch(draft.text.strip())
                    draft.role = "page-number" if alone else "running-head"


def _by_place(pages: Sequence[Layout]) -> None:
    """Running heads whose words change: set off from the text, at one place on many pages."""
    count: Counter[tuple[int, int]] = Counter()
    found: list[tuple[Draft, tuple[int, int]]] = []
    for page in pages:
        lines = sorted((d for d in page.drafts if d.role == "body"), key=lambda d: d.box.bottom)
        if len(lines) < 5:
            continue
        usual = median(line.size for line in lines)
        for line, near in ((lines[0], lines[1]), (lines[-1], lines[-2])):
            outside = not _TOP * page.height < line.box.bottom < _BOTTOM * page.height
            apart = abs(near.box.bottom - line.box.bottom) > 2 * usual
            if outside and apart and line.size <= usual:
                place = (round(line.box.bottom / 2), round(2 * line.size))
                found.append((line, place))
                count[place] += 1
    for line, place in found:
        if count[place] >= max(3, 0.2 * len(pages)):
            line.role = "running-head"


def _lone_head(page: Layout) -> None:
    """A line alone in the margin is a running head even where nothing repeats it.

    It is smaller than the text and apart from it, or a rule parts it from the text.
    """
    lines = sorted((d for d in page.drafts if d.role == "body"), key=lambda d: d.box.bottom)
    if len(lines) < 5:
        return
    body = median(line.size for line in lines)
    first, last = lines[0], lines[-1]
    below = next((d for d in lines[1:] if d.box.bottom - first.box.bottom > first.size / 2), None)
    if (
        below is not None
        and first.box.bottom < 0.12 * page.height
        and len(first.text) < 90
        and (
            (first.size < 0.87 * body and below.box.bottom - first.box.bottom > 1.9 * body)
            or (first.size <= body and _ruled_off(first, below, page.rules))
        )
    ):
        first.role = "running-head"
    above = lines[-2]
    if (
        last.size < 0.87 * body
        and last.box.bottom > 0.92 * page.height
        and last.box.bottom - above.box.bottom > 1.9 * body
        and above.size >= _SMALL * body  # not under a footnote
        and len(last.text) < 90
        and not _NOTE.match(last.text)
        and not any(above.box.bottom < rule.top < last.box.top + 1 for rule in page.rules)
    ):
        last.role = "running-head"


def _ruled_off(head: Draft, below: Draft, rules: Sequence[Box]) -> bool:
    """Whether a long rule lies just under a line and not under each of its words."""
    wide = max(head.box.x1, below.box.x1) - min(head.box.x0, below.box.x0)
    return any(
        rule.x1 - rule.x0 > 0.7 * wide
        and head.box.bottom - 0.3 * head.size
        < rule.top
        < min(head.box.bottom + head.size, below.box.top + 1)
        for rule in rules
    )


def _footnotes(page: Layout, body: float) -> None:
    """Small lines from a numbered one down to the foot of the page, set off by rule or marker."""
    lines = [draft for draft in page.drafts if draft.role == "body"]
    if len(lines) < 4:
        return
    body = min(body, median(line.size for line in lines))
    small = [line for line in lines if line.size < _SMALL * body]
    _below_rules(page, lines, body)
    for line in small:
        if line.role != "body" or not _NOTE.match(line.text) or line.box.bottom < page.height / 3:
            continue
        column = [other for other in lines if _overlap(line.box, other.box)]
        below = [other for other in column if other.box.bottom >= line.box.bottom - 1]
        if any(other.size >= _SMALL * body for other in below):
            continue
        ruled = any(
            0 < line.box.top - rule.bottom + 0.3 * line.size < 3 * line.size
            and _overlap(line.box, rule)
            for rule in page.rules
        )
        if ruled or line.marker_raised or len(below) <= 0.4 * len(column):
            for other in below:
                other.role = "footnote"


def _below_rules(page: Layout, lines: Sequence[Draft], body: float) -> None:
    """Small lines below a short rule, be it without a mark: a note may go on from a page before."""
    for rule in page.rules:
        column = [line for line in lines if _overlap(line.box, rule)]
        below = [line for line in column if line.box.bottom > rule.bottom]
        if not below or len(below) == len(column) or rule.top < page.height / 3:
            continue
        width = max(line.box.x1 for line in column) - min(line.box.x0 for line in column)
        first = min(below, key=lambda line: line.box.top)
        if (
            rule.x1 - rule.x0 < 0.5 * width
            and first.box.top - rule.bottom < 2 * first.size
            and all(line.size < _SMALL * body for line in below)
        ):
            for line in lines:
                if line.box.bottom > rule.bottom and any(_overlap(line.box, b.box) for b in below):
                    line.role = "footnote"


def _overlap(one: Box, other: Box) -> bool:
    return one.x0 < other.x1 and other.x0 < one.x1


def _headings(pages: Sequence[Layout], body: float) -> None:
    """Short lines in larger type, or in bold type among lines that are not."""
    found: list[tuple[Draft, int]] = []
    for page in pages:
        lines = [draft for draft in page.drafts if draft.role == "body"]
        bold = [line.bold for line in lines]
        larger = [line.size >= _LARGER * body for line in lines]
        for at, line in enumerate(lines):
            if len(line.text) > 150 or not any(char.isalpha() for char in line.text):
                continue
            if (
                line.size >= _LARGE * body
                or (bold[at] and line.size >= 0.95 * body and _stands_out(lines, at, bold))
                or (larger[at] and _stands_out(lines, at, larger) and _by_own_script(lines, at))
            ):
                found.append((line, round(line.size)))
    if len(found) > 0.4 * sum(len(page.drafts) for page in pages) + 3:
        return  # a poster or a form, where size says nothing
    ranks = sorted({size for _, size in found}, reverse=True)
    for line, size in found:
        line.role, line.level = "heading", min(ranks.index(size) + 1, _DEEPEST)


def _by_own_script(lines: Sequence[Draft], at: int) -> bool:
    """Whether a line beside this one is in the same script: the other may be set larger."""
    arabic = [sum("\u0600" <= char <= "\u06ff" for char in line.text) * 2 > len(line.text) * 0.6
              for line in lines[max(0, at - 1) : at + 2]]  # fmt: skip
    return arabic.count(arabic[min(at, 1)]) > 1


def _stands_out(lines: Sequence[Draft], at: int, alike: Sequence[bool]) -> bool:
    """Whether a bold or larger line is a short one of at most two among lines in ordinary type."""
    line = lines[at]
    if not 2 < len(line.text) <= 90 or line.text.rstrip()[-1:] in ".،,؛;-":
        return False
    run = 1
    for way in (-1, 1):
        near = at + way
        while 0 <= near < len(lines) and alike[near] and run < 3:
            run += 1
            near += way
    return run < 3
