"""Coded clauses: what people and machines decided, in files and in the corpus.

A file is JSON Lines or, with the suffix ``.csv``, a table for a spreadsheet program. One clause a
line, every code that one coder applied to it; an empty list means that the coder read the clause
and applied none::

    {"document": "agreements/a.pdf", "clause": "c1", "language": "en", "text": "...",
     "codes": ["cultural"], "coder": "person:rater-a", "codebook": "agreement-themes@3"}

A table has the same names as headings, and ``;`` between codes. Where the codes are ``?`` nobody
has read the clause yet.
"""

from __future__ import annotations

import difflib
import json
import os
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PurePath
from typing import Any, NamedTuple, get_args

import sqlalchemy as sa

from textmine import spreadsheet
from textmine.errors import CorpusError, InputError
from textmine.records import Codebook, Language
from textmine.standing import AGREED, KINDS, PERSON, counting, standing
from textmine.store import tables as t
from textmine.store.catalogue import Catalogue, now
from textmine.store.whole import write_whole

_LANGUAGES: tuple[str, ...] = get_args(Language)
_NEEDED = ("document", "clause", "language", "text", "codes", "coder", "codebook")
_KNOWN = (*_NEEDED, "memo")
_OF_THE_CORPUS = ("language", "text")

UNREAD = "?"
"""Stands in the place of codes in a sheet until the coder has read the clause."""

DECIDED = "decided"
"""The coder of decisions that several coders made by majority."""

_BETWEEN_CODES = re.compile(r"[;؛,،\n]")
_AT_ONCE = 5000  # clauses asked for in one query; SQLite allows 32,766 values
_NAMED = 10  # clauses named for each fault in a message


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

    def to_json(self) -> dict[str, Any]:
        """One line of a file as a JSON object; an empty memo is left out."""
        fields = asdict(self)
        return fields if self.memo else {k: v for k, v in fields.items() if k != "memo"}


@dataclass(frozen=True, slots=True)
class Fault:
    """Why what one coder said of one clause cannot be used, and what to do."""

    document: str
    clause: str
    coder: str
    said: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of coded clauses that were handed to the corpus.

    ``new`` clauses had no decision of their coder yet, of ``changed`` ones some decision or the
    memo differs from what stood, ``unchanged`` ones repeat it; those ``refused`` have ``faults``.
    ``decisions`` counts the codings that were added.
    """

    new: int
    changed: int
    unchanged: int
    refused: int
    decisions: int
    faults: tuple[Fault, ...]

    def to_json(self) -> dict[str, Any]:
        """The counts and the faults as a JSON object."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision a clause; ``left_out`` are clauses that coders leave open, and why."""

    coded: tuple[CodedClause, ...]
    left_out: tuple[Fault, ...]


# -- files -----------------------------------------------------------------------------------------


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
    try:
        write_whole(path, spreadsheet.lines(_table(coded)) if _is_table(path) else _json(coded))
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}.") from error


def _is_table(path: Path) -> bool:
    return path.suffix.lower() == ".csv"


def _json(coded: Iterable[CodedClause]) -> Iterator[bytes]:
    for one in coded:
        yield json.dumps(one.to_json(), ensure_ascii=False).encode() + b"\n"


def _table(coded: Iterable[CodedClause]) -> Iterator[list[str]]:
    yield list(_KNOWN)
    for one in coded:
        for code in one.codes:
            if _BETWEEN_CODES.search(code) or code != code.strip():
                raise InputError(
                    f"the code {_shown(code)} of clause {_shown(one.clause)} cannot stand in a "
                    "table, where ; and , part codes. Write JSON Lines: a name with .jsonl."
                )
        yield [str(x) for x in (asdict(one) | {"codes": "; ".join(one.codes)}).values()]


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
                    f"{path}, {place}: the cell {_shown(cell)} stands under no heading. Put cells "
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


# -- the corpus ------------------------------------------------------------------------------------


def coded_in(
    catalogue: Catalogue, codebook: Codebook, coders: Sequence[str] = ()
) -> list[CodedClause]:
    """What the corpus holds as coded clauses by a codebook, one for each coder and clause.

    Documents in the order they came, clauses as they are read, of ``coders`` or of all. A later
    decision replaces an earlier one. A clause counts as read by a person who decided on any code of
    it, and by a machine that has read its document. Clauses that are gone are left out. A document
    is named by its path below the folder that all documents share.
    """
    return [one for _, one in _numbered(catalogue, codebook, coders)]


