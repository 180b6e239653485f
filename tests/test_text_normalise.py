import subprocess
import sys
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from textmine.records import Span
from textmine.text.letters import ARABIC_LETTERS
from textmine.text.normalise import normalise, restored_in
from textmine.text.persian import PERSIAN_LETTERS, character_edits

Z = "\u200c"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # letters
        ("كتابي", "کتابی"),
        ("على", "علی"),
        ("معاهدة", "معاهده"),
        ("خانۀ ما", "خانهٔ ما"),
        ("نامهٔ ما", "نامهٔ ما"),
        ("تأسیس رئیس مسؤول", "تأسیس رئیس مسؤول"),
        ("ا\u0653ب ا\u0654 و\u0654 ی\u0654", "آب أ ؤ ئ"),
        ("ہمکاری ھم", "همکاری هم"),
        ("ڪتاب", "کتاب"),  # a letter that hazm folds
        ("۴۵ ٤٥ 45", "۴۵ ۴۵ 45"),
        # presentation forms, in which hazm 0.10 and 0.12 each lose something else
        ("ﺍﻃﻼﻋﺎﺕ", "اطلاعات"),
        ("ﺁﻣﺪﻥ ﯼ ﯽ ﷲ", "آمدن ی ی الله"),
        ("﷼", "ریال"),
        # marks, kashida, unseen characters
        ("مَدرسه‌ای", "مدرسه‌ای"),
        ("متقابلاً", "متقابلا"),
        ("ســلام", "سلام"),
        ("\ufeffسلام\u200e \u2067به\u2069", "سلام به"),
        ("سلام\x00\x1f", "سلام"),
        # half-spaces
        ("می\u200fشود", "می‌شود"),
        ("می\u200c\u200cشود", "می‌شود"),
        ("می¬شود", "می‌شود"),
        ("می\u00adشود", "می‌شود"),
        ("کتاب\u200dهای", "کتاب‌های"),
        ("کار\u200dها \u00adو", "کارها و"),
        ("کتـ\u200d\u200dـاب", "کتاب"),  # drawn out
        ("\u200cمی‌شود\u200c .", "می‌شود."),
        ("کار\u200cها", "کارها"),
        ("PDF\u200cها", "PDF‌ها"),
        ("۲۱\u200cام", "۲۱‌ام"),
        ("ه\u200d.ش", "ه\u200d.ش"),
        # spaces and punctuation
        ("او گفت : « سلام » و رفت .", "او گفت: «سلام» و رفت."),
        ("آمد ،رفت", "آمد، رفت"),
        ("سلام   به\u00a0همه", "سلام به همه"),
        (" یک \n  دو\r\nسه \n\n چهار", "یک\nدو\nسه\n\nچهار"),
        ("الف\tب\fپ", "الف\tب\fپ"),
        ("شهر(تهران)و", "شهر (تهران) و"),
        ("رفت.او آمد", "رفت. او آمد"),
        ("سال۱۳۹۷ و ۵ماده", "سال ۱۳۹۷ و ۵ ماده"),
        ("و ... رفت", "و … رفت"),
        ('"سلام" و “درود”', "«سلام» و «درود»"),
    ],
)
def test_persian_has_one_spelling(text: str, expected: str) -> None:
    assert normalise(text, halfspaces=False).text == expected


@pytest.mark.parametrize(
    "text",
    [
        "ب doi:10.1080/abc.123(45)-6 ب",
        "ب ab.ghasemi@umz.ac.ir ب",
        "ب http://example.com/a?b=1,2;c#d ب",
        "ب www.shiraz.ir/a/فایل‌كار.pdf ب",
        "ب گزارش.نهایی.docx ب",
        "ب http://example.ir/می شود",  # the address would grow
        "ب `كد ( x )` ب",
        "ماده ۳.۲ و بند 3.2 و ۴٫۵ و ۲۵۰٬۰۰۰ و 250,000 و ۲/۵",
        "۱۳۹۷/۰۳/۰۲ و 2018-05-02 و ۱۲:۳۰",
        "p4 و 2FA و libgit2 و COVID19 و C++ و .net",
        "ج.ا.ا و ه.ش و ص. ۱۲",
        "«ماده»ها و طرف(ها)ی دیگر و کشور(ها)",
        "۲۱ام و ۵م",
        "(Handley, 2006: 4) .net ( x )",
        "فهرست ........ ۱۲",
        'او "hello" گفت',
        "آجر و اجر",
    ],
)
@pytest.mark.parametrize("halfspaces", [True, False])
def test_what_is_right_or_protected_stays(text: str, halfspaces: bool) -> None:
    assert normalise(text, halfspaces=halfspaces).text == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the ﬁrst  eﬃcient\u00a0ﬂow", "the first efficient flow"),
        ("co\u00adoperate\u200b \ufeffnow", "cooperate now"),
        ("“quoted” ,and ( spaced ) ...", "“quoted” ,and ( spaced ) ..."),
        (" a \r\n\r\n b ", "a\n\nb"),
        ("كتاب ( می شود )", "كتاب ( می شود )"),  # Arabic script is left alone
        ("é ½ Ⅳ", "é ½ Ⅳ"),
    ],
)
def test_english_changes_in_spaces_and_ligatures_only(text: str, expected: str) -> None:
    assert normalise(text, "en").text == expected


