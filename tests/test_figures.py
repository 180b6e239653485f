"""Figures: what they show, in which direction and digits, and that nothing is lost in silence."""

from __future__ import annotations

import functools
import io
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from textmine.errors import InputError
from textmine.figures import (
    Figure,
    Table,
    TrendPoint,
    heat_map,
    stacked_bars,
    tie_map,
    tie_network,
    time_line,
    trend_lines,
)
from textmine.figures.drawing import PALETTE, on
from textmine.figures.maps import _Box, _inside, _Taken
from textmine.figures.tables import nice_ticks
from textmine.figures.writing import bare, number, steered, width_of, wrapped, written
from textmine.records import Place, Span, Tie, TieDate, TieKind, Witness
from textmine.schemes import Days, Group, Scheme

SVG = "{http://www.w3.org/2000/svg}"


def place(name: str, persian: str, latitude: float | None, longitude: float | None) -> Place:
    kind = "city" if latitude is not None else "network"
    return Place(f"own:{name}", kind, "", {"en": name, "fa": persian}, latitude, longitude, 10**6)


TEHRAN = place("Tehran", "تهران", 35.7, 51.4)
SHIRAZ = place("Shiraz", "شیراز", 29.6, 52.5)
SEOUL = place("Seoul", "سئول", 37.6, 127.0)
PARIS = place("Paris", "پاریس", 48.9, 2.4)
HAVANA = place("Havana", "هاوانا", 23.1, -82.4)
CITYNET = place("CityNet", "سیتی‌نت", None, None)
LOST = Place("own:Nowhere", "city", "", {"en": "Nowhere"})


def persian_day(year: int, first: date, last: date | None = None) -> TieDate:
    return TieDate("persian", year, 1, 1, first, last or first)


def tie(
    city: Place, partner: Place, kind: TieKind = "sister-city", when: TieDate | None = None
) -> Tie:
    seen = Witness(1, 1, (Span(0, 4),), "table", partner.name["en"], kind)
    return Tie(city, partner, kind, when, "", "signed", (seen,))


TIES = (
    tie(TEHRAN, SEOUL, when=persian_day(1381, date(2002, 4, 1))),
    tie(TEHRAN, PARIS, "memorandum", persian_day(1381, date(2002, 6, 1))),
    tie(TEHRAN, HAVANA, when=persian_day(1385, date(2006, 9, 1))),
    tie(SHIRAZ, PARIS),
)
PERIODS = Scheme(
    "two",
    1,
    "periods",
    {"en": "Two", "fa": "دو"},
    {},
    "",
    (
        Group(
            "early",
            {"en": "Early years", "fa": "سال‌های نخست"},
            days=(Days(date.min, date(2004, 12, 31)),),
        ),
        Group(
            "late",
            {"en": "Late years", "fa": "سال‌های پسین"},
            days=(Days(date(2005, 1, 1), date.max),),
        ),
    ),
)
TABLE = Table(("Khatami", "Rouhani"), ("Culture", "Trade"), ((12, 3), (0, 1234)))
PERSIAN_TABLE = Table(("خاتمی", "روحانی"), ("فرهنگ", "بازرگانی 2"), ((12, 3), (0, 1234)))
POINTS = (
    TrendPoint("Culture", 1384, 0.1, (0.0, 0.25)),
    TrendPoint("Culture", 1388, 0.4),
    TrendPoint("Trade", 1384, 0.2, (0.1, 0.3)),
)
RESIDUALS = ((2.5, -2.5), (-1.0, 0.0))

KINDS: dict[str, Callable[[str], Figure]] = {
    "map": lambda language: tie_map(TIES, language, title="T 12"),
    "maps": lambda language: tie_map(TIES, language, title="T 12", periods=PERIODS),
    "network": lambda language: tie_network(TIES, language, title="T 12"),
    "time": lambda language: time_line(TIES, language, title="T 12", periods=PERIODS),
    "bars": lambda language: stacked_bars(
        PERSIAN_TABLE if language == "fa" else TABLE, language, title="T 12"
    ),
    "heat": lambda language: heat_map(
        PERSIAN_TABLE if language == "fa" else TABLE, language, title="T 12", residuals=RESIDUALS
    ),
    "trend": lambda language: trend_lines(POINTS, language, title="T 12", shares=True),
}
DRAWN = {kind: functools.cache(draw) for kind, draw in KINDS.items()}


