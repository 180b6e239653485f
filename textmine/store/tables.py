"""The tables of the catalogue. Migrations create them; this file is what the code reads by.

Types are those that SQLite and PostgreSQL share. JSON columns hold lists of offsets and other small
derived things that no query looks into.
"""

from __future__ import annotations

import secrets

import sqlalchemy as sa

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
    sa.Column("sha256", sa.String(64), nullable=False, unique=True),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("suffix", sa.String(16), nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("reason", sa.String(32), nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("warnings", sa.JSON, nullable=False),
    sa.Column("missing", sa.JSON, nullable=False),
    sa.Column("extractor", sa.String(80), nullable=False),
    sa.Column("segmenter", sa.String(80), nullable=False),
    sa.Column("normaliser", sa.String(80), nullable=False),
    sa.Column("added_at", sa.String(32), nullable=False),
)

# Every path that was ever handed to `add`, and what became of it.
source = sa.Table(
    "source",
    metadata,
    sa.Column("path", sa.Text, primary_key=True),
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("seen_at", sa.String(32), nullable=False),
    sa.Index(None, "sha256"),
)

# What is known about a document: one row per field and value, with where it came from.
attribute = sa.Table(
    "attribute",
    metadata,
    sa.Column("document", sa.ForeignKey("document.id"), primary_key=True),
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("ground", sa.Text, nullable=False),
)

page = sa.Table(
    "page",
    metadata,
    sa.Column("document", sa.ForeignKey("document.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("lines", sa.LargeBinary, nullable=False),
    sa.Column("width", sa.Float),
    sa.Column("height", sa.Float),
    sa.Column("verdict", sa.JSON, nullable=False),
)

clause = sa.Table(
    "clause",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("document", sa.ForeignKey("document.id"), nullable=False),
    sa.Column("ordinal", sa.Integer, nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("number", sa.Text),
    sa.Column("heading", sa.Text),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("language", sa.String(3), nullable=False),
    sa.Column("page", sa.Integer, nullable=False),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("end", sa.Integer, nullable=False),
    sa.Column("spans", sa.JSON, nullable=False),
    sa.Column("sentences", sa.JSON, nullable=False),
    sa.Column("normalised", sa.Text, nullable=False),
    sa.Column("offsets", sa.JSON, nullable=False),
    sa.UniqueConstraint("document", "ordinal"),
)

part = sa.Table(
    "part",
    metadata,
    sa.Column("document", sa.ForeignKey("document.id"), primary_key=True),
    sa.Column("start", sa.Integer, primary_key=True),
    sa.Column("end", sa.Integer, nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
)

codebook = sa.Table(
    "codebook",
    metadata,
    sa.Column("reference", sa.String(80), primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("added_at", sa.String(32), nullable=False),
)

# Decisions. `clause` is no foreign key on purpose: a person's coding outlives a re-segmentation.
coding = sa.Table(
    "coding",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("document", sa.ForeignKey("document.id"), nullable=False),
    sa.Column("clause", sa.String(40), nullable=False),
    sa.Column("code", sa.String(80), nullable=False),
    sa.Column("coder", sa.String(120), nullable=False),
    sa.Column("codebook", sa.ForeignKey("codebook.reference"), nullable=False),
    sa.Column("applied", sa.Boolean, nullable=False),
    sa.Column("probability", sa.Float),
    sa.Column("evidence", sa.JSON, nullable=False),
    sa.Column("memo", sa.Text, nullable=False),
    sa.Column("made_at", sa.String(32), nullable=False),
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
    sa.Column("coder", sa.String(120), primary_key=True),
    sa.Column("codebook", sa.ForeignKey("codebook.reference"), primary_key=True),
    sa.Column("version", sa.String(80), nullable=False),
    sa.Column("clauses", sa.Integer, nullable=False),
    sa.Column("made_at", sa.String(32), nullable=False),
)

# Searches saved under a name; `key` is the name folded, so that any spelling finds it.
search = sa.Table(
    "search",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("query", sa.Text, nullable=False),
    sa.Column("sort", sa.String(16), nullable=False),
    sa.Column("any_word", sa.Boolean, nullable=False),
    sa.Column("semantic", sa.Boolean, nullable=False),
    sa.Column("hits", sa.Integer, nullable=False),
    sa.Column("saved_at", sa.String(32), nullable=False),
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
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("document", sa.Integer, nullable=False),
    sa.Column("mark", sa.String(16), nullable=False, default=random_mark, server_default=""),
)
