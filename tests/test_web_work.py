"""Adding documents, long work and models in the workbench."""

from __future__ import annotations

import io
import json
import multiprocessing
import os
import re
import shutil
import threading
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from coded_corpus import code_all, document, make
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page, expect
from web_desk import DOCUMENTS, Served

from textmine import codebook as codebooks
from textmine import ingest
from textmine.care.taking_back import events
from textmine.codings import CodedClause, take_in
from textmine.errors import InputError, ModelError
from textmine.resources import shipped
from textmine.store.corpus import Corpus
from textmine.tagging.comparison import is_apart
from textmine.tagging.figures import FIGURES_FILE, read_figures
from textmine.tagging.live import history
from textmine.tagging.scores import Bin, Covered, Interval, Learned
from textmine.tagging.training import gather
from textmine.web import Settings, create_app
from textmine.web.models import cards, curves
from textmine.web.models.planning import Some, planned
from textmine.web.work import adding, computing, processes
from textmine.web.work import works as work
from textmine.web.work.adding import keep, safe_name
from textmine.web.work.processes import Process
from textmine.web.work.works import Work, Works

PATIENCE = 120.0


@pytest.fixture(scope="module")
def coded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus with a small codebook of its own, of which a person has coded every clause."""
    folder = make(tmp_path_factory.mktemp("work"), 24)
    code_all(folder)
    return folder / "corpus"


@pytest.fixture(scope="module")
def trained(coded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with a model that was trained from the page."""
    folder = Path(shutil.copytree(coded, tmp_path_factory.mktemp("trained") / "corpus"))
    with asking(folder) as client:
        client.cookies.set("coder", "leila")
        form = {"encoder": "none", "learning": "true", "coding": "true"}
        answer = client.post("/models/train", data=form, follow_redirects=False)
        assert answer.headers["location"] == "/work/1"
        assert ended(client, 1).state == "done"
    return folder


@pytest.fixture
def own(coded: Path, tmp_path: Path) -> Path:
    """A copy of the corpus, to do with as one likes."""
    return Path(shutil.copytree(coded, tmp_path / "corpus"))


def asking(folder: Path, **settings: Any) -> TestClient:
    app = create_app(Settings(place=folder, **settings))
    return TestClient(app, base_url="http://localhost", headers={"accept-language": "en"})


def works_of(client: TestClient) -> Works:
    found: Works = client.app.state.works  # type: ignore[attr-defined]
    return found


