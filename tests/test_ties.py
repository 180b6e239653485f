"""Ties of cities: out of tables, lists, sentences and agreements; merged; listed."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

import textmine.cli.ties  # noqa: F401 - the command registers itself
from textmine.clauses import segment
from textmine.cli import app
from textmine.errors import UsageError
from textmine.places import gazetteer
from textmine.records import Attribute, Tie, TieDate, TieKind, Witness, WitnessForm
from textmine.sources import read
from textmine.ties import DocumentTies, Found, corpus_ties, merged, ties_in
from textmine.ties.dated import dates_in, latest_year, without_ends
from textmine.ties.instruments import denied, instrument_in, kind_of, names_tie, status_in, supposed
from textmine.ties.partners import choose, partners_in, runs_of


def told(tmp_path: Path, text: str, *attributes: Attribute, suffix: str = ".txt") -> DocumentTies:
    """What a text of its own tells."""
    path = tmp_path / f"document{suffix}"
    path.write_text(text, encoding="utf-8")
    extraction = read(path)
    return ties_in(extraction, segment(extraction, "0" * 64), attributes)


def shown(found: Sequence[Found]) -> list[str]:
    """Ties in one line each: city-partner/country kind date status."""
    lines = []
    for each in found:
        witness = each.witness
        when = str(witness.date) if witness.date else witness.undated
        where = f"{each.city.name['en']}-{each.partner.name['en']}/{each.partner.country}"
        lines.append(f"{where} {witness.kind} {when} {witness.status}")
    return lines


def known(name: str, value: str, confidence: float = 1.0) -> Attribute:
    return Attribute(name, value, confidence, "given")


# ---- Words -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("خواهرخواندگی", "sister-city"),
        ("خواهر خواندگی", "sister-city"),
        ("خواهر‌خوانده", "sister-city"),
        ("پیمان خواهر شهری", "sister-city"),
        ("توافقنامه خواهرشهری", "sister-city"),
        ("قرارداد خواهری", "sister-city"),
        ("twin town", "sister-city"),
        ("twinned in 1990", "sister-city"),
        ("Sister-City Agreement", "sister-city"),
        ("يادداشت تفاهم همكاري", "memorandum"),
        ("تفاهم نامه روابط دوستی", "friendship"),
        ("friendship city", "friendship"),
        ("MoU on transport", "memorandum"),
        ("پروتکل همکاری", "protocol"),
        ("توافق نامه همکاری", "cooperation"),
        ("سی خواهر و برادر", None),
        ("twin towers", None),
        ("۱۳۸۰/۲/۳۱", None),
    ],
)
def test_kind_of_words(words: str, kind: TieKind | None) -> None:
    assert kind_of(words) == kind


@pytest.mark.parametrize(
    ("words", "instrument"),
    [
        ("در سال ۱۳۸۰ یادداشت تفاهم خواهر شهری امضا شد", "یادداشت تفاهم خواهر شهری"),
        ("تفاهم نامه روابط دوستی", "تفاهم نامه روابط دوستی"),
        ("They signed a sister-city agreement.", "sister-city agreement"),
        ("a Memorandum of Understanding on Trade", "Memorandum of Understanding"),
        ("Sister City Affiliation Agreement", "Sister City Affiliation Agreement"),
        ("a letter of intent", "letter of intent"),
        ("the road to the sea", ""),
    ],
)
def test_instrument_as_written(words: str, instrument: str) -> None:
    assert instrument_in(words) == instrument


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("پیش‌نویس", "draft"),
        ("مورد موافقت", "draft"),
        ("under negotiation", "draft"),
        ("غیر رسمی", "unofficial"),
        ("نارسمی", "unofficial"),
        ("غیرفعال", "inactive"),
        ("suspended in 2012", "inactive"),
        ("امضا شده", "signed"),
        ("۱۳۸۰", None),
    ],
)
def test_status_of_words(words: str, status: str | None) -> None:
    assert status_in(words) == status


def test_denial_supposition_and_near_misses() -> None:
    assert denied("این خبر نادرست است")
    assert denied("They have never been twinned.")
    assert not denied("They have been twinned since 1990.")
    assert supposed("Tabriz might become a sister city")
    assert supposed("شهرداری پیشنهاد کرد")
    assert not supposed("می‌توان به خواهرخواندگی اصفهان اشاره کرد")
    assert not supposed("signed in May 2004")
    assert not names_tie("They trade by road and rail.")


# ---- Dates -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("بیشکک (۱۳۷۳)", ["1373"]),
        ("(1994)", ["1994"]),
        ("۱۳۷۳/۳/۲", ["1373-03-02"]),
        ("بهمین ۱۳۸۰", ["1380-11"]),
        ("شهریر ۱۳۹۰", ["1390-06"]),
        ("11 Azar 1383", ["1383-09-11"]),
        ("Bahman 1380", ["1380-11"]),
        ("12 May 2003", ["2003-05-12"]),
        ("(9101)", ["unreadable-date"]),
        ("(2111)", ["unreadable-date"]),
        ("(1119)", ["unreadable-date"]),
        ("در سال 9393", ["unreadable-date"]),
        ("تهران 1390", []),
        ("12 پروژه", []),
    ],
)
def test_dates(text: str, dates: list[str]) -> None:
    found = dates_in(text, 2020)
    assert [str(each.date) if each.date else each.undated for each in found] == dates


def test_misspelt_month_is_marked_and_a_right_one_is_not() -> None:
    assert [each.mended for each in dates_in("بهمین ۱۳۸۰", 2020)] == [True]
    assert [each.mended for each in dates_in("بهمن ۱۳۸۰", 2020)] == [False]


def test_the_date_of_an_end_is_none_of_the_tie() -> None:
    text = "signed in 2004, suspended in 2014"
    assert [str(each.date) for each in without_ends(text, dates_in(text, 2020))] == ["2004"]
    persian = "در سال ۱۳۸۲ امضا و در سال ۱۳۹۱ لغو شد"
    assert [str(e.date) for e in without_ends(persian, dates_in(persian, 2020))] == ["1382"]


def test_latest_year_is_that_of_the_document_only_when_sure() -> None:
    assert latest_year([known("year_gregorian", "2018")]) == 2019
    guessed = [known("date", "2003-05-12", 0.7)]
    assert latest_year(guessed) == latest_year([])
    paper = [known("kind", "paper"), known("year_gregorian", "2015", 0.9)]
    assert latest_year(paper) == 2016


@given(st.text(alphabet="تهران ()۱۳۷۲۹ /-0189ABcd\n،", max_size=60))
def test_dates_stand_where_they_say(text: str) -> None:
    for each in dates_in(text, 2020):
        assert text[each.span.start : each.span.end].strip()
        assert (each.date is None) == (each.undated == "unreadable-date")


# ---- Places in a row -------------------------------------------------------------------------


def test_country_date_and_remark_belong_to_the_name_before_them() -> None:
    text = "Weimar (Germany, 2009), Pécs (Hungary) and Dushanbe"
    partners = partners_in(text, gazetteer(), 2020)
    assert [(each.written, each.countries) for each in partners] == [
        ("Weimar", ("DE",)),
        ("Pécs", ("HU",)),
        ("Dushanbe", ()),
    ]
    assert [str(each.dated.date) if each.dated else "" for each in partners] == ["2009", "", ""]
    assert len(runs_of(text, partners)) == 1


def test_country_decides_between_places_of_one_name() -> None:
    for text, country in (("Córdoba (Argentina)", "AR"), ("قرطبه، اسپانیا", "ES")):
        (partner,) = partners_in(text, gazetteer(), 2020, cell=True)
        place, _ = choose(partner, gazetteer())
        assert place is not None
        assert place.country == country


def test_a_country_that_has_no_such_city_leaves_the_name_open() -> None:
    (partner,) = partners_in("Milan (Peru)", gazetteer(), 2020, cell=True)
    assert choose(partner, gazetteer()) == (None, "unknown")


# ---- Tables ----------------------------------------------------------------------------------

_ISFAHAN = """# خواهرشهرهای اصفهان