ROOTS: dict[int, tuple[Figure, etree._Element]] = {}
"""What is parsed already, with its figure, whose id stays its own as long as it is held here."""


def root_of(figure: Figure) -> etree._Element:
    if id(figure) not in ROOTS:
        ROOTS[id(figure)] = figure, etree.fromstring(figure.svg(own_font=False).encode())
    return ROOTS[id(figure)][1]


def laid(figure: Figure) -> set[str]:
    """The texts of a figure before it is drawn."""
    return {bare(str(row["text"])) for item in figure.items for row in item.rows if "text" in row}


def labels(figure: Figure) -> list[str]:
    return [bare("".join(one.itertext())) for one in root_of(figure).iter(f"{SVG}text")]


def along(figure: Figure, says: str) -> float:
    """The x of the first mark that says this."""
    for title in root_of(figure).iter(f"{SVG}title"):
        mark = title.getparent()
        if title.text == says and mark.tag == f"{SVG}path":
            moved = re.match(r"translate\(([-\d.]+)", mark.get("transform", ""))
            return float(moved[1] if moved else re.match(r"M([-\d.]+)", mark.get("d"))[1])
    raise AssertionError(f"no mark says {says}")


def label_at(figure: Figure, text: str) -> tuple[float, str]:
    for one in root_of(figure).iter(f"{SVG}text"):
        if bare("".join(one.itertext())) == text:
            return float(re.match(r"translate\(([-\d.]+)", one.get("transform"))[1]), one.get(
                "text-anchor"
            )
    raise AssertionError(f"no label {text}")


# All kinds of figures


