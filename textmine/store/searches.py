"""Searches that were saved under a name, and the names where a query uses them."""

from __future__ import annotations

import re
import shlex
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from textmine.errors import UsageError
from textmine.store import tables as t
from textmine.store.catalogue import Catalogue
from textmine.store.seals import sealed
from textmine.store.trail import note
from textmine.text.fold import fold_key

_LONGEST_NAME = 100
_LONGEST_TOLD = 200
"""Characters of a name, of a query or of a list of names that a message repeats."""

# With saved searches in their places; no longer query and none with more parentheses inside each
# other can be read.
_LONGEST_QUERY, _DEEPEST = 10_000, 50
# What a query may hold of @NAME: in quotes it is text, elsewhere it begins a word.
_USE = re.compile(
    r'(?P<quoted>"[^"]*"|[“„][^”“]*[”“]|«[^»]*»)'
    r'|(?<![^\s(|\-\u2212])@(?:"(?P<spaced>[^"]*)"|«(?P<persian>[^»]*)»|“(?P<curly>[^”]*)”'
    r'|(?P<name>[^\s()"“”„«»|]+))'
)


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A query as it was typed, with its options; ``hits`` is how many it had when it was saved.

    ``saved_at`` is ISO 8601 in UTC.
    """

    name: str
    query: str
    sort: str
    any_word: bool
    semantic: bool
    hits: int
    saved_at: str

    @property
    def same(self) -> tuple[str, str, bool, bool]:
        """What makes it the search that it is."""
        return self.query, self.sort, self.any_word, self.semantic

    def to_json(self) -> dict[str, Any]:
        """The search as a JSON object."""
        return asdict(self)


def checked_name(name: str) -> str:
    """The name without the @ and spaces around it; UsageError for one that cannot be typed.

    >>> checked_name("@گردشگری "), checked_name("city twinning")
    ('گردشگری', 'city twinning')
    """
    bare = " ".join(_bare(name).split())
    odd = any(unicodedata.category(each) in {"Cc", "Cs"} or each in '"“”„«»@' for each in bare)
    if odd or not any(each.isalnum() for each in bare) or len(bare) > _LONGEST_NAME:
        raise UsageError(
            f'"{_told(name)}" cannot name a search. Take letters or digits, at most '
            f"{_LONGEST_NAME}, without @ and quotation marks; spaces may stand between words."
        )
    return bare


def saved_searches(catalogue: Catalogue) -> dict[str, SavedSearch]:
    """All saved searches by the key of their name (`fold_key`), in the order of the names."""
    with catalogue.reading() as connection:
        rows = connection.execute(sa.select(t.search).order_by(t.search.c.key)).mappings().all()
    return {row["key"]: _saved(row) for row in rows}


def save_search(catalogue: Catalogue, search: SavedSearch) -> None:
    """Keep a search; UsageError when its name, in whatever spelling, stands for another one."""
    key = _key(search.name)
    with catalogue.writing() as connection:
        rows = connection.execute(sa.select(t.search).where(t.search.c.key == key)).mappings().all()
        for known in map(_saved, rows):
            if known.same != search.same:
                raise UsageError(
                    f"{use(known.name)} stands for another search already: {_told(known.query)}\n"
                    "Choose another name, or forget that one first: "
                    f"textmine searches --forget {shlex.quote(known.name)}"
                )
        connection.execute(t.search.delete().where(t.search.c.key == key))
        values = {"key": key, **asdict(search)}
        connection.execute(t.search.insert().values(sealed("search", values)))
        note(connection, "search-saved", detail=values)


def forget_search(catalogue: Catalogue, name: str) -> SavedSearch:
    """Take a saved search away, and give it back; UsageError when there is none of that name."""
    found = named(name, saved_searches(catalogue))
    with catalogue.writing() as connection:
        connection.execute(t.search.delete().where(t.search.c.key == _key(found.name)))
        note(connection, "search-forgotten", detail={"key": _key(found.name), **asdict(found)})
    return found


def last_forgotten(catalogue: Catalogue, name: str) -> SavedSearch | None:
    """The search of that name as it was when it was last taken away; None if it never was."""
    e = t.event.c
    query = sa.select(e.detail).where(e.what == "search-forgotten").order_by(e.id.desc())
    with catalogue.reading() as connection:
        for detail in connection.scalars(query):
            if detail["key"] == _key(name):
                return SavedSearch(**{each: detail[each] for each in SavedSearch.__slots__})
    return None


def named(name: str, known: Mapping[str, SavedSearch]) -> SavedSearch:
    """The search of that name in any spelling; UsageError with the names that there are."""
    found = known.get(_key(name))
    if found is None:
        there = ", ".join(use(each.name) for each in known.values())
        listed = f"There are: {_told(there)}. " if there else ""
        raise UsageError(
            f'No search is saved as "{_told(_bare(name))}". {listed}'
            "Save one with: textmine search QUERY --save NAME"
        )
    return found


def _told(text: str) -> str:
    return text if len(text) <= _LONGEST_TOLD else f"{text[:_LONGEST_TOLD]}…"


def use(name: str) -> str:
    """How a query uses a saved search.

    >>> use("tourism"), use("city twinning")
    ('@tourism', '@"city twinning"')
    """
    match = _USE.fullmatch(f"@{name}")
    return f"@{name}" if match and match["name"] == name else f'@"{name}"'


def alone(query: str, known: Mapping[str, SavedSearch]) -> SavedSearch | None:
    """The saved search that is the whole of a query; its options then hold, too."""
    bare = query.strip()
    match = _USE.fullmatch(bare)
    if match and not match["quoted"]:
        return named(_name(match), known)
    # A name typed with spaces and no quotation marks, when nothing else can be meant.
    if bare.startswith("@") and _key(bare) in known:
        return known[_key(bare)]
    return None


def expanded(query: str, known: Mapping[str, SavedSearch]) -> str:
    """The query with what each @NAME stands for in its place, in parentheses.

    Raises UsageError for a name that is not known, for searches that use each other in a ring, and
    where the whole would be longer than a query may be.

    >>> one = SavedSearch("art", "museum OR music", "score", False, False, 3, "2026-01-01")
    >>> expanded('@art language:fa "@art"', {"art": one})
    '(museum OR music) language:fa "@art"'
    """
    expansion = _Expansion(known)
    whole = alone(query, known)
    return expansion.of(query) if whole is None else expansion.saved(whole)


class _Expansion:
    """Puts saved searches in their places, each worked out once."""

    def __init__(self, known: Mapping[str, SavedSearch]) -> None:
        self._known = known
        self._inside: list[str] = []
        self._done: dict[str, str] = {}

    def saved(self, search: SavedSearch) -> str:
        key = _key(search.name)
        if key in self._inside:
            raise UsageError(
                f"{use(search.name)} uses itself, by way of other searches. Forget one of them: "
                "textmine searches --forget NAME"
            )
        if key not in self._done:
            if len(self._inside) == _DEEPEST:
                raise UsageError(
                    f"{use(search.name)} stands in more than {_DEEPEST} saved searches, each of "
                    "which uses the next. Use fewer."
                )
            self._inside.append(key)
            self._done[key] = self.of(search.query)
            self._inside.pop()
        return self._done[key]

    def of(self, query: str) -> str:
        parts, length, behind = [], len(query), 0
        for match in _USE.finditer(query):
            if match["quoted"]:
                continue
            found = f"({self.saved(named(_name(match), self._known))})"
            length += len(found) - len(match[0])
            if length > _LONGEST_QUERY:
                raise UsageError(
                    "With the saved searches in their places the query has more than "
                    f"{_LONGEST_QUERY} characters. Use fewer of them, or shorter ones."
                )
            parts += [query[behind : match.start()], found]
            behind = match.end()
        return "".join((*parts, query[behind:]))


def _name(match: re.Match[str]) -> str:
    return match["spaced"] or match["persian"] or match["curly"] or match["name"] or ""


def _bare(name: str) -> str:
    return name.strip().removeprefix("@")


def _key(name: str) -> str:
    """One key for all spellings of a name: spaces, half-spaces and keyboards do not count."""
    return "".join(fold_key(_bare(name)).split())


def _saved(row: sa.RowMapping) -> SavedSearch:
    return SavedSearch(**{name: row[name] for name in SavedSearch.__slots__})
