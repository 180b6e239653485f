"""Search: every spelling finds every other, and the index is never further than one opening off."""

from __future__ import annotations

import json
import shutil
import threading
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textmine.errors import CodebookError, CorpusError
from textmine.metadata.table import KINDS, LANGUAGES
from textmine.records import Attribute, Clause, Coding, Span
from textmine.search import Index, QueryError
from textmine.search.engine import folder as on_disk
from textmine.search.engine.matching import Highlighter
from textmine.search.query import MAX_WORDS, parse
from textmine.store.catalogue import Derived, Source, now
from textmine.store.corpus import Corpus
from textmine.text.language import language_of
from textmine.text.letters import HALF_SPACE
from textmine.text.normalise import normalise

MUNICH = (
    "ماده ۱\nطرف‌ها همکاری فرهنگی دو شهر را گسترش می‌دهند.",
    "Article 2. The Parties shall encourage cultural exchanges between the two cities.",
    "هیچ یک از طرفین در امور داخلی طرف دیگر مداخله نمی‌کند.",
)
BISHKEK = (
    "این تفاهم‌نامه در سال ۱۳۹۷ در بیشکک امضا شد و پنج سال معتبر است.",
    "The agreement is made in two originals, in the Persian and Kyrgyz languages.",
)


def derived(sha256: str, texts: tuple[str, ...], **known: str | tuple[str, ...]) -> Derived:
    clauses = []
    at = 0
    for ordinal, text in enumerate(texts):
        span = Span(at, at + len(text))
        clause = Clause(
            f"{sha256[:10]}.{hash_of(text)}",
            ordinal,
            "article",
            None,
            None,
            text,
            language_of(text),
            1 + ordinal // 2,
            (span,),
        )
        clauses.append((clause, normalise(text)))
        at = span.end + 1
    attributes = [
        Attribute(name, value, 1.0, "table")
        for name, values in known.items()
        for value in ((values,) if isinstance(values, str) else values)
    ]
    return Derived(
        sha256, ".txt", at, "done", "", "", clauses=tuple(clauses), attributes=tuple(attributes)
    )


def hash_of(text: str) -> str:
    return format(zlib.crc32(text.encode("utf-8", "surrogatepass")), "x")


def put(corpus: Corpus, sha: str, texts: tuple[str, ...], **known: str | tuple[str, ...]) -> int:
    sha256 = sha * 64
    source = Source(f"{sha}.txt", sha256, "done", "", now())
    return corpus.catalogue.put(derived(sha256, texts, **known), source)


@pytest.fixture(scope="session")
def template(tmp_path_factory) -> Path:
    """A corpus of two documents without an index, to be copied."""
    folder = tmp_path_factory.mktemp("template") / "corpus"
    with Corpus.create(folder) as made:
        known = {"kind": "agreement", "year_gregorian": "1993", "year_persian": "1372"}
        put(made, "a", MUNICH, title="Munich", party=("Munich", "تهران"), **known)
        known = {"kind": "memorandum", "year_gregorian": "2018", "year_persian": "1397"}
        put(made, "b", BISHKEK, title="Bishkek", party="بیشکک", **known)
    return folder


@pytest.fixture
def corpus(template, tmp_path) -> Iterator[Corpus]:
    shutil.copytree(template, tmp_path / "corpus")
    with Corpus.open(tmp_path / "corpus") as own:
        yield own


@pytest.fixture(scope="module")
def shared(template, tmp_path_factory) -> Iterator[Index]:
    """One index for the tests that only ask."""
    folder = tmp_path_factory.mktemp("shared") / "corpus"
    shutil.copytree(template, folder)
    with Corpus.open(folder) as own:
        yield Index.of(own)


def found(index: Index, query: str) -> list[str]:
    """The texts found, shortened to their first words, in the order of the corpus."""
    return sorted(hit.text[:9] for hit in index.search(query).hits)