@pytest.mark.parametrize("language", ["fa", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_figure_carries_title_language_font_and_every_mark(kind: str, language: str) -> None:
    figure = DRAWN[kind](language)
    root = root_of(figure)
    assert root.get("lang") == language
    assert root[0].tag == f"{SVG}title"
    assert root[0].text == figure.title == ("T ۱۲" if language == "fa" else "T 12")
    assert root[0].get("id") in root.get("aria-labelledby")
    ids = [one.get("id") for one in root.iter() if one.get("id")]
    assert len(ids) == len(set(ids))
    assert set(re.findall(r"url\(#([^)]+)\)", figure.svg())) <= set(ids)
    assert "font/woff2" in figure.svg()
    assert "font/woff2" not in figure.svg(own_font=False)
    said = {one.text for one in root.iter(f"{SVG}title")}
    assert figure.marks
    assert {mark.says for mark in figure.marks} <= said
    assert all(sentence in bare(root[1].text) for sentence in figure.caption)


@pytest.mark.parametrize("kind", KINDS)
def test_persian_figure_has_no_latin_digit_and_the_english_one_no_persian(kind: str) -> None:
    persian, english = DRAWN[kind]("fa"), DRAWN[kind]("en")
    assert not re.search("[0-9]", "".join([*labels(persian), persian.alt]))
    assert not re.search("[۰-۹]", "".join([*labels(english), english.alt]))
    assert re.search("[۰-۹]", "".join(labels(persian)))


@pytest.mark.parametrize("kind", KINDS)
def test_same_input_gives_same_bytes(kind: str) -> None:
    one, two = DRAWN[kind]("fa"), KINDS[kind]("fa")
    assert one.svg() == two.svg()


def test_same_input_gives_same_pixels() -> None:
    assert DRAWN["maps"]("fa").png(0.5) == KINDS["maps"]("fa").png(0.5)


def test_png_is_as_large_as_asked() -> None:
    from PIL import Image

    figure = DRAWN["bars"]("en")
    one, two = (Image.open(io.BytesIO(figure.png(scale))) for scale in (1, 2))
    assert two.size == (2 * one.width, 2 * one.height)
    assert one.width >= figure.width


def test_drawing_libraries_load_only_when_something_is_drawn() -> None:
    code = "import sys, textmine.figures; sys.exit('vl_convert' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("draw", "reason"),
    [
        (lambda: tie_map([], "en", title="T"), "no ties"),
        (lambda: tie_map([tie(TEHRAN, LOST)], "en", title="T"), "place is known"),
        (lambda: tie_network([], "en", title="T"), "no ties"),
        (lambda: time_line([], "en", title="T"), "no ties"),
        (lambda: time_line([tie(TEHRAN, SEOUL)], "en", title="T"), "has a date"),
        (lambda: stacked_bars(Table(("a",), ("b",), ((0,),)), "en", title="T"), "counts nothing"),
        (lambda: heat_map(Table((), (), ()), "en", title="T"), "counts nothing"),
        (lambda: trend_lines([], "en", title="T"), "no points"),
        (lambda: trend_lines([TrendPoint("s", 1, -2.0)], "en", title="T"), "negative"),
        (lambda: Table(("a",), ("b", "c"), ((1,),)), "do not fit"),
        (lambda: Table(("a",), ("b",), ((-1,),)), "negative"),
        (lambda: Table(("a",), ("b",), ((float("nan"),),)), "no number"),
        (lambda: Table(("a",), ("b",), ((1e16,),)), "beyond"),
        (lambda: trend_lines([TrendPoint("s", 1, float("inf"))], "en", title="T"), "no number"),
        (lambda: heat_map(TABLE, "en", title="T", residuals=((1.0,),)), "do not fit"),
        (
            lambda: stacked_bars(
                Table(("a",), tuple("abcdefghijklm"), ((1,) * 13,)), "en", title="T"
            ),
            "colours can tell apart",
        ),
    ],
)
def test_what_cannot_be_drawn_says_why(draw: Callable[[], object], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        draw()


# Persian script


def bodies(title: str) -> int:
    """How many separate bodies of ink the title of a picture has."""
    from PIL import Image
    from scipy import ndimage

    figure = stacked_bars(Table(("a",), ("b",), ((1,),)), "fa", title=title)
    grey = np.asarray(Image.open(io.BytesIO(figure.png(2))).convert("L"))
    return int(ndimage.label(grey[: 2 * 34] < 128, np.ones((3, 3)))[1])


def test_persian_letters_join_in_pictures() -> None:
    assert bodies("سسس") == 1
    assert bodies("س\u200cس\u200cس") == 3
    assert bodies("رسد") == 2


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("تهران", "تهران"),
        ("یادداشت تفاهم‌نامه", "یادداشت تفاهم‌نامه"),
        ("۱۲", "۱۲"),
        ("−۲٫۵", "−۲٫۵"),
        ("۳۴٪", "۳۴٪"),
        ("CityNet", "CityNet"),
        ("تهران (۲)", "\u202bتهران (۲)\u202c"),
        ("۱۳۸۴–۱۳۹۲", "\u202b۱۳۸۴–۱۳۹۲\u202c"),
        ("شبکهٔ CityNet", "\u202bشبکهٔ CityNet\u202c"),
        ("مانده: −۲٫۵.", "\u202bمانده: \u202a−۲٫۵\u202c.\u202c"),
    ],
)
def test_text_is_steered_where_its_order_would_be_lost(text: str, shown: str) -> None:
    assert steered(text, "fa") == shown
    assert bare(shown) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1384-1392", "۱۳۸۴-۱۳۹۲"),
        ("-3.5", "-۳٫۵"),
        ("34%", "۳۴٪"),
        ("1,234", "۱٬۲۳۴"),
        ("G20", "G20"),
        ("A2 و 3", "A2 و ۳"),
    ],
)
def test_labels_from_outside_get_persian_digits(text: str, shown: str) -> None:
    assert written(text, "fa") == shown
    assert written(text, "en") == text


