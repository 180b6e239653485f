"""The tables of the catalogue. Migrations create them; this file is what the code reads by.

Types are those that mean the same in SQLite and PostgreSQL. JSON columns hold lists of offsets and
other small derived things that no query looks into.
"""

from __future__ import annotations

import secrets

import sqlalchemy as sa

from textmine.store.types import Number, Size, String, Text

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

document = sa.Table(
    "document",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("sha256", String(64), nullable=False, unique=True),
    sa.Column("path", Text, nullable=False),
    sa.Column("suffix", String(16), nullable=False),
    sa.Column("size", Size, nullable=False),
    sa.Column("state", String(16), nullable=False),
    sa.Column("reason", String(32), nullable=False),
    sa.Column("detail", Text, nullable=False),
    sa.Column("warnings", sa.JSON, nullable=False),
    sa.Column("missing", sa.JSON, nullable=False),
    sa.Column("extractor", String(80), nullable=False),
    sa.Column("segmenter", String(80), nullable=False),
    sa.Column("normaliser", String(80), nullable=False),
    sa.Column("added_at", String(32), nullable=False),
    sa.Column("body", String(32), nullable=False, server_default=""),
    sa.Column("seal", String(32), nullable=False, server_default=""),
)

# Every path that was ever handed to `add`, and what became of it.
source = sa.Table(
    "source",
    metadata,
    sa.Column("path", Text, primary_key=True),
    sa.Column("sha256", String(64), primary_key=True),
    sa.Column("state", String(16), nullable=False),
    sa.Column("reason", Text, nullable=False),
    sa.Column("seen_at", String(32), nullable=False),
    sa.Column("seal", String(16), nullable=False, server_default=""),
    sa.Index(None, "sha256"),
)