def test_half_spaces_come_back_unless_told_otherwise() -> None:
    assert normalise("كتابهاي ما می شود").text == "کتاب‌های ما می‌شود"
    assert normalise("كتابهاي ما می شود", halfspaces=False).text == "کتابهای ما می شود"


def test_places_lead_back() -> None:
    text = "ﻻزم  است : كتابهاي"
    view = normalise(text)
    assert view.text == "لازم است: کتاب‌های"
    at = view.text.index("لازم")
    assert text[slice(*view.original(at, at + 2))] == "ﻻ"
    at = view.text.index("کتاب‌های")
    assert text[slice(*view.original(at, at + len("کتاب‌های")))] == "كتابهاي"
    assert view.to_json_map()[-1] == len(text)


SIGNS = (
    "ابپتدرزکگلمنویهآأئؤءهٔۀيكىةَّ ٱ\u0653\u0654\u0655ـ"
    + Z * 3
    + "\u200d\u200f\u200e\u200b\u00ad¬\u00a0\ufeff\x00    \n\t\f\r۱۲٣1,.:،؛؟!«»()[]\"“”'`@/-aB"
    + "ﻻﷲﯼﺁﺍﷺﹶﹰﱞﭐﬁ"
)
PIECES = (
    "می", "شود", "نمی", "ها", "های", "کتاب", "بند", "ای", "خانه", "تر", "ترین", "به", "طور", "هر",
    "حال", "www.", "http://", ".ir", ".pdf", "10.1234/", "a@b.ir", "...", "doi:",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from([*SIGNS, *PIECES]), max_size=25).map("".join)


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.booleans(), st.sampled_from([None, "fa", "en"]))
def test_normalising_again_changes_nothing(text: str, halfspaces: bool, language: str) -> None:
    once = normalise(text, language, halfspaces=halfspaces).text
    assert normalise(once, language, halfspaces=halfspaces).text == once


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.booleans())
def test_every_character_comes_from_its_place(text: str, halfspaces: bool) -> None:
    view = normalise(text, halfspaces=halfspaces)
    places = view.to_json_map()
    assert places == sorted(places)
    assert places[-1] == len(text)
    for at, sign in enumerate(view.text):
        span = view.original(at, at + 1)
        assert span.start == places[at]
        source = text[span.start : span.end]
        if source == "":
            assert sign in (Z, " ")
        elif len(source) == 1 and sign in text and sign.isalpha() and source in PERSIAN_LETTERS:
            assert source == sign or unicodedata.combining(sign)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=40))
@example("\ud800")
def test_any_text_can_be_normalised(text: str) -> None:
    view = normalise(text)
    assert normalise(view.text).text == view.text


def test_every_letter_becomes_persian_and_stays() -> None:
    """hazm's table, the same in both of its versions behind our own forms."""
    letters = [chr(code) for code in range(0x620, 0xFEFD) if _is_letter(chr(code))]
    for letter in letters:
        once = normalise(f"ب{letter}ب", halfspaces=False).text
        assert normalise(once, halfspaces=False).text == once
    assert normalise("ڤګټےےۇݐ", halfspaces=False).text == "فکتییوب"


def _is_letter(sign: str) -> bool:
    import re

    return re.match(f"[{ARABIC_LETTERS}]", sign) is not None


def test_usual_persian_does_not_load_hazm() -> None:
    code = (
        "import sys; from textmine.text.normalise import normalise;"
        "normalise('كتابهاي ﻻزم \u200f است');"
        "sys.exit('hazm' in sys.modules or 'spacy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_character_edits_are_small() -> None:
    assert [tuple(edit) for edit in character_edits("سلامَ يك")] == [
        (4, 5, ""),
        (6, 7, "ی"),
        (7, 8, "ک"),
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("the bene-\nfit of all", "the benefit of all"),
        ("their coopera-\ntion grew", "their cooperation grew"),
        ("bene-  \n  fit", "benefit"),
        ("شهر bene-\nfit شهر", "شهر benefit شهر"),
        ("para-\ndiplomacy; paradiplomacy", "paradiplomacy; paradiplomacy"),
        ("a sister-\ncity of Tehran", "a sister-\ncity of Tehran"),
        ("the post-\nSoviet years", "the post-\nSoviet years"),
        ("the self-\ngoverning city", "the self-\ngoverning city"),
        ("pages 61-\n72 of it", "pages 61-\n72 of it"),
        ("همکاری فرهنگی-\nاجتماعی", "همکاری فرهنگی-\nاجتماعی"),
        ("- one\n- two", "- one\n- two"),
        ("benefits -\nfit", "benefits -\nfit"),
    ],
)
def test_a_word_that_a_line_parts_is_whole(text: str, wanted: str) -> None:
    view = normalise(text, halfspaces=False)
    assert view.text == wanted
    assert normalise(wanted, halfspaces=False).text == wanted


def test_a_word_made_whole_leads_back_to_both_lines() -> None:
    view = normalise("the bene-\nfit of all")
    assert view.original(4, 11) == Span(4, 13)
    assert view.original(8, 11) == Span(10, 13)


def test_restored_half_spaces_are_told_with_their_places() -> None:
    text = "كتاب هاي  ما ( میشود ) در www.x.ir كشور ها"
    view = normalise(text)
    found = restored_in(text)
    assert [view.text[at - 1 : at + 2] for at, _ in found] == ["ب\u200cه", "ی\u200cش", "رها"]
    assert all(0.5 < sure <= 1 for _, sure in found)
    assert not restored_in("no half-space here")
