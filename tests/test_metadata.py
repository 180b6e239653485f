"""The table of metadata, what is guessed from a document, and how the two are joined."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmine.errors import InputError
from textmine.metadata import attributes_of, guess, merge, missing_files, read_table
from textmine.metadata.days import day_of, parse_day
from textmine.metadata.table import KINDS
from textmine.records import Attribute, Extraction, Guess, Line, LineRole, Page


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "documents.csv"


def values(attributes: tuple[Attribute, ...]) -> list[tuple[str, str]]:
    return [(attribute.name, attribute.value) for attribute in attributes]


# ---- The table ------------------------------------------------------------------------------

FULL_DATE = [
    ("date", "2018-03-02"),
    ("date_persian", "1396/12/11"),
    ("year_gregorian", "2018"),
    ("year_persian", "1396"),
]


@pytest.mark.parametrize(
    ("heading", "cell", "expected"),
    [
        ("title", " پیمان  ", [("title", "پیمان")]),
        ("kind", "Memorandum of Understanding", [("kind", "memorandum")]),
        ("نوع", "موافقت‌نامه", [("kind", "agreement")]),
        ("نوع", "تفاهم نامه", [("kind", "memorandum")]),
        ("kind", "قانون", [("kind", "law")]),
        ("language", "EN+FA", [("language", "fa+en")]),
        ("زبان", "فارسی و انگلیسی", [("language", "fa+en")]),
        ("زبان", "فارسي", [("language", "fa")]),
        ("date", "2018-03-02", FULL_DATE),
        ("date", "۱۳۹۶/۱۲/۱۱", FULL_DATE),
        ("تاریخ شمسی", "1396-12-11", FULL_DATE),
        ("سال", "۱۳۹۷", [("year_persian", "1397"), ("year_gregorian", "2018")]),
        ("year", "2018", [("year_gregorian", "2018"), ("year_persian", "1397")]),
        ("parties", "Qom, Iran; Multan, Pakistan", [("party", "Qom, Iran"),
                                                    ("party", "Multan, Pakistan")]),
        ("طرف‌ها", "تهران؛ بیشکک", [("party", "تهران"), ("party", "بیشکک")]),
        ("طرف ها", "تهران|بیشکک;", [("party", "تهران"), ("party", "بیشکک")]),
        ("کشور", "ایران؛ قرقیزستان", [("country", "ایران"), ("country", "قرقیزستان")]),
        ("Archive No.", "12/ب", [("Archive No.", "12/ب")]),
        ("title", "  ", []),
    ],
)  # fmt: skip
def test_columns(table: Path, heading: str, cell: str, expected: list[tuple[str, str]]) -> None:
    table.write_text(f'path\t{heading}\na.pdf\t"{cell}"\n', encoding="utf-8")
    assert values(read_table(table)["a.pdf"].attributes) == expected


@pytest.mark.parametrize("kind", KINDS)
def test_names_of_kinds_are_taken_with_every_gap(table: Path, kind: str) -> None:
    for spelling in KINDS[kind]:
        for gap in (" ", "\u200c", "", "-"):
            table.write_text(f"path,kind\na.pdf,{spelling.replace(' ', gap)}\n", encoding="utf-8")
            assert values(read_table(table)["a.pdf"].attributes) == [("kind", kind)]


def test_a_bilingual_document_is_one_in_every_spelling(table: Path) -> None:
    for spelling in ("دوزبانه", "دو زبانه", "دو\u200cزبانه", "fa+en", "English & Persian"):
        table.write_text(f"path,language\na.pdf,{spelling}\n", encoding="utf-8")
        assert values(read_table(table)["a.pdf"].attributes) == [("language", "fa+en")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1256"])
def test_delimiters_and_encodings(table: Path, delimiter: str, encoding: str) -> None:
    rows = [["پرونده", "عنوان"], ["a.pdf", "موافقت نامه شهرداري ها"], ["", ""], ["b.pdf", "پيمان"]]
    text = "\r\n".join(delimiter.join(row) for row in rows).replace("ی", "ي")
    table.write_bytes(text.encode(encoding))
    records = read_table(table)
    assert [record.row for record in records.values()] == [2, 4]
    assert values(records["a.pdf"].attributes) == [("title", "موافقت نامه شهرداري ها")]
    assert values(records["b.pdf"].attributes) == [("title", "پيمان")]


def test_a_cell_may_hold_the_delimiter_and_line_ends(table: Path) -> None:
    table.write_text('file;parties;note\nx\\a.pdf;"Qom; Fez";"one\ntwo"\n', encoding="utf-8")
    record = read_table(table)["x/a.pdf"]
    assert values(record.attributes) == [("party", "Qom"), ("party", "Fez"), ("note", "one\ntwo")]
    assert record.attributes[0] == Attribute("party", "Qom", 1.0, "documents.csv, row 2")


def test_a_year_of_the_other_calendar_is_derived_and_says_so(table: Path) -> None:
    table.write_text("path,year\na.pdf,1397\n", encoding="utf-8")
    given, derived = read_table(table)["a.pdf"].attributes
    assert (given.confidence, derived.confidence < 1) == (1.0, True)
    assert "1397 lies in 2018" in derived.ground


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("path,kind\na.pdf,novel\n", 'row 2: kind "novel" is not one of paper, agreement'),
        ("path,language\na.pdf,de\n", 'row 2: language "de" is not one of fa, en, fa[+]en'),
        ("path,date\na.pdf,2018-02-30\n", 'row 2: date "2018-02-30" is no day'),
        ("path,date\na.pdf,1396/12/30\n", 'row 2: date "1396/12/30" is no day'),
        ("path,date\na.pdf,02/03/2018\n", "write year-month-day as in 2018-03-02"),
        ("path,date,date_persian\na.pdf,2018-03-02,1396/12/12\n", "different days"),
        ("path,date,year\na.pdf,2018-03-02,1397\n", 'year "1397" is not the year of the date'),
        ("path,year\na.pdf,97\n", 'year "97" is neither'),
        ("path,year\na.pdf,1700\n", 'year "1700" is neither'),
        ("path,title\n,x\n", "row 2 names no file; fill in the column path"),
        ("path,title\na.pdf,x\n./a.pdf,y\n", "row 3 names a.pdf, as row 2 does"),
        ("path,title\na.pdf,x,y\n", "row 2 has 3 cells for 2 columns"),
        ("title,kind\nx,law\n", r"no column path \(its columns: title, kind\)"),
        ("path,title,عنوان\na.pdf,x,y\n", "column title twice"),
        ('path,title\na.pdf,"x\n', "Close every quotation mark"),
    ],
)
def test_faults_name_the_row_the_value_and_the_way_out(
    table: Path, text: str, sentence: str
) -> None:
    table.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=sentence) as caught:
        read_table(table)
    assert str(caught.value).startswith("documents.csv")


def test_all_faults_are_told_at_once(table: Path) -> None:
    table.write_text("path,kind,year\na,novel,1397\nb,law,x\n", encoding="utf-8")
    with pytest.raises(InputError, match=r'row 2: kind "novel".*row 3: year "x"'):
        read_table(table)


def test_a_table_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be opened"):
        read_table(tmp_path / "documents.csv")


def test_rows_without_a_file_are_told(table: Path) -> None:
    table.write_text("path,title\nfa/a.txt,x\nlost.pdf,y\n", encoding="utf-8")
    (table.parent / "fa").mkdir()
    (table.parent / "fa" / "a.txt").write_text("x", encoding="utf-8")
    (sentence,) = missing_files(table, read_table(table))
    assert "row 3" in sentence
    assert "lost.pdf" in sentence


@given(st.dates(datetime.date(1850, 1, 1), datetime.date(2099, 12, 31)))
def test_a_day_is_the_same_in_both_calendars(date: datetime.date) -> None:
    day = day_of(date)
    assert parse_day(day.gregorian) == parse_day(day.persian) == day


# ---- Guesses --------------------------------------------------------------------------------


def document(*rows: str, title: str | None = None) -> Extraction:
    """A document of one page; rows that begin with # are headings."""
    text = "\n\n".join(row.removeprefix("# ") for row in rows)
    lines = []
    start = 0
    for row in rows:
        role: LineRole = "heading" if row.startswith("# ") else "body"
        end = start + len(row.removeprefix("# "))
        lines.append(Line(start, end, role, level=1))
        start = end + 2
    return Extraction((Page(1, text, tuple(lines)),), "test", title=title)