# What is known about a document: one row per field and value, with where it came from.
attribute = sa.Table(
    "attribute",
    metadata,
    sa.Column("document", sa.ForeignKey("document.id"), primary_key=True),
    sa.Column("name", String(64), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("value", Text, nullable=False),
    sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("ground", Text, nullable=False),
)

page = sa.Table(
    "page",
    metadata,
    sa.Column("document", sa.ForeignKey("document.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("text", Text, nullable=False),
    sa.Column("sha256", String(64), nullable=False),
    sa.Column("lines", sa.LargeBinary, nullable=False),
    sa.Column("width", sa.Float),
    sa.Column("height", sa.Float),
    sa.Column("verdict", sa.JSON, nullable=False),
)

clause = sa.Table(
    "clause",
    metadata,
    sa.Column("id", String(40), primary_key=True),
    sa.Column("document", sa.ForeignKey("document.id"), nullable=False),
    sa.Column("ordinal", sa.Integer, nullable=False),
    sa.Column("kind", String(16), nullable=False),
    sa.Column("number", Text),
    sa.Column("heading", Text),
    sa.Column("text", Text, nullable=False),
    sa.Column("language", String(3), nullable=False),
    sa.Column("page", sa.Integer, nullable=False),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("end", sa.Integer, nullable=False),
    sa.Column("spans", sa.JSON, nullable=False),
    sa.Column("sentences", sa.JSON, nullable=False),
    sa.Column("normalised", Text, nullable=False),
    sa.Column("offsets", sa.JSON, nullable=False),
    sa.UniqueConstraint("document", "ordinal"),
)

part = sa.Table(
    "part",
    metadata,
    sa.Column("document", sa.ForeignKey("document.id"), primary_key=True),
    sa.Column("start", sa.Integer, primary_key=True),
    sa.Column("end", sa.Integer, nullable=False),
    sa.Column("kind", String(16), nullable=False),
)

codebook = sa.Table(
    "codebook",
    metadata,
    sa.Column("reference", String(80), primary_key=True),
    sa.Column("digest", String(64), nullable=False),
    sa.Column("source", Text, nullable=False),
    sa.Column("added_at", String(32), nullable=False),
    sa.Column("seal", String(16), nullable=False, server_default=""),
)

# Decisions. `clause` is no foreign key on purpose: a person's coding outlives a re-segmentation.
coding = sa.Table(
    "coding",
    metadata,
    sa.Column("id", Number, primary_key=True),
    sa.Column("document", sa.ForeignKey("document.id"), nullable=False),
    sa.Column("clause", String(40), nullable=False),
    sa.Column("code", String(80), nullable=False),
    sa.Column("coder", String(120), nullable=False),
    sa.Column("codebook", sa.ForeignKey("codebook.reference"), nullable=False),
    sa.Column("applied", sa.Boolean, nullable=False),
    sa.Column("probability", sa.Float),
    sa.Column("evidence", sa.JSON, nullable=False),
    sa.Column("memo", Text, nullable=False),
    sa.Column("made_at", String(32), nullable=False),
    sa.Column("seal", String(16), nullable=False, server_default=""),
    sa.Index(None, "clause"),
    sa.Index(None, "coder", "codebook", "code"),
    sa.Index(None, "document"),
    sqlite_autoincrement=True,  # no number is used twice, so the last one tells of change
)

# Which machine coder, of which version, has read which document: "no code" differs from "not coded
# yet", and what an older version coded is coded again.
coverage = sa.Table(
    "coverage",
    metadata,
    sa.Column("document", sa.ForeignKey("document.id"), primary_key=True),
    sa.Column("coder", String(120), primary_key=True),
    sa.Column("codebook", sa.ForeignKey("codebook.reference"), primary_key=True),
    sa.Column("version", String(80), nullable=False),
    sa.Column("clauses", sa.Integer, nullable=False),
    sa.Column("codings", sa.Integer, nullable=False, server_default="0"),
    sa.Column("made_at", String(32), nullable=False),
    sa.Column("seal", String(16), nullable=False, server_default=""),
)

# Searches saved under a name; `key` is the name folded, so that any spelling finds it.
search = sa.Table(
    "search",
    metadata,
    sa.Column("key", Text, primary_key=True),
    sa.Column("name", Text, nullable=False),
    sa.Column("query", Text, nullable=False),
    sa.Column("sort", String(16), nullable=False),
    sa.Column("any_word", sa.Boolean, nullable=False),
    sa.Column("semantic", sa.Boolean, nullable=False),
    sa.Column("hits", sa.Integer, nullable=False),
    sa.Column("saved_at", String(32), nullable=False),
    sa.Column("seal", String(16), nullable=False, server_default=""),
)


def random_mark() -> str:
    """What tells one change from every other, also of the same number in another catalogue."""
    return secrets.token_hex(8)


# Change log that the search index follows: written in the transaction that changes a document or
# its codings. By its mark a change is known again: a catalogue that was put back from a backup goes
# on with the same numbers.
change = sa.Table(
    "change",
    metadata,
    sa.Column("id", Number, primary_key=True, autoincrement=True),
    sa.Column("document", sa.Integer, nullable=False),
    sa.Column("mark", String(16), nullable=False, default=random_mark, server_default=""),
)

# How the corpus is set up, where that is not in its folder.
setting = sa.Table(
    "setting",
    metadata,
    sa.Column("name", Text, primary_key=True),
    sa.Column("value", Text, nullable=False),
    sa.Column("seal", String(16), nullable=False, server_default=""),
)

# The audit trail. Neither document nor clause is a foreign key: an event outlives what it tells of.
event = sa.Table(
    "event",
    metadata,
    sa.Column("id", Number, primary_key=True, autoincrement=True),
    sa.Column("at", String(32), nullable=False),
    sa.Column("who", String(120), nullable=False),
    sa.Column("what", String(40), nullable=False),
    sa.Column("document", sa.Integer),
    sa.Column("clause", String(40)),
    sa.Column("detail", sa.JSON, nullable=False),
    sa.Column("digest", String(32), nullable=False),
    sa.Index(None, "document"),
    sa.Index(None, "clause"),
    sqlite_autoincrement=True,
)

# Codings of people that were taken back, and by which event. They stay on record, and stand no
# more: whatever asks for codings asks for those that stand.
withdrawn = sa.Table(
    "withdrawn",
    metadata,
    sa.Column("coding", sa.ForeignKey("coding.id"), primary_key=True, autoincrement=False),
    sa.Column("event", sa.ForeignKey("event.id"), nullable=False),
)


def stands() -> sa.ColumnElement[bool]:
    """The condition that a coding was not taken back."""
    return coding.c.id.not_in(sa.select(withdrawn.c.coding))
