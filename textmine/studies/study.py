"""What a study declares, and how its file is read.

::

    id: my-study
    version: 1
    title: {en: Ties of Shiraz, fa: پیوندهای شیراز}
    source: Where the question comes from.
    documents:                  # any of these; all words of one must stand near the beginning
      - [خواهرخواندگی, شیراز]
    tables:
      - id: ties                # one row a tie
        title: {en: Ties, fa: پیوندها}
        list: ties
        where: {home: IR, abroad: true}
      - id: by-region           # ties counted by a scheme, a field, or two of them crossed
        title: {en: By region, fa: بر پایهٔ منطقه}
        count: ties
        by: [regions-iran-2018]
        show: [countries]
      - id: trade               # a table of numbers that a document prints, read and checked
        title: {en: Trade, fa: تجارت}
        printed: [[import, واردات], [export, صادرات]]
      - id: themes              # what running text says that ties deal with
        title: {en: Themes, fa: مضمون‌ها}
        themes: tie_themes
      - id: sections            # what sections and lists deal with, against their own headings
        title: {en: Sections, fa: بخش‌ها}
        sections: relation_dimensions
    figures:                    # map, network, timeline of ties; bars, heat of counts
      - {id: map, draw: map, table: ties, periods: iran-discourses-2018}
    claims:                     # figures in sentences, held against a count
      - id: all
        of: {count: ties}
        says: ["# پیوند با شهرها", "# ties with cities"]
    text:                       # paragraphs with figures of the tables
      en: "Of {ties} ties {by-region:africa} lead to Africa."
      fa: "از {ties} پیوند {by-region:africa} پیوند با آفریقاست."
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import yaml

from textmine import codebook as codebooks
from textmine.declared import ID, Reader, composed, id_rule, text_of
from textmine.errors import CodebookError, InputError, SchemeError
from textmine.records import Codebook, TieKind, WitnessForm
from textmine.reports.texts import Both
from textmine.resources import shipped
from textmine.schemes import load_scheme
from textmine.schemes.countries import COUNTRIES

FIELDS = ("city", "partner", "country", "kind", "instrument", "year", "date", "status", "network")
"""What of a tie a table can show or count by; every other name in ``by`` is that of a scheme."""

SHOWN = ("countries", "partners", "cities")

_STUDY = ("id", "version", "title", "description", "source", "documents", "tables", "figures",
          "claims", "text")  # fmt: skip
_FIGURE = ("id", "draw", "table", "periods")
DRAWN = ("map", "network", "timeline", "bars", "heat")
_TABLE = ("id", "title", "note", "list", "count", "by", "show", "columns", "where", "printed",
          "themes", "sections")  # fmt: skip
_WHERE = ("home", "city", "abroad", "kinds", "forms", "dated")
_CLAIM = ("id", "title", "of", "says")
_OF = ("count", "where", "by", "groups")
PLACE = re.compile(r"\{([a-z0-9-]+)(?::([^{}]+))?\}")
"""A figure named in the text: ``{ties}`` all of a table, ``{by-region:africa}`` one row."""

_EXAMPLE = "by-region"
_SORTS = ("list", "count", "printed", "themes", "sections")
_COUNTED = ("ties", "memberships")
_LANGUAGES = ("en", "fa")


@dataclass(frozen=True, slots=True)
class Where:
    """Which ties count: ``home`` country and ``city`` (English name) of the city at home,
    ``abroad`` with a partner in another country, ``kinds``, ``forms`` of witnesses,
    ``dated`` with a date (None: either way).
    """

    home: str = ""
    city: str = ""
    abroad: bool = False
    kinds: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    dated: bool | None = None


@dataclass(frozen=True, slots=True)
class TableSpec:
    """One table of a study. ``sort`` is ``list``, ``count``, ``printed``, ``themes``, ``sections``;
    ``of`` what it lists or counts, or the codebook; ``heads`` the words that each head of a printed
    table may have.
    """

    id: str
    title: Both
    sort: str
    of: str
    by: tuple[str, ...] = ()
    show: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    where: Where = Where()
    heads: tuple[tuple[str, ...], ...] = ()
    note: Both | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure that sentences may state: ``says`` are phrases by language, with # for the number.

    What stands before # must stand near before the number, what stands after it near after.
    ``groups`` of scheme ``by`` make up what is counted (all of it when there are none).
    """

    id: str
    title: Both
    count: str
    where: Where
    says: tuple[tuple[str, str], ...]
    by: str = ""
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FigureSpec:
    """One figure: what to draw (see ``DRAWN``) of which table; ``periods`` names a scheme."""

    id: str
    draw: str
    table: str
    periods: str = ""