جدول ۱. خواهرشهرهای اصفهان

| ردیف | شهر | کشور | سال | وضعیت |
|---|---|---|---|---|
| ۱ | شیان | چین | ۱۹۸۹ | فعال |
| ۲ | کویت | کویت | ۲۰۰۰ | غیرفعال |
| ۳ | نوکجا | اسپانیا | ۲۰۰۱ | پیش‌نویس |
| ۴ | داکار | سنگال | نامشخص | |
| ۵ | فلورانس | ایتالیا | ۹۱۰۱ | |
"""


def test_table_whose_caption_names_the_home_city(tmp_path: Path) -> None:
    read_out = told(tmp_path, _ISFAHAN, suffix=".md")
    assert shown(read_out.found) == [
        "Isfahan-Xi'an/CN sister-city 1989 signed",
        "Isfahan-Kuwait City/KW sister-city 2000 inactive",
        "Isfahan-Dakar/SN sister-city no-date signed",
        "Isfahan-Florence/IT sister-city unreadable-date signed",
    ]
    assert [(each.written, each.reason) for each in read_out.unresolved] == [("نوکجا", "unknown")]
    assert {each.witness.form for each in read_out.found} == {"table"}


def test_table_whose_home_city_the_title_names(tmp_path: Path) -> None:
    text = """Partner cities abroad

| No. | Country | City | Type of document | Date of signature |
|---|---|---|---|---|
| 1 | Kyrgyzstan | Bishkek | Sister-city treaty | 1373/3/2 |
| 2 | South Africa | Tshwane | Sister-city MoU | Bahman 1380 |
"""
    title = known("title", "Tehran's Partner Cities Abroad")
    read_out = told(tmp_path, text, title, suffix=".md")
    assert shown(read_out.found) == [
        "Tehran-Bishkek/KG sister-city 1373-03-02 signed",
        "Tehran-Pretoria/ZA sister-city 1380-11 signed",
    ]
    assert read_out.found[1].witness.written == "Tshwane"
    homeless = told(tmp_path, text, suffix=".md")
    assert homeless.found == ()
    assert [each.reason for each in homeless.unresolved] == ["no-home"] * 2


def test_spans_of_a_row_hold_what_it_says(tmp_path: Path) -> None:
    text = "جدول ۲: پیوندهای خواهرشهری مشهد\nشهر\tکشور\tنوع سند\tتاریخ امضا\n"
    text += "لاهور\tپاکستان\tپیمان خواهرخواندگی\t۱۳۸۵/۲/۱۲\nنجف\tعراق\tیادداشت تفاهم\tبهمین ۱۳۹۰\n"
    found = told(tmp_path, text).found
    assert shown(found) == [
        "Mashhad-Lahore/PK sister-city 1385-02-12 signed",
        "Mashhad-Najaf/IQ memorandum 1390-11 signed",
    ]
    spans = found[0].witness.spans
    words = [text[span.start : span.end] for span in spans]
    assert words == ["لاهور", "پاکستان", "پیمان خواهرخواندگی", "۱۳۸۵/۲/۱۲"]
    assert found[0].witness.instrument == "پیمان خواهرخواندگی"
    assert found[1].witness.confidence < found[0].witness.confidence


def test_table_with_a_column_for_each_side(tmp_path: Path) -> None:
    text = """Table 3. International partners of Iranian municipalities