MUNICH_1, MUNICH_2, MUNICH_3 = (text[:9] for text in MUNICH)
BISHKEK_1, BISHKEK_2 = (text[:9] for text in BISHKEK)
EVERYTHING = sorted([MUNICH_1, MUNICH_2, MUNICH_3, BISHKEK_1, BISHKEK_2])


# -- spellings -------------------------------------------------------------------------------------

SAME = [
    ("دیپلماسی", "ديپلماسي"),
    ("معاهده", "معاهدة"),
    ("معاهدهٔ", "معاهده‌ی"),
    ("نامهٔ", "نامه"),
    ("آذربایجان", "اذربایجان"),
    ("تأسیس", "تاسیس"),
    ("مسئله", "مسأله"),
    ("اعضا", "اعضاء"),
    ("می‌شود", "میشود"),
    ("می‌شود", "می شود"),
    ("موافقت‌نامه", "موافقتنامه"),
    ("بین‌المللی", "بین المللی"),
    ("شهر‌های", "شهرهای"),
    ("شهر های", "شهرهای"),
    ("ماده ۵", "ماده 5"),
    ("٢٠١٨", "2018"),
    ("۳٫۲", "3.2"),
    ("1,200", "1200"),
    ("مُدیر", "مدیر"),
    ("تهـــران", "تهران"),
    ("ﺍﻃﻼﻋﺎﺕ", "اطلاعات"),
    ("کشور", "کشورهای"),
    ("قرارداد", "قراردادهایی"),
    ("تفاهم‌نامه", "تفاهم‌نامه‌های"),
    ("دانشجو", "دانشجویان"),
    ("نماینده", "نمایندگان"),
    ("شورا", "شورای"),
    ("مهم", "مهم‌ترین"),
    ("شهر", "شهرشان"),
    ("می‌شود", "نمی‌شود"),
    ("توانست", "می‌تواند"),
    ("MoU", "mou"),
    ("city", "cities"),
    ("agreement", "agreements"),
    ("علمی پژوهشی", "علمی-پژوهشی"),
    ("ج.ا.ایران", "ج. ا. ایران"),
]
DIFFERENT = [
    ("ایران", "ایر"),
    ("سازمان", "ساز"),
    ("خیابان", "خیاب"),
    ("مقامات", "مق"),
    ("دختر", "دخ"),
    ("تنها", "تن"),
    ("بنده", "بندها"),
    ("بندهای", "بنده‌ای"),
    ("همکاری", "همکار"),
    ("ارز", "ارزش"),
    ("سؤال", "سال"),
    ("معاهده", "مشاهده"),
    ("۱۳۹۹", "۱۳۹۸"),
    ("status", "statu"),
    ("series", "sery"),
]


@pytest.fixture(scope="module")
def pairs(tmp_path_factory) -> Iterator[Index]:
    """An index of which every side of a pair is a clause."""
    with Corpus.create(tmp_path_factory.mktemp("pairs") / "corpus") as own:
        put(own, "a", tuple(dict.fromkeys(side for pair in SAME + DIFFERENT for side in pair)))
        yield Index.of(own)


def finds(pairs: Index, query: str, text: str) -> bool:
    return text in {hit.text for hit in pairs.search(query, limit=500).hits}


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_and_forms_find_each_other(pairs, one, other):
    assert finds(pairs, one, other)
    assert finds(pairs, other, one)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_other_words_stay_apart(pairs, one, other):
    assert not finds(pairs, one, other)
    assert not finds(pairs, other, one)


def test_in_quotes_the_spelling_may_differ_and_the_form_may_not(corpus):
    put(corpus, "c", ("همکاری فرهنگی", "می‌شود", "شهرها"))
    index = Index.of(corpus)
    for query, text in (
        ('"همكاري فرهنگی"', "همکاری فرهنگی"),
        ('"می شود"', "می‌شود"),
        ('"شهرها"', "شهرها"),
    ):
        assert text in {hit.text for hit in index.search(query).hits}
    assert "شهرها" not in {hit.text for hit in index.search('"شهر"').hits}
    assert index.search('"فرهنگی همکاری"').total == 0


