"""Tables that an extractor left as runs of lines."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textmine.places import gazetteer
from textmine.printed.around import is_caption
from textmine.printed.entries import Reader
from textmine.printed.flattened import flattened_tables
from textmine.records import Extraction, Page, PrintedTable, Span


def extraction(text: str) -> Extraction:
    pages = enumerate(text.split("\f"), start=1)
    return Extraction(tuple(Page(number, page, ()) for number, page in pages), "example 1")


def tables(text: str, *taken: Span) -> tuple[PrintedTable, ...]:
    return flattened_tables(extraction(text), gazetteer(), taken)


def cells(table: PrintedTable) -> list[tuple[str, ...]]:
    return [tuple(cell.text for cell in row) for row in table.rows]


def heads(table: PrintedTable) -> tuple[str, ...]:
    return tuple(cell.text for cell in table.columns)


# ---- one line -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "name", "date", "kind", "note"),
    [
        ("Weimar (2009)", "Weimar", "2009", "", ""),
        ("Baku (MoU, 2015)", "Baku", "2015", "MoU", ""),
        ("Kuwait City (Sister City, 2000)", "Kuwait City", "2000", "Sister City", ""),
        ("قونیه (۱۳۹۴/۰۲/۱۲)", "قونیه", "۱۳۹۴/۰۲/۱۲", "", ""),
        ("(1994بیشکک )", "بیشکک", "1994", "", ""),
        ("(2006) مینسک", "مینسک", "2006", "", ""),
        ("3بانکوک", "بانکوک", "", "", "3"),
        ("12(2015بوداپست )", "بوداپست", "2015", "", "12"),
        ("نامه دوستی( بغداد )تفاهم", "بغداد", "", "تفاهم نامه دوستی", ""),
        ("پترزبورگ سن", "سن پترزبورگ", "", "", ""),
        ("(2004پترزبورگ ) سن", "سن پترزبورگ", "2004", "", ""),
        ("جنوبی کره", "کره جنوبی", "", "", ""),
        ("هرزگوینبوسنی و", "بوسنی و هرزگوین", "", "", ""),
        ("• افغانستان", "افغانستان", "", "", ""),
        ("افغانستان \ufffd", "افغانستان", "", "", ""),
        ("(9999بیشکک )", "بیشکک", "9999", "", ""),  # no possible year, but left as written
    ],
)
def test_a_line_is_read_as_an_entry(line: str, name: str, date: str, kind: str, note: str) -> None:
    entry = Reader(line, gazetteer()).entry([(line, 0)])
    assert entry is not None
    assert entry.name is not None
    assert entry.known
    found = (entry.name.cell.text, entry.date.text, entry.kind.text, entry.note.text)
    assert found == (name, date, kind, note)


@pytest.mark.parametrize(
    "line",
    [
        "see https://example.org/weimar (2009)",
        "12345",
        "1989 and 1997",
        "در این میان بیشترین موارد مناسبات دوجانبه مربوط به شهرهای کشورهای اسلامی است",
    ],
)
def test_other_lines_are_no_entries(line: str) -> None:
    entry = Reader(line, gazetteer()).entry([(line, 0)])
    assert entry is None or not entry.known


@pytest.mark.parametrize(
    ("line", "is_one"),
    [
        ("جدول شماره 2: روابط شهرها", True),
        ("روابط شهرها :2جدول شماره", True),
        ("Table 3. Partners", True),
        ("Table 3 shows the partners of the city.", False),
        ("در جدول زیر آمده است", False),
    ],
)
def test_captions(line: str, is_one: bool) -> None:
    assert is_caption(line) is is_one


# ---- partners -------------------------------------------------------------------------------

CAUCASUS = """\
روابط خارجی شهرهای جمهوری آذربایجان در سال‌های گذشته گسترش یافته است و جدول زیر آن را نشان می‌دهد.
 : شهرهای خواهرخوانده2جدول شماره
شهر خواهرخوانده
دولت متبوع

 1(2001استانبول ) باکو
 (2004تبریز )
 (1979بوردو )
 هیوستون
 پترزبورگ سن
 نامه همکاری( )تفاهم

 ترکیه
 ایران
 فرانسه

 ایالات متحده
 آمریکا
 روسیه

 عضو شبکه شهرهای خلاق یونسکو. -
 عضو سازمان شهرها و پایتخت -
 های اسلامی

