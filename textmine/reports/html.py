"""The report of a corpus: one HTML file that needs nothing else, in Persian and English.

Every number links to the clauses behind it, every clause to its page. It works without script:
a list is shown when its anchor is the target. The script adds whole clauses to the lists, a filter,
and the keys.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from textmine import __version__
from textmine.analysis.crosstabs import Crosstab, crosstab
from textmine.analysis.dimensions import NO_CODE, UNREAD
from textmine.analysis.overview import DOUBTFUL, UNKNOWN, Overview, overview, year_of
from textmine.clauses.letters import has_letter, printed_numbers
from textmine.records import Document
from textmine.reports import marks, sheet
from textmine.reports.charts import Bar, bar_chart, column_chart
from textmine.reports.marks import said, spans
from textmine.reports.material import CodedClause, Material, gather
from textmine.reports.methods import methods
from textmine.reports.pages import page_html
from textmine.reports.sheet import fonts, policy, write_page
from textmine.reports.tables import (
    CUT_TO,
    Label,
    Lists,
    Row,
    Table,
    cross_table,
    observations,
    square,
    test_notes,
)
from textmine.reports.texts import TEXTS, Both
from textmine.store.corpus import Corpus
from textmine.text.unseen import plain

MANY_YEARS = 12
"""With more years than this a table by decade stands beside the one by year."""

_THE_REST = "textmine search 'code:CODE kind:KIND year:YEAR' --limit 100000 --json"


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: where, whose codings (none when nobody coded), and how much.

    ``cut`` of the ``lists`` of clauses do not show all of them, as ``note`` tells in a sentence.
    """

    path: Path
    coders: tuple[str, ...]
    documents: int
    clauses: int
    codings: int
    pages: int
    lists: int
    cut: int
    bytes: int

    @property
    def note(self) -> str:
        """What a person should know before opening the file; empty when there is nothing."""
        if not self.cut:
            return ""
        return (
            f"The corpus is so large that {self.cut} of {self.lists} lists show only their first "
            f"{CUT_TO} clauses. For the others: {_THE_REST}"
        )

    def to_json(self) -> dict[str, Any]:
        """The same as a JSON object."""
        return asdict(self) | {
            "path": str(self.path),
            "coders": list(self.coders),
            "note": self.note,
        }


def write_report(corpus: Corpus, place: Path, *, coder: str | None = None) -> Written:
    """Write the report to ``place`` (its folder is made); the file is whole or not there.

    ``coder`` says whose codings to show; otherwise those that count (``textmine.standing``): in
    each document people's before a model's before the dictionary's.
    Raises UsageError when that coder has coded nothing, InputError when the file cannot be written.
    """
    report = _Report(corpus, gather(corpus, coder))
    size = write_page(place, report.html())
    material = report.material
    return Written(
        path=place,
        coders=tuple(each.coder for each in material.coders),
        documents=len(material.documents),
        clauses=len(material.clauses),
        codings=sum(len(clause.codings) for clause in material.clauses),
        pages=sum(len(group.pages) for group in report.groups),
        lists=len(report.lists),
        cut=report.lists.cut,
        bytes=size,
    )


@dataclass(frozen=True, slots=True)
class _Card:
    """A clause as the report shows it."""

    place: int
    title: Markup
    heading: Markup
    codes: tuple[tuple[Markup, Markup, str], ...]  # name, probability, memo
    text: Markup
    direction: Markup
    page: Markup
    document: int


@dataclass(frozen=True, slots=True)
class _Group:
    """A document with its clauses and its pages."""

    document: int
    title: Markup
    cards: tuple[_Card, ...]
    pages: tuple[tuple[int, Markup, Markup, str], ...]  # number, label, text, verdict


