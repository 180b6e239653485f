"""Every engine reads every document once, and reads it the same; machines may go away meanwhile."""

from __future__ import annotations

import functools
import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
import shelf  # noqa: F401 - makes the addresses shelf:// known
import sqlalchemy as sa
from typer.testing import CliRunner

from textmine import engines, ingest
from textmine.cli import app
from textmine.engines import Dask, Local, Order, engine_named
from textmine.errors import EngineError, UsageError
from textmine.records import Extraction, Line, Page
from textmine.store import originals, tables
from textmine.store.codec import extraction_to_json
from textmine.store.corpus import Corpus
from textmine.worker import Result, Task

distributed = pytest.importorskip("distributed")

HERE = Path(__file__).resolve().parent
DERIVED = (tables.document, tables.page, tables.clause, tables.part, tables.attribute)
TIMES = {"added_at", "seal"}  # a seal covers the time at which a document came


@pytest.fixture(scope="module")
def cluster() -> Iterator[distributed.LocalCluster]:
    with distributed.LocalCluster(
        n_workers=1,
        threads_per_worker=2,
        dashboard_address=None,
        preload=[str(HERE / "shelf.py")],
        silence_logs=50,
    ) as cluster:
        cluster.wait_for_workers(1)
        yield cluster


SOUND = 4


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> list[Path]:
    folder = tmp_path_factory.mktemp("inbox")
    for number in range(SOUND):
        text = f"ماده {number + 1}\nطرفین در زمینه های فرهنگی همکاری می کنند.\n" * (5 - number)
        (folder / f"{number}.txt").write_text(text, encoding="utf-8")
    (folder / "8.pdf").write_bytes(b"%PDF-1.7\nnothing more")
    return sorted(folder.iterdir())


@pytest.fixture(scope="module")
def here(files, tmp_path_factory) -> tuple[list[ingest.Outcome], list[tuple[object, ...]]]:
    """What became of the files on this machine: the outcomes and the rows."""
    with made(tmp_path_factory.mktemp("here") / "corpus") as corpus:
        return ingest.add(corpus, files, engine=Local(2)).outcomes, rows(corpus)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--engine", "spark://host"], "No engine is named spark://host"),
        (["--engine", "local:2", "--jobs", "2"], "not both"),
    ],
)
def test_the_command_refuses_what_it_cannot_mean(arguments, said, files):
    done = CliRunner().invoke(app, ["add", *arguments, str(files[0])])
    assert isinstance(done.exception, UsageError)
    assert said in str(done.exception)


def test_the_command_takes_an_engine(files, tmp_path):
    made(tmp_path / "corpus", f"file://{tmp_path}/s").catalogue.close()
    added = ["--corpus", str(tmp_path / "corpus"), "add", "--no-code", "--engine", "local:1"]
    done = CliRunner().invoke(app, [*added, "--json", str(files[-1])])
    assert json.loads(done.stdout)["failed"] == 1
    with Corpus.open(tmp_path / "corpus") as corpus:
        assert corpus.originals.address == f"file://{tmp_path}/s"


def made(folder: Path, originals: str | None = None) -> Corpus:
    return Corpus.create(folder, originals=originals)


def rows(corpus: Corpus) -> list[tuple[object, ...]]:
    """Everything that was derived, without the time at which it was."""
    found = []
    with corpus.catalogue.reading() as connection:
        for table in DERIVED:
            columns = [column for column in table.c if column.name not in TIMES]
            query = sa.select(*columns).order_by(*table.primary_key.columns)
            found += [(table.name, *map(repr, row)) for row in connection.execute(query)]
    return found


@pytest.mark.parametrize(
    ("name", "engine"),
    [
        ("local:3", Local(3)),
        ("local", Local()),
        ("dask://host:8786", Dask("tcp://host:8786")),
        ("dask://host", Dask("tcp://host:8786")),
        ("tcp://host:1/", Dask("tcp://host:1")),
        ("tls://host:1", Dask("tls://host:1")),
    ],
)
def test_engines_have_names(name, engine):
    assert engine_named(name) == engine


