"""The search command: what it shows, pages of hits, files of all hits, saved searches."""

from __future__ import annotations

import csv
import dataclasses
import functools
import io
import json
import sqlite3
from contextlib import redirect_stderr, redirect_stdout
from typing import NamedTuple

import pytest
from alembic import command
from alembic.config import Config
from hypothesis import given, settings
from hypothesis import strategies as st
from report_corpus import HOSTILE, coded_corpus, document
from test_sheets import read_xlsx, texts
from typer.main import get_command

from textmine import __version__, encoding
from textmine.cli.app import app
from textmine.errors import InputError, UsageError
from textmine.records import Coding
from textmine.search import Index, QueryError
from textmine.search.engine import upkeep
from textmine.search.exporting import COLUMNS
from textmine.search.found import Found
from textmine.search.query import FieldIs, Text, parse
from textmine.search.suggesting import advice, near
from textmine.store.catalogue import Catalogue, Source, now
from textmine.store.corpus import Corpus
from textmine.store.searches import (
    SavedSearch,
    checked_name,
    expanded,
    forget_search,
    saved_searches,
)
from textmine.store.sqlite import SqliteFile

LONG = " Nothing of note stands here." * 20
MORE = [
    ("en", f"So it begins.{LONG} The lighthouse keeper counts ships.{LONG}"),
    ("fa", "تجارت و گردشگری در دو شهر خواهرخوانده."),
    ("en", "=HYPERLINK(trade)"),
]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Coded documents, and one more with a long clause, parties and a person's decision."""
    folder = tmp_path_factory.mktemp("searching") / "c"
    with coded_corpus(folder) as opened:
        known = {"title": "پیمان کاشان", "kind": "memorandum", "date": "2003-01-02"}
        derived = document(11, MORE, {**known, "date_persian": "1381/10/12", "party": "Kashan"})
        number = opened.catalogue.put(
            derived, Source("/home/x/11.pdf", derived.sha256, "done", "", now())
        )
        clause = next(iter(opened.catalogue.clauses(document=number))).clause.id
        opened.catalogue.add_codings(
            number, [Coding(clause, "economic", "person:leila", "test@1", True, now())]
        )
    return folder


@functools.cache
def commands():
    return get_command(app)  # which takes longer than any search here


class Said(NamedTuple):
    stdout: str
    stderr: str


def run(corpus, *arguments):
    typed = ["--corpus", str(corpus), *map(str, arguments)]
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        try:
            commands().main(typed, standalone_mode=False)
        except QueryError as error:
            error.add_note(err.getvalue())
            raise
    return Said(out.getvalue(), err.getvalue())


def answer(corpus, *arguments):
    return json.loads(run(corpus, *arguments, "--json").stdout)


# -- on the screen -------------------------------------------------------------------------------


def test_a_program_gets_every_hit_whole(corpus):
    found = answer(corpus, "search", "lighthouse")
    assert set(found) >= {"total", "facets", "hits"}
    (hit,) = found["hits"]
    assert hit["text"] == MORE[0][1]
    assert hit["title"] == "پیمان کاشان"
    assert (hit["kind"], hit["number"], hit["heading"]) == ("article", "1", "Heading")
    assert (hit["language"], hit["page"], hit["by"]) == ("en", 1, ["words"])
    assert hit["end"] - hit["start"] == len(hit["text"])
    assert [hit["text"][slice(*span)] for span in hit["highlights"]] == ["lighthouse"]
    start, end = hit["snippet"]
    assert "lighthouse keeper" in hit["text"][start:end]
    assert end - start < 300


def test_a_person_sees_the_words_in_a_piece_of_a_long_clause(corpus):
    shown = run(corpus, "search", "lighthouse").stdout.splitlines()
    assert shown[0].startswith("\u2068پیمان کاشان\u2069 · page 1 · ")
    assert shown[0].endswith(" · 1 · Heading")
    assert "The [lighthouse] keeper" in shown[1]
    assert shown[1].startswith("    … ")
    assert shown[1].endswith(" …")
    assert len(shown[1]) < 300
    assert "1 clause found, 1 shown" in shown
    assert "  language: en (1)" in shown


