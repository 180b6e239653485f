"""Coding blind: who does sees no coding but their own, on no page and in no file.

Pages that show clauses show one's own codings alone. Pages and addresses that are about codings as
such are closed, and so are queries for codes: what they find tells what others decided.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from fastapi import Request

from textmine.errors import UsageError
from textmine.web.pages import ui
from textmine.web.people import User

if TYPE_CHECKING:
    from textmine.search.query import Node

BLIND = "blind"
"""The cookie of someone who does not want to see what others and machines decided."""

CLOSED = re.compile(
    r"/(?:quality|audit|results/(?:codes|together|tables|trends|clauses)"
    r"|api/v1/(?:codings|search))(?:/|$)"
    r"|/api/v1/clauses/[^/]+(?:/codings)?$"
)
"""Addresses that are about codings: counts of them, comparisons, who coded what."""

_FIELDS = ("code", "coded")


class BlindError(Exception):
    """Someone who codes blind asks for what is closed then."""


def is_blind(request: Request) -> bool:
    """Whether who asks codes blind."""
    user: User = request.state.user
    return request.cookies.get(BLIND) == "1" and user.may("coder")


def blind_coder(request: Request) -> str | None:
    """The name of a coder who codes blind, "" before it is given; None for who sees all."""
    user: User = request.state.user
    return user.coder if is_blind(request) else None


async def keep_blind(request: Request) -> None:
    """Close what is about codings to who codes blind; every page says that codes are hidden."""
    request.state.is_blind = is_blind(request)
    if CLOSED.match(request.url.path) and request.state.is_blind:
        raise BlindError


def keep_query_blind(request: Request, query: str) -> None:
    """UsageError where who codes blind asks for codes; ``query`` has no saved searches any more."""
    if is_blind(request) and asks_for_codes(query):
        raise UsageError(
            ui(request).gettext(
                "You code blind: what a search for codes finds would tell what others and models "
                "decided. Leave code: and coded: out, or end coding blind first."
            )
        )


def asks_for_codes(query: str) -> bool:
    """Whether a query asks for codes anywhere; False for one that cannot be understood.

    >>> asks_for_codes("city (-code:religious)"), asks_for_codes('"code" of law')
    (True, False)
    """
    from textmine.search.query import FieldIs, QueryError, parse

    try:
        found = _within(parse(query))
    except QueryError:
        return False
    return any(isinstance(each, FieldIs) and each.name in _FIELDS for each in found)


def _within(node: Node) -> Iterator[Node]:
    from textmine.search.query import Either, Every, Not

    yield node
    inside = node.items if isinstance(node, Every | Either) else ()
    for each in (node.item,) if isinstance(node, Not) else inside:
        yield from _within(each)