| Iranian city | Partner | Country | Instrument | Signed |
|---|---|---|---|---|
| Tabriz | Istanbul | Turkey | Sister city agreement | 12 May 2003 |
| Mashhad | Lahore | Pakistan | Letter of intent (draft) | 2006 |
| Mashhad | Córdoba | Argentina | Friendship protocol | March 2008 |
"""
    assert shown(told(tmp_path, text, suffix=".md").found) == [
        "Tabriz-Istanbul/TR sister-city 2003-05-12 signed",
        "Mashhad-Lahore/PK other 2006 draft",
        "Mashhad-Córdoba/AR friendship 2008-03 signed",
    ]


def test_table_with_both_cities_in_one_cell(tmp_path: Path) -> None:
    text = """Table 1. Where three instruments speak of water

| Instrument | Year | Article |
|---|---|---|
| Kerman – Arequipa | 2015 | 6 |
| Sabzevar – Bukhara | 1993 | 8 |
| Iran – Mongolia | 2011 | 6 |
"""
    assert shown(told(tmp_path, text, suffix=".md").found) == [
        "Kerman-Arequipa/PE other 2015 signed",
        "Sabzevar-Bukhara/UZ other 1993 signed",
    ]


def test_memberships(tmp_path: Path) -> None:
    text = """Table 2. City networks and their Iranian members

| Network | Members in Iran |
|---|---|
| Metropolis | Tehran, Mashhad and Isfahan |
| CityNet | Tehran |
"""
    assert shown(told(tmp_path, text, suffix=".md").found) == [
        "Tehran-Metropolis/ membership no-date signed",
        "Mashhad-Metropolis/ membership no-date signed",
        "Isfahan-Metropolis/ membership no-date signed",
        "Tehran-CityNet/ membership no-date signed",
    ]


def test_documents_of_a_city_that_only_the_caption_names(tmp_path: Path) -> None:
    text = """Table 1. Documents between Baku and other cities, in order of signing

