"""The address of a corpus in a PostgreSQL database."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import sqlalchemy as sa

from textmine.errors import CorpusError

SCHEMA = "textmine"
"""The schema of the tables where an address names none."""

_SCHEMES = ("postgresql", "postgres", "postgresql+psycopg")
_SCHEMA = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_FORM = "postgresql://USER@HOST/DATABASE?schema=NAME"
# What of an address says how to get in; it is neither shown nor kept.
_SECRET = ("password", "sslpassword")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a corpus lies: a database, and the schema of its tables in it.

    As text it has no password; that is used and never shown or kept.
    """

    url: sa.URL
    schema: str

    @staticmethod
    def meant(place: str) -> bool:
        """Whether a name of a corpus is an address and no folder."""
        return "://" in place

    @classmethod
    def of(cls, place: str) -> Self:
        """The address that is written so; CorpusError when none is.

        >>> str(Address.of("postgresql://leila:secret@host/agreements"))
        'postgresql://leila@host/agreements?schema=textmine'
        """
        try:
            url = sa.make_url(place.strip())
        except (sa.exc.ArgumentError, ValueError):
            raise CorpusError(f"This is no address of a corpus; write it as {_FORM}") from None
        if url.drivername not in _SCHEMES:
            raise CorpusError(
                f"{url.drivername}:// is no database that textmine knows. Name a folder, or {_FORM}"
            )
        if not url.database:
            raise CorpusError(f"The address names no database; write it as {_FORM}")
        schema = url.query.get("schema", SCHEMA)
        if not isinstance(schema, str) or not _SCHEMA.fullmatch(schema) or schema[:3] == "pg_":
            raise CorpusError(
                "A schema is named by small Latin letters, digits and low lines, at most 63, "
                "not beginning with a digit or pg_."
            )
        return cls(url.set(drivername="postgresql").difference_update_query(["schema"]), schema)

    def __str__(self) -> str:
        bare = self.url.difference_update_query(_SECRET).update_query_dict({"schema": self.schema})
        open_ = sa.URL.create(
            bare.drivername,
            username=bare.username,
            host=bare.host,
            port=bare.port,
            database=bare.database,
            query=bare.query,
        )
        return open_.render_as_string(hide_password=False)

    def __repr__(self) -> str:
        return f"Address.of({str(self)!r})"

    def without_secret(self, said: str) -> str:
        """A sentence of the server without the password."""
        secrets = [self.url.password, *(self.url.query.get(name) for name in _SECRET)]
        for secret in secrets:
            if isinstance(secret, str) and secret:
                said = said.replace(secret, "***")
        return said

    @property
    def working_folder(self) -> Path:
        """Where this user keeps what is derived from the corpus on this machine."""
        from platformdirs import user_data_path

        name = hashlib.sha256(str(self).encode()).hexdigest()[:16]
        return user_data_path("textmine") / "corpora" / f"{self.schema}-{name}"
