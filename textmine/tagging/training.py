"""One command from coded clauses to a measured model with its card, live if it is not worse."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from textmine import codebook as codebooks
from textmine import encoding
from textmine.codings import CodedClause, coded_in, decided, read_coded
from textmine.encoding import VECTORS
from textmine.errors import EncoderMissingError, InputError, ModelError
from textmine.records import Codebook
from textmine.resources import shipped
from textmine.standing import PERSON
from textmine.store.corpus import Corpus
from textmine.store.whole import flush_folder
from textmine.tagging.cards import write_card
from textmine.tagging.coders import (
    DICTIONARY,
    MachineCoder,
    check_name,
    codebook_of,
    live_or_dictionary,
)
from textmine.tagging.comparison import compare, kept_apart
from textmine.tagging.evaluation import DEALT, evaluate
from textmine.tagging.figures import write_figures
from textmine.tagging.live import SHIPPED, changing, history, next_name, noted
from textmine.tagging.model import ThemeModel, check, train
from textmine.tagging.scores import TOLERANCE, Comparison, Evaluation

SHIPPED_CODINGS = "agreement_themes.jsonl"
NO_ENCODER = "none"
SHARES = (0.25, 0.5, 0.75)
"""Of the documents to learn from, for the curve of learning."""

_AT_ONCE = 64  # clauses read between two steps of progress
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
    ``why`` says in a sentence why it became the live model, or did not.
    """

    model: ThemeModel
    evaluation: Evaluation
    folder: Path
    comparison: Comparison | None = None
    promoted: bool = False
    why: str = ""
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
            "why": self.why,
            "notes": list(self.notes),
        }

    def summary(self) -> str:
        """The figures a person wants, in a few lines."""
        training = self.model.training
        lines = [
            f"{self.model.name}: trained on {training.clauses} clauses of {training.documents} "
            f"documents, encoder {self.model.encoder_name or NO_ENCODER}",
            "Measured on documents left out of training, with 95 % intervals over documents:",
        ]
        lines += [
            f"  {score.coder:15} macro-F1 {score.macro_f1.value:.2f} "
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
    InputError when there is nothing to learn from.
    """
    notes: list[str] = []
    own: list[CodedClause] = []
    said = ""
    if files:
        own = _one_each([one for file in files for one in read_coded(file)], notes)
        said = f"Coded clauses of {', '.join(file.name for file in files)}."
    elif corpus is not None:
        own = _one_each(_by_people(corpus, codebook), notes)
        said = "What people coded in the corpus."
    learn, test = kept_apart(own) if corpus is not None else (own, [])
    if files and corpus is not None:
        # What people coded in the corpus is the better judge of clauses that a file has too.
        there = coded_apart((), corpus, codebook)
        judged = {one.clause for one in there}
        test = [*there, *(one for one in test if one.clause not in judged)]
    if test:
        notes.append(
            f"{_of_documents(test)} are kept apart, to compare models on, and never learned from."
        )
    added: list[CodedClause] = []
    if not files and not alone and codebook.digest == codebooks.shipped().digest:
        added = _beside(own, test)
        if corpus is not None and not learn:
            notes.append(
                "All that people coded here is of documents that are kept apart; the shipped "
                "clauses alone are learned from."
                if test
                else "People have coded nothing to learn from here; the shipped clauses do."
            )
        said = f"{said} {_DATA}" if learn else _DATA
    if not learn and not added:
        why = f": {_of_documents(test)} are kept apart, to compare models on" if test else ""
        raise InputError(
            f"There is no coded clause to learn from{why}. Code some with: textmine review, and "
            "bring them in with: textmine import"
        )
    return Gathered([*learn, *added], test, said, tuple(notes))


def _beside(own: Sequence[CodedClause], test: Sequence[CodedClause]) -> list[CodedClause]:
    """The shipped clauses to learn from beside a corpus's own.

    Of a document that the corpus has too, a clause that people coded there counts as they coded
    it, and none is learned when the document is kept apart. Its other clauses take the corpus's
    name of it, so that folds keep it together.
    """
    known = {one.clause for one in own}
    held = {one.source for one in test}
    names = {one.source: one.document for one in own}
    return [
        replace(one, document=names.get(one.source, one.document))
        for one in read_coded(shipped("codings") / SHIPPED_CODINGS)
        if one.clause not in known and one.source not in held
    ]


def _by_people(corpus: Corpus, codebook: Codebook) -> list[CodedClause]:
    coded = coded_in(corpus.catalogue, codebook, read_by_people=True)
    return [one for one in coded if one.coder.startswith(PERSON)]


def _of_documents(coded: Sequence[CodedClause]) -> str:
    documents = len({one.source for one in coded})
    return f"{_counted(len(coded), 'clause')} of {_counted(documents, 'document')}"


def _counted(number: int, what: str) -> str:
    """A number of things: ``1 clause``, ``2 clauses``."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def coded_apart(
    files: Sequence[Path], corpus: Corpus | None, codebook: Codebook
) -> list[CodedClause]:
    """Clauses to compare models on: those of files, else those that the corpus keeps apart."""
    if files:
        return list(decided([one for file in files for one in read_coded(file)]).coded)
    if corpus is None:
        return []
    return kept_apart(decided(_by_people(corpus, codebook)).coded)[1]


