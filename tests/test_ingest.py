"""Every input ends in one named state, nothing stops the batch, adding twice does nothing."""

from __future__ import annotations

import os
import shutil
import sys
import threading
import unicodedata
import zipfile
from pathlib import Path

import pytest
import sqlalchemy as sa

from textmine import ingest
from textmine.errors import InputError
from textmine.store.corpus import Corpus
from textmine.worker import Limits, Result, Task, run

AGREEMENT = """تفاهم‌نامه همکاری میان شهرداری کاشان و شهرداری کوتاهیه

ماده ۱ - موضوع
طرفین در زمینه‌های فرهنگی همکاری می‌کنند.

ماده ۲ - مدت
این تفاهم‌نامه از تاریخ امضا به مدت پنج سال معتبر است.
"""


@pytest.fixture
def corpus(tmp_path):
    with Corpus.create(tmp_path / "corpus") as made:
        yield made


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "inbox"
    (folder / "deep" / "deeper").mkdir(parents=True)
    (folder / "one.txt").write_text(AGREEMENT, encoding="utf-8")
    (folder / "deep" / "two.md").write_text("# A report\n\nOne finding. Another.", encoding="utf-8")
    (folder / "deep" / "deeper" / "copy.txt").write_text(AGREEMENT, encoding="utf-8")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing more")
    (folder / "old.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    (folder / "notes.xyz").write_text("not a document")
    (folder / ".hidden.txt").write_text("hidden")
    return folder


def states(summary: ingest.Summary) -> dict[str, str]:
    return {Path(outcome.path).name: outcome.state for outcome in summary.outcomes}


def test_each_input_ends_in_one_state(corpus, inbox):
    files, ignored = ingest.find([inbox])
    summary = ingest.add(corpus, files, jobs=2)
    found = states(summary)
    copies = sorted((found.pop("one.txt"), found.pop("copy.txt")))
    assert copies == ["done", "duplicate"]
    assert found == {
        "two.md": "done",
        "empty.txt": "failed",
        "broken.pdf": "failed",
        "old.doc": "failed",
    }
    assert len(summary.outcomes) == len(files) == 6
    assert all(o.reason for o in summary.outcomes if o.state != "done")
    assert ignored == {".xyz": 1}
    assert {s.state for s in corpus.catalogue.sources()} == {"done", "duplicate", "failed"}


def test_adding_again_does_nothing_and_says_so(corpus, inbox):
    files, _ = ingest.find([inbox])
    ingest.add(corpus, files, jobs=2)
    before = corpus.catalogue.documents()
    changes = corpus.catalogue.changes(0)
    again = ingest.add(corpus, files, jobs=2)
    assert again.count("duplicate") == 3
    assert again.count("failed") == 3
    assert again.count("done") == 0
    assert any("already in the corpus" in outcome.reason for outcome in again.outcomes)
    assert corpus.catalogue.documents() == before
    assert corpus.catalogue.changes(0) == changes


def test_documents_are_numbered_in_the_order_of_the_inputs(corpus, tmp_path):
    slow = big_text(tmp_path / "a.txt", 2000)
    files = [slow, *(big_text(tmp_path / f"b{n}.txt", n) for n in range(1, 5))]
    finished = [Path(o.path) for o in ingest.add(corpus, files, jobs=2).outcomes]
    assert sorted(finished) == files
    assert [Path(document.path) for document in corpus.catalogue.documents()] == files


def test_the_same_content_elsewhere_is_a_duplicate(corpus, inbox, tmp_path):
    ingest.add(corpus, [inbox / "one.txt"], jobs=1)
    elsewhere = tmp_path / "elsewhere.txt"
    shutil.copy(inbox / "one.txt", elsewhere)
    (outcome,) = ingest.add(corpus, [elsewhere], jobs=1).outcomes
    assert outcome.state == "duplicate"
    assert "one.txt" in outcome.reason


def test_what_is_stored_can_be_followed_back(corpus, inbox):
    ingest.add(corpus, [inbox / "one.txt"], jobs=1)
    (document,) = corpus.catalogue.documents()
    original = corpus.originals.path(document.sha256, document.suffix)
    assert original.read_text(encoding="utf-8") == AGREEMENT
    text = "\f".join(page.text for page in corpus.catalogue.pages(document.id))
    clauses = list(corpus.catalogue.clauses(document=document.id))
    assert [stored.clause.number for stored in clauses if stored.clause.number] == ["1", "2"]
    for stored in clauses:
        clause = stored.clause
        assert clause.text == "\n".join(text[start:end] for start, end in clause.spans)
        assert stored.normalised.original(0, len(stored.normalised.text)).end <= len(clause.text)


def test_the_table_beside_the_files_is_believed(corpus, inbox):
    (inbox / "documents.csv").write_text(
        "path,title,kind,date,parties\none.txt,My title,agreement,2018-03-02,Kashan;Kütahya\n",
        encoding="utf-8",
    )
    ingest.add(corpus, ingest.find([inbox])[0], jobs=1)
    document = next(d for d in corpus.catalogue.documents() if d.title == "My title")
    assert document.value("kind") == "agreement"
    assert document.values("party") == ("Kashan", "Kütahya")
    assert {a.confidence for a in document.attributes if a.name in ("title", "kind")} == {1.0}


def test_a_bad_table_costs_the_metadata_only(corpus, inbox):
    (inbox / "documents.csv").write_text("path,kind\none.txt,novel\n", encoding="utf-8")
    summary = ingest.add(corpus, [inbox / "one.txt"], jobs=1)
    assert summary.count("done") == 1
    assert "novel" in summary.warnings[0]


def test_a_path_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(InputError, match="nowhere"):
        ingest.find([tmp_path / "nowhere"])


def big_text(path: Path, sentences: int) -> Path:
    path.write_text("The Parties shall cooperate in culture. " * sentences, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(cpu_seconds=1), "timeout"),
        (Limits(wall_seconds=0.01), "timeout"),
        (Limits(memory_bytes=8 << 20), "too-large"),
    ],
)
def test_a_document_that_takes_too_much_is_given_up(tmp_path, limits, reason):
    heavy = big_text(tmp_path / "heavy.txt", 400_000)
    light = big_text(tmp_path / "light.txt", 2)
    tasks = [Task(0, str(heavy), "0" * 64, "heavy.txt"), Task(1, str(light), "1" * 64, "light.txt")]
    results = {r.task.key: r for r in run(tasks, jobs=1, limits=limits)}
    assert results[0].reason == reason
    if limits.wall_seconds > 1:
        assert results[1].reason == ""
        assert results[1].derived is not None


