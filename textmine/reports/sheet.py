"""What every page that textmine writes is made with: the typeface, the policy, the file."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

from textmine.store.whole import save_below

_FONTS = (("Vazirmatn-Regular.woff2", 400), ("Vazirmatn-Bold.woff2", 700))


def write_page(place: Path, parts: Iterable[str]) -> int:
    """Write the parts of a file, whole or not at all; its size in bytes."""
    return save_below(place, (part.encode("utf-8") for part in parts))


def script(own: str) -> str:
    """The script of a page: the choice of language and the closing of lists, then its ``own``."""
    shared = files("textmine.reports") / "templates" / "page.js"
    return shared.read_text(encoding="utf-8") + own


def fonts() -> str:
    """The typeface as part of the stylesheet, where the package carries it."""
    rules = []
    for name, weight in _FONTS:
        font = files("textmine.reports") / "assets" / name
        if font.is_file():
            data = base64.b64encode(font.read_bytes()).decode("ascii")
            rules.append(
                f'@font-face{{font-family:"Vazirmatn";font-weight:{weight};'
                f'src:url(data:font/woff2;base64,{data}) format("woff2")}}\n'
            )
    return "".join(rules)


def policy(style: str, script: str, *, pictures: bool = False) -> str:
    """A content security policy that runs this stylesheet and this script, and nothing else.

    ``pictures``: those inside the page are shown.
    """

    def digest(text: str) -> str:
        return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")

    images = "img-src data:; " if pictures else ""
    return (
        f"default-src 'none'; {images}style-src 'sha256-{digest(style)}'; "
        f"script-src 'sha256-{digest(script)}'; font-src data:; base-uri 'none'; form-action 'none'"
    )