def test_persian_stands_in_its_own_direction_and_nothing_turns_the_line(corpus):
    shown = run(corpus, "search", "گردشگری").stdout
    assert "    \u2067تجارت و [گردشگری] در دو شهر خواهرخوانده.\u2069\n" in shown
    shown = run(corpus, "search", "evil").stdout
    assert "\u202e" not in shown
    assert "\ufffd[evil]\ufffd" in shown


def test_the_language_is_said_when_hits_are_of_two(corpus):
    heads = run(corpus, "search", "trade OR تجارت").stdout.splitlines()[::2]
    assert {head.rsplit(" · ", 1)[1] for head in heads if " · page " in head} == {"fa", "en"}
    assert " · en" not in run(corpus, "search", "trade").stdout


@pytest.mark.parametrize("options", [(), ("--sort", "date"), ("--sort", "document"), ("--any",)])
def test_pages_of_hits_join_to_the_whole(corpus, options):
    query = ("search", "trade OR تجارت OR culture", *options)
    whole = answer(corpus, *query, "--limit", 100)
    ids = [hit["id"] for hit in whole["hits"]]
    assert len(ids) == whole["total"] == len(set(ids)) > 6
    pages = [
        answer(corpus, *query, "--limit", 2, "--offset", offset)
        for offset in range(0, len(ids) + 2, 2)
    ]
    assert [hit["id"] for page in pages for hit in page["hits"]] == ids
    assert {page["total"] for page in pages} == {len(ids)}
    last = run(corpus, *query, "--offset", 5, "--limit", 2).stdout
    assert f"{len(ids)} clauses found, 6 to 7 shown" in last
    assert "none shown" in run(corpus, *query, "--offset", 99).stdout


def test_what_the_index_lacks_is_said(corpus, monkeypatch):
    real = Index.search

    def behind(self, *arguments, **options):
        found = real(self, *arguments, **options)
        return dataclasses.replace(found, behind=2, missing="Nothing was searched by meaning.")

    monkeypatch.setattr(Index, "search", behind)
    result = run(corpus, "search", "trade")
    assert "2 changes of the corpus are not in the index yet" in result.stderr
    assert "Nothing was searched by meaning." in result.stderr
    found = answer(corpus, "search", "trade")
    assert (found["behind"], found["missing"]) == (2, "Nothing was searched by meaning.")


def test_what_meaning_found_is_said(corpus, tmp_path, monkeypatch):
    def semantic(index, query, *, limit, offset=0, facets=True):
        found = index.search(query, limit=limit, offset=offset)
        hits = tuple(dataclasses.replace(hit, by=("meaning",)) for hit in found.hits)
        return dataclasses.replace(found, hits=hits, among=9, missing="Some have no vector.")

    monkeypatch.setattr("textmine.search.meaning.semantic", semantic)
    result = run(corpus, "search", "lighthouse", "--semantic")
    assert " · 1 · Heading · by meaning\n" in result.stdout
    assert "1 clause ranked among 9, 1 shown" in result.stdout
    assert "Some have no vector." in result.stderr
    said = run(corpus, "search", "trade", "--semantic", "--limit", 2, "--to", tmp_path / "a.csv")
    assert "Wrote the best 2 clauses to" in said.stderr
    assert {row["by"] for row in from_csv(tmp_path / "a.csv")} == {"meaning"}
    with pytest.raises(UsageError, match="drop --sort date"):
        run(corpus, "search", "trade", "--semantic", "--sort", "date")


