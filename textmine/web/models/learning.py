"""Pages of models: which there are, how good they are, what is live; training and promoting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from textmine.errors import ModelError
from textmine.tagging.coders import Listed, listed
from textmine.tagging.live import history
from textmine.web.models import cards
from textmine.web.models.planning import Plan, planned
from textmine.web.pages import desk, page
from textmine.web.people import Admin, Reader, User
from textmine.web.work.works import works

if TYPE_CHECKING:
    from textmine.tagging.figures import Figures
    from textmine.tagging.scores import Evaluation
    from textmine.web.models.curves import Curve

router = APIRouter(include_in_schema=False)

_KINDS = ("train", "promote", "rollback", "code")
_CARD = "README.md"
_LARGEST_CARD = 1 << 20


@dataclass(frozen=True, slots=True)
class Compared:
    """How one code was predicted by the new model and by the one that was live."""

    code: str
    clauses: int
    new: float | None
    live: float | None

    @property
    def gain(self) -> float | None:
        """What the new one gains; None where one of them could not be measured."""
        return None if self.new is None or self.live is None else self.new - self.live


@router.get("/models")
def list_models(request: Request, user: Reader) -> Response:
    """All models, the live one first, what was live before, and what one may do."""
    from textmine import encoding

    corpus = desk(request).corpus
    models = sorted(listed(corpus.folder), key=lambda model: not model.live)
    steps = history(corpus.models)
    trains = user.may("admin") and not works(request).reads_only
    return page(
        request,
        "models/list.html",
        models=models,
        steps=steps[::-1],
        own_models={model.name for model in models if Path(model.folder).parent == corpus.models},
        encodes=not encoding.missing(encoding.DEFAULT),
        plan=_plan(request, models) if trains else None,
        under_way=[work for work in works(request).under_way() if work.kind in _KINDS],
        reads_only=works(request).reads_only,
    )


def _plan(request: Request, models: Sequence[Listed]) -> Plan:
    """What training would begin with; looked at again when something that it hangs on changed."""
    from textmine.encoding import VECTORS

    corpus = desk(request).corpus
    files = (corpus.codebook_file, corpus.folder / VECTORS)
    mark = (
        corpus.catalogue.last_change(),
        [(each.name, each.live, each.fits) for each in models],
        [file.stat().st_mtime_ns for file in files if file.exists()],
    )
    return desk(request).remember("plan of training", lambda: planned(corpus), mark=mark)


@router.get("/models/{name}")
def show_model(request: Request, user: Reader, name: str) -> Response:
    """One model: what it learned from, what was measured, and its card."""
    from textmine.tagging.figures import read_figures

    model = _model(request, name)
    corpus = desk(request).corpus
    figures: Figures | None = None
    live = next((each for each in listed(corpus.folder) if each.live and not each.fault), None)
    fault = ""
    try:
        figures = read_figures(Path(model.folder))
    except ModelError as error:
        fault = str(error)
    return page(
        request,
        "models/one.html",
        model=model,
        figures=figures,
        fault=fault,
        curves=_curves(figures),
        compared=_compared(figures),
        live=None if live is None or live.name == name else live,
        live_measured=None if live is None else _measured(live),
        steps=[step for step in history(corpus.models) if step.name == name],
        names={code.id: code.name for code in desk(request).codebook.codes},
        card=_card(Path(model.folder)),
        reads_only=works(request).reads_only,
    )


@router.post("/models/train")
def train(
    request: Request,
    user: Admin,
    encoder: Annotated[Literal["", "none"], Form()] = "",
    beside: Annotated[bool, Form()] = False,
    learning: Annotated[bool, Form()] = False,
    coding: Annotated[bool, Form()] = False,
) -> Response:
    """Train on what people have decided, with or without the shipped clauses ``beside``."""
    values = {"encoder": encoder, "alone": not beside, "learning": learning, "coding": coding}
    return _begun(request, user, "train", values)


@router.post("/models/{name}/promote")
def promote(
    request: Request,
    user: Admin,
    name: str,
    reason: Annotated[str, Form(max_length=2000)] = "",
    coding: Annotated[bool, Form()] = False,
) -> Response:
    """Make a model the live one."""
    model = _model(request, name)
    values = {"name": model.name, "by": user.coder, "reason": reason.strip(), "coding": coding}
    return _begun(request, user, "promote", values)


@router.post("/models/rollback")
def roll_back(
    request: Request,
    user: Admin,
    reason: Annotated[str, Form(max_length=2000)] = "",
    coding: Annotated[bool, Form()] = False,
) -> Response:
    """Make the model live again that was so before."""
    values = {"by": user.coder, "reason": reason.strip(), "coding": coding}
    return _begun(request, user, "rollback", values)


def _begun(
    request: Request, user: User, kind: Literal["train", "promote", "rollback"], values: Any
) -> Response:
    work = works(request).start(kind, who=user.coder, values=values)
    return RedirectResponse(f"/work/{work.id}", 303)


def _model(request: Request, name: str) -> Listed:
    for model in listed(desk(request).corpus.folder):
        if model.name == name:
            return model
    raise HTTPException(404)


def _measured(model: Listed) -> Evaluation | None:
    """What was measured of a model when it was trained; None where that cannot be said."""
    from textmine.tagging.figures import read_figures

    try:
        figures = read_figures(Path(model.folder))
    except ModelError:
        return None
    return None if figures is None else figures.evaluation


def _curves(figures: Figures | None) -> dict[str, Curve]:
    """The curves that there are, by what they are about."""
    if figures is None or figures.evaluation.curves is None:
        return {}
    from textmine.web.models import curves

    calibration, coverage, learned = figures.evaluation.curves
    found = {
        "calibration": curves.of_calibration(calibration),
        "coverage": curves.of_coverage(coverage),
    }
    return found | ({"learning": curves.of_learning(learned)} if learned else {})


def _compared(figures: Figures | None) -> list[Compared]:
    """Code by code: the new model beside the live one, on the documents kept apart."""
    if figures is None or figures.comparison is None or not figures.comparison.scores:
        return []
    new, live = figures.comparison.scores[:2]
    return [
        Compared(one.code, one.support, one.f1, other.f1)
        for one, other in zip(new.codes, live.codes, strict=True)
        if one.support
    ]


def _card(folder: Path) -> Any:
    """The card as HTML; None when the model came without, or with something else."""
    path = folder / _CARD
    try:
        if path.stat().st_size > _LARGEST_CARD:
            return None
        return cards.html(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return None
