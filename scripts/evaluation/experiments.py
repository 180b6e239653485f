"""What is trained on what and tested on what. Each section is a dictionary of plain figures."""

from __future__ import annotations

import csv
import os
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from textmine import encoding
from textmine.codings import CodedClause, read_coded
from textmine.reliability import reliability
from textmine.tagging.classifier import ThemeClassifier, document_folds
from textmine.tagging.evaluation import (
    Coder,
    Crossed,
    Material,
    by_definitions,
    by_dictionary,
    by_model,
    by_most_frequent,
    calibration,
    coverage,
    crossed,
    few,
    gain,
    scored,
    share,
)
from textmine.tagging.model import ThemeModel, training_of
from textmine.tagging.review import Step, curve
from textmine.tagging.scores import Score

Figures = dict[str, Any]
Say = Callable[[str], None]

FOLDS = 5
LANGUAGES = ("fa", "en")
FAST, FULL = "fast model", "full model"
MODELS: Mapping[str, Coder] = {FAST: by_model(("keywords", "words")), FULL: by_model()}
SIDE_BY_SIDE: Mapping[str, Coder] = {
    "most frequent code": by_most_frequent,
    "dictionary": by_dictionary,
    "TF-IDF alone": by_model(("words",)),
    "embeddings alone": by_model(("meaning",)),
    "zero-shot": by_definitions,
    **MODELS,
}

REVIEWED, AT_RANDOM = "chosen by textmine review", "at random"
BATCH, MOST_CODED = 100, 1000
EXAMPLES = (5, 10, 20)
SHARES = (0.1, 0.25, 0.5)
SEEDS = (0, 1, 2)
ANSWERED = tuple(share / 100 for share in range(100, 0, -5))
GOLD = "gold"  # the first folder of documents of the gold set; the others are the sample's


@dataclass(frozen=True)
class Study:
    """What all experiments share; ``tested`` holds the decisions of each coder by folds."""

    material: Material
    kinds: Mapping[str, str]
    tested: dict[str, Crossed]
    say: Say


def about(study: Study, encoder: str) -> Figures:
    """What was measured on, and with what."""
    material = study.material
    coded = material.coded
    return {
        "codebook": material.codebook.reference,
        "codes": {code.id: dict(code.name) for code in material.codebook.codes},
        "encoder": encoder,
        "folds": FOLDS,
        "clauses": len(coded),
        "documents": len({one.document for one in coded}),
        "without_code": sum(not one.codes for one in coded),
        "languages": {
            language: _size([one for one in coded if one.language == language])
            for language in LANGUAGES
        },
        "sources": {
            name: _size([coded[place] for place in places])
            for name, places in _sources(material).items()
        },
        "decided_by": dict(Counter(one.coder for one in coded)),
        "versions": training_of(coded).versions,
    }


def side_by_side(study: Study) -> Figures:
    """Every way of coding on the same clauses, each document tested by a training without it."""
    material, rows = study.material, []
    for name, coder in SIDE_BY_SIDE.items():
        study.say(f"{name}, {FOLDS} folds")
        study.tested[name] = crossed(material, coder, FOLDS)
    for name, tested in study.tested.items():
        rows += _by_language(study, tested, coder=name)
    return {
        "rows": rows,
        "left_out": study.tested[FULL].left_out,
        "gains": [
            {"coder": name, **gain(material, study.tested[FULL], tested)._asdict()}
            for name, tested in study.tested.items()
            if name != FULL
        ],
    }


def by_code(study: Study) -> Figures:
    """Each code of the two models, by language."""
    rows = []
    for name in MODELS:
        for language in LANGUAGES:
            places = _of_language(study.material, language)
            if not places:
                continue
            score = scored(study.material, name, study.tested[name], places)
            documents = len(set(study.material.documents(places)))
            rows += [
                {"coder": name, "language": language, "documents": documents, **asdict(one)}
                for one in score.codes
            ]
    return {"rows": rows}


def coders(study: Study, files: Sequence[Path]) -> Figures:
    """How far the two blind readings of the same clauses agree; empty where they are not there."""
    if not all(file.is_file() for file in files):
        return {"reason": f"{' and '.join(file.name for file in files)} are not there"}
    readings = [read_coded(file) for file in files]
    book = study.material.codebook
    rows = []
    for language in ("all", *LANGUAGES):
        wanted = (LANGUAGES, (language,))[language != "all"]
        coded = [one for reading in readings for one in reading if one.language in wanted]
        found = reliability(coded, book)
        rows += [
            {
                "language": language,
                "code": one.code,
                "units": one.units,
                "documents": one.documents,
                "percent": one.percent.value,
                "kappa": one.kappa.value,
                "alpha": one.alpha.value,
                "alpha_low": one.alpha.low,
                "alpha_high": one.alpha.high,
            }
            for one in found.comparisons
        ]
    return {"rows": rows, "scores": _one_coder_by_the_other(study, readings)}