@pytest.mark.parametrize("name", ["", "local:0", "local:x", "dask://", "dask", "http://host:1"])
def test_what_names_no_engine_is_refused(name):
    with pytest.raises(UsageError, match="dask://HOST:8786"):
        engine_named(name)


def test_a_cluster_that_loses_a_worker_reads_what_this_machine_reads(
    cluster, files, here, tmp_path
):
    outcomes, expected = here
    killed = []

    def kill(outcome: ingest.Outcome) -> None:
        if not killed:
            killed.append(next(iter(cluster.workers.values())).pid)
            os.kill(killed[0], signal.SIGKILL)

    with made(tmp_path / "corpus", f"shelf://{tmp_path}/s") as corpus:
        engine = Dask(cluster.scheduler_address)
        there = ingest.add(corpus, files, engine=engine, on_outcome=kill)
        assert killed
        assert (there.count("done"), there.count("failed")) == (SOUND, 1)
        assert sorted(there.outcomes, key=str) == sorted(outcomes, key=str)
        assert rows(corpus) == expected
        changes = corpus.catalogue.changes(0)
        assert len(changes) == 2 * len(files)  # begun and stored, each once
        again = ingest.add(corpus, files[:SOUND], engine=engine)
        assert again.count("duplicate") == SOUND
        assert corpus.catalogue.changes(0) == changes


def test_originals_elsewhere_are_read_here_too(files, here, tmp_path):
    with made(tmp_path / "corpus", f"file://{tmp_path}/s") as corpus:
        ingest.add(corpus, files, engine=Local(2))
        assert rows(corpus) == here[1]
        assert not (corpus.folder / "originals").exists()


def test_a_killed_command_loses_nothing_that_it_had_said(cluster, files, here, tmp_path):
    made(tmp_path / "corpus", f"shelf://{tmp_path}/s").catalogue.close()
    script = tmp_path / "adding.py"
    script.write_text(
        textwrap.dedent(f"""
            import sys
            sys.path.insert(0, {str(HERE)!r})
            import shelf
            from pathlib import Path
            from textmine import ingest
            from textmine.engines import Dask
            from textmine.store.corpus import Corpus

            if __name__ == "__main__":
                with Corpus.open(Path({str(tmp_path / "corpus")!r})) as corpus:
                    files = [Path(each) for each in sys.argv[1:]]
                    engine = Dask({cluster.scheduler_address!r})
                    ingest.add(corpus, files, engine=engine,
                               on_outcome=lambda each: print(each.path, flush=True))
        """),
        encoding="utf-8",
    )
    with subprocess.Popen(
        [sys.executable, script, *files], stdout=subprocess.PIPE, text=True, cwd=HERE.parent
    ) as adding:
        said = adding.stdout.readline().strip()
        adding.kill()
    with Corpus.open(tmp_path / "corpus") as corpus:
        states = {each.path: each.state for each in corpus.catalogue.documents()}
        assert states[said] == ("failed" if said.endswith(".pdf") else "done")
        ingest.add(corpus, files, engine=Dask(cluster.scheduler_address))
        assert rows(corpus) == here[1]


def test_other_versions_are_refused(cluster, files, tmp_path, monkeypatch):
    here = engines.versions()
    monkeypatch.setattr(engines, "versions", lambda: {**here, "hazm": "0.1"})
    with (
        made(tmp_path / "corpus") as corpus,
        pytest.raises(EngineError, match=r"worker \S+ has hazm \S+, here is 0\.1.*same versions"),
    ):
        ingest.add(corpus, files, engine=Dask(cluster.scheduler_address))


def test_a_worker_that_comes_later_is_looked_at_too(tmp_path):
    order = engines._order_there(Order(1, "ab", ".txt", "a.txt"), str(tmp_path), {"Python": "2"})
    with pytest.raises(EngineError, match="has Python 3"):
        engines._result_there(engines.read_there(order), Task(1, "", "ab", "a.txt"))


