from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmine.text.dates import both_years, find_dates

Found = tuple[str, str, int, int | None, int | None, str]


def found(text: str) -> list[Found]:
    return [
        (text[slice(*one.span)], one.calendar, one.year, one.month, one.day, one.precision)
        for one in find_dates(text)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("در ۱۳۹۷/۰۳/۰۲ بود", ("۱۳۹۷/۰۳/۰۲", "persian", 1397, 3, 2, "day")),
        ("در ۰۲/۰۳/۱۳۹۷ بود", ("۰۲/۰۳/۱۳۹۷", "persian", 1397, 3, 2, "day")),
        ("در 1397-3-2 بود", ("1397-3-2", "persian", 1397, 3, 2, "day")),
        ("در ١٣٩٧/٣/٢ بود", ("١٣٩٧/٣/٢", "persian", 1397, 3, 2, "day")),
        ("on 2018-05-02.", ("2018-05-02", "gregorian", 2018, 5, 2, "day")),
        ("on 23/5/2018", ("23/5/2018", "gregorian", 2018, 5, 23, "day")),
        ("on 5/23/2018", ("5/23/2018", "gregorian", 2018, 5, 23, "day")),
        ("am 02.05.2018", ("02.05.2018", "gregorian", 2018, 5, 2, "day")),
        ("on 3/2/2018", ("3/2/2018", "gregorian", 2018, None, None, "year")),
        ("۲ خرداد ۱۳۹۷", ("۲ خرداد ۱۳۹۷", "persian", 1397, 3, 2, "day")),
        ("دوم خردادماه سال ۱۳۹۷", ("دوم خردادماه سال ۱۳۹۷", "persian", 1397, 3, 2, "day")),
        ("بیست و یکم خرداد‌ماه ۹۷", ("بیست و یکم خرداد‌ماه ۹۷", "persian", 1397, 3, 21, "day")),
        ("در خردادماه ۹۷ بود", ("خردادماه ۹۷", "persian", 1397, 3, None, "month")),
        ("در خرداد ۹۷ بود", ("خرداد ۹۷", "persian", 1397, 3, None, "month")),
        ("در خرداد ماه ۰۲ بود", ("خرداد ماه ۰۲", "persian", 1402, 3, None, "month")),
        ("سی‌ام آذر ۱۴۰۲", ("سی‌ام آذر ۱۴۰۲", "persian", 1402, 9, 30, "day")),
        ("۲ مه ۲۰۱۸", ("۲ مه ۲۰۱۸", "gregorian", 2018, 5, 2, "day")),
        ("2 May 2018", ("2 May 2018", "gregorian", 2018, 5, 2, "day")),
        ("May 2, 2018", ("May 2, 2018", "gregorian", 2018, 5, 2, "day")),
        ("Sept. 5th, 2001", ("Sept. 5th, 2001", "gregorian", 2001, 9, 5, "day")),
        (
            "this twenty-first day of May, 2018",
            ("twenty-first day of May, 2018", "gregorian", 2018, 5, 21, "day"),
        ),
        ("in May\n2018", ("May\n2018", "gregorian", 2018, 5, None, "month")),
        ("۱۷ ربیع‌الاول ۱۴۴۰", ("۱۷ ربیع‌الاول ۱۴۴۰", "islamic", 1440, 3, 17, "day")),
        ("۳۱ مهر ۱۳۹۷", ("۳۱ مهر ۱۳۹۷", "persian", 1397, 7, None, "month")),  # has 30 days
        ("سال ۱۳۸۵", ("۱۳۸۵", "persian", 1385, None, None, "year")),
        ("(باقری مقدم، ۱۳۹۴: ۱۲۰)", ("۱۳۹۴", "persian", 1394, None, None, "year")),
        ("(کتاب سبز ۱۳۸۷: ۱۶۹)", ("۱۳۸۷", "persian", 1387, None, None, "year")),
        ("(۱۳۹۵)", ("۱۳۹۵", "persian", 1395, None, None, "year")),
        ("(Handley, 2006: 4)", ("2006", "gregorian", 2006, None, None, "year")),
        ("(Nye,2008:95)", ("2008", "gregorian", 2008, None, None, "year")),
        ("(بهمن، ۱۳۸۹: ۲۷)", ("۱۳۸۹", "persian", 1389, None, None, "year")),  # an author
        ("نشر نی، ۱۳۸۵.", ("۱۳۸۵", "persian", 1385, None, None, "year")),
        ("۱۹۲۰ میلادی", ("۱۹۲۰ میلادی", "gregorian", 1920, None, None, "year")),
        ("۱۳۵۷ ه.ش. آمد", ("۱۳۵۷ ه.ش.", "persian", 1357, None, None, "year")),
        ("۱۴۴۰ قمری", ("۱۴۴۰ قمری", "islamic", 1440, None, None, "year")),
        ("since 1991", ("1991", "gregorian", 1991, None, None, "year")),
    ],
)
def test_date_is_found(text: str, expected: Found) -> None:
    assert found(text) == [expected]


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("سال‌های ۱۳۸۵، ۱۳۸۶ و ۱۳۹۰", [1385, 1386, 1390]),
        ("(۱۳۷۱-۱۴۰۱)", [1371, 1401]),
        ("(۱۳۹۵ تا ۱۴۰۰)", [1395, 1400]),
        ("between 1990 and 2000", [1990, 2000]),
        ("زمانی ۱۳۹۵ تا ۱۴۰۵ هجری شمسی", [1395, 1405]),
        ("سال ۲۰۰۲ (۱۳۸۱)", [2002, 1381]),
    ],
)
def test_every_year_of_a_row_is_found(text: str, years: list[int]) -> None:
    assert [mention.year for mention in find_dates(text)] == years


