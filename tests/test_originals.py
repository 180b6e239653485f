"""Originals are kept whole or not at all, and what comes back is what was kept."""

from __future__ import annotations

from pathlib import Path

import pytest
import shelf

from textmine.errors import CorpusError, InputError, ReadError
from textmine.store import originals as module
from textmine.store.originals import Originals, Stored, original_name, sha256_of

TEXT = "Article 1\nThe Parties shall cooperate.\n"


@pytest.fixture(params=["folder", "file", "shelf"])
def originals(request, tmp_path, monkeypatch) -> Originals:
    monkeypatch.setattr(module, "_PAUSES", ())
    place = tmp_path / "originals"
    return Originals(place if request.param == "folder" else f"{request.param}://{place}")


@pytest.fixture
def file(tmp_path) -> Path:
    path = tmp_path / "treaty.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def lies(tmp_path: Path, sha256: str) -> Path:
    return tmp_path / "originals" / original_name(sha256, ".txt")


def test_what_is_kept_comes_back(originals, file, tmp_path):
    sha256 = sha256_of(file)
    assert originals.size(sha256, ".txt") is None
    assert originals.keep(file, sha256, ".txt") is True
    assert originals.keep(file, sha256, ".txt") is False
    assert originals.size(sha256, ".txt") == len(TEXT)
    assert originals.digest(sha256, ".txt") == sha256
    with originals.at_hand(sha256, ".txt") as path:
        assert path.name == f"{sha256}.txt"
        assert path.read_text(encoding="utf-8") == TEXT
    assert path.exists() == (originals.folder is not None)
    originals.fetch(sha256, ".txt", tmp_path / "out.txt")
    assert (tmp_path / "out.txt").read_text(encoding="utf-8") == TEXT
    assert list(originals.stored()) == [Stored(original_name(sha256, ".txt"), len(TEXT))]


def test_what_is_missing_or_spoiled_is_said_and_put_back(originals, file, tmp_path):
    sha256 = sha256_of(file)
    with pytest.raises(ReadError) as missing, originals.at_hand(sha256, ".txt"):
        pass
    assert missing.value.reason == "original-missing"
    originals.keep(file, sha256, ".txt")
    place = lies(tmp_path, sha256)
    place.write_text(TEXT.replace("shall", "may"), encoding="utf-8")  # as a crash might cut it
    with pytest.raises(ReadError) as damaged:
        originals.fetch(sha256, ".txt", tmp_path / "out.txt")
    assert damaged.value.reason == "original-damaged"
    assert not (tmp_path / "out.txt").exists()
    assert originals.digest(sha256, ".txt") != sha256
    assert originals.keep(file, sha256, ".txt") is True
    assert originals.digest(sha256, ".txt") == sha256


def test_a_flipped_bit_is_put_back(originals, file, tmp_path):
    sha256 = sha256_of(file)
    originals.keep(file, sha256, ".txt")
    lies(tmp_path, sha256).write_text(TEXT.replace("1", "3"), encoding="utf-8")
    if originals.folder is None:  # what lies far away is not fetched unless it is asked for
        assert originals.keep(file, sha256, ".txt") is False
    assert originals.keep(file, sha256, ".txt", thoroughly=True) is True
    assert originals.digest(sha256, ".txt") == sha256
    assert originals.keep(file, sha256, ".txt", thoroughly=True) is False


def test_a_file_that_changes_meanwhile_leaves_nothing(originals, file):
    with pytest.raises(InputError, match="changed while"):
        originals.keep(file, "0" * 64, ".txt")
    assert list(originals.stored()) == []


def test_half_made_files_are_told_apart():
    assert Stored("ab/.x.pdf.part", 3).half_made
    assert not Stored("ab/x.pdf", 3).half_made


def test_what_arrives_short_is_no_success(file, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_PAUSES", ())
    originals = Originals(f"shelf://{tmp_path}/originals")
    monkeypatch.setattr(
        shelf.Shelf, "put_file", lambda self, source, place: Path(place).write_text("short")
    )
    (tmp_path / "originals" / sha256_of(file)[:2]).mkdir(parents=True)
    with pytest.raises(ReadError, match="another size") as error:
        originals.keep(file, sha256_of(file), ".txt")
    assert error.value.reason == "unreachable"


def test_a_store_that_is_busy_is_asked_again(file, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_PAUSES", (0.0, 0.0))
    originals = Originals(f"shelf://{tmp_path}/originals")
    asked = []
    info = shelf.Shelf.info

    def busy(self, path, **settings):
        asked.append(path)
        if len(asked) < 3:
            raise ConnectionError("slow down")
        return info(self, path, **settings)

    monkeypatch.setattr(shelf.Shelf, "info", busy)
    assert originals.size(sha256_of(file), ".txt") is None
    assert len(asked) == 3


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("sftp://me:secret@host/x", r"sftp://host/x was given with a password"),
        ("nothing://host/x", "is no address for originals"),
        ("http://host/x", "is no address for originals"),
        ("simplecache::s3://bucket/x", "is no address for originals"),
        ("file:///x::http://host/y", "is no address for originals"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused(address, said):
    with pytest.raises(CorpusError, match=said) as error:
        Originals(address)
    assert "secret" not in str(error.value)


def test_there_is_no_path_where_there_is_no_folder(tmp_path):
    with pytest.raises(CorpusError, match="no folder"):
        Originals(f"file://{tmp_path}").path("ab", ".txt")


def test_the_folder_of_another_machine_is_not_made_here(file, tmp_path):
    with pytest.raises(InputError, match="no such place on this machine"):
        Originals(tmp_path / "study" / "originals").keep(file, sha256_of(file), ".txt")
    assert not (tmp_path / "study").exists()
