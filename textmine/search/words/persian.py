"""Persian words under the form that their inflected forms share, as sure as a lexicon makes it.

Verbs are conjugated from the list that hazm ships, by rule; whether what an ending leaves is a word
is asked of hazm's lexicon. Both are read as files, since importing hazm takes seconds and its
lemmatisers of 0.10 and 0.12 differ. All letters here are folded (``text.fold``).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from textmine.search.words.plurals import BROKEN, PERSONS
from textmine.search.words.variants import ALIKE, VARIANTS
from textmine.text.letters import HALF_SPACE


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Parts behind a half-space that are endings.
_PARTS = _listed("""
    ها های هایی هایم هایت هایش هایمان هایتان هایشان ی ای ام ات اش مان تان شان م ت ش یم ید ند ایم
    اید اند تر ترین تری ترها ترهای
""")
_PERFECT = _listed("ام است ایم اید اند")
# Endings written onto the word, the longest first.
_PLURALS = (
    "هایشان", "هایمان", "هایتان", "هایی", "هایش", "هایم", "هایت", "های", "ها",
)  # fmt: skip
_OWNERS = ("شان", "مان", "تان", "ش", "م", "ت")
_SHORTEST = 3

# Words that end like these endings and have none, or whose meaning has left that of the host.
_WHOLE = _listed("""
    تنها انتها منتها اشتها بها آنها اینها گرانبها برای قطعی فارسی ورای جدای وای علی ملی کلی ولی
    یعنی خیلی کسی چیزی جایی هنگامی وقتی گاهی همگی دیگری یکی بعضی برخی طی پی سعی نفی رای وحی سی بی
    اصلی مالی مادی معنی قاضی اراضی متقاضی عالی والی راضی ماضی نواحی حاوی مساوی دعاوی حامی سامی
    گرامی نامی رسمی قوی نبوی وصی نشانی بستنی شیرینی سبزی بازی شادی ماهی صندلی قالی بازاری روزی
    پیروزی درستی سختی سستی هستی نیستی مستی کشتی امارات ملاقات مجازات مکافات کاینات ادبیات ریاضیات
    نباتات عملیات مالیات صادرات واردات تشریفات مقررات انتخابات اطلاعات مطبوعات مخابرات شکلات
    دیپلمات خیرات خرابات شامات عرفات شیلات تلفات تسلیحات انتظامات معلومات مناسبات کتبی زندگانی
    زندگی ریاضی گواهی گویی گوشی عروسی سرانه رویتر آبادان شمارگان طالبان بینهایت مهمات کربنات مسیحی
    نظامی مجازی معرفی معماری تجاری دارایی سعودی شمسی کاشی چالشتر فرامرزی خشکی مرکبات جزییات کلیات
    حیات نجات وفات ممات صلات زکات هیات برات ذات سادات مواسات مبالات دختر دفتر بستر کبوتر خاکستر چتر
    مشتری دکتر متر کیلومتر سانتیمتر اختر بیشتر کمتر دفتری درخشان پریشان آتشفشان کهکشان ایشان نشان
    افشان درمان فرمان سامان زمان پیمان سازمان ساختمان ایمان مهمان پشیمان آسمان آلمان یونان تابستان
    زمستان استان دبستان دبیرستان بیمارستان هنرستان شهرستان دستان گلستان باستان افغانستان پاکستان
    کوهستان ایران تهران دوران باران میدان زندان وجدان پایان میان بیان جریان زیان خیابان بیابان نهان
    جهان ناگهان جان نان توان عنوان دیوان کاروان حیوان ارکان امکان مکان ارمغان مرجان هیجان بحران
    جبران گران نگران گرگان زنجان کرمان اصفهان گیلان لبنان عمان ارزان آسان یکسان انسان احسان قربان
    زبان خاندان دندان فراوان روان ناتوان گمان کمان پنهان خواهان دادگان مهرگان رایگان یگان بازرگان
    گروگان پادگان شایگان مژگان پایگان آذربایجان مازندران سمنان همدان خراسان لرستان زمین چنین همین
    این دین کین چین سنگین رنگین غمگین شیرین آستین نخستین سرزمین کمین تعیین تضمین تامین تخمین تدوین
    تکوین تمرین تبیین ماشین بنزین تسکین یقین جنین آفرین پایین پیشین آخرین اولین دومین سومین واپسین
    راستین دروغین پروین آموزش پژوهش پرورش گسترش واکنش گزارش سفارش نگارش پردازش آرامش خواهش کنکاش
    پوزش فروش خاموش درویش سرکش آتش دانش ارزش ورزش روش نقش بخش کوشش پوشش پذیرش نگرش افزایش کاهش تنش
    چالش کشش جنبش سازش تلاش آسایش گرایش نمایش همایش پیمایش آزمایش آرایش رهایش پیدایش گشایش بینش
    گزینش آفرینش سنجش پرسش سرزنش رویش جهش تراوش یورش شورش خیزش لرزش وزش گردش ورش جوش گوش هوش دوش
    موش پیش بیش خویش کیش ریش توانش خوانش نالش پایش پویش گویش گوارش جوشش چرخش رانش رنجش پرخاش تابش
    شش کفش عرش فرش ابریشم چشم خشم پشم رسم اسم قسم جسم حکم محکم مستحکم سهم فهم مبهم محرم مردم گندم
    هشتم نهم دهم چهارم پنجم ششم هفتم یکم دوم سوم بیستم صدم طلعت
