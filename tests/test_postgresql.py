"""A catalogue on a PostgreSQL server: reached, shared, refused; what is the same and what differs.

The rest of the suite runs on a server too: pytest --catalogue URL.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from fastapi.testclient import TestClient
from test_store import SHA, document, source
from typer.testing import CliRunner
from web_routes import addresses

from textmine.care.findings import Findings
from textmine.care.rows import check_trail
from textmine.care.taking_back import acts, take_back
from textmine.cli import app
from textmine.errors import CorpusError
from textmine.records import Coding, Span
from textmine.store import postgresql, tables
from textmine.store.address import Address
from textmine.store.catalogue import Catalogue, now
from textmine.store.corpus import Corpus
from textmine.store.originals import sha256_of
from textmine.store.sqlite import SqliteFile
from textmine.store.trail import note
from textmine.web import Settings, create_app

ROOT = Path(__file__).resolve().parents[1]
PASSWORD = "b/3 %ü:@?"


# -- addresses -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("postgresql://host/db", "postgresql://host/db?schema=textmine"),
        ("postgres://host/db?schema=a_1", "postgresql://host/db?schema=a_1"),
        ("postgresql://u:p%40ss@host:5433/db", "postgresql://u@host:5433/db?schema=textmine"),
        ("postgresql://u@host/db?password=p%40ss", "postgresql://u@host/db?schema=textmine"),
        (
            "postgresql://u:p%40ss@/db?host=/run/pg&sslmode=require",
            "postgresql://u@/db?host=%2Frun%2Fpg&schema=textmine&sslmode=require",
        ),
        (" postgresql+psycopg://host/db ", "postgresql://host/db?schema=textmine"),
    ],
)
def test_an_address_is_shown_without_its_password(written, shown):
    address = Address.of(written)
    assert str(address) == shown
    assert repr(address) == f"Address.of({shown!r})"
    assert "p@ss" not in f"{address!s} {address!r} {address.working_folder}"
    assert Address.of(shown).working_folder == address.working_folder
    assert address.without_secret("it says p@ss") == "it says " + (
        "***" if "p%40ss" in written else "p@ss"
    )


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("mysql://host/db", "mysql:// is no database"),
        ("postgresql://host", "names no database"),
        ("postgresql://host/db?schema=A", "small Latin letters"),
        ("postgresql://host/db?schema=a%22b", "small Latin letters"),
        ("postgresql://host/db?schema=pg_own", "small Latin letters"),
        ("postgresql://host/db?schema=a&schema=b", "small Latin letters"),
        ("postgresql://host:port/db", "no address"),
        ("://", "no address"),
    ],
)
def test_what_is_no_address(written, said):
    with pytest.raises(CorpusError, match=said):
        Address.of(written)


def test_schemas_of_one_database_have_folders_of_their_own():
    one, other = (Address.of(f"postgresql://host/db?schema={name}") for name in "ab")
    assert one.working_folder != other.working_folder


# -- a corpus on a server --------------------------------------------------------------------------

_numbers = count()


@pytest.fixture
def url(server):
    """The address of a schema that is not there yet; it is dropped in the end."""
    name = f"own_{os.getpid()}_{next(_numbers)}"
    yield f"{server}{'&' if '?' in server else '?'}schema={name}"
    ask(server, sa.schema.DropSchema(name, cascade=True, if_exists=True))


def ask(server, *statements):
    """What a statement gives that is none of textmine's."""
    engine = sa.create_engine(Address.of(server).url.set(drivername="postgresql+psycopg"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in statements:
            found = connection.execute(
                sa.text(statement) if isinstance(statement, str) else statement
            )
            if found.returns_rows:
                found = found.scalars().all()
    engine.dispose()
    return found


@pytest.fixture
def catalogue(url):
    with Catalogue.create(Address.of(url)) as made:
        yield made


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A user's own folder for data."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def run(*words, code=0):
    done = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=True)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        if code:
            return done.exception
        raise done.exception
    assert done.exit_code == code, done.output
    return done


def test_the_migrations_make_the_same_tables_there(catalogue):
    with catalogue.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []
    Catalogue.create(catalogue.place.address).close()  # as nobody has used it yet
    catalogue.put(document(), source())
    with pytest.raises(CorpusError, match="is a catalogue already"):
        Catalogue.create(catalogue.place.address)


def test_what_is_stored_has_the_same_seal_in_both(catalogue, tmp_path):
    file = SqliteFile(tmp_path / "c.db")
    with Catalogue(file) as own:
        own._migrate()
        bodies = []
        for each in (catalogue, own):
            each.put(document("متن\x00 a"), source())
            with each.reading() as connection:
                bodies.append(connection.scalar(sa.select(tables.document.c.body)))
            assert each.pages(1) == document("متن\x00 a").pages
    assert bodies[0] == bodies[1] != ""


def test_a_corpus_is_made_opened_and_asked_by_its_address(url, tmp_path, home):
    made = run("init", tmp_path / "c", "--catalogue", url)
    assert "Its catalogue is postgresql://" in made.stderr
    assert not (tmp_path / "c" / "catalogue.db").exists()
    paper = tmp_path / "paper.txt"
    paper.write_text("Article 1\nThe Parties agree on tourism.\n", encoding="utf-8")
    with Corpus.open(tmp_path / "c") as corpus:
        sha = sha256_of(paper)
        corpus.originals.keep(paper, sha, ".txt")
        corpus.catalogue.put(document(paper.read_text(encoding="utf-8"), sha), source("a", sha))
    found = run("--corpus", url, "search", "tourism", "--json")
    assert '"total": 1' in found.stdout
    assert str(Address.of(url)) in run("--corpus", url, "status").stdout
    (working,) = (home / "textmine" / "corpora").iterdir()
    assert {each.name for each in working.iterdir()} >= {"corpus.toml", "codebook.yaml", "index"}
    with Corpus.open(working) as corpus:
        assert corpus.originals.digest(sha, ".txt") == sha


def test_a_codebook_comes_to_all_and_an_edited_one_stays(url, tmp_path, home):
    address = Address.of(url)
    with Corpus.create(tmp_path / "c", catalogue=url) as corpus:
        first = corpus.codebook_file.read_text(encoding="utf-8")
    with Corpus.open(address) as far:
        assert far.codebook_file.read_text(encoding="utf-8") == first
        far.catalogue.put_setting("codebook", f"{first}# second\n")
        file = far.codebook_file
    for place in (tmp_path / "c", address):
        with Corpus.open(place) as corpus:
            assert corpus.codebook_file.read_text(encoding="utf-8") == f"{first}# second\n"
    file.write_text(f"{first}# mine\n", encoding="utf-8")
    with Corpus.open(address) as far:
        far.catalogue.put_setting("codebook", f"{first}# third\n")
    with Corpus.open(address) as far:
        assert file.read_text(encoding="utf-8") == f"{first}# mine\n"
    file.unlink()
    with Corpus.open(address):
        assert file.read_text(encoding="utf-8") == f"{first}# third\n"


def test_originals_are_where_the_corpus_says(url, tmp_path, home):
    Corpus.create(tmp_path / "c", catalogue=url, originals=str(tmp_path / "shared")).__exit__()
    for place in (tmp_path / "c", Address.of(url)):
        with Corpus.open(place) as corpus:
            assert corpus.originals.folder == tmp_path / "shared"


# -- getting in ------------------------------------------------------------------------------------


@pytest.fixture
def guest(server):
    """A role with a password, and an address that has it."""
    name = f"guest_{os.getpid()}_{next(_numbers)}"
    quoted = PASSWORD.replace("'", "''")
    database = Address.of(server).url.database
    ask(
        server,
        f"CREATE ROLE {name} LOGIN PASSWORD '{quoted}'".replace(":", r"\:"),
        f'GRANT CREATE ON DATABASE "{database}" TO {name}',
    )
    address = Address.of(server).url.set(username=name, password=PASSWORD)
    yield address.render_as_string(hide_password=False)
    ask(server, f"DROP OWNED BY {name} CASCADE", f"DROP ROLE {name}")


def test_a_password_is_used_and_never_kept_or_shown(guest, tmp_path, home):
    url = f"{guest}&schema=own_{next(_numbers)}_{os.getpid()}"
    made = run("init", tmp_path / "c", "--catalogue", url)
    shown = run("--corpus", url, "status")
    said = made.output + shown.output
    kept = b"".join(each.read_bytes() for each in tmp_path.rglob("*") if each.is_file())
    for secret in (PASSWORD, guest.split("@")[0].rsplit(":", 1)[1]):
        assert secret not in said
        assert secret.encode() not in kept
    # By the folder alone the password is asked for where PostgreSQL's own programs look for it.
    with pytest.raises(CorpusError, match=r"Give it in PGPASSWORD or in ~/\.pgpass"):
        Corpus.open(tmp_path / "c")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PGPASSWORD", PASSWORD)
        Corpus.open(tmp_path / "c").__exit__()


def test_a_wrong_password_is_not_repeated(guest):
    wrong = Address.of(guest)
    wrong = Address(wrong.url.set(password="sesame"), wrong.schema)
    with pytest.raises(CorpusError, match="refuses the password") as caught:
        Catalogue.open(wrong)
    assert "sesame" not in str(caught.value)


def test_a_database_or_a_server_that_is_not_there(server, tmp_path):
    nothing = Address.of(server)
    with pytest.raises(CorpusError, match=r"There is no catalogue at .*textmine init"):
        Catalogue.open(Address(nothing.url, "nothing_here"))
    with pytest.raises(CorpusError, match=r"There is no such database: .*createdb nothing"):
        Catalogue.open(Address(nothing.url.set(database="nothing"), "s"))
    with pytest.raises(CorpusError, match="cannot be reached; check the address"):
        Catalogue.open(Address.of(f"postgresql://u@/db?host={tmp_path}"))


def test_a_server_that_is_not_fit(url, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(postgresql, "OLDEST", 99)
        with pytest.raises(CorpusError, match="textmine needs 99 or newer"):
            Catalogue.create(Address.of(url))
    monkeypatch.setattr(postgresql, "_SERVER", sa.text("SELECT 150000, 'SQL_ASCII', false"))
    with pytest.raises(CorpusError, match="keeps text as SQL_ASCII"):
        Catalogue.create(Address.of(url))


def test_without_its_library_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(CorpusError, match=r"pip install 'textmine\[postgresql\]'"):
        Catalogue.open(Address.of("postgresql://host/db"))


def test_who_may_only_read_reads_and_who_may_write_writes(catalogue, guest):
    catalogue.put(document(), source())
    own = catalogue.place.address
    role = Address.of(guest).url
    with catalogue.writing() as connection:
        for what in (
            f"USAGE ON SCHEMA {own.schema}",
            f"SELECT ON ALL TABLES IN SCHEMA {own.schema}",
        ):
            connection.exec_driver_sql(f"GRANT {what} TO {role.username}")
    with Catalogue.open(Address(role, own.schema)) as reader:
        assert reader.read_only
        assert len(reader.documents()) == 1
        with pytest.raises(CorpusError, match="may only be read here"):
            reader.put(document(), source())
    with catalogue.writing() as connection:
        for what in ("INSERT, UPDATE, DELETE ON ALL TABLES", "USAGE ON ALL SEQUENCES"):
            connection.exec_driver_sql(f"GRANT {what} IN SCHEMA {own.schema} TO {role.username}")
    with Catalogue.open(Address(role, own.schema)) as writer:
        writer.put(document("ماده ۲"), source())
        writer.put(document(sha256="cd" * 32), source("b", "cd" * 32))
    assert len(catalogue.documents()) == 2


def test_who_has_no_right_is_told(guest, catalogue):
    role = Address.of(guest).url
    with pytest.raises(CorpusError, match="does not allow this to you"):
        Catalogue.open(Address(role, catalogue.place.address.schema))


# -- several at once -------------------------------------------------------------------------------


def test_changes_come_in_the_order_of_their_numbers(catalogue):
    errors: list[BaseException] = []
    seen: list[int] = []
    done = threading.Event()

    def write(first: int) -> None:
        try:
            with Catalogue.open(catalogue.place.address) as own:
                for number in range(first, first + 12):
                    sha = f"{number:064d}"[::-1]
                    own.put(document(sha256=sha), source(str(number), sha))
        except BaseException as error:
            errors.append(error)

    def follow() -> None:
        with Catalogue.open(catalogue.place.address) as own:
            while True:
                last = done.is_set()
                seen.extend(number for number, _ in own.changes(seen[-1] if seen else 0))
                if last:
                    return

    threads = [threading.Thread(target=write, args=(first,)) for first in (0, 100, 200)]
    reader = threading.Thread(target=follow)
    for thread in (*threads, reader):
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    reader.join()
    assert errors == []
    assert seen == [number for number, _ in catalogue.changes(0)]
    assert len(seen) == len(catalogue.documents()) == 36


def test_a_reader_sees_one_state_and_cannot_write(catalogue):
    catalogue.put(document(), source())
    query = sa.select(sa.func.count()).select_from(tables.document)
    with catalogue.reading() as connection:
        assert connection.scalar(query) == 1
        catalogue.put(document(sha256="cd" * 32), source("b", "cd" * 32))
        assert connection.scalar(query) == 1
    with pytest.raises(CorpusError, match="may only be read"), catalogue.reading() as connection:
        connection.execute(tables.change.insert().values(document=1))
    assert len(catalogue.documents()) == 2


def test_a_stream_that_was_not_read_to_its_end_hinders_nobody(catalogue):
    catalogue.put(document(), source())
    stream = catalogue.clauses()
    assert next(stream).document == 1
    catalogue.put(document("ماده ۲"), source())
    stream.close()
    assert [stored.clause.text for stored in catalogue.clauses()] == ["ماده ۲"]


def test_a_writer_waits_for_another_and_then_says_so(catalogue, monkeypatch):
    monkeypatch.setattr(postgresql, "_WAIT_SECONDS", 0.1)
    with (
        Catalogue.open(catalogue.place.address) as other,
        catalogue.writing(),
        pytest.raises(CorpusError, match="Another process is writing"),
    ):
        other.put(document(), source())
    catalogue.put(document(), source())


_HOLDS = """
import sys, time
from textmine.store.address import Address
from textmine.store.catalogue import Catalogue
with Catalogue.open(Address.of(sys.argv[1])) as own, own.holding("adding", wait=True):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_lock_is_free_when_its_holder_was_killed(catalogue, url):
    holder = subprocess.Popen([sys.executable, "-c", _HOLDS, url], stdout=subprocess.PIPE, cwd=ROOT)
    try:
        assert holder.stdout.readline() == b"held\n"
        with catalogue.holding("adding", wait=False) as mine:
            assert not mine
    finally:
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        holder.stdout.close()
    with catalogue.holding("adding", wait=True) as mine:
        assert mine


def test_who_lost_the_lock_stores_no_more(catalogue, server):
    with catalogue.holding("adding", wait=True):
        catalogue.put(document(), source())
        [held] = catalogue.place._held.values()
        own = held.scalar(sa.text("SELECT pg_backend_pid()"))
        ask(server, f"SELECT pg_terminate_backend({own})")
        with pytest.raises(CorpusError, match="kept others from adding at the same time was lost"):
            catalogue.put(document(sha256="cd" * 32), source("b", "cd" * 32))
    assert len(catalogue.documents()) == 1
    with catalogue.holding("adding", wait=True):
        held = catalogue.place._held["adding"]
        held.execute(sa.text("SELECT pg_advisory_unlock_all()"))  # as behind a shared connection
        with pytest.raises(CorpusError, match="was lost"):
            catalogue.put(document(sha256="cd" * 32), source("b", "cd" * 32))
    catalogue.put(document(sha256="cd" * 32), source("b", "cd" * 32))


def test_a_writer_sees_what_was_stored_while_it_waited(catalogue, url):
    strict = f"{url}&options=-c%20default_transaction_isolation%3Dserializable"
    with Catalogue.open(Address.of(strict)) as other:
        with other.reading() as connection:
            setting = sa.text("SHOW default_transaction_isolation")
            assert connection.scalar(setting) == "serializable"
        threads = [
            threading.Thread(target=each.put_setting, args=(name, "a"))
            for each, name in ((other, "one"), (other, "two"))
        ]
        with catalogue.writing() as connection:
            for thread in threads:
                thread.start()
            time.sleep(0.1)  # in which they come to the lock
            note(connection, "added")
        for thread in threads:
            thread.join()
    found = Findings()
    with catalogue.reading() as connection:
        check_trail(connection, found)
    assert (found.problems, found.checked["events"]) == ([], 4)


def test_numbers_of_rows_have_64_bits(catalogue):
    number = catalogue.put(document(), source())
    catalogue.put_codebook("themes@1", "d", "codes: []")
    with catalogue.writing() as connection:
        for table in ("coding", "change", "event"):
            connection.execute(sa.text(f"SELECT setval('{table}_id_seq', {2**33})"))
    mine = Coding(f"{SHA[:10]}.1", "a", "person:leila", "themes@1", True, now())
    catalogue.add_codings(number, [mine])
    take_back(catalogue, acts(catalogue)[0])
    assert catalogue.codings() == ()
    assert catalogue.last_change()[0] > 2**33


def test_a_connection_that_is_cut_in_the_middle(catalogue, server):
    catalogue.put(document(), source())
    with pytest.raises(CorpusError, match=r"was stopped|was lost") as caught:
        cut(catalogue, server)
    assert "run the command again" in str(caught.value)
    assert len(catalogue.documents()) == 1  # by a new connection
    catalogue.put(document(sha256="cd" * 32), source("b", "cd" * 32))
    assert len(catalogue.documents()) == 2


def cut(catalogue, server):
    with catalogue.writing() as connection:
        connection.execute(tables.change.insert().values(document=1))
        own = connection.scalar(sa.text("SELECT pg_backend_pid()"))
        ask(server, f"SELECT pg_terminate_backend({own})")
        connection.execute(tables.change.insert().values(document=1))


# -- decisions of people ---------------------------------------------------------------------------


def test_the_server_refuses_to_change_what_people_decided(catalogue):
    number = catalogue.put(document(), source())
    catalogue.put_codebook("themes@1", "d", "codes: []")
    mine = Coding(
        f"{SHA[:10]}.1", "a", "person:leila", "themes@1", True, now(), None, (Span(0, 4),), "a\x00b"
    )
    catalogue.add_codings(number, [mine])
    for statement in (
        "UPDATE coding SET applied = false",
        "DELETE FROM coding",
        "DELETE FROM event",
    ):
        with pytest.raises(sa.exc.DatabaseError), catalogue.writing() as connection:
            connection.execute(sa.text(statement))
    assert catalogue.codings() == (mine,)


# -- the script ------------------------------------------------------------------------------------


def test_the_script_says_when_there_is_no_postgresql(tmp_path):
    script = ROOT / "scripts" / "postgresql_for_tests"
    for name in ("bash", "sed", "sort", "tail", "ls", "dirname"):
        with contextlib.suppress(FileExistsError):
            (tmp_path / name).symlink_to(f"/usr/bin/{name}")
    text = script.read_text(encoding="utf-8").replace("/usr/lib/postgresql", str(tmp_path / "no"))
    (tmp_path / "script").write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["/bin/bash", tmp_path / "script", "start"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 3
    assert "PostgreSQL is not on this machine" in done.stderr


# -- in the browser --------------------------------------------------------------------------------


def test_every_page_is_shown_of_a_catalogue_on_a_server(url, tmp_path):
    with Corpus.create(tmp_path / "c", catalogue=url) as corpus:
        corpus.catalogue.put(document(), source())
        clause = next(corpus.catalogue.clauses()).clause.id
    workbench = create_app(Settings(place=tmp_path / "c"))
    with TestClient(workbench, "http://localhost", raise_server_exceptions=False) as client:
        client.post("/name", data={"name": "leila", "back": "/help"})
        asked = (each for each in addresses(workbench) if each.method == "GET")
        pages = [each for each in asked if "figure" not in each.path]  # to draw them takes long
        for path in [each.filled({"clause": clause}) for each in pages] + ["/search?q=parties"]:
            answer = client.get(path)
            computing = "retry-after" in answer.headers  # in a process of its own
            assert answer.status_code < 500 or computing, f"{path}: {answer.text}"
        saved = client.post("/searches", data={"name": "x", "q": "parties"})
        assert saved.status_code == 200
