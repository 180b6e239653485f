"""The suite on a PostgreSQL server: pytest --catalogue postgresql://USER@HOST/DATABASE

Every catalogue that a test makes is then a fresh schema of that server, dropped in the end. What
is copied as a folder gets a copy of its schema. Tests about SQLite's file itself are left out:
they are marked ``sqlite`` with what they do to it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tomllib
from pathlib import Path

import sqlalchemy as sa

from textmine.store import corpus as corpora
from textmine.store import tables
from textmine.store.address import Address
from textmine.store.corpus import Corpus
from textmine.store.database import Database


class Server:
    """Makes and drops the schemas of one process of tests."""

    def __init__(self, url: str) -> None:
        self.address = Address.of(url)
        self.prefix = f"tests_{os.getpid()}_"
        self.made: set[str] = set()

    def schema(self, place: Path) -> Address:
        """The address for what would be a file or folder of that name."""
        name = hashlib.sha256(os.fsencode(place.absolute())).hexdigest()[:12]
        while f"{self.prefix}{name}" in self.made and not place.exists():
            name += "x"  # the name was used by a test before
        return Address(self.address.url, f"{self.prefix}{name}")

    def install(self) -> None:
        """From here on catalogues are made on the server."""
        create, open_, make = Database.create, Database.open, Corpus.create
        copytree = shutil.copytree
        files: dict[Path, Address] = {}

        def created(cls, place):
            if isinstance(place, Path):
                address = files[place.absolute()] = self.schema(place)
                place.touch()
                place = address
            if place.schema.startswith(self.prefix):
                self.made.add(place.schema)
            return create.__func__(cls, place)

        def opened(cls, place):
            known = files.get(place.absolute()) if isinstance(place, Path) else None
            return open_.__func__(cls, known or place)

        def made(cls, folder, *, codebook=None, catalogue=None, originals=None):
            catalogue = catalogue or str(self.schema(folder))
            return make.__func__(
                cls, folder, codebook=codebook, catalogue=catalogue, originals=originals
            )

        def copied(source, to, *args, **named):
            done = copytree(source, to, *args, **named)
            for mark in Path(to).rglob("corpus.toml"):
                address = self._own(mark)
                if address is not None:
                    self._copy(address, mark)
            return done

        Database.create = classmethod(created)
        Database.open = classmethod(opened)
        Corpus.create = classmethod(made)
        shutil.copytree = copied

    def _own(self, mark: Path) -> Address | None:
        named = tomllib.loads(mark.read_text(encoding="utf-8")).get("catalogue")
        address = None if named is None else Address.of(named)
        return address if address and address.schema.startswith(self.prefix) else None

    def _copy(self, address: Address, mark: Path) -> None:
        """A schema like the one at ``address``, for the folder of ``mark``."""
        number = 0
        while (name := f"{address.schema[:50]}_{number}") in self.made:
            number += 1
        own = Address(address.url, name)
        with Database.create(own) as copy, copy.writing() as connection:
            connection.execute(sa.text(f'ALTER TABLE "{name}".event DISABLE TRIGGER USER'))
            connection.execute(sa.text(f'DELETE FROM "{name}".event'))
            connection.execute(sa.text(f'ALTER TABLE "{name}".event ENABLE TRIGGER USER'))
            for table in tables.metadata.sorted_tables:
                columns = ", ".join(f'"{column.name}"' for column in table.c)
                rows = f'SELECT {columns} FROM "{address.schema}"."{table.name}"'
                into = f'INSERT INTO "{name}"."{table.name}" ({columns}) {rows}'
                connection.execute(sa.text(into))
            copy.renumber(connection)
        mark.write_text(corpora.corpus_toml(own, None), encoding="utf-8")

    def drop(self) -> None:
        """Take all schemas away again."""
        engine = sa.create_engine(self.address.url.set(drivername="postgresql+psycopg"))
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for name in sorted(self.made):
                connection.execute(sa.schema.DropSchema(name, cascade=True, if_exists=True))
        engine.dispose()
