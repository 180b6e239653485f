"""Model cards: what a model was made of, how well it does and where it fails, for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from textmine.errors import ModelError
from textmine.store.whole import write_whole
from textmine.tagging.classifier import ENOUGH_OF_ITS_OWN, FOLDS, Head
from textmine.tagging.coders import MODEL_FILE
from textmine.tagging.evaluation import SAMPLES
from textmine.tagging.figures import FIGURES_FILE
from textmine.tagging.model import WEIGHTS_FILE, ThemeModel
from textmine.tagging.scores import CodeScore, Evaluation, GroupScore, Interval, Score

CARD_FILE = "README.md"

# Codes with fewer clauses than this have figures that a few more clauses could overturn.
_FEW = 20

_METHOD = (
    "Each code has a logistic regression over the codebook's keywords found in the clause, its "
    "words and word pairs, and pieces of 3 to 5 letters (TF-IDF). Scores became probabilities by "
    f"Platt scaling on {FOLDS} folds of whole documents that the scoring model had not seen, and "
    f"thresholds were chosen there too: a code with {ENOUGH_OF_ITS_OWN} clauses has its own, rarer "
    "ones share one. Codes marked *dictionary* had too few clauses: they apply where a keyword "
    "stands. The least certain fifth of clauses is left to people (*sure* is false)."
)
_MEANING = (
    "Beside these stands what the clause means: the vector of a sentence encoder with the middle "
    "of its language taken away, and its likeness to the definition of each code."
)


def card(model: ThemeModel, evaluation: Evaluation, data: str) -> str:
    """The card of ``model`` as Markdown.

    ``data`` says in sentences where the coded clauses come from, under which terms, and who
    decided on their codes; only people know that.
    """
    return (
        "\n\n".join(
            (
                f"# Model card: {model.name}",
                "Says for each clause of an agreement or paper, Persian or English, how probable "
                f"each of the {len(model.heads)} codes of `{model.codebook.reference}` is. "
                f"Its codings stand beside those of people as `{model.coder}`.",
                f"## Trained on\n\n{data.strip()}",
                _training(model),
                f"## How it decides\n\n{_method(model)}",
                _heads(model.heads),
                f"## Measured\n\n{_protocol(evaluation)}",
                _side_by_side(evaluation.scores),
                *_groups(evaluation),
                *_codes(evaluation),
                f"## Limits\n\n{_bullets(_limits(model, evaluation))}",
                f"## Files\n\n`{MODEL_FILE}` and `{WEIGHTS_FILE}` hold data only and cannot run; "
                f"`{FIGURES_FILE}` has what was measured, with its curves. "
                f"Codebook digest `{model.codebook.digest}`. Made with {_versions(model)}.",
            )
        )
        + "\n"
    )


def write_card(folder: Path, model: ThemeModel, evaluation: Evaluation, data: str) -> Path:
    """Writes the card beside the model in ``folder`` and says where.

    Raises ModelError when it cannot be written.
    """
    path = folder / CARD_FILE
    try:
        write_whole(path, [card(model, evaluation, data).encode("utf-8")])
    except OSError as error:
        raise ModelError(f"The model card cannot be written to {path}: {error}.") from error
    return path


def _method(model: ThemeModel) -> str:
    if not model.encoder_name:
        return _METHOD
    encoder = model.classifier.encoder
    known = "" if encoder is None else f" (`{encoder.id}`)"
    return f"{_METHOD} {_MEANING} Encoder: {model.encoder_name}{known}."


def _training(model: ThemeModel) -> str:
    training = model.training
    languages = ", ".join(f"{count} {name}" for name, count in training.languages.items())
    told = (
        f"{training.clauses} clauses of {training.documents} documents ({languages}), "
        f"coded by {', '.join(training.coders)} with {', '.join(training.codebooks)}."
    )
    if training.codebooks != (model.codebook.reference,):
        told += f" The model uses the codes and keywords of {model.codebook.reference}."
    return told


def _heads(heads: Sequence[Head]) -> str:
    rows = [
        (
            head.code,
            head.clauses,
            head.documents,
            "learned" if head.learned else f"dictionary: {head.reason}",
            f"{head.threshold:.2f}" if head.learned else "",
        )
        for head in heads
    ]
    return _table(("code", "clauses", "documents", "how", "applies from"), rows)


def _protocol(evaluation: Evaluation) -> str:
    told = f"On {evaluation.clauses} clauses of {evaluation.documents} documents."
    if evaluation.folds:
        told += (
            f" Documents were dealt into {evaluation.folds} parts; each was predicted by a model "
            "trained on the others, calibration and thresholds included. "
            f"{evaluation.left_out} clauses were kept out of a training because they read like one "
            "under test. Brackets: 95 % interval over "
            f"{SAMPLES} resampled sets of documents."
        )
    return " ".join((told, *evaluation.notes))


def _side_by_side(scores: Sequence[Score]) -> str:
    rows = [
        (
            score.coder,
            _interval(score.macro_f1),
            _interval(score.micro_f1),
            f"{score.first_right:.2f}",
            f"{score.brier:.3f}",
            f"{score.calibration_error:.3f}",
        )
        for score in scores
    ]
    names = ("coder", "macro-F1", "micro-F1", "first code right", "Brier", "calibration error")
    return _table(names, rows)


def _groups(evaluation: Evaluation) -> Iterable[str]:
    best = evaluation.scores[0]
    for title, groups in (("language", best.languages), ("kind of document", best.kinds)):
        if groups:
            yield f"The {best.coder} by {title}:\n\n{_group_table(title, groups)}"


def _group_table(title: str, groups: Mapping[str, GroupScore]) -> str:
    rows = [
        (name, group.clauses, f"{group.macro_f1:.2f}", f"{group.micro_f1:.2f}")
        for name, group in groups.items()
    ]
    return _table((title, "clauses", "macro-F1", "micro-F1"), rows)


def _codes(evaluation: Evaluation) -> Iterable[str]:
    best, dictionary = evaluation.scores[0], evaluation.score("dictionary")
    if dictionary is None:
        return
    rows = [
        (one.code, one.support, *map(_figure, _precision_recall_f1(one)), _figure(other.f1))
        for one, other in zip(best.codes, dictionary.codes, strict=True)
    ]
    names = ("code", "clauses", "precision", "recall", "F1", "F1 of the dictionary")
    yield f"The {best.coder} by code:\n\n{_table(names, rows)}"


def _precision_recall_f1(score: CodeScore) -> tuple[float | None, float | None, float | None]:
    return score.precision, score.recall, score.f1


def _limits(model: ThemeModel, evaluation: Evaluation) -> Iterable[str]:
    rare = [one for one in evaluation.scores[0].codes if one.support < _FEW]
    if rare:
        listed = ", ".join(f"{one.code} ({one.support})" for one in rare)
        yield f"Experimental, since fewer than {_FEW} clauses carry them: {listed}."
    for head in model.heads:
        if not head.learned:
            yield f"{head.code} follows the dictionary: {head.reason}."
    yield (
        "No model agrees with people more than people agree with each other: read the figures "
        "beside the reliability of the coders."
    )
    yield (
        "Probabilities hold for text like the training documents. Other genres, text with lost "
        "spaces and poorly read scans make them too sure."
    )
    yield (
        "A suggestion for a person to confirm, and counts over many clauses with their error "
        "stated; not a decision about a single agreement."
    )


def _versions(model: ThemeModel) -> str:
    return ", ".join(f"{name} {version}" for name, version in model.training.versions.items())


def _interval(interval: Interval) -> str:
    return f"{interval.value:.2f} [{interval.low:.2f}, {interval.high:.2f}]"


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _table(names: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)
