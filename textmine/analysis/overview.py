"""What is in a corpus, who coded it, and what needs a person's attention."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, get_args

import sqlalchemy as sa

from textmine import codebook
from textmine.records import Document, DocumentState
from textmine.standing import Standing, standing
from textmine.store import tables as t
from textmine.store.catalogue import Catalogue
from textmine.store.corpus import Corpus

DOUBTFUL = 0.5
"""A guessed value with less confidence than this is named for checking."""

STATES: tuple[DocumentState, ...] = get_args(DocumentState)

UNKNOWN = "unknown"
"""The kind of a document of which no kind is known."""


@dataclass(frozen=True, slots=True)
class CoderSummary:
    """How far one coder got with one codebook.

    ``documents`` are those the coder has read, by number; ``clauses`` counts the clauses with a
    decision, ``last`` is when the latest was made (ISO 8601, UTC; empty when nothing was decided).
    """

    coder: str
    codebook: str
    documents: frozenset[int]
    clauses: int
    last: str


@dataclass(frozen=True, slots=True)
class Overview:
    """The corpus in figures.

    ``states`` counts documents (duplicates: paths that brought nothing new), ``languages`` clauses,
    ``kinds`` and ``years`` documents, ``coders`` documents read. ``attention`` holds one sentence
    for each thing that a person should look at.
    """

    documents: int
    states: dict[str, int]
    pages: int
    clauses: int
    languages: dict[str, int]
    kinds: dict[str, int]
    years: dict[str, int]
    coders: dict[str, int]
    attention: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The overview as a JSON object, one member a field."""
        return {**asdict(self), "attention": list(self.attention)}


def overview(corpus: Corpus) -> Overview:
    """Count what a corpus holds and gather what needs attention."""
    catalogue = corpus.catalogue
    documents = catalogue.documents()
    states = Counter(document.state for document in documents)
    duplicates = [source for source in catalogue.sources() if source.state == "duplicate"]
    states["duplicate"] += len(duplicates)
    with catalogue.reading() as connection:
        pages: int = connection.scalar(sa.select(sa.func.count()).select_from(t.page)) or 0
        by_language = sa.select(t.clause.c.language, sa.func.count()).group_by(t.clause.c.language)
        languages = {language: count for language, count in connection.execute(by_language)}
        coded = sa.select(t.clause.c.document).distinct()
        with_clauses = frozenset(connection.scalars(coded))
    coders = coder_summaries(catalogue)
    counting = standing(catalogue, codebook.load(corpus.codebook_file).reference)
    read: dict[str, set[int]] = {}
    for each in coders:
        read.setdefault(each.coder, set()).update(each.documents)
    return Overview(
        documents=len(documents),
        states={state: states[state] for state in STATES},
        pages=pages,
        clauses=sum(languages.values()),
        languages=_largest_first(languages),
        kinds=_largest_first(Counter(document.value("kind", UNKNOWN) for document in documents)),
        years=dict(sorted(Counter(filter(None, map(year_of, documents))).items())),
        coders={coder: len(numbers) for coder, numbers in read.items()},
        attention=tuple(_attention(documents, with_clauses, counting)),
    )


def coder_summaries(catalogue: Catalogue) -> tuple[CoderSummary, ...]:
    """Everyone who coded, by name and codebook; a document that is read may have no codes."""
    c, v = t.coding.c, t.coverage.c
    known = sa.select(t.clause.c.id)
    decided = (
        sa.select(c.coder, c.codebook, sa.func.count(c.clause.distinct()), sa.func.max(c.made_at))
        .where(c.clause.in_(known) & t.stands())
        .group_by(c.coder, c.codebook)
    )
    touched = (
        sa.select(c.coder, c.codebook, c.document)
        .where(c.clause.in_(known) & t.stands())
        .distinct()
    )
    covered = sa.select(v.coder, v.codebook, v.document)
    documents: dict[tuple[str, str], set[int]] = {}
    with catalogue.reading() as connection:
        for query in (covered, touched):
            for coder, codebook, document in connection.execute(query):
                documents.setdefault((coder, codebook), set()).add(document)
        figures = {
            (coder, codebook): (clauses, last)
            for coder, codebook, clauses, last in connection.execute(decided)
        }
    return tuple(
        CoderSummary(*key, frozenset(documents[key]), *figures.get(key, (0, "")))
        for key in sorted(documents)
    )


def year_of(document: Document) -> str:
    """The Gregorian year of a document, four digits; empty when it is not known.

    >>> from textmine.records import Attribute
    >>> from dataclasses import replace
    >>> bare = Document(1, "", "a", "", 0, "done", "", "", (), {}, "", "", "", "")
    >>> year_of(bare), year_of(replace(bare, attributes=(Attribute("date", "1993-05-12", 1, ""),)))
    ('', '1993')
    """
    return document.value("year_gregorian") or document.value("date")[:4]


def _largest_first(counts: dict[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _attention(
    documents: Sequence[Document], with_clauses: frozenset[int], counting: Standing
) -> Iterator[str]:
    if not documents:
        yield "The corpus is empty. Add documents with: textmine add FILES-OR-FOLDERS"
        return
    for state in ("failed", "suspect", "partial"):
        for document in documents:
            if document.state == state:
                why = document.detail or document.reason or "no reason was stored."
                yield f"{state}: {document.path}: {why}"
    if counting.outdated:
        yield (
            f"All codings follow the codebook {counting.codebook}; the corpus has "
            f"{counting.current} now. Code again with: textmine code"
        )
    uncoded = [
        each for each in documents if each.id in with_clauses and each.id not in counting.coders
    ]
    if uncoded:
        names = ", ".join(each.path.rsplit("/", 1)[-1] for each in uncoded[:5])
        more = f" and {len(uncoded) - 5} more" if len(uncoded) > 5 else ""
        yield f"Not coded yet: {names}{more}. Code them with: textmine code"
    for document in documents:
        doubtful = [
            f"{each.name} = {each.value} ({each.confidence:.0%})"
            for each in document.attributes
            if each.confidence < DOUBTFUL
        ]
        if doubtful:
            yield (
                f"Guessed and doubtful: {document.path}: {', '.join(doubtful)}. "
                "Give the right value in documents.csv."
            )
