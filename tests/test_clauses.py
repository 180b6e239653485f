"""Cutting agreements and papers, in both languages, into clauses and parts."""

from __future__ import annotations

import hashlib
import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textmine.clauses import SEGMENTER, segment
from textmine.clauses.marks import item_marks, unit_marks
from textmine.clauses.rows import view
from textmine.records import Extraction, Line, LineRole, Page, Segmentation

DOCUMENT = hashlib.sha256(b"example").hexdigest()


def extraction(text: str, roles: dict[str, LineRole] | None = None) -> Extraction:
    """A page per form feed and a line per line; ``roles`` by the first words of a line."""
    pages = []
    for number, page in enumerate(text.split("\f"), start=1):
        lines, offset = [], 0
        for line in page.split("\n"):
            if line.strip():
                role = next(
                    (role for start, role in (roles or {}).items() if line.startswith(start)),
                    "body",
                )
                lines.append(Line(offset, offset + len(line), role))
            offset += len(line) + 1
        pages.append(Page(number, page, tuple(lines)))
    return Extraction(tuple(pages), "example 1")


def cut(text: str, roles: dict[str, LineRole] | None = None) -> Segmentation:
    return segment(extraction(text, roles), DOCUMENT)


def clauses(text: str) -> list[tuple[str | None, str, str]]:
    return [(clause.number, clause.kind, clause.text) for clause in cut(text).clauses]


def parts(text: str, kind: str, roles: dict[str, LineRole] | None = None) -> list[str]:
    found = cut(text, roles)
    whole = extraction(text).text
    return [whole[part.span.start : part.span.end] for part in found.parts if part.kind == kind]


def numbers(text: str) -> list[str | None]:
    return [clause.number for clause in cut(text).clauses]


# ---- printed numbers


@pytest.mark.parametrize(
    ("line", "label", "rest"),
    [
        ("ماده ۵- متن", "5", "متن"),
        ("ماده ٥ ـ متن", "5", "متن"),
        ("ماده 5: متن", "5", "متن"),
        ("ماده (۵) - متن", "5", "متن"),
        ("ماده\u200c۵. متن", "5", "متن"),
        ("مـــاده ۵ – متن", "5", "متن"),
        ("مادۀ ۵- متن", "5", "متن"),
        ("ماده اول: متن", "1", "متن"),
        ("ماده یازدهم - متن", "11", "متن"),
        ("ماده بیست و یکم: متن", "21", "متن"),
        ("اصل یکصد و پنجاه و دوم - متن", "152", "متن"),
        ("ماده ۳ مکرر- متن", "3-bis", "متن"),
        ("ماده ۵", "5", ""),
        ("ماده واحده- متن", "1", "متن"),
        ("ماده ۷ طرفین توافق کردند", "7", "طرفین توافق کردند"),
        ("ﻣﺎﺩﻩ ۵- متن", "5", "متن"),
        ("Article 5 - Text", "5", "Text"),
        ("ARTICLE V", "5", ""),
        ("Article XII. Text", "12", "Text"),
        ("Article One", "1", ""),
        ("Article Twenty-One: Text", "21", "Text"),
        ("Art. 5. Text", "5", "Text"),
        ("Article 12A: Text", "12A", "Text"),
        ("Article 5 bis", "5-bis", ""),
        ("§ 4 Text", "4", "Text"),
        ("Section 3.2 Text", "3.2", "Text"),
        ("**Article 5.** Text", "5", "Text"),
    ],
)
def test_number_of_a_unit_is_read(line: str, label: str, rest: str) -> None:
    mark = unit_marks(view(line))[0]
    assert mark.label == label
    assert line[mark.end :].strip() == rest


@pytest.mark.parametrize(
    "line",
    [
        "ماده ۵ قانون اساسی",
        "ماده ۵، بند ۲",
        "ماده ۵ و ۶ این قانون",
        "ماده اولیه باید مرغوب باشد",
        "ماده‌ای که برای تولید مصرف می‌شود",
        "مواد ۵ تا ۷",
        "اصل تفکیک قوا",
        "اصلاح قانون",
        "Article 5 of the Charter",
        "Article 5, paragraph 2",
        "Article 5 shall apply",
        "Articles 5 and 6",
        "Article on culture",
        "Particle 5",
    ],
)
def test_reference_or_other_word_is_no_unit(line: str) -> None:
    assert unit_marks(view(line)) == ()


@pytest.mark.parametrize(
    ("line", "label"),
    [
        ("۱- متن", "1"),
        ("۱ـ متن", "1"),
        ("(۱) متن", "1"),
        ("۱.۲- متن", "1.2"),
        ("1. Text", "1"),
        ("1.Text", "1"),
        ("1) Text", "1"),
        ("1 . Text", "1"),
        ("3.2 Text", "3.2"),
        ("**۱.** متن", "1"),
        ("الف) متن", "a"),
        ("الف- متن", "a"),
        ("(ب) متن", "b"),
        ("(a) text", "a"),
        ("a) text", "a"),
        ("(aa) text", "aa"),
        ("(iv) text", "iv"),
        ("بند ۲- متن", "2"),
        ("بند الف) متن", "a"),
        ("تبصره ۱- متن", "note-1"),
        ("تبصره: متن", "note"),
        ("تبصره ۲ متن", "note-2"),
        ("Note 1: text", "note-1"),
    ],
)
def test_number_of_an_item_is_read(line: str, label: str) -> None:
    assert label in {mark.label for mark in item_marks(view(line))}


@pytest.mark.parametrize(
    "line",
    [
        "1397 was a year",
        "۱۳۹۷/۳/۲ تهران",
        "3.5 percent of it",
        "۳.۵ درصد از آن",
        "12,000 units",
        "10:30 in the morning",
        "1/3 of the seats",
        "25 delegates came",
        "e.g. the text",
        "a.m. and p.m.",
        "ج.ا. ایران",
        "تبصره‌های این قانون",
        "Notes are kept",
        "(see below) text",
    ],
)
def test_year_quantity_or_abbreviation_is_no_item(line: str) -> None:
    assert item_marks(view(line)) == ()