def test_a_zip_bomb_is_refused(corpus, tmp_path):
    bomb = tmp_path / "bomb.docx"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{relations}"><Relationship Id="a" Type="{kind}" '
            'Target="word/document.xml"/></Relationships>',
        )
        archive.writestr("word/document.xml", b" " * (300 << 20))
    (outcome,) = ingest.add(corpus, [bomb], jobs=1).outcomes
    assert outcome.state == "failed"
    assert outcome.reason.startswith("zip-bomb: ")


def test_an_interrupted_run_keeps_what_was_read(corpus, tmp_path):
    files = [big_text(tmp_path / f"{n}.txt", n) for n in range(1, 6)]

    def stop(outcome: ingest.Outcome) -> None:
        if outcome.path == str(files[1]):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ingest.add(corpus, files, jobs=1, on_outcome=stop)
    kept = corpus.catalogue.documents()
    assert [document.state for document in kept[:2]] == ["done", "done"]
    assert {document.reason for document in kept[2:]} <= {"interrupted"}
    again = ingest.add(corpus, files, jobs=1)
    assert (again.count("duplicate"), again.count("done")) == (2, 3)


def alter(corpus: Corpus, statement: str) -> None:
    with corpus.catalogue.writing() as connection:
        connection.execute(sa.text(statement))


@pytest.mark.parametrize("made_by", ["segmenter", "normaliser", "extractor"])
def test_what_an_older_version_made_is_made_again(corpus, inbox, made_by):
    ingest.add(corpus, [inbox / "one.txt"], jobs=1)
    (before,) = corpus.catalogue.documents()
    alter(corpus, f"UPDATE document SET {made_by} = 'plain 0'")
    (outcome,) = ingest.add(corpus, [inbox / "one.txt"], jobs=1).outcomes
    assert outcome.state == "done"
    assert corpus.catalogue.documents() == (before,)


def test_what_was_cut_short_is_read_again_and_what_is_broken_is_not(corpus, inbox):
    ingest.add(corpus, [inbox / "one.txt", inbox / "broken.pdf"], jobs=1)
    alter(corpus, "UPDATE document SET state = 'partial', reason = 'timeout' WHERE id = 1")
    again = ingest.add(corpus, [inbox / "one.txt", inbox / "broken.pdf"], jobs=1)
    assert states(again) == {"one.txt": "done", "broken.pdf": "failed"}
    assert len(corpus.catalogue.changes(0)) == 5  # two begun, two stored, one stored again


def test_a_corrected_table_is_taken_over(corpus, inbox):
    table = inbox / "documents.csv"
    table.write_text("path,title\none.txt,First\n", encoding="utf-8")
    ingest.add(corpus, [inbox / "one.txt"], jobs=1)
    clauses = list(corpus.catalogue.clauses())
    table.write_text("path,title\none.txt,Second\n", encoding="utf-8")
    (outcome,) = ingest.add(corpus, [inbox / "one.txt"], jobs=1).outcomes
    assert outcome.state == "duplicate"
    assert "documents.csv now says other things" in outcome.reason
    assert corpus.catalogue.documents()[0].title == "Second"
    assert list(corpus.catalogue.clauses()) == clauses
    (outcome,) = ingest.add(corpus, [inbox / "one.txt"], jobs=1).outcomes
    assert outcome.reason == ingest.UNCHANGED


