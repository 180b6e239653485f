"""Coded clauses of a corpus: what it holds, what counts, and what people add."""

from __future__ import annotations

import difflib
import os
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import PurePath
from typing import Any, NamedTuple

import sqlalchemy as sa

from textmine.codings.coded import CodedClause, Fault, person, shown
from textmine.errors import CorpusError, InputError
from textmine.records import Codebook, Language, Span
from textmine.standing import PERSON, by_people, counting, standing
from textmine.store import tables as t
from textmine.store.catalogue import Catalogue, now, put_decisions
from textmine.store.codec import spans_from_json
from textmine.store.seals import sealed

_AT_ONCE = 5000  # clauses asked for in one query; SQLite allows 32,766 values
_NAMED = 10  # clauses named for each fault in a message
_FEW = 500  # of so few clauses the decisions are looked up clause by clause


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of coded clauses that were handed to the corpus.

    ``new`` clauses had no decision of their coder yet, of ``changed`` ones some decision, the words
    marked or the memo differ from what stood, ``unchanged`` ones repeat it; those ``refused`` have
    ``faults``. ``decisions`` counts the codings that were added.
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


def coded_in(
    catalogue: Catalogue,
    codebook: Codebook,
    coders: Sequence[str] = (),
    *,
    read_by_people: bool = False,
) -> list[CodedClause]:
    """What the corpus holds as coded clauses by a codebook, one for each coder and clause.

    Documents in the order they came, clauses as they are read, of ``coders`` or of all. A later
    decision replaces an earlier one. A clause counts as read by a person who decided on any code of
    it, and by a machine that has read its document. Clauses that are gone are left out. A document
    is named by its path below the folder that all documents share. ``read_by_people``: only
    clauses that a person has decided on, which is much less to read than a whole corpus.
    """
    return [one for _, one in _numbered(catalogue, codebook, coders, read_by_people)]


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


