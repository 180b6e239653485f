"""A document as a study reads it: text, clauses, the tables it prints, the ties it tells."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from textmine.records import Document, Extraction, PrintedTable, Segmentation, Span
from textmine.studies.cells import Evidence
from textmine.ties import DocumentTies


@dataclass(frozen=True, slots=True)
class Reading:
    """One document; ``ties`` are those it tells, ``starts`` the offsets at which pages begin."""

    document: Document
    extraction: Extraction
    segmentation: Segmentation
    tables: tuple[PrintedTable, ...]
    ties: DocumentTies
    starts: tuple[int, ...]

    @property
    def disordered(self) -> bool:
        """Whether the words of a page stand out of order, so that they must be read with care."""
        return any(page.verdict.state == "suspect" for page in self.extraction.pages)

    def evidence(self, spans: Sequence[Span]) -> Evidence:
        """The place of some spans of this document."""
        page = self.extraction.pages[bisect_right(self.starts, spans[0].start) - 1].number
        return Evidence(self.document.id, page, tuple(spans))