@pytest.mark.parametrize(
    "text",
    [
        "ماده ۱۳۹۷",
        "Article 2018",
        "ماده ۳.۲ و بند ۱۲",
        "صص ۱۳۴۰-۱۳۵۰",
        "pp. 1990-1999",
        "p. 1998",
        "تلفن ۰۲۱-۸۸۱۲-۱۳۹۷",
        "+98 21 8812 1397",
        "doi 10.22080/jpir.2026.30080.1459",
        "https://tpo.ir/uploads/2020/10/26.pdf",
        "0000-0002-1393-6436",
        "۱۳۹۷ نفر در ۱۳۵۰ مورد",
        "in 2018 cases",
        "دهه ۱۹۹۰ و دهه‌ی ۱۳۷۰ و the 1990s",
        "خرداد ۱۵",
        "می‌شود ۲۰۱۸",
        "may 2018",
        "1397/13/40",
        "۱۳۹۷/۳",
        "۹۷/۳/۲",
        "2018 و ۱۳۹۷",
        "بیش از ۱۶۴۸۴ پیوند",
        "۲ خرداد",
        "192.168.20.18",
    ],
)
def test_what_is_no_date_is_left_alone(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("۲ خرداد ۱۳۹۷", date(2018, 5, 23), date(2018, 5, 23)),
        ("خرداد ۱۳۹۷", date(2018, 5, 22), date(2018, 6, 21)),
        ("سال ۱۳۹۵", date(2016, 3, 20), date(2017, 3, 20)),  # a leap year
        ("اسفند ۱۳۹۶", date(2018, 2, 20), date(2018, 3, 20)),
        ("۳۰ اسفند ۱۳۹۹", date(2021, 3, 20), date(2021, 3, 20)),
        ("February 2016", date(2016, 2, 1), date(2016, 2, 29)),
        ("December 2016", date(2016, 12, 1), date(2016, 12, 31)),
        ("in 2016", date(2016, 1, 1), date(2016, 12, 31)),
    ],
)
def test_gregorian_days_of_a_mention(text: str, first: date, last: date) -> None:
    (mention,) = find_dates(text)
    assert (mention.first, mention.last) == (first, last)


def test_islamic_years_are_near_the_true_ones() -> None:
    (mention,) = find_dates("۱ محرم ۱۴۴۰")  # 11 September 2018 in most countries
    assert abs((mention.first - date(2018, 9, 11)).days) <= 2
    assert abs((mention.last - date(2019, 8, 31)).days) <= 2


def test_both_calendars_of_a_year() -> None:
    assert both_years(find_dates("سال ۱۳۸۵")[0]) == ((1385, 1385), (2006, 2007))
    assert both_years(find_dates("in 2018")[0]) == ((1396, 1397), (2018, 2018))
    assert both_years(find_dates("2 May 2018")[0]) == ((1397, 1397), (2018, 2018))


@given(st.dates(date(1850, 1, 1), date(2090, 12, 31)))
def test_every_day_is_read_back(day: date) -> None:
    (mention,) = find_dates(f"signed on {day.day} {day:%B} {day.year}.")
    assert mention.first == mention.last == day
    (mention,) = find_dates(f"signed on {day.isoformat()}.")
    assert mention.first == mention.last == day


@given(st.text(alphabet="۰۱۲۳12389/-. سالخردادمهMay(),:،در", max_size=40))
def test_mentions_are_in_order_and_inside(text: str) -> None:
    mentions = find_dates(text)
    ends = [0] + [mention.span.end for mention in mentions]
    assert all(end <= mention.span.start for end, mention in zip(ends, mentions, strict=False))
    assert all(mention.first <= mention.last for mention in mentions)
