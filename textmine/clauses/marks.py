"""Printed numbers at the start of a line: articles, paragraphs, letters, notes, chapters."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from textmine.text.digits import parse_number
from textmine.text.letters import BULLETS

MarkKind = Literal["article", "section", "number", "letter", "roman", "note", "bullet"]
# Nothing follows; a sign parts number and text; neither; the text goes on like a reference.
Form = Literal["alone", "apart", "bare", "doubtful"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A printed number: what it counts, its value, how it is written, where it ends in the row.

    ``value`` has one number for each level that is printed (``3.2`` is ``(3, 2)``). ``label`` is
    the number as it stands in the path of a clause. ``style`` tells lists apart that are counted
    in different ways: ``(``, ``)`` or ``.``; ``word`` is the name before the number, if any.
    """

    kind: MarkKind
    value: tuple[int, ...]
    label: str
    style: str
    end: int
    form: Form
    word: str = ""


def _word(letters: str) -> str:
    """Pattern of a Persian word that may be stretched by kashidas, as printers do in headings."""
    return r"ـ*".join(letters)


# A line may begin with these without meaning anything: emphasis, quotation marks, hashes.
_LEAD = r"[\s#*_«\"“'>]*"
_DASH = r"\-‐‑‒–—−ـ"
# What may stand between a printed number and its text. A comma is none: that is a reference.
_APART = rf"\s*(?:[*_]*\s*[.:\])/{_DASH}]+\s*[*_]*)+"
_FA_NUMBER = r"\d{1,3}(?:\s*مکرر(?:\s*\d+)?)?"
_FA_WORDS = r"[آ-ی]+(?:\s+و?\s*[آ-ی]+){0,5}"
_EN_NUMBER = r"\d{1,3}(?:\.\d{1,3})*(?:\s*(?:bis|ter|quater)\b|[A-Za-z]\b)?|[IVXLCivxlc]+\b"
_EN_WORDS = r"[A-Za-z]+(?:[\s\-][A-Za-z]+)?"

_FA_ARTICLE = re.compile(
    rf"{_LEAD}(?P<word>{_word('ماده')}|{_word('اصل')})(?:\s?ی\b)?(?P<gap>\s*[(\[{_DASH}]?\s*)"
    rf"(?:(?P<number>{_FA_NUMBER})|(?P<words>{_FA_WORDS}))\s*[)\]]?"
)
_FA_SECTION = re.compile(
    rf"{_LEAD}(?P<word>{_word('بند')}|{_word('بخش')}|{_word('قسمت')})(?P<gap>\s*[(\[]?\s*)"
    rf"(?:(?P<number>{_FA_NUMBER})|(?P<words>{_FA_WORDS}))\s*[)\]]?"
)
_EN_ARTICLE = re.compile(
    rf"{_LEAD}(?P<word>(?:ARTICLE|Article|ARTCLE|Principle|PRINCIPLE)\b|Art\.|ART\.|§)"
    rf"(?P<gap>\s*[(\[{_DASH}]?\s*)"
    rf"(?:(?P<number>{_EN_NUMBER})|(?P<words>{_EN_WORDS}))\s*[)\]]?"
)
_EN_SECTION = re.compile(
    rf"{_LEAD}(?P<word>(?:SECTION|Section|Clause|CLAUSE|Paragraph|PARAGRAPH|Rule)\b|Sec\.|SEC\.)"
    rf"(?P<gap>\s*[(\[]?\s*)(?:(?P<number>{_EN_NUMBER})|(?P<words>{_EN_WORDS}))\s*[)\]]?"
)
_SINGLE = re.compile(rf"{_LEAD}{_word('ماده')}\s+{_word('واحده')}")

