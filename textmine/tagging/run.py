"""Codes the clauses of a corpus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from textmine.records import Coding
from textmine.standing import standing
from textmine.store.catalogue import Catalogue, now
from textmine.store.corpus import Corpus
from textmine.tagging.coders import DICTIONARY, MachineCoder, coder, live_or_dictionary
from textmine.text.offsets import joined

MODEL = "model:"
"""What the name of a model begins with among coders."""


def coders_for(corpus: Corpus, name: str | None = None) -> tuple[list[MachineCoder], str]:
    """The coder of that name, or by default the dictionary and the live model.

    Also a note for people, empty when there is none: a corpus with a codebook of its own is coded
    by its dictionary alone until a model is trained for it, and the shipped model that needs an
    encoder gives way to the fast one where there is no encoder. Raises CodebookError, ModelError or
    CorpusError when the codebook or the model is not fit, before anything is coded.
    """
    note = ""
    if name is not None:
        found = [coder(name, corpus.folder)]
    else:
        found = [coder(DICTIONARY, corpus.folder)]
        live, note = live_or_dictionary(corpus.folder)
        if live.coder != found[0].coder:
            found.append(live)
    book = found[0].codebook
    corpus.catalogue.put_codebook(
        book.reference, book.digest, corpus.codebook_file.read_text(encoding="utf-8")
    )
    return found, note


def code_corpus(
    corpus: Corpus,
    coders: Sequence[MachineCoder],
    *,
    again: bool = False,
    on_step: Callable[[str, int], None] = lambda name, total: None,
) -> list[tuple[str, int]]:
    """Code what these coders, as they are now, have not coded yet, or everything ``again``.

    A model also codes again what another model has coded since, so that its codings count (see
    ``textmine.standing``). Returns each coder with the number of clauses it coded. Codings of
    people and of other machines stay.
    """
    catalogue = corpus.catalogue
    documents = [each for each in catalogue.documents() if each.state != "failed"]
    todo = []
    for each in coders:
        seen: frozenset[int] = frozenset()
        if not again:
            seen = catalogue.coverage(each.coder, each.codebook.reference, version=each.version)
            if each.coder.startswith(MODEL):
                stands = standing(catalogue, each.codebook.reference).coders
                seen = frozenset(n for n in seen if stands[n][-1] == each.coder)
        todo += [(each, document) for document in documents if document.id not in seen]
    done = dict.fromkeys((each.coder for each in coders), 0)
    versions = {each.coder: each.version for each in coders}
    for each, document in todo:
        number: int | None = None
        while number is None:  # taken in anew by another process while it was being coded
            number = _code(catalogue, each, document.id, versions[each.coder])
        done[each.coder] += number
        on_step(document.title, len(todo))
    if todo:
        coded = Counter(each.coder for each, _ in todo)
        catalogue.note("machine-coded", detail={"documents": coded, "clauses": done})
    return list(done.items())


def _code(catalogue: Catalogue, coder: MachineCoder, document: int, version: str) -> int | None:
    """How many clauses of a document were coded; None when they changed meanwhile."""
    views = {stored.clause.id: stored.reading for stored in catalogue.clauses(document=document)}
    codings = [
        Coding(
            clause=prediction.clause,
            code=found.code,
            coder=coder.coder,
            codebook=coder.codebook.reference,
            applied=True,
            made_at=now(),
            probability=found.probability,
            evidence=joined(
                place for span in found.evidence for place in views[prediction.clause].places(*span)
            ),
        )
        for prediction in coder.predict([(clause, view.text) for clause, view in views.items()])
        for found in prediction.codes
        if found.applied
    ]
    stored = catalogue.replace_machine_codings(
        document, coder.coder, coder.codebook.reference, codings, read=views, version=version
    )
    return len(views) if stored else None
