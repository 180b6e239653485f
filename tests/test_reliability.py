"""Measures of reliability against published examples and against the libraries that have them."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.metrics.agreement import AnnotationTask
from nltk.metrics.distance import binary_distance, masi_distance

from textmine.codings import CodedClause, read_coded, write_coded
from textmine.errors import InputError
from textmine.records import Code, Codebook
from textmine.reliability import (
    SETS,
    Figure,
    cohen_kappa,
    krippendorff_alpha,
    masi,
    nominal,
    reliability,
)

BOOK = Codebook("t", 1, (Code("x", {}, ""), Code("y", {}, ""), Code("never", {}, "")), "")


def ratings(*rows: str) -> np.ndarray:
    """One string a coder, one character a unit; a dot is missing."""
    values = sorted(set("".join(rows)) - {"."})
    return np.array([[values.index(v) if v != "." else -1 for v in row] for row in rows]).T


def alpha(*rows: str) -> Figure:
    return krippendorff_alpha(ratings(*rows), nominal(len(set("".join(rows)) - {"."})))


@pytest.mark.parametrize(
    ("rows", "published"),
    [
        # Krippendorff 2011, sections A (binary), B (nominal) and C (four observers, missing data).
        (("0100000010", "1110010000"), 0.095),
        (("aabbdcccedda", "babbbccceddd"), 0.692),
        (("123321412...", "1233224125.3", ".3332342251.", "12332441251."), 0.743),
    ],
)
def test_alpha_is_as_krippendorff_published_it(rows, published):
    assert alpha(*rows).value == pytest.approx(published, abs=0.0005)


# Fleiss' multi-rater kappa of this much copied example is 0.210; alpha follows from it.
FLEISS = (
    "0 0 0 0 14/0 2 6 4 2/0 0 3 5 6/0 3 9 2 0/2 2 8 1 1/"
    "7 7 0 0 0/3 2 6 3 0/2 5 3 2 2/6 5 2 1 0/0 2 2 3 7"
)


def test_alpha_is_fleiss_kappa_made_fit_for_small_samples():
    rows = [[int(n) for n in row.split()] for row in FLEISS.split("/")]
    units = np.array([[value for value, n in enumerate(row) for _ in range(n)] for row in rows])
    found = krippendorff_alpha(units, nominal(5)).value
    assert 1 - (1 - found) * 140 / 139 == pytest.approx(0.210, abs=0.0005)


@pytest.mark.parametrize(
    ("table", "published"),
    [
        ([[20, 5], [10, 15]], 0.40),
        # Cohen 1968, table 1: two psychiatrists, 200 patients, three diagnoses.
        ([[88, 14, 18], [10, 40, 10], [2, 6, 12]], 0.492),
    ],
)
def test_kappa_is_as_published(table, published):
    cells = [(a, b) for a, row in enumerate(table) for b, n in enumerate(row) for _ in range(n)]
    found = cohen_kappa([a for a, _ in cells], [b for _, b in cells])
    assert found.value == pytest.approx(published, abs=0.0005)


@settings(max_examples=60)
@given(
    st.lists(
        st.lists(st.sampled_from([-1, 0, 1, 2]), min_size=3, max_size=3), min_size=1, max_size=12
    )
)
def test_alpha_is_nltk_s_where_that_has_one(units):
    found = krippendorff_alpha(np.array(units), nominal(3))
    data = [
        (coder, unit, value)
        for unit, row in enumerate(units)
        for coder, value in enumerate(row)
        if value >= 0 and sum(each >= 0 for each in row) > 1
    ]
    if not data:
        assert found.reason.startswith("no overlap")
    elif len({value for *_, value in data}) == 1:
        assert found.reason.startswith("no variation")
    else:
        assert found.value == pytest.approx(AnnotationTask(data, binary_distance).alpha())


SET = st.frozensets(st.sampled_from("abcd"))


@given(SET, SET)
def test_masi_is_nltk_s_where_that_has_one(one, other):
    assert masi(one, other) == masi(other, one)
    if one or other:
        assert masi(one, other) == pytest.approx(masi_distance(one, other))


def coded(coder: str, *sets: str, documents: int = 1, first: int = 0) -> list[CodedClause]:
    """What a coder said of clauses one after the other; a dot is a clause not read."""
    return [
        CodedClause(
            f"folder-of-{coder}/{number % documents}.pdf",
            f"c{number}",
            "en",
            f"Text {number}.",
            tuple(said),
            coder,
            "t@1",
        )
        for number, said in enumerate(sets, first)
        if said != "."
    ]


A = coded("person:a", "x", "xy", "", "y", "x", ".", documents=3)
B = coded("person:b", "x", "x", "", "y", ".", "y", documents=3)


def test_two_coders_are_compared_on_what_both_read():
    found = reliability([*A, *B], BOOK)
    assert (found.coders, found.clauses) == (("person:a", "person:b"), 6)
    assert found.skipped == {"only one coder has read the clause": 2}
    y = found.of("y")
    assert (y.units, y.documents, y.applied) == (4, 3, {"person:a": 2, "person:b": 1})
    assert (y.percent.value, y.kappa.value) == (0.75, 0.5)
    assert y.alpha.value == pytest.approx(8 / 15)
    sets = found.of(SETS)
    assert (sets.percent.value, sets.applied) == (0.75, {"person:a": 3, "person:b": 3})
    assert 0 < sets.alpha.value < 1
    assert found.of("x").percent.value == 1
    with pytest.raises(KeyError):
        found.of("y", "person:a", "person:c")


def test_what_varies_nowhere_or_overlaps_nowhere_is_not_computable():
    never = reliability([*A, *B], BOOK).of("never")
    assert never.percent == Figure(1.0)
    for figure in (never.kappa, never.alpha):
        assert (figure.value, figure.low) == (None, None)
        assert figure.reason == "no variation: all decided the same on every clause"
    apart = reliability([*coded("a", "x"), *coded("b", "y", first=1)], BOOK)
    for each in apart.comparisons:
        assert each.units == each.documents == 0
        for figure in (each.percent, each.kappa, each.alpha):
            assert figure.value is None
            assert figure.reason.startswith("no overlap")
    assert any("not computable: no overlap" in line for line in apart.summary())


def test_three_coders_are_compared_together_and_in_pairs():
    c = coded("model:m", "x", "xy", "", "", "x", "y", documents=3)
    found = reliability([*A, *B, *c], BOOK)
    assert [each.coders for each in found.comparisons if each.code == "x"] == [
        ("model:m", "person:a", "person:b"),
        ("model:m", "person:a"),
        ("model:m", "person:b"),
        ("person:a", "person:b"),
    ]
    together = found.of("y")
    assert (together.units, together.percent.value) == (6, pytest.approx(4 / 6))
    assert (together.kappa.value, together.kappa.reason) == (
        None,
        "kappa is of two coders; see the pairs",
    )
    assert found.of("y", "person:b", "person:a").units == 4
    assert reliability([*A, *B, *c], BOOK, ["person:b", "person:a"]).coders == (
        "person:b",
        "person:a",
    )


def test_an_interval_comes_from_documents_and_is_the_same_each_time():
    a = coded("a", *["x", "y"] * 15, documents=6)
    b = coded("b", "y", "x", *["x", "y"] * 2, "y", "y", *["x", "y"] * 11, documents=6)
    one = reliability([*a, *b], BOOK).of("x").alpha
    assert one == reliability([*b, *a], BOOK).of("x").alpha
    assert one.low < one.value < one.high
    single = [replace(each, document="one.pdf") for each in [*a, *b]]
    figure = reliability(single, BOOK).of("x").alpha
    assert figure.value == pytest.approx(one.value)
    assert (figure.low, figure.reason) == (None, "no interval: all clauses are of one document")


def test_where_one_document_varies_there_is_no_interval():
    a = coded("a", "x", *[""] * 9, documents=10)
    b = coded("b", "x", *[""] * 9, documents=10)
    figure = reliability([*a, *b], BOOK).of("x").alpha
    assert (figure.value, figure.low) == (1.0, None)
    assert figure.reason == "no interval: too few documents vary"


def test_what_cannot_be_compared_is_skipped_and_counted():
    other = [replace(one, codebook="t@2") for one in coded("person:a", "x", first=9)]
    foreign = coded("person:b", "z", first=9)
    agreed = coded("person:agreed", "x", "x", documents=3)
    found = reliability([*A, *B, *other, *foreign, *agreed], BOOK)
    assert found.skipped == {
        "coded by t@2, not by t@1": 1,
        "t@1 has no code z": 1,
        "person:agreed is no independent reading; name it to compare it": 2,
        "only one coder has read the clause": 2,
    }
    named = reliability([*A, *B, *agreed], BOOK, ["person:a", "person:agreed"])
    assert named.of("y").units == 2
    assert named.skipped["person:b was not asked for"] == len(B)


@pytest.mark.parametrize(
    ("clauses", "coders", "said"),
    [
        (A, (), "at least two; here is person:a"),
        ([], (), "at least two; here is none"),
        ([*A, *B], ("person:a", "person:z"), "person:z has decided nothing .* person:a, person:b"),
        ([*A, *B, *A[:1]], (), 'person:a has decided twice on clause "c0"'),
        ([replace(one, codebook="t@9") for one in [*A, *B]], (), "Skipped: 10 .* t@9, not by t@1"),
    ],
)
def test_what_makes_no_sense_is_refused(clauses, coders, said):
    with pytest.raises(InputError, match=said):
        reliability(clauses, BOOK, coders)


def test_disagreements_tell_what_each_said():
    noted = [replace(one, memo="why?") for one in A]
    (one,) = reliability([*noted, *B], BOOK).disagreements
    assert (one.clause, one.text, one.disputed) == ("c1", "Text 1.", ("y",))
    assert one.codes == {"person:a": ("x", "y"), "person:b": ("x",)}
    assert one.memos == {"person:a": "why?"}


def test_disagreements_go_to_a_sheet_to_settle(tmp_path):
    sheet = reliability([*A, *B], BOOK).to_settle()
    assert [(one.clause, one.codes, one.coder, one.codebook) for one in sheet] == [
        ("c1", ("x",), "person:agreed", "t@1")
    ]
    assert sheet[0].memo == "person:a: x, y | person:b: x"
    write_coded(tmp_path / "settle.csv", sheet)
    assert read_coded(tmp_path / "settle.csv") == sheet


def test_figures_go_to_json_and_to_a_table_without_nan(tmp_path):
    found = reliability([*A, *B, *coded("=cmd", "x", "y")], BOOK)
    text = json.dumps(found.to_json(), allow_nan=False)
    assert json.loads(text)["comparisons"][0]["alpha"].keys() == {"value", "reason", "low", "high"}
    found.to_csv(tmp_path / "r.csv")
    with (tmp_path / "r.csv").open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == len(found.comparisons)
    assert rows[0]["coders"] == "'=cmd; person:a; person:b"
    never = next(row for row in rows if row["code"] == "never")
    assert never["alpha"] == ""
    assert "no variation" in never["reason"]
    with pytest.raises(InputError, match="cannot be written"):
        found.to_csv(tmp_path / "none" / "r.csv")


def test_the_summary_names_every_figure_s_number_of_clauses():
    lines = reliability([*A, *B], BOOK).summary()
    assert lines[0] == "Reliability by t@1: 6 clauses read"
    assert "person:a and person:b: 4 clauses of 3 documents" in lines
    row = next(line.split() for line in lines if line.split()[:1] == ["y"])
    assert row[:5] == ["y", "4", "75.0%", "0.50", "0.53"]
    assert any("never" in line and "not computable: no variation" in line for line in lines)
    assert not any("nan" in line.split() for line in lines)


@settings(max_examples=30)
@given(
    st.lists(st.tuples(SET, SET, st.integers(0, 3)), min_size=1, max_size=15),
)
def test_who_is_named_first_does_not_matter_and_equals_are_one(rows):
    def of(coder, place):
        return [
            CodedClause(f"{row[2]}", f"c{n}", "en", "", tuple(sorted(row[place])), coder, "t@1")
            for n, row in enumerate(rows)
        ]

    book = Codebook("t", 1, tuple(Code(each, {}, "") for each in "abcd"), "")
    both = [*of("p", 0), *of("q", 1)]
    one, other = reliability(both, book, ["p", "q"]), reliability(both, book, ["q", "p"])
    for here, there in zip(one.comparisons, other.comparisons, strict=True):
        for figure, twin in zip(
            (here.percent, here.kappa, here.alpha),
            (there.percent, there.kappa, there.alpha),
            strict=True,
        ):
            if figure.value is None:
                assert figure == twin
            else:
                assert math.isclose(figure.value, twin.value, abs_tol=1e-12)
    same = reliability([*of("p", 0), *of("q", 0)], book)
    assert {each.percent.value for each in same.comparisons} == {1.0}
    assert {each.alpha.value for each in same.comparisons} <= {1.0, None}