1 Sister cities of Baku, available at: http://example.org/baku
 http://example.org/baku
\f (1996قارص ) گنجه
نامه  بورسا )تفاهم
 دوستی(
 2نیوآرک

 ترکیه
 ترکیه
 ایالات متحده آمریکا

 عضو شبکه شهرهای یادگیرنده -

2 Newark, its sister cities and its friends, see
http://example.org/newark
\f مسکو
 (2012درسدن )

 روسیه

پس از این جدول متن مقاله با بررسی روابط شهرهای کشور ادامه می‌یابد و نتیجه گرفته می‌شود.
"""


def test_turned_lines_of_a_persian_table_over_three_pages() -> None:
    partners, memberships = tables(CAUCASUS)
    assert heads(partners) == ("city", "partner", "country", "instrument", "date", "note")
    assert partners.caption.text == ": شهرهای خواهرخوانده2جدول شماره"
    assert cells(partners) == [
        ("باکو", "استانبول", "ترکیه", "", "2001", "1"),
        ("باکو", "تبریز", "ایران", "", "2004", ""),
        ("باکو", "بوردو", "فرانسه", "", "1979", ""),
        ("باکو", "هیوستون", "ایالات متحده آمریکا", "", "", ""),
        ("باکو", "سن پترزبورگ", "روسیه", "تفاهم نامه همکاری", "", ""),
        ("گنجه", "قارص", "ترکیه", "", "1996", ""),
        ("گنجه", "بورسا", "ترکیه", "تفاهم نامه دوستی", "", ""),
        ("گنجه", "نیوآرک", "ایالات متحده آمریکا", "", "", "2"),
        ("گنجه", "مسکو", "روسیه", "", "", ""),
        ("گنجه", "درسدن", "", "", "2012", ""),
    ]
    [fault] = partners.faults
    assert fault.code == "country-missing"
    assert "درسدن" in fault.message["fa"]
    assert "روسیه" in fault.message["en"]
    assert any("run" in repair for repair in partners.repairs)
    assert heads(memberships) == ("city", "network")
    assert cells(memberships) == [
        ("باکو", "عضو شبکه شهرهای خلاق یونسکو."),
        ("باکو", "عضو سازمان شهرها و پایتخت های اسلامی"),
        ("گنجه", "عضو شبکه شهرهای یادگیرنده"),
    ]


def test_labels_on_lines_of_their_own_in_english() -> None:
    [table] = tables(
        "Table 3. Sister cities\nCity\nPartners\n"
        "Shiraz\nWeimar (2009)\nNicosia (1999)\nDushanbe\n"
        "Tabriz\nIstanbul (2010)\nBaku (MoU, 2015)\n"
        "The table shows that both cities look to their neighbours.\n"
    )
    assert cells(table) == [
        ("Shiraz", "Weimar", "", "", "2009", ""),
        ("Shiraz", "Nicosia", "", "", "1999", ""),
        ("Shiraz", "Dushanbe", "", "", "", ""),
        ("Tabriz", "Istanbul", "", "", "2010", ""),
        ("Tabriz", "Baku", "", "MoU", "2015", ""),
    ]


def test_columns_in_english_with_a_missing_and_an_extra_country() -> None:
    [table] = tables(
        "Table 1: Twin towns\n"
        "Isfahan Freiburg (2000)\nFlorence (1998)\nKuwait City (2000)\n"
        "Saint Petersburg\n(Memorandum of Understanding)\n"
        "Germany\nItaly\nJapan\nKuwait\nRussia\n"
        "Shiraz Dushanbe (1992)\nWeimar (2009)\nChongqing\n"
        "Tajikistan\nChina\n"
    )
    assert [row[:5] for row in cells(table)] == [
        ("Isfahan", "Freiburg", "Germany", "", "2000"),
        ("Isfahan", "Florence", "Italy", "", "1998"),
        ("Isfahan", "Kuwait City", "Kuwait", "", "2000"),
        ("Isfahan", "Saint Petersburg", "Russia", "Memorandum of Understanding", ""),
        ("Shiraz", "Dushanbe", "Tajikistan", "", "1992"),
        ("Shiraz", "Weimar", "", "", "2009"),
        ("Shiraz", "Chongqing", "China", "", ""),
    ]
    assert sorted(fault.code for fault in table.faults) == ["country-extra", "country-missing"]


def test_names_that_are_city_and_country_stand_on_both_sides_of_the_border() -> None:
    [table] = tables(
        "جدول 7: شهرهای دوست\n قونیه تبریز\n سنگاپور\n تونس\n ترکیه\n سنگاپور\n تونس\n"
        " قاهره شیراز\n مسقط\n مصر\n عمان\n"
    )
    assert [row[:3] for row in cells(table)] == [
        ("تبریز", "قونیه", "ترکیه"),
        ("تبریز", "سنگاپور", "سنگاپور"),
        ("تبریز", "تونس", "تونس"),
        ("شیراز", "قاهره", "مصر"),
        ("شیراز", "مسقط", "عمان"),
    ]
    assert table.faults == ()


def test_a_column_of_years_and_lines_of_one_cell_each() -> None:
    [table] = tables(
        "جدول 4. مشهد\nمشهد لاهور\nکراچی\nنجف\nپاکستان\nپاکستان\nعراق\n2006\n2012\n2011"
    )
    assert [row[1:5] for row in cells(table)] == [
        ("لاهور", "پاکستان", "", "2006"),
        ("کراچی", "پاکستان", "", "2012"),
        ("نجف", "عراق", "", "2011"),
    ]
    [table] = tables(
        "Table 1\nShiraz\nWeimar\nGermany\n2009\nNicosia\nCyprus\n1999\n"
        "Tabriz\nBaku\nAzerbaijan\n2015\n"
    )
    assert [row[:5] for row in cells(table)] == [
        ("Shiraz", "Weimar", "Germany", "", "2009"),
        ("Shiraz", "Nicosia", "Cyprus", "", "1999"),
        ("Tabriz", "Baku", "Azerbaijan", "", "2015"),
    ]


def test_labels_of_several_countries_on_the_lines_of_their_first_partners() -> None:
    [table] = tables(
        "Table 2. Twins\nAnkara Seoul (1971)\nBudapest (1992)\nMoscow\nSouth Korea\nHungary\n"
        "Russia\nHamburg Marseille (1958)\nOsaka (1989)\nChicago\nFrance\nJapan\nUnited States\n"
    )
    assert [row[:3] for row in cells(table)][::2] == [
        ("Ankara", "Seoul", "South Korea"),
        ("Ankara", "Moscow", "Russia"),
        ("Hamburg", "Osaka", "Japan"),
    ]
    assert table.faults == ()


def test_labels_of_several_countries_on_lines_of_their_own() -> None:
    [table] = tables(
        "جدول ۲: شهرهای خواهرخوانده\nآنکارا\nسئول (۱۹۷۱)\nپکن (۱۹۹۰)\nمسکو\nکره جنوبی\nچین\nروسیه\n"
        "هامبورگ\nمارسی (۱۹۵۸)\nاوزاکا\nپراگ\nفرانسه\nژاپن\nجمهوری چک\n"
    )
    assert [row[0] for row in cells(table)] == ["آنکارا"] * 3 + ["هامبورگ"] * 3
    assert cells(table)[3][1:5] == ("مارسی", "فرانسه", "", "۱۹۵۸")
    assert table.faults == ()


def test_a_country_that_is_missing_for_the_first_city_does_not_make_it_a_label() -> None:
    [table] = tables(
        "Table 2. Twins\nYazd Jaszbereny (1996)\nUrumqi\nHungary\nChina\n"
        "Kerman Weimar (2001)\nHavana\nNizwa\nGermany\nOman\n"
    )
    assert [fault.code for fault in table.faults] == ["country-missing"]


def test_city_and_country_on_one_line() -> None:
    [table] = tables(
        "Shiraz\nWeimar, Germany (2009)\nNicosia, Cyprus\nDushanbe (Tajikistan), 1980\n"
    )
    assert [row[:5] for row in cells(table)] == [
        ("Shiraz", "Weimar", "Germany", "", "2009"),
        ("Shiraz", "Nicosia", "Cyprus", "", ""),
        ("Shiraz", "Dushanbe", "Tajikistan", "", "1980"),
    ]


def test_a_whole_row_on_one_line() -> None:
    [table] = tables(
        "Table 4. Ties\nTehran Los Angeles (1972) United States\nBishkek (1994) Kyrgyzstan\n"
        "Havana (2001) Cuba\nIsfahan Freiburg (2000) Germany\nFlorence (1998) Italy\n"
    )
    assert [row[:5] for row in cells(table)] == [
        ("Tehran", "Los Angeles", "United States", "", "1972"),
        ("Tehran", "Bishkek", "Kyrgyzstan", "", "1994"),
        ("Tehran", "Havana", "Cuba", "", "2001"),
        ("Isfahan", "Freiburg", "Germany", "", "2000"),
        ("Isfahan", "Florence", "Italy", "", "1998"),
    ]


def test_a_name_over_two_lines() -> None:
    [table] = tables(
        "Table 4. Ties\nIsfahan Freiburg\nSaint\nPetersburg (2004)\nKuala\nLumpur\n"
        "Germany\nRussia\nMalaysia\n"
    )
    assert [row[:3] for row in cells(table)] == [
        ("Isfahan", "Freiburg", "Germany"),
        ("Isfahan", "Saint Petersburg", "Russia"),
        ("Isfahan", "Kuala Lumpur", "Malaysia"),
    ]


def test_an_unknown_city_keeps_its_words_and_its_place() -> None:
    [table] = tables(
        "Table 2\nWeimar (1980) Shiraz\nQwertzville (1999)\nNicosia\nGermany\nMalawi\nCyprus\n"
    )
    assert [row[:3] for row in cells(table)] == [
        ("Shiraz", "Weimar", "Germany"),
        ("Shiraz", "Qwertzville", "Malawi"),
        ("Shiraz", "Nicosia", "Cyprus"),
    ]


# ---- counts ---------------------------------------------------------------------------------

COUNTS = """\
جدول شماره 5: شمار پیوندها
 جمع تعداد گروه کشور منطقه

آسیای

مرکزی

 تاجیکستان �
 قزاقستان �
 قرقیزستان �
 ایرانی �
 ترکی �
 ترکی �
� 3
� 2
� 1
\f ازبکستان �
 ترکمنستان �
 ترکی-ایرانی �
� ---
� 1
� 4
11

 هند � آسیای جنوبی
 ایالات متحده  �
 امریکا
 هندی �
 غربی �
� 2
� 4
7
"""


def test_runs_of_equal_length_with_sums() -> None:
    [table] = tables(COUNTS)
    assert heads(table) == ("region", "country", "group", "number", "sum")
    assert cells(table) == [
        ("آسیای مرکزی", "تاجیکستان", "ایرانی", "3", "11"),
        ("آسیای مرکزی", "قزاقستان", "ترکی", "2", "11"),
        ("آسیای مرکزی", "قرقیزستان", "ترکی", "1", "11"),
        ("آسیای مرکزی", "ازبکستان", "ترکی-ایرانی", "1", "11"),
        ("آسیای مرکزی", "ترکمنستان", "", "4", "11"),
        ("آسیای جنوبی", "هند", "هندی", "2", "7"),
        ("آسیای جنوبی", "ایالات متحده امریکا", "غربی", "4", "7"),
    ]
    [fault] = table.faults
    assert fault.code == "total-differs"
    assert "7" in fault.message["en"]
    assert "6" in fault.message["fa"]


def test_counts_in_english_without_words_between() -> None:
    [table] = tables(
        "Table 5. Ties by region\nRegion\nCountry\nTies\nTotal\n"
        "Central Asia\nTajikistan\nKazakhstan\nKyrgyzstan\n3\n2\n1\n6\n"
        "South Asia\nIndia\nPakistan\n2\n4\n6\nTherefore most ties lie in Asia.\n"
    )
    assert cells(table)[3:] == [
        ("South Asia", "India", "2", "6"),
        ("South Asia", "Pakistan", "4", "6"),
    ]
    assert cells(table)[0] == ("Central Asia", "Tajikistan", "3", "6")
    assert table.faults == ()


def test_a_word_says_that_the_number_under_a_column_is_its_sum() -> None:
    [table] = tables(
        "Table 6. Partners\nCountry\nPartners\nTurkey\nIndia\nIraq\n7\n5\n1\nTotal\n31\n"
    )
    assert cells(table)[0] == ("", "Turkey", "7", "31")
    assert [fault.code for fault in table.faults] == ["total-differs"]


def test_the_number_of_a_page_is_no_sum() -> None:
    [table] = tables("Table 6. Ties\nCountry\nTies\nTurkey\nIndia\nIraq\n7\n5\n1\n118\nText\n")
    assert cells(table)[0] == ("", "Turkey", "7", "")
    assert table.faults == ()


def test_a_run_goes_on_behind_the_number_of_a_page() -> None:
    [table] = tables(
        "Table 6. Ties\nCountry\nTies\nTurkey\nIndia\nIraq\n7\n5\n1\n118\nSpain\nItaly\n3\n4\n20\n"
    )
    assert [row[3] for row in cells(table)] == ["20"] * 5
    assert table.faults == ()


ONE_CELL_A_LINE = {
    "rows": "Year\nTea\nWine\n2016\n1,204\n310\n2017\n1,310\n322\n2018\n1,502\n298\n"
    "Total\n4,016\n931\n",
    "total first": "Year\nTea\nWine\nTotal\n4,016\n931\n2016\n1,204\n310\n2017\n1,310\n322\n"
    "2018\n1,502\n298\n",
    "columns": "Year\nTea\nWine\n2016\n2017\n2018\nTotal\n1,204\n1,310\n1,502\n4,016\n310\n322\n"
    "298\n931\n",
}


@pytest.mark.parametrize("layout", ONE_CELL_A_LINE)
def test_figures_with_one_cell_on_each_line(layout: str) -> None:
    [table] = tables(f"Table 9. Exports (tonnes)\n{ONE_CELL_A_LINE[layout]}The text goes on.\n")
    assert heads(table) == ("Year", "Tea", "Wine")
    assert cells(table)[1] == ("2017", "1,310", "322")
    assert [cell.text for cell in table.total or ()] == ["Total", "4,016", "931"]


def test_words_and_figures_column_by_column() -> None:
    [table] = tables(
        "جدول ۳. پیوندها به تفکیک منطقه\nمنطقه\nتعداد\nآسیای غربی\nاروپای شرقی\nآفریقای شمالی\n"
        "جمع\n۱۴\n۹\n۳\n۲۶\nمتن از این‌جا دنبال می‌شود.\n"
    )
    assert cells(table)[2] == ("آفریقای شمالی", "۳")
    assert [cell.text for cell in table.total or ()] == ["جمع", "۲۶"]


def test_a_cell_that_is_left_out_makes_no_table_of_wrong_rows() -> None:
    figures = "2015\n120\n33\n2016\n130\n2017\n141\n35\n2018\n150\n36\n"
    text = f"Table 2. Visitors\nYear\nAsia\nEurope\n{figures}"
    assert tables(text) == ()


def test_counts_of_cities() -> None:
    [table] = tables("جدول 8: شمار خواهرشهرها\nتهران\nاصفهان\nتبریز\nمشهد\n۲۴\n۱۴\n۹\n۷\n۵۴\n")
    assert heads(table) == ("region", "city", "number", "sum")
    assert cells(table)[0] == ("", "تهران", "۲۴", "۵۴")
    assert table.faults == ()


# ---- enumerations ---------------------------------------------------------------------------


def test_rows_under_spans_of_years() -> None:
    [table] = tables(
        "جدول شماره 3: پیوندها به تفکیک دولت\n\nپیش از\n1357\n\n---  استقلال\n\n"
        "ژاپن؛ ایتالیا. 2\n\n1357-\n1368\n\nنخست وزیر\nموسوی\n\n تاجیکستان. 1 انقلابی\n\n"
        "1368-\n1376\n\nآقای\nهاشمی\n\n"
        "چین؛ کره  3 سازندگی\nجنوبی؛\n مالزی.\n\nمتن مقاله پس از جدول ادامه می‌یابد.\n"
    )
    assert heads(table) == ("period", "group", "group", "number", "countries")
    assert cells(table) == [
        ("پیش از 1357", "", "استقلال", "2", "ژاپن؛ ایتالیا."),
        ("1357- 1368", "نخست وزیر موسوی", "انقلابی", "1", "تاجیکستان."),
        ("1368- 1376", "آقای هاشمی", "سازندگی", "3", "چین؛ کره جنوبی؛ مالزی."),
    ]


def test_spans_of_years_in_english() -> None:
    [table] = tables(
        "Table 2. Ties by government\n1989-1997\nRafsanjani\nPragmatism\n3 Hungary; China; Cuba.\n"
        "1997-2005\nKhatami\nDialogue\n4 Germany; Italy; Spain;\nCuba.\n"
        "2005-2013\nAhmadinejad\nJustice\n2 Venezuela; Belarus.\n"
    )
    assert cells(table)[1] == (
        "1997-2005", "Khatami", "Dialogue", "4", "Germany; Italy; Spain; Cuba.",
    )  # fmt: skip


def test_networks_with_their_members() -> None:
    [table] = tables(
        "جدول 4: عضویت شهرها\nشبکه ها\nمحدوده\n\nشهرهای شبکه\nخلاق یونسکو\n\n"
        "، تبریز اصفهان، جهانی\nو رشت ،بندرعباس\n 3سنندج\n\n"
        "این شبکه از شهرهایی است که هنر را سرچشمه توسعه می‌دانند و در پاریس جای دارد.\n"
        "شهرداران مجمع\nآسیایی\n، بریزاصفهان، ت  تهران، ایمنطقه\n\n"
        "این مجمع در تهران پایه‌گذاری شد.\n"
    )
    assert heads(table) == ("network", "scope", "members")
    creative, mayors = cells(table)
    assert creative == ("شبکه شهرهای خلاق یونسکو", "جهانی", "تبریز اصفهان رشت بندرعباس سنندج")
    assert mayors[:2] == ("مجمع شهرداران آسیایی", "ایمنطقه")
    assert sorted(mayors[2].split()) == ["اصفهان", "تبریز", "تهران"]


def test_networks_in_english() -> None:
    [table] = tables(
        "Table 6. Networks\nAsian Mayors Forum\nRegional Tehran, Shiraz, Mashhad,\n"
        "Isfahan and Tabriz\nA network that was founded in Tehran.\n"
        "League of Historical Cities\nGlobal Isfahan, Yazd and Shiraz\nIt sits in Kyoto.\n"
    )
    assert cells(table) == [
        ("Asian Mayors Forum", "Regional", "Tehran Shiraz Mashhad Isfahan Tabriz"),
        ("League of Historical Cities", "Global", "Isfahan Yazd Shiraz"),
    ]


def test_a_head_above_a_network_is_no_part_of_its_name() -> None:
    [table] = tables(
        "جدول 4: عضویت در شبکه‌ها\nگستره\nشهرها\nمتروپلیس\nجهانی استانبول، آنکارا\n"
        "شبکه\nسیتی نت\nمنطقه‌ای بمبئی، داکا\n"
    )
    assert [row[0] for row in cells(table)] == ["متروپلیس", "شبکه سیتی نت"]


def test_the_name_of_a_network_on_the_line_of_its_members() -> None:
    [table] = tables(
        "Table 6. Networks\nAsian Mayors Forum Regional Tehran, Shiraz and Tabriz\n"
        "CityNet Regional Tehran, Isfahan\nForum of the Lakes Global Urmia, Konya\n"
    )
    assert cells(table) == [
        ("Asian Mayors Forum", "Regional", "Tehran Shiraz Tabriz"),
        ("CityNet", "Regional", "Tehran Isfahan"),
        ("Forum of the Lakes", "Global", "Urmia Konya"),
    ]


def test_numbered_partners() -> None:
    partners, memberships = tables(
        "Partners\nIsfahan\n1. Xi'an, China (1989) 2. Kuala Lumpur, Malaysia (1997)\n"
        "3. Florence, Italy (1998) 4. Saint Petersburg, Russia\n(2004) 5. Iasi, Romania (1999)\n"
        "Member of the UNESCO network; member of Metropolis\n"
        "Shiraz\n1. Nicosia, Cyprus (1999) 2. Dushanbe, Tajikistan (1980)\n3. Weimar, Germany\n"
    )
    assert [row[:5] for row in cells(partners)] == [
        ("Isfahan", "Xi'an", "China", "", "1989"),
        ("Isfahan", "Kuala Lumpur", "Malaysia", "", "1997"),
        ("Isfahan", "Florence", "Italy", "", "1998"),
        ("Isfahan", "Saint Petersburg", "Russia", "", "2004"),
        ("Isfahan", "Iasi", "Romania", "", "1999"),
        ("Shiraz", "Nicosia", "Cyprus", "", "1999"),
        ("Shiraz", "Dushanbe", "Tajikistan", "", "1980"),
        ("Shiraz", "Weimar", "Germany", "", ""),
    ]
    assert cells(memberships)[0] == ("Isfahan", "Member of the UNESCO network")


def test_numbered_partners_in_turned_lines() -> None:
    partners, *_ = tables(
        "(1396پایتخت فرهنگی )همدان\n.2( 9101چین ) . شیان،9\n"
        "یاش،. 0 (2114) روسیه پترزبورگ، سن .4 (9110) ایتالیا فلورانس، .3\n"
        "نارسمی3 کوبا هاوانا، .7 (9111) رومانی\nجنوبی کره گیونگجو، .8 هند حیدرآباد، .9\n"
    )
    assert [row[:5] for row in cells(partners)] == [
        ("همدان", "شیان", "چین", "", "9101"),
        ("همدان", "فلورانس", "ایتالیا", "", "9110"),
        ("همدان", "سن پترزبورگ", "روسیه", "", "2114"),
        ("همدان", "یاش", "رومانی", "", "9111"),
        ("همدان", "هاوانا", "کوبا", "نارسمی", ""),
        ("همدان", "حیدرآباد", "هند", "", ""),
        ("همدان", "گیونگجو", "کره جنوبی", "", ""),
    ]


# ---- what is no table -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "The mayor went to Weimar (2009), Nicosia (1999) and Baku, and from there to Germany,\n"
        "Cyprus and Azerbaijan, where 3 agreements were signed in 2010.\n",
        "Tehran, Iran\nUniversity of Tehran\nBerlin, Germany\nReceived 2 May 2018\n",
        "از این میان تهران\nاصفهان\nو شیراز\nبا کشورهای همسایه پیوند دارند.\n",
        "Germany\nItaly\nSpain\nare members of the European Union.\n",
        "1. The Parties shall inform each other.\n2. Tehran shall host the meeting.\n"
        "3. Baku shall host the next meeting.\n",
        "1989-1997\nThe years of construction.\n1997-2005\nThe years of reform.\n"
        "2005-2013\nLater.\n",
        "Isfahan\n1. Lahore, Pakistan (2006)\n2. Xian, China (1989)\n3. Havana, Cuba (2001)\n",
        "استانبول\n۱. لاهور (۱۹۷۵)\n۲. باکو (۱۹۸۹)\n۳. برلین (۱۹۸۹)\n۴. هاوانا (۱۹۹۲)\n",
        "Baku\n• Dakar, Senegal (1967)\n• Basra, Iraq (1972)\n• Izmir, Turkey\n",
        "A global network of Tehran and Isfahan grew.\nIts regional Shiraz office closed.\n",
        "",
    ],
)
def test_prose_and_lists_are_no_tables(text: str) -> None:
    assert tables(text) == ()


def test_what_other_tables_hold_is_left_alone() -> None:
    text = "Table 1\nWeimar (1980) Shiraz\nNicosia\nGermany\nCyprus\n"
    assert len(tables(text)) == 1
    assert tables(text, Span(0, len(text))) == ()


LINES = [
    *CAUCASUS.splitlines(),
    *COUNTS.splitlines(),
    "Shiraz",
    "Global Rome, Yazd",
    "1989-1997",
]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=30))
def test_every_cell_is_text_of_the_document(lines: list[str]) -> None:
    source = extraction("\n".join(lines))
    text = source.text
    for table in flattened_tables(source, gazetteer()):
        for row in table.rows:
            assert len(row) == len(table.columns)
            for cell in row:
                written = "".join(text[start:end] for start, end in cell.spans)
                assert cell.text.replace(" ", "") == written.replace(" ", "")
