"""What the figures of ties have in common: names, kinds, periods, sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from textmine.figures.drawing import DASHES, PALETTE, LegendEntry, Sheet
from textmine.figures.words import KINDS, listed, say
from textmine.figures.writing import Tongue, written
from textmine.records import Place, Tie, TieKind
from textmine.schemes import Group, Scheme


def name_of(place: Place, language: Tongue) -> str:
    """The name of a place in a language, in English where it has none in Persian."""
    return written(place.name.get(language) or place.name["en"], language)


KIND_STYLES: dict[TieKind, LegendEntry] = {
    kind: LegendEntry(kind, PALETTE[place], "line", DASHES[place])
    for place, kind in enumerate(KINDS)
}
"""Colour and strokes of every kind of tie: the same in every figure."""


def kind_legend(ties: Sequence[Tie], language: Tongue) -> list[LegendEntry]:
    """The legend of the kinds that occur."""
    there = {tie.kind for tie in ties}
    return [
        replace(entry, name=KINDS[kind][language])
        for kind, entry in KIND_STYLES.items()
        if kind in there
    ]


def by_pair(ties: Sequence[Tie]) -> list[tuple[Tie, ...]]:
    """Ties with the same ends and kind together, in the order they came."""
    pairs: dict[tuple[str, str, TieKind], list[Tie]] = {}
    for tie in ties:
        pairs.setdefault((tie.city.id, tie.partner.id, tie.kind), []).append(tie)
    return [tuple(behind) for behind in pairs.values()]


def tie_mark(sheet: Sheet, behind: Sequence[Tie]) -> str:
    """Notes the line of ties with the same ends and kind; gives back what it says."""
    tie, language = behind[0], sheet.language
    ends = f"{name_of(tie.city, language)} – {name_of(tie.partner, language)}"
    days = [str(each.date) if each.date else say("undated-tie", language) for each in behind]
    return sheet.mark(
        f"{ends}: {KINDS[tie.kind][language]} ({written(listed(days, language), language)})",
        {
            "city": tie.city.name["en"],
            "partner": tie.partner.name["en"],
            "kind": tie.kind,
            "count": len(behind),
        },
        behind,
    )


def in_groups(
    ties: Sequence[Tie], periods: Scheme, language: Tongue
) -> list[tuple[str, list[Tie]]]:
    """Ties by the periods of a scheme that have any, in its order; those outside come last."""
    groups: dict[str, list[Tie]] = {group.id: [] for group in periods.groups}
    outside: list[Tie] = []
    for tie in ties:
        group = periods.of_days(tie.date.first, tie.date.last) if tie.date else None
        if isinstance(group, Group):
            groups[group.id].append(tie)
        else:
            outside.append(tie)
    named = [(group.name[language], groups[group.id]) for group in periods.groups]
    return [(name, some) for name, some in [*named, (say("ungrouped", language), outside)] if some]
