"""Verify finds what was damaged and says how to mend it; backups come back as they were."""

from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from test_search import derived
from typer.testing import CliRunner

from textmine import codebook as codebooks
from textmine.care import backing_up, journal
from textmine.care.backing_up import MANIFEST, back_up, restore
from textmine.care.findings import MOST_ALIKE, Findings
from textmine.care.taking_back import events
from textmine.care.verifying import verify
from textmine.cli import app
from textmine.codings import CodedClause, take_in
from textmine.encoding import VECTORS
from textmine.errors import CorpusError, InputError, UsageError
from textmine.search import Index
from textmine.store import last
from textmine.store import tables as t
from textmine.store.catalogue import Source, now
from textmine.store.corpus import Corpus
from textmine.store.migrations.guards import guard, unguard
from textmine.store.originals import sha256_of
from textmine.store.searches import SavedSearch, save_search, saved_searches

pytestmark = pytest.mark.sqlite("is about the files of a corpus, the catalogue's among them")

BOOK = codebooks.shipped()
TEXTS = (
    "The Parties shall exchange museum collections.",
    "شهرها هنرمندان و موزه‌های خود را به یکدیگر معرفی می‌کنند.",
    "This agreement enters into force on the day of its signature.",
)


@pytest.fixture(scope="session")
def whole(tmp_path_factory) -> Path:
    """A corpus of three documents with originals, codings of people, a saved search, an index."""
    top = tmp_path_factory.mktemp("care")
    with Corpus.create(top / "corpus") as own:
        text = own.codebook_file.read_text(encoding="utf-8")
        own.catalogue.put_codebook(BOOK.reference, BOOK.digest, text)
        for number, said in enumerate(TEXTS):
            file = top / f"{number}.txt"
            file.write_text(said, encoding="utf-8")
            sha256 = sha256_of(file)
            own.originals.keep(file, sha256, ".txt")
            own.catalogue.put(
                derived(sha256, (said, f"{said} MUSEUMS {number}"), title=f"Pact {number}"),
                Source(str(file), sha256, "done", "", now()),
            )
        coded = [
            CodedClause("", each.clause.id, "en", "", ("cultural",), "person:leila", BOOK.reference)
            for each in own.catalogue.clauses(document=1)
        ]
        take_in(own.catalogue, coded, BOOK)
        save_search(own.catalogue, SavedSearch("m", "museum", "score", False, False, 1, now()))
        (own.folder / "models").mkdir()
        (own.folder / "models" / "live.jsonl").write_text(
            json.dumps({"name": "themes", "at": now(), "why": "tried"}) + "\n", encoding="utf-8"
        )
        Index.of(own)
    return top / "corpus"


@pytest.fixture
def folder(whole, tmp_path) -> Path:
    shutil.copytree(whole, tmp_path / "corpus")
    return tmp_path / "corpus"


def problems(folder: Path) -> list[tuple[str, str]]:
    found = verify(folder)
    assert all(each.mend for each in found.problems)
    return [(each.where, each.what) for each in found.problems]


def flip(file: Path, at: int, bit: int = 0) -> None:
    data = bytearray(file.read_bytes())
    data[at] ^= 1 << bit
    file.write_bytes(data)


# -- verify ----------------------------------------------------------------------------------------


def test_a_sound_corpus_is_sound_and_stays_as_it_is(folder):
    def files() -> dict[str, bytes]:
        return {
            str(each.relative_to(folder)): each.read_bytes()
            for each in folder.rglob("*")
            if each.is_file() and not each.name.startswith("words.db-")  # of the index in use
        }

    before = files()
    found = verify(folder)
    assert found.problems == []
    assert found.notes == []
    assert found.checked["documents"] == found.checked["originals"] == 3
    assert found.checked["clauses"] == found.checked["clauses in the index"] == 6
    assert files() == before


@pytest.mark.parametrize("word", [b"exchange museum", b"person:leila", b"MUSEUMS 2", b"Pact 2"])
def test_a_flipped_bit_in_a_text_of_the_catalogue_is_found(folder, word):
    file = folder / "catalogue.db"
    data = file.read_bytes()
    assert word in data
    flip(file, data.rindex(word) + 3)
    assert problems(folder) != []


def change_original(folder: Path) -> None:
    flip(next(folder.glob("originals/*/*.txt")), 5)


def remove_original(folder: Path) -> None:
    next(folder.glob("originals/*/*.txt")).unlink()


def cut_original(folder: Path) -> None:
    os.truncate(next(folder.glob("originals/*/*.txt")), 4)


def change_codebook(folder: Path) -> None:
    file = folder / "codebook.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("museum", "nuseum"), encoding="utf-8")


