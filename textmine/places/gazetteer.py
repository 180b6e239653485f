"""The gazetteer: cities, countries and networks of cities, and the names they are written by."""

from __future__ import annotations

import gc
import gzip
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from textmine import resources
from textmine.errors import InputError
from textmine.places.spelling import name_key, sound_alike
from textmine.records import Place, PlaceKind

if TYPE_CHECKING:
    from textmine.places.additions import Addition, Additions

SMALLEST = 100_000
"""Smaller cities are looked for in running text only if capitals, in Iran, or in a file of ours."""

_FILE = "places.tsv.gz"
LARGE = 1_000_000
"""Names of no known language are looked for in running text only for cities as large as this,
capitals and cities in Iran.
"""
EXACT = "="
"""Stands before a name that counts in capitals only."""
CAPITAL, OWN = "c", "o"
"""Marks of a row: the capital of its country; named in a file of additions."""


class Row(NamedTuple):
    """One line of the shipped file, as text.

    ``names`` are groups parted by ``;`` of spellings parted by ``|``, as ``stored_key`` makes
    them; the first group is the usual name. ``more`` are other names on record, of no known
    language.
    """

    id: str
    countries: str
    en: str
    fa: str
    population: str
    latitude: str
    longitude: str
    marks: str
    names: str
    more: str

    @property
    def kind(self) -> PlaceKind:
        """What it is, as its id says."""
        prefix = self.id.partition(":")[0]
        return cast(PlaceKind, prefix) if prefix in ("country", "network") else "city"

    @property
    def well_known(self) -> bool:
        """Whether its names can be trusted in running text without support from the words around:
        those of countries, networks, capitals, Iranian cities, and places in a file of additions.
        """
        return bool(self.marks) or self.countries == "IR" or self.kind != "city"

    def place(self, country: str = "") -> Place:
        """The record; ``country`` is chosen where several claim it, else the usual one."""
        countries = self.countries.split(",")
        return Place(
            id=self.id,
            kind=self.kind,
            country=country if country in countries else countries[0],
            name={"en": self.en, "fa": self.fa} if self.fa else {"en": self.en},
            latitude=float(self.latitude) if self.latitude else None,
            longitude=float(self.longitude) if self.longitude else None,
            population=int(self.population or 0),
        )


class Names(NamedTuple):
    """What ``find_places`` looks for.

    ``lengths`` gives, for the first word of each name, how many words such names have, most first;
    ``rows`` the rows of a whole name (none for a phrase that is no place); ``known`` holds the
    names of well-known places, ``sure`` those of them that are no common words too, ``capitals``
    those that count in capitals only.
    """

    lengths: dict[str, tuple[int, ...]]
    rows: dict[str, tuple[int, ...]]
    known: frozenset[str]
    sure: frozenset[str]
    capitals: frozenset[str]