_FA_CHAPTERS = "فصل بخش باب قسمت گفتار مبحث کتاب عنوان پیوست ضمیمه الحاقیه".split()  # noqa: SIM905
_CHAPTER = re.compile(
    rf"{_LEAD}(?:(?P<fa>{'|'.join(map(_word, _FA_CHAPTERS))})"
    r"|(?P<en>CHAPTER|Chapter|PART|Part|TITLE|Title|SECTION|Section|DIVISION|Division"
    r"|ANNEX|Annex|APPENDIX|Appendix|SCHEDULE|Schedule|PROTOCOL|Protocol)\b)"
    rf"(?P<number>\s*[(\[{_DASH}]?\s*(?:\d{{1,3}}[A-Za-z]?|[IVXLC]+\b|[A-Z]\b"
    r"|(?:the\s+)?(?:first|second|third|fourth|fifth|one|two|three|four|five|six|seven|eight|nine"
    r"|ten|eleven|twelve|FIRST|SECOND|THIRD|FOURTH|FIFTH|ONE|TWO|THREE|FOUR|FIVE|SIX|SEVEN|EIGHT"
    r"|NINE|TEN|One|Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten|First|Second|Third|Fourth)\b"
    r"|(?:الف|ب|پ|ت|ج)\b"
    r"|(?:اول|یکم|نخست|دوم|سوم|چهارم|پنجم|ششم|هفتم|هشتم|نهم|دهم|یازدهم|دوازدهم|سیزدهم|چهاردهم"
    r"|پانزدهم|[آ-ی]+\s+و\s+[آ-ی]+م)\b|شماره\s*\(?\d+)?\s*[)\]]?)?"
    rf"(?P<apart>\s*[.:{_DASH}]+\s*)?"
)
_ANNEXES = re.compile(
    rf"{_LEAD}(?:پیوست|ضمیمه|الحاقیه|annex|appendix|schedule|protocol\s+(?:no|\d))", re.IGNORECASE
)

_NOTE = re.compile(
    rf"{_LEAD}(?:(?P<fa>{_word('تبصره')})\s*[(\[]?\s*(?P<number>\d{{1,2}}|[آ-ی]+)?\s*[)\]]?"
    r"|(?P<en>Note|NOTE|Explanatory [Nn]ote)\s*(?P<en_number>\d{1,2})?)"
)

_NUMBER = re.compile(
    rf"{_LEAD}(?P<open>[(\[]?)\s*(?P<number>\d{{1,3}}(?!\d)(?:\s?[.{_DASH}]\s?\d{{1,3}}(?!\d))*)"
    rf"(?P<apart>(?:\s*[)\]])?(?:\s*[*_]*\s*[.:)\]{_DASH}]+[*_]*)?)"
)
_LETTER = re.compile(
    rf"{_LEAD}(?P<band>بند\s+)?(?P<open>[(\[]?)\s*(?P<letter>الف|[ا-ی]|[a-z]{{1,2}}|[A-Z])"
    rf"(?P<apart>\s*(?:[)\]](?:\s*[.:{_DASH}]+)?|[.:{_DASH}]+)[*_]*)"
)
_ROMAN = re.compile(
    rf"{_LEAD}(?P<open>[(\[]?)\s*(?P<number>[ivxl]+|[IVXL]+)(?P<apart>\s*[)\].:{_DASH}]+[*_]*)"
)
_ORDINAL = re.compile(rf"{_LEAD}(?P<words>[آ-ی]+م|اول|نخست|اولا|ثانیا|ثالثا)\s*[:{_DASH}]+")
_BULLET = re.compile(rf"[\s#]*(?:[{BULLETS}\uf000-\uf0ff]|[*\-–—](?=\s))\s*")

# Persian lists are lettered by either alphabet; the place of a letter in one of them is its value.
ALPHABETS = (
    "الف ب پ ت ث ج چ ح خ د ذ ر ز ژ س ش ص ض ط ظ ع غ ف ق ک گ ل م ن و ه ی".split(),  # noqa: SIM905
    "الف ب ج د ه و ز ح ط ی ک ل م ن س ع ف ص ق ر ش ت".split(),  # noqa: SIM905
)

# A Persian line that ends so is a sentence, not a heading.
VERB_LAST = re.compile(
    r"(?<![آ-ی])(?:ن|ب|می|نمی)?(?:است|هستند|نیست|باشد|باشند|شود|شوند|شد|شدند|گردد|گردند|گردید|کند|کنند|کرد|کردند|نماید"
    r"|نمایند|نمود|نمودند|دارد|دارند|داشت|بود|بودند|رسید|رسد|گرفت|گیرد|یافت|یابد|[اآ]مد|داد|دهد"
    r"|دهند)$"
)

