from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textmine.records import Language
from textmine.text.sentences import sentences


def cut(text: str, language: Language) -> list[str]:
    return [text[start:end] for start, end in sentences(text, language)]


@pytest.mark.parametrize(
    "marked",
    [  # a bar stands where a sentence ends
        "ج.ا. ایران در سال ۱۳۵۷ تأسیس شد.| دولت آمد.",
        "(ر.ک. ص. ۱۲).| او رفت.",
        "به گفتهٔ ا. م. رضایی این است.| پایان.",
        "نرخ ۳.۲ درصد بود.| سپس ۴٫۵ شد.",
        "در ۱۳۹۷/۰۳/۰۲ امضا شد.| بعد لازم شد.",
        "در سال ۱۳۵۷ ه.ش. انقلاب شد.| بعد ۶۰۰ ق.م. بود.",
        "او گفت: «می‌آیم. صبر کن.» و رفت.| پایان.",
        "او گفت: «می‌آیم.»| سپس رفت.",
        "ماده ۵. طرفین متعهدند.| بند ۲. هزینه با طرف اول است.",
        "۱. نخست این.| ۲. دوم آن.",
        "الف. متن اول است.| ب. متن دوم است.",
        "نگاه کنید به www.mfa.gov.ir.| سپس بروید.",
        "نشانی ab@umz.ac.ir است.| پایان.",
        "آیا می‌آید؟| بله!| خوب است.",
        "این را دید؛ آن را ندید.| رفت.",
        "کاویانی (Handley, 2006: 4).| هدف این بود.",
        "Smith, J. and Jones, K. et al. می‌گویند.| خوب.",
        "دکتر. احمدی آمد.| رفت.",
        "رفت.|او آمد و ج.ا.ایران ماند.",
        "ادامه داد ... و رفت.| پایان.",
        "باغ، مدرسه، بازار و ... را دیدند.| برگشتند.",
        "باغ و… در شهر است.| پایان.",
        "باغ، مدرسه و .. ساختند؟| آری.",
        "باغ و ... .| مدرسه هم بود.",
        "گفت شو ...| مدرسه هم بود.",  # the و of another word
        "باغ و غیره ...| مدرسه هم بود.",
        "باغ، مدرسه و ...\n|\nمدرسه هم بود.",
        "از باغ گذشت. می‌شود.| پایان.",
        "باغ و مدرسه. شده است.| پایان.",
        "باغ و مدرسه. مي باشد.| پایان.",
        "باغ بزرگ است.| شهر می‌شود.| پایان.",  # something becomes, so it is a sentence
        "آیا باغ بزرگ است؟| بود.| پایان.",  # the answer to a question
        "باغ بزرگ است.| شود که باران ببارد.| پایان.",
        "سطر نخست\nادامه سطر.| پایان",
        "بند نخست\n|\nبند دوم",
        "بند نخست\r\n|\r\nبند دوم\n| \t\nبند سوم",
    ],
)
def test_persian_sentences(marked: str) -> None:
    expected = [part.strip() for part in marked.split("|")]
    assert cut(marked.replace("|", ""), "fa") == expected


@pytest.mark.parametrize(
    "marked",
    [
        "Under Art. 5 and No. 7 the U.S. Government shall act.| It may not.",
        "See Smith et al. (2015), p. 12.| The result holds.",
        "Article 5. The Parties agree.| They sign.",
        "1. First item.| 2. Second item here.",
        "J. K. Rowling met Mr. Smith at 5 p.m. on Monday.| He left at 6 p.m.| The end.",
        "He asked (why? who knows. Really.) and left.| Done.",
        "“We agree.”| They signed.",
        "“Really?” he said.| Yes!| Good.",
        "Done at Tehran on 2 May 2018.| In witness whereof, they have signed.",
        "The answer is no.| They left.",
        "It costs 3.5 dollars.| See www.x.org.| Then go.",
        "The case Roe v. Wade was decided, i.e. it ended.| Good.",
        "Dated Jan. 5, 2018.| Signed.",
        "The words of the state of the art.| Then Art. II follows.",
        "A line that is\nbroken.| Another",
        "A title without stop\n|\nA paragraph",
    ],
)
def test_english_sentences(marked: str) -> None:
    expected = [part.strip() for part in marked.split("|")]
    assert cut(marked.replace("|", ""), "en") == expected


@settings(max_examples=150)
@given(
    st.text(alphabet="ابج۵5aB .!؟…\n()«»\"'\f\t", max_size=60),
    st.sampled_from(["fa", "en", "und"]),
)
def test_sentences_hold_all_but_white_space(text: str, language: Language) -> None:
    spans = sentences(text, language)
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
    assert all(one.end <= other.start for one, other in pairwise(spans))
    covered = {place for span in spans for place in range(*span)}
    assert all(sign.isspace() for place, sign in enumerate(text) if place not in covered)


def test_long_english_block_keeps_its_sentences() -> None:
    block = "Both cities pay. " * 8_000
    spans = sentences(block, "en")
    assert {block[start:end] for start, end in spans} == {"Both cities pay."}
    assert len(spans) == 8_000


def test_long_text_without_letters_is_one_walk() -> None:
    assert sentences("1. " * 20_000, "fa")
