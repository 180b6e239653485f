"""How far coders decide alike: percent, Cohen's kappa, Krippendorff's alpha.

A clause is a unit; a coder either applied a code to it or did not, or has not read it. Percent and
kappa compare two coders on the clauses that both have read. Alpha compares any number on the
clauses that at least two have read, so clauses missing from one coder do no harm. The whole sets of
codes are compared too: by the share of identical sets, and by alpha with the MASI distance, for
which sets that overlap differ less than sets that do not.

Kappa is scikit-learn's. Alpha is computed here, from coincidences as in K. Krippendorff,
"Computing Krippendorff's Alpha-Reliability" (2011), because intervals need it a thousand times;
MASI follows R. Passonneau, "Measuring Agreement on Set-valued Items" (LREC 2006).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textmine import spreadsheet
from textmine.codings import CodedClause, is_agreed, unit
from textmine.errors import InputError
from textmine.records import Codebook
from textmine.standing import AGREED
from textmine.store.whole import save

SETS = "(all codes)"
"""Stands for a code where whole sets of codes are compared; no id of a code has brackets."""

SAMPLES = 1000
"""Bootstrap samples of documents behind each interval."""

_ENOUGH = 0.95  # share of samples in which alpha must be computable for an interval to be given
_UNREAD = -1

Floats = NDArray[np.float64]
Ratings = NDArray[np.int64]
Distance = Callable[[Any, Any], float]


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure, or None with the ``reason`` why it is not computable.

    ``low`` and ``high`` hold 95 of 100 samples of documents; where they are None beside a value,
    no interval was asked for or ``reason`` says why there is none.
    """

    value: float | None
    reason: str = ""
    low: float | None = None
    high: float | None = None

    def __str__(self) -> str:
        """For people: ``0.74 (0.61 to 0.85)``.

        >>> str(Figure(0.743)), str(Figure(None, "no overlap"))
        ('0.74', 'not computable')
        """
        if self.value is None:
            return "not computable"
        if self.low is None or self.high is None:
            return f"{self.value:z.2f}"
        return f"{self.value:z.2f} ({self.low:z.2f} to {self.high:z.2f})"