def take_in(
    catalogue: Catalogue,
    coded: Sequence[CodedClause],
    codebook: Codebook,
    *,
    skip_faulty: bool = False,
    file: str = "",
    who: str = "",
) -> Taken:
    """Add what people decided to the corpus; earlier decisions stay on record.

    Every code of the codebook that a clause was not given is stored as decided against. What
    repeats the decision that stands already is not written again, and an empty memo does not
    replace one, nor do marked words go where a code names none. A bare name of a coder is that of a
    person. All is stored in one transaction. For the audit trail ``file`` is what they were read
    from, and ``who`` decided, where that is another than the coder.

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
        clauses = sorted({one.clause for one in good})
        coders = sorted({one.coder for one in good})
        stood = _stood(connection, codebook, coders, clauses=clauses)
        counts = {"new": 0, "changed": 0, "unchanged": 0}
        rows: list[dict[str, Any]] = []
        made_at = now()
        for one in good:
            before = stood.get((one.clause, one.coder))
            codes = [
                code.id
                for code in codebook.codes
                if before is None
                or before.applied.get(code.id) != (code.id in one.codes)
                or one.evidence.get(code.id, before.words(code.id)) != before.words(code.id)
            ]
            if before is not None and not codes and one.memo and one.memo != before.memo:
                # A memo stands on a decision: the one that carried the clause.
                codes = [*one.codes, codebook.codes[0].id][:1]
            words = {
                code: one.evidence.get(code, before.words(code) if before else ())
                for code in one.codes
            }
            stood[one.clause, one.coder] = _Stood(
                {code.id: code.id in one.codes for code in codebook.codes}, one.memo, words
            )
            counts["new" if before is None else "changed" if codes else "unchanged"] += 1
            rows += [
                sealed(
                    "coding",
                    {
                        "document": known[one.clause].document,
                        "clause": one.clause,
                        "code": code,
                        "coder": one.coder,
                        "codebook": codebook.reference,
                        "applied": code in one.codes,
                        "probability": None,
                        "evidence": [list(span) for span in words.get(code, ())],
                        "memo": one.memo,
                        "made_at": made_at,
                    },
                )
                for code in codes
            ]
        if rows:
            put_decisions(connection, rows, file=file, who=who)
    return Taken(**counts, refused=len(faults), decisions=len(rows), faults=tuple(faults))


class _Known(NamedTuple):
    """What the corpus knows of a clause."""

    document: int
    language: Language
    text: str


@dataclass(slots=True)
class _Stood:
    """The last decision of one coder on each code of one clause, its words, and the last memo."""

    applied: dict[str, bool]
    memo: str = ""
    evidence: dict[str, tuple[Span, ...]] = field(default_factory=dict)

    def words(self, code: str) -> tuple[Span, ...]:
        """The words marked for a code, none where it is not applied."""
        return self.evidence.get(code, ()) if self.applied.get(code) else ()


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


def _read_by_people(codebook: Codebook) -> sa.Select[tuple[str]]:
    c = t.coding.c
    return sa.select(c.clause).where((c.codebook == codebook.reference) & by_people() & t.stands())


def _stood(
    connection: sa.Connection,
    codebook: Codebook,
    coders: Sequence[str],
    read_by_people: bool = False,
    *,
    clauses: Sequence[str] = (),
) -> dict[tuple[str, str], _Stood]:
    """What stands, by clause and coder; of all coders and clauses when none is named.

    Words are told of people's decisions alone. Many clauses are not looked up one by one: then
    there may be others among those found.
    """
    c = t.coding.c
    words = sa.case((by_people(), c.evidence), else_=sa.null())
    query = sa.select(c.clause, c.coder, c.code, c.applied, c.memo, words).order_by(c.id)
    query = query.where((c.codebook == codebook.reference) & t.stands())
    if coders:
        query = query.where(c.coder.in_(coders))
    if read_by_people:
        query = query.where(c.clause.in_(_read_by_people(codebook)))
    if 0 < len(clauses) <= _FEW:
        query = query.where(c.clause.in_(clauses))
    found: dict[tuple[str, str], _Stood] = {}
    for clause, coder, code, applied, memo, spans in connection.execute(query):
        own = found.setdefault((clause, coder), _Stood({}))
        own.applied[code] = applied
        own.memo = memo or own.memo
        if spans or code in own.evidence:
            own.evidence[code] = spans_from_json(spans)
    return found


def _numbered(
    catalogue: Catalogue,
    codebook: Codebook,
    coders: Sequence[str],
    read_by_people: bool = False,
) -> Iterator[tuple[int, CodedClause]]:
    """Coded clauses, each with the number of its document."""
    v, own = t.coverage.c, t.clause.c
    with catalogue.reading() as connection:
        covered = connection.execute(
            sa.select(v.document, v.coder).where(v.codebook == codebook.reference)
        ).all()
        names = _names(connection)
        stood = _stood(connection, codebook, coders, read_by_people)
        query = sa.select(own.id, own.document, own.language, own.text)
        if read_by_people:
            query = query.where(own.id.in_(_read_by_people(codebook)))
        clauses = connection.execute(query.order_by(own.document, own.ordinal)).all()
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
                    evidence={code: said.words(code) for code in codes if said.words(code)},
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
    length = len(known[one.clause].text) if one.clause in known else 0
    for code, spans in one.evidence.items():
        if length and any(span.end > length for span in spans):
            yield f"Words marked for {shown(code)} lie outside its text, which is {length} long."
    names = {name.casefold(): code.id for code in codebook.codes for name in code.name.values()}
    ids = [code.id for code in codebook.codes]
    for code in one.codes:
        if code not in ids:
            near = names.get(code.casefold()) or next(
                iter(difflib.get_close_matches(code.casefold(), ids, 1)), ""
            )
            hint = f"write {near}?" if near else f"known are {', '.join(ids)}."
            yield f"The codebook has no code {shown(code)}; {hint}"


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
