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