def break_codebook(folder: Path) -> None:
    (folder / "codebook.yaml").write_text("codes: [", encoding="utf-8")


def break_live(folder: Path) -> None:
    (folder / "models" / "live.jsonl").write_text("{", encoding="utf-8")


def other_live(folder: Path) -> None:
    file = folder / "models" / "live.jsonl"
    file.write_text(file.read_text(encoding="utf-8").replace("themes", "thenes"), encoding="utf-8")


def change_index(folder: Path) -> None:
    flip(next(folder.glob("index/data-*/*.term")), 40)


def cut_index(folder: Path) -> None:
    os.truncate(next(folder.glob("index/data-*/*.pos")), 3)


def remove_part_of_index(folder: Path) -> None:
    next(folder.glob("index/data-*/*.idx")).unlink()


def break_words(folder: Path) -> None:
    flip(next(folder.glob("index/data-*/words.db")), 2)


def change_words(folder: Path) -> None:
    file = next(folder.glob("index/data-*/words.db"))
    with sqlite3.connect(file) as raw:
        raw.execute("UPDATE form SET form = CAST(x'ff' AS TEXT) WHERE key = 'collection'")
        assert raw.total_changes > 0
    raw.close()


def break_position(folder: Path) -> None:
    (folder / "index" / "position.json").write_text("{", encoding="utf-8")


def break_list(folder: Path) -> None:
    next(folder.glob("index/data-*/meta.json")).write_text("[]", encoding="utf-8")


def change_vectors(folder: Path) -> None:
    with sqlite3.connect(folder / VECTORS) as made:
        made.execute("CREATE TABLE vectors (key BLOB PRIMARY KEY, vector BLOB)")
        made.execute("INSERT INTO vectors VALUES (x'00', x'0102030405060708')")


def break_vectors(folder: Path) -> None:
    (folder / VECTORS).write_bytes(b"none of SQLite's" * 100)


def break_settings(folder: Path) -> None:
    (folder / "corpus.toml").write_text("format = ", encoding="utf-8")


@pytest.mark.parametrize(
    ("damage", "where", "said"),
    [
        (change_original, "originals", "is damaged"),
        (remove_original, "originals", "There is no original"),
        (cut_original, "originals", "is damaged"),
        (change_codebook, "codebook", "is not the wording"),
        (break_codebook, "codebook", "cannot be read"),
        (break_live, "models", "cannot be read"),
        (other_live, "models", "thenes is missing"),
        (change_index, "index", "check sum"),
        (cut_index, "index", "is damaged"),
        (remove_part_of_index, "index", "is missing"),
        (break_words, "index", "words.db is damaged"),
        (change_words, "index", "words.db is damaged"),
        (break_position, "index", "which of its folders"),
        (break_list, "index", "cannot be read"),
        (change_vectors, "encodings", "1 vectors"),
        (break_vectors, "encodings", "is damaged"),
        (break_settings, "corpus.toml", "cannot be read"),
    ],
)
def test_damage_of_a_file_is_found(folder, damage: Callable[[Path], None], where, said):
    damage(folder)
    [(found, what)] = problems(folder)
    assert found == where
    assert said in what


@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.9])
def test_a_cut_catalogue_is_found(folder, share):
    file = folder / "catalogue.db"
    os.truncate(file, int(share * file.stat().st_size))
    assert problems(folder) != []


def test_a_missing_catalogue_is_found(folder):
    (folder / "catalogue.db").unlink()
    assert problems(folder) == [("catalogue", "catalogue.db is missing.")]


def test_an_older_catalogue_in_the_place_of_the_last_is_found(folder, tmp_path):
    shutil.copy(folder / "catalogue.db", tmp_path / "older.db")
    with Corpus.open(folder) as own:
        own.catalogue.put_attributes(1, [])
    shutil.copy(tmp_path / "older.db", folder / "catalogue.db")
    assert any("lost the last changes" in what for _, what in problems(folder))
    last.file_of(folder / "catalogue.db").write_text("x", encoding="ascii")
    assert ("catalogue", "catalogue.last is damaged.") in problems(folder)