def guessed(*rows: str, title: str | None = None) -> dict[str, str]:
    found = guess(document(*rows, title=title), Path("a.txt"))
    return {name: each.value for name, each in found.items()}


@pytest.mark.parametrize(
    ("rows", "language"),
    [
        (["ماده ۱ (Article)", "طرفین همکاری می‌کنند و هر سال گرد هم می‌آیند."], "fa"),
        (["Article 1 (ماده)", "The Parties shall cooperate and meet every year."], "en"),
        (["ماده ۱: طرفین همکاری می‌کنند.", "Article 1: The Parties shall cooperate."], "fa+en"),
        (["۱۲۳ - 456"], None),
    ],
)
def test_language(rows: list[str], language: str | None) -> None:
    assert guessed(*rows).get("language") == language


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        (["# موافقت‌نامه خواهرخواندگی میان تهران و بیشکک"], "agreement"),
        (["# موافقتنامه همکاری میان دولت جمهوری اسلامی ایران و دولت نپال"], "treaty"),
        (["# Agreement between the Government of Iran and the Government of Nepal"], "treaty"),
        (["# يادداشت تفاهم شهرداري ايلام و شهرداري كوت"], "memorandum"),
        (["# تفاهم نامهٔ همکاری"], "memorandum"),
        (["# Memorandum of Understanding on the Sister City Agreement"], "memorandum"),
        (["# عهدنامه مودت"], "treaty"),
        (["# Report on the Sister City Agreement"], "other"),
        (["# مصوبه شورای شهر درباره موافقت‌نامه خواهرخواندگی"], "law"),
        (["# دیپلماسی شهری و قرارداد خواهرخواندگی", "چکیده", "متن", "واژگان کلیدی: شهر"], "paper"),
        (["# City diplomacy", "Abstract", "text", "Keywords: city", "References"], "paper"),
        (["متن بی‌عنوان.", "این تفاهم‌نامه از روز امضا معتبر است."], "memorandum"),
        (["اصل ۱. حکومت محلی", "اصل ۲. شوراها", "اصل ۳. مرزها"], "law"),
        (["# The garden", "Roses and tulips grow there."], None),
    ],
)
def test_kind(rows: list[str], kind: str | None) -> None:
    assert guessed(*rows).get("kind") == kind