@dataclass(frozen=True, slots=True)
class Study:
    """A declared analysis. ``documents`` are lists of words: a document belongs to the study when
    all words of one list stand near its beginning. ``text`` has the names of figures in braces.
    """

    id: str
    version: int
    title: Both
    description: Both | None
    source: str
    documents: tuple[tuple[str, ...], ...]
    tables: tuple[TableSpec, ...]
    figures: tuple[FigureSpec, ...]
    claims: tuple[Claim, ...]
    text: Both | None = None
    path: Path = field(default=Path(), compare=False)


def study_names() -> list[str]:
    """The studies that textmine ships.

    >>> "tehran-sister-cities-2018" in study_names()
    True
    """
    return sorted(path.stem for path in shipped("studies").glob("*.yaml"))


def load(named: str) -> Study:
    """The study of that file (its name ends in .yaml), or of that name among the shipped.

    Raises InputError when there is none, or naming every fault of the file with its line.
    """
    if named.endswith((".yaml", ".yml")):
        path = Path(named)
    else:
        path = shipped("studies") / f"{named}.yaml"
    if not named.endswith((".yaml", ".yml")) and not path.is_file():
        known = ", ".join(study_names())
        raise InputError(f'There is no study "{named}". Give a .yaml file, or one of: {known}.')
    source = text_of(path, "The study", InputError)
    root = composed(source, str(path), "a study", InputError)
    if root is None:
        raise InputError(f"{path} is empty. A study needs: {', '.join(_STUDY)}.")
    reader = _Reader(path.parent)
    study = reader.study(root, path)
    reader.refuse(str(path), InputError)
    return study


def codebook_of(named: str) -> Codebook:
    """The codebook of that file, or the shipped one of that name."""
    if named.endswith((".yaml", ".yml")):
        return codebooks.load(Path(named))
    return codebooks.shipped(named)


