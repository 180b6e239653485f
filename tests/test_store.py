"""The catalogue and the originals: whole or not at all, and readable again."""

from __future__ import annotations

import contextlib
import gc
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

from textmine.care.findings import Findings
from textmine.care.rows import check_rows, check_trail
from textmine.errors import CorpusError, InputError
from textmine.records import Attribute, Box, Clause, Coding, Line, Page, Part, Span, Verdict
from textmine.store import last, tables
from textmine.store.address import Address
from textmine.store.catalogue import Catalogue, Derived, Source, now
from textmine.store.corpus import Corpus, locate
from textmine.store.migrations.guards import unguard
from textmine.store.originals import Originals, sha256_of
from textmine.text.offsets import Edit, View

SHA = "ab" * 32


def document(text: str = "ماده ۱\nThe Parties agree.", sha256: str = SHA) -> Derived:
    line = Line(0, len(text), "body", Box(1.0, 2.0, 3.5, 4.0), 11.5, ((1.5, 2.5),) * len(text))
    page = Page(1, text, (line,), Verdict("repaired", "kashida", {"share": 0.5}), 595.0, 842.0)
    clause = Clause(
        f"{sha256[:10]}.1", 0, "article", "1", None, text, "fa", 1, (Span(0, len(text)),)
    )
    return Derived(
        sha256=sha256,
        suffix=".txt",
        size=len(text),
        state="done",
        reason="",
        detail="",
        warnings=("one warning",),
        missing={2: "damaged"},
        extractor="x 1",
        segmenter="s 1",
        normaliser="n 1",
        pages=(page, replace(page, number=3)),
        clauses=((clause, View.edited(text, [Edit(0, 1, "xx")])),),
        parts=(Part("gap", Span(len(text), len(text) + 1)),),
        attributes=(Attribute("party", "Kashan", 1.0, "table"), Attribute("party", "Fez", 0.4, "")),
    )


def source(path: str = "a.txt", sha256: str = SHA) -> Source:
    return Source(path, sha256, "done", "", now())


@pytest.fixture
def catalogue(tmp_path):
    with Catalogue.create(tmp_path / "catalogue.db") as made:
        yield made


def test_what_is_put_comes_back(catalogue):
    put = document()
    number = catalogue.put(put, source())
    (got,) = catalogue.documents()
    assert (got.id, got.sha256, got.path, got.missing) == (number, SHA, "a.txt", {2: "damaged"})
    assert got.values("party") == ("Kashan", "Fez")
    assert catalogue.pages(number) == put.pages
    assert [(stored.clause, stored.normalised) for stored in catalogue.clauses()] == [*put.clauses]
    assert catalogue.parts(number) == put.parts
    assert catalogue.page_starts(number) == {1: 0, 3: len(put.pages[0].text) + 1}


def test_putting_again_replaces_and_is_logged(catalogue):
    number = catalogue.put(document(), source())
    assert catalogue.put(document("ماده ۲"), source()) == number
    assert [stored.clause.text for stored in catalogue.clauses()] == ["ماده ۲"]
    assert [of for _, of in catalogue.changes(0)] == [number, number]
    assert catalogue.changes(catalogue.changes(0)[-1][0]) == ()


def test_a_failure_in_the_middle_leaves_nothing(catalogue):
    twice = document()
    with pytest.raises(sa.exc.IntegrityError):
        catalogue.put(replace(twice, clauses=twice.clauses * 2), source())
    assert catalogue.documents() == ()
    assert catalogue.sources() == ()