@dataclass(frozen=True, slots=True)
class Comparison:
    """How some coders compare on one code, or on whole sets of codes (``SETS``).

    ``units`` are the clauses that at least two of them have read; all figures are of these.
    ``applied`` counts those to which each coder applied the code (any code, for sets). ``percent``
    is the share, from 0 to 1, of units on which all who read them decided the same.
    """

    code: str
    coders: tuple[str, ...]
    units: int
    documents: int
    applied: Mapping[str, int]
    percent: Figure
    kappa: Figure
    alpha: Figure


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A clause on which coders differ: what each said, and what each noted."""

    document: str
    clause: str
    language: str
    text: str
    codes: Mapping[str, tuple[str, ...]]
    memos: Mapping[str, str]

    @property
    def disputed(self) -> tuple[str, ...]:
        """Codes that some applied and some did not, in alphabetical order."""
        counts = Counter(code for codes in self.codes.values() for code in set(codes))
        return tuple(sorted(code for code, n in counts.items() if n < len(self.codes)))


@dataclass(frozen=True, slots=True)
class Reliability:
    """Comparisons of all coders together, then of each pair; for each every code, then the sets.

    With two coders there is one pair and nothing else. ``clauses`` counts those that anyone read,
    ``skipped`` coded clauses that were left out, by the reason.
    """

    codebook: str
    coders: tuple[str, ...]
    clauses: int
    comparisons: tuple[Comparison, ...]
    disagreements: tuple[Disagreement, ...]
    skipped: Mapping[str, int]

    def of(self, code: str, *coders: str) -> Comparison:
        """The comparison of these coders (of all, when none is named) on a code or on ``SETS``.

        Raises KeyError when there is none.
        """
        wanted = set(coders or self.coders)
        for each in self.comparisons:
            if each.code == code and set(each.coders) == wanted:
                return each
        raise KeyError((code, *sorted(wanted)))

    def to_json(self) -> dict[str, Any]:
        """Everything as a JSON object; what is not computable is null beside its reason."""
        return {
            "codebook": self.codebook,
            "coders": list(self.coders),
            "clauses": self.clauses,
            "comparisons": [asdict(each) for each in self.comparisons],
            "disagreements": [
                {**asdict(each), "disputed": list(each.disputed)} for each in self.disagreements
            ],
            "skipped": dict(self.skipped),
        }

    def to_csv(self, path: Path) -> None:
        """Write the figures as a table, one comparison a row; an empty cell is not computable.

        Raises InputError when the file cannot be written.
        """
        heads = ["code", "coders", "units", "documents", "percent", "kappa", "alpha"]
        table = [[*heads, "alpha_low", "alpha_high", "reason"]]
        for each in self.comparisons:
            figures = (each.percent, each.kappa, each.alpha)
            values = (*(figure.value for figure in figures), each.alpha.low, each.alpha.high)
            reasons = dict.fromkeys(figure.reason for figure in figures if figure.reason)
            table.append(
                [
                    each.code,
                    "; ".join(each.coders),
                    str(each.units),
                    str(each.documents),
                    *("" if value is None else f"{value:.4f}" for value in values),
                    "; ".join(reasons),
                ]
            )
        save(path, spreadsheet.lines(table))

    def to_settle(self) -> list[CodedClause]:
        """The disagreements as a sheet to be settled together by the coders.

        One clause a line, with the codes that all applied; what each said stands in the memo.
        Once the codes are decided, the sheet can be taken into the corpus.
        """
        return [
            CodedClause(
                each.document,
                each.clause,
                each.language,  # type: ignore[arg-type]
                each.text,
                tuple(
                    code for code in next(iter(each.codes.values())) if code not in each.disputed
                ),
                AGREED,
                self.codebook,
                " | ".join(_said(each)),
            )
            for each in self.disagreements
        ]

    def summary(self) -> list[str]:
        """Lines for a terminal: the figures, what was skipped, how many clauses differ."""
        lines = [f"Reliability by {self.codebook}: {_many(self.clauses, 'clause')} read"]
        for coders in dict.fromkeys(each.coders for each in self.comparisons):
            lines += ["", *_block([each for each in self.comparisons if each.coders == coders])]
        lines.append("")
        for why, count in self.skipped.items():
            lines.append(f"skipped {_many(count, 'coded clause')}: {why}")
        lines.append(f"decided differently: {_many(len(self.disagreements), 'clause')}")
        return lines

    def told(self) -> Iterator[str]:
        """Lines for a terminal: each clause that was decided differently."""
        for each in self.disagreements:
            yield f"{each.document} · {each.clause}"
            yield f"    {' '.join(each.text.split())}"
            for said in _said(each):
                yield f"    {said}"


def reliability(
    coded: Sequence[CodedClause],
    codebook: Codebook,
    coders: Sequence[str] = (),
    *,
    intervals: bool = True,
) -> Reliability:
    """Compare ``coders``, or all who coded, on every code of a codebook and on whole sets.

    What people settled together (``person:agreed``) is no independent reading and takes part only
    when named. Decisions by other codebooks and of codes that this one lacks are skipped and
    counted. Deterministic: samples are drawn with a fixed seed; without ``intervals``, which take
    nearly all of the time, none are.

    Raises InputError when a coder named has decided nothing, when there are less than two, or when
    one has decided on a clause twice.

    >>> from textmine.records import Code
    >>> book = Codebook("t", 1, (Code("trade", {}, ""),), "")
    >>> coded = [
    ...     CodedClause("d", f"c{number}", "en", "", ("trade",) * applied, coder, "t@1")
    ...     for coder, row in {"a": (1, 0, 1, 0), "b": (1, 0, 1, 1)}.items()
    ...     for number, applied in enumerate(row)
    ... ]
    >>> found = reliability(coded, book).of("trade")
    >>> found.units, found.percent.value, found.kappa.value, round(found.alpha.value, 2)
    (4, 0.75, 0.5, 0.53)
    """
    names, kept, skipped = _chosen(coded, codebook, coders)
    read = _by_unit(kept)
    units = list(read)
    documents = np.unique([unit[0] for unit in units], return_inverse=True)[1].reshape(-1)
    sets: dict[frozenset[str], int] = {}
    ratings = np.full((len(units), len(names)), _UNREAD, dtype=np.int64)
    for row, key in enumerate(units):
        for coder, one in read[key].items():
            place = sets.setdefault(frozenset(one.codes), len(sets))
            ratings[row, names.index(coder)] = place
    groups = [tuple(range(len(names)))] if len(names) > 2 else []
    groups += list(combinations(range(len(names)), 2))
    comparisons = []
    for group in groups:
        own = ratings[:, group]
        coders_of = tuple(names[place] for place in group)
        for code in [each.id for each in codebook.codes]:
            has = np.array([code in each for each in sets] + [False], dtype=np.int64)
            binary = np.where(own == _UNREAD, _UNREAD, has[own])
            found = _compared(code, coders_of, binary, documents, nominal(2), intervals=intervals)
            comparisons.append(found)
        far = _distances(list(sets))
        comparisons.append(
            _compared(SETS, coders_of, own, documents, far, list(sets), intervals=intervals)
        )
    alone = sum(len(own) == 1 for own in read.values())
    if alone:
        skipped["only one coder has read the clause"] = alone
    return Reliability(
        codebook.reference,
        names,
        len(units),
        tuple(comparisons),
        tuple(_disagreements(read, names)),
        skipped,
    )


def krippendorff_alpha(
    ratings: Ratings, distances: Floats, documents: NDArray[np.int64] | None = None
) -> Figure:
    """Krippendorff's alpha of values by unit (rows) and coder (columns); -1 is missing.

    Values are places in ``distances``, which tells how far any two are apart (0 to 1; see
    :func:`nominal`). With the document of each unit also a bootstrap interval over documents.

    >>> meg, owen = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    >>> str(krippendorff_alpha(np.array([meg, owen]).T, nominal(2)))
    '0.10'
    """
    present = ratings != _UNREAD
    counts = present.sum(axis=1)
    pairable = counts >= 2
    if not pairable.any():
        return Figure(None, "no overlap: no clause was read by two of them")
    ratings, present, counts = ratings[pairable], present[pairable], counts[pairable]
    # What a unit adds to the disagreement observed: its pairs of values, by how far they are apart.
    observed = np.zeros(len(ratings))
    for one, other in combinations(range(ratings.shape[1]), 2):
        both = present[:, one] & present[:, other]
        apart = distances[ratings[both, one], ratings[both, other]]
        observed[both] += 2 * apart / (counts[both] - 1)
    places = np.zeros(len(ratings), dtype=np.int64)
    if documents is not None:
        places = np.unique(documents[pairable], return_inverse=True)[1].reshape(-1)
    by_document = np.bincount(places, weights=observed)
    values = np.zeros((len(by_document), len(distances)))
    for column in range(ratings.shape[1]):
        there = present[:, column]
        np.add.at(values, (places[there], ratings[there, column]), 1)
    whole = _alpha(by_document.sum(keepdims=True), values.sum(axis=0, keepdims=True), distances)
    if np.isnan(whole[0]):
        return Figure(None, "no variation: all decided the same on every clause")
    value = float(whole[0])
    if documents is None:
        return Figure(value)
    number = len(by_document)
    if number < 2:
        return Figure(value, "no interval: all clauses are of one document")
    drawn = _drawn(number)
    sampled = _alpha(drawn @ by_document, drawn @ values, distances)
    sampled = sampled[~np.isnan(sampled)]
    if len(sampled) < _ENOUGH * SAMPLES:
        return Figure(value, "no interval: too few documents vary")
    low, high = (float(edge) for edge in np.percentile(sampled, (2.5, 97.5)))
    return Figure(value, "", low, high)


def cohen_kappa(one: Sequence[Hashable], other: Sequence[Hashable]) -> Figure:
    """Cohen's kappa of two coders' values on the same units.

    >>> cohen_kappa("yyyn", "yynn").value, cohen_kappa("nn", "nn").reason
    (0.5, 'no variation: all decided the same on every clause')
    """
    if not len(one):
        return Figure(None, "no overlap: no clause was read by two of them")
    if len({*one, *other}) == 1:
        return Figure(None, "no variation: all decided the same on every clause")
    from sklearn.metrics import cohen_kappa_score

    return Figure(float(cohen_kappa_score(list(one), list(other))))


def nominal(values: int) -> Floats:
    """Distances of values that are the same or are not.

    >>> nominal(2).tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    return 1 - np.eye(values)


