"""Schemes: named groups of countries, of days or of topics, read from small YAML files.

A file says whose grouping it is and what stands in each group (``as_of``, ``calendar``,
``codebook`` and a group's ``definition`` may be left out)::

    id: two-halves
    version: 1
    kind: periods            # or countries, or topics
    name: {en: Two halves, fa: دو نیمه}
    description: {en: Before and after., fa: پیش و پس از آن.}
    source: Our own, for the example.
    calendar: persian        # gregorian when left out
    groups:
      - {id: before, name: {en: Before, fa: پیش}, to: 1392-05-11}
      - {id: after, name: {en: After, fa: پس}, from: 1392-05-12}

Bounds are days or years, both ends included; a bound left out is open. A group of countries lists
ISO codes (``countries: [IR, IQ]``) or takes all that no other group has (``countries: others``). A
group of topics lists ``codes`` of a codebook, ``words`` by language, or both.

A scheme can stand on another. What it does not say is as in its base; ``groups`` with
lists of the base's groups put them together, and ``except`` then moves countries into groups::

    id: our-continents
    version: 1
    based_on: continents     # a shipped scheme, or a file beside this one
    except: {europe: [TR, GE]}
"""

from __future__ import annotations

import functools
from pathlib import Path

from textmine import resources
from textmine.declared import text_of
from textmine.errors import SchemeError
from textmine.schemes.reading import read_scheme
from textmine.schemes.scheme import Days, Group, Reason, Scheme, SchemeKind, Ungrouped

__all__ = [
    "Days",
    "Group",
    "Reason",
    "Scheme",
    "SchemeKind",
    "Ungrouped",
    "load_scheme",
    "parse_scheme",
    "scheme_names",
]


def scheme_names() -> tuple[str, ...]:
    """The schemes that textmine carries, by name.

    >>> "continents" in scheme_names()
    True
    """
    return tuple(sorted(path.stem for path in resources.shipped("schemes").glob("*.yaml")))


def load_scheme(name_or_path: str | Path) -> Scheme:
    """A scheme that textmine carries, by name, or the one in a YAML file.

    What ends in ``.yaml`` or ``.yml`` or names a folder is a file. Raises SchemeError when there
    is no such scheme, and with every fault that a file has, each with its line.

    >>> load_scheme("oic").of_country("SN").name["en"]
    'Member'
    """
    return _load(name_or_path, Path(), ())


def parse_scheme(source: str, name: str = "scheme", folder: Path | None = None) -> Scheme:
    """The scheme written in ``source``; ``name`` is how messages call it.

    A base given as a file is looked for from ``folder`` on, the current one when left out. Raises
    SchemeError with every fault, each with its line.

    >>> parse_scheme("id: mine\\nversion: 1\\nbased_on: continents\\nexcept: {europe: [ge, TR]}")
    Traceback (most recent call last):
        ...
    textmine.errors.SchemeError: scheme has 1 fault:
      line 4: "except": "ge" is no country code of ISO 3166-1; write it in capitals: GE.
    """
    return _parse(source, name, folder or Path(), ())


def _parse(source: str, name: str, folder: Path, above: tuple[str, ...]) -> Scheme:
    return read_scheme(source, name, lambda base: _load(base, folder, above))


def _load(name_or_path: str | Path, folder: Path, above: tuple[str, ...]) -> Scheme:
    """``above`` are the files that stand on this one, so that a circle is seen."""
    written = str(name_or_path)
    if not (isinstance(name_or_path, Path) or _is_path(written)):
        return _shipped(written)
    path = folder / Path(written).expanduser()
    identity = str(path.resolve())
    if identity in above:
        raise SchemeError(f"The scheme {path} is based on itself. Take one based_on away.")
    return _parse(
        text_of(path, "The scheme", SchemeError), str(path), path.parent, (*above, identity)
    )


@functools.cache
def _shipped(name: str) -> Scheme:
    if name not in scheme_names():
        raise SchemeError(
            f'textmine ships no scheme "{name}". It ships: {", ".join(scheme_names())}. '
            "A file of your own is given with its ending, as in mine.yaml."
        )
    path = resources.shipped("schemes") / f"{name}.yaml"
    return _parse(text_of(path, "The scheme", SchemeError), str(path), path.parent, ())


def _is_path(written: str) -> bool:
    return written.endswith((".yaml", ".yml")) or "/" in written or "\\" in written