def test_codings_are_replaced_per_machine_and_kept_for_others(catalogue):
    number = catalogue.put(document(), source())
    catalogue.put_codebook("themes@1", "d", "codes: []")

    def coding(coder: str, code: str) -> Coding:
        return Coding(f"{SHA[:10]}.1", code, coder, "themes@1", True, now(), 0.5, (Span(0, 4),))

    def put(coder: str, code: str, version: str = "1") -> None:
        found = [coding(coder, code)]
        catalogue.replace_machine_codings(
            number, coder, "themes@1", found, read=[f"{SHA[:10]}.1"], version=version
        )

    put("model:a", "cultural")
    put("dictionary:x", "none")
    catalogue.add_codings(number, [coding("person:rater", "cultural")])
    catalogue.add_codings(number, [coding("person:rater", "economic")])
    put("model:a", "economic", "2")
    assert [(c.coder, c.code, c.evidence) for c in catalogue.codings()] == [
        ("dictionary:x", "none", (Span(0, 4),)),
        ("person:rater", "cultural", (Span(0, 4),)),
        ("person:rater", "economic", (Span(0, 4),)),
        ("model:a", "economic", (Span(0, 4),)),
    ]
    with pytest.raises(ValueError, match="added, never replaced"):
        put("person:rater", "tourism")
    assert catalogue.coverage("model:a", "themes@1") == {number}
    assert catalogue.coverage("model:a", "themes@1", version="1") == frozenset()
    catalogue.put(document("ماده ۳"), source())
    assert catalogue.coverage("model:a", "themes@1") == frozenset()


def test_a_codebook_cannot_change_behind_its_version(catalogue):
    catalogue.put_codebook("themes@1", "d", "codes: []")
    catalogue.put_codebook("themes@1", "d", "codes: []")
    with pytest.raises(CorpusError, match="Raise `version`"):
        catalogue.put_codebook("themes@1", "e", "codes: [1]")


def test_a_damaged_page_is_not_read_as_if_whole(catalogue):
    number = catalogue.put(document(), source())
    with catalogue.writing() as connection:
        connection.execute(sa.text("UPDATE page SET text = 'Xaده' WHERE number = 1"))
    with pytest.raises(CorpusError, match="checksum"):
        catalogue.pages(number)


def test_the_migrations_make_exactly_the_tables(catalogue):
    with catalogue.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []


def test_a_newer_catalogue_is_refused(tmp_path):
    with Catalogue.create(tmp_path / "c.db") as newer, newer.writing() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(CorpusError, match="upgrade textmine"):
        Catalogue.open(tmp_path / "c.db")


@pytest.mark.sqlite("is about the locks of a process on a file")
def test_a_catalogue_that_is_opened_twice_keeps_its_locks(tmp_path):
    with Corpus.create(tmp_path / "c") as corpus:
        corpus.catalogue.put(document(), source())
        Corpus.open(tmp_path / "c").catalogue.close()
        # Another process that takes the log for nobody's takes it in, and deletes it.
        file = str(tmp_path / "c" / "catalogue.db")
        look = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('SELECT * FROM clause')"
        subprocess.run([sys.executable, "-c", look, file], check=True)
        assert Path(f"{file}-wal").exists()
        corpus.catalogue.put(document(), source())
    assert not Path(f"{file}-wal").exists()
    Path(file).write_bytes(b"a letter to somebody")  # looked at again: nobody has it open
    with pytest.raises(CorpusError, match="no catalogue of textmine"):
        Catalogue.open(Path(file))


@pytest.mark.sqlite("opens a file that is none of SQLite's")
def test_a_foreign_file_is_refused(tmp_path):
    (tmp_path / "c.db").write_bytes(b"not a database, but long enough to look at" * 100)
    with pytest.raises(CorpusError, match="no catalogue"):
        Catalogue.open(tmp_path / "c.db")


@pytest.mark.sqlite("opens files that are no catalogue")
@pytest.mark.parametrize("held", ["nothing", "another table", "a log of its own", "text"])
def test_a_file_that_is_no_catalogue_is_refused_and_stays_as_it_is(tmp_path, held):
    path = tmp_path / "c.db"
    path.touch()
    if held in ("another table", "a log of its own"):
        with contextlib.closing(sqlite3.connect(path)) as made:
            if held == "a log of its own":
                made.execute("PRAGMA journal_mode = WAL")
            made.execute("CREATE TABLE recipe (name)")
    if held == "text":
        path.write_text("a letter to somebody, long enough to be looked at", encoding="utf-8")
    before = path.read_bytes()
    with pytest.raises(CorpusError, match=r"is empty|is no catalogue of textmine") as caught:
        Catalogue.open(path)
    assert "SELECT" not in str(caught.value)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["c.db"]


