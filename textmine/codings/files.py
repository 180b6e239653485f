"""Coded clauses as JSON Lines and as tables for spreadsheet programs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

from textmine import spreadsheet
from textmine.codings.coded import UNREAD, CodedClause, shown
from textmine.errors import InputError
from textmine.records import Language, Span
from textmine.store.whole import save
from textmine.text.unseen import in_json

_LANGUAGES: tuple[str, ...] = get_args(Language)
_NEEDED = ("document", "clause", "language", "text", "codes", "coder", "codebook")
_KNOWN = (*_NEEDED, "memo")
_WEIGHT = "weight"
_EVIDENCE = "evidence"
_BETWEEN_CODES = re.compile(r"[;؛,،\n]")


def read_coded(path: Path, *, coder: str = "", bare: bool = False) -> list[CodedClause]:
    """The coded clauses of a file, in the order of its lines; empty lines are passed.

    A file with the suffix ``.csv`` is a table in UTF-8 with commas, semicolons or tabs between
    cells; any other is JSON Lines. ``coder`` names the coder of the whole file, whatever it says.
    In a ``bare`` file the clauses are known elsewhere: language and text may be empty or missing,
    and are then ``und`` and empty (see :func:`with_text`). Clauses whose codes are still ``?``, as
    in the sheets of ``textmine review``, have not been read and are passed.

    Raises InputError with the line (of a table: the row) and the value at the first that cannot
    be used.
    """
    coded: list[CodedClause] = []
    seen: dict[tuple[str, str, str], str] = {}
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{path} cannot be opened: {error.strerror}. Check the name.") from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path} is not UTF-8 (byte {error.start}). Save it as UTF-8; spreadsheet programs "
            "call it CSV UTF-8."
        ) from error
    own = {"coder": coder} if coder else {}
    for place, given in (_from_table if _is_table(path) else _from_json)(text, path):
        try:
            one = _coded({**given, **(_bare(given) if bare else {}), **own})
        except InputError as error:
            raise InputError(f"{path}, {place}: {error}") from error
        if one.codes == (UNREAD,):
            continue
        key = (one.document, one.clause, one.coder)
        if key in seen:
            raise InputError(
                f'{path}, {place}: clause "{one.clause}" of "{one.document}" was coded by '
                f'"{one.coder}" at {seen[key]} already. Keep one of the two.'
            )
        seen[key] = place
        coded.append(one)
    return coded


def write_coded(path: Path, coded: Iterable[CodedClause]) -> None:
    """Writes coded clauses, with the suffix ``.csv`` as a table for spreadsheet programs.

    Any other suffix gives JSON Lines (UTF-8, LF). The file is whole or not there. Raises
    InputError when the file cannot be written, or when a code holds what stands between codes.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     one = CodedClause("a.pdf", "c1", "fa", "متن", ("cultural",), "person:a", "themes@1")
    ...     for name in ("coded.jsonl", "coded.csv"):
    ...         write_coded(Path(folder, name), [one])
    ...         read_coded(Path(folder, name)) == [one]
    True
    True
    """
    coded = list(coded)
    for one in coded:
        for field in (one.document, one.clause, one.text, *one.codes, one.coder, one.memo):
            try:
                field.encode()
            except UnicodeEncodeError as error:
                raise InputError(
                    f"{path} cannot be written: clause {one.clause!a} holds half a character "
                    f"({error.object[error.start]!a}). Repair its text."
                ) from error
    save(path, spreadsheet.lines(_table(coded)) if _is_table(path) else _json(coded))


def _is_table(path: Path) -> bool:
    return path.suffix.lower() == ".csv"


def _json(coded: Iterable[CodedClause]) -> Iterator[bytes]:
    for one in coded:
        yield in_json(json.dumps(one.to_json(), ensure_ascii=False)).encode() + b"\n"


def _table(coded: Iterable[CodedClause]) -> Iterator[list[str]]:
    yield list(_KNOWN)
    for one in coded:
        for code in one.codes:
            if _BETWEEN_CODES.search(code) or code != code.strip():
                raise InputError(
                    f"the code {shown(code)} of clause {shown(one.clause)} cannot stand in a "
                    "table, where ; and , part codes. Write JSON Lines: a name with .jsonl."
                )
        cells = asdict(one) | {"codes": "; ".join(one.codes)}
        yield [cells[name] for name in _KNOWN]


def _from_json(text: str, path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        place = f"line {number}"
        try:
            fields: Any = json.loads(line)
        except (json.JSONDecodeError, RecursionError) as error:
            raise InputError(
                f"{path}, {place}: this is not JSON ({error}). One object a line is needed."
            ) from error
        if not isinstance(fields, dict):
            raise InputError(
                f"{path}, {place}: this is {type(fields).__name__}, not an object with named "
                "values."
            )
        yield place, fields


def _from_table(text: str, path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    rows = spreadsheet.rows(text, str(path))
    number, heads = next(rows, (1, []))
    columns = [head.strip().lower() for head in heads]
    for name in columns:
        if name and columns.count(name) > 1:
            raise InputError(f"{path}, row {number}: the column {name} is there twice. Keep one.")
    for number, cells in rows:
        place = f"row {number}"
        fields: dict[str, Any] = {}
        for position, cell in enumerate(cells):
            name = columns[position] if position < len(columns) else ""
            if name:
                fields[name] = spreadsheet.bare(cell)
            elif cell.strip():
                raise InputError(
                    f"{path}, {place}: the cell {shown(cell)} stands under no heading. Put cells "
                    "that hold a delimiter in quotation marks, or take it out."
                )
        if "codes" in fields:
            parts = (code.strip() for code in _BETWEEN_CODES.split(fields["codes"]))
            fields["codes"] = [code for code in parts if code]
        yield place, fields


def _bare(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "language": fields.get("language") or "und",
        "text": fields.get("text") or "",
    }


def _coded(fields: Mapping[str, Any]) -> CodedClause:
    missing = [name for name in _NEEDED if name not in fields]
    if missing:
        raise InputError(f"{', '.join(missing)} missing. Each line needs {', '.join(_NEEDED)}.")
    unknown = [name for name in fields if name not in (*_KNOWN, _WEIGHT, _EVIDENCE)]
    if unknown:
        raise InputError(f"unknown name {', '.join(unknown)}. Known are {', '.join(_KNOWN)}.")
    weight = fields.get(_WEIGHT, 1.0)
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < weight <= 1000:
        raise InputError(f"weight is {shown(weight)}; a number above 0 is needed.")
    for name in _KNOWN:
        if name != "codes" and not isinstance(fields.get(name, ""), str):
            raise InputError(f"{name} is {shown(fields[name])}; text is needed.")
    for name in ("document", "clause", "coder", "codebook"):
        if not fields[name].strip():
            raise InputError(f"{name} is empty; text is needed.")
    if fields["language"] not in _LANGUAGES:
        raise InputError(
            f"language is {shown(fields['language'])}; one of {', '.join(_LANGUAGES)} is needed."
        )
    codes = fields["codes"]
    if not isinstance(codes, list) or not all(isinstance(code, str) and code for code in codes):
        raise InputError(f"codes is {shown(codes)}; a list of code ids is needed.")
    if len(set(codes)) < len(codes):
        raise InputError(f"codes is {shown(codes)}; each code can stand there once.")
    evidence = _evidence(fields.get(_EVIDENCE, {}))
    unmarked = [code for code in evidence if code not in codes]
    if unmarked:
        raise InputError(f"evidence names {', '.join(unmarked)}; codes does not.")
    return CodedClause(
        **{**fields, "codes": tuple(codes), _WEIGHT: float(weight), _EVIDENCE: evidence}
    )


def _evidence(given: object) -> dict[str, tuple[Span, ...]]:
    """The words that were marked for each code; InputError unless they are spans."""
    if not isinstance(given, dict):
        raise InputError(f"evidence is {shown(given)}; spans for each code are needed.")
    found = {}
    for code, spans in given.items():
        if not isinstance(spans, list) or not all(map(_is_span, spans)):
            raise InputError(
                f"evidence of {code} is {shown(spans)}; a list of [start, end] is needed."
            )
        found[code] = tuple(Span(*span) for span in spans)
    return found


def _is_span(value: object) -> bool:
    whole = isinstance(value, list) and len(value) == 2 and all(type(n) is int for n in value)
    return whole and 0 <= value[0] < value[1]  # type: ignore[index] # it is a list
