"""Models that lie in a folder of this machine: ONNX files, and models for sentence-transformers.

Their texts go in one by one, without padding, so that a vector does not depend on its neighbours.
Reading pickled weights, or code that a folder brings along, would run it: such a folder is refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from importlib import util
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textmine.encoding.encoders import Floats, Portions
from textmine.errors import EncoderMissingError, ModelError, TextmineError

# The libraries of each kind of model, and the files that its folder must hold.
_NEEDS = {
    "onnx": (
        {"onnxruntime": "onnxruntime", "tokenizers": "tokenizers"},
        ("model.onnx", "tokenizer.json"),
    ),
    "sentence-transformers": (
        {"sentence_transformers": "sentence-transformers"},
        ("modules.json",),
    ),
}
_MOST_TOKENS = 512  # where tokenizer.json sets no limit; what most sentence encoders take
_PORTION = 32


def obstacle(kind: str, folder: Path) -> TextmineError | None:
    """What keeps the model in ``folder`` from being used; None when nothing does."""
    libraries, files = _NEEDS[kind]
    lacking = [name for module, name in libraries.items() if util.find_spec(module) is None]
    if lacking:
        return EncoderMissingError(
            f"An encoder {kind}:FOLDER needs {' and '.join(lacking)}; "
            f"install with: pip install {' '.join(lacking)}"
        )
    if not folder.is_dir():
        return ModelError(f"There is no folder {folder}; models are not downloaded.")
    absent = [name for name in files if not (folder / name).is_file()]
    if absent:
        return ModelError(f"{folder} holds no {' and no '.join(absent)}.")
    return _would_run(folder) if kind == "sentence-transformers" else None


def _would_run(folder: Path) -> ModelError | None:
    """What in a folder would be run when sentence-transformers reads it; None when nothing is."""
    for file in sorted(folder.rglob("*")):
        if file.suffix.lower() == ".py":
            return ModelError(f"{file} is code, which a model must not bring along.")
        if file.suffix.lower() in _PICKLED:
            return ModelError(
                f"{file} may be a pickle, which can run anything when it is read. Save the model "
                "as safetensors, and take this file away."
            )
    try:
        modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
        kinds = [str(module["type"]) for module in modules]
    except (OSError, ValueError, TypeError, LookupError) as error:
        return ModelError(f"{folder / 'modules.json'} cannot be read: {error}.")
    for kind in kinds:
        if not kind.startswith("sentence_transformers."):
            return ModelError(f"{folder / 'modules.json'} asks for {kind}, which is foreign code.")
    return None


# What torch, pickle and joblib name their files.
_PICKLED = frozenset({".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib"})


def pooled(states: Floats, mask: NDArray[np.int64]) -> Floats:
    """The mean of the tokens of each text that its attention mask shows.

    ``states`` has a vector for each token of each text (texts, tokens, dimensions).

    >>> states = np.array([[[1, 2], [3, 4], [9, 9]]], dtype=np.float32)
    >>> pooled(states, np.array([[1, 1, 0]])).tolist()
    [[2.0, 3.0]]
    """
    shown = mask[:, :, None].astype(np.float64)
    counts = np.maximum(shown.sum(axis=1), 1)
    mean: Floats = ((states * shown).sum(axis=1) / counts).astype(np.float32)
    return mean


class OnnxModel:
    """``model.onnx`` and ``tokenizer.json`` of a folder, run by onnxruntime.

    The model takes token ids and gives a vector for each token, whose mean is the text's, or one
    for the text. What exceeds the tokenizer's limit is not looked at. No words are put before the
    texts. ModelError when the files cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        import onnxruntime
        import tokenizers

        self._folder = folder
        try:
            self._tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._session = onnxruntime.InferenceSession(
                str(folder / "model.onnx"), providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # both libraries raise their own kinds
            raise ModelError(f"The model in {folder} cannot be read: {error}") from error
        self._tokenizer.no_padding()
        if self._tokenizer.truncation is None:
            self._tokenizer.enable_truncation(_MOST_TOKENS)
        self._inputs = {each.name for each in self._session.get_inputs()}
        unknown = self._inputs - {"input_ids", "attention_mask", "token_type_ids"}
        if unknown:
            raise ModelError(
                f"The model in {folder} asks for {', '.join(sorted(unknown))}, which no text has."
            )
        self.id = f"onnx:{folder.resolve().name}:{_digest(folder)}"
        self.dimensions = self._one("a").shape[1]

    def vectors(self, texts: Sequence[str]) -> Portions:
        """The vectors of the texts; see ``encoders.Model``."""
        return _portions(texts, self._one)

    def _one(self, text: str) -> Floats:
        encoding = self._tokenizer.encode(text)
        tokens = {
            "input_ids": encoding.ids,
            "attention_mask": encoding.attention_mask,
            "token_type_ids": encoding.type_ids,
        }
        arrays = {name: np.array([tokens[name]], dtype=np.int64) for name in self._inputs}
        try:
            states = self._session.run(None, arrays)[0]
        except Exception as error:  # the library's own kinds
            raise ModelError(f"The model in {self._folder} failed: {error}") from error
        if states.ndim == 3:
            states = pooled(states, np.array([encoding.attention_mask], dtype=np.int64))
        if states.ndim != 2 or len(states) != 1:
            raise ModelError(f"The model in {self._folder} gives something that is no vector.")
        return states.astype(np.float32)  # type: ignore[no-any-return]


class SentenceTransformersModel:
    """A folder that sentence-transformers wrote. ModelError when it cannot be read."""

    def __init__(self, folder: Path) -> None:
        from sentence_transformers import SentenceTransformer

        try:
            self._model: Any = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        except Exception as error:  # whatever the library and those below it raise
            raise ModelError(f"The model in {folder} cannot be read: {error}") from error
        self._folder = folder
        self.id = f"sentence-transformers:{folder.resolve().name}:{_digest(folder)}"
        self.dimensions = int(self._model.get_sentence_embedding_dimension())

    def vectors(self, texts: Sequence[str]) -> Portions:
        """The vectors of the texts; see ``encoders.Model``."""
        return _portions(texts, self._one)

    def _one(self, text: str) -> Floats:
        try:
            vectors = self._model.encode([text], convert_to_numpy=True, show_progress_bar=False)
        except Exception as error:  # whatever the library and those below it raise
            raise ModelError(f"The model in {self._folder} failed: {error}") from error
        return np.asarray(vectors, dtype=np.float32)


def _portions(texts: Sequence[str], one: Callable[[str], Floats]) -> Portions:
    for start in range(0, len(texts), _PORTION):
        places = range(start, min(start + _PORTION, len(texts)))
        yield places, np.concatenate([one(texts[place]) for place in places])


def _digest(folder: Path) -> str:
    """Eight digits that change with any file of the folder."""
    whole = hashlib.sha256()
    for file in sorted(each for each in folder.rglob("*") if each.is_file()):
        with file.open("rb") as opened:
            content = hashlib.file_digest(opened, "sha256").hexdigest()
        whole.update(f"{file.relative_to(folder).as_posix()}\0{content}\n".encode())
    return whole.hexdigest()[:8]