""")
# ان behind these makes the plural of persons.
_PERSON_END = (
    "گر", "کار", "مند", "بان", "شناس", "وند", "آموز", "گذار", "گزار", "دار", "پرداز", "نویس",
    "ساز", "نشین", "خواه", "یاب", "رسان",
)  # fmt: skip
# Qualities and persons behind which ی makes an abstract noun (آزادی, دوستی), not a form.
_ABSTRACT_END = (
    "گر", "کار", "مند", "بان", "شناس", "وند", "آموز", "گذار", "گزار", "دار", "پرداز", "گیر", "ساز",
    "نویس", "خواه", "یاب", "رسان", "پذیر", "ریز", "نشین", "خوان", "بین", "یار", "ناک", "پرست",
    "فروش", "بخش", "جو", "گو", "انگیز", "آمیز", "آور", "زدا", "آرا", "افزا", "کن", "انداز", "کش",
    "بردار", "نگار", "زن", "وار", "فرمان", "نورد", "نشان", "گار", "سپار", "گرا", "دوست", "شهر",
    "گردان", "گزین", "پوش", "بند", "باز",
)  # fmt: skip
_END_BY_CHANCE = _listed(
    "دیوار مقدار اختیار معیار دیدار هشدار پیوند بوشهر تبریز رادار راهکار خیابان مخزن"
)
_QUALITIES = _listed("""
    آزاد دوست برابر نابرابر برادر خواهر بیمار شاد پایدار ناپایدار دشمن خوب بد بزرگ کوچک نزدیک دور
    بلند کوتاه آسان دشوار سخت نرم گرم سرد روشن تاریک زیاد کم بسیار آرام ناآرام خوش ناخوش تندرست
    سالم راست درست نادرست پاک ناپاک آلوده هماهنگ ناهماهنگ یکپارچه پیوسته وابسته شایسته همبسته آماده
    سر یگانه بیگانه مسلمان استاد جوان پیر کودک مادر پدر زن مرد بازرگان سفیر وزیر نماینده مدیر رییس
    معاون مشاور شهردار فرماندار استاندار سرپرست میزبان مهمان نگران پشیمان ناتوان گران ارزان فراوان
    یکسان ویران پنهان زیبا توانا دانا شکوفا پویا کارا مانا پایا گویا بینا شنوا رسا آشنا ناآشنا جدا
    تنها روا ناروا شیوا هستا پیروز ناپیروز گرسنه تشنه خسته درمانده زنده آواره پناهنده آگاه ناآگاه
    خودآگاه نامزد همسایه آلود هوشیار بیدار تیز تند کند چابک سبک سنگین چند یک مبتکر متخصص رهبر امیر
    سرگرم رایزن امیدوار یار گواه سودمند نیازمند ثروتمند هنرمند دانشمند غنی محروم خصوص عموم راه
    نومید لاغر پارسا عطار عروس مستمر سرکش حکمران پیرو پذیرا همسو همسان ایمن برپا برقرار دسترس دکتر
    زشت زیرک کبود دلتنگ نوکر تلخ صبور احمق راحت شجاع نقاش سخنور پهناور بارور کارآمد ناکارآمد
    حقوقدان قدردان نادان زندان
