"""What the search once did wrong: each of these tests fails without its mending."""

from __future__ import annotations

import itertools
import os
import random
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from test_search import derived, folders, machine, put
from typer.testing import CliRunner

from textmine.cli import app
from textmine.errors import CodebookError, CorpusError
from textmine.search import Index, QueryError
from textmine.search import index as index_module
from textmine.search.engine.matching import Highlighter, _in_windows
from textmine.search.engine.schema import described, entry
from textmine.search.found import place_of
from textmine.search.query import parse
from textmine.search.words import words
from textmine.store.catalogue import Catalogue, Source, now
from textmine.store.corpus import Corpus
from textmine.store.database import REVISION


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("template") / "corpus"
    Corpus.create(folder).__exit__(None, None, None)
    return folder


@pytest.fixture
def corpus(template, tmp_path) -> Iterator[Corpus]:
    shutil.copytree(template, tmp_path / "corpus")
    with Corpus.open(tmp_path / "corpus") as own:
        yield own


def texts(index: Index, query: str) -> list[str]:
    return [hit.text for hit in index.search(query, sort="document").hits]


# -- words near each other -------------------------------------------------------------------------


def _near(runs: list[set[tuple[int, int]]], distance: int) -> set[tuple[int, int]]:
    """By the rule itself: every choice of runs is looked at."""
    found: set[tuple[int, int]] = set()
    for window in itertools.product(*runs):
        ordered = sorted(window)
        apart = all(one[1] <= other[0] for one, other in itertools.pairwise(ordered))
        stretch = max(end for _, end in window) - min(start for start, _ in window)
        if apart and stretch - sum(end - start for start, end in window) <= distance:
            found.update(window)
    return found


ENGLISH = ["alpha", "beta", "gamma", "x"]
PERSIAN = ["می", "شود", "می‌شود", "فرهنگ", "فرهنگ‌سازی", "خواهر", "خواندگی", "خواهرخواندگی"]


@pytest.fixture(scope="module")
def mixed(template, tmp_path_factory) -> Iterator[tuple[Index, dict[int, list[str]]]]:
    chance = random.Random(7)  # noqa: S311 - the same lines each time
    folder = tmp_path_factory.mktemp("near") / "corpus"
    shutil.copytree(template, folder)
    with Corpus.open(folder) as made:
        for letter, known in (("a", ENGLISH), ("b", PERSIAN)):
            lines = {" ".join(chance.choices(known, k=chance.randint(1, 12))) for _ in range(90)}
            put(made, letter, tuple(sorted(lines)))
        keys = {
            place_of(s.document, s.clause.ordinal): [word.key for word in words(s.normalised.text)]
            for s in made.catalogue.clauses()
        }
        yield Index.of(made), keys


@pytest.mark.parametrize(
    "query",
    [
        "alpha NEAR/2 beta",
        "alpha NEAR/2 alpha",
        "alpha NEAR/1 alpha NEAR/1 alpha",
        "alpha NEAR/2 beta NEAR/2 gamma",
        "alpha NEAR/3 beta NEAR/3 gamma NEAR/3 x",
        '"alpha beta" NEAR/2 gamma',
        '"alpha beta" NEAR/2 beta',
        "al* NEAR/1 alpha",
        "al* NEAR/1 gamma",
        '"می می"~2',
        "فرهنگ‌سازی نزدیک/۲ فرهنگ",
        "خواهرخواندگی نزدیک/۱ شود",
        "خواهر نزدیک/۱ خواندگی نزدیک/۱ شود",
    ],
)
def test_words_are_near_by_the_rule_in_the_index_and_in_highlights(mixed, query):
    index, keys = mixed
    nearby = index._expansion.nearby(parse(query))
    should = {}
    for place, own in keys.items():
        runs = [Highlighter([item])._runs(own) for item in nearby.items]
        if found := _near(runs, nearby.distance):
            should[place] = found
    assert should
    assert index.places(query) == should.keys()
    assert index.search(query).total == len(should)
    assert all(Highlighter([nearby])._runs(keys[place]) == found for place, found in should.items())


def test_near_of_five_in_a_long_clause_takes_no_product_of_all_places():
    runs = [{(at, at + 1) for at in range(item, 1_000, 5)} for item in range(5)]
    assert len(_in_windows(runs, 100)) == 1_000  # 200 ** 5 windows one by one would never end
    assert _in_windows([*runs[:4], {(2_000, 2_001)}], 100) == set()


# -- damage and refusal ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def varied(template, tmp_path_factory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("varied") / "corpus"
    shutil.copytree(template, folder)
    with Corpus.open(folder) as made:
        put(made, "a", tuple(" ".join(f"ab{n * 500 + k}" for k in range(500)) for n in range(34)))
        yield Index.of(made)


