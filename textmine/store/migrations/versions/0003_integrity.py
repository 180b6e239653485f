"""Seals over what is stored, the audit trail, settings, and codings of people that stay."""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from textmine.store.migrations.guards import guard, unguard
from textmine.store.seals import ROWS, row_seal, schema_of, seal_document, sealed
from textmine.store.tables import metadata
from textmine.store.trail import note
from textmine.store.types import String, Text

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_AT_ONCE = 1000  # rows that are in memory
_SEALED = ("source", "coverage", "codebook", "coding", "search")


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
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
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
        sa.Column("coding", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["coding"], ["coding.id"], name="fk_withdrawn_coding"),
        sa.ForeignKeyConstraint(["event"], ["event.id"], name="fk_withdrawn_event"),
        sa.PrimaryKeyConstraint("coding", name="pk_withdrawn"),
    )
    for name in _SEALED:
        op.add_column(name, sa.Column("seal", String(16), nullable=False, server_default=""))
    for column in ("body", "seal"):
        op.add_column("document", sa.Column(column, String(32), nullable=False, server_default=""))
    connection = op.get_bind()
    for name in _SEALED:
        _seal_rows(connection, name)
    document = sa.table("document", sa.column("id", sa.Integer))
    for some in _batches(connection, document, [document.c.id]):
        for (number,) in some:
            seal_document(connection, number)
    coding = sa.table("coding", sa.column("id"), sa.column("coder"))
    of_people = (coding.c.coder >= "person:") & (coding.c.coder < "person;")
    last, people = connection.execute(
        sa.select(
            sa.func.coalesce(sa.func.max(coding.c.id), 0),
            sa.func.count().filter(of_people),
        )
    ).one()
    note(connection, "trail-begun", detail={"last": last, "people": people})
    guard(connection)
    if connection.dialect.name == "sqlite":
        schema = {"name": "schema", "value": schema_of(connection)}
        connection.execute(metadata.tables["setting"].insert().values(sealed("setting", schema)))


def _seal_rows(connection: sa.Connection, name: str) -> None:
    """Seal each row of a table, some at a time in the order of its key."""
    stored = metadata.tables[name]
    keys = [each.name for each in stored.primary_key]
    named = dict.fromkeys((*keys, *ROWS[name], "seal"))
    table = sa.table(name, *(sa.column(each, stored.c[each].type) for each in named))
    same = [table.c[key] == sa.bindparam(f"key_{key}") for key in keys]
    sealing = table.update().where(*same).values(seal=sa.bindparam("made"))
    for some in _batches(connection, table, [table.c[key] for key in keys]):
        made = [row._asdict() for row in some]
        connection.execute(
            sealing,
            [
                {**{f"key_{key}": row[key] for key in keys}, "made": row_seal(name, row)}
                for row in made
            ],
        )


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
    op.drop_table("withdrawn")
    op.drop_index("ix_event_clause", table_name="event")
    op.drop_index("ix_event_document", table_name="event")
    op.drop_table("event")
    op.drop_table("setting")
