"""The catalogue of a corpus: one SQLite file that holds everything derived from the originals.

Every document arrives, changes and leaves in one transaction.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import sqlalchemy as sa

from textmine.errors import CorpusError
from textmine.records import (
    PAGE_BREAK,
    Attribute,
    Clause,
    Coding,
    Document,
    DocumentState,
    Extraction,
    Page,
    Part,
    Segmentation,
    Span,
    Verdict,
)
from textmine.store import tables as t
from textmine.store.codec import (
    Json,
    clause_from_json,
    clause_to_json,
    pack_lines,
    spans_from_json,
    unpack_lines,
    view_from_json,
)
from textmine.store.database import Database, driver_rows
from textmine.store.seals import is_as_sealed, row_seal, seal_document, sealed
from textmine.store.trail import note, system_user
from textmine.text.offsets import View

_PERSON = "person:"


@dataclass(frozen=True, slots=True)
class StoredClause:
    """A clause with the number of its document and its normalised view."""

    document: int
    clause: Clause
    normalised: View

    @property
    def reading(self) -> View:
        """The text as coders read it: as extracted, or in order where that is out of order."""
        in_order = self.normalised.in_order
        return View.same(self.clause.text) if in_order else self.normalised


@dataclass(frozen=True, slots=True)
class Derived:
    """All that was made from one original, ready to be stored in one transaction."""

    sha256: str
    suffix: str
    size: int
    state: DocumentState
    reason: str
    detail: str
    warnings: tuple[str, ...] = ()
    missing: Mapping[int, str] | None = None
    extractor: str = ""
    segmenter: str = ""
    normaliser: str = ""
    pages: tuple[Page, ...] = ()
    clauses: tuple[tuple[Clause, View], ...] = ()
    parts: tuple[Part, ...] = ()
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A path that was handed to the corpus and what became of it."""

    path: str
    sha256: str
    state: DocumentState
    reason: str
    seen_at: str


