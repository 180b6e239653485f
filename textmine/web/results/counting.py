"""Tables of a whole corpus, counted once for each state of it: every figure with its question.

What is counted comes from :mod:`textmine.analysis`; here it gets, for each row and column, the
query that finds the clauses behind it. On a large corpus these functions run in a process of
their own (see :mod:`textmine.web.work.computing`), so they give plain values.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from textmine import codebook as codebooks
from textmine.analysis.counted import Counted, counted
from textmine.analysis.dimensions import (
    CODE,
    COUNTRY,
    UNREAD,
    YEAR,
    Dimension,
    dimension,
)
from textmine.analysis.grouping import UNKNOWN, by_attribute, by_scheme, middles
from textmine.analysis.overview import DOUBTFUL, overview, year_of
from textmine.errors import InputError, UsageError
from textmine.records import Code, Document
from textmine.reports import marks
from textmine.reports.texts import Both
from textmine.schemes import load_scheme, scheme_names
from textmine.store.corpus import Corpus
from textmine.web.language import N_
from textmine.web.results.agreeing import agreement
from textmine.web.results.labels import (
    KIND,
    code_label,
    documents_query,
    labels_of,
    read_query,
)
from textmine.web.results.records import (
    About,
    Basis,
    CodeTrend,
    Cross,
    Named,
    Pair,
    Pairs,
    Period,
    Seen,
)

if TYPE_CHECKING:
    from textmine.analysis.crosstabs import Crosstab
    from textmine.analysis.trends import Lacking, Ratio

Tell = Callable[..., object]

SCHEME = "scheme:"
"""What stands before the name of a scheme where rows are named."""

COUNTING, TESTING = N_("Counting clauses"), N_("Testing")
"""What is told while figures are computed."""

_NAMED = 5  # documents of one kind of trouble that are named


# -- what pages ask for --------------------------------------------------------------------------


def cross(
    corpus: Corpus,
    tell: Tell,
    *,
    rows: str,
    columns: str,
    home: str = "",
    coder: str = "",
    test: bool = True,
) -> Cross:
    """Clauses by rows and columns; each is a field of documents, ``code``, or ``scheme:NAME``.

    Without ``test`` only what is counted is told.
    """
    from textmine.analysis.crosstabs import (
        Independence,
        Observation,
        Untested,
        crosstab,
        independence,
        residuals,
    )

    tell(COUNTING)
    material = _material(corpus, coder, needs_codes=CODE in (rows, columns))
    down, across = (_dimension(name, material, home) for name in (rows, columns))
    made = crosstab(
        (
            Observation(row, column, each.id, each.document)
            for each in material.clauses
            for row in down.of(each)
            for column in across.of(each)
        ),
        rows=down.used(material.clauses),
        columns=across.used(material.clauses),
    )
    tell(TESTING)
    without = (UNKNOWN, UNREAD)
    # Where rows are the documents nothing can be exchanged, and there may be thousands.
    tested = independence(made, without=without) if test else None
    known = isinstance(tested, Independence)
    cells = residuals(made, without=without) if known else Untested("one-row")
    return Cross(
        about=_about(material),
        rows=labels_of(down, made.rows, material, coder),
        columns=labels_of(across, made.columns, material, coder),
        counts=_counts(made),
        row_totals=tuple(made.row_totals[row].count for row in made.rows),
        column_totals=tuple(made.column_totals[column].count for column in made.columns),
        total=made.total.count,
        residuals={} if isinstance(cells, Untested) else dict(cells),
        test=tested,
        left_out=dict(down.left_out),
    )


def trend_of(
    corpus: Corpus, tell: Tell, *, code: str, by: str, split: int = 0, coder: str = ""
) -> CodeTrend:
    """How often ``code`` comes, by ``year`` or by the periods of ``scheme:NAME``."""
    from textmine.analysis.trends import Lacking, Marked, share_ratio, trend

    tell(COUNTING)
    material = _material(corpus, coder)
    if code not in {each.id for each in material.codes}:
        raise UsageError(f'There is no code "{code}".')
    if by == YEAR:
        grouping, scores = by_attribute(material.documents, YEAR), None
        over = dimension(YEAR, material.documents, ())
    else:
        loaded = load_scheme(by.removeprefix(SCHEME))
        if loaded.kind != "periods":
            raise UsageError(f"{loaded.id} groups {loaded.kind}; a trend needs periods.")
        grouping, scores = by_scheme(material.documents, loaded), middles(loaded)
        over = dimension(SCHEME, material.documents, (), scheme=loaded.id)
    read = [each for each in material.clauses if each.read]
    marked = [
        Marked(each.id, each.document, row, code in each.codes)
        for each in read
        for row in grouping.of.get(each.document, ())
    ]
    used = {each.period for each in marked}
    places = [place for place, row in enumerate(grouping.rows) if row in used]
    order = grouping.rows[min(places, default=0) : max(places, default=-1) + 1]
    tell(TESTING)
    found = trend(marked, periods=order, scores=scores)
    ratio: Ratio | Lacking | None = None
    if split:
        years = {each.id: year_of(each) for each in material.documents}
        ratio = share_ratio(
            (
                Marked(each.id, each.document, half, code in each.codes)
                for each in read
                if years[each.document].isdecimal()
                for half in ("before" if int(years[each.document]) < split else "from",)
            ),
            ["before"],
            ["from"],
        )
    labels = labels_of(over, [each.period for each in found.shares], material, coder)
    return CodeTrend(
        about=_about(material),
        code=code_label(code, material, coder),
        read_query="" if len(read) == len(material.clauses) else read_query(coder),
        periods=tuple(
            Period(
                label,
                len(each.clauses),
                len(each.carrying),
                each.share,
                None
                if isinstance(each.interval, Lacking)
                else (each.interval[0], each.interval[1]),
                each.documents,
                each.carrying_documents,
            )
            for label, each in zip(labels, found.shares, strict=True)
        ),
        trend=found,
        ratio=ratio,
        left_out=grouping.left_out(),
    )


def pairs_of(corpus: Corpus, tell: Tell, *, coder: str = "") -> Pairs:
    """Which codes stand on the same clauses."""
    from textmine.analysis.cooccurrence import coded, together

    tell(COUNTING)
    material = _material(corpus, coder)
    read = [each for each in material.clauses if each.read]
    found = together(coded((each.id, each.document, each.codes) for each in read))
    labels = {each.id: code_label(each.id, material, coder) for each in material.codes}
    often = {code: 0 for code in labels}
    for each in read:
        for code in each.codes:
            often[code] += 1
    return Pairs(
        about=_about(material),
        codes=tuple((labels[code], count) for code, count in often.items() if count),
        pairs=tuple(
            Pair(
                labels[each.first.name],
                labels[each.second.name],
                each.count,
                each.documents,
                each.expected,
                each.lift,
                each.jaccard,
                each.npmi,
                each.adjusted,
            )
            for each in found
        ),
    )


def seen(corpus: Corpus, tell: Tell) -> Seen:
    """The corpus at a glance: what is there, who coded it, which codes are frequent."""
    from textmine.codings import coded_in

    tell(COUNTING)
    material = counted(corpus)
    book = codebooks.load(corpus.codebook_file)
    often: dict[str, int] = {}
    uncoded = set()
    for each in material.clauses:
        if not each.read:
            uncoded.add(each.document)
        for code in each.codes:
            often[code] = often.get(code, 0) + 1
    counting = material.counting
    doubtful = [
        Named(each.id, each.title, fields=tuple(dict.fromkeys(fields)))
        for each in material.documents
        if (fields := [own.name for own in each.attributes if own.confidence < DOUBTFUL])
    ]
    return Seen(
        about=_about(material),
        overview=overview(corpus),
        agreement=agreement(coded_in(corpus.catalogue, book, read_by_people=True)),
        troubled=tuple(_troubled(material.documents)),
        doubtful=tuple(doubtful[:_NAMED]),
        doubtful_count=len(doubtful),
        years=tuple(_years(material.documents)),
        coverage=tuple(
            (each.coder, each.codebook, len(each.documents), each.clauses, each.last)
            for each in material.coders
        ),
        uncoded=len(uncoded),
        outdated=counting.codebook if counting.outdated else "",
        fields=_fields(material.documents),
        codes=tuple(
            (code_label(code, material, ""), count)
            for code, count in sorted(often.items(), key=lambda each: (-each[1], each[0]))
        ),
    )


def _troubled(documents: Iterable[Document]) -> Iterator[tuple[str, int, tuple[Named, ...]]]:
    """Documents that were not read in full, by state, the worst first."""
    by_state: dict[str, list[Document]] = {"failed": [], "suspect": [], "partial": []}
    for each in documents:
        if each.state in by_state:
            by_state[each.state].append(each)
    for state, own in by_state.items():
        if own:
            some = (Named(each.id, each.title, each.detail or each.reason) for each in own[:_NAMED])
            yield state, len(own), tuple(some)


def _years(documents: Sequence[Document]) -> Iterator[tuple[str, int, Both]]:
    """How many documents are of each year."""
    often = Counter(filter(None, map(year_of, documents)))
    for year, count in sorted(often.items()):
        yield year, count, marks.year_label(year, [])


def queries(corpus: Corpus, tell: Tell, *, by: str, home: str = "") -> Mapping[str, str]:
    """For each row of a kind that belongs to documents the query that finds its clauses."""
    tell(COUNTING)
    documents = corpus.catalogue.documents()
    over = _dimension_of(by, documents, (), home)
    if over.grouping is None:
        raise UsageError(f'"{by}" is nothing that documents are grouped by.')
    return {row: documents_query(over, row, documents) for row in over.order}


def periods_and_regions() -> tuple[tuple[str, Both], ...]:
    """The schemes that rows can be groups of, by name."""
    loaded = [(name, load_scheme(name)) for name in scheme_names()]
    return tuple(
        (f"{SCHEME}{name}", Both(each.name["en"], each.name["fa"]))
        for name, each in loaded
        if each.kind != "topics"
    )


# -- material ------------------------------------------------------------------------------------


def _material(corpus: Corpus, coder: str, *, needs_codes: bool = True) -> Counted:
    material = counted(corpus, coder or None)
    if not material.clauses:
        raise InputError("The corpus has no clauses. Add documents first.")
    if needs_codes and not any(each.read for each in material.clauses):
        raise InputError("Nobody has coded the corpus.")
    return material


def _about(material: Counted) -> About:
    counting = material.counting
    documents = Counter(coder for of in counting.coders.values() for coder in of)
    last = {each.coder: each.last for each in material.coders if each.codebook == counting.codebook}
    return About(
        tuple(Basis(each, documents[each], last.get(each, "")) for each in counting.names),
        material.names,
        material.counting.codebook,
        material.counting.current,
        len(material.clauses),
        sum(each.read for each in material.clauses),
        material.codes,
    )


def _fields(documents: Iterable[Document]) -> tuple[str, ...]:
    """Fields of documents that are worth a table: not the title, nor what years say better."""
    passed = {"title", "date", "date_persian", "year_gregorian", "language", COUNTRY, KIND, "note"}
    return tuple(sorted({own.name for each in documents for own in each.attributes} - passed))


def _dimension(name: str, material: Counted, home: str) -> Dimension:
    return _dimension_of(name, material.documents, material.codes, home)


def _dimension_of(
    name: str, documents: Sequence[Document], codes: Collection[Code], home: str
) -> Dimension:
    scheme = name.removeprefix(SCHEME) if name.startswith(SCHEME) else None
    if scheme is not None and scheme not in scheme_names():
        raise UsageError(f'There is no scheme "{scheme}".')
    return dimension(name, documents, codes, scheme=scheme, home=home)


def _counts(made: Crosstab) -> tuple[tuple[int, ...], ...]:
    return tuple(
        tuple(made.cell(row, column).count for column in made.columns) for row in made.rows
    )
