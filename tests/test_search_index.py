"""The engine: what the index holds, in which order it answers, and what no crash may break."""

from __future__ import annotations

import gc
import itertools
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import tantivy
from hypothesis import given, settings
from hypothesis import strategies as st
from test_search import BISHKEK, MUNICH, coding, derived, folders, machine, put
from typer.testing import CliRunner, Result

from textmine.cli import app
from textmine.errors import UsageError
from textmine.search import Index, QueryError
from textmine.search.engine import folder as on_disk
from textmine.search.engine import upkeep
from textmine.search.engine.compiling import _alternatives
from textmine.search.engine.vocabulary import Vocabulary
from textmine.search.found import document_of, ordinal_of, place_of
from textmine.store.catalogue import Source, now
from textmine.store.corpus import Corpus
from textmine.text.fold import fold

KNOWN = (
    {"kind": "agreement", "year_gregorian": "1993", "year_persian": "1372", "country": "آلمان"},
    {"kind": "memorandum", "date": "2018-05-20", "year_gregorian": "2018", "year_persian": "1397"},
)


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("template") / "corpus"
    with Corpus.create(folder) as made:
        put(made, "a", MUNICH, title="Munich sister city", party=("Munich", "تهران"), **KNOWN[0])
        put(made, "b", BISHKEK, title="تفاهم‌نامهٔ بیشکک", party="بیشکک", **KNOWN[1])
        Index.of(made)
    return folder


@pytest.fixture
def corpus(template, tmp_path) -> Iterator[Corpus]:
    shutil.copytree(template, tmp_path / "corpus")
    with Corpus.open(tmp_path / "corpus") as own:
        yield own


@pytest.fixture(scope="module")
def shared(template, tmp_path_factory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("shared") / "corpus"
    shutil.copytree(template, folder)
    with Corpus.open(folder) as own:
        yield Index.of(own)


def texts(index: Index, query: str, **how) -> list[str]:
    return [hit.text for hit in index.search(query, **how).hits]


def put_many(corpus: Corpus, count: int, clauses: tuple[str, ...], start: int = 0) -> None:
    for number in range(start, start + count):
        sha256 = f"{number:010x}".ljust(64, "0")
        source = Source(f"{number}.txt", sha256, "done", "", now())
        corpus.catalogue.put(derived(sha256, clauses), source)


# -- fields ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "documents"),
    [
        ("country:DE", {1}),
        ("country:de", {1}),
        ("country:Germany", {1}),
        ("کشور:آلمان", {1}),
        ("country:IR", {1}),  # by the party Tehran
        ("country:Kyrgyzstan", {2}),
        ("country:FR", set()),
        ("title:sister", {1}),
        ('title:"sister city"', {1}),
        ('title:"city sister"', set()),
        ("عنوان:تفاهمنامه", {2}),
        ('party:"Munich تهران"', set()),
        ("party:تهران", {1}),
        ("year:2018", {2}),
        ("سال:۱۳۹۷", {2}),
        ("clause:0123456789.0123456789", set()),
    ],
)
def test_fields_of_documents(shared, query, documents):
    assert {hit.document for hit in shared.search(query).hits} == documents


def test_a_country_of_no_name_is_said(shared):
    with pytest.raises(QueryError, match="is no country"):
        shared.search("country:Utopia")


def test_a_clause_is_found_by_its_id_and_an_article_by_its_number(corpus):
    sha256 = "c" * 64
    made = derived(sha256, ("first", "second", "third"))
    numbers = ("5", "5.2", None)
    clauses = tuple(
        (replace(clause, number=number), view)
        for (clause, view), number in zip(made.clauses, numbers, strict=True)
    )
    corpus.catalogue.put(replace(made, clauses=clauses), Source("c", sha256, "done", "", now()))
    index = Index.of(corpus)
    assert texts(index, "article:5") == texts(index, "ماده:۵") == ["first", "second"]
    assert texts(index, "article:5.2") == ["second"]
    assert texts(index, "article:2") == []
    assert texts(index, f"clause:{clauses[2][0].id}") == ["third"]


def test_codes_that_nobody_applied_are_known_and_find_nothing(corpus):
    clause = next(iter(corpus.catalogue.clauses())).clause.id
    machine(corpus, "model:m", 1, cultural=(clause,))
    corpus.catalogue.add_codings(1, [coding(clause, "own", "person:p", applied=False)])
    index = Index.of(corpus)
    assert texts(index, "code:own") == []
    assert texts(index, "code:cultural") == []  # the person's decision replaces the model's
    with pytest.raises(QueryError, match="no code"):
        index.search("code:owl")