# What a catalogue of the first version held, in its own columns.
_FIRST = f"""
INSERT INTO document (id, sha256, path, suffix, size, state, reason, detail, warnings, missing,
  extractor, segmenter, normaliser, added_at)
  VALUES (1, '{SHA}', 'a.txt', '.txt', 5, 'done', '', '', '[]', '{{}}', 'x', 's', 'n', '2026');
INSERT INTO source (path, sha256, state, reason, seen_at) VALUES ('a', '{SHA}', 'done', '', '2026');
INSERT INTO clause (id, document, ordinal, kind, text, language, page, start, "end", spans,
  sentences, normalised, offsets)
  VALUES ('c', 1, 0, 'article', 'ماده', 'fa', 1, 0, 4, '[[0, 4]]', '[]', 'ماده', '[]');
INSERT INTO part (document, start, "end", kind) VALUES (1, 4, 5, 'gap');
INSERT INTO attribute (document, name, position, value, confidence, ground)
  VALUES (1, 'title', 0, 'Pact', 1.0, 'table');
INSERT INTO codebook (reference, digest, source, added_at) VALUES ('b@1', 'd', 'codes', '2026');
INSERT INTO coding (document, clause, code, coder, codebook, applied, probability, evidence, memo,
  made_at) VALUES (1, 'c', 'k', 'person:a', 'b@1', true, NULL, '[]', '', '2026'),
  (1, 'c', 'k', 'model:m', 'b@1', true, 0.5, '[[0, 4]]', '', '2026');
INSERT INTO coverage (document, coder, codebook, version, clauses, made_at)
  VALUES (1, 'model:m', 'b@1', '1', 1, '2026');
INSERT INTO change (document) VALUES (1);
"""


def migrate(catalogue, revision):
    config = Config()
    config.set_main_option("script_location", "textmine.store:migrations")
    config.set_main_option("path_separator", "os")
    with catalogue.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def test_a_catalogue_of_the_first_version_comes_to_this_one(tmp_path, monkeypatch):
    from textmine.store import seals

    with Catalogue.create(tmp_path / "c.db") as made:
        with made.writing() as connection:
            unguard(connection)
            for table in reversed(sa.inspect(connection).get_table_names()):
                quoted = f'DROP TABLE "{table}"'
                if connection.dialect.name == "postgresql":
                    quoted += " CASCADE"
                if not table.startswith("sqlite_"):
                    connection.exec_driver_sql(quoted)
        migrate(made, "0001")
        with made.writing() as connection:
            for statement in filter(str.strip, _FIRST.split(";")):
                connection.exec_driver_sql(statement)
        # The steps are what they were, whatever this version has added since.
        later = {**seals.ROWS, "coding": (*seals.ROWS["coding"], "added_later")}
        with monkeypatch.context() as patch:
            patch.setattr(seals, "ROWS", later)
            migrate(made, "head")
        assert made.is_as_sealed(1)
        found = Findings()
        with made.reading() as connection:
            assert compare_metadata(MigrationContext.configure(connection), tables.metadata) == []
            check_rows(connection, found)
            check_trail(connection, found)
            assert connection.scalar(sa.select(tables.coverage.c.codings)) == 1
        assert found.problems == []
        assert len(made.codings()) == 2