@pytest.mark.parametrize(
    ("rows", "stored", "title"),
    [
        (["# پیمان قم و مولتان", "# Agreement of Qom and Multan", "# Article 1"], None,
         "پیمان قم و مولتان / Agreement of Qom and Multan"),
        (["بسمه تعالی", "قرارداد خواهرخواندگی", "متن."], None, "قرارداد خواهرخواندگی"),
        (["# چکیده", "متنی دراز که با نقطه به پایان می‌رسد."], None, None),
        (["Sister City Agreement"], "Sister City Agreement", "Sister City Agreement"),
        (["Sister City Agreement"], "Microsoft Word - final.docx", "Sister City Agreement"),
        (["1. A sentence that ends."], "Agreement of Qom and Fez", "Agreement of Qom and Fez"),
    ],
)  # fmt: skip
def test_title(rows: list[str], stored: str | None, title: str | None) -> None:
    assert guessed(*rows, title=stored).get("title") == title


def test_the_largest_letters_are_the_title() -> None:
    rows = [("فصلنامه پژوهش", 20.0), ("دیپلماسی شهری در", 16.0), ("آسیای میانه", 16.0)]
    rows += [("متن مقاله که ادامه دارد", 12.0)] * 9
    lines: list[Line] = []
    for text, size in rows:
        start = lines[-1].end + 1 if lines else 0
        lines.append(Line(start, start + len(text), size=size))
    page = Page(1, "\n".join(text for text, _ in rows), tuple(lines))
    found = guess(Extraction((page,), "test"), Path("a.pdf"))
    assert found["title"].value == "دیپلماسی شهری در آسیای میانه"
    assert "largest letters of page 1" in found["title"].ground