def masi(one: AbstractSet[Hashable], other: AbstractSet[Hashable]) -> float:
    """How far two sets are apart, from 0 (equal) to 1 (nothing in common).

    The part they share is weighted by 2/3 when one holds the other, by 1/3 when they only overlap.
    Two empty sets are equal.

    >>> masi({"a"}, {"a", "b"}) == 1 - 1 / 2 * 2 / 3, masi(set(), {"a"}), masi(set(), set())
    (True, 1.0, 0.0)
    """
    if one == other:
        return 0.0
    shared = len(one & other)
    weight = 2 / 3 if one <= other or other <= one else 1 / 3
    return 1 - shared / len(one | other) * weight


@lru_cache(maxsize=1)  # one group of coders after the other asks for the same
def _drawn(number: int) -> Floats:
    """How often each document is in each bootstrap sample."""
    draws = np.random.default_rng(0).multinomial(number, np.full(number, 1 / number), size=SAMPLES)
    return draws.astype(np.float64)


def _alpha(observed: Floats, values: Floats, distances: Floats) -> Floats:
    """Alpha of samples (rows): disagreement observed against expected; nan without variation."""
    total = values.sum(axis=1)
    expected = np.einsum("sv,sv->s", values @ distances, values)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(expected > 0, 1 - observed * (total - 1) / expected, np.nan)