def _list(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"


class _Reader(Reader):
    """Reads the nodes of a study's file.

    Schemes and codebooks that are files of their own lie beside the study, in ``folder``.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def study(self, root: yaml.Node, path: Path) -> Study:
        fields = self.values(root, "the study", _STUDY, needed=("id", "version", "title", "tables"))
        version = self.plain(fields, "version", int, 1)
        tables = tuple(self.table(node) for node in self.items(fields, "tables"))
        self.differ(self.items(fields, "tables"), [table.id for table in tables])
        known = {table.id: table for table in tables}
        figures = tuple(self.figure(node, known) for node in self.items(fields, "figures"))
        self.differ(self.items(fields, "figures"), [figure.id for figure in figures])
        return Study(
            id=self.own_id(fields, root),
            version=version,
            title=self.both(fields, "title") or Both("", ""),
            description=self.both(fields, "description"),
            source=" ".join(self.plain(fields, "source", str, "").split()),
            documents=tuple(
                self.some_words(node, "an entry of documents")
                for node in self.items(fields, "documents")
            ),
            tables=tables,
            figures=figures,
            claims=tuple(self.claim(node) for node in self.items(fields, "claims")),
            text=self.text(fields, known),
            path=path,
        )

    def table(self, node: yaml.Node) -> TableSpec:
        fields = self.values(node, "a table", _TABLE, needed=("id", "title"))
        sorts = [sort for sort in _SORTS if sort in fields]
        if fields and len(sorts) != 1:
            self.fault(node, f"a table has one of: {', '.join(_SORTS)}; this has {len(sorts)}.")
        sort = sorts[0] if sorts else "list"
        of = self.plain(fields, sort, str, "") if sort not in ("printed",) and sorts else ""
        if sort in ("list", "count") and of and of not in _COUNTED:
            self.fault(node, f'"{sort}" is "{of}"; it can be: {", ".join(_COUNTED)}.')
        if sort in ("themes", "sections") and of:
            of = self.codebook(fields[sort], of)
        by = tuple(
            each if each in FIELDS else self.scheme(fields["by"], each, ("countries", "periods"))
            for each in (self.words(fields["by"], '"by"') if "by" in fields else ())
        )
        if sort == "count" and not 1 <= len(by) <= 2:
            self.fault(node, '"count" needs "by" with one or two schemes or fields.')
        for key in ("by", "show"):
            if key in fields and sort != "count":
                self.fault(fields[key], f'"{key}" belongs to a table that counts.')
        if sort == "printed" and not self.items(fields, "printed"):
            self.fault(node, '"printed" needs the words that heads of the table have.')
        return TableSpec(
            id=self.own_id(fields, node),
            title=self.both(fields, "title") or Both("", ""),
            sort=sort,
            of=of,
            by=by,
            show=self.chosen(fields, "show", SHOWN),
            columns=self.chosen(fields, "columns", FIELDS),
            where=self.where(fields),
            heads=tuple(
                self.some_words(each, "a head of a printed table")
                for each in (self.items(fields, "printed") if sort == "printed" else ())
            ),
            note=self.both(fields, "note"),
        )

    def country(self, fields: Mapping[str, yaml.Node]) -> str:
        """The country of the cities at home."""
        code = str(self.plain(fields, "home", str, ""))
        if code and code not in COUNTRIES:
            self.fault(fields["home"], f'"home" is "{code}"; write an ISO code such as IR.')
        return code

    def text(self, fields: Mapping[str, yaml.Node], tables: Mapping[str, TableSpec]) -> Both | None:
        """Paragraphs that name figures of the tables."""
        text = self.both(fields, "text")
        for table, _ in PLACE.findall("".join(text or ())):
            if table not in tables:
                self.fault(
                    fields["text"],
                    f'the text names the table "{table}"; there are: {_list(tables)}.',
                )
        return text

    def figure(self, node: yaml.Node, tables: Mapping[str, TableSpec]) -> FigureSpec:
        fields = self.values(node, "a figure", _FIGURE, needed=("id", "draw", "table"))
        draw = self.plain(fields, "draw", str, "map")
        table = self.plain(fields, "table", str, "")
        periods = self.plain(fields, "periods", str, "")
        if draw not in DRAWN:
            self.fault(fields["draw"], f'"draw" is "{draw}"; it can be: {", ".join(DRAWN)}.')
        elif table not in tables:
            self.fault(node, f'there is no table "{table}" to draw; there are: {_list(tables)}.')
        else:
            needed = "count" if draw in ("bars", "heat") else "list"
            if tables[table].sort != needed:
                self.fault(node, f'"{draw}" draws a table of "{needed}"; "{table}" is none.')
        if periods:
            periods = self.scheme(fields["periods"], periods, ("periods",))
        return FigureSpec(self.own_id(fields, node), draw, table, periods)

    def claim(self, node: yaml.Node) -> Claim:
        fields = self.values(node, "a claim", _CLAIM, needed=("id", "of", "says"))
        of = self.values(fields["of"], '"of"', _OF) if "of" in fields else {}
        count = self.plain(of, "count", str, "ties")
        if count not in _COUNTED:
            self.fault(of["count"], f'"count" is "{count}"; it can be: {", ".join(_COUNTED)}.')
        by = self.plain(of, "by", str, "")
        groups = self.words(of["groups"], '"groups"') if "groups" in of else ()
        if by:
            by = self.scheme(of["by"], by, ("countries", "periods"), groups)
        elif groups:
            self.fault(of["groups"], '"groups" needs "by", the scheme that has them.')
        return Claim(
            id=self.own_id(fields, node),
            title=self.both(fields, "title") or Both(self.plain(fields, "id", str, ""), ""),
            count=count,
            where=self.where(of),
            says=self.says(fields),
            by=by,
            groups=groups,
        )

    def own_id(self, fields: Mapping[str, yaml.Node], node: yaml.Node) -> str:
        """An id, which also names files."""
        value = self.plain(fields, "id", str, "")
        if "id" in fields and not ID.fullmatch(value):
            self.fault(fields["id"], f'the id is "{value}"; write {id_rule(_EXAMPLE)}.')
        return str(value)

    def differ(self, nodes: Sequence[yaml.Node], ids: Sequence[str]) -> None:
        for node, (place, each) in zip(nodes, enumerate(ids), strict=True):
            if each in ids[:place]:
                self.fault(node, f'the id "{each}" stands above already; ids must differ.')

    def beside(self, name: str) -> str:
        """A file named in the study, looked for from the study's folder on."""
        return str(self.folder / name) if name.endswith((".yaml", ".yml")) else name

    def scheme(
        self, node: yaml.Node, name: str, kinds: Sequence[str], groups: Sequence[str] = ()
    ) -> str:
        """The name or path of a scheme of one of those kinds that has those groups."""
        try:
            scheme = load_scheme(self.beside(name))
        except SchemeError as error:
            self.fault(node, f'"{name}" is no field ({", ".join(FIELDS)}) and no scheme: {error}')
            return name
        if scheme.kind not in kinds:
            self.fault(node, f'the scheme "{name}" groups {scheme.kind}, not {" or ".join(kinds)}.')
        known = [group.id for group in scheme.groups]
        for group in groups:
            if group not in known:
                self.fault(node, f'the scheme "{name}" has no group "{group}"; it has: '
                           f"{', '.join(known)}.")  # fmt: skip
        return self.beside(name)

    def codebook(self, node: yaml.Node, name: str) -> str:
        """The name or path of a codebook that can be read."""
        try:
            codebook_of(self.beside(name))
        except CodebookError as error:
            self.fault(node, str(error))
        return self.beside(name)

    def says(self, fields: Mapping[str, yaml.Node]) -> tuple[tuple[str, str], ...]:
        """Phrases of both languages, each as what stands before and after its #."""
        found = []
        for node in self.items(fields, "says"):
            before, sign, after = str(node.value).partition("#")
            if not isinstance(node, yaml.ScalarNode) or not sign or not (before + after).strip():
                self.fault(node, 'an entry of "says" is a phrase with # for the number.')
                continue
            found.append((before.strip(), after.strip()))
        return tuple(found)

    def where(self, fields: Mapping[str, yaml.Node]) -> Where:
        if "where" not in fields:
            return Where()
        inside = self.values(fields["where"], '"where"', _WHERE)
        return Where(
            home=self.country(inside),
            city=self.plain(inside, "city", str, ""),
            abroad=self.plain(inside, "abroad", bool, False),
            kinds=self.chosen(inside, "kinds", get_args(TieKind)),
            forms=self.chosen(inside, "forms", get_args(WitnessForm)),
            dated=self.plain(inside, "dated", bool, None) if "dated" in inside else None,
        )

    # -- the sorts of values -------------------------------------------------------------------

    def values(
        self, node: yaml.Node, who: str, known: Sequence[str], needed: Sequence[str] = ()
    ) -> dict[str, yaml.Node]:
        """The values of a mapping by key; ``needed`` ones must be there."""
        found = {name: value for name, (_, value) in self.fields(node, who, known).items()}
        for name in needed:
            if found and name not in found:
                self.fault(node, f'{who} has no "{name}".')
        return found

    def items(self, fields: Mapping[str, yaml.Node], key: str) -> list[yaml.Node]:
        node = fields.get(key)
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.fault(node, f'"{key}" must be a list, each entry after a hyphen.')
            return []
        return list(node.value)

    def plain(self, fields: Mapping[str, yaml.Node], key: str, kind: type, default: Any) -> Any:
        """One value of a kind: text, a whole number, true or false."""
        if key not in fields:
            return default
        node = fields[key]
        value = None
        if isinstance(node, yaml.ScalarNode):
            with contextlib.suppress(yaml.YAMLError, ValueError):  # then it is no such value
                value = yaml.SafeLoader("").construct_object(node, deep=True)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            names = {str: "text", int: "a whole number", bool: "true or false"}
            self.fault(node, f'"{key}" must be {names[kind]}.')
            return default
        return value

    def words(self, node: yaml.Node, who: str) -> tuple[str, ...]:
        """A list of words; a word alone is a list of one."""
        nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
        found = []
        for each in nodes:
            if not isinstance(each, yaml.ScalarNode) or not each.value.strip():
                self.fault(each, f"{who} must be a list of words.")
                continue
            found.append(each.value.strip())
        return tuple(found)

    def some_words(self, node: yaml.Node, who: str) -> tuple[str, ...]:
        words = self.words(node, who)
        if isinstance(node, yaml.SequenceNode) and not node.value:
            self.fault(node, f"{who} is empty; write its words.")
        return words

    def chosen(
        self, fields: Mapping[str, yaml.Node], key: str, known: Sequence[str]
    ) -> tuple[str, ...]:
        if key not in fields:
            return ()
        words = self.words(fields[key], f'"{key}"')
        for word in words:
            if word not in known:
                self.fault(fields[key], f'"{key}" holds "{word}"; known: {", ".join(known)}.')
        return words

    def both(self, fields: Mapping[str, yaml.Node], key: str) -> Both | None:
        if key not in fields:
            return None
        inside = self.values(fields[key], f'"{key}"', _LANGUAGES, needed=_LANGUAGES)
        return Both(*(self.plain(inside, each, str, "") for each in _LANGUAGES))
