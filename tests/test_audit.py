"""Seals and the audit trail: what is written with what, and what can never be changed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from test_search import derived
from typer.testing import CliRunner

from textmine import codebook as codebooks
from textmine.care.findings import Findings
from textmine.care.removing import remove
from textmine.care.rows import check_documents, check_rows, check_trail, raw_texts
from textmine.care.taking_back import acts, decisions_on, events, take_back
from textmine.cli import app
from textmine.codings import CodedClause, coded_in, take_in
from textmine.errors import CorpusError, InputError
from textmine.records import Attribute, Coding
from textmine.store import last, seals
from textmine.store import tables as t
from textmine.store.catalogue import Source, now
from textmine.store.corpus import Corpus
from textmine.store.migrations.guards import guard, unguard
from textmine.store.searches import SavedSearch, forget_search, save_search, saved_searches
from textmine.store.trail import note

SHA = "c" * 64
BOOK = codebooks.shipped()
NUMBER = len(BOOK.codes)
MUSEUM = SavedSearch("museum", "museum OR موزه", "score", False, False, 3, "2026-01-01T00:00:00")


TEXTS = ("The museums exchange works.", "شهرها هنرمند می‌فرستند.")


@pytest.fixture(scope="session")
def template(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("template") / "corpus"
    with Corpus.create(folder) as own:
        whole = derived(SHA, TEXTS, title="Pact")
        own.catalogue.put(whole, Source("/x/a.txt", SHA, "done", "", now()))
        text = own.codebook_file.read_text(encoding="utf-8")
        own.catalogue.put_codebook(BOOK.reference, BOOK.digest, text)
    return folder


@pytest.fixture
def corpus(template, tmp_path) -> Iterator[Corpus]:
    shutil.copytree(template, tmp_path / "corpus")
    with Corpus.open(tmp_path / "corpus") as own:
        yield own


def ids(corpus: Corpus) -> list[str]:
    return [each.clause.id for each in corpus.catalogue.clauses()]


def decide(
    corpus: Corpus, clause: str, *codes: str, coder: str = "person:leila", memo: str = ""
) -> None:
    one = CodedClause("a.txt", clause, "en", "", codes, coder, BOOK.reference, memo)
    take_in(corpus.catalogue, [one], BOOK)


def stands(corpus: Corpus) -> dict[tuple[str, str], tuple[str, ...]]:
    return {(one.coder, one.clause): one.codes for one in coded_in(corpus.catalogue, BOOK)}


def wrong(corpus: Corpus) -> list[str]:
    found = Findings()
    with corpus.catalogue.reading() as connection, raw_texts(connection):
        check_documents(connection, found, lambda done, of: None)
        check_rows(connection, found)
        check_trail(connection, found)
    return [f"{each.where}: {each.what}" for each in found.problems]


def change(corpus: Corpus, *statements: sa.Executable) -> None:
    """What no part of the program does."""
    with corpus.catalogue.writing() as connection:
        unguard(connection)
        for each in statements:
            connection.execute(each)
        guard(connection)


# -- seals -----------------------------------------------------------------------------------------


def test_all_that_the_program_writes_is_sealed(corpus):
    catalogue, [first, second] = corpus.catalogue, ids(corpus)
    codings = [Coding(first, "cultural", "model:m", BOOK.reference, True, now(), 1)]
    assert catalogue.replace_machine_codings(
        1, "model:m", BOOK.reference, codings, read=[first, second], version="1"
    )
    decide(corpus, first, "cultural", memo="یادداشت")
    catalogue.put_attributes(1, [Attribute("title", "Another", 1.0, "table")])
    catalogue.note_source(Source("/x/b.txt", SHA, "duplicate", "same", now()))
    catalogue.put_setting("place", "there")
    save_search(catalogue, MUSEUM)
    assert wrong(corpus) == []
    assert catalogue.setting("place") == "there"
    assert catalogue.is_as_sealed(1)


@pytest.mark.parametrize(
    ("table", "values", "said"),
    [
        (t.clause, {"text": "The museums exchange words."}, "its text"),
        (t.clause, {"page": 7}, "its text"),
        (t.clause, {"offsets": [[0, 0, 1]]}, "its text"),
        (t.page, {"width": 12.5}, "its text"),
        (t.document, {"path": "/x/b.txt"}, "what is known about it"),
        (t.attribute, {"confidence": 0.25}, "what is known about it"),
        (t.source, {"state": "failed"}, "source"),
        (t.coding, {"applied": False}, "Coding 1 (cultural by person:leila"),
        (t.coding, {"memo": "other"}, "Coding 1 (cultural by person:leila"),
        (t.codebook, {"source": "codes: []"}, "codebook"),
        (t.search, {"query": "museums"}, "museum"),
        (t.setting, {"value": "elsewhere"}, "setting"),
        (t.event, {"who": "person:omid"}, "audit trail: Event"),
        (t.event, {"detail": {}}, "audit trail: Event"),
    ],
)
def test_a_row_that_was_changed_is_found(corpus, table, values, said):
    pages = {"number": 1, "start": 0, "text": "a", "sha256": "", "lines": b"", "verdict": []}
    with corpus.catalogue.writing() as connection:
        connection.execute(t.page.insert().values(document=1, width=1.0, height=1.0, **pages))
        seals.seal_document(connection, 1)
    decide(corpus, ids(corpus)[0], "cultural")
    save_search(corpus.catalogue, MUSEUM)
    corpus.catalogue.put_setting("place", "there")
    assert wrong(corpus) == []
    first = sa.select(sa.func.min(table.primary_key.columns.values()[0])).scalar_subquery()
    row = table.primary_key.columns.values()[0] == first
    change(corpus, table.update().where(row).values(values))
    assert any(said in each for each in wrong(corpus))
    if table in (t.clause, t.page, t.document, t.attribute):
        assert not corpus.catalogue.is_as_sealed(1)


@pytest.mark.parametrize("table", [t.clause, t.attribute])
def test_a_row_that_is_gone_is_found(corpus, table):
    change(corpus, table.delete().where(table.c.document == 1))
    assert len(wrong(corpus)) == 1


def test_a_row_that_cannot_be_read_stops_nothing(corpus):
    decide(corpus, ids(corpus)[0], "cultural")
    change(
        corpus,
        sa.text("UPDATE clause SET spans = '[[0,'")
        if corpus.catalogue.dialect == "sqlite"
        else sa.text("UPDATE clause SET spans = '7'"),
        sa.text("UPDATE coding SET memo = 'x' WHERE id = 1"),
    )
    found = wrong(corpus)
    assert len(found) == 2
    assert "document 1" in found[0]


# -- the trail -------------------------------------------------------------------------------------


def test_each_act_is_on_the_trail_in_order(corpus):
    catalogue, [first, second] = corpus.catalogue, ids(corpus)
    decide(corpus, first, "cultural")
    decide(corpus, first, "cultural")  # says nothing new
    save_search(catalogue, MUSEUM)
    forget_search(catalogue, "museum")
    catalogue.put_attributes(1, [Attribute("title", "Another", 1.0, "table")])
    # What a team's catalogue notes about its settings when it is made is left out.
    told = [(each.what, each.who) for each in events(catalogue) if each.what != "setting"]
    user = told[0][1]
    assert user.startswith("user:")
    assert told == [
        ("trail-begun", user),
        ("codebook", user),
        ("decisions", "person:leila"),
        ("search-saved", user),
        ("search-forgotten", user),
        ("metadata", user),
    ]
    [decided] = [each for each in events(catalogue, clause=first) if each.what == "decisions"]
    assert (decided.document, decided.clause) == (1, first)
    assert decided.detail == {
        "first": 1,
        "last": NUMBER,
        "decisions": NUMBER,
        "clauses": 1,
        "coders": ["person:leila"],
    }
    assert events(catalogue, clause=second) == []
    assert [each.what for each in events(catalogue, document=1)] == ["decisions", "metadata"]
    assert [each.what for each in events(catalogue, limit=2)] == ["search-forgotten", "metadata"]
    one = CodedClause("", first, "en", "", ("economic",), "omid", BOOK.reference, "")
    take_in(catalogue, [one], BOOK, file="omid.csv")
    [*_, imported] = events(catalogue, clause=first)
    assert imported.said.startswith("imported omid.csv: coded 1 clause")
    assert f"user:{imported.detail['by']}" == user


def test_what_is_not_stored_has_no_event(corpus):
    before = events(corpus.catalogue)

    def stopped() -> None:
        with corpus.catalogue.writing() as connection:
            note(connection, "decisions", detail={"first": 1, "last": 1, "decisions": 1})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        stopped()
    assert events(corpus.catalogue) == before


def test_an_event_that_is_gone_breaks_the_chain(corpus):
    decide(corpus, ids(corpus)[0], "cultural")
    save_search(corpus.catalogue, MUSEUM)
    change(corpus, t.event.delete().where(t.event.c.what == "decisions"))
    found = wrong(corpus)
    assert any("or one before it is gone" in each for each in found)
    assert any("No event tells of coding 1" in each for each in found)


def test_a_coding_of_a_person_that_is_gone_is_missed(corpus):
    decide(corpus, ids(corpus)[0], "cultural")
    change(corpus, t.coding.delete().where(t.coding.c.id == 2))
    assert any("are there" in each for each in wrong(corpus))


def test_what_was_taken_back_is_exactly_that(corpus):
    [first, second] = ids(corpus)
    decide(corpus, first, "cultural")
    decide(corpus, second, "economic")
    take_back(corpus.catalogue, acts(corpus.catalogue)[0])
    assert wrong(corpus) == []
    w = t.withdrawn.c
    moved = t.withdrawn.update().where(w.coding == 2 * NUMBER).values(coding=1)
    change(corpus, moved)
    assert len(wrong(corpus)) == 2  # on no trail, and one is lacking
    change(corpus, t.withdrawn.delete().where(w.coding == 1))
    assert any(f"took back {NUMBER} codings; {NUMBER - 1} are" in each for each in wrong(corpus))
    change(corpus, t.withdrawn.delete())
    assert any("; 0 are" in each for each in wrong(corpus))


def test_codings_of_a_machine_that_are_gone_are_missed(corpus):
    catalogue, [first, second] = corpus.catalogue, ids(corpus)
    codings = [
        Coding(each, "cultural", "model:m", BOOK.reference, True, now(), 1.0)
        for each in (first, second)
    ]
    catalogue.replace_machine_codings(
        1, "model:m", BOOK.reference, codings, read=[first, second], version="1"
    )
    assert wrong(corpus) == []
    with catalogue.writing() as connection:
        connection.execute(t.coding.delete().where(t.coding.c.clause == second))
    assert wrong(corpus) == ["catalogue: model:m stored 2 codings on document 1; 1 are there."]


def test_on_a_row_that_cannot_be_read_the_next_document_follows(corpus):
    other = "d" * 64
    corpus.catalogue.put(derived(other, TEXTS), Source("b", other, "done", "", now()))
    reads = seals.body_of

    def body_of(connection, document, *more):
        if document == 1:
            connection.exec_driver_sql("SELECT nothing FROM nowhere")
        return reads(connection, document, *more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("textmine.care.rows.body_of", body_of)
        patch.setattr(seals, "body_of", body_of)
        found = wrong(corpus)
        assert not corpus.catalogue.is_as_sealed(1)
    assert len(found) == 1
    assert "document 1" in found[0]


@pytest.mark.parametrize(
    "deed",
    [
        t.coding.update().values(applied=False),
        t.coding.update().where(t.coding.c.coder == "model:m").values(coder="person:leila"),
        t.coding.delete(),
        t.event.update().values(who="nobody"),
        t.event.delete(),
        t.withdrawn.delete(),
    ],
)
def test_the_database_refuses_to_change_what_people_did(corpus, deed):
    catalogue, [first, second] = corpus.catalogue, ids(corpus)
    codings = [Coding(first, "cultural", "model:m", BOOK.reference, True, now(), 1.0)]
    catalogue.replace_machine_codings(
        1, "model:m", BOOK.reference, codings, read=[first, second], version="1"
    )
    decide(corpus, first, "cultural")
    take_back(catalogue, acts(catalogue)[0])
    decide(corpus, second, "cultural")
    with pytest.raises((sa.exc.DBAPIError, CorpusError)), catalogue.writing() as connection:
        connection.execute(deed)
    assert wrong(corpus) == []
    with catalogue.writing() as connection:  # what machines said may go
        connection.execute(t.coding.delete().where(t.coding.c.coder == "model:m"))


def test_codings_of_a_document_that_changed_meanwhile_are_not_stored(corpus):
    catalogue, [first, _] = corpus.catalogue, ids(corpus)
    codings = [Coding(first, "cultural", "model:m", BOOK.reference, True, now(), 1.0)]
    before = catalogue.last_change()
    assert not catalogue.replace_machine_codings(
        1, "model:m", BOOK.reference, codings, read=[first], version="1"
    )
    assert catalogue.codings(coder="model:m") == ()
    assert catalogue.last_change() == before
    assert catalogue.coverage("model:m", BOOK.reference) == frozenset()


# -- taking back -----------------------------------------------------------------------------------


def test_what_was_taken_back_stands_no_more_and_what_was_before_does(corpus):
    catalogue, [first, second] = corpus.catalogue, ids(corpus)
    decide(corpus, first, "cultural")
    decide(corpus, first, "economic")
    decide(corpus, second, "cultural", coder="person:omid")
    omid, later, earlier = acts(catalogue)
    assert acts(catalogue, "person:leila") == [later, earlier]
    before = catalogue.last_change()
    take_back(catalogue, later, who="person:leila")
    assert catalogue.changes(before[0]) != ()  # so that the index follows
    assert stands(corpus) == {
        ("person:leila", first): ("cultural",),
        ("person:omid", second): ("cultural",),
    }
    take_back(catalogue, earlier)
    assert stands(corpus) == {("person:omid", second): ("cultural",)}
    assert acts(catalogue) == [omid]
    assert [(each.what, each.who) for each in events(catalogue)][-2] == ("undo", "person:leila")
    assert wrong(corpus) == []
    told = list(decisions_on(catalogue, first))
    assert {each["withdrawn"] for each in told} == {True}
    decide(corpus, first, "cultural")  # and decided anew
    assert stands(corpus)["person:leila", first] == ("cultural",)
    with pytest.raises(InputError, match="already"):
        take_back(catalogue, later)


def test_a_search_is_saved_and_forgotten_again(corpus):
    catalogue = corpus.catalogue
    save_search(catalogue, MUSEUM)
    forget_search(catalogue, "museum")
    forgotten, saved = acts(catalogue)
    take_back(catalogue, forgotten)
    assert list(saved_searches(catalogue).values()) == [MUSEUM]
    take_back(catalogue, saved)
    assert saved_searches(catalogue) == {}
    assert acts(catalogue) == []
    assert wrong(corpus) == []


def run(corpus: Corpus, *arguments: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, ["--corpus", str(corpus.folder), *arguments])
    assert done.exit_code == code, (done.output, done.exception)
    return done.stdout


def test_undo_and_history_as_commands(corpus):
    first = ids(corpus)[0]
    decide(corpus, first, "cultural", memo="sure")
    [listed] = json.loads(run(corpus, "undo", "--list", "--json"))
    assert listed["what"] == "decisions"
    assert run(corpus, "undo", "--list").split()[:4] == ["event", "when", "who", "what"]
    nobody = CliRunner().invoke(app, ["--corpus", str(corpus.folder), "undo"])
    assert nobody.exit_code == 1
    assert "--yes" in str(nobody.exception)
    assert stands(corpus) != {}
    taken = json.loads(run(corpus, "undo", "--yes", "--json"))["taken_back"]
    assert taken["id"] == listed["id"]
    assert stands(corpus) == {}
    told = json.loads(run(corpus, "history", first, "--json"))
    assert [each["what"] for each in told["events"]] == ["decisions", "undo"]
    assert told["decisions"][0]["memo"] == "sure"
    assert "taken back" in run(corpus, "history", first)
    assert "the audit trail begins" in run(corpus, "history")
    own = corpus.codebook_file.read_text(encoding="utf-8")
    assert run(corpus, "history", "--codebook") == own
    for unknown in ("nothing", "77"):
        done = CliRunner().invoke(app, ["--corpus", str(corpus.folder), "history", unknown])
        assert isinstance(done.exception, InputError)


# -- from older catalogues -------------------------------------------------------------------------


@pytest.mark.sqlite("brings a file of an older version up to date")
def test_an_older_catalogue_is_sealed_as_it_is(corpus, tmp_path):
    from alembic import command
    from alembic.config import Config

    catalogue, folder = corpus.catalogue, corpus.folder
    decide(corpus, ids(corpus)[0], "cultural", memo="یادداشت")
    save_search(catalogue, MUSEUM)
    body = sa.select(t.document.c.body)
    with catalogue.reading() as connection:
        before = connection.scalars(body).all()
    config = Config()
    config.set_main_option("script_location", "textmine.store:migrations")
    config.set_main_option("path_separator", "os")
    with catalogue.writing() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0002")
    catalogue.close()
    assert not last.file_of(folder / "catalogue.db").exists()  # it came later
    with Corpus.open(Path(folder)) as opened:
        assert wrong(opened) == []
        with opened.catalogue.reading() as connection:
            assert connection.scalars(body).all() == before
        [begun] = events(opened.catalogue)
        assert begun.detail == {"last": NUMBER, "people": NUMBER}
        change(opened, t.coding.delete().where(t.coding.c.id == 1))
        assert any("are there" in each for each in wrong(opened))


# -- taking documents out --------------------------------------------------------------------------


def test_a_document_is_taken_out_and_added_again(corpus):
    catalogue, clauses = corpus.catalogue, ids(corpus)
    codings = [Coding(clauses[0], "cultural", "model:m", BOOK.reference, True, now(), 1)]
    catalogue.replace_machine_codings(
        1, "model:m", BOOK.reference, codings, read=clauses, version="1"
    )
    before, _ = catalogue.last_change()
    [gone] = remove(catalogue, [1])
    assert (gone.title, catalogue.documents(), ids(corpus)) == ("Pact", (), [])
    assert (catalogue.codings(), catalogue.sources()) == ((), ())
    assert [number for _, number in catalogue.changes(before)] == [1]
    [*_, event] = events(catalogue, document=1)
    assert event.said == "removed document /x/a.txt"
    assert (event.detail["clauses"], event.detail["sha256"]) == (2, SHA)
    assert wrong(corpus) == []
    added = catalogue.put(derived(SHA, TEXTS), Source("/x/a.txt", SHA, "done", "", now()))
    assert added == 2  # what the trail says of document 1 is of no other
    assert ids(corpus) == clauses
    assert wrong(corpus) == []


def test_what_a_person_has_coded_stays(corpus):
    other = corpus.catalogue.put(derived("d" * 64, TEXTS), Source("b", "d" * 64, "done", "", now()))
    decide(corpus, ids(corpus)[0], "cultural")
    for _ in range(2):  # the second time it was taken back, and is on record
        with pytest.raises(InputError, match="People have coded document 1"):
            remove(corpus.catalogue, [other, 1])
        assert len(corpus.catalogue.documents()) == 2
        for act in acts(corpus.catalogue):
            take_back(corpus.catalogue, act)
    with pytest.raises(InputError, match="no document 9"):
        remove(corpus.catalogue, [other, 9])
    assert len(remove(corpus.catalogue, [other])) == 1


def test_nothing_is_taken_out_while_documents_are_added(corpus):
    with (
        Corpus.open(corpus.folder) as another,
        another.catalogue.holding("adding", wait=True),
        pytest.raises(InputError, match="just being added"),
    ):
        remove(corpus.catalogue, [1])
    assert len(corpus.catalogue.documents()) == 1


def test_a_machine_that_codes_what_is_just_taken_out_stores_nothing(corpus):
    catalogue, read = corpus.catalogue, ids(corpus)
    remove(catalogue, [1])
    assert not catalogue.replace_machine_codings(
        1, "model:m", BOOK.reference, [], read=read, version="1"
    )
    assert catalogue.replace_machine_codings(1, "model:m", BOOK.reference, [], read=[], version="1")
    assert catalogue.coverage("model:m", BOOK.reference) == frozenset()