@pytest.mark.parametrize(
    ("rows", "parties"),
    [
        (["# قرارداد خواهرخواندگی شهرهای سبزوار و قرشی"], "سبزوار; قرشی"),
        (["# تفاهم‌نامهٔ شهرداری بندر عباس (ایران) و شورای شهر مومباسا در زمینهٔ شیلات"],
         "بندر عباس; مومباسا"),
        (["# موافقت‌نامه میان دولت جمهوری اسلامی ایران و دولت جمهوری نپال"],
         "جمهوری اسلامی ایران; جمهوری نپال"),
        (["# Sister City Agreement between the City of Zanjan (Iran) and the City of Graz"],
         "Zanjan; Graz"),
        (["# TREATY BETWEEN THE ISLAMIC REPUBLIC OF IRAN AND MONGOLIA"],
         "Islamic Republic of Iran; Mongolia"),
        (["# Agreement", "The Municipality of San José and the City Council of Shiraz agree."],
         "San José; Shiraz"),
        (["# قرارداد دوستی", "شهرداری کاشان و شهرداری فاس که «طرفین» نامیده می‌شوند"],
         "کاشان; فاس"),
        (["# Agreement on peace and friendship"], None),
        (["# City diplomacy between Tehran and Bishkek", "Abstract", "Keywords: city"], None),
        (["# Law on the City of Shiraz", "The City of Shiraz and the City of Qom pay."], None),
    ],
)  # fmt: skip
def test_parties(rows: list[str], parties: str | None) -> None:
    assert guessed(*rows).get("parties") == parties


AGREEMENT = "# Agreement between Qom and Fez"
PAPER = ["# City diplomacy", "Abstract", "Keywords: city"]


@pytest.mark.parametrize(
    ("rows", "date"),
    [
        ([AGREEMENT, "Whereas the council decided on 3 May 2001;",
          "Done at Qom on 4 May 2016, in two copies."], "2016-05-04"),
        ([AGREEMENT, "It was signed by hand in two copies. The term ends on 1 May 2030."], None),
        (["# قرارداد قم و فاس", "در تاریخ ۱۳۷۵/۷/۱۲ برابر با ۳ اکتبر ۱۹۹۶ در دو نسخه "
          "به امضا رسید."], "1996-10-03"),
        (["# قرارداد شهرهای قم و فاس", "این متن در ۳۰ شهریور ۱۴۰۰ در دو نسخه نگاشته شد."],
         "2021-09-21"),
        ([*PAPER, "doi 10.22080/jpir.2026.30080.1459"], None),
        ([*PAPER, "تاریخ دریافت: ۱۳۹۶/۰۸/۱۶", "تاریخ پذیرش: ۱۳۹۷/۰۶/۲۳"], "2018-09-14"),
        ([*PAPER, "Iran and Kyrgyzstan signed an agreement on 26 June 1993 in two copies."], None),
        ([AGREEMENT, "In 1993 the cities met. The term ends on 1 January 2030 at the latest. " * 4],
         None),
        (["# مصوبه شورای شهر", "تاریخ: 1401/03/22"], "2022-06-12"),
        (["# بیانیه دوستی شهرها", "متن. " * 60, "بوشهر، ۳۰ آبان ۱۳۹۷"], "2018-11-21"),
    ],
)  # fmt: skip
def test_date(rows: list[str], date: str | None) -> None:
    assert guessed(*rows).get("date") == date


def test_both_calendars_strengthen_or_weaken_a_date() -> None:
    agreeing = document(AGREEMENT, "Done at Qom on 4 May 2016 (1395/02/15), in two copies.")
    alone = document(AGREEMENT, "Done at Qom on 4 May 2016, in two copies.")
    apart = document(AGREEMENT, "Done at Qom on 4 May 2016 (1395/02/16), in two copies.")
    sure, fair, doubtful = (guess(each, Path("a.txt"))["date"] for each in (agreeing, alone, apart))
    assert sure.confidence > fair.confidence > doubtful.confidence
    assert sure.ground == ('the signature formula on page 1 says "4 May 2016" in both calendars')
    assert "another day" in doubtful.ground


def test_an_identifier_gives_the_year_of_a_paper() -> None:
    found = guessed(*PAPER, "doi 10.22080/jpir.2026.30080.1459")
    assert (found["year_gregorian"], found["year_persian"]) == ("2026", "1405")


def test_a_running_head_that_returns_dates_a_paper() -> None:
    heads = [f"مجله شهر، سال دهم، شماره ۲، بهار ۱۳۹۷ / {page}" for page in (12, 14, 16)]
    found = guessed(*PAPER, *(["متن دراز."] * 20), *heads)
    assert (found["year_persian"], found["year_gregorian"]) == ("1397", "2018")


