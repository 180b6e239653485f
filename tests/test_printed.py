from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textmine.printed import (
    NotANumber,
    amounts_against,
    checked,
    column_types,
    number_of,
    printed_tables,
    year_of,
)
from textmine.printed.checks import Unit, stated_amounts, unit_in
from textmine.printed.mending import is_total
from textmine.printed.rowwise import is_caption, row_tables
from textmine.printed.values import cell_type
from textmine.records import Extraction, Line, Page, PrintedTable, TableCell
from textmine.sources import read
from textmine.text.digits import persian_digits


def plain(text: str) -> Extraction:
    """A text as the reader of plain files leaves it."""
    pages = []
    for number, page in enumerate(text.split("\f"), start=1):
        lines, at = [], 0
        for line in page.split("\n"):
            if line.strip():
                lines.append(Line(at, at + len(line)))
            at += len(line) + 1
        pages.append(Page(number, page, tuple(lines)))
    return Extraction(tuple(pages), "plain 1")


def only_table(text: str) -> PrintedTable:
    (found,) = row_tables(plain(text))
    return found.table


def words(table: PrintedTable) -> list[list[str]]:
    return [[cell.text for cell in row] for row in table.rows]


def heads(table: PrintedTable) -> list[str]:
    return [cell.text for cell in table.columns]


def total(table: PrintedTable) -> list[str]:
    assert table.total is not None
    return [cell.text for cell in table.total]


def table_of(columns: str, *rows: str, total: str = "", caption: str = "") -> PrintedTable:
    """A table whose cells are separated by ``|``."""

    def cells(line: str) -> tuple[TableCell, ...]:
        return tuple(TableCell(cell.strip()) for cell in line.split("|"))

    return PrintedTable(
        TableCell(caption),
        1,
        cells(columns),
        tuple(map(cells, rows)),
        cells(total) if total else None,
    )


def codes(table: PrintedTable) -> list[str]:
    return [fault.code for fault in checked(table).faults]


# ---- values -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("۱۲٬۳۴۵", 12345),
        ("۱۲،۳۴۵", 12345),
        ("1 234 567", 1234567),
        ("1'234'567", 1234567),
        ("1.234.567", 1234567),
        ("1.234", 1.234),
        ("12,5", 12.5),
        ("۱۲/۵", 12.5),
        ("۱۲/۵٪", 12.5),
        ("۱٬۲۳۴٫۵", 1234.5),
        ("٣٤٥", 345),
        (".5", 0.5),
        ("12 درصد", 12),
        ("% 12", 12),
        ("(1,250)", -1250),
        ("(۱۳۷۶)", 1376),
        ("−5", -5),
        ("5-", -5),
        ("123*", 123),
        ("123^۱", 123),
        ("123[2]", 123),
        ("123²", 123),
        ("**4,010**", 4010),
        ("12 (5%)", 12),
        ("2.5 میلیون", 2_500_000),
        ("19.9 million", 19_900_000),
        ("$3.2 billion", 3_200_000_000),
        ("۵ یورو", 5),
        ("۱۴۰۴ (۷ ماه) (نخست)", 1404),
        ("\u200f۱۲۳\u200c", 123),
    ],
)
def test_numbers_are_read_as_written(text: str, value: float) -> None:
    found = number_of(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no-value"),
        ("-", "no-value"),
        ("—", "no-value"),
        ("...", "no-value"),
        ("n/a", "no-value"),
        ("ندارد", "no-value"),
        ("بیشکک", "words"),
        ("بند ۳", "words"),
        ("۱۲۰ نفر", "words"),
        ("۱۳۷۳/۳/۲", "date"),
        ("۱۳۷۳/۳", "date"),
        ("2018-05-02", "date"),
        ("12-15", "range"),
        ("۱۲ تا ۱۵", "range"),
        ("۱۲، ۱۳", "several"),
        ("3/4", "several"),
        ("1,23,456", "separators"),
    ],
)
def test_what_is_no_number_says_why(text: str, reason: str) -> None:
    assert number_of(text) == NotANumber(reason)  # type: ignore[arg-type]


@given(
    st.integers(-(10**12), 10**12),
    st.sampled_from(["", ",", "٬", "،", "'", " "]),
    st.booleans(),
)
def test_whole_numbers_come_back(value: int, separator: str, persian: bool) -> None:
    written = f"{value:,}".replace(",", separator)
    assert number_of(persian_digits(written) if persian else written) == value


