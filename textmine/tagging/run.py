"""Codes the clauses of a corpus."""

from __future__ import annotations

from collections.abc import Callable

from textmine.errors import ModelError
from textmine.records import Coding
from textmine.store.catalogue import now
from textmine.store.corpus import Corpus
from textmine.tagging.coders import DICTIONARY, MachineCoder, codebook_of, coder


def code_corpus(
    corpus: Corpus,
    name: str | None,
    *,
    again: bool = False,
    on_step: Callable[[str, int], None] = lambda name, total: None,
) -> list[tuple[str, int]]:
    """Code what a coder has not coded yet, or everything ``again``.

    ``name`` is ``dictionary`` or a model; None means the dictionary and the default model (the
    dictionary alone when the corpus has a codebook of its own, for which no model is there).
    Returns each coder with the number of clauses it coded. Codings of people stay.
    """
    coders = _coders(corpus, name)
    catalogue = corpus.catalogue
    documents = [each for each in catalogue.documents() if each.state != "failed"]
    todo = []
    for each in coders:
        seen = frozenset() if again else catalogue.coverage(each.coder, each.codebook.reference)
        todo += [(each, document) for document in documents if document.id not in seen]
    done = dict.fromkeys((each.coder for each in coders), 0)
    for each in coders:
        book = each.codebook
        catalogue.put_codebook(
            book.reference, book.digest, corpus.codebook_file.read_text(encoding="utf-8")
        )
    for each, document in todo:
        clauses = [
            (stored.clause.id, stored.clause.text)
            for stored in catalogue.clauses(document=document.id)
        ]
        codings = [
            Coding(
                clause=prediction.clause,
                code=found.code,
                coder=each.coder,
                codebook=each.codebook.reference,
                applied=True,
                made_at=now(),
                probability=found.probability,
                evidence=found.evidence,
            )
            for prediction in each.predict(clauses)
            for found in prediction.codes
            if found.applied
        ]
        catalogue.put_codings(
            document.id, each.coder, each.codebook.reference, codings, len(clauses)
        )
        done[each.coder] += len(clauses)
        on_step(document.title, len(todo))
    return list(done.items())


def _coders(corpus: Corpus, name: str | None) -> list[MachineCoder]:
    if name is not None:
        return [coder(name, corpus.folder)]
    dictionary = coder(DICTIONARY, corpus.folder)
    try:
        return [dictionary, coder(None, corpus.folder)]
    except ModelError:
        if codebook_of(corpus.folder).digest == codebook_of(None).digest:
            raise
        return [dictionary]