def test_numbers() -> None:
    assert number(-0.04, "en", 1) == "0.0"
    assert number(-1234.5, "fa", 1) == "−۱٬۲۳۴٫۵"


@given(st.text(alphabet="ab تهران‌۱۲", max_size=40), st.integers(10, 200))
def test_wrapping_keeps_every_word(text: str, room: int) -> None:
    lines = wrapped(text, 10, room)
    assert " ".join(lines).split() == text.split()
    assert all(width_of(line, 10) <= room or " " not in line for line in lines)


# Direction


def test_bars_begin_at_the_right_in_persian() -> None:
    persian, english = DRAWN["bars"]("fa"), DRAWN["bars"]("en")
    assert along(persian, "خاتمی – فرهنگ: ۱۲") > along(persian, "خاتمی – بازرگانی ۲: ۳")
    assert along(english, "Khatami – Culture: 12") < along(english, "Khatami – Trade: 3")
    assert label_at(persian, "خاتمی")[0] > along(persian, "خاتمی – فرهنگ: ۱۲")
    assert label_at(english, "Khatami")[0] < along(english, "Khatami – Culture: 12")
    assert label_at(persian, "T ۱۲")[1] == "end"
    assert label_at(english, "T 12")[1] in (None, "start")


def test_first_year_and_first_column_stand_at_the_right_in_persian() -> None:
    times = DRAWN["time"]("fa")
    assert along(times, "۱۳۸۱ – خواهرخواندگی: ۱") > along(times, "۱۳۸۵ – خواهرخواندگی: ۱")
    heat = DRAWN["heat"]("fa")
    assert label_at(heat, "فرهنگ")[0] > label_at(heat, "بازرگانی ۲")[0]


def test_east_stays_at_the_right_of_persian_maps() -> None:
    for language, west, east in (("fa", "پاریس: ۲", "سئول: ۱"), ("en", "Paris: 2", "Seoul: 1")):
        figure = DRAWN["map"](language)
        assert along(figure, west) < along(figure, east)


# Tables


def test_bars_show_counts_and_totals_and_leave_out_nothing_but_zeros() -> None:
    figure = DRAWN["bars"]("en")
    assert [mark.values["count"] for mark in figure.marks] == [12, 3, 1234]
    assert {"15", "1,234", "Khatami", "Rouhani", "Culture", "Trade"} <= set(labels(figure))


def test_heat_map_has_a_cell_for_every_count_with_number_and_residual() -> None:
    figure = DRAWN["heat"]("fa")
    assert len(figure.marks) == 4
    shown = labels(figure)
    assert {"۱۲", "۳", "۰", "۱٬۲۳۴", "۲٫۵", "−۲٫۵", "−۱٫۰"} <= set(shown)
    assert figure.marks[0].values["residual"] == 2.5
    fills = {
        one.find(f"{SVG}title").text: one.get("fill")
        for one in root_of(figure).iter(f"{SVG}path")
        if one.find(f"{SVG}title") is not None
    }
    more, fewer, none = (fills[figure.marks[each].says] for each in (0, 1, 3))
    assert len({more.upper(), fewer.upper(), none.upper()}) == 3


def test_heat_map_grows_so_that_long_words_do_not_meet() -> None:
    word = "Internationalisation"
    table = Table(("a",), tuple(f"{word}{letter}" for letter in "abcdefghij"), ((1,) * 10,))
    figure = heat_map(table, "en", title="T")
    places = [label_at(figure, name)[0] for name in table.columns]
    assert min(two - one for one, two in pairwise(places)) > width_of(word, 10)


@pytest.mark.parametrize("blank", ["", " ", "\u200c", "\u202e"])
@pytest.mark.parametrize("draw", [stacked_bars, heat_map])
def test_blank_names_of_rows_and_columns_show_as_a_dash(
    draw: Callable[..., Figure], blank: str
) -> None:
    figure = draw(Table((blank,), (blank,), ((3,),)), "en", title="T")
    assert figure.marks[0].says == "– – –: 3"
    assert labels(figure).count("–") == 2
    half = draw(Table(("row", blank), (blank, "column"), ((3, 1), (0, 2))), "en", title="T")
    assert {"row", "column", "–"} <= set(labels(half))