# ---- agreements

PERSIAN = """یادداشت تفاهم همکاری
بین شهرداری تهران و شهرداری بیشکک

شهرداری تهران و شهرداری بیشکک، که از این پس «طرفین» نامیده می‌شوند،
با توجه به پیوندهای تاریخی دو ملت،
نظر به علاقه متقابل به همکاری،
به شرح زیر توافق نمودند:

ماده ۱- هدف
هدف این یادداشت تفاهم گسترش همکاری مطابق
ماده ۵ قانون شهرداری‌ها است.

ماده ۲ ـ زمینه‌های همکاری
طرفین در زمینه‌های زیر همکاری خواهند کرد:
الف) فرهنگ؛
ب) گردشگری؛
پ) حمل‌ونقل.
تبصره ۱- برنامه هر دو سال تنظیم می‌شود.
تبصره ۲- هزینه‌ها بر عهده طرف فرستنده است.

ماده سوم: هزینه‌ها
۱- هر طرف حدود ۳.۵ درصد را می‌پردازد.
۲- هزینه‌های مشترک از سال
۱۳۹۷ به توافق طرفین بستگی دارد.

ماده (۴) این یادداشت تفاهم از تاریخ امضا معتبر است.

این یادداشت تفاهم در تهران در دو نسخه به زبان‌های فارسی و انگلیسی به امضا رسید.

از طرف شهرداری تهران          از طرف شهرداری بیشکک
"""

ENGLISH = """MEMORANDUM OF UNDERSTANDING
BETWEEN THE MUNICIPALITY OF TEHRAN
AND THE MUNICIPALITY OF BISHKEK

The Municipality of Tehran and the Municipality of Bishkek, hereinafter "the Parties",
Recognizing the historical ties between the two peoples;
Desiring to strengthen cooperation;
Have agreed as follows:

Article 1 - Purpose
The purpose is to expand cooperation in accordance with
Article 5 of the Charter and the laws of both countries.

Article 2
Areas of cooperation
The Parties shall cooperate in:
(a) culture;
(b) tourism, including:
(i) fairs;
(ii) exhibitions;
(c) transport.

Article Three
Costs
1. Each Party shall bear its own costs.
2. Common costs shall be agreed.

Article 4 This Memorandum shall enter into force on signature.

Done at Tehran on 5 June 1993 in two originals, all texts being equally authentic.

For the Municipality of Tehran
For the Municipality of Bishkek
"""

PERSIAN_NUMBERS = [
    *[None] * 4, "1", "2", "2.a", "2.b", "2.c", "2.note-1", "2.note-2", "3.1", "3.2", "4",
    *[None] * 2,
]  # fmt: skip
ENGLISH_NUMBERS = [
    *[None] * 4, "1", "2", "2.a", "2.b", "2.b.i", "2.b.ii", "2.c", "3.1", "3.2", "4",
    *[None] * 2,
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [(PERSIAN, PERSIAN_NUMBERS), (ENGLISH, ENGLISH_NUMBERS)],
    ids=["persian", "english"],
)
def test_agreement_gives_number_paths(text: str, expected: list[str | None]) -> None:
    assert numbers(text) == expected


@pytest.mark.parametrize("text", [PERSIAN, ENGLISH], ids=["persian", "english"])
def test_agreement_has_preamble_recitals_and_closing(text: str) -> None:
    kinds = [clause.kind for clause in cut(text).clauses]
    assert kinds[:4] == ["preamble", "recital", "recital", "preamble"]
    assert kinds[-2:] == ["signature", "signature"]


def test_heading_of_the_article_goes_to_its_clauses() -> None:
    headings = {clause.number: clause.heading for clause in cut(PERSIAN + ENGLISH).clauses}
    assert headings["1"] == "Purpose"
    assert headings["2.b.ii"] == "Areas of cooperation"
    assert headings["2.note-2"] == "زمینه‌های همکاری"
    assert "Costs" in parts(ENGLISH, "heading")


def test_printed_numbers_are_parts() -> None:
    assert parts(PERSIAN, "number")[:4] == ["ماده ۱-", "ماده ۲ ـ", "الف)", "ب)"]


def test_wrapped_reference_begins_no_article() -> None:
    (article,) = [clause for clause in cut(ENGLISH).clauses if clause.number == "1"]
    assert article.text.endswith("in accordance with\nArticle 5 of the Charter and the laws of both"
                                 " countries.")  # fmt: skip
    (paragraph,) = [clause for clause in cut(PERSIAN).clauses if clause.number == "3.2"]
    assert paragraph.text == "هزینه‌های مشترک از سال\n۱۳۹۷ به توافق طرفین بستگی دارد."


def test_second_language_begins_with_its_own_title() -> None:
    found = cut(PERSIAN + "\n" + ENGLISH)
    assert [clause.number for clause in found.clauses] == PERSIAN_NUMBERS + ENGLISH_NUMBERS
    languages = [clause.language for clause in found.clauses]
    assert languages == ["fa"] * len(PERSIAN_NUMBERS) + ["en"] * len(ENGLISH_NUMBERS)
    titles = parts(PERSIAN + "\n" + ENGLISH, "title")
    assert [title.split("\n")[0] for title in titles] == [
        "یادداشت تفاهم همکاری",
        "MEMORANDUM OF UNDERSTANDING",
    ]


def test_columns_of_a_bilingual_table_are_two_texts() -> None:
    rows = [
        "یادداشت تفاهم\tMEMORANDUM OF UNDERSTANDING",
        "شهرداری تهران و شهرداری بیشکک، با توجه به علایق مشترک،\tThe two cities, being friends,",
        "ماده ۱\tArticle 1",
        "طرفین در زمینه فرهنگ\tThe Parties shall cooperate in",
        "همکاری می‌کنند.\tthe field of culture.",
        "ماده ۲\tArticle 2",
        "۱- طرفین دیدار می‌کنند.\t1. The Parties shall meet.",
        "۲- طرفین نامه می‌نویسند.\t2. The Parties shall write.",
    ]
    found = [(c.number, c.language, c.text) for c in cut("\n".join(rows)).clauses if c.number]
    assert found == [
        ("1", "fa", "طرفین در زمینه فرهنگ\nهمکاری می‌کنند."),
        ("1", "en", "The Parties shall cooperate in\nthe field of culture."),
        ("2.1", "fa", "طرفین دیدار می‌کنند."),
        ("2.1", "en", "The Parties shall meet."),
        ("2.2", "fa", "طرفین نامه می‌نویسند."),
        ("2.2", "en", "The Parties shall write."),
    ]


