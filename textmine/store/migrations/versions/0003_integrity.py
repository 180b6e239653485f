"""Seals over what is stored, the audit trail, settings, and codings of people that stay."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from textmine.store.migrations.guards import guard, unguard
from textmine.store.seals import body_of, chained, head_of, schema_of, seal_of
from textmine.store.trail import system_user
from textmine.store.types import Number, String, Text

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_AT_ONCE = 1000  # rows that are in memory
_GUARDED = ("coding", "event", "withdrawn")

# What this step seals, as it was when it was written: later steps seal what they add.
_SEALED = {
    "source": ("path", "sha256", "state", "reason", "seen_at"),
    "coverage": ("document", "coder", "codebook", "version", "clauses", "codings", "made_at"),
    "codebook": ("reference", "digest", "source", "added_at"),
    "coding": (
        *("document", "clause", "code", "coder", "codebook"),
        *("applied", "probability", "evidence", "memo", "made_at"),
    ),
    "search": ("key", "name", "query", "sort", "any_word", "semantic", "hits", "saved_at"),
}
_KEYS = {
    "source": ("path", "sha256"),
    "coverage": ("document", "coder", "codebook"),
    "codebook": ("reference",),
    "coding": ("id",),
    "search": ("key",),
}
_TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    **dict.fromkeys(("document", "clauses", "codings", "hits", "id"), sa.BigInteger()),
    **dict.fromkeys(("applied", "any_word", "semantic"), sa.Boolean()),
    "probability": sa.Float(),
    "evidence": sa.JSON(),
}  # all others are texts
_HEAD = (
    *("id", "sha256", "path", "suffix", "size", "state", "reason", "detail"),
    *("warnings", "missing", "extractor", "segmenter", "normaliser", "added_at"),
)
_KNOWN = ("name", "position", "value", "confidence", "ground")
_BODY = {
    "page": ("number", "start", "text", "sha256", "lines", "width", "height", "verdict"),
    "clause": (
        *("ordinal", "id", "kind", "number", "heading", "text", "language", "page"),
        *("start", "end", "spans", "sentences", "normalised", "offsets"),
    ),
    "part": ("start", "end", "kind"),
}


def upgrade() -> None:
    """Add the tables and columns, seal what is there, and guard what may not change."""
    op.create_table(
        "setting",
        sa.Column("name", Text(), nullable=False),
        sa.Column("value", Text(), nullable=False),
        sa.Column("seal", String(16), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("name", name="pk_setting"),
    )
    op.create_table(
        "event",
        sa.Column("id", Number, autoincrement=True, nullable=False),
        sa.Column("at", String(32), nullable=False),
        sa.Column("who", String(120), nullable=False),
        sa.Column("what", String(40), nullable=False),
        sa.Column("document", sa.Integer(), nullable=True),
        sa.Column("clause", String(40), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("digest", String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_event_document", "event", ["document"], unique=False)
    op.create_index("ix_event_clause", "event", ["clause"], unique=False)
    op.create_table(
        "withdrawn",
        sa.Column("coding", Number, autoincrement=False, nullable=False),
        sa.Column("event", Number, nullable=False),
        sa.ForeignKeyConstraint(["coding"], ["coding.id"], name="fk_withdrawn_coding"),
        sa.ForeignKeyConstraint(["event"], ["event.id"], name="fk_withdrawn_event"),
        sa.PrimaryKeyConstraint("coding", name="pk_withdrawn"),
    )
    for name in _SEALED:
        op.add_column(name, sa.Column("seal", String(16), nullable=False, server_default=""))
    for column in ("body", "seal"):
        op.add_column("document", sa.Column(column, String(32), nullable=False, server_default=""))
    codings = sa.Column("codings", sa.Integer(), nullable=False, server_default="0")
    op.add_column("coverage", codings)
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        for name in ("coding", "change"):
            op.execute(f"ALTER TABLE {name} ALTER COLUMN id TYPE BIGINT")
            op.execute(f"ALTER SEQUENCE {name}_id_seq AS BIGINT")
    op.execute(
        "UPDATE coverage SET codings = (SELECT count(*) FROM coding WHERE "
        "coding.document = coverage.document AND coding.coder = coverage.coder "
        "AND coding.codebook = coverage.codebook)"
    )
    for name in _SEALED:
        _seal_rows(connection, name)
    _seal_documents(connection)
    coding = sa.table("coding", sa.column("id"), sa.column("coder"))
    of_people = (coding.c.coder >= "person:") & (coding.c.coder < "person;")
    last, people = connection.execute(
        sa.select(
            sa.func.coalesce(sa.func.max(coding.c.id), 0),
            sa.func.count().filter(of_people),
        )
    ).one()
    begun = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "who": f"user:{system_user()}",
        "what": "trail-begun",
        "document": None,
        "clause": None,
        "detail": {"last": last, "people": people},
    }
    columns: list[sa.ColumnClause[Any]] = [
        sa.column(each) for each in (*begun, "digest") if each != "detail"
    ]
    event = sa.table("event", *columns, sa.column("detail", sa.JSON))
    connection.execute(event.insert().values({**begun, "digest": chained("", begun)}))
    guard(connection, _GUARDED)
    if connection.dialect.name == "sqlite":
        schema = ["schema", schema_of(connection)]
        setting = sa.table("setting", *(sa.column(each) for each in ("name", "value", "seal")))
        connection.execute(setting.insert().values([*schema, seal_of("setting", schema)]))


def _seal_rows(connection: sa.Connection, name: str) -> None:
    """Seal each row of a table, some at a time in the order of its key."""
    keys = _KEYS[name]
    named = dict.fromkeys((*keys, *_SEALED[name], "seal"))
    table = sa.table(name, *(sa.column(each, _TYPES.get(each, Text())) for each in named))
    same = [table.c[key] == sa.bindparam(f"key_{key}") for key in keys]
    sealing = table.update().where(*same).values(seal=sa.bindparam("made"))
    for some in _batches(connection, table, [table.c[key] for key in keys]):
        made = [row._asdict() for row in some]
        connection.execute(
            sealing,
            [
                {
                    **{f"key_{key}": row[key] for key in keys},
                    "made": seal_of(name, [row[each] for each in _SEALED[name]]),
                }
                for row in made
            ],
        )


def _seal_documents(connection: sa.Connection) -> None:
    document = sa.table(
        "document", sa.column("id", sa.Integer), sa.column("body"), sa.column("seal")
    )
    for some in _batches(connection, document, [document.c.id]):
        for number, *_ in some:
            body = body_of(connection, number, _BODY)
            seal = head_of(connection, number, body, _HEAD, _KNOWN)
            own = document.update().where(document.c.id == number)
            connection.execute(own.values(body=body, seal=seal))


def _batches(
    connection: sa.Connection, table: sa.TableClause, keys: Sequence[sa.ColumnClause[Any]]
) -> Iterator[Sequence[sa.Row[Any]]]:
    """All rows of a table, some at a time in the order of its key."""
    query = sa.select(table).order_by(*keys).limit(_AT_ONCE)
    some = connection.execute(query).all()
    while some:
        yield some
        after = sa.tuple_(*(getattr(some[-1], key.name) for key in keys))
        some = connection.execute(query.where(sa.tuple_(*keys) > after)).all()


def downgrade() -> None:
    """Drop the guards, the tables and the columns."""
    unguard(op.get_bind())
    for column in ("seal", "body"):
        op.drop_column("document", column)
    for name in _SEALED:
        op.drop_column(name, "seal")
    op.drop_column("coverage", "codings")
    op.drop_table("withdrawn")
    op.drop_index("ix_event_clause", table_name="event")
    op.drop_index("ix_event_document", table_name="event")
    op.drop_table("event")
    op.drop_table("setting")