@pytest.mark.parametrize(
    ("text", "year"),
    [("۱۳۹۵", 1395), ("2015-16", 2015), ("سال ۱۳۹۵", 1395), ("۱۴۰۴ (۷ ماه نخست)", 1404)],
)
def test_years(text: str, year: int) -> None:
    assert year_of(text) == year


@pytest.mark.parametrize("text", ["1,395", "13955", "۱۳۹۵/۲/۳", "-", "شهر"])
def test_no_years(text: str) -> None:
    assert isinstance(year_of(text), NotANumber)


def test_types_of_columns() -> None:
    table = table_of(
        "ردیف | شهر | سال | شمار | سهم | تاریخ | یادداشت",
        "۱ | اوش | ۱۳۸۰ | ۱٬۹۵۰ | ۱۲٪ | ۱۳۸۰/۲/۳ | ",
        "۲ | پکن | ۱۳۸۱ | ۱۸۷۵ | ۱۳٪ | بهمن ۱۳۸۱ | -",
        "۳ | پاریس | ۱۳۷۹ | ۲۰۴۰ | ۱۴٪ | ۱۳۷۹/۲/۱ | ",
    )
    assert column_types(table) == ("ordinal", "text", "year", "number", "percent", "date", "empty")
    assert cell_type("کویت ۲") == "text"


# ---- reading rows -----------------------------------------------------------------------------

TRADE = """جدول ۳. تجارت با همسایه (هزار دلار)

سال\tواردات\tصادرات\tسال\tواردات\tصادرات
۱۳۸۰\t۵۲۰۱\t۳۰۲۹\t۱۳۸۶\t۶۲۱۴\t۴۰۱۸
۱۳۸۱\t۵۳۴۹\t۳۴۷۲\t۱۳۸۷\t-\t-
۱۳۸۲\t۵۷۲۵\t۳۲۳۰\t۱۳۸۸\t۶۷۶۲\t۴۳۲۸

* برآورد گمرک



۴۱۸۶\t۶۰۸۴\t۱۳۸۹\t۳۰۶۶\t۵۸۴۱\t۱۳۸۳
\t\t۱۳۹۰\t\t\t
۴۲۵۸\t۶۸۴۵\t(۵ ماه)\t۳۷۸۵\t۵۶۳۹\t۱۳۸۴
(نخست)\t\t\t\t\t
\t\t\t۳۱۵۷\t۵۷۳۳\t۱۳۸۵
۳۶۵۲۹\t۵۹۳۹۳\tجمع کل\t\t\t

منبع: گمرک
"""


def test_groups_side_by_side_mirrored_behind_a_page_turn() -> None:
    table = checked(only_table(TRADE))
    assert heads(table) == ["سال", "واردات", "صادرات"]
    assert words(table)[:2] == [["۱۳۸۰", "۵۲۰۱", "۳۰۲۹"], ["۱۳۸۱", "۵۳۴۹", "۳۴۷۲"]]
    years = [year_of(row[0].text) for row in table.rows]
    assert years == list(range(1380, 1391))
    assert words(table)[-1] == ["۱۳۹۰ (۵ ماه) (نخست)", "۶۸۴۵", "۴۲۵۸"]
    assert len(table.rows[-1][0].spans) == 3
    assert total(table) == ["جمع کل", "۵۹۳۹۳", "۳۶۵۲۹"]
    assert any("opposite direction" in repair for repair in table.repairs)
    assert [fault.code for fault in table.faults] == ["missing-years"]


def test_cells_stand_where_they_say() -> None:
    extraction = plain(TRADE)
    (found,) = row_tables(extraction)
    table = found.table
    for cell in (table.caption, *table.columns, *(c for row in table.rows for c in row)):
        assert " ".join(extraction.text[slice(*span)] for span in cell.spans) == cell.text
    inside = [span for row in table.rows for cell in row for span in cell.spans]
    assert all(any(a <= s.start and s.end <= b for a, b in found.taken) for s in inside)


