"""Agreements, treaties and laws: articles, their paragraphs and notes, preamble and closing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from textmine.clauses.drafts import Cut, Draft
from textmine.clauses.marks import (
    VERB_LAST,
    Mark,
    bullet_end,
    chapter_end,
    is_annex,
    is_open,
    item_marks,
    unit_marks,
)
from textmine.clauses.page_furniture import furniture
from textmine.clauses.rows import Layout, Row
from textmine.records import ClauseKind
from textmine.text.digits import parse_number
from textmine.text.language import language_of

Plan = dict[int, Mark]
"""The rows that begin an article, by index, with the number they print."""

MIN_SPREAD = 0.45
"""Least share of an agreement that its articles take up; a law quoted in a paper takes less."""
# Half of it will do for a document that calls itself an agreement, or ends like one.
MIN_SPREAD_PAPER = 0.8
"""The same for a document with an abstract, keywords or references."""
MAX_GAP = 10
"""Most article numbers that may be missing (lost pages) before a number is taken for a mistake."""
MAX_SIGNATORY = 15
"""Words up to which a line below the text may be the name or office of one who signs it."""
MIN_CHAPEAU = 4
"""Words from which the text before the items of an article is a clause of its own."""

_AGREEMENT = re.compile(
    r"(?:متن\s+)?(?:تفاهم\s?نامه|یادداشت\s+تفاهم|موافقت\s?نامه|توافق\s?نامه|قرارداد|پیمان|معاهده|عهد\s?نامه"
    r"|پروتکل|قانون|اساسنامه|ایین\s?نامه|مقاوله|کنوانسیون|منشور|بیانیه|برنامه\s+همکاری|سند)"
    r"|(?:(?:the|draft|joint|general|framework|free|trade|cultural)\s+)*"
    r"(?:memorandum|agreement|treaty|convention|protocol|charter|act\b|statute|declaration"
    r"|constitution|covenant|accord|letter\s+of\s+intent|sister\s+cit)",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(
    r"[\s*_]*(?:(?:done|signed|executed|concluded|given)\s+(?:at|in|on|this|by|and)\b"
    r"|in\s+(?:witness|faith|testimony)\s+(?:where|there)?of\b"
    r"|(?:this|the\s+present)\s.{0,120}\b(?:done|signed|executed|drawn\s+up)\b.{0,200}"
    r"\b(?:originals?|copies|duplicate|languages?)\b"
    r"|(?:این|به\s+تاریخ|در\s+تاریخ|در\s+شهر"
    r"|در(?:\s+\w+){1,3}،\s+(?:به\s+تاریخ|در\s+روز)|تفاهم|یادداشت|موافقت|قرارداد|مفاد|بنا\s+به|به\s+منظور\s+گواهی"
    r"|در\s+گواهی|برای\s+گواهی|امضا)(?=.{0,400}(?:نسخه|گواهی))"
    r"(?=.{0,400}(?:امضا|تنظیم|منعقد|مبادله|تهیه|تحریر|(?:نوشته|نگاشته)\s+شد))"
    r"|(?:تنظیم|تهیه|نوشته|نگاشته|امضا)\s+(?:شد|شده|گردید|گردیده)\s(?=.{0,200}نسخه))",
    re.IGNORECASE | re.DOTALL,
)
# Who signs, on a line of its own below the text.
_SIGNATORY = re.compile(
    r"[\s*_\-–]*(?:(?:for|on\s+behalf\s+of)\s|(?:(?:the|lord|deputy|vice)[\s-]+)?"
    r"(?:mayor|minister|president|prime\s+minister|chair(?:man|woman|person)?|governor|ambassador"
    r"|secretary|director|speaker)\b|(?:signatures?|signed|witness(?:es)?)\b"
    r"|(?:شهردار|رئیس|رییس|وزیر|معاون|نماینده|استاندار|فرماندار|دبیر|مدیر|سفیر|گواهان|گواه|شاهد|شهود"
    r"|امضا|محل\s+امضا|از\s+طرف|از\s+سوی|به\s+نمایندگی|برای)(?!\w))",
    re.IGNORECASE,
)
# Whom a copy goes to is listed below the signatures.
_COPIES = re.compile(
    r"[\s*_\-–]*(?:(?:رونوشت|گیرندگان(?:\s+رونوشت)?|رونوشت\s+(?:به|برای))\s*(?:[:：]|$)"
    r"|(?:c\.?c\.?|cop(?:y|ies)(?:\s+(?:to|for))?|distribution(?:\s+list)?)\s*[:：])",
    re.IGNORECASE,
)
# A paragraph behind the last note that speaks of the whole text belongs to no note.
_THIS_TEXT = re.compile(
    r"این\s+(?:مصوبه|قانون|[اآ]یین\s?نامه|اساسنامه)\s"
    r"|this\s+(?:act|resolution|by-?law|ordinance)\s",
    re.IGNORECASE,
)
_RECITAL = re.compile(
    r"[\s*_\-–•]*(?:(?:and|و)\s+)?"
    r"(?:whereas|[a-z]+ing|determined|desirous|convinced|mindful|aware|conscious"
    r"|resolved|guided|inspired|committed|encouraged|motivated|cognizant|persuaded|animated"
    r"|prompted|concerned|keen|eager|anxious|pursuant|based\s+on|on\s+the\s+basis"
    r"|in\s+(?:view|accordance|order|pursuance|light|consideration)"
    r"|with\s+(?:a\s+view|the\s+(?:aim|purpose|desire|intention))"
    r"|با\s+(?:توجه|عنایت|در\s+نظر|هدف|اذعان|تاکید|اعتقاد|ابراز|علاقه|[اآ]گاهی|استناد|یاد[اآ]وری"
    r"|خرسندی|خشنودی|بهره|نگرانی|حمد|سپاس|شناخت|تمایل|الهام|امید|[اآ]رزوی"
    r"|احترام|اتکا|تکیه|درک|پایبندی|انگیزه|یقین|عزم|اراده|استفاده)"
    r"|نظر\s+به|به\s+منظور|در\s+راستای|در\s+جهت|در\s+اجرای|در\s+چارچوب|به\s+استناد|علاقه\s?مند"
    r"|از\s+[اآ]ن\s?جا(?:یی)?|بر\s+اساس|براساس|بر\s+پایه|پیرو|مصمم|معتقد|ضمن|[اآ]گاه)(?!\w)",
    re.IGNORECASE,
)
_AGREED = re.compile(
    r"[\s*_]*(?:(?:have|has|hereby|do\s+hereby|they|the\s+parties)\b.{0,60}\b(?:agreed?|decided)\b"
    r"|(?:have|has)\s+(?:(?:hereby|therefore|thus)\s+)?(?:come\s+to|reached|concluded|resolved)\b"
    r"|(?:hereby\s+)?agree\s+(?:on|to|as|upon)\s+(?:the\s+)?follow"
    r"|(?:(?:به|بر|در|روی)\s+)?(?:شرح|موارد|مراتب|تفاهم|توافق|نکات|مواد)\s+(?:زیر|ذیل)"
    r"|این\s+(?:یادداشت|تفاهم|موافقت|قرارداد|توافق|پیمان|سند).{0,200}"
    r"(?:منعقد|امضا|تنظیم|مبادله)\s.{0,20}:$)",
    re.IGNORECASE,
)
# The same said at the end of a sentence that begins otherwise, behind the recitals.
_AGREED_LAST = re.compile(
    r"[^:]*(?:(?:شرح|موارد|مراتب|مواد|نکات)\s+(?:زیر|ذیل)[^:]{0,60}(?:توافق|موافقت|متعهد|مقرر)"
    r"|\bagree[^:]{0,40}\bfollow(?:s|ing)\b|\bfollowing\s+terms\b)[^:]{0,30}:\s*$",
    re.IGNORECASE,
)
# Two recitals on one line: a semicolon, then words that begin a recital or the agreement.
_NEXT_RECITAL = re.compile(r"[;؛]\s+(?=\S)")
_NEXT_AGREED = re.compile(r"[,،]\s+(?=(?:have|has|hereby|agree)\s|(?:به|بر|در)\s)", re.IGNORECASE)
_NO_RECITAL = re.compile(
    r"(?:and\s+)?(?:including|excluding|being|during|concerning|regarding|pending|according"
    r"|following|nothing|anything|everything|something)\b",
    re.IGNORECASE,
)
# The second line of a title says what it is about.
_SUBTITLE = re.compile(
    r"(?:درباره|پیرامون|در\s+(?:باره|خصوص|زمینه|مورد)|on|concerning|regarding)\s", re.IGNORECASE
)
# Or between whom it is.
_BETWEEN = re.compile(r"(?:(?:ما)?بین|میان|(?:by\s+and\s+)?between)\s", re.IGNORECASE)
_BLESSING = re.compile(r"[\s*]*(?:بسم|به\s+نام\s+(?:خدا|یزدان|او))")
_PREAMBLE_HEADING = re.compile(
    r"[\s*#]*(?:preamble|recitals|مقدمه|دیباچه|پیش\s?گفتار)\s*[:.*]*$", re.IGNORECASE
)
# What is printed behind the signatures without calling itself an annex.
_SUPPLEMENT = re.compile(
    r"[\s#*]*(?:(?:joint|agreed|interpretative|unilateral)\s+)*"
    r"(?:record|minutes|declaration|letter|statement|understanding|صورت\s?جلسه|بیانیه|اعلامیه)s?\b"
    r"(?:\s\S+){0,7}$",
    re.IGNORECASE,
)
# No abbreviation and no number: those have points of their own.
_SENTENCE_END = re.compile(r"[^\W\d]{3,}[.!؟](?=\s)")
_UNFINISHED = (",", "،", "-", "–", "—")
_RUN_IN = re.compile(r"[^\W\d_]{3}[.؛]\s+\S")  # "Purpose. The Parties": text begins on the line
_CONTENTS = re.compile(r".*(?:(?:\.\s?){5,}|…\s?…|_{5,})\s*\d*\s*$")
# A heading does not begin so; the first line of an article does.
_SUBJECT = re.compile(
    r"(?:طرفین|هر\s|هیچ|کلیه|چنانچه|در\s+صورت|این\s|the\s+(?:contracting\s+)?part(?:y|ies)\s"
    r"|each\s|any\s|neither\s|nothing\s|if\s|this\s)",
    re.IGNORECASE,
)
_PAPER = re.compile(
    r"[\s#*\d.\-]*(?:چکیده|کلید\s?واژه|واژ\S*\s+کلیدی|پیشینه\s+پژوهش|منابع|فهرست\s+منابع|abstract"
    r"|key\s?words|references|bibliography)(?!\w)(?:.{0,20}$|\s*[:：])",
    re.IGNORECASE,
)


# Sections named so may gather clauses named so.
_CHAPTER_WORDS = ("بخش", "قسمت", "section", "sec.")
_CLAUSE_WORDS = ("بند", "clause", "paragraph", "rule")

# The number of a list member inside a line: always in brackets, or before a closing one.
_INLINE = re.compile(
    r"(?:(?<=\s)|^)(?:\((?:[a-z]{1,2}|[ivxl]{1,5}|[A-Z]|\d{1,2}|الف|[اآب-ی])\)"
    r"|(?:[a-z]|[ivxl]{1,4}|\d{1,2}|الف|[ب-ی])\))(?=\s|$|[آ-ی])"
)
_CLAUSE_END = re.compile(r"(?:[.:;,،؛–—]|\b(?:and|or|و|یا))$", re.IGNORECASE)
_LIST_BEGINS = re.compile(r"(?:[.:;,،؛–—]|[;,،؛]\s*(?:and|or|و|یا))$", re.IGNORECASE)
# An abbreviation, or the number of a paragraph that was not found; no clause ends with either.
_ABBREVIATED = re.compile(
    r"\b(?:arts?|nos?|paras?|secs?|cl|pp?|cf|ch|vol|annex|article|section|paragraph)[.,]$"
    r"|(?:^|\s)\d{1,2}[.)]$",
    re.IGNORECASE,
)
# Behind the last number of a reference: "(b) of Article 3", «(ب) ماده ۳».
_OF_UNIT = re.compile(
    r"\s*(?:(?:of|to|in)\s+(?:(?:this|that|the|said)\s+)*(?:articles?|sections?|paragraphs?|clauses?)\b"
    r"|(?:این|همین|از)?\s*(?:ماده|بند|تبصره|اصل)(?!\w)|(?:above|below|hereof|فوق|بالا)(?!\w))",
    re.IGNORECASE,
)
# What a member of a list has before the next one begins.
_CONTENT = re.compile(r"\b(?!(?:and|or|و|یا)\b)\w+", re.IGNORECASE)
_ENGLISH_VERB = re.compile(
    r"\b(?:shall|will|may|must|is|are|was|were|has|have|does|do|agrees?|undertakes?)\b"
)


@dataclass(slots=True)
class _Level:
    kind: str
    style: str
    value: int
    label: str


def plan_articles(layout: Layout) -> Plan | None:
    """The articles of the document, or None when it is not made of articles.

    Articles (ماده، اصل، Article, §) are looked for first, then sections (Section, بند), then
    numbered paragraphs, the last two only in a document that calls itself an agreement or ends
    like one.
    """
    rows = layout.rows
    paper = sum(bool(_PAPER.match(row.view)) for row in rows) >= 2
    agreement = not paper and _looks_agreed(rows)
    for kind, least in (("article", 2), ("section", 2), ("number", 3)):
        if kind != "article" and not agreement:
            continue
        plan = _number_plan(layout) if kind == "number" else _unit_plan(layout, kind)
        single = len(plan) == 1 and next(iter(plan.values())).word == "واحده"
        least_spread = MIN_SPREAD_PAPER if paper else MIN_SPREAD
        if agreement:
            least_spread /= 2
        if single or (len(plan) >= least and _spread(rows, plan, agreement) >= least_spread):
            return plan
    return None


def _looks_agreed(rows: Sequence[Row]) -> bool:
    top = [row for row in rows if row.role in ("body", "heading")][:6]
    named = any(_AGREEMENT.match(row.view.lstrip('#*_ «"')) for row in top)
    return named or any(_SIGNATURE.match(_ahead(rows, i)) for i in range(len(rows)))


def _spread(rows: Sequence[Row], plan: Plan, agreement: bool) -> float:
    """Share of the text from the first to the last article, as if the last were of usual length."""
    places = sorted(plan)
    text = rows[-1].end - rows[0].start
    if len(places) < 2 or not text:
        return 0.0
    reach = (rows[places[-1]].start - rows[places[0]].start) * len(places) / (len(places) - 1)
    last = rows[places[-1]].start
    annexes = [
        row.start
        for row in rows
        if row.start > last and is_annex(row.view) and chapter_end(row.view) is not None
    ]
    if agreement and annexes:
        text = annexes[0] - rows[0].start
    return reach / text


def _unit_plan(layout: Layout, kind: str) -> Plan:
    rows = layout.rows
    found: list[tuple[int, Mark]] = []
    for i, row in enumerate(rows):
        if row.role not in ("body", "heading", "item") or _CONTENTS.match(row.view):
            continue
        mark = next((mark for mark in unit_marks(row.view) if mark.kind == kind), None)
        if mark and _stands_free(layout, i, mark):
            found.append((i, mark))
    found = _without_chapters(found)
    plan: Plan = {}
    last: tuple[int, ...] = ()
    for place, (i, mark) in enumerate(found):
        begins = begins_paragraph(layout, i) or (rows[i].blank and mark.form == "alone")
        later = [following.value for _, following in found[place + 1 : place + 4]]
        if mark.form == "doubtful":
            accept = begins and _comes_next(last, mark.value) and rows[i - 1].full
        elif _comes_next(last, mark.value):
            accept = begins or mark.form != "bare"
        elif mark.value[-1] == 1 and len(mark.value) <= 2:
            accept = begins
        elif not last:
            accept = begins and mark.value[0] <= MAX_GAP
        elif mark.value > last:
            near = mark.value[0] - last[0] <= MAX_GAP
            accept = begins and near and not any(_comes_next(last, value) for value in later)
        else:
            accept = rows[i].role == "heading" or (begins and mark.form == "alone")
        if accept:
            plan[i] = mark
            last = mark.value
    return plan


def _without_chapters(found: list[tuple[int, Mark]]) -> list[tuple[int, Mark]]:
    """The marks without the sections that only gather clauses («بخش اول» above «بند ۱»)."""
    wide = {i for i, mark in found if mark.word.lower() in _CHAPTER_WORDS}
    narrow = [i for i, mark in found if mark.word.lower() in _CLAUSE_WORDS]
    gathers = all(following[0] not in wide for (i, _), following in pairwise(found) if i in wide)
    if not wide or len(narrow) <= len(wide) or not gathers or narrow[-1] < max(wide):
        return found
    return [(i, mark) for i, mark in found if i not in wide]


def _comes_next(last: tuple[int, ...], value: tuple[int, ...]) -> bool:
    if not last:
        return False
    return (
        value == (*last[:-1], last[-1] + 1)
        or value == (last[0] + 1, *(1 for _ in value[1:]))
        or value == (*last, 1)
    )


def _stands_free(layout: Layout, i: int, mark: Mark) -> bool:
    """Whether the number is no reference that a line break has put at the start of a line."""
    rows = layout.rows
    before = rows[i - 1] if i else None
    set_apart = rows[i].blank and mark.form == "alone"
    if before and before.role == "body" and is_open(before.view) and not set_apart:
        return False
    if mark.form == "alone" and i + 1 < len(rows) and not rows[i + 1].blank:
        following = rows[i + 1].view
        if following[:1].islower() and not item_marks(following):
            return False
    return True


def begins_paragraph(layout: Layout, i: int) -> bool:
    """Whether row ``i`` does not go on with the sentence of the row before it."""
    rows = layout.rows
    if i == 0:
        return True
    row, before = rows[i], rows[i - 1]
    if row.role in ("heading", "item") or before.role != "body":
        return True
    if is_open(before.view) and not row.blank:
        return False
    return before.closed or not layout.width or row.blank or layout.is_short(before, 0.8)


def _number_plan(layout: Layout) -> Plan:
    """Top-level numbered paragraphs, counted from 1 in one style."""
    plan: Plan = {}
    style, last = "", 0
    for i, row in enumerate(layout.rows):
        if row.role not in ("body", "item", "heading"):
            continue
        for mark in item_marks(row.view):
            if mark.kind != "number" or len(mark.value) > 1 or mark.form == "bare":
                continue
            value = mark.value[0]
            fresh = value == 1 and (not plan or last >= 3) and style in ("", mark.style)
            if (fresh or (value == last + 1 and mark.style == style)) and begins_paragraph(
                layout, i
            ):
                plan[i] = mark
                style, last = mark.style, value
                break
    return plan


def _ahead(rows: Sequence[Row], i: int, count: int = 4) -> str:
    """The text of row ``i`` and the next ones, for patterns that a line break may cut."""
    return " ".join(row.view for row in rows[i : i + count])


def _signs(rows: Sequence[Row], i: int) -> bool:
    """Whether a closing formula begins with row ``i``.

    What makes it one stands in its first sentence: a last article that begins with the same words
    ("this memorandum is valid for three years.") often stands right before it.
    """
    ahead = _ahead(rows, i)
    end = _SENTENCE_END.search(ahead)
    return _SIGNATURE.match(ahead[: end.end()] if end else ahead) is not None


def cut_articles(layout: Layout, plan: Plan) -> Cut:
    """Cut an agreement into clauses and parts; ``plan`` comes from :func:`plan_articles`."""
    reader = _Reader(layout, plan)
    reader.read()
    return reader.cut


class _Reader:
    """Goes down the rows once and remembers which article, which list and which heading is open."""

    def __init__(self, layout: Layout, plan: Plan) -> None:
        self.layout = layout
        self.rows = layout.rows
        self.plan = plan
        self.cut = Cut()
        self.aside = furniture(layout)
        self.fronts = self._fronts()
        self.annexed = ""  # prefix of numbers inside an annex, as in annex-1
        self.unit: Mark | None = None
        self.levels: list[_Level] = []
        self.below_note: list[_Level] | None = None
        self.draft: Draft | None = None
        self.heading: str | None = None
        self.chapter: str | None = None
        self.zone = "front"
        self.titles: set[int] = set()  # rows of the title
        self.lists = self._lists()

    def read(self) -> None:
        places = sorted(self.plan)
        last_of_run = {
            place for place, following in zip(places, [*places[1:], -1], strict=True)
            if following < 0 or following in self.fronts.values()
        }  # fmt: skip
        i = 0
        closing = False
        while i < len(self.rows):
            if i in self.fronts:
                end = self.fronts[i]
                self._reset()
                self._front(i, end)
                self.zone, i = "body", end
                continue
            if i in self.aside:
                self.cut.part(self.aside[i], self.rows[i])
                i += 1
                continue
            if i in self.plan:
                closing = i in last_of_run
                i = self._article(i)
                continue
            i = self._row(i, closing)

    def _fronts(self) -> dict[int, int]:
        """Where the title and preamble before each run of articles begin and end."""
        places = sorted(self.plan)
        fronts: dict[int, int] = {}
        if places and places[0] > 0:
            fronts[0] = places[0]
        for before, place in pairwise(places):
            if self.plan[place].value[-1] != 1 or self.plan[place].value > self.plan[before].value:
                continue
            start = self._front_start(before, place)
            if start is not None and start < place:
                fronts[start] = place
        return fronts

    def _front_start(self, before: int, place: int) -> int | None:
        """The row where a second text (usually in the other language) begins, if one does."""
        language = language_of(self.rows[place].text)
        if language == language_of(self.rows[before].text):
            signed = False
            for i in range(before + 1, place):
                row = self.rows[i]
                signed = signed or _signs(self.rows, i)
                if signed and not is_annex(row.view) and _AGREEMENT.match(row.view.lstrip("#* ")):
                    return i
            return None
        start = place
        while start > before + 1 and language_of(self.rows[start - 1].text) in (language, "und"):
            start -= 1
        while start < place and language_of(self.rows[start].text) == "und":
            start += 1
        return start

    def _reset(self) -> None:
        self.annexed, self.unit, self.levels, self.below_note = "", None, [], None
        self.draft, self.heading, self.chapter = None, None, None

    # ---- before the first article

    def _front(self, start: int, end: int) -> None:
        """Title, headings, the parties and the recitals."""
        titled = False
        draft: Draft | None = None
        i = start
        while i < end:
            row = self.rows[i]
            if i in self.aside:
                self.cut.part(self.aside[i], row)
            elif _CONTENTS.match(row.view) or (not titled and _BLESSING.match(row.view)):
                self.cut.part("metadata", row)
            elif chapter_end(row.view) is not None or _PREAMBLE_HEADING.match(row.view):
                self._chapter(row)
                draft, titled = None, True
                if chapter_end(row.view) == len(row.view) and i + 1 < end and self._is_title(i + 1):
                    i += 1
                    self._chapter(self.rows[i], add=True)
            elif not draft and self._is_title(i, end):
                if titled and (row.role == "heading" or self.cut.drafts):
                    self._chapter(row)
                else:
                    self.cut.part("title", row)
                    self.titles.add(i)
            else:
                titled = True
                draft = self._statement(i, draft)
            i += 1

    def _statement(self, i: int, draft: Draft | None) -> Draft | None:
        """Take row ``i`` into the open recital or preamble clause, or into new ones."""
        row, before = self.rows[i], self.rows[i - 1]
        for piece in _pieces(row, _recital_starts(row)):
            agreed = bool(_AGREED.match(piece.view)) or (
                piece.start == row.start and self._agrees(i)
            )
            recital = not agreed and bool(_RECITAL.match(piece.view))
            new = (
                draft is None
                or row.role == "item"
                or piece.start > row.start
                or ((recital or agreed) and (before.closed
                    or before.view.rstrip().endswith((",", "،"))
                    or begins_paragraph(self.layout, i)))
                or (row.blank and not is_open(before.view.rstrip(",،")))
            )  # fmt: skip
            if new or draft is None:
                cut = bullet_end(piece.view) if row.role != "heading" else 0
                self.cut.part("number", piece.until(cut))
                kind: ClauseKind = "recital" if recital else "preamble"
                draft = self.cut.draft(kind, [piece.after(cut)], heading=self.chapter)
            else:
                draft.rows.append(piece)
        return draft

    def _agrees(self, i: int) -> bool:
        """Whether the sentence that begins with row ``i``, behind a recital, is the agreement."""
        if i == 0:
            return False
        before = self.rows[i - 1]
        ends = before.view.rstrip()
        apart = ends.endswith((";", "؛")) or (
            ends.endswith((",", "،"))
            and (not self.layout.width or self.layout.is_short(before, 0.95))
        )
        return (
            apart
            and not _RECITAL.match(self.rows[i].view)
            and any(_AGREED_LAST.match(_ahead(self.rows, i, count)) for count in (1, 2))
        )

    def _is_title(self, i: int, end: int | None = None) -> bool:
        """Whether a row before the articles belongs to a title or heading, not to a paragraph."""
        row = self.rows[i]
        if row.role == "heading":
            return True
        if row.text.isupper() and i - 1 in self.titles and is_open(self.rows[i - 1].view):
            return True  # MEMORANDUM OF / UNDERSTANDING
        if row.closed or row.view.rstrip().endswith((",", "،")) or _RECITAL.match(row.view):
            return False
        if len(row.text) > 150 or item_marks(row.view) or _AGREED.match(row.view):
            return False
        if _AGREEMENT.match(row.view.lstrip("#* ")) or row.text.isupper():
            return True
        if _SUBTITLE.match(row.view) and i and i - 1 in self.titles and not is_open(row.view):
            return len(row.text.split()) <= 12
        if _BETWEEN.match(row.view) and i - 1 in self.titles and not is_open(row.view):
            return i + 1 == len(self.rows) or begins_paragraph(self.layout, i + 1)
        # A paragraph goes on until its stop: look at the end of what this row begins.
        if len(row.text) > 40 or is_open(row.view):
            stop = len(self.rows) if end is None else end
            for following in self.rows[i + 1 : min(i + 6, stop)]:
                if following.blank or following.role == "heading":
                    break
                if following.closed or following.view.rstrip().endswith((",", "،")):
                    return False
        return _is_name(row) or len(row.text.split()) <= 12

    def _chapter(self, row: Row, add: bool = False) -> None:
        self.cut.part("heading", row)
        text = row.text.strip("#* \t")
        self.chapter = f"{self.chapter} {text}" if add and self.chapter else text
        self.heading = None

    # ---- articles

    def _article(self, i: int) -> int:
        row, mark = self.rows[i], self.plan[i]
        self.unit, self.levels, self.below_note, self.draft = mark, [], None, None
        self.heading, self.zone = None, "body"
        self.cut.part("number", row.until(mark.end))
        rest = row.after(mark.end)
        rest, *others = _pieces(rest, self.lists.get(i, ()))
        deeper = self.plan.get(i + 1)
        parent = deeper and mark.form != "alone" and deeper.value[:-1] == mark.value
        if parent or (others and _is_label(rest)):
            titles = [rest]
        else:
            titles = self._titles(i, rest if mark.form != "alone" else None)
        for title in titles:
            self.cut.part("heading", title)
        if titles:
            self.heading = " ".join(title.text.strip("*_ \t:") for title in titles)
            if others:
                self.heading = self.heading.rstrip(".")
        if mark.form != "alone" and rest not in titles and rest.text:
            self._text(rest, fresh=True)
        for piece in others:
            self._text(piece, fresh=True)
        return i + 1 + sum(title is not rest for title in titles)

    def _titles(self, i: int, rest: Row | None) -> list[Row]:
        """The rows, or the rest of the row, that are the heading of the article in row ``i``."""
        titles: list[Row] = []
        j = i + 1
        if rest is not None:
            if self.rows[i].role == "heading" or (
                self._is_heading(rest, self.rows[i]) and self._has_text(j)
            ):
                titles.append(rest)
            return titles
        while j < len(self.rows) and len(titles) < 2 and self._free(j):
            row = self.rows[j]
            if row.role != "heading":
                if not self._is_heading(row, row) or not self._has_text(j + 1):
                    break
                if titles and not _is_name(row):
                    break
            titles.append(row)
            j += 1
        return titles

    def _free(self, i: int) -> bool:
        row = self.rows[i]
        return (
            i not in self.plan
            and i not in self.aside
            and i not in self.fronts
            and chapter_end(row.view) is None
            and not item_marks(row.view)
        )

    def _has_text(self, i: int) -> bool:
        while i in self.aside:
            i += 1
        return (
            i < len(self.rows)
            and i not in self.plan
            and i not in self.fronts
            and chapter_end(self.rows[i].view) is None
            and not _signs(self.rows, i)
        )

    def _is_heading(self, row: Row, line: Row) -> bool:
        if _CONTENTS.match(row.view) or row.closed or row.view.rstrip().endswith(_UNFINISHED):
            return False
        if _RUN_IN.search(row.view):
            return False
        if self.layout.width and not self.layout.is_short(line, 0.9):
            return _is_name(row) and _capitals(row) >= 0.8
        return _is_name(row)

    # ---- inside articles, between and behind them

    def _row(self, i: int, closing: bool) -> int:
        row = self.rows[i]
        end = chapter_end(row.view)
        if end is not None and (begins_paragraph(self.layout, i) or row.role == "heading"):
            self._open_chapter(row)
            i += 1
            if end == len(row.view) and i < len(self.rows) and self._free(i):
                following = self.rows[i]
                if following.role == "heading" or self._is_heading(following, following):
                    self._chapter(following, add=True)
                    i += 1
            return i
        if row.role == "heading" or (i + 1 in self.plan and self._is_heading_between(i)):
            self._chapter(row)
            self.draft = None
            return i + 1
        if (
            closing
            and self.zone == "body"
            and self.draft
            and begins_paragraph(self.layout, i)
            and _signs(self.rows, i)
        ):
            self.zone = "signature"
            self.draft = self.cut.draft("signature", [row], heading=None)
            return i + 1
        if closing and self.zone in ("body", "signature") and self._ends(i, _COPIES):
            self.zone = "copies"
        if self.zone == "body" and closing and self._said() and self._ends(i, _SIGNATORY):
            self.zone = "signature"
            self.draft = self.cut.draft("signature", [row])
            return i + 1
        if self.zone in ("signature", "copies") and row.blank and _SUPPLEMENT.match(row.view):
            self._open_annex(row)
            return i + 1
        if self.zone == "signature":
            self._signature(row)
            return i + 1
        if self.zone == "copies":
            self.cut.part("metadata", row)
            return i + 1
        if closing and self._ends_notes(i):
            self.levels, self.below_note, self.draft = [], None, None
        begins = self.draft is None or begins_paragraph(self.layout, i)
        first, *others = _pieces(row, self.lists.get(i, ()))
        self._text(
            first, begins=begins or row.start in self.lists.get(i, ()), after=self.rows[i - 1]
        )
        for piece in others:
            self._text(piece, fresh=True)
        return i + 1

    def _said(self) -> bool:
        """Whether the open clause ends with a full stop, be it on the page before."""
        return self.draft is not None and self.draft.rows[-1].full

    def _ends(self, i: int, opening: re.Pattern[str]) -> bool:
        """Whether row ``i`` begins as ``opening`` says and nothing but short lines follow it."""
        if not opening.match(self.rows[i].view) or not begins_paragraph(self.layout, i):
            return False
        for j in range(i, len(self.rows)):
            row = self.rows[j]
            if j in self.aside:
                continue
            if j in self.plan or j in self.fronts or chapter_end(row.view) is not None:
                break
            if j > i and _COPIES.match(row.view):
                break
            if len(row.text.split()) > MAX_SIGNATORY or row.full or VERB_LAST.search(row.view):
                return False
        return True

    def _ends_notes(self, i: int) -> bool:
        """Whether row ``i`` speaks of the whole text again, behind the last note."""
        row = self.rows[i]
        return (
            bool(self.levels)
            and self.levels[0].kind == "note"
            and self._said()
            and (row.blank or not self.layout.width)
            and _THIS_TEXT.match(row.view) is not None
        )

    # ---- lists inside a paragraph

    def _lists(self) -> dict[int, tuple[int, ...]]:
        """Where the members of lists that are printed without line breaks begin, by row.

        Only whole lists are cut, from their first member on, and only where each member stands
        behind a sign that ends a clause; anything else is a reference.
        """
        found: dict[int, tuple[int, ...]] = {}
        stretch: list[tuple[int, Row]] = []
        for i, row in enumerate(self.rows):
            if i in self.aside:
                continue
            mark = self.plan.get(i)
            numbered = any(mark.kind == "number" for mark in item_marks(row.view))
            if mark or i in self.fronts or numbered or chapter_end(row.view) is not None:
                found |= _inline_lists(stretch)
                stretch = []
            if mark or stretch or (numbered and self.plan and i > min(self.plan)):
                stretch.append((i, row.after(mark.end) if mark else row))
        return found | _inline_lists(stretch)

    def _is_heading_between(self, i: int) -> bool:
        """Whether a short line right before an article is the name of a chapter."""
        row = self.rows[i]
        return (
            begins_paragraph(self.layout, i)
            and not item_marks(row.view)
            and not bullet_end(row.view)
            and self._is_heading(row, row)
            and (row.text.isupper() or (row.blank and self.rows[i + 1].blank))
            and bool(self.draft)
            and self.rows[i - 1].closed
        )

    def _open_chapter(self, row: Row) -> None:
        self.draft = None
        self.levels, self.below_note = [], None
        if is_annex(row.view):
            self._open_annex(row)
        else:
            self._chapter(row)

    def _open_annex(self, row: Row) -> None:
        self._chapter(row)
        self.draft, self.unit, self.zone = None, None, "annex"
        self.levels, self.below_note = [], None
        number = re.search(r"\d+|\b[IVX]+\b|\b[A-Z]\b", row.view[: chapter_end(row.view) or 0])
        label = (parse_number(number[0]) or number[0]) if number else None
        self.annexed = f"annex-{label}" if label else "annex"

    def _signature(self, row: Row) -> None:
        formula = self.draft
        if formula and not formula.rows[-1].full:
            formula.rows.append(row)
        elif formula and formula.number is None and formula.rows[0].full and len(formula.rows) == 1:
            self.draft = self.cut.draft("signature", [row])
        elif formula:
            formula.rows.append(row)

    def _text(
        self, row: Row, fresh: bool = False, begins: bool = True, after: Row | None = None
    ) -> None:
        """Take the numbers off the row, if it has any, and the rest into a clause."""
        comma = after is not None and after.view.endswith((",", "،"))  # ends an item, too
        if self.draft and after and not begins and not comma and is_open(after.view):
            self.draft.rows.append(row)
            return
        bullet = bullet_end(row.view)
        if bullet and (begins or row.role == "item"):
            bare = row.after(bullet)
            if self._place(bare, begins):
                self.cut.part("number", row.until(bullet))
                self._item(bare)
                return
            self.cut.part("number", row.until(bullet))
            self.draft = self.cut.draft("paragraph", [bare], self._path(), self._above())
            return
        if self._place(row, begins, fresh):
            self._item(row)
            return
        if row.role == "item":
            self.draft = self.cut.draft("paragraph", [row], self._path(), self._above())
        elif self.draft is None:
            kind: ClauseKind = "article" if self.unit else "sentence"
            if self.levels:
                kind = "note" if self.levels[-1].kind == "note" else "paragraph"
            self.draft = self.cut.draft(
                kind, [row], self._path(), self._above(), by_sentence=kind == "sentence"
            )
        elif self._ends_list(row, begins, after):
            self.levels = self.levels[:-1]
            self.draft = self.cut.draft(
                "paragraph" if self.levels else "article", [row], self._path(), self._above()
            )
        else:
            self.draft.rows.append(row)

    def _ends_list(self, row: Row, begins: bool, after: Row | None) -> bool:
        """Whether the row is a paragraph of the article again, after the last lettered item."""
        return (
            begins
            and bool(self.levels)
            and self.levels[-1].kind in ("letter", "roman")
            and self.unit is not None
            and after is not None
            and after.full
            and (not self.layout.width or row.blank)
            and row.view[:1].upper() == row.view[:1]
        )

    def _above(self) -> str | None:
        return self.heading or self.chapter

    def _path(self) -> str | None:
        steps = [self.annexed] if self.annexed else []
        if self.unit:
            steps.append(self.unit.label)
        steps += [level.label for level in self.levels]
        return ".".join(steps) or None

    def _item(self, row: Row) -> None:
        """Begin the clause of a row whose number :meth:`_place` has taken, and of those inside."""
        while True:
            mark = self.placed
            self.cut.part("number", row.until(mark.end))
            row = row.after(mark.end)
            self.draft = None
            if not (row.text and self._place(row, True, True)):
                break
        if row.text:
            noted = any(level.kind == "note" for level in self.levels)
            kind: ClauseKind = "note" if noted else "paragraph"
            self.draft = self.cut.draft(kind, [row], self._path(), self._above())

    # ---- numbers of paragraphs

    placed: Mark

    def _place(self, row: Row, begins: bool, first: bool = False) -> bool:
        """Whether the row begins with the next number of an open list, or with a first one."""
        marks = item_marks(row.view)
        if not marks or (self.unit is None and not self.annexed):
            return False
        for mark in marks:
            if mark.kind == "note":
                return (begins or mark.form == "apart") and self._place_note(mark)
        if not begins and not first and not any(self._continues(mark) for mark in marks):
            return False
        for strict in (True, False):
            for mark in marks:
                if len(mark.value) == 1 and self._go_on(mark, strict):
                    return True
        for mark in marks:
            if len(mark.value) > 1:
                if self._place_decimal(mark):
                    return True
            elif (
                begins
                and mark.form != "bare"
                and (mark.value[0] == 1 or (mark.value[0] == 2 and self._was_first(mark)))
            ):
                self._start(mark)
                return True
        return False

    def _was_first(self, mark: Mark) -> bool:
        """Whether the text before a paragraph 2 was paragraph 1, printed without its number."""
        draft = self.draft
        return mark.kind == "number" and not self.levels and draft is not None and (
            draft.kind == "article" and draft.rows[-1].full
        )  # fmt: skip

    def _continues(self, mark: Mark) -> bool:
        return any(
            level.kind == mark.kind
            and level.style == mark.style
            and level.value + 1 == mark.value[-1]
            for level in self.levels
        )

    def _go_on(self, mark: Mark, strict: bool) -> bool:
        value = mark.value[0]
        for levels in filter(None, (self.levels, self.below_note)):
            for depth in range(len(levels) - 1, -1, -1):
                level = levels[depth]
                if level.kind != mark.kind or (strict and level.style != mark.style):
                    continue
                if level.value < value <= level.value + (1 if strict else 3):
                    label = mark.label
                    if mark.style.startswith("fa"):
                        label = _next_letter(level.label)
                    self.levels = [*levels[:depth], _Level(mark.kind, mark.style, value, label)]
                    if levels is self.below_note:
                        self.below_note = None
                    self.placed = mark
                    return True
        return False

    def _start(self, mark: Mark) -> None:
        """Open a list with its first number, below the lists that are open in other styles."""
        label = "a" if mark.style.startswith("fa") else mark.label
        same = [i for i, level in enumerate(self.levels)
                if (level.kind, level.style) == (mark.kind, mark.style)]  # fmt: skip
        if same:
            self.levels = self.levels[: same[0]]
        self.levels = [*self.levels, _Level(mark.kind, mark.style, mark.value[0], label)]
        self.placed = mark

    def _place_decimal(self, mark: Mark) -> bool:
        """Numbers such as 5.2 (in article 5) or 2.1 (below paragraph 2)."""
        unit = self.unit.value if self.unit else ()
        value = mark.value
        if value[: len(unit)] != unit and value[::-1][: len(unit)] == unit:
            value = value[::-1]  # «۱-۳» in article 3, written from the right
        relative = value[len(unit) :] if value[: len(unit)] == unit else value
        if not relative:
            return False
        counted = []
        for level in self.levels:
            if level.kind != "number":
                break
            counted.append(level.value)
        now = tuple(counted)
        depth = len(relative) - 1
        next_one = now[:depth] == relative[:depth] and relative[depth] == (
            now[depth] + 1 if len(now) > depth else 1
        )
        fits = next_one or (len(relative) == 1 and relative[0] == 1)
        if not fits and mark.form != "bare":
            fits = relative[-1] == 1 or relative > now
        if not fits:
            return False
        self.levels = [_Level("number", ".", part, str(part)) for part in relative]
        self.placed = mark
        return True

    def _place_note(self, mark: Mark) -> bool:
        """A note belongs to its article, wherever in the lists it is printed."""
        if self.below_note is None:
            self.below_note = self.levels
        self.levels = [_Level("note", "", mark.value[0], mark.label)]
        self.placed = mark
        return True


def _next_letter(label: str) -> str:
    """What follows ``label`` in a list: b after a, aa after z."""
    return "a" * (len(label) + 1) if label[0] == "z" else chr(ord(label[0]) + 1) * len(label)


def _is_name(row: Row) -> bool:
    """Whether the row reads like a name or heading, not like the beginning of a sentence."""
    text = row.view.strip("#*_ :")
    words = text.split()
    if not words or len(text) > 150 or row.closed or is_open(text) or _SUBJECT.match(text):
        return False
    if language_of(text) == "fa":
        return len(words) <= 12 and not VERB_LAST.search(text)
    if words[0][:1].islower() or not text[0].isalnum():
        return False
    return len(words) <= 6 or (len(words) <= 22 and _capitals(row) >= 0.6)


def _capitals(row: Row) -> float:
    """Share of the longer words that begin with a capital; 0 for Persian."""
    words = [word for word in row.view.split() if len(word) > 3 and word[0].isascii()]
    return sum(not word[0].islower() for word in words) / len(words) if words else 0.0


def drop_short_chapeaux(cut: Cut) -> Cut:
    """Make a few words before the items of an article its heading instead of a clause."""
    kept: list[Draft] = []
    moved = Cut(parts=list(cut.parts))
    for i, draft in enumerate(cut.drafts):
        following = cut.drafts[i + 1] if i + 1 < len(cut.drafts) else None
        words = sum(len(row.text.split()) for row in draft.rows)
        before_items = (
            following is not None
            and following.kind == "paragraph"
            and draft.kind == "article"
            and draft.number is not None
            and (following.number or "").startswith(draft.number)
        )
        if before_items and words < MIN_CHAPEAU:
            for row in draft.rows:
                moved.part("heading", row)
        else:
            kept.append(draft)
    return replace(moved, drafts=kept)


def _pieces(row: Row, starts: Iterable[int]) -> list[Row]:
    """The row cut at ``starts``, which count in the document text."""
    pieces: list[Row] = []
    rest = row
    for start in starts:
        if start > rest.start:
            pieces.append(rest.until(start - rest.start))
            rest = rest.after(start - rest.start)
    return [*pieces, rest]


def _recital_starts(row: Row) -> list[int]:
    """Where another recital, or the agreement after the last of them, begins inside the row."""
    starts = []
    for match in _NEXT_RECITAL.finditer(row.view):
        rest = row.view[match.end() :]
        last = not _NEXT_RECITAL.search(rest)
        recital = _RECITAL.match(rest) and not _NO_RECITAL.match(rest)
        if recital or _AGREED.match(rest) or (last and _AGREED_LAST.match(rest)):
            starts.append(match.end())
    for match in _NEXT_AGREED.finditer(row.view):
        if _AGREED.match(row.view, match.end()):
            starts.append(match.end())
    return [row.start + start for start in sorted(starts)]


def _is_label(row: Row) -> bool:
    """Whether the row, which stands before a list, names the article: "Early warning."."""
    text = row.view.rstrip(" *_")
    verb = _ENGLISH_VERB.search(text) or VERB_LAST.search(text.rstrip("."))
    return text.endswith(".") and "." not in text[:-1] and len(text.split()) <= 8 and not verb


@dataclass(slots=True)
class _Run:
    """Members of a list, as far as they were found: where they begin, how the last counts."""

    kind: str
    style: str
    value: int
    members: list[tuple[int, int]]  # of the number and of the words behind it, in the text


def _inline_lists(stretch: Sequence[tuple[int, Row]]) -> dict[int, tuple[int, ...]]:
    """Where the members of the lists in these rows begin, for rows where one does not begin it."""
    text = "\n".join(row.view for _, row in stretch)
    runs: list[_Run] = []
    for match in _INLINE.finditer(text):
        before = text[max(0, match.start() - 40) : match.start()].rstrip()
        if before and (not _CLAUSE_END.search(before) or _ABBREVIATED.search(before)):
            continue
        if _OF_UNIT.match(text, match.end()):
            continue
        place = (match.start(), match.end())
        marks = item_marks(text[match.start() : match.end() + 40])
        following = next((
            run for run in reversed(runs) for mark in marks
            if (run.kind, run.style, run.value + 1) == (mark.kind, mark.style, mark.value[0])
            and _CONTENT.search(text, run.members[-1][1], match.start())
        ), None)  # fmt: skip
        if following:
            following.value += 1
            following.members.append(place)
        elif not before or _LIST_BEGINS.search(before):
            runs += [
                _Run(mark.kind, mark.style, 1, [place]) for mark in marks if mark.value == (1,)
            ]
    starts = {start for run in runs if len(run.members) > 1 for start, _ in run.members}
    found: dict[int, tuple[int, ...]] = {}
    offset = 0
    for i, row in stretch:
        here = [
            row.start + at - offset for at in sorted(starts) if 0 <= at - offset < len(row.text)
        ]
        if here:
            found[i] = tuple(here)
        offset += len(row.view) + 1
    return found
