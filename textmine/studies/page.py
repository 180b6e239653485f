"""The page of a study: tables, what is printed beside them, and the source of every figure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.resources import files
from types import SimpleNamespace
from typing import Any

import jinja2
from markupsafe import Markup

from textmine import __version__
from textmine.records import PAGE_BREAK, Document, Language, Page, Span
from textmine.reports import marks, sheet
from textmine.reports.marks import spans
from textmine.reports.sheet import fonts, policy
from textmine.reports.texts import Both
from textmine.store.corpus import Corpus
from textmine.studies.cells import Cell, Evidence, StudyTable
from textmine.studies.claims import Checked
from textmine.studies.comparing import Comparison, Held
from textmine.studies.running import Result
from textmine.text.unseen import plain

_CONTEXT = 120  # characters of the source shown on each side of a place
_MOST_PLACES = 200  # of one figure's places so many are listed

TEXTS = SimpleNamespace(
    skip=Both("Skip to the findings", "رفتن به یافته‌ها"),
    language=Both("Language", "زبان"),
    study=Both("Study", "پژوهش"),
    documents=Both("Documents", "سندها"),
    findings=Both("What does not agree", "ناهم‌خوانی‌ها"),
    no_findings=Both("Nothing was found that does not agree.", "ناهم‌خوانی‌ای یافته نشد."),
    claims=Both("Figures in the text", "رقم‌های متن"),
    pages=Both("Pages of the documents", "صفحه‌های سندها"),
    unresolved=Both("What became no tie", "آنچه پیوند شمرده نشد"),
    close=Both("Close", "بستن"),
    source=Both("source", "منبع"),
    counted=Both("Counted", "شمرده‌شده"),
    printed=Both("Printed", "چاپ‌شده"),
    state=Both("Verdict", "داوری"),
    group=Both("Group", "گروه"),
    claim=Both("Claim", "گزاره"),
    stated=Both("In the text", "در متن"),
    line=Both("Line", "سطر"),
)
UNRESOLVED: Mapping[str, Both] = {
    "unknown": Both("no gazetteer knows the name", "نام شناخته نیست"),
    "ambiguous": Both("several places have the name", "چند جا این نام را دارند"),
    "no-home": Both("nothing says whose partner it is", "روشن نیست طرفِ کدام شهر است"),
    "several-parties": Both("more than two parties", "بیش از دو طرف"),
    "denied": Both("the text denies it", "متن آن را رد می‌کند"),
    "supposed": Both("the text only proposes it", "متن تنها پیشنهادش می‌کند"),
}
STATES: Mapping[str, Both] = {
    "same": Both("same", "یکسان"),
    "differs": Both("differs", "متفاوت"),
    "only-printed": Both("only printed", "تنها در چاپ"),
    "only-counted": Both("only counted", "تنها در شمارش"),
}


def page_html(result: Result, corpus: Corpus, figures: Sequence[Markup] = ()) -> Iterator[str]:
    """The page of a study as one HTML file, in Persian and English, offline."""
    return _Page(result, corpus).html(figures)


@dataclass(slots=True)
class _Page:
    result: Result
    corpus: Corpus
    _lists: dict[tuple[Evidence, ...], tuple[str, Markup, str]] = field(default_factory=dict)
    _texts: dict[int, str] = field(default_factory=dict)
    _starts: dict[int, dict[int, int]] = field(default_factory=dict)
    _marked: dict[int, set[Span]] = field(default_factory=dict)
    _titles: dict[int, Document] = field(default_factory=dict)

    def html(self, figures: Sequence[Markup]) -> Iterator[str]:
        result = self.result
        self._titles = {each.id: each for each in self.corpus.catalogue.documents()}
        folder = files("textmine.studies") / "templates"
        report = files("textmine.reports") / "templates"
        style = (
            fonts()
            + (report / "report.css").read_text(encoding="utf-8")
            + (folder / "study.css").read_text(encoding="utf-8")
        )
        script = sheet.script((folder / "study.js").read_text(encoding="utf-8"))
        environment = jinja2.Environment(
            autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
        )
        template = environment.from_string((folder / "study.html.j2").read_text(encoding="utf-8"))
        tables = [self._table(table) for table in result.tables]
        findings = [
            {"text": spans(_shown(each.message)), "link": self._source(each.evidence, "findings")}
            for each in result.findings
        ]
        claims = [row for checked in result.claims for row in self._claim(checked)]
        lists = list(self._list_html())
        documents = [self._document(document) for document in result.documents]
        return template.generate(
            language=self._language(),
            policy=policy(style, script, pictures=True),
            version=__version__,
            head=plain(" · ".join(result.study.title)),
            title=result.study.title,
            text=result.text,
            study=result.study,
            # Both come from the package, never from a corpus.
            style=Markup(style),
            script=Markup(script),
            texts=TEXTS,
            two=lambda both: spans(_shown(both)),
            own=marks.own,
            made=marks.say("made", date=marks.day(datetime.now(UTC).date()), version=__version__),
            documents=documents,
            findings=findings,
            figures=figures,
            tables=tables,
            claims=claims,
            claim_heads=[spans(TEXTS.claim), spans(TEXTS.counted), spans(TEXTS.stated),
                         spans(TEXTS.line)],
            unresolved=[self._unresolved(each) for each in result.unresolved],
            page_label=lambda number: marks.say("page-link", page=number),
            lists=lists,
        )  # fmt: skip

    def _language(self) -> str:
        first = self.result.documents[0].value("language", "fa")
        return "en" if first == "en" else "fa"

    # -- tables ------------------------------------------------------------------------------

    def _table(self, table: StudyTable) -> dict[str, Any]:
        return {
            "id": f"t-{table.id}",
            "title": spans(_shown(table.title)),
            "heads": [spans(_shown(column.head)) for column in table.columns],
            "rows": [[self._cell(cell, f"t-{table.id}") for cell in row] for row in table.rows],
            "notes": [
                marks.own(note.en) if note.en == note.fa else spans(_shown(note))
                for note in table.notes
            ],
            "held": [
                self._held(each) for each in self.result.comparisons if each.table == table.id
            ],
        }

    def _cell(self, cell: Cell, origin: str) -> Markup:
        text = spans(_shown(cell.shown))
        if cell.reason:
            text = Markup('<span class="zero">{}</span>').format(text)
        return self._link(text, cell.evidence, origin)

    def _held(self, comparison: Comparison) -> dict[str, Any]:
        document = self._titles[comparison.document]
        wrong = len(comparison.cells) - comparison.same
        same = marks.figure(comparison.same)
        other = marks.figure(wrong)
        said = Both(
            f"{same.en} cells agree, {other.en} do not.",
            f"{same.fa} خانه هم‌خوان است و {other.fa} خانه نه.",
        )
        title = marks.own(comparison.caption or document.title)
        return {
            "title": Markup("{} · {}").format(
                title, marks.say("page-link", page=comparison.page)
            ),
            "said": spans(said),
            "heads": [
                spans(each) for each in (TEXTS.group, TEXTS.counted, TEXTS.printed, TEXTS.state)
            ],
            "rows": [(cell.state, self._held_row(cell, f"t-{comparison.table}"))
                     for cell in comparison.cells],
        }  # fmt: skip

    def _held_row(self, cell: Held, origin: str) -> list[Markup]:
        return [
            spans(_shown(cell.key.name)),
            self._cell(cell.counted, origin),
            self._cell(cell.printed, origin),
            spans(STATES[cell.state]),
        ]

    def _claim(self, checked: Checked) -> Iterator[tuple[str, list[Markup]]]:
        title = spans(_shown(checked.claim.title))
        counted = self._cell(checked.counted, "claims")
        if not checked.stated:
            yield "", [title, counted, Markup("–"), Markup("")]
        for each in checked.stated:
            value = spans(marks.figure(f"> {each.value}" if each.more_than else each.value))
            row = [title, counted, self._link(value, (each.evidence,), "claims"),
                   marks.own(each.text)]  # fmt: skip
            yield ("same" if checked.agrees(each) else "differs"), row

    def _unresolved(self, each: Any) -> Markup:
        evidence = Evidence(each.document, each.page, each.spans)
        return Markup("{} ({}) {}").format(
            marks.own(each.written),
            spans(UNRESOLVED[each.reason]),
            self._source((evidence,), "unresolved"),
        )

    # -- sources -----------------------------------------------------------------------------

    def _source(self, evidence: Sequence[Evidence], origin: str) -> Markup:
        return self._link(spans(TEXTS.source), evidence, origin) if evidence else Markup("")

    def _link(self, text: Markup, evidence: Sequence[Evidence], origin: str) -> Markup:
        """Text that opens the list of its places; text alone when there are none."""
        if not evidence:
            return text
        key = tuple(evidence)
        anchor, _, _ = self._lists.setdefault(key, (f"l{len(self._lists) + 1}", text, origin))
        return Markup('<a class="n" href="#{}">{}</a>').format(anchor, text)

    def _list_html(self) -> Iterator[Markup]:
        for evidence, (anchor, text, origin) in self._lists.items():
            items = Markup("").join(self._item(each) for each in evidence[:_MOST_PLACES])
            if len(evidence) > _MOST_PLACES:
                left = marks.figure(len(evidence) - _MOST_PLACES)
                more = Both(f"{left.en} more places", f"{left.fa} جای دیگر")
                items += Markup("<li>{}</li>").format(spans(more))
            yield Markup(
                '<section class="list" id="{}" tabindex="-1">'
                '<a class="close" href="#{}">{}</a>'
                "<h3>{}</h3><ol>{}</ol></section>"
            ).format(anchor, origin, spans(TEXTS.close), text, items)

    def _item(self, evidence: Evidence) -> Markup:
        """One place: document and page, and its words with some text around them."""
        text = self._text(evidence.document)
        span = Span(evidence.spans[0].start, evidence.spans[-1].end)
        self._marked.setdefault(evidence.document, set()).update(evidence.spans)
        start, end = _whole_words(text, span.start - _CONTEXT, span.end + _CONTEXT)
        parts = [Markup("… ") if start else Markup(""), _context(text[start : span.start])]
        done = span.start
        for each in evidence.spans:
            parts.append(_context(text[done : each.start]))
            parts.append(Markup("<mark>{}</mark>").format(_context(text[each.start : each.end])))
            done = each.end
        parts += [_context(text[done:end]), Markup(" …") if end < len(text) else Markup("")]
        document = self._titles[evidence.document]
        head = Markup("<strong>{}</strong> · {}").format(
            marks.titled(document.title), marks.say("page-link", page=evidence.page)
        )
        if document in self.result.documents:
            head = Markup('<a href="#s{}-{}">{}</a>').format(
                evidence.document, evidence.spans[0].start, head
            )
        return Markup("<li>{}<blockquote {}>{}</blockquote></li>").format(
            head, self._direction(document), Markup("").join(parts)
        )

    def _text(self, document: int) -> str:
        if document not in self._texts:
            pages = self.corpus.catalogue.pages(document)
            self._texts[document] = PAGE_BREAK.join(page.text for page in pages)
        return self._texts[document]

    def _direction(self, document: Document) -> Markup:
        language: Language = "en" if document.value("language") == "en" else "fa"
        return marks.direction(language)

    def _document(self, document: Document) -> dict[str, Any]:
        starts = self.corpus.catalogue.page_starts(document.id)
        pages = self.corpus.catalogue.pages(document.id)
        return {
            "id": document.id,
            "number": marks.digits(marks.figure(document.id)),
            "title": marks.titled(document.title),
            "direction": self._direction(document),
            "pages": [
                (page.number, self._page_text(document.id, page, starts[page.number]))
                for page in pages
            ],
        }

    def _page_text(self, document: int, page: Page, offset: int) -> Markup:
        """A page with every place that a figure comes from marked and named."""
        parts: list[Markup] = []
        done = 0
        longest = {span.start: span for span in sorted(self._marked.get(document, ()))}
        for span in longest.values():
            start, end = span.start - offset, min(span.end - offset, len(page.text))
            if start < 0 or start >= len(page.text):
                continue
            if start < done:  # inside the place before: its name goes where that ends
                parts.append(Markup('<a id="s{}-{}"></a>').format(document, span.start))
                continue
            parts.append(marks.shown(page.text[done:start]))
            parts.append(
                Markup('<mark id="s{}-{}">{}</mark>').format(
                    document, span.start, marks.shown(page.text[start:end])
                )
            )
            done = end
        parts.append(marks.shown(page.text[done:]))
        return Markup("").join(parts)


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """A stretch of a text that begins and ends between words."""
    start, end = max(start, 0), min(end, len(text))
    while start and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and not text[end].isspace():
        end += 1
    return start, end


def _context(text: str) -> Markup:
    return marks.shown(text.replace(PAGE_BREAK, "\n"))


_ISOLATED = re.compile(r"«[^«»]*»|“[^“”]*”|[\d۰-۹]+(?:[-/–][\d۰-۹]+)+")


def _shown(both: Both) -> Both:
    """Both texts as HTML in which nothing of a document can break out.

    Quotations and dates keep their own direction, so that marks around them stay in place.
    """
    return Both(_isolated(both.en), _isolated(both.fa))


def _isolated(text: str) -> Markup:
    parts = []
    done = 0
    for match in _ISOLATED.finditer(text):
        parts.append(marks.shown(text[done : match.start()]))
        quoted = match[0][0] in "«“"
        inside = match[0][1:-1] if quoted else match[0]
        isolated = Markup("<bdi{}>{}</bdi>").format(
            Markup("") if quoted else Markup(" dir=ltr"), marks.shown(inside)
        )
        parts.append(
            Markup("{}{}{}").format(match[0][0], isolated, match[0][-1]) if quoted else isolated
        )
        done = match.end()
    parts.append(marks.shown(text[done:]))
    return Markup("").join(parts)