def test_the_exact_spelling_comes_before_the_form_and_the_form_before_the_hurried_spelling(corpus):
    put(corpus, "c", ("آمار شهر", "امار " * 9, "آمارهای " * 9))
    hits = Index.of(corpus).search("آمار").hits
    assert [hit.text.split()[0] for hit in hits] == ["آمار", "آمارهای", "امار"]


# -- the query language ----------------------------------------------------------------------------

QUERIES = [
    ("همکاری فرهنگی", [MUNICH_1]),
    ('"امور داخلی"', [MUNICH_3]),
    ('"داخلی امور"', []),
    ("«امور داخلی»", [MUNICH_3]),
    ("“two cities”", [MUNICH_2]),
    ("originals OR cities", [BISHKEK_2, MUNICH_2]),
    ("originals|cities", [BISHKEK_2, MUNICH_2]),
    ("two -originals", [MUNICH_2]),
    ("two NOT originals", [MUNICH_2]),
    ("two AND originals", [BISHKEK_2]),
    ("two - originals", [BISHKEK_2]),  # a dash between words is punctuation
    ("- -two originals", []),
    ("NOT NOT originals", [BISHKEK_2]),
    ("agree*", [BISHKEK_2]),
    ("تفاهم*", [BISHKEK_1]),
    ("exchang* (cities OR Kyrgyz)", [MUNICH_2]),
    ("-language:fa", [BISHKEK_2, MUNICH_2]),
    ("language:en", [BISHKEK_2, MUNICH_2]),
    ("زبان:انگلیسی two", [BISHKEK_2, MUNICH_2]),
    ("LANGUAGE:EN", [BISHKEK_2, MUNICH_2]),
    ("kind:memorandum", [BISHKEK_1, BISHKEK_2]),
    ("نوع:تفاهم‌نامه", [BISHKEK_1, BISHKEK_2]),
    ('نوع:"تفاهم نامه"', [BISHKEK_1, BISHKEK_2]),
    ("year:1993", [MUNICH_1, MUNICH_2, MUNICH_3]),
    ("year:1372", [MUNICH_1, MUNICH_2, MUNICH_3]),
    ("سال:۱۳۹۰..۱۴۰۰", [BISHKEK_1, BISHKEK_2]),
    ("year:..2000", [MUNICH_1, MUNICH_2, MUNICH_3]),
    ("year:2000..", [BISHKEK_1, BISHKEK_2]),
    ("year:1950", []),
    ("document:2", [BISHKEK_1, BISHKEK_2]),
    ("سند:۱..۲", EVERYTHING),
    ("party:munich", [MUNICH_1, MUNICH_2, MUNICH_3]),
    ("طرف:تهران two", [MUNICH_2]),
    ('party:"Munich تهران"', []),  # two parties are not one
    ("party:(Bishkek | Munich)", [MUNICH_1, MUNICH_2, MUNICH_3]),
    ("سال:۱۳۷۲,۱۳۹۷", EVERYTHING),
    ("\u200fcode\u200e:cultural\u200f", []),
    ("\u202bهمکاری\u202c \u200fفرهنگی\u200f", [MUNICH_1]),
    ("two, (cities)!", [MUNICH_2]),
    ("two و cities", [MUNICH_2]),
    ("originals یا cities", [BISHKEK_2, MUNICH_2]),
    ("two منهای originals", [MUNICH_2]),
    ("همکاری فرهنگی و", [MUNICH_1]),
    ("*change*", [MUNICH_2]),
    ("c*es", [MUNICH_2]),
    ('"cultural exch*"', [MUNICH_2]),
    ('"exchanges cities"~3', [MUNICH_2]),
    ('"exchanges cities"~2', []),
    ("cities NEAR/3 exchanges", [MUNICH_2]),
    ("شهر نزدیک/۱ همکاری", []),
    ("شهر نزدیک/۲ همکاری", [MUNICH_1]),
    (".two.", [BISHKEK_2, MUNICH_2]),
    ("c.t[ie]+s", []),
    ("https://example.org/a?b=c:d", []),
]


