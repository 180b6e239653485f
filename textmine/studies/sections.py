"""What the sections and lists of a paper deal with, against what their own headings say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from textmine.records import Clause, Codebook
from textmine.reports.texts import Both
from textmine.studies.cells import Cell, Column, Evidence, StudyTable, empty, listed, named, plain
from textmine.studies.reading import Reading
from textmine.studies.study import TableSpec
from textmine.tagging.keywords import DictionaryCoder
from textmine.text.turned import mended_words

# A heading run into its paragraph: «**روابط اقتصادی:** ...», "Economic dimension: ...".
_BOLD_RUN_IN = re.compile(r"(?:[\d۰-۹]+[.)] *)?\*\*([^*\n]{3,80}?)[:：]?\*\*[:：]?\s*")
_RUN_IN = re.compile(r"(?:[-•–] *)?(?:[\d۰-۹]+(?:[-.][\d۰-۹]+)*[.)]? *)?([^:\n.،؛]{3,40}):\s+")
_LONGEST_RUN_IN = 5  # words
_ENDS = tuple(".!?؟;؛,،")
_TORN = re.compile(r"^[ \t]*(\S.{8,80}?)[ \t]*-[ \t]*[\d۰-۹]{1,2}[ \t]*$", re.MULTILINE)
_MOST_TRUTHS = 2  # a heading about more codes than this is about none


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, with its number taken off, and the clauses under it."""

    heading: str
    clauses: tuple[Clause, ...]


def section_table(spec: TableSpec, readings: Sequence[Reading], codebook: Codebook) -> StudyTable:
    """One row for each section whose heading itself is about one code, or two: these are the
    truth, the code of most of its clauses is what coding finds.

    Columns: heading, truth, how many clauses, how many carry a true code, how many any code, the
    code of most clauses, and whether it is right.
    """
    coder = DictionaryCoder(codebook)
    names = {code.id: code.name for code in codebook.codes}
    rows = []
    right = judged = 0
    for reading in readings:
        mend = mended_words if reading.disordered else str
        for section in sections(reading.segmentation.clauses, torn=reading.disordered):
            truths = list(dict.fromkeys(h.code for h in coder.hits(mend(section.heading))))
            if not 1 <= len(truths) <= _MOST_TRUTHS:
                continue
            coded = [
                (clause, Counter(hit.code for hit in coder.hits(mend(_body(clause, section)))))
                for clause in section.clauses
            ]
            with_truth = [clause for clause, codes in coded if codes.keys() & truths]
            with_any = [clause for clause, codes in coded if codes]
            most = _most(codes for _, codes in coded)
            judged += 1
            right += most in truths
            document = reading.document.id
            rows.append(
                (
                    plain(section.heading, _evidence(document, section.clauses[:1])),
                    listed([named(truth, names[truth]) for truth in truths]),
                    plain(len(section.clauses), _evidence(document, section.clauses)),
                    plain(len(with_truth), _evidence(document, with_truth)),
                    plain(len(with_any), _evidence(document, with_any)),
                    named(most, names[most]) if most else _NONE,
                    Cell(most in truths, _YES if most in truths else _NO),
                )
            )
    note = Both(
        f"{right} of {judged} headings are found by the clauses under them.",
        f"از {plain(judged).shown.fa} عنوان، {plain(right).shown.fa} از روی بندهای زیر آن‌ها "
        "بازشناخته شد.",
    )
    notes = (note, spec.note) if spec.note else (note,)
    return StudyTable(spec.id, spec.title, _COLUMNS, tuple(rows), notes)


_NONE = empty("uncoded", Both("none", "هیچ"))
_YES, _NO = Both("right", "درست"), Both("wrong", "نادرست")
_COLUMNS = tuple(
    Column(name, Both(en, fa))
    for name, en, fa in (
        ("heading", "Heading as printed", "عنوان چاپ‌شده"),
        ("truth", "Code of the heading", "کد عنوان"),
        ("clauses", "Clauses", "بندها"),
        ("with-truth", "With that code", "با همان کد"),
        ("coded", "With any code", "با کدی از کدها"),
        ("found", "Code of most", "کد غالب"),
        ("right", "Verdict", "داوری"),
    )
)


def sections(clauses: Iterable[Clause], *, torn: bool = False) -> Iterator[Section]:
    """The sections of a document: by the headings above clauses and those run into paragraphs.

    A run-in heading holds until the next one, or until the heading above changes. In text out of
    order (``torn``) a heading may stand inside a clause, known by its number at the wrong end.
    """
    heading, above = "", None
    own: list[Clause] = []
    for clause in clauses:
        stacked = _stacked(clause)
        if stacked:
            if own and heading:
                yield Section(heading, tuple(own))
            heading, above, own = stacked, clause.heading, []
            continue
        run_in = _run_in(clause)
        if run_in or clause.heading != above:
            if own and heading:
                yield Section(heading, tuple(own))
            heading = run_in or clause.heading or ""
            above, own = clause.heading, []
        own.append(clause)
        inside = _TORN.search(clause.text) if torn else None
        if inside:
            if heading:
                yield Section(heading, tuple(own))
            heading, own = inside[1].strip(), []
    if own and heading:
        yield Section(heading, tuple(own))


def _stacked(clause: Clause) -> str:
    """The last of some headings that stand one below the other and were taken for a sentence."""
    lines = [line.strip() for line in clause.text.split("\n")]
    if clause.kind != "sentence" or len(lines) < 2 or not lines[-1]:
        return ""
    short = all(len(line.split()) <= _LONGEST_RUN_IN for line in lines)
    return lines[-1] if short and not any(line.endswith(_ENDS) for line in lines) else ""


def _run_in(clause: Clause) -> str:
    match = _BOLD_RUN_IN.match(clause.text)
    if match is None and clause.kind == "sentence":
        match = _RUN_IN.match(clause.text)
        if match and len(match[1].split()) > _LONGEST_RUN_IN:
            match = None
    return match[1].strip() if match else ""


def _body(clause: Clause, section: Section) -> str:
    """The text of a clause without the heading run into it: the heading must not judge itself."""
    text = clause.text
    at = text.find(section.heading)
    return text[at + len(section.heading) :] if 0 <= at < 12 else text


def _most(coded: Iterable[Counter[str]]) -> str:
    """The code of most clauses; of equals the one with more words, then the first."""
    clauses: Counter[str] = Counter()
    words: Counter[str] = Counter()
    for codes in coded:
        clauses.update(codes.keys())
        words.update(codes)
    return max(clauses, key=lambda code: (clauses[code], words[code]), default="")


def _evidence(document: int, clauses: Iterable[Clause]) -> tuple[Evidence, ...]:
    return tuple(Evidence(document, clause.page, clause.spans) for clause in clauses)