@pytest.mark.parametrize("deed", ["a search", "a setting", "the last event"])
def test_what_changed_no_document_is_missed_when_it_is_lost(folder, tmp_path, deed):
    file = folder / "catalogue.db"
    older = file.read_bytes()
    with Corpus.open(folder) as own:
        if deed == "a search":
            save_search(own.catalogue, SavedSearch("n", "city", "score", False, False, 1, now()))
        else:
            own.catalogue.put_setting("place", "there")
        if deed == "the last event":
            with own.catalogue.writing() as connection:
                unguard(connection)
            line = last.file_of(file).read_bytes()
            with own.catalogue.writing() as connection:
                newest = sa.select(sa.func.max(t.event.c.id)).scalar_subquery()
                connection.execute(t.event.delete().where(t.event.c.id == newest))
                guard(connection)
    if deed == "the last event":
        last.file_of(file).write_bytes(line)
    else:
        file.write_bytes(older)
    [(where, what)] = problems(folder)
    assert where == "catalogue"
    assert what.startswith("Event ")
    assert "lost the last changes" in what


@pytest.mark.parametrize("held", ["nothing", "another table"])
def test_a_file_that_is_no_catalogue_is_told_and_stays_as_it_is(folder, held):
    file = folder / "catalogue.db"
    file.unlink()
    file.touch()
    if held == "another table":
        with sqlite3.connect(file) as raw:
            raw.execute("CREATE TABLE recipe (name)")
        raw.close()
    before = file.read_bytes()
    [(where, what)] = problems(folder)
    assert (where, "SELECT" in what) == ("catalogue", False)
    assert "is empty" in what or "has other tables" in what
    assert file.read_bytes() == before


