"""Which inflected words are searched together: endings taken off, Persian and English.

This is a light conflation for the second tier of the search, not a lemmatiser. An ending goes only
where what is left is long enough to be a word; words that merely look inflected are listed.
"""

from __future__ import annotations

import re

# Parts behind a half-space that are endings.
_PARTS_TEXT = """
    ها های هایی هایم هایت هایش هایمان هایتان هایشان
    ی ای ام ات اش مان تان شان م ت ش
    تر ترین تری ترها ترهای
"""
_PARTS = frozenset(_PARTS_TEXT.split())
# Endings written onto the word, the longest first.
_PLURALS = (
    "هایشان",
    "هایمان",
    "هایتان",
    "هایی",
    "هایش",
    "هایم",
    "هایت",
    "های",
    "ها",
)
_OTHERS = ("ترین", "تر", "شان", "ات", "ش")
_SHORTEST = 3
_SHORTEST_BEFORE_SH = 4  # ارزش, ورزش, روش, نقش
# Words that end like these endings and have none.
_WHOLE_TEXT = """
    تنها انتها منتها اشتها بها
    امارات ملاقات مجازات مکافات کاینات ادبیات ریاضیات نباتات
    دختر دفتر بستر کبوتر خاکستر چتر
    درخشان پریشان آتشفشان کهکشان
    آموزش پژوهش پرورش گسترش واکنش گزارش سفارش نگارش پردازش آرامش خواهش کنکاش پوزش فروش خاموش درویش
    سرکش آتش دانش
"""
_WHOLE = frozenset(_WHOLE_TEXT.split())
# The two parties of a treaty, a dual that no rule should be made of.
_DUALS = {"طرفین": "طرف"}
# ان makes a plural of persons only: behind these endings, and behind these words.
_PERSONS_END = ("گر", "کار", "مند", "بان", "شناس", "وند", "آموز", "گذار", "گزار", "دار", "پرداز")
_PERSONS_TEXT = """
    زن مرد کودک جوان معلم استاد مسئول مسیول مسوول متخصص مدیر سفیر وزیر بازرگان تاجر مهاجر مسافر
    محقق مهندس پزشک هنرمند نویسنده عضو کارمند کشاورز صنعتگر ساکن داوطلب
"""
_PERSONS = frozenset(_PERSONS_TEXT.split())
# ی behind these makes another noun of the person (همکار, همکاری), not a form of it.
_ABSTRACT = (*_PERSONS_END, "گیر", "ساز", "نویس", "خواه", "دان", "یاب", "رسان", "پذیر", "ریز")

_FINITE = {
    # past stem: present stem, of verbs that agreements use
    "توانست": "توان",
    "شد": "شو",
    "کرد": "کن",
    "نمود": "نما",
    "داد": "ده",
    "داشت": "دار",
    "گرفت": "گیر",
    "یافت": "یاب",
    "پذیرفت": "پذیر",
    "ساخت": "ساز",
    "گذاشت": "گذار",
    "گردید": "گرد",
    "خواست": "خواه",
    "دانست": "دان",
    "رساند": "رسان",
    "رسید": "رس",
    "آورد": "آور",
    "آمد": "آی",
    "رفت": "رو",
    "گفت": "گوی",
    "بایست": "بای",
    "پرداخت": "پرداز",
    "کوشید": "کوش",
    "بخشید": "بخش",
    "انجامید": "انجام",
}
_PERSON_ENDINGS = ("م", "ی", "د", "یم", "ید", "ند")
# After می every person is a verb; a word alone is one only in the third person (دهی, گیری are not).
_VERBS = {
    stem + ending: past
    for past, present in _FINITE.items()
    for stem, endings in (
        (present, _PERSON_ENDINGS),
        (past, ("", "م", "ی", "یم", "ید", "ند")),
    )
    for ending in endings
} | {"نماید": "نمود", "نمایند": "نمود", "نمایم": "نمود", "نماییم": "نمود"}
_BARE_VERBS = {
    form: past for form, past in _VERBS.items() if form.endswith(("ند", "د", "ست")) or form == past
}
_PROGRESSIVE = ("می", "نمی")

_LATIN = re.compile(r"[a-z]+(?:['’][a-z]+)?")


def stem(parts: tuple[str, ...]) -> str:
    """The form under which an inflected word is found; ``parts`` are its folded parts.

    >>> stem(("تفاهم", "نامه", "های")), stem(("قراردادهایی",)), stem(("نمی", "شود"))
    ('تفاهمنامه', 'قرارداد', 'شد')
    >>> stem(("cities",)), stem(("agreements",)), stem(("status",))
    ('city', 'agreement', 'status')
    """
    if len(parts) > 1 and parts[0] in _PROGRESSIVE:
        verb = "".join(parts[1:])
        return _VERBS.get(verb, verb)
    while len(parts) > 1 and parts[-1] in _PARTS:
        parts = parts[:-1]
    word = "".join(parts)
    if _LATIN.fullmatch(word):
        return _english(word)
    if word in _BARE_VERBS:
        return _BARE_VERBS[word]
    return _persian(word)


def _persian(word: str) -> str:
    if word in _DUALS:
        return _DUALS[word]
    if word in _WHOLE:
        return word
    for ending in _PLURALS:
        host = word.removesuffix(ending)
        if host != word:
            return host if len(host) >= _SHORTEST else word
    for ending in _OTHERS:
        host = word.removesuffix(ending)
        if host != word:
            if ending == "ش" and (len(host) < _SHORTEST_BEFORE_SH or host.endswith("ای")):
                return word
            return host if len(host) >= _SHORTEST else word
    if word.endswith("ان"):
        return _person(word)
    host = word.removesuffix("ی")
    if host != word and len(host) >= _SHORTEST and not host.endswith(_ABSTRACT):
        return host
    return word


def _person(word: str) -> str:
    """A plural of persons in ان, گان or یان as its singular; any other word as it is."""
    host = word[:-2]
    if host in _PERSONS or (host.endswith(_PERSONS_END) and len(host) > _SHORTEST):
        return host
    if word.endswith("ندگان"):
        return word[:-3] + "ه"
    if word.endswith("جویان"):
        return word[:-3]
    return word


def _english(word: str) -> str:
    word = re.sub("['’]s?$", "", word)
    if len(word) <= _SHORTEST or word.endswith(("ss", "us", "is", "news")):
        return word
    if word.endswith("ies") and len(word) > len("series") - 1:
        return word if word in {"series", "species"} else word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses", "zes")):
        return word[:-2]
    return word.removesuffix("s")