def test_law_with_chapters_decimals_and_note() -> None:
    text = """قانون نمونه

فصل اول - کلیات

ماده ۱- در این قانون واژه‌های زیر به کار می‌رود:
الف- شورا: شورای عالی.
ب- ماده اولیه: ماده‌ای که مصرف می‌شود.
ماده ۲- تشکیل شورا
۲-۱- شورا هر ماه تشکیل می‌شود.
۲-۲- رئیس شورا وزیر است.
۲-۲-۱- در غیاب او معاون ریاست می‌کند.
تبصره- جلسات با حضور دو سوم اعضا رسمی است.

فصل دوم
مقررات مالی

ماده ۳- بودجه شورا از محل ماده ۱۲ قانون بودجه تأمین می‌شود."""
    assert numbers(text) == ["1", "1.a", "1.b", "2.1", "2.2", "2.2.1", "2.note", "3"]
    assert parts(text, "heading") == [
        "فصل اول - کلیات", "تشکیل شورا", "فصل دوم", "مقررات مالی",
    ]  # fmt: skip
    assert cut(text).clauses[-1].heading == "فصل دوم مقررات مالی"


def test_sections_are_units_where_there_are_no_articles() -> None:
    text = """AGREEMENT ON CULTURAL COOPERATION

SECTION 1. Definitions

Section 1.1 Terms. In this Agreement the terms of the Convention apply, with
Section 4 of that Convention.

Section 1.2 Scope. This Agreement applies to:
  (a) museums;
  (b) libraries.

SECTION 2. Cooperation

2.1 The Parties shall cooperate.
2.2 The Parties shall meet in:
   - Tehran;
   - Bishkek."""
    expected = ["1.1", "1.2", "1.2.a", "1.2.b", "2.1", "2.2", "2.2", "2.2"]
    assert numbers(text) == expected


def test_memorandum_of_numbered_paragraphs() -> None:
    text = """MEMORANDUM OF UNDERSTANDING

The cities of Shiraz and Dushanbe,

Wishing to cooperate, agree:

1. The cities will exchange delegations.

2. The cities will cooperate in:
a) culture,
b) sport.

3. This Memorandum is valid for five years.

Signed in Shiraz on 1 May 1996 in two copies."""
    assert numbers(text) == [None, None, "1", "2", "2.a", "2.b", "3", None]


def test_annex_counts_anew() -> None:
    text = ENGLISH + "\nANNEX II\nList of museums\n\n1. National Museum.\n2. City Museum.\n"
    assert numbers(text)[-2:] == ["annex-2.1", "annex-2.2"]


def test_number_that_a_line_break_puts_first_is_no_paragraph() -> None:
    text = (
        "Article 1\n1. The Parties shall pay their own costs under the paragraphs 1 and\n"
        "2. These costs are those of travel and lodging of the delegations of the\nParties; and\n"
        "2. They shall share the others as the Joint Committee may decide in a yearly\nmeeting.\n"
        "Article 2\nThe Parties shall meet once a year in one of the two cities as agreed by the\n"
        "Joint Committee."
    )
    assert numbers(text) == ["1.1", "1.2", "2"]


def test_letters_behind_the_last_one_are_doubled() -> None:
    alphabet = ["الف", *"بپتثجچحخدذرزژسشصضطظعغفقکگلم"]
    items = "\n".join(f"{letter}) متن این جزء؛" for letter in alphabet)
    text = f"ماده ۱- طرفین در این موارد همکاری می‌کنند:\n{items}\nماده ۲- پایان."
    assert numbers(text)[-4:] == ["1.z", "1.aa", "1.bb", "2"]


def test_items_behind_a_colon_with_a_dash() -> None:
    text = (
        "Article 1\nThe arrangement may consist of measures relating to:-\n(a) tariffs;\n"
        "(b) direct trade.\nArticle 2\nThe Parties meet."
    )
    assert numbers(text) == ["1", "1.a", "1.b", "2"]


def test_few_words_before_items_are_a_heading() -> None:
    text = "Article 1\nDefinitions:\n(a) one thing;\n(b) another.\nArticle 2\nThe Parties meet."
    assert numbers(text) == ["1.a", "1.b", "2"]
    assert parts(text, "heading") == ["Definitions:"]


def test_first_paragraph_without_its_number() -> None:
    text = "Article 1\nThe Parties shall meet.\n2. They shall write.\nArticle 2\nThey shall pay."
    assert numbers(text) == ["1", "1.2", "2"]


def test_letter_i_follows_h_and_roman_follows_letter() -> None:
    letters = "\n".join(f"({letter}) item {letter};" for letter in "abcdefghij")
    text = f"Article 1\nThe Parties shall do this:\n{letters}\nArticle 2\nThe Parties meet."
    assert numbers(text)[1:11] == [f"1.{letter}" for letter in "abcdefghij"]


def test_article_goes_on_across_page_and_footnote() -> None:
    text = (
        "Article 1\nThe Parties shall cooperate in the\n1 A note.\n12\fTitle\nfield of culture.\n"
        "Article 2\nThe Parties meet."
    )
    roles: dict[str, LineRole] = {"1 A": "footnote", "12": "page-number", "Title": "running-head"}
    article = cut(text, roles).clauses[0]
    assert article.text == "The Parties shall cooperate in the\nfield of culture."
    assert len(article.spans) == 2
    assert article.page == 1
    assert parts(text, "footnote", roles) == ["1 A note."]


