"""A study run on the documents of a corpus."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from textmine.errors import InputError, NoDocumentError
from textmine.places import Gazetteer
from textmine.printed import printed_tables
from textmine.printed.values import NotANumber, number_of
from textmine.records import (
    Document,
    Fault,
    PrintedTable,
    TableCell,
    Tie,
)
from textmine.reports.texts import Both
from textmine.store.corpus import Corpus
from textmine.studies import claims, comparing
from textmine.studies.cells import Cell, Column, Evidence, Finding, StudyTable, empty, plain
from textmine.studies.claims import Checked
from textmine.studies.comparing import Comparison
from textmine.studies.counting import (
    Counted,
    chosen,
    count_table,
    counted,
    evidence_of,
    tie_table,
)
from textmine.studies.reading import Reading
from textmine.studies.sections import section_table
from textmine.studies.study import PLACE, Study, TableSpec, codebook_of
from textmine.studies.themes import theme_table
from textmine.text.fold import fold_key
from textmine.ties import Found, Unresolved, known_places, merged, short_title, ties_in

_BEGINNING = 4000  # characters of a document in which the words of its study are looked for
_LEAST_PARTNERS = 5  # two lists of a city's partners with fewer in common are not held together


@dataclass(slots=True)
class Result:
    """What a run gave: tables, comparisons with printed tables, checked claims, findings.

    ``documents`` took part; ``ties`` are theirs and ``listed`` those in each table, ``unresolved``
    the names that no gazetteer placed.
    """

    study: Study
    documents: tuple[Document, ...]
    ties: tuple[Tie, ...] = ()
    listed: dict[str, tuple[Tie, ...]] = field(default_factory=dict)
    tables: list[StudyTable] = field(default_factory=list)
    comparisons: list[Comparison] = field(default_factory=list)
    claims: list[Checked] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    unresolved: list[Unresolved] = field(default_factory=list)

    @property
    def text(self) -> Both | None:
        """The text of the study with its figures filled in."""
        text = self.study.text
        return Both(*(self._filled(text[at], at) for at in (0, 1))) if text else None

    def _filled(self, text: str, at: int) -> str:
        tables = {table.id: table for table in self.tables}
        return PLACE.sub(lambda place: _figure(tables[place[1]], place[2], at), text)

    def to_json(self) -> dict[str, Any]:
        """The result as a JSON object."""
        return {
            "study": self.study.id,
            "version": self.study.version,
            "documents": [{"id": each.id, "title": each.title, "path": each.path}
                          for each in self.documents],
            "text": self.text._asdict() if self.text else None,
            "tables": {table.id: table.to_json() for table in self.tables},
            "comparisons": [each.to_json() for each in self.comparisons],
            "claims": [each.to_json() for each in self.claims],
            "findings": [each.to_json() for each in self.findings],
            "unresolved": [
                {"written": each.written, "reason": each.reason, "document": each.document,
                 "page": each.page, "spans": [list(span) for span in each.spans]}
                for each in self.unresolved
            ],
        }  # fmt: skip


def _figure(table: StudyTable, key: str | None, at: int) -> str:
    """The number of a row of counts, of all of them, or of the rows of a list; a dash for none."""
    counts = {row[0].value: row[1].shown[at] for row in table.rows if len(row) > 1}
    if key is not None:
        return counts.get(key, "–")
    return counts.get("total", plain(len(table.rows)).shown[at])


class Library:
    """The documents of a corpus as studies read them; each is read once for all studies."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.gazetteer = known_places(corpus)
        self.documents = tuple(
            each for each in corpus.catalogue.documents() if each.state != "failed"
        )
        self.titles = {each.id: short_title(each.title) for each in self.documents}
        self._readings: dict[int, Reading] = {}
        self._beginnings: dict[int, str] = {}

    def beginning(self, document: Document) -> str:
        """Title and first words of a document, folded and without spaces."""
        if document.id not in self._beginnings:
            text = document.title + " "
            for page in self.corpus.catalogue.pages(document.id):
                text += page.text
                if len(text) > _BEGINNING:
                    break
            self._beginnings[document.id] = fold_key("".join(text[:_BEGINNING].split()))
        return self._beginnings[document.id]

    def reading(self, document: Document) -> Reading:
        """A document with its clauses, the tables it prints, and the ties it tells."""
        if document.id not in self._readings:
            self._readings[document.id] = self._read(document)
        return self._readings[document.id]

    def _read(self, document: Document) -> Reading:
        catalogue = self.corpus.catalogue
        extraction, segmentation = catalogue.text(document)
        tables = printed_tables(extraction, self.gazetteer)
        told = ties_in(
            extraction,
            segmentation,
            document.attributes,
            self.gazetteer,
            document=document.id,
            tables=tables,
        )
        starts = tuple(sorted(catalogue.page_starts(document.id).values()))
        return Reading(document, extraction, segmentation, tables, told, starts)


