"""One command from coded clauses to a measured model with its card, live if it is not worse."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from textmine import codebook as codebooks
from textmine import encoding
from textmine.codings import CodedClause, coded_in, decided, read_coded
from textmine.errors import InputError, ModelError, TextmineError
from textmine.records import Codebook
from textmine.resources import shipped
from textmine.standing import PERSON
from textmine.store.corpus import Corpus
from textmine.tagging.cards import write_card
from textmine.tagging.coders import DICTIONARY, VECTORS, MachineCoder, codebook_of, coder
from textmine.tagging.comparison import TOLERANCE, Comparison, compare, kept_apart
from textmine.tagging.evaluation import Evaluation, evaluate
from textmine.tagging.live import next_name, promote
from textmine.tagging.model import ThemeModel, train

SHIPPED_CODINGS = "agreement_themes.jsonl"
NO_ENCODER = "none"
_DATA = (
    "The coded clauses that textmine ships (`corpus/codings/`), written and coded for it; the data "
    "sheet `corpus/README.md` says how. MIT licence."
)


@dataclass(frozen=True, slots=True)
class Gathered:
    """Coded clauses to train on, one decision a clause, and where they come from.

    ``test`` are clauses of documents that are kept apart for comparing models. ``notes`` say what
    was left out, and why.
    """

    learn: list[CodedClause]
    test: list[CodedClause]
    data: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trained:
    """A model that was trained, measured and written, and what became of it.

    ``comparison`` is None outside a corpus, where no model is live; ``promoted`` then is false.
    """

    model: ThemeModel
    evaluation: Evaluation
    folder: Path
    comparison: Comparison | None = None
    promoted: bool = False
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The figures a program wants."""
        return {
            "model": self.model.name,
            "folder": str(self.folder),
            "encoder": self.model.encoder_name or NO_ENCODER,
            "clauses": self.model.training.clauses,
            "documents": self.model.training.documents,
            "scores": [
                {
                    "coder": score.coder,
                    "macro_f1": score.macro_f1.value,
                    "macro_f1_interval": [score.macro_f1.low, score.macro_f1.high],
                    "micro_f1": score.micro_f1.value,
                    "micro_f1_interval": [score.micro_f1.low, score.micro_f1.high],
                }
                for score in self.evaluation.scores
            ],
            "comparison": None if self.comparison is None else self.comparison.to_json(),
            "promoted": self.promoted,
            "notes": list(self.notes),
        }

    def summary(self) -> str:
        """The figures a person wants, in a few lines."""
        training = self.model.training
        lines = [
            f"{self.model.name}: trained on {training.clauses} clauses of {training.documents} "
            f"documents, encoder {self.model.encoder_name or NO_ENCODER}; measured on documents "
            "left out, with 95 % intervals over documents:"
        ]
        lines += [
            f"  {score.coder:40} macro-F1 {score.macro_f1.value:.2f} "
            f"({score.macro_f1.low:.2f} to {score.macro_f1.high:.2f})  "
            f"micro-F1 {score.micro_f1.value:.2f} "
            f"({score.micro_f1.low:.2f} to {score.micro_f1.high:.2f})"
            for score in self.evaluation.scores
        ]
        if self.comparison is not None:
            lines.append(self.comparison.said())
        return "\n".join(lines)


def gather(
    files: Sequence[Path], corpus: Corpus | None, codebook: Codebook, *, alone: bool = False
) -> Gathered:
    """What a model is trained on: files; else what people coded in the corpus; else the shipped.

    To the corpus's own clauses the shipped ones are added where both follow the same codebook,
    unless ``alone``. Where coders differ the majority counts; clauses they leave open are left out.
    ModelError when there is nothing to learn from.
    """
    notes: list[str] = []
    if files:
        coded = [one for file in files for one in read_coded(file)]
        own = _one_each(coded, notes)
        data = "Coded clauses of: " + ", ".join(file.name for file in files) + "."
    elif corpus is not None:
        people = [
            one for one in coded_in(corpus.catalogue, codebook) if one.coder.startswith(PERSON)
        ]
        own = _one_each(people, notes)
        data = f"What people coded in the corpus: {len(own)} clauses."
    else:
        own, data = [], ""
    added: list[CodedClause] = []
    if not files and not alone and codebook.digest == codebooks.shipped().digest:
        known = {one.clause for one in own}
        everything = read_coded(shipped("codings") / SHIPPED_CODINGS)
        added = [one for one in everything if one.clause not in known]
        data = f"{data} {_DATA}".strip() if own else _DATA
    learn, test = kept_apart(own) if corpus is not None else (own, [])
    if not learn and not added:
        raise ModelError(
            "There is no coded clause to learn from. Code some with: textmine review, and bring "
            "them in with: textmine import"
        )
    return Gathered([*learn, *added], test, data, tuple(notes))