def now() -> str:
    """The present moment in UTC, ISO 8601, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


class Catalogue(Database):
    """Reads and writes one catalogue. Use it as a context manager."""

    # -- documents -----------------------------------------------------------------------------

    def put(self, derived: Derived, source: Source) -> int:
        """Store a document with all that was made of it, replacing what was made before.

        Returns the document's number. Codings stay; those of machines lose their coverage, so the
        next coding run repeats them.
        """
        head = {
            "suffix": derived.suffix,
            "size": derived.size,
            "state": derived.state,
            "reason": derived.reason,
            "detail": derived.detail,
            "warnings": list(derived.warnings),
            "missing": {str(number): why for number, why in (derived.missing or {}).items()},
            "extractor": derived.extractor,
            "segmenter": derived.segmenter,
            "normaliser": derived.normaliser,
        }
        with self.writing() as connection:
            number: int | None = connection.scalar(
                sa.select(t.document.c.id).where(t.document.c.sha256 == derived.sha256)
            )
            if number is None:
                number = _next_number(connection)
                own = {"id": number, "sha256": derived.sha256, "path": source.path}
                connection.execute(t.document.insert().values(**own, added_at=now(), **head))
            else:
                connection.execute(
                    t.document.update().where(t.document.c.id == number).values(**head)
                )
                for table in (t.attribute, t.page, t.clause, t.part, t.coverage):
                    connection.execute(table.delete().where(table.c.document == number))
            for table, rows in _rows(number, derived):
                if rows:
                    connection.execute(table.insert(), rows)
            seal_document(connection, number)
            _put_source(connection, source)
            connection.execute(t.change.insert().values(document=number))
        return number

    def note_source(self, source: Source) -> None:
        """Note a path that brought nothing new; one that is known already stays as it is."""
        key = (t.source.c.path == source.path) & (t.source.c.sha256 == source.sha256)
        with self.writing() as connection:
            if connection.scalar(sa.select(t.source.c.path).where(key)) is None:
                _put_source(connection, source)

    def put_source(self, source: Source) -> None:
        """Write what became of a path, in the place of what was written of it before."""
        with self.writing() as connection:
            _put_source(connection, source)

    def mend_source(self, source: Source) -> None:
        """Put a row in the place of those of its path or content that are not as they were sealed.

        Nothing is written where there are none.
        """
        s = t.source.c
        same = (s.path == source.path) | (s.sha256 == source.sha256)
        with self.reading() as connection:
            try:
                rows = connection.execute(sa.select(t.source).where(same)).mappings().all()
            except sa.exc.DBAPIError:  # no text any more
                damaged = [same]
            else:
                damaged = [
                    (s.path == row["path"]) & (s.sha256 == row["sha256"])
                    for row in rows
                    if row["seal"] != row_seal("source", dict(row))
                ]
        if damaged:
            with self.writing() as connection:
                for rows_of in damaged:
                    connection.execute(t.source.delete().where(rows_of))
            self.note_source(source)

    def put_attributes(self, document: int, attributes: Sequence[Attribute]) -> None:
        """Replace what is known about a document, and nothing else."""
        a = t.attribute.c
        with self.writing() as connection:
            known = sa.select(a.name, a.value).where(a.document == document).order_by(a.position)
            before = [list(row) for row in connection.execute(known)]
            connection.execute(t.attribute.delete().where(a.document == document))
            if attributes:
                connection.execute(t.attribute.insert(), _attribute_rows(document, attributes))
            seal_document(connection, document, body=False)
            after = [[each.name, each.value] for each in attributes]
            detail = {"before": before, "after": after}
            note(connection, "metadata", document=document, detail=detail)
            connection.execute(t.change.insert().values(document=document))

    def document_by_hash(self, sha256: str) -> Document | None:
        """The document of that content, or None when the corpus has not seen it."""
        return next(iter(self.documents(sha256=sha256)), None)

    def numbers_of(self, contents: Collection[str]) -> dict[str, int]:
        """The numbers of documents by the hashes of their contents; those that are not are left."""
        d = t.document.c
        query = sa.select(d.sha256, d.id).where(d.sha256.in_(contents))
        with self.reading() as connection:
            return {sha256: number for sha256, number in connection.execute(query)}

    def documents(
        self,
        *,
        number: int | None = None,
        numbers: Sequence[int] | None = None,
        sha256: str | None = None,
    ) -> tuple[Document, ...]:
        """Documents in the order they came in: all of them, or those asked for."""
        query = sa.select(t.document).order_by(t.document.c.id)
        known = sa.select(t.attribute).order_by(t.attribute.c.document, t.attribute.c.position)
        if number is not None:
            query = query.where(t.document.c.id == number)
            known = known.where(t.attribute.c.document == number)
        if numbers is not None:
            query = query.where(t.document.c.id.in_(numbers))
            known = known.where(t.attribute.c.document.in_(numbers))
        if sha256 is not None:
            query = query.where(t.document.c.sha256 == sha256)
            found = sa.select(t.document.c.id).where(t.document.c.sha256 == sha256)
            known = known.where(t.attribute.c.document.in_(found))
        with self.reading() as connection:
            rows = connection.execute(query).mappings().all()
            attributes = defaultdict(list)
            for each in connection.execute(known).mappings():
                attributes[each["document"]].append(
                    Attribute(each["name"], each["value"], each["confidence"], each["ground"])
                )
        return tuple(
            Document(
                id=row["id"],
                sha256=row["sha256"],
                path=row["path"],
                suffix=row["suffix"],
                size=row["size"],
                state=row["state"],
                reason=row["reason"],
                detail=row["detail"],
                warnings=tuple(row["warnings"]),
                missing={int(page): why for page, why in row["missing"].items()},
                extractor=row["extractor"],
                segmenter=row["segmenter"],
                normaliser=row["normaliser"],
                added_at=row["added_at"],
                attributes=tuple(attributes[row["id"]]),
            )
            for row in rows
        )

    def sources(self) -> tuple[Source, ...]:
        """Every path that was added, in alphabetical order."""
        with self.reading() as connection:
            rows = connection.execute(sa.select(t.source).order_by(t.source.c.path)).mappings()
            return tuple(Source(**{name: row[name] for name in Source.__slots__}) for row in rows)

    def pages(self, document: int, *, number: int | None = None) -> tuple[Page, ...]:
        """The pages of a document, or one of them; CorpusError when a stored page is damaged."""
        query = sa.select(t.page).where(t.page.c.document == document).order_by(t.page.c.number)
        if number is not None:
            query = query.where(t.page.c.number == number)
        with self.reading() as connection:
            rows = connection.execute(query).mappings().all()
        for row in rows:
            if _digest(row["text"]) != row["sha256"]:
                raise CorpusError(
                    f"Page {row['number']} of document {document} is damaged in the catalogue: its "
                    "text does not match its checksum. Add the document again from its original."
                )
        return tuple(
            Page(
                row["number"],
                row["text"],
                unpack_lines(row["lines"]),
                Verdict(*row["verdict"]),
                row["width"],
                row["height"],
            )
            for row in rows
        )

    def is_as_sealed(self, document: int) -> bool:
        """Whether everything that was made of a document is still as it was stored."""
        with self.reading() as connection:
            try:
                with connection.begin_nested():  # PostgreSQL ends whole transactions on errors
                    return is_as_sealed(connection, document)
            except (ValueError, TypeError, AttributeError, sa.exc.DBAPIError):
                return False  # it cannot even be read

    def page_starts(self, document: int) -> dict[int, int]:
        """Where each page begins in the document text."""
        query = "SELECT number, start FROM page WHERE document = ?"
        with self.reading() as connection:  # a page of a concordance asks for hundreds
            return dict(driver_rows(connection, query, (document,)))

    def clause_ids(self, language: str = "") -> tuple[str, ...]:
        """The ids of all clauses in reading order, or of those in one language."""
        c = t.clause.c
        query = sa.select(c.id).order_by(c.document, c.ordinal)
        if language:
            query = query.where(c.language == language)
        with self.reading() as connection:
            return tuple(connection.scalars(query))

    def clauses(
        self, *, document: int | None = None, ids: Sequence[str] | None = None
    ) -> Iterator[StoredClause]:
        """Clauses in reading order: of the whole corpus, of one document, or those named."""
        query = sa.select(t.clause).order_by(t.clause.c.document, t.clause.c.ordinal)
        if document is not None:
            query = query.where(t.clause.c.document == document)
        if ids is not None:
            query = query.where(t.clause.c.id.in_(ids))
        with self.reading() as connection:
            rows = connection.execution_options(yield_per=1000).execute(query).mappings()
            for row in rows:
                yield _stored_clause(row)

    def outline(self, document: int) -> tuple[Clause, ...]:
        """The clauses of a document in reading order, without their words.

        The text is empty, and one span reaches from beginning to end.
        """
        c = t.clause.c
        query = sa.select(c.id, c.ordinal, c.kind, c.number, c.language, c.page, c.start, c.end)
        query = query.where(c.document == document).order_by(c.ordinal)
        with self.reading() as connection:
            return tuple(
                Clause(id, ordinal, kind, number, None, "", language, page, (Span(start, end),))
                for id, ordinal, kind, number, language, page, start, end in connection.execute(
                    query
                )
            )

    def document_seals(self, document: int | None = None) -> dict[int, str]:
        """By each document, or the one, what changes with it or with what is known about it."""
        query = sa.select(t.document.c.id, t.document.c.seal).order_by(t.document.c.id)
        if document is not None:
            query = query.where(t.document.c.id == document)
        with self.reading() as connection:
            return {number: seal for number, seal in connection.execute(query)}

    def sizes(self) -> dict[int, tuple[int, int]]:
        """How many pages and clauses each document has; those that have neither are not named."""
        found: dict[int, list[int]] = defaultdict(lambda: [0, 0])
        with self.reading() as connection:
            for place, table in enumerate((t.page, t.clause)):
                counted = sa.select(table.c.document, sa.func.count()).group_by(table.c.document)
                for document, count in connection.execute(counted):
                    found[document][place] = count
        return {document: (pages, clauses) for document, (pages, clauses) in found.items()}

    def paths_of(self, sha256: str) -> tuple[str, ...]:
        """Every path under which a content was added."""
        s = t.source.c
        query = sa.select(s.path).where(s.sha256 == sha256).order_by(s.seen_at, s.path)
        with self.reading() as connection:
            return tuple(connection.scalars(query))

    def clause_at(self, document: int, position: int) -> StoredClause | None:
        """The clause that holds a place of a document's text; None where there is none."""
        c = t.clause.c
        holds = (c.document == document) & (c.start <= position) & (c.end > position)
        query = sa.select(t.clause).where(holds).order_by(c.start.desc()).limit(1)
        with self.reading() as connection:
            row = connection.execute(query).mappings().one_or_none()
        return None if row is None else _stored_clause(row)

    def document_count(self) -> int:
        """How many documents the corpus has."""
        with self.reading() as connection:
            return connection.scalar(sa.select(sa.func.count()).select_from(t.document)) or 0

    def clause_count(self) -> int:
        """How many clauses the corpus has; every one is counted, which takes a while for many."""
        with self.reading() as connection:
            return connection.scalar(sa.select(sa.func.count()).select_from(t.clause)) or 0

    def text(self, document: Document) -> tuple[Extraction, Segmentation]:
        """A document as it was read and cut: its pages, and its clauses and parts."""
        clauses = tuple(stored.clause for stored in self.clauses(document=document.id))
        return (
            Extraction(self.pages(document.id), document.extractor, document.missing),
            Segmentation(clauses, self.parts(document.id), document.segmenter),
        )

    def parts(self, document: int) -> tuple[Part, ...]:
        """What of a document is no clause, in reading order."""
        query = sa.select(t.part).where(t.part.c.document == document).order_by(t.part.c.start)
        with self.reading() as connection:
            rows = connection.execute(query).mappings()
            return tuple(Part(row["kind"], Span(row["start"], row["end"])) for row in rows)

    def changes(self, after: int) -> tuple[tuple[int, int], ...]:
        """Changes later than the one numbered ``after``: pairs (change, document)."""
        query = sa.select(t.change.c.id, t.change.c.document).where(t.change.c.id > after)
        with self.reading() as connection:
            rows = connection.execute(query.order_by(t.change.c.id))
            return tuple((change, document) for change, document in rows)

    def last_change(self) -> tuple[int, str]:
        """The number of the last change and its mark; (0, "") when nothing has changed yet."""
        c = t.change.c
        with self.reading() as connection:
            query = sa.select(c.id, c.mark).order_by(c.id.desc()).limit(1)
            row = connection.execute(query).one_or_none()
        return (row[0], row[1]) if row is not None else (0, "")

    def mark_of(self, change: int) -> str:
        """The mark of a change; "" when there is no such change."""
        with self.reading() as connection:
            query = sa.select(t.change.c.mark).where(t.change.c.id == change)
            return connection.scalar(query) or ""

    def identity(self) -> str:
        """What tells this corpus from every other and never changes; "" while it has no document.

        It is the mark of its first change, or for a catalogue from before there were marks the
        digest of its first event, hashed.
        """
        with self.reading() as connection:
            c, e = t.change.c, t.event.c
            first = connection.execute(sa.select(c.mark).order_by(c.id).limit(1)).one_or_none()
            if first is None:
                return ""
            begun = connection.scalar(sa.select(e.digest).order_by(e.id).limit(1)) or ""
        return hashlib.blake2b((first[0] or begun).encode(), digest_size=8).hexdigest()

    # -- settings and the audit trail ----------------------------------------------------------

    def setting(self, name: str) -> str | None:
        """How the corpus is set up in one respect; None where nothing was said."""
        with self.reading() as connection:
            query = sa.select(t.setting.c.value).where(t.setting.c.name == name)
            found: str | None = connection.scalar(query)
        return found

    def put_setting(self, name: str, value: str) -> None:
        """Keep a setting, and note on the trail that it was changed."""
        with self.writing() as connection:
            _set(connection, name, value)
            note(connection, "setting", detail={"name": name})

    def note(self, what: str, *, who: str = "", detail: Mapping[str, Any] | None = None) -> None:
        """Write an event of its own into the audit trail (see ``textmine.store.trail``)."""
        with self.writing() as connection:
            note(connection, what, who=who, detail=detail)

    # -- codebooks and codings -----------------------------------------------------------------

    def put_codebook(self, reference: str, digest: str, source: str) -> None:
        """Remember a codebook's wording; CorpusError when its reference has another wording."""
        with self.writing() as connection:
            known = connection.scalar(
                sa.select(t.codebook.c.digest).where(t.codebook.c.reference == reference)
            )
            if known is None:
                values = {
                    "reference": reference,
                    "digest": digest,
                    "source": source,
                    "added_at": now(),
                }
                connection.execute(t.codebook.insert().values(sealed("codebook", values)))
                _set(connection, "codebook", source)  # the one in force for a team
                detail = {"reference": reference, "digest": digest}
                note(connection, "codebook", detail=detail)
            elif known != digest:
                raise CorpusError(
                    f"The codebook {reference} was changed without a new version, and codings were "
                    "made by its old wording. Raise `version` in the codebook file by one."
                )

    def codebook_source(self, reference: str) -> str:
        """The wording of a codebook that the corpus has stored; CorpusError when it has not."""
        query = sa.select(t.codebook.c.source).where(t.codebook.c.reference == reference)
        with self.reading() as connection:
            source: str | None = connection.scalar(query)
        if source is None:
            raise CorpusError(f"The corpus does not hold the codebook {reference}.")
        return source

    def replace_machine_codings(
        self,
        document: int,
        coder: str,
        codebook: str,
        codings: Sequence[Coding],
        *,
        read: Collection[str],
        version: str,
    ) -> bool:
        """Store what a dictionary or a model decided on a document, replacing what it said before.

        ``read`` are the ids of the clauses that it read. False, and nothing is stored, when they
        are not those of the document: it was taken in anew meanwhile, and has to be coded again.
        Of a document that was removed nothing is stored.
        ``version`` tells the coder's rules or weights apart. ValueError for a person's codings:
        those are only ever added (:meth:`add_codings`).
        """
        if coder.startswith(_PERSON):
            raise ValueError(f"{coder} is a person; codings of people are added, never replaced.")
        own = {"document": document, "coder": coder, "codebook": codebook}
        present = sa.select(t.clause.c.id).where(t.clause.c.document == document)
        there = sa.select(t.document.c.id).where(t.document.c.id == document)
        with self.writing() as connection:
            if set(connection.scalars(present)) != set(read):
                return False
            if connection.scalar(there) is None:
                return True
            for table in (t.coding, t.coverage):
                mine = sa.and_(*(table.c[name] == value for name, value in own.items()))
                connection.execute(table.delete().where(mine))
            if codings:
                connection.execute(t.coding.insert(), [_coding_row(document, c) for c in codings])
            covered = {
                **own,
                "version": version,
                "clauses": len(read),
                "codings": len(codings),
                "made_at": now(),
            }
            connection.execute(t.coverage.insert().values(sealed("coverage", covered)))
            connection.execute(t.change.insert().values(document=document))
        return True

    def add_codings(self, document: int, codings: Sequence[Coding]) -> None:
        """Add decisions of people on clauses of one document; earlier ones stay on record."""
        if codings:
            with self.writing() as connection:
                put_decisions(connection, [_coding_row(document, c) for c in codings])

    def codings(
        self,
        *,
        coder: str | None = None,
        codebook: str | None = None,
        clause: str | None = None,
        clauses: Sequence[str] | None = None,
    ) -> tuple[Coding, ...]:
        """Codings that stand, in the order they were made, filtered by whatever is given."""
        query = sa.select(t.coding).where(t.stands()).order_by(t.coding.c.id)
        if clauses is not None:
            query = query.where(t.coding.c.clause.in_(clauses))
        for name, value in (("coder", coder), ("codebook", codebook), ("clause", clause)):
            if value is not None:
                query = query.where(t.coding.c[name] == value)
        with self.reading() as connection:
            rows = connection.execute(query).mappings().all()
        return tuple(_coding(row) for row in rows)

    def codings_after(
        self, number: int, limit: int, *, coder: str = "", codebook: str = ""
    ) -> tuple[tuple[int, Coding], ...]:
        """At most ``limit`` codings that stand, each with its number, made after ``number``.

        Of one coder, by one codebook, where they are named.
        """
        query = sa.select(t.coding).where(t.stands() & (t.coding.c.id > number))
        for name, value in (("coder", coder), ("codebook", codebook)):
            if value:
                query = query.where(t.coding.c[name] == value)
        with self.reading() as connection:
            rows = connection.execute(query.order_by(t.coding.c.id).limit(limit)).mappings().all()
        return tuple((row["id"], _coding(row)) for row in rows)

    def coverage(self, coder: str, codebook: str, *, version: str | None = None) -> frozenset[int]:
        """Documents that a machine coder (of that version, of any) has read by a codebook."""
        c = t.coverage.c
        query = sa.select(c.document).where((c.coder == coder) & (c.codebook == codebook))
        if version is not None:
            query = query.where(c.version == version)
        with self.reading() as connection:
            return frozenset(connection.scalars(query))

    def coders(self) -> tuple[tuple[str, str, int], ...]:
        """Who coded by what: (coder, codebook, documents read)."""
        c = t.coverage.c
        query = sa.select(c.coder, c.codebook, sa.func.count()).group_by(c.coder, c.codebook)
        with self.reading() as connection:
            rows = connection.execute(query.order_by(c.coder))
            return tuple((coder, codebook, count) for coder, codebook, count in rows)