def run(
    study: Study,
    library: Library,
    *,
    documents: Sequence[int] = (),
    on_step: Callable[..., None] | None = None,
) -> Result:
    """Run a study on the documents that it names, or on those given by number.

    The other documents of the corpus are read too, to tell where they say otherwise of a tie.
    ``on_step`` is called with each document's title, and their number, before it is read.
    Raises InputError when no document of the corpus belongs to the study.
    """
    gazetteer = library.gazetteer
    _check_cities(study, gazetteer)
    own = _own(study, library, documents)
    result = Result(study, own)
    readings: list[Reading] = []
    others: list[Found] = []
    for document in library.documents:
        if on_step is not None:
            on_step(document.title, total=len(library.documents))
        reading = library.reading(document)
        if document in own:
            readings.append(reading)
        else:
            others += reading.ties.found
    found = [each for reading in readings for each in reading.ties.found]
    result.unresolved += [each for reading in readings for each in reading.ties.unresolved]
    result.ties = merged(found, gazetteer, library.titles)
    for spec in study.tables:
        _tabulate(spec, result, readings, gazetteer)
    _check_claims(study, result, readings, gazetteer)
    result.findings += _of_tables(readings)
    result.findings += _of_ties(result.ties)
    result.findings += _between(study, found, others, library)
    result.findings = _merged_findings(result.findings)
    return result


def _check_cities(study: Study, gazetteer: Gazetteer) -> None:
    wheres = [*(spec.where for spec in study.tables), *(claim.where for claim in study.claims)]
    for city in {where.city for where in wheres if where.city}:
        known = [place.name["en"] for place in gazetteer.named(city, kind="city")]
        if city not in known:
            which = f"; it calls it {known[0]}" if known else ""
            raise InputError(
                f'{study.path}: "city" is "{city}", which is no name that textmine uses{which}.'
            )


def _own(study: Study, library: Library, numbers: Sequence[int]) -> tuple[Document, ...]:
    every = library.documents
    if not every:
        raise NoDocumentError("The corpus is empty. Add the study's documents with: textmine add")
    if numbers:
        known = {document.id: document for document in every}
        strange = [str(number) for number in numbers if number not in known]
        if strange:
            raise InputError(
                f"The corpus has no document {', '.join(strange)}; "
                f"it has: {', '.join(map(str, known))}."
            )
        return tuple(known[number] for number in dict.fromkeys(numbers))
    own = tuple(
        each for each in every if not study.documents or _belongs(study, library.beginning(each))
    )
    if not own:
        words = "; ".join(" + ".join(f"“{word}”" for word in each) for each in study.documents)
        raise NoDocumentError(
            f'No document of the corpus belongs to the study "{study.id}". Near the beginning '
            f"must stand: {words}. Add such a document, or name others with --document NUMBER."
        )
    return own


def _belongs(study: Study, beginning: str) -> bool:
    return any(
        all(fold_key("".join(word.split())) in beginning for word in words)
        for words in study.documents
    )