def across(study: Study) -> Figures:
    """Trained on one language or one source, tested on the other; and by kind of document."""
    material = study.material
    by_language = {language: _of_language(material, language) for language in LANGUAGES}
    rows = []
    for learn, test in (("fa", "en"), ("en", "fa"), ("fa", "fa"), ("en", "en")):
        if not (by_language[learn] and by_language[test]):
            continue
        for name, coder in MODELS.items():
            study.say(f"{name}, trained on {learn}, tested on {test}")
            tested = crossed(material, coder, FOLDS, by_language[learn], by_language[test])
            rows.append(_trained_on(study, name, tested, learn, test))
    sources, of_sources = _sources(material), []
    for test, tests in sources.items() if len(sources) > 1 else ():
        learn = " and ".join(name for name in sources if name != test)
        learned = sorted(set(range(len(material.coded))).difference(tests))
        for name, coder in {"dictionary": by_dictionary, **MODELS}.items():
            study.say(f"{name}, trained on {learn}, tested on {test}")
            tested = crossed(material, coder, 1, learned, tests)
            of_sources += [
                _trained_on(study, name, tested, learn, test, language, places)
                for language, places in _languages(material, tests)
            ]
    of_kinds = []
    for kind in sorted({study.kinds[one.document] for one in material.coded}):
        places = [
            place for place, one in enumerate(material.coded) if study.kinds[one.document] == kind
        ]
        for name in ("dictionary", *MODELS):
            tested = study.tested[name]
            of_kinds.append(
                _figures(study, scored(material, name, tested, places), places, kind=kind)
            )
    return {"languages": rows, "sources": of_sources, "kinds": of_kinds}


def few_examples(study: Study) -> Figures:
    """A model refitted to a few examples of each code, and to shares of the documents."""
    found: Figures = {"seeds": len(SEEDS), "examples": [], "documents": []}
    for each in EXAMPLES:
        for name, coder in MODELS.items():
            study.say(f"{name}, {each} examples of each code")
            tests = [
                crossed(study.material, coder, FOLDS, choose=few(study.material, each, seed))
                for seed in SEEDS
            ]
            found["examples"] += _of_seeds(study, name, tests, each=each)
    for part in SHARES:
        for name, coder in MODELS.items():
            study.say(f"{name}, {part:.0%} of the training documents")
            tests = [
                crossed(study.material, coder, FOLDS, choose=share(study.material, part, seed))
                for seed in SEEDS
            ]
            found["documents"] += _of_seeds(study, name, tests, share=part)
    for name in MODELS:
        found["documents"] += _of_seeds(study, name, [study.tested[name]], share=1.0)
    return found


def active(study: Study) -> Figures:
    """What coding the clauses of ``textmine review`` brings beside coding some at random."""
    material = study.material
    test = document_folds(material.documents(range(len(material.coded))), FOLDS)[0]

    def coded(most: int, batch: int, seed: int, *, by_model: bool) -> list[Step]:
        return curve(
            material.readings,
            material.truth,
            material.documents(range(len(material.coded))),
            lambda: ThemeClassifier(material.codebook, material.encoder),
            test,
            batch=batch,
            most=most,
            by_model=by_model,
            seed=seed,
        )

    study.say("clauses chosen by review, and at random")
    ways = {
        REVIEWED: [coded(MOST_CODED, BATCH, seed, by_model=True) for seed in SEEDS],
        AT_RANDOM: [coded(MOST_CODED, BATCH, seed, by_model=False) for seed in SEEDS],
    }
    everything = len(material.coded)
    [whole] = coded(everything, everything, 0, by_model=False)
    rows = []
    for way, runs in ways.items():
        for steps in zip(*runs, strict=True):
            values = [step.macro_f1 for step in steps]
            mean = sum(values) / len(values)
            interval = {"value": mean, "low": min(values), "high": max(values)}
            rows.append({"coder": way, "learned": steps[0].clauses, "macro_f1": interval})
    return {
        "clauses": len(test),
        "documents": len(set(material.documents(test))),
        "seeds": len(SEEDS),
        "steps": rows,
        "whole": {"learned": whole.clauses, "macro_f1": whole.macro_f1},
    }


