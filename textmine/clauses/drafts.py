"""What the rules hand over: stretches of rows that become clauses, and parts that do not."""

from __future__ import annotations

from dataclasses import dataclass, field

from textmine.clauses.rows import Row
from textmine.records import ClauseKind, Part, PartKind, Span


@dataclass(slots=True)
class Draft:
    """A clause before it is cut out, or with ``by_sentence`` a block that gives one a sentence."""

    kind: ClauseKind
    number: str | None = None
    heading: str | None = None
    by_sentence: bool = False
    rows: list[Row] = field(default_factory=list)


@dataclass(slots=True)
class Cut:
    """Drafts and parts found so far; together they take up every row once."""

    drafts: list[Draft] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)

    def part(self, kind: PartKind, row: Row) -> None:
        """Set ``row`` apart; a row without a letter or digit belongs to the gaps."""
        if row.start < row.end and any(map(str.isalnum, row.text)):
            self.parts.append(Part(kind, Span(row.start, row.end)))

    def draft(
        self,
        kind: ClauseKind,
        rows: list[Row],
        number: str | None = None,
        heading: str | None = None,
        by_sentence: bool = False,
    ) -> Draft:
        """Begin a clause with ``rows``."""
        made = Draft(kind, number, heading, by_sentence, rows)
        self.drafts.append(made)
        return made