@pytest.mark.parametrize("query", ['"ab* city"', "ab* NEAR/3 ab1", 'language:en -"ab* city"'])
def test_a_query_that_cannot_be_looked_up_is_said_and_makes_nothing_anew(
    varied, monkeypatch, query
):
    monkeypatch.setattr(Index, "rebuild", lambda *_: pytest.fail("the index was made anew"))
    asks = [
        varied.search,
        lambda query: list(varied.every(query)),
        varied.places,
        varied.counted,
        lambda query: varied.ranked(query, limit=5),
    ]
    for ask in [*asks, varied.allowed] if ":" in query else asks:
        with pytest.raises(QueryError, match="more letters"):
            ask(query)
    assert varied.search("ab17").total == 1


@pytest.mark.parametrize("ask", ["every", "places", "allowed"])
def test_damage_that_shows_only_when_asked_is_mended(corpus, ask):
    put(corpus, "a", ("two cities", "one city"))
    Index.of(corpus)
    for file in (corpus.index / "data-1").glob("*.idx"):
        file.write_bytes(file.read_bytes()[:-20])
    index = Index.of(corpus)
    assert len(list(getattr(index, ask)("language:en"))) == 2


# -- a catalogue from a backup ---------------------------------------------------------------------


@pytest.mark.sqlite("puts its file back from a copy")
def test_a_catalogue_put_back_from_a_backup_and_changed_again_is_noticed(corpus, tmp_path):
    put(corpus, "a", ("alpha city", "beta city"))
    ids = [stored.clause.id for stored in corpus.catalogue.clauses()]
    machine(corpus, "model:m", 1)
    corpus.__exit__(None, None, None)
    shutil.copytree(tmp_path / "corpus", tmp_path / "backup")
    with Corpus.open(tmp_path / "corpus") as own:
        machine(own, "model:m", 1, cultural=(ids[0],))
        assert texts(Index.of(own), "code:cultural") == ["alpha city"]
    for kept in (tmp_path / "backup").iterdir():
        if kept.is_file():
            shutil.copy(kept, tmp_path / "corpus" / kept.name)
    with Corpus.open(tmp_path / "corpus") as own:
        machine(own, "model:m", 1, cultural=(ids[1],))  # the same number, of the same document
        index = Index.of(own)
        assert texts(index, "code:cultural") == ["beta city"]
        assert index.check() == ()


@pytest.mark.sqlite("makes an older file")
def test_changes_of_an_older_catalogue_get_marks(tmp_path):
    with Catalogue.create(tmp_path / "c.db") as made, made.writing() as connection:
        config = Config()
        config.set_main_option("script_location", "textmine.store:migrations")
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
    with sqlite3.connect(tmp_path / "c.db") as raw:
        raw.executemany("INSERT INTO change (document) VALUES (?)", [(1,), (2,)])
    with Catalogue.open(tmp_path / "c.db") as catalogue:
        assert catalogue._revision() == REVISION
        marks = [catalogue.mark_of(number) for number in (1, 2)]
        assert len(set(marks)) == 2
        assert all(marks)
        assert catalogue.last_change() == (2, marks[1])
        assert catalogue.mark_of(3) == ""


# -- the codebook ----------------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["codes: [", None])
def test_a_codebook_that_cannot_be_read_stops_no_search(corpus, source):
    put(corpus, "a", ("alpha city", "beta city"))
    machine(corpus, "model:m", 1, cultural=(next(corpus.catalogue.clauses()).clause.id,))
    Index.of(corpus)
    kept = corpus.codebook_file.read_text(encoding="utf-8")
    if source is None:
        corpus.codebook_file.unlink()
    else:
        corpus.codebook_file.write_text(source, encoding="utf-8")
    index = Index.of(corpus)
    assert texts(index, "beta") == ["beta city"]
    assert texts(index, "code:cultural") == ["alpha city"]
    with pytest.raises(CodebookError):
        index.search("code:economic")
    put(corpus, "b", ("gamma city",))
    assert texts(Index.of(corpus), "gamma") == ["gamma city"]
    index.rebuild()
    assert texts(index, "code:cultural") == ["alpha city"]
    corpus.codebook_file.write_text(kept, encoding="utf-8")
    assert texts(Index.of(corpus), "code:economic") == []


# -- fields and facets -----------------------------------------------------------------------------