# ---- closing, recitals, lists inside a paragraph


FRAME_FA = """پیمان دوستی شهر نارنج و شهر انار

ماده ۱- دو شهر دوست‌اند و مردم آنها می‌توانند آزادانه به شهر دیگر سفر کنند و در آن بمانند.
ماده ۲- دو شهر هر سال جشن نارنج و جشن انار را در میدان بزرگ خود با هم برگزار می‌کنند.
ماده ۳- این پیمان سه سال اعتبار دارد.
{closing}"""

FRAME_EN = """Agreement between Alpha and Beta

Article 1. The two towns are friends, and their people may travel freely between them.
Article 2. The two towns hold the feast of oranges together in the great square every year.
Article 3. This Agreement is in force for three years.
{closing}"""


@pytest.mark.parametrize(
    ("frame", "closing", "signed"),
    [
        (FRAME_FA, "این پیمان در روز ۳ خرداد ۱۳۹۰ در دو نسخه به امضا رسید.\nشهردار نارنج", 2),
        (FRAME_FA, "این پیمان در تاریخ ۳ خرداد در دو نسخه فارسی نوشته شد.\nشهردار انار", 2),
        (FRAME_FA, "این متن در دو نسخه و به دو زبان نگاشته شد.", 1),
        (FRAME_FA, "تنظیم شده در نارنج به تاریخ ۳ خرداد، در دو نسخه.\nشهردار نارنج", 2),
        (FRAME_FA, "در شهر انار، به تاریخ ۳ خرداد ۱۳۹۰، در دو نسخه امضا شد.", 1),
        (FRAME_FA, "شهردار نارنج\nرئیس شورای شهر شهرکرد", 2),
        (FRAME_EN, "Mayor of Alpha\nWitness: the Town Clerk of Beta", 2),
        (FRAME_EN, "For the town of Alpha: the Mayor\nFor the town of Beta: the Mayor", 2),
        # Provisions that begin like a closing.
        (FRAME_FA, "این پیمان در صورت نیاز بازنگری می‌شود.", 0),
        (FRAME_FA, "شهردار نارنج موظف است گزارش کار را به شورا بدهد.", 0),
        (FRAME_FA, "شهردار نارنج\nدو شهر هر سال گزارش کار را برای یکدیگر می‌فرستند.", 0),
        (FRAME_EN, "Mayors of both towns shall meet once a year.", 0),
        (FRAME_EN, "For the purpose of this Agreement, a year has twelve months.", 0),
    ],
)
def test_closing_is_no_part_of_the_last_article(frame: str, closing: str, signed: int) -> None:
    found = cut(frame.format(closing=closing)).clauses
    texts = [clause.text for clause in found if clause.kind == "signature"]
    assert "\n".join(texts) == (closing if signed else "")
    assert found[2].text.endswith(("دارد.", "years.") if signed else closing[-9:])


@pytest.mark.parametrize(
    "last",
    [
        "این یادداشت تفاهم از تاریخ امضا به مدت سه سال معتبر است.",
        "این سند از ۱ مهر ۱۳۹۷ معتبر است.",
    ],
)
@pytest.mark.parametrize("heading", ["مدت اعتبار\n", ""])
def test_a_last_article_that_begins_like_the_closing_behind_it(heading: str, last: str) -> None:
    closing = "این یادداشت تفاهم در تاریخ ۱۸ اردیبهشت ۱۳۹۷ در دو نسخه به امضا رسید."
    text = (
        f"یادداشت تفاهم\nماده ۱ - هدف\nهدف دوستی دو شهر است.\nماده ۲ - {heading}{last}\n{closing}\n"
    )
    found = cut(text).clauses
    assert [(clause.kind, clause.text) for clause in found[-2:]] == [
        ("article", last),
        ("signature", closing),
    ]


def test_names_of_those_who_sign_may_stand_on_the_next_page() -> None:
    text = FRAME_EN.format(closing="\f– 2 –\nMayor of Alpha\nMayor of Beta")
    found = segment(extraction(text, {"– 2": "page-number"}), DOCUMENT).clauses
    assert (found[-1].kind, found[-1].text) == ("signature", "Mayor of Alpha\nMayor of Beta")
    listed = text.replace("is in force for three years.", "is kept by:")
    found = segment(extraction(listed, {"– 2": "page-number"}), DOCUMENT).clauses
    assert found[-1].kind == "article"


@pytest.mark.parametrize(
    "heading", ["رونوشت:", "رونوشت", "گیرندگان:", "Copies to:", "Distribution:"]
)
def test_list_of_copies_is_no_note(heading: str) -> None:
    text = (
        "مصوبه شورای شهر نارنج\n\nماده واحده- نام خیابان تغییر می‌کند.\n"
        "تبصره ۱- هزینه با شهرداری است.\n"
        f"رئیس شورای شهر نارنج\n{heading}\n۱- شهردار نارنج\n۲- بایگانی"
    )
    assert [(clause.number, clause.kind, clause.text) for clause in cut(text).clauses] == [
        ("1", "article", "نام خیابان تغییر می‌کند."),
        ("1.note-1", "note", "هزینه با شهرداری است."),
        (None, "signature", "رئیس شورای شهر نارنج"),
    ]
    assert parts(text, "metadata") == [heading, "۱- شهردار نارنج", "۲- بایگانی"]


def test_copy_that_must_be_sent_stays_in_its_note() -> None:
    text = (
        "مصوبه شورای شهر نارنج\n\nماده واحده- نام خیابان تغییر می‌کند.\n"
        "تبصره ۱- مدارک لازم چنین است:\n"
        "رونوشت: برابر با اصل باشد و به مهر شورا برسد و تا پایان ماه به دفتر شهرداری سپرده شود.\n"
        "این کار رایگان است."
    )
    assert numbers(text) == ["1", "1.note-1"]
    assert parts(text, "metadata") == []


