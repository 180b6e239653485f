"""What measuring coders gives: figures with their intervals, and coders side by side.

Nothing is computed here, so that showing what was measured loads no scikit-learn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import Any, NamedTuple

TOLERANCE = 0.02
"""A model counts as not worse than another when its macro-F1 is at most this much lower."""


class Interval(NamedTuple):
    """A figure, and where 95 of 100 samples of documents put it."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class CodeScore:
    """How one code was predicted. ``support`` counts clauses that carry it.

    ``precision`` is None where the coder never applied the code, ``recall``, ``f1`` and
    ``average_precision`` (of the ranking by probability) where no clause carries it: there is
    nothing to divide by. ``f1`` is 0 where it carries but never hits.
    """

    code: str
    support: int
    precision: float | None
    recall: float | None
    f1: float | None
    average_precision: float | None


@dataclass(frozen=True, slots=True)
class GroupScore:
    """How one language or one kind of document was predicted."""

    clauses: int
    macro_f1: float
    micro_f1: float


@dataclass(frozen=True, slots=True)
class Score:
    """How one coder predicted all clauses.

    ``macro_f1`` is the mean over codes that some clause carries. ``brier`` is the mean squared
    distance of probabilities from what was decided, ``calibration_error`` the mean distance of
    probability and share in ten bins (expected calibration error), both over all clauses and
    codes, 0 being best. ``first_right`` is the share of coded clauses whose most probable code
    was applied to them; ties count in proportion.
    """

    coder: str
    macro_f1: Interval
    micro_f1: Interval
    brier: float
    calibration_error: float
    first_right: float
    codes: tuple[CodeScore, ...]
    languages: Mapping[str, GroupScore]
    kinds: Mapping[str, GroupScore]

    @property
    def mean_average_precision(self) -> float | None:
        """Mean over codes that some clause carries; None when no clause carries any."""
        found = [one.average_precision for one in self.codes if one.average_precision is not None]
        return fmean(found) if found else None


class Bin(NamedTuple):
    """Decisions whose probability lies in one tenth: how many, their mean, how many were right."""

    decisions: int
    probability: float
    share: float


class Covered(NamedTuple):
    """How the surest clauses were decided: the share that is answered, and how well."""

    answered: float
    clauses: int
    wholly_right: float
    micro_f1: float


class Learned(NamedTuple):
    """How models did that had learned from fewer documents; ``clauses`` of an average training."""

    clauses: float
    macro_f1: Interval


class Curves(NamedTuple):
    """How a model's figures run: by probability, by how much it answers, by how much it learned.

    ``learned`` is empty when that was not asked for.
    """

    calibration: tuple[Bin, ...]
    coverage: tuple[Covered, ...]
    learned: tuple[Learned, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Coders side by side on the same clauses. ``notes`` say what could not be measured, and why.

    ``folds`` is 0 when nothing could be trained and tested apart; then ``scores`` hold the
    dictionary alone, and ``curves`` is None. ``left_out`` counts clauses kept out of a training
    because they read like one under test.
    """

    codebook: str
    clauses: int
    documents: int
    folds: int
    left_out: int
    scores: tuple[Score, ...]
    notes: tuple[str, ...]
    curves: Curves | None = None

    def score(self, coder: str) -> Score | None:
        """The score of ``model``, ``dictionary`` or ``most frequent``; None when not measured."""
        return next((score for score in self.scores if score.coder == coder), None)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Models side by side on documents that none of them had learned from.

    ``scores`` are those of the new model, the live one and the dictionary; ``gain`` is the macro-F1
    of the new one less that of the live one. When there was too little to compare, ``reason`` says
    so and the rest is empty.
    """

    clauses: int
    documents: int
    scores: tuple[Score, ...] = ()
    gain: Interval | None = None
    reason: str = ""

    @property
    def not_worse(self) -> bool:
        """Whether the new model may take the place of the live one."""
        return self.gain is not None and self.gain.value >= -TOLERANCE

    def to_json(self) -> dict[str, Any]:
        """The figures a program wants."""
        return {
            "clauses": self.clauses,
            "documents": self.documents,
            "macro_f1": {score.coder: score.macro_f1.value for score in self.scores},
            "gain": None if self.gain is None else list(self.gain),
            "not_worse": self.not_worse,
            "reason": self.reason,
        }

    def said(self) -> str:
        """The result in a sentence or two."""
        if self.gain is None:
            return f"Not compared: {self.reason}"
        figures = ", ".join(f"{score.coder} {score.macro_f1.value:.2f}" for score in self.scores)
        return (
            f"On {self.clauses} clauses of {self.documents} documents kept apart: macro-F1 "
            f"{figures}; the first less the second {self.gain.value:+.2f} "
            f"({self.gain.low:+.2f} to {self.gain.high:+.2f})."
        )