def test_two_writers_wait_for_each_other(tmp_path):
    Catalogue.create(tmp_path / "c.db").close()
    errors: list[BaseException] = []

    def add(first: int) -> None:
        try:
            with Catalogue.open(tmp_path / "c.db") as own:
                for number in range(first, first + 20):
                    sha = f"{number:064d}"
                    own.put(
                        replace(document(sha256=sha[::-1]), sha256=sha), source(str(number), sha)
                    )
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=add, args=(first,)) for first in (0, 100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with Catalogue.open(tmp_path / "c.db") as both:
        assert len(both.documents()) == 40


# -- writing together, locks -----------------------------------------------------------------------


def test_what_is_written_together_is_stored_together(catalogue):
    other = document(sha256="cd" * 32)
    faulty = replace(other, clauses=other.clauses * 2)
    with contextlib.suppress(KeyError), catalogue.together():
        catalogue.put(document(), source())
        raise KeyError
    assert catalogue.documents() == ()
    with catalogue.together():
        catalogue.put(document(), source())
        assert catalogue.documents() == ()
        with pytest.raises(sa.exc.IntegrityError):
            catalogue.put(faulty, source("b", "cd" * 32))
        with catalogue.together():
            catalogue.put(document(sha256="ef" * 32), source("c", "ef" * 32))
    assert [each.sha256 for each in catalogue.documents()] == [SHA, "ef" * 32]


def test_a_lock_is_held_by_one_and_freed(tmp_path):
    with (
        Catalogue.create(tmp_path / "c.db") as one,
        Catalogue.open(tmp_path / "c.db") as other,
    ):
        with one.holding("adding", wait=True) as mine:
            assert mine
            with other.holding("adding", wait=False) as theirs:
                assert not theirs
            with other.holding("training", wait=False) as another:
                assert another
            one.put(document(), source())  # a lock hinders nobody who does not ask for it
        with other.holding("adding", wait=False) as theirs:
            assert theirs


def test_numbers_go_on_behind_those_that_were_put_in(catalogue):
    with catalogue.writing() as connection:
        connection.execute(tables.change.insert().values(id=41, document=1))
        catalogue.renumber(connection)
    catalogue.put(document(), source())
    assert [number for number, _ in catalogue.changes(0)] == [41, 42]


ODD = "a\x00b\ufdd0 \U0001f600 ي\u200c\ue000"


def test_any_character_comes_back(catalogue):
    put = document(ODD)
    number = catalogue.put(put, source(ODD))
    assert catalogue.pages(number) == put.pages
    assert [stored.clause for stored in catalogue.clauses()] == [put.clauses[0][0]]
    assert catalogue.sources()[0].path == ODD


def test_texts_are_in_the_order_of_their_letters_codes(catalogue):
    names = ["b", "a", "B", "é", "پ", "ا", "a b", "ab", "_", "-", "\U0001f600", "\uffee"]
    for number, name in enumerate(names):
        catalogue.put(document(sha256=f"{number:x}" * 64), source(name, f"{number:x}" * 64))
    assert [each.path for each in catalogue.sources()] == sorted(names)


# -- changes that were lost ------------------------------------------------------------------------


@pytest.mark.sqlite("takes the log of the file away")
def test_a_catalogue_that_lost_changes_is_refused(tmp_path):
    path = tmp_path / "c.db"
    with Catalogue.create(path) as catalogue:
        catalogue.put(document(), source())
    shutil.copy(path, tmp_path / "older.db")
    with Catalogue.open(path) as catalogue:
        catalogue.put(document(sha256="cd" * 32), source("b", "cd" * 32))
    Catalogue.open(path).close()
    shutil.copy(tmp_path / "older.db", path)
    with pytest.raises(CorpusError, match=r"lacks changes .*: change 2 .*textmine verify"):
        Catalogue.open(path)
    last.file_of(path).unlink()
    with Catalogue.open(path) as catalogue:
        assert len(catalogue.documents()) == 1


@pytest.mark.sqlite("writes the file beside it")
def test_the_line_of_the_last_change(tmp_path):
    path = tmp_path / "c.db"
    with Catalogue.create(path) as catalogue:
        digest = sa.select(tables.event.c.digest).order_by(tables.event.c.id)

        def anchored() -> tuple[object, ...]:
            with catalogue.reading() as connection:
                digests = connection.scalars(digest).all()
            return (*catalogue.last_change(), len(digests), digests[-1])

        assert last.read(path) == anchored()
        catalogue.put(document(), source())
        catalogue.put_setting("place", "there")
        assert last.read(path) == anchored()
        assert anchored()[2] == 2
        size = last.file_of(path).stat().st_size
        catalogue.note_source(source("b"))
        with contextlib.suppress(KeyError), catalogue.writing() as connection:
            connection.execute(tables.change.insert().values(document=1))
            raise KeyError
        assert last.read(path) == anchored()
        assert anchored()[:2] == (1, catalogue.mark_of(1))
        last.file_of(path).write_bytes(b"\x00" * size)  # as a power cut may leave it
        Catalogue.open(path).close()
        last.file_of(path).unlink()
        last.file_of(path).mkdir()  # where it cannot be written all is stored the same
        catalogue.put(document("ماده ۲"), source())
        assert catalogue.last_change()[0] == 2


def test_a_corpus_is_told_from_others_and_stays_itself(tmp_path):
    with (
        Catalogue.create(tmp_path / "one.db") as one,
        Catalogue.create(tmp_path / "other.db") as other,
    ):
        assert one.identity() == other.identity() == ""
        one.put(document(), source())
        other.put(document(), source())
        identity = one.identity()
        assert identity not in ("", other.identity())
        one.put(document("ماده ۲"), source("b"))
        assert one.identity() == identity
        with one.writing() as connection:  # as in a catalogue from before there were marks
            connection.execute(tables.change.update().values(mark=""))
        assert one.identity() not in ("", identity)


@pytest.mark.sqlite("cuts the log of the file")
def test_a_log_that_was_cut_stays_when_the_catalogue_is_refused(tmp_path):
    path = tmp_path / "c.db"
    with Catalogue.create(path) as catalogue:
        catalogue.put(document(), source())
        for each in tmp_path.iterdir():
            shutil.copy(each, tmp_path / each.name.replace("c.", "killed."))
    path = tmp_path / "killed.db"
    log = tmp_path / "killed.db-wal"
    os.truncate(log, log.stat().st_size - 100)
    before = log.read_bytes()
    for _ in range(2):
        with pytest.raises(CorpusError, match="lacks changes"):
            Catalogue.open(path)
        assert log.read_bytes() == before


@pytest.mark.sqlite("puts an older file in its place")
def test_a_catalogue_that_lost_events_alone_is_refused(tmp_path):
    path = tmp_path / "c.db"
    with Catalogue.create(path) as catalogue:
        catalogue.put(document(), source())
    older = path.read_bytes()
    with Catalogue.open(path) as catalogue:
        catalogue.put_setting("place", "there")
    path.write_bytes(older)
    with pytest.raises(CorpusError, match=r"lacks changes .*: event 2 is not in it"):
        Catalogue.open(path)


# -- where nothing may be written ------------------------------------------------------------------


@pytest.fixture
def fixed(tmp_path, monkeypatch):
    """A corpus with one document in a folder that may not be written."""
    with Corpus.create(tmp_path / "fixed") as corpus:
        corpus.catalogue.put(document(), source())
    may = os.access
    inside = str(tmp_path / "fixed")
    monkeypatch.setattr(
        os,
        "access",
        lambda path, mode, **more: (
            not (mode & os.W_OK and str(path).startswith(inside)) and may(path, mode, **more)
        ),
    )
    return tmp_path / "fixed"


def state(folder):
    return {p: (p.stat().st_mtime_ns, p.stat().st_size) for p in sorted(folder.rglob("*"))}


@pytest.mark.sqlite("opens a file on a medium that may not be written")
def test_a_corpus_that_may_only_be_read_is_read(fixed):
    before = state(fixed)
    with Corpus.open(fixed) as corpus:
        assert corpus.read_only
        assert [stored.clause.text for stored in corpus.catalogue.clauses()] == [
            "ماده ۱\nThe Parties agree."
        ]
        with pytest.raises(CorpusError, match="may only be read here"):
            corpus.catalogue.put(document(), source())
    assert state(fixed) == before


@pytest.mark.sqlite("opens a file on a medium that may not be written")
def test_such_a_corpus_is_searched_by_the_index_it_has(tmp_path, request):
    from textmine.search import Index

    with Corpus.create(tmp_path / "c") as corpus:
        corpus.catalogue.put(document(), source())
        Index.of(corpus)
    gc.collect()  # which closes its files
    shutil.copytree(tmp_path / "c", tmp_path / "kept")
    fixed = request.getfixturevalue("fixed")
    with Corpus.open(fixed) as corpus, pytest.raises(CorpusError, match="There is no search index"):
        Index.of(corpus)
    shutil.copytree(tmp_path / "kept", fixed, dirs_exist_ok=True)
    before = state(fixed)
    with Corpus.open(fixed) as corpus:
        assert [hit.page for hit in Index.of(corpus).search("parties").hits] == [1]
    assert state(fixed) == before


@pytest.mark.sqlite("has a log that cannot be taken in")
def test_a_log_that_cannot_be_taken_in_is_told_of(fixed):
    (fixed / "catalogue.db-wal").write_bytes(b"log")
    with pytest.raises(CorpusError, match=r"can only be taken in where the folder may be written"):
        Corpus.open(fixed)
    with pytest.raises(CorpusError, match="has a log"):
        Catalogue.open(fixed / "catalogue.db")


@pytest.mark.sqlite("changes the file that is read")
def test_what_others_change_meanwhile_is_noticed_where_only_reading_is_allowed(fixed):
    with Corpus.open(fixed) as corpus:
        assert len(corpus.catalogue.documents()) == 1
        (fixed / "catalogue.db-wal").write_bytes(b"")
        with pytest.raises(CorpusError, match="another process changed it"):
            corpus.catalogue.documents()


# -- originals and the corpus ----------------------------------------------------------------------


def test_an_original_is_kept_once_and_whole(tmp_path):
    file = tmp_path / "paper.txt"
    file.write_text("متن", encoding="utf-8")
    originals = Originals(tmp_path / "originals")
    sha = sha256_of(file)
    assert originals.keep(file, sha, ".txt")
    place = originals.path(sha, ".txt")
    assert place.read_bytes() == file.read_bytes()
    assert not originals.keep(file, sha, ".txt")
    assert [p for p in place.parent.iterdir() if p.name.startswith(".")] == []


def test_an_original_that_changes_meanwhile_is_refused(tmp_path):
    file = tmp_path / "paper.txt"
    file.write_text("one", encoding="utf-8")
    originals = Originals(tmp_path / "originals")
    with pytest.raises(InputError, match="changed while"):
        originals.keep(file, "0" * 64, ".txt")
    assert [p for p in originals.folder.rglob("*") if p.is_file()] == []


def test_a_corpus_is_made_once_and_opened(tmp_path):
    with Corpus.create(tmp_path / "mine"):
        pass
    with Corpus.open(tmp_path / "mine") as corpus:
        assert corpus.codebook_file.is_file()
    with pytest.raises(CorpusError, match="is a corpus already"):
        Corpus.create(tmp_path / "mine")


def test_a_folder_with_files_is_not_taken_over(tmp_path):
    (tmp_path / "thesis.docx").write_bytes(b"years of work")
    with pytest.raises(CorpusError, match="not an empty folder"):
        Corpus.create(tmp_path)


def test_a_corpus_whose_making_was_stopped_is_made_again(tmp_path):
    folder = tmp_path / "c"
    folder.mkdir()
    for name in (
        ".making",
        "codebook.yaml",
        "catalogue.db",
        "catalogue.db-wal",
        "catalogue.db-journal",
    ):
        (folder / name).write_bytes(b"half")
    with pytest.raises(CorpusError, match="textmine init"):
        Corpus.open(folder)
    Corpus.create(folder).__exit__()
    assert not (folder / ".making").exists()
    other = tmp_path / "other"
    other.mkdir()
    (other / "catalogue.db").write_bytes(b"of somebody")
    with pytest.raises(CorpusError, match="not an empty folder"):
        Corpus.create(other)
    assert (other / "catalogue.db").read_bytes() == b"of somebody"


def test_a_corpus_that_cannot_be_made_leaves_nothing(tmp_path):
    with pytest.raises(CorpusError, match="cannot be made"):
        Corpus.create(tmp_path / "c", codebook=tmp_path / "no such file")
    assert list(tmp_path.iterdir()) == []


def test_no_corpus_says_how_to_make_one(tmp_path):
    with pytest.raises(CorpusError, match="textmine init"):
        Corpus.open(tmp_path)


def test_the_place_of_the_corpus(monkeypatch, tmp_path):
    monkeypatch.setenv("TEXTMINE_CORPUS", str(tmp_path))
    assert locate(None) == tmp_path
    assert str(locate("other")) == "other"
    assert locate("postgresql://host/db") == Address.of("postgresql://host/db")
    with pytest.raises(CorpusError, match="mysql:// is no database"):
        locate("mysql://host/db")