def coded_apart(
    files: Sequence[Path], corpus: Corpus | None, codebook: Codebook
) -> list[CodedClause]:
    """Clauses to compare models on: those of files, else those that the corpus keeps apart."""
    if files:
        return list(decided([one for file in files for one in read_coded(file)]).coded)
    if corpus is None:
        return []
    people = [one for one in coded_in(corpus.catalogue, codebook) if one.coder.startswith(PERSON)]
    return kept_apart(decided(people).coded)[1]


def chosen_encoder(name: str) -> tuple[str, str]:
    """The encoder to train with, and a note where the default one is missing.

    >>> chosen_encoder("none")
    ('', '')
    """
    if name:
        return ("" if name == NO_ENCODER else name), ""
    why = encoding.missing(encoding.DEFAULT)
    if not why:
        return encoding.DEFAULT, ""
    return "", f"Training without an encoder, on words alone. {why}"


def _one_each(coded: Sequence[CodedClause], notes: list[str]) -> list[CodedClause]:
    found = decided(coded)
    if found.left_out:
        notes.append(
            f"{len(found.left_out)} clauses on which coders differ were left out; settle them with "
            "a coder named agreed (textmine reliability --disagreements lists them)."
        )
    return list(found.coded)


def train_to(
    folder: Path,
    name: str,
    gathered: Gathered,
    codebook: Codebook,
    encoder_name: str = "",
    cache: Path | None = None,
    *,
    on_step: Callable[[str, int], None] = lambda name, total: None,
) -> Trained:
    """Train, measure on documents left out, and write the model with its card into ``folder``."""
    with TemporaryDirectory() as scratch:
        vectors = cache or Path(scratch, VECTORS)
        on_step("training", 3)
        model = train(gathered.learn, codebook, name, encoder_name, vectors)
        on_step("measuring on documents left out", 3)
        evaluation = evaluate(gathered.learn, codebook, encoder=model.classifier.encoder)
        on_step("writing", 3)
        model.save(folder)
        write_card(folder, model, evaluation, gathered.data)
    return Trained(model, evaluation, folder, notes=gathered.notes)


def train_in(
    corpus: Corpus,
    gathered: Gathered,
    encoder_name: str = "",
    *,
    name: str = "",
    take: bool | None = None,
    on_step: Callable[[str, int], None] = lambda name, total: None,
) -> Trained:
    """Train a model of the corpus, compare it with the live one, and make it live if not worse.

    ``take`` decides instead of the comparison. Whatever fails, the live model stays; a model that
    could not be finished leaves nothing behind.
    """
    name = name or next_name(corpus.models)
    folder = corpus.models / name
    if folder.exists():
        raise InputError(f"There is a model {name} already in {corpus.models}; choose a new name.")
    codebook = codebook_of(corpus.folder)
    try:
        trained = train_to(
            folder, name, gathered, codebook, encoder_name, corpus.folder / VECTORS, on_step=on_step
        )
        live = _live(corpus.folder)
        comparison = compare(trained.model, live, gathered.test, codebook)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    why = comparison.said() if take is None else "told to"
    promoted = comparison.not_worse if take is None else take
    if take is None and live.coder.startswith(DICTIONARY) and comparison.gain is None:
        # Nothing but keywords coded so far: no model is given up.
        promoted = _beats_dictionary(trained.evaluation)
        why = "the first model of this codebook; not worse than its dictionary"
    if promoted:
        promote(corpus.models, name, why)
    return Trained(trained.model, trained.evaluation, folder, comparison, promoted, gathered.notes)


def _live(corpus: Path) -> MachineCoder:
    """The live model; the dictionary where none fits the codebook of the corpus."""
    try:
        return coder(None, corpus)
    except TextmineError:
        return coder(DICTIONARY, corpus)


def _beats_dictionary(evaluation: Evaluation) -> bool:
    model, dictionary = evaluation.score("model"), evaluation.score(DICTIONARY)
    if model is None or dictionary is None:
        return False
    return model.macro_f1.value >= dictionary.macro_f1.value - TOLERANCE
