"""Half-spaces that counts from a treebank get wrong in agreements and papers about them.

A word stands here when its joined spelling is no word, or is another word (بنده, "servant"), and
the treebank does not show how it is spelt. In the tables a hyphen is a half-space.
"""

from __future__ import annotations

from textmine.text.letters import NON_JOINING


def _listed(words: str) -> tuple[str, ...]:
    return tuple(words.split())


# Stay as they are, or part otherwise than the counts would have it. Joined آنها is the usual form.
_WORDS = _listed("""
    آنها آنهایی اینها بهسازی همزیستی همسو همسویی بانکداری کشتیرانی
    سالمندسرا سالمندسراها سالمندسراهای میگو میگوی میگوها چالشتر چالشتری
    بندهای بندها بندهایی برجام بیشکک پیشرفت-های پیمان-های شده-ای
    ماده-ای تبصره-ای موازنه-ای فرامنطقه-ای انگاره-ای فزاینده-ای موضوعه-ای
    به-طوری-که به-گونه-ای به-نحوی-که به-هر-حال به-هر-روی به-خودی-خود به-هم-پیوسته
    از-این-رو این-رو با-این-حال با-این-همه درحالی-که درصورتی-که هنگامی-که
    روز-به-روز روبه-روست بیش-ازپیش بیش-ازحد پیش-ازاین پیش-ازآن پس-از
    حمل-ونقل حمل-ونقلی حل-وفصل رفت-وآمد کسب-وکار کسب-وکارها کسب-وکارهای جست-وجو
    کلان-شهر کلان-شهرها کلان-شهرهای کلان-شهرهایی کلان-شهری
    خواهرخواندگی خواهرشهر خواهرشهرها خواهرشهرهای خواهرشهری
    همه-جانبه هم-تراز هم-افزایی هم-افزا ملموس-تر ملموس-تری کوتاه-مدتی بین-دولتی
    بین-المللی زیست-محیطی دست-اندرکار دست-اندرکاران
""")

# Words that are written after به with a half-space when they are one adverb or preposition.
_AFTER_BEH = _listed("""
    عنوان طور ویژه صورت منظور دلیل دنبال تنهایی جای گونه وسیله نوبه معنای مثابه سمت سوی
    شدت خوبی عبارت عبارتی سبب واسطه علت موجب خاطر رغم شمار سادگی راحتی سرعت تدریج ترتیب
    زودی ندرت تازگی نحو نحوی لحاظ هنگام محض استثنای وضوح روشنی درستی علاوه خصوص رسمیت وجود
    موازات منزله حساب ظاهر اصطلاح تفصیل دقت کارگیری
""")

# Documents and their plural, as in توافق‌نامه‌های.
_DOCUMENTS = _listed("""
    تفاهم-نامه موافقت-نامه توافق-نامه مقاوله-نامه آیین-نامه تصویب-نامه پیمان-نامه
""")
_ENDINGS = ("", "-ها", "-های", "-هایی", "-ای")


def _places(word: str) -> tuple[int, ...]:
    """Where the hyphens stand, counted in letters; those that could not be seen are left out."""
    places = []
    letters = ""
    for sign in word:
        if sign != "-":
            letters += sign
        elif letters[-1] not in NON_JOINING:
            places.append(len(letters))
    return tuple(places)


SPELLINGS = {
    word.replace("-", ""): _places(word)
    for word in (
        *_WORDS,
        *(f"به-{word}" for word in _AFTER_BEH),
        *(document + ending for document in _DOCUMENTS for ending in _ENDINGS),
    )
}
"""For a word as it is when its half-spaces are lost, the places where they belong."""


# One word in the Academy's dictionary that writers, the treebank's too, often part with a space.
_PARTED = _listed("""
    راه-حل خط-مشی دست-کم ریاست-جمهوری رئیس-جمهور رئیس-جمهوری هیئت-مدیره هیأت-مدیره قائم-مقام
    حجت-الاسلام لازم-الاجرا فی-مابین بین-الملل بین-المللی کلان-شهر وب-گاه پیش-نویس معظم-له
    مدیر-عامل مدیر-مسئول مدیر-مسؤول مدیر-کل کار-گروه سر-کنسول خواهر-خوانده خواهر-خواندگی صورت-جلسه
    به-سرعت به-ندرت به-موقع به-رغم به-زعم به-تازگی به-وفور به-کرات به-صراحت به-تدریج
""")

# Adjectives of measure: a number and one of these is one word, سه‌جانبه, پنج‌ساله.
_NUMBERS = _listed("یک دو سه چهار پنج شش هفت هشت نه ده چند")
_MEASURES = _listed("جانبه طرفه ساله ماهه روزه ساعته نفره گانه زبانه ملیتی بعدی")

_FOLD = str.maketrans("أؤئ", "اوی")

COMPOUNDS = frozenset(
    tuple(word.translate(_FOLD).split("-"))
    for word in (
        *_PARTED,
        *(f"{number}-{measure}" for number in _NUMBERS for measure in _MEASURES),
    )
)
"""Pairs of words, in folded letters, whose space is always a half-space."""