def test_paragraph_about_the_whole_text_is_no_part_of_the_last_note() -> None:
    text = (
        "مصوبه شورای شهر نارنج\n\nماده واحده- نام خیابان تغییر می‌کند.\n"
        "تبصره ۱- هزینه با شهرداری است.\n{}"
    )
    last = "این مصوبه پس از دو هفته اجرا می‌شود."
    assert clauses(text.format(last))[-1] == ("1", "article", last)
    last = "این هزینه پس از دو هفته پرداخت می‌شود."
    assert clauses(text.format(last))[-1][0] == "1.note-1"


@pytest.mark.parametrize(
    "pieces",
    [
        ["recital با توجه به دوستی دیرین دو شهر؛", "recital با آگاهی از نیاز مردم؛",
         "recital با خرسندی از دیدار شهرداران؛", "recital و نظر به نامه شورا،",
         "preamble به تفاهم زیر رسیدند:"],
        ["recital با یادآوری دیدار سال پیش،", "recital از آنجا که مردم چنین می‌خواهند،",
         "preamble به شرح زیر توافق کردند:"],
        ["recital با عنایت به نامه شورا؛",
         "preamble خود را دوست می‌دانند و بر موارد زیر توافق کردند:"],
        ["recital Considering their long friendship;", "recital Aware of what the people need,",
         "recital And in view of the letter,",
         "preamble Have come to the following understanding:"],
        ["recital Whereas the towns are neighbours;", "preamble Have agreed as follows:"],
    ],
)  # fmt: skip
@pytest.mark.parametrize("joint", ["\n", " "])
def test_each_recital_is_a_clause(pieces: list[str], joint: str) -> None:
    if joint == " ":  # inside a line only a semicolon parts two recitals
        marks = str.maketrans(",،", ";؛")
        pieces = [*(piece.translate(marks) for piece in pieces[:-2]), *pieces[-2:]]
    kinds, texts = zip(*(piece.split(" ", 1) for piece in pieces), strict=True)
    english = texts[0].isascii()
    first = "The towns of Alpha and Beta," if english else "شهر نارنج و شهر انار،"
    frame = FRAME_EN if english else FRAME_FA
    title, rest = frame.format(closing="").split("\n\n")
    found = cut(f"{title}\n\n{first}\n{joint.join(texts)}\n{rest}").clauses
    assert [(clause.kind, clause.text) for clause in found[: len(texts) + 1]] == [
        ("preamble", first), *zip(kinds, texts, strict=True)
    ]  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        "Desiring to work in many fields; including trade and the arts,",
        "Noting the letters of 3 May, having been read in both councils,",
        "با توجه به نامه شورا، با خواست مردم و با در نظر گرفتن هزینه،",
    ],
)
def test_recital_goes_on_behind_a_sign_inside_it(line: str) -> None:
    title, rest = (FRAME_EN if line.isascii() else FRAME_FA).format(closing="").split("\n\n")
    agreed = "Have agreed as follows:" if line.isascii() else "به شرح زیر توافق کردند:"
    found = cut(f"{title}\n\n{line}\n{agreed}\n{rest}").clauses
    assert [clause.text for clause in found[:2]] == [line, agreed]


@pytest.mark.parametrize(
    ("article", "expected"),
    [
        ("Trade. (a) Fairs will be held. (b) Shops\nwill open.", ["2.a", "2.b"]),
        ("The Parties shall promote: (a) trade fairs; (b) music; and (c) sport.",
         ["2", "2.a", "2.b", "2.c"]),
        ("Each of the Parties will: (a) train nurses in: (i) first aid; (ii) care; (b) send books.",
         ["2", "2.a", "2.a.i", "2.a.ii", "2.b"]),
        ("The Parties shall promote trade: (1) by fairs, (2) by visits.", ["2", "2.1", "2.2"]),
        ("دو شهر در این کارها با هم همکاری می‌کنند: الف) بازرگانی شهری؛ ب) هنر مردم؛ و ج) ورزش.",
         ["2", "2.a", "2.b", "2.c"]),
        ("دو شهر در این کارها با هم همکاری می‌کنند: (۱) بازرگانی شهری، (۲) هنر مردم.",
         ["2", "2.1", "2.2"]),
        # References, a list that lacks its first or its second member, years, examples.
        ("The cases named in (a) and (b) of Article 3 are excluded.", ["2"]),
        ("As Article 3, (a) and (b), says, the costs are shared.", ["2"]),
        ("The Parties meet, as provided under paragraph 1, (b) of Article 3.", ["2"]),
        ("The Parties promote: (b) trade fairs; (c) music.", ["2"]),
        ("The Parties promote: (a) trade fairs and music.", ["2"]),
        ("The Law of Towns, (1998) and later, is respected; so is (1) the Charter.", ["2"]),
        ("دو شهر قانون شهرها، (۱۳۷۸) و (۱)، را رعایت می‌کنند.", ["2"]),
        ("آنچه در بندهای (الف) و (ب) ماده ۱ آمده است اجرا می‌شود.", ["2"]),
        ("کارهای یادشده در ماده ۱، الف) و ب)، انجام می‌شود.", ["2"]),
    ],
)  # fmt: skip
def test_list_inside_a_paragraph(article: str, expected: list[str]) -> None:
    frame = "Agreement between Alpha and Beta\n\n{0} 1. {1}\n{0} 2. {2}\n{0} 3. {3}"
    if not article.isascii():
        frame = "پیمان دوستی دو شهر\n\n{0} ۱- {1}\n{0} ۲- {2}\n{0} ۳- {3}"
        words = ("ماده", "دو شهر دوست‌اند.", article, "پیمان تا سه سال اعتبار دارد.")
    else:
        words = ("Article", "The towns are friends.", article, "This is valid for three years.")
    assert numbers(frame.format(*words)) == ["1", *expected, "3"]


def test_name_before_a_list_is_the_heading_of_its_members() -> None:
    text = (
        "Agreement between Alpha and Beta\n\nSection 1. Early warning and rescue. "
        "(a) Sirens will be tested. (b)\nNurses will be trained.\nSection 2. The costs are shared."
    )
    assert [(clause.heading, clause.text) for clause in cut(text).clauses] == [
        ("Early warning and rescue", "Sirens will be tested."),
        ("Early warning and rescue", "Nurses will be trained."),
        (None, "The costs are shared."),
    ]