def test_the_same_rows_mirrored_inside_a_markdown_table(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(
        "Table 1. Trade\n\n| Year | Tons | Place |\n|---|---|---|\n"
        "| 2001 | 320 | Osh |\n| 2002 | 330 | Graz |\n| 2003 | 340 | Pecs |\n"
        "| Linz | 350 | 2004 |\n| Qom | 360 | 2005 |\n"
    )
    (found,) = row_tables(read(path))
    assert words(found.table)[3:] == [["2004", "350", "Linz"], ["2005", "360", "Qom"]]


def test_merged_labels_are_filled_down() -> None:
    table = only_table(
        "جدول ۳: پیوندها\n\nشهر\tکشور\tشهر خواهر\tوضعیت\n"
        "اصفهان\tچین\tشیان\tفعال\n\tمالزی\tکوالالامپور\t\nشیراز\tقبرس\tنیکوزیا\t\n"
    )
    assert [row[0].text for row in table.rows] == ["اصفهان", "اصفهان", "شیراز"]
    assert table.rows[1][0] == table.rows[0][0]
    assert [row[3].text for row in table.rows] == ["فعال", "", ""]


def test_a_row_without_year_under_a_merged_label_is_a_row() -> None:
    table = only_table(
        "Table 2. Twins\n\n| City | Twin | Country | Year |\n|---|---|---|---|\n"
        "| Izmir | Bremen | Germany | 1995 |\n| | Havana | Cuba | |\n| | Tampa | USA | 1993 |\n"
    )
    assert words(table)[1] == ["Izmir", "Havana", "Cuba", ""]
    assert len(table.rows) == 3


def test_a_label_over_several_rows_is_one_label() -> None:
    rows = [
        ("۱", "نخستین", "اوش", "۱۳۷۳"),
        ("۲", "شهردار", "پکن", "۱۳۷۴"),
        ("۳", "(دورهٔ سازندگی)", "کابل", "۱۳۷۵"),
        ("۴", "(۱۳۷۶-۱۳۷۲)", "هرات", "۱۳۷۵"),
        ("۵", "دومین شهردار (۱۳۸۴-۱۳۷۶)", "مسکو", "۱۳۷۹"),
        ("۶", "", "باکو", "۱۳۸۰"),
        ("۷", "", "وان", "۱۳۸۴"),
        ("۸", "", "مینسک", "۱۳۸۵"),
        ("۹", "سومین شهردار (۱۳۹۲-۱۳۸۴)", "بغداد", "۱۳۸۶"),
        ("۱۰", "", "هانوی", "۱۳۹۱"),
    ]
    text = "جدول ۲: پیوندها\n\nشماره\tدوره\tشهر\tسال\n" + "\n".join(map("\t".join, rows))
    table = only_table(text)
    labels = [row[1].text for row in table.rows]
    assert labels[:4] == ["نخستین شهردار (دورهٔ سازندگی) (۱۳۷۶-۱۳۷۲)"] * 4
    assert labels[4:7] == ["دومین شهردار (۱۳۸۴-۱۳۷۶)"] * 3
    assert labels[7:] == ["سومین شهردار (۱۳۹۲-۱۳۸۴)"] * 3  # 1385 is in the years of the third
    (fault,) = table.faults  # 1384 is in the years of both
    assert fault.code == "label-doubtful"
    assert fault.message["en"].startswith("Rows 7:")


def test_single_labels_in_every_row_stay_apart() -> None:
    rows = [("1", "Ali (mayor)", "Osh"), ("2", "Sara", "Graz"), ("3", "Omid", "Pecs")]
    text = "Table 1. Mayors\n\nNo\tName\tCity\n" + "\n".join(map("\t".join, rows))
    assert [row[1].text for row in only_table(text).rows] == ["Ali (mayor)", "Sara", "Omid"]


def test_labels_in_the_middle_of_their_groups() -> None:
    table = only_table(
        "جدول ۵. شهرها\n\nشهر\tکشور\tسال\n\tچین\t۱۳۶۸\nاصفهان\tمالزی\t۱۳۷۶\n\tآلمان\t۱۳۷۹\n"
        "شیراز\tتاجیکستان\t۱۳۷۱\n\tقبرس\t۱۳۷۸\nتبریز\tترکیه\t۱۳۷۹\n\tروسیه\t۱۳۸۱\n"
    )
    assert [row[0].text for row in table.rows] == [
        *["اصفهان"] * 3,
        "شیراز",
        *["تبریز"] * 3,
    ]
    assert not table.faults


def test_rows_broken_over_lines_are_joined() -> None:
    table = only_table(
        "جدول ۶. اسناد\n\nردیف\tشهر\tسند\tسال\n۱\tبیشکک\tیادداشت تفاهم خواهر\t۱۳۷۳\n"
        "\t\tخواندگی و همکاری\t\n۲\tسن پترزبورگ\tقرارداد\t۱۳۷۵\n\tروسیه\tدوستی\t\n"
        "۳\tدوشنبه\tقرارداد\t۱۳۷۶\n"
    )
    assert words(table) == [
        ["۱", "بیشکک", "یادداشت تفاهم خواهر خواندگی و همکاری", "۱۳۷۳"],
        ["۲", "سن پترزبورگ روسیه", "قرارداد دوستی", "۱۳۷۵"],
        ["۳", "دوشنبه", "قرارداد", "۱۳۷۶"],
    ]


def test_a_table_goes_on_under_repeated_heads() -> None:
    table = only_table(
        "Table 4. Visitors by year\n\nYear\tVisitors\tNights\n2001\t1200\t3400\n2002\t1300\t3500\n"
        "\fJournal of Cities\n12\n\nYear\tVisitors\tNights\n2003\t1400\t3700\nTotal\t3900\t10600\n"
    )
    assert [row[0].text for row in table.rows] == ["2001", "2002", "2003"]
    assert total(table) == ["Total", "3900", "10600"]
    assert table.page == 1


def test_a_table_goes_on_under_a_caption_that_says_so() -> None:
    first, second = row_tables(
        plain(
            "جدول ۷. سفر\n\nسال\tشمار\n۱۳۹۰\t۱۲۰\n۱۳۹۱\t۱۳۰\n\fادامه جدول ۷\n\n۱۳۹۲\t۱۴۰\n"
            "۱۳۹۳\t۱۵۰\nمنبع: آمار\n\nجدول ۸. دیگر\n\nسال\tشمار\n۱۳۹۴\t۱۴۰\n۱۳۹۵\t۱۵۰\n"
        )
    )
    assert [row[0].text for row in first.table.rows] == ["۱۳۹۰", "۱۳۹۱", "۱۳۹۲", "۱۳۹۳"]
    assert second.table.caption.text == "جدول ۸. دیگر"


def test_another_table_behind_a_page_turn_is_another_table() -> None:
    found = row_tables(
        plain(
            "Table 1. Ties\n\nCity\tCountry\tYear\nOsh\tKyrgyzstan\t1997\nBalkh\tTurkey\t1999\n"
            "\fTown\tMayor\tStaff\nGraz\tA. Berger\t120\nPecs\tB. Nagy\t130\nLinz\tC. Huber\t110\n"
        )
    )
    assert [len(each.table.rows) for each in found] == [2, 3]


@pytest.mark.parametrize(
    "body",
    [
        "Year | Tons\n--- | ---\n2001 | 12\n2002 | 13\nTotal | 25",
        "| Year | Tons |\n|---|---|\n| 2001 | 12 |\n| 2002 | 13 |\n| Total | 25 |",
        "Year\tTons\n2001\t12\n2002\t13\nTotal\t25",
        "Year    Tons\n2001    12\n2002    13\nTotal   25",
        "Year; Tons; \n2001; 12; \n2002; 13; \nTotal; 25; ",
        "Year Tons\n2001 12\n2002 13\nTotal 25",
    ],
)
def test_separators(body: str) -> None:
    table = only_table(f"Table 1. Trade\n\n{body}\n\nSource: customs")
    assert heads(table)[:2] == ["Year", "Tons"]
    assert [row[:2] for row in words(table)] == [["2001", "12"], ["2002", "13"]]
    assert total(table)[:2] == ["Total", "25"]
    assert table.caption.text == "Table 1. Trade"


def test_columns_of_spaces_leave_cells_empty() -> None:
    table = only_table(
        "Table 1: Ties\n\nPartner        Country       Year\nDushanbe       Tajikistan    1992\n"
        "Nicosia        Cyprus        1999\nPecs                         2011\n"
        "Graz           Austria       2012\n"
    )
    assert words(table)[2] == ["Pecs", "", "2011"]


def test_heads_of_words_over_rows_of_figures() -> None:
    table = only_table(
        "جدول ۴. تجارت\n\nسال واردات ایران صادرات ایران سال واردات ایران صادرات ایران\n"
        "۱۳۹۰ ۱۲۳۴۵ ۲۳۴۵۶ ۱۳۹۲ ۲۲۳۴۵ ۳۳۴۵۶\n۱۳۹۱ ۱۲۳۴۶ ۲۳۴۵۷ ۱۳۹۳ (۷ ماه) - -\n"
    )
    assert heads(table) == ["سال", "واردات ایران", "صادرات ایران"]
    assert words(table)[3] == ["۱۳۹۳ (۷ ماه)", "-", "-"]


def test_merged_heads_of_html(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(
        "<p>Text.</p><table><caption>Table 1. Trade</caption><tr><th rowspan=2>Year</th>"
        "<th colspan=2>Iraq</th></tr><tr><th>Imports</th><th>Exports</th></tr>"
        "<tr><td>2010</td><td>1</td><td>2</td></tr><tr><td>2011</td><td>2</td><td>2</td></tr>"
        "</table>"
    )
    (found,) = row_tables(read(path))
    assert heads(found.table) == ["Year", "Iraq Imports", "Iraq Exports"]
    assert found.table.caption.text == "Table 1. Trade"


def test_total_under_a_year_in_the_last_column() -> None:
    table = only_table(
        "Table 2. Trade\n\nImports\tExports\tYear\n1,200\t3,400*\t2015\nn/a\t4,100[2]\t2016\n"
        "1,300\t4,200\t2017\n2,500\t11,700\tTotal\n"
    )
    assert total(table) == ["2,500", "11,700", "Total"]
    assert codes(table) == ["missing-years"]


def test_total_with_fewer_cells_is_set_under_its_columns() -> None:
    table = only_table(
        "جدول ۲. آمار\n\nکشور\tسال\tشمار\tارزش\nچین\t۱۳۹۰\t۱۲\t۳۴۰۰\nهند\t۱۳۹۱\t۱۳\t۲۱۰۰\n"
        "جمع\t۲۵\t۵۵۰۰\n"
    )
    assert total(table) == ["جمع", "", "۲۵", "۵۵۰۰"]
    assert codes(table) == []


def test_a_caption_below_is_taken_when_none_stands_above() -> None:
    table = only_table(
        "Prose.\n\nCity\tCountry\tYear\nOsh\tKyrgyzstan\t1997\nBalkh\tAfghanistan\t1999\n\n"
        "Table 5. Ties of the town\n\nProse goes on.\n"
    )
    assert table.caption.text == "Table 5. Ties of the town"


@pytest.mark.parametrize(
    "prose",
    [
        "1.\tTo exchange visits.\n2.\tTo share knowledge.\n3.\tTo meet each year.",
        "الف)\tتبادل هیئت‌ها\nب)\tبرگزاری نمایشگاه\nج)\tهمکاری دانشگاهی",
        "\tThe first paragraph is indented.\n\tSo is the second.\n\tAnd the third.",
        "For the City of Osh\tFor the City of Graz\nThe Mayor\tThe Mayor",
        "اعضا؛ رئیس؛ دبیر؛ خزانه‌دار؛\nنمایندگان؛ ناظران؛ مهمانان؛",
        "In 2012  there were  two spaces.\nBut it  is prose.",
        "جدول زیر وضعیت را نشان می‌دهد.\nدر سال ۱۳۹۲ دو شهر بود.",
        "12\n\n13\n\n14",
    ],
)
def test_prose_makes_no_table(prose: str) -> None:
    assert row_tables(plain(prose)) == ()


def test_two_languages_side_by_side_make_no_table(tmp_path: Path) -> None:
    persian = "شهرداری‌های دو شهر برای آسایش زائران، سرپناه و آبخوری در مسیرهای پیاده می‌سازند."
    english = "The municipalities shall build shelters and drinking fountains along the routes."
    rows = "".join(f"| Article {n}. {english} | ماده {n}. {persian} |\n" for n in range(1, 6))
    path = tmp_path / "a.md"
    path.write_text(f"# Treaty\n\n| English | فارسی |\n|---|---|\n{rows}")
    assert row_tables(read(path)) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("جدول ۱. حجم مبادلات", True),
        ("جدول شماره ۲: پیوندها", True),
        ("ادامه جدول ۳", True),
        ("**Table 3** — Grants", True),
        ("Table 2 shows the ties of the city.", False),
        ("جدول زیر فهرست را نشان می‌دهد.", False),
        ("در جدول ۱ آمده است", False),
    ],
)
def test_captions(text: str, expected: bool) -> None:
    assert is_caption(text) is expected


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("جمع", True),
        ("جمع کل", True),
        ("مجموع", True),
        ("Grand total", True),
        ("Sum", True),
        ("Total Asia", True),
        ("جمعیت", False),
        ("مجموعه", False),
        ("Summary", False),
        ("totally new", False),
    ],
)
def test_labels_of_totals(label: str, expected: bool) -> None:
    assert is_total(label) is expected


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)), min_size=3, max_size=12))
def test_written_tables_come_back(values: list[tuple[int, int]]) -> None:
    rows = [[str(1350 + at), str(one), str(two)] for at, (one, two) in enumerate(values)]
    sums = ["جمع", *(str(sum(column)) for column in zip(*values, strict=True))]
    lines = [["سال", "واردات", "صادرات"], *rows, sums]
    table = only_table("جدول ۱. تجارت\n\n" + "\n".join(map("\t".join, lines)))
    assert (heads(table), words(table), total(table)) == (lines[0], rows, sums)
    assert "total-differs" not in codes(table)