class Gazetteer:
    """Places by name, by country code and by id. Make one with ``gazetteer()``."""

    def __init__(
        self, lines: Sequence[str], words: Iterable[str], no_places: Iterable[str]
    ) -> None:
        self._lines = lines
        self._words = frozenset(words)
        self._no_places = tuple(no_places)
        self._by_key: dict[str, list[int]] = {}
        by_key = self._by_key
        plain = "\n".join(lines).replace(" ", "").replace(";", "|").replace(EXACT, "").split("\n")
        for at, line in enumerate(plain):
            _, names, more = line.rsplit("\t", 2)
            keys = names.split("|")
            if more:
                keys += more.split("|")
            for key in keys:
                if key not in by_key:
                    by_key[key] = [at]
                elif by_key[key][-1] != at:
                    by_key[key].append(at)

    def named(
        self, name: str, *, country: str = "", kind: PlaceKind | None = None
    ) -> tuple[Place, ...]:
        """The places that ``name``, a whole name and nothing else, can mean; the best first.

        Letters are folded; spaces, half-spaces and hyphens do not count. With ``country`` (ISO
        3166-1 alpha-2) only what lies in it or is claimed by it counts; a place that several
        countries claim comes back with the one asked for. Countries come before cities, large
        cities before small ones, a capital before cities of up to ten times its size.

        >>> [place.name["en"] for place in gazetteer().named("كوالا لامپور")]
        ['Kuala Lumpur']
        >>> gazetteer().named("قدس شریف", country="PS")[0].country
        'PS'
        """
        found = self.order(self._by_key.get(name_key(name).replace(" ", ""), ()))
        return tuple(
            row.place(country)
            for row in found
            if (not country or country in row.countries.split(",")) and kind in (None, row.kind)
        )

    def knows(self, key: str) -> bool:
        """Whether ``key``, a name as ``name_key`` makes it but without spaces, names a place.

        >>> gazetteer().knows("تهران")
        True
        """
        return key in self._by_key

    def country(self, code: str) -> Place:
        """The country of an ISO 3166-1 alpha-2 code. Raises InputError for a code of none.

        >>> gazetteer().country("KG").name["fa"]
        'قرقیزستان'
        """
        at = self._by_id.get(f"country:{code}")
        if at is None:
            raise InputError(
                f'"{code}" is the code of no country; write two capital letters such as IR.'
            )
        return self.row(at).place()

    def place(self, place_id: str) -> Place:
        """The place of an id. Raises InputError for an id that the gazetteer does not have.

        >>> gazetteer().place("geonames:112931").name["fa"]
        'تهران'
        """
        if place_id not in self._by_id:
            raise InputError(
                f'The gazetteer has no place with the id "{place_id}". Look it up by its name, '
                "or add it in a file of places."
            )
        return self.row(self._by_id[place_id]).place()

    def countries(self, place: Place) -> tuple[str, ...]:
        """The codes of all countries that claim ``place``, the usual one first.

        >>> gazetteer().countries(gazetteer().named("Tehran")[0])
        ('IR',)
        """
        at = self._by_id.get(place.id)
        claims = self.row(at).countries if at is not None else place.country
        return tuple(filter(None, claims.split(",")))

    def claimed(self, place: Place, country: str) -> Place:
        """``place`` with ``country`` as its country, if that is one of those that claim it."""
        return replace(place, country=country) if country in self.countries(place) else place

    def is_capital(self, place: Place) -> bool:
        """Whether ``place`` is the capital of a country."""
        at = self._by_id.get(place.id)
        return at is not None and CAPITAL in self.row(at).marks

    def same_name(self, place: Place, written_a: str, written_b: str) -> bool:
        """Whether two written names of ``place`` are one name, spelt in two ways or languages.

        Kiev and Kyiv, سئول and سیول, Beijing and پکن are one name each; Pretoria and Tshwane, which
        name one municipality, are two.

        >>> pretoria = gazetteer().named("Pretoria")[0]
        >>> gazetteer().same_name(pretoria, "پرتوریا", "Pretoria")
        True
        >>> gazetteer().same_name(pretoria, "پرتوریا", "تشوانه")
        False
        """
        one, other = name_key(written_a), name_key(written_b)
        if one.replace(" ", "") == other.replace(" ", ""):
            return True
        at = self._by_id.get(place.id)
        groups = [] if at is None else _groups(self.row(at).names)
        mine, its = _group_of(one, groups), _group_of(other, groups)
        if mine is None and its is None:
            return sound_alike(one, other)
        return mine == its

    def row(self, at: int) -> Row:
        """The row of a number in ``running_names``."""
        return Row._make(self._lines[at].split("\t"))

    def order(self, rows: Iterable[int]) -> list[Row]:
        """The rows of these numbers, the best known first."""
        return sorted(map(self.row, rows), key=_fame)

    @cached_property
    def _by_id(self) -> dict[str, int]:
        return {line[: line.index("\t")]: at for at, line in enumerate(self._lines)}

    @cached_property
    def running_names(self) -> Names:
        """The names that running text is searched for."""
        rows: dict[str, list[int]] = {}
        capitals = set()
        known = set()
        for at, line in enumerate(self._lines):
            row = Row._make(line.split("\t"))
            people = int(row.population or 0)
            if not (row.well_known or people >= SMALLEST):
                continue
            keys = row.names.replace(";", "|").split("|")
            if people >= LARGE or CAPITAL in row.marks or row.countries == "IR":
                keys += [key for key in row.more.split("|") if key > "z" and key not in self._words]
            for key in keys:
                if key.startswith(EXACT):
                    key = key[1:]
                    capitals.add(key)
                for form in {key, key.replace(" ", ""), key.replace(" ها", "ها")}:
                    rows.setdefault(form, []).append(at)
                    if row.well_known:
                        known.add(form)
        for key in self._no_places:
            rows[key] = []
        rows.pop("", None)
        lengths: dict[str, set[int]] = {}
        for key in rows:
            lengths.setdefault(key.partition(" ")[0], set()).add(key.count(" ") + 1)
        return Names(
            {word: tuple(sorted(found, reverse=True)) for word, found in lengths.items()},
            {key: tuple(dict.fromkeys(found)) for key, found in rows.items()},
            frozenset(known),
            frozenset(known - self._words),
            frozenset(capitals),
        )

    @cached_property
    def network_names(self) -> tuple[str, ...]:
        """All names of networks of some length, as keys without spaces."""
        networks = {at for at, line in enumerate(self._lines) if line.startswith("network:")}
        return tuple(
            sorted(
                {
                    key.replace(" ", "")
                    for key, rows in self.running_names.rows.items()
                    if len(key) >= 6 and not networks.isdisjoint(rows)
                }
            )
        )

    def with_additions(self, added: Additions, name: str) -> Gazetteer:
        """A gazetteer that also knows what a file of additions says; ``name`` is the file's."""
        lines = list(self._lines)
        numbers = dict(self._by_id)
        faults = []
        for addition in added.places:
            at = numbers.setdefault(addition.id, len(lines))
            old = self.row(at) if at < len(self._lines) else None
            if old is None and (fault := _incomplete(addition)):
                del numbers[addition.id]
                faults.append(f"\n  line {addition.line}: {fault}")
                continue
            lines[at : at + 1] = ["\t".join(merged(old, addition))]
        if faults:
            count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
            raise InputError(f"{name} has {count}:{''.join(faults)}")
        return Gazetteer(
            lines,
            (*self._words, *map(name_key, added.words)),
            (*self._no_places, *map(name_key, added.no_places)),
        )