| Mayor | City | Country | Instrument | Signed |
|---|---|---|---|---|
| First (1993-1997) | Bishkek | Kyrgyzstan | Sister city treaty | 1994-05-23 |
| | Kuwait City | Kuwait | Sister city contract | 1995-09-14 |
| Second (1997-2005) | Tshwane | South Africa | Memorandum of friendly relations | 2002 |
"""
    found = told(tmp_path, text, suffix=".md").found
    assert shown(found) == [
        "Baku-Bishkek/KG sister-city 1994-05-23 signed",
        "Baku-Kuwait City/KW sister-city 1995-09-14 signed",
        "Baku-Pretoria/ZA friendship 2002 signed",
    ]
    assert [each.witness.instrument for each in found] == [
        "Sister city treaty",
        "Sister city contract",
        "Memorandum of friendly relations",
    ]


def test_table_under_a_heading_that_is_a_city(tmp_path: Path) -> None:
    text = "Baku\n\n| Sister city | Year |\n|---|---|\n| Izmir (Turkey) | 1985 |\n"
    text += "| Houston (USA) | 1976 |\n"
    assert shown(told(tmp_path, text, suffix=".md").found) == [
        "Baku-İzmir/TR sister-city 1985 signed",
        "Baku-Houston/US sister-city 1976 signed",
    ]


def test_a_blank_cell_is_that_above_and_memoranda_are_the_exception(tmp_path: Path) -> None:
    text = (
        "Table 2. Partners of German cities\n"
        "City\tForeign partner\tCountry\tYear\n"
        "Hamburg\tShanghai\tChina\t1986\n"
        "\tOsaka\tJapan\t1989\n"
        "Cologne\tIstanbul (memorandum)\tTurkey\t1997\n"
    )
    assert shown(told(tmp_path, text).found) == [
        "Hamburg-Shanghai/CN sister-city 1986 signed",
        "Hamburg-Osaka/JP sister-city 1989 signed",
        "Cologne-Istanbul/TR memorandum 1997 signed",
    ]


def test_members_that_nobody_knows_are_said(tmp_path: Path) -> None:
    text = (
        "| Network | Scope | Members in India |\n|---|---|---|\n"
        "| CityNet | Asia | Mumbai, Nowhereville, Delhi |\n| Metropolis | world | Delhi |\n"
    )
    read_out = told(tmp_path, text, suffix=".md")
    assert [each.city.name["en"] for each in read_out.found] == ["Mumbai", "Delhi", "Delhi"]
    assert [each.written for each in read_out.unresolved] == ["Nowhereville"]


@pytest.mark.parametrize(
    "text",
    [
        "Table 1. Trade of Tehran with cities of Kyrgyzstan\n\n"
        "| City | Exports | Imports |\n|---|---|---|\n| Bishkek | 120 | 40 |\n| Osh | 30 | 9 |\n",
        "Table 1. Exports of Hamburg by partner\n\n"
        "| Partner | Country | Year |\n|---|---|---|\n| Shanghai | China | 1986 |\n"
        "| Rotterdam | Netherlands | 1989 |\n",
        "Table 1. Where Ankara signed\n\n| Agreement | Place | Year |\n|---|---|---|\n"
        "| Friendship agreement of Iran and Peru | Lima | 1973 |\n"
        "| Memorandum of Iran and Japan | Tokyo | 1990 |\n",
        "جدول ۱. جمعیت شهرهای بزرگ\n\n"
        "| شهر | کشور | جمعیت |\n|---|---|---|\n| استانبول | ترکیه | ۱۵۰۰۰۰۰۰ |\n"
        "| لاهور | پاکستان | ۱۱۰۰۰۰۰۰ |\n",
    ],
)
def test_tables_about_other_things_tell_no_ties(tmp_path: Path, text: str) -> None:
    assert told(tmp_path, text, suffix=".md").found == ()


# ---- Lists -----------------------------------------------------------------------------------


def test_lists_in_both_languages(tmp_path: Path) -> None:
    persian = (
        "خواهرشهرهای تبریز:\n\n- استانبول، ترکیه (۱۳۸۰)\n- باکو (جمهوری آذربایجان)\n"
        "- غزه، فلسطین\n- قازان - روسیه - ۱۳۸۶ (یادداشت تفاهم)\n"
    )
    assert shown(told(tmp_path, persian, suffix=".md").found) == [
        "Tabriz-Istanbul/TR sister-city 1380 signed",
        "Tabriz-Baku/AZ sister-city no-date signed",
        "Tabriz-Gaza/PS sister-city no-date signed",
        "Tabriz-Kazan/RU memorandum 1386 signed",
    ]
    english = (
        "The sister cities of Mashhad are:\n\n1. Lahore, Pakistan (2006)\n2. Karachi (Pakistan)\n"
        "3. Najaf, Iraq - suspended in 2014\n4. Nowhereville, Iraq\n"
    )
    read_out = told(tmp_path, english)
    assert shown(read_out.found) == [
        "Mashhad-Lahore/PK sister-city 2006 signed",
        "Mashhad-Karachi/PK sister-city no-date signed",
        "Mashhad-Najaf/IQ sister-city no-date inactive",
    ]
    assert [each.written for each in read_out.unresolved] == ["Nowhereville"]


def test_lists_whose_lead_says_partners_or_whose_heading_is_the_city(tmp_path: Path) -> None:
    text = (
        "Delhi\n\nPartners of Delhi, 3 in all:\n\n"
        "• Chicago (United States), sister city, 2001\n• Moscow, memorandum of understanding\n"
        "• Tokyo (Japan), sister city\n\n"
        "Bursa\n\nPartner cities abroad:\n\n- Darmstadt, Germany, 1971\n"
        "- Multan (memorandum of understanding, 1975)\n- Denizli University, exchange\n"
    )
    assert shown(told(tmp_path, text).found) == [
        "Delhi-Chicago/US sister-city 2001 signed",
        "Delhi-Moscow/RU memorandum no-date signed",
        "Delhi-Tokyo/JP sister-city no-date signed",
        "Bursa-Darmstadt/DE sister-city 1971 signed",
        "Bursa-Multan/PK memorandum 1975 signed",
    ]


@pytest.mark.parametrize(
    "lead",
    [
        "Trade partners of Hamburg:",
        "Partners of the University of Hamburg:",
        "Conference on sister cities, Hamburg",
    ],
)
def test_lists_of_other_partners_tell_no_ties(tmp_path: Path, lead: str) -> None:
    text = f"{lead}\n\n- Shanghai (China)\n- Rotterdam (Netherlands)\n- Dakar\n"
    assert told(tmp_path, text).found == ()


# ---- Sentences -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "ties"),
    [
        (
            "The sister cities of Shiraz are Weimar (Germany, 2009), Pécs (Hungary) and Dushanbe.",
            [
                "Shiraz-Weimar/DE sister-city 2009 signed",
                "Shiraz-Pécs/HU sister-city no-date signed",
                "Shiraz-Dushanbe/TJ sister-city no-date signed",
            ],
        ),
        (
            "خواهرشهرهای تهران: بیشکک (۱۳۷۳)، دوشنبه (۱۳۷۴) و خارطوم.",
            [
                "Tehran-Bishkek/KG sister-city 1373 signed",
                "Tehran-Dushanbe/TJ sister-city 1374 signed",
                "Tehran-Khartoum/SD sister-city no-date signed",
            ],
        ),
        (
            "ایران و قرقیزستان (تهران-بیشکک) از سال ۱۳۷۲ با یکدیگر رابطه خواهرخواندگی دارند.",
            ["Tehran-Bishkek/KG sister-city 1372 signed"],
        ),
        (
            "Iran and Kyrgyzstan established a sister-city relationship between Tehran and Bishkek "
            "in 1993.",
            ["Tehran-Bishkek/KG sister-city 1993 signed"],
        ),
        (
            "خواهرخواندگی اصفهان با بارسلون (اسپانیا) در سال ۲۰۰۰ و سن پترزبورگ (روسیه) در سال "
            "۲۰۰۴ فرهنگی بود.",
            [
                "Isfahan-Barcelona/ES sister-city 2000 signed",
                "Isfahan-Saint Petersburg/RU sister-city 2004 signed",
            ],
        ),
        (
            "Tehran signed a memorandum of understanding with Milan on 15 February 2016.",
            ["Tehran-Milan/IT memorandum 2016-02-15 signed"],
        ),
        (
            "Isfahan has been a sister city of Florence since 1998.",
            ["Isfahan-Florence/IT sister-city 1998 signed"],
        ),
        (
            "Baku, Kazan and Khujand are sister cities of Tabriz.",
            [
                "Tabriz-Baku/AZ sister-city no-date signed",
                "Tabriz-Kazan/RU sister-city no-date signed",
                "Tabriz-Khujand/TJ sister-city no-date signed",
            ],
        ),
        (
            "رامسر با پورتو مونت (شیلی) در سال ۲۰۰۹ و با الوکره (قطر) در سال ۲۰۱۰ خواهرخوانده شد.",
            [
                "Ramsar-Puerto Montt/CL sister-city 2009 signed",
                "Ramsar-Al Wakrah/QA sister-city 2010 signed",
            ],
        ),
        (
            "سه سند خوانده شد: یادداشت تفاهم کاشان و فاس (۱۳۹۵)، پیمان خواهرخواندگی قم و مولتان "
            "(۱۳۹۳) و موافقت‌نامهٔ چابهار و منگلور (۱۳۹۷).",
            [
                "Kashan-Fes/MA memorandum 1395 signed",
                "Qom-Multan/PK sister-city 1393 signed",
                "Chabahar-Mangaluru/IN other 1397 signed",
            ],
        ),
        (
            "The sister-city agreement between Yazd and Nizwa was suspended in 2012.",
            ["Yazd-Nizwa/OM sister-city no-date inactive"],
        ),
        (
            "In 1963 Seoul became the first sister city of Tehran.",
            ["Tehran-Seoul/KR sister-city 1963 signed"],
        ),
        (
            "Isfahan's sister cities include Xi'an (1989) and St. Petersburg (2004).",
            [
                "Isfahan-Xi'an/CN sister-city 1989 signed",
                "Isfahan-Saint Petersburg/RU sister-city 2004 signed",
            ],
        ),
        (
            "A sister-city agreement links Mashhad to Lahore.",
            ["Mashhad-Lahore/PK sister-city no-date signed"],
        ),
        (
            "Yazd and the Hungarian town of Jászberény have been sister cities since 1996.",
            ["Yazd-Jászberény/HU sister-city 1996 signed"],
        ),
        (
            "نخستین توافق بین شهر انگلیسی «کیثلی» و شهر فرانسوی «پوآدونور» در ۱۹۲۰ خواهرشهری بود.",
            ["Keighley-Poix-du-Nord/FR sister-city 1920 signed"],
        ),
        (
            "Mashhad joined the Asian Mayors Forum in 2008.",
            ["Mashhad-Asian Mayors Forum/ membership 2008 signed"],
        ),
        (
            "پیمان خواهرخواندگی شهرهای دو کشور را می‌توان در تهران-بیشکک و مشهد-اوش دید.",
            [
                "Tehran-Bishkek/KG sister-city no-date signed",
                "Mashhad-Osh/KG sister-city no-date signed",
            ],
        ),
        (
            "Chicago became a sister city of Hamburg in 1994 and Osaka in 1973.",
            [
                "Chicago-Hamburg/DE sister-city 1994 signed",
                "Chicago-Osaka/JP sister-city 1973 signed",
            ],
        ),
        (
            "Izmir was twinned with Bremen in 1995, with Havana in 1997 and, in 2003, with Odense.",
            [
                "İzmir-Bremen/DE sister-city 1995 signed",
                "İzmir-Havana/CU sister-city 1997 signed",
                "İzmir-Odense/DK sister-city 2003 signed",
            ],
        ),
        (
            "Sister cities of Bursa: Sarajevo (Bosnia and Herzegovina, 1972), Darmstadt (Germany, "
            "1971) and Kairouan.",
            [
                "Bursa-Sarajevo/BA sister-city 1972 signed",
                "Bursa-Darmstadt/DE sister-city 1971 signed",
                "Bursa-Kairouan/TN sister-city no-date signed",
            ],
        ),
        (
            "Baku signed a twinning agreement with Izmir in 1985 and a memorandum of understanding "
            "with Houston in 1976.",
            [
                "Baku-İzmir/TR sister-city 1985 signed",
                "Baku-Houston/US memorandum 1976 signed",
            ],
        ),
        (
            "In 1987 Berlin, then divided, signed a partnership agreement with Los Angeles, in "
            "1988 with Istanbul and in 1991 with Moscow.",
            [
                "Berlin-Los Angeles/US other 1987 signed",
                "Berlin-Istanbul/TR other 1988 signed",
                "Berlin-Moscow/RU other 1991 signed",
            ],
        ),
        (
            "Ganja and Bursa were twinned in 1990; Shaki and Gabrovo followed in 2009.",
            ["Ganja-Bursa/TR sister-city 1990 signed"],
        ),
        (
            "Leipzig's twinning with Kyiv dates from 1961, that with Brno from 1973.",
            [
                "Leipzig-Kyiv/UA sister-city 1961 signed",
                "Leipzig-Brno/CZ sister-city 1973 signed",
            ],
        ),
        (
            "The city of Gothenburg has cooperation agreements with Oslo and Turku, and is a twin "
            "town of Chicago.",
            [
                "Gothenburg-Oslo/NO cooperation no-date signed",
                "Gothenburg-Turku/FI cooperation no-date signed",
                "Gothenburg-Chicago/US sister-city no-date signed",
            ],
        ),
        (
            "استانبول از سال ۱۹۶۵ با ریودوژانیرو، از سال ۱۹۷۲ با لاهور و از ۱۹۹۷ با شیکاگو "
            "خواهرخوانده است.",
            [
                "Istanbul-Rio de Janeiro/BR sister-city 1965 signed",
                "Istanbul-Lahore/PK sister-city 1972 signed",
                "Istanbul-Chicago/US sister-city 1997 signed",
            ],
        ),
        (
            "در سال ۱۳۸۲ شهرداری کلن با استانبول و در سال ۱۳۸۵ شهرداری نورنبرگ با آنتالیا پیمان "
            "خواهرخواندگی بست.",
            [
                "Cologne-Istanbul/TR sister-city 1382 signed",
                "Nuremberg-Antalya/TR sister-city 1385 signed",
            ],
        ),
        (
            "The sister city pact of Ankara and Baku was signed on 8 December 2013, and the "
            "memorandum with Hanoi two days after that with Bangkok.",
            ["Ankara-Baku/AZ sister-city 2013-12-08 signed"],
        ),
        (
            "The sister city agreement of Delhi and Paris has remained a draft and is not in the "
            "table.",
            ["Delhi-Paris/FR sister-city no-date draft"],
        ),
        (
            "The memorandum between Izmir and Milan is no longer active.",
            ["İzmir-Milan/IT memorandum no-date inactive"],
        ),
        (
            "Varanasi signed an agreement with Kyoto, the sister city of Florence, in 2014.",
            ["Varanasi-Kyoto/JP other no-date signed"],
        ),
        (
            "Germany and Peru signed a sister-city agreement in 2001.",
            ["Germany-Peru/PE sister-city 2001 signed"],
        ),
    ],
)
def test_sentences(tmp_path: Path, text: str, ties: list[str]) -> None:
    assert shown(told(tmp_path, text).found) == ties


def test_a_tie_of_states_without_cities_is_in_doubt(tmp_path: Path) -> None:
    (tie,) = told(tmp_path, "Germany and Peru signed a sister-city agreement in 2001.").found
    assert tie.partner.kind == "country"
    assert tie.witness.confidence < 0.5


@pytest.mark.parametrize(
    "text",
    [
        "Lahore and Karachi lie in Pakistan and live on trade.",
        "تهران و اصفهان با هواپیما یک ساعت فاصله دارند.",
        "Germany and France have many sister cities.",
        "Sister cities exchange students and experts (Pluijm and Melissen, 2007: 9).",
        "خواهرخواندگی پیوندی میان دو شهر است.",
        "The friendship of Hafez and Goethe is told in Shiraz and Weimar.",
        "Trade between Hamburg and Shanghai grew, and a port agreement was signed with Rotterdam.",
        "The mayors of Delhi and London met in Paris; a sister city pact was signed with Tokyo.",
        "Istanbul and Berlin celebrated their partnership with a concert in Munich.",
        "Mayors of Ankara and Izmir attended the sister cities forum in Barcelona in 2014.",
    ],
)
def test_sentences_that_tell_no_tie(tmp_path: Path, text: str) -> None:
    read_out = told(tmp_path, text)
    assert (read_out.found, read_out.unresolved) == ((), ())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Kyoto and Isfahan have never signed a sister-city agreement.", "denied"),
        ("خبر خواهرخواندگی تهران و پاریس نادرست است.", "denied"),
        ("Tabriz might become a sister city of Vienna.", "supposed"),
        ("شهرداری مشهد پیشنهاد کرد با کراچی پیمان خواهرخواندگی ببندد.", "supposed"),
    ],
)
def test_denied_and_proposed_ties_are_left_out_and_said(
    tmp_path: Path, text: str, reason: str
) -> None:
    read_out = told(tmp_path, text)
    assert read_out.found == ()
    assert [each.reason for each in read_out.unresolved] == [reason]


def test_a_claim_that_the_next_sentence_takes_back(tmp_path: Path) -> None:
    text = (
        "گفته می‌شود که تهران با پاریس (فرانسه) دارای پیوند خواهرشهری است. "
        "این در حالی است که این پیوند به صورت پیش‌نویس مانده است."
    )
    (tie,) = told(tmp_path, text).found
    assert tie.witness.status == "draft"
    assert tie.witness.confidence <= 0.4


# ---- Agreements ------------------------------------------------------------------------------

_AGREEMENT = """Friendship City Agreement between the City of Tabriz and the City of Kazan