PIECES = [
    *("city", "شهر", '"sister city"', '«a "b»', 'party:“a "b»c”', "title:'x|y'", "cult*"),
    *("OR", "AND", "و", "یا", "منهای", "-", "(", ")", "NEAR/3", '"a OR* -b*"~3', '"و یا"~2'),
    *("سال:1372", "doc:" + "1," * 90 + "1", "x" * 3000, "ﷺ" * 600, "code:(a | b)", "…"),
]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("lighthouze", "lighthouze is nowhere in the corpus, in any spelling. Did you mean"),
        (
            "گردشکری trade",
            "گردشکری is nowhere in the corpus, in any spelling. Did you mean گردشگری?",
        ),
        ("xylophone", "xylophone is nowhere in the corpus, in any spelling."),
        ("trade party:'a \"b»c'", 'No clause has party:‹a "b»c›.'),
        ("trade year:1850", "No clause has year:1850."),
        ('trade party:"City of Fez"', 'No clause has party:"City of Fez".'),
        ("lighthouse trade", "lighthouse (1), trade (5). With --any some of the words are enough."),
        ("lighthouse language:fa", "but not all in one clause: lighthouse (1), language:fa ("),
    ],
)
def test_nothing_found_says_why(corpus, query, said):
    result = run(corpus, "search", query)
    assert result.stdout == "0 clauses found, 0 shown\n"
    assert said in result.stderr
    advice = answer(corpus, "search", query)["advice"]
    assert any(said in sentence for sentence in advice)


class Asked:
    """An index that keeps what it is asked."""

    def __init__(self):
        self.queries = []

    def counted(self, query):
        self.queries.append(parse(query))
        return len(query) % 2

    def frequency(self, key):
        return int(key == "cite")

    def search(self, query, *, limit, facets):
        parse(query)
        return Found(0, {}, ())


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map(" ".join))
@settings(max_examples=60, deadline=None)
def test_advice_can_be_given_on_every_query(query):
    try:
        node = parse(query)
    except QueryError:
        return
    index = Asked()
    said = advice(query, index)
    assert all(isinstance(each, Text | FieldIs) for each in index.queries), node
    assert index.queries or not said


def test_no_word_is_near_one_that_is_too_long_to_be_one():
    assert near("x" * 41, lambda word: 1) == ()
    assert near("x" * 40, lambda word: int(word == "x" * 39)) == ("x" * 39,)


def test_a_meant_word_is_shown_as_it_is_written(tmp_path):
    with Corpus.create(tmp_path / "c") as opened:
        derived = document(1, [("fa", "موافقت‌نامهٔ دو شهر")])
        opened.catalogue.put(derived, Source("/x/1.pdf", derived.sha256, "done", "", now()))
    said = run(tmp_path / "c", "search", "موافقتنامپ").stderr
    assert "Did you mean موافقت‌نامهٔ?" in said
    empty = run(tmp_path / "c", "concordance", "موافقتنامپ").stderr
    assert "Did you mean موافقت‌نامهٔ?" in empty


def test_a_missing_index_is_made_once(tmp_path, monkeypatch):
    with Corpus.create(tmp_path / "c") as opened:
        derived = document(1, [("en", "one clause")])
        opened.catalogue.put(derived, Source("/x/1.pdf", derived.sha256, "done", "", now()))
    real, made = upkeep._rebuild, []

    def rebuild(*arguments):
        made.append(arguments)
        return real(*arguments)

    monkeypatch.setattr(upkeep, "_rebuild", rebuild)
    said = run(tmp_path / "c", "index", "--rebuild").stderr
    assert "The index was made anew: 1 clause, and agrees with the catalogue." in said
    assert len(made) == 1


def test_a_query_that_begins_with_a_minus_is_told_how_to_be_typed(corpus):
    for name in ("search", "concordance", "collocations"):
        with pytest.raises(UsageError, match="Put -- before a query"):
            run(corpus, name, "-شهر")
    assert "clauses found" in run(corpus, "search", "--", "-lighthouse").stdout
    assert "Examples" in run(corpus, "search", "-h").stdout