def _tabulate(
    spec: TableSpec, result: Result, readings: Sequence[Reading], gazetteer: Gazetteer
) -> None:
    if spec.sort in ("list", "count"):
        ties = chosen(result.ties, spec.where, memberships=spec.of == "memberships")
        result.listed[spec.id] = tuple(ties)
        if spec.sort == "list":
            result.tables.append(tie_table(spec, ties, gazetteer))
            return
        table, sums = count_table(spec, ties, gazetteer)
        result.tables.append(table)
        if len(spec.by) == 1:
            _hold(spec, sums, result, readings, gazetteer)
    elif spec.sort == "printed":
        result.tables.append(_printed(spec, readings))
    elif spec.sort == "themes":
        ties = chosen(result.ties, spec.where, memberships=False)
        book = codebook_of(spec.of)
        result.tables.append(theme_table(spec, ties, readings, book, gazetteer))
    else:
        result.tables.append(section_table(spec, readings, codebook_of(spec.of)))


def _hold(
    spec: TableSpec,
    sums: Counted,
    result: Result,
    readings: Sequence[Reading],
    gazetteer: Gazetteer,
) -> None:
    for comparison in comparing.held_against(spec.id, spec.by[0], sums, readings, gazetteer):
        result.comparisons.append(comparison)
        result.findings += comparing.findings_of(comparison, gazetteer)


def _printed(spec: TableSpec, readings: Sequence[Reading]) -> StudyTable:
    """The first table whose heads hold all the words asked for, its numbers as values."""
    found = [
        (reading, table)
        for reading in readings
        for table in reading.tables
        if all(_has_head(table, words) for words in spec.heads)
    ]
    if found:
        made = _numbers(spec, *found[0])
        more = plain(len(found) - 1).shown
        note = Both(
            f"{more.en} more tables with such heads are not shown.",
            f"{more.fa} جدول دیگر با چنین سرستون‌هایی نشان داده نشده است.",
        )
        return replace(made, notes=(*made.notes, note)) if len(found) > 1 else made
    missing = Both(
        "No document prints such a table in a form that can be read.",
        "هیچ سندی چنین جدولی را به شکل خواندنی چاپ نکرده است.",
    )
    return StudyTable(spec.id, spec.title, (), (), (missing,))


def _has_head(table: PrintedTable, words: Sequence[str]) -> bool:
    heads = [fold_key("".join(head.text.split())) for head in table.columns]
    return any(fold_key("".join(word.split())) in head for word in words for head in heads)


def _numbers(spec: TableSpec, reading: Reading, table: PrintedTable) -> StudyTable:
    columns = tuple(
        Column(head.text or f"column {at}", Both(head.text, head.text))
        for at, head in enumerate(table.columns, 1)
    )
    rows = [tuple(_value(cell, reading) for cell in row) for row in table.rows]
    if table.total is not None:
        rows.append(tuple(_value(cell, reading) for cell in table.total))
    notes = [Both(repair, repair) for repair in table.repairs]
    if table.caption.text:
        notes.insert(0, Both(table.caption.text, table.caption.text))
    return StudyTable(spec.id, spec.title, columns, tuple(rows), tuple(notes))


def _value(cell: TableCell, reading: Reading) -> Cell:
    evidence = (reading.evidence(cell.spans),) if cell.spans else ()
    number = number_of(cell.text)
    if not isinstance(number, NotANumber):
        return plain(number, evidence)
    if number.reason == "no-value":
        return empty("no-value", Both("–", "–"), evidence)
    return Cell(cell.text, Both(cell.text, cell.text), evidence)


def _check_claims(
    study: Study, result: Result, readings: Sequence[Reading], gazetteer: Gazetteer
) -> None:
    for claim in study.claims:
        ties = chosen(result.ties, claim.where, memberships=claim.count == "memberships")
        if claim.by:
            sums = counted(ties, [claim.by], gazetteer)
            ties = [t for group in claim.groups for t in sums.ties.get((group,), ())]
        checked = claims.check(claim, len(ties), evidence_of(ties), readings)
        result.claims.append(checked)
        result.findings += claims.findings_of(checked)


# -- what does not agree ---------------------------------------------------------------------------