# After "Article 5" or «ماده ۵» without a sign these words go on with a sentence about the article.
_FA_REFERENCE = re.compile(
    r"\s*(?:[و،,؛(]|(?:قانون|این|ایین|اساسنامه|منشور|کنوانسیون|معاهده|عهدنامه|موافقت|توافق|تفاهم"
    r"|قرارداد|پروتکل|میثاق|اعلامیه|مقررات|دستورالعمل|فوق|یاد|مذکور|مزبور|همین|ان|از|تا|نیز|به"
    r"|با|در|را|که|یا|مکرر|است|بود|می|لازم|لغو|اصلاح|ان)\b)"
)
# These go on with a reference («ماده ۵ این قانون مقرر می‌دارد») or begin the text of an article that
# is printed without a sign («ماده ۵ این تفاهم‌نامه از تاریخ امضا معتبر است»).
_FA_DOUBTFUL = re.compile(r"\s*(?:این|از|به|با|در)\s")
_EN_REFERENCE = re.compile(r"\s*(?:[a-z(,;&]|and\b|or\b|AND\b|OF\b)")
# A line that ends so does not let the next one begin with a number of its own.
_OPEN_END = re.compile(
    r"(?:\b(?:in|of|to|with|under|by|and|or|from|the|per|see|article|articles|paragraph|paragraphs"
    r"|section|sections|no\.?|art\.?|pp?\.?|page|about|than|is|was|are|for|at)|[,،(]|(?<=\w)[\-–]"
    r"|(?<![آ-ی])(?:و|در|به|از|با|تا|یا|که|ماده|مواد|بند|بندهای|اصل|اصول|طبق|مطابق|موضوع|سال"
    r"|برابر|حدود|شماره|ص|حسب|تبصره))$",
    re.IGNORECASE,
)
# The last but one item of a list ends so.
_LIST_GOES_ON = re.compile(r"[;؛,،]\s*(?:and|or|و|یا)$", re.IGNORECASE)
# After a decimal these make it a quantity.
_UNITS = re.compile(
    r"\s*(?:درصد|هزار|میلیون|میلیارد|کیلو|متر|ساعت|روز|ماه|سال|نفر|دلار|ریال|%|٪|percent|per\b"
    r"|million|billion|thousand|km|kg|hours?|days?|months?|years?|USD|[a-z]{2})"
)


def unit_marks(line: str) -> tuple[Mark, ...]:
    """What numbered unit of an agreement the line (a view, see ``rows.view``) may begin.

    >>> unit_marks("Article XII - Entry into force")[0].label
    '12'
    >>> unit_marks("ماده بیست و یکم: اختلافات")[0].value
    (21,)
    >>> unit_marks("ماده 5 این تفاهم نامه")[0].form, unit_marks("Article 5 of the Charter")
    ('doubtful', ())
    """
    single = _SINGLE.match(line)
    if single:
        return (_closing("article", (1,), "1", "", line, single.end(), "واحده"),)
    found = []
    for kind, pattern in (
        ("article", _FA_ARTICLE), ("article", _EN_ARTICLE),
        ("section", _FA_SECTION), ("section", _EN_SECTION),
    ):  # fmt: skip
        match = pattern.match(line)
        mark = _unit(kind, match, line) if match else None
        if mark:
            found.append(mark)
    return tuple(found)


def _unit(kind: str, match: re.Match[str], line: str) -> Mark | None:
    end = match.end()
    word = match["word"].replace("ـ", "")
    persian = word[0] >= "آ"
    if match["number"]:
        value, label = _values(match["number"])
    else:
        counted = _counted(match["words"], persian)
        if counted is None:
            return None
        number, length = counted
        value, label = (number,), str(number)
        end = match.start("words") + length
        bracket = re.compile(r"\s*[)\]]").match(line, end)
        end = bracket.end() if bracket else end
    if not value:
        return None
    mark = _closing(
        "article" if kind == "article" else "section", value, label, "", line, end, word
    )
    if mark.form == "bare":
        if line[mark.end - 1 : mark.end + 1].isalnum():
            return None
        if persian and _FA_DOUBTFUL.match(line, mark.end):
            return replace(mark, form="doubtful")
        if (_FA_REFERENCE if persian else _EN_REFERENCE).match(line, mark.end):
            return None
    return mark


