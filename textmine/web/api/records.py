"""What the JSON API gives and takes. Offsets count code points of the text beside them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from textmine.records import ClauseKind, Coding, Document, DocumentState, Language, Span
from textmine.store.catalogue import StoredClause
from textmine.web.work.works import Work

SpanRecord = tuple[int, int]
"""Start and end, in code points, the end not included."""


class Fault(BaseModel):
    """Why something was not done."""

    error: str


class CorpusRecord(BaseModel):
    """The corpus that this server has open."""

    name: str
    documents: int
    codebook: str = Field(description="The codebook that codings follow now, as `id@version`.")
    read_only: bool
    change: int = Field(description="Grows with each change of the corpus.")
    version: str = Field(description="Of textmine.")


class DocumentLine(BaseModel):
    """A document in a list."""

    id: int
    title: str
    file: str
    state: DocumentState
    reason: str
    detail: str
    kind: str
    languages: tuple[str, ...]
    year: str
    parties: tuple[str, ...]
    pages: int
    clauses: int


class DocumentList(BaseModel):
    """Documents, fifty a page, and how many each choice would leave."""

    total: int
    page: int
    pages: int
    facets: dict[str, dict[str, int]]
    documents: list[DocumentLine]


class AttributeRecord(BaseModel):
    """One thing known about a document, how sure (0 to 1), and on what ground."""

    name: str
    value: str
    confidence: float
    ground: str


class DocumentRecord(BaseModel):
    """Everything that is known about a document."""

    id: int
    title: str
    sha256: str
    path: str
    suffix: str
    size: int
    state: DocumentState
    reason: str
    detail: str
    warnings: tuple[str, ...]
    missing: dict[int, str] = Field(description="Pages that could not be read, and why.")
    extractor: str
    segmenter: str
    normaliser: str
    added_at: str
    attributes: list[AttributeRecord]

    @classmethod
    def of(cls, document: Document) -> DocumentRecord:
        """The record of a document."""
        names = [name for name in cls.model_fields if name not in ("missing", "attributes")]
        return cls(
            **{name: getattr(document, name) for name in names},
            missing=dict(document.missing),
            attributes=[
                AttributeRecord(
                    name=each.name, value=each.value, confidence=each.confidence, ground=each.ground
                )
                for each in document.attributes
            ],
        )


class ClauseRecord(BaseModel):
    """A clause with its text as it was extracted; ``spans`` count in the text of the document."""

    id: str
    document: int
    ordinal: int
    kind: ClauseKind
    number: str | None
    heading: str | None
    language: Language
    page: int
    text: str
    spans: list[SpanRecord]

    @classmethod
    def of(cls, stored: StoredClause) -> ClauseRecord:
        """The record of a clause."""
        clause = stored.clause
        names = [name for name in cls.model_fields if name not in ("document", "spans")]
        return cls(
            **{name: getattr(clause, name) for name in names},
            document=stored.document,
            spans=pairs(clause.spans),
        )


class ClauseList(BaseModel):
    """Clauses of a document in reading order; ``next`` is the offset of those that follow."""

    clauses: list[ClauseRecord]
    next: int | None


class CodeOnClause(BaseModel):
    """A code that counts on a clause: people's before a model's, a model's before keywords."""

    code: str
    coder: str
    probability: float | None
    evidence: list[SpanRecord]
    memo: str


class CodedClauseRecord(ClauseRecord):
    """A clause with the codes that count on it."""

    codes: list[CodeOnClause]


class CodingRecord(BaseModel):
    """One decision of one coder about one code on one clause; ``applied`` says which way."""

    clause: str
    code: str
    coder: str
    codebook: str
    applied: bool
    made_at: str
    probability: float | None
    evidence: list[SpanRecord]
    memo: str

    @classmethod
    def of(cls, coding: Coding) -> CodingRecord:
        """The record of a coding."""
        names = [name for name in cls.model_fields if name != "evidence"]
        return cls(
            **{name: getattr(coding, name) for name in names}, evidence=pairs(coding.evidence)
        )


class CodingList(BaseModel):
    """Codings that stand, in the order they were made; ``next`` is what to ask ``after``."""

    codings: list[CodingRecord]
    next: int | None


class DecisionRecord(BaseModel):
    """What one person decided on a clause, as it stands; ``token`` tells it from other states."""

    clause: str
    coder: str
    decided: bool
    codes: tuple[str, ...]
    evidence: dict[str, list[SpanRecord]]
    memo: str
    made_at: str
    token: str


class Decision(BaseModel):
    """All codes that apply to a clause; every other code of the codebook is decided against."""

    model_config = ConfigDict(extra="forbid")

    codes: Annotated[list[str], Field(max_length=500)] = []
    evidence: dict[str, list[SpanRecord]] = Field(
        default={}, description="The words that carried a code, by code."
    )
    memo: Annotated[str, Field(max_length=10_000)] = ""
    stood: str = Field(
        description="The token of the decision that this one replaces (GET gives it). If something "
        "else stands by then, nothing is stored and 409 tells what."
    )
    coder: str = Field(
        default="", description="Who decides, where the server runs without accounts."
    )


class StaleFault(Fault):
    """Something else was decided meanwhile."""

    stands: DecisionRecord


class HitRecord(BaseModel):
    """A clause that was found; ``highlights`` are the words in its text that were looked for."""

    id: str
    document: int
    title: str
    page: int
    kind: str
    number: str | None
    heading: str | None
    language: Language
    text: str
    highlights: list[SpanRecord]
    score: float
    by: tuple[str, ...] = Field(description="What found it: `words`, `meaning`, or both.")
    counterpart: str = Field(description="The id of its translation in the other language.")


class FoundRecord(BaseModel):
    """What a search found: how many clauses in all, and those that were asked for."""

    total: int
    facets: dict[str, dict[str, int]]
    behind: int = Field(description="Changes of the corpus that the index has not seen yet.")
    missing: str = Field(description="What could not be done, such as searching by meaning.")
    among: int = Field(
        description="Of how many clauses a search by meaning ranked the best; facets count these. "
        "0 for any other search."
    )
    advice: list[str] = Field(description="What to ask instead, where nothing was found.")
    hits: list[HitRecord]


class CodeRecord(BaseModel):
    """A code of the codebook. Names, definitions and keywords are given by language."""

    id: str
    name: dict[str, str]
    definition: dict[str, str]
    include: str
    exclude: str
    keywords: dict[str, tuple[str, ...]]
    parent: str | None


class CodebookRecord(BaseModel):
    """The codebook that codings follow."""

    reference: str
    digest: str
    rules: tuple[str, ...]
    codes: list[CodeRecord]


class WorkRecord(BaseModel):
    """A piece of long work: how far it is, and what came of it."""

    id: int
    kind: str
    who: str
    at: str
    state: Literal["receiving", "waiting", "running", "done", "failed", "stopped"]
    what: str
    done: int
    of: int = Field(description="0 where it is not known.")
    outcome: dict[str, Any]
    fault: str
    ended: str

    @classmethod
    def of_work(cls, work: Work) -> WorkRecord:
        """The record of a piece of work."""
        return cls(**{name: getattr(work, name) for name in cls.model_fields})


class WorkList(BaseModel):
    """Long work, the newest first."""

    work: list[WorkRecord]


class WorkLines(WorkRecord):
    """A piece of work with what became of each input so far."""

    lines: list[dict[str, Any]]


def pairs(spans: tuple[Span, ...]) -> list[SpanRecord]:
    """Spans as pairs of numbers."""
    return [(span.start, span.end) for span in spans]