@pytest.mark.parametrize("query", ["article:3..5", "ماده:۵.۱..۵.۳"])
def test_articles_take_no_range(query):
    with pytest.raises(QueryError, match="which the field article does not take"):
        parse(query)


def test_a_question_needs_no_option(corpus):
    for asked in ("where is the lighthouse, in which trade?", "lighthouse در تجارت؟"):
        result = run(corpus, "search", asked)
        assert "read as a question: some of the words are enough" in result.stderr
        assert "lighthouse]" in result.stdout
        whole = answer(corpus, "search", asked)["hits"]
        assert whole == answer(corpus, "search", asked, "--any")["hits"]
    # A question need not be a query, and then nothing is to be said of its parts.
    assert run(corpus, "search", "xylophone at 5:30?").stdout.startswith("0 clauses found")
    for asked in ("trade", '"trade?"'):
        assert "question" not in run(corpus, "search", asked).stderr
    assert "question" not in run(corpus, "search", "trade?", "--any").stderr


def test_a_clause_is_no_query(tmp_path, monkeypatch):
    """Its words are looked for, whatever they would mean in a query, however long they are."""
    monkeypatch.setattr(encoding, "missing", lambda model: "No encoder.")
    texts = ["منهای city را", "village green", "the city council", "y" * 11_000 + " city OR hall"]
    with Corpus.create(tmp_path / "c") as opened:
        derived = document(1, [("en", text) for text in texts])
        opened.catalogue.put(derived, Source("/x/1.pdf", derived.sha256, "done", "", now()))
        ids = [each.clause.id for each in opened.catalogue.clauses()]
    run(tmp_path / "c", "search", "council OR را", "--save", "some")
    shown = run(tmp_path / "c", "similar", ids[3], "--within", "@some").stdout
    assert "2 clauses like it, by words, of the 2 clauses to look at" in shown
    for asked in (ids[0], ids[3]):
        found = answer(tmp_path / "c", "similar", asked)["hits"]
        expected = {texts[0], texts[2], texts[3]} - {texts[ids.index(asked)]}
        assert {hit["text"] for hit in found} == expected


@pytest.mark.parametrize(
    ("typed", "there", "meant"),
    [
        ("خواهرشر", ["خواهرشهر"], ("خواهرشهر",)),  # a letter lost
        ("cultture", ["culture"], ("culture",)),  # one too many
        ("cuiture", ["culture"], ("culture",)),  # another
        ("cutlure", ["culture"], ("culture",)),  # two turned round
        ("cxxture", ["culture"], ()),  # two others: too far
        ("fan", ["can", "fun", "fin"], ()),  # too short to say
        ("culture", ["culture"], ()),  # itself is no suggestion
    ],
)
def test_near_words(typed, there, meant):
    assert near(typed, lambda word: int(word in there)) == meant


def test_a_fault_is_shown_where_it_stands(corpus):
    with pytest.raises(QueryError, match="Did you mean year") as error:
        run(corpus, "search", "trade yaer:1993")
    assert "trade ⟦yaer⟧:1993" in error.value.__notes__[0]


# -- files ---------------------------------------------------------------------------------------

QUERY = "trade OR تجارت OR evil OR lighthouse"


def from_csv(path):
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


@pytest.fixture(scope="module")
def files(corpus, tmp_path_factory):
    """The hits of one query in all formats, and as the screen has them."""
    folder = tmp_path_factory.mktemp("files")
    for suffix in ("csv", "xlsx", "jsonl"):
        said = run(corpus, "search", QUERY, "--to", folder / f"hits.{suffix}").stderr
        assert "Wrote " in said
    lines = (folder / "hits.jsonl").read_text("utf-8").splitlines()
    hits = answer(corpus, "search", QUERY, "--limit", 100)["hits"]
    return folder, [json.loads(line) for line in lines], hits