@pytest.mark.parametrize(("query", "expected"), QUERIES)
def test_queries(shared, query, expected):
    assert found(shared, query) == sorted(expected)


FAULTS = [
    ("two)", "parenthesis at character 4 closes nothing"),
    ("?!", "no letters or digits"),
    ("-!", "no letters or digits"),
    ("kind:novel", "Known are: paper, agreement"),
    ("language:xx", "Known are: fa, en, und"),
    ("code:culturel", "Known are: cultural"),
    ("year:long", "is no year"),
    ("document:-1", "is no document"),
    ('party:"!"', "names no party"),
]


@pytest.mark.parametrize("kind", KINDS)
def test_every_name_that_the_table_takes_for_a_kind_finds_it(shared, kind):
    expected = found(shared, f"kind:{kind}")
    for spelling in KINDS[kind]:
        for gap in (" ", HALF_SPACE, ""):
            assert found(shared, f'kind:"{spelling.replace(" ", gap)}"') == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_name_of_a_language_finds_it(shared, language):
    expected = found(shared, f"language:{language}")
    assert all(found(shared, f"language:{name}") == expected for name in LANGUAGES[language])


@pytest.mark.parametrize(("query", "sentence"), FAULTS)
def test_faults_say_where_and_what(shared, query, sentence):
    with pytest.raises(QueryError, match=sentence):
        shared.search(query)


_SIGNS = [*'"“”„«»()|-*:.۱5aی\\/[]{}^$+?~ \t\n', "OR", "NOT", "AND", "year:", "code:", "سال:", ".."]
_MARKS = ["\0", "\u200f", "\u200c", "\u2067", "\ud800", "\ufeff", "شهر", "city", "***"]
SIGNS = st.sampled_from(_SIGNS + _MARKS)


@given(st.lists(SIGNS, max_size=12).map("".join))
@settings(max_examples=150, deadline=None)
def test_the_index_takes_whatever_the_parser_takes(shared, query):
    try:
        answer = shared.search(query)
    except QueryError:
        return
    assert answer.total <= 5


def test_no_sign_has_a_meaning_of_its_own_in_a_prefix(corpus):
    signs = ".+?[]{}^$~#&-/\\"
    put(corpus, "c", tuple(f"see https://example.org/a{sign}bc" for sign in signs))
    index = Index.of(corpus)
    for sign in signs:
        (hit,) = index.search(f"https://example.org/a{sign}b*").hits
        assert hit.text.endswith(f"a{sign}bc")


def test_a_prefix_has_more_than_fifty_endings(corpus):
    put(corpus, "c", tuple(f"ze{number} پیش‌نویس{number}" for number in range(70)))
    index = Index.of(corpus)
    assert [index.search(query).total for query in ("ze*", "پیش*", "پیش‌نو*")] == [70, 70, 70]


def test_a_long_query_is_answered(shared):
    words = " ".join(f"word{number}" for number in range(MAX_WORDS))
    assert shared.search(words).total == 0
    assert shared.search("b" * 9000 + "*").total == 0
    assert shared.search("-" * 9000 + "two").total in {2, 3}


# -- hits ------------------------------------------------------------------------------------------


def test_a_hit_is_shown_in_its_own_characters(corpus):
    text = "The parties' co-operation: تفاهم نامهُ هاي شهر، كتابهاي آن."
    put(corpus, "c", (text,))
    (hit,) = Index.of(corpus).search("شهرها کتاب").hits
    assert [text[start:end] for start, end in hit.highlights] == ["شهر", "كتابهاي"]
    assert (hit.document, hit.page, hit.text, hit.title) == (3, 1, text, "c.txt")


