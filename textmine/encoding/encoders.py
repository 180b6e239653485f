"""What all encoders have in common: equal texts encoded once, what is kept looked up, rounding."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from textmine.encoding.cache import Halves, VectorCache
from textmine.encoding.prepared import has_words, prepared
from textmine.errors import ModelError

Floats = NDArray[np.float32]
Portions = Generator[tuple[Sequence[int], Floats], None, None]
"""Vectors with the places of their texts, some at a time."""


class Model(Protocol):
    """What makes vectors of prepared texts."""

    @property
    def id(self) -> str:
        """Names model, version and weights."""
        ...

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has."""
        ...

    def vectors(self, texts: Sequence[str]) -> Portions:
        """The vectors of the texts, each once, as they are ready.

        What a text gets must not depend on the texts around it. ModelError when the model fails.
        """
        ...


class TextEncoder:
    """A model as an ``Encoder`` (see ``textmine.encoding``), with or without a cache."""

    def __init__(self, model: Model, cache: Path | None) -> None:
        self._model = model
        self._cache = cache
        self._lock = threading.Lock()

    @property
    def id(self) -> str:
        """Names model, version and weights."""
        return self._model.id

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has."""
        return self._model.dimensions

    def encode(
        self, texts: Sequence[str], on_step: Callable[[int], None] = lambda done: None
    ) -> Floats:
        """One row for each text; see ``Encoder.encode``."""
        shown = [prepared(text) for text in texts]
        often = Counter(shown)  # in the order of the texts
        rows = {text: row for row, text in enumerate(often)}
        vectors = np.zeros((len(rows), self.dimensions), dtype=np.float16)
        todo = [text for text in rows if has_words(text)]
        done = len(texts) - sum(often[text] for text in todo)

        def take(some: Sequence[str], found: Halves) -> None:
            nonlocal done
            vectors[[rows[text] for text in some]] = found
            done += sum(often[text] for text in some)
            on_step(done)

        kept = (
            nullcontext()
            if self._cache is None
            else VectorCache(self._cache, self.id, self.dimensions)
        )
        with self._lock, kept as cache:
            if cache is not None and todo:
                places, found = cache.get(todo)
                take([todo[place] for place in places], found)
                known = set(places)
                todo = [text for place, text in enumerate(todo) if place not in known]
            # Closed whatever happens, so that nothing goes on computing behind an interrupt.
            with closing(self._model.vectors(todo)) as portions:
                for where, fresh in portions:
                    some = [todo[place] for place in where]
                    rounded = self._rounded(fresh, len(some))
                    if cache is not None:
                        cache.put(some, rounded)
                    take(some, rounded)
        return vectors[[rows[text] for text in shown]].astype(np.float32)

    def _rounded(self, vectors: Floats, count: int) -> Halves:
        """The vectors with length 1, in 16 bits; ModelError when they are none."""
        if vectors.shape != (count, self.dimensions) or not np.isfinite(vectors).all():
            raise ModelError(f"The encoder {self.id} gave something that is no vector.")
        exact = vectors.astype(np.float64)
        lengths = np.sqrt((exact * exact).sum(axis=1, keepdims=True))
        return (exact / np.where(lengths > 0, lengths, 1)).astype(np.float16)
