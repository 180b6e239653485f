"""What a study's tables are made of: cells that know where their figure comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from textmine.records import Span
from textmine.reports.texts import Both

Value = str | int | float | None


class Evidence(NamedTuple):
    """A place in a document that a figure comes from; ``spans`` count in the document text."""

    document: int
    page: int
    spans: tuple[Span, ...]

    def to_json(self) -> dict[str, Any]:
        """The place as a JSON object."""
        return {
            "document": self.document,
            "page": self.page,
            "spans": [[span.start, span.end] for span in self.spans],
        }


@dataclass(frozen=True, slots=True)
class Cell:
    """One value with its evidence. A cell without a value says why in ``reason``.

    ``value`` is what programs compare (an English name, an ISO code, a number); ``shown`` is how
    people read it in each language.
    """

    value: Value
    shown: Both
    evidence: tuple[Evidence, ...] = ()
    reason: str = ""

    @property
    def is_number(self) -> bool:
        """Whether the value is a figure."""
        return isinstance(self.value, (int, float)) and not isinstance(self.value, bool)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its stable name and its head."""

    id: str
    head: Both


@dataclass(frozen=True, slots=True)
class StudyTable:
    """A table of a study: every row has one cell a column; ``notes`` are said below it."""

    id: str
    title: Both
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[Both, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Columns, rows of plain values, and for every row its evidence and reasons."""
        return {
            "title": self.title._asdict(),
            "columns": [column.id for column in self.columns],
            "rows": [[cell.value for cell in row] for row in self.rows],
            "evidence": [[[each.to_json() for each in cell.evidence] for cell in row]
                         for row in self.rows],
            "reasons": [[cell.reason for cell in row] for row in self.rows],
            "notes": [note._asdict() for note in self.notes],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not agree, or cannot be told, with the places that show it.

    ``code`` is stable; ``message`` says it in both languages with the figures.
    """

    code: str
    message: Both
    evidence: tuple[Evidence, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The finding as a JSON object."""
        return {
            "code": self.code,
            "message": self.message.en,
            "message_fa": self.message.fa,
            "evidence": [each.to_json() for each in self.evidence],
        }


def plain(value: Value, evidence: Iterable[Evidence] = ()) -> Cell:
    """A cell that reads the same in both languages, apart from the digits.

    >>> plain(3).shown
    Both(en='3', fa='۳')
    """
    from textmine.reports.marks import in_digits

    text = "" if value is None else str(value)
    return Cell(value, Both(text, str(in_digits(text, "fa"))), tuple(evidence))


def empty(reason: str, said: Both, evidence: Iterable[Evidence] = ()) -> Cell:
    """A cell without a value, and why."""
    return Cell(None, said, tuple(evidence), reason)


def named(value: str, name: Mapping[str, str], evidence: Iterable[Evidence] = ()) -> Cell:
    """A cell for something with a name in each language."""
    english = name.get("en", value)
    return Cell(value, Both(english, name.get("fa", english)), tuple(evidence))


def listed(values: Sequence[Cell]) -> Cell:
    """Several cells in one, as a list."""
    return Cell(
        ", ".join(str(each.value) for each in values),
        Both(", ".join(e.shown.en for e in values), "، ".join(e.shown.fa for e in values)),
        tuple(dict.fromkeys(place for each in values for place in each.evidence)),
    )
