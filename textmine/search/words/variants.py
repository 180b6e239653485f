"""Persian words that writers spell in more ways than endings and half-spaces explain.

Every row is one word: its other spellings are searched as the first. Words that only sound alike
(خوار, خار), names that replaced another (بیجینگ and پکن) and spellings that are a word of their own
(پرتقال, an orange, for پرتغال; کیف, a bag, for کی‌یف) are not here. Letters are folded and
half-spaces left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

_ROWS = """
    # ت and ط: words that are not Arabic were long written with ط
    اتاق اطاق
    بلیت بلیط
    امپراتور امپراطور
    امپراتوری امپراطوری
    باتری باطری
    تهران طهران
    اتریش اطریش
    ایتالیا ایطالیا
    غلتک غلطک
    تنبور طنبور
    توفان طوفان
    تشت طشت
    توس طوس
    تبرستان طبرستان
    تالش طالش
    اتو اطو
    تومار طومار
    شطرنج شترنج
    آناتولی آناطولی
    ترابوزان طرابوزان
    بریتانیا بریطانیا
    لابراتوار لابراطوار
    سنپترزبورگ سنپطرزبورگ سنتپترزبورگ
    # ق and غ, ذ and ز
    باتلاق باطلاق
    یغما یقما
    دوقلو دوغلو
    سوغات سوقات
    قداره غداره
    زغال ذغال
    # و, ی and ا that are doubled or left out
    گفتوگو گفتگو
    جستوجو جستجو
    شستوشو شستشو
    داود داوود
    طاوس طاووس
    کاوس کاووس
    سوال سیوال
    سالانه سالیانه
    ماهانه ماهیانه
    آینه آیینه
    مهمان میهمان
    مهمانی میهمانی
    مهماننواز میهماننواز
    مهمانخانه میهمانخانه
    مهمانسرا میهمانسرا
    خشنود خوشنود
    هجده هیجده
    اسماعیل اسمعیل
    اسحاق اسحق
    رحمان رحمن
    # ا and ی at the end, ت and ه in Arabic words, and الله
    فتوا فتوی
    تقوا تقوی
    اعلا اعلی
    دکترا دکتری
    زکات زکاه زکوه
    تورات توراه
    آیتالله آیهالله آیتاله
    حجتالاسلام حجهالاسلام
    عبدالله عبداله
    روحالله روحاله
    شی شیء
    # گذار (who lays down) and گزار (who performs) are often exchanged
    قانونگذار قانونگزار
    قانونگذاری قانونگزاری
    سیاستگذار سیاستگزار
    سیاستگذاری سیاستگزاری
    بنیانگذار بنیانگزار
    سپاسگزار سپاسگذار
    سپاسگزاری سپاسگذاری
    خدمتگزار خدمتگذار
    برگزاری برگذاری
    # words of European languages
    دموکراسی دمکراسی
    دموکرات دمکرات
    دموکراتیک دمکراتیک
    تروریسم تروریزم
    توریسم توریزم
    مکانیسم مکانیزم
    صهیونیسم صهیونیزم
    کمونیسم کمونیزم
    اینترنت انترنت
    بلوار بولوار
    هتل هوتل
    دلار دالر
    پلیس پولیس
    میلیارد ملیارد
    کنسول قنسول
    کنسولگری قنسولگری
    ژنرال جنرال
    تیاتر تاتر
    کلوپ کلوب
    المپیک اولمپیک
    المپیاد اولمپیاد
    آلومینیوم آلومینیم
    اورانیوم اورانیم
    اتومبیل اتوموبیل
    تلویزیون تلوزیون
    کامپیوتر کمپیوتر
    پروفسور پرفسور
    پروتکل پروتوکل
    # countries
    قرقیزستان قیرقیزستان قرغیزستان
    قزاقستان قازاقستان کازاخستان
    ازبکستان اوزبکستان
    ترکمنستان ترکمانستان
    آذربایجان آذرباییجان
    اوکراین اکراین
    بلاروس بیلاروس
    لیتوانی لیتوانیا
    استونی استونیا
    مولداوی مولدوی مولداویا
    اسلواکی اسلوواکی
    اسلوونی اسلوونیا
    چکسلواکی چکسلوواکی چکوسلواکی
    کرواسی کروواسی
    صربستان سربستان
    هرزگوین هرزگوینا
    مقدونیه مقدونیا
    آلبانی آلبانیا
    لوکزامبورگ لوگزامبورگ
    بنگلادش بنگلادیش
    اندونزی اندونزیا
    مالزی مالزیا
    تایلند تایلاند
    ژاپن ژاپون
    لیبی لیبیا
    نیجریه نیجریا
    اتیوپی اتیوپیا
    زیمبابوه زیمبابویه
    ونزویلا ونزولا
    نیکاراگویه نیکاراگوا
    اروگویه اوروگویه
    کاستاریکا کوستاریکا
    نیوزیلند نیوزلند
    # cities
    استانبول استامبول اسلامبول
    مسکو موسکو
    پکن پکینگ
    بلگراد بلغراد
    تاشکند تاشکنت
    عشقآباد اشکآباد اشقآباد
    آلماتی آلماآتا
    بیشکک بیشکیک
    نخجوان نخچوان
    بارسلونا بارسلون
    کپنهاگ کپنهاک
    استکهلم استوکهلم
    واشنگتن واشینگتن
    لسآنجلس لوسآنجلس
    بانکوک بانگکوک
    مانیل مانیلا
    پیشاور پشاور
    ارومیه اورمیه
    چابهار چاهبهار
    هرمز هرموز
