"""Whether a new model is better than the live one, on documents that neither has learned from."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from textmine.codings import CodedClause
from textmine.records import Codebook
from textmine.tagging.coders import MachineCoder
from textmine.tagging.evaluation import Interval, Score, difference, measured
from textmine.tagging.keywords import DictionaryCoder
from textmine.tagging.model import check

TOLERANCE = 0.02
"""A model counts as not worse than another when its macro-F1 is at most this much lower."""

FEWEST_DOCUMENTS = 3
FEWEST_CLAUSES = 30
"""Below these, what a comparison finds is chance."""

_FIFTHS = 5


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


def kept_apart(coded: Sequence[CodedClause]) -> tuple[list[CodedClause], list[CodedClause]]:
    """Clauses to learn from, and those of the fifth of documents that is kept for comparing.

    A document's own hash decides, so that a document once kept apart always is, whatever comes
    to the corpus later.
    """
    learn: list[CodedClause] = []
    test: list[CodedClause] = []
    for one in coded:
        lot = hashlib.sha256(one.source.encode("utf-8")).digest()[0]
        (learn if lot % _FIFTHS else test).append(one)
    return learn, test


def compare(
    new: MachineCoder, live: MachineCoder, test: Sequence[CodedClause], codebook: Codebook
) -> Comparison:
    """How ``new`` does beside ``live`` on coded clauses that neither has learned from.

    Raises InputError when a clause has a code that the codebook lacks.
    """
    seen = {source for each in (new, live) for source in each.sources}
    fresh = [one for one in test if one.source not in seen]
    documents = len({one.document for one in fresh})
    if documents < FEWEST_DOCUMENTS or len(fresh) < FEWEST_CLAUSES:
        return Comparison(
            len(fresh),
            documents,
            reason=(
                f"{FEWEST_CLAUSES} coded clauses of {FEWEST_DOCUMENTS} documents are needed that "
                f"neither model has learned from; there are {len(fresh)} of {documents}. (A fifth "
                "of the documents is kept apart for this: code more clauses.)"
            ),
        )
    check(fresh, codebook)
    pairs = [(one.clause, one.text) for one in fresh]
    others = [live] if live.coder.startswith("dictionary:") else [live, DictionaryCoder(codebook)]
    predictions = [list(each.predict(pairs)) for each in (new, *others)]
    names = [new.coder, *(each.coder for each in others)]
    if names[0] == names[1]:
        names[1] += " (live)"
    scores = tuple(
        measured(name, of, fresh, codebook) for name, of in zip(names, predictions, strict=True)
    )
    gain = difference(predictions[0], predictions[1], fresh, codebook)
    return Comparison(len(fresh), documents, scores, gain)