def gazetteer(extra: Path | None = None) -> Gazetteer:
    """The shipped gazetteer, with the places of the file ``extra`` added when one is given.

    Both are loaded once. Raises InputError with every fault of ``extra``; its format is described
    in ``textmine.places.additions``.

    >>> gazetteer() is gazetteer()
    True
    """
    if extra is None:
        return _shipped()
    path = extra.resolve()
    changed = path.stat().st_mtime_ns if path.exists() else 0
    return _with_extra(path, changed)


@cache
def _shipped() -> Gazetteer:
    path = resources.shipped("gazetteer") / _FILE
    words, no_places, *lines = gzip.decompress(path.read_bytes()).decode("utf-8").splitlines()
    return _undisturbed(lambda: Gazetteer(lines, words.split("|"), no_places.split("|")))


@cache
def _with_extra(path: Path, changed: int) -> Gazetteer:
    from textmine.places.additions import load  # with YAML, which nothing else here needs

    added = load(path)
    return _undisturbed(lambda: _shipped().with_additions(added, str(path)))


def _undisturbed(make: Callable[[], Gazetteer]) -> Gazetteer:
    """What ``make`` makes; without the collector, which would walk each new list many times."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        return make()
    finally:
        if was_on:
            gc.enable()


def write(path: Path, rows: Iterable[Row], words: Iterable[str], no_places: Iterable[str]) -> None:
    """Write a shipped file; the same rows give the same bytes."""
    lines = ["|".join(words), "|".join(no_places), *("\t".join(row) for row in rows)]
    path.write_bytes(gzip.compress("\n".join(lines).encode("utf-8"), 9, mtime=0))


def merged(old: Row | None, new: Addition) -> Row:
    """The row of a place with what an addition says of it; ``old`` is None for a new place."""
    names = [list(group) for group in _groups(old.names)] if old else [[]]
    mark = "" if old and OWN in old.marks else OWN
    groups = [[stored_key(name) for name in group] for group in new.names]
    names[0] = list(dict.fromkeys([*groups[0], *names[0]]))
    for group in groups[1:]:
        for known in names:
            known[:] = [key for key in known if key not in group]
        names.append(list(dict.fromkeys(group)))
    base = old or Row(new.id, "", "", "", "", "", "", "", "", "")
    kept = {key for group in names for key in group}
    return base._replace(
        countries=",".join(new.countries)
        or base.countries
        or (new.id[-2:] if new.kind == "country" else ""),
        en=new.name.get("en", base.en),
        fa=new.name.get("fa", base.fa),
        population=base.population if new.population is None else str(new.population),
        latitude=base.latitude if new.latitude is None else f"{new.latitude:g}",
        longitude=base.longitude if new.longitude is None else f"{new.longitude:g}",
        marks=base.marks + mark,
        names=";".join("|".join(group) for group in names if group),
        more="|".join(key for key in base.more.split("|") if key and key not in kept),
    )


def stored_key(name: str) -> str:
    """The key of a name as a row holds it: an abbreviation such as US is marked as one."""
    key = name_key(name)
    short = name.replace(".", "")
    return EXACT + key if short.isascii() and short.isupper() and len(short) <= 6 else key


def _incomplete(addition: Addition) -> str:
    if addition.kind == "country":
        return f"{addition.id} is no country that the gazetteer has; correct the code."
    if addition.kind == "city" and not (addition.countries and "en" in addition.name):
        return (
            f"{addition.id} is not in the gazetteer; give it a name in English and a country, "
            "or correct the number."
        )
    return ""


def _fame(row: Row) -> tuple[int, int, str]:
    """Sorts countries before networks before cities, and cities by size; a capital is as well known
    as a city of ten times its size.
    """
    people = int(row.population or 0) * (10 if CAPITAL in row.marks else 1)
    return (("country", "network", "city").index(row.kind), -people, row.id)


def _groups(names: str) -> list[list[str]]:
    return [group.split("|") for group in names.split(";")] if names else []


def _group_of(key: str, groups: list[list[str]]) -> int | None:
    """Which of a place's names ``key`` is: one on record, else one that sounds alike."""
    joined = key.replace(" ", "")
    for at, group in enumerate(groups):
        if any(joined == one.replace(" ", "").removeprefix(EXACT) for one in group):
            return at
    return next(
        (at for at, group in enumerate(groups) if any(sound_alike(key, one) for one in group)),
        None,
    )