The City of Tabriz and the City of Kazan, hereinafter the Parties, have agreed as follows:

Article 1
The Parties shall cooperate in culture. Tabriz and Kazan shall keep their friendship agreement.

Article 2
Tabriz and Erzurum signed a sister-city agreement in 2001, which stays in force.
"""


def test_an_agreement_is_one_tie(tmp_path: Path) -> None:
    read_out = told(
        tmp_path,
        _AGREEMENT,
        known("kind", "agreement"),
        known("title", _AGREEMENT.splitlines()[0]),
        known("date", "2009-06-04"),
        known("party", "Tabriz, Iran"),
        known("party", "Kazan, Russia"),
    )
    assert shown(read_out.found) == [
        "Tabriz-Kazan/RU friendship 2009-06-04 signed",
        "Tabriz-Erzurum/TR sister-city 2001 signed",
    ]
    witness = read_out.found[0].witness
    assert (witness.form, witness.instrument) == ("agreement", "Friendship City Agreement")
    (span,) = witness.spans
    assert _AGREEMENT[span.start : span.end] == _AGREEMENT.splitlines()[0]


def test_a_draft_in_persian_without_parties_given(tmp_path: Path) -> None:
    title = "پیش‌نویس یادداشت تفاهم همکاری میان شهرداری ارومیه و شهرداری ارزروم"
    text = f"{title}\n\nماده ۱ - طرفین همکاری می‌کنند.\n\nماده ۲ - این سند معتبر است.\n"
    read_out = told(tmp_path, text, known("kind", "memorandum"), known("title", title))
    assert shown(read_out.found) == ["Urmia-Erzurum/TR memorandum no-date draft"]


@pytest.mark.parametrize(
    ("title", "kind", "parties"),
    [
        ("Report on the Sister City Agreement between Zanjan and Graz", "other", ()),
        (
            "Agreement on Trade between Iran and Mongolia",
            "treaty",
            ("Iran", "Mongolia"),
        ),
        (
            "Agreement between the University of Tabriz and Kazan University",
            "agreement",
            ("Tabriz", "Kazan"),
        ),
    ],
)
def test_documents_that_make_no_tie(
    tmp_path: Path, title: str, kind: str, parties: tuple[str, ...]
) -> None:
    given_parties = (known("party", each) for each in parties)
    read_out = told(
        tmp_path, f"{title}\n\nWords.\n", known("kind", kind), known("title", title), *given_parties
    )
    assert [each for each in read_out.found if each.witness.form == "agreement"] == []


# ---- Merging ---------------------------------------------------------------------------------


def made(calendar: str, year: int, first: date, last: date, *parts: int) -> TieDate:
    month, day = (*parts, None, None)[:2]
    return TieDate(calendar, year, month, day, first, last)  # type: ignore[arg-type]


_1993 = made("gregorian", 1993, date(1993, 1, 1), date(1993, 12, 31))
_1994 = made("gregorian", 1994, date(1994, 1, 1), date(1994, 12, 31))
_1372 = made("persian", 1372, date(1993, 3, 21), date(1994, 3, 20))
_DAY = made("persian", 1373, date(1994, 5, 23), date(1994, 5, 23), 3, 2)


def saying(
    document: int,
    when: TieDate | None = None,
    *,
    form: WitnessForm = "table",
    kind: TieKind = "sister-city",
    written: str = "بیشکک",
    partner: str = "بیشکک",
    turned: bool = False,
    led: bool = False,
) -> Found:
    tehran = gazetteer().named("تهران")[0]
    other = gazetteer().named(partner)[0]
    witness = Witness(document, 1, (), form, "تهران" if turned else written, kind, date=when)
    if turned:
        return Found(other, tehran, witness, written, led)
    return Found(tehran, other, witness, "تهران", led)


def one(*found: Found) -> Tie:
    (tie,) = merged(found, gazetteer(), {1: "a.txt", 2: "b.txt", 3: "c.txt"})
    return tie


@pytest.mark.parametrize(
    ("dates", "disagree"),
    [
        ((_DAY, _1994), False),  # 1373-03-02 is 23 May 1994
        ((_1372, _1993), False),  # 1372 is March 1993 to March 1994
        ((_1372, _1994), False),
        ((_1372, _DAY), True),
        ((_1993, _DAY), True),
        ((_1993, _1994), True),
    ],
)
def test_dates_are_compared_across_calendars(
    dates: tuple[TieDate, TieDate], disagree: bool
) -> None:
    tie = one(*(saying(number, each) for number, each in enumerate(dates, 1)))
    assert [fault.code for fault in tie.disagreements] == (["date"] if disagree else [])


def test_what_disagrees_is_said_with_both_figures_and_documents() -> None:
    fault = one(saying(1, _DAY), saying(2, _1993, form="sentence")).disagreements[0]
    assert fault.message["en"] == (
        "Tehran - Bishkek: dated 1373-03-02 (1994-05-23) in “a.txt”, 1993 in “b.txt”"
    )
    assert "۱۹۹۳" in fault.message["fa"]
    assert "b.txt" in fault.message["fa"]


def test_every_surer_witness_is_compared() -> None:
    tie = one(saying(1, _1994), saying(2, _1372, form="sentence"), saying(3, _DAY))
    assert [fault.code for fault in tie.disagreements] == ["date"]
    assert tie.date == _DAY  # of witnesses that are equally sure the more precise


def test_kinds_and_names_disagree_and_spellings_do_not() -> None:
    tie = one(saying(1), saying(2, kind="memorandum"), saying(3, kind="other"))
    assert [fault.code for fault in tie.disagreements] == ["kind"]
    spelled = one(
        saying(1, partner="سئول", written="سئول"), saying(2, partner="سئول", written="سیول")
    )
    assert spelled.disagreements == ()
    named = one(
        saying(1, partner="پرتوریا", written="پرتوریا"),
        saying(2, partner="پرتوریا", written="تشوانه"),
    )
    assert [fault.code for fault in named.disagreements] == ["name"]


def test_surest_witness_first_and_one_tie_for_both_orders() -> None:
    tie = one(
        saying(1, _1993, form="sentence", turned=True),
        saying(2, _1994, form="table", led=True),
        saying(3, _DAY, form="agreement"),
    )
    assert [each.form for each in tie.witnesses] == ["agreement", "table", "sentence"]
    assert (tie.city.name["en"], tie.partner.name["en"]) == ("Tehran", "Bishkek")
    assert [each.written for each in tie.witnesses] == ["بیشکک"] * 3
    assert tie.date == _DAY


@given(st.permutations([saying(1, _1993), saying(2, _1994), saying(3, _DAY, form="sentence")]))
def test_the_order_of_documents_changes_nothing(found: list[Found]) -> None:
    assert merged(found, gazetteer()) == merged(sorted(found, key=str), gazetteer())


# ---- The corpus and the command --------------------------------------------------------------


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of two documents that contradict each other, and a place of its own."""
    folder = tmp_path_factory.mktemp("ties")
    documents = folder / "documents"
    documents.mkdir()
    (documents / "isfahan.md").write_text(_ISFAHAN, encoding="utf-8")
    (documents / "note.txt").write_text(
        "Isfahan has been a sister city of Dakar since 2009. "
        "Xi'an and Isfahan signed a sister-city agreement in 1991.\n",
        encoding="utf-8",
    )
    runner = CliRunner()
    place = str(folder / "corpus")
    assert runner.invoke(app, ["init", place]).exit_code == 0
    assert runner.invoke(app, ["add", "--corpus", place, str(documents)]).exit_code == 0
    return folder / "corpus"


