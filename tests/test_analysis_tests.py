"""Residuals, odds, trends and the measures below them: published figures, and what chance is."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from textmine.analysis.crosstabs import Observation, Untested, crosstab, odds, residuals
from textmine.analysis.measures import (
    Interval,
    adjusted,
    log_likelihood,
    log_ratio,
    npmi,
    p_of_log_likelihood,
    smoothed,
    wilson,
)
from textmine.analysis.trends import (
    Lacking,
    Marked,
    Ratio,
    TrendTest,
    share_ratio,
    trend,
)

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=12)


# -- measures -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [  # Newcombe (1998), table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (20, 20, 0.8389, 1.0),
    ],
)
def test_wilson_is_that_of_the_literature(count, n, low, high):
    assert wilson(count, n) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(("count", "n"), [(0, 0), (3, 2), (-1, 4)])
def test_no_share_has_no_interval(count, n):
    with pytest.raises(ValueError, match="no share"):
        wilson(count, n)


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_agrees_with_scipy_and_holds_the_share(counts):
    count, n = counts
    low, high = wilson(count, n)
    assert low <= count / n <= high
    other = binomtest(count, n).proportion_ci(0.95, method="wilson")
    assert (low, high) == pytest.approx((other.low, other.high), abs=1e-9)


@given(P_VALUES)
def test_adjusted_p_values_grow_and_keep_their_order(values):
    holm, bh = adjusted(values), adjusted(values, "bh")
    for p, one, other in zip(values, holm, bh, strict=True):
        assert p - 1e-12 <= other <= one + 1e-12 <= 1 + 2e-12
    order = sorted(range(len(values)), key=values.__getitem__)
    for found in (holm, bh):
        assert [found[place] for place in order] == sorted(found)


@given(st.permutations(range(6)))
def test_the_order_of_p_values_does_not_matter(order):
    values = [0.001, 0.01, 0.02, 0.03, 0.2, 0.9]
    for control in ("holm", "bh"):
        plain = adjusted(values, control)
        assert adjusted([values[n] for n in order], control) == tuple(plain[n] for n in order)


@given(st.integers(0, 20), st.integers(0, 20), st.integers(0, 20), st.integers(0, 20))
def test_g2_does_not_care_which_property_comes_first(a, b, c, d):
    n = a + b + c + d
    assert log_likelihood(a, a + b, a + c, n) == pytest.approx(log_likelihood(a, a + c, a + b, n))
    other = log_likelihood(d, c + d, b + d, n)  # both properties turned round
    assert log_likelihood(a, a + b, a + c, n) == pytest.approx(other, abs=1e-9)


def test_g2_is_0_where_nothing_differs():
    assert log_likelihood(10, 20, 50, 100) == pytest.approx(0, abs=1e-12)
    assert p_of_log_likelihood(0) == 1
    assert p_of_log_likelihood(10.827566) == pytest.approx(0.001, rel=1e-5)


def test_a_count_of_0_never_turns_a_difference_round():
    assert log_ratio(0, 900, 3, 9000) == 0
    assert log_ratio(0, 10, 0, 10) == 0
    assert log_ratio(0, 9000, 3, 900) == pytest.approx(math.log2(1 / 60))
    assert log_ratio(3, 900, 0, 9000) == -log_ratio(0, 9000, 3, 900)
    assert smoothed(2, 10, 4, 10) == (0.2, 0.4)


def test_npmi_has_its_ends():
    assert npmi(7, 7, 7, 50) == 1
    assert npmi(0, 7, 7, 50) == -1
    assert npmi(50, 50, 50, 50) == 0
    assert npmi(10, 20, 25, 50) == pytest.approx(0, abs=1e-12)


# -- residuals ------------------------------------------------------------------------------------


def observations(counts, per_document=1):
    made = []
    number = 0
    for row, by_column in counts.items():
        in_row = 0
        for column, count in by_column.items():
            for _ in range(count):
                number += in_row % per_document == 0
                in_row += 1
                made.append(Observation(row, column, f"c{len(made)}", number))
    return made


PARTIES = {
    "female": {"democrat": 762, "independent": 327, "republican": 468},
    "male": {"democrat": 484, "independent": 239, "republican": 477},
}


def test_residuals_are_those_of_the_textbook():
    # Agresti (2007), Introduction to Categorical Data Analysis, table 2.5.
    found = residuals(crosstab(observations(PARTIES, 40)), permutations=99)
    values = {key: round(each.value, 2) for key, each in found.items()}
    assert values["female", "democrat"] == 4.50
    assert values["female", "independent"] == 0.70
    assert values["female", "republican"] == -5.32
    assert values["male", "republican"] == 5.32
    assert found["female", "democrat"].expected == pytest.approx(703.7, abs=0.05)
    assert found["female", "democrat"].observed == 762
    assert found["female", "democrat"].naive_p == pytest.approx(6.8e-6, rel=0.02)


def test_in_a_table_of_two_by_two_all_cells_say_the_same():
    table = crosstab(observations({"a": {"x": 9, "y": 3}, "b": {"x": 4, "y": 12}}))
    found = residuals(table, permutations=199)
    assert {round(abs(each.value), 9) for each in found.values()} == {
        round(abs(found["a", "x"].value), 9)
    }
    assert len({each.p for each in found.values()}) == 1
    assert found["a", "x"].adjusted == pytest.approx(min(1, 4 * found["a", "x"].p))


def test_residuals_do_not_take_clauses_of_one_document_for_evidence():
    codes = {"law": "eeeecc", "treaty": "eecccc"}
    table = crosstab(
        Observation(kind, code, f"{kind}{n}.{clause}", n + 10 * (kind == "law"))
        for kind, of in codes.items()
        for n, code in enumerate(of)
        for clause in range(5)
    )
    cell = residuals(table)["law", "e"]
    assert cell.naive_p < 0.02
    # By hand: 4 of 6 against 2 of 6 documents; hypergeometric, at least as far from 3:3.
    assert cell.p == pytest.approx(1 - 400 / 924, abs=0.02)


def test_one_cell_of_many_is_found():
    counts = {row: {code: 6 for code in "vwxyz"} for row in "abcd"}
    counts["a"] = {"v": 22, "w": 2, "x": 2, "y": 2, "z": 2}
    found = residuals(crosstab(observations(counts)), permutations=1999)
    sure = {key for key, each in found.items() if each.adjusted < 0.05}
    assert sure == {("a", "v")}
    assert found["a", "v"].value > 4


@pytest.mark.parametrize(
    ("counts", "per_document", "expected"),
    [
        ({}, 1, Untested("one-row")),
        ({"a": {"x": 5}, "b": {"x": 9}}, 1, Untested("one-column")),
    ],
)
def test_no_residuals_where_nothing_is_compared(counts, per_document, expected):
    assert residuals(crosstab(observations(counts, per_document))) == expected


@pytest.mark.parametrize("per_document", [6, 3])
def test_too_few_documents_leave_the_residual_without_its_p(per_document):
    table = crosstab(observations({"a": {"x": 5, "y": 1}, "b": {"x": 1, "y": 5}}, per_document))
    cell = residuals(table)["a", "x"]
    assert (cell.p, cell.adjusted) == (None, None)
    assert cell.value == pytest.approx(4 / math.sqrt(3), abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.sampled_from("xyz")), min_size=8, max_size=30
    ).flatmap(lambda made: st.tuples(st.just(made), st.permutations(range(len(made)))))
)
def test_residuals_are_symmetric_and_do_not_care_for_order(pair):
    made, order = pair
    plain = [Observation(row, column, f"c{n}", n) for n, (row, column) in enumerate(made)]
    turned = [Observation(each.column, each.row, each.clause, each.document) for each in plain]
    first, second, third = (
        residuals(crosstab(each), permutations=9)
        for each in (plain, turned, [plain[n] for n in order])
    )
    if isinstance(first, Untested):
        assert isinstance(second, Untested)
        assert isinstance(third, Untested)
        return
    for (row, column), cell in first.items():
        assert cell.value == pytest.approx(second[column, row].value)
        assert cell.value == pytest.approx(third[row, column].value)
        assert cell.observed == third[row, column].observed
    assert sum(each.observed - each.expected for each in first.values()) == pytest.approx(0)


# -- odds -----------------------------------------------------------------------------------------


def test_odds_are_those_of_the_lady_tasting_tea():
    # R: fisher.test(matrix(c(3, 1, 1, 3), 2)).
    counts = {"milk first": {"said milk": 3, "said tea": 1}, "tea": {"said milk": 1, "said tea": 3}}
    found = odds(crosstab(observations(counts)), "milk first", "said milk")
    assert found.counts == (3, 1, 1, 3)
    assert found.ratio == pytest.approx(6.408309, rel=1e-4)
    assert found.interval.low == pytest.approx(0.2117329, rel=1e-4)
    # By definition the upper end makes four right cups in four 0.975 probable; R stops at 621.9.
    upper = found.interval.high
    weights = [math.comb(4, n) ** 2 * upper**n for n in range(5)]
    assert weights[4] / sum(weights) == pytest.approx(0.975, abs=1e-6)
    assert found.p == pytest.approx(0.4857, abs=5e-5)


def test_odds_count_documents_once():
    made = [
        Observation("law", "x" if n == 0 else "y", f"l{n}", 1) for n in range(5)
    ]  # one document with five clauses, one of which has the code
    made += [Observation("treaty", "y", f"t{n}", 2 + n) for n in range(3)]
    made += [Observation("law", "y", "m1", 9), Observation("treaty", "x", "m2", 9)]
    table = crosstab(made)
    assert odds(table, "law", "x").counts == (1, 0, 0, 3)
    assert odds(table, "law", "x").mixed == 1
    assert odds(table, "law", "x", unit="clauses").counts == (1, 5, 1, 3)
    assert odds(table, "law", "x", without=("treaty",)).ratio is None
    assert odds(table, "law", "x", without=("treaty",)).p == 1


def test_clauses_that_nobody_read_are_no_evidence():
    made = [Observation("a", "x", "c1", 1), Observation("a", "-unread", "c2", 2)]
    made += [Observation("b", "y", "c3", 3)]
    assert odds(crosstab(made), "a", "x", without=("-unread",)).counts == (1, 0, 0, 1)


# -- trends ---------------------------------------------------------------------------------------


def marked(counts, per_document=1):
    """``counts`` gives each period how many clauses carry the code, and how many there are."""
    made = []
    document = 0
    for period, (carrying, n) in counts.items():
        for place in range(n):
            document += place % per_document == 0
            made.append(Marked(f"c{len(made)}", document, period, place < carrying))
    return made


def test_trend_is_that_of_the_textbook():
    # Agresti (2002), Categorical Data Analysis, p. 89 and 181: M² = 6.6, p = 0.01.
    counts = {"0": (48, 17114), "1": (38, 14502), "2": (5, 793), "3": (1, 127), "4": (1, 38)}
    scores = {"0": 0.0, "1": 0.5, "2": 1.5, "3": 4.0, "4": 7.0}
    found = trend(marked(counts), scores=scores, permutations=1)
    assert isinstance(found.test, TrendTest)
    assert found.test.z**2 == pytest.approx(6.57, abs=0.005)
    # With one clause a document both ways of counting are one.
    assert found.test.documents_z == pytest.approx(found.test.z)
    assert found.test.documents_p == pytest.approx(0.0104, abs=1e-4)
    assert found.shares[0].share == pytest.approx(48 / 17114)
    assert found.shares[0].method == "wilson"


def test_a_trend_of_documents_is_found_and_one_of_clauses_is_not_taken_for_one():
    rising = {str(2000 + n): (n, 8) for n in range(9)}
    plain = trend(marked(rising), permutations=999).test
    assert plain.p == 0.001
    assert plain.z > 4
    # Forty clauses in six documents, whose codes happen to lie so.
    few = [
        Marked(f"c{document}.{n}", document, str(2000 + document // 2), document in (3, 4, 5))
        for document in range(6)
        for n in range(7)
    ]
    test = trend(few).test
    assert math.erfc(abs(test.z) / math.sqrt(2)) < 0.001
    assert test.p > 0.05


def test_the_clauses_behind_a_share_are_kept():
    first = trend(marked({"2001": (1, 3), "2002": (0, 2)})).shares[0]
    assert first.clauses == ("c0", "c1", "c2")
    assert first.carrying == ("c0",)
    assert (first.documents, first.carrying_documents) == (3, 1)


def test_intervals_are_wider_where_clauses_come_in_documents():
    alone, together = (
        trend(marked({"2001": (20, 60)}, per_document)).shares[0] for per_document in (1, 10)
    )
    assert (alone.method, together.method) == ("wilson", "bootstrap")
    assert together.share == alone.share
    assert together.interval.high - together.interval.low > (
        1.5 * (alone.interval.high - alone.interval.low)
    )


def test_documents_that_are_all_alike_count_as_trials():
    found = trend(marked({"2001": (0, 60)}, 6)).shares[0]
    assert (found.method, found.interval) == ("wilson-documents", wilson(0, 10))
    halves = [Marked(f"{n}.{k}", n, "2001", k == 0) for n in range(5) for k in range(2)]
    half = trend(halves).shares[0]
    assert half.method == "wilson-documents"
    assert half.interval.low + half.interval.high == pytest.approx(1)  # 2.5 of 5, not 2


@pytest.mark.parametrize(
    ("counts", "per_document", "reason"),
    [
        ({}, 1, "nothing"),
        ({"2001": (2, 9)}, 1, "one-period"),
        ({"2001": (0, 9), "2002": (0, 9)}, 1, "all-alike"),
        ({"2001": (9, 9), "2002": (9, 9)}, 1, "all-alike"),
        ({"2001": (1, 2), "2002": (1, 2)}, 1, "few-documents"),
        ({"2001": (1, 9), "2002": (4, 9)}, 9, "few-documents"),
    ],
)
def test_no_trend_where_none_can_be_tested(counts, per_document, reason):
    assert trend(marked(counts, per_document)).test == Lacking(reason)


def test_few_documents_have_a_share_without_an_interval():
    found = trend(marked({"2001": (3, 8)}, 4)).shares[0]
    assert (found.share, found.interval, found.method) == (0.375, Lacking("few-documents"), None)


def test_empty_periods_stay_in_their_place():
    found = trend(marked({"b": (1, 9), "a": (3, 9)}), periods=["b", "none", "a"])
    assert [each.period for each in found.shares] == ["b", "none", "a"]
    assert found.scores == {"b": 0.0, "none": 1.0, "a": 2.0}
    assert found.shares[1].share is None
    assert found.shares[1].interval == Lacking("nothing")
    assert found.test.z > 0


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(30)))
def test_the_order_of_clauses_moves_no_figure(order):
    made = marked({"2001": (2, 10), "2002": (4, 10), "2005": (7, 10)}, 2)
    first, second = (
        trend(each, permutations=99) for each in (made, [made[place] for place in order])
    )
    assert first.test == second.test
    for one, other in zip(first.shares, second.shares, strict=True):
        assert (one.share, one.interval) == (other.share, other.interval)
        assert set(one.carrying) == set(other.carrying)


def test_a_trend_backwards_is_the_same_downwards():
    made = {"2001": (2, 10), "2002": (4, 10), "2003": (7, 10)}
    back = {"2003": (2, 10), "2002": (4, 10), "2001": (7, 10)}
    one, other = (trend(marked(each), permutations=999).test for each in (made, back))
    assert one.z == pytest.approx(-other.z)
    assert one.p == pytest.approx(other.p, abs=0.03)


def test_the_ratio_of_two_shares():
    made = marked({"old": (10, 40), "new": (30, 40)}, 2)
    found = share_ratio(made, ["old"], ["new"], permutations=999)
    assert isinstance(found, Ratio)
    assert (found.earlier, found.later, found.value) == (0.25, 0.75, 3.0)
    assert 1 < found.interval.low < 3 < found.interval.high
    assert found.p < 0.01
    same = share_ratio(marked({"old": (9, 40), "new": (10, 40)}), ["old"], ["new"])
    assert same.p > 0.5


def test_the_interval_of_the_ratio_is_katzs_where_each_document_has_one_clause():
    found = share_ratio(marked({"old": (10, 40), "new": (20, 40)}), ["old"], ["new"])
    # By hand: the logarithm varies by (3/4)/10 * 40/39 + (1/2)/20 * 40/39; Student's t, 63 degrees.
    half = 1.998 * math.sqrt(40 / 39 * (0.075 + 0.025))
    assert found.interval == pytest.approx((2 * math.exp(-half), 2 * math.exp(half)), rel=2e-3)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=10, max_size=16))
def test_a_ratio_lies_inside_its_interval_or_has_none(documents):
    made = [
        Marked(f"{n}.{k}", n, "old" if n % 2 else "new", k < carrying)
        for n, (carrying, others) in enumerate(documents)
        for k in range(carrying + others)
    ]
    found = share_ratio(made, ["old"], ["new"], permutations=1)
    if isinstance(found, Ratio) and isinstance(found.interval, Interval):
        assert 0 < found.interval.low < found.value < found.interval.high < math.inf


@pytest.mark.parametrize(
    ("counts", "per_document", "value"),
    [
        ({"old": (0, 9), "new": (4, 9)}, 1, None),
        ({"old": (4, 9), "new": (0, 9)}, 1, 0),
        ({"old": (0, 9), "new": (9, 9)}, 1, None),
        ({"old": (3, 9), "new": (9, 9)}, 1, 3),
        ({"old": (0, 18), "new": (9, 18)}, 2, None),
    ],
)
def test_a_side_without_differences_has_a_ratio_but_no_interval(counts, per_document, value):
    found = share_ratio(marked(counts, per_document), ["old"], ["new"], permutations=999)
    assert found.value == value if value is None else found.value == pytest.approx(value)
    assert found.interval == Lacking("side-alike")
    assert 0 < found.p < 0.1


@pytest.mark.parametrize(
    ("counts", "earlier", "reason"),
    [
        ({"old": (1, 9), "new": (2, 9)}, ["old", "new"], "overlap"),
        ({"new": (2, 9)}, ["old"], "nothing"),
        ({"old": (1, 3), "new": (2, 9)}, ["old"], "few-documents"),
        ({"old": (0, 9), "new": (0, 9)}, ["old"], "all-alike"),
        ({"old": (9, 9), "new": (9, 9)}, ["old"], "all-alike"),
    ],
)
def test_no_ratio_where_there_is_none(counts, earlier, reason):
    assert share_ratio(marked(counts), earlier, ["new"]) == Lacking(reason)
