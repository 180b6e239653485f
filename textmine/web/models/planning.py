"""What training would begin with, told before anyone waits for it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from textmine import codebook as codebooks
from textmine import encoding
from textmine.codings import CodedClause, coded_in, decided
from textmine.errors import InputError
from textmine.standing import PERSON
from textmine.store.corpus import Corpus
from textmine.tagging.coders import MODEL_FILE, listed

A_MINUTE = 1_800
"""Clauses that a quiet computer reads for their meaning in a minute, or learns from."""

_NAMED = 5  # documents that are named to be coded
_SOURCE = 10  # digits of a document's hash that begin the ids of its clauses


@dataclass(frozen=True, slots=True)
class Some:
    """A number of clauses, and of how many documents they are."""

    clauses: int
    documents: int


@dataclass(frozen=True, slots=True)
class Wanting:
    """A document whose clauses, once coded, would help to compare models: how many are left."""

    number: int
    title: str
    clauses: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What a model trained now would learn from and be compared on.

    ``own`` is what people coded here, ``shipped`` counts clauses that come with textmine. ``apart``
    is kept to compare on; of that ``fresh`` is new to the ``live`` model, too, and ``needed`` what
    that should be at least. ``suited`` is what could serve for it and is not coded yet, ``wanting``
    some of these documents. ``open`` clauses are left out since coders differ; ``unread`` are those
    whose meaning has to be read first.
    """

    own: Some
    shipped: int
    apart: Some
    fresh: Some
    needed: Some
    suited: Some
    wanting: tuple[Wanting, ...]
    live: str
    open: int
    unread: int

    @property
    def is_vain(self) -> bool:
        """Whether nothing of this corpus would be learned."""
        return not self.own.clauses

    @property
    def is_enough(self) -> bool:
        """Whether the new model can be compared with the live one."""
        fresh, needed = self.fresh, self.needed
        return fresh.clauses >= needed.clauses and fresh.documents >= needed.documents

    @property
    def missing(self) -> Some:
        """What is missing for a comparison, each number being at least 1."""
        return Some(
            max(1, self.needed.clauses - self.fresh.clauses),
            max(1, self.needed.documents - self.fresh.documents),
        )

    @property
    def is_short(self) -> bool:
        """Whether the corpus has too little to code for a comparison."""
        suited, fresh, needed = self.suited, self.fresh, self.needed
        return (
            suited.clauses + fresh.clauses < needed.clauses
            or suited.documents + fresh.documents < needed.documents
        )

    @property
    def minutes(self) -> int:
        """About how long it takes on a quiet computer, with the shipped clauses."""
        return -(-(self.unread + self.own.clauses + self.shipped) // A_MINUTE)


def planned(corpus: Corpus) -> Plan:
    """What training in this corpus would begin with, as it is now."""
    from textmine.tagging.comparison import FEWEST_CLAUSES, FEWEST_DOCUMENTS, is_apart, kept_apart
    from textmine.tagging.training import gather

    book = codebooks.load(corpus.codebook_file)
    coded = coded_in(corpus.catalogue, book, read_by_people=True)
    by_people = decided([one for one in coded if one.coder.startswith(PERSON)])
    own, apart = kept_apart(by_people.coded)
    try:
        learn = gather((), corpus, book).learn
    except InputError:  # nothing at all
        learn = []
    live, learned = _live(corpus)
    fresh = [one for one in apart if one.source not in learned]
    done = Counter(one.source for one in fresh)
    sizes = corpus.catalogue.sizes()
    suited = [
        (each, sizes[each.id][1] - done[source])
        for each in corpus.catalogue.documents()
        for source in (each.sha256[:_SOURCE],)
        if each.id in sizes and is_apart(source) and source not in learned
    ]
    suited = sorted((each for each in suited if each[1]), key=lambda each: -each[1])
    return Plan(
        own=_some(own),
        shipped=len(learn) - len(own),
        apart=_some(apart),
        fresh=_some(fresh),
        needed=Some(FEWEST_CLAUSES, FEWEST_DOCUMENTS),
        suited=Some(sum(left for _, left in suited), len(suited)),
        wanting=tuple(Wanting(each.id, each.title, left) for each, left in suited[:_NAMED]),
        live=live,
        open=len(by_people.left_out),
        unread=encoding.unread([one.text for one in learn], corpus.folder / encoding.VECTORS),
    )


def _some(coded: Sequence[CodedClause]) -> Some:
    return Some(len(coded), len({one.source for one in coded}))


def _live(corpus: Corpus) -> tuple[str, Collection[str]]:
    """The model that codes the corpus, and what the ids of clauses it learned from begin with.

    Without one that fits, keywords code, which have learned from nothing.
    """
    for model in listed(corpus.folder):
        if model.live and model.fits and not model.fault:
            said = json.loads(Path(model.folder, MODEL_FILE).read_text(encoding="utf-8"))
            return model.name, frozenset(map(str, said["training"].get("sources", ())))
    return "", ()
