"""Search: clauses by words in any spelling, by fields and by codes; words in their context.

The index is derived from the catalogue and follows its change log. The clauses' text stays in the
catalogue.
"""

from textmine.search.found import Found, Hit
from textmine.search.index import Index
from textmine.search.query import QueryError

__all__ = ["Found", "Hit", "Index", "QueryError"]