def test_all_hits_are_written_as_they_are_found(files):
    folder, lines, hits = files
    assert len(lines) == len(hits) > 6
    for line, hit in zip(lines, hits, strict=True):
        assert hit.items() <= {**line, "snippet": hit["snippet"]}.items()
    rows = from_csv(folder / "hits.csv")
    assert list(rows[0]) == [column.name for column in COLUMNS]
    (table, _), _ = read_xlsx(folder / "hits.xlsx")
    heads, *cells = texts(table)
    assert heads == list(rows[0])
    assert [row[0] for row in cells] == [row["id"] for row in rows] == [hit["id"] for hit in hits]


def test_every_row_has_its_provenance(corpus, files):
    _, lines, _ = files
    line = next(each for each in lines if each["document"] == 6 or "lighthouse" in each["text"])
    with Corpus.open(corpus) as opened:
        (known,) = opened.catalogue.documents(number=line["document"])
        pages = opened.catalogue.pages(line["document"])
    assert line["text"] == pages[0].text[line["start"] : line["end"]]
    assert (line["sha256"], line["file"]) == (known.sha256, "/home/x/11.pdf")
    assert (line["document_kind"], line["date"]) == ("memorandum", "2003-01-02")
    assert line["date_persian"] == "1381/10/12"
    assert line["parties"] == ["Kashan"]
    assert line["countries"] == ["IR"]
    assert (line["extractor"], line["segmenter"], line["normaliser"]) == (
        "reader 1",
        "rules 2",
        "folds 3",
    )
    assert (line["query"], line["textmine"]) == (QUERY, __version__)
    assert line["exported_at"][:2] == "20"
    by_year = {each["text"]: (each["year"], each["year_persian"]) for each in lines}
    assert by_year["Culture and trade."] == (1993, 1372)
    assert by_year["Trade again."] == (None, None)


def test_codes_that_stand_are_written_with_their_coders(files):
    _, lines, _ = files
    by_text = {line["text"]: line for line in lines}
    person = next(line for text, line in by_text.items() if "lighthouse" in text)
    assert (person["codes"], person["coders"]) == (["economic"], ["person:leila"])
    machine = by_text["Trade is free; culture is shared."]
    assert machine["codes"] == ["cultural", "economic"]
    assert (machine["coders"], machine["codebook"]) == (["dictionary:test@1"], "test@1")
    read = next(line for text, line in by_text.items() if "evil" in text)
    assert (read["codes"], read["coders"]) == ([], ["dictionary:test@1"])
    unread = next(line for text, line in by_text.items() if "گردشگری" in text)
    assert (unread["codes"], unread["coders"], unread["codebook"]) == ([], [], None)


def test_no_formula_and_no_hidden_turn_gets_into_a_sheet(files):
    folder, lines, _ = files
    rows = from_csv(folder / "hits.csv")
    assert "'=HYPERLINK(trade)" in {row["text"] for row in rows}
    assert not any("\u202e" in row["text"] for row in rows)
    (table, tree), (about, _) = read_xlsx(folder / "hits.xlsx")
    assert tree.find(".//{*}f") is None
    assert "=HYPERLINK(trade)" in {text for row in texts(table) for text in row}
    assert dict(texts(about))["query"] == QUERY
    assert HOSTILE.strip() in {line["text"] for line in lines}


def test_heads_in_persian_and_a_part_of_the_hits(corpus, tmp_path):
    path = tmp_path / "hits.xlsx"
    options = ("--language", "fa", "--limit", 3, "--offset", 1, "--sort", "document")
    told = answer(corpus, "search", QUERY, "--to", path, *options)
    assert (told["clauses"], told["file"]) == (3, str(path))
    (table, tree), _ = read_xlsx(path)
    assert tree.find(".//{*}sheetView").get("rightToLeft") == "1"
    assert texts(table)[0][0] == "شناسهٔ بند"
    hits = answer(corpus, "search", QUERY, "--limit", 3, "--offset", 1, "--sort", "document")
    assert [row[0] for row in texts(table)[1:]] == [hit["id"] for hit in hits["hits"]]