def put_decisions(
    connection: sa.Connection, rows: Sequence[Mapping[str, Any]], *, file: str = "", who: str = ""
) -> None:
    """Add sealed codings of people within a transaction, with their event and their changes.

    ``file`` is what they were imported from; the event then names it, and who did it. ``who``
    decided; the coder when empty.
    """
    c = t.coding.c
    last = connection.scalar(sa.select(sa.func.max(c.id))) or 0
    connection.execute(t.coding.insert(), rows)
    documents = list(dict.fromkeys(row["document"] for row in rows))
    connection.execute(t.change.insert(), [{"document": number} for number in documents])
    clauses = {row["clause"] for row in rows}
    people = {row["coder"] for row in rows}
    first, end = connection.execute(
        sa.select(sa.func.min(c.id), sa.func.max(c.id)).where(c.id > last)
    ).one()
    note(
        connection,
        "decisions",
        who=who or (min(people) if len(people) == 1 else ""),
        document=documents[0] if len(documents) == 1 else None,
        clause=min(clauses) if len(clauses) == 1 else None,
        detail={
            "first": first,
            "last": end,
            "decisions": len(rows),
            "clauses": len(clauses),
            "coders": sorted(people),
            **({"file": file, "by": system_user()} if file else {}),
        },
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _set(connection: sa.Connection, name: str, value: str) -> None:
    values = sealed("setting", {"name": name, "value": value})
    connection.execute(t.setting.delete().where(t.setting.c.name == name))
    connection.execute(t.setting.insert().values(values))


def _next_number(connection: sa.Connection) -> int:
    """The number of a new document: none that another had which is on the trail alone by now."""
    last = (sa.func.max(each) for each in (t.document.c.id, t.event.c.document))
    return 1 + max(connection.scalar(sa.select(each)) or 0 for each in last)


def _put_source(connection: sa.Connection, source: Source) -> None:
    key = (t.source.c.path == source.path) & (t.source.c.sha256 == source.sha256)
    values = sealed(
        "source",
        {
            "path": source.path,
            "sha256": source.sha256,
            "state": source.state,
            "reason": source.reason,
            "seen_at": source.seen_at,
        },
    )
    if connection.execute(t.source.update().where(key).values(values)).rowcount == 0:
        connection.execute(t.source.insert().values(values))


def _attribute_rows(document: int, attributes: Sequence[Attribute]) -> list[dict[str, Any]]:
    return [
        {
            "document": document,
            "name": each.name,
            "position": position,
            "value": each.value,
            "confidence": each.confidence,
            "ground": each.ground,
        }
        for position, each in enumerate(attributes)
    ]


def _rows(number: int, derived: Derived) -> Iterable[tuple[sa.Table, list[dict[str, Any]]]]:
    yield t.attribute, _attribute_rows(number, derived.attributes)
    pages = []
    start = 0
    for page in derived.pages:
        verdict = page.verdict
        pages.append(
            {
                "document": number,
                "number": page.number,
                "start": start,
                "text": page.text,
                "sha256": _digest(page.text),
                "lines": pack_lines(page.lines),
                "width": page.width,
                "height": page.height,
                "verdict": [verdict.state, verdict.reason, dict(verdict.figures)],
            }
        )
        start += len(page.text) + len(PAGE_BREAK)
    yield t.page, pages
    yield (
        t.clause,
        [
            {
                **clause_to_json(clause),
                "document": number,
                "start": clause.start,
                "end": clause.end,
                "normalised": view.text,
                "offsets": [list(block) for block in view.blocks],
            }
            for clause, view in derived.clauses
        ],
    )
    yield (
        t.part,
        [
            {
                "document": number,
                "start": part.span.start,
                "end": part.span.end,
                "kind": part.kind,
            }
            for part in derived.parts
        ],
    )


def _stored_clause(row: sa.RowMapping) -> StoredClause:
    clause = clause_from_json(cast(Json, row))
    view = view_from_json(row["normalised"], len(clause.text), row["offsets"])
    return StoredClause(row["document"], clause, view)


def _coding(row: sa.RowMapping) -> Coding:
    return Coding(
        clause=row["clause"],
        code=row["code"],
        coder=row["coder"],
        codebook=row["codebook"],
        applied=row["applied"],
        made_at=row["made_at"],
        probability=row["probability"],
        evidence=spans_from_json(row["evidence"]),
        memo=row["memo"],
    )


def _coding_row(document: int, coding: Coding) -> dict[str, Any]:
    probability = coding.probability
    values = {
        "document": document,
        "clause": coding.clause,
        "code": coding.code,
        "coder": coding.coder,
        "codebook": coding.codebook,
        "applied": coding.applied,
        "probability": None if probability is None else float(probability),  # as it comes back
        "evidence": [list(span) for span in coding.evidence],
        "memo": coding.memo,
        "made_at": coding.made_at,
    }
    return sealed("coding", values)
