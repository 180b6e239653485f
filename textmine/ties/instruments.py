"""Words for ties between cities: what kind of instrument, in what state, under which name."""

from __future__ import annotations

import re
from functools import lru_cache

from textmine.records import TieKind, TieStatus
from textmine.text.letters import ARABIC_LETTERS, HALF_SPACE

# Same length throughout, so that offsets stay.
_PLAIN = str.maketrans(
    {"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "أ": "ا", "إ": "ا", HALF_SPACE: " ", "\u00a0": " "}
)


@lru_cache(maxsize=1024)  # the same sentence is asked many times
def plain(text: str) -> str:
    """``text`` letter by letter as the patterns here know it; offsets stay.

    >>> plain("خواهر\u200cشهري")
    'خواهر شهری'
    """
    return text.translate(_PLAIN)


def _pattern(source: str) -> re.Pattern[str]:
    """A pattern in which ``~`` is any white space or none: extracted text parts and joins words."""
    return re.compile(source.replace("~", r"[\s-]*"), re.IGNORECASE)


_SISTERS = (
    r"خواهر~(?:خوانده?گی|خوانده|شهر)|شهر~های?~خواهر|شهر~خواهر(?!ان)|شهر~(?:های)?~هم(?:تا|سان)"
    r"|\bsister[\s-]*(?:hood|ship|(?:cit|municipalit|communit)(?:y|ies)|towns?|relation\w*)"
    r"|\btwin(?:ned|nings?)\b|\btwin[\s-]*(?:(?:cit|municipalit)(?:y|ies)|towns?)\b|\bjumelages?\b"
    r"|\bhermanamientos?\b|(?:پیمان|قرارداد|پیوند|عقد)\s+خواهری"
    r"|\bsisters\b(?=[^.]{0,40}\bcit(?:y|ies)\b)|\bpartner[\s-]*(?:cit(?:y|ies)|towns?)\b"
)
_MEMORANDUM = r"تفاهم|\bmemorand(?:um|a)\b|\bMo[Uu]s?\b"
_FRIENDSHIP = r"دوستی|\bfriendship|\bfriendly\s+(?:relation|cit)"
_PROTOCOL = r"پروتکل|مقاوله~نامه|\bprotocols?\b"
_COOPERATION = r"همکاری|\bco-?operat(?:ion|ive)\b|\bcollaboration\b"
_MEMBERSHIP = r"عضو(?:یت)?(?![یا])|\bmember(?:s|ship)?\b|\bjoined\b|پیوست(?!گی)"
_KINDS: tuple[tuple[TieKind, re.Pattern[str]], ...] = (
    ("sister-city", _pattern(_SISTERS)),
    ("friendship", _pattern(_FRIENDSHIP)),
    ("memorandum", _pattern(_MEMORANDUM)),
    ("protocol", _pattern(_PROTOCOL)),
    ("cooperation", _pattern(_COOPERATION)),
)
SISTERS = _KINDS[0][1]
MEMBERSHIP = _pattern(_MEMBERSHIP)


def kind_of(words: str) -> TieKind | None:
    """The kind of tie that some words name; None when they name none.

    Sisterhood goes before friendship, friendship before understanding: a memorandum of
    understanding on sisterhood makes sister cities.

    >>> kind_of("یادداشت تفاهم خواهر شهری"), kind_of("توافق نامه همکاری"), kind_of("۱۳۸۰")
    ('sister-city', 'cooperation', None)
    """
    words = plain(words)
    return next((kind for kind, pattern in _KINDS if pattern.search(words)), None)


# A document's name: a word for a document with all that says of what kind.
_NAME_FA = (
    r"(?:یادداشت~تفاهم|تفاهم~نامه|توافق~نامه|موافقت~نامه|مقاوله~نامه|عهد~نامه|تفاهم(?=\s)|پیمان"
    r"|قرارداد|معاهده|پروتکل|بیانیه|اعلامیه|سند|پیوند|رابطه|روابط|مناسبات)"
)
_ABOUT_FA = (
    r"(?:همکاری(?:\sهای)?(?:\sمشترک)?|دوستی|مشترک|روابط|رابطه|شهری|متقابل"
    r"|خواهر~(?:خوانده?گی|خوانده|شهری?))"
)
_NAME_EN = (
    r"(?:memorand(?:um|a)\s+of\s+(?:understanding|co-?operation)|memorandum|mou\b|agreement|protocol"
    r"|declaration|treaty|contract|compact|pact|charter|(?:letter|statement)\s+of\s+intent|accord|arrangement|relationship|partnership|ties?\b|links?\b)"
)
_ABOUT_EN = (
    r"(?:sister[\s-]*(?:cit(?:y|ies)|towns?)|sisterhood|twin(?:ning|ned)?|twin[\s-]*(?:cit(?:y|ies)"
    r"|towns?)|friendship\s+cit(?:y|ies)|friendship|co-?operation|friendly|partner\s?(?:cit(?:y|ies)|town)?|protocol|affiliation)"
)
_INSTRUMENT = _pattern(
    rf"{_NAME_FA}(?:ٔ|~ی(?=\s))?(?:\s+(?:و\s+)?{_ABOUT_FA})*"
    r"|خواهر~(?:خوانده?گی|خوانده|شهری?)"
    rf"|(?:\b{_ABOUT_EN}(?:[\s-]+and[\s-]+|[\s-]+))*\b{_NAME_EN}"
    rf"(?:\s+(?:of|on|for)\s+{_ABOUT_EN}(?:\s+and\s+{_ABOUT_EN})*(?:\s+relations)?)?"
    r"|\bsister[\s-]*(?:cit(?:y|ies)|towns?)|\btwin[\s-]*(?:cit(?:y|ies)|towns?)"
    r"|\btwinned\b|\btwinning\b|\bsisterhood\b|\bfriendship\s+cit(?:y|ies)"
)


def instrument_in(words: str) -> str:
    """The document's name as written, the most telling one; empty when none is named.

    >>> instrument_in("In 2001 both signed a friendship and cooperation agreement.")
    'friendship and cooperation agreement'
    >>> instrument_in("تهران و میلان یادداشت تفاهم همکاری امضا کردند")
    'یادداشت تفاهم همکاری'
    """
    found = [
        (kind_of(match[0]) is None, -len(match[0]), match.start(), match.end())
        for match in _INSTRUMENT.finditer(plain(words))
    ]
    if not found:
        return ""
    _, _, start, end = min(found)
    return " ".join(words[start:end].split())


# Relations of cities that need no word of sisterhood when they stand between two cities.
_DEED = _pattern(
    r"یادداشت~تفاهم|تفاهم~نامه|توافق~نامه|موافقت~نامه|پیمان|قرارداد|معاهده|پروتکل|پیوند~(?:های~)?شهری"
    r"|پیوند~(?:دوستی|همکاری)|(?:اعلام|اعلامیه|بیانیه|شهر)\s+(?:ی\s)?دوستی"
    r"|\bmemorand(?:um|a)\b|\bMo[Uu]s?\b|\bagreements?\b|\bprotocol\b|\bfriendship\s+(?:pact|treaty|cit"
    r"|declaration)|\b(?:declaration|treaty|pact)\s+of\s+friendship\b|\bcompact\b"
    r"|\bpartner(?:ship|ed)?\b"
)


def names_tie(words: str) -> bool:
    """Whether words name sisterhood, or a document such as cities sign.

    >>> names_tie("خواهرخواندگی"), names_tie("a memorandum"), names_tie("by road and rail")
    (True, True, False)
    """
    words = plain(words)
    return SISTERS.search(words) is not None or _DEED.search(words) is not None


_STATES: tuple[tuple[TieStatus, re.Pattern[str]], ...] = (
    (
        "unofficial",
        _pattern(r"غیر~رسمی|نا~?رسمی|\bunofficial(?:ly)?\b|\binformal(?:ly)?\b"),
    ),
    (
        "inactive",
        _pattern(
            r"غیر~فعال|فعال~نیست|لغو(?!ی)|معلق|تعلیق|فسخ|راکد|پایان~یافت|قطع\s+شد|\binactive\b"
            r"|\bdormant\b|\bno\s+longer\s+(?:active|valid|in\s+force)\b"
            r"|\bsuspended\b|\bterminated\b|\bcancell?ed\b|\brevoked\b|\bbroken\s+off\b|\blapsed\b"
            r"|\bended\b|\bexpired\b|\bdissolved\b"
        ),
    ),
    (
        "draft",
        _pattern(
            r"پیش~نویس|در\s+دست\s+(?:مذاکره|بررسی|اقدام|امضا)|در\s+حال\s+(?:مذاکره|بررسی)"
            r"|مورد\s+موافقت|در\s+انتظار|امضا\s+نشده|\bdraft(?:ed)?\b|\bnegotiat(?:ed|ion|ions|ing)\b"
            r"|\bagreed\s+in\s+principle\b|\bletter\s+of\s+intent\b|\bpending\b|\bunsigned\b"
            r"|\bnot\s+(?:yet\s+)?(?:been\s+)?signed\b|\b(?:was|were)\s+never\s+signed\b|\binitialled\b"
        ),
    ),
    ("signed", _pattern(r"امضا(?:ء)?\s?شده|منعقد|فعال|رسمی|\bsigned\b|\bactive\b|\bin\s+force\b")),
)


def status_in(words: str) -> TieStatus | None:
    """The state of a tie that words name; None when they say nothing of it.

    >>> status_in("(پیش‌نویس)"), status_in("غیررسمی"), status_in("suspended in 2012"), status_in("x")
    ('draft', 'unofficial', 'inactive', None)
    """
    words = plain(words)
    return next((status for status, pattern in _STATES if pattern.search(words)), None)


_DENIED = _pattern(
    rf"(?<![{ARABIC_LETTERS}])(?:نادرست|درست\s+نیست|صحت\s+ندارد|صحت\s+نداشت|تکذیب|اشتباه|وجود\s+ندارد"
    r"|ندارند?(?![ء-ی])|(?<!فعال\s)(?<!جدول\s)نیستند?(?![ء-ی])|نشده|نشد(?![ء-ی])|نبسته|نکرده|نکردند|هیچ)"
    r"|\bno(?!\s+longer)\b|\bnot(?!\s+(?:only|in\s+(?:the|this|our)|counted|listed|included))\b|\b(?:never|neither|nor|false|wrong|denied|denies|without|n't|rejected|refused|failed)\b"
    r"|n['’]t\b"
)
_SUPPOSED = _pattern(
    rf"(?<![{ARABIC_LETTERS}])(?:می~توان(?:د|ند)|می~شود\s+که|پیشنهاد|خواهد|خواهند|باید|شاید|ممکن|اگر"
    r"|در\s+صورت(?:ی)?|قرار\s+است|بناست|احتمال|تمایل|امید|قصد|برنامه~ریزی|ایجاد\s+یا\s+تقویت"
    r"|آمادگی|خواستار|درخواست|اجازه|نسبت\s+به\s+امضا)"
    r"|\b(?:would|could|should|might|may(?!\s\d)|can|will|if|propos\w+|plans?|planned|plan(?:s|ning)?"
    r"\s+to|hop(?:es|ed|ing)|intend\w*|suggest\w*|potential|consider\w*|aspires?|wish\w*|wants?"
    r"|recommend\w*|candidates?|either)\b"
)
_HEARSAY = _pattern(
    r"عنوان\s+می~(?:شود|گردد)|یاد\s+می~(?:کنند|شود)|ادعا|گفته\s+می~شود|گویا|شایعه|به\s+اصطلاح|مدعی"
    r"|\ballegedly\b|\breportedly\b|\bclaim(?:s|ed)?\b|\brumou?r\w*|\bis\s+said\s+to\b|\bso-called\b"
)


def denied(words: str) -> bool:
    """Whether a sentence denies what it speaks of."""
    return _DENIED.search(plain(words)) is not None


def supposed(words: str) -> bool:
    """Whether a sentence speaks of what may be or shall be, and not of what is."""
    return _SUPPOSED.search(plain(words)) is not None


def hearsay(words: str) -> bool:
    """Whether a sentence only reports what some say."""
    return _HEARSAY.search(plain(words)) is not None