@pytest.mark.parametrize(
    ("raised", "sent", "reason"),
    [
        (OSError(28, "No space left on device"), None, "unreachable"),
        (None, functools.reduce(lambda inner, _: [inner], range(100_000), []), "crash"),
    ],
    ids=["no space", "too deep"],
)
def test_what_fails_on_one_machine_is_a_result(files, tmp_path, monkeypatch, raised, sent, reason):
    def run(tasks, jobs):
        if raised:
            raise raised
        return [Result(tasks[0], sent, None)]

    monkeypatch.setattr(engines.worker, "run", run)
    store = engines.Originals(tmp_path / "s")
    sha256 = originals.sha256_of(files[0])
    store.keep(files[0], sha256, ".txt")
    order = engines._order_there(
        Order(1, sha256, ".txt", "a.txt"), store.address, engines.versions()
    )
    result = engines._result_there(engines.read_there(order), Task(1, "", sha256, "a.txt"))
    assert (result.extraction, result.reason) == (None, reason)


def test_originals_that_workers_do_not_see_are_named(cluster, files, tmp_path):
    order = Order(1, "ab" * 32, ".txt", "a.txt")
    originals = engines.Originals(tmp_path / "nowhere")
    with pytest.raises(EngineError, match="does not see the originals"):
        list(Dask(cluster.scheduler_address).read([order], originals, lambda name, at, of: None))


def test_no_scheduler_is_said(files, tmp_path, monkeypatch):
    monkeypatch.setattr(engines, "_CONNECT_SECONDS", 1)
    with (
        made(tmp_path / "corpus") as corpus,
        pytest.raises(EngineError, match="No Dask scheduler can be talked to at tcp://127"),
    ):
        ingest.add(corpus, files, engine=Dask("tcp://127.0.0.1:9"))
    with Corpus.open(tmp_path / "corpus") as corpus:
        assert corpus.catalogue.documents() == ()


def test_not_everything_is_under_way_at_once(cluster, files, tmp_path):
    store = engines.Originals(f"shelf://{tmp_path}/s")
    taken = []

    def orders() -> Iterator[Order]:
        for key, file in enumerate(files[:3] * 20):
            sha256 = originals.sha256_of(file)
            store.keep(file, sha256, ".txt")
            taken.append(key)
            yield Order(key, sha256, ".txt", f"{key}.txt")

    results = Dask(cluster.scheduler_address).read(orders(), store, lambda name, at, of: None)
    first = next(results)
    assert len(taken) <= 2 * engines._AHEAD + len(first)
    results.close()


class Nonsense:
    """An engine whose machines were taken over."""

    def __init__(self, *sent: tuple[object, object]) -> None:
        self.sent = sent

    def read(self, orders, originals, on_page):
        results = [
            Result(order.task(""), *sent) for order, sent in zip(orders, self.sent, strict=False)
        ]
        yield results


def good() -> tuple[dict, dict]:
    extraction = extraction_to_json(Extraction((Page(1, "A.", (Line(0, 2),)),), "plain 1"))
    return extraction, {"clauses": [], "parts": [], "segmenter": "", "normaliser": ""}


def test_what_nonsense_is_made_from_is_none(files, tmp_path):
    with made(tmp_path / "corpus") as corpus:
        (outcome,) = ingest.add(corpus, files[:1], engine=Nonsense(good())).outcomes
        assert outcome.reason.startswith("no-clauses: ")


@pytest.mark.parametrize(
    "sent",
    [
        ({"pages": 3}, None),
        ({"pages": [None]}, None),
        ({}, {}),
        ([], []),
        ("text", None),
        (good()[0] | {"pages": good()[0]["pages"] * 2}, good()[1]),  # one page twice
        (good()[0], good()[1] | {"clauses": [[1, 2, 3]]}),
        (good()[0], good()[1] | {"guesses": {"title": 7}}),
    ],
)
def test_nonsense_from_one_document_stops_no_other(sent, files, tmp_path):
    with made(tmp_path / "corpus") as corpus:
        summary = ingest.add(corpus, files[:2], engine=Nonsense(sent, (None, None)))
        assert [outcome.state for outcome in summary.outcomes] == ["failed", "failed"]
        assert summary.outcomes[0].reason.startswith("crash: ")
        assert all(each.state == "failed" for each in corpus.catalogue.documents())


