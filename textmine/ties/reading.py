"""Ties of one document, and of a whole corpus."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from textmine.places import Gazetteer, gazetteer
from textmine.printed import printed_tables
from textmine.records import Attribute, Extraction, Place, PrintedTable, Segmentation, Span, Tie
from textmine.ties.agreements import tie_of_agreement
from textmine.ties.dated import latest_year
from textmine.ties.found import Covered, Findings, Found, Unresolved
from textmine.ties.lists import ties_in_lists
from textmine.ties.merging import merged
from textmine.ties.noting import Source
from textmine.ties.partners import cities_in
from textmine.ties.sentences import ties_in_sentences
from textmine.ties.tables import ties_in_tables

if TYPE_CHECKING:
    from textmine.store.corpus import Corpus

ADDITIONS = "gazetteer.yaml"
"""The file in the folder of a corpus in which its users name further places."""

_MISREAD = 2
"""Impossible years in one document from which on its other dates are in doubt too."""
_DOUBTED = 0.6
"""Factor on the confidence in dates of such a document."""


@dataclass(frozen=True, slots=True)
class DocumentTies:
    """What one document tells: ties with one witness each, and what became none."""

    found: tuple[Found, ...]
    unresolved: tuple[Unresolved, ...] = ()


@dataclass(frozen=True, slots=True)
class CorpusTies:
    """The ties of a corpus, and what became none. ``titles`` are the documents' by number."""

    ties: tuple[Tie, ...]
    unresolved: tuple[Unresolved, ...]
    titles: dict[int, str]


def ties_in(
    extraction: Extraction,
    segmentation: Segmentation,
    attributes: Sequence[Attribute] = (),
    known: Gazetteer | None = None,
    *,
    document: int = 0,
    tables: Sequence[PrintedTable] | None = None,
) -> DocumentTies:
    """The ties that a document tells, in tables, lists and sentences, or that it makes itself.

    ``attributes`` are what is known of the document (kind, title, date, parties); ``document`` is
    its number in the corpus; ``tables`` its printed tables when they were read already. Nothing is
    guessed silently: names without a place, and ties that are denied or only proposed, come back
    as ``unresolved``, each with the reason.

    >>> from textmine.clauses import segment
    >>> from textmine.records import Line, Page
    >>> text = "Shiraz has been twinned with Weimar (Germany) since 2009 and with Pécs since 2016."
    >>> extraction = Extraction((Page(1, text, (Line(0, len(text)),)),), "example 1")
    >>> told = ties_in(extraction, segment(extraction, "0" * 64))
    >>> [(each.partner.name["en"], str(each.witness.date)) for each in told.found]
    [('Weimar', '2009'), ('Pécs', '2016')]
    """
    known = known or gazetteer()
    source = Source.of(extraction, document, latest_year(attributes))
    if tables is None:
        tables = printed_tables(extraction, known)
    titled = _titled(attributes, known, source)
    made = tie_of_agreement(extraction, segmentation, attributes, known, source)
    sure = Covered(span for table in tables if not _is_rebuilt(table) for span in _spans(table))
    lists, filled = ties_in_lists(extraction, sure, titled, known, source)
    if made.ties:  # the articles of an agreement are no list of partners
        lists, filled = Findings(), ()
    used = Covered(filled)
    tables = [
        table
        for table in tables
        if not (_is_rebuilt(table) and any(map(used.characters, _spans(table))))
    ]
    taken = Covered([*filled, *(span for table in tables for span in _spans(table))])
    listed = ties_in_tables(tables, extraction, titled, known, source)
    told = ties_in_sentences(segmentation.clauses, taken, known, source)
    own = {frozenset((each.city.id, each.partner.id)) for each in made.ties}
    parts = (made, listed, lists, told) if not own else (made, listed, lists, _others(told, own))
    found = [each for part in parts for each in part.ties]
    open_names = [each for part in parts for each in part.unresolved]
    return DocumentTies(tuple(_doubted(found)), tuple(dict.fromkeys(open_names)))


def _spans(table: PrintedTable) -> list[Span]:
    cells = [table.caption, *table.columns, *(cell for row in table.rows for cell in row)]
    return sorted({span for cell in cells for span in cell.spans})


def _is_rebuilt(table: PrintedTable) -> bool:
    """Whether a table has neither caption nor heads in print: lines that look like one."""
    return not table.caption.spans and not any(cell.spans for cell in table.columns)


def _titled(attributes: Sequence[Attribute], known: Gazetteer, source: Source) -> tuple[Place, ...]:
    """The cities that the document's title names."""
    titles = " / ".join(each.value for each in attributes if each.name == "title")
    return tuple(place for place, _ in cities_in(titles, known, source.latest))


def _others(told: Findings, own: set[frozenset[str]]) -> Findings:
    """Without what an agreement says of the tie that it makes."""
    kept = [each for each in told.ties if frozenset((each.city.id, each.partner.id)) not in own]
    return Findings(kept, [])


def _doubted(found: Sequence[Found]) -> list[Found]:
    """Where digits were misread into impossible years, the possible ones are in doubt as well."""
    misread = sum(each.witness.undated == "unreadable-date" for each in found)
    if misread < _MISREAD:
        return list(found)
    return [
        replace(
            each,
            witness=replace(each.witness, confidence=round(each.witness.confidence * _DOUBTED, 2)),
        )
        if each.witness.date is not None
        else each
        for each in found
    ]


def known_places(corpus: Corpus) -> Gazetteer:
    """The shipped gazetteer with what the users of a corpus added in its ``gazetteer.yaml``."""
    additions: Path = corpus.folder / ADDITIONS
    return gazetteer(additions if additions.is_file() else None)


def corpus_ties(corpus: Corpus, *, on_step: Callable[..., object] | None = None) -> CorpusTies:
    """The ties that the documents of a corpus tell, merged; see ``ties_in`` and ``merged``.

    Places that users added stand in ``gazetteer.yaml`` in the folder of the corpus. ``on_step`` is
    called with the name of each document, and the number of documents, before it is read.
    """
    known = known_places(corpus)
    catalogue = corpus.catalogue
    documents = [each for each in catalogue.documents() if each.state != "failed"]
    found: list[Found] = []
    unresolved: list[Unresolved] = []
    for each in documents:
        if on_step is not None:
            on_step(each.title, len(documents))
        extraction, cut = catalogue.text(each)
        if not extraction.pages:
            continue
        told = ties_in(extraction, cut, each.attributes, known, document=each.id)
        found += told.found
        unresolved += told.unresolved
    titles = {each.id: each.title for each in documents}
    short = {number: short_title(title) for number, title in titles.items()}
    return CorpusTies(merged(found, known, short), tuple(unresolved), titles)


_LONGEST_TITLE = 60
"""Characters of a title in a sentence about it."""


def short_title(title: str) -> str:
    """A title cut at a word, for sentences that name several documents."""
    if len(title) <= _LONGEST_TITLE:
        return title
    return f"{title[:_LONGEST_TITLE].rsplit(' ', 1)[0]}…"
