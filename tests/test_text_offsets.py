from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmine.records import Span
from textmine.text.offsets import Edit, View


@st.composite
def views(draw: st.DrawFn, text: str | None = None) -> View:
    text = draw(st.text(alphabet="abcdef", max_size=12)) if text is None else text
    edits, at = [], 0
    while at <= len(text) and draw(st.booleans()):
        start = draw(st.integers(at, len(text)))
        end = draw(st.integers(start, len(text)))
        edits.append(Edit(start, end, draw(st.text(alphabet="XYZ", max_size=3))))
        at = end + 1
    return View.edited(text, edits)


def test_edits_are_applied_and_remembered() -> None:
    view = View.edited("a  bcd", [Edit(1, 3, " "), Edit(4, 5, "sss"), Edit(5, 6, "")])
    assert view.text == "a bsss"
    assert [view.original(at, at + 1) for at in range(6)] == [
        Span(0, 1), Span(1, 3), Span(3, 4), Span(4, 5), Span(4, 5), Span(4, 5),
    ]  # fmt: skip
    assert view.original(0, 6) == Span(0, 5)  # what was dropped at the edge is outside
    assert view.to_json_map() == [0, 1, 3, 4, 4, 4, 6]


def test_a_replacement_of_one_length_still_comes_from_the_whole() -> None:
    view = View.edited("abcd", [Edit(1, 3, "XY")])
    assert view.original(1, 2) == view.original(2, 3) == Span(1, 3)


def test_an_insertion_comes_from_nowhere_and_nothing_from_everything() -> None:
    view = View.edited("ab", [Edit(1, 1, "-")])
    assert view.original(1, 2) == Span(1, 1)
    assert view.original(3, 3) == Span(2, 2)
    assert View.edited("ab", [Edit(0, 2, "")]).original(0, 0) == Span(0, 0)
    assert View.same("").to_json_map() == [0]


@pytest.mark.parametrize(
    "edits", [[Edit(1, 3, ""), Edit(2, 4, "")], [Edit(0, 9, "")], [Edit(3, 2, "")]]
)
def test_edits_out_of_order_are_refused(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match="out of order"):
        View.edited("abcd", edits)


def test_a_view_of_another_text_is_refused() -> None:
    with pytest.raises(ValueError, match="another text"):
        View.same("ab").then(View.same("abc"))
    with pytest.raises(ValueError, match="differ in length"):
        View.translated("ab", "abc")
    with pytest.raises(ValueError, match="differ in length"):
        View.same("ab").respelled("abc")
    with pytest.raises(ValueError, match="no stretch"):
        View.same("ab").original(1, 3)


@given(views())
def test_unchanged_letters_come_from_themselves(view: View) -> None:
    starts = view.to_json_map()
    assert len(starts) == len(view.text) + 1
    assert starts == sorted(starts)
    for at, sign in enumerate(view.text):
        span = view.original(at, at + 1)
        assert 0 <= span.start <= span.end <= view.original_length
        assert starts[at] == span.start
        if sign in "abcdef":
            assert span.end - span.start == 1


@given(st.data())
def test_a_view_of_a_view_leads_to_the_same_places(data: st.DataObject) -> None:
    first = data.draw(views())
    second = data.draw(views(first.text))
    both = first.then(second)
    assert both.text == second.text
    assert both.original_length == first.original_length
    for start in range(len(both.text)):
        for end in range(start + 1, len(both.text) + 1):
            middle = second.original(start, end)
            span = both.original(start, end)
            ends = (second.original(start, start + 1), second.original(end - 1, end))
            if all(each.start < each.end for each in ends):
                assert span == first.original(*middle)
            else:  # an insertion at an edge stands on either side of what was dropped there
                left, right = max(middle.start - 1, 0), min(middle.end + 1, len(first.text))
                around = first.original(left, right)
                assert around.start <= span.start <= span.end <= around.end