def _distances(sets: Sequence[frozenset[str]]) -> Floats:
    return np.array([[masi(one, other) for other in sets] for one in sets]).reshape(
        len(sets), len(sets)
    )


def _compared(
    code: str,
    coders: tuple[str, ...],
    ratings: Ratings,
    documents: NDArray[np.int64],
    distances: Floats,
    sets: Sequence[frozenset[str]] = (frozenset(), frozenset([""])),
    *,
    intervals: bool,
) -> Comparison:
    """The figures of one group of coders; ``sets`` are the values, empty where nothing applies."""
    pairable = (ratings != _UNREAD).sum(axis=1) >= 2
    shared = ratings[pairable]
    units = len(shared)
    largest = shared.max(axis=1, initial=_UNREAD)
    alike = np.where(shared == _UNREAD, largest[:, None], shared) == largest[:, None]
    percent = (
        Figure(float(alike.all(axis=1).mean()))
        if units
        else Figure(None, "no overlap: no clause was read by two of them")
    )
    if len(coders) > 2:
        kappa = Figure(None, "kappa is of two coders; see the pairs")
    else:
        kappa = cohen_kappa(shared[:, 0].tolist(), shared[:, 1].tolist())
    some = np.array([bool(each) for each in sets] + [False])
    return Comparison(
        code,
        coders,
        units,
        len(np.unique(documents[pairable])),
        {name: int(some[shared[:, place]].sum()) for place, name in enumerate(coders)},
        percent,
        kappa,
        krippendorff_alpha(ratings, distances, documents if intervals else None),
    )


