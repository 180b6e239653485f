"""Commands that change something, each with the corpus it begins on."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from coded_corpus import CODEBOOK, code_all, document

from textmine.store.corpus import Corpus
from torturing.commands import textmine

DOCUMENTS = 12
_READ = 8  # of which so many are in the corpus before documents are added to it


@dataclass(frozen=True)
class Scene:
    """A command: its words, how it may end, and what makes the folder that it runs in.

    The corpus is ``corpus`` there, files to take in are in ``inbox``, what is written goes to
    ``out``. ``same`` is False where the end hangs on when it was stopped.
    """

    name: str
    words: tuple[str, ...]
    made: Callable[[Path], None]
    ends: tuple[int, ...] = (0,)
    answers: str = ""
    same: bool = True
    corpus: str = "corpus"
    ends_again: tuple[int, ...] = ()  # how it may end when it was stopped once it was through

    @property
    def may_end(self) -> tuple[int, ...]:
        """How it may end when it is run once more."""
        return (*self.ends, *self.ends_again)


def _after(made: Callable[[Path], None], folder: Path) -> None:
    """Begin a folder with what ``made`` makes."""
    shutil.copytree(template(made, folder.parent), folder)


# -- the folders -----------------------------------------------------------------------------------


def nothing(folder: Path) -> None:
    """Files to take in, a codebook, and no corpus."""
    folder.mkdir(parents=True)
    (folder / "book.yaml").write_text(CODEBOOK, encoding="utf-8")
    (folder / "out").mkdir()
    inbox = folder / "inbox"
    inbox.mkdir()
    for number in range(1, DOCUMENTS + 1):
        text = document(number)
        if number % 4 == 1:
            (inbox / f"{number:02}.html").write_text(
                "<html><body>" + "".join(f"<p>{line}</p>" for line in text.split("\n\n")), "utf-8"
            )
        else:
            (inbox / f"{number:02}.txt").write_text(text, "utf-8", newline="\n")
    shutil.copyfile(inbox / "02.txt", inbox / "again.txt")  # the same content by another name
    (inbox / "broken.pdf").write_bytes(b"%PDF-1.4\nno more")


def empty(folder: Path) -> None:
    """An empty corpus."""
    _after(nothing, folder)
    textmine(folder, ["init", "corpus", "--codebook", "book.yaml"])


def begun(folder: Path) -> None:
    """A corpus of some of the files, coded by the dictionary and by a person."""
    _after(empty, folder)
    files = sorted(each.name for each in (folder / "inbox").glob("[0-9]*"))[:_READ]
    textmine(folder, ["add", "--corpus", "corpus", *(f"inbox/{name}" for name in files)])
    code_all(folder)


def coded(folder: Path) -> None:
    """A corpus of all files, coded by the dictionary and by a person, without a model."""
    _after(begun, folder)
    textmine(folder, ["add", "--corpus", "corpus", "inbox"], allowed=(1,))
    code_all(folder)
    textmine(folder, ["index", "--corpus", "corpus"])
    textmine(folder, ["export", "--corpus", "corpus", "--coder", "person:leila",
                      "--to", "leila.csv"])  # fmt: skip


def trained(folder: Path) -> None:
    """The same with a model that is live and has coded everything."""
    _after(coded, folder)
    textmine(folder, ["train", "--corpus", "corpus", "--encoder", "none", "--promote"])
    textmine(folder, ["code", "--corpus", "corpus"])


def twice_trained(folder: Path) -> None:
    """The same with a second model that is not live."""
    _after(trained, folder)
    textmine(folder, ["train", "--corpus", "corpus", "--encoder", "none", "--no-promote"])


def old(folder: Path) -> None:
    """A corpus whose catalogue is of the first version, all else as in ``coded``."""
    _after(coded, folder)
    catalogue = folder / "corpus" / "catalogue.db"
    with Corpus.open(folder / "corpus") as corpus:
        corpus.catalogue.documents()  # takes the log in
    newer = catalogue.with_name("newer.db")
    catalogue.rename(newer)
    for tail in ("-wal", "-shm"):
        catalogue.with_name(f"catalogue.db{tail}").unlink(missing_ok=True)
    catalogue.with_name("catalogue.last").unlink(missing_ok=True)
    _first_version(catalogue)
    with closing(sqlite3.connect(catalogue)) as database:
        database.execute("ATTACH ? AS newer", (str(newer),))
        tables = database.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")
        for (name,) in tables.fetchall():
            if name != "alembic_version" and not name.startswith("sqlite_"):
                columns = [row[1] for row in database.execute(f"PRAGMA main.table_info('{name}')")]
                listed = ", ".join(f'"{column}"' for column in columns)
                database.execute(
                    f'INSERT INTO main."{name}" ({listed}) SELECT {listed} FROM newer."{name}"'
                )
        database.commit()
    for each in (newer, *newer.parent.glob("newer.db-*")):
        each.unlink()


def _first_version(catalogue: Path) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "textmine.store:migrations")
    config.set_main_option("path_separator", "os")
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(catalogue)))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()
    with closing(sqlite3.connect(catalogue)) as database:
        database.execute("PRAGMA journal_mode = WAL")


def backed_up(folder: Path) -> None:
    """A corpus and its backup."""
    _after(trained, folder)
    textmine(folder, ["backup", "--corpus", "corpus", "kept.tar"])


_ANSWERS = "".join(f"{number}\n" for number in (1, 2, 0, 1, 2, 0))
_AT = ("--corpus", "corpus")


def _scenes() -> list[Scene]:
    return [
        Scene("init", ("init", "corpus", "--codebook", "book.yaml"), nothing, ends_again=(3,)),
        Scene("add", ("add", *_AT, "inbox", "--jobs", "2"), empty, (1,)),
        Scene("add-more", ("add", *_AT, "inbox", "--jobs", "1"), begun, (1,)),
        Scene("code", ("code", *_AT, "--again"), trained),
        Scene(
            "import",
            ("import", *_AT, "leila.csv", "--coder", "person:omid"),
            coded,
        ),
        Scene(
            "review",
            ("review", *_AT, "--coder", "person:sara", "-n", "6", "--model", "dictionary"),
            coded,
            answers=_ANSWERS,
            same=False,
        ),
        Scene("train", ("train", *_AT, "--encoder", "none"), coded),
        Scene("promote", ("models", "promote", "themes-2", *_AT), twice_trained),
        Scene("index", ("index", *_AT, "--rebuild"), coded),
        Scene("export", ("export", *_AT, "--to", "out/coded.csv"), coded),
        Scene("workbook", ("search", *_AT, "bank", "--to", "out/hits.xlsx"), coded),
        Scene("report", ("report", *_AT, "--to", "out/report.html"), coded),
        Scene("save-search", ("search", *_AT, "bank", "--save", "banks"), begun),
        Scene("migrate", ("index", *_AT), old),
        Scene("backup", ("backup", *_AT, "out/kept.tar"), trained, ends_again=(1, 2, 3)),
        Scene(
            "restore",
            ("restore", "kept.tar", "back"),
            backed_up,
            corpus="back",
            ends_again=(1, 2, 3),
        ),
    ]


SCENES = {scene.name: scene for scene in _scenes()}


@cache
def template(made: Callable[[Path], None], work: Path) -> Path:
    """The folder that ``made`` makes, made once."""
    folder = work / "made" / made.__name__
    if not folder.exists():
        # Paths in the catalogue are absolute: it is made where every round runs.
        stage = work / "stage"
        shutil.rmtree(stage, ignore_errors=True)
        made(stage)
        folder.parent.mkdir(parents=True, exist_ok=True)
        stage.rename(folder)
    return folder


def staged(scene: Scene, work: Path) -> Path:
    """A fresh folder for a round of a scene, always at the same place."""
    stage = work / "stage"
    made = template(scene.made, work)
    shutil.rmtree(stage, ignore_errors=True)
    shutil.copytree(made, stage)
    return stage
