"""Whether a new model is better than the live one, on documents that neither has learned from."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from textmine.codings import CodedClause
from textmine.records import Codebook
from textmine.tagging.coders import MachineCoder
from textmine.tagging.evaluation import difference, measured
from textmine.tagging.keywords import DictionaryCoder
from textmine.tagging.model import check
from textmine.tagging.scores import Comparison

FEWEST_DOCUMENTS = 3
FEWEST_CLAUSES = 30
"""Below these, what a comparison finds is chance."""

_FIFTHS = 5


def kept_apart(coded: Sequence[CodedClause]) -> tuple[list[CodedClause], list[CodedClause]]:
    """Clauses to learn from, and those of the fifth of documents that is kept for comparing.

    A document's own hash decides, so that a document once kept apart always is, whatever comes
    to the corpus later.
    """
    learn: list[CodedClause] = []
    test: list[CodedClause] = []
    for one in coded:
        (test if is_apart(one.source) else learn).append(one)
    return learn, test


def is_apart(source: str) -> bool:
    """Whether a document's clauses are kept apart; ``source`` is as ``CodedClause.source``."""
    return hashlib.sha256(source.encode("utf-8")).digest()[0] % _FIFTHS == 0


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
        knowing = [each for each in (live, new) if {one.source for one in test} & {*each.sources}]
        return Comparison(
            len(fresh), documents, reason=_too_few(len(fresh), documents, len(test), knowing)
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


def _too_few(clauses: int, documents: int, kept: int, knowing: Sequence[MachineCoder]) -> str:
    """Why nothing is compared, and what to do; ``knowing`` have learned from what was kept."""
    if not knowing:
        return (
            f"{FEWEST_CLAUSES} coded clauses of {FEWEST_DOCUMENTS} documents are needed that "
            f"neither model has learned from; there are {clauses} of {documents}. (A fifth of the "
            "documents is kept apart for this: code more clauses.)"
        )
    name = knowing[0].coder.removeprefix("model:")
    return (
        f"The model {name} has learned from {kept - clauses} of the {kept} clauses to compare on, "
        f"and would seem better than it is. {FEWEST_CLAUSES} clauses of {FEWEST_DOCUMENTS} "
        f"documents are needed that are new to both; there are {clauses} of {documents}. Code "
        "clauses of documents that it has not learned from; or look at what was measured in parts, "
        "and make the new model the live one yourself."
    )
