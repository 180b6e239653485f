"""Conditions of a query: a field added to it, and those that it has taken out of it again."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from textmine.records import Span
from textmine.search.query import Either, FieldIs, canonical, parse
from textmine.search.query.faults import QueryError
from textmine.search.query.lexing import Lexeme, lexemes


class Condition(NamedTuple):
    """A field that holds for all that a query finds, or with ``negated`` for none of it.

    ``span`` is where it stands in the query, with the sign that joins it to the rest; ``typed`` is
    how it was typed.
    """

    field: str
    values: tuple[str, ...]
    negated: bool
    span: Span
    typed: str


def narrowed(query: str, field: str, value: str) -> str:
    """The query with a field before it; what was typed stays as it was typed.

    The field stands in front, since a question mark must stay at the end.

    >>> narrowed("museum OR music", "code", "cultural"), narrowed("", "year", "1993")
    ('code:cultural (museum OR music)', 'year:1993')
    """
    typed = query.strip()
    condition = canonical(FieldIs(field, value, 1))
    if not typed:
        return condition
    return f"{condition} ({typed})" if _is_either(typed) else f"{condition} {typed}"


def conditions(query: str) -> tuple[Condition, ...]:
    """The fields that all of a query's clauses have, or must not have, in their order.

    None of a query with alternatives outside of parentheses, and none of one that is no query.

    >>> [(each.field, each.values, each.negated) for each in conditions("city lang:fa -year:1993")]
    [('language', ('fa',), False), ('year', ('1993',), True)]
    """
    try:
        found = lexemes(query)
    except QueryError:
        return ()
    if _has_alternatives(found):
        return ()
    depth, own = 0, []
    for number, lexeme in enumerate(found):
        if lexeme.kind == "field" and not depth:
            first = number
            while first and found[first - 1].kind == "not":
                first -= 1
            negated = (number - first) % 2 == 1
            behind = number + 1
            stop = found[behind].at - 1 if behind < len(found) else len(query)
            typed = query[found[first].at - 1 : stop].strip()
            if first and found[first - 1].kind == "and":
                first -= 1
            elif behind < len(found) and found[behind].kind == "and":
                behind += 1
            end = found[behind].at - 1 if behind < len(found) else len(query)
            values = tuple(value for value, _ in lexeme.values)
            span = Span(found[first].at - 1, end)
            own.append(Condition(lexeme.text, values, negated, span, typed))
        depth += {"(": 1, "list": 1, ")": -1}.get(lexeme.kind, 0)
    return tuple(own)


def only_conditions(query: str) -> str:
    """The conditions of a query as a query of their own, without what else it asks for.

    >>> only_conditions("museum AND سال:۱۳۷۲..۱۳۸۴ -language:fa")
    'سال:۱۳۷۲..۱۳۸۴ -language:fa'
    """
    return " ".join(each.typed for each in conditions(query))


def without(query: str, condition: Condition) -> str:
    """The query without one of its conditions; parentheses around all the rest go, too.

    >>> query = "code:cultural (museum OR music)"
    >>> without(query, conditions(query)[0])
    'museum OR music'
    """
    rest = query[: condition.span.start].rstrip() + " " + query[condition.span.end :].lstrip()
    rest = rest.strip()
    if rest.startswith("(") and rest.endswith(")") and _is_either(rest[1:-1]):
        try:
            parse(rest[1:-1])
        except QueryError:
            return rest
        return rest[1:-1].strip()
    return rest


@lru_cache(maxsize=64)
def _is_either(query: str) -> bool:
    try:
        return isinstance(parse(query), Either) and _has_alternatives(lexemes(query))
    except QueryError:
        return False


def _has_alternatives(found: Sequence[Lexeme]) -> bool:
    depth = 0
    for lexeme in found:
        if lexeme.kind == "or" and not depth:
            return True
        depth += {"(": 1, "list": 1, ")": -1}.get(lexeme.kind, 0)
    return False