""")
_QUALIFYING = ("نا", "بی", "هم", "کم", "پر", "خوش", "بد")
# Words that the lexicon lacks or does not name as such.
_KNOWN = _listed("""
    آزادی شهرداری فرهنگ دانشجو دانشجوی شهروند همکاری تفاهمنامه موافقتنامه توافقنامه مقاولهنامه
    آییننامه دانشگاه خواهرخواندگی خواهرخوانده سرمایهگذاری بنیاد پروتکل کنوانسیون معاهده یادداشت
    الحاقیه کنسول دیپلماسی اتباع تبعه متعاهد متعاقد ملت شهر نهاد ساکن ذینفع مسیول مقاوله تیم سایت
    سیستم فایل مدل تروریست پارک فرم دموکرات کامپیوتر ارگان سرویس کمیسیون تکنیک تکنولوژی آدرس
    استراتژی سمینار تیوری کلینیک کنسولگری گالری کمپ کمپانی رکورد آپارتمان توریست دپارتمان مکانیسم
    کریدور کنفرانس استراتژیست دموکراسی دیالوگ اپراتور فاکتور کمپین بورس سناریو تست ارکستر کنسرسیوم
    سوبسید ترمینال
""")

# Bare forms that the lexicon has as nouns and that are verbs in nearly every sentence.
_VERBS_FIRST = _listed("""
    کند کنند شد شود شوند کرد کردند داد دادند دهد دهند دارد دارند داشت داشتند گیرد گیرند گرفت یافت
    یابد باشد باشند بود بودند رسد رسید رساند آید آمد رفت گوید گفت خواهد خواست تواند توانست باید
    نماید نمود گردد گردید گشت پردازد سازد گذارد گذاشت پذیرد پذیرفت آورد آورند آورده برد برند داند
    دانست زند زد بیند کنم دارم خواهم باشم باشید کنید نداشته نشده نکرده نگرفته ماند کوشد کوشید بخشد
    یابند رسند نهد گذرد گذشت
""")
# Of words in ه from a verb these are verbs (امضا شده); others have become nouns (داده, نوشته).
_PARTICIPLES = _listed("""
    شد کرد نمود گردید گشت گرفت رسید آمد رفت ساخت شناخت گذاشت گذارد پذیرفت بود داشت زد کشید خواند
    برد ماند دید شنید نهاد فرستاد افزود انداخت افتاد بخشید آموخت فروخت خواست یافت آورد رساند پرداخت
    گنجاند