# ---- checks -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        (412, 438, 451, 98, 201, 390, 455),  # a year without visitors
        (12, 45, 120, 310, 290, 275),
        (1194687, 1431172, 1735705, 2125140, 2605495, 3056120),
        (310.2, 120.5, 402.1, 298.7, 88.0, 350.4),
        (1, 0, 3, 12, 2, 1, 15),
        (0, 5, 120, 1300, 14000, 15000),
        (10.4, 9.6, 31.2, 41.2, 36.4, 40.2),
        (1030, 1090, 1120, 130, 480, 1010),
        (15400, 14200, 9800, 13300, 120900, 98000),  # grown for good
        (3600, 2800, 3100, 3850, 2100, 1950),
    ],
)
@pytest.mark.parametrize("unit", ["", "thousand dollars", "هزار دلار", "میلیون ریال"])
def test_ordinary_series_have_no_faults(values: tuple[float, ...], unit: str) -> None:
    rows = (f"{1393 + at} | {value}" for at, value in enumerate(values))
    assert codes(table_of("Year | Value", *rows, caption=f"Table 1 ({unit})")) == []


def test_dates_in_no_order_are_no_series_with_missing_years() -> None:
    years = ("1995", "1985", "1997", "1993", "2001", "2003")
    rows = [f"{city} | {year} | 1" for city, year in zip("ABCDEF", years, strict=True)]
    assert codes(table_of("Twin | Year | Note", *rows)) == []


