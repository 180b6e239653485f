"""From the YAML of a scheme to the scheme, with every fault told at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date

import yaml

from textmine.declared import Fields, Reader, composed, shown
from textmine.errors import SchemeError
from textmine.schemes.countries import COUNTRIES
from textmine.schemes.scheme import (
    FIRST_GREGORIAN_YEAR,
    Days,
    Group,
    Scheme,
    SchemeCalendar,
    SchemeKind,
    gregorian,
    word_key,
    year_days,
)
from textmine.text.digits import latin_digits

LANGUAGES = ("en", "fa")

_EXAMPLE = "east-asia"
_BOUND = re.compile(r"(\d{4})(?:[-/](\d{1,2})[-/](\d{1,2}))?")
_OTHERS = "others"

_SCHEME_KEYS = (
    "id", "version", "kind", "name", "description", "source", "calendar", "as_of", "codebook",
    "based_on", "except", "groups",
)  # fmt: skip
_GROUP_KEYS: Mapping[SchemeKind, tuple[str, ...]] = {
    "countries": ("id", "name", "definition", "countries"),
    "periods": ("id", "name", "definition", "from", "to"),
    "topics": ("id", "name", "definition", "codes", "words"),
}
_REGROUP_KEYS = ("id", "name", "definition", "groups")
# The keys that belong to one kind of scheme alone.
_KEY_OF: Mapping[str, SchemeKind] = {
    "calendar": "periods",
    "as_of": "countries",
    "codebook": "topics",
    "except": "countries",
}


def read_scheme(source: str, name: str, base_of: Callable[[str], Scheme]) -> Scheme:
    """The scheme written in ``source``; ``base_of`` finds the one that it is based on.

    Raises SchemeError with every fault, each with its line.
    """
    root = composed(source, name, "a scheme", SchemeError)
    if root is None:
        raise SchemeError(f'{name} is empty. A scheme needs "id", "version", "kind" and "groups".')
    if not isinstance(root, yaml.MappingNode):
        raise SchemeError(f"{name} is {shown(root)}; a scheme is written as key: value lines.")
    reader = _Reader()
    scheme = reader.scheme(root, base_of)
    reader.refuse(name, SchemeError)
    return scheme


class _Reader(Reader):
    """Reads the nodes of a scheme.

    ``kind`` and ``calendar`` are those of the scheme being read; ``taken`` says which group has a
    country, code, word or group of the base already, and at which line.
    """

    def __init__(self) -> None:
        super().__init__()
        self.kind: SchemeKind | None = None
        self.calendar: SchemeCalendar = "gregorian"
        self.taken: dict[tuple[str, str], tuple[str, int]] = {}
        self.precisions: dict[str, int] = {}

    def scheme(self, root: yaml.Node, base_of: Callable[[str], Scheme]) -> Scheme:
        fields = self.fields(root, "The scheme", _SCHEME_KEYS)
        base = self.base(fields, base_of)
        self.kind = self.scheme_kind(fields, root, base)
        self.calendar = self.scheme_calendar(fields, base)
        for key, kind in _KEY_OF.items():
            if key in fields and self.kind not in (None, kind):
                self.fault(
                    fields[key][0], f'"{key}" belongs to a scheme of {kind}, not of {self.kind}.'
                )
        scheme = Scheme(
            id=self.identifier(fields, root, "The scheme", _EXAMPLE),
            version=self.version(fields, root),
            kind=self.kind or "topics",
            name=self.both(fields, root, "The scheme", "name", base.name if base else None),
            description=self.both(
                fields, root, "The scheme", "description", base.description if base else None
            ),
            source=self.source(fields, root, base),
            groups=self.groups(fields, root, base),
            calendar=self.calendar,
            as_of=self.as_of(fields, base),
            codebook=self.line(fields, "codebook") or (base.codebook if base else ""),
        )
        return replace(scheme, groups=self.moved(fields, scheme.groups))

    # What stands at the head of a file.

    def base(self, fields: Fields, base_of: Callable[[str], Scheme]) -> Scheme | None:
        written = self.line(fields, "based_on")
        if not written:
            return None
        try:
            return base_of(written)
        except SchemeError as error:
            told = str(error).replace("\n", "\n  ")  # the base's own lines stand further in
            self.fault(fields["based_on"][1], f'The base "{written}" cannot be used. {told}')
            return None

    def scheme_kind(
        self, fields: Fields, root: yaml.Node, base: Scheme | None
    ) -> SchemeKind | None:
        if "kind" not in fields:
            if "based_on" not in fields:
                self.fault(root, f'The scheme has no "kind"; write one of {_listed(_GROUP_KEYS)}.')
            return base.kind if base else None
        node = fields["kind"][1]
        for kind in _GROUP_KEYS:
            if node.value == kind:
                if base and base.kind != kind:
                    self.fault(node, f'The base "{base.id}" groups {base.kind}, not {kind}.')
                return kind
        self.fault(node, f"The kind is {shown(node)}; write one of {_listed(_GROUP_KEYS)}.")
        return None

    def scheme_calendar(self, fields: Fields, base: Scheme | None) -> SchemeCalendar:
        if "calendar" not in fields:
            return base.calendar if base else "gregorian"
        node = fields["calendar"][1]
        if node.value == "persian":
            return "persian"
        if node.value != "gregorian":
            self.fault(node, f"The calendar is {shown(node)}; write gregorian or persian.")
        return "gregorian"

    def version(self, fields: Fields, root: yaml.Node) -> int:
        if "version" not in fields:
            self.fault(root, 'The scheme has no "version"; write a whole number such as 1.')
            return 0
        node = fields["version"][1]
        if node.tag != "tag:yaml.org,2002:int" or not re.fullmatch("[1-9][0-9]*", node.value):
            self.fault(node, f"The version is {shown(node)}; write a number such as 1, unquoted.")
            return 0
        return int(node.value)

    def source(self, fields: Fields, root: yaml.Node, base: Scheme | None) -> str:
        if "source" not in fields and "based_on" not in fields:
            self.fault(
                root, 'The scheme has no "source"; say in a sentence where the grouping comes from.'
            )
        return self.line(fields, "source") or (base.source if base else "")

    def as_of(self, fields: Fields, base: Scheme | None) -> date | None:
        if "as_of" not in fields:
            return base.as_of if base else None
        node = fields["as_of"][1]
        try:
            return date.fromisoformat(node.value)
        except (TypeError, ValueError):
            self.fault(node, f'"as_of" is {shown(node)}; write a Gregorian day: 2025-01-31.')
            return None

    # Groups.

    def groups(self, fields: Fields, root: yaml.Node, base: Scheme | None) -> tuple[Group, ...]:
        if "groups" not in fields:
            if "based_on" not in fields:
                self.fault(root, 'The scheme has no "groups"; list at least one group.')
            return base.groups if base else ()
        node = fields["groups"][1]
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            self.fault(node, f'"groups" is {shown(node)}; write a list, each group after a hyphen.')
            return ()
        groups: list[Group] = []
        lines: dict[str, int] = {}
        rest: list[tuple[int, yaml.Node]] = []
        for number, item in enumerate(node.value, start=1):
            group, others = self.group(item, number, "based_on" in fields, base)
            if group.id in lines:
                self.fault(
                    item,
                    f'Group "{group.id}" stands already at line {lines[group.id]}; rename one.',
                )
            elif group.id:
                lines[group.id] = item.start_mark.line + 1
            if others is not None:
                rest.append((len(groups), others))
            groups.append(group)
        for index, _ in rest[:1]:
            listed = {code for group in groups for code in group.countries}
            remaining = tuple(code for code in COUNTRIES if code not in listed)
            groups[index] = replace(groups[index], countries=remaining)
        for _, others in rest[1:]:
            self.fault(others, 'Only one group can take "others".')
        if base:
            left = [one.id for one in base.groups if ("group", one.id) not in self.taken]
            if left:
                self.fault(
                    node,
                    f'No group here takes {_listed(left)} of the base "{base.id}"; put each '
                    'under the "groups" of one.',
                )
        self.check_overlaps(groups, lines)
        return tuple(groups)

    def group(
        self, node: yaml.Node, number: int, regroups: bool, base: Scheme | None
    ) -> tuple[Group, yaml.Node | None]:
        """A group, and the node that asks for all other countries where there is one."""
        who = f"Group number {number}"
        if isinstance(node, yaml.MappingNode):
            ids = (value.value for key, value in node.value if key.value == "id")
            who = next((f'Group "{found}"' for found in ids if isinstance(found, str)), who)
        kind = self.kind
        if kind is None:
            return Group("", {}), None
        fields = self.fields(node, who, _REGROUP_KEYS if regroups else _GROUP_KEYS[kind])
        if not fields:
            return Group("", {}), None
        group = Group(
            id=self.identifier(fields, node, who, _EXAMPLE),
            name=self.both(fields, node, who, "name", None),
            definition=self.both(fields, node, who, "definition", {}),
        )
        if regroups:
            return self.regrouped(group, fields, node, who, base), None
        if kind == "countries":
            others = fields.get("countries")
            if others and others[1].value == _OTHERS:
                return group, others[1]
            codes = self.items(fields, node, who, "countries", "country codes such as [IR, IQ]")
            countries = tuple(self.country(code, f"{who}") for code in codes)
            self.claim("country", codes, who)
            return replace(group, countries=tuple(filter(None, countries))), None
        if kind == "periods":
            return self.period(group, fields, node, who), None
        return self.topic(group, fields, node, who), None

    def regrouped(
        self, group: Group, fields: Fields, node: yaml.Node, who: str, base: Scheme | None
    ) -> Group:
        wanted = self.items(fields, node, who, "groups", "ids of the base's groups")
        self.claim("group", wanted, who)
        if base is None:
            return group
        found = []
        for item in wanted:
            parts = [one for one in base.groups if one.id == item.value]
            if not parts:
                known = ", ".join(one.id for one in base.groups)
                self.fault(
                    item,
                    f'{who}: the base "{base.id}" has no group {shown(item)}; it has {known}.',
                )
            found += parts
        if not found:
            return group
        in_time = sorted(found, key=lambda one: one.days)
        return replace(
            group,
            countries=tuple(sorted(code for one in found for code in one.countries)),
            days=_joined(days for one in found for days in one.days),
            begins=in_time[0].begins,
            ends=in_time[-1].ends,
            codes=tuple(code for one in found for code in one.codes),
            words={
                language: words
                for language in LANGUAGES
                if (words := tuple(w for one in found for w in one.words.get(language, ())))
            },
        )

    def period(self, group: Group, fields: Fields, node: yaml.Node, who: str) -> Group:
        if "from" not in fields and "to" not in fields:
            self.fault(node, f'{who} has neither "from" nor "to"; write one or both.')
            return group
        begins, first = self.bound(fields, who, "from")
        ends, last = self.bound(fields, who, "to")
        days = Days(first.first if first else date.min, last.last if last else date.max)
        if days.last < days.first:
            self.fault(fields["to"][1], f"{who} ends at {ends}, before it begins at {begins}.")
            return group
        if ("from" in fields and not first) or ("to" in fields and not last):
            return group  # its fault is told; open bounds would only bring up false overlaps
        return replace(group, days=(days,), begins=begins, ends=ends)

    def bound(self, fields: Fields, who: str, key: str) -> tuple[str, Days | None]:
        """A bound as written, and the days that it covers; nothing where none is written."""
        if key not in fields:
            return "", None
        node = fields[key][1]
        rule = "write a day such as 2013-08-03 or a year such as 2013"
        written = latin_digits(node.value) if isinstance(node, yaml.ScalarNode) else ""
        match = _BOUND.fullmatch(written)
        if not match:
            self.fault(node, f'{who}: "{key}" is {shown(node)}; {rule}, or leave it out.')
            return "", None
        year, month, day = (int(part) if part else 0 for part in match.groups())
        meant: SchemeCalendar = "gregorian" if year >= FIRST_GREGORIAN_YEAR else "persian"
        if meant != self.calendar:
            self.fault(
                node,
                f'{who}: "{key}" is {written}, no year of the {self.calendar} calendar; '
                f'write "calendar: {meant}" at the head or change the year.',
            )
            return "", None
        precision = "days" if month else "years"
        self.precisions.setdefault(precision, node.start_mark.line + 1)
        other = "years" if month else "days"
        if other in self.precisions:
            self.fault(
                node,
                f'{who}: "{key}" is written in {precision}, but line {self.precisions[other]} in '
                f"{other}; keep to one.",
            )
            return "", None
        if not month:
            return written, year_days(self.calendar, year)
        try:
            exact = gregorian(self.calendar, year, month, day)
        except ValueError:
            self.fault(node, f'{who}: "{key}" is {written}, a day that there is not; {rule}.')
            return "", None
        return f"{year}-{month:02}-{day:02}", Days(exact, exact)

    def topic(self, group: Group, fields: Fields, node: yaml.Node, who: str) -> Group:
        if "codes" not in fields and "words" not in fields:
            self.fault(node, f'{who} has neither "codes" nor "words"; write one or both.')
            return group
        codes: list[yaml.ScalarNode] = []
        if "codes" in fields:
            codes = self.items(fields, node, who, "codes", "codes of a codebook")
            self.claim("code", codes, who)
        words: dict[str, tuple[str, ...]] = {}
        if "words" in fields:
            by_language = self.fields(fields["words"][1], f'{who}: "words"', LANGUAGES)
            for language in by_language:
                listed = self.items(by_language, node, who, language, "words")
                self.claim("word", listed, who)
                words[language] = tuple(item.value for item in listed)
        return replace(group, codes=tuple(item.value for item in codes), words=words)

    def country(self, item: yaml.ScalarNode, who: str) -> str:
        code = str(item.value)
        if code in COUNTRIES:
            return code
        capitals = code.upper()
        hint = f"; write it in capitals: {capitals}" if capitals in COUNTRIES else ""
        self.fault(item, f'{who}: "{code}" is no country code of ISO 3166-1{hint}.')
        return ""

    def claim(self, what: str, items: Iterable[yaml.ScalarNode], who: str) -> None:
        """Note what a group takes, with a fault for whatever is taken twice."""
        for item in items:
            key = (what, word_key(item.value) if what == "word" else item.value)
            line = item.start_mark.line + 1
            if key in self.taken:
                owner, first = self.taken[key]
                where = "here" if owner == who else f"in {owner[0].lower()}{owner[1:]}"
                self.fault(
                    item,
                    f'{who}: the {what} "{item.value}" stands already {where} (line {first}); '
                    "groups must not overlap: drop one.",
                )
            self.taken.setdefault(key, (who, line))

    def check_overlaps(self, groups: Iterable[Group], lines: Mapping[str, int]) -> None:
        in_time = [(days, group) for group in groups for days in group.days]
        furthest: tuple[Days, Group] | None = None
        for days, group in sorted(in_time, key=lambda pair: pair[0]):
            if furthest and days.first <= furthest[0].last:
                other = furthest[1]
                self.faults.append(
                    (
                        lines.get(group.id, 1),
                        f'Group "{group.id}" begins {_from(group)}, when group "{other.id}" '
                        f"(line {lines.get(other.id, 1)}) still runs{_until(other)}; "
                        "groups must not overlap: move a bound.",
                    )
                )
            if furthest is None or days.last > furthest[0].last:
                furthest = (days, group)

    def moved(self, fields: Fields, groups: tuple[Group, ...]) -> tuple[Group, ...]:
        """The groups after the moves of ``except``."""
        if "except" not in fields or self.kind not in (None, "countries"):
            return groups
        key, node = fields["except"]
        if "based_on" not in fields:
            self.fault(key, '"except" changes a base; write "based_on", or put the country there.')
            return groups
        target: dict[str, str] = {}
        known = tuple(group.id for group in groups)
        for group_id, (_, codes) in self.fields(node, '"except"', None).items():
            if known and group_id not in known:
                self.fault(
                    codes, f'"except" names no group here: "{group_id}"; known: {_listed(known)}.'
                )
            items = self.scalars(codes, f'"except": {group_id}', "country codes such as [TR, GE]")
            self.claim("country", items, f'"except" to {group_id}')
            target |= {code: group_id for item in items if (code := self.country(item, '"except"'))}
        return tuple(
            replace(
                group,
                countries=tuple(
                    sorted(
                        {code for code in group.countries if code not in target}
                        | {code for code, to in target.items() if to == group.id}
                    )
                ),
            )
            for group in groups
        )

    # Parts that occur in many places.

    def both(
        self,
        fields: Fields,
        node: yaml.Node,
        who: str,
        key: str,
        default: Mapping[str, str] | None,
    ) -> Mapping[str, str]:
        """A text in both languages; ``default`` where it is left out, None when it must not be."""
        if key not in fields:
            if default is None and not (who == "The scheme" and "based_on" in fields):
                self.fault(node, f'{who} has no "{key}"; write {key}: {{en: ..., fa: ...}}.')
            return default or {}
        value = fields[key][1]
        by_language = self.fields(value, f'{who}: "{key}"', LANGUAGES)
        if by_language:
            for language in LANGUAGES:
                if language not in by_language:
                    self.fault(value, f'{who}: "{key}" lacks "{language}"; both are needed.')
        return {name: self.line(by_language, name) for name in LANGUAGES if name in by_language}

    def line(self, fields: Fields, key: str) -> str:
        """A text, empty where it is left out."""
        if key not in fields:
            return ""
        value = fields[key][1]
        if not isinstance(value, yaml.ScalarNode) or not value.value.strip():
            self.fault(value, f'"{key}" is {shown(value)}; write text.')
            return ""
        return " ".join(value.value.split())

    def items(
        self, fields: Fields, node: yaml.Node, who: str, key: str, what: str
    ) -> list[yaml.ScalarNode]:
        if key not in fields:
            self.fault(node, f'{who} has no "{key}"; list {what}.')
            return []
        return self.scalars(fields[key][1], f'{who}: "{key}"', what)

    def scalars(self, node: yaml.Node, who: str, what: str) -> list[yaml.ScalarNode]:
        if not isinstance(node, yaml.SequenceNode):
            self.fault(node, f"{who} is {shown(node)}; write a list of {what}.")
            return []
        found = []
        for item in node.value:
            # NO, the code of Norway, is to YAML the word "no": what is written counts.
            if isinstance(item, yaml.ScalarNode) and item.value.strip():
                found.append(item)
            else:
                self.fault(item, f"{who}: an entry is {shown(item)}; list {what}.")
        return found


def _joined(stretches: Iterable[Days]) -> tuple[Days, ...]:
    """Stretches in order, those that follow each other without a gap made one."""
    joined: list[Days] = []
    for days in sorted(stretches):
        if joined and days.first.toordinal() == joined[-1].last.toordinal() + 1:
            joined[-1] = Days(joined[-1].first, days.last)
        else:
            joined.append(days)
    return tuple(joined)


def _from(group: Group) -> str:
    return f"at {group.begins}" if group.begins else "without a bound"


def _until(group: Group) -> str:
    return f" to {group.ends}" if group.ends else ""


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f'"{word}"' for word in words)
