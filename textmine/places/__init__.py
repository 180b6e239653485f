"""Cities, countries and networks of cities: their names, and where texts name them."""

from textmine.places.gazetteer import Gazetteer, gazetteer
from textmine.places.mentions import (
    PlaceMention,
    Resolved,
    Unresolved,
    find_places,
    resolve,
    same_name,
)

__all__ = [
    "Gazetteer",
    "PlaceMention",
    "Resolved",
    "Unresolved",
    "find_places",
    "gazetteer",
    "resolve",
    "same_name",
]