# -- words -----------------------------------------------------------------------------------------


def test_a_word_finds_compounds_by_their_parts_and_not_by_their_endings(corpus):
    put(corpus, "c", ("فرهنگ‌سازی", "کتاب‌ها"))
    index = Index.of(corpus)
    assert "فرهنگ‌سازی" in texts(index, "فرهنگ")
    assert "کتاب‌ها" not in texts(index, "ها")


def test_joined_and_spaced_spellings_find_each_other_where_the_corpus_shows_that_they_are_one(
    corpus,
):
    put(corpus, "c", ("non-interference", "noninterference", "non interference", "خواهرخواندگی"))
    index = Index.of(corpus)
    for query in ("noninterference", "non-interference", '"non interference"'):
        assert len(texts(index, query)) == 3, query
    assert texts(index, "خواهر خواندگی") == ["خواهرخواندگی"]
    assert texts(index, '"خواهر خواندگی"') == ["خواهرخواندگی"]


def test_words_of_two_scripts_are_never_joined(corpus):
    put(corpus, "c", ("trade", "تجارت", "تجارت trade", "ماده ۵", "ماده ۶"))
    index = Index.of(corpus)
    assert texts(index, "تجارت trade") == ["تجارت trade"]
    assert texts(index, "ماده ۵") == ["ماده ۵"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("cultur*", ["culture", "cultural"]),
        ("*ural", ["cultural", "rural"]),
        ("c*l", ["cultural", "coal"]),
        ("*ltur*", ["culture", "cultural"]),
        ('"the cult*"', ["the cult of"]),
        ("پیش‌نو*", ["پیش‌نویس", "پیشنویس"]),
        ("نوی*", ["پیش‌نویس"]),
    ],
)
def test_patterns(corpus, query, found):
    words = ("culture", "cultural", "rural", "coal", "the cult of", "پیش‌نویس", "پیشنویس")
    put(corpus, "c", words)
    hits = Index.of(corpus).search(query).hits
    named = [hit.text for hit in hits if hit.document == 3]
    if query == "cultur*":  # Munich's clause has it too
        assert len(hits) == 3
    assert set(found) <= set(named)
    assert not {"rural", "coal", "culture", "cultural"} & (set(named) - set(found))
    assert all(hit.highlights for hit in hits)


LETTERS = ("alpha", "beta", "gamma", "delta")
LINES = tuple(
    dict.fromkeys(
        " ".join(words)
        for length in (2, 3, 4, 5)
        for words in itertools.product(("alpha", "beta", "x", "gamma"), repeat=length)
        if words.count("x") == max(0, length - 2) or length == 3
    )
)


@pytest.fixture(scope="module")
def lines(tmp_path_factory) -> Iterator[Index]:
    with Corpus.create(tmp_path_factory.mktemp("lines") / "corpus") as own:
        put(own, "a", LINES)
        yield Index.of(own)


def _stand_near(line: str, wanted: tuple[str, ...], distance: int) -> bool:
    words = line.split()
    places = [[at for at, word in enumerate(words) if word == each] for each in wanted]
    return any(
        len(set(window)) == len(window) and max(window) - min(window) + 1 - len(window) <= distance
        for window in itertools.product(*places)
    )


@pytest.mark.parametrize(
    "wanted", [("alpha", "beta"), ("beta", "alpha"), ("alpha", "beta", "gamma")]
)
@pytest.mark.parametrize("distance", [1, 2, 3])
def test_near_means_so_many_words_between_in_any_order(lines, wanted, distance):
    asked = f" NEAR/{distance} ".join(wanted)
    hits = lines.search(asked, limit=1000).hits
    expected = {line for line in LINES if _stand_near(line, wanted, distance)}
    assert {hit.text for hit in hits} == expected
    assert all(len(hit.highlights) >= 1 for hit in hits)


def test_near_takes_other_forms_and_marks_only_what_is_near(corpus):
    text = "Cities agree; " + "x " * 9 + "city, and cities and agreements"
    put(corpus, "c", (text,))
    (hit,) = Index.of(corpus).search("city NEAR/1 agreement document:3").hits
    assert [hit.text[start:end] for start, end in hit.highlights][-2:] == ["cities", "agreements"]
    assert "city" not in [hit.text[start:end] for start, end in hit.highlights]


