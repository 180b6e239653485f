"""Types of columns that mean the same in SQLite and in PostgreSQL.

SQLite compares text byte by byte, keeps any length and any character. PostgreSQL compares it by the
language of its database, enforces lengths and refuses NUL. So there texts are of the collation
``C``, of any length, and what it refuses goes in and comes out under an escape.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

# U+FDD0 is reserved for use inside programs: no text of a document has a reason to hold it. One
# that does is escaped itself.
_ESCAPE = "\ufdd0"
_REFUSED = re.compile("[\x00\ud800-\udfff\ufdd0]")
_ESCAPED = re.compile(f"{_ESCAPE}([0-9a-f]{{4}})")


def escaped(text: str) -> str:
    r"""The text as PostgreSQL takes it.

    >>> ascii(escaped("a\x00b")), escaped("متن")
    ("'a\\ufdd00000b'", 'متن')
    """
    return _REFUSED.sub(lambda match: f"{_ESCAPE}{ord(match[0]):04x}", text)


def unescaped(text: str) -> str:
    r"""The text as it was before :func:`escaped`.

    >>> odd = "a\x00b\ud800\ufdd0"
    >>> unescaped(escaped(odd)) == odd
    True
    """
    if _ESCAPE not in text:
        return text
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)


class Text(sa.types.TypeDecorator[str]):
    """Text of any length."""

    impl: type[sa.types.TypeEngine[Any]] = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """On PostgreSQL text that is compared byte by byte."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(sa.Text(collation="C"))
        return dialect.type_descriptor(self.impl_instance)

    def bind_processor(self, dialect: sa.Dialect) -> Callable[[Any], Any] | None:
        """What changes a value on its way in: on SQLite nothing, which costs nothing."""
        return _in if dialect.name == "postgresql" else None

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """What changes a value on its way out."""
        return _out if dialect.name == "postgresql" else None


class String(Text):
    """Text that is short by its meaning; on PostgreSQL nothing enforces that."""

    impl = sa.String
    cache_ok = True


Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""The number of a row that there may be more of than 32 bits count; SQLite's have 64 anyway."""


class Size(sa.types.TypeDecorator[int]):
    """A number of bytes, which may be more than 2 GB."""

    impl = sa.Integer
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """64 bits on PostgreSQL; SQLite's numbers have them anyway."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(sa.BigInteger())
        return dialect.type_descriptor(self.impl_instance)


def _in(value: str | None) -> str | None:
    return None if value is None else escaped(value)


def _out(value: str | None) -> str | None:
    return None if value is None else unescaped(value)