def test_some_of_the_words_can_be_written_too(corpus, tmp_path):
    path = tmp_path / "hits.jsonl"
    run(corpus, "search", "lighthouse trade", "--any", "--to", path)
    ids = [json.loads(line)["id"] for line in path.read_text("utf-8").splitlines()]
    hits = answer(corpus, "search", "lighthouse trade", "--any", "--limit", 100)["hits"]
    assert ids == [hit["id"] for hit in hits]
    assert len(ids) > 3


def test_no_hit_is_a_file_with_heads_alone(corpus, tmp_path):
    run(corpus, "search", "xylophone", "--to", tmp_path / "none.csv")
    assert from_csv(tmp_path / "none.csv") == []
    with pytest.raises(UsageError, match=r"must end in .xlsx, .csv or .jsonl"):
        run(corpus, "search", "trade", "--to", tmp_path / "hits.pdf")
    with pytest.raises(InputError, match="cannot be written: No such file"):
        run(corpus, "search", "trade", "--to", tmp_path / "absent" / "hits.csv")


# -- saved searches ------------------------------------------------------------------------------


@pytest.fixture
def own(corpus):
    """The corpus without saved searches, to save some."""
    yield corpus
    with Corpus.open(corpus) as opened:
        for each in saved_searches(opened.catalogue).values():
            forget_search(opened.catalogue, each.name)


def ids(corpus, *query):
    return [hit["id"] for hit in answer(corpus, "search", *query, "--limit", 100)["hits"]]


def test_a_search_is_saved_listed_used_and_forgotten(own):
    query = "trade OR تجارت"
    said = run(own, "search", query, "--sort", "date", "--save", "داد و ستد").stderr
    assert """textmine search '@"داد و ستد"'""" in said
    # In any spelling, with the order that it was saved with.
    assert ids(own, '@"داد و ستد"') == ids(own, "@دادوستد") == ids(own, query, "--sort", "date")
    assert ids(own, "@داد و ستد") == ids(own, query, "--sort", "date")
    assert ids(own, "@داد و ستد", "--sort", "document") == ids(own, query, "--sort", "document")
    # Inside another query, as a whole: OR does not reach out of it.
    inside = ids(own, '@"داد و ستد" language:fa')
    assert inside == ids(own, f"({query}) language:fa") != ids(own, f"{query} language:fa")
    (listed,) = answer(own, "searches")["searches"]
    assert (listed["name"], listed["query"], listed["sort"]) == ("داد و ستد", query, "date")
    assert listed["hits"] == listed["now"] == len(ids(own, query))
    shown = run(own, "searches").stdout
    assert "--sort date" in shown
    forgotten = run(own, "searches", "--forget", "@داد و ستد").stderr
    assert forgotten.strip().endswith(
        "textmine search --sort date --save 'داد و ستد' -- 'trade OR تجارت'"
    )
    assert answer(own, "searches")["searches"] == []
    with pytest.raises(UsageError, match="No search is saved as"):
        run(own, "search", "@داد و ستد")
    assert "No search is saved" in run(own, "searches").stderr


def test_options_are_saved(own):
    run(own, "search", "trade culture", "--any", "--save", "both")
    assert ids(own, "@both") == ids(own, "trade culture", "--any") != ids(own, "trade culture")


def test_a_name_keeps_its_meaning(own):
    run(own, "search", "trade", "--save", "t")
    run(own, "search", "trade", "--save", "T")  # the same again
    with pytest.raises(UsageError, match="stands for another search already: trade"):
        run(own, "search", "culture", "--save", "t")
    assert [each["query"] for each in answer(own, "searches")["searches"]] == ["trade"]


def test_what_cannot_be_asked_is_not_saved(own):
    with pytest.raises(QueryError):
        run(own, "search", "(trade", "--save", "broken")
    with pytest.raises(UsageError, match="No search is saved as"):
        run(own, "search", "@ring", "--save", "ring")
    assert answer(own, "searches")["searches"] == []


