"""From the tree of a query to a query of tantivy's, with the weights of its words."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise, product
from typing import TypeVar

import sqlalchemy as sa
import tantivy

from textmine import codebook
from textmine.metadata.table import KINDS, LANGUAGES
from textmine.search.engine.decided import coded_query
from textmine.search.engine.matching import (
    LOOSE,
    PART,
    SPELLING,
    STEM,
    Expansion,
    Leaf,
    Nearby,
    Way,
    is_function_key,
    matcher,
)
from textmine.search.engine.nearness import standing
from textmine.search.engine.schema import folded, numbered
from textmine.search.engine.upkeep import Opened
from textmine.search.found import place_of
from textmine.search.query import Either, Every, FieldIs, Near, Node, Not, Text
from textmine.search.query.faults import QueryError, Sentence, shortened
from textmine.search.query.fields import EXAMPLES, numbers, unknown_value, years
from textmine.search.questions import ASKING, Sought
from textmine.store import tables as t
from textmine.store.corpus import Corpus

TOGETHER = {SPELLING: 1.0, STEM: 0.6, LOOSE: 0.5, PART: 0.2}
"""What a word weighs in another form, where a query has several words.

Measured on 1,696 questions about 10,727 Persian sentences: the right sentence is first for 77.8 %
of them by exact spellings alone, for 79.0 % with these (and for 75.2 % where all forms count alike
and add up)."""

ALONE = {SPELLING: 1.0, STEM: 2.0**-4, LOOSE: 2.0**-8, PART: 2.0**-12}
"""The same where a word is all that is asked: BM25 gives one word at most eleven times what it
gives it in a clause ten times as long as others, so an exact spelling always comes first."""

_PHRASE = 0.2
"""What two words of a question add that stand side by side; 79.0 % become 79.3 %."""

# What only asks. Other function words of Persian stay: without them 1 % fewer questions are
# answered. Those of English do not: they brought 8 of 15 first hits that were about nothing asked.
_ASKING = ASKING | frozenset(["چی", "کی", "را", "آیا", "چیزی", "کسی", "کسانی"])

_WINDOWS = 512  # phrases that two words near each other are asked as
_STATES = 700  # tantivy refuses patterns of more than 1,000 states, about one for each byte

_Q = tantivy.Query

_Name = TypeVar("_Name", bound=str)


class Compiler:
    """Compiles queries for an open index.

    A word weighs by BM25, in another form less; of its forms in one clause the best counts. A form
    counts as no rarer than the word as it was typed. Fields weigh nothing.
    """

    def __init__(self, corpus: Corpus, opened: Opened, expansion: Expansion) -> None:
        self._corpus = corpus
        self._opened = opened
        self._searcher = opened.searcher
        self._schema = opened.index.schema
        self._vocabulary = opened.vocabulary
        self._expansion = expansion

    def query(self, node: Node, *, any_word: bool = False) -> tantivy.Query:
        """The query for a tree; QueryError when nothing of it can be searched for.

        With ``any_word`` some of its words are enough; its fields must hold all the same.
        """
        if any_word:
            compiled = self._question(node)
        else:
            words = self._expansion.asked(node)
            compiled = self._node(node, TOGETHER if len(words) > 1 else ALONE)
        if compiled is None:
            raise QueryError(
                Sentence(
                    "The query has no letters or digits to search for. Add a word or a field such "
                    "as language:fa."
                )
            )
        return compiled

    def fields(self, node: Node) -> tantivy.Query | None:
        """What the fields of a query ask for, and what it leaves out; None when that is nothing."""
        if isinstance(node, FieldIs):
            return self._node(node, ALONE)
        if isinstance(node, Every):
            kept = [each for item in node.items if (each := self.fields(item)) is not None]
            return _all(kept)
        if isinstance(node, Not):
            return self._node(node, ALONE)
        if isinstance(node, Text | Near):
            return None
        alternatives = [self.fields(item) for item in node.items]
        known = [each for each in alternatives if each is not None]
        return _any(known) if len(known) == len(alternatives) else None

    # -- the tree ----------------------------------------------------------------------------------

    def _node(self, node: Node, weights: Mapping[int, float]) -> tantivy.Query | None:
        """The query for a node; None for punctuation, which asks for nothing."""
        if isinstance(node, Text):
            return _all([self._leaf(leaf, weights) for leaf in self._expansion.leaves(node)])
        if isinstance(node, Near):
            nearby = self._expansion.nearby(node)
            return None if nearby is None else self._nearby(nearby)
        if isinstance(node, FieldIs):
            return _Q.const_score_query(_FIELDS[node.name](self, node), 0.0)
        if isinstance(node, Not):
            item = self._node(node.item, weights)
            return None if item is None else _without(item)
        compiled = [self._node(item, weights) for item in node.items]
        known = [each for each in compiled if each is not None]
        return _all(known) if isinstance(node, Every) else _any(known)

    def _question(self, node: Node) -> tantivy.Query | None:
        pieces = [each for each in _pieces(node) if not _is_plain(each)]
        must = [compiled for each in pieces if (compiled := self._node(each, TOGETHER)) is not None]
        leaves = self._told(node)
        weights = TOGETHER if len(leaves) > 1 else ALONE
        some = [self._leaf(leaf, weights) for leaf in leaves]
        for one, other in pairwise(leaves):
            keys = [*one.ways[0].keys, *other.ways[0].keys]
            if not all(map(is_function_key, keys)):
                phrase = _Q.phrase_query(self._schema, "text", [*keys])
                some.append(_Q.boost_query(phrase, _PHRASE))
        words = _any(some)
        return _all([*must, *([] if words is None else [words])])

    def sought(self, node: Node) -> tuple[Sought, ...]:
        """The plain words of a question, by which its best clauses are read again."""
        found = []
        for leaf in self._told(node):
            ways: dict[tuple[str, ...], float] = {}
            for way in leaf.ways:
                if all(map(self._clauses, way.keys)):
                    ways.setdefault(way.keys, TOGETHER[way.tier])
            own = leaf.ways[0].keys
            rarity = self._rarity(own) or min(map(self._rarity, ways), default=0.0)
            found.append(Sought(rarity, ways))
        return tuple(found)

    def _told(self, node: Node) -> list[Leaf]:
        """The words of a question that tell what it is about; all, when they only ask."""
        plain = (each for each in _pieces(node) if isinstance(each, Text) and _is_plain(each))
        leaves = [leaf for each in plain for leaf in self._expansion.leaves(each)]
        return [leaf for leaf in leaves if not _only_asks(leaf)] or leaves

    # -- words -------------------------------------------------------------------------------------

    def _leaf(self, leaf: Leaf, weights: Mapping[int, float]) -> tantivy.Query:
        own = self._rarity(leaf.ways[0].keys)
        found = []
        for way in leaf.ways:
            if not way.pattern and not all(map(self._clauses, way.keys)):
                continue
            weight = weights[way.tier]
            if way.tier != SPELLING and own and (rarity := self._rarity(way.keys)) > own:
                weight *= own / rarity
            asked = self._way(way)
            found.append(asked if weight == 1 else _Q.boost_query(asked, weight))
        return _best(found) if found else _Q.empty_query()

    def _rarity(self, keys: tuple[str, ...]) -> float:
        """How rare words are, as BM25 has it; 0 when the index has one of them not at all."""
        everything = self._searcher.num_docs
        clauses = [min(everything, self._clauses(key)) for key in keys]
        if not all(clauses):
            return 0.0
        return sum(math.log(1 + (everything - n + 0.5) / (n + 0.5)) for n in clauses)

    def _clauses(self, key: str) -> int:
        return self._expansion.clauses(key)

    def _way(self, way: Way) -> tantivy.Query:
        if way.pattern:
            return self._pattern(way.keys)
        if len(way.keys) > 1:
            return _Q.phrase_query(self._schema, "text", list(way.keys))
        return self._term("text", way.keys[0])

    def _pattern(self, keys: tuple[str, ...]) -> tantivy.Query:
        if any(len(key.encode()) > _STATES for key in keys):
            return _Q.empty_query()  # longer than a pattern may be
        patterns = list(map(_regex, keys))
        if len(patterns) == 1:
            return _Q.regex_query(self._schema, "text", patterns[0])
        words: list[str | tuple[int, str]] = [*patterns]
        return _Q.regex_phrase_query(self._schema, "text", words)

    def _term(self, field: str, value: object) -> tantivy.Query:
        return _Q.term_query(self._schema, field, value)

    # -- words near each other ---------------------------------------------------------------------

    def _nearby(self, nearby: Nearby) -> tantivy.Query:
        """Exactly the clauses in which the items are so near.

        Of two different words the index can tell. Of three, of phrases, and of words that may be
        both items, it names the clauses in question, whose texts tell.
        """
        items = nearby.items
        if len(items) == 1:
            return self._leaf(items[0], ALONE)
        sure = self._side_by_side(nearby)
        if sure is not None and all(len(way.keys) == 1 for item in items for way in item.ways):
            return sure
        asked = self._perhaps_near(nearby)
        if sure is not None:
            asked = _Q.boolean_query([(tantivy.Occur.Must, asked), (tantivy.Occur.MustNot, sure)])
        places = standing(self._corpus.catalogue, self._opened.places(asked), nearby)
        known = [] if sure is None else [sure]
        if places:
            these = _Q.const_score_query(_Q.term_set_query(self._schema, "place", places), 0.0)
            known.append(_both(asked, these))
        return _any(known) or _Q.empty_query()

    def _side_by_side(self, nearby: Nearby) -> tantivy.Query | None:
        """Two single words near each other; None when the index cannot tell for sure.

        In tantivy a phrase with a slop of n leaves room for n words between its two, and for the
        other order only where they take less room: both orders are exactly what is asked.
        """
        if len(nearby.items) != 2 or _may_meet(*nearby.items):
            return None
        single = [[way for way in item.ways if len(way.keys) == 1] for item in nearby.items]
        some, others = map(self._beginnings, single)
        if len(some) * len(others) > _WINDOWS:
            return None
        windows = [
            self._window(pair, nearby.distance)
            for one, other in product(some, others)
            for pair in ((one, other), (other, one))
        ]
        return _best(windows) if windows else _Q.empty_query()

    def _perhaps_near(self, nearby: Nearby) -> tantivy.Query:
        """All clauses in which the items can be so near, and some more."""
        room = nearby.distance + sum(
            max((len(way.keys) for way in item.ways), default=0) for item in nearby.items
        )
        asked = [self._leaf(item, TOGETHER) for item in nearby.items]
        for some, others in pairwise(self._beginnings(item.ways) for item in nearby.items):
            if 0 < len(some) * len(others) <= _WINDOWS:
                # Room for the other order too, which takes two words more.
                near = [self._window(pair, room + 2) for pair in product(some, others)]
                asked.append(_Q.const_score_query(_best(near), 0.0))
        return _all(asked) or _Q.empty_query()

    def _beginnings(self, ways: Iterable[Way]) -> list[str]:
        """Patterns of the first words of these ways, as few as may be."""
        plain, open_ = set(), set()
        for way in ways:
            if not way.pattern and all(map(self._clauses, way.keys)):
                plain.add(way.keys[0])
            elif way.pattern and len(way.keys[0].encode()) <= _STATES:
                open_.add(_regex(way.keys[0]))
        return [*_alternatives(plain), *sorted(open_)]

    def _window(self, pair: tuple[str, str], distance: int) -> tantivy.Query:
        words: list[str | tuple[int, str]] = [*pair]
        return _Q.regex_phrase_query(self._schema, "text", words, distance)

    # -- fields ------------------------------------------------------------------------------------

    def _code(self, node: FieldIs) -> tantivy.Query:
        if self._searcher.doc_freq("code", node.value):
            return self._term("code", node.value)
        book = codebook.load(self._corpus.codebook_file)
        names = {code.id: (code.id, *code.name.values()) for code in book.codes}
        with self._corpus.catalogue.reading() as connection:
            for code in connection.scalars(sa.select(t.coding.c.code).distinct()):
                names.setdefault(code, (code,))
        return self._term("code", _one_of(node, names))

    def _coded(self, node: FieldIs) -> tantivy.Query:
        return coded_query(self._corpus, self._opened, node)

    def _language(self, node: FieldIs) -> tantivy.Query:
        return self._term("language", _one_of(node, LANGUAGES))

    def _kind(self, node: FieldIs) -> tantivy.Query:
        return self._term("kind", _one_of(node, KINDS))

    def _year(self, node: FieldIs) -> tantivy.Query:
        first, last, persian = years(node.value, node.at)
        return self._range("year_persian" if persian else "year", first, last)

    def _document(self, node: FieldIs) -> tantivy.Query:
        first, last = numbers(node.value, node.at, "document", "document:3 or document:3..5")
        return self._range("document", first, last)

    def _range(self, name: str, first: int | None, last: int | None) -> tantivy.Query:
        kind = tantivy.FieldType.Unsigned
        return _Q.range_query(self._schema, name, kind, lower_bound=first, upper_bound=last)

    def _country(self, node: FieldIs) -> tantivy.Query:
        from textmine.search.engine.countries import country_of  # with the gazetteer

        code = country_of(node.value)
        if not code:
            raise QueryError(
                Sentence(
                    '"%(value)s" at character %(at)s is no country. Write its name or its code of '
                    "two letters, as in country:KG; a name of several words in quotes, as in "
                    'country:"United Kingdom".',
                    value=shortened(node.value),
                    at=node.at,
                ),
                node.at,
            )
        return self._term("country", code)

    def _words_of(self, node: FieldIs) -> tantivy.Query:
        keys = list(folded(node.value))
        if not keys:
            example = EXAMPLES[node.name]
            raise QueryError(
                Sentence(
                    '"%(value)s" at character %(at)s names no %(field)s. Write its words, as in '
                    "%(example)s.",
                    value=shortened(node.value),
                    at=node.at,
                    field=node.name,
                    example=example,
                ),
                node.at,
            )
        found = self._vocabulary.documents(node.name, keys)
        return _Q.term_set_query(self._schema, "document", found) if found else _Q.empty_query()

    def _article(self, node: FieldIs) -> tantivy.Query:
        """The clause of that number and those under it: 5, 5.1, 5.a or 5.الف."""
        from textmine.clauses.letters import latin_numbers

        found = []
        typed = "".join(node.value.split())
        for number in dict.fromkeys(map(numbered, (typed, *latin_numbers(typed)))):
            under = _Q.regex_query(self._schema, "article", re.escape(number) + r"\..*")
            found += [self._term("article", number), under]
        return _best(found)

    def _clause(self, node: FieldIs) -> tantivy.Query:
        c = t.clause.c
        with self._corpus.catalogue.reading() as connection:
            row = connection.execute(
                sa.select(c.document, c.ordinal).where(c.id == node.value)
            ).one_or_none()
        if row is None:
            return _Q.empty_query()
        return self._term("place", place_of(*row))


_FIELDS: Mapping[str, Callable[[Compiler, FieldIs], tantivy.Query]] = {
    "code": Compiler._code,
    "coded": Compiler._coded,
    "language": Compiler._language,
    "kind": Compiler._kind,
    "year": Compiler._year,
    "document": Compiler._document,
    "country": Compiler._country,
    "party": Compiler._words_of,
    "title": Compiler._words_of,
    "article": Compiler._article,
    "clause": Compiler._clause,
}


def _only_asks(leaf: Leaf) -> bool:
    """Whether a word of a question says nothing of its subject."""
    first = leaf.ways[0].keys[0]
    return first in _ASKING or (first.isascii() and is_function_key(first))


def _pieces(node: Node) -> Iterator[Node]:
    """What a question asks for: its words, also where یا or OR stands between them."""
    if isinstance(node, Every) or (isinstance(node, Either) and _is_of_words(node)):
        for item in node.items:
            yield from _pieces(item)
    else:
        yield node


def _is_plain(node: Node) -> bool:
    """Whether it is words of which some are enough in a question: no phrase, pattern or field."""
    return isinstance(node, Text) and not node.quoted and not node.pattern


def _is_of_words(node: Node) -> bool:
    if isinstance(node, Every | Either):
        return all(map(_is_of_words, node.items))
    return isinstance(node, Text)


def _regex(key: str) -> str:
    return ".*".join(map(re.escape, key.split("*")))


def _may_meet(one: Leaf, other: Leaf) -> bool:
    """Whether a word of a text can be both."""
    plain = [{way.keys[0] for way in leaf.ways if not way.pattern} for leaf in (one, other)]
    open_ = [[way.keys[0] for way in leaf.ways if way.pattern] for leaf in (one, other)]
    return (
        bool(plain[0] & plain[1])
        or all(open_)
        or any(
            matcher(pattern)(key)
            for patterns, keys in zip(open_, reversed(plain), strict=True)
            for pattern in patterns
            for key in keys
        )
    )


def _alternatives(keys: Iterable[str]) -> list[str]:
    """Patterns that stand for these keys: as few as may be, none with too many states."""
    groups: list[list[str]] = []
    states = _STATES
    last = b""
    for key in sorted(keys):
        own = key.encode()
        alike = (n for n, pair in enumerate(zip(own, last, strict=False)) if pair[0] != pair[1])
        shared = next(alike, min(len(own), len(last)))
        states += len(own) - shared
        if states > _STATES:
            groups.append([])
            states = len(own)
        groups[-1].append(key)
        last = own
    return ["|".join(map(re.escape, group)) for group in groups]


def _all(queries: Iterable[tantivy.Query]) -> tantivy.Query | None:
    known = list(queries)
    if len(known) < 2:
        return known[0] if known else None
    return _Q.boolean_query([(tantivy.Occur.Must, query) for query in known])


def _any(queries: Sequence[tantivy.Query]) -> tantivy.Query | None:
    if len(queries) < 2:
        return queries[0] if queries else None
    return _Q.boolean_query([(tantivy.Occur.Should, query) for query in queries])


def _both(one: tantivy.Query, other: tantivy.Query) -> tantivy.Query:
    return _Q.boolean_query([(tantivy.Occur.Must, one), (tantivy.Occur.Must, other)])


def _best(queries: Sequence[tantivy.Query]) -> tantivy.Query:
    return queries[0] if len(queries) == 1 else _Q.disjunction_max_query(list(queries))


def _without(query: tantivy.Query) -> tantivy.Query:
    everything = _Q.const_score_query(_Q.all_query(), 0.0)
    return _Q.boolean_query([(tantivy.Occur.Must, everything), (tantivy.Occur.MustNot, query)])


def _one_of(node: FieldIs, names: Mapping[_Name, tuple[str, ...]]) -> _Name:
    """The id that a value names, in either language and any spelling."""
    value = _compared(node.value)
    for identifier, spellings in names.items():
        if value in map(_compared, spellings):
            return identifier
    known = {str(identifier): spellings for identifier, spellings in names.items()}
    raise unknown_value(node.name, node.value, node.at, known)


def _compared(value: str) -> str:
    return "".join(folded(value))