def test_patterns_of_many_keys_stay_within_what_tantivy_takes():
    keys = [f"{letter * 30}{number}" for letter in "abcdefghij" for number in range(20)]
    patterns = _alternatives(keys)
    assert sorted(key for pattern in patterns for key in pattern.split("|")) == sorted(keys)
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text")
    schema = builder.build()
    for pattern in patterns:
        tantivy.Query.regex_query(schema, "text", pattern)


# -- orders ----------------------------------------------------------------------------------------


@pytest.fixture
def dated(corpus) -> Corpus:
    put(corpus, "c", ("word", "word word"), date="2001-03-04", year_gregorian="2001")
    put(corpus, "d", ("word",))
    put(corpus, "e", ("word",), year_gregorian="1990")
    put(corpus, "f", ("word",), date="2001-03-04")
    return corpus


def test_hits_are_sorted_by_date_and_by_document(dated):
    index = Index.of(dated)
    assert [hit.document for hit in index.search("word", sort="date").hits] == [5, 3, 3, 6, 4]
    assert [hit.document for hit in index.search("word", sort="document").hits] == [3, 3, 4, 5, 6]
    assert texts(index, "word")[0] in ("word", "word word")
    with pytest.raises(UsageError, match="sorted by"):
        index.search("word", sort="size")


@pytest.mark.parametrize("sort", ["score", "date", "document"])
def test_pages_and_streams_give_the_same_hits(dated, sort, monkeypatch):
    monkeypatch.setattr("textmine.search.index._STREAMED", 2)
    monkeypatch.setattr("textmine.search.index._AT_ONCE", 2)
    index = Index.of(dated)
    for query in ("word", "-zzz", "kind:agreement OR word"):
        whole = [hit.clause for hit in index.search(query, limit=50, sort=sort).hits]
        paged = [
            hit.clause
            for at in range(0, 12, 3)
            for hit in index.search(query, limit=3, offset=at, sort=sort).hits
        ]
        assert paged == whole
        assert [hit.clause for hit in index.every(query, sort=sort)] == whole
        assert index.counted(query) == len(whole)
        assert len(index.places(query)) == len(whole)


def test_places_come_ranked_and_are_shown(dated):
    index = Index.of(dated)
    ranked = index.ranked("word", limit=3)
    assert len(ranked) == 3
    shown = index.shown(ranked, "word", by=("meaning",))
    assert [
        place_of(hit.document, ordinal_of(place))
        for hit, (place, _) in zip(shown, ranked, strict=True)
    ] == [place for place, _ in ranked]
    assert all(hit.by == ("meaning",) and hit.highlights for hit in shown)


def test_fields_allow_places_whatever_the_words_are(shared):
    def documents(query: str) -> set[int] | None:
        allowed = shared.allowed(query)
        return None if allowed is None else {document_of(place) for place in allowed}

    assert documents("cities") is None
    assert documents("cities kind:agreement") == {1}
    assert documents("cities (kind:agreement OR year:2018)") == {1, 2}
    assert documents("cities OR kind:agreement") is None
    assert documents("cities -kind:agreement") == {2}


def test_some_words_of_a_question_are_enough(shared):
    question = "which cities shall the Parties found a university in?"
    assert shared.search(question).total == 0
    assert texts(shared, question, any_word=True)[0] == MUNICH[1]
    assert texts(shared, f"{question} language:fa", any_word=True) == []
    assert texts(shared, "university or OR cities", any_word=True) == [MUNICH[1]]


@pytest.mark.parametrize("question", ['the "cities', "cities:two?", "(the cities"])
def test_a_question_need_be_no_query(shared, question):
    with pytest.raises(QueryError):
        shared.search(question)
    hit = shared.search(question, any_word=True).hits[0]
    assert hit.text == MUNICH[1]
    assert [hit.text[start:end] for start, end in hit.highlights][-1] == "cities"


def test_words_that_only_build_a_question_are_not_marked(shared):
    (hit,) = shared.search("what shall the cities", any_word=True, limit=1).hits
    assert [hit.text[start:end] for start, end in hit.highlights] == ["cities"]
    (hit,) = shared.search("the cities").hits
    assert {hit.text[start:end] for start, end in hit.highlights} == {"The", "the", "cities"}
    assert all(hit.highlights for hit in shared.search("the", any_word=True).hits)