def test_highlights_do_not_overlap_and_what_is_left_out_has_none(shared):
    (hit,) = shared.search('"two cities" cities two -originals').hits
    assert [hit.text[start:end] for start, end in hit.highlights] == ["two cities"]


def test_the_answer_as_json(shared):
    answer = shared.search("two", limit=1, offset=1).to_json()
    assert json.loads(json.dumps(answer)) == answer
    assert answer["total"] == 2
    (hit,) = answer["hits"]
    assert {"id", "document", "page", "text", "score", "highlights"} <= set(hit)
    start, end = hit["highlights"][0]
    assert hit["text"][start:end] == "two"


def test_facets_count_all_hits_the_most_frequent_first(shared):
    answer = shared.search("-zzz", limit=1)
    assert (answer.total, len(answer.hits)) == (5, 1)
    assert {name: list(counts.items()) for name, counts in answer.facets.items()} == {
        "language": [("fa", 3), ("en", 2)],
        "kind": [("agreement", 3), ("memorandum", 2)],
        "code": [],
        "year": [("1993", 3), ("2018", 2)],
        "country": [("DE", 3), ("IR", 3), ("KG", 2)],
        "document": [("1", 3), ("2", 2)],
    }


def test_hits_of_one_score_stand_in_the_order_of_the_corpus(corpus):
    for sha in "cdef":
        put(corpus, sha, ("one word", "one word "))
        Index.of(corpus)  # each in a segment of its own
    hits = Index.of(corpus).search("word").hits
    assert [hit.document for hit in hits] == [3, 3, 4, 4, 5, 5, 6, 6]
    pages = [Index.of(corpus).search("word", limit=3, offset=at).hits for at in (0, 3, 6)]
    assert [hit for page in pages for hit in page] == list(hits)


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_the_index_and_the_highlights_follow_one_rule(shared, data):
    words = [word for text in MUNICH + BISHKEK for word in normalise(text).text.split()]
    chosen = data.draw(st.lists(st.sampled_from(words), min_size=1, max_size=3))
    query = " ".join(chosen) if data.draw(st.booleans()) else f'"{" ".join(chosen)}"'
    try:
        hits = shared.search(query).hits
    except QueryError:
        return
    asked = shared._expansion.asked(parse(query))
    expected = [
        text
        for text in MUNICH + BISHKEK
        if all(Highlighter([each]).spans(normalise(text).text) for each in asked)
    ]
    assert sorted(hit.text for hit in hits) == sorted(expected)
    assert all(hit.highlights for hit in hits)


# -- codes -----------------------------------------------------------------------------------------


BOOK = "agreement-themes@3"


def coding(clause: str, code: str, coder: str, *, applied: bool = True) -> Coding:
    return Coding(clause, code, coder, BOOK, applied, now())


def machine(corpus: Corpus, coder: str, document: int, **codes: tuple[str, ...]) -> None:
    """What a dictionary or a model says of a document: for each code the clauses it applies to."""
    codings = [coding(clause, code, coder) for code, of in codes.items() for clause in of]
    corpus.catalogue.put_codebook(BOOK, "digest", "codes: []")
    read = [stored.clause.id for stored in corpus.catalogue.clauses(document=document)]
    corpus.catalogue.replace_machine_codings(document, coder, BOOK, codings, read=read, version="1")


