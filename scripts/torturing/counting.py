"""What came of a fault, and the table of all."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class Row:
    """A fault, how often it was tried, how often nothing was lost; ``said`` tells of the rest.

    ``figures`` are measured beside: seconds, memory. ``skipped`` says why it could not be tried.
    """

    fault: str
    rounds: int = 0
    survived: int = 0
    said: list[str] = field(default_factory=list)
    figures: str = ""
    skipped: str = ""

    @property
    def lost(self) -> int:
        """Rounds in which something was lost, half-written, or could not be finished."""
        return self.rounds - self.survived

    def count(self, problems: Sequence[str], place: str) -> None:
        """Count a round: what went wrong in it, and how to have it again."""
        self.rounds += 1
        self.survived += not problems
        for problem in problems:
            self.said.append(f"{place}: {problem}")
            print(f"  {self.fault} {place}: {problem}", file=sys.stderr, flush=True)

    def to_json(self) -> dict[str, Any]:
        """All of it for programs."""
        return {**asdict(self), "lost": self.lost}


def table(rows: Sequence[Row]) -> str:
    """The rows as a table in Markdown, and under it what was lost."""
    lines = ["| fault | rounds | survived | lost | |", "|---|---|---|---|---|"]
    lines += [
        f"| {row.fault} | {row.rounds or '–'} | {row.survived or '–'} | "
        f"{row.lost if row.rounds else '–'} | {row.skipped or row.figures} |"
        for row in rows
    ]
    total = [sum(getattr(row, name) for row in rows) for name in ("rounds", "survived", "lost")]
    lines.append(f"| all | {total[0]} | {total[1]} | {total[2]} | |")
    said = [f"- {row.fault}: {each}" for row in rows for each in row.said]
    return "\n".join([*lines, *(["", *said] if said else [])])