def test_sections_that_gather_clauses_are_chapters() -> None:
    text = (
        "یادداشت تفاهم شهر نارنج و شهر انار\nدرباره کمک به مسافران\n"
        "با سپاس از مردم دو شهر،\nاین یادداشت میان دو شهر منعقد می‌شود:\n"
        "بخش اول: راه‌ها\nبند ۱- راه‌ها پاکیزه می‌شود.\nبند ۲- چراغ‌ها روشن می‌ماند.\n"
        "بخش دوم: پایان\nبند ۳- این یادداشت یک سال اعتبار دارد."
    )
    assert [(clause.number, clause.kind, clause.heading) for clause in cut(text).clauses] == [
        (None, "recital", None),
        (None, "preamble", None),
        ("1", "article", "بخش اول: راه‌ها"),
        ("2", "article", "بخش اول: راه‌ها"),
        ("3", "article", "بخش دوم: پایان"),
    ]
    assert parts(text, "title") == ["یادداشت تفاهم شهر نارنج و شهر انار\nدرباره کمک به مسافران"]


@pytest.mark.parametrize(
    ("between", "opening", "more"),
    [
        (
            "میان شهرداری نارنج (جمهوری باغ) و شهرداری انار (جمهوری کوه)",
            "شهرداری نارنج و شهرداری انار در موارد زیر به توافق رسیدند:",
            "در",
        ),
        (
            "between the City of Alpha (Garden) and the City of Beta (Hills)",
            "The City of Alpha and the City of Beta have agreed as follows:",
            "of",
        ),
    ],
)
def test_the_line_of_the_parties_below_a_title_belongs_to_it(
    between: str, opening: str, more: str
) -> None:
    title, articles = (FRAME_EN if between.isascii() else FRAME_FA).format(closing="").split("\n\n")
    whole = f"{title}\n{between}\n{opening}\n{articles}"
    assert parts(whole, "title") == [f"{title}\n{between}"]
    assert cut(whole).clauses[0].text == opening
    # A paragraph that begins so and goes on is none.
    going_on = whole.replace(between, f"{between} {more}")
    assert parts(going_on, "title") == [title]


def test_city_whose_name_ends_like_a_verb_may_stand_in_a_heading() -> None:
    text = "قانون نام‌ها\n\nماده ۱- شهر شهرکرد\nنام شهر می‌ماند.\nماده ۲- اجرا\nشهردار اجرا می‌کند."
    assert parts(text, "heading") == ["شهر شهرکرد", "اجرا"]


def test_contents_are_no_articles() -> None:
    text = (
        "TREATY\nArticle 1 Aim ........ 3\nArticle 2 Means ....... 4\n\n"
        "Article 1\nAim\nThe aim is peace.\nArticle 2\nMeans\nThe means are talks."
    )
    assert numbers(text) == ["1", "2"]


# ---- papers

PAPER = """بررسی جایگاه شوراها در قانون اساسی

احمد احمدی، استادیار دانشگاه تهران
a.ahmadi@example.org

چکیده
این مقاله جایگاه شوراها را بررسی می‌کند. روش تحقیق توصیفی است.

کلیدواژه‌ها: شورا، قانون، شهر

۱- مقدمه
در قانون اساسی درباره شوراها چنین آمده است:
اصل ۷- طبق دستور قرآن کریم شوراها از ارکان تصمیم‌گیری‌اند.
اصل ۸- دعوت به خیر وظیفه‌ای همگانی است.
اصل ۹- آزادی و استقلال از یکدیگر تفکیک‌ناپذیرند.
چنان که دیده می‌شود این اصول بنیادی هستند (احمدی، ۱۳۹۰: ۱۲). در ادامه آنها را در چارچوب دیپلماسی

1. Urban Diplomacy

2. Sister City

شهری بررسی می‌کنیم. ماده ۵ قانون شوراها نیز در این باره سخن می‌گوید.

جدول ۱: شمار شوراها
سال\tشمار\tرشد
۱۳۹۰\t۱۲\t۳
منبع: مرکز آمار

۱-۱- نتیجه‌گیری
شوراها نقش مهمی دارند. (احمدی، ۱۳۹۰: ۱۴) پیشنهادها چنین است:
• تقویت شوراها
• اصلاح قانون

منابع
احمدی، احمد (۱۳۹۰). شوراها. تهران: نی.
Smith, J. (2001). Councils. London.

پیوست ۱
متن پرسشنامه در اینجا آمده است.
"""


def test_paper_that_quotes_a_law_is_no_law() -> None:
    kinds = {clause.kind for clause in cut(PAPER).clauses}
    assert kinds == {"sentence", "item"}


def test_paper_keeps_its_parts_apart() -> None:
    assert parts(PAPER, "title") == ["بررسی جایگاه شوراها در قانون اساسی"]
    assert parts(PAPER, "metadata") == [
        "احمد احمدی، استادیار دانشگاه تهران",
        "a.ahmadi@example.org",
        "کلیدواژه‌ها: شورا، قانون، شهر",
    ]
    assert parts(PAPER, "heading") == [
        "چکیده", "۱- مقدمه", "۱-۱- نتیجه‌گیری", "منابع", "پیوست ۱",
    ]  # fmt: skip
    assert parts(PAPER, "footnote") == ["1. Urban Diplomacy", "2. Sister City"]
    assert parts(PAPER, "caption") == ["جدول ۱: شمار شوراها", "منبع: مرکز آمار"]
    assert parts(PAPER, "table") == ["سال\tشمار\tرشد\n۱۳۹۰\t۱۲\t۳"]
    assert len(parts(PAPER, "bibliography")) == 2


def test_sentence_goes_on_behind_footnotes() -> None:
    texts = [clause.text for clause in cut(PAPER).clauses]
    assert "در ادامه آنها را در چارچوب دیپلماسی\nشهری بررسی می‌کنیم." in texts