def standing_in(catalogue: Catalogue, codebook: Codebook) -> list[CodedClause]:
    """Those coded clauses of the corpus that count (see :mod:`textmine.standing`).

    Of a clause that several people have read there is one from each.
    """
    rule = standing(catalogue, codebook.reference)
    by_clause: dict[str, list[CodedClause]] = {}
    for number, one in _numbered(catalogue, codebook, ()):
        if one.coder in rule.coders.get(number, ()):
            by_clause.setdefault(one.clause, []).append(one)
    return [
        one
        for of in by_clause.values()
        for one in of
        if one.coder in counting({each.coder for each in of})
    ]


def with_text(catalogue: Catalogue, coded: Sequence[CodedClause]) -> list[CodedClause]:
    """The same, with language and text from the corpus where a file left out the text.

    Clauses that the corpus does not know stay as they are.
    """
    with catalogue.reading() as connection:
        known = _clauses(connection, (one.clause for one in coded if not one.text))
    return [
        one
        if one.text or one.clause not in known
        else replace(one, language=known[one.clause].language, text=known[one.clause].text)
        for one in coded
    ]


def document_names(catalogue: Catalogue) -> dict[int, str]:
    """How coded clauses name each document that has clauses: its path below what all share."""
    with catalogue.reading() as connection:
        return _names(connection)


def person(coder: str) -> str:
    """The name of a person among coders, which begins with ``person:``.

    Raises InputError for the name of a machine.

    >>> person("leila"), person("person:leila")
    ('person:leila', 'person:leila')
    """
    name = coder.strip().removeprefix(PERSON).strip()
    if ":" in name or not name:
        raise InputError(
            f"The coder {_shown(coder)} is no person. Say who decided: --coder person:NAME, or the "
            "column coder."
        )
    return PERSON + name


def take_in(
    catalogue: Catalogue,
    coded: Sequence[CodedClause],
    codebook: Codebook,
    *,
    skip_faulty: bool = False,
) -> Taken:
    """Add what people decided to the corpus; earlier decisions stay on record.

    Every code of the codebook that a clause was not given is stored as decided against. What
    repeats the decision that stands already is not written again, and an empty memo does not
    replace one. A bare name of a coder is that of a person. All is stored in one transaction.

    Raises InputError with every fault, and stores nothing, when a clause is not in the corpus or
    its text is another one, a code is not in the codebook, the codebook is another one, the coder
    is a machine, or one coder decided on a clause in two ways. With ``skip_faulty`` such clauses
    are listed in the result and the others stored. CorpusError when the corpus has not stored the
    codebook yet (``Catalogue.put_codebook``).
    """
    with catalogue.writing() as connection:
        known = _clauses(connection, (one.clause for one in coded))
        if not connection.scalar(
            sa.select(t.codebook.c.reference).where(t.codebook.c.reference == codebook.reference)
        ):
            raise CorpusError(
                f"The corpus does not hold the codebook {codebook.reference} yet; store it first."
            )
        good, faults = _sifted(coded, codebook, known)
        if faults and not skip_faulty:
            raise InputError(_all_said(faults, len(coded)))
        stood = _stood(connection, codebook, sorted({one.coder for one in good}))
        counts = {"new": 0, "changed": 0, "unchanged": 0}
        rows: list[dict[str, Any]] = []
        made_at = now()
        for one in good:
            before = stood.get((one.clause, one.coder))
            codes = [
                code.id
                for code in codebook.codes
                if before is None or before.applied.get(code.id) != (code.id in one.codes)
            ]
            if before is not None and not codes and one.memo and one.memo != before.memo:
                # A memo stands on a decision: the one that carried the clause.
                codes = [*one.codes, codebook.codes[0].id][:1]
            stood[one.clause, one.coder] = _Stood(
                {code.id: code.id in one.codes for code in codebook.codes}, one.memo
            )
            counts["new" if before is None else "changed" if codes else "unchanged"] += 1
            rows += [
                {
                    "document": known[one.clause].document,
                    "clause": one.clause,
                    "code": code,
                    "coder": one.coder,
                    "codebook": codebook.reference,
                    "applied": code in one.codes,
                    "probability": None,
                    "evidence": [],
                    "memo": one.memo,
                    "made_at": made_at,
                }
                for code in codes
            ]
        if rows:
            connection.execute(t.coding.insert(), rows)
    return Taken(**counts, refused=len(faults), decisions=len(rows), faults=tuple(faults))


class _Known(NamedTuple):
    """What the corpus knows of a clause."""

    document: int
    language: Language
    text: str


@dataclass(slots=True)
class _Stood:
    """The last decision of one coder on each code of one clause, and the last memo."""

    applied: dict[str, bool]
    memo: str = ""