@pytest.mark.parametrize(
    ("line", "year"),
    [
        ("سال ۱، شماره ۲، بهار ۱۳۹۷", "1397"),
        ("دوره ۱، شماره ۲، بهار و تابستان ۱۳۹۷", "1397"),
        ("بهار و تابستان ۱۳۹۷", "1397"),
        ("پاییز و زمستان ۱۳۹۷", "1397"),
        ("۱۳۹۷ بهار", "1397"),
        ("دوره ۵، شماره ۲، ۱۳۹۷", "1397"),
        ("دوره ۵، شماره ۲، ۲۰", None),
        ("بهار شهر و ۱۳۹۷ باغ", None),
        ("۲۱۳۹۷ بهار", None),
    ],
)
def test_an_issue_dates_a_paper(line: str, year: str | None) -> None:
    assert guessed(*PAPER, line).get("year_persian") == year


@pytest.mark.parametrize(
    ("lines", "year"),
    [
        (["۹۶ / فصلنامه شهر و باغ، سال ۱، شماره ۲، بهار ۱۳۹۷"], "1397"),
        (["2، شماره 1397 بهار، 1فصلنامه شهر و باغ، سال /  96"], "1397"),  # order lost
        (["مجله شهر، سال ۱، شماره ۲، بهار ۱۳۹۷", "مجله شهر، سال ۱، شماره ۲، بهار ۱۳۹۸"], None),
        (["لاله، «باغ»، فصلنامه شهر، سال ۱، شماره ۲، بهار ۱۳۹۷، صص ۱-۲."], None),
        (["در بهار ۱۳۹۷ شورا در سال نخست خود مصوبه شماره ۲ را نوشت."], None),
        (["منابع", "فصلنامه شهر و باغ، سال ۱، شماره ۲، بهار ۱۳۹۷"], None),
    ],
)
def test_a_running_head_in_the_midst_dates_a_paper(lines: list[str], year: str | None) -> None:
    assert guessed(*PAPER, *(["متن دراز."] * 20), *lines).get("year_persian") == year


@pytest.mark.parametrize(
    ("title", "sure"),
    [
        ("باغ‌های شهر و همکاری‌های بین‌المللی", True),
        ("یادگار باغ‌های شهر", True),
        ("های شهر و همکاری باغ", False),
        ("باغ شهر و هایهمکاری المللیبین", False),
        ("باغ یشهر و مردم", False),
    ],
)
def test_a_title_out_of_order_is_doubtful(title: str, sure: bool) -> None:
    for found in (
        guess(document(title, "چکیده"), Path("a.txt"))["title"],
        guess(document(title, "چکیده", title=title), Path("a.txt"))["title"],
    ):
        assert (found.confidence > 0.5) is sure
        assert ("out of order" in found.ground) is not sure


def test_a_month_gives_years_only() -> None:
    found = guessed("# گزارش پژوهشی: همکاری", "کارگروه مطالعات - آبان ۱۴۰۴")
    assert "date" not in found
    assert (found["year_persian"], found["year_gregorian"]) == ("1404", "2025")


@given(st.lists(st.text(max_size=60), max_size=6))
def test_any_text_gives_guesses_with_grounds(rows: list[str]) -> None:
    rows = [row.replace("\n", " ").replace("\f", " ") or "." for row in rows]
    for each in guess(document(*rows), Path("a.txt")).values():
        assert each.value
        assert each.ground
        assert 0 < each.confidence < 1


# ---- Table over guess -----------------------------------------------------------------------


def test_the_table_is_believed_and_guesses_fill_the_rest(table: Path) -> None:
    table.write_text("path,title,year\na.pdf,Given,1397\n", encoding="utf-8")
    guesses = {
        "title": Guess("Guessed", 0.9, "the first heading"),
        "date": Guess("2001-01-01", 0.9, "a line"),
        "kind": Guess("treaty", 0.8, "the title"),
        "parties": Guess("Iran; Nepal", 0.7, "the title"),
    }
    merged = merge(read_table(table)["a.pdf"], attributes_of(guesses))
    assert [(each.name, each.value, each.confidence) for each in merged] == [
        ("title", "Given", 1.0),
        ("year_persian", "1397", 1.0),
        ("year_gregorian", "2018", 0.8),
        ("kind", "treaty", 0.8),
        ("party", "Iran", 0.7),
        ("party", "Nepal", 0.7),
    ]
    assert merge(None, ()) == ()