def test_corpus_ties(corpus: Path) -> None:
    from textmine.store.corpus import Corpus

    steps: list[str] = []
    read_out = corpus_ties(
        Corpus.open(corpus), on_step=lambda title, _total: steps.append(str(title))
    )
    assert len(steps) == 2
    xian = next(tie for tie in read_out.ties if tie.partner.name["en"] == "Xi'an")
    assert xian.city.name["en"] == "Isfahan"
    assert [each.form for each in xian.witnesses] == ["table", "sentence"]
    assert [fault.code for fault in xian.disagreements] == ["date"]
    assert [each.written for each in read_out.unresolved] == ["نوکجا"]


def lines_of(corpus: Path, *arguments: str) -> list[dict[str, object]]:
    found = CliRunner().invoke(app, ["ties", "--corpus", str(corpus), "--json", *arguments])
    assert found.exit_code == 0, found.output
    return [json.loads(line) for line in found.stdout.splitlines()]


def test_json_lines(corpus: Path) -> None:
    by_partner = {line["partner"]: line for line in lines_of(corpus)}
    dakar = by_partner["Dakar"]
    assert (dakar["city"], dakar["country"], dakar["partner_country"]) == ("Isfahan", "IR", "SN")
    assert (dakar["kind"], dakar["date"], dakar["calendar"]) == (
        "sister-city",
        "2009",
        "gregorian",
    )
    witnesses = dakar["witnesses"]
    assert isinstance(witnesses, list)
    assert [each["form"] for each in witnesses] == ["table", "sentence"]
    assert witnesses[0]["start"] < witnesses[0]["end"]
    assert by_partner["Florence"]["date"] is None
    assert by_partner["Florence"]["undated"] == "unreadable-date"