def test_a_decomposed_name_is_found_in_the_table(corpus, tmp_path):
    file = tmp_path / unicodedata.normalize("NFD", "آلمان.txt")
    file.write_text(AGREEMENT, encoding="utf-8")
    (tmp_path / "documents.csv").write_text("path,title\nآلمان.txt,T\n", encoding="utf-8")
    ingest.add(corpus, [file], jobs=1)
    assert corpus.catalogue.documents()[0].title == "T"


def test_a_twin_of_a_file_that_could_not_be_kept_is_no_duplicate(corpus, inbox, monkeypatch):
    keep = corpus.originals.keep

    def refuse_once(source, sha256, suffix, **how):
        monkeypatch.setattr(corpus.originals, "keep", keep)
        raise OSError("Input/output error")

    monkeypatch.setattr(corpus.originals, "keep", refuse_once)
    files = [inbox / "one.txt", inbox / "deep" / "deeper" / "copy.txt"]
    assert states(ingest.add(corpus, files, jobs=1)) == {"one.txt": "failed", "copy.txt": "done"}


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="file names are Unicode there")
def test_a_name_that_is_no_utf8_stops_nothing(corpus, tmp_path):
    folder = tmp_path / "names"
    folder.mkdir()
    odd = os.fsencode(folder) + b"/caf\xe9.txt"
    Path(os.fsdecode(odd)).write_text("One sentence here.", encoding="utf-8")
    (folder / "z.txt").write_text("Another sentence here.", encoding="utf-8")
    summary = ingest.add(corpus, ingest.find([folder])[0], jobs=1)
    assert summary.count("done") == 2
    assert any(outcome.path.endswith("caf\\xe9.txt") for outcome in summary.outcomes)


def test_a_corpus_does_not_swallow_itself(corpus, inbox):
    ingest.add(corpus, [inbox / "one.txt"], jobs=1)
    shutil.copy(inbox / "one.txt", corpus.folder.parent / "beside.txt")
    files, _ = ingest.find([corpus.folder.parent])
    assert not any(corpus.folder in file.parents for file in files)
    assert corpus.folder.parent / "beside.txt" in files


def test_two_who_add_at_once_get_everything_once(corpus, tmp_path):
    files = [big_text(tmp_path / f"{n}.txt", n) for n in range(1, 7)]
    summaries = []

    def adding(own: list[Path]) -> None:
        with Corpus.open(corpus.folder) as opened:
            summaries.append(ingest.add(opened, own, jobs=1))

    threads = [threading.Thread(target=adding, args=(own,)) for own in (files, files[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(summary.count("done") for summary in summaries) == [0, 6]
    assert sorted(summary.count("duplicate") for summary in summaries) == [0, 6]
    assert {document.state for document in corpus.catalogue.documents()} == {"done"}


def test_a_reading_that_is_cut_short_costs_nothing_that_is_stored(corpus, inbox):
    ingest.add(corpus, [inbox / "one.txt"], jobs=1)
    clauses = list(corpus.catalogue.clauses())
    alter(corpus, "UPDATE document SET segmenter = 'older'")

    class Lost:
        def read(self, orders, originals, on_page):
            for order in orders:
                yield [Result(order.task(""), None, None, "timeout", "It took too long.")]

    (outcome,) = ingest.add(corpus, [inbox / "one.txt"], engine=Lost()).outcomes
    assert outcome.state == "failed"
    assert "stays as it was" in outcome.reason
    assert list(corpus.catalogue.clauses()) == clauses
    assert [source.state for source in corpus.catalogue.sources()] == ["failed"]
    (outcome,) = ingest.add(corpus, [inbox / "one.txt"], jobs=1).outcomes
    assert outcome.state == "done"


@pytest.mark.parametrize("column", ["path", "reason"])
def test_a_damaged_note_of_a_path_is_mended_by_adding_again(corpus, inbox, column):
    ingest.add(corpus, [inbox / "one.txt"], jobs=1)
    before = [(source.path, source.reason) for source in corpus.catalogue.sources()]
    alter(corpus, f"UPDATE source SET {column} = 'damaged'")
    ingest.add(corpus, [inbox / "one.txt"], jobs=1)
    assert [(source.path, source.reason) for source in corpus.catalogue.sources()] == before


def test_links_out_of_a_folder_are_left_out(inbox, tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    try:
        (inbox / "z.txt").symlink_to(tmp_path / "secret.txt")
        (inbox / "y.txt").symlink_to(inbox / "one.txt")
    except OSError:
        pytest.skip("no links here")
    files, ignored = ingest.find([inbox])
    assert inbox / "z.txt" not in files
    assert inbox / "y.txt" in files
    assert ignored["link"] == 1