def test_a_total_that_differs_gives_both_figures() -> None:
    table = table_of("سال | شمار", "۱۳۹۰ | ۱۲", "۱۳۹۱ | ۱۵", "۱۳۹۲ | -", total="جمع | ۲۹")
    faults = {fault.code: fault for fault in checked(table).faults}
    assert set(faults) == {"total-differs", "missing-years"}
    message = faults["total-differs"].message
    assert all(figure in message["en"] for figure in ("29", "27", "difference 2"))
    assert all(figure in message["fa"] for figure in ("۲۹", "۲۷", "۲"))


@pytest.mark.parametrize(
    "table",
    [
        table_of("A | B", "x | 12", "y | 15", total="Total | 27"),
        table_of("A | B", "x | 1.25", "y | 1.25", total="Total | 2.5"),
        table_of("A | B", "x | 33.3%", "y | 33.3%", "z | 33.3%", total="Total | 100%"),
        table_of("A | B", "x | 12", "y | 15", "Average | 13.5", total="Total | 27"),
        table_of("A | B", "x | 12", "Total Asia | 12", "y | 15", total="Total | 27"),
        table_of("A | B", "x | 12", "y | 15", total="Total | -"),
    ],
)
def test_totals_that_agree(table: PrintedTable) -> None:
    assert "total-differs" not in codes(table)


