"""Ties in rows, and ties counted by fields and schemes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from textmine.places import Gazetteer
from textmine.records import Tie
from textmine.reports.texts import Both
from textmine.schemes import Group, Scheme, Ungrouped, load_scheme
from textmine.studies.cells import (
    Cell,
    Column,
    Evidence,
    StudyTable,
    empty,
    listed,
    named,
    plain,
)
from textmine.studies.study import FIELDS, TableSpec, Where
from textmine.ties import KIND_NAMES, STATUS_NAMES

HEADS: Mapping[str, Both] = {
    "city": Both("City", "شهر"),
    "partner": Both("Partner", "شهر طرف"),
    "country": Both("Country", "کشور"),
    "kind": Both("Kind", "نوع"),
    "instrument": Both("Instrument", "نوع سند"),
    "year": Both("Year", "سال میلادی"),
    "date": Both("Date as written", "تاریخ سند"),
    "status": Both("Status", "وضع"),
    "network": Both("Network", "شبکه"),
    "ties": Both("Number of ties", "شمار پیوندها"),
    "memberships": Both("Number of cities", "شمار شهرها"),
    "countries": Both("Countries", "کشورها"),
    "partners": Both("Partners", "شهرهای طرف"),
    "cities": Both("Cities", "شهرها"),
    "ungrouped": Both("Not grouped", "بی‌گروه"),
}
REASONS: Mapping[str, Both] = {
    "no-date": Both("no date is given", "تاریخی ذکر نشده است"),
    "unreadable-date": Both(
        "the digits of the date make no possible year", "رقم‌های تاریخ سال ممکنی نمی‌سازند"
    ),
    "not-in-scheme": Both("the scheme does not place it", "طبقه‌بندی جایی برای آن ندارد"),
    "not-a-country": Both("no country is known", "کشور آن دانسته نیست"),
    "straddles": Both(
        "the date is not exact enough for one period", "تاریخ برای یک دوره به‌اندازهٔ کافی دقیق نیست"
    ),
}


def said_reason(reason: str) -> Both:
    """Why a value is missing, in both languages."""
    return REASONS.get(reason, Both(reason, reason))


def evidence_of(ties: Iterable[Tie]) -> tuple[Evidence, ...]:
    """The places of all witnesses, each once."""
    return tuple(
        dict.fromkeys(
            Evidence(witness.document, witness.page, witness.spans)
            for tie in ties
            for witness in tie.witnesses
        )
    )


def chosen(ties: Iterable[Tie], where: Where, *, memberships: bool) -> list[Tie]:
    """The ties that a table or a claim is about, in the order in which documents tell them."""
    return [
        tie
        for tie in sorted(ties, key=_place)
        if (tie.partner.kind == "network") == memberships
        and (not where.home or where.home == tie.city.country)
        and (not where.city or where.city == tie.city.name["en"])
        and (not where.abroad or tie.partner.country != tie.city.country)
        and (not where.kinds or tie.kind in where.kinds)
        and (not where.forms or any(each.form in where.forms for each in tie.witnesses))
        and (where.dated is None or where.dated == (tie.date is not None))
    ]


def _place(tie: Tie) -> tuple[int, int]:
    first = tie.witnesses[0]
    # The last of its places: the name of the city at home may stand once above them all.
    return first.document, max((span.start for span in first.spans), default=0)


def field_cell(tie: Tie, name: str, gazetteer: Gazetteer) -> Cell:
    """One field of a tie (see ``FIELDS``) with the evidence for it."""
    evidence = evidence_of([tie])
    if name == "city":
        return named(tie.city.name["en"], tie.city.name, evidence)
    if name in ("partner", "network"):
        return named(tie.partner.name["en"], tie.partner.name, evidence)
    if name == "country":
        code = tie.partner.country
        if not code:
            return empty("not-in-scheme", Both("–", "–"), evidence)
        return named(code, gazetteer.country(code).name, evidence)
    if name == "kind":
        return Cell(tie.kind, Both(*KIND_NAMES[tie.kind]), evidence)
    if name == "status":
        return Cell(tie.status, Both(*STATUS_NAMES[tie.status]), evidence)
    if name == "instrument":
        return plain(tie.instrument, evidence)
    if tie.date is None:
        reason = next((each.undated for each in tie.witnesses if each.undated), "no-date")
        return empty(reason, said_reason(reason), evidence)
    if name == "date":
        return plain(str(tie.date), evidence)
    first, last = tie.date.first.year, tie.date.last.year
    return plain(first if first == last else f"{first}/{last}", evidence)


def tie_table(spec: TableSpec, ties: Sequence[Tie], gazetteer: Gazetteer) -> StudyTable:
    """One row a tie, in the order of the documents."""
    columns = spec.columns or ("city", "partner", "country", "kind", "year")
    return StudyTable(
        spec.id,
        spec.title,
        tuple(Column(name, HEADS[name]) for name in columns),
        tuple(tuple(field_cell(tie, name, gazetteer) for name in columns) for tie in ties),
        (spec.note,) if spec.note else (),
    )


class Key(NamedTuple):
    """What ties are counted by: a value, how it reads, and its place in the order."""

    value: str
    name: Both
    order: int


@dataclass(frozen=True, slots=True)
class Counted:
    """Ties by one or two keys; ``left`` are those without a key, by the reason why."""

    keys: tuple[tuple[Key, ...], ...]
    ties: Mapping[tuple[str, ...], tuple[Tie, ...]]
    left: Mapping[str, tuple[Tie, ...]]


def counted(ties: Sequence[Tie], by: Sequence[str], gazetteer: Gazetteer) -> Counted:
    """Ties sorted into the cells of one or two fields or schemes (``by``).

    A scheme's groups come in its own order and all of them, of periods those from the first with
    ties to the last; the values of a field by frequency.
    """
    placings = [_placing(name, gazetteer) for name in by]
    periods = [name not in FIELDS and load_scheme(name).kind == "periods" for name in by]
    cells: dict[tuple[str, ...], list[Tie]] = {}
    left: dict[str, list[Tie]] = {}
    keys: list[dict[str, Key]] = [{} for _ in by]
    for tie in ties:
        found = [place(tie) for place, _ in placings]
        missing = next((each for each in found if isinstance(each, str)), None)
        if missing is not None:
            left.setdefault(missing, []).append(tie)
            continue
        placed = [each for each in found if isinstance(each, Key)]
        cells.setdefault(tuple(each.value for each in placed), []).append(tie)
        for known, each in zip(keys, placed, strict=True):
            known.setdefault(each.value, each)
    ordered = []
    for at, (known, (_, groups)) in enumerate(zip(keys, placings, strict=True)):
        if groups:
            ordered.append(_within(groups, known) if periods[at] else groups)
            continue
        sizes = Counter(key[at] for key, own in cells.items() for _ in own)
        if all(value[:4].isdigit() for value in known):  # years
            ordered.append(tuple(sorted(known.values(), key=lambda key: key.value)))
        else:
            ordered.append(
                tuple(sorted(known.values(), key=lambda key: (-sizes[key.value], key.value)))
            )
    return Counted(
        tuple(ordered),
        {key: tuple(own) for key, own in cells.items()},
        {reason: tuple(own) for reason, own in left.items()},
    )


def _within(groups: tuple[Key, ...], used: Mapping[str, Key]) -> tuple[Key, ...]:
    places = [at for at, group in enumerate(groups) if group.value in used]
    return groups[min(places) : max(places) + 1] if places else ()


Placing = tuple[Callable[[Tie], "Key | str"], tuple[Key, ...]]


def _placing(name: str, gazetteer: Gazetteer) -> Placing:
    """How a field or scheme places a tie (a reason when it cannot), and its fixed groups."""
    if name in FIELDS:

        def by_field(tie: Tie) -> Key | str:
            cell = field_cell(tie, name, gazetteer)
            return cell.reason or Key(str(cell.value), cell.shown, 0)

        return by_field, ()
    scheme = load_scheme(name)
    groups = tuple(
        Key(group.id, Both(group.name["en"], group.name["fa"]), at)
        for at, group in enumerate(scheme.groups)
    )
    keys = {key.value: key for key in groups}

    def by_scheme(tie: Tie) -> Key | str:
        group = group_of(tie, scheme)
        return keys[group.id] if isinstance(group, Group) else group

    return by_scheme, groups


def group_of(tie: Tie, scheme: Scheme) -> Group | str:
    """Where a scheme puts a tie, by its partner's country or its date; the reason when nowhere."""
    if scheme.kind == "countries":
        group = scheme.of_country(tie.partner.country)
    elif tie.date is None:
        return next((each.undated for each in tie.witnesses if each.undated), "no-date")
    else:
        group = scheme.of_days(tie.date.first, tie.date.last)
    return group.reason if isinstance(group, Ungrouped) else group