def test_searches_use_searches_but_never_themselves(own):
    run(own, "search", "trade", "--save", "a")
    run(own, "search", "@a language:en", "--save", "b")
    assert ids(own, "@b") == ids(own, "trade language:en")
    run(own, "searches", "--forget", "a")
    fault = answer(own, "searches")["searches"][0]
    assert (fault["name"], fault["now"]) == ("b", None)
    assert 'No search is saved as "a"' in fault["fault"]
    one = SavedSearch("a", "@b", "score", False, False, 0, now())
    ring = {"a": one, "b": dataclasses.replace(one, name="b", query="x @a")}
    with pytest.raises(UsageError, match="@a uses itself"):
        expanded("@a", ring)


def test_searches_that_use_searches_stay_within_what_a_query_may_be():
    def saved(number: int, query: str) -> SavedSearch:
        return SavedSearch(f"s{number}", query, "score", False, False, 0, now())

    # Each uses the next twice: four would be short, forty longer than any memory.
    for length, fits in ((4, True), (40, False)):
        chain = {f"s{n}": saved(n, f"@s{n + 1} OR @s{n + 1}") for n in range(length)}
        chain[f"s{length}"] = saved(length, "museum")
        if fits:
            assert expanded("@s0 art", chain).count("museum") == 2**length
        else:
            with pytest.raises(UsageError, match="more than 10000 characters"):
                expanded("@s0 art", chain)
    deep = {f"s{n}": saved(n, f"@s{n + 1}") for n in range(3000)}
    with pytest.raises(UsageError, match="stands in more than 50 saved searches"):
        expanded("@s0", deep)


@pytest.mark.parametrize(
    ("query", "whole"),
    [
        ("@art", "museum OR music"),
        ("@ART", "museum OR music"),
        ("@art museum", "(museum OR music) museum"),
        ("-@art", "-(museum OR music)"),
        ("(@art)", "((museum OR music))"),
        ('@"art"x', "(museum OR music)x"),
        ('«@art» “@art” "@art"', '«@art» “@art” "@art"'),  # in quotes it is text
        ("a@art.ir", "a@art.ir"),  # an address
        ("party:@art", "party:@art"),
    ],
)
def test_names_in_queries(query, whole):
    art = SavedSearch("Art", "museum OR music", "score", False, False, 3, now())
    assert expanded(query, {"art": art}) == whole


@pytest.mark.parametrize("name", ["", "@", "…", 'a"b', "a»b", "a@b", "a\x1bb", "x" * 101])
def test_names_that_cannot_be_typed(name):
    with pytest.raises(UsageError, match="cannot name a search"):
        checked_name(name)


# -- catalogues of an older textmine -------------------------------------------------------------


def test_an_older_catalogue_is_brought_up_with_everything_kept(tmp_path):
    path = tmp_path / "catalogue.db"
    older = Catalogue(SqliteFile(path))
    config = Config()
    config.set_main_option("script_location", "textmine.store:migrations")
    config.set_main_option("path_separator", "os")
    with older.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    derived = document(1, MORE, {"title": "پیمان"})
    number = older.put(derived, Source("a.pdf", derived.sha256, "done", "", now()))
    older.put_codebook("test@1", "d", "codes: []")
    coding = Coding("x", "economic", "person:leila", "test@1", True, now())
    older.add_codings(number, [coding])
    before = older.documents(), list(older.clauses()), older.codings(), older.pages(number)
    with older.writing() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
    older.close()

    def tables():
        with sqlite3.connect(path) as raw:
            return {name for (name,) in raw.execute("SELECT name FROM sqlite_master")}

    assert "search" not in tables()
    with Catalogue.open(path) as opened:
        after = opened.documents(), list(opened.clauses()), opened.codings(), opened.pages(number)
        assert after == before
        assert saved_searches(opened) == {}
    assert "search" in tables()
    Catalogue.open(path).close()
