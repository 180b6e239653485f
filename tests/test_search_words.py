"""Words under their keys: what must be found together, and what must stay apart."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmine.records import Clause, Span
from textmine.search import Index
from textmine.search.found import place_of
from textmine.search.words import Word, chunks, english, persian, without_notes, words
from textmine.search.words.endings import loose, stem
from textmine.search.words.plurals import BROKEN, PERSONS
from textmine.search.words.variants import FIRSTS, PAIRED, VARIANTS, apart, paired
from textmine.store.catalogue import Derived, Source, now
from textmine.store.corpus import Corpus
from textmine.text.normalise import normalise

PAIRS = Path(__file__).parent / "data" / "search_pairs.tsv"
TIERS = ("spelling", "stem", "loose")


@cache
def read_pairs() -> list[dict[str, str]]:
    with PAIRS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def asked(text: str) -> tuple[Word, ...]:
    return tuple(words(normalise(without_notes(text)).text))


def names(text: str, tier: str) -> set[tuple[str, ...]]:
    """What a text is found under: word by word, and as the one word that others write for it."""
    found = asked(text)
    keys = tuple(word.key for word in found)
    if tier == "spelling":
        return {("".join(keys),)}
    name = {"stem": stem, "loose": loose}[tier]
    each = tuple(getattr(word, tier) for word in found)
    return {each, (name(keys),), (name(("".join(keys),)),)} if len(keys) > 1 else {each}


def meet_at(one: str, other: str) -> str:
    """The nearest tier at which two texts are the same; "never" when there is none."""
    return next((tier for tier in TIERS if names(one, tier) & names(other, tier)), "never")


# A test for each category: one for each of a thousand pairs takes longer than the pairs do.
CATEGORIES = sorted({pair["category"] for pair in read_pairs()})


def read_category(category: str) -> list[dict[str, str]]:
    return [pair for pair in read_pairs() if pair["category"] == category]


@pytest.mark.parametrize("category", CATEGORIES)
def test_pairs_meet_at_their_tier_in_both_directions(category):
    wrong = []
    for pair in read_category(category):
        found = (meet_at(pair["one"], pair["other"]), meet_at(pair["other"], pair["one"]))
        if found != (pair["meet_at"], pair["meet_at"]):
            wrong.append((pair, found))
    assert not wrong


# The verb finds its participle with an auxiliary; the participle alone is a noun and finds none.
ONE_WAY = [
    {"one": "بستن", "other": "بسته شد"},
    {"one": "فرستادن", "other": "فرستاده شود"},
    {"one": "نوشتن", "other": "نوشته شده"},
    {"one": "گفتگو", "other": "در گفت و گوی ما"},
    {"one": '"گفت و گوی"', "other": "در گفتگوی ما"},
    {"one": '"جستجوی"', "other": "در جستجوی ما"},
    {"one": '"جست‌وجوی"', "other": "در جست و جوی ما"},
    {"one": '"U.N. agency"', "other": "an UN agency"},
]


@pytest.fixture(scope="module")
def index(tmp_path_factory) -> Iterator[tuple[Index, dict[str, int]]]:
    """An index that has both sides of every pair as clauses, and the place of each."""
    pairs = [*read_pairs(), *ONE_WAY]
    sides = sorted({side for pair in pairs for side in (pair["one"], pair["other"])})
    clauses = []
    at = 0
    for ordinal, side in enumerate(sides):
        span = Span(at, at + len(side))
        clause = Clause(f"c.{ordinal}", ordinal, "article", None, None, side, "und", 1, (span,))
        clauses.append((clause, normalise(side)))
        at = span.end + 1
    with Corpus.create(tmp_path_factory.mktemp("pairs") / "corpus") as corpus:
        made = Derived("a" * 64, ".txt", at, "done", "", "", clauses=tuple(clauses))
        document = corpus.catalogue.put(made, Source("a.txt", "a" * 64, "done", "", now()))
        places = {side: place_of(document, ordinal) for ordinal, side in enumerate(sides)}
        yield Index.of(corpus), places


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_search_finds_what_pairs_say(index, category):
    engine, places = index
    wrong = []
    for pair in read_category(category):
        for query, text in ((pair["one"], pair["other"]), (pair["other"], pair["one"])):
            keys = {word.key for word in asked(query)}
            if pair["meet_at"] == "never" and keys <= {word.key for word in asked(text)}:
                continue  # a text with one more word is found
            found = places[text] in engine.places(query)
            if found != (pair["meet_at"] != "never"):
                wrong.append((query, text, found, pair["reason"]))
    assert not wrong


@pytest.mark.parametrize("pair", ONE_WAY, ids=lambda pair: pair["one"])
def test_a_search_finds_words_among_others(index, pair):
    engine, places = index
    assert places[pair["other"]] in engine.places(pair["one"])


def test_quotes_and_initials_leave_out_other_forms(index):
    engine, places = index
    assert places["در گفتگوی ما"] not in engine.places('"گفتگوها"')
    assert places["U.N.H.C.R."] not in engine.places("U.N.")


WHOLE = "قرارداد کاربرد بازدید شاهکار پسرفت رویکرد بازداشت علیه میراث محمدی"


@pytest.mark.parametrize("word", WHOLE.split())
def test_a_word_is_not_parted_unless_it_is_two_names(word):
    assert list(apart(word)) == []


def test_variants_are_one_group_each_and_no_plurals():
    assert not FIRSTS & set(VARIANTS)
    assert not (FIRSTS | set(VARIANTS)) & set(BROKEN)
    assert {stem((other,)) for other in VARIANTS} == set(FIRSTS)
    assert all(stem((other,)) == stem((first,)) == first for other, first in VARIANTS.items())
    assert all(paired(first, second) for first, second in PAIRED.items())


def test_the_table_of_pairs_holds_both_kinds_and_each_pair_once():
    pairs = read_pairs()
    kinds = [pair["meet_at"] for pair in pairs]
    assert set(kinds) == {*TIERS, "never"}
    assert min(kinds.count("never"), len(kinds) - kinds.count("never")) >= 150
    assert len({frozenset((pair["one"], pair["other"])) for pair in pairs}) == len(pairs)
    assert all(pair["reason"] and pair["category"] for pair in pairs)


def test_a_query_loads_neither_hazm_nor_lemminflect():
    code = (
        "import sys\n"
        "from textmine.search.words.endings import stem\n"
        "assert stem(('نمی', 'شود')) == 'شدن' and stem(('undertook',)) == 'undertake'\n"
        "print({'hazm', 'lemminflect', 'spacy', 'nltk'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


# -- where words stand -----------------------------------------------------------------------------

_PIECES = st.sampled_from(
    [
        "شهر",
        "می\u200cشود",
        "co-operation",
        "power1",
        "نرم۱",
        "CO₂",
        "x¹",
        "۱٬۲۰۰",
        "«",
        ".",
        "-",
        "Malmö",
    ]
)
_TEXTS = st.one_of(st.text(max_size=60), st.lists(_PIECES, max_size=8).map(" ".join))


@given(_TEXTS)
def test_words_stand_in_order_and_hold_what_can_be_seen(text):
    at = 0
    for word in words(text):
        assert at <= word.start < word.end <= len(text)
        assert word.key
        assert word.stem
        assert word.loose
        assert " " not in word.key
        at = word.end


@given(_TEXTS)
def test_chunks_hold_the_words_of_the_text(text):
    in_chunks = [word[2:] for chunk in chunks(text) for word in chunk.words]
    assert in_chunks == [word[2:] for word in words(text)]


@given(st.text(alphabet="ابپتجخدرزسشفقکگلمنوهیآـ\u200c ", max_size=20))
def test_any_persian_letters_have_a_stem_that_is_found_again(text):
    for word in words(normalise(text).text):
        assert stem(word.parts or (word.key,)) == word.stem


def test_compounds_say_how_else_they_are_written():
    (chunk,) = chunks("(non-interference,")
    assert [word.key for word in chunk.words] == ["non", "interference"]
    (compound,) = chunk.compounds
    assert (compound.key, compound.keys) == ("noninterference", ("non", "interference"))
    assert [len(chunk.compounds) for chunk in chunks("2018-05-02 a/b one")] == [0, 0, 0]
    (covid,) = next(iter(chunks("COVID-19"))).compounds
    assert covid.key == "covid19"


def test_a_half_space_word_knows_its_parts():
    (word,) = words("سیاست\u200cگذاری\u200cهای")
    assert (word.key, word.stem) == ("سیاستگذاریهای", "سیاستگذاری")
    assert word.parts == ("سیاست", "گذاری", "های")


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("قدرت نرم¹ ایران", ["قدرت", "نرم", "ایران"]),
        ("power¹, power.² Power12", ["power", "power", "power"]),
        ("article5 annex12", ["article", "5", "annex", "12"]),
        ("CO₂ G20 H1N1 COVID19 B2B", ["co2", "g20", "h1n1", "covid19", "b2b"]),
        ("ماده 5", ["ماده", "5"]),
        ("نرم1 ماده5", ["نرم", "ماده", "5"]),
        ("1,200.50 ۳٫۵", ["1200.50", "3.5"]),
        ("¹ ²", []),
    ],
)
def test_marks_of_notes_are_no_words_and_numbers_are(text, keys):
    assert [word.key for word in words(text)] == keys


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("قدرت نرم۱", "قدرت نرم"),
        ("نرم١ و سخت2", "نرم و سخت"),
        ("ماده۵ بند۱۲", "ماده۵ بند۱۲"),
        ("سال۱۳۷۲ شهر۱۹۹۳", "سال۱۳۷۲ شهر۱۹۹۳"),  # too long for the mark of a note
        ("شهر۲۰۰", "شهر۲۰۰"),
        ("G20 CO2 و۵", "G20 CO2 و۵"),
    ],
)
def test_a_query_loses_the_marks_of_notes(typed, asked):
    assert without_notes(typed) == asked


# -- the tables ------------------------------------------------------------------------------------


def test_a_singular_is_no_plural_of_another_word():
    assert not [plural for plural, singular in BROKEN.items() if singular in BROKEN]
    assert not [person for person in PERSONS if person in BROKEN]


def test_a_broken_plural_stands_with_its_singular_whatever_ends_it():
    assert not [
        (plural, singular)
        for plural, singular in BROKEN.items()
        if not stem((plural,)) == stem((plural, "ها")) == stem((singular,))
    ]


def test_american_spellings_are_final():
    for british, american in english._AMERICAN.items():
        assert english.lemma(british) == english.lemma(american)
        assert american not in english._AMERICAN


FORMS = "می‌کند کند کرد کردند نکرد نمی‌کردند بکند نکند کرده کرده‌اند نکرده‌اند کردن میکند"


@pytest.mark.parametrize("form", FORMS.split())
def test_forms_of_one_verb_have_its_infinitive(form):
    assert stem(tuple(form.split("\u200c"))) == "کردن"


@pytest.mark.parametrize(
    ("form", "infinitive"),
    [
        ("بیاید", "آمدن"),
        ("نیاورد", "آوردن"),
        ("نیافت", "یافتن"),
        ("بیفتد", "افتادن"),
        ("می‌توان", "توانستن"),
        ("برمی‌گردند", "برگشتن"),
        ("دربرمی‌گیرد", "دربرگرفتن"),
        ("نماند", "ماندن"),
        ("می‌کشند", "کشیدن"),
        ("باشند", "بودن"),
        ("نیستند", "بودن"),
    ],
)
def test_verbs_whose_forms_are_far_apart(form, infinitive):
    assert stem(tuple(form.split("\u200c"))) == infinitive


def test_a_missing_list_is_said(monkeypatch):
    monkeypatch.setattr(persian, "find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match="without hazm"):
        persian._data("verbs.dat")
    monkeypatch.setattr(english, "find_spec", lambda name: None)
    english._table.cache_clear()
    try:
        with pytest.raises(ModuleNotFoundError, match="without lemminflect"):
            english._table()
    finally:
        english._table.cache_clear()
