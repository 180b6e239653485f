"""The figures behind a model's card, for programs: measured once, kept beside the model.

``figures.json`` holds what was measured when the model was trained (scores, curves) and how it did
beside the model that was live then. It decides nothing: a model without it codes just as well.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from textmine.errors import ModelError
from textmine.store.whole import write_whole
from textmine.tagging.scores import (
    Bin,
    CodeScore,
    Comparison,
    Covered,
    Curves,
    Evaluation,
    GroupScore,
    Interval,
    Learned,
    Score,
)

FIGURES_FILE = "figures.json"
FORMAT = "textmine figures of a model 1"

_LARGEST = 16 << 20


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured of a model when it was trained.

    ``comparison`` is None for a model that was trained outside a corpus; ``notes`` say what was
    left out of its training.
    """

    evaluation: Evaluation
    comparison: Comparison | None
    notes: tuple[str, ...]


def write_figures(
    folder: Path, evaluation: Evaluation, comparison: Comparison | None, notes: Sequence[str] = ()
) -> None:
    """Write the figures of the model in ``folder``; ModelError when the disk refuses."""
    said = {
        "format": FORMAT,
        "evaluation": asdict(evaluation),
        "comparison": None if comparison is None else asdict(comparison),
        "notes": list(notes),
    }
    text = json.dumps(said, ensure_ascii=False, indent=1) + "\n"
    path = folder / FIGURES_FILE
    try:
        write_whole(path, [text.encode("utf-8")])
    except OSError as error:
        raise ModelError(f"The figures cannot be written to {path}: {error}.") from error


def read_figures(folder: Path) -> Figures | None:
    """The figures of the model in ``folder``; None for a model that came without.

    ModelError when the file holds something else.
    """
    path = folder / FIGURES_FILE
    try:
        if path.stat().st_size > _LARGEST:
            raise ValueError("it is too large")
        said = json.loads(path.read_text(encoding="utf-8"))
        if said["format"] != FORMAT:
            raise ValueError(f'its format is "{said["format"]}"')
        comparison = said["comparison"]
        return Figures(
            _evaluation(said["evaluation"]),
            None if comparison is None else _comparison(comparison),
            tuple(map(str, said["notes"])),
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ModelError(f"{path} cannot be read ({error}). Train the model again.") from error


def _evaluation(said: Mapping[str, Any]) -> Evaluation:
    curves = said["curves"]
    return Evaluation(
        str(said["codebook"]),
        int(said["clauses"]),
        int(said["documents"]),
        int(said["folds"]),
        int(said["left_out"]),
        tuple(_score(each) for each in said["scores"]),
        tuple(map(str, said["notes"])),
        None if curves is None else _curves(curves),
    )


def _comparison(said: Mapping[str, Any]) -> Comparison:
    return Comparison(
        int(said["clauses"]),
        int(said["documents"]),
        tuple(_score(each) for each in said["scores"]),
        None if said["gain"] is None else _interval(said["gain"]),
        str(said["reason"]),
    )


def _score(said: Mapping[str, Any]) -> Score:
    return Score(
        str(said["coder"]),
        _interval(said["macro_f1"]),
        _interval(said["micro_f1"]),
        float(said["brier"]),
        float(said["calibration_error"]),
        float(said["first_right"]),
        tuple(_code(each) for each in said["codes"]),
        {str(name): _group(each) for name, each in said["languages"].items()},
        {str(name): _group(each) for name, each in said["kinds"].items()},
    )


def _code(said: Mapping[str, Any]) -> CodeScore:
    measured = ("precision", "recall", "f1", "average_precision")
    found = (None if said[name] is None else float(said[name]) for name in measured)
    return CodeScore(str(said["code"]), int(said["support"]), *found)


def _group(said: Mapping[str, Any]) -> GroupScore:
    return GroupScore(int(said["clauses"]), float(said["macro_f1"]), float(said["micro_f1"]))


def _interval(said: Sequence[Any]) -> Interval:
    value, low, high = map(float, said)
    return Interval(value, low, high)


def _curves(said: Sequence[Any]) -> Curves:
    calibration, coverage, learned = said
    return Curves(
        tuple(Bin(int(n), float(mean), float(right)) for n, mean, right in calibration),
        tuple(
            Covered(float(answered), int(clauses), float(right), float(f1))
            for answered, clauses, right, f1 in coverage
        ),
        tuple(Learned(float(clauses), _interval(f1)) for clauses, f1 in learned),
    )
