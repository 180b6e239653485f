"""Places that people write down: the YAML files behind the gazetteer, and a user's own.

Such a file looks like this (every list may be left out)::

    places:
      - id: geonames:964137           # a place that the gazetteer has: names are added
        name: {fa: پرتوریا}            # the usual name, where the gazetteer has another or none
        spellings: [پره‌توریا]          # other spellings of the usual name
        other_names:                  # other names, each with its spellings
          - [Tshwane, تشوانه]
      - id: own:new-town              # a place that it lacks
        name: {en: New Town, fa: شهر نو}
        country: IR                   # or a list, where several claim it: the first is the usual
        population: 12000
        latitude: 35.1
        longitude: 51.2
      - id: network:our-forum         # a network of cities
        name: {en: Our Forum, fa: مجمع ما}
    words: [دوشنبه]                    # names that are common words too: places only where the
                                      # text around says so
    no_places: [دریای عمان]            # phrases in which a name is no place of its own

Ids begin with ``geonames:``, ``country:``, ``network:`` or ``own:``. Countries are ISO 3166-1
alpha-2 codes. Write names of several words with spaces; joined and half-spaced ones are found too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from textmine.declared import Reader, composed, kind, text_of
from textmine.errors import InputError
from textmine.places.spelling import name_key
from textmine.records import PlaceKind

_KEYS = ("places", "words", "no_places")
_PLACE_KEYS = (
    "id",
    "name",
    "spellings",
    "other_names",
    "country",
    "population",
    "latitude",
    "longitude",
)
_ID = re.compile(r"geonames:[1-9][0-9]*|country:[A-Z]{2}|(?:network|own):[a-z0-9]+(?:-[a-z0-9]+)*")
_CODE = re.compile("[A-Z]{2}")
_LANGUAGES = ("en", "fa")
_NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")


@dataclass(frozen=True, slots=True)
class Addition:
    """What a file says of one place; ``names`` are groups of spellings, the usual name first."""

    id: str
    name: Mapping[str, str]
    names: tuple[tuple[str, ...], ...]
    countries: tuple[str, ...] = ()
    population: int | None = None
    latitude: float | None = None
    longitude: float | None = None
    line: int = 0

    @property
    def kind(self) -> PlaceKind:
        """What the id says that it is."""
        prefix = self.id.partition(":")[0]
        return "country" if prefix == "country" else "network" if prefix == "network" else "city"


@dataclass(frozen=True, slots=True)
class Additions:
    """One file: its places, its names that are words too, its phrases that hold no place."""

    places: tuple[Addition, ...] = ()
    words: tuple[str, ...] = ()
    no_places: tuple[str, ...] = ()


def load(path: Path) -> Additions:
    """The additions in the file ``path``. Raises InputError with its faults by line."""
    return parse(text_of(path, "The file of places", InputError), str(path))


def parse(source: str, name: str = "places") -> Additions:
    """The additions written in ``source``; ``name`` is how messages call it.

    >>> parse("places: [{id: own:x, name: {en: X}, country: iran}]")
    Traceback (most recent call last):
        ...
    textmine.errors.InputError: places has 1 fault:
      line 1: "country" of own:x is "iran"; write two capital letters such as IR, or a list of such.
    """
    reader = _Reader()
    found = reader.additions(composed(source, name, "a list of places", InputError))
    reader.refuse(name, InputError)
    return found


class _Reader(Reader):
    """Reads the nodes of a file of places."""

    def additions(self, root: yaml.Node | None) -> Additions:
        if root is None:
            return Additions()
        fields = self.values(root, "The file", _KEYS)
        places: list[Addition] = []
        lines: dict[str, int] = {}
        for node in self.items(fields.get("places"), '"places"'):
            place = self.place(node)
            if place is None:
                continue
            if place.id in lines:
                self.fault(
                    node, f"{place.id} stands already at line {lines[place.id]}; make them one."
                )
            lines.setdefault(place.id, place.line)
            places.append(place)
        return Additions(
            tuple(places),
            self.texts(fields.get("words"), '"words"'),
            self.texts(fields.get("no_places"), '"no_places"'),
        )

    def place(self, node: yaml.Node) -> Addition | None:
        fields = self.values(node, "A place", _PLACE_KEYS)
        if "id" not in fields:
            if isinstance(node, yaml.MappingNode):
                self.fault(node, 'This place has no "id"; write one such as own:new-town.')
            return None
        given = fields["id"]
        if not isinstance(given, yaml.ScalarNode) or not _ID.fullmatch(given.value):
            self.fault(
                given,
                f"The id is {_shown(given)}; write geonames: and a number, country: and two "
                "capital letters, or network: or own: and small letters joined by hyphens.",
            )
            return None
        who = str(given.value)
        names = self.names(fields.get("name"), who)
        usual = (*names.values(), *self.texts(fields.get("spellings"), f'"spellings" of {who}'))
        others = tuple(
            self.texts(group, f'A name in "other_names" of {who}')
            for group in self.items(fields.get("other_names"), f'"other_names" of {who}')
        )
        place = Addition(
            id=who,
            name=names,
            names=(usual, *others),
            countries=self.countries(fields.get("country"), who),
            population=self.population(fields.get("population"), who),
            latitude=self.degrees(fields.get("latitude"), f'"latitude" of {who}', 90),
            longitude=self.degrees(fields.get("longitude"), f'"longitude" of {who}', 180),
            line=node.start_mark.line + 1,
        )
        if who.startswith(("own:", "network:")) and "en" not in names:
            self.fault(node, f"{who} needs a name; write name: {{en: ..., fa: ...}}.")
        if who.startswith("own:") and "country" not in fields:
            self.fault(node, f'{who} needs a "country"; write two capital letters such as IR.')
        if (place.latitude is None) != (place.longitude is None):
            self.fault(node, f'{who} needs both "latitude" and "longitude", or neither.')
        return place

    def values(self, node: yaml.Node, who: str, known: tuple[str, ...]) -> dict[str, yaml.Node]:
        return {name: value for name, (_, value) in self.fields(node, who, known).items()}

    def items(self, node: yaml.Node | None, who: str) -> Iterator[yaml.Node]:
        if node is None:
            return
        if not isinstance(node, yaml.SequenceNode):
            self.fault(node, f"{who} is {_shown(node)}; write a list.")
            return
        yield from node.value

    def texts(self, node: yaml.Node | None, who: str) -> tuple[str, ...]:
        return tuple(
            text for item in self.items(node, who) if (text := self.text(item, who)) is not None
        )

    def text(self, node: yaml.Node, who: str) -> str | None:
        # A bare NO or 12 is no text to YAML; what people meant is the name as they wrote it.
        if not isinstance(node, yaml.ScalarNode) or not name_key(node.value):
            self.fault(node, f"{who} holds {_shown(node)}; write a name.")
            return None
        return " ".join(node.value.split())

    def names(self, node: yaml.Node | None, who: str) -> dict[str, str]:
        if node is None:
            return {}
        fields = self.values(node, f'"name" of {who}', _LANGUAGES)
        found = {key: self.text(value, f'"name" of {who}') for key, value in fields.items()}
        return {key: text for key, text in found.items() if text is not None}

    def countries(self, node: yaml.Node | None, who: str) -> tuple[str, ...]:
        if node is None:
            return ()
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        for item in items:
            if not isinstance(item, yaml.ScalarNode) or not _CODE.fullmatch(item.value):
                self.fault(
                    item,
                    f'"country" of {who} is {_shown(item)}; write two capital letters such as IR, '
                    "or a list of such.",
                )
                return ()
        return tuple(item.value for item in items)

    def population(self, node: yaml.Node | None, who: str) -> int | None:
        if node is None:
            return None
        if not isinstance(node, yaml.ScalarNode) or not re.fullmatch("[0-9]{1,9}", node.value):
            self.fault(node, f'"population" of {who} is {_shown(node)}; write a whole number.')
            return None
        return int(node.value)

    def degrees(self, node: yaml.Node | None, who: str, limit: int) -> float | None:
        if node is None:
            return None
        if node.tag in _NUMBERS and isinstance(node, yaml.ScalarNode):
            try:
                value = float(node.value)
            except ValueError:  # YAML also writes numbers as 0x1f and .inf
                value = limit + 1.0
            if -limit <= value <= limit:
                return value
        self.fault(
            node, f"{who} is {_shown(node)}; write degrees from {-limit} to {limit}, such as 35.7."
        )
        return None


def _shown(node: yaml.Node) -> str:
    # Names are written bare: a NO or 12 is what people typed, whatever YAML takes it for.
    if not isinstance(node, yaml.ScalarNode):
        return kind(node)
    return f'"{node.value}"' if node.value else "empty"
