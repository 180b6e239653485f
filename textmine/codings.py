"""Coded clauses as JSON Lines: what people decided, in a file that can be read and compared.

One clause a line, every code that one coder applied to it; an empty list means that the coder
read the clause and applied none::

    {"document": "agreements/a.pdf", "clause": "c1", "language": "en", "text": "...",
     "codes": ["cultural"], "coder": "person:rater-a", "codebook": "agreement-themes@3"}
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, get_args

from textmine.errors import InputError
from textmine.records import Language
from textmine.store.whole import write_whole

_LANGUAGES: tuple[str, ...] = get_args(Language)
_NEEDED = ("document", "clause", "language", "text", "codes", "coder", "codebook")
_KNOWN = (*_NEEDED, "memo")


@dataclass(frozen=True, slots=True)
class CodedClause:
    """A clause and the codes that one coder applied to it.

    ``document`` is the path of the source within its corpus, ``codebook`` a reference such as
    ``agreement-themes@3``.
    """

    document: str
    clause: str
    language: Language
    text: str
    codes: tuple[str, ...]
    coder: str
    codebook: str
    memo: str = ""


def read_coded(path: Path) -> list[CodedClause]:
    """The coded clauses of a JSON Lines file, in the order of its lines; empty lines are passed.

    Raises InputError with the line and the value at the first line that cannot be used.
    """
    coded: list[CodedClause] = []
    seen: dict[tuple[str, str, str], int] = {}
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise InputError(f"{path} cannot be opened: {error.strerror}. Check the name.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 (byte {error.start}). Save it as UTF-8.") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            one = _coded(line)
        except InputError as error:
            raise InputError(f"{path}, line {number}: {error}") from error
        key = (one.document, one.clause, one.coder)
        if key in seen:
            raise InputError(
                f'{path}, line {number}: clause "{one.clause}" of "{one.document}" was coded by '
                f'"{one.coder}" at line {seen[key]} already. Keep one of the two lines.'
            )
        seen[key] = number
        coded.append(one)
    return coded


def write_coded(path: Path, coded: Iterable[CodedClause]) -> None:
    """Writes coded clauses as JSON Lines (UTF-8, LF); the file is whole or not there.

    Raises InputError when the file cannot be written.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "coded.jsonl"
    ...     one = CodedClause("a.pdf", "c1", "fa", "متن", ("cultural",), "person:a", "themes@1")
    ...     write_coded(file, [one])
    ...     read_coded(file) == [one]
    True
    """
    lines = []
    for one in coded:
        try:
            lines.append(_line(one).encode("utf-8") + b"\n")
        except UnicodeEncodeError as error:
            raise InputError(
                f"{path} cannot be written: clause {one.clause!a} holds half a character "
                f"({error.object[error.start]!a}). Repair its text."
            ) from error
    try:
        write_whole(path, lines)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}.") from error


def _line(one: CodedClause) -> str:
    fields = asdict(one)
    if not one.memo:
        del fields["memo"]
    return json.dumps(fields, ensure_ascii=False)


def _coded(line: str) -> CodedClause:
    try:
        fields: Any = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise InputError(f"this is not JSON ({error}). One object a line is needed.") from error
    if not isinstance(fields, dict):
        raise InputError(f"this is {type(fields).__name__}, not an object with named values.")
    missing = [name for name in _NEEDED if name not in fields]
    if missing:
        raise InputError(f"{', '.join(missing)} missing. Each line needs {', '.join(_NEEDED)}.")
    unknown = [name for name in fields if name not in _KNOWN]
    if unknown:
        raise InputError(f"unknown name {', '.join(unknown)}. Known are {', '.join(_KNOWN)}.")
    for name in _KNOWN:
        if name != "codes" and not isinstance(fields.get(name, ""), str):
            raise InputError(f"{name} is {_shown(fields[name])}; text is needed.")
    for name in ("document", "clause", "coder", "codebook"):
        if not fields[name].strip():
            raise InputError(f"{name} is empty; text is needed.")
    if fields["language"] not in _LANGUAGES:
        raise InputError(
            f"language is {_shown(fields['language'])}; one of {', '.join(_LANGUAGES)} is needed."
        )
    codes = fields["codes"]
    if not isinstance(codes, list) or not all(isinstance(code, str) and code for code in codes):
        raise InputError(f"codes is {_shown(codes)}; a list of code ids is needed.")
    if len(set(codes)) < len(codes):
        raise InputError(f"codes is {_shown(codes)}; each code can stand there once.")
    return CodedClause(**{**fields, "codes": tuple(codes)})


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