def _of_tables(readings: Iterable[Reading]) -> Iterator[Finding]:
    """Faults inside printed tables and between them and the text around."""
    for reading in readings:
        for table in reading.tables:
            for fault in table.faults:
                yield _finding(fault, reading)


def _finding(fault: Fault, reading: Reading) -> Finding:
    evidence = (reading.evidence(fault.spans),) if fault.spans else ()
    return Finding(fault.code, Both(fault.message["en"], fault.message["fa"]), evidence)


def _of_ties(ties: Iterable[Tie]) -> Iterator[Finding]:
    """Where the witnesses of one tie disagree."""
    for tie in ties:
        for fault in tie.disagreements:
            yield Finding(
                f"{fault.code}-differs",
                Both(fault.message["en"], fault.message["fa"]),
                evidence_of([tie]),
            )


def _merged_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Each finding once, with the places of all."""
    by_message: dict[tuple[str, str], list[Finding]] = {}
    for each in findings:
        by_message.setdefault((each.code, each.message.en), []).append(each)
    return [
        replace(own[0], evidence=tuple(dict.fromkeys(e for one in own for e in one.evidence)))
        for own in by_message.values()
    ]


def _between(
    study: Study, found: Sequence[Found], others: Sequence[Found], library: Library
) -> Iterator[Finding]:
    """Where other documents of the corpus say otherwise of the study's ties, or list others.

    Each other document is held against the study's own by itself.
    """
    by_document: dict[int, list[Found]] = {}
    for each in others:
        by_document.setdefault(each.witness.document, []).append(each)
    mine = _partners(study, found, library)
    for theirs in by_document.values():
        pairs = {_pair(each) for each in theirs} & {_pair(each) for each in found}
        shared = [each for each in (*found, *theirs) if _pair(each) in pairs]
        for tie in merged(shared, library.gazetteer, library.titles):
            if _counts(study, tie):
                yield from _of_ties([tie])
        for (city, document), there in _partners(study, theirs, library).items():
            for (same, own), here in mine.items():
                if city != same or len(here.keys() & there.keys()) < _LEAST_PARTNERS:
                    continue
                for one, two, first, second in (
                    (here, there, own, document),
                    (there, here, document, own),
                ):
                    only = [one[each] for each in one if each not in two]
                    if only:
                        yield _only(only, library.titles[first], library.titles[second])


def _pair(found: Found) -> frozenset[str]:
    return frozenset((found.city.id, found.partner.id))


def _counts(study: Study, tie: Tie) -> bool:
    """Whether a table of the study counts a tie between cities."""
    specs = [spec for spec in study.tables if spec.sort in ("list", "count") and spec.of == "ties"]
    return any(chosen([tie], spec.where, memberships=False) for spec in specs)


def _partners(
    study: Study, found: Iterable[Found], library: Library
) -> dict[tuple[str, int], dict[str, Found]]:
    """The partners of each city by document, as tables and lists give them."""
    partners: dict[tuple[str, int], dict[str, Found]] = {}
    for each in found:
        if each.witness.form in ("table", "list") and each.partner.kind == "city":
            (tie,) = merged([each], library.gazetteer, library.titles)
            if _counts(study, tie):
                own = partners.setdefault((each.city.id, each.witness.document), {})
                own.setdefault(each.partner.id, each)
    return partners


def _only(found: Sequence[Found], here: str, there: str) -> Finding:
    names = [each.partner.name for each in found]
    city = found[0].city.name
    english = ", ".join(name["en"] for name in names)
    persian = "، ".join(name.get("fa", name["en"]) for name in names)
    count = plain(len(found)).shown.fa
    return Finding(
        "partner-only-here",
        Both(
            f"“{here}” lists {len(found)} partners of {city['en']} that “{there}” does not: "
            f"{english}.",
            f"«{here}» {count} شهر طرف {city.get('fa', city['en'])} را آورده که «{there}» ندارد: "
            f"{persian}.",
        ),
        tuple(Evidence(f.witness.document, f.witness.page, f.witness.spans) for f in found),
    )
