"""What the coding panel of a clause shows: one's own decision, suggestions, what others say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textmine.care.taking_back import Event, last_decision
from textmine.codings import Stood, stood_of
from textmine.errors import InputError
from textmine.records import Code, Codebook, Coding, Span
from textmine.standing import PERSON, standing_of
from textmine.store.catalogue import StoredClause
from textmine.web.clause import ShownClause, clauses_named, shown_clauses
from textmine.web.desk import Desk

_WORDS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Marked:
    """Words of the clause marked for a code."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One code of the codebook in the panel; ``key`` is the number that it is applied by."""

    key: int
    code: Code
    applied: bool
    marked: tuple[Marked, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A code that a machine applied, the words that carried it, and what became of it.

    ``fate`` is ``open``, ``accepted`` or ``rejected`` by whoever looks at it.
    """

    code: Code
    coder: str
    probability: float | None
    words: tuple[str, ...]
    fate: str


@dataclass(frozen=True, slots=True)
class Other:
    """What another person decided."""

    coder: str
    codes: tuple[Code, ...]
    memo: str
    made_at: str


@dataclass(frozen=True, slots=True)
class Panel:
    """All that the panel of a clause shows to one coder (``coder`` is empty for a reader).

    ``undo`` is the coder's last decision; ``undoes`` is the clause that it was on, where it was
    not this one and still is there.
    """

    clause: ShownClause
    book: Codebook
    coder: str
    stood: Stood
    rows: tuple[Row, ...]
    suggestions: tuple[Suggestion, ...]
    others: tuple[Other, ...]
    undo: Event | None
    undoes: ShownClause | None


class NoClauseError(InputError):
    """No clause of the corpus is what was asked for."""

    def __init__(self, clause: str) -> None:
        super().__init__(f"There is no clause {clause} in this corpus; it may have been cut anew.")


def stored_clause(desk: Desk, clause: str) -> StoredClause:
    """A clause by its id; NoClauseError when there is none."""
    found = next(desk.corpus.catalogue.clauses(ids=[clause]), None)
    if found is None:
        raise NoClauseError(clause)
    return found


def panel_of(desk: Desk, clause: str, coder: str, *, blind: bool) -> Panel:
    """The panel of a clause as ``coder`` sees it; NoClauseError when there is none."""
    catalogue, book = desk.corpus.catalogue, desk.codebook
    stored = stored_clause(desk, clause)
    [document] = catalogue.documents(number=stored.document)
    [shown] = shown_clauses(
        desk,
        [stored],
        titles={stored.document: document.title},
        blind=coder if blind else None,
    )
    codings = catalogue.codings(clause=clause, codebook=book.reference)
    stood = stood_of(codings, clause, coder, book)
    last = last_decision(catalogue, coder) if coder else None
    elsewhere = [last.clause] if last is not None and last.clause not in (None, clause) else []
    return Panel(
        shown,
        book,
        coder,
        stood,
        tuple(_rows(stored, stood, book)),
        () if blind else tuple(_suggestions(desk, stored, codings, stood)),
        () if blind else tuple(_others(codings, clause, coder, book)),
        last,
        next(iter(clauses_named(desk, elsewhere, blind=coder)), None),
    )


def codes_of_machine(desk: Desk, clause: str) -> tuple[str, ...]:
    """The codes that the machine which counts applied to a clause."""
    catalogue = desk.corpus.catalogue
    stored = next(catalogue.clauses(ids=[clause]), None)
    if stored is None:
        return ()
    codings = catalogue.codings(clause=clause, codebook=desk.codebook.reference)
    nothing = stood_of((), clause, "", desk.codebook)
    return tuple(each.code.id for each in _suggestions(desk, stored, codings, nothing))


def _rows(stored: StoredClause, stood: Stood, book: Codebook) -> list[Row]:
    text = stored.clause.text
    return [
        Row(
            key,
            code,
            code.id in stood.codes,
            tuple(
                Marked(span, text[span.start : span.end])
                for span in stood.evidence.get(code.id, ())
            ),
        )
        for key, code in enumerate(book.codes, start=1)
    ]


def _suggestions(
    desk: Desk, stored: StoredClause, codings: Sequence[Coding], stood: Stood
) -> list[Suggestion]:
    """What the machine that counts on the document applied, the most probable first."""
    book, text = desk.codebook, stored.clause.text
    rule = standing_of(desk.corpus.catalogue, [stored.document], book.reference)
    machine = rule.coders.get(stored.document, ("",))[-1]
    found = []
    for each in codings:
        code = book.code(each.code)
        if each.coder != machine or machine.startswith(PERSON) or code is None or not each.applied:
            continue
        words = dict.fromkeys(text[span.start : span.end] for span in each.evidence)
        fate = "accepted" if code.id in stood.codes else "rejected"
        found.append(
            Suggestion(
                code,
                each.coder,
                each.probability if each.coder.startswith("model:") else None,
                tuple(words)[:_WORDS_SHOWN],
                fate if stood.is_decided else "open",
            )
        )
    return sorted(found, key=lambda one: -(one.probability or 0))


def _others(codings: Sequence[Coding], clause: str, coder: str, book: Codebook) -> list[Other]:
    people = sorted({each.coder for each in codings if each.coder.startswith(PERSON)} - {coder})
    found = []
    for person in people:
        said = stood_of(codings, clause, person, book)
        codes = tuple(code for code in book.codes if code.id in said.codes)
        found.append(Other(person, codes, said.memo, said.made_at))
    return found