def test_what_cannot_be_read_is_one_problem(folder):
    file = folder / "catalogue.db"
    os.truncate(file, file.stat().st_size // 8)
    found = problems(folder)
    assert {where for where, _ in found} == {"catalogue"}
    assert not any("SELECT" in what or "sqlalche.me" in what for _, what in found)


def test_a_missing_line_of_the_last_change_is_noted(folder):
    last.file_of(folder / "catalogue.db").unlink()
    found = verify(folder)
    assert found.problems == []
    assert any("catalogue.last is missing" in note for note in found.notes)


def test_another_version_of_the_codebook_is_noted(folder):
    file = folder / "codebook.yaml"
    text = file.read_text(encoding="utf-8")
    assert text.count(f"version: {BOOK.version}\n") == 1
    file.write_text(text.replace(f"version: {BOOK.version}\n", "version: 9\n"), encoding="utf-8")
    found = verify(folder)
    assert found.problems == []
    assert any(f"the last on record is {BOOK.reference}" in note for note in found.notes)


def test_a_missing_trigger_is_found(folder):
    with sqlite3.connect(folder / "catalogue.db") as raw:
        raw.execute("DROP TRIGGER coding_refuses_update")
    assert problems(folder) == [
        ("catalogue", "Its tables or triggers are not those that were made.")
    ]


def test_an_older_version_is_noted_and_not_touched(folder):
    with sqlite3.connect(folder / "catalogue.db") as raw:
        raw.execute("UPDATE alembic_version SET version_num = '0002'")
    found = verify(folder)
    assert any("no seals" in note for note in found.notes)
    with sqlite3.connect(folder / "catalogue.db") as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    assert any("newer textmine" in what for _, what in problems(folder))


def test_what_does_no_harm_is_noted(folder):
    with Corpus.open(folder) as own:
        own.catalogue.put_attributes(1, [])  # no command has brought the index up to date
    (folder / "originals" / "aa").mkdir(exist_ok=True)
    (folder / "originals" / "aa" / "other.pdf").write_bytes(b"x")
    (folder / "originals" / "aa" / ".half").write_bytes(b"x")
    (folder / ".codebook.yaml.part").write_bytes(b"x")
    file = folder / "codebook.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "\n# a remark\n", encoding="utf-8")
    found = verify(folder)
    assert found.problems == []
    signs = ("behind", "begun and not finished by", "belong to no document", ".part", "the same")
    assert all(any(sign in note for note in found.notes) for sign in signs)


def test_an_index_that_was_not_finished_is_noted(folder):
    (folder / "index" / "position.json").unlink()
    found = verify(folder)
    assert found.problems == []
    assert any("not finished" in note for note in found.notes)


def test_no_corpus_is_no_corpus(tmp_path):
    with pytest.raises(CorpusError, match="is no corpus"):
        verify(tmp_path)


def test_of_many_problems_some_are_listed():
    found = Findings()
    for number in range(MOST_ALIKE + 5):
        found.problem("originals", f"{number} is missing", "add it")
    found.close()
    assert len(found.problems) == MOST_ALIKE + 1
    assert found.problems[-1].what == "There are 5 more of this kind."


def test_verify_as_a_command(folder):
    runner = CliRunner()
    done = runner.invoke(app, ["--corpus", str(folder), "verify", "--json"])
    assert done.exit_code == 0, (done.output, done.exception)
    assert json.loads(done.stdout)["sound"] is True
    remove_original(folder)
    done = runner.invoke(app, ["--corpus", str(folder), "verify"])
    assert done.exit_code == 1
    assert "textmine add FILE" in done.stdout


# -- the log ---------------------------------------------------------------------------------------

_KILLED = """
import os, sqlite3, sys
base = sqlite3.connect(sys.argv[1], isolation_level=None)
base.execute("PRAGMA journal_mode = WAL")
base.execute("CREATE TABLE IF NOT EXISTS t (a)")
for number in range(20):
    base.execute("INSERT INTO t VALUES (?)", ("x" * 3000,))
    if number == 9 and sys.argv[2] == "carried":
        base.execute("PRAGMA wal_checkpoint(RESTART)")
os._exit(9)
"""


@pytest.fixture(scope="session", params=["", "carried"])
def killed_once(request, tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("killed") / "a.db"
    subprocess.run([sys.executable, "-c", _KILLED, str(file), request.param])
    return file


@pytest.fixture
def killed(killed_once, tmp_path, monkeypatch) -> Path:
    """An SQLite file whose writer was killed; its log is there, or was begun anew in between."""
    monkeypatch.setattr(journal, "_SECONDS", 0)
    for file in killed_once.parent.iterdir():
        shutil.copy(file, tmp_path)
    return tmp_path / "a.db"


def log_of(file: Path) -> Path:
    return file.with_name(f"{file.name}-wal")


def test_the_log_of_a_killed_writer_is_whole(killed):
    assert journal.lost(killed) == ""
    killed.with_name(f"{killed.name}-shm").unlink()
    assert journal.lost(killed) == ""


def test_a_missing_log_is_found(killed):
    log_of(killed).unlink()
    assert "missing" in journal.lost(killed)


@pytest.mark.parametrize("size", [0, 32, 20000])
def test_a_cut_log_is_found(killed, size):
    os.truncate(log_of(killed), size)
    assert journal.lost(killed) != ""


@pytest.mark.parametrize("index", [True, False])
@pytest.mark.parametrize("at", [0, 17, 32, 40, 60, 20000])
def test_a_flipped_bit_in_the_log_is_found(killed, at, index):
    if not index:
        killed.with_name(f"{killed.name}-shm").unlink()
    flip(log_of(killed), at)
    assert journal.lost(killed) != ""


def test_what_is_half_for_a_moment_is_not_lost(killed, monkeypatch):
    whole = log_of(killed).read_bytes()
    os.truncate(log_of(killed), 5000)
    monkeypatch.setattr(journal.time, "sleep", lambda _: log_of(killed).write_bytes(whole))
    assert journal.lost(killed) == ""


def test_where_there_is_no_log_nothing_is_lost(tmp_path):
    with sqlite3.connect(tmp_path / "a.db") as base:
        base.execute("PRAGMA journal_mode = WAL")
        base.execute("CREATE TABLE t (a)")
    base.close()
    assert journal.lost(tmp_path / "a.db") == ""


def test_a_lost_log_is_told_before_anything_opens_the_catalogue(folder):
    writing = (
        "import os, sys; from pathlib import Path; from textmine.store.corpus import Corpus; "
        "own = Corpus.open(Path(sys.argv[1])); own.catalogue.put_setting('a', 'b'); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", writing, str(folder)])
    lost = folder.with_name("lost")
    shutil.copytree(folder, lost)
    assert problems(folder) == []
    os.truncate(log_of(lost / "catalogue.db"), 100)
    before = (lost / "catalogue.db").read_bytes()
    [(where, what)] = problems(lost)
    assert (where, "cut" in what) == ("catalogue", True)
    (lost / "catalogue.db-shm").unlink()  # which knew how long the log was
    [(where, what)] = problems(lost)
    assert (where, "lost the last changes" in what) == ("catalogue", True)
    assert (lost / "catalogue.db").read_bytes() == before
    assert log_of(lost / "catalogue.db").stat().st_size == 100


# -- backups ---------------------------------------------------------------------------------------


def rows(corpus: Corpus) -> dict[str, list[tuple[object, ...]]]:
    """Everything in the catalogue but what restoring itself notes."""
    own = [each for each in t.metadata.sorted_tables if each is not t.setting]
    with corpus.catalogue.reading() as connection:
        found = {
            each.name: [tuple(row) for row in connection.execute(sa.select(each))] for each in own
        }
    found["event"] = [row for row in found["event"] if row[3] not in ("restored", "setting")]
    return {name: sorted(each, key=repr) for name, each in found.items()}


def test_a_backup_comes_back_as_it_was(folder, tmp_path):
    (folder / "gazetteer.csv").write_text("one", encoding="utf-8")
    (folder / "reports").mkdir()
    (folder / "reports" / "r.html").write_text("made", encoding="utf-8")
    with Corpus.open(folder) as own:
        made = back_up(own, tmp_path / "b.tar")
        before = rows(own)
    assert (made.documents, made.lacking) == (3, ())
    with tarfile.open(tmp_path / "b.tar") as tar:
        names = tar.getnames()
    assert len(names) == made.files + 1 == 9
    assert not any(name.startswith("index") for name in names)
    back = restore(tmp_path / "b.tar", tmp_path / "new" / "back")
    assert (back.documents, back.lacking) == (3, ())
    assert problems(tmp_path / "new" / "back") == []
    with Corpus.open(tmp_path / "new" / "back") as own:
        assert rows(own) == before
        assert Index.of(own).search("museum").total == 4
        assert [each.what for each in events(own.catalogue, limit=1)] == ["restored"]
        assert list(saved_searches(own.catalogue)) == ["m"]
    assert (tmp_path / "new" / "back" / "gazetteer.csv").read_text(encoding="utf-8") == "one"
    assert [each.name for each in (tmp_path / "new").iterdir()] == ["back"]


@pytest.fixture(scope="session")
def kept(whole, tmp_path_factory) -> Path:
    """A backup. Read only."""
    file = tmp_path_factory.mktemp("kept") / "b.tar"
    with Corpus.open(whole) as own:
        back_up(own, file)
    return file


@pytest.mark.skipif(sys.platform == "win32", reason="files cannot be named so there")
@pytest.mark.parametrize(
    "name",
    [b"interview 12:30.txt", b"a\\b", b"caf\xe9.txt", b"\x1b[1m", b".notes", b"poetry.lock", b"...",
     b"reports/own.html", b"vectors.dbx", "یادداشت".encode()],
)  # fmt: skip
def test_a_file_of_any_name_is_kept(folder, tmp_path, name):
    file = Path(os.fsdecode(os.path.join(os.fsencode(folder), name)))
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(b"mine")
    with Corpus.open(folder) as own:
        assert back_up(own, tmp_path / "b.tar").lacking == ()
    restore(tmp_path / "b.tar", tmp_path / "back")
    assert (tmp_path / "back" / file.relative_to(folder)).read_bytes() == b"mine"


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_links_are_followed_or_told(folder, tmp_path):
    (folder / "models").rename(tmp_path / "models")
    (folder / "models").symlink_to(tmp_path / "models")
    (tmp_path / "models" / "again").symlink_to(tmp_path / "models")  # leads round
    (folder / "codebook.yaml").rename(tmp_path / "book.yaml")
    (folder / "codebook.yaml").symlink_to(tmp_path / "book.yaml")
    (folder / "papers").symlink_to(tmp_path)
    (folder / "gone").symlink_to(tmp_path / "nothing")
    os.mkfifo(folder / "pipe")
    with Corpus.open(folder) as own:
        made = back_up(own, tmp_path / "b.tar")
    assert [each.partition(" ")[0] for each in made.lacking] == ["papers", "gone", "pipe"]
    back = tmp_path / "back"
    assert restore(tmp_path / "b.tar", back).lacking == made.lacking
    assert (back / "models" / "live.jsonl").is_file()
    assert (back / "codebook.yaml").read_bytes() == (tmp_path / "book.yaml").read_bytes()
    assert problems(back) == []


@pytest.mark.parametrize("when", ["before it is opened", "while it is read"])
def test_a_file_that_vanishes_meanwhile_is_told_and_the_rest_is_kept(
    folder, tmp_path, monkeypatch, when
):
    (folder / "a.txt").write_bytes(b"x" * 100_000)
    add = backing_up._add_stream

    def adding(tar, name, stream, size):
        return add(tar, name, stream, size + (name == "a.txt"))

    def others(corpus, lacking):
        yield from ["a.txt", "b.txt"]

    if when == "while it is read":
        monkeypatch.setattr(backing_up, "_add_stream", adding)
    else:
        monkeypatch.setattr(backing_up, "_others", others)
        (folder / "a.txt").unlink()
        (folder / "b.txt").write_bytes(b"y")
    with Corpus.open(folder) as own:
        made = back_up(own, tmp_path / "b.tar")
    assert made.lacking[0].startswith("a.txt was left out: ")
    back = restore(tmp_path / "b.tar", tmp_path / "back")
    assert back.lacking == made.lacking
    assert not (tmp_path / "back" / "a.txt").exists()


def test_what_killed_commands_left_is_taken_away(kept, folder, tmp_path):
    out = tmp_path / "out"
    for left in (".b.tar.aside", ".back.restoring"):
        (out / left).mkdir(parents=True)
        (out / left / "catalogue.db").write_bytes(b"half")
    with Corpus.open(folder) as own:
        back_up(own, out / "b.tar")
    restore(kept, out / "back")
    assert sorted(each.name for each in out.iterdir()) == ["b.tar", "back"]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such rights")
def test_what_is_put_back_is_as_private_as_what_is_made(kept, tmp_path):
    before = os.umask(0o077)
    try:
        restore(kept, tmp_path / "back")
    finally:
        os.umask(before)
    for each in [tmp_path / "back", *(tmp_path / "back").rglob("*")]:
        assert each.stat().st_mode & 0o077 == 0, each


def test_originals_are_put_where_they_are_said_to_be(folder, tmp_path, monkeypatch):
    flip(next(folder.glob("originals/*/*.txt")), 3)
    with Corpus.open(folder) as own:
        assert len(back_up(own, tmp_path / "b.tar").lacking) == 1
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    restore(tmp_path / "b.tar", tmp_path / "back", originals="shelf")
    assert len(list((tmp_path / "here" / "shelf").glob("*/*"))) == 2
    with Corpus.open(tmp_path / "back") as own:
        assert own.originals.folder == tmp_path / "here" / "shelf"
        made = back_up(own, tmp_path / "c.tar")
        assert [each for each in made.lacking if "There is no original" not in each] == []
        assert len(made.lacking) == 1


def test_a_backup_of_a_corpus_that_is_written_to_is_of_one_moment(folder, tmp_path):
    stop = threading.Event()

    def write() -> None:
        with Corpus.open(folder) as own:
            while not stop.is_set():
                own.catalogue.put_attributes(2, [])

    writer = threading.Thread(target=write)
    writer.start()
    try:
        with Corpus.open(folder) as own:
            for number in range(2):
                back_up(own, tmp_path / f"{number}.tar")
    finally:
        stop.set()
        writer.join()
    for number in range(2):
        restore(tmp_path / f"{number}.tar", tmp_path / str(number))
        assert problems(tmp_path / str(number)) == []


def test_a_backup_says_what_it_lacks_and_keeps_the_rest(folder, tmp_path):
    remove_original(folder)
    flip(next(folder.glob("originals/*/*.txt")), 3)
    with Corpus.open(folder) as own:
        made = back_up(own, tmp_path / "b.tar")
    assert len(made.lacking) == 2
    back = restore(tmp_path / "b.tar", tmp_path / "back")
    assert back.lacking == made.lacking
    assert {where for where, _ in problems(tmp_path / "back")} == {"originals"}


def test_nothing_is_overwritten(kept, folder, tmp_path):
    file = Path(shutil.copy(kept, tmp_path / "b.tar"))
    with Corpus.open(folder) as own, pytest.raises(InputError, match="there already"):
        back_up(own, file)
    with pytest.raises(CorpusError, match="not an empty folder"):
        restore(file, folder)
    (tmp_path / "empty").mkdir()
    restore(file, tmp_path / "empty")
    assert Corpus.is_at(tmp_path / "empty")


@pytest.mark.parametrize("share", [0.3, 0.999])
def test_a_cut_backup_is_refused(kept, tmp_path, share):
    file = shutil.copy(kept, tmp_path / "b.tar")
    with tarfile.open(file) as tar:
        end = tar.getmember(MANIFEST).offset_data
    os.truncate(file, int(share * end))
    with pytest.raises(InputError):
        restore(file, tmp_path / "back")
    assert [each.name for each in tmp_path.iterdir()] == ["b.tar"]


def test_a_damaged_backup_is_refused(kept, tmp_path):
    file = shutil.copy(kept, tmp_path / "b.tar")
    with tarfile.open(file) as tar:
        at = tar.getmember("catalogue.db").offset_data
    flip(file, at + 5000)
    with pytest.raises(InputError, match="is damaged: catalogue"):
        restore(file, tmp_path / "back")
    assert [each.name for each in tmp_path.iterdir()] == ["b.tar"]


MADE_UP = {
    "format": backing_up.FORMAT,
    "made_at": "",
    "textmine": "",
    "documents": 0,
    "lacking": [],
    "files": {},
}


@pytest.mark.parametrize(
    "manifest",
    [
        "[" * 100_000,
        "7",
        json.dumps(MADE_UP | {"files": None}),
        json.dumps(MADE_UP | {"files": {"catalogue.db": None}}),
        json.dumps(MADE_UP | {"made_at": 7}),
        json.dumps(MADE_UP | {"lacking": [7]}),
        *(json.dumps({k: v for k, v in MADE_UP.items() if k != gone}) for gone in MADE_UP),
        json.dumps(MADE_UP),  # no catalogue
    ],
)
def test_a_manifest_that_is_none_is_refused(tmp_path, manifest):
    file = tmp_path / "b.tar"
    with tarfile.open(file, "w") as tar:
        entry = tarfile.TarInfo(MANIFEST)
        entry.size = len(manifest)
        tar.addfile(entry, io.BytesIO(manifest.encode()))
    with pytest.raises(InputError):
        restore(file, tmp_path / "back")
    assert [each.name for each in tmp_path.iterdir()] == ["b.tar"]


@pytest.mark.parametrize(
    "name", ["../out", "/etc/out", "a/../../out", "originals/./x", "a//b", "a/", ".."]
)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path, name):
    file = tmp_path / "b.tar"
    with tarfile.open(file, "w") as tar:
        tar.addfile(tarfile.TarInfo(name), io.BytesIO())
        tar.addfile(tarfile.TarInfo(MANIFEST), io.BytesIO())
    with pytest.raises(InputError, match="which no backup does"):
        restore(file, tmp_path / "back")
    assert [each.name for each in tmp_path.iterdir()] == ["b.tar"]