def certainty(study: Study) -> Figures:
    """Whether probabilities hold, and what is gained by answering the surest clauses only."""
    found: Figures = {}
    for name in MODELS:
        tested = study.tested[name]
        decision, truth = tested.decision, study.material.truth[tested.places]
        right = (decision.applied == truth).all(axis=1)
        # Most decisions are plain refusals, which flatter any error that counts all decisions.
        open_ones = decision.probability >= 0.1
        found[name] = {
            "clauses": len(right),
            "documents": len(set(study.material.documents(tested.places))),
            "bins": [one._asdict() for one in calibration(decision.probability, truth)],
            "open_decisions": int(open_ones.sum()),
            "open_error": _error(decision.probability[open_ones], truth[open_ones]),
            "coverage": [one._asdict() for one in coverage(decision, truth, ANSWERED)],
            "certainty": [
                _certain(decision.certainty, right, low, high)
                for low, high in ((0.0, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 1.01))
            ],
            "sure": _rightness(study, name, decision.sure, right),
            "not_sure": _rightness(study, name, ~decision.sure, right),
        }
    return found


def cost(study: Study, encoder_name: str, cache: Path) -> Figures:
    """Seconds to fit, and clauses a second; of one processor where the model needs no encoder."""
    material = study.material
    clauses = [(one.clause, one.text) for one in material.coded]
    found: Figures = {"clauses": len(clauses), "processors": os.cpu_count()}
    encoder = encoding.encoder(encoder_name, cache)
    models = {}
    for name, parts, used in ((FAST, ("keywords", "words"), None), (FULL, None, encoder)):
        study.say(f"{name}, fitted to all clauses")
        classifier = ThemeClassifier(material.codebook, used, *([parts] if parts else []))
        start = time.process_time()
        classifier.fit(material.readings, material.truth, material.documents(range(len(clauses))))
        found[f"{name}: fitting seconds"] = time.process_time() - start
        models[name] = ThemeModel(name, classifier, training_of(material.coded), "")
    study.say("speed")
    for what in ("first pass", "again"):
        start = time.process_time()
        list(models[FAST].predict(clauses))
        found[f"{FAST}: {what}"] = len(clauses) / (time.process_time() - start)
    start = time.perf_counter()
    list(models[FULL].predict(clauses))
    found[f"{FULL}: kept vectors"] = len(clauses) / (time.perf_counter() - start)
    some = clauses[:: max(1, len(clauses) // 200)]
    fresh = encoding.encoder(encoder_name)
    fresh.encode(["warm"])
    models[FULL].classifier.encoder = fresh
    start = time.perf_counter()
    list(models[FULL].predict(some))
    found[f"{FULL}: fresh vectors"] = len(some) / (time.perf_counter() - start)
    found["fresh clauses"] = len(some)
    return found


def kinds_of(coded: Iterable[CodedClause], tables: Sequence[Path]) -> dict[str, str]:
    """The kind of each document by the tables of metadata; "not given" where none names it.

    Documents are known by the names of their files, whatever folder they lie in.
    """
    known: dict[str, str] = {}
    for table in tables:
        with table.open(encoding="utf-8", newline="") as file:
            known |= {Path(row["path"]).name: row["kind"] for row in csv.DictReader(file)}
    names = {one.document for one in coded}
    return {name: known.get(Path(name).name) or "not given" for name in names}


def _sources(material: Material) -> dict[str, list[int]]:
    """The places of clauses by where they come from: the sample documents, parts of the gold set.

    Documents of the gold set are named gold/LANGUAGE/FILE or gold/PART/LANGUAGE/FILE.
    """
    found: dict[str, list[int]] = {}
    for place, one in enumerate(material.coded):
        folders = one.document.split("/")[:-1]
        name = "sample documents"
        if folders and folders[0] == GOLD:
            name = ", ".join(("gold set", *folders[1:-1]))
        found.setdefault(name, []).append(place)
    return found


def _size(coded: Sequence[CodedClause]) -> Figures:
    return {"clauses": len(coded), "documents": len({one.document for one in coded})}


def _of_language(material: Material, language: str) -> list[int]:
    return material.places(lambda one: one.language == language)


def _languages(material: Material, places: Sequence[int]) -> list[tuple[str, list[int]]]:
    """All of the places, then those of each language that has some."""
    found = [("all", list(places))]
    for language in LANGUAGES:
        some = [place for place in places if material.coded[place].language == language]
        if some:
            found.append((language, some))
    return found


def _figures(study: Study, score: Score, places: Sequence[int], **said: Any) -> Figures:
    return {
        "coder": score.coder,
        **said,
        "clauses": len(places),
        "documents": len(set(study.material.documents(places))),
        "macro_f1": score.macro_f1._asdict(),
        "micro_f1": score.micro_f1._asdict(),
        "mean_average_precision": score.mean_average_precision,
        "first_right": score.first_right,
        "calibration_error": score.calibration_error,
        "brier": score.brier,
    }


def _by_language(study: Study, tested: Crossed, coder: str) -> list[Figures]:
    return [
        _figures(study, scored(study.material, coder, tested, places), places, language=language)
        for language, places in _languages(study.material, tested.places)
    ]


def _trained_on(
    study: Study,
    name: str,
    tested: Crossed,
    learn: str,
    test: str,
    language: str = "",
    only: Sequence[int] = (),
) -> Figures:
    places = only or tested.places
    said = {"learn": learn, "test": test, "language": language or test}
    score = scored(study.material, name, tested, places)
    return _figures(study, score, places, **said, learned=tested.learned, left_out=tested.left_out)


def _one_coder_by_the_other(
    study: Study, readings: Sequence[Sequence[CodedClause]]
) -> list[Figures]:
    """The first reading measured against the second as a model is: what F1 two readers reach."""
    first, second = ({one.clause: one for one in reading} for reading in readings)
    both = [clause for clause in first if clause in second]
    rows = []
    for language in ("all", *LANGUAGES):
        some = [one for one in both if language in ("all", first[one].language)]
        codes = [code.id for code in study.material.codebook.codes]
        said = np.array([[code in first[one].codes for code in codes] for one in some])
        truth = np.array([[code in second[one].codes for code in codes] for one in some])
        hits, wrong = (said & truth).sum(axis=0), (said != truth).sum(axis=0)
        carried = truth.any(axis=0)
        rows.append(
            {
                "language": language,
                "clauses": len(some),
                "documents": len({first[one].document for one in some}),
                "macro_f1": float(np.mean((2 * hits / np.maximum(2 * hits + wrong, 1))[carried])),
                "micro_f1": float(2 * hits.sum() / max(1, 2 * hits.sum() + wrong.sum())),
                "same_codes": float(np.mean((said == truth).all(axis=1))),
            }
        )
    return rows


def _of_seeds(study: Study, name: str, tests: Sequence[Crossed], **said: Any) -> list[Figures]:
    """Mean, lowest and highest over the seeds, for all clauses and by language."""
    rows = []
    for language, places in _languages(study.material, tests[0].places):
        scores = [scored(study.material, name, tested, places) for tested in tests]
        macro = [score.macro_f1.value for score in scores]
        rows.append(
            {
                "coder": name,
                **said,
                "language": language,
                "learned": statistics.mean(tested.learned for tested in tests),
                "clauses": len(places),
                "documents": len(set(study.material.documents(places))),
                "macro_f1": {
                    "value": statistics.mean(macro),
                    "low": min(macro),
                    "high": max(macro),
                },
                "micro_f1": statistics.mean(score.micro_f1.value for score in scores),
                "mean_average_precision": statistics.mean(
                    score.mean_average_precision or 0.0 for score in scores
                ),
            }
        )
    return rows


def _error(probability: Any, truth: Any) -> float | None:
    if not probability.size:
        return None
    bins = calibration(probability, truth)
    error = sum(one.decisions * abs(one.probability - one.share) for one in bins)
    return float(error / probability.size)


def _certain(certainty: Any, right: Any, low: float, high: float) -> Figures:
    inside = (certainty >= low) & (certainty < high)
    return {
        "from": low,
        "to": min(high, 1.0),
        "clauses": int(inside.sum()),
        "said": float(certainty[inside].mean()) if inside.any() else None,
        "wholly_right": float(right[inside].mean()) if inside.any() else None,
    }


def _rightness(study: Study, name: str, inside: Any, right: Any) -> Figures:
    tested = study.tested[name]
    places = [place for place, one in zip(tested.places, inside, strict=True) if one]
    if not places:
        return {"clauses": 0}
    score = scored(study.material, name, tested, places)
    return {
        "clauses": len(places),
        "share": len(places) / len(tested.places),
        "wholly_right": float(right[inside].mean()),
        "micro_f1": score.micro_f1.value,
        "macro_f1": score.macro_f1.value,
    }