def count_table(
    spec: TableSpec, ties: Sequence[Tie], gazetteer: Gazetteer
) -> tuple[StudyTable, Counted]:
    """Ties counted by one key (with what ``show`` asks for beside the count) or by two crossed."""
    sums = counted(ties, spec.by, gazetteer)
    name = spec.by[0]
    head = Column(name, HEADS[name]) if name in FIELDS else _scheme_column(name)
    if len(spec.by) == 1:
        columns = [head, Column(spec.of, HEADS[spec.of])]
        columns += [Column(each, HEADS[each]) for each in spec.show]
        rows = []
        for key in sums.keys[0]:
            own = sums.ties.get((key.value,), ())
            cells = [Cell(key.value, key.name), plain(len(own), evidence_of(own))]
            cells += [_shown(each, own, gazetteer) for each in spec.show]
            rows.append(tuple(cells))
        whole = [tie for own in sums.ties.values() for tie in own]
        total = [Cell("total", _TOTAL), plain(len(whole), evidence_of(whole))]
        rows.append((*total, *(plain("") for _ in spec.show)))
    else:
        columns = [head, *(Column(key.value, key.name) for key in sums.keys[1])]
        columns.append(Column("total", _TOTAL))
        rows = []
        for key in sums.keys[0]:
            cells = [Cell(key.value, key.name)]
            every: list[Tie] = []
            for other in sums.keys[1]:
                own = sums.ties.get((key.value, other.value), ())
                cells.append(plain(len(own), evidence_of(own)))
                every += own
            rows.append((*cells, plain(len(every), evidence_of(every))))
    notes = [spec.note] if spec.note else []
    for reason, left in sums.left.items():
        why, names = (
            said_reason(reason),
            listed([field_cell(t, "partner", gazetteer) for t in left]),
        )
        notes.append(
            Both(
                f"Not counted ({why.en}): {len(left)}: {names.shown.en}.",
                f"شمرده نشده ({why.fa}): {plain(len(left)).shown.fa}: {names.shown.fa}.",
            )
        )
    return StudyTable(spec.id, spec.title, tuple(columns), tuple(rows), tuple(notes)), sums


_TOTAL = Both("Total", "جمع")


def _scheme_column(name: str) -> Column:
    scheme = load_scheme(name)
    return Column(scheme.id, Both(scheme.name["en"], scheme.name["fa"]))


def _shown(what: str, ties: Sequence[Tie], gazetteer: Gazetteer) -> Cell:
    """The countries, partners or cities of some ties, each once, in the order they come."""
    name = {"countries": "country", "partners": "partner", "cities": "city"}[what]
    cells: dict[object, Cell] = {}
    for tie in ties:
        cell = field_cell(tie, name, gazetteer)
        if cell.value is not None:
            cells.setdefault(cell.value, cell)
    return listed(list(cells.values()))