def ended(client: TestClient, number: int) -> Work:
    """A piece of work, once it has ended."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        found = works_of(client).find(number)
        assert found is not None
        if not found.is_under_way:
            return found
        time.sleep(0.05)
    raise AssertionError(f"work {number} has not ended")


ARTICLES = "\n\n".join(f"Article {n}\nMusic, banks and number {n}." for n in range(1, 9))


def sent(name: str, text: bytes = b"Agreement\n\nArticle 1\nMusic and banks.\n") -> Any:
    return ("files", (name, io.BytesIO(text)))


# -- names -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("a.pdf", "a.pdf"),
        ("تفاهم‌نامهٔ کرمان.docx", "تفاهم‌نامهٔ کرمان.docx"),
        ("folder/a.pdf", "folder/a.pdf"),
        ("../../etc/passwd", "etc/passwd"),
        ("/etc/passwd", "etc/passwd"),
        ("..\\..\\a.pdf", "a.pdf"),
        ("a\x00b.pdf", "ab.pdf"),
        ("x\u202efdp.exe", "xfdp.exe"),
        (".bashrc", "bashrc"),
        ("a. . ", "a"),
        ("con.pdf", "_con.pdf"),
        ('<script>"?.pdf', "_script___.pdf"),
        ("...", "file"),
        ("", "file"),
    ],
)
def test_names_lead_nowhere_else(name: str, kept: str) -> None:
    assert safe_name(name) == kept


@given(st.text())
def test_any_name_stays_below_its_folder(name: str) -> None:
    kept = safe_name(name)
    assert kept
    assert not kept.startswith("/")
    assert all(part not in ("", ".", "..") for part in kept.split("/"))
    assert all(len(part.encode()) <= 200 for part in kept.split("/"))
    assert "\x00" not in kept
    assert "\\" not in kept


def test_two_files_of_one_name_are_both_kept(tmp_path: Path) -> None:
    names = [keep(tmp_path, "a.pdf", io.BytesIO(text)) for text in (b"one", b"two")]
    assert names == ["a.pdf", "a (2).pdf"]
    assert [(tmp_path / name).read_bytes() for name in names] == [b"one", b"two"]


# -- adding ----------------------------------------------------------------------------------------


def test_files_that_are_sent_become_documents(own: Path) -> None:
    with asking(own) as client:
        client.cookies.set("coder", "leila")
        files = [
            sent("../شهر/موافقت.txt", document(99).encode()),
            sent("torn.pdf", b"%PDF-1.7\nnothing"),
            sent("again.txt", document(1).encode()),
        ]
        answer = client.post("/add", files=files, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/work/1")
        done = ended(client, 1)
        assert (done.state, done.fault, done.who) == ("done", "", "person:leila")
        states = {line["path"]: line["state"] for line in works_of(client).lines(1)}
        assert states == {
            "again.txt": "duplicate",
            "torn.pdf": "failed",
            "شهر/موافقت.txt": "done",
        }
        page = client.get("/work/1").text
        assert "The end of the file is missing." in page
        assert "same content as" in page
        assert not works_of(client).inbox(1).exists()
    with Corpus.open(own) as corpus:
        added = [each for each in corpus.catalogue.documents() if each.id > 24]
        assert {each.path for each in added} == {"torn.pdf", "شهر/موافقت.txt"}
        said = events(corpus.catalogue)
        assert [each.who for each in said if each.what == "added"][-1] == "person:leila"


def test_a_series_outlives_its_server(own: Path) -> None:
    with asking(own) as client:
        first = client.post("/add?series=1", files=[sent("a.txt", document(77).encode())])
        assert first.json() == {"work": 1}
        again = client.post("/add?series=1&to=1", files=[sent("b.txt", document(78).encode())])
        assert again.json() == {"work": 1}
        assert "2 files have arrived" in client.get("/work/1").text
        answer = client.post("/add/begin", data={"to": "1"})
        assert answer.json() == {"address": "/work/1"}
        later = client.post("/add?series=1&to=1", files=[sent("c.txt")]).json()
        assert later["work"] == 2  # the first one takes no more
    said = json.loads((own / "work" / "1" / "work.json").read_text(encoding="utf-8"))
    assert said["state"] in ("waiting", "running", "done")  # as far as it came with its server
    with asking(own) as client:
        client.post("/work/2/stop")
        assert ended(client, 1).state == "done"
        assert [line["state"] for line in works_of(client).lines(1)] == ["done", "done"]


def test_what_came_is_added_when_its_sender_went_away(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "_LATE_SECONDS", -1)
    monkeypatch.setattr(work, "_LOOK_SECONDS", 0.05)
    with asking(own) as client:
        client.post("/add?series=1", files=[sent("a.txt")])
        until = time.monotonic() + PATIENCE
        while (found := works_of(client).find(1)) and found.state == "receiving":
            assert time.monotonic() < until
            time.sleep(0.05)
        assert found is not None
        assert found.state in ("waiting", "running")


def test_work_waits_for_what_still_arrives(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with asking(own) as client:
        works = works_of(client)
        client.post("/add?series=1", files=[sent("folder/a.txt")])
        inbox = works.inbox(1)
        long_ago = time.time() - 2 * work._LATE_SECONDS

        def waits() -> bool:
            works._begin_late()
            found = works.find(1)
            return found is not None and found.state == "receiving"

        os.utime(inbox, (long_ago, long_ago))
        client.post("/add?series=1&to=1", files=[sent("folder/b.txt")])  # not at the top
        assert waits()
        os.utime(inbox, (long_ago, long_ago))
        seen = []
        monkeypatch.setattr(adding, "keep", lambda *_: seen.append(waits()))
        client.post("/add?series=1&to=1", files=[sent("c.txt")])
        assert seen == [True]
        os.utime(inbox, (long_ago, long_ago))
        assert not waits()


@pytest.mark.parametrize("address", ["/api/v1/documents", "/add", "/add?series=1"])
def test_what_could_not_be_stored_is_not_added_later(
    own: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    store = adding.keep

    def keep_one(inbox: Path, name: str, content: Any) -> str:
        if name == "b.txt":
            raise InputError("b.txt could not be stored: No space left on device.")
        return store(inbox, name, content)

    monkeypatch.setattr(adding, "keep", keep_one)
    with asking(own) as client:
        answer = client.post(address, files=[sent("a.txt"), sent("b.txt")])
        assert answer.status_code == 400
        assert "could not be stored" in answer.text
        assert works_of(client).all() == []
        assert list((own / "work").iterdir()) == []


def test_nothing_sent_is_no_work(own: Path) -> None:
    with asking(own) as client:
        # what a browser sends for a field in which nothing was chosen
        lines = [
            "--x",
            'Content-Disposition: form-data; name="files"; filename=""',
            "",
            "",
            "--x--",
        ]
        answer = client.post(
            "/add",
            content="\r\n".join([*lines, ""]),
            headers={"content-type": "multipart/form-data; boundary=x"},
        )
        assert answer.status_code == 400
        assert works_of(client).all() == []


def test_what_is_too_large_is_refused_before_it_is_read(own: Path) -> None:
    with asking(own, upload_bytes=1000) as client:
        assert client.post("/add", files=[sent("a.txt", b"x" * 2000)]).status_code == 413


# -- works -----------------------------------------------------------------------------------------


def test_work_can_be_stopped_and_gone_on_with(own: Path) -> None:
    with asking(own) as client:
        works = works_of(client)
        first, second = works.start("index"), works.start("index")
        client.post(f"/work/{second.id}/stop")
        assert ended(client, second.id).state == "stopped"
        assert ended(client, first.id).state == "done"
        client.post(f"/work/{second.id}/again")
        assert ended(client, second.id).state == "done"
        assert client.post(f"/work/{second.id}/again").status_code == 400


@pytest.mark.parametrize("broken", ["start", "record", "lines", "every record"])
def test_a_fault_of_the_disk_ends_one_work_alone(
    own: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise OSError(28, "No space left on device")

    begun: list[Process] = []
    started = Process.__init__

    def start(self: Process, *values: Any) -> None:
        started(self, *values)
        begun.append(self)

    with asking(own) as client:
        works = works_of(client)
        monkeypatch.setattr(Process, "__init__", start)
        with monkeypatch.context() as patched:
            if broken == "start":
                patched.setattr(Process, "__init__", refuse)
            elif broken == "lines":
                patched.setattr(works, "_heard", refuse)
            put = works._put
            refused = {"record": ["running"], "every record": ["running", "failed"]}.get(broken, ())

            def once(work: Work) -> Work:
                if work.state in refused:
                    refuse()
                return put(work)

            patched.setattr(works, "_put", once)
            first = works.start("index")
            found = ended(client, first.id)
            assert (found.state, found.fault) == (
                "failed",
                "OSError: [Errno 28] No space left on device",
            )
        assert [each._process.is_alive() for each in begun] == [False] * (broken != "start")
        assert ended(client, works.start("index").id).state == "done"
        works.again(first.id)
        assert ended(client, first.id).state == "done"


def test_damaged_records_are_no_work(own: Path) -> None:
    for number, text in ((1, "{"), (2, "[]"), (3, '{"id": 9}')):
        (own / "work" / str(number)).mkdir(parents=True)
        (own / "work" / str(number) / "work.json").write_text(text, encoding="utf-8")
    with asking(own) as client:
        assert client.get("/work").status_code == 200
        assert client.get("/work/1").status_code == 404
        assert works_of(client).receive().id == 4


def test_pages_read_records_of_work_that_changed_and_no_others(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with asking(own) as client:
        works = works_of(client)
        assert ended(client, works.start("index").id).state == "done"
        assert client.get("/work").status_code == 200
        with monkeypatch.context() as patched:
            patched.delattr(work, "_read")
            assert client.get("/work").status_code == 200
        record = own / "work" / "1" / "work.json"  # as another server writes it
        record.write_text(record.read_text("utf-8").replace('"done"', '"failed"', 1), "utf-8")
        assert works.all()[0].state == "failed"


def test_figures_are_computed_beside_the_server(own: Path) -> None:
    function = "textmine.web.work.doing:index"
    with asking(own) as client:
        works = works_of(client)

        def computed(called: str = function, **values: Any) -> Any:
            until = time.monotonic() + PATIENCE
            while (found := works.computed(called, **values)).step and time.monotonic() < until:
                time.sleep(0.05)
            return found

        first = works.computed(function)
        assert first.value is None
        assert first.step is not None
        assert not first.fresh
        found = computed()
        assert found.value == {"clauses": 192}
        assert found.fresh
        assert not found.fault
        with Corpus.open(own) as corpus:
            corpus.catalogue.put_attributes(1, ())
        older = works.computed(function)
        assert older.value == {"clauses": 192}
        assert not older.fresh
        wrong = computed("textmine.web.work.doing:promote", name="none", by="", reason="")
        assert "There is no model none" in wrong.fault
        assert wrong.value is None
        assert not works.all()


def test_a_fault_ends_one_computation_alone(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise OSError(24, "Too many open files")

    function = "textmine.web.work.doing:index"
    with asking(own) as client:
        works = works_of(client)

        def computed(mark: str) -> Any:
            until = time.monotonic() + PATIENCE
            while (found := works.computed(function, mark=mark)).step:
                assert time.monotonic() < until
                time.sleep(0.05)
            return found

        with monkeypatch.context() as patched:
            patched.setattr(Process, "__init__", refuse)
            assert computed("one").fault == "OSError: [Errno 24] Too many open files"
        assert computed("two").value == {"clauses": 192}


def test_so_much_can_wait_to_be_computed(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = threading.Event()
    monkeypatch.setattr(computing.Computations, "_compute", lambda *_: held.wait(PATIENCE))
    with asking(own) as client:
        works = works_of(client)
        client.app.add_api_route(  # type: ignore[attr-defined]
            "/figures", lambda: works.computed("a:b", mark=0, coder="one more") and None
        )
        for n in range(21):  # one of them is computed
            works.computed("a:b", mark=0, coder=f"nobody {n}")
            until = time.monotonic() + PATIENCE
            while n == 0 and works._computations._line:
                assert time.monotonic() < until
                time.sleep(0.01)
        answer = client.get("/figures", headers={"accept-language": "fa"})
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
        assert "نیم دقیقهٔ دیگر" in answer.text
        assert works.computed("a:b", mark=0, coder="nobody 3").step, "what waits is told"
        assert len(works._computations._wanted) == 21
        works._computations._line.clear()
        held.set()


def test_what_is_stopped_while_it_starts_ends_in_peace(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(processes.os, "setpgid", lambda *_: None)
    monkeypatch.setattr(processes.threading.Thread, "start", interrupted)
    ours, theirs = multiprocessing.Pipe()
    processes._run(theirs, own, "textmine.web.work.doing:index", {}, "")
    assert ours.recv() == processes.Ended(fault="It was stopped.")


# -- models ----------------------------------------------------------------------------------------


def test_training_says_what_became_of_the_model(trained: Path) -> None:
    with asking(trained) as client:
        said = client.get("/work/1").text
        assert "It is the live model now:" in said
        assert "See what was measured" in said
        listed = client.get("/models").text
        assert 'href="/models/themes-1"' in listed
        page = client.get("/models/themes-1").text
    assert "It is better than what was live." in page
    assert page.count("<svg") == 3
    assert "Model card: themes-1" in page
    figures = read_figures(trained / "models" / "themes-1")
    assert figures is not None
    assert figures.comparison is not None
    assert figures.comparison.clauses == 32
    assert figures.evaluation.curves is not None
    sizes = [each.clauses for each in figures.evaluation.curves.learned]
    assert sizes == sorted(sizes)
    assert len(sizes) == 4
    assert [each.answered for each in figures.evaluation.curves.coverage][-1] == 1.0


def test_what_training_would_begin_with_is_said_before_it(coded: Path, trained: Path) -> None:
    with Corpus.open(coded) as corpus:
        plan = planned(corpus)
    assert (plan.own, plan.apart) == (Some(160, 20), Some(32, 4))
    assert (plan.fresh, plan.is_vain, plan.is_enough) == (plan.apart, False, True)
    with Corpus.open(trained) as corpus:
        after = planned(corpus)
    assert (after.live, after.fresh) == ("themes-1", plan.fresh)


def read(corpus: Path, apart: bool, count: int) -> None:
    """Leila reads some clauses of a document that is kept apart, or of others."""
    text = next(
        text
        for n in range(1000)
        for text in (f"Agreement {n}\n\n{ARTICLES}".encode(),)
        if is_apart(sha256(text).hexdigest()[:10])
    )
    (corpus.parent / "apart.txt").write_bytes(text)
    with Corpus.open(corpus) as opened:
        ingest.add(opened, ingest.find([corpus.parent / "apart.txt"])[0], jobs=1)
        book = codebooks.load(opened.codebook_file)
        source = opened.codebook_file.read_text(encoding="utf-8")
        opened.catalogue.put_codebook(book.reference, book.digest, source)
        rows = [
            CodedClause(
                str(each.document), each.clause.id, each.clause.language, each.clause.text,
                ("cultural",), "leila", book.reference,
            )
            for each in opened.catalogue.clauses()
            if is_apart(each.clause.id.partition(".")[0]) == apart
        ]  # fmt: skip
        assert len(rows) > count
        take_in(opened.catalogue, rows[:count], book)


def test_training_for_nothing_is_foretold(corpus: Path) -> None:
    with asking(corpus) as client:
        client.cookies.set("coder", "leila")
        assert "People have coded nothing here yet" in client.get("/models").text
    read(corpus, apart=True, count=3)
    with Corpus.open(corpus) as opened:
        plan = planned(opened)
        suited = {each.number for each in plan.wanting}
        apart = {each.id for each in opened.catalogue.documents() if is_apart(each.sha256[:10])}
        gathered = gather((), opened, codebooks.load(opened.codebook_file))
    assert (plan.own, plan.apart) == (Some(0, 0), Some(3, 1))
    assert suited == apart  # the one that was begun
    assert plan.is_short
    assert plan.shipped == len(gathered.learn) > 3_000
    assert plan.unread > 3_000  # nothing was ever read here
    assert plan.minutes >= 3
    assert "All that people coded here is of documents that are kept apart" in gathered.notes[-1]
    with asking(corpus) as client:
        client.cookies.set("coder", "leila")
        said = client.get("/models").text
        assert "nothing of it would be learned" in said
        assert "Needed: 30 clauses of 3 documents" in said
    read(corpus, apart=False, count=2)
    with Corpus.open(corpus) as opened:
        assert not planned(opened).is_vain


def test_a_new_model_is_shown_beside_the_live_one(trained: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(trained, tmp_path / "corpus"))
    shutil.copytree(folder / "models" / "themes-1", folder / "models" / "themes-2")
    beside = (
        r'<a href="/models/themes-1">.*?</a>\s*<span class="live">live</span></td><td(.*?)</td>'
    )
    with asking(folder) as client:
        found = re.search(beside, client.get("/models/themes-2").text, re.S)
        assert found
        assert re.search(r"[01]\.\d\d", found[1])
        (folder / "models" / "themes-1" / FIGURES_FILE).unlink()
        found = re.search(beside, client.get("/models/themes-2").text, re.S)
        assert found
        assert "came without figures" in found[1]


@pytest.mark.parametrize("name", ["themes", "themes-fast"])
def test_shipped_models_have_the_figures_of_their_cards(name: str) -> None:
    folder = shipped("models") / name
    figures = read_figures(folder)
    assert figures is not None
    score = figures.evaluation.scores[0]
    shown = [
        f"{each.value:.2f} [{each.low:.2f}, {each.high:.2f}]"
        for each in (score.macro_f1, score.micro_f1)
    ]
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert f"| model | {shown[0]} | {shown[1]} | {score.first_right:.2f} |" in card


def test_figures_that_are_none_are_told(trained: Path, tmp_path: Path) -> None:
    assert read_figures(tmp_path) is None
    text = (trained / "models" / "themes-1" / FIGURES_FILE).read_text(encoding="utf-8")
    for broken in ("{", "[]", text.replace("model 1", "model 9"), text.replace('"folds": 5', "")):
        (tmp_path / FIGURES_FILE).write_text(broken, encoding="utf-8")
        with pytest.raises(ModelError, match=r"figures\.json cannot be read"):
            read_figures(tmp_path)


def test_a_model_is_shown_with_what_was_measured(trained: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(trained, tmp_path / "corpus"))
    file = folder / "models" / "themes-1" / FIGURES_FILE
    said = json.loads(file.read_text(encoding="utf-8"))
    said["evaluation"]["curves"][2] = []  # learning was not asked for
    said["comparison"] |= {"scores": [], "gain": None, "reason": "Too few."}
    with asking(folder) as client:
        shown = []
        for text in (json.dumps(said), json.dumps(said | {"comparison": None}), "{"):
            file.write_text(text, encoding="utf-8")
            shown.append(client.get("/models/themes-1").text)
        file.unlink()
        shown.append(client.get("/models/themes-1").text)
        assert client.get("/models/themes").status_code == 200
    assert [page.count("<svg") for page in shown] == [2, 2, 0, 0]
    assert "Not compared:" in shown[0]
    assert 'href="/models#plan"' in shown[0]
    assert "cannot be read" in shown[2]
    assert "came without figures" in shown[3]


def test_a_person_goes_back_and_forth_with_a_reason(trained: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(trained, tmp_path / "corpus"))
    with asking(folder) as client:
        client.cookies.set("coder", "leila")
        back = client.post("/models/rollback", data={"reason": "زود بود"}, follow_redirects=False)
        assert ended(client, int(back.headers["location"].split("/")[-1])).state == "done"
        client.post("/models/themes-1/promote", data={"reason": "<b>read</b>"})
        assert ended(client, 3).state == "done"
        page = client.get("/models").text
        assert "زود بود" in page
        assert "&lt;b&gt;read&lt;/b&gt;" in page
        assert client.post("/models/none/promote").status_code == 404
        client.post("/models/themes/promote")  # for another codebook
        assert "codebook" in ended(client, 4).fault
    steps = [(step.name, step.who, step.said) for step in history(folder / "models")]
    assert steps[1:] == [
        ("themes", "person:leila", "زود بود"),
        ("themes-1", "person:leila", "<b>read</b>"),
    ]


def test_a_card_is_shown_and_does_nothing(tmp_path: Path) -> None:
    shown = cards.html(
        "# A `b`\n\ntext <script>x</script> *em* **strong**\n\n| a | b |\n|--|--|\n| 1 | <i> |"
    )
    assert "<h3>A <code>b</code></h3>" in shown
    assert "&lt;script&gt;" in shown
    assert "<script>" not in shown
    assert "<th>a</th><th>b</th>" in shown
    assert "<td>&lt;i&gt;</td>" in shown
    assert "<em>em</em> <strong>strong</strong>" in shown


@given(st.lists(st.tuples(*[st.floats(0, 1)] * 3), min_size=1, max_size=10))
def test_curves_stay_in_their_field(figures: list[tuple[float, float, float]]) -> None:
    drawn = [
        curves.of_calibration([Bin(1, x, y) for x, y, _ in figures]),
        curves.of_coverage([Covered(x, 1, y, z) for x, y, z in figures]),
        curves.of_learning([Learned(1 + 5000 * x, Interval(y, y, z)) for x, y, z in figures]),
    ]
    for curve in drawn:
        assert all(curves.LEFT <= point.x <= curves.RIGHT for point in curve.points)
        assert all(curves.TOP <= point.y <= curves.BOTTOM for point in curve.points)
        assert [tick.at for tick in curve.across] == sorted(tick.at for tick in curve.across)


# -- in a browser ----------------------------------------------------------------------------------


@pytest.fixture
def served_own(own: Path) -> Iterator[str]:
    server = Served(Settings(place=own))
    yield server.address
    server.stop()


@pytest.mark.parametrize("tongue", ["fa"])
def test_adding_in_a_browser(served_own: str, page: Page, tongue: str) -> None:
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: said.type == "error" and wrong.append(said.text))
    text = (DOCUMENTS / "fa" / "fa-08-shahrekord-resolution.txt").read_bytes()
    page.goto(f"{served_own}/add")
    expect(page.locator("#send")).to_be_disabled()
    page.locator("input[type=file]").first.set_input_files(
        [
            {"name": name, "mimeType": "application/octet-stream", "buffer": content}
            for name, content in (("مصوبه.txt", text), ("torn.pdf", b"%PDF-1.7\nnothing"))
        ]
    )
    expect(page.locator("#chosen li")).to_have_count(2)
    page.locator("#send").click()
    page.wait_for_url("**/work/1")
    expect(page.locator("#files tbody tr")).to_have_count(2, timeout=PATIENCE * 1000)
    first = page.locator("#files tbody tr").first  # what needs attention stands first
    expect(first).to_contain_text("torn.pdf")
    expect(first).to_contain_text("پایان پرونده")
    finished = page.get_by_text("انجام شد", exact=True)
    expect(finished).to_be_visible(timeout=PATIENCE * 1000)
    expect(page.locator(".working")).to_have_count(0)  # the header knows it, too
    assert wrong == []
