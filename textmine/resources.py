"""Where the files that textmine ships lie: codebooks, codings, schemes, studies, models."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = {
    "codebooks": "corpus/codebooks",
    "codings": "corpus/codings",
    "gazetteer": "corpus/gazetteer",
    "models": "models",
    "schemes": "corpus/schemes",
    "studies": "corpus/studies",
}


def shipped(kind: str) -> Path:
    """The folder of shipped ``codebooks``, ``codings``, ``gazetteer``, ``models``, ``schemes`` or
    ``studies``.

    An installed package carries them inside; in a checkout they lie at its top level.

    >>> (shipped("codebooks") / "agreement_themes.yaml").is_file()
    True
    """
    inside = _PACKAGE / "data" / kind
    return inside if inside.is_dir() else _PACKAGE.parent / _CHECKOUT[kind]
