"""Named errors. Each message is a sentence: what is wrong, which value, what to do.

Exit codes of the command line: 0 done, 1 some inputs failed, 2 wrong usage,
3 the corpus or the environment is not fit.
"""

from __future__ import annotations

from typing import ClassVar


class TextmineError(Exception):
    """Base of every error that textmine raises on purpose; its text is for the user."""

    exit_code: ClassVar[int] = 1


class InputError(TextmineError):
    """A file or a value from outside cannot be used."""


class ReadError(InputError):
    """A document cannot be read.

    ``reason`` is a stable code such as ``encrypted``, ``damaged``, ``empty``, ``unsupported``;
    ``detail`` is the sentence for people.

    >>> str(ReadError("encrypted", "The file asks for a password."))
    'The file asks for a password. [encrypted]'
    """

    def __init__(self, reason: str, detail: str) -> None:
        self.reason = reason
        self.detail = detail
        # Both arguments reach Exception so that the error survives the way out of a worker.
        super().__init__(reason, detail)

    def __str__(self) -> str:
        return f"{self.detail} [{self.reason}]"


class NoDocumentError(InputError):
    """No document of the corpus is what was asked for."""


class UsageError(TextmineError):
    """The command was called with arguments that do not fit together."""

    exit_code = 2


class CodebookError(TextmineError):
    """A codebook does not say what it must say; the message lists every fault."""

    exit_code = 3


class SchemeError(TextmineError):
    """A scheme does not say what it must say, or is asked for what it does not group."""

    exit_code = 3


class CorpusError(TextmineError):
    """The corpus folder or its catalogue is missing, damaged, locked or of another version."""

    exit_code = 3


class ModelError(TextmineError):
    """A model is missing, foreign, tampered with, or made for another codebook."""

    exit_code = 3


class OtherCodebookError(ModelError):
    """A model was made for another codebook than the one at hand."""


class EngineError(TextmineError):
    """The machines that were to read documents cannot be used, or were lost."""

    exit_code = 3


class EncoderMissingError(TextmineError):
    """A sentence encoder is not installed, or does not run on this machine."""

    exit_code = 3


class StoppedError(TextmineError):
    """The user stopped a long command from the keyboard."""

    exit_code = 130

    def __init__(self) -> None:
        super().__init__("Stopped. What was stored stays; run the same command again to go on.")