def chosen_encoder(name: str) -> tuple[str, str]:
    """The encoder to train with, and a note where the default one is missing.

    The folder of a model becomes an absolute path, since the trained model goes on looking there.

    >>> chosen_encoder("none")
    ('', '')
    """
    if name == NO_ENCODER:
        return "", ""
    if name:
        kind, colon, folder = name.partition(":")
        return (f"{kind}:{Path(folder).absolute()}" if folder else f"{kind}{colon}"), ""
    why = encoding.missing(encoding.DEFAULT)
    if not why:
        return encoding.DEFAULT, ""
    return "", f"Training without an encoder, on words alone. {why}"


def _one_each(coded: Sequence[CodedClause], notes: list[str]) -> list[CodedClause]:
    found = decided(coded)
    if found.left_out:
        notes.append(
            f"Left out, since coders differ: {_counted(len(found.left_out), 'clause')}. Settle it "
            "together, as the coder agreed (textmine reliability --disagreements shows where)."
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
    """Train, measure on documents left out, and write the model with its card into ``folder``.

    A new folder is there whole or not at all. ``on_step`` is told of each step before it begins,
    with the number of all. Raises what ``textmine.tagging.model.train`` and ``ThemeModel.save``
    raise.
    """
    trained = _trained(folder, name, gathered, codebook, encoder_name, cache, on_step)
    if folder.exists():
        _written(folder, trained, gathered)
    else:
        _put(folder.with_name(f".{folder.name}.making"), trained, gathered)
    return trained


def train_in(
    corpus: Corpus,
    gathered: Gathered,
    encoder_name: str = "",
    *,
    name: str = "",
    take: bool | None = None,
    learning: bool = False,
    on_step: Callable[[str, int], None] = lambda name, total: None,
) -> Trained:
    """Train a model of the corpus, compare it with the live one, and make it live if not worse.

    ``take`` decides instead of the comparison; ``learning`` also measures how models do that have
    learned from fewer documents, which takes half as long again as all the rest. Whatever fails or
    is killed, the live model stays; a model that could not be finished leaves nothing that is taken
    for one. Raises InputError for a name that a model has already, UsageError for one that none can
    have, and what ``train_to`` raises.
    """
    models = corpus.models
    if name:
        _check_free(models, name)
    codebook = codebook_of(corpus.folder)
    vectors = corpus.folder / VECTORS
    trained = _trained(
        models / name,
        name or SHIPPED,
        gathered,
        codebook,
        encoder_name,
        vectors,
        on_step,
        SHARES if learning else (),
    )
    with changing(models):  # the name is chosen last, so that what is broken off takes none
        twin = "" if name else _unpromoted(models, trained.model)
        name = name or twin or next_name(models)
        if not twin:
            _check_free(models, name)
        trained.model.name = name
        live, reason = _live(corpus.folder)
        if live is None:
            comparison = Comparison(0, 0, reason=reason)
        else:
            comparison = compare(trained.model, live, gathered.test, codebook)
        promoted, why = _outcome(trained.evaluation, comparison, live)
        if take is not None:
            promoted, why = take, "you said so."
        trained = replace(
            trained, folder=models / name, comparison=comparison, promoted=promoted, why=why
        )
        if not twin:
            _put(models / ".making", trained, gathered)
        learned = trained.model.training
        about = {"model": name, "clauses": learned.clauses, "documents": learned.documents}
        corpus.catalogue.note("trained", detail=about)
        if promoted:
            noted(models, name, f"{why} {comparison.said()}")
            corpus.catalogue.note("promoted", detail={"model": name, "why": why})
    return trained


def _trained(
    folder: Path,
    name: str,
    gathered: Gathered,
    codebook: Codebook,
    encoder_name: str,
    cache: Path | None,
    on_step: Callable[[str, int], None],
    shares: Sequence[float] = (),
) -> Trained:
    """A model, trained and measured, that is to be written to ``folder``."""
    check(gathered.learn, codebook)
    with TemporaryDirectory() as scratch:
        vectors = cache or Path(scratch, VECTORS)
        texts = [one.text for one in gathered.learn]
        starts = range(0, len(texts), _AT_ONCE) if encoder_name else ()
        documents = len({one.document for one in gathered.learn})
        parts = min(DEALT, documents) * (1 + len(shares)) if documents > 1 else 0
        steps = len(starts) + 2 + parts
        if encoder_name:
            # What is read here waits in the cache: reading takes longer than all the rest.
            encoder = encoding.encoder(encoder_name, vectors)
            for start in starts:
                on_step("reading meanings", steps)
                encoder.encode(texts[start : start + _AT_ONCE])
        on_step("training", steps)
        model = train(gathered.learn, codebook, name, encoder_name, vectors)
        evaluation = evaluate(
            gathered.learn,
            codebook,
            encoder=model.classifier.encoder,
            shares=shares,
            on_part=lambda: on_step("measuring on documents left out", steps),
        )
        on_step("writing", steps)
    return Trained(model, evaluation, folder, notes=gathered.notes)


def _put(making: Path, trained: Trained, gathered: Gathered) -> None:
    """Write a model to the folder ``making``, then give that the name of the model's own.

    What a killed process left there is taken away first; what fails leaves nothing.
    """
    shutil.rmtree(making, ignore_errors=True)
    try:
        _written(making, trained, gathered)
        try:
            making.rename(trained.folder)
            flush_folder(trained.folder.parent)
        except OSError as error:
            raise ModelError(
                f"{trained.folder} cannot be made: {error.strerror or error}."
            ) from error
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise


def _written(folder: Path, trained: Trained, gathered: Gathered) -> None:
    trained.model.save(folder)
    write_card(folder, trained.model, trained.evaluation, gathered.data)
    write_figures(folder, trained.evaluation, trained.comparison, gathered.notes)


def _unpromoted(models: Path, model: ThemeModel) -> str:
    """The name of the same model that was never live, as a kill leaves it; "" if there is none."""
    before = {step.name for step in history(models)}
    for folder in sorted(models.glob("*/")):
        if not folder.name.startswith(".") and folder.name not in before and model.is_in(folder):
            return folder.name
    return ""


def _check_free(models: Path, name: str) -> None:
    """Raises InputError for the name of a model that is there."""
    check_name(name)
    folder = models / name
    if folder.exists():
        raise InputError(f"{folder} is there already; choose another --name for the new model.")


def _live(corpus: Path) -> tuple[MachineCoder | None, str]:
    """What codes the corpus now; None, and the reason, when the live model cannot be used."""
    try:
        return live_or_dictionary(corpus)[0], ""
    except (ModelError, EncoderMissingError) as error:
        return None, f"the live model cannot be used here. {error}"


def _outcome(
    evaluation: Evaluation, comparison: Comparison, live: MachineCoder | None
) -> tuple[bool, str]:
    """Whether a new model becomes the live one, and why."""
    if comparison.gain is not None:
        if comparison.not_worse:
            return True, "it is not worse than what was live."
        return False, "the new one is worse."
    if live is None or not live.coder.startswith(DICTIONARY):
        return False, "the two could not be compared."
    # Nothing but keywords coded so far: no model is given up.
    if _beats_dictionary(evaluation):
        return True, "no other fits this codebook, and it is not worse than the dictionary."
    return False, "the new one is worse than the dictionary, or could not be measured."


def _beats_dictionary(evaluation: Evaluation) -> bool:
    model, dictionary = evaluation.score("model"), evaluation.score(DICTIONARY)
    if model is None or dictionary is None:
        return False
    return model.macro_f1.value >= dictionary.macro_f1.value - TOLERANCE