def test_an_insertion_behind_something_dropped_stays_between_its_neighbours() -> None:
    first = View.edited("abc", [Edit(1, 2, "")])
    both = first.then(View.edited("ac", [Edit(1, 1, "X")]))
    assert both.text == "aXc"
    assert 1 <= both.original(1, 2).start <= 2
    assert (both.original(0, 1), both.original(2, 3)) == (Span(0, 1), Span(2, 3))


@given(views())
def test_another_spelling_of_the_same_length_leaves_every_place_as_it_was(view: View) -> None:
    upper = view.text.upper()
    assert view.respelled(upper) == view.then(View.translated(upper, view.text))


@pytest.mark.parametrize(("start", "end"), [(0, 3), (1, 2), (0, 0), (2, 2), (3, 3)])
def test_places_of_a_text_that_lost_only_its_edges(start: int, end: int) -> None:
    view = View.edited("--abc-", [Edit(0, 2, ""), Edit(5, 6, "")])
    assert view.original(start, end) == Span(start + 2, end + 2)


@st.composite
def arranged(draw: st.DrawFn, text: str | None = None) -> View:
    """A view that puts pieces of a text in another order, leaves some out and adds letters."""
    text = draw(st.text(alphabet="abcdef", max_size=12)) if text is None else text
    cuts = sorted(draw(st.sets(st.integers(0, len(text)))) | {0, len(text)})
    spans = draw(st.permutations(list(pairwise(cuts))))
    pieces: list[tuple[str, int, int]] = []
    for start, end in spans[: draw(st.integers(0, len(spans)))]:
        pieces.append((text[start:end], start, end))
        if draw(st.booleans()):
            pieces.append(("-", end, end))
    return View.arranged(len(text), pieces)


@given(st.data())
def test_pieces_in_any_order_lead_back(data: st.DataObject) -> None:
    text = data.draw(st.text(alphabet="abcdef", max_size=12))
    view = data.draw(arranged(text))
    for at, letter in enumerate(view.text):
        start, end = view.original(at, at + 1)
        assert text[start:end] == letter.replace("-", "")
    start = data.draw(st.integers(0, len(view.text)))
    end = data.draw(st.integers(start, len(view.text)))
    own = view.text[start:end].replace("-", "")
    places = view.origins(start, end)
    assert sorted("".join(text[a:b] for a, b in places)) == sorted(own)
    assert all(left.end < right.start for left, right in pairwise(places))
    if own and start < end:
        hull = view.original(start, end)
        assert hull.start <= places[0].start
        assert places[-1].end <= hull.end
    assert View.arranged(view.original_length, view.pieces(0, len(view.text))).text == view.text


@given(st.data())
def test_views_of_arranged_text_lead_back(data: st.DataObject) -> None:
    first = data.draw(arranged())
    later = data.draw(st.one_of(views(first.text), arranged(first.text)))
    both = first.then(later)
    assert both.text == later.text
    for at in range(len(later.text)):
        between = later.original(at, at + 1)
        assert set(_all(both.origins(at, at + 1))) == set(_all(first.origins(*between)))


def _all(spans: tuple[Span, ...]) -> list[int]:
    return [place for span in spans for place in range(*span)]


def test_pieces_outside_the_text_are_refused() -> None:
    with pytest.raises(ValueError, match="outside"):
        View.arranged(2, [("abc", 0, 3)])
    with pytest.raises(ValueError, match="no stretch"):
        View.same("ab").origins(1, 3)


def test_places_are_pieces_only_where_the_order_is_another() -> None:
    dropped = View.edited("a b", [Edit(1, 2, "")])
    assert dropped.places(0, 2) == (Span(0, 3),)
    turned = View.arranged(3, [("b", 2, 3), ("a", 0, 1)])
    assert turned.places(0, 2) == (Span(0, 1), Span(2, 3))
    assert (dropped.in_order, turned.in_order) == (True, False)