def test_a_link_is_refused(tmp_path):
    file = tmp_path / "b.tar"
    with tarfile.open(file, "w") as tar:
        link = tarfile.TarInfo("catalogue.db")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    with pytest.raises(InputError, match="which no backup does"):
        restore(file, tmp_path / "back")


@pytest.mark.parametrize("data", [b"", b"x" * 2000, b"PK"])
def test_what_is_no_backup_is_refused(tmp_path, data):
    (tmp_path / "b.tar").write_bytes(data)
    with pytest.raises(InputError):
        restore(tmp_path / "b.tar", tmp_path / "back")


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """What a full disk does, to this process and for a while."""
    import resource
    import signal

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    told = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, told)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits")
def test_a_full_disk_leaves_nothing_half(kept, folder, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    with Corpus.open(folder) as own:
        (folder / "large.bin").write_bytes(bytes(2_000_000))
        for size in (100_000, 1_500_000):  # the snapshot fails, then the backup itself
            with (
                no_file_larger_than(size),
                pytest.raises(InputError, match=r"b\.tar cannot be written"),
            ):
                back_up(own, out / "b.tar")
            assert list(out.iterdir()) == []
    with no_file_larger_than(100_000), pytest.raises(CorpusError, match="cannot be put back"):
        restore(kept, out / "back")
    assert list(out.iterdir()) == []


def test_the_history_of_a_document_is_asked_for_by_its_file(folder):
    def asked(of: str) -> object:
        done = CliRunner().invoke(app, ["--corpus", str(folder), "history", of, "--json"])
        return done.exception or json.loads(done.stdout)

    with Corpus.open(folder) as own:
        own.catalogue.put_attributes(1, [])
        path = own.catalogue.documents(number=1)[0].path
    assert asked(path) == asked("0.txt") == asked("1")
    assert isinstance(asked("x.txt"), InputError)


def test_documents_are_removed_as_a_command(folder, tmp_path):
    def asked(*words: str) -> object:
        done = CliRunner().invoke(app, ["--corpus", str(folder), "remove", *words])
        return done.exception or json.loads(done.stdout)

    with pytest.raises(UsageError, match="--yes"):
        raise asked("3")  # type: ignore[misc]
    assert isinstance(asked("1", "3", "--yes"), InputError)  # a person has coded the first
    [gone] = asked("3", "--yes", "--json")["removed"]  # type: ignore[index]
    assert (gone["number"], Path(gone["path"]).name) == (3, "2.txt")
    found = verify(folder)
    assert found.problems == []
    assert [note for note in found.notes if "documents that were removed" in note]
    with Corpus.open(folder) as own:
        assert {each.document for each in own.catalogue.clauses()} == {1, 2}
        made = back_up(own, tmp_path / "kept.tar")
    assert (made.documents, made.lacking) == (2, ())
    restore(tmp_path / "kept.tar", tmp_path / "back")
    assert (verify(tmp_path / "back").problems, verify(tmp_path / "back").notes) == ([], [])


def test_backup_and_restore_as_commands(folder, tmp_path):
    runner = CliRunner()
    made = runner.invoke(app, ["--corpus", str(folder), "backup", str(tmp_path / "b"), "--json"])
    assert made.exit_code == 0, (made.output, made.exception)
    assert json.loads(made.stdout)["documents"] == 3
    arguments = ["restore", str(tmp_path / "b"), str(tmp_path / "back"), "--json"]
    back = runner.invoke(app, arguments)
    assert back.exit_code == 0, (back.output, back.exception)
    assert json.loads(back.stdout)["corpus"] == str(tmp_path / "back")


def test_a_corpus_moves_to_a_server_and_back(folder, tmp_path, server):
    url = f"{server}{'&' if '?' in server else '?'}schema=moved_{os.getpid()}"
    with Corpus.open(folder) as own:
        before = rows(own)
        back_up(own, tmp_path / "b.tar")
    try:
        restore(tmp_path / "b.tar", tmp_path / "shared", catalogue=url)
        assert not (tmp_path / "shared" / "catalogue.db").exists()
        assert problems(tmp_path / "shared") == []
        with pytest.raises(CorpusError, match="holds a corpus already"):
            restore(tmp_path / "b.tar", tmp_path / "again", catalogue=url)
        assert not (tmp_path / "again").exists()
        with pytest.raises(CorpusError, match="catalogue already"):
            Corpus.create(tmp_path / "again", catalogue=url)
        with Corpus.open(tmp_path / "shared") as own:
            assert rows(own) == before
            own.catalogue.put_attributes(1, [])  # numbers go on behind those that were put in
            own.catalogue.note("added")
            before = rows(own)
            back_up(own, tmp_path / "c.tar")
        restore(tmp_path / "c.tar", tmp_path / "back")
        with Corpus.open(tmp_path / "back") as own:
            assert rows(own) == before
            assert problems(tmp_path / "back") == []
    finally:
        drop(url)


def test_restoring_to_a_server_that_fails_leaves_nothing_and_can_be_repeated(
    kept, tmp_path, server, monkeypatch
):
    url = f"{server}{'&' if '?' in server else '?'}schema=again_{os.getpid()}"
    taking = backing_up._take_place

    def fails(making: Path, folder: Path) -> None:
        taking(making, folder)
        raise OSError("the server is gone")

    try:
        with monkeypatch.context() as patched:
            patched.setattr(backing_up, "_take_place", fails)
            with pytest.raises(CorpusError, match="the server is gone"):
                restore(kept, tmp_path / "back", catalogue=url)
        assert list(tmp_path.iterdir()) == []
        restore(kept, tmp_path / "back", catalogue=url)
        assert problems(tmp_path / "back") == []
        with Corpus.open(tmp_path / "back") as own:
            assert own.catalogue.setting("originals") == str(tmp_path / "back" / "originals")
    finally:
        drop(url)


def test_a_database_with_a_search_alone_is_not_written_over(kept, tmp_path, server):
    url = f"{server}{'&' if '?' in server else '?'}schema=used_{os.getpid()}"
    try:
        with Corpus.create(tmp_path / "own", catalogue=url) as own:
            save_search(own.catalogue, SavedSearch("m", "museum", "score", False, False, 1, now()))
            with pytest.raises(CorpusError, match="holds a corpus already"):
                restore(kept, tmp_path / "back", catalogue=url)
            assert list(saved_searches(own.catalogue)) == ["m"]
        assert [each.name for each in tmp_path.iterdir()] == ["own"]
    finally:
        drop(url)


def test_the_originals_of_a_shared_corpus_do_not_move_unseen(tmp_path, server, monkeypatch):
    from textmine.store.address import Address

    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    url = f"{server}{'&' if '?' in server else '?'}schema=moving_{os.getpid()}"
    address = Address.of(url)
    try:
        Corpus.create(tmp_path / "own", catalogue=url).catalogue.close()
        with pytest.raises(CorpusError, match="is a corpus already, whose originals are at"):
            Corpus.create(tmp_path / "second", catalogue=url)
        with Corpus.open(address) as own:
            assert own.originals.folder == tmp_path / "own" / "originals"
            own.catalogue.put_setting("originals", str(tmp_path / "trap"))
        with pytest.raises(CorpusError, match="are said to be at"):
            Corpus.open(address)
        (address.working_folder / "corpus.toml").unlink()
        with Corpus.open(address) as own:
            assert own.originals.folder == tmp_path / "trap"
    finally:
        drop(url)


def drop(url: str) -> None:
    from textmine.store.address import Address
    from textmine.store.postgresql import PostgresqlSchema

    address = Address.of(url)
    place = PostgresqlSchema(address)
    with place.writing() as connection:
        connection.execute(sa.schema.DropSchema(address.schema, cascade=True, if_exists=True))
    place.close()
