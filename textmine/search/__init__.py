"""Search: clauses by words in any spelling, by fields and by codes; words in their context.

The index is derived from the catalogue and follows its change log. The clauses' text stays in the
catalogue.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textmine.search.found import Found, Hit
from textmine.search.query import QueryError

if TYPE_CHECKING:
    from textmine.search.index import Index

__all__ = ["Found", "Hit", "Index", "QueryError"]


def __getattr__(name: str) -> Any:
    """The index, loaded with its engine when it is asked for."""
    if name != "Index":
        raise AttributeError(name)
    from textmine.search.index import Index

    return Index