def test_citation_behind_the_stop_stays_with_its_sentence() -> None:
    texts = [clause.text for clause in cut(PAPER).clauses]
    assert "شوراها نقش مهمی دارند. (احمدی، ۱۳۹۰: ۱۴)" in texts
    assert "پیشنهادها چنین است:" in texts


NOTES = """باغ‌های شهر در این سال‌ها بزرگ‌تر شده‌اند و مردم شهر از این تغییر
خشنودند. شورا برای نگهداری باغ‌ها بودجه‌ای تازه در نظر گرفت و آن را
در پایان سال هزینه کرد. شهرداری نیز کارگران تازه‌ای برای این کار به

{note}
{address}

خدمت گرفت. در سال پس از آن باغ‌های دیگری در شمال شهر ساخته شد و
مردم محله‌های دیگر نیز از شورا خواستند که برای آنان باغی بسازد.
باغبانان شهر هر سال در بهار گرد هم می‌آیند و درباره کار خود با هم
سخن می‌گویند."""


@pytest.mark.parametrize(
    ("note", "address"),
    [
        ("۳ گزارش باغ‌ها، قابل دسترسی در سایت شهرداری شیراز:", "http://example.org/b (2018/02/13)"),
        ("قابل دسترسی در سایت شهرداری شیراز:", "http://example.org/b"),
        ("دسترسی در: https://example.org/b (۱۳۹۶/۱۲/۲)", "(2018/02/13)"),
        # The words in reverse order, as extractors leave them that know no direction of writing.
        (":شیراز شهرداری سایت در دسترسی قابل ها، باغ گزارش 3", "http://example.org/b"),
        (":1396 شیراز خبری پایگاه باغ، دیار شیراز 4", "http://example.org/b (2018/02/13)"),
    ],
)
def test_where_to_find_a_source_is_a_footnote(note: str, address: str) -> None:
    text = NOTES.format(note=note, address=address)
    assert parts(text, "footnote") == [f"{note}\n{address}"]
    assert any(clause.text.endswith("این کار به\nخدمت گرفت.") for clause in cut(text).clauses)


@pytest.mark.parametrize(
    ("note", "address"),
    [
        ("این باغ‌ها برای همه مردم در همه روزهای سال قابل دسترسی بودند و", "ماندند و کسی"),
        ("نقشه باغ‌ها در سایت شهرداری از ۱۳۹۶/۱۲/۲ قابل دسترسی است و همه.", "می‌بینند و کسی"),
        ("این کار به کارگران تازه‌ای نیاز داشت که شورا آن را می‌دانست: 4", "کارگر از روستا و"),
    ],
)
def test_text_about_access_is_no_footnote(note: str, address: str) -> None:
    assert parts(NOTES.format(note=note, address=address), "footnote") == []


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["باغ بزرگ شد.", "(Tulip, 2005: 50)", "شهر نیز بزرگ شد."],
         ["باغ بزرگ شد.\n(Tulip, 2005: 50)", "شهر نیز بزرگ شد."]),
        (["باغ بزرگ شد.", "(لاله، ۱۳۸۴: ۵۰).", "شهر نیز بزرگ شد."],
         ["باغ بزرگ شد.\n(لاله، ۱۳۸۴: ۵۰).", "شهر نیز بزرگ شد."]),
        # No source, so a remark of its own.
        (["باغ بزرگ شد.", "(این را همه دیدند.)", "شهر نیز بزرگ شد."],
         ["باغ بزرگ شد.", "(این را همه دیدند.)", "شهر نیز بزرگ شد."]),
        (["باغ بزرگ شد.", "می‌باشد.", "شهر نیز بزرگ شد."],
         ["باغ بزرگ شد.\nمی‌باشد.", "شهر نیز بزرگ شد."]),
        (["باغ بزرگ شد.", "شهر می‌باشد.", "شهر نیز بزرگ شد."],
         ["باغ بزرگ شد.", "شهر می‌باشد.", "شهر نیز بزرگ شد."]),
    ],
)  # fmt: skip
def test_row_that_belongs_to_the_sentence_before_it(rows: list[str], expected: list[str]) -> None:
    found = cut("مقدمه\n\n" + "\n\n".join(rows)).clauses
    assert [re.sub("\n+", "\n", clause.text) for clause in found] == expected


def test_text_behind_the_bibliography_is_text_again() -> None:
    last = cut(PAPER).clauses[-1]
    assert (last.text, last.heading) == ("متن پرسشنامه در اینجا آمده است.", "پیوست ۱")


def test_lines_broken_at_the_page_width_are_joined() -> None:
    text = """Introduction

Cities have become actors in their own right, and the foreign relations
of a city are no longer the business of its government alone. They sign

agreements with each other. About 3.5 percent of them were signed in
1992. Article 5 of the Charter allows it, as does the law of the country
in which the city lies.

A second paragraph of the paper begins on this line and it has another
line."""
    assert [clause.text.replace("\n", " ") for clause in cut(text).clauses] == [
        "Cities have become actors in their own right, and the foreign relations of a city are no"
        " longer the business of its government alone.",
        "They sign agreements with each other.",
        "About 3.5 percent of them were signed in 1992.",
        "Article 5 of the Charter allows it, as does the law of the country in which the city"
        " lies.",
        "A second paragraph of the paper begins on this line and it has another line.",
    ]


def test_long_list_item_is_cut_into_sentences() -> None:
    text = "1. One is so. Two is so. Three is so. Four is so.\n2. Five is so."
    found = clauses(text)
    assert [number for number, _, _ in found] == ["1", "1", "1", "1", "2"]
    assert found[-1] == ("2", "item", "Five is so.")


def test_numbers_inside_a_sentence_do_not_cut_it() -> None:
    text = "The paper asks (1) who signs, (2) why they sign and (3) what follows from it."
    assert len(clauses(text)) == 1


def test_heading_whose_letters_changed_places_is_known() -> None:
    text = "قیتحق چارچوب\nاین بخش چارچوب پژوهش را توضیح می‌دهد و به پرسش‌ها پاسخ می‌دهد."
    assert parts("متن نخست این مقاله در اینجا آمده است.\n" + text, "heading") == ["قیتحق چارچوب"]


