"""Which machine coder a name means, and where models lie."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

from textmine import codebook as codebooks
from textmine.errors import ModelError
from textmine.records import Codebook, Prediction
from textmine.resources import shipped
from textmine.tagging.keywords import DictionaryCoder

DICTIONARY = "dictionary"
DEFAULT_MODEL = "themes"


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

    def predict(self, clauses: Iterable[tuple[str, str]]) -> Iterator[Prediction]:
        """One prediction for each clause, given as its id and its text."""
        ...


def codebook_of(corpus: Path | None) -> Codebook:
    """The codebook of a corpus folder, or the shipped one."""
    return codebooks.shipped() if corpus is None else codebooks.load(corpus / "codebook.yaml")


def coder(name: str | None, corpus: Path | None) -> MachineCoder:
    """The dictionary, or the model of that name: in the corpus, a folder, or shipped.

    None means the default model; ModelError when no model of that name is found.

    >>> coder("dictionary", None).coder
    'dictionary:agreement-themes@3'
    """
    codebook = codebook_of(corpus)
    if name == DICTIONARY:
        return DictionaryCoder(codebook)
    from textmine.tagging.model import MODEL_FILE, ThemeModel  # loads scikit-learn

    wanted = name or DEFAULT_MODEL
    places = [*([corpus / "models" / wanted] if corpus else []), shipped("models") / wanted]
    if name is not None:
        places.append(Path(name))
    for place in places:
        if (place / MODEL_FILE).is_file():
            return ThemeModel.load(place, codebook)
    raise ModelError(
        f"There is no model {wanted}; looked in {', '.join(str(place) for place in places)}. "
        "Train one with: textmine train, or use --model dictionary."
    )