def test_the_number_of_a_clause_is_found_in_any_digits_and_capitals(corpus):
    numbers = ("5-A", "V", "الف", "5.۲", "٧", "۱ الف")
    made = derived("9" * 64, tuple(f"clause {n}" for n in range(len(numbers))))
    clauses = tuple(
        (replace(clause, number=number), view)
        for (clause, view), number in zip(made.clauses, numbers, strict=True)
    )
    corpus.catalogue.put(replace(made, clauses=clauses), Source("n", "9" * 64, "done", "", now()))
    index = Index.of(corpus)
    asked = {"5-A": 0, "۵-a": 0, "V": 1, "v": 1, "الف": 2, "5.۲": 3, "5.2": 3, "7": 4, "1الف": 5}
    asked |= {"७": 4}  # Devanagari
    for value, which in asked.items():
        assert texts(index, f"article:{value}") == [f"clause {which}"], value
    assert texts(index, "article:52") == []


def test_a_facet_says_how_many_values_it_has_where_they_are_more(corpus, monkeypatch, tmp_path):
    monkeypatch.setattr(index_module, "_MOST", 10)
    for number in range(25):
        sha256 = f"{number:010x}".ljust(64, "0")
        corpus.catalogue.put(
            derived(sha256, ("the city", "a city")),
            Source(f"{number}.txt", sha256, "done", "", now()),
        )
    found = Index.of(corpus).search("city", limit=1)
    assert len(found.facets["document"]) == 10
    assert set(found.facets["document"].values()) == {2}
    assert found.values == {"document": 25}
    assert found.to_json()["values"] == {"document": 25}
    assert Index.of(corpus).search("city document:1..3").values == {}
    monkeypatch.setattr(index_module, "_LISTED", 7)  # as with more documents than can be listed
    assert Index.of(corpus).search("city", limit=1).values == {"document": 25}
    shown = CliRunner().invoke(app, ["--corpus", str(tmp_path / "corpus"), "search", "city"])
    listed = next(line for line in shown.output.splitlines() if "document:" in line)
    assert listed.count("(") + int(listed.split()[-2]) == 25


def test_clauses_of_the_longest_documents_stand_apart_in_time(corpus):
    put(corpus, "a", ("one",), date="1993-02-01", year_gregorian="1993")
    put(corpus, "b", ("two",), year_gregorian="1993")
    put(corpus, "c", ("three",))
    known = [replace(each, id=number) for each in corpus.catalogue.documents() for number in (1, 2)]
    days = [entry(described(each), 0, "en", None, (), "x").get_first("dated") for each in known]
    assert days == [days[0], days[1], days[2], days[3], days[4], days[5]]
    assert sorted(days) == [days[2], days[3], days[0], days[1], days[4], days[5]]
    large = replace(known[0], id=1_100_000)
    far = [
        entry(described(large), at, "en", None, (), "x").get_first("dated")
        for at in (65_535, 65_536, 900_000)
    ]
    assert len(set(far)) == 3
    assert max(far) < days[4] < 1 << 64


# -- the check -------------------------------------------------------------------------------------


def test_the_check_names_each_fault(corpus):
    put(corpus, "a", ("alpha city", "beta city"))
    put(corpus, "b", ("gamma city",))
    ids = [stored.clause.id for stored in corpus.catalogue.clauses()]
    machine(corpus, "model:m", 1, cultural=(ids[0],))
    index = Index.of(corpus)
    assert index.check() == ()
    with corpus.catalogue.writing() as connection:
        connection.exec_driver_sql(f"DELETE FROM clause WHERE id = '{ids[2]}'")
        connection.exec_driver_sql("UPDATE coding SET code = 'economic'")
        connection.exec_driver_sql(
            f"UPDATE clause SET normalised = 'other words' WHERE id = '{ids[1]}'"
        )
    said = " ".join(index.check())
    assert "Of document 2 the index has 1 clauses, and the corpus 0" in said
    assert "the code cultural" in said
    assert "the code economic" in said
    assert "The words of clause 1 of document 1" in said


# -- files that cannot be had ----------------------------------------------------------------------


def test_a_locked_file_is_no_damage(corpus, monkeypatch):
    put(corpus, "a", ("alpha city",))
    Index.of(corpus)

    def locked(*_: object, **__: object) -> sqlite3.Connection:
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr("textmine.search.engine.vocabulary._connect", locked)
    with pytest.raises(CorpusError, match="locked"):
        Index.of(corpus)
    monkeypatch.undo()
    assert Index.of(corpus).search("alpha").total == 1
    assert folders(corpus) == ["data-1"]


@pytest.mark.skipif(os.name == "nt", reason="rights are kept otherwise")
def test_an_index_that_may_only_be_read_is_read(corpus, monkeypatch):
    put(corpus, "a", ("alpha city",))
    Index.of(corpus)
    monkeypatch.setattr("textmine.search.engine.folder.os.access", lambda *_: False)
    monkeypatch.setattr(
        "textmine.search.engine.vocabulary._connect", lambda *_: pytest.fail("it was written")
    )
    assert texts(Index.of(corpus), "cities") == ["alpha city"]
