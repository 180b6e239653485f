"""Where the files that textmine ships lie: codebooks, codings and models."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = {"codebooks": "corpus/codebooks", "codings": "corpus/codings", "models": "models"}


def shipped(kind: str) -> Path:
    """The folder of shipped ``codebooks``, ``codings`` or ``models``.

    An installed package carries them inside; in a checkout they lie at its top level.

    >>> (shipped("codebooks") / "agreement_themes.yaml").is_file()
    True
    """
    inside = _PACKAGE / "data" / kind
    return inside if inside.is_dir() else _PACKAGE.parent / _CHECKOUT[kind]