# ---- what holds for every text

FRAGMENTS = [
    "ماده ۱ -", "ماده ۲", "Article 1", "Article 2:", "1.", "2.", "(a)", "(b)", "(i)", "الف)",
    "ب)", "تبصره", "فصل اول", "ANNEX I", "طرفین همکاری می‌کنند.", "The Parties shall meet",
    ";", ",", ".", ":", "\t", "\f", "\n", "\n\n", " ", "منابع", "References", "چکیده",
    "Keywords: a", "- ", "•", "http://a.b/c", "<sup>1</sup>", "^1", "12", "95 / the journal of it",
    "Done at Tehran in two originals.", "WHEREAS they agree;", "\u200f", "\u200c", "\ufeff",
    "\x00", "\x0b", "\u2028", "\r", "𝔸", "ﻣﺎﺩﻩ", "ـ", "(", ")", "«", "جدول ۱: متن", "§ 4",
    "Section 1.1 Terms", "۳-۲-", "MEMORANDUM OF UNDERSTANDING", "یادداشت تفاهم", "# h", "| a |",
    "بند ۲-", "\u0661)", "é", "e\u0301",
]  # fmt: skip
ROLES: list[LineRole] = [
    "body", "body", "body", "body", "heading", "item", "table", "footnote", "running-head",
    "page-number", "caption",
]  # fmt: skip


@st.composite
def extractions(draw: st.DrawFn) -> Extraction:
    """Pages of odd lines with odd roles; some lines are missing, some pages have none."""
    fragment = st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=6))
    joined = draw(st.lists(fragment, max_size=50))
    pages = []
    for number, page in enumerate(" ".join(joined).split("\f"), start=1):
        lines, offset = [], 0
        for line in page.split("\n"):
            if draw(st.integers(0, 9)):
                lines.append(Line(offset, offset + len(line), draw(st.sampled_from(ROLES))))
            offset += len(line) + 1
        pages.append(Page(number, page, tuple(lines)))
    return Extraction(tuple(pages), "example 1")


@settings(max_examples=150, deadline=None)
@given(extractions())
def test_clauses_and_parts_tile_the_document(document: Extraction) -> None:
    text = document.text
    found = segment(document, DOCUMENT)
    spans = sorted(
        [span for clause in found.clauses for span in clause.spans]
        + [part.span for part in found.parts]
    )
    assert all(start < end for start, end in spans)
    assert "".join(text[start:end] for start, end in spans) == text
    assert all(before.end == after.start for before, after in pairwise(spans))
    for part in found.parts:
        if part.kind == "gap":
            assert not any(map(str.isalnum, text[part.span.start : part.span.end]))


@settings(max_examples=150, deadline=None)
@given(extractions())
def test_clauses_are_original_text_in_reading_order(document: Extraction) -> None:
    text = document.text
    found = segment(document, DOCUMENT)
    assert found.segmenter == SEGMENTER
    assert [clause.ordinal for clause in found.clauses] == list(range(len(found.clauses)))
    assert [c.start for c in found.clauses] == sorted(c.start for c in found.clauses)
    assert len({clause.id for clause in found.clauses}) == len(found.clauses)
    pages = {page.number for page in document.pages}
    for clause in found.clauses:
        assert clause.text == "\n".join(text[start:end] for start, end in clause.spans)
        assert clause.text.strip() == clause.text
        assert clause.page in pages
        assert all(0 <= start < end <= len(clause.text) for start, end in clause.sentences)
        inside = "".join(clause.text[start:end] for start, end in clause.sentences)
        assert "".join(inside.split()) == "".join(clause.text.split())


@settings(max_examples=30, deadline=None)
@given(extractions())
def test_segmenting_again_gives_the_same(document: Extraction) -> None:
    assert segment(document, DOCUMENT) == segment(document, DOCUMENT)


# ---- identifiers


def test_id_is_made_of_document_and_words() -> None:
    first, second = cut("Article 1\nThe Parties meet.\nArticle 2\nThe Parties meet.").clauses
    digest = hashlib.sha256(b"ThePartiesmeet").hexdigest()[:8]
    assert first.id == f"{DOCUMENT[:10]}.{digest}"
    assert second.id == f"{DOCUMENT[:10]}.{digest}.2"


def test_id_survives_new_spelling_and_new_cut() -> None:
    one = cut("ماده ۱- طرفین همکاری می‌کنند.\nماده ۲- پایان کار در تهران است.").clauses
    other = cut("طرفین همكاري مي كنند.\nسپس می‌روند.").clauses
    assert one[0].id == other[0].id


@pytest.mark.parametrize("text", ["", " ", "\n\f\n", "---", "...", "\u200c"])
def test_text_without_words_has_no_clauses(text: str) -> None:
    found = cut(text)
    assert found.clauses == ()
    assert [part.kind for part in found.parts] == (["gap"] if text else [])


def test_no_pages_are_no_clauses() -> None:
    assert segment(Extraction((), "example 1"), DOCUMENT) == Segmentation((), (), SEGMENTER)


def test_what_the_source_hides_is_metadata() -> None:
    text = "---\ntitle: A study\n---\nOne sentence stands here."
    page = Page(1, text, (Line(text.index("One"), len(text)),))
    found = segment(Extraction((page,), "example 1"), DOCUMENT)
    assert [clause.text for clause in found.clauses] == ["One sentence stands here."]
    assert [part.kind for part in found.parts] == ["gap", "metadata", "gap"]


def test_line_that_returns_on_every_page_is_a_running_head() -> None:
    pages = [
        f"Journal of Cities {number}\nSentence {word} of the paper stands here.\n{number}"
        for number, word in enumerate(["one", "two", "three", "four"], start=11)
    ]
    text = "\f".join(pages)
    assert len(parts(text, "running-head")) == 4
    assert parts(text, "page-number") == ["11", "12", "13", "14"]
    assert len(clauses(text)) == 4