""")
# What hazm's list lacks.
_MORE_VERBS = ("گردید#گرد", "گنجاند#گنجان", "برخاست#برخیز", "برگزید#برگزین", "دربرگرفت#دربرگیر")
# Present stems of two verbs each; else verbs that share theirs are one (گشت, گردید: گرد).
_SHARED = ("کن", "بر", "کش")
# Of verbs that share forms these are meant.
_FIRST_VERBS = (
    "کرد#کن", "شد#شو", "داد#ده", "داشت#دار", "گرفت#گیر", "رفت#رو", "گذاشت#گذار", "گشت#گرد",
    "نهاد#نه", "یافت#یاب", "بود#باش", "نوشت#نویس", "فروخت#فروش", "پرورد#پرور", "ساخت#ساز",
    "کوفت#کوب", "شمرد#شمار", "گزید#گزین", "رست#ره", "برد#بر", "جست#جوی", "دوخت#دوز", "افزود#افزا",
    "کشید#کش", "شنید#شنو", "سنجید#سنج", "نوردید#نورد", "رویید#روی", "شمرد#شمر", "نمود#نمای",
)  # fmt: skip
_PERSONS = ("ند", "یم", "ید", "د", "م", "ی")
_IRREGULAR = {
    **dict.fromkeys(_listed("است نیست هست هستند نیستند هستیم هستم هستید نیستیم نیستم"), "بودن"),
    **dict.fromkeys(_listed("باید بایست بایستی نباید"), "بایستن"),
    **dict.fromkeys(_listed("بتوان نتوان"), "توانستن"),
}
_PREVERBS = ("دربر", "بر", "در", "باز", "فرا", "فرو", "وا", "ور", "پیش")


def lemma(parts: tuple[str, ...]) -> str:
    """The class of a Persian word, given the folded parts between its half-spaces.

    A verb is under its infinitive, a broken plural under its singular, any other word under itself
    without endings. Raises ``ModuleNotFoundError`` when the lists of hazm cannot be found.

    >>> lemma(("تفاهم", "نامه", "های")), lemma(("قراردادهایی",)), lemma(("نمی", "شود"))
    ('تفاهمنامه', 'قرارداد', 'شدن')
    >>> lemma(("اسناد",)), lemma(("همکاری",)), lemma(("ایران",))
    ('سند', 'همکاری', 'ایران')
    """
    word = "".join(parts)
    if word in ALIKE:
        return VARIANTS.get(word, word)
    verb = _verb(parts)
    if verb:
        return verb
    while len(parts) > 1 and parts[-1] in _PARTS:
        parts = parts[:-1]
    return _noun("".join(parts))


# Verbs


def _verb(parts: tuple[str, ...]) -> str:
    """The infinitive of the verb that the parts are a form of; empty when they are none."""
    first, word = parts[0], parts[-1]
    if len(parts) == 1:
        return _bare(word) or _progressive(word) or _prefixed(word)
    if first in ("می", "نمی", "همی"):
        rest = "".join(parts[1:])
        return _conjugated(rest) or rest
    for sign in ("نمی", "می"):
        preverb = first.removesuffix(sign)
        if preverb != first and preverb in _PREVERBS:
            rest = "".join(parts[1:])
            return preverb + (_conjugated(rest) or rest)
    if word in _PERFECT and parts[-2].endswith("ه"):
        return _perfect(parts[-2][:-1])
    return ""


def _conjugated(form: str) -> str:
    """The infinitive of a form that stands behind می; empty when it is none."""
    if form == "توان":
        return "توانستن"
    if form in _IRREGULAR:
        return _IRREGULAR[form]
    pasts, presents = _verbs()
    found = [pasts[form]] if form in pasts else []
    for ending in _PERSONS:
        host = form.removesuffix(ending)
        if host != form and not host.endswith("ا"):
            found += [verbs[host] for verbs in (pasts, presents) if host in verbs]
    for ending in ("", *_PERFECT):
        host = form.removesuffix("ه" + ending)
        if host != form and host in pasts:
            found.append(pasts[host])
    return min(found)[1] if found else ""


def _bare(form: str) -> str:
    """The infinitive of a form that stands alone, where the lexicon has no noun like it."""
    if form in _IRREGULAR:
        return _IRREGULAR[form]
    verb = _conjugated(form) or _conjugated(_affirmed(form))
    if form in _VERBS_FIRST:
        return verb
    pasts, presents = _verbs()
    if form[-1] == "ن" and form[:-1] in pasts:
        return pasts[form[:-1]][1]
    if form[-1] == "ه":
        past = form[:-1]
        if past in _PARTICIPLES:
            return pasts[past][1]
        past = _affirmed(past) if past[:1] == "ن" else ""
        return pasts[past][1] if past in pasts and form not in _lexicon() else ""
    if not verb or len(form) < _SHORTEST or form[-1] == "ی" or form in _lexicon():
        return ""
    mine = form.removesuffix("م")
    return "" if mine in presents and mine in _lexicon() else verb  # سرم is no verb


def _affirmed(form: str) -> str:
    """The form without the sign of the negative or of the wish: نکرد, بکند, نیامد, بیفتد."""
    if form[0] in "نب" and _conjugated(form[1:]):
        return form[1:]
    if form[:2] in ("نی", "بی") and len(form) > _SHORTEST:
        for first in ("آ", "ا"):
            rest = first + form[2:].removeprefix("ا")
            if _conjugated(rest):
                return rest
    return ""


def _perfect(past: str) -> str:
    """The infinitive of a past stem that ه and a person follow; empty when it is none."""
    pasts = _verbs()[0]
    for preverb in ("", "ن", *_PREVERBS):
        host = past.removeprefix(preverb)
        if past.startswith(preverb) and host in pasts:
            return (preverb if preverb in _PREVERBS else "") + pasts[host][1]
    return ""


def _progressive(word: str) -> str:
    """The infinitive of a verb behind می whose half-space is lost."""
    for sign in ("نمی", "می"):
        rest = word.removeprefix(sign)
        if rest != word and len(rest) >= _SHORTEST and _conjugated(rest):
            return "" if word in _lexicon() else _conjugated(rest)
    return ""


def _prefixed(word: str) -> str:
    """The infinitive of a verb with a prefix written onto it: بردارد, درآوردند."""
    for preverb in _PREVERBS:
        rest = word.removeprefix(preverb)
        if rest != word and len(rest) >= _SHORTEST and word not in _lexicon():
            verb = _bare(rest)
            if verb and verb not in _IRREGULAR.values():
                return preverb + verb
    return ""


_Verbs = dict[str, tuple[int, str]]


@cache
def _verbs() -> tuple[_Verbs, _Verbs]:
    """Past and present stems of verbs, with the rank and the infinitive of each."""
    pasts: _Verbs = {}
    presents: _Verbs = {}
    first: dict[str, str] = {}
    listed = _folded(_data("verbs.dat").decode("utf-8")).splitlines()
    for rank, line in enumerate((*_FIRST_VERBS, *_MORE_VERBS, *listed)):
        past, _, present = line.partition("#")
        present = present.strip()
        # Some lines give the infinitive or two present stems: those verbs are not of our texts.
        if len(past) < 2 or not present or " " in present or past.endswith(("دن", "تن")):
            continue
        infinitive = past + "ن"
        same = first.setdefault(past, present)
        if present in presents and present not in _SHARED:
            infinitive = presents[present][1]
        elif present != same and (present[0] != same[0] or present[-1] == "ب"):
            infinitive += f" ({present})"  # two verbs may share their past: جست, leapt or sought
        pasts.setdefault(past, (rank, infinitive))
        presents.setdefault(present, (rank, infinitive))
    return pasts, presents


# Nouns and adjectives


def _noun(word: str) -> str:
    if word in BROKEN:
        return _noun(BROKEN[word])
    if word in ALIKE:
        return VARIANTS.get(word, word)
    if word in _WHOLE:
        return word
    for ending in _PLURALS:
        host = word.removesuffix(ending)
        if host != word:
            sure = len(host) >= _SHORTEST and ending in ("ها", "های", "هایی")  # not بی‌نهایت
            return _noun(host) if sure or _known(host) else word
    host = _singular(word)
    if host == word:
        host = next(_shorter(word), word)
    return _noun(host) if host != word else word


def _singular(word: str) -> str:
    """The singular of a plural in ات, ان or ین, or of a broken plural; else the word itself."""
    if word in BROKEN:
        return BROKEN[word]
    if word in _WHOLE or len(word) <= _SHORTEST + 1:
        return word
    if word.endswith("ات"):
        return _counted(word)
    if word.endswith("ان"):
        return _person(word)
    if word.endswith("ین"):
        host = word[:-2]
        return host if host in PERSONS else word
    return word


def _counted(word: str) -> str:
    host = word[:-2]
    if word.endswith(("هجات", "یجات")) and _known(host[:-1]):
        return host[:-1]
    for singular in (host + "ه", host + "ت", host):
        if len(singular) >= _SHORTEST and _known(singular):
            return singular
    return word


def _person(word: str) -> str:
    """A plural of persons in ان, گان or یان as its singular; any other word as it is."""
    host = word[:-2]
    if word.endswith("گان"):
        singular = word[:-3] + "ه"
        if word.endswith("ندگان") or _known(singular):
            return singular
        return word
    if word.endswith(("ایان", "ویان")) and _known(word[:-3]) and word not in _lexicon():
        return word[:-3]
    if host in PERSONS or (host.endswith(_PERSON_END) and len(host) > _SHORTEST):
        return host
    if len(host) >= _SHORTEST and word not in _lexicon() and _known(host):
        return host
    return word


def _shorter(word: str) -> Iterator[str]:
    """The word without one ending, when what is left is a word."""
    lexicon = _lexicon()
    if word.endswith("ترین") and _is_host(word[:-4]):
        yield word[:-4]
    elif word.endswith("تر") and word not in lexicon and _is_host(word[:-2]):
        yield word[:-2]
    if word.endswith("ی"):
        host = word[:-1]
        if host.endswith(("ا", "و")):
            if len(host) >= _SHORTEST and (_known(host) or word not in lexicon):
                yield host
        elif host.endswith(("ای", "وی")) and _is_host(host[:-1]) and not _quality(host[:-1]):
            yield host[:-1]
        elif _is_host(host) and not _quality(host):
            yield host
    for ending in _OWNERS:
        host = word.removesuffix(ending)
        if host != word and word not in lexicon:
            host = host.removesuffix("ی") if host.endswith(("ای", "وی")) else host
            if _is_host(host) and (ending != "ت" or len(host) > _SHORTEST):
                yield host


def _quality(host: str) -> bool:
    if host in _QUALITIES or host in PERSONS:
        return True
    if host.endswith(_ABSTRACT_END) and len(host) > _SHORTEST + 1:
        return host not in _END_BY_CHANCE
    return any(
        host.startswith(prefix)
        and len(host) - len(prefix) >= _SHORTEST
        and _known(host.removeprefix(prefix))
        for prefix in _QUALIFYING
    )


def _is_host(host: str) -> bool:
    """Whether ``host`` is a word, or the plural of one in ات or of a person."""
    if len(host) < _SHORTEST:
        return False
    return _known(host) or (
        _singular(host) in PERSONS or (host.endswith("ات") and _counted(host) != host)
    )


def is_word(word: str) -> bool:
    """Whether the class ``word`` is one that the lists have, as a noun or as a verb.

    >>> is_word("آموزش"), is_word("آمدن"), is_word("اموزش")
    (True, True, False)
    """
    return _known(word) or word.removesuffix("ن") in _verbs()[0]


def _known(word: str) -> bool:
    return word in _lexicon() or word in _KNOWN or word in BROKEN or word in ALIKE


# What hazm ships


@cache
def _lexicon() -> frozenset[str]:
    """Nouns and adjectives, folded, without half-spaces.

    Entries of hazm's list without a kind of word, which end in 0, are left out: inflected forms
    and errors are among them.
    """
    lines = [line for line in _data("words.dat").strip().split(b"\n") if line[-1] != ord("0")]
    text = _folded(b"\n".join(lines).decode("utf-8"))
    return frozenset([line.partition("\t")[0] for line in text.split("\n")])


def _folded(text: str) -> str:
    for old, new in (
        ("أ", "ا"), ("إ", "ا"), ("ؤ", "و"), ("ئ", "ی"), ("اء\t", "ا\t"), (HALF_SPACE, ""),
    ):  # fmt: skip
        text = text.replace(old, new)
    return text


def _data(name: str) -> bytes:
    spec = find_spec("hazm")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("Persian words are not searched without hazm. Install it.")
    return (Path(spec.origin).parent / "data" / name).read_bytes()
