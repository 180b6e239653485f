"""Searching by meaning beside words: across languages, and for clauses like a given one.

Words and meaning are ranked apart and put together: what both find comes first. Meaning is that of
a sentence encoder (``textmine.encoding``); without one words are searched alone, and what is
missing is said. The likeness of two vectors is never shown as it is: it counts in standard
deviations above the other clauses of the same language.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from textmine import encoding
from textmine.errors import InputError, UsageError
from textmine.records import Language
from textmine.search.found import Found, Hit, place_of
from textmine.search.index import Index
from textmine.search.query import (
    Every,
    FieldIs,
    Node,
    Not,
    as_word,
    canonical,
    parse,
    words_of,
)
from textmine.search.questions import asks
from textmine.search.translations import translation_of, with_counterparts
from textmine.search.words import words
from textmine.store.catalogue import StoredClause
from textmine.store.corpus import Corpus
from textmine.text.function_words import is_function_word
from textmine.text.language import language_of

if TYPE_CHECKING:  # so that a search by words loads no NumPy
    from textmine.encoding import Encoder
    from textmine.encoding.encoders import Floats
    from textmine.search.vectors import Vectors

Entry = tuple[int, float]
"""A place with its score."""

OnStep = Callable[[int, int], None]
"""Told how many clauses of how many have their vector."""

MEANING = 0.5
"""What the best hit by meaning weighs against the best hit by words; 0.35 to 0.8 do as well."""

_OTHER_LANGUAGE = 1.0
"""The same for a clause in another language than the query, which cannot have its words."""

_CANDIDATES = 100
_LEAST = 1.0  # standard deviations: what is less like than that is not shown
_FILTERED = 10_000  # candidates by words where a filter takes most of them away
_MOST_WORDS, _LONGEST_WORD = 60, 50
# Queries of a few words lie where questions do: with their middle, not that of clauses, of the ten
# clauses nearest to a keyword of the codebook 5.7 have its code, not 3.3.
_SHORT = 5
_ENCODER = threading.Lock()
"""One search at a time has an encoder: its processes hold the whole model each."""

_ENCODING = "Make the vectors with: textmine index --meaning"


def semantic(
    index: Index, query: str, *, limit: int = 20, offset: int = 0, facets: bool = True
) -> Found:
    """The clauses that have the query's words or its meaning, best first, in every language.

    Some of the words are enough; fields and words left out (-word) hold for all hits. ``total`` is
    how many clauses were ranked, ``among`` how many the fields allow, which the facets count. Each
    hit says in ``by`` whether "words" or "meaning" found it. Without encoder, or where clauses have
    no vector yet, ``missing`` says so and how to get them. A query of fields alone is a plain
    search. QueryError when the query cannot be understood.
    """
    node = parse(query)
    asked = " ".join(words_of(node))
    if not asked:
        return index.search(query, limit=limit, offset=offset, facets=facets)
    missing = encoding.missing(encoding.DEFAULT)
    if missing:
        found = index.search(query, limit=limit, offset=offset, any_word=True, facets=facets)
        return replace(found, missing=f"Searched by words alone. {missing}")
    encoded, vectors = _encoded(index.corpus, asked)
    candidates = max(_CANDIDATES, limit + offset)
    by_words = index.ranked(query, limit=candidates, any_word=True)
    language = language_of(asked)
    is_short = len(asked.split()) <= _SHORT
    vector = vectors.query(encoded, language, asks(asked) or is_short)
    likeness = vectors.likeness(vector, index.allowed(query))
    left_out = _left_out(index, node)
    by_meaning = [
        entry
        for entry in likeness.best(candidates + len(left_out))
        if entry[1] >= _LEAST and entry[0] not in left_out
    ][:candidates]
    others = vectors.other_languages([place for place, _ in by_meaning], language)
    ranked = fused(by_words, by_meaning, others)
    ways: dict[int, tuple[str, ...]] = {place: ("words",) for place, _ in by_words}
    for place, _ in by_meaning:
        ways[place] = (*ways.get(place, ()), "meaning")
    hits: list[Hit] = []
    for way in (("words",), ("meaning",), ("words", "meaning")):
        some = [entry for entry in ranked[offset : offset + limit] if ways[entry[0]] == way]
        hits += index.shown(some, query, by=way, any_word=True)
    hits.sort(key=lambda hit: (-hit.score, hit.document, hit.spans))
    shown = with_counterparts(index.corpus, hits)
    found = Found(len(ranked), {}, shown, index.behind, _lacking(vectors))
    if not facets:
        return found
    of = index.among(query)
    return replace(found, facets=of.facets, values=of.values, among=of.total)


def fused(
    by_words: Sequence[Entry],
    by_meaning: Sequence[Entry],
    others: frozenset[int] = frozenset(),
) -> list[Entry]:
    """Two ranked lists as one: each score as a share of the best of its list, added up.

    The places ``others`` are in another language than the query.

    >>> fused([(1, 8.0), (2, 6.0)], [(2, 5.0), (3, 4.0)])
    [(2, 1.25), (1, 1.0), (3, 0.4)]
    """
    scores: dict[int, float] = {}
    for place, score in by_words:
        scores[place] = score / by_words[0][1]
    for place, score in by_meaning:
        weight = _OTHER_LANGUAGE if place in others else MEANING
        scores[place] = scores.get(place, 0.0) + weight * score / by_meaning[0][1]
    return sorted(scores.items(), key=lambda entry: (-entry[1], entry[0]))


def encode(corpus: Corpus, on_step: OnStep = lambda done, of: None) -> int:
    """Make the vectors of all clauses that have none; gives how many clauses have one now.

    It takes a second of a processor for about 30 clauses; interrupted, the next run goes on.
    EncoderMissingError without encoder.
    """
    from textmine.search.vectors import Vectors

    encoder = encoding.encoder(encoding.DEFAULT, corpus.folder / encoding.VECTORS)
    return len(Vectors.all_of(corpus, encoder, on_step))


@dataclass(frozen=True, slots=True)
class Similar:
    """Clauses like one clause, the most like first.

    ``counterpart`` is its translation in the same document, which is not among the ``hits``. ``by``
    says whether "meaning" or "words" found them, ``missing`` what could not be done.
    """

    clause: Hit
    counterpart: Hit | None
    hits: tuple[Hit, ...]
    by: str
    missing: str = ""

    def to_json(self) -> dict[str, Any]:
        """The answer as a JSON object."""
        return {
            "clause": self.clause.to_json(),
            "counterpart": None if self.counterpart is None else self.counterpart.to_json(),
            "by": self.by,
            "missing": self.missing,
            "hits": [hit.to_json() for hit in self.hits],
        }


def similar(
    index: Index,
    clause: str,
    *,
    limit: int = 10,
    language: Language | None = None,
    within: str = "",
) -> Similar:
    """The clauses most like the one with the id ``clause``, in every language or in one.

    ``within`` is a query: only clauses that it finds are looked at. Without encoder they are those
    that share its words, so of its own language. The score of a hit counts in standard deviations
    above the clauses of its language; by words it is that of a search. UsageError when there is no
    such clause.
    """
    corpus = index.corpus
    stored = _clause(corpus, clause)
    own = place_of(stored.document, stored.clause.ordinal)
    allowed = _within(index, within, language)
    nothing = f"document:{stored.document}"  # a query without words, which marks none
    missing = encoding.missing(encoding.DEFAULT)
    if missing:
        by, query = "words", _words_of(stored)
        missing = f"Compared by words, within one language. {missing}"
        other = translation_of(corpus, stored)
        ranked = index.ranked(query, limit=_FILTERED, any_word=True) if query else []
        if allowed is not None:
            ranked = [entry for entry in ranked if entry[0] in allowed]
    else:
        by, query = "meaning", ""
        vectors = _vectors(corpus)
        missing = _lacking(vectors)
        vector = vectors.row(own)
        if vector is None:
            encoded, vectors = _encoded(corpus, stored.reading.text)
            vector = vectors.centred(encoded, stored.clause.language)
        other = translation_of(corpus, stored, vectors)
        apart = [own] if other is None else [own, other]
        best = vectors.likeness(vector, allowed, apart).best(limit)
        ranked = [each for each in best if each[1] >= _LEAST]
    ranked = [each for each in ranked if each[0] not in (own, other)][:limit]
    hits = index.shown(ranked, query or nothing, by=(by,))
    shown = index.shown([(own, 0.0)], nothing, by=(by,))
    if not shown:  # another process is just writing the index
        raise InputError(f'The clause "{clause}" has changed a moment ago; try again.')
    translation = index.shown([] if other is None else [(other, 0.0)], nothing, by=(by,))
    return Similar(shown[0], translation[0] if translation else None, hits, by, missing)


def _encoded(corpus: Corpus, text: str) -> tuple[Floats, Vectors]:
    """The vector of a text, and those of the clauses."""
    with _ENCODER:
        encoder, vectors = _opened(corpus)
        return encoder.encode([text])[0], vectors


def _vectors(corpus: Corpus) -> Vectors:
    with _ENCODER:
        return _opened(corpus)[1]


def _opened(corpus: Corpus) -> tuple[Encoder, Vectors]:
    from textmine.search.vectors import Vectors

    encoder = encoding.encoder(encoding.DEFAULT, corpus.folder / encoding.VECTORS)
    return encoder, Vectors.of(corpus, encoder)


def _lacking(vectors: Vectors) -> str:
    if not vectors.lacking:
        return ""
    clauses = "1 clause has" if vectors.lacking == 1 else f"{vectors.lacking} clauses have"
    return f"{clauses} no vector yet and can be found by words alone. {_ENCODING}"


def _left_out(index: Index, node: Node) -> frozenset[int]:
    """The places of the clauses with words that the query leaves out."""
    items = node.items if isinstance(node, Every) else (node,)
    places: frozenset[int] = frozenset()
    for item in items:
        if isinstance(item, Not) and any(words_of(item.item)):
            places |= index.places(canonical(item.item))
    return places


def _within(index: Index, query: str, language: Language | None) -> frozenset[int] | None:
    if not query and language is None:
        return None
    nodes = [parse(query)] if query else []
    if language is not None:
        nodes.append(FieldIs("language", language, 1))
    return index.places(canonical(Every(tuple(nodes)) if len(nodes) > 1 else nodes[0]))


def _clause(corpus: Corpus, clause: str) -> StoredClause:
    for stored in corpus.catalogue.clauses(ids=[clause]):
        return stored
    raise UsageError(
        f'There is no clause "{clause}". The lines of its hits have their ids: textmine search'
    )


def _words_of(stored: StoredClause) -> str:
    """A query of the words of a clause that say something of its subject.

    None of them is an operator: in quotes it would have to stand in every hit.
    """
    language = stored.clause.language
    keys = dict.fromkeys(word.key for word in words(stored.normalised.text))
    kept = (
        key
        for key in keys
        if len(key) <= _LONGEST_WORD
        and not key.isdecimal()
        and not is_function_word(key, language)
        and not as_word(key).quoted
    )
    return " ".join(islice(kept, _MOST_WORDS))