def _clauses(connection: sa.Connection, ids: Iterable[str]) -> dict[str, _Known]:
    wanted = sorted(set(ids))
    c = t.clause.c
    found = {}
    for start in range(0, len(wanted), _AT_ONCE):
        some = c.id.in_(wanted[start : start + _AT_ONCE])
        for number, *rest in connection.execute(
            sa.select(c.id, c.document, c.language, c.text).where(some)
        ):
            found[number] = _Known(*rest)
    return found


def _stood(
    connection: sa.Connection, codebook: Codebook, coders: Sequence[str]
) -> dict[tuple[str, str], _Stood]:
    """What stands, by clause and coder; of all coders when none is named."""
    c = t.coding.c
    query = sa.select(c.clause, c.coder, c.code, c.applied, c.memo).order_by(c.id)
    query = query.where(c.codebook == codebook.reference)
    if coders:
        query = query.where(c.coder.in_(coders))
    found: dict[tuple[str, str], _Stood] = {}
    for clause, coder, code, applied, memo in connection.execute(query):
        own = found.setdefault((clause, coder), _Stood({}))
        own.applied[code] = applied
        own.memo = memo or own.memo
    return found


def _numbered(
    catalogue: Catalogue, codebook: Codebook, coders: Sequence[str]
) -> Iterator[tuple[int, CodedClause]]:
    """Coded clauses, each with the number of its document."""
    v, own = t.coverage.c, t.clause.c
    with catalogue.reading() as connection:
        covered = connection.execute(
            sa.select(v.document, v.coder).where(v.codebook == codebook.reference)
        ).all()
        names = _names(connection)
        stood = _stood(connection, codebook, coders)
        clauses = connection.execute(
            sa.select(own.id, own.document, own.language, own.text).order_by(
                own.document, own.ordinal
            )
        ).all()
    read: dict[int, set[str]] = defaultdict(set)
    for number, coder in covered:
        if not coders or coder in coders:
            read[number].add(coder)
    people: dict[str, set[str]] = defaultdict(set)
    for clause, coder in stood:
        if coder.startswith(PERSON):
            people[clause].add(coder)
    order = [code.id for code in codebook.codes]
    for clause, number, language, text in clauses:
        for coder in sorted(read[number] | people[clause]):
            said = stood.get((clause, coder), _Stood({}))
            codes = tuple(code for code in order if said.applied.get(code))
            yield (
                number,
                CodedClause(
                    names[number],
                    clause,
                    language,
                    text,
                    codes,
                    coder,
                    codebook.reference,
                    said.memo,
                ),
            )


def _names(connection: sa.Connection) -> dict[int, str]:
    d = t.document.c
    cut = d.id.in_(sa.select(t.clause.c.document))
    found = connection.execute(sa.select(d.id, d.path).where(cut)).all()
    below = _below([path for _, path in found])
    return {number: name for (number, _), name in zip(found, below, strict=True)}


def _below(paths: Sequence[str]) -> list[str]:
    """Paths below the folder that all share."""
    try:
        top = os.path.commonpath([os.path.dirname(path) for path in paths])
    except ValueError:  # several drives, or none at all
        return list(paths)
    return [PurePath(os.path.relpath(path, top)).as_posix() if top else path for path in paths]


def _sifted(
    coded: Iterable[CodedClause], codebook: Codebook, known: Mapping[str, _Known]
) -> tuple[list[CodedClause], list[Fault]]:
    """The clauses that can be taken in, their coders by full name, and what is wrong elsewhere."""
    said: list[tuple[CodedClause, list[str]]] = []
    ways: dict[tuple[str, str], set[frozenset[str]]] = defaultdict(set)
    for one in coded:
        wrong = list(_wrong(one, codebook, known))
        try:
            one = replace(one, coder=person(one.coder))
        except InputError as error:
            wrong.append(str(error))
        ways[one.clause, one.coder].add(frozenset(one.codes))
        said.append((one, wrong))
    good, faults = [], []
    for one, wrong in said:
        if len(ways[one.clause, one.coder]) > 1:
            wrong.append("One coder decided on it in two ways. Keep one of them.")
        if wrong:
            faults.append(Fault(one.document, one.clause, one.coder, " ".join(wrong)))
        else:
            good.append(one)
    return good, faults


