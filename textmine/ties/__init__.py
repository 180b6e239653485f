"""Ties of cities: with whom, by what kind of document, since when, and who says so."""

from textmine.ties.found import Found, Unresolved
from textmine.ties.merging import KIND_NAMES, STATUS_NAMES, merged
from textmine.ties.reading import (
    CorpusTies,
    DocumentTies,
    corpus_ties,
    known_places,
    short_title,
    ties_in,
)

__all__ = [
    "KIND_NAMES",
    "STATUS_NAMES",
    "CorpusTies",
    "DocumentTies",
    "Found",
    "Unresolved",
    "corpus_ties",
    "known_places",
    "merged",
    "short_title",
    "ties_in",
]
