"""What `verify` found."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

MOST_ALIKE = 20
"""So many problems of one kind are listed; the others are counted."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it was written: where, what in a sentence, and how to mend it."""

    where: str
    what: str
    mend: str


@dataclass(slots=True)
class Findings:
    """Problems and notes, and how much was looked at.

    A note tells of something that does no harm and goes by itself, as a file that a stopped command
    left behind.
    """

    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    checked: Counter[str] = field(default_factory=Counter)
    _alike: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def sound(self) -> bool:
        """Whether there is no problem."""
        return not self.problems

    def problem(self, where: str, what: str, mend: str) -> None:
        """Add a problem, unless it or many of its kind are there already."""
        if Problem(where, what, mend) in self.problems:
            return
        self._alike[where, mend] += 1
        if self._alike[where, mend] <= MOST_ALIKE:
            self.problems.append(Problem(where, what, mend))

    def close(self) -> None:
        """Say how many problems were left out of the list."""
        for (where, mend), number in self._alike.items():
            if number > MOST_ALIKE:
                more = f"There are {number - MOST_ALIKE} more of this kind."
                self.problems.append(Problem(where, more, mend))

    def to_json(self) -> dict[str, Any]:
        """The findings as a JSON object."""
        return {
            "sound": self.sound,
            "problems": [asdict(each) for each in self.problems],
            "notes": self.notes,
            "checked": dict(self.checked),
        }