"""
_GROUPS = [row.split() for row in _ROWS.splitlines() if row.strip() and "#" not in row]
VARIANTS = {other: first for first, *others in _GROUPS for other in others}
"""Other spellings and the one that they are searched as."""

FIRSTS = frozenset(VARIANTS.values())
"""The spellings that others are searched as."""

ALIKE = {word: tuple(group) for group in _GROUPS for word in group}
"""All spellings of a word that has several."""

# Words that are one although they are mostly written as two with و between them.
PAIRED = {
    "آب": "هوا", "آمد": "شد", "افت": "خیز", "تاخت": "تاز", "جست": "جو", "حل": "فصل", "حمل": "نقل",
    "داد": "ستد", "دید": "بازدید", "رفت": "آمد", "زد": "خورد", "ساخت": "ساز", "ساز": "کار",
    "سوخت": "ساز", "شست": "شو", "پخت": "پز", "پرس": "جو", "کسب": "کار", "کند": "کاو",
    "گفت": "گو",
}  # fmt: skip
_ENDINGS = (
    "", "ی", "یی", "ها", "های", "هایی", "هایش", "هایشان", "گر", "گران", "کننده", "کنندگان",
)  # fmt: skip
_INFLECTIONS = _ENDINGS[:8]
_SECOND = re.compile(f"(?:{'|'.join(sorted(_ENDINGS, key=len, reverse=True))})")

# Elements of names, which are written with a space and without: محمدرضا, بندرعباس.
_BEFORE_TEXT = "محمد علی امیر غلام سید شاه حسین حسن احمد نور میر مهدی گل"
_NAMES_BEFORE = frozenset(_BEFORE_TEXT.split())
_BEHIND_TEXT = """
    محمد علی رضا حسین حسن مهدی تقی نقی جواد کاظم باقر صادق صالح هادی اکبر اصغر عباس قاسم حمید سعید
    امین ابراهیم اسماعیل کریم رحیم طاهر یوسف ناصر کبیر حیدر جعفر مجتبی مصطفی مرتضی پارسا آرش
"""
_NAMES_BEHIND = frozenset(_BEHIND_TEXT.split())
_HARBOURS_TEXT = "عباس انزلی امام لنگه ترکمن گناوه دیلم ماهشهر گز دیر"
_HARBOURS = frozenset(_HARBOURS_TEXT.split())

# Past stems whose participle is mostly a noun by itself (گفته, what was said; نوشته, a writing): in
# front of these it is the verb.
_NOUNS_TEXT = "گفت نوشت داد نگاشت گذشت خواند فرستاد دانست بست شکست کشت"
_NOUN_PARTICIPLES = frozenset(_NOUNS_TEXT.split())
_AUXILIARIES_TEXT = "است اند بود بودند باشد باشند شد شدند شده شود شوند میشود میشوند"
_AUXILIARIES = tuple(_AUXILIARIES_TEXT.split())


def paired(first: str, second: str) -> bool:
    """Whether two words are one with و between them, the second with its endings.

    >>> paired("گفت", "گوهای"), paired("گفت", "گوش")
    (True, False)
    """
    start = PAIRED.get(first)
    if start is None or not second.startswith(start):
        return False
    return _SECOND.fullmatch(second, len(start)) is not None


def apart(key: str) -> Iterator[tuple[str, ...]]:
    """The words that others write the one word ``key`` as: with و between them, or two names.

    >>> list(apart("گفتوگوی")), list(apart("محمدرضا")), list(apart("قرارداد"))
    ([('گفت', 'و', 'گوی')], [('محمد', 'رضا')], [])
    """
    for at in range(2, len(key) - 1):
        first, rest = key[:at], key[at:]
        if rest[0] == "و" and paired(first, rest[1:]):
            yield first, "و", rest[1:]
        if (first in _NAMES_BEFORE and rest in _NAMES_BEHIND) or (
            first == "بندر" and rest in _HARBOURS
        ):
            yield first, rest


def together(words: tuple[str, ...]) -> Iterator[str]:
    """The spellings in one piece of three words that are one with و between them.

    >>> list(together(("گفت", "و", "گوی"))), list(together(("گفت", "و", "نوشت")))
    (['گفتوگوی', 'گفتگوی'], [])
    """
    first, joint, second = words
    if joint == "و" and paired(first, second):
        whole = first + PAIRED[first]
        yield f"{first}و{second}"
        if whole in VARIANTS:
            yield first + second


def phrases(stem: str) -> Iterator[tuple[str, ...]]:
    """Forms of several words of the word that is searched as ``stem``.

    >>> ("گفت", "و", "گوها") in phrases("گفتوگو"), ("گفته", "است") in phrases("گفتن")
    (True, True)
    """
    for first, *others in apart(stem):
        if len(others) == 2:
            joint, second = others
            for ending in _INFLECTIONS:
                yield first, joint, second + ending
    past = stem.removesuffix("ن")
    if past != stem and past in _NOUN_PARTICIPLES:
        for sign, auxiliary in product(("", "ن"), _AUXILIARIES):
            yield f"{sign}{past}ه", auxiliary
