"""What long work does, in its process: the same that the commands do, told step by step."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textmine.store.corpus import Corpus
from textmine.web.work.processes import Tell

if TYPE_CHECKING:
    from textmine.ingest import Outcome
    from textmine.tagging.coders import MachineCoder
    from textmine.tagging.live import Promotion

Told = dict[str, Any]
"""What a page shows when the work is done."""


def add(corpus: Corpus, tell: Tell, *, inbox: str) -> Told:
    """Take in the files that were sent, code their clauses, and bring the index up to date.

    A file goes as soon as it is settled: the corpus has its original. So what was broken off goes
    on with the rest.
    """
    from textmine import ingest
    from textmine.tagging.run import coders_for
    from textmine.text.unseen import path_shown

    top = Path(inbox)
    coders, note = coders_for(corpus)
    files, ignored = ingest.find([each for each in sorted(top.iterdir()) if _is_input(each)])
    sent = {path_shown(file.relative_to(top)): file for file in files}
    done = 0

    def show(outcome: Outcome) -> None:
        nonlocal done
        done += 1
        tell.line(**asdict(outcome))
        if outcome.sha256:
            sent[outcome.path].unlink(missing_ok=True)
        tell("reading", done, len(files), outcome.path)

    def page(path: str, at: int, of: int) -> None:
        tell("recognising", at, of, path)

    tell("reading", 0, len(files))
    summary = ingest.add(corpus, files, on_outcome=show, on_page=page, root=top)
    return {
        "ignored": dict(ignored),
        "warnings": summary.warnings[:100],
        "coded": _code(corpus, tell, coders),
        "note": note,
        "clauses": _index(corpus, tell),
    }


def _is_input(path: Path) -> bool:
    from textmine.metadata import TABLE_NAME

    return not path.name.startswith(".") and path.name != TABLE_NAME


def code(corpus: Corpus, tell: Tell, *, again: bool = False) -> Told:
    """Code what the dictionary and the live model have not coded yet, or everything again."""
    from textmine.tagging.run import coders_for

    coders, note = coders_for(corpus)
    coded = _code(corpus, tell, coders, again=again)
    return {"coded": coded, "note": note, "clauses": _index(corpus, tell)}


def train(
    corpus: Corpus,
    tell: Tell,
    *,
    encoder: str = "",
    alone: bool = False,
    learning: bool = False,
    coding: bool = True,
) -> Told:
    """Train a model, compare it with the live one, and code with it if it took its place.

    ``encoder`` is its name, ``none``, or empty for the one that is installed; ``learning`` also
    measures how it does with fewer documents.
    """
    from textmine.tagging.coders import codebook_of
    from textmine.tagging.run import coders_for
    from textmine.tagging.training import chosen_encoder, gather, train_in

    done = 0

    def step(name: str, of: int) -> None:
        nonlocal done
        tell(_STEPS_OF_TRAINING[name], done, of)
        done += 1

    chosen, note = chosen_encoder(encoder)
    gathered = gather((), corpus, codebook_of(corpus.folder), alone=alone)
    trained = train_in(corpus, gathered, chosen, learning=learning, on_step=step)
    told: Told = {
        "model": trained.folder.name,
        "promoted": trained.promoted,
        "why": trained.why,
        "clauses": trained.model.training.clauses,
        "documents": trained.model.training.documents,
        "note": note,
        "notes": list(trained.notes),
    }
    if trained.promoted and coding:
        told["coded"] = _code(corpus, tell, coders_for(corpus)[0])
        _index(corpus, tell)
    return told


_STEPS_OF_TRAINING = {
    "reading meanings": "encoding",
    "training": "training",
    "measuring on documents left out": "measuring",
    "writing": "comparing",
}


def promote(
    corpus: Corpus, tell: Tell, *, name: str, by: str, reason: str, coding: bool = True
) -> Told:
    """Make a model the live one because somebody says so, and code with it."""
    from textmine.tagging.coders import coder
    from textmine.tagging.live import promote

    coder(name, corpus.folder)  # it loads, and fits the codebook
    step = promote(corpus.models, name, "you said so.", who=by, said=reason)
    return _became_live(corpus, tell, "promoted", step, coding)


def rollback(corpus: Corpus, tell: Tell, *, by: str, reason: str, coding: bool = True) -> Told:
    """Make the model live again that was so before, and see to it that its codings count."""
    from textmine.tagging.coders import model_folders
    from textmine.tagging.live import roll_back

    known = {folder.name for folder in model_folders(corpus.folder)}
    step = roll_back(corpus.models, known, who=by, said=reason)
    return _became_live(corpus, tell, "rolled-back", step, coding)


def _became_live(corpus: Corpus, tell: Tell, what: str, step: Promotion, coding: bool) -> Told:
    from textmine.tagging.run import coders_for

    detail = {"model": step.name, "why": step.why, "said": step.said}
    corpus.catalogue.note(what, detail=detail)
    told: Told = {"model": step.name, "promoted": True, "why": step.why}
    if coding:
        coders, told["note"] = coders_for(corpus)
        told["coded"] = _code(corpus, tell, coders)
        _index(corpus, tell)
    return told


def index(corpus: Corpus, tell: Tell) -> Told:
    """Make the search index anew."""
    from textmine.search.engine.upkeep import rebuilt

    rebuilt(corpus, lambda done, of: tell("indexing", done, of))
    return {"clauses": corpus.catalogue.clause_count()}


def encode(corpus: Corpus, tell: Tell) -> Told:
    """Prepare the search by meaning."""
    from textmine.search.meaning import encode

    return {"clauses": encode(corpus, lambda done, of: tell("encoding", done, of))}


def _code(
    corpus: Corpus, tell: Tell, coders: list[MachineCoder], *, again: bool = False
) -> dict[str, int]:
    from textmine.tagging.run import code_corpus

    done = 0

    def step(name: str, of: int) -> None:
        nonlocal done
        done += 1
        tell("coding", done, of, name)

    tell("coding")
    return dict(code_corpus(corpus, coders, again=again, on_step=step))


def _index(corpus: Corpus, tell: Tell) -> int:
    """Bring the search index up to date; how many clauses it holds."""
    from textmine.search import Index

    tell("indexing")
    return Index.of(corpus, lambda done, of: tell("indexing", done, of)).clauses