def test_what_is_ready_together_is_stored_together(files, tmp_path):
    seen = []
    with made(tmp_path / "corpus") as corpus:

        def look(outcome: ingest.Outcome) -> None:
            seen.append([each.reason for each in corpus.catalogue.documents()[:2]])

        engine = Nonsense((None, None), (None, None))
        ingest.add(corpus, files[:2], engine=engine, on_outcome=look)
    assert seen == [["", ""]] * 2


def test_an_original_that_was_lost_is_put_back(files, tmp_path):
    with made(tmp_path / "corpus") as corpus:
        ingest.add(corpus, files[:1], engine=Local(1))
        (document,) = corpus.catalogue.documents()
        place = corpus.originals.path(document.sha256, document.suffix)
        place.unlink()
        (outcome,) = ingest.add(corpus, files[:1], engine=Local(1)).outcomes
        assert (outcome.state, outcome.reason) == ("duplicate", ingest.PUT_BACK)
        assert originals.sha256_of(place) == document.sha256
        assert corpus.catalogue.documents() == (document,)


@pytest.mark.skipif(sys.platform == "win32", reason="there a program must guard its start")
def test_a_script_without_a_guard_runs_once(files, tmp_path):
    script = tmp_path / "unguarded.py"
    script.write_text(
        textwrap.dedent(f"""
            from pathlib import Path
            from textmine import ingest
            from textmine.store.corpus import Corpus

            with open({str(tmp_path / "runs")!r}, "a") as runs:
                runs.write("run\\n")
            with Corpus.create(Path({str(tmp_path / "corpus")!r})) as corpus:
                print(ingest.add(corpus, [Path({str(files[0])!r})], jobs=1).count("done"))
        """),
        encoding="utf-8",
    )
    ran = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, check=True, cwd=HERE.parent
    )
    assert ran.stdout.strip() == "1"
    assert (tmp_path / "runs").read_text() == "run\n"


def test_a_lost_scheduler_stops_the_run_and_the_next_goes_on(cluster, files, tmp_path):
    """The last of this file, because it takes the cluster away."""
    with made(tmp_path / "corpus", f"file://{tmp_path}/s") as corpus:

        def lose(outcome: ingest.Outcome) -> None:
            cluster.close()

        with pytest.raises(EngineError, match=r"scheduler was lost|have left"):
            ingest.add(corpus, files, engine=Dask(cluster.scheduler_address), on_outcome=lose)
        stored = [each for each in corpus.catalogue.documents() if each.state == "done"]
        summary = ingest.add(corpus, files, engine=Local(2))
        assert summary.count("duplicate") == len(stored)
        assert summary.count("done") == SOUND - len(stored)
        assert [Path(each.path) for each in corpus.catalogue.documents()] == files


class Cancelled:
    """A future whose result was lost with its worker."""

    status = "cancelled"

    def __init__(self, key: str) -> None:
        self.key = key

    def add_done_callback(self, call: object) -> None:
        pass


class Client:
    """Of a cluster that loses every result."""

    def __init__(self) -> None:
        self.status = "running"
        self.submitted: list[str] = []

    def submit(self, _task: object, _said: str, key: str) -> Cancelled:
        self.submitted.append(key)
        return Cancelled(key)


def test_a_result_that_was_lost_on_its_way_is_asked_for_again() -> None:
    client = Client()
    flow = engines._Flow(client, "", iter(()))
    flow.submit(Order(1, "a" * 64, ".txt", "a.txt"))
    for _ in range(engines._MOST_LOST):
        assert flow.result(next(iter(flow.running.values()))[0]) is None
    assert len(set(client.submitted)) == 1 + engines._MOST_LOST  # under a name of its own each time
    with pytest.raises(EngineError, match="scheduler was lost"):
        flow.result(next(iter(flow.running.values()))[0])


def test_nothing_is_asked_of_a_scheduler_that_is_gone() -> None:
    client = Client()
    flow = engines._Flow(client, "", iter(()))
    flow.submit(Order(1, "a" * 64, ".txt", "a.txt"))
    client.status = "connecting"
    with pytest.raises(EngineError, match="scheduler was lost"):
        flow.result(next(iter(flow.running.values()))[0])
    assert len(client.submitted) == 1