@pytest.mark.parametrize("most", [2.6e12, 9e14, 1e15])
def test_large_counts_are_drawn_and_find_room(most: float) -> None:
    table = Table(("a", "b"), ("c", "d"), ((most, 0), (1, 2)))
    shown = number(most, "en")
    bars, heat = (draw(table, "en", title="T") for draw in (stacked_bars, heat_map))
    assert label_at(bars, shown)[0] + width_of(shown, 11) / 2 <= bars.width
    assert label_at(heat, "d")[0] - label_at(heat, "c")[0] >= width_of(shown, 11)
    assert {shown, "3"} <= set(labels(bars))


def test_values_that_are_all_zero_have_an_axis() -> None:
    assert nice_ticks(0) == [0, 1]
    figure = trend_lines([TrendPoint("s", 1384, 0.0)], "en", title="T", shares=True)
    assert {"0%", "100%"} <= set(labels(figure))


@given(st.floats(0.01, 10**15))
def test_ticks_reach_just_past_the_largest_value(most: float) -> None:
    ticks = nice_ticks(most)
    assert ticks[0] == 0
    assert ticks[-2] < most <= ticks[-1] * (1 + 1e-9)
    assert 2 <= len(ticks) <= 6


def test_numbers_can_be_read_on_every_colour() -> None:
    def light(colour: str) -> float:
        parts = [int(colour[each : each + 2], 16) / 255 for each in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return float(np.dot(linear, (0.2126, 0.7152, 0.0722))) + 0.05

    for colour in PALETTE:
        high, low = sorted((light(colour), light(on(colour))), reverse=True)
        assert high / low >= 3


# Ties


def test_map_draws_a_line_for_each_pair_and_keeps_its_ties() -> None:
    figure = tie_map([*TIES, TIES[0]], "en", title="T")
    assert [mark.values["partner"] for mark in figure.marks] == [
        "Seoul",
        "Paris",
        "Havana",
        "Paris",
    ]
    assert figure.marks[0].ties == (TIES[0], TIES[0])
    assert figure.marks[0].says == "Tehran – Seoul: sister city (1381-01-01, 1381-01-01)"
    assert {"Tehran", "Shiraz", "Seoul", "Paris", "Havana"} <= set(labels(figure))
    assert any("Natural Earth" in sentence for sentence in figure.caption)


def test_map_says_what_it_cannot_show() -> None:
    figure = tie_map(
        [*TIES, tie(TEHRAN, CITYNET, "membership"), tie(TEHRAN, LOST)], "en", title="T"
    )
    assert "Memberships of networks are not on the map: 1." in figure.caption
    assert any("1 (Nowhere)" in sentence for sentence in figure.caption)


def test_maps_by_period_hold_every_tie_once_and_the_undated_last() -> None:
    figure = DRAWN["maps"]("en")
    shown = labels(figure)
    titles = ["Early years (2)", "Late years (1)", "Outside the periods, or undated (1)"]
    assert [text for text in shown if text in titles] == titles
    assert sum(len(mark.ties) for mark in figure.marks) == len(TIES)


def test_crowded_map_drops_no_name_in_silence() -> None:
    near = [
        place(f"Town{each:02}", f"شهر {each}", 45 + each % 6 * 0.2, 8 + each // 6 * 0.2)
        for each in range(36)
    ]
    figure = tie_map([tie(TEHRAN, one) for one in [*near, HAVANA]], "en", title="T")
    told = [sentence for sentence in figure.caption if sentence.startswith("Names left out")]
    shown = {text for text in labels(figure) if text.startswith("Town")}
    missing = {one.name["en"] for one in near} - shown
    assert missing
    assert told
    assert all(name in told[0] for name in missing) or str(len(missing)) in told[0]


def test_map_names_few_of_the_many_that_find_no_room_the_largest_first() -> None:
    same = [place(f"Town{each:02}", f"شهر {each}", 45.0, 8.0) for each in range(60)]
    ties = [tie(TEHRAN, one) for one in [*same, *same[30:]]]
    english, persian = (tie_map(ties, language, title="T") for language in ("en", "fa"))
    (told,) = (one for one in english.caption if one.startswith("Names left out"))
    left = 60 - len({text for text in laid(english) if re.fullmatch(r"Town\d\d", text)})
    named = re.findall(r"Town(\d+)", told)
    assert len(named) == 15
    assert min(map(int, named[: left - 30])) >= 30
    assert told.endswith(f" and {left - 15} more.")
    assert any(one.endswith(" نام دیگر.") for one in persian.caption)


def test_home_city_is_named_however_crowded_its_surroundings() -> None:
    around = [
        place(f"Town{each}", "", 34.3 + each // 16 * 0.25, 49 + each % 16 * 0.3)
        for each in range(192)
    ]
    figure = tie_map([tie(TEHRAN, one) for one in around], "en", title="T")
    assert "Tehran" in laid(figure)


def test_names_are_kept_apart_by_looking_near_them_only() -> None:
    boxes = [
        _Box(x, y, x + 30 + x % 7, y + 14) for x in range(-50, 300, 37) for y in range(-20, 200, 23)
    ]
    taken = _Taken()
    for box in boxes:
        taken.add(box)
    for x in range(-60, 340, 9):
        for y in range(-30, 220, 9):
            tried = _Box(x, y, x + 3, y + 2)
            assert taken.meets(tried) == any(tried.meets(box) for box in boxes)
            assert taken.holds(x, y, (-999, 0)) == any(box.holds(x, y) for box in boxes)
            assert not taken.holds(x, y, (x, y))


def test_lost_places_are_counted_and_only_a_few_of_them_named() -> None:
    lost = [Place(f"own:L{each}", "city", "", {"en": f"Lost{each:02}"}) for each in range(40)]
    figure = tie_map([*TIES, *(tie(TEHRAN, one) for one in lost)], "en", title="T")
    (told,) = (one for one in figure.caption if one.startswith("Not on the map"))
    assert told.endswith("Lost13, Lost14 and 25 more).")
    assert ": 40 (" in told


@pytest.mark.parametrize("language", ["fa", "en"])
def test_panels_share_one_land_and_each_shows_it_in_its_frame(language: str) -> None:
    figure = DRAWN["maps"](language)
    root = root_of(figure)
    lands = [one for one in root.iter(f"{SVG}path") if "land-" in one.get("id", "")]
    uses = list(root.iter(f"{SVG}use"))
    assert len(lands) == 1
    assert {one.get("{http://www.w3.org/1999/xlink}href") for one in uses} == {
        f"#{lands[0].get('id')}"
    }
    frames = [dict(item.style)["outline"].frame for item in figure.items if item.kind == "land"]
    moved = [
        tuple(map(float, re.findall(r"-?[\d.]+", one.get("transform", "translate(0,0)"))))
        for one in uses
    ]
    wanted = [(frame[0] - frames[0][0], frame[1] - frames[0][1]) for frame in frames[1:]]
    assert [pytest.approx(each, abs=0.11) for each in wanted] == moved
    assert len(wanted) == 2


def test_land_takes_little_room_and_keeps_within_its_frame() -> None:
    figure = DRAWN["maps"]("en")
    (land,) = (one for one in root_of(figure).iter(f"{SVG}path") if "land-" in one.get("id", ""))
    frame = next(dict(item.style)["outline"].frame for item in figure.items if item.kind == "land")
    for outline in land.get("d").strip("Z").split("Z"):
        steps = re.findall(r"[Ml](-?[\d.]+),(-?[\d.]+)", outline)
        places = np.cumsum(np.array(steps, dtype=float), axis=0)
        assert (places >= np.array(frame[:2]) - 0.2).all()
        assert (places <= np.array(frame[2:]) + 0.2).all()
    assert len(figure.svg(own_font=False)) < 100_000


def test_crowded_part_is_drawn_closer_so_that_its_names_find_room() -> None:
    near = [
        place(f"Town{each:02}", "", 45 + each % 4 * 1.5, 8 + each // 4 * 2.5) for each in range(16)
    ]
    figure = tie_map([tie(TEHRAN, one) for one in [*near, HAVANA, SEOUL]], "en", title="T")
    assert "The crowded part, drawn closer" in labels(figure)
    assert {one.name["en"] for one in near} <= set(labels(figure))
    assert len(figure.marks) == 18


def test_lines_are_cut_off_at_the_frame() -> None:
    frame = _Box(0, 0, 10, 10)
    parts = _inside([(-5, 5), (5, 5), (15, 5), (15, 8), (5, 8)], frame)
    assert [len(part) for part in parts] == [3, 2]
    assert all(0 <= x <= 10 and 0 <= y <= 10 for part in parts for x, y in part)
    assert parts[0][0][0] == pytest.approx(0, abs=0.1)
    assert parts[0][-1][0] == pytest.approx(10, abs=0.1)
    assert _inside([(20, 20), (30, 30)], frame) == []


def test_map_across_the_date_line_takes_the_short_way() -> None:
    fiji, samoa = place("Suva", "سووا", -18.1, 178.4), place("Apia", "آپیا", -13.8, -171.8)
    figure = tie_map([tie(fiji, samoa)], "en", title="T")
    assert along(figure, "Suva: 1") < along(figure, "Apia: 1")


@pytest.mark.parametrize("language", ["en", "fa"])
def test_network_names_every_place_however_many(language: str) -> None:
    partners = [place(f"P{each}", f"پ{each}", 1.0, 1.0) for each in range(90)]
    ties = [tie(TEHRAN if each % 3 else SHIRAZ, one) for each, one in enumerate(partners)]
    figure = tie_network([*ties, tie(TEHRAN, CITYNET, "membership")], language, title="T")
    shown = set(labels(figure))
    assert {written(one.name[language], language) for one in [*partners, CITYNET]} <= shown
    assert len(figure.marks) == 91


def test_network_keeps_labels_apart() -> None:
    figure = tie_network(
        [tie(TEHRAN, place(f"P{each}", "", 1, 1)) for each in range(70)], "en", title="T"
    )
    spots = [
        tuple(
            map(float, re.match(r"translate\(([-\d.]+),([-\d.]+)", one.get("transform")).groups())
        )
        for one in root_of(figure).iter(f"{SVG}text")
        if (one.text or "").startswith("P")
    ]
    for x in {x for x, _ in spots}:
        heights = sorted(y for one, y in spots if one == x)
        assert all(two - one >= 12 for one, two in pairwise(heights))


def test_time_line_counts_by_year_of_the_language_and_tells_the_undated() -> None:
    persian, english = DRAWN["time"]("fa"), DRAWN["time"]("en")
    assert [mark.values["year"] for mark in persian.marks] == [1381, 1381, 1385]
    assert [mark.values["year"] for mark in english.marks] == [2002, 2002, 2006]
    assert {"سال‌های نخست", "سال‌های پسین", "سال (هجری خورشیدی)"} <= set(labels(persian))
    assert {"Early years", "Late years", "Year"} <= set(labels(english))
    assert english.caption == ("Not shown because no date is known: 1.",)


def test_time_line_takes_the_calendar_of_years_that_cannot_be_turned() -> None:
    whole = TieDate("gregorian", 2005, None, None, date(2005, 1, 1), date(2005, 12, 31))
    figure = time_line([tie(TEHRAN, SEOUL, when=whole)], "fa", title="T")
    assert figure.marks[0].values == {
        "year": 2005,
        "calendar": "gregorian",
        "kind": "خواهرخواندگی",
        "count": 1,
    }
    assert "سال (میلادی)" in labels(figure)


def test_year_of_the_other_calendar_counts_where_most_of_it_lies_and_says_so() -> None:
    days = [persian_day(1380 + each, date(2001 + each, 5, 1)) for each in range(3)]
    whole = TieDate("gregorian", 2005, None, None, date(2005, 1, 1), date(2005, 12, 31))
    ties = [tie(TEHRAN, SEOUL, when=when) for when in [*days, whole]]
    figure = time_line(ties, "fa", title="T")
    assert [mark.values["year"] for mark in figure.marks] == [1380, 1381, 1382, 1384]
    assert any("۱" in sentence and "گاه‌شماری" in sentence for sentence in figure.caption)


def test_time_line_by_city_puts_cities_beyond_the_colours_together() -> None:
    cities = [place(f"City{each}", "", 1, 1) for each in range(12)]
    when = persian_day(1381, date(2002, 4, 1))
    figure = time_line([tie(city, SEOUL, when=when) for city in cities], "en", title="T", by="city")
    assert sum(len(mark.ties) for mark in figure.marks) == 12
    assert figure.marks[-1].values["count"] == 5
    assert "other" in labels(figure)


def test_narrow_periods_are_numbered_and_named_in_the_caption() -> None:
    first = date(2002, 1, 1)
    groups = tuple(
        Group(
            f"p{each}",
            {"en": f"A rather long name {each}", "fa": "نام"},
            days=(Days(first + timedelta(90 * each), first + timedelta(90 * each + 89)),),
        )
        for each in range(3)
    )
    scheme = Scheme("s", 1, "periods", {"en": "S"}, {}, "", groups)
    figure = time_line(TIES, "en", title="T", periods=scheme)
    assert any(
        sentence.startswith("Numbered periods: 1 A rather long name 0, 2 ")
        for sentence in figure.caption
    )


def test_trend_shows_intervals_only_where_there_are_any() -> None:
    figure = DRAWN["trend"]("fa")
    assert figure.marks[0].says == "Culture, ۱۳۸۴: ۱۰٪ (بازه ۰٪–۲۵٪)"
    assert "low" not in figure.marks[1].values
    assert {"۱۳۸۴", "۱۳۸۸"} <= set(labels(figure))


@pytest.mark.parametrize(
    "years",
    [
        (1384, 1388),
        tuple(range(1300, 1404)),
        (1300, *range(1361, 1404, 2)),
        (*range(1301, 1400, 7), 1401),
        (1400,),
    ],
)
def test_trend_labels_first_and_last_year_and_leaves_no_long_stretch(
    years: tuple[int, ...],
) -> None:
    figure = trend_lines([TrendPoint("s", each, 1.0) for each in years], "en", title="T")
    shown = {text for text in laid(figure) if re.fullmatch(r"1[34]\d\d", text)}
    assert {str(years[0]), str(years[-1])} <= shown
    at = {each: label_at(figure, str(each))[0] for each in years if str(each) in shown}
    assert all(two - one >= 33.8 for one, two in pairwise(at.values()))
    pixels = 676 / max(years[-1] - years[0], 1)
    assert all(min(abs(each - one) for one in at) * pixels < 34 for each in years)


def test_trend_over_named_periods_keeps_their_order() -> None:
    points = [TrendPoint("s", name, 1.0) for name in ("Before", "After", "Later")]
    figure = trend_lines(points, "en", title="T")
    places = [label_at(figure, name)[0] for name in ("Before", "After", "Later")]
    assert places == sorted(places)


def test_cell_without_residual_shows_a_dash() -> None:
    figure = heat_map(TABLE, "en", title="T", residuals=((float("nan"), 1.0), (0.5, -0.5)))
    assert "–" in labels(figure)
    assert "residual" not in figure.marks[0].values


@pytest.mark.parametrize("name", ["a<b & c", "\u202eevil", "nul\x00", "x\ud800y", '"quoted"'])
def test_odd_labels_neither_break_nor_reorder_a_figure(name: str) -> None:
    figure = stacked_bars(Table((name,), ("b",), ((1,),)), "en", title=name)
    root_of(figure)
    assert figure.png(0.2).startswith(b"\x89PNG")
    assert not re.search("[\u202e\x00\ud800]", figure.svg())