def test_totals_of_rows() -> None:
    table = table_of(
        "City | Men | Women | Total", "A | 1 | 2 | 3", "B | 4 | 5 | 9", "C | 2 | 2 | 5"
    )
    (fault,) = checked(table).faults
    assert fault.message["en"].startswith('Row "C": the printed total is 5; its 2 values add up')


def test_a_column_of_totals_of_other_things_is_left_alone() -> None:
    table = table_of(
        "City | Men | Women | Total", "A | 1 | 2 | 7", "B | 4 | 5 | 11", "C | 2 | 2 | 5"
    )
    assert codes(table) == []


@pytest.mark.parametrize(
    ("caption", "values", "expected"),
    [
        ("جدول ۱. تجارت (میلیون دلار)", "۵۷۸۸۹۴۸ ۷۳۴۹۷۲۱ ۲۷۲۵۱۲۸۰", True),
        ("Table 1. Trade (US$ billion)", "578894 734972 2725128", True),
        ("جدول ۱. تجارت (میلیون دلار)", "۵۷۸۸ ۷۳۴۹ ۲۷۲۵۱", False),
        ("جدول ۱. تجارت (دلار)", "۵۷۸۸۹۴۸ ۷۳۴۹۷۲۱ ۲۷۲۵۱۲۸۰", False),
        ("جدول ۱. بودجه (میلیون ریال)", "۵۷۸۸۹۴۸ ۷۳۴۹۷۲۱ ۲۷۲۵۱۲۸۰", False),
        ("Table 1. Trade (thousand dollars)", "578894 734972 2725128", False),
    ],
)
def test_units_too_large_to_be_meant(caption: str, values: str, expected: bool) -> None:
    rows = [f"{name} | {value}" for name, value in zip("ABC", values.split(), strict=True)]
    assert (
        "unit-implausible" in codes(table_of("Name | Value", *rows, caption=caption))
    ) is expected


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("(میلیون دلار)", Unit(10**6, "dollar")),
        ("هزار تن", Unit(10**3)),
        ("Exports, € thousand", Unit(10**3, "euro")),
        ("Value (USD)", Unit(1, "dollar")),
        ("Population of millionaires", None),
        ("سوم", None),
    ],
)
def test_units_of_captions(text: str, unit: Unit | None) -> None:
    assert unit_in(text) == unit