def test_codes_come_from_the_catalogue_a_person_before_a_model_before_a_dictionary(corpus):
    first, second, third = (stored.clause.id for stored in corpus.catalogue.clauses(document=1))
    machine(corpus, "dictionary:x", 1, economic=(first, second))
    assert found(Index.of(corpus), "code:economic") == sorted([MUNICH_1, MUNICH_2])
    machine(corpus, "model:m", 1, cultural=(second, third))
    assert found(Index.of(corpus), "code:economic") == []
    assert found(Index.of(corpus), "کد:فرهنگی") == sorted([MUNICH_2, MUNICH_3])
    person = "person:p"
    no, yes = coding(third, "cultural", person, applied=False), coding(third, "own", person)
    corpus.catalogue.add_codings(1, [no, yes])
    assert found(Index.of(corpus), "code:cultural") == [MUNICH_2]
    assert found(Index.of(corpus), "code:own") == [MUNICH_3]
    assert Index.of(corpus).search("-zzz").facets["code"] == {"cultural": 1, "own": 1}
    settled = coding(third, "economic", "person:agreed")
    corpus.catalogue.add_codings(1, [settled])
    assert found(Index.of(corpus), "code:own") == []
    assert found(Index.of(corpus), "code:economic") == [MUNICH_3]


def test_a_corpus_without_a_codebook_says_so(corpus):
    corpus.codebook_file.unlink()
    index = Index.of(corpus)
    assert index.search("two").total
    with pytest.raises(CodebookError, match="cannot be opened"):
        index.search("code:cultural")


# -- the index on disk -----------------------------------------------------------------------------


def folders(corpus: Corpus) -> list[str]:
    return sorted(place.name for place in corpus.index.glob("data-*"))


def test_an_index_behind_the_catalogue_is_caught_up(corpus):
    Index.of(corpus)
    put(corpus, "b", ("only this is left of it",))
    put(corpus, "c", ("something new",))
    index = Index.of(corpus)
    assert found(index, "-zzz") == sorted([MUNICH_1, MUNICH_2, MUNICH_3, "only this", "something"])
    assert folders(corpus) == ["data-1"]  # followed, not made anew


def test_replaying_changes_doubles_nothing(corpus):
    Index.of(corpus)
    before = on_disk.read_position(corpus.index)
    put(corpus, "c", ("something new",))
    Index.of(corpus)
    on_disk.write_position(corpus.index, before)  # as if killed between the two commits
    index = Index.of(corpus)
    assert index.search("-zzz").total == 6
    assert folders(corpus) == ["data-1"]


def _lost_position(corpus: Corpus) -> None:
    (corpus.index / "position.json").unlink()


def _half_a_position(corpus: Corpus) -> None:
    (corpus.index / "position.json").write_text('{"schema": "1", "fol', encoding="utf-8")


def _position_of_odd_types(corpus: Corpus) -> None:
    odd = {"schema": "1", "folder": "../../other", "change": "2", "mark": None}
    (corpus.index / "position.json").write_text(json.dumps(odd), encoding="utf-8")


def _older_schema(corpus: Corpus) -> None:
    position = on_disk.read_position(corpus.index)
    on_disk.write_position(corpus.index, replace(position, schema="0"))


def _of_another_corpus(corpus: Corpus) -> None:
    position = on_disk.read_position(corpus.index)
    on_disk.write_position(corpus.index, replace(position, mark="f" * 16))


def _ahead_of_the_catalogue(corpus: Corpus) -> None:
    position = on_disk.read_position(corpus.index)
    on_disk.write_position(corpus.index, replace(position, change=99))


def _lost_folder(corpus: Corpus) -> None:
    shutil.rmtree(corpus.index / "data-1")


def _lost_all(corpus: Corpus) -> None:
    shutil.rmtree(corpus.index)


def _truncated(corpus: Corpus) -> None:
    for file in (corpus.index / "data-1").glob("*.term"):
        file.write_bytes(file.read_bytes()[:-20])


def _meta_of_nonsense(corpus: Corpus) -> None:
    (corpus.index / "data-1" / "meta.json").write_bytes(b"\xff\x00{")


def _lost_clauses(corpus: Corpus) -> None:
    import tantivy

    index = tantivy.Index.open(str(corpus.index / "data-1"))
    writer = index.writer(15_000_000, 1)
    writer.delete_documents_by_term("document", 2)
    writer.commit()
    writer.wait_merging_threads()