def _wrong(one: CodedClause, codebook: Codebook, known: Mapping[str, _Known]) -> Iterator[str]:
    if one.codebook != codebook.reference:
        yield (
            f"It was coded by {one.codebook}; the corpus has {codebook.reference}. Code it again "
            "by that one; if the codes mean the same in both, write that reference instead."
        )
    if one.clause not in known:
        yield "The corpus has no such clause. Is it another corpus, or was the id cut?"
    elif _letters(one.text) not in ("", _letters(known[one.clause].text)):
        yield (
            "Its text is another one in the corpus. If rows were sorted, sort whole rows; if "
            "letters became question marks, save as UTF-8; or empty the column text."
        )
    names = {name.casefold(): code.id for code in codebook.codes for name in code.name.values()}
    ids = [code.id for code in codebook.codes]
    for code in one.codes:
        if code not in ids:
            near = names.get(code.casefold()) or next(
                iter(difflib.get_close_matches(code.casefold(), ids, 1)), ""
            )
            hint = f"write {near}?" if near else f"known are {', '.join(ids)}."
            yield f"The codebook has no code {_shown(code)}; {hint}"


def _letters(text: str) -> str:
    """What of a text survives a spreadsheet program."""
    return "".join(each for each in unicodedata.normalize("NFKC", text) if each.isalnum())


def _all_said(faults: Sequence[Fault], total: int) -> str:
    """Every fault, alike ones together."""
    alike: dict[tuple[str, str], list[str]] = defaultdict(list)
    for fault in faults:
        alike[fault.coder, fault.said].append(fault.clause)
    lines = [f"{len(faults)} of {total} coded clauses cannot be taken in; nothing was stored."]
    for (coder, said), clauses in alike.items():
        more = f" and {len(clauses) - _NAMED} more" if len(clauses) > _NAMED else ""
        lines.append(f"  {coder}, {', '.join(clauses[:_NAMED])}{more}: {said}")
    return "\n".join(lines)


# -- deciding --------------------------------------------------------------------------------------


def unit(one: CodedClause) -> tuple[str, str]:
    """By what a clause is known in the files of several coders: the file's name and its own id.

    Folders are left out, because a corpus may lie elsewhere on another machine.
    """
    return re.split(r"[/\\]", one.document)[-1], one.clause


def decided(coded: Sequence[CodedClause]) -> Decided:
    """One decision a clause where several coders have decided.

    What people settled together (the coder ``person:agreed`` or ``agreed``) stands. Otherwise
    people count before models, models before dictionaries, and the codes are those that more than
    half of them applied. Where exactly half applied some code the clause is left out. The coder of
    a decision by several is ``decided``. Raises InputError when the coders of a clause followed
    different codebooks.

    >>> one = CodedClause("a", "c", "en", "", ("trade",), "person:a", "t@1")
    >>> other = replace(one, codes=(), coder="person:b")
    >>> decided([one, other]).left_out[0].said
    '1 of 2 coders applied trade. Settle it together, as the coder person:agreed.'
    >>> decided([one, other, replace(one, coder="person:c")]).coded[0].codes
    ('trade',)
    """
    by_clause: dict[tuple[str, str], dict[str, CodedClause]] = {}
    for one in coded:
        by_clause.setdefault(unit(one), {})[one.coder] = one
    clear: list[CodedClause] = []
    left_out: list[Fault] = []
    for own in by_clause.values():
        voters = _voters(list(own.values()))
        first = voters[0]
        if len({one.codebook for one in voters}) > 1:
            books = ", ".join(sorted({one.codebook for one in voters}))
            raise InputError(
                f'Clause "{first.clause}" of {first.document} was coded by several codebooks '
                f"({books}). Choose those of one."
            )
        votes = {
            code: sum(code in one.codes for one in voters) for each in voters for code in each.codes
        }
        tied = [code for code, count in votes.items() if 2 * count == len(voters)]
        if tied:
            said = (
                f"{len(voters) // 2} of {len(voters)} coders applied {', '.join(tied)}. Settle it "
                f"together, as the coder {AGREED}."
            )
            left_out.append(
                Fault(first.document, first.clause, ", ".join(o.coder for o in voters), said)
            )
        elif len(voters) == 1:
            clear.append(first)
        else:
            codes = tuple(code for code, count in votes.items() if 2 * count > len(voters))
            clear.append(replace(first, codes=codes, coder=DECIDED, memo=""))
    return Decided(tuple(clear), tuple(left_out))


def is_agreed(coder: str) -> bool:
    """Whether a coder stands for what people settled together."""
    return coder in (AGREED, AGREED.removeprefix(PERSON))


def _voters(own: Sequence[CodedClause]) -> Sequence[CodedClause]:
    """Whose decisions count on one clause."""
    settled = [one for one in own if is_agreed(one.coder)]
    kinds = {one.coder.split(":", 1)[0] for one in own}
    first = next((kind for kind in KINDS if kind in kinds), None)
    return settled[:1] or [one for one in own if first in (None, one.coder.split(":", 1)[0])]