def series(values: list[float]) -> PrintedTable:
    rows = [f"{1990 + at} | {value}" for at, value in enumerate(values)]
    return table_of("Year | Value", *rows)


@pytest.mark.parametrize(
    ("values", "year", "said"),
    [
        ([6552, 4597, 7889, 71104, 8130, 11288], 1993, "about 10 times"),
        ([6552, 4597, 570000, 7110, 8130, 11288], 1992, "about 100 times"),
        ([655200, 459700, 788900, 811, 813000, 1128800], 1993, "about 1/1000 of"),
        ([655, 670, 690, 700, 7100], 1994, "about 10 times"),
        ([6400, 655, 670, 690, 700], 1990, "about 10 times"),
    ],
)
def test_a_value_a_power_of_ten_from_its_neighbours(
    values: list[float], year: int, said: str
) -> None:
    (fault,) = checked(series(values)).faults
    assert fault.code == "outlier-factor"
    assert f"{year}: {values[year - 1990]}" in fault.message["en"]
    assert said in fault.message["en"]


@pytest.mark.parametrize(
    "values",
    [
        [100, 1000, 10000, 100000, 1000000],  # growth by the same factor
        [6552, 4597, 7889, 31104, 8130, 11288],  # four times as much
        [655, 670, 690, 700, 70],  # a year that is not over
        [1, 2, 1, 10, 1, 2],  # small counts
        [100, 1100, 90, 1000, 120, 1300, 110],  # leaps all the time
        [655, 690, 7100, 7300, 7000, 7500],  # a step that lasts
        [655, 6700, 690],  # too short to say
    ],
)
def test_ordinary_series(values: list[float]) -> None:
    assert codes(series(values)) == []


@given(st.integers(1000, 10**7), st.lists(st.floats(0.5, 2.5), min_size=5, max_size=25))
def test_growth_is_no_fault(start: int, factors: list[float]) -> None:
    values: list[float] = [start]
    for factor in factors:
        values.append(max(round(values[-1] * factor), 1))
    assert "outlier-factor" not in codes(series(values))


def test_series_in_rows_under_heads_of_years() -> None:
    table = table_of(
        "City | 2015 | 2016 | 2017 | 2018 | 2020",
        "Osh | 120 | 130 | 1350 | 140 | 150",
        "Graz | 220 | 230 | 240 | - | 260",
    )
    faults = {fault.code: fault.message["en"] for fault in checked(table).faults}
    assert set(faults) == {"outlier-factor", "missing-years"}
    assert '"Osh", 2017: 1350' in faults["outlier-factor"]
    assert "no column for 2019" in faults["missing-years"]