def _lost_positions_of_words(corpus: Corpus) -> None:
    for file in (corpus.index / "data-1").glob("*.pos"):
        file.unlink()


@pytest.mark.parametrize(
    "damage",
    [
        _lost_position,
        _half_a_position,
        _position_of_odd_types,
        _older_schema,
        _of_another_corpus,
        _ahead_of_the_catalogue,
        _lost_folder,
        _lost_all,
        _truncated,
        _meta_of_nonsense,
        _lost_clauses,
        _lost_positions_of_words,
    ],
)
def test_an_index_that_cannot_be_used_is_made_anew(corpus, damage):
    Index.of(corpus)
    damage(corpus)
    index = Index.of(corpus)
    assert index.search('"امور داخلی" OR -zzz').total == 5
    assert found(index, "مداخله") == [MUNICH_3]
    assert len(folders(corpus)) == 1
    assert Index.of(corpus).search("-zzz").total == 5


@pytest.mark.parametrize("damage", [_lost_position, _truncated, _lost_positions_of_words])
def test_damage_and_a_change_together(corpus, damage):
    Index.of(corpus)
    damage(corpus)
    put(corpus, "c", ("something new",))
    index = Index.of(corpus)
    assert [index.search(query).total for query in ("-zzz", '"something new"')] == [6, 1]


def test_a_half_made_index_is_passed_over_and_cleared(corpus):
    corpus.index.mkdir()
    left = corpus.index / on_disk.new_folder(corpus.index)
    (left / "meta.json").write_text("half", encoding="utf-8")
    assert Index.of(corpus).search("-zzz").total == 5
    assert folders(corpus) == ["data-2"]


def test_rebuilding_changes_no_answer(corpus):
    index = Index.of(corpus)
    put(corpus, "c", ("two more words", "and two cities"))
    index = Index.of(corpus)
    before = [hit.clause for hit in index.search("two").hits]
    index.rebuild()
    assert sorted(hit.clause for hit in index.search("two").hits) == sorted(before)
    assert len(folders(corpus)) == 1


def test_readers_do_not_wait_for_a_writer(corpus):
    Index.of(corpus)
    put(corpus, "c", ("something new",))
    with on_disk.writing(corpus.index, wait=False) as mine:
        assert mine
        index = Index.of(corpus)
        assert index.behind == 1
        answer = index.search("-zzz")
        assert (answer.total, answer.behind) == (5, 1)
    assert Index.of(corpus).search("-zzz").total == 6


def test_a_clause_that_is_gone_meanwhile_is_not_shown(corpus):
    index = Index.of(corpus)
    put(corpus, "b", ("something new",))
    assert found(index, "-zzz") == sorted([MUNICH_1, MUNICH_2, MUNICH_3])


def test_two_who_open_at_once_make_one_index(corpus):
    totals: list[int] = []
    faults: list[BaseException] = []

    def ask() -> None:
        try:
            with Corpus.open(corpus.folder) as own:
                totals.append(Index.of(own).search("-zzz").total)
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (totals, faults) == ([5] * 4, [])
    assert folders(corpus) == ["data-1"]


def test_an_empty_corpus_is_searched(tmp_path):
    with Corpus.create(tmp_path / "corpus") as empty:
        index = Index.of(empty)
        answer = index.search("شهر")
        assert (answer.total, answer.hits) == (0, ())
        assert set(answer.facets) == {"language", "kind", "code", "year", "country", "document"}
        put(empty, "a", ("شهر تهران",))
        assert Index.of(empty).search("شهر").total == 1


def test_a_place_that_cannot_be_written_is_said(corpus):
    corpus.index.write_bytes(b"a file where the folder should be")
    with pytest.raises(CorpusError, match="cannot be written"):
        Index.of(corpus)