class _Report:
    """The parts of one report, in the order the template sets them."""

    def __init__(self, corpus: Corpus, material: Material) -> None:
        self.corpus = corpus
        self.material = material
        self.seen: Overview = overview(corpus)
        self.made = datetime.now(UTC)
        self.names = {
            code.id: Both(code.name.get("en", code.id), code.name.get("fa", code.id))
            for code in material.codes
        }
        self.documents = {document.id: document for document in material.documents}
        self.by_document: dict[int, list[CodedClause]] = defaultdict(list)
        for clause in material.clauses:
            self.by_document[clause.document].append(clause)
        lettered = {each.document for each in material.clauses if has_letter(each.stored.clause)}
        self.printed: dict[str, str] = {}
        for number in sorted(lettered):
            self.printed |= printed_numbers(corpus.catalogue, number)
        self.lists = Lists(
            labels={_id(clause): self._short(clause) for clause in material.clauses},
            places={_id(clause): clause.place for clause in material.clauses},
        )
        self.pieces: Counter[int] = Counter()
        self.groups = [self._group(number) for number in self.by_document]

    def html(self) -> Iterator[str]:
        """The whole file, in parts: of a large corpus it is too much to hold twice."""
        folder = files("textmine.reports") / "templates"
        environment = jinja2.Environment(
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=jinja2.StrictUndefined,
        )
        environment.globals.update(say=marks.say, own=marks.own, shown=marks.shown, plain=plain)
        style = fonts() + (folder / "report.css").read_text(encoding="utf-8") + self._targets()
        script = sheet.script((folder / "report.js").read_text(encoding="utf-8"))
        template = environment.from_string((folder / "report.html.j2").read_text(encoding="utf-8"))
        material = self.material
        tables = list(self._tables()) if material.clauses and material.coders else []
        persian = self.seen.languages.get("fa", 0) * 2 >= self.seen.clauses > 0
        return template.generate(
            language="fa" if persian else "en",
            title=TEXTS["title"],
            name=self.corpus.folder.resolve().name,
            version=__version__,
            made=marks.day(self.made.date()),
            policy=policy(style, script),
            # Both come from the package, never from a corpus.
            style=Markup(style),
            script=Markup(script),
            seen=self.seen,
            states=[
                (state, spans(said(f"state.{state}")), marks.digits(marks.figure(count)))
                for state, count in self.seen.states.items()
                if count
            ],
            material=material,
            attention=list(self._attention()),
            documents=[self._document(document) for document in material.documents],
            charts=list(self._charts()) if tables else [],
            tables=tables,
            methods=list(methods(self.corpus, material, self.seen, self.made)),
            limits=[spans(each) for each in self._limits()],
            groups=self.groups,
            # All that makes lists is above.
            cut=self._cut(),
            lists=self.lists.html(),
        )

    def _targets(self) -> str:
        """The style of a clause that is the target and stands in several pieces on its pages."""
        places = [place for place, count in self.pieces.items() if count > 1]
        rule = "{background:var(--target)}"
        return "".join(f":root:has(#m{place}:target) .m{place}{rule}\n" for place in places)

    def _cut(self) -> Markup:
        """That lists are not whole, and how to get the rest; empty when they are."""
        if not self.lists.cut:
            return Markup("")
        command = Markup('<code dir="ltr">{}</code>').format(_THE_REST)
        return marks.say("lists-cut", lists=self.lists.cut, shown=CUT_TO, command=command)

    # -- documents -----------------------------------------------------------------------------

    def _document(self, document: Document) -> dict[str, Any]:
        clauses = [_id(clause) for clause in self.by_document[document.id]]
        kind = document.value("kind", UNKNOWN)
        languages = dict.fromkeys(
            each for value in document.values("language") for each in value.split("+")
        )
        when = marks.date_of(document)
        own_pages = self.corpus.catalogue.page_starts(document.id)
        return {
            "id": document.id,
            "number": marks.digits(marks.figure(document.id)),
            "title": marks.titled(document.title),
            "file": document.path.replace("\\", "/").rsplit("/", 1)[-1],
            "kind": _named("kind", kind) + self._guess(document, "kind"),
            "languages": Markup(" + ").join(_named("language", each) for each in languages)
            + self._guess(document, "language"),
            "date": (spans(when) if when else Markup("–"))
            + self._guess(document, "date", "year_gregorian", "date_persian", "year_persian"),
            "parties": [marks.own(party) for party in document.values("party")],
            "parties_guess": self._guess(document, "party"),
            "title_guess": self._guess(document, "title"),
            "state": document.state,
            "state_name": spans(said(f"state.{document.state}")),
            "detail": document.detail,
            "pages": spans(said("pages-n", n=len(own_pages))),
            "clauses": self.lists.link(clauses, self._document_label(document.id), "documents"),
            "record": document,
            "attributes": [
                (
                    _named("field", each.name),
                    marks.own(each.value),
                    marks.digits(marks.percent(each.confidence)),
                    marks.own(each.ground),
                )
                for each in document.attributes
            ],
            "missing": [
                (spans(said("missing-page", page=page)), marks.own(why))
                for page, why in document.missing.items()
            ],
        }

    def _guess(self, document: Document, *fields: str) -> Markup:
        """The least sure of the guesses among these fields, as a small sign with its ground."""
        guesses = [
            each for each in document.attributes if each.name in fields and each.confidence < 1
        ]
        if not guesses:
            return Markup("")
        least = min(guesses, key=lambda each: each.confidence)
        return Markup(' <a class="guess{}" href="#d{}" title="{}">{}</a>').format(
            " doubtful" if least.confidence < DOUBTFUL else "",
            document.id,
            plain(least.ground),
            spans(said("guessed", share=marks.percent(least.confidence))),
        )

    def _document_label(self, number: int) -> Markup:
        document = self.documents[number]
        return Markup('<span class="doc"><i class="no">{}</i> {}</span>').format(
            marks.digits(marks.figure(number)), marks.titled(_cut(document.title))
        )

    def _attention(self) -> Iterator[Markup]:
        for document in self.material.documents:
            if document.state != "done":
                yield Markup("<strong>{}</strong>: {}: {}").format(
                    spans(said(f"state.{document.state}")),
                    self._document_label(document.id),
                    marks.own(document.detail or document.reason),
                )
        if self.material.counting.outdated:
            yield marks.say(
                "attention-outdated",
                codebook=self.material.counting.codebook,
                current=self.material.counting.current,
                command=Markup('<code dir="ltr">textmine code</code>'),
            )
        if self.material.coders:
            missing = [
                number
                for number, clauses in self.by_document.items()
                if not all(clause.read for clause in clauses)
            ]
            if missing:
                label = Markup(" · ").join(map(self._document_label, missing))
                yield marks.say("attention-uncoded", n=len(missing), documents=label)
        for document in self.material.documents:
            doubtful = [each for each in document.attributes if each.confidence < DOUBTFUL]
            if doubtful:
                values = Markup("; ").join(
                    Markup("{} = {}").format(
                        _named("field", each.name), _named(each.name, each.value)
                    )
                    for each in doubtful
                )
                yield marks.say(
                    "attention-guessed",
                    document=self._document_label(document.id),
                    values=values,
                    table=Markup('<code dir="ltr">documents.csv</code>'),
                )

    # -- tables and charts ---------------------------------------------------------------------

    @cached_property
    def _columns(self) -> dict[str, Label]:
        columns = {code: Label.of(name) for code, name in self.names.items()}
        columns[NO_CODE] = Label.of(said("no-code"))
        if not all(clause.read for clause in self.material.clauses):
            columns[UNREAD] = Label.of(said("unread"))
        return columns

    def _crosstab(self, rows: Mapping[int, str], order: Sequence[str]) -> Crosstab:
        """Clauses by the row of each (by its place in the report) and by code."""
        return crosstab(
            observations(
                (rows[clause.place], _id(clause), clause.document, clause.codes, clause.read)
                for clause in self.material.clauses
            ),
            rows=order,
            columns=tuple(self._columns),
        )

    def _tables(self) -> Iterator[Table]:
        clauses = self.material.clauses
        columns = self._columns

        def by(name: str, corner: str, rows: dict[int, str], labels: Mapping[str, Label]) -> Table:
            present = set(rows.values())
            table = self._crosstab(rows, [label for label in labels if label in present])
            return cross_table(
                name,
                TEXTS[name],
                TEXTS[corner],
                table,
                labels,
                columns,
                self.lists,
                notes=test_notes(table, UNKNOWN),
            )

        yield self._frequencies()
        documents = {clause.place: str(clause.document) for clause in clauses}
        yield by(
            "by-document",
            "document",
            documents,
            {str(number): Label(self._document_label(number)) for number in self.by_document},
        )
        languages = {clause.place: clause.stored.clause.language for clause in clauses}
        yield by(
            "by-language",
            "language",
            dict(languages),
            {each: Label.of(said(f"language.{each}")) for each in ("fa", "en", "und")},
        )
        kind_of = {n: self.documents[n].value("kind", UNKNOWN) for n in self.by_document}
        kinds = {clause.place: kind_of[clause.document] for clause in clauses}
        yield by(
            "by-kind",
            "kind",
            kinds,
            {kind: Label(_named("kind", kind)) for kind in _order(kinds.values())},
        )
        years = self._years
        yield by("by-year", "year", years, self._year_labels)
        if len(set(years.values())) > MANY_YEARS:
            decades = {
                place: UNKNOWN if year == UNKNOWN else f"{year[:3]}0"
                for place, year in years.items()
            }
            labels = {
                decade: Label.of(
                    said("year.unknown")
                    if decade == UNKNOWN
                    else said("decade", year=marks.figure(decade))
                )
                for decade in _order(decades.values())
            }
            yield by("by-decade", "decade-head", decades, labels)
        together: dict[tuple[str, str], list[str]] = defaultdict(list)
        for clause in clauses:
            for first in clause.codes:
                for second in clause.codes:
                    together[first, second].append(_id(clause))
        used = {code: label for code, label in columns.items() if (code, code) in together}
        if len(used) > 1:
            yield square(
                "co-occurrence",
                TEXTS["co-occurrence"],
                TEXTS["code"],
                together,
                used,
                self.lists,
            )

    def _frequencies(self) -> Table:
        """How many clauses take each code, as a table of one column."""
        table = self._crosstab(dict.fromkeys(range(1, len(self.material.clauses) + 1), ""), ())
        rows = []
        for column, label in self._columns.items():
            clauses = table.column_totals[column].clauses
            share = len(clauses) / table.total.count
            rows.append(
                (
                    label.html,
                    (
                        (self.lists.link(clauses, label.html, "codes-title"), 0),
                        (Markup("<small>{}</small>").format(marks.digits(marks.percent(share))), 0),
                    ),
                )
            )
        total = spans(said("total"))
        rows.append(
            (
                total,
                ((self.lists.link(table.total.clauses, total, "codes-title"), 0), (Markup(""), 0)),
            )
        )
        return Table(
            id="codes-title",
            title=spans(TEXTS["codes-title"]),
            corner=spans(TEXTS["code"]),
            heads=(spans(TEXTS["clauses"]), spans(TEXTS["share"])),
            rows=tuple(Row(label, cells) for label, cells in rows),
            notes=(),
        )

    @cached_property
    def _years(self) -> dict[int, str]:
        year = {number: year_of(self.documents[number]) or UNKNOWN for number in self.by_document}
        return {clause.place: year[clause.document] for clause in self.material.clauses}

    @cached_property
    def _year_labels(self) -> dict[str, Label]:
        return {year: Label.of(self._year(year)) for year in _order(self._years.values())}

    def _year(self, year: str) -> Both:
        if year == UNKNOWN:
            return said("year.unknown")
        persian = {
            (document.value("year_persian") or document.value("date_persian")[:4])
            for document in self.material.documents
            if year_of(document) == year
        }
        return marks.year_label(year, sorted(persian - {""}))

    def _charts(self) -> Iterator[Markup]:
        bars = []
        for code, label in self._columns.items():
            clauses = [
                _id(clause)
                for clause in self.material.clauses
                if code in (clause.codes or ((NO_CODE if clause.read else UNREAD),))
            ]
            if clauses:
                anchor = self.lists.anchor(clauses, label.html, "codes-title")
                name = self.names.get(code) or said(code.lstrip("-"))
                bars.append(Bar(name, len(clauses), anchor))
        yield bar_chart(TEXTS["chart-codes"], bars)
        columns = []
        for year, label in self._year_labels.items():
            clauses = [
                _id(clause) for clause in self.material.clauses if self._years[clause.place] == year
            ]
            anchor = self.lists.anchor(clauses, label.html, "by-year")
            columns.append(
                Bar(Both("?", "؟") if year == UNKNOWN else marks.figure(year), len(clauses), anchor)
            )
        yield column_chart(TEXTS["chart-years"], columns)

    # -- clauses and pages ---------------------------------------------------------------------

    def _group(self, number: int) -> _Group:
        clauses = self.by_document[number]
        starts = self.corpus.catalogue.page_starts(number)
        pages = []
        for page in self.corpus.catalogue.pages(number):
            start = starts[page.number]
            end = start + len(page.text)
            here = [
                clause
                for clause in clauses
                if any(s.start < end and s.end > start for s in clause.stored.clause.spans)
            ]
            if here:
                doubt = page.verdict.reason if page.verdict.state in ("suspect", "none") else ""
                label = spans(said("page-link", page=page.number))
                pages.append((page.number, label, page_html(page, start, here, self.pieces), doubt))
        cards = tuple(self._card(clause, clause.place in self.pieces) for clause in clauses)
        return _Group(number, self._document_label(number), cards, tuple(pages))

    def _card(self, clause: CodedClause, on_page: bool) -> _Card:
        record = clause.stored.clause
        number = self._number(clause) if record.number else Both("", "")
        kind = TEXTS[f"clause.{record.kind}"]
        page = spans(said("page-link", page=record.page))
        codes = [
            (
                spans(self.names[coding.code]),
                Markup("")
                if coding.probability is None or not coding.coder.startswith("model:")
                else marks.digits(marks.percent(coding.probability)),
                coding.memo,
            )
            for coding in clause.codings
        ]
        if not codes:
            codes = [(spans(said("no-code" if clause.read else "unread")), Markup(""), "")]
        return _Card(
            place=clause.place,
            title=spans(Both(f"{kind.en} {number.en}".strip(), f"{kind.fa} {number.fa}".strip())),
            heading=marks.own(record.heading) if record.heading else Markup(""),
            codes=tuple(codes),
            text=marks.marked(record.text, clause.evidence, self.names),
            direction=marks.direction(record.language),
            page=Markup("<a href=#m{}>{}</a>").format(clause.place, page) if on_page else page,
            document=clause.document,
        )

    def _short(self, clause: CodedClause) -> Markup:
        """How a clause is called in a list: its document's number and its own."""
        place = clause.stored.clause.ordinal + 1
        number = (
            self._number(clause)
            if clause.stored.clause.number
            else Both(f"¶{place}", f"¶{marks.figure(place).fa}")
        )
        document = marks.figure(clause.document)
        html = Markup("<i>{} {}</i><b>{} {}</b>")
        return html.format(document.en, number.en, document.fa, number.fa)

    def _number(self, clause: CodedClause) -> Both:
        """The number of a clause; in Persian with the letters of a Persian document."""
        number = clause.stored.clause.number or ""
        return marks.clause_number(number, self.printed.get(_id(clause), ""))

    def _limits(self) -> Iterator[Both]:
        kinds = self.material.kinds
        if "person" in kinds:
            yield said("limit-person")
        if {"model", "dictionary"} & set(kinds):
            yield said("limit-machine")
        if "model" in kinds:
            yield said("limit-probability")
        states = self.seen.states
        yield said(
            "limit-suspect",
            suspect=states["suspect"],
            partial=states["partial"],
            failed=states["failed"],
        )
        yield said("limit-guessed")


def _id(clause: CodedClause) -> str:
    return clause.stored.clause.id


def _named(kind: str, value: str) -> Markup:
    """The name of a value in both languages, or the value itself when textmine has no name."""
    key = f"{kind}.{value}"
    return spans(said(key)) if key in TEXTS else marks.own(value)


def _order(labels: Any) -> list[str]:
    """Labels in alphabetical order, the unknown last."""
    return sorted(set(labels), key=lambda label: (label == UNKNOWN, label))


def _cut(title: str, length: int = 90) -> str:
    """A title short enough for the label of a row: in its first language, at most that long."""
    first = title.split(" / ")[0]
    return first if len(first) <= length else first[: length - 1].rsplit(" ", 1)[0] + "…"
