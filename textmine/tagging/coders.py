"""Which machine coder a name means, and where models lie."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from textmine import codebook as codebooks
from textmine.errors import EncoderMissingError, ModelError
from textmine.records import Codebook, Prediction
from textmine.resources import shipped
from textmine.tagging.keywords import DictionaryCoder, Reason
from textmine.tagging.live import SHIPPED, live_name

DICTIONARY = "dictionary"
FAST_MODEL = "themes-fast"
"""The shipped model that needs no encoder; it codes where the other one cannot."""

MODEL_FILE = "model.json"
VECTORS = "vectors.db"
"""Where a corpus keeps the vectors of an encoder; it can be deleted at any time."""


class MachineCoder(Protocol):
    """What codes clauses by itself: the dictionary or a model."""

    codebook: Codebook

    @property
    def coder(self) -> str:
        """How its codings name it."""
        ...

    @property
    def version(self) -> str:
        """Changes when it would code otherwise."""
        ...

    @property
    def sources(self) -> Collection[str]:
        """What the ids of clauses that it learned from begin with."""
        ...

    def predict(self, clauses: Iterable[tuple[str, str]]) -> Iterator[Prediction]:
        """One prediction for each clause, given as its id and its text."""
        ...

    def explain(self, text: str, code: str) -> tuple[Reason, ...]:
        """The words of a text that speak for a code."""
        ...


def codebook_of(corpus: Path | None) -> Codebook:
    """The codebook of a corpus folder, or the shipped one."""
    return codebooks.shipped() if corpus is None else codebooks.load(corpus / "codebook.yaml")


def model_folders(corpus: Path | None) -> list[Path]:
    """The folders of all models: the corpus's own, then those that textmine ships."""
    places = [*([corpus / "models"] if corpus else []), shipped("models")]
    found = [file.parent for place in places for file in sorted(place.glob(f"*/{MODEL_FILE}"))]
    return list({folder.name: folder for folder in reversed(found)}.values())[::-1]


def model_folder(name: str, corpus: Path | None) -> Path | None:
    """Where the model of that name lies: in the corpus, else among the shipped; None if nowhere."""
    return next((folder for folder in model_folders(corpus) if folder.name == name), None)


@dataclass(frozen=True, slots=True)
class Listed:
    """A model as lists show it; ``encoder`` is empty where it needs none."""

    name: str
    live: bool
    codebook: str
    clauses: int
    documents: int
    encoder: str
    folder: str


def listed(corpus: Path | None) -> list[Listed]:
    """All models, the corpus's own first; ModelError when one of them cannot be read."""
    live = live_name(corpus / "models") if corpus else SHIPPED
    return [_listed(folder, live) for folder in model_folders(corpus)]


def _listed(folder: Path, live: str) -> Listed:
    try:
        said = json.loads((folder / MODEL_FILE).read_text(encoding="utf-8"))
        return Listed(
            folder.name,
            folder.name == live,
            said["codebook"]["reference"],
            said["training"]["clauses"],
            said["training"]["documents"],
            said["encoder"]["name"],
            str(folder),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"{folder / MODEL_FILE} is no model that this textmine reads ({error!r}). Take the "
            "folder away, or train the model again."
        ) from error


def coder(name: str | None, corpus: Path | None) -> MachineCoder:
    """The dictionary, or the model of that name: in the corpus, shipped, or a folder.

    None means the live model of the corpus, without one the shipped model. ModelError when no model
    of that name is found, EncoderMissingError when it needs an encoder that is not here.

    >>> coder("dictionary", None).coder
    'dictionary:agreement-themes@4'
    """
    codebook = codebook_of(corpus)
    if name == DICTIONARY:
        return DictionaryCoder(codebook)
    from textmine.tagging.model import ThemeModel  # loads scikit-learn

    wanted = name or (live_name(corpus / "models") if corpus else SHIPPED)
    folder = model_folder(wanted, corpus)
    if folder is None and name is not None and Path(name, MODEL_FILE).is_file():
        folder = Path(name)
    if folder is None:
        places = [*([corpus / "models"] if corpus else []), shipped("models")]
        raise ModelError(
            f"There is no model {wanted}; looked in {', '.join(str(place) for place in places)}. "
            "Train one with: textmine train, or use --model dictionary."
        )
    return ThemeModel.load(folder, codebook, corpus / VECTORS if corpus else None)


def default_coder(corpus: Path | None) -> tuple[MachineCoder, str]:
    """The live model, or the shipped one that needs no encoder; and a note, empty if all is well.

    The fast model stands in where the encoder of the shipped one is missing; a model of the
    corpus's own is never replaced silently: EncoderMissingError.
    """
    try:
        return coder(None, corpus), ""
    except EncoderMissingError as error:
        if corpus and live_name(corpus / "models") != SHIPPED:
            raise
        return coder(FAST_MODEL, corpus), (
            f"Coding by the fast model, which knows words but not meanings. {error}"
        )
