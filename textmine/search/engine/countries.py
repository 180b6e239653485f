"""Countries by their codes and names, for the field of that name. Loads the gazetteer."""

from __future__ import annotations

from functools import lru_cache

from textmine.places.gazetteer import gazetteer
from textmine.places.mentions import find_places
from textmine.schemes.countries import COUNTRIES

_CODES = frozenset(COUNTRIES)


@lru_cache(maxsize=1 << 12)
def country_of(name: str) -> str:
    """The code of a country by its code or its name in Persian or English; "" for any other name.

    >>> country_of("kg"), country_of("قرقيزستان"), country_of("Kyrgyzstan"), country_of("Utopia")
    ('KG', 'KG', 'KG', '')
    """
    if name.upper() in _CODES:
        return name.upper()
    found = gazetteer().named(name, kind="country")
    return found[0].country if found else ""


@lru_cache(maxsize=1 << 12)
def countries_of_party(party: str) -> tuple[str, ...]:
    """The codes of the countries that a party to an agreement is of, or is.

    >>> countries_of_party("شهرداری تهران"), countries_of_party("Bishkek")
    (('IR',), ('KG',))
    """
    known = gazetteer()
    found = known.named(party)[:1]
    if not found:
        mentions = find_places(party, known)
        found = tuple(mention.candidates[0] for mention in mentions if mention.candidates)
    return tuple(dict.fromkeys(place.country for place in found if place.country))


def countries_of(named: tuple[str, ...], parties: tuple[str, ...]) -> tuple[str, ...]:
    """The codes of the countries of a document, from its field ``country`` and its parties.

    >>> countries_of(("KG",), ("شهرداری تهران",))
    ('KG', 'IR')
    """
    found = [country_of(name) for name in named]
    found += [code for party in parties for code in countries_of_party(party)]
    return tuple(dict.fromkeys(filter(None, found)))