@pytest.mark.parametrize(
    ("arguments", "partners"),
    [
        (("--country", "it"), ["Florence"]),
        (("--city", "داكار"), ["Dakar"]),
        (("--kind", "memorandum"), []),
        (("--from", "2005"), ["Dakar"]),
        (("--from", "1380"), ["Dakar"]),
        (("--until", "1368"), ["Xi'an"]),
    ],
)
def test_filters(corpus: Path, arguments: tuple[str, ...], partners: list[str]) -> None:
    assert [line["partner"] for line in lines_of(corpus, *arguments)] == partners


def test_screen_names_disagreements_and_open_names(corpus: Path) -> None:
    found = CliRunner().invoke(app, ["ties", "--corpus", str(corpus), "--language", "fa"])
    assert found.exit_code == 0
    for words in ("اصفهان", "خواهرخواندگی", "۱۹۹۱"):
        assert words in found.stdout
    for words in ("نوکجا", "gazetteer.yaml"):
        assert words in found.stderr


def test_files(corpus: Path, tmp_path: Path) -> None:
    for name in ("ties.csv", "ties.jsonl"):
        found = CliRunner().invoke(
            app, ["ties", "--corpus", str(corpus), "--to", str(tmp_path / name)]
        )
        assert found.exit_code == 0
    rows = list(csv.DictReader(io.StringIO((tmp_path / "ties.csv").read_text("utf-8-sig"))))
    assert {row["partner"] for row in rows} == {"Xi'an", "Kuwait City", "Dakar", "Florence"}
    assert len((tmp_path / "ties.jsonl").read_text("utf-8").splitlines()) == 4
    wrong = CliRunner().invoke(app, ["ties", "--corpus", str(corpus), "--to", "ties.pdf"])
    assert isinstance(wrong.exception, UsageError)


def test_places_of_ones_own(corpus: Path) -> None:
    additions = corpus / "gazetteer.yaml"
    additions.write_text(
        "places:\n  - {id: own:nokoja, name: {en: Nokoja, fa: نوکجا}, country: ES}\n",
        encoding="utf-8",
    )
    try:
        lines = {line["partner"]: line for line in lines_of(corpus)}
    finally:
        additions.unlink()
    assert (lines["Nokoja"]["partner_country"], lines["Nokoja"]["status"]) == ("ES", "draft")
