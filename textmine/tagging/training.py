"""One command from coded clauses to a measured model with its card."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textmine import codebook as codebooks
from textmine.codings import CodedClause, read_coded
from textmine.errors import ModelError
from textmine.resources import shipped
from textmine.tagging.cards import write_card
from textmine.tagging.coders import codebook_of
from textmine.tagging.evaluation import Evaluation, evaluate
from textmine.tagging.model import ThemeModel, train

SHIPPED_CODINGS = "agreement_themes.jsonl"
_DATA = (
    "The coded clauses that textmine ships (`corpus/codings/`), written and coded for it; the data "
    "sheet `corpus/README.md` says how. MIT licence."
)


@dataclass(frozen=True, slots=True)
class Trained:
    """A model that was trained, measured and written."""

    model: ThemeModel
    evaluation: Evaluation
    folder: Path

    def to_json(self) -> dict[str, Any]:
        """The figures a program wants."""
        return {
            "model": self.model.name,
            "folder": str(self.folder),
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
        }

    def summary(self) -> str:
        """The figures a person wants, in a few lines."""
        training = self.model.training
        lines = [
            f"{self.model.name}: trained on {training.clauses} clauses of {training.documents} "
            "documents; measured on documents left out, with 95 % intervals over documents:"
        ]
        lines += [
            f"  {score.coder:40} macro-F1 {score.macro_f1.value:.2f} "
            f"({score.macro_f1.low:.2f} to {score.macro_f1.high:.2f})  "
            f"micro-F1 {score.micro_f1.value:.2f} "
            f"({score.micro_f1.low:.2f} to {score.micro_f1.high:.2f})"
            for score in self.evaluation.scores
        ]
        return "\n".join(lines)


def train_to(
    folder: Path,
    name: str,
    codings: Sequence[Path],
    codebook: Path | None,
    corpus: Path | None,
    *,
    on_step: Callable[[str, int], None] = lambda name, total: None,
) -> Trained:
    """Train on files of coded clauses (the shipped ones when none is named), measure, write.

    ModelError when the files hold no coded clause.
    """
    book = codebook_of(corpus) if codebook is None else codebooks.load(codebook)
    files = codings or [shipped("codings") / SHIPPED_CODINGS]
    coded: list[CodedClause] = [one for file in files for one in read_coded(file)]
    if not coded:
        raise ModelError(f"There is no coded clause in {', '.join(str(file) for file in files)}.")
    on_step("training", 3)
    model = train(coded, book, name)
    on_step("measuring on documents left out", 3)
    evaluation = evaluate(coded, book)
    on_step("writing", 3)
    model.save(folder)
    data = _DATA if not codings else "Coded clauses of: " + ", ".join(file.name for file in files)
    write_card(folder, model, evaluation, data)
    return Trained(model, evaluation, folder)