def test_missing_years_are_listed() -> None:
    table = table_of(
        "سال | الف | ب", "۱۳۹۰ | ۱ | ۲", "۱۳۹۱ | ۱ | -", "۱۳۹۴ | ۲ | ۳", "۱۳۹۵ | ۳ | ۴"
    )
    (fault,) = checked(table).faults
    assert "no row for 1392, 1393" in fault.message["en"]
    assert 'no value for 1391 in "ب"' in fault.message["en"]
    assert "۱۳۹۲، ۱۳۹۳" in fault.message["fa"]


@pytest.mark.parametrize(
    "table",
    [
        table_of("Year | A", "1990 | 1", "1995 | 2", "2000 | 3", "2005 | 4"),  # every fifth
        table_of("City | Year", "Osh | 1990", "Graz | 1997", "Pecs | 2011"),  # dates of things
        table_of("Year | A", "1990 | 1", "1990 | 2", "1995 | 3", "1998 | 4"),
    ],
)
def test_no_missing_years(table: PrintedTable) -> None:
    assert codes(table) == []


def test_rows_printed_twice() -> None:
    table = table_of(
        "No | City | Country | Year",
        "1 | Osh | Kyrgyzstan | 1997",
        "2 | OSH | Kyrgyzstan | ۱۹۹۷",
        "3 | Osh | Kyrgyzstan | 1998",
    )
    (fault,) = checked(table).faults
    assert fault.code == "duplicate-row"
    assert fault.message["en"].startswith("Rows 1 and 2")


def test_amounts_in_running_text() -> None:
    text = "ارزش ۱۲۳۴۵ میلیون دلار، US$ 12 bn، ۵ یورو، ۳۰ کیلومتر و سال ۱۳۹۲ بود."
    found = [(amount.value, amount.unit) for amount in stated_amounts(text)]
    assert found == [
        (12345, Unit(10**6, "dollar")),
        (12, Unit(10**9, "dollar")),
        (5, Unit(1, "euro")),
    ]


BODY = "جدول ۱. تجارت (میلیون دلار)\n\nسال\tصادرات\n۱۳۹۰\t۱۲۳۴۵\n۱۳۹۱\t۲۳۴۵۶\nجمع\t۳۵۸۰۱\n"


@pytest.mark.parametrize(
    ("sentence", "conflicts"),
    [
        ("صادرات ۳۵۸۰۱ میلیارد دلار بود.", 1),
        ("صادرات ۱۲۳۴۵ دلار بود.", 1),
        ("صادرات ۱۲۳۴۵ میلیون یورو بود.", 1),
        ("صادرات ۳۵٫۸ میلیون دلار بود.", 1),
        ("صادرات ۳۵٫۸ میلیارد دلار بود.", 0),
        ("صادرات ۳۵۸۰۱ میلیون دلار بود.", 0),
        ("صادرات ۴۴۴۴۴ میلیارد دلار بود.", 0),
        ("کد ۳۵۸۰۱ را بزنید.", 0),
    ],
)
def test_the_text_repeats_a_figure_in_another_unit(sentence: str, conflicts: int) -> None:
    extraction = plain(f"{sentence}\n\n{BODY}")
    (found,) = row_tables(extraction)
    faults = amounts_against(found.table, extraction.text)
    assert [fault.code for fault in faults] == ["unit-conflict"] * conflicts
    for fault in faults:
        assert extraction.text[slice(*fault.spans[0])] in sentence


def test_faults_keep_what_was_there_before() -> None:
    table = checked(table_of("A | B", "x | 12", "y | 15", total="Total | 28"))
    assert len(checked(table).faults) == 2
    assert checked(table).faults[0] == table.faults[0]


def test_tables_of_a_document_come_with_their_faults() -> None:
    extraction = plain(f"صادرات ۳۵۸۰۱ میلیارد دلار بود.\n\n{BODY}\n\n{TRADE}")
    first, second = printed_tables(extraction)
    assert [fault.code for fault in first.faults] == ["unit-conflict"]
    assert [fault.code for fault in second.faults] == ["missing-years"]