def _closing(
    kind: MarkKind, value: tuple[int, ...], label: str, style: str, line: str, end: int, word: str
) -> Mark:
    """The mark with the signs behind its number, and how it stands to the text."""
    apart = re.compile(_APART).match(line, end)
    form: Form = "apart" if apart else "bare"
    end = apart.end() if apart else end
    if not re.search(r"\w", line[end:]):
        form, end = "alone", len(line)
    return Mark(kind, value, label, style, end, form, word)


def _values(number: str) -> tuple[tuple[int, ...], str]:
    """The value and the label of "5", "3.2", "5 bis", "12A", "XII", "5 مکرر"."""
    match = re.match(r"(\d+(?:\.\d+)*)\s*(.*)", number)
    if not match:
        roman = parse_number(number.upper())
        return ((roman,), str(roman)) if roman else ((), "")
    value = tuple(int(part) for part in match[1].split("."))
    label = ".".join(map(str, value))
    suffix = match[2].replace("مکرر", "bis").replace(" ", "")
    return value, f"{label}-{suffix}" if len(suffix) > 1 else label + suffix


def _counted(words: str, persian: bool) -> tuple[int, int] | None:
    """The number that the first words write, and how many characters they take."""
    ends = [match.end() for match in re.finditer(r"[^\s\-]+", words)]
    for end in reversed(ends):
        number = parse_number(words[:end])
        if number is not None and 0 < number < 1000:
            return number, end
    return None


def chapter_end(line: str) -> int | None:
    """Where the name and number of a chapter, part or annex end in the line, if it begins one.

    >>> chapter_end("فصل اول - کلیات"), chapter_end("Chapter II"), chapter_end("بخش خصوصی")
    (10, 10, None)
    """
    match = _CHAPTER.match(line)
    if not match:
        return None
    rest = line[match.end() :]
    if not re.search(r"\w", rest):
        return len(line) if match["number"] or is_annex(line) else None
    if not match["number"]:
        return match.end() if match["apart"] and is_annex(line) else None
    if match["apart"]:
        return match.end()
    first = rest.lstrip()[:1]
    named = first.isupper() if match["en"] else not _FA_REFERENCE.match(rest)
    return match.end() if named and rest[:1].isspace() else None


def is_annex(line: str) -> bool:
    """Whether a chapter line opens an annex, whose numbers start anew."""
    return _ANNEXES.match(line) is not None


def item_marks(line: str) -> tuple[Mark, ...]:
    """Every reading of the number that may begin a paragraph, item or note; often none or one.

    >>> [(mark.kind, mark.label) for mark in item_marks("(i) the text")]
    [('letter', 'i'), ('roman', 'i')]
    >>> [item_marks(line)[0].label for line in ("ب) متن", "تبصره: متن", "3.2- متن", "1. Text")]
    ['b', 'note', '3.2', '1']
    >>> item_marks("3.5 percent of it"), item_marks("1397/3/2 تهران"), item_marks("12,000 units")
    ((), (), ())
    """
    note = _note(line)
    if note:
        return (note,)
    found: list[Mark] = []
    match = _FA_SECTION.match(line)
    if match and match["word"].replace("ـ", "") == "بند":
        mark = _unit("section", match, line)
        if mark and mark.form in ("alone", "apart"):
            found.append(Mark("number", mark.value, mark.label, "بند", mark.end, mark.form, "بند"))
    found += [mark for mark in (_number(line), *_letters(line), _roman(line)) if mark]
    ordinal = _ORDINAL.match(line)
    if ordinal:
        places = {"اولا": 1, "ثانیا": 2, "ثالثا": 3}
        value = places.get(ordinal["words"]) or parse_number(ordinal["words"])
        if value:
            found.append(_closing("number", (value,), str(value), "م", line, ordinal.end(), ""))
    return tuple(found)