def test_tied_words_are_found_in_other_forms(corpus):
    put(corpus, "c", ("علمی-پژوهشی", "علمی پژوهش", "علم و پژوهش"))
    assert "علمی-پژوهشی" in texts(Index.of(corpus), "علمی-پژوهش")


def test_a_facet_has_its_most_frequent_values(corpus, monkeypatch):
    put_many(corpus, 6, ("word", "a word"))
    put(corpus, "c", ("word", "a word", "one word"))
    index = Index.of(corpus)
    monkeypatch.setattr("textmine.search.index._MOST", 2)
    assert index.search("word").facets["document"] == {"9": 3, "3": 2}


def test_a_question_of_nothing_but_asking_is_answered_too(corpus):
    put(corpus, "c", ("what is this",))
    assert texts(Index.of(corpus), "what", any_word=True) == ["what is this"]


def test_a_clause_gains_by_the_one_before_it(corpus):
    first, second = "The library of Shiraz", "It was founded with help of others in some other year"
    put(corpus, "c", (first, second))
    put(corpus, "d", ("x", second + " again"))
    hits = texts(Index.of(corpus), "was the library founded with help", any_word=True)
    assert hits.index(second) < hits.index(second + " again")


# -- keeping up ------------------------------------------------------------------------------------


class KilledError(Exception):
    """Stands for a process that ends in the middle."""


def _killed(*arguments: object, **named: object) -> None:
    raise KilledError


@pytest.mark.parametrize(
    "place",
    [
        "textmine.search.engine.upkeep.Writing.store",
        "textmine.search.engine.upkeep._commit",
        "textmine.search.engine.folder.write_position",
    ],
)
@pytest.mark.parametrize("anew", [False, True])
def test_whatever_a_crash_stops_is_followed_up(corpus, place, anew, monkeypatch):
    put(corpus, "b", ("only this is left",))
    put(corpus, "c", ("سازمان‌های تازه",))
    if anew:
        shutil.rmtree(corpus.index)
    with monkeypatch.context() as patched:
        patched.setattr(place, _killed)
        with pytest.raises(KilledError):
            Index.of(corpus)
    index = Index.of(corpus)
    assert index.search("-zzz").total == 5
    assert texts(index, "سازمان") == ["سازمان‌های تازه"]
    assert index.check() == ()
    assert len(folders(corpus)) == 1


