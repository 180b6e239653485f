"""What running text says that ties deal with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from textmine.places import Gazetteer, find_places
from textmine.records import Codebook, Span, Tie
from textmine.reports.texts import Both
from textmine.studies.cells import Column, Evidence, StudyTable, listed, named
from textmine.studies.counting import HEADS
from textmine.studies.reading import Reading
from textmine.studies.study import TableSpec
from textmine.tagging.keywords import DictionaryCoder
from textmine.text.fold import fold_key
from textmine.text.turned import pieces

# A sentence says what a tie deals with only when it speaks of the tie itself.
_TIE_WORDS = re.compile(
    "خواهر|پیمان|تفاهم|قرارداد|توافق|رابطه|مفاد|همکاری|پیوند|سند|یادداشت"
    r"|sister|twin|agree|memorandum|relation|partnership|provision|clause|article|\bties?\b",
    re.IGNORECASE,
)
# Words that carry the subject of the sentence before on to this one, or back to it.
_REFERS_BACK = re.compile(
    "این رابطه|این پیمان|این تفاهم|این توافق|این قرارداد|این سند|این پیوند|مفاد آن|موضوع آن"
    r"|\b(?:this|that|the latter) (?:tie|agreement|relation\w*|memorandum|instrument|document)"
    r"|\bits (?:provisions|articles|clauses|subject|focus)",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"(?:بدین|این|همین) (?:مورد|موضوع|نکته|امر|اصل|قید|سه|چهار|زمینه)"
    r"|\bthis (?:point|principle|subject)|such a"
    r"|\bthese (?:two|three|four|five|fields|areas|subjects|themes)\b",
    re.IGNORECASE,
)
_PROVISIONS = re.compile("مفاد|provisions|the text of", re.IGNORECASE)
_LONGEST_TAIL = 3  # letters of another word that a torn line may hang on a name
_LEAST_NAME = 5
_STOP = re.compile(r"(?<=[.!?؟])\s+|\n{2,}")


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str
    evidence: Evidence


def theme_table(
    spec: TableSpec,
    ties: Sequence[Tie],
    readings: Sequence[Reading],
    codebook: Codebook,
    gazetteer: Gazetteer,
) -> StudyTable:
    """The codes of the sentences that speak of each tie; ties without any are left out.

    In a sentence that names several ties, a list of themes belongs to the ties named since the
    list before it. A sentence that refers back («این رابطه», "this agreement") speaks of the tie
    named last; one that only points back («بدین مورد») takes the themes of the sentence before.
    """
    coder = DictionaryCoder(codebook)
    found: dict[Tie, dict[str, list[Evidence]]] = {}
    for reading in readings:
        for tie, code, evidence in _themes(reading, ties, coder, gazetteer):
            places = found.setdefault(tie, {}).setdefault(code, [])
            if evidence not in places:
                places.append(evidence)
    names = {code.id: code.name for code in codebook.codes}
    order = [code.id for code in codebook.codes]
    rows = []
    for tie, codes in found.items():
        cells = [named(c, names[c], codes[c]) for c in sorted(codes, key=order.index)]
        rows.append(
            (
                named(tie.city.name["en"], tie.city.name),
                named(tie.partner.name["en"], tie.partner.name),
                listed(cells),
            )
        )
    columns = (
        Column("city", HEADS["city"]),
        Column("partner", HEADS["partner"]),
        Column("themes", Both("Themes", "مضمون‌ها")),
    )
    return StudyTable(spec.id, spec.title, columns, tuple(rows), (spec.note,) if spec.note else ())


def _themes(
    reading: Reading, ties: Sequence[Tie], coder: DictionaryCoder, gazetteer: Gazetteer
) -> Iterator[tuple[Tie, str, Evidence]]:
    last: list[Tie] = []
    silent = False  # nothing has been said of the ties named last
    before: list[tuple[str, Evidence]] = []
    named_before = False
    for sentence in _sentences(reading):
        events: list[tuple[int, Tie | str]] = [
            *_named_ties(sentence.text, ties, gazetteer, torn=reading.disordered),
            *_codes(sentence.text, coder),
        ]
        events.sort(key=lambda event: event[0])
        codes = [(what, sentence.evidence) for _, what in events if isinstance(what, str)]
        mentioned = [what for _, what in events if isinstance(what, Tie)]
        back = bool(_POINTS_BACK.search(sentence.text))
        # In torn text the words that point back may have gone to another line.
        about = reading.disordered and _PROVISIONS.search(sentence.text)
        back |= bool(about) and not codes and not named_before
        if mentioned and (_TIE_WORDS.search(sentence.text) or (last and back)):
            # A torn line may carry the end of the sentence before into this one.
            current = last if silent and reading.disordered else []
            closed = bool(current)
            for _, what in events:
                if isinstance(what, str):
                    closed = True
                    for tie in current or mentioned[:1]:
                        yield tie, what, sentence.evidence
                else:
                    current = [what] if closed else [*current, what]
                    closed = False
            if back:
                for tie in mentioned:
                    yield from ((tie, code, evidence) for code, evidence in before)
            last, silent = current, not codes
        elif last and _REFERS_BACK.search(sentence.text):
            yield from ((tie, code, evidence) for tie in last for code, evidence in codes)
        elif not mentioned:
            last = []
        before, named_before = codes, bool(mentioned)


def _sentences(reading: Reading) -> Iterator[_Sentence]:
    """The sentences of the clauses, turned lines in their own order."""
    for clause in reading.segmentation.clauses:
        evidence = Evidence(reading.document.id, clause.page, clause.spans)
        lines: list[str] = []
        for line in clause.text.split("\n"):
            ordered = pieces(line) if reading.disordered else (Span(0, len(line)),)
            lines += [line[span.start : span.end] for span in ordered]
        for text in _STOP.split(" ".join(lines)):
            if text.strip():
                yield _Sentence(text, evidence)


def _codes(text: str, coder: DictionaryCoder) -> Iterator[tuple[int, str]]:
    for hit in coder.hits(text):
        yield hit.span.start, hit.code


def _named_ties(
    text: str, ties: Sequence[Tie], gazetteer: Gazetteer, *, torn: bool
) -> Iterator[tuple[int, Tie]]:
    """The ties whose two cities a sentence names, each at the place of its partner."""
    at: dict[str, int] = {}
    for mention in find_places(text, gazetteer):
        for place in mention.candidates:
            at.setdefault(place.id, mention.span.start)
    folded = fold_key(text)
    for tie in ties:
        if tie.partner.kind != "city" or tie.city.id not in at:
            continue
        start = at.get(tie.partner.id)
        if start is None and torn:
            start = _torn_name(folded, tie)
        if start is not None:
            yield start, tie


def _torn_name(folded: str, tie: Tie) -> int | None:
    """Where a torn line writes the partner: its words near each other in any order («پترزبورگ و
    سن»), or with some letters of the next word hanging on («اورومچیمی»). None when nowhere.
    """
    for written in {fold_key(witness.written) for witness in tie.witnesses}:
        words = [word for word in written.split() if len(word) > 1]
        places = [folded.find(word) for word in words]
        if not words or min(places) < 0:
            continue
        if len(words) > 1 and max(places) - min(places) < 2 * len(written):
            return min(places)
        tail = rf"(?<!\w){re.escape(written)}\w{{1,{_LONGEST_TAIL}}}(?!\w)"
        if len(written) >= _LEAST_NAME and (match := re.search(tail, folded)):
            return match.start()
    return None
