"""What the test PDFs say. The texts were written for this purpose; people and bodies are invented.

``{1}`` is a mark in superscript; the blocks named ``footnote`` begin with their mark.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """Rows of cells, right column first; a ``total`` row may begin with a cell over two columns."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    """In hundredths of the width of the page."""
    total: tuple[str, ...] = ()
    merged: int = 1
    """How many columns the first cell of the total takes."""
    tall: bool = False
    """Rows so tall that the table takes two pages and repeats its head."""

    @property
    def lines(self) -> tuple[tuple[str, ...], ...]:
        """All rows as they stand on the page."""
        return (self.head, *self.rows, *((self.total,) if self.total else ()))


Pair = tuple[str, str]
"""A paragraph of facing columns: Persian, English."""


@dataclass(frozen=True)
class Document:
    """A text and how it wants to be set."""

    kind: str
    blocks: tuple[tuple[str, str | Table | Pair], ...]
    head: str = ""
    """The running head, where the program can print one."""
    columns: int = 1
    persian: bool = True
    landscape: bool = False

    @property
    def facing(self) -> bool:
        """Whether two languages face each other."""
        return any(kind == "pair" for kind, _ in self.blocks)


AGREEMENT = Document(
    kind="agreement",
    head="تفاهم‌نامهٔ همکاری دو کتابخانه",
    blocks=(
        ("h1", "تفاهم‌نامهٔ همکاری میان کتابخانهٔ مهرآباد و کتابخانهٔ Lindental"),
        (
            "p",
            "کتابخانهٔ مهرآباد به نشانی خیابان بهارستان، کدپستی ۶۸۱۴۹-۷۳۵۱۲ و Stadtbibliothek "
            "Lindental (ازاین‌پس «طرف‌ها») در تاریخ ۱۳۹۸/۰۹/۲۱ برابر با 12 December 2019 و با "
            "استناد به مصوبهٔ ۴۵/۱۱۸ هیئت امنا بر سر این ماده‌ها توافق کردند:",
        ),
        ("h2", "ماده ۱ - هدف"),
        (
            "p",
            "هدف، گسترش دادوستد کتاب، آموزش کتابداران و نگه‌داری نسخه‌های خطی است. برنامهٔ هر سال "
            "پیوست همین تفاهم‌نامه می‌شود (نگاه کنید به بند ۳-۲).",
        ),
        ("h2", "ماده ۲ - دادوستد کتاب"),
        (
            "p",
            "هر طرف سالانه دست‌کم ۱٬۲۰۰ جلد کتاب می‌فرستد. هزینهٔ فرستادن (حداکثر ۱۷٫۵٪ بودجه) "
            "برعهدهٔ فرستنده است؛ کتاب‌های ناخواسته حتماً تا ۶ ماه بازگردانده می‌شود.",
        ),
        ("break", ""),
        ("h2", "ماده ۳ - آموزش"),
        (
            "p",
            "۳-۱. هر سال ۴ تا ۶ کتابدار به‌مدت ۲ هفته میهمان طرف دیگر خواهند بود. ۳-۲. برنامه را "
            "«کارگروه مشترک» (Joint Programme Group) تا پایان بهمن‌ماه می‌نویسد.",
        ),
        ("h2", "ماده ۴ - نشانی‌ها"),
        (
            "p",
            "نامه‌ها به ketab@mehrabad-lib.example و گزارش‌ها به نشانی "
            "https://mehrabad-lib.example/fa/reports/4.1 فرستاده می‌شود. تلفن: ۰۸۱-۳۸۲۵۴۴۱۷.",
        ),
        (
            "p",
            "این سند از ۱/۱۰/۱۳۹۸ تا ۳۰/۹/۱۴۰۳ اعتبار دارد و در دو نسخهٔ هم‌ارزش نوشته شده است.",
        ),
    ),
)

ARTICLE = Document(
    kind="article",
    head="پژوهش‌های شهر و فرهنگ، سال ۹، شمارهٔ ۳۴",
    blocks=(
        ("h1", "پیمان‌های شهری در آینهٔ تحلیل محتوا"),
        (
            "p",
            "چکیده: در این نوشته ۵۲ پیمان که از ۱۳۷۱ تا ۱۴۰۰ بسته شده است بررسی می‌شود. میانگین "
            "بندهای فرهنگی ۴٫۳ و انحراف معیار ۱٫۰۸ بود؛ ۳۸٪ پیمان‌ها بودجه‌ای نداشتند.",
        ),
        ("h2", "۱. درآمد"),
        (
            "p",
            "شهرها از دیرباز با یکدیگر سخن گفته‌اند (Hartwell, 2012: 15-27). به‌گفتهٔ برخی "
            "پژوهشگران، «قدرت نرم»{۱} بیش از آن‌که به دولت بازگردد، به مردم بازمی‌گردد (نیک‌روش، "
            "۱۳۹۴: ۶۱-۷۲؛ سرمدی و همکاران، ۱۳۹۹). پیمان‌هایی که سنجه دارند پایدارترند{۲}.",
        ),
        ("h2", "۲. روش"),
        (
            "p",
            "دو کدگذار بندها را جداگانه خواندند و آلفای کریپندورف ۰٫۸۲۷ به‌دست آمد. نسبت پاسخ ۹/۱۰ "
            "بود و آزمون با نرم‌افزار R 4.2.1 انجام شد (p < 0.05). بُعدِ زمان نیز سنجیده شد.",
        ),
        ("h2", "منابع"),
        (
            "p",
            "نیک‌روش، پروانه (۱۳۹۴). «شهر و جهان». جغرافیای فرهنگی، ۱۲(۴۵)، ۶۱-۷۲.",
        ),
        (
            "en",
            "Hartwell, J. R. (2012). Cities that write letters. Urban Letters, 7(2), 15-27. "
            "https://doi.org/10.5555/ul.2012.0715",
        ),
        ("footnote", "۱ Soft power"),
        ("footnote", "۲ برای نمونه، پیمان‌هایی که گزارش سالانه می‌خواهند."),
    ),
)

TABLE = Document(
    kind="table",
    blocks=(
        ("h1", "هزینه‌های کارگروه مشترک در سال ۱۴۰۰"),
        ("p", "مبلغ‌ها به میلیون ریال است و ستون «سهم» درصد از کل را می‌دهد."),
        (
            "table",
            Table(
                head=("ردیف", "شرح", "مبلغ", "سهم", "یادداشت"),
                rows=(
                    (
                        "۱",
                        "نمایشگاه کتاب و نسخه‌های خطی در تالار شهر میزبان",
                        "۲٬۴۰۰",
                        "۴۸٫۰٪",
                        "پرداخت‌شده",
                    ),
                    ("۲", "سفر کتابداران", "۱٬۳۵۰", "۲۷٫۰٪", "بند ۳-۱"),
                    ("۳", "برگردان فهرست‌ها", "۷۵۰", "۱۵٫۰٪", "نشر Sahar"),
                    ("۴", "پیش‌بینی‌نشده", "۵۰۰", "۱۰٫۰٪", "مانده"),
                ),
                widths=(8, 40, 15, 15, 22),
                total=("جمع", "۵٬۰۰۰", "۱۰۰٪", ""),
                merged=2,
            ),
        ),
        ("p", "حساب‌ها در ۱۴۰۱/۲/۱۴ بسته شد."),
    ),
)

LONG_TABLE = Document(
    kind="longtable",
    blocks=(
        ("h1", "فهرست نشست‌های کارگروه"),
        (
            "table",
            Table(
                head=("کد", "تاریخ", "موضوع", "شمار"),
                rows=(
                    ("M01", "۱۳۹۹/۰۱/۱۸", "گزینش دبیر", "۹"),
                    ("M02", "۱۳۹۹/۰۳/۰۵", "بودجهٔ سالانه و سهم هر کتابخانه", "۱۱"),
                    ("M03", "۱۳۹۹/۰۴/۲۶", "سفر تابستانی", "۷"),
                    ("M04", "۱۳۹۹/۰۶/۱۲", "نمایشگاه Leipzig", "۱۴"),
                    ("M05", "۱۳۹۹/۰۸/۰۳", "بیمهٔ نسخه‌های خطی در راه رفت‌وبرگشت", "۸"),
                    ("M06", "۱۳۹۹/۰۹/۲۰", "گزارش میان‌دوره", "۱۰"),
                    ("M07", "۱۳۹۹/۱۱/۰۷", "برنامهٔ سال آینده", "۱۲"),
                ),
                widths=(12, 22, 50, 16),
                tall=True,
            ),
        ),
        ("p", "پایان فهرست."),
    ),
)

TWO_COLUMNS = Document(
    kind="twocol",
    columns=2,
    blocks=(
        ("h1", "کوچه‌های مشترک"),
        ("h2", "آغاز"),
        (
            "p",
            "شهرهایی که مرز میانشان می‌گذرد، گاه یک بازار دارند و دو تقویم. فروشنده‌ای که بامداد "
            "در یک سو دکان می‌گشاید، شامگاه در سوی دیگر به خانه می‌رود (Orban, 2009: 118).",
        ),
        (
            "p",
            "در این گزارش سه بازار بررسی می‌شود. داده‌ها از ۲۱۴ پرسش‌نامه و ۱۹ گفت‌وگو فراهم آمده "
            "و در پایگاه BazaarData نگه‌داری می‌شود.",
        ),
        ("h2", "یافته‌ها"),
        (
            "p",
            "در بازار نخست ۶۴٫۵٪ کالاها خوراکی بود و ۱۲٫۲٪ پوشاک. در بازار دوم، شمار دکان‌ها از ۸۷ "
            "به ۱۳۰ رسید و هیچ‌یک بسته نشد.",
        ),
        (
            "p",
            "بازار سوم تازه‌تر است: شهرداری‌ها زمین را رایگان داده‌اند و «شورای بازار»، با ۵ نمایندهٔ "
            "هر شهر، بهای غرفه‌ها را می‌گذارد. بازرسان می‌گویند کم‌فروشی یک‌سوم شده است.",
        ),
        ("h2", "پایان"),
        ("p", "پیشنهاد می‌شود هر سه شورا آمار خود را ماهانه، با یک روش، منتشر کنند."),
    ),
)

THREE_COLUMNS = Document(
    kind="threecol",
    columns=3,
    blocks=(
        ("h1", "خبرنامهٔ کارگروه، شمارهٔ ۷"),
        (
            "p",
            "نشست پاییزی در ۱۲ آبان برگزار شد و ۱۴ نفر در آن بودند. دو پیشنهاد پذیرفته شد و سومی "
            "به نشست آینده رفت.",
        ),
        (
            "p",
            "کتاب‌های کودکان به‌زبان آلمانی رسید: ۳۶۰ جلد در ۱۲ جعبه. فهرست آن‌ها در "
            "www.mehrabad-lib.example دیده می‌شود.",
        ),
        (
            "p",
            "کارگاه مرمّت نسخه‌ها از ۴ تا ۹ دی برپا می‌شود. جا برای ۱۵ نفر است و نام‌نویسی "
            "رایگان خواهد بود.",
        ),
        (
            "p",
            "خوانندگان خواسته‌اند ساعت کار تا ۹ شب باشد؛ ۵۸٪ موافق بودند. هیئت مدیره این خواسته "
            "را در اسفند بررسی می‌کند.",
        ),
    ),
)

FACING = Document(
    kind="bilingual",
    blocks=(
        ("pair", ("یادداشت تفاهم نمایشگاه", "Memorandum on the Exhibition")),
        (
            "pair",
            (
                "ماده ۱. طرف‌ها هر ۲ سال نمایشگاهی از نسخه‌های خطی، با دست‌کم ۴۵ اثر، برپا می‌کنند.",
                "Article 1. The Parties shall hold an exhibition of manuscripts, of at least 45 "
                "works, every 2 years.",
            ),
        ),
        (
            "pair",
            (
                "ماده ۲. بیمهٔ آثار تا سقف ۲٫۵ میلیون یورو برعهدهٔ میزبان است (نک. بند ۴-۱).",
                "Article 2. The host insures the works for up to 2.5 million euros (see paragraph "
                "4.1).",
            ),
        ),
        (
            "pair",
            (
                "ماده ۳. کمیتهٔ داوران (Selection Board) پنج عضو دارد و به‌اتفاق آرا تصمیم می‌گیرد.",
                "Article 3. The Selection Board has five members and decides by a unanimous vote.",
            ),
        ),
        (
            "pair",
            (
                "ماده ۴. این یادداشت از ۱۴۰۰/۰۲/۰۱ اجرا می‌شود و پس از ۵ سال پایان می‌یابد.",
                "Article 4. This Memorandum applies from 21 April 2021 and ends after 5 years.",
            ),
        ),
    ),
)

ENGLISH = Document(
    kind="english",
    persian=False,
    columns=2,
    head="Letters Between Libraries",
    blocks=(
        ("h1", "What Library Agreements Promise"),
        (
            "en",
            "Institutional correspondence between municipal libraries is seldom investigated. This "
            "contribution characterises thirty-one agreements concluded between 1994 and 2019 and "
            "distinguishes declarative from operational commitments (Hartwell, 2012: 15-27).",
        ),
        (
            "en",
            "Operational commitments were comparatively infrequent: 42 of 318 clauses (13.2%) "
            "named a budget, and only 9 specified responsibilities. Intercoder reliability was "
            "0.86.",
        ),
        (
            "en",
            "Unexpectedly, long-standing partnerships contained proportionally fewer measurable "
            "obligations. Interviewees attributed this to well-established acquaintance, which "
            "replaced documentation. Data: https://letters.example/data/v2.1, questions to "
            "desk@letters.example.",
        ),
    ),
)

LETTER = Document(
    kind="short",
    blocks=(
        ("p", "به نام خدا"),
        ("p", "شماره: ۱۴۰۱/م/۲۰۷ - تاریخ: ۱۴۰۱/۰۶/۱۷"),
        ("p", "سرکار خانم مهندس پارسا"),
        (
            "p",
            "با سلام؛ فهرست کتاب‌های شهر Lindental به پیوست فرستاده می‌شود. خواهشمند است نظر خود "
            "را تا ۲۵ شهریورماه به daftar@mehrabad-lib.example بفرستید.",
        ),
        ("p", "با سپاس، ر. نیک‌روش"),
    ),
)

LIST = Document(
    kind="lists",
    blocks=(
        ("h1", "صورت‌جلسهٔ نشست نوزدهم"),
        ("p", "زمان: دوشنبه ۲۴ بهمن ۱۴۰۰، ساعت ۱۵:۳۰ تا ۱۷:۴۵ – جا: تالار ۱-ب"),
        ("li", "۱. دریافتی ۱۸٬۷۵۰٬۰۰۰ ریال و پرداختی ۱۶٬۲۴۰٬۵۰۰ ریال گزارش شد."),
        ("li", "۲. میانگین رضایت از ۳٫۶ به ۴٫۲ (از ۵) رسید؛ یعنی ۱۷٪ بهتر شد."),
        ("li", "۳. دربارهٔ ماده‌های ۲-۱ تا ۲-۴ و بند «ب» ماده ۹ گفت‌وگو شد."),
        ("li", "الف) پیوند https://doi.org/10.5555/lib.77-b به فهرست افزوده شود."),
        ("li", "ب) نشانی تازه: shora@mehrabad-lib.example"),
        (
            "p",
            "برابر ١٣ رجب ١٤٤٣ و 14 February 2022. مُلک و مَلِک و مِلک یکی نیست؛ مثلاً، واقعاً. "
            "کشـــیده و ســاده.",
        ),
    ),
)

SIDEWAYS = Document(
    kind="rotated",
    landscape=True,
    blocks=(
        ("h1", "برگهٔ برنامهٔ پنج‌ساله"),
        ("p", "این برگه افقی است و رقم‌ها میلیون تومان است."),
        (
            "table",
            Table(
                head=("برنامه", "۱۳۹۹", "۱۴۰۰", "۱۴۰۱", "مجموع"),
                rows=(
                    ("کتاب‌های کودک", "۱۱٫۵", "۹٫۰", "۷٫۵", "۲۸٫۰"),
                    ("مرمّت نسخه‌ها", "۴٫۲", "۵٫۸", "۸٫۱", "۱۸٫۱"),
                    ("بخش Leipzig", "۱٫۳", "۲٫۲", "۲٫۴", "۵٫۹"),
                ),
                widths=(36, 16, 16, 16, 16),
                total=("جمع", "۱۷٫۰", "۱۷٫۰", "۱۸٫۰", "۵۲٫۰"),
            ),
        ),
        ("p", "منبع: دفتر کارگروه، گزارش ۱۴۰۲، ص ۱۸-۲۳."),
    ),
)