def _note(line: str) -> Mark | None:
    match = _NOTE.match(line)
    if not match:
        return None
    end = match.end()
    printed = match["number"] or match["en_number"]
    number = parse_number(printed) if printed else None
    if printed and number is None:
        end = match.start("number")
    label = f"note-{number}" if number else "note"
    mark = _closing("note", (number or 0,), label, "", line, end, "note")
    if mark.form == "bare" and not (match["fa"] and number and not _FA_REFERENCE.match(line[end:])):
        return None
    return mark


def _style(match: re.Match[str]) -> str:
    apart = match["apart"].strip()
    if match["open"]:
        return "("
    return ")" if apart[:1] in (")", "]") else "."


def _number(line: str) -> Mark | None:
    match = _NUMBER.match(line)
    if not match:
        return None
    value = tuple(int(part) for part in re.findall(r"\d+", match["number"]))
    rest = line[match.end() :]
    apart = match["apart"].strip(" *_")
    if match["open"] and apart[:1] not in (")", "]"):
        return None
    if apart and (rest[:1].isdigit() or (rest[:1] in ("/", "%") and rest[1:2].isdigit())):
        return None  # 1/3, 10:30, a date
    if not apart and (
        not rest[:1].isspace() or _UNITS.match(rest) or (len(value) < 2 and "\t" not in rest[:3])
    ):
        return None  # a quantity, or a number that belongs to its line
    label = ".".join(map(str, value))
    style = _style(match) if len(value) == 1 else "."
    end = match.end() + len(rest) - len(rest.lstrip())
    form: Form = "alone" if not rest.strip() else "apart" if apart else "bare"
    return Mark("number", value, label, style, end, form)


def _letters(line: str) -> list[Mark]:
    match = _LETTER.match(line)
    if not match:
        return []
    letter = match["letter"]
    rest = line[match.end() :]
    persian = letter >= "آ"
    if not match["band"] and not match["open"] and not persian and not rest[:1].isspace() and rest:
        return []  # e.g., a.m., U.S.
    if match["open"] and match["apart"].lstrip()[:1] not in (")", "]"):
        return []
    if persian and match["apart"].strip() == "." and not rest[:1].isspace():
        return []  # an abbreviation such as ج.ا.
    end = match.end() + len(rest) - len(rest.lstrip())
    form: Form = "apart" if rest.strip() else "alone"
    style = _style(match)
    if persian:
        places = {alphabet.index(letter) + 1 for alphabet in ALPHABETS if letter in alphabet}
        if letter == "ا":
            places = {1}
        return [
            Mark("letter", (place,), chr(96 + min(place, 26)), f"fa{style}", end, form)
            for place in sorted(places)
        ]
    if len(letter) == 2 and letter[0] != letter[1]:
        return []
    value = (ord(letter[0].lower()) - 96 + 26 * (len(letter) - 1),)
    case = "A" if letter.isupper() else "a"
    return [Mark("letter", value, letter, case + style, end, form)]


def _roman(line: str) -> Mark | None:
    match = _ROMAN.match(line)
    if not match or (match["open"] and match["apart"].lstrip()[:1] not in (")", "]")):
        return None
    value = parse_number(match["number"].upper())
    rest = line[match.end() :]
    if not value or (rest and not rest[:1].isspace() and not match["open"]):
        return None
    case = "I" if match["number"].isupper() else "i"
    end = match.end() + len(rest) - len(rest.lstrip())
    form: Form = "apart" if rest.strip() else "alone"
    return Mark("roman", (value,), match["number"], case + _style(match), end, form)


def bullet_end(line: str) -> int:
    """Where the bullet at the start of the line ends; 0 when there is none.

    >>> bullet_end("• text"), bullet_end("-text"), bullet_end("- text")
    (2, 0, 2)
    """
    match = _BULLET.match(line)
    return match.end() if match else 0


def is_open(line: str) -> bool:
    """Whether the line ends so that its sentence must go on, as in "in accordance with Article".

    >>> is_open("as provided in"), is_open("مطابق با ماده"), is_open("The Parties agree.")
    (True, True, False)
    >>> is_open("(a) culture; and")
    False
    """
    line = line.rstrip()
    return _OPEN_END.search(line) is not None and not _LIST_GOES_ON.search(line)
