"""Which machine coder a name means, and where models lie."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from textmine import codebook as codebooks
from textmine.encoding import VECTORS
from textmine.errors import EncoderMissingError, ModelError, OtherCodebookError, UsageError
from textmine.records import Codebook, Prediction
from textmine.resources import shipped
from textmine.tagging.keywords import DictionaryCoder, Reason
from textmine.tagging.live import SHIPPED, live_name

DICTIONARY = "dictionary"
FAST_MODEL = "themes-fast"
"""The shipped model that needs no encoder; it codes where the other one cannot."""

MODEL_FILE = "model.json"
FORMAT = "textmine theme model 2"
"""What the file of a model that this textmine reads says of itself."""


# A model's name is that of its folder, and stands in codings after "model:".
_NAME = re.compile(r"\w[\w.-]{0,63}")


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
    found = [
        file.parent
        for place in places
        for file in sorted(place.glob(f"*/{MODEL_FILE}"))
        if not file.parent.name.startswith(".")  # a model that is not finished
    ]
    return list({folder.name: folder for folder in reversed(found)}.values())[::-1]


def model_folder(name: str, corpus: Path | None) -> Path | None:
    """Where the model of that name lies: in the corpus, else among the shipped; None if nowhere."""
    return next((folder for folder in model_folders(corpus) if folder.name == name), None)


def check_name(name: str) -> None:
    """Raises UsageError for a name that a model of a corpus cannot have.

    >>> check_name("second-try"), check_name("مضمون-۲")
    (None, None)
    >>> check_name("../themes")
    Traceback (most recent call last):
    ...
    textmine.errors.UsageError: A model cannot be called "../themes": letters, digits, - _ and .
    make a name, at most 64 of them, a letter or digit in front.
    """
    if _NAME.fullmatch(name) is None:
        raise UsageError(
            f'A model cannot be called "{name}": letters, digits, - _ and . make a name, at most '
            "64 of them, a letter or digit in front."
        )
    if name == DICTIONARY or model_folder(name, None) is not None:
        raise UsageError(f"{name} comes with textmine; choose another name for a model.")


@dataclass(frozen=True, slots=True)
class Listed:
    """A model as lists show it; ``encoder`` is empty where it needs none.

    ``fits`` tells whether it was trained for the codebook at hand. ``fault`` says why the model
    cannot be used; what is not known of it then is empty or 0.
    """

    name: str
    live: bool
    codebook: str
    clauses: int
    documents: int
    encoder: str
    folder: str
    fits: bool = False
    fault: str = ""


def listed(corpus: Path | None) -> list[Listed]:
    """All models, the corpus's own first; ModelError when it cannot be said which is live."""
    live = live_name(corpus / "models") if corpus else SHIPPED
    book = codebook_of(corpus)
    return [_listed(folder, live, book) for folder in model_folders(corpus)]


def _listed(folder: Path, live: str, book: Codebook) -> Listed:
    is_live = folder.name == live
    try:
        said = json.loads((folder / MODEL_FILE).read_text(encoding="utf-8"))
        if said["format"] != FORMAT:
            raise ValueError(f'its format is "{said["format"]}"; this textmine reads "{FORMAT}"')
        return Listed(
            folder.name,
            is_live,
            str(said["codebook"]["reference"]),
            int(said["training"]["clauses"]),
            int(said["training"]["documents"]),
            str(said["encoder"]["name"]),
            str(folder),
            said["codebook"]["digest"] == book.digest,
        )
    except KeyError as error:
        fault = f"{MODEL_FILE} does not say {error}"
    except (OSError, ValueError, TypeError) as error:
        fault = str(error)
    return Listed(folder.name, is_live, "", 0, 0, "", str(folder), fault=fault)


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
    cache = corpus / VECTORS if corpus else None
    if folder is not None:
        model = ThemeModel.load(folder, codebook, cache)
        model.name = folder.name  # so that a copied folder does not code under the other's name
        return model
    if name is None and corpus is not None:
        raise ModelError(
            f"The live model {wanted} is gone from {corpus / 'models'}. Go back to the one before "
            "with: textmine models rollback"
        )
    if Path(wanted, MODEL_FILE).is_file():
        return ThemeModel.load(Path(wanted), codebook, cache)
    places = [*([corpus / "models"] if corpus else []), shipped("models")]
    raise ModelError(
        f"There is no model {wanted}; looked in {', '.join(str(place) for place in places)}. "
        "Train one with: textmine train, or use --model dictionary."
    )


def default_coder(corpus: Path | None) -> tuple[MachineCoder, str]:
    """The live model, or the shipped one that needs no encoder; and a note, empty if all is well.

    The fast model stands in where the encoder of the shipped one is missing; a model of the
    corpus's own is never replaced silently: EncoderMissingError.
    """
    try:
        return coder(None, corpus), ""
    except EncoderMissingError as error:
        live = live_name(corpus / "models") if corpus else SHIPPED
        if live != SHIPPED:
            raise EncoderMissingError(
                f"{error} (The live model {live} was trained with it. To code by words alone: "
                f"textmine models promote {FAST_MODEL})"
            ) from error
        return coder(FAST_MODEL, corpus), (
            f"Coding by the fast model, which knows words but not meanings. {error}"
        )


def live_or_dictionary(corpus: Path | None) -> tuple[MachineCoder, str]:
    """What codes a corpus by default: as ``default_coder``, or where no model fits the dictionary.

    No model fits a codebook of one's own until one is trained for it; the note says so.
    """
    try:
        return default_coder(corpus)
    except OtherCodebookError as error:
        return coder(DICTIONARY, corpus), f"Coded by the dictionary alone. {error}"