def _chosen(
    coded: Sequence[CodedClause], codebook: Codebook, coders: Sequence[str]
) -> tuple[tuple[str, ...], list[CodedClause], dict[str, int]]:
    """Who is compared, by what decisions, and why others were left out."""
    known = {code.id for code in codebook.codes}
    skipped: Counter[str] = Counter()
    kept = []
    for one in coded:
        foreign = sorted(set(one.codes) - known)
        if coders and one.coder not in coders:
            skipped[f"{one.coder} was not asked for"] += 1
        elif not coders and is_agreed(one.coder):
            skipped[f"{one.coder} is no independent reading; name it to compare it"] += 1
        elif one.codebook != codebook.reference:
            skipped[f"coded by {one.codebook}, not by {codebook.reference}"] += 1
        elif foreign:
            skipped[f"{codebook.reference} has no code {', '.join(foreign)}"] += 1
        else:
            kept.append(one)
    names = tuple(dict.fromkeys(coders)) or tuple(sorted({one.coder for one in kept}))
    there = {one.coder for one in kept}
    why = "".join(f" Skipped: {count} coded clauses: {said}." for said, count in skipped.items())
    for name in names:
        if name not in there:
            all_of = ", ".join(sorted({one.coder for one in coded})) or "nobody"
            raise InputError(
                f"The coder {name} has decided nothing by {codebook.reference}. Coders here: "
                f"{all_of}.{why}"
            )
    if len(names) < 2:
        raise InputError(
            f"Reliability compares coders, at least two; here is {', '.join(names) or 'none'}.{why}"
        )
    return names, kept, dict(skipped)


def _by_unit(coded: Sequence[CodedClause]) -> dict[tuple[str, str], dict[str, CodedClause]]:
    read: dict[tuple[str, str], dict[str, CodedClause]] = {}
    for one in coded:
        own = read.setdefault(unit(one), {})
        if one.coder in own:
            raise InputError(
                f'{one.coder} has decided twice on clause "{one.clause}" of "{one.document}". Keep '
                "one of the two."
            )
        own[one.coder] = one
    return read


def _disagreements(
    read: Mapping[tuple[str, str], Mapping[str, CodedClause]], names: Sequence[str]
) -> Iterator[Disagreement]:
    for own in read.values():
        if len({frozenset(one.codes) for one in own.values()}) < 2:
            continue
        said = [own[name] for name in names if name in own]
        shown = next((one for one in said if one.text), said[0])
        yield Disagreement(
            shown.document,
            shown.clause,
            shown.language,
            shown.text,
            {one.coder: one.codes for one in said},
            {one.coder: one.memo for one in said if one.memo},
        )


def _said(each: Disagreement) -> Iterator[str]:
    for coder, codes in each.codes.items():
        memo = each.memos.get(coder, "")
        yield f"{coder}: {', '.join(codes) or 'none'}" + (f" ({memo})" if memo else "")


def _block(own: Sequence[Comparison]) -> Iterator[str]:
    """The table of one group of coders."""
    head = own[0]
    yield (
        f"{' and '.join(head.coders)}: {_many(head.units, 'clause')} of "
        f"{_many(head.documents, 'document')}"
    )
    if not head.units:
        yield f"  not computable: {head.percent.reason}"
        return
    yield f"  {'code':24} {'n':>5}  {'same':>6}  {'kappa':>5}  alpha (95 % interval)"
    for each in own:
        same = f"{each.percent.value:.1%}" if each.percent.value is not None else ""
        kappa = "" if each.kappa.value is None else str(each.kappa)
        name = each.code if each.code != SETS else "whole sets (MASI)"
        why = f": {each.alpha.reason}" if each.alpha.value is None else ""
        if each.alpha.value is not None and each.alpha.reason:
            why = f" ({each.alpha.reason})"
        yield f"  {name:24} {each.units:5}  {same:>6}  {kappa:>5}  {each.alpha}{why}"


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