_KILLED = """
import os, sys
from pathlib import Path
from textmine.search import Index
from textmine.search.engine import upkeep
from textmine.store.corpus import Corpus
from textmine.text.fold import fold
commit = upkeep._commit
def dies(*arguments):
    writer = arguments[2]
    writer.commit()
    os.kill(os.getpid(), 9)
upkeep._commit = dies
with Corpus.open(Path(sys.argv[1])) as corpus:
    Index.of(corpus)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9")
def test_a_process_that_is_killed_leaves_no_lock_behind(corpus):
    put(corpus, "c", ("something new",))
    done = subprocess.run(
        [sys.executable, "-c", _KILLED, str(corpus.folder)], env=os.environ, timeout=60
    )
    assert done.returncode == -9
    index = Index.of(corpus)
    assert (index.search("-zzz").total, index.check()) == (6, ())


def test_adding_and_replacing_many_times_neither_doubles_nor_grows(corpus, monkeypatch):
    monkeypatch.setattr("textmine.search.engine.upkeep._SMALL", 50)
    lines = tuple(f"clause {number} of the agreement" for number in range(60))
    sizes = []
    for turn in range(16):
        put(corpus, "c", (*lines, f"turn {turn}"))
        index = Index.of(corpus)
        assert index.search("clause", facets=False).total == 60
        sizes.append(sum(f.stat().st_size for f in corpus.index.rglob("*") if f.is_file()))
    assert max(sizes[8:]) < 4 * min(sizes[:8])
    assert index.check() == ()


def test_the_garbage_that_changes_leave_is_bounded(corpus, monkeypatch):
    monkeypatch.setattr("textmine.search.engine.upkeep._SMALL", 0)
    monkeypatch.setattr("textmine.search.engine.upkeep._MOST", 2.0)
    put_many(corpus, 30, ("a clause", "another clause"))
    Index.of(corpus)
    for turn in range(10):
        put_many(corpus, 6, ("a clause", f"turn {turn}"), start=turn % 5 * 6)
        index = Index.of(corpus)
        left = upkeep._garbage(corpus, index._opened.position)
        assert left <= 2 * upkeep._GARBAGE * index.clauses
    assert index.check() == ()


def test_a_document_that_is_called_otherwise_is_found_by_its_new_name(corpus):
    known = {"title": "Another title", "party": "Fez"}
    put(corpus, "b", BISHKEK, **known)
    index = Index.of(corpus)
    assert texts(index, "title:بیشکک") == []
    assert len(texts(index, "title:another party:fez")) == 2


def test_changed_codings_are_followed_in_the_documents_they_changed_in(corpus, monkeypatch):
    followed = []
    put_in = upkeep._put

    def noting(corpus, documents, *others):
        followed.append(list(documents))
        return put_in(corpus, documents, *others)

    monkeypatch.setattr(upkeep, "_put", noting)
    ids = [stored.clause.id for stored in corpus.catalogue.clauses(document=2)]
    machine(corpus, "model:m", 1)
    Index.of(corpus)
    followed.clear()
    machine(corpus, "model:m", 2, cultural=ids)
    index = Index.of(corpus)
    assert followed == [[2]]
    assert index.search("code:cultural").facets["code"] == {"cultural": 2}
    machine(corpus, "model:m", 2)
    assert Index.of(corpus).search("code:cultural").total == 0
    assert followed == [[2], [2]]


def test_another_version_of_the_codebook_makes_the_index_anew_only_when_other_codings_count(corpus):
    book = corpus.codebook_file
    text = book.read_text(encoding="utf-8")
    book.write_text(text + "\n# a remark\n", encoding="utf-8")
    Index.of(corpus)
    assert folders(corpus) == ["data-1"]
    (version,) = (line for line in text.splitlines() if line.startswith("version:"))
    book.write_text(text.replace(version, "version: 99"), encoding="utf-8")
    Index.of(corpus)
    assert folders(corpus) == ["data-2"]


def test_readers_ask_while_a_writer_works(corpus):
    Index.of(corpus)
    stop = threading.Event()
    faults: list[BaseException] = []
    seen: list[int] = []

    def ask() -> None:
        try:
            with Corpus.open(corpus.folder) as own:
                while not stop.is_set():
                    found = Index.of(own).search("کلمه OR new", limit=50)
                    seen.append(found.total)
                    # A document comes whole: each has two clauses with the word.
                    assert found.total % 2 == 0
                    assert all(hit.highlights for hit in found.hits)
        except BaseException as error:
            faults.append(error)

    readers = [threading.Thread(target=ask) for _ in range(3)]
    for reader in readers:
        reader.start()
    for turn in range(8):
        put_many(corpus, 1, (f"new {turn}", "کلمه‌های تازه"), start=turn)
        Index.of(corpus)
    stop.set()
    for reader in readers:
        reader.join()
    assert faults == []
    assert len(seen) >= 3
    assert Index.of(corpus).search("کلمه OR new").total == 16


def test_hits_of_documents_that_changed_are_left_out_until_the_index_follows(corpus):
    put(corpus, "c", ("two new words",))
    with on_disk.writing(corpus.index, wait=False) as mine:
        assert mine
        put(corpus, "b", ("two old words",))
        index = Index.of(corpus)
        assert index.behind == 2
        found = index.search("two")
        assert (found.total, found.behind) == (2, 2)
        assert [hit.document for hit in found.hits] == [1]
        assert found.to_json()["behind"] == 2
    assert Index.of(corpus).search("two").total == 3


# -- checking --------------------------------------------------------------------------------------


def test_a_sound_index_has_no_problems(corpus):
    assert Index.of(corpus).check() == ()


def test_the_check_finds_what_differs(corpus):
    ids = [stored.clause.id for stored in corpus.catalogue.clauses(document=2)]
    machine(corpus, "model:m", 2, cultural=ids)
    put(corpus, "c", ("تفاهم‌نامه‌های تازه",))
    index = Index.of(corpus)
    with corpus.catalogue.writing() as connection:
        connection.exec_driver_sql(f"UPDATE coding SET code = 'economic' WHERE clause = '{ids[0]}'")
        connection.exec_driver_sql("DELETE FROM clause WHERE document = 1 AND ordinal = 1")
    said = " ".join(index.check())
    assert "document 1 the index has 3 clauses" in said
    assert "other clauses with the code cultural" in said
    assert "document 3" not in said
    index._opened.vocabulary._rows.execute("DELETE FROM form")
    assert 'lacks "تفاهمنامههای" of document 3' in " ".join(index.check())
    index.rebuild()
    assert index.check() == ()


def test_a_damaged_vocabulary_is_made_anew(corpus):
    (file,) = corpus.index.glob("data-*/words.db")
    file.write_bytes(b"no database")
    for more in corpus.index.glob("data-*/words.db-*"):
        more.unlink()
    assert texts(Index.of(corpus), "شهرها")
    shutil.rmtree(next(corpus.index.glob("data-*")) / "words.db", ignore_errors=True)


def test_a_vocabulary_that_is_missing_is_an_error_of_its_own(tmp_path):
    with pytest.raises(ValueError, match="is missing"):
        Vocabulary(tmp_path)


def _command(corpus: Corpus, *words: str) -> Result:
    return CliRunner().invoke(app, ["--corpus", str(corpus.folder), *words])


def test_the_command_checks_and_makes_anew(corpus):
    done = _command(corpus, "index", "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout) == {
        "clauses": 5,
        "behind": 0,
        "rebuilt": False,
        "problems": [],
    }
    with corpus.catalogue.writing() as connection:
        connection.exec_driver_sql("DELETE FROM clause WHERE document = 1 AND ordinal = 1")
    done = _command(corpus, "index")
    assert done.exit_code == 1
    assert "Of document 1 the index has 3 clauses" in done.stderr
    done = _command(corpus, "index", "--rebuild")
    assert (done.exit_code, "4 clauses, and agrees" in done.stderr) == (0, True)


@given(st.lists(st.sampled_from(["alpha", "beta", "gamma", "x"]), min_size=1, max_size=4))
@settings(max_examples=25, deadline=None)
def test_a_phrase_is_found_where_it_stands(lines, phrase):
    asked = " ".join(phrase)
    found = {hit.text for hit in lines.search(f'"{asked}"', limit=1000).hits}
    assert found == {line for line in LINES if f" {asked} " in f" {line} "}


@given(st.text(alphabet="آابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهیabcxyz", min_size=2, max_size=9))
@settings(max_examples=100, deadline=None)
def test_plain_words_are_read_as_folding_would(word):
    assert fold(word).text == word


def test_who_only_asks_does_not_do_the_work_of_one_who_writes(corpus):
    Index.of(corpus)
    put(corpus, "d", ("newword one", "newword two", "newword three"))
    as_it_is = Index.of(corpus, most=2)
    assert as_it_is.search("newword").total == 0
    assert as_it_is.behind == 1
    assert Index.of(corpus, most=3).search("newword").total == 3


def test_threads_ask_one_index_at_once(corpus):
    put_many(corpus, 30, ("the cities agree", "شهرها همکاری می‌کنند"))
    index = Index.of(corpus)

    def found(number):
        return [index.search(f"{word}{number}").total for word in ("city OR word", "شهر OR واژه")]

    with ThreadPoolExecutor(8) as threads:
        totals = list(threads.map(found, range(400)))
    assert totals == [found(0)] * 400


@pytest.mark.skipif(sys.platform != "linux", reason="open files are listed by /proc")
def test_an_index_that_nobody_uses_gives_its_files_back_at_once(corpus):
    def still_open() -> int:
        assert Index.of(corpus).search("culture OR فرهنگ").total
        return len(os.listdir("/proc/self/fd"))

    gc.disable()  # circles are found by the collector alone
    try:
        first = still_open()
        assert [still_open() for _ in range(4)] == [first] * 4
    finally:
        gc.enable()


FOLLOWS = """
import sys
from itertools import count
from pathlib import Path
from random import Random
from test_search_index import put_many
from textmine.search import Index
from textmine.store.corpus import Corpus

def held():
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("RssAnon:")[2].split()[0])

dice, numbers, sizes = Random(4), count(0, 30), []
with Corpus.create(Path(sys.argv[1])) as corpus:
    for _ in range(16):
        words = ["".join(dice.choices("abcdefgh", k=6)) for _ in range(400)]
        clauses = tuple(" ".join(dice.choices(words, k=40)) for _ in range(20))
        put_many(corpus, 30, clauses, start=next(numbers))
        Index.of(corpus)
        sizes.append(held())
print(sizes[3], sizes[-1])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the memory of a process is read from /proc")
def test_who_follows_every_change_does_not_grow(tmp_path):
    run = subprocess.run(
        [sys.executable, "-c", FOLLOWS, str(tmp_path / "corpus")],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=True,
    )
    warm, after = map(int, run.stdout.split())
    assert after < 1.1 * warm
